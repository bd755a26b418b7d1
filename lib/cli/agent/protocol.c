#include "cli/agent/protocol.h"
#include "core/text.h"
#include <itg/thinclient.h>
#include <stdlib.h>
#include <string.h>

/* Adds a text, NULL: leaves it out. */
static bool put_text(json_t *object, const char *key, const char *text)
{
    return !text || json_object_set_new(object, key, json_string(text)) == 0;
}

static bool put_firmware(json_t *object, const struct agent_identity *who)
{
    if (!who->product || !who->version)
        return true;
    json_t *firmware = json_pack("{ss ss}", "product", who->product, "version", who->version);
    return firmware && json_object_set_new(object, "firmware", firmware) == 0;
}

/* @param ok  whether all could be put into it; takes the object over */
static char *body_text(json_t *object, bool ok)
{
    char *text = ok ? json_dumps(object, JSON_COMPACT) : NULL;
    json_decref(object);
    return text;
}

char *agent_register_body(const struct agent_identity *who, const json_t *report)
{
    json_t *body = json_object();
    bool ok = body && (!report || json_object_update(body, (json_t *)report) == 0);
    ok = ok && put_text(body, "key", who->key) && put_text(body, "mac", who->mac);
    ok = ok && put_text(body, "unitID", who->unit_id) && put_text(body, "name", who->name);
    return body_text(body, ok && put_firmware(body, who));
}

char *agent_checkin_body(const json_t *report, int64_t sequence, int64_t wait_s, const char *revision)
{
    json_t *body = json_object();
    bool ok = body != NULL;
    if (report && json_object_size(report) > 0)
        ok = ok && json_object_update(body, (json_t *)report) == 0 &&
             json_object_set_new(body, "sequence", json_integer(sequence)) == 0;
    if (wait_s > 0)
        ok = ok && json_object_set_new(body, "wait", json_integer(wait_s)) == 0;
    return body_text(body, ok && put_text(body, "settingsRevision", revision));
}

bool agent_result_add(json_t *results, int64_t id, bool done, const char *message)
{
    char digits[24];
    snprintf(digits, sizeof digits, "%lld", (long long)id);
    json_t *result =
        json_pack("{ss ss ss}", "id", digits, "state", done ? "done" : "failed", "message", message);
    return result && json_array_append_new(results, result) == 0;
}

/* What a property is while nothing is known of it. */
static json_t *nothing(const char *key)
{
    const itg_property_t *property = itg_property_by_key(key);
    itg_kind_t kind = property ? property->kind : ITG_KIND_TEXT;
    if (kind == ITG_KIND_INT || kind == ITG_KIND_REAL)
        return json_integer(strcmp(key, "batteryLevel") == 0 ? -1 : 0);
    return json_string(kind == ITG_KIND_COUNT ? "-1" : "");
}

json_t *agent_inventory_changes(const json_t *before, const json_t *now)
{
    json_t *changes = json_object();
    const char *key;
    json_t *value;
    bool ok = changes != NULL;
    json_object_foreach((json_t *)now, key, value) if (ok && !json_equal(value, json_object_get(before, key)))
        ok = json_object_set(changes, key, value) == 0;
    json_object_foreach((json_t *)before, key, value) if (ok && !json_object_get(now, key)) ok =
        json_object_set_new(changes, key, nothing(key)) == 0;
    if (ok)
        return changes;
    json_decref(changes);
    return NULL;
}

static const char *unique_id(const json_t *device)
{
    const char *id = json_string_value(json_object_get(device, "uniqueId"));
    return id ? id : "";
}

static bool holds(const json_t *devices, const char *id)
{
    size_t index;
    json_t *device;
    json_array_foreach(devices, index, device) if (strcmp(unique_id(device), id) == 0) return true;
    return false;
}

bool agent_usb_changes(const json_t *before, const json_t *now, json_t **ret_changes)
{
    json_t *added = json_array(), *removed = json_array(), *device;
    size_t index;
    bool ok = added && removed;
    json_array_foreach(now, index, device) if (ok && !holds(before, unique_id(device))) ok =
        json_array_append(added, device) == 0;
    json_array_foreach(before, index, device) if (ok && !holds(now, unique_id(device))) ok =
        json_array_append_new(removed, json_string(unique_id(device))) == 0;
    bool changed = json_array_size(added) + json_array_size(removed) > 0;
    json_t *changes = ok && changed ? json_pack("{sO sO}", "added", added, "removed", removed) : NULL;
    json_decref(added);
    json_decref(removed);
    if (!ok || (changed && !changes))
        return false;
    *ret_changes = changes;
    return true;
}

/* Codes that say more than that it did not work. */
static const struct {
    const char *code;
    enum agent_verdict verdict;
} codes[] = {
    {"ITG-0A001", AGENT_DELETED},  {"ITG-0A004", AGENT_UNWANTED}, {"ITG-0A005", AGENT_UNWANTED},
    {"ITG-0B003", AGENT_REGISTER}, {"ITG-0B004", AGENT_REGISTER},
};

enum { TOO_LARGE = 413 };

static void read_refusal(const struct agent_response *response, const json_t *body,
                         struct agent_answer *answer)
{
    const char *code = json_string_value(json_object_get(body, "errorCode"));
    const char *message = json_string_value(json_object_get(body, "message"));
    answer->verdict = response->status == TOO_LARGE ? AGENT_UNWANTED : AGENT_LATER;
    for (size_t i = 0; code && i < sizeof codes / sizeof *codes; i++)
        if (strcmp(code, codes[i].code) == 0)
            answer->verdict = codes[i].verdict;
    if (code && message)
        snprintf(answer->message, sizeof answer->message, "%s: %s", code, message);
    else
        snprintf(answer->message, sizeof answer->message, "HTTP status %ld", response->status);
}

