/* Profiles and master profiles. */
#include "fixture.h"
#include <string.h>

static const struct kind {
    itg_type_t type;
    itg_type_t other;
    itg_type_t directory;
    int64_t root;
} kinds[] = {
    {ITG_TYPE_PROFILE, ITG_TYPE_MASTERPROFILE, ITG_TYPE_PROFILE_DIRECTORY, ITG_ROOT_PROFILES},
    {ITG_TYPE_MASTERPROFILE, ITG_TYPE_PROFILE, ITG_TYPE_MASTERPROFILE_DIRECTORY, ITG_ROOT_MASTERPROFILES},
};
enum { KINDS = sizeof kinds / sizeof *kinds };

static void with_firmware(void)
{
    fixture_memory();
    ck_assert_int_eq(make_firmware("11.3.100.1"), 1);
}

static itg_error_t create(itg_type_t type, const char *name, int64_t parent_id, int64_t firmware_id)
{
    int64_t id = -77;
    itg_error_t err = itg_profile_create(fx.itg, type, name, parent_id, firmware_id, 0, &id, &fx.failure);
    if (err)
        ck_assert_int_eq(id, -77);
    return err;
}

static itg_profile_t *get(itg_type_t type, int64_t id)
{
    itg_profile_t *profile = NULL;
    assert_ok(itg_profile_get(fx.itg, type, id, &profile, &fx.failure));
    return profile;
}

START_TEST(create_and_get_of_both_kinds)
{
    for (size_t i = 0; i < KINDS; i++) {
        int64_t dir = make_directory(kinds[i].directory, "d", kinds[i].root), id = 0;
        assert_ok(itg_profile_create(fx.itg, kinds[i].type, "p", dir, 1, 1, &id, &fx.failure));
        itg_profile_t *profile = get(kinds[i].type, id);
        ck_assert_int_eq(profile->id, id);
        ck_assert_int_eq(profile->type, kinds[i].type);
        ck_assert_str_eq(profile->name, "p");
        ck_assert_int_eq(profile->parent_id, dir);
        ck_assert_int_eq(profile->firmware_id, 1);
        ck_assert_int_eq(profile->overrides_sessions, 1);
        ck_assert_int_eq(profile->in_bin, 0);
        itg_profile_free(profile);
    }
    itg_profile_free(NULL);
}
END_TEST

START_TEST(any_number_but_zero_overrides_sessions)
{
    int64_t id = 0;
    assert_ok(itg_profile_create(fx.itg, ITG_TYPE_PROFILE, "p", ITG_ROOT_PROFILES, 1, -5, &id, &fx.failure));
    itg_profile_t *profile = get(ITG_TYPE_PROFILE, id);
    ck_assert_int_eq(profile->overrides_sessions, 1);
    itg_profile_free(profile);
}
END_TEST

START_TEST(bad_names_are_refused)
{
    const char *bad[] = {NULL, "", " ", "a\nb", "\x7F", "\xFF", "\xC0\x80", repeated("\xC3\xA4", 256)};
    int64_t id = make_profile(ITG_TYPE_PROFILE, "p", ITG_ROOT_PROFILES, 1);
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        assert_refused(create(ITG_TYPE_PROFILE, bad[i], ITG_ROOT_PROFILES, 1), ITG_E_INVALID_BODY);
        assert_refused(itg_profile_rename(fx.itg, ITG_TYPE_PROFILE, id, bad[i], &fx.failure),
                       ITG_E_INVALID_BODY);
    }
    assert_ok(create(ITG_TYPE_PROFILE, repeated("\xC3\xA4", 255), ITG_ROOT_PROFILES, 1));
}
END_TEST

START_TEST(firmware_must_exist)
{
    const int64_t bad[] = {0, -1, 99, INT64_MAX, INT64_MIN};
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        assert_refused(create(ITG_TYPE_PROFILE, "p", ITG_ROOT_PROFILES, bad[i]), ITG_E_FIRMWARE_NOT_FOUND);
}
END_TEST

START_TEST(parent_must_be_of_the_kinds_own_tree)
{
    int64_t tc_dir = make_directory(ITG_TYPE_THINCLIENT_DIRECTORY, "t", ITG_ROOT_THINCLIENTS);
    for (size_t i = 0; i < KINDS; i++) {
        int64_t sibling = make_profile(kinds[i].type, "sibling", kinds[i].root, 1);
        const int64_t bad[] = {tc_dir, sibling, 0, 9999, ITG_ROOT_THINCLIENTS, kinds[1 - i].root};
        for (size_t j = 0; j < COUNT_OF(bad); j++)
            assert_refused(create(kinds[i].type, "p", bad[j], 1), ITG_E_PARENT_NOT_FOUND);
    }
}
END_TEST

