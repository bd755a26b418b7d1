#include "core/licence.h"
#include "core/object.h"
#include "core/text.h"
#include <string.h>

static const char *const names[] = {[ITG_FEATURE_NONE] = "",
#define NAME(feature, name, meaning) [ITG_FEATURE_##feature] = (name),
                                    ITG_LICENCE_FEATURES(NAME)
#undef NAME
};

enum { FEATURES = sizeof names / sizeof *names };

/* A function of a concept bears its name, so that none can be forgotten here. */
static const struct {
    const char *prefix;
    itg_feature_t feature;
} operations[] = {
    {"itg_asset_", ITG_FEATURE_ASSETS},
    {"itg_rule_", ITG_FEATURE_RULES},
    {"itg_template_", ITG_FEATURE_TEMPLATES},
};

const char *itg_feature_name(itg_feature_t feature)
{
    return itg__name_of(names, FEATURES, feature);
}

itg_feature_t itg_feature_from_name(const char *name)
{
    return (itg_feature_t)itg__value_of(names, FEATURES, name, ITG_FEATURE_NONE);
}

bool itg__is_licensed(struct itg__fleet *fleet, itg_feature_t feature)
{
    const itg_licence_t *licence = &fleet->licence;
    if (!licence->allows || feature == ITG_FEATURE_NONE)
        return true;
    int32_t answer = licence->allows(licence->ctx, names[feature]);
    if (answer < 0)
        itg__log(fleet, ITG_LOG_WARNING, "the licence of %s cannot be told; it counts as missing",
                 names[feature]);
    return answer > 0;
}

itg_error_t itg__licensed(struct itg__fleet *fleet, itg_feature_t feature, itg_failure_t *failure)
{
    return itg__is_licensed(fleet, feature)
               ? ITG_OK
               : itg__fail_detail(failure, ITG_E_LICENSE_REQUIRED, "%s is not licensed", names[feature]);
}

itg_error_t itg__licensed_type(itg_t *itg, itg_type_t type, itg_failure_t *failure)
{
    bool master = itg__directory_type(type) == ITG_TYPE_MASTERPROFILE_DIRECTORY;
    return itg && master ? itg__licensed(itg->fleet, ITG_FEATURE_MASTERPROFILES, failure) : ITG_OK;
}

itg_error_t itg__licensed_operation(struct itg__fleet *fleet, const char *operation, itg_failure_t *failure)
{
    for (size_t i = 0; i < sizeof operations / sizeof *operations; i++)
        if (strncmp(operation, operations[i].prefix, strlen(operations[i].prefix)) == 0)
            return itg__licensed(fleet, operations[i].feature, failure);
    return ITG_OK;
}
