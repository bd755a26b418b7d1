/* Assets, and where they have been. */
#include "cli/cli.h"
#include "core/time.h"

enum { WALK_ROWS = 500 }; /* rows a read transaction gives: the terminal may be slow */

/* A list being written. */
struct list {
    struct cli_table table;
    int64_t last_id;
    int rows; /* of this transaction */
};

static int32_t end_row(struct list *list, int64_t id)
{
    list->last_id = id;
    list->rows++;
    return !cli_table_ok(&list->table) || list->rows == WALK_ROWS;
}

static bool goes_on(const struct list *list, itg_error_t err)
{
    return !err && list->rows == WALK_ROWS && cli_table_ok(&list->table);
}

static int32_t print_asset(void *ctx, const itg_asset_t *asset)
{
    struct list *list = ctx;
    cli_table_cell_int(&list->table, asset->id);
    cli_table_cell_int(&list->table, asset->thinclient_id);
    cli_table_cell(&list->table, asset->name);
    cli_table_cell(&list->table, asset->vendor);
    cli_table_cell(&list->table, asset->device_id);
    cli_table_cell(&list->table, asset->connector);
    cli_table_cell(&list->table, asset->unique_id);
    return end_row(list, asset->id);
}

int cli_asset_list(struct cli *cli)
{
    static const struct cli_column columns[] = {{"assetId", CLI_NATIVE},   {"tcId", CLI_NATIVE},
                                                {"assetName", CLI_STRING}, {"assetVendor", CLI_STRING},
                                                {"deviceId", CLI_STRING},  {"connector", CLI_STRING},
                                                {"uniqueId", CLI_STRING}};
    struct list list = {.last_id = 0};
    int64_t thinclient_id = 0;
    itg_error_t err;
    int status = cli->count > 0 ? cli_thinclient_id(cli, cli->operands[0], &thinclient_id) : CLI_OK;
    if (status)
        return status;
    cli_table_begin(&list.table, cli_format(cli), stdout, columns, sizeof columns / sizeof *columns);
    do {
        list.rows = 0;
        err = itg_asset_each(cli->itg, thinclient_id, list.last_id, print_asset, &list, &cli->failure);
    } while (goes_on(&list, err));
    return cli_table_finish(cli, &list.table, err);
}

/* Categories or details as one text: a JSON list for programs, else what a person reads. */
struct parts {
    struct itg__buf text;
    bool json;
};

static void begin_part(struct parts *parts)
{
    itg__buf_str(&parts->text, parts->text.length > (size_t)parts->json ? parts->json ? "," : ", " : "");
}

static void put_member(struct parts *parts, const char *lead, const char *value)
{
    itg__buf_str(&parts->text, lead);
    itg__buf_json(&parts->text, value);
}

static int32_t add_category(void *ctx, const itg_asset_category_t *category)
{
    struct parts *parts = ctx;
    begin_part(parts);
    if (parts->json)
        itg__buf_json(&parts->text, category->name);
    else
        itg__buf_str(&parts->text, category->name);
    return parts->text.failed;
}

static int32_t add_detail(void *ctx, const itg_asset_detail_t *detail)
{
    struct parts *parts = ctx;
    begin_part(parts);
    if (parts->json) {
        put_member(parts, "{\"detailKey\":", detail->key);
        put_member(parts, ",\"detailValue\":", detail->value);
        put_member(parts, ",\"detailType\":", detail->type);
        itg__buf_char(&parts->text, '}');
    } else {
        itg__buf_str(&parts->text, detail->key);
        itg__buf_char(&parts->text, '=');
        itg__buf_str(&parts->text, detail->value);
    }
    return parts->text.failed;
}

static void begin_parts(struct parts *parts)
{
    parts->text.length = 0;
    if (parts->json)
        itg__buf_char(&parts->text, '[');
}

static void end_parts(struct parts *parts, struct cli_record *record, const char *key)
{
    if (parts->json)
        itg__buf_char(&parts->text, ']');
    itg__buf_add(&parts->text, "", 1);
    if (!parts->text.failed)
        cli_record_member(record, key, parts->json ? CLI_NATIVE : CLI_STRING, parts->text.data);
}

static void put_asset(struct cli_record *record, const itg_asset_t *asset)
{
    cli_record_member_int(record, "assetId", CLI_NATIVE, asset->id);
    cli_record_member_int(record, "tcId", CLI_NATIVE, asset->thinclient_id);
    cli_record_member(record, "uniqueId", CLI_STRING, asset->unique_id);
    cli_record_member(record, "connector", CLI_STRING, asset->connector);
    cli_record_member(record, "assetName", CLI_STRING, asset->name);
    cli_record_member(record, "assetVendor", CLI_STRING, asset->vendor);
    cli_record_member(record, "deviceId", CLI_STRING, asset->device_id);
}

static itg_error_t put_parts(struct cli *cli, struct parts *parts, struct cli_record *record, int64_t id)
{
    begin_parts(parts);
    itg_error_t err = itg_asset_categories(cli->itg, id, add_category, parts, &cli->failure);
    end_parts(parts, record, "categories");
    begin_parts(parts);
    if (!err)
        err = itg_asset_details(cli->itg, id, add_detail, parts, &cli->failure);
    end_parts(parts, record, "details");
    return err;
}

int cli_asset_show(struct cli *cli)
{
    int64_t id = 0;
    itg_asset_t *asset = NULL;
    struct cli_record record;
    struct parts parts = {.json = cli_format(cli) == CLI_AS_JSON};
    int status = cli_id(cli, cli->operands[0], &id);
    if (status)
        return status;
    if (itg_asset_get(cli->itg, id, &asset, &cli->failure))
        return cli_failed(cli);
    cli_record_begin(&record, cli_format(cli), stdout);
    put_asset(&record, asset);
    itg_asset_free(asset);
    itg_error_t err = put_parts(cli, &parts, &record, id);
    bool failed = parts.text.failed;
    itg__buf_dispose(&parts.text);
    if (!err && !failed)
        return cli_written(cli_record_end(&record));
    itg__buf_dispose(&record.held);
    return err ? cli_failed(cli) : cli_refuse("out of memory");
}

static int32_t print_entry(void *ctx, const itg_asset_history_t *entry)
{
    struct list *list = ctx;
    char time[ITG__TIME_SIZE];
    itg__time_format(ITG_KIND_MILLIS, entry->time_ms, time);
    cli_table_cell_int(&list->table, entry->id);
    cli_table_cell(&list->table, time);
    cli_table_cell(&list->table, itg_asset_event_name(entry->event));
    cli_table_cell_int(&list->table, entry->asset_id);
    cli_table_cell(&list->table, entry->unit_id);
    return end_row(list, entry->id);
}

int cli_asset_history(struct cli *cli)
{
    static const struct cli_column columns[] = {{"historyId", CLI_NATIVE},
                                                {"time", CLI_STRING},
                                                {"event", CLI_STRING},
                                                {"assetId", CLI_NATIVE},
                                                {"unitId", CLI_STRING}};
    struct list list = {.last_id = 0};
    int64_t asset_id = 0;
    itg_error_t err;
    int status = cli->count > 0 ? cli_id(cli, cli->operands[0], &asset_id) : CLI_OK;
    if (status)
        return status;
    cli_table_begin(&list.table, cli_format(cli), stdout, columns, sizeof columns / sizeof *columns);
    do {
        list.rows = 0;
        err =
            itg_asset_history_each(cli->itg, asset_id, NULL, list.last_id, print_entry, &list, &cli->failure);
    } while (goes_on(&list, err));
    return cli_table_finish(cli, &list.table, err);
}
