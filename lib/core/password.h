/* Passwords: hashing and checking them, and remembering which ones were right. */
#ifndef ITG__PASSWORD_H
#define ITG__PASSWORD_H

#include "core/core.h"
#include <sodium.h>

/* Argon2id: two passes over 19 MiB. */
#define ITG__PASSWORD_OPSLIMIT 2
#define ITG__PASSWORD_MEMLIMIT ((size_t)19456 * 1024)

struct itg__passwords;

itg_error_t itg__passwords_new(struct itg__passwords **ret_passwords, itg_failure_t *failure);
void itg__passwords_free(struct itg__passwords *passwords);

/* Hashes a password; not to be called inside a transaction, it takes its time. One hash is made at a time. */
itg_error_t itg__password_hash(struct itg__fleet *fleet, const char *password,
                               char ret_hash[crypto_pwhash_STRBYTES], itg_failure_t *failure);

/* Whose password it is, as the account's row stood when it was checked. */
struct itg__identity {
    int64_t account_id;
    int64_t revision;
};

/* Checks a user's password, outside of any transaction: ITG_E_INVALID_CREDENTIALS. `operation` is for the
 * trace. */
itg_error_t itg__password_check(struct itg__fleet *fleet, const char *operation, const char *name,
                                const char *password, struct itg__identity *ret_identity,
                                itg_failure_t *failure);

/* How many hashes have been made or compared; for tests. */
int64_t itg__password_hashes(struct itg__fleet *fleet);

/* What the password of a user that does not exist is compared with. */
extern const char itg__password_dummy[];

#endif
