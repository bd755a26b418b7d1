/* Thin clients as IMI reads and writes them. */
#include "core/listing.h"
#include "imi/imi.h"
#include <stdlib.h>
#include <string.h>

#define FACETS                                                                                          \
    (ITG__IMI_FACET_DETAILS | ITG__IMI_FACET_ONLINE | ITG__IMI_FACET_SHADOW | ITG__IMI_FACET_ADAPTERS | \
     ITG__IMI_FACET_ATTRIBUTES | ITG__IMI_FACET_LOGINS)

int32_t itg__imi_add_thinclient(void *ctx, const itg_thinclient_t *tc)
{
    struct itg__imi_piece *piece = ctx;
    itg__imi_list_row(piece->list, tc->id);
    piece->list->err = itg__imi_put_thinclient(&piece->facets, piece->list->out, tc);
    return itg__imi_list_row_end(piece->list);
}

static int32_t add_form(void *ctx, int64_t id, const char *form, size_t length)
{
    struct itg__imi_list *list = ctx;
    itg__imi_list_row(list, id);
    itg__buf_add(list->out, form, length);
    return itg__imi_list_row_end(list);
}

static itg_error_t walk_short(struct itg__imi_list *list, itg_failure_t *failure)
{
    return itg__listing_each(list->itg, list->after_id, add_form, list, failure);
}

static itg_error_t walk(struct itg__imi_list *list, itg_failure_t *failure)
{
    struct itg__imi_piece piece = {.list = list};
    itg_error_t err = itg__imi_facets_begin(&piece.facets, list->itg, list->facets, failure);
    if (err)
        return err;
    err = itg_thinclient_each(list->itg, itg__imi_facets_extent(list->facets), list->after_id,
                              itg__imi_add_thinclient, &piece, failure);
    return itg__imi_facets_end(&piece.facets, err ? err : list->err);
}

itg_error_t itg__imi_get_thinclients(struct itg__imi_call *call)
{
    unsigned facets;
    itg_error_t err = itg__imi_facets(call, FACETS, &facets);
    return err ? err : itg__imi_list_start(call, "[", "]", facets ? walk : walk_short, facets);
}

/* The one thin client that is wanted. */
struct wanted {
    struct itg__imi_call *call;
    struct itg__imi_facets facets;
    itg_error_t err;
};

static int32_t take_wanted(void *ctx, const itg_thinclient_t *tc)
{
    struct wanted *wanted = ctx;
    wanted->err = itg__imi_put_thinclient(&wanted->facets, wanted->call->out, tc);
    return 1;
}

static itg_error_t find_wanted(struct wanted *wanted, unsigned facets)
{
    struct itg__imi_call *call = wanted->call;
    itg_error_t err = itg__imi_facets_begin(&wanted->facets, call->itg, facets, &call->failure);
    if (err)
        return err;
    wanted->facets.one = true;
    err = itg__thinclient_visit(call->itg, itg__imi_facets_extent(facets), call->ids[0], take_wanted, wanted,
                                &call->failure);
    return itg__imi_facets_end(&wanted->facets, err ? err : wanted->err);
}

static int32_t take_form(void *ctx, int64_t id, const char *form, size_t length)
{
    struct itg__imi_call *call = ctx;
    (void)id;
    itg__buf_add(call->out, form, length);
    return 1;
}

itg_error_t itg__imi_get_thinclient(struct itg__imi_call *call)
{
    struct wanted wanted = {.call = call};
    unsigned facets;
    itg_error_t err = itg__imi_facets(call, FACETS, &facets);
    if (!err && facets)
        return find_wanted(&wanted, facets);
    return err ? err : itg__listing_visit(call->itg, call->ids[0], take_form, call, &call->failure);
}

/* What a body sets, as the core takes it: properties, then device attributes. */
struct values {
    itg_value_t *list;
    size_t count;
    size_t properties;    /* of them */
    struct itg__buf keys; /* of the attributes, NUL-terminated */
};

static void values_dispose(struct values *values)
{
    free(values->list);
    itg__buf_dispose(&values->keys);
}

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

/* {"identifier":"site","value":"Bremen"}; what an answer has beside these is passed over. */
enum { IDENTIFIER, VALUE, ATTRIBUTE_VALUES };
static const struct itg__json_member attribute_members[] = {
    [IDENTIFIER] = {"identifier", ITG__IMI_TEXT, NULL, 0},
    [VALUE] = {"value", ITG__IMI_TEXT, NULL, 0},
};
static const struct itg__json_table attribute_table = {attribute_members, ATTRIBUTE_VALUES};

/* The members of a body: the device attributes, then the properties that can be set. */
enum { ATTRIBUTES, PROPERTIES, MEMBERS = PROPERTIES + ITG__PROPERTIES };

