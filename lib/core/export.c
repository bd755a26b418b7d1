/* Writes a fleet file: a line an element, in the order of ids, from one read transaction. */
#include "core/access.h"
#include "core/asset.h"
#include "core/attribute.h"
#include "core/inventory.h"
#include "core/object.h"
#include "core/thinclient.h"

enum { CHUNK = 64 * 1024, PROGRESS_STEP = 4096 };

struct export
{
    struct itg__tx *tx;
    struct itg__buf buf;
    itg_write_fn write;
    void *ctx;
    itg_progress_fn progress;
    void *progress_ctx;
    int64_t elements;
    bool first; /* of its array */
    struct itg__revisions revisions;
};

static itg_error_t flush(struct export *export)
{
    struct itg__buf *buf = &export->buf;
    if (buf->failed)
        return itg__fail(export->tx->failure, ITG_E_INTERNAL, NULL);
    if (buf->length > 0 && export->write(export->ctx, buf->data, buf->length) != 0)
        return itg__fail_detail(export->tx->failure, ITG_E_INTERNAL, "the writer gave up");
    buf->length = 0;
    return ITG_OK;
}

static void begin_element(struct export *export)
{
    itg__buf_str(&export->buf, export->first ? "\n{" : ",\n{");
    export->first = false;
}

static itg_error_t end_element(struct export *export)
{
    itg__buf_char(&export->buf, '}');
    export->elements++;
    if (export->progress && export->elements % PROGRESS_STEP == 0)
        export->progress(export->progress_ctx, export->elements);
    return export->buf.length < CHUNK && !export->buf.failed ? ITG_OK : flush(export);
}

/* Each of these writes what stands in front of a value, the separator included, and the value. */
static void add_id(struct export *export, const char *lead, int64_t id)
{
    itg__buf_str(&export->buf, lead);
    itg__buf_char(&export->buf, '"');
    itg__buf_int(&export->buf, id);
    itg__buf_char(&export->buf, '"');
}

static void add_text(struct export *export, const char *lead, const char *text)
{
    itg__buf_str(&export->buf, lead);
    itg__buf_json(&export->buf, text);
}

static void add_flag(struct export *export, const char *lead, bool flag)
{
    itg__buf_str(&export->buf, lead);
    itg__buf_str(&export->buf, flag ? "true" : "false");
}

/* An object that went into the bin before a directory above it did so comes out by itself: the file has to
 * say it. */
static itg_error_t add_bin_item(struct export *export, int64_t id)
{
    bool found = false;
    int64_t same = 0;
    itg_error_t err = itg__lookup(export->tx, &found, &same,
                                  "SELECT o.id FROM object o JOIN object p ON p.id = o.parent_id"
                                  " WHERE o.id = $1 AND o.bin_id = o.id AND p.bin_id IS NOT NULL",
                                  "i", id);
    if (!err && found)
        add_flag(export, ",\"binItem\":", true);
    return err;
}

static itg_error_t write_firmware(struct export *export, struct itg__query *q)
{
    add_id(export, "\"id\":", itg__int(q, 0));
    add_text(export, ",\"product\":", itg__text(q, 1));
    add_text(export, ",\"version\":", itg__text(q, 2));
    add_text(export, ",\"firmwareType\":", itg__text(q, 3));
    return ITG_OK;
}

/* The members that all objects have, in IMI's order. */
static itg_error_t write_object(struct export *export, const itg_object_t *object)
{
    add_id(export, "\"id\":", object->id);
    add_text(export, ",\"name\":", object->name);
    add_id(export, ",\"parentID\":", object->parent_id);
    add_flag(export, ",\"movedToBin\":", object->in_bin);
    add_text(export, ",\"objectType\":", itg_type_name(object->type));
    return object->in_bin ? add_bin_item(export, object->id) : ITG_OK;
}

static itg_error_t write_directory(struct export *export, struct itg__query *q)
{
    itg_object_t object = itg__object_read(q);
    return write_object(export, &object);
}

