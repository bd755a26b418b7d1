/* The short form of thin clients, ready-made: what IMI's list says of each, kept as JSON beside its rows, because lists are
 * most of what clients ask for and copying is several times as quick as reading and writing columns. Triggers empty
 * the form of a thin client whose rows change in any way; who changes one makes its form anew in the same
 * transaction, and what was emptied by statements over many is made by the reader meanwhile and written by a chore. */
#ifndef ITG__LISTING_H
#define ITG__LISTING_H

#include "core/thinclient.h"

/* Gets the short form of one. @return 0 to go on, anything else to end the walk (which then succeeds) */
typedef int32_t (*itg__listing_fn)(void *ctx, int64_t id, const char *form, size_t length);

/* As itg_thinclient_each() and itg__thinclient_visit() with ITG_EXTENT_SHORT. */
itg_error_t itg__listing_each(itg_t *itg, int64_t after_id, itg__listing_fn fn, void *ctx,
                              itg_failure_t *failure);
itg_error_t itg__listing_visit(itg_t *itg, int64_t id, itg__listing_fn fn, void *ctx, itg_failure_t *failure);

/* For a new thin client, and for one that has changed. */
itg_error_t itg__listing_insert(struct itg__tx *tx, const itg_thinclient_t *tc);
itg_error_t itg__listing_refresh(struct itg__tx *tx, int64_t id);

/* The chore, see step.c. */
itg_error_t itg__listing_due(struct itg__tx *tx, bool *ret_found, int64_t *ret_due_ms);
itg_error_t itg__listing_fill(struct itg__tx *tx, int64_t limit);

/* Counts forms that are neither empty nor what the rows say. */
itg_error_t itg__listing_check(struct itg__tx *tx, itg_finding_fn finding, void *ctx, int64_t *findings);

/* The parts of any form: `{"unitID":..,"lastIP":".."`, and `,"lastUser":...,"links":[]}`. */
void itg__thinclient_head_json(struct itg__buf *out, const itg_thinclient_t *tc);
void itg__thinclient_details_json(struct itg__buf *out, const itg_thinclient_t *tc);
void itg__thinclient_tail_json(struct itg__buf *out, const itg_thinclient_t *tc, bool details);

#endif
