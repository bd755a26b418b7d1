/* What there is to do for a thin client: commands that it has not answered, settings that it has not in force. */
#include "agent/agent.h"
#include "core/queue.h"
#include "core/revision.h"
#include <string.h>

enum {
    COMMANDS = 20,   /* in one answer; the rest comes with the next */
    LONG_AWAY_S = 10 /* a connection is not kept open for one that comes again so much later */
};

/* ---- commands */

struct list {
    struct itg__buf *out;
    size_t count;
};

static void put_command(void *ctx, int64_t command_id, itg_command_t command)
{
    struct list *list = ctx;
    itg__buf_str(list->out, list->count++ ? ",{\"id\":\"" : "{\"id\":\"");
    itg__buf_int(list->out, command_id);
    itg__buf_str(list->out, "\",\"command\":");
    itg__buf_json(list->out, itg_command_name(command));
    itg__buf_char(list->out, '}');
}

static itg_error_t find_pending(struct itg__agent_call *call, bool *ret_pending)
{
    itg_t host = {.fleet = call->fleet};
    struct itg__tx tx;
    itg_error_t err = itg__begin_read(&host, "agent_checkin", ITG__RIGHT_READ, &tx, &call->failure);
    return err ? err : itg__end(&tx, itg__queue_pending(&tx, call->id, ret_pending));
}

/* They count as sent before anybody has heard of them: what was sent is sent again until its result comes. */
static itg_error_t deliver(struct itg__agent_call *call, struct list *list)
{
    itg_t host = {.fleet = call->fleet};
    struct itg__tx tx;
    itg_error_t err = itg__begin_write(&host, "agent_checkin", ITG__RIGHT_READ, &tx, &call->failure);
    return err ? err : itg__end(&tx, itg__queue_deliver(&tx, call->id, COMMANDS, put_command, list));
}

static void note_work(struct itg__agent_call *call, bool work)
{
    struct itg__client *client = itg__presence_lock(call->fleet, call->id, false);
    if (!client)
        return;
    client->work = work;
    itg__presence_unlock(call->fleet);
}

/* What comes between the look and the note is noted by who queues it. */
static itg_error_t put_commands(struct itg__agent_call *call, bool *ret_any)
{
    struct list list = {.out = call->out};
    bool pending = false;
    if (!call->client.work)
        return ITG_OK;
    note_work(call, false);
    itg_error_t err = find_pending(call, &pending);
    if (!err && pending)
        err = deliver(call, &list);
    if (err || list.count > 0)
        note_work(call, true);
    *ret_any = list.count > 0;
    return err;
}

/* ---- settings */

bool itg__settings_differ(struct itg__settings_said said, int64_t current)
{
    return said.given && current != said.revision && (current > 0 || said.revision > 0);
}

static itg_error_t find_current(struct itg__agent_call *call, int64_t *ret_current)
{
    itg_t host = {.fleet = call->fleet};
    struct itg__tx tx;
    struct itg__member member;
    struct itg__revisions revisions = {.tx = &tx};
    itg_error_t err = itg__begin_read(&host, "agent_checkin", ITG__RIGHT_READ, &tx, &call->failure);
    if (err)
        return err;
    err = itg__member_load(&tx, call->id, &member);
    if (!err)
        err = itg__revision_current(&revisions, member.own, member.parent_id, ret_current);
    return itg__end(&tx, err);
}

/* It has this in force, and nothing newer is there. */
static void note_settled(struct itg__agent_call *call, int64_t revision)
{
    struct itg__client *client = itg__presence_lock(call->fleet, call->id, false);
    if (!client)
        return;
    client->revision = revision;
    client->revisions = (uint32_t)call->marks.revisions;
    itg__presence_unlock(call->fleet);
}

struct settings {
    struct itg__buf *values;    /* the answer */
    struct itg__buf *instances; /* on their way into it */
    char family[ITG_LIMIT_KEY + 1];
    int32_t instance;
    bool any_value, any_family;
};

/* Where the bracket of an instance is; NULL: the key is a plain one. */
static const char *bracket_of(const itg_effective_t *setting)
{
    return setting->instance >= 0 ? strchr(setting->key, '[') : NULL;
}

static void put_key(struct itg__buf *out, bool another, const char *key, size_t length)
{
    itg__buf_str(out, another ? "," : "");
    itg__buf_json_n(out, key, length);
    itg__buf_char(out, ':');
}

