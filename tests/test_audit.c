/* The audit trail: what each call leaves in it, who reads and prunes it, and what it never holds. */
#include "audit_calls.h"
#include "fixture.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DAY_MS  ((int64_t)24 * 3600 * 1000)
#define HOUR_MS ((int64_t)3600 * 1000)

static itg_failure_t *const F = &fx.failure;

/* ---- every call that writes */

static void check_rolled_back(const struct audit_call *call)
{
    int64_t before = fixture_newest_audit(fx.itg);
    assert_ok(itg_begin(fx.itg, F));
    assert_ok(call->call());
    ck_assert_int_gt(fixture_newest_audit(fx.itg), before);
    assert_ok(itg_rollback(fx.itg, F));
    ck_assert_int_eq(fixture_newest_audit(fx.itg), before);
}

static void check_call(const struct audit_call *call)
{
    audit_begin();
    if (!audit_is_command(call))
        check_rolled_back(call);
    int64_t before = fixture_newest_audit(fx.itg);
    assert_ok(call->call());
    char *got = audit_since(before);
    ck_assert_msg(strcmp(got, call->wanted) == 0, "\ngot    %swanted %s", got, call->wanted);
    free(got);
    audit_end();
}

START_TEST(each_call_leaves_its_entry)
{
    for (size_t i = 0; i < audit_call_count; i++) {
        check_call(&audit_calls[i]);
        fixture_end();
        fixture_memory();
    }
}
END_TEST

/* ---- that no call was forgotten */

/* Exported functions that end so change no fleet. */
static const char *const harmless_ends[] = {"_each", "_get", "_free", "_name", "_text"};
/* Those of hosts, which change fleets through the other functions, and errors and failures. */
static const char *const harmless_starts[] = {"agents_", "imi_", "error_", "failure_"};

static const struct {
    const char *name;
    const char *why;
} exceptions[] = {
    {"access_explain", "reads"},
    {"access_of", "reads"},
    {"access_rights", "reads"},
    {"as", "makes a handle"},
    {"asset_categories", "reads"},
    {"asset_details", "reads"},
    {"assignment_reaching", "reads"},
    {"assignment_receivers", "reads"},
    {"attribute_by_identifier", "reads"},
    {"attribute_choices", "reads"},
    {"attribute_values", "reads"},
    {"audit_prune", "told of below"},
    {"begin", "has no change of its own"},
    {"check", "reads"},
    {"close", "has no change of its own"},
    {"command_history", "reads"},
    {"commit", "has no change of its own"},
    {"directory_children", "reads"},
    {"effective_explain", "reads"},
    {"export", "reads"},
    {"expression_check", "reads"},
    {"group_members", "reads"},
    {"job_results", "reads"},
    {"job_runs", "reads"},
    {"login", "sessions are no part of the fleet"},
    {"logout", "sessions are no part of the fleet"},
    {"object_type", "reads"},
    {"open", "makes and upgrades the file"},
    {"password_use", "sessions are no part of the fleet"},
    {"presence", "reads"},
    {"property_at", "reads"},
    {"property_by_key", "reads"},
    {"rollback", "has no change of its own"},
    {"session_use", "sessions are no part of the fleet"},
    {"settings_confirm", "a thin client's report"},
    {"settings_revision", "reads"},
    {"shadow_certificate", "reads"},
    {"shadow_password", "one-time passwords are no part of the fleet"},
    {"shadow_verify", "one-time passwords are no part of the fleet"},
    {"step", "upkeep is nobody's doing; jobs' commands are told"},
    {"store_version", "reads"},
    {"template_assignments", "reads"},
    {"thinclient_adapters", "reads"},
    {"thinclient_by_mac", "reads"},
    {"thinclient_online", "reads"},
    {"thinclient_select", "reads"},
    {"uuid", "reads"},
    {"version", "reads"},
    {"view_select", "reads"},
};

static bool ends(const char *text, const char *end)
{
    size_t length = strlen(text), wanted = strlen(end);
    return length >= wanted && strcmp(text + length - wanted, end) == 0;
}

static bool is_harmless(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(harmless_ends); i++)
        if (ends(name, harmless_ends[i]))
            return true;
    for (size_t i = 0; i < COUNT_OF(harmless_starts); i++)
        if (strncmp(name, harmless_starts[i], strlen(harmless_starts[i])) == 0)
            return true;
    return false;
}

