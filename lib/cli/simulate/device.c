#include "cli/simulate/simulate.h"
#include "core/property.h"
#include "core/report.h"
#include "core/time.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum {
    HOUR_MS = 3600000,
    SERVED_MOST_S = 1826 * 86400, /* of counters of use */
    BOOT_MS = 12000,              /* a restart takes between this and twice this */
};

/* What may be plugged in: every thin client has one of each, but for their serial numbers. */
static const struct {
    const char *id, *name, *vendor;
} gadgets[] = {
    {"046d:c31c", "Keyboard K120", "Logitech"},
    {"046d:c077", "M105 Optical Mouse", "Logitech"},
    {"0951:1666", "DataTraveler 100 G3", "Kingston"},
    {"0b0e:0348", "UC VOICE 550", "GN Netcom"},
    {"072f:2200", "ACR122U Smartcard Reader", "Advanced Card Systems"},
    {"04a9:220e", "CanoScan LiDE 120", "Canon"},
};
enum { GADGETS = sizeof gadgets / sizeof *gadgets, AT_FIRST = 3 /* keyboard and mouse, by bits */ };

/* ---- what it is */

static size_t count_cities(void)
{
    size_t count = 0;
    for (size_t r = 0; r < demo_region_count; r++)
        for (size_t c = 0; c < demo_regions[r].count; c++)
            count += demo_regions[r].countries[c].count;
    return count;
}

/* Neighbours stand in the same city. */
static void find_place(int64_t index, const struct sim_config *config, struct demo_place *place)
{
    size_t n = (size_t)(demo_mix((uint64_t)config->seed, (uint64_t)index / 50) % count_cities());
    *place = (struct demo_place){.id = 1};
    for (size_t r = 0; r < demo_region_count; r++)
        for (size_t c = 0; c < demo_regions[r].count; c++) {
            const struct demo_country *country = &demo_regions[r].countries[c];
            if (n < country->count) {
                place->city = &country->cities[n];
                return;
            }
            n -= country->count;
        }
}

struct device {
    struct demo_device made;
    char mac[13];
    char ip[20];
    char name[64];
};

/* One that has not been unpacked reports nothing: another one is made in its place. */
static void make(const struct sim_client *client, const struct sim_config *config, struct device *device)
{
    struct demo_place place;
    int64_t index = client->index;
    uint64_t seed = (uint64_t)config->seed;
    find_place(index, config, &place);
    do
        demo_device_make(&device->made, seed++, index, 1, &place);
    while (!device->made.tc.is_registered);
    /* From the range that everybody may use, so that no simulated one is taken for a real one. */
    snprintf(device->mac, sizeof device->mac, "02%04X%06X",
             (unsigned)(demo_mix((uint64_t)config->seed, 0) & 0xffff), (unsigned)(index & 0xffffff));
    /* Wherever packets to it go, they stay on the server's machine. */
    snprintf(device->ip, sizeof device->ip, "127.%d.%d.%d", 1 + (int)(index >> 16 & 127),
             (int)(index >> 8 & 255), (int)(index & 255));
    device->made.tc.last_ip = device->ip;
    if (strncmp(device->made.name, "ITC", 3) == 0)
        snprintf(device->name, sizeof device->name, "ITC%s", device->mac);
    else
        snprintf(device->name, sizeof device->name, "%s", device->made.name);
    device->made.tc.network_name = device->name;
}

static void put_time(struct itg__buf *out, const char *key, itg_kind_t kind, int64_t time_ms)
{
    char text[ITG__TIME_SIZE];
    itg__time_format(kind, time_ms, text);
    itg__buf_json(out, key);
    itg__buf_char(out, ':');
    itg__buf_json(out, text);
}

static int64_t wall_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static json_t *inventory(const struct device *device)
{
    struct itg__buf out = {0};
    json_error_t error;
    itg__buf_char(&out, '{');
    put_time(&out, "lastBoottime", ITG_KIND_MINUTE, wall_ms());
    for (size_t i = 0; i < ITG__PROPERTIES; i++) {
        const itg_property_t *property = &itg__properties[i];
        if (!itg__reportable(property) || property->kind == ITG_KIND_MINUTE)
            continue;
        itg__buf_char(&out, ',');
        itg__property_json(&out, property, &device->made.tc);
    }
    itg__buf_char(&out, '}');
    json_t *object = out.failed ? NULL : json_loadb(out.data, out.length, 0, &error);
    itg__buf_dispose(&out);
    return object;
}

/* A member of a report, taken over. */
static bool put(json_t *report, const char *key, json_t *value)
{
    return value && report && json_object_set_new(report, key, value) == 0;
}

static void put_gadget_id(const struct sim_client *client, const struct device *device, size_t n, char *text,
                          size_t size)
{
    snprintf(text, size, "%s:%s%02d", gadgets[n].id, device->mac, (int)(client->index % 7));
}

