/* The inside of presence: presence.c keeps the table, presence_store.c what the store has of it. */
#ifndef ITG__PRESENCE_TABLE_H
#define ITG__PRESENCE_TABLE_H

#include "core/presence.h"

/* Clients are numbered from 1 by where they stand, which does not change; 0: none. */
struct itg__presence {
    pthread_mutex_t lock; /* of what follows; taken last of all locks */
    struct itg__client **blocks;
    size_t block_count;
    uint32_t made;   /* clients that stand somewhere, free ones included */
    uint32_t unused; /* the first free one */
    uint32_t *slots; /* hash table by id: numbers */
    size_t capacity; /* of slots: a power of 2, or 0 */
    size_t count;
    uint32_t due_first, due_last; /* those to be written, oldest first */
    uint32_t swept;               /* the last one that the sweep has looked at */
    bool doomed;
    int64_t contacts;
    int64_t waiting;

    /* of the thread that does the upkeep */
    bool serving;
    int put_off;
    int64_t started_ms;
    int64_t lease_ms; /* when it was written */

    pthread_mutex_t others_lock; /* of what follows: who is online by another process's word */
    bool loading;
    int64_t *others; /* by ascending id */
    size_t others_count;
    int64_t others_ms; /* when that was read */
};

struct itg__client *itg__presence_at(const struct itg__presence *presence, uint32_t number);

/* On the locked table. */
struct itg__client *itg__presence_find(const struct itg__presence *presence, int64_t id);
bool itg__presence_is_online(const struct itg__client *client, int64_t now_ms);
void itg__presence_due(struct itg__presence *presence, struct itg__client *client);
struct itg__client *itg__presence_take_due(struct itg__presence *presence); /* NULL: none is left */
/* Not one that waits, or is to be written: its turn comes later. */
void itg__presence_forget(struct itg__presence *presence, int64_t id);

#endif
