/* Every call that writes, with the n-th chance to fail taken, for every n: the library's allocations and the store's
 * calls. What is changed and what the audit trail says of it stay together: both are there, or neither is. */
#include "audit_calls.h"
#include "core/core.h"
#include "core/text.h"
#include "faults.h"
#include "fixture.h"
#include <stdlib.h>
#include <string.h>

static struct itg__engine faulty;
static itg_failure_t *const F = &fx.failure;
static struct itg__buf all_rows; /* a statement */

static void fresh(void)
{
    itg_options_t options = fixture_options();
    itg_close(fx.itg);
    fx.itg = NULL;
    faults_engine(&faulty);
    assert_ok(itg__open_with(&faulty, ":memory:", &options, &fx.itg, F));
    audit_begin();
}

static void refresh(void)
{
    audit_end();
    fresh();
}

/* ---- the whole store as text */

static void add_table(struct itg__tx *tx, const char *table)
{
    struct itg__query q;
    itg__buf_str(&all_rows, all_rows.length ? " UNION ALL SELECT " : "SELECT ");
    itg__buf_str(&all_rows, "'");
    itg__buf_str(&all_rows, table);
    itg__buf_str(&all_rows, "'");
    itg__query(tx, &q, "SELECT name FROM pragma_table_info($1)", "s", table);
    while (itg__next(&q)) {
        itg__buf_str(&all_rows, " || ' ' || quote(x.");
        itg__buf_str(&all_rows, itg__text(&q, 0));
        itg__buf_str(&all_rows, ")");
    }
    assert_ok(itg__done(&q));
    itg__buf_str(&all_rows, " FROM ");
    itg__buf_str(&all_rows, table);
    itg__buf_str(&all_rows, " x");
}

static void make_statement(void)
{
    struct itg__tx tx;
    struct itg__query q;
    assert_ok(itg__begin_read(fx.itg, "tables", ITG__RIGHT_READ, &tx, F));
    itg__query(&tx, &q, "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name", "");
    while (itg__next(&q))
        add_table(&tx, itg__text(&q, 0));
    assert_ok(itg__end(&tx, itg__done(&q)));
    itg__buf_char(&all_rows, '\0');
    ck_assert(!all_rows.failed);
}

/* Every row of every table, the trail's as well; to be freed. */
static char *rows(void)
{
    struct itg__tx tx;
    struct itg__query q;
    struct itg__buf text = {0};
    assert_ok(itg__begin_read(fx.itg, "rows", ITG__RIGHT_READ, &tx, F));
    itg__query(&tx, &q, all_rows.data, "");
    while (itg__next(&q)) {
        itg__buf_str(&text, itg__text(&q, 0));
        itg__buf_char(&text, '\n');
    }
    assert_ok(itg__end(&tx, itg__done(&q)));
    itg__buf_char(&text, '\0');
    ck_assert(!text.failed);
    return text.data;
}

/* ---- attempts */

static void check_told(const struct audit_call *call, int64_t newest, long n)
{
    char *told = audit_since(newest);
    ck_assert_msg(strcmp(told, call->wanted) == 0, "%ld:\ngot    %swanted %s", n, told, call->wanted);
    free(told);
}

static void check_nothing_changed(const struct audit_call *call, const char *before, long n)
{
    char *after = rows();
    ck_assert_msg(strcmp(after, before) == 0, "%ld of %s", n, call->wanted);
    free(after);
}

/* Prepares all statements, so that each n is another chance. */
static void warm_up(const struct audit_call *call)
{
    assert_ok(itg_begin(fx.itg, F));
    assert_ok(call->call());
    assert_ok(itg_rollback(fx.itg, F));
}

/* @return whether there was no n-th chance any more */
static bool attempt(const struct audit_call *call, struct fault *fault, long n, itg_error_t code,
                    const char *before)
{
    int64_t newest = fixture_newest_audit(fx.itg);
    *fault = (struct fault){.armed = true, .left = n};
    itg_error_t err = call->call();
    fault->armed = false;
    if (err) {
        fixture_assert_code(err, code, call->wanted, __FILE__, __LINE__);
        check_nothing_changed(call, before, n);
        return false;
    }
    check_told(call, newest, n);
    if (!fault->failed)
        return true;
    refresh(); /* it did without */
    warm_up(call);
    return false;
}

static void run_all(struct fault *fault, itg_error_t code)
{
    make_statement();
    for (size_t i = 0; i < audit_call_count; i++) {
        const struct audit_call *call = &audit_calls[i];
        if (audit_is_command(call))
            continue; /* what is sent cannot be taken back */
        fresh();
        warm_up(call);
        char *before = rows();
        for (long n = 0; !attempt(call, fault, n, code, before); n++)
            ck_assert_int_lt(n, 2000);
        free(before);
        fixture_assert_sound(fx.itg);
        audit_end();
    }
    itg__buf_dispose(&all_rows);
}

START_TEST(want_of_memory)
{
    run_all(&memory, ITG_E_INTERNAL);
}
END_TEST

START_TEST(a_store_that_fails)
{
    run_all(&store, ITG_E_DATABASE);
}
END_TEST

SUITE_LONG("audit_faults", fixture_memory, 240, want_of_memory, a_store_that_fails)
