/* Which setting wins on which thin client, and why. Expectations are worked out in comments; at the end
 * random fleets are compared with a second implementation that only knows the rules. */
#include "fixture.h"
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define TC     ITG_TYPE_THINCLIENT
#define TC_DIR ITG_TYPE_THINCLIENT_DIRECTORY
#define P      ITG_TYPE_PROFILE
#define M      ITG_TYPE_MASTERPROFILE

/* root -1 / above / below / tc, and profiles with ascending ids p[0] < p[1] < ... < m[0] < m[1] ... */
static int64_t firmware, above, below, tc, p[4], m[4];

static void with_tree(void)
{
    fixture_memory();
    firmware = make_firmware("11.3.100.1");
    above = make_directory(TC_DIR, "above", ITG_ROOT_THINCLIENTS);
    below = make_directory(TC_DIR, "below", above);
    tc = make_thinclient("00E0C5000001", below, firmware);
    for (size_t i = 0; i < 4; i++)
        p[i] = make_profile(P, "p", ITG_ROOT_PROFILES, firmware);
    for (size_t i = 0; i < 4; i++)
        m[i] = make_profile(M, "m", ITG_ROOT_MASTERPROFILES, firmware);
}

static itg_type_t type_of(int64_t profile)
{
    itg_profile_t *found = NULL;
    itg_type_t type = itg_profile_get(fx.itg, M, profile, &found, NULL) == ITG_OK ? M : P;
    itg_profile_free(found);
    return type;
}

static void assign(int64_t profile, int64_t receiver)
{
    const itg_assignment_t a = {profile, type_of(profile), receiver, receiver == tc ? TC : TC_DIR};
    assert_ok(itg_assignment_create(fx.itg, &a, 1, &fx.failure));
}

static void set(int64_t profile, const char *key, const char *value)
{
    assert_ok(itg_setting_set(fx.itg, type_of(profile), profile, key, value, &fx.failure));
}

static void give(int64_t profile, int64_t receiver, const char *key, const char *value)
{
    set(profile, key, value);
    assign(profile, receiver);
}

/* "key=value <verdict>@profile", a line each; instances as "key#instance". */
static int32_t append(void *ctx, const itg_effective_t *setting)
{
    static const char *const verdicts[] = {"",         " master",   " farther",  " nearer",
                                           " lowerid", " replaced", " unfilled", " toolong"};
    fprintf(ctx, "%s", setting->key);
    if (setting->instance >= 0)
        fprintf(ctx, "#%d", (int)setting->instance);
    fprintf(ctx, "=%s%s%s%s", setting->value, verdicts[setting->verdict], *setting->unfilled ? " " : "",
            setting->unfilled);
    if (setting->winner_id)
        fprintf(ctx, " %lld", (long long)setting->winner_id);
    fprintf(ctx, "\n");
    return 0;
}

static char *text_of(bool explain)
{
    char *text = NULL;
    size_t length = 0;
    FILE *stream = open_memstream(&text, &length);
    assert_ok(
        (explain ? itg_effective_explain : itg_effective_each)(fx.itg, tc, append, stream, &fx.failure));
    fclose(stream);
    return text;
}

static void assert_effective(const char *wanted)
{
    char *text = text_of(false);
    ck_assert_str_eq(text, wanted);
    free(text);
}

/* Each "%" of the format is the id of a profile. */
static void assert_explained(const char *format, const int64_t *ids)
{
    char wanted[1024], *text = text_of(true);
    size_t length = 0;
    for (; *format; format++)
        length += (size_t)(*format == '%'
                               ? snprintf(wanted + length, sizeof wanted - length, "%lld", (long long)*ids++)
                               : snprintf(wanted + length, sizeof wanted - length, "%c", *format));
    ck_assert_str_eq(text, wanted);
    free(text);
}
#define ASSERT_EXPLAINED(format, ...) assert_explained((format), (const int64_t[]){__VA_ARGS__, 0})

START_TEST(nothing_assigned_is_nothing_in_force)
{
    set(p[0], "k", "1");
    assert_effective("");
}
END_TEST

/* p0 at tc (distance 0), p1 at below (1), p2 at above (2): of standard profiles the nearest wins, whatever
 * its id. */
START_TEST(the_nearest_standard_profile_wins)
{
    give(p[2], above, "k", "\"above\"");
    give(p[1], below, "k", "\"below\"");
    assert_effective("k=\"below\"\n");
    give(p[0], tc, "k", "\"tc\"");
    assert_effective("k=\"tc\"\n");
    ASSERT_EXPLAINED("k=\"tc\"\nk=\"below\" farther %\nk=\"above\" farther %\n", p[0], p[0]);
}
END_TEST

