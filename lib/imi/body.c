/* What came in: JSON of the right type, and tables of typed members. */
#include "imi/imi.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static bool media_type_is(const char *type, size_t length, const char *wanted)
{
    return length == strlen(wanted) && strncasecmp(type, wanted, length) == 0;
}

/* JSON by any name; none at all; and what curl says when it is told nothing. */
static bool content_type_ok(const char *header)
{
    const char *type = header ? header + strspn(header, " \t") : "";
    size_t length = strcspn(type, "; \t,");
    size_t suffix = strlen("+json");
    if (length == 0)
        return true;
    if (media_type_is(type, length, "application/json") ||
        media_type_is(type, length, "application/x-www-form-urlencoded"))
        return true;
    return length > suffix && memchr(type, '/', length) &&
           media_type_is(type + length - suffix, suffix, "+json");
}

static itg_error_t fail_json(itg_failure_t *failure, const json_error_t *error)
{
    char reason[JSON_ERROR_TEXT_LENGTH + 64];
    switch (json_error_code(error)) {
    case json_error_out_of_memory:
        return itg__fail(failure, ITG_E_INTERNAL, NULL);
    case json_error_duplicate_key:
        return itg__fail_detail(failure, ITG_E_INVALID_BODY, "%s", error->text);
    case json_error_numeric_overflow:
        return itg__fail(failure, ITG_E_NUMBER_FORMAT, NULL);
    default: /* jansson's list grows with its releases; all the others are about malformed text */
        snprintf(reason, sizeof reason, "%s, line %d, column %d", error->text, error->line, error->column);
        return itg__fail(failure, ITG_E_INVALID_JSON, reason);
    }
}

static bool root_fits(const json_t *root, enum itg__imi_body wanted)
{
    switch (wanted) {
    case ITG__IMI_NO_BODY:
        return true;
    case ITG__IMI_OBJECT:
        return json_is_object(root);
    case ITG__IMI_LIST:
        return json_is_array(root);
    }
    return false;
}

itg_error_t itg__imi_body_load(struct itg__imi_call *call)
{
    static const char byte_order_mark[] = {'\xEF', '\xBB', '\xBF'};
    const char *body = call->request.body ? call->request.body : "";
    size_t size = call->request.body ? call->request.body_size : 0;
    if (size > call->imi->max_body) {
        call->status = 413;
        return itg__fail_detail(&call->failure, ITG_E_INVALID_BODY, "the body is too large");
    }
    if (!content_type_ok(call->request.content_type)) {
        call->status = 415;
        return itg__fail_detail(&call->failure, ITG_E_INVALID_BODY, "the Content-Type is not JSON");
    }
    /* Windows' tools put it in front of what they save. */
    if (size >= sizeof byte_order_mark && memcmp(body, byte_order_mark, sizeof byte_order_mark) == 0) {
        body += sizeof byte_order_mark;
        size -= sizeof byte_order_mark;
    }
    json_error_t error;
    call->body = json_loadb(body, size, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
    if (!call->body)
        return fail_json(&call->failure, &error);
    if (!root_fits(call->body, call->route->body))
        return itg__fail_detail(&call->failure, ITG_E_INVALID_BODY, "the body is no %s",
                                call->route->body == ITG__IMI_LIST ? "list" : "object");
    return ITG_OK;
}

static itg_error_t fail_type(itg_failure_t *failure, const char *key, const char *wanted)
{
    return itg__fail_detail(failure, ITG_E_INVALID_BODY, "%s must be %s", key, wanted);
}

itg_error_t itg__imi_member_id(const json_t *value, const char *key, struct itg__imi_id *ret_id,
                               itg_failure_t *failure)
{
    struct itg__imi_id id = {.set = true};
    switch (json_typeof(value)) {
    case JSON_NULL:
        id.set = false;
        break;
    case JSON_INTEGER:
        id.value = json_integer_value(value);
        break;
    case JSON_STRING:
        id.set = json_string_length(value) > 0;
        if (id.set && itg__parse_int(json_string_value(value), &id.value))
            return itg__fail(failure, ITG_E_NUMBER_FORMAT, NULL);
        break;
    case JSON_REAL:
        return itg__fail(failure, ITG_E_NUMBER_FORMAT, NULL);
    case JSON_OBJECT:
    case JSON_ARRAY:
    case JSON_TRUE:
    case JSON_FALSE:
        return fail_type(failure, key, "an id");
    }
    *ret_id = id;
    return ITG_OK;
}

static itg_error_t take_member(const json_t *value, const struct itg__imi_member *member, char *ret,
                               itg_failure_t *failure)
{
    switch (member->kind) {
    case ITG__IMI_MEMBER_TEXT: {
        if (!json_is_string(value))
            return fail_type(failure, member->key, "a string");
        const char *text = json_string_value(value);
        memcpy(ret + member->offset, &text, sizeof text);
        return ITG_OK;
    }
    case ITG__IMI_MEMBER_OBJECT:
        if (!json_is_object(value))
            return fail_type(failure, member->key, "an object");
        memcpy(ret + member->offset, &value, sizeof value);
        return ITG_OK;
    case ITG__IMI_MEMBER_ID: {
        struct itg__imi_id id;
        itg_error_t err = itg__imi_member_id(value, member->key, &id, failure);
        if (err)
            return err;
        if (!id.set && member->required)
            return itg__fail(failure, ITG_E_NUMBER_FORMAT, NULL);
        memcpy(ret + member->offset, &id, sizeof id);
        return ITG_OK;
    }
    }
    return ITG_OK;
}

itg_error_t itg__imi_members(const json_t *object, const struct itg__imi_member *members, size_t count,
                             void *ret, itg_failure_t *failure)
{
    if (!json_is_object(object))
        return fail_type(failure, "every entry", "an object");
    for (size_t i = 0; i < count; i++) {
        const json_t *value = json_object_get(object, members[i].key);
        if (value && !json_is_null(value)) {
            itg_error_t err = take_member(value, &members[i], ret, failure);
            if (err)
                return err;
        } else if (members[i].required) {
            return itg__fail_detail(failure, ITG_E_INVALID_BODY, "%s is missing", members[i].key);
        }
    }
    return ITG_OK;
}

itg_error_t itg__imi_ref(const json_t *object, bool strict, struct itg__imi_ref *ret_ref,
                         itg_failure_t *failure)
{
    const struct itg__imi_member members[] = {
        {"id", ITG__IMI_MEMBER_ID, offsetof(struct itg__imi_ref, id), strict},
        {"type", ITG__IMI_MEMBER_TEXT, offsetof(struct itg__imi_ref, type), strict},
    };
    struct itg__imi_ref ref = {0};
    itg_error_t err = itg__imi_members(object, members, sizeof members / sizeof *members, &ref, failure);
    if (!err)
        *ret_ref = ref;
    return err;
}