static bool is_exception(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(exceptions); i++)
        if (strcmp(exceptions[i].name, name) == 0)
            return true;
    return false;
}

static bool is_called(const char *name)
{
    char start[140];
    snprintf(start, sizeof start, "root %s ", name);
    for (size_t i = 0; i < audit_call_count; i++)
        if (strncmp(audit_calls[i].wanted, start, strlen(start)) == 0)
            return true;
    return false;
}

/* The ledger of exported functions tells them all; who adds one that writes adds a call. */
START_TEST(every_function_is_a_call_or_an_exception)
{
    char path[4096], line[128];
    int known = 0;
    snprintf(path, sizeof path, "%s/../symbols.txt", getenv("ITG_TEST_DATA"));
    FILE *ledger = fopen(path, "r");
    ck_assert_ptr_nonnull(ledger);
    while (fgets(line, sizeof line, ledger)) {
        const char *name = line + strlen("itg_");
        line[strcspn(line, "@\n")] = '\0';
        if (strncmp(line, "itg_", strlen("itg_")) != 0)
            continue;
        int told = is_called(name), excepted = is_harmless(name) || is_exception(name);
        ck_assert_msg(told + excepted == 1, "%s %s", name, told ? "needs no exception" : "is not told of");
        known += is_exception(name);
    }
    ck_assert_int_eq(known, COUNT_OF(exceptions));
    ck_assert_int_eq(fclose(ledger), 0);
}
END_TEST

/* ---- reading */

static void make_views(int count)
{
    for (int i = 0; i < count; i++) {
        char name[24];
        fx.now_ms += HOUR_MS;
        snprintf(name, sizeof name, "v%d", i + 1);
        assert_ok(itg_view_create(fx.itg, name, "id>0", NULL, F));
    }
}

static int32_t add_name(void *ctx, const itg_audit_t *entry)
{
    char *names = ctx;
    snprintf(names + strlen(names), 64 - strlen(names), "%s ", entry->object_name);
    return 0;
}

static const char *names(itg_audit_filter_t filter)
{
    static char text[64];
    *text = '\0';
    filter.size = sizeof filter;
    assert_ok(itg_audit_each(fx.itg, &filter, add_name, text, F));
    return text;
}

/* v1 at 13:00, v2 at 14:00, ... v5 at 17:00; their entries are 1 to 5. */
START_TEST(a_walk_meets_what_the_filter_says)
{
    const int64_t two = FIXTURE_START_MS + 2 * HOUR_MS, four = FIXTURE_START_MS + 4 * HOUR_MS;
    make_views(5);
    ck_assert_str_eq(names((itg_audit_filter_t){0}), "v1 v2 v3 v4 v5 ");
    ck_assert_str_eq(names((itg_audit_filter_t){.newest_first = 1}), "v5 v4 v3 v2 v1 ");
    ck_assert_str_eq(names((itg_audit_filter_t){.from_ms = two}), "v2 v3 v4 v5 ");
    ck_assert_str_eq(names((itg_audit_filter_t){.until_ms = four}), "v1 v2 v3 ");
    ck_assert_str_eq(names((itg_audit_filter_t){.from_ms = two, .until_ms = four, .newest_first = 1}),
                     "v3 v2 ");
    ck_assert_str_eq(names((itg_audit_filter_t){.from_ms = four, .until_ms = two}), "");
    ck_assert_str_eq(names((itg_audit_filter_t){.after_id = 3}), "v4 v5 ");
    ck_assert_str_eq(names((itg_audit_filter_t){.after_id = 3, .newest_first = 1}), "v2 v1 ");
    ck_assert_str_eq(names((itg_audit_filter_t){.after_id = 9, .newest_first = 1, .limit = 1}), "v5 ");
    ck_assert_str_eq(names((itg_audit_filter_t){.limit = 2}), "v1 v2 ");
    ck_assert_str_eq(names((itg_audit_filter_t){.object_id = 2}), "v2 ");
    ck_assert_str_eq(names((itg_audit_filter_t){.object_id = 2, .newest_first = 1, .from_ms = four}), "");
    ck_assert_str_eq(names((itg_audit_filter_t){.actor = ""}), "v1 v2 v3 v4 v5 ");
    ck_assert_str_eq(names((itg_audit_filter_t){.actor = "root"}), "");
    ck_assert_str_eq(names((itg_audit_filter_t){.operation = "view_create", .limit = 1}), "v1 ");
    ck_assert_str_eq(names((itg_audit_filter_t){.operation = "view_update"}), "");
    const itg_audit_filter_t wrong = {.size = sizeof wrong, .limit = -1};
    assert_refused(itg_audit_each(fx.itg, &wrong, add_name, NULL, F), ITG_E_INVALID_BODY);
    assert_refused(itg_audit_each(fx.itg, NULL, NULL, NULL, F), ITG_E_INVALID_BODY);
}
END_TEST

