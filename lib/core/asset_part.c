/* Categories and details of assets, and assets as JSON. */
#include "core/asset.h"

static itg_error_t link_category(struct itg__tx *tx, int64_t id, int64_t category_id)
{
    bool added = false;
    int64_t same = 0;
    itg_error_t err = itg__lookup(tx, &added, &same,
                                  "INSERT INTO asset_category(asset_id, category_id) VALUES($1, $2)"
                                  " ON CONFLICT DO NOTHING RETURNING category_id",
                                  "ii", id, category_id);
    return err || added ? err
                        : itg__fail_detail(tx->failure, ITG_E_INVALID_BODY, "a category is there twice");
}

static itg_error_t check_category_name(struct itg__tx *tx, const char *name)
{
    return itg__name_ok(name) ? ITG_OK : itg__fail(tx->failure, ITG_E_INVALID_NAME, NULL);
}

itg_error_t itg__asset_category_insert(struct itg__tx *tx, int64_t id, const itg_asset_category_t *category)
{
    bool same = false;
    int64_t found = 0;
    itg_error_t err = check_category_name(tx, category->name);
    if (!err)
        err = itg__run(tx, "INSERT INTO category(id, name) VALUES($1, $2) ON CONFLICT DO NOTHING", "is",
                       category->id, category->name);
    if (!err)
        err = itg__lookup(tx, &same, &found, "SELECT id FROM category WHERE id = $1 AND name = $2", "is",
                          category->id, category->name);
    if (!err && !same)
        err = itg__fail_duplicate(tx->failure, "Insertion of category", "category_id", "category");
    return err ? err : link_category(tx, id, category->id);
}

/* Links a category by its name; the first asset of a category makes it. */
static itg_error_t add_category(struct itg__tx *tx, int64_t id, const char *name)
{
    bool found = false;
    int64_t category_id = 0;
    itg_error_t err = check_category_name(tx, name);
    if (!err)
        err = itg__lookup(tx, &found, &category_id, "SELECT id FROM category WHERE name = $1 ORDER BY id",
                          "s", name);
    if (!err && !found)
        err = itg__next_id(tx, "object", &category_id);
    if (!err && !found)
        err = itg__run(tx, "INSERT INTO category(id, name) VALUES($1, $2)", "is", category_id, name);
    return err ? err : link_category(tx, id, category_id);
}

itg_error_t itg__asset_detail_insert(struct itg__tx *tx, int64_t id, int64_t position,
                                     const itg_asset_detail_t *detail)
{
    itg_error_t err = itg__asset_text_ok(detail->key, "detailKey", tx->failure);
    if (!err)
        err = itg__asset_text_ok(detail->type, "detailType", tx->failure);
    if (!err && !itg__text_ok(detail->value))
        err = itg__fail_detail(tx->failure, ITG_E_INVALID_BODY, "detailValue is not valid");
    if (err)
        return err;
    return itg__run(tx,
                    "INSERT INTO asset_detail(asset_id, position, attribute_id, key, value, type)"
                    " VALUES($1, $2, $3, $4, $5, $6)",
                    "iiisss", id, position, detail->attribute_id, detail->key, detail->value, detail->type);
}

itg_error_t itg__asset_parts_insert(struct itg__tx *tx, int64_t id, const itg_asset_input_t *input)
{
    itg_error_t err = ITG_OK;
    for (size_t i = 0; !err && i < input->category_count; i++)
        err = add_category(tx, id, input->categories[i]);
    for (size_t i = 0; !err && i < input->detail_count; i++) {
        itg_asset_detail_t detail = input->details[i];
        if (detail.attribute_id == 0)
            detail.attribute_id = id;
        err = itg__asset_detail_insert(tx, id, (int64_t)i + 1, &detail);
    }
    return err;
}

static itg_error_t walk_categories(struct itg__tx *tx, int64_t id, itg_asset_category_fn fn, void *ctx)
{
    struct itg__query q;
    bool more = true;
    itg__query(tx, &q,
               "SELECT c.id, c.name FROM asset_category a JOIN category c ON c.id = a.category_id"
               " WHERE a.asset_id = $1 ORDER BY a.category_id",
               "i", id);
    while (more && itg__next(&q)) {
        itg_asset_category_t category = {itg__int(&q, 0), itg__text(&q, 1)};
        more = !q.err && fn(ctx, &category) == 0;
    }
    return itg__done(&q);
}

