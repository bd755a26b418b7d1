#include "core/jsonread.h"
#include "core/fail.h"
#include "core/text.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WINDOW = 64 * 1024 };

static const char unexpected_end[] = "unexpected end of the text";

itg_error_t itg__json_init(struct itg__json *json, itg_read_fn read, void *ctx, itg_failure_t *failure)
{
    *json = (struct itg__json){.read = read, .ctx = ctx, .failure = failure, .capacity = WINDOW, .line = 1};
    json->data = malloc(json->capacity + 1);
    if (!json->data)
        return json->err = itg__fail(failure, ITG_E_INTERNAL, NULL);
    json->data[0] = '\0';
    return ITG_OK;
}

void itg__json_dispose(struct itg__json *json)
{
    free(json->data);
    free(json->elements);
    json->data = NULL;
    json->elements = NULL;
}

/* Moves a place in the text on over some bytes. */
static void advance(const char *text, size_t length, int64_t *line, int64_t *column)
{
    const char *end = text + length;
    for (const char *feed = memchr(text, '\n', length); feed;
         feed = memchr(text, '\n', (size_t)(end - text))) {
        text = feed + 1;
        ++*line;
        *column = 0;
    }
    for (; text < end; text++)
        *column += ((unsigned char)*text & 0xC0) != 0x80;
}

itg_error_t itg__json_fail(struct itg__json *json, const char *reason)
{
    char text[160];
    int64_t line = json->line, column = json->column;
    if (json->err)
        return json->err;
    advance(json->data, json->pos, &line, &column);
    snprintf(text, sizeof text, "%s, line %" PRId64 ", column %" PRId64, reason, line, column + 1);
    return json->err = itg__fail(json->failure, ITG_E_INVALID_JSON, text);
}

void itg__json_begin(struct itg__json *json)
{
    json->mark = json->pos;
    json->fault = NULL;
    json->path[0] = '\0';
    json->element_values = 0;
}

/* Makes room in the window: forgets what is done with, else grows. */
static bool make_room(struct itg__json *json)
{
    advance(json->data, json->mark, &json->line, &json->column);
    memmove(json->data, json->data + json->mark, json->length - json->mark);
    json->length -= json->mark;
    json->pos -= json->mark;
    json->mark = 0;
    if (json->length < json->capacity)
        return true;
    if (json->capacity >= ITG_LIMIT_ELEMENT) {
        itg__json_fail(json, "element is too large");
        return false;
    }
    size_t capacity = json->capacity * 2 < ITG_LIMIT_ELEMENT ? json->capacity * 2 : ITG_LIMIT_ELEMENT;
    char *data = realloc(json->data, capacity + 1);
    if (!data) {
        json->err = itg__fail(json->failure, ITG_E_INTERNAL, NULL);
        return false;
    }
    json->data = data;
    json->capacity = capacity;
    return true;
}

/* Reads on. Moves the window: only offsets from json->mark stay true. False at the end or after an error. */
static bool more(struct itg__json *json)
{
    if (json->err || json->ended || !make_room(json))
        return false;
    size_t room = json->capacity - json->length;
    int64_t got = json->read(json->ctx, json->data + json->length, room);
    if (got < 0 || (uint64_t)got > room) {
        json->data[json->length] = '\0';
        itg__json_fail(json, "the reader failed");
        return false;
    }
    json->ended = got == 0;
    json->length += (size_t)got;
    json->data[json->length] = '\0';
    return got > 0;
}

/* True if so many bytes are at hand from json->pos on. */
static bool have(struct itg__json *json, size_t count)
{
    while (json->length - json->pos < count)
        if (!more(json))
            return false;
    return true;
}

/* The byte at json->pos; -1 at the end or after an error. */
static int at(struct itg__json *json)
{
    int c = (unsigned char)json->data[json->pos];
    if (c == '\0' && !have(json, 1))
        return -1;
    return (unsigned char)json->data[json->pos];
}

/* Fails at the current place: at the end, or at a byte that cannot stand there. */
static bool refuse(struct itg__json *json, const char *reason)
{
    itg__json_fail(json, at(json) < 0 ? unexpected_end : reason);
    return false;
}

int itg__json_peek(struct itg__json *json)
{
    if (json->err)
        return -1;
    bool between = json->mark == json->pos;
    int c = at(json);
    while (c == ' ' || c == '\n' || c == '\r' || c == '\t') {
        json->pos++;
        json->mark += between;
        c = at(json);
    }
    return c;
}

