/* Moving objects: each entry has a result of its own. */
#include "fixture.h"
#include <string.h>

#define TC     ITG_TYPE_THINCLIENT
#define TC_DIR ITG_TYPE_THINCLIENT_DIRECTORY

static void with_firmware(void)
{
    fixture_memory();
    ck_assert_int_eq(make_firmware("11.3.100.1"), 1);
}

static itg_move_result_t move_one(int64_t id, itg_type_t type, int64_t target)
{
    itg_move_entry_t entry = {.id = id, .type = type, .result = (itg_move_result_t)-1};
    assert_ok(itg_move(fx.itg, TC_DIR, target, &entry, 1, &fx.failure));
    ck_assert_int_eq(entry.id, id);
    return entry.result;
}

/* The call itself is refused, and the entry's result stays as it was. */
static itg_error_t move_refused(itg_type_t type, int64_t target)
{
    itg_move_entry_t entry = {.id = 1, .result = (itg_move_result_t)77};
    itg_error_t err = itg_move(fx.itg, type, target, &entry, 1, &fx.failure);
    ck_assert_int_eq(entry.result, 77);
    return err;
}

static int64_t parent_of(itg_type_t type, int64_t id)
{
    int64_t parent = 0;
    if (type == TC) {
        itg_thinclient_t *tc = NULL;
        assert_ok(itg_thinclient_get(fx.itg, id, &tc, &fx.failure));
        parent = tc->parent_id;
        itg_thinclient_free(tc);
    } else {
        itg_object_t *dir = NULL;
        assert_ok(itg_directory_get(fx.itg, type, id, &dir, &fx.failure));
        parent = dir->parent_id;
        itg_object_free(dir);
    }
    return parent;
}

START_TEST(results_have_imis_words)
{
    ck_assert_str_eq(itg_move_result_name(ITG_MOVE_SUCCESSFUL), "successful");
    ck_assert_str_eq(itg_move_result_name(ITG_MOVE_DOES_NOT_EXIST), "does_not_exist");
    ck_assert_str_eq(itg_move_result_name(ITG_MOVE_IN_RECYCLE_BIN), "in_recycle_bin");
    ck_assert_str_eq(itg_move_result_name(ITG_MOVE_WRONG_TYPE), "wrong_type");
    ck_assert_str_eq(itg_move_result_name(ITG_MOVE_INTO_ITSELF), "into_itself");
    ck_assert_str_eq(itg_move_result_name((itg_move_result_t)5), "");
    ck_assert_str_eq(itg_move_result_name((itg_move_result_t)-1), "");
}
END_TEST

START_TEST(thin_clients_and_directories_move)
{
    int64_t from = make_directory(TC_DIR, "from", -1), to = make_directory(TC_DIR, "to", -1);
    int64_t tc = make_thinclient("00E0C5000001", from, 1), sub = make_directory(TC_DIR, "sub", from);
    ck_assert_int_eq(move_one(tc, TC, to), ITG_MOVE_SUCCESSFUL);
    ck_assert_int_eq(move_one(sub, TC_DIR, to), ITG_MOVE_SUCCESSFUL);
    ck_assert_int_eq(parent_of(TC, tc), to);
    ck_assert_int_eq(parent_of(TC_DIR, sub), to);
    ck_assert_int_eq(move_one(tc, TC, ITG_ROOT_THINCLIENTS), ITG_MOVE_SUCCESSFUL);
    ck_assert_int_eq(parent_of(TC, tc), ITG_ROOT_THINCLIENTS);
    ck_assert_int_eq(move_one(tc, TC, ITG_ROOT_THINCLIENTS), ITG_MOVE_SUCCESSFUL);
}
END_TEST

