/* Settings of profiles: what may be one, and what a thin client has confirmed. */
#include "fixture.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TC     ITG_TYPE_THINCLIENT
#define TC_DIR ITG_TYPE_THINCLIENT_DIRECTORY
#define P      ITG_TYPE_PROFILE
#define M      ITG_TYPE_MASTERPROFILE

static int64_t profile, master, dir, tc;

static void with_profile(void)
{
    fixture_memory();
    int64_t firmware = make_firmware("11.3.100.1");
    dir = make_directory(TC_DIR, "dir", ITG_ROOT_THINCLIENTS);
    tc = make_thinclient("00E0C5000001", dir, firmware);
    profile = make_profile(P, "p", ITG_ROOT_PROFILES, firmware);
    master = make_profile(M, "m", ITG_ROOT_MASTERPROFILES, firmware);
}

static itg_error_t set(const char *key, const char *value)
{
    return itg_setting_set(fx.itg, P, profile, key, value, &fx.failure);
}

static itg_error_t unset(const char *key)
{
    return itg_setting_unset(fx.itg, P, profile, key, &fx.failure);
}

static int32_t append(void *ctx, const itg_setting_t *setting)
{
    fprintf(ctx, "%s=%s\n", setting->key, setting->value);
    return 0;
}

static void assert_settings(itg_type_t type, int64_t id, const char *wanted)
{
    char *text = NULL;
    size_t length = 0;
    FILE *stream = open_memstream(&text, &length);
    assert_ok(itg_setting_each(fx.itg, type, id, append, stream, &fx.failure));
    fclose(stream);
    ck_assert_str_eq(text, wanted);
    free(text);
}

START_TEST(settings_are_kept_by_key)
{
    assert_ok(set("b.second", "2"));
    assert_ok(set("a.first", "\"text\""));
    assert_ok(itg_setting_set(fx.itg, M, master, "a.first", "true", &fx.failure));
    assert_settings(P, profile, "a.first=\"text\"\nb.second=2\n");
    assert_settings(M, master, "a.first=true\n");
    assert_ok(set("b.second", "false"));
    assert_ok(unset("a.first"));
    assert_settings(P, profile, "b.second=false\n");
}
END_TEST

START_TEST(values_have_one_form)
{
    static const struct {
        const char *given, *kept;
    } cases[] = {
        {"1", "1"},
        {" 1 ", "1"},
        {"-0", "0"},
        {"1.0", "1.0"},
        {"1.50", "1.5"},
        {"-0.0", "-0.0"},
        {"1e5", "100000.0"},
        {"1E400e", NULL},
        {"9223372036854775807", "9223372036854775807"},
        {"9223372036854775808", NULL},
        {"1e999", NULL},
        {"\"\\u00e4\\/\"", "\"\xC3\xA4/\""},
        {"\"\\u0000\"", NULL},
        {"\"\xFF\"", NULL},
        {"\"tab\\t\"", "\"tab\\t\""},
        {"true", "true"},
        {"null", NULL},
        {"[]", NULL},
        {"{}", NULL},
        {"", NULL},
        {"text", NULL},
        {"1 2", NULL},
        {"\"open", NULL},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char wanted[64];
        if (!cases[i].kept) {
            assert_refused(set("k", cases[i].given), ITG_E_INVALID_BODY);
            continue;
        }
        assert_ok(set("k", cases[i].given));
        snprintf(wanted, sizeof wanted, "k=%s\n", cases[i].kept);
        assert_settings(P, profile, wanted);
        assert_ok(set("k", cases[i].kept)); /* the form is that of itself */
        assert_settings(P, profile, wanted);
        assert_ok(unset("k"));
    }
}
END_TEST

START_TEST(keys_follow_the_grammar)
{
    static const char *const good[] = {"a",         "A-b_c.0",  "a.b.c",           "family[].x",
                                       "a.b[].c.d", "a.b[0].c", "a.b[999999999].c"};
    static const char *const bad[] = {
        "",        ".",     "a.",     ".a",     "a..b",      "a b",      "\xC3\xA4",
        "a[]",     "a[].",  "a[]b.c", "[].a",   "a[].b[].c", "a[01].b",  "a[1000000000].b",
        "a[-1].b", "a[1.b", "a]1[.b", "a[x].b", "a\n",       "a[].b[1]", "a/b",
        "a[][].b",
    };
    for (size_t i = 0; i < COUNT_OF(good); i++)
        assert_ok(set(good[i], "1"));
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        assert_refused(set(bad[i], "1"), ITG_E_INVALID_BODY);
        assert_code(unset(bad[i]), ITG_E_INVALID_BODY);
    }
    assert_ok(set(repeated("a", ITG_LIMIT_KEY), "1"));
    assert_refused(set(repeated("a", ITG_LIMIT_KEY + 1), "1"), ITG_E_INVALID_BODY);
}
END_TEST

