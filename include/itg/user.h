/** @file user.h
 *  Users, their roles, and sessions. Passwords are kept only as Argon2id hashes, session ids only hashed. */
#ifndef ITG_USER_H
#define ITG_USER_H

#include <itg/api.h>
#include <itg/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/** What a user may do. Access entries allow and deny more on single directories, see itg/access.h. The numbers are
 * stored; they never change. */
typedef enum itg_role {
    ITG_ROLE_VIEWER = 1,       /**< read only */
    ITG_ROLE_OPERATOR = 2,     /**< everything but users and access entries */
    ITG_ROLE_ADMINISTRATOR = 3 /**< everything */
} itg_role_t;

/** "viewer", "operator", "administrator". Static; "" for a value that is no role. */
ITG_API const char *itg_role_name(itg_role_t role);

/** The role with this name; 0 if there is none. */
ITG_API itg_role_t itg_role_from_name(const char *name);

/** Limits, in bytes. */
#define ITG_LIMIT_USER_NAME    255
#define ITG_LIMIT_PASSWORD     1024
#define ITG_LIMIT_PASSWORD_MIN 8

/** A session id is this many upper-case hex digits; buffers for it need one byte more. */
#define ITG_SESSION_ID_LENGTH 32

/** A user. Valid only during the callback that gets it. */
typedef struct itg_user {
    int64_t id;
    const char *name;
    itg_role_t role;
} itg_user_t;

/** Gets one user of a walk. @return 0 to go on, anything else to end the walk (which then succeeds) */
typedef int32_t (*itg_user_fn)(void *ctx, const itg_user_t *user);

/** Adds a user. Hashing the password takes tens of milliseconds and 19 MiB by design.
 *  @param name      1 to 255 bytes of UTF-8, not blank, without control characters and without ':' (HTTP Basic)
 *  @param password  8 to 1024 bytes of UTF-8
 *  @param[out] ret_id  may be NULL; untouched on failure
 *  @retval ITG_E_INVALID_BODY  name, password or role breaks these rules (`detail` says which)
 *  @retval ITG_E_DUPLICATE     the name is taken */
ITG_API itg_error_t itg_user_create(itg_t *itg, const char *name, itg_role_t role, const char *password,
                                    int64_t *ret_id, itg_failure_t *failure);

/** Gives a user another password and ends the user's sessions.
 *  @retval ITG_E_NO_USER
 *  @retval ITG_E_INVALID_BODY */
ITG_API itg_error_t itg_user_set_password(itg_t *itg, const char *name, const char *password,
                                          itg_failure_t *failure);

/** Deletes a user. Sessions of the user answer ITG-0B007 from then on.
 *  @retval ITG_E_NO_USER
 *  @retval ITG_E_ACCESS_DENIED  it is the last administrator, or the last to whom no entry denies what an
 *                               administrator needs */
ITG_API itg_error_t itg_user_delete(itg_t *itg, const char *name, itg_failure_t *failure);

/** Walks all users by name. */
ITG_API itg_error_t itg_user_each(itg_t *itg, itg_user_fn fn, void *ctx, itg_failure_t *failure);

/** Checks a password and opens a session.
 *  @param session_id  at least ITG_SESSION_ID_LENGTH + 1 bytes; untouched on failure
 *  @retval ITG_E_INVALID_CREDENTIALS  unknown user or wrong password; takes equally long for both */
ITG_API itg_error_t itg_login(itg_t *itg, const char *name, const char *password, char *session_id,
                              itg_failure_t *failure);

/** Ends a session. @retval ITG_E_SESSION_NOT_FOUND */
ITG_API itg_error_t itg_logout(itg_t *itg, const char *session_id, itg_failure_t *failure);

/** A handle that acts as the session's user, as itg_as() makes one. Restarts the session's lifetime.
 *  @retval ITG_E_SESSION_NOT_FOUND  unknown or expired
 *  @retval ITG_E_NO_USER            the user was deleted since */
ITG_API itg_error_t itg_session_use(itg_t *itg, const char *session_id, itg_t **ret_itg,
                                    itg_failure_t *failure);

/** A handle that acts as a user whose password is given with every call (HTTP Basic). A password that was
 * right is remembered, as a keyed hash in memory, for the lifetime of a session, so that it is not hashed
 * each time.
 *  @retval ITG_E_INVALID_CREDENTIALS */
ITG_API itg_error_t itg_password_use(itg_t *itg, const char *name, const char *password, itg_t **ret_itg,
                                     itg_failure_t *failure);

#ifdef __cplusplus
}
#endif

#endif
