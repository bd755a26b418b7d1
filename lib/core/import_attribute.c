/* Device attributes of a fleet file. A value may come before the definition of its attribute: the first one
 * makes a row with a negative id and no type as a promise, which the definition keeps. */
#include "core/attribute.h"
#include "core/import.h"

enum { AT_ID, AT_IDENTIFIER, AT_NAME, AT_TYPE, AT_OVERWRITE, AT_CHOICES };
static const struct itg__json_member attribute_members[] = {
    [AT_ID] = ITG__MEMBER("id", ITG__TAKES_ID),
    [AT_IDENTIFIER] = ITG__MEMBER("identifier", ITG__TAKES_STRING),
    [AT_NAME] = ITG__MEMBER("name", ITG__TAKES_STRING),
    [AT_TYPE] = ITG__MEMBER("type", ITG__TAKES_STRING),
    [AT_OVERWRITE] = ITG__MEMBER("overwrite", ITG__TAKES_STRING),
    [AT_CHOICES] = {"allowedValues", ITG__TAKES_ARRAY, &itg__json_strings, 0},
};

static itg_error_t find(struct itg__import *import, const char *identifier, bool *ret_found, int64_t *ret_id)
{
    return itg__lookup(import->tx, ret_found, ret_id, "SELECT id FROM attribute WHERE identifier = $1", "s",
                       identifier);
}

static itg_error_t promise(struct itg__import *import, const char *identifier, int64_t *ret_id)
{
    if (!itg__identifier_ok(identifier))
        return itg__fail_detail(import->tx->failure, ITG_E_INVALID_BODY, "identifier is not valid");
    struct itg__place *place = itg__list_add(&import->attributes, sizeof *place);
    if (!place)
        return itg__fail(import->tx->failure, ITG_E_INTERNAL, NULL);
    *place = import->at;
    *ret_id = -(int64_t)import->attributes.count;
    return itg__run(import->tx,
                    "INSERT INTO attribute(id, identifier, name, type, overwrite) VALUES($1, $2, '', 0, 0)",
                    "is", *ret_id, identifier);
}

itg_error_t itg__import_attribute_value(struct itg__import *import, int64_t thinclient_id,
                                        const char *identifier, const char *value)
{
    bool found = false;
    int64_t id = 0;
    itg_error_t err = find(import, identifier, &found, &id);
    if (!err && found && id > 0)
        return itg__attribute_set(import->tx, thinclient_id, identifier, value, ITG__BY_IMPORT);
    if (!err && !found)
        err = promise(import, identifier, &id);
    if (!err && !itg__text_fits(value, ITG_LIMIT_ATTRIBUTE))
        err = itg__fail_detail(import->tx->failure, ITG_E_INVALID_BODY, "value is too long");
    return err ? err : itg__attribute_store(import->tx, thinclient_id, id, value);
}

itg_error_t itg__import_check_attributes(struct itg__import *import)
{
    const struct itg__place *places = import->attributes.items;
    for (size_t i = 0; i < import->attributes.count; i++) {
        bool found = false;
        int64_t id = 0;
        itg_error_t err = itg__lookup(import->tx, &found, &id, "SELECT id FROM attribute WHERE id = $1", "i",
                                      -(int64_t)i - 1);
        if (err)
            return err;
        if (found) {
            import->at = places[i];
            return itg__import_refuse(import, "deviceAttributes", "the attribute is not defined");
        }
    }
    return ITG_OK;
}

/* Hands the values of a promised attribute over to the real one, which is yet to be added. */
static itg_error_t keep_promise(struct itg__import *import, int64_t promised, int64_t id)
{
    itg_error_t err =
        itg__run(import->tx, "UPDATE attribute_value SET attribute_id = $2 WHERE attribute_id = $1", "ii",
                 promised, id);
    return err ? err : itg__run(import->tx, "DELETE FROM attribute WHERE id = $1", "i", promised);
}

static itg_error_t add_choices(struct itg__import *import, const itg_attribute_t *attribute,
                               const struct itg__json_value *list)
{
    const struct itg__json_value *choices = itg__json_elements(&import->json, list);
    size_t count = itg__json_count(list);
    import->member = "allowedValues";
    itg_error_t err = itg__attribute_choices_ok(attribute->type, count, import->tx->failure);
    for (size_t i = 0; !err && i < count; i++)
        err = itg__attribute_choice_insert(import->tx, attribute->id, (int64_t)i + 1,
                                           itg__json_text(&import->json, &choices[i]));
    return err;
}

static itg_error_t insert(struct itg__import *import, const itg_attribute_t *attribute,
                          const struct itg__json_value *choices)
{
    bool found = false;
    int64_t promised = 0;
    itg_error_t err = find(import, attribute->identifier, &found, &promised);
    bool was_promised = found && promised < 0;
    if (!err && was_promised)
        err = keep_promise(import, promised, attribute->id);
    import->member = "identifier";
    if (!err)
        err = itg__attribute_insert(import->tx, attribute);
    if (!err)
        err = add_choices(import, attribute, choices);
    if (!err && was_promised)
        err = itg__attribute_values_ok(import->tx, attribute->id, attribute->type);
    return err;
}

static itg_error_t add_attribute(struct itg__import *import, const struct itg__json_value *values)
{
    const char *overwrite = itg__import_text(import, &values[AT_OVERWRITE]);
    itg_attribute_t attribute = {
        .identifier = itg__import_text(import, &values[AT_IDENTIFIER]),
        .name = itg__import_text(import, &values[AT_NAME]),
        .type = itg_attribute_type_from_name(itg__import_text(import, &values[AT_TYPE])),
        .overwrite = *overwrite ? itg_overwrite_from_name(overwrite) : ITG_OVERWRITE_ALL};
    itg_error_t err = itg__attribute_ok(&attribute, import->tx->failure);
    if (!err)
        err = itg__import_claim_object_id(import, &values[AT_ID], "Insertion of device attribute",
                                          &attribute.id);
    return err ? err : insert(import, &attribute, &values[AT_CHOICES]);
}

const struct itg__array_info itg__import_attributes = {"deviceAttributes", ITG__TABLE(attribute_members),
                                                       add_attribute};
