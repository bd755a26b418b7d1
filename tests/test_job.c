/* Jobs: what they may be, when they run, and what is told of it. Over a link that does what the case says. */
#include "core/core.h"
#include "fixture.h"
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define MINUTE ((int64_t)60 * 1000)
#define HOUR   (60 * MINUTE)
#define DAY    (24 * HOUR)
#define LATER  (FIXTURE_START_MS + HOUR) /* the usual start */

static itg_failure_t *const F = &fx.failure;

static struct {
    size_t deliveries;
    int64_t last[512];
    bool deaf;               /* thin clients do not answer */
    void (*meanwhile)(void); /* called inside send() */
} link_;

static int32_t link_online(void *ctx, int64_t id)
{
    (void)ctx, (void)id;
    return 1;
}

/* Nobody may hold a transaction while waiting for a device; in memory there is one connection that all would own. */
static void link_send(void *ctx, itg_delivery_t *deliveries, size_t count)
{
    (void)ctx;
    if (fx.itg && !fx.path[0])
        ck_assert(!fx.itg->fleet->writer.owned);
    for (size_t i = 0; i < count; i++) {
        link_.last[link_.deliveries++ % COUNT_OF(link_.last)] = deliveries[i].id;
        deliveries[i].done = !link_.deaf;
    }
    if (link_.meanwhile)
        link_.meanwhile();
}

static const itg_link_t link_of_fixture = {
    .size = sizeof(itg_link_t), .online = link_online, .send = link_send};

static int64_t firmware;

static void open_at(const char *path)
{
    itg_options_t options = fixture_options();
    options.link = &link_of_fixture;
    assert_ok(itg_open(path, &options, &fx.itg, F));
}

static void setup(void)
{
    fixture_none();
    memset(&link_, 0, sizeof link_);
    open_at(":memory:");
    firmware = make_firmware("1");
}

/* The same in a file. */
static void move_to_file(void)
{
    itg_close(fx.itg);
    fx.itg = NULL;
    open_at(fixture_path("fleet.db", fx.path, sizeof fx.path));
    firmware = make_firmware("1");
}

static int64_t make_tc(int number, int64_t parent)
{
    char mac[16];
    snprintf(mac, sizeof mac, "00E0C7%06X", (unsigned)number);
    return make_thinclient(mac, parent, firmware);
}

/* A job for everybody, in an hour, once. */
static itg_job_spec_t spec_of(const char *name)
{
    return (itg_job_spec_t){.size = sizeof(itg_job_spec_t),
                            .name = name,
                            .command = ITG_COMMAND_REBOOT,
                            .expression = "id>0",
                            .start_ms = LATER};
}

static int64_t make_job(const itg_job_spec_t *spec)
{
    int64_t id = 0;
    assert_ok(itg_job_create(fx.itg, spec, &id, F));
    return id;
}

static int64_t make_good(void)
{
    const itg_job_spec_t spec = spec_of("good");
    return make_job(&spec);
}

static int64_t due_of(int64_t id)
{
    itg_job_t *job = NULL;
    assert_ok(itg_job_get(fx.itg, id, &job, F));
    int64_t due_ms = job->due_ms;
    itg_job_free(job);
    return due_ms;
}

/* What is left to wait. */
static int64_t step(void)
{
    int64_t next_ms = 0;
    assert_ok(itg_step(fx.itg, &next_ms, F));
    return next_ms - fx.now_ms;
}

static void step_at(int64_t now_ms)
{
    fx.now_ms = now_ms;
    step();
}

/* The runs of a job as text, the latest first: "state due+late missed succeeded/failed/refused code". Times in
 * minutes since the fixture's start. */
static int32_t write_run(void *ctx, const itg_job_run_t *run)
{
    fprintf(ctx, "%s %lld+%lld %lld %lld/%lld/%lld of %lld %s;",
            itg_run_state_name((itg_run_state_t)run->state),
            run->due_ms ? (long long)((run->due_ms - FIXTURE_START_MS) / MINUTE) : 0,
            run->due_ms ? (long long)((run->started_ms - run->due_ms) / MINUTE) : 0, (long long)run->missed,
            (long long)run->succeeded, (long long)run->failed, (long long)run->refused, (long long)run->total,
            run->error ? itg_error_code((itg_error_t)run->error) : "ok");
    return 0;
}

static void assert_runs(int64_t id, const char *expected)
{
    char *text = NULL;
    size_t length = 0;
    FILE *stream = open_memstream(&text, &length);
    assert_ok(itg_job_runs(fx.itg, id, write_run, stream, F));
    fclose(stream);
    ck_assert_str_eq(text, expected);
    free(text);
}

static int32_t write_job(void *ctx, const itg_job_t *job)
{
    fprintf(ctx, "%lld '%s' %s%s '%s' %lld/%lld/%u/%lld by %lld due %lld tc", (long long)job->id, job->name,
            itg_command_name((itg_command_t)job->command), job->disabled ? " off" : "", job->expression,
            (long long)((job->start_ms - FIXTURE_START_MS) / MINUTE), (long long)job->every_s, job->weekdays,
            job->expires_ms ? (long long)((job->expires_ms - FIXTURE_START_MS) / MINUTE) : 0,
            (long long)job->owner_id,
            job->due_ms ? (long long)((job->due_ms - FIXTURE_START_MS) / MINUTE) : 0);
    for (size_t i = 0; i < job->thinclient_count; i++)
        fprintf(ctx, " %lld", (long long)job->thinclients[i]);
    fputs(" dir", ctx);
    for (size_t i = 0; i < job->directory_count; i++)
        fprintf(ctx, " %lld", (long long)job->directories[i]);
    fputs(";", ctx);
    return 0;
}

