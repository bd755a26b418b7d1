/* The reader of fleet files takes exactly the JSON that jansson takes, and finds the same strings in it. */
#include "core/jsonread.h"
#include "fleetfile_fixture.h"
#include <jansson.h>
#include <string.h>

enum { SIZE = 256, ROUNDS = 40000 };

static const struct itg__json_member members[] = {
    {"a", ITG__JSON_IS(ITG__JSON_STRING), NULL, 0},
    {"b", ~0u, NULL, 0},
    {"n", ITG__JSON_IS(ITG__JSON_INTEGER) | ITG__JSON_IS(ITG__JSON_REAL), NULL, 0},
};
static const struct itg__json_table table = {members, COUNT_OF(members)};

/* Texts to begin with; each becomes many by changing bytes. */
static const char *const seeds[] = {
    "{\"a\":\"plain\",\"b\":[1,2.5,-3e+2,true,false,null],\"n\":0}",
    "{\"a\":\"\\u00e9\\ud83d\\ude00\\n\\\"\\\\\\/\\b\\f\\r\\t\",\"n\":-0.5E-3}",
    "{\"a\":\"M\xC3\xBCnchen \xE6\x97\xA5\xE6\x9C\xAC \xF0\x9F\x98\x80 \x7F\"}",
    " \r\n\t{ \"b\" : { \"x\" : { \"y\" : [ [ ] , { } ] } } , \"n\" : 12 } \n",
    "{}",
    "[{\"a\":\"x\"},[],\"\",-1]",
    "\"a\"",
    "{\"b\":[\"\xED\x9F\xBF\",\"\xEE\x80\x80\",\"\xF4\x8F\xBF\xBF\"]}",
};

/* Bytes that matter to a scanner. Not NUL: jansson takes one for the end. */
static const char alphabet[] =
    "{}[]\",:\\/ubtn0123456789+-.eEaDdFfl \n\t\x01\x1F\x7F\x80\xBF\xC0\xC3\xE0\xED\xF0\xF4\xFF";

static uint32_t state;

/* xorshift: the same bytes on every machine. */
static uint32_t any(uint32_t below)
{
    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    return state % below;
}

static char any_byte(void)
{
    return alphabet[any(sizeof alphabet - 1)];
}

static size_t change(char *text, size_t length)
{
    size_t at = length ? any((uint32_t)length) : 0;
    switch (any(4)) {
    case 0: /* another byte */
        if (length)
            text[at] = any_byte();
        return length;
    case 1: /* one less */
        if (length)
            memmove(text + at, text + at + 1, length - at - 1);
        return length ? length - 1 : 0;
    case 2: /* cut off */
        return any(16) ? length : at;
    default: /* one more */
        memmove(text + at + 1, text + at, length - at);
        text[at] = any_byte();
        return length + 1;
    }
}

static size_t make(char text[SIZE])
{
    const char *seed = seeds[any(COUNT_OF(seeds))];
    size_t length = strlen(seed);
    memcpy(text, seed, length);
    for (uint32_t changes = any(5); changes > 0; changes--)
        length = change(text, length);
    return length;
}

/* jansson has limits on numbers that are not JSON's. */
static bool is_about_range(const json_error_t *error)
{
    return json_error_code(error) == json_error_numeric_overflow;
}

static bool ends(struct itg__json *json)
{
    return !json->err && itg__json_peek(json) < 0 && !json->err;
}

static void show(const char *text, size_t length, const char *what)
{
    char hex[SIZE * 2 + 1] = "";
    for (size_t i = 0; i < length; i++)
        snprintf(hex + i * 2, 3, "%02x", (unsigned char)text[i]);
    ck_abort_msg("%s: %.*s (%s)", what, (int)length, text, hex);
}

