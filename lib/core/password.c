#include "core/password.h"
#include "core/session.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Passwords remembered at once, and the places that one of them may have. */
enum { REMEMBERED = 1024, WINDOW = 8 };

/* A password that was right: a keyed hash of it and its user's name, and for what row of the account. */
struct remembered {
    unsigned char key[crypto_generichash_BYTES];
    struct itg__identity identity;
    int64_t until_ms; /* 0: the place is free */
};

struct itg__passwords {
    /* Held while hashing, so that a flood of logins needs the memory of one. Taken before `lock`. */
    pthread_mutex_t hashing;
    int64_t hashes;
    pthread_mutex_t lock; /* of what follows */
    unsigned char secret[crypto_generichash_KEYBYTES];
    struct remembered remembered[REMEMBERED];
};

struct account {
    bool found;
    struct itg__identity identity;
    char hash[crypto_pwhash_STRBYTES];
};

/* Has the costs of every other hash; of no password anybody knows. */
const char itg__password_dummy[] =
    "$argon2id$v=19$m=19456,t=2,p=1$bVWh2OT2yTqM86m9cci43Q$11bHoR+SXYuvHlM88jOojzOR9aRCPzs8YgGZz9akJco";

itg_error_t itg__passwords_new(struct itg__passwords **ret_passwords, itg_failure_t *failure)
{
    struct itg__passwords *passwords = calloc(1, sizeof *passwords);
    if (!passwords)
        return itg__fail(failure, ITG_E_INTERNAL, NULL);
    if (pthread_mutex_init(&passwords->hashing, NULL) != 0)
        goto no_hashing;
    if (pthread_mutex_init(&passwords->lock, NULL) != 0)
        goto no_lock;
    crypto_generichash_keygen(passwords->secret);
    *ret_passwords = passwords;
    return ITG_OK;
no_lock:
    pthread_mutex_destroy(&passwords->hashing);
no_hashing:
    free(passwords);
    return itg__fail(failure, ITG_E_INTERNAL, NULL);
}

void itg__passwords_free(struct itg__passwords *passwords)
{
    if (!passwords)
        return;
    pthread_mutex_destroy(&passwords->lock);
    pthread_mutex_destroy(&passwords->hashing);
    sodium_memzero(passwords, sizeof *passwords);
    free(passwords);
}

itg_error_t itg__password_hash(struct itg__fleet *fleet, const char *password,
                               char ret_hash[crypto_pwhash_STRBYTES], itg_failure_t *failure)
{
    struct itg__passwords *passwords = fleet->sessions->passwords;
    pthread_mutex_lock(&passwords->hashing);
    passwords->hashes++;
    int rc = crypto_pwhash_str(ret_hash, password, strlen(password), ITG__PASSWORD_OPSLIMIT,
                               ITG__PASSWORD_MEMLIMIT);
    pthread_mutex_unlock(&passwords->hashing);
    return rc == 0 ? ITG_OK : itg__fail_detail(failure, ITG_E_INTERNAL, "no memory to hash a password");
}

int64_t itg__password_hashes(struct itg__fleet *fleet)
{
    struct itg__passwords *passwords = fleet->sessions->passwords;
    pthread_mutex_lock(&passwords->hashing);
    int64_t hashes = passwords->hashes;
    pthread_mutex_unlock(&passwords->hashing);
    return hashes;
}

/* ---- what was right before */

static void make_key(const struct itg__passwords *passwords, const char *name, const char *password,
                     unsigned char key[crypto_generichash_BYTES])
{
    crypto_generichash_state state;
    crypto_generichash_init(&state, passwords->secret, sizeof passwords->secret, crypto_generichash_BYTES);
    /* With its NUL, so that name and password cannot run into each other. */
    crypto_generichash_update(&state, (const unsigned char *)name, strlen(name) + 1);
    crypto_generichash_update(&state, (const unsigned char *)password, strlen(password));
    crypto_generichash_final(&state, key, crypto_generichash_BYTES);
    sodium_memzero(&state, sizeof state);
}

static struct remembered *place(struct itg__passwords *passwords, const unsigned char *key, size_t n)
{
    size_t home = (size_t)key[0] | (size_t)key[1] << 8;
    return &passwords->remembered[(home + n) % REMEMBERED];
}

static bool same_identity(const struct itg__identity *a, const struct itg__identity *b)
{
    return a->account_id == b->account_id && a->revision == b->revision;
}

/* A row that changed since (another password, the name given to another user) has another identity. */
static bool recall(struct itg__passwords *passwords, const unsigned char *key, const struct account *account,
                   int64_t now_ms)
{
    bool right = false;
    if (!account->found)
        return false;
    pthread_mutex_lock(&passwords->lock);
    for (size_t n = 0; n < WINDOW && !right; n++) {
        const struct remembered *entry = place(passwords, key, n);
        right = entry->until_ms > now_ms && same_identity(&entry->identity, &account->identity) &&
                sodium_memcmp(entry->key, key, sizeof entry->key) == 0;
    }
    pthread_mutex_unlock(&passwords->lock);
    return right;
}

