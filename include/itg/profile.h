/** @file profile.h
 *  Profiles: named sets of settings that are assigned to thin clients and directories.
 *
 *  The `type` parameter is ITG_TYPE_PROFILE (standard profiles) or ITG_TYPE_MASTERPROFILE; anything else is
 *  ITG_E_OBJECT_TYPE. A profile of the other type does not exist for it. */
#ifndef ITG_PROFILE_H
#define ITG_PROFILE_H

#include <itg/object.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A profile. One given to a callback is valid only during the call. */
typedef struct itg_profile {
    int64_t id;
    itg_type_t type;
    const char *name;
    int64_t parent_id;
    int32_t in_bin;
    int64_t firmware_id;
    int32_t overrides_sessions; /**< 1: its free instances replace those of weaker profiles */
} itg_profile_t;

/** Gets one profile of a walk. @return 0 to go on, anything else to end the walk (which then succeeds) */
typedef int32_t (*itg_profile_fn)(void *ctx, const itg_profile_t *profile);

/** Creates a profile.
 *  @param parent_id  a directory of the type's tree, or its root
 *  @param[out] ret_id  may be NULL; untouched on failure
 *  @retval ITG_E_INVALID_BODY        the name is blank, too long, not UTF-8 or holds a control character
 *  @retval ITG_E_FIRMWARE_NOT_FOUND
 *  @retval ITG_E_PARENT_NOT_FOUND
 *  @retval ITG_E_DIRECTORY_IN_BIN    the parent is in the recycle bin */
ITG_API itg_error_t itg_profile_create(itg_t *itg, itg_type_t type, const char *name, int64_t parent_id,
                                       int64_t firmware_id, int32_t overrides_sessions, int64_t *ret_id,
                                       itg_failure_t *failure);

/** Looks a profile up.
 *  @param[out] ret_profile  owned by the caller, end with itg_profile_free(); untouched on failure
 *  @retval ITG_E_NO_HANDLER  no profile of this type has this id (the catalogue has no code of its own for
 * it) */
ITG_API itg_error_t itg_profile_get(itg_t *itg, itg_type_t type, int64_t id, itg_profile_t **ret_profile,
                                    itg_failure_t *failure);

/** Frees a profile that itg_profile_get() returned. NULL is allowed. */
ITG_API void itg_profile_free(itg_profile_t *profile);

/** Walks the profiles of a type with ids above after_id by ascending id, binned ones included. */
ITG_API itg_error_t itg_profile_each(itg_t *itg, itg_type_t type, int64_t after_id, itg_profile_fn fn,
                                     void *ctx, itg_failure_t *failure);

/** Gives a profile another name.
 *  @retval ITG_E_NO_HANDLER      no such profile
 *  @retval ITG_E_PROFILE_IN_BIN
 *  @retval ITG_E_INVALID_BODY    as itg_profile_create() */
ITG_API itg_error_t itg_profile_rename(itg_t *itg, itg_type_t type, int64_t id, const char *name,
                                       itg_failure_t *failure);

/** Deletes a profile, in the recycle bin or not, with its assignments. @retval ITG_E_NO_HANDLER  no such
 * profile */
ITG_API itg_error_t itg_profile_delete(itg_t *itg, itg_type_t type, int64_t id, itg_failure_t *failure);

#ifdef __cplusplus
}
#endif

#endif
