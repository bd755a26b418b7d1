#include "core/thinclient.h"
#include "core/access.h"
#include "core/attribute.h"
#include "core/audit.h"
#include "core/firmware.h"
#include "core/listing.h"
#include "core/presence.h"
#include "core/revision.h"
#include <stdlib.h>
#include <string.h>

/* Lists of columns, made from the table: by facet and access of each property. */
#define OWN(member)                                               "t." #member ", "
#define SHORT_HEAD_CREATE(member)                                 OWN(member)
#define SHORT_HEAD_UPDATE(member)                                 OWN(member)
#define SHORT_DETAIL_UPDATE(member)                               ""
#define SHORT_DETAIL_DEVICE(member)                               ""
#define SHORT_TAIL_DEVICE(member)                                 OWN(member)
#define SHORT_TAIL_TREE(member)                                   ""
#define DETAILS_HEAD_CREATE(member)                               OWN(member)
#define DETAILS_HEAD_UPDATE(member)                               OWN(member)
#define DETAILS_DETAIL_UPDATE(member)                             OWN(member)
#define DETAILS_DETAIL_DEVICE(member)                             OWN(member)
#define DETAILS_TAIL_DEVICE(member)                               OWN(member)
#define DETAILS_TAIL_TREE(member)                                 ""
#define SHORT_COLUMN(member, kind, key, facet, access, initial)   SHORT_##facet##_##access(member)
#define DETAILS_COLUMN(member, kind, key, facet, access, initial) DETAILS_##facet##_##access(member)

/* The TREE properties are the last of the table and stand in the object's row. */
#define TREE_COLUMNS "t.id, o.name, o.parent_id, o.bin_id IS NOT NULL"
#define FROM_BOTH    " FROM thinclient t JOIN object o ON o.id = t.id"
#define SHORT_LIST   ITG_THINCLIENT_PROPERTIES(SHORT_COLUMN) TREE_COLUMNS
#define SELECT_SHORT "SELECT " SHORT_LIST FROM_BOTH
/* With two more columns for itg__thinclient_revise(). */
#define DETAILS_LIST ITG_THINCLIENT_PROPERTIES(DETAILS_COLUMN) TREE_COLUMNS ", r.value, coalesce(c.value, -1)"
#define DETAILS_JOIN                              \
    " LEFT JOIN revision r ON r.object_id = t.id" \
    " LEFT JOIN confirmation c ON c.thinclient_id = t.id"
#define SELECT_DETAILS                                      "SELECT " DETAILS_LIST FROM_BOTH DETAILS_JOIN

#define IS_SHORT(member, kind, key, facet, access, initial) +(ITG_FACET_##facet != ITG_FACET_DETAIL)
enum { SHORT_COUNT = 0 ITG_THINCLIENT_PROPERTIES(IS_SHORT), TREE_COUNT = 4 };
#undef IS_SHORT

const struct itg__thinclient_source *itg__thinclient_source(itg_extent_t extent)
{
    static const struct itg__thinclient_source short_source = {SHORT_LIST, "", SHORT_COUNT,
                                                               SHORT_COUNT - TREE_COUNT};
    static const struct itg__thinclient_source details_source = {
        DETAILS_LIST, DETAILS_JOIN, ITG__PROPERTIES + 2, ITG__PROPERTIES - TREE_COUNT};
    return extent == ITG_EXTENT_SHORT ? &short_source : &details_source;
}

void itg__thinclient_query(struct itg__tx *tx, struct itg__query *q, itg_extent_t extent, int64_t after_id)
{
    const char *sql = extent == ITG_EXTENT_SHORT ? SELECT_SHORT " WHERE t.id > $1 ORDER BY t.id"
                                                 : SELECT_DETAILS " WHERE t.id > $1 ORDER BY t.id";
    itg__query(tx, q, sql, "i", after_id);
}

void itg__thinclient_query_one(struct itg__tx *tx, struct itg__query *q, int64_t id)
{
    itg__query(tx, q, SELECT_DETAILS " WHERE t.id = $1", "i", id);
}

