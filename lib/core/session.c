/* Sessions: opening, using and ending them. Their ids are secrets: only hashes are kept, here and in the
 * store. */
#include "core/session.h"
#include "core/password.h"
#include "core/text.h"
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum {
    ID_BYTES = ITG_SESSION_ID_LENGTH / 2,
    HASH_BYTES = crypto_generichash_BYTES,
    HASH_SIZE = HASH_BYTES * 2 + 1, /* as the store has it, in hex */
    STEPS = 30,                     /* a row may lag behind by this part of a lifetime */
    FIRST_SEATS = 64,
    MAX_SEATS = 1 << 16, /* sessions beyond these last a step less exactly */
    FULL_MS = 10000,     /* a full table is not searched for expired ones more often */
    SWEEP = 100,         /* rows of sessions long expired that one login removes */
    SHOWN_ID = 64        /* bytes of an unknown id that the message tells */
};

/* A session that was used since its row was written. */
struct itg__seat {
    unsigned char hash[HASH_BYTES];
    int64_t expires_ms; /* 0: the seat is free */
    int64_t row_ms;     /* when its row says that it expires */
    int64_t tried_ms;   /* when its row was last written, or could not be */
};

/* A session as its row tells. */
struct session {
    unsigned char hash[HASH_BYTES];
    char hex[HASH_SIZE];
    int64_t account_id;
    int64_t expires_ms;
    bool found;
    bool has_account;
};

/* ---- seats */

static struct itg__seat *seat_of(struct itg__seat *seats, size_t capacity, const unsigned char *hash)
{
    uint64_t home = 0;
    memcpy(&home, hash, sizeof home);
    size_t i = (size_t)home & (capacity - 1);
    while (seats[i].expires_ms != 0 && memcmp(seats[i].hash, hash, HASH_BYTES) != 0)
        i = (i + 1) & (capacity - 1);
    return &seats[i];
}

/* Makes room: leaves the expired ones behind, and doubles the table if most are not. */
static bool rebuild(struct itg__sessions *sessions, int64_t now_ms)
{
    size_t live = 0;
    for (size_t i = 0; i < sessions->capacity; i++)
        live += sessions->seats[i].expires_ms > now_ms;
    size_t capacity = sessions->capacity ? sessions->capacity : FIRST_SEATS;
    while (live >= capacity / 2 && capacity < MAX_SEATS)
        capacity *= 2;
    if (live >= capacity / 2)
        return false;
    struct itg__seat *seats = calloc(capacity, sizeof *seats);
    if (!seats)
        return false;
    for (size_t i = 0; i < sessions->capacity; i++)
        if (sessions->seats[i].expires_ms > now_ms)
            *seat_of(seats, capacity, sessions->seats[i].hash) = sessions->seats[i];
    free(sessions->seats);
    sessions->seats = seats;
    sessions->capacity = capacity;
    sessions->used = live;
    return true;
}

static struct itg__seat *find_seat(struct itg__sessions *sessions, const unsigned char *hash)
{
    if (sessions->capacity == 0)
        return NULL;
    struct itg__seat *seat = seat_of(sessions->seats, sessions->capacity, hash);
    return seat->expires_ms != 0 ? seat : NULL;
}

/* NULL: there is no room. The caller fills in when it expires. */
static struct itg__seat *new_seat(struct itg__sessions *sessions, const unsigned char *hash, int64_t now_ms)
{
    bool full = sessions->used >= sessions->capacity - sessions->capacity / 4;
    if (full && now_ms < sessions->full_until_ms)
        return NULL;
    if (full && !rebuild(sessions, now_ms)) {
        sessions->full_until_ms = now_ms + FULL_MS;
        return NULL;
    }
    struct itg__seat *seat = seat_of(sessions->seats, sessions->capacity, hash);
    memcpy(seat->hash, hash, HASH_BYTES);
    sessions->used++;
    return seat;
}

