/* Who asks: login, cookies, direct authorization, and what each role may do over IMI. */
#include "imi_fixture.h"
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PASSWORD "correct horse"
#define LIFETIME ((int64_t)30 * 60 * 1000)

/* "Basic <base64>" of bytes. Ring of static buffers. */
static const char *basic_bytes(const char *bytes, size_t size)
{
    static char ring[4][4096];
    static size_t next;
    char *text = ring[next++ % COUNT_OF(ring)];
    memcpy(text, "Basic ", 6);
    sodium_bin2base64(text + 6, sizeof ring[0] - 6, (const unsigned char *)bytes, size,
                      sodium_base64_VARIANT_ORIGINAL);
    return text;
}

static const char *basic(const char *name, const char *password)
{
    char text[2048];
    int length = snprintf(text, sizeof text, "%s:%s", name, password);
    return basic_bytes(text, (size_t)length);
}

static void add_user(const char *name, itg_role_t role)
{
    assert_ok(itg_user_create(fx.itg, name, role, PASSWORD, NULL, &fx.failure));
}

/* Makes a user and logs in. @return the cookie, "JSESSIONID=..."; static buffers in turn */
static const char *log_in(const char *name)
{
    static char ring[4][64];
    static size_t next;
    char *cookie = ring[next++ % COUNT_OF(ring)];
    im.request.authorization = basic(name, PASSWORD);
    ask("POST", "/login", NULL);
    ck_assert_int_eq(im.reply.status, 200);
    snprintf(cookie, sizeof ring[0], "%s", reply_text("message"));
    im.request.authorization = NULL;
    return cookie;
}

static const char *cookie_of(const char *name, itg_role_t role)
{
    add_user(name, role);
    return log_in(name);
}

static void assert_status(const char *cookie, int status)
{
    im.request.cookie = cookie;
    ask("GET", "/thinclients", NULL);
    ck_assert_msg(im.reply.status == status, "%s: %d %s", cookie, im.reply.status, im.reply.body);
}

START_TEST(login_gives_a_session)
{
    char wanted[128];
    add_user("admin", ITG_ROLE_ADMINISTRATOR);
    im.request.authorization = basic("admin", PASSWORD);
    ask("POST", "/login", NULL);
    const char *message = reply_text("message");
    ck_assert_uint_eq(strlen(message), strlen("JSESSIONID=") + 32);
    ck_assert_uint_eq(strspn(message + 11, "0123456789ABCDEF"), 32);
    imi_assert_answer(jsonf("{'message':'%s'}", message), __FILE__, __LINE__);
    snprintf(wanted, sizeof wanted, "%s; Path=/umsapi/; Secure; HttpOnly", message);
    ck_assert_str_eq(reply_header("Set-Cookie"), wanted);
    im.request.authorization = NULL;
    assert_status(message, 200);
}
END_TEST

START_TEST(login_gives_a_fresh_session_whatever_cookie_came)
{
    const char *first = cookie_of("admin", ITG_ROLE_ADMINISTRATOR);
    im.request.cookie = first;
    const char *second = log_in("admin");
    ck_assert_str_ne(first, second);
    im.request.cookie = "JSESSIONID=0123456789ABCDEF0123456789ABCDEF";
    const char *third = log_in("admin");
    ck_assert_str_ne(third, im.request.cookie);
    assert_status(first, 200);
    assert_status(second, 200);
    assert_status(third, 200);
    assert_status("JSESSIONID=0123456789ABCDEF0123456789ABCDEF", 401);
}
END_TEST

START_TEST(login_reads_sloppy_authorization)
{
    add_user("admin", ITG_ROLE_ADMINISTRATOR);
    /* admin:correct horse */
    static const char *const headers[] = {
        "Basic YWRtaW46Y29ycmVjdCBob3JzZQ==",   "basic YWRtaW46Y29ycmVjdCBob3JzZQ==",
        "BASIC   YWRtaW46Y29ycmVjdCBob3JzZQ==", "Basic YWRtaW46Y29ycmVjdCBob3JzZQ",
        "Basic YWRtaW46Y29ycmVjdCBob3JzZQ== ",
    };
    for (size_t i = 0; i < COUNT_OF(headers); i++) {
        im.request.authorization = headers[i];
        im.request.content_type = "text/plain";
        ask("POST", "/login/", "null");
        ck_assert_msg(im.reply.status == 200, "%s: %s", headers[i], im.reply.body);
    }
}
END_TEST