/* p0 < p1 < p2, all at below. */
START_TEST(at_the_same_distance_the_higher_id_wins)
{
    give(p[1], below, "k", "1");
    give(p[2], below, "k", "2");
    give(p[0], below, "k", "0");
    ASSERT_EXPLAINED("k=2\nk=1 lowerid %\nk=0 lowerid %\n", p[2], p[2]);
}
END_TEST

/* m0 at above beats p3 at the thin client itself; among master profiles the farther one wins: m0 at above
 * before m1 at below before m2 at tc. */
START_TEST(master_profiles_win_and_of_them_the_farthest)
{
    give(p[3], tc, "k", "\"p3\"");
    give(m[2], tc, "k", "\"m2\"");
    assert_effective("k=\"m2\"\n");
    give(m[1], below, "k", "\"m1\"");
    assert_effective("k=\"m1\"\n");
    give(m[0], above, "k", "\"m0\"");
    ASSERT_EXPLAINED("k=\"m0\"\nk=\"m1\" nearer %\nk=\"m2\" nearer %\nk=\"p3\" master %\n", m[0], m[0], m[0]);
}
END_TEST

START_TEST(of_master_profiles_at_the_same_distance_the_higher_id_wins)
{
    give(m[1], above, "k", "1");
    give(m[0], above, "k", "0");
    ASSERT_EXPLAINED("k=1\nk=0 lowerid %\n", m[1]);
}
END_TEST

/* p0 is at tc and at above: it counts at tc and beats p1 at below. m0 is at tc and at above: it counts at
 * above and beats m1 at below. */
START_TEST(a_profile_at_several_places_counts_where_it_is_strongest)
{
    give(p[0], tc, "k", "\"p0\"");
    assign(p[0], above);
    give(p[1], below, "k", "\"p1\"");
    ASSERT_EXPLAINED("k=\"p0\"\nk=\"p1\" farther %\n", p[0]);
    give(m[0], tc, "l", "\"m0\"");
    assign(m[0], above);
    give(m[1], below, "l", "\"m1\"");
    ASSERT_EXPLAINED("k=\"p0\"\nk=\"p1\" farther %\nl=\"m0\"\nl=\"m1\" nearer %\n", p[0], m[0]);
}
END_TEST

START_TEST(profiles_in_the_bin_do_not_count)
{
    int64_t folder = make_directory(ITG_TYPE_PROFILE_DIRECTORY, "f", ITG_ROOT_PROFILES);
    itg_move_entry_t entry = {p[0], 0, 0};
    give(p[0], tc, "k", "0");
    give(p[1], below, "k", "1");
    assert_ok(itg_bin_put(fx.itg, P, p[0], &fx.failure));
    ASSERT_EXPLAINED("k=1\n", 0);
    assert_ok(itg_bin_restore(fx.itg, P, p[0], &fx.failure));
    assert_effective("k=0\n");
    assert_ok(itg_move(fx.itg, ITG_TYPE_PROFILE_DIRECTORY, folder, &entry, 1, &fx.failure));
    assert_ok(itg_bin_put(fx.itg, ITG_TYPE_PROFILE_DIRECTORY, folder, &fx.failure));
    assert_effective("k=1\n");
}
END_TEST

/* Each key has its own winner; the order is that of bytes. */
START_TEST(keys_are_judged_one_by_one)
{
    give(p[0], tc, "b", "0");
    set(p[0], "a.b", "0");
    give(p[1], above, "b", "1");
    set(p[1], "a-b", "1");
    set(p[1], "a.bc", "1");
    ASSERT_EXPLAINED("a-b=1\na.b=0\na.bc=1\nb=0\nb=1 farther %\n", p[0]);
}
END_TEST

/* s[] of p0 at tc, s[2] and s[10] of p1 at above: three instances, the strongest profile's first, then by
 * number. "s" as a plain key is something else. */
START_TEST(free_instances_add_up)
{
    give(p[1], above, "s[10].name", "\"ten\"");
    set(p[1], "s[2].name", "\"two\"");
    set(p[1], "s[2].url", "\"u\"");
    set(p[1], "s", "true");
    give(p[0], tc, "s[].name", "\"own\"");
    ASSERT_EXPLAINED("s=true\n"
                     "s[].name#0=\"own\"\n"
                     "s[2].name#1=\"two\"\n"
                     "s[2].url#1=\"u\"\n"
                     "s[10].name#2=\"ten\"\n",
                     0);
}
END_TEST

