#include "cli/output.h"
#include "cli/cli.h"
#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
    HELD_ROWS = 1000, /* rows that a table's widths are measured from; later, wider cells push their row */
    GAP = 2,          /* between columns */
    NARROWEST = 8,    /* no column is cut below it */
    LEFT_OUT = -GAP,  /* the width of a column that is left out */
    INDENT = 4,       /* of what stands below its row */
    LONG_MIN_WIDTH = 30
};

#define CUT "…" /* stands for what did not fit */

static enum cli_cell cell_of(const struct cli_column *column)
{
    return (enum cli_cell)(column->cell & ~CLI_SPARE);
}

static void append_json(struct itg__buf *buf, enum cli_cell cell, const char *text)
{
    if (cell == CLI_NATIVE)
        itg__buf_str(buf, text);
    else
        itg__buf_json(buf, text);
}

static void write_held(FILE *out, struct itg__buf *held)
{
    if (held->length > 0)
        fwrite(held->data, 1, held->length, out);
    held->length = 0;
}

void cli_table_begin(struct cli_table *table, enum cli_format format, FILE *out,
                     const struct cli_column *columns, size_t count)
{
    assert(count > 0 && count <= CLI_COLUMNS_MAX);
    *table = (struct cli_table){.out = out, .format = format, .columns = columns, .count = count};
    for (size_t i = 0; i < count; i++)
        table->widths[i] = cli_width(columns[i].key);
}

/* The widest of the first columns that may still give way; -1: none. */
static int widest(const struct cli_table *table, size_t count)
{
    int found = -1;
    for (size_t i = 0; i < count; i++)
        if (table->widths[i] > NARROWEST && (found < 0 || table->widths[i] > table->widths[found]))
            found = (int)i;
    return found;
}

/* Gives a long column what the others leave, or lines of its own. @return the columns that stand beside each other */
static size_t place_long(struct cli_table *table)
{
    size_t last = table->count - 1;
    int left = table->limit;
    if (table->limit == 0 || table->columns[last].cell != CLI_LONG)
        return table->count;
    for (size_t i = 0; i < last; i++)
        left -= table->widths[i] + GAP;
    table->below = left < table->widths[last] && left < LONG_MIN_WIDTH;
    if (table->below)
        table->widths[last] = table->limit > 2 * INDENT ? table->limit - INDENT : INDENT;
    else if (left < table->widths[last])
        table->widths[last] = left;
    return table->below ? last : table->count;
}

/* Leaves columns out, the last ones first, until the others fit. @return the width that is wanted then */
static int leave_out(struct cli_table *table, size_t count)
{
    int total = GAP * ((int)count - 1);
    for (size_t i = 0; i < count; i++)
        total += table->widths[i];
    for (size_t i = count; table->limit > 0 && total > table->limit && i-- > 0;)
        if (table->columns[i].cell & CLI_SPARE) {
            total -= table->widths[i] + GAP;
            table->widths[i] = LEFT_OUT;
        }
    return total;
}

static void fit_terminal(struct cli_table *table)
{
    table->limit = cli_terminal_width(table->out);
    size_t count = place_long(table);
    int total = leave_out(table, count);
    for (int give = widest(table, count); table->limit > 0 && total > table->limit && give >= 0;
         give = widest(table, count)) {
        table->widths[give]--;
        total--;
    }
}

static void write_spaces(FILE *out, int count)
{
    if (count > 0)
        fprintf(out, "%*s", count, "");
}

/* Where a line of so many columns ends: between words, if there are any. */
static size_t break_line(const char *text, int width)
{
    size_t fits = cli_fit(text, width), end = fits;
    if (text[fits] == '\0')
        return fits;
    while (end > 0 && text[end] != ' ')
        end--;
    return end > 0 ? end : fits > 0 ? fits : strlen(text);
}

