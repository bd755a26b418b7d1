/* Expressions: from text (expression_lex.c, expression_parse.c, expression_value.c) to a tree, and from the
 * tree to SQL (expression_sql.c). */
#ifndef ITG__EXPRESSION_H
#define ITG__EXPRESSION_H

#include "core/sql.h"
#include "core/thinclient.h"
#include <itg/attribute.h>
#include <itg/expression.h>

enum itg__operator {
    ITG__OP_EQUAL,
    ITG__OP_UNEQUAL,
    ITG__OP_LESS,
    ITG__OP_LESS_EQUAL,
    ITG__OP_GREATER,
    ITG__OP_GREATER_EQUAL,
    ITG__OP_IN,
    ITG__OP_OUT,
    ITG__OP_BENEATH,
    ITG__OP_OUTSIDE
};

enum itg__subject {
    ITG__SUBJECT_PROPERTY,
    ITG__SUBJECT_DIRECTORY,
    ITG__SUBJECT_PROFILE,
    ITG__SUBJECT_ASSIGNED,
    ITG__SUBJECT_ONLINE,
    ITG__SUBJECT_ATTRIBUTE
};

/* What stands for an asterisk in the text of a value that is not meant as such. No value can hold it. */
#define ITG__WILDCARD '\x01'

/* A value as it was written and, by the kind of what it is compared with, as it was understood. */
struct itg__operand {
    char *text;
    size_t offset;       /* in the expression's text */
    bool wild;           /* has ITG__WILDCARDs */
    const char *pattern; /* for LIKE, if it has */
    bool relative;       /* a time since now: first and last are to be added to it */
    int64_t first,
        last; /* integers, ids, booleans; for times the first and last millisecond that are meant */
    double real;
    bool is_number; /* an attribute's value that is one */
};

enum itg__node_kind { ITG__NODE_AND, ITG__NODE_OR, ITG__NODE_COMPARISON };

struct itg__node {
    enum itg__node_kind kind;
    bool asks_online;       /* so does something below it */
    int height;             /* of the groups below it */
    struct itg__node *next; /* in its group */
    struct itg__node *first;
    struct itg__node *last;
    /* of a comparison */
    enum itg__subject subject;
    enum itg__operator op;
    const itg_property_t *property;
    const char *identifier;              /* of an attribute */
    itg_attribute_type_t attribute_type; /* 0: not defined */
    size_t offset;                       /* in the expression's text */
    bool upwards;                        /* what lies below directories is found by going up from each row */
    struct itg__operand *operands;
    size_t operand_count;
};

/* A tree and all that it points to but the properties. */
struct itg__expression {
    struct itg__node *root;
    struct itg__node *nodes;
    size_t node_count;
    struct itg__operand *operands;
    size_t operand_count;
    char *text;     /* of the values and identifiers */
    char *patterns; /* of the values with wildcards */
};

/* Reads an expression; ended by itg__expression_free(), which takes NULL. @param ret_position  see
 * itg_expression_check() */
itg_error_t itg__expression_parse(const char *text, int64_t *ret_position,
                                  struct itg__expression **ret_expression, itg_failure_t *failure);
void itg__expression_free(struct itg__expression *expression);

/* --- the parts of the parser --- */

struct itg__parser {
    const char *text;
    size_t at;
    char *out;         /* where the next text of a value goes */
    char *out_pattern; /* and its pattern */
    int nesting;
    struct itg__expression *expression;
    size_t node_room;
    size_t operand_room;
    size_t fault; /* offset of what is wrong */
    itg_failure_t *failure;
};

/* Fails at an offset of the text. */
itg_error_t itg__parser_fail(struct itg__parser *parser, size_t offset, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* The next character that is not white space; '\0' at the end. */
char itg__lex_peek(struct itg__parser *parser);
/* Takes that character if it is c. */
bool itg__lex_take(struct itg__parser *parser, char c);
/* Takes a selector; its text stays valid as long as the expression's. */
itg_error_t itg__lex_selector(struct itg__parser *parser, const char **ret_selector);
itg_error_t itg__lex_operator(struct itg__parser *parser, enum itg__operator *ret_operator);
itg_error_t itg__lex_value(struct itg__parser *parser, struct itg__operand *ret_operand);

/* expression_value.c: finds what a selector means; fails for a selector that is none. */
itg_error_t itg__selector_resolve(struct itg__parser *parser, struct itg__node *node, const char *selector);
/* Fails if the operator does not go with the selector. @param offset  of the operator */
itg_error_t itg__operator_check(struct itg__parser *parser, const struct itg__node *node, size_t offset);
/* Understands a value. */
itg_error_t itg__operand_read(struct itg__parser *parser, const struct itg__node *node,
                              struct itg__operand *operand);
/* True, and the value that says so, if a property may be unknown. */
bool itg__property_unknown(const itg_property_t *property, int64_t *ret_unknown);
bool itg__is_time(itg_kind_t kind);

/* --- expression_sql.c --- */

/* A statement over thin clients t and their objects o, and what is left to be looked at in each row. */
struct itg__selection {
    struct itg__expression *expression;
    struct itg__sql sql;
    const struct itg__thinclient_source
        *source; /* columns that tell what to do with online come behind its own */
    bool asks_online;
};

/* What a selection is to be made of, beside the expression. */
struct itg__selection_shape {
    const struct itg__thinclient_source *source;
    int64_t after_id;
    int64_t only_id; /* 0: all thin clients */
    bool live;       /* leaves those in the recycle bin out */
    bool at_once;    /* all rows will be walked */
};

/* Makes the statement "SELECT columns ... ORDER BY id". Ended by itg__selection_dispose(), after a failure
 * too. */
itg_error_t itg__selection_init(struct itg__selection *selection, struct itg__tx *tx, const char *expression,
                                const struct itg__selection_shape *shape);
void itg__selection_dispose(struct itg__selection *selection);
void itg__selection_query(struct itg__selection *selection, struct itg__tx *tx, struct itg__query *q);
/* The next row that matches. */
bool itg__selection_next(const struct itg__selection *selection, struct itg__query *q);

/* itg_thinclient_select() inside a transaction. */
itg_error_t itg__thinclient_walk(struct itg__tx *tx, itg_extent_t extent, const char *expression,
                                 int64_t after_id, itg_thinclient_fn fn, void *ctx);

#endif
