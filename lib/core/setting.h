/* Settings of profiles: what imports need of them. */
#ifndef ITG__SETTING_H
#define ITG__SETTING_H

#include "core/core.h"
#include "core/text.h"
#include <jansson.h>

/* What a key says of free instances. */
struct itg__setting_key {
    size_t base_length; /* of the family, or of the whole key */
    int32_t index;      /* n of [n]; -1 for [] */
    bool is_instance;
};

/* False if a text is no key. @param ret_key  may be NULL */
bool itg__setting_key(const char *text, struct itg__setting_key *ret_key);

/* Appends the canonical form of a value: ITG_E_INVALID_BODY with the reason. */
itg_error_t itg__setting_value(struct itg__buf *out, const json_t *value, itg_failure_t *failure);

/* Gives a profile a setting that has been checked. */
itg_error_t itg__setting_put(struct itg__tx *tx, int64_t profile_id, const char *key, const char *value);

/* ITG_E_INVALID_BODY if a profile holds too much. */
itg_error_t itg__setting_check_content(struct itg__tx *tx, int64_t profile_id);

/* Finds the next template key in a string: `$${` is none, and is told as a piece of its own.
 *
 *     text: where to look; *ret_before: bytes in front of it; *ret_name, *ret_length: what stands in the
 * braces, NULL for `$${`. @return what comes behind, NULL if there is none any more */
const char *itg__setting_next_name(const char *text, size_t *ret_before, const char **ret_name,
                                   size_t *ret_length);

#endif