itg_error_t itg_asset_categories(itg_t *itg, int64_t id, itg_asset_category_fn fn, void *ctx,
                                 itg_failure_t *failure)
{
    struct itg__tx tx;
    int64_t place = 0;
    itg_error_t err = itg__need(fn != NULL, "fn", failure);
    if (!err)
        err = itg__begin_read(itg, __func__, ITG__RIGHT_READ, &tx, failure);
    if (err)
        return err;
    err = itg__asset_reach(&tx, id, &place);
    return itg__end(&tx, err ? err : walk_categories(&tx, id, fn, ctx));
}

static itg_error_t walk_details(struct itg__tx *tx, int64_t id, itg_asset_detail_fn fn, void *ctx)
{
    struct itg__query q;
    bool more = true;
    itg__query(
        tx, &q,
        "SELECT attribute_id, key, value, type FROM asset_detail WHERE asset_id = $1 ORDER BY position", "i",
        id);
    while (more && itg__next(&q)) {
        itg_asset_detail_t detail = {itg__int(&q, 0), itg__text(&q, 1), itg__text(&q, 2), itg__text(&q, 3)};
        more = !q.err && fn(ctx, &detail) == 0;
    }
    return itg__done(&q);
}

itg_error_t itg_asset_details(itg_t *itg, int64_t id, itg_asset_detail_fn fn, void *ctx,
                              itg_failure_t *failure)
{
    struct itg__tx tx;
    int64_t place = 0;
    itg_error_t err = itg__need(fn != NULL, "fn", failure);
    if (!err)
        err = itg__begin_read(itg, __func__, ITG__RIGHT_READ, &tx, failure);
    if (err)
        return err;
    err = itg__asset_reach(&tx, id, &place);
    return itg__end(&tx, err ? err : walk_details(&tx, id, fn, ctx));
}

/* An asset as JSON. */

static void put_text(struct itg__buf *buf, const char *lead, const char *text)
{
    itg__buf_str(buf, lead);
    itg__buf_json(buf, text);
}

static void put_int(struct itg__buf *buf, const char *lead, int64_t value)
{
    itg__buf_str(buf, lead);
    itg__buf_int(buf, value);
}

/* A list being written; its lead is "{" for the first item and ",{" for the others. */
struct items {
    struct itg__buf *buf;
    bool begun;
};

static void begin_item(struct items *items)
{
    if (items->begun)
        itg__buf_char(items->buf, ',');
    items->begun = true;
}

static int32_t put_category(void *ctx, const itg_asset_category_t *category)
{
    struct items *items = ctx;
    begin_item(items);
    put_int(items->buf, "{\"categoryId\":", category->id);
    put_text(items->buf, ",\"categoryName\":", category->name);
    itg__buf_char(items->buf, '}');
    return 0;
}

static int32_t put_detail(void *ctx, const itg_asset_detail_t *detail)
{
    struct items *items = ctx;
    begin_item(items);
    put_int(items->buf, "{\"attrId\":", detail->attribute_id);
    put_text(items->buf, ",\"detailKey\":", detail->key);
    put_text(items->buf, ",\"detailValue\":", detail->value);
    put_text(items->buf, ",\"detailType\":", detail->type);
    itg__buf_char(items->buf, '}');
    return 0;
}

itg_error_t itg__asset_json(struct itg__tx *tx, struct itg__buf *buf, const itg_asset_t *asset)
{
    struct items categories = {buf, false}, details = {buf, false};
    put_int(buf, "\"tcId\":", asset->thinclient_id);
    put_int(buf, ",\"assetId\":", asset->id);
    put_text(buf, ",\"uniqueId\":", asset->unique_id);
    put_text(buf, ",\"connector\":", asset->connector);
    put_text(buf, ",\"assetName\":", asset->name);
    put_text(buf, ",\"assetVendor\":", asset->vendor);
    put_text(buf, ",\"deviceId\":", asset->device_id);
    itg__buf_str(buf, ",\"categoryList\":{\"categoryList\":[");
    itg_error_t err = walk_categories(tx, asset->id, put_category, &categories);
    itg__buf_str(buf, "]},\"detailList\":{\"detailList\":[");
    if (!err)
        err = walk_details(tx, asset->id, put_detail, &details);
    itg__buf_str(buf, "]}");
    return err;
}
