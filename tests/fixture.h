/* What the Check suites share: a fleet with a clock that tests turn, and assertions that say what went wrong.
 *
 * A suite is a file of START_TESTs that ends with SUITE("name", fixture_memory, case1, case2, ...). Each case
 * gets a fresh fleet in fx.itg; after the case the whole fleet is checked (itg_check) and closed. Check runs
 * every case in a process of its own, so that a crash or a limit set by one case spares the others. */
#ifndef ITG_TESTS_FIXTURE_H
#define ITG_TESTS_FIXTURE_H

#include <check.h>
#include <itg/itg.h>
#include <stdbool.h>

/* The time at which every fleet starts: 2024-03-01 12:00:00.000 UTC. */
#define FIXTURE_START_MS ((int64_t)1709294400000)

struct fixture {
    itg_t *itg;
    itg_failure_t
        failure;    /* pass &fx.failure to calls inside assert_ok() and assert_code(), which clear it */
    int64_t now_ms; /* the fleet's time; stands still unless a test turns it */
    char dir[64];   /* a directory of the case's own, removed afterwards; "" before it is asked for */
    char path[96];  /* the fleet's file in it; "" for one in memory */
};
extern struct fixture fx;

/* Options with the fixture's clock, and Wake-on-LAN that sends nothing. */
itg_options_t fixture_options(void);

/* Fixtures for SUITE(): a fleet in memory, a fleet in a file, a directory and no fleet, nothing. */
void fixture_memory(void);
void fixture_file(void);
void fixture_dir(void);
void fixture_none(void);

/* Opens fx.path (making the case's directory first) or reopens it; fixture_end() closes. */
void fixture_open_file(void);
/* Checks the fleet that is open, if any, closes it, and removes the case's directory. */
void fixture_end(void);

/* Writes dir/name into buf (made with the case's directory) and returns buf. */
const char *fixture_path(const char *name, char *buf, size_t size);

/* The whole fleet as text (itg_export), for comparing before and after. To be freed. */
char *fixture_fingerprint(itg_t *itg);

/* The id of the newest entry of the audit trail, 0: there is none. */
int64_t fixture_newest_audit(itg_t *itg);

/* Asserts that itg_check() finds nothing. */
void fixture_assert_sound(itg_t *itg);

/* Runs the cases. @return EXIT_SUCCESS or EXIT_FAILURE */
int fixture_run(const char *name, void (*setup)(void), int timeout_s, const TTest *const *cases,
                size_t count);

void fixture_assert_code(itg_error_t got, itg_error_t wanted, const char *expr, const char *file, int line);
void fixture_assert_unchanged(char *before, const char *expr, const char *file, int line);

#define assert_ok(expr)         fixture_assert_code((expr), ITG_OK, #expr, __FILE__, __LINE__)
#define assert_code(expr, code) fixture_assert_code((expr), (code), #expr, __FILE__, __LINE__)

/* The call fails with this code, and the fleet fx.itg and its audit trail are afterwards what they were before. */
#define assert_refused(expr, code)                                            \
    do {                                                                      \
        char *fixture_before_ = fixture_fingerprint(fx.itg);                  \
        int64_t fixture_audit_ = fixture_newest_audit(fx.itg);                \
        fixture_assert_code((expr), (code), #expr, __FILE__, __LINE__);       \
        fixture_assert_unchanged(fixture_before_, #expr, __FILE__, __LINE__); \
        ck_assert_int_eq(fixture_newest_audit(fx.itg), fixture_audit_);       \
    } while (0)

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

/* Seconds that one case may take; suites with longer ones use SUITE_LONG(). Generous: valgrind needs it. */
#define FIXTURE_TIMEOUT_S 60

#define SUITE_LONG(name, setup, timeout_s, ...)                                   \
    int main(void)                                                                \
    {                                                                             \
        const TTest *const cases[] = {__VA_ARGS__};                               \
        return fixture_run((name), (setup), (timeout_s), cases, COUNT_OF(cases)); \
    }
#define SUITE(name, setup, ...) SUITE_LONG(name, setup, FIXTURE_TIMEOUT_S, __VA_ARGS__)

/* Makers of objects that a case needs but is not about. They assert success. */
int64_t make_firmware(const char *version);
int64_t make_directory(itg_type_t type, const char *name, int64_t parent_id);
int64_t make_thinclient(const char *mac, int64_t parent_id, int64_t firmware_id);
int64_t make_profile(itg_type_t type, const char *name, int64_t parent_id, int64_t firmware_id);

/* A name of `count` times `unit`, which may be a multi-byte character. Static buffer, overwritten by the next
 * call. */
const char *repeated(const char *unit, size_t count);

#endif
