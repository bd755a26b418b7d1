/* Nothing in a request costs time that grows with the fleet, except lists themselves. SQLite counts the steps
 * of its machine for each statement; the same requests are made to a small fleet and to one a hundred times
 * as large. */
#include "core/core.h"
#include "fixture.h"
#include <itg/imi.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SMALL = 400, LARGE = 40000, PER_DIRECTORY = 20, PER_PROFILE = 100 };

/* --- an engine that counts --- */

static int64_t steps;
static struct itg__engine counting;

static void count(void *statement)
{
    steps += sqlite3_stmt_status(statement, SQLITE_STMTSTATUS_VM_STEP, 1);
}

static void counting_reset(void *statement)
{
    count(statement);
    itg__engine_sqlite.reset(statement);
}

static void counting_finalize(void *statement)
{
    count(statement);
    itg__engine_sqlite.finalize(statement);
}

/* --- a fleet of any size --- */

/* Ids: directories from 1, thin clients from 1,000,000, profiles from 2,000,000. */
#define TC(number)      (1000000 + (number))
#define PROFILE(number) (2000000 + (number))

static void write_directories(FILE *out, int count)
{
    fputs("\"directories\":[", out);
    for (int i = 1; i <= count; i++)
        fprintf(out, "%s{\"id\":%d,\"name\":\"d\",\"parentID\":%d,\"objectType\":\"tcdirectory\"}",
                i > 1 ? ",\n" : "", i, i > 20 ? 10 + i / 10 : -1);
    fputs("],\n", out);
}

static void write_thinclients(FILE *out, int count)
{
    fputs("\"thinclients\":[", out);
    for (int i = 0; i < count; i++)
        fprintf(out, "%s{\"id\":%d,\"mac\":\"00E0C5%06X\",\"firmwareID\":1,\"parentID\":%d}",
                i > 0 ? ",\n" : "", TC(i), (unsigned)i, 1 + i / PER_DIRECTORY);
    fputs("],\n", out);
}

static void write_profiles(FILE *out, int count)
{
    fputs("\"profiles\":[", out);
    for (int i = 0; i < count; i++)
        fprintf(out, "%s{\"id\":%d,\"name\":\"p\",\"firmwareID\":1,\"objectType\":\"profile\"}",
                i > 0 ? ",\n" : "", PROFILE(i));
    fputs("],\n\"assignments\":[", out);
    for (int i = 0; i < count; i++)
        fprintf(out,
                "%s{\"assignee\":{\"id\":%d,\"type\":\"profile\"},\"receiver\":{\"id\":%d,\"type\":"
                "\"tcdirectory\"}},"
                "{\"assignee\":{\"id\":%d,\"type\":\"profile\"},\"receiver\":{\"id\":%d,\"type\":\"tc\"}}",
                i > 0 ? ",\n" : "", PROFILE(i), 1 + i, PROFILE(i), TC(i));
    fputs("]}\n", out);
}

static int64_t read_stream(void *ctx, char *buf, size_t size)
{
    return (int64_t)fread(buf, 1, size, ctx);
}

/* Does the user have access entries, so that each right is looked up? */
static bool with_entries;

static void add_entries(void)
{
    assert_ok(itg_group_create(fx.itg, "night", NULL, &fx.failure));
    assert_ok(itg_group_add(fx.itg, "night", "alice", &fx.failure));
    assert_ok(itg_access_set(fx.itg, 7, ITG_SUBJECT_USER, "alice", 0, ITG_RIGHT_SHADOW, &fx.failure));
    assert_ok(itg_access_set(fx.itg, ITG_ROOT_PROFILES, ITG_SUBJECT_GROUP, "night", ITG_RIGHTS_ALL, 0,
                             &fx.failure));
}

