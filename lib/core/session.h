/* Sessions and passwords of a fleet: what is kept in memory beside the tables account and session. */
#ifndef ITG__SESSION_H
#define ITG__SESSION_H

#include "core/core.h"

/* Sessions a user may have open; one more ends the one that was used longest ago. */
#define ITG__LIMIT_SESSIONS 1000

struct itg__passwords;

/* Uses of sessions since their rows were written. The exact end of a session is kept here, so that a request
 * costs no durable write; its row follows in steps of a thirtieth of the lifetime, and when the fleet is
 * closed. That a session exists is told by its row alone: another process may have ended it. */
struct itg__sessions {
    struct itg__passwords *passwords;
    pthread_mutex_t lock; /* of what follows */
    struct itg__seat *seats;
    size_t capacity; /* a power of 2, or 0 */
    size_t used;
    int64_t full_until_ms;
};

/* When a fleet is opened; on failure fleet->sessions stays as it was. Needs sodium_init(). */
itg_error_t itg__sessions_open(struct itg__fleet *fleet, itg_failure_t *failure);

/* When a fleet is closed, while its writer is still open. Copes with fleet->sessions == NULL. */
void itg__sessions_close(struct itg__fleet *fleet);

/* As itg_session_use(), with a reading begun on the handle in which the session was looked up already. */
itg_error_t itg__session_read(itg_t *itg, const char *session_id, itg_t **ret_itg, itg_failure_t *failure);

/* When something ends that begins now and lasts as long as a session. */
int64_t itg__lifetime_end(struct itg__fleet *fleet);

/* Removes rows of sessions that expired a lifetime ago, up to a number of them: another process may know of a
 * later use than the row. */
itg_error_t itg__sessions_sweep(struct itg__tx *tx, int64_t limit);
/* When the first row can be removed. *ret_found false: there is none */
itg_error_t itg__sessions_due(struct itg__tx *tx, bool *ret_found, int64_t *ret_due_ms);

#endif
