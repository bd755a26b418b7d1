/* Values of device attributes: what fits, who may set them, and how they are written. */
#include "core/access.h"
#include "core/attribute.h"
#include "core/audit.h"
#include <inttypes.h>
#include <string.h>

#define PREFIX "deviceAttributes."

const char *itg__attribute_key(const char *key)
{
    return strncmp(key, PREFIX, sizeof PREFIX - 1) == 0 ? key + sizeof PREFIX - 1 : NULL;
}

/* The type and rule of a definition. */
struct definition {
    int64_t id;
    itg_attribute_type_t type;
    itg_overwrite_t overwrite;
};

static itg_error_t refuse(struct itg__tx *tx, const char *identifier, const char *why)
{
    return itg__fail_detail(tx->failure, ITG_E_INVALID_BODY, PREFIX "%.*s %s", ITG_LIMIT_IDENTIFIER,
                            identifier, why);
}

static size_t count_digits(const char *text)
{
    return strspn(text, "0123456789");
}

/* -?[0-9]+(\.[0-9]+)? */
static bool is_number(const char *text)
{
    text += *text == '-';
    size_t whole = count_digits(text);
    if (whole == 0 || text[whole] == '\0')
        return whole > 0;
    size_t fraction = text[whole] == '.' ? count_digits(text + whole + 1) : 0;
    return fraction > 0 && text[whole + 1 + fraction] == '\0';
}

static int days_in(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return month == 2 && leap ? 29 : days[month - 1];
}

static int to_int(const char *digits, int count)
{
    int value = 0;
    for (int i = 0; i < count; i++)
        value = value * 10 + (digits[i] - '0');
    return value;
}

/* yyyy-mm-dd, a day of the calendar. */
static bool is_date(const char *text)
{
    if (strlen(text) != 10 || count_digits(text) != 4 || text[4] != '-' || count_digits(text + 5) != 2 ||
        text[7] != '-' || count_digits(text + 8) != 2)
        return false;
    int year = to_int(text, 4), month = to_int(text + 5, 2), day = to_int(text + 8, 2);
    return year >= 1 && month >= 1 && month <= 12 && day >= 1 && day <= days_in(year, month);
}

static itg_error_t is_choice(struct itg__tx *tx, int64_t id, const char *value, bool *ret_fits)
{
    int64_t position = 0;
    return itg__lookup(tx, ret_fits, &position,
                       "SELECT position FROM attribute_choice WHERE attribute_id = $1 AND value = $2", "is",
                       id, value);
}

static itg_error_t fits(struct itg__tx *tx, int64_t id, itg_attribute_type_t type, const char *value,
                        bool *ret_fits)
{
    *ret_fits = itg__text_fits(value, ITG_LIMIT_ATTRIBUTE);
    if (!*ret_fits)
        return ITG_OK;
    switch (type) {
    case ITG_ATTRIBUTE_STRING:
        break;
    case ITG_ATTRIBUTE_NUMBER:
        *ret_fits = is_number(value);
        break;
    case ITG_ATTRIBUTE_DATE:
        *ret_fits = is_date(value);
        break;
    case ITG_ATTRIBUTE_RANGE:
        return is_choice(tx, id, value, ret_fits);
    }
    return ITG_OK;
}

static itg_error_t find(struct itg__tx *tx, const char *identifier, struct definition *ret_definition)
{
    struct itg__query q;
    itg__query(tx, &q, "SELECT id, type, overwrite FROM attribute WHERE identifier = $1", "s", identifier);
    bool found = itg__next(&q);
    if (found)
        *ret_definition = (struct definition){itg__int(&q, 0), (itg_attribute_type_t)itg__int(&q, 1),
                                              (itg_overwrite_t)itg__int(&q, 2)};
    itg_error_t err = itg__done(&q);
    return err || found ? err : refuse(tx, identifier, "is not defined");
}

static bool may_set(itg_overwrite_t overwrite, enum itg__setter setter)
{
    switch (setter) {
    case ITG__BY_SERVER:
        return overwrite != ITG_OVERWRITE_DEVICES;
    case ITG__BY_DEVICE:
        return overwrite != ITG_OVERWRITE_SERVER;
    case ITG__BY_IMPORT:
        return true;
    }
    return false;
}

