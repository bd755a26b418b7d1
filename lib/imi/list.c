/* Lists that are pulled: a long one is never in memory as a whole, and no read of the fleet outlives a piece.
 */
#include "core/core.h"
#include "imi/imi.h"
#include <stdlib.h>
#include <string.h>

/* Rows that one piece leaves out at most: bounds how long its transaction is. */
enum { MAX_LEFT_OUT = 8192 };

itg_error_t itg__imi_list_start(struct itg__imi_call *call, const char *head, const char *tail,
                                itg_error_t (*walk)(struct itg__imi_list *list, itg_failure_t *failure),
                                unsigned facets)
{
    struct itg__imi_list *list = calloc(1, sizeof *list);
    if (!list)
        return itg__fail(&call->failure, ITG_E_INTERNAL, NULL);
    list->itg = call->itg;
    list->own = call->own;
    call->own = NULL;
    list->walk = walk;
    list->tail = tail;
    list->type = call->type;
    list->facets = facets;
    list->id = call->ids[0];
    memcpy(list->base, call->base, sizeof list->base);
    call->response->list = list;
    if (call->text && !(list->text = strdup(call->text)))
        return itg__fail(&call->failure, ITG_E_INTERNAL, NULL);
    itg__buf_str(&call->response->body, head);
    return itg__imi_list_fill(call->response, &call->failure);
}

itg_error_t itg__imi_list_fill(itg_imi_response_t *response, itg_failure_t *failure)
{
    struct itg__imi_list *list = response->list;
    list->out = &response->body;
    list->failure = failure;
    list->full = false;
    /* Only a user may be denied anything; users have handles of their own. */
    struct itg__stride stride = {.left = MAX_LEFT_OUT};
    if (list->own)
        list->own->stride = &stride;
    itg_error_t err = list->walk(list, failure);
    if (list->own) {
        list->own->stride = NULL;
        itg__reading_end(list->own); /* the next piece may be long in coming */
    }
    if (!err)
        err = list->err;
    if (!err && stride.ended) {
        list->after_id = stride.last_id;
        list->full = true;
    }
    if (!err && response->body.failed)
        err = itg__fail(failure, ITG_E_INTERNAL, NULL);
    if (err || list->full)
        return err;
    itg__buf_str(&response->body, list->tail);
    response->list = NULL;
    itg__imi_list_free(list);
    return response->body.failed ? itg__fail(failure, ITG_E_INTERNAL, NULL) : ITG_OK;
}

void itg__imi_list_free(struct itg__imi_list *list)
{
    if (!list)
        return;
    itg_close(list->own);
    free(list->text);
    free(list);
}

void itg__imi_list_row(struct itg__imi_list *list, int64_t id)
{
    if (list->begun)
        itg__buf_char(list->out, ',');
    list->begun = true;
    list->after_id = id;
}

int32_t itg__imi_list_row_end(struct itg__imi_list *list)
{
    list->full = list->out->length >= ITG__IMI_CHUNK;
    return list->full || list->err || list->out->failed;
}
