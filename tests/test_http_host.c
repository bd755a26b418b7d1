/* The host itself: starting, stopping, limits, many clients, slow ones and such that vanish. */
#include "http_fixture.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define DIRECTORIES "/directories/tcdirectories"

/* ---- start ---- */

static itg_error_t try_start(void)
{
    itg_http_t *http = NULL;
    itg_error_t err = itg_http_start(hf.imi, &hf.options, &http, &fx.failure);
    ck_assert_int_eq(err == ITG_OK, http != NULL);
    itg_http_stop(http, 0);
    return err;
}

static void assert_not_started(itg_error_t code, const char *detail)
{
    ck_assert_int_eq(try_start(), code);
    ck_assert_int_eq(fx.failure.code, code);
    ck_assert_msg(strstr(fx.failure.detail, detail), "'%s' is not in: %s", detail, fx.failure.detail);
    ck_assert_str_ne(fx.failure.message, "");
    ck_assert_int_gt(fx.failure.time_ms, FIXTURE_START_MS);
    itg_failure_clear(&fx.failure);
}

START_TEST(plain_http_is_served_on_loopback_only)
{
    static const char *const outside[] = {"0.0.0.0",          "::",      "192.0.2.1",
                                          "::ffff:192.0.2.1", "fe80::1", "128.0.0.1"};
    assert_ok(itg_imi_new(fx.itg, &hf.imi_options, &hf.imi, &fx.failure));
    for (size_t i = 0; i < COUNT_OF(outside); i++) {
        hf.options.address = outside[i];
        assert_not_started(ITG_E_NOT_AVAILABLE, "loopback");
    }
    hf.options.address = "127.254.3.2";
    assert_ok(try_start());
    http_stop();
}
END_TEST

