/** @file access.h
 *  Rights on objects, and groups of users.
 *
 *  A role gives rights on everything in the three trees: viewers browse and read; operators do all but control;
 *  administrators do all. Access entries allow or deny more: an entry is about one directory (or root) and all
 *  that lies below it, and about one user or group. What an account may do to an object is what its role gives and
 *  what entries allow it, or its groups, on the way from the root to the object, without what any of them denies:
 *  deny always wins. Without browse there are no other rights, without read there is only browse.
 *
 *  Lists leave out what may not be read (of directories: browsed); a single object answers ITG_E_ACCESS_DENIED.
 *  The host, acting as nobody, may do everything. What lies in no tree goes by the role alone. */
#ifndef ITG_ACCESS_H
#define ITG_ACCESS_H

#include <itg/api.h>
#include <itg/error.h>
#include <itg/user.h>

#ifdef __cplusplus
extern "C" {
#endif

/** X(name, number, word): the rights. The numbers are stored; they never change. */
#define ITG_RIGHTS(X)           \
    X(BROWSE, 0x01, "browse")   \
    X(READ, 0x02, "read")       \
    X(WRITE, 0x04, "write")     \
    X(MOVE, 0x08, "move")       \
    X(ASSIGN, 0x10, "assign")   \
    X(COMMAND, 0x20, "command") \
    X(SHADOW, 0x40, "shadow")   \
    X(CONTROL, 0x80, "control")

/** Rights; sets of them are sums.
 *
 *  browse: to see a directory. read: to see what is in it. write: to create, change, delete and bin. move: to move
 *  an object (into a directory that one may write). assign: to give a thin client or directory profiles (that one may
 *  read) and template values. command: to send commands. shadow: to get one-time passwords. control: to see and change
 *  access entries. */
typedef enum itg_right {
#define ITG_RIGHT_VALUE(name, number, word) ITG_RIGHT_##name = number,
    ITG_RIGHTS(ITG_RIGHT_VALUE)
#undef ITG_RIGHT_VALUE
        ITG_RIGHTS_ALL = 0xFF
} itg_right_t;

/** "browse", ... Static; "" for a value that is no single right. */
ITG_API const char *itg_right_name(itg_right_t right);

/** The right with this name; 0 if there is none. */
ITG_API itg_right_t itg_right_from_name(const char *name);

/** Groups. Only administrators see and change them. */

/** A group. Valid only during the callback that gets it. */
typedef struct itg_group {
    int64_t id;
    const char *name;
    int64_t members;
} itg_group_t;

/** Gets one group of a walk. @return 0 to go on, anything else to end the walk (which then succeeds) */
typedef int32_t (*itg_group_fn)(void *ctx, const itg_group_t *group);

/** Adds a group, without members.
 *  @param name  as a user's, see itg_user_create(); a group and a user may have the same one
 *  @param[out] ret_id  may be NULL; untouched on failure
 *  @retval ITG_E_INVALID_BODY  the name breaks these rules
 *  @retval ITG_E_DUPLICATE     the name is taken */
ITG_API itg_error_t itg_group_create(itg_t *itg, const char *name, int64_t *ret_id, itg_failure_t *failure);

/** Deletes a group, with its access entries. @retval ITG_E_NO_HANDLER  there is none */
ITG_API itg_error_t itg_group_delete(itg_t *itg, const char *name, itg_failure_t *failure);

/** Walks all groups by name. */
ITG_API itg_error_t itg_group_each(itg_t *itg, itg_group_fn fn, void *ctx, itg_failure_t *failure);

/** Puts a user into a group. A user may be in ITG_LIMIT_GROUPS groups.
 *  @retval ITG_E_NO_HANDLER     there is no such group
 *  @retval ITG_E_NO_USER        there is no such user
 *  @retval ITG_E_DUPLICATE      the user is in it
 *  @retval ITG_E_INVALID_BODY   the user is in too many
 *  @retval ITG_E_ACCESS_DENIED  the group's entries would lock the last administrator out */
ITG_API itg_error_t itg_group_add(itg_t *itg, const char *group, const char *user, itg_failure_t *failure);

/** Takes a user out of a group.
 *  @retval ITG_E_NO_HANDLER  there is no such group, or the user is not in it
 *  @retval ITG_E_NO_USER     there is no such user */
ITG_API itg_error_t itg_group_remove(itg_t *itg, const char *group, const char *user, itg_failure_t *failure);

/** Walks the users of a group by name. @retval ITG_E_NO_HANDLER  there is no such group */
ITG_API itg_error_t itg_group_members(itg_t *itg, const char *group, itg_user_fn fn, void *ctx,
                                      itg_failure_t *failure);

#define ITG_LIMIT_GROUPS 100

/** Access entries. */

/** What an entry is about. */
typedef enum itg_subject { ITG_SUBJECT_USER = 1, ITG_SUBJECT_GROUP = 2 } itg_subject_t;

/** An access entry. Valid only during the callback that gets it. */
typedef struct itg_access_entry {
    int64_t directory_id;
    itg_subject_t kind;
    int64_t subject_id;
    const char *subject; /**< its name */
    uint32_t allow;      /**< rights */
    uint32_t deny;
} itg_access_entry_t;

/** Gets one entry of a walk. @return 0 to go on, anything else to end the walk (which then succeeds) */
typedef int32_t (*itg_access_entry_fn)(void *ctx, const itg_access_entry_t *entry);

/** Says what a user or group is allowed and denied on a directory and all below it, in place of what was said
 *  before; nothing of both removes the entry. Needs control on the directory.
 *  @param directory_id  of any tree, also a root
 *  @param subject       a name
 *  @param allow, deny   rights; one that is in both is denied
 *  @retval ITG_E_DIRECTORY_NOT_FOUND
 *  @retval ITG_E_NO_USER        there is no such user
 *  @retval ITG_E_NO_HANDLER     there is no such group
 *  @retval ITG_E_INVALID_BODY   a number that is no right, or no kind of subject
 *  @retval ITG_E_ACCESS_DENIED  control is missing, or nobody would be left: there is always an administrator
 *                               whom no entry denies browse, read or control anywhere (`detail` says which) */
ITG_API itg_error_t itg_access_set(itg_t *itg, int64_t directory_id, itg_subject_t kind, const char *subject,
                                   uint32_t allow, uint32_t deny, itg_failure_t *failure);

/** Walks the entries of a directory, those of users first, by id of the subject. Needs control on it.
 *  @retval ITG_E_DIRECTORY_NOT_FOUND */
ITG_API itg_error_t itg_access_each(itg_t *itg, int64_t directory_id, itg_access_entry_fn fn, void *ctx,
                                    itg_failure_t *failure);

/** Walks the entries of a user or group, by id of the directory; those of directories without control are left
 *  out.
 *  @retval ITG_E_NO_USER, ITG_E_NO_HANDLER  there is no such user, no such group */
ITG_API itg_error_t itg_access_of(itg_t *itg, itg_subject_t kind, const char *subject, itg_access_entry_fn fn,
                                  void *ctx, itg_failure_t *failure);

/** What a user may do to a thin client, a profile or a directory.
 *  @param user  NULL: who acts. Asking about another one needs control on the object
 *  @param[out] ret_rights  untouched on failure
 *  @retval ITG_E_NO_HANDLER  no object has that id
 *  @retval ITG_E_NO_USER */
ITG_API itg_error_t itg_access_rights(itg_t *itg, const char *user, int64_t object_id, uint32_t *ret_rights,
                                      itg_failure_t *failure);

/** Why a right is there or not. */
typedef enum itg_access_reason {
    ITG_ACCESS_BY_NOBODY = 1, /**< nothing allows it */
    ITG_ACCESS_BY_HOST = 2,   /**< the host may do everything */
    ITG_ACCESS_BY_ROLE = 3,
    ITG_ACCESS_BY_ENTRY = 4,     /**< an entry allows it */
    ITG_ACCESS_BY_DENIAL = 5,    /**< an entry denies it */
    ITG_ACCESS_NEEDS_BROWSE = 6, /**< it would be there, but for browse */
    ITG_ACCESS_NEEDS_READ = 7    /**< it would be there, but for read */
} itg_access_reason_t;

/** One right, and why. Valid only during the callback that gets it. */
typedef struct itg_access_verdict {
    itg_right_t right;
    int32_t allowed;
    itg_access_reason_t reason;
    int64_t directory_id; /**< of the entry that decides, the nearest to the object; 0: none does */
    itg_subject_t kind;   /**< of its subject */
    const char *subject;  /**< its name; "" without an entry */
} itg_access_verdict_t;

/** Gets one verdict. @return 0 to go on, anything else to end the walk (which then succeeds) */
typedef int32_t (*itg_access_verdict_fn)(void *ctx, const itg_access_verdict_t *verdict);

/** The same as itg_access_rights(), right by right in the order of ITG_RIGHTS, with the reasons. */
ITG_API itg_error_t itg_access_explain(itg_t *itg, const char *user, int64_t object_id,
                                       itg_access_verdict_fn fn, void *ctx, itg_failure_t *failure);

/** A line of text about a reason. Static; "" for a value that is none. */
ITG_API const char *itg_access_reason_text(itg_access_reason_t reason);

#ifdef __cplusplus
}
#endif

#endif