itg_error_t itg__json_expect(struct itg__json *json, char c)
{
    char reason[] = "expected ' '";
    reason[sizeof reason - 3] = c;
    if (itg__json_peek(json) == (unsigned char)c)
        json->pos++;
    else
        refuse(json, reason);
    return json->err;
}

/* Appends bytes of the window to a string that is put together in it, never ahead of where it is read. */
static void append(struct itg__json *json, size_t *out, size_t from, size_t length)
{
    if (json->mark + *out != from)
        memmove(json->data + json->mark + *out, json->data + from, length);
    *out += length;
}

static bool hex4(struct itg__json *json, uint32_t *ret_unit)
{
    uint32_t unit = 0;
    if (!have(json, 6) || json->data[json->pos] != '\\' || json->data[json->pos + 1] != 'u')
        return false;
    for (size_t i = 2; i < 6; i++) {
        char c = json->data[json->pos + i];
        char letter = (char)(c | 0x20);
        if (c >= '0' && c <= '9')
            unit = unit << 4 | (uint32_t)(c - '0');
        else if (letter >= 'a' && letter <= 'f')
            unit = unit << 4 | (uint32_t)(letter - 'a' + 10);
        else
            return false;
    }
    *ret_unit = unit;
    return true;
}

static void append_point(struct itg__json *json, size_t *out, uint32_t point)
{
    char *to = json->data + json->mark + *out;
    size_t size = point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    static const unsigned char leads[] = {0, 0, 0xC0, 0xE0, 0xF0};
    for (size_t i = size - 1; i > 0; i--, point >>= 6)
        to[i] = (char)(0x80 | (point & 0x3F));
    to[0] = (char)(leads[size] | point);
    *out += size;
}

/* \uXXXX, or two of them for a character beyond 16 bits. NUL has no place in our texts. */
static bool unicode_escape(struct itg__json *json, size_t *out)
{
    uint32_t point = 0, low = 0;
    bool ok = hex4(json, &point) && point != 0 && (point < 0xDC00 || point > 0xDFFF);
    if (ok)
        json->pos += 6;
    if (ok && point >= 0xD800 && point <= 0xDBFF) {
        ok = hex4(json, &low) && low >= 0xDC00 && low <= 0xDFFF;
        point = 0x10000 + ((point - 0xD800) << 10) + (low - 0xDC00);
        json->pos += ok ? 6 : 0;
    }
    if (!ok)
        return refuse(json, "invalid \\u escape");
    append_point(json, out, point);
    return true;
}

