/* Assets of a fleet file, and their history. */
#include "core/asset.h"
#include "core/import.h"
#include "core/object.h"
#include <stdio.h>

enum { CA_ID, CA_NAME, CA_VALUES };
static const struct itg__json_member category_members[] = {
    [CA_ID] = ITG__MEMBER("categoryId", ITG__TAKES_ID),
    [CA_NAME] = ITG__MEMBER("categoryName", ITG__TAKES_STRING),
};
static const struct itg__json_table category_table = ITG__TABLE(category_members);

enum { DE_ATTRIBUTE, DE_KEY, DE_VALUE, DE_TYPE, DE_VALUES };
static const struct itg__json_member detail_members[] = {
    [DE_ATTRIBUTE] = ITG__MEMBER("attrId", ITG__TAKES_ID),
    [DE_KEY] = ITG__MEMBER("detailKey", ITG__TAKES_STRING),
    [DE_VALUE] = ITG__MEMBER("detailValue", ITG__TAKES_STRING),
    [DE_TYPE] = ITG__MEMBER("detailType", ITG__TAKES_STRING),
};
static const struct itg__json_table detail_table = ITG__TABLE(detail_members);

/* IMI's lists stand in an object with one member. */
static const struct itg__json_member category_list[] = {
    {"categoryList", ITG__TAKES_ARRAY, &category_table, 0}};
static const struct itg__json_table category_list_table = ITG__TABLE(category_list);
static const struct itg__json_member detail_list[] = {{"detailList", ITG__TAKES_ARRAY, &detail_table, 0}};
static const struct itg__json_table detail_list_table = ITG__TABLE(detail_list);

#define OBJECT ITG__JSON_IS(ITG__JSON_OBJECT)

enum {
    AS_THINCLIENT,
    AS_ID,
    AS_UNIQUE,
    AS_CONNECTOR,
    AS_NAME,
    AS_VENDOR,
    AS_DEVICE,
    AS_CATEGORIES_OBJECT,
    AS_DETAILS_OBJECT,
    AS_MEMBERS,
    AS_CATEGORIES = AS_MEMBERS, /* within these */
    AS_DETAILS
};
static const struct itg__json_member asset_members[AS_MEMBERS] = {
    [AS_THINCLIENT] = ITG__MEMBER("tcId", ITG__TAKES_ID),
    [AS_ID] = ITG__MEMBER("assetId", ITG__TAKES_ID),
    [AS_UNIQUE] = ITG__MEMBER("uniqueId", ITG__TAKES_STRING),
    [AS_CONNECTOR] = ITG__MEMBER("connector", ITG__TAKES_STRING),
    [AS_NAME] = ITG__MEMBER("assetName", ITG__TAKES_STRING),
    [AS_VENDOR] = ITG__MEMBER("assetVendor", ITG__TAKES_STRING),
    [AS_DEVICE] = ITG__MEMBER("deviceId", ITG__TAKES_STRING),
    [AS_CATEGORIES_OBJECT] = {"categoryList", OBJECT, &category_list_table, AS_CATEGORIES},
    [AS_DETAILS_OBJECT] = {"detailList", OBJECT, &detail_list_table, AS_DETAILS},
};

/* A thin client that is not there yet. */
struct waiting {
    int64_t thinclient_id;
    struct itg__place place;
};

static itg_error_t thinclient_there(struct itg__import *import, int64_t id, bool *ret_there)
{
    int64_t same = 0;
    return itg__lookup(import->tx, ret_there, &same, "SELECT id FROM thinclient WHERE id = $1", "i", id);
}

static itg_error_t thinclient_missing(struct itg__import *import, int64_t id)
{
    import->member = "tcId";
    return itg__fail_id(import->tx->failure, ITG_E_THINCLIENT_NOT_FOUND, id);
}

