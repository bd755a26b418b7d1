#include "cli/simulate/simulate.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    PAUSE_MS = 1000,     /* between check-ins that bring nothing */
    EAGER_MS = 50,       /* what comes at once comes so soon */
    OFF_LEAST_MS = 8000, /* a restart */
    OFF_SHUTDOWN_MS = 30000
};

/* A number from the middle of a bell: 0 usually, seldom beyond 2. */
static double bell(struct demo_random *random)
{
    double sum = 0;
    for (int i = 0; i < 12; i++)
        sum += (double)demo_below(random, 1 << 20) / (1 << 20);
    return sum - 6;
}

/* Most are quick, some take long: from about a third of the usual to seven times as much. */
static int64_t work_ms(struct sim_client *client, int64_t usual_ms)
{
    double factor = exp(0.8 * bell(&client->random));
    return (int64_t)((double)usual_ms * (factor < 0.3 ? 0.3 : factor > 7 ? 7 : factor));
}

/* Between nine and eleven tenths. */
static int64_t about(struct sim_client *client, int64_t ms)
{
    return ms - ms / 10 + demo_below(&client->random, ms / 5 + 1);
}

bool sim_client_lives(const struct sim_client *client)
{
    return client->state != SIM_GONE;
}

static void set_report(struct sim_client *client, json_t *report)
{
    free(client->report);
    client->report = json_object_size(report) > 0 ? json_dumps(report, JSON_COMPACT) : NULL;
    json_decref(report);
    if (client->report)
        client->sequence++;
}

static void drop_report(struct sim_client *client)
{
    free(client->report);
    client->report = NULL;
    client->result = 0;
}

static void forget(struct sim_client *client)
{
    drop_report(client);
    free(client->token);
    client->token = NULL;
    client->running = 0;
    client->sequence = 0;
    snprintf(client->revision, sizeof client->revision, "0");
}

void sim_client_init(struct sim_client *client, const struct sim_config *config, int64_t index,
                     int64_t now_ms)
{
    *client = (struct sim_client){.index = index, .state = SIM_NEW};
    client->random.state = demo_mix((uint64_t)config->seed, (uint64_t)index);
    forget(client);
    sim_device_begin(client, config);
    client->due_ms = now_ms + demo_below(&client->random, config->ramp_ms + 1);
}

void sim_client_dispose(struct sim_client *client)
{
    free(client->token);
    free(client->report);
}

/* ---- what it sends */

/* A command has come to its end. */
static json_t *result(struct sim_client *client)
{
    json_t *report = json_object(), *results = json_array();
    bool ok = report && results;
    ok = ok && agent_result_add(results, client->running, client->succeeds,
                                client->succeeds ? "OK" : "the program ended with status 1");
    if (ok && json_object_set(report, "results", results) == 0)
        client->result = client->running;
    json_decref(results);
    return report;
}

static json_t *next_report(struct sim_client *client, const struct sim_config *config, int64_t now_ms)
{
    if (client->running)
        return result(client);
    return client->boot ? sim_device_boot(client, config) : sim_device_events(client, config, now_ms);
}

static char *checkin_body(const struct sim_client *client, int64_t wait_s)
{
    json_error_t error;
    json_t *report = client->report ? json_loads(client->report, 0, &error) : NULL;
    char *body = agent_checkin_body(report, client->sequence, wait_s, client->revision);
    json_decref(report);
    return body;
}

struct sim_request sim_client_act(struct sim_client *client, const struct sim_config *config, int64_t now_ms)
{
    if (client->state == SIM_OFF) {
        client->boot = client->token != NULL;
        client->seen_ms = now_ms;
        client->state = client->token ? SIM_UP : SIM_NEW;
    }
    if (client->state == SIM_NEW)
        return (struct sim_request){AGENT_REGISTER_PATH, sim_device_register(client, config), 0, false,
                                    false};
    if (client->state == SIM_UP && !client->report)
        set_report(client, next_report(client, config, now_ms));
    if (client->state == SIM_LEAVING)
        return (struct sim_request){AGENT_BYE_PATH, strdup("{}"), 0, true, false};
    client->quick = false;
    return (struct sim_request){AGENT_CHECKIN_PATH, checkin_body(client, config->wait_s), config->wait_s,
                                true, config->wait_s > 0 && !client->report};
}

/* ---- what it hears */

static void hear_registered(struct sim_client *client, struct agent_answer *answer, int64_t now_ms,
                            struct sim_counts *counts)
{
    free(client->token);
    client->token = strdup(answer->token);
    if (!client->token)
        return;
    counts->registered++;
    client->state = SIM_UP;
    client->boot = false;
    client->quick = true;
    client->seen_ms = now_ms;
    client->due_ms = now_ms + EAGER_MS + demo_below(&client->random, PAUSE_MS);
}

static void begin_command(struct sim_client *client, const struct sim_config *config,
                          const struct agent_command *command, int64_t now_ms)
{
    client->word = itg_command_from_name(command->word);
    client->running = client->began = command->id;
    client->succeeds = demo_below(&client->random, 100) >= config->failures;
    client->due_ms = now_ms + work_ms(client, config->work_ms);
    if (client->word == ITG_COMMAND_SETTINGS2TC)
        snprintf(client->revision, sizeof client->revision, "0");
}

