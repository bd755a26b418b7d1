/* From the text of an expression to its tree, by recursive descent. */
#include "core/expression.h"
#include <stdlib.h>
#include <string.h>

static itg_error_t parse_or(struct itg__parser *parser, struct itg__node **ret_node);

static itg_error_t new_node(struct itg__parser *parser, enum itg__node_kind kind, struct itg__node **ret_node)
{
    struct itg__expression *expression = parser->expression;
    if (expression->node_count == parser->node_room)
        return itg__parser_fail(parser, parser->at, "more than %d values", ITG_LIMIT_EXPRESSION_VALUES);
    *ret_node = &expression->nodes[expression->node_count++];
    (*ret_node)->kind = kind;
    (*ret_node)->offset = parser->at;
    return ITG_OK;
}

static itg_error_t parse_operand(struct itg__parser *parser, struct itg__node *node)
{
    struct itg__expression *expression = parser->expression;
    itg__lex_peek(parser);
    if (expression->operand_count == parser->operand_room)
        return itg__parser_fail(parser, parser->at, "more than %d values", ITG_LIMIT_EXPRESSION_VALUES);
    struct itg__operand *operand = &expression->operands[expression->operand_count];
    itg_error_t err = itg__lex_value(parser, operand);
    if (!err)
        err = itg__operand_read(parser, node, operand);
    if (err)
        return err;
    expression->operand_count++;
    node->operand_count++;
    return ITG_OK;
}

static bool takes_list(enum itg__operator op)
{
    return op == ITG__OP_IN || op == ITG__OP_OUT;
}

static itg_error_t parse_list(struct itg__parser *parser, struct itg__node *node)
{
    itg_error_t err = ITG_OK;
    if (!itg__lex_take(parser, '('))
        return itg__parser_fail(parser, parser->at, "expected '(' and a list of values");
    do
        err = parse_operand(parser, node);
    while (!err && itg__lex_take(parser, ','));
    if (!err && !itg__lex_take(parser, ')'))
        err = itg__parser_fail(parser, parser->at, "expected ',' or ')'");
    return err;
}

static itg_error_t parse_comparison(struct itg__parser *parser, struct itg__node **ret_node)
{
    struct itg__node *node = NULL;
    const char *selector = NULL;
    itg__lex_peek(parser);
    itg_error_t err = new_node(parser, ITG__NODE_COMPARISON, &node);
    if (!err)
        err = itg__lex_selector(parser, &selector);
    if (!err)
        err = itg__selector_resolve(parser, node, selector);
    if (err)
        return err;
    itg__lex_peek(parser);
    size_t operator_at = parser->at;
    err = itg__lex_operator(parser, &node->op);
    if (!err)
        err = itg__operator_check(parser, node, operator_at);
    if (err)
        return err;
    node->asks_online = node->subject == ITG__SUBJECT_ONLINE;
    node->operands = &parser->expression->operands[parser->expression->operand_count];
    err = takes_list(node->op) ? parse_list(parser, node) : parse_operand(parser, node);
    if (!err)
        *ret_node = node;
    return err;
}

static itg_error_t parse_term(struct itg__parser *parser, struct itg__node **ret_node)
{
    if (itg__lex_peek(parser) != '(')
        return parse_comparison(parser, ret_node);
    if (parser->nesting == ITG_LIMIT_EXPRESSION_NESTING)
        return itg__parser_fail(parser, parser->at, "more than %d parentheses inside each other",
                                ITG_LIMIT_EXPRESSION_NESTING);
    parser->at++;
    parser->nesting++;
    itg_error_t err = parse_or(parser, ret_node);
    parser->nesting--;
    if (!err && !itg__lex_take(parser, ')'))
        err = itg__parser_fail(parser, parser->at, "expected ';', ',' or ')'");
    return err;
}

/* Adds a node to a group; a group of the same kind gives its nodes. */
static void add_to_group(struct itg__node *group, struct itg__node *node)
{
    bool same = node->kind == group->kind;
    struct itg__node *first = same ? node->first : node;
    *(group->first ? &group->last->next : &group->first) = first;
    group->last = same ? node->last : node;
    group->asks_online = group->asks_online || node->asks_online;
    int height = node->height + !same;
    if (height > group->height)
        group->height = height;
}

