/* What the suites of IMI share: requests that are asked in process, and assertions about whole answers.
 *
 * Texts of JSON in these suites are written with ' for ", see json(). */
#ifndef ITG_TESTS_IMI_FIXTURE_H
#define ITG_TESTS_IMI_FIXTURE_H

#include "fixture.h"
#include <itg/imi.h>

/* How links begin in answers to ask(). */
#define BASE "https://fleet.example:8443/umsapi/v3"

/* The last answer. */
struct reply {
    int status;
    char *body;
    size_t length;
    int64_t announced; /* itg_imi_response_size() before the body was read */
    size_t headers;
    struct {
        char name[32], value[128];
    } header[8];
};

struct imi_fixture {
    itg_imi_t *imi;
    itg_imi_request_t request; /* what ask() sends beside method, target and body */
    struct reply reply;
};
extern struct imi_fixture im;

/* Fixtures for SUITE(): a fleet in memory behind an interface that acts as the host for who says nothing, or
 * that wants a login. */
void imi_trusted(void);
void imi_memory(void);
/* Replaces the interface. */
void imi_open(const itg_imi_options_t *options);

/* Asks; the answer is in im.reply. A target like "/thinclients" is prefixed, "/umsapi/..." is not. */
void ask(const char *method, const char *target, const char *body);
void ask_bytes(const char *method, const char *target, const char *body, size_t size);
/* Asks exactly this. */
void ask_raw(const itg_imi_request_t *request);

/* The answer's header; NULL if it has none of that name. */
const char *reply_header(const char *name);
/* The value of "key":"..." in the answer, where it stands first. Static buffer. */
const char *reply_text(const char *key);

/* Replaces ' by " and ` by '. Ring of static buffers: good for the next few calls. */
const char *json(const char *text);
/* The same after printf(). */
const char *jsonf(const char *format, ...) __attribute__((format(printf, 1, 2)));

void imi_assert_answer(const char *wanted, const char *file, int line);
void imi_assert_error(int status, const char *code, const char *message, const char *file, int line);

/* 200 with exactly this body. */
#define assert_answer(method, target, body, wanted)      \
    do {                                                 \
        ask((method), (target), (body));                 \
        imi_assert_answer((wanted), __FILE__, __LINE__); \
    } while (0)

/* The error's status, its code, its message and nothing else in the body; and the fleet is as it was. */
#define assert_error(method, target, body, status, code, message)          \
    do {                                                                   \
        char *imi_before_ = fixture_fingerprint(fx.itg);                   \
        ask((method), (target), (body));                                   \
        imi_assert_error((status), (code), (message), __FILE__, __LINE__); \
        fixture_assert_unchanged(imi_before_, target, __FILE__, __LINE__); \
    } while (0)

/* The same about the answer that is there. */
#define assert_is_error(status, code, message) \
    imi_assert_error((status), (code), (message), __FILE__, __LINE__)

#endif
