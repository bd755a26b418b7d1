#include "core/text.h"
#include <errno.h>
#include <itg/object.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The code point at text[0..length), its size in bytes in *ret_size; -1 if it is not well-formed. */
static int32_t decode(const unsigned char *text, size_t length, size_t *ret_size)
{
    static const int32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    unsigned char lead = text[0];
    size_t size = lead < 0x80 ? 1 : lead < 0xC2 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : lead < 0xF5 ? 4 : 0;
    if (size == 0 || size > length)
        return -1;
    int32_t point = size == 1 ? lead : lead & (0xFF >> (size + 1));
    for (size_t i = 1; i < size; i++) {
        if ((text[i] & 0xC0) != 0x80)
            return -1;
        point = point << 6 | (text[i] & 0x3F);
    }
    if (point < least[size] || point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF))
        return -1;
    *ret_size = size;
    return point;
}

bool itg__utf8_ok(const char *text, size_t length)
{
    const unsigned char *bytes = (const unsigned char *)text;
    size_t i = 0, size = 0;
    while (i < length) {
        if (bytes[i] < 0x80) {
            i++;
            continue;
        }
        if (decode(bytes + i, length - i, &size) < 0)
            return false;
        i += size;
    }
    return true;
}

static bool is_control(int32_t point)
{
    return point < 0x20 || (point >= 0x7F && point < 0xA0);
}

/* Spaces of any script that leave a name without a visible character. */
static bool is_blank(int32_t point)
{
    return point == ' ' || point == 0xA0 || point == 0x1680 || (point >= 0x2000 && point <= 0x200B) ||
           point == 0x2028 || point == 0x2029 || point == 0x202F || point == 0x205F || point == 0x3000 ||
           point == 0xFEFF;
}

bool itg__name_ok(const char *name)
{
    if (!name)
        return false;
    size_t length = strnlen(name, ITG_LIMIT_NAME * 4 + 1);
    if (length > ITG_LIMIT_NAME * 4)
        return false;
    const unsigned char *bytes = (const unsigned char *)name;
    size_t count = 0, size = 0;
    bool visible = false;
    for (size_t i = 0; i < length; i += size, count++) {
        int32_t point = decode(bytes + i, length - i, &size);
        if (point < 0 || is_control(point))
            return false;
        visible = visible || !is_blank(point);
    }
    return visible && count <= ITG_LIMIT_NAME;
}

bool itg__text_ok(const char *text)
{
    if (!text)
        return false;
    size_t length = strnlen(text, ITG_LIMIT_TEXT + 1);
    return length <= ITG_LIMIT_TEXT && itg__utf8_ok(text, length);
}

bool itg__text_fits(const char *text, size_t characters)
{
    size_t length = text ? strnlen(text, characters * 4 + 1) : 0, count = 0;
    if (!text || length > characters * 4 || !itg__utf8_ok(text, length))
        return false;
    for (size_t i = 0; i < length; i++)
        count += ((unsigned char)text[i] & 0xC0) != 0x80;
    return count <= characters;
}

itg_error_t itg__parse_int(const char *text, int64_t *ret_value)
{
    const char *digits = *text == '-' ? text + 1 : text;
    if (*digits == '\0' || digits[strspn(digits, "0123456789")] != '\0')
        return ITG_E_NUMBER_FORMAT;
    errno = 0;
    long long value = strtoll(text, NULL, 10);
    if (errno)
        return ITG_E_NUMBER_FORMAT;
    *ret_value = value;
    return ITG_OK;
}

const char *itg__name_of(const char *const *names, size_t count, int64_t value)
{
    const char *name = value >= 0 && (uint64_t)value < count ? names[value] : NULL;
    return name ? name : "";
}

int itg__value_of(const char *const *names, size_t count, const char *name, int otherwise)
{
    for (size_t i = 0; name && i < count; i++)
        if (names[i] && strcmp(names[i], name) == 0)
            return (int)i;
    return otherwise;
}

void itg__buf_dispose(struct itg__buf *buf)
{
    free(buf->data);
    *buf = (struct itg__buf){0};
}

/* A failed buffer has no room left, so that those who append need not ask. */
static bool fail(struct itg__buf *buf)
{
    buf->failed = true;
    buf->capacity = buf->length;
    return false;
}

