/* Users: names, passwords, roles and what these may do. */
#include "core/password.h"
#include "fixture.h"
#include <string.h>

static const char password[] = "correct horse";

static int64_t make_user(const char *name, itg_role_t role)
{
    int64_t id = 0;
    assert_ok(itg_user_create(fx.itg, name, role, password, &id, &fx.failure));
    return id;
}

static itg_t *as(const char *name)
{
    itg_t *itg = NULL;
    assert_ok(itg_as(fx.itg, name, &itg, &fx.failure));
    return itg;
}

struct listing {
    char text[1024];
    int count;
    int stop_after;
};

static int32_t list_user(void *ctx, const itg_user_t *user)
{
    struct listing *listing = ctx;
    size_t length = strlen(listing->text);
    snprintf(listing->text + length, sizeof listing->text - length, "%s=%s ", user->name,
             itg_role_name(user->role));
    return ++listing->count == listing->stop_after;
}

static const char *users(itg_t *itg)
{
    static struct listing listing;
    listing = (struct listing){.count = 0};
    assert_ok(itg_user_each(itg, list_user, &listing, &fx.failure));
    return listing.text;
}

START_TEST(roles_have_names)
{
    ck_assert_str_eq(itg_role_name(ITG_ROLE_VIEWER), "viewer");
    ck_assert_str_eq(itg_role_name(ITG_ROLE_OPERATOR), "operator");
    ck_assert_str_eq(itg_role_name(ITG_ROLE_ADMINISTRATOR), "administrator");
    ck_assert_str_eq(itg_role_name((itg_role_t)0), "");
    ck_assert_str_eq(itg_role_name((itg_role_t)4), "");
    for (int role = ITG_ROLE_VIEWER; role <= ITG_ROLE_ADMINISTRATOR; role++)
        ck_assert_int_eq((int)itg_role_from_name(itg_role_name((itg_role_t)role)), role);
    ck_assert_int_eq((int)itg_role_from_name("Administrator"), 0);
    ck_assert_int_eq((int)itg_role_from_name(""), 0);
    ck_assert_int_eq((int)itg_role_from_name(NULL), 0);
}
END_TEST

START_TEST(users_are_walked_by_name)
{
    ck_assert_str_eq(users(fx.itg), "");
    int64_t zoe = make_user("zoe", ITG_ROLE_VIEWER);
    int64_t ada = make_user("ada", ITG_ROLE_ADMINISTRATOR);
    make_user("max", ITG_ROLE_OPERATOR);
    ck_assert_int_gt(ada, zoe);
    ck_assert_str_eq(users(fx.itg), "ada=administrator max=operator zoe=viewer ");

    struct listing listing = {.stop_after = 2};
    assert_ok(itg_user_each(fx.itg, list_user, &listing, &fx.failure));
    ck_assert_str_eq(listing.text, "ada=administrator max=operator ");
}
END_TEST

