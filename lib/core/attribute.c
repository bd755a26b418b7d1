/* Definitions of device attributes. Their values: attribute_value.c. */
#include "core/attribute.h"
#include "core/audit.h"
#include "core/object.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const char *const type_names[] = {
    [ITG_ATTRIBUTE_STRING] = "string",
    [ITG_ATTRIBUTE_NUMBER] = "number",
    [ITG_ATTRIBUTE_DATE] = "date",
    [ITG_ATTRIBUTE_RANGE] = "range",
};
static const char *const overwrite_names[] = {
    [ITG_OVERWRITE_ALL] = "all",
    [ITG_OVERWRITE_SERVER] = "server",
    [ITG_OVERWRITE_DEVICES] = "devices",
};
enum {
    TYPES = sizeof type_names / sizeof *type_names,
    OVERWRITES = sizeof overwrite_names / sizeof *overwrite_names
};

const char *itg_attribute_type_name(itg_attribute_type_t type)
{
    return itg__name_of(type_names, TYPES, type);
}

itg_attribute_type_t itg_attribute_type_from_name(const char *name)
{
    return (itg_attribute_type_t)itg__value_of(type_names, TYPES, name, 0);
}

const char *itg_overwrite_name(itg_overwrite_t overwrite)
{
    return itg__name_of(overwrite_names, OVERWRITES, overwrite);
}

itg_overwrite_t itg_overwrite_from_name(const char *name)
{
    return (itg_overwrite_t)itg__value_of(overwrite_names, OVERWRITES, name, 0);
}

itg_attribute_t itg__attribute_read(struct itg__query *q)
{
    itg_attribute_t attribute = {itg__int(q, 0), itg__text(q, 1), itg__text(q, 2),
                                 (itg_attribute_type_t)itg__int_within(q, 3, 1, TYPES - 1),
                                 (itg_overwrite_t)itg__int_within(q, 4, 1, OVERWRITES - 1)};
    return attribute;
}

/* Not isalpha(): its answer depends on the locale. */
bool itg__identifier_ok(const char *identifier)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    if (!identifier || *identifier < 'a' || *identifier > 'z')
        return false;
    size_t length = strspn(identifier, allowed);
    return identifier[length] == '\0' && length <= ITG_LIMIT_IDENTIFIER;
}

itg_error_t itg__attribute_ok(const itg_attribute_t *attribute, itg_failure_t *failure)
{
    if (!itg__identifier_ok(attribute->identifier))
        return itg__fail_detail(failure, ITG_E_INVALID_BODY, "identifier is not valid");
    if (!itg__name_ok(attribute->name))
        return itg__fail(failure, ITG_E_INVALID_NAME, NULL);
    if (!*itg_attribute_type_name(attribute->type))
        return itg__fail_detail(failure, ITG_E_INVALID_BODY, "type is not valid");
    if (!*itg_overwrite_name(attribute->overwrite))
        return itg__fail_detail(failure, ITG_E_INVALID_BODY, "the overwrite rule is not valid");
    return ITG_OK;
}

itg_error_t itg__attribute_choices_ok(itg_attribute_type_t type, size_t count, itg_failure_t *failure)
{
    if (type == ITG_ATTRIBUTE_RANGE ? count == 0 : count > 0)
        return itg__fail_detail(failure, ITG_E_INVALID_BODY,
                                "a range has allowed values, other types have none");
    if (count > ITG_LIMIT_CHOICES)
        return itg__fail_detail(failure, ITG_E_INVALID_BODY, "more than %d allowed values",
                                ITG_LIMIT_CHOICES);
    return ITG_OK;
}

itg_error_t itg__attribute_insert(struct itg__tx *tx, const itg_attribute_t *attribute)
{
    bool added = false;
    int64_t id = 0;
    itg_error_t err =
        itg__lookup(tx, &added, &id,
                    "INSERT INTO attribute(id, identifier, name, type, overwrite) VALUES($1, $2, $3, $4, $5)"
                    " ON CONFLICT DO NOTHING RETURNING id",
                    "issii", attribute->id, attribute->identifier, attribute->name, (int64_t)attribute->type,
                    (int64_t)attribute->overwrite);
    if (err || added)
        return err;
    return itg__fail_duplicate(tx->failure, "Insertion of device attribute", "attribute_identifier",
                               "attribute");
}

itg_error_t itg__attribute_choice_insert(struct itg__tx *tx, int64_t id, int64_t position, const char *choice)
{
    bool added = false;
    int64_t same = 0;
    if (!itg__text_fits(choice, ITG_LIMIT_ATTRIBUTE) || *choice == '\0')
        return itg__fail_detail(tx->failure, ITG_E_INVALID_BODY, "an allowed value is not valid");
    itg_error_t err =
        itg__lookup(tx, &added, &same,
                    "INSERT INTO attribute_choice(attribute_id, position, value) VALUES($1, $2, $3)"
                    " ON CONFLICT DO NOTHING RETURNING position",
                    "iis", id, position, choice);
    if (!err && !added)
        err = itg__fail_detail(tx->failure, ITG_E_INVALID_BODY, "an allowed value is there twice");
    return err;
}