/* Takes the place that ends first: a free one if there is one. */
static void remember(struct itg__passwords *passwords, const unsigned char *key,
                     const struct itg__identity *identity, int64_t until_ms)
{
    pthread_mutex_lock(&passwords->lock);
    struct remembered *best = place(passwords, key, 0);
    for (size_t n = 0; n < WINDOW; n++) {
        struct remembered *entry = place(passwords, key, n);
        if (sodium_memcmp(entry->key, key, sizeof entry->key) == 0) {
            best = entry;
            break;
        }
        if (entry->until_ms < best->until_ms)
            best = entry;
    }
    memcpy(best->key, key, sizeof best->key);
    best->identity = *identity;
    best->until_ms = until_ms;
    pthread_mutex_unlock(&passwords->lock);
}

/* ---- checking */

static itg_error_t load_account(struct itg__tx *tx, const char *name, struct account *account)
{
    struct itg__query q;
    bool fits = true;
    itg__query(tx, &q, "SELECT id, revision, password FROM account WHERE name = $1", "s", name);
    if (itg__next(&q)) {
        const char *hash = itg__text(&q, 2);
        size_t length = strlen(hash);
        fits = length < sizeof account->hash;
        account->found = true;
        account->identity = (struct itg__identity){itg__int(&q, 0), itg__int(&q, 1)};
        memcpy(account->hash, hash, fits ? length + 1 : 0);
    }
    itg_error_t err = itg__done(&q);
    if (!err && !fits)
        err = itg__fail_detail(tx->failure, ITG_E_OBJECT_MAPPING, "an account's password hash is too long");
    return err;
}

static itg_error_t find_account(struct itg__fleet *fleet, const char *operation, const char *name,
                                struct account *account, itg_failure_t *failure)
{
    /* Nobody acts yet: the host reads. */
    itg_t host = {.fleet = fleet};
    struct itg__tx tx;
    memcpy(account->hash, itg__password_dummy, strlen(itg__password_dummy) + 1);
    itg_error_t err = itg__begin_read(&host, operation, ITG__RIGHT_READ, &tx, failure);
    if (err)
        return err;
    return itg__end(&tx, load_account(&tx, name, account));
}

/* The work is the same whether the account was found or not. */
static itg_error_t compare(struct itg__passwords *passwords, const struct account *account,
                           const char *password, itg_failure_t *failure)
{
    passwords->hashes++;
    errno = 0;
    int rc = crypto_pwhash_str_verify(account->hash, password, strlen(password));
    if (rc == 0 && account->found)
        return ITG_OK;
    if (rc != 0 && errno == ENOMEM)
        return itg__fail_detail(failure, ITG_E_INTERNAL, "no memory to compare a password");
    return itg__fail(failure, ITG_E_INVALID_CREDENTIALS, NULL);
}

/* Looks again once it is this caller's turn: another one may have had the same password compared meanwhile.
 */
static itg_error_t compare_once(struct itg__fleet *fleet, const unsigned char *key,
                                const struct account *account, const char *password, itg_failure_t *failure)
{
    struct itg__passwords *passwords = fleet->sessions->passwords;
    itg_error_t err = ITG_OK;
    pthread_mutex_lock(&passwords->hashing);
    if (!recall(passwords, key, account, itg__now_ms(fleet))) {
        err = compare(passwords, account, password, failure);
        if (!err)
            remember(passwords, key, &account->identity, itg__lifetime_end(fleet));
    }
    pthread_mutex_unlock(&passwords->hashing);
    return err;
}

/* No account has longer ones; they are not worth a hash. */
static bool too_long(const char *name, const char *password)
{
    return strnlen(name, ITG_LIMIT_USER_NAME + 1) > ITG_LIMIT_USER_NAME ||
           strnlen(password, ITG_LIMIT_PASSWORD + 1) > ITG_LIMIT_PASSWORD;
}

static itg_error_t check(struct itg__fleet *fleet, const struct account *account, const char *name,
                         const char *password, itg_failure_t *failure)
{
    struct itg__passwords *passwords = fleet->sessions->passwords;
    unsigned char key[crypto_generichash_BYTES];
    itg_error_t err = ITG_OK;
    make_key(passwords, name, password, key);
    if (!recall(passwords, key, account, itg__now_ms(fleet)))
        err = compare_once(fleet, key, account, password, failure);
    sodium_memzero(key, sizeof key);
    return err;
}

itg_error_t itg__password_check(struct itg__fleet *fleet, const char *operation, const char *name,
                                const char *password, struct itg__identity *ret_identity,
                                itg_failure_t *failure)
{
    if (too_long(name, password)) {
        itg_error_t err = itg__fail(failure, ITG_E_INVALID_CREDENTIALS, NULL);
        itg__trace(failure, operation);
        return err;
    }
    struct account account = {0};
    itg_error_t err = find_account(fleet, operation, name, &account, failure);
    if (err)
        return err;
    err = check(fleet, &account, name, password, failure);
    if (err)
        itg__trace(failure, operation);
    else
        *ret_identity = account.identity;
    sodium_memzero(&account, sizeof account);
    return err;
}
