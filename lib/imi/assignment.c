/* Assignments, seen from the thin client or directory that receives them, and from the profile. */
#include "imi/imi.h"

struct rows {
    struct itg__buf *out;
    const char *base;
};

static void put_ref(struct itg__buf *out, const char *before, itg_type_t type, int64_t id)
{
    itg__buf_str(out, before);
    itg__imi_put_id(out, "{\"id\":", id);
    itg__imi_put_text(out, ",\"type\":", itg_type_name(type));
    itg__buf_char(out, '}');
}

static int32_t add_row(void *ctx, const itg_assignment_t *assignment, int32_t position)
{
    const struct rows *rows = ctx;
    struct itg__buf *out = rows->out;
    if (position > 0)
        itg__buf_char(out, ',');
    put_ref(out, "{\"assignee\":", assignment->assignee_type, assignment->assignee_id);
    put_ref(out, ",\"receiver\":", assignment->receiver_type, assignment->receiver_id);
    itg__buf_str(out, ",\"assignmentPosition\":");
    itg__buf_int(out, position);
    itg__buf_str(out, ",\"links\":[");
    itg__imi_put_link(out, "assigned", rows->base, assignment->assignee_type, assignment->assignee_id);
    itg__buf_char(out, ',');
    itg__imi_put_link(out, "receiver", rows->base, assignment->receiver_type, assignment->receiver_id);
    itg__buf_str(out, ",{\"rel\":\"self\",\"href\":\"");
    itg__imi_put_href(out, rows->base, assignment->assignee_type, assignment->assignee_id);
    itg__buf_str(out, "/assignments/");
    itg__buf_str(out, itg__imi_type_word(assignment->receiver_type));
    itg__buf_char(out, '/');
    itg__buf_int(out, assignment->receiver_id);
    itg__buf_str(out, "\"}]}");
    return out->failed;
}

itg_error_t itg__imi_get_reaching(struct itg__imi_call *call)
{
    struct rows rows = {call->out, call->base};
    itg__buf_char(call->out, '[');
    itg_error_t err =
        itg_assignment_reaching(call->itg, call->type, call->ids[0], add_row, &rows, &call->failure);
    itg__buf_char(call->out, ']');
    return err;
}

itg_error_t itg__imi_get_receivers(struct itg__imi_call *call)
{
    struct rows rows = {call->out, call->base};
    itg__buf_char(call->out, '[');
    itg_error_t err = itg_assignment_receivers(call->itg, call->type, call->ids[0], call->receiver_type,
                                               add_row, &rows, &call->failure);
    itg__buf_char(call->out, ']');
    return err;
}

/* An entry of a body: two references. */
enum { ASSIGNEE, RECEIVER, ASSIGNEE_REF, RECEIVER_REF = ASSIGNEE_REF + ITG__IMI_REF_VALUES };
static const struct itg__json_member members[] = {
    [ASSIGNEE] = {"assignee", ITG__JSON_IS(ITG__JSON_OBJECT), &itg__imi_ref_table, ASSIGNEE_REF},
    [RECEIVER] = {"receiver", ITG__JSON_IS(ITG__JSON_OBJECT), &itg__imi_ref_table, RECEIVER_REF},
};
static const struct itg__json_table table = {members, ASSIGNEE_REF};
_Static_assert(RECEIVER_REF + ITG__IMI_REF_VALUES <= ITG__IMI_ENTRY_VALUES, "an entry's values have room");

/* What is missing, or names no type, becomes 0: no object has that id, and it is no type. */
static itg_error_t take_assignment(struct itg__imi_call *call, const struct itg__json_value *values,
                                   void *ctx)
{
    struct itg__imi_ref assignee, receiver;
    itg_error_t err = itg__imi_ref(call, &values[ASSIGNEE_REF], &assignee);
    if (!err)
        err = itg__imi_ref(call, &values[RECEIVER_REF], &receiver);
    if (err)
        return err;
    itg_assignment_t assignment = {assignee.id.value, assignee.type, receiver.id.value, receiver.type};
    return itg__imi_keep(call, ctx, &assignment, sizeof assignment);
}

static size_t count_of(const struct itg__buf *list)
{
    return list->length / sizeof(itg_assignment_t);
}

static int32_t end_walk(void *ctx, const itg_assignment_t *assignment, int32_t position)
{
    (void)ctx, (void)assignment, (void)position;
    return 1;
}

static bool is_profile(itg_type_t type)
{
    return type == ITG_TYPE_PROFILE || type == ITG_TYPE_MASTERPROFILE;
}

