/* Template keys, their values, and where these are assigned. */
#include "imi/imi.h"
#include <stdlib.h>

static itg_error_t invalid(struct itg__imi_call *call, const char *why)
{
    return itg__fail_detail(&call->failure, ITG_E_INVALID_BODY, "%s", why);
}

enum { KEY_NAME, KEY_TYPE, KEY_PARENT, KEY_FIELDS };
static const struct itg__json_member key_members[] = {
    [KEY_NAME] = {"name", ITG__IMI_TEXT, NULL, 0},
    [KEY_TYPE] = {"type", ITG__IMI_TEXT, NULL, 0},
    [KEY_PARENT] = {"parentID", ITG__IMI_ID, NULL, 0},
};
static const struct itg__json_table key_table = {key_members, KEY_FIELDS};

static void put_key(struct itg__buf *out, int64_t id, const char *name, int64_t parent_id)
{
    out->length = 0;
    itg__imi_put_id(out, "{\"id\":", id);
    itg__imi_put_text(out, ",\"name\":", name);
    itg__imi_put_id(out, ",\"parentID\":", parent_id);
    itg__buf_str(out, ",\"message\":\"Template key successfully created.\"}");
}

itg_error_t itg__imi_create_template_key(struct itg__imi_call *call)
{
    struct itg__json_value fields[KEY_FIELDS] = {{0}};
    struct itg__imi_id parent = {0};
    int64_t id = 0;
    itg_error_t err = itg__imi_body_object(call, &key_table, fields);
    if (!err)
        err = itg__imi_id(call, &fields[KEY_PARENT], &parent);
    if (err)
        return err;
    const char *name = itg__imi_text(call, &fields[KEY_NAME]);
    itg_template_type_t type = itg_template_type_from_name(itg__imi_text(call, &fields[KEY_TYPE]));
    int64_t parent_id = parent.set ? parent.value : ITG_ROOT_TEMPLATES;
    put_key(call->out, INT64_MAX, name ? name : "", parent_id);
    err = itg__imi_ready(call);
    if (!err)
        err = itg_template_key_create(call->itg, name, type, parent_id, &id, &call->failure);
    if (!err) /* there is room: no id is longer */
        put_key(call->out, id, name, parent_id);
    return err;
}

enum { VALUE_VALUE, VALUE_DESCRIPTION, VALUE_TYPE, VALUE_FIELDS };
static const struct itg__json_member value_members[] = {
    [VALUE_VALUE] = {"value", ITG__IMI_ID | ITG__JSON_IS(ITG__JSON_TRUE) | ITG__JSON_IS(ITG__JSON_FALSE),
                     NULL, 0},
    [VALUE_DESCRIPTION] = {"description", ITG__IMI_TEXT, NULL, 0},
    [VALUE_TYPE] = {"type", ITG__IMI_TEXT, NULL, 0},
};
static const struct itg__json_table value_table = {value_members, VALUE_FIELDS};

static int32_t take_type(void *ctx, const itg_template_key_t *key)
{
    *(itg_template_type_t *)ctx = key->type;
    return 0;
}

/* A value that says its type must say that of its key. */
static itg_error_t check_type(struct itg__imi_call *call, const char *said)
{
    itg_template_type_t type = 0;
    itg_error_t err = itg_template_key_get(call->itg, call->ids[0], take_type, &type, &call->failure);
    if (!err && said && itg_template_type_from_name(said) != type)
        err = invalid(call, "type is not that of the template key");
    return err;
}

static void put_value(struct itg__buf *out, int64_t id, const char *value)
{
    out->length = 0;
    itg__imi_put_id(out, "{\"id\":", id);
    itg__imi_put_text(out, ",\"value\":", value);
    itg__buf_str(out, ",\"message\":\"Template value successfully created.\"}");
}

itg_error_t itg__imi_create_template_value(struct itg__imi_call *call)
{
    struct itg__json_value fields[VALUE_FIELDS] = {{0}};
    int64_t id = 0;
    itg_error_t err = itg__imi_body_object(call, &value_table, fields);
    if (err)
        return err;
    const char *value = itg__imi_text(call, &fields[VALUE_VALUE]);
    const char *description = itg__imi_text(call, &fields[VALUE_DESCRIPTION]);
    err = check_type(call, itg__imi_text(call, &fields[VALUE_TYPE]));
    put_value(call->out, INT64_MAX, value ? value : "");
    if (!err)
        err = itg__imi_ready(call);
    if (!err)
        err = itg_template_value_create(call->itg, call->ids[0], value, description, &id, &call->failure);
    if (!err) /* there is room: no id is longer */
        put_value(call->out, id, value);
    return err;
}

