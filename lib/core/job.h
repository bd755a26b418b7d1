/* Jobs: when they are due (job_time.c), what they are (job.c), what they do (job_run.c). */
#ifndef ITG__JOB_H
#define ITG__JOB_H

#include "core/core.h"
#include <itg/job.h>

/* --- job_time.c: due times. A job without a repetition has one. --- */

struct itg__schedule {
    int64_t start_ms;
    int64_t every_s;
    uint32_t weekdays;
    int64_t expires_ms;
};

/* The first due time that is not before a time; 0: there is none. */
int64_t itg__schedule_next(const struct itg__schedule *schedule, int64_t from_ms);
/* The last due time that is not after a time, of those from `first_ms` on, which is one; the schedule's expiry
 * counts. */
int64_t itg__schedule_last(const struct itg__schedule *schedule, int64_t first_ms, int64_t until_ms);
/* How many due times lie from one to another, which are both counted. */
int64_t itg__schedule_count(const struct itg__schedule *schedule, int64_t first_ms, int64_t last_ms);

/* --- job.c --- */

itg_error_t itg__job_missing(struct itg__tx *tx, int64_t id);
/* Loads a job in one block for free(); ITG_E_NO_HANDLER. */
itg_error_t itg__job_load(struct itg__tx *tx, int64_t id, itg_job_t **ret_job);

/* --- job_run.c --- */

/* A run that has been told in the store and waits to be carried out. id 0: none. */
struct itg__run {
    int64_t id;
    int64_t job_id;
    int64_t actor_id;
};

/* For the chores of itg_step(): when the next job is due. */
itg_error_t itg__jobs_due(struct itg__tx *tx, bool *ret_found, int64_t *ret_due_ms);
/* Takes the due time of one job, so that no other call does, and tells of a run. */
itg_error_t itg__job_claim(struct itg__tx *tx, struct itg__run *ret_run);
/* Sends the commands of such a run and tells how it went. Outside of transactions. @param ret_why  ITG_OK, or what
 * made the run fail */
itg_error_t itg__run_carry_out(struct itg__fleet *fleet, const char *operation, const struct itg__run *run,
                               itg_failure_t *ret_why, itg_failure_t *failure);
/* For the chores of itg_step(): runs whose end nobody tells. */
itg_error_t itg__runs_due(struct itg__tx *tx, bool *ret_found, int64_t *ret_due_ms);
itg_error_t itg__runs_give_up(struct itg__tx *tx, int64_t limit);

/* Deletes what a job did. */
itg_error_t itg__runs_delete(struct itg__tx *tx, int64_t job_id);

#endif
