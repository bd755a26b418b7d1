/* Template values on their receivers. */
#include "core/access.h"
#include "core/audit.h"
#include "core/revision.h"
#include "core/template.h"
#include <inttypes.h>

itg_error_t itg__template_value_fits(struct itg__tx *tx, int64_t key_id, int64_t value_id)
{
    bool found = false;
    int64_t id = 0;
    itg_error_t err =
        itg__lookup(tx, &found, &id, "SELECT id FROM template_value WHERE id = $1 AND key_id = $2", "ii",
                    value_id, key_id);
    if (!err && !found)
        err = itg__fail_detail(tx->failure, ITG_E_INVALID_BODY,
                               "%" PRId64 " is no value of a template key %" PRId64, value_id, key_id);
    return err;
}

itg_error_t itg__template_assignment_put(struct itg__tx *tx, const itg_template_assignment_t *a)
{
    return itg__run(tx,
                    "INSERT INTO template_assignment(receiver_id, key_id, value_id) VALUES($1, $2, $3)"
                    " ON CONFLICT(receiver_id, key_id) DO UPDATE SET value_id = excluded.value_id",
                    "iii", a->receiver_id, a->key_id, a->value_id);
}

static itg_error_t put(struct itg__tx *tx, const itg_template_assignment_t *a)
{
    const struct itg__audit_subject subject = {ITG__AUDIT_TEMPLATE_ASSIGNMENT, a->receiver_id, a->key_id,
                                               NULL};
    struct itg__trail trail;
    itg_error_t err = itg__audit_before_part(tx, &trail, &subject);
    if (!err)
        err = itg__template_assignment_put(tx, a);
    if (!err)
        err = itg__revision_touch(tx, a->receiver_id);
    return itg__audit_after(tx, &trail, err);
}

static itg_error_t assign_one(struct itg__tx *tx, const itg_template_assignment_t *a)
{
    struct itg__object receiver;
    if (a->receiver_type != ITG_TYPE_THINCLIENT && a->receiver_type != ITG_TYPE_THINCLIENT_DIRECTORY)
        return itg__fail(tx->failure, ITG_E_INVALID_RECEIVER, NULL);
    itg_error_t err =
        itg__object_reach_live(tx, a->receiver_type, a->receiver_id, ITG_RIGHT_ASSIGN, &receiver);
    if (!err && receiver.is_root)
        err = itg__fail_detail(tx->failure, ITG_E_INVALID_RECEIVER, "a root receives no assignments");
    if (!err)
        err = itg__template_value_fits(tx, a->key_id, a->value_id);
    return err ? err : put(tx, a);
}

itg_error_t itg_template_assign(itg_t *itg, const itg_template_assignment_t *assignments, size_t count,
                                itg_failure_t *failure)
{
    struct itg__tx tx;
    itg_error_t err = itg__need(assignments || count == 0, "assignments", failure);
    if (!err)
        err = itg__begin_write(itg, __func__, ITG__RIGHT_OBJECT, &tx, failure);
    if (err)
        return err;
    for (size_t i = 0; !err && i < count; i++)
        err = assign_one(&tx, &assignments[i]);
    return itg__end(&tx, err);
}

static itg_error_t unassign(struct itg__tx *tx, int64_t receiver_id, int64_t key_id)
{
    const struct itg__audit_subject subject = {ITG__AUDIT_TEMPLATE_ASSIGNMENT, receiver_id, key_id, NULL};
    struct itg__trail trail;
    bool deleted = false, may = false;
    int64_t id = 0;
    itg_error_t err = itg__may_on(tx, receiver_id, ITG_RIGHT_ASSIGN, &may);
    if (!err && !may)
        err = itg__fail(tx->failure, ITG_E_ACCESS_DENIED, NULL);
    if (err)
        return err;
    err = itg__audit_before_part(tx, &trail, &subject);
    if (!err)
        err = itg__lookup(
            tx, &deleted, &id,
            "DELETE FROM template_assignment WHERE receiver_id = $1 AND key_id = $2 RETURNING key_id", "ii",
            receiver_id, key_id);
    if (!err && !deleted)
        err = itg__fail(tx->failure, ITG_E_INVALID_ASSIGNMENT, NULL);
    if (!err)
        err = itg__revision_touch(tx, receiver_id);
    return itg__audit_after(tx, &trail, err);
}

itg_error_t itg_template_unassign(itg_t *itg, int64_t receiver_id, int64_t key_id, itg_failure_t *failure)
{
    struct itg__tx tx;
    itg_error_t err = itg__begin_write(itg, __func__, ITG__RIGHT_OBJECT, &tx, failure);
    return err ? err : itg__end(&tx, unassign(&tx, receiver_id, key_id));
}

static itg_error_t walk(struct itg__tx *tx, itg_type_t type, int64_t receiver_id,
                        itg_template_assignment_fn fn, void *ctx)
{
    struct itg__query q;
    bool more = true;
    itg__query(tx, &q,
               "SELECT key_id, value_id FROM template_assignment WHERE receiver_id = $1 ORDER BY key_id", "i",
               receiver_id);
    while (more && itg__next(&q)) {
        itg_template_assignment_t a = {receiver_id, type, itg__int(&q, 0), itg__int(&q, 1)};
        more = fn(ctx, &a) == 0;
    }
    return itg__done(&q);
}

itg_error_t itg_template_assignments(itg_t *itg, itg_type_t receiver_type, int64_t receiver_id,
                                     itg_template_assignment_fn fn, void *ctx, itg_failure_t *failure)
{
    struct itg__tx tx;
    struct itg__object receiver;
    itg_error_t err = itg__need(fn != NULL, "fn", failure);
    if (!err && receiver_type != ITG_TYPE_THINCLIENT && receiver_type != ITG_TYPE_THINCLIENT_DIRECTORY)
        err = itg__fail(failure, ITG_E_OBJECT_TYPE, NULL);
    if (!err)
        err = itg__begin_read(itg, __func__, ITG__RIGHT_READ, &tx, failure);
    if (err)
        return err;
    err = itg__object_reach(&tx, receiver_type, receiver_id, itg__right_to_see(receiver_type), &receiver);
    return itg__end(&tx, err ? err : walk(&tx, receiver_type, receiver_id, fn, ctx));
}
