/* The file: what may be opened, what is kept, and what happens when the disk or another program is in the
 * way. */
#include "fixture.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define TC_DIR ITG_TYPE_THINCLIENT_DIRECTORY

/* Opens a file with these options and gives the error; a fleet that opens against expectation is closed. */
static itg_error_t try_open(const char *path, const itg_options_t *options)
{
    itg_t *itg = NULL;
    itg_error_t err = itg_open(path, options, &itg, &fx.failure);
    if (err)
        ck_assert_ptr_null(itg);
    itg_close(itg);
    return err;
}

static void write_file(const char *path, const char *bytes, size_t size)
{
    FILE *file = fopen(path, "wb");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(bytes, 1, size, file), size);
    ck_assert_int_eq(fclose(file), 0);
}

static char *read_file(const char *path, size_t *ret_size)
{
    struct stat st;
    FILE *file = fopen(path, "rb");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(fstat(fileno(file), &st), 0);
    char *bytes = malloc((size_t)st.st_size + 1);
    ck_assert_ptr_nonnull(bytes);
    *ret_size = fread(bytes, 1, (size_t)st.st_size, file);
    bytes[*ret_size] = '\0';
    fclose(file);
    return bytes;
}

/* Opening is refused and leaves the file as it is. */
static void assert_refused_untouched(const char *path, const itg_options_t *options)
{
    size_t before_size, after_size;
    char *before = read_file(path, &before_size);
    assert_code(try_open(path, options), ITG_E_DATABASE);
    char *after = read_file(path, &after_size);
    ck_assert_uint_eq(before_size, after_size);
    ck_assert_mem_eq(before, after, before_size);
    free(before);
    free(after);
}

static void run_sql(const char *path, const char *sql)
{
    sqlite3 *db = NULL;
    ck_assert_int_eq(sqlite3_open(path, &db), SQLITE_OK);
    ck_assert_int_eq(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    ck_assert_int_eq(sqlite3_close(db), SQLITE_OK);
}

static void reopen(void)
{
    itg_close(fx.itg);
    fx.itg = NULL;
    fixture_open_file();
}

static int32_t count_object(void *ctx, const itg_object_t *object)
{
    (void)object;
    ++*(int *)ctx;
    return 0;
}

static int count_directories(void)
{
    int count = 0;
    assert_ok(itg_directory_each(fx.itg, TC_DIR, 0, count_object, &count, &fx.failure));
    return count;
}

static itg_error_t make(const char *name)
{
    return itg_directory_create(fx.itg, TC_DIR, name, -1, NULL, &fx.failure);
}

/* --- creating and reopening --- */

START_TEST(a_new_file_is_private)
{
    char path[128];
    struct stat st;
    fixture_open_file();
    assert_ok(make("d"));
    const char *names[] = {"fleet.db", "fleet.db-wal", "fleet.db-shm"};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        ck_assert_int_eq(stat(fixture_path(names[i], path, sizeof path), &st), 0);
        ck_assert_int_eq(st.st_mode & 0777, 0600);
    }
}
END_TEST

START_TEST(what_is_acknowledged_is_there_after_reopening)
{
    fixture_open_file();
    int64_t tc = make_thinclient("00E0C5000001", make_directory(TC_DIR, "d", -1), make_firmware("1"));
    char *before = fixture_fingerprint(fx.itg), uuid[37];
    snprintf(uuid, sizeof uuid, "%s", itg_uuid(fx.itg));
    reopen();
    fixture_assert_unchanged(before, "reopening", __FILE__, __LINE__);
    ck_assert_str_eq(itg_uuid(fx.itg), uuid);
    assert_ok(itg_thinclient_delete(fx.itg, tc, &fx.failure));
    reopen();
    ck_assert_int_gt(make_directory(TC_DIR, "e", -1), tc); /* ids are not used again across programs */
}
END_TEST

