/* HTTP as clients speak it, well and badly. */
#include "http_fixture.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define DIRECTORIES "/directories/tcdirectories"

START_TEST(a_request_is_answered)
{
    http_start();
    int fd = dial();
    send_request(fd, "GET", "/firmwares", NULL);
    struct answer answer;
    read_answer(fd, &answer);
    ck_assert_int_eq(answer.status, 200);
    ck_assert_str_eq(answer.body, "{\"FwResource\":[]}");
    ck_assert_str_eq(answer_header(&answer, "Content-Type"), "application/json;charset=UTF-8");
    ck_assert_str_eq(answer_header(&answer, "Content-Length"), "17");
    ck_assert_ptr_nonnull(answer_header(&answer, "Date"));
    answer_dispose(&answer);
    hang_up(fd);
    http_stop();
}
END_TEST

START_TEST(a_connection_serves_many_requests)
{
    http_start();
    int fd = dial();
    for (int i = 0; i < 20; i++) {
        send_request(fd, "PUT", DIRECTORIES, "{\"name\":\"a\"}");
        expect(fd, 200, "successfully inserted");
        send_request(fd, "GET", "/firmwares", NULL);
        expect(fd, 200, "FwResource");
    }
    hang_up(fd);
    ck_assert_int_eq(count_directories(), 20);
    http_stop();
}
END_TEST

/* Reads are answered at once and writes by other threads; the order stays. */
START_TEST(pipelined_requests_are_answered_in_order)
{
    http_start();
    int fd = dial();
    for (int i = 0; i < 30; i++) {
        char body[64];
        snprintf(body, sizeof body, "{\"name\":\"n%d\"}", i);
        send_request(fd, "PUT", DIRECTORIES, body);
        send_request(fd, "GET", "/firmwares", NULL);
        send_text(fd, "GET /no%d HTTP/1.1\r\n\r\n", i);
    }
    for (int i = 0; i < 30; i++) {
        char name[64];
        snprintf(name, sizeof name, "\"name\":\"n%d\"", i);
        expect(fd, 200, name);
        expect(fd, 200, "FwResource");
        expect(fd, 400, "ITG-0B006");
    }
    hang_up(fd);
    http_stop();
}
END_TEST

START_TEST(a_login_sets_a_cookie_that_is_good_for_a_session)
{
    assert_ok(itg_user_create(fx.itg, "ada", ITG_ROLE_ADMINISTRATOR, "correct horse", NULL, &fx.failure));
    hf.imi_options.trusted = 0;
    http_start();
    ask_once("GET", "/firmwares", NULL, 401, "ITG-0B003");
    int fd = dial();
    send_text(fd, "POST /umsapi/v3/login HTTP/1.1\r\nauthorization: Basic YWRhOmNvcnJlY3QgaG9yc2U=\r\n\r\n");
    struct answer answer;
    read_answer(fd, &answer);
    ck_assert_int_eq(answer.status, 200);
    const char *cookie = answer_header(&answer, "Set-Cookie");
    ck_assert_ptr_nonnull(cookie);
    ck_assert_int_eq(strncmp(cookie, "JSESSIONID=", 11), 0);
    answer_dispose(&answer);
    send_text(fd, "GET /umsapi/v3/firmwares HTTP/1.1\r\nCookie: a=b\r\nCOOKIE: %.43s\r\nCookie: c=d\r\n\r\n",
              cookie);
    expect(fd, 200, "FwResource");
    send_text(fd, "GET /umsapi/v3/firmwares HTTP/1.1\r\nAuthorization: Basic YWRhOndyb25n\r\n\r\n");
    read_answer(fd, &answer);
    ck_assert_int_eq(answer.status, 401);
    ck_assert_ptr_nonnull(answer_header(&answer, "WWW-Authenticate"));
    answer_dispose(&answer);
    hang_up(fd);
    http_stop();
}
END_TEST

