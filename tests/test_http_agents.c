/* The host's side of thin clients that wait: the functions of itg/agent.h are a fake here, which waits, wakes and is
 * abandoned in the order a case wants. */
#include "http_fixture.h"
#include <itg/agent.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define DIRECTORIES "/directories/tcdirectories"

/* What the fake answers with: answers of IMI that cannot be mistaken for each other. */
#define AT_ONCE "FwResource"
#define WAITED  "[]"

enum { MAX_BODY = 1 << 20 };

/* ---- the fake ---- */

struct itg_agents_wait {
    itg_agents_wake_fn wake;
    void *ctx;
    bool woken, abandoned;
    struct itg_agents_wait *next;
};

struct itg_agents {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct itg_agents_wait *waits; /* newest first */
    bool down;
    bool shut;        /* handle() does not go on */
    bool eager;       /* wake() comes before handle() has returned */
    bool late;        /* abandon() leaves the wake to others */
    bool hard_upkeep; /* step() fails */
    int handled, refused_wait, parked, finished, abandoned, abandoned_finished, steps;
    size_t last_body;
};

static struct itg_agents fake = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};

int32_t __wrap_itg_agents_wants(const itg_agents_t *agents, const char *target);
size_t __wrap_itg_agents_max_body(const itg_agents_t *agents);
itg_imi_response_t *__wrap_itg_agents_handle(itg_agents_t *agents, const itg_imi_request_t *request,
                                             itg_agents_wake_fn wake, void *ctx,
                                             itg_agents_wait_t **ret_wait);
itg_imi_response_t *__wrap_itg_agents_finish(itg_agents_t *agents, itg_agents_wait_t *wait);
void __wrap_itg_agents_abandon(itg_agents_t *agents, itg_agents_wait_t *wait);
void __wrap_itg_agents_wake_all(itg_agents_t *agents);
itg_error_t __wrap_itg_agents_step(itg_agents_t *agents, int64_t *ret_next_ms, itg_failure_t *failure);
itg_imi_response_t *__wrap_itg_agents_refuse_body(itg_agents_t *agents);
itg_imi_response_t *__wrap_itg_agents_refuse_busy(itg_agents_t *agents);

static itg_imi_response_t *imi_answer(const char *target)
{
    const itg_imi_request_t request = {.size = sizeof request, .method = "GET", .target = target};
    return itg_imi_handle(hf.imi, &request);
}

int32_t __wrap_itg_agents_wants(const itg_agents_t *agents, const char *target)
{
    (void)agents;
    return strncmp(target, "/agent/", 7) == 0;
}

size_t __wrap_itg_agents_max_body(const itg_agents_t *agents)
{
    (void)agents;
    return MAX_BODY;
}

/* Under the lock, which wake() must allow. */
static void wake_one(struct itg_agents_wait *wait)
{
    if (wait->woken)
        return;
    wait->woken = true;
    wait->wake(wait->ctx);
}

static void *wake_from_elsewhere(void *arg)
{
    pthread_mutex_lock(&fake.lock);
    wake_one(arg);
    pthread_mutex_unlock(&fake.lock);
    return NULL;
}

static struct itg_agents_wait *new_wait(itg_agents_wake_fn wake, void *ctx)
{
    struct itg_agents_wait *wait = calloc(1, sizeof *wait);
    ck_assert_ptr_nonnull(wait);
    *wait = (struct itg_agents_wait){.wake = wake, .ctx = ctx, .next = fake.waits};
    fake.waits = wait;
    fake.parked++;
    pthread_cond_broadcast(&fake.changed);
    return wait;
}

