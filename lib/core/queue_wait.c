/* Who sends over the built-in link sleeps here until results are in the store; only then do they count. */
#include "core/queue.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    MANY = 256,   /* rows of a transaction that others should not wait for */
    LOOK_MS = 100 /* between two looks at what another process does */
};

/* Until a command expires whose sender could not take it back: the process has ended, or the store failed. */
enum { GRACE_MS = 1000 };

/* A delivery on its way. */
struct slot {
    int64_t thinclient_id;
    int64_t command_id;
    itg_delivery_t *delivery;
    bool ended; /* there is nothing more to wait for */
};

/* One call of itg__queue_send(). What is in here and in its deliveries is under the queue's lock while it is in the
 * queue's list. */
struct itg__sleeper {
    struct slot *slots; /* by thin client */
    size_t count;
    size_t left;
    bool over;
    pthread_cond_t ended;
    struct itg__sleeper *next;
};

itg_error_t itg__queue_open(struct itg__fleet *fleet, itg_failure_t *failure)
{
    struct itg__queue *queue = calloc(1, sizeof *queue);
    if (!queue)
        return itg__fail(failure, ITG_E_INTERNAL, NULL);
    pthread_rwlock_init(&queue->link_lock, NULL);
    pthread_mutex_init(&queue->lock, NULL);
    fleet->queue = queue;
    return ITG_OK;
}

void itg__queue_close(struct itg__fleet *fleet)
{
    if (!fleet->queue)
        return;
    pthread_rwlock_destroy(&fleet->queue->link_lock);
    pthread_mutex_destroy(&fleet->queue->lock);
    free(fleet->queue);
    fleet->queue = NULL;
}

/* ---- results */

static int compare_slots(const void *a, const void *b)
{
    const struct slot *x = a, *y = b;
    return x->thinclient_id < y->thinclient_id ? -1 : x->thinclient_id > y->thinclient_id;
}

static struct slot *find_slot(const struct itg__sleeper *sleeper, int64_t thinclient_id)
{
    const struct slot key = {.thinclient_id = thinclient_id};
    return bsearch(&key, sleeper->slots, sleeper->count, sizeof key, compare_slots);
}

/* The lowest id of a command to this thin client that somebody waits for; 0: nobody does. */
static int64_t first_awaited(struct itg__queue *queue, int64_t thinclient_id)
{
    int64_t first = 0;
    pthread_mutex_lock(&queue->lock);
    for (struct itg__sleeper *sleeper = queue->sleepers; sleeper; sleeper = sleeper->next) {
        const struct slot *slot = find_slot(sleeper, thinclient_id);
        if (slot && !slot->ended && (first == 0 || slot->command_id < first))
            first = slot->command_id;
    }
    pthread_mutex_unlock(&queue->lock);
    return first;
}

struct result {
    int64_t thinclient_id;
    int64_t command_id;
    bool done;
    const char *message;
};

static void end_slot(struct itg__sleeper *sleeper, struct slot *slot, const struct result *result)
{
    itg_delivery_t *delivery = slot->delivery;
    size_t length = strnlen(result->message, sizeof delivery->message - 1);
    delivery->done = result->done;
    memcpy(delivery->message, result->message, length);
    delivery->message[length] = '\0';
    slot->ended = true;
    if (--sleeper->left == 0)
        pthread_cond_signal(&sleeper->ended);
}

/* Gives a result to whoever waits for it. */
static void offer(struct itg__queue *queue, const struct result *result)
{
    pthread_mutex_lock(&queue->lock);
    for (struct itg__sleeper *sleeper = queue->sleepers; sleeper; sleeper = sleeper->next) {
        struct slot *slot = find_slot(sleeper, result->thinclient_id);
        if (slot && !slot->ended && slot->command_id == result->command_id)
            end_slot(sleeper, slot, result);
    }
    pthread_mutex_unlock(&queue->lock);
}

static itg_error_t offer_since(struct itg__tx *tx, int64_t thinclient_id, int64_t first)
{
    struct itg__query q;
    itg__query(tx, &q,
               "SELECT id, state, message FROM command WHERE thinclient_id = $1 AND id >= $2 AND ended <> 0"
               " ORDER BY id",
               "ii", thinclient_id, first);
    while (itg__next(&q)) {
        const struct result result = {.thinclient_id = thinclient_id,
                                      .command_id = itg__int(&q, 0),
                                      .done = itg__int(&q, 1) == ITG_COMMAND_CONFIRMED,
                                      .message = itg__text(&q, 2)};
        offer(tx->fleet->queue, &result);
    }
    return itg__done(&q);
}

