/* Many threads on one handle, and two programs on one file. */
#include "fixture.h"
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define TC_DIR ITG_TYPE_THINCLIENT_DIRECTORY

enum { THREADS = 8, ROUNDS = 60, PER_PROCESS = 500 };

/* Check's assertions end the case from its own thread only; threads count their complaints instead. */
static atomic_int complaints;

static void complain(itg_error_t err, const char *what)
{
    if (!err)
        return;
    fprintf(stderr, "%s: %s\n", what, itg_error_code(err));
    atomic_fetch_add(&complaints, 1);
}
#define THREAD_OK(expr) complain((expr), #expr)

static void run_threads(void *(*fn)(void *), size_t count)
{
    pthread_t threads[THREADS * 2];
    ck_assert_uint_le(count, COUNT_OF(threads));
    for (size_t i = 0; i < count; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, fn, (void *)(uintptr_t)i), 0);
    for (size_t i = 0; i < count; i++)
        ck_assert_int_eq(pthread_join(threads[i], NULL), 0);
    ck_assert_int_eq(atomic_load(&complaints), 0);
}

static int32_t count_thinclient(void *ctx, const itg_thinclient_t *tc)
{
    (void)tc;
    ++*(int *)ctx;
    return 0;
}

static int count_thinclients(void)
{
    int count = 0;
    assert_ok(itg_thinclient_each(fx.itg, ITG_EXTENT_SHORT, 0, count_thinclient, &count, &fx.failure));
    return count;
}

static itg_error_t create(unsigned thread, unsigned round, int64_t *ret_id)
{
    char mac[13];
    snprintf(mac, sizeof mac, "00E0C5%02X%04X", thread, round);
    const itg_value_t values[] = {{"mac", mac}, {"firmwareID", "1"}};
    return itg_thinclient_create(fx.itg, values, COUNT_OF(values), ret_id, NULL);
}

/* Every kind of call, mixed: create, read, rename, list, move, delete, a refused one, groups. */
static void *work(void *arg)
{
    unsigned thread = (unsigned)(uintptr_t)arg;
    int64_t dir = 0, id = 0;
    THREAD_OK(itg_directory_create(fx.itg, TC_DIR, "of a thread", -1, &dir, NULL));
    for (unsigned round = 0; round < ROUNDS; round++) {
        itg_thinclient_t *tc = NULL;
        int count = 0;
        const itg_value_t site = {"site", "Bremen"};
        itg_move_entry_t entry = {.result = (itg_move_result_t)-1};
        THREAD_OK(create(thread, round, &id));
        THREAD_OK(itg_thinclient_update(fx.itg, id, &site, 1, NULL));
        THREAD_OK(itg_thinclient_get(fx.itg, id, &tc, NULL));
        if (tc && strcmp(tc->site, "Bremen") != 0)
            complain(ITG_E_INTERNAL, "an acknowledged change is not seen");
        itg_thinclient_free(tc);
        if (create(thread, round, NULL) != ITG_E_DUPLICATE)
            complain(ITG_E_INTERNAL, "a MAC was taken twice");
        entry.id = id;
        THREAD_OK(itg_move(fx.itg, TC_DIR, dir, &entry, 1, NULL));
        if (round % 8 == 0)
            THREAD_OK(itg_thinclient_each(fx.itg, ITG_EXTENT_DETAILS, 0, count_thinclient, &count, NULL));
        if (round % 4 == 0) {
            THREAD_OK(itg_begin(fx.itg, NULL));
            THREAD_OK(itg_thinclient_delete(fx.itg, id, NULL));
            THREAD_OK(create(thread, round, NULL));
            THREAD_OK(round % 8 ? itg_commit(fx.itg, NULL) : itg_rollback(fx.itg, NULL));
        }
    }
    return NULL;
}

START_TEST(eight_threads_lose_nothing)
{
    ck_assert_int_eq(make_firmware("1"), 1);
    run_threads(work, THREADS);
    ck_assert_int_eq(count_thinclients(), THREADS * ROUNDS);
}
END_TEST

