#include "core/fail.h"
#include "store/sqlite_schema.h"
#include "store/store.h"
#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct connection {
    sqlite3 *db;
    int busy_timeout_ms;
    bool impatient;           /* do not wait for locks now */
    int64_t waiting_since_ms; /* of the lock being waited for */
    uint32_t jitter;
    sqlite3_stmt *begin_read, *begin_write, *commit, *rollback, *savepoint, *release, *undo, *version;
};

/* Longest pause between two looks at a lock. SQLite's own handler backs off to 100 ms, which lets a busy
 * program starve another one. */
enum { MAX_PAUSE_MS = 4 };

static itg_error_t translate(int rc)
{
    switch (rc & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return ITG_E_NOT_AVAILABLE;
    case SQLITE_NOMEM:
        return ITG_E_INTERNAL;
    default:
        return ITG_E_DATABASE;
    }
}

itg_error_t itg__sqlite_fail(sqlite3 *db, int rc, itg_failure_t *failure)
{
    const char *text = db && sqlite3_errcode(db) != SQLITE_OK ? sqlite3_errmsg(db) : sqlite3_errstr(rc);
    return itg__fail_detail(failure, translate(rc), "%s", text);
}

static int64_t now_ms(void)
{
    sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);
    sqlite3_int64 now = 0;
    if (vfs && vfs->iVersion >= 2 && vfs->xCurrentTimeInt64)
        vfs->xCurrentTimeInt64(vfs, &now);
    return now;
}

static int on_busy(void *ctx, int count)
{
    struct connection *conn = ctx;
    if (conn->impatient)
        return 0;
    if (count == 0)
        conn->waiting_since_ms = now_ms();
    if (now_ms() - conn->waiting_since_ms >= conn->busy_timeout_ms)
        return 0;
    conn->jitter = conn->jitter * 1664525u + 1013904223u;
    sqlite3_sleep(1 + (int)(conn->jitter >> 16) % MAX_PAUSE_MS);
    return 1;
}

static const char *sqlite_version(void)
{
    return sqlite3_libversion();
}

static bool sqlite_is_single(const char *path)
{
    return strcmp(path, ":memory:") == 0;
}

static void sqlite_close(void *connection)
{
    struct connection *conn = connection;
    if (!conn)
        return;
    sqlite3_stmt *own[] = {conn->begin_read, conn->begin_write, conn->commit, conn->rollback,
                           conn->savepoint,  conn->release,     conn->undo,   conn->version};
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        sqlite3_finalize(own[i]);
    sqlite3_close_v2(conn->db);
    free(conn);
}

static itg_error_t prepare_own(struct connection *conn, itg_failure_t *failure)
{
    struct {
        sqlite3_stmt **stmt;
        const char *sql;
    } own[] = {
        {&conn->begin_read, "BEGIN"},        {&conn->begin_write, "BEGIN IMMEDIATE"},
        {&conn->commit, "COMMIT"},           {&conn->rollback, "ROLLBACK"},
        {&conn->savepoint, "SAVEPOINT itg"}, {&conn->release, "RELEASE itg"},
        {&conn->undo, "ROLLBACK TO itg"},    {&conn->version, "PRAGMA user_version"},
    };
    for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
        int rc = sqlite3_prepare_v3(conn->db, own[i].sql, -1, SQLITE_PREPARE_PERSISTENT, own[i].stmt, NULL);
        if (rc != SQLITE_OK)
            return itg__sqlite_fail(conn->db, rc, failure);
    }
    return ITG_OK;
}

/* Going over to WAL fails at once, without asking the busy handler, while another program opens or closes the file. */
static int run_patiently(struct connection *conn, const char *sql)
{
    int rc = sqlite3_exec(conn->db, sql, NULL, NULL, NULL);
    for (int count = 0; (rc & 0xff) == SQLITE_BUSY && on_busy(conn, count); count++)
        rc = sqlite3_exec(conn->db, sql, NULL, NULL, NULL);
    return rc;
}

