#include "cli/cli.h"
#include <string.h>

static const struct cli_column columns[] = {{"id", CLI_ID}, {"name", CLI_STRING}, {"expression", CLI_STRING}};

static int32_t print_row(void *ctx, const itg_view_t *view)
{
    struct cli_table *table = ctx;
    cli_table_cell_int(table, view->id);
    cli_table_cell(table, view->name);
    cli_table_cell(table, view->expression);
    return !cli_table_ok(table);
}

int cli_view_list(struct cli *cli)
{
    struct cli_table table;
    cli_table_begin(&table, cli_format(cli), stdout, columns, sizeof columns / sizeof *columns);
    itg_error_t err = itg_view_each(cli->itg, print_row, &table, &cli->failure);
    return cli_table_finish(cli, &table, err);
}

int cli_view_show(struct cli *cli)
{
    itg_view_t *view = NULL;
    int64_t id = 0;
    int status = cli_id(cli, cli->operands[0], &id);
    if (status)
        return status;
    if (itg_view_get(cli->itg, id, &view, &cli->failure))
        return cli_failed(cli);
    status = cli_thinclients_where(cli, view->expression);
    itg_view_free(view);
    return status;
}

int cli_view_create(struct cli *cli)
{
    int64_t id = 0;
    if (itg_view_create(cli->itg, cli->operands[0], cli->operands[1], &id, &cli->failure))
        return cli_failed(cli);
    return cli_print_created(cli, id);
}

int cli_view_update(struct cli *cli)
{
    int64_t id = 0;
    const char *name = cli->values.name, *expression = cli->values.where;
    int status = cli_id(cli, cli->operands[0], &id);
    if (status)
        return status;
    if (!name && !expression)
        return cli_usage(cli, "neither --name nor --where is given");
    return itg_view_update(cli->itg, id, name, expression, &cli->failure) ? cli_failed(cli) : CLI_OK;
}

int cli_view_delete(struct cli *cli)
{
    itg_error_t err = itg_begin(cli->itg, &cli->failure);
    int status = CLI_OK;
    if (err)
        return cli_failed(cli);
    for (int i = 0; i < cli->count && !err && !status; i++) {
        int64_t id = 0;
        status = cli_id(cli, cli->operands[i], &id);
        if (!status)
            err = itg_view_delete(cli->itg, id, &cli->failure);
    }
    if (err || status) {
        itg_rollback(cli->itg, NULL);
        return status ? status : cli_failed(cli);
    }
    return itg_commit(cli->itg, &cli->failure) ? cli_failed(cli) : CLI_OK;
}
