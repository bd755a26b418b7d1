/* POST /agent/v1/checkin and /agent/v1/bye. */
#include "agent/agent.h"
#include "core/queue.h"
#include "core/revision.h"
#include <itg/rule.h>

/* What a check-in brings, besides what parts it has. */
struct checkin {
    struct itg__settings_said said;
    int64_t sequence;
    bool has_sequence;
    bool repeated; /* it was answered before, and the answer got lost */
    bool reports;
    bool confirms;
    int64_t wait_s;
};

static void read_checkin(struct itg__agent_call *call, struct checkin *checkin)
{
    const struct itg__json_value *results = &call->values[BODY_RESULTS];
    *checkin = (struct checkin){.said.given = itg__agent_given(&call->values[BODY_REVISION])};
    /* What is no number is none in force. */
    if (!itg__agent_number(call, &call->values[BODY_REVISION], &checkin->said.revision))
        checkin->said.revision = 0;
    checkin->has_sequence = itg__agent_number(call, &call->values[BODY_SEQUENCE], &checkin->sequence);
    checkin->repeated = checkin->has_sequence && checkin->sequence <= call->client.sequence;
    checkin->reports = !checkin->repeated && (itg__agent_reports(call) || itg__json_count(results) > 0);
    checkin->confirms =
        checkin->said.given && checkin->said.revision > 0 && checkin->said.revision > call->client.revision;
    if (!itg__agent_number(call, &call->values[BODY_WAIT], &checkin->wait_s) || checkin->wait_s < 0)
        checkin->wait_s = 0;
    if (checkin->wait_s > call->agents->options.max_wait_s)
        checkin->wait_s = call->agents->options.max_wait_s;
}

/* A revision that there has not been is not in force. */
static itg_error_t confirm(struct itg__tx *tx, int64_t id, int64_t revision)
{
    struct itg__member member;
    struct itg__revisions revisions = {.tx = tx};
    int64_t current = 0;
    itg_error_t err = itg__member_load(tx, id, &member);
    if (!err)
        err = itg__revision_current(&revisions, member.own, member.parent_id, &current);
    return err || revision > current ? err : itg__revision_confirm(tx, id, revision);
}

static itg_error_t apply_report(struct itg__agent_call *call, struct itg__tx *tx,
                                const struct checkin *checkin)
{
    itg_t host = {.fleet = call->fleet};
    itg_error_t err = checkin->reports ? itg__agent_report(call, tx, call->id) : ITG_OK;
    if (!err && checkin->reports && call->values[BODY_BOOT].kind == ITG__JSON_TRUE)
        err = itg_rule_apply(&host, ITG_RULE_ON_BOOT, call->id, 0, NULL, NULL, NULL, &call->failure);
    if (!err && checkin->confirms)
        err = confirm(tx, call->id, checkin->said.revision);
    if (!err && checkin->has_sequence && !checkin->repeated)
        err = itg__token_sequence(tx, call->id, checkin->sequence);
    return err;
}

static itg_error_t begin(struct itg__agent_call *call, itg_t *host, struct itg__tx *tx)
{
    *host = (itg_t){.fleet = call->fleet};
    itg_error_t err = itg__begin_write(host, "agent_checkin", ITG__RIGHT_READ, tx, &call->failure);
    tx->untold = true;
    return err;
}

/* One transaction. Results are past: they are kept even if the rest cannot be. */
static itg_error_t apply(struct itg__agent_call *call, const struct checkin *checkin, bool shape_ok)
{
    itg_t host, inner_host;
    struct itg__tx tx, inner;
    itg_error_t report = ITG_OK;
    itg_error_t err = begin(call, &host, &tx);
    if (err)
        return err;
    if (!checkin->repeated)
        err = itg__agent_results(call, &tx, call->id);
    if (!err && shape_ok) {
        report = begin(call, &inner_host, &inner);
        if (!report)
            report = itg__end(&inner, apply_report(call, &inner, checkin));
    }
    err = itg__end(&tx, err);
    if (!err && itg__json_count(&call->values[BODY_RESULTS]) > 0)
        itg__queue_settled(call->fleet, call->id);
    return err ? err : report;
}