START_TEST(ipv6_is_served)
{
    assert_ok(itg_imi_new(fx.itg, &hf.imi_options, &hf.imi, &fx.failure));
    hf.options.address = "::1";
    itg_error_t err = itg_http_start(hf.imi, &hf.options, &hf.http, &fx.failure);
    if (err == ITG_E_NOT_AVAILABLE)
        return; /* a machine without IPv6 */
    assert_ok(err);
    struct sockaddr_in6 address = {.sin6_family = AF_INET6,
                                   .sin6_port = htons(itg_http_port(hf.http)),
                                   .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ck_assert_int_eq(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    send_request(fd, "GET", "/firmwares", NULL);
    expect(fd, 200, "FwResource");
    hang_up(fd);
    http_stop();
}
END_TEST

START_TEST(what_is_no_address_is_refused)
{
    static const char *const bad[] = {"",      "localhost", "127.0.0.1:80", "127.0.0.256",
                                      "[::1]", "::1::",     "a b"};
    assert_ok(itg_imi_new(fx.itg, &hf.imi_options, &hf.imi, &fx.failure));
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        hf.options.address = bad[i];
        assert_not_started(ITG_E_INVALID_BODY, "address");
    }
    http_stop();
}
END_TEST

START_TEST(a_taken_port_is_told)
{
    http_start();
    hf.options.any_port = 0;
    hf.options.port = itg_http_port(hf.http);
    assert_not_started(ITG_E_NOT_AVAILABLE, "bind");
    /* It can be had again as soon as it is free, although connections to it have just been closed. */
    ask_once("GET", "/firmwares", NULL, 200, NULL);
    http_stop();
    assert_ok(itg_imi_new(fx.itg, &hf.imi_options, &hf.imi, &fx.failure));
    assert_ok(try_start());
    http_stop();
}
END_TEST

START_TEST(null_is_refused)
{
    itg_http_t *http = NULL;
    ck_assert_int_eq(itg_http_start(NULL, &hf.options, &http, NULL), ITG_E_INVALID_BODY);
    ck_assert_ptr_null(http);
    assert_ok(itg_imi_new(fx.itg, &hf.imi_options, &hf.imi, &fx.failure));
    ck_assert_int_eq(itg_http_start(hf.imi, NULL, &http, NULL),
                     ITG_E_INVALID_BODY); /* TLS without a certificate */
    ck_assert_int_eq(itg_http_start(hf.imi, &hf.options, NULL, NULL), ITG_E_INVALID_BODY);
    ck_assert_uint_eq(itg_http_port(NULL), 0);
    itg_http_stop(NULL, 0);
    http_stop();
}
END_TEST

/* A program that was built when the struct was shorter. */
START_TEST(options_may_be_shorter)
{
    hf.options.size = offsetof(itg_http_options_t, threads);
    hf.options.threads = -5;
    hf.options.max_header = 1;
    http_start();
    ask_once("GET", "/firmwares", NULL, 200, NULL);
    http_stop();
}
END_TEST

START_TEST(hosts_come_and_go)
{
    for (int i = 0; i < 20; i++) {
        hf.options.threads = 1 + i % 4;
        http_start();
        ask_once(i % 2 ? "GET" : "PUT", DIRECTORIES, "{\"name\":\"a\"}", 200, NULL);
        http_stop();
    }
}
END_TEST

/* ---- many clients ---- */

enum { CLIENTS = 16, ROUNDS = 40 };
static atomic_int refused;

static void *be_a_client(void *arg)
{
    int number = *(int *)arg, fd = dial();
    for (int i = 0; i < ROUNDS; i++) {
        char body[64], wanted[64];
        snprintf(body, sizeof body, "{\"name\":\"c%d-%d\"}", number, i);
        snprintf(wanted, sizeof wanted, "\"name\":\"c%d-%d\"", number, i);
        send_request(fd, "PUT", DIRECTORIES, body);
        expect(fd, 200, wanted);
        send_request(fd, "GET", "/firmwares", NULL);
        expect(fd, 200, "FwResource");
        if (i % 8 == 7) {
            hang_up(fd);
            fd = dial();
        }
    }
    hang_up(fd);
    return NULL;
}

START_TEST(parallel_clients_all_get_what_they_asked_for)
{
    http_start();
    pthread_t threads[CLIENTS];
    int numbers[CLIENTS];
    for (int i = 0; i < CLIENTS; i++) {
        numbers[i] = i;
        ck_assert_int_eq(pthread_create(&threads[i], NULL, be_a_client, &numbers[i]), 0);
    }
    for (int i = 0; i < CLIENTS; i++)
        pthread_join(threads[i], NULL);
    ck_assert_int_eq(count_directories(), CLIENTS * ROUNDS);
    http_stop();
}
END_TEST

START_TEST(writes_that_wait_do_not_hold_reads_up)
{
    hf.options.workers = 4;
    http_start();
    assert_ok(itg_begin(fx.itg, &fx.failure));
    int waiting[10];
    for (size_t i = 0; i < COUNT_OF(waiting); i++) {
        waiting[i] = dial();
        send_request(waiting[i], "PUT", DIRECTORIES, "{\"name\":\"a\"}");
    }
    sleep_ms(50);
    int64_t begin = clock_ms();
    for (int i = 0; i < 10; i++)
        ask_once("GET", DIRECTORIES, NULL, 200, "[]");
    ck_assert_int_lt(clock_ms() - begin, 1000);
    assert_ok(itg_rollback(fx.itg, &fx.failure));
    for (size_t i = 0; i < COUNT_OF(waiting); i++) {
        expect(waiting[i], 200, "successfully inserted");
        hang_up(waiting[i]);
    }
    ck_assert_int_eq(count_directories(), COUNT_OF(waiting));
    http_stop();
}
END_TEST

START_TEST(too_many_waiting_requests_are_refused)
{
    hf.options.workers = 2;
    http_start();
    assert_ok(itg_begin(fx.itg, &fx.failure));
    int waiting[300];
    for (size_t i = 0; i < COUNT_OF(waiting); i++) {
        waiting[i] = dial();
        send_request(waiting[i], "PUT", DIRECTORIES, "{\"name\":\"a\"}");
    }
    /* The first 256 wait, and one with each worker. Which ones these are nobody knows: two threads read them.
     */
    sleep_ms(200);
    assert_ok(itg_rollback(fx.itg, &fx.failure));
    int done = 0, busy = 0;
    for (size_t i = 0; i < COUNT_OF(waiting); i++) {
        struct answer answer;
        read_answer(waiting[i], &answer);
        done += answer.status == 200;
        if (answer.status == 503) {
            busy++;
            ck_assert_ptr_nonnull(strstr(answer.body, "ITG-FF004"));
            ck_assert_ptr_nonnull(answer_header(&answer, "Retry-After"));
        }
        answer_dispose(&answer);
        hang_up(waiting[i]);
    }
    ck_assert_int_eq(done, 258);
    ck_assert_int_eq(busy, 300 - 258);
    ck_assert_int_eq(count_directories(), 258);
    http_stop();
}
END_TEST

/* ---- limits ---- */

START_TEST(more_connections_than_allowed_wait_for_their_turn)
{
    hf.options.max_connections = 3;
    http_start();
    int fds[6];
    for (size_t i = 0; i < COUNT_OF(fds); i++) {
        fds[i] = dial();
        send_request(fds[i], "GET", "/firmwares", NULL);
    }
    for (size_t i = 0; i < 3; i++)
        expect(fds[i], 200, "FwResource");
    sleep_ms(100);
    for (size_t i = 3; i < COUNT_OF(fds); i++) {
        char byte;
        ck_assert_int_lt(recv(fds[i], &byte, 1, MSG_DONTWAIT), 0);
    }
    for (size_t i = 3; i < COUNT_OF(fds); i++) {
        hang_up(fds[i - 3]);
        expect(fds[i], 200, "FwResource");
    }
    for (size_t i = 3; i < COUNT_OF(fds); i++)
        hang_up(fds[i]);
    http_stop();
}
END_TEST

START_TEST(idle_connections_are_closed)
{
    hf.options.idle_timeout_s = 1;
    http_start();
    int64_t begin = clock_ms();
    int idle = dial(), begun = dial(), stuck = dial();
    send_text(begun, "PUT /umsapi/v3/dir");
    send_text(stuck, "PUT /umsapi/v3/directories/tcdirectories HTTP/1.1\r\nContent-Length: 12\r\n\r\n{");
    expect_end(idle);
    expect_end(begun);
    expect_end(stuck);
    ck_assert_int_ge(clock_ms() - begin, 900);
    ck_assert_int_lt(clock_ms() - begin, 5000);
    hang_up(idle);
    hang_up(begun);
    hang_up(stuck);
    http_stop();
}
END_TEST

START_TEST(work_may_take_longer_than_the_idle_timeout)
{
    hf.options.idle_timeout_s = 1;
    http_start();
    assert_ok(itg_begin(fx.itg, &fx.failure));
    int fd = dial();
    send_request(fd, "PUT", DIRECTORIES, "{\"name\":\"a\"}");
    sleep_ms(1800);
    assert_ok(itg_rollback(fx.itg, &fx.failure));
    expect(fd, 200, "\"name\":\"a\"");
    hang_up(fd);
    http_stop();
}
END_TEST

/* ---- slow and vanishing clients ---- */

static long resident_kib(void)
{
    char text[256] = "";
    FILE *file = fopen("/proc/self/statm", "r");
    ck_assert_ptr_nonnull(file);
    ck_assert_ptr_nonnull(fgets(text, sizeof text, file));
    fclose(file);
    char *end;
    (void)strtol(text, &end, 10);
    return strtol(end, NULL, 10) * (sysconf(_SC_PAGESIZE) / 1024);
}

START_TEST(slow_readers_cost_little_memory)
{
    enum { READERS = 20 };
    http_start();
    make_directories(6000);
    ask_once("GET", DIRECTORIES, NULL, 200, "\"005999");
    int fds[READERS];
    char buf[4096];
    long before = resident_kib();
    for (int i = 0; i < READERS; i++) {
        fds[i] = dial();
        send_request(fds[i], "GET", DIRECTORIES, NULL);
        ck_assert_int_gt(recv(fds[i], buf, sizeof buf, 0), 0);
    }
    sleep_ms(300);
    /* Each would be 7 MB, of which the system takes some ahead. */
    ck_assert_int_lt(resident_kib() - before, READERS * 2000);
    for (int i = 0; i < READERS; i++) {
        if (i % 2)
            slam(fds[i]);
        else
            hang_up(fds[i]);
    }
    ask_once("GET", "/firmwares", NULL, 200, NULL);
    http_stop();
}
END_TEST

START_TEST(a_list_that_breaks_is_seen_as_broken)
{
    assert_ok(itg_user_create(fx.itg, "ada", ITG_ROLE_VIEWER, "correct horse", NULL, &fx.failure));
    http_start();
    make_directories(6000);
    char session[ITG_SESSION_ID_LENGTH + 1];
    assert_ok(itg_login(fx.itg, "ada", "correct horse", session, &fx.failure));
    int fds[2] = {dial(), dial()};
    for (int i = 0; i < 2; i++)
        send_text(fds[i], "GET /umsapi/v3" DIRECTORIES " HTTP/1.%d\r\nCookie: JSESSIONID=%s\r\n\r\n", i,
                  session);
    sleep_ms(100);
    assert_ok(itg_user_delete(fx.itg, "ada", &fx.failure));
    char buf[65536];
    ssize_t count = 1;
    while (count > 0)
        count = recv(fds[0], buf, sizeof buf, 0);
    ck_assert_int_lt(count, 0); /* an end would say that the list is complete */
    hang_up(fds[0]);
    struct answer answer;
    read_answer(fds[1], &answer);
    ck_assert_int_eq(answer.status, 200);
    ck_assert(!answer.complete);
    answer_dispose(&answer);
    hang_up(fds[1]);
    http_stop();
}
END_TEST

START_TEST(clients_that_vanish_leave_nothing_behind)
{
    static const char *const beginnings[] = {
        "",
        "GE",
        "GET /umsapi/v3/firmwares HTTP/1.1\r\nHo",
        "GET /umsapi/v3/firmwares HTTP/1.1\r\n\r\n",
        "GET /umsapi/v3/directories/tcdirectories HTTP/1.1\r\n\r\n",
        "PUT /umsapi/v3/directories/tcdirectories HTTP/1.1\r\nContent-Length: 12\r\n\r\n{\"na",
        "PUT /umsapi/v3/directories/tcdirectories HTTP/1.1\r\nContent-Length: 12\r\n\r\n{\"name\":\"a\"}",
        "PUT /umsapi/v3/directories/tcdirectories HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n{",
        "PUT /umsapi/v3/directories/tcdirectories HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n{\"na",
    };
    http_start();
    make_directories(1000);
    for (size_t i = 0; i < 8 * COUNT_OF(beginnings); i++) {
        int fd = dial();
        send_text(fd, "%s", beginnings[i % COUNT_OF(beginnings)]);
        if (i % 5 == 0)
            sleep_ms(2);
        if (i % 3 == 0)
            slam(fd);
        else
            hang_up(fd);
    }
    ask_once("GET", "/firmwares", NULL, 200, NULL);
    http_stop(); /* AddressSanitizer finds what is left */
    ck_assert_int_le(count_directories(), 1008);
}
END_TEST

/* ---- stop ---- */

static int64_t stop_took;

static void *stop_in_background(void *arg)
{
    int64_t begin = clock_ms();
    itg_http_stop(hf.http, *(int32_t *)arg);
    stop_took = clock_ms() - begin;
    return NULL;
}

static pthread_t begin_stop(int32_t *grace_ms)
{
    pthread_t thread;
    ck_assert_int_eq(pthread_create(&thread, NULL, stop_in_background, grace_ms), 0);
    return thread;
}

static void end_stop(pthread_t thread)
{
    pthread_join(thread, NULL);
    hf.http = NULL;
    http_stop();
}

START_TEST(stop_answers_what_is_in_flight)
{
    int32_t grace_ms = 20000;
    hf.options.workers = 2;
    http_start();
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons(itg_http_port(hf.http)),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    assert_ok(itg_begin(fx.itg, &fx.failure));
    int idle = dial(), fds[8];
    for (size_t i = 0; i < COUNT_OF(fds); i++) {
        fds[i] = dial();
        send_request(fds[i], "PUT", DIRECTORIES, "{\"name\":\"a\"}");
    }
    sleep_ms(100);
    pthread_t stopper = begin_stop(&grace_ms);
    sleep_ms(100);
    int late = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ck_assert_int_ne(connect(late, (struct sockaddr *)&address, sizeof address), 0);
    hang_up(late);
    assert_ok(itg_rollback(fx.itg, &fx.failure));
    for (size_t i = 0; i < COUNT_OF(fds); i++) {
        struct answer answer;
        read_answer(fds[i], &answer);
        ck_assert_int_eq(answer.status, 200);
        ck_assert_str_eq(answer_header(&answer, "Connection"), "close");
        answer_dispose(&answer);
        expect_end(fds[i]);
        hang_up(fds[i]);
    }
    expect_end(idle);
    hang_up(idle);
    end_stop(stopper);
    ck_assert_int_eq(count_directories(), COUNT_OF(fds));
    ck_assert_int_lt(stop_took, 5000);
}
END_TEST

START_TEST(stop_refuses_what_has_not_begun_when_grace_is_over)
{
    int32_t grace_ms = 100;
    hf.options.workers = 1;
    http_start();
    assert_ok(itg_begin(fx.itg, &fx.failure));
    int fds[8];
    for (size_t i = 0; i < COUNT_OF(fds); i++) {
        fds[i] = dial();
        send_request(fds[i], "PUT", DIRECTORIES, "{\"name\":\"a\"}");
        sleep_ms(20);
    }
    pthread_t stopper = begin_stop(&grace_ms);
    sleep_ms(300);
    assert_ok(itg_rollback(fx.itg, &fx.failure));
    expect(fds[0], 200, "\"name\":\"a\"");
    for (size_t i = 1; i < COUNT_OF(fds); i++)
        expect(fds[i], 503, "ITG-FF004");
    for (size_t i = 0; i < COUNT_OF(fds); i++)
        hang_up(fds[i]);
    end_stop(stopper);
    ck_assert_int_eq(count_directories(), 1);
    ck_assert_int_lt(stop_took, 3000);
}
END_TEST

START_TEST(stop_does_not_wait_for_clients_that_are_stuck)
{
    int32_t grace_ms = 20000;
    http_start();
    make_directories(6000);
    int begun = dial(), stuck = dial();
    send_text(begun, "GET /umsapi/v3/firmwares HTTP/1.1\r\nHo");
    send_text(stuck, "PUT /umsapi/v3/directories/tcdirectories HTTP/1.1\r\nContent-Length: 12\r\n\r\n{");
    sleep_ms(50);
    end_stop(begin_stop(&grace_ms));
    ck_assert_int_lt(stop_took, 3000);
    hang_up(begun);
    hang_up(stuck);
    http_start();
    int slow = dial();
    send_request(slow, "GET", DIRECTORIES, NULL);
    sleep_ms(100);
    grace_ms = 300;
    end_stop(begin_stop(&grace_ms));
    ck_assert_int_ge(stop_took, 250);
    ck_assert_int_lt(stop_took, 3000);
    hang_up(slow);
}
END_TEST

static atomic_bool enough;

static void *be_a_restless_client(void *arg)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = *(in_port_t *)arg, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    while (!atomic_load(&enough)) {
        int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        struct answer answer = {.status = 200};
        if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address))
            answer.status = 0;
        for (int i = 0; i < 50 && answer.status == 200; i++) {
            static const char ask[] = "GET /umsapi/v3/firmwares HTTP/1.1\r\n\r\n";
            static const char make[] = "PUT /umsapi/v3/directories/tcdirectories HTTP/1.1\r\n"
                                       "Content-Length: 12\r\n\r\n{\"name\":\"a\"}";
            const char *text = i % 4 ? ask : make;
            if (send(fd, text, strlen(text), MSG_NOSIGNAL) <= 0)
                break;
            read_answer(fd, &answer);
            atomic_fetch_add(&refused, answer.status != 200 && answer.status != 503 && answer.status != 0);
            answer_dispose(&answer);
        }
        if (fd >= 0)
            close(fd);
    }
    return NULL;
}

