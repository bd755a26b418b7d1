/* Upkeep: what becomes due with time. */
#include "core/inventory.h"
#include "core/session.h"

enum {
    ROWS = 1000,       /* of each kind that one call removes */
    LONGEST_MS = 60000 /* a call finds what others made due meanwhile */
};

/* Rows that are removed when their time has come. */
static const struct chore {
    itg_error_t (*due)(struct itg__tx *tx, bool *ret_found, int64_t *ret_due_ms);
    itg_error_t (*run)(struct itg__tx *tx, int64_t limit);
} chores[] = {
    {itg__sessions_due, itg__sessions_sweep},
    {itg__shadow_due, itg__shadow_prune},
};

enum { CHORES = sizeof chores / sizeof *chores };

static itg_error_t find_due(struct itg__tx *tx, int64_t *ret_due_ms)
{
    itg_error_t err = ITG_OK;
    *ret_due_ms = INT64_MAX;
    for (size_t i = 0; !err && i < CHORES; i++) {
        bool found = false;
        int64_t due_ms = 0;
        err = chores[i].due(tx, &found, &due_ms);
        if (!err && found && due_ms < *ret_due_ms)
            *ret_due_ms = due_ms;
    }
    return err;
}

static itg_error_t run_all(struct itg__tx *tx, int64_t *ret_due_ms)
{
    itg_error_t err = ITG_OK;
    for (size_t i = 0; !err && i < CHORES; i++)
        err = chores[i].run(tx, ROWS);
    return err ? err : find_due(tx, ret_due_ms);
}

/* Read first: a fleet in which nothing is due is not written to. */
itg_error_t itg_step(itg_t *itg, int64_t *ret_next_ms, itg_failure_t *failure)
{
    struct itg__tx tx;
    int64_t due_ms = 0;
    itg_error_t err = itg__need(itg != NULL, "itg", failure);
    if (err)
        return err;
    itg_t host = {.fleet = itg->fleet};
    err = itg__begin_read(&host, __func__, ITG__RIGHT_READ, &tx, failure);
    if (!err)
        err = itg__end(&tx, find_due(&tx, &due_ms));
    if (err)
        return err;
    int64_t now_ms = itg__now_ms(itg->fleet);
    if (due_ms <= now_ms) {
        err = itg__begin_write(&host, __func__, ITG__RIGHT_READ, &tx, failure);
        if (!err)
            err = itg__end(&tx, run_all(&tx, &due_ms));
    }
    if (!err && ret_next_ms)
        *ret_next_ms = due_ms < now_ms + LONGEST_MS ? due_ms : now_ms + LONGEST_MS;
    return err;
}