static void open_fleet(int size)
{
    itg_options_t options = fixture_options();
    counting = itg__engine_sqlite;
    counting.reset = counting_reset;
    counting.finalize = counting_finalize;
    assert_ok(itg__open_with(&counting, ":memory:", &options, &fx.itg, &fx.failure));
    FILE *stream = tmpfile();
    ck_assert_ptr_nonnull(stream);
    fputs("{\"firmwares\":[{\"id\":1,\"product\":\"p\",\"version\":\"v\",\"firmwareType\":\"LX\"}],\n",
          stream);
    write_directories(stream, size / PER_DIRECTORY);
    write_thinclients(stream, size);
    write_profiles(stream, size / PER_PROFILE);
    rewind(stream);
    assert_ok(itg_import(fx.itg, read_stream, stream, NULL, NULL, NULL, &fx.failure));
    fclose(stream);
    assert_ok(itg_user_create(fx.itg, "alice", ITG_ROLE_ADMINISTRATOR, "correct horse", NULL, &fx.failure));
    if (with_entries)
        add_entries();
}

/* --- requests --- */

static const struct request {
    const char *method;
    const char *target;
    const char *body;
} requests[] = {
    {"GET", "/serverstatus", NULL},
    {"GET", "/thinclients/1000123?facets=details,online", NULL},
    {"GET", "/thinclients/9999999", NULL},
    {"PUT", "/thinclients", "{\"mac\":\"00E0C6000000\",\"firmwareID\":\"1\",\"parentID\":\"7\"}"},
    {"PUT", "/thinclients", "{\"mac\":\"00E0C5000001\",\"firmwareID\":\"1\"}"},
    {"PUT", "/thinclients/1000123", "{\"name\":\"x\",\"site\":\"y\"}"},
    {"POST", "/thinclients?command=reboot", "[{\"id\":\"1000123\",\"type\":\"tc\"}]"},
    {"DELETE", "/thinclients/1000122", NULL},
    {"DELETE", "/thinclients/1000003/deletetcoffline", NULL},
    {"GET", "/thinclients/1000123/assignments/profiles", NULL},
    {"PUT", "/thinclients/1000123/assignments/profiles",
     "[{\"assignee\":{\"id\":\"2000001\",\"type\":\"profile\"},\"receiver\":{\"id\":\"1000123\",\"type\":"
     "\"tc\"}}]"},
    {"GET", "/directories/tcdirectories/7?facets=children", NULL},
    {"PUT", "/directories/tcdirectories", "{\"name\":\"new\",\"parentID\":\"7\"}"},
    {"PUT", "/directories/tcdirectories/7", "{\"name\":\"renamed\"}"},
    {"PUT", "/directories/tcdirectories/8?operation=move",
     "[{\"id\":\"1000123\",\"type\":\"tc\"},{\"id\":\"9\",\"type\":\"tcdirectory\"},{\"id\":\"8\",\"type\":"
     "\"tcdirectory\"}]"},
    {"DELETE", "/directories/tcdirectories/7", NULL},
    {"GET", "/directories/tcdirectories/7/assignments/profiles", NULL},
    {"GET", "/profiles/2000001", NULL},
    {"PUT", "/profiles/2000001", "{\"name\":\"x\"}"},
    {"GET", "/profiles/2000001/assignments/thinclients", NULL},
    {"GET", "/profiles/2000001/assignments/tcdirectories", NULL},
    {"PUT", "/profiles/2000001/assignments/tcdirectories",
     "[{\"assignee\":{\"id\":\"2000001\",\"type\":\"profile\"},\"receiver\":{\"id\":\"9\",\"type\":"
     "\"tcdirectory\"}}]"},
    {"DELETE", "/profiles/2000001/assignments/tcdirectories/9", NULL},
    {"DELETE", "/profiles/2000002", NULL},
    {"GET", "/firmwares/1", NULL},
    {"GET", "/firmwares", NULL},
    {"POST", "/logout", NULL},
};
enum { REQUESTS = sizeof requests / sizeof *requests };

static char cookie[64];

