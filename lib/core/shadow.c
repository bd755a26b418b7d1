/* Shadowing: certificates, and one-time passwords.
 *
 * A password is a UUID of version 4 to look at. Its first 4 bytes are the second in which it ends, masked;
 * the next 4 are random; the rest is a keyed hash of both and of the thin client's id. So nothing is kept of
 * a password until it is used, and whoever has the fleet's key, in any process, can check it. */
#include "core/access.h"
#include "core/audit.h"
#include "core/inventory.h"
#include <sodium.h>
#include <stdio.h>
#include <string.h>

enum {
    LIFETIME_S = 300,
    END = 0, /* offsets in the 16 bytes of a password */
    SALT = 4,
    PROOF = 8,
    VERSION = 6, /* bytes that a UUID marks, see RFC 9562 */
    VARIANT = 8,
    SIZE = 16,
    SWEEP = 100 /* used ones that have expired, which one use removes */
};

/* A hash of some bytes under the fleet's key. `purpose` keeps the uses of the key apart. */
static void keyed_hash(const struct itg__fleet *fleet, char purpose, int64_t id, const unsigned char *bytes,
                       size_t size, unsigned char hash[SIZE])
{
    crypto_generichash_state state;
    unsigned char head[9] = {(unsigned char)purpose};
    for (int i = 0; i < 8; i++)
        head[1 + i] = (unsigned char)((uint64_t)id >> (8 * i));
    crypto_generichash_init(&state, fleet->shadow_key, sizeof fleet->shadow_key, SIZE);
    crypto_generichash_update(&state, head, sizeof head);
    crypto_generichash_update(&state, bytes, size);
    crypto_generichash_final(&state, hash, SIZE);
}

/* Masks, or unmasks, the end: it would tell everybody when the password was made. */
static void mask(const struct itg__fleet *fleet, int64_t id, unsigned char bytes[SIZE])
{
    unsigned char hash[SIZE];
    keyed_hash(fleet, 'm', id, bytes + SALT, PROOF - SALT, hash);
    for (int i = END; i < SALT; i++)
        bytes[i] ^= hash[i];
}

/* Writes the proof behind the end and the salt. */
static void prove(const struct itg__fleet *fleet, int64_t id, unsigned char bytes[SIZE])
{
    unsigned char hash[SIZE];
    keyed_hash(fleet, 'p', id, bytes, PROOF, hash);
    memcpy(bytes + PROOF, hash, SIZE - PROOF);
    bytes[VARIANT] = (unsigned char)((bytes[VARIANT] & 0x3F) | 0x80);
}

static uint32_t now_s(struct itg__fleet *fleet)
{
    return (uint32_t)(itg__now_ms(fleet) / 1000);
}

void itg__shadow_make(struct itg__fleet *fleet, int64_t id, char password[ITG_SHADOW_PASSWORD_SIZE])
{
    unsigned char b[SIZE];
    uint32_t end = now_s(fleet) + LIFETIME_S;
    randombytes_buf(b, sizeof b);
    b[VERSION] = (unsigned char)((b[VERSION] & 0x0F) | 0x40);
    for (int i = 0; i < 4; i++)
        b[END + i] = (unsigned char)(end >> (8 * i));
    mask(fleet, id, b);
    prove(fleet, id, b);
    snprintf(password, ITG_SHADOW_PASSWORD_SIZE,
             "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", b[0], b[1], b[2], b[3],
             b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13], b[14], b[15]);
}

/* Reads a UUID: 36 characters with hyphens in their places. */
static bool read_uuid(const char *text, unsigned char bytes[SIZE])
{
    size_t length = 0;
    if (strnlen(text, ITG_SHADOW_PASSWORD_SIZE) != ITG_SHADOW_PASSWORD_SIZE - 1)
        return false;
    for (int i = 0; i < ITG_SHADOW_PASSWORD_SIZE - 1; i++)
        if ((text[i] == '-') != (i == 8 || i == 13 || i == 18 || i == 23))
            return false;
    return sodium_hex2bin(bytes, SIZE, text, ITG_SHADOW_PASSWORD_SIZE - 1, "-", &length, NULL) == 0 &&
           length == SIZE;
}

/* Checks all but whether it was used. *ret_left: the seconds that it still lives. */
static bool is_genuine(struct itg__fleet *fleet, int64_t id, const unsigned char bytes[SIZE],
                       uint32_t *ret_left)
{
    unsigned char own[SIZE];
    uint32_t end = 0;
    memcpy(own, bytes, SIZE);
    prove(fleet, id, own);
    if (sodium_memcmp(own, bytes, SIZE) != 0)
        return false;
    mask(fleet, id, own);
    for (int i = 0; i < 4; i++)
        end |= (uint32_t)own[END + i] << (8 * i);
    /* Past ends wrap round to large numbers. */
    *ret_left = end - now_s(fleet);
    return *ret_left > 0 && *ret_left <= LIFETIME_S;
}

static itg_error_t wrong(itg_failure_t *failure)
{
    return itg__fail(failure, ITG_E_INVALID_CREDENTIALS, NULL);
}

