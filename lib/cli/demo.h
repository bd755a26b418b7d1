/* The parts of itg demo. */
#ifndef ITG__CLI_DEMO_H
#define ITG__CLI_DEMO_H

#include "cli/demo_data.h"
#include "core/text.h"
#include <itg/itg.h>

/* Where something stands in the tree of thin clients; handed from a directory to what is in it. */
struct demo_place {
    int64_t id;        /* of the directory */
    int64_t parent_id; /* of the directory above it */
    char name[64];
    uint64_t key; /* what is made up about this place is derived from it */
    int level;
    bool in_bin;
    const struct demo_region *region;
    const struct demo_country *country;
    const struct demo_city *city;
    const struct demo_department *department;
    int64_t first_net;   /* of the site: its first /24 network */
    int64_t first_index; /* of the site: its first thin client */
};

/* A source of numbers that depends on nothing but its seed. */
struct demo_random {
    uint64_t state;
};

uint64_t demo_mix(uint64_t a, uint64_t b);
uint64_t demo_next(struct demo_random *random);
/* A number from 0 to below - 1. */
int64_t demo_below(struct demo_random *random, int64_t below);

/* One thin client, its texts in it. */
struct demo_device {
    itg_thinclient_t tc;
    char mac[13];
    char ip[16];
    char name[64];
    char network_name[64];
    char user[64];
    char asset[32];
    char serial[32];
    char device_serial[32];
    char inservice[36];
    char monitor_serial[2][32];
    char monitor_year[2][8];
    char monitor_week[2][8];
};

/* Makes up the thin client with this index (from 0) of all. Times are local times as if local were UTC.
 * place NULL: one that has never reported and stands at the root. */
void demo_device_make(struct demo_device *device, uint64_t seed, int64_t index, int64_t id,
                      const struct demo_place *place);
/* Appends it as JSON, members in the order of the property table. */
void demo_device_json(struct itg__buf *buf, const itg_thinclient_t *tc);

#endif
