/* Objects in their trees: what thin clients, directories and profiles have in common. */
#ifndef ITG__OBJECT_H
#define ITG__OBJECT_H

#include "core/core.h"

/* An object without its name. */
struct itg__object {
    int64_t id;
    itg_type_t type;
    int64_t parent_id;
    bool in_bin;
    bool is_root;
};

/* True for the three directory types. */
bool itg__is_directory(itg_type_t type);
/* The directory type of the tree that a type belongs to. */
itg_type_t itg__directory_type(itg_type_t type);
/* The root of the tree that a type belongs to. */
int64_t itg__root_of(itg_type_t type);

/* The codes for a missing and for a binned object of a type. */
itg_error_t itg__missing_code(itg_type_t type);
itg_error_t itg__binned_code(itg_type_t type);

/* The type that a column holds; one outside of the known ones sticks as ITG_E_OBJECT_TYPE. */
itg_type_t itg__type(struct itg__query *q, int column);

/* Looks up an object of any type. *ret_found false: there is none. */
itg_error_t itg__object_find(struct itg__tx *tx, int64_t id, struct itg__object *ret_object, bool *ret_found);

/* Looks up an object of one type; fails with the code for a missing object of that type
 * (ITG_E_THINCLIENT_NOT_FOUND, ITG_E_DIRECTORY_NOT_FOUND, ITG_E_NO_HANDLER). */
itg_error_t itg__object_load(struct itg__tx *tx, itg_type_t type, int64_t id, struct itg__object *ret_object);

/* The same, and fails with the code for a binned object of that type if it is in the bin. */
itg_error_t itg__object_load_live(struct itg__tx *tx, itg_type_t type, int64_t id,
                                  struct itg__object *ret_object);

/* Checks a parent for a new object of a type: ITG_E_PARENT_NOT_FOUND, ITG_E_DIRECTORY_IN_BIN. */
itg_error_t itg__parent_check(struct itg__tx *tx, itg_type_t type, int64_t parent_id);

/* Adds the row of a new object. bin_id 0: not in the bin. */
itg_error_t itg__object_insert(struct itg__tx *tx, int64_t id, itg_type_t type, const char *name,
                               int64_t parent_id, int64_t bin_id);

/* The same with the next free id, not in the bin. */
itg_error_t itg__object_create(struct itg__tx *tx, itg_type_t type, const char *name, int64_t parent_id,
                               int64_t *ret_id);

/* An object that is there; leaves the audit trail to its caller. */
itg_error_t itg__object_rename(struct itg__tx *tx, int64_t id, const char *name);

/* Moves an object into a directory that has been checked. The second one leaves the audit trail to its caller. */
itg_error_t itg__object_put(struct itg__tx *tx, itg_type_t type, int64_t id, int64_t directory_id);
itg_error_t itg__object_reparent(struct itg__tx *tx, itg_type_t type, int64_t id, int64_t directory_id);

/* Deletes an object that is there, with all that hangs on it: see the lists in object.c. Tells the audit trail. */
itg_error_t itg__object_delete(struct itg__tx *tx, itg_type_t type, int64_t id);

/* The columns that itg__object_read() takes, of an object o. Its texts point into the row. */
#define ITG__OBJECT_COLUMNS "o.id, o.type, o.name, o.parent_id, o.bin_id"
itg_object_t itg__object_read(struct itg__query *q);

#endif