START_TEST(nothing_is_made_in_a_binned_directory)
{
    int64_t dir = make_directory(ITG_TYPE_PROFILE_DIRECTORY, "d", ITG_ROOT_PROFILES);
    assert_ok(itg_bin_put(fx.itg, ITG_TYPE_PROFILE_DIRECTORY, dir, &fx.failure));
    assert_refused(create(ITG_TYPE_PROFILE, "p", dir, 1), ITG_E_DIRECTORY_IN_BIN);
}
END_TEST

static int32_t count_profile(void *ctx, const itg_profile_t *profile)
{
    (void)profile;
    ++*(int *)ctx;
    return 0;
}

START_TEST(a_profile_of_the_other_kind_does_not_exist)
{
    for (size_t i = 0; i < KINDS; i++) {
        int64_t dir = make_directory(kinds[i].directory, "d", kinds[i].root);
        const int64_t ids[] = {make_profile(kinds[i].other, "p", kinds[1 - i].root, 1),
                               dir,
                               kinds[i].root,
                               0,
                               99999,
                               INT64_MAX,
                               INT64_MIN};
        for (size_t j = 0; j < COUNT_OF(ids); j++) {
            itg_profile_t *profile = NULL;
            assert_code(itg_profile_get(fx.itg, kinds[i].type, ids[j], &profile, &fx.failure),
                        ITG_E_NO_HANDLER);
            ck_assert_ptr_null(profile);
            assert_refused(itg_profile_rename(fx.itg, kinds[i].type, ids[j], "x", &fx.failure),
                           ITG_E_NO_HANDLER);
            assert_refused(itg_profile_delete(fx.itg, kinds[i].type, ids[j], &fx.failure), ITG_E_NO_HANDLER);
        }
    }
}
END_TEST

START_TEST(other_types_are_no_profiles)
{
    const itg_type_t types[] = {(itg_type_t)0, ITG_TYPE_THINCLIENT, ITG_TYPE_PROFILE_DIRECTORY, (itg_type_t)7,
                                (itg_type_t)-1};
    itg_profile_t *profile = NULL;
    int calls = 0;
    for (size_t i = 0; i < COUNT_OF(types); i++) {
        assert_refused(create(types[i], "p", ITG_ROOT_PROFILES, 1), ITG_E_OBJECT_TYPE);
        assert_code(itg_profile_get(fx.itg, types[i], 1, &profile, &fx.failure), ITG_E_OBJECT_TYPE);
        assert_code(itg_profile_each(fx.itg, types[i], 0, count_profile, &calls, &fx.failure),
                    ITG_E_OBJECT_TYPE);
        assert_refused(itg_profile_rename(fx.itg, types[i], 1, "x", &fx.failure), ITG_E_OBJECT_TYPE);
        assert_refused(itg_profile_delete(fx.itg, types[i], 1, &fx.failure), ITG_E_OBJECT_TYPE);
    }
    ck_assert_int_eq(calls, 0);
}
END_TEST

START_TEST(rename_is_refused_in_the_bin)
{
    int64_t id = make_profile(ITG_TYPE_MASTERPROFILE, "old", ITG_ROOT_MASTERPROFILES, 1);
    assert_ok(itg_profile_rename(fx.itg, ITG_TYPE_MASTERPROFILE, id, "new '%n\"", &fx.failure));
    itg_profile_t *profile = get(ITG_TYPE_MASTERPROFILE, id);
    ck_assert_str_eq(profile->name, "new '%n\"");
    itg_profile_free(profile);
    assert_ok(itg_bin_put(fx.itg, ITG_TYPE_MASTERPROFILE, id, &fx.failure));
    assert_refused(itg_profile_rename(fx.itg, ITG_TYPE_MASTERPROFILE, id, "x", &fx.failure),
                   ITG_E_PROFILE_IN_BIN);
}
END_TEST

