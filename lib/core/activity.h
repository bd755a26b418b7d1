/* What goes on in a fleet, for those who watch it: numbers and the newest results, found by index. */
#ifndef ITG__ACTIVITY_H
#define ITG__ACTIVITY_H

#include "core/core.h"
#include <itg/command.h>

/* Commands. Open ones are those of now, the others have ended within the time asked for. */
struct itg__activity {
    int64_t now_ms; /* of the fleet */
    int64_t queued;
    int64_t sent;
    int64_t confirmed;
    int64_t failed;
    int64_t expired;
};

itg_error_t itg__activity(itg_t *itg, int64_t within_ms, struct itg__activity *ret_activity,
                          itg_failure_t *failure);

/* How many thin clients there are, those in the bin included. Costs time that grows with the fleet: seldom. */
itg_error_t itg__activity_known(itg_t *itg, int64_t *ret_known, itg_failure_t *failure);

/* Commands that have ended, the newest first. Texts are valid during the call. */
struct itg__outcome {
    int64_t ended_ms;
    itg_command_t command;
    itg_command_state_t state;
    const char *name; /* of the thin client */
    const char *message;
    const char *actor;
};
typedef void (*itg__outcome_fn)(void *ctx, const struct itg__outcome *outcome);
itg_error_t itg__activity_outcomes(itg_t *itg, int64_t limit, itg__outcome_fn fn, void *ctx,
                                   itg_failure_t *failure);

#endif
