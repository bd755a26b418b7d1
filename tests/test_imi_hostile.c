/* Whatever arrives over IMI gets an answer of the catalogue, and leaves a sound fleet behind. */
#include "imi_fixture.h"
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A small fleet with one of everything; users are not needed, the interface is trusted. */
static void setup(void)
{
    imi_trusted();
    int64_t firmware = make_firmware("1.0");
    int64_t directory = make_directory(ITG_TYPE_THINCLIENT_DIRECTORY, "D", -1);
    make_thinclient("00E0C5000002", directory, firmware);
    make_profile(ITG_TYPE_PROFILE, "P", -2, firmware);
    make_profile(ITG_TYPE_MASTERPROFILE, "M", -14, firmware);
}

static const struct sample {
    const char *method, *target, *body;
} samples[] = {
    {"GET", "/umsapi/v3/thinclients?facets=details,online", ""},
    {"GET", "/umsapi/v3/thinclients/2?facets=short", ""},
    {"PUT", "/umsapi/v3/thinclients",
     "{'mac':'00E0C51234AB','firmwareID':'1','name':'N','parentID':1,'site':'\\u00e4'}"},
    {"PUT", "/umsapi/v3/thinclients/2", "{'name':'N','site':null,'comment':'','deviceAttributes':[]}"},
    {"POST", "/umsapi/v3/thinclients?command=reboot", "[{'id':'2','type':'tc'},{'id':2,'type':'tc'}]"},
    {"DELETE", "/umsapi/v3/thinclients/2", ""},
    {"GET", "/umsapi/v3/thinclients/2/assignments/profiles", ""},
    {"PUT", "/umsapi/v3/thinclients/2/assignments/profiles",
     "[{'assignee':{'id':'3','type':'profile'},'receiver':{'id':'2','type':'tc'}}]"},
    {"GET", "/umsapi/v3/directories/tcdirectories?facets=children", ""},
    {"PUT", "/umsapi/v3/directories/tcdirectories", "{'name':'X','parentID':'-1'}"},
    {"PUT", "/umsapi/v3/directories/tcdirectories/1", "{'name':'Y'}"},
    {"PUT", "/umsapi/v3/directories/tcdirectories/1?operation=move",
     "[{'id':'2','type':'tc'},{'id':1,'type':'tcdirectory'}]"},
    {"DELETE", "/umsapi/v3/directories/tcdirectories/1", ""},
    {"PUT", "/umsapi/v3/profiles/3", "{'name':'Q'}"},
    {"GET", "/umsapi/v3/masterprofiles", ""},
    {"PUT", "/umsapi/v3/profiles/3/assignments/tcdirectories",
     "[{'assignee':{'id':3,'type':'profile'},'receiver':{'id':1,'type':'tcdirectory'}}]"},
    {"DELETE", "/umsapi/v3/profiles/3/assignments/tcdirectories/1", ""},
    {"GET", "/umsapi/v3/firmwares/1", ""},
    {"GET", "/umsapi/v3/serverstatus", ""},
    {"POST", "/umsapi/v3/login", ""},
};

/* Repeatable randomness (xorshift). */
static uint64_t random_state;

static size_t pick(size_t below)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (size_t)(random_state % below);
}

/* What is likely to break something when it turns up anywhere. */
static const char *const pieces[] = {
    "\"",
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\\",
    "\\u0000",
    "\\ud800",
    "null",
    "true",
    "-",
    "-1",
    "0",
    "1e999",
    "9223372036854775808",
    "\xFF",
    "\xC3",
    "\xED\xA0\x80",
    "\x01",
    "%",
    "%00",
    "%2F",
    "%ff",
    "/",
    "//",
    "?",
    "&",
    "=",
    "#",
    "..",
    "{id}",
    "'",
    ";",
    " ",
    "%s%n",
    "tc",
    "tcdirectory",
    "profile",
    "facets=",
    "operation=move",
};