START_TEST(template_keys_in_values_are_closed_and_named)
{
    static const char *const good[] = {"\"${A}\"", "\"$${A\"", "\"a$b$\"", "\"${A b}${C}\"", "\"$$${\""};
    static const char *const bad[] = {"\"${A\"",     "\"${}\"",       "\"${\"",
                                      "\"${A${B}\"", "\"${a\\\\b}\"", "\"$${${\""};
    for (size_t i = 0; i < COUNT_OF(good); i++)
        assert_ok(set("k", good[i]));
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        assert_refused(set("k", bad[i]), ITG_E_INVALID_BODY);
}
END_TEST

/* A JSON string of so many bytes, quotes included. */
static char *string_of(size_t bytes)
{
    char *text = malloc(bytes + 1);
    ck_assert_ptr_nonnull(text);
    memset(text, 'x', bytes);
    text[0] = text[bytes - 1] = '"';
    text[bytes] = '\0';
    return text;
}

START_TEST(values_have_a_limit)
{
    char *largest = string_of(ITG_LIMIT_SETTING), *larger = string_of(ITG_LIMIT_SETTING + 1),
         *huge = string_of((size_t)10 << 20);
    assert_ok(set("k", largest));
    assert_refused(set("k", larger), ITG_E_INVALID_BODY);
    assert_refused(set("k", huge), ITG_E_INVALID_BODY);
    ck_assert_int_eq(itg_setting_set(fx.itg, P, profile, "k", huge, &fx.failure), ITG_E_INVALID_BODY);
    ck_assert_str_eq(fx.failure.detail, "value: longer than 65536 bytes");
    itg_failure_clear(&fx.failure);
    free(largest);
    free(larger);
    free(huge);
}
END_TEST

START_TEST(a_profile_has_a_limit)
{
    char key[32], *value = string_of(ITG_LIMIT_SETTING);
    int fit = (int)(ITG_LIMIT_CONTENT / (ITG_LIMIT_SETTING + 3));
    assert_ok(itg_begin(fx.itg, &fx.failure));
    for (int i = 0; i < fit; i++) {
        snprintf(key, sizeof key, "k%02d", i);
        assert_ok(set(key, value));
    }
    assert_ok(itg_commit(fx.itg, &fx.failure));
    assert_refused(set("one-more", value), ITG_E_INVALID_BODY);
    assert_ok(set("k00", value)); /* what is there may be replaced */
    free(value);
}
END_TEST

START_TEST(what_settings_refuse)
{
    assert_refused(itg_setting_set(fx.itg, TC, tc, "k", "1", &fx.failure), ITG_E_OBJECT_TYPE);
    assert_refused(itg_setting_set(fx.itg, M, profile, "k", "1", &fx.failure), ITG_E_NO_HANDLER);
    assert_refused(itg_setting_set(fx.itg, P, 4711, "k", "1", &fx.failure), ITG_E_NO_HANDLER);
    assert_refused(set(NULL, "1"), ITG_E_INVALID_BODY);
    assert_refused(set("k", NULL), ITG_E_INVALID_BODY);
    assert_refused(unset(NULL), ITG_E_INVALID_BODY);
    assert_refused(unset("k"), ITG_E_NO_VALID_PROPERTY);
    assert_code(itg_setting_each(fx.itg, P, 4711, append, NULL, &fx.failure), ITG_E_NO_HANDLER);
    assert_code(itg_setting_each(fx.itg, P, profile, NULL, NULL, &fx.failure), ITG_E_INVALID_BODY);
    assert_ok(set("k", "1"));
    assert_ok(itg_bin_put(fx.itg, P, profile, &fx.failure));
    assert_refused(set("k", "2"), ITG_E_PROFILE_IN_BIN);
    assert_refused(unset("k"), ITG_E_PROFILE_IN_BIN);
    assert_settings(P, profile, "k=1\n");
    assert_ok(itg_profile_delete(fx.itg, P, profile, &fx.failure));
}
END_TEST

/* --- revisions --- */

static const char *state(int64_t id)
{
    static char text[32];
    itg_thinclient_t *thinclient = NULL;
    assert_ok(itg_thinclient_get(fx.itg, id, &thinclient, &fx.failure));
    snprintf(text, sizeof text, "%s", thinclient->config_changes);
    itg_thinclient_free(thinclient);
    return text;
}

