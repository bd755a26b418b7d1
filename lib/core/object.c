#include "core/object.h"
#include "core/access.h"
#include "core/asset.h"
#include "core/audit.h"
#include "core/enrol.h"
#include "core/presence.h"
#include "core/revision.h"
#include "core/text.h"
#include <stdlib.h>
#include <string.h>

/* Statements that delete what hangs on an object, by its id, ending with the row of its own type. */
static const char *const thinclient_rows[] = {
    "DELETE FROM assignment WHERE receiver_id = $1",
    "DELETE FROM template_assignment WHERE receiver_id = $1",
    "DELETE FROM confirmation WHERE thinclient_id = $1",
    "DELETE FROM revision WHERE object_id = $1",
    "DELETE FROM network_adapter WHERE thinclient_id = $1",
    "DELETE FROM login_history WHERE thinclient_id = $1",
    "DELETE FROM shadow_certificate WHERE thinclient_id = $1",
    "DELETE FROM attribute_value WHERE thinclient_id = $1",
    "DELETE FROM presence WHERE thinclient_id = $1",
    "DELETE FROM job_target WHERE object_id = $1",
    "DELETE FROM command WHERE thinclient_id = $1",
    "DELETE FROM listing WHERE id = $1",
    "DELETE FROM thinclient WHERE id = $1",
    NULL,
};
static const char *const directory_rows[] = {
    "DELETE FROM assignment WHERE receiver_id = $1",
    "DELETE FROM template_assignment WHERE receiver_id = $1",
    "DELETE FROM revision WHERE object_id = $1",
    "DELETE FROM job_target WHERE object_id = $1",
    "DELETE FROM access_entry WHERE directory_id = $1",
    /* -1: the root */
    "UPDATE enrolment_key SET directory_id = -1 WHERE directory_id = $1",
    "DELETE FROM directory WHERE id = $1",
    NULL,
};
static const char *const profile_rows[] = {
    "DELETE FROM assignment WHERE assignee_id = $1",
    "DELETE FROM setting WHERE profile_id = $1",
    "DELETE FROM profile WHERE id = $1",
    NULL,
};

/* What is to be known of a type of object. */
static const struct type {
    const char *name;
    itg_type_t directory; /* of its tree */
    int64_t root;         /* of its tree */
    itg_error_t missing;  /* no such object */
    itg_error_t binned;   /* it is in the recycle bin */
    const char *const *rows;
    enum itg__audit_kind audit; /* what a deleted one was */
} types[] = {
    [ITG_TYPE_THINCLIENT] = {"tc", ITG_TYPE_THINCLIENT_DIRECTORY, ITG_ROOT_THINCLIENTS,
                             ITG_E_THINCLIENT_NOT_FOUND, ITG_E_THINCLIENT_IN_BIN, thinclient_rows,
                             ITG__AUDIT_THINCLIENT},
    [ITG_TYPE_THINCLIENT_DIRECTORY] = {"tcdirectory", ITG_TYPE_THINCLIENT_DIRECTORY, ITG_ROOT_THINCLIENTS,
                                       ITG_E_DIRECTORY_NOT_FOUND, ITG_E_DIRECTORY_IN_BIN, directory_rows,
                                       ITG__AUDIT_OBJECT},
    [ITG_TYPE_PROFILE] = {"profile", ITG_TYPE_PROFILE_DIRECTORY, ITG_ROOT_PROFILES, ITG_E_NO_HANDLER,
                          ITG_E_PROFILE_IN_BIN, profile_rows, ITG__AUDIT_PROFILE},
    [ITG_TYPE_PROFILE_DIRECTORY] = {"profiledirectory", ITG_TYPE_PROFILE_DIRECTORY, ITG_ROOT_PROFILES,
                                    ITG_E_DIRECTORY_NOT_FOUND, ITG_E_DIRECTORY_IN_BIN, directory_rows,
                                    ITG__AUDIT_OBJECT},
    [ITG_TYPE_MASTERPROFILE] = {"masterprofile", ITG_TYPE_MASTERPROFILE_DIRECTORY, ITG_ROOT_MASTERPROFILES,
                                ITG_E_NO_HANDLER, ITG_E_PROFILE_IN_BIN, profile_rows, ITG__AUDIT_PROFILE},
    [ITG_TYPE_MASTERPROFILE_DIRECTORY] = {"masterprofiledirectory", ITG_TYPE_MASTERPROFILE_DIRECTORY,
                                          ITG_ROOT_MASTERPROFILES, ITG_E_DIRECTORY_NOT_FOUND,
                                          ITG_E_DIRECTORY_IN_BIN, directory_rows, ITG__AUDIT_OBJECT},
};