/* All jobs as text; to be freed. */
static char *jobs(void)
{
    char *text = NULL;
    size_t length = 0;
    FILE *stream = open_memstream(&text, &length);
    assert_ok(itg_job_each(fx.itg, write_job, stream, F));
    fclose(stream);
    return text;
}

static void assert_jobs(const char *expected)
{
    char *text = jobs();
    ck_assert_str_eq(text, expected);
    free(text);
}

/* Fleet files do not hold jobs: these are compared as well. */
#define assert_job_refused(expr, code) \
    do {                               \
        char *jobs_before_ = jobs();   \
        assert_refused(expr, code);    \
        assert_jobs(jobs_before_);     \
        free(jobs_before_);            \
    } while (0)

/* --- what a job is --- */

START_TEST(a_job_is_kept)
{
    int64_t dir = make_directory(ITG_TYPE_THINCLIENT_DIRECTORY, "d", ITG_ROOT_THINCLIENTS); /* 1 */
    const int64_t tcs[] = {make_tc(2, dir), make_tc(1, dir), 2}, dirs[] = {ITG_ROOT_THINCLIENTS, dir};
    itg_job_spec_t spec = {.size = sizeof spec,
                           .name = "Nightly",
                           .command = ITG_COMMAND_SHUTDOWN,
                           .thinclients = tcs,
                           .thinclient_count = 3,
                           .directories = dirs,
                           .directory_count = 2,
                           .expression = "name==x",
                           .start_ms = LATER,
                           .weekdays = ITG_MONDAY | ITG_FRIDAY,
                           .expires_ms = LATER + 7 * DAY};
    /* The fixture starts on a Friday: due the same day. */
    ck_assert_int_eq(make_job(&spec), 4);
    assert_jobs("4 'Nightly' shutdown 'name==x' 60/0/17/10140 by 0 due 60 tc 2 3 dir -1 1;");
    spec = spec_of("Other");
    spec.every_s = 60;
    assert_ok(itg_job_update(fx.itg, 4, &spec, F));
    make_job(&spec);
    assert_jobs("4 'Other' reboot 'id>0' 60/60/0/0 by 0 due 60 tc dir;"
                "5 'Other' reboot 'id>0' 60/60/0/0 by 0 due 60 tc dir;");
    assert_ok(itg_job_delete(fx.itg, 4, F));
    assert_jobs("5 'Other' reboot 'id>0' 60/60/0/0 by 0 due 60 tc dir;");
    assert_job_refused(itg_job_delete(fx.itg, 4, F), ITG_E_NO_HANDLER);
}
END_TEST

/* A program that was built when the struct ended behind the expression. */
START_TEST(an_older_and_shorter_specification_will_do)
{
    itg_job_spec_t spec = spec_of("j");
    spec.every_s = 60;
    spec.size = offsetof(itg_job_spec_t, every_s);
    make_job(&spec);
    assert_jobs("1 'j' reboot 'id>0' 60/0/0/0 by 0 due 60 tc dir;");
}
END_TEST

static int32_t only_one(void *ctx, const itg_job_t *job)
{
    ++*(int *)ctx;
    return job->id != 0;
}

START_TEST(a_walk_ends_when_told_to)
{
    itg_job_spec_t spec = spec_of("j");
    int count = 0;
    make_job(&spec);
    make_job(&spec);
    assert_ok(itg_job_each(fx.itg, only_one, &count, F));
    ck_assert_int_eq(count, 1);
}
END_TEST

static void bad_spec(int64_t id, const itg_job_spec_t *spec, itg_error_t code, const char *member)
{
    int64_t made = -7;
    itg_failure_t why = {.code = ITG_OK};
    ck_assert_int_eq(itg_job_create(fx.itg, spec, &made, &why), code);
    ck_assert_int_eq(made, -7);
    ck_assert_msg(strstr(why.detail, member), "'%s' does not name '%s'", why.detail, member);
    assert_job_refused(itg_job_update(fx.itg, id, spec, F), code);
}

