/* The tree of default directory rules. What they do is in rule_apply.c. */
#include "core/rule.h"
#include "core/audit.h"
#include "core/object.h"
#include <stdlib.h>
#include <string.h>

#define COLUMNS "r.id, r.parent_id, r.position, r.expression, r.target_id, r.flags"

enum { ALL_FLAGS = ITG_RULE_OVERRIDE_MEMBERSHIP | ITG_RULE_AT_BOOT | ITG_RULE_LEAVE_BELOW };

itg_error_t itg__rule_ok(const char *expression, uint32_t flags, itg_failure_t *failure)
{
    if (flags & ~(uint32_t)ALL_FLAGS)
        return itg__fail_detail(failure, ITG_E_INVALID_BODY, "unknown flags");
    return expression ? itg_expression_check(expression, NULL, failure) : ITG_OK;
}

static itg_error_t missing(struct itg__tx *tx, int64_t id)
{
    return itg__fail_detail(tx->failure, ITG_E_NO_HANDLER, "no rule has id %lld", (long long)id);
}

itg_error_t itg__rule_targets(struct itg__tx *tx, int64_t directory_id, bool *ret_targets)
{
    int64_t rule = 0;
    return itg__lookup(tx, ret_targets, &rule, "SELECT id FROM rule WHERE target_id = $1 LIMIT 1", "i",
                       directory_id);
}

static itg_error_t check_target(struct itg__tx *tx, int64_t target_id)
{
    struct itg__object target;
    return target_id == 0 ? ITG_OK
                          : itg__object_load_live(tx, ITG_TYPE_THINCLIENT_DIRECTORY, target_id, &target);
}

/* How many levels a rule and those below it take; 1 for a new one. */
static itg_error_t height_of(struct itg__tx *tx, int64_t id, int64_t *ret_height)
{
    bool found = false;
    return itg__lookup(tx, &found, ret_height,
                       "WITH RECURSIVE down(id, height) AS (SELECT $1, 1 UNION ALL"
                       " SELECT r.id, down.height + 1 FROM down JOIN rule r ON r.parent_id = down.id"
                       " WHERE down.id <> 0 AND down.height <= $2) SELECT max(height) FROM down",
                       "ii", id, (int64_t)ITG_LIMIT_RULE_DEPTH);
}

/* How many rules lie above one with this parent. Fails if `id` is one of them. */
static itg_error_t depth_of(struct itg__tx *tx, int64_t id, int64_t parent_id, int64_t *ret_depth)
{
    int64_t depth = 0;
    for (int64_t above = parent_id; above != 0; depth++) {
        bool found = false;
        if (above == id)
            return itg__fail_detail(tx->failure, ITG_E_INVALID_BODY, "the rule would lie below itself");
        itg_error_t err =
            itg__lookup(tx, &found, &above, "SELECT parent_id FROM rule WHERE id = $1", "i", above);
        if (err)
            return err;
        if (!found || depth == ITG_LIMIT_RULE_DEPTH)
            return itg__fail_id(tx->failure, ITG_E_PARENT_NOT_FOUND, parent_id);
    }
    *ret_depth = depth;
    return ITG_OK;
}

itg_error_t itg__rule_parent_ok(struct itg__tx *tx, int64_t id, int64_t parent_id)
{
    int64_t depth = 0, height = 0;
    itg_error_t err = depth_of(tx, id, parent_id, &depth);
    if (!err)
        err = height_of(tx, id, &height);
    if (!err && depth + height - 1 > ITG_LIMIT_RULE_DEPTH)
        err = itg__fail_id(tx->failure, ITG_E_PARENT_NOT_FOUND, parent_id);
    return err;
}

itg_error_t itg__rule_insert(struct itg__tx *tx, const itg_rule_t *rule)
{
    return itg__run(tx,
                    "INSERT INTO rule(id, parent_id, position, expression, target_id, flags)"
                    " VALUES($1, $2, $3, $4, nullif($5, 0), $6)",
                    "iiisii", rule->id, rule->parent_id, rule->position, rule->expression, rule->target_id,
                    (int64_t)rule->flags);
}