START_TEST(only_administrators_read_and_prune)
{
    itg_t *operator= NULL;
    assert_ok(itg_user_create(fx.itg, "op", ITG_ROLE_OPERATOR, "password of op", NULL, F));
    assert_ok(itg_as(fx.itg, "op", &operator, F));
    assert_refused(itg_audit_each(operator, NULL, add_name, NULL, F), ITG_E_ACCESS_DENIED);
    assert_refused(itg_audit_prune(operator, 0, NULL, F), ITG_E_ACCESS_DENIED);
    itg_close(operator);
}
END_TEST

START_TEST(no_password_and_no_hash_is_in_it)
{
    assert_ok(itg_user_create(fx.itg, "ann", ITG_ROLE_VIEWER, "first secret", NULL, F));
    assert_ok(itg_user_set_password(fx.itg, "ann", "second secret", F));
    assert_ok(itg_user_delete(fx.itg, "ann", F));
    char *all = audit_entries(NULL);
    ck_assert_ptr_null(strstr(all, "secret"));
    ck_assert_ptr_null(strstr(all, "argon2"));
    free(all);
}
END_TEST

/* A call that changes nothing leaves nothing. */
START_TEST(what_stays_as_it_is_is_not_told)
{
    audit_begin();
    int64_t before = fixture_newest_audit(fx.itg);
    const itg_value_t same = {"site", ""};
    itg_move_entry_t entry = {.id = TC};
    assert_ok(itg_thinclient_update(fx.itg, TC, &same, 1, F));
    assert_ok(itg_move(fx.itg, ITG_TYPE_THINCLIENT_DIRECTORY, DIR_A, &entry, 1, F));
    assert_ok(itg_view_update(fx.itg, VIEW, "v", NULL, F));
    assert_ok(itg_setting_set(fx.itg, ITG_TYPE_PROFILE, PROFILE, "x.y", "1", F));
    assert_ok(itg_template_assign(fx.itg, &audit_filled, 1, F));
    assert_ok(itg_bin_put(fx.itg, ITG_TYPE_THINCLIENT, BINNED, F));
    ck_assert_int_eq(fixture_newest_audit(fx.itg), before);
    audit_end();
}
END_TEST

/* 20 settings of some 4,000 bytes each do not fit: 16 of them do. */
START_TEST(long_entries_are_cut_between_members)
{
    char value[4100] = "\"", key[8];
    int64_t firmware = make_firmware("1");
    int64_t profile = make_profile(ITG_TYPE_PROFILE, "p", ITG_ROOT_PROFILES, firmware);
    memset(value + 1, 'x', 4000);
    memcpy(value + 4001, "\"", 2);
    for (int i = 0; i < 20; i++) {
        snprintf(key, sizeof key, "k%02d", i);
        assert_ok(itg_setting_set(fx.itg, ITG_TYPE_PROFILE, profile, key, value, F));
    }
    int64_t before = fixture_newest_audit(fx.itg);
    assert_ok(itg_profile_delete(fx.itg, ITG_TYPE_PROFILE, profile, F));
    char *text = audit_since(before);
    ck_assert_uint_lt(strlen(text), ITG_LIMIT_AUDIT + 100);
    ck_assert_ptr_nonnull(strstr(text, "\"settings.k15\":"));
    ck_assert_ptr_null(strstr(text, "\"settings.k16\":"));
    ck_assert_ptr_nonnull(strstr(text, ",\"truncated\":true} {}\n"));
    free(text);
}
END_TEST

