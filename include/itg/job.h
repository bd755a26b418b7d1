/** @file job.h
 *  Jobs: commands that are sent when their time has come.
 *
 *  A job runs from itg_step(), which says when the next one is due; a host that never calls it has none. Each due
 *  time is taken by one call, whichever program makes it, before anything is sent: a program that ends in the
 *  middle leaves a run that is told as interrupted, and nothing is sent twice. Due times that passed while nobody
 *  called itg_step() lead to one run together, which counts the ones that were missed.
 *
 *  A job acts as the user who made it, or who last changed it, with the rights that user has when it runs. Who
 *  runs one at once, with itg_job_run(), acts as oneself. */
#ifndef ITG_JOB_H
#define ITG_JOB_H

#include <itg/error.h>
#include <itg/link.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Limits of jobs. */
#define ITG_LIMIT_JOB_TARGETS   10000    /**< thin clients and directories of one job; more: an expression */
#define ITG_LIMIT_JOB_EVERY_MIN 60       /**< seconds between two runs, at least */
#define ITG_LIMIT_JOB_EVERY_MAX 31622400 /**< and at most: 366 days */
#define ITG_LIMIT_JOB_RUNS      100      /**< runs of one job that are kept, the latest ones */
#define ITG_LIMIT_JOB_RESULTS   100      /**< failed thin clients of one run that are kept, the first ones */

/** Days of the week, to be added up. */
typedef enum itg_weekday {
    ITG_MONDAY = 1,
    ITG_TUESDAY = 2,
    ITG_WEDNESDAY = 4,
    ITG_THURSDAY = 8,
    ITG_FRIDAY = 16,
    ITG_SATURDAY = 32,
    ITG_SUNDAY = 64
} itg_weekday_t;

/** What a job is to do. Zero every member that is not set. The targets add up; a thin client that several of
 *  them name gets one command. */
typedef struct itg_job_spec {
    size_t size;                /**< sizeof(itg_job_spec_t) */
    const char *name;           /**< must */
    int32_t command;            /**< itg_command_t; must */
    int32_t disabled;           /**< 1: it is kept but does not run by itself */
    const int64_t *thinclients; /**< ids */
    size_t thinclient_count;
    const int64_t *directories; /**< ids of thin client directories: all thin clients below them */
    size_t directory_count;
    const char *expression; /**< see expression.h; NULL or "": none */
    int64_t start_ms;       /**< must: the first time */
    int64_t every_s;        /**< 0, or again so many seconds after each time */
    /** 0, or itg_weekday_t added up: on these days, at the start's local time of day, also when clocks change. A
     *  time that a change of clocks leaves out runs when the clocks go on, one that comes twice runs once. */
    uint32_t weekdays;
    int64_t expires_ms; /**< 0, or when it stops: from then on it does not run any more */
} itg_job_spec_t;

/** A job. One given to a callback is valid only during the call. */
typedef struct itg_job {
    int64_t id;
    const char *name;
    int32_t command; /**< itg_command_t */
    int32_t disabled;
    /** By id. Without those that were deleted since, and those that the one who asks may not see. */
    const int64_t *thinclients;
    size_t thinclient_count;
    const int64_t *directories;
    size_t directory_count;
    const char *expression; /**< "": none */
    int64_t start_ms;
    int64_t every_s;
    uint32_t weekdays;
    int64_t expires_ms;
    int64_t owner_id; /**< the user it acts as; 0: the host */
    int64_t due_ms;   /**< when it runs next; 0: not again */
} itg_job_t;

/** What became of a run. The numbers are stored; they never change. */
typedef enum itg_run_state {
    ITG_RUN_RUNNING = 1,     /**< commands are being sent */
    ITG_RUN_DONE = 2,        /**< the counts tell how it went */
    ITG_RUN_FAILED = 3,      /**< `error` and `message` tell why */
    ITG_RUN_INTERRUPTED = 4, /**< nobody has told its end for 15 minutes; it is told late if it comes */
    ITG_RUN_MISSED = 5       /**< nothing was sent: the job had expired when somebody called itg_step() */
} itg_run_state_t;

/** One run of a job. Valid only during the callback that gets it. */
typedef struct itg_job_run {
    int64_t id;
    int64_t job_id;
    int32_t state;      /**< itg_run_state_t */
    int64_t due_ms;     /**< 0: somebody ran it at once */
    int64_t started_ms; /**< later than due if nobody called itg_step() before */
    int64_t ended_ms;   /**< 0: not ended */
    int64_t actor_id;   /**< the user it acted as; 0: the host */
    int64_t missed;     /**< due times before this one for which nothing ran */
    int64_t total;      /**< thin clients that were meant */
    int64_t succeeded;
    int64_t failed;
    int64_t refused;     /**< left out: the user may see, but not command them */
    int32_t error;       /**< itg_error_t; ITG_OK unless it failed */
    const char *message; /**< of the error; else of the first thin client that failed; "": neither */
} itg_job_run_t;

