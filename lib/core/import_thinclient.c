/* Thin clients of a fleet file. */
#include "core/import.h"
#include "core/object.h"
#include "core/text.h"
#include "core/thinclient.h"

#define ACCEPT_TEXT   ITG__TAKES_STRING
#define ACCEPT_ID     ITG__TAKES_ID
#define ACCEPT_COUNT  (ITG__TAKES_STRING | ITG__TAKES_INTEGER)
#define ACCEPT_INT    ITG__TAKES_INTEGER
#define ACCEPT_REAL   ITG__TAKES_NUMBER
#define ACCEPT_BOOL   ITG__TAKES_BOOL
#define ACCEPT_MINUTE ITG__TAKES_STRING
#define ACCEPT_MILLIS ITG__TAKES_STRING
#define ACCEPT_SECOND ITG__TAKES_STRING

/* The members of the property table come first, so that both have the same index. */
enum {
    TC_TYPE = ITG__PROPERTIES,
    TC_ITEM,
    TC_ADAPTERS,
    TC_LOGINS,
    TC_ATTRIBUTES,
    TC_SECRET_OBJECT,
    TC_LINKS,
    TC_ONLINE,
    TC_MEMBERS,
    TC_SECRET = TC_MEMBERS, /* its members */
    TC_VALUES = TC_SECRET + ITG__SECRET_VALUES
};
static const struct itg__json_member thinclient_members[] = {
#define MEMBER(member, kind, key, facet, access, initial) \
    [ITG__PROPERTY_##member] = ITG__MEMBER(key, ACCEPT_##kind),
    ITG_THINCLIENT_PROPERTIES(MEMBER)
#undef MEMBER
        [TC_TYPE] = ITG__MEMBER("objectType", ITG__TAKES_STRING),
    [TC_ITEM] = ITG__MEMBER("binItem", ITG__TAKES_BOOL),
    [TC_ADAPTERS] = {"networkAdapters", ITG__TAKES_ARRAY, &itg__import_adapter_table, 0},
    [TC_LOGINS] = {"userLoginHistory", ITG__TAKES_ARRAY, &itg__import_login_table, 0},
    [TC_ATTRIBUTES] = {"deviceAttributes", ITG__TAKES_ARRAY, &itg__import_value_table, 0},
    [TC_SECRET_OBJECT] = {"shadowSecret", ITG__JSON_IS(ITG__JSON_OBJECT), &itg__import_secret_table,
                          TC_SECRET},
    [TC_LINKS] = ITG__MEMBER("links", ITG__TAKES_ARRAY),
    [TC_ONLINE] = ITG__MEMBER("online", ITG__TAKES_BOOL),
};
_Static_assert((int)TC_VALUES <= (int)ITG__MAX_VALUES, "they fit");

/* Sets a number straight from its token: the way through a text form costs as much as the rest. */
static itg_error_t set_number(struct itg__import *import, struct itg__change *change,
                              const itg_property_t *property, const struct itg__json_value *value)
{
    union itg__slot slot;
    const char *text = itg__json_text(&import->json, value);
    int64_t number = 0;
    bool whole = !itg__parse_int(text, &number);
    if (property->kind == ITG_KIND_REAL && !whole)
        return itg__change_text(change, property, text, import->tx->failure);
    if (!whole)
        return itg__import_refuse(import, property->key, "not a whole number, or out of range");
    if (property->kind == ITG_KIND_REAL)
        slot.real = (double)number;
    else
        slot.number = number;
    itg__property_put(&change->values, property, slot);
    return ITG_OK;
}

static itg_error_t set_property(struct itg__import *import, struct itg__change *change,
                                const itg_property_t *property, const struct itg__json_value *value)
{
    union itg__slot slot = {.flag = itg__value_true(value)};
    import->member = property->key;
    switch (property->kind) {
    case ITG_KIND_BOOL:
        itg__property_put(&change->values, property, slot);
        return ITG_OK;
    case ITG_KIND_COUNT:
    case ITG_KIND_INT:
    case ITG_KIND_REAL:
        if (value->length > 0)
            return set_number(import, change, property, value);
        break;
    case ITG_KIND_TEXT:
    case ITG_KIND_ID:
    case ITG_KIND_MINUTE:
    case ITG_KIND_MILLIS:
    case ITG_KIND_SECOND:
        break;
    }
    return itg__change_text(change, property, itg__json_text(&import->json, value), import->tx->failure);
}

/* Properties, but not the place in the tree, which is checked when all else is well. */
static itg_error_t read_properties(struct itg__import *import, const struct itg__json_value *values,
                                   struct itg__change *change)
{
    itg_error_t err = ITG_OK;
    itg__change_init(change);
    for (size_t i = 0; !err && i < ITG__PROPERTIES; i++)
        if (itg__value_given(&values[i]) &&
            (itg__properties[i].access != ITG_ACCESS_TREE || i == ITG__PROPERTY_name))
            err = set_property(import, change, &itg__properties[i], &values[i]);
    return err;
}

static itg_error_t complete(struct itg__import *import, struct itg__change *change,
                            char name[ITG__MADE_NAME_SIZE])
{
    itg_error_t err = itg__thinclient_complete(change, name, import->tx->failure);
    import->member = err == ITG_E_NO_MAC ? "mac" : "firmwareID";
    return err ? err : itg__import_need_firmware(import, change->values.firmware_id);
}

static itg_error_t read_thinclient(struct itg__import *import, const struct itg__json_value *values,
                                   struct itg__change *change, char name[ITG__MADE_NAME_SIZE])
{
    itg_type_t type = ITG_TYPE_THINCLIENT;
    itg_error_t err = itg__import_type(import, &values[TC_TYPE], &type);
    if (!err && type != ITG_TYPE_THINCLIENT)
        return itg__import_refuse(import, "objectType", "not the type of a thin client");
    if (!err)
        err = read_properties(import, values, change);
    if (!err)
        err = complete(import, change, name);
    if (!err)
        err = itg__import_parent(import, &values[ITG__PROPERTY_parent_id], &change->values.parent_id);
    if (!err)
        err = itg__import_check_bin(import, &values[ITG__PROPERTY_in_bin], &values[TC_ITEM]);
    return err;
}

static itg_error_t add_thinclient(struct itg__import *import, const struct itg__json_value *values)
{
    struct itg__change change;
    char name[ITG__MADE_NAME_SIZE];
    itg_thinclient_t *tc = &change.values;
    const struct itg__json_value *binned = &values[ITG__PROPERTY_in_bin];
    itg_error_t err = read_thinclient(import, values, &change, name);
    import->member = err ? import->member : "";
    if (!err)
        err = itg__thinclient_unique(import->tx, tc);
    if (!err)
        err = itg__import_claim_object_id(import, &values[ITG__PROPERTY_id], "Insertion of thin client",
                                          &tc->id);
    if (!err)
        err = itg__import_insert_object(import, tc->id, ITG_TYPE_THINCLIENT, tc->name, tc->parent_id, binned);
    tc->in_bin = binned->kind == ITG__JSON_TRUE;
    if (!err)
        err = itg__thinclient_insert(import->tx, tc);
    if (!err)
        err = itg__import_inventory(
            import, tc->id,
            &(struct itg__inventory_values){.adapters = &values[TC_ADAPTERS],
                                            .logins = &values[TC_LOGINS],
                                            .attributes = &values[TC_ATTRIBUTES],
                                            .certificate = &values[TC_SECRET + ITG__SECRET_CERTIFICATE]});
    if (!err)
        err = itg__import_place(import, ITG_TYPE_THINCLIENT, tc->id, tc->parent_id, binned, &values[TC_ITEM]);
    return err;
}

const struct itg__array_info itg__import_thinclients = {"thinclients", ITG__TABLE(thinclient_members),
                                                        add_thinclient};