START_TEST(names_and_passwords_are_checked)
{
    const struct {
        const char *name, *password;
        itg_role_t role;
        itg_error_t error;
    } cases[] = {
        {"", "12345678", ITG_ROLE_VIEWER, ITG_E_INVALID_BODY},
        {"  ", "12345678", ITG_ROLE_VIEWER, ITG_E_INVALID_BODY},
        {"a:b", "12345678", ITG_ROLE_VIEWER, ITG_E_INVALID_BODY},
        {"a\nb", "12345678", ITG_ROLE_VIEWER, ITG_E_INVALID_BODY},
        {"a\xC2\x85", "12345678", ITG_ROLE_VIEWER, ITG_E_INVALID_BODY},
        {"\xFF", "12345678", ITG_ROLE_VIEWER, ITG_E_INVALID_BODY},
        {"a", "1234567", ITG_ROLE_VIEWER, ITG_E_INVALID_BODY},
        {"a", "", ITG_ROLE_VIEWER, ITG_E_INVALID_BODY},
        {"a", "1234567\xFF", ITG_ROLE_VIEWER, ITG_E_INVALID_BODY},
        {"a", "12345678", (itg_role_t)0, ITG_E_INVALID_BODY},
        {"a", "12345678", (itg_role_t)4, ITG_E_INVALID_BODY},
        {NULL, "12345678", ITG_ROLE_VIEWER, ITG_E_INVALID_BODY},
        {"a", NULL, ITG_ROLE_VIEWER, ITG_E_INVALID_BODY},
        {"a", "12345678", ITG_ROLE_VIEWER, ITG_OK},
        {"M\xC3\xBCller'); DROP TABLE account;-- %s", "\xF0\x9F\x90\x8E\xF0\x9F\x90\x8E", ITG_ROLE_VIEWER,
         ITG_OK},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        int64_t id = 77;
        itg_error_t err =
            itg_user_create(fx.itg, cases[i].name, cases[i].role, cases[i].password, &id, &fx.failure);
        ck_assert_msg(err == cases[i].error, "case %zu: %s", i, itg_error_code(err));
        ck_assert_msg(err ? id == 77 && fx.failure.detail[0] : id != 77, "case %zu", i);
        itg_failure_clear(&fx.failure);
    }
    ck_assert_str_eq(users(fx.itg), "M\xC3\xBCller'); DROP TABLE account;-- %s=viewer a=viewer ");
}
END_TEST

START_TEST(lengths_have_limits)
{
    char name[ITG_LIMIT_USER_NAME + 2], word[ITG_LIMIT_PASSWORD + 2];
    memset(name, 'n', sizeof name);
    memset(word, 'p', sizeof word);
    name[ITG_LIMIT_USER_NAME + 1] = '\0';
    word[ITG_LIMIT_PASSWORD] = '\0';
    assert_code(itg_user_create(fx.itg, name, ITG_ROLE_VIEWER, word, NULL, &fx.failure), ITG_E_INVALID_BODY);
    name[ITG_LIMIT_USER_NAME] = '\0';
    assert_ok(itg_user_create(fx.itg, name, ITG_ROLE_VIEWER, word, NULL, &fx.failure));
    char id[ITG_SESSION_ID_LENGTH + 1];
    assert_ok(itg_login(fx.itg, name, word, id, &fx.failure));

    word[ITG_LIMIT_PASSWORD] = 'p';
    word[ITG_LIMIT_PASSWORD + 1] = '\0';
    assert_code(itg_user_create(fx.itg, "b", ITG_ROLE_VIEWER, word, NULL, &fx.failure), ITG_E_INVALID_BODY);
    assert_code(itg_user_set_password(fx.itg, name, word, &fx.failure), ITG_E_INVALID_BODY);
    assert_code(itg_login(fx.itg, name, word, id, &fx.failure), ITG_E_INVALID_CREDENTIALS);
}
END_TEST

START_TEST(a_name_is_taken_once)
{
    make_user("ada", ITG_ROLE_ADMINISTRATOR);
    itg_error_t err = itg_user_create(fx.itg, "ada", ITG_ROLE_VIEWER, password, NULL, &fx.failure);
    ck_assert_int_eq((int)err, (int)ITG_E_DUPLICATE);
    ck_assert_ptr_nonnull(strstr(fx.failure.message, "'account_name' defined on 'account'."));
    ck_assert_str_eq(fx.failure.trace, "[itg_user_create]");
    itg_failure_clear(&fx.failure);
    /* Names differ in case; ids are never used again. */
    int64_t other = make_user("Ada", ITG_ROLE_VIEWER);
    assert_ok(itg_user_delete(fx.itg, "Ada", &fx.failure));
    ck_assert_int_gt(make_user("Ada", ITG_ROLE_VIEWER), other);
}
END_TEST