static itg_error_t configure(struct connection *conn, const struct itg__store_config *config, bool writer,
                             itg_failure_t *failure)
{
    const char *sql[] = {
        "PRAGMA journal_mode = WAL",
        config->durability == ITG_DURABILITY_FULL ? "PRAGMA synchronous = FULL"
                                                  : "PRAGMA synchronous = NORMAL",
        "PRAGMA foreign_keys = ON",
        "PRAGMA temp_store = MEMORY",
        "PRAGMA trusted_schema = OFF",
        writer ? "PRAGMA cache_size = -16384" : "PRAGMA query_only = ON",
    };
    for (size_t i = writer ? 0 : 1; i < sizeof sql / sizeof *sql; i++) {
        int rc = run_patiently(conn, sql[i]);
        if (rc != SQLITE_OK)
            return itg__sqlite_fail(conn->db, rc, failure);
    }
    return ITG_OK;
}

/* A new file holds password hashes: nobody else may read it. SQLite gives its -wal and -shm the same mode. */
static itg_error_t create_private(const char *path, itg_failure_t *failure)
{
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (fd < 0)
        return errno == EEXIST ? ITG_OK
                               : itg__fail_detail(failure, ITG_E_DATABASE, "%s: %s", path, strerror(errno));
    close(fd);
    return ITG_OK;
}

static itg_error_t sqlite_open(const struct itg__store_config *config, bool writer, void **ret_connection,
                               itg_failure_t *failure)
{
    struct connection *conn = calloc(1, sizeof *conn);
    if (!conn)
        return itg__fail(failure, ITG_E_INTERNAL, NULL);
    conn->busy_timeout_ms = config->busy_timeout_ms;
    conn->jitter = (uint32_t)getpid() ^ (uint32_t)(uintptr_t)conn;
    itg_error_t err = ITG_OK;
    if (writer && !config->must_exist && !sqlite_is_single(config->path))
        err = create_private(config->path, failure);
    if (err)
        goto fail;
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    if (sqlite_is_single(config->path))
        flags |= SQLITE_OPEN_CREATE;
    int rc = sqlite3_open_v2(config->path, &conn->db, flags, NULL);
    if (rc != SQLITE_OK) {
        err = itg__sqlite_fail(conn->db, rc, failure);
        goto fail;
    }
    sqlite3_busy_handler(conn->db, on_busy, conn);
    /* Migration first: it refuses other programs' files before anything of them is changed. */
    if (writer)
        err = itg__sqlite_migrate(conn->db, failure);
    if (!err)
        err = configure(conn, config, writer, failure);
    if (!err)
        err = prepare_own(conn, failure);
    if (err)
        goto fail;
    *ret_connection = conn;
    return ITG_OK;
fail:
    sqlite_close(conn);
    return err;
}

static itg_error_t run_own(struct connection *conn, sqlite3_stmt *stmt, itg_failure_t *failure)
{
    int rc = sqlite3_step(stmt);
    itg_error_t err = rc == SQLITE_DONE ? ITG_OK : itg__sqlite_fail(conn->db, rc, failure);
    sqlite3_reset(stmt);
    return err;
}

/* A newer program may have migrated the file while it is open here. The statements prepared for the old schema,
 * and all that this program knows of it, are then a cache that nothing can bring in step: better no answer than
 * rows that the new schema forbids. */
static itg_error_t check_version(struct connection *conn, itg_failure_t *failure)
{
    int rc = sqlite3_step(conn->version);
    int version = rc == SQLITE_ROW ? sqlite3_column_int(conn->version, 0) : 0;
    itg_error_t err = ITG_OK;
    if (rc != SQLITE_ROW)
        err = itg__sqlite_fail(conn->db, rc, failure);
    else if (version != itg__sqlite_schema_version)
        err = itg__fail_detail(failure, ITG_E_CACHE,
                               "the file went from schema version %d to %d while it was open",
                               itg__sqlite_schema_version, version);
    sqlite3_reset(conn->version);
    return err;
}