itg_error_t itg__attribute_store(struct itg__tx *tx, int64_t thinclient_id, int64_t id, const char *value)
{
    if (*value == '\0')
        return itg__run(tx, "DELETE FROM attribute_value WHERE thinclient_id = $1 AND attribute_id = $2",
                        "ii", thinclient_id, id);
    return itg__run(tx,
                    "INSERT INTO attribute_value(thinclient_id, attribute_id, value) VALUES($1, $2, $3)"
                    " ON CONFLICT(thinclient_id, attribute_id) DO UPDATE SET value = excluded.value",
                    "iis", thinclient_id, id, value);
}

itg_error_t itg__attribute_set(struct itg__tx *tx, int64_t thinclient_id, const char *identifier,
                               const char *value, enum itg__setter setter)
{
    struct definition definition = {0};
    bool ok = true;
    if (!itg__text_fits(identifier, ITG_LIMIT_IDENTIFIER))
        return itg__fail_detail(tx->failure, ITG_E_INVALID_BODY, "the identifier of a device attribute");
    itg_error_t err = find(tx, identifier, &definition);
    if (err)
        return err;
    if (!may_set(definition.overwrite, setter))
        return refuse(tx, identifier,
                      setter == ITG__BY_SERVER ? "is set by devices only" : "is set by the server only");
    if (*value)
        err = fits(tx, definition.id, definition.type, value, &ok);
    if (!err && !ok)
        err = refuse(tx, identifier, "does not take this value");
    return err ? err : itg__attribute_store(tx, thinclient_id, definition.id, value);
}

itg_error_t itg__attributes_set(struct itg__tx *tx, int64_t thinclient_id, const itg_value_t *values,
                                size_t count)
{
    itg_error_t err = ITG_OK;
    for (size_t i = 0; !err && i < count; i++) {
        const char *identifier = itg__attribute_key(values[i].key);
        if (identifier && values[i].value)
            err = itg__attribute_set(tx, thinclient_id, identifier, values[i].value, ITG__BY_SERVER);
    }
    return err;
}

static itg_error_t report(struct itg__tx *tx, int64_t thinclient_id, const char *identifier,
                          const char *value)
{
    struct itg__object object;
    struct itg__trail trail;
    itg_error_t err =
        itg__object_reach_live(tx, ITG_TYPE_THINCLIENT, thinclient_id, ITG_RIGHT_WRITE, &object);
    if (err)
        return err;
    err = itg__audit_before(tx, &trail, ITG__AUDIT_ATTRIBUTE_VALUES, thinclient_id);
    if (!err)
        err = itg__attribute_set(tx, thinclient_id, identifier, value, ITG__BY_DEVICE);
    return itg__audit_after(tx, &trail, err);
}

itg_error_t itg_attribute_report(itg_t *itg, int64_t thinclient_id, const char *identifier, const char *value,
                                 itg_failure_t *failure)
{
    struct itg__tx tx;
    itg_error_t err = itg__need(identifier && value, "identifier or value", failure);
    if (!err)
        err = itg__begin_write(itg, __func__, ITG__RIGHT_OBJECT, &tx, failure);
    return err ? err : itg__end(&tx, report(&tx, thinclient_id, identifier, value));
}

/* Walks the different values, of which there may be few for many thin clients. */
itg_error_t itg__attribute_values_ok(struct itg__tx *tx, int64_t id, itg_attribute_type_t type)
{
    struct itg__query q;
    bool ok = true;
    itg_error_t err = ITG_OK;
    itg__query(tx, &q, "SELECT DISTINCT value FROM attribute_value WHERE attribute_id = $1 ORDER BY value",
               "i", id);
    while (!err && ok && itg__next(&q)) {
        const char *value = itg__text(&q, 0);
        err = q.err ? q.err : fits(tx, id, type, value, &ok);
    }
    itg_error_t done = itg__done(&q);
    if (!err)
        err = done;
    return err || ok ? err
                     : itg__fail_detail(tx->failure, ITG_E_INVALID_BODY,
                                        "a thin client has a value that is not allowed");
}

