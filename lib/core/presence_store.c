/* What the store has of presence: contacts and who is online, written behind; read by processes that do not serve. */
#include "core/presence_table.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    WRITE = 1000,     /* clients that one step writes */
    SWEEP = 65536,    /* clients that one step looks at */
    PUT_OFF = 10,     /* steps that other writers may put writing off */
    DOOMED = 100,     /* deleted ones that one step forgets */
    RENEW_MS = 5000,  /* the lease is renewed so often */
    LEASE_MS = 20000, /* and ends so long after */
    FRESH_MS = 1000   /* what was read of another process's word counts so long */
};

/* ---- writing */

/* A client as it is being written. */
struct line {
    int64_t id;
    int64_t contact_ms;
    bool online;
    bool stored;
};

static size_t take_lines(struct itg__fleet *fleet, struct line *lines, size_t most, bool *ret_more)
{
    struct itg__presence *presence = fleet->presence;
    int64_t now_ms = itg__now_ms(fleet);
    size_t count = 0;
    pthread_mutex_lock(&presence->lock);
    while (count < most) {
        struct itg__client *client = itg__presence_take_due(presence);
        if (!client)
            break;
        lines[count++] = (struct line){client->id, client->contact_ms,
                                       itg__presence_is_online(client, now_ms), client->stored};
    }
    *ret_more = presence->due_first != 0;
    pthread_mutex_unlock(&presence->lock);
    return count;
}

/* What became of them: those that could not be written have their turn again. */
static void settle_lines(struct itg__fleet *fleet, const struct line *lines, size_t count, bool written)
{
    for (size_t i = 0; i < count; i++) {
        struct itg__client *client = itg__presence_lock(fleet, lines[i].id, false);
        if (!client)
            continue;
        if (written)
            client->stored = lines[i].online;
        else
            itg__presence_due(fleet->presence, client);
        itg__presence_unlock(fleet);
    }
}

/* Those that were deleted meanwhile are no fault. */
static itg_error_t write_line(struct itg__tx *tx, const struct line *line)
{
    itg_error_t err =
        itg__run(tx, "UPDATE thinclient SET last_contact = $2 WHERE id = $1 AND last_contact < $2", "ii",
                 line->id, line->contact_ms);
    if (err || line->online == line->stored)
        return err;
    if (!line->online)
        return itg__run(tx, "DELETE FROM presence WHERE thinclient_id = $1", "i", line->id);
    return itg__run(tx,
                    "INSERT INTO presence(thinclient_id) SELECT id FROM thinclient WHERE id = $1"
                    " ON CONFLICT(thinclient_id) DO NOTHING",
                    "i", line->id);
}

static itg_error_t write_lease(struct itg__tx *tx, int64_t now_ms)
{
    struct itg__presence *presence = tx->fleet->presence;
    char text[100];
    pthread_mutex_lock(&presence->lock);
    snprintf(text, sizeof text, "%" PRId64 " %" PRId64 " %" PRId64 " %" PRId64, now_ms + LEASE_MS,
             presence->started_ms, presence->contacts, presence->waiting);
    pthread_mutex_unlock(&presence->lock);
    return itg__run(tx,
                    "INSERT INTO meta(key, value) VALUES('agents', $1)"
                    " ON CONFLICT(key) DO UPDATE SET value = excluded.value",
                    "s", text);
}

static itg_error_t begin(struct itg__fleet *fleet, itg_t *host, bool patient, struct itg__tx *tx,
                         itg_failure_t *failure)
{
    static const char operation[] = "presence_step";
    *host = (itg_t){.fleet = fleet};
    return patient ? itg__begin_write(host, operation, ITG__RIGHT_READ, tx, failure)
                   : itg__begin_write_now(host, operation, ITG__RIGHT_READ, tx, failure);
}

/* One transaction. ITG_E_NOT_AVAILABLE: another writer was at work. */
static itg_error_t write_some(struct itg__fleet *fleet, bool patient, bool *ret_more, itg_failure_t *failure)
{
    struct itg__presence *presence = fleet->presence;
    struct itg__tx tx;
    itg_t host;
    struct line *lines = malloc(WRITE * sizeof *lines);
    int64_t now_ms = itg__now_ms(fleet);
    if (!lines)
        return itg__fail(failure, ITG_E_INTERNAL, NULL);
    size_t count = take_lines(fleet, lines, WRITE, ret_more);
    bool lease = now_ms - presence->lease_ms >= RENEW_MS || now_ms < presence->lease_ms;
    itg_error_t err = ITG_OK;
    if (count > 0 || lease) {
        err = begin(fleet, &host, patient, &tx, failure);
        if (!err) {
            for (size_t i = 0; !err && i < count; i++)
                err = write_line(&tx, &lines[i]);
            if (!err && lease)
                err = write_lease(&tx, now_ms);
            err = itg__end(&tx, err);
        }
        settle_lines(fleet, lines, count, !err);
        if (!err && lease)
            presence->lease_ms = now_ms;
    }
    free(lines);
    return err;
}

/* ---- looking after the table */

