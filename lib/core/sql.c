#include "core/sql.h"
#include <stdlib.h>

void itg__sql_dispose(struct itg__sql *sql)
{
    itg__buf_dispose(&sql->text);
    free(sql->parameters);
    *sql = (struct itg__sql){0};
}

void itg__sql_add(struct itg__sql *sql, const char *text)
{
    itg__buf_str(&sql->text, text);
}

static struct itg__sql_parameter *add_parameter(struct itg__sql *sql)
{
    if (sql->count == sql->capacity) {
        size_t capacity = sql->capacity ? sql->capacity * 2 : 16;
        struct itg__sql_parameter *parameters = realloc(sql->parameters, capacity * sizeof *parameters);
        if (!parameters) {
            sql->text.failed = true;
            return NULL;
        }
        sql->parameters = parameters;
        sql->capacity = capacity;
    }
    itg__buf_char(&sql->text, '$');
    itg__buf_int(&sql->text, (int64_t)sql->count + 1);
    return &sql->parameters[sql->count++];
}

void itg__sql_int(struct itg__sql *sql, int64_t value)
{
    struct itg__sql_parameter *parameter = add_parameter(sql);
    if (parameter)
        *parameter = (struct itg__sql_parameter){.type = 'i', .value.number = value};
}

void itg__sql_real(struct itg__sql *sql, double value)
{
    struct itg__sql_parameter *parameter = add_parameter(sql);
    if (parameter)
        *parameter = (struct itg__sql_parameter){.type = 'd', .value.real = value};
}

void itg__sql_text(struct itg__sql *sql, const char *value)
{
    struct itg__sql_parameter *parameter = add_parameter(sql);
    if (parameter)
        *parameter = (struct itg__sql_parameter){.type = 's', .value.text = value};
}

static void bind(struct itg__query *q, int index, const struct itg__sql_parameter *parameter)
{
    switch (parameter->type) {
    case 'i':
        itg__bind_int(q, index, parameter->value.number);
        break;
    case 'd':
        itg__bind_real(q, index, parameter->value.real);
        break;
    default:
        itg__bind_text(q, index, parameter->value.text);
        break;
    }
}

void itg__sql_query(struct itg__tx *tx, struct itg__query *q, struct itg__sql *sql)
{
    itg__buf_add(&sql->text, "", 1);
    if (sql->text.failed) {
        *q = (struct itg__query){.tx = tx, .err = itg__fail(tx->failure, ITG_E_INTERNAL, NULL)};
        return;
    }
    itg__query_once(tx, q, sql->text.data);
    for (size_t i = 0; i < sql->count; i++)
        bind(q, (int)i + 1, &sql->parameters[i]);
}
