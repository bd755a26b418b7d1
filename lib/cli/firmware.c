#include "cli/cli.h"

static const struct cli_column columns[] = {
    {"id", CLI_ID},
    {"product", CLI_STRING},
    {"version", CLI_STRING},
    {"firmwareType", CLI_STRING},
};

static int32_t print_row(void *ctx, const itg_firmware_t *firmware)
{
    struct cli_table *table = ctx;
    cli_table_cell_int(table, firmware->id);
    cli_table_cell(table, firmware->product);
    cli_table_cell(table, firmware->version);
    cli_table_cell(table, firmware->type);
    return !cli_table_ok(table);
}

int cli_firmware_list(struct cli *cli)
{
    struct cli_table table;
    cli_table_begin(&table, cli_format(cli), stdout, columns, sizeof columns / sizeof *columns);
    itg_error_t err = itg_firmware_each(cli->itg, 0, print_row, &table, &cli->failure);
    return cli_table_finish(cli, &table, err);
}

int cli_firmware_show(struct cli *cli)
{
    int64_t id = 0;
    itg_firmware_t *firmware = NULL;
    struct cli_record record;
    int status = cli_id(cli, cli->operands[0], &id);
    if (status)
        return status;
    if (itg_firmware_get(cli->itg, id, &firmware, &cli->failure))
        return cli_failed(cli);
    cli_record_begin(&record, cli_format(cli), stdout);
    cli_record_member_int(&record, "id", CLI_ID, firmware->id);
    cli_record_member(&record, "product", CLI_STRING, firmware->product);
    cli_record_member(&record, "version", CLI_STRING, firmware->version);
    cli_record_member(&record, "firmwareType", CLI_STRING, firmware->type);
    itg_firmware_free(firmware);
    return cli_written(cli_record_end(&record));
}

int cli_firmware_create(struct cli *cli)
{
    int64_t id = 0;
    char **words = cli->operands;
    if (itg_firmware_create(cli->itg, words[0], words[1], words[2], &id, &cli->failure))
        return cli_failed(cli);
    return cli_print_created(cli, id);
}
