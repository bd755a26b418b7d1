/* Template keys, their values, and what has them. */
#include "cli/cli.h"
#include <stdlib.h>

int cli_template_key(struct cli *cli)
{
    const char *word = cli->operands[1];
    itg_template_type_t type = itg_template_type_from_name(word);
    int64_t parent_id = ITG_ROOT_TEMPLATES, id = 0;
    if (!type)
        return cli_usage(cli, "'%s' is no type; types are StringType, IntegerType, FloatType and BooleanType",
                         word);
    int status = cli->values.parent ? cli_id(cli, cli->values.parent, &parent_id) : CLI_OK;
    if (status)
        return status;
    if (itg_template_key_create(cli->itg, cli->operands[0], type, parent_id, &id, &cli->failure))
        return cli_failed(cli);
    return cli_print_created(cli, id);
}

int cli_template_value(struct cli *cli)
{
    int64_t key_id = 0, id = 0;
    const char *description = cli->count > 2 ? cli->operands[2] : NULL;
    int status = cli_id(cli, cli->operands[0], &key_id);
    if (status)
        return status;
    if (itg_template_value_create(cli->itg, key_id, cli->operands[1], description, &id, &cli->failure))
        return cli_failed(cli);
    return cli_print_created(cli, id);
}

int cli_template_update(struct cli *cli)
{
    int64_t id = 0;
    const char *description = cli->count > 2 ? cli->operands[2] : NULL;
    int status = cli_id(cli, cli->operands[0], &id);
    if (!status && itg_template_value_update(cli->itg, id, cli->operands[1], description, &cli->failure))
        status = cli_failed(cli);
    return status;
}

/* A key or a value: ids tell. */
static itg_error_t delete_one(struct cli *cli, int64_t id)
{
    itg_error_t err = itg_template_key_delete(cli->itg, id, &cli->failure);
    if (err != ITG_E_NO_HANDLER)
        return err;
    itg_failure_clear(&cli->failure);
    return itg_template_value_delete(cli->itg, id, &cli->failure);
}

static itg_error_t delete_all(struct cli *cli, const int64_t *ids)
{
    itg_error_t err = itg_begin(cli->itg, &cli->failure);
    if (err)
        return err;
    for (int i = 0; i < cli->count && !err; i++)
        err = delete_one(cli, ids[i]);
    return cli_end_group(cli, err);
}

int cli_template_delete(struct cli *cli)
{
    int64_t *ids = NULL;
    int status = cli_ids(cli, 0, &ids);
    if (!status && delete_all(cli, ids))
        status = cli_failed(cli);
    free(ids);
    return status;
}

/* The thin client or thin client directory that the first operand names. */
static int read_receiver(struct cli *cli, itg_template_assignment_t *assignment)
{
    itg_object_t *directory = NULL;
    int status = cli_thinclient_id(cli, cli->operands[0], &assignment->receiver_id);
    if (status)
        return status;
    itg_error_t err =
        itg_directory_get(cli->itg, ITG_TYPE_THINCLIENT_DIRECTORY, assignment->receiver_id, &directory, NULL);
    assignment->receiver_type = err ? ITG_TYPE_THINCLIENT : ITG_TYPE_THINCLIENT_DIRECTORY;
    itg_object_free(directory);
    return CLI_OK;
}

int cli_template_assign(struct cli *cli)
{
    itg_template_assignment_t assignment = {0};
    int status = read_receiver(cli, &assignment);
    if (!status)
        status = cli_id(cli, cli->operands[1], &assignment.key_id);
    if (!status)
        status = cli_id(cli, cli->operands[2], &assignment.value_id);
    if (!status && itg_template_assign(cli->itg, &assignment, 1, &cli->failure))
        status = cli_failed(cli);
    return status;
}

int cli_template_unassign(struct cli *cli)
{
    itg_template_assignment_t assignment = {0};
    int status = read_receiver(cli, &assignment);
    if (!status)
        status = cli_id(cli, cli->operands[1], &assignment.key_id);
    if (!status && itg_template_unassign(cli->itg, assignment.receiver_id, assignment.key_id, &cli->failure))
        status = cli_failed(cli);
    return status;
}

static int32_t print_key(void *ctx, const itg_template_key_t *key)
{
    struct cli_table *table = ctx;
    cli_table_cell_int(table, key->id);
    cli_table_cell(table, key->name);
    cli_table_cell(table, itg_template_type_name(key->type));
    cli_table_cell_int(table, key->parent_id);
    return !cli_table_ok(table);
}

static int32_t print_value(void *ctx, const itg_template_value_t *value)
{
    struct cli_table *table = ctx;
    cli_table_cell_int(table, value->id);
    cli_table_cell(table, value->value);
    cli_table_cell(table, value->description);
    return !cli_table_ok(table);
}

int cli_template_list(struct cli *cli)
{
    static const struct cli_column keys[] = {
        {"id", CLI_ID}, {"name", CLI_STRING}, {"type", CLI_STRING}, {"parentID", CLI_ID}};
    static const struct cli_column values[] = {
        {"id", CLI_ID}, {"value", CLI_STRING}, {"description", CLI_STRING}};
    struct cli_table table;
    int64_t id = 0;
    itg_error_t err;
    int status = cli->count > 0 ? cli_id(cli, cli->operands[0], &id) : CLI_OK;
    if (status)
        return status;
    cli_table_begin(&table, cli_format(cli), stdout, cli->count > 0 ? values : keys, cli->count > 0 ? 3 : 4);
    if (cli->count > 0)
        err = itg_template_value_each(cli->itg, id, print_value, &table, &cli->failure);
    else
        err = itg_template_key_each(cli->itg, 0, print_key, &table, &cli->failure);
    return cli_table_finish(cli, &table, err);
}

static int32_t print_assignment(void *ctx, const itg_template_assignment_t *assignment)
{
    struct cli_table *table = ctx;
    cli_table_cell_int(table, assignment->key_id);
    cli_table_cell_int(table, assignment->value_id);
    return !cli_table_ok(table);
}

int cli_template_assignments(struct cli *cli)
{
    static const struct cli_column columns[] = {{"templateId", CLI_ID}, {"valueId", CLI_ID}};
    itg_template_assignment_t receiver = {0};
    struct cli_table table;
    int status = read_receiver(cli, &receiver);
    if (status)
        return status;
    cli_table_begin(&table, cli_format(cli), stdout, columns, 2);
    itg_error_t err = itg_template_assignments(cli->itg, receiver.receiver_type, receiver.receiver_id,
                                               print_assignment, &table, &cli->failure);
    return cli_table_finish(cli, &table, err);
}
