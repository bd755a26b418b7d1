/* Applying default directory rules. Each rule is one statement over the fleet, whose matches are noted in a
 * set of thin clients; the sets of a rule and of those above it then tell which rule is responsible for whom.
 */
#include "core/access.h"
#include "core/expression.h"
#include "core/rule.h"
#include <stdlib.h>
#include <string.h>

enum { BITS = 64 };

/* A thin client that is not in the recycle bin. */
struct candidate {
    int64_t id;
    int64_t parent_id;
    size_t rule; /* the responsible one's index plus one; 0: none so far */
};

struct apply {
    struct itg__tx *tx;
    struct itg__rule_tree tree;
    struct candidate *candidates; /* by ascending id */
    size_t count;
    size_t capacity;
    int64_t only_id; /* 0: all of the fleet */
    itg_rule_moment_t moment;
    bool dry_run;
    itg_rule_move_fn fn;
    void *ctx;
    int64_t moves;
};

static itg_error_t no_memory(struct apply *apply)
{
    return itg__fail(apply->tx->failure, ITG_E_INTERNAL, NULL);
}

static bool add_candidate(struct apply *apply, int64_t id, int64_t parent_id)
{
    if (apply->count == apply->capacity) {
        size_t capacity = apply->capacity ? apply->capacity * 2 : 64;
        struct candidate *candidates = realloc(apply->candidates, capacity * sizeof *candidates);
        if (!candidates)
            return false;
        apply->candidates = candidates;
        apply->capacity = capacity;
    }
    apply->candidates[apply->count++] = (struct candidate){id, parent_id, 0};
    return true;
}

static itg_error_t load_one(struct apply *apply)
{
    struct itg__object thinclient;
    itg_error_t err =
        itg__object_reach(apply->tx, ITG_TYPE_THINCLIENT, apply->only_id, ITG_RIGHT_READ, &thinclient);
    if (err || thinclient.in_bin || add_candidate(apply, thinclient.id, thinclient.parent_id))
        return err;
    return no_memory(apply);
}

static itg_error_t load_candidates(struct apply *apply)
{
    struct itg__query q;
    bool room = true;
    if (apply->only_id)
        return load_one(apply);
    itg__query(apply->tx, &q,
               "SELECT o.id, o.parent_id FROM thinclient t JOIN object o ON o.id = t.id"
               " WHERE o.bin_id IS NULL ORDER BY t.id",
               "");
    while (room && itg__next(&q))
        room = add_candidate(apply, itg__int(&q, 0), itg__int(&q, 1));
    itg_error_t err = itg__done(&q);
    return err || room ? err : no_memory(apply);
}

static uint64_t *new_set(const struct apply *apply)
{
    return calloc(apply->count / BITS + 1, sizeof(uint64_t));
}

static bool has(const uint64_t *set, size_t index)
{
    return set[index / BITS] >> (index % BITS) & 1;
}

/* Notes the thin clients of `handed` that match and have no rule yet. */
static itg_error_t match(struct apply *apply, const itg_rule_t *rule, const uint64_t *handed,
                         uint64_t *ret_matches, bool *ret_any)
{
    static const struct itg__thinclient_source ids = {"t.id", "", 1, 0};
    const struct itg__selection_shape shape = {
        .source = &ids, .only_id = apply->only_id, .live = true, .at_once = true};
    struct itg__selection selection;
    struct itg__query q;
    size_t i = 0;
    itg_error_t err = itg__selection_init(&selection, apply->tx, rule->expression, &shape);
    if (!err) {
        itg__selection_query(&selection, apply->tx, &q);
        while (itg__selection_next(&selection, &q)) {
            int64_t id = itg__int(&q, 0);
            while (i < apply->count && apply->candidates[i].id < id)
                i++;
            if (i == apply->count || apply->candidates[i].id != id || !has(handed, i) ||
                apply->candidates[i].rule)
                continue;
            ret_matches[i / BITS] |= UINT64_C(1) << (i % BITS);
            *ret_any = true;
        }
        err = itg__done(&q);
    }
    itg__selection_dispose(&selection);
    return err;
}

static itg_error_t try_children(struct apply *apply, int64_t parent_id, const uint64_t *handed);

static itg_error_t try_rule(struct apply *apply, size_t index, const uint64_t *handed)
{
    const itg_rule_t *rule = &apply->tree.rules[index];
    bool any = false;
    uint64_t *matches = new_set(apply);
    if (!matches)
        return no_memory(apply);
    itg_error_t err = match(apply, rule, handed, matches, &any);
    if (!err && any)
        err = try_children(apply, rule->id, matches);
    for (size_t i = 0; !err && any && apply->tree.usable[index] && i < apply->count; i++)
        if (has(matches, i) && !apply->candidates[i].rule)
            apply->candidates[i].rule = index + 1;
    free(matches);
    return err;
}

/* The tree is no deeper than ITG_LIMIT_RULE_DEPTH, and rings do not hang on the top. */
static itg_error_t try_children(struct apply *apply, int64_t parent_id, const uint64_t *handed)
{
    size_t first = 0, count = itg__rule_children(&apply->tree, parent_id, &first);
    itg_error_t err = ITG_OK;
    for (size_t i = first; !err && i < first + count; i++)
        err = try_rule(apply, i, handed);
    return err;
}

