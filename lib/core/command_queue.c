/* Commands that are queued for the next contact, and the history of all. */
#include "core/access.h"
#include "core/audit.h"
#include "core/queue.h"
#include <stdio.h>
#include <stdlib.h>

enum { MANY = 256 }; /* rows of a transaction that others should not wait for */

static const int64_t default_life_ms = (int64_t)24 * 60 * 60 * 1000;

#define ENTRY_COLUMNS "id, thinclient_id, command, state, queued, sent, ended, expires, message, actor"

const char *itg_command_state_name(itg_command_state_t state)
{
    static const char *const names[] = {
        [ITG_COMMAND_QUEUED] = "queued",       [ITG_COMMAND_SENT] = "sent",
        [ITG_COMMAND_CONFIRMED] = "confirmed", [ITG_COMMAND_FAILED] = "failed",
        [ITG_COMMAND_EXPIRED] = "expired",
    };
    return itg__name_of(names, sizeof names / sizeof *names, state);
}

/* ---- queuing */

/* A thin client that was named, and where. */
struct wanted {
    int64_t id;
    size_t place;
    int64_t command_id;
};

static int by_id(const void *a, const void *b)
{
    const struct wanted *x = a, *y = b;
    if (x->id != y->id)
        return x->id < y->id ? -1 : 1;
    return x->place < y->place ? -1 : x->place > y->place;
}

static int by_place(const void *a, const void *b)
{
    const struct wanted *x = a, *y = b;
    return x->place < y->place ? -1 : x->place > y->place;
}

/* In the order asked, so that the first fault is the one that is told. */
static itg_error_t check_all(struct itg__tx *tx, const int64_t *ids, size_t count)
{
    itg_error_t err = ITG_OK;
    for (size_t i = 0; i < count && !err; i++) {
        struct itg__object object;
        err = itg__object_reach_live(tx, ITG_TYPE_THINCLIENT, ids[i], ITG_RIGHT_COMMAND, &object);
    }
    return err;
}

struct order {
    itg_command_t command;
    int64_t expires_ms;
    int64_t account_id;
};

static itg_error_t add(struct itg__tx *tx, const struct order *order, struct wanted *wanted,
                       int64_t command_id)
{
    const struct itg__queue_row row = {.id = command_id,
                                       .thinclient_id = wanted->id,
                                       .command = order->command,
                                       .state = ITG_COMMAND_QUEUED,
                                       .expires_ms = order->expires_ms,
                                       .message = "",
                                       .account_id = order->account_id};
    bool added = false;
    itg_error_t err = itg__queue_add(tx, &row, &added);
    if (!err && !added)
        err = itg__fail_detail(tx->failure, ITG_E_INVALID_BODY, "%d commands wait for thin client %lld",
                               ITG__OPEN_COMMANDS, (long long)wanted->id);
    wanted->command_id = command_id;
    return err;
}

/* The wanted are sorted by id: one that was named before stands in front. */
static itg_error_t add_all(struct itg__tx *tx, const struct order *order, struct wanted *wanted, size_t count)
{
    int64_t next = 0;
    itg_error_t err = itg__queue_ids(tx, count, &next);
    for (size_t i = 0; i < count && !err; i++) {
        if (i > 0 && wanted[i].id == wanted[i - 1].id)
            wanted[i].command_id = wanted[i - 1].command_id;
        else
            err = add(tx, order, &wanted[i], next++);
    }
    return err;
}

/* Those that were named twice stand together. */
static itg_error_t record(struct itg__tx *tx, const struct order *order, const struct wanted *wanted,
                          size_t count)
{
    int64_t ids[ITG__AUDIT_IDS];
    size_t different = 0;
    for (size_t i = 0; i < count; i++) {
        if (i > 0 && wanted[i].id == wanted[i - 1].id)
            continue;
        if (different < ITG__AUDIT_IDS)
            ids[different] = wanted[i].id;
        different++;
    }
    return itg__audit_command(tx, order->command, ids, different);
}

static itg_error_t life(struct itg__tx *tx, struct order *order)
{
    int64_t now_ms = itg__now_ms(tx->fleet);
    if (order->expires_ms == 0)
        order->expires_ms = now_ms + default_life_ms;
    return order->expires_ms > now_ms
               ? ITG_OK
               : itg__fail_detail(tx->failure, ITG_E_INVALID_BODY, "it would expire before it is queued");
}

static itg_error_t enqueue(itg_t *itg, struct order *order, const int64_t *ids, struct wanted *wanted,
                           size_t count, itg_failure_t *failure)
{
    static const char operation[] = "itg_command_queue";
    struct itg__tx tx;
    itg_error_t err = count > MANY ? itg__begin_write_long(itg, operation, ITG__RIGHT_OBJECT, &tx, failure)
                                   : itg__begin_write(itg, operation, ITG__RIGHT_OBJECT, &tx, failure);
    if (err)
        return err;
    err = life(&tx, order);
    if (!err)
        err = check_all(&tx, ids, count);
    if (!err)
        err = add_all(&tx, order, wanted, count);
    if (!err)
        err = record(&tx, order, wanted, count);
    return itg__end(&tx, err);
}

