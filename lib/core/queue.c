#include "core/queue.h"
#include "core/object.h"
#include "core/text.h"
#include <string.h>

enum {
    LEAVERS = 64,           /* let go by one chore */
    LEAVE_AFTER_MS = 60000, /* whoever took the result lets it go itself, and tells those who wait first */
};

/* A result may take its time: the thin client restarts first. After this it counts as unanswered, and the command is
 * not handed out again, so that one that got lost on the way does not come true when nobody expects it any more. */
static const int64_t answer_ms = (int64_t)60 * 60 * 1000;

/* How long history is kept: a quarter, in which somebody asks what happened. */
static const int64_t history_ms = (int64_t)90 * 24 * 60 * 60 * 1000;

const char itg__message_ok[] = "OK";
const char itg__message_no_answer[] = "No answer from device";
const char itg__message_offline[] = "Device is offline";
const char itg__message_no_address[] = "Found no IP address for device";

bool itg__makes_leave(itg_command_t command)
{
    return command == ITG_COMMAND_TCRESET2FACDEFS || command == ITG_COMMAND_FORGET;
}

/* ---- adding */

itg_error_t itg__queue_ids(struct itg__tx *tx, size_t count, int64_t *ret_first)
{
    bool found = false;
    int64_t last = 0;
    itg_error_t err = itg__lookup(
        tx, &found, &last, "UPDATE sequence SET value = value + $1 WHERE name = 'command' RETURNING value",
        "i", (int64_t)count);
    if (err)
        return err;
    if (!found)
        return itg__fail_detail(tx->failure, ITG_E_OBJECT_MAPPING, "sequence command is missing");
    *ret_first = last - (int64_t)count + 1;
    return ITG_OK;
}

static itg_error_t is_full(struct itg__tx *tx, int64_t thinclient_id, bool *ret_full)
{
    int64_t id = 0;
    return itg__lookup(tx, ret_full, &id,
                       "SELECT id FROM command WHERE thinclient_id = $1 AND ended = 0"
                       " ORDER BY id LIMIT 1 OFFSET $2",
                       "ii", thinclient_id, (int64_t)ITG__OPEN_COMMANDS - 1);
}

/* Here and not in a chore, because here it is known whose history has grown. */
static itg_error_t forget_oldest(struct itg__tx *tx, int64_t thinclient_id)
{
    bool found = false;
    int64_t id = 0;
    itg_error_t err = itg__lookup(
        tx, &found, &id, "SELECT id FROM command WHERE thinclient_id = $1 ORDER BY id DESC LIMIT 1 OFFSET $2",
        "ii", thinclient_id, (int64_t)ITG__KEPT_COMMANDS);
    if (err || !found)
        return err;
    return itg__run(tx, "DELETE FROM command WHERE thinclient_id = $1 AND id <= $2 AND ended <> 0", "ii",
                    thinclient_id, id);
}

itg_error_t itg__queue_add(struct itg__tx *tx, const struct itg__queue_row *row, bool *ret_added)
{
    bool open = row->state == ITG_COMMAND_QUEUED, full = false, added = false;
    int64_t now_ms = itg__now_ms(tx->fleet), id = 0;
    itg_error_t err = open ? is_full(tx, row->thinclient_id, &full) : ITG_OK;
    if (!err && !full)
        err =
            itg__lookup(tx, &added, &id,
                        "INSERT INTO command(id, thinclient_id, command, state, queued, sent, ended, "
                        "expires, message, actor)"
                        " SELECT $1, t.id, $3, $4, $5, 0, $6, $7, $8, coalesce((SELECT name FROM account "
                        "WHERE id = $9), '')"
                        " FROM thinclient t WHERE t.id = $2 RETURNING id",
                        "iiiiiiisi", row->id, row->thinclient_id, (int64_t)row->command, (int64_t)row->state,
                        now_ms, open ? (int64_t)0 : now_ms, row->expires_ms, row->message, row->account_id);
    if (!err && added)
        err = forget_oldest(tx, row->thinclient_id);
    if (!err)
        *ret_added = added;
    return err;
}