static void put_instance(struct settings *settings, const itg_effective_t *setting, const char *bracket)
{
    struct itg__buf *out = settings->instances;
    size_t length = (size_t)(bracket - setting->key);
    const char *close = strchr(bracket, ']'), *member = close && close[1] ? close + 2 : "";
    bool same = settings->any_family && strlen(settings->family) == length &&
                memcmp(settings->family, setting->key, length) == 0;
    if (!same) {
        itg__buf_str(out, settings->any_family ? "}]" : "");
        put_key(out, settings->any_family, setting->key, length);
        itg__buf_str(out, "[{");
        memcpy(settings->family, setting->key, length);
        settings->family[length] = '\0';
    } else if (settings->instance != setting->instance) {
        itg__buf_str(out, "},{");
    }
    bool first = !same || settings->instance != setting->instance;
    put_key(out, !first, member, strlen(member));
    itg__buf_str(out, setting->value);
    settings->instance = setting->instance;
    settings->any_family = true;
}

static int32_t put_setting(void *ctx, const itg_effective_t *setting)
{
    struct settings *settings = ctx;
    const char *bracket = bracket_of(setting);
    if (setting->verdict != ITG_VERDICT_APPLIES)
        return 0;
    if (bracket) {
        put_instance(settings, setting, bracket);
        return 0;
    }
    put_key(settings->values, settings->any_value, setting->key, strlen(setting->key));
    itg__buf_str(settings->values, setting->value);
    settings->any_value = true;
    return 0;
}

/* The revision was read before: what changes meanwhile has a higher one. */
static itg_error_t put_settings(struct itg__agent_call *call, int64_t revision)
{
    itg_t host = {.fleet = call->fleet};
    struct itg__buf instances = {0};
    struct settings settings = {.values = call->out, .instances = &instances};
    itg__buf_str(call->out, ",\"settings\":{\"revision\":\"");
    itg__buf_int(call->out, revision);
    itg__buf_str(call->out, "\",\"values\":{");
    itg_error_t err = itg_effective_each(&host, call->id, put_setting, &settings, &call->failure);
    itg__buf_str(call->out, "},\"instances\":{");
    if (settings.any_family)
        itg__buf_add(call->out, instances.data, instances.length);
    itg__buf_str(call->out, settings.any_family ? "}]}}" : "}}");
    if (!err && instances.failed)
        err = itg__fail(&call->failure, ITG_E_INTERNAL, NULL);
    itg__buf_dispose(&instances);
    return err;
}

/* A look into the store only if something has happened to anybody's settings since the last one. */
static itg_error_t check_settings(struct itg__agent_call *call, struct itg__settings_said said, bool *ret_any)
{
    int64_t current = 0;
    bool same =
        said.revision == call->client.revision && call->client.revisions == (uint32_t)call->marks.revisions;
    if (!said.given || same)
        return ITG_OK;
    itg_error_t err = find_current(call, &current);
    if (err)
        return err;
    *ret_any = itg__settings_differ(said, current);
    if (*ret_any)
        return put_settings(call, current);
    note_settled(call, said.revision);
    return ITG_OK;
}

/* ---- the answer */

static itg_error_t put_name(struct itg__agent_call *call)
{
    itg_t host = {.fleet = call->fleet};
    struct itg__tx tx;
    struct itg__query q;
    itg_error_t err = itg__begin_read(&host, "agent_checkin", ITG__RIGHT_READ, &tx, &call->failure);
    if (err)
        return err;
    itg__query(&tx, &q, "SELECT name FROM object WHERE id = $1", "i", call->id);
    if (itg__next(&q)) {
        itg__buf_str(call->out, ",\"name\":");
        itg__buf_json(call->out, itg__text(&q, 0));
    }
    return itg__end(&tx, itg__done(&q));
}

itg_error_t itg__agent_work(struct itg__agent_call *call, struct itg__settings_said said, bool *ret_due)
{
    bool commands = false, settings = false;
    itg__buf_str(call->out, "{\"commands\":[");
    itg_error_t err = put_commands(call, &commands);
    itg__buf_char(call->out, ']');
    if (!err)
        err = check_settings(call, said, &settings);
    if (!err && call->is_first)
        err = put_name(call);
    *ret_due = commands || settings;
    return err;
}

void itg__agent_work_end(struct itg__agent_call *call, int32_t next_s, bool due)
{
    itg__buf_str(call->out, ",\"nextCheckin\":");
    itg__buf_int(call->out, next_s);
    itg__buf_char(call->out, '}');
    /* So many connections of so many thin clients would be open for nothing. */
    if (next_s >= LONG_AWAY_S && !due)
        itg__imi_response_header_add(call->response, "Connection", "close");
}
