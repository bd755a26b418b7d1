/* Transactions. Readers take a connection of their own from the pool. Writers take turns on one connection,
 * and share commits: an operation that ends while others wait hands the open store transaction (the batch) on
 * instead of committing it, and sleeps until whoever finds nobody waiting commits for all. So n concurrent
 * writers cost one sync of the disk, and none is told of success before its work is durable. Each operation
 * but the first of a batch runs in a savepoint, so that a failing one undoes only itself.
 *
 * Each thread sleeps on a condition of its own. Those of glibc up to 2.41 lose wake-ups, or hang in broadcasts, when
 * several threads wait at one.
 *
 * Invariant: a batch that is open without an owner has a thread waiting for the connection, which will end
 * it. */
#include "core/access.h"
#include "core/licence.h"
#include <errno.h>
#include <stdlib.h>
#include <time.h>

/* Most operations in one batch: bounds how long the first of them waits. */
enum { MAX_SHARERS = 64, MAX_POOL = 16 };

/* How a batch ended, for an operation that handed the connection on. */
struct itg__outcome {
    pthread_cond_t ended;
    bool done;
    itg_error_t err;
    itg_failure_t *failure;
    struct itg__outcome *next;
};

/* A thread that waits for the connection. */
struct itg__turn {
    pthread_cond_t freed;
    struct itg__turn *next;
};

void itg__condition_init(pthread_cond_t *condition)
{
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(condition, &attr);
    pthread_condattr_destroy(&attr);
}

void itg__writer_init(struct itg__fleet *fleet)
{
    pthread_mutex_init(&fleet->writer.lock, NULL);
    pthread_mutex_init(&fleet->pool_lock, NULL);
}

itg_error_t itg__writer_open(struct itg__fleet *fleet, itg_failure_t *failure)
{
    struct itg__writer *writer = &fleet->writer;
    return itg__connection_open(fleet, true, &writer->connection, failure);
}

void itg__writer_close(struct itg__fleet *fleet)
{
    struct itg__writer *writer = &fleet->writer;
    while (fleet->pool) {
        struct itg__connection *conn = fleet->pool;
        fleet->pool = conn->next;
        itg__connection_close(conn);
    }
    itg__connection_close(writer->connection);
    pthread_mutex_destroy(&writer->lock);
    pthread_mutex_destroy(&fleet->pool_lock);
}

static bool is_owner(const struct itg__writer *writer)
{
    return writer->owned && pthread_equal(writer->owner, pthread_self());
}

/* True, and one level deeper, if the calling thread has the connection already. */
static bool join(struct itg__writer *writer)
{
    pthread_mutex_lock(&writer->lock);
    bool own = is_owner(writer);
    if (own)
        writer->depth++;
    pthread_mutex_unlock(&writer->lock);
    return own;
}

static void leave(struct itg__writer *writer)
{
    pthread_mutex_lock(&writer->lock);
    writer->depth--;
    pthread_mutex_unlock(&writer->lock);
}

static struct timespec deadline(int ms)
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

/* ---- turns; under the lock */

static void turn_begin(struct itg__writer *writer, struct itg__turn *turn)
{
    itg__condition_init(&turn->freed);
    turn->next = NULL;
    if (writer->last)
        writer->last->next = turn;
    else
        writer->first = turn;
    writer->last = turn;
}

static void turn_end(struct itg__writer *writer, struct itg__turn *turn)
{
    struct itg__turn **link = &writer->first, *before = NULL;
    while (*link != turn) {
        before = *link;
        link = &before->next;
    }
    *link = turn->next;
    if (writer->last == turn)
        writer->last = before;
    pthread_cond_destroy(&turn->freed);
}

/* The connection has no owner any more. */
static void set_free(struct itg__writer *writer)
{
    writer->owned = false;
    writer->depth = 0;
    if (writer->first)
        pthread_cond_signal(&writer->first->freed);
}