static itg_error_t refuse_command(itg_command_t command, itg_failure_t *failure)
{
    char number[16];
    const char *name = itg_command_name(command);
    snprintf(number, sizeof number, "%d", (int)command);
    itg_error_t err = itg__fail(failure, ITG_E_INVALID_COMMAND, *name ? name : number);
    itg__trace(failure, "itg_command_queue");
    return err;
}

/* Inside a group nobody is told: the rows cannot be seen yet, and the device side looks for such by itself. */
static void tell(struct itg__fleet *fleet, const struct wanted *wanted, const int64_t *ids, size_t count,
                 itg_command_queued_fn fn, void *ctx)
{
    if (!itg__in_group(fleet))
        itg__link_work(fleet, ids, count);
    for (size_t i = 0; fn && i < count; i++)
        if (fn(ctx, wanted[i].id, wanted[i].command_id) != 0)
            return;
}

itg_error_t itg_command_queue(itg_t *itg, itg_command_t command, const int64_t *ids, size_t count,
                              int64_t expires_ms, itg_command_queued_fn fn, void *ctx, itg_failure_t *failure)
{
    itg_error_t err = itg__need(itg && (ids || count == 0), "itg or ids", failure);
    if (err)
        return err;
    if (!*itg_command_name(command) || command == ITG_COMMAND_WAKEUP || command == ITG_COMMAND_FORGET)
        return refuse_command(command, failure);
    if (count == 0)
        return itg__fail(failure, ITG_E_EMPTY_LIST, NULL);
    struct order order = {command, expires_ms, itg->account_id};
    struct wanted *wanted = calloc(count, sizeof *wanted);
    if (!wanted)
        return itg__fail(failure, ITG_E_INTERNAL, NULL);
    for (size_t i = 0; i < count; i++)
        wanted[i] = (struct wanted){.id = ids[i], .place = i};
    qsort(wanted, count, sizeof *wanted, by_id);
    err = enqueue(itg, &order, ids, wanted, count, failure);
    if (!err) {
        qsort(wanted, count, sizeof *wanted, by_place);
        tell(itg->fleet, wanted, ids, count, fn, ctx);
    }
    free(wanted);
    return err;
}

/* ---- reading */

static itg_command_entry_t read_entry(struct itg__query *q)
{
    return (itg_command_entry_t){
        .id = itg__int(q, 0),
        .thinclient_id = itg__int(q, 1),
        .command = (itg_command_t)itg__int_within(q, 2, ITG_COMMAND_REBOOT, ITG_COMMAND_FORGET),
        .state = (itg_command_state_t)itg__int_within(q, 3, ITG_COMMAND_QUEUED, ITG_COMMAND_EXPIRED),
        .queued_ms = itg__int(q, 4),
        .sent_ms = itg__int(q, 5),
        .ended_ms = itg__int(q, 6),
        .expires_ms = itg__int(q, 7),
        .message = itg__text(q, 8),
        .actor = itg__text(q, 9),
    };
}

static itg_error_t may_see(struct itg__tx *tx, int64_t thinclient_id, bool *ret_may)
{
    return itg__may_on(tx, thinclient_id, itg__right_to_see(ITG_TYPE_THINCLIENT), ret_may);
}

/* Ends a query, of which the one who acts is given what may be seen. *ret_hidden: how many were left out. */
static itg_error_t walk(struct itg__query *q, itg_command_entry_fn fn, void *ctx, size_t *ret_given,
                        size_t *ret_hidden)
{
    bool more = true, may = false;
    itg_error_t err = ITG_OK;
    *ret_given = *ret_hidden = 0;
    while (more && itg__next(q)) {
        itg_command_entry_t entry = read_entry(q);
        err = q->err ? q->err : may_see(q->tx, entry.thinclient_id, &may);
        if (err)
            break;
        *ret_given += may;
        *ret_hidden += !may;
        more = !may || fn(ctx, &entry) == 0;
    }
    itg_error_t done = itg__done(q);
    return err ? err : done;
}

static itg_error_t no_command(struct itg__tx *tx, int64_t command_id)
{
    return itg__fail_detail(tx->failure, ITG_E_NO_HANDLER, "no command has id %lld", (long long)command_id);
}

static itg_error_t get(struct itg__tx *tx, int64_t command_id, itg_command_entry_fn fn, void *ctx)
{
    struct itg__query q;
    size_t given = 0, hidden = 0;
    itg__query(tx, &q, "SELECT " ENTRY_COLUMNS " FROM command WHERE id = $1", "i", command_id);
    itg_error_t err = walk(&q, fn, ctx, &given, &hidden);
    if (!err && hidden > 0)
        err = itg__fail(tx->failure, ITG_E_ACCESS_DENIED, NULL);
    return err || given > 0 ? err : no_command(tx, command_id);
}

