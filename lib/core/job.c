/* Jobs and their targets. What they do is in job_run.c. */
#include "core/job.h"
#include "core/access.h"
#include "core/audit.h"
#include "core/text.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LATEST_MS INT64_C(253402300799999) /* the end of the year 9999 */

enum { EVERY_DAY = 127 };

itg_error_t itg__job_missing(struct itg__tx *tx, int64_t id)
{
    return itg__fail_detail(tx->failure, ITG_E_NO_HANDLER, "no job has id %" PRId64, id);
}

/* ---- what a specification must be */

/* What is wrong with the times; NULL: nothing. */
static const char *times_fault(const itg_job_spec_t *spec)
{
    if (spec->start_ms <= 0 || spec->start_ms > LATEST_MS)
        return "start_ms is not given, or not in the years 1970 to 9999";
    if (spec->expires_ms < 0 || spec->expires_ms > LATEST_MS)
        return "expires_ms is not in the years 1970 to 9999";
    if (spec->expires_ms && spec->expires_ms <= spec->start_ms)
        return "expires_ms is not behind start_ms";
    if (spec->every_s && spec->every_s < ITG_LIMIT_JOB_EVERY_MIN)
        return "every_s is less than 60";
    if (spec->every_s > ITG_LIMIT_JOB_EVERY_MAX)
        return "every_s is more than 31622400";
    if (spec->weekdays > EVERY_DAY)
        return "weekdays has unknown days";
    if (spec->weekdays && spec->every_s)
        return "either every_s or weekdays";
    return NULL;
}

static const char *targets_fault(const itg_job_spec_t *spec)
{
    if (spec->thinclient_count > 0 && !spec->thinclients)
        return "thinclients is NULL";
    if (spec->directory_count > 0 && !spec->directories)
        return "directories is NULL";
    if (spec->thinclient_count > ITG_LIMIT_JOB_TARGETS)
        return "thinclients has more than 10000 ids";
    if (spec->directory_count > ITG_LIMIT_JOB_TARGETS - spec->thinclient_count)
        return "thinclients and directories have more than 10000 ids";
    return NULL;
}

static bool is_command(int32_t command)
{
    return command >= ITG_COMMAND_REBOOT && command < ITG_COMMAND_FORGET;
}

static itg_error_t check_spec(const itg_job_spec_t *spec, itg_failure_t *failure)
{
    const char *fault = itg__name_ok(spec->name) ? times_fault(spec) : "name is not valid";
    if (!fault)
        fault = targets_fault(spec);
    if (fault)
        return itg__fail_detail(failure, ITG_E_INVALID_BODY, "%s", fault);
    if (!is_command(spec->command))
        return itg__fail_detail(failure, ITG_E_INVALID_COMMAND, "command is not one that can be asked for");
    if (*spec->expression)
        return itg_expression_check(spec->expression, NULL, failure);
    if (spec->thinclient_count + spec->directory_count == 0)
        return itg__fail_detail(failure, ITG_E_EMPTY_LIST,
                                "thinclients, directories and expression are empty");
    return ITG_OK;
}

/* Takes what the caller's version of the struct has. */
static itg_error_t take_spec(const itg_job_spec_t *theirs, itg_job_spec_t *ret_spec, itg_failure_t *failure)
{
    itg_job_spec_t spec = {.size = 0};
    itg_error_t err = itg__need(theirs != NULL, "spec", failure);
    if (err)
        return err;
    memcpy(&spec, theirs, theirs->size < sizeof spec ? theirs->size : sizeof spec);
    if (!spec.expression)
        spec.expression = "";
    err = check_spec(&spec, failure);
    if (!err)
        *ret_spec = spec;
    return err;
}

/* ---- changing */

static struct itg__schedule schedule_of(const itg_job_spec_t *spec)
{
    return (struct itg__schedule){spec->start_ms, spec->every_s, spec->weekdays, spec->expires_ms};
}

/* A job's first time from a moment on; 0 if it is disabled. */
static itg_error_t first_due(struct itg__tx *tx, const itg_job_spec_t *spec, int64_t from_ms,
                             int64_t *ret_due_ms)
{
    const struct itg__schedule schedule = schedule_of(spec);
    int64_t due_ms = spec->disabled ? 0 : itg__schedule_next(&schedule, from_ms);
    if (!spec->disabled && due_ms == 0)
        return itg__fail_detail(tx->failure, ITG_E_INVALID_BODY, "start_ms: all times have passed");
    *ret_due_ms = due_ms;
    return ITG_OK;
}

