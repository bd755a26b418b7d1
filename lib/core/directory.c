#include "core/access.h"
#include "core/audit.h"
#include "core/licence.h"
#include "core/rows.h"
#include "core/rule.h"
#include "core/text.h"

static itg_error_t check_type(itg_t *itg, itg_type_t type, itg_failure_t *failure)
{
    return itg__is_directory(type)
               ? itg__licensed_type(itg, type, failure)
               : itg__fail_detail(failure, ITG_E_OBJECT_TYPE, "type %d is no directory", type);
}

static itg_error_t check_name(const char *name, itg_failure_t *failure)
{
    return itg__name_ok(name) ? ITG_OK : itg__fail_detail(failure, ITG_E_INVALID_BODY, "name is not valid");
}

itg_error_t itg__directory_insert(struct itg__tx *tx, int64_t id, itg_type_t type)
{
    return itg__run(tx, "INSERT INTO directory(id, type) VALUES($1, $2)", "ii", id, (int64_t)type);
}

static itg_error_t create(struct itg__tx *tx, itg_type_t type, const char *name, int64_t parent_id,
                          int64_t *ret_id)
{
    itg_error_t err = itg__parent_check(tx, type, parent_id);
    if (!err)
        err = itg__require_in(tx, parent_id, ITG_RIGHT_WRITE);
    if (!err)
        err = itg__object_create(tx, type, name, parent_id, ret_id);
    if (!err)
        err = itg__directory_insert(tx, *ret_id, type);
    return err ? err : itg__audit_created(tx, ITG__AUDIT_OBJECT, *ret_id);
}

itg_error_t itg_directory_create(itg_t *itg, itg_type_t type, const char *name, int64_t parent_id,
                                 int64_t *ret_id, itg_failure_t *failure)
{
    struct itg__tx tx;
    int64_t id = 0;
    itg_error_t err = check_type(itg, type, failure);
    if (!err)
        err = check_name(name, failure);
    if (!err)
        err = itg__begin_write(itg, __func__, ITG__RIGHT_OBJECT, &tx, failure);
    if (err)
        return err;
    err = itg__end(&tx, create(&tx, type, name, parent_id, &id));
    if (!err && ret_id)
        *ret_id = id;
    return err;
}

static const struct itg__shape shape = {sizeof(itg_object_t), 1,
                                        (const size_t[]){offsetof(itg_object_t, name)}};

static itg_error_t get(struct itg__tx *tx, itg_type_t type, int64_t id, itg_object_t **ret_directory)
{
    struct itg__query q;
    itg_object_t *own = NULL;
    itg__query(tx, &q, "SELECT " ITG__OBJECT_COLUMNS " FROM object o WHERE o.id = $1 AND o.type = $2", "ii",
               id, (int64_t)type);
    if (itg__next(&q)) {
        itg_object_t object = itg__object_read(&q);
        own = itg__keep(&q, &object, &shape, 0);
    }
    itg_error_t err = itg__done(&q);
    if (!err)
        err = own ? itg__require_in(tx, id, ITG_RIGHT_BROWSE)
                  : itg__fail_id(tx->failure, ITG_E_DIRECTORY_NOT_FOUND, id);
    if (err)
        itg_object_free(own);
    else
        *ret_directory = own;
    return err;
}

itg_error_t itg_directory_get(itg_t *itg, itg_type_t type, int64_t id, itg_object_t **ret_directory,
                              itg_failure_t *failure)
{
    struct itg__tx tx;
    itg_object_t *directory = NULL;
    itg_error_t err = check_type(itg, type, failure);
    if (!err)
        err = itg__need(ret_directory != NULL, "ret_directory", failure);
    if (!err)
        err = itg__begin_read(itg, __func__, ITG__RIGHT_READ, &tx, failure);
    if (err)
        return err;
    err = itg__end(&tx, get(&tx, type, id, &directory));
    if (!err)
        *ret_directory = directory;
    return err;
}

/* A directory that may be changed: there, and no root. */
static itg_error_t load_own(struct itg__tx *tx, itg_type_t type, int64_t id,
                            struct itg__object *ret_directory)
{
    itg_error_t err = itg__object_reach(tx, type, id, ITG_RIGHT_WRITE, ret_directory);
    if (!err && ret_directory->is_root)
        err = itg__fail_detail(tx->failure, ITG_E_ACCESS_DENIED, "a root cannot be changed");
    return err;
}