static itg_error_t tell(struct itg__tx *tx, int64_t thinclient_id, bool *ret_leaves)
{
    int64_t first = first_awaited(tx->fleet->queue, thinclient_id), id = 0;
    itg_error_t err = first ? offer_since(tx, thinclient_id, first) : ITG_OK;
    return err ? err
               : itg__lookup(tx, ret_leaves, &id,
                             "SELECT id FROM command WHERE thinclient_id = $1 AND state = 3 AND command >= 5"
                             " LIMIT 1",
                             "i", thinclient_id);
}

/* What fails here comes about later: senders look into the store themselves when their time is over, and a chore
 * lets thin clients go. */
void itg__queue_settled(struct itg__fleet *fleet, int64_t thinclient_id)
{
    itg_t host = {.fleet = fleet};
    itg_failure_t why = {.code = ITG_OK};
    struct itg__tx tx;
    bool leaves = false;
    itg_error_t err = itg__begin_read(&host, __func__, ITG__RIGHT_READ, &tx, &why);
    if (!err)
        err = itg__end(&tx, tell(&tx, thinclient_id, &leaves));
    if (!err && leaves)
        err = itg_thinclient_delete(&host, thinclient_id, &why);
    if (err && err != ITG_E_THINCLIENT_NOT_FOUND)
        itg__log(fleet, ITG_LOG_ERROR, "after a result of thin client %lld: %s", (long long)thinclient_id,
                 why.message);
}

/* ---- sleeping */

static itg_error_t sleeper_init(struct itg__sleeper *sleeper, size_t count, itg_failure_t *failure)
{
    *sleeper = (struct itg__sleeper){.count = count, .left = count};
    sleeper->slots = calloc(count ? count : 1, sizeof *sleeper->slots);
    if (!sleeper->slots)
        return itg__fail(failure, ITG_E_INTERNAL, NULL);
    itg__condition_init(&sleeper->ended);
    return ITG_OK;
}

static void sleeper_dispose(struct itg__sleeper *sleeper)
{
    pthread_cond_destroy(&sleeper->ended);
    free(sleeper->slots);
}

static void enlist(struct itg__queue *queue, struct itg__sleeper *sleeper)
{
    pthread_mutex_lock(&queue->lock);
    sleeper->next = queue->sleepers;
    queue->sleepers = sleeper;
    pthread_mutex_unlock(&queue->lock);
}

static void delist(struct itg__queue *queue, struct itg__sleeper *sleeper)
{
    pthread_mutex_lock(&queue->lock);
    struct itg__sleeper **link = &queue->sleepers;
    while (*link && *link != sleeper)
        link = &(*link)->next;
    if (*link)
        *link = sleeper->next;
    pthread_mutex_unlock(&queue->lock);
}

void itg__queue_release(struct itg__fleet *fleet)
{
    struct itg__queue *queue = fleet->queue;
    pthread_mutex_lock(&queue->lock);
    for (struct itg__sleeper *sleeper = queue->sleepers; sleeper; sleeper = sleeper->next) {
        sleeper->over = true;
        pthread_cond_signal(&sleeper->ended);
    }
    pthread_mutex_unlock(&queue->lock);
}

static struct timespec in_ms(int32_t ms)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    at.tv_sec += ms / 1000;
    at.tv_nsec += (long)(ms % 1000) * 1000000;
    if (at.tv_nsec >= 1000000000) {
        at.tv_sec++;
        at.tv_nsec -= 1000000000;
    }
    return at;
}

/* @return true if everything has ended */
static bool rest(struct itg__queue *queue, struct itg__sleeper *sleeper, const struct timespec *until)
{
    int rc = 0;
    pthread_mutex_lock(&queue->lock);
    while (sleeper->left > 0 && !sleeper->over && rc != ETIMEDOUT)
        rc = pthread_cond_timedwait(&sleeper->ended, &queue->lock, until);
    bool all = sleeper->left == 0;
    pthread_mutex_unlock(&queue->lock);
    return all;
}

