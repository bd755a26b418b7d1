#ifndef ITG__FIRMWARE_H
#define ITG__FIRMWARE_H

#include "core/core.h"

/* Checks the texts of a firmware: ITG_E_INVALID_BODY. */
itg_error_t itg__firmware_ok(const char *product, const char *version, const char *type,
                             itg_failure_t *failure);

/* Adds the row of a firmware with its id: ITG_E_DUPLICATE. */
itg_error_t itg__firmware_insert(struct itg__tx *tx, const itg_firmware_t *firmware);

/* Makes sure that a firmware is there: ITG_E_FIRMWARE_NOT_FOUND. */
itg_error_t itg__firmware_check(struct itg__tx *tx, int64_t id);

#endif
