/* Assignments: making and taking away, and the order in which they reach a thin client. */
#include "fixture.h"
#include <string.h>

#define TC     ITG_TYPE_THINCLIENT
#define TC_DIR ITG_TYPE_THINCLIENT_DIRECTORY
#define P      ITG_TYPE_PROFILE
#define M      ITG_TYPE_MASTERPROFILE

/* The fleet of these tests:
 *
 *     root -1: "Thin Clients"
 *       above
 *         below
 *           tc
 *       beside
 *
 * and standard profiles p[0..3], master profiles m[0..3] with ascending ids. */
static int64_t above, below, beside, tc, p[4], m[4];

static void with_tree(void)
{
    fixture_memory();
    int64_t firmware = make_firmware("11.3.100.1");
    above = make_directory(TC_DIR, "above", ITG_ROOT_THINCLIENTS);
    below = make_directory(TC_DIR, "below", above);
    beside = make_directory(TC_DIR, "beside", ITG_ROOT_THINCLIENTS);
    tc = make_thinclient("00E0C5000001", below, firmware);
    for (size_t i = 0; i < 4; i++) {
        p[i] = make_profile(P, "p", ITG_ROOT_PROFILES, firmware);
        m[i] = make_profile(M, "m", ITG_ROOT_MASTERPROFILES, firmware);
    }
}

static itg_error_t assign(int64_t assignee, itg_type_t assignee_type, int64_t receiver,
                          itg_type_t receiver_type)
{
    const itg_assignment_t assignment = {assignee, assignee_type, receiver, receiver_type};
    return itg_assignment_create(fx.itg, &assignment, 1, &fx.failure);
}

static itg_error_t take_away(int64_t assignee, itg_type_t assignee_type, int64_t receiver,
                             itg_type_t receiver_type)
{
    const itg_assignment_t assignment = {assignee, assignee_type, receiver, receiver_type};
    return itg_assignment_delete(fx.itg, &assignment, &fx.failure);
}

struct walk {
    itg_assignment_t items[16];
    size_t count, stop_after;
};

static int32_t collect(void *ctx, const itg_assignment_t *assignment, int32_t position)
{
    struct walk *walk = ctx;
    ck_assert_int_eq(position, (int32_t)walk->count);
    ck_assert_uint_lt(walk->count, COUNT_OF(walk->items));
    walk->items[walk->count++] = *assignment;
    return walk->count == walk->stop_after;
}

/* What reaches a receiver, as pairs of assignee and receiver. */
static void assert_reaching(itg_type_t type, int64_t id, const int64_t (*pairs)[2], size_t count)
{
    struct walk walk = {.count = 0};
    assert_ok(itg_assignment_reaching(fx.itg, type, id, collect, &walk, &fx.failure));
    ck_assert_uint_eq(walk.count, count);
    for (size_t i = 0; i < count; i++) {
        ck_assert_msg(walk.items[i].assignee_id == pairs[i][0] && walk.items[i].receiver_id == pairs[i][1],
                      "at %zu: %lld at %lld, expected %lld at %lld", i, (long long)walk.items[i].assignee_id,
                      (long long)walk.items[i].receiver_id, (long long)pairs[i][0], (long long)pairs[i][1]);
        bool at_tc = walk.items[i].receiver_id == tc;
        ck_assert_int_eq(walk.items[i].receiver_type, at_tc ? TC : TC_DIR);
    }
}
#define ASSERT_REACHING(type, id, ...)                           \
    do {                                                         \
        const int64_t pairs_[][2] = {__VA_ARGS__};               \
        assert_reaching((type), (id), pairs_, COUNT_OF(pairs_)); \
    } while (0)

static void assert_nothing_reaches(itg_type_t type, int64_t id)
{
    assert_reaching(type, id, NULL, 0);
}

START_TEST(nothing_reaches_a_fresh_thin_client)
{
    assert_nothing_reaches(TC, tc);
    assert_nothing_reaches(TC_DIR, below);
}
END_TEST

