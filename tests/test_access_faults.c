/* Rights with the n-th chance to fail taken, for every n: the library's allocations and the store's calls. The right
 * code, nothing changed, nothing lost, and never more shown than without the fault. */
#include "core/core.h"
#include "faults.h"
#include "fixture.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TC_DIR ITG_TYPE_THINCLIENT_DIRECTORY

/* Ids of what every scenario finds: thin clients in a directory below another, of which one is hidden. */
enum { DIR = 1, SUBDIR, EMPTY, TC, HIDDEN, PROFILE, ASSET };
/* Accounts, made without the costly hashes of their passwords. */
enum { VIC = 1, ADA, GROUP };

static struct itg__engine faulty;
static itg_failure_t *const F = &fx.failure;
static struct itg vic;

static void make_accounts(void)
{
    struct itg__tx tx;
    assert_ok(itg__begin_write(fx.itg, "accounts", ITG__RIGHT_USERS, &tx, F));
    itg_error_t err = itg__run(&tx,
                               "INSERT INTO account(id, name, role, password, revision)"
                               " VALUES(1, 'vic', 1, '', 1), (2, 'ada', 3, '', 1)",
                               "");
    if (!err)
        err = itg__raise_sequence(&tx, "account", ADA);
    assert_ok(itg__end(&tx, err));
}

static void fill(void)
{
    const itg_assignment_t assignment = {PROFILE, ITG_TYPE_PROFILE, TC, ITG_TYPE_THINCLIENT};
    const itg_asset_input_t asset = {.size = sizeof asset, .thinclient_id = TC, .name = "mouse"};
    int64_t firmware = make_firmware("1"), id = 0;
    ck_assert_int_eq(make_directory(TC_DIR, "dir", ITG_ROOT_THINCLIENTS), DIR);
    ck_assert_int_eq(make_directory(TC_DIR, "subdir", DIR), SUBDIR);
    ck_assert_int_eq(make_directory(TC_DIR, "empty", DIR), EMPTY);
    ck_assert_int_eq(make_thinclient("00E0C5000001", DIR, firmware), TC);
    ck_assert_int_eq(make_thinclient("00E0C5000002", SUBDIR, firmware), HIDDEN);
    ck_assert_int_eq(make_profile(ITG_TYPE_PROFILE, "p", ITG_ROOT_PROFILES, firmware), PROFILE);
    assert_ok(itg_asset_create(fx.itg, &asset, &id, F));
    ck_assert_int_eq(id, ASSET);
    assert_ok(itg_assignment_create(fx.itg, &assignment, 1, F));
    make_accounts();
    assert_ok(itg_group_create(fx.itg, "g", &id, F));
    ck_assert_int_eq(id, GROUP);
    assert_ok(itg_group_add(fx.itg, "g", "vic", F));
    assert_ok(itg_access_set(fx.itg, DIR, ITG_SUBJECT_GROUP, "g", ITG_RIGHTS_ALL, 0, F));
    assert_ok(itg_access_set(fx.itg, SUBDIR, ITG_SUBJECT_USER, "vic", 0, ITG_RIGHT_READ, F));
    assert_ok(itg_access_set(fx.itg, EMPTY, ITG_SUBJECT_USER, "vic", ITG_RIGHT_WRITE, 0, F));
}

static void fresh(void)
{
    itg_options_t options = fixture_options();
    itg_close(fx.itg);
    fx.itg = NULL;
    faults_engine(&faulty);
    assert_ok(itg__open_with(&faulty, ":memory:", &options, &fx.itg, F));
    fill();
    vic = (struct itg){.fleet = fx.itg->fleet, .account_id = VIC};
}

/* ---- what a fingerprint of the fleet does not tell: groups and entries */

struct text {
    char text[512];
};

static void add(struct text *text, const char *name, int64_t a, int64_t b, int64_t c)
{
    size_t length = strlen(text->text);
    snprintf(text->text + length, sizeof text->text - length, "%s %lld %lld %lld\n", name, (long long)a,
             (long long)b, (long long)c);
}

static int32_t add_group(void *ctx, const itg_group_t *group)
{
    add(ctx, group->name, group->id, group->members, 0);
    return 0;
}

static int32_t add_user(void *ctx, const itg_user_t *user)
{
    add(ctx, user->name, user->id, user->role, 0);
    return 0;
}

