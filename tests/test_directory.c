/* Directories: the three trees and what may not be done to them. */
#include "fixture.h"
#include <stdio.h>
#include <string.h>

static const struct tree {
    itg_type_t type;
    int64_t root;
    const char *word;
} trees[] = {
    {ITG_TYPE_THINCLIENT_DIRECTORY, ITG_ROOT_THINCLIENTS, "tcdirectory"},
    {ITG_TYPE_PROFILE_DIRECTORY, ITG_ROOT_PROFILES, "profiledirectory"},
    {ITG_TYPE_MASTERPROFILE_DIRECTORY, ITG_ROOT_MASTERPROFILES, "masterprofiledirectory"},
};
enum { TREES = sizeof trees / sizeof *trees };

#define TC_DIR ITG_TYPE_THINCLIENT_DIRECTORY

static itg_error_t create(itg_type_t type, const char *name, int64_t parent_id)
{
    int64_t id = -77;
    itg_error_t err = itg_directory_create(fx.itg, type, name, parent_id, &id, &fx.failure);
    if (err)
        ck_assert_int_eq(id, -77);
    return err;
}

static void assert_directory(itg_type_t type, int64_t id, const char *name, int64_t parent_id, int32_t in_bin)
{
    itg_object_t *dir = NULL;
    assert_ok(itg_directory_get(fx.itg, type, id, &dir, &fx.failure));
    ck_assert_int_eq(dir->id, id);
    ck_assert_int_eq(dir->type, type);
    ck_assert_str_eq(dir->name, name);
    ck_assert_int_eq(dir->parent_id, parent_id);
    ck_assert_int_eq(dir->in_bin, in_bin);
    itg_object_free(dir);
}

static void assert_no_directory(itg_type_t type, int64_t id)
{
    itg_object_t *dir = NULL;
    assert_code(itg_directory_get(fx.itg, type, id, &dir, &fx.failure), ITG_E_DIRECTORY_NOT_FOUND);
    ck_assert_ptr_null(dir);
}

START_TEST(types_have_imis_words)
{
    for (size_t i = 0; i < TREES; i++) {
        ck_assert_str_eq(itg_type_name(trees[i].type), trees[i].word);
        ck_assert_int_eq(itg_type_from_name(trees[i].word), trees[i].type);
    }
    ck_assert_str_eq(itg_type_name(ITG_TYPE_THINCLIENT), "tc");
    ck_assert_str_eq(itg_type_name(ITG_TYPE_PROFILE), "profile");
    ck_assert_str_eq(itg_type_name(ITG_TYPE_MASTERPROFILE), "masterprofile");
    ck_assert_str_eq(itg_type_name((itg_type_t)0), "");
    ck_assert_str_eq(itg_type_name((itg_type_t)7), "");
    ck_assert_str_eq(itg_type_name((itg_type_t)-1), "");
    ck_assert_int_eq(itg_type_from_name("TC"), 0);
    ck_assert_int_eq(itg_type_from_name(""), 0);
    ck_assert_int_eq(itg_type_from_name(NULL), 0);
}
END_TEST

START_TEST(roots_exist_from_the_start_and_are_their_own_parents)
{
    for (size_t i = 0; i < TREES; i++) {
        itg_object_t *root = NULL;
        assert_ok(itg_directory_get(fx.itg, trees[i].type, trees[i].root, &root, &fx.failure));
        ck_assert_int_eq(root->id, trees[i].root);
        ck_assert_int_eq(root->parent_id, trees[i].root);
        ck_assert_int_eq(root->type, trees[i].type);
        ck_assert_int_eq(root->in_bin, 0);
        itg_object_free(root);
    }
    itg_object_free(NULL);
}
END_TEST

START_TEST(create_and_get_in_every_tree)
{
    for (size_t i = 0; i < TREES; i++) {
        int64_t above = make_directory(trees[i].type, "above", trees[i].root);
        int64_t below = make_directory(trees[i].type, "below", above);
        ck_assert_int_gt(below, above);
        assert_directory(trees[i].type, above, "above", trees[i].root, 0);
        assert_directory(trees[i].type, below, "below", above, 0);
    }
}
END_TEST

START_TEST(ids_are_never_used_again)
{
    int64_t first = make_directory(TC_DIR, "a", ITG_ROOT_THINCLIENTS);
    assert_ok(itg_directory_delete(fx.itg, TC_DIR, first, &fx.failure));
    int64_t second = make_directory(ITG_TYPE_PROFILE_DIRECTORY, "b", ITG_ROOT_PROFILES);
    ck_assert_int_eq(second, first + 1);
}
END_TEST

