/* Assets, and where they are. Their categories and details: asset_part.c; their history: asset_history.c. */
#include "core/asset.h"
#include "core/access.h"
#include "core/audit.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { NOWHERE = -1 };

static itg_error_t missing(struct itg__tx *tx, int64_t id)
{
    return itg__fail_detail(tx->failure, ITG_E_NO_HANDLER, "there is no asset %" PRId64, id);
}

itg_error_t itg__asset_text_ok(const char *text, const char *member, itg_failure_t *failure)
{
    return itg__text_fits(text, ITG_LIMIT_NAME)
               ? ITG_OK
               : itg__fail_detail(failure, ITG_E_INVALID_BODY, "%s is not valid", member);
}

itg_error_t itg__asset_insert(struct itg__tx *tx, const itg_asset_t *asset)
{
    const struct {
        const char *member, *text;
    } texts[] = {{"uniqueId", asset->unique_id},
                 {"connector", asset->connector},
                 {"assetVendor", asset->vendor},
                 {"deviceId", asset->device_id}};
    itg_error_t err = ITG_OK;
    for (size_t i = 0; !err && i < sizeof texts / sizeof *texts; i++)
        err = itg__asset_text_ok(texts[i].text, texts[i].member, tx->failure);
    if (!err && !itg__name_ok(asset->name))
        err = itg__fail(tx->failure, ITG_E_INVALID_NAME, NULL);
    if (err)
        return err;
    return itg__run(tx,
                    "INSERT INTO asset(id, thinclient_id, unique_id, connector, name, vendor, device_id)"
                    " VALUES($1, $2, $3, $4, $5, $6, $7)",
                    "iisssss", asset->id, asset->thinclient_id, asset->unique_id, asset->connector,
                    asset->name, asset->vendor, asset->device_id);
}

static itg_error_t unit_id_of(struct itg__tx *tx, int64_t thinclient_id, struct itg__buf *unit_id)
{
    struct itg__query q;
    itg__query(tx, &q, "SELECT unit_id FROM thinclient WHERE id = $1", "i", thinclient_id);
    if (itg__next(&q))
        itg__buf_str(unit_id, itg__text(&q, 0));
    itg__buf_add(unit_id, "", 1);
    itg_error_t err = itg__done(&q);
    return !err && unit_id->failed ? itg__fail(tx->failure, ITG_E_INTERNAL, NULL) : err;
}

static itg_error_t record(struct itg__tx *tx, int64_t id, int64_t thinclient_id, itg_asset_event_t event)
{
    struct itg__buf unit_id = {0};
    if (thinclient_id == NOWHERE)
        return ITG_OK;
    itg_error_t err = unit_id_of(tx, thinclient_id, &unit_id);
    if (!err)
        err = itg__asset_history_insert(tx, &(itg_asset_history_t){.asset_id = id,
                                                                   .unit_id = unit_id.data,
                                                                   .time_ms = itg__now_ms(tx->fleet),
                                                                   .event = event});
    itg__buf_dispose(&unit_id);
    return err;
}

static itg_asset_event_t added(int32_t on_boot)
{
    return on_boot ? ITG_ASSET_ADDED_ON_BOOT : ITG_ASSET_ADDED;
}

static itg_asset_event_t removed(int32_t on_boot)
{
    return on_boot ? ITG_ASSET_REMOVED_ON_BOOT : ITG_ASSET_REMOVED;
}

/* What is on no thin client goes by the role. */
static itg_error_t check_place(struct itg__tx *tx, int64_t thinclient_id)
{
    struct itg__object object;
    return thinclient_id == NOWHERE
               ? itg__require_role(tx, ITG_ROLE_OPERATOR)
               : itg__object_reach_live(tx, ITG_TYPE_THINCLIENT, thinclient_id, ITG_RIGHT_WRITE, &object);
}

