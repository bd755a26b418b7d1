#include "http_fixture.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

struct http_fixture hf;

enum { GIVE_UP_S = 20 };

/* ---- the host ---- */

static void set_options(void)
{
    hf = (struct http_fixture){
        .imi_options = {.size = sizeof hf.imi_options, .trusted = 1, .plain_http = 1},
        .options = {.size = sizeof hf.options, .any_port = 1, .plain_http = 1},
    };
}

void http_memory(void)
{
    fixture_memory();
    set_options();
}

void http_file(void)
{
    fixture_file();
    set_options();
}

void http_start(void)
{
    assert_ok(itg_imi_new(fx.itg, &hf.imi_options, &hf.imi, &fx.failure));
    assert_ok(itg_http_start(hf.imi, &hf.options, &hf.http, &fx.failure));
    ck_assert_uint_ne(itg_http_port(hf.http), 0);
}

void http_stop(void)
{
    itg_http_stop(hf.http, 5000);
    hf.http = NULL;
    itg_imi_free(hf.imi);
    hf.imi = NULL;
}

/* ---- a client ---- */

int dial(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons(itg_http_port(hf.http)),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ck_assert_int_ge(fd, 0);
    const struct timeval limit = {.tv_sec = GIVE_UP_S};
    ck_assert_int_eq(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit), 0);
    ck_assert_int_eq(setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit), 0);
    ck_assert_int_eq(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    return fd;
}

void hang_up(int fd)
{
    ck_assert_int_eq(close(fd), 0);
}

void slam(int fd)
{
    const struct linger now = {.l_onoff = 1};
    ck_assert_int_eq(setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now), 0);
    hang_up(fd);
}

void send_bytes(int fd, const char *bytes, size_t size)
{
    while (size > 0) {
        ssize_t sent = send(fd, bytes, size, MSG_NOSIGNAL);
        ck_assert_msg(sent > 0, "send: %s", strerror(errno));
        bytes += sent;
        size -= (size_t)sent;
    }
}

void send_text(int fd, const char *format, ...)
{
    char *text = NULL;
    va_list args;
    va_start(args, format);
    int length = vasprintf(&text, format, args);
    va_end(args);
    ck_assert_int_ge(length, 0);
    send_bytes(fd, text, (size_t)length);
    free(text);
}

void send_request(int fd, const char *method, const char *path, const char *body)
{
    if (body)
        send_text(fd,
                  "%s /umsapi/v3%s HTTP/1.1\r\nHost: fleet.example\r\nContent-Type: application/json\r\n"
                  "Content-Length: %zu\r\n\r\n%s",
                  method, path, strlen(body), body);
    else
        send_text(fd, "%s /umsapi/v3%s HTTP/1.1\r\nHost: fleet.example\r\n\r\n", method, path);
}

/* ---- answers ---- */

static bool take(int fd, char *buf, size_t size)
{
    size_t have = 0;
    while (have < size) {
        ssize_t count = recv(fd, buf + have, size - have, 0);
        ck_assert_msg(count >= 0 || errno != EAGAIN, "no answer within %d s", GIVE_UP_S);
        if (count <= 0)
            return false;
        have += (size_t)count;
    }
    return true;
}

/* A line with its end, so that nothing that follows it is read. */
static bool take_line(int fd, char *buf, size_t size)
{
    for (size_t i = 0; i + 1 < size; i++) {
        if (!take(fd, buf + i, 1))
            return false;
        buf[i + 1] = '\0';
        if (buf[i] == '\n')
            return true;
    }
    ck_abort_msg("a line of more than %zu bytes", size);
}

const char *answer_header(const struct answer *answer, const char *name)
{
    static _Thread_local char value[1024]; /* some cases run many clients */
    size_t length = strlen(name);
    for (const char *line = strchr(answer->head, '\n'); line; line = strchr(line, '\n')) {
        line++;
        if (strncasecmp(line, name, length) == 0 && line[length] == ':') {
            const char *text = line + length + 1 + strspn(line + length + 1, " ");
            snprintf(value, sizeof value, "%.*s", (int)strcspn(text, "\r\n"), text);
            return value;
        }
    }
    return NULL;
}

