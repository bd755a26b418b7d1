/* itg demo: a made-up fleet of any size, the same for the same seed. Nothing is remembered: the tree is
 * walked once for its directories, once for its thin clients and once for the assignments, and everything in
 * it follows from the seed and the path to it. */
#include "cli/demo.h"
#include "cli/cli.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
    FLUSH_SIZE = 1 << 16,
    PROFILES_MAX = 200,
    ONE_IN_NEW = 60,           /* thin clients at the root: came by themselves, nobody sorted them in */
    ONE_IN_ASSIGNED_TC = 97,   /* thin clients with a profile of their own */
    ONE_IN_ASSIGNED_DIR = 3,   /* directories with profiles */
    ONE_IN_UNSORTED = 40,      /* of a site, those that stand directly in its directory */
    ITEMS_IN_BIN = 6,          /* about, of each kind */
    THINCLIENTS_IN_DIR = 12,   /* about, in a directory */
    NETS_IN_REGISTER = 1 << 16 /* /24 networks in 10.0.0.0/8 */
};

enum level { REGION, COUNTRY, SITE, BUILDING, FLOOR, DEPARTMENT, TEAM, ROW, LEVELS };

/* How a level divides what is above it. A level that would have one directory is left out, unless needed. */
static const struct {
    int64_t least; /* thin clients that a directory of it is worth */
    int64_t most;  /* directories side by side */
    bool needed;
} levels[LEVELS] = {
    [REGION] = {100, 3, true},   [COUNTRY] = {50, 10, true}, [SITE] = {25, 12, true},
    [BUILDING] = {60, 6, false}, [FLOOR] = {24, 9, false},   [DEPARTMENT] = {8, 6, false},
    [TEAM] = {10, 5, false},     [ROW] = {8, 4, false},
};

struct demo {
    FILE *out;
    struct itg__buf buf;
    uint64_t seed;
    int64_t thinclients;
    int64_t bin_every_tc, bin_every_dir;
    int64_t profiles, masterprofiles;
    /* First ids, in the order in which ids were given. */
    int64_t profile_dirs_at, thinclients_at, profiles_at;
    /* Where the walk is. */
    int64_t next_dir, next_index, next_net;
    bool failed;
    bool first; /* in its array */
    void (*on_directory)(struct demo *demo, const struct demo_place *place);
    void (*on_thinclients)(struct demo *demo, const struct demo_place *place, int64_t count);
};

static void flush(struct demo *demo)
{
    if (demo->buf.failed || fwrite(demo->buf.data, 1, demo->buf.length, demo->out) != demo->buf.length)
        demo->failed = true;
    demo->buf.length = 0;
}

/* Begins an element of the current array. */
static struct itg__buf *element(struct demo *demo)
{
    if (demo->buf.length > FLUSH_SIZE)
        flush(demo);
    itg__buf_str(&demo->buf, demo->first ? "\n" : ",\n");
    demo->first = false;
    return &demo->buf;
}

static void begin_array(struct demo *demo, const char *name, bool first)
{
    itg__buf_str(&demo->buf, first ? "{" : ",\n");
    itg__buf_json(&demo->buf, name);
    itg__buf_str(&demo->buf, ":[");
    demo->first = true;
}

static void end_array(struct demo *demo)
{
    itg__buf_str(&demo->buf, demo->first ? "]" : "\n]");
}

/* `"key":"123"` */
static void add_id(struct itg__buf *buf, const char *key, int64_t id)
{
    itg__buf_str(buf, key);
    itg__buf_str(buf, ":\"");
    itg__buf_int(buf, id);
    itg__buf_char(buf, '"');
}

/* What every object ends with. */
static void add_object(struct itg__buf *buf, int64_t id, const char *name, int64_t parent_id, bool in_bin,
                       itg_type_t type)
{
    add_id(buf, "\"id\"", id);
    itg__buf_str(buf, ",\"name\":");
    itg__buf_json(buf, name);
    add_id(buf, ",\"parentID\"", parent_id);
    itg__buf_str(buf, in_bin ? ",\"movedToBin\":true" : ",\"movedToBin\":false");
    itg__buf_str(buf, ",\"objectType\":");
    itg__buf_json(buf, itg_type_name(type));
    itg__buf_char(buf, '}');
}

