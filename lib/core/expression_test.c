/* Comparisons of an expression in SQL. */
#include "core/expression_sql.h"
#include "core/property.h"

static void add(struct itg__compiler *c, const char *text)
{
    itg__sql_add(c->sql, text);
}

bool itg__is_negative(enum itg__operator op)
{
    return op == ITG__OP_UNEQUAL || op == ITG__OP_OUT || op == ITG__OP_OUTSIDE;
}

/* The sign of an operator of order; NULL for others. */
static const char *order_sign(enum itg__operator op)
{
    static const char *const signs[] = {[ITG__OP_LESS] = " < ",
                                        [ITG__OP_LESS_EQUAL] = " <= ",
                                        [ITG__OP_GREATER] = " > ",
                                        [ITG__OP_GREATER_EQUAL] = " >= "};
    return (size_t)op < sizeof signs / sizeof *signs ? signs[op] : NULL;
}

/* --- texts --- */

/* A text that is compared. */
struct text_column {
    void (*add)(struct itg__compiler *c, const struct itg__node *node);
    const char *sql;  /* if it is not added by a function */
    const char *fold; /* what to do with both sides, "lower(" or "(" */
};

static void add_folded_column(struct itg__compiler *c, const struct itg__node *node,
                              const struct text_column *column, const char *fold)
{
    add(c, fold);
    if (column->add)
        column->add(c, node);
    else
        add(c, column->sql);
    add(c, ")");
}

static void add_folded_text(struct itg__compiler *c, const char *fold, const char *text)
{
    add(c, fold);
    itg__sql_text(c->sql, text);
    add(c, ")");
}

static void add_plain_texts(struct itg__compiler *c, const struct itg__node *node,
                            const struct text_column *column, size_t count)
{
    const char *separator = count == 1 ? " = " : " IN (";
    add_folded_column(c, node, column, column->fold);
    for (size_t i = 0; i < node->operand_count; i++) {
        if (node->operands[i].wild)
            continue;
        add(c, separator);
        add_folded_text(c, column->fold, node->operands[i].text);
        separator = ", ";
    }
    add(c, count == 1 ? "" : ")");
}

/* Equal to one of the values. */
static void add_equal_texts(struct itg__compiler *c, const struct itg__node *node,
                            const struct text_column *column)
{
    size_t plain = 0;
    for (size_t i = 0; i < node->operand_count; i++)
        plain += !node->operands[i].wild;
    const char *separator = "(";
    if (plain > 0) {
        add(c, separator);
        add_plain_texts(c, node, column, plain);
        separator = " OR ";
    }
    for (size_t i = 0; i < node->operand_count; i++) {
        if (!node->operands[i].wild)
            continue;
        add(c, separator);
        add_folded_column(c, node, column, "lower(");
        add(c, " LIKE ");
        add_folded_text(c, "lower(", node->operands[i].pattern);
        add(c, " ESCAPE '\\'");
        separator = " OR ";
    }
    add(c, ")");
}

static void add_texts(struct itg__compiler *c, const struct itg__node *node, const struct text_column *column)
{
    const char *sign = order_sign(node->op);
    if (!sign) {
        add_equal_texts(c, node, column);
        return;
    }
    add_folded_column(c, node, column, column->fold);
    add(c, sign);
    add_folded_text(c, column->fold, node->operands[0].text);
}

/* --- numbers, times, booleans --- */

static int64_t first_of(const struct itg__compiler *c, const struct itg__operand *operand)
{
    return operand->first + (operand->relative ? c->now_ms : 0);
}

static int64_t last_of(const struct itg__compiler *c, const struct itg__operand *operand)
{
    return operand->last + (operand->relative ? c->now_ms : 0);
}

static void add_equal_wholes(struct itg__compiler *c, const struct itg__node *node, const char *column)
{
    const char *separator = "(";
    for (size_t i = 0; i < node->operand_count; i++) {
        const struct itg__operand *operand = &node->operands[i];
        add(c, separator);
        add(c, column);
        add(c, " BETWEEN ");
        itg__sql_int(c->sql, first_of(c, operand));
        add(c, " AND ");
        itg__sql_int(c->sql, last_of(c, operand));
        separator = " OR ";
    }
    add(c, ")");
}

