/** @file object.h
 *  What everything in a tree has in common: type, id, name, parent, recycle bin. */
#ifndef ITG_OBJECT_H
#define ITG_OBJECT_H

#include <itg/api.h>
#include <itg/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/** The roots of the three trees. They exist in every fleet, cannot be changed, and receive no assignments. */
#define ITG_ROOT_THINCLIENTS    ((int64_t)-1)
#define ITG_ROOT_PROFILES       ((int64_t)-2)
#define ITG_ROOT_MASTERPROFILES ((int64_t)-14)

/** Limits. Names are counted in characters, texts in bytes. */
#define ITG_LIMIT_NAME  255                /**< characters in a name */
#define ITG_LIMIT_TEXT  4000               /**< bytes in any other text of an object */
#define ITG_LIMIT_DEPTH 100                /**< directories above an object */
#define ITG_LIMIT_ID    ((int64_t)1 << 52) /**< highest id an import may bring */

/** What an object is. The numbers are stored; they never change. */
typedef enum itg_type {
    ITG_TYPE_THINCLIENT = 1,
    ITG_TYPE_THINCLIENT_DIRECTORY = 2,
    ITG_TYPE_PROFILE = 3,
    ITG_TYPE_PROFILE_DIRECTORY = 4,
    ITG_TYPE_MASTERPROFILE = 5,
    ITG_TYPE_MASTERPROFILE_DIRECTORY = 6
} itg_type_t;

/** IMI's word for a type: "tc", "tcdirectory", "profile", "profiledirectory", "masterprofile",
 *  "masterprofiledirectory". Static; "" for a value that is no type. */
ITG_API const char *itg_type_name(itg_type_t type);

/** The type with this IMI word; 0 if there is none. */
ITG_API itg_type_t itg_type_from_name(const char *name);

/** An object as the tree knows it. One given to a callback is valid only during the call. */
typedef struct itg_object {
    int64_t id;
    itg_type_t type;
    const char *name;
    int64_t parent_id;
    int32_t in_bin; /**< 1: in the recycle bin, itself or with a directory above it */
} itg_object_t;

/** Frees an object that a function of this library returned. NULL is allowed. */
ITG_API void itg_object_free(itg_object_t *object);

/** The type of an object whose id is all that is known of it: ids are unique over the three trees.
 *  @retval ITG_E_NO_HANDLER  no object has this id */
ITG_API itg_error_t itg_object_type(itg_t *itg, int64_t id, itg_type_t *ret_type, itg_failure_t *failure);

/** Gets one object of a walk. Other libitg calls are allowed inside.
 *  @return 0 to go on, anything else to end the walk (which then succeeds) */
typedef int32_t (*itg_object_fn)(void *ctx, const itg_object_t *object);

/** What became of one entry of itg_move(). */
typedef enum itg_move_result {
    ITG_MOVE_SUCCESSFUL = 0,
    ITG_MOVE_DOES_NOT_EXIST = 1,
    ITG_MOVE_IN_RECYCLE_BIN = 2,
    ITG_MOVE_WRONG_TYPE = 3, /**< of another tree, or not of the type that was said */
    ITG_MOVE_INTO_ITSELF = 4 /**< a directory into itself or below itself, or deeper than ITG_LIMIT_DEPTH */
} itg_move_result_t;

/** IMI's word for it: "successful", "does_not_exist", "in_recycle_bin", "wrong_type", "into_itself". Static.
 */
ITG_API const char *itg_move_result_name(itg_move_result_t result);

/** One object to move. */
typedef struct itg_move_entry {
    int64_t id;
    itg_type_t type;          /**< what the caller takes it for; 0: whatever it is */
    itg_move_result_t result; /**< filled by itg_move() */
} itg_move_entry_t;

/** Moves objects into a directory of their tree. Each entry succeeds or fails alone; the call itself fails,
 * and nothing is moved, only for the reasons below.
 *  @param type     the directory's type, which names the tree
 *  @param entries  results are written into it, only on success of the call
 *  @retval ITG_E_DIRECTORY_NOT_FOUND  target_id is no directory of that tree
 *  @retval ITG_E_DIRECTORY_IN_BIN     the target is in the recycle bin
 *  @retval ITG_E_EMPTY_LIST           count is 0
 *  @retval ITG_E_ACCESS_DENIED        the right to move one of them is missing, or that to write in the target
 *  @retval ITG_E_LICENSE_REQUIRED     the tree is that of master profiles, which are not licensed */
ITG_API itg_error_t itg_move(itg_t *itg, itg_type_t type, int64_t target_id, itg_move_entry_t *entries,
                             size_t count, itg_failure_t *failure);

#ifdef __cplusplus
}
#endif

#endif
