/* Where assets have been. Nothing here refers to rows of other tables: history outlives what it tells of. */
#include "core/access.h"
#include "core/asset.h"
#include <string.h>

static const char *const event_names[] = {
    [ITG_ASSET_ADDED] = "add",
    [ITG_ASSET_REMOVED] = "remove",
    [ITG_ASSET_ADDED_ON_BOOT] = "add_on_boot",
    [ITG_ASSET_REMOVED_ON_BOOT] = "remove_on_boot",
};
enum { EVENTS = sizeof event_names / sizeof *event_names };

const char *itg_asset_event_name(itg_asset_event_t event)
{
    return itg__name_of(event_names, EVENTS, event);
}

itg_asset_event_t itg_asset_event_from_name(const char *name)
{
    return (itg_asset_event_t)itg__value_of(event_names, EVENTS, name, 0);
}

itg_asset_history_t itg__asset_history_read(struct itg__query *q)
{
    itg_asset_history_t entry = {itg__int(q, 0), itg__int(q, 1), itg__text(q, 2), itg__int(q, 3),
                                 (itg_asset_event_t)itg__int(q, 4)};
    return entry;
}

itg_error_t itg__asset_history_insert(struct itg__tx *tx, const itg_asset_history_t *entry)
{
    bool added = false;
    int64_t id = entry->id, same = 0;
    itg_error_t err = id ? ITG_OK : itg__next_id(tx, "assethistory", &id);
    if (!err)
        err =
            itg__lookup(tx, &added, &same,
                        "INSERT INTO asset_history(id, asset_id, unit_id, time, event)"
                        " VALUES($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING RETURNING id",
                        "iisii", id, entry->asset_id, entry->unit_id, entry->time_ms, (int64_t)entry->event);
    if (err || added)
        return err;
    return itg__fail_duplicate(tx->failure, "Insertion of asset history", "asset_history_id",
                               "asset_history");
}

itg_error_t itg__asset_known(struct itg__tx *tx, int64_t id, bool *ret_known)
{
    int64_t same = 0;
    return itg__lookup(tx, ret_known, &same,
                       "SELECT id FROM asset WHERE id = $1 UNION ALL"
                       " SELECT asset_id FROM asset_history WHERE asset_id = $1",
                       "i", id);
}

/* The narrowest of the walks that there is an index for; the rest is left out row by row. */
static void start(struct itg__tx *tx, struct itg__query *q, int64_t asset_id, const char *unit_id,
                  int64_t after_id)
{
    if (asset_id)
        itg__query(tx, q,
                   "SELECT " ITG__ASSET_HISTORY_COLUMNS
                   " FROM asset_history WHERE asset_id = $2 AND id > $1 ORDER BY id",
                   "ii", after_id, asset_id);
    else if (unit_id)
        itg__query(tx, q,
                   "SELECT " ITG__ASSET_HISTORY_COLUMNS
                   " FROM asset_history WHERE unit_id = $2 AND id > $1 ORDER BY id",
                   "is", after_id, unit_id);
    else
        itg__query(tx, q,
                   "SELECT " ITG__ASSET_HISTORY_COLUMNS " FROM asset_history WHERE id > $1 ORDER BY id", "i",
                   after_id);
}

/* The history of a thin client that is there is read by who may read that; of one that is gone, by everybody. */
static itg_error_t may_read_unit(struct itg__tx *tx, const char *unit_id, bool *ret_may)
{
    bool found = false;
    int64_t id = 0;
    *ret_may = true;
    if (!tx->access.has_entries)
        return ITG_OK;
    itg_error_t err =
        itg__lookup(tx, &found, &id, "SELECT id FROM thinclient WHERE unit_id = $1", "s", unit_id);
    return err || !found ? err : itg__may_on(tx, id, ITG_RIGHT_READ, ret_may);
}

/* What is asked for by its name or id is refused, not left out. */
static itg_error_t check_scope(struct itg__tx *tx, int64_t asset_id, const char *unit_id)
{
    bool found = false, may = true;
    int64_t place = 0;
    itg_error_t err = unit_id ? may_read_unit(tx, unit_id, &may) : ITG_OK;
    if (!err && !may)
        err = itg__fail(tx->failure, ITG_E_ACCESS_DENIED, NULL);
    if (err || !asset_id || !tx->access.has_entries)
        return err;
    err = itg__lookup(tx, &found, &place, "SELECT id FROM asset WHERE id = $1", "i", asset_id);
    return err || !found ? err : itg__asset_reach(tx, asset_id, &place);
}

static itg_error_t walk(struct itg__tx *tx, struct itg__query *q, const char *unit_id,
                        itg_asset_history_fn fn, void *ctx)
{
    bool more = true;
    itg_error_t err = ITG_OK;
    while (!err && more && itg__next(q)) {
        itg_asset_history_t entry = itg__asset_history_read(q);
        bool shown = false;
        if (q->err || (unit_id && strcmp(entry.unit_id, unit_id) != 0))
            continue;
        err = may_read_unit(tx, entry.unit_id, &shown);
        if (!err)
            more = shown ? fn(ctx, &entry) == 0 : itg__passes(tx, entry.id);
    }
    itg_error_t done = itg__done(q);
    return err ? err : done;
}

itg_error_t itg_asset_history_each(itg_t *itg, int64_t asset_id, const char *unit_id, int64_t after_id,
                                   itg_asset_history_fn fn, void *ctx, itg_failure_t *failure)
{
    struct itg__tx tx;
    struct itg__query q;
    itg_error_t err = itg__need(fn != NULL, "fn", failure);
    if (!err)
        err = itg__begin_read(itg, __func__, ITG__RIGHT_READ, &tx, failure);
    if (err)
        return err;
    err = check_scope(&tx, asset_id, unit_id);
    if (err)
        return itg__end(&tx, err);
    start(&tx, &q, asset_id, unit_id, after_id);
    return itg__end(&tx, walk(&tx, &q, unit_id, fn, ctx));
}

void itg__asset_history_json(struct itg__buf *buf, const itg_asset_history_t *entry)
{
    itg__buf_str(buf, "\"historyId\":");
    itg__buf_int(buf, entry->id);
    itg__buf_str(buf, ",\"unitId\":");
    itg__buf_json(buf, entry->unit_id);
    itg__buf_str(buf, ",\"assetId\":");
    itg__buf_int(buf, entry->asset_id);
    itg__buf_str(buf, ",\"eventTimeStamp\":");
    itg__buf_int(buf, entry->time_ms);
    itg__buf_str(buf, ",\"event\":{\"identifier\":");
    itg__buf_json(buf, itg_asset_event_name(entry->event));
    itg__buf_char(buf, '}');
}
