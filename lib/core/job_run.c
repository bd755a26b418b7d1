/* What jobs do. A run is told in the store, with the due time taken, before anything is sent; then commands go out
 * with no transaction open; then its end is told. */
#include "core/access.h"
#include "core/command.h"
#include "core/expression.h"
#include "core/job.h"
#include <stdio.h>
#include <stdlib.h>

/* A run whose end nobody has told for so long counts as interrupted. Longer than commands to a large fleet take. */
enum { PATIENCE_MS = 15 * 60 * 1000 };

static const char *const state_names[] = {
    [ITG_RUN_RUNNING] = "running",         [ITG_RUN_DONE] = "done",     [ITG_RUN_FAILED] = "failed",
    [ITG_RUN_INTERRUPTED] = "interrupted", [ITG_RUN_MISSED] = "missed",
};

const char *itg_run_state_name(itg_run_state_t state)
{
    return itg__name_of(state_names, sizeof state_names / sizeof *state_names, state);
}

/* ---- telling of a run */

itg_error_t itg__runs_delete(struct itg__tx *tx, int64_t job_id)
{
    itg_error_t err = itg__run(
        tx, "DELETE FROM job_result WHERE run_id IN (SELECT id FROM job_run WHERE job_id = $1)", "i", job_id);
    return err ? err : itg__run(tx, "DELETE FROM job_run WHERE job_id = $1", "i", job_id);
}

/* Forgets all but the latest runs. */
#define TOO_OLD                                                                                            \
    "(SELECT id FROM job_run WHERE job_id = $1 AND id <= (SELECT id FROM job_run WHERE job_id = $1 ORDER " \
    "BY id DESC LIMIT 1 OFFSET $2))"
static itg_error_t forget_old(struct itg__tx *tx, int64_t job_id)
{
    int64_t keep = ITG_LIMIT_JOB_RUNS;
    itg_error_t err = itg__run(tx, "DELETE FROM job_result WHERE run_id IN " TOO_OLD, "ii", job_id, keep);
    return err ? err : itg__run(tx, "DELETE FROM job_run WHERE id IN " TOO_OLD, "ii", job_id, keep);
}

static itg_error_t begin_run(struct itg__tx *tx, const struct itg__run *run, itg_run_state_t state,
                             int64_t due_ms, int64_t missed, int64_t *ret_id)
{
    int64_t id = 0, now_ms = itg__now_ms(tx->fleet);
    itg_error_t err = itg__next_id(tx, "jobrun", &id);
    if (!err)
        err = itg__run(
            tx,
            "INSERT INTO job_run(id, job_id, state, due, started, ended, actor, missed, total, succeeded,"
            " failed, refused, error, message)"
            " VALUES($1, $2, $3, $4, $5, nullif($6, 0), $7, $8, 0, 0, 0, 0, 0, '')",
            "iiiiiiii", id, run->job_id, (int64_t)state, due_ms, now_ms,
            state == ITG_RUN_RUNNING ? (int64_t)0 : now_ms, run->actor_id, missed);
    if (!err)
        err = forget_old(tx, run->job_id);
    if (!err)
        *ret_id = id;
    return err;
}

itg_error_t itg__jobs_due(struct itg__tx *tx, bool *ret_found, int64_t *ret_due_ms)
{
    return itg__lookup(tx, ret_found, ret_due_ms,
                       "SELECT due FROM job WHERE due IS NOT NULL ORDER BY due LIMIT 1", "");
}

/* The job whose time passed first. Its run is filled in; job_id 0: none is due. */
static itg_error_t find_due(struct itg__tx *tx, int64_t now_ms, struct itg__run *run,
                            struct itg__schedule *ret_schedule, int64_t *ret_due_ms)
{
    struct itg__query q;
    itg__query(tx, &q,
               "SELECT id, owner, start, every, weekdays, expires, due FROM job"
               " WHERE due <= $1 ORDER BY due, id LIMIT 1",
               "i", now_ms);
    if (itg__next(&q)) {
        run->job_id = itg__int(&q, 0);
        run->actor_id = itg__int(&q, 1);
        *ret_schedule = (struct itg__schedule){.start_ms = itg__int(&q, 2),
                                               .every_s = itg__int(&q, 3),
                                               .weekdays = (uint32_t)itg__int(&q, 4),
                                               .expires_ms = itg__int(&q, 5)};
        *ret_due_ms = itg__int(&q, 6);
    }
    return itg__done(&q);
}

