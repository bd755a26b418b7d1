/* The life of commands: every step from queued to its end, over a link that is a table, and devices that are
 * threads. */
#include "core/core.h"
#include "core/queue.h"
#include "fixture.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SECOND ((int64_t)1000)
#define MINUTE (60 * SECOND)
#define HOUR   (60 * MINUTE)
#define DAY    (24 * HOUR)

static int64_t firmware, tc, other;

static void fill(void)
{
    firmware = make_firmware("11.1");
    tc = make_thinclient("00E0C5000001", ITG_ROOT_THINCLIENTS, firmware);
    other = make_thinclient("00E0C5000002", ITG_ROOT_THINCLIENTS, firmware);
}

static void setup(void)
{
    fixture_memory();
    fill();
}

/* --- what the house knows of a command --- */

static struct itg_command_entry entry;
static char entry_message[ITG_DELIVERY_MESSAGE_SIZE], entry_actor[64];

static int32_t take_entry(void *ctx, const itg_command_entry_t *row)
{
    (void)ctx;
    entry = *row;
    snprintf(entry_message, sizeof entry_message, "%s", row->message);
    snprintf(entry_actor, sizeof entry_actor, "%s", row->actor);
    return 0;
}

static void look(int64_t id)
{
    assert_ok(itg_command_get(fx.itg, id, take_entry, NULL, &fx.failure));
}

static void assert_state(int64_t id, itg_command_state_t state, const char *message)
{
    look(id);
    ck_assert_str_eq(itg_command_state_name(entry.state), itg_command_state_name(state));
    ck_assert_str_eq(entry_message, message);
}

static int64_t count(const char *sql)
{
    struct itg__tx tx;
    bool found = false;
    int64_t rows = -1;
    assert_ok(itg__begin_read(fx.itg, "count", ITG__RIGHT_READ, &tx, &fx.failure));
    assert_ok(itg__end(&tx, itg__lookup(&tx, &found, &rows, sql, "")));
    return rows;
}

static int64_t commands(void)
{
    return count("SELECT count(*) FROM command");
}

static int32_t take_id(void *ctx, int64_t thinclient_id, int64_t command_id)
{
    (void)thinclient_id;
    *(int64_t *)ctx = command_id;
    return 0;
}

static int64_t queue(itg_command_t command, int64_t id)
{
    int64_t command_id = 0;
    assert_ok(itg_command_queue(fx.itg, command, &id, 1, 0, take_id, &command_id, &fx.failure));
    return command_id;
}

static int64_t step(void)
{
    int64_t next_ms = 0;
    assert_ok(itg_step(fx.itg, &next_ms, &fx.failure));
    return next_ms;
}

/* --- the device's part --- */

struct fetched {
    size_t count;
    int64_t ids[ITG__OPEN_COMMANDS + 1];
    itg_command_t commands[ITG__OPEN_COMMANDS + 1];
};

static void take_command(void *ctx, int64_t id, itg_command_t command)
{
    struct fetched *fetched = ctx;
    fetched->ids[fetched->count] = id;
    fetched->commands[fetched->count++] = command;
}

static struct fetched fetch(int64_t id, size_t limit)
{
    struct itg__tx tx;
    struct fetched fetched = {.count = 0};
    assert_ok(itg__begin_write(fx.itg, "fetch", ITG__RIGHT_WRITE, &tx, &fx.failure));
    assert_ok(itg__end(&tx, itg__queue_deliver(&tx, id, limit, take_command, &fetched)));
    return fetched;
}

static bool pending(int64_t id)
{
    struct itg__tx tx;
    bool yes = false;
    assert_ok(itg__begin_read(fx.itg, "pending", ITG__RIGHT_READ, &tx, &fx.failure));
    assert_ok(itg__end(&tx, itg__queue_pending(&tx, id, &yes)));
    return yes;
}

