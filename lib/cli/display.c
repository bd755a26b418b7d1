#include "cli/output.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>

/* One character of a text: its bytes, and its code point, or -1 for a byte that is no UTF-8. */
struct character {
    size_t size;
    int64_t point;
};

static struct character next_character(const char *text, size_t length)
{
    mbstate_t state = {0};
    wchar_t point = 0;
    size_t size = mbrtowc(&point, text, length, &state);
    if (size == 0 || size > length)
        return (struct character){1, -1};
    return (struct character){size, (int64_t)point};
}

/* What reorders the text around it could make a line read as something else. */
static bool is_direction_mark(int64_t point)
{
    return point == 0x061C || point == 0x200E || point == 0x200F || (point >= 0x202A && point <= 0x202E) ||
           (point >= 0x2066 && point <= 0x2069);
}

static bool can_be_shown(int64_t point)
{
    return point >= 0 && wcwidth((wchar_t)point) >= 0 && !is_direction_mark(point);
}

static void append_escape(struct itg__buf *buf, int64_t point, unsigned char byte)
{
    char text[16];
    if (point < 0x80)
        snprintf(text, sizeof text, "\\x%02x", point < 0 ? byte : (unsigned)point);
    else
        snprintf(text, sizeof text, "\\u{%" PRIx64 "}", (uint64_t)point);
    itg__buf_str(buf, text);
}

void cli_append_shown(struct itg__buf *buf, const char *text)
{
    size_t length = strlen(text);
    struct character c;
    for (size_t i = 0; i < length; i += c.size) {
        c = next_character(text + i, length - i);
        if (can_be_shown(c.point))
            itg__buf_add(buf, text + i, c.size);
        else
            append_escape(buf, c.point, (unsigned char)text[i]);
    }
}

void cli_append_line_cell(struct itg__buf *buf, const char *text)
{
    static const char special[] = "\t\n\r\\", letters[] = "tnr\\";
    for (const char *c = text; *c; c++) {
        const char *found = strchr(special, *c);
        if (found)
            itg__buf_char(buf, '\\');
        itg__buf_char(buf, found ? letters[found - special] : *c);
    }
}

int cli_width(const char *text)
{
    size_t length = strlen(text);
    int width = 0;
    struct character c;
    for (size_t i = 0; i < length; i += c.size) {
        c = next_character(text + i, length - i);
        width += c.point < 0 ? 1 : wcwidth((wchar_t)c.point);
    }
    return width;
}

size_t cli_fit(const char *text, int width)
{
    size_t length = strlen(text), i = 0;
    while (i < length) {
        struct character c = next_character(text + i, length - i);
        width -= c.point < 0 ? 1 : wcwidth((wchar_t)c.point);
        if (width < 0)
            break;
        i += c.size;
    }
    return i;
}

int cli_terminal_width(FILE *out)
{
    struct winsize size;
    int fd = fileno(out);
    if (fd < 0 || !isatty(fd))
        return 0;
    if (ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        return size.ws_col;
    const char *columns = getenv("COLUMNS");
    int64_t value = 0;
    if (columns && itg__parse_int(columns, &value) == ITG_OK && value > 0 && value <= 10000)
        return (int)value;
    return 80;
}

static bool has_styles(FILE *out)
{
    const char *none = getenv("NO_COLOR"), *terminal = getenv("TERM");
    int fd = fileno(out);
    return fd >= 0 && isatty(fd) && !(none && *none) && terminal && *terminal &&
           strcmp(terminal, "dumb") != 0;
}

const char *cli_style(FILE *out, enum cli_style style)
{
    static const char *const sequences[] = {
        [CLI_PLAIN] = "\033[0m", [CLI_HEADING] = "\033[1m", [CLI_ALARM] = "\033[1;31m"};
    return has_styles(out) ? sequences[style] : "";
}