static int64_t revision(int64_t id)
{
    int64_t current = -2, confirmed = -2;
    assert_ok(itg_settings_revision(fx.itg, id, &current, &confirmed, &fx.failure));
    return current;
}

static void confirm(int64_t id)
{
    assert_ok(itg_settings_confirm(fx.itg, id, revision(id), &fx.failure));
    ck_assert_str_eq(state(id), "APPLIED");
}

static void assign(int64_t assignee, int64_t receiver, itg_type_t receiver_type)
{
    const itg_assignment_t a = {assignee, assignee == master ? M : P, receiver, receiver_type};
    assert_ok(itg_assignment_create(fx.itg, &a, 1, &fx.failure));
}

START_TEST(pending_until_the_current_revision_is_confirmed)
{
    ck_assert_str_eq(state(tc), "");
    ck_assert_int_eq(revision(tc), 0);
    assign(profile, dir, TC_DIR);
    ck_assert_str_eq(state(tc), "PENDING");
    int64_t first = revision(tc);
    ck_assert_int_gt(first, 0);
    confirm(tc);
    assert_ok(set("k", "1"));
    ck_assert_str_eq(state(tc), "PENDING");
    assert_ok(itg_settings_confirm(fx.itg, tc, first, &fx.failure)); /* an old one helps nothing */
    ck_assert_str_eq(state(tc), "PENDING");
    confirm(tc);
    assert_ok(itg_settings_confirm(fx.itg, tc, first, &fx.failure)); /* nor does it take anything back */
    ck_assert_str_eq(state(tc), "APPLIED");
}
END_TEST

START_TEST(what_confirm_refuses)
{
    int64_t current = -2, confirmed = -2;
    assign(profile, tc, TC);
    assert_refused(itg_settings_confirm(fx.itg, tc, revision(tc) + 1, &fx.failure), ITG_E_INVALID_BODY);
    assert_refused(itg_settings_confirm(fx.itg, tc, -1, &fx.failure), ITG_E_INVALID_BODY);
    assert_refused(itg_settings_confirm(fx.itg, dir, 0, &fx.failure), ITG_E_THINCLIENT_NOT_FOUND);
    assert_code(itg_settings_revision(fx.itg, dir, &current, &confirmed, &fx.failure),
                ITG_E_THINCLIENT_NOT_FOUND);
    assert_code(itg_settings_revision(fx.itg, tc, NULL, NULL, &fx.failure), ITG_E_INVALID_BODY);
    assert_ok(itg_settings_revision(fx.itg, tc, &current, &confirmed, &fx.failure));
    ck_assert_int_eq(confirmed, -1);
    assert_ok(itg_bin_put(fx.itg, TC, tc, &fx.failure));
    assert_refused(itg_settings_confirm(fx.itg, tc, 0, &fx.failure), ITG_E_THINCLIENT_IN_BIN);
}
END_TEST

/* One change after another, each of which must make a thin client that has confirmed pending again, or must
 * not. */
