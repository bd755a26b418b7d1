/* Each code of the catalogue, raised: by public functions where one can, and always on its way over IMI. The
 * tables are made from the catalogue, so that a new code without its functions here does not compile. */
#include "core/core.h"
#include "faults.h"
#include "imi_fixture.h"
#include "store/sqlite_schema.h"
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* --- one fleet for each code --- */

/* DIR holds SUBDIR and TC; a rule targets RULED; the last three are in the recycle bin. */
enum { DIR = 1, SUBDIR, EMPTY, RULED, TC, PROFILE, BINNED_DIR, BINNED_TC, BINNED_PROFILE, NOBODY = 99 };
#define TC_DIR ITG_TYPE_THINCLIENT_DIRECTORY

static const char *unlicensed; /* the one feature that is not; NULL: all are */

static int32_t allows(void *ctx, const char *feature)
{
    (void)ctx;
    return !unlicensed || strcmp(feature, unlicensed) != 0;
}

static const itg_licence_t licence = {.size = sizeof licence, .allows = allows};

static void open_fleet(bool trusted)
{
    static struct itg__engine faulty;
    itg_options_t options = fixture_options();
    itg_imi_options_t imi = {.size = sizeof imi, .trusted = trusted};
    options.licence = &licence;
    options.busy_timeout_ms = 20;
    unlicensed = NULL;
    faults_engine(&faulty);
    fixture_path("fleet.db", fx.path, sizeof fx.path);
    assert_ok(itg__open_with(&faulty, fx.path, &options, &fx.itg, &fx.failure));
    imi_open(&imi);
}

static void fill_fleet(void)
{
    make_firmware("1");
    ck_assert_int_eq(make_directory(TC_DIR, "dir", ITG_ROOT_THINCLIENTS), DIR);
    ck_assert_int_eq(make_directory(TC_DIR, "sub", DIR), SUBDIR);
    ck_assert_int_eq(make_directory(TC_DIR, "empty", ITG_ROOT_THINCLIENTS), EMPTY);
    ck_assert_int_eq(make_directory(TC_DIR, "ruled", ITG_ROOT_THINCLIENTS), RULED);
    ck_assert_int_eq(make_thinclient("00E0C5000001", DIR, 1), TC);
    ck_assert_int_eq(make_profile(ITG_TYPE_PROFILE, "profile", ITG_ROOT_PROFILES, 1), PROFILE);
    ck_assert_int_eq(make_directory(TC_DIR, "gone", ITG_ROOT_THINCLIENTS), BINNED_DIR);
    ck_assert_int_eq(make_thinclient("00E0C5000002", ITG_ROOT_THINCLIENTS, 1), BINNED_TC);
    ck_assert_int_eq(make_profile(ITG_TYPE_PROFILE, "gone", ITG_ROOT_PROFILES, 1), BINNED_PROFILE);
    assert_ok(itg_bin_put(fx.itg, TC_DIR, BINNED_DIR, &fx.failure));
    assert_ok(itg_bin_put(fx.itg, ITG_TYPE_THINCLIENT, BINNED_TC, &fx.failure));
    assert_ok(itg_bin_put(fx.itg, ITG_TYPE_PROFILE, BINNED_PROFILE, &fx.failure));
    assert_ok(itg_rule_create(fx.itg, 0, -1, "site==Bremen", RULED, 0, NULL, &fx.failure));
}

static void close_fleet(void)
{
    itg_imi_free(im.imi);
    im.imi = NULL;
    itg_close(fx.itg);
    fx.itg = NULL;
    ck_assert_int_eq(unlink(fx.path), 0);
}

