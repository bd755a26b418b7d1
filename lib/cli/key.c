/* Enrolment keys, and the policy that says who needs one. */
#include "cli/cli.h"
#include "core/time.h"
#include <itg/agent.h>
#include <sodium.h>
#include <string.h>
#include <time.h>

/* "30d": so much from now on, in milliseconds; false if it is no such time. */
static bool read_span(const char *text, int64_t *ret_ms)
{
    static const struct {
        char letter;
        int64_t ms;
    } units[] = {{'m', 60000}, {'h', 3600000}, {'d', 86400000}, {'w', 604800000}};
    char digits[8] = "";
    int64_t count = 0;
    size_t length = strlen(text);
    if (length < 2 || length > sizeof digits)
        return false;
    memcpy(digits, text, length - 1);
    if (itg__parse_int(digits, &count) || count < 1)
        return false;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (units[i].letter == text[length - 1]) {
            *ret_ms = count * units[i].ms;
            return true;
        }
    return false;
}

static int read_expiry(const struct cli *cli, int64_t *ret_ms)
{
    struct timespec now;
    int64_t span_ms = 0;
    *ret_ms = 0;
    if (!cli->values.expires)
        return CLI_OK;
    if (!read_span(cli->values.expires, &span_ms))
        return cli_usage(cli, "--expires is a number and m, h, d or w, such as 30d");
    clock_gettime(CLOCK_REALTIME, &now);
    *ret_ms = (int64_t)now.tv_sec * 1000 + span_ms;
    return CLI_OK;
}

static int print_key(const struct cli *cli, int64_t id, const char *key)
{
    struct cli_record record;
    if (!cli->values.json) {
        printf("%s\n", key);
        return cli_written(fflush(stdout) == 0);
    }
    cli_record_begin(&record, cli_format(cli), stdout);
    cli_record_member_int(&record, "id", CLI_ID, id);
    cli_record_member(&record, "key", CLI_STRING, key);
    return cli_written(cli_record_end(&record));
}

int cli_key_add(struct cli *cli)
{
    char key[ITG_ENROLMENT_KEY_SIZE];
    const struct cli_values *values = &cli->values;
    int64_t expires_ms = 0, directory_id = 0, id = 0;
    if (values->once && values->uses)
        return cli_usage(cli, "either --once or --uses");
    int64_t uses = values->once ? 1 : values->uses ? values->uses : -1;
    int status = read_expiry(cli, &expires_ms);
    if (!status)
        status = cli_directory_id(cli, ITG_TYPE_THINCLIENT_DIRECTORY, values->directory, &directory_id);
    if (status)
        return status;
    if (itg_enrolment_key_create(cli->itg, cli->operands[0], expires_ms, uses, directory_id, key, &id,
                                 &cli->failure))
        return cli_failed(cli);
    status = print_key(cli, id, key);
    sodium_memzero(key, sizeof key);
    return status;
}

static const struct cli_column columns[] = {
    {"id", CLI_ID},          {"name", CLI_STRING},     {"created", CLI_STRING},
    {"expires", CLI_STRING}, {"usesLeft", CLI_NATIVE}, {"directoryID", CLI_ID},
};

static void print_time(struct cli_table *table, int64_t ms)
{
    char text[ITG__TIME_SIZE];
    itg__time_format(ITG_KIND_MINUTE, ms, text);
    cli_table_cell(table, text);
}

static int32_t print_row(void *ctx, const itg_enrolment_key_t *key)
{
    struct cli_table *table = ctx;
    cli_table_cell_int(table, key->id);
    cli_table_cell(table, key->name);
    print_time(table, key->created_ms);
    print_time(table, key->expires_ms);
    cli_table_cell_int(table, key->uses_left);
    cli_table_cell_int(table, key->directory_id);
    return !cli_table_ok(table);
}

int cli_key_list(struct cli *cli)
{
    struct cli_table table;
    cli_table_begin(&table, cli_format(cli), stdout, columns, sizeof columns / sizeof *columns);
    itg_error_t err = itg_enrolment_key_each(cli->itg, print_row, &table, &cli->failure);
    return cli_table_finish(cli, &table, err);
}

static itg_error_t delete_one(itg_t *itg, itg_type_t type, int64_t id, itg_failure_t *failure)
{
    (void)type;
    return itg_enrolment_key_delete(itg, id, failure);
}

int cli_key_delete(struct cli *cli)
{
    return cli_for_operands(cli, delete_one);
}

static const char *policy_at(const void *ctx, size_t index)
{
    (void)ctx;
    const char *name = itg_enrolment_name((itg_enrolment_t)index);
    return *name ? name : NULL;
}

static int show_policy(struct cli *cli)
{
    struct cli_record record;
    itg_enrolment_t policy = ITG_ENROLMENT_KEY;
    if (itg_enrolment_get(cli->itg, &policy, &cli->failure))
        return cli_failed(cli);
    if (!cli->values.json) {
        printf("%s\n", itg_enrolment_name(policy));
        return cli_written(fflush(stdout) == 0);
    }
    cli_record_begin(&record, cli_format(cli), stdout);
    cli_record_member(&record, "policy", CLI_STRING, itg_enrolment_name(policy));
    return cli_written(cli_record_end(&record));
}

int cli_key_policy(struct cli *cli)
{
    if (cli->count == 0)
        return show_policy(cli);
    const char *name = cli->operands[0];
    int32_t policy = itg_enrolment_from_name(name);
    if (policy < 0) {
        const char *meant = cli_suggest(name, policy_at, NULL);
        return cli_usage(cli, "there is no policy '%s'%s%s%s", name, meant ? "; did you mean '" : "",
                         meant ? meant : "", meant ? "'?" : "");
    }
    return itg_enrolment_set(cli->itg, (itg_enrolment_t)policy, &cli->failure) ? cli_failed(cli) : CLI_OK;
}

int cli_key_revoke(struct cli *cli)
{
    int64_t id = 0;
    int status = cli_thinclient_id(cli, cli->operands[0], &id);
    if (status)
        return status;
    return itg_token_revoke(cli->itg, id, &cli->failure) ? cli_failed(cli) : CLI_OK;
}
