/* Every public call of the core with its n-th chance to fail taken, for n = 0, 1, 2, ... until it succeeds:
 * the library's allocations, the store's calls, the engine's own allocations. The right code comes back,
 * nothing has changed, and nothing is lost or leaked. */
#include "core/core.h"
#include "faults.h"
#include "fixture.h"
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* --- the fleet of each scenario --- */

/* ids 1 to 3: directories, 1 holding 2; 4: a thin client in 1; 5: one at the root; 6: a profile assigned to 4
 * and 1; 7: a profile directory; 8: a thin client in the recycle bin. */
enum { DIR = 1, SUBDIR, EMPTY, TC, OTHER_TC, PROFILE, PROFILE_DIR, BINNED };
#define TC_DIR ITG_TYPE_THINCLIENT_DIRECTORY

static struct itg__engine faulty;

static void open_fleet(void)
{
    itg_options_t options = fixture_options();
    faults_engine(&faulty);
    fixture_path("fleet.db", fx.path, sizeof fx.path);
    assert_ok(itg__open_with(&faulty, fx.path, &options, &fx.itg, &fx.failure));
}

static void fill_fleet(bool with_user)
{
    make_firmware("1");
    ck_assert_int_eq(make_directory(TC_DIR, "dir", ITG_ROOT_THINCLIENTS), DIR);
    ck_assert_int_eq(make_directory(TC_DIR, "subdir", DIR), SUBDIR);
    ck_assert_int_eq(make_directory(TC_DIR, "empty", ITG_ROOT_THINCLIENTS), EMPTY);
    ck_assert_int_eq(make_thinclient("00E0C5000001", DIR, 1), TC);
    ck_assert_int_eq(make_thinclient("00E0C5000002", ITG_ROOT_THINCLIENTS, 1), OTHER_TC);
    ck_assert_int_eq(make_profile(ITG_TYPE_PROFILE, "profile", ITG_ROOT_PROFILES, 1), PROFILE);
    ck_assert_int_eq(make_directory(ITG_TYPE_PROFILE_DIRECTORY, "profiles", ITG_ROOT_PROFILES), PROFILE_DIR);
    ck_assert_int_eq(make_thinclient("00E0C5000003", ITG_ROOT_THINCLIENTS, 1), BINNED);
    assert_ok(itg_bin_put(fx.itg, ITG_TYPE_THINCLIENT, BINNED, &fx.failure));
    const itg_assignment_t assignments[] = {{PROFILE, ITG_TYPE_PROFILE, TC, ITG_TYPE_THINCLIENT},
                                            {PROFILE, ITG_TYPE_PROFILE, DIR, TC_DIR}};
    assert_ok(itg_assignment_create(fx.itg, assignments, 2, &fx.failure));
    if (with_user) /* hashing her password takes longer than all the rest */
        assert_ok(
            itg_user_create(fx.itg, "alice", ITG_ROLE_ADMINISTRATOR, "correct horse", NULL, &fx.failure));
}

static void setup(void)
{
    if (access("/dev/shm", W_OK) == 0) /* thousands of openings and closings: no disk has to sync them */
        setenv("TMPDIR", "/dev/shm", 0);
    fixture_dir();
    faults_allocator();
}

/* --- scenarios: one public call each --- */

static itg_failure_t *const F = &fx.failure;

/* What a scenario saw that must not be; Check's own assertions would run into the faults. */
static const char *wrong;
#define EXPECT(condition) (wrong = (condition) ? wrong : #condition)

static int32_t ignore_object(void *ctx, const itg_object_t *object)
{
    (void)ctx;
    (void)object;
    return 0;
}

static int32_t ignore_thinclient(void *ctx, const itg_thinclient_t *tc)
{
    (void)ctx;
    (void)tc;
    return 0;
}

static int32_t ignore_profile(void *ctx, const itg_profile_t *profile)
{
    (void)ctx;
    (void)profile;
    return 0;
}

static int32_t ignore_firmware(void *ctx, const itg_firmware_t *firmware)
{
    (void)ctx;
    (void)firmware;
    return 0;
}

