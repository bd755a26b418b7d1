/* Settings: what profiles carry, and what of it a thin client gets. */
#include "cli/cli.h"
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* Ids are unique among all kinds of object, so an id tells which kind of profile is meant. */
static int read_profile(struct cli *cli, int64_t *ret_id, itg_type_t *ret_type)
{
    itg_profile_t *profile = NULL;
    int status = cli_id(cli, cli->operands[0], ret_id);
    if (status)
        return status;
    itg_error_t err = itg_profile_get(cli->itg, ITG_TYPE_MASTERPROFILE, *ret_id, &profile, NULL);
    *ret_type = err ? ITG_TYPE_PROFILE : ITG_TYPE_MASTERPROFILE;
    itg_profile_free(profile);
    return CLI_OK;
}

/* JSON, or a word that is none and is then meant as a string. @return text to be freed; NULL without memory
 */
static char *value_of(const char *word)
{
    json_t *value = json_loads(word, JSON_DECODE_ANY, NULL);
    if (!value && *word != '"' && *word != '[' && *word != '{')
        value = json_string(word);
    char *text = value ? json_dumps(value, JSON_ENCODE_ANY) : strdup(word);
    json_decref(value);
    return text;
}

int cli_settings_set(struct cli *cli)
{
    int64_t id = 0;
    itg_type_t type;
    int status = read_profile(cli, &id, &type);
    if (status)
        return status;
    char *value = value_of(cli->operands[2]);
    if (!value)
        return cli_refuse("out of memory");
    if (itg_setting_set(cli->itg, type, id, cli->operands[1], value, &cli->failure))
        status = cli_failed(cli);
    free(value);
    return status;
}

static itg_error_t unset_all(struct cli *cli, itg_type_t type, int64_t id)
{
    itg_error_t err = itg_begin(cli->itg, &cli->failure);
    if (err)
        return err;
    for (int i = 1; i < cli->count && !err; i++)
        err = itg_setting_unset(cli->itg, type, id, cli->operands[i], &cli->failure);
    return cli_end_group(cli, err);
}

int cli_settings_unset(struct cli *cli)
{
    int64_t id = 0;
    itg_type_t type;
    int status = read_profile(cli, &id, &type);
    if (!status && unset_all(cli, type, id))
        status = cli_failed(cli);
    return status;
}

static int32_t print_setting(void *ctx, const itg_setting_t *setting)
{
    struct cli_table *table = ctx;
    cli_table_cell(table, setting->key);
    cli_table_cell(table, setting->value);
    return !cli_table_ok(table);
}

int cli_settings_list(struct cli *cli)
{
    static const struct cli_column columns[] = {{"key", CLI_STRING}, {"value", CLI_NATIVE}};
    struct cli_table table;
    int64_t id = 0;
    itg_type_t type;
    int status = read_profile(cli, &id, &type);
    if (status)
        return status;
    cli_table_begin(&table, cli_format(cli), stdout, columns, 2);
    itg_error_t err = itg_setting_each(cli->itg, type, id, print_setting, &table, &cli->failure);
    return cli_table_finish(cli, &table, err);
}

/* What a person looks for comes first; the rest is for programs. */
static const struct cli_column effective_columns[] = {
    {"key", CLI_STRING},          {"value", CLI_NATIVE},    {"profileID", CLI_ID},
    {"receiverID", CLI_ID},       {"verdict", CLI_STRING},  {"reason", CLI_STRING},
    {"winnerID", CLI_STRING},     {"instance", CLI_NATIVE}, {"profileType", CLI_STRING},
    {"receiverType", CLI_STRING}, {"distance", CLI_NATIVE}, {"unfilled", CLI_STRING},
};
enum {
    COLUMNS = sizeof effective_columns / sizeof *effective_columns,
    COLUMNS_TO_READ = 4,
    COLUMNS_TO_EXPLAIN = 5
};

struct printer {
    struct cli_table table;
    size_t left_out;
    bool explain;
};

/* Verdicts in few words: a row has to fit into a terminal. */
static const struct {
    const char *name;
    const char *words; /* in front of whom it speaks of */
} verdicts[] = {
    [ITG_VERDICT_APPLIES] = {"applies", "in force"},
    [ITG_VERDICT_MASTER] = {"master", "loses to master "},
    [ITG_VERDICT_FARTHER] = {"farther", "loses to nearer "},
    [ITG_VERDICT_NEARER] = {"nearer", "loses to farther master "},
    [ITG_VERDICT_LOWER_ID] = {"lowerId", "loses to higher id "},
    [ITG_VERDICT_REPLACED] = {"replaced", "replaced by "},
    [ITG_VERDICT_UNFILLED] = {"unfilled", "left out, no "},
    [ITG_VERDICT_TOO_LONG] = {"tooLong", "left out, too long"},
};

static void print_verdict(struct cli_table *table, const itg_effective_t *setting)
{
    char text[ITG_LIMIT_NAME * 4 + 64], winner[24] = "";
    if (setting->winner_id)
        snprintf(winner, sizeof winner, "%lld", (long long)setting->winner_id);
    snprintf(text, sizeof text, "%s%s%s", verdicts[setting->verdict].words, winner, setting->unfilled);
    cli_table_cell(table, text);
}

static void print_rest(struct cli_table *table, const itg_effective_t *setting)
{
    char winner[24] = "";
    if (setting->winner_id)
        snprintf(winner, sizeof winner, "%lld", (long long)setting->winner_id);
    cli_table_cell(table, verdicts[setting->verdict].name);
    cli_table_cell(table, itg_verdict_text(setting->verdict));
    cli_table_cell(table, winner);
    cli_table_cell_int(table, setting->instance);
    cli_table_cell(table, itg_type_name(setting->profile_type));
    cli_table_cell(table, itg_type_name(setting->receiver_type));
    cli_table_cell_int(table, setting->distance);
    cli_table_cell(table, setting->unfilled);
}

static int32_t print_effective(void *ctx, const itg_effective_t *setting)
{
    struct printer *printer = ctx;
    struct cli_table *table = &printer->table;
    bool left_out = setting->verdict == ITG_VERDICT_UNFILLED || setting->verdict == ITG_VERDICT_TOO_LONG;
    printer->left_out += left_out;
    if (!printer->explain && setting->verdict != ITG_VERDICT_APPLIES)
        return 0;
    cli_table_cell(table, setting->key);
    cli_table_cell(table, setting->value);
    cli_table_cell_int(table, setting->profile_id);
    cli_table_cell_int(table, setting->receiver_id);
    if (table->count == COLUMNS)
        print_rest(table, setting);
    else if (table->count == COLUMNS_TO_EXPLAIN)
        print_verdict(table, setting);
    return !cli_table_ok(table);
}

int cli_settings_show(struct cli *cli)
{
    struct printer printer = {.explain = cli->values.explain};
    int64_t id = 0;
    int status = cli_thinclient_id(cli, cli->operands[0], &id);
    if (status)
        return status;
    size_t columns = cli->values.json ? COLUMNS : printer.explain ? COLUMNS_TO_EXPLAIN : COLUMNS_TO_READ;
    cli_table_begin(&printer.table, cli_format(cli), stdout, effective_columns, columns);
    itg_error_t err = itg_effective_explain(cli->itg, id, print_effective, &printer, &cli->failure);
    status = cli_table_finish(cli, &printer.table, err);
    if (!status && printer.left_out > 0 && !printer.explain)
        fprintf(stderr, "itg: %zu %s left out; --explain tells why\n", printer.left_out,
                printer.left_out == 1 ? "setting is" : "settings are");
    return status;
}
