#include "core/report.h"
#include "core/asset.h"
#include "core/attribute.h"
#include "core/firmware.h"
#include "core/inventory.h"
#include "core/listing.h"
#include <string.h>

/* DEVICE properties that the server knows better. */
static const size_t own_knowledge[] = {
    ITG__PROPERTY_last_contact,  ITG__PROPERTY_config_changes, ITG__PROPERTY_registration_date,
    ITG__PROPERTY_is_registered, ITG__PROPERTY_is_via_proxy,   ITG__PROPERTY_last_user,
};

bool itg__reportable(const itg_property_t *property)
{
    size_t index = itg__property_index(property);
    for (size_t i = 0; i < sizeof own_knowledge / sizeof *own_knowledge; i++)
        if (own_knowledge[i] == index)
            return false;
    return property->access == ITG_ACCESS_DEVICE || index == ITG__PROPERTY_last_ip;
}

/* ---- properties */

static bool is_marked(const struct itg__change *change, size_t index)
{
    return change->set[index] && itg__reportable(&itg__properties[index]);
}

static bool is_time(itg_kind_t kind)
{
    return kind == ITG_KIND_MINUTE || kind == ITG_KIND_MILLIS || kind == ITG_KIND_SECOND;
}

static void bind_value(struct itg__query *q, int index, const itg_property_t *property,
                       const struct itg__change *change, int64_t now_ms)
{
    union itg__slot slot = itg__property_get(&change->values, property);
    if (is_time(property->kind) && slot.number > now_ms)
        slot.number = now_ms;
    itg__property_bind(q, index, property, slot);
}

/* Of what is in the short form these can be reported. */
static bool changes_form(const struct itg__change *change)
{
    return change->set[ITG__PROPERTY_last_ip] || change->set[ITG__PROPERTY_battery_level];
}

static int build_update(struct itg__buf *sql, const struct itg__change *change)
{
    int count = 1;
    itg__buf_str(sql, "UPDATE thinclient SET ");
    for (size_t i = 0; i < ITG__PROPERTIES; i++) {
        if (!is_marked(change, i))
            continue;
        itg__buf_str(sql, count > 1 ? ", " : "");
        itg__buf_str(sql, itg__properties[i].column);
        itg__buf_str(sql, " = $");
        itg__buf_int(sql, ++count);
    }
    itg__buf_add(sql, " WHERE id = $1", sizeof " WHERE id = $1");
    return count - 1;
}

static itg_error_t run_update(struct itg__tx *tx, int64_t id, const struct itg__change *change,
                              const char *sql)
{
    struct itg__query q;
    int index = 2;
    itg__query_once(tx, &q, sql);
    itg__bind_int(&q, 1, id);
    for (size_t i = 0; i < ITG__PROPERTIES; i++)
        if (is_marked(change, i))
            bind_value(&q, index++, &itg__properties[i], change, itg__now_ms(tx->fleet));
    itg__next(&q);
    return itg__done(&q);
}

itg_error_t itg__report_properties(struct itg__tx *tx, int64_t id, struct itg__change *change)
{
    struct itg__buf sql = {0};
    itg_error_t err = ITG_OK;
    int count = build_update(&sql, change);
    if (sql.failed)
        err = itg__fail(tx->failure, ITG_E_INTERNAL, NULL);
    else if (count > 0)
        err = run_update(tx, id, change, sql.data);
    itg__buf_dispose(&sql);
    return err || !changes_form(change) ? err : itg__listing_refresh(tx, id);
}

/* ---- attributes */

itg_error_t itg__report_attribute(struct itg__tx *tx, int64_t id, const char *identifier, const char *value)
{
    itg_failure_t ignored = {0};
    struct itg__tx own = *tx;
    own.failure = &ignored;
    itg_error_t err = itg__attribute_set(&own, id, identifier, value, ITG__BY_DEVICE);
    if (err && err != ITG_E_INVALID_BODY && tx->failure && !tx->failure->code)
        *tx->failure = ignored;
    return err == ITG_E_INVALID_BODY ? ITG_OK : err;
}

/* ---- what is plugged in */

static itg_error_t find_asset(struct itg__tx *tx, int64_t thinclient_id, const char *unique_id,
                              bool *ret_found, int64_t *ret_id)
{
    return itg__lookup(tx, ret_found, ret_id,
                       "SELECT id FROM asset WHERE unique_id = $2 AND thinclient_id = $1 ORDER BY id LIMIT 1",
                       "is", thinclient_id, unique_id);
}

