/* The recycle bin: items go in with all that is below them, and come out as they went in. */
#include "fixture.h"

#define TC     ITG_TYPE_THINCLIENT
#define TC_DIR ITG_TYPE_THINCLIENT_DIRECTORY

static void with_firmware(void)
{
    fixture_memory();
    ck_assert_int_eq(make_firmware("11.3.100.1"), 1);
}

static void put(itg_type_t type, int64_t id)
{
    assert_ok(itg_bin_put(fx.itg, type, id, &fx.failure));
}

static void restore(itg_type_t type, int64_t id)
{
    assert_ok(itg_bin_restore(fx.itg, type, id, &fx.failure));
}

static void assert_tc(int64_t id, int64_t parent_id, int32_t in_bin)
{
    itg_thinclient_t *tc = NULL;
    assert_ok(itg_thinclient_get(fx.itg, id, &tc, &fx.failure));
    ck_assert_int_eq(tc->parent_id, parent_id);
    ck_assert_int_eq(tc->in_bin, in_bin);
    itg_thinclient_free(tc);
}

static void assert_dir(int64_t id, int64_t parent_id, int32_t in_bin)
{
    itg_object_t *dir = NULL;
    assert_ok(itg_directory_get(fx.itg, TC_DIR, id, &dir, &fx.failure));
    ck_assert_int_eq(dir->parent_id, parent_id);
    ck_assert_int_eq(dir->in_bin, in_bin);
    itg_object_free(dir);
}

START_TEST(a_thin_client_goes_in_and_out)
{
    int64_t tc = make_thinclient("00E0C5000001", -1, 1);
    put(TC, tc);
    assert_tc(tc, -1, 1);
    put(TC, tc);
    restore(TC, tc);
    assert_tc(tc, -1, 0);
    restore(TC, tc);
    assert_tc(tc, -1, 0);
}
END_TEST

START_TEST(a_profile_goes_in_and_out)
{
    int64_t id = make_profile(ITG_TYPE_MASTERPROFILE, "m", ITG_ROOT_MASTERPROFILES, 1);
    put(ITG_TYPE_MASTERPROFILE, id);
    itg_profile_t *profile = NULL;
    assert_ok(itg_profile_get(fx.itg, ITG_TYPE_MASTERPROFILE, id, &profile, &fx.failure));
    ck_assert_int_eq(profile->in_bin, 1);
    itg_profile_free(profile);
    restore(ITG_TYPE_MASTERPROFILE, id);
    assert_ok(itg_profile_get(fx.itg, ITG_TYPE_MASTERPROFILE, id, &profile, &fx.failure));
    ck_assert_int_eq(profile->in_bin, 0);
    itg_profile_free(profile);
}
END_TEST

START_TEST(a_directory_takes_along_what_is_below_it)
{
    int64_t a = make_directory(TC_DIR, "a", -1), b = make_directory(TC_DIR, "b", a);
    int64_t tc = make_thinclient("00E0C5000001", b, 1), other = make_thinclient("00E0C5000002", -1, 1);
    put(TC_DIR, a);
    assert_dir(a, -1, 1);
    assert_dir(b, a, 1);
    assert_tc(tc, b, 1);
    assert_tc(other, -1, 0);
    restore(TC_DIR, a);
    assert_dir(a, -1, 0);
    assert_dir(b, a, 0);
    assert_tc(tc, b, 0);
}
END_TEST

START_TEST(what_was_in_the_bin_before_its_directory_stays_there)
{
    int64_t a = make_directory(TC_DIR, "a", -1);
    int64_t early = make_thinclient("00E0C5000001", a, 1), late = make_thinclient("00E0C5000002", a, 1);
    put(TC, early);
    put(TC_DIR, a);
    restore(TC_DIR, a);
    assert_tc(early, a, 1);
    assert_tc(late, a, 0);
    restore(TC, early);
    assert_tc(early, a, 0);
}
END_TEST