START_TEST(order_is_own_then_inherited_then_the_same_for_master_profiles)
{
    /* Assigned in an order that is neither by id nor by place: */
    assert_ok(assign(m[1], M, tc, TC));
    assert_ok(assign(p[0], P, above, TC_DIR));
    assert_ok(assign(p[3], P, tc, TC));
    assert_ok(assign(m[0], M, above, TC_DIR));
    assert_ok(assign(p[2], P, below, TC_DIR));
    assert_ok(assign(p[1], P, tc, TC));
    assert_ok(assign(p[1], P, above, TC_DIR));
    assert_ok(assign(m[3], M, below, TC_DIR));
    assert_ok(assign(m[2], M, below, TC_DIR));
    assert_ok(assign(p[0], P, beside, TC_DIR));
    /* By hand. Standard profiles: the thin client's own by profile id: p1, p3. Its directory's: p2. The one
     * above: p0, p1 (p1 again: it is another assignment). Then master profiles: own m1; directory m2, m3;
     * above m0. What is at `beside` does not reach it. */
    ASSERT_REACHING(TC, tc, {p[1], tc}, {p[3], tc}, {p[2], below}, {p[0], above}, {p[1], above}, {m[1], tc},
                    {m[2], below}, {m[3], below}, {m[0], above});
    /* The same from `below`: all that begins there or above. */
    ASSERT_REACHING(TC_DIR, below, {p[2], below}, {p[0], above}, {p[1], above}, {m[2], below}, {m[3], below},
                    {m[0], above});
    ASSERT_REACHING(TC_DIR, above, {p[0], above}, {p[1], above}, {m[0], above});
    ASSERT_REACHING(TC_DIR, beside, {p[0], beside});
}
END_TEST

START_TEST(a_moved_thin_client_inherits_from_its_new_place)
{
    assert_ok(assign(p[0], P, below, TC_DIR));
    assert_ok(assign(p[1], P, beside, TC_DIR));
    ASSERT_REACHING(TC, tc, {p[0], below});
    itg_move_entry_t entry = {.id = tc, .type = TC};
    assert_ok(itg_move(fx.itg, TC_DIR, beside, &entry, 1, &fx.failure));
    ASSERT_REACHING(TC, tc, {p[1], beside});
}
END_TEST

START_TEST(binned_profiles_sleep)
{
    assert_ok(assign(p[0], P, tc, TC));
    assert_ok(assign(p[1], P, tc, TC));
    assert_ok(itg_bin_put(fx.itg, P, p[0], &fx.failure));
    ASSERT_REACHING(TC, tc, {p[1], tc});
    assert_ok(itg_bin_restore(fx.itg, P, p[0], &fx.failure));
    ASSERT_REACHING(TC, tc, {p[0], tc}, {p[1], tc});
}
END_TEST

START_TEST(a_walk_can_be_ended)
{
    assert_ok(assign(p[0], P, tc, TC));
    assert_ok(assign(p[1], P, tc, TC));
    struct walk walk = {.stop_after = 1};
    assert_ok(itg_assignment_reaching(fx.itg, TC, tc, collect, &walk, &fx.failure));
    ck_assert_uint_eq(walk.count, 1);
}
END_TEST

START_TEST(reaching_needs_a_receiver)
{
    struct walk walk = {.count = 0};
    const int64_t not_tcs[] = {0, above, p[0], 99999, INT64_MAX, ITG_ROOT_THINCLIENTS};
    const int64_t not_dirs[] = {0, tc, p[0], 99999, INT64_MIN};
    for (size_t i = 0; i < COUNT_OF(not_tcs); i++)
        assert_code(itg_assignment_reaching(fx.itg, TC, not_tcs[i], collect, &walk, &fx.failure),
                    ITG_E_THINCLIENT_NOT_FOUND);
    for (size_t i = 0; i < COUNT_OF(not_dirs); i++)
        assert_code(itg_assignment_reaching(fx.itg, TC_DIR, not_dirs[i], collect, &walk, &fx.failure),
                    ITG_E_DIRECTORY_NOT_FOUND);
    assert_code(itg_assignment_reaching(fx.itg, TC_DIR, ITG_ROOT_THINCLIENTS, collect, &walk, &fx.failure),
                ITG_E_INVALID_RECEIVER);
    ck_assert_uint_eq(walk.count, 0);
}
END_TEST

