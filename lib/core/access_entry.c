/* Access entries: what is said of a directory and a user or group. What comes of them: access.c. */
#include "core/access.h"
#include "core/audit.h"

#define COLUMNS "e.directory_id, e.subject_id, e.allow, e.deny"
/* Groups come behind users. */
#define SELECT_ENTRIES                                                                                     \
    "SELECT " COLUMNS ", coalesce(a.name, g.name), CASE WHEN a.id IS NULL THEN 2 ELSE 1 END"               \
    " FROM access_entry e LEFT JOIN account a ON a.id = e.subject_id LEFT JOIN account_group g ON g.id = " \
    "e.subject_id"

static itg_error_t check_subject(itg_subject_t kind, const char *subject, itg_failure_t *failure)
{
    itg_error_t err = itg__need(subject != NULL, "subject", failure);
    if (err || kind == ITG_SUBJECT_USER || kind == ITG_SUBJECT_GROUP)
        return err;
    return itg__fail_detail(failure, ITG_E_INVALID_BODY, "kind: neither a user nor a group");
}

static itg_error_t find_subject(struct itg__tx *tx, itg_subject_t kind, const char *subject, int64_t *ret_id)
{
    return kind == ITG_SUBJECT_GROUP ? itg__group_find(tx, subject, ret_id)
                                     : itg__user_find(tx, subject, ret_id);
}

/* A directory of any tree that the one who acts controls. */
static itg_error_t reach_directory(struct itg__tx *tx, int64_t id)
{
    struct itg__object directory;
    bool found = false;
    itg_error_t err = itg__object_find(tx, id, &directory, &found);
    if (err)
        return err;
    if (!found || !itg__is_directory(directory.type))
        return itg__fail_id(tx->failure, ITG_E_DIRECTORY_NOT_FOUND, id);
    return itg__require(tx, &directory, ITG_RIGHT_CONTROL);
}

static itg_error_t store(struct itg__tx *tx, int64_t directory_id, int64_t subject_id, uint32_t allow,
                         uint32_t deny)
{
    if (!allow && !deny)
        return itg__run(tx, "DELETE FROM access_entry WHERE directory_id = $1 AND subject_id = $2", "ii",
                        directory_id, subject_id);
    return itg__run(tx,
                    "INSERT INTO access_entry(directory_id, subject_id, allow, deny) VALUES($1, $2, $3, $4)"
                    " ON CONFLICT(directory_id, subject_id)"
                    " DO UPDATE SET allow = excluded.allow, deny = excluded.deny",
                    "iiii", directory_id, subject_id, (int64_t)allow, (int64_t)deny);
}

static itg_error_t put(struct itg__tx *tx, int64_t directory_id, int64_t subject_id, uint32_t allow,
                       uint32_t deny)
{
    const struct itg__audit_subject entry = {ITG__AUDIT_ACCESS, directory_id, subject_id, NULL};
    struct itg__trail trail;
    itg_error_t err = itg__audit_before_part(tx, &trail, &entry);
    if (!err)
        err = store(tx, directory_id, subject_id, allow, deny);
    return itg__audit_after(tx, &trail, err);
}

static itg_error_t set(struct itg__tx *tx, int64_t directory_id, itg_subject_t kind, const char *subject,
                       uint32_t allow, uint32_t deny)
{
    int64_t subject_id = 0;
    bool had_administrator = false;
    itg_error_t err = reach_directory(tx, directory_id);
    if (!err)
        err = find_subject(tx, kind, subject, &subject_id);
    if (!err)
        err = itg__access_has_administrator(tx, &had_administrator);
    if (!err)
        err = put(tx, directory_id, subject_id, allow, deny);
    return err ? err : itg__access_keep_administrator(tx, had_administrator);
}

itg_error_t itg_access_set(itg_t *itg, int64_t directory_id, itg_subject_t kind, const char *subject,
                           uint32_t allow, uint32_t deny, itg_failure_t *failure)
{
    struct itg__tx tx;
    itg_error_t err = check_subject(kind, subject, failure);
    if (!err && ((allow | deny) & ~(uint32_t)ITG_RIGHTS_ALL))
        err = itg__fail_detail(failure, ITG_E_INVALID_BODY, "allow or deny: there is no such right");
    if (!err)
        err = itg__begin_write(itg, __func__, ITG__RIGHT_OBJECT, &tx, failure);
    return err ? err : itg__end(&tx, set(&tx, directory_id, kind, subject, allow, deny));
}

static itg_access_entry_t read_row(struct itg__query *q)
{
    itg_access_entry_t entry = {.directory_id = itg__int(q, 0),
                                .subject_id = itg__int(q, 1),
                                .allow = (uint32_t)itg__int(q, 2),
                                .deny = (uint32_t)itg__int(q, 3),
                                .kind = (itg_subject_t)itg__int(q, 5)};
    entry.subject = itg__text(q, 4);
    return entry;
}

static itg_error_t walk_directory(struct itg__tx *tx, int64_t directory_id, itg_access_entry_fn fn, void *ctx)
{
    struct itg__query q;
    bool more = true;
    itg_error_t err = reach_directory(tx, directory_id);
    if (err)
        return err;
    itg__query(tx, &q, SELECT_ENTRIES " WHERE e.directory_id = $1 ORDER BY 6, e.subject_id", "i",
               directory_id);
    while (more && itg__next(&q)) {
        itg_access_entry_t entry = read_row(&q);
        more = !q.err && fn(ctx, &entry) == 0;
    }
    return itg__done(&q);
}

itg_error_t itg_access_each(itg_t *itg, int64_t directory_id, itg_access_entry_fn fn, void *ctx,
                            itg_failure_t *failure)
{
    struct itg__tx tx;
    itg_error_t err = itg__need(fn != NULL, "fn", failure);
    if (!err)
        err = itg__begin_read(itg, __func__, ITG__RIGHT_READ, &tx, failure);
    return err ? err : itg__end(&tx, walk_directory(&tx, directory_id, fn, ctx));
}

static itg_error_t walk_subject(struct itg__tx *tx, itg_subject_t kind, const char *subject,
                                itg_access_entry_fn fn, void *ctx)
{
    struct itg__query q;
    int64_t subject_id = 0;
    bool more = true;
    itg_error_t err = find_subject(tx, kind, subject, &subject_id);
    if (err)
        return err;
    itg__query(tx, &q, SELECT_ENTRIES " WHERE e.subject_id = $1 ORDER BY e.directory_id", "i", subject_id);
    while (!err && more && itg__next(&q)) {
        itg_access_entry_t entry = read_row(&q);
        uint32_t rights = 0;
        err = itg__rights_in(tx, entry.directory_id, &rights);
        if (!err && !q.err && (rights & ITG_RIGHT_CONTROL))
            more = fn(ctx, &entry) == 0;
    }
    itg_error_t done = itg__done(&q);
    return err ? err : done;
}

itg_error_t itg_access_of(itg_t *itg, itg_subject_t kind, const char *subject, itg_access_entry_fn fn,
                          void *ctx, itg_failure_t *failure)
{
    struct itg__tx tx;
    itg_error_t err = check_subject(kind, subject, failure);
    if (!err)
        err = itg__need(fn != NULL, "fn", failure);
    if (!err)
        err = itg__begin_read(itg, __func__, ITG__RIGHT_READ, &tx, failure);
    return err ? err : itg__end(&tx, walk_subject(&tx, kind, subject, fn, ctx));
}