/* Where an asset is, for one who wants to change that. */
static itg_error_t place_to_leave(struct itg__tx *tx, int64_t id, int64_t *ret_thinclient_id)
{
    struct itg__object object;
    itg_error_t err = itg__asset_place(tx, id, ret_thinclient_id);
    if (err)
        return err;
    return *ret_thinclient_id == NOWHERE
               ? itg__require_role(tx, ITG_ROLE_OPERATOR)
               : itg__object_reach(tx, ITG_TYPE_THINCLIENT, *ret_thinclient_id, ITG_RIGHT_WRITE, &object);
}

itg_error_t itg__asset_create(struct itg__tx *tx, itg_asset_t *asset, const itg_asset_input_t *input)
{
    itg_error_t err = check_place(tx, asset->thinclient_id);
    if (!err)
        err = itg__next_id(tx, "object", &asset->id);
    if (!err)
        err = itg__asset_insert(tx, asset);
    if (!err)
        err = itg__asset_parts_insert(tx, asset->id, input);
    if (!err)
        err = record(tx, asset->id, asset->thinclient_id, added(input->on_boot));
    return err ? err : itg__audit_created(tx, ITG__AUDIT_ASSET, asset->id);
}

static const char *or_empty(const char *text)
{
    return text ? text : "";
}

static itg_error_t check_input(const itg_asset_input_t *input, itg_failure_t *failure)
{
    if ((!input->categories && input->category_count > 0) || (!input->details && input->detail_count > 0))
        return itg__need(false, "categories or details", failure);
    if (input->category_count > ITG_LIMIT_ASSET_PARTS || input->detail_count > ITG_LIMIT_ASSET_PARTS)
        return itg__fail_detail(failure, ITG_E_INVALID_BODY, "more than %d categories or details",
                                ITG_LIMIT_ASSET_PARTS);
    return ITG_OK;
}

itg_error_t itg_asset_create(itg_t *itg, const itg_asset_input_t *input, int64_t *ret_id,
                             itg_failure_t *failure)
{
    struct itg__tx tx;
    itg_asset_input_t own = {0};
    itg_error_t err = itg__need(input != NULL, "input", failure);
    if (err)
        return err;
    memcpy(&own, input, input->size < sizeof own ? input->size : sizeof own);
    err = check_input(&own, failure);
    if (!err)
        err = itg__begin_write(itg, __func__, ITG__RIGHT_OBJECT, &tx, failure);
    if (err)
        return err;
    itg_asset_t asset = {.thinclient_id = own.thinclient_id ? own.thinclient_id : NOWHERE,
                         .unique_id = or_empty(own.unique_id),
                         .connector = or_empty(own.connector),
                         .name = or_empty(own.name),
                         .vendor = or_empty(own.vendor),
                         .device_id = or_empty(own.device_id)};
    err = itg__end(&tx, itg__asset_create(&tx, &asset, &own));
    if (!err && ret_id)
        *ret_id = asset.id;
    return err;
}

itg_error_t itg__asset_place(struct itg__tx *tx, int64_t id, int64_t *ret_thinclient_id)
{
    bool found = false;
    itg_error_t err =
        itg__lookup(tx, &found, ret_thinclient_id, "SELECT thinclient_id FROM asset WHERE id = $1", "i", id);
    return err || found ? err : missing(tx, id);
}

static itg_error_t put(struct itg__tx *tx, int64_t id, int64_t from, int64_t thinclient_id, int32_t on_boot)
{
    struct itg__trail trail;
    itg_error_t err = itg__audit_before(tx, &trail, ITG__AUDIT_ASSET, id);
    if (!err)
        err = itg__run(tx, "UPDATE asset SET thinclient_id = $2 WHERE id = $1", "ii", id, thinclient_id);
    if (!err)
        err = record(tx, id, from, removed(on_boot));
    if (!err)
        err = record(tx, id, thinclient_id, added(on_boot));
    return itg__audit_after(tx, &trail, err);
}

itg_error_t itg__asset_move(struct itg__tx *tx, int64_t id, int64_t thinclient_id, int32_t on_boot)
{
    int64_t from = NOWHERE;
    itg_error_t err = place_to_leave(tx, id, &from);
    if (!err)
        err = check_place(tx, thinclient_id);
    return err || from == thinclient_id ? err : put(tx, id, from, thinclient_id, on_boot);
}

