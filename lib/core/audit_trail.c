/* Reading the audit trail, and removing what is old. */
#include "core/audit.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Entries are removed an hour's worth at a time, so that a busy fleet is not written to for each of them. */
#define SLACK_MS ((int64_t)3600 * 1000)

#define COLUMNS  "id, time, actor, operation, object_type, object_id, object_name, before, after"

/* Old entries but the newest one: its id tells the next one's. */
#define IS_OLD "time < $1 AND id < (SELECT max(id) FROM audit)"

/* The ids between which the entries of a time lie; times mostly rise with them. */
static itg_error_t find_range(struct itg__tx *tx, const itg_audit_filter_t *filter, int64_t *from_id,
                              int64_t *to_id)
{
    struct itg__query q;
    if (!filter->from_ms && !filter->until_ms)
        return ITG_OK;
    itg__query(
        tx, &q, "SELECT coalesce(min(id), 1), coalesce(max(id), 0) FROM audit WHERE time >= $1 AND time < $2",
        "ii", filter->from_ms ? filter->from_ms : INT64_MIN, filter->until_ms ? filter->until_ms : INT64_MAX);
    if (itg__next(&q)) {
        *from_id = itg__int(&q, 0);
        *to_id = itg__int(&q, 1);
    }
    return itg__done(&q);
}

static bool fits(const itg_audit_filter_t *filter, const itg_audit_t *entry)
{
    return (!filter->from_ms || entry->time_ms >= filter->from_ms) &&
           (!filter->until_ms || entry->time_ms < filter->until_ms) &&
           (!filter->actor || strcmp(entry->actor, filter->actor) == 0) &&
           (!filter->operation || strcmp(entry->operation, filter->operation) == 0);
}

static itg_audit_t read_row(struct itg__query *q)
{
    return (itg_audit_t){.id = itg__int(q, 0),
                         .time_ms = itg__int(q, 1),
                         .actor = itg__text(q, 2),
                         .operation = itg__text(q, 3),
                         .object_type = itg__text(q, 4),
                         .object_id = itg__int(q, 5),
                         .object_name = itg__text(q, 6),
                         .before = itg__text(q, 7),
                         .after = itg__text(q, 8)};
}

static void start(struct itg__tx *tx, struct itg__query *q, const itg_audit_filter_t *filter, int64_t from_id,
                  int64_t to_id)
{
    static const char all[] = "SELECT " COLUMNS " FROM audit WHERE id >= $1 AND id <= $2 ORDER BY id";
    static const char all_back[] =
        "SELECT " COLUMNS " FROM audit WHERE id >= $1 AND id <= $2 ORDER BY id DESC";
    static const char one[] =
        "SELECT " COLUMNS " FROM audit WHERE object_id = $3 AND id >= $1 AND id <= $2 ORDER BY id";
    static const char one_back[] =
        "SELECT " COLUMNS " FROM audit WHERE object_id = $3 AND id >= $1 AND id <= $2 ORDER BY id DESC";
    bool back = filter->newest_first != 0;
    itg__query_start(tx, q, filter->object_id ? (back ? one_back : one) : (back ? all_back : all));
    itg__bind_int(q, 1, from_id);
    itg__bind_int(q, 2, to_id);
    if (filter->object_id)
        itg__bind_int(q, 3, filter->object_id);
}

static itg_error_t walk(struct itg__tx *tx, const itg_audit_filter_t *filter, itg_audit_fn fn, void *ctx)
{
    struct itg__query q;
    int64_t from_id = 1, to_id = INT64_MAX, left = filter->limit ? filter->limit : INT64_MAX;
    itg_error_t err = find_range(tx, filter, &from_id, &to_id);
    if (err)
        return err;
    if (filter->newest_first && filter->after_id && filter->after_id <= to_id)
        to_id = filter->after_id - 1;
    else if (!filter->newest_first && filter->after_id >= from_id)
        from_id = filter->after_id + 1;
    start(tx, &q, filter, from_id, to_id);
    while (left > 0 && itg__next(&q)) {
        itg_audit_t entry = read_row(&q);
        if (q.err || !fits(filter, &entry))
            continue;
        left = fn(ctx, &entry) == 0 ? left - 1 : 0;
    }
    return itg__done(&q);
}

