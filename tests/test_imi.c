/* IMI's protocol: targets, methods, content types, limits, error bodies; nothing about objects. */
#include "imi_fixture.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NO_HANDLER "No handler is mapped for this request."

START_TEST(sloppy_targets_are_understood)
{
    static const char *const targets[] = {
        "/umsapi/v3/thinclients",
        "/umsapi/v1/thinclients",
        "/umsapi/v2/thinclients",
        "/umsapi/latest/thinclients",
        "//umsapi//v3///thinclients",
        "/umsapi/v3/thinclients/",
        "/umsapi/v3/thinclients//",
        "/umsapi/v3/%74hin%63lients",
        "/%75msapi/v3/thinclients?",
        "/umsapi/v3/thinclients?x=1&y&=&&z=%zz",
        "/umsapi/v3/thinclients?facets=",
        "/umsapi/v3/thinclients?facets=short",
        "/umsapi/v3/thinclients?facets=%2C+short+,",
        "/umsapi/v3/thinclients?operation=move&command=reboot",
        "/umsapi/v3/thinclients#fragment",
        "https://fleet.example:8443/umsapi/v3/thinclients",
        "http://fleet.example/umsapi/v3/thinclients?a=http://b/c",
    };
    for (size_t i = 0; i < COUNT_OF(targets); i++) {
        ask("GET", targets[i], NULL);
        ck_assert_msg(im.reply.status == 200 && strcmp(im.reply.body, "[]") == 0, "%s: %d %s", targets[i],
                      im.reply.status, im.reply.body);
    }
}
END_TEST

START_TEST(unknown_paths_have_no_handler)
{
    static const char *const targets[] = {
        "",
        "/",
        "*",
        "umsapi",
        "/umsapi/v3",
        "/umsapi/v3/",
        "/umsapi/v3/nothing",
        "/umsapi/v3/thinclientss",
        "/umsapi/v3/thinclient",
        "/umsapi/v3/Thinclients",
        "/umsapi/v3/thinclients/1/nothing",
        "/umsapi/v3/thinclients/1/assignments",
        "/umsapi/v3/thinclients/1/assignments/masterprofiles",
        "/umsapi/v3/thinclients/1/assignments/profiles/1",
        "/umsapi/v3/thin%2Fclients",
        "/umsapi/v3/thinclients%2F1",
        "/umsapi/v3/thinclients%00",
        "/umsapi/v3/directories",
        "/umsapi/v3/directories/trees",
        "/umsapi/v3/directories/profiledirectories/-2/assignments/profiles",
        "/umsapi/v3/../v3/thinclients",
        "/umsapi/v3/a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p",
        "/notumsapi/v3/thinclients",
        "/umsapi/v3/thinclients?facets=nothing",
        "/umsapi/v3/thinclients?facets=short,nothing",
        "/umsapi/v3/thinclients?facets=short&facets=nothing",
        "/umsapi/v3/thinclients?facets=children",
        "/umsapi/v3/directories/tcdirectories?facets=details",
        "/umsapi/v3/{id}",
        "/umsapi/v3/{thinclients}",
    };
    for (size_t i = 0; i < COUNT_OF(targets); i++) {
        bool versioned = strncmp(targets[i], "/umsapi/v3", 10) == 0 || strstr(targets[i], "/v3/");
        ask("GET", targets[i], NULL);
        if (versioned)
            assert_is_error(404, "ITG-0A020", NO_HANDLER);
        else
            assert_is_error(400, "ITG-0B006", "No valid IMI API version.");
    }
}
END_TEST

START_TEST(other_versions_are_refused)
{
    static const char *const targets[] = {"/umsapi/v4/thinclients", "/umsapi/V3/thinclients",
                                          "/umsapi/thinclients",    "/umsapi/v0/serverstatus",
                                          "/umsapi/v33/login",      "/umsapi/v3%20/thinclients"};
    for (size_t i = 0; i < COUNT_OF(targets); i++) {
        ask("GET", targets[i], NULL);
        assert_is_error(400, "ITG-0B006", "No valid IMI API version.");
    }
}
END_TEST

