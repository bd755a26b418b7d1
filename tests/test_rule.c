/* Default directory rules: the tree of rules, and where they file thin clients. */
#include "fixture.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OVERRIDE ITG_RULE_OVERRIDE_MEMBERSHIP
#define AT_BOOT  ITG_RULE_AT_BOOT
#define LEAVE    ITG_RULE_LEAVE_BELOW
#define DEMAND   ITG_RULE_ON_DEMAND

/* Each case's fleet: directories A (with A1 in it, and A11 in that), B and C; thin clients r in the root, a
 * in A, a1 in A1, b in B, and x in A and in the recycle bin. */
static struct {
    int64_t A, A1, A11, B, C;
    int64_t r, a, a1, b, x;
} id;

static int64_t directory(const char *name, int64_t parent)
{
    return make_directory(ITG_TYPE_THINCLIENT_DIRECTORY, name, parent);
}

static void with_fleet(void)
{
    fixture_memory();
    int64_t firmware = make_firmware("1");
    id.A = directory("A", ITG_ROOT_THINCLIENTS);
    id.A1 = directory("A1", id.A);
    id.A11 = directory("A11", id.A1);
    id.B = directory("B", ITG_ROOT_THINCLIENTS);
    id.C = directory("C", ITG_ROOT_THINCLIENTS);
    id.r = make_thinclient("00E0C5000001", ITG_ROOT_THINCLIENTS, firmware);
    id.a = make_thinclient("00E0C5000002", id.A, firmware);
    id.a1 = make_thinclient("00E0C5000003", id.A1, firmware);
    id.b = make_thinclient("00E0C5000004", id.B, firmware);
    id.x = make_thinclient("00E0C5000005", id.A, firmware);
    assert_ok(itg_bin_put(fx.itg, ITG_TYPE_THINCLIENT, id.x, &fx.failure));
}

static int64_t rule_at(int64_t parent, int64_t position, const char *expression, int64_t target,
                       uint32_t flags)
{
    int64_t rule = 0;
    assert_ok(itg_rule_create(fx.itg, parent, position, expression, target, flags, &rule, &fx.failure));
    return rule;
}

static int64_t rule(int64_t parent, const char *expression, int64_t target, uint32_t flags)
{
    return rule_at(parent, -1, expression, target, flags);
}

/* Matches one thin client. */
static const char *only(int64_t thinclient)
{
    static char text[32];
    snprintf(text, sizeof text, "id==%lld", (long long)thinclient);
    return text;
}

/* --- the tree --- */

struct listing {
    char text[1024];
    size_t left;
};

/* "7.0" is the rule with the position 0 among the children of 7. */
static int32_t list_rule(void *ctx, const itg_rule_t *r)
{
    struct listing *listing = ctx;
    size_t length = strlen(listing->text);
    snprintf(listing->text + length, sizeof listing->text - length, "%s%s:%lld.%lld", length ? " " : "",
             r->expression + strlen("site=="), (long long)r->parent_id, (long long)r->position);
    return listing->left > 0 && --listing->left == 0;
}

static const char *tree(void)
{
    static struct listing listing;
    listing = (struct listing){.left = 0};
    assert_ok(itg_rule_each(fx.itg, list_rule, &listing, &fx.failure));
    return listing.text;
}