START_TEST(the_target_reaches_the_interface_as_it_was_sent)
{
    http_start();
    make_directory(ITG_TYPE_THINCLIENT_DIRECTORY, "one", ITG_ROOT_THINCLIENTS);
    int fd = dial();
    send_text(
        fd, "GET /umsapi//v3/%%64irectories/tcdirectories/%%31/?x=%%26&facets=%%63hildren HTTP/1.1\r\n\r\n");
    expect(fd, 200, "{\"DirectoryChildren\":[],\"id\":\"1\"");
    send_text(fd, "GET /umsapi/v3/directories%%2Ftcdirectories HTTP/1.1\r\n\r\n");
    expect(fd, 404, "ITG-0A020");
    send_text(fd, "GET * HTTP/1.1\r\n\r\n");
    expect(fd, 400, "ITG-0B006");
    hang_up(fd);
    http_stop();
}
END_TEST

START_TEST(links_name_the_host_that_was_asked)
{
    static const struct {
        const char *target, *headers, *base;
    } cases[] = {
        {"/umsapi/v3/directories/tcdirectories", "Host: a.example:81\r\n", "http://a.example:81/umsapi/v3/"},
        {"/umsapi/v3/directories/tcdirectories", "hOST:   b.example  \r\n", "http://b.example/umsapi/v3/"},
        {"/umsapi/v3/directories/tcdirectories", "", "http://localhost:8443/umsapi/v3/"},
        {"http://c.example:82/umsapi/v3/directories/tcdirectories", "Host: a.example\r\n",
         "http://c.example:82/umsapi/v3/"},
        {"HTTPS://me:you@[::1]:83/umsapi/v3/directories/tcdirectories?x", "", "http://[::1]:83/umsapi/v3/"},
    };
    http_start();
    make_directory(ITG_TYPE_THINCLIENT_DIRECTORY, "one", ITG_ROOT_THINCLIENTS);
    int fd = dial();
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        send_text(fd, "GET %s HTTP/1.1\r\n%s\r\n", cases[i].target, cases[i].headers);
        expect(fd, 200, cases[i].base);
    }
    send_text(fd, "GET http://d.example HTTP/1.1\r\n\r\n");
    expect(fd, 400, "ITG-0B006");
    send_text(fd, "GET http://d.example?x=y HTTP/1.1\r\n\r\n");
    expect(fd, 400, "ITG-0B006");
    hang_up(fd);
    http_stop();
}
END_TEST

START_TEST(head_answers_with_headers_only)
{
    http_start();
    make_directories(200);
    int fd = dial();
    struct answer answer;
    send_request(fd, "HEAD", "/firmwares", NULL);
    read_head(fd, &answer);
    ck_assert_int_eq(answer.status, 200);
    ck_assert_str_eq(answer_header(&answer, "Content-Length"), "17");
    send_request(fd, "HEAD", "/nothing", NULL);
    read_head(fd, &answer);
    ck_assert_int_eq(answer.status, 404);
    send_request(fd, "HEAD", DIRECTORIES, NULL);
    read_head(fd, &answer);
    ck_assert_int_eq(answer.status, 200);
    ck_assert_ptr_null(answer_header(&answer, "Content-Length"));
    expect_end(fd);
    hang_up(fd);
    http_stop();
}
END_TEST

START_TEST(long_lists_come_in_chunks)
{
    http_start();
    make_directories(500);
    int fd = dial();
    for (int i = 0; i < 2; i++) {
        send_request(fd, "GET", DIRECTORIES, NULL);
        struct answer answer;
        read_answer(fd, &answer);
        ck_assert_str_eq(answer_header(&answer, "Transfer-Encoding"), "chunked");
        ck_assert(answer.complete);
        ck_assert_uint_gt(answer.length, 500 * 1000);
        ck_assert_ptr_nonnull(strstr(answer.body, "\"000499"));
        ck_assert_int_eq(answer.body[answer.length - 1], ']');
        answer_dispose(&answer);
    }
    hang_up(fd);
    http_stop();
}
END_TEST