static void log_missed(struct itg__fleet *fleet, const struct itg__run *run, int64_t missed)
{
    if (missed > 0)
        itg__log(fleet, ITG_LOG_WARNING, "job %lld: %lld of its times passed while nothing ran",
                 (long long)run->job_id, (long long)missed);
}

itg_error_t itg__job_claim(struct itg__tx *tx, struct itg__run *ret_run)
{
    struct itg__run run = {.id = 0};
    struct itg__schedule schedule = {.start_ms = 0};
    int64_t first_ms = 0, now_ms = itg__now_ms(tx->fleet);
    itg_error_t err = find_due(tx, now_ms, &run, &schedule, &first_ms);
    if (err || run.job_id == 0)
        return err;
    bool expired = schedule.expires_ms && now_ms >= schedule.expires_ms;
    int64_t due_ms = itg__schedule_last(&schedule, first_ms, now_ms);
    int64_t missed = itg__schedule_count(&schedule, first_ms, due_ms) - 1;
    err = itg__run(tx, "UPDATE job SET due = nullif($2, 0) WHERE id = $1", "ii", run.job_id,
                   itg__schedule_next(&schedule, now_ms + 1));
    if (!err)
        err = begin_run(tx, &run, expired ? ITG_RUN_MISSED : ITG_RUN_RUNNING, due_ms, missed, &run.id);
    if (err)
        return err;
    log_missed(tx->fleet, &run, missed + expired);
    if (!expired)
        *ret_run = run;
    return ITG_OK;
}

itg_error_t itg__runs_due(struct itg__tx *tx, bool *ret_found, int64_t *ret_due_ms)
{
    itg_error_t err = itg__lookup(tx, ret_found, ret_due_ms,
                                  "SELECT started FROM job_run WHERE state = $1 ORDER BY started LIMIT 1",
                                  "i", (int64_t)ITG_RUN_RUNNING);
    if (!err && *ret_found)
        *ret_due_ms += PATIENCE_MS;
    return err;
}

itg_error_t itg__runs_give_up(struct itg__tx *tx, int64_t limit)
{
    int64_t now_ms = itg__now_ms(tx->fleet);
    return itg__run(tx,
                    "UPDATE job_run SET state = $1, ended = $2 WHERE id IN (SELECT id FROM job_run"
                    " WHERE state = $3 AND started <= $4 ORDER BY started LIMIT $5)",
                    "iiiii", (int64_t)ITG_RUN_INTERRUPTED, now_ms, (int64_t)ITG_RUN_RUNNING,
                    now_ms - PATIENCE_MS, limit);
}

/* ---- whom it means */

struct targets {
    int64_t *ids;
    size_t count;
    size_t capacity;
};

static bool add_id(struct targets *targets, int64_t id)
{
    if (targets->count == targets->capacity) {
        size_t capacity = targets->capacity ? targets->capacity * 2 : 64;
        int64_t *ids = realloc(targets->ids, capacity * sizeof *ids);
        if (!ids)
            return false;
        targets->ids = ids;
        targets->capacity = capacity;
    }
    targets->ids[targets->count++] = id;
    return true;
}

/* Takes the row of a thin client and its directory. Who may not be seen is not counted as refused either: an
 * expression would tell of what it says. */
static bool add_target(struct targets *targets, struct itg__query *q)
{
    int64_t id = itg__int(q, 0);
    return !itg__shows(q, ITG_TYPE_THINCLIENT, id, itg__int(q, 1)) || add_id(targets, id);
}

static itg_error_t add_rows(struct itg__tx *tx, struct targets *targets, int64_t job_id, const char *sql)
{
    struct itg__query q;
    bool room = true;
    itg__query(tx, &q, sql, "i", job_id);
    while (room && itg__next(&q))
        room = add_target(targets, &q);
    itg_error_t err = itg__done(&q);
    return err || room ? err : itg__fail(tx->failure, ITG_E_INTERNAL, NULL);
}