static itg_error_t write_attribute(struct export *export, struct itg__query *q)
{
    itg_attribute_t attribute = itg__attribute_read(q);
    add_id(export, "\"id\":", attribute.id);
    add_text(export, ",\"identifier\":", attribute.identifier);
    add_text(export, ",\"name\":", attribute.name);
    add_text(export, ",\"type\":", itg_attribute_type_name(attribute.type));
    add_text(export, ",\"overwrite\":", itg_overwrite_name(attribute.overwrite));
    return itg__choices_json(export->tx, &export->buf, ",\"allowedValues\":", attribute.id);
}

/* What a thin client has beside its properties; nothing for what it does not have. */
static itg_error_t add_inventory(struct export *export, int64_t id)
{
    struct itg__tx *tx = export->tx;
    struct itg__buf *buf = &export->buf;
    itg_error_t err = itg__adapters_json(tx, buf, ",\"networkAdapters\":", id, false);
    if (!err)
        err = itg__attributes_json(tx, buf, ",\"deviceAttributes\":", id, false);
    if (!err)
        err = itg__logins_json(tx, buf, ",\"userLoginHistory\":", id, false);
    size_t before = buf->length;
    if (!err)
        err = itg__certificate_json(tx, buf, ",\"shadowSecret\":{\"certificate\":", id, false);
    if (buf->length > before)
        itg__buf_char(buf, '}');
    return err;
}

static itg_error_t write_asset(struct export *export, struct itg__query *q)
{
    itg_asset_t asset = itg__asset_read(q);
    return itg__asset_json(export->tx, &export->buf, &asset);
}

static itg_error_t write_asset_history(struct export *export, struct itg__query *q)
{
    itg_asset_history_t entry = itg__asset_history_read(q);
    itg__asset_history_json(&export->buf, &entry);
    return ITG_OK;
}

static itg_error_t write_thinclient(struct export *export, struct itg__query *q)
{
    itg_thinclient_t tc;
    itg__thinclient_read(q, ITG_EXTENT_DETAILS, &tc);
    itg_error_t err = itg__thinclient_revise(&export->revisions, q, &tc);
    if (err)
        return err;
    for (size_t i = 0; i < ITG__PROPERTIES; i++) {
        if (i > 0)
            itg__buf_char(&export->buf, ',');
        itg__property_json(&export->buf, &itg__properties[i], &tc);
    }
    if (tc.in_bin)
        err = add_bin_item(export, tc.id);
    return err ? err : add_inventory(export, tc.id);
}

/* Values are JSON as they are stored. */
static itg_error_t add_settings(struct export *export, int64_t profile_id)
{
    struct itg__query q;
    const char *lead = ",\"settings\":{";
    bool any = false;
    itg__query(export->tx, &q, "SELECT key, value FROM setting WHERE profile_id = $1 ORDER BY key", "i",
               profile_id);
    for (; itg__next(&q); any = true) {
        add_text(export, any ? "," : lead, itg__text(&q, 0));
        itg__buf_char(&export->buf, ':');
        itg__buf_str(&export->buf, itg__text(&q, 1));
    }
    itg__buf_str(&export->buf, any ? "}" : "");
    return itg__done(&q);
}

static itg_error_t write_template(struct export *export, struct itg__query *q)
{
    struct itg__query values;
    bool any = false;
    add_id(export, "\"id\":", itg__int(q, 0));
    add_text(export, ",\"name\":", itg__text(q, 1));
    add_text(export, ",\"type\":", itg_template_type_name((itg_template_type_t)itg__int(q, 2)));
    add_id(export, ",\"parentID\":", itg__int(q, 3));
    itg__buf_str(&export->buf, ",\"values\":[");
    itg__query(export->tx, &values,
               "SELECT id, value, description FROM template_value WHERE key_id = $1 ORDER BY id", "i",
               itg__int(q, 0));
    for (; itg__next(&values); any = true) {
        add_id(export, any ? ",{\"id\":" : "{\"id\":", itg__int(&values, 0));
        add_text(export, ",\"value\":", itg__text(&values, 1));
        add_text(export, ",\"description\":", itg__text(&values, 2));
        itg__buf_char(&export->buf, '}');
    }
    itg__buf_char(&export->buf, ']');
    return itg__done(&values);
}