/* Finds those whose time is over, and those that were deleted. @return how many of these */
static size_t sweep(struct itg__fleet *fleet, int64_t doomed[DOOMED])
{
    struct itg__presence *presence = fleet->presence;
    int64_t now_ms = itg__now_ms(fleet);
    size_t count = 0;
    pthread_mutex_lock(&presence->lock);
    for (uint32_t looked = 0; looked < SWEEP && looked < presence->made && count < DOOMED; looked++) {
        presence->swept = presence->swept < presence->made ? presence->swept + 1 : 1;
        struct itg__client *client = itg__presence_at(presence, presence->swept);
        if (client->stored && !itg__presence_is_online(client, now_ms))
            itg__presence_due(presence, client);
        if (client->doomed)
            doomed[count++] = client->id;
        if (looked % 1024 == 1023) {
            pthread_mutex_unlock(&presence->lock);
            pthread_mutex_lock(&presence->lock);
        }
    }
    pthread_mutex_unlock(&presence->lock);
    return count;
}

static itg_error_t is_gone(struct itg__fleet *fleet, int64_t id, bool *ret_gone, itg_failure_t *failure)
{
    itg_t host = {.fleet = fleet};
    struct itg__tx tx;
    bool found = false;
    int64_t same = 0;
    itg_error_t err = itg__begin_read(&host, "presence_step", ITG__RIGHT_READ, &tx, failure);
    if (!err)
        err = itg__end(&tx,
                       itg__lookup(&tx, &found, &same, "SELECT id FROM thinclient WHERE id = $1", "i", id));
    *ret_gone = !found;
    return err;
}

/* The transaction that deleted it may not have been kept, or may not have ended yet. */
static itg_error_t forget_doomed(struct itg__fleet *fleet, const int64_t *ids, size_t count,
                                 itg_failure_t *failure)
{
    itg_error_t err = ITG_OK;
    for (size_t i = 0; !err && i < count; i++) {
        bool gone = false;
        err = is_gone(fleet, ids[i], &gone, failure);
        struct itg__client *client = err ? NULL : itg__presence_lock(fleet, ids[i], false);
        if (!client)
            continue;
        if (gone)
            itg__presence_forget(fleet->presence, ids[i]);
        itg__presence_unlock(fleet);
    }
    return err;
}

itg_error_t itg__presence_step(struct itg__fleet *fleet, bool *ret_more, itg_failure_t *failure)
{
    struct itg__presence *presence = fleet->presence;
    int64_t doomed[DOOMED];
    bool patient = presence->put_off >= PUT_OFF;
    itg_error_t err = forget_doomed(fleet, doomed, sweep(fleet, doomed), failure);
    if (!err)
        err = write_some(fleet, patient, ret_more, patient ? failure : NULL);
    if (err == ITG_E_NOT_AVAILABLE && !patient) {
        presence->put_off++;
        return ITG_OK;
    }
    presence->put_off = 0;
    return err;
}

static itg_error_t clear(struct itg__tx *tx)
{
    itg_error_t err = itg__run(tx, "DELETE FROM presence", "");
    return err ? err : itg__run(tx, "DELETE FROM meta WHERE key = 'agents'", "");
}

/* The store says of nobody that it is online. */
static void forget_stored(struct itg__presence *presence)
{
    pthread_mutex_lock(&presence->lock);
    for (uint32_t i = 1; i <= presence->made; i++) {
        struct itg__client *client = itg__presence_at(presence, i);
        client->stored = false;
        if (client->id)
            itg__presence_due(presence, client);
    }
    pthread_mutex_unlock(&presence->lock);
}

itg_error_t itg__presence_serve(struct itg__fleet *fleet, itg_failure_t *failure)
{
    struct itg__tx tx;
    itg_t host;
    int64_t now_ms = itg__now_ms(fleet);
    itg_error_t err = begin(fleet, &host, true, &tx, failure);
    if (err)
        return err;
    fleet->presence->started_ms = now_ms;
    err = clear(&tx);
    if (!err)
        err = write_lease(&tx, now_ms);
    err = itg__end(&tx, err);
    if (!err) {
        fleet->presence->lease_ms = now_ms;
        fleet->presence->serving = true;
        forget_stored(fleet->presence);
    }
    return err;
}

void itg__presence_retire(struct itg__fleet *fleet)
{
    struct itg__presence *presence = fleet->presence;
    struct itg__tx tx;
    itg_t host;
    bool more = true;
    itg_error_t err = ITG_OK;
    if (!presence->serving)
        return;
    while (!err && more)
        err = write_some(fleet, true, &more, NULL);
    if (!err)
        err = begin(fleet, &host, true, &tx, NULL);
    if (!err)
        err = itg__end(&tx, clear(&tx));
    if (err)
        itg__log(fleet, ITG_LOG_WARNING, "the last contacts could not be written: %s", itg_error_code(err));
    presence->serving = false;
}

/* ---- another process's word */

struct others {
    int64_t *ids;
    size_t count;
    size_t capacity;
};