/* The first half: what a crash leaves behind. */
static void tell(int64_t id, int64_t command, bool done, const char *message)
{
    struct itg__tx tx;
    assert_ok(itg__begin_write(fx.itg, "tell", ITG__RIGHT_WRITE, &tx, &fx.failure));
    assert_ok(itg__end(&tx, itg__queue_result(&tx, id, command, done, message, NULL)));
}

static void answer(int64_t id, int64_t command, bool done, const char *message)
{
    tell(id, command, done, message);
    itg__queue_settled(fx.itg->fleet, id);
}

/* --- one after the other --- */

START_TEST(a_command_is_queued_sent_and_confirmed)
{
    int64_t id = queue(ITG_COMMAND_REBOOT, tc);
    look(id);
    ck_assert_int_eq(entry.thinclient_id, tc);
    ck_assert_int_eq(entry.command, ITG_COMMAND_REBOOT);
    ck_assert_int_eq(entry.state, ITG_COMMAND_QUEUED);
    ck_assert_int_eq(entry.queued_ms, FIXTURE_START_MS);
    ck_assert_int_eq(entry.sent_ms, 0);
    ck_assert_int_eq(entry.ended_ms, 0);
    ck_assert_int_eq(entry.expires_ms, FIXTURE_START_MS + DAY);
    ck_assert_str_eq(entry_message, "");
    ck_assert_str_eq(entry_actor, "");
    ck_assert(pending(tc));
    fx.now_ms += SECOND;
    struct fetched fetched = fetch(tc, 10);
    ck_assert_uint_eq(fetched.count, 1);
    ck_assert_int_eq(fetched.ids[0], id);
    ck_assert_int_eq(fetched.commands[0], ITG_COMMAND_REBOOT);
    assert_state(id, ITG_COMMAND_SENT, "");
    ck_assert_int_eq(entry.sent_ms, FIXTURE_START_MS + SECOND);
    fx.now_ms += SECOND;
    answer(tc, id, true, "restarting");
    assert_state(id, ITG_COMMAND_CONFIRMED, "restarting");
    ck_assert_int_eq(entry.ended_ms, FIXTURE_START_MS + 2 * SECOND);
    ck_assert(!pending(tc));
    ck_assert_uint_eq(fetch(tc, 10).count, 0);
}
END_TEST

START_TEST(what_was_sent_is_handed_out_until_it_is_answered_oldest_first)
{
    int64_t first = queue(ITG_COMMAND_SETTINGS2TC, tc), second = queue(ITG_COMMAND_REBOOT, tc);
    queue(ITG_COMMAND_SHUTDOWN, other);
    ck_assert_int_lt(first, second);
    ck_assert_int_eq(fetch(tc, 1).ids[0], first);
    assert_state(second, ITG_COMMAND_QUEUED, "");
    fx.now_ms += SECOND;
    struct fetched fetched = fetch(tc, SIZE_MAX);
    ck_assert_uint_eq(fetched.count, 2);
    ck_assert_int_eq(fetched.ids[0], first);
    ck_assert_int_eq(fetched.ids[1], second);
    look(first);
    ck_assert_int_eq(entry.sent_ms, FIXTURE_START_MS); /* the first time */
    answer(tc, first, false, "no space left");
    assert_state(first, ITG_COMMAND_FAILED, "no space left");
    ck_assert_int_eq(fetch(tc, 10).ids[0], second);
    ck_assert_uint_eq(fetch(tc, 0).count, 0);
}
END_TEST

START_TEST(results_that_fit_nothing_change_nothing)
{
    int64_t id = queue(ITG_COMMAND_REBOOT, tc);
    answer(tc, id, true, "it was never sent");
    assert_state(id, ITG_COMMAND_QUEUED, "");
    fetch(tc, 10);
    answer(other, id, true, "it is another's");
    answer(12345, id, true, "of nobody");
    answer(tc, id + 1, true, "unknown");
    answer(tc, -1, true, "unknown");
    assert_state(id, ITG_COMMAND_SENT, "");
    answer(tc, id, false, "broken");
    fx.now_ms += SECOND;
    answer(tc, id, true, "too late");
    assert_state(id, ITG_COMMAND_FAILED, "broken");
    ck_assert_int_eq(entry.ended_ms, FIXTURE_START_MS);
}
END_TEST

