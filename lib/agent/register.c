/* POST /agent/v1/register. */
#include "agent/agent.h"
#include "core/audit.h"
#include "core/registration.h"
#include <sodium.h>
#include <string.h>

static itg_error_t take(struct itg__agent_call *call, struct itg__change *change, size_t index, size_t member)
{
    const char *text = itg__agent_text(call, &call->values[member]);
    return text ? itg__change_text(change, &itg__properties[index], text, &call->failure) : ITG_OK;
}

static itg_error_t read_registration(struct itg__agent_call *call, struct itg__registration *registration)
{
    struct itg__change *change = &registration->change;
    *registration = (struct itg__registration){
        .key = itg__agent_text(call, &call->values[BODY_KEY]),
        .product = itg__agent_text(call, &call->values[BODY_PRODUCT]),
        .version = itg__agent_text(call, &call->values[BODY_VERSION]),
        .peer = call->request.peer,
    };
    itg__change_init(change);
    itg_error_t err = take(call, change, ITG__PROPERTY_mac, BODY_MAC);
    if (!err)
        err = take(call, change, ITG__PROPERTY_unit_id, BODY_UNIT_ID);
    return err ? err : take(call, change, ITG__PROPERTY_name, BODY_NAME);
}

/* The fleet's word for a newcomer: the trail tells of it with all that it reported. */
static itg_error_t join(struct itg__agent_call *call, struct itg__tx *tx,
                        struct itg__registration *registration)
{
    int64_t sequence = 0;
    bool has_sequence = itg__agent_number(call, &call->values[BODY_SEQUENCE], &sequence);
    tx->untold = true;
    itg_error_t err = itg__register(tx, registration);
    if (!err)
        err = itg__agent_report(call, tx, registration->id);
    if (!err && has_sequence)
        err = itg__token_sequence(tx, registration->id, sequence);
    if (!err)
        err = itg__register_file(tx, registration);
    tx->untold = false;
    return err || !registration->is_new ? err
                                        : itg__audit_created(tx, ITG__AUDIT_THINCLIENT, registration->id);
}

static itg_error_t put_answer(struct itg__agent_call *call, struct itg__tx *tx,
                              const struct itg__registration *registration)
{
    struct itg__query q;
    struct itg__buf *out = call->out;
    itg__buf_str(out, "{\"id\":\"");
    itg__buf_int(out, registration->id);
    itg__buf_str(out, "\",\"token\":");
    itg__buf_json(out, registration->token);
    itg__query(tx, &q, "SELECT name FROM object WHERE id = $1", "i", registration->id);
    if (itg__next(&q)) {
        itg__buf_str(out, ",\"name\":");
        itg__buf_json(out, itg__text(&q, 0));
    }
    itg__buf_str(out, ",\"serverUUID\":");
    itg__buf_json(out, itg_uuid(call->agents->itg));
    itg__buf_str(out, ",\"nextCheckin\":0}");
    itg_error_t err = itg__done(&q);
    return !err && out->failed ? itg__fail(&call->failure, ITG_E_INTERNAL, NULL) : err;
}

/* What was remembered was the old token's. */
static void remember(struct itg__agent_call *call, int64_t id)
{
    struct itg__client *client = itg__presence_lock(call->fleet, id, false);
    if (client) {
        client->known = false;
        itg__presence_unlock(call->fleet);
    }
    itg__waiters_wake(call->agents, id, true);
    call->id = id;
    /* Without memory for it, it has at least a token. */
    if (itg__agent_contact(call, false))
        itg_failure_clear(&call->failure);
}

static itg_error_t run(struct itg__agent_call *call, struct itg__registration *registration)
{
    itg_t host = {.fleet = call->fleet};
    struct itg__tx tx;
    itg_error_t err = itg__begin_write(&host, "agent_register", ITG__RIGHT_READ, &tx, &call->failure);
    if (err)
        return err;
    err = join(call, &tx, registration);
    if (!err)
        err = put_answer(call, &tx, registration);
    err = itg__end(&tx, err);
    if (!err)
        remember(call, registration->id);
    return err;
}

itg_error_t itg__agent_register(struct itg__agent_call *call)
{
    struct itg__registration registration = {.key = NULL};
    struct itg__throttle *throttle = &call->agents->throttle;
    if (!itg__throttle_allows(throttle, call->request.peer, 0, call->now_ms))
        return itg__agent_throttle(call, "too many wrong enrolment keys");
    itg_error_t err = itg__agent_body(call);
    if (!err)
        err = read_registration(call, &registration);
    if (!err)
        err = run(call, &registration);
    if (err == ITG_E_ACCESS_DENIED)
        itg__throttle_blame(throttle, call->request.peer, 0, call->now_ms);
    sodium_memzero(registration.token, sizeof registration.token);
    return err;
}