static size_t list_members(struct itg__json_member *members, enum purpose purpose)
{
    size_t count = PROPERTIES;
    members[ATTRIBUTES] =
        (struct itg__json_member){"deviceAttributes", ITG__JSON_IS(ITG__JSON_ARRAY), &attribute_table, 0};
    for (size_t i = 0; i < ITG__PROPERTIES; i++) {
        const itg_property_t *property = &itg__properties[i];
        unsigned accepts = property->kind == ITG_KIND_ID ? ITG__IMI_ID : ITG__IMI_TEXT;
        if (can_set(property, purpose))
            members[count++] = (struct itg__json_member){property->key, accepts, NULL, 0};
    }
    return count;
}

/* The keys find their places when all are there: their buffer moves while it grows. */
static itg_error_t take_attributes(struct itg__imi_call *call, const struct itg__json_value *list,
                                   struct values *values)
{
    const struct itg__json_value *attribute = itg__json_elements(&call->json, list);
    for (size_t i = 0; i < list->length; i++, attribute += ATTRIBUTE_VALUES) {
        const char *identifier = itg__imi_text(call, &attribute[IDENTIFIER]);
        const char *value = itg__imi_text(call, &attribute[VALUE]);
        if (!identifier)
            return itg__fail_detail(&call->failure, ITG_E_INVALID_BODY, "identifier is missing");
        if (!value)
            continue;
        itg__buf_str(&values->keys, "deviceAttributes.");
        itg__buf_add(&values->keys, identifier, strlen(identifier) + 1);
        values->list[values->count++] = (itg_value_t){NULL, value};
    }
    if (values->keys.failed)
        return itg__fail(&call->failure, ITG_E_INTERNAL, NULL);
    const char *key = values->keys.data;
    for (size_t i = values->properties; i < values->count; i++, key += strlen(key) + 1)
        values->list[i].key = key;
    return ITG_OK;
}

/* Fills values, which the caller zeroes before and disposes of in any case. */
static itg_error_t take_values(struct itg__imi_call *call, enum purpose purpose, struct values *values)
{
    struct itg__json_member members[MEMBERS];
    struct itg__json_value body[MEMBERS] = {{0}};
    struct itg__json_table table = {members, list_members(members, purpose)};
    itg_error_t err = itg__imi_body_object(call, &table, body);
    if (err)
        return err;
    bool has_attributes = body[ATTRIBUTES].kind == ITG__JSON_ARRAY;
    values->list = calloc(table.count + (has_attributes ? body[ATTRIBUTES].length : 0), sizeof *values->list);
    if (!values->list)
        return itg__fail(&call->failure, ITG_E_INTERNAL, NULL);
    for (size_t i = PROPERTIES; i < table.count; i++) {
        const char *text = itg__imi_text(call, &body[i]);
        if (text)
            values->list[values->count++] = (itg_value_t){members[i].key, text};
    }
    values->properties = values->count;
    return has_attributes ? take_attributes(call, &body[ATTRIBUTES], values) : ITG_OK;
}

static const char *value_of(const struct values *values, const char *key)
{
    for (size_t i = 0; i < values->properties; i++)
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

static void put_created(struct itg__buf *out, int64_t id, const struct values *values)
{
    int64_t parent_id;
    if (itg__parse_int(value_of(values, "parentID"), &parent_id))
        parent_id = ITG_ROOT_THINCLIENTS;
    out->length = 0;
    itg__buf_str(out, "{\"message\":\"Thin client successfully inserted.\"");
    itg__imi_put_id(out, ",\"id\":", id);
    put_name(out, values);
    itg__imi_put_id(out, ",\"parentID\":", parent_id);
    itg__buf_char(out, '}');
}

static itg_error_t create(struct itg__imi_call *call, const struct values *values)
{
    int64_t id = 0;
    put_created(call->out, INT64_MAX, values);
    itg_error_t err = itg__imi_ready(call);
    if (!err)
        err = itg_thinclient_create(call->itg, values->list, values->count, &id, &call->failure);
    if (!err) /* there is room: no id is longer */
        put_created(call->out, id, values);
    return err;
}

itg_error_t itg__imi_create_thinclient(struct itg__imi_call *call)
{
    struct values values = {0};
    itg_error_t err = take_values(call, CREATE, &values);
    if (!err)
        err = create(call, &values);
    values_dispose(&values);
    return err;
}

itg_error_t itg__imi_update_thinclient(struct itg__imi_call *call)
{
    struct values values = {0};
    itg_error_t err = take_values(call, UPDATE, &values);
    if (!err)
        err = itg__imi_promise(call, "Update successful");
    if (!err)
        err = itg_thinclient_update(call->itg, call->ids[0], values.list, values.count, &call->failure);
    values_dispose(&values);
    return err;
}

itg_error_t itg__imi_delete_thinclient_offline(struct itg__imi_call *call)
{
    itg_error_t err = itg__imi_promise(call, "Offline deletion successful");
    return err ? err : itg_thinclient_delete(call->itg, call->ids[0], &call->failure);
}
