#include "core/setting.h"
#include "core/access.h"
#include "core/audit.h"
#include "core/licence.h"
#include "core/revision.h"
#include <inttypes.h>
#include <string.h>

#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"

enum { MAX_INDEX_DIGITS = 9 };

/* Reads "[]" or "[12]". @return its length; 0 if it is none */
static size_t read_bracket(const char *text, int32_t *ret_index)
{
    size_t digits = strspn(text + 1, "0123456789");
    if (digits > MAX_INDEX_DIGITS || (digits > 1 && text[1] == '0') || text[1 + digits] != ']')
        return 0;
    int32_t index = digits > 0 ? 0 : -1;
    for (size_t i = 1; i <= digits; i++)
        index = index * 10 + (text[i] - '0');
    *ret_index = index;
    return digits + 2;
}

bool itg__setting_key(const char *text, struct itg__setting_key *ret_key)
{
    struct itg__setting_key key = {.base_length = strnlen(text, ITG_LIMIT_KEY + 1), .index = -1};
    const char *p = text;
    if (key.base_length > ITG_LIMIT_KEY)
        return false;
    for (;; p++) {
        size_t length = strspn(p, LETTERS);
        if (length == 0)
            return false;
        p += length;
        if (*p == '[') {
            size_t bracket = key.is_instance ? 0 : read_bracket(p, &key.index);
            if (bracket == 0 || p[bracket] != '.')
                return false;
            key.base_length = (size_t)(p - text);
            key.is_instance = true;
            p += bracket;
        }
        if (*p != '.')
            break;
    }
    if (*p == '\0' && ret_key)
        *ret_key = key;
    return *p == '\0';
}

const char *itg__setting_next_name(const char *text, size_t *ret_before, const char **ret_name,
                                   size_t *ret_length)
{
    const char *open = strstr(text, "${");
    if (!open)
        return NULL;
    if (open > text && open[-1] == '$') {
        *ret_before = (size_t)(open - 1 - text);
        *ret_name = NULL;
        *ret_length = 0;
        return open + 2;
    }
    *ret_before = (size_t)(open - text);
    *ret_name = open + 2;
    *ret_length = strcspn(open + 2, "}");
    return open + 2 + *ret_length + (open[2 + *ret_length] == '}');
}

/* Each "${" must be closed, and must enclose what can be a name. */
static itg_error_t check_names(const char *text, itg_failure_t *failure)
{
    size_t before = 0, length = 0;
    const char *name = NULL;
    for (const char *p = text; (p = itg__setting_next_name(p, &before, &name, &length)) != NULL;) {
        if (!name)
            continue;
        if (name[length] != '}')
            return itg__fail_detail(failure, ITG_E_INVALID_BODY, "value: ${ without }; $${ stands for ${");
        if (length == 0 || strcspn(name, "{$\"\\") < length)
            return itg__fail_detail(failure, ITG_E_INVALID_BODY, "value: no template key has that name");
    }
    return ITG_OK;
}

/* Reals stay reals: "1" would come back as an integer. */
static void add_real(struct itg__buf *out, double value)
{
    size_t from = out->length;
    itg__buf_real(out, value);
    itg__buf_char(out, '\0');
    if (out->failed)
        return;
    out->length--;
    if (!strpbrk(out->data + from, ".e"))
        itg__buf_str(out, ".0");
}

static itg_error_t add_string(struct itg__buf *out, const json_t *value, itg_failure_t *failure)
{
    itg_error_t err = check_names(json_string_value(value), failure);
    itg__buf_json_n(out, json_string_value(value), json_string_length(value));
    return err;
}

