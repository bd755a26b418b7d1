/* The way of a request: route, token, body, handler, answer. */
#include "agent/agent.h"
#include <stdio.h>
#include <string.h>

/* ---- bodies */

#define TEXT   ITG__JSON_IS(ITG__JSON_STRING)
#define NUMBER ITG__JSON_IS(ITG__JSON_INTEGER)
#define EITHER (TEXT | NUMBER)
#define LIST   ITG__JSON_IS(ITG__JSON_ARRAY)
#define GROUP  ITG__JSON_IS(ITG__JSON_OBJECT)
#define TRUTH  (ITG__JSON_IS(ITG__JSON_TRUE) | ITG__JSON_IS(ITG__JSON_FALSE))

static const struct itg__json_member firmware_members[] = {
    {"product", TEXT, NULL, 0},
    {"version", TEXT, NULL, 0},
};
static const struct itg__json_table firmware_table = {firmware_members, 2};

static const struct itg__json_member adapter_members[] = {
    [ADAPTER_TYPE] = {"type", TEXT, NULL, 0},
    [ADAPTER_MAC] = {"mac", TEXT, NULL, 0},
    [ADAPTER_NAME] = {"name", TEXT, NULL, 0},
    [ADAPTER_STATE] = {"state", TEXT, NULL, 0},
};
static const struct itg__json_table adapter_table = {adapter_members, ADAPTER_VALUES};

static const struct itg__json_member attribute_members[] = {
    [ATTRIBUTE_IDENTIFIER] = {"identifier", TEXT, NULL, 0},
    [ATTRIBUTE_VALUE] = {"value", TEXT, NULL, 0},
};
static const struct itg__json_table attribute_table = {attribute_members, ATTRIBUTE_VALUES};

static const struct itg__json_member asset_members[] = {
    [ASSET_UNIQUE] = {"uniqueId", TEXT, NULL, 0}, [ASSET_CONNECTOR] = {"connector", TEXT, NULL, 0},
    [ASSET_NAME] = {"name", TEXT, NULL, 0},       [ASSET_VENDOR] = {"vendor", TEXT, NULL, 0},
    [ASSET_DEVICE] = {"deviceId", TEXT, NULL, 0},
};
static const struct itg__json_table asset_table = {asset_members, ASSET_VALUES};

static const struct itg__json_member usb_members[] = {
    {"added", LIST, &asset_table, 0},
    {"removed", LIST, &itg__json_strings, 0},
};
static const struct itg__json_table usb_table = {usb_members, 2};

static const struct itg__json_member login_members[] = {
    [LOGIN_USER] = {"username", TEXT, NULL, 0},  [LOGIN_RESULT] = {"loginresult", EITHER, NULL, 0},
    [LOGIN_TIME] = {"logintime", TEXT, NULL, 0}, [LOGIN_LOGOFF] = {"logofftime", TEXT, NULL, 0},
    [LOGIN_TYPE] = {"logontype", TEXT, NULL, 0},
};
static const struct itg__json_table login_table = {login_members, LOGIN_VALUES};

static const struct itg__json_member result_members[] = {
    [RESULT_ID] = {"id", EITHER, NULL, 0},
    [RESULT_STATE] = {"state", TEXT, NULL, 0},
    [RESULT_MESSAGE] = {"message", TEXT, NULL, 0},
};
static const struct itg__json_table result_table = {result_members, RESULT_VALUES};

static const struct itg__json_member body_members[BODY_MEMBERS] = {
    [BODY_KEY] = {"key", TEXT, NULL, 0},
    [BODY_MAC] = {"mac", TEXT, NULL, 0},
    [BODY_UNIT_ID] = {"unitID", TEXT, NULL, 0},
    [BODY_NAME] = {"name", TEXT, NULL, 0},
    [BODY_FIRMWARE] = {"firmware", GROUP, &firmware_table, BODY_PRODUCT},
    [BODY_SEQUENCE] = {"sequence", EITHER, NULL, 0},
    [BODY_WAIT] = {"wait", NUMBER, NULL, 0},
    [BODY_BOOT] = {"boot", TRUTH, NULL, 0},
    [BODY_INVENTORY] = {"inventory", GROUP, &itg__json_pairs, 0},
    [BODY_ADAPTERS] = {"networkAdapters", LIST, &adapter_table, 0},
    [BODY_ATTRIBUTES] = {"attributes", LIST, &attribute_table, 0},
    [BODY_CERTIFICATE] = {"certificate", TEXT, NULL, 0},
    [BODY_USB] = {"usb", GROUP, &usb_table, BODY_ADDED},
    [BODY_LOGINS] = {"logins", LIST, &login_table, 0},
    [BODY_RESULTS] = {"results", LIST, &result_table, 0},
    [BODY_REVISION] = {"settingsRevision", EITHER, NULL, 0},
};
static const struct itg__json_table body_table = {body_members, BODY_MEMBERS};

static int64_t read_body(void *ctx, char *buf, size_t size)
{
    struct itg__agent_call *call = ctx;
    size_t left = call->request.body_size - call->body_taken;
    size_t n = left < size ? left : size;
    memcpy(buf, call->request.body + call->body_taken, n);
    call->body_taken += n;
    return (int64_t)n;
}

