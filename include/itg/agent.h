/** @file agent.h
 *  The other end of the wire: how thin clients enrol, report, and get their commands and settings.
 *
 *  Core: enrolment keys and the policy (which thin clients may join), tokens (how they prove themselves afterwards), and
 *  presence (which of them are there). On top of it the agent protocol without a socket, like itg/imi.h: requests go in,
 *  answers come out, and a check-in may wait for work meanwhile. The protocol itself stands in lib/README.md. */
#ifndef ITG_AGENT_H
#define ITG_AGENT_H

#include <itg/api.h>
#include <itg/error.h>
#include <itg/fleet.h>
#include <itg/imi.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- enrolment */

/** Which thin clients may register themselves; the numbers are stored. */
typedef enum itg_enrolment {
    ITG_ENROLMENT_KEY = 0,    /**< those that show an enrolment key (default) */
    ITG_ENROLMENT_CLOSED = 1, /**< none */
    ITG_ENROLMENT_OPEN = 2    /**< all; a key that is shown must be good all the same */
} itg_enrolment_t;

/** "key", "closed" or "open"; "" for another value. Static. */
ITG_API const char *itg_enrolment_name(itg_enrolment_t policy);

/** The policy of this name; -1 if there is none. */
ITG_API int32_t itg_enrolment_from_name(const char *name);

/** Tells the fleet's policy. */
ITG_API itg_error_t itg_enrolment_get(itg_t *itg, itg_enrolment_t *ret_policy, itg_failure_t *failure);

/** Sets the fleet's policy. For administrators.
 *  @retval ITG_E_INVALID_BODY  it is none */
ITG_API itg_error_t itg_enrolment_set(itg_t *itg, itg_enrolment_t policy, itg_failure_t *failure);

/** Size of an enrolment key as text, terminating NUL included. */
#define ITG_ENROLMENT_KEY_SIZE 44

/** What is known of an enrolment key; the key itself is not kept. One given to a callback is valid only during the call.
 *  The struct may grow at its end. */
typedef struct itg_enrolment_key {
    int64_t id;
    const char *name;
    int64_t created_ms;
    int64_t expires_ms;   /**< 0: never */
    int64_t uses_left;    /**< -1: any number */
    int64_t directory_id; /**< where thin clients are filed unless a rule says otherwise */
} itg_enrolment_key_t;

/** Makes an enrolment key. For administrators.
 *  @param name        for people; a name as objects have
 *  @param expires_ms  0: never
 *  @param uses        how many thin clients may register with it; -1: any number
 *  @param directory_id  a thin client directory, or ITG_ROOT_THINCLIENTS
 *  @param[out] ret_key  gets the key, which is told only now; ITG_ENROLMENT_KEY_SIZE bytes
 *  @param[out] ret_id   may be NULL; both untouched on failure
 *  @retval ITG_E_INVALID_NAME
 *  @retval ITG_E_INVALID_BODY  it has expired already, or uses is neither -1 nor above 0
 *  @retval ITG_E_DIRECTORY_NOT_FOUND, ITG_E_DIRECTORY_IN_BIN */
ITG_API itg_error_t itg_enrolment_key_create(itg_t *itg, const char *name, int64_t expires_ms, int64_t uses,
                                             int64_t directory_id, char *ret_key, int64_t *ret_id,
                                             itg_failure_t *failure);

/** Deletes an enrolment key. Thin clients that have registered with it stay. For administrators.
 *  @retval ITG_E_NO_HANDLER  there is no such key */
ITG_API itg_error_t itg_enrolment_key_delete(itg_t *itg, int64_t id, itg_failure_t *failure);

/** Gets one key of a walk. @return 0 to go on, anything else to end the walk (which then succeeds) */
typedef int32_t (*itg_enrolment_key_fn)(void *ctx, const itg_enrolment_key_t *key);

/** Walks the enrolment keys by ascending id, expired and used up ones included. For administrators. */
ITG_API itg_error_t itg_enrolment_key_each(itg_t *itg, itg_enrolment_key_fn fn, void *ctx,
                                           itg_failure_t *failure);

/** Makes a thin client's token void: it has to register again. Does nothing if it has none.
 *  @retval ITG_E_THINCLIENT_NOT_FOUND */
ITG_API itg_error_t itg_token_revoke(itg_t *itg, int64_t thinclient_id, itg_failure_t *failure);

/* ---- the device side of a fleet */

/** The agent protocol of a fleet. Any number of threads may use it at once. */
typedef struct itg_agents itg_agents_t;

/** Options of itg_agents_new(). Zero every member that is not set; zero means the default. */
typedef struct itg_agents_options {
    size_t size;         /**< sizeof(itg_agents_options_t) */
    int32_t interval_s;  /**< between check-ins of those that do not wait; default 60 */
    int32_t max_wait_s;  /**< longest wait of one check-in; default 55 */
    int32_t max_waiting; /**< check-ins that may wait at once; default 2,000; -1: none */
    int32_t confirm_ms;  /**< how long a command waits for the thin clients' confirmations; default 2,000 */
    int32_t hide_trace;  /**< 1: `stackTrace` in errors is empty */
} itg_agents_options_t;

