/* Imports and exports whose n-th allocation, or n-th call of the store, fails, for every n: the right code,
 * nothing changed, nothing lost. The linker sends the library's allocations here, see meson.build. */
#include "core/core.h"
#include "fleetfile_fixture.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What fails next: after `left` more. */
struct fault {
    bool armed;
    long left;
    long failed;
};
static struct fault memory, store;

static bool fails(struct fault *fault)
{
    if (!fault->armed || fault->left-- > 0)
        return false;
    fault->armed = false;
    fault->failed++;
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

static itg_error_t failing_step(void *statement, bool *ret_row, itg_failure_t *failure)
{
    return fails(&store) ? itg__fail(failure, ITG_E_DATABASE, NULL)
                         : itg__engine_sqlite.step(statement, ret_row, failure);
}

static itg_error_t failing_bind_text(void *statement, int index, const char *text, size_t length)
{
    return fails(&store) ? ITG_E_DATABASE : itg__engine_sqlite.bind_text(statement, index, text, length);
}

static itg_error_t failing_prepare(void *connection, const char *sql, void **ret_statement,
                                   itg_failure_t *failure)
{
    return fails(&store) ? itg__fail(failure, ITG_E_DATABASE, NULL)
                         : itg__engine_sqlite.prepare(connection, sql, ret_statement, failure);
}

static struct itg__engine engine;

static void open_failing(void)
{
    itg_options_t options = fixture_options();
    engine = itg__engine_sqlite;
    engine.step = failing_step;
    engine.bind_text = failing_bind_text;
    engine.prepare = failing_prepare;
    assert_ok(itg__open_with(&engine, ":memory:", &options, &fx.itg, &fx.failure));
}

static void setup(void)
{
    fixture_none();
    open_failing();
}

/* Everything waits for something that follows, so that all lists are used; more than fit into their first
 * sizes. */
static char *tangled_file(void)
{
    char *text = NULL;
    size_t length = 0;
    FILE *stream = open_memstream(&text, &length);
    ck_assert_ptr_nonnull(stream);
    fputs("{\"assignments\":[", stream);
    for (int i = 1; i <= 40; i++)
        fprintf(stream,
                "%s{\"assignee\":{\"id\":\"300\",\"type\":\"profile\"},\"receiver\":{\"id\":\"%d\",\"type\":"
                "\"tc\"}}",
                i > 1 ? "," : "", 200 + i);
    fputs("],\"profiles\":[{\"id\":\"300\",\"name\":\"p\",\"firmwareID\":\"1\",\"parentID\":\"301\"}],"
          "\"thinclients\":[",
          stream);
    for (int i = 1; i <= 40; i++)
        fprintf(stream, "%s{\"mac\":\"%012X\",\"id\":\"%d\",\"firmwareID\":\"%d\",\"parentID\":\"%d\"%s}",
                i > 1 ? "," : "", i, 200 + i, i, 1 + i,
                i == 40 ? ",\"movedToBin\":true,\"monitorSize1\":23.8" : "");
    fputs("],\"directories\":[{\"id\":\"301\",\"name\":\"d\",\"objectType\":\"profiledirectory\"}", stream);
    for (int i = 60; i > 0; i--)
        fprintf(stream,
                ",{\"id\":\"%d\",\"name\":\"d\",\"parentID\":\"%d\",\"objectType\":\"tcdirectory\"%s}", i,
                i > 1 ? i - 1 : -1, i > 40 ? ",\"movedToBin\":true" : "");
    fputs("],\"firmwares\":[", stream);
    for (int i = 40; i > 0; i--)
        fprintf(stream, "%s{\"id\":\"%d\",\"product\":\"p\",\"version\":\"%d\"}", i < 40 ? "," : "", i, i);
    fputs("]}", stream);
    ck_assert_int_eq(fclose(stream), 0);
    return text;
}

/* Runs the import with its n-th chance to fail taken, for n = 0, 1, 2, ... until none is. @return how many
 * were */
static long import_with(struct fault *fault, itg_error_t code)
{
    char *text = tangled_file(), *before = fixture_fingerprint(fx.itg);
    long n = 0;
    for (;; n++) {
        *fault = (struct fault){.armed = true, .left = n};
        itg_error_t err = import(text);
        fault->armed = false;
        if (!fault->failed) {
            assert_ok(err);
            break;
        }
        if (err != code)
            ck_abort_msg("%ld: %s, expected %s", n, itg_error_code(err), itg_error_code(code));
        ck_assert_int_eq(fx.failure.code, code);
        itg_failure_clear(&fx.failure);
        if (n % 50 == 0)
            fixture_assert_unchanged(strdup(before), "import", __FILE__, __LINE__);
    }
    free(text);
    free(before);
    return n;
}

START_TEST(import_survives_want_of_memory)
{
    ck_assert_int_gt(import_with(&memory, ITG_E_INTERNAL), 10);
    assert_round_trip();
}
END_TEST

START_TEST(import_survives_a_store_that_fails)
{
    ck_assert_int_gt(import_with(&store, ITG_E_DATABASE), 1000);
    assert_round_trip();
}
END_TEST

START_TEST(import_of_a_group_survives_a_store_that_fails)
{
    assert_ok(itg_begin(fx.itg, &fx.failure));
    make_firmware("kept");
    char *text = tangled_file();
    for (long n = 0; n < 1500; n += 7) {
        store = (struct fault){.armed = true, .left = n};
        itg_error_t err = import(text);
        store.armed = false;
        assert_code(err, ITG_E_DATABASE);
    }
    free(text);
    assert_ok(itg_commit(fx.itg, &fx.failure));
    ck_assert_int_eq(make_firmware("next"), 2);
    assert_round_trip();
}
END_TEST

static long export_with(struct fault *fault, itg_error_t code)
{
    long n = 0;
    for (;; n++) {
        size_t size = 0;
        *fault = (struct fault){.armed = true, .left = n};
        itg_error_t err = itg_export(fx.itg, swallow, &size, NULL, NULL, NULL, &fx.failure);
        fault->armed = false;
        if (!fault->failed) {
            assert_ok(err);
            return n;
        }
        if (err != code)
            ck_abort_msg("%ld: %s, expected %s", n, itg_error_code(err), itg_error_code(code));
        itg_failure_clear(&fx.failure);
    }
}

START_TEST(export_survives_what_fails)
{
    char *text = tangled_file();
    assert_ok(import(text));
    free(text);
    ck_assert_int_gt(export_with(&memory, ITG_E_INTERNAL), 2);
    ck_assert_int_gt(export_with(&store, ITG_E_DATABASE), 100);
}
END_TEST

SUITE_LONG("fleetfile_faults", setup, 240, import_survives_want_of_memory, import_survives_a_store_that_fails,
           import_of_a_group_survives_a_store_that_fails, export_survives_what_fails)
