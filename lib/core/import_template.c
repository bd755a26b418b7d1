/* Template keys of a fleet file with their values, and where these are assigned. */
#include "core/import.h"
#include "core/object.h"
#include "core/revision.h"
#include "core/template.h"
#include <inttypes.h>
#include <stdio.h>

enum { VA_ID, VA_VALUE, VA_DESCRIPTION, VA_VALUES };
static const struct itg__json_member value_members[] = {
    [VA_ID] = ITG__MEMBER("id", ITG__TAKES_ID),
    [VA_VALUE] = ITG__MEMBER("value", ITG__TAKES_STRING),
    [VA_DESCRIPTION] = ITG__MEMBER("description", ITG__TAKES_STRING),
};
static const struct itg__json_table value_table = ITG__TABLE(value_members);

enum { TE_ID, TE_NAME, TE_TYPE, TE_PARENT, TE_LIST };
static const struct itg__json_member template_members[] = {
    [TE_ID] = ITG__MEMBER("id", ITG__TAKES_ID),
    [TE_NAME] = ITG__MEMBER("name", ITG__TAKES_STRING),
    [TE_TYPE] = ITG__MEMBER("type", ITG__TAKES_STRING),
    [TE_PARENT] = ITG__MEMBER("parentID", ITG__TAKES_ID),
    [TE_LIST] = {"values", ITG__TAKES_ARRAY, &value_table, 0},
};

/* A key below another one, which may come later. */
struct child {
    int64_t id;
    int64_t parent_id;
    struct itg__place place;
};

/* An assignment of the file: all of them wait until everything is in. */
struct waiting {
    itg_template_assignment_t assignment;
    struct itg__place place;
};

static itg_error_t no_memory(struct itg__import *import)
{
    return itg__fail(import->tx->failure, ITG_E_INTERNAL, NULL);
}

/* Blames a member of a value: "values[3].id". */
static void blame_value(struct itg__import *import, unsigned index, const char *member)
{
    snprintf(import->member_text, sizeof import->member_text, "values[%u].%s", index, member);
    import->member = import->member_text;
}

static itg_error_t add_value(struct itg__import *import, const struct itg__json_value *fields,
                             itg_template_value_t *value, unsigned index)
{
    value->value = itg__import_text(import, &fields[VA_VALUE]);
    value->description = itg__import_text(import, &fields[VA_DESCRIPTION]);
    blame_value(import, index, "value");
    itg_error_t err =
        itg__template_value_ok(value->type, value->value, value->description, import->tx->failure);
    if (err)
        return err;
    err = itg__import_claim_object_id(import, &fields[VA_ID], "Insertion of template value", &value->id);
    blame_value(import, index, "id");
    return err ? err : itg__template_value_insert(import->tx, value);
}

static itg_error_t note_child(struct itg__import *import, const itg_template_key_t *key)
{
    if (key->parent_id == ITG_ROOT_TEMPLATES)
        return ITG_OK;
    struct child *child = itg__list_add(&import->templates, sizeof *child);
    if (!child)
        return no_memory(import);
    *child = (struct child){key->id, key->parent_id, import->at};
    return ITG_OK;
}

static itg_error_t add_template(struct itg__import *import, const struct itg__json_value *values)
{
    const struct itg__json_value *list = &values[TE_LIST];
    itg_template_key_t key = {.name = itg__import_text(import, &values[TE_NAME]),
                              .type = itg_template_type_from_name(itg__import_text(import, &values[TE_TYPE])),
                              .parent_id = ITG_ROOT_TEMPLATES};
    import->member = key.type ? "name" : "type";
    itg_error_t err = itg__template_key_ok(key.name, key.type, import->tx->failure);
    if (!err)
        err = itg__import_parent(import, &values[TE_PARENT], &key.parent_id);
    if (!err)
        err = itg__import_claim_object_id(import, &values[TE_ID], "Insertion of template key", &key.id);
    if (!err)
        err = itg__template_key_insert(import->tx, &key);
    if (!err)
        err = note_child(import, &key);
    itg_template_value_t value = {.key_id = key.id, .type = key.type};
    for (size_t i = 0; !err && i < itg__json_count(list); i++)
        err = add_value(import, itg__json_elements(&import->json, list) + i * VA_VALUES, &value, (unsigned)i);
    return err;
}

const struct itg__array_info itg__import_templates = {"templates", ITG__TABLE(template_members),
                                                      add_template};

enum { TA_RECEIVER, TA_KEY, TA_VALUE, TA_OWN, TA_RECEIVER_ID = TA_OWN, TA_RECEIVER_TYPE };
static const struct itg__json_member receiver_members[] = {
    ITG__MEMBER("id", ITG__TAKES_ID),
    ITG__MEMBER("type", ITG__TAKES_STRING),
};
static const struct itg__json_table receiver_table = ITG__TABLE(receiver_members);
static const struct itg__json_member assignment_members[TA_OWN] = {
    [TA_RECEIVER] = {"receiver", ITG__JSON_IS(ITG__JSON_OBJECT), &receiver_table, TA_RECEIVER_ID},
    [TA_KEY] = ITG__MEMBER("templateId", ITG__TAKES_ID),
    [TA_VALUE] = ITG__MEMBER("valueId", ITG__TAKES_ID),
};

