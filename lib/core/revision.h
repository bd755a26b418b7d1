/* Revisions: when what a thin client receives last changed, and what it has confirmed.
 *
 * Whoever changes what an object receives touches the object once, in the same transaction: each touch takes
 * the next number of the sequence "revision" and is remembered for the object alone, however many thin
 * clients lie below it. A thin client's current revision is the highest among itself and the directories
 * above it. */
#ifndef ITG__REVISION_H
#define ITG__REVISION_H

#include "core/core.h"

/* What a thin client, or everything below a thin client directory, receives has changed. */
itg_error_t itg__revision_touch(struct itg__tx *tx, int64_t object_id);

/* The same for all that a profile is assigned to. Does nothing for one in the recycle bin: call it before a
 * profile goes there and after it has come back. */
itg_error_t itg__revision_touch_receivers(struct itg__tx *tx, int64_t profile_id);

/* The same for every profile at or below an object of a profile tree; does nothing for one of another tree.
 */
itg_error_t itg__revision_touch_below(struct itg__tx *tx, itg_type_t type, int64_t object_id);

/* The same for all that a template value is assigned to. */
itg_error_t itg__revision_touch_template(struct itg__tx *tx, int64_t value_id);

/* The same for all values of a template key. */
itg_error_t itg__revision_touch_template_key(struct itg__tx *tx, int64_t key_id);

/* A thin client is new, or something has changed that settings may hold: touches it if any profile is
 * assigned to it or above it. */
itg_error_t itg__revision_touch_reached(struct itg__tx *tx, int64_t thinclient_id);

/* The revisions of directories that a walk over thin clients has met. Zero it but for tx. */
enum { ITG__REVISIONS_KEPT = 512 };
struct itg__revisions {
    struct itg__tx *tx;
    bool begun;
    int64_t highest; /* of the fleet */
    struct {
        int64_t id; /* 0: empty */
        int64_t value;
    } kept[ITG__REVISIONS_KEPT]; /* by the low bits of the id */
};

/* The current revision of a thin client that has `own` and lies in this directory. */
itg_error_t itg__revision_current(struct itg__revisions *revisions, int64_t own, int64_t parent_id,
                                  int64_t *ret_revision);

/* What `configChanges` says of a thin client: PENDING or APPLIED, or `stored` if the fleet knows nothing of
 * its revisions. @param confirmed  -1: nothing */
itg_error_t itg__revision_state(struct itg__revisions *revisions, int64_t own, int64_t confirmed,
                                int64_t parent_id, const char *stored, const char **ret_state);

/* A thin client has a revision in force; see itg_settings_confirm(). */
itg_error_t itg__revision_confirm(struct itg__tx *tx, int64_t thinclient_id, int64_t revision);

#endif
