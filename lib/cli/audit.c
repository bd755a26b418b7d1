/* itg audit: who changed what. */
#include "cli/job.h"
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { DEFAULT_LIMIT = 100, LONGEST_AGE = 6 /* digits */ };

static const struct cli_column shown[] = {
    {"id", CLI_ID},         {"time", CLI_STRING},  {"actor", CLI_STRING}, {"operation", CLI_STRING},
    {"object", CLI_STRING}, {"changes", CLI_LONG},
};
static const struct cli_column members[] = {
    {"id", CLI_ID},
    {"time", CLI_STRING},
    {"actor", CLI_STRING},
    {"operation", CLI_STRING},
    {"objectType", CLI_STRING},
    {"objectID", CLI_ID},
    {"objectName", CLI_STRING},
    {"before", CLI_NATIVE},
    {"after", CLI_NATIVE},
};

/* ---- times */

static const struct {
    char letter;
    int64_t ms;
} units[] = {{'w', INT64_C(604800000)}, {'d', 86400000}, {'h', 3600000}, {'m', 60000}, {'s', 1000}};

/* "90d". False: it is something else */
static bool read_age(const char *text, int64_t *ret_ms)
{
    size_t digits = strspn(text, "0123456789");
    int64_t count = 0;
    if (digits == 0 || digits > LONGEST_AGE || text[digits] == '\0' || text[digits + 1] != '\0')
        return false;
    for (size_t i = 0; i < digits; i++)
        count = count * 10 + (text[i] - '0');
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (text[digits] == units[i].letter) {
            *ret_ms = count * units[i].ms;
            return true;
        }
    return false;
}

static int read_time(const struct cli *cli, const char *option, const char *text, int64_t *ret_ms)
{
    int64_t age_ms = 0;
    if (!text)
        return CLI_OK;
    if (!read_age(text, &age_ms))
        return cli_job_time(cli, option, text, ret_ms);
    *ret_ms = (int64_t)time(NULL) * 1000 - age_ms;
    return CLI_OK;
}

/* ---- changes */

static void add_value(struct itg__buf *out, const json_t *value)
{
    char *text = json_dumps(value, JSON_ENCODE_ANY);
    if (text)
        itg__buf_str(out, text);
    else
        out->failed = true;
    free(text);
}

static void begin_change(struct itg__buf *out, const char *sign, const char *key)
{
    if (out->length > 0)
        itg__buf_str(out, ", ");
    itg__buf_str(out, sign);
    itg__buf_str(out, key);
    itg__buf_str(out, ": ");
}

/* site: "" -> "Bremen", +comment: "new", -department: "gone" */
static void write_changes(struct itg__buf *out, json_t *before, json_t *after)
{
    const char *key;
    json_t *value;
    json_object_foreach(before, key, value)
    {
        const json_t *now = json_object_get(after, key);
        begin_change(out, now ? "" : "-", key);
        add_value(out, value);
        if (now)
            itg__buf_str(out, " -> ");
        if (now)
            add_value(out, now);
    }
    json_object_foreach(after, key, value)
    {
        if (json_object_get(before, key))
            continue;
        begin_change(out, "+", key);
        add_value(out, value);
    }
}

static void add_changes(struct itg__buf *out, const itg_audit_t *entry)
{
    json_t *before = json_loads(entry->before, 0, NULL), *after = json_loads(entry->after, 0, NULL);
    if (before && after)
        write_changes(out, before, after);
    json_decref(before);
    json_decref(after);
}

static void print_members(struct cli_table *table, const itg_audit_t *entry)
{
    cli_table_cell(table, entry->actor);
    cli_table_cell(table, entry->operation);
    cli_table_cell(table, entry->object_type);
    cli_table_cell_int(table, entry->object_id);
    cli_table_cell(table, entry->object_name);
    cli_table_cell(table, entry->before);
    cli_table_cell(table, entry->after);
}

static bool print_shown(struct cli_table *table, const itg_audit_t *entry)
{
    struct itg__buf object = {0}, changes = {0};
    itg__buf_str(&object, entry->object_type);
    itg__buf_char(&object, ' ');
    itg__buf_int(&object, entry->object_id);
    itg__buf_char(&object, ' ');
    itg__buf_add(&object, entry->object_name, strlen(entry->object_name) + 1);
    add_changes(&changes, entry);
    itg__buf_char(&changes, '\0');
    bool ok = !object.failed && !changes.failed;
    if (ok) {
        cli_table_cell(table, *entry->actor ? entry->actor : "-");
        cli_table_cell(table, entry->operation);
        cli_table_cell(table, object.data);
        cli_table_cell(table, changes.data);
    }
    itg__buf_dispose(&object);
    itg__buf_dispose(&changes);
    return ok;
}

static int32_t print_entry(void *ctx, const itg_audit_t *entry)
{
    struct cli_table *table = ctx;
    char when[CLI_JOB_WORDS_SIZE];
    bool ok = true;
    cli_job_time_text(entry->time_ms, true, when);
    cli_table_cell_int(table, entry->id);
    cli_table_cell(table, when);
    if (table->format == CLI_AS_JSON)
        print_members(table, entry);
    else
        ok = print_shown(table, entry);
    return !ok || !cli_table_ok(table);
}

int cli_audit_list(struct cli *cli)
{
    const struct cli_values *values = &cli->values;
    struct cli_table table;
    itg_audit_filter_t filter = {.size = sizeof filter,
                                 .actor = values->actor,
                                 .object_id = values->object,
                                 .operation = values->operation,
                                 .newest_first = 1,
                                 .limit = values->limit < 0 ? DEFAULT_LIMIT : values->limit};
    if (values->actor && strcmp(values->actor, "-") == 0)
        filter.actor = "";
    int status = read_time(cli, "since", values->since, &filter.from_ms);
    if (!status)
        status = read_time(cli, "until", values->until, &filter.until_ms);
    if (status)
        return status;
    bool json = cli_format(cli) == CLI_AS_JSON;
    cli_table_begin(&table, cli_format(cli), stdout, json ? members : shown,
                    json ? sizeof members / sizeof *members : sizeof shown / sizeof *shown);
    itg_error_t err = itg_audit_each(cli->itg, &filter, print_entry, &table, &cli->failure);
    return cli_table_finish(cli, &table, err);
}

int cli_audit_prune(struct cli *cli)
{
    const char *age = cli->values.older_than;
    int64_t age_ms = 0, removed = 0;
    if (!age || !read_age(age, &age_ms))
        return cli_usage(cli, "--older-than takes an age such as 90d, 12h or 4w");
    if (itg_audit_prune(cli->itg, age_ms, &removed, &cli->failure))
        return cli_failed(cli);
    struct cli_record record;
    cli_record_begin(&record, cli_format(cli), stdout);
    cli_record_member_int(&record, "removed", CLI_NATIVE, removed);
    return cli_written(cli_record_end(&record));
}
