/* Monitors, graphics and USB devices. */
#include "cli/agent/clean.h"
#include "cli/agent/edid.h"
#include "cli/agent/gather.h"
#include <stdlib.h>
#include <string.h>

/* Monitors. */

enum { MONITORS = 2 };

static const struct {
    const char *vendor, *model, *serial, *size, *resolution, *year, *week;
} monitor_keys[MONITORS] = {
    {"monitorVendor1", "monitorModel1", "monitorSerialnumber1", "monitorSize1", "monitorNativeResolution1",
     "monitor1YearOfManufacture", "monitor1WeekOfManufacture"},
    {"monitorVendor2", "monitorModel2", "monitorSerialnumber2", "monitorSize2", "monitorNativeResolution2",
     "monitor2YearOfManufacture", "monitor2WeekOfManufacture"},
};

struct monitors {
    struct agent_gather *gather;
    int count;
};

static void put_monitor(struct agent_gather *gather, int n, const struct agent_monitor *monitor)
{
    agent_put_text(gather, monitor_keys[n].vendor, monitor->vendor);
    agent_put_text(gather, monitor_keys[n].model, monitor->model);
    agent_put_text(gather, monitor_keys[n].serial, monitor->serial);
    agent_put_text(gather, monitor_keys[n].resolution, monitor->resolution);
    agent_put_text(gather, monitor_keys[n].year, monitor->year);
    agent_put_text(gather, monitor_keys[n].week, monitor->week);
    if (monitor->size_tenth % 10 == 0)
        agent_put_number(gather, monitor_keys[n].size, monitor->size_tenth / 10);
    else if (json_object_set_new(gather->inventory->properties, monitor_keys[n].size,
                                 json_real(monitor->size_tenth / 10.0)) != 0)
        gather->failed = true;
}

/* Connectors are called card0-DP-1; the others in the directory have no EDID. */
static void see_connector(void *ctx, const char *name)
{
    struct monitors *monitors = ctx;
    const char *root = monitors->gather->root;
    uint8_t edid[AGENT_EDID_SIZE];
    char status[AGENT_TEXT_SIZE];
    struct agent_monitor monitor;
    if (monitors->count == MONITORS || !agent_file_text(root, status, "/sys/class/drm/%s/status", name) ||
        strcmp(status, "connected") != 0)
        return;
    ssize_t length = agent_file_bytes(root, edid, sizeof edid, "/sys/class/drm/%s/edid", name);
    if (length > 0 && agent_edid_parse(edid, (size_t)length, &monitor))
        put_monitor(monitors->gather, monitors->count++, &monitor);
}

void agent_gather_monitors(struct agent_gather *gather)
{
    struct monitors monitors = {.gather = gather};
    agent_file_each(gather->root, "/sys/class/drm", see_connector, &monitors);
}

/* Names of devices. */

enum { ID_DIGITS = 4 };

/* Whether a line is that of an id, so many tabs below the margin; gives the name. */
static bool is_line_of(const char *line, size_t tabs, const char *id, char name[AGENT_TEXT_SIZE])
{
    if (strspn(line, "\t") != tabs || strncmp(line + tabs, id, ID_DIGITS) != 0)
        return false;
    const char *text = line + tabs + ID_DIGITS;
    if (strncmp(text, "  ", 2) != 0)
        return false;
    agent_clean(name, AGENT_TEXT_SIZE, text, strlen(text));
    return true;
}

static void search_list(FILE *file, const char *vendor, const char *device, char *vendor_name,
                        char *device_name)
{
    char line[AGENT_LINE_SIZE];
    bool below = false;
    while (fgets(line, sizeof line, file)) {
        if (line[0] == '#' || line[0] == '\n')
            continue;
        if (line[0] != '\t' && below)
            return;
        if (below && is_line_of(line, 1, device, device_name))
            return;
        if (!below)
            below = is_line_of(line, 0, vendor, vendor_name);
    }
}

