/* Enrolment keys, the policy, and tokens. Keys and tokens are secrets: only hashes are kept. */
#include "core/enrol.h"
#include "core/access.h"
#include "core/audit.h"
#include "core/text.h"
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

enum {
    SECRET_BYTES = 32,
    SECRET_LENGTH = 43, /* as text */
    HEX_SIZE = ITG__TOKEN_HASH * 2 + 1,
    LOST_MS = 10 * 60 * 1000 /* so long a thin client may repeat a registration whose answer it did not get */
};

_Static_assert(ITG_ENROLMENT_KEY_SIZE == SECRET_LENGTH + 1, "a key is a secret as text");

/* What is left of the token of a deleted thin client is kept so long. */
static const int64_t tombstone_ms = INT64_C(90) * 24 * 3600 * 1000;

static const char *const policy_names[] = {
    [ITG_ENROLMENT_KEY] = "key",
    [ITG_ENROLMENT_CLOSED] = "closed",
    [ITG_ENROLMENT_OPEN] = "open",
};
enum { POLICIES = sizeof policy_names / sizeof *policy_names };

const char *itg_enrolment_name(itg_enrolment_t policy)
{
    return itg__name_of(policy_names, POLICIES, policy);
}

int32_t itg_enrolment_from_name(const char *name)
{
    return itg__value_of(policy_names, POLICIES, name, -1);
}

/* ---- policy */

static itg_error_t load_policy(struct itg__tx *tx, itg_enrolment_t *ret_policy)
{
    struct itg__query q;
    itg_enrolment_t policy = ITG_ENROLMENT_KEY;
    itg__query(tx, &q, "SELECT value FROM meta WHERE key = 'enrolment'", "");
    if (itg__next(&q)) {
        int32_t known = itg_enrolment_from_name(itg__text(&q, 0));
        /* What nobody understands lets nobody in. */
        policy = known < 0 ? ITG_ENROLMENT_CLOSED : (itg_enrolment_t)known;
    }
    itg_error_t err = itg__done(&q);
    if (!err)
        *ret_policy = policy;
    return err;
}

itg_error_t itg_enrolment_get(itg_t *itg, itg_enrolment_t *ret_policy, itg_failure_t *failure)
{
    struct itg__tx tx;
    itg_enrolment_t policy = ITG_ENROLMENT_KEY;
    itg_error_t err = itg__need(ret_policy != NULL, "ret_policy", failure);
    if (!err)
        err = itg__begin_read(itg, __func__, ITG__RIGHT_READ, &tx, failure);
    if (!err)
        err = itg__end(&tx, load_policy(&tx, &policy));
    if (!err)
        *ret_policy = policy;
    return err;
}

static itg_error_t tell_policy(struct itg__tx *tx, itg_enrolment_t was, itg_enrolment_t is)
{
    char before[32], after[32];
    if (was == is)
        return ITG_OK;
    snprintf(before, sizeof before, "{\"policy\":\"%s\"}", itg_enrolment_name(was));
    snprintf(after, sizeof after, "{\"policy\":\"%s\"}", itg_enrolment_name(is));
    return itg__audit_note(tx, ITG__AUDIT_ENROLMENT, 0, "", before, after);
}

static itg_error_t set_policy(struct itg__tx *tx, itg_enrolment_t policy)
{
    itg_enrolment_t was = policy;
    itg_error_t err = load_policy(tx, &was);
    if (!err)
        err = itg__run(tx,
                       "INSERT INTO meta(key, value) VALUES('enrolment', $1)"
                       " ON CONFLICT(key) DO UPDATE SET value = excluded.value",
                       "s", itg_enrolment_name(policy));
    return err ? err : tell_policy(tx, was, policy);
}

itg_error_t itg_enrolment_set(itg_t *itg, itg_enrolment_t policy, itg_failure_t *failure)
{
    struct itg__tx tx;
    if (!*itg_enrolment_name(policy))
        return itg__fail_detail(failure, ITG_E_INVALID_BODY, "there is no such policy");
    itg_error_t err = itg__begin_write(itg, __func__, ITG__RIGHT_USERS, &tx, failure);
    return err ? err : itg__end(&tx, set_policy(&tx, policy));
}

/* ---- secrets */

