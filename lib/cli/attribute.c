/* Device attributes: definitions, and the values of a thin client. */
#include "cli/cli.h"
#include <stdlib.h>
#include <string.h>

static const char *type_at(const void *ctx, size_t index)
{
    (void)ctx;
    const char *name = itg_attribute_type_name((itg_attribute_type_t)(index + 1));
    return *name ? name : NULL;
}

static const char *overwrite_at(const void *ctx, size_t index)
{
    (void)ctx;
    const char *name = itg_overwrite_name((itg_overwrite_t)(index + 1));
    return *name ? name : NULL;
}

static int refuse_word(const struct cli *cli, const char *what, const char *word,
                       const char *(*at)(const void *ctx, size_t index))
{
    const char *meant = cli_suggest(word, at, NULL);
    return cli_usage(cli, "there is no %s '%s'%s%s%s", what, word, meant ? "; did you mean '" : "",
                     meant ? meant : "", meant ? "'?" : "");
}

/* A list of definitions being written. */
struct list {
    struct cli *cli;
    struct cli_table table;
    struct itg__buf choices;
    itg_error_t err;
};

/* A JSON list for programs, else what a person reads. */
static int32_t append_choice(void *ctx, const char *choice)
{
    struct list *list = ctx;
    bool json = list->table.format == CLI_AS_JSON;
    itg__buf_str(&list->choices, list->choices.length > (size_t)json ? json ? "," : ", " : "");
    if (json)
        itg__buf_json(&list->choices, choice);
    else
        itg__buf_str(&list->choices, choice);
    return 0;
}

static const char *choices_of(struct list *list, int64_t id)
{
    bool json = list->table.format == CLI_AS_JSON;
    list->choices.length = 0;
    itg__buf_str(&list->choices, json ? "[" : "");
    list->err = itg_attribute_choices(list->cli->itg, id, append_choice, list, &list->cli->failure);
    itg__buf_str(&list->choices, json ? "]" : "");
    itg__buf_add(&list->choices, "", 1);
    return list->choices.failed ? "" : list->choices.data;
}

static int32_t print_definition(void *ctx, const itg_attribute_t *attribute)
{
    struct list *list = ctx;
    const char *choices = choices_of(list, attribute->id);
    cli_table_cell_int(&list->table, attribute->id);
    cli_table_cell(&list->table, attribute->identifier);
    cli_table_cell(&list->table, attribute->name);
    cli_table_cell(&list->table, itg_attribute_type_name(attribute->type));
    cli_table_cell(&list->table, itg_overwrite_name(attribute->overwrite));
    cli_table_cell(&list->table, choices);
    return list->err || list->choices.failed || !cli_table_ok(&list->table);
}

int cli_attribute_list(struct cli *cli)
{
    bool json = cli_format(cli) == CLI_AS_JSON;
    const struct cli_column columns[] = {
        {"id", CLI_ID},       {"identifier", CLI_STRING}, {"name", CLI_STRING},
        {"type", CLI_STRING}, {"overwrite", CLI_STRING},  {"allowedValues", json ? CLI_NATIVE : CLI_STRING}};
    struct list list = {.cli = cli};
    cli_table_begin(&list.table, cli_format(cli), stdout, columns, sizeof columns / sizeof *columns);
    itg_error_t err = itg_attribute_each(cli->itg, 0, print_definition, &list, &cli->failure);
    bool no_memory = list.choices.failed;
    itg__buf_dispose(&list.choices);
    int status = cli_table_finish(cli, &list.table, err ? err : list.err);
    return no_memory && !status ? cli_refuse("out of memory") : status;
}

int cli_attribute_add(struct cli *cli)
{
    char **words = cli->operands;
    const char *rule = cli->values.overwrite;
    int64_t id = 0;
    itg_attribute_type_t type = itg_attribute_type_from_name(words[2]);
    itg_overwrite_t overwrite = rule ? itg_overwrite_from_name(rule) : ITG_OVERWRITE_ALL;
    if (!type)
        return refuse_word(cli, "type", words[2], type_at);
    if (!overwrite)
        return refuse_word(cli, "overwrite rule", rule, overwrite_at);
    const char *const *choices = (const char *const *)words + 3;
    if (itg_attribute_create(cli->itg, words[0], words[1], type, overwrite, choices, (size_t)cli->count - 3,
                             &id, &cli->failure))
        return cli_failed(cli);
    return cli_print_created(cli, id);
}

static itg_error_t delete_one(struct cli *cli, const char *identifier)
{
    itg_attribute_t *attribute = NULL;
    itg_error_t err = itg_attribute_by_identifier(cli->itg, identifier, &attribute, &cli->failure);
    if (!err)
        err = itg_attribute_delete(cli->itg, attribute->id, &cli->failure);
    itg_attribute_free(attribute);
    return err;
}

int cli_attribute_delete(struct cli *cli)
{
    itg_error_t err = itg_begin(cli->itg, &cli->failure);
    if (err)
        return cli_failed(cli);
    for (int i = 0; i < cli->count && !err; i++)
        err = delete_one(cli, cli->operands[i]);
    return cli_end_group(cli, err) ? cli_failed(cli) : CLI_OK;
}

int cli_attribute_set(struct cli *cli)
{
    int64_t id = 0;
    struct itg__buf key = {0};
    int status = cli_thinclient_id(cli, cli->operands[0], &id);
    if (status)
        return status;
    itg__buf_str(&key, "deviceAttributes.");
    itg__buf_str(&key, cli->operands[1]);
    itg__buf_add(&key, "", 1);
    itg_value_t value = {key.data, cli->operands[2]};
    if (key.failed)
        status = cli_refuse("out of memory");
    else if (itg_thinclient_update(cli->itg, id, &value, 1, &cli->failure))
        status = cli_failed(cli);
    itg__buf_dispose(&key);
    return status;
}

static int32_t print_value(void *ctx, const itg_attribute_t *attribute, const char *value)
{
    struct cli_table *table = ctx;
    cli_table_cell(table, attribute->identifier);
    cli_table_cell(table, value);
    cli_table_cell(table, attribute->name);
    cli_table_cell(table, itg_attribute_type_name(attribute->type));
    return !cli_table_ok(table);
}

int cli_attribute_values(struct cli *cli)
{
    static const struct cli_column columns[] = {
        {"identifier", CLI_STRING}, {"value", CLI_STRING}, {"name", CLI_STRING}, {"type", CLI_STRING}};
    struct cli_table table;
    int64_t id = 0;
    int status = cli_thinclient_id(cli, cli->operands[0], &id);
    if (status)
        return status;
    cli_table_begin(&table, cli_format(cli), stdout, columns, sizeof columns / sizeof *columns);
    itg_error_t err = itg_attribute_values(cli->itg, id, print_value, &table, &cli->failure);
    return cli_table_finish(cli, &table, err);
}
