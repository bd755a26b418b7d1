/* Board, processor, memory, disk, battery and system. */
#include "cli/agent/clean.h"
#include "cli/agent/gather.h"
#include "core/text.h"
#include "core/time.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* What makers leave in where they were to fill something in. */
static bool is_filler(const char *text)
{
    static const char *const fillers[] = {"To be filled by O.E.M.",
                                          "Default string",
                                          "System Serial Number",
                                          "System Product Name",
                                          "System manufacturer",
                                          "Not Specified",
                                          "Not Applicable",
                                          "None",
                                          "Unknown",
                                          "INVALID",
                                          "0",
                                          "0123456789"};
    for (size_t i = 0; i < sizeof fillers / sizeof *fillers; i++)
        if (strcasecmp(text, fillers[i]) == 0)
            return true;
    return false;
}

static void read_dmi(const char *root, const char *name, char text[AGENT_TEXT_SIZE])
{
    if (agent_file_text(root, text, "/sys/class/dmi/id/%s", name) && is_filler(text))
        text[0] = '\0';
}

/* "HP t640 Thin Client": some products name their maker, others do not. */
static void put_device_type(struct agent_gather *gather, const char *vendor, const char *product)
{
    char type[2 * AGENT_TEXT_SIZE], text[AGENT_TEXT_SIZE];
    size_t length = strlen(vendor);
    bool named = length == 0 || strncasecmp(product, vendor, length) == 0;
    if (!*product)
        return;
    snprintf(type, sizeof type, "%s%s%s", named ? "" : vendor, named ? "" : " ", product);
    agent_clean(text, sizeof text, type, strlen(type));
    agent_put_text(gather, "deviceType", text);
}

/* Boards without DMI have a device tree. */
static void gather_device_tree(struct agent_gather *gather)
{
    char text[AGENT_TEXT_SIZE];
    if (agent_file_text(gather->root, text, "/proc/device-tree/model"))
        agent_put_text(gather, "deviceType", text);
    if (agent_file_text(gather->root, text, "/proc/device-tree/serial-number"))
        agent_put_text(gather, "deviceSerialNumber", text);
}

static void gather_board(struct agent_gather *gather)
{
    static const struct {
        const char *file;
        const char *key;
    } texts[] = {{"product_name", "productId"},
                 {"product_serial", "deviceSerialNumber"},
                 {"bios_vendor", "biosVendor"},
                 {"bios_version", "biosVersion"},
                 {"bios_date", "biosDate"}};
    char text[AGENT_TEXT_SIZE], vendor[AGENT_TEXT_SIZE], product[AGENT_TEXT_SIZE];
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        read_dmi(gather->root, texts[i].file, text);
        agent_put_text(gather, texts[i].key, text);
    }
    read_dmi(gather->root, "sys_vendor", vendor);
    read_dmi(gather->root, "product_name", product);
    put_device_type(gather, vendor, product);
    if (!*product)
        gather_device_tree(gather);
}

/* The value of a "key : value" line; NULL: another line. */
static const char *line_value(const char *line, const char *key, char separator)
{
    size_t length = strlen(key);
    if (strncmp(line, key, length) != 0)
        return NULL;
    line += length;
    if (separator != ' ')
        line += strspn(line, " \t");
    return *line == separator ? line + 1 + strspn(line + 1, " \t") : NULL;
}

/* Reads the first line of a file that has a key. @return false: there is none */
static bool find_line(const char *root, const char *path, const char *key, char separator,
                      char value[AGENT_TEXT_SIZE])
{
    char line[AGENT_LINE_SIZE];
    const char *found = NULL;
    FILE *file = agent_file_open(root, "%s", path);
    value[0] = '\0';
    if (!file)
        return false;
    while (!found && fgets(line, sizeof line, file))
        found = line_value(line, key, separator);
    fclose(file);
    if (found)
        agent_clean(value, AGENT_TEXT_SIZE, found, strlen(found));
    return *value != '\0';
}

/* The number at the beginning of a text, rounded down. */
static int64_t leading_number(const char *text)
{
    char digits[19];
    int64_t number = 0;
    size_t length = strspn(text, "0123456789");
    if (length == 0 || length >= sizeof digits)
        return 0;
    memcpy(digits, text, length);
    digits[length] = '\0';
    return itg__parse_int(digits, &number) ? 0 : number;
}