void agent_device_names(const char *root, const char *list, const char *vendor, const char *device,
                        char vendor_name[AGENT_TEXT_SIZE], char device_name[AGENT_TEXT_SIZE])
{
    static const char *const places[] = {"/usr/share/misc", "/usr/share/hwdata", "/var/lib/usbutils"};
    vendor_name[0] = device_name[0] = '\0';
    for (size_t i = 0; i < sizeof places / sizeof *places && !*vendor_name; i++) {
        FILE *file = agent_file_open(root, "%s/%s", places[i], list);
        if (!file)
            continue;
        search_list(file, vendor, device, vendor_name, device_name);
        fclose(file);
    }
}

/* Reads an id of four hex digits, with or without 0x. */
static bool read_id(const char *root, const char *directory, const char *name, const char *file,
                    char id[ID_DIGITS + 1])
{
    char text[AGENT_TEXT_SIZE];
    agent_file_text(root, text, "%s/%s/%s", directory, name, file);
    const char *digits = strncmp(text, "0x", 2) == 0 ? text + 2 : text;
    if (strlen(digits) != ID_DIGITS || strspn(digits, "0123456789abcdef") != ID_DIGITS)
        return false;
    memcpy(id, digits, ID_DIGITS + 1);
    return true;
}

/* Graphics. */

#define PCI "/sys/bus/pci/devices"

enum { CHIPSETS = 2 };

struct chipset {
    char name[AGENT_TEXT_SIZE];
    int64_t memory_mb;
};

struct chipsets {
    const char *root;
    struct chipset list[CHIPSETS];
    int count;
};

/* The largest window onto its memory that may be read ahead: what is known of memory that no driver tells of. */
static int64_t largest_window_mb(const char *root, const char *name)
{
    enum { PREFETCH = 0x2000, MEGABYTE_BITS = 20 };
    char line[AGENT_LINE_SIZE];
    unsigned long long begin, end, flags, largest = 0;
    FILE *file = agent_file_open(root, PCI "/%s/resource", name);
    while (file && fgets(line, sizeof line, file))
        if (sscanf(line, "%llx %llx %llx", &begin, &end, &flags) == 3 && (flags & PREFETCH) && end > begin &&
            end - begin > largest)
            largest = end - begin;
    if (file)
        fclose(file);
    return largest ? (int64_t)((largest + 1) >> MEGABYTE_BITS) : 0;
}

static void read_chipset(const char *root, const char *name, struct chipset *chipset)
{
    char vendor[ID_DIGITS + 1], device[ID_DIGITS + 1], vendor_name[AGENT_TEXT_SIZE],
        device_name[AGENT_TEXT_SIZE];
    char text[2 * AGENT_TEXT_SIZE];
    *chipset = (struct chipset){0};
    if (!read_id(root, PCI, name, "vendor", vendor) || !read_id(root, PCI, name, "device", device))
        return;
    agent_device_names(root, "pci.ids", vendor, device, vendor_name, device_name);
    if (*device_name)
        snprintf(text, sizeof text, "%s %s", vendor_name, device_name);
    else
        snprintf(text, sizeof text, "%s%s%s:%s", vendor_name, *vendor_name ? " " : "", vendor, device);
    agent_clean(chipset->name, sizeof chipset->name, text, strlen(text));
    int64_t vram = agent_file_number(root, 0, PCI "/%s/mem_info_vram_total", name);
    chipset->memory_mb = vram ? vram >> 20 : largest_window_mb(root, name);
}

static void see_pci(void *ctx, const char *name)
{
    struct chipsets *chipsets = ctx;
    struct chipset chipset;
    char class[AGENT_TEXT_SIZE];
    agent_file_text(chipsets->root, class, PCI "/%s/class", name);
    if (strncmp(class, "0x03", 4) != 0) /* display controllers */
        return;
    read_chipset(chipsets->root, name, &chipset);
    bool boots = agent_file_number(chipsets->root, 0, PCI "/%s/boot_vga", name) == 1;
    if (!*chipset.name || (chipsets->count == CHIPSETS && !boots))
        return;
    /* The one that the device starts with is the first. */
    int at = boots ? 0 : chipsets->count;
    if (boots && chipsets->count > 0)
        chipsets->list[1] = chipsets->list[0];
    chipsets->list[at] = chipset;
    if (chipsets->count < CHIPSETS)
        chipsets->count++;
}

