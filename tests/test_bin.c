/* The recycle bin: items go in with all that is below them, come out as they went in, or go for good. */
#include "fixture.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

static void purge(itg_type_t type, int64_t id)
{
    assert_ok(itg_bin_purge(fx.itg, type, id, &fx.failure));
}

enum { ITEMS_SIZE = 4096 };

static int32_t add_item(void *ctx, const itg_object_t *object)
{
    char *text = ctx;
    size_t length = strlen(text);
    ck_assert_int_eq(object->in_bin, 1);
    ck_assert_uint_lt(length, ITEMS_SIZE);
    snprintf(text + length, ITEMS_SIZE - length, "%lld %s %s %lld\n", (long long)object->id,
             itg_type_name(object->type), object->name, (long long)object->parent_id);
    return 0;
}

/* The items, a line each: id, type, name, parent. */
static const char *items(int64_t after_id)
{
    static char text[ITEMS_SIZE];
    text[0] = '\0';
    assert_ok(itg_bin_each(fx.itg, after_id, add_item, text, &fx.failure));
    return text;
}

static bool exists(int64_t id)
{
    itg_type_t type;
    itg_error_t err = itg_object_type(fx.itg, id, &type, &fx.failure);
    assert_code(err, err ? ITG_E_NO_HANDLER : ITG_OK);
    return !err;
}

START_TEST(the_list_holds_items_alone)
{
    int64_t a = make_directory(TC_DIR, "a", -1), b = make_directory(TC_DIR, "b", a);
    int64_t tc = make_thinclient("00E0C5000001", b, 1), early = make_thinclient("00E0C5000002", b, 1);
    int64_t p = make_profile(ITG_TYPE_PROFILE, "p", ITG_ROOT_PROFILES, 1);
    int64_t d = make_directory(ITG_TYPE_MASTERPROFILE_DIRECTORY, "m", ITG_ROOT_MASTERPROFILES);
    char wanted[512];
    ck_assert_str_eq(items(0), "");
    put(ITG_TYPE_MASTERPROFILE_DIRECTORY, d);
    put(TC, early);
    put(TC_DIR, a);
    put(ITG_TYPE_PROFILE, p);
    /* b and tc are parts of a; early was in the bin before it. */
    snprintf(wanted, sizeof wanted,
             "%lld tcdirectory a -1\n%lld tc ITC00E0C5000002 %lld\n%lld profile p -2\n"
             "%lld masterprofiledirectory m -14\n",
             (long long)a, (long long)early, (long long)b, (long long)p, (long long)d);
    ck_assert_str_eq(items(0), wanted);
    ck_assert_str_eq(items(INT64_MIN), wanted);
    ck_assert_str_eq(items(a), strchr(wanted, '\n') + 1);
    ck_assert_str_eq(items(d), "");
    ck_assert_str_eq(items(INT64_MAX), "");
    restore(TC, tc);
    restore(TC_DIR, a);
    restore(ITG_TYPE_PROFILE, p);
    restore(ITG_TYPE_MASTERPROFILE_DIRECTORY, d);
    snprintf(wanted, sizeof wanted, "%lld tc ITC00E0C5000002 %lld\n", (long long)early, (long long)b);
    ck_assert_str_eq(items(0), wanted);
}
END_TEST

static int32_t stop_at_once(void *ctx, const itg_object_t *object)
{
    (void)object;
    return ++*(int *)ctx;
}

START_TEST(a_walk_ends_when_it_is_told_to)
{
    int calls = 0;
    put(TC, make_thinclient("00E0C5000001", -1, 1));
    put(TC, make_thinclient("00E0C5000002", -1, 1));
    assert_ok(itg_bin_each(fx.itg, 0, stop_at_once, &calls, &fx.failure));
    ck_assert_int_eq(calls, 1);
}
END_TEST

static itg_assignment_t assigned(int64_t profile, itg_type_t type, int64_t receiver)
{
    itg_assignment_t a = {profile, ITG_TYPE_PROFILE, receiver, type};
    assert_ok(itg_assignment_create(fx.itg, &a, 1, &fx.failure));
    return a;
}

