#include "core/core.h"
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

struct itg__statement {
    const char *sql;
    void *handle;
    bool busy;
    bool extra; /* made for one use, and ends with it */
    struct itg__statement *next;
};

enum { BUCKETS = sizeof((struct itg__connection *)0)->statements / sizeof(struct itg__statement *) };

itg_error_t itg__connection_open(struct itg__fleet *fleet, bool writer,
                                 struct itg__connection **ret_connection, itg_failure_t *failure)
{
    struct itg__connection *conn = calloc(1, sizeof *conn);
    if (!conn)
        return itg__fail(failure, ITG_E_INTERNAL, NULL);
    conn->engine = fleet->engine;
    itg_error_t err = conn->engine->open(&fleet->config, writer, &conn->handle, failure);
    if (err) {
        free(conn);
        return err;
    }
    *ret_connection = conn;
    return ITG_OK;
}

void itg__connection_close(struct itg__connection *conn)
{
    if (!conn)
        return;
    for (size_t i = 0; i < BUCKETS; i++) {
        while (conn->statements[i]) {
            struct itg__statement *statement = conn->statements[i];
            conn->statements[i] = statement->next;
            conn->engine->finalize(statement->handle);
            free(statement);
        }
    }
    conn->engine->close(conn->handle);
    free(conn);
}

static struct itg__statement **bucket(struct itg__connection *conn, const char *sql)
{
    uint64_t hash = (uint64_t)(uintptr_t)sql * UINT64_C(0x9E3779B97F4A7C15);
    return &conn->statements[(hash >> 32) % BUCKETS];
}

static itg_error_t statement_new(struct itg__connection *conn, const char *sql, bool extra,
                                 struct itg__statement **ret_statement, itg_failure_t *failure)
{
    struct itg__statement *statement = calloc(1, sizeof *statement);
    if (!statement)
        return itg__fail(failure, ITG_E_INTERNAL, NULL);
    itg_error_t err = conn->engine->prepare(conn->handle, sql, &statement->handle, failure);
    if (err) {
        free(statement);
        return err;
    }
    statement->sql = sql;
    statement->extra = extra;
    if (!extra) {
        struct itg__statement **head = bucket(conn, sql);
        statement->next = *head;
        *head = statement;
    }
    *ret_statement = statement;
    return ITG_OK;
}

/* A statement may be asked for while it is being walked: a callback may call the library again. */
static itg_error_t statement_get(struct itg__connection *conn, const char *sql,
                                 struct itg__statement **ret_statement, itg_failure_t *failure)
{
    struct itg__statement *statement = *bucket(conn, sql);
    while (statement && statement->sql != sql)
        statement = statement->next;
    if (statement && !statement->busy) {
        *ret_statement = statement;
        return ITG_OK;
    }
    return statement_new(conn, sql, statement != NULL, ret_statement, failure);
}

void itg__query_start(struct itg__tx *tx, struct itg__query *q, const char *sql)
{
    *q = (struct itg__query){.tx = tx};
    q->err = statement_get(tx->connection, sql, &q->statement, tx->failure);
    if (!q->err)
        q->statement->busy = true;
}

void itg__query_once(struct itg__tx *tx, struct itg__query *q, const char *sql)
{
    *q = (struct itg__query){.tx = tx};
    q->err = statement_new(tx->connection, sql, true, &q->statement, tx->failure);
}

static void bound(struct itg__query *q, itg_error_t err)
{
    if (err)
        q->err = itg__fail(q->tx->failure, err, NULL);
}

void itg__bind_int(struct itg__query *q, int index, int64_t value)
{
    if (!q->err)
        bound(q, q->tx->connection->engine->bind_int(q->statement->handle, index, value));
}

void itg__bind_real(struct itg__query *q, int index, double value)
{
    if (!q->err)
        bound(q, q->tx->connection->engine->bind_real(q->statement->handle, index, value));
}

void itg__bind_text(struct itg__query *q, int index, const char *value)
{
    if (!q->err)
        bound(q, q->tx->connection->engine->bind_text(q->statement->handle, index, value, strlen(value)));
}

void itg__bind_null(struct itg__query *q, int index)
{
    if (!q->err)
        bound(q, q->tx->connection->engine->bind_null(q->statement->handle, index));
}

static void start_with(struct itg__tx *tx, struct itg__query *q, const char *sql, const char *types,
                       va_list args)
{
    itg__query_start(tx, q, sql);
    for (int i = 1; *types; types++, i++) {
        switch (*types) {
        case 'i':
            itg__bind_int(q, i, va_arg(args, int64_t));
            break;
        case 's':
            itg__bind_text(q, i, va_arg(args, const char *));
            break;
        case 'd':
            itg__bind_real(q, i, va_arg(args, double));
            break;
        default:
            itg__bind_null(q, i);
            break;
        }
    }
}