START_TEST(messages_are_strangers_texts)
{
    static char exactly[ITG_DELIVERY_MESSAGE_SIZE], broken_at_the_end[600];
    memset(exactly, 'x', sizeof exactly - 1);
    memset(broken_at_the_end, 'y', sizeof broken_at_the_end - 1);
    memcpy(broken_at_the_end + 253, "\xE2\x82\xAC", 3); /* cut inside this euro sign */
    const struct {
        bool done;
        const char *message, *kept;
    } cases[] = {
        {true, "", "OK"},
        {true, NULL, "OK"},
        {false, "", "No answer from device"},
        {false, NULL, "No answer from device"},
        {false, "\xFF\xFE", "No answer from device"},
        {true, "fine \xC3", "fine "},
        {true, "fine \xC3(", "OK"},
        {true, "'); DROP TABLE command; --", "'); DROP TABLE command; --"},
        {false, "a\nb\t\x1b[2J", "a\nb\t\x1b[2J"}, /* whoever shows it knows how */
        {false, exactly, exactly},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        int64_t id = queue(ITG_COMMAND_REBOOT, tc);
        fetch(tc, 10);
        answer(tc, id, cases[i].done, cases[i].message);
        assert_state(id, cases[i].done ? ITG_COMMAND_CONFIRMED : ITG_COMMAND_FAILED, cases[i].kept);
    }
    int64_t id = queue(ITG_COMMAND_REBOOT, tc);
    fetch(tc, 10);
    answer(tc, id, true, broken_at_the_end);
    look(id);
    ck_assert_uint_eq(strlen(entry_message), 253);
}
END_TEST

/* --- time --- */

START_TEST(what_nobody_fetches_expires)
{
    int64_t id = queue(ITG_COMMAND_REBOOT, tc), soon = 0;
    assert_ok(itg_command_queue(fx.itg, ITG_COMMAND_SHUTDOWN, &other, 1, fx.now_ms + SECOND, take_id, &soon,
                                &fx.failure));
    ck_assert_int_eq(step(), fx.now_ms + SECOND);
    fx.now_ms += SECOND;
    ck_assert(!pending(other)); /* not even before anybody has looked */
    ck_assert_uint_eq(fetch(other, 10).count, 0);
    assert_state(soon, ITG_COMMAND_QUEUED, "");
    step();
    assert_state(soon, ITG_COMMAND_EXPIRED, "Device is offline");
    ck_assert_int_eq(entry.ended_ms, fx.now_ms);
    assert_state(id, ITG_COMMAND_QUEUED, "");
    answer(other, soon, true, "done all the same");
    assert_state(soon, ITG_COMMAND_EXPIRED, "Device is offline");
}
END_TEST

/* Sent at 23:59 of its day, it has an hour to be answered; one that had longer keeps that. */
START_TEST(what_is_not_answered_within_an_hour_expires)
{
    int64_t id = queue(ITG_COMMAND_REBOOT, tc), lasting = 0;
    assert_ok(itg_command_queue(fx.itg, ITG_COMMAND_REBOOT, &other, 1, fx.now_ms + 3 * DAY, take_id, &lasting,
                                &fx.failure));
    fx.now_ms += DAY - MINUTE;
    fetch(tc, 10);
    fetch(other, 10);
    fx.now_ms += HOUR - 1;
    step();
    ck_assert_uint_eq(fetch(tc, 10).count, 1);
    fx.now_ms += 1;
    ck_assert_uint_eq(fetch(tc, 10).count, 0);
    assert_state(id, ITG_COMMAND_SENT, "");
    step();
    assert_state(id, ITG_COMMAND_EXPIRED, "No answer from device");
    answer(tc, id, true, "late");
    assert_state(id, ITG_COMMAND_EXPIRED, "No answer from device");
    assert_state(lasting, ITG_COMMAND_SENT, "");
    ck_assert_uint_eq(fetch(other, 10).count, 1);
}
END_TEST

