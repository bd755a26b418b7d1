/* Expressions: the public calls. */
#include "core/expression.h"
#include "core/access.h"
#include "core/thinclient.h"

itg_error_t itg_expression_check(const char *expression, int64_t *ret_position, itg_failure_t *failure)
{
    struct itg__expression *parsed = NULL;
    itg_error_t err = itg__need(expression != NULL, "expression", failure);
    if (!err)
        err = itg__expression_parse(expression, ret_position, &parsed, failure);
    itg__expression_free(parsed);
    if (err)
        itg__trace(failure, __func__);
    return err;
}

static itg_error_t walk(struct itg__tx *tx, struct itg__selection *selection, itg_extent_t extent,
                        itg_thinclient_fn fn, void *ctx)
{
    struct itg__query q;
    struct itg__revisions revisions = {.tx = tx};
    itg_error_t err = ITG_OK;
    bool more = true;
    itg__selection_query(selection, tx, &q);
    while (more && itg__selection_next(selection, &q)) {
        itg_thinclient_t tc;
        itg__thinclient_read(&q, extent, &tc);
        if (!itg__shows(&q, ITG_TYPE_THINCLIENT, tc.id, tc.parent_id)) {
            more = itg__passes(tx, tc.id);
            continue;
        }
        if (extent == ITG_EXTENT_DETAILS)
            err = itg__thinclient_revise(&revisions, &q, &tc);
        more = !err && !q.err && fn(ctx, &tc) == 0;
    }
    itg_error_t done = itg__done(&q);
    return err ? err : done;
}

itg_error_t itg__thinclient_walk(struct itg__tx *tx, itg_extent_t extent, const char *expression,
                                 int64_t after_id, itg_thinclient_fn fn, void *ctx)
{
    struct itg__selection selection;
    const struct itg__selection_shape shape = {.source = itg__thinclient_source(extent),
                                               .after_id = after_id};
    itg_error_t err = itg__selection_init(&selection, tx, expression, &shape);
    if (!err)
        err = walk(tx, &selection, extent, fn, ctx);
    itg__selection_dispose(&selection);
    return err;
}

itg_error_t itg_thinclient_select(itg_t *itg, itg_extent_t extent, const char *expression, int64_t after_id,
                                  itg_thinclient_fn fn, void *ctx, itg_failure_t *failure)
{
    struct itg__tx tx;
    itg_error_t err = itg__need(expression && fn, "expression or fn", failure);
    if (!err)
        err = itg__begin_read(itg, __func__, ITG__RIGHT_READ, &tx, failure);
    if (err)
        return err;
    return itg__end(&tx, itg__thinclient_walk(&tx, extent, expression, after_id, fn, ctx));
}
