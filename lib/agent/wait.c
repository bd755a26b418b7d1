/* Check-ins that wait. Each is in the list until it was woken; a wake is told outside of the lock, and after it the wait
 * belongs to whoever finishes it. */
#include "agent/agent.h"
#include "core/queue.h"
#include "core/revision.h"
#include <stdlib.h>
#include <string.h>

enum { PLACES = 4096 }; /* of the hash table */

struct itg_agents_wait {
    itg_agents_t *agents;
    int64_t id;
    itg_agents_wake_fn wake;
    void *ctx;
    int64_t since_ms;
    int64_t until_ms;
    struct itg__settings_said said;
    unsigned char proof[ITG__PROOF];
    bool woken;
    bool replaced;                /* another contact came */
    bool abandoned;               /* the client is gone */
    struct itg_agents_wait *next; /* in its place, or among those to be told */
};

struct itg__waiters {
    pthread_mutex_t lock; /* taken before that of presence */
    struct itg_agents_wait *places[PLACES];
    int32_t count;
    bool closing;
    struct itg__marks judged; /* what those who wait were judged by last */
    int64_t newest_command;   /* that has been seen */
};

static struct itg_agents_wait **place_of(struct itg__waiters *waiters, int64_t id)
{
    return &waiters->places[(uint64_t)id % PLACES];
}

static void set_waiting(itg_agents_t *agents, const struct itg_agents_wait *wait, bool waiting)
{
    struct itg__client *client = itg__presence_lock(agents->fleet, wait->id, false);
    if (!client)
        return;
    client->waiting = waiting;
    itg__presence_count(agents->fleet, waiting ? 1 : -1);
    itg__presence_unlock(agents->fleet);
}

/* Takes one out of its place and puts it among those to be told. Under the lock. */
static void take(struct itg_agents_wait **at, struct itg_agents_wait **told)
{
    struct itg_agents_wait *wait = *at;
    *at = wait->next;
    wait->woken = true;
    wait->next = *told;
    *told = wait;
    wait->agents->waiters->count--;
    set_waiting(wait->agents, wait, false);
}

/* After a wake the wait may be gone at any moment. */
static void tell(struct itg_agents_wait *told)
{
    while (told) {
        struct itg_agents_wait *next = told->next;
        told->wake(told->ctx);
        told = next;
    }
}

/* Wakes all for whom `due` says so. */
static void wake_those(itg_agents_t *agents, bool (*due)(const struct itg_agents_wait *wait, int64_t now_ms))
{
    struct itg__waiters *waiters = agents->waiters;
    struct itg_agents_wait *told = NULL;
    int64_t now_ms = itg__now_ms(agents->fleet);
    pthread_mutex_lock(&waiters->lock);
    for (size_t i = 0; i < PLACES && waiters->count > 0; i++)
        for (struct itg_agents_wait **at = &waiters->places[i]; *at;)
            if (due(*at, now_ms))
                take(at, &told);
            else
                at = &(*at)->next;
    pthread_mutex_unlock(&waiters->lock);
    tell(told);
}

void itg__waiters_wake(itg_agents_t *agents, int64_t id, bool replaced)
{
    struct itg__waiters *waiters = agents->waiters;
    struct itg_agents_wait *told = NULL;
    pthread_mutex_lock(&waiters->lock);
    for (struct itg_agents_wait **at = place_of(waiters, id); *at;) {
        if ((*at)->id != id) {
            at = &(*at)->next;
            continue;
        }
        (*at)->replaced = replaced;
        take(at, &told);
    }
    pthread_mutex_unlock(&waiters->lock);
    tell(told);
}

bool itg__waiters_add(struct itg__agent_call *call, struct itg__settings_said said, int64_t seconds)
{
    itg_agents_t *agents = call->agents;
    struct itg__waiters *waiters = agents->waiters;
    struct itg_agents_wait *wait = malloc(sizeof *wait);
    if (!wait)
        return false;
    *wait = (struct itg_agents_wait){.agents = agents,
                                     .id = call->id,
                                     .wake = call->wake,
                                     .ctx = call->wake_ctx,
                                     .since_ms = call->now_ms,
                                     .until_ms = call->now_ms + seconds * 1000,
                                     .said = said};
    memcpy(wait->proof, call->client.proof, ITG__PROOF);
    pthread_mutex_lock(&waiters->lock);
    bool room = !waiters->closing && waiters->count < agents->options.max_waiting;
    if (room) {
        *call->ret_wait = wait;
        call->waits = true;
        wait->next = *place_of(waiters, call->id);
        *place_of(waiters, call->id) = wait;
        waiters->count++;
        set_waiting(agents, wait, true);
    }
    pthread_mutex_unlock(&waiters->lock);
    if (!room)
        free(wait);
    return room;
}