/* A thin client is named by who may command it, a directory by who may see it: of what is below it, a run leaves
 * out what its owner may not command. */
static itg_right_t right_to_name(itg_type_t type)
{
    return type == ITG_TYPE_THINCLIENT ? ITG_RIGHT_COMMAND : itg__right_to_see(type);
}

static itg_error_t add_targets(struct itg__tx *tx, int64_t job_id, itg_type_t type, const char *member,
                               const int64_t *ids, size_t count)
{
    itg_error_t err = ITG_OK;
    for (size_t i = 0; i < count && !err; i++) {
        struct itg__object object;
        err = itg__object_reach_live(tx, type, ids[i], right_to_name(type), &object);
        if (err && tx->failure && !tx->failure->detail[0])
            snprintf(tx->failure->detail, sizeof tx->failure->detail, "%s[%zu]", member, i);
        if (!err)
            err = itg__run(tx,
                           "INSERT INTO job_target(job_id, object_id) VALUES($1, $2) ON CONFLICT DO NOTHING",
                           "ii", job_id, ids[i]);
    }
    return err;
}

static itg_error_t add_all_targets(struct itg__tx *tx, int64_t id, const itg_job_spec_t *spec)
{
    itg_error_t err =
        add_targets(tx, id, ITG_TYPE_THINCLIENT, "thinclients", spec->thinclients, spec->thinclient_count);
    return err ? err
               : add_targets(tx, id, ITG_TYPE_THINCLIENT_DIRECTORY, "directories", spec->directories,
                             spec->directory_count);
}

/* Makes the row of a job anew. */
static itg_error_t put_row(struct itg__tx *tx, int64_t id, const itg_job_spec_t *spec, int64_t due_ms)
{
    return itg__run(
        tx,
        "INSERT INTO job(id, name, command, disabled, expression, start, every, weekdays, expires,"
        " owner, due) VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, nullif($11, 0))"
        " ON CONFLICT(id) DO UPDATE SET name = excluded.name, command = excluded.command,"
        " disabled = excluded.disabled, expression = excluded.expression, start = excluded.start,"
        " every = excluded.every, weekdays = excluded.weekdays, expires = excluded.expires,"
        " owner = excluded.owner, due = excluded.due",
        "isiisiiiiii", id, spec->name, (int64_t)spec->command, (int64_t)(spec->disabled != 0),
        spec->expression, spec->start_ms, spec->every_s, (int64_t)spec->weekdays, spec->expires_ms,
        tx->itg->account_id, due_ms);
}

static itg_error_t create(struct itg__tx *tx, const itg_job_spec_t *spec, int64_t *ret_id)
{
    int64_t due_ms = 0;
    itg_error_t err = first_due(tx, spec, itg__now_ms(tx->fleet), &due_ms);
    if (!err)
        err = itg__next_id(tx, "object", ret_id);
    if (!err)
        err = put_row(tx, *ret_id, spec, due_ms);
    if (!err)
        err = add_all_targets(tx, *ret_id, spec);
    return err ? err : itg__audit_created(tx, ITG__AUDIT_JOB, *ret_id);
}

itg_error_t itg_job_create(itg_t *itg, const itg_job_spec_t *spec, int64_t *ret_id, itg_failure_t *failure)
{
    struct itg__tx tx;
    itg_job_spec_t own;
    int64_t id = 0;
    itg_error_t err = take_spec(spec, &own, failure);
    if (!err)
        err = itg__begin_write(itg, __func__, ITG__RIGHT_WRITE, &tx, failure);
    if (err)
        return err;
    err = itg__end(&tx, create(&tx, &own, &id));
    if (!err && ret_id)
        *ret_id = id;
    return err;
}