START_TEST(closing_leaves_one_file)
{
    char path[128];
    fixture_open_file();
    assert_ok(make("d"));
    itg_close(fx.itg);
    fx.itg = NULL;
    ck_assert_int_eq(access(fx.path, F_OK), 0);
    ck_assert_int_ne(access(fixture_path("fleet.db-wal", path, sizeof path), F_OK), 0);
    ck_assert_int_ne(access(fixture_path("fleet.db-shm", path, sizeof path), F_OK), 0);
}
END_TEST

START_TEST(what_is_acknowledged_survives_a_crash)
{
    fixture_open_file();
    itg_close(fx.itg);
    fx.itg = NULL;
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        fixture_open_file();
        assert_ok(make("kept"));
        assert_ok(itg_begin(fx.itg, &fx.failure));
        assert_ok(make("not kept"));
        raise(SIGKILL);
    }
    int status = 0;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    fixture_open_file();
    ck_assert_int_eq(count_directories(), 1);
}
END_TEST

START_TEST(an_empty_file_becomes_a_fleet)
{
    char path[128];
    write_file(fixture_path("fleet.db", path, sizeof path), "", 0);
    fixture_open_file();
    assert_ok(make("d"));
}
END_TEST

START_TEST(must_exist_makes_no_file)
{
    char path[128];
    itg_options_t options = fixture_options();
    options.must_exist = 1;
    fixture_path("none.db", path, sizeof path);
    assert_code(try_open(path, &options), ITG_E_DATABASE);
    ck_assert_int_ne(access(path, F_OK), 0);
    assert_ok(try_open(path, NULL));
    assert_ok(try_open(path, &options));
}
END_TEST

START_TEST(paths_that_cannot_be_opened)
{
    char path[128];
    assert_code(try_open("/nonexistent/fleet.db", NULL), ITG_E_DATABASE);
    assert_code(try_open(fx.dir, NULL), ITG_E_DATABASE);
    assert_code(try_open("/dev/null/x", NULL), ITG_E_DATABASE);
    assert_code(try_open(repeated("x", 5000), NULL), ITG_E_DATABASE);
    assert_code(try_open("", NULL), ITG_E_DATABASE);
    /* No URI, no format, only a name: */
    fixture_path("file:%n?mode=memory", path, sizeof path);
    assert_ok(try_open(path, NULL));
    ck_assert_int_eq(access(path, F_OK), 0);
}
END_TEST

/* --- files that are not ours --- */

START_TEST(a_file_that_is_no_database)
{
    char path[128];
    fixture_path("text.db", path, sizeof path);
    write_file(path, repeated("this is no database at all\n", 200), 27 * 200);
    assert_refused_untouched(path, NULL);
    write_file(path, "xy", 2); /* one byte alone counts as empty for SQLite */
    assert_refused_untouched(path, NULL);
    write_file(path, "SQLite format 3\0", 16);
    assert_refused_untouched(path, NULL);
}
END_TEST

START_TEST(another_programs_database)
{
    char path[128];
    fixture_path("other.db", path, sizeof path);
    run_sql(path, "CREATE TABLE object(id INTEGER PRIMARY KEY); INSERT INTO object VALUES(1)");
    assert_refused_untouched(path, NULL);
    run_sql(path, "PRAGMA application_id = 42; PRAGMA user_version = 1");
    assert_refused_untouched(path, NULL);
}
END_TEST

START_TEST(a_file_newer_than_the_library)
{
    char path[128];
    fixture_path("newer.db", path, sizeof path);
    assert_ok(try_open(path, NULL));
    run_sql(path, "PRAGMA user_version = 9999");
    assert_refused_untouched(path, NULL);
    itg_failure_t failure = {0};
    itg_t *itg = NULL;
    itg_open(path, NULL, &itg, &failure);
    ck_assert_ptr_nonnull(strstr(failure.detail, "9999"));
}
END_TEST

START_TEST(a_migration_that_fails_changes_nothing)
{
    fixture_open_file();
    make_thinclient("00E0C5000001", -1, make_firmware("1"));
    itg_close(fx.itg);
    fx.itg = NULL;
    /* The first version's tables are to be made once more, and are there. */
    run_sql(fx.path, "PRAGMA user_version = 0");
    assert_refused_untouched(fx.path, NULL);
}
END_TEST

/* --- damage --- */