itg_imi_response_t *__wrap_itg_agents_handle(itg_agents_t *agents, const itg_imi_request_t *request,
                                             itg_agents_wake_fn wake, void *ctx, itg_agents_wait_t **ret_wait)
{
    ck_assert_ptr_eq(agents, &fake);
    bool wants_to_wait = strcmp(request->target, "/agent/v1/wait") == 0;
    *ret_wait = NULL;
    pthread_mutex_lock(&fake.lock);
    fake.handled++;
    fake.last_body = request->body_size;
    pthread_cond_broadcast(&fake.changed);
    while (fake.shut)
        pthread_cond_wait(&fake.changed, &fake.lock);
    fake.refused_wait += wants_to_wait && !wake;
    if (!wants_to_wait || !wake || fake.down) {
        pthread_mutex_unlock(&fake.lock);
        return imi_answer("/umsapi/v3/firmwares");
    }
    bool eager = fake.eager;
    struct itg_agents_wait *wait = new_wait(wake, ctx);
    *ret_wait = wait;
    pthread_mutex_unlock(&fake.lock);
    if (eager) {
        pthread_t thread;
        ck_assert_int_eq(pthread_create(&thread, NULL, wake_from_elsewhere, wait), 0);
        pthread_join(thread, NULL);
    }
    return NULL;
}

itg_imi_response_t *__wrap_itg_agents_finish(itg_agents_t *agents, itg_agents_wait_t *wait)
{
    pthread_mutex_lock(&agents->lock);
    ck_assert(wait->woken);
    struct itg_agents_wait **at = &agents->waits;
    while (*at != wait)
        at = &(*at)->next;
    *at = wait->next;
    agents->finished++;
    agents->abandoned_finished += wait->abandoned;
    pthread_cond_broadcast(&agents->changed);
    pthread_mutex_unlock(&agents->lock);
    free(wait);
    return imi_answer("/umsapi/v3" DIRECTORIES);
}

void __wrap_itg_agents_abandon(itg_agents_t *agents, itg_agents_wait_t *wait)
{
    pthread_mutex_lock(&agents->lock);
    ck_assert(!wait->abandoned);
    wait->abandoned = true;
    agents->abandoned++;
    if (!agents->late)
        wake_one(wait);
    pthread_cond_broadcast(&agents->changed);
    pthread_mutex_unlock(&agents->lock);
}

static void wake_everyone(bool down)
{
    pthread_mutex_lock(&fake.lock);
    fake.down |= down;
    for (struct itg_agents_wait *wait = fake.waits; wait; wait = wait->next)
        wake_one(wait);
    pthread_mutex_unlock(&fake.lock);
}

void __wrap_itg_agents_wake_all(itg_agents_t *agents)
{
    ck_assert_ptr_eq(agents, &fake);
    wake_everyone(true);
}

itg_error_t __wrap_itg_agents_step(itg_agents_t *agents, int64_t *ret_next_ms, itg_failure_t *failure)
{
    (void)failure;
    pthread_mutex_lock(&agents->lock);
    bool fails = agents->hard_upkeep;
    *ret_next_ms = agents->steps % 2 ? -1 : 0;
    agents->steps++;
    pthread_cond_broadcast(&agents->changed);
    pthread_mutex_unlock(&agents->lock);
    return fails ? ITG_E_DATABASE : ITG_OK;
}

itg_imi_response_t *__wrap_itg_agents_refuse_body(itg_agents_t *agents)
{
    ck_assert_ptr_eq(agents, &fake);
    return itg_imi_refuse_body(hf.imi);
}

itg_imi_response_t *__wrap_itg_agents_refuse_busy(itg_agents_t *agents)
{
    ck_assert_ptr_eq(agents, &fake);
    return itg_imi_refuse_busy(hf.imi);
}

/* ---- helpers ---- */

static void setup(void)
{
    http_file();
    hf.options.agents = &fake;
}

static int at_least(const int *counter, int wanted)
{
    pthread_mutex_lock(&fake.lock);
    while (*counter < wanted)
        pthread_cond_wait(&fake.changed, &fake.lock); /* Check's own limit ends a case that hangs */
    int value = *counter;
    pthread_mutex_unlock(&fake.lock);
    return value;
}

static int parked(void)
{
    return at_least(&fake.parked, 0);
}

static void shut(bool on)
{
    pthread_mutex_lock(&fake.lock);
    fake.shut = on;
    pthread_cond_broadcast(&fake.changed);
    pthread_mutex_unlock(&fake.lock);
}

static void ask_agent(int fd, const char *path)
{
    send_text(fd, "POST /agent/v1/%s HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n{}", path);
}