START_TEST(http_1_0_is_spoken)
{
    http_start();
    make_directories(200);
    int fd = dial();
    struct answer answer;
    send_text(fd, "GET /umsapi/v3/firmwares HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n");
    expect(fd, 200, "FwResource");
    send_text(fd, "GET /umsapi/v3/firmwares HTTP/1.0\r\n\r\n");
    read_answer(fd, &answer);
    ck_assert_str_eq(answer_header(&answer, "Connection"), "close");
    expect_end(fd);
    answer_dispose(&answer);
    hang_up(fd);
    fd = dial();
    send_text(fd, "GET /umsapi/v3" DIRECTORIES " HTTP/1.0\r\n\r\n");
    read_answer(fd, &answer);
    ck_assert_ptr_null(answer_header(&answer, "Transfer-Encoding"));
    ck_assert_int_eq(answer.body[answer.length - 1], ']');
    answer_dispose(&answer);
    hang_up(fd);
    http_stop();
}
END_TEST

START_TEST(bodies_may_come_in_chunks)
{
    http_start();
    int fd = dial();
    send_text(
        fd,
        "PUT /umsapi/v3" DIRECTORIES " HTTP/1.1\r\nTransfer-Encoding: Chunked\r\n\r\n"
        "2\r\n{\"\r\n5;an=extension\r\nname\"\r\n000006\r\n:\"abc\"\r\n1\r\n}\r\n0\r\nTrailer: x\r\n\r\n");
    expect(fd, 200, "\"name\":\"abc\"");
    send_request(fd, "GET", "/firmwares", NULL);
    expect(fd, 200, "FwResource");
    hang_up(fd);
    http_stop();
}
END_TEST

START_TEST(bodies_may_come_byte_by_byte)
{
    static const char text[] =
        "PUT /umsapi/v3" DIRECTORIES " HTTP/1.1\r\nContent-Length: 12\r\n\r\n{\"name\":\"a\"}";
    http_start();
    int fd = dial();
    for (size_t i = 0; i + 1 < sizeof text; i++) {
        send_bytes(fd, text + i, 1);
        sleep_ms(1);
    }
    expect(fd, 200, "\"name\":\"a\"");
    hang_up(fd);
    http_stop();
}
END_TEST

/* The name of a directory may be 255 characters; this body is as large as one may be, and only its end is
 * wrong or right. */
static char *body_of_size(size_t size)
{
    char *body = malloc(size + 1);
    ck_assert_ptr_nonnull(body);
    memset(body, ' ', size);
    memcpy(body, "{\"name\":\"large\"", 15);
    body[size - 1] = '}';
    body[size] = '\0';
    return body;
}

START_TEST(a_body_may_be_as_large_as_the_limit)
{
    http_start();
    char *body = body_of_size(ITG_IMI_MAX_BODY);
    ask_once("PUT", DIRECTORIES, body, 200, "\"name\":\"large\"");
    int fd = dial();
    send_text(fd, "PUT /umsapi/v3" DIRECTORIES " HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n%zx\r\n",
              (size_t)ITG_IMI_MAX_BODY);
    send_bytes(fd, body, ITG_IMI_MAX_BODY);
    send_text(fd, "\r\n0\r\n\r\n");
    expect(fd, 200, "\"name\":\"large\"");
    hang_up(fd);
    free(body);
    ck_assert_int_eq(count_directories(), 2);
    http_stop();
}
END_TEST

static void expect_refusal(int fd, int status)
{
    struct answer answer;
    read_answer(fd, &answer);
    ck_assert_int_eq(answer.status, status);
    ck_assert_str_eq(answer_header(&answer, "Content-Type"), "application/json;charset=UTF-8");
    ck_assert_str_eq(answer_header(&answer, "Connection"), "close");
    ck_assert_uint_eq(strlen(answer_header(&answer, "Date")), strlen("Sun, 06 Nov 1994 08:49:37 GMT"));
    ck_assert_ptr_nonnull(strstr(answer.body, "\"errorCode\":\"ITG-0A004\""));
    answer_dispose(&answer);
    expect_end(fd);
}