/** A thin client at which a run failed. Valid only during the callback that gets it. */
typedef struct itg_job_result {
    int64_t thinclient_id;
    const char *mac;
    int64_t time_ms;
    const char *message;
} itg_job_result_t;

/** Creates a job. A start that has passed is one only for a job that repeats: its first time is the next one.
 *  @param[out] ret_id  may be NULL; untouched on failure
 *  @retval ITG_E_INVALID_BODY          the name is blank, too long, not UTF-8 or holds a control character; the
 *                                      expression is none; times contradict each other, lie in the past or
 *                                      outside of the years 1970 to 9999; more targets than the limit (`detail`
 *                                      names the member)
 *  @retval ITG_E_INVALID_COMMAND       not a command that can be asked for
 *  @retval ITG_E_EMPTY_LIST            no target at all
 *  @retval ITG_E_THINCLIENT_NOT_FOUND  the first id that no thin client has
 *  @retval ITG_E_THINCLIENT_IN_BIN     one of them is in the recycle bin
 *  @retval ITG_E_DIRECTORY_NOT_FOUND   the first id that no thin client directory has
 *  @retval ITG_E_DIRECTORY_IN_BIN      one of them is in the recycle bin
 *  @retval ITG_E_ACCESS_DENIED         besides a missing role: one of the thin clients may not be commanded, or one of
 *                                      the directories not be seen */
ITG_API itg_error_t itg_job_create(itg_t *itg, const itg_job_spec_t *spec, int64_t *ret_id,
                                   itg_failure_t *failure);

/** Makes a job anew, as itg_job_create() would; its history stays. Its next time changes only if its times do, or
 *  if it was disabled. Who does it becomes the user it acts as.
 *  @retval ITG_E_NO_HANDLER  no job has this id */
ITG_API itg_error_t itg_job_update(itg_t *itg, int64_t id, const itg_job_spec_t *spec,
                                   itg_failure_t *failure);

/** Deletes a job and its history. A run that is on its way goes on.
 *  @retval ITG_E_NO_HANDLER  no job has this id */
ITG_API itg_error_t itg_job_delete(itg_t *itg, int64_t id, itg_failure_t *failure);

/** Looks a job up.
 *  @param[out] ret_job  owned by the caller, end with itg_job_free(); untouched on failure
 *  @retval ITG_E_NO_HANDLER  no job has this id */
ITG_API itg_error_t itg_job_get(itg_t *itg, int64_t id, itg_job_t **ret_job, itg_failure_t *failure);

/** Frees a job that itg_job_get() returned. NULL is allowed. */
ITG_API void itg_job_free(itg_job_t *job);

/** Gets one job of a walk. @return 0 to go on, anything else to end the walk (which then succeeds) */
typedef int32_t (*itg_job_fn)(void *ctx, const itg_job_t *job);

/** Walks the jobs by ascending id. */
ITG_API itg_error_t itg_job_each(itg_t *itg, itg_job_fn fn, void *ctx, itg_failure_t *failure);

/** Runs a job now, with the rights of who calls, and returns when it has ended. Its times do not change; it may be
 *  disabled. How it went is in its history. Not part of an itg_begin() group: inside one it is ITG_E_INTERNAL.
 *  @param[out] ret_run_id  may be NULL; untouched on failure
 *  @retval ITG_E_NO_HANDLER  no job has this id
 *  @return also what made the run fail, which is in the history as well */
ITG_API itg_error_t itg_job_run(itg_t *itg, int64_t id, int64_t *ret_run_id, itg_failure_t *failure);

/** Gets one run of a walk. @return 0 to go on, anything else to end the walk (which then succeeds) */
typedef int32_t (*itg_job_run_fn)(void *ctx, const itg_job_run_t *run);

/** Walks the runs of a job that are kept, the latest first.
 *  @retval ITG_E_NO_HANDLER  no job has this id */
ITG_API itg_error_t itg_job_runs(itg_t *itg, int64_t id, itg_job_run_fn fn, void *ctx,
                                 itg_failure_t *failure);

/** Gets one result of a walk. @return 0 to go on, anything else to end the walk (which then succeeds) */
typedef int32_t (*itg_job_result_fn)(void *ctx, const itg_job_result_t *result);

/** Walks the thin clients at which a run failed, as far as they are kept, by id.
 *  @retval ITG_E_NO_HANDLER  no run has this id */
ITG_API itg_error_t itg_job_results(itg_t *itg, int64_t run_id, itg_job_result_fn fn, void *ctx,
                                    itg_failure_t *failure);

/** "running", "done", "failed", "interrupted", "missed". Static; "" for a value that is no state. */
ITG_API const char *itg_run_state_name(itg_run_state_t state);

#ifdef __cplusplus
}
#endif

#endif