static void take_cookie(const itg_imi_response_t *response)
{
    const char *name, *value;
    for (size_t i = 0; itg_imi_response_header(response, i, &name, &value); i++)
        if (strcmp(name, "Set-Cookie") == 0)
            snprintf(cookie, sizeof cookie, "%.*s", (int)strcspn(value, ";"), value);
}

/* @return the steps that it took */
static int64_t ask(itg_imi_t *imi, const struct request *request, const char *authorization,
                   int32_t *ret_status)
{
    char target[256], buf[4096];
    snprintf(target, sizeof target, "/umsapi/v3%s", request->target);
    itg_imi_request_t imi_request = {.size = sizeof imi_request,
                                     .method = request->method,
                                     .target = target,
                                     .host = "ums:8443",
                                     .authorization = authorization,
                                     .cookie = authorization ? NULL : cookie,
                                     .content_type = "application/json",
                                     .body = request->body,
                                     .body_size = request->body ? strlen(request->body) : 0};
    steps = 0;
    itg_imi_response_t *response = itg_imi_handle(imi, &imi_request);
    *ret_status = itg_imi_response_status(response);
    if (authorization)
        take_cookie(response);
    while (itg_imi_response_read(response, buf, sizeof buf) > 0)
        ;
    itg_imi_response_free(response);
    return steps;
}

/* The steps of each request, and of the login before and the bin's operations after them. */
struct costs {
    int64_t login, requests[REQUESTS], bin_put, bin_restore, explain;
    int32_t statuses[REQUESTS];
};

static int32_t ignore_setting(void *ctx, const itg_effective_t *setting)
{
    (void)ctx;
    (void)setting;
    return 0;
}

static void measure(int size, struct costs *costs)
{
    itg_imi_t *imi = NULL;
    int32_t status = 0;
    open_fleet(size);
    assert_ok(itg_imi_new(fx.itg, NULL, &imi, &fx.failure));
    costs->login =
        ask(imi, &(struct request){"POST", "/login", NULL}, "Basic YWxpY2U6Y29ycmVjdCBob3JzZQ==", &status);
    ck_assert_int_eq(status, 200);
    for (size_t i = 0; i < REQUESTS; i++)
        costs->requests[i] = ask(imi, &requests[i], NULL, &costs->statuses[i]);
    itg_imi_free(imi);
    steps = 0;
    assert_ok(itg_bin_put(fx.itg, ITG_TYPE_THINCLIENT, TC(150), &fx.failure));
    costs->bin_put = steps;
    steps = 0;
    assert_ok(itg_bin_restore(fx.itg, ITG_TYPE_THINCLIENT, TC(150), &fx.failure));
    costs->bin_restore = steps;
    steps = 0;
    assert_ok(itg_effective_explain(fx.itg, TC(123), ignore_setting, NULL, &fx.failure));
    costs->explain = steps;
    itg_close(fx.itg);
    fx.itg = NULL;
}

/* Trees of indexes are higher in a larger fleet, but their height does not count as steps. */
static void compare(const char *what, int64_t small, int64_t large)
{
    ck_assert_msg(small > 0 || large == 0, "%s took no step in the small fleet", what);
    ck_assert_msg(large <= small * 3 / 2 + 50, "%s takes %lld steps in a fleet of %d and %lld in one of %d",
                  what, (long long)small, SMALL, (long long)large, LARGE);
}

static void compare_requests(void)
{
    static struct costs small, large;
    measure(SMALL, &small);
    measure(LARGE, &large);
    compare("login", small.login, large.login);
    for (size_t i = 0; i < REQUESTS; i++) {
        char what[256];
        snprintf(what, sizeof what, "%s %s", requests[i].method, requests[i].target);
        ck_assert_int_eq(small.statuses[i], large.statuses[i]);
        ck_assert_msg(small.statuses[i] < 500, "%s: %d", what, small.statuses[i]);
        compare(what, small.requests[i], large.requests[i]);
    }
    compare("bin_put", small.bin_put, large.bin_put);
    compare("bin_restore", small.bin_restore, large.bin_restore);
    compare("explain", small.explain, large.explain);
}