itg_error_t itg_audit_each(itg_t *itg, const itg_audit_filter_t *filter, itg_audit_fn fn, void *ctx,
                           itg_failure_t *failure)
{
    struct itg__tx tx;
    itg_audit_filter_t own = {.size = sizeof own};
    itg_error_t err = itg__need(fn != NULL, "fn", failure);
    if (filter)
        memcpy(&own, filter, filter->size < sizeof own ? filter->size : sizeof own);
    if (!err && own.limit < 0)
        err = itg__fail_detail(failure, ITG_E_INVALID_BODY, "limit is negative");
    if (!err)
        err = itg__begin_read(itg, __func__, ITG__RIGHT_USERS, &tx, failure);
    return err ? err : itg__end(&tx, walk(&tx, &own, fn, ctx));
}

/* What is removed is recorded before: the new entry's id is then above all that there were. */
static itg_error_t prune(struct itg__tx *tx, int64_t older_than_ms, int64_t *ret_removed)
{
    char after[96];
    int64_t now_ms = itg__now_ms(tx->fleet), before_ms = now_ms - older_than_ms, count = 0;
    bool found = false;
    itg_error_t err =
        itg__lookup(tx, &found, &count, "SELECT count(*) FROM audit WHERE " IS_OLD, "i", before_ms);
    if (err || count == 0)
        return err;
    snprintf(after, sizeof after, "{\"removed\":%" PRId64 ",\"olderThanMs\":%" PRId64 "}", count,
             older_than_ms);
    err = itg__audit_note(tx, ITG__AUDIT_TRAIL, 0, "", "{}", after);
    if (!err)
        err = itg__run(tx, "DELETE FROM audit WHERE " IS_OLD, "i", before_ms);
    *ret_removed = count;
    return err;
}

itg_error_t itg_audit_prune(itg_t *itg, int64_t older_than_ms, int64_t *ret_removed, itg_failure_t *failure)
{
    struct itg__tx tx;
    int64_t removed = 0;
    itg_error_t err = older_than_ms >= 0
                          ? ITG_OK
                          : itg__fail_detail(failure, ITG_E_INVALID_BODY, "older_than_ms is negative");
    if (!err)
        err = itg__begin_write_long(itg, __func__, ITG__RIGHT_USERS, &tx, failure);
    if (err)
        return err;
    err = itg__end(&tx, prune(&tx, older_than_ms, &removed));
    if (!err && ret_removed)
        *ret_removed = removed;
    return err;
}

itg_error_t itg__audit_sweep(struct itg__tx *tx, int64_t limit)
{
    if (tx->fleet->audit_keep_ms < 0)
        return ITG_OK;
    return itg__run(tx,
                    "DELETE FROM audit WHERE id IN"
                    " (SELECT id FROM audit WHERE " IS_OLD " ORDER BY time LIMIT $2)",
                    "ii", itg__now_ms(tx->fleet) - tx->fleet->audit_keep_ms, limit);
}

itg_error_t itg__audit_due(struct itg__tx *tx, bool *ret_found, int64_t *ret_due_ms)
{
    int64_t keep_ms = tx->fleet->audit_keep_ms;
    if (keep_ms < 0)
        return ITG_OK;
    return itg__due(tx, "SELECT time FROM audit WHERE id < (SELECT max(id) FROM audit) ORDER BY time LIMIT 1",
                    keep_ms > INT64_MAX - SLACK_MS ? INT64_MAX : keep_ms + SLACK_MS, ret_found, ret_due_ms);
}