typedef itg_error_t (*parse_fn)(struct itg__parser *parser, struct itg__node **ret_node);

/* Parts with a separator between them: the part itself if there is but one, else a group. */
static itg_error_t parse_group(struct itg__parser *parser, enum itg__node_kind kind, char separator,
                               parse_fn part, struct itg__node **ret_node)
{
    struct itg__node *node = NULL, *group = NULL;
    itg_error_t err = part(parser, &node);
    if (err || itg__lex_peek(parser) != separator) {
        *ret_node = node;
        return err;
    }
    err = new_node(parser, kind, &group);
    if (err)
        return err;
    add_to_group(group, node);
    while (!err && itg__lex_take(parser, separator)) {
        err = part(parser, &node);
        if (!err)
            add_to_group(group, node);
    }
    *ret_node = group;
    return err;
}

static itg_error_t parse_and(struct itg__parser *parser, struct itg__node **ret_node)
{
    return parse_group(parser, ITG__NODE_AND, ';', parse_term, ret_node);
}

static itg_error_t parse_or(struct itg__parser *parser, struct itg__node **ret_node)
{
    return parse_group(parser, ITG__NODE_OR, ',', parse_and, ret_node);
}

static itg_error_t parse_all(struct itg__parser *parser)
{
    itg_error_t err = parse_or(parser, &parser->expression->root);
    if (!err && itg__lex_peek(parser) != '\0')
        err = itg__parser_fail(parser, parser->at, "expected ';', ',' or the end");
    return err;
}

static bool is_control(unsigned char c)
{
    return (c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7F;
}

/* The text as a whole: neither too long nor with characters that nobody can mean. */
static itg_error_t check_text(struct itg__parser *parser)
{
    const char *text = parser->text;
    size_t length = strnlen(text, ITG_LIMIT_EXPRESSION + 1), size = 0;
    if (length > ITG_LIMIT_EXPRESSION)
        return itg__parser_fail(parser, ITG_LIMIT_EXPRESSION, "longer than %d bytes", ITG_LIMIT_EXPRESSION);
    for (size_t i = 0; i < length; i += size) {
        unsigned char c = (unsigned char)text[i];
        if (is_control(c))
            return itg__parser_fail(parser, i, "control character");
        size = c < 0x80 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
        if (size > length - i || !itg__utf8_ok(text + i, size))
            return itg__parser_fail(parser, i, "not UTF-8");
    }
    return ITG_OK;
}

/* The shortest comparison takes four bytes ("id<1"), and a value in a list two; of n comparisons fewer than n
 * groups can be made. */
static bool make_room(struct itg__parser *parser)
{
    struct itg__expression *expression = parser->expression;
    size_t length = strlen(parser->text), values = length / 2 + 1;
    parser->operand_room = values < ITG_LIMIT_EXPRESSION_VALUES ? values : ITG_LIMIT_EXPRESSION_VALUES;
    parser->node_room = 2 * parser->operand_room;
    expression->nodes = calloc(parser->node_room, sizeof *expression->nodes);
    expression->operands = calloc(parser->operand_room, sizeof *expression->operands);
    expression->text = malloc(length + 2);
    expression->patterns = malloc(2 * (length + 2));
    parser->out = expression->text;
    parser->out_pattern = expression->patterns;
    return expression->nodes && expression->operands && expression->text && expression->patterns;
}

itg_error_t itg__expression_parse(const char *text, int64_t *ret_position,
                                  struct itg__expression **ret_expression, itg_failure_t *failure)
{
    struct itg__parser parser = {.text = text, .failure = failure};
    itg_error_t err = check_text(&parser);
    if (!err) {
        parser.expression = calloc(1, sizeof *parser.expression);
        bool room = parser.expression && make_room(&parser);
        err = room ? parse_all(&parser) : itg__fail(failure, ITG_E_INTERNAL, NULL);
    }
    if (!err) {
        *ret_expression = parser.expression;
        return ITG_OK;
    }
    itg__expression_free(parser.expression);
    if (ret_position && parser.fault > 0)
        *ret_position = (int64_t)parser.fault;
    return err;
}

void itg__expression_free(struct itg__expression *expression)
{
    if (!expression)
        return;
    free(expression->nodes);
    free(expression->operands);
    free(expression->text);
    free(expression->patterns);
    free(expression);
}