static itg_error_t write_profile(struct export *export, struct itg__query *q)
{
    itg_object_t object = itg__object_read(q);
    add_id(export, "\"firmwareID\":", itg__int(q, 5));
    add_flag(export, ",\"isMasterProfile\":", object.type == ITG_TYPE_MASTERPROFILE);
    add_flag(export, ",\"overridesSessions\":", itg__int(q, 6) != 0);
    itg__buf_char(&export->buf, ',');
    itg_error_t err = write_object(export, &object);
    return err ? err : add_settings(export, object.id);
}

static void write_end(struct export *export, const char *lead, int64_t id, int64_t type)
{
    itg__buf_str(&export->buf, lead);
    add_id(export, "{\"id\":", id);
    add_text(export, ",\"type\":", itg_type_name((itg_type_t)type));
    itg__buf_char(&export->buf, '}');
}

static itg_error_t write_assignment(struct export *export, struct itg__query *q)
{
    write_end(export, "\"assignee\":", itg__int(q, 0), itg__int(q, 1));
    write_end(export, ",\"receiver\":", itg__int(q, 2), itg__int(q, 3));
    return ITG_OK;
}

static itg_error_t write_template_assignment(struct export *export, struct itg__query *q)
{
    write_end(export, "\"receiver\":", itg__int(q, 0), itg__int(q, 1));
    add_id(export, ",\"templateId\":", itg__int(q, 2));
    add_id(export, ",\"valueId\":", itg__int(q, 3));
    return ITG_OK;
}

static itg_error_t write_view(struct export *export, struct itg__query *q)
{
    add_id(export, "\"id\":", itg__int(q, 0));
    add_text(export, ",\"name\":", itg__text(q, 1));
    add_text(export, ",\"expression\":", itg__text(q, 2));
    return ITG_OK;
}

static itg_error_t write_rule(struct export *export, struct itg__query *q)
{
    int64_t flags = itg__int(q, 5);
    add_id(export, "\"id\":", itg__int(q, 0));
    add_id(export, ",\"parentID\":", itg__int(q, 1));
    itg__buf_str(&export->buf, ",\"position\":");
    itg__buf_int(&export->buf, itg__int(q, 2));
    add_text(export, ",\"expression\":", itg__text(q, 3));
    if (!itg__is_null(q, 4))
        add_id(export, ",\"targetID\":", itg__int(q, 4));
    add_flag(export, ",\"overrideMembership\":", flags & ITG_RULE_OVERRIDE_MEMBERSHIP);
    add_flag(export, ",\"applyAtBoot\":", flags & ITG_RULE_AT_BOOT);
    add_flag(export, ",\"leaveInSubdirectory\":", flags & ITG_RULE_LEAVE_BELOW);
    return ITG_OK;
}

/* The arrays in the file's order. Each refers only to those before it, and directories mostly to earlier
 * ones. */
