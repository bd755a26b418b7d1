/* Chances to fail: what the suites of want and failure tell the library's allocator, its store, and SQLite to
 * do. */
#include "faults.h"
#include "core/fail.h"
#include <check.h>
#include <sqlite3.h>

struct fault memory, store, engine_memory;

static bool fails(struct fault *fault)
{
    if (!fault->armed || fault->left-- > 0)
        return false;
    fault->armed = false;
    fault->failed = true;
    return true;
}

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);

void *__wrap_malloc(size_t size)
{
    return fails(&memory) ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    return fails(&memory) ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *old, size_t size)
{
    return fails(&memory) ? NULL : __real_realloc(old, size);
}

static sqlite3_mem_methods real_methods;

static void *engine_malloc(int size)
{
    return fails(&engine_memory) ? NULL : real_methods.xMalloc(size);
}

static void *engine_realloc(void *old, int size)
{
    return fails(&engine_memory) ? NULL : real_methods.xRealloc(old, size);
}

static itg_error_t broken(itg_failure_t *failure)
{
    return itg__fail_detail(failure, ITG_E_DATABASE, "on purpose");
}

#define REAL itg__engine_sqlite

static itg_error_t begin(void *connection, enum itg__mode mode, itg_failure_t *failure)
{
    return fails(&store) ? broken(failure) : REAL.begin(connection, mode, failure);
}

static itg_error_t commit(void *connection, itg_failure_t *failure)
{
    return fails(&store) ? broken(failure) : REAL.commit(connection, failure);
}

static itg_error_t savepoint(void *connection, itg_failure_t *failure)
{
    return fails(&store) ? broken(failure) : REAL.savepoint(connection, failure);
}

static itg_error_t release(void *connection, itg_failure_t *failure)
{
    return fails(&store) ? broken(failure) : REAL.release(connection, failure);
}

static itg_error_t prepare(void *connection, const char *sql, void **ret_statement, itg_failure_t *failure)
{
    return fails(&store) ? broken(failure) : REAL.prepare(connection, sql, ret_statement, failure);
}

static itg_error_t step(void *statement, bool *ret_row, itg_failure_t *failure)
{
    return fails(&store) ? broken(failure) : REAL.step(statement, ret_row, failure);
}

static itg_error_t bind_text(void *statement, int index, const char *text, size_t length)
{
    return fails(&store) ? ITG_E_DATABASE : REAL.bind_text(statement, index, text, length);
}

static itg_error_t bind_int(void *statement, int index, int64_t value)
{
    return fails(&store) ? ITG_E_DATABASE : REAL.bind_int(statement, index, value);
}

void faults_engine(struct itg__engine *ret_engine)
{
    *ret_engine = itg__engine_sqlite;
    ret_engine->begin = begin;
    ret_engine->commit = commit;
    ret_engine->savepoint = savepoint;
    ret_engine->release = release;
    ret_engine->prepare = prepare;
    ret_engine->step = step;
    ret_engine->bind_text = bind_text;
    ret_engine->bind_int = bind_int;
}

void faults_allocator(void)
{
    static sqlite3_mem_methods methods;
    sqlite3_shutdown();
    ck_assert_int_eq(sqlite3_config(SQLITE_CONFIG_GETMALLOC, &real_methods), SQLITE_OK);
    methods = real_methods;
    methods.xMalloc = engine_malloc;
    methods.xRealloc = engine_realloc;
    ck_assert_int_eq(sqlite3_config(SQLITE_CONFIG_MALLOC, &methods), SQLITE_OK);
}