/* Ids are numbers here. */
static int32_t add_value(void *ctx, const itg_template_value_t *value)
{
    struct itg__buf *out = ctx;
    if (out->length > 1)
        itg__buf_char(out, ',');
    itg__buf_str(out, "{\"id\":");
    itg__buf_int(out, value->id);
    itg__imi_put_text(out, ",\"value\":", value->value);
    itg__imi_put_text(out, ",\"name\":", value->key_name);
    itg__buf_str(out, ",\"parentId\":");
    itg__buf_int(out, value->key_id);
    itg__imi_put_text(out, ",\"description\":", value->description);
    itg__imi_put_text(out, ",\"type\":", itg_template_type_name(value->type));
    itg__buf_char(out, '}');
    return out->failed;
}

itg_error_t itg__imi_get_template_values(struct itg__imi_call *call)
{
    itg__buf_char(call->out, '[');
    itg_error_t err = itg_template_value_each(call->itg, call->ids[0], add_value, call->out, &call->failure);
    itg__buf_char(call->out, ']');
    return err;
}

/* The body of an assignment: one of the receivers, and pairs of key and value. */
enum { ASSIGN_TC, ASSIGN_DIR, ASSIGN_LIST, ASSIGN_FIELDS };
enum { PAIR_KEY, PAIR_VALUE, PAIR_FIELDS };
static const struct itg__json_member pair_members[] = {
    [PAIR_KEY] = {"templateId", ITG__IMI_ID, NULL, 0},
    [PAIR_VALUE] = {"valueId", ITG__IMI_ID, NULL, 0},
};
static const struct itg__json_table pair_table = {pair_members, PAIR_FIELDS};
static const struct itg__json_member assign_members[] = {
    [ASSIGN_TC] = {"tcId", ITG__IMI_ID, NULL, 0},
    [ASSIGN_DIR] = {"dirId", ITG__IMI_ID, NULL, 0},
    [ASSIGN_LIST] = {"template", ITG__JSON_IS(ITG__JSON_ARRAY), &pair_table, 0},
};
static const struct itg__json_table assign_table = {assign_members, ASSIGN_FIELDS};

static itg_error_t take_pair(struct itg__imi_call *call, const struct itg__json_value *pair,
                             itg_template_assignment_t *ret_assignment)
{
    struct itg__imi_id key = {0}, value = {0};
    itg_error_t err = itg__imi_id(call, &pair[PAIR_KEY], &key);
    if (!err)
        err = itg__imi_id(call, &pair[PAIR_VALUE], &value);
    if (!err && !(key.set && value.set))
        err = invalid(call, "templateId or valueId is missing");
    ret_assignment->key_id = key.value;
    ret_assignment->value_id = value.value;
    return err;
}

static itg_error_t assign(struct itg__imi_call *call, const struct itg__json_value *list, itg_type_t type,
                          int64_t receiver_id)
{
    size_t count = itg__json_count(list);
    const struct itg__json_value *pairs = itg__json_elements(&call->json, list);
    itg_template_assignment_t *assignments = calloc(count + 1, sizeof *assignments);
    itg_error_t err = assignments ? ITG_OK : itg__fail(&call->failure, ITG_E_INTERNAL, NULL);
    for (size_t i = 0; !err && i < count; i++) {
        assignments[i].receiver_type = type;
        assignments[i].receiver_id = receiver_id;
        err = take_pair(call, &pairs[i * PAIR_FIELDS], &assignments[i]);
    }
    if (!err)
        err = itg_template_assign(call->itg, assignments, count, &call->failure);
    free(assignments);
    return err;
}

static itg_error_t assign_to(struct itg__imi_call *call, int field, itg_type_t type, const char *message)
{
    struct itg__json_value fields[ASSIGN_FIELDS] = {{0}};
    struct itg__imi_id receiver = {0};
    itg_error_t err = itg__imi_body_object(call, &assign_table, fields);
    if (!err)
        err = itg__imi_id(call, &fields[field], &receiver);
    if (!err && !receiver.set)
        err =
            itg__fail_detail(&call->failure, ITG_E_INVALID_BODY, "%s is missing", assign_members[field].key);
    if (!err && fields[ASSIGN_LIST].kind != ITG__JSON_ARRAY)
        err = invalid(call, "template is missing");
    if (!err)
        err = itg__imi_promise(call, message);
    return err ? err : assign(call, &fields[ASSIGN_LIST], type, receiver.value);
}

itg_error_t itg__imi_assign_template_tc(struct itg__imi_call *call)
{
    return assign_to(call, ASSIGN_TC, ITG_TYPE_THINCLIENT, "Template value successfully assigned to device.");
}

itg_error_t itg__imi_assign_template_dir(struct itg__imi_call *call)
{
    return assign_to(call, ASSIGN_DIR, ITG_TYPE_THINCLIENT_DIRECTORY,
                     "Template value successfully assigned to device directory.");
}