START_TEST(requests_cost_the_same_in_a_large_fleet)
{
    compare_requests();
}
END_TEST

START_TEST(so_do_those_of_a_user_with_access_entries)
{
    with_entries = true;
    compare_requests();
    with_entries = false;
}
END_TEST

/* --- a history of any length: ten entries an object, ten runs a job, ten results a run --- */

enum { PER_OBJECT = 10, JOB = 7 };

static const char *const history[] = {
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1)"
    " INSERT INTO audit SELECT i, $2 + i, 'root', 'view_update', 'view', i / 10, 'v', '{}', '{}' FROM n",
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1 / 10)"
    " INSERT INTO job SELECT i, 'j', 1, 0, '', $2 + i, 60, 0, 0, 0, $2 + 3600000 + i FROM n",
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1 - 10)"
    " INSERT INTO job_run SELECT i, 1 + i / 10, 2, $2, $2, $2, 0, 0, 10, 0, 10, 0, 0, '' FROM n",
    "INSERT INTO job_result SELECT id, job_id, '00E0C5000001', $2, CASE $1 WHEN 0 THEN '' ELSE 'x' END FROM "
    "job_run",
};

static void open_history(int64_t size)
{
    struct itg__tx tx;
    itg_options_t options = fixture_options();
    itg_error_t err = ITG_OK;
    counting = itg__engine_sqlite;
    counting.reset = counting_reset;
    counting.finalize = counting_finalize;
    assert_ok(itg__open_with(&counting, ":memory:", &options, &fx.itg, &fx.failure));
    assert_ok(itg__begin_write(fx.itg, "history", ITG__RIGHT_WRITE, &tx, &fx.failure));
    for (size_t i = 0; !err && i < COUNT_OF(history); i++)
        err = itg__run(&tx, history[i], "ii", size, (int64_t)FIXTURE_START_MS);
    assert_ok(itg__end(&tx, err));
    assert_ok(itg__begin_write(fx.itg, "history", ITG__RIGHT_WRITE, &tx, &fx.failure));
    err = itg__raise_sequence(&tx, "object", LARGE);
    if (!err)
        err = itg__raise_sequence(&tx, "jobrun", LARGE);
    assert_ok(itg__end(&tx, err));
}

static int64_t history_size; /* of the fleet that is asked */

static int32_t count_entry(void *ctx, const itg_audit_t *entry)
{
    (void)entry;
    ++*(int *)ctx;
    return 0;
}

static itg_error_t read_trail(itg_audit_filter_t filter, int wanted)
{
    int count = 0;
    filter.size = sizeof filter;
    itg_error_t err = itg_audit_each(fx.itg, &filter, count_entry, &count, &fx.failure);
    ck_assert_int_eq(count, wanted);
    return err;
}

static int32_t ignore_run(void *ctx, const itg_job_run_t *run)
{
    (void)ctx, (void)run;
    return 0;
}

static int32_t ignore_result(void *ctx, const itg_job_result_t *result)
{
    (void)ctx, (void)result;
    return 0;
}

static itg_error_t get_job(void)
{
    itg_job_t *job = NULL;
    itg_error_t err = itg_job_get(fx.itg, JOB, &job, &fx.failure);
    itg_job_free(job);
    return err;
}

static itg_error_t set_job(void)
{
    const itg_job_spec_t spec = {.size = sizeof spec,
                                 .name = "k",
                                 .command = ITG_COMMAND_SHUTDOWN,
                                 .expression = "id==1",
                                 .start_ms = FIXTURE_START_MS + 60000,
                                 .every_s = 3600};
    return itg_job_update(fx.itg, JOB, &spec, &fx.failure);
}

