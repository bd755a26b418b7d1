/* Commands and settings. */
#include "cli/agent/agent.h"
#include <fcntl.h>
#include <libgen.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Words that need no hook. */
#define FETCH_SETTINGS "settings2tc"
#define FORGET         "forget"
/* The one after which the fleet has let the thin client go, as it has after FORGET. */
#define RESET "tcreset2facdefs"

static bool is_leaving(const char *word)
{
    return strcmp(word, RESET) == 0 || strcmp(word, FORGET) == 0;
}

static bool is_restart(const char *word)
{
    return strcmp(word, "reboot") == 0 || strcmp(word, "shutdown") == 0;
}

/* Keeps a command's result, to be told with the next check-in. */
static void conclude(struct agent *agent, bool done, const char *message)
{
    struct agent_record *record = &agent->record;
    record->phase = done ? AGENT_DONE : AGENT_FAILED;
    record->reported = false;
    if (message != record->message)
        snprintf(record->message, sizeof record->message, "%s", message);
    agent_save_record(agent);
    agent->leaving = done && is_leaving(record->word);
    agent_say("command %s (%lld): %s", record->word, (long long)record->id, record->message);
}

void agent_recover(struct agent *agent)
{
    const struct agent_record *record = &agent->record;
    bool unreported = record->phase == AGENT_DONE && !record->reported;
    if (record->phase == AGENT_BEGUN) {
        bool restarted = *agent->inventory.boot_id && *record->boot_id &&
                         strcmp(agent->inventory.boot_id, record->boot_id) != 0;
        bool done = restarted && is_restart(record->word);
        conclude(agent, done, done ? "OK" : "interrupted");
    } else if (unreported) {
        agent->leaving = is_leaving(record->word);
    }
}

static const char *find_hook(const struct agent_config *config, const char *word)
{
    for (size_t i = 0; i < config->hook_count; i++)
        if (strcmp(config->hooks[i].word, word) == 0)
            return config->hooks[i].path;
    return NULL;
}

static void run_hook(struct agent *agent, const char *path)
{
    struct agent_record *record = &agent->record;
    char id[24], message[AGENT_MESSAGE_SIZE] = "";
    snprintf(id, sizeof id, "%lld", (long long)record->id);
    struct agent_hook hook = {
        .path = path, .word = record->word, .argument = id, .limit_ms = agent->config->hook_limit_s * 1000};
    enum agent_hook_end end = agent_hook_run(&hook, &agent->events, message);
    /* One that was interrupted stays begun: the next start knows more. */
    if (end != AGENT_HOOK_INTERRUPTED)
        conclude(agent, end == AGENT_HOOK_DONE, message);
}

static void carry_out(struct agent *agent)
{
    const struct agent_config *config = agent->config;
    const char *word = agent->record.word, *path = find_hook(config, word);
    char message[AGENT_MESSAGE_SIZE];
    if (path) {
        run_hook(agent, path);
    } else if (strcmp(word, FORGET) == 0) {
        conclude(agent, true, "OK");
    } else if (strcmp(word, FETCH_SETTINGS) != 0) {
        snprintf(message, sizeof message, "No hook for %s is configured", word);
        conclude(agent, false, message);
    } else if (config->settings) {
        agent->fetching = true;
    } else {
        conclude(agent, false, "No file for settings is configured");
    }
}

static void begin(struct agent *agent, const struct agent_command *command)
{
    struct agent_record before = agent->record, *record = &agent->record;
    *record = (struct agent_record){.phase = AGENT_BEGUN, .id = command->id};
    memcpy(record->word, command->word, sizeof record->word);
    memcpy(record->boot_id, agent->inventory.boot_id, sizeof record->boot_id);
    /* What is not known to be on the disk might be done twice. */
    if (agent_save_record(agent)) {
        carry_out(agent);
        return;
    }
    *record = before;
    if (!agent_result_add(agent->refusals, command->id, false, "The state directory cannot be written"))
        agent_complain(agent, "out of memory");
}

static void refuse(struct agent *agent, const struct agent_command *command, const char *why)
{
    agent_say("command %s (%lld) is not carried out: %s", command->word, (long long)command->id, why);
    if (!agent_result_add(agent->refusals, command->id, false, why))
        agent_complain(agent, "out of memory");
}

