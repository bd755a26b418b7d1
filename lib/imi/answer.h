/* What goes out, whatever interface it comes from: IMI's and the agents'. */
#ifndef ITG__ANSWER_H
#define ITG__ANSWER_H

#include "core/core.h"
#include "core/text.h"
#include <itg/imi.h>
#include <stdatomic.h>

struct itg__imi_list;

struct itg__imi_header {
    const char *name; /* static */
    char value[104];
};

struct itg_imi_response {
    int32_t status;
    size_t header_count;
    struct itg__imi_header headers[4];
    struct itg__buf body;       /* what has been made and not been taken, see `taken` */
    size_t taken;               /* bytes at its beginning that the host has */
    struct itg__imi_list *list; /* makes the rest; NULL: there is none */
    bool broken;                /* the rest cannot be made */
    bool spare;                 /* one of itg__answers.spares */
    atomic_bool in_use;         /* for spares */
    char emergency[160];        /* the body, if there was no memory for another */
};

/* Where the answers of an interface come from. Zero it to begin. */
struct itg__answers {
    bool hide_trace;
    const char *challenge; /* how a client may prove who it is; NULL: as IMI wants it */
    /* For requests that find no memory for one of their own. */
    struct itg_imi_response spares[4];
};

/* Never NULL: without memory it is a spare, and when these are out a constant answer without a body. */
itg_imi_response_t *itg__imi_response_new(struct itg__answers *answers);
/* True if nothing can be added to it: there was no memory for a real one. */
bool itg__imi_response_is_last_resort(const itg_imi_response_t *response);
void itg__imi_response_header_add(itg_imi_response_t *response, const char *name, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Makes it the answer to a failure, whatever it was before. @param status  0: the catalogue's */
void itg__imi_response_fail(const struct itg__answers *answers, itg_imi_response_t *response,
                            const itg_failure_t *failure, int32_t status);
/* A new answer that refuses a request. */
itg_imi_response_t *itg__imi_response_refuse(struct itg__answers *answers, itg_error_t error, int32_t status,
                                             const char *operation);
/* Tells the host's log about failures that are the server's own. */
void itg__imi_log(itg_t *itg, const char *operation, const itg_failure_t *failure);
/* Leaves the status and headers only. */
void itg__imi_response_drop_body(itg_imi_response_t *response);

/* True for a Content-Type that JSON may come with; NULL: none was sent. */
bool itg__imi_content_type_ok(const char *header);

#endif