enum { TYPES = sizeof types / sizeof *types };
_Static_assert(TYPES == ITG_TYPE_MASTERPROFILE_DIRECTORY + 1, "every type has a line");

/* The line of a type; one without a name for a value that is no type. */
static const struct type *info(itg_type_t type)
{
    return (unsigned)type < TYPES ? &types[type] : &types[0];
}

const char *itg_type_name(itg_type_t type)
{
    const char *name = info(type)->name;
    return name ? name : "";
}

itg_type_t itg_type_from_name(const char *name)
{
    for (unsigned i = 1; name && i < TYPES; i++)
        if (strcmp(types[i].name, name) == 0)
            return (itg_type_t)i;
    return (itg_type_t)0;
}

bool itg__is_directory(itg_type_t type)
{
    return info(type)->name && info(type)->directory == type;
}

itg_type_t itg__directory_type(itg_type_t type)
{
    return info(type)->directory;
}

int64_t itg__root_of(itg_type_t type)
{
    return info(type)->root;
}

itg_error_t itg__missing_code(itg_type_t type)
{
    return info(type)->name ? info(type)->missing : ITG_E_OBJECT_TYPE;
}

itg_error_t itg__binned_code(itg_type_t type)
{
    return info(type)->name ? info(type)->binned : ITG_E_OBJECT_TYPE;
}

itg_type_t itg__type(struct itg__query *q, int column)
{
    itg_type_t type = (itg_type_t)itg__int(q, column);
    if (!q->err && !info(type)->name)
        q->err = itg__fail_detail(q->tx->failure, ITG_E_OBJECT_TYPE, "type %d is stored", (int)type);
    return type;
}

itg_error_t itg__object_find(struct itg__tx *tx, int64_t id, struct itg__object *ret_object, bool *ret_found)
{
    struct itg__query q;
    itg__query(tx, &q, "SELECT type, parent_id, bin_id FROM object WHERE id = $1", "i", id);
    bool found = itg__next(&q);
    if (found)
        *ret_object = (struct itg__object){.id = id,
                                           .type = itg__type(&q, 0),
                                           .parent_id = itg__int(&q, 1),
                                           .in_bin = !itg__is_null(&q, 2),
                                           .is_root = itg__is_null(&q, 1)};
    *ret_found = found;
    return itg__done(&q);
}

static itg_error_t find_type(struct itg__tx *tx, int64_t id, itg_type_t *ret_type)
{
    struct itg__object object;
    bool found = false;
    itg_error_t err = itg__object_find(tx, id, &object, &found);
    if (!err && !found)
        err = itg__fail_detail(tx->failure, ITG_E_NO_HANDLER, "no object has id %lld", (long long)id);
    if (!err)
        err = itg__require(tx, &object, itg__right_to_see(object.type));
    if (!err)
        *ret_type = object.type;
    return err;
}

itg_error_t itg_object_type(itg_t *itg, int64_t id, itg_type_t *ret_type, itg_failure_t *failure)
{
    struct itg__tx tx;
    itg_error_t err = itg__need(ret_type != NULL, "ret_type", failure);
    if (!err)
        err = itg__begin_read(itg, __func__, ITG__RIGHT_READ, &tx, failure);
    return err ? err : itg__end(&tx, find_type(&tx, id, ret_type));
}

itg_error_t itg__object_load(struct itg__tx *tx, itg_type_t type, int64_t id, struct itg__object *ret_object)
{
    struct itg__object object;
    bool found = false;
    itg_error_t err = itg__object_find(tx, id, &object, &found);
    if (err)
        return err;
    if ((!found || object.type != type) && itg__missing_code(type) == ITG_E_NO_HANDLER)
        return itg__fail_detail(tx->failure, ITG_E_NO_HANDLER, "no %s has id %lld", itg_type_name(type),
                                (long long)id);
    if (!found || object.type != type)
        return itg__fail_id(tx->failure, itg__missing_code(type), id);
    *ret_object = object;
    return ITG_OK;
}

itg_error_t itg__object_load_live(struct itg__tx *tx, itg_type_t type, int64_t id,
                                  struct itg__object *ret_object)
{
    struct itg__object object = {0};
    itg_error_t err = itg__object_load(tx, type, id, &object);
    if (err)
        return err;
    if (object.in_bin)
        return itg__fail(tx->failure, itg__binned_code(type), NULL);
    *ret_object = object;
    return ITG_OK;
}