/* As if it had never been, but for the ids that are used up: the fleet of the others is the same text. */
START_TEST(a_purge_leaves_nothing)
{
    int64_t p = make_profile(ITG_TYPE_PROFILE, "p", ITG_ROOT_PROFILES, 1);
    make_thinclient("00E0C5000009", -1, 1);
    char *before = fixture_fingerprint(fx.itg);
    int64_t a = make_directory(TC_DIR, "a", -1), b = make_directory(TC_DIR, "b", a);
    int64_t tc = make_thinclient("00E0C5000001", b, 1), early = make_thinclient("00E0C5000002", b, 1);
    assigned(p, TC, tc);
    assigned(p, TC, early);
    assigned(p, TC_DIR, b);
    put(TC, early);
    put(TC_DIR, a);
    purge(TC_DIR, a);
    ck_assert(!exists(a) && !exists(b) && !exists(tc) && !exists(early));
    ck_assert_str_eq(items(0), "");
    char *after = fixture_fingerprint(fx.itg);
    ck_assert_str_eq(before, after);
    free(before);
    free(after);
    /* The MAC is free again. */
    ck_assert_int_gt(make_thinclient("00E0C5000001", -1, 1), early);
}
END_TEST

START_TEST(a_purged_profile_takes_its_assignments_along)
{
    int64_t p = make_profile(ITG_TYPE_PROFILE, "p", ITG_ROOT_PROFILES, 1);
    int64_t tc = make_thinclient("00E0C5000001", -1, 1);
    assigned(p, TC, tc); /* from now on something is PENDING there */
    char *before = fixture_fingerprint(fx.itg);
    int64_t q = make_profile(ITG_TYPE_PROFILE, "q", ITG_ROOT_PROFILES, 1);
    assigned(q, TC, tc);
    assert_ok(itg_setting_set(fx.itg, ITG_TYPE_PROFILE, q, "a.b", "1", &fx.failure));
    put(ITG_TYPE_PROFILE, q);
    purge(ITG_TYPE_PROFILE, q);
    char *after = fixture_fingerprint(fx.itg);
    ck_assert_str_eq(before, after);
    ck_assert(exists(p) && !exists(q));
    free(before);
    free(after);
}
END_TEST

START_TEST(only_items_can_be_purged)
{
    int64_t a = make_directory(TC_DIR, "a", -1), b = make_directory(TC_DIR, "b", a);
    int64_t tc = make_thinclient("00E0C5000001", b, 1), live = make_thinclient("00E0C5000002", -1, 1);
    put(TC_DIR, a);
    assert_refused(itg_bin_purge(fx.itg, TC, live, &fx.failure), ITG_E_INVALID_BODY);
    assert_refused(itg_bin_purge(fx.itg, TC, tc, &fx.failure), ITG_E_INVALID_BODY);
    ck_assert_int_eq(itg_bin_purge(fx.itg, TC_DIR, b, &fx.failure), ITG_E_INVALID_BODY);
    char detail[128];
    snprintf(detail, sizeof detail, "object %lld is in the recycle bin as a part of %lld", (long long)b,
             (long long)a);
    ck_assert_str_eq(fx.failure.detail, detail);
    ck_assert_str_eq(fx.failure.trace, "[itg_bin_purge]");
    itg_failure_clear(&fx.failure);
    purge(TC_DIR, a);
    assert_refused(itg_bin_purge(fx.itg, TC_DIR, a, &fx.failure), ITG_E_DIRECTORY_NOT_FOUND);
    assert_refused(itg_bin_restore(fx.itg, TC_DIR, a, &fx.failure), ITG_E_DIRECTORY_NOT_FOUND);
}
END_TEST

