/* Requests, and what comes of their answers. */
#include "cli/agent/agent.h"
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum { ANSWER_MS = 30000 /* beside the time that a check-in waits */, BYE_MS = 2000, PAUSE_MS = 1000 };

static int64_t stay_away_ms(struct agent *agent)
{
    return agent_backoff_next(&agent->backoff, randombytes_random());
}

static bool learn_pin(struct agent *agent)
{
    char why[AGENT_HTTP_WHY_SIZE] = "";
    const char *server = agent->config->server;
    if (agent->config->ca || *agent->state.pin)
        return true;
    enum agent_http_result result = agent_http_learn(agent->http, agent->state.pin, why);
    if (result == AGENT_HTTP_INTERRUPTED)
        return false;
    if (result != AGENT_HTTP_OK) {
        agent_complain(agent, "cannot reach %s: %s", server, why);
        return false;
    }
    agent_say("pinned the certificate of %s: %s", server, agent->state.pin);
    agent_save_state(agent);
    return true;
}

/* Sends a request; takes the body over. @return false: no answer, which has been said */
static bool ask(struct agent *agent, const char *path, char *body, int64_t timeout_ms,
                struct agent_response *response)
{
    char why[AGENT_HTTP_WHY_SIZE] = "";
    const char *token = *agent->state.token ? agent->state.token : NULL, *server = agent->config->server;
    if (!body) {
        agent_complain(agent, "out of memory");
        return false;
    }
    enum agent_http_result result = AGENT_HTTP_FAILED;
    if (learn_pin(agent))
        result = agent_http_post(agent->http, agent->state.pin, path, token, body, timeout_ms, response, why);
    else
        why[0] = '\0';
    explicit_bzero(body, strlen(body)); /* it may hold the key */
    free(body);
    if (result == AGENT_HTTP_IMPOSTOR)
        agent_complain(agent, "%s is not the server that is known, nothing was sent to it: %s", server, why);
    else if (result == AGENT_HTTP_FAILED && *why)
        agent_complain(agent, "cannot reach %s: %s", server, why);
    return result == AGENT_HTTP_OK;
}

static void keep_registration(struct agent *agent, const struct agent_answer *answer)
{
    struct agent_state *state = &agent->state;
    /* The numbers of commands are the server's: those of another one begin anew. */
    if (strcmp(state->server_uuid, answer->server_uuid) != 0 && *state->server_uuid) {
        agent->record = (struct agent_record){0};
        agent_save_record(agent);
    }
    agent_report_dispose(&agent->report);
    state->id = answer->id;
    memcpy(state->token, answer->token, sizeof state->token);
    memcpy(state->server_uuid, answer->server_uuid, sizeof state->server_uuid);
    memcpy(state->mac, agent->inventory.mac, sizeof agent->inventory.mac);
    memcpy(state->boot_id, agent->inventory.boot_id, sizeof state->boot_id);
    json_decref(state->reported);
    state->reported = agent_report_known(agent);
    agent_save_state(agent);
    agent_say("registered at %s as %s (id %lld)", agent->config->server,
              *answer->name ? answer->name : agent->inventory.mac, (long long)answer->id);
}

static char *register_body(const struct agent *agent)
{
    const struct agent_inventory *inventory = &agent->inventory;
    struct agent_identity who = {.key = agent->config->key,
                                 .mac = inventory->mac,
                                 .product = inventory->product,
                                 .version = inventory->version};
    json_t *report = agent_report_all(agent);
    char *body = report ? agent_register_body(&who, report) : NULL;
    json_decref(report);
    return body;
}

bool agent_register(struct agent *agent, int64_t *ret_wait_ms)
{
    struct agent_response response;
    struct agent_answer answer = {0};
    bool taken = false;
    *ret_wait_ms = stay_away_ms(agent);
    if (!agent_look(agent)) {
        agent_complain(agent, "out of memory");
        return false;
    }
    if (!*agent->inventory.mac) {
        agent_complain(agent, "there is no network adapter by whose MAC this thin client could be known");
        return false;
    }
    if (!ask(agent, AGENT_REGISTER_PATH, register_body(agent), ANSWER_MS, &response))
        return false;
    agent_read_registered(&response, &answer);
    taken = answer.verdict == AGENT_TAKEN;
    if (taken)
        keep_registration(agent, &answer);
    else
        agent_complain(agent, "cannot register at %s: %s", agent->config->server, answer.message);
    if (taken)
        *ret_wait_ms = 0;
    else if (answer.retry_after_s * 1000 > *ret_wait_ms)
        *ret_wait_ms = answer.retry_after_s * 1000;
    agent_answer_dispose(&answer);
    return taken;
}