static void write_long(const struct cli_table *table, const char *text)
{
    size_t last = table->count - 1;
    int indent = table->below ? INDENT : 0;
    for (size_t i = 0; i < last && !table->below; i++)
        indent += table->widths[i] + GAP;
    if (table->below && *text)
        fprintf(table->out, "\n%*s", indent, "");
    while (*text) {
        size_t end = break_line(text, table->widths[last]);
        fwrite(text, 1, end, table->out);
        text += end + strspn(text + end, " ");
        if (*text)
            fprintf(table->out, "\n%*s", indent, "");
    }
    fputc('\n', table->out);
}

static void write_cell(const struct cli_table *table, size_t column, const char *text)
{
    int room = table->widths[column], width = cli_width(text);
    bool last = column + 1 == table->count;
    bool right = cell_of(&table->columns[column]) == CLI_ID;
    if (room == LEFT_OUT)
        return;
    if (table->columns[column].cell == CLI_LONG && table->limit > 0) {
        write_long(table, text);
        return;
    }
    if (right)
        write_spaces(table->out, room - width);
    if (width > room && !right && table->limit > 0) {
        fwrite(text, 1, cli_fit(text, room - 1), table->out);
        fputs(CUT, table->out);
    } else {
        fputs(text, table->out);
    }
    if (table->below && column + 2 == table->count)
        return;
    if (!last)
        write_spaces(table->out, (right ? 0 : room - width > 0 ? room - width : 0) + GAP);
    else
        fputc('\n', table->out);
}

/* Writes the cells that waited; their texts stand one behind the other. */
static void write_cells(struct cli_table *table)
{
    size_t column = 0;
    if (table->held.length == 0)
        return;
    for (const char *text = table->held.data, *end = text + table->held.length; text < end;
         text += strlen(text) + 1) {
        write_cell(table, column, text);
        column = (column + 1) % table->count;
    }
    table->held.length = 0;
    table->held_rows = 0;
}

static void start_flowing(struct cli_table *table)
{
    table->flowing = true;
    fit_terminal(table);
    fputs(cli_style(table->out, CLI_HEADING), table->out);
    for (size_t i = 0; i < table->count; i++)
        write_cell(table, i, table->columns[i].key);
    fputs(cli_style(table->out, CLI_PLAIN), table->out);
}

static void hold_cell(struct cli_table *table, const char *text)
{
    size_t start = table->held.length;
    cli_append_shown(&table->held, text);
    itg__buf_char(&table->held, '\0');
    if (table->held.failed || table->flowing)
        return;
    int width = cli_width(table->held.data + start);
    if (width > table->widths[table->column])
        table->widths[table->column] = width;
}

static void json_cell(struct cli_table *table, const char *text)
{
    const struct cli_column *column = &table->columns[table->column];
    itg__buf_str(&table->held, table->column > 0 ? "," : table->rows > 0 ? ",\n {" : "[\n {");
    itg__buf_json(&table->held, column->key);
    itg__buf_char(&table->held, ':');
    append_json(&table->held, cell_of(column), text);
    if (table->column + 1 == table->count)
        itg__buf_char(&table->held, '}');
}

static void line_cell(struct cli_table *table, const char *text)
{
    cli_append_line_cell(&table->held, text);
    itg__buf_char(&table->held, table->column + 1 == table->count ? '\n' : '\t');
}

static void end_row(struct cli_table *table)
{
    table->column = 0;
    table->rows++;
    table->held_rows++;
    if (table->held.failed)
        return;
    if (table->format != CLI_AS_TABLE) {
        write_held(table->out, &table->held);
        return;
    }
    if (!table->flowing && table->held_rows < HELD_ROWS)
        return;
    if (!table->flowing)
        start_flowing(table);
    write_cells(table);
}

void cli_table_cell(struct cli_table *table, const char *text)
{
    switch (table->format) {
    case CLI_AS_TABLE:
        hold_cell(table, text);
        break;
    case CLI_AS_LINES:
        line_cell(table, text);
        break;
    case CLI_AS_JSON:
        json_cell(table, text);
        break;
    }
    table->column++;
    if (table->column == table->count)
        end_row(table);
}

void cli_table_cell_int(struct cli_table *table, int64_t value)
{
    char text[24];
    snprintf(text, sizeof text, "%" PRId64, value);
    cli_table_cell(table, text);
}