itg_error_t itg_asset_move(itg_t *itg, int64_t id, int64_t thinclient_id, int32_t on_boot,
                           itg_failure_t *failure)
{
    struct itg__tx tx;
    itg_error_t err = itg__begin_write(itg, __func__, ITG__RIGHT_OBJECT, &tx, failure);
    return err ? err : itg__end(&tx, itg__asset_move(&tx, id, thinclient_id, on_boot));
}

static itg_error_t delete_asset(struct itg__tx *tx, int64_t id)
{
    static const char *const rows[] = {
        /* A category goes with its last asset. */
        "DELETE FROM category WHERE id IN (SELECT c.category_id FROM asset_category c WHERE c.asset_id = $1"
        " AND NOT EXISTS (SELECT 1 FROM asset_category o WHERE o.category_id = c.category_id"
        " AND o.asset_id <> $1))",
        "DELETE FROM asset_category WHERE asset_id = $1",
        "DELETE FROM asset_detail WHERE asset_id = $1",
        "DELETE FROM asset WHERE id = $1",
    };
    int64_t from = NOWHERE;
    itg_error_t err = place_to_leave(tx, id, &from);
    if (!err)
        err = record(tx, id, from, ITG_ASSET_REMOVED);
    if (!err)
        err = itg__audit_deleted(tx, ITG__AUDIT_ASSET, id);
    for (size_t i = 0; !err && i < sizeof rows / sizeof *rows; i++)
        err = itg__run(tx, rows[i], "i", id);
    return err;
}

itg_error_t itg_asset_delete(itg_t *itg, int64_t id, itg_failure_t *failure)
{
    struct itg__tx tx;
    itg_error_t err = itg__begin_write(itg, __func__, ITG__RIGHT_OBJECT, &tx, failure);
    return err ? err : itg__end(&tx, delete_asset(&tx, id));
}

/* One after the other: the walk over them would meet its own changes. */
itg_error_t itg__assets_release(struct itg__tx *tx, int64_t thinclient_id)
{
    bool found = true;
    int64_t id = 0;
    itg_error_t err = ITG_OK;
    while (!err && found) {
        err = itg__lookup(tx, &found, &id,
                          "SELECT id FROM asset WHERE thinclient_id = $1 AND id > $2 ORDER BY id LIMIT 1",
                          "ii", thinclient_id, id);
        if (!err && found)
            err = put(tx, id, thinclient_id, NOWHERE, 0);
    }
    return err;
}

itg_asset_t itg__asset_read(struct itg__query *q)
{
    itg_asset_t asset = {itg__int(q, 0),  itg__int(q, 1),  itg__text(q, 2), itg__text(q, 3),
                         itg__text(q, 4), itg__text(q, 5), itg__text(q, 6)};
    return asset;
}

static const struct itg__shape shape = {
    sizeof(itg_asset_t), 5,
    (const size_t[]){offsetof(itg_asset_t, unique_id), offsetof(itg_asset_t, connector),
                     offsetof(itg_asset_t, name), offsetof(itg_asset_t, vendor),
                     offsetof(itg_asset_t, device_id)}};

/* An asset is read by who may read the thin client that it is on, and by everybody while it is on none. */
static itg_error_t may_read(struct itg__tx *tx, int64_t thinclient_id, bool *ret_may)
{
    *ret_may = true;
    return thinclient_id == NOWHERE ? ITG_OK : itg__may_on(tx, thinclient_id, ITG_RIGHT_READ, ret_may);
}

itg_error_t itg__asset_reach(struct itg__tx *tx, int64_t id, int64_t *ret_thinclient_id)
{
    bool may = false;
    itg_error_t err = itg__asset_place(tx, id, ret_thinclient_id);
    if (!err)
        err = may_read(tx, *ret_thinclient_id, &may);
    return err || may ? err : itg__fail(tx->failure, ITG_E_ACCESS_DENIED, NULL);
}

