/* Device attributes inside a transaction. */
#ifndef ITG__ATTRIBUTE_H
#define ITG__ATTRIBUTE_H

#include "core/core.h"
#include "core/text.h"

/* The identifier that a key of itg_value_t names, "deviceAttributes.<identifier>"; NULL for another key. */
const char *itg__attribute_key(const char *key);

bool itg__identifier_ok(const char *identifier);

/* Who sets a value. */
enum itg__setter { ITG__BY_SERVER, ITG__BY_DEVICE, ITG__BY_IMPORT };

/* Sets a value of a thin client that is there, or clears it with "". ITG_E_INVALID_BODY if there is no such
 * identifier, the value does not fit, or the setter may not. */
itg_error_t itg__attribute_set(struct itg__tx *tx, int64_t thinclient_id, const char *identifier,
                               const char *value, enum itg__setter setter);

/* Sets those of the values that are attributes'; NULL leaves one alone. */
itg_error_t itg__attributes_set(struct itg__tx *tx, int64_t thinclient_id, const itg_value_t *values,
                                size_t count);

/* Keeps a value, or with "" forgets it, unchecked. */
itg_error_t itg__attribute_store(struct itg__tx *tx, int64_t thinclient_id, int64_t id, const char *value);

#define ITG__ATTRIBUTE_COLUMNS "id, identifier, name, type, overwrite"
itg_attribute_t itg__attribute_read(struct itg__query *q);

/* Checks a definition but for its choices, and adds its row. ITG_E_DUPLICATE if the identifier is taken. */
itg_error_t itg__attribute_ok(const itg_attribute_t *attribute, itg_failure_t *failure);
itg_error_t itg__attribute_insert(struct itg__tx *tx, const itg_attribute_t *attribute);

/* Checks a choice and adds it at a position, counted from 1. */
itg_error_t itg__attribute_choice_insert(struct itg__tx *tx, int64_t id, int64_t position,
                                         const char *choice);

/* A range has choices, nothing else has. */
itg_error_t itg__attribute_choices_ok(itg_attribute_type_t type, size_t count, itg_failure_t *failure);

/* Checks all values of a definition against it: ITG_E_INVALID_BODY if one does not fit. */
itg_error_t itg__attribute_values_ok(struct itg__tx *tx, int64_t id, itg_attribute_type_t type);

itg_error_t itg__attribute_choices(struct itg__tx *tx, int64_t id, itg_attribute_choice_fn fn, void *ctx);
itg_error_t itg__attribute_values(struct itg__tx *tx, int64_t thinclient_id, itg_attribute_value_fn fn,
                                  void *ctx);

/* `before` and then the choices as a JSON list, or nothing without any. */
itg_error_t itg__choices_json(struct itg__tx *tx, struct itg__buf *buf, const char *before, int64_t id);

/* `before` and then the values of a thin client as a JSON list, each with its definition if `full`. Without
 * any, an empty list if `full`, else nothing. */
itg_error_t itg__attributes_json(struct itg__tx *tx, struct itg__buf *buf, const char *before,
                                 int64_t thinclient_id, bool full);

#endif
