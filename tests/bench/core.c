/* The core and IMI in one process against raw SQLite doing the same by hand.
 *     bench-core FLEET.json DIRECTORY [ROUNDS] [NAME...]
 * FLEET.json is what `itg demo` prints. Works in DIRECTORY, leaves fleet.db (the imported fleet) and raw.db there.
 * With names, only these comparisons run. */
#include "measure.h"
#include <fcntl.h>
#include <itg/imi.h>
#include <itg/itg.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    BATCH = 1000,      /* rows in a transaction of the raw import */
    WRITERS = 16,      /* clients that create at once */
    CREATES = 8000,    /* in all of them, a round */
    SYNCS = 2000,      /* of the disk, a round */
    COMMANDED = 10000, /* ids in one command */
    ASSIGNED = 25,     /* profiles that reach one thin client */
    DEEP = 8,          /* directories above it */
    EXPLAINED = 2000,
    LOOKUPS = 100000
};

static char fleet_path[4096], raw_path[4096], scratch_path[4096], sync_path[4096];
static const char *json;
static size_t json_size;
static int64_t thinclients;

static int fail(const char *what, const itg_failure_t *failure)
{
    fprintf(stderr, "%s: %s %s\n", what, failure ? itg_error_code(failure->code) : "",
            failure ? failure->message : "");
    return -1;
}

static void forget(const char *path)
{
    char name[4110];
    static const char *const ends[] = {"", "-wal", "-shm"};
    for (int i = 0; i < 3; i++) {
        snprintf(name, sizeof name, "%s%s", path, ends[i]);
        unlink(name);
    }
}

/* ---- import */

struct source {
    size_t at;
};

static int64_t read_json(void *ctx, char *buf, size_t size)
{
    struct source *source = ctx;
    size_t left = json_size - source->at;
    size = size < left ? size : left;
    memcpy(buf, json + source->at, size);
    source->at += size;
    return (int64_t)size;
}

static int64_t import_into(const char *path)
{
    struct source source = {0};
    itg_failure_t failure = {0};
    itg_fleetfile_counts_t counts = {0};
    itg_t *itg = NULL;
    forget(path);
    if (itg_open(path, NULL, &itg, &failure))
        return fail("open", &failure);
    if (itg_import(itg, read_json, &source, NULL, NULL, &counts, &failure))
        counts.thinclients = fail("import", &failure);
    itg_close(itg);
    return counts.thinclients;
}

static int64_t import_ours(void *ctx)
{
    (void)ctx;
    return import_into(scratch_path);
}

static bool run_sql(sqlite3 *db, const char *sql)
{
    char *message = NULL;
    if (sqlite3_exec(db, sql, NULL, NULL, &message) == SQLITE_OK)
        return true;
    fprintf(stderr, "%s: %s\n", sql, message);
    sqlite3_free(message);
    return false;
}

static sqlite3 *open_raw(const char *path)
{
    sqlite3 *db = NULL;
    if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL) !=
            SQLITE_OK ||
        !run_sql(db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -65536")) {
        sqlite3_close(db);
        return NULL;
    }
    return db;
}

/* The same tables with the same indexes, from the fleet's own file. */
static bool copy_schema(sqlite3 *from, sqlite3 *to)
{
    sqlite3_stmt *stmt = NULL;
    bool ok = sqlite3_prepare_v2(from,
                                 "SELECT sql FROM sqlite_schema WHERE tbl_name IN ('object', 'thinclient') "
                                 "AND type <> 'trigger' AND sql IS"
                                 " NOT NULL ORDER BY type DESC",
                                 -1, &stmt, NULL) == SQLITE_OK;
    while (ok && sqlite3_step(stmt) == SQLITE_ROW)
        ok = run_sql(to, (const char *)sqlite3_column_text(stmt, 0));
    sqlite3_finalize(stmt);
    return ok;
}

