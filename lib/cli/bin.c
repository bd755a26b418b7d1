/* itg bin: the recycle bin of all three trees. Its operands are ids, which tell their types by themselves. */
#include "cli/cli.h"
#include <stdlib.h>

static const struct cli_column columns[] = {
    {"id", CLI_ID},
    {"objectType", CLI_STRING},
    {"name", CLI_STRING},
    {"parentID", CLI_ID},
};

enum { COLUMNS = sizeof columns / sizeof *columns };

static int32_t print_row(void *ctx, const itg_object_t *object)
{
    struct cli_table *table = ctx;
    cli_table_cell_int(table, object->id);
    cli_table_cell(table, itg_type_name(object->type));
    cli_table_cell(table, object->name);
    cli_table_cell_int(table, object->parent_id);
    return !cli_table_ok(table);
}

int cli_bin_list(struct cli *cli)
{
    struct cli_table table;
    cli_table_begin(&table, cli_format(cli), stdout, columns, COLUMNS);
    return cli_table_finish(cli, &table, itg_bin_each(cli->itg, 0, print_row, &table, &cli->failure));
}

static itg_error_t do_all(struct cli *cli, cli_object_fn one, const int64_t *ids)
{
    itg_type_t type;
    itg_error_t err = itg_begin(cli->itg, &cli->failure);
    if (err)
        return err;
    for (int i = 0; i < cli->count && !err; i++) {
        err = itg_object_type(cli->itg, ids[i], &type, &cli->failure);
        if (!err)
            err = one(cli->itg, type, ids[i], &cli->failure);
    }
    return cli_end_group(cli, err);
}

/* To all objects that are named, or to none. */
static int for_objects(struct cli *cli, cli_object_fn one)
{
    int64_t *ids = NULL;
    int status = cli_thinclient_ids(cli, 0, &ids);
    if (!status && do_all(cli, one, ids))
        status = cli_failed(cli);
    free(ids);
    return status;
}

int cli_bin_put(struct cli *cli)
{
    return for_objects(cli, itg_bin_put);
}

int cli_bin_restore(struct cli *cli)
{
    return for_objects(cli, itg_bin_restore);
}

int cli_bin_purge(struct cli *cli)
{
    return for_objects(cli, itg_bin_purge);
}

int cli_bin_empty(struct cli *cli)
{
    struct cli_record record;
    int64_t objects = 0;
    if (itg_bin_empty(cli->itg, &objects, &cli->failure))
        return cli_failed(cli);
    cli_record_begin(&record, cli_format(cli), stdout);
    cli_record_member_int(&record, "purged", CLI_NATIVE, objects);
    return cli_written(cli_record_end(&record));
}