/* @return whether there was one to begin */
static bool obey(struct sim_client *client, const struct sim_config *config,
                 const struct agent_answer *answer, int64_t now_ms, struct sim_counts *counts)
{
    const struct agent_command *next = NULL;
    for (size_t i = 0; i < answer->command_count; i++)
        if (answer->commands[i].id > client->began && (!next || answer->commands[i].id < next->id))
            next = &answer->commands[i];
    if (!next)
        return false;
    counts->commands++;
    begin_command(client, config, next, now_ms);
    return true;
}

/* The server knows how a command ended: now it shows. */
static void conclude(struct sim_client *client, int64_t now_ms, struct sim_counts *counts)
{
    counts->confirmed += client->succeeds;
    counts->failed += !client->succeeds;
    client->running = 0;
    client->quick = true;
    if (!client->succeeds)
        return;
    if (client->word == ITG_COMMAND_REBOOT || client->word == ITG_COMMAND_SHUTDOWN) {
        int64_t least = client->word == ITG_COMMAND_REBOOT ? OFF_LEAST_MS : OFF_SHUTDOWN_MS;
        client->state = SIM_LEAVING;
        client->off_ms = least + demo_below(&client->random, 2 * least);
        client->due_ms = now_ms + EAGER_MS;
    } else if (client->word == ITG_COMMAND_TCRESET2FACDEFS || client->word == ITG_COMMAND_FORGET) {
        client->state = SIM_GONE;
        counts->left++;
    }
}

static void take_settings(struct sim_client *client, const struct agent_answer *answer,
                          struct sim_counts *counts)
{
    if (!answer->settings)
        return;
    counts->settings++;
    client->quick = true;
    snprintf(client->revision, sizeof client->revision, "%s",
             json_string_value(json_object_get(answer->settings, "revision")));
}

static int64_t next_ms(struct sim_client *client, const struct sim_config *config,
                       const struct agent_answer *answer, bool waited)
{
    if (answer->next_s == 0 && config->wait_s > 0)
        return waited || client->quick ? EAGER_MS : PAUSE_MS;
    if (client->quick && config->wait_s > 0)
        return EAGER_MS;
    if (answer->next_s == 0)
        return PAUSE_MS;
    return about(client, config->interval_ms ? config->interval_ms : answer->next_s * 1000);
}

static void hear_checkin(struct sim_client *client, const struct sim_config *config,
                         struct agent_answer *answer, bool waited, int64_t now_ms, struct sim_counts *counts)
{
    int64_t result = client->result;
    counts->checkins++;
    counts->waited += waited;
    counts->reports += client->report != NULL;
    client->boot = false;
    client->state = SIM_UP;
    drop_report(client);
    client->due_ms = 0;
    if (result)
        conclude(client, now_ms, counts);
    if (client->state == SIM_UP)
        take_settings(client, answer, counts);
    if (client->state == SIM_UP && !obey(client, config, answer, now_ms, counts))
        client->due_ms = now_ms + next_ms(client, config, answer, waited);
}

static void hear_refusal(struct sim_client *client, const struct agent_answer *answer, int64_t now_ms,
                         struct sim_counts *counts)
{
    int64_t stay_ms = agent_backoff_next(&client->backoff, (uint32_t)demo_next(&client->random));
    sim_counts_fail(counts, answer->message);
    if (answer->retry_after_s * 1000 > stay_ms)
        stay_ms = answer->retry_after_s * 1000;
    client->due_ms = now_ms + stay_ms;
    if (answer->verdict == AGENT_UNWANTED && client->token)
        drop_report(client);
    if (answer->verdict == AGENT_REGISTER && client->token) {
        forget(client);
        client->state = SIM_NEW;
    }
    if (answer->verdict == AGENT_DELETED) {
        forget(client);
        client->state = SIM_GONE;
        counts->left++;
    }
}

static void hear_bye(struct sim_client *client, int64_t now_ms, struct sim_counts *counts)
{
    counts->byes++;
    client->state = SIM_OFF;
    client->due_ms = now_ms + client->off_ms;
    if (client->forgets)
        forget(client);
    client->forgets = false;
}

void sim_client_hear(struct sim_client *client, const struct sim_config *config, const char *path,
                     bool waited, const struct agent_response *response, int64_t now_ms,
                     struct sim_counts *counts)
{
    struct agent_answer answer = {0};
    bool registers = strcmp(path, AGENT_REGISTER_PATH) == 0;
    if (registers)
        agent_read_registered(response, &answer);
    else
        agent_read_checkin(response, &answer);
    if (answer.verdict == AGENT_TAKEN)
        client->backoff = (struct agent_backoff){0};
    if (answer.verdict != AGENT_TAKEN)
        hear_refusal(client, &answer, now_ms, counts);
    else if (registers)
        hear_registered(client, &answer, now_ms, counts);
    else if (strcmp(path, AGENT_BYE_PATH) == 0)
        hear_bye(client, now_ms, counts);
    else
        hear_checkin(client, config, &answer, waited, now_ms, counts);
    agent_answer_dispose(&answer);
}

void sim_client_miss(struct sim_client *client, int64_t now_ms)
{
    client->due_ms = now_ms + agent_backoff_next(&client->backoff, (uint32_t)demo_next(&client->random));
}
