/* Assignments of a fleet file. One of which an end is not there yet waits until all arrays are in. */
#include "core/import.h"
#include "core/object.h"
#include "core/rows.h"
#include <inttypes.h>

struct waiting {
    itg_assignment_t assignment;
    struct itg__place place;
};

enum { AS_ASSIGNEE, AS_RECEIVER, AS_OWN = 4, AS_ASSIGNEE_END = AS_OWN, AS_RECEIVER_END = AS_OWN + 2 };
enum { END_ID, END_TYPE, END_MEMBERS };
static const struct itg__json_member end_members[] = {
    [END_ID] = ITG__MEMBER("id", ITG__TAKES_ID),
    [END_TYPE] = ITG__MEMBER("type", ITG__TAKES_STRING),
};
static const struct itg__json_table end_table = ITG__TABLE(end_members);
static const struct itg__json_member assignment_members[AS_OWN] = {
    [AS_ASSIGNEE] = {"assignee", ITG__JSON_IS(ITG__JSON_OBJECT), &end_table, AS_ASSIGNEE_END},
    [AS_RECEIVER] = {"receiver", ITG__JSON_IS(ITG__JSON_OBJECT), &end_table, AS_RECEIVER_END},
    ITG__MEMBER("assignmentPosition", ITG__TAKES_INTEGER),
    ITG__MEMBER("links", ITG__TAKES_ARRAY),
};

/* Reads an end of an assignment. A word that is no type, or the type of something else, is for the caller. */
static itg_error_t read_end(struct itg__import *import, const char *member, const struct itg__json_value *end,
                            int64_t *ret_id, itg_type_t *ret_type)
{
    if (!itg__value_given(&end[END_ID]) || !itg__value_given(&end[END_TYPE]))
        return itg__import_refuse(import, member, "id or type is missing");
    *ret_id = 0;
    *ret_type = itg_type_from_name(itg__json_text(&import->json, &end[END_TYPE]));
    return itg__import_id(import, member, &end[END_ID], ret_id);
}

/* Looks at an end. *ret_missing: `otherwise` if nothing has its id so far. */
static itg_error_t check_end(struct itg__import *import, const char *member, int64_t id, itg_type_t type,
                             itg_error_t otherwise, itg_error_t *ret_missing)
{
    struct itg__object object;
    bool found = false;
    import->member = member;
    itg_error_t err = itg__object_find(import->tx, id, &object, &found);
    if (!err && found && (object.type != type || object.is_root))
        err = itg__fail_detail(import->tx->failure, otherwise, "%s %" PRId64, itg_type_name(type), id);
    *ret_missing = found ? ITG_OK : otherwise;
    return err;
}

/* Adds an assignment, unless an end is not there so far: *ret_missing tells with which code that would be
 * refused. */
static itg_error_t assign(struct itg__import *import, const itg_assignment_t *a, itg_error_t *ret_missing)
{
    itg_error_t err = check_end(import, "assignee", a->assignee_id, a->assignee_type,
                                ITG_E_INVALID_ASSIGNMENT, ret_missing);
    if (err || *ret_missing)
        return err;
    err =
        check_end(import, "receiver", a->receiver_id, a->receiver_type, ITG_E_INVALID_RECEIVER, ret_missing);
    if (err || *ret_missing)
        return err;
    import->member = "";
    err = itg__assignment_insert(import->tx, a);
    return err ? err : itg__import_touch(import, a->receiver_id);
}

static itg_error_t check_types(struct itg__import *import, const itg_assignment_t *a)
{
    import->member = "assignee";
    if (a->assignee_type != ITG_TYPE_PROFILE && a->assignee_type != ITG_TYPE_MASTERPROFILE)
        return itg__fail(import->tx->failure, ITG_E_INVALID_ASSIGNMENT, NULL);
    import->member = "receiver";
    if (a->receiver_type != ITG_TYPE_THINCLIENT && a->receiver_type != ITG_TYPE_THINCLIENT_DIRECTORY)
        return itg__fail(import->tx->failure, ITG_E_INVALID_RECEIVER, NULL);
    return ITG_OK;
}

static itg_error_t add_assignment(struct itg__import *import, const struct itg__json_value *values)
{
    itg_assignment_t a = {0};
    itg_error_t missing = ITG_OK;
    itg_error_t err =
        read_end(import, "assignee", &values[AS_ASSIGNEE_END], &a.assignee_id, &a.assignee_type);
    if (!err)
        err = read_end(import, "receiver", &values[AS_RECEIVER_END], &a.receiver_id, &a.receiver_type);
    if (!err)
        err = check_types(import, &a);
    if (!err)
        err = assign(import, &a, &missing);
    if (err || !missing)
        return err;
    itg__import_note_id(&import->highest_id, a.assignee_id);
    itg__import_note_id(&import->highest_id, a.receiver_id);
    struct waiting *waiting = itg__list_add(&import->waiting, sizeof *waiting);
    if (!waiting)
        return itg__fail(import->tx->failure, ITG_E_INTERNAL, NULL);
    *waiting = (struct waiting){a, import->at};
    return ITG_OK;
}

const struct itg__array_info itg__import_assignments = {"assignments", ITG__TABLE(assignment_members),
                                                        add_assignment};

static itg_error_t assign_waiting(struct itg__import *import, const struct waiting *waiting)
{
    itg_error_t missing = ITG_OK;
    import->at = waiting->place;
    itg_error_t err = assign(import, &waiting->assignment, &missing);
    return err || !missing ? err : itg__fail(import->tx->failure, missing, NULL);
}

itg_error_t itg__import_assign_waiting(struct itg__import *import)
{
    itg_error_t err = ITG_OK;
    const struct waiting *waiting = import->waiting.items;
    for (size_t i = 0; !err && i < import->waiting.count; i++)
        err = assign_waiting(import, &waiting[i]);
    return err;
}