START_TEST(every_change_that_matters_is_counted)
{
    int64_t other = make_directory(TC_DIR, "other", ITG_ROOT_THINCLIENTS), key = 0, value = 0;
    int64_t folder = make_directory(ITG_TYPE_PROFILE_DIRECTORY, "folder", ITG_ROOT_PROFILES);
    itg_move_entry_t entry = {tc, 0, 0}, filed = {profile, 0, 0}, directory = {dir, 0, 0};
    const itg_value_t name = {"name", "renamed"}, serial = {"serialNumber", "S1"}, site = {"site", "Bremen"};
    assert_ok(
        itg_template_key_create(fx.itg, "K", ITG_TEMPLATE_STRING, ITG_ROOT_TEMPLATES, &key, &fx.failure));
    assert_ok(itg_template_value_create(fx.itg, key, "v", NULL, &value, &fx.failure));
    const itg_template_assignment_t filling = {dir, TC_DIR, key, value};
    const itg_assignment_t at_dir = {profile, P, dir, TC_DIR};
    assign(profile, dir, TC_DIR);
    confirm(tc);
#define COUNTS(call)                            \
    do {                                        \
        assert_ok(call);                        \
        ck_assert_str_eq(state(tc), "PENDING"); \
        confirm(tc);                            \
    } while (0)
#define COUNTS_NOT(call)                        \
    do {                                        \
        assert_ok(call);                        \
        ck_assert_str_eq(state(tc), "APPLIED"); \
    } while (0)
    COUNTS(set("k", "1"));
    COUNTS(unset("k"));
    COUNTS_NOT(itg_setting_set(fx.itg, M, master, "k", "1", &fx.failure)); /* not assigned here */
    COUNTS(itg_template_assign(fx.itg, &filling, 1, &fx.failure));
    COUNTS(itg_template_value_update(fx.itg, value, "w", NULL, &fx.failure));
    COUNTS_NOT(itg_template_value_update(fx.itg, value, NULL, "described", &fx.failure));
    COUNTS(itg_template_unassign(fx.itg, dir, key, &fx.failure));
    COUNTS(itg_template_assign(fx.itg, &filling, 1, &fx.failure));
    COUNTS(itg_template_value_delete(fx.itg, value, &fx.failure));
    COUNTS(itg_thinclient_update(fx.itg, tc, &name, 1, &fx.failure));
    COUNTS(itg_thinclient_update(fx.itg, tc, &serial, 1, &fx.failure));
    COUNTS_NOT(itg_thinclient_update(fx.itg, tc, &site, 1, &fx.failure));
    COUNTS(itg_move(fx.itg, TC_DIR, other, &entry, 1, &fx.failure));
    COUNTS_NOT(itg_move(fx.itg, TC_DIR, other, &entry, 1, &fx.failure)); /* it is there already */
    COUNTS(itg_move(fx.itg, TC_DIR, dir, &entry, 1, &fx.failure));
    COUNTS(itg_move(fx.itg, TC_DIR, other, &directory, 1, &fx.failure));
    COUNTS_NOT(itg_move(fx.itg, ITG_TYPE_PROFILE_DIRECTORY, folder, &filed, 1, &fx.failure));
    COUNTS(itg_bin_put(fx.itg, ITG_TYPE_PROFILE_DIRECTORY, folder, &fx.failure));
    COUNTS(itg_bin_restore(fx.itg, ITG_TYPE_PROFILE_DIRECTORY, folder, &fx.failure));
    COUNTS(itg_bin_put(fx.itg, P, profile, &fx.failure));
    COUNTS_NOT(itg_assignment_create(fx.itg, NULL, 0, &fx.failure));
    COUNTS(itg_bin_restore(fx.itg, P, profile, &fx.failure));
    COUNTS_NOT(itg_bin_put(fx.itg, TC_DIR, dir, &fx.failure));
    COUNTS_NOT(itg_bin_restore(fx.itg, TC_DIR, dir, &fx.failure)); /* it came back to where it was */
    COUNTS(itg_assignment_delete(fx.itg, &at_dir, &fx.failure));
    COUNTS(itg_assignment_create(fx.itg, &at_dir, 1, &fx.failure));
    COUNTS(itg_profile_delete(fx.itg, P, profile, &fx.failure));
}
END_TEST

struct collected {
    size_t count;
    char states[64][16];
};

static int32_t collect(void *ctx, const itg_thinclient_t *thinclient)
{
    struct collected *collected = ctx;
    snprintf(collected->states[collected->count++], 16, "%s", thinclient->config_changes);
    return 0;
}

/* Walks read many directories: more than are remembered, and the same one again and again. */
START_TEST(walks_tell_the_same_as_single_looks)
{
    struct collected collected = {0};
    int64_t ids[40], parent = ITG_ROOT_THINCLIENTS;
    for (int i = 0; i < 20; i++) {
        char mac[16];
        parent = make_directory(TC_DIR, "d", i % 5 == 0 ? ITG_ROOT_THINCLIENTS : parent);
        for (int k = 0; k < 2; k++) {
            snprintf(mac, sizeof mac, "00E0C60000%02X", i * 2 + k);
            ids[i * 2 + k] = make_thinclient(mac, parent, 1);
        }
        if (i % 3 == 0)
            assign(profile, parent, TC_DIR);
    }
    for (int i = 0; i < 40; i += 7)
        confirm(ids[i]);
    assert_ok(set("k", "1"));
    for (int i = 0; i < 40; i += 11)
        confirm(ids[i]);
    assert_ok(itg_thinclient_each(fx.itg, ITG_EXTENT_DETAILS, tc, collect, &collected, &fx.failure));
    ck_assert_uint_eq(collected.count, 40);
    for (int i = 0; i < 40; i++)
        ck_assert_str_eq(collected.states[i], state(ids[i]));
}
END_TEST

SUITE("setting", with_profile, settings_are_kept_by_key, values_have_one_form, keys_follow_the_grammar,
      template_keys_in_values_are_closed_and_named, values_have_a_limit, a_profile_has_a_limit,
      what_settings_refuse, pending_until_the_current_revision_is_confirmed, what_confirm_refuses,
      every_change_that_matters_is_counted, walks_tell_the_same_as_single_looks)