START_TEST(eight_threads_in_memory)
{
    itg_close(fx.itg);
    fixture_memory();
    ck_assert_int_eq(make_firmware("1"), 1);
    run_threads(work, THREADS);
    ck_assert_int_eq(count_thinclients(), THREADS * ROUNDS);
}
END_TEST

/* Some of them fail inside shared commits: each undoes only itself. */
static void *half_fail(void *arg)
{
    unsigned thread = (unsigned)(uintptr_t)arg;
    for (unsigned round = 0; round < ROUNDS; round++) {
        const itg_value_t bad_parent[] = {
            {"mac", "00E0C5FFFFFF"}, {"firmwareID", "1"}, {"parentID", "99999"}};
        if (itg_thinclient_create(fx.itg, bad_parent, 3, NULL, NULL) != ITG_E_PARENT_NOT_FOUND)
            complain(ITG_E_INTERNAL, "a bad parent was taken");
        THREAD_OK(create(thread, round, NULL));
    }
    return NULL;
}

START_TEST(failures_among_concurrent_writers_undo_only_themselves)
{
    ck_assert_int_eq(make_firmware("1"), 1);
    run_threads(half_fail, THREADS);
    ck_assert_int_eq(count_thinclients(), THREADS * ROUNDS);
}
END_TEST

/* --- a group of one thread, seen by others --- */

static atomic_int stage;

static void *write_meanwhile(void *arg)
{
    (void)arg;
    while (atomic_load(&stage) == 0)
        usleep(1000);
    int count = 0;
    /* Readers see the state before the group, at once. */
    THREAD_OK(itg_thinclient_each(fx.itg, ITG_EXTENT_SHORT, 0, count_thinclient, &count, NULL));
    if (count != 0)
        complain(ITG_E_INTERNAL, "a change was seen before its group was kept");
    atomic_store(&stage, 2);
    /* Writers wait for the group's end. */
    THREAD_OK(create(9, 9, NULL));
    if (atomic_load(&stage) != 3)
        complain(ITG_E_INTERNAL, "a change got into another thread's group");
    return NULL;
}

START_TEST(a_group_is_its_threads_own)
{
    pthread_t other;
    ck_assert_int_eq(make_firmware("1"), 1);
    atomic_store(&stage, 0);
    ck_assert_int_eq(pthread_create(&other, NULL, write_meanwhile, NULL), 0);
    assert_ok(itg_begin(fx.itg, &fx.failure));
    assert_ok(create(1, 1, NULL));
    atomic_store(&stage, 1);
    while (atomic_load(&stage) != 2)
        usleep(1000);
    usleep(50000);
    atomic_store(&stage, 3);
    assert_ok(itg_commit(fx.itg, &fx.failure));
    ck_assert_int_eq(pthread_join(other, NULL), 0);
    ck_assert_int_eq(atomic_load(&complaints), 0);
    ck_assert_int_eq(count_thinclients(), 2);
}
END_TEST

static void *end_a_group_of_another(void *arg)
{
    itg_error_t *errors = arg;
    errors[0] = itg_commit(fx.itg, NULL);
    errors[1] = itg_rollback(fx.itg, NULL);
    errors[2] = itg_begin(fx.itg, NULL);
    return NULL;
}

START_TEST(a_group_cannot_be_ended_or_joined_by_another_thread)
{
    pthread_t other;
    itg_error_t errors[3] = {ITG_OK, ITG_OK, ITG_OK};
    itg_close(fx.itg);
    itg_options_t options = fixture_options();
    options.busy_timeout_ms = 100;
    assert_ok(itg_open(fx.path, &options, &fx.itg, &fx.failure));
    ck_assert_int_eq(make_firmware("1"), 1);
    assert_ok(itg_begin(fx.itg, &fx.failure));
    assert_ok(create(1, 1, NULL));
    ck_assert_int_eq(pthread_create(&other, NULL, end_a_group_of_another, errors), 0);
    ck_assert_int_eq(pthread_join(other, NULL), 0);
    ck_assert_int_eq(errors[0], ITG_E_INTERNAL);
    ck_assert_int_eq(errors[1], ITG_E_INTERNAL);
    ck_assert_int_eq(errors[2], ITG_E_NOT_AVAILABLE);
    assert_ok(itg_commit(fx.itg, &fx.failure));
    ck_assert_int_eq(count_thinclients(), 1);
}
END_TEST