static void make_secret(char text[SECRET_LENGTH + 1])
{
    unsigned char bytes[SECRET_BYTES];
    randombytes_buf(bytes, sizeof bytes);
    sodium_bin2base64(text, SECRET_LENGTH + 1, bytes, sizeof bytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    sodium_memzero(bytes, sizeof bytes);
}

static bool is_secret(const char *text)
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    return strlen(text) == SECRET_LENGTH && strspn(text, alphabet) == SECRET_LENGTH;
}

/* Random secrets need no slow hash. The kind keeps keys and tokens apart. */
static void hash_secret(char kind, const char *text, unsigned char hash[ITG__TOKEN_HASH])
{
    crypto_generichash_state state;
    crypto_generichash_init(&state, NULL, 0, ITG__TOKEN_HASH);
    crypto_generichash_update(&state, (const unsigned char *)&kind, 1);
    crypto_generichash_update(&state, (const unsigned char *)text, strlen(text));
    crypto_generichash_final(&state, hash, ITG__TOKEN_HASH);
}

static void hash_hex(char kind, const char *text, char hex[HEX_SIZE])
{
    unsigned char hash[ITG__TOKEN_HASH];
    hash_secret(kind, text, hash);
    sodium_bin2hex(hex, HEX_SIZE, hash, sizeof hash);
}

/* ---- keys */

static itg_error_t check_key(itg_t *itg, const char *name, int64_t expires_ms, int64_t uses,
                             itg_failure_t *failure)
{
    if (!itg__name_ok(name))
        return itg__fail(failure, ITG_E_INVALID_NAME, NULL);
    if (uses != -1 && uses < 1)
        return itg__fail_detail(failure, ITG_E_INVALID_BODY, "uses is neither -1 nor above 0");
    if (expires_ms != 0 && expires_ms <= itg__now_ms(itg->fleet))
        return itg__fail_detail(failure, ITG_E_INVALID_BODY, "it would have expired already");
    return ITG_OK;
}

/* `before` and `after` of a key that comes or goes. */
static itg_error_t tell_key(struct itg__tx *tx, const itg_enrolment_key_t *key, bool comes)
{
    char json[160];
    snprintf(json, sizeof json,
             "{\"expires\":%" PRId64 ",\"usesLeft\":%" PRId64 ",\"directoryID\":\"%" PRId64 "\"}",
             key->expires_ms, key->uses_left, key->directory_id);
    return itg__audit_note(tx, ITG__AUDIT_ENROLMENT, key->id, key->name, comes ? "{}" : json,
                           comes ? json : "{}");
}

static itg_error_t create_key(struct itg__tx *tx, itg_enrolment_key_t *key, const char *hash)
{
    struct itg__object directory;
    itg_error_t err = itg__object_load_live(tx, ITG_TYPE_THINCLIENT_DIRECTORY, key->directory_id, &directory);
    if (!err)
        err = itg__next_id(tx, "enrolment", &key->id);
    if (err)
        return err;
    err = itg__run(tx,
                   "INSERT INTO enrolment_key(id, hash, name, created, expires, uses_left, directory_id)"
                   " VALUES($1, $2, $3, $4, $5, $6, $7)",
                   "issiiii", key->id, hash, key->name, itg__now_ms(tx->fleet), key->expires_ms,
                   key->uses_left, key->directory_id);
    return err ? err : tell_key(tx, key, true);
}

itg_error_t itg_enrolment_key_create(itg_t *itg, const char *name, int64_t expires_ms, int64_t uses,
                                     int64_t directory_id, char *ret_key, int64_t *ret_id,
                                     itg_failure_t *failure)
{
    struct itg__tx tx;
    char text[SECRET_LENGTH + 1], hash[HEX_SIZE];
    itg_enrolment_key_t key = {
        .name = name, .expires_ms = expires_ms, .uses_left = uses, .directory_id = directory_id};
    itg_error_t err = itg__need(itg && ret_key, "itg or ret_key", failure);
    if (!err)
        err = check_key(itg, name, expires_ms, uses, failure);
    if (!err)
        err = itg__begin_write(itg, __func__, ITG__RIGHT_USERS, &tx, failure);
    if (err)
        return err;
    make_secret(text);
    hash_hex('k', text, hash);
    err = itg__end(&tx, create_key(&tx, &key, hash));
    if (!err)
        memcpy(ret_key, text, sizeof text);
    if (!err && ret_id)
        *ret_id = key.id;
    sodium_memzero(text, sizeof text);
    return err;
}