START_TEST(passwords_may_hold_colons_and_any_letters)
{
    assert_ok(
        itg_user_create(fx.itg, "\xC3\xA4", ITG_ROLE_VIEWER, "a:b:\xE2\x82\xAC:%\"'", NULL, &fx.failure));
    im.request.authorization = basic("\xC3\xA4", "a:b:\xE2\x82\xAC:%\"'");
    ask("POST", "/login", NULL);
    ck_assert_int_eq(im.reply.status, 200);
}
END_TEST

START_TEST(login_without_authorization_is_refused)
{
    static const char *const headers[] = {NULL, "", "  "};
    for (size_t i = 0; i < COUNT_OF(headers); i++) {
        im.request.authorization = headers[i];
        assert_error("POST", "/login", NULL, 401, "ITG-0B001", "No authentication header found in request.");
        ck_assert_int_eq(strncmp(reply_header("WWW-Authenticate"), "Basic", 5), 0);
        ck_assert_ptr_null(reply_header("Set-Cookie"));
    }
}
END_TEST

START_TEST(wrong_credentials_are_refused)
{
    add_user("admin", ITG_ROLE_ADMINISTRATOR);
    const char *const headers[] = {
        basic("admin", "wrong"),
        basic("nobody", PASSWORD),
        basic("Admin", PASSWORD),
        basic("", ""),
    };
    for (size_t i = 0; i < COUNT_OF(headers); i++) {
        im.request.authorization = headers[i];
        assert_error("POST", "/login", NULL, 401, "ITG-0B002", "Invalid login credentials.");
        ck_assert_int_eq(strncmp(reply_header("WWW-Authenticate"), "Basic", 5), 0);
        ck_assert_ptr_null(reply_header("Set-Cookie"));
    }
}
END_TEST

START_TEST(malformed_authorization_is_refused)
{
    add_user("admin", ITG_ROLE_ADMINISTRATOR);
    static char overlong[8192];
    memset(overlong, 'Q', sizeof overlong - 1);
    memcpy(overlong, "Basic ", 6);
    const char *const headers[] = {
        "Basic",
        "Basic ",
        "Basic !!!!",
        "Basic YWRtaW4=", /* no colon */
        "Basic YWRtaW46Y29ycmVjdCBob3JzZQ== x",
        "Basic YWRtaW46Y29ycmVjdCBob3JzZR==", /* bits that say nothing are not 0 */
        "BasicYWRtaW46Y29ycmVjdCBob3JzZQ==",
        "Bearer YWRtaW46Y29ycmVjdCBob3JzZQ==",
        "Digest username=\"admin\"",
        "admin:correct horse",
        basic_bytes("admin\0:correct horse", 20),
        basic_bytes("admin:correct horse\0", 20),
        basic_bytes("\xFF\xFE:correct horse", 16),
        overlong,
    };
    for (size_t i = 0; i < COUNT_OF(headers); i++) {
        im.request.authorization = headers[i];
        ask("POST", "/login", NULL);
        assert_is_error(401, "ITG-0B002", "Invalid login credentials.");
    }
}
END_TEST

