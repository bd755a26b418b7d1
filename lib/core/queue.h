/* The life of commands: a row each in the table `command`, and whoever waits for results.
 *
 *     queued ──> sent ──> confirmed
 *        │         ├────> failed
 *        └─────────┴────> expired
 *
 * States only move along these lines, each move in a write transaction, so that of a fetch and a take-back, or a
 * result and an expiry, one comes first and the other finds that it is too late. */
#ifndef ITG__QUEUE_H
#define ITG__QUEUE_H

#include "core/core.h"

struct itg__sleeper;

/* What IMI says of a command. */
extern const char itg__message_ok[];         /* "OK" */
extern const char itg__message_no_answer[];  /* "No answer from device" */
extern const char itg__message_offline[];    /* "Device is offline" */
extern const char itg__message_no_address[]; /* "Found no IP address for device" */

/* --- the device side's own link, link.c --- */

/* Functions may be called from any thread, several at once, and must not wait. */
struct itg__builtin_link {
    int32_t (*online)(void *ctx, int64_t id); /* as itg_link_t.online */
    /* These thin clients have work. Called after commit, outside of transactions. */
    void (*work)(void *ctx, const int64_t *thinclient_ids, size_t count);
    void *ctx;
    int32_t wait_ms; /* how long itg_command_send() waits for results */
};

/* Puts it in place of the link that the host did not hand over. False if there is one already. */
bool itg__link_attach(struct itg__fleet *fleet, const struct itg__builtin_link *link);
/* Takes it away: after this no call of it runs or will come, and nobody waits for results any more. */
void itg__link_detach(struct itg__fleet *fleet);
/* True, and its wait_ms, if it is there. */
bool itg__link_builtin(struct itg__fleet *fleet, int32_t *ret_wait_ms);
/* Asks the link, whichever it is. */
bool itg__link_online(struct itg__fleet *fleet, int64_t id);
/* Tells it of work; after commit. Nothing happens without it. */
void itg__link_work(struct itg__fleet *fleet, const int64_t *thinclient_ids, size_t count);

/* What a fleet keeps in memory of all this. Locks are taken inside transactions, and none is held when one begins. */
struct itg__queue {
    pthread_rwlock_t link_lock;    /* read: while the link is called */
    struct itg__builtin_link link; /* online == NULL: none */
    pthread_mutex_t lock;
    struct itg__sleeper *sleepers;
};

/* --- rows, queue.c; all inside a transaction --- */

/* Rows of one thin client: more open ones are not taken, older ended ones are forgotten. */
enum { ITG__OPEN_COMMANDS = 100, ITG__KEPT_COMMANDS = 100 };

/* Takes `count` ids, the first of which is *ret_first, for rows that this transaction adds by rising id: devices
 * go by that order. */
itg_error_t itg__queue_ids(struct itg__tx *tx, size_t count, int64_t *ret_first);

struct itg__queue_row {
    int64_t id;
    int64_t thinclient_id;
    itg_command_t command;
    itg_command_state_t state; /* one that has ended gets this moment as its end */
    int64_t expires_ms;
    const char *message;
    int64_t account_id; /* who asked for it; 0: the host */
};
/* Adds a row. *ret_added false: the thin client is gone, or has ITG__OPEN_COMMANDS. */
itg_error_t itg__queue_add(struct itg__tx *tx, const struct itg__queue_row *row, bool *ret_added);

/* Writing: hands out what waits for a thin client, queued or sent without a result, oldest first, and marks queued
 * ones as sent. `limit` is ITG__OPEN_COMMANDS at most. */
typedef void (*itg__queue_fn)(void *ctx, int64_t command_id, itg_command_t command);
itg_error_t itg__queue_deliver(struct itg__tx *tx, int64_t thinclient_id, size_t limit, itg__queue_fn fn,
                               void *ctx);

/* Reading: is there anything to hand out? */
itg_error_t itg__queue_pending(struct itg__tx *tx, int64_t thinclient_id, bool *ret_pending);

/* Writing: a device's result. Nothing happens if the command is unknown, another's, was not sent or has ended. The
 * message is a stranger's text, cut to what itg_delivery_t can hold.
 * @param ret_ended  may be NULL; one more if the command ended with it */
itg_error_t itg__queue_result(struct itg__tx *tx, int64_t thinclient_id, int64_t command_id, bool done,
                              const char *message, int *ret_ended);

/* Reading: the newest id given out, and the thin clients of open commands with ids above one, by rising command id.
 * fn returns 0 to go on. For what other processes queue. */
typedef int32_t (*itg__queue_since_fn)(void *ctx, int64_t command_id, int64_t thinclient_id);
itg_error_t itg__queue_newest(struct itg__tx *tx, int64_t *ret_id);
itg_error_t itg__queue_since(struct itg__tx *tx, int64_t after_id, itg__queue_since_fn fn, void *ctx);

/* Chores of itg_step(): open commands whose time is over; ended ones that are old; thin clients that confirmed to
 * leave and were not let go, because the process ended in between. */
itg_error_t itg__queue_expiry_due(struct itg__tx *tx, bool *ret_found, int64_t *ret_due_ms);
itg_error_t itg__queue_expire(struct itg__tx *tx, int64_t limit);
itg_error_t itg__queue_prune_due(struct itg__tx *tx, bool *ret_found, int64_t *ret_due_ms);
itg_error_t itg__queue_prune(struct itg__tx *tx, int64_t limit);
itg_error_t itg__queue_leave_due(struct itg__tx *tx, bool *ret_found, int64_t *ret_due_ms);
itg_error_t itg__queue_leave(struct itg__tx *tx, int64_t limit);

/* True for a command after whose confirmation the thin client is no part of the fleet. */
bool itg__makes_leave(itg_command_t command);

/* --- those who wait, queue_wait.c; all outside of transactions --- */

itg_error_t itg__queue_open(struct itg__fleet *fleet, itg_failure_t *failure);
void itg__queue_close(struct itg__fleet *fleet); /* copes with fleet->queue == NULL */

/* After the transaction with results of a thin client was committed: wakes whoever waits for them, and lets the thin
 * client leave (deletes it) if it confirmed tcreset2facdefs or forget. */
void itg__queue_settled(struct itg__fleet *fleet, int64_t thinclient_id);

/* The built-in link's send: queues, tells of work, sleeps until all have results or wait_ms are over, takes back what
 * was not fetched. Deliveries are to different thin clients, one command. A failure means that nothing was queued. */
itg_error_t itg__queue_send(struct itg__fleet *fleet, int64_t account_id, itg_delivery_t *deliveries,
                            size_t count, int32_t wait_ms, itg_failure_t *failure);

/* Keeps results that needed no waiting as history. */
itg_error_t itg__queue_record(struct itg__fleet *fleet, int64_t account_id, const itg_delivery_t *deliveries,
                              size_t count, itg_failure_t *failure);

/* Nobody waits any more: all that do are woken and take back. */
void itg__queue_release(struct itg__fleet *fleet);

#endif
