/** @file rule.h
 *  Default directory rules: which directory a thin client belongs into.
 *
 *  Rules make up an ordered tree. For a thin client they are tried from the first: one whose expression
 * matches hands it to its children, in their order, and, if none of these has a place for it, names its own
 * target. One without a target, or whose target is in the recycle bin, has none to name, and the next is
 * tried. So exactly one rule, the first that names a target, is responsible; its flags then say whether the
 * thin client is moved there. No other rule is asked if they say that it stays where it is. Thin clients in
 * the recycle bin are left alone. */
#ifndef ITG_RULE_H
#define ITG_RULE_H

#include <itg/expression.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Rules above a rule, at most. */
#define ITG_LIMIT_RULE_DEPTH 32

/** What a rule does with the thin clients that it is responsible for; the numbers are stored. */
typedef enum itg_rule_flag {
    ITG_RULE_OVERRIDE_MEMBERSHIP =
        1,                   /**< also moves those that lie in a directory; else only those in the root */
    ITG_RULE_AT_BOOT = 2,    /**< also moves at boot; else only at registration and on demand */
    ITG_RULE_LEAVE_BELOW = 4 /**< leaves those that lie anywhere below the target where they are */
} itg_rule_flag_t;

/** A rule. One given to a callback is valid only during the call. The struct may grow at its end. */
typedef struct itg_rule {
    int64_t id;
    int64_t parent_id; /**< the rule that it is a child of, 0: none */
    int64_t position;  /**< among the children of its parent, from 0 */
    const char *expression;
    int64_t target_id; /**< a thin client directory, 0: none */
    uint32_t flags;    /**< a set of itg_rule_flag_t */
} itg_rule_t;

/** Creates a rule.
 *  @param parent_id  0: a rule without parent
 *  @param position   0: in front of its parent's other children, and so on; -1 or too high: behind them
 *  @param target_id  0: none; the root is a target as well
 *  @param[out] ret_id  may be NULL; untouched on failure
 *  @retval ITG_E_INVALID_BODY         the expression is none, or flags has unknown bits
 *  @retval ITG_E_PARENT_NOT_FOUND     no rule has the id parent_id, or it lies ITG_LIMIT_RULE_DEPTH deep
 *  @retval ITG_E_DIRECTORY_NOT_FOUND  target_id is no thin client directory
 *  @retval ITG_E_DIRECTORY_IN_BIN     the target is in the recycle bin */
ITG_API itg_error_t itg_rule_create(itg_t *itg, int64_t parent_id, int64_t position, const char *expression,
                                    int64_t target_id, uint32_t flags, int64_t *ret_id,
                                    itg_failure_t *failure);

/** Replaces all of a rule, as itg_rule_create() would make it; its children stay with it.
 *  @param expression  NULL: stays as it is
 *  @retval ITG_E_NO_HANDLER    no rule has this id
 *  @retval ITG_E_INVALID_BODY  the new parent is the rule itself or one below it; also as itg_rule_create()
 *  @retval others              as itg_rule_create() */
ITG_API itg_error_t itg_rule_update(itg_t *itg, int64_t id, int64_t parent_id, int64_t position,
                                    const char *expression, int64_t target_id, uint32_t flags,
                                    itg_failure_t *failure);

/** Deletes a rule and its children.
 *  @retval ITG_E_NO_HANDLER  no rule has this id */
ITG_API itg_error_t itg_rule_delete(itg_t *itg, int64_t id, itg_failure_t *failure);

/** Looks a rule up.
 *  @param[out] ret_rule  owned by the caller, end with itg_rule_free(); untouched on failure
 *  @retval ITG_E_NO_HANDLER  no rule has this id */
ITG_API itg_error_t itg_rule_get(itg_t *itg, int64_t id, itg_rule_t **ret_rule, itg_failure_t *failure);

/** Frees a rule that itg_rule_get() returned. NULL is allowed. */
ITG_API void itg_rule_free(itg_rule_t *rule);

/** Gets one rule of a walk. @return 0 to go on, anything else to end the walk (which then succeeds) */
typedef int32_t (*itg_rule_fn)(void *ctx, const itg_rule_t *rule);

/** Walks the rules in the order of the tree: each in front of its children, children by position. */
ITG_API itg_error_t itg_rule_each(itg_t *itg, itg_rule_fn fn, void *ctx, itg_failure_t *failure);

/** When rules are applied. */
typedef enum itg_rule_moment {
    ITG_RULE_AT_REGISTRATION = 1, /**< the thin client is new */
    ITG_RULE_ON_BOOT = 2,  /**< it reports that it has started: only rules with ITG_RULE_AT_BOOT move */
    ITG_RULE_ON_DEMAND = 3 /**< somebody wants it */
} itg_rule_moment_t;

/** One thin client that a rule moves. */
typedef struct itg_rule_move {
    int64_t thinclient_id;
    int64_t rule_id;
    int64_t from_id; /**< the directory it lay in, or the root */
    int64_t to_id;
} itg_rule_move_t;

/** Hears of a move. In itg_rule_apply() without dry_run nothing of it is final until the call succeeds. */
typedef void (*itg_rule_move_fn)(void *ctx, const itg_rule_move_t *move);

/** Applies the rules, as one transaction. Needs some bytes of memory for each thin client. Thin clients that the user
 * may not move, and those whose new directory the user may not write in, stay where they are.
 *  @param thinclient_id  0: all of the fleet
 *  @param dry_run        not 0: only tells what would be moved
 *  @param fn             may be NULL; hears of each move by ascending id of the thin client
 *  @param[out] ret_count may be NULL; the number of moves; untouched on failure
 *  @retval ITG_E_THINCLIENT_NOT_FOUND
 *  @retval ITG_E_INVALID_BODY  moment is none */
ITG_API itg_error_t itg_rule_apply(itg_t *itg, itg_rule_moment_t moment, int64_t thinclient_id,
                                   int32_t dry_run, itg_rule_move_fn fn, void *ctx, int64_t *ret_count,
                                   itg_failure_t *failure);

#ifdef __cplusplus
}
#endif

#endif
