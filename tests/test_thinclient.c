/* Thin clients: their properties, making, changing, finding, walking and deleting them. */
#include "fixture.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAC      "00E0C5000001"
#define FIRMWARE "1" /* the first firmware's id; setup makes it */

static void with_firmware(void)
{
    fixture_memory();
    ck_assert_int_eq(make_firmware("11.3.100.1"), 1);
}

static itg_error_t create(const itg_value_t *values, size_t count)
{
    int64_t id = -77;
    itg_error_t err = itg_thinclient_create(fx.itg, values, count, &id, &fx.failure);
    if (err)
        ck_assert_int_eq(id, -77);
    return err;
}

/* Creates with a MAC, a firmware and one value more. */
static itg_error_t create_with(const char *key, const char *value)
{
    const itg_value_t values[] = {{"mac", MAC}, {"firmwareID", FIRMWARE}, {key, value}};
    return create(values, COUNT_OF(values));
}

static itg_error_t create_mac(const char *mac)
{
    const itg_value_t values[] = {{"mac", mac}, {"firmwareID", FIRMWARE}};
    return create(values, COUNT_OF(values));
}

static itg_error_t update(int64_t id, const char *key, const char *value)
{
    const itg_value_t values[] = {{key, value}};
    return itg_thinclient_update(fx.itg, id, values, 1, &fx.failure);
}

static itg_thinclient_t *get(int64_t id)
{
    itg_thinclient_t *tc = NULL;
    assert_ok(itg_thinclient_get(fx.itg, id, &tc, &fx.failure));
    return tc;
}

static void assert_property(int64_t id, const char *key, const char *wanted)
{
    char text[8192];
    itg_thinclient_t *tc = get(id);
    const itg_property_t *property = itg_property_by_key(key);
    ck_assert_msg(property != NULL, "%s", key);
    itg_thinclient_text(tc, property, text, sizeof text);
    ck_assert_msg(strcmp(text, wanted) == 0, "%s is \"%s\", expected \"%s\"", key, text, wanted);
    itg_thinclient_free(tc);
}

/* --- create --- */

START_TEST(create_fills_in_what_is_missing)
{
    int64_t id = 0;
    const itg_value_t values[] = {{"mac", MAC}, {"firmwareID", FIRMWARE}};
    assert_ok(itg_thinclient_create(fx.itg, values, COUNT_OF(values), &id, &fx.failure));
    itg_thinclient_t *tc = get(id);
    ck_assert_int_eq(tc->id, id);
    ck_assert_str_eq(tc->name, "ITC" MAC);
    ck_assert_str_eq(tc->mac, MAC);
    ck_assert_str_eq(tc->unit_id, MAC);
    ck_assert_int_eq(tc->parent_id, ITG_ROOT_THINCLIENTS);
    ck_assert_int_eq(tc->firmware_id, 1);
    ck_assert_int_eq(tc->in_bin, 0);
    ck_assert_str_eq(tc->site, "");
    itg_thinclient_free(tc);
}
END_TEST

START_TEST(create_keeps_every_value_given)
{
    int64_t dir = make_directory(ITG_TYPE_THINCLIENT_DIRECTORY, "d", ITG_ROOT_THINCLIENTS);
    char parent[24];
    snprintf(parent, sizeof parent, "%lld", (long long)dir);
    const itg_value_t values[] = {
        {"mac", "00e0c5abcdef"}, {"firmwareID", FIRMWARE}, {"name", "My Name"},       {"parentID", parent},
        {"site", "Bremen"},      {"department", "R&D"},    {"costCenter", "4711"},    {"lastIP", "127.0.0.9"},
        {"comment", "c\nd"},     {"assetID", "A-1"},       {"inserviceDate", "2024"}, {"serialNumber", "S"},
        {"unitID", "unit-7"},
    };
    int64_t id = 0;
    assert_ok(itg_thinclient_create(fx.itg, values, COUNT_OF(values), &id, &fx.failure));
    assert_property(id, "mac", "00E0C5ABCDEF");
    for (size_t i = 1; i < COUNT_OF(values); i++)
        assert_property(id, values[i].key, values[i].value);
}
END_TEST

