/* Licences: what is refused without them, at the library and at IMI. */
#include "imi_fixture.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MASTER     ITG_TYPE_MASTERPROFILE
#define MASTER_DIR ITG_TYPE_MASTERPROFILE_DIRECTORY

/* What the host says: a feature's answer, 1 for those that are not named. */
static struct {
    const char *feature;
    int32_t answer;
    int asked;
    int warnings;
} host;

static int32_t allows(void *ctx, const char *feature)
{
    ck_assert_ptr_eq(ctx, &host);
    ck_assert_int_ne(itg_feature_from_name(feature), ITG_FEATURE_NONE);
    host.asked++;
    return host.feature && strcmp(feature, host.feature) == 0 ? host.answer : 1;
}

static void log_line(void *ctx, itg_log_level_t level, const char *text)
{
    (void)ctx;
    (void)text;
    host.warnings += level == ITG_LOG_WARNING;
}

static const itg_licence_t licence = {.size = sizeof licence, .allows = allows, .ctx = &host};
static const itg_log_t log_port = {.size = sizeof log_port, .line = log_line};

/* What lies there from licensed times. */
static struct {
    int64_t tc, directory, master, master_directory, asset, key, value, rule;
} id;

static void make_all(void)
{
    static const char *const categories[] = {"Mouse"};
    make_firmware("1");
    id.directory = make_directory(ITG_TYPE_THINCLIENT_DIRECTORY, "d", ITG_ROOT_THINCLIENTS);
    id.tc = make_thinclient("00E0C5000001", id.directory, 1);
    id.master_directory = make_directory(MASTER_DIR, "md", ITG_ROOT_MASTERPROFILES);
    id.master = make_profile(MASTER, "m", id.master_directory, 1);
    itg_asset_input_t input = {.size = sizeof input,
                               .thinclient_id = id.tc,
                               .unique_id = "u",
                               .connector = "usb",
                               .name = "mouse",
                               .vendor = "v",
                               .device_id = "1",
                               .categories = categories,
                               .category_count = 1};
    assert_ok(itg_asset_create(fx.itg, &input, &id.asset, &fx.failure));
    assert_ok(
        itg_template_key_create(fx.itg, "K", ITG_TEMPLATE_STRING, ITG_ROOT_TEMPLATES, &id.key, &fx.failure));
    assert_ok(itg_template_value_create(fx.itg, id.key, "x", "", &id.value, &fx.failure));
    assert_ok(itg_rule_create(fx.itg, 0, -1, "site==X", id.directory, 0, &id.rule, &fx.failure));
}

static void licensed(void)
{
    itg_options_t options = fixture_options();
    options.licence = &licence;
    options.log = &log_port;
    fixture_none();
    memset(&host, 0, sizeof host);
    assert_ok(itg_open(":memory:", &options, &fx.itg, &fx.failure));
    make_all();
    imi_open(&(itg_imi_options_t){.size = sizeof(itg_imi_options_t), .trusted = 1});
}

static void refuse(const char *feature)
{
    host.feature = feature;
    host.answer = 0;
}

/* ---- one line for each operation of a feature; they ignore what they are given */

static int32_t no_object(void *ctx, const itg_object_t *object)
{
    (void)object;
    ++*(int *)ctx;
    return 0;
}

static int32_t no_profile(void *ctx, const itg_profile_t *profile)
{
    (void)ctx;
    (void)profile;
    return 0;
}

static int32_t no_assignment(void *ctx, const itg_assignment_t *assignment, int32_t position)
{
    (void)ctx;
    (void)assignment;
    (void)position;
    return 0;
}

static int32_t no_setting(void *ctx, const itg_setting_t *setting)
{
    (void)ctx;
    (void)setting;
    return 0;
}

static int32_t no_rule(void *ctx, const itg_rule_t *rule)
{
    (void)ctx;
    (void)rule;
    return 0;
}