START_TEST(names_may_repeat)
{
    assert_ok(create(TC_DIR, "same", ITG_ROOT_THINCLIENTS));
    assert_ok(create(TC_DIR, "same", ITG_ROOT_THINCLIENTS));
}
END_TEST

START_TEST(names_have_255_characters_at_most)
{
    const char *units[] = {"x", "\xC3\xA4", "\xE2\x82\xAC", "\xF0\x9F\x98\x80"};
    for (size_t i = 0; i < COUNT_OF(units); i++) {
        int64_t id = make_directory(TC_DIR, repeated(units[i], 255), ITG_ROOT_THINCLIENTS);
        assert_directory(TC_DIR, id, repeated(units[i], 255), ITG_ROOT_THINCLIENTS, 0);
        assert_refused(create(TC_DIR, repeated(units[i], 256), ITG_ROOT_THINCLIENTS), ITG_E_INVALID_BODY);
    }
    assert_ok(create(TC_DIR, "x", ITG_ROOT_THINCLIENTS));
}
END_TEST

static const char *const bad_names[] = {
    NULL,
    "",
    " ",
    " \t ",
    "\xC2\xA0", /* no-break space alone is blank */
    "a\nb",
    "a\x1F",
    "a\x7F",
    "a\xC2\x80",        /* C1 control character */
    "\x80",             /* continuation byte alone */
    "\xC3",             /* cut */
    "\xC0\xAF",         /* overlong */
    "\xED\xA0\x80",     /* surrogate */
    "\xF4\x90\x80\x80", /* above U+10FFFF */
    "\xFE",
};

START_TEST(bad_names_are_refused)
{
    int64_t id = make_directory(TC_DIR, "good", ITG_ROOT_THINCLIENTS);
    for (size_t i = 0; i < COUNT_OF(bad_names); i++) {
        assert_refused(create(TC_DIR, bad_names[i], ITG_ROOT_THINCLIENTS), ITG_E_INVALID_BODY);
        assert_refused(itg_directory_rename(fx.itg, TC_DIR, id, bad_names[i], &fx.failure),
                       ITG_E_INVALID_BODY);
    }
    assert_refused(itg_directory_rename(fx.itg, TC_DIR, id, repeated("x", 256), &fx.failure),
                   ITG_E_INVALID_BODY);
}
END_TEST

START_TEST(hostile_names_survive_unchanged)
{
    const char *hostile[] = {"'; DROP TABLE object; --",
                             "%s%n%p%x",
                             "\"quoted\" \\back\\slash",
                             "<b>&amp;</b>",
                             "../../etc/passwd",
                             " leading and trailing ",
                             "\xE2\x80\xAE\145vil",
                             "Caf\xC3\xA9 \xF0\x9F\x98\x80",
                             "NULL",
                             "0"};
    for (size_t i = 0; i < COUNT_OF(hostile); i++) {
        int64_t id = make_directory(TC_DIR, hostile[i], ITG_ROOT_THINCLIENTS);
        assert_directory(TC_DIR, id, hostile[i], ITG_ROOT_THINCLIENTS, 0);
    }
}
END_TEST

START_TEST(parents_must_be_directories_of_the_same_tree)
{
    int64_t profiles = make_directory(ITG_TYPE_PROFILE_DIRECTORY, "p", ITG_ROOT_PROFILES);
    int64_t tc = make_thinclient("00E0C5000001", ITG_ROOT_THINCLIENTS, make_firmware("1"));
    const int64_t bad[] = {
        0, 9999, -3, INT64_MIN, INT64_MAX, profiles, tc, ITG_ROOT_PROFILES, ITG_ROOT_MASTERPROFILES};
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        assert_refused(create(TC_DIR, "x", bad[i]), ITG_E_PARENT_NOT_FOUND);
}
END_TEST

START_TEST(nothing_is_made_in_a_binned_directory)
{
    int64_t above = make_directory(TC_DIR, "above", ITG_ROOT_THINCLIENTS);
    int64_t below = make_directory(TC_DIR, "below", above);
    assert_ok(itg_bin_put(fx.itg, TC_DIR, above, &fx.failure));
    assert_refused(create(TC_DIR, "x", above), ITG_E_DIRECTORY_IN_BIN);
    assert_refused(create(TC_DIR, "x", below), ITG_E_DIRECTORY_IN_BIN);
    assert_refused(itg_directory_rename(fx.itg, TC_DIR, below, "x", &fx.failure), ITG_E_DIRECTORY_IN_BIN);
}
END_TEST

