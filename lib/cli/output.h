/* How the command writes results: as a table on a terminal, as tab-separated lines into a pipe or file (no
 * header, nothing cut, so that cut, sort and awk can work on it), as JSON for programs. */
#ifndef ITG__CLI_OUTPUT_H
#define ITG__CLI_OUTPUT_H

#include "core/text.h"
#include <stdio.h>

enum cli_format { CLI_AS_TABLE, CLI_AS_LINES, CLI_AS_JSON };

enum cli_cell {
    CLI_STRING,
    CLI_ID,       /* digits; a string in JSON, as in IMI */
    CLI_NATIVE,   /* a number, true or false; itself in JSON */
    CLI_LONG,     /* a text that is never cut: what does not fit goes on below. Only the last column */
    CLI_SPARE = 8 /* or'ed to one of these: left out where a terminal has no room. Not the last two columns */
};

struct cli_column {
    const char *key; /* heading, and member in JSON */
    int cell;        /* enum cli_cell */
};

/* Columns of a table that can be had; wider ones are possible, but nobody could read them. */
enum { CLI_COLUMNS_MAX = 80 };

/* A table being written: rows appear while they come, whatever their number. */
struct cli_table {
    FILE *out;
    enum cli_format format;
    const struct cli_column *columns;
    size_t count;
    size_t column;        /* of the next cell */
    size_t rows;          /* complete ones */
    struct itg__buf held; /* terminal: cells waiting for the widths to be known; else the row */
    size_t held_rows;
    bool flowing; /* the widths are fixed */
    int limit;    /* columns of the terminal, 0: cut nothing */
    bool below;   /* the long column has no room beside the others */
    int widths[CLI_COLUMNS_MAX];
};

/* The columns must outlive the table; at most CLI_COLUMNS_MAX. Nothing is written before the first row. */
void cli_table_begin(struct cli_table *table, enum cli_format format, FILE *out,
                     const struct cli_column *columns, size_t count);
/* The next cell; the last one of a row ends it. */
void cli_table_cell(struct cli_table *table, const char *text);
void cli_table_cell_int(struct cli_table *table, int64_t value);
void cli_table_cell_bool(struct cli_table *table, bool value);
/* False once nothing more can be written; a walk may end then. */
bool cli_table_ok(const struct cli_table *table);
/* Ends the table and frees what it holds. @return false if something could not be written */
bool cli_table_end(struct cli_table *table);

/* One thing with its members below each other: "key  value" lines, or one JSON object. */
struct cli_record {
    FILE *out;
    enum cli_format format;
    struct itg__buf held;
    size_t count;
};

void cli_record_begin(struct cli_record *record, enum cli_format format, FILE *out);
void cli_record_member(struct cli_record *record, const char *key, enum cli_cell cell, const char *value);
void cli_record_member_int(struct cli_record *record, const char *key, enum cli_cell cell, int64_t value);
bool cli_record_end(struct cli_record *record);

/* Reports a failed write of standard output. @return CLI_OK if ok, else CLI_REFUSED */
int cli_written(bool ok);

/* Appends a text so that a terminal shows it and does not obey it: control characters, direction overrides
 * and broken UTF-8 become visible escapes. */
void cli_append_shown(struct itg__buf *buf, const char *text);
/* The same for a line of tab-separated values: tab, line feed and backslash are written \t, \n and \\. */
void cli_append_line_cell(struct itg__buf *buf, const char *text);
/* How many terminal columns a text takes. */
int cli_width(const char *text);
/* Bytes of the longest beginning of a text that fits into `width` columns. */
size_t cli_fit(const char *text, int width);
/* Columns of the terminal that a stream writes to; 0 if it is none or does not say. */
int cli_terminal_width(FILE *out);

enum cli_style { CLI_PLAIN, CLI_HEADING, CLI_ALARM };

/* What switches a stream to a style: "" unless it is a terminal, and nothing says that it is a dumb one or that the
 * user wants none (NO_COLOR). */
const char *cli_style(FILE *out, enum cli_style style);

#endif