static void wait_for_turn(struct itg__writer *writer, int timeout_ms)
{
    struct itg__turn turn;
    struct timespec at = deadline(timeout_ms);
    int rc = 0;
    turn_begin(writer, &turn);
    while (writer->owned && rc != ETIMEDOUT)
        rc = pthread_cond_timedwait(&turn.freed, &writer->lock, &at);
    turn_end(writer, &turn);
}

/* Waits for the connection and takes it. Gives up only while another thread owns it: see the invariant. */
static itg_error_t acquire(struct itg__fleet *fleet, bool wait, itg_failure_t *failure)
{
    struct itg__writer *writer = &fleet->writer;
    pthread_mutex_lock(&writer->lock);
    if (writer->owned && wait)
        wait_for_turn(writer, fleet->config.busy_timeout_ms);
    bool taken = !writer->owned;
    if (taken) {
        writer->owned = true;
        writer->owner = pthread_self();
        writer->depth = 1;
    }
    pthread_mutex_unlock(&writer->lock);
    return taken ? ITG_OK : itg__fail_detail(failure, ITG_E_NOT_AVAILABLE, "another writer is busy");
}

static void release(struct itg__writer *writer)
{
    pthread_mutex_lock(&writer->lock);
    set_free(writer);
    pthread_mutex_unlock(&writer->lock);
}

static itg_error_t batch_begin(struct itg__fleet *fleet, enum itg__mode mode, itg_failure_t *failure)
{
    struct itg__writer *writer = &fleet->writer;
    itg_error_t err = fleet->engine->begin(writer->connection->handle, mode, failure);
    if (err)
        return err;
    writer->open = true;
    writer->sharers = 0;
    return ITG_OK;
}

/* Called by the owner: the batch is over, with this result, for everyone who sleeps on it. */
static void batch_wake(struct itg__writer *writer, itg_error_t err, const itg_failure_t *why)
{
    pthread_mutex_lock(&writer->lock);
    writer->open = false;
    writer->sharers = 0;
    for (struct itg__outcome *o = writer->sleepers; o; o = o->next) {
        o->err = err;
        o->done = true;
        if (err && o->failure && !o->failure->code)
            *o->failure = *why;
        pthread_cond_signal(&o->ended);
    }
    writer->sleepers = NULL;
    pthread_mutex_unlock(&writer->lock);
}

/* Called by the owner after a batch: tells of what it stirred up, if it was kept. */
static void tell_stir(struct itg__fleet *fleet, bool kept)
{
    bool stirred = fleet->writer.stirred;
    fleet->writer.stirred = false;
    if (!stirred || !kept)
        return;
    atomic_fetch_add(&fleet->stirs, 1);
    if (fleet->stir)
        fleet->stir(fleet->stir_ctx);
}

/* Called by the owner: commits the open batch. */
static itg_error_t batch_commit(struct itg__fleet *fleet, itg_failure_t *failure)
{
    struct itg__writer *writer = &fleet->writer;
    void *handle = writer->connection->handle;
    itg_failure_t why = {.code = ITG_OK};
    itg_error_t err = ITG_OK;
    if (!fleet->engine->in_transaction(handle))
        err = itg__fail_detail(&why, ITG_E_DATABASE, "the store gave the transaction up");
    if (!err)
        err = fleet->engine->commit(handle, &why);
    if (err)
        fleet->engine->rollback(handle);
    if (err && failure && !failure->code)
        *failure = why;
    tell_stir(fleet, !err);
    batch_wake(writer, err, &why);
    return err;
}

/* Called by the owner: undoes the open batch, in which only the owner's work is. */
static void batch_rollback(struct itg__fleet *fleet)
{
    fleet->engine->rollback(fleet->writer.connection->handle);
    tell_stir(fleet, false);
    batch_wake(&fleet->writer, ITG_E_DATABASE, &(itg_failure_t){.code = ITG_E_DATABASE});
}

/* Takes the connection for one thread alone, without a batch of others. */
static itg_error_t acquire_alone(struct itg__fleet *fleet, itg_failure_t *failure)
{
    itg_error_t err = acquire(fleet, true, failure);
    if (!err && fleet->writer.open)
        batch_commit(fleet, NULL); /* its operations hear of a failure themselves */
    return err;
}

