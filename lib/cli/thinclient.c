#include "cli/cli.h"
#include <stdlib.h>
#include <string.h>

enum {
    WALK_ROWS = 500, /* rows a read transaction gives: the terminal may be slow */
    VALUE_SIZE = 64  /* of most values; longer ones get memory of their own */
};

/* Shown unless something else is asked for. */
static const char *const usual_keys[] = {"id",         "name",     "mac",       "lastIP",
                                         "firmwareID", "parentID", "movedToBin"};

static const char *key_at(const void *ctx, size_t index)
{
    (void)ctx;
    const itg_property_t *property = itg_property_at(index);
    return property ? property->key : NULL;
}

static const itg_property_t *find_property(const struct cli *cli, const char *key)
{
    const itg_property_t *property = itg_property_by_key(key);
    if (property)
        return property;
    const char *meant = cli_suggest(key, key_at, NULL);
    cli_usage(cli, "thin clients have no property '%s'%s%s%s", key, meant ? "; did you mean '" : "",
              meant ? meant : "", meant ? "'?" : "");
    return NULL;
}

static enum cli_cell cell_of(const itg_property_t *property)
{
    switch (property->kind) {
    case ITG_KIND_ID:
    case ITG_KIND_COUNT:
        return CLI_ID;
    case ITG_KIND_INT:
    case ITG_KIND_REAL:
    case ITG_KIND_BOOL:
        return CLI_NATIVE;
    case ITG_KIND_TEXT:
    case ITG_KIND_MINUTE:
    case ITG_KIND_MILLIS:
    case ITG_KIND_SECOND:
        break;
    }
    return CLI_STRING;
}

/* The value as IMI writes it, in buf if it fits, else in memory of its own; end with free_value(). */
static char *value_text(const itg_thinclient_t *tc, const itg_property_t *property, char buf[VALUE_SIZE])
{
    size_t length = itg_thinclient_text(tc, property, buf, VALUE_SIZE);
    if (length < VALUE_SIZE)
        return buf;
    char *text = malloc(length + 1);
    if (text)
        itg_thinclient_text(tc, property, text, length + 1);
    return text;
}

static void free_value(char *text, const char *buf)
{
    if (text != buf)
        free(text);
}

/* A list being written. */
struct list {
    struct cli_table table;
    struct cli_column columns[CLI_COLUMNS_MAX];
    const itg_property_t *properties[CLI_COLUMNS_MAX];
    size_t count;
    itg_extent_t extent;
    int64_t last_id;
    int rows; /* of this transaction */
    bool failed;
};

static bool add_column(struct list *list, const itg_property_t *property)
{
    if (list->count == CLI_COLUMNS_MAX)
        return false;
    list->columns[list->count] = (struct cli_column){property->key, cell_of(property)};
    list->properties[list->count++] = property;
    if (property->facet == ITG_FACET_DETAIL)
        list->extent = ITG_EXTENT_DETAILS;
    return true;
}

static int add_named_columns(const struct cli *cli, struct list *list)
{
    const char *rest = cli->values.columns;
    while (*rest) {
        char key[64];
        size_t length = strcspn(rest, ",");
        snprintf(key, sizeof key, "%.*s", (int)length, rest);
        const itg_property_t *property = find_property(cli, key);
        if (!property)
            return CLI_USAGE;
        if (!add_column(list, property))
            return cli_usage(cli, "too many columns");
        rest += length + (rest[length] == ',');
    }
    return list->count > 0 ? CLI_OK : cli_usage(cli, "--columns names none");
}

static int add_columns(const struct cli *cli, struct list *list)
{
    const struct cli_values *values = &cli->values;
    if (values->columns)
        return add_named_columns(cli, list);
    if (!values->details && !values->json) {
        for (size_t i = 0; i < sizeof usual_keys / sizeof *usual_keys; i++)
            add_column(list, itg_property_by_key(usual_keys[i]));
        return CLI_OK;
    }
    const itg_property_t *property = itg_property_at(0);
    for (size_t i = 1; property; property = itg_property_at(i++))
        if (values->details || property->facet != ITG_FACET_DETAIL)
            add_column(list, property);
    return CLI_OK;
}

static int32_t print_row(void *ctx, const itg_thinclient_t *tc)
{
    struct list *list = ctx;
    char buf[VALUE_SIZE];
    for (size_t i = 0; i < list->count; i++) {
        char *text = value_text(tc, list->properties[i], buf);
        list->failed = list->failed || !text;
        cli_table_cell(&list->table, text ? text : "");
        free_value(text, buf);
    }
    list->failed = list->failed || !cli_table_ok(&list->table);
    list->last_id = tc->id;
    list->rows++;
    return list->failed || list->rows == WALK_ROWS;
}

static itg_error_t walk(struct cli *cli, struct list *list, const char *expression)
{
    if (!expression)
        return itg_thinclient_each(cli->itg, list->extent, list->last_id, print_row, list, &cli->failure);
    return itg_thinclient_select(cli->itg, list->extent, expression, list->last_id, print_row, list,
                                 &cli->failure);
}

int cli_thinclients_where(struct cli *cli, const char *expression)
{
    struct list list = {.last_id = 0};
    itg_error_t err = ITG_OK;
    int status = add_columns(cli, &list);
    if (status)
        return status;
    cli_table_begin(&list.table, cli_format(cli), stdout, list.columns, list.count);
    do {
        list.rows = 0;
        err = walk(cli, &list, expression);
    } while (!err && !list.failed && list.rows == WALK_ROWS);
    return cli_table_finish(cli, &list.table, err);
}

int cli_thinclient_list(struct cli *cli)
{
    return cli_thinclients_where(cli, cli->values.where);
}