static bool add_other(struct others *others, int64_t id)
{
    if (others->count == others->capacity) {
        size_t capacity = others->capacity ? others->capacity * 2 : 256;
        int64_t *ids = realloc(others->ids, capacity * sizeof *ids);
        if (!ids)
            return false;
        others->ids = ids;
        others->capacity = capacity;
    }
    others->ids[others->count++] = id;
    return true;
}

/* What the serving process has told: its lease, since when, contacts, those who wait. */
static itg_error_t read_lease(struct itg__tx *tx, itg_presence_t *ret_presence, bool *ret_alive)
{
    struct itg__query q;
    int64_t until_ms = 0;
    *ret_alive = false;
    itg__query(tx, &q, "SELECT value FROM meta WHERE key = 'agents'", "");
    if (itg__next(&q)) {
        itg_presence_t told = {0};
        int count = sscanf(itg__text(&q, 0), "%" SCNd64 " %" SCNd64 " %" SCNd64 " %" SCNd64, &until_ms,
                           &told.started_ms, &told.contacts, &told.waiting);
        *ret_alive = count == 4 && itg__now_ms(tx->fleet) < until_ms;
        if (*ret_alive)
            *ret_presence = told;
    }
    return itg__done(&q);
}

static itg_error_t load_others(struct itg__tx *tx, struct others *others)
{
    struct itg__query q;
    itg_presence_t told;
    bool alive = false, room = true;
    itg_error_t err = read_lease(tx, &told, &alive);
    if (err || !alive)
        return err;
    itg__query(tx, &q, "SELECT thinclient_id FROM presence ORDER BY thinclient_id", "");
    while (room && itg__next(&q))
        room = add_other(others, itg__int(&q, 0));
    return itg__done(&q);
}

/* Not under the lock: whoever waits for a connection must not keep those waiting who have one. */
static void refresh(struct itg__fleet *fleet, int64_t now_ms)
{
    struct itg__presence *presence = fleet->presence;
    struct others others = {0};
    itg_t host = {.fleet = fleet};
    struct itg__tx tx;
    itg_error_t err = itg__begin_read(&host, "itg_thinclient_online", ITG__RIGHT_READ, &tx, NULL);
    if (!err)
        itg__end(&tx, load_others(&tx, &others));
    pthread_mutex_lock(&presence->others_lock);
    free(presence->others);
    presence->others = others.ids;
    presence->others_count = others.count;
    presence->others_ms = now_ms;
    presence->loading = false;
    pthread_mutex_unlock(&presence->others_lock);
}

static int compare(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;
    return left < right ? -1 : left > right;
}

bool itg__presence_stored(struct itg__fleet *fleet, int64_t id)
{
    struct itg__presence *presence = fleet->presence;
    if (fleet->single || presence->serving)
        return false;
    int64_t now_ms = itg__now_ms(fleet);
    pthread_mutex_lock(&presence->others_lock);
    bool stale = now_ms < presence->others_ms || now_ms - presence->others_ms >= FRESH_MS;
    bool load = stale && !presence->loading;
    presence->loading = presence->loading || load;
    pthread_mutex_unlock(&presence->others_lock);
    if (load)
        refresh(fleet, now_ms);
    pthread_mutex_lock(&presence->others_lock);
    bool online = presence->others_count > 0 &&
                  bsearch(&id, presence->others, presence->others_count, sizeof id, compare) != NULL;
    pthread_mutex_unlock(&presence->others_lock);
    return online;
}

/* ---- numbers for everybody */

static void count_own(struct itg__fleet *fleet, itg_presence_t *ret_presence)
{
    struct itg__presence *presence = fleet->presence;
    int64_t now_ms = itg__now_ms(fleet), online = 0;
    pthread_mutex_lock(&presence->lock);
    for (uint32_t i = 1; i <= presence->made; i++)
        online += itg__presence_is_online(itg__presence_at(presence, i), now_ms);
    *ret_presence = (itg_presence_t){.online = online,
                                     .waiting = presence->waiting,
                                     .contacts = presence->contacts,
                                     .started_ms = presence->started_ms};
    pthread_mutex_unlock(&presence->lock);
}

static itg_error_t count_others(struct itg__tx *tx, itg_presence_t *ret_presence)
{
    bool alive = false, found = false;
    itg_error_t err = read_lease(tx, ret_presence, &alive);
    if (err || !alive)
        return err;
    return itg__lookup(tx, &found, &ret_presence->online, "SELECT count(*) FROM presence", "");
}

itg_error_t itg_presence(itg_t *itg, itg_presence_t *ret_presence, itg_failure_t *failure)
{
    struct itg__tx tx;
    itg_presence_t own = {0};
    itg_error_t err = itg__need(ret_presence != NULL, "ret_presence", failure);
    if (!err)
        err = itg__begin_read(itg, __func__, ITG__RIGHT_READ, &tx, failure);
    if (err)
        return err;
    if (itg->fleet->presence->serving)
        count_own(itg->fleet, &own);
    else
        err = count_others(&tx, &own);
    err = itg__end(&tx, err);
    if (err)
        return err;
    own.size = ret_presence->size < sizeof own ? ret_presence->size : sizeof own;
    memcpy(ret_presence, &own, own.size);
    return ITG_OK;
}
