/** @file bin.h
 *  The recycle bin. What is in it takes no part in anything until it is restored; its assignments sleep.
 *
 *  An ITEM of the bin is what was put there by itself. A directory takes along all that lies below it, except
 * what is in the bin already: that stays an item of its own, below the other. */
#ifndef ITG_BIN_H
#define ITG_BIN_H

#include <itg/api.h>
#include <itg/error.h>
#include <itg/object.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Puts an object into the recycle bin, a directory with all that is below it, as one item. No-op for one
 * that is there already. Assignments survive and sleep meanwhile.
 *  @retval ITG_E_THINCLIENT_NOT_FOUND, ITG_E_DIRECTORY_NOT_FOUND, ITG_E_NO_HANDLER  no object of this type
 * and id
 *  @retval ITG_E_ACCESS_DENIED     a root
 *  @retval ITG_E_LICENSE_REQUIRED  of the tree of master profiles, which are not licensed */
ITG_API itg_error_t itg_bin_put(itg_t *itg, itg_type_t type, int64_t id, itg_failure_t *failure);

/** Takes an item out of the recycle bin, with all that went in with it, or a part of an item alone. If its
 * directory is itself in the bin, it goes to the root of its tree (where the user must be able to write). No-op for an object that is not in the
 * bin. Errors as itg_bin_put(). */
ITG_API itg_error_t itg_bin_restore(itg_t *itg, itg_type_t type, int64_t id, itg_failure_t *failure);

/** Walks the items, in ascending order of id. Those of the tree of master profiles are left out while these
 * are not licensed.
 *  @param after_id  begins behind this id; 0: at the first */
ITG_API itg_error_t itg_bin_each(itg_t *itg, int64_t after_id, itg_object_fn fn, void *ctx,
                                 itg_failure_t *failure);

/** Deletes an item for good, with its assignments; a directory with all that lies below it, items of their
 * own included. All or nothing.
 *  @retval ITG_E_INVALID_BODY        no item: not in the bin, or only a part of one (`detail` says which)
 *  @retval ITG_E_DIRECTORY_HAS_RULE  a rule targets the directory or one below it
 *
 * Otherwise errors as itg_bin_put(). */
ITG_API itg_error_t itg_bin_purge(itg_t *itg, itg_type_t type, int64_t id, itg_failure_t *failure);

/** Purges all items that itg_bin_each() gives and the user may write, or none.
 *  @param[out] ret_objects  how many objects are gone, what lay below the items included; may be NULL
 *  @retval ITG_E_DIRECTORY_HAS_RULE  a rule targets a directory in the bin (`detail` names it) */
ITG_API itg_error_t itg_bin_empty(itg_t *itg, int64_t *ret_objects, itg_failure_t *failure);

#ifdef __cplusplus
}
#endif

#endif
