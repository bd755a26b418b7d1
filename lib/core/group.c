/* Groups of users. */
#include "core/access.h"
#include "core/audit.h"

static itg_error_t need(itg_t *itg, bool given, itg_failure_t *failure)
{
    return itg__need(itg && given, "a parameter", failure);
}

itg_error_t itg__group_find(struct itg__tx *tx, const char *name, int64_t *ret_id)
{
    bool found = false;
    itg_error_t err =
        itg__lookup(tx, &found, ret_id, "SELECT id FROM account_group WHERE name = $1", "s", name);
    return err || found ? err : itg__fail_detail(tx->failure, ITG_E_NO_HANDLER, "there is no group %s", name);
}

static itg_error_t create(struct itg__tx *tx, const char *name, int64_t *ret_id)
{
    bool taken = false;
    itg_error_t err =
        itg__lookup(tx, &taken, ret_id, "SELECT id FROM account_group WHERE name = $1", "s", name);
    if (!err && taken)
        err = itg__fail_duplicate(tx->failure, "Inserting the group failed", "account_group_name",
                                  "account_group");
    if (!err)
        err = itg__next_id(tx, "account", ret_id);
    if (!err)
        err = itg__run(tx, "INSERT INTO account_group(id, name) VALUES($1, $2)", "is", *ret_id, name);
    return err ? err : itg__audit_created(tx, ITG__AUDIT_GROUP, *ret_id);
}

itg_error_t itg_group_create(itg_t *itg, const char *name, int64_t *ret_id, itg_failure_t *failure)
{
    struct itg__tx tx;
    int64_t id = 0;
    itg_error_t err = need(itg, name != NULL, failure);
    const char *fault = err ? NULL : itg__user_name_fault(name);
    if (fault)
        err = itg__fail_detail(failure, ITG_E_INVALID_BODY, "%s", fault);
    if (!err)
        err = itg__begin_write(itg, __func__, ITG__RIGHT_USERS, &tx, failure);
    if (err)
        return err;
    err = itg__end(&tx, create(&tx, name, &id));
    if (!err && ret_id)
        *ret_id = id;
    return err;
}

static itg_error_t delete_it(struct itg__tx *tx, const char *name)
{
    static const char *const rows[] = {
        "DELETE FROM account_member WHERE group_id = $1",
        "DELETE FROM access_entry WHERE subject_id = $1",
        "DELETE FROM account_group WHERE id = $1",
    };
    int64_t id = 0;
    itg_error_t err = itg__group_find(tx, name, &id);
    if (!err)
        err = itg__audit_deleted(tx, ITG__AUDIT_GROUP, id);
    for (size_t i = 0; !err && i < sizeof rows / sizeof *rows; i++)
        err = itg__run(tx, rows[i], "i", id);
    return err;
}

itg_error_t itg_group_delete(itg_t *itg, const char *name, itg_failure_t *failure)
{
    struct itg__tx tx;
    itg_error_t err = need(itg, name != NULL, failure);
    if (!err)
        err = itg__begin_write(itg, __func__, ITG__RIGHT_USERS, &tx, failure);
    return err ? err : itg__end(&tx, delete_it(&tx, name));
}

static itg_error_t walk(struct itg__tx *tx, itg_group_fn fn, void *ctx)
{
    struct itg__query q;
    bool more = true;
    itg__query(tx, &q,
               "SELECT g.id, g.name, (SELECT count(*) FROM account_member m WHERE m.group_id = g.id)"
               " FROM account_group g ORDER BY g.name",
               "");
    while (more && itg__next(&q)) {
        itg_group_t group = {itg__int(&q, 0), itg__text(&q, 1), itg__int(&q, 2)};
        more = !q.err && fn(ctx, &group) == 0;
    }
    return itg__done(&q);
}

itg_error_t itg_group_each(itg_t *itg, itg_group_fn fn, void *ctx, itg_failure_t *failure)
{
    struct itg__tx tx;
    itg_error_t err = need(itg, fn != NULL, failure);
    if (!err)
        err = itg__begin_read(itg, __func__, ITG__RIGHT_USERS, &tx, failure);
    return err ? err : itg__end(&tx, walk(&tx, fn, ctx));
}

/* ---- members */

static itg_error_t find_both(struct itg__tx *tx, const char *group, const char *user, int64_t *ret_group,
                             int64_t *ret_user)
{
    itg_error_t err = itg__group_find(tx, group, ret_group);
    return err ? err : itg__user_find(tx, user, ret_user);
}