static int32_t ignore_assignment(void *ctx, const itg_assignment_t *assignment, int32_t position)
{
    (void)ctx;
    (void)assignment;
    (void)position;
    return 0;
}

static int32_t ignore_user(void *ctx, const itg_user_t *user)
{
    (void)ctx;
    (void)user;
    return 0;
}

static int32_t ignore_result(void *ctx, const itg_command_result_t *result)
{
    (void)ctx;
    (void)result;
    return 0;
}

static itg_error_t firmware_create(void)
{
    return itg_firmware_create(fx.itg, "p", "v", "t", NULL, F);
}

static itg_error_t firmware_get(void)
{
    itg_firmware_t *firmware = NULL;
    itg_error_t err = itg_firmware_get(fx.itg, 1, &firmware, F);
    EXPECT(!firmware == (err != ITG_OK));
    itg_firmware_free(firmware);
    return err;
}

static itg_error_t firmware_each(void)
{
    return itg_firmware_each(fx.itg, 0, ignore_firmware, NULL, F);
}

static itg_error_t directory_create(void)
{
    return itg_directory_create(fx.itg, TC_DIR, "new", SUBDIR, NULL, F);
}

static itg_error_t directory_get(void)
{
    itg_object_t *directory = NULL;
    itg_error_t err = itg_directory_get(fx.itg, TC_DIR, DIR, &directory, F);
    EXPECT(!directory == (err != ITG_OK));
    itg_object_free(directory);
    return err;
}

static itg_error_t directory_rename(void)
{
    return itg_directory_rename(fx.itg, TC_DIR, DIR, "renamed", F);
}

static itg_error_t directory_delete(void)
{
    return itg_directory_delete(fx.itg, TC_DIR, EMPTY, F);
}

static itg_error_t directory_each(void)
{
    return itg_directory_each(fx.itg, TC_DIR, 0, ignore_object, NULL, F);
}

static itg_error_t directory_children(void)
{
    return itg_directory_children(fx.itg, TC_DIR, DIR, ignore_object, NULL, F);
}

static itg_error_t thinclient_create(void)
{
    const itg_value_t values[] = {{"mac", "00e0c5ffffff"},
                                  {"firmwareID", "1"},
                                  {"parentID", "2"},
                                  {"site", "Bremen"},
                                  {"lastIP", "127.0.0.2"}};
    return itg_thinclient_create(fx.itg, values, COUNT_OF(values), NULL, F);
}

static itg_error_t thinclient_update(void)
{
    const itg_value_t values[] = {{"name", "new"}, {"site", "Bremen"}};
    return itg_thinclient_update(fx.itg, TC, values, COUNT_OF(values), F);
}

static itg_error_t thinclient_get(void)
{
    itg_thinclient_t *tc = NULL;
    itg_error_t err = itg_thinclient_get(fx.itg, TC, &tc, F);
    EXPECT(!tc == (err != ITG_OK));
    itg_thinclient_free(tc);
    return err;
}

static itg_error_t thinclient_by_mac(void)
{
    itg_thinclient_t *tc = NULL;
    itg_error_t err = itg_thinclient_by_mac(fx.itg, "00E0C5000001", &tc, F);
    itg_thinclient_free(tc);
    return err;
}

static itg_error_t thinclient_each(void)
{
    return itg_thinclient_each(fx.itg, ITG_EXTENT_DETAILS, 0, ignore_thinclient, NULL, F);
}

static itg_error_t thinclient_delete(void)
{
    return itg_thinclient_delete(fx.itg, TC, F);
}

static itg_error_t profile_create(void)
{
    return itg_profile_create(fx.itg, ITG_TYPE_PROFILE, "new", PROFILE_DIR, 1, 1, NULL, F);
}

static itg_error_t profile_get(void)
{
    itg_profile_t *profile = NULL;
    itg_error_t err = itg_profile_get(fx.itg, ITG_TYPE_PROFILE, PROFILE, &profile, F);
    itg_profile_free(profile);
    return err;
}

static itg_error_t profile_each(void)
{
    return itg_profile_each(fx.itg, ITG_TYPE_PROFILE, 0, ignore_profile, NULL, F);
}