/* How many directories lie between an object and its root, itself included. Ends at ITG_LIMIT_DEPTH. */
static itg_error_t depth_of(struct itg__tx *tx, int64_t id, int64_t *ret_depth)
{
    bool found = false;
    return itg__lookup(tx, &found, ret_depth,
                       "WITH RECURSIVE up(id, depth) AS (SELECT $1, 0 UNION ALL"
                       " SELECT o.parent_id, up.depth + 1 FROM up JOIN object o ON o.id = up.id"
                       " WHERE o.parent_id IS NOT NULL AND up.depth <= $2) SELECT max(depth) FROM up",
                       "ii", id, (int64_t)ITG_LIMIT_DEPTH);
}

itg_error_t itg__parent_check(struct itg__tx *tx, itg_type_t type, int64_t parent_id)
{
    struct itg__object parent;
    bool found = false;
    int64_t depth = 0;
    itg_error_t err = itg__object_find(tx, parent_id, &parent, &found);
    if (err)
        return err;
    if (!found || parent.type != itg__directory_type(type))
        return itg__fail_id(tx->failure, ITG_E_PARENT_NOT_FOUND, parent_id);
    if (parent.in_bin)
        return itg__fail(tx->failure, ITG_E_DIRECTORY_IN_BIN, NULL);
    if (!itg__is_directory(type))
        return ITG_OK;
    err = depth_of(tx, parent_id, &depth);
    if (!err && depth >= ITG_LIMIT_DEPTH)
        err = itg__fail_id(tx->failure, ITG_E_PARENT_NOT_FOUND, parent_id);
    return err;
}

itg_error_t itg__object_insert(struct itg__tx *tx, int64_t id, itg_type_t type, const char *name,
                               int64_t parent_id, int64_t bin_id)
{
    return itg__run(
        tx, "INSERT INTO object(id, type, name, parent_id, bin_id) VALUES($1, $2, $3, $4, nullif($5, 0))",
        "iisii", id, (int64_t)type, name, parent_id, bin_id);
}

itg_error_t itg__object_create(struct itg__tx *tx, itg_type_t type, const char *name, int64_t parent_id,
                               int64_t *ret_id)
{
    int64_t id = 0;
    itg_error_t err = itg__next_id(tx, "object", &id);
    if (!err)
        err = itg__object_insert(tx, id, type, name, parent_id, 0);
    if (!err)
        *ret_id = id;
    return err;
}

itg_error_t itg__object_rename(struct itg__tx *tx, int64_t id, const char *name)
{
    return itg__run(tx, "UPDATE object SET name = $2 WHERE id = $1", "is", id, name);
}

/* Its agent is to hear of it. */
static itg_error_t dismiss(struct itg__tx *tx, int64_t id)
{
    itg__presence_doom(tx->fleet, id);
    return itg__token_bury(tx, id);
}

itg_error_t itg__object_delete(struct itg__tx *tx, itg_type_t type, int64_t id)
{
    itg_error_t err = itg__audit_deleted(tx, info(type)->audit, id);
    if (!err && info(type)->rows == profile_rows)
        err = itg__revision_touch_receivers(tx, id);
    if (!err && type == ITG_TYPE_THINCLIENT)
        err = itg__assets_release(tx, id);
    if (!err && type == ITG_TYPE_THINCLIENT)
        err = dismiss(tx, id);
    for (const char *const *sql = info(type)->rows; !err && sql && *sql; sql++)
        err = itg__run(tx, *sql, "i", id);
    return err ? err : itg__run(tx, "DELETE FROM object WHERE id = $1", "i", id);
}

void itg_object_free(itg_object_t *object)
{
    free(object);
}

itg_object_t itg__object_read(struct itg__query *q)
{
    itg_object_t object = {.id = itg__int(q, 0),
                           .type = itg__type(q, 1),
                           .name = itg__text(q, 2),
                           .parent_id = itg__is_null(q, 3) ? itg__int(q, 0) : itg__int(q, 3),
                           .in_bin = !itg__is_null(q, 4)};
    return object;
}

const char *itg_move_result_name(itg_move_result_t result)
{
    static const char *const names[] = {
        [ITG_MOVE_SUCCESSFUL] = "successful",         [ITG_MOVE_DOES_NOT_EXIST] = "does_not_exist",
        [ITG_MOVE_IN_RECYCLE_BIN] = "in_recycle_bin", [ITG_MOVE_WRONG_TYPE] = "wrong_type",
        [ITG_MOVE_INTO_ITSELF] = "into_itself",
    };
    return itg__name_of(names, sizeof names / sizeof *names, result);
}