/* ---- pruning */

/* v1 to v5 at 13:00 to 17:00. At 17:00, 90 minutes reach back to 15:30: v1, v2 and v3 go, and that is told. */
START_TEST(pruning_goes_by_age_and_is_told)
{
    int64_t removed = -1;
    make_views(5);
    assert_ok(itg_audit_prune(fx.itg, 90 * 60000, &removed, F));
    ck_assert_int_eq(removed, 3);
    char *text = audit_entries(NULL);
    ck_assert_str_eq(text, "- view_create view 4 'v4' {} {\"name\":\"v4\",\"expression\":\"id>0\"}\n"
                           "- view_create view 5 'v5' {} {\"name\":\"v5\",\"expression\":\"id>0\"}\n"
                           "- audit_prune audit 0 '' {} {\"removed\":3,\"olderThanMs\":5400000}\n");
    free(text);
    assert_ok(itg_audit_prune(fx.itg, 90 * 60000, &removed, F));
    ck_assert_int_eq(removed, 0);
    ck_assert_int_eq(fixture_newest_audit(fx.itg), 6);
    assert_refused(itg_audit_prune(fx.itg, -1, &removed, F), ITG_E_INVALID_BODY);
}
END_TEST

/* However much is removed, ids rise. */
START_TEST(ids_are_never_used_again)
{
    make_views(3);
    fx.now_ms += DAY_MS;
    assert_ok(itg_audit_prune(fx.itg, 0, NULL, F));
    ck_assert_int_eq(fixture_newest_audit(fx.itg), 4);
    make_views(1);
    ck_assert_int_eq(fixture_newest_audit(fx.itg), 5);
}
END_TEST

static void reopen(int64_t keep_ms)
{
    itg_options_t options = fixture_options();
    options.audit_keep_ms = keep_ms;
    itg_close(fx.itg);
    fx.itg = NULL;
    assert_ok(itg_open(fx.path, &options, &fx.itg, F));
}

/* Kept a day: a day and an hour after 13:00, v1 (13:00) goes, and v2 (14:00) is a day old and stays. */
START_TEST(a_step_removes_what_was_kept_long_enough)
{
    fixture_end();
    fixture_file();
    reopen(DAY_MS);
    make_views(3);
    fx.now_ms = FIXTURE_START_MS + DAY_MS + 2 * HOUR_MS - 1;
    assert_ok(itg_step(fx.itg, NULL, F));
    ck_assert_str_eq(names((itg_audit_filter_t){0}), "v1 v2 v3 ");
    fx.now_ms++;
    assert_ok(itg_step(fx.itg, NULL, F));
    ck_assert_str_eq(names((itg_audit_filter_t){0}), "v2 v3 ");
    /* The newest stays. */
    fx.now_ms += 10 * DAY_MS;
    assert_ok(itg_step(fx.itg, NULL, F));
    ck_assert_str_eq(names((itg_audit_filter_t){0}), "v3 ");
    reopen(ITG_AUDIT_FOREVER);
    make_views(1);
    fx.now_ms += 1000 * DAY_MS;
    assert_ok(itg_step(fx.itg, NULL, F));
    ck_assert_str_eq(names((itg_audit_filter_t){0}), "v3 v1 ");
}
END_TEST

START_TEST(a_fleet_may_keep_none)
{
    fixture_end();
    fixture_file();
    reopen(ITG_AUDIT_OFF);
    audit_begin();
    ck_assert_int_eq(fixture_newest_audit(fx.itg), 0);
    audit_end();
    itg_options_t options = fixture_options();
    itg_t *other = NULL;
    options.audit_keep_ms = -3;
    assert_code(itg_open(fx.path, &options, &other, F), ITG_E_INVALID_BODY);
}
END_TEST

SUITE("audit", fixture_memory, each_call_leaves_its_entry, every_function_is_a_call_or_an_exception,
      a_walk_meets_what_the_filter_says, only_administrators_read_and_prune, no_password_and_no_hash_is_in_it,
      what_stays_as_it_is_is_not_told, long_entries_are_cut_between_members, pruning_goes_by_age_and_is_told,
      ids_are_never_used_again, a_step_removes_what_was_kept_long_enough, a_fleet_may_keep_none)
