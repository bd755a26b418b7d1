/* Template keys: what others need of them. */
#ifndef ITG__TEMPLATE_H
#define ITG__TEMPLATE_H

#include "core/core.h"

/* The names that settings may hold without a template key: X(name). */
#define ITG__STATIC_KEYS(X) X(MAC) X(HOSTNAME) X(UNITID) X(SERIALNUMBER) X(DEVICENAME)

enum itg__static_key {
#define ITG__STATIC_KEY_ENUMERATOR(name) ITG__STATIC_##name,
    ITG__STATIC_KEYS(ITG__STATIC_KEY_ENUMERATOR)
#undef ITG__STATIC_KEY_ENUMERATOR
        ITG__STATIC_KEYS_COUNT
};
extern const char *const itg__static_keys[ITG__STATIC_KEYS_COUNT];

/* Checks what is to be stored: ITG_E_INVALID_BODY. */
itg_error_t itg__template_key_ok(const char *name, itg_template_type_t type, itg_failure_t *failure);
itg_error_t itg__template_value_ok(itg_template_type_t type, const char *value, const char *description,
                                   itg_failure_t *failure);

/* Rows with ids that are known already. The caller has checked what they refer to. */
itg_error_t itg__template_key_insert(struct itg__tx *tx, const itg_template_key_t *key);
itg_error_t itg__template_value_insert(struct itg__tx *tx, const itg_template_value_t *value);
itg_error_t itg__template_assignment_put(struct itg__tx *tx, const itg_template_assignment_t *assignment);

/* ITG_E_INVALID_BODY if there is no such key, or the value is none of its. */
itg_error_t itg__template_value_fits(struct itg__tx *tx, int64_t key_id, int64_t value_id);

#endif