/* A directory can only be gone with all that lay below it: what shall stay is taken out first. */
START_TEST(what_was_taken_out_of_an_item_outlives_it)
{
    int64_t a = make_directory(TC_DIR, "a", -1), b = make_directory(TC_DIR, "b", a);
    int64_t tc = make_thinclient("00E0C5000001", b, 1), lost = make_thinclient("00E0C5000002", a, 1);
    put(TC, lost);
    put(TC_DIR, a);
    restore(TC_DIR, b);
    purge(TC_DIR, a);
    assert_dir(b, ITG_ROOT_THINCLIENTS, 0);
    assert_tc(tc, b, 0);
    assert_refused(itg_bin_restore(fx.itg, TC, lost, &fx.failure), ITG_E_THINCLIENT_NOT_FOUND);
}
END_TEST

START_TEST(a_rule_keeps_its_target)
{
    int64_t a = make_directory(TC_DIR, "a", -1), b = make_directory(TC_DIR, "b", a), rule = 0;
    int64_t tc = make_thinclient("00E0C5000001", -1, 1);
    assert_ok(itg_rule_create(fx.itg, 0, -1, "site==X", b, 0, &rule, &fx.failure));
    put(TC_DIR, a);
    put(TC, tc);
    assert_refused(itg_bin_purge(fx.itg, TC_DIR, a, &fx.failure), ITG_E_DIRECTORY_HAS_RULE);
    assert_refused(itg_bin_empty(fx.itg, NULL, &fx.failure), ITG_E_DIRECTORY_HAS_RULE);
    purge(TC, tc);
    assert_ok(itg_rule_delete(fx.itg, rule, &fx.failure));
    purge(TC_DIR, a);
    ck_assert(!exists(a) && !exists(b));
}
END_TEST

START_TEST(the_bin_is_emptied)
{
    int64_t objects = -1;
    int64_t stays = make_thinclient("00E0C5000003", -1, 1);
    char *before = fixture_fingerprint(fx.itg);
    assert_ok(itg_bin_empty(fx.itg, &objects, &fx.failure));
    ck_assert_int_eq(objects, 0);
    /* Moved so that an item lies below one with a higher id: it goes with that. */
    int64_t low = make_thinclient("00E0C5000001", -1, 1), a = make_directory(TC_DIR, "a", -1);
    int64_t p = make_profile(ITG_TYPE_MASTERPROFILE, "p", ITG_ROOT_MASTERPROFILES, 1);
    itg_move_entry_t entry = {.id = low};
    assert_ok(itg_move(fx.itg, TC_DIR, a, &entry, 1, &fx.failure));
    make_directory(TC_DIR, "b", a);
    put(TC, low);
    put(TC_DIR, a);
    put(ITG_TYPE_MASTERPROFILE, p);
    assert_ok(itg_bin_empty(fx.itg, &objects, &fx.failure));
    ck_assert_int_eq(objects, 4); /* low, a, b, p */
    ck_assert_str_eq(items(0), "");
    char *after = fixture_fingerprint(fx.itg);
    ck_assert_str_eq(before, after);
    ck_assert(exists(stays));
    free(before);
    free(after);
    assert_ok(itg_bin_empty(fx.itg, NULL, &fx.failure));
}
END_TEST

START_TEST(types_are_told_by_ids)
{
    itg_type_t type = (itg_type_t)0;
    int64_t tc = make_thinclient("00E0C5000001", -1, 1);
    assert_ok(itg_object_type(fx.itg, tc, &type, &fx.failure));
    ck_assert_int_eq(type, TC);
    assert_ok(itg_object_type(fx.itg, ITG_ROOT_MASTERPROFILES, &type, &fx.failure));
    ck_assert_int_eq(type, ITG_TYPE_MASTERPROFILE_DIRECTORY);
    assert_code(itg_object_type(fx.itg, 0, &type, &fx.failure), ITG_E_NO_HANDLER);
    assert_code(itg_object_type(fx.itg, tc, NULL, &fx.failure), ITG_E_INVALID_BODY);
    assert_code(itg_object_type(NULL, tc, &type, &fx.failure), ITG_E_INVALID_BODY);
    ck_assert_int_eq(type, ITG_TYPE_MASTERPROFILE_DIRECTORY);
}
END_TEST

