/* The parts of the inventory, each in a file of its own, and how they add to it. */
#ifndef ITG__CLI_AGENT_GATHER_H
#define ITG__CLI_AGENT_GATHER_H

#include "cli/agent/inventory.h"

struct agent_gather {
    const char *root;
    struct agent_inventory *inventory;
    bool failed; /* out of memory */
};

/* Add a property; those that say nothing ("", 0) are left out. */
void agent_put_text(struct agent_gather *gather, const char *key, const char *text);
void agent_put_number(struct agent_gather *gather, const char *key, int64_t number);
/* Adds an object to a list; takes it over; NULL: out of memory. */
void agent_put_entry(struct agent_gather *gather, json_t *list, json_t *entry);

void agent_gather_system(struct agent_gather *gather);   /* board, processor, memory, disk, battery, boot */
void agent_gather_network(struct agent_gather *gather);  /* adapters, addresses, mac */
void agent_gather_monitors(struct agent_gather *gather); /* two of them */
void agent_gather_graphics(struct agent_gather *gather); /* two chipsets */
void agent_gather_usb(struct agent_gather *gather);      /* needs mac */

/* Looks names up in a list of ids, "pci.ids" or "usb.ids", in which lines of devices stand below their vendor's.
 * @param vendor, device  four small hex digits; the names are "" where the list has none */
void agent_device_names(const char *root, const char *list, const char *vendor, const char *device,
                        char vendor_name[AGENT_TEXT_SIZE], char device_name[AGENT_TEXT_SIZE]);

#endif