/* ---- handing out */

struct handed {
    int64_t id;
    int64_t expires_ms;
    itg_command_t command;
    bool queued;
};

static itg_error_t waiting(struct itg__tx *tx, int64_t thinclient_id, size_t limit, struct handed *handed,
                           size_t *ret_count)
{
    struct itg__query q;
    size_t count = 0;
    itg__query(tx, &q,
               "SELECT id, expires, command, state FROM command"
               " WHERE thinclient_id = $1 AND ended = 0 AND expires > $2 ORDER BY id LIMIT $3",
               "iii", thinclient_id, itg__now_ms(tx->fleet), (int64_t)limit);
    while (itg__next(&q))
        handed[count++] = (struct handed){.id = itg__int(&q, 0),
                                          .expires_ms = itg__int(&q, 1),
                                          .command = (itg_command_t)itg__int(&q, 2),
                                          .queued = itg__int(&q, 3) == ITG_COMMAND_QUEUED};
    *ret_count = count;
    return itg__done(&q);
}

static itg_error_t mark_sent(struct itg__tx *tx, const struct handed *handed)
{
    int64_t now_ms = itg__now_ms(tx->fleet), until_ms = now_ms + answer_ms;
    return itg__run(tx, "UPDATE command SET state = 2, sent = $2, expires = $3 WHERE id = $1 AND state = 1",
                    "iii", handed->id, now_ms, handed->expires_ms > until_ms ? handed->expires_ms : until_ms);
}

itg_error_t itg__queue_deliver(struct itg__tx *tx, int64_t thinclient_id, size_t limit, itg__queue_fn fn,
                               void *ctx)
{
    struct handed handed[ITG__OPEN_COMMANDS];
    size_t count = 0;
    itg_error_t err =
        waiting(tx, thinclient_id, limit < ITG__OPEN_COMMANDS ? limit : ITG__OPEN_COMMANDS, handed, &count);
    for (size_t i = 0; !err && i < count; i++)
        if (handed[i].queued)
            err = mark_sent(tx, &handed[i]);
    for (size_t i = 0; !err && i < count; i++)
        fn(ctx, handed[i].id, handed[i].command);
    return err;
}

itg_error_t itg__queue_pending(struct itg__tx *tx, int64_t thinclient_id, bool *ret_pending)
{
    int64_t id = 0;
    return itg__lookup(
        tx, ret_pending, &id,
        "SELECT id FROM command WHERE thinclient_id = $1 AND ended = 0 AND expires > $2 LIMIT 1", "ii",
        thinclient_id, itg__now_ms(tx->fleet));
}

/* ---- results */

/* The message as it is kept: what is no text, or none, is what IMI says without one. */
static const char *kept_message(bool done, const char *message, char buf[ITG_DELIVERY_MESSAGE_SIZE])
{
    const char *usual = done ? itg__message_ok : itg__message_no_answer;
    size_t length = message ? strnlen(message, ITG_DELIVERY_MESSAGE_SIZE - 1) : 0;
    if (length == 0)
        return usual;
    memcpy(buf, message, length);
    length = itg__utf8_cut(buf, length);
    buf[length] = '\0';
    return length > 0 && itg__utf8_ok(buf, length) ? buf : usual;
}

itg_error_t itg__queue_result(struct itg__tx *tx, int64_t thinclient_id, int64_t command_id, bool done,
                              const char *message, int *ret_ended)
{
    char buf[ITG_DELIVERY_MESSAGE_SIZE];
    bool ended = false;
    int64_t id = 0;
    itg_error_t err = itg__lookup(
        tx, &ended, &id,
        "UPDATE command SET state = $3, ended = $4, message = $5 WHERE id = $1 AND thinclient_id "
        "= $2 AND state = 2 RETURNING id",
        "iiiis", command_id, thinclient_id, (int64_t)(done ? ITG_COMMAND_CONFIRMED : ITG_COMMAND_FAILED),
        itg__now_ms(tx->fleet), kept_message(done, message, buf));
    if (!err && ended && ret_ended)
        ++*ret_ended;
    return err;
}