/* Moves the children of a parent from a position on by one, to make room or to close a gap. */
static itg_error_t shift(struct itg__tx *tx, int64_t parent_id, int64_t position, int64_t by)
{
    return itg__run(tx, "UPDATE rule SET position = position + $3 WHERE parent_id = $1 AND position >= $2",
                    "iii", parent_id, position, by);
}

/* Makes room for a rule among the children of its parent, and says where. */
static itg_error_t open_gap(struct itg__tx *tx, int64_t parent_id, int64_t *position)
{
    int64_t count = 0;
    bool found = false;
    itg_error_t err =
        itg__lookup(tx, &found, &count, "SELECT count(*) FROM rule WHERE parent_id = $1", "i", parent_id);
    if (err)
        return err;
    if (*position < 0 || *position > count)
        *position = count;
    return shift(tx, parent_id, *position, 1);
}

static itg_error_t create(struct itg__tx *tx, itg_rule_t *rule)
{
    itg_error_t err = itg__rule_parent_ok(tx, 0, rule->parent_id);
    if (!err)
        err = check_target(tx, rule->target_id);
    if (!err)
        err = itg__next_id(tx, "object", &rule->id);
    if (!err)
        err = open_gap(tx, rule->parent_id, &rule->position);
    if (!err)
        err = itg__rule_insert(tx, rule);
    return err ? err : itg__audit_created(tx, ITG__AUDIT_RULE, rule->id);
}

itg_error_t itg_rule_create(itg_t *itg, int64_t parent_id, int64_t position, const char *expression,
                            int64_t target_id, uint32_t flags, int64_t *ret_id, itg_failure_t *failure)
{
    struct itg__tx tx;
    itg_rule_t rule = {0, parent_id, position, expression, target_id, flags};
    itg_error_t err = itg__need(expression != NULL, "expression", failure);
    if (!err)
        err = itg__rule_ok(expression, flags, failure);
    if (!err)
        err = itg__begin_write(itg, __func__, ITG__RIGHT_WRITE, &tx, failure);
    if (err)
        return err;
    err = itg__end(&tx, create(&tx, &rule));
    if (!err && ret_id)
        *ret_id = rule.id;
    return err;
}

static itg_rule_t read_row(struct itg__query *q)
{
    return (itg_rule_t){.id = itg__int(q, 0),
                        .parent_id = itg__int(q, 1),
                        .position = itg__int(q, 2),
                        .expression = itg__text(q, 3),
                        .target_id = itg__int(q, 4),
                        .flags = (uint32_t)itg__int(q, 5)};
}

/* Where a rule is; ITG_E_NO_HANDLER. */
static itg_error_t find(struct itg__tx *tx, int64_t id, int64_t *ret_parent_id, int64_t *ret_position)
{
    struct itg__query q;
    itg__query(tx, &q, "SELECT parent_id, position FROM rule WHERE id = $1", "i", id);
    bool found = itg__next(&q);
    if (found) {
        *ret_parent_id = itg__int(&q, 0);
        *ret_position = itg__int(&q, 1);
    }
    itg_error_t err = itg__done(&q);
    return err || found ? err : missing(tx, id);
}

/* For the time of its move the rule stands in front of all children of a parent that no rule can have. */
static itg_error_t take_out(struct itg__tx *tx, int64_t id, int64_t parent_id, int64_t position)
{
    itg_error_t err = itg__run(tx, "UPDATE rule SET parent_id = -1, position = -1 WHERE id = $1", "i", id);
    return err ? err : shift(tx, parent_id, position + 1, -1);
}

static itg_error_t update(struct itg__tx *tx, const itg_rule_t *rule)
{
    int64_t old_parent = 0, old_position = 0, position = rule->position;
    struct itg__trail trail;
    itg_error_t err = find(tx, rule->id, &old_parent, &old_position);
    if (err)
        return err;
    err = itg__audit_before(tx, &trail, ITG__AUDIT_RULE, rule->id);
    if (!err)
        err = itg__rule_parent_ok(tx, rule->id, rule->parent_id);
    if (!err)
        err = check_target(tx, rule->target_id);
    if (!err)
        err = take_out(tx, rule->id, old_parent, old_position);
    if (!err)
        err = open_gap(tx, rule->parent_id, &position);
    if (!err)
        err = itg__run(tx,
                       "UPDATE rule SET parent_id = $2, position = $3, target_id = nullif($4, 0), flags = $5"
                       " WHERE id = $1",
                       "iiiii", rule->id, rule->parent_id, position, rule->target_id, (int64_t)rule->flags);
    if (!err && rule->expression)
        err = itg__run(tx, "UPDATE rule SET expression = $2 WHERE id = $1", "is", rule->id, rule->expression);
    return itg__audit_after(tx, &trail, err);
}

