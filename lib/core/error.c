#include "core/fail.h"
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

/* A digit of a code as a constant expression: the printed form is made from the number, not written twice. */
#define NIBBLE(number, shift) (((number) >> (shift)) & 0xF)
#define HEX(number, shift) \
    (char)(NIBBLE(number, shift) < 10 ? '0' + NIBBLE(number, shift) : 'A' + NIBBLE(number, shift) - 10)

static const struct entry {
    itg_error_t error;
    int32_t status;
    char code[sizeof "ITG-00000"];
    const char *text;
    const char *message;
} catalogue[] = {
#define ENTRY(name, number, status, text, message)                                                           \
    {ITG_E_##name,                                                                                           \
     status,                                                                                                 \
     {'I', 'T', 'G', '-', HEX(number, 16), HEX(number, 12), HEX(number, 8), HEX(number, 4), HEX(number, 0)}, \
     text,                                                                                                   \
     message},
    ITG_ERROR_CATALOGUE(ENTRY)
#undef ENTRY
};

enum { CATALOGUE_SIZE = sizeof catalogue / sizeof *catalogue };

/* What separates the parts of an argument. */
#define PART_SEPARATOR '\n'

static const struct entry *find(itg_error_t error)
{
    for (size_t i = 0; i < CATALOGUE_SIZE; i++)
        if (catalogue[i].error == error)
            return &catalogue[i];
    return NULL;
}

const char *itg_error_code(itg_error_t error)
{
    const struct entry *entry = find(error);
    return entry ? entry->code : error == ITG_OK ? "ITG-00000" : "";
}

const char *itg_error_text(itg_error_t error)
{
    const struct entry *entry = find(error);
    return entry ? entry->text : error == ITG_OK ? "OK" : "";
}

itg_error_t itg_error_from_code(const char *code)
{
    if (!code)
        return ITG_OK;
    size_t prefix = strncasecmp(code, "ITG-", 4) == 0 ? 0 : 4;
    for (size_t i = 0; i < CATALOGUE_SIZE; i++)
        if (strcasecmp(code, catalogue[i].code + prefix) == 0)
            return catalogue[i].error;
    return ITG_OK;
}

int32_t itg_error_http_status(itg_error_t error)
{
    const struct entry *entry = find(error);
    return entry ? entry->status : error == ITG_OK ? 200 : 500;
}

size_t itg_error_count(void)
{
    return CATALOGUE_SIZE;
}

itg_error_t itg_error_at(size_t index)
{
    return index < CATALOGUE_SIZE ? catalogue[index].error : ITG_OK;
}

/* The bytes past `length` are lost already: leave a last character out that does not end before it. */
size_t itg__utf8_cut(const char *text, size_t length)
{
    size_t start = length;
    while (start > 0 && ((unsigned char)text[start - 1] & 0xC0) == 0x80)
        start--;
    if (start == 0)
        return length;
    unsigned char lead = (unsigned char)text[start - 1];
    size_t need = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
    return start - 1 + need > length ? start - 1 : length;
}

/* A text being written into a buffer that may be too small, as snprintf() does it. */
struct output {
    char *buf;
    size_t size;
    size_t length;
};

static void put(struct output *out, const char *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++, out->length++)
        if (out->length + 1 < out->size)
            out->buf[out->length] = bytes[i];
}

static void finish(struct output *out)
{
    if (out->size == 0)
        return;
    if (out->length < out->size) {
        out->buf[out->length] = '\0';
        return;
    }
    out->buf[itg__utf8_cut(out->buf, out->size - 1)] = '\0';
}

/* How many arguments a message takes. */
static size_t count_holes(const char *message)
{
    size_t holes = 0;
    for (const char *c = message; *c; c++)
        holes += *c == '%';
    return holes;
}

size_t itg_error_format(itg_error_t error, const char *argument, char *buf, size_t size)
{
    const struct entry *entry = find(error);
    const char *message = entry ? entry->message : "";
    struct output out = {buf, buf ? size : 0, 0};
    size_t holes = count_holes(message);
    const char *rest = argument ? argument : "";
    for (const char *c = message; *c; c++) {
        if (*c != '%') {
            put(&out, c, 1);
            continue;
        }
        /* The last hole takes all that is left, so that a single argument may hold anything. */
        const char *separator = --holes ? strchr(rest, PART_SEPARATOR) : NULL;
        size_t part = separator ? (size_t)(separator - rest) : strlen(rest);
        put(&out, rest, part);
        rest += part + (separator ? 1 : 0);
    }
    finish(&out);
    return out.length;
}

void itg_failure_clear(itg_failure_t *failure)
{
    if (failure)
        *failure = (itg_failure_t){.code = ITG_OK};
}

static int64_t wall_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

itg_error_t itg__fail(itg_failure_t *failure, itg_error_t error, const char *argument)
{
    if (!failure || failure->code)
        return error;
    failure->code = error;
    failure->time_ms = wall_ms();
    failure->detail[0] = '\0';
    failure->trace[0] = '\0';
    itg_error_format(error, argument, failure->message, sizeof failure->message);
    return error;
}

itg_error_t itg__fail_id(itg_failure_t *failure, itg_error_t error, int64_t id)
{
    char text[24];
    snprintf(text, sizeof text, "%" PRId64, id);
    return itg__fail(failure, error, text);
}

itg_error_t itg__fail_detail(itg_failure_t *failure, itg_error_t error, const char *format, ...)
{
    if (!failure || failure->code)
        return error;
    itg__fail(failure, error, NULL);
    va_list args;
    va_start(args, format);
    int length = vsnprintf(failure->detail, sizeof failure->detail, format, args);
    va_end(args);
    struct output out = {failure->detail, sizeof failure->detail, length < 0 ? 0 : (size_t)length};
    finish(&out);
    return error;
}

itg_error_t itg__fail_duplicate(itg_failure_t *failure, const char *what, const char *key, const char *table)
{
    char argument[ITG_FAILURE_MESSAGE_SIZE];
    snprintf(argument, sizeof argument, "%s%c%s%c%s", what, PART_SEPARATOR, key, PART_SEPARATOR, table);
    return itg__fail(failure, ITG_E_DUPLICATE, argument);
}

itg_error_t itg__need(bool given, const char *parameter, itg_failure_t *failure)
{
    return given ? ITG_OK : itg__fail_detail(failure, ITG_E_INVALID_BODY, "%s is NULL", parameter);
}

void itg__trace(itg_failure_t *failure, const char *operation)
{
    if (!failure || !failure->code)
        return;
    char *trace = failure->trace;
    size_t length = strlen(trace);
    const char *opening = length ? ", " : "[";
    if (length)
        length--; /* the closing bracket */
    if (length + strlen(opening) + strlen(operation) + sizeof "]" > sizeof failure->trace)
        return;
    snprintf(trace + length, sizeof failure->trace - length, "%s%s]", opening, operation);
}

void itg__fail_where(itg_failure_t *failure, const char *where)
{
    if (!failure || !failure->code)
        return;
    char message[sizeof failure->message];
    memcpy(message, failure->message, sizeof message);
    int length = snprintf(failure->message, sizeof failure->message, "%s: %s", where, message);
    struct output out = {failure->message, sizeof failure->message, length < 0 ? 0 : (size_t)length};
    finish(&out);
}