START_TEST(without_a_session_nothing_is_looked_at)
{
    static const char *const cookies[] = {NULL,
                                          "",
                                          "x",
                                          "a=b; c=\"d\"",
                                          "JSESSIONID",
                                          "JSESSIONID=",
                                          "JSESSIONID=;",
                                          "=;,=\"",
                                          "XJSESSIONID=1; jsessionid=2",
                                          "JSESSIONID=\"\""};
    static const char *const targets[] = {
        "/thinclients",          "/nothing", "/thinclients/x", "/umsapi/v9/thinclients", "/",
        "/thinclients?facets=x", "/logout"};
    for (size_t i = 0; i < COUNT_OF(cookies); i++) {
        for (size_t k = 0; k < COUNT_OF(targets); k++) {
            im.request.cookie = cookies[i];
            ask("PATCH", targets[k], "{");
            assert_is_error(401, "ITG-0B003", "No session ID found.");
            ck_assert_ptr_null(reply_header("WWW-Authenticate"));
            ck_assert_ptr_null(reply_header("Allow"));
        }
    }
}
END_TEST

START_TEST(unknown_sessions_are_refused)
{
    im.request.cookie = "JSESSIONID=0123456789ABCDEF0123456789ABCDEF";
    assert_error("GET", "/nothing", NULL, 401, "ITG-0B004",
                 "No session found for requested session ID <0123456789ABCDEF0123456789ABCDEF>.");
    im.request.cookie = "JSESSIONID=\"<x' \\--%s\"";
    assert_error("GET", "/nothing", NULL, 401, "ITG-0B004",
                 "No session found for requested session ID <<x' \\--%s>.");
    im.request.cookie = "JSESSIONID=\xC3";
    ask("GET", "/thinclients", NULL);
    assert_is_error(401, "ITG-0B004", "No session found for requested session ID <\?>.");
}
END_TEST

START_TEST(a_session_cut_or_grown_is_unknown)
{
    char cookie[512];
    const char *good = cookie_of("admin", ITG_ROLE_ADMINISTRATOR);
    snprintf(cookie, sizeof cookie, "%.*s", (int)strlen(good) - 1, good);
    assert_status(cookie, 401);
    snprintf(cookie, sizeof cookie, "%s0", good);
    assert_status(cookie, 401);
    snprintf(cookie, sizeof cookie, "%s%s", good, repeated("A", 300));
    assert_status(cookie, 401);
    assert_status(good, 200);
}
END_TEST

START_TEST(sessions_end_after_half_an_hour_of_silence)
{
    const char *cookie = cookie_of("admin", ITG_ROLE_ADMINISTRATOR);
    for (int i = 0; i < 4; i++) {
        fx.now_ms += LIFETIME - 1000;
        assert_status(cookie, 200);
    }
    fx.now_ms += LIFETIME + 1000;
    assert_status(cookie, 401);
    ck_assert_str_eq(reply_text("errorCode"), "ITG-0B004");
}
END_TEST

START_TEST(the_session_of_a_deleted_user_says_so)
{
    const char *cookie = cookie_of("admin", ITG_ROLE_ADMINISTRATOR);
    const char *other = cookie_of("other", ITG_ROLE_ADMINISTRATOR);
    assert_ok(itg_user_delete(fx.itg, "admin", &fx.failure));
    im.request.cookie = cookie;
    assert_error("GET", "/thinclients", NULL, 401, "ITG-0B007", "No user found in session with sessionID");
    char several[128];
    snprintf(several, sizeof several, "JSESSIONID=x; %s; JSESSIONID=y", cookie);
    im.request.cookie = several;
    assert_error("GET", "/thinclients", NULL, 401, "ITG-0B007", "No user found in session with sessionID");
    assert_status(other, 200);
}
END_TEST

START_TEST(logout_ends_the_session)
{
    const char *cookie = cookie_of("admin", ITG_ROLE_ADMINISTRATOR);
    const char *other = log_in("admin");
    im.request.cookie = cookie;
    assert_answer("POST", "/logout", "x", json("{'message':'Logout successful'}"));
    assert_status(cookie, 401);
    ck_assert_str_eq(reply_text("errorCode"), "ITG-0B004");
    im.request.cookie = cookie;
    ask("POST", "/logout", NULL);
    ck_assert_str_eq(reply_text("errorCode"), "ITG-0B004");
    assert_status(other, 200);
}
END_TEST