static itg_error_t profile_rename(void)
{
    return itg_profile_rename(fx.itg, ITG_TYPE_PROFILE, PROFILE, "renamed", F);
}

static itg_error_t profile_delete(void)
{
    return itg_profile_delete(fx.itg, ITG_TYPE_PROFILE, PROFILE, F);
}

static itg_error_t assignment_create(void)
{
    const itg_assignment_t assignments[] = {{PROFILE, ITG_TYPE_PROFILE, OTHER_TC, ITG_TYPE_THINCLIENT},
                                            {PROFILE, ITG_TYPE_PROFILE, SUBDIR, TC_DIR}};
    return itg_assignment_create(fx.itg, assignments, 2, F);
}

static itg_error_t assignment_delete(void)
{
    const itg_assignment_t assignment = {PROFILE, ITG_TYPE_PROFILE, DIR, TC_DIR};
    return itg_assignment_delete(fx.itg, &assignment, F);
}

static itg_error_t assignment_reaching(void)
{
    return itg_assignment_reaching(fx.itg, ITG_TYPE_THINCLIENT, TC, ignore_assignment, NULL, F);
}

static itg_error_t assignment_receivers(void)
{
    return itg_assignment_receivers(fx.itg, ITG_TYPE_PROFILE, PROFILE, ITG_TYPE_THINCLIENT, ignore_assignment,
                                    NULL, F);
}

static itg_error_t move(void)
{
    itg_move_entry_t entries[] = {
        {.id = DIR}, {.id = TC}, {.id = 99}, {.id = OTHER_TC, .type = ITG_TYPE_THINCLIENT}};
    return itg_move(fx.itg, TC_DIR, EMPTY, entries, COUNT_OF(entries), F);
}

static itg_error_t bin_put(void)
{
    return itg_bin_put(fx.itg, TC_DIR, DIR, F);
}

static itg_error_t bin_restore(void)
{
    return itg_bin_restore(fx.itg, ITG_TYPE_THINCLIENT, BINNED, F);
}

static itg_error_t command_send(void)
{
    const int64_t ids[] = {TC, OTHER_TC, TC};
    return itg_command_send(fx.itg, ITG_COMMAND_REBOOT, ids, COUNT_OF(ids), ignore_result, NULL, F);
}

static itg_error_t delete_online(void)
{
    return itg_thinclient_delete_online(fx.itg, TC, ignore_result, NULL, F);
}

static itg_error_t user_create(void)
{
    return itg_user_create(fx.itg, "bob", ITG_ROLE_VIEWER, "correct horse", NULL, F);
}

static itg_error_t user_set_password(void)
{
    return itg_user_set_password(fx.itg, "alice", "battery staple", F);
}

static itg_error_t user_each(void)
{
    return itg_user_each(fx.itg, ignore_user, NULL, F);
}

static itg_error_t act_as(void)
{
    itg_t *itg = NULL;
    itg_error_t err = itg_as(fx.itg, "alice", &itg, F);
    EXPECT(!itg == (err != ITG_OK));
    itg_close(itg);
    return err;
}

static itg_error_t login(void)
{
    char session[ITG_SESSION_ID_LENGTH + 1] = "";
    itg_error_t err = itg_login(fx.itg, "alice", "correct horse", session, F);
    EXPECT((session[0] == '\0') == (err != ITG_OK));
    return err;
}

static itg_error_t login_without_the_password(void)
{
    char session[ITG_SESSION_ID_LENGTH + 1] = "";
    itg_error_t err = itg_login(fx.itg, "alice", "battery staple", session, F);
    if (err == ITG_E_INVALID_CREDENTIALS)
        itg_failure_clear(F);
    return err == ITG_E_INVALID_CREDENTIALS ? ITG_OK : err;
}

static itg_error_t check(void)
{
    int64_t findings = -1;
    itg_error_t err = itg_check(fx.itg, NULL, NULL, &findings, F);
    EXPECT(findings == (err ? -1 : 0));
    return err;
}