static itg_error_t insert_choices(struct itg__tx *tx, int64_t id, const char *const *choices, size_t count)
{
    itg_error_t err = ITG_OK;
    for (size_t i = 0; !err && i < count; i++)
        err = itg__attribute_choice_insert(tx, id, (int64_t)i + 1, choices[i]);
    return err;
}

itg_error_t itg_attribute_create(itg_t *itg, const char *identifier, const char *name,
                                 itg_attribute_type_t type, itg_overwrite_t overwrite,
                                 const char *const *choices, size_t count, int64_t *ret_id,
                                 itg_failure_t *failure)
{
    struct itg__tx tx;
    itg_attribute_t attribute = {0, identifier, name, type, overwrite ? overwrite : ITG_OVERWRITE_ALL};
    itg_error_t err = itg__need(choices || count == 0, "choices", failure);
    if (!err)
        err = itg__attribute_ok(&attribute, failure);
    if (!err)
        err = itg__attribute_choices_ok(type, count, failure);
    if (!err)
        err = itg__begin_write(itg, __func__, ITG__RIGHT_WRITE, &tx, failure);
    if (err)
        return err;
    err = itg__next_id(&tx, "object", &attribute.id);
    if (!err)
        err = itg__attribute_insert(&tx, &attribute);
    if (!err)
        err = insert_choices(&tx, attribute.id, choices, count);
    if (!err)
        err = itg__audit_created(&tx, ITG__AUDIT_ATTRIBUTE, attribute.id);
    err = itg__end(&tx, err);
    if (!err && ret_id)
        *ret_id = attribute.id;
    return err;
}

static const struct itg__shape shape = {
    sizeof(itg_attribute_t), 2,
    (const size_t[]){offsetof(itg_attribute_t, identifier), offsetof(itg_attribute_t, name)}};

/* Ends a query of at most one definition. */
static itg_error_t take_one(struct itg__query *q, const char *identifier, itg_attribute_t **ret_attribute)
{
    itg_attribute_t *own = NULL;
    if (itg__next(q)) {
        itg_attribute_t attribute = itg__attribute_read(q);
        own = itg__keep(q, &attribute, &shape, 0);
    }
    itg_error_t err = itg__done(q);
    if (!err && !own)
        err = itg__fail_detail(q->tx->failure, ITG_E_NO_HANDLER, "there is no device attribute %.*s",
                               ITG_LIMIT_IDENTIFIER, identifier);
    if (!err)
        *ret_attribute = own;
    return err;
}

static itg_error_t load_type(struct itg__tx *tx, int64_t id, itg_attribute_type_t *ret_type)
{
    bool found = false;
    int64_t type = 0;
    itg_error_t err = itg__lookup(tx, &found, &type, "SELECT type FROM attribute WHERE id = $1", "i", id);
    if (!err && !found)
        err = itg__fail_detail(tx->failure, ITG_E_NO_HANDLER, "there is no device attribute %" PRId64, id);
    if (!err)
        *ret_type = (itg_attribute_type_t)type;
    return err;
}

static itg_error_t replace_choices(struct itg__tx *tx, int64_t id, itg_attribute_type_t type,
                                   const char *const *choices, size_t count)
{
    itg_error_t err = itg__attribute_choices_ok(type, count, tx->failure);
    if (!err)
        err = itg__run(tx, "DELETE FROM attribute_choice WHERE attribute_id = $1", "i", id);
    if (!err)
        err = insert_choices(tx, id, choices, count);
    return err ? err : itg__attribute_values_ok(tx, id, type);
}

static itg_error_t update(struct itg__tx *tx, int64_t id, const char *name, itg_overwrite_t overwrite,
                          const char *const *choices, size_t count)
{
    itg_attribute_type_t type = 0;
    struct itg__trail trail;
    itg_error_t err = load_type(tx, id, &type);
    if (err)
        return err;
    err = itg__audit_before(tx, &trail, ITG__AUDIT_ATTRIBUTE, id);
    if (!err && choices)
        err = replace_choices(tx, id, type, choices, count);
    if (!err && name)
        err = itg__run(tx, "UPDATE attribute SET name = $2 WHERE id = $1", "is", id, name);
    if (!err && overwrite)
        err = itg__run(tx, "UPDATE attribute SET overwrite = $2 WHERE id = $1", "ii", id, (int64_t)overwrite);
    return itg__audit_after(tx, &trail, err);
}