int64_t itg__lifetime_end(struct itg__fleet *fleet)
{
    int64_t now_ms = itg__now_ms(fleet), lifetime_ms = fleet->session_lifetime_ms;
    return now_ms > INT64_MAX - lifetime_ms ? INT64_MAX : now_ms + lifetime_ms;
}

/* The later end counts: another process may have prolonged the session as well. */
static int64_t end_of(const struct itg__seat *seat, int64_t row_ms)
{
    return seat && seat->expires_ms > row_ms ? seat->expires_ms : row_ms;
}

static bool is_alive(struct itg__fleet *fleet, const unsigned char *hash, int64_t row_ms)
{
    struct itg__sessions *sessions = fleet->sessions;
    pthread_mutex_lock(&sessions->lock);
    bool alive = itg__now_ms(fleet) < end_of(find_seat(sessions, hash), row_ms);
    pthread_mutex_unlock(&sessions->lock);
    return alive;
}

/* Restarts the lifetime of a session whose row says that it ends at row_ms. False if it has expired.
 * *ret_due_ms: when its row should now say that it ends; 0: the row may stay as it is. */
static bool restart(struct itg__fleet *fleet, const unsigned char *hash, int64_t row_ms, int64_t *ret_due_ms)
{
    struct itg__sessions *sessions = fleet->sessions;
    int64_t now_ms = itg__now_ms(fleet), step = fleet->session_lifetime_ms / STEPS;
    int64_t expires_ms = itg__lifetime_end(fleet);
    pthread_mutex_lock(&sessions->lock);
    struct itg__seat *seat = find_seat(sessions, hash);
    bool alive = now_ms < end_of(seat, row_ms);
    bool tried = seat && now_ms >= seat->tried_ms && now_ms - seat->tried_ms < step;
    bool due = alive && !tried && row_ms < expires_ms - step;
    if (alive && !seat)
        seat = new_seat(sessions, hash, now_ms);
    if (alive && seat) {
        seat->expires_ms = expires_ms;
        seat->row_ms = row_ms;
        seat->tried_ms = due ? now_ms : seat->tried_ms;
    }
    pthread_mutex_unlock(&sessions->lock);
    *ret_due_ms = due ? expires_ms : 0;
    return alive;
}

/* ---- rows */

static itg_error_t write_end(struct itg__tx *tx, const char *hash, int64_t expires_ms)
{
    return itg__run(tx, "UPDATE session SET expires = $2 WHERE hash = $1 AND expires < $2", "si", hash,
                    expires_ms);
}

/* Brings a row up to date if no other writer is at work: the request that brought us here does not wait for
 * it, and does not fail with it. The next one is a step later. */
static void refresh(struct itg__fleet *fleet, const char *hash, int64_t expires_ms)
{
    itg_t host = {.fleet = fleet};
    struct itg__tx tx;
    itg_error_t err = itg__begin_write_now(&host, "itg_session_use", ITG__RIGHT_READ, &tx, NULL);
    if (!err)
        err = itg__end(&tx, write_end(&tx, hash, expires_ms));
    if (err && err != ITG_E_NOT_AVAILABLE)
        itg__log(fleet, ITG_LOG_WARNING, "a session's use could not be written: %s", itg_error_code(err));
}

static itg_error_t write_ends(struct itg__tx *tx, const struct itg__sessions *sessions, int64_t now_ms)
{
    char hash[HASH_SIZE];
    itg_error_t err = ITG_OK;
    for (size_t i = 0; i < sessions->capacity && !err; i++) {
        const struct itg__seat *seat = &sessions->seats[i];
        if (seat->expires_ms <= now_ms || seat->expires_ms <= seat->row_ms)
            continue;
        sodium_bin2hex(hash, sizeof hash, seat->hash, HASH_BYTES);
        err = write_end(tx, hash, seat->expires_ms);
    }
    return err;
}