void itg__query(struct itg__tx *tx, struct itg__query *q, const char *sql, const char *types, ...)
{
    va_list args;
    va_start(args, types);
    start_with(tx, q, sql, types, args);
    va_end(args);
}

bool itg__next(struct itg__query *q)
{
    bool row = false;
    if (!q->err)
        q->err = q->tx->connection->engine->step(q->statement->handle, &row, q->tx->failure);
    return !q->err && row;
}

itg_error_t itg__done(struct itg__query *q)
{
    struct itg__statement *statement = q->statement;
    if (!statement)
        return q->err;
    const struct itg__engine *engine = q->tx->connection->engine;
    engine->reset(statement->handle);
    statement->busy = false;
    q->statement = NULL;
    if (statement->extra) {
        engine->finalize(statement->handle);
        free(statement);
    }
    return q->err;
}

int64_t itg__int(struct itg__query *q, int column)
{
    return q->tx->connection->engine->column_int(q->statement->handle, column);
}

int64_t itg__int_within(struct itg__query *q, int column, int64_t low, int64_t high)
{
    int64_t value = itg__int(q, column);
    if (value < low || value > high)
        q->err = itg__fail_detail(q->tx->failure, ITG_E_OBJECT_MAPPING,
                                  "%lld is stored where %lld to %lld are known", (long long)value,
                                  (long long)low, (long long)high);
    return value;
}

double itg__real(struct itg__query *q, int column)
{
    return q->tx->connection->engine->column_real(q->statement->handle, column);
}

bool itg__is_null(struct itg__query *q, int column)
{
    return q->tx->connection->engine->column_is_null(q->statement->handle, column);
}

const char *itg__text(struct itg__query *q, int column)
{
    const char *text = q->tx->connection->engine->column_text(q->statement->handle, column, NULL);
    if (text)
        return text;
    q->err = itg__fail(q->tx->failure, ITG_E_INTERNAL, NULL);
    return "";
}

const char *itg__bytes(struct itg__query *q, int column, size_t *ret_length)
{
    const char *bytes = q->tx->connection->engine->column_bytes(q->statement->handle, column, ret_length);
    if (!bytes && *ret_length > 0)
        q->err = itg__fail(q->tx->failure, ITG_E_INTERNAL, NULL);
    return bytes;
}

itg_error_t itg__run(struct itg__tx *tx, const char *sql, const char *types, ...)
{
    struct itg__query q;
    va_list args;
    va_start(args, types);
    start_with(tx, &q, sql, types, args);
    va_end(args);
    while (itg__next(&q))
        ;
    return itg__done(&q);
}

itg_error_t itg__lookup(struct itg__tx *tx, bool *ret_found, int64_t *ret_value, const char *sql,
                        const char *types, ...)
{
    struct itg__query q;
    va_list args;
    va_start(args, types);
    start_with(tx, &q, sql, types, args);
    va_end(args);
    bool found = itg__next(&q);
    int64_t value = found ? itg__int(&q, 0) : 0;
    itg_error_t err = itg__done(&q);
    if (err)
        return err;
    *ret_found = found;
    if (found)
        *ret_value = value;
    return ITG_OK;
}

itg_error_t itg__due(struct itg__tx *tx, const char *sql, int64_t after_ms, bool *ret_found,
                     int64_t *ret_due_ms)
{
    int64_t time_ms = 0;
    itg_error_t err = itg__lookup(tx, ret_found, &time_ms, sql, "");
    if (!err && *ret_found)
        *ret_due_ms = time_ms > INT64_MAX - after_ms ? INT64_MAX : time_ms + after_ms;
    return err;
}

itg_error_t itg__next_id(struct itg__tx *tx, const char *sequence, int64_t *ret_id)
{
    bool found = false;
    itg_error_t err =
        itg__lookup(tx, &found, ret_id,
                    "UPDATE sequence SET value = value + 1 WHERE name = $1 RETURNING value", "s", sequence);
    if (err)
        return err;
    return found ? ITG_OK
                 : itg__fail_detail(tx->failure, ITG_E_OBJECT_MAPPING, "sequence %s is missing", sequence);
}

itg_error_t itg__raise_sequence(struct itg__tx *tx, const char *sequence, int64_t id)
{
    return itg__run(tx, "UPDATE sequence SET value = $2 WHERE name = $1 AND value < $2", "si", sequence, id);
}