static void ignore_finding(void *ctx, const char *finding)
{
    (void)finding;
    ++*(int *)ctx;
}

/* Works on a damaged fleet: nothing may crash, and only the codes for damage come back. */
static void poke(itg_t *itg)
{
    int count = 0;
    int64_t findings = 0;
    itg_error_t errors[] = {
        itg_directory_each(itg, TC_DIR, 0, count_object, &count, NULL),
        itg_directory_create(itg, TC_DIR, "x", -1, NULL, NULL),
        itg_directory_children(itg, TC_DIR, -1, count_object, &count, NULL),
        itg_check(itg, ignore_finding, &count, &findings, NULL),
    };
    for (size_t i = 0; i < COUNT_OF(errors); i++)
        ck_assert_msg(errors[i] == ITG_OK || errors[i] == ITG_E_DATABASE ||
                          errors[i] == ITG_E_DIRECTORY_NOT_FOUND || errors[i] == ITG_E_PARENT_NOT_FOUND ||
                          errors[i] == ITG_E_OBJECT_MAPPING,
                      "call %zu: %s", i, itg_error_code(errors[i]));
}

static char *make_full_file(size_t *ret_size)
{
    fixture_open_file();
    assert_ok(itg_begin(fx.itg, &fx.failure));
    for (int i = 0; i < 500; i++)
        assert_ok(make(repeated("long name ", 20)));
    assert_ok(itg_commit(fx.itg, &fx.failure));
    itg_close(fx.itg);
    fx.itg = NULL;
    return read_file(fx.path, ret_size);
}

START_TEST(damaged_pages_are_told_and_not_crashed_on)
{
    size_t size;
    char *good = make_full_file(&size);
    for (size_t at = 4096; at < size; at += 4096) {
        char *bad = malloc(size);
        ck_assert_ptr_nonnull(bad);
        memcpy(bad, good, size);
        memset(bad + at, 0xA5, 2048);
        write_file(fx.path, bad, size);
        free(bad);
        itg_t *itg = NULL;
        itg_options_t options = fixture_options();
        itg_error_t err = itg_open(fx.path, &options, &itg, &fx.failure);
        if (err)
            assert_code(err, ITG_E_DATABASE);
        else
            poke(itg);
        itg_close(itg);
    }
    free(good);
}
END_TEST

START_TEST(cut_files_are_told_and_not_crashed_on)
{
    size_t size;
    char *good = make_full_file(&size);
    for (size_t cut = 100; cut < size; cut += 4096 + 123) {
        write_file(fx.path, good, cut);
        itg_t *itg = NULL;
        itg_options_t options = fixture_options();
        itg_error_t err = itg_open(fx.path, &options, &itg, &fx.failure);
        if (err)
            assert_code(err, ITG_E_DATABASE);
        else
            poke(itg);
        itg_close(itg);
    }
    free(good);
}
END_TEST

static void assert_found(const char *damage)
{
    int64_t findings = 0;
    int told = 0;
    fixture_open_file();
    int64_t dir = make_directory(TC_DIR, "a", -1), below = make_directory(TC_DIR, "b", dir);
    int64_t firmware = make_firmware("1");
    int64_t tc = make_thinclient("00E0C5000001", below, firmware);
    make_profile(ITG_TYPE_PROFILE, "p", ITG_ROOT_PROFILES, firmware);
    char sql[512];
    snprintf(sql, sizeof sql, "PRAGMA foreign_keys = OFF; %s", damage);
    itg_close(fx.itg);
    fx.itg = NULL;
    run_sql(fx.path, sql);
    itg_t *itg = NULL;
    assert_ok(itg_open(fx.path, NULL, &itg, &fx.failure));
    assert_ok(itg_check(itg, ignore_finding, &told, &findings, &fx.failure));
    ck_assert_msg(findings > 0, "not found: %s", damage);
    ck_assert_int_eq(told, (int)findings);
    (void)tc;
    /* Requests on such a file end, whatever they say. */
    poke(itg);
    itg_assignment_reaching(itg, TC_DIR, below, NULL, NULL, NULL);
    itg_move_entry_t entry = {.id = dir};
    itg_move(itg, TC_DIR, below, &entry, 1, NULL);
    itg_bin_put(itg, TC_DIR, dir, NULL);
    itg_bin_restore(itg, TC_DIR, dir, NULL);
    itg_close(itg);
    unlink(fx.path);
}

