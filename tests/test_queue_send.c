/* Sending over the built-in link: the link is a table, the devices are a thread that fetches and answers. */
#include "core/core.h"
#include "core/queue.h"
#include "fixture.h"
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MINUTE ((int64_t)60 * 1000)

enum { LONG_MS = 20000, SHORT_MS = 30, DEVICES = 300 };

static int64_t firmware, tc[3];

/* --- the link --- */

static struct {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    int64_t online[DEVICES];
    int64_t work[100000]; /* thin clients that were told of work */
    size_t told, done;    /* of work[] */
    bool stop;
    pthread_t thread;
    int executed; /* commands, by all devices */
} link_;

static int32_t link_online(void *ctx, int64_t id)
{
    (void)ctx;
    for (size_t i = 0; i < DEVICES; i++)
        if (__atomic_load_n(&link_.online[i], __ATOMIC_RELAXED) == id)
            return -1; /* whatever is not 0 means yes */
    return 0;
}

static void link_work(void *ctx, const int64_t *ids, size_t count)
{
    (void)ctx;
    pthread_mutex_lock(&link_.lock);
    for (size_t i = 0; i < count && link_.told < COUNT_OF(link_.work); i++)
        link_.work[link_.told++] = ids[i];
    pthread_cond_signal(&link_.changed);
    pthread_mutex_unlock(&link_.lock);
}

static bool attach(int32_t wait_ms)
{
    const struct itg__builtin_link link = {.online = link_online, .work = link_work, .wait_ms = wait_ms};
    return itg__link_attach(fx.itg->fleet, &link);
}

/* --- the devices --- */

/* What a device does with a command. */
static bool (*behave)(int64_t thinclient_id, int64_t command_id, itg_command_t command,
                      const char **ret_message);

static bool obey(int64_t thinclient_id, int64_t command_id, itg_command_t command, const char **ret_message)
{
    (void)thinclient_id, (void)command_id, (void)command;
    *ret_message = "OK";
    return true;
}

struct fetched {
    size_t count;
    int64_t ids[ITG__OPEN_COMMANDS];
    itg_command_t commands[ITG__OPEN_COMMANDS];
};

static void take(void *ctx, int64_t id, itg_command_t command)
{
    struct fetched *fetched = ctx;
    fetched->ids[fetched->count] = id;
    fetched->commands[fetched->count++] = command;
}

/* Of its own handle and record: it runs beside the case. */
static struct fetched fetch_from(struct itg__fleet *fleet, int64_t id)
{
    struct itg__tx tx;
    itg_failure_t why = {.code = ITG_OK};
    struct fetched fetched = {.count = 0};
    itg_t host = {.fleet = fleet};
    itg_error_t err = itg__begin_write(&host, "fetch", ITG__RIGHT_WRITE, &tx, &why);
    if (!err)
        err = itg__end(&tx, itg__queue_deliver(&tx, id, ITG__OPEN_COMMANDS, take, &fetched));
    ck_assert_msg(!err, "%s %s", why.message, why.detail);
    return fetched;
}

static struct fetched fetch(int64_t id)
{
    return fetch_from(fx.itg->fleet, id);
}

static void answer_to(struct itg__fleet *fleet, int64_t id, int64_t command, bool done, const char *message)
{
    struct itg__tx tx;
    itg_failure_t why = {.code = ITG_OK};
    itg_t host = {.fleet = fleet};
    itg_error_t err = itg__begin_write(&host, "answer", ITG__RIGHT_WRITE, &tx, &why);
    if (!err)
        err = itg__end(&tx, itg__queue_result(&tx, id, command, done, message, NULL));
    ck_assert_msg(!err, "%s %s", why.message, why.detail);
    itg__queue_settled(fleet, id);
}

static void answer(int64_t id, int64_t command, bool done, const char *message)
{
    answer_to(fx.itg->fleet, id, command, done, message);
}

static void contact(int64_t id)
{
    struct fetched fetched = fetch(id);
    for (size_t i = 0; i < fetched.count; i++) {
        const char *message = "";
        __atomic_add_fetch(&link_.executed, 1, __ATOMIC_RELAXED);
        bool done = behave(id, fetched.ids[i], fetched.commands[i], &message);
        if (message)
            answer(id, fetched.ids[i], done, message);
    }
}

