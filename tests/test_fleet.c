/* A fleet's handle: options, groups of calls, acting as a user, the check, the log. */
#include "fixture.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TC_DIR ITG_TYPE_THINCLIENT_DIRECTORY

static itg_error_t make(const char *name, int64_t parent_id)
{
    return itg_directory_create(fx.itg, TC_DIR, name, parent_id, NULL, &fx.failure);
}

static int32_t count_object(void *ctx, const itg_object_t *object)
{
    (void)object;
    ++*(int *)ctx;
    return 0;
}

static int count_directories(itg_t *itg)
{
    int count = 0;
    assert_ok(itg_directory_each(itg, TC_DIR, 0, count_object, &count, &fx.failure));
    return count;
}

START_TEST(version_and_engine_are_told)
{
    ck_assert_str_eq(itg_version(), "0.1.0");
    int major = 0, minor = 0;
    ck_assert_int_eq(sscanf(itg_store_version(fx.itg), "%d.%d", &major, &minor), 2);
    ck_assert_int_ge(major, 3);
}
END_TEST

START_TEST(uuid_is_a_random_one)
{
    const char *uuid = itg_uuid(fx.itg);
    ck_assert_uint_eq(strlen(uuid), 36);
    ck_assert_uint_eq(strspn(uuid, "0123456789abcdef-"), 36);
    ck_assert(uuid[8] == '-' && uuid[13] == '-' && uuid[14] == '4' && uuid[18] == '-' && uuid[23] == '-');
    itg_t *other = NULL;
    assert_ok(itg_open(":memory:", NULL, &other, &fx.failure));
    ck_assert_str_ne(itg_uuid(other), uuid);
    itg_close(other);
}
END_TEST

START_TEST(fleets_in_memory_are_apart)
{
    itg_t *other = NULL;
    assert_ok(itg_open(":memory:", NULL, &other, &fx.failure));
    assert_ok(make("d", -1));
    ck_assert_int_eq(count_directories(other), 0);
    itg_close(other);
    itg_close(NULL);
}
END_TEST

START_TEST(open_refuses_missing_parameters_and_bad_options)
{
    itg_t *itg = NULL;
    itg_options_t options = fixture_options();
    assert_code(itg_open(NULL, NULL, &itg, &fx.failure), ITG_E_INVALID_BODY);
    assert_code(itg_open(":memory:", NULL, NULL, &fx.failure), ITG_E_INVALID_BODY);
    options.wake_port = 65536;
    assert_code(itg_open(":memory:", &options, &itg, &fx.failure), ITG_E_INVALID_BODY);
    options.wake_port = -1;
    assert_code(itg_open(":memory:", &options, &itg, &fx.failure), ITG_E_INVALID_BODY);
    options.wake_port = 0;
    options.busy_timeout_ms = -1;
    assert_code(itg_open(":memory:", &options, &itg, &fx.failure), ITG_E_INVALID_BODY);
    options.busy_timeout_ms = 0;
    options.session_lifetime_ms = -1;
    assert_code(itg_open(":memory:", &options, &itg, &fx.failure), ITG_E_INVALID_BODY);
    options.session_lifetime_ms = 0;
    options.durability = 5;
    assert_code(itg_open(":memory:", &options, &itg, &fx.failure), ITG_E_INVALID_BODY);
    options.durability = ITG_DURABILITY_FULL;
    options.wake_broadcast = repeated("1", 1000);
    assert_code(itg_open(":memory:", &options, &itg, &fx.failure), ITG_E_INVALID_BODY);
    ck_assert_ptr_null(itg);
}
END_TEST

START_TEST(options_of_an_older_program_are_shorter)
{
    /* A program built against a header whose struct ended with durability: what follows must not be read. */
    itg_options_t options;
    memset(&options, 0xA5, sizeof options);
    options.size = offsetof(itg_options_t, busy_timeout_ms);
    options.durability = ITG_DURABILITY_NORMAL;
    itg_t *itg = NULL;
    assert_ok(itg_open(":memory:", &options, &itg, &fx.failure));
    itg_close(itg);
}
END_TEST

/* --- groups --- */

START_TEST(a_group_is_kept_by_commit)
{
    assert_ok(itg_begin(fx.itg, &fx.failure));
    assert_ok(make("a", -1));
    assert_ok(make("b", -1));
    assert_ok(itg_commit(fx.itg, &fx.failure));
    ck_assert_int_eq(count_directories(fx.itg), 2);
}
END_TEST