itg_error_t itg_rule_update(itg_t *itg, int64_t id, int64_t parent_id, int64_t position,
                            const char *expression, int64_t target_id, uint32_t flags, itg_failure_t *failure)
{
    struct itg__tx tx;
    const itg_rule_t rule = {id, parent_id, position, expression, target_id, flags};
    itg_error_t err = itg__rule_ok(expression, flags, failure);
    if (!err)
        err = itg__begin_write(itg, __func__, ITG__RIGHT_WRITE, &tx, failure);
    return err ? err : itg__end(&tx, update(&tx, &rule));
}

/* The rule and those below it. */
static itg_error_t record_deleted(struct itg__tx *tx, int64_t id)
{
    struct itg__query q;
    itg_error_t err = ITG_OK;
    itg__query(tx, &q,
               "WITH RECURSIVE down(id) AS (SELECT $1 UNION"
               " SELECT r.id FROM down JOIN rule r ON r.parent_id = down.id) SELECT id FROM down",
               "i", id);
    while (!err && itg__next(&q))
        err = itg__audit_deleted(tx, ITG__AUDIT_RULE, itg__int(&q, 0));
    itg_error_t done = itg__done(&q);
    return err ? err : done;
}

static itg_error_t delete_it(struct itg__tx *tx, int64_t id)
{
    int64_t parent_id = 0, position = 0;
    itg_error_t err = find(tx, id, &parent_id, &position);
    if (!err)
        err = record_deleted(tx, id);
    if (!err)
        err = itg__run(tx,
                       "WITH RECURSIVE down(id) AS (SELECT $1 UNION"
                       " SELECT r.id FROM down JOIN rule r ON r.parent_id = down.id)"
                       " DELETE FROM rule WHERE id IN (SELECT id FROM down)",
                       "i", id);
    return err ? err : shift(tx, parent_id, position + 1, -1);
}

itg_error_t itg_rule_delete(itg_t *itg, int64_t id, itg_failure_t *failure)
{
    struct itg__tx tx;
    itg_error_t err = itg__begin_write(itg, __func__, ITG__RIGHT_WRITE, &tx, failure);
    return err ? err : itg__end(&tx, delete_it(&tx, id));
}

static const struct itg__shape shape = {sizeof(itg_rule_t), 1,
                                        (const size_t[]){offsetof(itg_rule_t, expression)}};

static itg_error_t load(struct itg__tx *tx, int64_t id, itg_rule_t **ret_rule)
{
    struct itg__query q;
    itg_rule_t *rule = NULL;
    itg__query(tx, &q, "SELECT " COLUMNS " FROM rule r WHERE r.id = $1", "i", id);
    if (itg__next(&q)) {
        itg_rule_t row = read_row(&q);
        rule = itg__keep(&q, &row, &shape, 0);
    }
    itg_error_t err = itg__done(&q);
    if (!err && !rule)
        err = missing(tx, id);
    if (!err)
        *ret_rule = rule;
    return err;
}

itg_error_t itg_rule_get(itg_t *itg, int64_t id, itg_rule_t **ret_rule, itg_failure_t *failure)
{
    struct itg__tx tx;
    itg_rule_t *rule = NULL;
    itg_error_t err = itg__need(ret_rule != NULL, "ret_rule", failure);
    if (!err)
        err = itg__begin_read(itg, __func__, ITG__RIGHT_READ, &tx, failure);
    if (err)
        return err;
    err = itg__end(&tx, load(&tx, id, &rule));
    if (!err)
        *ret_rule = rule;
    return err;
}

void itg_rule_free(itg_rule_t *rule)
{
    free(rule);
}