void agent_gather_graphics(struct agent_gather *gather)
{
    struct chipsets chipsets = {.root = gather->root};
    agent_file_each(gather->root, PCI, see_pci, &chipsets);
    agent_put_text(gather, "graphicsChipset0", chipsets.list[0].name);
    agent_put_number(gather, "graphicsMemorySize0", chipsets.list[0].memory_mb);
    agent_put_text(gather, "graphicsChipset1", chipsets.list[1].name);
    agent_put_number(gather, "graphicsMemorySize1", chipsets.list[1].memory_mb);
}

/* USB. */

#define USB "/sys/bus/usb/devices"

/* Says who a device is, wherever it is plugged in. One without a serial number is told apart by its port. */
static void make_unique_id(struct agent_gather *gather, const char *name, const char *vendor,
                           const char *device, char id[2 * AGENT_TEXT_SIZE])
{
    char serial[AGENT_TEXT_SIZE], cut[129];
    int length = snprintf(id, 2 * AGENT_TEXT_SIZE, "%s:%s", vendor, device);
    size_t room = 2 * AGENT_TEXT_SIZE - (size_t)length;
    agent_file_text(gather->root, serial, USB "/%s/serial", name);
    agent_clean(cut, sizeof cut, serial, strlen(serial));
    if (cut[strspn(cut, "0")] != '\0')
        snprintf(id + length, room, ":%s", cut);
    else
        snprintf(id + length, room, "@%.64s/%s", name, gather->inventory->mac);
}

static bool is_listed(const json_t *list, const char *id)
{
    size_t index;
    json_t *entry;
    json_array_foreach(list, index, entry) if (strcmp(json_string_value(json_object_get(entry, "uniqueId")),
                                                      id) == 0) return true;
    return false;
}

static void put_device(struct agent_gather *gather, const char *name, const char *vendor, const char *device)
{
    char id[2 * AGENT_TEXT_SIZE], vendor_text[AGENT_TEXT_SIZE], text[AGENT_TEXT_SIZE];
    char listed_vendor[AGENT_TEXT_SIZE] = "", listed_name[AGENT_TEXT_SIZE] = "";
    make_unique_id(gather, name, vendor, device, id);
    if (is_listed(gather->inventory->usb, id)) { /* makers who give all of a kind one number */
        size_t length = strlen(id);
        snprintf(id + length, sizeof id - length, "@%.64s", name);
    }
    bool named = agent_file_text(gather->root, text, USB "/%s/product", name);
    bool made = agent_file_text(gather->root, vendor_text, USB "/%s/manufacturer", name);
    if (!named || !made)
        agent_device_names(gather->root, "usb.ids", vendor, device, listed_vendor, listed_name);
    if (!made)
        snprintf(vendor_text, sizeof vendor_text, "%s", *listed_vendor ? listed_vendor : vendor);
    if (!named && *listed_name)
        snprintf(text, sizeof text, "%s", listed_name);
    else if (!named)
        snprintf(text, sizeof text, "USB device %s", device);
    agent_put_entry(gather, gather->inventory->usb,
                    json_pack("{ss ss ss ss ss}", "uniqueId", id, "connector", "usb", "name", text, "vendor",
                              vendor_text, "deviceId", device));
}

/* Devices are called 1-1.4; usb1 is the computer's own hub, 1-1.4:1.0 an interface of a device. */
static void see_usb(void *ctx, const char *name)
{
    struct agent_gather *gather = ctx;
    char vendor[ID_DIGITS + 1], device[ID_DIGITS + 1], class[AGENT_TEXT_SIZE];
    if (strchr(name, ':') || strncmp(name, "usb", 3) == 0 ||
        json_array_size(gather->inventory->usb) == AGENT_USB_MAX)
        return;
    agent_file_text(gather->root, class, USB "/%s/bDeviceClass", name);
    if (strcmp(class, "09") == 0) /* a hub */
        return;
    if (read_id(gather->root, USB, name, "idVendor", vendor) &&
        read_id(gather->root, USB, name, "idProduct", device))
        put_device(gather, name, vendor, device);
}

void agent_gather_usb(struct agent_gather *gather)
{
    agent_file_each(gather->root, USB, see_usb, gather);
}