/* One of some ids; a form that indexes answer. */
static void add_ids(struct itg__compiler *c, const struct itg__node *node, const char *column)
{
    add(c, column);
    add(c, node->operand_count == 1 ? " = " : " IN (");
    for (size_t i = 0; i < node->operand_count; i++) {
        add(c, i > 0 ? ", " : "");
        itg__sql_int(c->sql, node->operands[i].first);
    }
    add(c, node->operand_count == 1 ? "" : ")");
}

static void add_wholes(struct itg__compiler *c, const struct itg__node *node, const char *column)
{
    const char *sign = order_sign(node->op);
    const struct itg__operand *operand = &node->operands[0];
    bool from_first = node->op == ITG__OP_LESS || node->op == ITG__OP_GREATER_EQUAL;
    int64_t unknown = 0;
    if (!sign) {
        add_equal_wholes(c, node, column);
        return;
    }
    add(c, "(");
    if (itg__property_unknown(node->property, &unknown)) {
        add(c, column);
        add(c, " <> ");
        itg__sql_int(c->sql, unknown);
        add(c, " AND ");
    }
    add(c, column);
    add(c, sign);
    itg__sql_int(c->sql, from_first ? first_of(c, operand) : last_of(c, operand));
    add(c, ")");
}

static void add_reals(struct itg__compiler *c, const struct itg__node *node, const char *column)
{
    const char *sign = order_sign(node->op);
    add(c, column);
    add(c, sign ? sign : " IN (");
    for (size_t i = 0; i < node->operand_count; i++) {
        add(c, i > 0 ? ", " : "");
        itg__sql_real(c->sql, node->operands[i].real);
    }
    add(c, sign ? "" : ")");
}

/* In the recycle bin: the only boolean that is not a column. */
static void add_bin(struct itg__compiler *c, const struct itg__node *node)
{
    bool yes = false, no = false;
    for (size_t i = 0; i < node->operand_count; i++)
        *(node->operands[i].first ? &yes : &no) = true;
    add(c, yes && no ? "1 = 1" : yes ? "o.bin_id IS NOT NULL" : "o.bin_id IS NULL");
}

/* --- directories and profiles --- */

/* A plus in front of the column keeps its index from being used: the order of ids would be lost, and with it
 * the point of going on after the last one. */
static const char *directory_column(const struct itg__compiler *c, const struct itg__node *node)
{
    return c->by == node ? "o.type = 1 AND o.parent_id" : "+o.parent_id";
}

static bool is_beneath(enum itg__operator op)
{
    return op == ITG__OP_BENEATH || op == ITG__OP_OUTSIDE;
}

/* Everything lies below the root. */
static bool names_root(const struct itg__node *node)
{
    for (size_t i = 0; i < node->operand_count; i++)
        if (node->operands[i].first == ITG_ROOT_THINCLIENTS)
            return true;
    return false;
}

bool itg__node_descends(const struct itg__node *node)
{
    return node->kind == ITG__NODE_COMPARISON &&
           (node->subject == ITG__SUBJECT_PROFILE ||
            (node->subject == ITG__SUBJECT_DIRECTORY && is_beneath(node->op) && !names_root(node)));
}

/* Assignments a of the profiles, but for those in the recycle bin. */
#define LIVE_ASSIGNMENT "assignment a JOIN object p ON p.id = a.assignee_id AND p.bin_id IS NULL"

void itg__compile_down(struct itg__compiler *c, const struct itg__node *node)
{
    bool profile = node->subject == ITG__SUBJECT_PROFILE;
    add(c, "WITH RECURSIVE down(id) AS (");
    add(c, profile ? "SELECT a.receiver_id FROM " LIVE_ASSIGNMENT " WHERE "
                   : "SELECT id FROM object WHERE type = 2 AND ");
    add_ids(c, node, profile ? "a.assignee_id" : "id");
    add(c, " UNION SELECT d.id FROM down JOIN object d ON d.parent_id = down.id AND d.type = 2)");
}

/* What is above each row, itself included or not. The bound ends the walk in a damaged file whose tree has a
 * ring.
 */
static void add_up(struct itg__compiler *c, const char *from)
{
    add(c, "WITH RECURSIVE up(id, distance) AS (SELECT ");
    add(c, from);
    add(c, ", 0 UNION ALL SELECT u.parent_id, up.distance + 1 FROM up JOIN object u ON u.id = up.id"
           " WHERE up.distance <= ");
    itg__sql_int(c->sql, ITG_LIMIT_DEPTH);
    add(c, ")");
}