/* So that sessions last as long after a restart as without one. */
static void refresh_all(struct itg__fleet *fleet)
{
    itg_t host = {.fleet = fleet};
    struct itg__tx tx;
    if (fleet->sessions->used == 0)
        return;
    itg_error_t err = itg__begin_write_now(&host, "itg_close", ITG__RIGHT_READ, &tx, NULL);
    if (!err)
        err = itg__end(&tx, write_ends(&tx, fleet->sessions, itg__now_ms(fleet)));
    if (err)
        itg__log(fleet, ITG_LOG_WARNING, "the sessions' last uses could not be written: %s",
                 itg_error_code(err));
}

itg_error_t itg__sessions_open(struct itg__fleet *fleet, itg_failure_t *failure)
{
    struct itg__sessions *sessions = calloc(1, sizeof *sessions);
    if (!sessions)
        return itg__fail(failure, ITG_E_INTERNAL, NULL);
    itg_error_t err = itg__passwords_new(&sessions->passwords, failure);
    if (!err && pthread_mutex_init(&sessions->lock, NULL) != 0)
        err = itg__fail(failure, ITG_E_INTERNAL, NULL);
    if (err) {
        itg__passwords_free(sessions->passwords);
        free(sessions);
        return err;
    }
    fleet->sessions = sessions;
    return ITG_OK;
}

void itg__sessions_close(struct itg__fleet *fleet)
{
    struct itg__sessions *sessions = fleet->sessions;
    if (!sessions)
        return;
    refresh_all(fleet);
    fleet->sessions = NULL;
    itg__passwords_free(sessions->passwords);
    pthread_mutex_destroy(&sessions->lock);
    free(sessions->seats);
    free(sessions);
}

/* ---- ids */

static void hash_id(const char *id, unsigned char hash[HASH_BYTES], char hex[HASH_SIZE])
{
    crypto_generichash(hash, HASH_BYTES, (const unsigned char *)id, ITG_SESSION_ID_LENGTH, NULL, 0);
    sodium_bin2hex(hex, HASH_SIZE, hash, HASH_BYTES);
}

static bool is_id(const char *id)
{
    return strnlen(id, ITG_SESSION_ID_LENGTH + 1) == ITG_SESSION_ID_LENGTH &&
           strspn(id, "0123456789ABCDEF") == ITG_SESSION_ID_LENGTH;
}

static void make_id(char id[ITG_SESSION_ID_LENGTH + 1])
{
    static const char digits[] = "0123456789ABCDEF";
    unsigned char bytes[ID_BYTES];
    randombytes_buf(bytes, sizeof bytes);
    for (size_t i = 0; i < ID_BYTES; i++) {
        id[i * 2] = digits[bytes[i] >> 4];
        id[i * 2 + 1] = digits[bytes[i] & 15];
    }
    id[ITG_SESSION_ID_LENGTH] = '\0';
    sodium_memzero(bytes, sizeof bytes);
}

/* The message tells the id as it was given, however strange it is. */
static itg_error_t not_found(itg_failure_t *failure, const char *operation, const char *id)
{
    char shown[SHOWN_ID + 1] = "";
    size_t length = strnlen(id, SHOWN_ID + 1);
    if (length > SHOWN_ID)
        length = itg__utf8_cut(id, SHOWN_ID);
    memcpy(shown, id, length);
    for (size_t i = 0; i < length && !itg__utf8_ok(shown, length); i++)
        if ((unsigned char)shown[i] >= 0x80)
            shown[i] = '?';
    itg_error_t err = itg__fail(failure, ITG_E_SESSION_NOT_FOUND, shown);
    itg__trace(failure, operation);
    return err;
}

static itg_error_t null_parameter(itg_failure_t *failure, const char *operation)
{
    itg_error_t err = itg__fail_detail(failure, ITG_E_INVALID_BODY, "a parameter is NULL");
    itg__trace(failure, operation);
    return err;
}

/* ---- using */

