/* When a job is due. Days are counted by the local calendar from 1970-01-01, so that a day of 23 or 25 hours is one
 * day like any other. */
#include "core/job.h"
#include "core/time.h"
#include <time.h>

enum {
    DAY_S = 86400,
    DAY_MS = 86400000,
    WEEK = 7,
    THURSDAY = 3 /* the day of the week of 1970-01-01, from Monday as 0 */
};

static int64_t floor_div(int64_t value, int64_t by)
{
    return value / by - (value % by < 0);
}

/* The local wall clock's time as if it were UTC, in milliseconds. */
static int64_t wall_of(int64_t ms)
{
    return ms + itg__time_offset(floor_div(ms, 1000)) * 1000;
}

/* The first second behind `before` that has another offset than it; `after` has. */
static int64_t change_between(int64_t before, int64_t after)
{
    int64_t offset = itg__time_offset(before);
    while (after - before > 1) {
        int64_t middle = before + (after - before) / 2;
        if (itg__time_offset(middle) == offset)
            before = middle;
        else
            after = middle;
    }
    return after;
}

/* When local clocks show a time for the first time. If they never do, because they are put forward past it, the
 * moment at which they are. */
static int64_t when_shown(int64_t wall_s)
{
    int64_t before = itg__time_offset(wall_s - DAY_S), after = itg__time_offset(wall_s + DAY_S);
    int64_t by_before = wall_s - before, by_after = wall_s - after;
    if (itg__time_offset(by_before) == before)
        return by_before;
    if (itg__time_offset(by_after) == after)
        return by_after;
    return change_between(by_after < by_before ? by_after : by_before,
                          by_after < by_before ? by_before : by_after);
}

static int64_t day_of(int64_t ms)
{
    return floor_div(wall_of(ms), DAY_MS);
}

static bool is_chosen(const struct itg__schedule *schedule, int64_t day)
{
    int64_t weekday = (day + THURSDAY) % WEEK;
    return schedule->weekdays >> weekday & 1u;
}

/* The due time on a day. The start is one itself, even if its time comes twice on that day. */
static int64_t due_on(const struct itg__schedule *schedule, int64_t day)
{
    int64_t start = wall_of(schedule->start_ms), of_day = start - floor_div(start, DAY_MS) * DAY_MS;
    if (day == floor_div(start, DAY_MS))
        return schedule->start_ms;
    return when_shown(day * DAY_S + of_day / 1000) * 1000 + of_day % 1000;
}

/* Within the days around it there is one: every week has a chosen day. */
static int64_t next_weekday(const struct itg__schedule *schedule, int64_t from_ms)
{
    int64_t first = day_of(from_ms) - 1;
    for (int64_t day = first; day <= first + WEEK + 2; day++) {
        int64_t due_ms = is_chosen(schedule, day) ? due_on(schedule, day) : 0;
        if (due_ms >= from_ms)
            return due_ms;
    }
    return 0;
}

static int64_t last_weekday(const struct itg__schedule *schedule, int64_t first_ms, int64_t until_ms)
{
    int64_t last = day_of(until_ms) + 1;
    for (int64_t day = last; day >= last - WEEK - 2; day--) {
        int64_t due_ms = is_chosen(schedule, day) ? due_on(schedule, day) : INT64_MAX;
        if (due_ms <= until_ms)
            return due_ms > first_ms ? due_ms : first_ms;
    }
    return first_ms;
}

static int64_t next_unlimited(const struct itg__schedule *schedule, int64_t from_ms)
{
    int64_t start = schedule->start_ms, every_ms = schedule->every_s * 1000;
    if (from_ms < start)
        from_ms = start;
    if (schedule->weekdays)
        return next_weekday(schedule, from_ms);
    if (every_ms)
        return start + (from_ms - start + every_ms - 1) / every_ms * every_ms;
    return from_ms == start ? start : 0;
}

int64_t itg__schedule_next(const struct itg__schedule *schedule, int64_t from_ms)
{
    int64_t next_ms = next_unlimited(schedule, from_ms);
    return schedule->expires_ms && next_ms >= schedule->expires_ms ? 0 : next_ms;
}

int64_t itg__schedule_last(const struct itg__schedule *schedule, int64_t first_ms, int64_t until_ms)
{
    int64_t every_ms = schedule->every_s * 1000;
    if (schedule->expires_ms && until_ms >= schedule->expires_ms)
        until_ms = schedule->expires_ms - 1;
    if (until_ms <= first_ms)
        return first_ms;
    if (schedule->weekdays)
        return last_weekday(schedule, first_ms, until_ms);
    return every_ms ? first_ms + (until_ms - first_ms) / every_ms * every_ms : first_ms;
}

int64_t itg__schedule_count(const struct itg__schedule *schedule, int64_t first_ms, int64_t last_ms)
{
    if (last_ms <= first_ms)
        return 1;
    if (!schedule->weekdays)
        return schedule->every_s ? 1 + (last_ms - first_ms) / (schedule->every_s * 1000) : 1;
    int64_t first = day_of(first_ms), days = day_of(last_ms) - first + 1, count = 0;
    for (int64_t day = first; day < first + WEEK; day++)
        if (is_chosen(schedule, day) && day < first + days)
            count += 1 + (first + days - 1 - day) / WEEK;
    return count;
}