START_TEST(a_larger_body_is_refused_before_it_is_read)
{
    http_start();
    int64_t begin = clock_ms();
    int fd = dial();
    send_text(fd, "PUT /umsapi/v3" DIRECTORIES " HTTP/1.1\r\nContent-Length: 8388609\r\n\r\n");
    expect_refusal(fd, 413);
    hang_up(fd);
    fd = dial();
    send_text(fd, "PUT /umsapi/v3" DIRECTORIES " HTTP/1.1\r\nContent-Length: 18446744073709551615\r\n\r\n{");
    expect_refusal(fd, 413);
    hang_up(fd);
    fd = dial();
    send_text(fd, "PUT /umsapi/v3" DIRECTORIES
                  " HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 8388609\r\n\r\n");
    expect_refusal(fd, 413);
    hang_up(fd);
    ck_assert_int_lt(clock_ms() - begin, 4000);
    http_stop();
}
END_TEST

/* Most clients send all of the body before they look for an answer. It must not be lost in a reset. */
START_TEST(a_client_that_sends_on_still_gets_its_refusal)
{
    hf.imi_options.max_body = 10000;
    http_start();
    enum { SIZE = 4 << 20 };
    char *body = body_of_size(SIZE);
    for (int i = 0; i < 3; i++) {
        int fd = dial();
        send_request(fd, "PUT", DIRECTORIES, body);
        expect_refusal(fd, 413);
        hang_up(fd);
        fd = dial();
        send_text(fd, "PUT /umsapi/v3" DIRECTORIES " HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n",
                  SIZE);
        send_bytes(fd, body, SIZE);
        send_text(fd, "\r\n0\r\n\r\n");
        expect_refusal(fd, 413);
        hang_up(fd);
    }
    free(body);
    ck_assert_int_eq(count_directories(), 0);
    http_stop();
}
END_TEST

START_TEST(an_endless_body_is_cut_off)
{
    hf.imi_options.max_body = 10000;
    http_start();
    int fd = dial();
    send_text(fd, "PUT /umsapi/v3" DIRECTORIES " HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n");
    static char chunk[(1 << 20) + 10];
    memset(chunk, ' ', sizeof chunk);
    memcpy(chunk, "100000\r\n", 8);
    memcpy(chunk + sizeof chunk - 2, "\r\n", 2);
    size_t sent = 0;
    while (sent < (size_t)200 << 20) {
        ssize_t count =
            send(fd, chunk + sent % sizeof chunk, sizeof chunk - sent % sizeof chunk, MSG_NOSIGNAL);
        if (count <= 0)
            break;
        sent += (size_t)count;
    }
    ck_assert_uint_lt(sent, (size_t)100 << 20);
    hang_up(fd);
    ask_once("GET", "/firmwares", NULL, 200, NULL);
    http_stop();
}
END_TEST

START_TEST(expect_100_continue_is_honoured)
{
    http_start();
    int fd = dial();
    for (int i = 0; i < 2; i++) {
        send_text(fd,
                  "PUT /umsapi/v3" DIRECTORIES
                  " HTTP/1.1\r\nExpect: 100-Continue\r\nContent-Length: 12\r\n\r\n%s",
                  i ? "{\"name\":\"a\"}" : "");
        expect(fd, 100, NULL);
        if (i == 0)
            send_text(fd, "{\"name\":\"a\"}");
        expect(fd, 200, "\"name\":\"a\"");
    }
    hang_up(fd);
    http_stop();
}
END_TEST

START_TEST(headers_have_a_limit)
{
    http_start();
    int fd = dial();
    send_text(fd, "GET /umsapi/v3/firmwares HTTP/1.1\r\nX: %s\r\n\r\n", repeated("x", 31000));
    expect(fd, 200, "FwResource");
    send_text(fd, "GET /umsapi/v3/firmwares HTTP/1.1\r\nX: %s\r\n\r\n", repeated("x", 33000));
    expect_refusal(fd, 431);
    hang_up(fd);
    fd = dial();
    send_text(fd, "GET /umsapi/v3/firmwares HTTP/1.1\r\nX: %s\r\n\r\n", repeated("x", 60000));
    expect(fd, 431, NULL);
    hang_up(fd);
    http_stop();
}
END_TEST

