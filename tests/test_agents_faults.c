/* Requests of thin clients with the n-th chance to fail taken, for every n: there is an answer, and the same request said
 * again leaves the fleet as if nothing had failed. */
#include "core/core.h"
#include "faults.h"
#include "fixture.h"
#include <itg/agent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct itg__engine faulty;
static itg_agents_t *agents;
static char token[128];
static char answer[8192];
static int wakes;

static void wake(void *ctx)
{
    (void)ctx;
    wakes++;
}

static int say(const char *path, const char *body)
{
    char header[160];
    itg_agents_wait_t *wait = NULL;
    snprintf(header, sizeof header, "Bearer %s", token);
    itg_imi_request_t request = {.size = sizeof request,
                                 .method = "POST",
                                 .target = path,
                                 .authorization = header,
                                 .body = body,
                                 .body_size = strlen(body),
                                 .peer = "192.0.2.7"};
    itg_imi_response_t *response = itg_agents_handle(agents, &request, wake, NULL, &wait);
    if (!response) {
        itg_agents_wake_all(agents);
        response = itg_agents_finish(agents, wait);
    }
    int64_t n = itg_imi_response_read(response, answer, sizeof answer - 1);
    answer[n > 0 ? n : 0] = '\0';
    int status = itg_imi_response_status(response);
    itg_imi_response_free(response);
    return status;
}

static void fresh(void)
{
    itg_options_t options = fixture_options();
    itg_agents_free(agents);
    itg_close(fx.itg);
    fx.itg = NULL;
    agents = NULL;
    faults_engine(&faulty);
    assert_ok(itg__open_with(&faulty, ":memory:", &options, &fx.itg, &fx.failure));
    int64_t profile = make_profile(ITG_TYPE_PROFILE, "p", ITG_ROOT_PROFILES, make_firmware("1"));
    assert_ok(itg_setting_set(fx.itg, ITG_TYPE_PROFILE, profile, "browser[1].url", "\"a\"", &fx.failure));
    assert_ok(itg_rule_create(fx.itg, 0, -1, "osType==OS",
                              make_directory(ITG_TYPE_THINCLIENT_DIRECTORY, "d", -1), 0, NULL, &fx.failure));
    assert_ok(itg_agents_new(fx.itg, NULL, &agents, &fx.failure));
    assert_ok(itg_enrolment_set(fx.itg, ITG_ENROLMENT_OPEN, &fx.failure));
    ck_assert_int_eq(say("/agent/v1/register", "{\"mac\":\"00E0C5000001\"}"), 200);
    const char *at = strstr(answer, "\"token\":\"") + strlen("\"token\":\"");
    snprintf(token, sizeof token, "%.*s", (int)strcspn(at, "\""), at);
    int64_t id = strtoll(token, NULL, 10);
    const itg_assignment_t assignment = {profile, ITG_TYPE_PROFILE, id, ITG_TYPE_THINCLIENT};
    assert_ok(itg_assignment_create(fx.itg, &assignment, 1, &fx.failure));
    assert_ok(itg_command_queue(fx.itg, ITG_COMMAND_REBOOT, &id, 1, 0, NULL, NULL, &fx.failure));
}

#define REPORT                                                                                   \
    "\"inventory\":{\"osType\":\"OS\",\"memorySize\":1},\"networkAdapters\":[{\"name\":\"e\"}]," \
    "\"usb\":{\"added\":[{\"uniqueId\":\"u\",\"name\":\"n\"}]},\"logins\":[{\"username\":\"ann\"}]"

static int do_register(void)
{
    return say("/agent/v1/register",
               "{\"mac\":\"00E0C5000002\",\"firmware\":{\"product\":\"new\"}," REPORT "}");
}

static int do_report(void)
{
    return say("/agent/v1/checkin", "{\"sequence\":1,\"boot\":true," REPORT "}");
}

static int do_settings(void)
{
    return say("/agent/v1/checkin", "{\"settingsRevision\":\"0\"}");
}

static int do_wait(void)
{
    return say("/agent/v1/checkin", "{\"wait\":10}");
}

static int do_bye(void)
{
    return say("/agent/v1/bye", "{}");
}

static int do_step(void)
{
    return itg_agents_step(agents, NULL, NULL) ? 500 : 200;
}

static int do_new(void)
{
    itg_agents_free(agents);
    agents = NULL;
    itg_error_t err = itg_agents_new(fx.itg, NULL, &agents, NULL);
    memory.armed = store.armed = false;
    if (err)
        assert_ok(itg_agents_new(fx.itg, NULL, &agents, &fx.failure));
    return err ? 500 : 200;
}

static const struct scenario {
    const char *name;
    int (*run)(void);
} scenarios[] = {{"register", do_register},
                 {"report", do_report},
                 {"settings", do_settings},
                 {"wait", do_wait},
                 {"bye", do_bye},
                 {"step", do_step},
                 {"new", do_new}};

/* A report may be kept and its answer lost: said again it does no more. @return whether the fault was met */
static bool attempt(const struct scenario *scenario, struct fault *fault, long n, const char *wanted)
{
    fresh();
    *fault = (struct fault){.armed = true, .left = n};
    int status = scenario->run();
    fault->armed = false;
    bool met = fault->failed;
    if (status >= 500) {
        ck_assert_msg(met, "%s: %d without a fault: %s", scenario->name, status, answer);
        status = scenario->run();
    }
    ck_assert_msg(status == 200, "%s, %ld: %d %s", scenario->name, n, status, answer);
    fixture_assert_unchanged(strdup(wanted), scenario->name, __FILE__, __LINE__);
    fixture_assert_sound(fx.itg);
    return met;
}

static void run_one(const struct scenario *scenario, struct fault *fault)
{
    long n = 0;
    fresh();
    ck_assert_int_eq(scenario->run(), 200);
    char *wanted = fixture_fingerprint(fx.itg);
    while (attempt(scenario, fault, n, wanted))
        ck_assert_msg(++n < 2000, "%s never succeeds", scenario->name);
    ck_assert_msg(n > 0 || fault == &memory, "%s had no chance to fail", scenario->name);
    free(wanted);
}

static void run_all(struct fault *fault)
{
    for (size_t i = 0; i < COUNT_OF(scenarios); i++)
        run_one(&scenarios[i], fault);
    itg_agents_free(agents);
    agents = NULL;
}

START_TEST(want_of_memory_is_survived)
{
    run_all(&memory);
}
END_TEST

START_TEST(a_broken_store_is_survived)
{
    run_all(&store);
}
END_TEST

SUITE_LONG("agents_faults", fixture_none, 240, want_of_memory_is_survived, a_broken_store_is_survived)
