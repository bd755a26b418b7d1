/** @file command.h
 *  Sending commands to thin clients, queuing them for the next contact, and what became of them.
 *
 *  Over the library's own link (itg/agent.h) every command has a life: it is queued, sent with the thin client's next
 *  contact, and confirmed or failed by its answer; what is not fetched or not answered in time expires. Nothing is
 *  executed twice. The last 100 commands of each thin client are kept, for 90 days, and go with it. */
#ifndef ITG_COMMAND_H
#define ITG_COMMAND_H

#include <itg/error.h>
#include <itg/link.h>

#ifdef __cplusplus
extern "C" {
#endif

/** What became of a command at one thin client. Valid only during the callback that gets it. */
typedef struct itg_command_result {
    int64_t id;
    const char *mac;
    int64_t time_ms;     /**< when it was answered, milliseconds since 1970 UTC */
    int32_t successful;  /**< 1: the thin client confirmed (for wakeup: the packet was sent) */
    const char *message; /**< "OK", or why not */
} itg_command_result_t;

/** Where a command is in its life. It never goes back. */
typedef enum itg_command_state {
    ITG_COMMAND_QUEUED = 1,    /**< waits for the thin client's next contact */
    ITG_COMMAND_SENT = 2,      /**< handed out, not answered yet */
    ITG_COMMAND_CONFIRMED = 3, /**< the thin client did it */
    ITG_COMMAND_FAILED = 4,    /**< the thin client could not, or was offline */
    ITG_COMMAND_EXPIRED = 5    /**< not fetched or not answered in time, or cancelled */
} itg_command_state_t;

/** One command to one thin client. Valid only during the callback that gets it. */
typedef struct itg_command_entry {
    int64_t id; /**< from a sequence of their own, rising */
    int64_t thinclient_id;
    itg_command_t command;
    itg_command_state_t state;
    int64_t queued_ms;   /**< times in milliseconds since 1970 UTC */
    int64_t sent_ms;     /**< 0: it was never sent */
    int64_t ended_ms;    /**< 0: it has not ended */
    int64_t expires_ms;  /**< when it ends unless something else ends it */
    const char *message; /**< "OK", or why not; "" while it has not ended */
    const char *actor;   /**< the user who asked for it, "" for the host */
} itg_command_entry_t;

/** Gets one command. @return 0 to go on, anything else to end the walk (which then succeeds) */
typedef int32_t (*itg_command_entry_fn)(void *ctx, const itg_command_entry_t *entry);

/** Gets the id of the command that a thin client was queued. @return 0 to go on, anything else to end the walk */
typedef int32_t (*itg_command_queued_fn)(void *ctx, int64_t thinclient_id, int64_t command_id);

/** Gets one result, in the order asked. @return 0 to go on, anything else to end the walk (which then
 * succeeds) */
typedef int32_t (*itg_command_fn)(void *ctx, const itg_command_result_t *result);

/** Sends a command. Everything is checked before anything is sent. An id named twice is sent one command and
 * gets two results. A thin client that confirms TCRESET2FACDEFS leaves the fleet. Not part of an itg_begin()
 * group: inside one it is ITG_E_INTERNAL.
 *
 *  Messages of failed commands: "Found no IP address for device" (no last address and not online), "Device is
 *  offline", "No answer from device", or what the thin client said.
 *  @retval ITG_E_INVALID_COMMAND       not a command that can be asked for
 *  @retval ITG_E_EMPTY_LIST            count is 0
 *  @retval ITG_E_THINCLIENT_NOT_FOUND  the first id that no thin client has
 *  @retval ITG_E_THINCLIENT_IN_BIN     one of them is in the recycle bin */
ITG_API itg_error_t itg_command_send(itg_t *itg, itg_command_t command, const int64_t *ids, size_t count,
                                     itg_command_fn fn, void *ctx, itg_failure_t *failure);

/** Queues a command for the next contact of each thin client, online or not. Everything is checked before anything is
 *  queued. An id named twice is queued one command, which is told twice. A thin client that confirms TCRESET2FACDEFS
 *  leaves the fleet. `wakeup` cannot be queued: it is a packet that nobody fetches.
 *  @param expires_ms  when it ends if the thin client has not come until then, in the fleet's time; 0: in a day
 *  @param fn          called in the order asked, after everything was queued; NULL: nobody wants to know
 *  @retval ITG_E_INVALID_COMMAND       not a command that can be queued
 *  @retval ITG_E_EMPTY_LIST            count is 0
 *  @retval ITG_E_INVALID_BODY          expires_ms is past, or 100 commands wait for one of them (`detail` says which)
 *  @retval ITG_E_THINCLIENT_NOT_FOUND  the first id that no thin client has
 *  @retval ITG_E_THINCLIENT_IN_BIN     one of them is in the recycle bin */
ITG_API itg_error_t itg_command_queue(itg_t *itg, itg_command_t command, const int64_t *ids, size_t count,
                                      int64_t expires_ms, itg_command_queued_fn fn, void *ctx,
                                      itg_failure_t *failure);

/** Gives a command as it is now.
 *  @param fn  called once; what it returns does not matter
 *  @retval ITG_E_NO_HANDLER  no command has this id, or none any more */
ITG_API itg_error_t itg_command_get(itg_t *itg, int64_t command_id, itg_command_entry_fn fn, void *ctx,
                                    itg_failure_t *failure);

/** Walks over commands, the newest first.
 *  @param thinclient_id  those of this one; 0: all
 *  @param before_id      only those with lower ids; 0: from the newest on
 *  @retval ITG_E_THINCLIENT_NOT_FOUND */
ITG_API itg_error_t itg_command_history(itg_t *itg, int64_t thinclient_id, int64_t before_id,
                                        itg_command_entry_fn fn, void *ctx, itg_failure_t *failure);

/** Ends a command that has not been sent yet: it expires, with the message "Cancelled".
 *  @retval ITG_E_NO_HANDLER       no command has this id
 *  @retval ITG_E_INVALID_COMMAND  it was sent or has ended (`detail` says which) */
ITG_API itg_error_t itg_command_cancel(itg_t *itg, int64_t command_id, itg_failure_t *failure);

/** "queued", "sent", "confirmed", "failed", "expired". Static; "" for a value that is no state. */
ITG_API const char *itg_command_state_name(itg_command_state_t state);

/** Deletes a thin client that is online, and tells it so (ITG_COMMAND_FORGET). If it is offline or does not
 * confirm, the result says so and nothing is deleted. itg_thinclient_delete() deletes regardless. Not part of
 * an itg_begin() group: inside one it is ITG_E_INTERNAL.
 *  @param fn  called once with the result
 *  @retval ITG_E_THINCLIENT_NOT_FOUND */
ITG_API itg_error_t itg_thinclient_delete_online(itg_t *itg, int64_t id, itg_command_fn fn, void *ctx,
                                                 itg_failure_t *failure);

#ifdef __cplusplus
}
#endif

#endif