START_TEST(the_table_says_which_methods_are_allowed)
{
    static const struct {
        const char *method, *target, *allow;
    } rows[] = {
        {"DELETE", "/thinclients", "GET, PUT, POST"},
        {"POST", "/thinclients/1", "GET, PUT, DELETE"},
        {"GET", "/thinclients/1/deletetcoffline", "DELETE"},
        {"DELETE", "/thinclients/1/assignments/profiles", "GET, PUT"},
        {"POST", "/directories/profiledirectories", "GET, PUT"},
        {"POST", "/directories/tcdirectories/-1?operation=move", "GET, PUT, DELETE"},
        {"PUT", "/profiles", "GET"},
        {"PUT", "/masterprofiles", "GET"},
        {"PATCH", "/profiles/1", "GET, PUT, DELETE"},
        {"DELETE", "/profiles/1/assignments/thinclients", "GET, PUT"},
        {"GET", "/profiles/1/assignments/thinclients/1", "DELETE"},
        {"PUT", "/firmwares", "GET"},
        {"GET", "/login", "POST"},
        {"GET", "/logout", "POST"},
        {"POST", "/serverstatus", "GET"},
        {"get", "/serverstatus", "GET"},
        {"P", "/thinclients", "GET, PUT, POST"},
        {"", "/thinclients", "GET, PUT, POST"},
        {"GET, PUT", "/thinclients", "GET, PUT, POST"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char message[128];
        snprintf(message, sizeof message, "Request method '%s' not supported", rows[i].method);
        assert_error(rows[i].method, rows[i].target, "{}", 400, "ITG-0A011", message);
        ck_assert_str_eq(reply_header("Allow"), rows[i].allow);
    }
    ask_raw(&(itg_imi_request_t){.size = sizeof(itg_imi_request_t), .target = "/umsapi/v3/thinclients"});
    assert_is_error(400, "ITG-0A011", "Request method '' not supported");
}
END_TEST

START_TEST(an_unknown_operation_has_no_handler)
{
    assert_error("PUT", "/directories/tcdirectories/-1?operation=copy", "[]", 404, "ITG-0A020", NO_HANDLER);
    assert_error("PUT", "/directories/tcdirectories/-1?operation=", "{}", 404, "ITG-0A020", NO_HANDLER);
    assert_error("PUT", "/directories/tcdirectories/-1?operation=Move", "[]", 404, "ITG-0A020", NO_HANDLER);
}
END_TEST

START_TEST(an_empty_request_is_answered)
{
    ask_raw(&(itg_imi_request_t){.size = sizeof(itg_imi_request_t)});
    ck_assert_int_eq(im.reply.status, 400);
    itg_imi_response_t *response = itg_imi_handle(im.imi, NULL);
    ck_assert_int_eq(itg_imi_response_status(response), 400);
    itg_imi_response_free(response);
    itg_imi_response_free(NULL);
    itg_imi_free(NULL);
}
END_TEST

START_TEST(head_is_get_without_its_body)
{
    ask("HEAD", "/thinclients", NULL);
    ck_assert_int_eq(im.reply.status, 200);
    ck_assert_uint_eq(im.reply.length, 0);
    ck_assert_str_eq(reply_header("Content-Type"), "application/json;charset=UTF-8");
    ask("HEAD", "/nothing", NULL);
    ck_assert_int_eq(im.reply.status, 404);
    ck_assert_uint_eq(im.reply.length, 0);
}
END_TEST

START_TEST(ids_in_paths_are_integers)
{
    static const char *const ids[] = {
        "x",   "1x", "1.0", "0x1", "+1", "-", "%201", "--1", "9223372036854775808", "99999999999999999999",
        "1%00"};
    for (size_t i = 0; i < COUNT_OF(ids); i++) {
        char target[128];
        snprintf(target, sizeof target, "/thinclients/%s", ids[i]);
        assert_error("GET", target, NULL, 400, "ITG-0A010", "Number format error");
        snprintf(target, sizeof target, "/profiles/1/assignments/tcdirectories/%s", ids[i]);
        assert_error("DELETE", target, NULL, 400, "ITG-0A010", "Number format error");
    }
    assert_error("GET", "/thinclients/007", NULL, 404, "ITG-0A001", "Thin client with ID <7> not found.");
    assert_error("GET", "/thinclients/-9223372036854775808", NULL, 404, "ITG-0A001",
                 "Thin client with ID <-9223372036854775808> not found.");
    assert_error("GET", "/thinclients/9223372036854775807", NULL, 404, "ITG-0A001",
                 "Thin client with ID <9223372036854775807> not found.");
}
END_TEST

#define CREATE_BODY json("{'name':'D'}")

START_TEST(content_types_that_are_json)
{
    static const char *const types[] = {
        NULL,
        "",
        "application/json",
        "APPLICATION/JSON",
        "application/json;charset=UTF-8",
        "application/json; charset=\"iso-8859-1\"",
        " application/json ",
        "application/vnd.ums+json",
        "text/x+JSON; q=1",
        "application/x-www-form-urlencoded",
        "application/x-www-form-urlencoded; charset=utf-8",
    };
    for (size_t i = 0; i < COUNT_OF(types); i++) {
        im.request.content_type = types[i];
        ask("PUT", "/directories/tcdirectories", CREATE_BODY);
        ck_assert_msg(im.reply.status == 200, "%s: %s", types[i], im.reply.body);
    }
}
END_TEST

START_TEST(other_content_types_are_refused)
{
    static const char *const types[] = {"text/plain",
                                        "text/json",
                                        "application/jsonx",
                                        "json",
                                        "+json",
                                        "application/",
                                        "multipart/form-data",
                                        "x+json",
                                        "text/html+xml",
                                        "application/xml",
                                        "\xFF\xFE",
                                        "application"};
    for (size_t i = 0; i < COUNT_OF(types); i++) {
        im.request.content_type = types[i];
        assert_error("PUT", "/directories/tcdirectories", CREATE_BODY, 415, "ITG-0A004",
                     "Invalid request body");
    }
}
END_TEST

START_TEST(bodies_of_requests_that_take_none_are_ignored)
{
    im.request.content_type = "text/plain";
    assert_answer("GET", "/thinclients", "null", "[]");
    assert_answer("GET", "/thinclients", "\xFF{{{", "[]");
    assert_answer("POST", "/logout", "not json", json("{'message':'Logout successful'}"));
    assert_error("DELETE", "/thinclients/7/deletetcoffline", "<x/>", 404, "ITG-0A001",
                 "Thin client with ID <7> not found.");
}
END_TEST

/* "Could not read JSON: <reason>, line <n>, column <n>" */
static void assert_says_where(int line, int column)
{
    char place[64];
    const char *message = reply_text("message"), *prefix = "Could not read JSON: ";
    snprintf(place, sizeof place, ", line %d, column %d", line, column);
    ck_assert_int_eq(im.reply.status, 415);
    ck_assert_int_eq(strncmp(message, prefix, strlen(prefix)), 0);
    ck_assert_uint_gt(strlen(message), strlen(prefix) + strlen(place));
    ck_assert_str_eq(message + strlen(message) - strlen(place), place);
}

START_TEST(malformed_json_is_refused_with_reason_and_place)
{
    static const struct {
        const char *body;
        int line, column;
    } rows[] = {
        {"", 1, 1},
        {"{", 1, 2},
        {"}", 1, 1},
        {"[1,]", 1, 4},
        {"{\n\n'name':'D'", 3, 11},
        {"{'name':'D'}\n x", 2, 2},
        {"{'name':+1}", 1, 9},
        {"{'name':01}", 1, 10},
        {"{'name':1.}", 1, 11},
        {"{'name':NaN}", 1, 9},
        {"{name:'D'}", 1, 2},
        {"{'name':`D`}", 1, 9},
        {"name=D", 1, 1},
        {"<name>D</name>", 1, 1},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char *before = fixture_fingerprint(fx.itg);
        ask("PUT", "/directories/tcdirectories", json(rows[i].body));
        ck_assert_str_eq(reply_text("errorCode"), "ITG-0A005");
        assert_says_where(rows[i].line, rows[i].column);
        fixture_assert_unchanged(before, rows[i].body, __FILE__, __LINE__);
    }
    assert_error("PUT", "/directories/tcdirectories", "{", 415, "ITG-0A005",
                 "Could not read JSON: unexpected end of the text, line 1, column 2");
}
END_TEST

START_TEST(every_cut_of_a_body_is_refused)
{
    const char *body = json("[{'id':'27','type':'tc'},{'id':28,'type':'t\\u0063','x':[1.5e3,true,null]}]");
    char *before = fixture_fingerprint(fx.itg);
    for (size_t size = 0; size < strlen(body); size++) {
        ask_bytes("POST", "/thinclients?command=reboot", body, size);
        ck_assert_int_eq(im.reply.status, 415);
    }
    fixture_assert_unchanged(before, "cuts", __FILE__, __LINE__);
    ask("POST", "/thinclients?command=reboot", body);
    assert_is_error(404, "ITG-0A001", "Thin client with ID <27> not found.");
}
END_TEST

START_TEST(no_body_is_no_json)
{
    ask("PUT", "/directories/tcdirectories", NULL);
    ck_assert_int_eq(im.reply.status, 415);
    ck_assert_str_eq(reply_text("errorCode"), "ITG-0A005");
}
END_TEST

START_TEST(bytes_that_are_not_utf8_are_refused)
{
    static const char *const bodies[] = {"{\"name\":\"\xFF\"}",
                                         "{\"name\":\"\xC0\xAF\"}",
                                         "{\"name\":\"\xED\xA0\x80\"}",
                                         "{\"name\":\"\xF4\x90\x80\x80\"}",
                                         "{\"na\x80me\":1}",
                                         "{\"name\":\"\xC3\"}"};
    for (size_t i = 0; i < COUNT_OF(bodies); i++) {
        char *before = fixture_fingerprint(fx.itg);
        ask("PUT", "/directories/tcdirectories", bodies[i]);
        ck_assert_int_eq(im.reply.status, 415);
        ck_assert_str_eq(reply_text("errorCode"), "ITG-0A005");
        fixture_assert_unchanged(before, bodies[i], __FILE__, __LINE__);
    }
    ask_bytes("PUT", "/directories/tcdirectories", "{\"name\":\"a\0b\"}", 14);
    ck_assert_int_eq(im.reply.status, 415);
}
END_TEST

START_TEST(nesting_too_deep_is_refused)
{
    char *deep = malloc(2 << 20);
    ck_assert_ptr_nonnull(deep);
    memset(deep, '[', 2 << 20);
    ask_bytes("PUT", "/directories/tcdirectories", deep, 2 << 20);
    assert_is_error(415, "ITG-0A005", "Could not read JSON: nested too deep, line 1, column 129");
    free(deep);
}
END_TEST

START_TEST(a_byte_order_mark_is_passed_over)
{
    ask("PUT", "/directories/tcdirectories", "\xEF\xBB\xBF{\"name\":\"D\"}");
    ck_assert_int_eq(im.reply.status, 200);
    ask("PUT", "/directories/tcdirectories", "\xEF\xBB\xBF");
    ck_assert_int_eq(im.reply.status, 415);
    ask("PUT", "/directories/tcdirectories", "\xEF\xBB");
    ck_assert_int_eq(im.reply.status, 415);
}
END_TEST

START_TEST(wrong_shapes_are_refused)
{
    static const struct {
        const char *method, *target, *body;
    } rows[] = {
        {"PUT", "/directories/tcdirectories", "[]"},
        {"PUT", "/directories/tcdirectories", "null"},
        {"PUT", "/directories/tcdirectories", "'x'"},
        {"PUT", "/directories/tcdirectories", "5"},
        {"PUT", "/directories/tcdirectories", "{}"},
        {"PUT", "/directories/tcdirectories", "{'name':5}"},
        {"PUT", "/directories/tcdirectories", "{'name':null}"},
        {"PUT", "/directories/tcdirectories", "{'name':''}"},
        {"PUT", "/directories/tcdirectories", "{'name':'D','name':'E'}"},
        {"PUT", "/directories/tcdirectories", "{'name':'D','parentID':true}"},
        {"PUT", "/directories/tcdirectories", "{'name':'D','parentID':[]}"},
        {"PUT", "/directories/tcdirectories/-1?operation=move", "{}"},
        {"PUT", "/directories/tcdirectories/-1?operation=move", "[1]"},
        {"PUT", "/directories/tcdirectories/-1?operation=move", "[{}]"},
        {"PUT", "/directories/tcdirectories/-1?operation=move", "[{'id':'1'}]"},
        {"PUT", "/directories/tcdirectories/-1?operation=move", "[{'type':'tc'}]"},
        {"PUT", "/directories/tcdirectories/-1?operation=move", "[{'id':null,'type':'tc'}]"},
        {"PUT", "/directories/tcdirectories/-1?operation=move", "[{'id':1,'type':7}]"},
        {"POST", "/thinclients?command=reboot", "{}"},
        {"POST", "/thinclients?command=reboot", "[[]]"},
        {"POST", "/thinclients?command=reboot", "[null]"},
        {"POST", "/thinclients?command=reboot", "[{'id':{},'type':'tc'}]"},
        {"POST", "/thinclients?command=reboot", "[{'id':1,'type':'tcdirectory'}]"},
        {"POST", "/thinclients?command=reboot", "[{'id':1,'type':'TC'}]"},
        {"PUT", "/thinclients", "[]"},
        {"PUT", "/thinclients", "{'mac':5}"},
        {"PUT", "/thinclients", "{'mac':'00E0C5000001','firmwareID':true}"},
        {"PUT", "/thinclients", "{'mac':'00E0C5000001','firmwareID':'1','deviceAttributes':[{}]}"},
        {"PUT", "/thinclients", "{'mac':'00E0C5000001','firmwareID':'1','deviceAttributes':'x'}"},
        {"PUT", "/thinclients/1", "[]"},
        {"PUT", "/thinclients/1", "{'site':1}"},
        {"PUT", "/profiles/1", "{'name':false}"},
        {"PUT", "/thinclients/1/assignments/profiles", "{}"},
        {"PUT", "/thinclients/1/assignments/profiles", "['x']"},
        {"PUT", "/thinclients/1/assignments/profiles", "[{'assignee':1}]"},
        {"PUT", "/thinclients/1/assignments/profiles", "[{'assignee':{'id':1,'type':1}}]"},
        {"PUT", "/profiles/1/assignments/thinclients", "[{'receiver':'x'}]"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        assert_error(rows[i].method, rows[i].target, json(rows[i].body), 400, "ITG-0A004",
                     "Invalid request body");
}
END_TEST

START_TEST(ids_in_bodies_are_integers)
{
    static const struct {
        const char *method, *target, *body;
    } rows[] = {
        {"PUT", "/directories/tcdirectories", "{'name':'D','parentID':'x'}"},
        {"PUT", "/directories/tcdirectories", "{'name':'D','parentID':1.5}"},
        {"PUT", "/directories/tcdirectories", "{'name':'D','parentID':1e0}"},
        {"PUT", "/directories/tcdirectories", "{'name':'D','parentID':99999999999999999999}"},
        {"PUT", "/directories/tcdirectories", "{'name':'D','parentID':'99999999999999999999'}"},
        {"PUT", "/directories/tcdirectories/-1?operation=move", "[{'id':'','type':'tc'}]"},
        {"PUT", "/directories/tcdirectories/-1?operation=move", "[{'id':' 1','type':'tc'}]"},
        {"POST", "/thinclients?command=reboot", "[{'id':'1','type':'tc'},{'id':'1x','type':'tc'}]"},
        {"PUT", "/thinclients", "{'mac':'00E0C5000001','firmwareID':'six'}"},
        {"PUT", "/thinclients", "{'mac':'00E0C5000001','firmwareID':6.0}"},
        {"PUT", "/thinclients/1/assignments/profiles", "[{'assignee':{'id':'x','type':'profile'}}]"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        assert_error(rows[i].method, rows[i].target, json(rows[i].body), 400, "ITG-0A010",
                     "Number format error");
}
END_TEST

START_TEST(of_several_faults_the_first_is_told)
{
    static const struct {
        const char *body;
        int status;
        const char *code;
    } rows[] = {
        {"[{'id':'x','type':'tc'},{'id':{},'type':'tc'}]", 400, "ITG-0A010"},
        {"[{'id':{},'type':'tc'},{'id':'x','type':'tc'}]", 400, "ITG-0A004"},
        {"[7,{'id':'x','type':'tc'},{'id':'1','type':'tc'}]", 400, "ITG-0A004"},
        {"[{'id':'x','type':'tc'},{'id':'1','type':'tc'},]", 415, "ITG-0A005"},
        {"[{'id':{},'type':'tc'}", 415, "ITG-0A005"},
        {"[{'id':'x','type':'tc'}] ]", 415, "ITG-0A005"},
        {"{'id':1} x", 415, "ITG-0A005"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        ask("POST", "/thinclients?command=reboot", json(rows[i].body));
        ck_assert_msg(im.reply.status == rows[i].status, "%s: %s", rows[i].body, im.reply.body);
        ck_assert_str_eq(reply_text("errorCode"), rows[i].code);
    }
}
END_TEST

START_TEST(bodies_over_the_limit_are_refused)
{
    ck_assert_uint_eq(itg_imi_max_body(im.imi), ITG_IMI_MAX_BODY);
    itg_imi_options_t options = {.size = sizeof options, .trusted = 1, .max_body = 20};
    imi_open(&options);
    ck_assert_uint_eq(itg_imi_max_body(im.imi), 20);
    assert_error("PUT", "/directories/tcdirectories", json("{'name':'123456789'} "), 413, "ITG-0A004",
                 "Invalid request body");
    ask("PUT", "/directories/tcdirectories", json("{'name':'123456789'}"));
    ck_assert_int_eq(im.reply.status, 200);
    ask("GET", "/firmwares", "a body that does not matter, however long it is");
    ck_assert_int_eq(im.reply.status, 200);
}
END_TEST

static void take(itg_imi_response_t *response)
{
    char body[1024];
    int64_t count = itg_imi_response_read(response, body, sizeof body);
    const char *name, *value;
    ck_assert_int_gt(count, 0);
    free(im.reply.body);
    im.reply = (struct reply){.status = itg_imi_response_status(response),
                              .body = strndup(body, (size_t)count),
                              .length = (size_t)count};
    for (size_t i = 0; itg_imi_response_header(response, i, &name, &value); i++, im.reply.headers++) {
        snprintf(im.reply.header[i].name, sizeof im.reply.header[i].name, "%s", name);
        snprintf(im.reply.header[i].value, sizeof im.reply.header[i].value, "%s", value);
    }
    ck_assert_int_eq(itg_imi_response_header(response, im.reply.headers, NULL, NULL), 0);
    itg_imi_response_free(response);
}

START_TEST(hosts_can_refuse_by_themselves)
{
    take(itg_imi_refuse_body(im.imi));
    assert_is_error(413, "ITG-0A004", "Invalid request body");
    take(itg_imi_refuse_busy(im.imi));
    assert_is_error(503, "ITG-FF004", "Server not available");
    ck_assert_str_eq(reply_header("Retry-After"), "5");
}
END_TEST

START_TEST(bytes_of_the_request_cannot_spoil_the_error)
{
    char long_command[3000];
    memset(long_command, 'x', sizeof long_command - 1);
    long_command[sizeof long_command - 1] = '\0';
    memcpy(long_command, "/thinclients?command=", 21);
    assert_error("POST", "/thinclients?command=%22%5C%0a%01", "[]", 400, "ITG-0A003",
                 "<\"\\\n\x01> is an invalid command.");
    assert_error("POST", "/thinclients?command=%C3%A4%ff", "[]", 400, "ITG-0A003",
                 "<\?\?\?> is an invalid command.");
    assert_error("POST", "/thinclients?command=%s%n%d", "[]", 400, "ITG-0A003",
                 "<%s%n%d> is an invalid command.");
    assert_error("POST", "/thinclients?command=%4z%z4%4%", "[]", 400, "ITG-0A003",
                 "<%4z%z4%4%> is an invalid command.");
    ask("POST", long_command, "[]");
    ck_assert_int_eq(im.reply.status, 400);
    ck_assert_str_eq(reply_text("errorCode"), "ITG-0A003");
    ask("\"}\xF0\x9F", "/thinclients", NULL);
    assert_is_error(400, "ITG-0A011", "Request method '\"}\?\?' not supported");
}
END_TEST

START_TEST(links_use_a_sane_host_only)
{
    static const struct {
        const char *host, *base;
    } rows[] = {
        {"a.example", "https://a.example"},      {"[::1]:8443", "https://[::1]:8443"},
        {"A-b_c.9:1", "https://A-b_c.9:1"},      {NULL, "https://localhost:8443"},
        {"", "https://localhost:8443"},          {"a b", "https://localhost:8443"},
        {"x\"y", "https://localhost:8443"},      {"evil/../", "https://localhost:8443"},
        {"a@b", "https://localhost:8443"},       {"\xC3\xA4", "https://localhost:8443"},
        {"a\r\nb: c", "https://localhost:8443"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        im.request.host = rows[i].host;
        ask("GET", "/directories/tcdirectories/-1", NULL);
        ck_assert_ptr_nonnull(
            strstr(im.reply.body, jsonf("'%s/umsapi/v3/directories/tcdirectories/-1'", rows[i].base)));
    }
    im.request.host = repeated("h", 300);
    ask("GET", "/directories/tcdirectories/-1", NULL);
    ck_assert_ptr_nonnull(strstr(im.reply.body, "\"https://localhost:8443/"));
}
END_TEST

START_TEST(options_are_heeded)
{
    itg_imi_options_t options = {.size = sizeof options,
                                 .server_name = "ums.example:9443",
                                 .plain_http = 1,
                                 .hide_trace = 1,
                                 .trusted = 1};
    imi_open(&options);
    im.request.host = NULL;
    ask("GET", "/directories/tcdirectories/-1", NULL);
    ck_assert_ptr_nonnull(strstr(im.reply.body, "\"http://ums.example:9443/umsapi/v3/"));
    ask("GET", "/serverstatus", NULL);
    ck_assert_str_eq(reply_text("server"), "ums.example:9443");
    ck_assert_ptr_null(strstr(reply_header("Set-Cookie"), "Secure"));
    ask("GET", "/nothing", NULL);
    ck_assert_str_eq(reply_text("stackTrace"), "");
    ck_assert_str_eq(reply_text("errorCode"), "ITG-0A020");
}
END_TEST

START_TEST(bad_options_are_refused)
{
    itg_imi_options_t options = {.size = sizeof options, .server_name = "a b"};
    itg_imi_t *imi = NULL;
    assert_code(itg_imi_new(fx.itg, &options, &imi, &fx.failure), ITG_E_INVALID_BODY);
    options.server_name = "";
    assert_code(itg_imi_new(fx.itg, &options, &imi, &fx.failure), ITG_E_INVALID_BODY);
    assert_code(itg_imi_new(NULL, NULL, &imi, &fx.failure), ITG_E_INVALID_BODY);
    assert_code(itg_imi_new(fx.itg, NULL, NULL, NULL), ITG_E_INVALID_BODY);
    ck_assert_ptr_null(imi);
}
END_TEST

START_TEST(reads_without_a_password_are_quick)
{
    itg_imi_request_t request = {.size = sizeof request, .method = "GET", .target = "/umsapi/v3/thinclients"};
    ck_assert_int_eq(itg_imi_is_quick(im.imi, &request), 1);
    request.method = "HEAD";
    ck_assert_int_eq(itg_imi_is_quick(im.imi, &request), 1);
    request.authorization = "basic eDp5";
    ck_assert_int_eq(itg_imi_is_quick(im.imi, &request), 0);
    request.authorization = NULL;
    request.method = "PUT";
    ck_assert_int_eq(itg_imi_is_quick(im.imi, &request), 0);
    request.method = NULL;
    ck_assert_int_eq(itg_imi_is_quick(im.imi, &request), 0);
}
END_TEST

SUITE("imi", imi_trusted, sloppy_targets_are_understood, unknown_paths_have_no_handler,
      other_versions_are_refused, the_table_says_which_methods_are_allowed,
      an_unknown_operation_has_no_handler, an_empty_request_is_answered, head_is_get_without_its_body,
      ids_in_paths_are_integers, content_types_that_are_json, other_content_types_are_refused,
      bodies_of_requests_that_take_none_are_ignored, malformed_json_is_refused_with_reason_and_place,
      every_cut_of_a_body_is_refused, no_body_is_no_json, bytes_that_are_not_utf8_are_refused,
      nesting_too_deep_is_refused, a_byte_order_mark_is_passed_over, wrong_shapes_are_refused,
      ids_in_bodies_are_integers, of_several_faults_the_first_is_told, bodies_over_the_limit_are_refused,
      hosts_can_refuse_by_themselves, bytes_of_the_request_cannot_spoil_the_error, links_use_a_sane_host_only,
      options_are_heeded, bad_options_are_refused, reads_without_a_password_are_quick)