START_TEST(trees_are_a_hundred_directories_deep_at_most)
{
    int64_t parent = ITG_ROOT_THINCLIENTS;
    int depth = 0;
    /* An object has at most ITG_LIMIT_DEPTH directories above it, and the root counts or does not: find out
     * where it ends, and that it ends there for good. */
    for (; depth <= ITG_LIMIT_DEPTH + 1; depth++) {
        int64_t id = 0;
        itg_error_t err = itg_directory_create(fx.itg, TC_DIR, "d", parent, &id, &fx.failure);
        if (err) {
            assert_code(err, ITG_E_PARENT_NOT_FOUND);
            break;
        }
        parent = id;
    }
    ck_assert_int_ge(depth, ITG_LIMIT_DEPTH);
    ck_assert_int_le(depth, ITG_LIMIT_DEPTH + 1);
    assert_refused(create(TC_DIR, "x", parent), ITG_E_PARENT_NOT_FOUND);
}
END_TEST

START_TEST(rename_changes_the_name_alone)
{
    int64_t dir = make_directory(TC_DIR, "old", ITG_ROOT_THINCLIENTS);
    int64_t other = make_directory(TC_DIR, "old", dir);
    assert_ok(itg_directory_rename(fx.itg, TC_DIR, dir, "new", &fx.failure));
    assert_directory(TC_DIR, dir, "new", ITG_ROOT_THINCLIENTS, 0);
    assert_directory(TC_DIR, other, "old", dir, 0);
    assert_ok(itg_directory_rename(fx.itg, TC_DIR, dir, "new", &fx.failure));
}
END_TEST

START_TEST(roots_cannot_be_changed)
{
    for (size_t i = 0; i < TREES; i++) {
        assert_refused(itg_directory_rename(fx.itg, trees[i].type, trees[i].root, "x", &fx.failure),
                       ITG_E_ACCESS_DENIED);
        assert_refused(itg_directory_delete(fx.itg, trees[i].type, trees[i].root, &fx.failure),
                       ITG_E_ACCESS_DENIED);
        assert_refused(itg_bin_put(fx.itg, trees[i].type, trees[i].root, &fx.failure), ITG_E_ACCESS_DENIED);
    }
}
END_TEST

START_TEST(delete_takes_an_empty_directory)
{
    int64_t dir = make_directory(TC_DIR, "d", ITG_ROOT_THINCLIENTS);
    assert_ok(itg_directory_delete(fx.itg, TC_DIR, dir, &fx.failure));
    assert_no_directory(TC_DIR, dir);
    assert_refused(itg_directory_delete(fx.itg, TC_DIR, dir, &fx.failure), ITG_E_DIRECTORY_NOT_FOUND);
}
END_TEST

START_TEST(delete_takes_the_assignments_that_it_receives)
{
    int64_t firmware = make_firmware("1");
    int64_t dir = make_directory(TC_DIR, "d", ITG_ROOT_THINCLIENTS);
    int64_t profile = make_profile(ITG_TYPE_PROFILE, "p", ITG_ROOT_PROFILES, firmware);
    const itg_assignment_t assignment = {profile, ITG_TYPE_PROFILE, dir, TC_DIR};
    assert_ok(itg_assignment_create(fx.itg, &assignment, 1, &fx.failure));
    assert_ok(itg_directory_delete(fx.itg, TC_DIR, dir, &fx.failure));
    assert_code(itg_assignment_delete(fx.itg, &assignment, &fx.failure), ITG_E_INVALID_ASSIGNMENT);
}
END_TEST

START_TEST(delete_of_one_with_content_is_refused_and_names_it)
{
    int64_t firmware = make_firmware("1");
    int64_t with_dir = make_directory(TC_DIR, "a", ITG_ROOT_THINCLIENTS);
    int64_t with_tc = make_directory(TC_DIR, "b", ITG_ROOT_THINCLIENTS);
    make_directory(TC_DIR, "c", with_dir);
    make_thinclient("00E0C5000001", with_tc, firmware);
    assert_refused(itg_directory_delete(fx.itg, TC_DIR, with_dir, &fx.failure), ITG_E_DIRECTORY_NOT_EMPTY);
    itg_failure_t failure = {0};
    char message[128];
    snprintf(message, sizeof message, "Directory with ID <%lld> is not empty. Remove content first.",
             (long long)with_tc);
    ck_assert_int_eq(itg_directory_delete(fx.itg, TC_DIR, with_tc, &failure), ITG_E_DIRECTORY_NOT_EMPTY);
    ck_assert_str_eq(failure.message, message);
}
END_TEST