static itg_error_t begin_mode(struct connection *conn, enum itg__mode mode, itg_failure_t *failure)
{
    if (mode == ITG__MODE_READ)
        return run_own(conn, conn->begin_read, failure);
    conn->impatient = mode == ITG__MODE_WRITE_NOW;
    itg_error_t err = run_own(conn, conn->begin_write, failure);
    conn->impatient = false;
    return err;
}

static itg_error_t sqlite_begin(void *connection, enum itg__mode mode, itg_failure_t *failure)
{
    struct connection *conn = connection;
    itg_error_t err = begin_mode(conn, mode, failure);
    if (err)
        return err;
    err = check_version(conn, failure);
    if (err)
        run_own(conn, conn->rollback, NULL);
    return err;
}

static itg_error_t sqlite_commit(void *connection, itg_failure_t *failure)
{
    struct connection *conn = connection;
    return run_own(conn, conn->commit, failure);
}

static bool sqlite_in_transaction(void *connection)
{
    struct connection *conn = connection;
    return !sqlite3_get_autocommit(conn->db);
}

static void sqlite_rollback(void *connection)
{
    struct connection *conn = connection;
    if (sqlite_in_transaction(conn))
        run_own(conn, conn->rollback, NULL);
}

static itg_error_t sqlite_savepoint(void *connection, itg_failure_t *failure)
{
    struct connection *conn = connection;
    return run_own(conn, conn->savepoint, failure);
}

static itg_error_t sqlite_release(void *connection, itg_failure_t *failure)
{
    struct connection *conn = connection;
    return run_own(conn, conn->release, failure);
}

static itg_error_t sqlite_undo(void *connection, itg_failure_t *failure)
{
    struct connection *conn = connection;
    itg_error_t err = run_own(conn, conn->undo, failure);
    return err ? err : run_own(conn, conn->release, failure);
}

/* SQLite takes $1 for a name and numbers names as they appear; ?1 is its number one. */
static char *own_parameters(const char *sql)
{
    char *text = strdup(sql);
    for (char *c = text; c && *c; c++)
        if (c[0] == '$' && c[1] >= '0' && c[1] <= '9')
            *c = '?';
    return text;
}

static itg_error_t sqlite_prepare(void *connection, const char *sql, void **ret_statement,
                                  itg_failure_t *failure)
{
    struct connection *conn = connection;
    sqlite3_stmt *stmt = NULL;
    char *text = own_parameters(sql);
    if (!text)
        return itg__fail(failure, ITG_E_INTERNAL, NULL);
    int rc = sqlite3_prepare_v3(conn->db, text, -1, SQLITE_PREPARE_PERSISTENT, &stmt, NULL);
    free(text);
    if (rc != SQLITE_OK)
        return itg__sqlite_fail(conn->db, rc, failure);
    *ret_statement = stmt;
    return ITG_OK;
}

static void sqlite_finalize(void *statement)
{
    sqlite3_finalize(statement);
}

static itg_error_t bound(int rc)
{
    return rc == SQLITE_OK ? ITG_OK : translate(rc);
}

static itg_error_t sqlite_bind_text(void *statement, int index, const char *text, size_t length)
{
    return bound(sqlite3_bind_text64(statement, index, text, length, SQLITE_STATIC, SQLITE_UTF8));
}

static itg_error_t sqlite_bind_int(void *statement, int index, int64_t value)
{
    return bound(sqlite3_bind_int64(statement, index, value));
}

static itg_error_t sqlite_bind_real(void *statement, int index, double value)
{
    return bound(sqlite3_bind_double(statement, index, value));
}

