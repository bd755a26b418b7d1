/* Which settings win, and what they say once their template keys are filled in. */
#include "core/effective.h"
#include <stdlib.h>
#include <string.h>

/* Bytes that all filled values of a thin client may take: a few thousand settings could make gigabytes of
 * them. */
#define MAX_FILLED ((size_t)32 << 20)

/* What the sorting looks at: pointers, so that a comparison costs no look elsewhere. */
struct sortable {
    const char *key;
    size_t base_length;
    struct itg__entry entry;
};

/* By key or family; in a group the strongest profile first, and its instances by their numbers; for qsort().
 */
static int by_group(const void *a, const void *b)
{
    const struct sortable *left = a, *right = b;
    size_t shorter = left->base_length < right->base_length ? left->base_length : right->base_length;
    int order = memcmp(left->key, right->key, shorter);
    if (order != 0)
        return order;
    if (left->base_length != right->base_length)
        return left->base_length < right->base_length ? -1 : 1;
    if (left->entry.is_instance != right->entry.is_instance)
        return left->entry.is_instance ? 1 : -1;
    if (left->entry.rank != right->entry.rank)
        return left->entry.rank < right->entry.rank ? -1 : 1;
    if (left->entry.index != right->entry.index)
        return left->entry.index < right->entry.index ? -1 : 1;
    return strcmp(left->key, right->key);
}

static itg_error_t sort(struct itg__effective *effective)
{
    struct sortable *list = effective->count ? calloc(effective->count, sizeof *list) : NULL;
    if (effective->count && !list)
        return itg__fail(effective->tx->failure, ITG_E_INTERNAL, NULL);
    for (size_t i = 0; i < effective->count; i++) {
        const struct itg__entry *entry = &effective->entries[i];
        list[i] = (struct sortable){effective->texts.data + entry->key, entry->base_length, *entry};
    }
    if (effective->count > 1)
        qsort(list, effective->count, sizeof *list, by_group);
    for (size_t i = 0; i < effective->count; i++)
        effective->entries[i] = list[i].entry;
    free(list);
    return ITG_OK;
}

static bool same_group(const struct itg__effective *effective, const struct itg__entry *a,
                       const struct itg__entry *b)
{
    return a->is_instance == b->is_instance && a->base_length == b->base_length &&
           memcmp(effective->texts.data + a->key, effective->texts.data + b->key, a->base_length) == 0;
}

/* Why the weaker one of two profiles loses. */
static itg_verdict_t reason(const struct itg__reach *winner, const struct itg__reach *loser)
{
    if (winner->is_master != loser->is_master)
        return ITG_VERDICT_MASTER;
    if (winner->distance == loser->distance)
        return ITG_VERDICT_LOWER_ID;
    return winner->is_master ? ITG_VERDICT_NEARER : ITG_VERDICT_FARTHER;
}

static void judge_plain(const struct itg__effective *effective, struct itg__entry *entries, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        entries[i].winner = entries[0].rank;
        entries[i].verdict = reason(&effective->reach[entries[0].rank], &effective->reach[entries[i].rank]);
    }
}

/* The strongest profile of a family that overrides sessions; UINT32_MAX: none does. */
static uint32_t overriding(const struct itg__effective *effective, const struct itg__entry *entries,
                           size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (effective->reach[entries[i].rank].overrides)
            return entries[i].rank;
    return UINT32_MAX;
}

static void judge_family(const struct itg__effective *effective, struct itg__entry *entries, size_t count)
{
    uint32_t only = overriding(effective, entries, count);
    const struct itg__entry *last = NULL;
    int32_t instance = -1;
    for (size_t i = 0; i < count; i++) {
        struct itg__entry *entry = &entries[i];
        if (only != UINT32_MAX && entry->rank != only) {
            entry->verdict = ITG_VERDICT_REPLACED;
            entry->winner = only;
            continue;
        }
        instance += !last || last->rank != entry->rank || last->index != entry->index;
        entry->instance = instance;
        last = entry;
    }
}

/* The replaced instances of stronger profiles stand in front of those that are in force: moves them behind.
 */
static itg_error_t winners_first(struct itg__effective *effective, struct itg__entry *entries, size_t count)
{
    size_t replaced = 0, force = 0;
    while (replaced < count && entries[replaced].verdict == ITG_VERDICT_REPLACED)
        replaced++;
    if (replaced == 0)
        return ITG_OK;
    struct itg__entry *kept = malloc(replaced * sizeof *kept);
    if (!kept)
        return itg__fail(effective->tx->failure, ITG_E_INTERNAL, NULL);
    memcpy(kept, entries, replaced * sizeof *kept);
    while (replaced + force < count && entries[replaced + force].verdict != ITG_VERDICT_REPLACED)
        force++;
    memmove(entries, entries + replaced, force * sizeof *entries);
    memcpy(entries + force, kept, replaced * sizeof *kept);
    free(kept);
    return ITG_OK;
}

