/* The one gate of licences. Operations of a feature pass it when their transaction begins: by their names,
 * see licence.c. Those that a type tells of call itg__licensed_type() at the public edge. */
#ifndef ITG__LICENCE_H
#define ITG__LICENCE_H

#include "core/core.h"

/* True if the host licenses the feature; ITG_FEATURE_NONE always is. */
bool itg__is_licensed(struct itg__fleet *fleet, itg_feature_t feature);

/* ITG_E_LICENSE_REQUIRED if it does not. */
itg_error_t itg__licensed(struct itg__fleet *fleet, itg_feature_t feature, itg_failure_t *failure);

/* The same for the feature that a type of object belongs to, if any. itg NULL: left to the call itself. */
itg_error_t itg__licensed_type(itg_t *itg, itg_type_t type, itg_failure_t *failure);

/* The same for the feature that a public function belongs to, if any. */
itg_error_t itg__licensed_operation(struct itg__fleet *fleet, const char *operation, itg_failure_t *failure);

#endif
