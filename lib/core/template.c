#include "core/template.h"
#include "core/audit.h"
#include "core/object.h"
#include "core/revision.h"
#include "core/text.h"
#include <inttypes.h>
#include <jansson.h>
#include <string.h>

const char *const itg__static_keys[ITG__STATIC_KEYS_COUNT] = {
#define NAME(name) [ITG__STATIC_##name] = #name,
    ITG__STATIC_KEYS(NAME)
#undef NAME
};

static const char *const type_names[] = {
    [ITG_TEMPLATE_STRING] = "StringType",
    [ITG_TEMPLATE_INTEGER] = "IntegerType",
    [ITG_TEMPLATE_FLOAT] = "FloatType",
    [ITG_TEMPLATE_BOOLEAN] = "BooleanType",
};

enum { TYPES = sizeof type_names / sizeof *type_names };

const char *itg_template_type_name(itg_template_type_t type)
{
    return itg__name_of(type_names, TYPES, type);
}

itg_template_type_t itg_template_type_from_name(const char *name)
{
    return (itg_template_type_t)itg__value_of(type_names, TYPES, name, 0);
}

static itg_error_t invalid(itg_failure_t *failure, const char *why)
{
    return itg__fail_detail(failure, ITG_E_INVALID_BODY, "%s", why);
}

itg_error_t itg__template_key_ok(const char *name, itg_template_type_t type, itg_failure_t *failure)
{
    if (!itg__name_ok(name) || name[strcspn(name, "{}$\"\\")] != '\0')
        return invalid(failure, "name is not valid");
    for (size_t i = 0; i < ITG__STATIC_KEYS_COUNT; i++)
        if (strcmp(itg__static_keys[i], name) == 0)
            return invalid(failure, "name is that of a static key");
    if (*itg_template_type_name(type) == '\0')
        return invalid(failure, "type is none of template keys");
    return ITG_OK;
}

/* What JSON's grammar calls a number, and a double can hold. */
static bool is_number(const char *text)
{
    if (*text == '\0' || text[strspn(text, "0123456789+-.eE")] != '\0')
        return false;
    json_t *value = json_loads(text, JSON_DECODE_ANY | JSON_DECODE_INT_AS_REAL, NULL);
    bool number = json_is_number(value);
    json_decref(value);
    return number;
}

static bool fits(itg_template_type_t type, const char *text)
{
    int64_t number = 0;
    switch (type) {
    case ITG_TEMPLATE_STRING:
        return true;
    case ITG_TEMPLATE_INTEGER:
        return itg__parse_int(text, &number) == ITG_OK;
    case ITG_TEMPLATE_FLOAT:
        return is_number(text);
    case ITG_TEMPLATE_BOOLEAN:
        return strcmp(text, "true") == 0 || strcmp(text, "false") == 0;
    }
    return false;
}

itg_error_t itg__template_value_ok(itg_template_type_t type, const char *value, const char *description,
                                   itg_failure_t *failure)
{
    if (!itg__text_ok(value))
        return invalid(failure, "value is not valid");
    if (!itg__text_ok(description))
        return invalid(failure, "description is not valid");
    if (!fits(type, value))
        return itg__fail_detail(failure, ITG_E_INVALID_BODY, "value is no %s", itg_template_type_name(type));
    return ITG_OK;
}

itg_error_t itg__template_key_insert(struct itg__tx *tx, const itg_template_key_t *key)
{
    return itg__run(tx, "INSERT INTO template_key(id, name, type, parent_id) VALUES($1, $2, $3, $4)", "isii",
                    key->id, key->name, (int64_t)key->type, key->parent_id);
}

itg_error_t itg__template_value_insert(struct itg__tx *tx, const itg_template_value_t *value)
{
    return itg__run(tx, "INSERT INTO template_value(id, key_id, value, description) VALUES($1, $2, $3, $4)",
                    "iiss", value->id, value->key_id, value->value, value->description);
}

/* The type of a key. */
static itg_error_t load_key(struct itg__tx *tx, int64_t id, itg_template_type_t *ret_type)
{
    bool found = false;
    int64_t type = 0;
    itg_error_t err = itg__lookup(tx, &found, &type, "SELECT type FROM template_key WHERE id = $1", "i", id);
    if (!err && !found)
        err = itg__fail_detail(tx->failure, ITG_E_NO_HANDLER, "no template key has id %" PRId64, id);
    if (!err)
        *ret_type = (itg_template_type_t)type;
    return err;
}