static const char *stored_password(const char *name)
{
    static char text[256];
    struct itg__tx tx;
    struct itg__query q;
    text[0] = '\0';
    assert_ok(itg__begin_read(fx.itg, "test", ITG__RIGHT_READ, &tx, &fx.failure));
    itg__query(&tx, &q, "SELECT password FROM account WHERE name = $1", "s", name);
    if (itg__next(&q))
        snprintf(text, sizeof text, "%s", itg__text(&q, 0));
    assert_ok(itg__end(&tx, itg__done(&q)));
    return text;
}

START_TEST(passwords_are_kept_as_argon2id)
{
    char first[256];
    make_user("ada", ITG_ROLE_ADMINISTRATOR);
    make_user("bob", ITG_ROLE_VIEWER);
    snprintf(first, sizeof first, "%s", stored_password("ada"));
    ck_assert_ptr_eq(strstr(first, "$argon2id$v=19$m=19456,t=2,p=1$"), first);
    ck_assert_str_ne(first, stored_password("bob"));
    assert_ok(itg_user_set_password(fx.itg, "ada", password, &fx.failure));
    ck_assert_str_ne(first, stored_password("ada"));
}
END_TEST

START_TEST(an_unknown_user_costs_what_a_known_one_costs)
{
    char id[ITG_SESSION_ID_LENGTH + 1] = "unset";
    ck_assert_int_eq(
        crypto_pwhash_str_needs_rehash(itg__password_dummy, ITG__PASSWORD_OPSLIMIT, ITG__PASSWORD_MEMLIMIT),
        0);
    make_user("ada", ITG_ROLE_ADMINISTRATOR);
    int64_t before = itg__password_hashes(fx.itg->fleet);
    assert_code(itg_login(fx.itg, "ada", "wrong password", id, &fx.failure), ITG_E_INVALID_CREDENTIALS);
    ck_assert_int_eq(itg__password_hashes(fx.itg->fleet), before + 1);
    assert_code(itg_login(fx.itg, "nobody", "wrong password", id, &fx.failure), ITG_E_INVALID_CREDENTIALS);
    ck_assert_int_eq(itg__password_hashes(fx.itg->fleet), before + 2);
    ck_assert_str_eq(id, "unset");
}
END_TEST

START_TEST(unknown_users_are_refused)
{
    itg_t *itg = NULL;
    assert_code(itg_user_delete(fx.itg, "nobody", &fx.failure), ITG_E_NO_USER);
    assert_code(itg_user_set_password(fx.itg, "nobody", password, &fx.failure), ITG_E_NO_USER);
    assert_code(itg_as(fx.itg, "nobody", &itg, &fx.failure), ITG_E_NO_USER);
    ck_assert_ptr_null(itg);
    ck_assert_int_eq(itg__password_hashes(fx.itg->fleet), 0);
}
END_TEST

START_TEST(null_is_refused)
{
    itg_t *itg = NULL;
    assert_code(itg_user_delete(fx.itg, NULL, &fx.failure), ITG_E_INVALID_BODY);
    assert_code(itg_user_delete(NULL, "a", &fx.failure), ITG_E_INVALID_BODY);
    assert_code(itg_user_set_password(fx.itg, NULL, password, &fx.failure), ITG_E_INVALID_BODY);
    assert_code(itg_user_set_password(fx.itg, "a", NULL, &fx.failure), ITG_E_INVALID_BODY);
    assert_code(itg_user_each(fx.itg, NULL, NULL, &fx.failure), ITG_E_INVALID_BODY);
    assert_code(itg_as(fx.itg, NULL, &itg, &fx.failure), ITG_E_INVALID_BODY);
    assert_code(itg_as(fx.itg, "a", NULL, &fx.failure), ITG_E_INVALID_BODY);
    ck_assert_int_eq((int)itg_user_delete(fx.itg, NULL, NULL), (int)ITG_E_INVALID_BODY);
}
END_TEST

