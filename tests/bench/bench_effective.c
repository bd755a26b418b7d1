/* What it takes to explain the settings of one thin client: 25 assignments in a tree 8 deep, in a small fleet and in a
 * large one. Beside it, in the same run, point lookups by key in the same file, as the measure of the machine. */
#include <itg/itg.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
    DEPTH = 8,
    PROFILES = 25,
    SETTINGS = 8,
    IN_DIRECTORY = 100,
    MORE_PROFILES = 2000,
    SAMPLES = 2000,
    LOOKUPS = 100
};

/* Directories from 1, the chain first; profiles, then thin clients, the first hundred of them in the last of the chain. */
#define PROFILE(n) (1000000 + (n))
#define TC(n)      (2000000 + (n))

static void die(const char *what, const itg_failure_t *failure)
{
    fprintf(stderr, "%s: %s %s\n", what, failure ? failure->message : "", failure ? failure->detail : "");
    exit(1);
}

static double now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

/* --- the fleet file --- */

static const char *separator(int i)
{
    return i > 0 ? ",\n" : "";
}

static void write_directories(FILE *out, int count)
{
    fputs("\"directories\":[", out);
    for (int i = 0; i < count; i++)
        fprintf(out, "%s{\"id\":%d,\"name\":\"d\",\"parentID\":%d,\"objectType\":\"tcdirectory\"}",
                separator(i), i + 1,
                i == 0      ? -1
                : i < DEPTH ? i
                            : 1);
    fputs("],\n", out);
}

static void write_thinclients(FILE *out, int count)
{
    fputs("\"thinclients\":[", out);
    for (int i = 0; i < count; i++)
        fprintf(out, "%s{\"id\":%d,\"mac\":\"00E0%08X\",\"firmwareID\":1,\"parentID\":%d}", separator(i),
                TC(i), (unsigned)i, DEPTH + i / IN_DIRECTORY);
    fputs("],\n", out);
}

static void write_settings(FILE *out, int profile)
{
    fputs("\"settings\":{", out);
    for (int k = 0; k < SETTINGS; k++)
        fprintf(out, k < 6 ? "%s\"userinterface.group%d.key\":%s" : "%s\"sessions.s[%d].name\":%s",
                separator(k), (profile + k) % 12, k == 3 ? "\"at ${SITE}\"" : "\"value\"");
    fputs("}", out);
}

/* Every fifth is a master profile. */
static const char *kind(int profile)
{
    return profile % 5 == 0 ? "masterprofile" : "profile";
}

static void write_profiles(FILE *out)
{
    fputs("\"profiles\":[", out);
    for (int i = 0; i < PROFILES + MORE_PROFILES; i++) {
        fprintf(out, "%s{\"id\":%d,\"name\":\"p\",\"firmwareID\":1,\"objectType\":\"%s\",", separator(i),
                PROFILE(i), kind(i));
        write_settings(out, i);
        fputs("}", out);
    }
    fputs("],\n", out);
}

static void write_assignment(FILE *out, int i, int profile, const char *type, int receiver)
{
    fprintf(out, "%s{\"assignee\":{\"id\":%d,\"type\":\"%s\"},\"receiver\":{\"id\":%d,\"type\":\"%s\"}}",
            separator(i), PROFILE(profile), kind(profile), receiver, type);
}

/* Three at each directory of the chain, one at the thin client; the others somewhere else. */
static void write_assignments(FILE *out, int directories)
{
    fputs("\"assignments\":[", out);
    for (int i = 0; i < PROFILES - 1; i++)
        write_assignment(out, i, i, "tcdirectory", 1 + i % DEPTH);
    for (int i = 0; i < IN_DIRECTORY; i++)
        write_assignment(out, 1, PROFILES - 1, "tc", TC(i));
    for (int i = 0; i < MORE_PROFILES && directories > DEPTH; i++)
        write_assignment(out, 1, PROFILES + i, "tcdirectory", DEPTH + 1 + i % (directories - DEPTH));
    fputs("],\n", out);
}

static void write_fleet(FILE *out, int size)
{
    int directories = DEPTH + size / IN_DIRECTORY;
    fputs("{\"firmwares\":[{\"id\":1,\"product\":\"p\",\"version\":\"v\",\"firmwareType\":\"LX\"}],\n", out);
    write_directories(out, directories);
    write_thinclients(out, size);
    write_profiles(out);
    write_assignments(out, directories);
    fputs("\"templates\":[{\"id\":1999998,\"name\":\"SITE\",\"type\":\"StringType\","
          "\"values\":[{\"id\":1999999,\"value\":\"Bremen\"}]}],\n"
          "\"templateAssignments\":[{\"templateId\":1999998,\"valueId\":1999999,"
          "\"receiver\":{\"id\":3,\"type\":\"tcdirectory\"}}]}\n",
          out);
}

