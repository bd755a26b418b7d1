/* The life of commands with the n-th chance to fail taken, for every n: the library's allocations and the store's
 * calls. What is refused has changed nothing; what was sent is never told wrongly. */
#include "core/core.h"
#include "core/queue.h"
#include "faults.h"
#include "fixture.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Commands that every scenario finds: one waits for TC, one was sent to OTHER. */
enum { TC = 1, OTHER, QUEUED = 1, SENT };

static struct itg__engine faulty;
static itg_failure_t *const F = &fx.failure;

static int32_t always_online(void *ctx, int64_t id)
{
    (void)ctx, (void)id;
    return 1;
}

static void no_work(void *ctx, const int64_t *ids, size_t count)
{
    (void)ctx, (void)ids, (void)count;
}

static void ignore_command(void *ctx, int64_t id, itg_command_t command)
{
    (void)ctx, (void)id, (void)command;
}

static itg_error_t deliver_to(int64_t id)
{
    struct itg__tx tx;
    itg_error_t err = itg__begin_write(fx.itg, "deliver", ITG__RIGHT_WRITE, &tx, F);
    return err ? err : itg__end(&tx, itg__queue_deliver(&tx, id, 10, ignore_command, NULL));
}

static void fresh(void)
{
    const struct itg__builtin_link link = {.online = always_online, .work = no_work, .wait_ms = 1};
    const int64_t tc = TC, other = OTHER;
    itg_options_t options = fixture_options();
    itg_close(fx.itg);
    fx.itg = NULL;
    faults_engine(&faulty);
    assert_ok(itg__open_with(&faulty, ":memory:", &options, &fx.itg, F));
    int64_t firmware = make_firmware("1");
    ck_assert_int_eq(make_thinclient("00E0C5000001", ITG_ROOT_THINCLIENTS, firmware), TC);
    ck_assert_int_eq(make_thinclient("00E0C5000002", ITG_ROOT_THINCLIENTS, firmware), OTHER);
    assert_ok(itg_command_queue(fx.itg, ITG_COMMAND_REBOOT, &tc, 1, 0, NULL, NULL, F));
    assert_ok(itg_command_queue(fx.itg, ITG_COMMAND_TCRESET2FACDEFS, &other, 1, 0, NULL, NULL, F));
    assert_ok(deliver_to(OTHER));
    ck_assert(itg__link_attach(fx.itg->fleet, &link));
}

/* --- scenarios --- */

static int32_t ignore_entry(void *ctx, const itg_command_entry_t *entry)
{
    (void)ctx, (void)entry;
    return 0;
}

static itg_error_t queue(void)
{
    static const int64_t ids[] = {OTHER, TC, OTHER};
    return itg_command_queue(fx.itg, ITG_COMMAND_SHUTDOWN, ids, 3, 0, NULL, NULL, F);
}

static itg_error_t get(void)
{
    return itg_command_get(fx.itg, QUEUED, ignore_entry, NULL, F);
}

static itg_error_t history(void)
{
    return itg_command_history(fx.itg, TC, 0, ignore_entry, NULL, F);
}

static itg_error_t cancel(void)
{
    return itg_command_cancel(fx.itg, QUEUED, F);
}

static itg_error_t deliver(void)
{
    return deliver_to(TC);
}

static itg_error_t result(void)
{
    struct itg__tx tx;
    itg_error_t err = itg__begin_write(fx.itg, "result", ITG__RIGHT_WRITE, &tx, F);
    return err ? err : itg__end(&tx, itg__queue_result(&tx, OTHER, SENT, true, "done", NULL));
}

static itg_error_t expire(void)
{
    struct itg__tx tx;
    fx.now_ms = FIXTURE_START_MS + (int64_t)2 * 24 * 60 * 60 * 1000;
    itg_error_t err = itg__begin_write(fx.itg, "expire", ITG__RIGHT_WRITE, &tx, F);
    if (!err)
        err = itg__end(&tx, itg__queue_expire(&tx, 10));
    fx.now_ms = FIXTURE_START_MS;
    return err;
}

static itg_error_t (*const scenarios[])(void) = {queue, get, history, cancel, deliver, result, expire};

/* --- runs --- */

struct rows {
    char text[1000];
};