START_TEST(requests_with_an_uncertain_end_are_refused)
{
    static const char *const cases[] = {
        "Content-Length: 12\r\nContent-Length: 13\r\n\r\n{\"name\":\"a\"}",
        "Content-Length: 12\r\nTransfer-Encoding: chunked\r\n\r\nc\r\n{\"name\":\"a\"}\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 12\r\n\r\nc\r\n{\"name\":\"a\"}\r\n0\r\n\r\n",
        "Transfer-Encoding: gzip, chunked\r\n\r\nc\r\n{\"name\":\"a\"}\r\n0\r\n\r\n",
        "Transfer-Encoding: identity\r\n\r\n{\"name\":\"a\"}",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\nc\r\n{\"name\":\"a\"}\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\nxyz\r\n{\"name\":\"a\"}\r\n0\r\n\r\n",
        "Content-Length: twelve\r\n\r\n{\"name\":\"a\"}",
        "Content-Length: -1\r\n\r\n{\"name\":\"a\"}",
        "no colon\r\n\r\n",
    };
    http_start();
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        int fd = dial();
        send_text(fd, "PUT /umsapi/v3" DIRECTORIES " HTTP/1.1\r\n%s", cases[i]);
        expect(fd, 400, NULL);
        hang_up(fd);
    }
    int fd = dial();
    send_text(fd,
              "PUT /umsapi/v3" DIRECTORIES " HTTP/1.1\r\nContent-Length: 12\r\nContent-Length: 12\r\n\r\n%s",
              "{\"name\":\"a\"}");
    expect(fd, 200, "\"name\":\"a\"");
    hang_up(fd);
    ck_assert_int_eq(count_directories(), 1);
    http_stop();
}
END_TEST

START_TEST(what_is_no_http_is_refused_or_cut_off)
{
    static const char *const cases[] = {"GET\r\n\r\n", "\x16\x03\x01\x02 \r\n\r\n", "GET / HTTP/2.0\r\n\r\n",
                                        "GET / HTTP/0.9\r\n\r\n", "GET / FTP/1.1\r\n\r\n"};
    http_start();
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        int fd = dial();
        send_text(fd, "%s", cases[i]);
        struct answer answer;
        read_answer(fd, &answer);
        ck_assert_int_ne(answer.status, 200);
        answer_dispose(&answer);
        expect_end(fd);
        hang_up(fd);
    }
    ask_once("GET", "/firmwares", NULL, 200, NULL);
    http_stop();
}
END_TEST

START_TEST(a_truncated_request_changes_nothing)
{
    static const char text[] =
        "PUT /umsapi/v3" DIRECTORIES " HTTP/1.1\r\nContent-Length: 12\r\n\r\n{\"name\":\"a\"}";
    http_start();
    for (size_t length = 0; length + 1 < sizeof text; length++) {
        int fd = dial();
        send_bytes(fd, text, length);
        if (length % 3 == 0)
            slam(fd);
        else
            hang_up(fd);
    }
    ask_once("PUT", DIRECTORIES, "{\"name\":\"b\"}", 200, NULL);
    ck_assert_int_eq(count_directories(), 1);
    http_stop();
}
END_TEST

SUITE("http", http_memory, a_request_is_answered, a_connection_serves_many_requests,
      pipelined_requests_are_answered_in_order, a_login_sets_a_cookie_that_is_good_for_a_session,
      the_target_reaches_the_interface_as_it_was_sent, links_name_the_host_that_was_asked,
      head_answers_with_headers_only, long_lists_come_in_chunks, http_1_0_is_spoken,
      bodies_may_come_in_chunks, bodies_may_come_byte_by_byte, a_body_may_be_as_large_as_the_limit,
      a_larger_body_is_refused_before_it_is_read, a_client_that_sends_on_still_gets_its_refusal,
      an_endless_body_is_cut_off, expect_100_continue_is_honoured, headers_have_a_limit,
      requests_with_an_uncertain_end_are_refused, what_is_no_http_is_refused_or_cut_off,
      a_truncated_request_changes_nothing)
