#include "core/view.h"
#include "core/audit.h"
#include "core/expression.h"
#include <stdlib.h>

static itg_error_t missing(struct itg__tx *tx, int64_t id)
{
    return itg__fail_detail(tx->failure, ITG_E_NO_HANDLER, "no view has id %lld", (long long)id);
}

itg_error_t itg__view_ok(const char *name, const char *expression, itg_failure_t *failure)
{
    if (name && !itg__name_ok(name))
        return itg__fail_detail(failure, ITG_E_INVALID_BODY, "name is not valid");
    return expression ? itg_expression_check(expression, NULL, failure) : ITG_OK;
}

itg_error_t itg__view_insert(struct itg__tx *tx, const itg_view_t *view)
{
    return itg__run(tx, "INSERT INTO view(id, name, expression) VALUES($1, $2, $3)", "iss", view->id,
                    view->name, view->expression);
}

itg_error_t itg_view_create(itg_t *itg, const char *name, const char *expression, int64_t *ret_id,
                            itg_failure_t *failure)
{
    struct itg__tx tx;
    itg_view_t view = {0, name, expression};
    itg_error_t err = itg__need(name && expression, "name or expression", failure);
    if (!err)
        err = itg__view_ok(name, expression, failure);
    if (!err)
        err = itg__begin_write(itg, __func__, ITG__RIGHT_WRITE, &tx, failure);
    if (err)
        return err;
    err = itg__next_id(&tx, "object", &view.id);
    if (!err)
        err = itg__view_insert(&tx, &view);
    err = itg__end(&tx, err ? err : itg__audit_created(&tx, ITG__AUDIT_VIEW, view.id));
    if (!err && ret_id)
        *ret_id = view.id;
    return err;
}

static itg_error_t check_there(struct itg__tx *tx, int64_t id)
{
    bool found = false;
    int64_t same = 0;
    itg_error_t err = itg__lookup(tx, &found, &same, "SELECT id FROM view WHERE id = $1", "i", id);
    return err || found ? err : missing(tx, id);
}

static itg_error_t update(struct itg__tx *tx, int64_t id, const char *name, const char *expression)
{
    struct itg__trail trail;
    itg_error_t err = check_there(tx, id);
    if (err)
        return err;
    err = itg__audit_before(tx, &trail, ITG__AUDIT_VIEW, id);
    if (!err && name)
        err = itg__run(tx, "UPDATE view SET name = $2 WHERE id = $1", "is", id, name);
    if (!err && expression)
        err = itg__run(tx, "UPDATE view SET expression = $2 WHERE id = $1", "is", id, expression);
    return itg__audit_after(tx, &trail, err);
}

itg_error_t itg_view_update(itg_t *itg, int64_t id, const char *name, const char *expression,
                            itg_failure_t *failure)
{
    struct itg__tx tx;
    itg_error_t err = itg__need(name || expression, "name and expression", failure);
    if (!err)
        err = itg__view_ok(name, expression, failure);
    if (!err)
        err = itg__begin_write(itg, __func__, ITG__RIGHT_WRITE, &tx, failure);
    return err ? err : itg__end(&tx, update(&tx, id, name, expression));
}

itg_error_t itg_view_delete(itg_t *itg, int64_t id, itg_failure_t *failure)
{
    struct itg__tx tx;
    itg_error_t err = itg__begin_write(itg, __func__, ITG__RIGHT_WRITE, &tx, failure);
    if (err)
        return err;
    err = check_there(&tx, id);
    if (!err)
        err = itg__audit_deleted(&tx, ITG__AUDIT_VIEW, id);
    return itg__end(&tx, err ? err : itg__run(&tx, "DELETE FROM view WHERE id = $1", "i", id));
}

static itg_view_t read_row(struct itg__query *q)
{
    return (itg_view_t){itg__int(q, 0), itg__text(q, 1), itg__text(q, 2)};
}

static const struct itg__shape shape = {
    sizeof(itg_view_t), 2, (const size_t[]){offsetof(itg_view_t, name), offsetof(itg_view_t, expression)}};

static itg_error_t load(struct itg__tx *tx, int64_t id, itg_view_t **ret_view)
{
    struct itg__query q;
    itg_view_t *view = NULL;
    itg__query(tx, &q, "SELECT id, name, expression FROM view WHERE id = $1", "i", id);
    if (itg__next(&q)) {
        itg_view_t row = read_row(&q);
        view = itg__keep(&q, &row, &shape, 0);
    }
    itg_error_t err = itg__done(&q);
    if (!err && !view)
        err = missing(tx, id);
    if (!err)
        *ret_view = view;
    return err;
}

itg_error_t itg_view_get(itg_t *itg, int64_t id, itg_view_t **ret_view, itg_failure_t *failure)
{
    struct itg__tx tx;
    itg_view_t *view = NULL;
    itg_error_t err = itg__need(ret_view != NULL, "ret_view", failure);
    if (!err)
        err = itg__begin_read(itg, __func__, ITG__RIGHT_READ, &tx, failure);
    if (err)
        return err;
    err = itg__end(&tx, load(&tx, id, &view));
    if (!err)
        *ret_view = view;
    return err;
}

void itg_view_free(itg_view_t *view)
{
    free(view);
}

itg_error_t itg_view_each(itg_t *itg, itg_view_fn fn, void *ctx, itg_failure_t *failure)
{
    struct itg__tx tx;
    struct itg__query q;
    bool more = true;
    itg_error_t err = itg__need(fn != NULL, "fn", failure);
    if (!err)
        err = itg__begin_read(itg, __func__, ITG__RIGHT_READ, &tx, failure);
    if (err)
        return err;
    itg__query(&tx, &q, "SELECT id, name, expression FROM view ORDER BY id", "");
    while (more && itg__next(&q)) {
        itg_view_t view = read_row(&q);
        more = !q.err && fn(ctx, &view) == 0;
    }
    return itg__end(&tx, itg__done(&q));
}

itg_error_t itg_view_select(itg_t *itg, int64_t id, itg_extent_t extent, int64_t after_id,
                            itg_thinclient_fn fn, void *ctx, itg_failure_t *failure)
{
    struct itg__tx tx;
    itg_view_t *view = NULL;
    itg_error_t err = itg__need(fn != NULL, "fn", failure);
    if (!err)
        err = itg__begin_read(itg, __func__, ITG__RIGHT_READ, &tx, failure);
    if (err)
        return err;
    err = load(&tx, id, &view);
    if (!err)
        err = itg__thinclient_walk(&tx, extent, view->expression, after_id, fn, ctx);
    free(view);
    return itg__end(&tx, err);
}