static itg_error_t pool_take(struct itg__fleet *fleet, struct itg__connection **ret_conn,
                             itg_failure_t *failure)
{
    pthread_mutex_lock(&fleet->pool_lock);
    struct itg__connection *conn = fleet->pool;
    if (conn) {
        fleet->pool = conn->next;
        fleet->pool_size--;
    }
    pthread_mutex_unlock(&fleet->pool_lock);
    if (!conn)
        return itg__connection_open(fleet, false, ret_conn, failure);
    *ret_conn = conn;
    return ITG_OK;
}

static void pool_give(struct itg__fleet *fleet, struct itg__connection *conn)
{
    pthread_mutex_lock(&fleet->pool_lock);
    bool keep = fleet->pool_size < MAX_POOL;
    if (keep) {
        conn->next = fleet->pool;
        fleet->pool = conn;
        fleet->pool_size++;
    }
    pthread_mutex_unlock(&fleet->pool_lock);
    if (!keep)
        itg__connection_close(conn);
}

/* A record that holds an earlier failure is left alone, its trace too. */
static itg_error_t tx_init(struct itg__tx *tx, itg_t *itg, const char *operation, itg_failure_t *failure)
{
    itg_error_t err = itg__need(itg != NULL, "itg", failure);
    if (err)
        return err;
    bool used = failure && failure->code;
    *tx = (struct itg__tx){
        .itg = itg, .fleet = itg->fleet, .operation = operation, .failure = used ? NULL : failure};
    err = itg__licensed_operation(itg->fleet, operation, tx->failure);
    if (err)
        itg__trace(tx->failure, operation);
    return err;
}

/* A read connection with a transaction open. */
static itg_error_t read_open(struct itg__fleet *fleet, struct itg__connection **ret_connection,
                             itg_failure_t *failure)
{
    struct itg__connection *conn = NULL;
    itg_error_t err = pool_take(fleet, &conn, failure);
    if (err)
        return err;
    err = fleet->engine->begin(conn->handle, ITG__MODE_READ, failure);
    if (err)
        pool_give(fleet, conn);
    else
        *ret_connection = conn;
    return err;
}

static void read_close(struct itg__fleet *fleet, struct itg__connection *conn)
{
    fleet->engine->rollback(conn->handle);
    pool_give(fleet, conn);
}

static itg_error_t begin_read(struct itg__tx *tx)
{
    struct itg__fleet *fleet = tx->fleet;
    tx->nested = join(&fleet->writer);
    tx->on_writer = tx->nested || fleet->single;
    if (tx->nested || fleet->single) {
        tx->connection = fleet->writer.connection;
        return tx->nested ? ITG_OK : acquire_alone(fleet, tx->failure);
    }
    tx->shared = tx->itg->reading != NULL;
    if (!tx->shared)
        return read_open(fleet, &tx->connection, tx->failure);
    tx->connection = tx->itg->reading;
    return ITG_OK;
}

static itg_error_t end_read(struct itg__tx *tx, itg_error_t err)
{
    struct itg__fleet *fleet = tx->fleet;
    if (tx->nested) {
        leave(&fleet->writer);
    } else if (tx->on_writer) {
        release(&fleet->writer);
    } else if (!tx->shared) {
        read_close(fleet, tx->connection);
    }
    return err;
}

itg_error_t itg__reading_begin(itg_t *itg, itg_failure_t *failure)
{
    bool nested = join(&itg->fleet->writer);
    if (nested)
        leave(&itg->fleet->writer);
    return nested || itg->fleet->single ? ITG_OK : read_open(itg->fleet, &itg->reading, failure);
}

void itg__reading_end(itg_t *itg)
{
    if (itg->reading)
        read_close(itg->fleet, itg->reading);
    itg->reading = NULL;
}

static itg_error_t save(struct itg__tx *tx)
{
    itg_error_t err = tx->fleet->engine->savepoint(tx->connection->handle, tx->failure);
    tx->saved = !err;
    return err;
}