START_TEST(profiles_move_in_their_own_trees)
{
    int64_t dir = make_directory(ITG_TYPE_MASTERPROFILE_DIRECTORY, "d", ITG_ROOT_MASTERPROFILES);
    int64_t master = make_profile(ITG_TYPE_MASTERPROFILE, "m", ITG_ROOT_MASTERPROFILES, 1);
    int64_t profile = make_profile(ITG_TYPE_PROFILE, "p", ITG_ROOT_PROFILES, 1);
    itg_move_entry_t entries[] = {{.id = master}, {.id = profile}};
    assert_ok(itg_move(fx.itg, ITG_TYPE_MASTERPROFILE_DIRECTORY, dir, entries, 2, &fx.failure));
    ck_assert_int_eq(entries[0].result, ITG_MOVE_SUCCESSFUL);
    ck_assert_int_eq(entries[1].result, ITG_MOVE_WRONG_TYPE);
}
END_TEST

START_TEST(a_missing_type_means_whatever_it_is)
{
    int64_t to = make_directory(TC_DIR, "to", -1);
    ck_assert_int_eq(move_one(make_thinclient("00E0C5000001", -1, 1), 0, to), ITG_MOVE_SUCCESSFUL);
    ck_assert_int_eq(move_one(make_directory(TC_DIR, "d", -1), 0, to), ITG_MOVE_SUCCESSFUL);
}
END_TEST

START_TEST(each_entry_succeeds_or_fails_alone)
{
    int64_t to = make_directory(TC_DIR, "to", -1);
    int64_t good = make_thinclient("00E0C5000001", -1, 1), binned = make_thinclient("00E0C5000002", -1, 1);
    int64_t profile = make_profile(ITG_TYPE_PROFILE, "p", ITG_ROOT_PROFILES, 1);
    assert_ok(itg_bin_put(fx.itg, TC, binned, &fx.failure));
    itg_move_entry_t entries[] = {
        {.id = 99999, .type = TC},    {.id = good, .type = TC},   {.id = binned, .type = TC}, {.id = profile},
        {.id = good, .type = TC_DIR}, {.id = to, .type = TC_DIR}, {.id = good, .type = TC},
    };
    const itg_move_result_t wanted[] = {ITG_MOVE_DOES_NOT_EXIST, ITG_MOVE_SUCCESSFUL, ITG_MOVE_IN_RECYCLE_BIN,
                                        ITG_MOVE_WRONG_TYPE,     ITG_MOVE_WRONG_TYPE, ITG_MOVE_INTO_ITSELF,
                                        ITG_MOVE_SUCCESSFUL};
    assert_ok(itg_move(fx.itg, TC_DIR, to, entries, COUNT_OF(entries), &fx.failure));
    for (size_t i = 0; i < COUNT_OF(entries); i++)
        ck_assert_msg(entries[i].result == wanted[i], "entry %zu: %s", i,
                      itg_move_result_name(entries[i].result));
    ck_assert_int_eq(parent_of(TC, good), to);
    ck_assert_int_eq(parent_of(TC, binned), -1);
}
END_TEST

START_TEST(unknown_ids_do_not_exist)
{
    const int64_t ids[] = {0, -3, 99999, INT64_MAX, INT64_MIN};
    int64_t to = make_directory(TC_DIR, "to", -1);
    for (size_t i = 0; i < COUNT_OF(ids); i++)
        ck_assert_int_eq(move_one(ids[i], 0, to), ITG_MOVE_DOES_NOT_EXIST);
}
END_TEST

START_TEST(into_itself_or_below_itself_is_refused)
{
    int64_t a = make_directory(TC_DIR, "a", -1), b = make_directory(TC_DIR, "b", a),
            c = make_directory(TC_DIR, "c", b);
    ck_assert_int_eq(move_one(a, TC_DIR, a), ITG_MOVE_INTO_ITSELF);
    ck_assert_int_eq(move_one(a, TC_DIR, b), ITG_MOVE_INTO_ITSELF);
    ck_assert_int_eq(move_one(a, 0, c), ITG_MOVE_INTO_ITSELF);
    ck_assert_int_eq(move_one(c, TC_DIR, a), ITG_MOVE_SUCCESSFUL);
    ck_assert_int_eq(move_one(b, TC_DIR, c), ITG_MOVE_SUCCESSFUL);
    ck_assert_int_eq(move_one(c, TC_DIR, b), ITG_MOVE_INTO_ITSELF);
}
END_TEST

