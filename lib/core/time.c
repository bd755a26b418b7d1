#include "core/time.h"
#include <string.h>
#include <time.h>

/* The forms: a letter is a field, repeated once a digit; the rest stands for itself. Month and year as people
 * count them. */
static const char *form_of(itg_kind_t kind)
{
    switch (kind) {
    case ITG_KIND_MINUTE:
        return "YYYY-MM-DD hh:mm";
    case ITG_KIND_MILLIS:
        return "YYYY-MM-DD hh:mm:ss.zzz";
    case ITG_KIND_SECOND:
        return "DD.MM.YYYY hh:mm:ss";
    case ITG_KIND_TEXT:
    case ITG_KIND_ID:
    case ITG_KIND_COUNT:
    case ITG_KIND_INT:
    case ITG_KIND_REAL:
    case ITG_KIND_BOOL:
        break;
    }
    return "";
}

enum { YEAR, MONTH, DAY, HOUR, MINUTE, SECOND, MILLIS, FIELDS };

/* The field that a letter stands for; FIELDS for one that stands for itself. */
static int field_of(char letter)
{
    switch (letter) {
    case 'Y':
        return YEAR;
    case 'M':
        return MONTH;
    case 'D':
        return DAY;
    case 'h':
        return HOUR;
    case 'm':
        return MINUTE;
    case 's':
        return SECOND;
    case 'z':
        return MILLIS;
    default:
        return FIELDS;
    }
}

size_t itg__time_format(itg_kind_t kind, int64_t ms, char text[ITG__TIME_SIZE])
{
    struct tm tm;
    time_t seconds = (time_t)(ms / 1000);
    text[0] = '\0';
    if (ms <= 0 || !localtime_r(&seconds, &tm))
        return 0;
    int values[FIELDS + 1] = {tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday,      tm.tm_hour,
                              tm.tm_min,         tm.tm_sec,     (int)(ms % 1000)};
    const char *form = form_of(kind);
    size_t length = strlen(form);
    /* From the right, so that each field gives its lowest digit first. */
    for (size_t i = length; i-- > 0;) {
        int field = field_of(form[i]);
        text[i] = field == FIELDS ? form[i] : (char)('0' + values[field] % 10);
        values[field] /= 10;
    }
    text[length] = '\0';
    return length;
}

int64_t itg__time_offset(int64_t seconds)
{
    struct tm tm;
    time_t at = (time_t)seconds;
    return localtime_r(&at, &tm) ? tm.tm_gmtoff : 0;
}

/* What mktime() does, and brings tm into order like it. But mktime() looks at the time zone's file on each
 * call, which takes longer than anything else about reading a thin client. The second look is for times near
 * a change of the clocks. */
static int64_t from_local(struct tm *tm)
{
    int64_t as_utc = timegm(tm);
    return as_utc - itg__time_offset(as_utc - itg__time_offset(as_utc));
}

bool itg__time_parse(itg_kind_t kind, const char *text, int64_t *ret_ms)
{
    int values[FIELDS + 1] = {0};
    const char *form = form_of(kind);
    if (strlen(text) != strlen(form))
        return false;
    for (size_t i = 0; form[i]; i++) {
        int field = field_of(form[i]);
        bool fits = field == FIELDS ? text[i] == form[i] : text[i] >= '0' && text[i] <= '9';
        if (!fits)
            return false;
        values[field] = values[field] * 10 + (text[i] - '0');
    }
    if (values[HOUR] > 23 || values[MINUTE] > 59 || values[SECOND] > 59 || values[YEAR] < 1970)
        return false;
    struct tm tm = {.tm_year = values[YEAR] - 1900,
                    .tm_mon = values[MONTH] - 1,
                    .tm_mday = values[DAY],
                    .tm_hour = values[HOUR],
                    .tm_min = values[MINUTE],
                    .tm_sec = values[SECOND]};
    int64_t seconds = from_local(&tm);
    /* The 31st of February has become a day in March. */
    if (tm.tm_mday != values[DAY] || tm.tm_mon != values[MONTH] - 1 || seconds < 0)
        return false;
    *ret_ms = seconds * 1000 + values[MILLIS];
    return *ret_ms > 0;
}
