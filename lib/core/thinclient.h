/* Rows of thin clients. */
#ifndef ITG__THINCLIENT_H
#define ITG__THINCLIENT_H

#include "core/property.h"
#include "core/revision.h"

/* Binds a property's value to a parameter. */
void itg__property_bind(struct itg__query *q, int index, const itg_property_t *property,
                        union itg__slot slot);

/* Starts a walk over thin clients with ids above after_id by ascending id. */
void itg__thinclient_query(struct itg__tx *tx, struct itg__query *q, itg_extent_t extent, int64_t after_id);

/* Starts a query of one thin client with ITG_EXTENT_DETAILS, as such a walk. */
void itg__thinclient_query_one(struct itg__tx *tx, struct itg__query *q, int64_t id);

/* What such a walk reads, for statements that are made at run time over thin clients t and their objects o. */
struct itg__thinclient_source {
    const char *columns;
    const char *joins; /* behind those of t and o */
    int column_count;
    int id_column;
};
const struct itg__thinclient_source *itg__thinclient_source(itg_extent_t extent);

/* Gives one thin client that may be read to a callback. ITG_E_THINCLIENT_NOT_FOUND, ITG_E_ACCESS_DENIED */
itg_error_t itg__thinclient_visit(itg_t *itg, itg_extent_t extent, int64_t id, itg_thinclient_fn fn,
                                  void *ctx, itg_failure_t *failure);

/* Fills a thin client from a row of such a walk. Texts point into the row. */
void itg__thinclient_read(struct itg__query *q, itg_extent_t extent, itg_thinclient_t *ret_tc);

/* Sets config_changes of a thin client read from a row of ITG_EXTENT_DETAILS. */
itg_error_t itg__thinclient_revise(struct itg__revisions *revisions, struct itg__query *q,
                                   itg_thinclient_t *tc);

/* Completes what is to become a new thin client: unit id and name from the MAC. ITG_E_NO_MAC,
 * ITG_E_NO_FIRMWARE, ITG_E_INVALID_NAME. `name` is where a made-up name is put. */
enum { ITG__MADE_NAME_SIZE = sizeof "ITC" + 12 };
itg_error_t itg__thinclient_complete(struct itg__change *change, char name[ITG__MADE_NAME_SIZE],
                                     itg_failure_t *failure);

/* Fails with ITG_E_DUPLICATE if the MAC or unit id is taken. */
itg_error_t itg__thinclient_unique(struct itg__tx *tx, const itg_thinclient_t *tc);

/* Adds the thin client's own row, all properties; its object is added by itg__object_insert(). */
itg_error_t itg__thinclient_insert(struct itg__tx *tx, const itg_thinclient_t *tc);

/* Makes the texts of the statements that are built from the property table, when a fleet is opened. */
itg_error_t itg__thinclient_sql(struct itg__fleet *fleet, itg_failure_t *failure);
void itg__thinclient_sql_dispose(struct itg__fleet *fleet);

#endif