itg_error_t itg_command_get(itg_t *itg, int64_t command_id, itg_command_entry_fn fn, void *ctx,
                            itg_failure_t *failure)
{
    struct itg__tx tx;
    itg_error_t err = itg__need(fn != NULL, "fn", failure);
    if (!err)
        err = itg__begin_read(itg, __func__, ITG__RIGHT_READ, &tx, failure);
    return err ? err : itg__end(&tx, get(&tx, command_id, fn, ctx));
}

static itg_error_t history(struct itg__tx *tx, int64_t thinclient_id, int64_t before_id,
                           itg_command_entry_fn fn, void *ctx)
{
    struct itg__object object;
    struct itg__query q;
    size_t given = 0, hidden = 0;
    int64_t before = before_id > 0 ? before_id : INT64_MAX;
    itg_error_t err = thinclient_id ? itg__object_reach(tx, ITG_TYPE_THINCLIENT, thinclient_id,
                                                        itg__right_to_see(ITG_TYPE_THINCLIENT), &object)
                                    : ITG_OK;
    if (err)
        return err;
    if (thinclient_id)
        itg__query(tx, &q,
                   "SELECT " ENTRY_COLUMNS
                   " FROM command WHERE thinclient_id = $1 AND id < $2 ORDER BY id DESC",
                   "ii", thinclient_id, before);
    else
        itg__query(tx, &q, "SELECT " ENTRY_COLUMNS " FROM command WHERE id < $1 ORDER BY id DESC", "i",
                   before);
    return walk(&q, fn, ctx, &given, &hidden);
}

itg_error_t itg_command_history(itg_t *itg, int64_t thinclient_id, int64_t before_id, itg_command_entry_fn fn,
                                void *ctx, itg_failure_t *failure)
{
    struct itg__tx tx;
    itg_error_t err = itg__need(fn != NULL, "fn", failure);
    if (!err)
        err = itg__begin_read(itg, __func__, ITG__RIGHT_READ, &tx, failure);
    return err ? err : itg__end(&tx, history(&tx, thinclient_id, before_id, fn, ctx));
}

/* ---- cancelling */

static itg_error_t too_late(struct itg__tx *tx, int64_t command_id, itg_command_state_t state)
{
    itg_failure_t *failure = tx->failure;
    bool told = failure && failure->code;
    itg_error_t err = itg__fail_id(failure, ITG_E_INVALID_COMMAND, command_id);
    if (failure && !told)
        snprintf(failure->detail, sizeof failure->detail, "the command is not queued any more: it is %s",
                 itg_command_state_name(state));
    return err;
}

/* What is found past its time, and only waits to be told so, was not cancelled. */
static itg_error_t end_queued(struct itg__tx *tx, int64_t command_id)
{
    return itg__run(tx,
                    "UPDATE command SET state = 5, ended = $2,"
                    " message = CASE WHEN expires > $2 THEN 'Cancelled' ELSE $3 END WHERE id = $1",
                    "iis", command_id, itg__now_ms(tx->fleet), itg__message_offline);
}

static itg_error_t cancel(struct itg__tx *tx, int64_t command_id, int64_t *ret_thinclient_id)
{
    struct itg__query q;
    struct itg__object object;
    int64_t thinclient_id = 0;
    itg_command_state_t state = ITG_COMMAND_QUEUED;
    itg__query(tx, &q, "SELECT thinclient_id, state FROM command WHERE id = $1", "i", command_id);
    bool found = itg__next(&q);
    if (found) {
        thinclient_id = itg__int(&q, 0);
        state = (itg_command_state_t)itg__int_within(&q, 1, ITG_COMMAND_QUEUED, ITG_COMMAND_EXPIRED);
    }
    itg_error_t err = itg__done(&q);
    if (err)
        return err;
    if (!found)
        return no_command(tx, command_id);
    err = itg__object_reach(tx, ITG_TYPE_THINCLIENT, thinclient_id, ITG_RIGHT_COMMAND, &object);
    if (err)
        return err;
    if (state != ITG_COMMAND_QUEUED)
        return too_late(tx, command_id, state);
    const struct itg__audit_subject subject = {ITG__AUDIT_QUEUED_COMMAND, thinclient_id, command_id, NULL};
    struct itg__trail trail;
    *ret_thinclient_id = thinclient_id;
    err = itg__audit_before_part(tx, &trail, &subject);
    if (!err)
        err = end_queued(tx, command_id);
    return itg__audit_after(tx, &trail, err);
}

/* Somebody may be waiting for it in itg_command_send(). */
static void wake_sender(struct itg__fleet *fleet, int64_t thinclient_id)
{
    if (!itg__in_group(fleet))
        itg__queue_settled(fleet, thinclient_id);
}

itg_error_t itg_command_cancel(itg_t *itg, int64_t command_id, itg_failure_t *failure)
{
    struct itg__tx tx;
    int64_t thinclient_id = 0;
    itg_error_t err = itg__begin_write(itg, __func__, ITG__RIGHT_OBJECT, &tx, failure);
    if (err)
        return err;
    err = itg__end(&tx, cancel(&tx, command_id, &thinclient_id));
    if (!err)
        wake_sender(itg->fleet, thinclient_id);
    return err;
}
