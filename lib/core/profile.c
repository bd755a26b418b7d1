#include "core/access.h"
#include "core/audit.h"
#include "core/firmware.h"
#include "core/licence.h"
#include "core/rows.h"
#include "core/text.h"
#include <stdlib.h>

#define SELECT_PROFILE                                                                        \
    "SELECT p.id, p.type, o.name, o.parent_id, o.bin_id, p.firmware_id, p.overrides_sessions" \
    " FROM profile p JOIN object o ON o.id = p.id"

static itg_error_t check_type(itg_t *itg, itg_type_t type, itg_failure_t *failure)
{
    return type == ITG_TYPE_PROFILE || type == ITG_TYPE_MASTERPROFILE
               ? itg__licensed_type(itg, type, failure)
               : itg__fail_detail(failure, ITG_E_OBJECT_TYPE, "type %d is no profile", type);
}

static itg_error_t check_name(const char *name, itg_failure_t *failure)
{
    return itg__name_ok(name) ? ITG_OK : itg__fail_detail(failure, ITG_E_INVALID_BODY, "name is not valid");
}

itg_error_t itg__profile_insert(struct itg__tx *tx, const itg_profile_t *profile)
{
    return itg__run(tx,
                    "INSERT INTO profile(id, type, firmware_id, overrides_sessions) VALUES($1, $2, $3, $4)",
                    "iiii", profile->id, (int64_t)profile->type, profile->firmware_id,
                    (int64_t)(profile->overrides_sessions != 0));
}

static itg_error_t create(struct itg__tx *tx, itg_profile_t *profile)
{
    itg_error_t err = itg__firmware_check(tx, profile->firmware_id);
    if (!err)
        err = itg__parent_check(tx, profile->type, profile->parent_id);
    if (!err)
        err = itg__require_in(tx, profile->parent_id, ITG_RIGHT_WRITE);
    if (!err)
        err = itg__object_create(tx, profile->type, profile->name, profile->parent_id, &profile->id);
    if (!err)
        err = itg__profile_insert(tx, profile);
    return err ? err : itg__audit_created(tx, ITG__AUDIT_PROFILE, profile->id);
}

itg_error_t itg_profile_create(itg_t *itg, itg_type_t type, const char *name, int64_t parent_id,
                               int64_t firmware_id, int32_t overrides_sessions, int64_t *ret_id,
                               itg_failure_t *failure)
{
    struct itg__tx tx;
    itg_profile_t profile = {0, type, name, parent_id, 0, firmware_id, overrides_sessions};
    itg_error_t err = check_type(itg, type, failure);
    if (!err)
        err = check_name(name, failure);
    if (!err)
        err = itg__begin_write(itg, __func__, ITG__RIGHT_OBJECT, &tx, failure);
    if (err)
        return err;
    err = itg__end(&tx, create(&tx, &profile));
    if (!err && ret_id)
        *ret_id = profile.id;
    return err;
}

static itg_profile_t read_row(struct itg__query *q)
{
    itg_profile_t profile = {
        .id = itg__int(q, 0),
        .type = itg__type(q, 1),
        .name = itg__text(q, 2),
        .parent_id = itg__int(q, 3),
        .in_bin = !itg__is_null(q, 4),
        .firmware_id = itg__int(q, 5),
        .overrides_sessions = itg__int(q, 6) != 0,
    };
    return profile;
}

static const struct itg__shape shape = {sizeof(itg_profile_t), 1,
                                        (const size_t[]){offsetof(itg_profile_t, name)}};

static itg_error_t get(struct itg__tx *tx, itg_type_t type, int64_t id, itg_profile_t **ret_profile)
{
    struct itg__query q;
    itg_profile_t *own = NULL;
    itg__query(tx, &q, SELECT_PROFILE " WHERE p.id = $1 AND p.type = $2", "ii", id, (int64_t)type);
    if (itg__next(&q)) {
        itg_profile_t profile = read_row(&q);
        own = itg__keep(&q, &profile, &shape, 0);
    }
    itg_error_t err = itg__done(&q);
    if (!err)
        err = own ? itg__require_in(tx, own->parent_id, ITG_RIGHT_READ)
                  : itg__fail_detail(tx->failure, ITG_E_NO_HANDLER, "no %s has id %lld", itg_type_name(type),
                                     (long long)id);
    if (err)
        free(own);
    else
        *ret_profile = own;
    return err;
}