/* 1000 at a time. */
START_TEST(many_expire_in_several_steps)
{
    for (int i = 0; i < 1100; i++) {
        char mac[16];
        snprintf(mac, sizeof mac, "00E0C6%06X", (unsigned)i);
        queue(ITG_COMMAND_REBOOT, make_thinclient(mac, ITG_ROOT_THINCLIENTS, firmware));
    }
    fx.now_ms += DAY;
    ck_assert_int_le(step(), fx.now_ms);
    ck_assert_int_eq(count("SELECT count(*) FROM command WHERE state = 1"), 100);
    ck_assert_int_gt(step(), fx.now_ms);
    ck_assert_int_eq(count("SELECT count(*) FROM command WHERE state = 5"), 1100);
}
END_TEST

START_TEST(history_is_kept_for_90_days)
{
    int64_t id = queue(ITG_COMMAND_REBOOT, tc);
    fetch(tc, 10);
    answer(tc, id, true, "");
    fx.now_ms += 90 * DAY - 1;
    step();
    look(id);
    fx.now_ms += 1;
    step();
    assert_refused(itg_command_get(fx.itg, id, take_entry, NULL, &fx.failure), ITG_E_NO_HANDLER);
    ck_assert_int_gt(queue(ITG_COMMAND_REBOOT, tc), id);
}
END_TEST

START_TEST(the_last_100_are_kept)
{
    int64_t waiting = queue(ITG_COMMAND_SHUTDOWN, other);
    for (int i = 0; i < 110; i++) {
        int64_t id = queue(ITG_COMMAND_REBOOT, tc);
        fetch(tc, 10);
        answer(tc, id, true, "");
        assert_state(id, ITG_COMMAND_CONFIRMED, "OK");
    }
    ck_assert_int_eq(commands(), 101);
    assert_state(waiting, ITG_COMMAND_QUEUED, "");
    /* Open ones are never forgotten. */
    waiting = queue(ITG_COMMAND_SETTINGS2TC, tc);
    fetch(tc, 10);
    for (int i = 0; i < 110; i++) {
        int64_t id = queue(ITG_COMMAND_REBOOT, tc);
        fetch(tc, 10);
        answer(tc, id, true, "");
    }
    assert_state(waiting, ITG_COMMAND_SENT, "");
}
END_TEST

/* --- what is refused --- */

static void make_full(int64_t id)
{
    for (int i = 0; i < ITG__OPEN_COMMANDS; i++)
        queue(ITG_COMMAND_REBOOT, id);
}