itg_error_t itg_attribute_update(itg_t *itg, int64_t id, const char *name, itg_overwrite_t overwrite,
                                 const char *const *choices, size_t count, itg_failure_t *failure)
{
    struct itg__tx tx;
    itg_error_t err = itg__need(choices || count == 0, "choices", failure);
    if (!err && name && !itg__name_ok(name))
        err = itg__fail(failure, ITG_E_INVALID_NAME, NULL);
    if (!err && overwrite && !*itg_overwrite_name(overwrite))
        err = itg__fail_detail(failure, ITG_E_INVALID_BODY, "the overwrite rule is not valid");
    if (!err)
        err = itg__begin_write(itg, __func__, ITG__RIGHT_WRITE, &tx, failure);
    return err ? err : itg__end(&tx, update(&tx, id, name, overwrite, choices, count));
}

itg_error_t itg_attribute_delete(itg_t *itg, int64_t id, itg_failure_t *failure)
{
    struct itg__tx tx;
    itg_attribute_type_t type = 0;
    itg_error_t err = itg__begin_write(itg, __func__, ITG__RIGHT_WRITE, &tx, failure);
    if (err)
        return err;
    err = load_type(&tx, id, &type);
    if (!err)
        err = itg__audit_deleted(&tx, ITG__AUDIT_ATTRIBUTE, id);
    if (!err)
        err = itg__run(&tx, "DELETE FROM attribute_value WHERE attribute_id = $1", "i", id);
    if (!err)
        err = itg__run(&tx, "DELETE FROM attribute_choice WHERE attribute_id = $1", "i", id);
    if (!err)
        err = itg__run(&tx, "DELETE FROM attribute WHERE id = $1", "i", id);
    return itg__end(&tx, err);
}

itg_error_t itg_attribute_by_identifier(itg_t *itg, const char *identifier, itg_attribute_t **ret_attribute,
                                        itg_failure_t *failure)
{
    struct itg__tx tx;
    struct itg__query q;
    itg_attribute_t *attribute = NULL;
    itg_error_t err = itg__need(identifier && ret_attribute, "identifier or ret_attribute", failure);
    if (!err)
        err = itg__begin_read(itg, __func__, ITG__RIGHT_READ, &tx, failure);
    if (err)
        return err;
    itg__query(&tx, &q, "SELECT " ITG__ATTRIBUTE_COLUMNS " FROM attribute WHERE identifier = $1", "s",
               identifier);
    err = itg__end(&tx, take_one(&q, identifier, &attribute));
    if (!err)
        *ret_attribute = attribute;
    return err;
}

void itg_attribute_free(itg_attribute_t *attribute)
{
    free(attribute);
}

itg_error_t itg_attribute_each(itg_t *itg, int64_t after_id, itg_attribute_fn fn, void *ctx,
                               itg_failure_t *failure)
{
    struct itg__tx tx;
    struct itg__query q;
    bool more = true;
    itg_error_t err = itg__need(fn != NULL, "fn", failure);
    if (!err)
        err = itg__begin_read(itg, __func__, ITG__RIGHT_READ, &tx, failure);
    if (err)
        return err;
    itg__query(&tx, &q, "SELECT " ITG__ATTRIBUTE_COLUMNS " FROM attribute WHERE id > $1 ORDER BY id", "i",
               after_id);
    while (more && itg__next(&q)) {
        itg_attribute_t attribute = itg__attribute_read(&q);
        more = !q.err && fn(ctx, &attribute) == 0;
    }
    return itg__end(&tx, itg__done(&q));
}

itg_error_t itg__attribute_choices(struct itg__tx *tx, int64_t id, itg_attribute_choice_fn fn, void *ctx)
{
    struct itg__query q;
    bool more = true;
    itg__query(tx, &q, "SELECT value FROM attribute_choice WHERE attribute_id = $1 ORDER BY position", "i",
               id);
    while (more && itg__next(&q)) {
        const char *choice = itg__text(&q, 0);
        more = !q.err && fn(ctx, choice) == 0;
    }
    return itg__done(&q);
}

itg_error_t itg_attribute_choices(itg_t *itg, int64_t id, itg_attribute_choice_fn fn, void *ctx,
                                  itg_failure_t *failure)
{
    struct itg__tx tx;
    itg_attribute_type_t type = 0;
    itg_error_t err = itg__need(fn != NULL, "fn", failure);
    if (!err)
        err = itg__begin_read(itg, __func__, ITG__RIGHT_READ, &tx, failure);
    if (err)
        return err;
    err = load_type(&tx, id, &type);
    return itg__end(&tx, err ? err : itg__attribute_choices(&tx, id, fn, ctx));
}