/** Makes the device side of a fleet. It becomes the fleet's device link (see itg/link.h) unless the host handed one in
 *  itg_options_t.link. To be called before other threads use the fleet.
 *  @param itg  must outlive it
 *  @param options  NULL: all defaults
 *  @param[out] ret_agents  end with itg_agents_free(); untouched on failure
 *  @retval ITG_E_INVALID_BODY  an option is out of its range
 *  @retval ITG_E_INTERNAL      the fleet has one already, or there is no memory */
ITG_API itg_error_t itg_agents_new(itg_t *itg, const itg_agents_options_t *options, itg_agents_t **ret_agents,
                                   itg_failure_t *failure);

/** Ends the device side. NULL is allowed. Every check-in that waited must have been finished, and no other call may be
 *  running on it or be sending commands. Writes the last contacts. */
ITG_API void itg_agents_free(itg_agents_t *agents);

/** 1 if a request target belongs to the protocol ("/agent/..."): the host asks this first. */
ITG_API int32_t itg_agents_wants(const itg_agents_t *agents, const char *target);

/** The largest body that it takes, in bytes. A larger one is answered by itg_agents_refuse_body(). */
ITG_API size_t itg_agents_max_body(const itg_agents_t *agents);

/** Tells the host that a check-in waits no longer. Called once for each, from any thread, also from inside the other
 *  functions here; it must neither block nor call the library. */
typedef void (*itg_agents_wake_fn)(void *ctx);

/** A check-in that waits for work. */
typedef struct itg_agents_wait itg_agents_wait_t;

/** Answers a request, or lets it wait. The request is not needed any more once this returned.
 *  @param wake      NULL: nothing may wait
 *  @param ret_wait  may be NULL if wake is. Set if the check-in waits, else set to NULL. Then wake(ctx) comes exactly once,
 *                   possibly before this returns, and after it the host calls itg_agents_finish().
 *  @return the answer, errors included; end with itg_imi_response_free(). NULL if it waits */
ITG_API itg_imi_response_t *itg_agents_handle(itg_agents_t *agents, const itg_imi_request_t *request,
                                              itg_agents_wake_fn wake, void *ctx,
                                              itg_agents_wait_t **ret_wait);

/** Answers a check-in that waited, after its wake. The wait is gone afterwards.
 *  @return never NULL; end with itg_imi_response_free() */
ITG_API itg_imi_response_t *itg_agents_finish(itg_agents_t *agents, itg_agents_wait_t *wait);

/** The client of a waiting check-in has gone: its thin client is offline at once, unless it made another contact. May be
 *  called at any time before itg_agents_finish(), which must still be called after the wake; that comes now if it has not
 *  come yet. */
ITG_API void itg_agents_abandon(itg_agents_t *agents, itg_agents_wait_t *wait);

/** The host is going down: every check-in that waits is woken before this returns, and none may wait any more. */
ITG_API void itg_agents_wake_all(itg_agents_t *agents);

/** Upkeep, for a thread of its own: wakes check-ins whose time is over, writes contacts behind, sees what other processes
 *  have changed. It may wait for other writers of the file, but not long.
 *  @param[out] ret_next_ms  milliseconds until the next call, from 0 to 1,000. May be NULL */
ITG_API itg_error_t itg_agents_step(itg_agents_t *agents, int64_t *ret_next_ms, itg_failure_t *failure);

/** Answers a request whose body is larger than itg_agents_max_body(), without the body: 413 with ITG-0A004.
 *  @return never NULL; end with itg_imi_response_free() */
ITG_API itg_imi_response_t *itg_agents_refuse_body(itg_agents_t *agents);

/** Answers for a host that is shutting down or overloaded: 503 with ITG-FF004 and Retry-After.
 *  @return never NULL; end with itg_imi_response_free() */
ITG_API itg_imi_response_t *itg_agents_refuse_busy(itg_agents_t *agents);

/* ---- presence */

/** Who is there. The struct may grow at its end: itg_presence() fills as much as the caller's `size` has room for. */
typedef struct itg_presence {
    size_t size;        /**< in: sizeof(itg_presence_t) */
    int64_t online;     /**< thin clients */
    int64_t waiting;    /**< check-ins that wait for work now */
    int64_t contacts;   /**< check-ins and registrations since the device side was made */
    int64_t started_ms; /**< when it was made; 0: no device side serves this fleet */
} itg_presence_t;

/** Counts who is there; in another process than the one that serves the thin clients as of some seconds ago. */
ITG_API itg_error_t itg_presence(itg_t *itg, itg_presence_t *ret_presence, itg_failure_t *failure);

#ifdef __cplusplus
}
#endif

#endif