itg_error_t itg__setting_value(struct itg__buf *out, const json_t *value, itg_failure_t *failure)
{
    itg_error_t err = ITG_OK;
    size_t before = out->length;
    switch (json_typeof(value)) {
    case JSON_STRING:
        err = add_string(out, value, failure);
        break;
    case JSON_INTEGER:
        itg__buf_int(out, json_integer_value(value));
        break;
    case JSON_REAL:
        add_real(out, json_real_value(value));
        break;
    case JSON_TRUE:
    case JSON_FALSE:
        itg__buf_str(out, json_is_true(value) ? "true" : "false");
        break;
    case JSON_NULL:
    case JSON_ARRAY:
    case JSON_OBJECT:
        return itg__fail_detail(failure, ITG_E_INVALID_BODY, "value: not a string, a number, true or false");
    }
    if (err)
        return err;
    if (out->failed)
        return itg__fail(failure, ITG_E_INTERNAL, NULL);
    if (out->length - before > ITG_LIMIT_SETTING)
        return itg__fail_detail(failure, ITG_E_INVALID_BODY, "value: longer than %d bytes",
                                ITG_LIMIT_SETTING);
    return ITG_OK;
}

itg_error_t itg__setting_put(struct itg__tx *tx, int64_t profile_id, const char *key, const char *value)
{
    return itg__run(tx,
                    "INSERT INTO setting(profile_id, key, value) VALUES($1, $2, $3)"
                    " ON CONFLICT(profile_id, key) DO UPDATE SET value = excluded.value",
                    "iss", profile_id, key, value);
}

itg_error_t itg__setting_check_content(struct itg__tx *tx, int64_t profile_id)
{
    struct itg__query q;
    int64_t count = 0, characters = 0;
    itg__query(
        tx, &q,
        "SELECT count(*), coalesce(sum(length(key) + length(value)), 0) FROM setting WHERE profile_id = $1",
        "i", profile_id);
    if (itg__next(&q)) {
        count = itg__int(&q, 0);
        characters = itg__int(&q, 1);
    }
    itg_error_t err = itg__done(&q);
    if (!err && count > ITG_LIMIT_SETTINGS)
        err = itg__fail_detail(tx->failure, ITG_E_INVALID_BODY, "key: the profile has more than %d settings",
                               ITG_LIMIT_SETTINGS);
    if (!err && characters > ITG_LIMIT_CONTENT)
        err = itg__fail_detail(tx->failure, ITG_E_INVALID_BODY,
                               "value: the profile's settings are longer than %" PRId64 " characters",
                               ITG_LIMIT_CONTENT);
    return err;
}

static itg_error_t check_type(itg_t *itg, itg_type_t type, itg_failure_t *failure)
{
    return type == ITG_TYPE_PROFILE || type == ITG_TYPE_MASTERPROFILE
               ? itg__licensed_type(itg, type, failure)
               : itg__fail_detail(failure, ITG_E_OBJECT_TYPE, "type %d is no profile", type);
}

static itg_error_t check_key(const char *key, itg_failure_t *failure)
{
    itg_error_t err = itg__need(key != NULL, "key", failure);
    if (err || itg__setting_key(key, NULL))
        return err;
    return itg__fail_detail(failure, ITG_E_INVALID_BODY, "key: not the key of a setting");
}

/* Lack of memory is told from a text that is no JSON. */
static itg_error_t parse_value(struct itg__buf *out, const char *text, itg_failure_t *failure)
{
    json_error_t error;
    size_t length = strnlen(text, ITG_LIMIT_SETTING + 1);
    if (length > ITG_LIMIT_SETTING)
        return itg__fail_detail(failure, ITG_E_INVALID_BODY, "value: longer than %d bytes",
                                ITG_LIMIT_SETTING);
    json_t *value = json_loadb(text, length, JSON_DECODE_ANY, &error);
    if (!value && json_error_code(&error) == json_error_out_of_memory)
        return itg__fail(failure, ITG_E_INTERNAL, NULL);
    if (!value)
        return itg__fail_detail(failure, ITG_E_INVALID_BODY, "value: %s", error.text);
    itg_error_t err = itg__setting_value(out, value, failure);
    itg__buf_char(out, '\0');
    json_decref(value);
    return !err && out->failed ? itg__fail(failure, ITG_E_INTERNAL, NULL) : err;
}