static void note_applied(struct itg__agent_call *call, const struct checkin *checkin)
{
    struct itg__client *client = itg__presence_lock(call->fleet, call->id, false);
    if (!client)
        return;
    if (checkin->has_sequence && !checkin->repeated)
        client->sequence = checkin->sequence;
    itg__pace_return(&client->paced_ms, call->ended);
    itg__presence_unlock(call->fleet);
}

/* Results of commands are taken from a body that is no good otherwise. */
static itg_error_t take_results(struct itg__agent_call *call, itg_error_t shape)
{
    itg_failure_t kept = call->failure;
    struct checkin checkin;
    read_checkin(call, &checkin);
    if (shape != ITG_E_INVALID_BODY || itg__json_count(&call->values[BODY_RESULTS]) == 0)
        return shape;
    itg_failure_clear(&call->failure);
    itg_error_t err = apply(call, &checkin, false);
    if (!err)
        call->failure = kept;
    return err ? err : shape;
}

/* If something came between the look and the wait, nobody else has woken it. */
static void look_again(itg_agents_t *agents, int64_t id, const struct itg__marks *seen)
{
    struct itg__marks marks = *seen;
    struct itg__client *client = itg__presence_lock(agents->fleet, id, false);
    bool due = !client || client->work || client->doomed;
    if (client)
        itg__presence_unlock(agents->fleet);
    itg_error_t err = itg__agents_marks(agents, false, &marks, NULL);
    if (due || err || marks.members != seen->members || marks.revisions != seen->revisions)
        itg__waiters_wake(agents, id, false);
}

/* Nothing is due: may it wait for something? */
static bool wait(struct itg__agent_call *call, const struct checkin *checkin)
{
    /* Copies: the call's other side may be finished at any moment once it waits. */
    itg_agents_t *agents = call->agents;
    struct itg__marks seen = call->marks;
    int64_t id = call->id;
    if (!itg__waiters_add(call, checkin->said, checkin->wait_s))
        return false;
    look_again(agents, id, &seen);
    return true;
}

static itg_error_t answer(struct itg__agent_call *call, const struct checkin *checkin)
{
    bool due = false, willing = call->wake && checkin->wait_s > 0;
    int32_t next_s = call->agents->options.interval_s;
    itg_error_t err = itg__agent_work(call, checkin->said, &due);
    if (err || call->out->failed)
        return err;
    if (willing && !due && !checkin->reports && wait(call, checkin))
        return ITG_OK;
    /* Who could wait comes again at once to do so; who cannot has something to do, or waits outside. */
    if (due || (willing && checkin->reports))
        next_s = 0;
    itg__agent_work_end(call, next_s, due);
    return ITG_OK;
}

itg_error_t itg__agent_checkin(struct itg__agent_call *call)
{
    struct checkin checkin;
    itg_error_t err = itg__agent_contact(call, true);
    if (err)
        return err;
    if (call->client.waiting)
        itg__waiters_wake(call->agents, call->id, true);
    err = itg__agent_body(call);
    if (err)
        return take_results(call, err);
    read_checkin(call, &checkin);
    if (checkin.reports || checkin.confirms)
        err = apply(call, &checkin, true);
    if (err)
        return err;
    note_applied(call, &checkin);
    return answer(call, &checkin);
}

itg_error_t itg__agent_bye(struct itg__agent_call *call)
{
    itg__waiters_wake(call->agents, call->id, true);
    itg_error_t err = itg__agent_contact(call, true);
    struct itg__client *client = err ? NULL : itg__presence_lock(call->fleet, call->id, false);
    if (client) {
        itg__presence_leave(call->fleet, client);
        itg__presence_unlock(call->fleet);
    }
    itg__buf_str(call->out, "{}");
    return err;
}
