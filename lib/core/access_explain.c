/* What a user may do to an object, and why. */
#include "core/access.h"
#include "core/text.h"
#include <inttypes.h>
#include <string.h>

/* An entry that speaks of the object, with its subject's name in the buffer of names. */
struct said {
    int64_t directory_id;
    uint32_t allow;
    uint32_t deny;
    itg_subject_t kind;
    size_t name;
};

struct inquiry {
    struct itg__tx *tx;
    struct itg__access own; /* of the user who is asked about, unless it is the one who acts */
    struct itg__access *access;
    int64_t directory_id; /* of the object, or the directory itself */
    uint32_t rights;
    struct itg__buf said; /* struct said, from the nearest directory to the root */
    struct itg__buf names;
};

static itg_error_t find_object(struct itg__tx *tx, int64_t id, struct itg__object *ret_object)
{
    bool found = false;
    itg_error_t err = itg__object_find(tx, id, ret_object, &found);
    return err || found ? err
                        : itg__fail_detail(tx->failure, ITG_E_NO_HANDLER, "no object has id %" PRId64, id);
}

/* Whose rights? Another's are told to who controls the object. */
static itg_error_t find_user(struct inquiry *inquiry, const char *user, const struct itg__object *object)
{
    struct itg__tx *tx = inquiry->tx;
    int64_t id = 0;
    inquiry->access = &tx->access;
    if (!user)
        return ITG_OK;
    itg_error_t err = itg__user_find(tx, user, &id);
    if (err || id == tx->access.account_id)
        return err;
    err = itg__require(tx, object, ITG_RIGHT_CONTROL);
    if (!err)
        err = itg__access_load(tx, id, &inquiry->own);
    inquiry->access = &inquiry->own;
    return err;
}

static itg_error_t inquire(struct inquiry *inquiry, const char *user, int64_t object_id)
{
    struct itg__object object;
    itg_error_t err = find_object(inquiry->tx, object_id, &object);
    if (!err)
        err = find_user(inquiry, user, &object);
    if (err)
        return err;
    inquiry->directory_id = itg__is_directory(object.type) ? object.id : object.parent_id;
    return itg__access_in(inquiry->tx, inquiry->access, inquiry->directory_id, &inquiry->rights);
}

itg_error_t itg_access_rights(itg_t *itg, const char *user, int64_t object_id, uint32_t *ret_rights,
                              itg_failure_t *failure)
{
    struct itg__tx tx;
    struct inquiry inquiry = {.tx = &tx};
    itg_error_t err = itg__need(ret_rights != NULL, "ret_rights", failure);
    if (!err)
        err = itg__begin_read(itg, __func__, ITG__RIGHT_READ, &tx, failure);
    if (err)
        return err;
    err = inquire(&inquiry, user, object_id);
    itg__access_dispose(&inquiry.own);
    err = itg__end(&tx, err);
    if (!err)
        *ret_rights = inquiry.rights;
    return err;
}

/* ---- reasons */

static itg_error_t load_said(struct inquiry *inquiry)
{
    struct itg__query q;
    if (!inquiry->access->has_entries)
        return ITG_OK;
    itg__query(inquiry->tx, &q,
               "WITH RECURSIVE up(id, distance) AS (SELECT $1, 0 UNION ALL"
               " SELECT o.parent_id, up.distance + 1 FROM up JOIN object o ON o.id = up.id"
               " WHERE o.parent_id IS NOT NULL AND up.distance <= $3)"
               " SELECT e.directory_id, e.allow, e.deny, coalesce(a.name, g.name),"
               " CASE WHEN a.id IS NULL THEN 2 ELSE 1 END FROM up"
               " JOIN access_entry e ON e.directory_id = up.id AND (e.subject_id = $2"
               " OR e.subject_id IN (SELECT m.group_id FROM account_member m WHERE m.account_id = $2))"
               " LEFT JOIN account a ON a.id = e.subject_id LEFT JOIN account_group g ON g.id = e.subject_id"
               " ORDER BY up.distance, 5, e.subject_id",
               "iii", inquiry->directory_id, inquiry->access->account_id, (int64_t)ITG_LIMIT_DEPTH);
    while (itg__next(&q)) {
        struct said said = {itg__int(&q, 0), (uint32_t)itg__int(&q, 1), (uint32_t)itg__int(&q, 2),
                            (itg_subject_t)itg__int(&q, 4), inquiry->names.length};
        const char *name = itg__text(&q, 3);
        itg__buf_add(&inquiry->names, name, strlen(name) + 1);
        itg__buf_add(&inquiry->said, (const char *)&said, sizeof said);
    }
    itg_error_t err = itg__done(&q);
    bool failed = inquiry->names.failed || inquiry->said.failed;
    return !err && failed ? itg__fail(inquiry->tx->failure, ITG_E_INTERNAL, NULL) : err;
}

