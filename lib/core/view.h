/* Rows of views, for imports. */
#ifndef ITG__VIEW_H
#define ITG__VIEW_H

#include "core/core.h"
#include <itg/view.h>

/* Checks what is not NULL. */
itg_error_t itg__view_ok(const char *name, const char *expression, itg_failure_t *failure);

itg_error_t itg__view_insert(struct itg__tx *tx, const itg_view_t *view);

#endif