static itg_error_t group(void)
{
    itg_error_t err = itg_begin(fx.itg, F);
    if (err)
        return err;
    err = directory_create();
    if (!err)
        err = thinclient_update();
    if (err) {
        EXPECT(itg_rollback(fx.itg, NULL) == ITG_OK);
        return err;
    }
    return itg_commit(fx.itg, F);
}

static const struct scenario {
    const char *name;
    itg_error_t (*run)(void);
    bool with_user; /* alice is needed */
    bool reads;     /* does not even try to change anything */
} scenarios[] = {
#define SCENARIO(name)            \
    {                             \
#name, name, false, false \
    }
#define WITH_USER(name)          \
    {                            \
#name, name, true, false \
    }
#define READING(name)            \
    {                            \
#name, name, false, true \
    }
    SCENARIO(firmware_create),
    READING(firmware_get),
    READING(firmware_each),
    SCENARIO(directory_create),
    READING(directory_get),
    SCENARIO(directory_rename),
    SCENARIO(directory_delete),
    READING(directory_each),
    READING(directory_children),
    SCENARIO(thinclient_create),
    SCENARIO(thinclient_update),
    READING(thinclient_get),
    READING(thinclient_by_mac),
    READING(thinclient_each),
    SCENARIO(thinclient_delete),
    SCENARIO(profile_create),
    READING(profile_get),
    READING(profile_each),
    SCENARIO(profile_rename),
    SCENARIO(profile_delete),
    SCENARIO(assignment_create),
    SCENARIO(assignment_delete),
    READING(assignment_reaching),
    READING(assignment_receivers),
    SCENARIO(move),
    SCENARIO(bin_put),
    SCENARIO(bin_restore),
    SCENARIO(command_send),
    SCENARIO(delete_online),
    SCENARIO(user_create),
    WITH_USER(user_set_password),
    WITH_USER(user_each),
    WITH_USER(act_as),
    WITH_USER(login),
    WITH_USER(login_without_the_password),
    READING(check),
    SCENARIO(group),
#undef SCENARIO
#undef WITH_USER
#undef READING
};

/* --- */

/* Reopens, so that the statements are prepared, and the pool is filled, inside the next attempt. */
static void reopen(void)
{
    itg_close(fx.itg);
    fx.itg = NULL;
    open_fleet();
}

static void fresh_fleet(bool with_user)
{
    itg_close(fx.itg);
    fx.itg = NULL;
    remove(fx.path);
    open_fleet();
    fill_fleet(with_user);
}

enum outcome { REFUSED, DONE_WITHOUT, DONE };

static enum outcome attempt(const struct scenario *scenario, struct fault *fault, long n, itg_error_t code)
{
    reopen();
    wrong = NULL;
    *fault = (struct fault){.armed = true, .left = n};
    itg_error_t err = scenario->run();
    fault->armed = false;
    if (wrong)
        ck_abort_msg("%s, %ld: not true: %s", scenario->name, n, wrong);
    if (!err)
        return fault->failed ? DONE_WITHOUT : DONE;
    if (err != code || (fx.failure.code != code && fx.failure.code != ITG_OK))
        ck_abort_msg("%s, %ld: %s, recorded %s, expected %s (%s)", scenario->name, n, itg_error_code(err),
                     itg_error_code(fx.failure.code), itg_error_code(code), fx.failure.detail);
    itg_failure_clear(&fx.failure);
    return REFUSED;
}

/* Every chance, or beyond the first `dense` of them every `step`-th: SQLite allocates hundreds of times a
 * call. */
static void run_one(const struct scenario *scenario, struct fault *fault, itg_error_t code, long dense,
                    long step)
{
    fresh_fleet(scenario->with_user);
    char *before = fixture_fingerprint(fx.itg);
    long refused = 0;
    enum outcome outcome = REFUSED;
    for (long n = 0; outcome != DONE; n += n < dense ? 1 : step) {
        outcome = attempt(scenario, fault, n, code);
        if (outcome == DONE_WITHOUT)
            fresh_fleet(scenario->with_user);
        refused += outcome == REFUSED;
        ck_assert_msg(n < 20000, "%s never succeeds", scenario->name);
        if (outcome == REFUSED && !scenario->reads)
            fixture_assert_unchanged(strdup(before), scenario->name, __FILE__, __LINE__);
    }
    ck_assert_msg(refused > 0, "%s had no chance to fail", scenario->name);
    free(before);
    fixture_assert_sound(fx.itg);
}

