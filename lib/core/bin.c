/* The recycle bin. bin_id of an object is the item that it went in with, its own id for an item. */
#include "core/access.h"
#include "core/audit.h"
#include "core/enrol.h"
#include "core/licence.h"
#include "core/revision.h"
#include "core/rule.h"
#include "core/text.h"

static itg_error_t load_own(struct itg__tx *tx, itg_type_t type, int64_t id, struct itg__object *ret_object)
{
    itg_error_t err = itg__object_reach(tx, type, id, ITG_RIGHT_WRITE, ret_object);
    if (!err && ret_object->is_root)
        err = itg__fail_detail(tx->failure, ITG_E_ACCESS_DENIED, "a root cannot be changed");
    return err;
}

/* Thin clients in the bin are refused, see itg/agent.h. */
static itg_error_t tell_agents(struct itg__tx *tx, itg_type_t type)
{
    return itg__root_of(type) == ITG_ROOT_THINCLIENTS ? itg__membership_touch(tx) : ITG_OK;
}

/* What is in the bin already below a directory stays an item of its own. */
static itg_error_t put(struct itg__tx *tx, itg_type_t type, int64_t id)
{
    struct itg__object object;
    struct itg__trail trail;
    itg_error_t err = load_own(tx, type, id, &object);
    if (err || object.in_bin)
        return err;
    err = itg__audit_before(tx, &trail, ITG__AUDIT_OBJECT, id);
    if (!err)
        err = itg__revision_touch_below(tx, type, id);
    if (!err)
        err = tell_agents(tx, type);
    if (!err)
        err = itg__run(tx,
                       "WITH RECURSIVE down(id) AS (SELECT $1 UNION"
                       " SELECT o.id FROM down JOIN object o ON o.parent_id = down.id WHERE o.bin_id IS NULL)"
                       " UPDATE object SET bin_id = $1 WHERE id IN (SELECT id FROM down)",
                       "i", id);
    return itg__audit_after(tx, &trail, err);
}

itg_error_t itg_bin_put(itg_t *itg, itg_type_t type, int64_t id, itg_failure_t *failure)
{
    struct itg__tx tx;
    itg_error_t err = itg__licensed_type(itg, type, failure);
    if (!err)
        err = itg__begin_write(itg, __func__, ITG__RIGHT_OBJECT, &tx, failure);
    return err ? err : itg__end(&tx, put(&tx, type, id));
}

/* An object that went in with a directory above it may be taken out alone. */
static itg_error_t restore(struct itg__tx *tx, itg_type_t type, int64_t id)
{
    struct itg__object object, parent;
    struct itg__trail trail;
    bool found = false;
    itg_error_t err = load_own(tx, type, id, &object);
    if (err || !object.in_bin)
        return err;
    err = itg__audit_before(tx, &trail, ITG__AUDIT_OBJECT, id);
    if (!err)
        err = itg__run(tx,
                       "WITH RECURSIVE down(id, bin_id) AS (SELECT id, bin_id FROM object WHERE id = $1 UNION"
                       " SELECT o.id, o.bin_id FROM down JOIN object o ON o.parent_id = down.id"
                       " WHERE o.bin_id = down.bin_id)"
                       " UPDATE object SET bin_id = NULL WHERE id IN (SELECT id FROM down)",
                       "i", id);
    if (!err)
        err = itg__object_find(tx, object.parent_id, &parent, &found);
    bool to_root = !found || parent.in_bin;
    if (!err && to_root)
        err = itg__require_in(tx, itg__root_of(type), ITG_RIGHT_WRITE);
    if (!err && to_root)
        err = itg__object_reparent(tx, type, id, itg__root_of(type));
    if (!err)
        err = itg__revision_touch_below(tx, type, id);
    if (!err)
        err = tell_agents(tx, type);
    return itg__audit_after(tx, &trail, err);
}

itg_error_t itg_bin_restore(itg_t *itg, itg_type_t type, int64_t id, itg_failure_t *failure)
{
    struct itg__tx tx;
    itg_error_t err = itg__licensed_type(itg, type, failure);
    if (!err)
        err = itg__begin_write(itg, __func__, ITG__RIGHT_OBJECT, &tx, failure);
    return err ? err : itg__end(&tx, restore(&tx, type, id));
}

/* Items behind an id, of types below a bound: those of master profiles have the highest numbers. An item's
 * bin_id is its id, so that the index of the bin finds and orders them. */
#define SELECT_ITEMS                                                   \
    "SELECT " ITG__OBJECT_COLUMNS " FROM object o WHERE o.bin_id > $1" \
    " AND o.bin_id = o.id AND o.type < $2 ORDER BY o.bin_id"

_Static_assert(ITG_TYPE_MASTERPROFILE + 1 == ITG_TYPE_MASTERPROFILE_DIRECTORY &&
                   ITG_TYPE_PROFILE_DIRECTORY < ITG_TYPE_MASTERPROFILE,
               "one bound leaves out the tree of master profiles");

static int64_t type_bound(const itg_t *itg)
{
    return itg && !itg__is_licensed(itg->fleet, ITG_FEATURE_MASTERPROFILES)
               ? ITG_TYPE_MASTERPROFILE
               : ITG_TYPE_MASTERPROFILE_DIRECTORY + 1;
}