static bool grow(struct itg__rule_tree *tree)
{
    size_t capacity = tree->capacity ? tree->capacity * 2 : 16;
    itg_rule_t *rules = realloc(tree->rules, capacity * sizeof *rules);
    if (rules)
        tree->rules = rules;
    bool *usable = rules ? realloc(tree->usable, capacity * sizeof *usable) : NULL;
    if (!usable)
        return false;
    tree->usable = usable;
    tree->capacity = capacity;
    return true;
}

static bool add_rule(struct itg__rule_tree *tree, const itg_rule_t *rule, bool usable)
{
    if (tree->count == tree->capacity && !grow(tree))
        return false;
    char *expression = strdup(rule->expression);
    if (!expression)
        return false;
    tree->rules[tree->count] = *rule;
    tree->rules[tree->count].expression = expression;
    tree->usable[tree->count++] = usable;
    return true;
}

itg_error_t itg__rule_tree_load(struct itg__tx *tx, struct itg__rule_tree *tree)
{
    struct itg__query q;
    bool room = true;
    itg__query(tx, &q,
               "SELECT " COLUMNS ", o.id IS NOT NULL AND o.bin_id IS NULL FROM rule r"
               " LEFT JOIN object o ON o.id = r.target_id ORDER BY r.parent_id, r.position, r.id",
               "");
    while (room && itg__next(&q)) {
        itg_rule_t rule = read_row(&q);
        room = add_rule(tree, &rule, itg__int(&q, 6) != 0);
    }
    itg_error_t err = itg__done(&q);
    return err || room ? err : itg__fail(tx->failure, ITG_E_INTERNAL, NULL);
}

void itg__rule_tree_dispose(struct itg__rule_tree *tree)
{
    for (size_t i = 0; i < tree->count; i++)
        free((char *)tree->rules[i].expression);
    free(tree->rules);
    free(tree->usable);
    *tree = (struct itg__rule_tree){0};
}

size_t itg__rule_children(const struct itg__rule_tree *tree, int64_t parent_id, size_t *ret_first)
{
    size_t low = 0, high = tree->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (tree->rules[middle].parent_id < parent_id)
            low = middle + 1;
        else
            high = middle;
    }
    *ret_first = low;
    while (low < tree->count && tree->rules[low].parent_id == parent_id)
        low++;
    return low - *ret_first;
}

static itg_error_t set_position(struct itg__tx *tx, const itg_rule_t *rule, int64_t position)
{
    if (rule->position == position)
        return ITG_OK;
    return itg__run(tx, "UPDATE rule SET position = $2 WHERE id = $1", "ii", rule->id, position);
}

itg_error_t itg__rule_renumber(struct itg__tx *tx)
{
    struct itg__rule_tree tree = {0};
    int64_t position = 0;
    itg_error_t err = itg__rule_tree_load(tx, &tree);
    for (size_t i = 0; !err && i < tree.count; i++) {
        bool same = i > 0 && tree.rules[i - 1].parent_id == tree.rules[i].parent_id;
        position = same ? position + 1 : 0;
        err = set_position(tx, &tree.rules[i], position);
    }
    itg__rule_tree_dispose(&tree);
    return err;
}

/* False once the walk is over. */
static bool walk(const struct itg__rule_tree *tree, int64_t parent_id, itg_rule_fn fn, void *ctx)
{
    size_t first = 0, count = itg__rule_children(tree, parent_id, &first);
    for (size_t i = first; i < first + count; i++)
        if (fn(ctx, &tree->rules[i]) != 0 || !walk(tree, tree->rules[i].id, fn, ctx))
            return false;
    return true;
}

itg_error_t itg_rule_each(itg_t *itg, itg_rule_fn fn, void *ctx, itg_failure_t *failure)
{
    struct itg__tx tx;
    struct itg__rule_tree tree = {0};
    itg_error_t err = itg__need(fn != NULL, "fn", failure);
    if (!err)
        err = itg__begin_read(itg, __func__, ITG__RIGHT_READ, &tx, failure);
    if (err)
        return err;
    err = itg__end(&tx, itg__rule_tree_load(&tx, &tree));
    if (!err)
        walk(&tree, 0, fn, ctx);
    itg__rule_tree_dispose(&tree);
    return err;
}