static bool is_past(const struct timespec *at)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec != at->tv_sec ? now.tv_sec > at->tv_sec : now.tv_nsec >= at->tv_nsec;
}

/* ---- queuing */

static itg_error_t begin(itg_t *host, const char *operation, size_t rows, struct itg__tx *tx,
                         itg_failure_t *failure)
{
    return rows > MANY ? itg__begin_write_long(host, operation, ITG__RIGHT_WRITE, tx, failure)
                       : itg__begin_write(host, operation, ITG__RIGHT_WRITE, tx, failure);
}

struct sending {
    struct itg__fleet *fleet;
    int64_t account_id;
    itg_delivery_t *deliveries;
    size_t count;
    int32_t wait_ms;
};

static itg_error_t add_all(struct itg__tx *tx, const struct sending *sending, struct itg__sleeper *sleeper)
{
    int64_t first = 0, expires_ms = itg__now_ms(tx->fleet) + sending->wait_ms + GRACE_MS;
    itg_error_t err = itg__queue_ids(tx, sending->count, &first);
    for (size_t i = 0; i < sending->count && !err; i++) {
        itg_delivery_t *delivery = &sending->deliveries[i];
        const struct itg__queue_row row = {.id = first + (int64_t)i,
                                           .thinclient_id = delivery->id,
                                           .command = delivery->command,
                                           .state = ITG_COMMAND_QUEUED,
                                           .expires_ms = expires_ms,
                                           .message = "",
                                           .account_id = sending->account_id};
        bool added = false;
        err = itg__queue_add(tx, &row, &added);
        sleeper->slots[i] = (struct slot){delivery->id, row.id, delivery, !added};
        sleeper->left -= !added;
    }
    return err;
}

/* Those who wait are enlisted before the rows can be seen, so that no result comes too early for them. */
static itg_error_t enqueue(const struct sending *sending, struct itg__sleeper *sleeper,
                           itg_failure_t *failure)
{
    itg_t host = {.fleet = sending->fleet};
    struct itg__tx tx;
    itg_error_t err = begin(&host, "itg_command_send", sending->count, &tx, failure);
    if (err)
        return err;
    err = add_all(&tx, sending, sleeper);
    if (!err) {
        qsort(sleeper->slots, sleeper->count, sizeof *sleeper->slots, compare_slots);
        enlist(sending->fleet->queue, sleeper);
    }
    return itg__end(&tx, err);
}

static void announce(const struct sending *sending)
{
    enum { CHUNK = 256 };
    int64_t ids[CHUNK];
    size_t n = 0;
    for (size_t i = 0; i < sending->count; i++) {
        ids[n++] = sending->deliveries[i].id;
        if (n == CHUNK || i + 1 == sending->count) {
            itg__link_work(sending->fleet, ids, n);
            n = 0;
        }
    }
}

/* ---- taking back */

static bool has_ended(struct itg__queue *queue, const struct slot *slot)
{
    pthread_mutex_lock(&queue->lock);
    bool ended = slot->ended;
    pthread_mutex_unlock(&queue->lock);
    return ended;
}

/* What is in the store of a command that could not be taken back. The row of a thin client that has left is gone, but
 * then its result was offered before. */
static itg_error_t look(struct itg__tx *tx, const struct slot *slot)
{
    return offer_since(tx, slot->thinclient_id, slot->command_id);
}

static itg_error_t take_back(struct itg__tx *tx, const struct slot *slot)
{
    bool taken = false;
    int64_t id = 0;
    const char *why =
        itg__link_online(tx->fleet, slot->thinclient_id) ? itg__message_no_answer : itg__message_offline;
    itg_error_t err = itg__lookup(
        tx, &taken, &id,
        "UPDATE command SET state = 5, ended = $2, message = $3 WHERE id = $1 AND state = 1 RETURNING id",
        "iis", slot->command_id, itg__now_ms(tx->fleet), why);
    if (err || !taken)
        return err ? err : look(tx, slot);
    const struct result result = {slot->thinclient_id, slot->command_id, false, why};
    offer(tx->fleet->queue, &result);
    return ITG_OK;
}