START_TEST(roots_do_not_move)
{
    int64_t to = make_directory(TC_DIR, "to", -1);
    char *before = fixture_fingerprint(fx.itg);
    ck_assert_int_ne(move_one(ITG_ROOT_THINCLIENTS, TC_DIR, to), ITG_MOVE_SUCCESSFUL);
    ck_assert_int_ne(move_one(ITG_ROOT_PROFILES, 0, to), ITG_MOVE_SUCCESSFUL);
    fixture_assert_unchanged(before, "move of a root", __FILE__, __LINE__);
}
END_TEST

/* A chain of directories; returns the lowest, the topmost in *ret_top. */
static int64_t make_chain(int64_t parent, int depth, int64_t *ret_top)
{
    for (int i = 0; i < depth; i++) {
        parent = make_directory(TC_DIR, "d", parent);
        if (i == 0)
            *ret_top = parent;
    }
    return parent;
}

START_TEST(a_tree_does_not_get_too_deep_by_moving)
{
    int64_t top = 0, other_top = 0;
    int64_t lowest = make_chain(-1, 60, &top);
    make_chain(-1, 50, &other_top);
    char *before = fixture_fingerprint(fx.itg);
    ck_assert_int_eq(move_one(other_top, TC_DIR, lowest), ITG_MOVE_INTO_ITSELF);
    fixture_assert_unchanged(before, "move too deep", __FILE__, __LINE__);
}
END_TEST

START_TEST(target_must_be_a_directory_of_the_tree)
{
    int64_t tc = make_thinclient("00E0C5000001", -1, 1);
    int64_t profiles = make_directory(ITG_TYPE_PROFILE_DIRECTORY, "p", ITG_ROOT_PROFILES);
    const int64_t bad[] = {0, 99999, tc, profiles, ITG_ROOT_PROFILES, INT64_MAX, INT64_MIN};
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        assert_refused(move_refused(TC_DIR, bad[i]), ITG_E_DIRECTORY_NOT_FOUND);
    assert_refused(move_refused(TC, -1), ITG_E_OBJECT_TYPE);
    assert_refused(move_refused((itg_type_t)0, -1), ITG_E_OBJECT_TYPE);
}
END_TEST

START_TEST(nothing_moves_into_the_bin)
{
    int64_t above = make_directory(TC_DIR, "a", -1), below = make_directory(TC_DIR, "b", above);
    assert_ok(itg_bin_put(fx.itg, TC_DIR, above, &fx.failure));
    assert_refused(move_refused(TC_DIR, above), ITG_E_DIRECTORY_IN_BIN);
    assert_refused(move_refused(TC_DIR, below), ITG_E_DIRECTORY_IN_BIN);
    ck_assert_int_eq(move_one(below, TC_DIR, -1), ITG_MOVE_IN_RECYCLE_BIN);
}
END_TEST

START_TEST(an_empty_list_is_refused)
{
    assert_refused(itg_move(fx.itg, TC_DIR, -1, NULL, 0, &fx.failure), ITG_E_EMPTY_LIST);
    assert_refused(itg_move(fx.itg, TC_DIR, -1, NULL, 1, &fx.failure), ITG_E_INVALID_BODY);
    itg_move_entry_t entry = {.id = 1};
    assert_code(itg_move(NULL, TC_DIR, -1, &entry, 1, &fx.failure), ITG_E_INVALID_BODY);
}
END_TEST

SUITE("move", with_firmware, results_have_imis_words, thin_clients_and_directories_move,
      profiles_move_in_their_own_trees, a_missing_type_means_whatever_it_is,
      each_entry_succeeds_or_fails_alone, unknown_ids_do_not_exist, into_itself_or_below_itself_is_refused,
      roots_do_not_move, a_tree_does_not_get_too_deep_by_moving, target_must_be_a_directory_of_the_tree,
      nothing_moves_into_the_bin, an_empty_list_is_refused)
