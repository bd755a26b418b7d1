/* What the suites of libitg-http share: a host on a free port, and a client that sends bytes exactly as a
 * case wants them. */
#ifndef ITG_TESTS_HTTP_FIXTURE_H
#define ITG_TESTS_HTTP_FIXTURE_H

#include "fixture.h"
#include <itg/http.h>

struct http_fixture {
    itg_imi_options_t imi_options;
    itg_http_options_t options;
    itg_imi_t *imi;
    itg_http_t *http;
};
extern struct http_fixture hf;

/* Fixtures for SUITE(): a fleet in memory or in a file, and options for plain HTTP on a free port of
 * 127.0.0.1 in front of an interface that trusts who says nothing. Nothing is started. */
void http_memory(void);
void http_file(void);

/* Starts a host for fx.itg as hf's options say. */
void http_start(void);
/* Stops it. Every case that started one ends with this. */
void http_stop(void);

/* An answer. */
struct answer {
    int status; /* 0: the connection was closed before it */
    char head[8192];
    char *body; /* to be freed with answer_dispose(); terminated */
    size_t length;
    bool complete; /* the end of the body was seen */
};

/* Connects to the host. */
int dial(void);
void hang_up(int fd);
/* Hangs up with a reset. */
void slam(int fd);

void send_bytes(int fd, const char *bytes, size_t size);
void send_text(int fd, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* A complete request in the one form most cases need. @param body  NULL: none */
void send_request(int fd, const char *method, const char *path, const char *body);

/* Reads one answer and not a byte more. */
void read_answer(int fd, struct answer *answer);
/* The same for the answer to HEAD, which has no body whatever its headers say. */
void read_head(int fd, struct answer *answer);
void answer_dispose(struct answer *answer);
/* The value of a header; NULL if there is none. Static buffer of the thread. */
const char *answer_header(const struct answer *answer, const char *name);

/* Reads one answer and asserts its status and that the body contains a text. @param contained  NULL: anything
 */
void expect(int fd, int status, const char *contained);
/* Asserts that the server has closed the connection and sent nothing more. */
void expect_end(int fd);
/* Asks on a connection of its own. */
void ask_once(const char *method, const char *path, const char *body, int status, const char *contained);

/* Directories in the tree of thin clients, with names of a kilobyte each. */
void make_directories(int count);
int64_t count_directories(void);

int64_t clock_ms(void);
void sleep_ms(int ms);

#endif
