/** @file attribute.h
 *  Custom device attributes: what an administrator wants to know of thin clients beyond their properties.
 *
 *  A definition says what may be set; a value is set for a thin client by itg_thinclient_create() and
 *  itg_thinclient_update() with the key "deviceAttributes.<identifier>", or by itg_attribute_report(). */
#ifndef ITG_ATTRIBUTE_H
#define ITG_ATTRIBUTE_H

#include <itg/api.h>
#include <itg/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Characters of a value and of an allowed value. */
#define ITG_LIMIT_ATTRIBUTE 100
/** Characters of an identifier. */
#define ITG_LIMIT_IDENTIFIER 64
/** Allowed values of a range. */
#define ITG_LIMIT_CHOICES 1000

/** What values look like. */
typedef enum itg_attribute_type {
    ITG_ATTRIBUTE_STRING = 1,
    ITG_ATTRIBUTE_NUMBER = 2, /**< decimal: "-12.5" */
    ITG_ATTRIBUTE_DATE = 3,   /**< of the calendar: "2024-02-29" */
    ITG_ATTRIBUTE_RANGE = 4   /**< one of the allowed values */
} itg_attribute_type_t;

/** Who may set values. */
typedef enum itg_overwrite {
    ITG_OVERWRITE_ALL = 1,
    ITG_OVERWRITE_SERVER = 2, /**< itg_thinclient_create(), itg_thinclient_update() and IMI */
    ITG_OVERWRITE_DEVICES = 3 /**< itg_attribute_report() */
} itg_overwrite_t;

/** "string", "number", "date", "range"; "" for another value. Static. */
ITG_API const char *itg_attribute_type_name(itg_attribute_type_t type);
/** The type of that name; 0 if there is none. */
ITG_API itg_attribute_type_t itg_attribute_type_from_name(const char *name);

/** "all", "server", "devices"; "" for another value. Static. */
ITG_API const char *itg_overwrite_name(itg_overwrite_t overwrite);
/** The rule of that name; 0 if there is none. */
ITG_API itg_overwrite_t itg_overwrite_from_name(const char *name);

/** A definition. One given to a callback is valid only during the call. The struct may grow at its end. */
typedef struct itg_attribute {
    int64_t id;
    const char *identifier; /**< [a-z][A-Za-z0-9]*, unique */
    const char *name;       /**< for people */
    itg_attribute_type_t type;
    itg_overwrite_t overwrite;
} itg_attribute_t;

/** Each gets one item of a walk. @return 0 to go on, anything else to end the walk (which then succeeds) */
typedef int32_t (*itg_attribute_fn)(void *ctx, const itg_attribute_t *attribute);
typedef int32_t (*itg_attribute_choice_fn)(void *ctx, const char *choice);
typedef int32_t (*itg_attribute_value_fn)(void *ctx, const itg_attribute_t *attribute, const char *value);

/** Defines an attribute.
 *  @param overwrite  0: ITG_OVERWRITE_ALL
 *  @param choices    the allowed values of a range in their order; none (NULL is allowed) for the other types
 *  @param[out] ret_id  may be NULL; untouched on failure
 *  @retval ITG_E_INVALID_BODY  the identifier is not [a-z][A-Za-z0-9]* of at most ITG_LIMIT_IDENTIFIER
 * characters, a value is none of its enum, a range has no choices or another type has some, or a choice is
 * empty, there twice, not UTF-8 or longer than ITG_LIMIT_ATTRIBUTE characters
 *  @retval ITG_E_INVALID_NAME  the name is no name, as for objects
 *  @retval ITG_E_DUPLICATE     the identifier is taken */
ITG_API itg_error_t itg_attribute_create(itg_t *itg, const char *identifier, const char *name,
                                         itg_attribute_type_t type, itg_overwrite_t overwrite,
                                         const char *const *choices, size_t count, int64_t *ret_id,
                                         itg_failure_t *failure);

/** Changes a definition. Identifier and type stay: values depend on them.
 *  @param name       NULL leaves it alone
 *  @param overwrite  0 leaves it alone; values that were set before stay
 *  @param choices    NULL leaves them alone
 *  @retval ITG_E_NO_HANDLER    there is no such definition
 *  @retval ITG_E_INVALID_BODY  as itg_attribute_create(), or a thin client has a value that would not be
 * allowed any more
 *  @retval ITG_E_INVALID_NAME */
ITG_API itg_error_t itg_attribute_update(itg_t *itg, int64_t id, const char *name, itg_overwrite_t overwrite,
                                         const char *const *choices, size_t count, itg_failure_t *failure);

/** Deletes a definition and all its values.
 *  @retval ITG_E_NO_HANDLER  there is no such definition */
ITG_API itg_error_t itg_attribute_delete(itg_t *itg, int64_t id, itg_failure_t *failure);

/** Looks a definition up.
 *  @param[out] ret_attribute  owned by the caller, end with itg_attribute_free(); untouched on failure
 *  @retval ITG_E_NO_HANDLER  there is no such definition */
ITG_API itg_error_t itg_attribute_by_identifier(itg_t *itg, const char *identifier,
                                                itg_attribute_t **ret_attribute, itg_failure_t *failure);

/** Frees a definition that this library returned. NULL is allowed. */
ITG_API void itg_attribute_free(itg_attribute_t *attribute);

/** Walks definitions with ids above after_id by ascending id. */
ITG_API itg_error_t itg_attribute_each(itg_t *itg, int64_t after_id, itg_attribute_fn fn, void *ctx,
                                       itg_failure_t *failure);

/** Walks the allowed values of a range in their order; none for another type.
 *  @retval ITG_E_NO_HANDLER  there is no such definition */
ITG_API itg_error_t itg_attribute_choices(itg_t *itg, int64_t id, itg_attribute_choice_fn fn, void *ctx,
                                          itg_failure_t *failure);

/** Walks the values that a thin client has, by ascending id of their definitions.
 *  @retval ITG_E_THINCLIENT_NOT_FOUND */
ITG_API itg_error_t itg_attribute_values(itg_t *itg, int64_t thinclient_id, itg_attribute_value_fn fn,
                                         void *ctx, itg_failure_t *failure);

/** Sets a value that a thin client says it has.
 *  @param value  "" clears it
 *  @retval ITG_E_THINCLIENT_NOT_FOUND, ITG_E_THINCLIENT_IN_BIN
 *  @retval ITG_E_INVALID_BODY  no such identifier, a value that does not fit its type, or an attribute that
 * only the server sets */
ITG_API itg_error_t itg_attribute_report(itg_t *itg, int64_t thinclient_id, const char *identifier,
                                         const char *value, itg_failure_t *failure);

#ifdef __cplusplus
}
#endif

#endif