static itg_error_t delete_key(struct itg__tx *tx, int64_t id)
{
    struct itg__query q;
    itg_error_t err = ITG_OK;
    itg__query(tx, &q, "SELECT name, expires, uses_left, directory_id FROM enrolment_key WHERE id = $1", "i",
               id);
    bool found = itg__next(&q);
    if (found) {
        const itg_enrolment_key_t key = {.id = id,
                                         .name = itg__text(&q, 0),
                                         .expires_ms = itg__int(&q, 1),
                                         .uses_left = itg__int(&q, 2),
                                         .directory_id = itg__int(&q, 3)};
        err = q.err ? q.err : tell_key(tx, &key, false);
    }
    itg_error_t done = itg__done(&q);
    err = err ? err : done;
    if (!err && !found)
        err = itg__fail_detail(tx->failure, ITG_E_NO_HANDLER, "there is no enrolment key %" PRId64, id);
    return err ? err : itg__run(tx, "DELETE FROM enrolment_key WHERE id = $1", "i", id);
}

itg_error_t itg_enrolment_key_delete(itg_t *itg, int64_t id, itg_failure_t *failure)
{
    struct itg__tx tx;
    itg_error_t err = itg__begin_write(itg, __func__, ITG__RIGHT_USERS, &tx, failure);
    return err ? err : itg__end(&tx, delete_key(&tx, id));
}

itg_error_t itg_enrolment_key_each(itg_t *itg, itg_enrolment_key_fn fn, void *ctx, itg_failure_t *failure)
{
    struct itg__tx tx;
    struct itg__query q;
    bool more = true;
    itg_error_t err = itg__need(fn != NULL, "fn", failure);
    if (!err)
        err = itg__begin_read(itg, __func__, ITG__RIGHT_USERS, &tx, failure);
    if (err)
        return err;
    itg__query(&tx, &q,
               "SELECT id, name, created, expires, uses_left, directory_id FROM enrolment_key ORDER BY id",
               "");
    while (more && itg__next(&q)) {
        itg_enrolment_key_t key = {itg__int(&q, 0), itg__text(&q, 1), itg__int(&q, 2),
                                   itg__int(&q, 3), itg__int(&q, 4),  itg__int(&q, 5)};
        more = !q.err && fn(ctx, &key) == 0;
    }
    return itg__end(&tx, itg__done(&q));
}

/* ---- being let in */

static itg_error_t deny(struct itg__tx *tx, const char *why)
{
    return itg__fail_detail(tx->failure, ITG_E_ACCESS_DENIED, "%s", why);
}

static itg_error_t find_key(struct itg__tx *tx, const char *text, itg_enrolment_key_t *ret_key,
                            bool *ret_found)
{
    struct itg__query q;
    char hash[HEX_SIZE];
    *ret_found = false;
    if (!is_secret(text))
        return ITG_OK;
    hash_hex('k', text, hash);
    itg__query(tx, &q, "SELECT id, expires, uses_left, directory_id FROM enrolment_key WHERE hash = $1", "s",
               hash);
    *ret_found = itg__next(&q);
    if (*ret_found)
        *ret_key = (itg_enrolment_key_t){.id = itg__int(&q, 0),
                                         .expires_ms = itg__int(&q, 1),
                                         .uses_left = itg__int(&q, 2),
                                         .directory_id = itg__int(&q, 3)};
    return itg__done(&q);
}

/* Has the thin client registered with this key a moment ago? */
static itg_error_t is_repeated(struct itg__tx *tx, int64_t thinclient_id, int64_t key_id, bool *ret_repeated)
{
    int64_t created_ms = 0, now_ms = itg__now_ms(tx->fleet);
    itg_error_t err = itg__lookup(tx, ret_repeated, &created_ms,
                                  "SELECT created FROM agent_token WHERE thinclient_id = $1 AND key_id = $2"
                                  " AND deleted = 0",
                                  "ii", thinclient_id, key_id);
    *ret_repeated = *ret_repeated && created_ms <= now_ms && now_ms - created_ms < LOST_MS;
    return err;
}

