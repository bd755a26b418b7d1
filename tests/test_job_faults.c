/* Jobs with the n-th chance to fail taken, for every n: the library's allocations and the store's calls. Calls that
 * fail change nothing; whatever happens to a run, nothing is sent twice. */
#include "core/core.h"
#include "faults.h"
#include "fixture.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DUE (FIXTURE_START_MS + 3600000)

/* Ids of what every scenario finds. */
enum { DIR = 1, TC, OTHER_TC, JOB, OLD_RUN = 1 };

static struct itg__engine faulty;
static itg_failure_t *const F = &fx.failure;
static int sent; /* commands to TC */

static int32_t link_online(void *ctx, int64_t id)
{
    (void)ctx, (void)id;
    return 1;
}

static void link_send(void *ctx, itg_delivery_t *deliveries, size_t count)
{
    (void)ctx;
    for (size_t i = 0; i < count; i++)
        sent += deliveries[i].id == TC; /* which does not answer */
}

static const itg_link_t deaf = {.size = sizeof(itg_link_t), .online = link_online, .send = link_send};

static itg_job_spec_t spec_of(const char *name)
{
    static const int64_t thinclients[] = {TC}, directories[] = {DIR};
    return (itg_job_spec_t){.size = sizeof(itg_job_spec_t),
                            .name = name,
                            .command = ITG_COMMAND_REBOOT,
                            .thinclients = thinclients,
                            .thinclient_count = 1,
                            .directories = directories,
                            .directory_count = 1,
                            .expression = "mac==00E0C5000002",
                            .start_ms = DUE,
                            .weekdays = 127};
}

static void fresh(void)
{
    itg_options_t options = fixture_options();
    const itg_job_spec_t spec = spec_of("j");
    int64_t id = 0;
    itg_close(fx.itg);
    fx.itg = NULL;
    fx.now_ms = FIXTURE_START_MS;
    options.link = &deaf;
    faults_engine(&faulty);
    assert_ok(itg__open_with(&faulty, ":memory:", &options, &fx.itg, F));
    int64_t firmware = make_firmware("1");
    ck_assert_int_eq(make_directory(ITG_TYPE_THINCLIENT_DIRECTORY, "d", ITG_ROOT_THINCLIENTS), DIR);
    ck_assert_int_eq(make_thinclient("00E0C5000001", DIR, firmware), TC);
    ck_assert_int_eq(make_thinclient("00E0C5000002", DIR, firmware), OTHER_TC);
    assert_ok(itg_job_create(fx.itg, &spec, &id, F));
    ck_assert_int_eq(id, JOB);
    assert_ok(itg_job_run(fx.itg, JOB, NULL, F));
    sent = 0;
}

static int32_t write_run(void *ctx, const itg_job_run_t *run)
{
    fprintf(ctx, " %lld:%d:%lld/%lld", (long long)run->id, run->state, (long long)run->failed,
            (long long)run->total);
    return 0;
}

static int32_t write_job(void *ctx, const itg_job_t *job)
{
    fprintf(ctx, "%lld '%s' %zu %zu %lld;", (long long)job->id, job->name, job->thinclient_count,
            job->directory_count, (long long)job->due_ms);
    return 0;
}

/* All jobs, and the runs of JOB, if it is there; to be freed. */
static char *jobs(void)
{
    char *text = NULL;
    size_t length = 0;
    FILE *stream = open_memstream(&text, &length);
    assert_ok(itg_job_each(fx.itg, write_job, stream, F));
    assert_ok(itg_job_runs(fx.itg, JOB, write_run, stream, F));
    fclose(stream);
    return text;
}