START_TEST(what_cannot_be_queued_changes_nothing)
{
    int64_t binned = make_thinclient("00E0C5000003", ITG_ROOT_THINCLIENTS, firmware);
    int64_t full = make_thinclient("00E0C5000004", ITG_ROOT_THINCLIENTS, firmware);
    assert_ok(itg_bin_put(fx.itg, ITG_TYPE_THINCLIENT, binned, &fx.failure));
    make_full(full);
    const struct {
        itg_command_t command;
        int64_t ids[2];
        size_t count;
        int64_t expires_ms;
        itg_error_t code;
    } cases[] = {
        {ITG_COMMAND_WAKEUP, {tc}, 1, 0, ITG_E_INVALID_COMMAND},
        {ITG_COMMAND_FORGET, {tc}, 1, 0, ITG_E_INVALID_COMMAND},
        {(itg_command_t)0, {tc}, 1, 0, ITG_E_INVALID_COMMAND},
        {(itg_command_t)7, {tc}, 1, 0, ITG_E_INVALID_COMMAND},
        {(itg_command_t)-1, {tc}, 1, 0, ITG_E_INVALID_COMMAND},
        {ITG_COMMAND_REBOOT, {tc}, 0, 0, ITG_E_EMPTY_LIST},
        {ITG_COMMAND_REBOOT, {tc}, 1, FIXTURE_START_MS, ITG_E_INVALID_BODY},
        {ITG_COMMAND_REBOOT, {tc}, 1, -1, ITG_E_INVALID_BODY},
        {ITG_COMMAND_REBOOT, {tc, 4711}, 2, 0, ITG_E_THINCLIENT_NOT_FOUND},
        {ITG_COMMAND_REBOOT, {tc, -1}, 2, 0, ITG_E_THINCLIENT_NOT_FOUND},
        {ITG_COMMAND_REBOOT, {tc, binned}, 2, 0, ITG_E_THINCLIENT_IN_BIN},
        {ITG_COMMAND_REBOOT, {tc, full}, 2, 0, ITG_E_INVALID_BODY},
    };
    int64_t before = commands(), ids = count("SELECT value FROM sequence WHERE name = 'command'");
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        assert_code(itg_command_queue(fx.itg, cases[i].command, cases[i].ids, cases[i].count,
                                      cases[i].expires_ms, take_id, &(int64_t){0}, &fx.failure),
                    cases[i].code);
        ck_assert_int_eq(commands(), before);
        ck_assert_int_eq(count("SELECT value FROM sequence WHERE name = 'command'"), ids);
    }
    assert_code(itg_command_queue(NULL, ITG_COMMAND_REBOOT, &tc, 1, 0, NULL, NULL, &fx.failure),
                ITG_E_INVALID_BODY);
    assert_code(itg_command_queue(fx.itg, ITG_COMMAND_REBOOT, NULL, 1, 0, NULL, NULL, &fx.failure),
                ITG_E_INVALID_BODY);
    assert_ok(itg_command_queue(fx.itg, ITG_COMMAND_REBOOT, &tc, 1, 0, NULL, NULL, &fx.failure));
}
END_TEST

struct told {
    size_t count, stop_after;
    int64_t thinclients[8], commands[8];
};

static int32_t take_told(void *ctx, int64_t thinclient_id, int64_t command_id)
{
    struct told *told = ctx;
    told->thinclients[told->count] = thinclient_id;
    told->commands[told->count++] = command_id;
    return told->count == told->stop_after;
}

START_TEST(one_named_twice_is_queued_one_command)
{
    const int64_t ids[] = {other, tc, other, tc, other};
    struct told told = {.count = 0};
    assert_ok(itg_command_queue(fx.itg, ITG_COMMAND_REBOOT, ids, 5, 0, take_told, &told, &fx.failure));
    ck_assert_uint_eq(told.count, 5);
    for (size_t i = 0; i < 5; i++) {
        ck_assert_int_eq(told.thinclients[i], ids[i]);
        look(told.commands[i]);
        ck_assert_int_eq(entry.thinclient_id, ids[i]);
    }
    ck_assert_int_eq(commands(), 2);
    told = (struct told){.stop_after = 2};
    assert_ok(itg_command_queue(fx.itg, ITG_COMMAND_REBOOT, ids, 5, 0, take_told, &told, &fx.failure));
    ck_assert_uint_eq(told.count, 2);
    ck_assert_int_eq(commands(), 4);
}
END_TEST

START_TEST(a_group_that_is_rolled_back_queued_nothing)
{
    assert_ok(itg_begin(fx.itg, &fx.failure));
    queue(ITG_COMMAND_REBOOT, tc);
    assert_ok(itg_rollback(fx.itg, &fx.failure));
    ck_assert_int_eq(commands(), 0);
    assert_ok(itg_begin(fx.itg, &fx.failure));
    int64_t id = queue(ITG_COMMAND_REBOOT, tc);
    assert_ok(itg_commit(fx.itg, &fx.failure));
    assert_state(id, ITG_COMMAND_QUEUED, "");
}
END_TEST

