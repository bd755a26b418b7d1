/* What the server does not know yet. */
#include "cli/agent/agent.h"
#include <inttypes.h>
#include <string.h>

#define HOUR_MS INT64_C(3600000)

/* All that this device has been up, told by the hour so that it is not a change each time. */
static bool put_uptime(struct agent *agent)
{
    char text[24];
    int64_t total = agent->state.uptime_before_ms + agent->inventory.uptime_ms;
    snprintf(text, sizeof text, "%" PRId64, total / HOUR_MS * HOUR_MS);
    return json_object_set_new(agent->inventory.properties, "totalUptime", json_string(text)) == 0;
}

bool agent_look(struct agent *agent)
{
    agent_inventory_dispose(&agent->inventory);
    if (!agent_inventory_read(agent->config->root, agent->state.mac, &agent->inventory))
        return false;
    agent->state.uptime_ms = agent->inventory.uptime_ms;
    return put_uptime(agent);
}

void agent_report_dispose(struct agent_report *report)
{
    json_decref(report->body);
    json_decref(report->reported);
    *report = (struct agent_report){0};
}

json_t *agent_report_known(const struct agent *agent)
{
    const struct agent_inventory *inventory = &agent->inventory;
    return json_pack("{sO sO sO}", "inventory", inventory->properties, "networkAdapters", inventory->adapters,
                     "usb", inventory->usb);
}

/* Adds a member unless it is empty; takes it over; NULL: out of memory. */
static bool put(json_t *body, const char *key, json_t *value)
{
    bool empty = json_is_object(value) ? json_object_size(value) == 0 : json_array_size(value) == 0;
    if (!value || !empty)
        return value && json_object_set_new(body, key, value) == 0;
    json_decref(value);
    return true;
}

static bool put_usb(json_t *body, const json_t *before, const json_t *now)
{
    json_t *changes = NULL;
    return agent_usb_changes(before, now, &changes) && (!changes || put(body, "usb", changes));
}

static bool put_changes(const struct agent *agent, json_t *body)
{
    const json_t *known = agent->state.reported;
    const struct agent_inventory *inventory = &agent->inventory;
    const json_t *adapters = json_object_get(known, "networkAdapters");
    bool ok = put(body, "inventory",
                  agent_inventory_changes(json_object_get(known, "inventory"), inventory->properties));
    if (ok && !json_equal(adapters, inventory->adapters))
        ok = json_object_set(body, "networkAdapters", inventory->adapters) == 0;
    ok = ok && put_usb(body, json_object_get(known, "usb"), inventory->usb);
    if (ok && strcmp(inventory->boot_id, agent->state.boot_id) != 0)
        ok = json_object_set_new(body, "boot", json_true()) == 0;
    return ok;
}

static bool has_result(const struct agent *agent)
{
    return (agent->record.phase == AGENT_DONE || agent->record.phase == AGENT_FAILED) &&
           !agent->record.reported;
}

static bool put_results(const struct agent *agent, json_t *body)
{
    const struct agent_record *record = &agent->record;
    json_t *results = json_copy(agent->refusals);
    if (results && has_result(agent) &&
        !agent_result_add(results, record->id, record->phase == AGENT_DONE, record->message)) {
        json_decref(results);
        return false;
    }
    return put(body, "results", results);
}

json_t *agent_report_all(const struct agent *agent)
{
    json_t *body = json_object();
    bool ok = body && put(body, "inventory", json_copy(agent->inventory.properties)) &&
              json_object_set(body, "networkAdapters", agent->inventory.adapters) == 0;
    ok = ok && put_usb(body, NULL, agent->inventory.usb);
    if (ok && strcmp(agent->inventory.boot_id, agent->state.boot_id) != 0)
        ok = json_object_set_new(body, "boot", json_true()) == 0;
    if (ok)
        return body;
    json_decref(body);
    return NULL;
}

bool agent_report_make(struct agent *agent)
{
    struct agent_report report = {0};
    if (agent->report.body)
        return true;
    report.body = json_object();
    report.reported = agent_report_known(agent);
    bool ok =
        report.body && report.reported && put_changes(agent, report.body) && put_results(agent, report.body);
    if (!ok || json_object_size(report.body) == 0) {
        agent_report_dispose(&report);
        return ok;
    }
    report.result_id = has_result(agent) ? agent->record.id : 0;
    agent->report = report;
    /* Before it is sent: after a crash nobody knows whether it has arrived, and another report under its number would
     * be taken for it. */
    agent->state.sequence++;
    agent_save_state(agent);
    return true;
}

void agent_report_settle(struct agent *agent)
{
    struct agent_report *report = &agent->report;
    if (!report->body)
        return;
    json_decref(agent->state.reported);
    agent->state.reported = json_incref(report->reported);
    if (json_object_get(report->body, "boot"))
        memcpy(agent->state.boot_id, agent->inventory.boot_id, sizeof agent->state.boot_id);
    if (json_object_get(report->body, "results"))
        json_array_clear(agent->refusals);
    agent_save_state(agent);
    if (report->result_id && report->result_id == agent->record.id) {
        agent->record.reported = true;
        agent_save_record(agent);
    }
    agent_report_dispose(report);
}