static itg_error_t load(struct itg__tx *tx, struct session *session)
{
    struct itg__query q;
    itg__query(
        tx, &q,
        "SELECT s.account_id, s.expires, a.id FROM session s LEFT JOIN account a ON a.id = s.account_id"
        " WHERE s.hash = $1",
        "s", session->hex);
    session->found = itg__next(&q);
    if (session->found) {
        session->account_id = itg__int(&q, 0);
        session->expires_ms = itg__int(&q, 1);
        session->has_account = !itg__is_null(&q, 2);
    }
    return itg__done(&q);
}

/* Finds a session that has not expired. */
static itg_error_t find(itg_t *host, const char *operation, const char *id, struct session *session,
                        itg_failure_t *failure)
{
    struct itg__tx tx;
    if (!is_id(id))
        return not_found(failure, operation, id);
    hash_id(id, session->hash, session->hex);
    itg_error_t err = itg__begin_read(host, operation, ITG__RIGHT_READ, &tx, failure);
    if (!err)
        err = itg__end(&tx, load(&tx, session));
    if (err)
        return err;
    bool alive = session->found && is_alive(host->fleet, session->hash, session->expires_ms);
    return alive ? ITG_OK : not_found(failure, operation, id);
}

static itg_error_t use(itg_t *host, const char *session_id, itg_t **ret_itg, itg_failure_t *failure)
{
    static const char operation[] = "itg_session_use";
    struct session session = {.found = false};
    int64_t due_ms = 0;
    itg_error_t err = find(host, operation, session_id, &session, failure);
    if (err)
        return err;
    if (session.has_account && !restart(host->fleet, session.hash, session.expires_ms, &due_ms))
        return not_found(failure, operation, session_id);
    if (due_ms)
        refresh(host->fleet, session.hex, due_ms);
    err = session.has_account ? itg__handle_new(host->fleet, session.account_id, ret_itg, failure)
                              : itg__fail(failure, ITG_E_NO_USER, NULL);
    if (err)
        itg__trace(failure, operation);
    return err;
}

itg_error_t itg_session_use(itg_t *itg, const char *session_id, itg_t **ret_itg, itg_failure_t *failure)
{
    if (!itg || !session_id || !ret_itg)
        return null_parameter(failure, "itg_session_use");
    itg_t host = {.fleet = itg->fleet};
    return use(&host, session_id, ret_itg, failure);
}

itg_error_t itg__session_read(itg_t *itg, const char *session_id, itg_t **ret_itg, itg_failure_t *failure)
{
    itg_t host = {.fleet = itg->fleet};
    itg_error_t err = itg__reading_begin(&host, failure);
    if (err)
        return err;
    err = use(&host, session_id, ret_itg, failure);
    if (err)
        itg__reading_end(&host);
    else
        (*ret_itg)->reading = host.reading;
    return err;
}

itg_error_t itg_password_use(itg_t *itg, const char *name, const char *password, itg_t **ret_itg,
                             itg_failure_t *failure)
{
    static const char operation[] = "itg_password_use";
    struct itg__identity identity;
    if (!itg || !name || !password || !ret_itg)
        return null_parameter(failure, operation);
    itg_error_t err = itg__password_check(itg->fleet, operation, name, password, &identity, failure);
    if (err)
        return err;
    err = itg__handle_new(itg->fleet, identity.account_id, ret_itg, failure);
    if (err)
        itg__trace(failure, operation);
    return err;
}

/* ---- opening and ending */

/* The password may have been changed, or the user deleted, since it was checked. */
static itg_error_t still_valid(struct itg__tx *tx, const struct itg__identity *identity)
{
    bool found = false;
    int64_t revision = 0;
    itg_error_t err = itg__lookup(tx, &found, &revision, "SELECT revision FROM account WHERE id = $1", "i",
                                  identity->account_id);
    if (err || (found && revision == identity->revision))
        return err;
    return itg__fail(tx->failure, ITG_E_INVALID_CREDENTIALS, NULL);
}