static int64_t overriding(itg_type_t type, int64_t parent)
{
    int64_t id = 0;
    assert_ok(itg_profile_create(fx.itg, type, "o", parent, firmware, 1, &id, &fx.failure));
    return id;
}

/* o overrides sessions and holds s, but not t. p0 at tc is stronger than o at above: its instance of s is
 * replaced all the same, that of t stays; so does its plain key. p1 at above is weaker by its lower id. */
START_TEST(overriding_profiles_replace_the_families_they_hold)
{
    int64_t o = overriding(P, ITG_ROOT_PROFILES);
    give(p[0], tc, "s[].x", "0");
    set(p[0], "t[].x", "0");
    set(p[0], "k", "0");
    give(p[1], above, "s[].x", "1");
    give(o, above, "s[].x", "2");
    ASSERT_EXPLAINED("k=0\ns[].x#0=2\ns[].x=0 replaced %\ns[].x=1 replaced %\nt[].x#0=0\n", o, o);
}
END_TEST

/* Both override and hold s; o2 is nearer, so it is the stronger one and supplies s. t is held by o1 alone. */
START_TEST(of_overriding_profiles_the_strongest_one_of_a_family_supplies_it)
{
    int64_t o1 = overriding(P, ITG_ROOT_PROFILES), o2 = overriding(P, ITG_ROOT_PROFILES);
    give(o1, above, "s[].x", "1");
    set(o1, "t[].x", "1");
    give(o2, below, "s[].x", "2");
    give(p[0], tc, "t[].x", "0");
    ASSERT_EXPLAINED("s[].x#0=2\ns[].x=1 replaced %\nt[].x#0=1\nt[].x=0 replaced %\n", o2, o1);
    int64_t o3 = overriding(M, ITG_ROOT_MASTERPROFILES);
    give(o3, tc, "s[].x", "3");
    ASSERT_EXPLAINED("s[].x#0=3\ns[].x=2 replaced %\ns[].x=1 replaced %\nt[].x#0=1\nt[].x=0 replaced %\n", o3,
                     o3, o1);
}
END_TEST

static int64_t make_value(const char *name, const char *value)
{
    int64_t key = 0, id = 0;
    assert_ok(
        itg_template_key_create(fx.itg, name, ITG_TEMPLATE_STRING, ITG_ROOT_TEMPLATES, &key, &fx.failure));
    assert_ok(itg_template_value_create(fx.itg, key, value, NULL, &id, &fx.failure));
    return id;
}

/* Keys have the id in front of their only value's. */
static void fill_at(int64_t receiver, int64_t value)
{
    const itg_template_assignment_t a = {receiver, receiver == tc ? TC : TC_DIR, value - 1, value};
    assert_ok(itg_template_assign(fx.itg, &a, 1, &fx.failure));
}

START_TEST(template_keys_are_filled_the_nearest_first)
{
    int64_t key = 0, far = 0, near = 0, own = 0;
    assert_ok(
        itg_template_key_create(fx.itg, "CITY", ITG_TEMPLATE_STRING, ITG_ROOT_TEMPLATES, &key, &fx.failure));
    assert_ok(itg_template_value_create(fx.itg, key, "Bremen", NULL, &far, &fx.failure));
    assert_ok(itg_template_value_create(fx.itg, key, "Augs\"burg\\", NULL, &near, &fx.failure));
    assert_ok(itg_template_value_create(fx.itg, key, "Ulm", NULL, &own, &fx.failure));
    const itg_template_assignment_t at[] = {
        {above, TC_DIR, key, far}, {below, TC_DIR, key, near}, {tc, TC, key, own}};
    give(p[0], tc, "k", "\"in ${CITY}, ${CITY}!\"");
    ASSERT_EXPLAINED("k=\"in ${CITY}, ${CITY}!\" unfilled CITY\n", 0);
    assert_effective("");
    assert_ok(itg_template_assign(fx.itg, &at[0], 1, &fx.failure));
    assert_effective("k=\"in Bremen, Bremen!\"\n");
    assert_ok(itg_template_assign(fx.itg, &at[1], 1, &fx.failure));
    assert_effective("k=\"in Augs\\\"burg\\\\, Augs\\\"burg\\\\!\"\n");
    assert_ok(itg_template_assign(fx.itg, &at[2], 1, &fx.failure));
    assert_effective("k=\"in Ulm, Ulm!\"\n");
}
END_TEST

