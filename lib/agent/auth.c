/* Who asks: the token, first by what is remembered, then by the store. */
#include "agent/agent.h"
#include <sodium.h>
#include <string.h>
#include <strings.h>

/* The text behind "Bearer "; NULL if there is none. */
static const char *bearer(const char *header)
{
    static const char scheme[] = "Bearer ";
    size_t length = sizeof scheme - 1;
    return header && strncasecmp(header, scheme, length) == 0 ? header + length + strspn(header + length, " ")
                                                              : NULL;
}

/* It has to register again. */
static itg_error_t refuse(struct itg__agent_call *call, int64_t id)
{
    itg__throttle_blame(&call->agents->throttle, call->request.peer, id, call->now_ms);
    return itg__fail_id(&call->failure, ITG_E_SESSION_NOT_FOUND, id);
}

/* What the store says. */
static itg_error_t load(struct itg__agent_call *call, int64_t id, struct itg__member *ret_member)
{
    itg_t host = {.fleet = call->fleet};
    struct itg__tx tx;
    itg_error_t err = itg__begin_read(&host, "agent_authenticate", ITG__RIGHT_READ, &tx, &call->failure);
    return err ? err : itg__end(&tx, itg__member_load(&tx, id, ret_member));
}

static itg_error_t remember(struct itg__agent_call *call, int64_t id, const struct itg__member *member)
{
    struct itg__client *client = itg__presence_lock(call->fleet, id, true);
    if (!client)
        return itg__fail(&call->failure, ITG_E_INTERNAL, NULL);
    if (!client->known) {
        client->sequence = member->sequence;
        client->revision = member->confirmed;
        /* Whatever was queued before anybody told this table. */
        client->work = true;
        client->revisions = (uint32_t)call->marks.revisions - 1;
        call->is_first = true;
    }
    client->known = true;
    client->members = (uint32_t)call->marks.members;
    memcpy(client->proof, member->hash, ITG__PROOF);
    call->client = *client;
    itg__presence_unlock(call->fleet);
    return ITG_OK;
}

itg_error_t itg__agent_judge(struct itg__agent_call *call, const unsigned char proof[ITG__PROOF])
{
    struct itg__member member;
    int64_t id = call->id;
    itg_error_t err = load(call, id, &member);
    if (err)
        return err;
    if (!member.found || sodium_memcmp(member.hash, proof, ITG__PROOF) != 0)
        return refuse(call, id);
    if (member.deleted) {
        itg__presence_doom(call->fleet, id);
        return itg__fail_id(&call->failure, ITG_E_THINCLIENT_NOT_FOUND, id);
    }
    if (member.in_bin)
        return itg__fail(&call->failure, ITG_E_THINCLIENT_IN_BIN, NULL);
    return remember(call, id, &member);
}

/* True if what is remembered is enough to tell. */
static bool recall(struct itg__agent_call *call)
{
    struct itg__client *client = itg__presence_lock(call->fleet, call->id, false);
    if (!client)
        return false;
    bool enough = client->known && client->members == (uint32_t)call->marks.members;
    call->client = *client;
    itg__presence_unlock(call->fleet);
    return enough;
}

itg_error_t itg__agent_authenticate(struct itg__agent_call *call)
{
    struct itg__token token;
    const char *text = bearer(call->request.authorization);
    if (!text)
        return itg__fail(&call->failure, ITG_E_NO_SESSION, NULL);
    if (!itg__token_read(text, &token))
        return refuse(call, 0);
    call->id = token.id;
    itg_error_t err = itg__agents_marks(call->agents, false, &call->marks, &call->failure);
    if (err)
        return err;
    if (recall(call) && sodium_memcmp(call->client.proof, token.hash, ITG__PROOF) == 0)
        return ITG_OK;
    if (!itg__throttle_allows(&call->agents->throttle, call->request.peer, token.id, call->now_ms))
        return itg__agent_throttle(call, "too many wrong tokens");
    return itg__agent_judge(call, token.hash);
}

itg_error_t itg__agent_throttle(struct itg__agent_call *call, const char *why)
{
    call->throttled = true;
    return itg__fail_detail(&call->failure, ITG_E_NOT_AVAILABLE, "%s", why);
}

itg_error_t itg__agent_contact(struct itg__agent_call *call, bool paced)
{
    int64_t until_ms = call->now_ms + ((int64_t)call->agents->options.interval_s * 2 + 5) * 1000;
    struct itg__client *client = itg__presence_lock(call->fleet, call->id, true);
    if (!client)
        return itg__fail(&call->failure, ITG_E_INTERNAL, NULL);
    bool in_time = !paced || itg__pace(&client->paced_ms, call->now_ms, &call->retry_ms);
    if (in_time)
        itg__presence_touch(call->fleet, client, call->now_ms, until_ms);
    itg__presence_unlock(call->fleet);
    return in_time ? ITG_OK : itg__agent_throttle(call, "the thin client comes too often");
}