void cli_table_cell_bool(struct cli_table *table, bool value)
{
    cli_table_cell(table, value ? "true" : "false");
}

bool cli_table_ok(const struct cli_table *table)
{
    return !table->held.failed && !ferror(table->out);
}

bool cli_table_end(struct cli_table *table)
{
    if (table->format == CLI_AS_TABLE && !table->held.failed) {
        if (!table->flowing)
            start_flowing(table);
        write_cells(table);
    }
    if (table->format == CLI_AS_JSON)
        fputs(table->rows > 0 ? "\n]\n" : "[]\n", table->out);
    bool ok = fflush(table->out) == 0 && cli_table_ok(table);
    itg__buf_dispose(&table->held);
    return ok;
}

void cli_record_begin(struct cli_record *record, enum cli_format format, FILE *out)
{
    *record = (struct cli_record){.out = out, .format = format};
}

void cli_record_member(struct cli_record *record, const char *key, enum cli_cell cell, const char *value)
{
    struct itg__buf *held = &record->held;
    switch (record->format) {
    case CLI_AS_TABLE:
        itg__buf_add(held, key, strlen(key) + 1);
        cli_append_shown(held, value);
        itg__buf_char(held, '\0');
        break;
    case CLI_AS_LINES:
        itg__buf_str(held, key);
        itg__buf_char(held, '\t');
        cli_append_line_cell(held, value);
        itg__buf_char(held, '\n');
        break;
    case CLI_AS_JSON:
        itg__buf_str(held, record->count > 0 ? "," : "{");
        itg__buf_json(held, key);
        itg__buf_char(held, ':');
        append_json(held, cell, value);
        break;
    }
    record->count++;
}

void cli_record_member_int(struct cli_record *record, const char *key, enum cli_cell cell, int64_t value)
{
    char text[24];
    snprintf(text, sizeof text, "%" PRId64, value);
    cli_record_member(record, key, cell, text);
}

/* Key and value stand one behind the other, both NUL-terminated. */
static void write_pairs(const struct cli_record *record)
{
    if (record->held.length == 0)
        return;
    const char *start = record->held.data, *end = start + record->held.length;
    int widest_key = 0;
    for (const char *key = start; key < end; key += strlen(key) + 1, key += strlen(key) + 1)
        if (cli_width(key) > widest_key)
            widest_key = cli_width(key);
    for (const char *key = start; key < end;) {
        const char *value = key + strlen(key) + 1;
        fprintf(record->out, "%s%*s%s\n", key, *value ? widest_key - cli_width(key) + GAP : 0, "", value);
        key = value + strlen(value) + 1;
    }
}

bool cli_record_end(struct cli_record *record)
{
    if (record->format == CLI_AS_JSON)
        itg__buf_str(&record->held, record->count > 0 ? "}\n" : "{}\n");
    bool failed = record->held.failed;
    if (!failed && record->format == CLI_AS_TABLE)
        write_pairs(record);
    else if (!failed)
        write_held(record->out, &record->held);
    itg__buf_dispose(&record->held);
    return fflush(record->out) == 0 && !failed && !ferror(record->out);
}

enum cli_format cli_format(const struct cli *cli)
{
    return cli->values.json ? CLI_AS_JSON : cli_terminal_width(stdout) > 0 ? CLI_AS_TABLE : CLI_AS_LINES;
}

int cli_written(bool ok)
{
    return ok ? CLI_OK : cli_refuse("cannot write to standard output: %s", strerror(errno));
}

int cli_table_finish(struct cli *cli, struct cli_table *table, itg_error_t err)
{
    if (!err)
        return cli_written(cli_table_end(table));
    itg__buf_dispose(&table->held);
    fflush(table->out);
    return cli_failed(cli);
}

int cli_print_created(const struct cli *cli, int64_t id)
{
    if (printf(cli->values.json ? "{\"id\":\"%" PRId64 "\"}\n" : "%" PRId64 "\n", id) < 0)
        return cli_written(false);
    return cli_written(fflush(stdout) == 0);
}