static bool escape(struct itg__json *json, size_t *out)
{
    static const char letters[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
    if (!have(json, 2)) {
        json->pos = json->length;
        return refuse(json, unexpected_end);
    }
    char letter = json->data[json->pos + 1];
    if (letter == 'u')
        return unicode_escape(json, out);
    const char *found = letter ? strchr(letters, letter) : NULL;
    if (!found)
        return refuse(json, "invalid escape");
    json->pos += 2;
    json->data[json->mark + (*out)++] = meanings[found - letters];
    return true;
}

static bool utf8_sequence(struct itg__json *json, size_t *out)
{
    unsigned char lead = (unsigned char)json->data[json->pos];
    size_t size = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if (!have(json, size) || !itg__utf8_ok(json->data + json->pos, size))
        return refuse(json, "not UTF-8");
    append(json, out, json->pos, size);
    json->pos += size;
    return true;
}

/* What may stand in a string as it is, in ASCII. */
static inline bool is_plain(char c)
{
    return (signed char)c >= 0x20 && c != '"' && c != '\\';
}

/* Reads a string and puts its plain text where it stood. */
static bool read_string(struct itg__json *json, struct itg__json_value *ret_value)
{
    json->pos++;
    size_t start = json->pos - json->mark, out = start;
    for (;;) {
        size_t from = json->pos;
        while (is_plain(json->data[json->pos]))
            json->pos++;
        append(json, &out, from, json->pos - from);
        int c = at(json);
        if (c == '"')
            break;
        bool ok = c == '\\'   ? escape(json, &out)
                  : c >= 0x80 ? utf8_sequence(json, &out)
                              : c >= 0x20 || refuse(json, "control character in a string");
        if (!ok)
            return false;
    }
    json->pos++;
    json->data[json->mark + out] = '\0';
    *ret_value = (struct itg__json_value){ITG__JSON_STRING, start, out - start};
    return true;
}

static bool digits(struct itg__json *json)
{
    int c = at(json);
    if (c < '0' || c > '9')
        return refuse(json, "invalid number");
    for (; c >= '0' && c <= '9'; c = at(json))
        json->pos++;
    return true;
}

static bool read_number(struct itg__json *json, struct itg__json_value *ret_value)
{
    size_t start = json->pos - json->mark;
    enum itg__json_kind kind = ITG__JSON_INTEGER;
    if (at(json) == '-')
        json->pos++;
    if (at(json) == '0')
        json->pos++;
    else if (!digits(json))
        return false;
    if (at(json) == '.') {
        kind = ITG__JSON_REAL;
        json->pos++;
        if (!digits(json))
            return false;
    }
    if (at(json) == 'e' || at(json) == 'E') {
        kind = ITG__JSON_REAL;
        json->pos++;
        if (at(json) == '+' || at(json) == '-')
            json->pos++;
        if (!digits(json))
            return false;
    }
    *ret_value = (struct itg__json_value){kind, start, json->pos - json->mark - start};
    return !json->err;
}

static bool read_word(struct itg__json *json, struct itg__json_value *ret_value)
{
    static const struct {
        const char *text;
        size_t length;
        enum itg__json_kind kind;
    } words[] = {{"null", 4, ITG__JSON_NULL}, {"false", 5, ITG__JSON_FALSE}, {"true", 4, ITG__JSON_TRUE}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (at(json) != words[i].text[0])
            continue;
        if (!have(json, words[i].length) ||
            memcmp(json->data + json->pos, words[i].text, words[i].length) != 0)
            break;
        *ret_value = (struct itg__json_value){words[i].kind, json->pos - json->mark, words[i].length};
        json->pos += words[i].length;
        return true;
    }
    return refuse(json, "unexpected character");
}

bool itg__json_another(struct itg__json *json, char close)
{
    int c = itg__json_peek(json);
    if (c == ',' || c == close) {
        json->pos++;
        return c == ',';
    }
    return refuse(json, close == ']' ? "expected ',' or ']'" : "expected ',' or '}'");
}

bool itg__json_enter(struct itg__json *json, char close)
{
    json->pos++;
    if (itg__json_peek(json) != (unsigned char)close)
        return true;
    json->pos++;
    return false;
}

static bool read_key(struct itg__json *json, struct itg__json_value *ret_key)
{
    if (itg__json_peek(json) != '"')
        return refuse(json, "expected a member's name");
    return read_string(json, ret_key);
}

itg_error_t itg__json_key(struct itg__json *json, struct itg__json_value *ret_key)
{
    struct itg__json_value key;
    if (!json->err && read_key(json, &key))
        *ret_key = key;
    return json->err;
}

static bool read_value(struct itg__json *json, int depth, struct itg__json_value *ret_value);

static bool pass_array(struct itg__json *json, int depth)
{
    struct itg__json_value value;
    bool go_on = itg__json_enter(json, ']');
    while (go_on && read_value(json, depth + 1, &value))
        go_on = itg__json_another(json, ']');
    return !json->err;
}

static bool pass_object(struct itg__json *json, int depth)
{
    struct itg__json_value value;
    bool go_on = itg__json_enter(json, '}');
    while (go_on && read_key(json, &value) && !itg__json_expect(json, ':') &&
           read_value(json, depth + 1, &value))
        go_on = itg__json_another(json, '}');
    return !json->err;
}

static bool read_value(struct itg__json *json, int depth, struct itg__json_value *ret_value)
{
    int c = itg__json_peek(json);
    if (c == '"')
        return read_string(json, ret_value);
    if (c == '-' || (c >= '0' && c <= '9'))
        return read_number(json, ret_value);
    if (c != '[' && c != '{')
        return read_word(json, ret_value);
    if (depth >= ITG__JSON_DEPTH)
        return refuse(json, "nested too deep");
    *ret_value =
        (struct itg__json_value){c == '[' ? ITG__JSON_ARRAY : ITG__JSON_OBJECT, json->pos - json->mark, 0};
    return c == '[' ? pass_array(json, depth) : pass_object(json, depth);
}

itg_error_t itg__json_value(struct itg__json *json, struct itg__json_value *ret_value)
{
    struct itg__json_value value;
    if (!json->err && read_value(json, 0, &value))
        *ret_value = value;
    return json->err;
}

char *itg__json_text(struct itg__json *json, const struct itg__json_value *value)
{
    char *text = json->data + json->mark + value->offset;
    text[value->length] = '\0';
    return text;
}