static int32_t no_asset(void *ctx, const itg_asset_t *asset)
{
    (void)ctx;
    (void)asset;
    return 0;
}

static int32_t no_key(void *ctx, const itg_template_key_t *key)
{
    (void)ctx;
    (void)key;
    return 0;
}

#define CHECK(call, code) assert_refused(call, code)

static void master_profiles(itg_error_t code)
{
    itg_profile_t *profile = NULL;
    itg_object_t *directory = NULL;
    itg_assignment_t a = {id.master, MASTER, id.tc, ITG_TYPE_THINCLIENT};
    itg_move_entry_t entry = {.id = id.master};
    itg_t *itg = fx.itg;
    itg_failure_t *f = &fx.failure;
    CHECK(itg_profile_create(itg, MASTER, "x", ITG_ROOT_MASTERPROFILES, 1, 0, NULL, f), code);
    CHECK(itg_profile_get(itg, MASTER, id.master, &profile, f), code);
    CHECK(itg_profile_each(itg, MASTER, 0, no_profile, NULL, f), code);
    CHECK(itg_profile_rename(itg, MASTER, id.master, "x", f), code);
    CHECK(itg_profile_delete(itg, MASTER, id.master, f), code);
    CHECK(itg_directory_create(itg, MASTER_DIR, "x", ITG_ROOT_MASTERPROFILES, NULL, f), code);
    CHECK(itg_directory_get(itg, MASTER_DIR, id.master_directory, &directory, f), code);
    CHECK(itg_directory_each(itg, MASTER_DIR, 0, no_object, &(int){0}, f), code);
    CHECK(itg_directory_children(itg, MASTER_DIR, id.master_directory, no_object, &(int){0}, f), code);
    CHECK(itg_directory_rename(itg, MASTER_DIR, id.master_directory, "x", f), code);
    CHECK(itg_directory_delete(itg, MASTER_DIR, id.master_directory, f), code);
    CHECK(itg_move(itg, MASTER_DIR, ITG_ROOT_MASTERPROFILES, &entry, 1, f), code);
    CHECK(itg_bin_put(itg, MASTER, id.master, f), code);
    CHECK(itg_bin_restore(itg, MASTER, id.master, f), code);
    CHECK(itg_bin_purge(itg, MASTER_DIR, id.master_directory, f), code);
    CHECK(itg_assignment_create(itg, &a, 1, f), code);
    CHECK(itg_assignment_delete(itg, &a, f), code);
    CHECK(itg_assignment_receivers(itg, MASTER, id.master, ITG_TYPE_THINCLIENT, no_assignment, NULL, f),
          code);
    CHECK(itg_setting_set(itg, MASTER, id.master, "a.b", "1", f), code);
    CHECK(itg_setting_unset(itg, MASTER, id.master, "a.b", f), code);
    CHECK(itg_setting_each(itg, MASTER, id.master, no_setting, NULL, f), code);
    ck_assert_ptr_null(profile);
    ck_assert_ptr_null(directory);
}

static void assets(itg_error_t code)
{
    itg_asset_t *asset = NULL;
    CHECK(itg_asset_get(fx.itg, id.asset, &asset, &fx.failure), code);
    CHECK(itg_asset_each(fx.itg, 0, 0, no_asset, NULL, &fx.failure), code);
    CHECK(itg_asset_move(fx.itg, id.asset, -1, 0, &fx.failure), code);
    CHECK(itg_asset_delete(fx.itg, id.asset, &fx.failure), code);
    ck_assert_ptr_null(asset);
}

static void rules(itg_error_t code)
{
    itg_rule_t *rule = NULL;
    CHECK(itg_rule_create(fx.itg, 0, -1, "site==X", 0, 0, NULL, &fx.failure), code);
    CHECK(itg_rule_update(fx.itg, id.rule, 0, -1, "site==Y", 0, 0, &fx.failure), code);
    CHECK(itg_rule_get(fx.itg, id.rule, &rule, &fx.failure), code);
    CHECK(itg_rule_each(fx.itg, no_rule, NULL, &fx.failure), code);
    CHECK(itg_rule_delete(fx.itg, id.rule, &fx.failure), code);
    CHECK(itg_rule_apply(fx.itg, ITG_RULE_ON_DEMAND, 0, 0, NULL, NULL, NULL, &fx.failure), code);
    ck_assert_ptr_null(rule);
}

