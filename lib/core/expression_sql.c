/* From the tree of an expression to SQL.
 *
 * Whether a thin client is online only the device link knows. As it is the same question wherever it stands,
 * the expression is compiled for both answers: rows for which one of the two holds are walked, and columns
 * tell for each row which of them does. */
#include "core/expression_sql.h"
#include "core/property.h"

enum {
    /* Rows up to which directories are walked by their index and sorted; from there on all thin clients are
     * walked in the order that is wanted, and those elsewhere left out. */
    MAX_SORTED = 2000,
    /* Directories up to which those below others are collected in front of a walk; from there on each row is
     * asked for those above it. A walk in pieces would collect them for each piece. */
    MAX_COLLECTED = 1000
};

static void add(struct itg__compiler *c, const char *text)
{
    itg__sql_add(c->sql, text);
}

/* --- groups --- */

/* What a node is once it is known who is online. */
enum truth { OPEN, IS_TRUE, IS_FALSE };

static enum truth truth_of_online(const struct itg__compiler *c, const struct itg__node *node)
{
    bool one_of = false;
    for (size_t i = 0; i < node->operand_count; i++)
        one_of = one_of || node->operands[i].first == (int64_t)c->online;
    return one_of != itg__is_negative(node->op) ? IS_TRUE : IS_FALSE;
}

static enum truth truth_of(const struct itg__compiler *c, const struct itg__node *node)
{
    if (!node->asks_online)
        return OPEN;
    if (node->kind == ITG__NODE_COMPARISON)
        return truth_of_online(c, node);
    /* One of these settles the group; one of the others says nothing. */
    enum truth settles = node->kind == ITG__NODE_AND ? IS_FALSE : IS_TRUE;
    bool open = false;
    for (const struct itg__node *part = node->first; part; part = part->next) {
        enum truth truth = truth_of(c, part);
        if (truth == settles)
            return settles;
        open = open || truth == OPEN;
    }
    return open ? OPEN : settles == IS_TRUE ? IS_FALSE : IS_TRUE;
}

static const struct itg__node *highest_part(const struct itg__node *group)
{
    const struct itg__node *highest = group->first;
    for (const struct itg__node *part = group->first; part; part = part->next)
        if (part->height > highest->height)
            highest = part;
    return highest;
}

static void add_node(struct itg__compiler *c, const struct itg__node *node);

static void add_part(struct itg__compiler *c, const struct itg__node *part, const char **separator,
                     const char *next)
{
    if (truth_of(c, part) != OPEN)
        return;
    add(c, *separator);
    add_node(c, part);
    *separator = next;
}

/* Adds a node that is OPEN. The highest part of a group comes first: an engine's parser then has to keep less
 * in mind, and SQLite's keeps but a hundred things. */
static void add_node(struct itg__compiler *c, const struct itg__node *node)
{
    if (node->kind == ITG__NODE_COMPARISON) {
        itg__compile_comparison(c, node);
        return;
    }
    const struct itg__node *highest = highest_part(node);
    const char *separator = "(";
    const char *next = node->kind == ITG__NODE_AND ? " AND " : " OR ";
    add_part(c, highest, &separator, next);
    for (const struct itg__node *part = node->first; part; part = part->next)
        if (part != highest)
            add_part(c, part, &separator, next);
    add(c, ")");
}

/* --- which index leads to the rows --- */

/* Calls for each of the conditions that all must hold. */
#define EACH_CONDITION(part, root)                                                                    \
    for (const struct itg__node *part = (root)->kind == ITG__NODE_AND ? (root)->first : (root); part; \
         part = (root)->kind == ITG__NODE_AND ? part->next : NULL)

static bool is_equality(const struct itg__node *node)
{
    return node->op == ITG__OP_EQUAL || node->op == ITG__OP_IN;
}

/* Leads to at most one row for each value. */
static bool is_by_key(const struct itg__node *node)
{
    if (node->kind != ITG__NODE_COMPARISON || !is_equality(node))
        return false;
    if (itg__node_is(node, ITG__PROPERTY_id))
        return true;
    if (!itg__node_is(node, ITG__PROPERTY_mac) && !itg__node_is(node, ITG__PROPERTY_unit_id))
        return false;
    for (size_t i = 0; i < node->operand_count; i++)
        if (node->operands[i].wild)
            return false;
    return true;
}