START_TEST(create_of_none_is_fine)
{
    char *before = fixture_fingerprint(fx.itg);
    assert_ok(itg_assignment_create(fx.itg, NULL, 0, &fx.failure));
    fixture_assert_unchanged(before, "create of none", __FILE__, __LINE__);
}
END_TEST

START_TEST(assignees_must_be_profiles_of_the_type_said)
{
    struct {
        int64_t id;
        itg_type_t type;
    } bad[] = {{p[0], M},
               {m[0], P},
               {tc, P},
               {above, P},
               {0, P},
               {99999, P},
               {INT64_MAX, M},
               {tc, TC},
               {p[0], TC},
               {p[0], 0},
               {p[0], (itg_type_t)7},
               {ITG_ROOT_PROFILES, P}};
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        assert_refused(assign(bad[i].id, bad[i].type, tc, TC), ITG_E_INVALID_ASSIGNMENT);
}
END_TEST

START_TEST(receivers_must_be_of_the_type_said_and_no_root)
{
    struct {
        int64_t id;
        itg_type_t type;
    } bad[] = {{tc, TC_DIR},
               {above, TC},
               {p[1], P},
               {p[1], TC},
               {0, TC},
               {99999, TC},
               {99999, TC_DIR},
               {ITG_ROOT_THINCLIENTS, TC_DIR},
               {ITG_ROOT_THINCLIENTS, TC},
               {ITG_ROOT_PROFILES, ITG_TYPE_PROFILE_DIRECTORY},
               {tc, 0},
               {tc, (itg_type_t)7}};
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        assert_refused(assign(p[0], P, bad[i].id, bad[i].type), ITG_E_INVALID_RECEIVER);
}
END_TEST

START_TEST(what_is_in_the_bin_is_not_assigned)
{
    assert_ok(itg_bin_put(fx.itg, P, p[0], &fx.failure));
    assert_refused(assign(p[0], P, tc, TC), ITG_E_PROFILE_IN_BIN);
    assert_ok(itg_bin_put(fx.itg, TC_DIR, above, &fx.failure));
    assert_refused(assign(p[1], P, above, TC_DIR), ITG_E_DIRECTORY_IN_BIN);
    assert_refused(assign(p[1], P, below, TC_DIR), ITG_E_DIRECTORY_IN_BIN);
    assert_refused(assign(p[1], P, tc, TC), ITG_E_THINCLIENT_IN_BIN);
}
END_TEST

START_TEST(an_assignment_is_made_once)
{
    assert_ok(assign(p[0], P, tc, TC));
    assert_refused(assign(p[0], P, tc, TC), ITG_E_DUPLICATE);
    const itg_assignment_t twice[] = {{p[1], P, tc, TC}, {p[2], P, tc, TC}, {p[1], P, tc, TC}};
    assert_refused(itg_assignment_create(fx.itg, twice, 3, &fx.failure), ITG_E_DUPLICATE);
    ASSERT_REACHING(TC, tc, {p[0], tc});
}
END_TEST

START_TEST(a_list_is_assigned_whole_or_not)
{
    const itg_assignment_t last_is_bad[] = {
        {p[0], P, tc, TC}, {m[0], M, below, TC_DIR}, {p[1], P, 99999, TC}};
    assert_refused(itg_assignment_create(fx.itg, last_is_bad, 3, &fx.failure), ITG_E_INVALID_RECEIVER);
    assert_nothing_reaches(TC, tc);
    assert_ok(itg_assignment_create(fx.itg, last_is_bad, 2, &fx.failure));
    ASSERT_REACHING(TC, tc, {p[0], tc}, {m[0], below});
}
END_TEST

START_TEST(delete_takes_one_away)
{
    assert_ok(assign(p[0], P, tc, TC));
    assert_ok(assign(p[0], P, below, TC_DIR));
    assert_ok(take_away(p[0], P, tc, TC));
    ASSERT_REACHING(TC, tc, {p[0], below});
    assert_refused(take_away(p[0], P, tc, TC), ITG_E_INVALID_ASSIGNMENT);
}
END_TEST