itg_error_t itg_bin_each(itg_t *itg, int64_t after_id, itg_object_fn fn, void *ctx, itg_failure_t *failure)
{
    struct itg__tx tx;
    struct itg__query q;
    bool more = true;
    int64_t bound = type_bound(itg);
    itg_error_t err = itg__need(fn != NULL, "fn", failure);
    if (!err)
        err = itg__begin_read(itg, __func__, ITG__RIGHT_READ, &tx, failure);
    if (err)
        return err;
    itg__query(&tx, &q, SELECT_ITEMS, "ii", after_id, bound);
    while (more && itg__next(&q)) {
        itg_object_t object = itg__object_read(&q);
        if (!itg__shows(&q, object.type, object.id, object.parent_id)) {
            more = itg__passes(&tx, object.id);
            continue;
        }
        more = !q.err && fn(ctx, &object) == 0;
    }
    return itg__end(&tx, itg__done(&q));
}

/* ---- purging */

struct doomed {
    int64_t id;
    itg_type_t type;
};

/* The item and all that lies below it: what went in with it, and items of their own. */
static itg_error_t collect(struct itg__tx *tx, int64_t id, struct itg__buf *doomed)
{
    struct itg__query q;
    itg__query(tx, &q,
               "WITH RECURSIVE down(id) AS (SELECT $1 UNION"
               " SELECT o.id FROM down JOIN object o ON o.parent_id = down.id)"
               " SELECT o.id, o.type FROM down JOIN object o ON o.id = down.id",
               "i", id);
    while (itg__next(&q)) {
        struct doomed one = {itg__int(&q, 0), itg__type(&q, 1)};
        itg__buf_add(doomed, (const char *)&one, sizeof one);
    }
    itg_error_t err = itg__done(&q);
    return !err && doomed->failed ? itg__fail(tx->failure, ITG_E_INTERNAL, NULL) : err;
}

static itg_error_t check_rules(struct itg__tx *tx, const struct doomed *doomed, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        bool is_target = false;
        itg_error_t err = doomed[i].type == ITG_TYPE_THINCLIENT_DIRECTORY
                              ? itg__rule_targets(tx, doomed[i].id, &is_target)
                              : ITG_OK;
        if (err)
            return err;
        if (is_target)
            return itg__fail_detail(tx->failure, ITG_E_DIRECTORY_HAS_RULE, "a rule targets directory %lld",
                                    (long long)doomed[i].id);
    }
    return ITG_OK;
}

/* References are looked at when the transaction ends, so that the order does not matter. */
static itg_error_t purge_item(struct itg__tx *tx, int64_t id, int64_t *objects)
{
    struct itg__buf buf = {0};
    itg_error_t err = collect(tx, id, &buf);
    const struct doomed *doomed = (const struct doomed *)(const void *)buf.data;
    size_t count = err ? 0 : buf.length / sizeof *doomed;
    if (!err)
        err = check_rules(tx, doomed, count);
    for (size_t i = 0; !err && i < count; i++)
        err = itg__object_delete(tx, doomed[i].type, doomed[i].id);
    *objects += (int64_t)count;
    itg__buf_dispose(&buf);
    return err;
}

static itg_error_t check_item(struct itg__tx *tx, int64_t id)
{
    bool found = false;
    int64_t item = 0;
    itg_error_t err = itg__lookup(tx, &found, &item,
                                  "SELECT bin_id FROM object WHERE id = $1 AND bin_id IS NOT NULL", "i", id);
    if (err)
        return err;
    if (!found)
        return itg__fail_detail(tx->failure, ITG_E_INVALID_BODY, "object %lld is not in the recycle bin",
                                (long long)id);
    if (item != id)
        return itg__fail_detail(tx->failure, ITG_E_INVALID_BODY,
                                "object %lld is in the recycle bin as a part of %lld", (long long)id,
                                (long long)item);
    return ITG_OK;
}

static itg_error_t purge(struct itg__tx *tx, itg_type_t type, int64_t id)
{
    struct itg__object object;
    int64_t objects = 0;
    itg_error_t err = load_own(tx, type, id, &object);
    if (!err)
        err = check_item(tx, id);
    return err ? err : purge_item(tx, id, &objects);
}

itg_error_t itg_bin_purge(itg_t *itg, itg_type_t type, int64_t id, itg_failure_t *failure)
{
    struct itg__tx tx;
    itg_error_t err = itg__licensed_type(itg, type, failure);
    if (!err)
        err = itg__begin_write_long(itg, __func__, ITG__RIGHT_OBJECT, &tx, failure);
    return err ? err : itg__end(&tx, purge(&tx, type, id));
}

static itg_error_t next_item(struct itg__tx *tx, int64_t bound, int64_t *id, bool *ret_found)
{
    return itg__lookup(tx, ret_found, id, SELECT_ITEMS " LIMIT 1", "ii", *id, bound);
}

static itg_error_t empty(struct itg__tx *tx, int64_t bound, int64_t *objects)
{
    int64_t id = 0;
    bool found = false;
    itg_error_t err = next_item(tx, bound, &id, &found);
    while (!err && found) {
        bool may = true;
        err = itg__may_on(tx, id, ITG_RIGHT_WRITE, &may);
        if (!err && may)
            err = purge_item(tx, id, objects);
        if (!err)
            err = next_item(tx, bound, &id, &found);
    }
    return err;
}

itg_error_t itg_bin_empty(itg_t *itg, int64_t *ret_objects, itg_failure_t *failure)
{
    struct itg__tx tx;
    int64_t objects = 0, bound = type_bound(itg);
    itg_error_t err = itg__begin_write_long(itg, __func__, ITG__RIGHT_OBJECT, &tx, failure);
    if (err)
        return err;
    err = itg__end(&tx, empty(&tx, bound, &objects));
    if (!err && ret_objects)
        *ret_objects = objects;
    return err;
}
