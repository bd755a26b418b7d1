/* What thin clients of a fleet file bring beside their properties. */
#include "core/import.h"
#include "core/inventory.h"
#include "core/time.h"
#include <stdio.h>

enum { AD_TYPE, AD_MAC, AD_NAME, AD_STATE, AD_VALUES };
static const struct itg__json_member adapter_members[] = {
    [AD_TYPE] = ITG__MEMBER("type", ITG__TAKES_STRING),
    [AD_MAC] = ITG__MEMBER("mac", ITG__TAKES_STRING),
    [AD_NAME] = ITG__MEMBER("name", ITG__TAKES_STRING),
    [AD_STATE] = ITG__MEMBER("state", ITG__TAKES_STRING),
};
const struct itg__json_table itg__import_adapter_table = ITG__TABLE(adapter_members);

enum { LO_USERNAME, LO_RESULT, LO_LOGIN, LO_LOGOFF, LO_TYPE, LO_VALUES };
static const struct itg__json_member login_members[] = {
    [LO_USERNAME] = ITG__MEMBER("username", ITG__TAKES_STRING),
    [LO_RESULT] = ITG__MEMBER("loginresult", ITG__TAKES_INTEGER),
    [LO_LOGIN] = ITG__MEMBER("logintime", ITG__TAKES_STRING),
    [LO_LOGOFF] = ITG__MEMBER("logofftime", ITG__TAKES_STRING),
    [LO_TYPE] = ITG__MEMBER("logontype", ITG__TAKES_STRING),
};
const struct itg__json_table itg__import_login_table = ITG__TABLE(login_members);

/* The rest is of the attributes' definitions, which stand elsewhere. */
enum { VA_IDENTIFIER, VA_VALUE, VA_NAME, VA_TYPE, VA_CHOICES, VA_VALUES };
static const struct itg__json_member value_members[] = {
    [VA_IDENTIFIER] = ITG__MEMBER("identifier", ITG__TAKES_STRING),
    [VA_VALUE] = ITG__MEMBER("value", ITG__TAKES_STRING),
    [VA_NAME] = ITG__MEMBER("name", ITG__TAKES_STRING),
    [VA_TYPE] = ITG__MEMBER("type", ITG__TAKES_STRING),
    [VA_CHOICES] = ITG__MEMBER("allowedValues", ITG__TAKES_ARRAY),
};
const struct itg__json_table itg__import_value_table = ITG__TABLE(value_members);

static const struct itg__json_member secret_members[ITG__SECRET_VALUES] = {
    [ITG__SECRET_CERTIFICATE] = ITG__MEMBER("certificate", ITG__TAKES_STRING),
    [ITG__SECRET_PASSWORD] = ITG__MEMBER("password", ITG__TAKES_STRING),
};
const struct itg__json_table itg__import_secret_table = ITG__TABLE(secret_members);

/* Takes one element of a list; index counts from 0. */
typedef itg_error_t (*take_fn)(struct itg__import *import, int64_t id, size_t index,
                               const struct itg__json_value *values);

static itg_error_t take_adapter(struct itg__import *import, int64_t id, size_t index,
                                const struct itg__json_value *values)
{
    itg_adapter_t adapter = {
        itg__import_text(import, &values[AD_TYPE]), itg__import_text(import, &values[AD_MAC]),
        itg__import_text(import, &values[AD_NAME]), itg__import_text(import, &values[AD_STATE])};
    return itg__adapter_insert(import->tx, id, (int64_t)index + 1, &adapter);
}

static bool read_time(struct itg__import *import, const struct itg__json_value *value, int64_t *ret_ms)
{
    const char *text = itg__import_text(import, value);
    return *text == '\0' || itg__time_parse(ITG_KIND_MILLIS, text, ret_ms);
}

static itg_error_t take_login(struct itg__import *import, int64_t id, size_t index,
                              const struct itg__json_value *values)
{
    const char *type = itg__import_text(import, &values[LO_TYPE]);
    itg_login_t login = {.username = itg__import_text(import, &values[LO_USERNAME])};
    int64_t result = 0;
    itg_error_t err = itg__import_id(import, import->member, &values[LO_RESULT], &result);
    if (err)
        return err;
    if (result < ITG_LOGIN_OK || result > ITG_LOGIN_THINCLIENT_UNKNOWN)
        return itg__import_refuse(import, import->member, "loginresult is not valid");
    if (*type && !itg__logon_from_name(type, &login.type))
        return itg__import_refuse(import, import->member, "logontype is not valid");
    if (!read_time(import, &values[LO_LOGIN], &login.login_ms) ||
        !read_time(import, &values[LO_LOGOFF], &login.logoff_ms))
        return itg__import_refuse(import, import->member, "logintime or logofftime is not valid");
    login.result = (itg_login_result_t)result;
    return itg__login_insert(import->tx, id, (int64_t)index + 1, &login);
}

static itg_error_t take_value(struct itg__import *import, int64_t id, size_t index,
                              const struct itg__json_value *values)
{
    (void)index;
    return itg__import_attribute_value(import, id, itg__import_text(import, &values[VA_IDENTIFIER]),
                                       itg__import_text(import, &values[VA_VALUE]));
}

static itg_error_t take_list(struct itg__import *import, int64_t id, const char *member,
                             const struct itg__json_value *list, size_t values, take_fn take)
{
    const struct itg__json_value *element = itg__json_elements(&import->json, list);
    size_t count = itg__json_count(list);
    itg_error_t err = ITG_OK;
    for (size_t i = 0; !err && i < count; i++) {
        snprintf(import->member_text, sizeof import->member_text, "%s[%zu]", member, i);
        import->member = import->member_text;
        err = take(import, id, i, element + i * values);
    }
    return err;
}

itg_error_t itg__import_inventory(struct itg__import *import, int64_t id,
                                  const struct itg__inventory_values *values)
{
    itg_error_t err = take_list(import, id, "networkAdapters", values->adapters, AD_VALUES, take_adapter);
    if (!err)
        err = take_list(import, id, "userLoginHistory", values->logins, LO_VALUES, take_login);
    if (!err)
        err = take_list(import, id, "deviceAttributes", values->attributes, VA_VALUES, take_value);
    if (err || !itg__value_given(values->certificate))
        return err;
    import->member = "shadowSecret.certificate";
    return itg__certificate_set(import->tx, id, itg__import_text(import, values->certificate));
}