START_TEST(binned_content_counts)
{
    int64_t dir = make_directory(TC_DIR, "d", ITG_ROOT_THINCLIENTS);
    int64_t tc = make_thinclient("00E0C5000001", dir, make_firmware("1"));
    assert_ok(itg_bin_put(fx.itg, ITG_TYPE_THINCLIENT, tc, &fx.failure));
    assert_refused(itg_directory_delete(fx.itg, TC_DIR, dir, &fx.failure), ITG_E_DIRECTORY_NOT_EMPTY);
    assert_ok(itg_thinclient_delete(fx.itg, tc, &fx.failure));
    assert_ok(itg_directory_delete(fx.itg, TC_DIR, dir, &fx.failure));
}
END_TEST

static int32_t count_object(void *ctx, const itg_object_t *object)
{
    (void)object;
    ++*(int *)ctx;
    return 0;
}

START_TEST(a_directory_of_another_tree_does_not_exist)
{
    int64_t dir = make_directory(ITG_TYPE_PROFILE_DIRECTORY, "p", ITG_ROOT_PROFILES);
    int64_t tc = make_thinclient("00E0C5000001", ITG_ROOT_THINCLIENTS, make_firmware("1"));
    const int64_t ids[] = {dir, tc, 0, 999999, INT64_MAX, INT64_MIN, ITG_ROOT_PROFILES};
    int calls = 0;
    for (size_t i = 0; i < COUNT_OF(ids); i++) {
        assert_no_directory(TC_DIR, ids[i]);
        assert_refused(itg_directory_rename(fx.itg, TC_DIR, ids[i], "x", &fx.failure),
                       ITG_E_DIRECTORY_NOT_FOUND);
        assert_refused(itg_directory_delete(fx.itg, TC_DIR, ids[i], &fx.failure), ITG_E_DIRECTORY_NOT_FOUND);
        assert_code(itg_directory_children(fx.itg, TC_DIR, ids[i], count_object, &calls, &fx.failure),
                    ITG_E_DIRECTORY_NOT_FOUND);
    }
    ck_assert_int_eq(calls, 0);
}
END_TEST

START_TEST(other_types_are_no_directories)
{
    const itg_type_t types[] = {(itg_type_t)0,          ITG_TYPE_THINCLIENT, ITG_TYPE_PROFILE,
                                ITG_TYPE_MASTERPROFILE, (itg_type_t)7,       (itg_type_t)-1};
    itg_object_t *dir = NULL;
    int calls = 0;
    for (size_t i = 0; i < COUNT_OF(types); i++) {
        assert_refused(create(types[i], "x", ITG_ROOT_THINCLIENTS), ITG_E_OBJECT_TYPE);
        assert_code(itg_directory_get(fx.itg, types[i], -1, &dir, &fx.failure), ITG_E_OBJECT_TYPE);
        assert_refused(itg_directory_rename(fx.itg, types[i], -1, "x", &fx.failure), ITG_E_OBJECT_TYPE);
        assert_refused(itg_directory_delete(fx.itg, types[i], -1, &fx.failure), ITG_E_OBJECT_TYPE);
        assert_code(itg_directory_each(fx.itg, types[i], 0, count_object, &calls, &fx.failure),
                    ITG_E_OBJECT_TYPE);
        assert_code(itg_directory_children(fx.itg, types[i], -1, count_object, &calls, &fx.failure),
                    ITG_E_OBJECT_TYPE);
    }
    ck_assert_int_eq(calls, 0);
}
END_TEST

struct walk {
    int64_t ids[16];
    itg_type_t types[16];
    int32_t in_bin[16];
    size_t count;
    size_t stop_after;
};

static int32_t collect(void *ctx, const itg_object_t *object)
{
    struct walk *walk = ctx;
    walk->ids[walk->count] = object->id;
    walk->types[walk->count] = object->type;
    walk->in_bin[walk->count++] = object->in_bin;
    return walk->count == walk->stop_after;
}

static void assert_ids(const struct walk *walk, const int64_t *ids, size_t count)
{
    ck_assert_uint_eq(walk->count, count);
    for (size_t i = 0; i < count; i++)
        ck_assert_int_eq(walk->ids[i], ids[i]);
}

