/* The settings of a profile of a fleet file. */
#include "core/import.h"
#include "core/setting.h"
#include <stdio.h>

/* A value of the file as jansson has it; NULL without memory, or for what is no scalar. */
static json_t *to_json(struct itg__import *import, const struct itg__json_value *value)
{
    switch (value->kind) {
    case ITG__JSON_STRING:
        return json_string(itg__json_text(&import->json, value));
    case ITG__JSON_INTEGER:
    case ITG__JSON_REAL:
        return json_loads(itg__json_text(&import->json, value), JSON_DECODE_ANY, NULL);
    case ITG__JSON_FALSE:
        return json_false();
    case ITG__JSON_TRUE:
        return json_true();
    case ITG__JSON_ABSENT:
    case ITG__JSON_NULL:
    case ITG__JSON_ARRAY:
    case ITG__JSON_OBJECT:
        break;
    }
    return json_null();
}

static itg_error_t insert_setting(struct itg__import *import, int64_t profile_id, const char *key,
                                  const char *value)
{
    bool added = false;
    int64_t id = 0;
    itg_error_t err = itg__lookup(import->tx, &added, &id,
                                  "INSERT INTO setting(profile_id, key, value) VALUES($1, $2, $3)"
                                  " ON CONFLICT DO NOTHING RETURNING profile_id",
                                  "iss", profile_id, key, value);
    return err || added ? err : itg__import_refuse(import, import->member, "setting is there twice");
}

static itg_error_t add_setting(struct itg__import *import, int64_t profile_id,
                               const struct itg__json_value *pair)
{
    const char *key = itg__json_text(&import->json, &pair[0]);
    struct itg__buf text = {0};
    if (!itg__setting_key(key, NULL))
        return itg__import_refuse(import, "settings", "not the key of a setting");
    snprintf(import->member_text, sizeof import->member_text, "settings.%s", key);
    import->member = import->member_text;
    json_t *value = to_json(import, &pair[1]);
    itg_error_t err = value ? itg__setting_value(&text, value, import->tx->failure)
                            : itg__import_refuse(import, import->member, "number is out of range");
    json_decref(value);
    itg__buf_char(&text, '\0');
    if (!err && text.failed)
        err = itg__fail(import->tx->failure, ITG_E_INTERNAL, NULL);
    if (!err)
        err = insert_setting(import, profile_id, key, text.data);
    itg__buf_dispose(&text);
    return err;
}

itg_error_t itg__import_settings(struct itg__import *import, int64_t profile_id,
                                 const struct itg__json_value *pairs)
{
    itg_error_t err = ITG_OK;
    for (size_t i = 0; !err && i < itg__json_count(pairs); i++)
        err = add_setting(import, profile_id, itg__json_elements(&import->json, pairs) + 2 * i);
    if (err || itg__json_count(pairs) == 0)
        return err;
    import->member = "settings";
    return itg__setting_check_content(import->tx, profile_id);
}
