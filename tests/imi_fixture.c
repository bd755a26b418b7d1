#include "imi_fixture.h"
#include <ctype.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct imi_fixture im;

void imi_open(const itg_imi_options_t *options)
{
    itg_imi_free(im.imi);
    im.imi = NULL;
    im.request = (itg_imi_request_t){.size = sizeof im.request, .host = "fleet.example:8443"};
    assert_ok(itg_imi_new(fx.itg, options, &im.imi, &fx.failure));
}

void imi_memory(void)
{
    fixture_memory();
    imi_open(NULL);
}

void imi_trusted(void)
{
    fixture_memory();
    imi_open(&(itg_imi_options_t){.size = sizeof(itg_imi_options_t), .trusted = 1});
}

static void take_headers(const itg_imi_response_t *response, struct reply *reply)
{
    const char *name, *value;
    for (size_t i = 0; itg_imi_response_header(response, i, &name, &value); i++) {
        ck_assert_uint_lt(i, COUNT_OF(reply->header));
        ck_assert_uint_lt(strlen(name), sizeof reply->header[0].name);
        ck_assert_uint_lt(strlen(value), sizeof reply->header[0].value);
        strcpy(reply->header[i].name, name);
        strcpy(reply->header[i].value, value);
        reply->headers++;
    }
}

/* Reads in pieces of a size that fits nothing. */
static void take_body(itg_imi_response_t *response, struct reply *reply)
{
    FILE *stream = open_memstream(&reply->body, &reply->length);
    ck_assert_ptr_nonnull(stream);
    char piece[977];
    int64_t count = itg_imi_response_read(response, piece, sizeof piece);
    while (count > 0) {
        ck_assert_uint_eq(fwrite(piece, 1, (size_t)count, stream), (size_t)count);
        count = itg_imi_response_read(response, piece, sizeof piece);
    }
    ck_assert_int_eq(count, 0);
    ck_assert_int_eq(itg_imi_response_read(response, piece, sizeof piece), 0);
    ck_assert_int_eq(fclose(stream), 0);
}

void ask_raw(const itg_imi_request_t *request)
{
    free(im.reply.body);
    im.reply = (struct reply){0};
    itg_imi_response_t *response = itg_imi_handle(im.imi, request);
    ck_assert_ptr_nonnull(response);
    im.reply.status = itg_imi_response_status(response);
    im.reply.announced = itg_imi_response_size(response);
    take_headers(response, &im.reply);
    take_body(response, &im.reply);
    itg_imi_response_free(response);
    if (im.reply.announced >= 0)
        ck_assert_int_eq(im.reply.announced, (int64_t)im.reply.length);
}

void ask_bytes(const char *method, const char *target, const char *body, size_t size)
{
    char prefixed[4096];
    itg_imi_request_t request = im.request;
    bool complete =
        target[0] != '/' || !islower((unsigned char)target[1]) || strncmp(target, "/umsapi", 7) == 0;
    int length = snprintf(prefixed, sizeof prefixed, "%s%s", complete ? "" : "/umsapi/v3", target);
    ck_assert_int_lt(length, (int)sizeof prefixed);
    request.method = method;
    request.target = prefixed;
    request.body = body;
    request.body_size = size;
    ask_raw(&request);
}

void ask(const char *method, const char *target, const char *body)
{
    ask_bytes(method, target, body, body ? strlen(body) : 0);
}

const char *reply_header(const char *name)
{
    for (size_t i = 0; i < im.reply.headers; i++)
        if (strcmp(im.reply.header[i].name, name) == 0)
            return im.reply.header[i].value;
    return NULL;
}

const char *reply_text(const char *key)
{
    static char text[256];
    char wanted[64];
    snprintf(wanted, sizeof wanted, "\"%s\":\"", key);
    const char *found = strstr(im.reply.body, wanted);
    ck_assert_msg(found != NULL, "no %s in %s", key, im.reply.body);
    found += strlen(wanted);
    snprintf(text, sizeof text, "%.*s", (int)strcspn(found, "\""), found);
    return text;
}

static char *next_buffer(size_t *ret_size)
{
    static char ring[8][8192];
    static size_t next;
    char *buffer = ring[next++ % COUNT_OF(ring)];
    *ret_size = sizeof ring[0];
    return buffer;
}

static const char *translate(char *text)
{
    for (char *c = text; *c; c++)
        *c = *c == '\'' ? '"' : *c == '`' ? '\'' : *c;
    return text;
}

const char *json(const char *text)
{
    size_t size;
    char *buffer = next_buffer(&size);
    ck_assert_uint_lt(strlen(text), size);
    strcpy(buffer, text);
    return translate(buffer);
}

const char *jsonf(const char *format, ...)
{
    size_t size;
    char *buffer = next_buffer(&size);
    va_list args;
    va_start(args, format);
    int length = vsnprintf(buffer, size, format, args);
    va_end(args);
    ck_assert_int_lt(length, (int)size);
    return translate(buffer);
}

void imi_assert_answer(const char *wanted, const char *file, int line)
{
    if (im.reply.status != 200 || strcmp(im.reply.body, wanted) != 0)
        ck_abort_msg("%s:%d: answered %d\n  %s\nexpected 200\n  %s", file, line, im.reply.status,
                     im.reply.body, wanted);
    ck_assert_str_eq(reply_header("Content-Type"), "application/json;charset=UTF-8");
}

/* True if text is what the pattern says: 0 any digit, ~ letters of names of operations, the rest itself. */
static bool matches(const char *text, const char *pattern)
{
    for (; *pattern; pattern++) {
        if (*pattern == '~') {
            text += strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_, ");
            continue;
        }
        if (*pattern == '0' ? !isdigit((unsigned char)*text) : *text != *pattern)
            return false;
        text++;
    }
    return *text == '\0';
}

/* The body has four members in this order, the first of which begins the text. */
static bool is_error_body(const char *body, const char *code)
{
    const char *rest = strstr(body, "\",\"errorCode\":\"");
    return strncmp(body, "{\"message\":\"", 12) == 0 && rest && strncmp(rest + 15, code, strlen(code)) == 0 &&
           matches(rest + 15 + strlen(code),
                   "\",\"time\":\"0000-00-00T00:00:00.000\",\"stackTrace\":\"[~]\"}");
}

void imi_assert_error(int status, const char *code, const char *message, const char *file, int line)
{
    json_t *body = json_loadb(im.reply.body, im.reply.length, 0, NULL);
    const char *said = json_string_value(json_object_get(body, "message"));
    if (im.reply.status != status || !said || strcmp(said, message) != 0 ||
        !is_error_body(im.reply.body, code))
        ck_abort_msg("%s:%d: answered %d\n  %s\nexpected %d %s\n  %s", file, line, im.reply.status,
                     im.reply.body, status, code, message);
    ck_assert_str_eq(reply_header("Content-Type"), "application/json;charset=UTF-8");
    ck_assert_int_eq(itg_error_from_code(code) != ITG_OK, 1);
    json_decref(body);
}
