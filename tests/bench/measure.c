#include "measure.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

struct sample {
    double seconds;
    double cpu;
    double units;
};

double now_s(void)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return (double)at.tv_sec + (double)at.tv_nsec / 1e9;
}

double cpu_s(void)
{
    struct timespec at;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &at);
    return (double)at.tv_sec + (double)at.tv_nsec / 1e9;
}

static double resident_mb(void)
{
    FILE *file = fopen("/proc/self/statm", "r");
    long pages = 0, resident = 0;
    if (!file)
        return 0;
    if (fscanf(file, "%ld %ld", &pages, &resident) != 2)
        resident = 0;
    fclose(file);
    return (double)resident * 4096 / 1048576;
}

static int measure(const struct contender *who, struct sample *sample)
{
    double cpu = cpu_s(), start = now_s();
    int64_t units = who->run(who->ctx);
    *sample = (struct sample){now_s() - start, cpu_s() - cpu, (double)units};
    if (units > 0)
        return 0;
    fprintf(stderr, "%s failed\n", who->name);
    return 1;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double middle(double *values, int count)
{
    qsort(values, (size_t)count, sizeof *values, by_value);
    return count % 2 ? values[count / 2] : (values[count / 2 - 1] + values[count / 2]) / 2;
}

/* {"name":"raw scan","seconds":...,"per_second":...,"cpu_us":...} of the median round */
static void put_side(const char *key, const struct contender *who, const struct sample *samples, int rounds)
{
    double seconds[MAX_ROUNDS], rates[MAX_ROUNDS], cpus[MAX_ROUNDS];
    for (int i = 0; i < rounds; i++) {
        seconds[i] = samples[i].seconds;
        rates[i] = samples[i].units / samples[i].seconds;
        cpus[i] = samples[i].cpu / samples[i].units * 1e6;
    }
    double median = middle(seconds, rounds);
    printf("\"%s\":{\"name\":\"%s\",\"seconds\":%.6f,\"low\":%.6f,\"high\":%.6f,", key, who->name, median,
           seconds[0], seconds[rounds - 1]);
    printf("\"per_second\":%.1f,\"cpu_us\":%.3f}", middle(rates, rounds), middle(cpus, rounds));
}

int compare(const char *name, const char *unit, const struct contender *ours, const struct contender *base,
            int rounds, enum goal goal, double target)
{
    struct sample mine[MAX_ROUNDS], theirs[MAX_ROUNDS];
    double ratios[MAX_ROUNDS];
    rounds = rounds > MAX_ROUNDS ? MAX_ROUNDS : rounds;
    for (int i = -1; i < rounds; i++) {
        int at = i < 0 ? 0 : i;
        if (measure(base, &theirs[at]) || measure(ours, &mine[at]))
            return 1;
        double rate = mine[at].units / mine[at].seconds, base_rate = theirs[at].units / theirs[at].seconds;
        ratios[at] = goal == AT_LEAST ? rate / base_rate : base_rate / rate;
    }
    double ratio = middle(ratios, rounds);
    printf("{\"name\":\"%s\",\"unit\":\"%s\",", name, unit);
    put_side("ours", ours, mine, rounds);
    putchar(',');
    put_side("base", base, theirs, rounds);
    printf(",\"ratio\":%.4f,\"low\":%.4f,\"high\":%.4f,\"goal\":\"%s\",\"target\":%g,\"rss_mb\":%.1f}\n",
           ratio, ratios[0], ratios[rounds - 1], goal == AT_LEAST ? "at least" : "at most", target,
           resident_mb());
    fflush(stdout);
    return 0;
}

int reach(const char *name, const char *unit, const struct contender *ours, int rounds, double target_s)
{
    struct sample mine[MAX_ROUNDS];
    double each[MAX_ROUNDS];
    rounds = rounds > MAX_ROUNDS ? MAX_ROUNDS : rounds;
    for (int i = -1; i < rounds; i++) {
        int at = i < 0 ? 0 : i;
        if (measure(ours, &mine[at]))
            return 1;
        each[at] = mine[at].seconds / mine[at].units;
    }
    double median = middle(each, rounds);
    printf("{\"name\":\"%s\",\"unit\":\"%s\",", name, unit);
    put_side("ours", ours, mine, rounds);
    printf(",\"each_us\":%.3f,\"low\":%.3f,\"high\":%.3f,\"goal\":\"%s\",\"target\":%g,\"rss_mb\":%.1f}\n",
           median * 1e6, each[0] * 1e6, each[rounds - 1] * 1e6, target_s > 0 ? "at most us" : "",
           target_s * 1e6, resident_mb());
    fflush(stdout);
    return 0;
}