static int32_t add_entry(void *ctx, const itg_access_entry_t *entry)
{
    add(ctx, entry->subject, entry->directory_id, entry->allow, entry->deny);
    return 0;
}

static struct text tell(void)
{
    struct text text = {""};
    assert_ok(itg_group_each(fx.itg, add_group, &text, F));
    assert_ok(itg_user_each(fx.itg, add_user, &text, F));
    for (int64_t id = DIR; id <= EMPTY; id++)
        assert_ok(itg_access_each(fx.itg, id, add_entry, &text, F));
    return text;
}

/* ---- scenarios */

static bool shown; /* something that is hidden */

static int32_t see(void *ctx, const itg_thinclient_t *tc)
{
    (void)ctx;
    shown = shown || tc->id == HIDDEN;
    return 0;
}

static int32_t see_object(void *ctx, const itg_object_t *object)
{
    (void)ctx;
    shown = shown || object->id == HIDDEN;
    return 0;
}

static int32_t ignore_asset(void *ctx, const itg_asset_t *asset)
{
    (void)ctx, (void)asset;
    return 0;
}

static int32_t ignore_history(void *ctx, const itg_asset_history_t *entry)
{
    (void)ctx, (void)entry;
    return 0;
}

static int32_t ignore_assignment(void *ctx, const itg_assignment_t *assignment, int32_t position)
{
    (void)ctx, (void)assignment, (void)position;
    return 0;
}

static int32_t ignore_command(void *ctx, const itg_command_result_t *result)
{
    (void)ctx, (void)result;
    return 0;
}

static int32_t ignore_verdict(void *ctx, const itg_access_verdict_t *verdict)
{
    (void)ctx, (void)verdict;
    return 0;
}

static int32_t ignore_entry(void *ctx, const itg_access_entry_t *entry)
{
    (void)ctx, (void)entry;
    return 0;
}

static int32_t ignore_user(void *ctx, const itg_user_t *user)
{
    (void)ctx, (void)user;
    return 0;
}

/* The code of what is to be refused, if it is. */
static itg_error_t refused(itg_error_t err)
{
    if (err != ITG_E_ACCESS_DENIED)
        return err;
    itg_failure_clear(F);
    return ITG_OK;
}

static itg_error_t get(void)
{
    itg_thinclient_t *tc = NULL;
    itg_error_t err = itg_thinclient_get(&vic, TC, &tc, F);
    itg_thinclient_free(tc);
    return err;
}

static itg_error_t get_hidden(void)
{
    itg_thinclient_t *tc = NULL;
    itg_error_t err = itg_thinclient_get(&vic, HIDDEN, &tc, F);
    shown = shown || err == ITG_OK;
    itg_thinclient_free(tc);
    return refused(err);
}

static itg_error_t move(void)
{
    itg_move_entry_t entry = {.id = TC};
    return itg_move(&vic, TC_DIR, EMPTY, &entry, 1, F);
}

static itg_error_t unassign(void)
{
    const itg_assignment_t assignment = {PROFILE, ITG_TYPE_PROFILE, TC, ITG_TYPE_THINCLIENT};
    return itg_assignment_delete(&vic, &assignment, F);
}

static itg_error_t command(void)
{
    const int64_t id = TC;
    return itg_command_send(&vic, ITG_COMMAND_REBOOT, &id, 1, ignore_command, NULL, F);
}

static itg_error_t rights(void)
{
    uint32_t got = 0;
    return itg_access_rights(fx.itg, "vic", TC, &got, F);
}

static int32_t write_nothing(void *ctx, const char *bytes, size_t size)
{
    (void)ctx, (void)bytes;
    shown = shown || size > 0;
    return 0;
}

static itg_error_t export(void)
{
    return refused(itg_export(&vic, write_nothing, NULL, NULL, NULL, NULL, F));
}

#define SCENARIO(name, call)      \
    static itg_error_t name(void) \
    {                             \
        return call;              \
    }