static itg_error_t rename_it(struct itg__tx *tx, itg_type_t type, int64_t id, const char *name)
{
    struct itg__object directory;
    struct itg__trail trail;
    itg_error_t err = load_own(tx, type, id, &directory);
    if (err)
        return err;
    if (directory.in_bin)
        return itg__fail(tx->failure, ITG_E_DIRECTORY_IN_BIN, NULL);
    err = itg__audit_before(tx, &trail, ITG__AUDIT_OBJECT, id);
    if (!err)
        err = itg__object_rename(tx, id, name);
    return itg__audit_after(tx, &trail, err);
}

itg_error_t itg_directory_rename(itg_t *itg, itg_type_t type, int64_t id, const char *name,
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
    struct itg__object directory;
    bool has_child = false, is_target = false;
    int64_t child = 0;
    itg_error_t err = load_own(tx, type, id, &directory);
    if (!err)
        err = itg__lookup(tx, &has_child, &child, "SELECT id FROM object WHERE parent_id = $1 LIMIT 1", "i",
                          id);
    if (err)
        return err;
    if (has_child)
        return itg__fail_id(tx->failure, ITG_E_DIRECTORY_NOT_EMPTY, id);
    err = itg__rule_targets(tx, id, &is_target);
    if (err || is_target)
        return err ? err : itg__fail(tx->failure, ITG_E_DIRECTORY_HAS_RULE, NULL);
    return itg__object_delete(tx, type, id);
}

itg_error_t itg_directory_delete(itg_t *itg, itg_type_t type, int64_t id, itg_failure_t *failure)
{
    struct itg__tx tx;
    itg_error_t err = check_type(itg, type, failure);
    if (!err)
        err = itg__begin_write(itg, __func__, ITG__RIGHT_OBJECT, &tx, failure);
    return err ? err : itg__end(&tx, delete_it(&tx, type, id));
}

/* @param in_order  by id, so that the walk may end early and be gone on with */
static itg_error_t walk(struct itg__query *q, bool in_order, itg_object_fn fn, void *ctx)
{
    bool more = true;
    while (more && itg__next(q)) {
        itg_object_t object = itg__object_read(q);
        if (!itg__shows(q, object.type, object.id, object.parent_id)) {
            more = !in_order || itg__passes(q->tx, object.id);
            continue;
        }
        more = !q->err && fn(ctx, &object) == 0;
    }
    return itg__done(q);
}

itg_error_t itg_directory_each(itg_t *itg, itg_type_t type, int64_t after_id, itg_object_fn fn, void *ctx,
                               itg_failure_t *failure)
{
    struct itg__tx tx;
    struct itg__query q;
    itg_error_t err = check_type(itg, type, failure);
    if (!err)
        err = itg__need(fn != NULL, "fn", failure);
    if (!err)
        err = itg__begin_read(itg, __func__, ITG__RIGHT_READ, &tx, failure);
    if (err)
        return err;
    itg__query(&tx, &q,
               "SELECT " ITG__OBJECT_COLUMNS " FROM directory d JOIN object o ON o.id = d.id"
               " WHERE d.type = $1 AND d.id > $2 ORDER BY d.id",
               "ii", (int64_t)type, after_id > 0 ? after_id : 0);
    return itg__end(&tx, walk(&q, true, fn, ctx));
}

itg_error_t itg_directory_children(itg_t *itg, itg_type_t type, int64_t id, itg_object_fn fn, void *ctx,
                                   itg_failure_t *failure)
{
    struct itg__tx tx;
    struct itg__object directory;
    struct itg__query q;
    itg_error_t err = check_type(itg, type, failure);
    if (!err)
        err = itg__need(fn != NULL, "fn", failure);
    if (!err)
        err = itg__begin_read(itg, __func__, ITG__RIGHT_READ, &tx, failure);
    if (err)
        return err;
    err = itg__object_reach(&tx, type, id, ITG_RIGHT_BROWSE, &directory);
    if (err)
        return itg__end(&tx, err);
    /* In each tree the directory type has the higher number. */
    itg__query(&tx, &q,
               "SELECT " ITG__OBJECT_COLUMNS
               " FROM object o WHERE o.parent_id = $1 ORDER BY o.type DESC, o.id",
               "i", id);
    return itg__end(&tx, walk(&q, false, fn, ctx));
}