static itg_error_t get(struct itg__tx *tx, int64_t id, itg_asset_t **ret_asset)
{
    struct itg__query q;
    itg_asset_t *own = NULL;
    int64_t place = NOWHERE;
    itg_error_t err = itg__asset_reach(tx, id, &place);
    if (err)
        return err;
    itg__query(tx, &q, "SELECT " ITG__ASSET_COLUMNS " FROM asset WHERE id = $1", "i", id);
    if (itg__next(&q)) {
        itg_asset_t asset = itg__asset_read(&q);
        own = itg__keep(&q, &asset, &shape, 0);
    }
    err = itg__done(&q);
    if (!err && !own)
        err = missing(tx, id);
    if (!err)
        *ret_asset = own;
    return err;
}

itg_error_t itg_asset_get(itg_t *itg, int64_t id, itg_asset_t **ret_asset, itg_failure_t *failure)
{
    struct itg__tx tx;
    itg_asset_t *asset = NULL;
    itg_error_t err = itg__need(ret_asset != NULL, "ret_asset", failure);
    if (!err)
        err = itg__begin_read(itg, __func__, ITG__RIGHT_READ, &tx, failure);
    if (err)
        return err;
    err = itg__end(&tx, get(&tx, id, &asset));
    if (!err)
        *ret_asset = asset;
    return err;
}

void itg_asset_free(itg_asset_t *asset)
{
    free(asset);
}

static itg_error_t check_scope(struct itg__tx *tx, enum itg__asset_scope scope, int64_t id)
{
    struct itg__object object;
    int64_t place = 0;
    switch (scope) {
    case ITG__ASSETS_ALL:
        break;
    case ITG__ASSETS_ON:
        return id == NOWHERE ? ITG_OK
                             : itg__object_reach(tx, ITG_TYPE_THINCLIENT, id, ITG_RIGHT_READ, &object);
    case ITG__ASSET_ONE:
        return itg__asset_reach(tx, id, &place);
    }
    return ITG_OK;
}

itg_error_t itg__asset_walk(struct itg__tx *tx, enum itg__asset_scope scope, int64_t id, int64_t after_id,
                            itg_asset_fn fn, void *ctx)
{
    static const char *const texts[] = {
        [ITG__ASSETS_ALL] = "SELECT " ITG__ASSET_COLUMNS " FROM asset WHERE id > $1 ORDER BY id",
        [ITG__ASSETS_ON] =
            "SELECT " ITG__ASSET_COLUMNS " FROM asset WHERE thinclient_id = $2 AND id > $1 ORDER BY id",
        [ITG__ASSET_ONE] = "SELECT " ITG__ASSET_COLUMNS " FROM asset WHERE id = $2 AND id > $1",
    };
    struct itg__query q;
    bool more = true;
    itg_error_t err = check_scope(tx, scope, id);
    if (err)
        return err;
    itg__query_start(tx, &q, texts[scope]);
    itg__bind_int(&q, 1, after_id);
    if (scope != ITG__ASSETS_ALL)
        itg__bind_int(&q, 2, id);
    while (more && itg__next(&q)) {
        itg_asset_t asset = itg__asset_read(&q);
        bool shown = true;
        err = may_read(tx, asset.thinclient_id, &shown);
        if (err)
            break;
        if (!shown) {
            more = itg__passes(tx, asset.id);
            continue;
        }
        more = !q.err && fn(ctx, &asset) == 0;
    }
    itg_error_t done = itg__done(&q);
    return err ? err : done;
}

itg_error_t itg_asset_each(itg_t *itg, int64_t thinclient_id, int64_t after_id, itg_asset_fn fn, void *ctx,
                           itg_failure_t *failure)
{
    struct itg__tx tx;
    enum itg__asset_scope scope = thinclient_id ? ITG__ASSETS_ON : ITG__ASSETS_ALL;
    itg_error_t err = itg__need(fn != NULL, "fn", failure);
    if (!err)
        err = itg__begin_read(itg, __func__, ITG__RIGHT_READ, &tx, failure);
    return err ? err : itg__end(&tx, itg__asset_walk(&tx, scope, thinclient_id, after_id, fn, ctx));
}
