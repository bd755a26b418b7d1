/* Expressions, views and rules with the n-th chance to fail taken, for every n: the library's allocations and the
 * store's calls. The right code, nothing changed, nothing lost. */
#include "core/core.h"
#include "faults.h"
#include "fixture.h"
#include <stdlib.h>
#include <string.h>

/* Ids of what every scenario finds: a directory below another, two thin clients, rules below each other. */
enum { DIR = 1, SUBDIR, TC, OTHER_TC, PROFILE, ATTRIBUTE, VIEW, RULE, CHILD, LAST_RULE };

static struct itg__engine faulty;
static itg_failure_t *const F = &fx.failure;

static const char everything[] =
    "(name==ITC*;site=in=('',x*),monitorSize1>1,online==true);id=out=(9,10);profile!=99;attribute.floor<5,"
    "directory=beneath=1;lastContact<2024-12-30,configChanges==PENDING,assigned==5,mac==00E0C5000001";

static void fill(void)
{
    const itg_value_t floor = {"deviceAttributes.floor", "3"};
    const itg_assignment_t assignment = {PROFILE, ITG_TYPE_PROFILE, TC, ITG_TYPE_THINCLIENT};
    int64_t firmware = make_firmware("1"), id = 0;
    ck_assert_int_eq(make_directory(ITG_TYPE_THINCLIENT_DIRECTORY, "dir", ITG_ROOT_THINCLIENTS), DIR);
    ck_assert_int_eq(make_directory(ITG_TYPE_THINCLIENT_DIRECTORY, "subdir", DIR), SUBDIR);
    ck_assert_int_eq(make_thinclient("00E0C5000001", SUBDIR, firmware), TC);
    ck_assert_int_eq(make_thinclient("00E0C5000002", ITG_ROOT_THINCLIENTS, firmware), OTHER_TC);
    ck_assert_int_eq(make_profile(ITG_TYPE_PROFILE, "p", ITG_ROOT_PROFILES, firmware), PROFILE);
    assert_ok(itg_assignment_create(fx.itg, &assignment, 1, F));
    assert_ok(itg_attribute_create(fx.itg, "floor", "f", ITG_ATTRIBUTE_NUMBER, 0, NULL, 0, NULL, F));
    assert_ok(itg_thinclient_update(fx.itg, TC, &floor, 1, F));
    assert_ok(itg_view_create(fx.itg, "v", everything, &id, F));
    ck_assert_int_eq(id, VIEW);
    assert_ok(itg_rule_create(fx.itg, 0, -1, "id>0", 0, 0, &id, F));
    ck_assert_int_eq(id, RULE);
    assert_ok(itg_rule_create(fx.itg, RULE, -1, everything, DIR, ITG_RULE_OVERRIDE_MEMBERSHIP, NULL, F));
    assert_ok(itg_rule_create(fx.itg, 0, -1, "id>0", SUBDIR, ITG_RULE_LEAVE_BELOW, NULL, F));
}

static void fresh(void)
{
    itg_options_t options = fixture_options();
    itg_close(fx.itg);
    fx.itg = NULL;
    faults_engine(&faulty);
    assert_ok(itg__open_with(&faulty, ":memory:", &options, &fx.itg, F));
    fill();
}

static int32_t ignore_thinclient(void *ctx, const itg_thinclient_t *tc)
{
    (void)ctx, (void)tc;
    return 0;
}

static int32_t ignore_view(void *ctx, const itg_view_t *view)
{
    (void)ctx, (void)view;
    return 0;
}

static int32_t ignore_rule(void *ctx, const itg_rule_t *rule)
{
    (void)ctx, (void)rule;
    return 0;
}

static itg_error_t select_short(void)
{
    return itg_thinclient_select(fx.itg, ITG_EXTENT_SHORT, everything, 0, ignore_thinclient, NULL, F);
}

static itg_error_t select_details(void)
{
    return itg_thinclient_select(fx.itg, ITG_EXTENT_DETAILS, "directory=beneath=1", 0, ignore_thinclient,
                                 NULL, F);
}

static itg_error_t view_create(void)
{
    return itg_view_create(fx.itg, "w", everything, NULL, F);
}

static itg_error_t view_update(void)
{
    return itg_view_update(fx.itg, VIEW, "w", "id==1", F);
}

static itg_error_t view_delete(void)
{
    return itg_view_delete(fx.itg, VIEW, F);
}

static itg_error_t view_get(void)
{
    itg_view_t *view = NULL;
    itg_error_t err = itg_view_get(fx.itg, VIEW, &view, F);
    itg_view_free(view);
    return err;
}

static itg_error_t view_each(void)
{
    return itg_view_each(fx.itg, ignore_view, NULL, F);
}

static itg_error_t view_select(void)
{
    return itg_view_select(fx.itg, VIEW, ITG_EXTENT_DETAILS, 0, ignore_thinclient, NULL, F);
}

