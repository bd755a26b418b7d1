/* The store port: what the core asks of an engine that keeps rows. sqlite.c is the one that ships; tests wrap
 * it to make the n-th step fail.
 *
 * A connection is used by one thread at a time. Parameters of statements are written $1, $2, ... and bound by
 * number from 1; columns are read by number from 0. Engines translate their result codes here and nowhere
 * else: a lock that outlives its timeout is ITG_E_NOT_AVAILABLE, lack of memory ITG_E_INTERNAL, a schema that
 * changed behind prepared statements ITG_E_CACHE, the rest ITG_E_DATABASE. */
#ifndef ITG__STORE_H
#define ITG__STORE_H

#include <itg/error.h>
#include <itg/fleet.h>
#include <stdbool.h>

struct itg__store_config {
    const char *path;
    itg_durability_t durability;
    int busy_timeout_ms;
    bool must_exist;
};

enum itg__mode {
    ITG__MODE_READ,
    ITG__MODE_WRITE,    /* waits for other programs' writers */
    ITG__MODE_WRITE_NOW /* does not */
};

struct itg__engine {
    const char *(*version)(void);
    /* True if all connections to this path must be one and the same (a store in memory). */
    bool (*is_single)(const char *path);

    /* Opens a connection. The first writer creates the file, checks it, and migrates its schema. */
    itg_error_t (*open)(const struct itg__store_config *config, bool writer, void **ret_connection,
                        itg_failure_t *failure);
    void (*close)(void *connection);

    /* ITG_E_CACHE: another program has migrated the file since it was opened; nothing was begun. */
    itg_error_t (*begin)(void *connection, enum itg__mode mode, itg_failure_t *failure);
    itg_error_t (*commit)(void *connection, itg_failure_t *failure);
    void (*rollback)(void *connection);
    /* False after the engine gave a whole transaction up by itself. */
    bool (*in_transaction)(void *connection);
    itg_error_t (*savepoint)(void *connection, itg_failure_t *failure);
    itg_error_t (*release)(void *connection, itg_failure_t *failure);
    itg_error_t (*undo)(void *connection, itg_failure_t *failure); /* back to the savepoint, and ends it */

    itg_error_t (*prepare)(void *connection, const char *sql, void **ret_statement, itg_failure_t *failure);
    void (*finalize)(void *statement);
    /* The text must stay in place until reset(). */
    itg_error_t (*bind_text)(void *statement, int index, const char *text, size_t length);
    itg_error_t (*bind_int)(void *statement, int index, int64_t value);
    itg_error_t (*bind_real)(void *statement, int index, double value);
    itg_error_t (*bind_null)(void *statement, int index);
    itg_error_t (*step)(void *statement, bool *ret_row, itg_failure_t *failure);
    void (*reset)(void *statement); /* forgets its bindings too */
    int64_t (*column_int)(void *statement, int column);
    double (*column_real)(void *statement, int column);
    bool (*column_is_null)(void *statement, int column);
    /* As it is, without a NUL behind it; NULL without memory or for an empty text. Valid until the next step. */
    const char *(*column_bytes)(void *statement, int column, size_t *ret_length);
    /* NUL-terminated, valid until the next step; NULL if there is no memory for it. NULL values read as "".
     * @param ret_length  may be NULL */
    const char *(*column_text)(void *statement, int column, size_t *ret_length);

    /* Checks the file itself (pages, indexes, references) and reports each fault. */
    itg_error_t (*check)(void *connection, itg_finding_fn finding, void *ctx, int64_t *ret_findings,
                         itg_failure_t *failure);
};

extern const struct itg__engine itg__engine_sqlite;

#endif