/* How many directories a level gets for so many thin clients; 0: it is left out. */
static int64_t fan_out(const struct demo_place *place, int level, int64_t quota)
{
    int64_t most = levels[level].most;
    if (quota == 0)
        return 0;
    if (level == REGION && most > (int64_t)demo_region_count)
        most = (int64_t)demo_region_count;
    if (level == COUNTRY && most > (int64_t)place->region->count)
        most = (int64_t)place->region->count;
    if (level == SITE && most > (int64_t)place->country->count)
        most = (int64_t)place->country->count;
    if (most > quota / levels[level].least)
        most = quota / levels[level].least;
    if (most <= 1)
        return levels[level].needed;
    return most - (int64_t)(demo_mix(place->key, (uint64_t)level) % (uint64_t)((most + 2) / 3));
}

static void name_place(struct demo_place *place, int level, int64_t n)
{
    static const char *const patterns[LEVELS] = {
        [FLOOR] = "Floor %" PRId64, [TEAM] = "Team %" PRId64, [ROW] = "Row %" PRId64};
    const char *name = NULL;
    if (level == REGION)
        name = (place->region = &demo_regions[n])->name;
    else if (level == COUNTRY)
        name = (place->country = &place->region->countries[n])->name;
    else if (level == SITE)
        name = (place->city = &place->country->cities[n])->name;
    else if (level == BUILDING)
        name = demo_buildings[(size_t)n % demo_building_count];
    else if (level == DEPARTMENT)
        name = (place->department = &demo_departments[(place->key % 97 + (size_t)n) % demo_department_count])
                   ->name;
    if (name)
        snprintf(place->name, sizeof place->name, "%s", name);
    else
        snprintf(place->name, sizeof place->name, patterns[level], n + 1);
}

static void enter_site(struct demo *demo, struct demo_place *place, int64_t quota)
{
    place->first_net = demo->next_net;
    place->first_index = demo->next_index;
    demo->next_net = (demo->next_net + quota / 250 + 1) % NETS_IN_REGISTER;
}

/* The n-th directory in a place. */
static struct demo_place child_place(struct demo *demo, const struct demo_place *parent, int level, int64_t n)
{
    struct demo_place place = *parent;
    place.id = demo->next_dir++;
    place.parent_id = parent->id;
    place.level = level;
    name_place(&place, level, n);
    place.key = demo_mix(parent->key, (uint64_t)(level * 1000 + n));
    if (level >= FLOOR && demo_mix(place.key, 1) % (uint64_t)demo->bin_every_dir == 0)
        place.in_bin = true;
    return place;
}

/* Children differ in size, up to sevenfold. */
static int64_t weight(const struct demo_place *parent, int level, int64_t n)
{
    return 1 + (int64_t)(demo_mix(parent->key, (uint64_t)(level * 1000 + 500 + n)) % 7);
}

static void leave_here(struct demo *demo, const struct demo_place *place, int64_t count)
{
    if (demo->on_thinclients && count > 0)
        demo->on_thinclients(demo, place, count);
    demo->next_index += count;
}

/* Shares a place's thin clients out among its directories of this level and the levels below. */
static void descend(struct demo *demo, const struct demo_place *place, int level, int64_t quota)
{
    while (level < LEVELS && fan_out(place, level, quota) == 0)
        level++;
    if (level == LEVELS) {
        leave_here(demo, place, quota);
        return;
    }
    int64_t children = fan_out(place, level, quota), weights = 0, before = 0;
    if (place->level == SITE) {
        leave_here(demo, place, quota / ONE_IN_UNSORTED);
        quota -= quota / ONE_IN_UNSORTED;
    }
    for (int64_t n = 0; n < children; n++)
        weights += weight(place, level, n);
    for (int64_t n = 0; n < children && !demo->failed; n++) {
        int64_t upto = before + weight(place, level, n);
        int64_t share = quota * upto / weights - quota * before / weights;
        struct demo_place child = child_place(demo, place, level, n);
        if (level == SITE)
            enter_site(demo, &child, share);
        if (demo->on_directory)
            demo->on_directory(demo, &child);
        descend(demo, &child, level + 1, share);
        before = upto;
    }
}

static void walk(struct demo *demo, void (*on_directory)(struct demo *, const struct demo_place *),
                 void (*on_thinclients)(struct demo *, const struct demo_place *, int64_t))
{
    struct demo_place root = {.id = ITG_ROOT_THINCLIENTS, .level = -1, .key = demo_mix(demo->seed, 7)};
    int64_t unsorted = demo->thinclients / ONE_IN_NEW;
    demo->on_directory = on_directory;
    demo->on_thinclients = on_thinclients;
    demo->next_dir = 1;
    demo->next_index = 0;
    demo->next_net = 0;
    leave_here(demo, &root, unsorted);
    descend(demo, &root, REGION, demo->thinclients - unsorted);
}

