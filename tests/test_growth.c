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
           so_do_those_of_a_user_with_access_entries, a_list_is_noticed_to_grow)
