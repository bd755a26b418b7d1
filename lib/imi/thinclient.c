/* Thin clients as IMI reads and writes them. */
#include "core/property.h"
#include "imi/imi.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* The table of properties is in IMI's order: first the head, then the details, then the tail. */
#define IS_HEAD(member, kind, key, facet, access, initial)   +(ITG_FACET_##facet == ITG_FACET_HEAD)
#define IS_DETAIL(member, kind, key, facet, access, initial) +(ITG_FACET_##facet == ITG_FACET_DETAIL)
enum {
    HEAD_END = 0 ITG_THINCLIENT_PROPERTIES(IS_HEAD),
    DETAIL_END = HEAD_END ITG_THINCLIENT_PROPERTIES(IS_DETAIL)
};
#undef IS_HEAD
#undef IS_DETAIL

static void put_properties(struct itg__buf *out, const itg_thinclient_t *tc, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++) {
        itg__buf_char(out, i > 0 ? ',' : '{');
        itg__property_json(out, &itg__properties[i], tc);
    }
}

static void put_thinclient(struct itg__buf *out, itg_t *itg, const itg_thinclient_t *tc, unsigned facets)
{
    bool details = facets & ITG__IMI_FACET_DETAILS;
    put_properties(out, tc, 0, HEAD_END);
    if (details)
        put_properties(out, tc, HEAD_END, DETAIL_END);
    if (facets & ITG__IMI_FACET_ONLINE)
        itg__buf_str(out, itg_thinclient_online(itg, tc->id) ? ",\"online\":true" : ",\"online\":false");
    if (details || tc->battery_level >= 0) {
        put_properties(out, tc, DETAIL_END, ITG__PROPERTIES);
    } else { /* only the details say that it is not known */
        put_properties(out, tc, DETAIL_END, ITG__PROPERTY_battery_level);
        itg__buf_str(out, ",\"batteryLevel\":0");
        put_properties(out, tc, ITG__PROPERTY_battery_level + 1, ITG__PROPERTIES);
    }
    itg__buf_str(out, ",\"objectType\":\"tc\",\"links\":[]}");
}

static itg_extent_t extent_of(unsigned facets)
{
    return facets & ITG__IMI_FACET_DETAILS ? ITG_EXTENT_DETAILS : ITG_EXTENT_SHORT;
}

#define FACETS (ITG__IMI_FACET_DETAILS | ITG__IMI_FACET_ONLINE)

static int32_t add_row(void *ctx, const itg_thinclient_t *tc)
{
    struct itg__imi_list *list = ctx;
    itg__imi_list_row(list, tc->id);
    put_thinclient(list->out, list->itg, tc, list->facets);
    return itg__imi_list_row_end(list);
}

static itg_error_t walk(struct itg__imi_list *list, itg_failure_t *failure)
{
    return itg_thinclient_each(list->itg, extent_of(list->facets), list->after_id, add_row, list, failure);
}

itg_error_t itg__imi_get_thinclients(struct itg__imi_call *call)
{
    unsigned facets;
    itg_error_t err = itg__imi_facets(call, FACETS, &facets);
    return err ? err : itg__imi_list_start(call, "[", "]", walk, facets);
}

/* The one thin client that is wanted, if a walk that begins in front of its id meets it. */
struct wanted {
    struct itg__imi_call *call;
    int64_t id;
    unsigned facets;
    bool found;
};

static int32_t take_wanted(void *ctx, const itg_thinclient_t *tc)
{
    struct wanted *wanted = ctx;
    wanted->found = tc->id == wanted->id;
    if (wanted->found)
        put_thinclient(wanted->call->out, wanted->call->itg, tc, wanted->facets);
    return 1;
}

/* A walk reads only the columns that the facets need and copies nothing: half the cost of looking it up. */
itg_error_t itg__imi_get_thinclient(struct itg__imi_call *call)
{
    struct wanted wanted = {.call = call, .id = call->ids[0]};
    itg_error_t err = itg__imi_facets(call, FACETS, &wanted.facets);
    if (!err && wanted.id > 0)
        err = itg_thinclient_each(call->itg, extent_of(wanted.facets), wanted.id - 1, take_wanted, &wanted,
                                  &call->failure);
    if (!err && !wanted.found)
        err = itg__fail_id(&call->failure, ITG_E_THINCLIENT_NOT_FOUND, wanted.id);
    return err;
}

/* The properties that a body sets, as the core takes them. */
struct values {
    itg_value_t list[ITG__PROPERTIES];
    size_t count;
    char digits[ITG__PROPERTIES][24]; /* of ids that were given as numbers */
};

enum purpose { CREATE, UPDATE };

