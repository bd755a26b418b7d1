/* Upkeep: what becomes due with time. */
#include "core/audit.h"
#include "core/enrol.h"
#include "core/inventory.h"
#include "core/job.h"
#include "core/listing.h"
#include "core/queue.h"
#include "core/session.h"

enum {
    ROWS = 1000,       /* of each kind that one call works on */
    LONGEST_MS = 10000 /* a call finds what others made due meanwhile, such as a job for the next minute */
};

static const char operation[] = "itg_step";

/* What is to be done when its time has come. */
static const struct chore {
    itg_error_t (*due)(struct itg__tx *tx, bool *ret_found, int64_t *ret_due_ms);
    itg_error_t (*run)(struct itg__tx *tx, int64_t limit);
} chores[] = {
    {itg__sessions_due, itg__sessions_sweep},   {itg__shadow_due, itg__shadow_prune},
    {itg__runs_due, itg__runs_give_up},         {itg__listing_due, itg__listing_fill},
    {itg__queue_expiry_due, itg__queue_expire}, {itg__queue_prune_due, itg__queue_prune},
    {itg__queue_leave_due, itg__queue_leave},   {itg__audit_due, itg__audit_sweep},
    {itg__token_due, itg__token_prune},
};

enum { CHORES = sizeof chores / sizeof *chores };

/* @param jobs  look at them too */
static itg_error_t find_due(struct itg__tx *tx, bool jobs, int64_t *ret_due_ms)
{
    itg_error_t err = ITG_OK;
    int64_t earliest_ms = INT64_MAX;
    for (size_t i = 0; !err && i < CHORES + (jobs ? 1 : 0); i++) {
        bool found = false;
        int64_t due_ms = 0;
        err = i < CHORES ? chores[i].due(tx, &found, &due_ms) : itg__jobs_due(tx, &found, &due_ms);
        if (!err && found && due_ms < earliest_ms)
            earliest_ms = due_ms;
    }
    *ret_due_ms = earliest_ms;
    return err;
}

static itg_error_t look(itg_t *host, bool jobs, int64_t *ret_due_ms, itg_failure_t *failure)
{
    struct itg__tx tx;
    itg_error_t err = itg__begin_read(host, operation, ITG__RIGHT_READ, &tx, failure);
    return err ? err : itg__end(&tx, find_due(&tx, jobs, ret_due_ms));
}

static itg_error_t run_chores(struct itg__tx *tx, bool jobs, struct itg__run *ret_run)
{
    itg_error_t err = ITG_OK;
    for (size_t i = 0; !err && i < CHORES; i++)
        err = chores[i].run(tx, ROWS);
    return err || !jobs ? err : itg__job_claim(tx, ret_run);
}

/* What makes a job fail is told in its history and is no failure of the upkeep. */
static itg_error_t run_all(itg_t *host, bool jobs, itg_failure_t *failure)
{
    struct itg__tx tx;
    struct itg__run run = {.id = 0};
    itg_failure_t why;
    itg_error_t err = itg__begin_write(host, operation, ITG__RIGHT_READ, &tx, failure);
    if (!err)
        err = itg__end(&tx, run_chores(&tx, jobs, &run));
    if (err || run.id == 0)
        return err;
    return itg__run_carry_out(host->fleet, operation, &run, &why, failure);
}

/* Reads first: a fleet in which nothing is due is not written to. */
itg_error_t itg_step(itg_t *itg, int64_t *ret_next_ms, itg_failure_t *failure)
{
    int64_t due_ms = 0;
    itg_error_t err = itg__need(itg != NULL, "itg", failure);
    if (err)
        return err;
    itg_t host = {.fleet = itg->fleet};
    bool jobs = !itg__in_group(itg->fleet); /* commands cannot be undone with a group */
    int64_t now_ms = itg__now_ms(itg->fleet);
    err = look(&host, jobs, &due_ms, failure);
    if (!err && due_ms <= now_ms) {
        err = run_all(&host, jobs, failure);
        if (!err)
            err = look(&host, jobs, &due_ms, failure);
    }
    if (!err && ret_next_ms)
        *ret_next_ms = due_ms < now_ms + LONGEST_MS ? due_ms : now_ms + LONGEST_MS;
    return err;
}