static bool is_by_directory(const struct itg__node *node)
{
    if (node->kind != ITG__NODE_COMPARISON)
        return false;
    bool directory = node->subject == ITG__SUBJECT_DIRECTORY || itg__node_is(node, ITG__PROPERTY_parent_id);
    bool beneath = itg__node_descends(node) && node->op == ITG__OP_BENEATH && !node->upwards;
    return directory && (is_equality(node) || beneath);
}

/* Ends a statement that counts rows, none beyond `most`, and runs it. */
static itg_error_t count_rows(struct itg__compiler *c, int64_t most, bool *ret_fits)
{
    struct itg__query q;
    add(c, " LIMIT ");
    itg__sql_int(c->sql, most + 1);
    add(c, ") counted");
    itg__sql_query(c->tx, &q, c->sql);
    bool fits = itg__next(&q) && itg__int(&q, 0) <= most;
    itg_error_t err = itg__done(&q);
    itg__sql_dispose(c->sql);
    *ret_fits = fits;
    return err;
}

/* Do so few thin clients lie there that it does not matter to sort them? */
static itg_error_t is_small(struct itg__compiler *c, const struct itg__node *node, bool *ret_small)
{
    struct itg__sql sql = {0};
    struct itg__compiler counter = {.tx = c->tx, .sql = &sql, .by = node};
    add(&counter, "SELECT count(*) FROM (SELECT 1 FROM object o WHERE ");
    itg__compile_comparison(&counter, node);
    return count_rows(&counter, MAX_SORTED, ret_small);
}

static itg_error_t choose_direction(struct itg__compiler *c, struct itg__node *node)
{
    struct itg__sql sql = {0};
    struct itg__compiler counter = {.tx = c->tx, .sql = &sql};
    bool few = false;
    add(&counter, "SELECT count(*) FROM (");
    itg__compile_down(&counter, node);
    add(&counter, " SELECT id FROM down");
    itg_error_t err = count_rows(&counter, MAX_COLLECTED, &few);
    node->upwards = !few;
    return err;
}

static itg_error_t choose_directions(struct itg__compiler *c, struct itg__expression *expression,
                                     const struct itg__selection_shape *shape)
{
    itg_error_t err = ITG_OK;
    for (size_t i = 0; !err && i < expression->node_count; i++) {
        struct itg__node *node = &expression->nodes[i];
        if (!itg__node_descends(node))
            continue;
        if (shape->only_id || shape->at_once)
            node->upwards = shape->only_id != 0;
        else
            err = choose_direction(c, node);
    }
    return err;
}

static itg_error_t choose_index(struct itg__compiler *c, const struct itg__node *root)
{
    const struct itg__node *many = NULL;
    bool small = false;
    EACH_CONDITION(node, root)
    {
        if (is_by_key(node))
            return ITG_OK;
        if (!is_by_directory(node))
            continue;
        bool one = is_equality(node) && node->operand_count == 1;
        if (one && !c->by_order) {
            c->by = node;
            c->by_order = true;
        }
        many = many ? many : node;
    }
    if (c->by || !many)
        return ITG_OK;
    itg_error_t err = is_small(c, many, &small);
    c->by = small ? many : NULL;
    return err;
}

/* --- the statement --- */

/* What the conditions that ask who is online come to. */
static enum truth truth_of_asking(const struct itg__compiler *c, const struct itg__node *root)
{
    enum truth all = IS_TRUE;
    EACH_CONDITION(node, root)
    {
        enum truth truth = node->asks_online ? truth_of(c, node) : IS_TRUE;
        if (truth == IS_FALSE)
            return IS_FALSE;
        all = truth == OPEN ? OPEN : all;
    }
    return all;
}

static void add_asking(struct itg__compiler *c, const struct itg__node *root)
{
    const char *separator = "(";
    EACH_CONDITION(node, root)
    {
        if (node->asks_online)
            add_part(c, node, &separator, " AND ");
    }
    add(c, ")");
}

/* A column that is 1 in rows that match if the thin client is online, or is not. */
static void add_asking_column(struct itg__compiler *c, const struct itg__node *root, bool online)
{
    c->online = online;
    enum truth truth = truth_of_asking(c, root);
    if (truth != OPEN) {
        add(c, truth == IS_TRUE ? ", 1" : ", 0");
        return;
    }
    add(c, ", CASE WHEN ");
    add_asking(c, root);
    add(c, " THEN 1 ELSE 0 END");
}

