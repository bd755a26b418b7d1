/* Statements that are made at run time: a text that grows together with the values of its parameters, so that
 * no value ever becomes part of the text. Zero one to begin; lack of memory sticks, as in struct itg__buf. */
#ifndef ITG__SQL_H
#define ITG__SQL_H

#include "core/core.h"
#include "core/text.h"

struct itg__sql_parameter {
    char type; /* as in itg__query() */
    union {
        int64_t number;
        double real;
        const char *text;
    } value;
};

struct itg__sql {
    struct itg__buf text;
    struct itg__sql_parameter *parameters;
    size_t count;
    size_t capacity;
};

void itg__sql_dispose(struct itg__sql *sql);
/* Appends SQL. Only literals and names from tables of this library. */
void itg__sql_add(struct itg__sql *sql, const char *text);
/* Append a parameter. Texts must stay until the query is done. */
void itg__sql_int(struct itg__sql *sql, int64_t value);
void itg__sql_real(struct itg__sql *sql, double value);
void itg__sql_text(struct itg__sql *sql, const char *value);

/* Starts it as a query that is prepared for this use only. */
void itg__sql_query(struct itg__tx *tx, struct itg__query *q, struct itg__sql *sql);

#endif
