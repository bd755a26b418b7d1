/* Default directory rules inside a transaction. */
#ifndef ITG__RULE_H
#define ITG__RULE_H

#include "core/core.h"
#include <itg/rule.h>

/* True if a rule targets the directory. */
itg_error_t itg__rule_targets(struct itg__tx *tx, int64_t directory_id, bool *ret_targets);

/* All rules, those with the same parent side by side and in their order. Zero it to begin. */
struct itg__rule_tree {
    itg_rule_t *rules; /* with texts of their own */
    bool *usable;      /* the target is there and not in the recycle bin */
    size_t count;
    size_t capacity;
};

itg_error_t itg__rule_tree_load(struct itg__tx *tx, struct itg__rule_tree *tree);
void itg__rule_tree_dispose(struct itg__rule_tree *tree);
/* The rules with this parent: *ret_first and the next ones. @return how many */
size_t itg__rule_children(const struct itg__rule_tree *tree, int64_t parent_id, size_t *ret_first);

/* Checks what can be said of a rule without the fleet. @param expression  NULL: is not looked at */
itg_error_t itg__rule_ok(const char *expression, uint32_t flags, itg_failure_t *failure);
/* Checks what a rule refers to. `id` is 0 for a new one. ITG_E_PARENT_NOT_FOUND, ITG_E_INVALID_BODY for a
 * ring. */
itg_error_t itg__rule_parent_ok(struct itg__tx *tx, int64_t id, int64_t parent_id);

/* Adds the row as it is. */
itg_error_t itg__rule_insert(struct itg__tx *tx, const itg_rule_t *rule);
/* Makes the positions of all rules count from 0 again. */
itg_error_t itg__rule_renumber(struct itg__tx *tx);

#endif