static void gather_processor(struct agent_gather *gather)
{
    char text[AGENT_TEXT_SIZE];
    static const char *const names[] = {"model name", "Model", "Hardware", "cpu model"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (find_line(gather->root, "/proc/cpuinfo", names[i], ':', text)) {
            agent_put_text(gather, "cpuType", text);
            break;
        }
    /* The clock of the moment is no property; it is all there is where nothing changes it. */
    int64_t khz = agent_file_number(gather->root, 0, "/sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_max_freq");
    find_line(gather->root, "/proc/cpuinfo", "cpu MHz", ':', text);
    agent_put_number(gather, "cpuSpeed", khz ? khz / 1000 : leading_number(text));
    find_line(gather->root, "/proc/meminfo", "MemTotal", ':', text);
    agent_put_number(gather, "memorySize", leading_number(text) / 1024);
}

/* The largest disk that stays in the device; those that programs make up have no device behind them. */
struct disks {
    const char *root;
    int64_t sectors;
};

static void see_disk(void *ctx, const char *name)
{
    struct disks *disks = ctx;
    if (!agent_file_exists(disks->root, "/sys/block/%s/device", name) ||
        agent_file_number(disks->root, 0, "/sys/block/%s/removable", name) != 0)
        return;
    int64_t sectors = agent_file_number(disks->root, 0, "/sys/block/%s/size", name);
    if (sectors > disks->sectors)
        disks->sectors = sectors;
}

static void gather_disk(struct agent_gather *gather)
{
    struct disks disks = {.root = gather->root};
    agent_file_each(gather->root, "/sys/block", see_disk, &disks);
    agent_put_number(gather, "flashSize", disks.sectors / 2048); /* of 512 bytes each, whatever the disk */
}

/* The batteries of the device; mice and headsets have theirs as well, with the scope "Device". */
struct batteries {
    const char *root;
    int64_t level; /* of the first; -1: none */
};

static void see_battery(void *ctx, const char *name)
{
    struct batteries *batteries = ctx;
    char text[AGENT_TEXT_SIZE];
    const char *root = batteries->root;
    if (batteries->level >= 0 || !agent_file_text(root, text, "/sys/class/power_supply/%s/type", name) ||
        strcmp(text, "Battery") != 0)
        return;
    if (agent_file_text(root, text, "/sys/class/power_supply/%s/scope", name) && strcmp(text, "Device") == 0)
        return;
    int64_t level = agent_file_number(root, -1, "/sys/class/power_supply/%s/capacity", name);
    batteries->level = level > 100 ? 100 : level;
}

static void gather_battery(struct agent_gather *gather)
{
    struct batteries batteries = {.root = gather->root, .level = -1};
    agent_file_each(gather->root, "/sys/class/power_supply", see_battery, &batteries);
    if (batteries.level >= 0 && json_object_set_new(gather->inventory->properties, "batteryLevel",
                                                    json_integer(batteries.level)) != 0)
        gather->failed = true;
}

/* A value of os-release, which may stand in quotes. */
static void read_release(const char *root, const char *key, char value[AGENT_TEXT_SIZE])
{
    char text[AGENT_TEXT_SIZE];
    if (!find_line(root, "/etc/os-release", key, '=', text))
        find_line(root, "/usr/lib/os-release", key, '=', text);
    size_t length = strlen(text);
    bool quoted = length >= 2 && (text[0] == '"' || text[0] == '\'') && text[length - 1] == text[0];
    agent_clean(value, AGENT_TEXT_SIZE, text + quoted, length - 2 * (size_t)quoted);
}

static void gather_release(struct agent_gather *gather)
{
    struct agent_inventory *inventory = gather->inventory;
    read_release(gather->root, "NAME", inventory->product);
    read_release(gather->root, "VERSION_ID", inventory->version);
    if (!*inventory->version) /* a rolling distribution: the kernel's version says at least something */
        agent_file_text(gather->root, inventory->version, "/proc/sys/kernel/osrelease");
    if (!*inventory->product)
        snprintf(inventory->product, sizeof inventory->product, "Linux");
    if (!*inventory->version)
        snprintf(inventory->version, sizeof inventory->version, "0");
    agent_put_text(gather, "osType", inventory->product);
    if (agent_file_text(gather->root, inventory->host_name, "/proc/sys/kernel/hostname"))
        agent_put_text(gather, "networkName", inventory->host_name);
}

static void gather_boot(struct agent_gather *gather)
{
    char text[AGENT_TEXT_SIZE], time[ITG__TIME_SIZE];
    agent_file_text(gather->root, text, "/proc/sys/kernel/random/boot_id");
    agent_clean(gather->inventory->boot_id, sizeof gather->inventory->boot_id, text, strlen(text));
    if (agent_file_text(gather->root, text, "/proc/uptime"))
        gather->inventory->uptime_ms = leading_number(text) * 1000;
    find_line(gather->root, "/proc/stat", "btime", ' ', text);
    int64_t seconds = leading_number(text);
    if (seconds <= 0 || seconds > INT64_C(253402128000))
        return;
    itg__time_format(ITG_KIND_MINUTE, seconds * 1000, time);
    agent_put_text(gather, "lastBoottime", time);
}

void agent_gather_system(struct agent_gather *gather)
{
    gather_board(gather);
    gather_processor(gather);
    gather_disk(gather);
    gather_battery(gather);
    gather_release(gather);
    gather_boot(gather);
}