static sqlite3_stmt *insert_for(sqlite3 *to, const char *table, int columns)
{
    char sql[1024];
    sqlite3_stmt *stmt = NULL;
    int length = snprintf(sql, sizeof sql, "INSERT INTO %s VALUES(", table);
    for (int i = 0; i < columns; i++)
        length += snprintf(sql + length, sizeof sql - (size_t)length, "%s?", i ? "," : "");
    snprintf(sql + length, sizeof sql - (size_t)length, ")");
    sqlite3_prepare_v2(to, sql, -1, &stmt, NULL);
    return stmt;
}

static bool copy_row(sqlite3_stmt *from, sqlite3_stmt *to)
{
    for (int i = 0; i < sqlite3_column_count(from); i++)
        sqlite3_bind_value(to, i + 1, sqlite3_column_value(from, i));
    bool ok = sqlite3_step(to) == SQLITE_DONE;
    return sqlite3_reset(to) == SQLITE_OK && ok;
}

/* @param to  NULL: only reads, to know what that costs. @return rows, or -1 */
static int64_t copy_table(sqlite3 *from, sqlite3 *to, const char *table)
{
    char sql[128];
    sqlite3_stmt *read = NULL, *write = NULL;
    int64_t rows = 0;
    snprintf(sql, sizeof sql, "SELECT * FROM %s WHERE id > 0 ORDER BY id", table);
    if (sqlite3_prepare_v2(from, sql, -1, &read, NULL) != SQLITE_OK)
        return -1;
    if (to)
        write = insert_for(to, table, sqlite3_column_count(read));
    while (rows >= 0 && sqlite3_step(read) == SQLITE_ROW) {
        bool ok = true;
        if (to && rows % BATCH == 0)
            ok = run_sql(to, rows ? "COMMIT; BEGIN" : "BEGIN");
        for (int i = 0; !to && i < sqlite3_column_count(read); i++)
            sqlite3_column_value(read, i);
        ok = ok && (!to || (write && copy_row(read, write)));
        rows = ok ? rows + 1 : -1;
    }
    if (to && rows > 0 && !run_sql(to, "COMMIT"))
        rows = -1;
    sqlite3_finalize(read);
    sqlite3_finalize(write);
    return rows;
}

/* Rows come from the imported fleet, which costs little beside inserting them; object first, for its references. */
static int64_t import_raw(void *ctx)
{
    (void)ctx;
    sqlite3 *from = open_raw(fleet_path), *to = NULL;
    int64_t rows = -1;
    forget(scratch_path);
    to = open_raw(scratch_path);
    if (from && to && copy_schema(from, to) && copy_table(from, to, "object") > 0)
        rows = copy_table(from, to, "thinclient");
    sqlite3_close(from);
    sqlite3_close(to);
    return rows;
}

/* ---- lists */

static itg_t *fleet;
static itg_imi_t *imi;

static int64_t drain(itg_imi_response_t *response)
{
    static char buf[65536];
    int64_t total = 0, got;
    int32_t status = itg_imi_response_status(response);
    while ((got = itg_imi_response_read(response, buf, sizeof buf)) > 0)
        total += got;
    itg_imi_response_free(response);
    return status == 200 && got == 0 ? total : -1;
}

static int64_t get(const char *target)
{
    itg_imi_request_t request = {.size = sizeof request, .method = "GET", .target = target};
    return drain(itg_imi_handle(imi, &request));
}

static int64_t list(void *target)
{
    return get(target) > 0 ? thinclients : -1;
}

static sqlite3 *raw;

/* Every column of every row is looked at, as whoever writes them out has to. */
static int64_t scan(void *sql)
{
    sqlite3_stmt *stmt = NULL;
    int64_t rows = 0;
    volatile size_t seen = 0;
    if (sqlite3_prepare_v2(raw, sql, -1, &stmt, NULL) != SQLITE_OK)
        return fail(sqlite3_errmsg(raw), NULL);
    while (sqlite3_step(stmt) == SQLITE_ROW) {
        for (int i = 0; i < sqlite3_column_count(stmt); i++) {
            if (sqlite3_column_type(stmt, i) == SQLITE_TEXT)
                seen += sqlite3_column_text(stmt, i)[0];
            else
                seen += (size_t)sqlite3_column_int64(stmt, i);
        }
        rows++;
    }
    sqlite3_finalize(stmt);
    (void)seen;
    return rows;
}