START_TEST(the_last_administrator_stays)
{
    make_user("ada", ITG_ROLE_ADMINISTRATOR);
    make_user("bob", ITG_ROLE_OPERATOR);
    assert_code(itg_user_delete(fx.itg, "ada", &fx.failure), ITG_E_ACCESS_DENIED);
    make_user("eve", ITG_ROLE_ADMINISTRATOR);
    assert_ok(itg_user_delete(fx.itg, "ada", &fx.failure));
    assert_code(itg_user_delete(fx.itg, "eve", &fx.failure), ITG_E_ACCESS_DENIED);
    assert_ok(itg_user_delete(fx.itg, "bob", &fx.failure));
    ck_assert_str_eq(users(fx.itg), "eve=administrator ");
}
END_TEST

/* ---- what the roles may do */

static int32_t ignore_object(void *ctx, const itg_object_t *object)
{
    (void)ctx;
    (void)object;
    return 0;
}

static int32_t ignore_result(void *ctx, const itg_command_result_t *result)
{
    (void)ctx;
    (void)result;
    return 0;
}

static int64_t some_thinclient;

static itg_error_t do_read(itg_t *itg, itg_failure_t *failure)
{
    return itg_directory_each(itg, ITG_TYPE_THINCLIENT_DIRECTORY, 0, ignore_object, NULL, failure);
}

static itg_error_t do_write(itg_t *itg, itg_failure_t *failure)
{
    return itg_directory_create(itg, ITG_TYPE_THINCLIENT_DIRECTORY, "new", ITG_ROOT_THINCLIENTS, NULL,
                                failure);
}

static itg_error_t do_command(itg_t *itg, itg_failure_t *failure)
{
    return itg_command_send(itg, ITG_COMMAND_REBOOT, &some_thinclient, 1, ignore_result, NULL, failure);
}

static itg_error_t do_delete_online(itg_t *itg, itg_failure_t *failure)
{
    return itg_thinclient_delete_online(itg, some_thinclient, ignore_result, NULL, failure);
}

static itg_error_t do_user_create(itg_t *itg, itg_failure_t *failure)
{
    return itg_user_create(itg, "new", ITG_ROLE_ADMINISTRATOR, password, NULL, failure);
}

static itg_error_t do_user_password(itg_t *itg, itg_failure_t *failure)
{
    return itg_user_set_password(itg, "viewer", "another password", failure);
}

static itg_error_t do_user_each(itg_t *itg, itg_failure_t *failure)
{
    struct listing listing = {.count = 0};
    return itg_user_each(itg, list_user, &listing, failure);
}

static itg_error_t do_as(itg_t *itg, itg_failure_t *failure)
{
    itg_t *other = NULL;
    itg_error_t err = itg_as(itg, "administrator", &other, failure);
    itg_close(other);
    return err;
}

static itg_error_t do_user_delete(itg_t *itg, itg_failure_t *failure)
{
    return itg_user_delete(itg, "victim", failure);
}

static const struct {
    const char *what;
    itg_error_t (*act)(itg_t *itg, itg_failure_t *failure);
    enum itg__right right;
    itg_role_t least;
} deeds[] = {
    {"read", do_read, ITG__RIGHT_READ, ITG_ROLE_VIEWER},
    {"write", do_write, ITG__RIGHT_OBJECT, ITG_ROLE_OPERATOR},
    {"command", do_command, ITG__RIGHT_OBJECT, ITG_ROLE_OPERATOR},
    {"delete online", do_delete_online, ITG__RIGHT_OBJECT, ITG_ROLE_OPERATOR},
    {"user create", do_user_create, ITG__RIGHT_USERS, ITG_ROLE_ADMINISTRATOR},
    {"user password", do_user_password, ITG__RIGHT_USERS, ITG_ROLE_ADMINISTRATOR},
    {"user each", do_user_each, ITG__RIGHT_USERS, ITG_ROLE_ADMINISTRATOR},
    {"user delete", do_user_delete, ITG__RIGHT_USERS, ITG_ROLE_ADMINISTRATOR},
    {"as", do_as, ITG__RIGHT_USERS, ITG_ROLE_ADMINISTRATOR},
};

