/* What the benchmarks share: clocks, rounds that alternate between two contenders, results as lines of JSON. */
#ifndef BENCH_MEASURE_H
#define BENCH_MEASURE_H

#include <stdint.h>

enum { MAX_ROUNDS = 31 };

/* One side of a comparison. run() does the work once and returns how many units it did; 0 on failure. */
struct contender {
    const char *name;
    int64_t (*run)(void *ctx);
    void *ctx;
};

/* How better is told. */
enum goal {
    AT_LEAST, /* ours / base in units per second has to reach the target */
    AT_MOST   /* ours / base in seconds must not exceed the target */
};

/* Runs both in turn, `rounds` times each after one round to warm up, and prints
 * {"name","unit","ours":{...},"base":{...},"ratio","low","high","goal","target","cpu_us","rss_mb"}. The ratio is
 * the median of the rounds' own ratios.
 * @return 0, or 1 if a contender failed */
int compare(const char *name, const char *unit, const struct contender *ours, const struct contender *base,
            int rounds, enum goal goal, double target);

/* The same against a figure instead of a contender: `target` in seconds for one unit; 0: there is none. */
int reach(const char *name, const char *unit, const struct contender *ours, int rounds, double target_s);

double now_s(void);
/* CPU time of the process, user and system. */
double cpu_s(void);

#endif
