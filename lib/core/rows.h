/* Adding rows with ids that are known already, for imports. The caller has checked what they refer to. */
#ifndef ITG__ROWS_H
#define ITG__ROWS_H

#include "core/core.h"

/* The profile's own row; its object is added by itg__object_insert(). */
itg_error_t itg__profile_insert(struct itg__tx *tx, const itg_profile_t *profile);

/* ITG_E_DUPLICATE if it is there. */
itg_error_t itg__assignment_insert(struct itg__tx *tx, const itg_assignment_t *assignment);

/* The directory's own row. */
itg_error_t itg__directory_insert(struct itg__tx *tx, int64_t id, itg_type_t type);

#endif