static void add_beneath(struct itg__compiler *c, const struct itg__node *node)
{
    if (node->upwards) {
        add(c, "EXISTS (");
        add_up(c, "o.parent_id");
        add(c, " SELECT 1 FROM up WHERE ");
        add_ids(c, node, "up.id");
    } else {
        add(c, directory_column(c, node));
        add(c, " IN (");
        itg__compile_down(c, node);
        add(c, " SELECT id FROM down");
    }
    add(c, ")");
}

static void add_directory(struct itg__compiler *c, const struct itg__node *node)
{
    if (is_beneath(node->op) && names_root(node))
        add(c, "1 = 1");
    else if (is_beneath(node->op))
        add_beneath(c, node);
    else
        add_ids(c, node, directory_column(c, node));
}

static void add_assigned(struct itg__compiler *c, const struct itg__node *node)
{
    add(c, "EXISTS (SELECT 1 FROM assignment a WHERE a.receiver_id = t.id AND ");
    add_ids(c, node, "a.assignee_id");
    add(c, ")");
}

/* Assigned to it, or to a directory that it lies below. */
static void add_profile(struct itg__compiler *c, const struct itg__node *node)
{
    add(c, "(EXISTS (");
    if (node->upwards) {
        add_up(c, "t.id");
        add(c, " SELECT 1 FROM up JOIN " LIVE_ASSIGNMENT " WHERE a.receiver_id = up.id AND ");
        add_ids(c, node, "a.assignee_id");
    } else {
        add(c, "SELECT 1 FROM " LIVE_ASSIGNMENT " WHERE a.receiver_id = t.id AND ");
        add_ids(c, node, "a.assignee_id");
        add(c, ") OR +o.parent_id IN (");
        itg__compile_down(c, node);
        add(c, " SELECT id FROM down");
    }
    add(c, "))");
}

/* --- attributes --- */

/* The value, '' if there is none. */
static void add_attribute(struct itg__compiler *c, const struct itg__node *node)
{
    add(c, "coalesce((SELECT v.value FROM attribute a JOIN attribute_value v ON v.attribute_id = a.id"
           " WHERE v.thinclient_id = t.id AND a.identifier = ");
    itg__sql_text(c->sql, node->identifier);
    add(c, "), '')");
}

static void add_attribute_number(struct itg__compiler *c, const struct itg__node *node)
{
    add(c, "CAST(nullif(");
    add_attribute(c, node);
    add(c, ", '') AS DOUBLE PRECISION)");
}

static void add_attribute_set(struct itg__compiler *c, const struct itg__node *node)
{
    add(c, "(");
    add_attribute(c, node);
    add(c, " <> '' AND ");
}

static void add_ordered_number(struct itg__compiler *c, const struct itg__node *node)
{
    if (!node->operands[0].is_number) {
        add(c, "1 = 0");
        return;
    }
    add_attribute_set(c, node);
    add_attribute_number(c, node);
    add(c, order_sign(node->op));
    itg__sql_real(c->sql, node->operands[0].real);
    add(c, ")");
}

/* As texts, or as numbers that are written in another way. */
static void add_equal_numbers(struct itg__compiler *c, const struct itg__node *node,
                              const struct text_column *column)
{
    add(c, "(");
    add_equal_texts(c, node, column);
    for (size_t i = 0; i < node->operand_count; i++) {
        if (!node->operands[i].is_number)
            continue;
        add(c, " OR ");
        add_attribute_set(c, node);
        add_attribute_number(c, node);
        add(c, " = ");
        itg__sql_real(c->sql, node->operands[i].real);
        add(c, ")");
    }
    add(c, ")");
}

/* By the places of the two values in the list of allowed ones. */
static void add_ordered_range(struct itg__compiler *c, const struct itg__node *node)
{
    add(c, "EXISTS (SELECT 1 FROM attribute a JOIN attribute_value v ON v.attribute_id = a.id"
           " JOIN attribute_choice m ON m.attribute_id = a.id AND m.value = v.value"
           " JOIN attribute_choice w ON w.attribute_id = a.id AND lower(w.value) = lower(");
    itg__sql_text(c->sql, node->operands[0].text);
    add(c, ") WHERE v.thinclient_id = t.id AND a.identifier = ");
    itg__sql_text(c->sql, node->identifier);
    add(c, " AND m.position");
    add(c, order_sign(node->op));
    add(c, "w.position)");
}

