/** @file template.h
 *  Template keys: names that settings may hold ("${NAME}", see itg/setting.h) and that have other values on
 * other thin clients.
 *
 *  A key has a type and any number of values. A value is assigned to thin clients and thin client
 * directories, and there is at most one value of a key on each. For a thin client the nearest assignment
 * counts: its own, then its directory's, then that of the one above. Names need not be unique: of keys with
 * the same name the one with the nearest assignment counts, at the same distance the one whose value has the
 * higher id.
 *
 *  Ids of keys and values come from the sequence of objects. */
#ifndef ITG_TEMPLATE_H
#define ITG_TEMPLATE_H

#include <itg/object.h>

#ifdef __cplusplus
extern "C" {
#endif

/** The parent of template keys that lie below no other key. */
#define ITG_ROOT_TEMPLATES ((int64_t)-15)

/** What the values of a key are. The numbers are stored; they never change. */
typedef enum itg_template_type {
    ITG_TEMPLATE_STRING = 1,
    ITG_TEMPLATE_INTEGER = 2, /**< a decimal integer of 64 bits, with or without "-" */
    ITG_TEMPLATE_FLOAT = 3,   /**< a number as JSON writes it */
    ITG_TEMPLATE_BOOLEAN = 4  /**< "true" or "false" */
} itg_template_type_t;

/** IMI's word: "StringType", "IntegerType", "FloatType", "BooleanType". Static; "" for a value that is none.
 */
ITG_API const char *itg_template_type_name(itg_template_type_t type);

/** The type with this IMI word; 0 if there is none. */
ITG_API itg_template_type_t itg_template_type_from_name(const char *name);

/** A template key. Valid only during the call that gets it. */
typedef struct itg_template_key {
    int64_t id;
    const char *name;
    itg_template_type_t type;
    int64_t parent_id; /**< another key, or ITG_ROOT_TEMPLATES */
} itg_template_key_t;

/** A value of a template key. Valid only during the call that gets it. */
typedef struct itg_template_value {
    int64_t id;
    const char *value;
    const char *description;
    int64_t key_id;
    const char *key_name;
    itg_template_type_t type;
} itg_template_value_t;

/** A template value assigned to a thin client or thin client directory. */
typedef struct itg_template_assignment {
    int64_t receiver_id;
    itg_type_t receiver_type; /**< ITG_TYPE_THINCLIENT or ITG_TYPE_THINCLIENT_DIRECTORY */
    int64_t key_id;
    int64_t value_id;
} itg_template_assignment_t;

/** Each gets one row of a walk. @return 0 to go on, anything else to end the walk (which then succeeds) */
typedef int32_t (*itg_template_key_fn)(void *ctx, const itg_template_key_t *key);
typedef int32_t (*itg_template_value_fn)(void *ctx, const itg_template_value_t *value);
typedef int32_t (*itg_template_assignment_fn)(void *ctx, const itg_template_assignment_t *assignment);

/** Creates a key.
 *  @param parent_id    another key, or ITG_ROOT_TEMPLATES
 *  @param[out] ret_id  may be NULL; untouched on failure
 *  @retval ITG_E_INVALID_BODY      the name is blank, longer than ITG_LIMIT_NAME, not UTF-8, or holds a
 * control character, one of { } $ " \, or is that of a static key; or the type is none
 *  @retval ITG_E_PARENT_NOT_FOUND  no key has that id */
ITG_API itg_error_t itg_template_key_create(itg_t *itg, const char *name, itg_template_type_t type,
                                            int64_t parent_id, int64_t *ret_id, itg_failure_t *failure);

/** Deletes a key with its values and their assignments. Keys below it go to its parent.
 *  @retval ITG_E_NO_HANDLER  no key has this id */
ITG_API itg_error_t itg_template_key_delete(itg_t *itg, int64_t id, itg_failure_t *failure);

/** Looks a key up and gives it to fn.
 *  @retval ITG_E_NO_HANDLER  no key has this id */
ITG_API itg_error_t itg_template_key_get(itg_t *itg, int64_t id, itg_template_key_fn fn, void *ctx,
                                         itg_failure_t *failure);

/** Walks the keys with ids above after_id by ascending id. */
ITG_API itg_error_t itg_template_key_each(itg_t *itg, int64_t after_id, itg_template_key_fn fn, void *ctx,
                                          itg_failure_t *failure);

/** Adds a value to a key.
 *  @param value        text of ITG_LIMIT_TEXT bytes at most that reads as the key's type
 *  @param description  the same of any text; NULL: none
 *  @param[out] ret_id  may be NULL; untouched on failure
 *  @retval ITG_E_NO_HANDLER    no key has this id
 *  @retval ITG_E_INVALID_BODY  the value or the description is not valid */
ITG_API itg_error_t itg_template_value_create(itg_t *itg, int64_t key_id, const char *value,
                                              const char *description, int64_t *ret_id,
                                              itg_failure_t *failure);

/** Changes a value. @param value, description  NULL: stays. Errors as itg_template_value_create(), the id
 * being the value's. */
ITG_API itg_error_t itg_template_value_update(itg_t *itg, int64_t id, const char *value,
                                              const char *description, itg_failure_t *failure);

/** Deletes a value with its assignments. @retval ITG_E_NO_HANDLER  no value has this id */
ITG_API itg_error_t itg_template_value_delete(itg_t *itg, int64_t id, itg_failure_t *failure);

/** Walks the values of a key by ascending id. @retval ITG_E_NO_HANDLER  no key has this id */
ITG_API itg_error_t itg_template_value_each(itg_t *itg, int64_t key_id, itg_template_value_fn fn, void *ctx,
                                            itg_failure_t *failure);

/** Assigns values, all or none. A value takes the place of another one of its key on the same receiver.
 *  @retval ITG_E_THINCLIENT_NOT_FOUND, ITG_E_DIRECTORY_NOT_FOUND  a receiver, by its type
 *  @retval ITG_E_THINCLIENT_IN_BIN, ITG_E_DIRECTORY_IN_BIN
 *  @retval ITG_E_INVALID_RECEIVER  a root, or a receiver of another type
 *  @retval ITG_E_INVALID_BODY      there is no such key, or the value is none of its */
ITG_API itg_error_t itg_template_assign(itg_t *itg, const itg_template_assignment_t *assignments,
                                        size_t count, itg_failure_t *failure);

/** Takes the value of a key away from a receiver.
 *  @retval ITG_E_INVALID_ASSIGNMENT  it is not there */
ITG_API itg_error_t itg_template_unassign(itg_t *itg, int64_t receiver_id, int64_t key_id,
                                          itg_failure_t *failure);

/** Walks what is assigned directly to a thin client or thin client directory, by key.
 *  @retval ITG_E_THINCLIENT_NOT_FOUND, ITG_E_DIRECTORY_NOT_FOUND  by receiver_type */
ITG_API itg_error_t itg_template_assignments(itg_t *itg, itg_type_t receiver_type, int64_t receiver_id,
                                             itg_template_assignment_fn fn, void *ctx,
                                             itg_failure_t *failure);

#ifdef __cplusplus
}
#endif

#endif