/* Nobody knows which of them had been begun: none is begun again. */
static void refuse_all(struct agent *agent, const struct agent_command *commands, size_t count)
{
    struct agent_record record = {0};
    for (size_t i = 0; i < count; i++) {
        refuse(agent, &commands[i], "Whether it was carried out is not known, its record was damaged");
        if (commands[i].id > record.id)
            record.id = commands[i].id;
    }
    agent->record = record;
    agent->record.lost = !agent_save_record(agent);
}

/* One that has been handed out before. */
static void repeat(struct agent *agent, const struct agent_command *command)
{
    struct agent_record *record = &agent->record;
    if (command->id < record->id || record->phase == AGENT_PHASE_NONE)
        refuse(agent, command, "A later command was begun before");
    else if (record->phase != AGENT_BEGUN)
        record->reported = false; /* the server has lost its result */
}

bool agent_obey(struct agent *agent, const struct agent_command *commands, size_t count)
{
    if (agent->record.lost) {
        refuse_all(agent, commands, count);
        return false;
    }
    if (agent->fetching)
        return true;
    for (size_t i = 0; i < count; i++)
        if (commands[i].id <= agent->record.id)
            repeat(agent, &commands[i]);
    for (size_t i = 0; i < count; i++)
        if (commands[i].id > agent->record.id) {
            begin(agent, &commands[i]);
            return true;
        }
    return false;
}

/* Settings. */

const char *agent_revision(const struct agent *agent)
{
    if (!agent->config->settings)
        return NULL;
    if (agent->fetching)
        return "0";
    if (agent->settings_after_ms && agent_now_ms() < agent->settings_after_ms)
        return NULL;
    return *agent->state.revision ? agent->state.revision : "0";
}

/* Puts them into the file, as a whole. */
static bool write_settings(const char *path, const json_t *settings, char *why)
{
    enum { FILE_MODE = 0600 /* there may be passwords among them */ };
    char *text = json_dumps(settings, JSON_INDENT(2) | JSON_SORT_KEYS);
    char *directory = strdup(path), *name = strdup(path);
    int dir = directory ? open(dirname(directory), O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    bool ok = false;
    if (!text || !directory || !name)
        snprintf(why, AGENT_WHY_SIZE, "out of memory");
    else if (dir < 0)
        snprintf(why, AGENT_WHY_SIZE, "cannot open the directory of %s", path);
    else
        ok = agent_replace_file(dir, basename(name), FILE_MODE, text, strlen(text), why);
    if (dir >= 0)
        close(dir);
    free(text);
    free(directory);
    free(name);
    return ok;
}

/* @return whether they are in force; else `message` says why not */
static bool apply_settings(struct agent *agent, const json_t *settings, char message[AGENT_MESSAGE_SIZE])
{
    const struct agent_config *config = agent->config;
    const char *revision = json_string_value(json_object_get(settings, "revision"));
    char why[AGENT_WHY_SIZE] = "";
    if (!write_settings(config->settings, settings, why)) {
        snprintf(message, AGENT_MESSAGE_SIZE, "%.*s", AGENT_MESSAGE_SIZE - 1, why);
        return false;
    }
    struct agent_hook hook = {.path = config->on_settings,
                              .word = "settings",
                              .argument = revision,
                              .limit_ms = config->hook_limit_s * 1000};
    enum agent_hook_end end =
        config->on_settings ? agent_hook_run(&hook, &agent->events, message) : AGENT_HOOK_DONE;
    if (end == AGENT_HOOK_INTERRUPTED)
        snprintf(message, AGENT_MESSAGE_SIZE, "interrupted");
    if (end != AGENT_HOOK_DONE)
        return false;
    snprintf(agent->state.revision, sizeof agent->state.revision, "%s", revision);
    agent_save_state(agent);
    agent_say("settings of revision %s are in force", revision);
    return true;
}

bool agent_settle_settings(struct agent *agent, const json_t *settings)
{
    char message[AGENT_MESSAGE_SIZE] = "OK";
    bool wanted = settings && agent_revision(agent), fetching = agent->fetching;
    bool ok = !wanted || apply_settings(agent, settings, message);
    if (ok) {
        agent->settings_after_ms = wanted || fetching ? 0 : agent->settings_after_ms;
        agent->settings_backoff = wanted ? (struct agent_backoff){0} : agent->settings_backoff;
    } else {
        agent_complain(agent, "settings are not in force: %s", message);
        agent->settings_after_ms =
            agent_now_ms() + agent_backoff_next(&agent->settings_backoff, randombytes_random());
    }
    agent->fetching = false;
    if (fetching)
        conclude(agent, ok, message);
    return (wanted && ok) || fetching;
}
