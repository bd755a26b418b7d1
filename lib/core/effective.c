#include "core/effective.h"
#include "core/access.h"
#include <stdlib.h>
#include <string.h>

void *itg__effective_add(void **items, size_t *count, size_t *capacity, size_t size)
{
    if (*count == *capacity) {
        size_t larger = *capacity ? *capacity * 2 : 64;
        void *moved = larger > SIZE_MAX / size ? NULL : realloc(*items, larger * size);
        if (!moved)
            return NULL;
        *items = moved;
        *capacity = larger;
    }
    return memset((char *)*items + (*count)++ * size, 0, size);
}

size_t itg__effective_text(struct itg__effective *effective, const char *text)
{
    size_t offset = effective->texts.length;
    itg__buf_add(&effective->texts, text, strlen(text) + 1);
    return offset;
}

static itg_error_t no_memory(struct itg__effective *effective)
{
    return itg__fail(effective->tx->failure, ITG_E_INTERNAL, NULL);
}

#define UP                                                                       \
    "WITH RECURSIVE up(id, distance) AS (SELECT $1, 0 UNION ALL"                 \
    " SELECT o.parent_id, up.distance + 1 FROM up JOIN object o ON o.id = up.id" \
    " WHERE o.parent_id IS NOT NULL AND up.distance <= $2)"

/* The bound ends the walk in a damaged file whose tree has a ring. */
static const char reaching[] =
    UP " SELECT a.assignee_id, f.type, a.receiver_id, up.distance, f.overrides_sessions"
       " FROM up JOIN assignment a ON a.receiver_id = up.id"
       " JOIN object p ON p.id = a.assignee_id AND p.bin_id IS NULL"
       " JOIN profile f ON f.id = a.assignee_id";

/* The stronger one comes first; for qsort(). */
static int by_strength(const void *a, const void *b)
{
    const struct itg__reach *left = a, *right = b;
    if (left->is_master != right->is_master)
        return left->is_master ? -1 : 1;
    if (left->distance != right->distance)
        return (left->distance < right->distance) == !left->is_master ? -1 : 1;
    return (left->profile_id < right->profile_id) - (left->profile_id > right->profile_id);
}

static bool is_known(const struct itg__effective *effective, size_t count, int64_t profile_id)
{
    for (size_t i = 0; i < count; i++)
        if (effective->reach[i].profile_id == profile_id)
            return true;
    return false;
}

/* A profile that is assigned at several places counts where it is strongest: at the first. */
static void drop_repeated(struct itg__effective *effective)
{
    size_t kept = 0;
    for (size_t i = 0; i < effective->reach_count; i++)
        if (!is_known(effective, kept, effective->reach[i].profile_id))
            effective->reach[kept++] = effective->reach[i];
    effective->reach_count = kept;
}

static itg_error_t load_reach(struct itg__effective *effective)
{
    struct itg__query q;
    bool room = true;
    itg__query(effective->tx, &q, reaching, "ii", effective->thinclient_id, (int64_t)ITG_LIMIT_DEPTH);
    while (room && itg__next(&q)) {
        struct itg__reach *reach = itg__effective_add((void **)&effective->reach, &effective->reach_count,
                                                      &effective->reach_capacity, sizeof *effective->reach);
        room = reach != NULL;
        if (reach)
            *reach = (struct itg__reach){.profile_id = itg__int(&q, 0),
                                         .is_master = itg__int(&q, 1) == ITG_TYPE_MASTERPROFILE,
                                         .receiver_id = itg__int(&q, 2),
                                         .distance = (int32_t)itg__int(&q, 3),
                                         .overrides = itg__int(&q, 4) != 0};
    }
    itg_error_t err = itg__done(&q);
    if (err || !room)
        return err ? err : no_memory(effective);
    if (effective->reach_count > 1)
        qsort(effective->reach, effective->reach_count, sizeof *effective->reach, by_strength);
    drop_repeated(effective);
    return ITG_OK;
}

