/* Directories and profiles of a fleet file. */
#include "core/import.h"
#include "core/object.h"
#include "core/rows.h"
#include "core/text.h"

enum { DIR_ID, DIR_NAME, DIR_PARENT, DIR_BINNED, DIR_TYPE, DIR_ITEM };
static const struct itg__json_member directory_members[] = {
    [DIR_ID] = ITG__MEMBER("id", ITG__TAKES_ID),
    [DIR_NAME] = ITG__MEMBER("name", ITG__TAKES_STRING),
    [DIR_PARENT] = ITG__MEMBER("parentID", ITG__TAKES_ID),
    [DIR_BINNED] = ITG__MEMBER("movedToBin", ITG__TAKES_BOOL),
    [DIR_TYPE] = ITG__MEMBER("objectType", ITG__TAKES_STRING),
    [DIR_ITEM] = ITG__MEMBER("binItem", ITG__TAKES_BOOL),
    ITG__MEMBER("links", ITG__TAKES_ARRAY),
    ITG__MEMBER("DirectoryChildren", ITG__TAKES_ARRAY),
};

static itg_error_t add_directory(struct itg__import *import, const struct itg__json_value *values)
{
    const char *name = itg__import_text(import, &values[DIR_NAME]);
    itg_type_t type = 0;
    int64_t id = 0;
    itg_error_t err = itg__import_type(import, &values[DIR_TYPE], &type);
    if (err)
        return err;
    if (!itg__is_directory(type))
        return itg__import_refuse(import, "objectType", "not the type of a directory");
    if (!itg__name_ok(name))
        return itg__import_refuse(import, "name", "name is not valid");
    int64_t parent_id = itg__root_of(type);
    err = itg__import_parent(import, &values[DIR_PARENT], &parent_id);
    if (!err)
        err = itg__import_check_bin(import, &values[DIR_BINNED], &values[DIR_ITEM]);
    if (!err)
        err = itg__import_claim_object_id(import, &values[DIR_ID], "Insertion of directory", &id);
    if (!err)
        err = itg__import_insert_object(import, id, type, name, parent_id, &values[DIR_BINNED]);
    if (!err)
        err = itg__directory_insert(import->tx, id, type);
    if (!err)
        err = itg__import_place(import, type, id, parent_id, &values[DIR_BINNED], &values[DIR_ITEM]);
    return err;
}

enum {
    PR_ID,
    PR_NAME,
    PR_PARENT,
    PR_BINNED,
    PR_TYPE,
    PR_ITEM,
    PR_FIRMWARE,
    PR_MASTER,
    PR_OVERRIDES,
    PR_SETTINGS
};
static const struct itg__json_member profile_members[] = {
    [PR_ID] = ITG__MEMBER("id", ITG__TAKES_ID),
    [PR_NAME] = ITG__MEMBER("name", ITG__TAKES_STRING),
    [PR_PARENT] = ITG__MEMBER("parentID", ITG__TAKES_ID),
    [PR_BINNED] = ITG__MEMBER("movedToBin", ITG__TAKES_BOOL),
    [PR_TYPE] = ITG__MEMBER("objectType", ITG__TAKES_STRING),
    [PR_ITEM] = ITG__MEMBER("binItem", ITG__TAKES_BOOL),
    [PR_FIRMWARE] = ITG__MEMBER("firmwareID", ITG__TAKES_ID),
    [PR_MASTER] = ITG__MEMBER("isMasterProfile", ITG__TAKES_BOOL),
    [PR_OVERRIDES] = ITG__MEMBER("overridesSessions", ITG__TAKES_BOOL),
    [PR_SETTINGS] = {"settings", ITG__JSON_IS(ITG__JSON_OBJECT), &itg__json_pairs, 0},
    ITG__MEMBER("links", ITG__TAKES_ARRAY),
};

/* Two members tell the kind of a profile; either may be missing, but they must agree. */
static itg_error_t read_profile_type(struct itg__import *import, const struct itg__json_value *values,
                                     itg_type_t *ret_type)
{
    const struct itg__json_value *master = &values[PR_MASTER];
    itg_type_t type = itg__value_true(master) ? ITG_TYPE_MASTERPROFILE : ITG_TYPE_PROFILE;
    itg_type_t said = type;
    itg_error_t err = itg__import_type(import, &values[PR_TYPE], &said);
    if (err)
        return err;
    if (said != ITG_TYPE_PROFILE && said != ITG_TYPE_MASTERPROFILE)
        return itg__import_refuse(import, "objectType", "not the type of a profile");
    if (itg__value_given(master) && said != type)
        return itg__import_refuse(import, "isMasterProfile", "contradicts objectType");
    *ret_type = said;
    return ITG_OK;
}

/* What is to be known of a profile before it gets its id. */
static itg_error_t read_profile(struct itg__import *import, const struct itg__json_value *values,
                                itg_profile_t *profile)
{
    itg_error_t err = read_profile_type(import, values, &profile->type);
    if (err)
        return err;
    if (!itg__name_ok(profile->name))
        return itg__import_refuse(import, "name", "name is not valid");
    profile->parent_id = itg__root_of(profile->type);
    err = itg__import_parent(import, &values[PR_PARENT], &profile->parent_id);
    if (!err)
        err = itg__import_id(import, "firmwareID", &values[PR_FIRMWARE], &profile->firmware_id);
    if (!err)
        err = itg__import_check_bin(import, &values[PR_BINNED], &values[PR_ITEM]);
    if (!err && *itg__import_text(import, &values[PR_FIRMWARE]) == '\0') {
        import->member = "firmwareID";
        err = itg__fail(import->tx->failure, ITG_E_NO_FIRMWARE, NULL);
    }
    return err ? err : itg__import_need_firmware(import, profile->firmware_id);
}

static itg_error_t add_profile(struct itg__import *import, const struct itg__json_value *values)
{
    itg_profile_t profile = {.name = itg__import_text(import, &values[PR_NAME]),
                             .overrides_sessions = itg__value_true(&values[PR_OVERRIDES])};
    itg_error_t err = read_profile(import, values, &profile);
    if (!err)
        err = itg__import_claim_object_id(import, &values[PR_ID], "Insertion of profile", &profile.id);
    if (!err)
        err = itg__import_insert_object(import, profile.id, profile.type, profile.name, profile.parent_id,
                                        &values[PR_BINNED]);
    if (!err)
        err = itg__profile_insert(import->tx, &profile);
    if (!err)
        err = itg__import_settings(import, profile.id, &values[PR_SETTINGS]);
    if (!err)
        err = itg__import_place(import, profile.type, profile.id, profile.parent_id, &values[PR_BINNED],
                                &values[PR_ITEM]);
    return err;
}

const struct itg__array_info itg__import_directories = {"directories", ITG__TABLE(directory_members),
                                                        add_directory};
const struct itg__array_info itg__import_profiles = {"profiles", ITG__TABLE(profile_members), add_profile};