START_TEST(empty_values_mean_unset)
{
    const itg_value_t values[] = {{"mac", MAC},     {"firmwareID", FIRMWARE}, {"name", ""},
                                  {"parentID", ""}, {"unitID", ""},           {"site", ""},
                                  {"comment", NULL}};
    int64_t id = 0;
    assert_ok(itg_thinclient_create(fx.itg, values, COUNT_OF(values), &id, &fx.failure));
    assert_property(id, "name", "ITC" MAC);
    assert_property(id, "parentID", "-1");
    assert_property(id, "unitID", MAC);
    assert_property(id, "site", "");
}
END_TEST

START_TEST(mac_is_mandatory_and_twelve_hex_digits)
{
    struct {
        const char *mac;
        itg_error_t error;
    } cases[] = {
        {NULL, ITG_E_NO_MAC},
        {"", ITG_E_NO_MAC},
        {"00E0C500000", ITG_E_MAC_LENGTH},
        {"00E0C50000011", ITG_E_MAC_LENGTH},
        {"00:E0:C5:00:00:01", ITG_E_MAC_LENGTH},
        {"00E0C500000G", ITG_E_NUMBER_FORMAT},
        {"00E0C500000 ", ITG_E_NUMBER_FORMAT},
        {"0x0000000001", ITG_E_NUMBER_FORMAT},
        {"-00000000001", ITG_E_NUMBER_FORMAT},
        {"%s%s%s%s%s%s", ITG_E_NUMBER_FORMAT},
        /* Twelve characters are not twelve bytes: */
        {"00E0C500000\xC3\xA4", ITG_E_NUMBER_FORMAT},
        {"00E0C50000\xC3\xA4", ITG_E_MAC_LENGTH},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        assert_refused(create_mac(cases[i].mac), cases[i].error);
    assert_refused(create(&(itg_value_t){"firmwareID", FIRMWARE}, 1), ITG_E_NO_MAC);
}
END_TEST

START_TEST(mac_is_one_in_either_case)
{
    assert_ok(create_mac("00e0c5abcdef"));
    assert_refused(create_mac("00E0C5ABCDEF"), ITG_E_DUPLICATE);
    assert_refused(create_mac("00e0C5AbCdEf"), ITG_E_DUPLICATE);
    itg_thinclient_t *tc = NULL;
    assert_ok(itg_thinclient_by_mac(fx.itg, "00E0c5aBCDEF", &tc, &fx.failure));
    ck_assert_str_eq(tc->mac, "00E0C5ABCDEF");
    itg_thinclient_free(tc);
}
END_TEST

START_TEST(unit_id_is_unique)
{
    int64_t id = make_thinclient(MAC, -1, 1);
    const itg_value_t taken[] = {{"mac", "00E0C5000002"}, {"firmwareID", FIRMWARE}, {"unitID", MAC}};
    assert_refused(create(taken, COUNT_OF(taken)), ITG_E_DUPLICATE);
    assert_ok(itg_thinclient_delete(fx.itg, id, &fx.failure));
    assert_ok(create(taken, COUNT_OF(taken)));
}
END_TEST

START_TEST(duplicate_tells_the_key)
{
    make_thinclient(MAC, -1, 1);
    itg_failure_t failure = {0};
    const itg_value_t values[] = {{"mac", MAC}, {"firmwareID", FIRMWARE}};
    ck_assert_int_eq(itg_thinclient_create(fx.itg, values, 2, NULL, &failure), ITG_E_DUPLICATE);
    const char *middle =
        ": The statement was aborted because it would have caused a duplicate key value in a unique"
        " or primary key constraint or unique index identified by '";
    ck_assert_msg(strstr(failure.message, middle) != NULL, "%s", failure.message);
    ck_assert_msg(strstr(failure.message, "' defined on '") != NULL, "%s", failure.message);
}
END_TEST

START_TEST(firmware_is_mandatory_and_must_exist)
{
    assert_refused(create(&(itg_value_t){"mac", MAC}, 1), ITG_E_NO_FIRMWARE);
    struct {
        const char *firmware;
        itg_error_t error;
    } cases[] = {
        {NULL, ITG_E_NO_FIRMWARE},
        {"", ITG_E_NO_FIRMWARE},
        {"99", ITG_E_FIRMWARE_NOT_FOUND},
        {"0", ITG_E_FIRMWARE_NOT_FOUND},
        {"-1", ITG_E_FIRMWARE_NOT_FOUND},
        {"9223372036854775807", ITG_E_FIRMWARE_NOT_FOUND},
        {"x", ITG_E_NUMBER_FORMAT},
        {"1x", ITG_E_NUMBER_FORMAT},
        {" 1", ITG_E_NUMBER_FORMAT},
        {"1.0", ITG_E_NUMBER_FORMAT},
        {"1e0", ITG_E_NUMBER_FORMAT},
        {"9223372036854775808", ITG_E_NUMBER_FORMAT},
        {"-9223372036854775809", ITG_E_NUMBER_FORMAT},
        {"99999999999999999999999999999999", ITG_E_NUMBER_FORMAT},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const itg_value_t values[] = {{"mac", MAC}, {"firmwareID", cases[i].firmware}};
        assert_refused(create(values, COUNT_OF(values)), cases[i].error);
    }
}
END_TEST

START_TEST(parent_must_be_a_thin_client_directory)
{
    int64_t profiles = make_directory(ITG_TYPE_PROFILE_DIRECTORY, "p", ITG_ROOT_PROFILES);
    int64_t tc = make_thinclient("00E0C5000009", -1, 1);
    char profile_dir[24], thinclient[24];
    snprintf(profile_dir, sizeof profile_dir, "%lld", (long long)profiles);
    snprintf(thinclient, sizeof thinclient, "%lld", (long long)tc);
    const char *unknown[] = {"99999", "0", "-2", "-14", "-3", "9223372036854775807", profile_dir, thinclient};
    const char *no_numbers[] = {"x", "1 ", "--1", "9223372036854775808"};
    for (size_t i = 0; i < COUNT_OF(unknown); i++)
        assert_refused(create_with("parentID", unknown[i]), ITG_E_PARENT_NOT_FOUND);
    for (size_t i = 0; i < COUNT_OF(no_numbers); i++)
        assert_refused(create_with("parentID", no_numbers[i]), ITG_E_NUMBER_FORMAT);
    assert_ok(create_with("parentID", "-1"));
}
END_TEST

START_TEST(nothing_is_made_in_a_binned_directory)
{
    int64_t above = make_directory(ITG_TYPE_THINCLIENT_DIRECTORY, "a", ITG_ROOT_THINCLIENTS);
    int64_t below = make_directory(ITG_TYPE_THINCLIENT_DIRECTORY, "b", above);
    char parent[24];
    snprintf(parent, sizeof parent, "%lld", (long long)below);
    assert_ok(itg_bin_put(fx.itg, ITG_TYPE_THINCLIENT_DIRECTORY, above, &fx.failure));
    assert_refused(create_with("parentID", parent), ITG_E_DIRECTORY_IN_BIN);
}
END_TEST

static const char *const bad_names[] = {
    " ",        "\t",           "\xC2\xA0",         "a\nb", "\x01", "a\x7F", "a\xC2\x85", "\x80", "caf\xC3",
    "\xC0\x80", "\xED\xBF\xBF", "\xF4\x90\x80\x80", "\xFF",
};

START_TEST(bad_names_are_refused)
{
    int64_t id = make_thinclient("00E0C5000009", -1, 1);
    for (size_t i = 0; i < COUNT_OF(bad_names); i++) {
        assert_refused(create_with("name", bad_names[i]), ITG_E_INVALID_NAME);
        assert_refused(update(id, "name", bad_names[i]), ITG_E_INVALID_NAME);
    }
}
END_TEST

START_TEST(names_have_255_characters_at_most)
{
    int64_t id = make_thinclient("00E0C5000009", -1, 1);
    const char *units[] = {"n", "\xC3\xA4", "\xF0\x9F\x98\x80"};
    for (size_t i = 0; i < COUNT_OF(units); i++) {
        assert_ok(update(id, "name", repeated(units[i], 255)));
        assert_property(id, "name", repeated(units[i], 255));
        assert_refused(update(id, "name", repeated(units[i], 256)), ITG_E_INVALID_NAME);
        assert_refused(create_with("name", repeated(units[i], 256)), ITG_E_INVALID_NAME);
    }
}
END_TEST

START_TEST(texts_have_4000_bytes_at_most_and_are_utf8)
{
    int64_t id = make_thinclient("00E0C5000009", -1, 1);
    assert_ok(update(id, "comment", repeated("x", ITG_LIMIT_TEXT)));
    assert_property(id, "comment", repeated("x", ITG_LIMIT_TEXT));
    assert_refused(update(id, "comment", repeated("x", ITG_LIMIT_TEXT + 1)), ITG_E_INVALID_BODY);
    assert_refused(update(id, "comment", "\xC3"), ITG_E_INVALID_BODY);
    assert_refused(create_with("site", repeated("x", ITG_LIMIT_TEXT + 1)), ITG_E_INVALID_BODY);
    assert_refused(create_with("site", "\xFF"), ITG_E_INVALID_BODY);
    assert_refused(create_with("unitID", "\xFF"), ITG_E_INVALID_BODY);
}
END_TEST

START_TEST(hostile_texts_survive_unchanged)
{
    const char *hostile[] = {"'); DROP TABLE thinclient; --",
                             "%s%n%p",
                             "\"\\\"",
                             "</script>",
                             "\xF0\x9F\x98\x80",
                             "\xE2\x80\xAE",
                             "$1",
                             "?1",
                             "null",
                             "\xEF\xBB\xBF"};
    int64_t id = make_thinclient("00E0C5000009", -1, 1);
    for (size_t i = 0; i < COUNT_OF(hostile); i++) {
        assert_ok(update(id, "site", hostile[i]));
        assert_property(id, "site", hostile[i]);
    }
    for (size_t i = 0; i + 1 < COUNT_OF(hostile); i++) { /* the last one alone is blank */
        assert_ok(update(id, "name", hostile[i]));
        assert_property(id, "name", hostile[i]);
    }
}
END_TEST

START_TEST(create_takes_only_what_can_be_set)
{
    const char *keys[] = {"id",
                          "movedToBin",
                          "networkName",
                          "cpuSpeed",
                          "lastUser",
                          "batteryLevel",
                          "lastContact",
                          "isThinClientRegistered",
                          "nonsense",
                          "MAC",
                          "",
                          "links",
                          "objectType"};
    for (size_t i = 0; i < COUNT_OF(keys); i++)
        assert_refused(create_with(keys[i], "1"), ITG_E_INVALID_BODY);
}
END_TEST

START_TEST(missing_parameters_are_refused)
{
    itg_thinclient_t *tc = NULL;
    const itg_value_t good[] = {{"mac", MAC}, {"firmwareID", FIRMWARE}};
    const itg_value_t no_key[] = {{"mac", MAC}, {"firmwareID", FIRMWARE}, {NULL, "x"}};
    assert_code(itg_thinclient_create(NULL, good, 2, NULL, &fx.failure), ITG_E_INVALID_BODY);
    assert_code(itg_thinclient_create(fx.itg, NULL, 2, NULL, &fx.failure), ITG_E_INVALID_BODY);
    assert_refused(create(no_key, 3), ITG_E_INVALID_BODY);
    assert_code(itg_thinclient_get(fx.itg, 1, NULL, &fx.failure), ITG_E_INVALID_BODY);
    assert_code(itg_thinclient_get(NULL, 1, &tc, &fx.failure), ITG_E_INVALID_BODY);
    assert_code(itg_thinclient_by_mac(fx.itg, NULL, &tc, &fx.failure), ITG_E_INVALID_BODY);
    assert_code(itg_thinclient_update(fx.itg, 1, NULL, 1, &fx.failure), ITG_E_INVALID_BODY);
    assert_code(itg_thinclient_each(fx.itg, ITG_EXTENT_SHORT, 0, NULL, NULL, &fx.failure),
                ITG_E_INVALID_BODY);
    assert_code(itg_thinclient_delete(NULL, 1, &fx.failure), ITG_E_INVALID_BODY);
}
END_TEST

/* --- update --- */

START_TEST(update_changes_only_what_is_named)
{
    int64_t id = make_thinclient(MAC, -1, 1);
    assert_ok(update(id, "site", "Bremen"));
    const itg_value_t values[] = {{"name", "New"}, {"comment", "c"}, {"site", NULL}, {"lastIP", "127.0.0.2"}};
    assert_ok(itg_thinclient_update(fx.itg, id, values, COUNT_OF(values), &fx.failure));
    assert_property(id, "name", "New");
    assert_property(id, "comment", "c");
    assert_property(id, "site", "Bremen");
    assert_property(id, "lastIP", "127.0.0.2");
    assert_ok(update(id, "site", ""));
    assert_property(id, "site", "");
}
END_TEST

START_TEST(update_needs_a_property_that_can_be_changed)
{
    int64_t id = make_thinclient(MAC, -1, 1);
    const char *keys[] = {"mac", "unitID",     "firmwareID", "parentID",
                          "id",  "movedToBin", "cpuSpeed",   "nonsense"};
    for (size_t i = 0; i < COUNT_OF(keys); i++)
        assert_refused(update(id, keys[i], "1"), ITG_E_NO_VALID_PROPERTY);
    assert_refused(itg_thinclient_update(fx.itg, id, NULL, 0, &fx.failure), ITG_E_NO_VALID_PROPERTY);
}
END_TEST

START_TEST(update_of_unknown_or_binned_is_refused)
{
    int64_t id = make_thinclient(MAC, -1, 1);
    int64_t dir = make_directory(ITG_TYPE_THINCLIENT_DIRECTORY, "d", -1);
    const int64_t strangers[] = {0, -1, dir, 999999, INT64_MAX, INT64_MIN};
    for (size_t i = 0; i < COUNT_OF(strangers); i++)
        assert_refused(update(strangers[i], "site", "x"), ITG_E_THINCLIENT_NOT_FOUND);
    assert_ok(itg_bin_put(fx.itg, ITG_TYPE_THINCLIENT, id, &fx.failure));
    assert_refused(update(id, "site", "x"), ITG_E_THINCLIENT_IN_BIN);
}
END_TEST

START_TEST(update_is_all_or_nothing)
{
    int64_t id = make_thinclient(MAC, -1, 1);
    const itg_value_t values[] = {{"site", "Bremen"}, {"comment", "\xFF"}};
    assert_refused(itg_thinclient_update(fx.itg, id, values, 2, &fx.failure), ITG_E_INVALID_BODY);
    const itg_value_t bad_name[] = {{"site", "Bremen"}, {"name", " "}};
    assert_refused(itg_thinclient_update(fx.itg, id, bad_name, 2, &fx.failure), ITG_E_INVALID_NAME);
}
END_TEST

START_TEST(a_name_that_is_cleared_falls_back_or_is_refused)
{
    int64_t id = make_thinclient(MAC, -1, 1);
    char *before = fixture_fingerprint(fx.itg);
    itg_error_t err = update(id, "name", "");
    if (err == ITG_OK)
        assert_property(id, "name", "ITC" MAC);
    else
        assert_code(err, ITG_E_INVALID_NAME);
    fixture_assert_unchanged(before, "update(name, \"\")", __FILE__, __LINE__);
}
END_TEST

/* --- find and walk --- */

START_TEST(get_of_others_is_not_found)
{
    int64_t dir = make_directory(ITG_TYPE_THINCLIENT_DIRECTORY, "d", -1);
    const int64_t strangers[] = {0, -1, dir, 999999, INT64_MAX, INT64_MIN};
    for (size_t i = 0; i < COUNT_OF(strangers); i++) {
        itg_thinclient_t *tc = NULL;
        assert_code(itg_thinclient_get(fx.itg, strangers[i], &tc, &fx.failure), ITG_E_THINCLIENT_NOT_FOUND);
        ck_assert_ptr_null(tc);
    }
}
END_TEST

START_TEST(by_mac_of_others_is_not_found)
{
    const struct {
        const char *mac;
        itg_error_t error;
    } cases[] = {
        {"00E0C5FFFFFF", ITG_E_THINCLIENT_NOT_FOUND},
        {"", ITG_E_NO_MAC},
        {"%s", ITG_E_MAC_LENGTH},
        {"' OR '1'='1'", ITG_E_NUMBER_FORMAT},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        itg_thinclient_t *tc = NULL;
        assert_code(itg_thinclient_by_mac(fx.itg, cases[i].mac, &tc, &fx.failure), cases[i].error);
        ck_assert_ptr_null(tc);
    }
}
END_TEST

struct walk {
    int64_t ids[8];
    char sites[8][16];
    int32_t in_bin[8];
    size_t count, stop_after;
};

static int32_t collect(void *ctx, const itg_thinclient_t *tc)
{
    struct walk *walk = ctx;
    walk->ids[walk->count] = tc->id;
    walk->in_bin[walk->count] = tc->in_bin;
    snprintf(walk->sites[walk->count++], sizeof walk->sites[0], "%s", tc->site);
    return walk->count == walk->stop_after;
}

START_TEST(walk_is_by_id_with_binned_ones)
{
    int64_t a = make_thinclient("00E0C5000003", -1, 1), b = make_thinclient("00E0C5000002", -1, 1),
            c = make_thinclient("00E0C5000001", -1, 1);
    assert_ok(itg_bin_put(fx.itg, ITG_TYPE_THINCLIENT, b, &fx.failure));
    struct walk all = {.count = 0}, rest = {.count = 0}, one = {.stop_after = 1};
    assert_ok(itg_thinclient_each(fx.itg, ITG_EXTENT_SHORT, 0, collect, &all, &fx.failure));
    ck_assert(all.count == 3 && all.ids[0] == a && all.ids[1] == b && all.ids[2] == c);
    ck_assert(all.in_bin[0] == 0 && all.in_bin[1] == 1 && all.in_bin[2] == 0);
    assert_ok(itg_thinclient_each(fx.itg, ITG_EXTENT_DETAILS, a, collect, &rest, &fx.failure));
    ck_assert(rest.count == 2 && rest.ids[0] == b);
    assert_ok(itg_thinclient_each(fx.itg, ITG_EXTENT_SHORT, 0, collect, &one, &fx.failure));
    ck_assert_uint_eq(one.count, 1);
}
END_TEST

START_TEST(short_walk_leaves_details_at_their_defaults)
{
    int64_t id = make_thinclient(MAC, -1, 1);
    assert_ok(update(id, "site", "Bremen"));
    struct walk brief = {.count = 0}, details = {.count = 0};
    assert_ok(itg_thinclient_each(fx.itg, ITG_EXTENT_SHORT, 0, collect, &brief, &fx.failure));
    ck_assert_str_eq(brief.sites[0], "");
    assert_ok(itg_thinclient_each(fx.itg, ITG_EXTENT_DETAILS, 0, collect, &details, &fx.failure));
    ck_assert_str_eq(details.sites[0], "Bremen");
}
END_TEST

static int32_t rename_while_walking(void *ctx, const itg_thinclient_t *tc)
{
    int *calls = ctx;
    ++*calls;
    assert_ok(update(tc->id, "site", "walked"));
    itg_thinclient_t *again = get(tc->id);
    ck_assert_str_eq(again->site, "walked");
    itg_thinclient_free(again);
    return 0;
}

START_TEST(a_walk_may_call_the_library)
{
    int64_t ids[20];
    int calls = 0;
    for (int i = 0; i < 20; i++) {
        char mac[13];
        snprintf(mac, sizeof mac, "00E0C50001%02X", (unsigned)i);
        ids[i] = make_thinclient(mac, -1, 1);
    }
    assert_ok(itg_thinclient_each(fx.itg, ITG_EXTENT_DETAILS, 0, rename_while_walking, &calls, &fx.failure));
    ck_assert_int_eq(calls, 20);
    assert_property(ids[19], "site", "walked");
}
END_TEST

/* --- delete --- */

START_TEST(delete_takes_its_assignments_along)
{
    int64_t id = make_thinclient(MAC, -1, 1);
    int64_t profile = make_profile(ITG_TYPE_PROFILE, "p", ITG_ROOT_PROFILES, 1);
    const itg_assignment_t assignment = {profile, ITG_TYPE_PROFILE, id, ITG_TYPE_THINCLIENT};
    assert_ok(itg_assignment_create(fx.itg, &assignment, 1, &fx.failure));
    assert_ok(itg_thinclient_delete(fx.itg, id, &fx.failure));
    assert_refused(itg_thinclient_delete(fx.itg, id, &fx.failure), ITG_E_THINCLIENT_NOT_FOUND);
    assert_code(itg_assignment_delete(fx.itg, &assignment, &fx.failure), ITG_E_INVALID_ASSIGNMENT);
    assert_ok(create_mac(MAC));
}
END_TEST

START_TEST(delete_works_in_the_bin_and_not_on_others)
{
    int64_t id = make_thinclient(MAC, -1, 1);
    int64_t dir = make_directory(ITG_TYPE_THINCLIENT_DIRECTORY, "d", -1);
    assert_refused(itg_thinclient_delete(fx.itg, dir, &fx.failure), ITG_E_THINCLIENT_NOT_FOUND);
    assert_refused(itg_thinclient_delete(fx.itg, -1, &fx.failure), ITG_E_THINCLIENT_NOT_FOUND);
    assert_ok(itg_bin_put(fx.itg, ITG_TYPE_THINCLIENT, id, &fx.failure));
    assert_ok(itg_thinclient_delete(fx.itg, id, &fx.failure));
}
END_TEST

START_TEST(without_a_link_none_is_online)
{
    int64_t id = make_thinclient(MAC, -1, 1);
    ck_assert_int_eq(itg_thinclient_online(fx.itg, id), 0);
    ck_assert_int_eq(itg_thinclient_online(fx.itg, 999), 0);
    ck_assert_int_eq(itg_thinclient_online(NULL, id), 0);
}
END_TEST

SUITE("thinclient", with_firmware, create_fills_in_what_is_missing, create_keeps_every_value_given,
      empty_values_mean_unset, mac_is_mandatory_and_twelve_hex_digits, mac_is_one_in_either_case,
      unit_id_is_unique, duplicate_tells_the_key, firmware_is_mandatory_and_must_exist,
      parent_must_be_a_thin_client_directory, nothing_is_made_in_a_binned_directory, bad_names_are_refused,
      names_have_255_characters_at_most, texts_have_4000_bytes_at_most_and_are_utf8,
      hostile_texts_survive_unchanged, create_takes_only_what_can_be_set, missing_parameters_are_refused,
      update_changes_only_what_is_named, update_needs_a_property_that_can_be_changed,
      update_of_unknown_or_binned_is_refused, update_is_all_or_nothing,
      a_name_that_is_cleared_falls_back_or_is_refused, get_of_others_is_not_found,
      by_mac_of_others_is_not_found, walk_is_by_id_with_binned_ones,
      short_walk_leaves_details_at_their_defaults, a_walk_may_call_the_library,
      delete_takes_its_assignments_along, delete_works_in_the_bin_and_not_on_others,
      without_a_link_none_is_online)