static itg_error_t create_key(struct itg__tx *tx, itg_template_key_t *key)
{
    bool found = key->parent_id == ITG_ROOT_TEMPLATES;
    int64_t parent = 0;
    itg_error_t err = found ? ITG_OK
                            : itg__lookup(tx, &found, &parent, "SELECT id FROM template_key WHERE id = $1",
                                          "i", key->parent_id);
    if (!err && !found)
        err = itg__fail_id(tx->failure, ITG_E_PARENT_NOT_FOUND, key->parent_id);
    if (!err)
        err = itg__next_id(tx, "object", &key->id);
    if (!err)
        err = itg__template_key_insert(tx, key);
    return err ? err : itg__audit_created(tx, ITG__AUDIT_TEMPLATE_KEY, key->id);
}

itg_error_t itg_template_key_create(itg_t *itg, const char *name, itg_template_type_t type, int64_t parent_id,
                                    int64_t *ret_id, itg_failure_t *failure)
{
    struct itg__tx tx;
    itg_template_key_t key = {0, name, type, parent_id};
    itg_error_t err = itg__template_key_ok(name, type, failure);
    if (!err)
        err = itg__begin_write(itg, __func__, ITG__RIGHT_WRITE, &tx, failure);
    if (err)
        return err;
    err = itg__end(&tx, create_key(&tx, &key));
    if (!err && ret_id)
        *ret_id = key.id;
    return err;
}

static itg_error_t delete_key(struct itg__tx *tx, int64_t id)
{
    static const char *const statements[] = {
        "DELETE FROM template_assignment WHERE key_id = $1",
        "DELETE FROM template_value WHERE key_id = $1",
        ("UPDATE template_key SET parent_id = (SELECT k.parent_id FROM template_key k WHERE k.id = $1)"
         " WHERE parent_id = $1"),
        "DELETE FROM template_key WHERE id = $1",
    };
    itg_template_type_t type;
    itg_error_t err = load_key(tx, id, &type);
    if (!err)
        err = itg__audit_deleted(tx, ITG__AUDIT_TEMPLATE_KEY, id);
    if (!err)
        err = itg__revision_touch_template_key(tx, id);
    for (size_t i = 0; !err && i < sizeof statements / sizeof *statements; i++)
        err = itg__run(tx, statements[i], "i", id);
    return err;
}

itg_error_t itg_template_key_delete(itg_t *itg, int64_t id, itg_failure_t *failure)
{
    struct itg__tx tx;
    itg_error_t err = itg__begin_write(itg, __func__, ITG__RIGHT_WRITE, &tx, failure);
    return err ? err : itg__end(&tx, delete_key(&tx, id));
}

static itg_template_key_t read_key(struct itg__query *q)
{
    itg_template_key_t key = {
        itg__int(q, 0), itg__text(q, 1),
        (itg_template_type_t)itg__int_within(q, 2, ITG_TEMPLATE_STRING, ITG_TEMPLATE_BOOLEAN),
        itg__int(q, 3)};
    return key;
}

itg_error_t itg_template_key_get(itg_t *itg, int64_t id, itg_template_key_fn fn, void *ctx,
                                 itg_failure_t *failure)
{
    struct itg__tx tx;
    struct itg__query q;
    itg_error_t err = itg__need(fn != NULL, "fn", failure);
    if (!err)
        err = itg__begin_read(itg, __func__, ITG__RIGHT_READ, &tx, failure);
    if (err)
        return err;
    itg__query(&tx, &q, "SELECT id, name, type, parent_id FROM template_key WHERE id = $1", "i", id);
    bool found = itg__next(&q);
    if (found) {
        itg_template_key_t key = read_key(&q);
        if (!q.err)
            fn(ctx, &key);
    }
    err = itg__done(&q);
    if (!err && !found)
        err = itg__fail_detail(failure, ITG_E_NO_HANDLER, "no template key has id %" PRId64, id);
    return itg__end(&tx, err);
}

itg_error_t itg_template_key_each(itg_t *itg, int64_t after_id, itg_template_key_fn fn, void *ctx,
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
    itg__query(&tx, &q, "SELECT id, name, type, parent_id FROM template_key WHERE id > $1 ORDER BY id", "i",
               after_id);
    while (more && itg__next(&q)) {
        itg_template_key_t key = read_key(&q);
        more = !q.err && fn(ctx, &key) == 0;
    }
    return itg__end(&tx, itg__done(&q));
}

static itg_error_t create_value(struct itg__tx *tx, itg_template_value_t *value)
{
    itg_error_t err = load_key(tx, value->key_id, &value->type);
    if (!err)
        err = itg__template_value_ok(value->type, value->value, value->description, tx->failure);
    if (!err)
        err = itg__next_id(tx, "object", &value->id);
    if (!err)
        err = itg__template_value_insert(tx, value);
    return err ? err : itg__audit_created(tx, ITG__AUDIT_TEMPLATE_VALUE, value->id);
}

