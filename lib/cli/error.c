/* itg error: the catalogue. */
#include "cli/cli.h"
#include <string.h>
#include <strings.h>

#define PREFIX "ITG-"

static const struct entry {
    itg_error_t error;
    const char *name;
    const char *message;
} entries[] = {
#define ENTRY(name, number, status, text, message) {ITG_E_##name, "ITG_E_" #name, message},
    ITG_ERROR_CATALOGUE(ENTRY)
#undef ENTRY
};

enum { ENTRIES = sizeof entries / sizeof *entries };

static const struct cli_column columns[] = {
    {"code", CLI_STRING}, {"status", CLI_NATIVE},  {"text", CLI_STRING},
    {"name", CLI_STRING}, {"message", CLI_STRING},
};

/* Only programs get all of it: the texts are long enough for a line of their own. */
enum { COLUMNS = sizeof columns / sizeof *columns, COLUMNS_TO_READ = 3 };

/* A message as it goes over the wire, "..." where its argument stands. */
static void append_message(struct itg__buf *buf, const char *message)
{
    for (const char *c = message; *c; c++)
        if (*c == '%')
            itg__buf_str(buf, "...");
        else
            itg__buf_char(buf, *c);
    itg__buf_char(buf, '\0');
}

static void print_row(struct cli_table *table, const struct entry *entry)
{
    cli_table_cell(table, itg_error_code(entry->error));
    cli_table_cell_int(table, itg_error_http_status(entry->error));
    cli_table_cell(table, itg_error_text(entry->error));
    if (table->count == COLUMNS_TO_READ)
        return;
    struct itg__buf message = {0};
    append_message(&message, entry->message);
    cli_table_cell(table, entry->name);
    cli_table_cell(table, message.failed ? "" : message.data);
    itg__buf_dispose(&message);
}

static bool print_record(const struct cli *cli, const struct entry *entry)
{
    struct cli_record record;
    struct itg__buf message = {0};
    append_message(&message, entry->message);
    cli_record_begin(&record, cli_format(cli), stdout);
    cli_record_member(&record, "code", CLI_STRING, itg_error_code(entry->error));
    cli_record_member(&record, "text", CLI_STRING, itg_error_text(entry->error));
    cli_record_member(&record, "message", CLI_STRING, message.failed ? "" : message.data);
    cli_record_member_int(&record, "status", CLI_NATIVE, itg_error_http_status(entry->error));
    cli_record_member(&record, "name", CLI_STRING, entry->name);
    itg__buf_dispose(&message);
    return cli_record_end(&record);
}

/* Codes may be given without the beginning that all of them have. */
static const char *code_at(const void *ctx, size_t index)
{
    const char *word = ctx;
    if (index >= ENTRIES)
        return NULL;
    bool whole = strncasecmp(word, PREFIX, strlen(PREFIX)) == 0;
    return itg_error_code(entries[index].error) + (whole ? 0 : strlen(PREFIX));
}

static const struct entry *find(const char *code)
{
    itg_error_t error = itg_error_from_code(code);
    for (size_t i = 0; i < ENTRIES && error; i++)
        if (entries[i].error == error)
            return &entries[i];
    return NULL;
}

static int refuse_unknown(const char *code)
{
    const char *meant = cli_suggest(code, code_at, code);
    return cli_refuse("no error has the code '%s'%s%s%s%s", code, meant ? "; did you mean " : "",
                      meant && strncmp(meant, PREFIX, strlen(PREFIX)) != 0 ? PREFIX : "", meant ? meant : "",
                      meant ? "?" : "");
}

int cli_error(struct cli *cli)
{
    if (!cli->values.all && cli->count == 0)
        return cli_usage(cli, "which code? --all lists them");
    if (cli->values.all && cli->count > 0)
        return cli_usage(cli, "either --all or codes");
    for (int i = 0; i < cli->count; i++)
        if (!find(cli->operands[i]))
            return refuse_unknown(cli->operands[i]);
    if (cli->count == 1)
        return cli_written(print_record(cli, find(cli->operands[0])));
    struct cli_table table;
    cli_table_begin(&table, cli_format(cli), stdout, columns, cli->values.json ? COLUMNS : COLUMNS_TO_READ);
    for (size_t i = 0; i < ENTRIES && cli->values.all; i++)
        print_row(&table, &entries[i]);
    for (int i = 0; i < cli->count; i++)
        print_row(&table, find(cli->operands[i]));
    return cli_written(cli_table_end(&table));
}
