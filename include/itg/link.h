/** @file link.h
 *  The port to the devices: how a command reaches thin clients, and which of them are online.
 *
 *  A host that can talk to its devices fills an itg_link_t and hands it over in itg_options_t. Without one no
 *  thin client is online and every command but `wakeup` fails. Wake-on-LAN needs no link. */
#ifndef ITG_LINK_H
#define ITG_LINK_H

#include <itg/api.h>

#ifdef __cplusplus
extern "C" {
#endif

/** What can be asked of a thin client. */
typedef enum itg_command {
    ITG_COMMAND_REBOOT = 1,
    ITG_COMMAND_SHUTDOWN = 2,
    ITG_COMMAND_WAKEUP = 3,          /**< Wake-on-LAN, sent by the library itself */
    ITG_COMMAND_SETTINGS2TC = 4,     /**< fetch your settings now */
    ITG_COMMAND_TCRESET2FACDEFS = 5, /**< reset to factory defaults, and leave the fleet */
    ITG_COMMAND_FORGET = 6 /**< you have been deleted from the fleet; never sent by itg_command_send() */
} itg_command_t;

/** Size of itg_delivery_t.message, terminating NUL included. */
#define ITG_DELIVERY_MESSAGE_SIZE 256

/** One command on its way to one thin client. */
typedef struct itg_delivery {
    int64_t id;
    itg_command_t command;
    const char *mac;                         /**< 12 upper-case hex digits */
    const char *last_ip;                     /**< "" if unknown */
    int32_t done;                            /**< out: 1 if the thin client confirmed; preset to 0 */
    char message[ITG_DELIVERY_MESSAGE_SIZE]; /**< out: "OK" or why not, UTF-8; preset to "No answer from
                                                device" */
} itg_delivery_t;

/** A device link. Every function may be called from any thread, several at once; they may call the library.
 *  `send` is never called inside a transaction of the library; `online` is, where lists, views and rules ask for
 *  it: it must not wait. */
typedef struct itg_link {
    size_t size; /**< sizeof(itg_link_t) */
    /** must: 1 if the thin client can be reached now. Called once per row of a list: a look into a table. */
    int32_t (*online)(void *ctx, int64_t id);
    /** must: delivers commands to thin clients that are online and waits for their answers as long as it sees
     *  fit, filling `done` and `message` of each. */
    void (*send)(void *ctx, itg_delivery_t *deliveries, size_t count);
    void *ctx;
} itg_link_t;

/** IMI's word for a command: "reboot", "shutdown", "wakeup", "settings2tc", "tcreset2facdefs"; "forget".
 * Static;
 *  "" for a value that is no command. */
ITG_API const char *itg_command_name(itg_command_t command);

/** The command with this IMI word; 0 if there is none ("forget" is none: it cannot be asked for). */
ITG_API itg_command_t itg_command_from_name(const char *name);

#ifdef __cplusplus
}
#endif

#endif
