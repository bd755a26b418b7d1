#include "core/access.h"
#include "core/audit.h"
#include "core/licence.h"
#include "core/revision.h"
#include "core/rows.h"
#include <inttypes.h>
#include <stdio.h>

static bool is_profile(itg_type_t type)
{
    return type == ITG_TYPE_PROFILE || type == ITG_TYPE_MASTERPROFILE;
}

static bool is_receiver(itg_type_t type)
{
    return type == ITG_TYPE_THINCLIENT || type == ITG_TYPE_THINCLIENT_DIRECTORY;
}

/* An end of an assignment, of which a missing or mistyped one has its own code. */
static itg_error_t load_end(struct itg__tx *tx, bool type_ok, itg_type_t type, int64_t id,
                            itg_error_t otherwise, itg_right_t right, struct itg__object *ret_object)
{
    bool found = false;
    itg_error_t err = type_ok ? itg__object_find(tx, id, ret_object, &found) : ITG_OK;
    if (err)
        return err;
    if (!found || ret_object->type != type || ret_object->is_root)
        return itg__fail_detail(tx->failure, otherwise, "%s %" PRId64, itg_type_name(type), id);
    return itg__require(tx, ret_object, right);
}

static itg_error_t check_ends(struct itg__tx *tx, const itg_assignment_t *a)
{
    struct itg__object assignee, receiver;
    itg_error_t err = load_end(tx, is_profile(a->assignee_type), a->assignee_type, a->assignee_id,
                               ITG_E_INVALID_ASSIGNMENT, ITG_RIGHT_READ, &assignee);
    if (!err)
        err = load_end(tx, is_receiver(a->receiver_type), a->receiver_type, a->receiver_id,
                       ITG_E_INVALID_RECEIVER, ITG_RIGHT_ASSIGN, &receiver);
    if (!err && assignee.in_bin)
        err = itg__fail(tx->failure, itg__binned_code(assignee.type), NULL);
    if (!err && receiver.in_bin)
        err = itg__fail(tx->failure, itg__binned_code(receiver.type), NULL);
    return err;
}

itg_error_t itg__assignment_insert(struct itg__tx *tx, const itg_assignment_t *a)
{
    char what[96];
    bool added = false;
    int64_t id = 0;
    itg_error_t err = itg__lookup(tx, &added, &id,
                                  "INSERT INTO assignment(assignee_id, receiver_id) VALUES($1, $2)"
                                  " ON CONFLICT DO NOTHING RETURNING assignee_id",
                                  "ii", a->assignee_id, a->receiver_id);
    if (err || added)
        return err;
    snprintf(what, sizeof what, "Assignment of %" PRId64 " to %" PRId64, a->assignee_id, a->receiver_id);
    return itg__fail_duplicate(tx->failure, what, "assignment_primary_key", "assignment");
}

/* Asks once, whatever the number of assignments. */
static itg_error_t check_licence(itg_t *itg, const itg_assignment_t *assignments, size_t count,
                                 itg_failure_t *failure)
{
    for (size_t i = 0; i < count; i++)
        if (assignments[i].assignee_type == ITG_TYPE_MASTERPROFILE)
            return itg__licensed_type(itg, ITG_TYPE_MASTERPROFILE, failure);
    return ITG_OK;
}

static itg_error_t create(struct itg__tx *tx, const itg_assignment_t *a)
{
    const struct itg__audit_subject subject = {ITG__AUDIT_ASSIGNMENT, a->receiver_id, a->assignee_id, NULL};
    struct itg__trail trail;
    itg_error_t err = check_ends(tx, a);
    if (err)
        return err;
    err = itg__audit_before_part(tx, &trail, &subject);
    if (!err)
        err = itg__assignment_insert(tx, a);
    if (!err)
        err = itg__revision_touch(tx, a->receiver_id);
    return itg__audit_after(tx, &trail, err);
}

itg_error_t itg_assignment_create(itg_t *itg, const itg_assignment_t *assignments, size_t count,
                                  itg_failure_t *failure)
{
    struct itg__tx tx;
    itg_error_t err = itg__need(assignments || count == 0, "assignments", failure);
    if (!err)
        err = check_licence(itg, assignments, count, failure);
    if (!err)
        err = itg__begin_write(itg, __func__, ITG__RIGHT_OBJECT, &tx, failure);
    if (err)
        return err;
    for (size_t i = 0; !err && i < count; i++)
        err = create(&tx, &assignments[i]);
    return itg__end(&tx, err);
}

static itg_error_t delete_it(struct itg__tx *tx, const itg_assignment_t *a)
{
    const struct itg__audit_subject subject = {ITG__AUDIT_ASSIGNMENT, a->receiver_id, a->assignee_id, NULL};
    struct itg__trail trail;
    bool deleted = false, may_read = false, may_assign = false;
    int64_t id = 0;
    itg_error_t err = itg__may_on(tx, a->assignee_id, ITG_RIGHT_READ, &may_read);
    if (!err)
        err = itg__may_on(tx, a->receiver_id, ITG_RIGHT_ASSIGN, &may_assign);
    if (!err && !(may_read && may_assign))
        err =
            itg__fail_detail(tx->failure, ITG_E_ACCESS_DENIED, "read the profile, or assign to its receiver");
    if (err)
        return err;
    err = itg__audit_before_part(tx, &trail, &subject);
    if (!err)
        err = itg__lookup(tx, &deleted, &id,
                          "DELETE FROM assignment WHERE assignee_id = $1 AND receiver_id = $2"
                          " AND EXISTS(SELECT 1 FROM object WHERE id = $1 AND type = $3)"
                          " AND EXISTS(SELECT 1 FROM object WHERE id = $2 AND type = $4)"
                          " RETURNING assignee_id",
                          "iiii", a->assignee_id, a->receiver_id, (int64_t)a->assignee_type,
                          (int64_t)a->receiver_type);
    if (!err && !deleted)
        err = itg__fail(tx->failure, ITG_E_INVALID_ASSIGNMENT, NULL);
    if (!err)
        err = itg__revision_touch(tx, a->receiver_id);
    return itg__audit_after(tx, &trail, err);
}