static int64_t next_work(void)
{
    int64_t id = 0;
    pthread_mutex_lock(&link_.lock);
    while (link_.done == link_.told && !link_.stop)
        pthread_cond_wait(&link_.changed, &link_.lock);
    if (link_.done < link_.told)
        id = link_.work[link_.done++];
    pthread_mutex_unlock(&link_.lock);
    return id;
}

static void *live(void *ctx)
{
    for (int64_t id = next_work(); id; id = next_work())
        contact(id);
    return ctx;
}

static void start_devices(bool (*how)(int64_t, int64_t, itg_command_t, const char **))
{
    behave = how;
    ck_assert_int_eq(pthread_create(&link_.thread, NULL, live, NULL), 0);
}

static void stop_devices(void)
{
    pthread_mutex_lock(&link_.lock);
    link_.stop = true;
    pthread_cond_signal(&link_.changed);
    pthread_mutex_unlock(&link_.lock);
    ck_assert_int_eq(pthread_join(link_.thread, NULL), 0);
}

/* --- the fleet --- */

static void setup(void)
{
    if (access("/dev/shm", W_OK) == 0) /* thousands of small transactions: no disk has to sync them */
        setenv("TMPDIR", "/dev/shm", 0);
    fixture_file();
    memset(&link_, 0, sizeof link_);
    pthread_mutex_init(&link_.lock, NULL);
    pthread_cond_init(&link_.changed, NULL);
    firmware = make_firmware("11.1");
    for (int i = 0; i < 3; i++) {
        char mac[16];
        snprintf(mac, sizeof mac, "00E0C500000%d", i);
        tc[i] = link_.online[i] = make_thinclient(mac, ITG_ROOT_THINCLIENTS, firmware);
    }
}

/* What a call reported. */
struct report {
    size_t count, successful;
    struct {
        int64_t id;
        bool successful;
        char message[300];
    } results[8];
};

static int32_t take_result(void *ctx, const itg_command_result_t *result)
{
    struct report *report = ctx;
    report->successful += result->successful != 0;
    if (report->count < COUNT_OF(report->results)) {
        report->results[report->count].id = result->id;
        report->results[report->count].successful = result->successful != 0;
        snprintf(report->results[report->count].message, sizeof report->results[0].message, "%s",
                 result->message);
    }
    report->count++;
    return 0;
}

static struct report send_to(itg_command_t command, const int64_t *ids, size_t count)
{
    struct report report = {.count = 0};
    itg_failure_t why = {.code = ITG_OK};
    itg_error_t err = itg_command_send(fx.itg, command, ids, count, take_result, &report, &why);
    ck_assert_msg(!err, "%s %s", why.message, why.detail);
    ck_assert_uint_eq(report.count, count);
    return report;
}

static struct report send_one(itg_command_t command, int64_t id)
{
    return send_to(command, &id, 1);
}

