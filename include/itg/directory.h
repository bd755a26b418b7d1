/** @file directory.h
 *  Directories: three trees that thin clients, profiles and master profiles are sorted into.
 *
 *  The `type` parameter names the tree: ITG_TYPE_THINCLIENT_DIRECTORY, ITG_TYPE_PROFILE_DIRECTORY or
 *  ITG_TYPE_MASTERPROFILE_DIRECTORY; anything else is ITG_E_OBJECT_TYPE. A directory of another tree does not
 *  exist for it. */
#ifndef ITG_DIRECTORY_H
#define ITG_DIRECTORY_H

#include <itg/object.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Creates a directory.
 *  @param parent_id  a directory of the same tree, or its root
 *  @param[out] ret_id  may be NULL; untouched on failure
 *  @retval ITG_E_INVALID_BODY      the name is blank, too long, not UTF-8 or holds a control character
 *  @retval ITG_E_PARENT_NOT_FOUND  no directory of this tree has that id, or it lies ITG_LIMIT_DEPTH deep
 *  @retval ITG_E_DIRECTORY_IN_BIN  the parent is in the recycle bin */
ITG_API itg_error_t itg_directory_create(itg_t *itg, itg_type_t type, const char *name, int64_t parent_id,
                                         int64_t *ret_id, itg_failure_t *failure);

/** Looks a directory up. The root of the tree is found under its own id, and is its own parent.
 *  @param[out] ret_directory  owned by the caller, end with itg_object_free(); untouched on failure
 *  @retval ITG_E_DIRECTORY_NOT_FOUND */
ITG_API itg_error_t itg_directory_get(itg_t *itg, itg_type_t type, int64_t id, itg_object_t **ret_directory,
                                      itg_failure_t *failure);

/** Gives a directory another name.
 *  @retval ITG_E_DIRECTORY_NOT_FOUND
 *  @retval ITG_E_DIRECTORY_IN_BIN
 *  @retval ITG_E_INVALID_BODY   as itg_directory_create()
 *  @retval ITG_E_ACCESS_DENIED  a root */
ITG_API itg_error_t itg_directory_rename(itg_t *itg, itg_type_t type, int64_t id, const char *name,
                                         itg_failure_t *failure);

/** Deletes an empty directory, and the assignments it receives.
 *  @retval ITG_E_DIRECTORY_NOT_FOUND
 *  @retval ITG_E_DIRECTORY_NOT_EMPTY  it has children; those in the recycle bin count
 *  @retval ITG_E_DIRECTORY_HAS_RULE   a default directory rule targets it
 *  @retval ITG_E_ACCESS_DENIED        a root */
ITG_API itg_error_t itg_directory_delete(itg_t *itg, itg_type_t type, int64_t id, itg_failure_t *failure);

/** Walks a tree's directories with ids above after_id, by ascending id, binned ones included, the root left
 * out.
 *  @param after_id  0: from the first */
ITG_API itg_error_t itg_directory_each(itg_t *itg, itg_type_t type, int64_t after_id, itg_object_fn fn,
                                       void *ctx, itg_failure_t *failure);

/** Walks what lies directly in a directory (which may be the root), sub-directories first, then by ascending
 * id.
 *  @retval ITG_E_DIRECTORY_NOT_FOUND */
ITG_API itg_error_t itg_directory_children(itg_t *itg, itg_type_t type, int64_t id, itg_object_fn fn,
                                           void *ctx, itg_failure_t *failure);

#ifdef __cplusplus
}
#endif

#endif