/* The whole of what is plugged in, or what has come and gone. */
static json_t *usb(const struct sim_client *client, const struct device *device, unsigned came, unsigned went)
{
    json_t *added = json_array(), *removed = json_array();
    bool ok = added && removed;
    for (size_t i = 0; ok && i < GADGETS; i++) {
        char id[64];
        put_gadget_id(client, device, i, id, sizeof id);
        if (came & 1u << i)
            ok = json_array_append_new(added, json_pack("{ss ss ss ss ss}", "uniqueId", id, "connector",
                                                        "usb", "name", gadgets[i].name, "vendor",
                                                        gadgets[i].vendor, "deviceId", gadgets[i].id)) == 0;
        if (went & 1u << i)
            ok = ok && json_array_append_new(removed, json_string(id)) == 0;
    }
    json_t *both = ok ? json_pack("{sO sO}", "added", added, "removed", removed) : NULL;
    json_decref(added);
    json_decref(removed);
    return both;
}

static json_t *adapters(const struct device *device)
{
    return json_pack("[{ss ss ss ss}]", "type", "ethernet", "mac", device->mac, "name", "eth0", "state",
                     "up");
}

/* What it says of itself when nothing is known of it. */
static json_t *whole(const struct sim_client *client, const struct device *device)
{
    json_t *report = json_object();
    if (put(report, "inventory", inventory(device)) && put(report, "networkAdapters", adapters(device)) &&
        put(report, "usb", usb(client, device, client->usb, 0)))
        return report;
    json_decref(report);
    return NULL;
}

char *sim_device_register(const struct sim_client *client, const struct sim_config *config)
{
    struct device device;
    make(client, config, &device);
    const struct demo_firmware *firmware = &demo_firmwares[device.made.tc.firmware_id - 1];
    struct agent_identity who = {.key = config->key,
                                 .mac = device.mac,
                                 .unit_id = device.mac,
                                 .name = device.name,
                                 .product = firmware->product,
                                 .version = firmware->version};
    json_t *report = whole(client, &device);
    char *body = report ? agent_register_body(&who, report) : NULL;
    json_decref(report);
    return body;
}

void sim_device_begin(struct sim_client *client, const struct sim_config *config)
{
    struct device device;
    make(client, config, &device);
    client->usb = AT_FIRST;
    client->battery = (int8_t)device.made.tc.battery_level;
}

/* ---- what happens to it */

static json_t *login(struct sim_client *client, const struct device *device)
{
    static const char *const types[] = {"swp", "kerberos", "citrix"};
    char from[ITG__TIME_SIZE], to[ITG__TIME_SIZE];
    int64_t now_ms = wall_ms();
    const char *user = *device->made.user ? device->made.user : "kiosk";
    client->logged_in = !client->logged_in;
    if (client->logged_in)
        client->login_ms = now_ms;
    itg__time_format(ITG_KIND_MILLIS, client->login_ms, from);
    itg__time_format(ITG_KIND_MILLIS, client->logged_in ? 0 : now_ms, to);
    return json_pack("[{ss si ss ss ss}]", "username", user, "loginresult", 0, "logintime", from,
                     "logofftime", to, "logontype", types[client->index % 3]);
}

static json_t *replug(struct sim_client *client, const struct device *device)
{
    unsigned bit = 1u << demo_below(&client->random, GADGETS);
    client->usb ^= (uint8_t)bit;
    return usb(client, device, client->usb & bit, ~client->usb & bit);
}

static json_t *use(struct sim_client *client)
{
    char up[24], used[24];
    int64_t seconds = demo_below(&client->random, SERVED_MOST_S);
    snprintf(up, sizeof up, "%" PRId64, seconds * 1000);
    snprintf(used, sizeof used, "%" PRId64, seconds * 10 * (40 + demo_below(&client->random, 50)));
    if (client->battery < 0)
        return json_pack("{ss ss}", "totalUptime", up, "totalUsagetime", used);
    client->battery = (int8_t)(15 + demo_below(&client->random, 86));
    return json_pack("{ss ss si}", "totalUptime", up, "totalUsagetime", used, "batteryLevel",
                     client->battery);
}

/* A restart is no report: it goes, and comes again. Few lose what they know. */
static bool restart(struct sim_client *client)
{
    client->state = SIM_LEAVING;
    client->off_ms = BOOT_MS + demo_below(&client->random, BOOT_MS);
    client->forgets = demo_below(&client->random, 10) == 0;
    return true;
}

static bool happen(struct sim_client *client, const struct device *device, json_t *report)
{
    int64_t ticket = demo_below(&client->random, 100);
    if (ticket < 45)
        return put(report, "logins", login(client, device));
    if (ticket < 75)
        return put(report, "usb", replug(client, device));
    if (ticket < 95)
        return put(report, "inventory", use(client));
    return restart(client);
}

/* At most one event: who comes seldom has missed some. */
json_t *sim_device_events(struct sim_client *client, const struct sim_config *config, int64_t now_ms)
{
    json_t *report = json_object();
    struct device device;
    int64_t passed_ms = now_ms - client->seen_ms;
    client->seen_ms = now_ms;
    if (!report || demo_below(&client->random, HOUR_MS) >= passed_ms * config->events)
        return report;
    make(client, config, &device);
    if (happen(client, &device, report))
        return report;
    json_decref(report);
    return NULL;
}

json_t *sim_device_boot(struct sim_client *client, const struct sim_config *config)
{
    struct device device;
    make(client, config, &device);
    json_t *report = whole(client, &device);
    if (put(report, "boot", json_true()))
        return report;
    json_decref(report);
    return NULL;
}