START_TEST(cookies_are_read_as_clients_send_them)
{
    static const char *const forms[] = {
        "%s",
        "JSESSIONID=%s",
        "JSESSIONID=\"%s\"",
        "a=1; JSESSIONID=%s; b=2",
        "a=1;JSESSIONID=%s;b=2",
        "$Version=1; JSESSIONID=\"%s\"; $Path=\"/umsapi/\"",
        "$Version=\"1\", JSESSIONID=\"%s\"",
        "a=\"x; JSESSIONID=y\"; JSESSIONID=%s",
        "  JSESSIONID = %s ",
        "JSESSIONID=0123456789ABCDEF0123456789ABCDEF; JSESSIONID=%s",
        "JSESSIONID=%s; JSESSIONID=0123456789ABCDEF0123456789ABCDEF",
        "JSESSIONID=; JSESSIONID=%s",
        "JSESSIONID; JSESSIONID=%s",
    };
    const char *cookie = cookie_of("admin", ITG_ROLE_ADMINISTRATOR);
    const char *id = strchr(cookie, '=') + 1;
    for (size_t i = 0; i < COUNT_OF(forms); i++) {
        char text[256];
        snprintf(text, sizeof text, forms[i], i == 0 ? cookie : id);
        assert_status(text, 200);
    }
}
END_TEST

START_TEST(of_many_cookies_only_the_first_few_are_tried)
{
    const char *cookie = cookie_of("admin", ITG_ROLE_ADMINISTRATOR);
    char text[512];
    snprintf(text, sizeof text, "%s%s", repeated("JSESSIONID=x; ", 7), cookie);
    assert_status(text, 200);
    snprintf(text, sizeof text, "%s%s", repeated("JSESSIONID=x; ", 8), cookie);
    assert_status(text, 401);
}
END_TEST

START_TEST(direct_authorization_needs_no_login)
{
    add_user("admin", ITG_ROLE_ADMINISTRATOR);
    im.request.authorization = basic("admin", PASSWORD);
    assert_answer("GET", "/thinclients", NULL, "[]");
    assert_answer("GET", "/thinclients", NULL, "[]");
    ck_assert_ptr_null(reply_header("Set-Cookie"));
    assert_answer("POST", "/logout", NULL, json("{'message':'Logout successful'}"));
    im.request.authorization = basic("admin", "wrong");
    assert_error("GET", "/thinclients", NULL, 401, "ITG-0B002", "Invalid login credentials.");
    ck_assert_int_eq(strncmp(reply_header("WWW-Authenticate"), "Basic", 5), 0);
    im.request.authorization = "Basic ?";
    assert_error("GET", "/thinclients", NULL, 401, "ITG-0B002", "Invalid login credentials.");
    im.request.authorization = "Bearer x";
    assert_error("GET", "/thinclients", NULL, 401, "ITG-0B003", "No session ID found.");
}
END_TEST

START_TEST(direct_authorization_helps_out_for_a_dead_session)
{
    const char *cookie = cookie_of("admin", ITG_ROLE_ADMINISTRATOR);
    im.request.authorization = basic("admin", PASSWORD);
    assert_status("JSESSIONID=0123456789ABCDEF0123456789ABCDEF", 200);
    im.request.authorization = basic("admin", "wrong");
    assert_status(cookie, 200);
    assert_status("JSESSIONID=0123456789ABCDEF0123456789ABCDEF", 401);
    ck_assert_str_eq(reply_text("errorCode"), "ITG-0B002");
}
END_TEST

