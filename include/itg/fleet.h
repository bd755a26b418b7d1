/** @file fleet.h
 *  Opening a fleet, its options, transactions over several calls, and upkeep. */
#ifndef ITG_FLEET_H
#define ITG_FLEET_H

#include <itg/api.h>
#include <itg/error.h>
#include <itg/licence.h>
#include <itg/link.h>

#ifdef __cplusplus
extern "C" {
#endif

/** When a change counts as kept. */
typedef enum itg_durability {
    ITG_DURABILITY_FULL = 0, /**< on disk before the call returns, power loss included (default) */
    ITG_DURABILITY_NORMAL =
        1 /**< survives a crash of the program; the last changes may be lost with the power */
} itg_durability_t;

/** A source of time. Must be callable from any thread. */
typedef struct itg_clock {
    size_t size;                  /**< sizeof(itg_clock_t) */
    int64_t (*now_ms)(void *ctx); /**< must: milliseconds since 1970 UTC */
    void *ctx;
} itg_clock_t;

/** How much a log line matters. */
typedef enum itg_log_level { ITG_LOG_ERROR = 0, ITG_LOG_WARNING = 1, ITG_LOG_INFO = 2 } itg_log_level_t;

/** Where the library says what it did. It never gets passwords, session ids or other secrets. */
typedef struct itg_log {
    size_t size; /**< sizeof(itg_log_t) */
    /** must: takes one line without line feed; the text is gone after the call; any thread */
    void (*line)(void *ctx, itg_log_level_t level, const char *text);
    void *ctx;
} itg_log_t;

/** Options of itg_open(). Zero every member that is not set; zero means the default everywhere. The structs
 * that are pointed to are copied; their ctx must outlive the handle. */
typedef struct itg_options {
    size_t size;                  /**< sizeof(itg_options_t) */
    int32_t durability;           /**< itg_durability_t */
    int32_t busy_timeout_ms;      /**< wait for other writers, then ITG-FF004; default 10,000 */
    int64_t session_lifetime_ms;  /**< since the last successful request; default 30 minutes */
    int32_t must_exist;           /**< 1: a missing file is an error instead of a new fleet */
    int32_t wake_port;            /**< UDP port of Wake-on-LAN packets; default 9 */
    const char *wake_broadcast;   /**< IPv4 address they go to; default "255.255.255.255"; "none": not sent */
    int32_t wake_no_unicast;      /**< 1: do not send them to the thin client's last known address as well */
    const itg_clock_t *clock;     /**< default: the system's */
    const itg_log_t *log;         /**< default: silence */
    const itg_link_t *link;       /**< how commands reach thin clients; default: none, all are offline */
    const itg_licence_t *licence; /**< which features are licensed; default: all */
    int64_t audit_keep_ms;        /**< how long, or ITG_AUDIT_..., see itg/audit.h; default 365 days */
} itg_options_t;

/** The library's version, such as "0.1.0". Static. */
ITG_API const char *itg_version(void);

/** Opens a fleet, creating the file (mode 0600) on first use and bringing an older file's schema up to date
 * in one transaction.
 *  @param path     a file name, or ":memory:" for a fleet that ends with its handle
 *  @param options  NULL: all defaults
 *  @param[out] ret_itg  end with itg_close(); untouched on failure
 *  @retval ITG_E_INVALID_BODY   an option is out of its range (`detail` says which)
 *  @retval ITG_E_DATABASE       the file cannot be opened or written, is no database, or is newer than this
 * library
 *  @retval ITG_E_NOT_AVAILABLE  another program held the file locked for longer than busy_timeout_ms */
ITG_API itg_error_t itg_open(const char *path, const itg_options_t *options, itg_t **ret_itg,
                             itg_failure_t *failure);

/** Ends a handle. NULL is allowed. No other call may be running on it. Handles made from it by itg_as() stay
 *  usable; the file is closed with the last one. An open itg_begin() of this thread is rolled back. */
ITG_API void itg_close(itg_t *itg);

/** A second handle on the same open fleet that acts as a user: every call on it needs that user's rights and
 *  answers ITG-0B005 without them. The handle from itg_open() is the host's own and may do everything.
 *  @retval ITG_E_NO_USER  there is no such user (also, later, from any call, once the user was deleted) */
ITG_API itg_error_t itg_as(itg_t *itg, const char *user, itg_t **ret_itg, itg_failure_t *failure);

/** Starts a group of calls that happen together or not at all. The group belongs to the calling thread: its
 * calls on this fleet join it; other threads' changes wait, their reads see the state before. A call that
 * fails undoes only itself. One group at a time per thread.
 *  @retval ITG_E_NOT_AVAILABLE  other writers did not finish within busy_timeout_ms
 *  @retval ITG_E_INTERNAL       this thread has a group open already */
ITG_API itg_error_t itg_begin(itg_t *itg, itg_failure_t *failure);

/** Keeps what the calling thread's group did. The group is over whatever is returned.
 *  @retval ITG_E_INTERNAL  this thread has no group open
 *  @retval ITG_E_DATABASE  nothing of the group was kept */
ITG_API itg_error_t itg_commit(itg_t *itg, itg_failure_t *failure);

/** Undoes what the calling thread's group did.
 *  @retval ITG_E_INTERNAL  this thread has no group open */
ITG_API itg_error_t itg_rollback(itg_t *itg, itg_failure_t *failure);

/** Does what has become due: runs jobs (job.h), removes sessions that have expired for longer than a lifetime, used
 * one-time passwords that have expired, and entries of the audit trail up to an hour after they have been kept
 * long enough. If it is never called, no job runs, and the file keeps some rows
 * longer. One call does a bounded amount of work, whoever's the handle is: it runs one job, if one is due, and
 * returns when that has ended. Jobs do not run inside an itg_begin() group.
 *  @param[out] ret_next_ms  when it wants the next call, in the fleet's time: in ten seconds at the latest, for
 * other programs may create jobs; now or earlier if there is more to do at once. May be NULL. */
ITG_API itg_error_t itg_step(itg_t *itg, int64_t *ret_next_ms, itg_failure_t *failure);

/** Takes one finding of itg_check(). The text is gone after the call. */
typedef void (*itg_finding_fn)(void *ctx, const char *finding);

/** Checks the whole file and the domain's rules: pages, indexes, references, trees without cycles, types of
 *  parents, sequences. Reads only.
 *  @param[out] ret_findings  how many faults were found; 0: the fleet is sound
 *  @return ITG_OK if the check could be done, whatever it found */
ITG_API itg_error_t itg_check(itg_t *itg, itg_finding_fn finding, void *ctx, int64_t *ret_findings,
                              itg_failure_t *failure);

/** The fleet's UUID, made with the file: 36 characters. Valid as long as the handle. */
ITG_API const char *itg_uuid(itg_t *itg);

/** The version of the storage engine, such as "3.40.1". Valid as long as the handle. */
ITG_API const char *itg_store_version(itg_t *itg);

#ifdef __cplusplus
}
#endif

#endif