static itg_error_t check_room(struct itg__tx *tx, int64_t user_id)
{
    bool found = false;
    int64_t count = 0;
    itg_error_t err = itg__lookup(tx, &found, &count,
                                  "SELECT count(*) FROM account_member WHERE account_id = $1", "i", user_id);
    return err || count <= ITG_LIMIT_GROUPS
               ? err
               : itg__fail_detail(tx->failure, ITG_E_INVALID_BODY, "the user is in more than %d groups",
                                  ITG_LIMIT_GROUPS);
}

static itg_error_t insert(struct itg__tx *tx, int64_t group_id, int64_t user_id)
{
    bool added = false;
    int64_t id = 0;
    itg_error_t err = itg__lookup(tx, &added, &id,
                                  "INSERT INTO account_member(group_id, account_id) VALUES($1, $2)"
                                  " ON CONFLICT DO NOTHING RETURNING account_id",
                                  "ii", group_id, user_id);
    return err || added ? err
                        : itg__fail_duplicate(tx->failure, "Inserting the member failed",
                                              "account_member_primary_key", "account_member");
}

static itg_error_t add(struct itg__tx *tx, const char *group, const char *user)
{
    int64_t group_id = 0, user_id = 0;
    bool had_administrator = false;
    itg_error_t err = find_both(tx, group, user, &group_id, &user_id);
    if (!err)
        err = itg__access_has_administrator(tx, &had_administrator);
    if (!err)
        err = insert(tx, group_id, user_id);
    if (!err)
        err = itg__audit_part_created(
            tx, &(struct itg__audit_subject){ITG__AUDIT_MEMBER, group_id, user_id, NULL});
    if (!err)
        err = check_room(tx, user_id);
    return err ? err : itg__access_keep_administrator(tx, had_administrator);
}

itg_error_t itg_group_add(itg_t *itg, const char *group, const char *user, itg_failure_t *failure)
{
    struct itg__tx tx;
    itg_error_t err = need(itg, group && user, failure);
    if (!err)
        err = itg__begin_write(itg, __func__, ITG__RIGHT_USERS, &tx, failure);
    return err ? err : itg__end(&tx, add(&tx, group, user));
}

static itg_error_t remove_it(struct itg__tx *tx, const char *group, const char *user)
{
    int64_t group_id = 0, user_id = 0, id = 0;
    bool deleted = false;
    itg_error_t err = find_both(tx, group, user, &group_id, &user_id);
    if (!err)
        err = itg__audit_part_deleted(
            tx, &(struct itg__audit_subject){ITG__AUDIT_MEMBER, group_id, user_id, NULL});
    if (!err)
        err = itg__lookup(tx, &deleted, &id,
                          "DELETE FROM account_member WHERE group_id = $1 AND account_id = $2"
                          " RETURNING account_id",
                          "ii", group_id, user_id);
    return err || deleted ? err
                          : itg__fail_detail(tx->failure, ITG_E_NO_HANDLER, "%s is not in the group", user);
}

itg_error_t itg_group_remove(itg_t *itg, const char *group, const char *user, itg_failure_t *failure)
{
    struct itg__tx tx;
    itg_error_t err = need(itg, group && user, failure);
    if (!err)
        err = itg__begin_write(itg, __func__, ITG__RIGHT_USERS, &tx, failure);
    return err ? err : itg__end(&tx, remove_it(&tx, group, user));
}

static itg_error_t walk_members(struct itg__tx *tx, const char *group, itg_user_fn fn, void *ctx)
{
    struct itg__query q;
    int64_t id = 0;
    bool more = true;
    itg_error_t err = itg__group_find(tx, group, &id);
    if (err)
        return err;
    itg__query(tx, &q,
               "SELECT a.id, a.name, a.role FROM account_member m JOIN account a ON a.id = m.account_id"
               " WHERE m.group_id = $1 ORDER BY a.name",
               "i", id);
    while (more && itg__next(&q)) {
        itg_user_t user = {.id = itg__int(&q, 0), .role = (itg_role_t)itg__int(&q, 2)};
        user.name = itg__text(&q, 1);
        more = !q.err && fn(ctx, &user) == 0;
    }
    return itg__done(&q);
}

itg_error_t itg_group_members(itg_t *itg, const char *group, itg_user_fn fn, void *ctx,
                              itg_failure_t *failure)
{
    struct itg__tx tx;
    itg_error_t err = need(itg, group && fn, failure);
    if (!err)
        err = itg__begin_read(itg, __func__, ITG__RIGHT_USERS, &tx, failure);
    return err ? err : itg__end(&tx, walk_members(&tx, group, fn, ctx));
}