START_TEST(the_server_says_what_it_is_to_anyone)
{
    char wanted[512];
    ask("GET", "/serverstatus", NULL);
    snprintf(wanted, sizeof wanted,
             "{\"rmGuiServerVersion\":\"%s\",\"buildNumber\":\"%s\",\"activeMQVersion\":\"0.0.0\","
             "\"derbyVersion\":\"%s\",\"serverUUID\":\"%s\",\"server\":\"fleet.example:8443\",\"links\":[]}",
             itg_version(), reply_text("buildNumber"), itg_store_version(fx.itg), itg_uuid(fx.itg));
    imi_assert_answer(wanted, __FILE__, __LINE__);
    const char *build = reply_text("buildNumber");
    ck_assert_uint_eq(strspn(build, "0123456789"), strlen(build));
    im.request.host = "fleet.example";
    ask("GET", "/serverstatus", NULL);
    ck_assert_str_eq(reply_text("server"), "fleet.example:443");
    im.request.host = "[::1]";
    ask("GET", "/serverstatus", NULL);
    ck_assert_str_eq(reply_text("server"), "[::1]:443");
}
END_TEST

START_TEST(the_status_page_gives_a_cookie_that_is_nobodys)
{
    char cookie[64];
    const char *good = cookie_of("admin", ITG_ROLE_ADMINISTRATOR);
    ask("GET", "/serverstatus", NULL);
    const char *header = reply_header("Set-Cookie");
    ck_assert_uint_eq(strspn(header + 11, "0123456789ABCDEF"), 32);
    ck_assert_str_eq(header + 11 + 32, "; Path=/umsapi/; Secure; HttpOnly");
    snprintf(cookie, sizeof cookie, "%.43s", header);
    assert_status(cookie, 401);
    ck_assert_str_eq(reply_text("errorCode"), "ITG-0B004");
    const char *next = log_in("admin");
    ck_assert_str_ne(next, cookie);
    /* A cookie jar must not lose its session to the page. */
    im.request.cookie = good;
    ask("GET", "/serverstatus", NULL);
    ck_assert_ptr_null(reply_header("Set-Cookie"));
}
END_TEST

/* Every request that changes something. */
static const struct {
    const char *method, *target, *body;
} writes[] = {
    {"PUT", "/thinclients", "{'mac':'00E0C5000001','firmwareID':1}"},
    {"PUT", "/thinclients/1", "{'site':'x'}"},
    {"DELETE", "/thinclients/1", ""},
    {"DELETE", "/thinclients/1/deletetcoffline", ""},
    {"POST", "/thinclients?command=wakeup", "[{'id':'1','type':'tc'}]"},
    {"PUT", "/thinclients/1/assignments/profiles", "[]"},
    {"PUT", "/directories/tcdirectories", "{'name':'D'}"},
    {"PUT", "/directories/tcdirectories/1", "{'name':'D'}"},
    {"PUT", "/directories/tcdirectories/1?operation=move", "[]"},
    {"DELETE", "/directories/tcdirectories/1", ""},
    {"PUT", "/directories/tcdirectories/1/assignments/profiles", "[]"},
    {"PUT", "/profiles/1", "{'name':'P'}"},
    {"DELETE", "/masterprofiles/1", ""},
    {"PUT", "/profiles/1/assignments/thinclients", "[]"},
    {"DELETE", "/profiles/1/assignments/tcdirectories/1", ""},
};

START_TEST(a_viewer_only_reads)
{
    make_thinclient("00E0C5000009", -1, make_firmware("1.0"));
    im.request.cookie = cookie_of("viewer", ITG_ROLE_VIEWER);
    for (size_t i = 0; i < COUNT_OF(writes); i++) {
        assert_error(writes[i].method, writes[i].target, json(writes[i].body), 403, "ITG-0B005",
                     "Access denied.");
        assert_error(writes[i].method, writes[i].target, "{]", 403, "ITG-0B005", "Access denied.");
    }
    im.request.content_type = "text/plain";
    assert_error("PUT", "/thinclients/x", "", 403, "ITG-0B005", "Access denied.");
    static const char *const reads[] = {
        "/thinclients", "/thinclients/1", "/directories/tcdirectories/-1",
        "/profiles",    "/firmwares",     "/thinclients/1/assignments/profiles"};
    for (size_t i = 0; i < COUNT_OF(reads); i++) {
        ask("GET", reads[i], NULL);
        ck_assert_int_eq(im.reply.status, 200);
    }
    assert_error("PATCH", "/thinclients", NULL, 400, "ITG-0A011", "Request method 'PATCH' not supported");
    assert_error("PUT", "/nothing", NULL, 404, "ITG-0A020", "No handler is mapped for this request.");
    assert_answer("POST", "/logout", NULL, json("{'message':'Logout successful'}"));
}
END_TEST

