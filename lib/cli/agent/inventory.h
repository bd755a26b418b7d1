/* What a thin client knows about itself, from /sys, /proc and /etc of Linux. What cannot be read is left out. */
#ifndef ITG__CLI_AGENT_INVENTORY_H
#define ITG__CLI_AGENT_INVENTORY_H

#include "cli/agent/sysfile.h"
#include <jansson.h>

enum { AGENT_MAC_SIZE = 13, AGENT_BOOT_ID_SIZE = 64, AGENT_ADAPTERS_MAX = 64, AGENT_USB_MAX = 128 };

struct agent_inventory {
    json_t *properties;       /* IMI's keys and formats */
    json_t *adapters;         /* as the protocol's networkAdapters */
    json_t *usb;              /* as the protocol's usb.added */
    char mac[AGENT_MAC_SIZE]; /* of the adapter that leads to the network; "": there is none */
    char host_name[AGENT_TEXT_SIZE];
    char product[AGENT_TEXT_SIZE]; /* of the system */
    char version[AGENT_TEXT_SIZE];
    char boot_id[AGENT_BOOT_ID_SIZE]; /* another one after each start */
    int64_t uptime_ms;
};

/* @param root  "", or a directory whose sys, proc and etc are read instead
 * @param mac   what the thin client is known by, NULL: by the adapter that leads to the network
 * @return false: out of memory. End with agent_inventory_dispose() */
bool agent_inventory_read(const char *root, const char *mac, struct agent_inventory *inventory);
void agent_inventory_dispose(struct agent_inventory *inventory);

#endif
