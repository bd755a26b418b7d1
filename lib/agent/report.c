/* What a thin client says of itself, from the body into the fleet. */
#include "core/report.h"
#include "agent/agent.h"
#include "core/inventory.h"
#include "core/queue.h"
#include "core/time.h"
#include <string.h>

enum { USB = 128, LOGINS = 100, ATTRIBUTES = 256, RESULTS = 256 }; /* in one report */

static itg_error_t wrong(struct itg__agent_call *call, const char *what)
{
    return itg__fail_detail(&call->failure, ITG_E_INVALID_BODY, "%s is not valid", what);
}

static const char *text_or(struct itg__agent_call *call, const struct itg__json_value *value,
                           const char *usual)
{
    const char *text = itg__agent_text(call, value);
    return text ? text : usual;
}

/* ---- properties */

static bool literal_fits(itg_kind_t kind, enum itg__json_kind json)
{
    bool number = json == ITG__JSON_INTEGER;
    switch (kind) {
    case ITG_KIND_INT:
        return number;
    case ITG_KIND_REAL:
        return number || json == ITG__JSON_REAL;
    case ITG_KIND_BOOL:
        return json == ITG__JSON_TRUE || json == ITG__JSON_FALSE;
    case ITG_KIND_COUNT:
        return number || json == ITG__JSON_STRING;
    case ITG_KIND_ID:
    case ITG_KIND_TEXT:
    case ITG_KIND_MINUTE:
    case ITG_KIND_MILLIS:
    case ITG_KIND_SECOND:
        return json == ITG__JSON_STRING;
    }
    return false;
}

static itg_error_t take_property(struct itg__agent_call *call, struct itg__change *change, const char *key,
                                 const struct itg__json_value *value)
{
    const itg_property_t *property = itg__property_find(key, 0);
    if (!property || !itg__reportable(property) || !itg__agent_given(value))
        return ITG_OK;
    if (!literal_fits(property->kind, value->kind))
        return wrong(call, property->key);
    return itg__change_text(change, property, itg__json_text(&call->json, value), &call->failure);
}

static itg_error_t report_inventory(struct itg__agent_call *call, struct itg__tx *tx, int64_t id)
{
    struct itg__change change;
    const struct itg__json_value *list = &call->values[BODY_INVENTORY];
    const struct itg__json_value *pairs = itg__json_elements(&call->json, list);
    itg_error_t err = ITG_OK;
    itg__change_init(&change);
    for (size_t i = 0; !err && i < itg__json_count(list); i++)
        err = take_property(call, &change, itg__json_text(&call->json, &pairs[2 * i]), &pairs[2 * i + 1]);
    return err ? err : itg__report_properties(tx, id, &change);
}

/* ---- lists */

static itg_error_t report_adapters(struct itg__agent_call *call, struct itg__tx *tx, int64_t id)
{
    itg_adapter_t adapters[ITG_LIMIT_ADAPTERS];
    const struct itg__json_value *list = &call->values[BODY_ADAPTERS];
    const struct itg__json_value *values = itg__json_elements(&call->json, list);
    size_t count = itg__json_count(list);
    if (count > ITG_LIMIT_ADAPTERS)
        return wrong(call, "networkAdapters");
    for (size_t i = 0; i < count; i++, values += ADAPTER_VALUES)
        adapters[i] = (itg_adapter_t){
            text_or(call, &values[ADAPTER_TYPE], ""), text_or(call, &values[ADAPTER_MAC], ""),
            text_or(call, &values[ADAPTER_NAME], ""), text_or(call, &values[ADAPTER_STATE], "")};
    return itg__adapters_set(tx, id, adapters, count);
}

static itg_error_t report_attributes(struct itg__agent_call *call, struct itg__tx *tx, int64_t id)
{
    const struct itg__json_value *list = &call->values[BODY_ATTRIBUTES];
    const struct itg__json_value *values = itg__json_elements(&call->json, list);
    itg_error_t err = itg__json_count(list) > ATTRIBUTES ? wrong(call, "attributes") : ITG_OK;
    for (size_t i = 0; !err && i < itg__json_count(list); i++, values += ATTRIBUTE_VALUES)
        err = itg__report_attribute(tx, id, text_or(call, &values[ATTRIBUTE_IDENTIFIER], ""),
                                    text_or(call, &values[ATTRIBUTE_VALUE], ""));
    return err;
}

static itg_error_t report_certificate(struct itg__agent_call *call, struct itg__tx *tx, int64_t id)
{
    return itg__certificate_set(tx, id, text_or(call, &call->values[BODY_CERTIFICATE], ""));
}

static bool is_boot(const struct itg__agent_call *call)
{
    return call->values[BODY_BOOT].kind == ITG__JSON_TRUE;
}

static itg_error_t add_asset(struct itg__agent_call *call, struct itg__tx *tx, int64_t id,
                             const struct itg__json_value *values)
{
    itg_asset_t asset = {.unique_id = text_or(call, &values[ASSET_UNIQUE], ""),
                         .connector = text_or(call, &values[ASSET_CONNECTOR], "usb"),
                         .name = text_or(call, &values[ASSET_NAME], ""),
                         .vendor = text_or(call, &values[ASSET_VENDOR], ""),
                         .device_id = text_or(call, &values[ASSET_DEVICE], "")};
    if (*asset.unique_id == '\0')
        return wrong(call, "usb.added.uniqueId");
    if (*asset.name == '\0')
        asset.name = asset.unique_id;
    return itg__report_added(tx, id, &asset, is_boot(call));
}