/* A check-in that waits. */
static int wait_here(void)
{
    int fd = dial();
    int before = parked();
    ask_agent(fd, "wait");
    at_least(&fake.parked, before + 1);
    return fd;
}

static void stop(void)
{
    http_stop();
    ck_assert_ptr_null(fake.waits);
    ck_assert_int_eq(fake.finished, fake.parked);
}

/* ---- answers ---- */

START_TEST(requests_go_where_they_belong)
{
    http_start();
    int fd = dial();
    ask_agent(fd, "now");
    expect(fd, 200, AT_ONCE);
    ck_assert_uint_eq(fake.last_body, 2);
    send_request(fd, "GET", DIRECTORIES, NULL);
    expect(fd, 200, WAITED);
    send_text(fd, "GET /agents HTTP/1.1\r\nHost: h\r\n\r\n");
    expect(fd, 400, "ITG-0B006");
    send_text(fd, "GET http://h/agent/v1/now HTTP/1.1\r\n\r\n");
    expect(fd, 200, AT_ONCE);
    ck_assert_int_eq(fake.handled, 2);
    hang_up(fd);
    stop();
}
END_TEST

START_TEST(without_agents_their_paths_are_unknown)
{
    hf.options.agents = NULL;
    http_start();
    int fd = dial();
    ask_agent(fd, "now");
    expect(fd, 404, NULL);
    hang_up(fd);
    stop();
    ck_assert_int_eq(fake.handled + fake.steps, 0);
}
END_TEST

START_TEST(a_check_in_waits_and_is_answered)
{
    http_start();
    int fd = wait_here(), other = wait_here();
    for (int i = 0; i < 3; i++) {
        char byte;
        ck_assert_int_lt(recv(fd, &byte, 1, MSG_DONTWAIT), 0);
        wake_everyone(false);
        expect(fd, 200, WAITED);
        expect(other, 200, WAITED);
        ask_agent(fd, "wait");
        ask_agent(other, "wait");
        at_least(&fake.parked, 2 * (i + 2));
    }
    wake_everyone(false);
    expect(fd, 200, WAITED);
    expect(other, 200, WAITED);
    hang_up(fd);
    hang_up(other);
    ck_assert_int_eq(fake.abandoned, 0);
    stop();
}
END_TEST

START_TEST(wake_may_come_before_the_wait_has_begun)
{
    fake.eager = true;
    http_start();
    int fd = dial();
    for (int i = 0; i < 100; i++) {
        ask_agent(fd, "wait");
        expect(fd, 200, WAITED);
    }
    hang_up(fd);
    stop();
    ck_assert_int_eq(fake.finished, 100);
}
END_TEST

START_TEST(waiting_is_not_idling)
{
    hf.options.idle_timeout_s = 1;
    http_start();
    int fd = wait_here();
    sleep_ms(1800);
    wake_everyone(false);
    expect(fd, 200, WAITED);
    hang_up(fd);
    stop();
}
END_TEST

START_TEST(upkeep_goes_on_whatever_it_says)
{
    http_start();
    at_least(&fake.steps, 5);
    pthread_mutex_lock(&fake.lock);
    fake.hard_upkeep = true;
    int steps = fake.steps;
    pthread_mutex_unlock(&fake.lock);
    at_least(&fake.steps, steps + 3);
    stop();
}
END_TEST

/* ---- clients that go away ---- */

static void half_close(int fd)
{
    ck_assert_int_eq(shutdown(fd, SHUT_WR), 0);
    char byte;
    while (recv(fd, &byte, 1, 0) > 0)
        ;
    hang_up(fd);
}

static void speak_and_leave(int fd)
{
    send_text(fd, "POST /agent/v1/now HTTP/1.1\r\n");
    hang_up(fd);
}

static void (*const ways_to_go[])(int fd) = {hang_up, slam, half_close, speak_and_leave};