itg_error_t itg__shadow_prune(struct itg__tx *tx, int64_t limit)
{
    return itg__run(tx,
                    "DELETE FROM shadow_used WHERE hash IN"
                    " (SELECT hash FROM shadow_used WHERE expires <= $1 ORDER BY expires LIMIT $2)",
                    "ii", itg__now_ms(tx->fleet) / 1000, limit);
}

itg_error_t itg__shadow_due(struct itg__tx *tx, bool *ret_found, int64_t *ret_due_ms)
{
    itg_error_t err = itg__lookup(tx, ret_found, ret_due_ms,
                                  "SELECT expires FROM shadow_used ORDER BY expires LIMIT 1", "");
    if (!err && *ret_found)
        *ret_due_ms *= 1000;
    return err;
}

static itg_error_t use_up(struct itg__tx *tx, int64_t id, const unsigned char bytes[SIZE], uint32_t left)
{
    unsigned char hash[SIZE];
    char text[2 * SIZE + 1];
    bool added = false;
    int64_t expires = itg__now_ms(tx->fleet) / 1000 + left, same = 0;
    keyed_hash(tx->fleet, 'u', id, bytes, SIZE, hash);
    sodium_bin2hex(text, sizeof text, hash, SIZE);
    itg_error_t err = itg__shadow_prune(tx, SWEEP);
    if (!err)
        err = itg__lookup(tx, &added, &same,
                          "INSERT INTO shadow_used(hash, expires) VALUES($1, $2) ON CONFLICT DO NOTHING"
                          " RETURNING expires",
                          "si", text, expires);
    return err || added ? err : wrong(tx->failure);
}

static itg_error_t verify(struct itg__tx *tx, int64_t id, const unsigned char bytes[SIZE], uint32_t left)
{
    struct itg__object object;
    itg_error_t err = itg__object_reach_live(tx, ITG_TYPE_THINCLIENT, id, ITG_RIGHT_SHADOW, &object);
    if (err)
        return err;
    return left > 0 ? use_up(tx, id, bytes, left) : wrong(tx->failure);
}

/* Whoever guesses does not keep writers waiting. */
itg_error_t itg_shadow_verify(itg_t *itg, int64_t id, const char *password, itg_failure_t *failure)
{
    struct itg__tx tx;
    unsigned char bytes[SIZE];
    uint32_t left = 0;
    itg_error_t err = itg__need(itg && password, "itg or password", failure);
    if (err)
        return err;
    if (!read_uuid(password, bytes) || !is_genuine(itg->fleet, id, bytes, &left))
        left = 0;
    err = left > 0 ? itg__begin_write(itg, __func__, ITG__RIGHT_OBJECT, &tx, failure)
                   : itg__begin_read(itg, __func__, ITG__RIGHT_OBJECT, &tx, failure);
    return err ? err : itg__end(&tx, verify(&tx, id, bytes, left));
}

itg_error_t itg_shadow_password(itg_t *itg, int64_t id, char password[ITG_SHADOW_PASSWORD_SIZE],
                                itg_failure_t *failure)
{
    struct itg__tx tx;
    struct itg__object object;
    itg_error_t err = itg__need(password != NULL, "password", failure);
    if (!err)
        err = itg__begin_read(itg, __func__, ITG__RIGHT_OBJECT, &tx, failure);
    if (err)
        return err;
    err = itg__end(&tx, itg__object_reach(&tx, ITG_TYPE_THINCLIENT, id, ITG_RIGHT_SHADOW, &object));
    if (!err)
        itg__shadow_make(itg->fleet, id, password);
    return err;
}

/* The key stands in the file, as hex digits. */

static itg_error_t read_key(struct itg__tx *tx, bool *ret_found)
{
    struct itg__query q;
    struct itg__fleet *fleet = tx->fleet;
    size_t length = 0;
    itg__query(tx, &q, "SELECT value FROM meta WHERE key = 'shadow_key'", "");
    bool found = itg__next(&q);
    if (found) {
        const char *text = itg__text(&q, 0);
        if (sodium_hex2bin(fleet->shadow_key, sizeof fleet->shadow_key, text, strlen(text), NULL, &length,
                           NULL) ||
            length != sizeof fleet->shadow_key)
            q.err = itg__fail_detail(tx->failure, ITG_E_OBJECT_MAPPING, "the key of passwords is damaged");
    }
    *ret_found = found;
    return itg__done(&q);
}

/* Another process may be doing the same: what stands in the file then is the key. */
static itg_error_t create_key(itg_t *itg, itg_failure_t *failure)
{
    struct itg__tx tx;
    unsigned char key[sizeof itg->fleet->shadow_key];
    char text[2 * sizeof key + 1];
    bool found = false;
    itg_error_t err = itg__begin_write(itg, __func__, ITG__RIGHT_READ, &tx, failure);
    if (err)
        return err;
    randombytes_buf(key, sizeof key);
    sodium_bin2hex(text, sizeof text, key, sizeof key);
    err = itg__run(&tx, "INSERT INTO meta(key, value) VALUES('shadow_key', $1) ON CONFLICT(key) DO NOTHING",
                   "s", text);
    if (!err)
        err = read_key(&tx, &found);
    sodium_memzero(key, sizeof key);
    sodium_memzero(text, sizeof text);
    return itg__end(&tx, err);
}