static int32_t add_row(void *ctx, const itg_command_entry_t *entry)
{
    struct rows *rows = ctx;
    size_t length = strlen(rows->text);
    snprintf(rows->text + length, sizeof rows->text - length, "%lld %lld %s %s %s\n", (long long)entry->id,
             (long long)entry->thinclient_id, itg_command_name(entry->command),
             itg_command_state_name(entry->state), entry->message);
    return 0;
}

static struct rows all_rows(void)
{
    struct rows rows = {.text = ""};
    assert_ok(itg_command_history(fx.itg, 0, 0, add_row, &rows, F));
    return rows;
}

/* @return false once the call has run out of chances to fail */
static bool attempt(itg_error_t (*scenario)(void), struct fault *fault, long n, itg_error_t code)
{
    struct rows before = all_rows();
    *fault = (struct fault){.armed = true, .left = n};
    itg_error_t err = scenario();
    bool failed = fault->failed;
    fault->armed = false;
    ck_assert_msg(err == ITG_OK || (failed && err == code), "%ld: %s %s", n, itg_error_code(err), F->detail);
    itg_failure_clear(F);
    if (err)
        ck_assert_str_eq(all_rows().text, before.text);
    else if (failed)
        fresh(); /* what was lost is not missed */
    return failed;
}

static void run_all(struct fault *fault, itg_error_t code)
{
    for (size_t i = 0; i < COUNT_OF(scenarios); i++) {
        fresh();
        for (long n = 0; attempt(scenarios[i], fault, n, code); n++)
            ck_assert_int_lt(n, 2000);
    }
}

START_TEST(want_of_memory)
{
    run_all(&memory, ITG_E_INTERNAL);
}
END_TEST

START_TEST(a_store_that_fails)
{
    run_all(&store, ITG_E_DATABASE);
}
END_TEST

/* --- sending: whatever fails, no command waits afterwards that was told to have failed --- */

static int32_t take_result(void *ctx, const itg_command_result_t *told)
{
    (void)told;
    ++*(int *)ctx;
    return 0;
}

static bool send_with(struct fault *fault, long n)
{
    const int64_t tc = TC;
    int results = 0;
    fresh();
    *fault = (struct fault){.armed = true, .left = n};
    itg_error_t err = itg_command_send(fx.itg, ITG_COMMAND_SETTINGS2TC, &tc, 1, take_result, &results, F);
    bool failed = fault->failed;
    fault->armed = false;
    ck_assert_int_eq(results, err == ITG_OK);
    itg_failure_clear(F);
    fx.now_ms += 5000;
    assert_ok(deliver_to(TC));
    fx.now_ms = FIXTURE_START_MS;
    ck_assert_msg(!strstr(all_rows().text, "settings2tc sent"), "%ld: %s", n, all_rows().text);
    return failed;
}

START_TEST(what_failed_is_not_done_later)
{
    for (long n = 0; send_with(&memory, n); n++)
        ck_assert_int_lt(n, 2000);
    for (long n = 0; send_with(&store, n); n++)
        ck_assert_int_lt(n, 2000);
}
END_TEST

/* Whoever has confirmed to leave does so in the end. */
static bool settle_with(struct fault *fault, long n)
{
    itg_thinclient_t *tc = NULL;
    fresh();
    assert_ok(result());
    *fault = (struct fault){.armed = true, .left = n};
    itg__queue_settled(fx.itg->fleet, OTHER);
    bool failed = fault->failed;
    fault->armed = false;
    fx.now_ms += 60000;
    assert_ok(itg_step(fx.itg, NULL, F));
    fx.now_ms = FIXTURE_START_MS;
    assert_code(itg_thinclient_get(fx.itg, OTHER, &tc, F), ITG_E_THINCLIENT_NOT_FOUND);
    return failed;
}

START_TEST(who_leaves_leaves)
{
    for (long n = 0; settle_with(&memory, n); n++)
        ck_assert_int_lt(n, 2000);
    for (long n = 0; settle_with(&store, n); n++)
        ck_assert_int_lt(n, 2000);
}
END_TEST

SUITE("queue_faults", fixture_memory, want_of_memory, a_store_that_fails, what_failed_is_not_done_later,
      who_leaves_leaves)