static int32_t ignore_job(void *ctx, const itg_job_t *job)
{
    (void)ctx, (void)job;
    return 0;
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

static itg_error_t job_create(void)
{
    const itg_job_spec_t spec = spec_of("k");
    return itg_job_create(fx.itg, &spec, NULL, F);
}

static itg_error_t job_update(void)
{
    itg_job_spec_t spec = spec_of("k");
    spec.directory_count = 0;
    spec.weekdays = ITG_SUNDAY;
    return itg_job_update(fx.itg, JOB, &spec, F);
}

static itg_error_t job_delete(void)
{
    return itg_job_delete(fx.itg, JOB, F);
}

static itg_error_t job_get(void)
{
    itg_job_t *job = NULL;
    itg_error_t err = itg_job_get(fx.itg, JOB, &job, F);
    itg_job_free(job);
    return err;
}

static itg_error_t job_each(void)
{
    return itg_job_each(fx.itg, ignore_job, NULL, F);
}

static itg_error_t job_runs(void)
{
    return itg_job_runs(fx.itg, JOB, ignore_run, NULL, F);
}

static itg_error_t job_results(void)
{
    return itg_job_results(fx.itg, OLD_RUN, ignore_result, NULL, F);
}

static const struct scenario {
    const char *name;
    itg_error_t (*run)(void);
} scenarios[] = {
    {"job_create", job_create},   {"job_update", job_update}, {"job_delete", job_delete},
    {"job_get", job_get},         {"job_each", job_each},     {"job_runs", job_runs},
    {"job_results", job_results},
};

/* @return whether the call failed */
static bool attempt(const struct scenario *scenario, struct fault *fault, long n, itg_error_t code)
{
    fresh();
    char *before = jobs();
    *fault = (struct fault){.armed = true, .left = n};
    itg_error_t err = scenario->run();
    fault->armed = false;
    if (err) {
        fixture_assert_code(err, code, scenario->name, __FILE__, __LINE__);
        char *after = jobs();
        ck_assert_str_eq(after, before);
        free(after);
        fixture_assert_sound(fx.itg);
    }
    free(before);
    return err != ITG_OK;
}

static void run_all(struct fault *fault, itg_error_t code)
{
    for (size_t i = 0; i < COUNT_OF(scenarios); i++)
        for (long n = 0; attempt(&scenarios[i], fault, n, code) || fault->failed; n++)
            ck_assert_int_lt(n, 4000);
}

/* A fault before the claim leaves the job due; one behind it is told as what made the run fail, or leaves a run
 * without an end. */
static bool attempt_step(struct fault *fault, long n)
{
    fresh();
    fx.now_ms = DUE;
    *fault = (struct fault){.armed = true, .left = n};
    itg_step(fx.itg, NULL, NULL);
    fault->armed = false;
    bool failed = fault->failed;
    for (int i = 0; i < 3; i++)
        assert_ok(itg_step(fx.itg, NULL, F));
    char *text = jobs();
    ck_assert_msg(sent <= 1, "%ld: sent %d times; %s", n, sent, text);
    ck_assert_msg(strstr(text, " 2:") && !strstr(text, " 3:"), "%ld: %s", n, text);
    ck_assert_msg(failed || strstr(text, " 2:2:2/2"), "%ld: %s", n, text);
    free(text);
    fx.now_ms += 3600000;
    assert_ok(itg_step(fx.itg, NULL, F));
    text = jobs();
    ck_assert_msg(!strstr(text, " 2:1:"), "%ld: still running; %s", n, text);
    ck_assert_int_le(sent, 1);
    free(text);
    fixture_assert_sound(fx.itg);
    return failed;
}

/* The call tells what made its run fail. */
static bool attempt_run(struct fault *fault, long n, itg_error_t code)
{
    fresh();
    *fault = (struct fault){.armed = true, .left = n};
    itg_error_t err = itg_job_run(fx.itg, JOB, NULL, F);
    fault->armed = false;
    if (err)
        fixture_assert_code(err, code, "itg_job_run", __FILE__, __LINE__);
    ck_assert_int_le(sent, 1);
    fixture_assert_sound(fx.itg);
    return fault->failed;
}

static void run_faults(struct fault *fault, itg_error_t code)
{
    run_all(fault, code);
    for (long n = 0; attempt_step(fault, n); n++)
        ck_assert_int_lt(n, 4000);
    for (long n = 0; attempt_run(fault, n, code); n++)
        ck_assert_int_lt(n, 4000);
}

START_TEST(want_of_memory)
{
    run_faults(&memory, ITG_E_INTERNAL);
}
END_TEST

START_TEST(a_store_that_fails)
{
    run_faults(&store, ITG_E_DATABASE);
}
END_TEST

SUITE_LONG("job_faults", fixture_none, 240, want_of_memory, a_store_that_fails)