/* Single rows by id, all over the table, each a search of its own: what a request cannot do without. */
static int64_t look_up(void *ctx)
{
    sqlite3_stmt *stmt = NULL;
    volatile size_t seen = 0;
    int64_t highest = *(const int64_t *)ctx;
    uint64_t random = 88172645463325252u;
    if (sqlite3_prepare_v2(raw, "SELECT * FROM tc11 WHERE id >= ?1 LIMIT 1", -1, &stmt, NULL) != SQLITE_OK)
        return fail(sqlite3_errmsg(raw), NULL);
    for (int i = 0; i < LOOKUPS; i++) {
        random ^= random << 13, random ^= random >> 7, random ^= random << 17;
        sqlite3_bind_int64(stmt, 1, (int64_t)(random % (uint64_t)highest));
        if (sqlite3_step(stmt) == SQLITE_ROW)
            for (int c = 0; c < sqlite3_column_count(stmt); c++)
                seen += sqlite3_column_type(stmt, c) == SQLITE_TEXT ? (size_t)sqlite3_column_text(stmt, c)[0]
                                                                    : (size_t)sqlite3_column_int64(stmt, c);
        sqlite3_reset(stmt);
    }
    (void)seen;
    sqlite3_finalize(stmt);
    return LOOKUPS;
}

/* One flat table with the columns of the short form, and one with those of the details. */
static int make_raw(void)
{
    char sql[8192];
    forget(raw_path);
    raw = open_raw(raw_path);
    if (!raw)
        return -1;
    snprintf(
        sql, sizeof sql,
        "ATTACH '%s' AS fleet;"
        "CREATE TABLE tc11(id INTEGER PRIMARY KEY, unit_id TEXT UNIQUE, mac TEXT, firmware_id INTEGER, "
        "last_ip TEXT,"
        " last_user TEXT, battery INTEGER, name TEXT, parent_id INTEGER, in_bin INTEGER, type INTEGER);"
        "INSERT INTO tc11 SELECT t.id, unit_id, mac, firmware_id, last_ip, last_user, battery_level, o.name,"
        " o.parent_id, o.bin_id IS NOT NULL, o.type FROM fleet.thinclient t JOIN fleet.object o ON o.id = "
        "t.id"
        " ORDER BY t.id;"
        "CREATE TABLE details AS SELECT t.*, o.name, o.parent_id, o.bin_id FROM fleet.thinclient t"
        " JOIN fleet.object o ON o.id = t.id ORDER BY t.id;"
        "DETACH fleet",
        fleet_path);
    return run_sql(raw, sql) ? 0 : -1;
}

/* ---- export */

static int32_t swallow(void *ctx, const char *bytes, size_t size)
{
    (void)bytes;
    *(int64_t *)ctx += (int64_t)size;
    return 0;
}

static int64_t export_all(void *ctx)
{
    int64_t bytes = 0;
    itg_failure_t failure = {0};
    itg_fleetfile_counts_t counts = {0};
    (void)ctx;
    if (itg_export(fleet, swallow, &bytes, NULL, NULL, &counts, &failure))
        return fail("export", &failure);
    return counts.thinclients;
}

/* ---- durable writes */

static itg_t *scratch;
static int64_t firmware;
static atomic_int_fast64_t next_mac;
static int64_t made[CREATES];

static int64_t sync_disk(void *ctx)
{
    static char page[4096];
    (void)ctx;
    int fd = open(sync_path, O_CREAT | O_TRUNC | O_WRONLY, 0600);
    int64_t done = 0;
    while (fd >= 0 && done < SYNCS && write(fd, page, sizeof page) == (ssize_t)sizeof page &&
           fdatasync(fd) == 0)
        done++;
    close(fd);
    unlink(sync_path);
    return done == SYNCS ? done : -1;
}

