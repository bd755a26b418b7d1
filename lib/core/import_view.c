/* Views of a fleet file. */
#include "core/import.h"
#include "core/view.h"

enum { VI_ID, VI_NAME, VI_EXPRESSION };
static const struct itg__json_member view_members[] = {
    [VI_ID] = ITG__MEMBER("id", ITG__TAKES_ID),
    [VI_NAME] = ITG__MEMBER("name", ITG__TAKES_STRING),
    [VI_EXPRESSION] = ITG__MEMBER("expression", ITG__TAKES_STRING),
};

static itg_error_t add_view(struct itg__import *import, const struct itg__json_value *values)
{
    itg_view_t view = {0, itg__import_text(import, &values[VI_NAME]),
                       itg__import_text(import, &values[VI_EXPRESSION])};
    import->member = "name";
    itg_error_t err = itg__view_ok(view.name, NULL, import->tx->failure);
    if (!err) {
        import->member = "expression";
        err = itg__view_ok(NULL, view.expression, import->tx->failure);
    }
    if (!err)
        err = itg__import_claim_object_id(import, &values[VI_ID], "Insertion of view", &view.id);
    return err ? err : itg__view_insert(import->tx, &view);
}

const struct itg__array_info itg__import_views = {"views", ITG__TABLE(view_members), add_view};