static itg_error_t use_key(struct itg__tx *tx, const itg_enrolment_key_t *key, int64_t thinclient_id)
{
    bool repeated = false;
    if (key->uses_left < 0)
        return ITG_OK;
    itg_error_t err = is_repeated(tx, thinclient_id, key->id, &repeated);
    if (err || repeated)
        return err;
    if (key->uses_left == 0)
        return deny(tx, "the enrolment key is used up");
    return itg__run(tx, "UPDATE enrolment_key SET uses_left = uses_left - 1 WHERE id = $1", "i", key->id);
}

static itg_error_t admit_by_key(struct itg__tx *tx, const char *text, int64_t thinclient_id,
                                struct itg__admission *ret_admission)
{
    itg_enrolment_key_t key = {0};
    bool found = false;
    itg_error_t err = find_key(tx, text, &key, &found);
    if (!err && !found)
        err = deny(tx, "no enrolment key is like this");
    if (!err && key.expires_ms != 0 && key.expires_ms <= itg__now_ms(tx->fleet))
        err = deny(tx, "the enrolment key has expired");
    if (!err)
        err = use_key(tx, &key, thinclient_id);
    if (!err)
        *ret_admission = (struct itg__admission){.key_id = key.id, .directory_id = key.directory_id};
    return err;
}

itg_error_t itg__enrolment_admit(struct itg__tx *tx, const char *key, int64_t thinclient_id,
                                 struct itg__admission *ret_admission)
{
    itg_enrolment_t policy = ITG_ENROLMENT_CLOSED;
    itg_error_t err = load_policy(tx, &policy);
    if (err)
        return err;
    if (policy == ITG_ENROLMENT_CLOSED)
        return deny(tx, "no thin client may register");
    if (key)
        return admit_by_key(tx, key, thinclient_id, ret_admission);
    if (policy == ITG_ENROLMENT_KEY)
        return deny(tx, "an enrolment key is needed");
    *ret_admission = (struct itg__admission){.directory_id = ITG_ROOT_THINCLIENTS};
    return ITG_OK;
}

/* ---- tokens */

bool itg__token_read(const char *text, struct itg__token *ret_token)
{
    char number[24];
    const char *dot = strchr(text, '.');
    size_t length = dot ? (size_t)(dot - text) : sizeof number;
    if (length >= sizeof number || !is_secret(dot + 1))
        return false;
    memcpy(number, text, length);
    number[length] = '\0';
    if (itg__parse_int(number, &ret_token->id) || ret_token->id <= 0)
        return false;
    hash_secret('t', text, ret_token->hash);
    return true;
}

itg_error_t itg__member_load(struct itg__tx *tx, int64_t thinclient_id, struct itg__member *ret_member)
{
    struct itg__query q;
    struct itg__member member = {.confirmed = -1};
    bool ok = true;
    itg__query(tx, &q,
               "SELECT k.hash, k.deleted, k.sequence, o.bin_id, o.parent_id, r.value, coalesce(c.value, -1)"
               " FROM agent_token k LEFT JOIN object o ON o.id = k.thinclient_id"
               " LEFT JOIN revision r ON r.object_id = k.thinclient_id"
               " LEFT JOIN confirmation c ON c.thinclient_id = k.thinclient_id WHERE k.thinclient_id = $1",
               "i", thinclient_id);
    member.found = itg__next(&q);
    if (member.found) {
        ok = sodium_hex2bin(member.hash, sizeof member.hash, itg__text(&q, 0), HEX_SIZE - 1, NULL, NULL,
                            NULL) == 0;
        member.deleted = itg__int(&q, 1) != 0;
        member.sequence = itg__int(&q, 2);
        member.in_bin = !itg__is_null(&q, 3);
        member.parent_id = itg__int(&q, 4);
        member.own = itg__int(&q, 5);
        member.confirmed = itg__int(&q, 6);
    }
    itg_error_t err = itg__done(&q);
    if (!err && !ok)
        err = itg__fail_detail(tx->failure, ITG_E_OBJECT_MAPPING, "the hash of a token is none");
    if (!err)
        *ret_member = member;
    return err;
}

itg_error_t itg__membership_touch(struct itg__tx *tx)
{
    int64_t number = 0;
    itg__stir(tx);
    return itg__next_id(tx, "membership", &number);
}

