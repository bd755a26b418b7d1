/* When jobs are due: repetitions worked out by hand, clocks that change, and a second implementation that looks at
 * every minute. */
#include "core/job.h"
#include "fixture.h"
#include <stdlib.h>
#include <time.h>

#define MINUTE_MS ((int64_t)60000)
#define HOUR_MS   (60 * MINUTE_MS)
#define DAY_MS    (24 * HOUR_MS)

enum { EVERY_DAY = 127, WORKDAYS = 31 };

/* The rules of Berlin, without asking for files. In 2026: from 02:00 to 03:00 on 29 March, from 03:00 to 02:00 on
 * 25 October; at 01:00 UTC both times. */
static void berlin(void)
{
    ck_assert_int_eq(setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1), 0);
    tzset();
}

static void setup(void)
{
    fixture_none();
    berlin();
}

static int64_t utc(int month, int day, int hour, int minute)
{
    struct tm tm = {.tm_year = 126, .tm_mon = month - 1, .tm_mday = day, .tm_hour = hour, .tm_min = minute};
    return (int64_t)timegm(&tm) * 1000;
}

START_TEST(once_is_once)
{
    const struct itg__schedule once = {.start_ms = 5000};
    ck_assert_int_eq(itg__schedule_next(&once, 0), 5000);
    ck_assert_int_eq(itg__schedule_next(&once, 5000), 5000);
    ck_assert_int_eq(itg__schedule_next(&once, 5001), 0);
    ck_assert_int_eq(itg__schedule_last(&once, 5000, INT64_C(1) << 50), 5000);
    ck_assert_int_eq(itg__schedule_count(&once, 5000, 5000), 1);
}
END_TEST

/* From 1,000 every minute: 1,000, 61,000, 121,000; 181,000 is not before the expiry. */
START_TEST(an_interval_is_counted_from_the_start)
{
    const struct itg__schedule minutes = {.start_ms = 1000, .every_s = 60, .expires_ms = 181000};
    ck_assert_int_eq(itg__schedule_next(&minutes, 1), 1000);
    ck_assert_int_eq(itg__schedule_next(&minutes, 1001), 61000);
    ck_assert_int_eq(itg__schedule_next(&minutes, 61000), 61000);
    ck_assert_int_eq(itg__schedule_next(&minutes, 120999), 121000);
    ck_assert_int_eq(itg__schedule_next(&minutes, 121001), 0);
    ck_assert_int_eq(itg__schedule_last(&minutes, 1000, 1000), 1000);
    ck_assert_int_eq(itg__schedule_last(&minutes, 1000, 60999), 1000);
    ck_assert_int_eq(itg__schedule_last(&minutes, 1000, 61000), 61000);
    ck_assert_int_eq(itg__schedule_last(&minutes, 61000, 500000), 121000);
    ck_assert_int_eq(itg__schedule_count(&minutes, 1000, 121000), 3);
}
END_TEST

/* 24 hours are 24 hours: after the change in March the clock shows an hour more. */
START_TEST(an_interval_does_not_follow_the_clock)
{
    const struct itg__schedule daily = {.start_ms = utc(3, 28, 1, 30), .every_s = 86400};
    ck_assert_int_eq(itg__schedule_next(&daily, utc(3, 28, 1, 31)), utc(3, 29, 1, 30));
    ck_assert_int_eq(itg__schedule_next(&daily, utc(3, 29, 1, 31)), utc(3, 30, 1, 30));
}
END_TEST

/* 29 March 2026 is a Sunday. 02:30 in winter is 01:30 UTC, in summer 00:30 UTC; on the 29th clocks go from 02:00 to
 * 03:00 at 01:00 UTC. */
START_TEST(a_time_that_is_left_out_runs_when_the_clocks_go_on)
{
    const struct itg__schedule daily = {.start_ms = utc(3, 27, 1, 30), .weekdays = EVERY_DAY};
    ck_assert_int_eq(itg__schedule_next(&daily, utc(3, 27, 1, 31)), utc(3, 28, 1, 30));
    ck_assert_int_eq(itg__schedule_next(&daily, utc(3, 28, 1, 31)), utc(3, 29, 1, 0));
    ck_assert_int_eq(itg__schedule_next(&daily, utc(3, 29, 1, 1)), utc(3, 30, 0, 30));
    ck_assert_int_eq(itg__schedule_last(&daily, utc(3, 28, 1, 30), utc(3, 29, 0, 59)), utc(3, 28, 1, 30));
    ck_assert_int_eq(itg__schedule_last(&daily, utc(3, 28, 1, 30), utc(3, 29, 23, 0)), utc(3, 29, 1, 0));
    ck_assert_int_eq(itg__schedule_count(&daily, utc(3, 27, 1, 30), utc(3, 30, 0, 30)), 4);
}
END_TEST

/* 25 October: 02:30 is 00:30 UTC, and once more 01:30 UTC. */
START_TEST(a_time_that_comes_twice_runs_once)
{
    const struct itg__schedule daily = {.start_ms = utc(10, 24, 0, 30), .weekdays = EVERY_DAY};
    ck_assert_int_eq(itg__schedule_next(&daily, utc(10, 24, 0, 31)), utc(10, 25, 0, 30));
    ck_assert_int_eq(itg__schedule_next(&daily, utc(10, 25, 0, 31)), utc(10, 26, 1, 30));
    const struct itg__schedule second = {.start_ms = utc(10, 25, 1, 30), .weekdays = EVERY_DAY};
    ck_assert_int_eq(itg__schedule_next(&second, 1), utc(10, 25, 1, 30));
    ck_assert_int_eq(itg__schedule_next(&second, utc(10, 25, 1, 31)), utc(10, 26, 1, 30));
}
END_TEST