int cli_thinclient_show(struct cli *cli)
{
    int64_t id = 0;
    itg_thinclient_t *tc = NULL;
    struct cli_record record;
    bool failed = false;
    int status = cli_thinclient_id(cli, cli->operands[0], &id);
    if (status)
        return status;
    if (itg_thinclient_get(cli->itg, id, &tc, &cli->failure))
        return cli_failed(cli);
    cli_record_begin(&record, cli_format(cli), stdout);
    const itg_property_t *property = itg_property_at(0);
    for (size_t i = 1; property; property = itg_property_at(i++)) {
        char buf[VALUE_SIZE];
        char *text = value_text(tc, property, buf);
        failed = failed || !text;
        cli_record_member(&record, property->key, cell_of(property), text ? text : "");
        free_value(text, buf);
    }
    itg_thinclient_free(tc);
    return cli_written(cli_record_end(&record) && !failed);
}

/* Operands KEY=VALUE from `first` on. The operands are cut in two; the caller frees the array. */
static int read_values(const struct cli *cli, int first, itg_value_t **ret_values)
{
    itg_value_t *values = calloc((size_t)(cli->count - first) + 1, sizeof *values);
    if (!values)
        return cli_refuse("out of memory");
    int status = CLI_OK;
    for (int i = first; i < cli->count && !status; i++) {
        char *key = cli->operands[i];
        char *equals = strchr(key, '=');
        if (!equals) {
            status = cli_usage(cli, "'%s' is not KEY=VALUE", key);
            continue;
        }
        *equals = '\0';
        values[i - first] = (itg_value_t){key, equals + 1};
        if (strncmp(key, "deviceAttributes.", strlen("deviceAttributes.")) != 0)
            status = find_property(cli, key) ? CLI_OK : CLI_USAGE;
    }
    if (status)
        free(values);
    else
        *ret_values = values;
    return status;
}

int cli_thinclient_create(struct cli *cli)
{
    itg_value_t *values = NULL;
    int64_t id = 0;
    int status = read_values(cli, 0, &values);
    if (status)
        return status;
    itg_error_t err = itg_thinclient_create(cli->itg, values, (size_t)cli->count, &id, &cli->failure);
    free(values);
    return err ? cli_failed(cli) : cli_print_created(cli, id);
}

int cli_thinclient_update(struct cli *cli)
{
    itg_value_t *values = NULL;
    int64_t id = 0;
    int status = cli_thinclient_id(cli, cli->operands[0], &id);
    if (!status)
        status = read_values(cli, 1, &values);
    if (!status && itg_thinclient_update(cli->itg, id, values, (size_t)cli->count - 1, &cli->failure))
        status = cli_failed(cli);
    free(values);
    return status;
}

/* Results of commands being written. */
struct results {
    struct cli_table table;
    int failures;
};

static int32_t print_result(void *ctx, const itg_command_result_t *result)
{
    struct results *results = ctx;
    cli_table_cell_int(&results->table, result->id);
    cli_table_cell(&results->table, result->mac);
    cli_table_cell(&results->table, result->successful ? "SUCCESS" : "FAILED");
    cli_table_cell(&results->table, result->message);
    results->failures += !result->successful;
    return 0;
}

static void begin_results(const struct cli *cli, struct results *results)
{
    static const struct cli_column columns[] = {
        {"id", CLI_ID}, {"mac", CLI_STRING}, {"state", CLI_STRING}, {"message", CLI_STRING}};
    results->failures = 0;
    cli_table_begin(&results->table, cli_format(cli), stdout, columns, sizeof columns / sizeof *columns);
}

static int end_results(struct cli *cli, struct results *results, itg_error_t err)
{
    int status = cli_table_finish(cli, &results->table, err);
    return results->failures > 0 ? CLI_REFUSED : status;
}

static itg_error_t delete_one(itg_t *itg, itg_type_t type, int64_t id, itg_failure_t *failure)
{
    (void)type;
    return itg_thinclient_delete(itg, id, failure);
}

/* One after the other: a thin client that was told cannot be untold. */
static int delete_online(struct cli *cli)
{
    struct results results;
    int64_t *ids = NULL;
    itg_error_t err = ITG_OK;
    int status = cli_thinclient_ids(cli, 0, &ids);
    if (status)
        return status;
    begin_results(cli, &results);
    for (int i = 0; i < cli->count && !err; i++)
        err = itg_thinclient_delete_online(cli->itg, ids[i], print_result, &results, &cli->failure);
    free(ids);
    return end_results(cli, &results, err);
}

int cli_thinclient_delete(struct cli *cli)
{
    return cli->values.online ? delete_online(cli) : cli_for_operands(cli, delete_one);
}

static const char *command_at(const void *ctx, size_t index)
{
    (void)ctx;
    const char *name = itg_command_name((itg_command_t)(index + 1));
    return itg_command_from_name(name) ? name : NULL;
}

static int refuse_command(struct cli *cli, const char *name)
{
    const char *meant = cli_suggest(name, command_at, NULL);
    cli->failure.code = ITG_E_INVALID_COMMAND;
    itg_error_format(ITG_E_INVALID_COMMAND, name, cli->failure.message, sizeof cli->failure.message);
    if (meant)
        snprintf(cli->failure.detail, sizeof cli->failure.detail, "did you mean %s?", meant);
    return cli_failed(cli);
}

int cli_command_word(struct cli *cli, const char *word, itg_command_t *ret_command)
{
    itg_command_t command = itg_command_from_name(word);
    if (!command)
        return refuse_command(cli, word);
    *ret_command = command;
    return CLI_OK;
}
