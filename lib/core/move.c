/* Moving objects within their tree. */
#include "core/access.h"
#include "core/audit.h"
#include "core/licence.h"
#include "core/listing.h"
#include "core/revision.h"
#include <stdlib.h>

/* What an object is moved into. */
struct target {
    struct itg__object directory;
    int64_t above[ITG_LIMIT_DEPTH + 2]; /* the directory itself and those above it, the root included */
    int64_t depth;                      /* number of entries in above */
};

static itg_error_t load_above(struct itg__tx *tx, struct target *target)
{
    struct itg__object object = target->directory;
    bool found = true;
    target->depth = 0;
    while (found && target->depth < ITG_LIMIT_DEPTH + 2) {
        target->above[target->depth++] = object.id;
        if (object.is_root)
            return ITG_OK;
        itg_error_t err = itg__object_find(tx, object.parent_id, &object, &found);
        if (err)
            return err;
    }
    return itg__fail_detail(tx->failure, ITG_E_OBJECT_MAPPING, "directory %lld has no root",
                            (long long)target->directory.id);
}

static bool is_above(const struct target *target, int64_t id)
{
    for (int64_t i = 0; i < target->depth; i++)
        if (target->above[i] == id)
            return true;
    return false;
}

/* How many levels of directories a directory and what is below it take. */
static itg_error_t height_of(struct itg__tx *tx, const struct itg__object *directory, int64_t *ret_height)
{
    bool found = false;
    return itg__lookup(
        tx, &found, ret_height,
        "WITH RECURSIVE down(id, height) AS (SELECT $1, 1 UNION ALL"
        " SELECT o.id, down.height + 1 FROM down JOIN object o ON o.parent_id = down.id AND o.type = $2"
        " WHERE down.height <= $3) SELECT max(height) FROM down",
        "iii", directory->id, (int64_t)directory->type, (int64_t)ITG_LIMIT_DEPTH);
}

static itg_error_t judge_directory(struct itg__tx *tx, const struct target *target,
                                   const struct itg__object *object, itg_move_result_t *ret_result)
{
    int64_t height = 0;
    *ret_result = ITG_MOVE_INTO_ITSELF;
    if (object->is_root || is_above(target, object->id))
        return ITG_OK;
    itg_error_t err = height_of(tx, object, &height);
    /* above[] counts the root, which is no level. */
    if (!err && target->depth - 1 + height <= ITG_LIMIT_DEPTH)
        *ret_result = ITG_MOVE_SUCCESSFUL;
    return err;
}

static itg_error_t judge(struct itg__tx *tx, const struct target *target, const itg_move_entry_t *entry,
                         itg_move_result_t *ret_result)
{
    struct itg__object object;
    bool found = false;
    itg_error_t err = itg__object_find(tx, entry->id, &object, &found);
    if (err)
        return err;
    *ret_result = ITG_MOVE_SUCCESSFUL;
    if (!found)
        *ret_result = ITG_MOVE_DOES_NOT_EXIST;
    else if (itg__directory_type(object.type) != target->directory.type ||
             (entry->type && entry->type != object.type))
        *ret_result = ITG_MOVE_WRONG_TYPE;
    else if (object.in_bin)
        *ret_result = ITG_MOVE_IN_RECYCLE_BIN;
    else if (itg__is_directory(object.type))
        return judge_directory(tx, target, &object, ret_result);
    return ITG_OK;
}

/* What a thin client receives depends on where it lies; what a profile says does not. */
itg_error_t itg__object_reparent(struct itg__tx *tx, itg_type_t type, int64_t id, int64_t directory_id)
{
    bool moved = false;
    int64_t own_type = 0;
    itg_error_t err =
        itg__lookup(tx, &moved, &own_type,
                    "UPDATE object SET parent_id = $2 WHERE id = $1 AND parent_id <> $2 RETURNING type", "ii",
                    id, directory_id);
    bool receives = itg__directory_type(type) == ITG_TYPE_THINCLIENT_DIRECTORY;
    if (!err && moved && receives)
        err = itg__revision_touch(tx, id);
    return err || !moved || own_type != ITG_TYPE_THINCLIENT ? err : itg__listing_refresh(tx, id);
}

itg_error_t itg__object_put(struct itg__tx *tx, itg_type_t type, int64_t id, int64_t directory_id)
{
    struct itg__trail trail;
    itg_error_t err = itg__audit_before(tx, &trail, ITG__AUDIT_OBJECT, id);
    if (!err)
        err = itg__object_reparent(tx, type, id, directory_id);
    return itg__audit_after(tx, &trail, err);
}

/* Asked for all of them before any moves, as moving changes what entries apply. One that is not there, or of another
 * tree, is judged later. */
static itg_error_t may_move(struct itg__tx *tx, const itg_move_entry_t *entries, size_t count)
{
    itg_error_t err = ITG_OK;
    for (size_t i = 0; !err && i < count; i++) {
        bool may = true;
        err = itg__may_on(tx, entries[i].id, ITG_RIGHT_MOVE, &may);
        if (!err && !may)
            err = itg__fail_detail(tx->failure, ITG_E_ACCESS_DENIED, "the right to move %lld is missing",
                                   (long long)entries[i].id);
    }
    return err;
}

static itg_error_t move_all(struct itg__tx *tx, itg_type_t type, int64_t target_id, itg_move_entry_t *entries,
                            size_t count, itg_move_result_t *results)
{
    struct target target;
    itg_error_t err = itg__object_reach_live(tx, type, target_id, ITG_RIGHT_WRITE, &target.directory);
    if (!err)
        err = may_move(tx, entries, count);
    if (!err)
        err = load_above(tx, &target);
    for (size_t i = 0; !err && i < count; i++) {
        err = judge(tx, &target, &entries[i], &results[i]);
        if (!err && results[i] == ITG_MOVE_SUCCESSFUL)
            err = itg__object_put(tx, type, entries[i].id, target_id);
    }
    return err;
}

itg_error_t itg_move(itg_t *itg, itg_type_t type, int64_t target_id, itg_move_entry_t *entries, size_t count,
                     itg_failure_t *failure)
{
    struct itg__tx tx;
    if (!itg__is_directory(type))
        return itg__fail(failure, ITG_E_OBJECT_TYPE, NULL);
    if (count == 0)
        return itg__fail(failure, ITG_E_EMPTY_LIST, NULL);
    if (!entries)
        return itg__need(false, "entries", failure);
    itg_move_result_t *results = calloc(count, sizeof *results);
    if (!results)
        return itg__fail(failure, ITG_E_INTERNAL, NULL);
    itg_error_t err = itg__licensed_type(itg, type, failure);
    if (!err)
        err = itg__begin_write(itg, __func__, ITG__RIGHT_OBJECT, &tx, failure);
    if (!err)
        err = itg__end(&tx, move_all(&tx, type, target_id, entries, count, results));
    for (size_t i = 0; !err && i < count; i++)
        entries[i].result = results[i];
    free(results);
    return err;
}
