/* itg job: commands that are sent when their time has come. */
#include "cli/job.h"
#include <stdlib.h>
#include <string.h>

/* ---- from options to a job */

/* The ids that a job gets. */
struct lists {
    int64_t *thinclients;
    int64_t *directories;
};

static void lists_dispose(struct lists *lists)
{
    free(lists->thinclients);
    free(lists->directories);
}

static int read_directory(struct cli *cli, const char *text, int64_t *ret_id)
{
    return cli_directory_id(cli, ITG_TYPE_THINCLIENT_DIRECTORY, text, ret_id);
}

static size_t count_words(const struct cli_many *many)
{
    size_t count = 0;
    for (size_t i = 0; i < many->count; i++)
        for (const char *c = many->items[i]; c; c = strchr(c, ','), c = c ? c + 1 : NULL)
            count++;
    return count;
}

/* Reads "5,00:E0:C5:00:00:01" of each time the option was given; "none" alone is nobody. */
static int read_ids(struct cli *cli, const struct cli_many *many,
                    int (*one)(struct cli *cli, const char *text, int64_t *ret_id), int64_t **ret_ids,
                    size_t *ret_count)
{
    char word[64];
    size_t count = 0;
    int64_t *ids = calloc(count_words(many) + 1, sizeof *ids);
    int status = ids ? CLI_OK : cli_refuse("out of memory");
    bool nobody = many->count == 1 && strcmp(many->items[0], "none") == 0;
    for (size_t i = 0; i < many->count && !status && !nobody; i++)
        for (const char *c = many->items[i]; c && !status; c = strchr(c, ','), c = c ? c + 1 : NULL) {
            snprintf(word, sizeof word, "%.*s", (int)strcspn(c, ","), c);
            status = one(cli, word, &ids[count++]);
        }
    *ret_ids = ids;
    *ret_count = count;
    return status;
}

static int read_targets(struct cli *cli, itg_job_spec_t *spec, struct lists *lists)
{
    const struct cli_values *values = &cli->values;
    int status = CLI_OK;
    if (values->where)
        spec->expression = values->where;
    if (values->tc.count > 0) {
        status = read_ids(cli, &values->tc, cli_thinclient_id, &lists->thinclients, &spec->thinclient_count);
        spec->thinclients = lists->thinclients;
    }
    if (!status && values->dir.count > 0) {
        status = read_ids(cli, &values->dir, read_directory, &lists->directories, &spec->directory_count);
        spec->directories = lists->directories;
    }
    return status;
}

static int read_repetition(const struct cli *cli, itg_job_spec_t *spec)
{
    const struct cli_values *values = &cli->values;
    int status = CLI_OK;
    if (values->every) {
        status = cli_job_every(cli, values->every, &spec->every_s);
        spec->weekdays = 0;
    }
    if (!status && values->weekdays) {
        status = cli_job_weekdays(cli, values->weekdays, &spec->weekdays);
        spec->every_s = values->every ? spec->every_s : 0;
    }
    return status;
}

/* Changes what the options say. */
static int read_options(struct cli *cli, itg_job_spec_t *spec, struct lists *lists)
{
    const struct cli_values *values = &cli->values;
    itg_command_t command = (itg_command_t)spec->command;
    int status = values->command ? cli_command_word(cli, values->command, &command) : CLI_OK;
    spec->command = (int32_t)command;
    if (values->enable || values->disable)
        spec->disabled = values->disable;
    if (!status && values->at)
        status = cli_job_time(cli, "at", values->at, &spec->start_ms);
    if (!status)
        status = read_repetition(cli, spec);
    if (!status && values->until && strcmp(values->until, "none") == 0)
        spec->expires_ms = 0;
    else if (!status && values->until)
        status = cli_job_time(cli, "until", values->until, &spec->expires_ms);
    return status ? status : read_targets(cli, spec, lists);
}

int cli_job_create(struct cli *cli)
{
    itg_job_spec_t spec = {.size = sizeof spec, .name = cli->operands[0]};
    struct lists lists = {0};
    int64_t id = 0;
    if (!cli->values.command || !cli->values.at)
        return cli_usage(cli, "--command and --at must be given");
    int status = read_options(cli, &spec, &lists);
    if (!status && itg_job_create(cli->itg, &spec, &id, &cli->failure))
        status = cli_failed(cli);
    lists_dispose(&lists);
    return status ? status : cli_print_created(cli, id);
}

static itg_job_spec_t spec_of(const itg_job_t *job)
{
    return (itg_job_spec_t){.size = sizeof(itg_job_spec_t),
                            .name = job->name,
                            .command = job->command,
                            .disabled = job->disabled,
                            .thinclients = job->thinclients,
                            .thinclient_count = job->thinclient_count,
                            .directories = job->directories,
                            .directory_count = job->directory_count,
                            .expression = job->expression,
                            .start_ms = job->start_ms,
                            .every_s = job->every_s,
                            .weekdays = job->weekdays,
                            .expires_ms = job->expires_ms};
}

static int update(struct cli *cli, int64_t id)
{
    struct lists lists = {0};
    itg_job_t *job = NULL;
    if (itg_job_get(cli->itg, id, &job, &cli->failure))
        return cli_failed(cli);
    itg_job_spec_t spec = spec_of(job);
    if (cli->values.name)
        spec.name = cli->values.name;
    int status = read_options(cli, &spec, &lists);
    if (!status && itg_job_update(cli->itg, id, &spec, &cli->failure))
        status = cli_failed(cli);
    lists_dispose(&lists);
    itg_job_free(job);
    return status;
}

