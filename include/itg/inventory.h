/** @file inventory.h
 *  What a thin client reports beside its properties: network adapters, logins, the certificate for shadowing
 *  it; and the one-time passwords that open a shadowing session. */
#ifndef ITG_INVENTORY_H
#define ITG_INVENTORY_H

#include <itg/api.h>
#include <itg/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Network adapters of a thin client. */
#define ITG_LIMIT_ADAPTERS 64
/** Logins that are kept of a thin client: with one more, the oldest is forgotten. */
#define ITG_LIMIT_LOGINS 100
/** Bytes of a certificate. */
#define ITG_LIMIT_CERTIFICATE ((size_t)16 << 10)
/** Size of a buffer for a one-time password. */
#define ITG_SHADOW_PASSWORD_SIZE 37

/** A network adapter. One given to a callback is valid only during the call. The struct does not grow. */
typedef struct itg_adapter {
    const char *type;  /**< "lan", "wlan", ... */
    const char *mac;   /**< 12 hex digits, kept in upper case, or "" */
    const char *name;  /**< "enp1s0" */
    const char *state; /**< "up", "down" */
} itg_adapter_t;

/** Gets one adapter of a walk. @return 0 to go on, anything else to end the walk (which then succeeds) */
typedef int32_t (*itg_adapter_fn)(void *ctx, const itg_adapter_t *adapter);

/** Replaces the network adapters of a thin client.
 *  @param adapters  NULL is allowed if count is 0
 *  @retval ITG_E_THINCLIENT_NOT_FOUND, ITG_E_THINCLIENT_IN_BIN
 *  @retval ITG_E_INVALID_BODY  more than ITG_LIMIT_ADAPTERS, or a text that is NULL, not UTF-8 or longer than
 * ITG_LIMIT_NAME characters
 *  @retval ITG_E_MAC_LENGTH, ITG_E_NUMBER_FORMAT  a MAC that is none */
ITG_API itg_error_t itg_thinclient_set_adapters(itg_t *itg, int64_t id, const itg_adapter_t *adapters,
                                                size_t count, itg_failure_t *failure);

/** Walks the network adapters of a thin client in the order in which they were set.
 *  @retval ITG_E_THINCLIENT_NOT_FOUND */
ITG_API itg_error_t itg_thinclient_adapters(itg_t *itg, int64_t id, itg_adapter_fn fn, void *ctx,
                                            itg_failure_t *failure);

/** What became of a login; the values are IMI's `loginresult`. */
typedef enum itg_login_result {
    ITG_LOGIN_OK = 0,
    ITG_LOGIN_FAILED = 1,
    ITG_LOGIN_USER_NOT_FOUND = 2,
    ITG_LOGIN_INVALID_PASSWORD = 3,
    ITG_LOGIN_PASSWORD_EXPIRED = 4,
    ITG_LOGIN_NO_LICENCE = 5,
    ITG_LOGIN_THINCLIENT_UNKNOWN = 6
} itg_login_result_t;

/** How a user logged in. */
typedef enum itg_logon {
    ITG_LOGON_UNKNOWN = 0,
    ITG_LOGON_SWP = 1,
    ITG_LOGON_KERBEROS = 2,
    ITG_LOGON_CITRIX = 3
} itg_logon_t;

/** IMI's word for it: "unknown", "swp", "kerberos", "citrix"; "" for another value. Static. */
ITG_API const char *itg_logon_name(itg_logon_t type);

/** One login. One given to a callback is valid only during the call. The struct may grow at its end. */
typedef struct itg_login {
    const char *username;
    itg_login_result_t result;
    int64_t login_ms;  /**< 0: unknown */
    int64_t logoff_ms; /**< 0: unknown, or still logged in */
    itg_logon_t type;
} itg_login_t;

/** Gets one login of a walk. @return 0 to go on, anything else to end the walk (which then succeeds) */
typedef int32_t (*itg_login_fn)(void *ctx, const itg_login_t *login);

/** Adds a login to the end of a thin client's history.
 *  @retval ITG_E_THINCLIENT_NOT_FOUND, ITG_E_THINCLIENT_IN_BIN
 *  @retval ITG_E_INVALID_BODY  the name is NULL, not UTF-8 or longer than ITG_LIMIT_NAME characters, a value
 * is none of its enum, or a time is not 0 and not between 1970-01-02 and the end of the year 9999 */
ITG_API itg_error_t itg_login_add(itg_t *itg, int64_t id, const char *username, itg_login_result_t result,
                                  int64_t login_ms, int64_t logoff_ms, itg_logon_t type,
                                  itg_failure_t *failure);

/** Says when the user of the latest login, if it was successful and has no end yet, logged off. No-op if
 * there is no such login. Errors as itg_login_add(). */
ITG_API itg_error_t itg_login_end(itg_t *itg, int64_t id, int64_t logoff_ms, itg_failure_t *failure);

/** Walks the logins of a thin client, the oldest first.
 *  @retval ITG_E_THINCLIENT_NOT_FOUND */
ITG_API itg_error_t itg_login_each(itg_t *itg, int64_t id, itg_login_fn fn, void *ctx,
                                   itg_failure_t *failure);

/** Keeps the certificate that a thin client shows when it is shadowed.
 *  @param certificate  PEM, one or more certificates; "" forgets it
 *  @retval ITG_E_THINCLIENT_NOT_FOUND, ITG_E_THINCLIENT_IN_BIN
 *  @retval ITG_E_INVALID_BODY  not PEM, or longer than ITG_LIMIT_CERTIFICATE */
ITG_API itg_error_t itg_shadow_set_certificate(itg_t *itg, int64_t id, const char *certificate,
                                               itg_failure_t *failure);

/** Gives the certificate of a thin client, "" if there is none.
 *  @param buf         gets as much as fits, terminated; may be NULL if size is 0
 *  @param ret_length  the length needed without the terminating NUL; may be NULL
 *  @retval ITG_E_THINCLIENT_NOT_FOUND */
ITG_API itg_error_t itg_shadow_certificate(itg_t *itg, int64_t id, char *buf, size_t size, size_t *ret_length,
                                           itg_failure_t *failure);

/** Makes a one-time password for shadowing a thin client, a UUID that is valid for five minutes. Writes
 * nothing: the password carries its end and proves its origin, in every process that has the fleet open.
 *  @param[out] password  36 characters and a NUL; untouched on failure
 *  @retval ITG_E_THINCLIENT_NOT_FOUND
 *  @retval ITG_E_ACCESS_DENIED  the right to shadow it is missing */
ITG_API itg_error_t itg_shadow_password(itg_t *itg, int64_t id, char password[ITG_SHADOW_PASSWORD_SIZE],
                                        itg_failure_t *failure);

/** Checks a one-time password and uses it up.
 *  @retval ITG_E_THINCLIENT_NOT_FOUND, ITG_E_THINCLIENT_IN_BIN
 *  @retval ITG_E_INVALID_CREDENTIALS  wrong, expired, used before, or made for another thin client
 *  @retval ITG_E_ACCESS_DENIED        the right to shadow it is missing */
ITG_API itg_error_t itg_shadow_verify(itg_t *itg, int64_t id, const char *password, itg_failure_t *failure);

#ifdef __cplusplus
}
#endif

#endif