itg_error_t itg__agent_body(struct itg__agent_call *call)
{
    struct itg__json *json = &call->json;
    if (!itg__imi_content_type_ok(call->request.content_type)) {
        call->status = 415;
        return itg__fail_detail(&call->failure, ITG_E_INVALID_BODY, "the Content-Type is not JSON");
    }
    if (!call->request.body || call->request.body_size == 0) {
        call->request.body = "{}";
        call->request.body_size = 2;
    }
    itg_error_t err = itg__json_init(json, read_body, call, &call->failure);
    if (err)
        return err;
    json->lenient = true;
    itg__json_begin(json);
    itg_failure_t shape = {0};
    if (itg__json_object(json, &body_table, call->values) == ITG_E_INVALID_BODY) {
        shape = call->failure;
        itg_failure_clear(&call->failure);
        json->err = ITG_OK;
    }
    if (!json->err && itg__json_peek(json) >= 0)
        itg__json_fail(json, "unexpected text after the end");
    if (!json->err && shape.code)
        call->failure = shape;
    return json->err ? json->err : shape.code;
}

bool itg__agent_given(const struct itg__json_value *value)
{
    return value->kind != ITG__JSON_ABSENT && value->kind != ITG__JSON_NULL;
}

const char *itg__agent_text(struct itg__agent_call *call, const struct itg__json_value *value)
{
    return value->kind == ITG__JSON_STRING || value->kind == ITG__JSON_INTEGER
               ? itg__json_text(&call->json, value)
               : NULL;
}

bool itg__agent_number(struct itg__agent_call *call, const struct itg__json_value *value, int64_t *ret_number)
{
    const char *text = itg__agent_text(call, value);
    return text && *text && itg__parse_int(text, ret_number) == ITG_OK;
}

/* ---- routes */

static const struct route {
    const char *path;
    bool has_token;
    itg_error_t (*handler)(struct itg__agent_call *call);
} routes[] = {
    {"/agent/v1/register", false, itg__agent_register},
    {"/agent/v1/checkin", true, itg__agent_checkin},
    {"/agent/v1/bye", true, itg__agent_bye},
};

static const struct route *find_route(const char *target)
{
    size_t length = target ? strcspn(target, "?#") : 0;
    for (size_t i = 0; i < sizeof routes / sizeof *routes; i++)
        if (strlen(routes[i].path) == length && memcmp(routes[i].path, target, length) == 0)
            return &routes[i];
    return NULL;
}

static itg_error_t check_method(struct itg__agent_call *call)
{
    if (call->request.method && strcmp(call->request.method, "POST") == 0)
        return ITG_OK;
    call->status = 405;
    itg__imi_response_header_add(call->response, "Allow", "POST");
    return itg__fail(&call->failure, ITG_E_NO_HANDLER, NULL);
}

static itg_error_t run(struct itg__agent_call *call, const struct route *route)
{
    itg_error_t err = route->has_token ? itg__agent_authenticate(call) : ITG_OK;
    if (!err)
        err = route->handler(call);
    if (!err && call->out->failed)
        err = itg__fail(&call->failure, ITG_E_INTERNAL, NULL);
    if (err)
        itg__fail(&call->failure, err, NULL);
    itg__trace(&call->failure, "agents_handle");
    return err;
}

static itg_error_t serve(struct itg__agent_call *call)
{
    const struct route *route = find_route(call->request.target);
    if (!route)
        return itg__fail(&call->failure, ITG_E_NO_HANDLER, NULL);
    if (call->request.body_size > ITG__AGENT_MAX_BODY) {
        call->status = 413;
        return itg__fail_detail(&call->failure, ITG_E_INVALID_BODY, "the body is too large");
    }
    itg_error_t err = check_method(call);
    return err ? err : run(call, route);
}

void itg__agent_call_init(struct itg__agent_call *call, itg_agents_t *agents)
{
    *call = (struct itg__agent_call){.agents = agents, .fleet = agents->fleet};
    call->now_ms = itg__now_ms(agents->fleet);
    call->response = itg__imi_response_new(&agents->answers);
    call->out = &call->response->body;
}

/* A failure's own Retry-After counts before the usual one. */
static void fail(struct itg__agent_call *call)
{
    itg_agents_t *agents = call->agents;
    if (!call->throttled)
        itg__imi_log(agents->itg, "agents", &call->failure);
    if (call->retry_ms)
        itg__imi_response_header_add(call->response, "Retry-After", "%d",
                                     (int)((call->retry_ms + 999) / 1000));
    itg__imi_response_fail(&agents->answers, call->response, &call->failure, call->status);
}

itg_imi_response_t *itg__agent_call_end(struct itg__agent_call *call, itg_error_t err)
{
    if (err)
        fail(call);
    itg__json_dispose(&call->json);
    if (!call->waits)
        return call->response;
    itg_imi_response_free(call->response);
    return NULL;
}

itg_imi_response_t *itg_agents_handle(itg_agents_t *agents, const itg_imi_request_t *request,
                                      itg_agents_wake_fn wake, void *ctx, itg_agents_wait_t **ret_wait)
{
    struct itg__agent_call call;
    if (ret_wait)
        *ret_wait = NULL;
    itg__agent_call_init(&call, agents);
    if (itg__imi_response_is_last_resort(call.response))
        return call.response;
    if (request)
        memcpy(&call.request, request,
               request->size < sizeof call.request ? request->size : sizeof call.request);
    call.wake = ret_wait ? wake : NULL;
    call.wake_ctx = ctx;
    call.ret_wait = ret_wait;
    return itg__agent_call_end(&call, serve(&call));
}