START_TEST(a_client_that_goes_away_is_noticed)
{
    http_start();
    int stays = wait_here();
    for (size_t i = 0; i < 5 * COUNT_OF(ways_to_go); i++) {
        int fd = wait_here();
        ways_to_go[i % COUNT_OF(ways_to_go)](fd);
        at_least(&fake.abandoned, (int)i + 1);
        at_least(&fake.abandoned_finished, (int)i + 1);
    }
    wake_everyone(false);
    expect(stays, 200, WAITED);
    hang_up(stays);
    stop();
}
END_TEST

/* The request comes to the workers only after the client has gone. */
START_TEST(a_client_that_went_before_it_waited_is_noticed)
{
    http_start();
    shut(true);
    for (size_t i = 0; i < COUNT_OF(ways_to_go) - 2; i++) {
        int fd = dial();
        ask_agent(fd, "wait");
        at_least(&fake.handled, (int)i + 1);
        ways_to_go[i](fd);
    }
    shut(false);
    at_least(&fake.abandoned_finished, COUNT_OF(ways_to_go) - 2);
    stop();
}
END_TEST

START_TEST(an_abandoned_wait_may_be_woken_later)
{
    fake.late = true;
    http_start();
    slam(wait_here());
    at_least(&fake.abandoned, 1);
    int fd = wait_here();
    ck_assert_int_eq(fake.finished, 0);
    wake_everyone(false);
    expect(fd, 200, WAITED);
    at_least(&fake.abandoned_finished, 1);
    hang_up(fd);
    slam(wait_here());
    at_least(&fake.abandoned, 2);
    stop(); /* wakes it */
    ck_assert_int_eq(fake.abandoned_finished, 2);
}
END_TEST

static atomic_bool enough;

static void *wake_all_the_time(void *arg)
{
    (void)arg;
    while (!atomic_load(&enough)) {
        wake_everyone(false);
        sleep_ms(1);
    }
    return NULL;
}

static void *come_and_go(void *arg)
{
    unsigned int seed = *(unsigned int *)arg;
    for (int i = 0; i < 60; i++) {
        int fd = dial();
        ask_agent(fd, "wait");
        unsigned int way = seed++ % 5;
        sleep_ms((int)(seed % 3));
        if (way == 4) {
            expect(fd, 200, WAITED);
            hang_up(fd);
        } else if (way < 2) {
            ways_to_go[way](fd);
        } else {
            send_text(fd, "GET /agent/v1/now HTTP/1.1\r\nHost: h\r\n\r\n");
            expect(fd, 200, WAITED);
            ways_to_go[way - 2](fd);
        }
    }
    return NULL;
}

START_TEST(going_and_waking_may_come_together)
{
    enum { THREADS = 6 };
    pthread_t threads[THREADS], waker;
    unsigned int seeds[THREADS];
    for (int round = 0; round < 2; round++) {
        fake.eager = round == 1;
        atomic_store(&enough, false);
        fake.down = false;
        http_start();
        ck_assert_int_eq(pthread_create(&waker, NULL, wake_all_the_time, NULL), 0);
        for (int i = 0; i < THREADS; i++) {
            seeds[i] = (unsigned int)i;
            ck_assert_int_eq(pthread_create(&threads[i], NULL, come_and_go, &seeds[i]), 0);
        }
        for (int i = 0; i < THREADS; i++)
            pthread_join(threads[i], NULL);
        atomic_store(&enough, true);
        pthread_join(waker, NULL);
        stop();
    }
}
END_TEST

/* ---- many ---- */

static int count_threads(void)
{
    char line[128];
    int count = 0;
    FILE *file = fopen("/proc/self/status", "r");
    ck_assert_ptr_nonnull(file);
    while (fgets(line, sizeof line, file))
        if (strncmp(line, "Threads:", 8) == 0)
            count = (int)strtol(line + 8, NULL, 10);
    fclose(file);
    return count;
}