/* ---- what wakes them */

static bool is_over(const struct itg_agents_wait *wait, int64_t now_ms)
{
    return now_ms >= wait->until_ms || now_ms < wait->since_ms;
}

static bool is_doomed(const struct itg_agents_wait *wait, int64_t now_ms)
{
    (void)now_ms;
    struct itg__client *client = itg__presence_lock(wait->agents->fleet, wait->id, false);
    bool doomed = client && client->doomed;
    if (client)
        itg__presence_unlock(wait->agents->fleet);
    return doomed;
}

static bool always(const struct itg_agents_wait *wait, int64_t now_ms)
{
    (void)wait, (void)now_ms;
    return true;
}

void itg__waiters_wake_doomed(itg_agents_t *agents)
{
    if (itg__presence_doomed(agents->fleet))
        wake_those(agents, is_doomed);
}

/* One who waits, as long as the lock is not held. */
struct candidate {
    int64_t id;
    struct itg__settings_said said;
    unsigned char proof[ITG__PROOF];
};

static size_t list_all(struct itg__waiters *waiters, struct candidate **ret_list)
{
    size_t count = 0;
    pthread_mutex_lock(&waiters->lock);
    struct candidate *list = waiters->count ? malloc((size_t)waiters->count * sizeof *list) : NULL;
    for (size_t i = 0; i < PLACES && list; i++)
        for (struct itg_agents_wait *wait = waiters->places[i]; wait; wait = wait->next) {
            struct candidate *candidate = &list[count++];
            *candidate = (struct candidate){.id = wait->id, .said = wait->said};
            memcpy(candidate->proof, wait->proof, ITG__PROOF);
        }
    pthread_mutex_unlock(&waiters->lock);
    *ret_list = list;
    return count;
}

static itg_error_t concerns(struct itg__tx *tx, struct itg__revisions *revisions,
                            const struct candidate *candidate, bool *ret_concerns)
{
    struct itg__member member;
    int64_t current = 0;
    itg_error_t err = itg__member_load(tx, candidate->id, &member);
    if (err)
        return err;
    *ret_concerns = !member.found || member.deleted || member.in_bin ||
                    memcmp(member.hash, candidate->proof, ITG__PROOF) != 0;
    if (*ret_concerns || !candidate->said.given)
        return ITG_OK;
    err = itg__revision_current(revisions, member.own, member.parent_id, &current);
    *ret_concerns = !err && itg__settings_differ(candidate->said, current);
    return err;
}

/* The fleet has changed: whom of those who wait does it concern? */
static itg_error_t judge_all(itg_agents_t *agents, itg_failure_t *failure)
{
    itg_t host = {.fleet = agents->fleet};
    struct itg__tx tx;
    struct candidate *list = NULL;
    size_t count = list_all(agents->waiters, &list), due = 0;
    itg_error_t err =
        count ? itg__begin_read(&host, "itg_agents_step", ITG__RIGHT_READ, &tx, failure) : ITG_OK;
    if (!err && count) {
        struct itg__revisions revisions = {.tx = &tx};
        for (size_t i = 0; i < count && !err; i++) {
            bool yes = false;
            err = concerns(&tx, &revisions, &list[i], &yes);
            if (!err && yes)
                list[due++].id = list[i].id;
        }
        err = itg__end(&tx, err);
    }
    for (size_t i = 0; i < due; i++)
        itg__waiters_wake(agents, list[i].id, false);
    free(list);
    return err;
}

static itg_error_t look_at_marks(itg_agents_t *agents, itg_failure_t *failure)
{
    struct itg__waiters *waiters = agents->waiters;
    struct itg__marks marks;
    itg_error_t err = itg__agents_marks(agents, true, &marks, failure);
    if (err || (marks.members == waiters->judged.members && marks.revisions == waiters->judged.revisions))
        return err;
    err = judge_all(agents, failure);
    if (!err)
        waiters->judged = marks;
    return err;
}

/* ---- commands */

static void note_work(itg_agents_t *agents, int64_t id)
{
    struct itg__client *client = itg__presence_lock(agents->fleet, id, false);
    if (client) {
        client->work = true;
        itg__presence_unlock(agents->fleet);
    }
    itg__waiters_wake(agents, id, false);
}

void itg__agents_work(void *ctx, const int64_t *thinclient_ids, size_t count)
{
    for (size_t i = 0; i < count; i++)
        note_work(ctx, thinclient_ids[i]);
}