/* --- history --- */

struct listed {
    size_t count, stop_after;
    int64_t ids[16];
};

static int32_t take_listed(void *ctx, const itg_command_entry_t *row)
{
    struct listed *listed = ctx;
    listed->ids[listed->count++] = row->id;
    return listed->count == listed->stop_after;
}

static struct listed list(int64_t id, int64_t before, size_t stop_after)
{
    struct listed listed = {.stop_after = stop_after};
    assert_ok(itg_command_history(fx.itg, id, before, take_listed, &listed, &fx.failure));
    return listed;
}

START_TEST(history_has_the_newest_first)
{
    int64_t a = queue(ITG_COMMAND_REBOOT, tc), b = queue(ITG_COMMAND_REBOOT, other),
            c = queue(ITG_COMMAND_SHUTDOWN, tc);
    struct listed listed = list(0, 0, 0);
    ck_assert_uint_eq(listed.count, 3);
    ck_assert_int_eq(listed.ids[0], c);
    ck_assert_int_eq(listed.ids[1], b);
    ck_assert_int_eq(listed.ids[2], a);
    listed = list(tc, 0, 0);
    ck_assert_uint_eq(listed.count, 2);
    ck_assert_int_eq(listed.ids[1], a);
    ck_assert_int_eq(list(tc, c, 0).ids[0], a);
    ck_assert_uint_eq(list(tc, a, 0).count, 0);
    ck_assert_uint_eq(list(0, 0, 1).count, 1);
    assert_refused(itg_command_history(fx.itg, 4711, 0, take_listed, &listed, &fx.failure),
                   ITG_E_THINCLIENT_NOT_FOUND);
    assert_refused(itg_command_history(fx.itg, tc, 0, NULL, NULL, &fx.failure), ITG_E_INVALID_BODY);
    assert_refused(itg_command_get(fx.itg, a, NULL, NULL, &fx.failure), ITG_E_INVALID_BODY);
    assert_refused(itg_command_get(fx.itg, c + 1, take_entry, NULL, &fx.failure), ITG_E_NO_HANDLER);
}
END_TEST

START_TEST(history_goes_with_its_thin_client)
{
    int64_t id = queue(ITG_COMMAND_REBOOT, tc), left = queue(ITG_COMMAND_REBOOT, other);
    assert_ok(itg_thinclient_delete(fx.itg, tc, &fx.failure));
    assert_refused(itg_command_get(fx.itg, id, take_entry, NULL, &fx.failure), ITG_E_NO_HANDLER);
    assert_state(left, ITG_COMMAND_QUEUED, "");
    ck_assert_int_gt(queue(ITG_COMMAND_REBOOT, other), left);
}
END_TEST

START_TEST(states_have_names)
{
    static const char *const names[] = {"", "queued", "sent", "confirmed", "failed", "expired", ""};
    for (int i = 0; i < (int)COUNT_OF(names); i++)
        ck_assert_str_eq(itg_command_state_name((itg_command_state_t)i), names[i]);
    ck_assert_str_eq(itg_command_state_name((itg_command_state_t)-1), "");
}
END_TEST

/* --- cancelling --- */

