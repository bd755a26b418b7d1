/* Views as IMI reads them: the thin clients that match one. */
#include "imi/imi.h"

static itg_error_t walk(struct itg__imi_list *list, itg_failure_t *failure)
{
    struct itg__imi_piece piece = {.list = list};
    itg_error_t err = itg__imi_facets_begin(&piece.facets, list->itg, list->facets, failure);
    if (err)
        return err;
    err = itg_view_select(list->itg, list->id, itg__imi_facets_extent(list->facets), list->after_id,
                          itg__imi_add_thinclient, &piece, failure);
    return itg__imi_facets_end(&piece.facets, err ? err : list->err);
}

itg_error_t itg__imi_get_view(struct itg__imi_call *call)
{
    unsigned facets;
    itg_error_t err = itg__imi_facets(call,
                                      ITG__IMI_FACET_DETAILS | ITG__IMI_FACET_ONLINE | ITG__IMI_FACET_SHADOW |
                                          ITG__IMI_FACET_ADAPTERS,
                                      &facets);
    return err ? err : itg__imi_list_start(call, "[", "]", walk, facets);
}
