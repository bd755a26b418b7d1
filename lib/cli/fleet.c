#include "cli/cli.h"
#include <stdlib.h>

int cli_open(struct cli *cli, bool must_exist, const itg_log_t *log)
{
    const struct cli_values *values = &cli->values;
    const char *path = values->db ? values->db : getenv("ITG_DB");
    if (!path || !*path)
        return cli_usage(cli, "which fleet? Give --db FILE or set ITG_DB");
    cli->values.db = path;
    itg_options_t options = {
        .size = sizeof options,
        .durability = values->relaxed ? ITG_DURABILITY_NORMAL : ITG_DURABILITY_FULL,
        .session_lifetime_ms = values->session_minutes * 60000,
        .must_exist = must_exist,
        .wake_port = (int32_t)values->wake_port,
        .wake_broadcast = values->wake_broadcast,
        .wake_no_unicast = values->no_wake_unicast,
        .log = log,
    };
    return itg_open(path, &options, &cli->itg, &cli->failure) ? cli_failed(cli) : CLI_OK;
}

itg_error_t cli_end_group(struct cli *cli, itg_error_t err)
{
    if (!err)
        return itg_commit(cli->itg, &cli->failure);
    itg_rollback(cli->itg, NULL); /* whether it works or not, the first error is the one to report */
    return err;
}

static void print_finding(void *ctx, const char *finding)
{
    cli_table_cell(ctx, finding);
}

int cli_check(struct cli *cli)
{
    static const struct cli_column columns[] = {{"finding", CLI_STRING}};
    struct cli_table table;
    int64_t findings = 0;
    cli_table_begin(&table, cli_format(cli), stdout, columns, 1);
    itg_error_t err = itg_check(cli->itg, print_finding, &table, &findings, &cli->failure);
    int status = cli_table_finish(cli, &table, err);
    if (!err && findings > 0)
        return cli_refuse("%s: %lld %s found", cli->values.db, (long long)findings,
                          findings == 1 ? "fault" : "faults");
    return status;
}