static itg_error_t sqlite_bind_null(void *statement, int index)
{
    return bound(sqlite3_bind_null(statement, index));
}

static itg_error_t sqlite_step(void *statement, bool *ret_row, itg_failure_t *failure)
{
    int rc = sqlite3_step(statement);
    if (rc != SQLITE_ROW && rc != SQLITE_DONE)
        return itg__sqlite_fail(sqlite3_db_handle(statement), rc, failure);
    *ret_row = rc == SQLITE_ROW;
    return ITG_OK;
}

static void sqlite_reset(void *statement)
{
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
}

static int64_t sqlite_column_int(void *statement, int column)
{
    return sqlite3_column_int64(statement, column);
}

static double sqlite_column_real(void *statement, int column)
{
    return sqlite3_column_double(statement, column);
}

static bool sqlite_column_is_null(void *statement, int column)
{
    return sqlite3_column_type(statement, column) == SQLITE_NULL;
}

static const char *sqlite_column_text(void *statement, int column, size_t *ret_length)
{
    const char *text = (const char *)sqlite3_column_text(statement, column);
    if (ret_length)
        *ret_length = text ? (size_t)sqlite3_column_bytes(statement, column) : 0;
    if (text)
        return text;
    return sqlite_column_is_null(statement, column) ? "" : NULL;
}

static const char *sqlite_column_bytes(void *statement, int column, size_t *ret_length)
{
    const char *bytes = sqlite3_column_blob(statement, column);
    *ret_length = (size_t)sqlite3_column_bytes(statement, column);
    return bytes;
}

static itg_error_t sqlite_check(void *connection, itg_finding_fn finding, void *ctx, int64_t *ret_findings,
                                itg_failure_t *failure)
{
    struct connection *conn = connection;
    static const char *const checks[] = {
        "SELECT integrity_check FROM pragma_integrity_check WHERE integrity_check <> 'ok'",
        "SELECT 'row ' || rowid || ' of ' || \"table\" || ' refers to a missing row of ' || parent"
        " FROM pragma_foreign_key_check",
    };
    for (size_t i = 0; i < sizeof checks / sizeof *checks; i++) {
        sqlite3_stmt *stmt = NULL;
        int rc = sqlite3_prepare_v2(conn->db, checks[i], -1, &stmt, NULL);
        while (rc == SQLITE_OK || rc == SQLITE_ROW) {
            rc = sqlite3_step(stmt);
            if (rc != SQLITE_ROW)
                break;
            const char *text = (const char *)sqlite3_column_text(stmt, 0);
            (*ret_findings)++;
            if (finding)
                finding(ctx, text ? text : "a row refers to a missing row");
        }
        itg_error_t err = rc == SQLITE_DONE ? ITG_OK : itg__sqlite_fail(conn->db, rc, failure);
        sqlite3_finalize(stmt);
        if (err)
            return err;
    }
    return ITG_OK;
}

const struct itg__engine itg__engine_sqlite = {
    .version = sqlite_version,
    .is_single = sqlite_is_single,
    .open = sqlite_open,
    .close = sqlite_close,
    .begin = sqlite_begin,
    .commit = sqlite_commit,
    .rollback = sqlite_rollback,
    .in_transaction = sqlite_in_transaction,
    .savepoint = sqlite_savepoint,
    .release = sqlite_release,
    .undo = sqlite_undo,
    .prepare = sqlite_prepare,
    .finalize = sqlite_finalize,
    .bind_text = sqlite_bind_text,
    .bind_int = sqlite_bind_int,
    .bind_real = sqlite_bind_real,
    .bind_null = sqlite_bind_null,
    .step = sqlite_step,
    .reset = sqlite_reset,
    .column_int = sqlite_column_int,
    .column_real = sqlite_column_real,
    .column_is_null = sqlite_column_is_null,
    .column_text = sqlite_column_text,
    .column_bytes = sqlite_column_bytes,
    .check = sqlite_check,
};