bool itg__buf_grow(struct itg__buf *buf, size_t more)
{
    if (buf->failed)
        return false;
    if (more <= buf->capacity - buf->length)
        return true;
    size_t capacity = buf->capacity ? buf->capacity : 256;
    while (capacity - buf->length < more) {
        if (capacity > SIZE_MAX / 2)
            return fail(buf);
        capacity *= 2;
    }
    char *data = realloc(buf->data, capacity);
    if (!data)
        return fail(buf);
    buf->data = data;
    buf->capacity = capacity;
    return true;
}

void itg__buf_int(struct itg__buf *buf, int64_t value)
{
    char digits[24];
    char *end = digits + sizeof digits, *p = end;
    uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    do {
        *--p = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest);
    if (value < 0)
        *--p = '-';
    itg__buf_add(buf, p, (size_t)(end - p));
}

/* Sizes like 23.8: dividing two numbers that are exact gives what reading the text gives. */
static bool add_short_real(struct itg__buf *buf, double value)
{
    if (!(value >= 0 && value < 1e9) || signbit(value))
        return false;
    int64_t thousandths = (int64_t)(value * 1000 + 0.5);
    if ((double)thousandths / 1000 != value)
        return false;
    char fraction[] = {'.', (char)('0' + thousandths / 100 % 10), (char)('0' + thousandths / 10 % 10),
                       (char)('0' + thousandths % 10)};
    size_t length = sizeof fraction;
    while (length > 1 && fraction[length - 1] == '0')
        length--;
    itg__buf_int(buf, thousandths / 1000);
    itg__buf_add(buf, fraction, length > 1 ? length : 0);
    return true;
}

void itg__buf_real(struct itg__buf *buf, double value)
{
    char text[32];
    if (!isfinite(value))
        value = 0;
    if (add_short_real(buf, value))
        return;
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, value);
        if (strtod(text, NULL) == value)
            break;
    }
    /* The program may run in a locale whose decimal point is a comma. */
    char *comma = strchr(text, ',');
    if (comma)
        *comma = '.';
    itg__buf_str(buf, text);
}

/* The letter behind the backslash, 'u' for \u00XX, 0 for a character that stands for itself. */
static char escape_of(unsigned char c)
{
    switch (c) {
    case '"':
    case '\\':
        return (char)c;
    case '\b':
        return 'b';
    case '\f':
        return 'f';
    case '\n':
        return 'n';
    case '\r':
        return 'r';
    case '\t':
        return 't';
    default:
        return c < 0x20 ? 'u' : 0;
    }
}

static void add_escaped(struct itg__buf *buf, unsigned char c, char escape)
{
    static const char hex[] = "0123456789abcdef";
    char text[6] = {'\\', escape, '0', '0', hex[c >> 4], hex[c & 15]};
    itg__buf_add(buf, text, escape == 'u' ? 6 : 2);
}

/* All bits 7 of the bytes of a word that are below a limit of at most 128. */
#define BYTES(value)             (UINT64_C(0x0101010101010101) * (value))
#define BELOW(word, limit)       (((word)-BYTES(limit)) & ~(word)&BYTES(0x80))
#define IS_SAME(word, character) BELOW((word) ^ BYTES(character), 1)

/* True if nothing in a text has to be escaped. Looks at eight characters at a time. */
static bool is_plain(const char *text, size_t length)
{
    uint64_t odd = 0;
    for (; length >= 8; text += 8, length -= 8) {
        uint64_t word;
        memcpy(&word, text, 8);
        odd |= BELOW(word, 0x20) | IS_SAME(word, '"') | IS_SAME(word, '\\');
    }
    for (; length > 0; text++, length--) {
        unsigned char c = (unsigned char)*text;
        odd |= c < 0x20 || c == '"' || c == '\\';
    }
    return odd == 0;
}

void itg__buf_json_n(struct itg__buf *buf, const char *text, size_t length)
{
    if (length <= SIZE_MAX - 2 && itg__buf_grow(buf, length + 2) && is_plain(text, length)) {
        char *at = buf->data + buf->length;
        at[0] = at[length + 1] = '"';
        memcpy(at + 1, text, length);
        buf->length += length + 2;
        return;
    }
    itg__buf_char(buf, '"');
    size_t from = 0;
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c >= 0x20 && c != '"' && c != '\\')
            continue;
        itg__buf_add(buf, text + from, i - from);
        add_escaped(buf, c, escape_of(c));
        from = i + 1;
    }
    itg__buf_add(buf, text + from, length - from);
    itg__buf_char(buf, '"');
}

void itg__buf_json(struct itg__buf *buf, const char *text)
{
    itg__buf_json_n(buf, text, strlen(text));
}