static itg_error_t read_assignment(struct itg__import *import, const struct itg__json_value *values,
                                   itg_template_assignment_t *a)
{
    const char *type = itg__import_text(import, &values[TA_RECEIVER_TYPE]);
    itg_error_t err = itg__import_id(import, "receiver", &values[TA_RECEIVER_ID], &a->receiver_id);
    if (!err)
        err = itg__import_id(import, "templateId", &values[TA_KEY], &a->key_id);
    if (!err)
        err = itg__import_id(import, "valueId", &values[TA_VALUE], &a->value_id);
    if (err)
        return err;
    a->receiver_type = itg_type_from_name(type);
    import->member = "receiver";
    if (a->receiver_type != ITG_TYPE_THINCLIENT && a->receiver_type != ITG_TYPE_THINCLIENT_DIRECTORY)
        return itg__fail(import->tx->failure, ITG_E_INVALID_RECEIVER, NULL);
    itg__import_note_id(&import->highest_id, a->receiver_id);
    itg__import_note_id(&import->highest_id, a->key_id);
    itg__import_note_id(&import->highest_id, a->value_id);
    return ITG_OK;
}

static itg_error_t add_assignment(struct itg__import *import, const struct itg__json_value *values)
{
    itg_template_assignment_t a = {0};
    itg_error_t err = read_assignment(import, values, &a);
    if (err)
        return err;
    struct waiting *waiting = itg__list_add(&import->fillings, sizeof *waiting);
    if (!waiting)
        return no_memory(import);
    *waiting = (struct waiting){a, import->at};
    return ITG_OK;
}

const struct itg__array_info itg__import_fillings = {"templateAssignments", ITG__TABLE(assignment_members),
                                                     add_assignment};

static itg_error_t check_parent(struct itg__import *import, const struct child *child)
{
    bool found = false;
    int64_t id = 0;
    import->at = child->place;
    import->member = "parentID";
    itg_error_t err = itg__lookup(import->tx, &found, &id, "SELECT id FROM template_key WHERE id = $1", "i",
                                  child->parent_id);
    if (!err && !found)
        err = itg__fail_id(import->tx->failure, ITG_E_PARENT_NOT_FOUND, child->parent_id);
    return err;
}

/* Every parent is there, and still a key that does not hang on the root is in a ring. */
static itg_error_t check_rings(struct itg__import *import)
{
    bool found = false;
    int64_t id = 0;
    const struct child *children = import->templates.items;
    itg_error_t err =
        itg__lookup(import->tx, &found, &id,
                    "WITH RECURSIVE down(id) AS (SELECT id FROM template_key WHERE parent_id = $1 UNION"
                    " SELECT k.id FROM down JOIN template_key k ON k.parent_id = down.id)"
                    " SELECT id FROM template_key WHERE id NOT IN (SELECT id FROM down) LIMIT 1",
                    "i", ITG_ROOT_TEMPLATES);
    for (size_t i = 0; !err && found && i < import->templates.count; i++) {
        if (children[i].id != id)
            continue;
        import->at = children[i].place;
        err = itg__fail_id(import->tx->failure, ITG_E_PARENT_NOT_FOUND, children[i].parent_id);
    }
    return err;
}

static itg_error_t check_receiver(struct itg__import *import, const itg_template_assignment_t *a)
{
    struct itg__object receiver;
    bool found = false;
    import->member = "receiver";
    itg_error_t err = itg__object_find(import->tx, a->receiver_id, &receiver, &found);
    if (!err && (!found || receiver.type != a->receiver_type || receiver.is_root))
        err = itg__fail_detail(import->tx->failure, ITG_E_INVALID_RECEIVER, "%s %" PRId64,
                               itg_type_name(a->receiver_type), a->receiver_id);
    return err;
}

static itg_error_t insert_assignment(struct itg__import *import, const itg_template_assignment_t *a)
{
    bool added = false;
    int64_t id = 0;
    itg_error_t err =
        itg__lookup(import->tx, &added, &id,
                    "INSERT INTO template_assignment(receiver_id, key_id, value_id) VALUES($1, $2, $3)"
                    " ON CONFLICT DO NOTHING RETURNING key_id",
                    "iii", a->receiver_id, a->key_id, a->value_id);
    if (!err && !added)
        err = itg__import_duplicate(import, "", "Assignment of template value",
                                    "template_assignment_primary_key", "template_assignment");
    return err;
}

static itg_error_t assign(struct itg__import *import, const struct waiting *waiting)
{
    const itg_template_assignment_t *a = &waiting->assignment;
    import->at = waiting->place;
    itg_error_t err = check_receiver(import, a);
    if (err)
        return err;
    import->member = "valueId";
    err = itg__template_value_fits(import->tx, a->key_id, a->value_id);
    if (!err)
        err = insert_assignment(import, a);
    return err ? err : itg__import_touch(import, a->receiver_id);
}

itg_error_t itg__import_finish_templates(struct itg__import *import)
{
    itg_error_t err = ITG_OK;
    const struct child *children = import->templates.items;
    for (size_t i = 0; !err && i < import->templates.count; i++)
        err = check_parent(import, &children[i]);
    if (!err && import->templates.count > 0)
        err = check_rings(import);
    const struct waiting *waiting = import->fillings.items;
    for (size_t i = 0; !err && i < import->fillings.count; i++)
        err = assign(import, &waiting[i]);
    return err;
}

itg_error_t itg__import_touch(struct itg__import *import, int64_t receiver_id)
{
    return receiver_id > import->old_id ? ITG_OK : itg__revision_touch(import->tx, receiver_id);
}
