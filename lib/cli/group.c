/* itg group: groups of users. */
#include "cli/cli.h"

static int32_t print_group(void *ctx, const itg_group_t *group)
{
    struct cli_table *table = ctx;
    cli_table_cell_int(table, group->id);
    cli_table_cell(table, group->name);
    cli_table_cell_int(table, group->members);
    return !cli_table_ok(table);
}

static int32_t print_member(void *ctx, const itg_user_t *user)
{
    struct cli_table *table = ctx;
    cli_table_cell_int(table, user->id);
    cli_table_cell(table, user->name);
    cli_table_cell(table, itg_role_name(user->role));
    return !cli_table_ok(table);
}

int cli_group_list(struct cli *cli)
{
    static const struct cli_column groups[] = {{"id", CLI_ID}, {"name", CLI_STRING}, {"members", CLI_NATIVE}};
    static const struct cli_column members[] = {{"id", CLI_ID}, {"name", CLI_STRING}, {"role", CLI_STRING}};
    struct cli_table table;
    itg_error_t err;
    cli_table_begin(&table, cli_format(cli), stdout, cli->count > 0 ? members : groups, 3);
    if (cli->count > 0)
        err = itg_group_members(cli->itg, cli->operands[0], print_member, &table, &cli->failure);
    else
        err = itg_group_each(cli->itg, print_group, &table, &cli->failure);
    return cli_table_finish(cli, &table, err);
}

int cli_group_create(struct cli *cli)
{
    int64_t id = 0;
    itg_error_t err = itg_group_create(cli->itg, cli->operands[0], &id, &cli->failure);
    return err ? cli_failed(cli) : cli_print_created(cli, id);
}

int cli_group_delete(struct cli *cli)
{
    return itg_group_delete(cli->itg, cli->operands[0], &cli->failure) ? cli_failed(cli) : CLI_OK;
}

typedef itg_error_t (*member_fn)(itg_t *itg, const char *group, const char *user, itg_failure_t *failure);

/* With all users that are named, or with none. */
static int for_members(struct cli *cli, member_fn one)
{
    itg_error_t err = itg_begin(cli->itg, &cli->failure);
    if (err)
        return cli_failed(cli);
    for (int i = 1; i < cli->count && !err; i++)
        err = one(cli->itg, cli->operands[0], cli->operands[i], &cli->failure);
    return cli_end_group(cli, err) ? cli_failed(cli) : CLI_OK;
}

int cli_group_add(struct cli *cli)
{
    return for_members(cli, itg_group_add);
}

int cli_group_remove(struct cli *cli)
{
    return for_members(cli, itg_group_remove);
}
