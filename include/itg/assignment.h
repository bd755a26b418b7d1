/** @file assignment.h
 *  Assignments: which profile reaches which thin client, directly or through the directories above it. */
#ifndef ITG_ASSIGNMENT_H
#define ITG_ASSIGNMENT_H

#include <itg/object.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A profile (the assignee) assigned to a thin client or thin client directory (the receiver). */
typedef struct itg_assignment {
    int64_t assignee_id;
    itg_type_t assignee_type; /**< ITG_TYPE_PROFILE or ITG_TYPE_MASTERPROFILE */
    int64_t receiver_id;
    itg_type_t receiver_type; /**< ITG_TYPE_THINCLIENT or ITG_TYPE_THINCLIENT_DIRECTORY */
} itg_assignment_t;

/** Gets one assignment of a walk; `position` counts from 0. Valid only during the call.
 *  @return 0 to go on, anything else to end the walk (which then succeeds) */
typedef int32_t (*itg_assignment_fn)(void *ctx, const itg_assignment_t *assignment, int32_t position);

/** Makes assignments, all or none. An empty list is fine.
 *  @retval ITG_E_INVALID_ASSIGNMENT  an assignee is unknown or not of the type said
 *  @retval ITG_E_PROFILE_IN_BIN
 *  @retval ITG_E_INVALID_RECEIVER    a receiver is unknown, not of the type said, or a root
 *  @retval ITG_E_THINCLIENT_IN_BIN, ITG_E_DIRECTORY_IN_BIN  of a receiver
 *  @retval ITG_E_DUPLICATE           one is there already, or stands in the list twice */
ITG_API itg_error_t itg_assignment_create(itg_t *itg, const itg_assignment_t *assignments, size_t count,
                                          itg_failure_t *failure);

/** Takes one assignment away.
 *  @retval ITG_E_INVALID_ASSIGNMENT  it is not there */
ITG_API itg_error_t itg_assignment_delete(itg_t *itg, const itg_assignment_t *assignment,
                                          itg_failure_t *failure);

/** Walks the receivers of one kind that a profile is assigned to directly, by ascending receiver id.
 *  @param receiver_type  ITG_TYPE_THINCLIENT or ITG_TYPE_THINCLIENT_DIRECTORY
 *  @retval ITG_E_NO_HANDLER  no profile of this type has this id */
ITG_API itg_error_t itg_assignment_receivers(itg_t *itg, itg_type_t profile_type, int64_t profile_id,
                                             itg_type_t receiver_type, itg_assignment_fn fn, void *ctx,
                                             itg_failure_t *failure);

/** Walks every assignment that reaches a thin client or directory: first the standard profiles (its own, then
 * its directory's, then those of the directory above, up to the top; at one receiver by ascending profile
 * id), then the master profiles in the same order. Profiles in the recycle bin are left out.
 *  @retval ITG_E_THINCLIENT_NOT_FOUND, ITG_E_DIRECTORY_NOT_FOUND  by receiver_type
 *  @retval ITG_E_INVALID_RECEIVER  a root */
ITG_API itg_error_t itg_assignment_reaching(itg_t *itg, itg_type_t receiver_type, int64_t receiver_id,
                                            itg_assignment_fn fn, void *ctx, itg_failure_t *failure);

#ifdef __cplusplus
}
#endif

#endif
