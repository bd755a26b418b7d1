#include "core/activity.h"

static void count(struct itg__activity *activity, itg_command_state_t state, int64_t number)
{
    switch (state) {
    case ITG_COMMAND_QUEUED:
        activity->queued += number;
        break;
    case ITG_COMMAND_SENT:
        activity->sent += number;
        break;
    case ITG_COMMAND_CONFIRMED:
        activity->confirmed += number;
        break;
    case ITG_COMMAND_FAILED:
        activity->failed += number;
        break;
    case ITG_COMMAND_EXPIRED:
        activity->expired += number;
        break;
    }
}

static itg_error_t count_all(struct itg__query *q, struct itg__activity *activity)
{
    while (itg__next(q))
        count(activity, (itg_command_state_t)itg__int_within(q, 0, ITG_COMMAND_QUEUED, ITG_COMMAND_EXPIRED),
              itg__int(q, 1));
    return itg__done(q);
}

itg_error_t itg__activity(itg_t *itg, int64_t within_ms, struct itg__activity *ret_activity,
                          itg_failure_t *failure)
{
    struct itg__tx tx;
    struct itg__query q;
    struct itg__activity activity = {.now_ms = itg__now_ms(itg->fleet)};
    itg_error_t err = itg__begin_read(itg, "itg_activity", ITG__RIGHT_READ, &tx, failure);
    if (err)
        return err;
    itg__query(&tx, &q, "SELECT state, count(*) FROM command WHERE ended = 0 GROUP BY state", "");
    err = count_all(&q, &activity);
    if (!err) {
        itg__query(&tx, &q,
                   "SELECT state, count(*) FROM command WHERE ended > 0 AND ended > $1 GROUP BY state", "i",
                   activity.now_ms - within_ms);
        err = count_all(&q, &activity);
    }
    err = itg__end(&tx, err);
    if (!err)
        *ret_activity = activity;
    return err;
}

itg_error_t itg__activity_known(itg_t *itg, int64_t *ret_known, itg_failure_t *failure)
{
    struct itg__tx tx;
    bool found = false;
    int64_t known = 0;
    itg_error_t err = itg__begin_read(itg, "itg_activity", ITG__RIGHT_READ, &tx, failure);
    if (!err)
        err = itg__end(&tx, itg__lookup(&tx, &found, &known, "SELECT count(*) FROM thinclient", ""));
    if (!err)
        *ret_known = known;
    return err;
}

itg_error_t itg__activity_outcomes(itg_t *itg, int64_t limit, itg__outcome_fn fn, void *ctx,
                                   itg_failure_t *failure)
{
    struct itg__tx tx;
    struct itg__query q;
    itg_error_t err = itg__begin_read(itg, "itg_activity", ITG__RIGHT_READ, &tx, failure);
    if (err)
        return err;
    itg__query(&tx, &q,
               "SELECT c.ended, c.command, c.state, o.name, c.message, c.actor FROM command c"
               " JOIN object o ON o.id = c.thinclient_id WHERE c.ended > 0 ORDER BY c.ended DESC LIMIT $1",
               "i", limit);
    while (itg__next(&q)) {
        const struct itg__outcome outcome = {
            .ended_ms = itg__int(&q, 0),
            .command = (itg_command_t)itg__int_within(&q, 1, ITG_COMMAND_REBOOT, ITG_COMMAND_FORGET),
            .state = (itg_command_state_t)itg__int_within(&q, 2, ITG_COMMAND_QUEUED, ITG_COMMAND_EXPIRED),
            .name = itg__text(&q, 3),
            .message = itg__text(&q, 4),
            .actor = itg__text(&q, 5)};
        fn(ctx, &outcome);
    }
    return itg__end(&tx, itg__done(&q));
}