itg_error_t itg_profile_get(itg_t *itg, itg_type_t type, int64_t id, itg_profile_t **ret_profile,
                            itg_failure_t *failure)
{
    struct itg__tx tx;
    itg_profile_t *profile = NULL;
    itg_error_t err = check_type(itg, type, failure);
    if (!err)
        err = itg__need(ret_profile != NULL, "ret_profile", failure);
    if (!err)
        err = itg__begin_read(itg, __func__, ITG__RIGHT_READ, &tx, failure);
    if (err)
        return err;
    err = itg__end(&tx, get(&tx, type, id, &profile));
    if (!err)
        *ret_profile = profile;
    return err;
}

void itg_profile_free(itg_profile_t *profile)
{
    free(profile);
}

itg_error_t itg_profile_each(itg_t *itg, itg_type_t type, int64_t after_id, itg_profile_fn fn, void *ctx,
                             itg_failure_t *failure)
{
    struct itg__tx tx;
    struct itg__query q;
    bool more = true;
    itg_error_t err = check_type(itg, type, failure);
    if (!err)
        err = itg__need(fn != NULL, "fn", failure);
    if (!err)
        err = itg__begin_read(itg, __func__, ITG__RIGHT_READ, &tx, failure);
    if (err)
        return err;
    itg__query(&tx, &q, SELECT_PROFILE " WHERE p.type = $1 AND p.id > $2 ORDER BY p.id", "ii", (int64_t)type,
               after_id);
    while (more && itg__next(&q)) {
        itg_profile_t profile = read_row(&q);
        if (!itg__shows(&q, profile.type, profile.id, profile.parent_id)) {
            more = itg__passes(&tx, profile.id);
            continue;
        }
        more = !q.err && fn(ctx, &profile) == 0;
    }
    return itg__end(&tx, itg__done(&q));
}

static itg_error_t rename_it(struct itg__tx *tx, itg_type_t type, int64_t id, const char *name)
{
    struct itg__object object;
    struct itg__trail trail;
    itg_error_t err = itg__object_reach_live(tx, type, id, ITG_RIGHT_WRITE, &object);
    if (err)
        return err;
    err = itg__audit_before(tx, &trail, ITG__AUDIT_OBJECT, id);
    if (!err)
        err = itg__object_rename(tx, id, name);
    return itg__audit_after(tx, &trail, err);
}

itg_error_t itg_profile_rename(itg_t *itg, itg_type_t type, int64_t id, const char *name,
                               itg_failure_t *failure)
{
    struct itg__tx tx;
    itg_error_t err = check_type(itg, type, failure);
    if (!err)
        err = check_name(name, failure);
    if (!err)
        err = itg__begin_write(itg, __func__, ITG__RIGHT_OBJECT, &tx, failure);
    return err ? err : itg__end(&tx, rename_it(&tx, type, id, name));
}

static itg_error_t delete_it(struct itg__tx *tx, itg_type_t type, int64_t id)
{
    struct itg__object object;
    itg_error_t err = itg__object_reach(tx, type, id, ITG_RIGHT_WRITE, &object);
    return err ? err : itg__object_delete(tx, type, id);
}

itg_error_t itg_profile_delete(itg_t *itg, itg_type_t type, int64_t id, itg_failure_t *failure)
{
    struct itg__tx tx;
    itg_error_t err = check_type(itg, type, failure);
    if (!err)
        err = itg__begin_write(itg, __func__, ITG__RIGHT_OBJECT, &tx, failure);
    return err ? err : itg__end(&tx, delete_it(&tx, type, id));
}