START_TEST(hosts_stop_while_clients_go_on)
{
    enum { THREADS = 8 };
    for (int round = 0; round < 4; round++) {
        int32_t grace_ms = round % 2 ? 1000 : 0;
        pthread_t threads[THREADS];
        http_start();
        in_port_t port = htons(itg_http_port(hf.http));
        atomic_store(&enough, false);
        for (int i = 0; i < THREADS; i++)
            ck_assert_int_eq(pthread_create(&threads[i], NULL, be_a_restless_client, &port), 0);
        sleep_ms(150);
        end_stop(begin_stop(&grace_ms));
        atomic_store(&enough, true);
        for (int i = 0; i < THREADS; i++)
            pthread_join(threads[i], NULL);
        ck_assert_int_lt(stop_took, 3000);
    }
    ck_assert_int_eq(atomic_load(&refused), 0);
}
END_TEST

SUITE("http_host", http_file, plain_http_is_served_on_loopback_only, ipv6_is_served,
      what_is_no_address_is_refused, a_taken_port_is_told, null_is_refused, options_may_be_shorter,
      hosts_come_and_go, parallel_clients_all_get_what_they_asked_for, writes_that_wait_do_not_hold_reads_up,
      too_many_waiting_requests_are_refused, more_connections_than_allowed_wait_for_their_turn,
      idle_connections_are_closed, work_may_take_longer_than_the_idle_timeout,
      slow_readers_cost_little_memory, a_list_that_breaks_is_seen_as_broken,
      clients_that_vanish_leave_nothing_behind, stop_answers_what_is_in_flight,
      stop_refuses_what_has_not_begun_when_grace_is_over, stop_does_not_wait_for_clients_that_are_stuck,
      hosts_stop_while_clients_go_on)