/* ---- what other processes queue */

itg_error_t itg__queue_newest(struct itg__tx *tx, int64_t *ret_id)
{
    bool found = false;
    return itg__lookup(tx, &found, ret_id, "SELECT value FROM sequence WHERE name = 'command'", "");
}

itg_error_t itg__queue_since(struct itg__tx *tx, int64_t after_id, itg__queue_since_fn fn, void *ctx)
{
    struct itg__query q;
    bool more = true;
    itg__query(tx, &q, "SELECT id, thinclient_id FROM command WHERE id > $1 AND ended = 0 ORDER BY id", "i",
               after_id);
    while (more && itg__next(&q))
        more = fn(ctx, itg__int(&q, 0), itg__int(&q, 1)) == 0;
    return itg__done(&q);
}

/* ---- chores */

itg_error_t itg__queue_expiry_due(struct itg__tx *tx, bool *ret_found, int64_t *ret_due_ms)
{
    return itg__due(tx, "SELECT expires FROM command WHERE ended = 0 ORDER BY expires LIMIT 1", 0, ret_found,
                    ret_due_ms);
}

itg_error_t itg__queue_expire(struct itg__tx *tx, int64_t limit)
{
    return itg__run(
        tx,
        "UPDATE command SET ended = $1, message = CASE state WHEN 1 THEN $3 ELSE $4 END, state = 5"
        " WHERE id IN (SELECT id FROM command WHERE ended = 0 AND expires <= $1"
        " ORDER BY expires LIMIT $2)",
        "iiss", itg__now_ms(tx->fleet), limit, itg__message_offline, itg__message_no_answer);
}

itg_error_t itg__queue_prune_due(struct itg__tx *tx, bool *ret_found, int64_t *ret_due_ms)
{
    return itg__due(tx, "SELECT ended FROM command WHERE ended > 0 ORDER BY ended LIMIT 1", history_ms,
                    ret_found, ret_due_ms);
}

itg_error_t itg__queue_prune(struct itg__tx *tx, int64_t limit)
{
    return itg__run(tx,
                    "DELETE FROM command WHERE id IN (SELECT id FROM command WHERE ended > 0 AND ended <= $1"
                    " ORDER BY ended LIMIT $2)",
                    "ii", itg__now_ms(tx->fleet) - history_ms, limit);
}

itg_error_t itg__queue_leave_due(struct itg__tx *tx, bool *ret_found, int64_t *ret_due_ms)
{
    return itg__due(tx, "SELECT ended FROM command WHERE state = 3 AND command >= 5 ORDER BY ended LIMIT 1",
                    LEAVE_AFTER_MS, ret_found, ret_due_ms);
}

itg_error_t itg__queue_leave(struct itg__tx *tx, int64_t limit)
{
    int64_t leavers[LEAVERS];
    size_t count = 0;
    struct itg__query q;
    itg__query(tx, &q,
               "SELECT DISTINCT thinclient_id FROM command WHERE state = 3 AND command >= 5 AND ended <= $1 "
               "LIMIT $2",
               "ii", itg__now_ms(tx->fleet) - LEAVE_AFTER_MS, limit < LEAVERS ? limit : (int64_t)LEAVERS);
    while (itg__next(&q))
        leavers[count++] = itg__int(&q, 0);
    itg_error_t err = itg__done(&q);
    for (size_t i = 0; !err && i < count; i++)
        err = itg__object_delete(tx, ITG_TYPE_THINCLIENT, leavers[i]);
    return err;
}
