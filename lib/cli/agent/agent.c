#include "cli/agent/agent.h"
#include "cli/cli.h"
#include <curl/curl.h>
#include <errno.h>
#include <signal.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* With --once: rounds that have something to do. */
enum { ROUNDS_MAX = 1000 };

static void write_line(FILE *out, const char *prefix, const char *text)
{
    struct itg__buf line = {0};
    itg__buf_str(&line, prefix);
    cli_append_shown(&line, text);
    itg__buf_char(&line, '\n');
    if (!line.failed)
        fwrite(line.data, 1, line.length, out);
    fflush(out); /* what cannot be told is no reason to end */
    itg__buf_dispose(&line);
}

void agent_say(const char *format, ...)
{
    char text[2048];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    write_line(stdout, "", text);
}

void agent_complain(struct agent *agent, const char *format, ...)
{
    char text[sizeof agent->complaint];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (strcmp(text, agent->complaint) == 0)
        return;
    memcpy(agent->complaint, text, sizeof text);
    write_line(stderr, "itg: ", text);
}

void agent_save_state(struct agent *agent)
{
    char why[AGENT_WHY_SIZE];
    if (!agent_state_save(&agent->store, &agent->state, why))
        agent_complain(agent, "%s", why);
}

bool agent_save_record(struct agent *agent)
{
    char why[AGENT_WHY_SIZE];
    bool saved = agent_record_save(&agent->store, &agent->record, why);
    if (!saved)
        agent_complain(agent, "%s", why);
    return saved;
}

/* Reads what earlier runs have left. @return false: it cannot be read, which has been said */
static bool load(struct agent *agent)
{
    char why[AGENT_WHY_SIZE];
    if (!agent_state_load(&agent->store, &agent->state, why)) {
        agent_complain(agent, "%s", why);
        return false;
    }
    if (*why)
        agent_complain(agent, "%s: this thin client has to be registered again", why);
    if (!agent_record_load(&agent->store, &agent->record, why)) {
        agent_complain(agent, "%s", why);
        return false;
    }
    if (*why)
        agent_complain(agent, "%s: commands that are already on their way are not carried out", why);
    return true;
}

static bool prepare(struct agent *agent)
{
    struct agent_state *state = &agent->state;
    const struct agent_config *config = agent->config;
    if (!load(agent))
        return false;
    int64_t before_ms = state->uptime_ms;
    agent->refusals = json_array();
    if (!agent->refusals || !agent_look(agent)) {
        agent_complain(agent, "out of memory");
        return false;
    }
    if (strcmp(state->boot_id, agent->inventory.boot_id) != 0)
        state->uptime_before_ms += before_ms;
    if (config->pin)
        snprintf(state->pin, sizeof state->pin, "%s", config->pin);
    if (config->settings && access(config->settings, F_OK) != 0)
        state->revision[0] = '\0'; /* somebody has taken the file away */
    agent_recover(agent);
    return true;
}

/* Registers or checks in. @return false: it has not worked */
static bool turn(struct agent *agent, int64_t *ret_wait_ms, bool *ret_busy)
{
    *ret_busy = true;
    if (agent->state.id == 0)
        return agent_register(agent, ret_wait_ms);
    return agent_checkin(agent, ret_wait_ms, ret_busy);
}

static int run_once(struct agent *agent)
{
    bool busy = true;
    int64_t wait_ms = 0;
    int status = CLI_OK;
    for (int round = 0; status == CLI_OK && busy && round < ROUNDS_MAX; round++) {
        if (agent->events.stop || agent->left)
            break;
        if (!turn(agent, &wait_ms, &busy) && !agent->left)
            status = CLI_REFUSED;
        /* What was refused or carried out last has to be told as well. */
        busy = busy || json_array_size(agent->refusals) > 0;
    }
    return status;
}

static int run_on(struct agent *agent)
{
    while (!agent->events.stop && !agent->left) {
        int64_t wait_ms = 0;
        bool busy;
        turn(agent, &wait_ms, &busy);
        if (agent->left && agent->config->stay) {
            agent->left = false;
            wait_ms = wait_ms < 1000 ? 1000 : wait_ms;
        }
        if (!agent->left)
            agent_events_sleep(&agent->events, wait_ms);
    }
    return CLI_OK;
}

static void dispose(struct agent *agent)
{
    agent_report_dispose(&agent->report);
    agent_inventory_dispose(&agent->inventory);
    json_decref(agent->refusals);
    agent_http_free(agent->http);
    agent_state_dispose(&agent->state);
    agent_store_close(&agent->store);
    agent_events_close(&agent->events);
}

static int run(struct agent *agent)
{
    const struct agent_config *config = agent->config;
    struct agent_http_options options = {
        .server = config->server, .ca = config->ca, .events = &agent->events};
    if (!agent_events_open(&agent->events))
        return cli_refuse("cannot wait for signals: %s", strerror(errno));
    agent->http = agent_http_new(&options);
    if (!agent->http)
        return cli_refuse("out of memory");
    if (!prepare(agent))
        return CLI_REFUSED;
    int status = config->once ? run_once(agent) : run_on(agent);
    if (agent->left)
        return AGENT_LEFT;
    agent_bye(agent);
    return status;
}

int agent_run(const struct agent_config *config)
{
    char why[AGENT_WHY_SIZE];
    struct agent agent = {.config = config, .events = {.fd = -1}};
    signal(SIGPIPE, SIG_IGN);
    if (sodium_init() < 0)
        return cli_refuse("no source of random numbers");
    if (!agent_store_open(&agent.store, config->state, why))
        return cli_refuse("%s", why);
    int status = run(&agent);
    dispose(&agent);
    return status;
}