/* Assignments to the object in the path, and to no other. */
static itg_error_t check_receiver(struct itg__imi_call *call, const itg_assignment_t *list, size_t count)
{
    /* Is it there, and may it receive? */
    itg_error_t err =
        itg_assignment_reaching(call->itg, call->type, call->ids[0], end_walk, NULL, &call->failure);
    for (size_t i = 0; !err && i < count; i++) {
        if (!is_profile(list[i].assignee_type))
            err = itg__fail(&call->failure, ITG_E_INVALID_ASSIGNMENT, NULL);
        else if (list[i].receiver_type != call->type || list[i].receiver_id != call->ids[0])
            err = itg__fail(&call->failure, ITG_E_INVALID_RECEIVER, NULL);
    }
    return err;
}

/* Makes them, with the answer put first. @param receiver_id  of all of them; NULL: the answer names each
 * one's */
static itg_error_t assign(struct itg__imi_call *call, const struct itg__buf *kept, itg_type_t receiver_type,
                          const int64_t *receiver_id)
{
    const itg_assignment_t *list = itg__imi_kept(kept);
    size_t count = count_of(kept);
    struct itg__buf *out = call->out;
    itg__buf_str(out, "{\"message\":\"");
    itg__buf_int(out, (int64_t)count);
    itg__buf_str(out, " asssignments successfully assigned to thinclient ");
    itg__buf_str(out, receiver_type == ITG_TYPE_THINCLIENT ? "<" : "directory <");
    if (receiver_id)
        itg__buf_int(out, *receiver_id);
    for (size_t i = 0; !receiver_id && i < count; i++) {
        itg__buf_str(out, i ? "," : "");
        itg__buf_int(out, list[i].receiver_id);
    }
    itg__buf_str(out, ">\"}");
    itg_error_t err = itg__imi_ready(call);
    return err ? err : itg_assignment_create(call->itg, list, count, &call->failure);
}

itg_error_t itg__imi_assign_to_receiver(struct itg__imi_call *call)
{
    struct itg__buf list = {0};
    itg_error_t err = itg__imi_body_list(call, &table, take_assignment, &list);
    if (!err)
        err = check_receiver(call, itg__imi_kept(&list), count_of(&list));
    if (!err)
        err = assign(call, &list, call->type, &call->ids[0]);
    itg__buf_dispose(&list);
    return err;
}

static itg_error_t check_profile_exists(struct itg__imi_call *call)
{
    itg_profile_t *profile = NULL;
    itg_error_t err = itg_profile_get(call->itg, call->type, call->ids[0], &profile, &call->failure);
    itg_profile_free(profile);
    return err;
}

/* Assignments of the profile in the path, to receivers of the kind that the path names. */
static itg_error_t check_assignee(struct itg__imi_call *call, const itg_assignment_t *list, size_t count)
{
    itg_error_t err = check_profile_exists(call);
    for (size_t i = 0; !err && i < count; i++) {
        if (list[i].assignee_type != call->type || list[i].assignee_id != call->ids[0])
            err = itg__fail(&call->failure, ITG_E_INVALID_ASSIGNMENT, NULL);
        else if (list[i].receiver_type != call->receiver_type)
            err = itg__fail(&call->failure, ITG_E_INVALID_RECEIVER, NULL);
    }
    return err;
}

itg_error_t itg__imi_assign_profile(struct itg__imi_call *call)
{
    struct itg__buf list = {0};
    itg_error_t err = itg__imi_body_list(call, &table, take_assignment, &list);
    if (!err)
        err = check_assignee(call, itg__imi_kept(&list), count_of(&list));
    if (!err)
        err = assign(call, &list, call->receiver_type, NULL);
    itg__buf_dispose(&list);
    return err;
}

static itg_error_t check_receiver_exists(struct itg__imi_call *call)
{
    itg_thinclient_t *tc = NULL;
    itg_object_t *directory = NULL;
    itg_error_t err;
    if (call->receiver_type == ITG_TYPE_THINCLIENT)
        err = itg_thinclient_get(call->itg, call->ids[1], &tc, &call->failure);
    else
        err = itg_directory_get(call->itg, call->receiver_type, call->ids[1], &directory, &call->failure);
    itg_thinclient_free(tc);
    itg_object_free(directory);
    return err;
}

itg_error_t itg__imi_delete_assignment(struct itg__imi_call *call)
{
    itg_assignment_t assignment = {call->ids[0], call->type, call->ids[1], call->receiver_type};
    itg_error_t err = check_profile_exists(call);
    if (!err)
        err = check_receiver_exists(call);
    if (!err)
        err = itg__imi_promise(call, "deleted profile assignment");
    if (!err)
        err = itg_assignment_delete(call->itg, &assignment, &call->failure);
    return err;
}
