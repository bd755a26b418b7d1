#include "cli/agent/gather.h"
#include <string.h>

void agent_put_text(struct agent_gather *gather, const char *key, const char *text)
{
    if (*text && json_object_set_new(gather->inventory->properties, key, json_string(text)) != 0)
        gather->failed = true;
}

void agent_put_number(struct agent_gather *gather, const char *key, int64_t number)
{
    if (number && json_object_set_new(gather->inventory->properties, key, json_integer(number)) != 0)
        gather->failed = true;
}

void agent_put_entry(struct agent_gather *gather, json_t *list, json_t *entry)
{
    if (!entry || json_array_append_new(list, entry) != 0)
        gather->failed = true;
}

bool agent_inventory_read(const char *root, const char *mac, struct agent_inventory *inventory)
{
    struct agent_gather gather = {.root = root, .inventory = inventory};
    *inventory =
        (struct agent_inventory){.properties = json_object(), .adapters = json_array(), .usb = json_array()};
    if (!inventory->properties || !inventory->adapters || !inventory->usb) {
        agent_inventory_dispose(inventory);
        return false;
    }
    agent_gather_system(&gather);
    agent_gather_network(&gather);
    if (mac && *mac)
        snprintf(inventory->mac, sizeof inventory->mac, "%s", mac);
    agent_gather_monitors(&gather);
    agent_gather_graphics(&gather);
    agent_gather_usb(&gather);
    if (gather.failed)
        agent_inventory_dispose(inventory);
    return !gather.failed;
}

void agent_inventory_dispose(struct agent_inventory *inventory)
{
    json_decref(inventory->properties);
    json_decref(inventory->adapters);
    json_decref(inventory->usb);
    memset(inventory, 0, sizeof *inventory);
}