START_TEST(static_keys_are_the_thin_clients_own)
{
    const itg_value_t values[] = {{"name", "Desk \"7\""}, {"serialNumber", "S-1"}};
    give(p[0], tc, "k", "\"${MAC}/${UNITID}/${HOSTNAME}/${DEVICENAME}\"");
    set(p[0], "l", "\"${SERIALNUMBER}\"");
    ASSERT_EXPLAINED("k=\"00E0C5000001/00E0C5000001/ITC00E0C5000001/ITC00E0C5000001\"\n"
                     "l=\"${SERIALNUMBER}\" unfilled SERIALNUMBER\n",
                     0);
    assert_ok(itg_thinclient_update(fx.itg, tc, values, 2, &fx.failure));
    assert_effective("k=\"00E0C5000001/00E0C5000001/Desk \\\"7\\\"/Desk \\\"7\\\"\"\nl=\"S-1\"\n");
}
END_TEST

/* The winner is found first: p1 does not take the place of p0, whose key is unfilled. */
START_TEST(an_unfilled_winner_leaves_the_setting_out)
{
    give(p[0], tc, "k", "\"${NOWHERE}\"");
    give(p[1], above, "k", "\"plain\"");
    assert_effective("");
    ASSERT_EXPLAINED("k=\"${NOWHERE}\" unfilled NOWHERE\nk=\"plain\" farther %\n", p[0]);
}
END_TEST

START_TEST(what_is_filled_in_is_not_looked_at_again)
{
    fill_at(tc, make_value("A", "${B}"));
    fill_at(tc, make_value("B", "${A}"));
    give(p[0], tc, "k", "\"${A}${B}\"");
    assert_effective("k=\"${B}${A}\"\n");
}
END_TEST

START_TEST(dollars_stand_for_themselves_where_no_key_is_meant)
{
    fill_at(tc, make_value("A", "x"));
    give(p[0], tc, "k", "\"$5 $$ $${A} $$${A} ${A}$ {A}\"");
    assert_effective("k=\"$5 $$ ${A} $${A} x$ {A}\"\n");
    set(p[0], "k", "\"$a\"");
    assert_effective("k=\"$a\"\n");
}
END_TEST

/* Of two keys named K the one assigned nearer counts; at the same distance the one whose value has the higher
 * id. */
START_TEST(of_keys_with_the_same_name_one_counts)
{
    int64_t first = make_value("K", "first"), second = make_value("K", "second");
    give(p[0], tc, "k", "\"${K}\"");
    fill_at(below, first);
    fill_at(below, second);
    assert_effective("k=\"second\"\n");
    fill_at(tc, first);
    assert_effective("k=\"first\"\n");
}
END_TEST

START_TEST(filled_values_have_a_limit)
{
    char value[ITG_LIMIT_TEXT + 1], setting[256] = "\"";
    memset(value, 'x', sizeof value);
    value[ITG_LIMIT_TEXT] = '\0';
    fill_at(tc, make_value("L", value));
    for (int i = 0; i < 16; i++)
        strcat(setting, "${L}");
    strcat(setting, "\"");
    give(p[0], tc, "k", setting); /* 16 times 4000 and the quotes: it fits */
    char *text = text_of(false);
    ck_assert_uint_eq(strlen(text), strlen("k=\n") + 2 + 16 * ITG_LIMIT_TEXT);
    free(text);
    setting[strlen(setting) - 1] = '\0';
    strcat(setting, "${L}\"");
    set(p[0], "k", setting);
    assert_effective("");
    text = text_of(true);
    ck_assert_ptr_nonnull(strstr(text, " toolong\n"));
    free(text);
}
END_TEST

struct seen {
    size_t count;
    itg_effective_t last;
};

static int32_t stop_at_second(void *ctx, const itg_effective_t *setting)
{
    struct seen *seen = ctx;
    seen->last = *setting;
    return ++seen->count == 2;
}

START_TEST(rows_say_where_they_come_from)
{
    struct seen seen = {0};
    give(p[0], tc, "a", "0");
    give(m[0], above, "b", "1");
    set(m[0], "c", "1");
    assert_ok(itg_effective_each(fx.itg, tc, stop_at_second, &seen, &fx.failure));
    ck_assert_uint_eq(seen.count, 2);
    ck_assert_int_eq(seen.last.profile_id, m[0]);
    ck_assert_int_eq(seen.last.profile_type, M);
    ck_assert_int_eq(seen.last.receiver_id, above);
    ck_assert_int_eq(seen.last.receiver_type, TC_DIR);
    ck_assert_int_eq(seen.last.distance, 2);
    ck_assert_int_eq(seen.last.instance, -1);
}
END_TEST