START_TEST(a_group_is_undone_by_rollback)
{
    char *before = fixture_fingerprint(fx.itg);
    assert_ok(itg_begin(fx.itg, &fx.failure));
    assert_ok(make("a", -1));
    assert_ok(itg_rollback(fx.itg, &fx.failure));
    fixture_assert_unchanged(before, "rollback", __FILE__, __LINE__);
}
END_TEST

START_TEST(a_group_sees_its_own_changes)
{
    assert_ok(itg_begin(fx.itg, &fx.failure));
    assert_ok(make("a", -1));
    ck_assert_int_eq(count_directories(fx.itg), 1);
    assert_ok(itg_rollback(fx.itg, &fx.failure));
    ck_assert_int_eq(count_directories(fx.itg), 0);
}
END_TEST

START_TEST(a_failure_in_a_group_undoes_only_itself)
{
    int64_t firmware = make_firmware("1");
    assert_ok(itg_begin(fx.itg, &fx.failure));
    assert_ok(make("a", -1));
    assert_code(make("b", 99999), ITG_E_PARENT_NOT_FOUND);
    int64_t profile = make_profile(ITG_TYPE_PROFILE, "p", ITG_ROOT_PROFILES, firmware);
    int64_t tc = make_thinclient("00E0C5000001", -1, firmware);
    /* The first of these two can be done, and is undone with the second: */
    const itg_assignment_t half_bad[] = {{profile, ITG_TYPE_PROFILE, tc, ITG_TYPE_THINCLIENT},
                                         {profile, ITG_TYPE_PROFILE, 99999, ITG_TYPE_THINCLIENT}};
    assert_code(itg_assignment_create(fx.itg, half_bad, 2, &fx.failure), ITG_E_INVALID_RECEIVER);
    assert_ok(make("c", -1));
    assert_ok(itg_commit(fx.itg, &fx.failure));
    ck_assert_int_eq(count_directories(fx.itg), 2);
    assert_code(itg_assignment_delete(fx.itg, half_bad, &fx.failure), ITG_E_INVALID_ASSIGNMENT);
}
END_TEST

START_TEST(groups_do_not_nest)
{
    assert_ok(itg_begin(fx.itg, &fx.failure));
    assert_code(itg_begin(fx.itg, &fx.failure), ITG_E_INTERNAL);
    assert_ok(make("a", -1));
    assert_ok(itg_commit(fx.itg, &fx.failure));
    ck_assert_int_eq(count_directories(fx.itg), 1);
}
END_TEST

START_TEST(without_a_group_there_is_nothing_to_end)
{
    assert_code(itg_commit(fx.itg, &fx.failure), ITG_E_INTERNAL);
    assert_code(itg_rollback(fx.itg, &fx.failure), ITG_E_INTERNAL);
    assert_ok(itg_begin(fx.itg, &fx.failure));
    assert_ok(itg_commit(fx.itg, &fx.failure));
    assert_code(itg_commit(fx.itg, &fx.failure), ITG_E_INTERNAL);
    assert_code(itg_begin(NULL, &fx.failure), ITG_E_INVALID_BODY);
    assert_code(itg_commit(NULL, &fx.failure), ITG_E_INVALID_BODY);
    assert_code(itg_rollback(NULL, &fx.failure), ITG_E_INVALID_BODY);
}
END_TEST

START_TEST(closing_undoes_an_open_group)
{
    itg_close(fx.itg);
    fixture_open_file();
    int before = count_directories(fx.itg);
    assert_ok(itg_begin(fx.itg, &fx.failure));
    assert_ok(make("a", -1));
    itg_close(fx.itg);
    fixture_open_file();
    ck_assert_int_eq(count_directories(fx.itg), before);
}
END_TEST

static int32_t begin_inside_a_walk(void *ctx, const itg_object_t *object)
{
    (void)object;
    itg_error_t *err = ctx;
    *err = itg_commit(fx.itg, NULL);
    return 0;
}

START_TEST(a_group_cannot_be_ended_from_inside_a_walk)
{
    itg_error_t err = ITG_OK;
    assert_ok(itg_begin(fx.itg, &fx.failure));
    assert_ok(make("a", -1));
    assert_ok(itg_directory_each(fx.itg, TC_DIR, 0, begin_inside_a_walk, &err, &fx.failure));
    ck_assert_int_eq(err, ITG_E_INTERNAL);
    assert_ok(itg_commit(fx.itg, &fx.failure));
    ck_assert_int_eq(count_directories(fx.itg), 1);
}
END_TEST

