/* The device side of a fleet: making and ending it. */
#include "agent/agent.h"
#include "core/queue.h"
#include <stdlib.h>
#include <string.h>

enum {
    MARKS_MS = 1000,  /* what other processes do is seen so late */
    WAITING_MS = 250, /* between steps while check-ins wait */
    IDLE_MS = 1000
};
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

static int32_t online(void *ctx, int64_t id)
{
    itg_agents_t *agents = ctx;
    return itg__presence_online(agents->fleet, id);
}

static void stirred(void *ctx)
{
    itg__waiters_wake_doomed(ctx);
}

static itg_error_t open_all(itg_agents_t *agents, itg_failure_t *failure)
{
    struct itg__fleet *fleet = agents->fleet;
    const struct itg__builtin_link link = {
        .online = online, .work = itg__agents_work, .ctx = agents, .wait_ms = agents->options.confirm_ms};
    if (fleet->stir)
        return itg__fail_detail(failure, ITG_E_INTERNAL, "the fleet has a device side already");
    itg_error_t err = itg__waiters_open(agents, failure);
    if (!err)
        err = itg__presence_serve(fleet, failure);
    if (err)
        return err;
    fleet->stir_ctx = agents;
    fleet->stir = stirred;
    agents->attached = itg__link_attach(fleet, &link);
    return ITG_OK;
}

static void agents_dispose(itg_agents_t *agents)
{
    itg__waiters_close(agents);
    itg__throttle_dispose(&agents->throttle);
    pthread_mutex_destroy(&agents->marks_lock);
    free(agents);
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
    agents->fleet = itg->fleet;
    agents->marks_ms = INT64_MIN;
    agents->answers.challenge = "Bearer";
    pthread_mutex_init(&agents->marks_lock, NULL);
    itg__throttle_init(&agents->throttle);
    err = take_options(agents, options, failure);
    if (!err)
        err = open_all(agents, failure);
    if (err) {
        itg__trace(failure, "itg_agents_new");
        agents_dispose(agents);
        return err;
    }
    *ret_agents = agents;
    return ITG_OK;
}

void itg_agents_free(itg_agents_t *agents)
{
    if (!agents)
        return;
    if (agents->attached)
        itg__link_detach(agents->fleet);
    agents->fleet->stir = NULL;
    itg__presence_retire(agents->fleet);
    agents_dispose(agents);
}

/* ---- what says whether anything concerns anybody */

static itg_error_t read_marks(itg_agents_t *agents, struct itg__marks *ret_marks, itg_failure_t *failure)
{
    itg_t host = {.fleet = agents->fleet};
    struct itg__tx tx;
    bool found = false;
    itg_error_t err = itg__begin_read(&host, "itg_agents_step", ITG__RIGHT_READ, &tx, failure);
    if (err)
        return err;
    err = itg__lookup(&tx, &found, &ret_marks->members,
                      "SELECT value FROM sequence WHERE name = 'membership'", "");
    if (!err)
        err = itg__lookup(&tx, &found, &ret_marks->revisions,
                          "SELECT value FROM sequence WHERE name = 'revision'", "");
    return itg__end(&tx, err);
}

itg_error_t itg__agents_marks(itg_agents_t *agents, bool anew, struct itg__marks *ret_marks,
                              itg_failure_t *failure)
{
    struct itg__marks marks = {0};
    int64_t now_ms = itg__now_ms(agents->fleet);
    uint64_t stirs = atomic_load(&agents->fleet->stirs);
    pthread_mutex_lock(&agents->marks_lock);
    bool fresh = !anew && stirs == agents->marks_stirs && now_ms >= agents->marks_ms &&
                 now_ms - MARKS_MS < agents->marks_ms;
    marks = agents->marks;
    pthread_mutex_unlock(&agents->marks_lock);
    if (!fresh) {
        itg_error_t err = read_marks(agents, &marks, failure);
        if (err)
            return err;
        pthread_mutex_lock(&agents->marks_lock);
        agents->marks = marks;
        agents->marks_stirs = stirs;
        agents->marks_ms = now_ms;
        pthread_mutex_unlock(&agents->marks_lock);
    }
    *ret_marks = marks;
    return ITG_OK;
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

itg_error_t itg_agents_step(itg_agents_t *agents, int64_t *ret_next_ms, itg_failure_t *failure)
{
    bool waiting = false, more = false;
    itg_error_t err = itg__need(agents != NULL, "agents", failure);
    if (err)
        return err;
    err = itg__waiters_step(agents, &waiting, failure);
    if (!err)
        err = itg__presence_step(agents->fleet, &more, failure);
    if (err)
        itg__trace(failure, "itg_agents_step");
    else if (ret_next_ms)
        *ret_next_ms = waiting ? WAITING_MS : IDLE_MS;
    return err;
}

itg_imi_response_t *itg_agents_refuse_body(itg_agents_t *agents)
{
    return itg__imi_response_refuse(&agents->answers, ITG_E_INVALID_BODY, 413, "agents_refuse_body");
}

itg_imi_response_t *itg_agents_refuse_busy(itg_agents_t *agents)
{
    return itg__imi_response_refuse(&agents->answers, ITG_E_NOT_AVAILABLE, 0, "agents_refuse_busy");
}