START_TEST(check_finds_what_breaks_the_domains_rules)
{
    const char *const damages[] = {
        "UPDATE object SET parent_id = 2 WHERE id = 1", /* a ring of two directories */
        "UPDATE object SET parent_id = 1 WHERE id = 1",
        "UPDATE object SET parent_id = 999 WHERE id = 2",
        "UPDATE object SET parent_id = -2 WHERE id = 1",
        "UPDATE object SET parent_id = NULL WHERE id = 1",
        "UPDATE object SET parent_id = 3 WHERE id = 2", /* a directory in a thin client */
        "UPDATE object SET type = 77 WHERE id = 3",
        "UPDATE object SET bin_id = 1 WHERE id = 1",
        "UPDATE object SET bin_id = 1 WHERE id = 3",
        "DELETE FROM object WHERE id = -14",
        "DELETE FROM thinclient WHERE id = 3",
        "DELETE FROM directory WHERE id = 1",
        "DELETE FROM profile WHERE id = 4",
        "DELETE FROM object WHERE id = 3",
        "DELETE FROM firmware",
        "UPDATE sequence SET value = 0 WHERE name = 'object'",
        "UPDATE sequence SET value = 0 WHERE name = 'firmware'",
        "UPDATE thinclient SET mac = lower(mac) || 'x'",
        "INSERT INTO assignment VALUES(4, -1)",
        "INSERT INTO assignment VALUES(4, 999)",
    };
    for (size_t i = 0; i < COUNT_OF(damages); i++)
        assert_found(damages[i]);
}
END_TEST

/* --- disk full, read-only, locked --- */

/* Runs fn in a process of its own, so that limits and identities of it do not last. */
static void in_child(void (*fn)(void))
{
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        fn();
        _exit(0);
    }
    int status = -1;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 0, "the child ended with status %x",
                  (unsigned)status);
}

#define CHILD_ASSERT(condition)                                             \
    do {                                                                    \
        if (!(condition)) {                                                 \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition); \
            _exit(1);                                                       \
        }                                                                   \
    } while (0)

/* Writes until the file may not grow any more; then lifts the limit and goes on. */
static void fill_the_disk(void)
{
    struct rlimit limit = {.rlim_cur = 256 * 1024, .rlim_max = RLIM_INFINITY};
    itg_t *itg = NULL;
    itg_failure_t failure = {0};
    signal(SIGXFSZ, SIG_IGN);
    CHILD_ASSERT(itg_open(fx.path, NULL, &itg, NULL) == ITG_OK);
    CHILD_ASSERT(getrlimit(RLIMIT_FSIZE, &limit) == 0);
    limit.rlim_cur = 256 * 1024;
    CHILD_ASSERT(setrlimit(RLIMIT_FSIZE, &limit) == 0);
    int made = 0;
    itg_error_t err = ITG_OK;
    while (!err && made < 5000) {
        err = itg_directory_create(itg, TC_DIR, repeated("x", 200), -1, NULL, &failure);
        made += !err;
    }
    CHILD_ASSERT(err == ITG_E_DATABASE);
    CHILD_ASSERT(made > 0);
    int count = 0;
    CHILD_ASSERT(itg_directory_each(itg, TC_DIR, 0, count_object, &count, NULL) == ITG_OK);
    CHILD_ASSERT(count == made);
    limit.rlim_cur = limit.rlim_max;
    CHILD_ASSERT(setrlimit(RLIMIT_FSIZE, &limit) == 0);
    CHILD_ASSERT(itg_directory_create(itg, TC_DIR, "after", -1, NULL, NULL) == ITG_OK);
    count = 0;
    CHILD_ASSERT(itg_directory_each(itg, TC_DIR, 0, count_object, &count, NULL) == ITG_OK);
    CHILD_ASSERT(count == made + 1);
    itg_close(itg);
}