START_TEST(walk_gives_one_tree_by_id_without_its_root)
{
    int64_t a = make_directory(TC_DIR, "z", ITG_ROOT_THINCLIENTS);
    make_directory(ITG_TYPE_PROFILE_DIRECTORY, "p", ITG_ROOT_PROFILES);
    int64_t b = make_directory(TC_DIR, "y", a);
    int64_t c = make_directory(TC_DIR, "x", ITG_ROOT_THINCLIENTS);
    assert_ok(itg_bin_put(fx.itg, TC_DIR, a, &fx.failure));
    struct walk all = {.stop_after = 0}, rest = {.stop_after = 0}, one = {.stop_after = 1};
    assert_ok(itg_directory_each(fx.itg, TC_DIR, 0, collect, &all, &fx.failure));
    assert_ids(&all, (int64_t[]){a, b, c}, 3);
    ck_assert(all.in_bin[0] == 1 && all.in_bin[1] == 1 && all.in_bin[2] == 0);
    assert_ok(itg_directory_each(fx.itg, TC_DIR, a, collect, &rest, &fx.failure));
    assert_ids(&rest, (int64_t[]){b, c}, 2);
    assert_ok(itg_directory_each(fx.itg, TC_DIR, 0, collect, &one, &fx.failure));
    assert_ids(&one, &a, 1);
}
END_TEST

START_TEST(children_are_direct_ones_with_directories_first)
{
    int64_t firmware = make_firmware("1");
    int64_t tc1 = make_thinclient("00E0C5000001", ITG_ROOT_THINCLIENTS, firmware);
    int64_t dir1 = make_directory(TC_DIR, "a", ITG_ROOT_THINCLIENTS);
    make_thinclient("00E0C5000002", dir1, firmware);
    int64_t tc2 = make_thinclient("00E0C5000003", ITG_ROOT_THINCLIENTS, firmware);
    int64_t dir2 = make_directory(TC_DIR, "b", ITG_ROOT_THINCLIENTS);
    make_directory(TC_DIR, "c", dir2);
    struct walk walk = {.stop_after = 0}, empty = {.stop_after = 0};
    assert_ok(itg_directory_children(fx.itg, TC_DIR, ITG_ROOT_THINCLIENTS, collect, &walk, &fx.failure));
    assert_ids(&walk, (int64_t[]){dir1, dir2, tc1, tc2}, 4);
    ck_assert(walk.types[0] == TC_DIR && walk.types[3] == ITG_TYPE_THINCLIENT);
    assert_ok(itg_directory_children(fx.itg, ITG_TYPE_PROFILE_DIRECTORY, ITG_ROOT_PROFILES, collect, &empty,
                                     &fx.failure));
    ck_assert_uint_eq(empty.count, 0);
}
END_TEST

START_TEST(missing_parameters_are_refused)
{
    itg_object_t *dir = NULL;
    assert_code(itg_directory_create(NULL, TC_DIR, "x", -1, NULL, &fx.failure), ITG_E_INVALID_BODY);
    assert_code(itg_directory_get(NULL, TC_DIR, -1, &dir, &fx.failure), ITG_E_INVALID_BODY);
    assert_code(itg_directory_get(fx.itg, TC_DIR, -1, NULL, &fx.failure), ITG_E_INVALID_BODY);
    assert_code(itg_directory_rename(NULL, TC_DIR, 1, "x", &fx.failure), ITG_E_INVALID_BODY);
    assert_code(itg_directory_delete(NULL, TC_DIR, 1, &fx.failure), ITG_E_INVALID_BODY);
    assert_code(itg_directory_each(fx.itg, TC_DIR, 0, NULL, NULL, &fx.failure), ITG_E_INVALID_BODY);
    assert_code(itg_directory_children(fx.itg, TC_DIR, -1, NULL, NULL, &fx.failure), ITG_E_INVALID_BODY);
}
END_TEST

SUITE("directory", fixture_memory, types_have_imis_words,
      roots_exist_from_the_start_and_are_their_own_parents, create_and_get_in_every_tree,
      ids_are_never_used_again, names_may_repeat, names_have_255_characters_at_most, bad_names_are_refused,
      hostile_names_survive_unchanged, parents_must_be_directories_of_the_same_tree,
      nothing_is_made_in_a_binned_directory, trees_are_a_hundred_directories_deep_at_most,
      rename_changes_the_name_alone, roots_cannot_be_changed, delete_takes_an_empty_directory,
      delete_takes_the_assignments_that_it_receives, delete_of_one_with_content_is_refused_and_names_it,
      binned_content_counts, a_directory_of_another_tree_does_not_exist, other_types_are_no_directories,
      walk_gives_one_tree_by_id_without_its_root, children_are_direct_ones_with_directories_first,
      missing_parameters_are_refused)