itg_error_t itg_template_value_create(itg_t *itg, int64_t key_id, const char *value, const char *description,
                                      int64_t *ret_id, itg_failure_t *failure)
{
    struct itg__tx tx;
    itg_template_value_t row = {
        .value = value, .description = description ? description : "", .key_id = key_id};
    itg_error_t err = itg__begin_write(itg, __func__, ITG__RIGHT_WRITE, &tx, failure);
    if (err)
        return err;
    err = itg__end(&tx, create_value(&tx, &row));
    if (!err && ret_id)
        *ret_id = row.id;
    return err;
}

/* The type of a value's key. */
static itg_error_t load_value(struct itg__tx *tx, int64_t id, itg_template_type_t *ret_type)
{
    bool found = false;
    int64_t type = 0;
    itg_error_t err = itg__lookup(tx, &found, &type,
                                  "SELECT k.type FROM template_value v JOIN template_key k ON k.id = v.key_id"
                                  " WHERE v.id = $1",
                                  "i", id);
    if (!err && !found)
        err = itg__fail_detail(tx->failure, ITG_E_NO_HANDLER, "no template value has id %" PRId64, id);
    if (!err)
        *ret_type = (itg_template_type_t)type;
    return err;
}

static itg_error_t update_value(struct itg__tx *tx, int64_t id, const char *value, const char *description)
{
    itg_template_type_t type;
    struct itg__trail trail;
    itg_error_t err = load_value(tx, id, &type);
    if (err)
        return err;
    err = itg__audit_before(tx, &trail, ITG__AUDIT_TEMPLATE_VALUE, id);
    if (!err)
        err = itg__template_value_ok(value ? type : ITG_TEMPLATE_STRING, value ? value : "",
                                     description ? description : "", tx->failure);
    if (!err && value)
        err = itg__run(tx, "UPDATE template_value SET value = $2 WHERE id = $1", "is", id, value);
    if (!err && description)
        err = itg__run(tx, "UPDATE template_value SET description = $2 WHERE id = $1", "is", id, description);
    if (!err && value)
        err = itg__revision_touch_template(tx, id);
    return itg__audit_after(tx, &trail, err);
}

itg_error_t itg_template_value_update(itg_t *itg, int64_t id, const char *value, const char *description,
                                      itg_failure_t *failure)
{
    struct itg__tx tx;
    itg_error_t err = itg__begin_write(itg, __func__, ITG__RIGHT_WRITE, &tx, failure);
    return err ? err : itg__end(&tx, update_value(&tx, id, value, description));
}

static itg_error_t delete_value(struct itg__tx *tx, int64_t id)
{
    itg_template_type_t type;
    itg_error_t err = load_value(tx, id, &type);
    if (!err)
        err = itg__audit_deleted(tx, ITG__AUDIT_TEMPLATE_VALUE, id);
    if (!err)
        err = itg__revision_touch_template(tx, id);
    if (!err)
        err = itg__run(tx, "DELETE FROM template_assignment WHERE value_id = $1", "i", id);
    return err ? err : itg__run(tx, "DELETE FROM template_value WHERE id = $1", "i", id);
}

itg_error_t itg_template_value_delete(itg_t *itg, int64_t id, itg_failure_t *failure)
{
    struct itg__tx tx;
    itg_error_t err = itg__begin_write(itg, __func__, ITG__RIGHT_WRITE, &tx, failure);
    return err ? err : itg__end(&tx, delete_value(&tx, id));
}

static itg_error_t walk_values(struct itg__tx *tx, int64_t key_id, itg_template_value_fn fn, void *ctx)
{
    struct itg__query q;
    bool more = true;
    itg__query(tx, &q,
               "SELECT v.id, v.value, v.description, k.id, k.name, k.type FROM template_key k"
               " JOIN template_value v ON v.key_id = k.id WHERE k.id = $1 ORDER BY v.id",
               "i", key_id);
    while (more && itg__next(&q)) {
        itg_template_value_t value = {
            itg__int(&q, 0),
            itg__text(&q, 1),
            itg__text(&q, 2),
            itg__int(&q, 3),
            itg__text(&q, 4),
            (itg_template_type_t)itg__int_within(&q, 5, ITG_TEMPLATE_STRING, ITG_TEMPLATE_BOOLEAN)};
        more = !q.err && fn(ctx, &value) == 0;
    }
    return itg__done(&q);
}

itg_error_t itg_template_value_each(itg_t *itg, int64_t key_id, itg_template_value_fn fn, void *ctx,
                                    itg_failure_t *failure)
{
    struct itg__tx tx;
    itg_template_type_t type;
    itg_error_t err = itg__need(fn != NULL, "fn", failure);
    if (!err)
        err = itg__begin_read(itg, __func__, ITG__RIGHT_READ, &tx, failure);
    if (err)
        return err;
    err = load_key(&tx, key_id, &type);
    return itg__end(&tx, err ? err : walk_values(&tx, key_id, fn, ctx));
}