START_TEST(a_thousand_wait_without_a_thread)
{
    enum { WAITERS = 1000 };
    static int fds[WAITERS];
    hf.options.workers = 4;
    http_start();
    int before = count_threads();
    for (int i = 0; i < WAITERS; i++) {
        fds[i] = dial();
        ask_agent(fds[i], "wait");
        if (i % 100 == 99) /* more than the queue holds would be refused */
            at_least(&fake.parked, i + 1);
    }
    ck_assert_int_le(count_threads() - before, 4);
    for (int i = 0; i < WAITERS; i += 4)
        slam(fds[i]);
    at_least(&fake.abandoned_finished, WAITERS / 4);
    ask_once("PUT", DIRECTORIES, "{\"name\":\"a\"}", 200, "\"name\":\"a\"");
    wake_everyone(false);
    for (int i = 0; i < WAITERS; i++) {
        if (i % 4 == 0)
            continue;
        expect(fds[i], 200, "\"name\":\"a\"");
        hang_up(fds[i]);
    }
    stop();
}
END_TEST

START_TEST(waiters_leave_a_quarter_of_the_connections)
{
    hf.options.max_connections = 16;
    http_start();
    int fds[12];
    for (size_t i = 0; i < COUNT_OF(fds); i++)
        fds[i] = wait_here();
    /* More than half of the connections are open: it is closed after its answer. */
    int extra = dial();
    ask_agent(extra, "wait");
    expect(extra, 200, AT_ONCE);
    expect_end(extra);
    hang_up(extra);
    ck_assert_int_eq(fake.refused_wait, 1);
    int imi = dial();
    for (int i = 0; i < 2; i++) {
        send_request(imi, "GET", DIRECTORIES, NULL);
        expect(imi, 200, WAITED);
    }
    hang_up(fds[0]);
    at_least(&fake.abandoned_finished, 1);
    fds[0] = dial();
    for (int waiting = 11; waiting < 12;) { /* the seat is free a moment after the finish */
        ask_agent(fds[0], "wait");
        sleep_ms(5);
        char byte;
        waiting += recv(fds[0], &byte, 1, MSG_DONTWAIT | MSG_PEEK) < 0 && parked() == 13;
        if (waiting < 12) {
            expect(fds[0], 200, AT_ONCE);
            hang_up(fds[0]);
            fds[0] = dial();
        }
    }
    wake_everyone(false);
    for (size_t i = 0; i < COUNT_OF(fds); i++) {
        expect(fds[i], 200, WAITED);
        hang_up(fds[i]);
    }
    hang_up(imi);
    stop();
}
END_TEST

START_TEST(a_flood_of_check_ins_does_not_hold_imi_up)
{
    /* Three quarters of the connections, and one more, may wait for a worker. */
    enum { CONNECTIONS = 320, QUEUE = 241, FLOOD = 300, WORKERS = 2 };
    static int fds[FLOOD];
    hf.options.workers = WORKERS;
    hf.options.max_connections = CONNECTIONS;
    http_start();
    shut(true);
    for (int i = 0; i < FLOOD; i++) {
        fds[i] = dial();
        ask_agent(fds[i], "now");
    }
    for (int i = 0; i < 5; i++)
        ask_once("PUT", DIRECTORIES, "{\"name\":\"a\"}", 200, "\"name\":\"a\"");
    sleep_ms(200);
    shut(false);
    int busy = 0;
    for (int i = 0; i < FLOOD; i++) {
        struct answer answer;
        read_answer(fds[i], &answer);
        ck_assert(answer.status == 200 || answer.status == 503);
        busy += answer.status == 503;
        if (answer.status == 503) {
            ck_assert_ptr_nonnull(strstr(answer.body, "ITG-FF004"));
            ck_assert_ptr_nonnull(answer_header(&answer, "Retry-After"));
        }
        answer_dispose(&answer);
        hang_up(fds[i]);
    }
    ck_assert_int_eq(busy, FLOOD - QUEUE - WORKERS);
    stop();
}
END_TEST

START_TEST(imi_that_waits_does_not_hold_check_ins_up)
{
    enum { REQUESTS = 300 };
    static int fds[REQUESTS];
    hf.options.workers = 2;
    http_start();
    assert_ok(itg_begin(fx.itg, &fx.failure));
    for (int i = 0; i < REQUESTS; i++) {
        fds[i] = dial();
        send_request(fds[i], "PUT", DIRECTORIES, "{\"name\":\"a\"}");
    }
    int fd = dial();
    for (int i = 0; i < 5; i++) {
        ask_agent(fd, "now");
        expect(fd, 200, AT_ONCE);
        slam(wait_here());
        at_least(&fake.abandoned_finished, i + 1);
    }
    hang_up(fd);
    assert_ok(itg_rollback(fx.itg, &fx.failure));
    for (int i = 0; i < REQUESTS; i++) {
        struct answer answer;
        read_answer(fds[i], &answer);
        ck_assert(answer.status == 200 || answer.status == 503);
        answer_dispose(&answer);
        hang_up(fds[i]);
    }
    stop();
}
END_TEST