START_TEST(delete_takes_its_assignments_along)
{
    int64_t tc = make_thinclient("00E0C5000001", -1, 1);
    int64_t kept = make_profile(ITG_TYPE_PROFILE, "kept", ITG_ROOT_PROFILES, 1);
    int64_t gone = make_profile(ITG_TYPE_PROFILE, "gone", ITG_ROOT_PROFILES, 1);
    const itg_assignment_t both[] = {{kept, ITG_TYPE_PROFILE, tc, ITG_TYPE_THINCLIENT},
                                     {gone, ITG_TYPE_PROFILE, tc, ITG_TYPE_THINCLIENT}};
    assert_ok(itg_assignment_create(fx.itg, both, 2, &fx.failure));
    assert_ok(itg_profile_delete(fx.itg, ITG_TYPE_PROFILE, gone, &fx.failure));
    assert_refused(itg_profile_delete(fx.itg, ITG_TYPE_PROFILE, gone, &fx.failure), ITG_E_NO_HANDLER);
    assert_code(itg_assignment_delete(fx.itg, &both[1], &fx.failure), ITG_E_INVALID_ASSIGNMENT);
    assert_ok(itg_assignment_delete(fx.itg, &both[0], &fx.failure));
}
END_TEST

START_TEST(delete_works_in_the_bin)
{
    int64_t id = make_profile(ITG_TYPE_PROFILE, "p", ITG_ROOT_PROFILES, 1);
    assert_ok(itg_bin_put(fx.itg, ITG_TYPE_PROFILE, id, &fx.failure));
    assert_ok(itg_profile_delete(fx.itg, ITG_TYPE_PROFILE, id, &fx.failure));
}
END_TEST

struct walk {
    int64_t ids[8];
    int32_t in_bin[8];
    size_t count, stop_after;
};

static int32_t collect(void *ctx, const itg_profile_t *profile)
{
    struct walk *walk = ctx;
    walk->in_bin[walk->count] = profile->in_bin;
    walk->ids[walk->count++] = profile->id;
    return walk->count == walk->stop_after;
}

START_TEST(walk_gives_one_kind_by_id_with_binned_ones)
{
    int64_t a = make_profile(ITG_TYPE_PROFILE, "z", ITG_ROOT_PROFILES, 1);
    make_profile(ITG_TYPE_MASTERPROFILE, "m", ITG_ROOT_MASTERPROFILES, 1);
    int64_t b = make_profile(ITG_TYPE_PROFILE, "y", ITG_ROOT_PROFILES, 1);
    assert_ok(itg_bin_put(fx.itg, ITG_TYPE_PROFILE, a, &fx.failure));
    struct walk all = {.count = 0}, rest = {.count = 0}, one = {.stop_after = 1};
    assert_ok(itg_profile_each(fx.itg, ITG_TYPE_PROFILE, 0, collect, &all, &fx.failure));
    ck_assert(all.count == 2 && all.ids[0] == a && all.ids[1] == b && all.in_bin[0] == 1 &&
              all.in_bin[1] == 0);
    assert_ok(itg_profile_each(fx.itg, ITG_TYPE_PROFILE, a, collect, &rest, &fx.failure));
    ck_assert(rest.count == 1 && rest.ids[0] == b);
    assert_ok(itg_profile_each(fx.itg, ITG_TYPE_PROFILE, 0, collect, &one, &fx.failure));
    ck_assert_uint_eq(one.count, 1);
}
END_TEST

START_TEST(missing_parameters_are_refused)
{
    itg_profile_t *profile = NULL;
    assert_code(itg_profile_create(NULL, ITG_TYPE_PROFILE, "p", -2, 1, 0, NULL, &fx.failure),
                ITG_E_INVALID_BODY);
    assert_code(itg_profile_get(fx.itg, ITG_TYPE_PROFILE, 1, NULL, &fx.failure), ITG_E_INVALID_BODY);
    assert_code(itg_profile_get(NULL, ITG_TYPE_PROFILE, 1, &profile, &fx.failure), ITG_E_INVALID_BODY);
    assert_code(itg_profile_each(fx.itg, ITG_TYPE_PROFILE, 0, NULL, NULL, &fx.failure), ITG_E_INVALID_BODY);
    assert_code(itg_profile_rename(NULL, ITG_TYPE_PROFILE, 1, "x", &fx.failure), ITG_E_INVALID_BODY);
    assert_code(itg_profile_delete(NULL, ITG_TYPE_PROFILE, 1, &fx.failure), ITG_E_INVALID_BODY);
}
END_TEST

SUITE("profile", with_firmware, create_and_get_of_both_kinds, any_number_but_zero_overrides_sessions,
      bad_names_are_refused, firmware_must_exist, parent_must_be_of_the_kinds_own_tree,
      nothing_is_made_in_a_binned_directory, a_profile_of_the_other_kind_does_not_exist,
      other_types_are_no_profiles, rename_is_refused_in_the_bin, delete_takes_its_assignments_along,
      delete_works_in_the_bin, walk_gives_one_kind_by_id_with_binned_ones, missing_parameters_are_refused)