/* The first job is due; it finds no thin client. */
static itg_error_t step_at_a_due_time(void)
{
    fx.now_ms = FIXTURE_START_MS + 3600001;
    return itg_step(fx.itg, NULL, &fx.failure);
}

#define CALL(name, expr)          \
    static itg_error_t name(void) \
    {                             \
        return expr;              \
    }
CALL(newest, read_trail((itg_audit_filter_t){.newest_first = 1, .limit = 20}, 20))
CALL(older, read_trail((itg_audit_filter_t){.newest_first = 1, .limit = 20, .after_id = 300}, 20))
CALL(behind, read_trail((itg_audit_filter_t){.after_id = 300, .limit = 20}, 20))
CALL(of_one_object, read_trail((itg_audit_filter_t){.object_id = 7}, PER_OBJECT))
CALL(since, read_trail((itg_audit_filter_t){.from_ms = FIXTURE_START_MS + history_size - 19}, 20))
CALL(audited_change, itg_firmware_create(fx.itg, "OS", "1", "LX", NULL, &fx.failure))
CALL(job_runs, itg_job_runs(fx.itg, JOB, ignore_run, NULL, &fx.failure))
CALL(job_results, itg_job_results(fx.itg, 77, ignore_result, NULL, &fx.failure))
CALL(step, itg_step(fx.itg, NULL, &fx.failure))
CALL(delete_job, itg_job_delete(fx.itg, JOB, &fx.failure))

static const struct {
    const char *name;
    itg_error_t (*call)(void);
} calls[] = {
    {"the newest of the trail", newest},
    {"older ones", older},
    {"those behind one", behind},
    {"those of an object", of_one_object},
    {"those since a time", since},
    {"a change that is audited", audited_change},
    {"a job", get_job},
    {"its runs", job_runs},
    {"results of a run", job_results},
    {"changing a job", set_job},
    {"a step with nothing due", step},
    {"a step with a job due", step_at_a_due_time},
    {"deleting a job", delete_job},
};

static void measure_calls(int64_t size, int64_t costs[COUNT_OF(calls)])
{
    fx.now_ms = FIXTURE_START_MS;
    history_size = size;
    open_history(size);
    for (size_t i = 0; i < COUNT_OF(calls); i++) {
        steps = 0;
        assert_ok(calls[i].call());
        costs[i] = steps;
    }
    itg_close(fx.itg);
    fx.itg = NULL;
}

START_TEST(so_do_the_trail_and_jobs_with_a_long_history)
{
    int64_t small[COUNT_OF(calls)], large[COUNT_OF(calls)];
    measure_calls(SMALL, small);
    measure_calls(LARGE, large);
    for (size_t i = 0; i < COUNT_OF(calls); i++)
        compare(calls[i].name, small[i], large[i]);
}
END_TEST

/* The test itself can fail: a list does grow. */
START_TEST(a_list_is_noticed_to_grow)
{
    int64_t costs[2];
    const int sizes[] = {SMALL, SMALL * 10};
    for (int i = 0; i < 2; i++) {
        itg_imi_t *imi = NULL;
        int32_t status = 0;
        open_fleet(sizes[i]);
        assert_ok(itg_imi_new(fx.itg, NULL, &imi, &fx.failure));
        costs[i] = ask(imi, &(struct request){"GET", "/thinclients", NULL},
                       "Basic YWxpY2U6Y29ycmVjdCBob3JzZQ==", &status);
        ck_assert_int_eq(status, 200);
        itg_imi_free(imi);
        itg_close(fx.itg);
        fx.itg = NULL;
    }
    ck_assert_int_gt(costs[1], costs[0] * 5);
}
END_TEST

SUITE_LONG("growth", fixture_none, 240, requests_cost_the_same_in_a_large_fleet,
           so_do_those_of_a_user_with_access_entries, so_do_the_trail_and_jobs_with_a_long_history,
           a_list_is_noticed_to_grow)
