#include "cli/demo.h"
#include "core/property.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* The day on which every demonstration fleet lives, so that it is the same whenever it is made: a Friday. */
enum { TODAY = 20161 /* 2025-03-14, days since 1970 */, LAUNCH = 1826 /* days that the oldest has served */ };

#define DAY    INT64_C(86400000)
#define HOUR   INT64_C(3600000)
#define MINUTE INT64_C(60000)

enum {
    SUFFIXES = 1 << 24,     /* of MACs of one vendor */
    SUFFIX_STEP = 0x9E3779, /* odd, so that it meets every suffix once */
    HOSTS_IN_NET = 250,     /* thin clients in a /24; the rest is routers, printers and reserve */
    FIRST_HOST = 2,
    ONE_IN_UNREGISTERED = 100 /* entered by hand and not unpacked yet */
};

/* splitmix64 */
uint64_t demo_mix(uint64_t a, uint64_t b)
{
    uint64_t z = a + (b + 1) * UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

uint64_t demo_next(struct demo_random *random)
{
    random->state += UINT64_C(0x9E3779B97F4A7C15);
    return demo_mix(random->state, 0);
}

int64_t demo_below(struct demo_random *random, int64_t below)
{
    return (int64_t)(demo_next(random) % (uint64_t)below);
}

/* True once in n times. */
static bool one_in(struct demo_random *random, int64_t n)
{
    return demo_below(random, n) == 0;
}

/* Year, month and day of a day since 1970, by counting in eras of 400 years from 1 March 0000. */
static void civil_date(int64_t day, int *ret_year, int *ret_month, int *ret_day)
{
    int64_t shifted = day + 719468;
    int64_t era = shifted / 146097, of_era = shifted % 146097;
    int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
    int64_t month = (5 * of_year + 2) / 153;
    *ret_day = (int)(of_year - (153 * month + 2) / 5 + 1);
    *ret_month = (int)(month < 10 ? month + 3 : month - 9);
    *ret_year = (int)(year + era * 400 + (*ret_month <= 2));
}

static void append_digits(struct itg__buf *buf, int value, int digits, char end)
{
    char text[8];
    for (int i = digits; i-- > 0; value /= 10)
        text[i] = (char)('0' + value % 10);
    text[digits] = end;
    itg__buf_add(buf, text, (size_t)digits + (end != '\0'));
}

/* A time as IMI writes it. The library's own writer would bring the time zone of this machine into it. */
static void append_time(struct itg__buf *buf, itg_kind_t kind, int64_t time_ms)
{
    int year, month, day;
    int64_t of_day = time_ms % DAY;
    civil_date(time_ms / DAY, &year, &month, &day);
    if (kind == ITG_KIND_SECOND) {
        append_digits(buf, day, 2, '.');
        append_digits(buf, month, 2, '.');
        append_digits(buf, year, 4, ' ');
    } else {
        append_digits(buf, year, 4, '-');
        append_digits(buf, month, 2, '-');
        append_digits(buf, day, 2, ' ');
    }
    append_digits(buf, (int)(of_day / HOUR), 2, ':');
    append_digits(buf, (int)(of_day / MINUTE % 60), 2, kind == ITG_KIND_MINUTE ? '\0' : ':');
    if (kind != ITG_KIND_MINUTE)
        append_digits(buf, (int)(of_day / 1000 % 60), 2, kind == ITG_KIND_MILLIS ? '.' : '\0');
    if (kind == ITG_KIND_MILLIS)
        append_digits(buf, (int)(of_day % 1000), 3, '\0');
}

static void append_time_value(struct itg__buf *buf, const itg_property_t *property,
                              const itg_thinclient_t *tc)
{
    int64_t time_ms = *(const int64_t *)((const char *)tc + property->offset);
    itg__buf_str(buf, "\"");
    itg__buf_str(buf, property->key);
    itg__buf_str(buf, "\":\"");
    if (time_ms)
        append_time(buf, property->kind, time_ms);
    itg__buf_char(buf, '"');
}

void demo_device_json(struct itg__buf *buf, const itg_thinclient_t *tc)
{
    for (size_t i = 0; i < ITG__PROPERTIES; i++) {
        const itg_property_t *property = &itg__properties[i];
        itg__buf_char(buf, i ? ',' : '{');
        if (property->kind == ITG_KIND_MINUTE || property->kind == ITG_KIND_MILLIS ||
            property->kind == ITG_KIND_SECOND)
            append_time_value(buf, property, tc);
        else
            itg__property_json(buf, property, tc);
    }
    itg__buf_char(buf, '}');
}

/* A model, each as often as its share says. */
static const struct demo_model *pick_model(struct demo_random *random)
{
    int64_t ticket = demo_below(random, 100);
    for (size_t i = 0; i + 1 < demo_model_count; i++) {
        if (ticket < demo_models[i].share)
            return &demo_models[i];
        ticket -= demo_models[i].share;
    }
    return &demo_models[demo_model_count - 1];
}

static void put_serial(char *text, size_t size, const char *prefix, struct demo_random *random)
{
    snprintf(text, size, "%s%06" PRId64, prefix, demo_below(random, 1000000));
}

static void make_hardware(struct demo_device *device, const struct demo_model *model,
                          struct demo_random *random)
{
    itg_thinclient_t *tc = &device->tc;
    tc->product_id = model->product_id;
    tc->device_type = model->device_type;
    tc->os_type = demo_firmwares[tc->firmware_id - 1].product;
    tc->cpu_speed = model->cpu_speed;
    tc->cpu_type = model->cpu_type;
    tc->memory_size = model->memory_size;
    tc->flash_size = model->flash_size;
    tc->network_speed = one_in(random, 12) ? 100 : model->network_speed;
    tc->duplex_mode = "Full";
    tc->graphics_chipset0 = model->graphics_chipset0;
    tc->graphics_memory_size0 = model->graphics_memory_size0;
    tc->graphics_chipset1 = model->graphics_chipset1;
    tc->graphics_memory_size1 = model->graphics_memory_size1;
    tc->bios_vendor = model->bios_vendor;
    tc->bios_version = model->bios_version;
    tc->bios_date = model->bios_date;
    tc->battery_level = model->battery ? 15 + demo_below(random, 86) : -1;
    put_serial(device->device_serial, sizeof device->device_serial, model->serial_prefix, random);
    tc->device_serial_number = device->device_serial;
}

static void make_monitor_texts(struct demo_device *device, int n, const struct demo_monitor *monitor,
                               struct demo_random *random)
{
    put_serial(device->monitor_serial[n], sizeof device->monitor_serial[n], monitor->serial_prefix, random);
    snprintf(device->monitor_year[n], sizeof device->monitor_year[n], "%d",
             2017 + (int)demo_below(random, 7));
    snprintf(device->monitor_week[n], sizeof device->monitor_week[n], "%d", 1 + (int)demo_below(random, 52));
}

/* Most have one monitor, many two of the same, mobile ones often none. */
static void make_monitors(struct demo_device *device, const struct demo_model *model,
                          struct demo_random *random)
{
    itg_thinclient_t *tc = &device->tc;
    int64_t ticket = demo_below(random, 100);
    if (model->battery && ticket < 60)
        return;
    const struct demo_monitor *monitor = &demo_monitors[demo_below(random, (int64_t)demo_monitor_count)];
    make_monitor_texts(device, 0, monitor, random);
    tc->monitor_vendor1 = monitor->vendor;
    tc->monitor_model1 = monitor->model;
    tc->monitor_serialnumber1 = device->monitor_serial[0];
    tc->monitor_size1 = monitor->size;
    tc->monitor_native_resolution1 = monitor->resolution;
    tc->monitor1_year_of_manufacture = device->monitor_year[0];
    tc->monitor1_week_of_manufacture = device->monitor_week[0];
    if (ticket >= 40)
        return;
    make_monitor_texts(device, 1, monitor, random);
    tc->monitor_vendor2 = monitor->vendor;
    tc->monitor_model2 = monitor->model;
    tc->monitor_serialnumber2 = device->monitor_serial[1];
    tc->monitor_size2 = monitor->size;
    tc->monitor_native_resolution2 = monitor->resolution;
    tc->monitor2_year_of_manufacture = device->monitor_year[1];
    tc->monitor2_week_of_manufacture = device->monitor_week[1];
}

/* Registered once, booted lately, in touch since. All by day: no time zone skips an hour then. */
static void make_history(struct demo_device *device, struct demo_random *random)
{
    itg_thinclient_t *tc = &device->tc;
    int64_t served = 1 + demo_below(random, LAUNCH);
    int64_t idle = one_in(random, 20) ? demo_below(random, served) : demo_below(random, 3) % served;
    int64_t boot_day = TODAY - idle;
    tc->registration_date =
        (TODAY - served) * DAY + (7 + demo_below(random, 9)) * HOUR + demo_below(random, 3600) * 1000;
    tc->last_boottime = boot_day * DAY + 6 * HOUR + demo_below(random, 240) * MINUTE;
    if (tc->last_boottime <= tc->registration_date)
        tc->last_boottime = tc->registration_date / MINUTE * MINUTE + 2 * MINUTE;
    tc->last_contact = tc->last_boottime + MINUTE + demo_below(random, 6 * HOUR);
    tc->total_uptime = (served - idle) * (8 * HOUR + demo_below(random, HOUR)) / 7 * 5;
    tc->total_usagetime = tc->total_uptime / 100 * (55 + demo_below(random, 40));
    tc->config_changes = one_in(random, 15) ? "PENDING" : "APPLIED";
    tc->is_registered = 1;
    tc->is_via_proxy = one_in(random, 25);
}

static void make_user(struct demo_device *device, struct demo_random *random)
{
    if (one_in(random, 12))
        return;
    snprintf(device->user, sizeof device->user, "%s.%s",
             demo_given_names[demo_below(random, (int64_t)demo_given_name_count)],
             demo_family_names[demo_below(random, (int64_t)demo_family_name_count)]);
    device->tc.last_user = device->user;
}

/* What people enter by hand. */
static void make_inventory(struct demo_device *device, int64_t index, const struct demo_place *place,
                           const struct demo_model *model, struct demo_random *random)
{
    itg_thinclient_t *tc = &device->tc;
    const struct demo_department *department =
        place->department ? place->department
                          : &demo_departments[demo_below(random, (int64_t)demo_department_count)];
    int year, month, day;
    tc->site = place->city ? place->city->name : place->name;
    tc->department = department->name;
    tc->cost_center = department->cost_center;
    snprintf(device->asset, sizeof device->asset, "%s-%06" PRId64, place->city ? place->city->code : "INV",
             index + 1);
    tc->asset_id = device->asset;
    civil_date(TODAY - 30 - demo_below(random, LAUNCH), &year, &month, &day);
    snprintf(device->inservice, sizeof device->inservice, "%04d-%02d-%02d", year, month, day);
    tc->inservice_date = device->inservice;
    put_serial(device->serial, sizeof device->serial, model->serial_prefix, random);
    tc->serial_number = device->serial;
    if (one_in(random, 14))
        tc->comment = demo_comments[demo_below(random, (int64_t)demo_comment_count)];
}

static void make_network(struct demo_device *device, int64_t index, const struct demo_place *place)
{
    int64_t host = index - place->first_index;
    int64_t net = place->first_net + host / HOSTS_IN_NET;
    snprintf(device->ip, sizeof device->ip, "10.%d.%d.%d", (int)(net >> 8 & 255), (int)(net & 255),
             (int)(FIRST_HOST + host % HOSTS_IN_NET));
    snprintf(device->network_name, sizeof device->network_name, "%s", device->name);
    device->tc.last_ip = device->ip;
    device->tc.network_name = device->network_name;
}

/* Sites differ in how they call their thin clients: by the MAC, as the software does, or by place and number.
 */
static void make_name(struct demo_device *device, int64_t index, const struct demo_place *place)
{
    if (place && place->city && place->city->code[0] % 2)
        snprintf(device->name, sizeof device->name, "%s-TC-%06" PRId64, place->city->code, index + 1);
    else
        snprintf(device->name, sizeof device->name, "ITC%s", device->mac);
}

void demo_device_make(struct demo_device *device, uint64_t seed, int64_t index, int64_t id,
                      const struct demo_place *place)
{
    struct demo_random random = {demo_mix(seed, (uint64_t)index)};
    const struct demo_model *model = pick_model(&random);
    int64_t suffix = (index * SUFFIX_STEP + (int64_t)(seed % SUFFIXES)) % SUFFIXES;
    itg_thinclient_t *tc = &device->tc;
    *tc = itg__thinclient_defaults;
    snprintf(device->mac, sizeof device->mac, "%s%06X", model->mac_prefix, (unsigned)suffix);
    tc->id = id;
    tc->mac = device->mac;
    tc->unit_id = device->mac;
    tc->firmware_id = 1 + model->firmware_first + demo_below(&random, model->firmware_count);
    make_name(device, index, place);
    tc->name = device->name;
    tc->parent_id = place ? place->id : ITG_ROOT_THINCLIENTS;
    if (!place || one_in(&random, ONE_IN_UNREGISTERED))
        return;
    make_inventory(device, index, place, model, &random);
    make_network(device, index, place);
    make_hardware(device, model, &random);
    make_monitors(device, model, &random);
    make_history(device, &random);
    make_user(device, &random);
}
