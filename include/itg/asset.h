/** @file asset.h
 *  Assets: what is plugged into thin clients (mice, monitors, smart card readers), and the history of where
 * each has been. */
#ifndef ITG_ASSET_H
#define ITG_ASSET_H

#include <itg/api.h>
#include <itg/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Categories and details of one asset, each. */
#define ITG_LIMIT_ASSET_PARTS 256

/** An asset. One given to a callback is valid only during the call. The struct may grow at its end. */
typedef struct itg_asset {
    int64_t id;
    int64_t thinclient_id; /**< -1: on none */
    const char *unique_id;
    const char *connector; /**< "usb" */
    const char *name;      /**< "M105 Optical Mouse" */
    const char *vendor;
    const char *device_id;
} itg_asset_t;

/** A category of assets, "Mouse": those of one name have one id. Does not grow. */
typedef struct itg_asset_category {
    int64_t id;
    const char *name;
} itg_asset_category_t;

/** One detail of an asset, "maxPower" "100mA" "string". Does not grow. */
typedef struct itg_asset_detail {
    int64_t attribute_id; /**< 0 when it is set: the asset's own id */
    const char *key;
    const char *value;
    const char *type;
} itg_asset_detail_t;

/** A new asset. Zero every member that is not set; texts that are NULL are "". */
typedef struct itg_asset_input {
    size_t size;           /**< sizeof(itg_asset_input_t) */
    int64_t thinclient_id; /**< 0 or -1: on none */
    int32_t on_boot;       /**< 1: the thin client found it when it started */
    const char *unique_id;
    const char *connector;
    const char *name; /**< must be a name, as for objects */
    const char *vendor;
    const char *device_id;
    const char *const *categories; /**< names */
    size_t category_count;
    const itg_asset_detail_t *details;
    size_t detail_count;
} itg_asset_input_t;

/** What happened to an asset. */
typedef enum itg_asset_event {
    ITG_ASSET_ADDED = 1,
    ITG_ASSET_REMOVED = 2,
    ITG_ASSET_ADDED_ON_BOOT = 3,
    ITG_ASSET_REMOVED_ON_BOOT = 4
} itg_asset_event_t;

/** IMI's word for it: "add", "remove", "add_on_boot", "remove_on_boot"; "" for another value. Static. */
ITG_API const char *itg_asset_event_name(itg_asset_event_t event);
/** The event of that name; 0 if there is none. */
ITG_API itg_asset_event_t itg_asset_event_from_name(const char *name);

/** One entry of the history. It outlives the asset and the thin client that it speaks of. The struct may grow
 * at its end. */
typedef struct itg_asset_history {
    int64_t id; /**< of a sequence of its own */
    int64_t asset_id;
    const char *unit_id; /**< of the thin client */
    int64_t time_ms;
    itg_asset_event_t event;
} itg_asset_history_t;

/** Each gets one item of a walk. @return 0 to go on, anything else to end the walk (which then succeeds) */
typedef int32_t (*itg_asset_fn)(void *ctx, const itg_asset_t *asset);
typedef int32_t (*itg_asset_category_fn)(void *ctx, const itg_asset_category_t *category);
typedef int32_t (*itg_asset_detail_fn)(void *ctx, const itg_asset_detail_t *detail);
typedef int32_t (*itg_asset_history_fn)(void *ctx, const itg_asset_history_t *entry);

/** Registers an asset. On a thin client, its history begins with that.
 *  @param[out] ret_id  may be NULL; untouched on failure
 *  @retval ITG_E_THINCLIENT_NOT_FOUND, ITG_E_THINCLIENT_IN_BIN
 *  @retval ITG_E_INVALID_NAME  the name, or that of a category, is no name
 *  @retval ITG_E_INVALID_BODY  a text is too long or not UTF-8, a category is there twice, or there are more
 * categories or details than ITG_LIMIT_ASSET_PARTS */
ITG_API itg_error_t itg_asset_create(itg_t *itg, const itg_asset_input_t *input, int64_t *ret_id,
                                     itg_failure_t *failure);

/** Moves an asset to a thin client, or to none. Its history says that it was removed from the one and added
 * to the other. No-op if it is there already.
 *  @param thinclient_id  -1: to none
 *  @param on_boot        1: this was found when the thin client started
 *  @retval ITG_E_NO_HANDLER  there is no such asset
 *  @retval ITG_E_THINCLIENT_NOT_FOUND, ITG_E_THINCLIENT_IN_BIN */
ITG_API itg_error_t itg_asset_move(itg_t *itg, int64_t id, int64_t thinclient_id, int32_t on_boot,
                                   itg_failure_t *failure);

/** Deletes an asset. Its history stays, and ends with its removal from the thin client that it was on.
 *  @retval ITG_E_NO_HANDLER  there is no such asset */
ITG_API itg_error_t itg_asset_delete(itg_t *itg, int64_t id, itg_failure_t *failure);

/** Looks an asset up.
 *  @param[out] ret_asset  owned by the caller, end with itg_asset_free(); untouched on failure
 *  @retval ITG_E_NO_HANDLER  there is no such asset */
ITG_API itg_error_t itg_asset_get(itg_t *itg, int64_t id, itg_asset_t **ret_asset, itg_failure_t *failure);

/** Frees an asset that itg_asset_get() returned. NULL is allowed. */
ITG_API void itg_asset_free(itg_asset_t *asset);

/** Walks assets with ids above after_id by ascending id.
 *  @param thinclient_id  those on this thin client; 0: all; -1: those on none
 *  @retval ITG_E_THINCLIENT_NOT_FOUND */
ITG_API itg_error_t itg_asset_each(itg_t *itg, int64_t thinclient_id, int64_t after_id, itg_asset_fn fn,
                                   void *ctx, itg_failure_t *failure);

/** Walks the categories of an asset by ascending id.
 *  @retval ITG_E_NO_HANDLER  there is no such asset */
ITG_API itg_error_t itg_asset_categories(itg_t *itg, int64_t id, itg_asset_category_fn fn, void *ctx,
                                         itg_failure_t *failure);

/** Walks the details of an asset in the order in which they were given.
 *  @retval ITG_E_NO_HANDLER  there is no such asset */
ITG_API itg_error_t itg_asset_details(itg_t *itg, int64_t id, itg_asset_detail_fn fn, void *ctx,
                                      itg_failure_t *failure);

/** Walks entries of the history with ids above after_id by ascending id, which is the order of events.
 *  @param asset_id  those of this asset; 0: of all
 *  @param unit_id   those of the thin client with this unit id; NULL: of all. A unit id that was never heard
 * of has no entries, which is no error: history outlives thin clients. */
ITG_API itg_error_t itg_asset_history_each(itg_t *itg, int64_t asset_id, const char *unit_id,
                                           int64_t after_id, itg_asset_history_fn fn, void *ctx,
                                           itg_failure_t *failure);

#ifdef __cplusplus
}
#endif

#endif
