/** @file firmware.h
 *  Firmwares: what a thin client runs and a profile is written for. They have an id sequence of their own. */
#ifndef ITG_FIRMWARE_H
#define ITG_FIRMWARE_H

#include <itg/api.h>
#include <itg/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A firmware. One given to a callback is valid only during the call. */
typedef struct itg_firmware {
    int64_t id;
    const char *product; /**< "IGEL OS 11" */
    const char *version; /**< "11.3.100.1" */
    const char *type;    /**< "LX" */
} itg_firmware_t;

/** Gets one firmware of a walk. @return 0 to go on, anything else to end the walk (which then succeeds) */
typedef int32_t (*itg_firmware_fn)(void *ctx, const itg_firmware_t *firmware);

/** Registers a firmware.
 *  @param[out] ret_id  may be NULL; untouched on failure
 *  @retval ITG_E_INVALID_BODY  a text is NULL, too long, not UTF-8, holds a control character, or product is
 * blank
 *  @retval ITG_E_DUPLICATE     product, version and type are there already */
ITG_API itg_error_t itg_firmware_create(itg_t *itg, const char *product, const char *version,
                                        const char *type, int64_t *ret_id, itg_failure_t *failure);

/** Looks a firmware up.
 *  @param[out] ret_firmware  owned by the caller, end with itg_firmware_free(); untouched on failure
 *  @retval ITG_E_FIRMWARE_NOT_FOUND */
ITG_API itg_error_t itg_firmware_get(itg_t *itg, int64_t id, itg_firmware_t **ret_firmware,
                                     itg_failure_t *failure);

/** Frees a firmware that itg_firmware_get() returned. NULL is allowed. */
ITG_API void itg_firmware_free(itg_firmware_t *firmware);

/** Walks firmwares with ids above after_id by ascending id. */
ITG_API itg_error_t itg_firmware_each(itg_t *itg, int64_t after_id, itg_firmware_fn fn, void *ctx,
                                      itg_failure_t *failure);

#ifdef __cplusplus
}
#endif

#endif