/* SQLite's integrity check tells of want of memory as if it were damage. */
static bool is_left_out(const struct scenario *scenario, const struct fault *fault)
{
    return scenario->run == check && fault == &engine_memory;
}

static void run_all(struct fault *fault, itg_error_t code, long dense, long step)
{
    for (size_t i = 0; i < COUNT_OF(scenarios); i++)
        if (!is_left_out(&scenarios[i], fault))
            run_one(&scenarios[i], fault, code, dense, step);
}

START_TEST(want_of_memory)
{
    run_all(&memory, ITG_E_INTERNAL, LONG_MAX, 1);
}
END_TEST

START_TEST(a_store_that_fails)
{
    run_all(&store, ITG_E_DATABASE, LONG_MAX, 1);
}
END_TEST

START_TEST(an_engine_that_wants_memory)
{
    run_all(&engine_memory, ITG_E_INTERNAL, 10, 47);
}
END_TEST

/* Opening itself, on a new file and on one that is there. The engine allocates thousands of times for a new file's
 * schema: of these, each step-th fails. */
static void open_with(struct fault *fault, itg_error_t code, bool fresh, long step)
{
    char path[128];
    fixture_path("opened.db", path, sizeof path);
    for (long n = 0;; n += step) {
        itg_options_t options = fixture_options();
        itg_t *itg = NULL;
        if (fresh)
            remove(path);
        *fault = (struct fault){.armed = true, .left = n};
        itg_error_t err = itg__open_with(&faulty, path, &options, &itg, &fx.failure);
        fault->armed = false;
        if (err) {
            ck_assert_msg(err == code, "%ld: %s", n, itg_error_code(err));
            ck_assert_ptr_null(itg);
            itg_failure_clear(&fx.failure);
            continue;
        }
        fixture_assert_sound(itg);
        itg_close(itg);
        if (!fault->failed)
            return;
        ck_assert_msg(n < 20000, "opening never succeeds");
    }
}

START_TEST(opening)
{
    open_fleet();
    for (int fresh = 1; fresh >= 0; fresh--) {
        open_with(&memory, ITG_E_INTERNAL, fresh, 1);
        open_with(&store, ITG_E_DATABASE, fresh, 1);
        open_with(&engine_memory, ITG_E_INTERNAL, fresh, 31);
    }
}
END_TEST

/* A call fails inside a group. Either it undoes only itself, or the store gives the whole group up; then the
 * group cannot be kept, and says so. @return whether the call had a chance left to fail */
static bool fail_inside_a_group(long n, const char *before, const char *with_the_first)
{
    assert_ok(itg_begin(fx.itg, &fx.failure));
    assert_ok(directory_create());
    store = (struct fault){.armed = true, .left = n};
    itg_error_t err = assignment_create();
    store.armed = false;
    if (store.failed)
        assert_code(err, ITG_E_DATABASE);
    itg_error_t kept = itg_commit(fx.itg, &fx.failure);
    if (kept)
        assert_code(kept, ITG_E_DATABASE);
    char *after = fixture_fingerprint(fx.itg);
    if (store.failed)
        ck_assert_msg(strcmp(after, kept ? before : with_the_first) == 0, "%ld: the group was kept in part",
                      n);
    free(after);
    return store.failed;
}

START_TEST(a_call_that_fails_inside_a_group_undoes_only_itself)
{
    fresh_fleet(false);
    char *before = fixture_fingerprint(fx.itg);
    assert_ok(directory_create());
    char *with_the_first = fixture_fingerprint(fx.itg);
    long n = 0;
    do
        fresh_fleet(false);
    while (fail_inside_a_group(n++, before, with_the_first));
    ck_assert_int_gt(n, 10);
    free(before);
    free(with_the_first);
}
END_TEST

SUITE_LONG("faults", setup, 240, want_of_memory, a_store_that_fails, an_engine_that_wants_memory, opening,
           a_call_that_fails_inside_a_group_undoes_only_itself)