static itg_error_t check_room(struct itg__tx *tx, int64_t id)
{
    bool found = false;
    int64_t count = 0;
    itg_error_t err =
        itg__lookup(tx, &found, &count, "SELECT count(*) FROM asset WHERE thinclient_id = $1", "i", id);
    if (!err && count >= ITG__REPORT_ASSETS)
        err = itg__fail_detail(tx->failure, ITG_E_INVALID_BODY, "more than %d assets on a thin client",
                               ITG__REPORT_ASSETS);
    return err;
}

/* One that lies nowhere is taken up again. One on another thin client stays there: nobody but that one says when it is
 * gone. */
itg_error_t itg__report_added(struct itg__tx *tx, int64_t id, const itg_asset_t *asset, bool boot)
{
    bool here = false, somewhere = false;
    int64_t asset_id = 0;
    itg_error_t err = find_asset(tx, id, asset->unique_id, &here, &asset_id);
    if (err || here)
        return err;
    err = check_room(tx, id);
    if (!err)
        err = find_asset(tx, -1, asset->unique_id, &somewhere, &asset_id);
    if (err)
        return err;
    if (somewhere)
        return itg__asset_move(tx, asset_id, id, boot);
    itg_asset_t own = *asset;
    own.thinclient_id = id;
    return itg__asset_create(tx, &own, &(itg_asset_input_t){.on_boot = boot});
}

itg_error_t itg__report_removed(struct itg__tx *tx, int64_t id, const char *unique_id, bool boot)
{
    bool here = false;
    int64_t asset_id = 0;
    itg_error_t err = find_asset(tx, id, unique_id, &here, &asset_id);
    return err || !here ? err : itg__asset_move(tx, asset_id, -1, boot);
}

/* ---- logins */

static itg_error_t end_login(struct itg__tx *tx, int64_t id, int64_t position, int64_t logoff_ms)
{
    if (logoff_ms == 0)
        return ITG_OK;
    return itg__run(tx, "UPDATE login_history SET logoff = $3 WHERE thinclient_id = $1 AND position = $2",
                    "iii", id, position, logoff_ms);
}

/* The newest one that succeeded; without any that is remembered it stays who it was. */
static itg_error_t set_last_user(struct itg__tx *tx, int64_t id)
{
    itg_error_t err =
        itg__run(tx,
                 "UPDATE thinclient SET last_user = coalesce((SELECT username FROM login_history"
                 " WHERE thinclient_id = $1 AND result = 0 ORDER BY login DESC, position DESC LIMIT 1),"
                 " last_user) WHERE id = $1",
                 "i", id);
    return err ? err : itg__listing_refresh(tx, id);
}

itg_error_t itg__report_login(struct itg__tx *tx, int64_t id, const itg_login_t *login)
{
    itg_login_t own = *login;
    int64_t now_ms = itg__now_ms(tx->fleet), position = 0;
    bool found = false;
    own.login_ms = own.login_ms > now_ms ? now_ms : own.login_ms;
    own.logoff_ms = own.logoff_ms > now_ms ? now_ms : own.logoff_ms;
    itg_error_t err = itg__lookup(tx, &found, &position,
                                  "SELECT position FROM login_history WHERE thinclient_id = $1 AND login = $2"
                                  " AND username = $3 ORDER BY position DESC LIMIT 1",
                                  "iis", id, own.login_ms, own.username);
    if (err)
        return err;
    if (found)
        return end_login(tx, id, position, own.logoff_ms);
    err = itg__login_add(tx, id, &own);
    return err || own.result != ITG_LOGIN_OK ? err : set_last_user(tx, id);
}

/* ---- firmware */

itg_error_t itg__report_firmware(struct itg__tx *tx, const char *product, const char *version,
                                 int64_t *ret_id)
{
    itg_firmware_t firmware = {0, product ? product : "Unknown", version ? version : "", ""};
    bool found = false;
    itg_error_t err = itg__firmware_ok(firmware.product, firmware.version, firmware.type, tx->failure);
    if (!err)
        err = itg__lookup(tx, &found, ret_id,
                          "SELECT id FROM firmware WHERE product = $1 AND version = $2 ORDER BY id LIMIT 1",
                          "ss", firmware.product, firmware.version);
    if (err || found)
        return err;
    err = itg__next_id(tx, "firmware", &firmware.id);
    if (!err)
        err = itg__firmware_insert(tx, &firmware);
    if (!err)
        *ret_id = firmware.id;
    return err;
}

itg_error_t itg__report_set_firmware(struct itg__tx *tx, int64_t id, int64_t firmware_id)
{
    itg_error_t err =
        itg__run(tx, "UPDATE thinclient SET firmware_id = $2 WHERE id = $1", "ii", id, firmware_id);
    return err ? err : itg__listing_refresh(tx, id);
}
