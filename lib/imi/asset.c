/* Assets and their history. */
#include "core/asset.h"
#include "imi/imi.h"

#define ASSETS  "{\"assetinfos\":["
#define HISTORY "{\"assethistories\":["
#define END     "],\"links\":[]}"

/* A piece of a list being written. */
struct piece {
    struct itg__imi_list *list;
    struct itg__tx tx;
};

static int32_t add_asset(void *ctx, const itg_asset_t *asset)
{
    struct piece *piece = ctx;
    struct itg__imi_list *list = piece->list;
    itg__imi_list_row(list, asset->id);
    itg__buf_char(list->out, '{');
    list->err = itg__asset_json(&piece->tx, list->out, asset);
    itg__buf_char(list->out, '}');
    return itg__imi_list_row_end(list);
}

static itg_error_t walk_scope(struct itg__imi_list *list, enum itg__asset_scope scope, itg_failure_t *failure)
{
    struct piece piece = {.list = list};
    itg_error_t err = itg__begin_read(list->itg, "itg_asset_each", ITG__RIGHT_READ, &piece.tx, failure);
    if (err)
        return err;
    err = itg__asset_walk(&piece.tx, scope, list->id, list->after_id, add_asset, &piece);
    return itg__end(&piece.tx, err ? err : list->err);
}

static itg_error_t walk_all(struct itg__imi_list *list, itg_failure_t *failure)
{
    return walk_scope(list, ITG__ASSETS_ALL, failure);
}

static itg_error_t walk_one(struct itg__imi_list *list, itg_failure_t *failure)
{
    return walk_scope(list, ITG__ASSET_ONE, failure);
}

static itg_error_t walk_thinclient(struct itg__imi_list *list, itg_failure_t *failure)
{
    return walk_scope(list, ITG__ASSETS_ON, failure);
}

itg_error_t itg__imi_get_assets(struct itg__imi_call *call)
{
    return itg__imi_list_start(call, ASSETS, END, walk_all, 0);
}

itg_error_t itg__imi_get_asset(struct itg__imi_call *call)
{
    return itg__imi_list_start(call, ASSETS, END, walk_one, 0);
}

itg_error_t itg__imi_get_thinclient_assets(struct itg__imi_call *call)
{
    /* The core takes -1 for "on none", which is no thin client. */
    if (call->ids[0] < 1)
        return itg__fail_id(&call->failure, ITG_E_THINCLIENT_NOT_FOUND, call->ids[0]);
    return itg__imi_list_start(call, ASSETS, END, walk_thinclient, 0);
}

static int32_t add_entry(void *ctx, const itg_asset_history_t *entry)
{
    struct itg__imi_list *list = ctx;
    itg__imi_list_row(list, entry->id);
    itg__buf_char(list->out, '{');
    itg__asset_history_json(list->out, entry);
    itg__buf_char(list->out, '}');
    return itg__imi_list_row_end(list);
}

/* A unit id that was never heard of has no history, which is no error. */
static itg_error_t walk_history(struct itg__imi_list *list, itg_failure_t *failure)
{
    return itg_asset_history_each(list->itg, list->id, list->text, list->after_id, add_entry, list, failure);
}

itg_error_t itg__imi_get_asset_history(struct itg__imi_call *call)
{
    return itg__imi_list_start(call, HISTORY, END, walk_history, 0);
}

static itg_error_t check_known(struct itg__imi_call *call)
{
    struct itg__tx tx;
    bool known = false;
    itg_error_t err =
        itg__begin_read(call->itg, "itg_asset_history_each", ITG__RIGHT_READ, &tx, &call->failure);
    if (err)
        return err;
    err = itg__end(&tx, itg__asset_known(&tx, call->ids[0], &known));
    return err || known ? err : itg__fail(&call->failure, ITG_E_NO_HANDLER, NULL);
}

itg_error_t itg__imi_get_asset_history_of(struct itg__imi_call *call)
{
    itg_error_t err = check_known(call);
    return err ? err : itg__imi_list_start(call, HISTORY, END, walk_history, 0);
}
