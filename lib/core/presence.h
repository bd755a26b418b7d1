/* Who is there: what is remembered in memory of each thin client that has made contact since the fleet was opened.
 *
 * Contacts cost no write. They are written behind, the oldest first, a bounded number in one transaction; until then
 * itg__presence_contact() tells the later of row and memory. Other processes read who is online from the store, where it
 * counts as long as the process that serves the thin clients renews its lease. */
#ifndef ITG__PRESENCE_H
#define ITG__PRESENCE_H

#include "core/core.h"
#include <itg/agent.h>

enum { ITG__PROOF = 16 }; /* bytes of a token's hash that are remembered */

/* What is remembered of a thin client. Some 90 bytes: there may be 300,000. */
struct itg__client {
    int64_t id;
    int64_t contact_ms;
    int64_t until_ms; /* it counts as online so long without another contact */
    int64_t revision; /* that it has confirmed; -1: none */
    int64_t sequence; /* of its last report that was kept */
    int64_t paced_ms; /* up to when its contacts so far would have taken it at the pace that is allowed */
    unsigned char proof[ITG__PROOF];
    uint32_t members; /* the membership and revision numbers of the fleet, cut, that it was last judged by */
    uint32_t revisions;
    uint32_t next;    /* in the list of those to be written, or of those that are free */
    bool known : 1;   /* its row has been looked at; else only id counts */
    bool work : 1;    /* there may be commands for it */
    bool waiting : 1; /* one of its check-ins waits */
    bool due : 1;     /* in the list of those to be written */
    bool stored : 1;  /* the store says that it is online */
    bool doomed : 1;  /* it was deleted, or nearly so */
};

struct itg__presence;

itg_error_t itg__presence_open(struct itg__fleet *fleet, itg_failure_t *failure);
void itg__presence_close(struct itg__fleet *fleet); /* copes with fleet->presence == NULL */

/* The remembered thin client, with the table locked: only a few assignments may lie between this and
 * itg__presence_unlock(). NULL, and not locked, if it is not remembered or, with `create`, if there is no memory. */
struct itg__client *itg__presence_lock(struct itg__fleet *fleet, int64_t id, bool create);
void itg__presence_unlock(struct itg__fleet *fleet);

/* A thin client made contact now; it counts as online until until_ms. On a locked one. */
void itg__presence_touch(struct itg__fleet *fleet, struct itg__client *client, int64_t now_ms,
                         int64_t until_ms);
/* It does not count as online any more unless it waits. On a locked one. */
void itg__presence_leave(struct itg__fleet *fleet, struct itg__client *client);

/* More, or fewer, check-ins wait. With any client locked. */
void itg__presence_count(struct itg__fleet *fleet, int32_t waiting);

/* It has been deleted, if the transaction is kept. */
void itg__presence_doom(struct itg__fleet *fleet, int64_t id);
/* True if any was doomed since the last call. */
bool itg__presence_doomed(struct itg__fleet *fleet);

bool itg__presence_online(struct itg__fleet *fleet, int64_t id);

/* The later of a row's last contact and the remembered one. */
int64_t itg__presence_contact(struct itg__fleet *fleet, int64_t id, int64_t row_ms);

/* This process serves the thin clients from now on, or does so no more: what the store says of who is online is its
 * alone. */
itg_error_t itg__presence_serve(struct itg__fleet *fleet, itg_failure_t *failure);
void itg__presence_retire(struct itg__fleet *fleet);

/* Upkeep of the process that serves: finds who has gone, forgets who was deleted, renews the lease, writes up to a number
 * of thin clients. Waits for other writers only if it was put off for long. *ret_more: some are left. */
itg_error_t itg__presence_step(struct itg__fleet *fleet, bool *ret_more, itg_failure_t *failure);

/* Online according to the store, for a process that does not serve. */
bool itg__presence_stored(struct itg__fleet *fleet, int64_t id);

#endif