START_TEST(values_are_accepted_as_jansson_does)
{
    size_t accepted = 0;
    state = 1;
    for (int i = 0; i < ROUNDS; i++) {
        char text[SIZE];
        size_t length = make(text);
        struct source source = {.text = text, .length = length, .piece = any(9)};
        struct itg__json json;
        struct itg__json_value value;
        json_error_t error;
        json_t *reference = json_loadb(text, length, JSON_DECODE_ANY, &error);
        assert_ok(itg__json_init(&json, read_source, &source, NULL));
        bool ok = !itg__json_value(&json, &value) && ends(&json);
        itg__json_dispose(&json);
        if (ok != (reference != NULL) && !(!reference && is_about_range(&error)))
            show(text, length, ok ? "accepted" : "refused");
        accepted += ok;
        json_decref(reference);
    }
    /* The changes leave enough of both kinds. */
    ck_assert_uint_gt(accepted, ROUNDS / 5);
    ck_assert_uint_lt(accepted, ROUNDS / 5 * 4);
}
END_TEST

static void compare(struct itg__json *json, const struct itg__json_value *values, json_t *reference,
                    const char *text, size_t length)
{
    json_t *a = json_object_get(reference, "a"), *n = json_object_get(reference, "n");
    if (json_is_string(a) &&
        (values[0].kind != ITG__JSON_STRING || values[0].length != json_string_length(a) ||
         strcmp(itg__json_text(json, &values[0]), json_string_value(a)) != 0))
        show(text, length, "another string");
    if (json_is_integer(n) && (values[2].kind != ITG__JSON_INTEGER ||
                               strtoll(itg__json_text(json, &values[2]), NULL, 10) != json_integer_value(n)))
        show(text, length, "another integer");
    if (json_is_real(n) && (values[2].kind != ITG__JSON_REAL ||
                            strtod(itg__json_text(json, &values[2]), NULL) != json_real_value(n)))
        show(text, length, "another number");
    if (!a && values[0].kind != ITG__JSON_ABSENT)
        show(text, length, "a string that is not there");
}

START_TEST(members_are_found_as_jansson_finds_them)
{
    size_t compared = 0;
    state = 2;
    for (int i = 0; i < ROUNDS; i++) {
        char text[SIZE];
        size_t length = make(text);
        struct source source = {.text = text, .length = length, .piece = any(9)};
        struct itg__json_value values[COUNT_OF(members)] = {0};
        struct itg__json json;
        json_error_t error;
        json_t *reference = json_loadb(text, length, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
        assert_ok(itg__json_init(&json, read_source, &source, NULL));
        itg_error_t err = itg__json_object(&json, &table, values);
        if (err == ITG_E_INVALID_JSON && reference)
            show(text, length, "refused");
        if (!err && ends(&json) && !reference && !is_about_range(&error))
            show(text, length, "accepted");
        if (!err && reference) {
            compare(&json, values, reference, text, length);
            compared++;
        }
        itg__json_dispose(&json);
        json_decref(reference);
    }
    ck_assert_uint_gt(compared, ROUNDS / 5);
}
END_TEST

/* Items one after the other, so that the window moves on under all that is kept. */
START_TEST(a_long_row_of_items_is_read_through_a_moving_window)
{
    struct repeater text = {"[", "{\"n\":17,\"a\":\"\\u00e9\xC3\xA9 and some more text to fill it\"},", "{}]",
                            20000, 0};
    struct itg__json json;
    size_t items = 0;
    assert_ok(itg__json_init(&json, read_repeated, &text, &fx.failure));
    ck_assert_int_eq(itg__json_peek(&json), '[');
    ck_assert(itg__json_enter(&json, ']'));
    do {
        struct itg__json_value values[COUNT_OF(members)] = {0};
        itg__json_begin(&json);
        assert_ok(itg__json_object(&json, &table, values));
        items++;
        if (items <= 20000) {
            ck_assert_str_eq(itg__json_text(&json, &values[0]),
                             "\xC3\xA9\xC3\xA9 and some more text to fill it");
            ck_assert_str_eq(itg__json_text(&json, &values[2]), "17");
        }
        itg__json_begin(&json);
    } while (itg__json_another(&json, ']'));
    ck_assert(ends(&json));
    ck_assert_uint_eq(items, 20001);
    ck_assert_uint_eq(json.capacity, 64 * 1024);
    itg__json_dispose(&json);
}
END_TEST

SUITE("json", fixture_none, values_are_accepted_as_jansson_does, members_are_found_as_jansson_finds_them,
      a_long_row_of_items_is_read_through_a_moving_window)