static void add_ordered_attribute(struct itg__compiler *c, const struct itg__node *node,
                                  const struct text_column *column)
{
    add_attribute_set(c, node);
    add_texts(c, node, column);
    add(c, ")");
}

static void add_attribute_test(struct itg__compiler *c, const struct itg__node *node)
{
    const struct text_column column = {add_attribute, NULL, "lower("};
    bool number = node->attribute_type == ITG_ATTRIBUTE_NUMBER;
    if (!order_sign(node->op))
        number ? add_equal_numbers(c, node, &column) : add_equal_texts(c, node, &column);
    else if (number)
        add_ordered_number(c, node);
    else if (node->attribute_type == ITG_ATTRIBUTE_RANGE)
        add_ordered_range(c, node);
    else
        add_ordered_attribute(c, node, &column);
}

/* --- comparisons --- */

bool itg__node_is(const struct itg__node *node, size_t property)
{
    return node->subject == ITG__SUBJECT_PROPERTY && itg__property_index(node->property) == property;
}

/* Writes the column of a property into buf. */
static const char *property_column(const itg_property_t *property, struct itg__buf *buf)
{
    size_t index = itg__property_index(property);
    if (index == ITG__PROPERTY_parent_id)
        return "+o.parent_id";
    itg__buf_str(buf, index == ITG__PROPERTY_name ? "o." : "t.");
    itg__buf_str(buf, property->column);
    itg__buf_add(buf, "", 1);
    return buf->failed ? "" : buf->data;
}

/* What itg__revision_state() says: the highest revision of the thin client and of all above it against the
 * one that it has confirmed. */
static void add_config_changes(struct itg__compiler *c, const struct itg__node *node)
{
    (void)node;
    add(c, "(SELECT CASE WHEN coalesce(f.value, -1) >= coalesce(n.value, 0) THEN 'APPLIED'"
           " WHEN n.value > 0 THEN 'PENDING' ELSE t.config_changes END"
           " FROM (");
    add_up(c, "t.id");
    add(c, " SELECT max(r.value) AS value FROM up JOIN revision r ON r.object_id = up.id) n"
           " LEFT JOIN confirmation f ON f.thinclient_id = t.id)");
}

static void add_property(struct itg__compiler *c, const struct itg__node *node)
{
    struct itg__buf buf = {0};
    const itg_property_t *property = node->property;
    const char *column = property_column(property, &buf);
    bool exact = itg__node_is(node, ITG__PROPERTY_mac) || itg__node_is(node, ITG__PROPERTY_unit_id);
    bool order = order_sign(node->op) != NULL;
    if (itg__node_is(node, ITG__PROPERTY_config_changes))
        add_texts(c, node, &(struct text_column){add_config_changes, NULL, "lower("});
    else if (property->kind == ITG_KIND_TEXT)
        add_texts(c, node, &(struct text_column){NULL, column, exact ? "(" : "lower("});
    else if (property->kind == ITG_KIND_REAL)
        add_reals(c, node, column);
    else if (itg__node_is(node, ITG__PROPERTY_in_bin))
        add_bin(c, node);
    else if (itg__node_is(node, ITG__PROPERTY_parent_id) && !order)
        add_ids(c, node, directory_column(c, node));
    else if (itg__node_is(node, ITG__PROPERTY_id) && !order)
        add_ids(c, node, column);
    else
        add_wholes(c, node, column);
    c->sql->text.failed = c->sql->text.failed || buf.failed;
    itg__buf_dispose(&buf);
}

void itg__compile_comparison(struct itg__compiler *c, const struct itg__node *node)
{
    bool negative = itg__is_negative(node->op);
    add(c, negative ? "NOT (" : "");
    switch (node->subject) {
    case ITG__SUBJECT_PROPERTY:
        add_property(c, node);
        break;
    case ITG__SUBJECT_DIRECTORY:
        add_directory(c, node);
        break;
    case ITG__SUBJECT_PROFILE:
        add_profile(c, node);
        break;
    case ITG__SUBJECT_ASSIGNED:
        add_assigned(c, node);
        break;
    case ITG__SUBJECT_ATTRIBUTE:
        add_attribute_test(c, node);
        break;
    case ITG__SUBJECT_ONLINE: /* has become a constant */
        break;
    }
    add(c, negative ? ")" : "");
}