itg_error_t itg__sessions_sweep(struct itg__tx *tx, int64_t limit)
{
    return itg__run(tx,
                    "DELETE FROM session WHERE hash IN"
                    " (SELECT hash FROM session WHERE expires <= $1 ORDER BY expires LIMIT $2)",
                    "ii", itg__now_ms(tx->fleet) - tx->fleet->session_lifetime_ms, limit);
}

itg_error_t itg__sessions_due(struct itg__tx *tx, bool *ret_found, int64_t *ret_due_ms)
{
    return itg__due(tx, "SELECT expires FROM session ORDER BY expires LIMIT 1",
                    tx->fleet->session_lifetime_ms, ret_found, ret_due_ms);
}

/* Ends the sessions that were used longest ago, so that there is room for one more. */
static itg_error_t make_room(struct itg__tx *tx, int64_t account_id)
{
    bool found = false;
    int64_t count = 0;
    itg_error_t err = itg__lookup(tx, &found, &count, "SELECT count(*) FROM session WHERE account_id = $1",
                                  "i", account_id);
    if (err || count < ITG__LIMIT_SESSIONS)
        return err;
    return itg__run(tx,
                    "DELETE FROM session WHERE hash IN"
                    " (SELECT hash FROM session WHERE account_id = $1 ORDER BY expires, hash LIMIT $2)",
                    "ii", account_id, count - ITG__LIMIT_SESSIONS + 1);
}

static itg_error_t insert(struct itg__tx *tx, const struct itg__identity *identity, const char *hash)
{
    itg_error_t err = still_valid(tx, identity);
    if (!err)
        err = itg__sessions_sweep(tx, SWEEP);
    if (!err)
        err = make_room(tx, identity->account_id);
    if (!err)
        err = itg__run(tx, "INSERT INTO session(hash, account_id, expires) VALUES($1, $2, $3)", "sii", hash,
                       identity->account_id, itg__lifetime_end(tx->fleet));
    return err;
}

itg_error_t itg_login(itg_t *itg, const char *name, const char *password, char *session_id,
                      itg_failure_t *failure)
{
    static const char operation[] = "itg_login";
    struct itg__identity identity;
    struct itg__tx tx;
    char id[ITG_SESSION_ID_LENGTH + 1], hex[HASH_SIZE];
    unsigned char hash[HASH_BYTES];
    if (!itg || !name || !password || !session_id)
        return null_parameter(failure, operation);
    itg_t host = {.fleet = itg->fleet};
    itg_error_t err = itg__password_check(itg->fleet, operation, name, password, &identity, failure);
    if (err)
        return err;
    make_id(id);
    hash_id(id, hash, hex);
    err = itg__begin_write(&host, operation, ITG__RIGHT_READ, &tx, failure);
    if (!err)
        err = itg__end(&tx, insert(&tx, &identity, hex));
    if (!err)
        memcpy(session_id, id, sizeof id);
    sodium_memzero(id, sizeof id);
    return err;
}

itg_error_t itg_logout(itg_t *itg, const char *session_id, itg_failure_t *failure)
{
    static const char operation[] = "itg_logout";
    struct session session = {.found = false};
    struct itg__tx tx;
    bool ended = false;
    int64_t account_id = 0;
    if (!itg || !session_id)
        return null_parameter(failure, operation);
    itg_t host = {.fleet = itg->fleet};
    /* Read first: strangers' ids are no reason to wait for the writer. */
    itg_error_t err = find(&host, operation, session_id, &session, failure);
    if (err)
        return err;
    err = itg__begin_write(&host, operation, ITG__RIGHT_READ, &tx, failure);
    if (err)
        return err;
    err = itg__end(&tx,
                   itg__lookup(&tx, &ended, &account_id,
                               "DELETE FROM session WHERE hash = $1 RETURNING account_id", "s", session.hex));
    return err || ended ? err : not_found(failure, operation, session_id);
}
