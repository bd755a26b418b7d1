/* Texts: checking them, numbers in them, and an append buffer that writes JSON. */
#ifndef ITG__TEXT_H
#define ITG__TEXT_H

#include <itg/error.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* True if the bytes are well-formed UTF-8. */
bool itg__utf8_ok(const char *text, size_t length);

/* True for a text that may be an object's name: UTF-8, not blank, 1 to ITG_LIMIT_NAME characters, no control
 * characters. NULL is none. */
bool itg__name_ok(const char *name);

/* True for any other text: UTF-8 of at most ITG_LIMIT_TEXT bytes. NULL is none. */
bool itg__text_ok(const char *text);

/* True for UTF-8 of at most so many characters. NULL is none. */
bool itg__text_fits(const char *text, size_t characters);

/* Reads a whole text as a decimal integer. @return ITG_OK or ITG_E_NUMBER_FORMAT (nothing is recorded) */
itg_error_t itg__parse_int(const char *text, int64_t *ret_value);

/* The names of an enum's values, which are their indices in the list; NULL: no value.
 * @return "" for what is no value */
const char *itg__name_of(const char *const *names, size_t count, int64_t value);
/* @return `otherwise` for what is no name, NULL included */
int itg__value_of(const char *const *names, size_t count, const char *name, int otherwise);

/* An append buffer. Zero it to begin, end with itg__buf_dispose(). Once an allocation failed, `failed` is set
 * and all further appending is ignored, so that one check at the end is enough. */
struct itg__buf {
    char *data;
    size_t length;
    size_t capacity;
    bool failed;
};

void itg__buf_dispose(struct itg__buf *buf);
/* Makes room for so many more bytes. @return false if there is no memory for them */
bool itg__buf_grow(struct itg__buf *buf, size_t more);

/* In the header, because lists are written with millions of them. */
static inline void itg__buf_add(struct itg__buf *buf, const char *bytes, size_t length)
{
    if (length == 0 || (length > buf->capacity - buf->length && !itg__buf_grow(buf, length)))
        return;
    memcpy(buf->data + buf->length, bytes, length);
    buf->length += length;
}

static inline void itg__buf_str(struct itg__buf *buf, const char *text)
{
    itg__buf_add(buf, text, strlen(text));
}

static inline void itg__buf_char(struct itg__buf *buf, char c)
{
    itg__buf_add(buf, &c, 1);
}

void itg__buf_int(struct itg__buf *buf, int64_t value);
/* The shortest form that reads back as the same number; "1" and not "1.0"; 0 for what JSON cannot say. */
void itg__buf_real(struct itg__buf *buf, double value);
/* A JSON string, quotes included. The text is UTF-8. */
void itg__buf_json(struct itg__buf *buf, const char *text);
void itg__buf_json_n(struct itg__buf *buf, const char *text, size_t length);

#endif