/* What went comes first: something may have been put into another socket. */
static itg_error_t report_usb(struct itg__agent_call *call, struct itg__tx *tx, int64_t id)
{
    const struct itg__json_value *removed = &call->values[BODY_REMOVED], *added = &call->values[BODY_ADDED];
    const struct itg__json_value *values = itg__json_elements(&call->json, removed);
    if (itg__json_count(removed) > USB || itg__json_count(added) > USB)
        return wrong(call, "usb");
    itg_error_t err = ITG_OK;
    for (size_t i = 0; !err && i < itg__json_count(removed); i++)
        err = itg__report_removed(tx, id, text_or(call, &values[i], ""), is_boot(call));
    values = itg__json_elements(&call->json, added);
    for (size_t i = 0; !err && i < itg__json_count(added); i++)
        err = add_asset(call, tx, id, &values[i * ASSET_VALUES]);
    return err;
}

/* "" is no time. */
static bool read_time(struct itg__agent_call *call, const struct itg__json_value *value, int64_t *ret_ms)
{
    const char *text = text_or(call, value, "");
    return *text == '\0' || itg__time_parse(ITG_KIND_MILLIS, text, ret_ms);
}

static itg_error_t report_login(struct itg__agent_call *call, struct itg__tx *tx, int64_t id,
                                const struct itg__json_value *values)
{
    itg_login_t login = {.username = text_or(call, &values[LOGIN_USER], ""), .login_ms = call->now_ms};
    int64_t result = 0;
    const char *type = text_or(call, &values[LOGIN_TYPE], "");
    if (itg__agent_given(&values[LOGIN_RESULT]) && !itg__agent_number(call, &values[LOGIN_RESULT], &result))
        return wrong(call, "loginresult");
    if (result < 0 || result > ITG_LOGIN_THINCLIENT_UNKNOWN)
        return wrong(call, "loginresult");
    login.result = (itg_login_result_t)result;
    if (!read_time(call, &values[LOGIN_TIME], &login.login_ms))
        return wrong(call, "logintime");
    if (!read_time(call, &values[LOGIN_LOGOFF], &login.logoff_ms))
        return wrong(call, "logofftime");
    if (*type && !itg__logon_from_name(type, &login.type))
        login.type = ITG_LOGON_UNKNOWN;
    return itg__report_login(tx, id, &login);
}

static itg_error_t report_logins(struct itg__agent_call *call, struct itg__tx *tx, int64_t id)
{
    const struct itg__json_value *list = &call->values[BODY_LOGINS];
    const struct itg__json_value *values = itg__json_elements(&call->json, list);
    itg_error_t err = itg__json_count(list) > LOGINS ? wrong(call, "logins") : ITG_OK;
    for (size_t i = 0; !err && i < itg__json_count(list); i++)
        err = report_login(call, tx, id, &values[i * LOGIN_VALUES]);
    return err;
}

static itg_error_t report_firmware(struct itg__agent_call *call, struct itg__tx *tx, int64_t id)
{
    int64_t firmware_id = 0;
    const char *product = itg__agent_text(call, &call->values[BODY_PRODUCT]);
    if (!product)
        return ITG_OK;
    itg_error_t err =
        itg__report_firmware(tx, product, itg__agent_text(call, &call->values[BODY_VERSION]), &firmware_id);
    return err ? err : itg__report_set_firmware(tx, id, firmware_id);
}

/* ---- all of it */

static const struct part {
    size_t member;
    itg_error_t (*report)(struct itg__agent_call *call, struct itg__tx *tx, int64_t id);
} parts[] = {
    {BODY_FIRMWARE, report_firmware},       {BODY_INVENTORY, report_inventory},
    {BODY_ADAPTERS, report_adapters},       {BODY_ATTRIBUTES, report_attributes},
    {BODY_CERTIFICATE, report_certificate}, {BODY_USB, report_usb},
    {BODY_LOGINS, report_logins},
};

bool itg__agent_reports(const struct itg__agent_call *call)
{
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (itg__agent_given(&call->values[parts[i].member]))
            return true;
    return is_boot(call);
}

itg_error_t itg__agent_report(struct itg__agent_call *call, struct itg__tx *tx, int64_t id)
{
    itg_error_t err = ITG_OK;
    for (size_t i = 0; !err && i < sizeof parts / sizeof *parts; i++)
        if (itg__agent_given(&call->values[parts[i].member]))
            err = parts[i].report(call, tx, id);
    return err;
}

itg_error_t itg__agent_results(struct itg__agent_call *call, struct itg__tx *tx, int64_t id)
{
    const struct itg__json_value *list = &call->values[BODY_RESULTS];
    const struct itg__json_value *values = itg__json_elements(&call->json, list);
    itg_error_t err = ITG_OK;
    for (size_t i = 0; !err && i < itg__json_count(list) && i < RESULTS; i++, values += RESULT_VALUES) {
        int64_t command_id = 0;
        const char *state = text_or(call, &values[RESULT_STATE], "");
        bool done = strcmp(state, "done") == 0;
        if (!itg__agent_number(call, &values[RESULT_ID], &command_id) ||
            (!done && strcmp(state, "failed") != 0))
            continue;
        err = itg__queue_result(tx, id, command_id, done, text_or(call, &values[RESULT_MESSAGE], ""),
                                &call->ended);
    }
    return err;
}