static const struct array {
    const char *name;
    const char *sql; /* NULL: thin clients, whose statement is made from the property table */
    itg_error_t (*write)(struct export *export, struct itg__query *q);
    size_t count; /* offset in itg_fleetfile_counts_t */
} arrays[] = {
    {"firmwares", "SELECT id, product, version, type FROM firmware ORDER BY id", write_firmware,
     offsetof(itg_fleetfile_counts_t, firmwares)},
    {"directories",
     "SELECT " ITG__OBJECT_COLUMNS " FROM directory d JOIN object o ON o.id = d.id ORDER BY d.id",
     write_directory, offsetof(itg_fleetfile_counts_t, directories)},
    {"deviceAttributes", "SELECT " ITG__ATTRIBUTE_COLUMNS " FROM attribute ORDER BY id", write_attribute,
     offsetof(itg_fleetfile_counts_t, device_attributes)},
    {"thinclients", NULL, write_thinclient, offsetof(itg_fleetfile_counts_t, thinclients)},
    {"profiles",
     "SELECT " ITG__OBJECT_COLUMNS ", p.firmware_id, p.overrides_sessions"
     " FROM profile p JOIN object o ON o.id = p.id ORDER BY p.id",
     write_profile, offsetof(itg_fleetfile_counts_t, profiles)},
    {"assignments",
     "SELECT a.assignee_id, p.type, a.receiver_id, r.type FROM assignment a"
     " JOIN object p ON p.id = a.assignee_id JOIN object r ON r.id = a.receiver_id"
     " ORDER BY a.assignee_id, a.receiver_id",
     write_assignment, offsetof(itg_fleetfile_counts_t, assignments)},
    {"assets", "SELECT " ITG__ASSET_COLUMNS " FROM asset ORDER BY id", write_asset,
     offsetof(itg_fleetfile_counts_t, assets)},
    {"assethistory", "SELECT " ITG__ASSET_HISTORY_COLUMNS " FROM asset_history ORDER BY id",
     write_asset_history, offsetof(itg_fleetfile_counts_t, asset_history)},
    {"templates", "SELECT id, name, type, parent_id FROM template_key ORDER BY id", write_template,
     offsetof(itg_fleetfile_counts_t, templates)},
    {"templateAssignments",
     "SELECT a.receiver_id, o.type, a.key_id, a.value_id FROM template_assignment a"
     " JOIN object o ON o.id = a.receiver_id ORDER BY a.receiver_id, a.key_id",
     write_template_assignment, offsetof(itg_fleetfile_counts_t, template_assignments)},
    {"views", "SELECT id, name, expression FROM view ORDER BY id", write_view,
     offsetof(itg_fleetfile_counts_t, views)},
    {"rules", "SELECT id, parent_id, position, expression, target_id, flags FROM rule ORDER BY id",
     write_rule, offsetof(itg_fleetfile_counts_t, rules)},
};

static itg_error_t write_array(struct export *export, const struct array *array,
                               itg_fleetfile_counts_t *counts)
{
    struct itg__query q;
    int64_t before = export->elements;
    itg_error_t err = ITG_OK;
    export->first = true;
    itg__buf_char(&export->buf, '"');
    itg__buf_str(&export->buf, array->name);
    itg__buf_str(&export->buf, "\":[");
    if (array->sql)
        itg__query(export->tx, &q, array->sql, "");
    else
        itg__thinclient_query(export->tx, &q, ITG_EXTENT_DETAILS, 0);
    while (!err && itg__next(&q)) {
        begin_element(export);
        err = array->write(export, &q);
        if (!err)
            err = q.err ? q.err : end_element(export);
    }
    itg_error_t done = itg__done(&q);
    itg__buf_str(&export->buf, export->first ? "]" : "\n]");
    *(int64_t *)((char *)counts + array->count) = export->elements - before;
    return err ? err : done;
}

static itg_error_t write_fleet(struct export *export, itg_fleetfile_counts_t *counts)
{
    itg_error_t err = ITG_OK;
    for (size_t i = 0; !err && i < sizeof arrays / sizeof *arrays; i++) {
        itg__buf_str(&export->buf, i == 0 ? "{" : ",\n");
        err = write_array(export, &arrays[i], counts);
    }
    itg__buf_str(&export->buf, "}\n");
    return err ? err : flush(export);
}

itg_error_t itg_export(itg_t *itg, itg_write_fn write, void *ctx, itg_progress_fn progress,
                       void *progress_ctx, itg_fleetfile_counts_t *ret_counts, itg_failure_t *failure)
{
    struct itg__tx tx;
    itg_fleetfile_counts_t counts = {0};
    struct export export = {.tx = &tx,
                            .revisions.tx = &tx,
                            .write = write,
                            .ctx = ctx,
                            .progress = progress,
                            .progress_ctx = progress_ctx};
    if (!itg || !write)
        return itg__fail_detail(failure, ITG_E_INVALID_BODY, "a parameter is NULL");
    itg_error_t err = itg__begin_read(itg, __func__, ITG__RIGHT_READ, &tx, failure);
    if (err)
        return err;
    err = itg__require_all(&tx);
    err = itg__end(&tx, err ? err : write_fleet(&export, &counts));
    itg__buf_dispose(&export.buf);
    if (!err && ret_counts)
        *ret_counts = counts;
    return err;
}