static void *create_some(void *arg)
{
    int64_t *first = arg;
    for (int i = 0; i < CREATES / WRITERS; i++) {
        char mac[13], id[24];
        snprintf(mac, sizeof mac, "%012llX",
                 (unsigned long long)(atomic_fetch_add(&next_mac, 1) & 0xFFFFFFFFFFFF));
        snprintf(id, sizeof id, "%lld", (long long)firmware);
        const itg_value_t values[] = {{"mac", mac}, {"firmwareID", id}, {"site", "Bremen"}};
        itg_failure_t failure = {0};
        if (itg_thinclient_create(scratch, values, 3, &first[i], &failure)) {
            fail("create", &failure);
            return arg;
        }
    }
    return NULL;
}

static void *update_some(void *arg)
{
    const int64_t *first = arg;
    static atomic_int turn;
    for (int i = 0; i < CREATES / WRITERS; i++) {
        char site[24];
        snprintf(site, sizeof site, "Site %d", atomic_fetch_add(&turn, 1));
        const itg_value_t values[] = {{"site", site}};
        itg_failure_t failure = {0};
        if (itg_thinclient_update(scratch, first[i], values, 1, &failure)) {
            fail("update", &failure);
            return arg;
        }
    }
    return NULL;
}

static int64_t by_writers(void *work)
{
    pthread_t threads[WRITERS];
    void *(*const *function)(void *) = work;
    int64_t done = CREATES;
    for (int i = 0; i < WRITERS; i++)
        pthread_create(&threads[i], NULL, *function, &made[i * (CREATES / WRITERS)]);
    for (int i = 0; i < WRITERS; i++) {
        void *result = NULL;
        pthread_join(threads[i], &result);
        if (result)
            done = -1;
    }
    return done;
}

/* ---- settings */

static int64_t under_settings;

static int32_t count_setting(void *ctx, const itg_effective_t *setting)
{
    (void)setting;
    ++*(int64_t *)ctx;
    return 0;
}

static int64_t effective_one(void *ctx)
{
    (void)ctx;
    itg_failure_t failure = {0};
    for (int i = 0; i < EXPLAINED; i++) {
        int64_t count = 0;
        if (itg_effective_each(scratch, under_settings, count_setting, &count, &failure))
            return fail("effective settings", &failure);
    }
    return EXPLAINED;
}

/* ASSIGNED profiles of ten settings each, over DEEP directories and the thin client itself. */
static int make_settings(void)
{
    itg_failure_t failure = {0};
    int64_t chain[DEEP + 1] = {ITG_ROOT_THINCLIENTS}, parent = ITG_ROOT_THINCLIENTS;
    char key[64], id[24], directory[24];
    for (int i = 0; i < DEEP; i++) {
        if (itg_directory_create(scratch, ITG_TYPE_THINCLIENT_DIRECTORY, "level", parent, &chain[i],
                                 &failure))
            return fail("directory", &failure);
        parent = chain[i];
    }
    snprintf(id, sizeof id, "%lld", (long long)firmware);
    snprintf(directory, sizeof directory, "%lld", (long long)parent);
    const itg_value_t values[] = {{"mac", "FFFFFFFFFFFF"}, {"firmwareID", id}, {"parentID", directory}};
    if (itg_thinclient_create(scratch, values, 3, &under_settings, &failure))
        return fail("thin client", &failure);
    chain[DEEP] = under_settings;
    for (int i = 0; i < ASSIGNED; i++) {
        int64_t profile = 0, receiver = chain[i % (DEEP + 1)];
        itg_type_t type = receiver == under_settings ? ITG_TYPE_THINCLIENT : ITG_TYPE_THINCLIENT_DIRECTORY;
        if (itg_profile_create(scratch, ITG_TYPE_PROFILE, "profile", ITG_ROOT_PROFILES, firmware, 0, &profile,
                               &failure))
            return fail("profile", &failure);
        for (int s = 0; s < 10; s++) {
            snprintf(key, sizeof key, "desktop.key%d", (i * 7 + s) % 40);
            if (itg_setting_set(scratch, ITG_TYPE_PROFILE, profile, key, "\"value\"", &failure))
                return fail("setting", &failure);
        }
        const itg_assignment_t assignment = {.assignee_id = profile,
                                             .assignee_type = ITG_TYPE_PROFILE,
                                             .receiver_id = receiver,
                                             .receiver_type = type};
        if (itg_assignment_create(scratch, &assignment, 1, &failure))
            return fail("assignment", &failure);
    }
    return 0;
}