/* --- readers during a long walk --- */

static int32_t change_the_walked(void *ctx, const itg_thinclient_t *tc)
{
    int *calls = ctx;
    ++*calls;
    assert_ok(itg_thinclient_delete(fx.itg, tc->id, &fx.failure));
    return 0;
}

START_TEST(a_walk_sees_one_moment)
{
    int calls = 0;
    ck_assert_int_eq(make_firmware("1"), 1);
    for (unsigned i = 0; i < 50; i++)
        assert_ok(create(1, i, NULL));
    assert_ok(itg_thinclient_each(fx.itg, ITG_EXTENT_DETAILS, 0, change_the_walked, &calls, &fx.failure));
    ck_assert_int_eq(calls, 50);
    ck_assert_int_eq(count_thinclients(), 0);
}
END_TEST

/* --- two programs --- */

/* @return exit status of a program that writes PER_PROCESS thin clients of its own */
static int write_as_program(const char *path, unsigned program)
{
    itg_options_t options = fixture_options();
    options.busy_timeout_ms = 60000;
    fx.itg = NULL;
    if (itg_open(path, &options, &fx.itg, NULL))
        return 1;
    int failed = 0;
    for (unsigned round = 0; round < PER_PROCESS; round++)
        failed += create(program, round, NULL) != ITG_OK;
    itg_close(fx.itg);
    return failed != 0;
}

START_TEST(two_programs_write_one_file_and_lose_nothing)
{
    ck_assert_int_eq(make_firmware("1"), 1);
    itg_close(fx.itg); /* no connection of this process may live on in its children */
    fx.itg = NULL;
    pid_t children[2];
    for (unsigned i = 0; i < COUNT_OF(children); i++) {
        children[i] = fork();
        ck_assert_int_ge(children[i], 0);
        if (children[i] == 0)
            _exit(write_as_program(fx.path, i + 1));
    }
    for (unsigned i = 0; i < COUNT_OF(children); i++) {
        int status = -1;
        ck_assert_int_eq(waitpid(children[i], &status, 0), children[i]);
        ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    }
    fixture_open_file();
    ck_assert_int_eq(count_thinclients(), 2 * PER_PROCESS);
}
END_TEST

START_TEST(two_programs_make_one_new_file)
{
    char path[128];
    fixture_path("new.db", path, sizeof path);
    pid_t children[4];
    for (unsigned i = 0; i < COUNT_OF(children); i++) {
        children[i] = fork();
        ck_assert_int_ge(children[i], 0);
        if (children[i] == 0) {
            itg_t *itg = NULL;
            _exit(itg_open(path, NULL, &itg, NULL) != ITG_OK);
        }
    }
    for (unsigned i = 0; i < COUNT_OF(children); i++) {
        int status = -1;
        ck_assert_int_eq(waitpid(children[i], &status, 0), children[i]);
        ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    }
    itg_t *itg = NULL;
    assert_ok(itg_open(path, NULL, &itg, &fx.failure));
    fixture_assert_sound(itg);
    itg_close(itg);
}
END_TEST

SUITE_LONG("concurrency", fixture_file, 240, eight_threads_lose_nothing, eight_threads_in_memory,
           failures_among_concurrent_writers_undo_only_themselves, a_group_is_its_threads_own,
           a_group_cannot_be_ended_or_joined_by_another_thread, a_walk_sees_one_moment,
           two_programs_write_one_file_and_lose_nothing, two_programs_make_one_new_file)