static bool is_name(const char *text, size_t length, const char *name)
{
    return strncmp(text, name, length) == 0 && name[length] == '\0';
}

/* The offset of what a name stands for; 0 if it is unfilled. */
static size_t find_filling(const struct itg__effective *effective, const char *name, size_t length)
{
    const char *texts = effective->texts.data;
    for (size_t i = 0; i < ITG__STATIC_KEYS_COUNT; i++)
        if (is_name(name, length, itg__static_keys[i]))
            return texts[effective->statics[i]] ? effective->statics[i] : 0;
    size_t from = 0, to = effective->filling_count;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        const char *other = texts + effective->fillings[middle].name;
        int order = strncmp(name, other, length);
        if (order == 0 && other[length] == '\0')
            return effective->fillings[middle].value;
        if (order > 0)
            from = middle + 1;
        else
            to = middle;
    }
    return 0;
}

/* Appends a text as it stands inside of a JSON string. */
static void add_escaped(struct itg__buf *out, const char *text)
{
    size_t from = out->length;
    itg__buf_json(out, text);
    if (out->failed)
        return;
    out->length -= 2;
    memmove(out->data + from, out->data + from + 1, out->length - from);
}

/* Fills a value. *ret_unfilled, *ret_length: the first name without a value, length 0 if there is none. Stops
 * as soon as the result is too long. */
static void fill(const struct itg__effective *effective, const char *value, struct itg__buf *out,
                 const char **ret_unfilled, size_t *ret_length)
{
    const char *name = NULL, *rest;
    size_t before = 0, length = 0;
    *ret_length = 0;
    while (out->length <= ITG_LIMIT_SETTING &&
           (rest = itg__setting_next_name(value, &before, &name, &length)) != NULL) {
        itg__buf_add(out, value, before);
        value = rest;
        if (!name) {
            itg__buf_str(out, "${");
            continue;
        }
        size_t filling = find_filling(effective, name, length);
        if (!filling) {
            *ret_unfilled = name;
            *ret_length = length;
            return;
        }
        add_escaped(out, effective->texts.data + filling);
    }
    itg__buf_str(out, value);
}

static itg_error_t fill_entry(struct itg__effective *effective, struct itg__entry *entry)
{
    struct itg__buf out = {0};
    const char *unfilled = NULL;
    size_t length = 0;
    itg_error_t err = itg__effective_fillings(effective);
    if (!err && effective->texts.failed)
        err = itg__fail(effective->tx->failure, ITG_E_INTERNAL, NULL);
    if (err)
        return err;
    fill(effective, effective->texts.data + entry->value, &out, &unfilled, &length);
    if (length > 0) {
        entry->verdict = ITG_VERDICT_UNFILLED;
        out.length = 0;
        itg__buf_add(&out, unfilled, length);
    } else if (out.length > ITG_LIMIT_SETTING || effective->filled_bytes > MAX_FILLED) {
        entry->verdict = ITG_VERDICT_TOO_LONG;
    }
    effective->filled_bytes += out.length;
    itg__buf_char(&out, '\0');
    if (!out.failed && entry->verdict == ITG_VERDICT_APPLIES)
        entry->value = itg__effective_text(effective, out.data);
    else if (!out.failed && entry->verdict == ITG_VERDICT_UNFILLED)
        entry->unfilled = itg__effective_text(effective, out.data);
    if (out.failed || effective->texts.failed)
        err = itg__fail(effective->tx->failure, ITG_E_INTERNAL, NULL);
    itg__buf_dispose(&out);
    return err;
}

static itg_error_t judge_group(struct itg__effective *effective, struct itg__entry *entries, size_t count)
{
    itg_error_t err = ITG_OK;
    if (!entries->is_instance) {
        judge_plain(effective, entries, count);
    } else {
        judge_family(effective, entries, count);
        err = winners_first(effective, entries, count);
    }
    for (size_t i = 0; !err && i < count; i++)
        if (entries[i].verdict == ITG_VERDICT_APPLIES &&
            strstr(effective->texts.data + entries[i].value, "${"))
            err = fill_entry(effective, &entries[i]);
    return err;
}

itg_error_t itg__effective_judge(struct itg__effective *effective)
{
    size_t from = 0, to;
    itg_error_t err = sort(effective);
    for (; !err && from < effective->count; from = to) {
        to = from + 1;
        while (to < effective->count &&
               same_group(effective, &effective->entries[from], &effective->entries[to]))
            to++;
        err = judge_group(effective, &effective->entries[from], to - from);
    }
    return err;
}