/* Makes sure that the thin client of an asset is there, now or at the end. */
static itg_error_t need_thinclient(struct itg__import *import, int64_t id)
{
    bool there = false;
    if (id == -1)
        return ITG_OK;
    if (id < 1 || id > ITG_LIMIT_ID)
        return thinclient_missing(import, id);
    itg__import_note_id(&import->highest_id, id);
    itg_error_t err = thinclient_there(import, id, &there);
    if (err || there)
        return err;
    struct waiting *waiting = itg__list_add(&import->assets, sizeof *waiting);
    if (!waiting)
        return itg__fail(import->tx->failure, ITG_E_INTERNAL, NULL);
    *waiting = (struct waiting){id, import->at};
    return ITG_OK;
}

itg_error_t itg__import_check_assets(struct itg__import *import)
{
    const struct waiting *waiting = import->assets.items;
    for (size_t i = 0; i < import->assets.count; i++) {
        bool there = false;
        itg_error_t err = thinclient_there(import, waiting[i].thinclient_id, &there);
        if (err)
            return err;
        if (!there) {
            import->at = waiting[i].place;
            return thinclient_missing(import, waiting[i].thinclient_id);
        }
    }
    return ITG_OK;
}

static void point_at(struct itg__import *import, const char *list, size_t index)
{
    snprintf(import->member_text, sizeof import->member_text, "%s[%zu]", list, index);
    import->member = import->member_text;
}

static itg_error_t add_category(struct itg__import *import, int64_t id, const struct itg__json_value *values)
{
    itg_asset_category_t category = {0, itg__import_text(import, &values[CA_NAME])};
    bool known = false, used = false;
    int64_t same = 0;
    itg_error_t err = itg__import_id(import, import->member, &values[CA_ID], &category.id);
    if (!err && (category.id < 1 || category.id > ITG_LIMIT_ID))
        return itg__fail_detail(import->tx->failure, ITG_E_NUMBER_FORMAT, "categoryId");
    if (!err)
        err =
            itg__lookup(import->tx, &known, &same, "SELECT id FROM category WHERE id = $1", "i", category.id);
    if (!err && !known)
        err = itg__import_id_used(import, category.id, &used);
    if (!err && used)
        return itg__import_duplicate(import, import->member, "Insertion of category", "category_id",
                                     "category");
    itg__import_note_id(&import->highest_id, category.id);
    return err ? err : itg__asset_category_insert(import->tx, id, &category);
}

static itg_error_t add_detail(struct itg__import *import, int64_t id, size_t index,
                              const struct itg__json_value *values)
{
    itg_asset_detail_t detail = {id, itg__import_text(import, &values[DE_KEY]),
                                 itg__import_text(import, &values[DE_VALUE]),
                                 itg__import_text(import, &values[DE_TYPE])};
    itg_error_t err = itg__import_id(import, import->member, &values[DE_ATTRIBUTE], &detail.attribute_id);
    if (err)
        return err;
    itg__import_note_id(&import->highest_id, detail.attribute_id);
    return itg__asset_detail_insert(import->tx, id, (int64_t)index + 1, &detail);
}

static itg_error_t add_parts(struct itg__import *import, int64_t id, const struct itg__json_value *values)
{
    const struct itg__json_value *categories = itg__json_elements(&import->json, &values[AS_CATEGORIES]);
    const struct itg__json_value *details = itg__json_elements(&import->json, &values[AS_DETAILS]);
    size_t category_count = itg__json_count(&values[AS_CATEGORIES]);
    size_t detail_count = itg__json_count(&values[AS_DETAILS]);
    itg_error_t err = ITG_OK;
    if (category_count > ITG_LIMIT_ASSET_PARTS || detail_count > ITG_LIMIT_ASSET_PARTS)
        return itg__import_refuse(import, category_count > detail_count ? "categoryList" : "detailList",
                                  "too long");
    for (size_t i = 0; !err && i < category_count; i++) {
        point_at(import, "categoryList", i);
        err = add_category(import, id, categories + i * CA_VALUES);
    }
    for (size_t i = 0; !err && i < detail_count; i++) {
        point_at(import, "detailList", i);
        err = add_detail(import, id, i, details + i * DE_VALUES);
    }
    return err;
}