/* The nearest entry that denies a right, else the nearest that allows it. */
static const struct said *find_said(const struct inquiry *inquiry, itg_right_t right, bool denies)
{
    const struct said *said = (const struct said *)(const void *)inquiry->said.data;
    for (size_t i = 0; i < inquiry->said.length / sizeof *said; i++)
        if ((denies ? said[i].deny : said[i].allow) & right)
            return &said[i];
    return NULL;
}

static itg_access_reason_t missing_reason(const struct inquiry *inquiry)
{
    return inquiry->rights & ITG_RIGHT_BROWSE ? ITG_ACCESS_NEEDS_READ : ITG_ACCESS_NEEDS_BROWSE;
}

static itg_access_verdict_t judge(const struct inquiry *inquiry, itg_right_t right)
{
    const struct itg__access *access = inquiry->access;
    itg_access_verdict_t verdict = {.right = right, .allowed = (inquiry->rights & right) != 0, .subject = ""};
    const struct said *said = find_said(inquiry, right, true);
    bool by_role = access->by_role & right;
    if (said)
        verdict.reason = ITG_ACCESS_BY_DENIAL;
    else if (access->account_id == 0)
        verdict.reason = ITG_ACCESS_BY_HOST;
    else if (by_role)
        verdict.reason = ITG_ACCESS_BY_ROLE;
    else if ((said = find_said(inquiry, right, false)) != NULL)
        verdict.reason = ITG_ACCESS_BY_ENTRY;
    else
        verdict.reason = ITG_ACCESS_BY_NOBODY;
    bool given = verdict.reason != ITG_ACCESS_BY_DENIAL && verdict.reason != ITG_ACCESS_BY_NOBODY;
    if (given && !verdict.allowed) {
        verdict.reason = missing_reason(inquiry);
        said = NULL;
    }
    if (said) {
        verdict.directory_id = said->directory_id;
        verdict.kind = said->kind;
        verdict.subject = inquiry->names.data + said->name;
    }
    return verdict;
}

static void deliver(const struct inquiry *inquiry, itg_access_verdict_fn fn, void *ctx)
{
    static const itg_right_t rights[] = {
#define RIGHT(name, number, word) ITG_RIGHT_##name,
        ITG_RIGHTS(RIGHT)
#undef RIGHT
    };
    for (size_t i = 0; i < sizeof rights / sizeof *rights; i++) {
        const itg_access_verdict_t verdict = judge(inquiry, rights[i]);
        if (fn(ctx, &verdict) != 0)
            return;
    }
}

itg_error_t itg_access_explain(itg_t *itg, const char *user, int64_t object_id, itg_access_verdict_fn fn,
                               void *ctx, itg_failure_t *failure)
{
    struct itg__tx tx;
    struct inquiry inquiry = {.tx = &tx};
    itg_error_t err = itg__need(fn != NULL, "fn", failure);
    if (!err)
        err = itg__begin_read(itg, __func__, ITG__RIGHT_READ, &tx, failure);
    if (err)
        return err;
    err = inquire(&inquiry, user, object_id);
    if (!err)
        err = load_said(&inquiry);
    itg__access_dispose(&inquiry.own);
    err = itg__end(&tx, err);
    if (!err)
        deliver(&inquiry, fn, ctx);
    itg__buf_dispose(&inquiry.said);
    itg__buf_dispose(&inquiry.names);
    return err;
}

const char *itg_access_reason_text(itg_access_reason_t reason)
{
    static const char *const texts[] = {
        [ITG_ACCESS_BY_NOBODY] = "nothing allows it",
        [ITG_ACCESS_BY_HOST] = "the host may do everything",
        [ITG_ACCESS_BY_ROLE] = "by the role",
        [ITG_ACCESS_BY_ENTRY] = "allowed",
        [ITG_ACCESS_BY_DENIAL] = "denied",
        [ITG_ACCESS_NEEDS_BROWSE] = "browse is missing",
        [ITG_ACCESS_NEEDS_READ] = "read is missing",
    };
    bool known = (unsigned)reason > 0 && (unsigned)reason < sizeof texts / sizeof *texts;
    return known ? texts[reason] : "";
}