static int32_t ignore_result(void *ctx, const itg_command_result_t *result)
{
    (void)ctx;
    (void)result;
    return 0;
}

START_TEST(commands_are_not_part_of_groups)
{
    int64_t tc = make_thinclient("00E0C5000001", -1, make_firmware("1"));
    assert_ok(itg_begin(fx.itg, &fx.failure));
    assert_code(itg_command_send(fx.itg, ITG_COMMAND_REBOOT, &tc, 1, ignore_result, NULL, &fx.failure),
                ITG_E_INTERNAL);
    assert_ok(itg_rollback(fx.itg, &fx.failure));
}
END_TEST

/* --- callbacks that call the library --- */

static int32_t make_below(void *ctx, const itg_object_t *object)
{
    int *calls = ctx;
    if (++*calls > 5)
        return 1;
    assert_ok(make("below", object->id));
    assert_ok(itg_directory_rename(fx.itg, TC_DIR, object->id, "walked", &fx.failure));
    int inner = 0;
    assert_ok(itg_directory_each(fx.itg, TC_DIR, 0, count_object, &inner, &fx.failure));
    ck_assert_int_ge(inner, 3);
    return 0;
}

START_TEST(a_walk_may_change_what_it_walks)
{
    for (int i = 0; i < 3; i++)
        assert_ok(make("d", -1));
    int calls = 0;
    assert_ok(itg_directory_each(fx.itg, TC_DIR, 0, make_below, &calls, &fx.failure));
    ck_assert_int_ge(calls, 3);
}
END_TEST

START_TEST(the_same_on_a_file)
{
    itg_close(fx.itg);
    fixture_open_file();
    for (int i = 0; i < 3; i++)
        assert_ok(make("d", -1));
    int calls = 0;
    assert_ok(itg_directory_each(fx.itg, TC_DIR, 0, make_below, &calls, &fx.failure));
    ck_assert_int_eq(calls, 3); /* a read of its own moment */
    ck_assert_int_eq(count_directories(fx.itg), 6);
}
END_TEST

/* --- acting as a user --- */

static void add_user(const char *name, itg_role_t role)
{
    assert_ok(itg_user_create(fx.itg, name, role, "correct horse", NULL, &fx.failure));
}

START_TEST(handles_act_with_their_users_rights)
{
    itg_t *viewer = NULL, *deputy = NULL;
    add_user("boss", ITG_ROLE_ADMINISTRATOR);
    add_user("eve", ITG_ROLE_VIEWER);
    add_user("oscar", ITG_ROLE_OPERATOR);
    assert_ok(itg_as(fx.itg, "eve", &viewer, &fx.failure));
    assert_ok(itg_as(fx.itg, "oscar", &deputy, &fx.failure));
    assert_ok(itg_directory_create(deputy, TC_DIR, "d", -1, NULL, &fx.failure));
    ck_assert_int_eq(count_directories(viewer), 1);
    assert_refused(itg_directory_create(viewer, TC_DIR, "e", -1, NULL, &fx.failure), ITG_E_ACCESS_DENIED);
    assert_refused(itg_user_delete(deputy, "eve", &fx.failure), ITG_E_ACCESS_DENIED);
    assert_ok(itg_user_delete(fx.itg, "eve", &fx.failure));
    int count = 0;
    assert_code(itg_directory_each(viewer, TC_DIR, 0, count_object, &count, &fx.failure), ITG_E_NO_USER);
    itg_close(viewer);
    itg_close(deputy);
}
END_TEST

