/* What the parts of the compiler share: expression_sql.c makes statements, expression_test.c comparisons. */
#ifndef ITG__EXPRESSION_SQL_H
#define ITG__EXPRESSION_SQL_H

#include "core/expression.h"

struct itg__compiler {
    struct itg__tx *tx;
    struct itg__sql *sql;
    int64_t now_ms;
    bool online;                /* the answer that is compiled for */
    const struct itg__node *by; /* the comparison whose index leads to the rows */
    bool by_order;              /* and gives them in the order of their ids */
};

/* The operator is the opposite of another one. */
bool itg__is_negative(enum itg__operator op);

/* True for a comparison of the property with this index. */
bool itg__node_is(const struct itg__node *node, size_t property);

/* True for a comparison that is about all that lies below some directories. */
bool itg__node_descends(const struct itg__node *node);

/* Adds a common table `down(id)` of these directories: the ones named, or that profiles are assigned to, and
 * all below them. */
void itg__compile_down(struct itg__compiler *c, const struct itg__node *node);

/* Adds a comparison of a row of thin clients t and their objects o. */
void itg__compile_comparison(struct itg__compiler *c, const struct itg__node *node);

#endif