/* The store may have given up the transaction around this one; a savepoint would then start another. */
static bool is_lost(const struct itg__fleet *fleet)
{
    return fleet->writer.open && !fleet->engine->in_transaction(fleet->writer.connection->handle);
}

static itg_error_t begin_nested(struct itg__tx *tx)
{
    itg_error_t err = is_lost(tx->fleet)
                          ? itg__fail_detail(tx->failure, ITG_E_DATABASE, "the store gave the group up")
                          : save(tx);
    if (err)
        leave(&tx->fleet->writer);
    return err;
}

enum patience {
    PATIENT, /* waits for its turn */
    LONG,    /* also ends the batch of others first */
    IMPATIENT
};

static itg_error_t begin_write(struct itg__tx *tx, enum patience patience)
{
    struct itg__fleet *fleet = tx->fleet;
    struct itg__writer *writer = &fleet->writer;
    tx->write = true;
    tx->on_writer = true;
    tx->connection = writer->connection;
    tx->nested = join(writer);
    if (tx->nested)
        return begin_nested(tx);
    itg_error_t err = patience == LONG ? acquire_alone(fleet, tx->failure)
                                       : acquire(fleet, patience == PATIENT, tx->failure);
    if (err)
        return err;
    if (!writer->open) {
        err = batch_begin(fleet, patience == IMPATIENT ? ITG__MODE_WRITE_NOW : ITG__MODE_WRITE, tx->failure);
        if (err)
            release(writer);
        return err;
    }
    err = save(tx);
    if (err) {
        batch_commit(fleet, NULL);
        release(writer);
    }
    return err;
}

/* Ends the savepoint. If the store cannot, the batch is not to be trusted any more and is given up. */
static itg_error_t end_savepoint(struct itg__tx *tx, itg_error_t err)
{
    const struct itg__engine *engine = tx->fleet->engine;
    void *handle = tx->connection->handle;
    if (!tx->saved || !engine->in_transaction(handle))
        return err         ? err
               : tx->saved ? itg__fail_detail(tx->failure, ITG_E_DATABASE, "transaction lost")
                           : ITG_OK;
    itg_error_t store = err ? engine->undo(handle, NULL) : engine->release(handle, tx->failure);
    if (store)
        engine->rollback(handle);
    return err ? err : store;
}

/* Sleeps until the batch is over; under the lock. */
static void sleep_in_batch(struct itg__writer *writer, struct itg__outcome *outcome)
{
    itg__condition_init(&outcome->ended);
    outcome->next = writer->sleepers;
    writer->sleepers = outcome;
    set_free(writer);
    while (!outcome->done)
        pthread_cond_wait(&outcome->ended, &writer->lock);
    pthread_cond_destroy(&outcome->ended);
}

/* Hands the open batch on to a waiting thread. False if there is none, or the batch is full. */
static bool hand_on(struct itg__writer *writer, struct itg__outcome *outcome)
{
    pthread_mutex_lock(&writer->lock);
    bool handed = writer->first && writer->sharers < MAX_SHARERS;
    if (handed && outcome)
        sleep_in_batch(writer, outcome);
    else if (handed)
        set_free(writer);
    pthread_mutex_unlock(&writer->lock);
    return handed;
}

static itg_error_t end_write(struct itg__tx *tx, itg_error_t err)
{
    struct itg__fleet *fleet = tx->fleet;
    struct itg__writer *writer = &fleet->writer;
    bool first = !tx->saved;
    err = end_savepoint(tx, err);
    if (tx->nested) {
        leave(writer);
        return err;
    }
    if (err && first) {
        batch_rollback(fleet);
        release(writer);
        return err;
    }
    if (!err)
        writer->sharers++;
    struct itg__outcome outcome = {.failure = tx->failure};
    if (!is_lost(fleet) && hand_on(writer, err ? NULL : &outcome))
        return err ? err : outcome.err;
    itg_error_t committed = batch_commit(fleet, err ? NULL : tx->failure);
    release(writer);
    return err ? err : committed;
}