START_TEST(only_what_was_not_sent_can_be_cancelled)
{
    int64_t id = queue(ITG_COMMAND_REBOOT, tc);
    fx.now_ms += SECOND;
    assert_ok(itg_command_cancel(fx.itg, id, &fx.failure));
    assert_state(id, ITG_COMMAND_EXPIRED, "Cancelled");
    ck_assert_int_eq(entry.ended_ms, fx.now_ms);
    ck_assert_uint_eq(fetch(tc, 10).count, 0);
    assert_refused(itg_command_cancel(fx.itg, id, &fx.failure), ITG_E_INVALID_COMMAND);
    id = queue(ITG_COMMAND_REBOOT, tc);
    fetch(tc, 10);
    itg_failure_t why = {.code = ITG_OK};
    ck_assert_int_eq(itg_command_cancel(fx.itg, id, &why), ITG_E_INVALID_COMMAND);
    ck_assert_str_eq(why.detail, "the command is not queued any more: it is sent");
    ck_assert_str_eq(why.trace, "[itg_command_cancel]");
    assert_state(id, ITG_COMMAND_SENT, "");
    assert_refused(itg_command_cancel(fx.itg, id + 1, &fx.failure), ITG_E_NO_HANDLER);
    assert_refused(itg_command_cancel(fx.itg, 0, &fx.failure), ITG_E_NO_HANDLER);
}
END_TEST

/* --- who may --- */

START_TEST(commands_need_the_right_to_command)
{
    itg_t *ada = NULL, *vic = NULL;
    struct listed listed = {.count = 0};
    itg_failure_t *f = &fx.failure;
    int64_t id = 0;
    assert_ok(itg_user_create(fx.itg, "ada", ITG_ROLE_OPERATOR, "correct horse", NULL, f));
    assert_ok(itg_user_create(fx.itg, "vic", ITG_ROLE_VIEWER, "correct horse", NULL, f));
    assert_ok(itg_as(fx.itg, "ada", &ada, f));
    assert_ok(itg_as(fx.itg, "vic", &vic, f));
    assert_ok(itg_command_queue(ada, ITG_COMMAND_REBOOT, &tc, 1, 0, take_id, &id, f));
    look(id);
    ck_assert_str_eq(entry_actor, "ada");
    assert_refused(itg_command_queue(vic, ITG_COMMAND_REBOOT, &tc, 1, 0, NULL, NULL, f), ITG_E_ACCESS_DENIED);
    assert_refused(itg_command_cancel(vic, id, f), ITG_E_ACCESS_DENIED);
    assert_ok(itg_command_get(vic, id, take_entry, NULL, f));
    assert_ok(itg_command_history(vic, tc, 0, take_listed, &listed, f));
    ck_assert_uint_eq(listed.count, 1);
    assert_ok(itg_command_cancel(ada, id, f));
    itg_close(ada);
    itg_close(vic);
}
END_TEST

/* The rows of a thin client in a directory that is closed to her are left out. */
START_TEST(what_may_not_be_seen_is_left_out)
{
    itg_t *vic = NULL;
    struct listed listed = {.count = 0};
    itg_failure_t *f = &fx.failure;
    int64_t dir = make_directory(ITG_TYPE_THINCLIENT_DIRECTORY, "closed", ITG_ROOT_THINCLIENTS);
    int64_t hidden = make_thinclient("00E0C5000003", dir, firmware);
    assert_ok(itg_user_create(fx.itg, "vic", ITG_ROLE_OPERATOR, "correct horse", NULL, f));
    assert_ok(itg_access_set(fx.itg, dir, ITG_SUBJECT_USER, "vic", 0, ITG_RIGHTS_ALL, f));
    int64_t seen = queue(ITG_COMMAND_REBOOT, tc), unseen = queue(ITG_COMMAND_REBOOT, hidden);
    assert_ok(itg_as(fx.itg, "vic", &vic, f));
    assert_ok(itg_command_history(vic, 0, 0, take_listed, &listed, f));
    ck_assert_uint_eq(listed.count, 1);
    ck_assert_int_eq(listed.ids[0], seen);
    assert_refused(itg_command_get(vic, unseen, take_entry, NULL, f), ITG_E_ACCESS_DENIED);
    assert_refused(itg_command_history(vic, hidden, 0, take_listed, &listed, f), ITG_E_ACCESS_DENIED);
    assert_refused(itg_command_cancel(vic, unseen, f), ITG_E_ACCESS_DENIED);
    assert_refused(
        itg_command_queue(vic, ITG_COMMAND_REBOOT, (const int64_t[]){tc, hidden}, 2, 0, NULL, NULL, f),
        ITG_E_ACCESS_DENIED);
    itg_close(vic);
}
END_TEST

