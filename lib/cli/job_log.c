/* itg job run and log: what jobs did. */
#include "cli/job.h"

/* When a run began and how it went. */
static const struct cli_column run_columns[] = {{"run", CLI_ID},
                                                {"due", CLI_STRING | CLI_SPARE},
                                                {"started", CLI_STRING},
                                                {"ended", CLI_STRING | CLI_SPARE},
                                                {"state", CLI_STRING},
                                                {"total", CLI_NATIVE},
                                                {"succeeded", CLI_NATIVE},
                                                {"failed", CLI_NATIVE},
                                                {"refused", CLI_NATIVE | CLI_SPARE},
                                                {"missed", CLI_NATIVE | CLI_SPARE},
                                                {"error", CLI_STRING},
                                                {"message", CLI_LONG}};

static void print_time(struct cli_table *table, int64_t ms, bool seconds)
{
    char text[CLI_JOB_WORDS_SIZE];
    cli_job_time_text(ms, seconds, text);
    cli_table_cell(table, text);
}

static int32_t print_run(void *ctx, const itg_job_run_t *run)
{
    struct cli_table *table = ctx;
    cli_table_cell_int(table, run->id);
    print_time(table, run->due_ms, false);
    print_time(table, run->started_ms, true);
    print_time(table, run->ended_ms, true);
    cli_table_cell(table, itg_run_state_name((itg_run_state_t)run->state));
    cli_table_cell_int(table, run->total);
    cli_table_cell_int(table, run->succeeded);
    cli_table_cell_int(table, run->failed);
    cli_table_cell_int(table, run->refused);
    cli_table_cell_int(table, run->missed);
    cli_table_cell(table, run->error ? itg_error_code((itg_error_t)run->error) : "");
    cli_table_cell(table, run->message);
    return !cli_table_ok(table);
}

static int32_t print_result(void *ctx, const itg_job_result_t *result)
{
    struct cli_table *table = ctx;
    cli_table_cell_int(table, result->thinclient_id);
    cli_table_cell(table, result->mac);
    print_time(table, result->time_ms, true);
    cli_table_cell(table, result->message);
    return !cli_table_ok(table);
}

static int list_results(struct cli *cli, int64_t run_id)
{
    static const struct cli_column columns[] = {
        {"id", CLI_ID}, {"mac", CLI_STRING}, {"time", CLI_STRING}, {"message", CLI_LONG}};
    struct cli_table table;
    cli_table_begin(&table, cli_format(cli), stdout, columns, sizeof columns / sizeof *columns);
    itg_error_t err = itg_job_results(cli->itg, run_id, print_result, &table, &cli->failure);
    return cli_table_finish(cli, &table, err);
}

/* Is the run one of this job? */
struct wanted {
    int64_t id;
    bool found;
    bool failed;
    struct cli_table *table; /* NULL: it is not written */
};

static int32_t find_run(void *ctx, const itg_job_run_t *run)
{
    struct wanted *wanted = ctx;
    if (run->id != wanted->id)
        return 0;
    wanted->found = true;
    wanted->failed = run->failed + run->refused > 0 || run->error;
    if (wanted->table)
        print_run(wanted->table, run);
    return 1;
}

int cli_job_log(struct cli *cli)
{
    struct cli_table table;
    struct wanted wanted = {.found = false};
    int64_t id = 0;
    int status = cli_id(cli, cli->operands[0], &id);
    if (!status && cli->count > 1)
        status = cli_id(cli, cli->operands[1], &wanted.id);
    if (status)
        return status;
    if (cli->count > 1) {
        if (itg_job_runs(cli->itg, id, find_run, &wanted, &cli->failure))
            return cli_failed(cli);
        return wanted.found ? list_results(cli, wanted.id)
                            : cli_refuse("job %lld has no run %lld", (long long)id, (long long)wanted.id);
    }
    cli_table_begin(&table, cli_format(cli), stdout, run_columns, sizeof run_columns / sizeof *run_columns);
    itg_error_t err = itg_job_runs(cli->itg, id, print_run, &table, &cli->failure);
    return cli_table_finish(cli, &table, err);
}

int cli_job_run(struct cli *cli)
{
    struct cli_table table;
    struct wanted wanted = {.table = &table};
    int64_t id = 0;
    int status = cli_id(cli, cli->operands[0], &id);
    if (status)
        return status;
    if (itg_job_run(cli->itg, id, &wanted.id, &cli->failure))
        return cli_failed(cli);
    cli_table_begin(&table, cli_format(cli), stdout, run_columns, sizeof run_columns / sizeof *run_columns);
    itg_error_t err = itg_job_runs(cli->itg, id, find_run, &wanted, &cli->failure);
    status = cli_table_finish(cli, &table, err);
    return !status && wanted.failed ? CLI_REFUSED : status;
}