SCENARIO(each, itg_thinclient_each(&vic, ITG_EXTENT_SHORT, 0, see, NULL, F))
SCENARIO(select_some, itg_thinclient_select(&vic, ITG_EXTENT_SHORT, "mac==00*", 0, see, NULL, F))
SCENARIO(children, itg_directory_children(&vic, TC_DIR, SUBDIR, see_object, NULL, F))
SCENARIO(directories, itg_directory_each(&vic, TC_DIR, 0, see_object, NULL, F))
SCENARIO(assets, itg_asset_each(&vic, 0, 0, ignore_asset, NULL, F))
SCENARIO(history, itg_asset_history_each(&vic, ASSET, NULL, 0, ignore_history, NULL, F))
SCENARIO(reaching, itg_assignment_reaching(&vic, ITG_TYPE_THINCLIENT, TC, ignore_assignment, NULL, F))
SCENARIO(explain, itg_access_explain(fx.itg, "vic", HIDDEN, ignore_verdict, NULL, F))
SCENARIO(entries, itg_access_each(&vic, DIR, ignore_entry, NULL, F))
SCENARIO(entries_of, itg_access_of(&vic, ITG_SUBJECT_GROUP, "g", ignore_entry, NULL, F))
SCENARIO(set, itg_access_set(&vic, EMPTY, ITG_SUBJECT_USER, "ada", 0, ITG_RIGHT_MOVE, F))
SCENARIO(unset, itg_access_set(&vic, EMPTY, ITG_SUBJECT_USER, "vic", 0, 0, F))
SCENARIO(lock_out, refused(itg_access_set(fx.itg, DIR, ITG_SUBJECT_USER, "ada", 0, ITG_RIGHT_READ, F)))
SCENARIO(group_create, itg_group_create(fx.itg, "h", NULL, F))
SCENARIO(group_delete, itg_group_delete(fx.itg, "g", F))
SCENARIO(group_add, itg_group_add(fx.itg, "g", "ada", F))
SCENARIO(group_remove, itg_group_remove(fx.itg, "g", "vic", F))
SCENARIO(group_members, itg_group_members(fx.itg, "g", ignore_user, NULL, F))
SCENARIO(user_delete, itg_user_delete(fx.itg, "vic", F))
SCENARIO(directory_delete, itg_directory_delete(&vic, TC_DIR, EMPTY, F))

static const struct scenario {
    const char *name;
    itg_error_t (*run)(void);
} scenarios[] = {
    {"get", get},
    {"get hidden", get_hidden},
    {"move", move},
    {"unassign", unassign},
    {"command", command},
    {"rights", rights},
    {"export", export},
    {"each", each},
    {"select", select_some},
    {"children", children},
    {"directories", directories},
    {"assets", assets},
    {"history", history},
    {"reaching", reaching},
    {"explain", explain},
    {"entries", entries},
    {"entries of", entries_of},
    {"set", set},
    {"unset", unset},
    {"lock out", lock_out},
    {"group create", group_create},
    {"group delete", group_delete},
    {"group add", group_add},
    {"group remove", group_remove},
    {"group members", group_members},
    {"user delete", user_delete},
    {"directory delete", directory_delete},
};

/* @return whether the call failed */
static bool attempt(const struct scenario *scenario, struct fault *fault, long n, itg_error_t code,
                    const char *before, const struct text *told)
{
    fresh();
    shown = false;
    *fault = (struct fault){.armed = true, .left = n};
    itg_error_t err = scenario->run();
    fault->armed = false;
    ck_assert_msg(!shown, "%s, %ld shows what is hidden", scenario->name, n);
    if (!err)
        return false;
    if (err != code)
        ck_abort_msg("%s, %ld: %s, expected %s", scenario->name, n, itg_error_code(err),
                     itg_error_code(code));
    itg_failure_clear(F);
    fixture_assert_unchanged(strdup(before), scenario->name, __FILE__, __LINE__);
    struct text now = tell();
    ck_assert_str_eq(now.text, told->text);
    fixture_assert_sound(fx.itg);
    return true;
}

static void run_all(struct fault *fault, itg_error_t code)
{
    fresh();
    char *before = fixture_fingerprint(fx.itg);
    struct text told = tell();
    for (size_t i = 0; i < COUNT_OF(scenarios); i++) {
        bool succeeded = false;
        for (long n = 0; !succeeded; n++) {
            bool failed = attempt(&scenarios[i], fault, n, code, before, &told);
            succeeded = !failed && !fault->failed;
            ck_assert_msg(n < 1000, "%s never succeeds", scenarios[i].name);
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

SUITE_LONG("access_faults", fixture_none, 240, want_of_memory, a_store_that_fails)