itg_error_t itg__attribute_values(struct itg__tx *tx, int64_t thinclient_id, itg_attribute_value_fn fn,
                                  void *ctx)
{
    struct itg__query q;
    bool more = true;
    itg__query(
        tx, &q,
        "SELECT a.id, a.identifier, a.name, a.type, a.overwrite, v.value FROM attribute_value v"
        " JOIN attribute a ON a.id = v.attribute_id WHERE v.thinclient_id = $1 ORDER BY v.attribute_id",
        "i", thinclient_id);
    while (more && itg__next(&q)) {
        itg_attribute_t attribute = itg__attribute_read(&q);
        const char *value = itg__text(&q, 5);
        more = !q.err && fn(ctx, &attribute, value) == 0;
    }
    return itg__done(&q);
}

itg_error_t itg_attribute_values(itg_t *itg, int64_t thinclient_id, itg_attribute_value_fn fn, void *ctx,
                                 itg_failure_t *failure)
{
    struct itg__tx tx;
    struct itg__object object;
    itg_error_t err = itg__need(fn != NULL, "fn", failure);
    if (!err)
        err = itg__begin_read(itg, __func__, ITG__RIGHT_READ, &tx, failure);
    if (err)
        return err;
    err = itg__object_reach(&tx, ITG_TYPE_THINCLIENT, thinclient_id, ITG_RIGHT_READ, &object);
    return itg__end(&tx, err ? err : itg__attribute_values(&tx, thinclient_id, fn, ctx));
}

/* A JSON list being written. */
struct list {
    struct itg__tx *tx;
    struct itg__buf *buf;
    const char *before;
    bool begun;
    bool full;
    itg_error_t err;
};

static void begin_item(struct list *list)
{
    itg__buf_str(list->buf, list->begun ? "," : list->before);
    if (!list->begun)
        itg__buf_char(list->buf, '[');
    list->begun = true;
}

static void put_text(struct itg__buf *buf, const char *lead, const char *text)
{
    itg__buf_str(buf, lead);
    itg__buf_json(buf, text);
}

static int32_t put_choice(void *ctx, const char *choice)
{
    struct list *list = ctx;
    begin_item(list);
    itg__buf_json(list->buf, choice);
    return 0;
}

itg_error_t itg__choices_json(struct itg__tx *tx, struct itg__buf *buf, const char *before, int64_t id)
{
    struct list list = {.tx = tx, .buf = buf, .before = before};
    itg_error_t err = itg__attribute_choices(tx, id, put_choice, &list);
    if (list.begun)
        itg__buf_char(buf, ']');
    return err;
}

static int32_t put_value(void *ctx, const itg_attribute_t *attribute, const char *value)
{
    struct list *list = ctx;
    begin_item(list);
    if (list->full)
        put_text(list->buf, "{\"name\":", attribute->name);
    put_text(list->buf, list->full ? ",\"identifier\":" : "{\"identifier\":", attribute->identifier);
    put_text(list->buf, ",\"value\":", value);
    if (list->full)
        put_text(list->buf, ",\"type\":", itg_attribute_type_name(attribute->type));
    if (list->full && attribute->type == ITG_ATTRIBUTE_RANGE)
        list->err = itg__choices_json(list->tx, list->buf, ",\"allowedValues\":", attribute->id);
    itg__buf_char(list->buf, '}');
    return list->err != ITG_OK;
}

itg_error_t itg__attributes_json(struct itg__tx *tx, struct itg__buf *buf, const char *before,
                                 int64_t thinclient_id, bool full)
{
    struct list list = {.tx = tx, .buf = buf, .before = before, .full = full};
    itg_error_t err = itg__attribute_values(tx, thinclient_id, put_value, &list);
    if (list.begun) {
        itg__buf_char(buf, ']');
    } else if (full) {
        itg__buf_str(buf, before);
        itg__buf_str(buf, "[]");
    }
    return list.err ? list.err : err;
}