/* The times of a job as they are. */
static itg_error_t load_times(struct itg__tx *tx, int64_t id, itg_job_spec_t *ret_spec, int64_t *ret_due_ms)
{
    struct itg__query q;
    itg__query(tx, &q, "SELECT disabled, start, every, weekdays, expires, due FROM job WHERE id = $1", "i",
               id);
    bool found = itg__next(&q);
    if (found) {
        *ret_spec = (itg_job_spec_t){.disabled = (int32_t)itg__int(&q, 0),
                                     .start_ms = itg__int(&q, 1),
                                     .every_s = itg__int(&q, 2),
                                     .weekdays = (uint32_t)itg__int(&q, 3),
                                     .expires_ms = itg__int(&q, 4)};
        *ret_due_ms = itg__int(&q, 5);
    }
    itg_error_t err = itg__done(&q);
    return err || found ? err : itg__job_missing(tx, id);
}

static bool same_times(const itg_job_spec_t *a, const itg_job_spec_t *b)
{
    return a->start_ms == b->start_ms && a->every_s == b->every_s && a->weekdays == b->weekdays &&
           a->expires_ms == b->expires_ms;
}

static itg_error_t update(struct itg__tx *tx, int64_t id, const itg_job_spec_t *spec)
{
    itg_job_spec_t old = {.size = 0};
    int64_t due_ms = 0;
    struct itg__trail trail;
    itg_error_t err = load_times(tx, id, &old, &due_ms);
    if (err)
        return err;
    err = itg__audit_before(tx, &trail, ITG__AUDIT_JOB, id);
    if (!err && (spec->disabled || old.disabled || !same_times(spec, &old)))
        err = first_due(tx, spec, itg__now_ms(tx->fleet) + 1, &due_ms); /* this one may have been taken */
    if (!err)
        err = put_row(tx, id, spec, due_ms);
    if (!err)
        err = itg__run(tx, "DELETE FROM job_target WHERE job_id = $1", "i", id);
    if (!err)
        err = add_all_targets(tx, id, spec);
    return itg__audit_after(tx, &trail, err);
}

itg_error_t itg_job_update(itg_t *itg, int64_t id, const itg_job_spec_t *spec, itg_failure_t *failure)
{
    struct itg__tx tx;
    itg_job_spec_t own;
    itg_error_t err = take_spec(spec, &own, failure);
    if (!err)
        err = itg__begin_write(itg, __func__, ITG__RIGHT_WRITE, &tx, failure);
    return err ? err : itg__end(&tx, update(&tx, id, &own));
}

static itg_error_t delete_it(struct itg__tx *tx, int64_t id)
{
    bool found = false;
    int64_t same = 0;
    itg_error_t err = itg__lookup(tx, &found, &same, "SELECT id FROM job WHERE id = $1", "i", id);
    if (!err && !found)
        err = itg__job_missing(tx, id);
    if (!err)
        err = itg__audit_deleted(tx, ITG__AUDIT_JOB, id);
    if (!err)
        err = itg__runs_delete(tx, id);
    if (!err)
        err = itg__run(tx, "DELETE FROM job_target WHERE job_id = $1", "i", id);
    return err ? err : itg__run(tx, "DELETE FROM job WHERE id = $1", "i", id);
}

itg_error_t itg_job_delete(itg_t *itg, int64_t id, itg_failure_t *failure)
{
    struct itg__tx tx;
    itg_error_t err = itg__begin_write(itg, __func__, ITG__RIGHT_WRITE, &tx, failure);
    return err ? err : itg__end(&tx, delete_it(&tx, id));
}

/* ---- reading */

static itg_job_t read_row(struct itg__query *q)
{
    return (itg_job_t){.id = itg__int(q, 0),
                       .name = itg__text(q, 1),
                       .command = (int32_t)itg__int(q, 2),
                       .disabled = (int32_t)itg__int(q, 3),
                       .expression = itg__text(q, 4),
                       .start_ms = itg__int(q, 5),
                       .every_s = itg__int(q, 6),
                       .weekdays = (uint32_t)itg__int(q, 7),
                       .expires_ms = itg__int(q, 8),
                       .owner_id = itg__int(q, 9),
                       .due_ms = itg__int(q, 10)};
}

static const struct itg__shape shape = {
    sizeof(itg_job_t), 2, (const size_t[]){offsetof(itg_job_t, name), offsetof(itg_job_t, expression)}};