START_TEST(a_viewer_sees_the_bin_and_changes_nothing)
{
    itg_t *viewer = NULL;
    char text[ITEMS_SIZE] = "";
    int64_t tc = make_thinclient("00E0C5000001", -1, 1);
    put(TC, tc);
    assert_ok(itg_user_create(fx.itg, "v", ITG_ROLE_VIEWER, "password", NULL, &fx.failure));
    assert_ok(itg_as(fx.itg, "v", &viewer, &fx.failure));
    assert_ok(itg_bin_each(viewer, 0, add_item, text, &fx.failure));
    ck_assert_str_eq(text, items(0));
    assert_refused(itg_bin_put(viewer, TC, tc, &fx.failure), ITG_E_ACCESS_DENIED);
    assert_refused(itg_bin_restore(viewer, TC, tc, &fx.failure), ITG_E_ACCESS_DENIED);
    assert_refused(itg_bin_purge(viewer, TC, tc, &fx.failure), ITG_E_ACCESS_DENIED);
    assert_refused(itg_bin_empty(viewer, NULL, &fx.failure), ITG_E_ACCESS_DENIED);
    itg_close(viewer);
}
END_TEST

/* ---- against a slow, obvious bin: every object's place is looked at by itself */

enum { MODEL_DIRECTORIES = 14, MODEL_OBJECTS = 30, MODEL_STEPS = 120 };

static struct {
    int64_t id;
    int parent; /* index; -1: the root */
    int bin;    /* index of the item it is in the bin with; -1: it is not there */
    bool gone;
} model[MODEL_OBJECTS];

static itg_type_t type_at(int i)
{
    return i < MODEL_DIRECTORIES ? TC_DIR : TC;
}

static bool lies_below(int i, int top)
{
    for (; i >= 0; i = model[i].parent)
        if (i == top)
            return true;
    return false;
}

/* All from i up to top, both included, satisfy what put and restore ask of those on the way. */
static bool way_is(int i, int top, int bin)
{
    for (; i != top; i = model[i].parent)
        if (model[i].bin != bin)
            return false;
    return model[top].bin == bin;
}

static void model_put(int top)
{
    bool goes[MODEL_OBJECTS] = {false};
    if (model[top].bin >= 0)
        return;
    for (int i = 0; i < MODEL_OBJECTS; i++)
        goes[i] = !model[i].gone && lies_below(i, top) && way_is(i, top, -1);
    for (int i = 0; i < MODEL_OBJECTS; i++)
        model[i].bin = goes[i] ? top : model[i].bin;
}

static void model_restore(int top)
{
    bool comes[MODEL_OBJECTS] = {false};
    int bin = model[top].bin;
    if (bin < 0)
        return;
    for (int i = 0; i < MODEL_OBJECTS; i++)
        comes[i] = !model[i].gone && lies_below(i, top) && way_is(i, top, bin);
    for (int i = 0; i < MODEL_OBJECTS; i++)
        model[i].bin = comes[i] ? -1 : model[i].bin;
    if (model[top].parent >= 0 && model[model[top].parent].bin >= 0)
        model[top].parent = -1;
}

static void model_purge(int top)
{
    bool goes[MODEL_OBJECTS] = {false};
    for (int i = 0; i < MODEL_OBJECTS; i++)
        goes[i] = lies_below(i, top);
    for (int i = 0; i < MODEL_OBJECTS; i++)
        model[i].gone |= goes[i];
}

static void model_make(void)
{
    for (int i = 0; i < MODEL_OBJECTS; i++) {
        char name[16];
        int parent = rand() % (i < MODEL_DIRECTORIES ? i + 1 : MODEL_DIRECTORIES + 1) - 1;
        int64_t parent_id = parent < 0 ? ITG_ROOT_THINCLIENTS : model[parent].id;
        snprintf(name, sizeof name, "00E0C5%06X", (unsigned)rand() % 0x1000000);
        model[i].parent = parent;
        model[i].bin = -1;
        model[i].gone = false;
        model[i].id = i < MODEL_DIRECTORIES ? make_directory(TC_DIR, name, parent_id)
                                            : make_thinclient(name, parent_id, 1);
    }
}

