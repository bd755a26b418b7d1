#include "cli/cli.h"

static const struct cli_column columns[] = {
    {"id", CLI_ID},
    {"name", CLI_STRING},
    {"parentID", CLI_ID},
    {"movedToBin", CLI_NATIVE},
    {"objectType", CLI_STRING},
};

enum { COLUMNS = sizeof columns / sizeof *columns };

static int32_t print_row(void *ctx, const itg_object_t *object)
{
    struct cli_table *table = ctx;
    cli_table_cell_int(table, object->id);
    cli_table_cell(table, object->name);
    cli_table_cell_int(table, object->parent_id);
    cli_table_cell_bool(table, object->in_bin);
    if (table->count == COLUMNS)
        cli_table_cell(table, itg_type_name(object->type));
    return !cli_table_ok(table);
}

/* The tree, and the directory that the first operand names. */
static int read_operands(const struct cli *cli, itg_type_t *ret_type, int64_t *ret_id)
{
    int status = cli_tree(cli, ret_type);
    return status ? status : cli_directory_id(cli, *ret_type, cli->operands[0], ret_id);
}

int cli_directory_list(struct cli *cli)
{
    itg_type_t type;
    struct cli_table table;
    int status = cli_tree(cli, &type);
    if (status)
        return status;
    cli_table_begin(&table, cli_format(cli), stdout, columns,
                    cli->values.json ? COLUMNS : COLUMNS - 1); /* all are of one type */
    itg_error_t err = itg_directory_each(cli->itg, type, 0, print_row, &table, &cli->failure);
    return cli_table_finish(cli, &table, err);
}

int cli_directory_children(struct cli *cli)
{
    itg_type_t type;
    int64_t id = 0;
    struct cli_table table;
    int status = read_operands(cli, &type, &id);
    if (status)
        return status;
    cli_table_begin(&table, cli_format(cli), stdout, columns, COLUMNS);
    itg_error_t err = itg_directory_children(cli->itg, type, id, print_row, &table, &cli->failure);
    return cli_table_finish(cli, &table, err);
}

int cli_directory_show(struct cli *cli)
{
    itg_type_t type;
    int64_t id = 0;
    itg_object_t *directory = NULL;
    struct cli_record record;
    int status = read_operands(cli, &type, &id);
    if (status)
        return status;
    if (itg_directory_get(cli->itg, type, id, &directory, &cli->failure))
        return cli_failed(cli);
    cli_record_begin(&record, cli_format(cli), stdout);
    cli_record_member_int(&record, "id", CLI_ID, directory->id);
    cli_record_member(&record, "name", CLI_STRING, directory->name);
    cli_record_member_int(&record, "parentID", CLI_ID, directory->parent_id);
    cli_record_member(&record, "movedToBin", CLI_NATIVE, directory->in_bin ? "true" : "false");
    cli_record_member(&record, "objectType", CLI_STRING, itg_type_name(directory->type));
    itg_object_free(directory);
    return cli_written(cli_record_end(&record));
}

int cli_directory_create(struct cli *cli)
{
    itg_type_t type;
    int64_t parent_id = 0, id = 0;
    int status = cli_tree(cli, &type);
    if (!status)
        status = cli_directory_id(cli, type, cli->values.parent, &parent_id);
    if (status)
        return status;
    if (itg_directory_create(cli->itg, type, cli->operands[0], parent_id, &id, &cli->failure))
        return cli_failed(cli);
    return cli_print_created(cli, id);
}

int cli_directory_update(struct cli *cli)
{
    itg_type_t type;
    int64_t id = 0;
    int status = read_operands(cli, &type, &id);
    if (status)
        return status;
    if (itg_directory_rename(cli->itg, type, id, cli->operands[1], &cli->failure))
        return cli_failed(cli);
    return CLI_OK;
}

int cli_directory_delete(struct cli *cli)
{
    return cli_for_operands(cli, itg_directory_delete);
}
