#include "cli/simulate/simulate.h"
#include <stdio.h>
#include <string.h>

enum { STEPS = 8 /* buckets in an octave */, STEP_BITS = 3 };

/* Below 8 us a bucket each; above, by the highest bit and the three below it. */
static size_t bucket_of(int64_t us)
{
    uint64_t value = us < 0 ? 0 : (uint64_t)us;
    if (value < STEPS)
        return (size_t)value;
    int octave = 63 - __builtin_clzll(value);
    return (size_t)((octave - STEP_BITS + 1) * STEPS) + (value >> (octave - STEP_BITS)) % STEPS;
}

/* Its upper end. */
static double bucket_end_us(size_t bucket)
{
    if (bucket < STEPS)
        return (double)bucket + 1;
    int shift = (int)(bucket / STEPS) - 1;
    return (double)((uint64_t)(STEPS + bucket % STEPS + 1) << shift);
}

void sim_times_add(struct sim_times *times, int64_t us)
{
    times->buckets[bucket_of(us)]++;
    times->count++;
    if (us > times->max_us)
        times->max_us = us;
}

double sim_times_at(const struct sim_times *times, int per_mille)
{
    int64_t wanted = (times->count * per_mille + 999) / 1000, seen = 0;
    for (size_t i = 0; i < SIM_BUCKETS; i++) {
        seen += times->buckets[i];
        if (seen < wanted || seen == 0)
            continue;
        double end = bucket_end_us(i);
        return (end < (double)times->max_us ? end : (double)times->max_us) / 1000;
    }
    return 0;
}

static void add_cause(struct sim_counts *counts, const char *cause, size_t length, int64_t count)
{
    size_t i = 0;
    if (length >= SIM_CAUSE_SIZE)
        length = SIM_CAUSE_SIZE - 1;
    /* The last line takes whatever finds no line of its own. */
    while (i < SIM_CAUSES - 1 && counts->causes[i].count &&
           (strlen(counts->causes[i].cause) != length || memcmp(counts->causes[i].cause, cause, length) != 0))
        i++;
    if (!counts->causes[i].count) {
        memcpy(counts->causes[i].cause, cause, length);
        counts->causes[i].cause[length] = '\0';
    }
    counts->causes[i].count += count;
}

void sim_counts_fail(struct sim_counts *counts, const char *message)
{
    add_cause(counts, message, strcspn(message, ":"), 1);
}

int64_t sim_counts_failures(const struct sim_counts *counts)
{
    int64_t sum = 0;
    for (size_t i = 0; i < SIM_CAUSES; i++)
        sum += counts->causes[i].count;
    return sum;
}

static void merge_times(struct sim_times *sum, const struct sim_times *times)
{
    for (size_t i = 0; i < SIM_BUCKETS; i++)
        sum->buckets[i] += times->buckets[i];
    sum->count += times->count;
    if (times->max_us > sum->max_us)
        sum->max_us = times->max_us;
}

void sim_counts_merge(struct sim_counts *sum, const struct sim_counts *counts)
{
    sum->online += counts->online;
    sum->in_flight += counts->in_flight;
    sum->registered += counts->registered;
    sum->checkins += counts->checkins;
    sum->waited += counts->waited;
    sum->reports += counts->reports;
    sum->byes += counts->byes;
    sum->left += counts->left;
    sum->commands += counts->commands;
    sum->confirmed += counts->confirmed;
    sum->failed += counts->failed;
    sum->settings += counts->settings;
    sum->full += counts->full;
    sum->resumed += counts->resumed;
    if (counts->late_ms > sum->late_ms)
        sum->late_ms = counts->late_ms;
    merge_times(&sum->registrations, &counts->registrations);
    merge_times(&sum->answers, &counts->answers);
    for (size_t i = 0; i < SIM_CAUSES; i++)
        if (counts->causes[i].count)
            add_cause(sum, counts->causes[i].cause, strlen(counts->causes[i].cause), counts->causes[i].count);
}
