#include "cli/cli.h"

/* What a person looks for comes first; the rest is for programs. */
static const struct cli_column columns[] = {
    {"id", CLI_ID},
    {"name", CLI_STRING},
    {"firmwareID", CLI_ID},
    {"parentID", CLI_ID},
    {"movedToBin", CLI_NATIVE},
    {"overridesSessions", CLI_NATIVE},
    {"objectType", CLI_STRING},
};
enum { COLUMNS = sizeof columns / sizeof *columns, COLUMNS_TO_READ = 5 };

static int32_t print_row(void *ctx, const itg_profile_t *profile)
{
    struct cli_table *table = ctx;
    cli_table_cell_int(table, profile->id);
    cli_table_cell(table, profile->name);
    cli_table_cell_int(table, profile->firmware_id);
    cli_table_cell_int(table, profile->parent_id);
    cli_table_cell_bool(table, profile->in_bin);
    if (table->count == COLUMNS) {
        cli_table_cell_bool(table, profile->overrides_sessions);
        cli_table_cell(table, itg_type_name(profile->type));
    }
    return !cli_table_ok(table);
}

int cli_profile_list(struct cli *cli)
{
    struct cli_table table;
    cli_table_begin(&table, cli_format(cli), stdout, columns, cli->values.json ? COLUMNS : COLUMNS_TO_READ);
    itg_error_t err = itg_profile_each(cli->itg, cli->command->type, 0, print_row, &table, &cli->failure);
    return cli_table_finish(cli, &table, err);
}

/* The profile that the first operand names. */
static int find_profile(struct cli *cli, itg_profile_t **ret_profile)
{
    int64_t id = 0;
    int status = cli_id(cli, cli->operands[0], &id);
    if (status)
        return status;
    if (itg_profile_get(cli->itg, cli->command->type, id, ret_profile, &cli->failure))
        return cli_failed(cli);
    return CLI_OK;
}

int cli_profile_show(struct cli *cli)
{
    itg_profile_t *profile = NULL;
    struct cli_record record;
    int status = find_profile(cli, &profile);
    if (status)
        return status;
    cli_record_begin(&record, cli_format(cli), stdout);
    cli_record_member_int(&record, "id", CLI_ID, profile->id);
    cli_record_member(&record, "name", CLI_STRING, profile->name);
    cli_record_member_int(&record, "firmwareID", CLI_ID, profile->firmware_id);
    cli_record_member(&record, "overridesSessions", CLI_NATIVE,
                      profile->overrides_sessions ? "true" : "false");
    cli_record_member_int(&record, "parentID", CLI_ID, profile->parent_id);
    cli_record_member(&record, "movedToBin", CLI_NATIVE, profile->in_bin ? "true" : "false");
    cli_record_member(&record, "objectType", CLI_STRING, itg_type_name(profile->type));
    itg_profile_free(profile);
    return cli_written(cli_record_end(&record));
}

int cli_profile_create(struct cli *cli)
{
    itg_type_t type = cli->command->type;
    int64_t parent_id = 0, id = 0;
    if (cli->values.firmware == 0)
        return cli_usage(cli, "--firmware ID is missing");
    int status = cli_directory_id(cli, type, cli->values.parent, &parent_id);
    if (status)
        return status;
    if (itg_profile_create(cli->itg, type, cli->operands[0], parent_id, cli->values.firmware,
                           cli->values.overrides_sessions, &id, &cli->failure))
        return cli_failed(cli);
    return cli_print_created(cli, id);
}

int cli_profile_update(struct cli *cli)
{
    int64_t id = 0;
    int status = cli_id(cli, cli->operands[0], &id);
    if (status)
        return status;
    if (itg_profile_rename(cli->itg, cli->command->type, id, cli->operands[1], &cli->failure))
        return cli_failed(cli);
    return CLI_OK;
}

int cli_profile_delete(struct cli *cli)
{
    return cli_for_operands(cli, itg_profile_delete);
}

static int32_t print_receiver(void *ctx, const itg_assignment_t *assignment, int32_t position)
{
    struct cli_table *table = ctx;
    (void)position;
    cli_table_cell_int(table, assignment->receiver_id);
    cli_table_cell(table, itg_type_name(assignment->receiver_type));
    return !cli_table_ok(table);
}

int cli_profile_receivers(struct cli *cli)
{
    static const struct cli_column receiver_columns[] = {{"id", CLI_ID}, {"type", CLI_STRING}};
    static const itg_type_t kinds[] = {ITG_TYPE_THINCLIENT_DIRECTORY, ITG_TYPE_THINCLIENT};
    itg_profile_t *profile = NULL;
    itg_error_t err = ITG_OK;
    struct cli_table table;
    int status = find_profile(cli, &profile);
    if (status)
        return status;
    cli_table_begin(&table, cli_format(cli), stdout, receiver_columns, 2);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds && !err; i++)
        err = itg_assignment_receivers(cli->itg, profile->type, profile->id, kinds[i], print_receiver, &table,
                                       &cli->failure);
    itg_profile_free(profile);
    return cli_table_finish(cli, &table, err);
}
