/* What thin clients say of themselves, inside a transaction. Everything is checked as if anybody had said it. */
#ifndef ITG__REPORT_H
#define ITG__REPORT_H

#include "core/property.h"

/* Bounds of one report, and of what reports may pile up. */
enum {
    ITG__REPORT_ASSETS = 256, /* on one thin client */
};

/* True for a property that a thin client may set. */
bool itg__reportable(const itg_property_t *property);

/* Sets those that are marked and reportable. What lies in the future counts as now. */
itg_error_t itg__report_properties(struct itg__tx *tx, int64_t id, struct itg__change *change);

/* A value that its definition does not allow, or of an attribute that is not defined or not the device's to set, is passed
 * over: the thin client cannot know. */
itg_error_t itg__report_attribute(struct itg__tx *tx, int64_t id, const char *identifier, const char *value);

/* Something was plugged in, or out. What is there, or not there, already is passed over. */
itg_error_t itg__report_added(struct itg__tx *tx, int64_t id, const itg_asset_t *asset, bool boot);
itg_error_t itg__report_removed(struct itg__tx *tx, int64_t id, const char *unique_id, bool boot);

/* Somebody logged in, or off again: a login with the same user and time is the same. */
itg_error_t itg__report_login(struct itg__tx *tx, int64_t id, const itg_login_t *login);

/* The firmware with this product and version, made if there is none. NULL: unknown. */
itg_error_t itg__report_firmware(struct itg__tx *tx, const char *product, const char *version,
                                 int64_t *ret_id);
itg_error_t itg__report_set_firmware(struct itg__tx *tx, int64_t id, int64_t firmware_id);

#endif
