/** @file view.h
 *  Views: expressions with a name. IMI lists what matches one with GET /thinclientview/{viewId}. */
#ifndef ITG_VIEW_H
#define ITG_VIEW_H

#include <itg/expression.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A view. One given to a callback is valid only during the call. */
typedef struct itg_view {
    int64_t id;
    const char *name;
    const char *expression;
} itg_view_t;

/** Creates a view. Several may have the same name.
 *  @param[out] ret_id  may be NULL; untouched on failure
 *  @retval ITG_E_INVALID_BODY  the name is blank, too long, not UTF-8 or holds a control character, or the
 *                              expression is none */
ITG_API itg_error_t itg_view_create(itg_t *itg, const char *name, const char *expression, int64_t *ret_id,
                                    itg_failure_t *failure);

/** Changes a view.
 *  @param name, expression     NULL: stays as it is
 *  @retval ITG_E_NO_HANDLER    no view has this id
 *  @retval ITG_E_INVALID_BODY  as itg_view_create(), or both are NULL */
ITG_API itg_error_t itg_view_update(itg_t *itg, int64_t id, const char *name, const char *expression,
                                    itg_failure_t *failure);

/** Deletes a view.
 *  @retval ITG_E_NO_HANDLER  no view has this id */
ITG_API itg_error_t itg_view_delete(itg_t *itg, int64_t id, itg_failure_t *failure);

/** Looks a view up.
 *  @param[out] ret_view  owned by the caller, end with itg_view_free(); untouched on failure
 *  @retval ITG_E_NO_HANDLER  no view has this id */
ITG_API itg_error_t itg_view_get(itg_t *itg, int64_t id, itg_view_t **ret_view, itg_failure_t *failure);

/** Frees a view that itg_view_get() returned. NULL is allowed. */
ITG_API void itg_view_free(itg_view_t *view);

/** Gets one view of a walk. @return 0 to go on, anything else to end the walk (which then succeeds) */
typedef int32_t (*itg_view_fn)(void *ctx, const itg_view_t *view);

/** Walks the views by ascending id. */
ITG_API itg_error_t itg_view_each(itg_t *itg, itg_view_fn fn, void *ctx, itg_failure_t *failure);

/** Walks the thin clients that match a view, as itg_thinclient_select().
 *  @retval ITG_E_NO_HANDLER  no view has this id */
ITG_API itg_error_t itg_view_select(itg_t *itg, int64_t id, itg_extent_t extent, int64_t after_id,
                                    itg_thinclient_fn fn, void *ctx, itg_failure_t *failure);

#ifdef __cplusplus
}
#endif

#endif