START_TEST(a_viewer_can_change_nothing)
{
    itg_t *viewer = NULL;
    add_user("eve", ITG_ROLE_VIEWER);
    assert_ok(itg_as(fx.itg, "eve", &viewer, &fx.failure));
    int64_t tc = make_thinclient("00E0C5000001", -1, make_firmware("1"));
    int64_t dir = make_directory(TC_DIR, "d", -1);
    int64_t profile = make_profile(ITG_TYPE_PROFILE, "p", ITG_ROOT_PROFILES, 1);
    const itg_value_t create[] = {{"mac", "00E0C5000002"}, {"firmwareID", "1"}}, site = {"site", "x"};
    const itg_assignment_t assignment = {profile, ITG_TYPE_PROFILE, tc, ITG_TYPE_THINCLIENT};
    itg_move_entry_t entry = {.id = tc};
    itg_failure_t *f = &fx.failure;
    assert_refused(itg_thinclient_create(viewer, create, 2, NULL, f), ITG_E_ACCESS_DENIED);
    assert_refused(itg_thinclient_update(viewer, tc, &site, 1, f), ITG_E_ACCESS_DENIED);
    assert_refused(itg_thinclient_delete(viewer, tc, f), ITG_E_ACCESS_DENIED);
    assert_refused(itg_thinclient_delete_online(viewer, tc, ignore_result, NULL, f), ITG_E_ACCESS_DENIED);
    assert_refused(itg_directory_rename(viewer, TC_DIR, dir, "x", f), ITG_E_ACCESS_DENIED);
    assert_refused(itg_directory_delete(viewer, TC_DIR, dir, f), ITG_E_ACCESS_DENIED);
    assert_refused(itg_move(viewer, TC_DIR, dir, &entry, 1, f), ITG_E_ACCESS_DENIED);
    assert_refused(itg_bin_put(viewer, TC_DIR, dir, f), ITG_E_ACCESS_DENIED);
    assert_refused(itg_bin_restore(viewer, TC_DIR, dir, f), ITG_E_ACCESS_DENIED);
    assert_refused(itg_firmware_create(viewer, "p", "v", "t", NULL, f), ITG_E_ACCESS_DENIED);
    assert_refused(itg_profile_create(viewer, ITG_TYPE_PROFILE, "q", -2, 1, 0, NULL, f), ITG_E_ACCESS_DENIED);
    assert_refused(itg_profile_rename(viewer, ITG_TYPE_PROFILE, profile, "q", f), ITG_E_ACCESS_DENIED);
    assert_refused(itg_profile_delete(viewer, ITG_TYPE_PROFILE, profile, f), ITG_E_ACCESS_DENIED);
    assert_refused(itg_assignment_create(viewer, &assignment, 1, f), ITG_E_ACCESS_DENIED);
    assert_refused(itg_assignment_delete(viewer, &assignment, f), ITG_E_ACCESS_DENIED);
    assert_refused(itg_command_send(viewer, ITG_COMMAND_REBOOT, &tc, 1, ignore_result, NULL, f),
                   ITG_E_ACCESS_DENIED);
    itg_close(viewer);
}
END_TEST

START_TEST(an_unknown_user_cannot_be_acted_as)
{
    itg_t *itg = NULL;
    assert_code(itg_as(fx.itg, "nobody", &itg, &fx.failure), ITG_E_NO_USER);
    assert_code(itg_as(fx.itg, NULL, &itg, &fx.failure), ITG_E_INVALID_BODY);
    assert_code(itg_as(fx.itg, "nobody", NULL, &fx.failure), ITG_E_INVALID_BODY);
    ck_assert_ptr_null(itg);
}
END_TEST

START_TEST(the_fleet_closes_with_its_last_handle)
{
    itg_t *user = NULL;
    add_user("oscar", ITG_ROLE_OPERATOR);
    assert_ok(itg_as(fx.itg, "oscar", &user, &fx.failure));
    itg_close(fx.itg);
    fx.itg = user;
    assert_ok(make("d", -1));
    ck_assert_int_eq(count_directories(user), 1);
}
END_TEST

SUITE("fleet", fixture_memory, version_and_engine_are_told, uuid_is_a_random_one, fleets_in_memory_are_apart,
      open_refuses_missing_parameters_and_bad_options, options_of_an_older_program_are_shorter,
      a_group_is_kept_by_commit, a_group_is_undone_by_rollback, a_group_sees_its_own_changes,
      a_failure_in_a_group_undoes_only_itself, groups_do_not_nest, without_a_group_there_is_nothing_to_end,
      closing_undoes_an_open_group, a_group_cannot_be_ended_from_inside_a_walk,
      commands_are_not_part_of_groups, a_walk_may_change_what_it_walks, the_same_on_a_file,
      handles_act_with_their_users_rights, a_viewer_can_change_nothing, an_unknown_user_cannot_be_acted_as,
      the_fleet_closes_with_its_last_handle)
