/* Assets inside a transaction. */
#ifndef ITG__ASSET_H
#define ITG__ASSET_H

#include "core/core.h"
#include "core/text.h"

/* Rows; texts point into them. */
#define ITG__ASSET_COLUMNS         "id, thinclient_id, unique_id, connector, name, vendor, device_id"
#define ITG__ASSET_HISTORY_COLUMNS "id, asset_id, unit_id, time, event"
itg_asset_t itg__asset_read(struct itg__query *q);
itg_asset_history_t itg__asset_history_read(struct itg__query *q);

/* Which assets a walk meets. */
enum itg__asset_scope { ITG__ASSETS_ALL, ITG__ASSETS_ON, ITG__ASSET_ONE };

/* Walks assets with ids above after_id. @param id  the thin client's or the asset's, as the scope says */
itg_error_t itg__asset_walk(struct itg__tx *tx, enum itg__asset_scope scope, int64_t id, int64_t after_id,
                            itg_asset_fn fn, void *ctx);

/* True if there is, or the history tells of, such an asset. */
itg_error_t itg__asset_known(struct itg__tx *tx, int64_t id, bool *ret_known);

/* The thin client is deleted: its assets are on none from now on, and the history tells so. */
itg_error_t itg__assets_release(struct itg__tx *tx, int64_t thinclient_id);

/* Where an asset is, by its id; ITG_E_NO_HANDLER if there is none. */
itg_error_t itg__asset_place(struct itg__tx *tx, int64_t id, int64_t *ret_thinclient_id);

/* The same for one who wants to read it: ITG_E_ACCESS_DENIED. */
itg_error_t itg__asset_reach(struct itg__tx *tx, int64_t id, int64_t *ret_thinclient_id);

/* Adds an asset: checks it, gives it an id, and begins its history. Of the input only on_boot and the parts count. */
itg_error_t itg__asset_create(struct itg__tx *tx, itg_asset_t *asset, const itg_asset_input_t *input);

/* See itg_asset_move(). */
itg_error_t itg__asset_move(struct itg__tx *tx, int64_t id, int64_t thinclient_id, int32_t on_boot);

/* Checks a short text of an asset. */
itg_error_t itg__asset_text_ok(const char *text, const char *member, itg_failure_t *failure);

/* Adds the categories and details of a new asset. */
itg_error_t itg__asset_parts_insert(struct itg__tx *tx, int64_t id, const itg_asset_input_t *input);

/* Add rows with known ids, checked but for what they refer to. */
itg_error_t itg__asset_insert(struct itg__tx *tx, const itg_asset_t *asset);
itg_error_t itg__asset_category_insert(struct itg__tx *tx, int64_t id, const itg_asset_category_t *category);
itg_error_t itg__asset_detail_insert(struct itg__tx *tx, int64_t id, int64_t position,
                                     const itg_asset_detail_t *detail);
/* The id is taken as it is, or the next one if it is 0. */
itg_error_t itg__asset_history_insert(struct itg__tx *tx, const itg_asset_history_t *entry);

/* The members of an asset in IMI's form, without the braces around them. */
itg_error_t itg__asset_json(struct itg__tx *tx, struct itg__buf *buf, const itg_asset_t *asset);
void itg__asset_history_json(struct itg__buf *buf, const itg_asset_history_t *entry);

#endif