static int64_t read_stream(void *ctx, char *buf, size_t size)
{
    return (int64_t)fread(buf, 1, size, ctx);
}

static itg_t *open_fleet(const char *path, int size)
{
    itg_failure_t failure = {0};
    itg_options_t options = {.size = sizeof options,
                             .durability = ITG_DURABILITY_NORMAL,
                             .wake_broadcast = "none",
                             .wake_no_unicast = 1};
    itg_t *itg = NULL;
    FILE *stream = tmpfile();
    if (!stream || itg_open(path, &options, &itg, &failure))
        die(path, &failure);
    write_fleet(stream, size);
    rewind(stream);
    if (itg_import(itg, read_stream, stream, NULL, NULL, NULL, &failure))
        die("import", &failure);
    fclose(stream);
    return itg;
}

/* --- measuring --- */

static int by_size(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

/* @return the median; the spread is that of the middle nine tenths */
static double report(const char *what, int size, double *samples)
{
    qsort(samples, SAMPLES, sizeof *samples, by_size);
    double median = samples[SAMPLES / 2];
    printf("%-34s %7d thin clients: median %8.3f us, 5 %% to 95 %%: %8.3f to %8.3f us\n", what, size, median,
           samples[SAMPLES / 20], samples[SAMPLES - SAMPLES / 20]);
    return median;
}

static int32_t count_row(void *ctx, const itg_effective_t *setting)
{
    (void)setting;
    ++*(int *)ctx;
    return 0;
}

static double measure_explain(itg_t *itg, int size)
{
    static double samples[SAMPLES];
    itg_failure_t failure = {0};
    for (int i = -SAMPLES / 10; i < SAMPLES; i++) { /* those below 0 warm up */
        int rows = 0;
        double start = now_us();
        if (itg_effective_explain(itg, TC((i + SAMPLES) % IN_DIRECTORY), count_row, &rows, &failure))
            die("explain", &failure);
        if (i >= 0)
            samples[i] = now_us() - start;
        if (rows != PROFILES * SETTINGS)
            die("explain: not all settings are there", NULL);
    }
    return report("explain, 25 assignments, 8 deep", size, samples);
}

/* One sample is the mean of some, in one transaction: nothing but the engine. */
static double measure_lookups(const char *path, int size)
{
    static double samples[SAMPLES];
    sqlite3 *db = NULL;
    sqlite3_stmt *stmt = NULL;
    uint32_t random = 1;
    if (sqlite3_open(path, &db) || sqlite3_exec(db, "BEGIN", NULL, NULL, NULL) ||
        sqlite3_prepare_v2(db, "SELECT type, name, parent_id FROM object WHERE id = ?1", -1, &stmt, NULL))
        die("SQLite", NULL);
    for (int i = 0; i < SAMPLES; i++) {
        double start = now_us();
        for (int k = 0; k < LOOKUPS; k++) {
            random = random * 1664525u + 1013904223u;
            sqlite3_bind_int64(stmt, 1, TC((int)((random >> 8) % (uint32_t)size)));
            if (sqlite3_step(stmt) != SQLITE_ROW)
                die("lookup", NULL);
            sqlite3_reset(stmt);
        }
        samples[i] = (now_us() - start) / LOOKUPS;
    }
    sqlite3_finalize(stmt);
    sqlite3_close(db);
    return report("one row by key, SQLite itself", size, samples);
}

static double measure(const char *dir, int size)
{
    char path[256], other[288];
    snprintf(path, sizeof path, "%s/%d.db", dir, size);
    itg_t *itg = open_fleet(path, size);
    double explain = measure_explain(itg, size), lookup = measure_lookups(path, size);
    printf("%-34s %7d thin clients: %.0f lookups for %d settings\n\n", "an explanation costs", size,
           explain / lookup, PROFILES * SETTINGS);
    itg_close(itg);
    static const char *const ends[] = {"", "-wal", "-shm"};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        snprintf(other, sizeof other, "%s%s", path, ends[i]);
        unlink(other);
    }
    return explain;
}

int main(void)
{
    char dir[64];
    const char *tmp = getenv("TMPDIR");
    snprintf(dir, sizeof dir, "%s/itg-bench-XXXXXX", tmp && strlen(tmp) < 40 ? tmp : "/tmp");
    if (!mkdtemp(dir))
        die(dir, NULL);
    double small = measure(dir, 3000), large = measure(dir, 300000);
    rmdir(dir);
    printf("large fleet against small one: %.2f\n", large / small);
    return 0;
}