/* --- what other processes do --- */

static int32_t take_since(void *ctx, int64_t command_id, int64_t thinclient_id)
{
    struct told *told = ctx;
    return take_told(told, thinclient_id, command_id);
}

static struct told since(int64_t id, size_t stop_after)
{
    struct itg__tx tx;
    struct told told = {.stop_after = stop_after};
    assert_ok(itg__begin_read(fx.itg, "since", ITG__RIGHT_READ, &tx, &fx.failure));
    assert_ok(itg__end(&tx, itg__queue_since(&tx, id, take_since, &told)));
    return told;
}

START_TEST(what_was_queued_since_is_found)
{
    struct itg__tx tx;
    int64_t first = queue(ITG_COMMAND_REBOOT, tc), cancelled = queue(ITG_COMMAND_REBOOT, tc),
            last = queue(ITG_COMMAND_REBOOT, other), newest = 0;
    assert_ok(itg_command_cancel(fx.itg, cancelled, &fx.failure));
    struct told told = since(0, 0);
    ck_assert_uint_eq(told.count, 2);
    ck_assert_int_eq(told.commands[0], first);
    ck_assert_int_eq(told.thinclients[1], other);
    ck_assert_uint_eq(since(first, 0).count, 1);
    ck_assert_uint_eq(since(last, 0).count, 0);
    ck_assert_uint_eq(since(0, 1).count, 1);
    assert_ok(itg__begin_read(fx.itg, "newest", ITG__RIGHT_READ, &tx, &fx.failure));
    assert_ok(itg__end(&tx, itg__queue_newest(&tx, &newest)));
    ck_assert_int_eq(newest, last);
}
END_TEST

/* --- leaving --- */

START_TEST(who_confirms_to_reset_leaves)
{
    int64_t id = queue(ITG_COMMAND_TCRESET2FACDEFS, tc), failed = queue(ITG_COMMAND_TCRESET2FACDEFS, other);
    fetch(tc, 10);
    fetch(other, 10);
    answer(other, failed, false, "no");
    answer(tc, id, true, "");
    ck_assert_int_eq(count("SELECT count(*) FROM thinclient"), 1);
    ck_assert_int_eq(commands(), 1);
    assert_state(failed, ITG_COMMAND_FAILED, "no");
}
END_TEST

/* The process ended between the result and what follows from it. */
START_TEST(who_was_not_let_go_leaves_later)
{
    int64_t id = queue(ITG_COMMAND_TCRESET2FACDEFS, tc);
    fetch(tc, 10);
    tell(tc, id, true, "");
    fx.now_ms += MINUTE - 1;
    step();
    assert_state(id, ITG_COMMAND_CONFIRMED, "OK");
    fx.now_ms += 1;
    step();
    ck_assert_int_eq(count("SELECT count(*) FROM thinclient"), 1);
    ck_assert_int_eq(commands(), 0);
}
END_TEST

SUITE("queue", setup, a_command_is_queued_sent_and_confirmed,
      what_was_sent_is_handed_out_until_it_is_answered_oldest_first, results_that_fit_nothing_change_nothing,
      messages_are_strangers_texts, what_nobody_fetches_expires, what_is_not_answered_within_an_hour_expires,
      many_expire_in_several_steps, history_is_kept_for_90_days, the_last_100_are_kept,
      what_cannot_be_queued_changes_nothing, one_named_twice_is_queued_one_command,
      a_group_that_is_rolled_back_queued_nothing, history_has_the_newest_first,
      history_goes_with_its_thin_client, states_have_names, only_what_was_not_sent_can_be_cancelled,
      commands_need_the_right_to_command, what_may_not_be_seen_is_left_out, what_was_queued_since_is_found,
      who_confirms_to_reset_leaves, who_was_not_let_go_leaves_later)
