/* The table of thin clients in memory. One lock: nothing under it takes longer than a look into the table. */
#include "core/presence_table.h"
#include <stdlib.h>
#include <string.h>

enum {
    BLOCK = 1024, /* clients that are made room for at once */
    FIRST_SLOTS = 256,
    MOST_CLIENTS = 1 << 24 /* those beyond cannot check in */
};

_Static_assert(sizeof(struct itg__client) <= 88, "300,000 of them, and their slots, take less than 30 MB");

struct itg__client *itg__presence_at(const struct itg__presence *presence, uint32_t number)
{
    return &presence->blocks[(number - 1) / BLOCK][(number - 1) % BLOCK];
}

/* Ids are given out in sequence, and only those that exist get here. */
static size_t home_of(const struct itg__presence *presence, int64_t id)
{
    return (size_t)(((uint64_t)id * UINT64_C(0x9E3779B97F4A7C15)) >> 32) & (presence->capacity - 1);
}

/* The slot of an id, or the free one where it belongs. */
static size_t slot_of(const struct itg__presence *presence, int64_t id)
{
    size_t slot = home_of(presence, id);
    while (presence->slots[slot] && itg__presence_at(presence, presence->slots[slot])->id != id)
        slot = (slot + 1) & (presence->capacity - 1);
    return slot;
}

static uint32_t number_of(const struct itg__presence *presence, int64_t id)
{
    return presence->capacity ? presence->slots[slot_of(presence, id)] : 0;
}

struct itg__client *itg__presence_find(const struct itg__presence *presence, int64_t id)
{
    uint32_t number = number_of(presence, id);
    return number ? itg__presence_at(presence, number) : NULL;
}

static bool widen(struct itg__presence *presence)
{
    size_t old = presence->capacity;
    uint32_t *slots = presence->slots;
    if (presence->count < old - old / 4)
        return true;
    uint32_t *wider = calloc(old ? old * 2 : FIRST_SLOTS, sizeof *wider);
    if (!wider)
        return false;
    presence->slots = wider;
    presence->capacity = old ? old * 2 : FIRST_SLOTS;
    for (size_t i = 0; i < old; i++)
        if (slots[i])
            presence->slots[slot_of(presence, itg__presence_at(presence, slots[i])->id)] = slots[i];
    free(slots);
    return true;
}

static bool add_block(struct itg__presence *presence)
{
    struct itg__client **blocks = realloc(presence->blocks, (presence->block_count + 1) * sizeof *blocks);
    if (!blocks)
        return false;
    presence->blocks = blocks;
    blocks[presence->block_count] = malloc(BLOCK * sizeof **blocks);
    if (!blocks[presence->block_count])
        return false;
    presence->block_count++;
    return true;
}

/* A place for a client; 0 without memory. */
static uint32_t place(struct itg__presence *presence)
{
    uint32_t number = presence->unused;
    if (number) {
        presence->unused = itg__presence_at(presence, number)->next;
        return number;
    }
    if (presence->made == MOST_CLIENTS)
        return 0;
    if (presence->made == presence->block_count * BLOCK && !add_block(presence))
        return 0;
    return ++presence->made;
}

static struct itg__client *create(struct itg__presence *presence, int64_t id)
{
    uint32_t number = widen(presence) ? place(presence) : 0;
    if (!number)
        return NULL;
    struct itg__client *client = itg__presence_at(presence, number);
    *client = (struct itg__client){.id = id, .revision = -1};
    presence->slots[slot_of(presence, id)] = number;
    presence->count++;
    return client;
}

/* Closes the gap in front of those that stand behind their home because of it. */
static void empty_slot(struct itg__presence *presence, size_t gap)
{
    size_t mask = presence->capacity - 1;
    for (size_t i = (gap + 1) & mask; presence->slots[i]; i = (i + 1) & mask) {
        size_t home = home_of(presence, itg__presence_at(presence, presence->slots[i])->id);
        if (((i - home) & mask) < ((i - gap) & mask))
            continue;
        presence->slots[gap] = presence->slots[i];
        gap = i;
    }
    presence->slots[gap] = 0;
}

void itg__presence_forget(struct itg__presence *presence, int64_t id)
{
    uint32_t number = number_of(presence, id);
    struct itg__client *client = number ? itg__presence_at(presence, number) : NULL;
    if (!client || client->waiting || client->due)
        return;
    empty_slot(presence, slot_of(presence, id));
    *client = (struct itg__client){.next = presence->unused};
    presence->unused = number;
    presence->count--;
}