START_TEST(delete_needs_the_right_types)
{
    assert_ok(assign(p[0], P, tc, TC));
    assert_refused(take_away(p[0], M, tc, TC), ITG_E_INVALID_ASSIGNMENT);
    assert_refused(take_away(p[0], P, tc, TC_DIR), ITG_E_INVALID_ASSIGNMENT);
    assert_refused(take_away(p[1], P, tc, TC), ITG_E_INVALID_ASSIGNMENT);
    assert_refused(take_away(p[0], P, below, TC_DIR), ITG_E_INVALID_ASSIGNMENT);
    assert_refused(take_away(99999, P, 99998, TC), ITG_E_INVALID_ASSIGNMENT);
}
END_TEST

START_TEST(receivers_are_direct_ones_by_id)
{
    int64_t second = make_thinclient("00E0C5000002", beside, 1);
    assert_ok(assign(p[0], P, second, TC));
    assert_ok(assign(p[0], P, tc, TC));
    assert_ok(assign(p[0], P, beside, TC_DIR));
    assert_ok(assign(p[0], P, above, TC_DIR));
    struct walk tcs = {.count = 0}, dirs = {.count = 0}, one = {.stop_after = 1};
    assert_ok(itg_assignment_receivers(fx.itg, P, p[0], TC, collect, &tcs, &fx.failure));
    ck_assert(tcs.count == 2 && tcs.items[0].receiver_id == tc && tcs.items[1].receiver_id == second);
    ck_assert(tcs.items[0].assignee_id == p[0] && tcs.items[0].assignee_type == P);
    ck_assert_int_eq(tcs.items[0].receiver_type, TC);
    assert_ok(itg_assignment_receivers(fx.itg, P, p[0], TC_DIR, collect, &dirs, &fx.failure));
    ck_assert(dirs.count == 2 && dirs.items[0].receiver_id == above && dirs.items[1].receiver_id == beside);
    assert_ok(itg_assignment_receivers(fx.itg, P, p[0], TC, collect, &one, &fx.failure));
    ck_assert_uint_eq(one.count, 1);
}
END_TEST

START_TEST(receivers_of_an_unknown_profile)
{
    struct walk walk = {.count = 0};
    const int64_t ids[] = {0, 99999, tc, m[0], INT64_MAX};
    for (size_t i = 0; i < COUNT_OF(ids); i++)
        assert_code(itg_assignment_receivers(fx.itg, P, ids[i], TC, collect, &walk, &fx.failure),
                    ITG_E_NO_HANDLER);
    ck_assert_uint_eq(walk.count, 0);
}
END_TEST

START_TEST(missing_parameters_are_refused)
{
    const itg_assignment_t assignment = {p[0], P, tc, TC};
    assert_code(itg_assignment_create(NULL, &assignment, 1, &fx.failure), ITG_E_INVALID_BODY);
    assert_refused(itg_assignment_create(fx.itg, NULL, 1, &fx.failure), ITG_E_INVALID_BODY);
    assert_refused(itg_assignment_delete(fx.itg, NULL, &fx.failure), ITG_E_INVALID_BODY);
    assert_code(itg_assignment_receivers(fx.itg, P, p[0], TC, NULL, NULL, &fx.failure), ITG_E_INVALID_BODY);
    assert_code(itg_assignment_reaching(fx.itg, TC, tc, NULL, NULL, &fx.failure), ITG_E_INVALID_BODY);
}
END_TEST

SUITE("assignment", with_tree, nothing_reaches_a_fresh_thin_client,
      order_is_own_then_inherited_then_the_same_for_master_profiles,
      a_moved_thin_client_inherits_from_its_new_place, binned_profiles_sleep, a_walk_can_be_ended,
      reaching_needs_a_receiver, create_of_none_is_fine, assignees_must_be_profiles_of_the_type_said,
      receivers_must_be_of_the_type_said_and_no_root, what_is_in_the_bin_is_not_assigned,
      an_assignment_is_made_once, a_list_is_assigned_whole_or_not, delete_takes_one_away,
      delete_needs_the_right_types, receivers_are_direct_ones_by_id, receivers_of_an_unknown_profile,
      missing_parameters_are_refused)