static itg_error_t load_row(struct itg__tx *tx, int64_t id, size_t targets, itg_job_t **ret_job)
{
    struct itg__query q;
    itg_job_t *job = NULL;
    itg__query(tx, &q,
               "SELECT id, name, command, disabled, expression, start, every, weekdays, expires, owner, due"
               " FROM job WHERE id = $1",
               "i", id);
    if (itg__next(&q)) {
        itg_job_t row = read_row(&q);
        job = itg__keep(&q, &row, &shape, targets * sizeof(int64_t));
    }
    itg_error_t err = itg__done(&q);
    if (!err && !job)
        err = itg__job_missing(tx, id);
    if (!err)
        *ret_job = job;
    return err;
}

/* Those that the one who acts may see. Thin clients have the lower number of their type and come first. */
static itg_error_t load_targets(struct itg__tx *tx, itg_job_t *job, size_t targets)
{
    struct itg__query q;
    int64_t *ids = (int64_t *)(job + 1);
    size_t count = 0;
    itg_error_t err = ITG_OK;
    job->thinclients = ids;
    itg__query(tx, &q,
               "SELECT t.object_id, o.type FROM job_target t JOIN object o ON o.id = t.object_id"
               " WHERE t.job_id = $1 ORDER BY o.type, t.object_id",
               "i", job->id);
    while (!err && count < targets && itg__next(&q)) {
        int64_t id = itg__int(&q, 0);
        itg_type_t type = (itg_type_t)itg__int(&q, 1);
        bool shown = false;
        err = itg__may_on(tx, id, itg__right_to_see(type), &shown);
        if (err || !shown)
            continue;
        ids[count++] = id;
        if (type == ITG_TYPE_THINCLIENT)
            job->thinclient_count++;
    }
    job->directories = ids + job->thinclient_count;
    job->directory_count = count - job->thinclient_count;
    itg_error_t done = itg__done(&q);
    return err ? err : done;
}

itg_error_t itg__job_load(struct itg__tx *tx, int64_t id, itg_job_t **ret_job)
{
    itg_job_t *job = NULL;
    int64_t targets = 0;
    bool found = false;
    itg_error_t err =
        itg__lookup(tx, &found, &targets, "SELECT count(*) FROM job_target WHERE job_id = $1", "i", id);
    if (!err)
        err = load_row(tx, id, (size_t)targets, &job);
    if (!err)
        err = load_targets(tx, job, (size_t)targets);
    if (err)
        free(job);
    else
        *ret_job = job;
    return err;
}

itg_error_t itg_job_get(itg_t *itg, int64_t id, itg_job_t **ret_job, itg_failure_t *failure)
{
    struct itg__tx tx;
    itg_job_t *job = NULL;
    itg_error_t err = itg__need(ret_job != NULL, "ret_job", failure);
    if (!err)
        err = itg__begin_read(itg, __func__, ITG__RIGHT_READ, &tx, failure);
    if (err)
        return err;
    err = itg__end(&tx, itg__job_load(&tx, id, &job));
    if (!err)
        *ret_job = job;
    else
        free(job);
    return err;
}

void itg_job_free(itg_job_t *job)
{
    free(job);
}

/* @param ret_more  false at the end of the walk */
static itg_error_t walk_one(struct itg__tx *tx, int64_t *id, itg_job_fn fn, void *ctx, bool *ret_more)
{
    itg_job_t *job = NULL;
    itg_error_t err =
        itg__lookup(tx, ret_more, id, "SELECT id FROM job WHERE id > $1 ORDER BY id LIMIT 1", "i", *id);
    if (err || !*ret_more)
        return err;
    err = itg__job_load(tx, *id, &job);
    if (!err)
        *ret_more = fn(ctx, job) == 0;
    free(job);
    return err;
}

itg_error_t itg_job_each(itg_t *itg, itg_job_fn fn, void *ctx, itg_failure_t *failure)
{
    struct itg__tx tx;
    int64_t id = INT64_MIN;
    bool more = true;
    itg_error_t err = itg__need(fn != NULL, "fn", failure);
    if (!err)
        err = itg__begin_read(itg, __func__, ITG__RIGHT_READ, &tx, failure);
    if (err)
        return err;
    while (!err && more)
        err = walk_one(&tx, &id, fn, ctx, &more);
    return itg__end(&tx, err);
}