static itg_error_t rule_create(void)
{
    return itg_rule_create(fx.itg, RULE, 0, everything, DIR, 0, NULL, F);
}

static itg_error_t rule_update(void)
{
    return itg_rule_update(fx.itg, CHILD, LAST_RULE, 0, "id==1", SUBDIR, 0, F);
}

static itg_error_t rule_delete(void)
{
    return itg_rule_delete(fx.itg, RULE, F);
}

static itg_error_t rule_get(void)
{
    itg_rule_t *rule = NULL;
    itg_error_t err = itg_rule_get(fx.itg, CHILD, &rule, F);
    itg_rule_free(rule);
    return err;
}

static itg_error_t rule_each(void)
{
    return itg_rule_each(fx.itg, ignore_rule, NULL, F);
}

static itg_error_t rule_apply(void)
{
    return itg_rule_apply(fx.itg, ITG_RULE_ON_DEMAND, 0, 0, NULL, NULL, NULL, F);
}

static itg_error_t rule_apply_dry(void)
{
    return itg_rule_apply(fx.itg, ITG_RULE_ON_BOOT, 0, 1, NULL, NULL, NULL, F);
}

static itg_error_t rule_apply_to_one(void)
{
    return itg_rule_apply(fx.itg, ITG_RULE_AT_REGISTRATION, OTHER_TC, 0, NULL, NULL, NULL, F);
}

static itg_error_t directory_delete(void)
{
    itg_error_t err = itg_directory_delete(fx.itg, ITG_TYPE_THINCLIENT_DIRECTORY, SUBDIR, F);
    if (err != ITG_E_DIRECTORY_NOT_EMPTY)
        return err;
    itg_failure_clear(F);
    return ITG_OK;
}

static int64_t read_text(void *ctx, char *buf, size_t size)
{
    const char **rest = ctx;
    size_t length = strlen(*rest) < size ? strlen(*rest) : size;
    memcpy(buf, *rest, length);
    *rest += length;
    return (int64_t)length;
}

static itg_error_t import(void)
{
    const char *text = "{\"views\":[{\"name\":\"x\",\"expression\":\"id==1\"}],\"rules\":["
                       "{\"id\":\"70\",\"parentID\":\"71\",\"expression\":\"id==1\",\"targetID\":\"1\"},"
                       "{\"id\":\"71\",\"expression\":\"id==1\"}]}";
    return itg_import(fx.itg, read_text, &text, NULL, NULL, NULL, F);
}

#define SCENARIO(name) \
    {                  \
#name, name    \
    }
static const struct scenario {
    const char *name;
    itg_error_t (*run)(void);
} scenarios[] = {
    SCENARIO(select_short),      SCENARIO(select_details),   SCENARIO(view_create),
    SCENARIO(view_update),       SCENARIO(view_delete),      SCENARIO(view_get),
    SCENARIO(view_each),         SCENARIO(view_select),      SCENARIO(rule_create),
    SCENARIO(rule_update),       SCENARIO(rule_delete),      SCENARIO(rule_get),
    SCENARIO(rule_each),         SCENARIO(rule_apply),       SCENARIO(rule_apply_dry),
    SCENARIO(rule_apply_to_one), SCENARIO(directory_delete), SCENARIO(import),
};

/* @return whether the call failed */
static bool attempt(const struct scenario *scenario, struct fault *fault, long n, itg_error_t code,
                    const char *before)
{
    fresh();
    *fault = (struct fault){.armed = true, .left = n};
    itg_error_t err = scenario->run();
    fault->armed = false;
    if (!err)
        return false;
    if (err != code)
        ck_abort_msg("%s, %ld: %s, expected %s", scenario->name, n, itg_error_code(err),
                     itg_error_code(code));
    itg_failure_clear(F);
    fixture_assert_unchanged(strdup(before), scenario->name, __FILE__, __LINE__);
    fixture_assert_sound(fx.itg);
    return true;
}

static void run_all(struct fault *fault, itg_error_t code)
{
    fresh();
    char *before = fixture_fingerprint(fx.itg);
    for (size_t i = 0; i < COUNT_OF(scenarios); i++) {
        bool succeeded = false;
        for (long n = 0; !succeeded; n++) {
            bool failed = attempt(&scenarios[i], fault, n, code, before);
            /* Some calls allocate nothing when their statements have been prepared before. */
            ck_assert_msg(failed || n > 0 || fault == &memory, "%s had no chance to fail", scenarios[i].name);
            succeeded = !failed && !fault->failed;
            ck_assert_msg(n < 4000, "%s never succeeds", scenarios[i].name);
        }
    }
    free(before);
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

SUITE_LONG("rule_faults", fixture_none, 240, want_of_memory, a_store_that_fails)