static int32_t meet_command(void *ctx, int64_t command_id, int64_t thinclient_id)
{
    (void)command_id;
    note_work(ctx, thinclient_id);
    return 0;
}

/* Those that other processes have queued. */
static itg_error_t look_at_commands(itg_agents_t *agents, itg_failure_t *failure)
{
    itg_t host = {.fleet = agents->fleet};
    struct itg__waiters *waiters = agents->waiters;
    struct itg__tx tx;
    int64_t newest = 0;
    itg_error_t err = itg__begin_read(&host, "itg_agents_step", ITG__RIGHT_READ, &tx, failure);
    if (err)
        return err;
    err = itg__queue_newest(&tx, &newest);
    if (!err && newest != waiters->newest_command)
        err = itg__queue_since(&tx, waiters->newest_command, meet_command, agents);
    err = itg__end(&tx, err);
    if (!err)
        waiters->newest_command = newest;
    return err;
}

itg_error_t itg__waiters_step(itg_agents_t *agents, bool *ret_any, itg_failure_t *failure)
{
    struct itg__waiters *waiters = agents->waiters;
    wake_those(agents, is_over);
    itg__waiters_wake_doomed(agents);
    itg_error_t err = look_at_marks(agents, failure);
    if (!err)
        err = look_at_commands(agents, failure);
    pthread_mutex_lock(&waiters->lock);
    *ret_any = waiters->count > 0;
    pthread_mutex_unlock(&waiters->lock);
    return err;
}

/* ---- from the host */

itg_error_t itg__waiters_open(itg_agents_t *agents, itg_failure_t *failure)
{
    struct itg__waiters *waiters = calloc(1, sizeof *waiters);
    if (!waiters)
        return itg__fail(failure, ITG_E_INTERNAL, NULL);
    pthread_mutex_init(&waiters->lock, NULL);
    agents->waiters = waiters;
    return ITG_OK;
}

void itg__waiters_close(itg_agents_t *agents)
{
    if (!agents->waiters)
        return;
    pthread_mutex_destroy(&agents->waiters->lock);
    free(agents->waiters);
}

void itg_agents_wake_all(itg_agents_t *agents)
{
    pthread_mutex_lock(&agents->waiters->lock);
    agents->waiters->closing = true;
    pthread_mutex_unlock(&agents->waiters->lock);
    wake_those(agents, always);
}

void itg_agents_abandon(itg_agents_t *agents, itg_agents_wait_t *wait)
{
    struct itg__waiters *waiters = agents->waiters;
    struct itg_agents_wait *told = NULL;
    pthread_mutex_lock(&waiters->lock);
    wait->abandoned = true;
    for (struct itg_agents_wait **at = place_of(waiters, wait->id); *at && !wait->woken; at = &(*at)->next)
        if (*at == wait) {
            take(at, &told);
            break;
        }
    struct itg__client *client = wait->replaced ? NULL : itg__presence_lock(agents->fleet, wait->id, false);
    if (client) {
        if (!client->waiting && client->contact_ms <= wait->since_ms)
            itg__presence_leave(agents->fleet, client);
        itg__presence_unlock(agents->fleet);
    }
    pthread_mutex_unlock(&waiters->lock);
    tell(told);
}

static itg_error_t answer(struct itg__agent_call *call, const struct itg_agents_wait *wait)
{
    bool due = false;
    struct itg__settings_said said = wait->said;
    itg_error_t err = itg__agents_marks(call->agents, false, &call->marks, &call->failure);
    if (!err)
        err = itg__agent_judge(call, wait->proof);
    if (!err)
        err = itg__agent_contact(call, false);
    /* The one that took its place gets what there is. */
    call->client.work = call->client.work && !wait->replaced;
    said.given = said.given && !wait->replaced;
    if (!err)
        err = itg__agent_work(call, said, &due);
    if (!err)
        itg__agent_work_end(call, 0, due);
    return !err && call->out->failed ? itg__fail(&call->failure, ITG_E_INTERNAL, NULL) : err;
}

itg_imi_response_t *itg_agents_finish(itg_agents_t *agents, itg_agents_wait_t *wait)
{
    struct itg__agent_call call;
    itg_error_t err = ITG_OK;
    itg__agent_call_init(&call, agents);
    call.id = wait->id;
    /* Nobody hears it: nothing is handed out. */
    if (!itg__imi_response_is_last_resort(call.response) && !wait->abandoned)
        err = answer(&call, wait);
    free(wait);
    return itg__agent_call_end(&call, err);
}
