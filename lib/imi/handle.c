/* The way of a request: route, user, version, right, ids, body, handler, response. */
#include "core/core.h"
#include "core/licence.h"
#include "imi/imi.h"
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#define DEFAULT_SERVER "localhost:8443"

/* True for a host name or address with or without a port: what may stand in a link. */
static bool host_ok(const char *host)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-:[]_";
    size_t length = host ? strnlen(host, ITG__IMI_HOST_SIZE) : 0;
    return length > 0 && length < ITG__IMI_HOST_SIZE && strspn(host, allowed) == length;
}

static int64_t wall_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static itg_error_t imi_init(itg_imi_t *imi, itg_t *itg, const itg_imi_options_t *options,
                            itg_failure_t *failure)
{
    itg_imi_options_t known = {0};
    if (options)
        memcpy(&known, options, options->size < sizeof known ? options->size : sizeof known);
    const char *server = known.server_name ? known.server_name : DEFAULT_SERVER;
    if (!host_ok(server))
        return itg__fail_detail(failure, ITG_E_INVALID_BODY, "server_name is no host name with a port");
    if (sodium_init() < 0)
        return itg__fail_detail(failure, ITG_E_INTERNAL, "no source of random numbers");
    snprintf(imi->server, sizeof imi->server, "%s", server);
    imi->itg = itg;
    imi->plain_http = known.plain_http != 0;
    imi->answers.hide_trace = known.hide_trace != 0;
    imi->trusted = known.trusted != 0;
    imi->max_body = known.max_body ? known.max_body : ITG_IMI_MAX_BODY;
    imi->started_ms = wall_ms();
    return ITG_OK;
}

itg_error_t itg_imi_new(itg_t *itg, const itg_imi_options_t *options, itg_imi_t **ret_imi,
                        itg_failure_t *failure)
{
    itg_error_t err = ITG_OK;
    itg_imi_t *imi = NULL;
    if (!itg || !ret_imi)
        err = itg__fail_detail(failure, ITG_E_INVALID_BODY, "itg and ret_imi must not be NULL");
    if (!err)
        imi = calloc(1, sizeof *imi);
    if (!err && !imi)
        err = itg__fail(failure, ITG_E_INTERNAL, NULL);
    if (!err)
        err = imi_init(imi, itg, options, failure);
    if (err) {
        itg__trace(failure, "itg_imi_new");
        free(imi);
        return err;
    }
    *ret_imi = imi;
    return ITG_OK;
}

void itg_imi_free(itg_imi_t *imi)
{
    free(imi);
}

size_t itg_imi_max_body(const itg_imi_t *imi)
{
    return imi ? imi->max_body : ITG_IMI_MAX_BODY;
}

int32_t itg_imi_is_quick(const itg_imi_t *imi, const itg_imi_request_t *request)
{
    (void)imi;
    if (!request || !request->method)
        return 0;
    bool reads = strcmp(request->method, "GET") == 0 || strcmp(request->method, "HEAD") == 0;
    /* A view may have to look at the whole fleet to find little. */
    bool searches = request->target && strstr(request->target, "/thinclientview/");
    return reads && !searches && !itg__imi_is_basic(request->authorization);
}

static void find_host(struct itg__imi_call *call)
{
    const char *host = host_ok(call->request.host) ? call->request.host : call->imi->server;
    snprintf(call->host, sizeof call->host, "%s", host);
    snprintf(call->base, sizeof call->base, "%s://%s/umsapi/v3", call->imi->plain_http ? "http" : "https",
             host);
}

/* Who may change nothing anywhere is refused before the body is looked at. Other troubles the call itself tells. */
static itg_error_t check_right(struct itg__imi_call *call)
{
    if (call->route->right == ITG__IMI_WRITE &&
        itg__may(call->itg, ITG__RIGHT_OBJECT, NULL) == ITG_E_ACCESS_DENIED)
        return itg__fail(&call->failure, ITG_E_ACCESS_DENIED, NULL);
    return ITG_OK;
}

/* "latest" is the third version. */
static itg_feature_t version_feature(const struct itg__imi_call *call)
{
    const char *version = call->target.segments[1];
    return strcmp(version, "v1") == 0   ? ITG_FEATURE_IMI_V1
           : strcmp(version, "v2") == 0 ? ITG_FEATURE_IMI_V2
                                        : ITG_FEATURE_IMI_V3;
}