static itg_error_t set(struct itg__tx *tx, itg_type_t type, int64_t profile_id, const char *key,
                       const char *value)
{
    const struct itg__audit_subject subject = {ITG__AUDIT_SETTING, profile_id, 0, key};
    struct itg__object profile;
    struct itg__trail trail;
    itg_error_t err = itg__object_reach_live(tx, type, profile_id, ITG_RIGHT_WRITE, &profile);
    if (err)
        return err;
    err = itg__audit_before_part(tx, &trail, &subject);
    if (!err)
        err = itg__setting_put(tx, profile_id, key, value);
    if (!err)
        err = itg__setting_check_content(tx, profile_id);
    if (!err)
        err = itg__revision_touch_receivers(tx, profile_id);
    return itg__audit_after(tx, &trail, err);
}

itg_error_t itg_setting_set(itg_t *itg, itg_type_t type, int64_t profile_id, const char *key,
                            const char *value, itg_failure_t *failure)
{
    struct itg__tx tx;
    struct itg__buf canonical = {0};
    itg_error_t err = check_type(itg, type, failure);
    if (!err)
        err = check_key(key, failure);
    if (!err)
        err = itg__need(value != NULL, "value", failure);
    if (!err)
        err = parse_value(&canonical, value, failure);
    if (!err)
        err = itg__begin_write(itg, __func__, ITG__RIGHT_OBJECT, &tx, failure);
    if (!err)
        err = itg__end(&tx, set(&tx, type, profile_id, key, canonical.data));
    itg__buf_dispose(&canonical);
    return err;
}

static itg_error_t unset(struct itg__tx *tx, itg_type_t type, int64_t profile_id, const char *key)
{
    const struct itg__audit_subject subject = {ITG__AUDIT_SETTING, profile_id, 0, key};
    struct itg__object profile;
    struct itg__trail trail;
    bool deleted = false;
    int64_t id = 0;
    itg_error_t err = itg__object_reach_live(tx, type, profile_id, ITG_RIGHT_WRITE, &profile);
    if (err)
        return err;
    err = itg__audit_before_part(tx, &trail, &subject);
    if (!err)
        err = itg__lookup(tx, &deleted, &id,
                          "DELETE FROM setting WHERE profile_id = $1 AND key = $2 RETURNING profile_id", "is",
                          profile_id, key);
    if (!err && !deleted)
        err = itg__fail_detail(tx->failure, ITG_E_NO_VALID_PROPERTY, "key: the profile has no such setting");
    if (!err)
        err = itg__revision_touch_receivers(tx, profile_id);
    return itg__audit_after(tx, &trail, err);
}

itg_error_t itg_setting_unset(itg_t *itg, itg_type_t type, int64_t profile_id, const char *key,
                              itg_failure_t *failure)
{
    struct itg__tx tx;
    itg_error_t err = check_type(itg, type, failure);
    if (!err)
        err = check_key(key, failure);
    if (!err)
        err = itg__begin_write(itg, __func__, ITG__RIGHT_OBJECT, &tx, failure);
    return err ? err : itg__end(&tx, unset(&tx, type, profile_id, key));
}

static itg_error_t walk(struct itg__tx *tx, int64_t profile_id, itg_setting_fn fn, void *ctx)
{
    struct itg__query q;
    bool more = true;
    itg__query(tx, &q, "SELECT key, value FROM setting WHERE profile_id = $1 ORDER BY key", "i", profile_id);
    while (more && itg__next(&q)) {
        itg_setting_t setting = {itg__text(&q, 0), itg__text(&q, 1)};
        more = !q.err && fn(ctx, &setting) == 0;
    }
    return itg__done(&q);
}

itg_error_t itg_setting_each(itg_t *itg, itg_type_t type, int64_t profile_id, itg_setting_fn fn, void *ctx,
                             itg_failure_t *failure)
{
    struct itg__tx tx;
    struct itg__object profile;
    itg_error_t err = check_type(itg, type, failure);
    if (!err)
        err = itg__need(fn != NULL, "fn", failure);
    if (!err)
        err = itg__begin_read(itg, __func__, ITG__RIGHT_READ, &tx, failure);
    if (err)
        return err;
    err = itg__object_reach(&tx, type, profile_id, ITG_RIGHT_READ, &profile);
    return itg__end(&tx, err ? err : walk(&tx, profile_id, fn, ctx));
}