static bool add_entry(struct itg__effective *effective, uint32_t rank, const char *key_text,
                      const char *value)
{
    struct itg__setting_key key = {.base_length = strlen(key_text)};
    struct itg__entry *entry = itg__effective_add((void **)&effective->entries, &effective->count,
                                                  &effective->capacity, sizeof *effective->entries);
    if (!entry)
        return false;
    if (strchr(key_text, '['))
        itg__setting_key(key_text, &key);
    *entry = (struct itg__entry){.base_length = (uint32_t)key.base_length,
                                 .index = key.index,
                                 .is_instance = key.is_instance,
                                 .rank = rank,
                                 .instance = -1};
    entry->key = itg__effective_text(effective, key_text);
    entry->value = itg__effective_text(effective, value);
    return true;
}

static itg_error_t load_settings(struct itg__effective *effective, uint32_t rank)
{
    struct itg__query q;
    bool room = true;
    itg__query(effective->tx, &q, "SELECT key, value FROM setting WHERE profile_id = $1 ORDER BY key", "i",
               effective->reach[rank].profile_id);
    while (room && itg__next(&q))
        room = add_entry(effective, rank, itg__text(&q, 0), itg__text(&q, 1));
    itg_error_t err = itg__done(&q);
    return err || room ? err : no_memory(effective);
}

static itg_error_t load_statics(struct itg__effective *effective)
{
    struct itg__query q;
    itg__query(effective->tx, &q,
               "SELECT t.mac, t.unit_id, t.serial_number, t.network_name, o.name"
               " FROM thinclient t JOIN object o ON o.id = t.id WHERE t.id = $1",
               "i", effective->thinclient_id);
    if (itg__next(&q)) {
        static const enum itg__static_key keys[] = {ITG__STATIC_MAC, ITG__STATIC_UNITID,
                                                    ITG__STATIC_SERIALNUMBER, ITG__STATIC_HOSTNAME,
                                                    ITG__STATIC_DEVICENAME};
        for (int i = 0; i < (int)(sizeof keys / sizeof *keys); i++)
            effective->statics[keys[i]] = itg__effective_text(effective, itg__text(&q, i));
    }
    itg_error_t err = itg__done(&q);
    if (!err && effective->texts.failed)
        err = no_memory(effective);
    if (!err && effective->texts.data[effective->statics[ITG__STATIC_HOSTNAME]] == '\0')
        effective->statics[ITG__STATIC_HOSTNAME] = effective->statics[ITG__STATIC_DEVICENAME];
    return err;
}

static itg_error_t load_templates(struct itg__effective *effective)
{
    static const char sql[] = UP " SELECT k.name, v.value FROM up"
                                 " JOIN template_assignment a ON a.receiver_id = up.id"
                                 " JOIN template_key k ON k.id = a.key_id"
                                 " JOIN template_value v ON v.id = a.value_id"
                                 " ORDER BY k.name, up.distance, v.id DESC";
    struct itg__query q;
    bool room = true;
    itg__query(effective->tx, &q, sql, "ii", effective->thinclient_id, (int64_t)ITG_LIMIT_DEPTH);
    while (room && itg__next(&q)) {
        struct itg__filling *filling =
            itg__effective_add((void **)&effective->fillings, &effective->filling_count,
                               &effective->filling_capacity, sizeof *effective->fillings);
        room = filling != NULL;
        if (!filling)
            continue;
        filling->name = itg__effective_text(effective, itg__text(&q, 0));
        filling->value = itg__effective_text(effective, itg__text(&q, 1));
        /* Of one name the first row is the one that counts. */
        size_t last = effective->filling_count - 1;
        if (last > 0 && !effective->texts.failed &&
            strcmp(effective->texts.data + effective->fillings[last - 1].name,
                   effective->texts.data + filling->name) == 0)
            effective->filling_count = last;
    }
    itg_error_t err = itg__done(&q);
    return err || room ? err : no_memory(effective);
}