/* 28 November 2026 is a Saturday; 08:00 in Berlin is 07:00 UTC. */
START_TEST(only_chosen_days_count)
{
    const struct itg__schedule work = {.start_ms = utc(11, 28, 7, 0), .weekdays = WORKDAYS};
    ck_assert_int_eq(itg__schedule_next(&work, 1), utc(11, 30, 7, 0));
    ck_assert_int_eq(itg__schedule_next(&work, utc(12, 4, 7, 1)), utc(12, 7, 7, 0));
    ck_assert_int_eq(itg__schedule_last(&work, utc(11, 30, 7, 0), utc(12, 6, 23, 0)), utc(12, 4, 7, 0));
    /* Monday 30 November to Friday 11 December. */
    ck_assert_int_eq(itg__schedule_count(&work, utc(11, 30, 7, 0), utc(12, 11, 7, 0)), 10);
    const struct itg__schedule ends = {
        .start_ms = utc(11, 28, 7, 0), .weekdays = ITG_WEDNESDAY, .expires_ms = utc(12, 9, 7, 0)};
    ck_assert_int_eq(itg__schedule_next(&ends, 1), utc(12, 2, 7, 0));
    ck_assert_int_eq(itg__schedule_next(&ends, utc(12, 2, 7, 1)), 0);
    ck_assert_int_eq(itg__schedule_last(&ends, utc(12, 2, 7, 0), utc(12, 30, 0, 0)), utc(12, 2, 7, 0));
}
END_TEST

/* From the start of 1970 to the end of 9999: 2,932,896 days, of which the first has been. */
START_TEST(far_times_are_no_work)
{
    const struct itg__schedule daily = {.start_ms = 1, .weekdays = EVERY_DAY};
    int64_t end_ms = INT64_C(253402300799999);
    int64_t last_ms = itg__schedule_last(&daily, 1, end_ms);
    ck_assert_int_le(last_ms, end_ms);
    ck_assert_int_gt(last_ms, end_ms - DAY_MS - HOUR_MS);
    ck_assert_int_ge(itg__schedule_count(&daily, 1, last_ms), 2932896);
    ck_assert_int_le(itg__schedule_count(&daily, 1, last_ms), 2932897);
}
END_TEST

/* --- every minute --- */

enum { DAYS = 40 };

struct slow {
    int64_t due[DAYS + 2];
    size_t count;
};

/* On each chosen day, the first minute at which the clock shows the start's time of day, or has passed it. */
static void look_at_every_minute(const struct itg__schedule *schedule, struct slow *slow)
{
    struct tm tm;
    time_t at = (time_t)(schedule->start_ms / 1000);
    int ran_on = -1;
    localtime_r(&at, &tm);
    int of_day = tm.tm_hour * 60 + tm.tm_min;
    slow->count = 0;
    for (time_t end = at + (time_t)DAYS * 86400; at < end; at += 60) {
        localtime_r(&at, &tm);
        bool chosen = schedule->weekdays >> (tm.tm_wday + 6) % 7 & 1u;
        if (!chosen || tm.tm_yday == ran_on || tm.tm_hour * 60 + tm.tm_min < of_day)
            continue;
        ran_on = tm.tm_yday;
        slow->due[slow->count++] = (int64_t)at * 1000;
    }
    ck_assert_uint_gt(slow->count, 4);
}

static void compare(const struct itg__schedule *schedule, const struct slow *slow)
{
    for (size_t i = 0; i + 1 < slow->count; i++) {
        int64_t due = slow->due[i], next = slow->due[i + 1];
        ck_assert_int_eq(itg__schedule_next(schedule, due), due);
        ck_assert_int_eq(itg__schedule_next(schedule, due + 1), next);
        ck_assert_int_eq(itg__schedule_last(schedule, slow->due[0], next - 1), due);
        ck_assert_int_eq(itg__schedule_last(schedule, slow->due[0], next), next);
        ck_assert_int_eq(itg__schedule_count(schedule, slow->due[0], next), (int64_t)i + 2);
    }
}

START_TEST(a_look_at_every_minute_finds_the_same)
{
    static const char *const zones[] = {"CET-1CEST,M3.5.0,M10.5.0/3", "<-03>3<-02>,M3.4.0/0,M10.4.0/0",
                                        "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", "UTC"};
    struct slow slow;
    srand(26);
    for (int round = 0; round < 16; round++) {
        ck_assert_int_eq(setenv("TZ", zones[round % 4], 1), 0);
        tzset();
        int month = round / 4 % 2 ? 3 : 10, half_hour = rand() % 48;
        const struct itg__schedule schedule = {
            .start_ms = utc(month, 1 + rand() % 7, half_hour / 2, half_hour % 2 * 30),
            .weekdays = 1u + (uint32_t)(rand() % EVERY_DAY)};
        look_at_every_minute(&schedule, &slow);
        compare(&schedule, &slow);
    }
}
END_TEST

SUITE("job_time", setup, once_is_once, an_interval_is_counted_from_the_start,
      an_interval_does_not_follow_the_clock, a_time_that_is_left_out_runs_when_the_clocks_go_on,
      a_time_that_comes_twice_runs_once, only_chosen_days_count, far_times_are_no_work,
      a_look_at_every_minute_finds_the_same)