/* Changes a text a little: bytes flipped, cut out, put in. */
static size_t mutate(char *text, size_t length, size_t size)
{
    for (size_t n = pick(4); n > 0; n--) {
        const char *piece = pieces[pick(COUNT_OF(pieces))];
        size_t at = pick(length + 1), cut = pick(3) ? pick(4) : pick(length + 1),
               add = pick(3) ? strlen(piece) : 0;
        if (cut > length - at)
            cut = length - at;
        if (length - cut + add >= size)
            continue;
        memmove(text + at + add, text + at + cut, length - at - cut);
        memcpy(text + at, piece, add);
        length = length - cut + add;
    }
    if (length > 0 && pick(3) == 0)
        text[pick(length)] ^= (char)(1u << pick(8));
    text[length] = '\0';
    return length;
}

static bool may_be_answered(int status)
{
    static const int statuses[] = {200, 400, 401, 403, 404, 415};
    for (size_t i = 0; i < COUNT_OF(statuses); i++)
        if (statuses[i] == status)
            return true;
    return false;
}

static void assert_answered(const char *target)
{
    json_t *body = json_loadb(im.reply.body, im.reply.length, JSON_REJECT_DUPLICATES, NULL);
    const char *code = json_string_value(json_object_get(body, "errorCode"));
    bool refused = im.reply.status != 200;
    ck_assert_msg(may_be_answered(im.reply.status) && body && refused == (code != NULL), "%s: %d %s", target,
                  im.reply.status, im.reply.body);
    if (refused)
        ck_assert_int_eq(itg_error_http_status(itg_error_from_code(code)) < 500, 1);
    json_decref(body);
}

START_TEST(mangled_requests_are_answered)
{
    random_state = 0x9E3779B97F4A7C15u + (uint64_t)_i;
    for (int i = 0; i < 1500; i++) {
        const struct sample *sample = &samples[pick(COUNT_OF(samples))];
        char method[64], target[512], body[1024], cookie[256] = "JSESSIONID=\"0123456789ABCDEF\"; a=b";
        char authorization[256] = "Basic YWRtaW46eA==", content_type[256] = "application/json;charset=utf-8";
        snprintf(method, sizeof method, "%s", sample->method);
        snprintf(target, sizeof target, "%s", sample->target);
        snprintf(body, sizeof body, "%s", json(sample->body));
        size_t size = mutate(body, strlen(body), sizeof body);
        mutate(cookie, strlen(cookie), sizeof cookie);
        mutate(authorization, strlen(authorization), sizeof authorization);
        mutate(content_type, strlen(content_type), sizeof content_type);
        if (pick(2))
            mutate(target, strlen(target), sizeof target);
        if (pick(20) == 0)
            mutate(method, strlen(method), sizeof method);
        ask_raw(&(itg_imi_request_t){.size = sizeof(itg_imi_request_t),
                                     .method = strcmp(method, "HEAD") ? method : "GET",
                                     .target = target,
                                     .host = pick(9) ? "fleet.example" : cookie,
                                     .body = body,
                                     .body_size = size,
                                     .content_type = pick(9) ? NULL : content_type,
                                     .cookie = pick(9) ? NULL : cookie,
                                     .authorization = pick(9) ? NULL : authorization});
        assert_answered(target);
    }
}
END_TEST

START_TEST(mangled_requests_are_answered_again)
{
    mangled_requests_are_answered_fn(_i + 1);
}
END_TEST

static const char *const hostile_names[] = {
    "\"quoted\" \\back\\ /slash/",
    "'; DROP TABLE object;--",
    "%s%n%x $1 ?1 {id}",
    "</script>",
    "\xE2\x80\xAE\xF0\x9F\x92\xA3",
    "\xE2\x80\xA8line\xE2\x80\xA9",
    "..\\../etc",
    "{\"id\":1}",
    " leading and trailing ",
    "\\u0041\\n\\",
};

