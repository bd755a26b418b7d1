/* What the command does alike for everything that lives in a tree. */
#include "cli/cli.h"
#include <stdlib.h>

/* The type that the command is about; --tree may say another. */
static int object_type(const struct cli *cli, itg_type_t *ret_type)
{
    *ret_type = cli->command->type;
    return *ret_type == ITG_TYPE_THINCLIENT_DIRECTORY ? cli_tree(cli, ret_type) : CLI_OK;
}

static int object_ids(struct cli *cli, int first, int64_t **ret_ids)
{
    if (cli->command->type == ITG_TYPE_THINCLIENT)
        return cli_thinclient_ids(cli, first, ret_ids);
    return cli_ids(cli, first, ret_ids);
}

static itg_error_t do_each(struct cli *cli, cli_object_fn one, itg_type_t type, const int64_t *ids, int count)
{
    itg_error_t err = itg_begin(cli->itg, &cli->failure);
    if (err)
        return err;
    for (int i = 0; i < count && !err; i++)
        err = one(cli->itg, type, ids[i], &cli->failure);
    return cli_end_group(cli, err);
}

int cli_for_operands(struct cli *cli, cli_object_fn one)
{
    itg_type_t type;
    int64_t *ids = NULL;
    int status = object_type(cli, &type);
    if (!status)
        status = object_ids(cli, 0, &ids);
    if (!status && do_each(cli, one, type, ids, cli->count))
        status = cli_failed(cli);
    free(ids);
    return status;
}

int cli_bin(struct cli *cli)
{
    return cli_for_operands(cli, itg_bin_put);
}

int cli_restore(struct cli *cli)
{
    return cli_for_operands(cli, itg_bin_restore);
}

static itg_type_t directory_type(itg_type_t type)
{
    return type == ITG_TYPE_PROFILE         ? ITG_TYPE_PROFILE_DIRECTORY
           : type == ITG_TYPE_MASTERPROFILE ? ITG_TYPE_MASTERPROFILE_DIRECTORY
           : type == ITG_TYPE_THINCLIENT    ? ITG_TYPE_THINCLIENT_DIRECTORY
                                            : type;
}

static int print_moves(const struct cli *cli, const itg_move_entry_t *entries, size_t count)
{
    static const struct cli_column columns[] = {{"id", CLI_ID}, {"results", CLI_STRING}};
    struct cli_table table;
    size_t failures = 0;
    cli_table_begin(&table, cli_format(cli), stdout, columns, 2);
    for (size_t i = 0; i < count; i++) {
        cli_table_cell_int(&table, entries[i].id);
        cli_table_cell(&table, itg_move_result_name(entries[i].result));
        failures += entries[i].result != ITG_MOVE_SUCCESSFUL;
    }
    int status = cli_written(cli_table_end(&table));
    return failures > 0 ? CLI_REFUSED : status;
}

static int move_to(struct cli *cli, itg_type_t type, int64_t target, const int64_t *ids, size_t count)
{
    itg_move_entry_t *entries = calloc(count, sizeof *entries);
    if (!entries)
        return cli_refuse("out of memory");
    for (size_t i = 0; i < count; i++)
        entries[i] = (itg_move_entry_t){.id = ids[i], .type = type};
    int status = itg_move(cli->itg, directory_type(type), target, entries, count, &cli->failure)
                     ? cli_failed(cli)
                     : print_moves(cli, entries, count);
    free(entries);
    return status;
}

int cli_move(struct cli *cli)
{
    itg_type_t type;
    int64_t target = 0, *ids = NULL;
    int status = object_type(cli, &type);
    if (!status)
        status = cli_directory_id(cli, type, cli->operands[0], &target);
    if (!status)
        status = object_ids(cli, 1, &ids);
    if (!status)
        status = move_to(cli, type, target, ids, (size_t)cli->count - 1);
    free(ids);
    return status;
}