/* One that is not there yet harms nobody; else those who know the old one must hear of it. */
static itg_error_t void_old(struct itg__tx *tx, int64_t thinclient_id)
{
    bool found = false;
    int64_t id = 0;
    itg_error_t err =
        itg__lookup(tx, &found, &id, "SELECT thinclient_id FROM agent_token WHERE thinclient_id = $1", "i",
                    thinclient_id);
    return err || !found ? err : itg__membership_touch(tx);
}

itg_error_t itg__token_issue(struct itg__tx *tx, int64_t thinclient_id, int64_t key_id,
                             char token[ITG__TOKEN_SIZE])
{
    char hash[HEX_SIZE];
    int length = snprintf(token, ITG__TOKEN_SIZE, "%" PRId64 ".", thinclient_id);
    make_secret(token + length);
    hash_hex('t', token, hash);
    itg_error_t err = void_old(tx, thinclient_id);
    if (err)
        return err;
    return itg__run(
        tx,
        "INSERT INTO agent_token(thinclient_id, hash, created, key_id, sequence, deleted)"
        " VALUES($1, $2, $3, $4, 0, 0) ON CONFLICT(thinclient_id) DO UPDATE SET hash = excluded.hash,"
        " created = excluded.created, key_id = excluded.key_id, sequence = 0, deleted = 0",
        "isii", thinclient_id, hash, itg__now_ms(tx->fleet), key_id);
}

itg_error_t itg__token_bury(struct itg__tx *tx, int64_t thinclient_id)
{
    bool found = false;
    int64_t id = 0;
    itg_error_t err =
        itg__lookup(tx, &found, &id,
                    "UPDATE agent_token SET deleted = $2 WHERE thinclient_id = $1 RETURNING thinclient_id",
                    "ii", thinclient_id, itg__now_ms(tx->fleet));
    return err || !found ? err : itg__membership_touch(tx);
}

itg_error_t itg__token_sequence(struct itg__tx *tx, int64_t thinclient_id, int64_t sequence)
{
    return itg__run(tx, "UPDATE agent_token SET sequence = $2 WHERE thinclient_id = $1", "ii", thinclient_id,
                    sequence);
}

static itg_error_t take_token(struct itg__tx *tx, int64_t thinclient_id)
{
    bool found = false;
    int64_t id = 0;
    itg_error_t err = itg__lookup(tx, &found, &id,
                                  "DELETE FROM agent_token WHERE thinclient_id = $1 RETURNING thinclient_id",
                                  "i", thinclient_id);
    if (!err)
        err = itg__run(tx, "UPDATE thinclient SET is_registered = 0 WHERE id = $1", "i", thinclient_id);
    return err || !found ? err : itg__membership_touch(tx);
}

static itg_error_t revoke(struct itg__tx *tx, int64_t thinclient_id)
{
    struct itg__object object;
    struct itg__trail trail;
    itg_error_t err = itg__object_reach(tx, ITG_TYPE_THINCLIENT, thinclient_id, ITG_RIGHT_WRITE, &object);
    if (err)
        return err;
    err = itg__audit_before(tx, &trail, ITG__AUDIT_THINCLIENT, thinclient_id);
    if (!err)
        err = take_token(tx, thinclient_id);
    return itg__audit_after(tx, &trail, err);
}

itg_error_t itg_token_revoke(itg_t *itg, int64_t thinclient_id, itg_failure_t *failure)
{
    struct itg__tx tx;
    itg_error_t err = itg__begin_write(itg, __func__, ITG__RIGHT_OBJECT, &tx, failure);
    return err ? err : itg__end(&tx, revoke(&tx, thinclient_id));
}

/* ---- upkeep */

itg_error_t itg__token_prune(struct itg__tx *tx, int64_t limit)
{
    return itg__run(tx,
                    "DELETE FROM agent_token WHERE thinclient_id IN (SELECT thinclient_id FROM agent_token"
                    " WHERE deleted > 0 AND deleted <= $1 ORDER BY deleted LIMIT $2)",
                    "ii", itg__now_ms(tx->fleet) - tombstone_ms, limit);
}

itg_error_t itg__token_due(struct itg__tx *tx, bool *ret_found, int64_t *ret_due_ms)
{
    return itg__due(tx, "SELECT deleted FROM agent_token WHERE deleted > 0 ORDER BY deleted LIMIT 1",
                    tombstone_ms, ret_found, ret_due_ms);
}
