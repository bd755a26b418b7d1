/* Assignments, seen from the thin client or directory that receives them, and from the profile. */
#include "imi/imi.h"
#include <stdlib.h>
#include <string.h>

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

/* An entry of a body. */
struct entry {
    const json_t *assignee;
    const json_t *receiver;
};
static const struct itg__imi_member members[] = {
    {"assignee", ITG__IMI_MEMBER_OBJECT, offsetof(struct entry, assignee), false},
    {"receiver", ITG__IMI_MEMBER_OBJECT, offsetof(struct entry, receiver), false},
};

/* What is missing, or names no type, becomes 0: no object has that id, and it is no type. */
static itg_error_t load_end(const json_t *object, int64_t *ret_id, itg_type_t *ret_type,
                            itg_failure_t *failure)
{
    struct itg__imi_ref ref = {0};
    itg_error_t err = object ? itg__imi_ref(object, false, &ref, failure) : ITG_OK;
    if (err)
        return err;
    *ret_id = ref.id.set ? ref.id.value : 0;
    *ret_type = ref.type ? itg_type_from_name(ref.type) : 0;
    return ITG_OK;
}

static itg_error_t load_assignment(const json_t *object, itg_assignment_t *ret_assignment,
                                   itg_failure_t *failure)
{
    struct entry entry = {0};
    itg_assignment_t *a = ret_assignment;
    itg_error_t err = itg__imi_members(object, members, 2, &entry, failure);
    if (!err)
        err = load_end(entry.assignee, &a->assignee_id, &a->assignee_type, failure);
    if (!err)
        err = load_end(entry.receiver, &a->receiver_id, &a->receiver_type, failure);
    return err;
}

/* Reads the body. @param[out] ret_list  to be freed */
static itg_error_t load_assignments(struct itg__imi_call *call, itg_assignment_t **ret_list,
                                    size_t *ret_count)
{
    size_t count = json_array_size(call->body);
    itg_assignment_t *list = calloc(count + 1, sizeof *list);
    if (!list)
        return itg__fail(&call->failure, ITG_E_INTERNAL, NULL);
    for (size_t i = 0; i < count; i++) {
        itg_error_t err = load_assignment(json_array_get(call->body, i), &list[i], &call->failure);
        if (err) {
            free(list);
            return err;
        }
    }
    *ret_list = list;
    *ret_count = count;
    return ITG_OK;
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

static void put_assigned(struct itg__buf *out, size_t count, itg_type_t receiver_type)
{
    itg__buf_str(out, "{\"message\":\"");
    itg__buf_int(out, (int64_t)count);
    itg__buf_str(out, " asssignments successfully assigned to thinclient ");
    itg__buf_str(out, receiver_type == ITG_TYPE_THINCLIENT ? "<" : "directory <");
}

itg_error_t itg__imi_assign_to_receiver(struct itg__imi_call *call)
{
    itg_assignment_t *list = NULL;
    size_t count = 0;
    itg_error_t err = load_assignments(call, &list, &count);
    if (!err)
        err = check_receiver(call, list, count);
    if (!err)
        err = itg_assignment_create(call->itg, list, count, &call->failure);
    free(list);
    if (err)
        return err;
    put_assigned(call->out, count, call->type);
    itg__buf_int(call->out, call->ids[0]);
    itg__buf_str(call->out, ">\"}");
    return ITG_OK;
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
    itg_assignment_t *list = NULL;
    size_t count = 0;
    itg_error_t err = load_assignments(call, &list, &count);
    if (!err)
        err = check_assignee(call, list, count);
    if (!err)
        err = itg_assignment_create(call->itg, list, count, &call->failure);
    if (!err) {
        put_assigned(call->out, count, call->receiver_type);
        for (size_t i = 0; i < count; i++) {
            itg__buf_str(call->out, i ? "," : "");
            itg__buf_int(call->out, list[i].receiver_id);
        }
        itg__buf_str(call->out, ">\"}");
    }
    free(list);
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
        err = itg_assignment_delete(call->itg, &assignment, &call->failure);
    if (!err)
        itg__imi_put_message(call->out, "deleted profile assignment");
    return err;
}
