/* The device side of a fleet: making and ending it. */
#include "agent/agent.h"
#include <stdlib.h>
#include <string.h>

enum { DEFAULT_INTERVAL_S = 60, DEFAULT_WAIT_S = 55, DEFAULT_WAITING = 2000, DEFAULT_CONFIRM_MS = 2000 };

/* 0: the default. */
static itg_error_t take(int32_t *option, int32_t usual, int32_t most, const char *name,
                        itg_failure_t *failure)
{
    if (*option < 0 || *option > most)
        return itg__fail_detail(failure, ITG_E_INVALID_BODY, "%s is out of its range", name);
    if (*option == 0)
        *option = usual;
    return ITG_OK;
}

static itg_error_t take_options(itg_agents_t *agents, const itg_agents_options_t *options,
                                itg_failure_t *failure)
{
    itg_agents_options_t *own = &agents->options;
    if (options)
        memcpy(own, options, options->size < sizeof *own ? options->size : sizeof *own);
    bool none = own->max_waiting == -1;
    own->max_waiting = none ? 0 : own->max_waiting;
    agents->answers.hide_trace = own->hide_trace != 0;
    itg_error_t err = take(&own->interval_s, DEFAULT_INTERVAL_S, 86400, "interval_s", failure);
    if (!err)
        err = take(&own->max_wait_s, DEFAULT_WAIT_S, 3600, "max_wait_s", failure);
    if (!err)
        err = take(&own->confirm_ms, DEFAULT_CONFIRM_MS, 600000, "confirm_ms", failure);
    if (!err && !none)
        err = take(&own->max_waiting, DEFAULT_WAITING, 1000000, "max_waiting", failure);
    return err;
}

itg_error_t itg_agents_new(itg_t *itg, const itg_agents_options_t *options, itg_agents_t **ret_agents,
                           itg_failure_t *failure)
{
    itg_error_t err = itg__need(itg && ret_agents, "itg or ret_agents", failure);
    if (err)
        return err;
    itg_agents_t *agents = calloc(1, sizeof *agents);
    if (!agents)
        return itg__fail(failure, ITG_E_INTERNAL, NULL);
    agents->itg = itg;
    err = take_options(agents, options, failure);
    if (err) {
        itg__trace(failure, "itg_agents_new");
        free(agents);
        return err;
    }
    *ret_agents = agents;
    return ITG_OK;
}

void itg_agents_free(itg_agents_t *agents)
{
    free(agents);
}

int32_t itg_agents_wants(const itg_agents_t *agents, const char *target)
{
    static const char root[] = "/agent";
    if (!agents || !target || strncmp(target, root, sizeof root - 1) != 0)
        return 0;
    char next = target[sizeof root - 1];
    return next == '/' || next == '?' || next == '\0';
}

size_t itg_agents_max_body(const itg_agents_t *agents)
{
    (void)agents;
    return ITG__AGENT_MAX_BODY;
}

itg_imi_response_t *itg_agents_handle(itg_agents_t *agents, const itg_imi_request_t *request,
                                      itg_agents_wake_fn wake, void *ctx, itg_agents_wait_t **ret_wait)
{
    (void)request, (void)wake, (void)ctx;
    if (ret_wait)
        *ret_wait = NULL;
    return itg__imi_response_refuse(&agents->answers, ITG_E_NO_HANDLER, 0, "agents_handle");
}

itg_imi_response_t *itg_agents_finish(itg_agents_t *agents, itg_agents_wait_t *wait)
{
    (void)wait;
    return itg__imi_response_refuse(&agents->answers, ITG_E_NO_HANDLER, 0, "agents_finish");
}

void itg_agents_abandon(itg_agents_t *agents, itg_agents_wait_t *wait)
{
    (void)agents, (void)wait;
}

void itg_agents_wake_all(itg_agents_t *agents)
{
    (void)agents;
}

itg_error_t itg_agents_step(itg_agents_t *agents, int64_t *ret_next_ms, itg_failure_t *failure)
{
    (void)agents, (void)failure;
    if (ret_next_ms)
        *ret_next_ms = 1000;
    return ITG_OK;
}

itg_imi_response_t *itg_agents_refuse_body(itg_agents_t *agents)
{
    return itg__imi_response_refuse(&agents->answers, ITG_E_INVALID_BODY, 413, "agents_refuse_body");
}

itg_imi_response_t *itg_agents_refuse_busy(itg_agents_t *agents)
{
    return itg__imi_response_refuse(&agents->answers, ITG_E_NOT_AVAILABLE, 0, "agents_refuse_busy");
}