static void try_deeds(itg_t *itg, itg_role_t role)
{
    for (size_t i = 0; i < COUNT_OF(deeds); i++) {
        itg_error_t wanted = role >= deeds[i].least ? ITG_OK : ITG_E_ACCESS_DENIED;
        int64_t hashes = itg__password_hashes(fx.itg->fleet);
        itg_error_t early = itg__may(itg, deeds[i].right, NULL);
        itg_error_t err = deeds[i].act(itg, &fx.failure);
        ck_assert_msg(err == wanted, "%s as %s: %s", deeds[i].what, itg_role_name(role), itg_error_code(err));
        ck_assert_msg(early == wanted, "%s as %s: early %s", deeds[i].what, itg_role_name(role),
                      itg_error_code(early));
        if (wanted != ITG_OK)
            ck_assert_int_eq(itg__password_hashes(fx.itg->fleet), hashes);
        itg_failure_clear(&fx.failure);
    }
}

START_TEST(each_role_may_what_it_may)
{
    some_thinclient = make_thinclient("00E0C5000001", ITG_ROOT_THINCLIENTS, make_firmware("11.1"));
    make_user("victim", ITG_ROLE_VIEWER);
    for (int role = ITG_ROLE_VIEWER; role <= ITG_ROLE_ADMINISTRATOR; role++) {
        make_user(itg_role_name((itg_role_t)role), (itg_role_t)role);
        itg_t *itg = as(itg_role_name((itg_role_t)role));
        try_deeds(itg, (itg_role_t)role);
        itg_close(itg);
    }
}
END_TEST

START_TEST(a_deleted_user_can_do_nothing)
{
    make_user("ada", ITG_ROLE_ADMINISTRATOR);
    make_user("bob", ITG_ROLE_ADMINISTRATOR);
    itg_t *bob = as("bob");
    assert_ok(do_write(bob, &fx.failure));
    assert_ok(itg_user_delete(fx.itg, "bob", &fx.failure));
    some_thinclient = 1;
    for (size_t i = 0; i < COUNT_OF(deeds); i++)
        assert_code(deeds[i].act(bob, &fx.failure), ITG_E_NO_USER);
    /* The name is another user now. */
    make_user("bob", ITG_ROLE_ADMINISTRATOR);
    assert_code(do_read(bob, &fx.failure), ITG_E_NO_USER);
    itg_close(bob);
}
END_TEST

START_TEST(handles_outlive_the_one_they_came_from)
{
    make_user("ada", ITG_ROLE_ADMINISTRATOR);
    itg_t *ada = as("ada");
    itg_close(fx.itg);
    fx.itg = NULL;
    assert_ok(do_write(ada, &fx.failure));
    itg_close(ada);
}
END_TEST

START_TEST(users_can_be_part_of_a_group)
{
    assert_ok(itg_begin(fx.itg, &fx.failure));
    make_user("ada", ITG_ROLE_ADMINISTRATOR);
    itg_t *ada = as("ada");
    assert_ok(do_user_create(ada, &fx.failure));
    itg_close(ada);
    assert_ok(itg_rollback(fx.itg, &fx.failure));
    ck_assert_str_eq(users(fx.itg), "");
}
END_TEST

SUITE("account", fixture_memory, roles_have_names, users_are_walked_by_name, names_and_passwords_are_checked,
      lengths_have_limits, a_name_is_taken_once, passwords_are_kept_as_argon2id,
      an_unknown_user_costs_what_a_known_one_costs, unknown_users_are_refused, null_is_refused,
      the_last_administrator_stays, each_role_may_what_it_may, a_deleted_user_can_do_nothing,
      handles_outlive_the_one_they_came_from, users_can_be_part_of_a_group)