START_TEST(bad_specifications_are_refused)
{
    int64_t id = make_good();
    static int64_t many[ITG_LIMIT_JOB_TARGETS + 1];
    const itg_job_spec_t good = spec_of("j");
#define BAD(code, member, ...)                     \
    {                                              \
        itg_job_spec_t spec = good;                \
        __VA_ARGS__;                               \
        bad_spec(id, &spec, ITG_E_##code, member); \
    }
    BAD(INVALID_BODY, "name", spec.name = NULL)
    BAD(INVALID_BODY, "name", spec.name = "")
    BAD(INVALID_BODY, "name", spec.name = "\xff")
    BAD(INVALID_BODY, "name", spec.name = repeated("x", 256))
    BAD(INVALID_COMMAND, "command", spec.command = 0)
    BAD(INVALID_COMMAND, "command", spec.command = ITG_COMMAND_FORGET)
    BAD(INVALID_COMMAND, "command", spec.command = -1)
    BAD(INVALID_BODY, "column 3", spec.expression = "id")
    BAD(EMPTY_LIST, "expression", spec.expression = NULL)
    BAD(EMPTY_LIST, "expression", spec.expression = "")
    BAD(INVALID_BODY, "start_ms", spec.start_ms = 0)
    BAD(INVALID_BODY, "start_ms", spec.start_ms = -LATER)
    BAD(INVALID_BODY, "start_ms", spec.start_ms = INT64_MAX)
    BAD(INVALID_BODY, "start_ms", spec.start_ms = FIXTURE_START_MS - 1)
    BAD(INVALID_BODY, "expires_ms", spec.expires_ms = LATER)
    BAD(INVALID_BODY, "expires_ms", spec.expires_ms = -1)
    BAD(INVALID_BODY, "expires_ms", spec.expires_ms = INT64_MAX)
    BAD(INVALID_BODY, "every_s", spec.every_s = 59)
    BAD(INVALID_BODY, "every_s", spec.every_s = -60)
    BAD(INVALID_BODY, "every_s", spec.every_s = INT64_MAX)
    BAD(INVALID_BODY, "weekdays", spec.weekdays = 128)
    BAD(INVALID_BODY, "weekdays", spec.weekdays = 1; spec.every_s = 60)
    BAD(INVALID_BODY, "thinclients", spec.thinclient_count = 1)
    BAD(INVALID_BODY, "directories", spec.directory_count = 1)
    BAD(INVALID_BODY, "thinclients", spec.thinclients = many; spec.thinclient_count = COUNT_OF(many))
    BAD(INVALID_BODY, "thinclients", spec.thinclients = many; spec.thinclient_count = 1000000)
    BAD(INVALID_BODY, "directories", spec.directories = many; spec.directory_count = COUNT_OF(many))
    BAD(INVALID_BODY, "directories", spec.directories = many; spec.directory_count = SIZE_MAX)
    /* Repeated, but all of it has passed. */
    BAD(INVALID_BODY, "start_ms", spec.start_ms = 1; spec.every_s = 60; spec.expires_ms = FIXTURE_START_MS)
    BAD(INVALID_BODY, "name", spec.size = sizeof spec.size)
#undef BAD
}
END_TEST

START_TEST(targets_must_be_there)
{
    int64_t dir = make_directory(ITG_TYPE_THINCLIENT_DIRECTORY, "d", ITG_ROOT_THINCLIENTS);
    int64_t profiles = make_directory(ITG_TYPE_PROFILE_DIRECTORY, "p", ITG_ROOT_PROFILES);
    int64_t ids[] = {make_tc(1, ITG_ROOT_THINCLIENTS), 999}, id = make_good();
    itg_job_spec_t spec = spec_of("j");
    spec.thinclients = ids;
    spec.thinclient_count = 2;
    bad_spec(id, &spec, ITG_E_THINCLIENT_NOT_FOUND, "thinclients[1]");
    ids[1] = dir;
    bad_spec(id, &spec, ITG_E_THINCLIENT_NOT_FOUND, "thinclients[1]");
    spec.thinclient_count = 1;
    assert_ok(itg_bin_put(fx.itg, ITG_TYPE_THINCLIENT, ids[0], F));
    bad_spec(id, &spec, ITG_E_THINCLIENT_IN_BIN, "thinclients[0]");
    spec.thinclient_count = 0;
    spec.directories = ids;
    spec.directory_count = 1;
    bad_spec(id, &spec, ITG_E_DIRECTORY_NOT_FOUND, "directories[0]");
    ids[0] = profiles;
    bad_spec(id, &spec, ITG_E_DIRECTORY_NOT_FOUND, "directories[0]");
    ids[0] = dir;
    assert_ok(itg_bin_put(fx.itg, ITG_TYPE_THINCLIENT_DIRECTORY, dir, F));
    bad_spec(id, &spec, ITG_E_DIRECTORY_IN_BIN, "directories[0]");
}
END_TEST

static int32_t no_result(void *ctx, const itg_job_result_t *result)
{
    (void)ctx, (void)result;
    return 1;
}

START_TEST(what_is_not_there_is_not_found)
{
    itg_job_spec_t spec = spec_of("j");
    itg_job_t *job = NULL;
    const int64_t ids[] = {0, -1, 99, INT64_MAX, INT64_MIN};
    for (size_t i = 0; i < COUNT_OF(ids); i++) {
        assert_job_refused(itg_job_get(fx.itg, ids[i], &job, F), ITG_E_NO_HANDLER);
        assert_job_refused(itg_job_update(fx.itg, ids[i], &spec, F), ITG_E_NO_HANDLER);
        assert_job_refused(itg_job_delete(fx.itg, ids[i], F), ITG_E_NO_HANDLER);
        assert_job_refused(itg_job_run(fx.itg, ids[i], NULL, F), ITG_E_NO_HANDLER);
        assert_code(itg_job_runs(fx.itg, ids[i], write_run, NULL, F), ITG_E_NO_HANDLER);
        assert_code(itg_job_results(fx.itg, ids[i], no_result, NULL, F), ITG_E_NO_HANDLER);
    }
    ck_assert_ptr_null(job);
    assert_code(itg_job_create(fx.itg, NULL, NULL, F), ITG_E_INVALID_BODY);
    assert_code(itg_job_get(fx.itg, 1, NULL, F), ITG_E_INVALID_BODY);
    assert_code(itg_job_each(fx.itg, NULL, NULL, F), ITG_E_INVALID_BODY);
    assert_code(itg_job_runs(fx.itg, 1, NULL, NULL, F), ITG_E_INVALID_BODY);
    assert_code(itg_job_results(fx.itg, 1, NULL, NULL, F), ITG_E_INVALID_BODY);
    assert_code(itg_job_run(NULL, 1, NULL, F), ITG_E_INVALID_BODY);
    itg_job_free(NULL);
    ck_assert_str_eq(itg_run_state_name((itg_run_state_t)0), "");
    ck_assert_str_eq(itg_run_state_name((itg_run_state_t)6), "");
}
END_TEST

/* --- when it runs --- */

START_TEST(it_runs_when_its_time_has_come)
{
    itg_job_spec_t spec = spec_of("j");
    make_tc(1, ITG_ROOT_THINCLIENTS);
    int64_t id = make_job(&spec);
    fx.now_ms = LATER - 1;
    ck_assert_int_eq(step(), 1);
    ck_assert_uint_eq(link_.deliveries, 0);
    assert_runs(id, "");
    fx.now_ms = LATER;
    ck_assert_int_eq(step(), 10000);
    ck_assert_uint_eq(link_.deliveries, 1);
    assert_runs(id, "done 60+0 0 1/0/0 of 1 ok;");
    ck_assert_int_eq(due_of(id), 0);
    step_at(LATER + DAY);
    ck_assert_uint_eq(link_.deliveries, 1);
}
END_TEST

/* Due at 60, 120, 180, ... Nobody looks between 70 and 250: the runs of 120, 180 and 240 become one. */
START_TEST(times_that_passed_lead_to_one_run)
{
    itg_job_spec_t spec = spec_of("j");
    spec.every_s = 3600;
    make_tc(1, ITG_ROOT_THINCLIENTS);
    int64_t id = make_job(&spec);
    step_at(LATER + 10 * MINUTE);
    step_at(LATER + 190 * MINUTE);
    assert_runs(id, "done 240+10 2 1/0/0 of 1 ok;done 60+10 0 1/0/0 of 1 ok;");
    ck_assert_int_eq(due_of(id), LATER + 4 * HOUR);
    step();
    ck_assert_uint_eq(link_.deliveries, 2);
}
END_TEST

/* Due at 60, 120 and 180, expired at 190. At 200 nothing may be sent, and three times were missed. */
START_TEST(an_expired_job_does_not_run_late)
{
    itg_job_spec_t spec = spec_of("j");
    spec.every_s = 3600;
    spec.expires_ms = LATER + 130 * MINUTE;
    make_tc(1, ITG_ROOT_THINCLIENTS);
    int64_t id = make_job(&spec);
    step_at(LATER + 140 * MINUTE);
    ck_assert_uint_eq(link_.deliveries, 0);
    assert_runs(id, "missed 180+20 2 0/0/0 of 0 ok;");
    ck_assert_int_eq(due_of(id), 0);
}
END_TEST

/* Friday 13:00 is the start; the clock is UTC. Monday follows, 72 hours later. */
START_TEST(weekdays_repeat)
{
    itg_job_spec_t spec = spec_of("j");
    spec.weekdays = ITG_MONDAY | ITG_FRIDAY;
    int64_t id = make_job(&spec);
    step_at(LATER);
    ck_assert_int_eq(due_of(id), LATER + 3 * DAY);
    step_at(LATER + 3 * DAY);
    ck_assert_int_eq(due_of(id), LATER + 7 * DAY);
    /* The next two weeks: Friday, Monday, Friday, Monday. */
    step_at(LATER + 17 * DAY);
    ck_assert_int_eq(due_of(id), LATER + 21 * DAY);
    assert_runs(id, "done 24540+0 3 0/0/0 of 0 ok;done 4380+0 0 0/0/0 of 0 ok;done 60+0 0 0/0/0 of 0 ok;");
}
END_TEST

START_TEST(a_start_that_passed_is_followed_by_the_next_time)
{
    itg_job_spec_t spec = spec_of("j");
    spec.start_ms = FIXTURE_START_MS - 90 * MINUTE;
    spec.every_s = 3600;
    int64_t id = make_job(&spec);
    ck_assert_int_eq(due_of(id), FIXTURE_START_MS + 30 * MINUTE);
    assert_runs(id, "");
}
END_TEST

START_TEST(one_job_a_call_the_earliest_first)
{
    itg_job_spec_t spec = spec_of("j");
    make_tc(1, ITG_ROOT_THINCLIENTS);
    int64_t late = make_job(&spec);
    spec.start_ms -= MINUTE;
    int64_t early = make_job(&spec);
    fx.now_ms = LATER;
    ck_assert_int_eq(step(), 0); /* the other one is due */
    assert_runs(early, "done 59+1 0 1/0/0 of 1 ok;");
    assert_runs(late, "");
    ck_assert_int_eq(step(), 10000);
    assert_runs(late, "done 60+0 0 1/0/0 of 1 ok;");
}
END_TEST

START_TEST(changes_leave_its_time_alone_unless_they_are_about_it)
{
    itg_job_spec_t spec = spec_of("j");
    spec.every_s = 3600;
    int64_t id = make_job(&spec);
    fx.now_ms = LATER + 10 * MINUTE; /* due, and nobody has looked */
    spec.name = "another";
    assert_ok(itg_job_update(fx.itg, id, &spec, F));
    ck_assert_int_eq(due_of(id), LATER);
    spec.start_ms += MINUTE;
    assert_ok(itg_job_update(fx.itg, id, &spec, F));
    ck_assert_int_eq(due_of(id), LATER + HOUR + MINUTE);
    spec.disabled = 1;
    assert_ok(itg_job_update(fx.itg, id, &spec, F));
    ck_assert_int_eq(due_of(id), 0);
    step_at(LATER + DAY);
    assert_runs(id, "");
    spec.disabled = 0;
    assert_ok(itg_job_update(fx.itg, id, &spec, F));
    ck_assert_int_eq(due_of(id), LATER + DAY + MINUTE);
}
END_TEST

/* One that has run may be renamed; enabling it anew needs a time that is left. */
START_TEST(a_job_that_is_over_stays)
{
    itg_job_spec_t spec = spec_of("j");
    int64_t id = make_job(&spec);
    step_at(LATER);
    spec.name = "another";
    assert_ok(itg_job_update(fx.itg, id, &spec, F));
    spec.disabled = 1;
    assert_ok(itg_job_update(fx.itg, id, &spec, F));
    spec.disabled = 0;
    assert_job_refused(itg_job_update(fx.itg, id, &spec, F), ITG_E_INVALID_BODY);
}
END_TEST

START_TEST(not_inside_a_group)
{
    itg_job_spec_t spec = spec_of("j");
    make_tc(1, ITG_ROOT_THINCLIENTS);
    int64_t id = make_job(&spec);
    fx.now_ms = LATER;
    assert_ok(itg_begin(fx.itg, F));
    ck_assert_int_eq(step(), 10000);
    assert_code(itg_job_run(fx.itg, id, NULL, F), ITG_E_INTERNAL);
    assert_ok(itg_commit(fx.itg, F));
    ck_assert_uint_eq(link_.deliveries, 0);
    step();
    ck_assert_uint_eq(link_.deliveries, 1);
}
END_TEST

/* --- whom it means --- */

/* Directories a (with c in it) and b, thin clients in all of them. Named: a, one in a, one in b that also matches. */
START_TEST(targets_add_up)
{
    itg_job_spec_t spec = spec_of("j");
    int64_t a = make_directory(ITG_TYPE_THINCLIENT_DIRECTORY, "a", ITG_ROOT_THINCLIENTS);
    int64_t b = make_directory(ITG_TYPE_THINCLIENT_DIRECTORY, "b", ITG_ROOT_THINCLIENTS);
    int64_t c = make_directory(ITG_TYPE_THINCLIENT_DIRECTORY, "c", a);
    int64_t in_a = make_tc(1, a), in_b = make_tc(2, b), in_c = make_tc(3, c);
    make_tc(4, b);
    int64_t by_mac = make_tc(5, ITG_ROOT_THINCLIENTS);
    const int64_t tcs[] = {in_b, in_a};
    spec.thinclients = tcs;
    spec.thinclient_count = 2;
    spec.directories = &a;
    spec.directory_count = 1;
    spec.expression = "mac=in=(00E0C7000005,00E0C7000002)";
    int64_t id = make_job(&spec);
    step_at(LATER);
    assert_runs(id, "done 60+0 0 4/0/0 of 4 ok;");
    const int64_t expected[] = {in_a, in_b, in_c, by_mac};
    ck_assert_mem_eq(link_.last, expected, sizeof expected);
}
END_TEST

START_TEST(an_expression_means_who_matches_then)
{
    itg_job_spec_t spec = spec_of("j");
    const itg_value_t bremen = {"site", "Bremen"};
    int64_t one = make_tc(1, ITG_ROOT_THINCLIENTS), two = make_tc(2, ITG_ROOT_THINCLIENTS);
    spec.expression = "site==Bremen";
    spec.every_s = 3600;
    int64_t id = make_job(&spec);
    step_at(LATER);
    assert_ok(itg_thinclient_update(fx.itg, two, &bremen, 1, F));
    step_at(LATER + HOUR);
    ck_assert_int_eq(link_.last[0], two);
    assert_ok(itg_thinclient_update(fx.itg, one, &bremen, 1, F));
    assert_ok(itg_bin_put(fx.itg, ITG_TYPE_THINCLIENT, two, F));
    step_at(LATER + 2 * HOUR);
    ck_assert_int_eq(link_.last[1], one);
    assert_runs(id, "done 180+0 0 1/0/0 of 1 ok;done 120+0 0 1/0/0 of 1 ok;done 60+0 0 0/0/0 of 0 ok;");
}
END_TEST

START_TEST(targets_that_are_gone_are_left_out)
{
    itg_job_spec_t spec = spec_of("j");
    int64_t dirs[] = {make_directory(ITG_TYPE_THINCLIENT_DIRECTORY, "a", ITG_ROOT_THINCLIENTS),
                      make_directory(ITG_TYPE_THINCLIENT_DIRECTORY, "b", ITG_ROOT_THINCLIENTS)};
    int64_t tcs[] = {make_tc(1, ITG_ROOT_THINCLIENTS), make_tc(2, ITG_ROOT_THINCLIENTS),
                     make_tc(3, ITG_ROOT_THINCLIENTS)};
    make_tc(4, dirs[1]);
    spec.thinclients = tcs;
    spec.thinclient_count = 3;
    spec.directories = dirs;
    spec.directory_count = 2;
    spec.expression = "";
    int64_t id = make_job(&spec);
    assert_ok(itg_thinclient_delete(fx.itg, tcs[0], F));
    assert_ok(itg_bin_put(fx.itg, ITG_TYPE_THINCLIENT, tcs[1], F));
    assert_ok(itg_directory_delete(fx.itg, ITG_TYPE_THINCLIENT_DIRECTORY, dirs[0], F));
    assert_ok(itg_bin_put(fx.itg, ITG_TYPE_THINCLIENT_DIRECTORY, dirs[1], F));
    assert_jobs("7 'j' reboot '' 60/0/0/0 by 0 due 60 tc 4 5 dir 2;");
    step_at(LATER);
    assert_runs(id, "done 60+0 0 1/0/0 of 1 ok;");
    ck_assert_int_eq(link_.last[0], tcs[2]);
}
END_TEST

START_TEST(a_reset_thin_client_leaves)
{
    itg_job_spec_t spec = spec_of("j");
    int64_t tc = make_tc(1, ITG_ROOT_THINCLIENTS);
    spec.command = ITG_COMMAND_TCRESET2FACDEFS;
    spec.thinclients = &tc;
    spec.thinclient_count = 1;
    int64_t id = make_job(&spec);
    step_at(LATER);
    assert_runs(id, "done 60+0 0 1/0/0 of 1 ok;");
    assert_jobs("2 'j' tcreset2facdefs 'id>0' 60/0/0/0 by 0 due 0 tc dir;");
}
END_TEST

/* --- who acts --- */

static const char password[] = "a password of some length";

static itg_t *user(const char *name, itg_role_t role)
{
    itg_t *itg = NULL;
    assert_ok(itg_user_create(fx.itg, name, role, password, NULL, F));
    assert_ok(itg_as(fx.itg, name, &itg, F));
    return itg;
}

START_TEST(it_acts_as_its_owner)
{
    itg_job_spec_t spec = spec_of("j");
    itg_t *ada = user("ada", ITG_ROLE_OPERATOR);
    int64_t id = 0;
    make_tc(1, ITG_ROOT_THINCLIENTS);
    spec.every_s = 3600;
    assert_ok(itg_job_create(ada, &spec, &id, F));
    assert_jobs("2 'j' reboot 'id>0' 60/3600/0/0 by 1 due 60 tc dir;");
    step_at(LATER);
    assert_ok(itg_user_delete(fx.itg, "ada", F));
    step_at(LATER + HOUR);
    assert_runs(id, "failed 120+0 0 0/0/0 of 0 ITG-0B007;done 60+0 0 1/0/0 of 1 ok;");
    ck_assert_uint_eq(link_.deliveries, 1);
    /* Whoever takes it over lends it the rights. */
    assert_ok(itg_job_update(fx.itg, id, &spec, F));
    step_at(LATER + 2 * HOUR);
    ck_assert_uint_eq(link_.deliveries, 2);
    itg_close(ada);
}
END_TEST

START_TEST(an_owner_who_may_no_longer_command_sends_nothing)
{
    itg_job_spec_t spec = spec_of("j");
    itg_t *ada = user("ada", ITG_ROLE_OPERATOR);
    struct itg__tx tx;
    int64_t id = 0;
    make_tc(1, ITG_ROOT_THINCLIENTS);
    assert_ok(itg_job_create(ada, &spec, &id, F));
    assert_ok(itg__begin_write(fx.itg, "demote", ITG__RIGHT_USERS, &tx, F));
    assert_ok(itg__end(&tx, itg__run(&tx, "UPDATE account SET role = 1 WHERE id = $1", "i", (int64_t)1)));
    step_at(LATER);
    assert_runs(id, "failed 60+0 0 0/0/0 of 0 ITG-0B005;");
    ck_assert_uint_eq(link_.deliveries, 0);
    itg_close(ada);
}
END_TEST

START_TEST(viewers_read_and_do_not_run)
{
    itg_job_spec_t spec = spec_of("j");
    itg_t *eve = user("eve", ITG_ROLE_VIEWER);
    itg_job_t *job = NULL;
    int64_t id = make_job(&spec);
    assert_ok(itg_job_get(eve, id, &job, F));
    itg_job_free(job);
    assert_ok(itg_job_runs(eve, id, write_run, NULL, F));
    assert_job_refused(itg_job_create(eve, &spec, NULL, F), ITG_E_ACCESS_DENIED);
    assert_job_refused(itg_job_update(eve, id, &spec, F), ITG_E_ACCESS_DENIED);
    assert_job_refused(itg_job_delete(eve, id, F), ITG_E_ACCESS_DENIED);
    assert_job_refused(itg_job_run(eve, id, NULL, F), ITG_E_ACCESS_DENIED);
    assert_runs(id, "");
    itg_close(eve);
}
END_TEST

START_TEST(who_runs_it_at_once_acts_as_oneself)
{
    itg_job_spec_t spec = spec_of("j");
    itg_t *ada = user("ada", ITG_ROLE_OPERATOR);
    int64_t run = 0;
    make_tc(1, ITG_ROOT_THINCLIENTS);
    spec.disabled = 1;
    int64_t id = make_job(&spec);
    assert_ok(itg_job_run(ada, id, &run, F));
    ck_assert_int_eq(run, 1);
    ck_assert_uint_eq(link_.deliveries, 1);
    assert_runs(id, "done 0+0 0 1/0/0 of 1 ok;");
    itg_close(ada);
}
END_TEST

static void deny(const char *name, int64_t dir, uint32_t rights)
{
    assert_ok(itg_access_set(fx.itg, dir, ITG_SUBJECT_USER, name, 0, rights, F));
}

/* Ada may command in a, only read in b, and nothing in c: one command, one refused, and of c not a word. */
START_TEST(whom_its_owner_may_not_command_is_left_out)
{
    itg_job_spec_t spec = spec_of("j");
    itg_t *ada = user("ada", ITG_ROLE_OPERATOR);
    int64_t dirs[3], tcs[3], id = 0;
    for (int i = 0; i < 3; i++) {
        dirs[i] = make_directory(ITG_TYPE_THINCLIENT_DIRECTORY, "d", ITG_ROOT_THINCLIENTS);
        tcs[i] = make_tc(i, dirs[i]);
    }
    deny("ada", dirs[1], ITG_RIGHT_COMMAND);
    deny("ada", dirs[2], ITG_RIGHT_BROWSE);
    assert_ok(itg_job_create(ada, &spec, &id, F));
    step_at(LATER);
    assert_runs(id, "done 60+0 0 1/0/1 of 2 ok;");
    ck_assert_int_eq(link_.last[0], tcs[0]);
    /* What one may not do, one does not have done. */
    spec.start_ms = LATER + DAY;
    spec.thinclient_count = 1;
    for (int i = 1; i < 3; i++) {
        spec.thinclients = &tcs[i];
        assert_job_refused(itg_job_create(ada, &spec, NULL, F), ITG_E_ACCESS_DENIED);
    }
    spec.thinclient_count = 0;
    spec.directory_count = 1;
    spec.directories = &dirs[2];
    assert_job_refused(itg_job_create(ada, &spec, NULL, F), ITG_E_ACCESS_DENIED);
    itg_close(ada);
}
END_TEST

/* --- what is told --- */

static int32_t count_result(void *ctx, const itg_job_result_t *result)
{
    ck_assert_str_eq(result->message, "No answer from device");
    ck_assert_uint_eq(strlen(result->mac), 12);
    ck_assert_int_eq(result->time_ms, fx.now_ms);
    ++*(int *)ctx;
    return 0;
}

START_TEST(the_first_failures_are_kept)
{
    itg_job_spec_t spec = spec_of("j");
    int64_t run = 0;
    int count = 0;
    assert_ok(itg_begin(fx.itg, F));
    for (int i = 0; i < ITG_LIMIT_JOB_RESULTS + 50; i++)
        make_tc(i, ITG_ROOT_THINCLIENTS);
    assert_ok(itg_commit(fx.itg, F));
    int64_t id = make_job(&spec);
    link_.deaf = true;
    assert_ok(itg_job_run(fx.itg, id, &run, F));
    assert_runs(id, "done 0+0 0 0/150/0 of 150 ok;");
    assert_ok(itg_job_results(fx.itg, run, count_result, &count, F));
    ck_assert_int_eq(count, ITG_LIMIT_JOB_RESULTS);
}
END_TEST

static int32_t count_run(void *ctx, const itg_job_run_t *run)
{
    int64_t *last = ctx;
    ck_assert(*last == 0 || run->id == *last - 1);
    *last = run->id;
    return 0;
}

/* 103 runs: 4 to 103 are kept. */
START_TEST(the_last_runs_are_kept)
{
    itg_job_spec_t spec = spec_of("j");
    int64_t last = 0;
    make_tc(1, ITG_ROOT_THINCLIENTS);
    int64_t id = make_job(&spec), other = make_job(&spec);
    link_.deaf = true;
    assert_ok(itg_job_run(fx.itg, other, NULL, F));
    for (int i = 0; i < ITG_LIMIT_JOB_RUNS + 2; i++)
        assert_ok(itg_job_run(fx.itg, id, NULL, F));
    assert_ok(itg_job_runs(fx.itg, id, count_run, &last, F));
    ck_assert_int_eq(last, 4);
    assert_runs(other, "done 0+0 0 0/1/0 of 1 ok;");
    assert_code(itg_job_results(fx.itg, 3, count_result, &last, F), ITG_E_NO_HANDLER);
    assert_ok(itg_job_delete(fx.itg, id, F));
    assert_code(itg_job_results(fx.itg, 103, count_result, &last, F), ITG_E_NO_HANDLER);
    assert_runs(other, "done 0+0 0 0/1/0 of 1 ok;");
}
END_TEST

static int64_t to_delete;

static void delete_job(void)
{
    assert_ok(itg_job_delete(fx.itg, to_delete, F));
}

START_TEST(a_job_may_go_while_it_runs)
{
    itg_job_spec_t spec = spec_of("j");
    make_tc(1, ITG_ROOT_THINCLIENTS);
    to_delete = make_job(&spec);
    link_.meanwhile = delete_job;
    link_.deaf = true;
    step_at(LATER);
    ck_assert_uint_eq(link_.deliveries, 1);
    assert_jobs("");
}
END_TEST

static int32_t write_audit(void *ctx, const itg_audit_t *entry)
{
    fprintf(ctx, "%s %s %s -> %s\n", entry->operation, entry->object_name, entry->before, entry->after);
    return 0;
}

/* The start is 13:00 on 1 March 2024. */
START_TEST(changes_are_in_the_audit_trail)
{
    itg_job_spec_t spec = spec_of("j");
    int64_t tc = make_tc(1, ITG_ROOT_THINCLIENTS);
    char *text = NULL;
    size_t length = 0;
    spec.thinclients = &tc;
    spec.thinclient_count = 1;
    int64_t id = make_job(&spec);
    spec.name = "k";
    spec.thinclient_count = 0;
    assert_ok(itg_job_update(fx.itg, id, &spec, F));
    assert_ok(itg_job_delete(fx.itg, id, F));
    FILE *stream = open_memstream(&text, &length);
    const itg_audit_filter_t filter = {.size = sizeof filter, .object_id = id};
    assert_ok(itg_audit_each(fx.itg, &filter, write_audit, stream, F));
    fclose(stream);
    ck_assert_str_eq(
        text,
        "job_create j {} -> "
        "{\"name\":\"j\",\"command\":\"reboot\",\"expression\":\"id>0\",\"start\":\"2024-03-01 "
        "13:00:00.000\",\"everySeconds\":0,\"weekdays\":0,\"targets\":[\"1\"]}\n"
        "job_update k {\"name\":\"j\",\"targets\":[\"1\"]} -> {\"name\":\"k\"}\n"
        "job_delete k {\"name\":\"k\",\"command\":\"reboot\",\"expression\":\"id>0\",\"start\":\"2024-03-01 "
        "13:00:00.000\",\"everySeconds\":0,\"weekdays\":0} -> {}\n");
    free(text);
}
END_TEST

/* --- never twice --- */

static void die(void)
{
    _exit(7);
}

/* The program ends while commands are being sent: the run is there, and its time does not come again. */
START_TEST(a_crash_is_told_and_not_repeated)
{
    itg_job_spec_t spec = spec_of("j");
    int status = 0;
    move_to_file();
    make_tc(1, ITG_ROOT_THINCLIENTS);
    int64_t id = make_job(&spec);
    itg_close(fx.itg);
    fx.itg = NULL;
    fx.now_ms = LATER;
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        open_at(fx.path);
        link_.meanwhile = die;
        step();
        _exit(1);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(WEXITSTATUS(status), 7);
    open_at(fx.path);
    step();
    assert_runs(id, "running 60+0 0 0/0/0 of 0 ok;");
    step_at(LATER + 15 * MINUTE - 1);
    assert_runs(id, "running 60+0 0 0/0/0 of 0 ok;");
    step_at(LATER + 15 * MINUTE);
    assert_runs(id, "interrupted 60+0 0 0/0/0 of 0 ok;");
    ck_assert_uint_eq(link_.deliveries, 0);
}
END_TEST

static void wait_long(void)
{
    fx.now_ms += 20 * MINUTE;
    link_.meanwhile = NULL;
    step();
    assert_runs(to_delete, "interrupted 60+0 0 0/0/0 of 0 ok;");
}

START_TEST(an_end_that_comes_late_is_told)
{
    itg_job_spec_t spec = spec_of("j");
    make_tc(1, ITG_ROOT_THINCLIENTS);
    to_delete = make_job(&spec);
    link_.meanwhile = wait_long;
    step_at(LATER);
    assert_runs(to_delete, "done 60+0 0 1/0/0 of 1 ok;");
}
END_TEST

enum { JOBS = 30 };

static int32_t count_once(void *ctx, const itg_job_t *job)
{
    (void)ctx;
    assert_runs(job->id, "done 60+0 0 1/0/0 of 1 ok;");
    return 0;
}

static void make_jobs(void)
{
    itg_job_spec_t spec = spec_of("j");
    make_tc(1, ITG_ROOT_THINCLIENTS);
    for (int i = 0; i < JOBS; i++)
        make_job(&spec);
}

START_TEST(of_several_programs_one_runs_it)
{
    pid_t children[3];
    int total = 0;
    move_to_file();
    make_jobs();
    itg_close(fx.itg);
    fx.itg = NULL;
    fx.now_ms = LATER;
    for (size_t i = 0; i < COUNT_OF(children); i++) {
        children[i] = fork();
        ck_assert_int_ge(children[i], 0);
        if (children[i] > 0)
            continue;
        open_at(fx.path);
        while (step() <= 0)
            ;
        itg_close(fx.itg);
        _exit((int)link_.deliveries);
    }
    for (size_t i = 0; i < COUNT_OF(children); i++) {
        int status = 0;
        ck_assert_int_eq(waitpid(children[i], &status, 0), children[i]);
        ck_assert(WIFEXITED(status));
        total += WEXITSTATUS(status);
    }
    ck_assert_int_eq(total, JOBS);
    open_at(fx.path);
    assert_ok(itg_job_each(fx.itg, count_once, NULL, F));
}
END_TEST

static void *step_until_done(void *arg)
{
    int64_t next_ms = 0;
    (void)arg;
    do
        if (itg_step(fx.itg, &next_ms, NULL))
            return fx.itg;
    while (next_ms <= LATER);
    return NULL;
}

START_TEST(of_several_threads_one_runs_it)
{
    pthread_t threads[3];
    move_to_file();
    make_jobs();
    fx.now_ms = LATER;
    for (size_t i = 0; i < COUNT_OF(threads); i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, step_until_done, NULL), 0);
    for (size_t i = 0; i < COUNT_OF(threads); i++) {
        void *failed = NULL;
        ck_assert_int_eq(pthread_join(threads[i], &failed), 0);
        ck_assert_ptr_null(failed);
    }
    assert_ok(itg_job_each(fx.itg, count_once, NULL, F));
}
END_TEST

SUITE("job", setup, a_job_is_kept, an_older_and_shorter_specification_will_do, a_walk_ends_when_told_to,
      bad_specifications_are_refused, targets_must_be_there, what_is_not_there_is_not_found,
      it_runs_when_its_time_has_come, times_that_passed_lead_to_one_run, an_expired_job_does_not_run_late,
      weekdays_repeat, a_start_that_passed_is_followed_by_the_next_time, one_job_a_call_the_earliest_first,
      changes_leave_its_time_alone_unless_they_are_about_it, a_job_that_is_over_stays, not_inside_a_group,
      targets_add_up, an_expression_means_who_matches_then, targets_that_are_gone_are_left_out,
      a_reset_thin_client_leaves, it_acts_as_its_owner, an_owner_who_may_no_longer_command_sends_nothing,
      viewers_read_and_do_not_run, whom_its_owner_may_not_command_is_left_out,
      who_runs_it_at_once_acts_as_oneself, the_first_failures_are_kept, the_last_runs_are_kept,
      changes_are_in_the_audit_trail, a_job_may_go_while_it_runs, a_crash_is_told_and_not_repeated,
      an_end_that_comes_late_is_told, of_several_programs_one_runs_it, of_several_threads_one_runs_it)
