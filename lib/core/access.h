/* Rights on objects: what the one who acts may do to which. See itg/access.h. */
#ifndef ITG__ACCESS_H
#define ITG__ACCESS_H

#include "core/object.h"

/* ITG_E_ACCESS_DENIED if the one who acts lacks a right on an object, or on what lies in a directory. */
itg_error_t itg__require(struct itg__tx *tx, const struct itg__object *object, itg_right_t right);
itg_error_t itg__require_in(struct itg__tx *tx, int64_t directory_id, itg_right_t right);

/* itg__object_load() and itg__object_load_live() for one who acts: the right is asked for when the object is
 * found, before anything else is told of it. */
itg_error_t itg__object_reach(struct itg__tx *tx, itg_type_t type, int64_t id, itg_right_t right,
                              struct itg__object *ret_object);
itg_error_t itg__object_reach_live(struct itg__tx *tx, itg_type_t type, int64_t id, itg_right_t right,
                                   struct itg__object *ret_object);

/* What it takes to be shown an object of a type. */
itg_right_t itg__right_to_see(itg_type_t type);

/* All rights on an object, and on what lies in a directory. */
itg_error_t itg__rights_on(struct itg__tx *tx, const struct itg__object *object, uint32_t *ret_rights);
itg_error_t itg__rights_in(struct itg__tx *tx, int64_t directory_id, uint32_t *ret_rights);

/* The same by its id, for rows that refer to an object: has the one who acts a right on it? Yes, if there is no such
 * object. */
itg_error_t itg__may_on(struct itg__tx *tx, int64_t object_id, itg_right_t right, bool *ret_may);

/* For walks over objects: may the one who acts see this one? Errors stick to the query. */
bool itg__shows(struct itg__query *q, itg_type_t type, int64_t id, int64_t parent_id);

/* A walk in the order of ids has left one out. @return false: it is to end, as if its callback had said so */
bool itg__passes(struct itg__tx *tx, int64_t id);

/* ITG_E_ACCESS_DENIED if anything is denied the one who acts anywhere: for what is about all of the fleet. */
itg_error_t itg__require_all(struct itg__tx *tx);

/* For what is in a tree only at times: ITG_E_ACCESS_DENIED without the role. */
itg_error_t itg__require_role(struct itg__tx *tx, itg_role_t least);

/* The rights of any account, for a transaction; see struct itg__access. Fails with ITG_E_NO_USER. */
itg_error_t itg__access_load(struct itg__tx *tx, int64_t account_id, struct itg__access *ret_access);
void itg__access_dispose(struct itg__access *access);
itg_error_t itg__access_in(struct itg__tx *tx, struct itg__access *access, int64_t directory_id,
                           uint32_t *ret_rights);

/* Of what is allowed, what remains: nothing without browse, only that without read. */
uint32_t itg__rights_usable(uint32_t rights);

/* Is there an administrator to whom nothing denies what an administrator needs? */
itg_error_t itg__access_has_administrator(struct itg__tx *tx, bool *ret_has);

/* ITG_E_ACCESS_DENIED if there was one and is none any more. Call it with what the above said before the change. */
itg_error_t itg__access_keep_administrator(struct itg__tx *tx, bool before);

/* Names to ids, in account.c and group.c: ITG_E_NO_USER, ITG_E_NO_HANDLER. */
itg_error_t itg__user_find(struct itg__tx *tx, const char *name, int64_t *ret_id);
itg_error_t itg__group_find(struct itg__tx *tx, const char *name, int64_t *ret_id);
/* What is wrong with the name of a user or group; NULL: nothing. */
const char *itg__user_name_fault(const char *name);

#endif