START_TEST(an_operator_writes)
{
    make_firmware("1.0");
    im.request.cookie = cookie_of("operator", ITG_ROLE_OPERATOR);
    for (size_t i = 0; i < COUNT_OF(writes); i++) {
        ask(writes[i].method, writes[i].target, json(writes[i].body));
        ck_assert_msg(im.reply.status != 403 && im.reply.status != 401, "%s %s: %s", writes[i].method,
                      writes[i].target, im.reply.body);
    }
}
END_TEST

START_TEST(a_list_breaks_off_when_its_reader_is_deleted)
{
    char piece[4096];
    int64_t firmware = make_firmware("1.0"), count = 1, total = 0;
    assert_ok(itg_begin(fx.itg, &fx.failure));
    for (int i = 0; i < 1000; i++) {
        char mac[13];
        snprintf(mac, sizeof mac, "00E0C5%06X", (unsigned)i);
        make_thinclient(mac, -1, firmware);
    }
    assert_ok(itg_commit(fx.itg, &fx.failure));
    const char *cookie = cookie_of("viewer", ITG_ROLE_VIEWER);
    itg_imi_request_t request = {
        .size = sizeof request, .method = "GET", .target = "/umsapi/v3/thinclients", .cookie = cookie};
    itg_imi_response_t *response = itg_imi_handle(im.imi, &request);
    ck_assert_int_eq(itg_imi_response_size(response), -1);
    assert_ok(itg_user_delete(fx.itg, "viewer", &fx.failure));
    while ((count = itg_imi_response_read(response, piece, sizeof piece)) > 0)
        total += count;
    ck_assert_int_eq(count, -1);
    ck_assert_int_gt(total, 60000);
    ck_assert_int_eq(itg_imi_response_read(response, piece, sizeof piece), -1);
    itg_imi_response_free(response);
}
END_TEST

START_TEST(a_trusted_interface_still_checks_what_is_said)
{
    imi_open(&(itg_imi_options_t){.size = sizeof(itg_imi_options_t), .trusted = 1});
    add_user("viewer", ITG_ROLE_VIEWER);
    assert_answer("GET", "/thinclients", NULL, "[]");
    im.request.authorization = basic("viewer", PASSWORD);
    ask("PUT", "/directories/tcdirectories", json("{'name':'D'}"));
    assert_is_error(403, "ITG-0B005", "Access denied.");
    im.request.authorization = basic("viewer", "wrong");
    ask("GET", "/thinclients", NULL);
    assert_is_error(401, "ITG-0B002", "Invalid login credentials.");
    im.request.authorization = NULL;
    assert_status("JSESSIONID=0123456789ABCDEF0123456789ABCDEF", 401);
}
END_TEST

SUITE("imi_session", imi_memory, login_gives_a_session, login_gives_a_fresh_session_whatever_cookie_came,
      login_reads_sloppy_authorization, passwords_may_hold_colons_and_any_letters,
      login_without_authorization_is_refused, wrong_credentials_are_refused,
      malformed_authorization_is_refused, without_a_session_nothing_is_looked_at,
      unknown_sessions_are_refused, a_session_cut_or_grown_is_unknown,
      sessions_end_after_half_an_hour_of_silence, the_session_of_a_deleted_user_says_so,
      logout_ends_the_session, cookies_are_read_as_clients_send_them,
      of_many_cookies_only_the_first_few_are_tried, direct_authorization_needs_no_login,
      direct_authorization_helps_out_for_a_dead_session, the_server_says_what_it_is_to_anyone,
      the_status_page_gives_a_cookie_that_is_nobodys, a_viewer_only_reads, an_operator_writes,
      a_list_breaks_off_when_its_reader_is_deleted, a_trusted_interface_still_checks_what_is_said)