static void model_compare(void)
{
    char wanted[1024] = "";
    for (int i = 0; i < MODEL_OBJECTS; i++) {
        ck_assert_int_eq(exists(model[i].id), !model[i].gone);
        if (model[i].gone)
            continue;
        int64_t parent_id = model[i].parent < 0 ? ITG_ROOT_THINCLIENTS : model[model[i].parent].id;
        (type_at(i) == TC ? assert_tc : assert_dir)(model[i].id, parent_id, model[i].bin >= 0);
        if (model[i].bin == i)
            snprintf(wanted + strlen(wanted), sizeof wanted - strlen(wanted), "%lld ",
                     (long long)model[i].id);
    }
    char got[1024] = "";
    const char *list = items(0);
    for (const char *line = list; *line; line = strchr(line, '\n') + 1)
        snprintf(got + strlen(got), sizeof got - strlen(got), "%lld ", strtoll(line, NULL, 10));
    ck_assert_str_eq(got, wanted);
}

static void model_step(void)
{
    int i = rand() % MODEL_OBJECTS, what = rand() % 8;
    if (model[i].gone)
        return;
    if (what < 4) {
        put(type_at(i), model[i].id);
        model_put(i);
    } else if (what < 7) {
        restore(type_at(i), model[i].id);
        model_restore(i);
    } else if (model[i].bin == i) {
        purge(type_at(i), model[i].id);
        model_purge(i);
    } else {
        assert_code(itg_bin_purge(fx.itg, type_at(i), model[i].id, &fx.failure), ITG_E_INVALID_BODY);
    }
}

START_TEST(random_trees_agree_with_a_slow_bin)
{
    for (unsigned seed = 1; seed <= 12; seed++) {
        srand(seed);
        model_make();
        for (int step = 0; step < MODEL_STEPS; step++) {
            model_step();
            if (step % 4 == 0)
                model_compare();
        }
        model_compare();
        assert_ok(itg_bin_empty(fx.itg, NULL, &fx.failure));
        for (int i = 0; i < MODEL_OBJECTS; i++)
            ck_assert_int_eq(exists(model[i].id), !model[i].gone && model[i].bin < 0);
        fixture_assert_sound(fx.itg);
    }
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
        assert_refused(itg_bin_purge(fx.itg, cases[i].type, cases[i].id, &fx.failure), cases[i].error);
    }
    assert_code(itg_bin_put(NULL, TC, tc, &fx.failure), ITG_E_INVALID_BODY);
    assert_code(itg_bin_restore(NULL, TC, tc, &fx.failure), ITG_E_INVALID_BODY);
    assert_code(itg_bin_purge(NULL, TC, tc, &fx.failure), ITG_E_INVALID_BODY);
    assert_code(itg_bin_empty(NULL, NULL, &fx.failure), ITG_E_INVALID_BODY);
    assert_code(itg_bin_each(NULL, 0, add_item, NULL, &fx.failure), ITG_E_INVALID_BODY);
    assert_code(itg_bin_each(fx.itg, 0, NULL, NULL, &fx.failure), ITG_E_INVALID_BODY);
}
END_TEST

SUITE("bin", with_firmware, a_thin_client_goes_in_and_out, a_profile_goes_in_and_out,
      a_directory_takes_along_what_is_below_it, what_was_in_the_bin_before_its_directory_stays_there,
      an_item_whose_directory_is_binned_comes_out_at_the_root, a_part_of_an_item_comes_out_alone_at_the_root,
      two_items_of_one_directory_keep_apart, the_list_holds_items_alone, a_walk_ends_when_it_is_told_to,
      a_purge_leaves_nothing, a_purged_profile_takes_its_assignments_along, only_items_can_be_purged,
      what_was_taken_out_of_an_item_outlives_it, a_rule_keeps_its_target, the_bin_is_emptied,
      types_are_told_by_ids, a_viewer_sees_the_bin_and_changes_nothing, random_trees_agree_with_a_slow_bin,
      unknown_and_wrong_ones_are_refused_by_their_type)