static void write_firmwares(struct demo *demo)
{
    begin_array(demo, "firmwares", true);
    for (size_t i = 0; i < demo_firmware_count; i++) {
        struct itg__buf *buf = element(demo);
        add_id(buf, "{\"id\"", (int64_t)i + 1);
        itg__buf_str(buf, ",\"product\":");
        itg__buf_json(buf, demo_firmwares[i].product);
        itg__buf_str(buf, ",\"version\":");
        itg__buf_json(buf, demo_firmwares[i].version);
        itg__buf_str(buf, ",\"firmwareType\":");
        itg__buf_json(buf, demo_firmwares[i].type);
        itg__buf_char(buf, '}');
    }
    end_array(demo);
}

static void write_directory(struct demo *demo, const struct demo_place *place)
{
    struct itg__buf *buf = element(demo);
    itg__buf_char(buf, '{');
    add_object(buf, place->id, place->name, place->parent_id, place->in_bin, ITG_TYPE_THINCLIENT_DIRECTORY);
}

static bool begins_directory(const struct demo_topic *topics, size_t i)
{
    return i == 0 || strcmp(topics[i].directory, topics[i - 1].directory) != 0;
}

/* One directory for each that topics name. */
static void write_topic_directories(struct demo *demo, const struct demo_topic *topics, size_t count,
                                    int64_t root, itg_type_t type)
{
    for (size_t i = 0; i < count; i++) {
        if (!begins_directory(topics, i))
            continue;
        struct itg__buf *buf = element(demo);
        itg__buf_char(buf, '{');
        add_object(buf, demo->next_dir++, topics[i].directory, root, false, type);
    }
}

static void write_directories(struct demo *demo)
{
    begin_array(demo, "directories", false);
    walk(demo, write_directory, NULL);
    demo->profile_dirs_at = demo->next_dir;
    write_topic_directories(demo, demo_topics, demo_topic_count, ITG_ROOT_PROFILES,
                            ITG_TYPE_PROFILE_DIRECTORY);
    write_topic_directories(demo, demo_master_topics, demo_master_topic_count, ITG_ROOT_MASTERPROFILES,
                            ITG_TYPE_MASTERPROFILE_DIRECTORY);
    end_array(demo);
    demo->thinclients_at = demo->next_dir;
}

static bool tc_in_bin(const struct demo *demo, const struct demo_place *place, int64_t index)
{
    return place->in_bin || demo_mix(demo->seed + 3, (uint64_t)index) % (uint64_t)demo->bin_every_tc == 0;
}

static void write_thinclients_here(struct demo *demo, const struct demo_place *place, int64_t count)
{
    bool at_root = place->id == ITG_ROOT_THINCLIENTS;
    for (int64_t index = demo->next_index; index < demo->next_index + count && !demo->failed; index++) {
        struct demo_device device;
        demo_device_make(&device, demo->seed, index, demo->thinclients_at + index, at_root ? NULL : place);
        device.tc.in_bin = tc_in_bin(demo, place, index);
        demo_device_json(element(demo), &device.tc);
    }
}

static void write_thinclients(struct demo *demo)
{
    begin_array(demo, "thinclients", false);
    walk(demo, NULL, write_thinclients_here);
    end_array(demo);
    demo->profiles_at = demo->thinclients_at + demo->thinclients;
}

/* The id of the directory for a topic; directories stand in the topics' order from `at` on. */
static int64_t topic_directory(const struct demo_topic *topics, size_t index, int64_t at)
{
    for (size_t i = 1; i <= index; i++)
        at += begins_directory(topics, i);
    return at;
}

static int64_t topic_directories(const struct demo_topic *topics, size_t count)
{
    return topic_directory(topics, count - 1, 1);
}

static void add_profile_head(struct itg__buf *buf, int64_t firmware_id, bool master, bool overrides)
{
    add_id(buf, "{\"firmwareID\"", firmware_id);
    itg__buf_str(buf, master ? ",\"isMasterProfile\":true" : ",\"isMasterProfile\":false");
    itg__buf_str(buf, overrides ? ",\"overridesSessions\":true," : ",\"overridesSessions\":false,");
}

/* The last one is in the recycle bin, and assigned to nothing. */
static void write_profile(struct demo *demo, int64_t n)
{
    const struct demo_department *department =
        &demo_departments[((size_t)n / demo_topic_count) % demo_department_count];
    size_t topic = (size_t)n % demo_topic_count;
    char name[128];
    snprintf(name, sizeof name, "%s - %s", demo_topics[topic].name, department->name);
    struct itg__buf *buf = element(demo);
    add_profile_head(buf, 1 + n % (int64_t)demo_firmware_count, false, n % 7 == 0);
    add_object(buf, demo->profiles_at + n, name, topic_directory(demo_topics, topic, demo->profile_dirs_at),
               n + 1 == demo->profiles, ITG_TYPE_PROFILE);
}