static void templates(itg_error_t code)
{
    itg_template_assignment_t a = {.receiver_id = id.tc, .receiver_type = ITG_TYPE_THINCLIENT};
    CHECK(itg_template_key_create(fx.itg, "L", ITG_TEMPLATE_STRING, ITG_ROOT_TEMPLATES, NULL, &fx.failure),
          code);
    CHECK(itg_template_key_each(fx.itg, 0, no_key, NULL, &fx.failure), code);
    CHECK(itg_template_value_create(fx.itg, id.key, "y", "", NULL, &fx.failure), code);
    CHECK(itg_template_value_update(fx.itg, id.value, "y", "", &fx.failure), code);
    CHECK(itg_template_value_delete(fx.itg, id.value, &fx.failure), code);
    CHECK(itg_template_assign(fx.itg, &a, 1, &fx.failure), code);
    CHECK(itg_template_unassign(fx.itg, id.tc, id.key, &fx.failure), code);
    CHECK(itg_template_key_delete(fx.itg, id.key, &fx.failure), code);
}

static const struct {
    const char *feature;
    void (*operations)(itg_error_t code);
} features[] = {
    {"masterprofiles", master_profiles},
    {"assets", assets},
    {"rules", rules},
    {"templates", templates},
};

START_TEST(names_and_features_agree)
{
    static const char *const names[] = {"imi",    "imi-v1", "imi-v2",    "imi-v3",
                                        "assets", "rules",  "templates", "masterprofiles"};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        ck_assert_int_eq(itg_feature_from_name(names[i]), (int)i + 1);
        ck_assert_str_eq(itg_feature_name((itg_feature_t)(i + 1)), names[i]);
    }
    ck_assert_str_eq(itg_feature_name(ITG_FEATURE_NONE), "");
    ck_assert_str_eq(itg_feature_name((itg_feature_t)(COUNT_OF(names) + 1)), "");
    ck_assert_str_eq(itg_feature_name((itg_feature_t)-1), "");
    ck_assert_int_eq(itg_feature_from_name("IMI"), ITG_FEATURE_NONE);
    ck_assert_int_eq(itg_feature_from_name(""), ITG_FEATURE_NONE);
    ck_assert_int_eq(itg_feature_from_name(NULL), ITG_FEATURE_NONE);
}
END_TEST

START_TEST(a_feature_is_refused_as_a_whole)
{
    for (size_t i = 0; i < COUNT_OF(features); i++) {
        refuse(features[i].feature);
        features[i].operations(ITG_E_LICENSE_REQUIRED);
    }
    ck_assert_int_eq(host.warnings, 0);
}
END_TEST

START_TEST(a_licence_that_cannot_be_told_counts_as_missing)
{
    for (size_t i = 0; i < COUNT_OF(features); i++) {
        host.warnings = 0;
        host.feature = features[i].feature;
        host.answer = i % 2 ? -1 : INT32_MIN;
        features[i].operations(ITG_E_LICENSE_REQUIRED);
        ck_assert_int_gt(host.warnings, 0);
    }
}
END_TEST