itg_error_t itg__shadow_open(itg_t *itg, itg_failure_t *failure)
{
    struct itg__tx tx;
    bool found = false;
    itg_error_t err = itg__begin_read(itg, __func__, ITG__RIGHT_READ, &tx, failure);
    if (err)
        return err;
    err = itg__end(&tx, read_key(&tx, &found));
    return err || found ? err : create_key(itg, failure);
}

/* Certificates. */

/* PEM: printable lines, of which the first begins a certificate and the last ends one. */
static bool is_pem(const char *text)
{
    static const char begin[] = "-----BEGIN CERTIFICATE-----", end[] = "-----END CERTIFICATE-----";
    size_t length = strnlen(text, ITG_LIMIT_CERTIFICATE + 1);
    if (length > ITG_LIMIT_CERTIFICATE || strncmp(text, begin, sizeof begin - 1) != 0)
        return false;
    for (size_t i = 0; i < length; i++)
        if ((text[i] < 0x20 && text[i] != '\n' && text[i] != '\r') || text[i] > 0x7E)
            return false;
    while (length > 0 && (text[length - 1] == '\n' || text[length - 1] == '\r'))
        length--;
    return length >= sizeof begin + sizeof end &&
           strncmp(text + length - (sizeof end - 1), end, sizeof end - 1) == 0;
}

itg_error_t itg__certificate_set(struct itg__tx *tx, int64_t id, const char *certificate)
{
    if (*certificate == '\0')
        return itg__run(tx, "DELETE FROM shadow_certificate WHERE thinclient_id = $1", "i", id);
    if (!is_pem(certificate))
        return itg__fail_detail(tx->failure, ITG_E_INVALID_BODY, "the certificate is not PEM, or too long");
    return itg__run(tx,
                    "INSERT INTO shadow_certificate(thinclient_id, certificate) VALUES($1, $2)"
                    " ON CONFLICT(thinclient_id) DO UPDATE SET certificate = excluded.certificate",
                    "is", id, certificate);
}

itg_error_t itg_shadow_set_certificate(itg_t *itg, int64_t id, const char *certificate,
                                       itg_failure_t *failure)
{
    struct itg__tx tx;
    struct itg__object object;
    struct itg__trail trail;
    itg_error_t err = itg__need(certificate != NULL, "certificate", failure);
    if (!err)
        err = itg__begin_write(itg, __func__, ITG__RIGHT_OBJECT, &tx, failure);
    if (err)
        return err;
    err = itg__object_reach_live(&tx, ITG_TYPE_THINCLIENT, id, ITG_RIGHT_WRITE, &object);
    if (err)
        return itg__end(&tx, err);
    err = itg__audit_before(&tx, &trail, ITG__AUDIT_CERTIFICATE, id);
    if (!err)
        err = itg__certificate_set(&tx, id, certificate);
    return itg__end(&tx, itg__audit_after(&tx, &trail, err));
}

static void find_certificate(struct itg__tx *tx, struct itg__query *q, int64_t id)
{
    itg__query(tx, q, "SELECT certificate FROM shadow_certificate WHERE thinclient_id = $1", "i", id);
}

itg_error_t itg__certificate_json(struct itg__tx *tx, struct itg__buf *buf, const char *before, int64_t id,
                                  bool always)
{
    struct itg__query q;
    find_certificate(tx, &q, id);
    bool found = itg__next(&q);
    if (found || always) {
        itg__buf_str(buf, before);
        itg__buf_json(buf, found ? itg__text(&q, 0) : "");
    }
    return itg__done(&q);
}

static itg_error_t read_certificate(struct itg__tx *tx, int64_t id, char *buf, size_t size,
                                    size_t *ret_length)
{
    struct itg__object object;
    struct itg__query q;
    itg_error_t err = itg__object_reach(tx, ITG_TYPE_THINCLIENT, id, ITG_RIGHT_READ, &object);
    if (err)
        return err;
    find_certificate(tx, &q, id);
    const char *text = itg__next(&q) ? itg__text(&q, 0) : "";
    if (!q.err) {
        if (size > 0)
            snprintf(buf, size, "%s", text);
        if (ret_length)
            *ret_length = strlen(text);
    }
    return itg__done(&q);
}

itg_error_t itg_shadow_certificate(itg_t *itg, int64_t id, char *buf, size_t size, size_t *ret_length,
                                   itg_failure_t *failure)
{
    struct itg__tx tx;
    itg_error_t err = itg__need(buf || size == 0, "buf", failure);
    if (!err)
        err = itg__begin_read(itg, __func__, ITG__RIGHT_READ, &tx, failure);
    return err ? err : itg__end(&tx, read_certificate(&tx, id, buf, size, ret_length));
}