/* ---- bodies ---- */

START_TEST(large_reports_are_refused_early)
{
    http_start();
    int fd = dial();
    /* Said before it is sent. */
    send_text(fd, "POST /agent/v1/now HTTP/1.1\r\nHost: h\r\nContent-Length: 104857600\r\n\r\n");
    expect(fd, 413, "ITG-0A004");
    hang_up(fd);
    fd = dial();
    send_text(fd, "POST /agent/v1/now HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\n"
                  "Content-Length: 104857600\r\n\r\n");
    expect(fd, 413, "ITG-0A004");
    hang_up(fd);
    /* Not said: refused where it is too much. */
    char *chunk = malloc(MAX_BODY);
    ck_assert_ptr_nonnull(chunk);
    memset(chunk, ' ', MAX_BODY);
    fd = dial();
    send_text(fd, "POST /agent/v1/now HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n");
    for (int i = 0; i < 3; i++) {
        send_text(fd, "%x\r\n", MAX_BODY);
        send_bytes(fd, chunk, MAX_BODY);
        send_text(fd, "\r\n");
    }
    expect(fd, 413, "ITG-0A004");
    hang_up(fd);
    ck_assert_int_eq(fake.handled, 0);
    fd = dial();
    send_text(fd, "POST /agent/v1/now HTTP/1.1\r\nHost: h\r\nContent-Length: %d\r\n\r\n", MAX_BODY);
    send_bytes(fd, chunk, MAX_BODY);
    expect(fd, 200, AT_ONCE);
    ck_assert_uint_eq(fake.last_body, MAX_BODY);
    hang_up(fd);
    free(chunk);
    /* IMI's own limit is another. */
    fd = dial();
    send_text(fd,
              "PUT /umsapi/v3/directories/tcdirectories HTTP/1.1\r\nHost: h\r\nContent-Length: %d\r\n\r\n{",
              MAX_BODY + 1);
    sleep_ms(50);
    char byte;
    ck_assert_int_lt(recv(fd, &byte, 1, MSG_DONTWAIT), 0);
    hang_up(fd);
    stop();
}
END_TEST

START_TEST(slow_and_stalled_reports_concern_their_clients_only)
{
    enum { STALLED = 100 };
    int fds[STALLED];
    hf.options.idle_timeout_s = 1;
    hf.options.workers = 2;
    http_start();
    for (int i = 0; i < STALLED; i++) {
        fds[i] = dial();
        send_text(fds[i], "POST /agent/v1/now HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\n{");
    }
    int slow = dial();
    send_text(slow, "POST /agent/v1/now HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\n");
    for (int i = 0; i < 4; i++) {
        int fd = dial();
        ask_agent(fd, "now");
        expect(fd, 200, AT_ONCE);
        hang_up(fd);
        ask_once("GET", DIRECTORIES, NULL, 200, WAITED);
        sleep_ms(50);
        send_text(slow, " ");
    }
    expect(slow, 200, AT_ONCE);
    hang_up(slow);
    for (int i = 0; i < STALLED; i++) {
        expect_end(fds[i]);
        hang_up(fds[i]);
    }
    ck_assert_int_eq(fake.handled, 5);
    stop();
}
END_TEST

/* ---- stop ---- */

static void *stop_now(void *grace_ms)
{
    itg_http_stop(hf.http, *(int32_t *)grace_ms);
    return NULL;
}