static bool not_understood(struct agent_answer *answer, const char *what)
{
    answer->verdict = AGENT_LATER;
    snprintf(answer->message, sizeof answer->message, "the server's answer is not understood: %s", what);
    return false;
}

/* A member that must be a text of 1 to size - 1 bytes, printable ASCII without blanks: it may go into a header. */
static bool read_word(const json_t *object, const char *key, char *buf, size_t size)
{
    const char *text = json_string_value(json_object_get(object, key));
    size_t length = text ? strlen(text) : 0;
    if (length == 0 || length >= size || length != json_string_length(json_object_get(object, key)))
        return false;
    for (size_t i = 0; i < length; i++)
        if (text[i] <= ' ' || text[i] > '~')
            return false;
    memcpy(buf, text, length + 1);
    return true;
}

static bool read_id(const json_t *object, int64_t *ret_id)
{
    char digits[24];
    int64_t id = 0;
    if (!read_word(object, "id", digits, sizeof digits) || itg__parse_int(digits, &id) || id <= 0)
        return false;
    *ret_id = id;
    return true;
}

static void read_common(const json_t *body, struct agent_answer *answer)
{
    const json_t *next = json_object_get(body, "nextCheckin");
    const char *name = json_string_value(json_object_get(body, "name"));
    json_int_t seconds = json_is_integer(next) ? json_integer_value(next) : 60;
    answer->next_s = seconds < 0 ? 0 : seconds > AGENT_NEXT_MAX_S ? AGENT_NEXT_MAX_S : (int64_t)seconds;
    snprintf(answer->name, sizeof answer->name, "%s", name ? name : "");
}

/* @return the body of an answer that was taken; else NULL, and the answer says why */
static json_t *read_body(const struct agent_response *response, struct agent_answer *answer)
{
    json_error_t error;
    json_t *body = response->length ? json_loadb(response->body, response->length, 0, &error) : NULL;
    answer->retry_after_s = response->retry_after_s;
    answer->verdict = AGENT_TAKEN;
    if (response->status != 200)
        read_refusal(response, body, answer);
    else if (!json_is_object(body))
        not_understood(answer, "no JSON object");
    else
        read_common(body, answer);
    if (answer->verdict == AGENT_TAKEN)
        return body;
    json_decref(body);
    return NULL;
}

void agent_read_registered(const struct agent_response *response, struct agent_answer *answer)
{
    json_t *body = read_body(response, answer);
    if (!body)
        return;
    if (!read_id(body, &answer->id))
        not_understood(answer, "id");
    else if (!read_word(body, "token", answer->token, sizeof answer->token))
        not_understood(answer, "token");
    else if (!read_word(body, "serverUUID", answer->server_uuid, sizeof answer->server_uuid))
        not_understood(answer, "serverUUID");
    json_decref(body);
}

static bool read_command(const json_t *entry, struct agent_command *command)
{
    if (!read_id(entry, &command->id) || !read_word(entry, "command", command->word, sizeof command->word))
        return false;
    size_t length = strlen(command->word);
    return strspn(command->word, "abcdefghijklmnopqrstuvwxyz0123456789") == length;
}

static bool read_commands(const json_t *body, struct agent_answer *answer)
{
    const json_t *list = json_object_get(body, "commands");
    size_t count = json_array_size(list);
    if (!list || (json_is_array(list) && count == 0))
        return true;
    if (!json_is_array(list) || count > AGENT_COMMANDS_MAX)
        return not_understood(answer, "commands");
    answer->commands = calloc(count, sizeof *answer->commands);
    if (!answer->commands)
        return not_understood(answer, "out of memory");
    for (; answer->command_count < count; answer->command_count++)
        if (!read_command(json_array_get(list, answer->command_count),
                          &answer->commands[answer->command_count]))
            return not_understood(answer, "a command");
    return true;
}

static bool read_settings(const json_t *body, struct agent_answer *answer)
{
    char revision[AGENT_REVISION_SIZE];
    json_t *settings = json_object_get(body, "settings");
    if (!settings || json_is_null(settings))
        return true;
    if (!read_word(settings, "revision", revision, sizeof revision) ||
        !json_is_object(json_object_get(settings, "values")))
        return not_understood(answer, "settings");
    answer->settings = json_incref(settings);
    return true;
}

void agent_read_checkin(const struct agent_response *response, struct agent_answer *answer)
{
    json_t *body = read_body(response, answer);
    if (!body)
        return;
    if (!read_commands(body, answer) || !read_settings(body, answer)) {
        free(answer->commands);
        answer->commands = NULL;
        answer->command_count = 0;
    }
    json_decref(body);
}

void agent_answer_dispose(struct agent_answer *answer)
{
    free(answer->commands);
    json_decref(answer->settings);
    /* The token has been in here. */
    explicit_bzero(answer, sizeof *answer);
}

int64_t agent_backoff_next(struct agent_backoff *backoff, uint32_t random)
{
    enum { FIRST_MS = 1000, MOST_MS = 300000, DOUBLINGS = 9 /* over MOST_MS */ };
    unsigned doublings = backoff->failures < DOUBLINGS ? backoff->failures++ : DOUBLINGS;
    int64_t whole = (int64_t)FIRST_MS << doublings;
    if (whole > MOST_MS)
        whole = MOST_MS;
    return whole / 2 + (int64_t)(random % (uint64_t)(whole / 2 + 1));
}