static void leave(struct agent *agent, const char *why)
{
    agent_state_forget(&agent->state);
    agent_report_dispose(&agent->report);
    json_array_clear(agent->refusals);
    agent->leaving = false;
    agent->fetching = false;
    agent->left = true;
    agent_save_state(agent);
    agent_say("%s: this thin client has left the fleet", why);
}

/* After a check-in that was answered with 200. @return whether there was something to do */
static bool take(struct agent *agent, const struct agent_answer *answer)
{
    agent->backoff = (struct agent_backoff){0};
    if (*agent->complaint) {
        agent_say("in touch with %s again", agent->config->server);
        agent->complaint[0] = '\0';
    }
    agent_report_settle(agent);
    if (agent->leaving && agent->record.reported) {
        leave(agent, agent->record.word);
        return true;
    }
    bool busy = agent_settle_settings(agent, answer->settings);
    return agent_obey(agent, answer->commands, answer->command_count) || busy;
}

/* After one that was refused. */
static void take_refusal(struct agent *agent, const struct agent_answer *answer)
{
    if (answer->verdict == AGENT_DELETED) {
        leave(agent, answer->message);
        return;
    }
    agent_complain(agent, "%s: %s", agent->config->server, answer->message);
    if (answer->verdict == AGENT_REGISTER) {
        agent_state_forget(&agent->state);
        agent_report_dispose(&agent->report);
        agent_save_state(agent);
    } else if (answer->verdict == AGENT_UNWANTED) {
        agent_report_settle(agent);
    }
}

static char *checkin_body(struct agent *agent, int64_t wait_s)
{
    if (!agent_look(agent) || !agent_report_make(agent))
        return NULL;
    return agent_checkin_body(agent->report.body, agent->state.sequence, wait_s, agent_revision(agent));
}

bool agent_checkin(struct agent *agent, int64_t *ret_wait_ms, bool *ret_busy)
{
    struct agent_response response;
    struct agent_answer answer = {0};
    bool hurries = agent->config->once || agent->leaving || agent->fetching;
    int64_t wait_s = hurries ? 0 : agent->config->wait_s;
    int64_t begin_ms = agent_now_ms();
    *ret_busy = false;
    if (!ask(agent, AGENT_CHECKIN_PATH, checkin_body(agent, wait_s), wait_s * 1000 + ANSWER_MS, &response)) {
        *ret_wait_ms = stay_away_ms(agent);
        return false;
    }
    agent_read_checkin(&response, &answer);
    bool taken = answer.verdict == AGENT_TAKEN;
    if (taken)
        *ret_busy = take(agent, &answer);
    else
        take_refusal(agent, &answer);
    *ret_wait_ms = taken ? answer.next_s * 1000 : stay_away_ms(agent);
    if (!taken && answer.retry_after_s * 1000 > *ret_wait_ms)
        *ret_wait_ms = answer.retry_after_s * 1000;
    /* A server that lets nobody wait and wants everybody at once is asked once a second. */
    if (*ret_wait_ms == 0 && agent_now_ms() - begin_ms < PAUSE_MS)
        *ret_wait_ms = PAUSE_MS;
    if (*ret_busy)
        *ret_wait_ms = 0;
    agent_answer_dispose(&answer);
    return taken;
}

void agent_bye(struct agent *agent)
{
    char why[AGENT_HTTP_WHY_SIZE];
    struct agent_response response;
    if (!*agent->state.token || (!agent->config->ca && !*agent->state.pin))
        return;
    agent->events.stop = false; /* the next signal ends this as well */
    if (agent_http_post(agent->http, agent->state.pin, AGENT_BYE_PATH, agent->state.token, "{}", BYE_MS,
                        &response, why) != AGENT_HTTP_OK) {
        /* The server finds out by itself, a little later. */
    }
}