START_TEST(what_effective_refuses)
{
    assert_code(itg_effective_each(fx.itg, below, append, NULL, &fx.failure), ITG_E_THINCLIENT_NOT_FOUND);
    assert_code(itg_effective_explain(fx.itg, 4711, append, NULL, &fx.failure), ITG_E_THINCLIENT_NOT_FOUND);
    assert_code(itg_effective_explain(fx.itg, tc, NULL, NULL, &fx.failure), ITG_E_INVALID_BODY);
    ck_assert_str_eq(itg_verdict_text(ITG_VERDICT_APPLIES), "in force");
    ck_assert_str_eq(itg_verdict_text((itg_verdict_t)99), "");
}
END_TEST

/* --- random fleets against the rules themselves --- */

enum { DIRS = 7, PROFILES = 10, KEYS = 9, NAMES = 3 };

struct model_profile {
    int64_t id;
    bool master, overrides, binned;
    bool at[DIRS + 1]; /* by place: 0..DIRS-1 directories, DIRS the thin client */
    const char *values[KEYS];
};

static struct model {
    int64_t dirs[DIRS];
    int parents[DIRS]; /* -1: the root */
    int home;
    struct model_profile profiles[PROFILES];
    bool filled[NAMES][DIRS + 1];
} model;

static const char *const keys[KEYS] = {"a",      "a.b",     "b",        "s[].x",    "s[].y",
                                       "s[1].x", "t.u[].x", "t.u[3].x", "t.u[12].x"};
static const char *const values[] = {"1", "true", "\"plain\"", "\"${N0}\"", "\"${N1}-${N2}\"", "\"$${N0}\""};
static uint64_t seed;

static unsigned random_below(unsigned limit)
{
    seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (unsigned)(seed >> 33) % limit;
}

/* How far above the thin client a place is; -1: not above it. */
static int distance_of(int place)
{
    int distance = 1;
    if (place == DIRS)
        return 0;
    for (int at = model.home; at >= 0; at = model.parents[at], distance++)
        if (at == place)
            return distance;
    return -1;
}

/* The distance that counts: the nearest of standard, the farthest of master profiles. */
static int counting_distance(const struct model_profile *profile)
{
    int best = -1;
    for (int place = 0; place <= DIRS && !profile->binned; place++) {
        int distance = profile->at[place] ? distance_of(place) : -1;
        if (distance >= 0 && (best < 0 || (profile->master ? distance > best : distance < best)))
            best = distance;
    }
    return best;
}

static bool is_stronger(const struct model_profile *a, const struct model_profile *b)
{
    int da = counting_distance(a), db = counting_distance(b);
    if (a->master != b->master)
        return a->master;
    if (da != db)
        return a->master ? da > db : da < db;
    return a->id > b->id;
}

static int nearest_name(int name)
{
    int best = -1, best_distance = 0;
    for (int place = 0; place <= DIRS; place++) {
        int distance = model.filled[name][place] ? distance_of(place) : -1;
        if (distance >= 0 && (best < 0 || distance < best_distance)) {
            best = place;
            best_distance = distance;
        }
    }
    return best;
}

/* What one of values[] says here; "" if it is left out. */
static void filled_value(const char *value, char *out, size_t size)
{
    int at[NAMES];
    for (int i = 0; i < NAMES; i++)
        at[i] = nearest_name(i);
    out[0] = '\0';
    if (strcmp(value, "\"$${N0}\"") == 0)
        snprintf(out, size, "\"${N0}\"");
    else if (strcmp(value, "\"${N0}\"") == 0 && at[0] >= 0)
        snprintf(out, size, "\"v0.%d\"", at[0]);
    else if (strcmp(value, "\"${N1}-${N2}\"") == 0 && at[1] >= 0 && at[2] >= 0)
        snprintf(out, size, "\"v1.%d-v2.%d\"", at[1], at[2]);
    else if (!strstr(value, "${"))
        snprintf(out, size, "%s", value);
}

static const char *bracket_of(const char *key)
{
    return strchr(key, '[');
}

static bool same_family(const char *a, const char *b)
{
    size_t length = (size_t)(bracket_of(a) - a);
    return bracket_of(b) && (size_t)(bracket_of(b) - b) == length && strncmp(a, b, length) == 0;
}

static bool holds_family(const struct model_profile *profile, const char *key)
{
    for (int k = 0; k < KEYS; k++)
        if (profile->values[k] && bracket_of(keys[k]) && same_family(key, keys[k]))
            return true;
    return false;
}