#define READ_TEXT(q, column)   itg__text(q, column)
#define READ_ID(q, column)     itg__int(q, column)
#define READ_COUNT(q, column)  itg__int(q, column)
#define READ_INT(q, column)    itg__int(q, column)
#define READ_REAL(q, column)   itg__real(q, column)
#define READ_BOOL(q, column)   (itg__int(q, column) != 0)
#define READ_MINUTE(q, column) itg__int(q, column)
#define READ_MILLIS(q, column) itg__int(q, column)
#define READ_SECOND(q, column) itg__int(q, column)

/* Written out line by line: a list reads millions of columns. */
void itg__thinclient_read(struct itg__query *q, itg_extent_t extent, itg_thinclient_t *ret_tc)
{
    int column = 0;
    bool details = extent != ITG_EXTENT_SHORT;
    *ret_tc = itg__thinclient_defaults;
#define READ(member, kind, key, facet, access, initial)   \
    if (details || ITG_FACET_##facet != ITG_FACET_DETAIL) \
        ret_tc->member = READ_##kind(q, column++);
    ITG_THINCLIENT_PROPERTIES(READ)
#undef READ
    if (details)
        ret_tc->last_contact = itg__presence_contact(q->tx->fleet, ret_tc->id, ret_tc->last_contact);
}

itg_error_t itg__thinclient_revise(struct itg__revisions *revisions, struct itg__query *q,
                                   itg_thinclient_t *tc)
{
    if (q->err)
        return q->err;
    return itg__revision_state(revisions, itg__int(q, ITG__PROPERTIES), itg__int(q, ITG__PROPERTIES + 1),
                               tc->parent_id, tc->config_changes, &tc->config_changes);
}

void itg__property_bind(struct itg__query *q, int index, const itg_property_t *property, union itg__slot slot)
{
    switch (itg__form_of(property->kind)) {
    case ITG__FORM_TEXT:
        itg__bind_text(q, index, slot.text);
        break;
    case ITG__FORM_NUMBER:
        itg__bind_int(q, index, slot.number);
        break;
    case ITG__FORM_REAL:
        itg__bind_real(q, index, slot.real);
        break;
    case ITG__FORM_FLAG:
        itg__bind_int(q, index, slot.flag != 0);
        break;
    }
}

static void bind_property(struct itg__query *q, int index, const itg_property_t *property,
                          const itg_thinclient_t *tc)
{
    itg__property_bind(q, index, property, itg__property_get(tc, property));
}

/* "INSERT INTO thinclient(id, unit_id, ...) VALUES($1, $2, ...)" */
static void build_insert(struct itg__buf *sql)
{
    int count = 1;
    itg__buf_str(sql, "INSERT INTO thinclient(id");
    for (size_t i = 0; i < ITG__PROPERTIES; i++) {
        if (itg__properties[i].access == ITG_ACCESS_TREE)
            continue;
        itg__buf_str(sql, ", ");
        itg__buf_str(sql, itg__properties[i].column);
        count++;
    }
    itg__buf_str(sql, ") VALUES($1");
    for (int i = 2; i <= count; i++) {
        itg__buf_str(sql, ", $");
        itg__buf_int(sql, i);
    }
    itg__buf_add(sql, ")", sizeof ")");
}

/* "UPDATE thinclient SET last_ip = coalesce($2, last_ip), ... WHERE id = $1": NULL leaves a property alone.
 */
static void build_update(struct itg__buf *sql)
{
    int count = 1;
    itg__buf_str(sql, "UPDATE thinclient SET ");
    for (size_t i = 0; i < ITG__PROPERTIES; i++) {
        const char *column = itg__properties[i].column;
        if (itg__properties[i].access != ITG_ACCESS_UPDATE)
            continue;
        itg__buf_str(sql, count++ > 1 ? ", " : "");
        itg__buf_str(sql, column);
        itg__buf_str(sql, " = coalesce($");
        itg__buf_int(sql, count);
        itg__buf_str(sql, ", ");
        itg__buf_str(sql, column);
        itg__buf_str(sql, ")");
    }
    itg__buf_add(sql, " WHERE id = $1", sizeof " WHERE id = $1");
}

itg_error_t itg__thinclient_sql(struct itg__fleet *fleet, itg_failure_t *failure)
{
    struct itg__buf insert = {0}, update = {0};
    build_insert(&insert);
    build_update(&update);
    fleet->thinclient_insert = insert.data;
    fleet->thinclient_update = update.data;
    return insert.failed || update.failed ? itg__fail(failure, ITG_E_INTERNAL, NULL) : ITG_OK;
}

void itg__thinclient_sql_dispose(struct itg__fleet *fleet)
{
    free(fleet->thinclient_insert);
    free(fleet->thinclient_update);
}

itg_error_t itg__thinclient_insert(struct itg__tx *tx, const itg_thinclient_t *tc)
{
    struct itg__query q;
    int index = 1;
    itg__query_start(tx, &q, tx->fleet->thinclient_insert);
    itg__bind_int(&q, index++, tc->id);
    for (size_t i = 0; i < ITG__PROPERTIES; i++)
        if (itg__properties[i].access != ITG_ACCESS_TREE)
            bind_property(&q, index++, &itg__properties[i], tc);
    itg__next(&q);
    itg_error_t err = itg__done(&q);
    return err ? err : itg__listing_insert(tx, tc);
}

static itg_error_t check_free(struct itg__tx *tx, const char *sql, const char *value, const char *key)
{
    bool taken = false;
    int64_t id = 0;
    itg_error_t err = itg__lookup(tx, &taken, &id, sql, "s", value);
    if (!err && taken)
        err = itg__fail_duplicate(tx->failure, "Insertion of thin client", key, "thinclient");
    return err;
}

itg_error_t itg__thinclient_unique(struct itg__tx *tx, const itg_thinclient_t *tc)
{
    itg_error_t err = check_free(tx, "SELECT id FROM thinclient WHERE mac = $1", tc->mac, "thinclient_mac");
    if (!err)
        err =
            check_free(tx, "SELECT id FROM thinclient WHERE unit_id = $1", tc->unit_id, "thinclient_unit_id");
    return err;
}

itg_error_t itg__thinclient_complete(struct itg__change *change, char name[ITG__MADE_NAME_SIZE],
                                     itg_failure_t *failure)
{
    itg_thinclient_t *tc = &change->values;
    if (!change->set[ITG__PROPERTY_mac])
        return itg__fail(failure, ITG_E_NO_MAC, NULL);
    if (!change->set[ITG__PROPERTY_firmware_id])
        return itg__fail(failure, ITG_E_NO_FIRMWARE, NULL);
    if (*tc->unit_id == '\0')
        tc->unit_id = tc->mac;
    if (*tc->name)
        return ITG_OK;
    memcpy(name, "ITC", 3);
    memcpy(name + 3, change->mac, sizeof change->mac);
    tc->name = name;
    return ITG_OK;
}

/* Takes values of which `allowed` says which properties may be set; anything else is not a property here.
 * Those of device attributes are left to itg__attributes_set(). */
static itg_error_t take_values(struct itg__change *change, const itg_value_t *values, size_t count,
                               bool (*allowed)(const itg_property_t *), itg_failure_t *failure)
{
    size_t hint = 0;
    itg__change_init(change);
    if (!values && count > 0)
        return itg__need(false, "values", failure);
    for (size_t i = 0; i < count; i++) {
        if (values[i].key && itg__attribute_key(values[i].key))
            continue;
        const itg_property_t *property = values[i].key ? itg__property_find(values[i].key, hint) : NULL;
        if (!property || !allowed(property))
            return itg__fail_detail(failure, ITG_E_INVALID_BODY, "%s cannot be set",
                                    values[i].key ? values[i].key : "NULL");
        hint = itg__property_index(property) + 1;
        if (!values[i].value)
            continue;
        itg_error_t err = itg__change_text(change, property, values[i].value, failure);
        if (err)
            return err;
    }
    return ITG_OK;
}

static bool names_any(const itg_value_t *values, size_t count, bool (*allowed)(const itg_property_t *))
{
    for (size_t i = 0; i < count; i++) {
        const itg_property_t *property = values[i].key ? itg__property_find(values[i].key, 0) : NULL;
        if (property && allowed(property))
            return true;
        if (values[i].key && itg__attribute_key(values[i].key))
            return true;
    }
    return false;
}

static bool may_create(const itg_property_t *property)
{
    size_t index = itg__property_index(property);
    return property->access == ITG_ACCESS_CREATE || property->access == ITG_ACCESS_UPDATE ||
           index == ITG__PROPERTY_name || index == ITG__PROPERTY_parent_id;
}

static itg_error_t create(struct itg__tx *tx, itg_thinclient_t *tc)
{
    itg_error_t err = itg__firmware_check(tx, tc->firmware_id);
    if (!err)
        err = itg__parent_check(tx, ITG_TYPE_THINCLIENT, tc->parent_id);
    if (!err)
        err = itg__require_in(tx, tc->parent_id, ITG_RIGHT_WRITE);
    if (!err)
        err = itg__thinclient_unique(tx, tc);
    if (!err)
        err = itg__object_create(tx, ITG_TYPE_THINCLIENT, tc->name, tc->parent_id, &tc->id);
    if (!err)
        err = itg__thinclient_insert(tx, tc);
    return err ? err : itg__revision_touch_reached(tx, tc->id);
}

itg_error_t itg_thinclient_create(itg_t *itg, const itg_value_t *values, size_t count, int64_t *ret_id,
                                  itg_failure_t *failure)
{
    struct itg__tx tx;
    struct itg__change change;
    char name[ITG__MADE_NAME_SIZE];
    itg_error_t err = take_values(&change, values, count, may_create, failure);
    if (!err)
        err = itg__thinclient_complete(&change, name, failure);
    if (!err)
        err = itg__begin_write(itg, __func__, ITG__RIGHT_OBJECT, &tx, failure);
    if (err)
        return err;
    err = create(&tx, &change.values);
    if (!err)
        err = itg__attributes_set(&tx, change.values.id, values, count);
    if (!err)
        err = itg__audit_created(&tx, ITG__AUDIT_THINCLIENT, change.values.id);
    err = itg__end(&tx, err);
    if (!err && ret_id)
        *ret_id = change.values.id;
    return err;
}

static bool may_update(const itg_property_t *property)
{
    return property->access == ITG_ACCESS_UPDATE || itg__property_index(property) == ITG__PROPERTY_name;
}

/* Nothing is set: no property, no device attribute. */
static bool is_empty(const struct itg__change *change, const itg_value_t *values, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (values[i].value && itg__attribute_key(values[i].key))
            return false;

    for (size_t i = 0; i < ITG__PROPERTIES; i++)
        if (change->set[i])
            return false;
    return true;
}

/* Settings may hold the name and the serial number, see itg/setting.h. */
static bool changes_settings(const struct itg__change *change)
{
    return change->set[ITG__PROPERTY_name] || change->set[ITG__PROPERTY_serial_number];
}

/* Of what is in the short form these can be updated. */
static bool changes_form(const struct itg__change *change)
{
    return change->set[ITG__PROPERTY_name] || change->set[ITG__PROPERTY_last_ip];
}

static itg_error_t update(struct itg__tx *tx, int64_t id, const struct itg__change *change)
{
    struct itg__object object;
    struct itg__query q;
    int index = 2;
    itg_error_t err = itg__object_reach_live(tx, ITG_TYPE_THINCLIENT, id, ITG_RIGHT_WRITE, &object);
    if (!err && change->set[ITG__PROPERTY_name])
        err = itg__object_rename(tx, id, change->values.name);
    if (!err && changes_settings(change))
        err = itg__revision_touch_reached(tx, id);
    if (err)
        return err;
    itg__query_start(tx, &q, tx->fleet->thinclient_update);
    itg__bind_int(&q, 1, id);
    for (size_t i = 0; i < ITG__PROPERTIES; i++) {
        if (itg__properties[i].access != ITG_ACCESS_UPDATE)
            continue;
        if (change->set[i])
            bind_property(&q, index, &itg__properties[i], &change->values);
        else
            itg__bind_null(&q, index);
        index++;
    }
    itg__next(&q);
    err = itg__done(&q);
    return err || !changes_form(change) ? err : itg__listing_refresh(tx, id);
}

itg_error_t itg_thinclient_update(itg_t *itg, int64_t id, const itg_value_t *values, size_t count,
                                  itg_failure_t *failure)
{
    struct itg__tx tx;
    struct itg__trail trail;
    struct itg__change change;
    if (values && !names_any(values, count, may_update))
        return itg__fail(failure, ITG_E_NO_VALID_PROPERTY, NULL);
    itg_error_t err = take_values(&change, values, count, may_update, failure);
    if (!err && is_empty(&change, values, count))
        err = itg__fail(failure, ITG_E_NO_VALID_PROPERTY, NULL);
    if (!err && change.set[ITG__PROPERTY_name] && *change.values.name == '\0')
        err = itg__fail(failure, ITG_E_INVALID_NAME, NULL);
    if (!err)
        err = itg__begin_write(itg, __func__, ITG__RIGHT_OBJECT, &tx, failure);
    if (err)
        return err;
    err = itg__audit_before(&tx, &trail, ITG__AUDIT_THINCLIENT, id);
    if (!err)
        err = update(&tx, id, &change);
    if (!err)
        err = itg__attributes_set(&tx, id, values, count);
    return itg__end(&tx, itg__audit_after(&tx, &trail, err));
}

#define TEXT(member, kind, ...) \
    ITG_KIND_##kind == ITG_KIND_TEXT ? offsetof(itg_thinclient_t, member) : ITG__NOWHERE,
static const struct itg__shape shape = {sizeof(itg_thinclient_t), ITG__PROPERTIES,
                                        (const size_t[]){ITG_THINCLIENT_PROPERTIES(TEXT)}};
#undef TEXT

/* Ends a query of at most one thin client. */
static itg_error_t take_one(struct itg__query *q, int64_t id, itg_thinclient_t **ret_tc)
{
    itg_thinclient_t row, *own = NULL;
    struct itg__revisions revisions = {.tx = q->tx};
    itg_error_t err = ITG_OK;
    bool found = itg__next(q);
    if (found) {
        itg__thinclient_read(q, ITG_EXTENT_DETAILS, &row);
        err = itg__require_in(q->tx, row.parent_id, ITG_RIGHT_READ);
    }
    if (found && !err)
        err = itg__thinclient_revise(&revisions, q, &row);
    if (found && !err)
        own = itg__keep(q, &row, &shape, 0);
    itg_error_t done = itg__done(q);
    err = err ? err : done;
    if (!err && !found)
        err = itg__fail_id(q->tx->failure, ITG_E_THINCLIENT_NOT_FOUND, id);
    if (!err)
        *ret_tc = own;
    return err;
}

itg_error_t itg_thinclient_get(itg_t *itg, int64_t id, itg_thinclient_t **ret_tc, itg_failure_t *failure)
{
    struct itg__tx tx;
    struct itg__query q;
    itg_thinclient_t *tc = NULL;
    itg_error_t err = itg__need(ret_tc != NULL, "ret_tc", failure);
    if (!err)
        err = itg__begin_read(itg, __func__, ITG__RIGHT_READ, &tx, failure);
    if (err)
        return err;
    itg__thinclient_query_one(&tx, &q, id);
    err = itg__end(&tx, take_one(&q, id, &tc));
    if (!err)
        *ret_tc = tc;
    return err;
}

/* Gives one to a callback, with no more columns than it needs, and without a copy. */
static itg_error_t visit(struct itg__query *q, itg_extent_t extent, int64_t id, itg_thinclient_fn fn,
                         void *ctx)
{
    struct itg__revisions revisions = {.tx = q->tx};
    itg_thinclient_t tc;
    itg_error_t err = ITG_OK;
    bool found = itg__next(q);
    if (found) {
        itg__thinclient_read(q, extent, &tc);
        err = itg__require_in(q->tx, tc.parent_id, ITG_RIGHT_READ);
    }
    if (found && !err && extent == ITG_EXTENT_DETAILS)
        err = itg__thinclient_revise(&revisions, q, &tc);
    if (found && !err && !q->err)
        fn(ctx, &tc);
    itg_error_t done = itg__done(q);
    err = err ? err : done;
    return err || found ? err : itg__fail_id(q->tx->failure, ITG_E_THINCLIENT_NOT_FOUND, id);
}

itg_error_t itg__thinclient_visit(itg_t *itg, itg_extent_t extent, int64_t id, itg_thinclient_fn fn,
                                  void *ctx, itg_failure_t *failure)
{
    struct itg__tx tx;
    struct itg__query q;
    itg_error_t err = itg__begin_read(itg, "itg_thinclient_get", ITG__RIGHT_READ, &tx, failure);
    if (err)
        return err;
    itg__query(&tx, &q,
               extent == ITG_EXTENT_SHORT ? SELECT_SHORT " WHERE t.id = $1"
                                          : SELECT_DETAILS " WHERE t.id = $1",
               "i", id);
    return itg__end(&tx, visit(&q, extent, id, fn, ctx));
}

itg_error_t itg_thinclient_by_mac(itg_t *itg, const char *mac, itg_thinclient_t **ret_tc,
                                  itg_failure_t *failure)
{
    struct itg__tx tx;
    struct itg__query q;
    char upper[13];
    itg_thinclient_t *tc = NULL;
    itg_error_t err = itg__need(mac && ret_tc, "mac or ret_tc", failure);
    if (!err)
        err = itg__mac_parse(mac, upper, failure);
    if (!err)
        err = itg__begin_read(itg, __func__, ITG__RIGHT_READ, &tx, failure);
    if (err)
        return err;
    itg__query(&tx, &q, SELECT_DETAILS " WHERE t.mac = $1", "s", upper);
    err = itg__end(&tx, take_one(&q, 0, &tc));
    if (!err)
        *ret_tc = tc;
    return err;
}

void itg_thinclient_free(itg_thinclient_t *tc)
{
    free(tc);
}

itg_error_t itg_thinclient_each(itg_t *itg, itg_extent_t extent, int64_t after_id, itg_thinclient_fn fn,
                                void *ctx, itg_failure_t *failure)
{
    struct itg__tx tx;
    struct itg__query q;
    struct itg__revisions revisions = {.tx = &tx};
    bool more = true;
    itg_error_t err = itg__need(fn != NULL, "fn", failure);
    if (!err)
        err = itg__begin_read(itg, __func__, ITG__RIGHT_READ, &tx, failure);
    if (err)
        return err;
    itg__thinclient_query(&tx, &q, extent, after_id);
    while (more && itg__next(&q)) {
        itg_thinclient_t tc;
        itg__thinclient_read(&q, extent, &tc);
        if (!itg__shows(&q, ITG_TYPE_THINCLIENT, tc.id, tc.parent_id)) {
            more = itg__passes(&tx, tc.id);
            continue;
        }
        if (extent == ITG_EXTENT_DETAILS)
            err = itg__thinclient_revise(&revisions, &q, &tc);
        more = !err && !q.err && fn(ctx, &tc) == 0;
    }
    itg_error_t done = itg__done(&q);
    return itg__end(&tx, err ? err : done);
}

itg_error_t itg_thinclient_delete(itg_t *itg, int64_t id, itg_failure_t *failure)
{
    struct itg__tx tx;
    struct itg__object object;
    itg_error_t err = itg__begin_write(itg, __func__, ITG__RIGHT_OBJECT, &tx, failure);
    if (err)
        return err;
    err = itg__object_reach(&tx, ITG_TYPE_THINCLIENT, id, ITG_RIGHT_WRITE, &object);
    return itg__end(&tx, err ? err : itg__object_delete(&tx, ITG_TYPE_THINCLIENT, id));
}
