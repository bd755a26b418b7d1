/* What came in: JSON of the right type, read by tables of typed members. */
#include "imi/imi.h"
#include <string.h>
#include <strings.h>

static bool media_type_is(const char *type, size_t length, const char *wanted)
{
    return length == strlen(wanted) && strncasecmp(type, wanted, length) == 0;
}

/* JSON by any name; none at all; and what curl says when it is told nothing. */
bool itg__imi_content_type_ok(const char *header)
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

static int64_t read_body(void *ctx, char *buf, size_t size)
{
    struct itg__imi_call *call = ctx;
    size_t left = call->request.body_size - call->body_taken;
    size_t n = left < size ? left : size;
    memcpy(buf, call->request.body + call->body_taken, n);
    call->body_taken += n;
    return (int64_t)n;
}

itg_error_t itg__imi_body_open(struct itg__imi_call *call)
{
    static const char byte_order_mark[] = {'\xEF', '\xBB', '\xBF'};
    size_t mark = sizeof byte_order_mark;
    if (!call->request.body) {
        call->request.body = "";
        call->request.body_size = 0;
    }
    if (call->request.body_size > call->imi->max_body) {
        call->status = 413;
        return itg__fail_detail(&call->failure, ITG_E_INVALID_BODY, "the body is too large");
    }
    if (!itg__imi_content_type_ok(call->request.content_type)) {
        call->status = 415;
        return itg__fail_detail(&call->failure, ITG_E_INVALID_BODY, "the Content-Type is not JSON");
    }
    /* Windows' tools put it in front of what they save. */
    if (call->request.body_size >= mark && memcmp(call->request.body, byte_order_mark, mark) == 0)
        call->body_taken = mark;
    itg_error_t err = itg__json_init(&call->json, read_body, call, &call->failure);
    call->json.lenient = true;
    return err;
}

/* Keeps a failure of the body's shape while the rest is read: what is no JSON at all is said first. */
static void hold(struct itg__imi_call *call, itg_failure_t *held)
{
    if (call->json.err == ITG_E_INVALID_JSON || call->json.err == ITG_E_INTERNAL)
        return;
    if (!held->code)
        *held = call->failure;
    itg_failure_clear(&call->failure);
    call->json.err = ITG_OK;
}

/* Nothing may follow; then what was held counts. */
static itg_error_t end_body(struct itg__imi_call *call, const itg_failure_t *held)
{
    struct itg__json *json = &call->json;
    if (!json->err && itg__json_peek(json) >= 0)
        itg__json_fail(json, "unexpected text after the end");
    if (!json->err && held->code) {
        call->failure = *held;
        json->err = held->code;
    }
    return json->err;
}

itg_error_t itg__imi_body_object(struct itg__imi_call *call, const struct itg__json_table *table,
                                 struct itg__json_value *values)
{
    itg_failure_t held = {0};
    itg__json_begin(&call->json);
    if (itg__json_object(&call->json, table, values))
        hold(call, &held);
    return end_body(call, &held);
}

static void take_entry(struct itg__imi_call *call, const struct itg__json_table *table, itg__imi_entry_fn fn,
                       void *ctx, itg_failure_t *held)
{
    struct itg__json_value values[ITG__IMI_ENTRY_VALUES] = {{0}};
    itg__json_begin(&call->json);
    itg_error_t err = itg__json_object(&call->json, table, values);
    if (!err && !held->code)
        err = call->json.err = fn(call, values, ctx);
    if (err)
        hold(call, held);
}

itg_error_t itg__imi_body_list(struct itg__imi_call *call, const struct itg__json_table *table,
                               itg__imi_entry_fn fn, void *ctx)
{
    struct itg__json *json = &call->json;
    itg_failure_t held = {0};
    if (itg__json_peek(json) != '[') {
        struct itg__json_value other;
        if (!itg__json_value(json, &other))
            itg__fail_detail(&held, ITG_E_INVALID_BODY, "the body is no list");
        return end_body(call, &held);
    }
    bool go_on = itg__json_enter(json, ']');
    while (go_on) {
        take_entry(call, table, fn, ctx, &held);
        go_on = !json->err && itg__json_another(json, ']');
    }
    return end_body(call, &held);
}

itg_error_t itg__imi_keep(struct itg__imi_call *call, struct itg__buf *array, const void *entry, size_t size)
{
    itg__buf_add(array, entry, size);
    return array->failed ? itg__fail(&call->failure, ITG_E_INTERNAL, NULL) : ITG_OK;
}

void *itg__imi_kept(const struct itg__buf *array)
{
    static const int64_t none;
    return array->data ? (void *)array->data : (void *)&none;
}

const char *itg__imi_text(struct itg__imi_call *call, const struct itg__json_value *value)
{
    bool there = value->kind != ITG__JSON_ABSENT && value->kind != ITG__JSON_NULL;
    return there ? itg__json_text(&call->json, value) : NULL;
}

itg_error_t itg__imi_id(struct itg__imi_call *call, const struct itg__json_value *value,
                        struct itg__imi_id *ret_id)
{
    struct itg__imi_id id = {0};
    const char *text = itg__imi_text(call, value);
    id.set = text && *text;
    if (id.set && itg__parse_int(text, &id.value))
        return itg__fail(&call->failure, ITG_E_NUMBER_FORMAT, NULL);
    *ret_id = id;
    return ITG_OK;
}

static const struct itg__json_member ref_members[] = {
    [ITG__IMI_REF_ID] = {"id", ITG__IMI_ID, NULL, 0},
    [ITG__IMI_REF_TYPE] = {"type", ITG__IMI_TEXT, NULL, 0},
};
const struct itg__json_table itg__imi_ref_table = {ref_members, ITG__IMI_REF_VALUES};

itg_error_t itg__imi_ref(struct itg__imi_call *call, const struct itg__json_value *values,
                         struct itg__imi_ref *ret_ref)
{
    struct itg__imi_ref ref = {0};
    itg_error_t err = itg__imi_id(call, &values[ITG__IMI_REF_ID], &ref.id);
    if (err)
        return err;
    const char *type = itg__imi_text(call, &values[ITG__IMI_REF_TYPE]);
    ref.has_type = type != NULL;
    ref.type = type ? itg_type_from_name(type) : 0;
    *ret_ref = ref;
    return ITG_OK;
}

itg_error_t itg__imi_whole_ref(struct itg__imi_call *call, const struct itg__json_value *values,
                               struct itg__imi_ref *ret_ref)
{
    struct itg__imi_ref ref;
    itg_error_t err = itg__imi_ref(call, values, &ref);
    if (err)
        return err;
    if (!itg__imi_text(call, &values[ITG__IMI_REF_ID]) || !ref.has_type)
        return itg__fail_detail(&call->failure, ITG_E_INVALID_BODY, "id or type is missing");
    if (!ref.id.set) /* "" */
        return itg__fail(&call->failure, ITG_E_NUMBER_FORMAT, NULL);
    *ret_ref = ref;
    return ITG_OK;
}

itg_error_t itg__imi_body_name(struct itg__imi_call *call, const char **ret_name)
{
    static const struct itg__json_member member = {"name", ITG__IMI_TEXT, NULL, 0};
    struct itg__json_value value = {0};
    itg_error_t err = itg__imi_body_object(call, &(struct itg__json_table){&member, 1}, &value);
    if (err)
        return err;
    const char *name = itg__imi_text(call, &value);
    if (!name)
        return itg__fail(&call->failure, ITG_E_NO_VALID_PROPERTY, NULL);
    *ret_name = name;
    return ITG_OK;
}