/* Does this profile's setting of keys[k] win? */
static bool wins(const struct model_profile *profile, int k)
{
    bool family = bracket_of(keys[k]) != NULL, overriders = false, strongest = profile->overrides;
    if (!profile->values[k] || counting_distance(profile) < 0)
        return false;
    for (int i = 0; i < PROFILES; i++) {
        const struct model_profile *other = &model.profiles[i];
        if (other == profile || counting_distance(other) < 0)
            continue;
        if (!family && other->values[k] && is_stronger(other, profile))
            return false;
        if (family && other->overrides && holds_family(other, keys[k])) {
            overriders = true;
            strongest = strongest && is_stronger(profile, other);
        }
    }
    return !family || !overriders || strongest;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Lines "key=value@profile", sorted: the order has tests of its own. */
struct lines {
    char *items[PROFILES * KEYS];
    size_t count;
};

static int32_t add_line(void *ctx, const itg_effective_t *setting)
{
    struct lines *lines = ctx;
    ck_assert_int_ge(asprintf(&lines->items[lines->count++], "%s=%s@%lld/%d", setting->key, setting->value,
                              (long long)setting->profile_id, (int)setting->distance),
                     0);
    return 0;
}

static void expect_lines(struct lines *lines)
{
    char value[64];
    for (int i = 0; i < PROFILES; i++)
        for (int k = 0; k < KEYS; k++) {
            const struct model_profile *profile = &model.profiles[i];
            if (!wins(profile, k))
                continue;
            filled_value(profile->values[k], value, sizeof value);
            if (*value)
                ck_assert_int_ge(asprintf(&lines->items[lines->count++], "%s=%s@%lld/%d", keys[k], value,
                                          (long long)profile->id, counting_distance(profile)),
                                 0);
        }
}

static void compare(uint64_t of)
{
    struct lines wanted = {.count = 0}, got = {.count = 0};
    expect_lines(&wanted);
    assert_ok(itg_effective_each(fx.itg, tc, add_line, &got, &fx.failure));
    qsort(wanted.items, wanted.count, sizeof *wanted.items, by_text);
    qsort(got.items, got.count, sizeof *got.items, by_text);
    for (size_t i = 0; i < wanted.count || i < got.count; i++) {
        const char *w = i < wanted.count ? wanted.items[i] : "nothing";
        const char *g = i < got.count ? got.items[i] : "nothing";
        ck_assert_msg(strcmp(w, g) == 0, "seed %llu: got %s, expected %s", (unsigned long long)of, g, w);
    }
    for (size_t i = 0; i < wanted.count; i++)
        free(wanted.items[i]);
    for (size_t i = 0; i < got.count; i++)
        free(got.items[i]);
}

static void make_random_profile(struct model_profile *profile)
{
    *profile = (struct model_profile){.master = random_below(3) == 0, .overrides = random_below(5) == 0};
    assert_ok(itg_profile_create(fx.itg, profile->master ? M : P, "r",
                                 profile->master ? ITG_ROOT_MASTERPROFILES : ITG_ROOT_PROFILES, firmware,
                                 profile->overrides, &profile->id, &fx.failure));
    for (int k = 0; k < KEYS; k++)
        if (random_below(3) == 0) {
            profile->values[k] = values[random_below(COUNT_OF(values))];
            set(profile->id, keys[k], profile->values[k]);
        }
    for (int place = 0; place <= DIRS; place++)
        if (random_below(4) == 0) {
            profile->at[place] = true;
            assign(profile->id, place == DIRS ? tc : model.dirs[place]);
        }
    profile->binned = random_below(6) == 0;
    if (profile->binned)
        assert_ok(itg_bin_put(fx.itg, profile->master ? M : P, profile->id, &fx.failure));
}

static void make_random_name(int name)
{
    char text[16];
    int64_t key = 0, value = 0;
    snprintf(text, sizeof text, "N%d", name);
    assert_ok(
        itg_template_key_create(fx.itg, text, ITG_TEMPLATE_STRING, ITG_ROOT_TEMPLATES, &key, &fx.failure));
    for (int place = 0; place <= DIRS; place++) {
        model.filled[name][place] = random_below(4) == 0;
        if (!model.filled[name][place])
            continue;
        snprintf(text, sizeof text, "v%d.%d", name, place);
        assert_ok(itg_template_value_create(fx.itg, key, text, NULL, &value, &fx.failure));
        const itg_template_assignment_t a = {place == DIRS ? tc : model.dirs[place],
                                             place == DIRS ? TC : TC_DIR, key, value};
        assert_ok(itg_template_assign(fx.itg, &a, 1, &fx.failure));
    }
}

static void make_random_fleet(void)
{
    for (int i = 0; i < DIRS; i++) {
        model.parents[i] = (int)random_below((unsigned)i + 1) - 1;
        model.dirs[i] = make_directory(
            TC_DIR, "d", model.parents[i] < 0 ? ITG_ROOT_THINCLIENTS : model.dirs[model.parents[i]]);
    }
    model.home = (int)random_below(DIRS + 1) - 1;
    tc = make_thinclient("00E0C5000001", model.home < 0 ? ITG_ROOT_THINCLIENTS : model.dirs[model.home],
                         firmware);
    for (int i = 0; i < NAMES; i++)
        make_random_name(i);
    for (int i = 0; i < PROFILES; i++)
        make_random_profile(&model.profiles[i]);
}

START_TEST(random_fleets_follow_the_rules)
{
    fixture_end();
    for (uint64_t i = 1; i <= 300; i++) {
        seed = i;
        fixture_memory();
        firmware = make_firmware("11.3.100.1");
        make_random_fleet();
        compare(i);
        itg_close(fx.itg);
        fx.itg = NULL;
    }
}
END_TEST

/* --- speed --- */

static int32_t count_row(void *ctx, const itg_effective_t *setting)
{
    (void)setting;
    ++*(size_t *)ctx;
    return 0;
}

static double monotonic_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

/* 25 assignments with 8 settings each over a tree 8 deep. The bound is far above what it takes (valgrind runs
 * this too); ITG_TEST_TIMES writes what it took. */
START_TEST(twenty_five_assignments_take_far_less_than_a_millisecond)
{
    int64_t dirs[8], parent = ITG_ROOT_THINCLIENTS;
    itg_move_entry_t entry = {tc, 0, 0};
    size_t rows = 0;
    for (int i = 0; i < 8; i++)
        parent = dirs[i] = make_directory(TC_DIR, "d", parent);
    assert_ok(itg_move(fx.itg, TC_DIR, parent, &entry, 1, &fx.failure));
    fill_at(dirs[2], make_value("SITE", "Bremen"));
    for (int i = 0; i < 25; i++) {
        int64_t id = make_profile(i % 5 == 0 ? M : P, "p",
                                  i % 5 == 0 ? ITG_ROOT_MASTERPROFILES : ITG_ROOT_PROFILES, firmware);
        for (int k = 0; k < 8; k++) {
            char key[32];
            snprintf(key, sizeof key, k < 6 ? "userinterface.group%d.key" : "sessions.s[%d].name",
                     (i + k) % 12);
            set(id, key, k == 3 ? "\"at ${SITE}\"" : "\"value\"");
        }
        assign(id, i % 9 == 8 ? tc : dirs[i % 9]);
    }
    double best = 1e9;
    for (int i = 0; i < 200; i++) {
        double start = monotonic_us();
        rows = 0;
        assert_ok(itg_effective_explain(fx.itg, tc, count_row, &rows, &fx.failure));
        double took = monotonic_us() - start;
        best = took < best ? took : best;
    }
    ck_assert_uint_eq(rows, 200);
    if (getenv("ITG_TEST_TIMES"))
        fprintf(stderr, "explain: %.1f us for %zu settings\n", best, rows);
    ck_assert(best < 20000);
}
END_TEST

/* --- query plans --- */

static struct {
    char *texts[128];
    size_t count;
    bool listening;
} statements;

static int take_statement(unsigned kind, void *ctx, void *statement, void *text)
{
    (void)kind, (void)ctx, (void)text;
    const char *sql = sqlite3_sql(statement);
    for (size_t i = 0; i < statements.count && statements.listening; i++)
        if (strcmp(statements.texts[i], sql) == 0)
            return 0;
    if (statements.listening && statements.count < COUNT_OF(statements.texts))
        statements.texts[statements.count++] = strdup(sql);
    return 0;
}

static int trace(sqlite3 *db, char **error, const struct sqlite3_api_routines *api)
{
    (void)error, (void)api;
    return sqlite3_trace_v2(db, SQLITE_TRACE_STMT, take_statement, NULL);
}

static void explain_plan(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *plan = NULL;
    char *text = sqlite3_mprintf("EXPLAIN QUERY PLAN %s", sql);
    ck_assert_msg(sqlite3_prepare_v2(db, text, -1, &plan, NULL) == SQLITE_OK, "%s", text);
    while (sqlite3_step(plan) == SQLITE_ROW) {
        const char *detail = (const char *)sqlite3_column_text(plan, 3);
        bool scan = strncmp(detail, "SCAN ", 5) == 0 && strcmp(detail, "SCAN up") != 0 &&
                    strcmp(detail, "SCAN down") != 0 && strcmp(detail, "SCAN CONSTANT ROW") != 0;
        ck_assert_msg(!scan && !strstr(detail, "AUTOMATIC"), "%s\n  %s", detail, sql);
    }
    sqlite3_finalize(plan);
    sqlite3_free(text);
}

/* Everything that settings, revisions and templates ask the store is a search by key or index: what it takes
 * does not grow with the fleet. */
START_TEST(statements_are_searches)
{
    sqlite3 *db = NULL;
    int64_t revision = 0, folder = 0;
    itg_move_entry_t entry = {tc, 0, 0};
    itg_thinclient_t *thinclient = NULL;
    size_t rows = 0;
    fixture_end();
    ck_assert_int_eq(sqlite3_auto_extension((void (*)(void))trace), SQLITE_OK);
    fixture_open_file();
    sqlite3_cancel_auto_extension((void (*)(void))trace);
    firmware = make_firmware("11.3.100.1");
    above = make_directory(TC_DIR, "above", ITG_ROOT_THINCLIENTS);
    tc = entry.id = make_thinclient("00E0C5000001", above, firmware);
    p[0] = make_profile(P, "p", ITG_ROOT_PROFILES, firmware);
    folder = make_directory(ITG_TYPE_PROFILE_DIRECTORY, "f", ITG_ROOT_PROFILES);
    statements.listening = true;
    give(p[0], above, "k", "\"${K}\"");
    fill_at(above, make_value("K", "v"));
    assert_ok(itg_effective_explain(fx.itg, tc, count_row, &rows, &fx.failure));
    assert_ok(itg_settings_revision(fx.itg, tc, &revision, NULL, &fx.failure));
    assert_ok(itg_settings_confirm(fx.itg, tc, revision, &fx.failure));
    assert_ok(itg_thinclient_get(fx.itg, tc, &thinclient, &fx.failure));
    itg_thinclient_free(thinclient);
    assert_ok(itg_move(fx.itg, TC_DIR, ITG_ROOT_THINCLIENTS, &entry, 1, &fx.failure));
    assert_ok(itg_bin_put(fx.itg, ITG_TYPE_PROFILE_DIRECTORY, folder, &fx.failure));
    assert_ok(itg_setting_unset(fx.itg, P, p[0], "k", &fx.failure));
    assert_ok(itg_profile_delete(fx.itg, P, p[0], &fx.failure));
    statements.listening = false;
    ck_assert_uint_gt(statements.count, 30);
    ck_assert_int_eq(sqlite3_open(fx.path, &db), SQLITE_OK);
    for (size_t i = 0; i < statements.count; i++) {
        bool control =
            strncmp(statements.texts[i], "BEGIN", 5) == 0 || strncmp(statements.texts[i], "COMMIT", 6) == 0 ||
            strstr(statements.texts[i], "SAVEPOINT") || strncmp(statements.texts[i], "RELEASE", 7) == 0;
        if (!control)
            explain_plan(db, statements.texts[i]);
        free(statements.texts[i]);
    }
    sqlite3_close(db);
}
END_TEST

SUITE_LONG("effective", with_tree, 600, nothing_assigned_is_nothing_in_force,
           the_nearest_standard_profile_wins, at_the_same_distance_the_higher_id_wins,
           master_profiles_win_and_of_them_the_farthest,
           of_master_profiles_at_the_same_distance_the_higher_id_wins,
           a_profile_at_several_places_counts_where_it_is_strongest, profiles_in_the_bin_do_not_count,
           keys_are_judged_one_by_one, free_instances_add_up,
           overriding_profiles_replace_the_families_they_hold,
           of_overriding_profiles_the_strongest_one_of_a_family_supplies_it,
           template_keys_are_filled_the_nearest_first, static_keys_are_the_thin_clients_own,
           an_unfilled_winner_leaves_the_setting_out, what_is_filled_in_is_not_looked_at_again,
           dollars_stand_for_themselves_where_no_key_is_meant, of_keys_with_the_same_name_one_counts,
           filled_values_have_a_limit, rows_say_where_they_come_from, what_effective_refuses,
           random_fleets_follow_the_rules, statements_are_searches,
           twenty_five_assignments_take_far_less_than_a_millisecond)