static itg_error_t try_all(struct apply *apply)
{
    uint64_t *everyone = new_set(apply);
    if (!everyone)
        return no_memory(apply);
    memset(everyone, 0xFF, (apply->count / BITS + 1) * sizeof *everyone);
    itg_error_t err = try_children(apply, 0, everyone);
    free(everyone);
    return err;
}

static itg_error_t lies_below(struct itg__tx *tx, int64_t directory_id, int64_t top_id, bool *ret_below)
{
    int64_t found_id = 0;
    return itg__lookup(tx, ret_below, &found_id,
                       "WITH RECURSIVE up(id) AS (SELECT parent_id FROM object WHERE id = $1 UNION"
                       " SELECT o.parent_id FROM up JOIN object o ON o.id = up.id)"
                       " SELECT id FROM up WHERE id = $2",
                       "ii", directory_id, top_id);
}

/* Does the responsible rule move the thin client? */
static itg_error_t judge(struct apply *apply, const struct candidate *candidate, const itg_rule_t *rule,
                         bool *ret_moves)
{
    bool below = false;
    itg_error_t err = ITG_OK;
    *ret_moves = false;
    if (candidate->parent_id == rule->target_id)
        return ITG_OK;
    if (apply->moment == ITG_RULE_ON_BOOT && !(rule->flags & ITG_RULE_AT_BOOT))
        return ITG_OK;
    if (candidate->parent_id != ITG_ROOT_THINCLIENTS && !(rule->flags & ITG_RULE_OVERRIDE_MEMBERSHIP))
        return ITG_OK;
    if (rule->flags & ITG_RULE_LEAVE_BELOW)
        err = lies_below(apply->tx, candidate->parent_id, rule->target_id, &below);
    *ret_moves = !below;
    return err;
}

static itg_error_t move(struct apply *apply, const itg_rule_move_t *move)
{
    itg_error_t err = ITG_OK;
    if (!apply->dry_run)
        err = itg__object_put(apply->tx, ITG_TYPE_THINCLIENT, move->thinclient_id, move->to_id);
    apply->moves++;
    if (!err && apply->fn)
        apply->fn(apply->ctx, move);
    return err;
}

/* Who has access entries moves only what these let be moved; a dry run tells the same. */
static itg_error_t may_move(struct apply *apply, const itg_rule_move_t *move, bool *ret_may)
{
    uint32_t from = ITG_RIGHT_MOVE, to = ITG_RIGHT_WRITE;
    itg_error_t err = ITG_OK;
    if (apply->tx->access.has_entries) {
        err = itg__rights_in(apply->tx, move->from_id, &from);
        if (!err)
            err = itg__rights_in(apply->tx, move->to_id, &to);
    }
    *ret_may = (from & ITG_RIGHT_MOVE) && (to & ITG_RIGHT_WRITE);
    return err;
}

static itg_error_t move_candidates(struct apply *apply)
{
    itg_error_t err = ITG_OK;
    for (size_t i = 0; !err && i < apply->count; i++) {
        const struct candidate *candidate = &apply->candidates[i];
        bool moves = false;
        if (!candidate->rule)
            continue;
        const itg_rule_t *rule = &apply->tree.rules[candidate->rule - 1];
        const itg_rule_move_t one = {candidate->id, rule->id, candidate->parent_id, rule->target_id};
        err = judge(apply, candidate, rule, &moves);
        if (!err && moves)
            err = may_move(apply, &one, &moves);
        if (!err && moves)
            err = move(apply, &one);
    }
    return err;
}

static itg_error_t apply_all(struct apply *apply)
{
    itg_error_t err = load_candidates(apply);
    if (!err)
        err = itg__rule_tree_load(apply->tx, &apply->tree);
    if (!err)
        err = try_all(apply);
    if (!err)
        err = move_candidates(apply);
    itg__rule_tree_dispose(&apply->tree);
    free(apply->candidates);
    return err;
}

static bool is_moment(itg_rule_moment_t moment)
{
    return moment == ITG_RULE_AT_REGISTRATION || moment == ITG_RULE_ON_BOOT || moment == ITG_RULE_ON_DEMAND;
}

itg_error_t itg_rule_apply(itg_t *itg, itg_rule_moment_t moment, int64_t thinclient_id, int32_t dry_run,
                           itg_rule_move_fn fn, void *ctx, int64_t *ret_count, itg_failure_t *failure)
{
    struct itg__tx tx;
    struct apply apply = {
        .tx = &tx, .only_id = thinclient_id, .moment = moment, .dry_run = dry_run != 0, .fn = fn, .ctx = ctx};
    itg_error_t err = is_moment(moment) ? ITG_OK : itg__fail_detail(failure, ITG_E_INVALID_BODY, "moment");
    if (!err && dry_run)
        err = itg__begin_read(itg, __func__, ITG__RIGHT_READ, &tx, failure);
    else if (!err && thinclient_id)
        err = itg__begin_write(itg, __func__, ITG__RIGHT_OBJECT, &tx, failure);
    else if (!err)
        err = itg__begin_write_long(itg, __func__, ITG__RIGHT_OBJECT, &tx, failure);
    if (err)
        return err;
    err = itg__end(&tx, apply_all(&apply));
    if (!err && ret_count)
        *ret_count = apply.moves;
    return err;
}