static void assert_tree(const char *format, ...) __attribute__((format(printf, 1, 2)));
static void assert_tree(const char *format, ...)
{
    char wanted[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(wanted, sizeof wanted, format, args);
    va_end(args);
    ck_assert_str_eq(tree(), wanted);
}

START_TEST(positions_order_siblings)
{
    rule_at(0, -1, "site==b", 0, 0);
    rule_at(0, 0, "site==a", 0, 0);
    rule_at(0, 2, "site==d", 0, 0);
    rule_at(0, 2, "site==c", 0, 0);
    rule_at(0, 99, "site==e", 0, 0);
    assert_tree("a:0.0 b:0.1 c:0.2 d:0.3 e:0.4");
}
END_TEST

START_TEST(children_follow_their_parent)
{
    int64_t a = rule(0, "site==a", id.A, 0), b = rule(0, "site==b", id.B, 0);
    int64_t c = rule(a, "site==c", 0, 0);
    rule(c, "site==d", 0, 0);
    rule(a, "site==e", 0, 0);
    rule(b, "site==f", 0, 0);
    assert_tree("a:0.0 c:%lld.0 d:%lld.0 e:%lld.1 b:0.1 f:%lld.0", (long long)a, (long long)c, (long long)a,
                (long long)b);
    struct listing listing = {.left = 2};
    assert_ok(itg_rule_each(fx.itg, list_rule, &listing, &fx.failure));
    ck_assert_uint_eq(listing.left, 0);
}
END_TEST

START_TEST(a_rule_is_kept)
{
    int64_t top = rule(0, "site==a", 0, 0), child = rule(top, "site==b", id.A, OVERRIDE | LEAVE);
    itg_rule_t *got = NULL;
    assert_ok(itg_rule_get(fx.itg, child, &got, &fx.failure));
    ck_assert_int_eq(got->id, child);
    ck_assert_int_eq(got->parent_id, top);
    ck_assert_int_eq(got->position, 0);
    ck_assert_int_eq(got->target_id, id.A);
    ck_assert_uint_eq(got->flags, OVERRIDE | LEAVE);
    ck_assert_str_eq(got->expression, "site==b");
    itg_rule_free(got);
    assert_ok(itg_rule_create(fx.itg, 0, 0, "id==1", ITG_ROOT_THINCLIENTS, 7, NULL, &fx.failure));
}
END_TEST

/* a b c d: b is taken out, which closes its gap, and put in at the position. */
START_TEST(an_update_moves_among_siblings)
{
    rule(0, "site==a", 0, 0);
    int64_t b = rule(0, "site==b", 0, 0);
    rule(0, "site==c", 0, 0);
    rule(0, "site==d", 0, 0);
    static const struct {
        int64_t position;
        const char *wanted;
    } cases[] = {{0, "b:0.0 a:0.1 c:0.2 d:0.3"},
                 {3, "a:0.0 c:0.1 d:0.2 b:0.3"},
                 {1, "a:0.0 b:0.1 c:0.2 d:0.3"},
                 {-1, "a:0.0 c:0.1 d:0.2 b:0.3"},
                 {2, "a:0.0 c:0.1 b:0.2 d:0.3"}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        assert_ok(itg_rule_update(fx.itg, b, 0, cases[i].position, NULL, 0, 0, &fx.failure));
        assert_tree("%s", cases[i].wanted);
    }
}
END_TEST

START_TEST(an_update_takes_the_children_along)
{
    int64_t a = rule(0, "site==a", 0, 0), b = rule(0, "site==b", 0, 0), c = rule(b, "site==c", 0, 0);
    rule(c, "site==d", 0, 0);
    assert_ok(itg_rule_update(fx.itg, c, a, 0, "site==z", id.B, AT_BOOT, &fx.failure));
    assert_tree("a:0.0 z:%lld.0 d:%lld.0 b:0.1", (long long)a, (long long)c);
    itg_rule_t *got = NULL;
    assert_ok(itg_rule_get(fx.itg, c, &got, &fx.failure));
    ck_assert_int_eq(got->target_id, id.B);
    ck_assert_uint_eq(got->flags, AT_BOOT);
    itg_rule_free(got);
}
END_TEST

START_TEST(a_deletion_takes_the_children_along)
{
    int64_t a = rule(0, "site==a", 0, 0), b = rule(0, "site==b", id.A, 0), c = rule(b, "site==c", id.B, 0);
    rule(c, "site==d", 0, 0);
    rule(0, "site==e", 0, 0);
    assert_ok(itg_rule_delete(fx.itg, b, &fx.failure));
    assert_tree("a:0.0 e:0.1");
    assert_ok(itg_rule_delete(fx.itg, a, &fx.failure));
    assert_tree("e:0.0");
}
END_TEST

START_TEST(rings_are_refused)
{
    int64_t a = rule(0, "site==a", 0, 0), b = rule(a, "site==b", 0, 0), c = rule(b, "site==c", 0, 0);
    assert_refused(itg_rule_update(fx.itg, a, a, 0, NULL, 0, 0, &fx.failure), ITG_E_INVALID_BODY);
    assert_refused(itg_rule_update(fx.itg, a, b, 0, NULL, 0, 0, &fx.failure), ITG_E_INVALID_BODY);
    assert_refused(itg_rule_update(fx.itg, a, c, 0, NULL, 0, 0, &fx.failure), ITG_E_INVALID_BODY);
    assert_tree("a:0.0 b:%lld.0 c:%lld.0", (long long)a, (long long)b);
}
END_TEST

START_TEST(the_depth_has_a_limit)
{
    enum { LAST = ITG_LIMIT_RULE_DEPTH + 1 }; /* has that many above it */
    int64_t chain[LAST + 1] = {0}, new_id = -77;
    for (int i = 1; i <= LAST; i++)
        chain[i] = rule(chain[i - 1], "site==a", 0, 0);
    assert_refused(itg_rule_create(fx.itg, chain[LAST], 0, "site==a", 0, 0, &new_id, &fx.failure),
                   ITG_E_PARENT_NOT_FOUND);
    ck_assert_int_eq(new_id, -77);
    /* Two levels fit below the last but two, and not below the last but one. */
    int64_t top = rule(0, "site==a", 0, 0);
    rule(top, "site==a", 0, 0);
    assert_refused(itg_rule_update(fx.itg, top, chain[LAST - 1], 0, NULL, 0, 0, &fx.failure),
                   ITG_E_PARENT_NOT_FOUND);
    assert_ok(itg_rule_update(fx.itg, top, chain[LAST - 2], 0, NULL, 0, 0, &fx.failure));
}
END_TEST

START_TEST(bad_rules_are_refused)
{
    int64_t profiles = make_directory(ITG_TYPE_PROFILE_DIRECTORY, "p", ITG_ROOT_PROFILES);
    int64_t known = rule(0, "site==a", id.A, OVERRIDE);
    assert_ok(itg_bin_put(fx.itg, ITG_TYPE_THINCLIENT_DIRECTORY, id.C, &fx.failure));
    const struct {
        int64_t parent;
        const char *expression;
        int64_t target;
        uint32_t flags;
        itg_error_t error;
    } cases[] = {
        {0, "", 0, 0, ITG_E_INVALID_BODY},
        {0, "site", 0, 0, ITG_E_INVALID_BODY},
        {0, "site==a", 0, 8, ITG_E_INVALID_BODY},
        {0, "site==a", 0, UINT32_MAX, ITG_E_INVALID_BODY},
        {99999, "site==a", 0, 0, ITG_E_PARENT_NOT_FOUND},
        {-1, "site==a", 0, 0, ITG_E_PARENT_NOT_FOUND},
        {id.A, "site==a", 0, 0, ITG_E_PARENT_NOT_FOUND},
        {0, "site==a", 99999, 0, ITG_E_DIRECTORY_NOT_FOUND},
        {0, "site==a", id.r, 0, ITG_E_DIRECTORY_NOT_FOUND},
        {0, "site==a", profiles, 0, ITG_E_DIRECTORY_NOT_FOUND},
        {0, "site==a", ITG_ROOT_PROFILES, 0, ITG_E_DIRECTORY_NOT_FOUND},
        {0, "site==a", id.C, 0, ITG_E_DIRECTORY_IN_BIN},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        assert_refused(itg_rule_create(fx.itg, cases[i].parent, 0, cases[i].expression, cases[i].target,
                                       cases[i].flags, NULL, &fx.failure),
                       cases[i].error);
        assert_refused(itg_rule_update(fx.itg, known, cases[i].parent, 0, cases[i].expression,
                                       cases[i].target, cases[i].flags, &fx.failure),
                       cases[i].error);
    }
    assert_refused(itg_rule_create(fx.itg, 0, 0, NULL, 0, 0, NULL, &fx.failure), ITG_E_INVALID_BODY);
    assert_tree("a:0.0");
}
END_TEST

START_TEST(what_is_not_there_is_not_found)
{
    itg_rule_t *got = NULL;
    const int64_t ids[] = {0, -1, 99999, id.A, id.r};
    for (size_t i = 0; i < COUNT_OF(ids); i++) {
        assert_refused(itg_rule_get(fx.itg, ids[i], &got, &fx.failure), ITG_E_NO_HANDLER);
        assert_refused(itg_rule_delete(fx.itg, ids[i], &fx.failure), ITG_E_NO_HANDLER);
        assert_refused(itg_rule_update(fx.itg, ids[i], 0, 0, "id==1", 0, 0, &fx.failure), ITG_E_NO_HANDLER);
    }
    ck_assert_ptr_null(got);
    assert_code(itg_rule_get(fx.itg, 1, NULL, &fx.failure), ITG_E_INVALID_BODY);
    assert_code(itg_rule_each(fx.itg, NULL, NULL, &fx.failure), ITG_E_INVALID_BODY);
}
END_TEST

START_TEST(a_target_cannot_be_deleted)
{
    int64_t first = rule(0, "site==a", id.C, 0), second = rule(first, "site==a", id.C, 0);
    const itg_type_t type = ITG_TYPE_THINCLIENT_DIRECTORY;
    assert_refused(itg_directory_delete(fx.itg, type, id.C, &fx.failure), ITG_E_DIRECTORY_HAS_RULE);
    assert_ok(itg_rule_delete(fx.itg, second, &fx.failure));
    assert_refused(itg_directory_delete(fx.itg, type, id.C, &fx.failure), ITG_E_DIRECTORY_HAS_RULE);
    assert_ok(itg_rule_update(fx.itg, first, 0, 0, NULL, 0, 0, &fx.failure));
    assert_ok(itg_directory_delete(fx.itg, type, id.C, &fx.failure));
}
END_TEST

/* --- filing --- */

/* The moves of one application: "r>A a1>B". */
static char moves[256];

static const char *word(int64_t object)
{
    const struct {
        int64_t id;
        const char *word;
    } words[] = {{id.A, "A"},
                 {id.A1, "A1"},
                 {id.A11, "A11"},
                 {id.B, "B"},
                 {id.C, "C"},
                 {id.r, "r"},
                 {id.a, "a"},
                 {id.a1, "a1"},
                 {id.b, "b"},
                 {id.x, "x"},
                 {ITG_ROOT_THINCLIENTS, "root"}};
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (words[i].id == object)
            return words[i].word;
    return "?";
}

static int64_t place_of(int64_t thinclient)
{
    itg_thinclient_t *tc = NULL;
    assert_ok(itg_thinclient_get(fx.itg, thinclient, &tc, &fx.failure));
    int64_t parent = tc->parent_id;
    itg_thinclient_free(tc);
    return parent;
}

static void note_move(void *ctx, const itg_rule_move_t *move)
{
    size_t length = strlen(moves);
    snprintf(moves + length, sizeof moves - length, "%s%s>%s", length ? " " : "", word(move->thinclient_id),
             word(move->to_id));
    (*(int *)ctx)++;
}

/* Applies, first without doing it, then with. */
static void assert_moves_of(itg_rule_moment_t moment, int64_t thinclient, const char *wanted)
{
    int64_t count = -1;
    int heard = 0;
    char *before = fixture_fingerprint(fx.itg);
    moves[0] = '\0';
    assert_ok(itg_rule_apply(fx.itg, moment, thinclient, 1, note_move, &heard, &count, &fx.failure));
    ck_assert_str_eq(moves, wanted);
    ck_assert_int_eq(count, heard);
    fixture_assert_unchanged(before, "a dry run", __FILE__, __LINE__);
    moves[0] = '\0';
    heard = 0;
    assert_ok(itg_rule_apply(fx.itg, moment, thinclient, 0, note_move, &heard, &count, &fx.failure));
    ck_assert_str_eq(moves, wanted);
    ck_assert_int_eq(count, heard);
}

static void assert_moves(const char *wanted)
{
    assert_moves_of(DEMAND, 0, wanted);
}

/* Only r lies in the root. */
START_TEST(without_override_only_the_root_is_filed)
{
    rule(0, "id>0", id.B, 0);
    assert_moves("r>B");
    ck_assert_int_eq(place_of(id.r), id.B);
    ck_assert_int_eq(place_of(id.a), id.A);
}
END_TEST

/* All but b, which lies there, and x, which lies in the recycle bin. */
START_TEST(with_override_all_are_filed)
{
    rule(0, "id>0", id.B, OVERRIDE);
    assert_moves("r>B a>B a1>B");
    ck_assert_int_eq(place_of(id.a1), id.B);
    ck_assert_int_eq(place_of(id.x), id.A);
}
END_TEST

START_TEST(the_first_match_is_responsible)
{
    rule(0, only(id.r), id.A, OVERRIDE);
    rule(0, only(id.a), id.C, 0); /* keeps the third rule from moving a, and does not move it itself */
    rule(0, "id>0", id.B, OVERRIDE);
    assert_moves("r>A a1>B");
}
END_TEST

/* The children come before the target of their parent, and the parent's target before the next rule. */
START_TEST(children_come_first)
{
    int64_t top = rule(0, "id>0", id.C, OVERRIDE);
    rule(top, only(id.a), id.B, OVERRIDE);
    int64_t group = rule(top, "directory==root", 0, 0);
    rule(group, "site==nowhere", id.A, OVERRIDE);
    rule(0, only(id.r), id.A, OVERRIDE);
    assert_moves("r>C a>B a1>C b>C");
}
END_TEST

/* A child does not match what its parent does not. */
START_TEST(a_child_sees_what_its_parent_matched)
{
    int64_t top = rule(0, only(id.a), 0, 0);
    rule(top, "id>0", id.B, OVERRIDE);
    assert_moves("a>B");
}
END_TEST

/* A group without a target hands on what its children have no place for. */
START_TEST(a_rule_without_target_is_passed)
{
    int64_t group = rule(0, "id>0", 0, OVERRIDE);
    rule(group, only(id.a), id.B, OVERRIDE);
    rule(0, only(id.a1), id.C, OVERRIDE);
    assert_moves("a>B a1>C");
}
END_TEST

START_TEST(a_target_in_the_bin_is_passed)
{
    int64_t top = rule(0, "id>0", id.C, OVERRIDE);
    rule(top, only(id.a), id.C, OVERRIDE);
    rule(0, only(id.r), id.A, 0);
    assert_ok(itg_bin_put(fx.itg, ITG_TYPE_THINCLIENT_DIRECTORY, id.C, &fx.failure));
    assert_moves("r>A");
    assert_ok(itg_bin_restore(fx.itg, ITG_TYPE_THINCLIENT_DIRECTORY, id.C, &fx.failure));
    assert_moves("r>C a>C a1>C b>C");
}
END_TEST

/* a1 lies below A; a in it; b elsewhere. */
START_TEST(those_below_the_target_may_be_left)
{
    rule(0, "id>0", id.A, OVERRIDE | LEAVE);
    assert_moves("r>A b>A");
    ck_assert_int_eq(place_of(id.a1), id.A1);
}
END_TEST

START_TEST(those_below_the_target_are_fetched_otherwise)
{
    rule(0, "id>0", id.A, OVERRIDE);
    assert_moves("r>A a1>A b>A");
}
END_TEST

/* "Below" goes down only: A does not lie below A1. Everything lies below the root. */
START_TEST(above_the_target_is_not_below_it)
{
    int64_t only_rule = rule(0, only(id.a), id.A11, OVERRIDE | LEAVE);
    assert_moves("a>A11");
    assert_ok(itg_rule_update(fx.itg, only_rule, 0, 0, "id>0", id.A1, OVERRIDE | LEAVE, &fx.failure));
    assert_moves("r>A1 b>A1");
    assert_ok(itg_rule_update(fx.itg, only_rule, 0, 0, "id>0", ITG_ROOT_THINCLIENTS, OVERRIDE | LEAVE,
                              &fx.failure));
    assert_moves("");
    assert_ok(itg_rule_update(fx.itg, only_rule, 0, 0, "id>0", ITG_ROOT_THINCLIENTS, OVERRIDE, &fx.failure));
    assert_moves("r>root a>root a1>root b>root");
}
END_TEST

/* The first rule is responsible for a at boot too, and leaves it alone then; the second does not take over.
 */
START_TEST(only_some_rules_move_at_boot)
{
    rule(0, only(id.a), id.B, OVERRIDE);
    rule(0, "id>0", id.C, OVERRIDE | AT_BOOT);
    assert_moves_of(ITG_RULE_ON_BOOT, id.a, "");
    assert_moves_of(ITG_RULE_ON_BOOT, id.a1, "a1>C");
    assert_moves_of(ITG_RULE_AT_REGISTRATION, id.a, "a>B");
    assert_moves_of(ITG_RULE_ON_BOOT, 0, "r>C b>C");
}
END_TEST

START_TEST(one_thin_client_can_be_filed)
{
    rule(0, "id>0", id.C, OVERRIDE);
    assert_moves_of(DEMAND, id.b, "b>C");
    assert_moves_of(DEMAND, id.x, "");
    ck_assert_int_eq(place_of(id.r), ITG_ROOT_THINCLIENTS);
}
END_TEST

/* An expression sees the fleet as it was before the first move. */
START_TEST(moves_do_not_change_what_rules_see)
{
    rule(0, "directory==root", id.A, OVERRIDE);
    char text[32];
    snprintf(text, sizeof text, "directory==%lld", (long long)id.A);
    rule(0, text, id.B, OVERRIDE);
    assert_moves("r>A a>B");
    ck_assert_int_eq(place_of(id.r), id.A);
}
END_TEST

START_TEST(applications_are_refused_or_do_nothing)
{
    assert_moves("");
    rule(0, "id>0", id.C, OVERRIDE);
    assert_refused(itg_rule_apply(fx.itg, DEMAND, 99999, 0, NULL, NULL, NULL, &fx.failure),
                   ITG_E_THINCLIENT_NOT_FOUND);
    assert_refused(itg_rule_apply(fx.itg, DEMAND, id.A, 0, NULL, NULL, NULL, &fx.failure),
                   ITG_E_THINCLIENT_NOT_FOUND);
    assert_refused(itg_rule_apply(fx.itg, (itg_rule_moment_t)0, 0, 0, NULL, NULL, NULL, &fx.failure),
                   ITG_E_INVALID_BODY);
    assert_refused(itg_rule_apply(fx.itg, (itg_rule_moment_t)4, 0, 0, NULL, NULL, NULL, &fx.failure),
                   ITG_E_INVALID_BODY);
    itg_t *viewer = NULL;
    assert_ok(
        itg_user_create(fx.itg, "eve", ITG_ROLE_VIEWER, "a password of some length", NULL, &fx.failure));
    assert_ok(itg_as(fx.itg, "eve", &viewer, &fx.failure));
    assert_refused(itg_rule_apply(viewer, DEMAND, 0, 0, NULL, NULL, NULL, &fx.failure), ITG_E_ACCESS_DENIED);
    assert_refused(itg_rule_create(viewer, 0, 0, "id>0", 0, 0, NULL, &fx.failure), ITG_E_ACCESS_DENIED);
    itg_close(viewer);
}
END_TEST

/* --- fleet files --- */

static int64_t read_text(void *ctx, char *buf, size_t size)
{
    const char **rest = ctx;
    size_t length = strlen(*rest) < size ? strlen(*rest) : size;
    memcpy(buf, *rest, length);
    *rest += length;
    return (int64_t)length;
}

static itg_error_t import(const char *text, itg_fleetfile_counts_t *counts)
{
    return itg_import(fx.itg, read_text, &text, NULL, NULL, counts, &fx.failure);
}

START_TEST(fleet_files_carry_rules)
{
    itg_fleetfile_counts_t counts;
    int64_t a = rule(0, "site==a", id.A, OVERRIDE);
    rule_at(a, 0, "site==c", 0, AT_BOOT | LEAVE);
    rule_at(a, 0, "site==b", ITG_ROOT_THINCLIENTS, 0);
    rule_at(0, 0, "site=='\\'\\*'", id.C, 7);
    assert_ok(itg_bin_put(fx.itg, ITG_TYPE_THINCLIENT_DIRECTORY, id.C, &fx.failure));
    char *before = fixture_fingerprint(fx.itg);
    itg_close(fx.itg);
    fixture_memory();
    assert_ok(import(before, &counts));
    ck_assert_int_eq(counts.rules, 4);
    char *after = fixture_fingerprint(fx.itg);
    ck_assert_str_eq(after, before);
    free(before);
    free(after);
}
END_TEST

/* Parents and targets may follow; positions are counted anew, and rules without one come last. */
START_TEST(rules_of_fleet_files_may_come_in_any_order)
{
    rule(0, "site==old", 0, 0);
    assert_ok(import("{\"rules\":[{\"id\":\"501\",\"parentID\":\"502\",\"expression\":\"site==child\","
                     "\"targetID\":\"600\",\"applyAtBoot\":true},"
                     "{\"id\":\"503\",\"expression\":\"site==last\"},"
                     "{\"id\":\"502\",\"position\":7,\"expression\":\"site==second\"}],"
                     "\"directories\":[{\"id\":\"600\",\"name\":\"d\",\"objectType\":\"tcdirectory\"}]}",
                     NULL));
    assert_tree("old:0.0 second:0.1 child:502.0 last:0.2");
}
END_TEST

START_TEST(bad_rules_of_fleet_files_are_refused)
{
    static const struct {
        const char *text;
        itg_error_t error;
        const char *where;
    } cases[] = {
        {"{'rules':[{'expression':'id='}]}", ITG_E_INVALID_BODY, "rules[0].expression: "},
        {"{'rules':[{}]}", ITG_E_INVALID_BODY, "rules[0].expression: "},
        {"{'rules':[{'expression':'id==1','parentID':'9999'}]}", ITG_E_PARENT_NOT_FOUND,
         "rules[0].parentID: "},
        {"{'rules':[{'expression':'id==1'},{'expression':'id==1','targetID':'9999'}]}",
         ITG_E_DIRECTORY_NOT_FOUND, "rules[1].targetID: "},
        {"{'rules':[{'expression':'id==1','targetID':'6'}]}", ITG_E_DIRECTORY_NOT_FOUND,
         "rules[0].targetID: "},
        {"{'rules':[{'expression':'id==1','targetID':'x'}]}", ITG_E_NUMBER_FORMAT, "rules[0].targetID: "},
        {"{'rules':[{'expression':'id==1','position':-1}]}", ITG_E_INVALID_BODY, "rules[0].position: "},
        {"{'rules':[{'id':'1','expression':'id==1'}]}", ITG_E_DUPLICATE, "rules[0].id: "},
        {"{'rules':[{'id':'700','parentID':'700','expression':'id==1'}]}", ITG_E_INVALID_BODY,
         "rules[0].parentID: "},
        {"{'rules':[{'id':'700','parentID':'701','expression':'id==1'},"
         "{'id':'701','parentID':'700','expression':'id==1'}]}",
         ITG_E_INVALID_BODY, "rules[0].parentID: "},
        {"{'rules':[{'expression':'id==1','target':'1'}]}", ITG_E_INVALID_BODY, "rules[0].target: "},
        {"{'rules':[{'expression':'id==1','applyAtBoot':1}]}", ITG_E_INVALID_BODY, "rules[0].applyAtBoot: "},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char text[512];
        char *before = fixture_fingerprint(fx.itg);
        snprintf(text, sizeof text, "%s", cases[i].text);
        for (char *c = text; *c; c++)
            *c = *c == '\'' ? '"' : *c;
        itg_error_t err = import(text, NULL);
        ck_assert_msg(err == cases[i].error, "%s: %s", text, itg_error_code(err));
        ck_assert_msg(strncmp(fx.failure.message, cases[i].where, strlen(cases[i].where)) == 0, "%s: %s",
                      text, fx.failure.message);
        itg_failure_clear(&fx.failure);
        fixture_assert_unchanged(before, text, __FILE__, __LINE__);
    }
}
END_TEST

/* --- a second, slow way to find out --- */

static uint32_t seed = 4711;

static uint32_t rnd(uint32_t below)
{
    seed = seed * 1664525u + 1013904223u;
    return (seed >> 8) % below;
}

enum { RULES = 14, DIRECTORIES = 9, THINCLIENTS = 70, MODULI = 5 };

/* Rule n asks whether the site is one of some letters, as a bit for each of five. */
static struct {
    int64_t id;
    int parent; /* index, -1: none */
    unsigned letters;
    int target; /* index, -1: none, DIRECTORIES: the root */
    uint32_t flags;
    int64_t position;
} rules[RULES];
static struct {
    int64_t id;
    int parent; /* index, DIRECTORIES: the root */
    bool binned;
} dirs[DIRECTORIES + 1];
static struct {
    int64_t id;
    int parent;
    unsigned letter;
    bool binned;
} tcs[THINCLIENTS];

static bool is_below(int dir, int top)
{
    for (; dir != top; dir = dirs[dir].parent)
        if (dir == DIRECTORIES)
            return false;
    return true;
}

/* The rule that is responsible for a thin client, among the children of a rule; -1: none. */
static int responsible(size_t tc, int parent)
{
    for (int64_t position = 0; position < RULES; position++)
        for (int r = 0; r < RULES; r++) {
            if (rules[r].parent != parent || rules[r].position != position ||
                !(rules[r].letters >> tcs[tc].letter & 1))
                continue;
            int child = responsible(tc, r);
            if (child >= 0)
                return child;
            if (rules[r].target >= 0 && !dirs[rules[r].target].binned)
                return r;
        }
    return -1;
}

static int place_after(size_t tc, bool boot)
{
    int from = tcs[tc].parent, r = responsible(tc, -1);
    if (tcs[tc].binned || r < 0)
        return from;
    bool allowed = (from == DIRECTORIES || (rules[r].flags & OVERRIDE)) &&
                   (!boot || (rules[r].flags & AT_BOOT)) &&
                   !((rules[r].flags & LEAVE) && is_below(from, rules[r].target));
    return allowed ? rules[r].target : from;
}

static void make_random_directories(void)
{
    dirs[DIRECTORIES].id = ITG_ROOT_THINCLIENTS;
    for (int i = 0; i < DIRECTORIES; i++) {
        uint32_t n = rnd((uint32_t)i + 1);
        dirs[i].parent = n == (uint32_t)i ? DIRECTORIES : (int)n;
        dirs[i].id = directory("d", dirs[dirs[i].parent].id);
    }
}

static void make_random_thinclients(int64_t firmware)
{
    for (size_t i = 0; i < THINCLIENTS; i++) {
        char mac[13];
        snprintf(mac, sizeof mac, "00E0C5%06X", (unsigned)(0x100 + i));
        uint32_t place = rnd(2 * DIRECTORIES);
        tcs[i].parent = place < DIRECTORIES ? (int)place : DIRECTORIES;
        tcs[i].letter = rnd(MODULI);
        tcs[i].id = make_thinclient(mac, dirs[tcs[i].parent].id, firmware);
        const char site[] = {(char)('a' + tcs[i].letter), '\0'};
        const itg_value_t values[] = {{"site", site}};
        assert_ok(itg_thinclient_update(fx.itg, tcs[i].id, values, 1, &fx.failure));
        tcs[i].binned = rnd(8) == 0;
        if (tcs[i].binned)
            assert_ok(itg_bin_put(fx.itg, ITG_TYPE_THINCLIENT, tcs[i].id, &fx.failure));
    }
}

static void make_random_rule(int n)
{
    char text[64] = "site=in=(none";
    rules[n].letters = rnd(1u << MODULI);
    for (unsigned letter = 0; letter < MODULI; letter++)
        if (rules[n].letters >> letter & 1)
            snprintf(text + strlen(text), sizeof text - strlen(text), ",%c", (char)('a' + letter));
    strcat(text, ")");
    uint32_t parent = rnd((uint32_t)n * 2 + 1);
    rules[n].parent = parent < (uint32_t)n ? (int)parent : -1;
    rules[n].target = (int)rnd(DIRECTORIES + 2) - 1;
    rules[n].flags = rnd(8);
    rules[n].position = 0;
    for (int other = 0; other < n; other++)
        if (rules[other].parent == rules[n].parent)
            rules[other].position++;
    rules[n].id = rule_at(rules[n].parent < 0 ? 0 : rules[rules[n].parent].id, 0, text,
                          rules[n].target < 0 ? 0 : dirs[rules[n].target].id, rules[n].flags);
}

/* Bins a directory that nothing lies in, so that the other objects stay what they are. */
static void bin_some_targets(void)
{
    for (int i = 0; i < DIRECTORIES; i++) {
        bool empty = true;
        for (int n = 0; n < DIRECTORIES; n++)
            empty = empty && (n == i || dirs[n].parent != i);
        for (size_t n = 0; n < THINCLIENTS; n++)
            empty = empty && tcs[n].parent != i;
        dirs[i].binned = empty;
        if (empty)
            assert_ok(itg_bin_put(fx.itg, ITG_TYPE_THINCLIENT_DIRECTORY, dirs[i].id, &fx.failure));
    }
}

static void count_move(void *ctx, const itg_rule_move_t *move)
{
    (void)move;
    (*(int64_t *)ctx)++;
}

START_TEST(a_slow_way_agrees)
{
    int64_t firmware = 1, moved = 0;
    memset(dirs, 0, sizeof dirs);
    for (int fleet = 0; fleet < 25; fleet++) {
        itg_close(fx.itg);
        fixture_memory();
        make_firmware("1");
        make_random_directories();
        make_random_thinclients(firmware);
        for (int n = 0; n < RULES; n++)
            make_random_rule(n);
        bin_some_targets();
        bool boot = fleet % 2;
        int places[THINCLIENTS];
        for (size_t i = 0; i < THINCLIENTS; i++)
            places[i] = place_after(i, boot);
        assert_ok(itg_rule_apply(fx.itg, boot ? ITG_RULE_ON_BOOT : DEMAND, 0, 0, count_move, &moved, NULL,
                                 &fx.failure));
        for (size_t i = 0; i < THINCLIENTS; i++)
            ck_assert_int_eq(place_of(tcs[i].id), dirs[places[i]].id);
        fixture_assert_sound(fx.itg);
    }
    ck_assert_int_gt(moved, 100);
}
END_TEST

SUITE("rule", with_fleet, positions_order_siblings, children_follow_their_parent, a_rule_is_kept,
      an_update_moves_among_siblings, an_update_takes_the_children_along, a_deletion_takes_the_children_along,
      rings_are_refused, the_depth_has_a_limit, bad_rules_are_refused, what_is_not_there_is_not_found,
      a_target_cannot_be_deleted, without_override_only_the_root_is_filed, with_override_all_are_filed,
      the_first_match_is_responsible, children_come_first, a_child_sees_what_its_parent_matched,
      a_rule_without_target_is_passed, a_target_in_the_bin_is_passed, those_below_the_target_may_be_left,
      those_below_the_target_are_fetched_otherwise, above_the_target_is_not_below_it,
      only_some_rules_move_at_boot, one_thin_client_can_be_filed, moves_do_not_change_what_rules_see,
      applications_are_refused_or_do_nothing, fleet_files_carry_rules,
      rules_of_fleet_files_may_come_in_any_order, bad_rules_of_fleet_files_are_refused, a_slow_way_agrees)