static void assert_result(const struct report *report, size_t i, int64_t id, bool successful,
                          const char *message)
{
    ck_assert_int_eq(report->results[i].id, id);
    ck_assert_str_eq(report->results[i].message, message);
    ck_assert_int_eq(report->results[i].successful, successful);
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

/* The newest commands of a thin client, "reboot confirmed OK\n" each. */
struct lines {
    char text[2000];
    size_t left;
};

static int32_t add_line(void *ctx, const itg_command_entry_t *entry)
{
    struct lines *lines = ctx;
    size_t length = strlen(lines->text);
    snprintf(lines->text + length, sizeof lines->text - length, "%s %s %s\n",
             itg_command_name(entry->command), itg_command_state_name(entry->state), entry->message);
    return --lines->left == 0;
}

static void assert_history(int64_t id, const char *wanted)
{
    struct lines lines = {.text = "", .left = 10};
    assert_ok(itg_command_history(fx.itg, id, 0, add_line, &lines, &fx.failure));
    ck_assert_str_eq(lines.text, wanted);
}

/* --- one sender --- */

static bool obey_but_one(int64_t thinclient_id, int64_t command_id, itg_command_t command,
                         const char **ret_message)
{
    (void)command_id, (void)command;
    *ret_message = thinclient_id == tc[1] ? "my disk is full" : "OK";
    return thinclient_id != tc[1];
}

START_TEST(everybody_answers)
{
    ck_assert(attach(LONG_MS));
    start_devices(obey_but_one);
    struct report report = send_to(ITG_COMMAND_REBOOT, (const int64_t[]){tc[2], tc[1], tc[2], tc[0]}, 4);
    stop_devices();
    assert_result(&report, 0, tc[2], true, "OK");
    assert_result(&report, 1, tc[1], false, "my disk is full");
    assert_result(&report, 2, tc[2], true, "OK");
    assert_result(&report, 3, tc[0], true, "OK");
    ck_assert_int_eq(link_.executed, 3);
    assert_history(tc[1], "reboot failed my disk is full\n");
    assert_history(tc[2], "reboot confirmed OK\n");
}
END_TEST

START_TEST(what_fails_at_once_is_history_too)
{
    ck_assert(attach(LONG_MS));
    const itg_value_t ip = {"lastIP", "127.0.0.1"};
    assert_ok(itg_thinclient_update(fx.itg, tc[1], &ip, 1, &fx.failure));
    link_.online[0] = link_.online[1] = 0;
    start_devices(obey);
    struct report report = send_to(ITG_COMMAND_REBOOT, tc, 3);
    stop_devices();
    assert_result(&report, 0, tc[0], false, "Found no IP address for device");
    assert_result(&report, 1, tc[1], false, "Device is offline");
    assert_result(&report, 2, tc[2], true, "OK");
    assert_history(tc[0], "reboot failed Found no IP address for device\n");
    assert_history(tc[1], "reboot failed Device is offline\n");
    assert_history(tc[2], "reboot confirmed OK\n");
    send_one(ITG_COMMAND_WAKEUP, tc[0]);
    assert_history(
        tc[0],
        "wakeup failed Found no IP address for device\nreboot failed Found no IP address for device\n");
    ck_assert_uint_eq(fetch(tc[0]).count, 0);
}
END_TEST

START_TEST(what_nobody_fetches_is_taken_back)
{
    ck_assert(attach(SHORT_MS));
    struct report report = send_one(ITG_COMMAND_REBOOT, tc[0]);
    assert_result(&report, 0, tc[0], false, "No answer from device");
    assert_history(tc[0], "reboot expired No answer from device\n");
    ck_assert_uint_eq(fetch(tc[0]).count, 0);
    ck_assert_uint_eq(link_.told, 1);
    ck_assert_int_eq(link_.work[0], tc[0]);
}
END_TEST

static void go_offline(void *ctx, const int64_t *ids, size_t n)
{
    link_work(ctx, ids, n);
    __atomic_store_n(&link_.online[0], 0, __ATOMIC_RELAXED);
}

START_TEST(who_goes_meanwhile_is_offline)
{
    const struct itg__builtin_link link = {.online = link_online, .work = go_offline, .wait_ms = SHORT_MS};
    ck_assert(itg__link_attach(fx.itg->fleet, &link));
    struct report report = send_one(ITG_COMMAND_REBOOT, tc[0]);
    assert_result(&report, 0, tc[0], false, "Device is offline");
    assert_history(tc[0], "reboot expired Device is offline\n");
}
END_TEST

static int64_t late_id;

static bool say_nothing(int64_t thinclient_id, int64_t command_id, itg_command_t command,
                        const char **ret_message)
{
    (void)thinclient_id, (void)command;
    late_id = command_id;
    *ret_message = NULL;
    return false;
}

/* FAILED was the answer, and remains what was answered; the history learns better. */
START_TEST(a_late_result_is_recorded)
{
    ck_assert(attach(200));
    start_devices(say_nothing);
    struct report report = send_one(ITG_COMMAND_SETTINGS2TC, tc[0]);
    stop_devices();
    assert_result(&report, 0, tc[0], false, "No answer from device");
    assert_history(tc[0], "settings2tc sent \n");
    answer(tc[0], late_id, true, "OK");
    assert_history(tc[0], "settings2tc confirmed OK\n");
}
END_TEST

/* --- several threads --- */

/* Sends in a thread of its own. */
struct sender {
    pthread_t thread;
    itg_command_t command;
    const int64_t *ids;
    size_t count;
    struct report report;
};

static void *send_thread(void *ctx)
{
    struct sender *sender = ctx;
    sender->report = send_to(sender->command, sender->ids, sender->count);
    return NULL;
}

static void start_sender(struct sender *sender, itg_command_t command, const int64_t *ids, size_t n)
{
    *sender = (struct sender){.command = command, .ids = ids, .count = n};
    ck_assert_int_eq(pthread_create(&sender->thread, NULL, send_thread, sender), 0);
}

static void join_sender(struct sender *sender)
{
    ck_assert_int_eq(pthread_join(sender->thread, NULL), 0);
}

START_TEST(a_command_that_is_cancelled_wakes_its_sender)
{
    struct sender sender;
    ck_assert(attach(LONG_MS));
    start_sender(&sender, ITG_COMMAND_REBOOT, tc, 1);
    ck_assert_int_eq(next_work(), tc[0]);
    assert_ok(itg_command_cancel(fx.itg, 1, &fx.failure));
    join_sender(&sender);
    assert_result(&sender.report, 0, tc[0], false, "Cancelled");
}
END_TEST

START_TEST(detaching_the_link_wakes_senders)
{
    struct sender sender;
    ck_assert(attach(LONG_MS));
    ck_assert(!attach(SHORT_MS));
    start_sender(&sender, ITG_COMMAND_REBOOT, tc, 1);
    ck_assert_int_eq(next_work(), tc[0]);
    itg__link_detach(fx.itg->fleet);
    join_sender(&sender);
    assert_result(&sender.report, 0, tc[0], false, "Device is offline");
    assert_history(tc[0], "reboot expired Device is offline\n");
    ck_assert(!itg_thinclient_online(fx.itg, tc[0]));
    ck_assert(attach(SHORT_MS));
    ck_assert(itg_thinclient_online(fx.itg, tc[0]));
}
END_TEST

/* The row goes with the thin client, but not before its sender has heard of it. */
START_TEST(who_leaves_is_heard)
{
    itg_failure_t *f = &fx.failure;
    struct report report = {.count = 0};
    ck_assert(attach(LONG_MS));
    start_devices(obey);
    assert_ok(itg_thinclient_delete_online(fx.itg, tc[0], take_result, &report, f));
    assert_result(&report, 0, tc[0], true, "OK");
    report = send_one(ITG_COMMAND_TCRESET2FACDEFS, tc[1]);
    stop_devices();
    assert_result(&report, 0, tc[1], true, "OK");
    ck_assert_int_eq(count("SELECT count(*) FROM thinclient"), 1);
    ck_assert_int_eq(count("SELECT count(*) FROM command"), 0);
}
END_TEST

START_TEST(who_does_not_forget_stays)
{
    struct report report = {.count = 0};
    ck_assert(attach(LONG_MS));
    start_devices(obey_but_one);
    assert_ok(itg_thinclient_delete_online(fx.itg, tc[1], take_result, &report, &fx.failure));
    stop_devices();
    assert_result(&report, 0, tc[1], false, "my disk is full");
    assert_history(tc[1], "forget failed my disk is full\n");
}
END_TEST

static size_t told(void)
{
    pthread_mutex_lock(&link_.lock);
    size_t count = link_.told;
    pthread_mutex_unlock(&link_.lock);
    return count;
}

/* Both get an answer of their own, and the thin client two commands. */
START_TEST(two_senders_to_one_thin_client)
{
    struct sender senders[2];
    ck_assert(attach(LONG_MS));
    start_sender(&senders[0], ITG_COMMAND_REBOOT, tc, 1);
    start_sender(&senders[1], ITG_COMMAND_SHUTDOWN, tc, 3);
    while (told() < 4)
        usleep(1000);
    start_devices(obey_but_one);
    join_sender(&senders[0]);
    join_sender(&senders[1]);
    stop_devices();
    assert_result(&senders[0].report, 0, tc[0], true, "OK");
    assert_result(&senders[1].report, 0, tc[0], true, "OK");
    assert_result(&senders[1].report, 1, tc[1], false, "my disk is full");
    assert_result(&senders[1].report, 2, tc[2], true, "OK");
    ck_assert_int_eq(link_.executed, 4);
}
END_TEST

START_TEST(a_thin_client_with_too_many_commands_fails_alone)
{
    ck_assert(attach(LONG_MS));
    for (int i = 0; i < ITG__OPEN_COMMANDS; i++)
        assert_ok(itg_command_queue(fx.itg, ITG_COMMAND_REBOOT, &tc[1], 1, 0, NULL, NULL, &fx.failure));
    link_.told = 0;
    start_devices(obey);
    struct report report = send_to(ITG_COMMAND_SHUTDOWN, tc, 3);
    stop_devices();
    assert_result(&report, 0, tc[0], true, "OK");
    assert_result(&report, 1, tc[1], false, "No answer from device");
    assert_result(&report, 2, tc[2], true, "OK");
}
END_TEST

/* --- races --- */

static int64_t began[20000]; /* by command id: how often a device began it */

static bool begin_once(int64_t thinclient_id, int64_t command_id, itg_command_t command,
                       const char **ret_message)
{
    (void)thinclient_id, (void)command;
    ck_assert_int_lt(command_id, (int64_t)COUNT_OF(began));
    began[command_id]++;
    *ret_message = "OK";
    return true;
}

struct tally {
    int64_t confirmed, expired;
};

static int32_t judge(void *ctx, const itg_command_entry_t *entry)
{
    struct tally *tally = ctx;
    bool confirmed = entry->state == ITG_COMMAND_CONFIRMED;
    ck_assert_msg(confirmed || entry->state == ITG_COMMAND_EXPIRED, "%s",
                  itg_command_state_name(entry->state));
    ck_assert_int_eq(began[entry->id], confirmed);
    tally->confirmed += confirmed;
    tally->expired += !confirmed;
    return 0;
}

/* The time to wait is that of a fetch, so that either may come first. Whatever expired was never begun; whatever was
 * begun was begun once and is confirmed, even if the sender did not wait for it. */
START_TEST(a_fetch_against_a_take_back)
{
    size_t successful = 0;
    struct tally tally = {0, 0};
    ck_assert(attach(1));
    start_devices(begin_once);
    for (int i = 0; i < 60; i++) {
        struct report report = send_to(ITG_COMMAND_REBOOT, tc, 3);
        successful += report.successful;
    }
    stop_devices();
    for (int i = 0; i < 3; i++)
        assert_ok(itg_command_history(fx.itg, tc[i], 0, judge, &tally, &fx.failure));
    ck_assert_int_eq(tally.confirmed + tally.expired, 180);
    ck_assert_uint_le(successful, (size_t)tally.confirmed);
}
END_TEST

static void *expire_all(void *ctx)
{
    itg_t host = {.fleet = fx.itg->fleet};
    while (!__atomic_load_n((bool *)ctx, __ATOMIC_RELAXED))
        ck_assert_int_eq(itg_step(&host, NULL, NULL), ITG_OK);
    return NULL;
}

/* The clock stands at the end of all of them: results and the expiry come at the same moment. */
START_TEST(a_result_against_the_expiry)
{
    bool stop = false;
    pthread_t expirer;
    int64_t ids[50];
    for (size_t i = 0; i < COUNT_OF(ids); i++) {
        assert_ok(itg_command_queue(fx.itg, ITG_COMMAND_REBOOT, &tc[0], 1, 0, NULL, NULL, &fx.failure));
        ids[i] = (int64_t)i + 1;
    }
    ck_assert_uint_eq(fetch(tc[0]).count, COUNT_OF(ids));
    __atomic_store_n(&fx.now_ms, fx.now_ms + 24 * 60 * MINUTE, __ATOMIC_RELAXED);
    ck_assert_int_eq(pthread_create(&expirer, NULL, expire_all, &stop), 0);
    for (size_t i = 0; i < COUNT_OF(ids); i++)
        answer(tc[0], ids[i], true, "OK");
    __atomic_store_n(&stop, true, __ATOMIC_RELAXED);
    ck_assert_int_eq(pthread_join(expirer, NULL), 0);
    ck_assert_int_eq(
        count("SELECT count(*) FROM command WHERE state = 3 AND message = 'OK'") +
            count("SELECT count(*) FROM command WHERE state = 5 AND message = 'No answer from device'"),
        50);
}
END_TEST

static void *detach_often(void *ctx)
{
    while (!__atomic_load_n((bool *)ctx, __ATOMIC_RELAXED)) {
        itg__link_detach(fx.itg->fleet);
        attach(LONG_MS);
    }
    return NULL;
}

START_TEST(the_link_comes_and_goes_while_commands_are_sent)
{
    bool stop = false;
    pthread_t detacher;
    ck_assert(attach(LONG_MS));
    start_devices(begin_once);
    ck_assert_int_eq(pthread_create(&detacher, NULL, detach_often, &stop), 0);
    for (int i = 0; i < 20; i++)
        send_to(ITG_COMMAND_REBOOT, tc, 3);
    __atomic_store_n(&stop, true, __ATOMIC_RELAXED);
    ck_assert_int_eq(pthread_join(detacher, NULL), 0);
    stop_devices();
    ck_assert_int_eq(count("SELECT count(*) FROM command WHERE ended = 0"), 0);
}
END_TEST

/* One transaction queues all of them, and whoever has answered is not looked at again. */
START_TEST(many_thin_clients_at_once)
{
    static int64_t ids[DEVICES];
    for (int i = 0; i < DEVICES; i++) {
        char mac[16];
        snprintf(mac, sizeof mac, "00E0C6%06X", (unsigned)i);
        ids[i] = link_.online[i] = make_thinclient(mac, ITG_ROOT_THINCLIENTS, firmware);
    }
    ck_assert(attach(LONG_MS));
    start_devices(obey);
    struct report report = send_to(ITG_COMMAND_REBOOT, ids, DEVICES);
    stop_devices();
    ck_assert_uint_eq(report.successful, DEVICES);
    ck_assert_int_eq(link_.executed, DEVICES);
    ck_assert_int_eq(count("SELECT count(*) FROM command WHERE state = 3"), DEVICES);
}
END_TEST

/* --- another process serves --- */

/* As the other process does: on a fleet of its own. */
static void *serve_elsewhere(void *ctx)
{
    struct itg__fleet *fleet = ((itg_t *)ctx)->fleet;
    struct fetched fetched = {.count = 0};
    while (fetched.count == 0) {
        usleep(1000);
        fetched = fetch_from(fleet, tc[0]);
    }
    answer_to(fleet, tc[0], fetched.ids[0], true, "done elsewhere");
    return NULL;
}

START_TEST(results_of_another_process_are_looked_for)
{
    itg_options_t options = fixture_options();
    itg_t *there = NULL;
    pthread_t server;
    itg_delivery_t deliveries[] = {{.id = tc[0], .command = ITG_COMMAND_REBOOT, .mac = "", .last_ip = ""}};
    assert_ok(itg_open(fx.path, &options, &there, &fx.failure));
    ck_assert_int_eq(pthread_create(&server, NULL, serve_elsewhere, there), 0);
    assert_ok(itg__queue_send(fx.itg->fleet, 0, deliveries, 1, LONG_MS, &fx.failure));
    ck_assert_int_eq(pthread_join(server, NULL), 0);
    ck_assert_int_eq(deliveries[0].done, 1);
    ck_assert_str_eq(deliveries[0].message, "done elsewhere");
    itg_close(there);
}
END_TEST

/* --- the host's own link --- */

static int32_t host_online(void *ctx, int64_t id)
{
    (void)ctx;
    return id == tc[0];
}

static void host_send(void *ctx, itg_delivery_t *deliveries, size_t n)
{
    (void)ctx;
    for (size_t i = 0; i < n; i++)
        deliveries[i].done = 1;
}

START_TEST(with_the_hosts_own_link_there_is_no_history)
{
    const itg_link_t own = {.size = sizeof own, .online = host_online, .send = host_send};
    itg_options_t options = fixture_options();
    itg_close(fx.itg);
    options.link = &own;
    assert_ok(itg_open(fx.path, &options, &fx.itg, &fx.failure));
    ck_assert(!attach(SHORT_MS));
    struct report report = send_to(ITG_COMMAND_REBOOT, tc, 2);
    assert_result(&report, 0, tc[0], true, "OK");
    assert_result(&report, 1, tc[1], false, "Found no IP address for device");
    ck_assert_int_eq(count("SELECT count(*) FROM command"), 0);
}
END_TEST

START_TEST(without_a_link_there_is_no_history)
{
    struct report report = send_to(ITG_COMMAND_REBOOT, tc, 1);
    assert_result(&report, 0, tc[0], false, "Found no IP address for device");
    send_to(ITG_COMMAND_WAKEUP, tc, 1);
    ck_assert_int_eq(count("SELECT count(*) FROM command"), 0);
}
END_TEST

/* --- restarts --- */

static void restart(void)
{
    itg_options_t options = fixture_options();
    itg_close(fx.itg);
    assert_ok(itg_open(fx.path, &options, &fx.itg, &fx.failure));
}

START_TEST(every_state_outlives_a_restart)
{
    int64_t now_ms = fx.now_ms;
    for (int i = 0; i < 5; i++)
        assert_ok(
            itg_command_queue(fx.itg, ITG_COMMAND_REBOOT, &tc[i < 4 ? 0 : 1], 1, 0, NULL, NULL, &fx.failure));
    restart();
    assert_ok(itg_command_cancel(fx.itg, 4, &fx.failure));
    ck_assert_uint_eq(fetch(tc[0]).count, 3);
    restart();
    ck_assert_uint_eq(fetch(tc[0]).count, 3); /* handed out again: its answer may have got lost */
    answer(tc[0], 1, true, "OK");
    answer(tc[0], 2, false, "no");
    restart();
    assert_history(tc[0], "reboot expired Cancelled\nreboot sent \nreboot failed no\nreboot confirmed OK\n");
    assert_history(tc[1], "reboot queued \n");
    answer(tc[0], 1, false, "twice");
    answer(tc[0], 3, true, "after the restart");
    assert_history(tc[0], "reboot expired Cancelled\nreboot confirmed after the restart\nreboot failed no\n"
                          "reboot confirmed OK\n");
    ck_assert_int_eq(fx.now_ms, now_ms);
}
END_TEST

/* The server died while it waited: nobody takes the command back, but it is not done later either. */
START_TEST(what_a_dead_server_sent_is_not_done_later)
{
    struct itg__tx tx;
    itg_t host = {.fleet = fx.itg->fleet};
    bool added = false;
    struct itg__queue_row row = {.thinclient_id = tc[0],
                                 .command = ITG_COMMAND_REBOOT,
                                 .state = ITG_COMMAND_QUEUED,
                                 .expires_ms = fx.now_ms + 3000,
                                 .message = ""};
    assert_ok(itg__begin_write(&host, "died", ITG__RIGHT_WRITE, &tx, &fx.failure));
    assert_ok(itg__queue_ids(&tx, 1, &row.id));
    assert_ok(itg__end(&tx, itg__queue_add(&tx, &row, &added)));
    restart();
    fx.now_ms += 3000;
    ck_assert_uint_eq(fetch(tc[0]).count, 0);
    assert_ok(itg_step(fx.itg, NULL, &fx.failure));
    assert_history(tc[0], "reboot expired Device is offline\n");
}
END_TEST

SUITE("queue_send", setup, everybody_answers, what_fails_at_once_is_history_too,
      what_nobody_fetches_is_taken_back, who_goes_meanwhile_is_offline, a_late_result_is_recorded,
      a_command_that_is_cancelled_wakes_its_sender, detaching_the_link_wakes_senders, who_leaves_is_heard,
      who_does_not_forget_stays, two_senders_to_one_thin_client,
      a_thin_client_with_too_many_commands_fails_alone, a_fetch_against_a_take_back,
      a_result_against_the_expiry, the_link_comes_and_goes_while_commands_are_sent, many_thin_clients_at_once,
      results_of_another_process_are_looked_for, with_the_hosts_own_link_there_is_no_history,
      without_a_link_there_is_no_history, every_state_outlives_a_restart,
      what_a_dead_server_sent_is_not_done_later)