START_TEST(each_feature_stands_alone)
{
    itg_profile_t *profile = NULL;
    itg_asset_t *asset = NULL;
    itg_rule_t *rule = NULL;
    for (size_t i = 0; i < COUNT_OF(features); i++) {
        bool is[4] = {i == 0, i == 1, i == 2, i == 3};
        refuse(features[i].feature);
        assert_code(itg_profile_get(fx.itg, MASTER, id.master, &profile, &fx.failure),
                    is[0] ? ITG_E_LICENSE_REQUIRED : ITG_OK);
        assert_code(itg_asset_get(fx.itg, id.asset, &asset, &fx.failure),
                    is[1] ? ITG_E_LICENSE_REQUIRED : ITG_OK);
        assert_code(itg_rule_get(fx.itg, id.rule, &rule, &fx.failure),
                    is[2] ? ITG_E_LICENSE_REQUIRED : ITG_OK);
        assert_code(itg_template_key_each(fx.itg, 0, no_key, NULL, &fx.failure),
                    is[3] ? ITG_E_LICENSE_REQUIRED : ITG_OK);
        assert_ok(
            itg_directory_rename(fx.itg, ITG_TYPE_THINCLIENT_DIRECTORY, id.directory, "n", &fx.failure));
        itg_profile_free(profile);
        itg_asset_free(asset);
        itg_rule_free(rule);
        profile = NULL;
        asset = NULL;
        rule = NULL;
    }
}
END_TEST

START_TEST(a_failure_says_which)
{
    itg_asset_t *asset = NULL;
    refuse("assets");
    ck_assert_int_eq(itg_asset_get(fx.itg, id.asset, &asset, &fx.failure), ITG_E_LICENSE_REQUIRED);
    ck_assert_str_eq(fx.failure.message, "License required");
    ck_assert_str_eq(fx.failure.detail, "assets is not licensed");
    ck_assert_str_eq(fx.failure.trace, "[itg_asset_get]");
    itg_failure_clear(&fx.failure);
}
END_TEST

START_TEST(a_licence_may_come_and_go)
{
    refuse("assets");
    assets(ITG_E_LICENSE_REQUIRED);
    host.answer = 1;
    assert_ok(itg_asset_delete(fx.itg, id.asset, &fx.failure));
}
END_TEST

START_TEST(the_bin_leaves_out_what_is_not_licensed)
{
    int items = 0;
    int64_t objects = 0;
    assert_ok(itg_bin_put(fx.itg, MASTER, id.master, &fx.failure));
    assert_ok(itg_bin_put(fx.itg, ITG_TYPE_THINCLIENT, id.tc, &fx.failure));
    refuse("masterprofiles");
    assert_ok(itg_bin_each(fx.itg, 0, no_object, &items, &fx.failure));
    ck_assert_int_eq(items, 1);
    assert_ok(itg_bin_empty(fx.itg, &objects, &fx.failure));
    ck_assert_int_eq(objects, 1);
    host.answer = 1;
    items = 0;
    assert_ok(itg_bin_each(fx.itg, 0, no_object, &items, &fx.failure));
    ck_assert_int_eq(items, 1);
    assert_ok(itg_bin_restore(fx.itg, MASTER, id.master, &fx.failure));
}
END_TEST

/* Whose licences end can still save the fleet, and delete a thin client that has an asset. */
START_TEST(what_is_there_stays_usable)
{
    for (size_t i = 0; i < COUNT_OF(features); i++) {
        refuse(features[i].feature);
        free(fixture_fingerprint(fx.itg));
    }
    refuse("assets");
    assert_ok(itg_thinclient_delete(fx.itg, id.tc, &fx.failure));
    host.answer = 1;
    itg_asset_t *asset = NULL;
    assert_ok(itg_asset_get(fx.itg, id.asset, &asset, &fx.failure));
    ck_assert_int_eq(asset->thinclient_id, -1);
    itg_asset_free(asset);
}
END_TEST

START_TEST(without_a_port_everything_is_licensed)
{
    itg_options_t options = fixture_options();
    itg_licence_t empty = {.size = sizeof empty};
    itg_t *itg = NULL;
    const itg_licence_t *ports[] = {NULL, &empty};
    for (size_t i = 0; i < COUNT_OF(ports); i++) {
        options.licence = ports[i];
        assert_ok(itg_open(":memory:", &options, &itg, &fx.failure));
        assert_ok(
            itg_template_key_create(itg, "K", ITG_TEMPLATE_STRING, ITG_ROOT_TEMPLATES, NULL, &fx.failure));
        itg_close(itg);
    }
    ck_assert_int_gt(host.asked, 0);
}
END_TEST