static void take_head(int fd, struct answer *answer)
{
    char line[2048];
    size_t used = 0;
    *answer = (struct answer){0};
    do {
        if (!take_line(fd, line, sizeof line))
            return;
        size_t length = strlen(line);
        ck_assert_uint_lt(used + length, sizeof answer->head);
        memcpy(answer->head + used, line, length + 1);
        used += length;
    } while (line[0] != '\r');
    ck_assert_msg(strncmp(answer->head, "HTTP/1.1 ", 9) == 0, "%.40s", answer->head);
    answer->status = (int)strtol(answer->head + 9, NULL, 10);
}

/* @return false at the end of the stream */
static bool take_more(int fd, struct answer *answer, size_t size)
{
    answer->body = realloc(answer->body, answer->length + size + 1);
    ck_assert_ptr_nonnull(answer->body);
    bool ok = take(fd, answer->body + answer->length, size);
    if (ok)
        answer->length += size;
    answer->body[answer->length] = '\0';
    return ok;
}

static void take_chunks(int fd, struct answer *answer)
{
    char line[64];
    while (take_line(fd, line, sizeof line)) {
        size_t size = strtoul(line, NULL, 16);
        if (size > 0 && !take_more(fd, answer, size))
            return;
        if (!take_line(fd, line, sizeof line))
            return;
        ck_assert_str_eq(line, "\r\n");
        answer->complete = size == 0;
        if (size == 0)
            return;
    }
}

void read_head(int fd, struct answer *answer)
{
    take_head(fd, answer);
}

void read_answer(int fd, struct answer *answer)
{
    take_head(fd, answer);
    if (answer->status == 0 || answer->status == 100)
        return;
    const char *length = answer_header(answer, "Content-Length");
    if (length) {
        answer->complete = take_more(fd, answer, strtoul(length, NULL, 10));
        return;
    }
    if (answer_header(answer, "Transfer-Encoding")) {
        take_chunks(fd, answer);
        return;
    }
    while (take_more(fd, answer, 1))
        ;
    answer->complete = true;
}

void answer_dispose(struct answer *answer)
{
    free(answer->body);
    answer->body = NULL;
}

void expect(int fd, int status, const char *contained)
{
    struct answer answer;
    read_answer(fd, &answer);
    ck_assert_msg(answer.status == status, "%d instead of %d: %s", answer.status, status,
                  answer.body ? answer.body : "");
    if (contained)
        ck_assert_msg(answer.body && strstr(answer.body, contained), "'%s' is not in: %s", contained,
                      answer.body ? answer.body : "");
    answer_dispose(&answer);
}

void expect_end(int fd)
{
    char byte;
    ssize_t count = recv(fd, &byte, 1, 0);
    ck_assert_msg(count <= 0, "another byte: %02x", (unsigned char)byte);
    ck_assert_msg(count == 0 || errno == ECONNRESET, "the connection was not closed: %s", strerror(errno));
}

void ask_once(const char *method, const char *path, const char *body, int status, const char *contained)
{
    int fd = dial();
    send_request(fd, method, path, body);
    expect(fd, status, contained);
    hang_up(fd);
}

/* ---- things to ask for ---- */

void make_directories(int count)
{
    char name[1024];
    assert_ok(itg_begin(fx.itg, &fx.failure));
    for (int i = 0; i < count; i++) {
        snprintf(name, sizeof name, "%06d%s", i, repeated("\xf0\x9f\x98\x80", 240));
        make_directory(ITG_TYPE_THINCLIENT_DIRECTORY, name, ITG_ROOT_THINCLIENTS);
    }
    assert_ok(itg_commit(fx.itg, &fx.failure));
}

static int32_t count_one(void *ctx, const itg_object_t *object)
{
    (void)object;
    ++*(int64_t *)ctx;
    return 0;
}

int64_t count_directories(void)
{
    int64_t count = 0;
    assert_ok(itg_directory_each(fx.itg, ITG_TYPE_THINCLIENT_DIRECTORY, 0, count_one, &count, &fx.failure));
    return count;
}

int64_t clock_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void sleep_ms(int ms)
{
    const struct timespec pause = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L};
    nanosleep(&pause, NULL);
}