START_TEST(a_full_disk_loses_nothing_that_was_acknowledged)
{
    fixture_open_file();
    itg_close(fx.itg);
    fx.itg = NULL;
    in_child(fill_the_disk);
    fixture_open_file(); /* and the end of the case checks the fleet */
    ck_assert_int_gt(count_directories(), 1);
}
END_TEST

static void open_as_nobody(void)
{
    itg_t *itg = NULL;
    if (geteuid() == 0)
        CHILD_ASSERT(setgid(65534) == 0 && setuid(65534) == 0);
    CHILD_ASSERT(access(fx.path, R_OK) == 0);
    CHILD_ASSERT(access(fx.path, W_OK) != 0);
    CHILD_ASSERT(itg_open(fx.path, NULL, &itg, NULL) == ITG_E_DATABASE);
    CHILD_ASSERT(itg == NULL);
}

START_TEST(a_file_that_may_only_be_read)
{
    fixture_open_file();
    itg_close(fx.itg);
    fx.itg = NULL;
    ck_assert_int_eq(chmod(fx.path, 0444), 0);
    ck_assert_int_eq(chmod(fx.dir, 0755), 0);
    in_child(open_as_nobody);
}
END_TEST

static int64_t monotonic_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

START_TEST(another_programs_lock_is_waited_for_and_then_told)
{
    fixture_open_file();
    assert_ok(make("d"));
    itg_close(fx.itg);
    itg_options_t options = fixture_options();
    options.busy_timeout_ms = 200;
    assert_ok(itg_open(fx.path, &options, &fx.itg, &fx.failure));
    sqlite3 *other = NULL;
    ck_assert_int_eq(sqlite3_open(fx.path, &other), SQLITE_OK);
    ck_assert_int_eq(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    int64_t start = monotonic_ms();
    assert_code(make("e"), ITG_E_NOT_AVAILABLE);
    ck_assert_int_ge(monotonic_ms() - start, 150);
    assert_code(itg_begin(fx.itg, &fx.failure), ITG_E_NOT_AVAILABLE);
    ck_assert_int_eq(count_directories(), 1); /* readers do not wait */
    ck_assert_int_eq(sqlite3_exec(other, "ROLLBACK", NULL, NULL, NULL), SQLITE_OK);
    ck_assert_int_eq(sqlite3_close(other), SQLITE_OK);
    assert_ok(make("e"));
    ck_assert_int_eq(count_directories(), 2);
}
END_TEST

START_TEST(opening_waits_for_a_lock_too)
{
    char path[128];
    itg_options_t options = fixture_options();
    options.busy_timeout_ms = 200;
    fixture_path("locked.db", path, sizeof path);
    sqlite3 *other = NULL;
    ck_assert_int_eq(sqlite3_open(path, &other), SQLITE_OK);
    ck_assert_int_eq(sqlite3_exec(other, "BEGIN EXCLUSIVE", NULL, NULL, NULL), SQLITE_OK);
    assert_code(try_open(path, &options), ITG_E_NOT_AVAILABLE);
    ck_assert_int_eq(sqlite3_exec(other, "ROLLBACK", NULL, NULL, NULL), SQLITE_OK);
    ck_assert_int_eq(sqlite3_close(other), SQLITE_OK);
    assert_ok(try_open(path, &options));
}
END_TEST

SUITE("store", fixture_dir, a_new_file_is_private, what_is_acknowledged_is_there_after_reopening,
      closing_leaves_one_file, what_is_acknowledged_survives_a_crash, an_empty_file_becomes_a_fleet,
      must_exist_makes_no_file, paths_that_cannot_be_opened, a_file_that_is_no_database,
      another_programs_database, a_file_newer_than_the_library, a_migration_that_fails_changes_nothing,
      damaged_pages_are_told_and_not_crashed_on, cut_files_are_told_and_not_crashed_on,
      check_finds_what_breaks_the_domains_rules, a_full_disk_loses_nothing_that_was_acknowledged,
      a_file_that_may_only_be_read, another_programs_lock_is_waited_for_and_then_told,
      opening_waits_for_a_lock_too)