/* ---- IMI */

START_TEST(imi_needs_its_licence)
{
    static const char *const targets[] = {"/thinclients", "/serverstatus", "/umsapi/v9/thinclients",
                                          "/nothing"};
    refuse("imi");
    for (size_t i = 0; i < COUNT_OF(targets); i++)
        assert_error("GET", targets[i], NULL, 403, "ITG-0C001", "License required");
    assert_error("DELETE", "/thinclients/1", NULL, 403, "ITG-0C001", "License required");
}
END_TEST

START_TEST(versions_are_licensed_one_by_one)
{
    static const struct {
        const char *feature, *version;
        bool refused;
    } cases[] = {
        {"imi-v1", "v1", true},      {"imi-v1", "v2", false},     {"imi-v1", "v3", false},
        {"imi-v1", "latest", false}, {"imi-v2", "v1", false},     {"imi-v2", "v2", true},
        {"imi-v2", "v3", false},     {"imi-v2", "latest", false}, {"imi-v3", "v1", false},
        {"imi-v3", "v2", false},     {"imi-v3", "v3", true},      {"imi-v3", "latest", true},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char target[64];
        snprintf(target, sizeof target, "/umsapi/%s/firmwares", cases[i].version);
        refuse(cases[i].feature);
        ask("GET", target, NULL);
        if (cases[i].refused)
            assert_is_error(403, "ITG-0C002", "Invalid IMI version");
        else
            ck_assert_int_eq(im.reply.status, 200);
    }
    /* What is no version stays that. */
    assert_error("GET", "/umsapi/v4/firmwares", NULL, 400, "ITG-0B006", "No valid IMI API version.");
    host.answer = -1;
    assert_error("GET", "/firmwares", NULL, 403, "ITG-0C002", "Invalid IMI version");
}
END_TEST

START_TEST(imi_refuses_features)
{
    static const struct {
        const char *feature, *method, *target, *body;
    } cases[] = {
        {"assets", "GET", "/assetinfo", NULL},
        {"assets", "GET", "/assetinfo/thinclients/2", NULL},
        {"assets", "GET", "/assethistory", NULL},
        {"templates", "GET", "/template/1/read", NULL},
        {"templates", "PUT", "/template", "{'name':'L','type':'StringType'}"},
        {"masterprofiles", "GET", "/masterprofiles", NULL},
        {"masterprofiles", "GET", "/directories/masterprofiledirectories", NULL},
        {"masterprofiles", "PUT", "/directories/masterprofiledirectories", "{'name':'x'}"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        refuse(cases[i].feature);
        assert_error(cases[i].method, cases[i].target, cases[i].body ? json(cases[i].body) : NULL, 403,
                     "ITG-0C001", "License required");
        ask("GET", "/thinclients", NULL);
        ck_assert_int_eq(im.reply.status, 200);
    }
}
END_TEST

/* Who is nobody hears of that before any licence. */
START_TEST(the_session_comes_first)
{
    imi_open(NULL);
    refuse("imi");
    assert_error("GET", "/thinclients", NULL, 401, "ITG-0B003", "No session ID found.");
}
END_TEST

SUITE("licence", licensed, names_and_features_agree, a_feature_is_refused_as_a_whole,
      a_licence_that_cannot_be_told_counts_as_missing, each_feature_stands_alone, a_failure_says_which,
      a_licence_may_come_and_go, the_bin_leaves_out_what_is_not_licensed, what_is_there_stays_usable,
      without_a_port_everything_is_licensed, imi_needs_its_licence, versions_are_licensed_one_by_one,
      imi_refuses_features, the_session_comes_first)