static itg_error_t begun(struct itg__tx *tx, itg_error_t err, enum itg__right right)
{
    if (err) {
        itg__trace(tx->failure, tx->operation);
        return err;
    }
    err = itg__check_right(tx, right);
    return err ? itg__end(tx, err) : ITG_OK;
}

itg_error_t itg__begin_read(itg_t *itg, const char *operation, enum itg__right right, struct itg__tx *tx,
                            itg_failure_t *failure)
{
    itg_error_t err = tx_init(tx, itg, operation, failure);
    return err ? err : begun(tx, begin_read(tx), right);
}

itg_error_t itg__begin_write(itg_t *itg, const char *operation, enum itg__right right, struct itg__tx *tx,
                             itg_failure_t *failure)
{
    itg_error_t err = tx_init(tx, itg, operation, failure);
    return err ? err : begun(tx, begin_write(tx, PATIENT), right);
}

itg_error_t itg__begin_write_long(itg_t *itg, const char *operation, enum itg__right right,
                                  struct itg__tx *tx, itg_failure_t *failure)
{
    itg_error_t err = tx_init(tx, itg, operation, failure);
    return err ? err : begun(tx, begin_write(tx, LONG), right);
}

itg_error_t itg__begin_write_now(itg_t *itg, const char *operation, enum itg__right right, struct itg__tx *tx,
                                 itg_failure_t *failure)
{
    itg_error_t err = tx_init(tx, itg, operation, failure);
    return err ? err : begun(tx, begin_write(tx, IMPATIENT), right);
}

itg_error_t itg__end(struct itg__tx *tx, itg_error_t err)
{
    itg__access_dispose(&tx->access);
    err = tx->write ? end_write(tx, err) : end_read(tx, err);
    if (err)
        itg__trace(tx->failure, tx->operation);
    return err;
}

void itg__stir(struct itg__tx *tx)
{
    tx->fleet->writer.stirred = true;
}

bool itg__in_group(struct itg__fleet *fleet)
{
    struct itg__writer *writer = &fleet->writer;
    pthread_mutex_lock(&writer->lock);
    bool in_group = is_owner(writer) && writer->group;
    pthread_mutex_unlock(&writer->lock);
    return in_group;
}

itg_error_t itg_begin(itg_t *itg, itg_failure_t *failure)
{
    if (!itg)
        return itg__need(false, "itg", failure);
    struct itg__fleet *fleet = itg->fleet;
    if (join(&fleet->writer)) {
        leave(&fleet->writer);
        return itg__fail_detail(failure, ITG_E_INTERNAL, "a group or a walk of this thread is open already");
    }
    itg_error_t err = acquire_alone(fleet, failure);
    if (err)
        return err;
    err = batch_begin(fleet, ITG__MODE_WRITE, failure);
    if (err)
        release(&fleet->writer);
    else
        fleet->writer.group = true;
    return err;
}

/* The calling thread's group, at its outermost level: not from inside a walk. */
static bool group_can_end(struct itg__fleet *fleet)
{
    return itg__in_group(fleet) && fleet->writer.depth == 1;
}

itg_error_t itg_commit(itg_t *itg, itg_failure_t *failure)
{
    if (!itg)
        return itg__need(false, "itg", failure);
    struct itg__fleet *fleet = itg->fleet;
    if (!group_can_end(fleet))
        return itg__fail_detail(failure, ITG_E_INTERNAL, "this thread has no group open");
    fleet->writer.group = false;
    itg_error_t err = batch_commit(fleet, failure);
    release(&fleet->writer);
    return err;
}

itg_error_t itg_rollback(itg_t *itg, itg_failure_t *failure)
{
    if (!itg)
        return itg__need(false, "itg", failure);
    struct itg__fleet *fleet = itg->fleet;
    if (!group_can_end(fleet))
        return itg__fail_detail(failure, ITG_E_INTERNAL, "this thread has no group open");
    fleet->writer.group = false;
    batch_rollback(fleet);
    release(&fleet->writer);
    return ITG_OK;
}
