/** @file command.h
 *  Sending commands to thin clients. */
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