/* What another program does to the file meanwhile. */
static void sql(const char *text)
{
    sqlite3 *db = NULL;
    ck_assert_int_eq(sqlite3_open(fx.path, &db), SQLITE_OK);
    ck_assert_int_eq(sqlite3_exec(db, text, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

/* --- what has to happen before --- */

static sqlite3 *locker;

static void nothing(void)
{
}

static void lock(void)
{
    ck_assert_int_eq(sqlite3_open(fx.path, &locker), SQLITE_OK);
    ck_assert_int_eq(sqlite3_exec(locker, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
}

static void migrate(void)
{
    sql("PRAGMA user_version = 9999");
}

static void store_strange_login(void)
{
    assert_ok(
        itg_login_add(fx.itg, TC, "anna", ITG_LOGIN_OK, FIXTURE_START_MS, 0, ITG_LOGON_SWP, &fx.failure));
    sql("UPDATE login_history SET result = 7");
}

static void store_strange_type(void)
{
    sql("UPDATE object SET type = 99 WHERE id = 2");
}

static void license_no_assets(void)
{
    unlicensed = "assets";
}

static void license_no_version(void)
{
    unlicensed = "imi-v3";
}

static void break_store(void)
{
    store = (struct fault){.armed = true};
}

static void make_user(const char *name, itg_role_t role)
{
    assert_ok(itg_user_create(fx.itg, name, role, "correct horse", NULL, &fx.failure));
}

/* victor may only read; the request comes with his session. */
static char session_id[ITG_SESSION_ID_LENGTH + 1];
static char cookie[64];

static void log_in(void)
{
    make_user("victor", ITG_ROLE_VIEWER);
    assert_ok(itg_login(fx.itg, "victor", "correct horse", session_id, &fx.failure));
    snprintf(cookie, sizeof cookie, "JSESSIONID=%s", session_id);
    im.request.cookie = cookie;
}

static void log_in_and_be_deleted(void)
{
    log_in();
    assert_ok(itg_user_delete(fx.itg, "victor", &fx.failure));
}

#define STRANGE_SESSION "0123456789ABCDEF0123456789ABCDEF"

static void come_with_a_strange_session(void)
{
    im.request.cookie = "JSESSIONID=" STRANGE_SESSION;
}

static void come_with_a_wrong_password(void)
{
    im.request.authorization = "Basic bm9ib2R5OndvcmRz"; /* nobody:words */
}

/* --- by functions; NULL: only requests can raise it --- */

static itg_failure_t *const F = &fx.failure;

static itg_error_t create(const char *mac, const char *firmware, const char *name)
{
    const itg_value_t values[] = {{"mac", mac}, {"firmwareID", firmware}, {"name", name}};
    return itg_thinclient_create(fx.itg, values, COUNT_OF(values), NULL, F);
}

static itg_error_t assign(int64_t profile, int64_t receiver, itg_type_t type)
{
    const itg_assignment_t assignment = {profile, ITG_TYPE_PROFILE, receiver, type};
    return itg_assignment_create(fx.itg, &assignment, 1, F);
}

static int32_t ignore_result(void *ctx, const itg_command_result_t *result)
{
    (void)ctx;
    (void)result;
    return 0;
}

static int32_t ignore_login(void *ctx, const itg_login_t *login)
{
    (void)ctx;
    (void)login;
    return 0;
}

static int32_t ignore_asset(void *ctx, const itg_asset_t *asset)
{
    (void)ctx;
    (void)asset;
    return 0;
}

static int64_t read_brace(void *ctx, char *buf, size_t size)
{
    int *left = ctx;
    if (!*left || !size)
        return 0;
    *left = 0;
    *buf = '{';
    return 1;
}

static itg_error_t THINCLIENT_NOT_FOUND(void)
{
    return itg_thinclient_delete(fx.itg, NOBODY, F);
}

static itg_error_t DIRECTORY_NOT_FOUND(void)
{
    return itg_directory_delete(fx.itg, TC_DIR, NOBODY, F);
}

static itg_error_t INVALID_COMMAND(void)
{
    const int64_t id = TC;
    return itg_command_send(fx.itg, (itg_command_t)99, &id, 1, ignore_result, NULL, F);
}

static itg_error_t INVALID_BODY(void)
{
    return itg_directory_create(fx.itg, TC_DIR, NULL, ITG_ROOT_THINCLIENTS, NULL, F);
}

static itg_error_t INVALID_JSON(void)
{
    int left = 1;
    return itg_import(fx.itg, read_brace, &left, NULL, NULL, NULL, F);
}

static itg_error_t DIRECTORY_NOT_EMPTY(void)
{
    return itg_directory_delete(fx.itg, TC_DIR, DIR, F);
}

static itg_error_t NO_MAC(void)
{
    return create("", "1", "");
}

static itg_error_t DUPLICATE(void)
{
    return create("00E0C5000001", "1", "");
}

static itg_error_t NO_FIRMWARE(void)
{
    return create("00E0C5000003", "", "");
}

static itg_error_t NUMBER_FORMAT(void)
{
    return create("00E0C500000G", "1", "");
}

#define METHOD_NOT_SUPPORTED NULL

static itg_error_t EMPTY_LIST(void)
{
    return itg_command_send(fx.itg, ITG_COMMAND_REBOOT, NULL, 0, ignore_result, NULL, F);
}

static itg_error_t NO_VALID_PROPERTY(void)
{
    const itg_value_t value = {"mac", "00E0C5000004"};
    return itg_thinclient_update(fx.itg, TC, &value, 1, F);
}

static itg_error_t MAC_LENGTH(void)
{
    return create("00E0C5", "1", "");
}

static itg_error_t FIRMWARE_NOT_FOUND(void)
{
    return create("00E0C5000003", "99", "");
}

static itg_error_t PARENT_NOT_FOUND(void)
{
    return itg_directory_create(fx.itg, TC_DIR, "d", NOBODY, NULL, F);
}

static itg_error_t DIRECTORY_IN_BIN(void)
{
    return itg_directory_create(fx.itg, TC_DIR, "d", BINNED_DIR, NULL, F);
}

static itg_error_t THINCLIENT_IN_BIN(void)
{
    const itg_value_t value = {"site", "Bremen"};
    return itg_thinclient_update(fx.itg, BINNED_TC, &value, 1, F);
}

static itg_error_t INVALID_RECEIVER(void)
{
    return assign(PROFILE, ITG_ROOT_THINCLIENTS, TC_DIR);
}

static itg_error_t NO_HANDLER(void)
{
    itg_type_t type;
    return itg_object_type(fx.itg, NOBODY, &type, F);
}

static itg_error_t INVALID_ASSIGNMENT(void)
{
    return assign(NOBODY, TC, ITG_TYPE_THINCLIENT);
}

static itg_error_t PROFILE_IN_BIN(void)
{
    return assign(BINNED_PROFILE, TC, ITG_TYPE_THINCLIENT);
}

static itg_error_t DIRECTORY_HAS_RULE(void)
{
    return itg_directory_delete(fx.itg, TC_DIR, RULED, F);
}

static itg_error_t INVALID_NAME(void)
{
    return create("00E0C5000003", "1", "  ");
}

#define NO_AUTHENTICATION NULL

static itg_error_t INVALID_CREDENTIALS(void)
{
    itg_t *itg = NULL;
    return itg_password_use(fx.itg, "nobody", "words", &itg, F);
}

#define NO_SESSION NULL

static itg_error_t SESSION_NOT_FOUND(void)
{
    itg_t *itg = NULL;
    return itg_session_use(fx.itg, STRANGE_SESSION, &itg, F);
}

static itg_error_t ACCESS_DENIED(void)
{
    itg_t *itg = NULL;
    assert_ok(itg_as(fx.itg, "victor", &itg, F));
    itg_error_t err = itg_thinclient_delete(itg, TC, F);
    itg_close(itg);
    return err;
}

#define API_VERSION NULL

static itg_error_t NO_USER(void)
{
    itg_t *itg = NULL;
    return itg_session_use(fx.itg, session_id, &itg, F);
}

static itg_error_t LICENSE_REQUIRED(void)
{
    return itg_asset_each(fx.itg, 0, 0, ignore_asset, NULL, F);
}

#define INVALID_IMI_VERSION NULL

static itg_error_t INTERNAL(void)
{
    itg_t *itg = NULL;
    memory = (struct fault){.armed = true};
    itg_error_t err = itg_open(fx.path, NULL, &itg, F);
    memory.armed = false;
    return err;
}

static itg_error_t DATABASE(void)
{
    return itg_thinclient_delete(fx.itg, TC, F);
}

static itg_error_t CACHE(void)
{
    return itg_thinclient_delete(fx.itg, TC, F);
}

static itg_error_t NOT_AVAILABLE(void)
{
    return itg_thinclient_delete(fx.itg, TC, F);
}

static itg_error_t OBJECT_MAPPING(void)
{
    return itg_login_each(fx.itg, TC, ignore_login, NULL, F);
}

static itg_error_t OBJECT_TYPE(void)
{
    return itg_directory_delete(fx.itg, ITG_TYPE_THINCLIENT, DIR, F);
}

/* --- by requests --- */

static const struct wire {
    itg_error_t code;
    const char *method, *target, *body;
    const char *argument; /* of the message */
    bool trusted;         /* whether who says nothing may do all */
    void (*before)(void); /* for the function too */
    int status;           /* 0: the catalogue's */
} wires[] = {
#define TRUSTED(name, method, target, body, argument, before) \
    {ITG_E_##name, method, target, body, argument, true, before, 0},
#define STRANGER(name, method, target, argument, before) \
    {ITG_E_##name, method, target, NULL, argument, false, before, 0},
    TRUSTED(THINCLIENT_NOT_FOUND, "GET", "/thinclients/99", NULL, "99", nothing)
        TRUSTED(DIRECTORY_NOT_FOUND, "DELETE", "/directories/tcdirectories/99", NULL, "99", nothing) TRUSTED(
            INVALID_COMMAND, "POST", "/thinclients?command=dance", "[{'id':'5','type':'tc'}]", "dance",
            nothing) TRUSTED(INVALID_BODY, "PUT", "/directories/tcdirectories", "{'name':7}", NULL,
                             nothing) TRUSTED(INVALID_JSON, "PUT", "/directories/tcdirectories", "{'name':x}",
                                              "unexpected character, line 1, column 9", nothing)
            TRUSTED(DIRECTORY_NOT_EMPTY, "DELETE", "/directories/tcdirectories/1", NULL, "1", nothing)
                TRUSTED(NO_MAC, "PUT", "/thinclients", "{'firmwareID':'1'}", NULL, nothing)
                    TRUSTED(DUPLICATE, "PUT", "/thinclients", "{'mac':'00E0C5000001','firmwareID':'1'}",
                            "Insertion of thin client\nthinclient_mac\nthinclient", nothing)
                        TRUSTED(NO_FIRMWARE, "PUT", "/thinclients", "{'mac':'00E0C5000003'}", NULL, nothing)
                            TRUSTED(NUMBER_FORMAT, "GET", "/thinclients/five", NULL, NULL, nothing)
                                TRUSTED(METHOD_NOT_SUPPORTED, "DELETE", "/firmwares", NULL, "DELETE", nothing)
                                    TRUSTED(EMPTY_LIST, "POST", "/thinclients?command=reboot", "[]", NULL,
                                            nothing) TRUSTED(NO_VALID_PROPERTY, "PUT", "/thinclients/5",
                                                             "{'mac':'00E0C5000004'}", NULL, nothing)
                                        TRUSTED(MAC_LENGTH, "PUT", "/thinclients",
                                                "{'mac':'00E0C5','firmwareID':'1'}", NULL, nothing)
                                            TRUSTED(FIRMWARE_NOT_FOUND, "PUT", "/thinclients",
                                                    "{'mac':'00E0C5000003','firmwareID':'99'}", "99",
                                                    nothing){ITG_E_FIRMWARE_NOT_FOUND, "GET", "/firmwares/99",
                                                             NULL, "99", true, nothing, 404},
    TRUSTED(PARENT_NOT_FOUND, "PUT", "/directories/tcdirectories", "{'name':'d','parentID':'99'}", "99",
            nothing) TRUSTED(DIRECTORY_IN_BIN, "PUT", "/directories/tcdirectories",
                             "{'name':'d','parentID':'7'}", NULL, nothing)
        TRUSTED(THINCLIENT_IN_BIN, "PUT", "/thinclients/8", "{'site':'Bremen'}", NULL, nothing) TRUSTED(
            INVALID_RECEIVER, "GET", "/directories/tcdirectories/-1/assignments/profiles", NULL, NULL,
            nothing) TRUSTED(NO_HANDLER, "GET", "/nonsense", NULL, NULL, nothing)
            TRUSTED(INVALID_ASSIGNMENT, "DELETE", "/profiles/6/assignments/thinclients/5", NULL, NULL,
                    nothing) TRUSTED(PROFILE_IN_BIN, "PUT", "/profiles/9", "{'name':'p'}", NULL, nothing)
                TRUSTED(DIRECTORY_HAS_RULE, "DELETE", "/directories/tcdirectories/4", NULL, NULL,
                        nothing) TRUSTED(INVALID_NAME, "PUT", "/thinclients/5", "{'name':' '}", NULL,
                                         nothing) STRANGER(NO_AUTHENTICATION, "POST", "/login", NULL, nothing)
                    STRANGER(INVALID_CREDENTIALS, "GET", "/thinclients", NULL, come_with_a_wrong_password)
                        STRANGER(NO_SESSION, "GET", "/thinclients", NULL,
                                 nothing) STRANGER(SESSION_NOT_FOUND, "GET", "/thinclients", STRANGE_SESSION,
                                                   come_with_a_strange_session)
                            STRANGER(ACCESS_DENIED, "DELETE", "/thinclients/5/deletetcoffline", NULL,
                                     log_in) TRUSTED(API_VERSION, "GET", "/umsapi/v4/thinclients", NULL, NULL,
                                                     nothing) STRANGER(NO_USER, "GET", "/thinclients",
                                                                       NULL, log_in_and_be_deleted)
                                TRUSTED(LICENSE_REQUIRED, "GET", "/assetinfo", NULL, NULL, license_no_assets)
                                    TRUSTED(INVALID_IMI_VERSION, "GET", "/thinclients", NULL, NULL,
                                            license_no_version)
                                        TRUSTED(DATABASE, "DELETE", "/thinclients/5/deletetcoffline", NULL,
                                                NULL, break_store) TRUSTED(CACHE, "DELETE",
                                                                           "/thinclients/5/deletetcoffline",
                                                                           NULL, NULL, migrate)
                                            TRUSTED(CACHE, "GET", "/thinclients/5", NULL, NULL, migrate)
                                                TRUSTED(NOT_AVAILABLE, "DELETE",
                                                        "/thinclients/5/deletetcoffline", NULL, NULL,
                                                        lock) TRUSTED(OBJECT_MAPPING, "GET",
                                                                      "/thinclients/5?facets=loginhistory",
                                                                      NULL, NULL, store_strange_login)
                                                    TRUSTED(OBJECT_TYPE, "GET",
                                                            "/directories/tcdirectories/1?facets=children",
                                                            NULL, NULL, store_strange_type)
                                                        TRUSTED(OBJECT_TYPE, "PUT",
                                                                "/directories/tcdirectories",
                                                                "{'name':'d','parentID':2}", NULL,
                                                                store_strange_type)
    /* INTERNAL is asked for below: only the memory of one request may fail. */
};

static const struct line {
    const char *name;
    itg_error_t code;
    itg_error_t (*raise)(void);
} lines[] = {
#define LINE(name, number, status, text, message) {#name, ITG_E_##name, name},
    ITG_ERROR_CATALOGUE(LINE)
#undef LINE
};

static void begin(const struct wire *wire)
{
    open_fleet(!wire || wire->trusted);
    fill_fleet();
    if (wire)
        wire->before();
}

static void end(void)
{
    store.armed = false;
    sqlite3_close(locker);
    locker = NULL;
    close_fleet();
}

static const struct wire *wire_of(itg_error_t code)
{
    for (size_t i = 0; i < COUNT_OF(wires); i++)
        if (wires[i].code == code)
            return &wires[i];
    return NULL;
}

START_TEST(each_by_a_function)
{
    for (size_t i = 0; i < COUNT_OF(lines); i++) {
        if (!lines[i].raise)
            continue;
        begin(wire_of(lines[i].code));
        itg_failure_clear(F);
        itg_error_t err = lines[i].raise();
        ck_assert_msg(err == lines[i].code, "%s: %s %s %s", lines[i].name, itg_error_code(err),
                      fx.failure.message, fx.failure.detail);
        ck_assert_int_eq(fx.failure.code, lines[i].code);
        itg_failure_clear(F);
        end();
    }
}
END_TEST

static void ask_wire(const struct wire *wire)
{
    static char message[1024];
    itg_error_format(wire->code, wire->argument, message, sizeof message);
    ask(wire->method, wire->target, wire->body ? json(wire->body) : NULL);
    int status = wire->status ? wire->status : itg_error_http_status(wire->code);
    imi_assert_error(status, itg_error_code(wire->code), message, wire->target, __LINE__);
}

/* What answers of a kind carry beside their bodies. */
static void assert_headers(const struct wire *wire)
{
    bool is_login = wire->code == ITG_E_NO_AUTHENTICATION || wire->code == ITG_E_INVALID_CREDENTIALS;
    ck_assert_int_eq(reply_header("WWW-Authenticate") != NULL, is_login);
    ck_assert_int_eq(reply_header("Retry-After") != NULL, wire->code == ITG_E_NOT_AVAILABLE);
    ck_assert_int_eq(reply_header("Allow") != NULL, wire->code == ITG_E_METHOD_NOT_SUPPORTED);
    ck_assert_str_eq(reply_header("Content-Type"), "application/json;charset=UTF-8");
}

/* What is stored and cannot be answered is a fault that a check finds. */
static void assert_is_found(void)
{
    int64_t findings = 0;
    assert_ok(itg_check(fx.itg, NULL, NULL, &findings, &fx.failure));
    ck_assert_int_gt(findings, 0);
}

START_TEST(each_over_the_wire)
{
    for (size_t i = 0; i < COUNT_OF(wires); i++) {
        begin(&wires[i]);
        ask_wire(&wires[i]);
        assert_headers(&wires[i]);
        if (wires[i].code == ITG_E_OBJECT_MAPPING || wires[i].code == ITG_E_OBJECT_TYPE)
            assert_is_found();
        end();
    }
}
END_TEST

/* Asserts nothing while memory fails: Check allocates too. */
static itg_imi_response_t *handle_without_memory(long left)
{
    itg_imi_request_t request = im.request;
    request.method = "GET";
    request.target = "/umsapi/v3/thinclients";
    memory = (struct fault){.armed = true, .left = left};
    itg_imi_response_t *response = itg_imi_handle(im.imi, &request);
    memory.armed = false;
    return response;
}

START_TEST(internal_over_the_wire)
{
    begin(NULL);
    int seen = 0;
    for (long left = 0; left == 0 || memory.failed; left++) {
        char body[1024];
        itg_imi_response_t *response = handle_without_memory(left);
        int64_t size = itg_imi_response_read(response, body, sizeof body - 1);
        ck_assert_int_ge(size, 0);
        body[size] = '\0';
        if (memory.failed && itg_imi_response_status(response) == 500) {
            ck_assert_ptr_nonnull(
                strstr(body, "{\"message\":\"Internal error\",\"errorCode\":\"ITG-FF001\""));
            seen++;
        }
        itg_imi_response_free(response);
    }
    ck_assert_int_gt(seen, 0);
    end();
}
END_TEST

/* Not even those that only a request can raise. */
START_TEST(no_code_is_left_out)
{
    ck_assert_uint_eq(COUNT_OF(lines), itg_error_count());
    for (size_t i = 0; i < COUNT_OF(lines); i++)
        ck_assert_msg(wire_of(lines[i].code) || lines[i].code == ITG_E_INTERNAL, "%s", lines[i].name);
}
END_TEST

/* A newer program brings the file to its schema while it is open here: nothing more is read or written, and all
 * goes on when the file is the old one again. */
START_TEST(a_file_that_is_migrated_while_it_is_open)
{
    open_fleet(true);
    fill_fleet();
    char *before = fixture_fingerprint(fx.itg);
    int64_t findings;
    char version[64];
    snprintf(version, sizeof version, "PRAGMA user_version = %d", itg__sqlite_schema_version);
    migrate();
    assert_code(itg_directory_rename(fx.itg, TC_DIR, DIR, "x", F), ITG_E_CACHE);
    assert_code(itg_check(fx.itg, NULL, NULL, &findings, F), ITG_E_CACHE);
    assert_code(itg_begin(fx.itg, F), ITG_E_CACHE);
    itg_failure_clear(F);
    sql(version);
    fixture_assert_unchanged(before, "migrated", __FILE__, __LINE__);
    assert_ok(itg_directory_rename(fx.itg, TC_DIR, DIR, "x", F));
    end();
}
END_TEST

SUITE("codes", fixture_dir, each_by_a_function, each_over_the_wire, internal_over_the_wire,
      no_code_is_left_out, a_file_that_is_migrated_while_it_is_open)
