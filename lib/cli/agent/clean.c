#include "cli/agent/clean.h"
#include "core/text.h"
#include <string.h>

/* Bytes of the character at the beginning; 0: it is none. */
static size_t character(const char *text, size_t length)
{
    for (size_t n = 1; n <= 4 && n <= length; n++)
        if (itg__utf8_ok(text, n))
            return n;
    return 0;
}

/* Control characters, those of Latin-1 included (which UTF-8 writes as C2 80 to C2 9F). */
static bool is_blank(const char *text, size_t length)
{
    unsigned char first = (unsigned char)text[0];
    if (length == 1)
        return first <= ' ' || first == 0x7f;
    return length == 2 && first == 0xc2 && (unsigned char)text[1] < 0xa0;
}

void agent_clean(char *to, size_t size, const char *from, size_t length)
{
    size_t at = 0, end = strnlen(from, length);
    bool blank = false;
    while (end > 0) {
        size_t taken = character(from, end);
        const char *text = taken ? from : "?";
        size_t width = taken ? taken : 1;
        if (is_blank(text, width)) {
            blank = at > 0;
        } else {
            if (at + blank + width >= size)
                break;
            if (blank)
                to[at++] = ' ';
            memcpy(to + at, text, width);
            at += width;
            blank = false;
        }
        from += width;
        end -= width;
    }
    to[at] = '\0';
}