struct half {
    int64_t *ids;
    int64_t count;
};

static void *effective_half(void *arg)
{
    struct half *half = arg;
    itg_failure_t failure = {0};
    int64_t settings = 0;
    for (int64_t i = 0; i < half->count; i++) {
        if (itg_effective_each(fleet, half->ids[i], count_setting, &settings, &failure)) {
            fail("effective settings", &failure);
            return arg;
        }
    }
    return NULL;
}

static int32_t take_id(void *ctx, const itg_thinclient_t *tc)
{
    struct half *all = ctx;
    if (!tc->in_bin)
        all->ids[all->count++] = tc->id;
    return 0;
}

static int64_t effective_all(void *ctx)
{
    struct half *all = ctx;
    struct half halves[2] = {{all->ids, all->count / 2},
                             {all->ids + all->count / 2, all->count - all->count / 2}};
    pthread_t other;
    void *result = NULL;
    pthread_create(&other, NULL, effective_half, &halves[1]);
    void *mine = effective_half(&halves[0]);
    pthread_join(other, &result);
    return mine || result ? -1 : all->count;
}

/* ---- commands */

static int32_t ignore_result(void *ctx, const itg_command_result_t *result)
{
    (void)ctx, (void)result;
    return 0;
}

static int64_t command(void *ctx)
{
    const struct half *all = ctx;
    itg_failure_t failure = {0};
    size_t count = all->count < COMMANDED ? (size_t)all->count : COMMANDED;
    if (itg_command_send(fleet, ITG_COMMAND_REBOOT, all->ids, count, ignore_result, NULL, &failure))
        return fail("command", &failure);
    return (int64_t)count;
}

/* ---- */

static char **wanted;
static int wanted_count;

static bool wants(const char *name)
{
    for (int i = 0; i < wanted_count; i++)
        if (strcmp(wanted[i], name) == 0)
            return true;
    return wanted_count == 0;
}

static int map_json(const char *path)
{
    struct stat status;
    int fd = open(path, O_RDONLY);
    if (fd < 0 || fstat(fd, &status) != 0)
        return fail(path, NULL);
    json_size = (size_t)status.st_size;
    json = mmap(NULL, json_size, PROT_READ, MAP_PRIVATE, fd, 0);
    close(fd);
    return json == MAP_FAILED ? fail(path, NULL) : 0;
}

static int prepare(void)
{
    itg_failure_t failure = {0};
    itg_imi_options_t trusted = {.size = sizeof trusted, .trusted = 1};
    thinclients = import_into(fleet_path);
    if (thinclients <= 0 || make_raw())
        return -1;
    forget(scratch_path);
    if (itg_open(fleet_path, NULL, &fleet, &failure) || itg_imi_new(fleet, &trusted, &imi, &failure))
        return fail("open", &failure);
    return 0;
}

static int prepare_scratch(void)
{
    itg_failure_t failure = {0};
    atomic_store(&next_mac, 1);
    forget(scratch_path);
    if (itg_open(scratch_path, NULL, &scratch, &failure) ||
        itg_firmware_create(scratch, "OS", "1.0", "", &firmware, &failure))
        return fail("open", &failure);
    return make_settings();
}