static void write_masterprofile(struct demo *demo, int64_t n)
{
    int64_t at = demo->profile_dirs_at + topic_directories(demo_topics, demo_topic_count);
    struct itg__buf *buf = element(demo);
    add_profile_head(buf, (int64_t)demo_firmware_count - n % 3, true, false);
    add_object(buf, demo->profiles_at + demo->profiles + n, demo_master_topics[n].name,
               topic_directory(demo_master_topics, (size_t)n, at), false, ITG_TYPE_MASTERPROFILE);
}

static void write_profiles(struct demo *demo)
{
    begin_array(demo, "profiles", false);
    for (int64_t n = 0; n < demo->profiles; n++)
        write_profile(demo, n);
    for (int64_t n = 0; n < demo->masterprofiles; n++)
        write_masterprofile(demo, n);
    end_array(demo);
}

static void write_assignment(struct demo *demo, int64_t profile, bool master, int64_t receiver,
                             itg_type_t type)
{
    struct itg__buf *buf = element(demo);
    add_id(buf, "{\"assignee\":{\"id\"", profile);
    itg__buf_str(buf, master ? ",\"type\":\"masterprofile\"}," : ",\"type\":\"profile\"},");
    add_id(buf, "\"receiver\":{\"id\"", receiver);
    itg__buf_str(buf, ",\"type\":");
    itg__buf_json(buf, itg_type_name(type));
    itg__buf_str(buf, "}}");
}

static void assign_to_directory(struct demo *demo, const struct demo_place *place)
{
    if (place->in_bin)
        return;
    if (place->level == REGION)
        for (int64_t n = 0; n < demo->masterprofiles; n++)
            write_assignment(demo, demo->profiles_at + demo->profiles + n, true, place->id,
                             ITG_TYPE_THINCLIENT_DIRECTORY);
    int64_t usable = demo->profiles - 1;
    uint64_t hash = demo_mix(place->key, 2);
    if (usable < 2 || hash % ONE_IN_ASSIGNED_DIR != 0)
        return;
    int64_t first = (int64_t)(hash >> 8) & 0xFFFF, step = 1 + first % (usable - 1);
    for (int64_t n = 0; n < 1 + (int64_t)(hash >> 4 & 1); n++)
        write_assignment(demo, demo->profiles_at + (first + n * step) % usable, false, place->id,
                         ITG_TYPE_THINCLIENT_DIRECTORY);
}

static void assign_to_thinclients(struct demo *demo, const struct demo_place *place, int64_t count)
{
    int64_t usable = demo->profiles - 1;
    for (int64_t index = demo->next_index; index < demo->next_index + count && usable > 0; index++) {
        uint64_t hash = demo_mix(demo->seed + 5, (uint64_t)index);
        if (hash % ONE_IN_ASSIGNED_TC == 0 && !tc_in_bin(demo, place, index))
            write_assignment(demo, demo->profiles_at + (int64_t)((hash >> 8) % (uint64_t)usable), false,
                             demo->thinclients_at + index, ITG_TYPE_THINCLIENT);
    }
}

static void write_assignments(struct demo *demo)
{
    begin_array(demo, "assignments", false);
    walk(demo, assign_to_directory, assign_to_thinclients);
    end_array(demo);
}

static int64_t at_least(int64_t value, int64_t least)
{
    return value < least ? least : value;
}

static int64_t at_most(int64_t value, int64_t most)
{
    return value > most ? most : value;
}

static void init(struct demo *demo, const struct cli_values *values)
{
    int64_t count = values->thinclients;
    *demo = (struct demo){
        .out = stdout,
        .seed = demo_mix((uint64_t)values->seed, 11),
        .thinclients = count,
        .bin_every_tc = at_least(count / ITEMS_IN_BIN, 80),
        .bin_every_dir = at_least(count / THINCLIENTS_IN_DIR / ITEMS_IN_BIN, 30),
        .profiles = at_most(8 + count / 40, PROFILES_MAX),
        .masterprofiles = at_most(1 + count / 200, (int64_t)demo_master_topic_count),
    };
}

int cli_demo(struct cli *cli)
{
    struct demo demo;
    init(&demo, &cli->values);
    write_firmwares(&demo);
    write_directories(&demo);
    write_thinclients(&demo);
    write_profiles(&demo);
    write_assignments(&demo);
    itg__buf_str(&demo.buf, "}\n");
    flush(&demo);
    itg__buf_dispose(&demo.buf);
    return cli_written(!demo.failed && fflush(stdout) == 0);
}