/* What another process was told of, that serves the thin clients. */
static void look_at_all(struct itg__fleet *fleet, const struct itg__sleeper *sleeper)
{
    itg_t host = {.fleet = fleet};
    struct itg__tx tx;
    itg_error_t err = itg__begin_read(&host, __func__, ITG__RIGHT_READ, &tx, NULL);
    if (err)
        return; /* the next look, or taking back, tells */
    for (size_t i = 0; i < sleeper->count && !err; i++)
        if (!has_ended(fleet->queue, &sleeper->slots[i]))
            err = look(&tx, &sleeper->slots[i]);
    itg__end(&tx, err);
}

static bool is_released(struct itg__queue *queue, const struct itg__sleeper *sleeper)
{
    pthread_mutex_lock(&queue->lock);
    bool over = sleeper->over;
    pthread_mutex_unlock(&queue->lock);
    return over;
}

/* As rest(), but nobody will say when a result comes. */
static bool rest_and_look(struct itg__fleet *fleet, struct itg__sleeper *sleeper,
                          const struct timespec *until)
{
    while (!is_past(until) && !is_released(fleet->queue, sleeper)) {
        struct timespec next = in_ms(LOOK_MS);
        if (rest(fleet->queue, sleeper, &next))
            return true;
        look_at_all(fleet, sleeper);
    }
    return rest(fleet->queue, sleeper, until);
}

static bool rest_for_results(struct itg__fleet *fleet, struct itg__sleeper *sleeper,
                             const struct timespec *until)
{
    int32_t wait_ms = 0;
    return itg__link_builtin(fleet, &wait_ms) ? rest(fleet->queue, sleeper, until)
                                              : rest_and_look(fleet, sleeper, until);
}

/* If the store fails now, the commands expire by themselves before long. */
static void take_all_back(struct itg__fleet *fleet, const struct itg__sleeper *sleeper)
{
    itg_t host = {.fleet = fleet};
    itg_failure_t why = {.code = ITG_OK};
    struct itg__tx tx;
    itg_error_t err = begin(&host, "itg_command_send", sleeper->count, &tx, &why);
    if (!err) {
        for (size_t i = 0; i < sleeper->count && !err; i++)
            if (!has_ended(fleet->queue, &sleeper->slots[i]))
                err = take_back(&tx, &sleeper->slots[i]);
        err = itg__end(&tx, err);
    }
    if (err)
        itg__log(fleet, ITG_LOG_ERROR, "commands nobody fetched could not be taken back: %s", why.message);
}

itg_error_t itg__queue_send(struct itg__fleet *fleet, int64_t account_id, itg_delivery_t *deliveries,
                            size_t count, int32_t wait_ms, itg_failure_t *failure)
{
    const struct sending sending = {fleet, account_id, deliveries, count, wait_ms};
    struct timespec until = in_ms(wait_ms);
    struct itg__sleeper sleeper;
    itg_error_t err = sleeper_init(&sleeper, count, failure);
    if (err)
        return err;
    err = enqueue(&sending, &sleeper, failure);
    if (!err) {
        announce(&sending);
        if (!rest_for_results(fleet, &sleeper, &until))
            take_all_back(fleet, &sleeper);
    }
    delist(fleet->queue, &sleeper);
    sleeper_dispose(&sleeper);
    return err;
}

/* ---- history of what needed no waiting */

static itg_error_t record(struct itg__tx *tx, int64_t account_id, const itg_delivery_t *deliveries,
                          size_t count)
{
    int64_t first = 0, now_ms = itg__now_ms(tx->fleet);
    itg_error_t err = itg__queue_ids(tx, count, &first);
    for (size_t i = 0; i < count && !err; i++) {
        const struct itg__queue_row row = {.id = first + (int64_t)i,
                                           .thinclient_id = deliveries[i].id,
                                           .command = deliveries[i].command,
                                           .state = deliveries[i].done ? ITG_COMMAND_CONFIRMED
                                                                       : ITG_COMMAND_FAILED,
                                           .expires_ms = now_ms,
                                           .message = deliveries[i].message,
                                           .account_id = account_id};
        bool added = false;
        err = itg__queue_add(tx, &row, &added);
    }
    return err;
}

itg_error_t itg__queue_record(struct itg__fleet *fleet, int64_t account_id, const itg_delivery_t *deliveries,
                              size_t count, itg_failure_t *failure)
{
    itg_t host = {.fleet = fleet};
    struct itg__tx tx;
    itg_error_t err = begin(&host, "itg_command_send", count, &tx, failure);
    return err ? err : itg__end(&tx, record(&tx, account_id, deliveries, count));
}