static itg_error_t check_version(struct itg__imi_call *call)
{
    if (!itg__imi_version_ok(&call->target))
        return itg__fail(&call->failure, ITG_E_API_VERSION, NULL);
    if (!itg__is_licensed(call->imi->itg->fleet, version_feature(call)))
        return itg__fail(&call->failure, ITG_E_INVALID_IMI_VERSION, NULL);
    return ITG_OK;
}

/* Who asks, and for what? A missing session is found before the path is looked at. */
static itg_error_t admit(struct itg__imi_call *call)
{
    itg_error_t err = call->is_public ? ITG_OK : itg__imi_authenticate(call);
    if (err) {
        itg__trace(&call->failure, "imi_authenticate");
        return err;
    }
    err = itg__licensed(call->imi->itg->fleet, ITG_FEATURE_IMI, &call->failure);
    if (!err)
        err = check_version(call);
    if (!err)
        err = itg__imi_route_check(call);
    itg__trace(&call->failure, "imi_route");
    return err;
}

static itg_error_t run(struct itg__imi_call *call)
{
    itg_error_t err = check_right(call);
    if (!err)
        err = itg__imi_route_ids(call);
    if (!err && call->route->has_body)
        err = itg__imi_body_open(call);
    if (!err)
        err = call->route->handler(call);
    if (!err && call->out->failed)
        err = itg__fail(&call->failure, ITG_E_INTERNAL, NULL);
    if (err)
        itg__fail(&call->failure, err, NULL);
    itg__trace(&call->failure, call->route->name);
    return err;
}

static itg_error_t serve(struct itg__imi_call *call)
{
    if (!itg__imi_target_init(&call->target, call->request.target))
        return itg__fail(&call->failure, ITG_E_INTERNAL, NULL);
    find_host(call);
    itg__imi_route_find(call);
    itg_error_t err = admit(call);
    return err ? err : run(call);
}

void itg__imi_log(itg_t *itg, const char *operation, const itg_failure_t *failure)
{
    if (itg_error_http_status(failure->code) < 500)
        return;
    itg__log(itg->fleet, ITG_LOG_ERROR, "%s: %s %s%s%s", operation, itg_error_code(failure->code),
             failure->message, failure->detail[0] ? ": " : "", failure->detail);
}

static void call_init(struct itg__imi_call *call, itg_imi_t *imi, const itg_imi_request_t *request)
{
    *call = (struct itg__imi_call){.imi = imi};
    if (request)
        memcpy(&call->request, request,
               request->size < sizeof call->request ? request->size : sizeof call->request);
    if (!call->request.method)
        call->request.method = "";
    call->method = strcmp(call->request.method, "HEAD") == 0 ? "GET" : call->request.method;
    call->number = atomic_fetch_add(&imi->requests, 1) + 1;
    call->response = itg__imi_response_new(&imi->answers);
    call->out = &call->response->body;
}

static void call_dispose(struct itg__imi_call *call)
{
    itg__json_dispose(&call->json);
    itg_close(call->own);
    itg__imi_target_dispose(&call->target);
}

itg_imi_response_t *itg_imi_handle(itg_imi_t *imi, const itg_imi_request_t *request)
{
    struct itg__imi_call call;
    call_init(&call, imi, request);
    if (itg__imi_response_is_last_resort(call.response))
        return call.response;
    itg_error_t err = serve(&call);
    if (err) {
        itg__imi_log(imi->itg, call.route ? call.route->name : "imi_handle", &call.failure);
        itg__imi_response_fail(&imi->answers, call.response, &call.failure, call.status);
    }
    if (call.method != call.request.method)
        itg__imi_response_drop_body(call.response);
    call_dispose(&call);
    return call.response;
}

itg_imi_response_t *itg_imi_refuse_body(itg_imi_t *imi)
{
    return itg__imi_response_refuse(&imi->answers, ITG_E_INVALID_BODY, 413, "imi_refuse_body");
}

itg_imi_response_t *itg_imi_refuse_busy(itg_imi_t *imi)
{
    return itg__imi_response_refuse(&imi->answers, ITG_E_NOT_AVAILABLE, 0, "imi_refuse_busy");
}