int cli_job_update(struct cli *cli)
{
    int64_t id = 0;
    int status = cli_id(cli, cli->operands[0], &id);
    if (!status && cli->values.enable && cli->values.disable)
        status = cli_usage(cli, "either --enable or --disable");
    if (status)
        return status;
    /* Together, so that no change by others is lost in between. */
    if (itg_begin(cli->itg, &cli->failure))
        return cli_failed(cli);
    status = update(cli, id);
    if (status) {
        itg_rollback(cli->itg, NULL);
        return status;
    }
    return itg_commit(cli->itg, &cli->failure) ? cli_failed(cli) : CLI_OK;
}

static itg_error_t delete_one(itg_t *itg, itg_type_t type, int64_t id, itg_failure_t *failure)
{
    (void)type;
    return itg_job_delete(itg, id, failure);
}

int cli_job_delete(struct cli *cli)
{
    return cli_for_operands(cli, delete_one);
}

/* ---- writing */

static int32_t print_row(void *ctx, const itg_job_t *job)
{
    struct cli_table *table = ctx;
    char text[CLI_JOB_WORDS_SIZE];
    cli_table_cell_int(table, job->id);
    cli_table_cell(table, job->name);
    cli_table_cell(table, itg_command_name((itg_command_t)job->command));
    cli_table_cell_bool(table, !job->disabled);
    cli_job_time_text(job->start_ms, false, text);
    cli_table_cell(table, text);
    cli_job_repeat_text(job, text);
    cli_table_cell(table, text);
    cli_job_time_text(job->due_ms, false, text);
    cli_table_cell(table, text);
    return !cli_table_ok(table);
}

int cli_job_list(struct cli *cli)
{
    static const struct cli_column columns[] = {
        {"id", CLI_ID},     {"name", CLI_STRING},    {"command", CLI_STRING}, {"enabled", CLI_NATIVE},
        {"at", CLI_STRING}, {"repeats", CLI_STRING}, {"next", CLI_STRING}};
    struct cli_table table;
    cli_table_begin(&table, cli_format(cli), stdout, columns, sizeof columns / sizeof *columns);
    itg_error_t err = itg_job_each(cli->itg, print_row, &table, &cli->failure);
    return cli_table_finish(cli, &table, err);
}

static void show_time(struct cli_record *record, const char *key, int64_t ms)
{
    char text[CLI_JOB_WORDS_SIZE];
    cli_job_time_text(ms, false, text);
    cli_record_member(record, key, CLI_STRING, text);
}

/* An array in JSON, else "4 5". @return false: no memory */
static bool show_ids(struct cli_record *record, const char *key, const int64_t *ids, size_t count)
{
    struct itg__buf text = {0};
    bool json = record->format == CLI_AS_JSON;
    itg__buf_str(&text, json ? "[" : "");
    for (size_t i = 0; i < count; i++) {
        itg__buf_str(&text, i == 0 ? "" : json ? "," : " ");
        itg__buf_str(&text, json ? "\"" : "");
        itg__buf_int(&text, ids[i]);
        itg__buf_str(&text, json ? "\"" : "");
    }
    itg__buf_str(&text, json ? "]" : "");
    itg__buf_char(&text, '\0');
    bool ok = !text.failed;
    if (ok)
        cli_record_member(record, key, CLI_NATIVE, text.data);
    itg__buf_dispose(&text);
    return ok;
}

/* The name of an account. */
struct owner {
    int64_t id;
    char name[ITG_LIMIT_USER_NAME + 1];
};

static int32_t find_owner(void *ctx, const itg_user_t *user)
{
    struct owner *owner = ctx;
    if (user->id != owner->id)
        return 0;
    snprintf(owner->name, sizeof owner->name, "%s", user->name);
    return 1;
}

static int show(struct cli *cli, const itg_job_t *job, const struct owner *owner)
{
    struct cli_record record;
    char text[CLI_JOB_WORDS_SIZE];
    cli_record_begin(&record, cli_format(cli), stdout);
    cli_record_member_int(&record, "id", CLI_ID, job->id);
    cli_record_member(&record, "name", CLI_STRING, job->name);
    cli_record_member(&record, "command", CLI_STRING, itg_command_name((itg_command_t)job->command));
    cli_record_member(&record, "enabled", CLI_NATIVE, job->disabled ? "false" : "true");
    bool ok = show_ids(&record, "thinclients", job->thinclients, job->thinclient_count) &&
              show_ids(&record, "directories", job->directories, job->directory_count);
    cli_record_member(&record, "where", CLI_STRING, job->expression);
    show_time(&record, "at", job->start_ms);
    cli_job_repeat_text(job, text);
    cli_record_member(&record, "repeats", CLI_STRING, text);
    show_time(&record, "until", job->expires_ms);
    show_time(&record, "next", job->due_ms);
    cli_record_member_int(&record, "ownerID", CLI_ID, job->owner_id);
    cli_record_member(&record, "owner", CLI_STRING, owner->name);
    return cli_written(cli_record_end(&record) && ok);
}

int cli_job_show(struct cli *cli)
{
    itg_job_t *job = NULL;
    struct owner owner = {.id = 0};
    int64_t id = 0;
    int status = cli_id(cli, cli->operands[0], &id);
    if (status)
        return status;
    itg_error_t err = itg_job_get(cli->itg, id, &job, &cli->failure);
    if (!err) {
        owner.id = job->owner_id;
        err = itg_user_each(cli->itg, find_owner, &owner, &cli->failure);
    }
    status = err ? cli_failed(cli) : show(cli, job, &owner);
    itg_job_free(job);
    return status;
}