static int run_lists(int rounds)
{
    static char target[] = "/umsapi/v3/thinclients", detailed[] = "/umsapi/v3/thinclients?facets=details";
    static char short_sql[] =
        "SELECT unit_id, mac, firmware_id, last_ip, last_user, battery, id, name, parent_id, in_bin,"
        " type FROM tc11 ORDER BY id";
    static char long_sql[] = "SELECT * FROM details";
    const struct contender short_list = {"list, short form", list, target},
                           details = {"list, details", list, detailed};
    const struct contender short_scan = {"raw scan of 11 columns", scan, short_sql};
    const struct contender long_scan = {"raw scan of all columns", scan, long_sql};
    const struct contender out = {"export", export_all, NULL};
    const struct contender one = {"raw lookup of 11 columns", look_up, &thinclients};
    int failed = 0;
    if (wants("lookup"))
        failed |= reach("lookup", "raw lookups", &one, rounds, 0);
    if (wants("list"))
        failed |= compare("list", "thin clients", &short_list, &short_scan, rounds, AT_MOST, 1.0);
    if (wants("details"))
        failed |= compare("details", "thin clients", &details, &long_scan, rounds, AT_MOST, 1.5);
    if (wants("export"))
        failed |= compare("export", "thin clients", &out, &details, rounds, AT_LEAST, 0.7);
    return failed;
}

static int run_settings(int rounds, struct half *all)
{
    const struct contender one = {"effective settings, 25 assignments, 8 deep", effective_one, NULL};
    const struct contender each = {"effective settings of all, 2 threads", effective_all, all};
    const struct contender reboot = {"command to 10,000, no link", command, all};
    int failed = 0;
    if (wants("effective"))
        failed |= reach("effective", "thin clients", &one, rounds, 60e-6);
    if (wants("effective-all"))
        failed |= reach("effective-all", "thin clients", &each, rounds < 3 ? rounds : 3, 20.0 / 300000);
    if (wants("command"))
        failed |= reach("command", "ids", &reboot, rounds, 1 / 200000.0);
    return failed;
}

static int run_writes(int rounds)
{
    static void *(*const creating)(void *) = create_some, *(*const updating)(void *) = update_some;
    const struct contender creates = {"creates, 16 threads", by_writers, (void *)(uintptr_t)&creating};
    const struct contender updates = {"updates, 16 threads", by_writers, (void *)(uintptr_t)&updating};
    const struct contender sync = {"fdatasync of 4 KiB", sync_disk, NULL};
    int failed = 0;
    if (wants("create"))
        failed |= compare("create", "operations", &creates, &sync, rounds, AT_LEAST, 2.5);
    if (wants("update"))
        failed |= compare("update", "operations", &updates, &sync, rounds, AT_LEAST, 2.5);
    return failed;
}

int main(int argc, char **argv)
{
    if (argc < 3)
        return 2;
    int rounds = argc > 3 ? atoi(argv[3]) : 5;
    wanted = argv + 4;
    wanted_count = argc > 4 ? argc - 4 : 0;
    snprintf(fleet_path, sizeof fleet_path, "%s/fleet.db", argv[2]);
    snprintf(raw_path, sizeof raw_path, "%s/raw.db", argv[2]);
    snprintf(scratch_path, sizeof scratch_path, "%s/scratch.db", argv[2]);
    snprintf(sync_path, sizeof sync_path, "%s/sync", argv[2]);
    if (map_json(argv[1]) || prepare())
        return 1;
    const struct contender ours = {"import", import_ours, NULL},
                           base = {"raw batched insert", import_raw, NULL};
    int failed = wants("import") ? compare("import", "thin clients", &ours, &base, rounds, AT_LEAST, 0.6) : 0;
    failed |= run_lists(rounds);
    struct half all = {calloc((size_t)thinclients, sizeof(int64_t)), 0};
    itg_failure_t failure = {0};
    if (!all.ids || itg_thinclient_each(fleet, ITG_EXTENT_SHORT, 0, take_id, &all, &failure))
        return fail("walk", &failure) != 0;
    if (prepare_scratch())
        return 1;
    failed |= run_settings(rounds, &all);
    failed |= run_writes(rounds);
    free(all.ids);
    itg_close(scratch);
    forget(scratch_path);
    itg_imi_free(imi);
    itg_close(fleet);
    sqlite3_close(raw);
    return failed;
}