START_TEST(stop_answers_those_that_wait)
{
    for (int round = 0; round < 2; round++) {
        int32_t grace_ms = round ? 0 : 20000;
        fake.down = false;
        http_start();
        int fds[50], gone = wait_here();
        for (size_t i = 0; i < COUNT_OF(fds); i++)
            fds[i] = wait_here();
        pthread_t thread;
        slam(gone);
        ck_assert_int_eq(pthread_create(&thread, NULL, stop_now, &grace_ms), 0);
        for (size_t i = 0; i < COUNT_OF(fds); i++) {
            struct answer answer;
            read_answer(fds[i], &answer);
            ck_assert_int_eq(answer.status, 200);
            ck_assert_str_eq(answer_header(&answer, "Connection"), "close");
            answer_dispose(&answer);
            expect_end(fds[i]);
            hang_up(fds[i]);
        }
        pthread_join(thread, NULL);
        hf.http = NULL;
        stop();
    }
}
END_TEST

/* What is in the hands of a worker, or behind it, when the host begins to stop, does not wait any more. */
START_TEST(stop_lets_nobody_begin_to_wait)
{
    int32_t grace_ms = 20000;
    hf.options.workers = 1;
    http_start();
    shut(true);
    int fds[5];
    for (size_t i = 0; i < COUNT_OF(fds); i++) {
        fds[i] = dial();
        ask_agent(fds[i], "wait");
    }
    at_least(&fake.handled, 1);
    sleep_ms(50);
    pthread_t thread;
    ck_assert_int_eq(pthread_create(&thread, NULL, stop_now, &grace_ms), 0);
    pthread_mutex_lock(&fake.lock);
    while (!fake.down) {
        pthread_mutex_unlock(&fake.lock);
        sleep_ms(1);
        pthread_mutex_lock(&fake.lock);
    }
    pthread_mutex_unlock(&fake.lock);
    shut(false);
    for (size_t i = 0; i < COUNT_OF(fds); i++) {
        expect(fds[i], 200, AT_ONCE);
        hang_up(fds[i]);
    }
    pthread_join(thread, NULL);
    hf.http = NULL;
    stop();
    ck_assert_int_eq(fake.parked, 0);
}
END_TEST

static void *be_restless(void *arg)
{
    (void)arg;
    while (!atomic_load(&enough)) {
        int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        (void)!close(fd);
        sleep_ms(1);
        wake_everyone(false);
    }
    return NULL;
}

START_TEST(stop_may_meet_wakes_and_goings)
{
    for (int round = 0; round < 10; round++) {
        int32_t grace_ms = round % 2 ? 0 : 5000;
        pthread_t waker, stopper;
        int fds[40];
        atomic_store(&enough, false);
        fake.down = false;
        http_start();
        for (size_t i = 0; i < COUNT_OF(fds); i++) {
            fds[i] = dial();
            ask_agent(fds[i], "wait");
        }
        ck_assert_int_eq(pthread_create(&waker, NULL, be_restless, NULL), 0);
        sleep_ms(round);
        ck_assert_int_eq(pthread_create(&stopper, NULL, stop_now, &grace_ms), 0);
        for (size_t i = 0; i < COUNT_OF(fds); i++)
            ways_to_go[i % 2](fds[i]);
        pthread_join(stopper, NULL);
        atomic_store(&enough, true);
        pthread_join(waker, NULL);
        hf.http = NULL;
        stop();
    }
}
END_TEST

SUITE("http_agents", setup, requests_go_where_they_belong, without_agents_their_paths_are_unknown,
      a_check_in_waits_and_is_answered, wake_may_come_before_the_wait_has_begun, waiting_is_not_idling,
      upkeep_goes_on_whatever_it_says, a_client_that_goes_away_is_noticed,
      a_client_that_went_before_it_waited_is_noticed, an_abandoned_wait_may_be_woken_later,
      going_and_waking_may_come_together, a_thousand_wait_without_a_thread,
      waiters_leave_a_quarter_of_the_connections, a_flood_of_check_ins_does_not_hold_imi_up,
      imi_that_waits_does_not_hold_check_ins_up, large_reports_are_refused_early,
      slow_and_stalled_reports_concern_their_clients_only, stop_answers_those_that_wait,
      stop_lets_nobody_begin_to_wait, stop_may_meet_wakes_and_goings)