void itg__presence_due(struct itg__presence *presence, struct itg__client *client)
{
    if (client->due)
        return;
    uint32_t number = number_of(presence, client->id);
    client->due = true;
    client->next = 0;
    if (presence->due_last)
        itg__presence_at(presence, presence->due_last)->next = number;
    else
        presence->due_first = number;
    presence->due_last = number;
}

struct itg__client *itg__presence_take_due(struct itg__presence *presence)
{
    uint32_t number = presence->due_first;
    if (!number)
        return NULL;
    struct itg__client *client = itg__presence_at(presence, number);
    presence->due_first = client->next;
    if (!client->next)
        presence->due_last = 0;
    client->due = false;
    client->next = 0;
    return client;
}

bool itg__presence_is_online(const struct itg__client *client, int64_t now_ms)
{
    return !client->doomed && (client->waiting || now_ms < client->until_ms);
}

/* ---- for others */

itg_error_t itg__presence_open(struct itg__fleet *fleet, itg_failure_t *failure)
{
    struct itg__presence *presence = calloc(1, sizeof *presence);
    if (!presence)
        return itg__fail(failure, ITG_E_INTERNAL, NULL);
    pthread_mutex_init(&presence->lock, NULL);
    pthread_mutex_init(&presence->others_lock, NULL);
    fleet->presence = presence;
    return ITG_OK;
}

void itg__presence_close(struct itg__fleet *fleet)
{
    struct itg__presence *presence = fleet->presence;
    if (!presence)
        return;
    for (size_t i = 0; i < presence->block_count; i++)
        free(presence->blocks[i]);
    free(presence->blocks);
    free(presence->slots);
    free(presence->others);
    pthread_mutex_destroy(&presence->others_lock);
    pthread_mutex_destroy(&presence->lock);
    free(presence);
    fleet->presence = NULL;
}

struct itg__client *itg__presence_lock(struct itg__fleet *fleet, int64_t id, bool make)
{
    struct itg__presence *presence = fleet->presence;
    pthread_mutex_lock(&presence->lock);
    struct itg__client *client = itg__presence_find(presence, id);
    if (!client && make)
        client = create(presence, id);
    if (!client)
        pthread_mutex_unlock(&presence->lock);
    return client;
}

void itg__presence_unlock(struct itg__fleet *fleet)
{
    pthread_mutex_unlock(&fleet->presence->lock);
}

void itg__presence_touch(struct itg__fleet *fleet, struct itg__client *client, int64_t now_ms,
                         int64_t until_ms)
{
    fleet->presence->contacts++;
    client->contact_ms = now_ms > client->contact_ms ? now_ms : client->contact_ms;
    client->until_ms = until_ms;
    client->doomed = false;
    itg__presence_due(fleet->presence, client);
}

void itg__presence_leave(struct itg__fleet *fleet, struct itg__client *client)
{
    client->until_ms = 0;
    itg__presence_due(fleet->presence, client);
}

void itg__presence_count(struct itg__fleet *fleet, int32_t waiting)
{
    fleet->presence->waiting += waiting;
}

void itg__presence_doom(struct itg__fleet *fleet, int64_t id)
{
    struct itg__client *client = itg__presence_lock(fleet, id, false);
    if (!client)
        return;
    client->doomed = true;
    fleet->presence->doomed = true;
    itg__presence_unlock(fleet);
}

bool itg__presence_doomed(struct itg__fleet *fleet)
{
    struct itg__presence *presence = fleet->presence;
    pthread_mutex_lock(&presence->lock);
    bool doomed = presence->doomed;
    presence->doomed = false;
    pthread_mutex_unlock(&presence->lock);
    return doomed;
}

bool itg__presence_online(struct itg__fleet *fleet, int64_t id)
{
    struct itg__client *client = itg__presence_lock(fleet, id, false);
    if (!client)
        return false;
    bool online = itg__presence_is_online(client, itg__now_ms(fleet));
    itg__presence_unlock(fleet);
    return online;
}

int64_t itg__presence_contact(struct itg__fleet *fleet, int64_t id, int64_t row_ms)
{
    struct itg__client *client = itg__presence_lock(fleet, id, false);
    if (!client)
        return row_ms;
    int64_t later_ms = client->contact_ms > row_ms ? client->contact_ms : row_ms;
    itg__presence_unlock(fleet);
    return later_ms;
}