static itg_error_t add_matching(struct itg__tx *tx, struct targets *targets, const char *expression)
{
    static const struct itg__thinclient_source ids = {"t.id, o.parent_id", "", 2, 0};
    const struct itg__selection_shape shape = {.source = &ids, .live = true, .at_once = true};
    struct itg__selection selection;
    struct itg__query q;
    bool room = true;
    itg_error_t err = itg__selection_init(&selection, tx, expression, &shape);
    if (!err) {
        itg__selection_query(&selection, tx, &q);
        while (room && itg__selection_next(&selection, &q))
            room = add_target(targets, &q);
        err = itg__done(&q);
    }
    itg__selection_dispose(&selection);
    return err || room ? err : itg__fail(tx->failure, ITG_E_INTERNAL, NULL);
}

static int compare_ids(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* Orders them, each once. */
static void settle_targets(struct targets *targets)
{
    size_t kept = 0;
    if (targets->count == 0)
        return;
    qsort(targets->ids, targets->count, sizeof *targets->ids, compare_ids);
    for (size_t i = 1; i < targets->count; i++)
        if (targets->ids[i] != targets->ids[kept])
            targets->ids[++kept] = targets->ids[i];
    targets->count = kept + 1;
}

static itg_error_t find_targets(struct itg__tx *tx, const itg_job_t *job, struct targets *targets)
{
    itg_error_t err = ITG_OK;
    if (job->thinclient_count > 0)
        err = add_rows(
            tx, targets, job->id,
            "SELECT o.id, o.parent_id FROM job_target t JOIN object o ON o.id = t.object_id AND o.type = 1"
            " AND o.bin_id IS NULL WHERE t.job_id = $1");
    if (!err && job->directory_count > 0)
        err = add_rows(
            tx, targets, job->id,
            "WITH RECURSIVE down(id) AS (SELECT o.id FROM job_target t JOIN object o"
            " ON o.id = t.object_id AND o.type = 2 AND o.bin_id IS NULL WHERE t.job_id = $1 UNION"
            " SELECT o.id FROM down JOIN object o ON o.parent_id = down.id AND o.type = 2"
            " AND o.bin_id IS NULL)"
            " SELECT o.id, o.parent_id FROM down JOIN object o ON o.parent_id = down.id AND o.type = 1"
            " AND o.bin_id IS NULL");
    if (!err && *job->expression)
        err = add_matching(tx, targets, job->expression);
    settle_targets(targets);
    return err;
}

/* As the one who acts, so that a user who is gone or may no longer command is found out here. */
static itg_error_t prepare(itg_t *actor, const char *operation, int64_t job_id, itg_command_t *ret_command,
                           struct targets *targets, itg_failure_t *failure)
{
    struct itg__tx tx;
    itg_job_t *job = NULL;
    itg_error_t err = itg__begin_read(actor, operation, ITG__RIGHT_WRITE, &tx, failure);
    if (err)
        return err;
    err = itg__job_load(&tx, job_id, &job);
    if (!err)
        err = find_targets(&tx, job, targets);
    if (!err)
        *ret_command = (itg_command_t)job->command;
    free(job);
    return itg__end(&tx, err);
}

/* ---- how it goes */

struct kept {
    int64_t id;
    int64_t time_ms;
    char mac[16];
    char message[ITG_DELIVERY_MESSAGE_SIZE];
};

struct outcome {
    int64_t total;
    int64_t succeeded;
    int64_t failed;
    size_t refused;
    struct kept *kept; /* of the first that failed */
    size_t kept_count;
    itg_failure_t why; /* nothing could be sent */
};

/* Without memory for it, the failure is only counted. */
static void keep(struct outcome *outcome, const itg_command_result_t *result)
{
    if (outcome->kept_count == ITG_LIMIT_JOB_RESULTS)
        return;
    struct kept *kept = realloc(outcome->kept, (outcome->kept_count + 1) * sizeof *kept);
    if (!kept)
        return;
    outcome->kept = kept;
    kept += outcome->kept_count++;
    kept->id = result->id;
    kept->time_ms = result->time_ms;
    snprintf(kept->mac, sizeof kept->mac, "%s", result->mac);
    snprintf(kept->message, sizeof kept->message, "%s", result->message);
}

static int32_t take_result(void *ctx, const itg_command_result_t *result)
{
    struct outcome *outcome = ctx;
    if (result->successful) {
        outcome->succeeded++;
        return 0;
    }
    outcome->failed++;
    keep(outcome, result);
    return 0;
}

static void send_all(itg_t *actor, const char *operation, int64_t job_id, struct outcome *outcome)
{
    struct targets targets = {.count = 0};
    itg_command_t command = ITG_COMMAND_REBOOT;
    itg_error_t err = prepare(actor, operation, job_id, &command, &targets, &outcome->why);
    if (!err && targets.count > 0)
        err = itg__command_send_some(actor, operation, command, targets.ids, targets.count, take_result,
                                     outcome, &outcome->refused, &outcome->why);
    outcome->total = outcome->succeeded + outcome->failed + (int64_t)outcome->refused;
    if (err)
        outcome->total = (int64_t)targets.count;
    free(targets.ids);
}

static itg_error_t tell_results(struct itg__tx *tx, int64_t run_id, const struct outcome *outcome)
{
    itg_error_t err = ITG_OK;
    for (size_t i = 0; i < outcome->kept_count && !err; i++) {
        const struct kept *kept = &outcome->kept[i];
        err = itg__run(tx,
                       "INSERT INTO job_result(run_id, thinclient_id, mac, time, message)"
                       " VALUES($1, $2, $3, $4, $5)",
                       "iisis", run_id, kept->id, kept->mac, kept->time_ms, kept->message);
    }
    return err;
}

/* Of a job that was deleted meanwhile there is nothing to tell. */
static itg_error_t tell_end(struct itg__tx *tx, int64_t run_id, const struct outcome *outcome)
{
    int64_t same = 0;
    bool found = false;
    itg_error_t code = outcome->why.code;
    const char *message = code ? outcome->why.message : outcome->kept_count ? outcome->kept[0].message : "";
    itg_error_t err = itg__lookup(tx, &found, &same,
                                  "UPDATE job_run SET state = $2, ended = $3, total = $4, succeeded = $5,"
                                  " failed = $6, refused = $7, error = $8, message = $9 WHERE id = $1"
                                  " RETURNING id",
                                  "iiiiiiiis", run_id, (int64_t)(code ? ITG_RUN_FAILED : ITG_RUN_DONE),
                                  itg__now_ms(tx->fleet), outcome->total, outcome->succeeded, outcome->failed,
                                  (int64_t)outcome->refused, (int64_t)code, message);
    return err || !found ? err : tell_results(tx, run_id, outcome);
}

itg_error_t itg__run_carry_out(struct itg__fleet *fleet, const char *operation, const struct itg__run *run,
                               itg_failure_t *ret_why, itg_failure_t *failure)
{
    struct itg__tx tx;
    itg_t host = {.fleet = fleet}, actor = {.fleet = fleet, .account_id = run->actor_id};
    struct outcome outcome = {.total = 0};
    send_all(&actor, operation, run->job_id, &outcome);
    itg_error_t err = itg__begin_write(&host, operation, ITG__RIGHT_WRITE, &tx, failure);
    if (!err)
        err = itg__end(&tx, tell_end(&tx, run->id, &outcome));
    free(outcome.kept);
    *ret_why = outcome.why;
    return err;
}

static itg_error_t begin_at_once(struct itg__tx *tx, struct itg__run *run)
{
    bool found = false;
    int64_t same = 0;
    itg_error_t err = itg__lookup(tx, &found, &same, "SELECT id FROM job WHERE id = $1", "i", run->job_id);
    if (!err && !found)
        err = itg__job_missing(tx, run->job_id);
    return err ? err : begin_run(tx, run, ITG_RUN_RUNNING, 0, 0, &run->id);
}

itg_error_t itg_job_run(itg_t *itg, int64_t id, int64_t *ret_run_id, itg_failure_t *failure)
{
    struct itg__tx tx;
    itg_failure_t why;
    itg_error_t err = itg__need(itg != NULL, "itg", failure);
    if (err)
        return err;
    struct itg__run run = {.job_id = id, .actor_id = itg->account_id};
    if (itg__in_group(itg->fleet))
        return itg__fail_detail(failure, ITG_E_INTERNAL, "a command cannot be part of a group");
    err = itg__begin_write(itg, __func__, ITG__RIGHT_WRITE, &tx, failure);
    if (!err)
        err = itg__end(&tx, begin_at_once(&tx, &run));
    if (!err)
        err = itg__run_carry_out(itg->fleet, __func__, &run, &why, failure);
    if (err)
        return err;
    if (why.code && failure && failure->code == ITG_OK)
        *failure = why;
    if (!why.code && ret_run_id)
        *ret_run_id = run.id;
    return why.code;
}

/* ---- reading */

static itg_error_t walk_runs(struct itg__tx *tx, int64_t id, itg_job_run_fn fn, void *ctx)
{
    struct itg__query q;
    bool more = true;
    itg__query(
        tx, &q,
        "SELECT id, job_id, state, due, started, ended, actor, missed, total, succeeded, failed, refused,"
        " error, message FROM job_run WHERE job_id = $1 ORDER BY id DESC",
        "i", id);
    while (more && itg__next(&q)) {
        itg_job_run_t run = {.id = itg__int(&q, 0),
                             .job_id = itg__int(&q, 1),
                             .state = (int32_t)itg__int(&q, 2),
                             .due_ms = itg__int(&q, 3),
                             .started_ms = itg__int(&q, 4),
                             .ended_ms = itg__int(&q, 5),
                             .actor_id = itg__int(&q, 6),
                             .missed = itg__int(&q, 7),
                             .total = itg__int(&q, 8),
                             .succeeded = itg__int(&q, 9),
                             .failed = itg__int(&q, 10),
                             .refused = itg__int(&q, 11),
                             .error = (int32_t)itg__int(&q, 12),
                             .message = itg__text(&q, 13)};
        more = !q.err && fn(ctx, &run) == 0;
    }
    return itg__done(&q);
}

itg_error_t itg_job_runs(itg_t *itg, int64_t id, itg_job_run_fn fn, void *ctx, itg_failure_t *failure)
{
    struct itg__tx tx;
    bool found = false;
    int64_t same = 0;
    itg_error_t err = itg__need(fn != NULL, "fn", failure);
    if (!err)
        err = itg__begin_read(itg, __func__, ITG__RIGHT_READ, &tx, failure);
    if (err)
        return err;
    err = itg__lookup(&tx, &found, &same, "SELECT id FROM job WHERE id = $1", "i", id);
    if (!err && !found)
        err = itg__job_missing(&tx, id);
    return itg__end(&tx, err ? err : walk_runs(&tx, id, fn, ctx));
}

static itg_error_t walk_results(struct itg__tx *tx, int64_t run_id, itg_job_result_fn fn, void *ctx)
{
    struct itg__query q;
    bool more = true;
    itg_error_t err = ITG_OK;
    itg__query(
        tx, &q,
        "SELECT thinclient_id, mac, time, message FROM job_result WHERE run_id = $1 ORDER BY thinclient_id",
        "i", run_id);
    while (!err && more && itg__next(&q)) {
        itg_job_result_t result = {.thinclient_id = itg__int(&q, 0),
                                   .mac = itg__text(&q, 1),
                                   .time_ms = itg__int(&q, 2),
                                   .message = itg__text(&q, 3)};
        bool shown = false;
        err = itg__may_on(tx, result.thinclient_id, ITG_RIGHT_READ, &shown);
        if (!err && shown)
            more = !q.err && fn(ctx, &result) == 0;
    }
    itg_error_t done = itg__done(&q);
    return err ? err : done;
}

itg_error_t itg_job_results(itg_t *itg, int64_t run_id, itg_job_result_fn fn, void *ctx,
                            itg_failure_t *failure)
{
    struct itg__tx tx;
    bool found = false;
    int64_t same = 0;
    itg_error_t err = itg__need(fn != NULL, "fn", failure);
    if (!err)
        err = itg__begin_read(itg, __func__, ITG__RIGHT_READ, &tx, failure);
    if (err)
        return err;
    err = itg__lookup(&tx, &found, &same, "SELECT id FROM job_run WHERE id = $1", "i", run_id);
    if (!err && !found)
        err = itg__fail_detail(failure, ITG_E_NO_HANDLER, "no run has id %lld", (long long)run_id);
    return itg__end(&tx, err ? err : walk_results(&tx, run_id, fn, ctx));
}