itg_error_t itg_assignment_delete(itg_t *itg, const itg_assignment_t *assignment, itg_failure_t *failure)
{
    struct itg__tx tx;
    itg_error_t err = itg__need(assignment != NULL, "assignment", failure);
    if (!err)
        err = itg__licensed_type(itg, assignment->assignee_type, failure);
    if (!err)
        err = itg__begin_write(itg, __func__, ITG__RIGHT_OBJECT, &tx, failure);
    return err ? err : itg__end(&tx, delete_it(&tx, assignment));
}

/* Rows of assignee, its type, receiver, its type, and the directories of both. Those are left out of which one
 * end may not be seen. */
static itg_error_t walk(struct itg__query *q, itg_assignment_fn fn, void *ctx)
{
    bool more = true;
    int32_t position = 0;
    while (more && itg__next(q)) {
        itg_assignment_t assignment = {itg__int(q, 0), itg__type(q, 1), itg__int(q, 2), itg__type(q, 3)};
        if (!q->err && itg__shows(q, assignment.assignee_type, assignment.assignee_id, itg__int(q, 4)) &&
            itg__shows(q, assignment.receiver_type, assignment.receiver_id, itg__int(q, 5)))
            more = fn(ctx, &assignment, position++) == 0;
    }
    return itg__done(q);
}

itg_error_t itg_assignment_receivers(itg_t *itg, itg_type_t profile_type, int64_t profile_id,
                                     itg_type_t receiver_type, itg_assignment_fn fn, void *ctx,
                                     itg_failure_t *failure)
{
    struct itg__tx tx;
    struct itg__object profile;
    struct itg__query q;
    if (!is_profile(profile_type) || !is_receiver(receiver_type))
        return itg__fail(failure, ITG_E_OBJECT_TYPE, NULL);
    itg_error_t err = itg__need(fn != NULL, "fn", failure);
    if (!err)
        err = itg__licensed_type(itg, profile_type, failure);
    if (!err)
        err = itg__begin_read(itg, __func__, ITG__RIGHT_READ, &tx, failure);
    if (err)
        return err;
    err = itg__object_reach(&tx, profile_type, profile_id, ITG_RIGHT_READ, &profile);
    if (err)
        return itg__end(&tx, err);
    itg__query(&tx, &q,
               "SELECT a.assignee_id, $2, a.receiver_id, r.type, p.parent_id, r.parent_id FROM assignment a"
               " JOIN object p ON p.id = a.assignee_id JOIN object r ON r.id = a.receiver_id AND r.type = $3"
               " WHERE a.assignee_id = $1 ORDER BY a.receiver_id",
               "iii", profile_id, (int64_t)profile_type, (int64_t)receiver_type);
    return itg__end(&tx, walk(&q, fn, ctx));
}

static itg_error_t load_receiver(struct itg__tx *tx, itg_type_t type, int64_t id)
{
    struct itg__object receiver;
    itg_error_t err = itg__object_reach(tx, type, id, itg__right_to_see(type), &receiver);
    if (!err && receiver.is_root)
        err = itg__fail_detail(tx->failure, ITG_E_INVALID_RECEIVER, "a root receives no assignments");
    return err;
}

/* Walks up from the receiver; standard profiles have the lower type number and come first. The bound ends the
 * walk in a damaged file whose tree has a ring. */
static const char reaching[] =
    "WITH RECURSIVE up(id, distance) AS (SELECT $1, 0 UNION ALL"
    " SELECT o.parent_id, up.distance + 1 FROM up JOIN object o ON o.id = up.id"
    " WHERE o.parent_id IS NOT NULL AND up.distance <= $2)"
    " SELECT a.assignee_id, p.type, a.receiver_id, r.type, p.parent_id, r.parent_id FROM up"
    " JOIN assignment a ON a.receiver_id = up.id JOIN object p ON p.id = a.assignee_id AND p.bin_id IS NULL"
    " JOIN object r ON r.id = up.id"
    " ORDER BY p.type, up.distance, a.assignee_id";

itg_error_t itg_assignment_reaching(itg_t *itg, itg_type_t receiver_type, int64_t receiver_id,
                                    itg_assignment_fn fn, void *ctx, itg_failure_t *failure)
{
    struct itg__tx tx;
    struct itg__query q;
    if (!is_receiver(receiver_type))
        return itg__fail(failure, ITG_E_OBJECT_TYPE, NULL);
    itg_error_t err = itg__need(fn != NULL, "fn", failure);
    if (!err)
        err = itg__begin_read(itg, __func__, ITG__RIGHT_READ, &tx, failure);
    if (err)
        return err;
    err = load_receiver(&tx, receiver_type, receiver_id);
    if (err)
        return itg__end(&tx, err);
    itg__query(&tx, &q, reaching, "ii", receiver_id, (int64_t)ITG_LIMIT_DEPTH);
    return itg__end(&tx, walk(&q, fn, ctx));
}