START_TEST(an_item_whose_directory_is_binned_comes_out_at_the_root)
{
    int64_t a = make_directory(TC_DIR, "a", -1);
    int64_t tc = make_thinclient("00E0C5000001", a, 1);
    put(TC, tc);
    put(TC_DIR, a);
    restore(TC, tc);
    assert_tc(tc, ITG_ROOT_THINCLIENTS, 0);
    assert_dir(a, -1, 1);
}
END_TEST

START_TEST(a_part_of_an_item_comes_out_alone_at_the_root)
{
    int64_t a = make_directory(TC_DIR, "a", -1), b = make_directory(TC_DIR, "b", a);
    int64_t tc = make_thinclient("00E0C5000001", b, 1);
    put(TC_DIR, a);
    restore(TC_DIR, b);
    assert_dir(a, -1, 1);
    assert_dir(b, ITG_ROOT_THINCLIENTS, 0);
    assert_tc(tc, b, 0);
}
END_TEST

START_TEST(two_items_of_one_directory_keep_apart)
{
    int64_t a = make_directory(TC_DIR, "a", -1), b = make_directory(TC_DIR, "b", a);
    int64_t in_b = make_thinclient("00E0C5000001", b, 1), in_a = make_thinclient("00E0C5000002", a, 1);
    put(TC_DIR, b);
    put(TC_DIR, a);
    restore(TC_DIR, a);
    assert_dir(b, a, 1);
    assert_tc(in_b, b, 1);
    assert_tc(in_a, a, 0);
}
END_TEST

START_TEST(unknown_and_wrong_ones_are_refused_by_their_type)
{
    int64_t tc = make_thinclient("00E0C5000001", -1, 1), dir = make_directory(TC_DIR, "d", -1);
    struct {
        itg_type_t type;
        int64_t id;
        itg_error_t error;
    } cases[] = {
        {TC, 99999, ITG_E_THINCLIENT_NOT_FOUND},
        {TC, dir, ITG_E_THINCLIENT_NOT_FOUND},
        {TC, INT64_MIN, ITG_E_THINCLIENT_NOT_FOUND},
        {TC_DIR, tc, ITG_E_DIRECTORY_NOT_FOUND},
        {TC_DIR, 0, ITG_E_DIRECTORY_NOT_FOUND},
        {ITG_TYPE_PROFILE_DIRECTORY, dir, ITG_E_DIRECTORY_NOT_FOUND},
        {ITG_TYPE_PROFILE, 99999, ITG_E_NO_HANDLER},
        {ITG_TYPE_MASTERPROFILE, tc, ITG_E_NO_HANDLER},
        {TC_DIR, ITG_ROOT_THINCLIENTS, ITG_E_ACCESS_DENIED},
        {ITG_TYPE_PROFILE_DIRECTORY, ITG_ROOT_PROFILES, ITG_E_ACCESS_DENIED},
        {(itg_type_t)0, tc, ITG_E_OBJECT_TYPE},
        {(itg_type_t)7, tc, ITG_E_OBJECT_TYPE},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        assert_refused(itg_bin_put(fx.itg, cases[i].type, cases[i].id, &fx.failure), cases[i].error);
        assert_refused(itg_bin_restore(fx.itg, cases[i].type, cases[i].id, &fx.failure), cases[i].error);
    }
    assert_code(itg_bin_put(NULL, TC, tc, &fx.failure), ITG_E_INVALID_BODY);
    assert_code(itg_bin_restore(NULL, TC, tc, &fx.failure), ITG_E_INVALID_BODY);
}
END_TEST

SUITE("bin", with_firmware, a_thin_client_goes_in_and_out, a_profile_goes_in_and_out,
      a_directory_takes_along_what_is_below_it, what_was_in_the_bin_before_its_directory_stays_there,
      an_item_whose_directory_is_binned_comes_out_at_the_root, a_part_of_an_item_comes_out_alone_at_the_root,
      two_items_of_one_directory_keep_apart, unknown_and_wrong_ones_are_refused_by_their_type)