/* Gives an object each name and reads it back. */
static void round_trips(const char *target)
{
    for (size_t i = 0; i < COUNT_OF(hostile_names); i++) {
        json_t *body = json_pack("{ss}", "name", hostile_names[i]);
        char *text = json_dumps(body, i % 2 ? JSON_ENSURE_ASCII : 0);
        ask("PUT", target, text);
        ck_assert_msg(im.reply.status == 200, "%s", im.reply.body);
        ask("GET", target, NULL);
        json_t *read = json_loadb(im.reply.body, im.reply.length, 0, NULL);
        ck_assert_str_eq(json_string_value(json_object_get(read, "name")), hostile_names[i]);
        json_decref(read);
        json_decref(body);
        free(text);
    }
}

START_TEST(hostile_names_survive_a_round_trip)
{
    round_trips("/thinclients/2");
    round_trips("/profiles/3");
    round_trips("/masterprofiles/4");
    round_trips("/directories/tcdirectories/1");
}
END_TEST

START_TEST(hostile_names_survive_creation)
{
    for (size_t i = 0; i < COUNT_OF(hostile_names); i++) {
        json_t *body = json_pack("{ss}", "name", hostile_names[i]);
        char *text = json_dumps(body, 0);
        ask("PUT", "/directories/tcdirectories", text);
        json_t *answer = json_loadb(im.reply.body, im.reply.length, 0, NULL);
        ck_assert_int_eq(im.reply.status, 200);
        ck_assert_str_eq(json_string_value(json_object_get(answer, "name")), hostile_names[i]);
        json_decref(answer);
        json_decref(body);
        free(text);
    }
}
END_TEST

/* A list of `count` entries, to be freed. */
static char *many_entries(size_t count, size_t *ret_size)
{
    char *text = NULL;
    FILE *stream = open_memstream(&text, ret_size);
    ck_assert_ptr_nonnull(stream);
    for (size_t i = 0; i < count; i++)
        fprintf(stream, "%s{\"id\":%zu,\"type\":\"tc\"}", i ? "," : "[", i + 1000);
    fputc(']', stream);
    ck_assert_int_eq(fclose(stream), 0);
    return text;
}

START_TEST(lists_of_many_entries_are_worked_off)
{
    size_t size, count = 20000, seen = 0;
    char *body = many_entries(count, &size);
    ask_bytes("PUT", "/directories/tcdirectories/1?operation=move", body, size);
    ck_assert_int_eq(im.reply.status, 200);
    for (const char *at = strstr(im.reply.body, "does_not_exist"); at; at = strstr(at + 1, "does_not_exist"))
        seen++;
    ck_assert_uint_eq(seen, count);
    ask_bytes("POST", "/thinclients?command=reboot", body, size);
    assert_is_error(404, "ITG-0A001", "Thin client with ID <1000> not found.");
    ask_bytes("PUT", "/thinclients/2/assignments/profiles", body, size);
    assert_is_error(400, "ITG-0A021", "Invalid ssignment");
    free(body);
}
END_TEST

START_TEST(long_targets_are_answered)
{
    static char target[40000];
    memset(target, '/', sizeof target - 1);
    ask("GET", "/thinclients", NULL);
    char *list = strdup(im.reply.body);
    itg_imi_request_t request = {.size = sizeof request, .method = "GET", .target = target};
    ask_raw(&request);
    ck_assert_str_eq(reply_text("errorCode"), "ITG-0B006");
    memset(target, 'x', sizeof target - 1);
    ask_raw(&request);
    ck_assert_str_eq(reply_text("errorCode"), "ITG-0B006");
    memset(target, '&', sizeof target - 1);
    memcpy(target, "/umsapi/v3/thinclients?", 23);
    ask_raw(&request);
    imi_assert_answer(list, __FILE__, __LINE__);
    free(list);
}
END_TEST

SUITE("imi_hostile", setup, mangled_requests_are_answered, mangled_requests_are_answered_again,
      hostile_names_survive_a_round_trip, hostile_names_survive_creation,
      lists_of_many_entries_are_worked_off, long_targets_are_answered)
