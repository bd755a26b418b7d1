/* The words in which jobs are written: times, repetitions and days of the week. */
#include "cli/job.h"
#include "core/time.h"
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const struct {
    char letter;
    int64_t seconds;
} units[] = {{'w', 604800}, {'d', 86400}, {'h', 3600}, {'m', 60}, {'s', 1}};

enum { UNITS = sizeof units / sizeof *units, DAYS = 7, DAY_LETTERS = 3 };

static const char days[DAYS][DAY_LETTERS + 1] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};

int cli_job_time(const struct cli *cli, const char *option, const char *text, int64_t *ret_ms)
{
    char whole[ITG__TIME_SIZE];
    size_t length = strlen(text);
    bool fits = length <= strlen("2026-12-01 03:00"), only_day = length == strlen("2026-12-01");
    if (fits) {
        memcpy(whole, text, length + 1);
        if (only_day)
            memcpy(whole + length, " 00:00", sizeof " 00:00");
    }
    if (fits && itg__time_parse(ITG_KIND_MINUTE, whole, ret_ms))
        return CLI_OK;
    return cli_usage(cli, "--%s takes a local time such as '2026-12-01 03:00', not '%s'", option, text);
}

void cli_job_time_text(int64_t ms, bool seconds, char text[CLI_JOB_WORDS_SIZE])
{
    char whole[ITG__TIME_SIZE];
    itg__time_format(seconds ? ITG_KIND_MILLIS : ITG_KIND_MINUTE, ms, whole);
    if (seconds && *whole)
        whole[strlen("2026-12-01 03:00:00")] = '\0';
    snprintf(text, CLI_JOB_WORDS_SIZE, "%s", whole);
}

static const char *none(const char *text)
{
    return strcasecmp(text, "none") == 0 ? text : NULL;
}

/* "90m". @return false: it is no such time */
static bool read_duration(const char *text, int64_t *ret_seconds)
{
    char number[16];
    int64_t count = 0;
    size_t length = strlen(text);
    snprintf(number, sizeof number, "%.*s", (int)(length > 0 ? length - 1 : 0), text);
    for (size_t i = 0; i < UNITS && length > 1 && length < 10; i++)
        if (text[length - 1] == units[i].letter && itg__parse_int(number, &count) == ITG_OK && count > 0) {
            *ret_seconds = count * units[i].seconds;
            return true;
        }
    return false;
}

int cli_job_every(const struct cli *cli, const char *text, int64_t *ret_seconds)
{
    *ret_seconds = 0;
    if (none(text) || read_duration(text, ret_seconds))
        return CLI_OK;
    return cli_usage(cli, "--every takes a time such as 90m, 12h, 1d or 2w, or none, not '%s'", text);
}

int cli_job_duration(const struct cli *cli, const char *option, const char *text, int64_t *ret_seconds)
{
    if (read_duration(text, ret_seconds))
        return CLI_OK;
    return cli_usage(cli, "--%s takes a time such as 30s, 90m, 12h or 1d, not '%s'", option, text);
}

/* The day that a text begins with; -1: none. */
static int read_day(const char **text)
{
    for (int i = 0; i < DAYS; i++)
        if (strncasecmp(*text, days[i], DAY_LETTERS) == 0) {
            *text += DAY_LETTERS;
            return i;
        }
    return -1;
}

/* "mon-fri,sun". @return 0: it is something else */
static uint32_t read_days(const char *text)
{
    uint32_t chosen = 0;
    for (;;) {
        int first = read_day(&text), last = first;
        if (first >= 0 && *text == '-') {
            text++;
            last = read_day(&text);
        }
        if (first < 0 || last < 0)
            return 0;
        for (int day = first; day != last; day = (day + 1) % DAYS)
            chosen |= 1u << day;
        chosen |= 1u << last;
        if (*text == '\0')
            return chosen;
        if (*text++ != ',')
            return 0;
    }
}

int cli_job_weekdays(const struct cli *cli, const char *text, uint32_t *ret_weekdays)
{
    *ret_weekdays = none(text) ? 0 : read_days(text);
    if (none(text) || *ret_weekdays)
        return CLI_OK;
    return cli_usage(cli, "--weekdays takes days such as mon-fri or sat,sun, or none, not '%s'", text);
}

static void every_text(int64_t seconds, char *text, size_t size)
{
    for (size_t i = 0; i < UNITS; i++)
        if (seconds % units[i].seconds == 0) {
            snprintf(text, size, "every %lld%c", (long long)(seconds / units[i].seconds), units[i].letter);
            return;
        }
}

/* Days in a row are written as a range. */
static void weekdays_text(uint32_t weekdays, char *text, size_t size)
{
    text[0] = '\0';
    for (int day = 0; day < DAYS; day++) {
        size_t length = strlen(text);
        int last = day;
        if (!(weekdays >> day & 1u))
            continue;
        while (last + 1 < DAYS && weekdays >> (last + 1) & 1u)
            last++;
        if (last == day)
            snprintf(text + length, size - length, "%s%s", length ? "," : "", days[day]);
        else
            snprintf(text + length, size - length, "%s%s%s%s", length ? "," : "", days[day],
                     last == day + 1 ? "," : "-", days[last]);
        day = last;
    }
}

void cli_job_repeat_text(const itg_job_t *job, char text[CLI_JOB_WORDS_SIZE])
{
    text[0] = '\0';
    if (job->weekdays)
        weekdays_text(job->weekdays, text, CLI_JOB_WORDS_SIZE);
    else if (job->every_s)
        every_text(job->every_s, text, CLI_JOB_WORDS_SIZE);
}