itg_error_t itg__effective_fillings(struct itg__effective *effective)
{
    if (effective->filled)
        return ITG_OK;
    effective->filled = true;
    itg_error_t err = load_statics(effective);
    return err ? err : load_templates(effective);
}

static itg_error_t work_out(struct itg__effective *effective)
{
    struct itg__object object;
    itg_error_t err = itg__object_reach(effective->tx, ITG_TYPE_THINCLIENT, effective->thinclient_id,
                                        ITG_RIGHT_READ, &object);
    itg__effective_text(effective, "");
    if (!err)
        err = load_reach(effective);
    for (size_t i = 0; !err && i < effective->reach_count; i++)
        err = load_settings(effective, (uint32_t)i);
    if (!err && effective->texts.failed)
        err = no_memory(effective);
    return err ? err : itg__effective_judge(effective);
}

static void deliver(const struct itg__effective *effective, bool losers, itg_effective_fn fn, void *ctx)
{
    const char *texts = effective->texts.data;
    for (size_t i = 0; i < effective->count; i++) {
        const struct itg__entry *entry = &effective->entries[i];
        const struct itg__reach *reach = &effective->reach[entry->rank];
        bool lost = entry->verdict != ITG_VERDICT_APPLIES && entry->verdict != ITG_VERDICT_UNFILLED &&
                    entry->verdict != ITG_VERDICT_TOO_LONG;
        if (entry->verdict != ITG_VERDICT_APPLIES && !losers)
            continue;
        itg_effective_t setting = {
            .key = texts + entry->key,
            .value = texts + entry->value,
            .profile_id = reach->profile_id,
            .profile_type = reach->is_master ? ITG_TYPE_MASTERPROFILE : ITG_TYPE_PROFILE,
            .receiver_id = reach->receiver_id,
            .receiver_type = reach->distance == 0 ? ITG_TYPE_THINCLIENT : ITG_TYPE_THINCLIENT_DIRECTORY,
            .distance = reach->distance,
            .instance = entry->instance,
            .verdict = entry->verdict,
            .winner_id = lost ? effective->reach[entry->winner].profile_id : 0,
            .unfilled = texts + entry->unfilled};
        if (fn(ctx, &setting) != 0)
            return;
    }
}

static void dispose(struct itg__effective *effective)
{
    free(effective->reach);
    free(effective->entries);
    free(effective->fillings);
    itg__buf_dispose(&effective->texts);
}

static itg_error_t run(itg_t *itg, const char *operation, int64_t thinclient_id, bool losers,
                       itg_effective_fn fn, void *ctx, itg_failure_t *failure)
{
    struct itg__tx tx;
    struct itg__effective effective = {.tx = &tx, .thinclient_id = thinclient_id};
    itg_error_t err = itg__need(fn != NULL, "fn", failure);
    if (!err)
        err = itg__begin_read(itg, operation, ITG__RIGHT_READ, &tx, failure);
    if (!err)
        err = itg__end(&tx, work_out(&effective));
    if (!err)
        deliver(&effective, losers, fn, ctx);
    dispose(&effective);
    return err;
}

itg_error_t itg_effective_each(itg_t *itg, int64_t thinclient_id, itg_effective_fn fn, void *ctx,
                               itg_failure_t *failure)
{
    return run(itg, __func__, thinclient_id, false, fn, ctx, failure);
}

itg_error_t itg_effective_explain(itg_t *itg, int64_t thinclient_id, itg_effective_fn fn, void *ctx,
                                  itg_failure_t *failure)
{
    return run(itg, __func__, thinclient_id, true, fn, ctx, failure);
}

const char *itg_verdict_text(itg_verdict_t verdict)
{
    static const char *const texts[] = {
#define TEXT(name, number, text) [number] = text,
        ITG_VERDICTS(TEXT)
#undef TEXT
    };
    return (unsigned)verdict < sizeof texts / sizeof *texts ? texts[verdict] : "";
}