static void add_asking_condition(struct itg__compiler *c, const struct itg__node *root)
{
    enum truth truths[2];
    const char *separator = " AND (";
    for (int online = 0; online < 2; online++) {
        c->online = online;
        truths[online] = truth_of_asking(c, root);
    }
    if (truths[0] == IS_TRUE || truths[1] == IS_TRUE)
        return;
    if (truths[0] == IS_FALSE && truths[1] == IS_FALSE) {
        add(c, " AND 1 = 0");
        return;
    }
    for (int online = 0; online < 2; online++) {
        if (truths[online] != OPEN)
            continue;
        c->online = online;
        add(c, separator);
        add_asking(c, root);
        separator = " OR ";
    }
    add(c, ")");
}

static void add_condition_int(struct itg__compiler *c, const char *condition, int64_t value)
{
    add(c, condition);
    itg__sql_int(c->sql, value);
}

static void add_statement(struct itg__compiler *c, const struct itg__node *root,
                          const struct itg__selection_shape *shape)
{
    add(c, "SELECT ");
    add(c, shape->source->columns);
    if (root->asks_online) {
        add_asking_column(c, root, false);
        add_asking_column(c, root, true);
    }
    add(c, " FROM thinclient t JOIN object o ON o.id = t.id");
    add(c, shape->source->joins);
    add_condition_int(c, c->by_order ? " WHERE o.id > " : " WHERE t.id > ", shape->after_id);
    if (shape->only_id)
        add_condition_int(c, " AND t.id = ", shape->only_id);
    if (shape->live)
        add(c, " AND o.bin_id IS NULL");
    EACH_CONDITION(node, root)
    {
        if (node->asks_online)
            continue;
        add(c, " AND ");
        add_node(c, node);
    }
    if (root->asks_online)
        add_asking_condition(c, root);
    add(c, c->by_order ? " ORDER BY o.id" : " ORDER BY t.id");
}

/* Looks up what the attributes hold that are asked for; one that is not defined has no value either. */
static itg_error_t find_attributes(struct itg__tx *tx, struct itg__expression *expression)
{
    itg_error_t err = ITG_OK;
    for (size_t i = 0; !err && i < expression->node_count; i++) {
        struct itg__node *node = &expression->nodes[i];
        bool found = false;
        int64_t type = 0;
        if (node->kind != ITG__NODE_COMPARISON || node->subject != ITG__SUBJECT_ATTRIBUTE)
            continue;
        err = itg__lookup(tx, &found, &type, "SELECT type FROM attribute WHERE identifier = $1", "s",
                          node->identifier);
        node->attribute_type = (itg_attribute_type_t)type;
    }
    return err;
}

itg_error_t itg__selection_init(struct itg__selection *selection, struct itg__tx *tx, const char *expression,
                                const struct itg__selection_shape *shape)
{
    struct itg__compiler c = {.tx = tx, .sql = &selection->sql, .now_ms = itg__now_ms(tx->fleet)};
    *selection = (struct itg__selection){.source = shape->source};
    itg_error_t err = itg__expression_parse(expression, NULL, &selection->expression, tx->failure);
    if (err)
        return err;
    const struct itg__node *root = selection->expression->root;
    selection->asks_online = root->asks_online;
    err = find_attributes(tx, selection->expression);
    if (!err)
        err = choose_directions(&c, selection->expression, shape);
    if (!err && !shape->only_id)
        err = choose_index(&c, root);
    if (!err)
        add_statement(&c, root, shape);
    return err;
}

void itg__selection_dispose(struct itg__selection *selection)
{
    itg__sql_dispose(&selection->sql);
    itg__expression_free(selection->expression);
    selection->expression = NULL;
}

void itg__selection_query(struct itg__selection *selection, struct itg__tx *tx, struct itg__query *q)
{
    itg__sql_query(tx, q, &selection->sql);
}

bool itg__selection_next(const struct itg__selection *selection, struct itg__query *q)
{
    while (itg__next(q)) {
        if (!selection->asks_online)
            return true;
        bool online = itg_thinclient_online(q->tx->itg, itg__int(q, selection->source->id_column));
        if (itg__int(q, selection->source->column_count + online))
            return true;
    }
    return false;
}