/* A body that was read here, changed, and sent back has members that cannot be set: they are passed over. */
static bool can_set(const itg_property_t *property, enum purpose purpose)
{
    switch (property->access) {
    case ITG_ACCESS_UPDATE:
        return true;
    case ITG_ACCESS_CREATE:
        return purpose == CREATE;
    case ITG_ACCESS_TREE:
        return strcmp(property->key, "name") == 0 ||
               (purpose == CREATE && strcmp(property->key, "parentID") == 0);
    case ITG_ACCESS_DEVICE:
        return false;
    }
    return false;
}

static itg_error_t take_id(struct values *values, const itg_property_t *property, const json_t *value,
                           itg_failure_t *failure)
{
    struct itg__imi_id id;
    itg_error_t err = itg__imi_member_id(value, property->key, &id, failure);
    if (err)
        return err;
    char *digits = values->digits[values->count];
    snprintf(digits, sizeof values->digits[0], "%" PRId64, id.value);
    values->list[values->count++] = (itg_value_t){property->key, id.set ? digits : ""};
    return ITG_OK;
}

static itg_error_t take_value(struct values *values, const itg_property_t *property, const json_t *value,
                              itg_failure_t *failure)
{
    if (property->kind == ITG_KIND_ID)
        return take_id(values, property, value, failure);
    if (!json_is_string(value))
        return itg__fail_detail(failure, ITG_E_INVALID_BODY, "%s must be a string", property->key);
    values->list[values->count++] = (itg_value_t){property->key, json_string_value(value)};
    return ITG_OK;
}

/* Attributes are not kept yet: a body that wants to set some must not seem to have succeeded. */
static itg_error_t check_attributes(const json_t *body, itg_failure_t *failure)
{
    const json_t *attributes = json_object_get(body, "deviceAttributes");
    if (!attributes || json_is_null(attributes) ||
        (json_is_array(attributes) && json_array_size(attributes) == 0))
        return ITG_OK;
    return itg__fail_detail(failure, ITG_E_INVALID_BODY, "no device attribute is defined");
}

static itg_error_t take_values(json_t *body, enum purpose purpose, struct values *ret_values,
                               itg_failure_t *failure)
{
    const char *key;
    json_t *value;
    itg_error_t err = check_attributes(body, failure);
    ret_values->count = 0;
    json_object_foreach(body, key, value)
    {
        const itg_property_t *property = itg_property_by_key(key);
        if (!err && property && can_set(property, purpose) && !json_is_null(value))
            err = take_value(ret_values, property, value, failure);
    }
    return err;
}

static const char *value_of(const struct values *values, const char *key)
{
    for (size_t i = 0; i < values->count; i++)
        if (strcmp(values->list[i].key, key) == 0)
            return values->list[i].value;
    return "";
}

/* The name as it was stored: without one it is made of the MAC. */
static void put_name(struct itg__buf *out, const struct values *values)
{
    const char *name = value_of(values, "name");
    if (*name) {
        itg__imi_put_text(out, ",\"name\":", name);
        return;
    }
    itg__buf_str(out, ",\"name\":\"ITC");
    for (const char *c = value_of(values, "mac"); *c; c++)
        itg__buf_char(out, *c >= 'a' && *c <= 'f' ? (char)(*c - 'a' + 'A') : *c);
    itg__buf_char(out, '"');
}

itg_error_t itg__imi_create_thinclient(struct itg__imi_call *call)
{
    struct values values;
    int64_t id = 0, parent_id = ITG_ROOT_THINCLIENTS;
    itg_error_t err = take_values(call->body, CREATE, &values, &call->failure);
    if (!err)
        err = itg_thinclient_create(call->itg, values.list, values.count, &id, &call->failure);
    if (err)
        return err;
    itg__buf_str(call->out, "{\"message\":\"Thin client successfully inserted.\"");
    itg__imi_put_id(call->out, ",\"id\":", id);
    put_name(call->out, &values);
    if (itg__parse_int(value_of(&values, "parentID"), &parent_id))
        parent_id = ITG_ROOT_THINCLIENTS;
    itg__imi_put_id(call->out, ",\"parentID\":", parent_id);
    itg__buf_char(call->out, '}');
    return ITG_OK;
}

itg_error_t itg__imi_update_thinclient(struct itg__imi_call *call)
{
    struct values values;
    itg_error_t err = take_values(call->body, UPDATE, &values, &call->failure);
    if (!err)
        err = itg_thinclient_update(call->itg, call->ids[0], values.list, values.count, &call->failure);
    if (!err)
        itg__imi_put_message(call->out, "Update successful");
    return err;
}

itg_error_t itg__imi_delete_thinclient_offline(struct itg__imi_call *call)
{
    itg_error_t err = itg_thinclient_delete(call->itg, call->ids[0], &call->failure);
    if (!err)
        itg__imi_put_message(call->out, "Offline deletion successful");
    return err;
}