/* Claims an object's id that stands in a member of another name. */
static itg_error_t claim(struct itg__import *import, const struct itg__json_value *value, int64_t *ret_id)
{
    itg_error_t err = itg__import_claim_object_id(import, value, "Insertion of asset", ret_id);
    import->member = err ? "assetId" : "";
    return err;
}

static itg_error_t add_asset(struct itg__import *import, const struct itg__json_value *values)
{
    itg_asset_t asset = {.thinclient_id = -1,
                         .unique_id = itg__import_text(import, &values[AS_UNIQUE]),
                         .connector = itg__import_text(import, &values[AS_CONNECTOR]),
                         .name = itg__import_text(import, &values[AS_NAME]),
                         .vendor = itg__import_text(import, &values[AS_VENDOR]),
                         .device_id = itg__import_text(import, &values[AS_DEVICE])};
    itg_error_t err = itg__import_id(import, "tcId", &values[AS_THINCLIENT], &asset.thinclient_id);
    if (!err)
        err = claim(import, &values[AS_ID], &asset.id);
    if (!err)
        err = need_thinclient(import, asset.thinclient_id);
    if (!err)
        err = itg__asset_insert(import->tx, &asset);
    return err ? err : add_parts(import, asset.id, values);
}

const struct itg__array_info itg__import_assets = {"assets", ITG__TABLE(asset_members), add_asset};

enum { HI_ID, HI_UNIT, HI_ASSET, HI_TIME, HI_EVENT, HI_MEMBERS, HI_IDENTIFIER = HI_MEMBERS };
static const struct itg__json_member event_members[] = {ITG__MEMBER("identifier", ITG__TAKES_STRING)};
static const struct itg__json_table event_table = ITG__TABLE(event_members);
static const struct itg__json_member history_members[HI_MEMBERS] = {
    [HI_ID] = ITG__MEMBER("historyId", ITG__TAKES_ID),
    [HI_UNIT] = ITG__MEMBER("unitId", ITG__TAKES_STRING),
    [HI_ASSET] = ITG__MEMBER("assetId", ITG__TAKES_ID),
    [HI_TIME] = ITG__MEMBER("eventTimeStamp", ITG__TAKES_INTEGER),
    [HI_EVENT] = {"event", OBJECT, &event_table, HI_IDENTIFIER},
};

static itg_error_t add_history(struct itg__import *import, const struct itg__json_value *values)
{
    itg_asset_history_t entry = {
        .unit_id = itg__import_text(import, &values[HI_UNIT]),
        .event = itg_asset_event_from_name(itg__import_text(import, &values[HI_IDENTIFIER]))};
    bool used = false;
    itg_error_t err = itg__import_id(import, "assetId", &values[HI_ASSET], &entry.asset_id);
    if (!err)
        err = itg__import_id(import, "eventTimeStamp", &values[HI_TIME], &entry.time_ms);
    if (err)
        return err;
    if (!entry.event)
        return itg__import_refuse(import, "event.identifier", "no such event");
    if (entry.asset_id < 1 || entry.asset_id > ITG_LIMIT_ID || entry.time_ms < 0)
        return itg__import_refuse(import, entry.time_ms < 0 ? "eventTimeStamp" : "assetId", "out of range");
    if (!itg__text_ok(entry.unit_id))
        return itg__import_refuse(import, "unitId", "too long");
    itg__import_note_id(&import->highest_id, entry.asset_id);
    err = itg__import_claim_id(import, &values[HI_ID], &import->highest_history, &entry.id, &used);
    import->member = "historyId";
    return err ? err : itg__asset_history_insert(import->tx, &entry);
}

const struct itg__array_info itg__import_asset_history = {"assethistory", ITG__TABLE(history_members),
                                                          add_history};
