/* Device attributes: definitions, what fits, who may set, and what a thin client then has. */
#include "fixture.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAC "00E0C5000001"

static const char *const colours[] = {"red", "green", "blue"};

static int64_t define(const char *identifier, itg_attribute_type_t type, itg_overwrite_t overwrite)
{
    bool range = type == ITG_ATTRIBUTE_RANGE;
    int64_t id = 0;
    assert_ok(itg_attribute_create(fx.itg, identifier, "A name", type, overwrite, range ? colours : NULL,
                                   range ? COUNT_OF(colours) : 0, &id, &fx.failure));
    return id;
}

static int64_t make_tc(void)
{
    return make_thinclient(MAC, ITG_ROOT_THINCLIENTS, make_firmware("11.3.100.1"));
}

static itg_error_t set(int64_t tc, const char *key, const char *value)
{
    const itg_value_t values[] = {{key, value}};
    return itg_thinclient_update(fx.itg, tc, values, 1, &fx.failure);
}

static int32_t append_value(void *ctx, const itg_attribute_t *attribute, const char *value)
{
    char *text = ctx;
    size_t length = strlen(text);
    snprintf(text + length, 4096 - length, "%s=%s;", attribute->identifier, value);
    return 0;
}

static const char *values_of(int64_t tc)
{
    static char text[4096];
    text[0] = '\0';
    assert_ok(itg_attribute_values(fx.itg, tc, append_value, text, &fx.failure));
    return text;
}

static int32_t append_definition(void *ctx, const itg_attribute_t *a)
{
    char *text = ctx;
    size_t length = strlen(text);
    snprintf(text + length, 4096 - length, "%lld %s '%s' %s %s;", (long long)a->id, a->identifier, a->name,
             itg_attribute_type_name(a->type), itg_overwrite_name(a->overwrite));
    return 0;
}

static int32_t append_choice(void *ctx, const char *choice)
{
    char *text = ctx;
    strcat(strcat(text, choice), ",");
    return 0;
}

START_TEST(definitions_are_kept_and_walked)
{
    char text[4096] = "";
    int64_t first = define("site", ITG_ATTRIBUTE_STRING, 0);
    int64_t second = define("colour2B", ITG_ATTRIBUTE_RANGE, ITG_OVERWRITE_DEVICES);
    ck_assert_int_gt(second, first);
    assert_ok(itg_attribute_each(fx.itg, 0, append_definition, text, &fx.failure));
    char wanted[256];
    snprintf(wanted, sizeof wanted, "%lld site 'A name' string all;%lld colour2B 'A name' range devices;",
             (long long)first, (long long)second);
    ck_assert_str_eq(text, wanted);
    text[0] = '\0';
    assert_ok(itg_attribute_each(fx.itg, first, append_definition, text, &fx.failure));
    ck_assert_ptr_null(strstr(text, "site"));
    text[0] = '\0';
    assert_ok(itg_attribute_choices(fx.itg, second, append_choice, text, &fx.failure));
    ck_assert_str_eq(text, "red,green,blue,");
    text[0] = '\0';
    assert_ok(itg_attribute_choices(fx.itg, first, append_choice, text, &fx.failure));
    ck_assert_str_eq(text, "");
    itg_attribute_t *attribute = NULL;
    assert_ok(itg_attribute_by_identifier(fx.itg, "colour2B", &attribute, &fx.failure));
    ck_assert_int_eq(attribute->id, second);
    ck_assert_str_eq(attribute->name, "A name");
    itg_attribute_free(attribute);
    assert_code(itg_attribute_by_identifier(fx.itg, "Colour2B", &attribute, &fx.failure), ITG_E_NO_HANDLER);
}
END_TEST

START_TEST(definitions_that_are_none_are_refused)
{
    static const char *const identifiers[] = {"",       "Site",      "1site",
                                              "_site",  "si te",     "si-te",
                                              "site\n", "s\xC3\xA4", "sitE'; DROP TABLE attribute; --",
                                              NULL};
    for (size_t i = 0; i < COUNT_OF(identifiers); i++)
        assert_refused(itg_attribute_create(fx.itg, identifiers[i], "n", ITG_ATTRIBUTE_STRING, 0, NULL, 0,
                                            NULL, &fx.failure),
                       ITG_E_INVALID_BODY);
    assert_refused(itg_attribute_create(fx.itg, repeated("a", ITG_LIMIT_IDENTIFIER + 1), "n",
                                        ITG_ATTRIBUTE_STRING, 0, NULL, 0, NULL, &fx.failure),
                   ITG_E_INVALID_BODY);
    static const char *const names[] = {"", " ", "a\nb", "\xFF", NULL};
    for (size_t i = 0; i < COUNT_OF(names); i++)
        assert_refused(
            itg_attribute_create(fx.itg, "a", names[i], ITG_ATTRIBUTE_STRING, 0, NULL, 0, NULL, &fx.failure),
            ITG_E_INVALID_NAME);
    assert_refused(itg_attribute_create(fx.itg, "a", "n", 0, 0, NULL, 0, NULL, &fx.failure),
                   ITG_E_INVALID_BODY);
    assert_refused(itg_attribute_create(fx.itg, "a", "n", 5, 0, NULL, 0, NULL, &fx.failure),
                   ITG_E_INVALID_BODY);
    assert_refused(itg_attribute_create(fx.itg, "a", "n", 1, 4, NULL, 0, NULL, &fx.failure),
                   ITG_E_INVALID_BODY);
    /* Choices: only a range has them, none is empty, twice there, too long or broken. */
    static const char *const empty[] = {"a", ""}, *const twice[] = {"a", "b", "a"},
                             *const broken[] = {"\xC3"}, *const null[] = {NULL};
    char too_long[ITG_LIMIT_ATTRIBUTE + 2];
    snprintf(too_long, sizeof too_long, "%s", repeated("x", ITG_LIMIT_ATTRIBUTE + 1));
    const char *const longs[] = {too_long};
    const struct {
        itg_attribute_type_t type;
        const char *const *choices;
        size_t count;
    } rows[] = {{ITG_ATTRIBUTE_STRING, colours, 3}, {ITG_ATTRIBUTE_DATE, colours, 1},
                {ITG_ATTRIBUTE_RANGE, NULL, 0},     {ITG_ATTRIBUTE_RANGE, NULL, 1},
                {ITG_ATTRIBUTE_RANGE, empty, 2},    {ITG_ATTRIBUTE_RANGE, twice, 3},
                {ITG_ATTRIBUTE_RANGE, broken, 1},   {ITG_ATTRIBUTE_RANGE, null, 1},
                {ITG_ATTRIBUTE_RANGE, longs, 1}};
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        assert_refused(itg_attribute_create(fx.itg, "a", "n", rows[i].type, 0, rows[i].choices, rows[i].count,
                                            NULL, &fx.failure),
                       ITG_E_INVALID_BODY);
    define("site", ITG_ATTRIBUTE_STRING, 0);
    assert_refused(
        itg_attribute_create(fx.itg, "site", "n", ITG_ATTRIBUTE_DATE, 0, NULL, 0, NULL, &fx.failure),
        ITG_E_DUPLICATE);
}
END_TEST

/* What fits each type, by hand. */
static const struct {
    const char *identifier, *value;
    bool fits;
} fits[] = {
    {"s", "x", true},
    {"s", "'; DROP TABLE thinclient; --", true},
    {"s", "100%s \"quoted\" \\ \xE2\x82\xAC\xF0\x9F\x98\x80", true},
    {"s", "line\nfeed", true},
    {"s", "\xFF", false},
    {"n", "0", true},
    {"n", "-12.50", true},
    {"n", "007", true},
    {"n", "123456789012345678901234567890.5", true},
    {"n", "+1", false},
    {"n", "-", false},
    {"n", ".5", false},
    {"n", "5.", false},
    {"n", "1e3", false},
    {"n", "1,5", false},
    {"n", "0x10", false},
    {"n", " 1", false},
    {"n", "1 ", false},
    {"n", "--1", false},
    {"n", "1.2.3", false},
    {"n", "NaN", false},
    {"d", "2024-02-29", true},
    {"d", "2000-02-29", true},
    {"d", "0001-01-01", true},
    {"d", "9999-12-31", true},
    {"d", "2023-02-29", false},
    {"d", "1900-02-29", false},
    {"d", "2024-04-31", false},
    {"d", "2024-13-01", false},
    {"d", "2024-00-10", false},
    {"d", "2024-01-00", false},
    {"d", "2024-01-32", false},
    {"d", "0000-01-01", false},
    {"d", "2024-1-1", false},
    {"d", "24-01-01", false},
    {"d", "2024/01/01", false},
    {"d", "01.01.2024", false},
    {"d", "2024-01-01 ", false},
    {"d", "2024-01-01T00:00", false},
    {"r", "red", true},
    {"r", "blue", true},
    {"r", "Red", false},
    {"r", "yellow", false},
    {"r", "red,green", false},
};

START_TEST(values_fit_their_type_or_are_refused)
{
    int64_t tc = make_tc();
    define("s", ITG_ATTRIBUTE_STRING, 0);
    define("n", ITG_ATTRIBUTE_NUMBER, 0);
    define("d", ITG_ATTRIBUTE_DATE, 0);
    define("r", ITG_ATTRIBUTE_RANGE, 0);
    for (size_t i = 0; i < COUNT_OF(fits); i++) {
        char key[64], wanted[256];
        snprintf(key, sizeof key, "deviceAttributes.%s", fits[i].identifier);
        if (fits[i].fits) {
            assert_ok(set(tc, key, fits[i].value));
            snprintf(wanted, sizeof wanted, "%s=%s;", fits[i].identifier, fits[i].value);
            ck_assert_str_eq(values_of(tc), wanted);
            assert_ok(set(tc, key, ""));
        } else {
            assert_refused(set(tc, key, fits[i].value), ITG_E_INVALID_BODY);
        }
        ck_assert_str_eq(values_of(tc), "");
    }
    /* 100 characters, whatever their bytes. */
    assert_ok(set(tc, "deviceAttributes.s", repeated("\xE2\x82\xAC", ITG_LIMIT_ATTRIBUTE)));
    assert_refused(set(tc, "deviceAttributes.s", repeated("x", ITG_LIMIT_ATTRIBUTE + 1)), ITG_E_INVALID_BODY);
    assert_refused(set(tc, "deviceAttributes.s", repeated("\xE2\x82\xAC", 5000)), ITG_E_INVALID_BODY);
}
END_TEST

START_TEST(unknown_identifiers_are_refused)
{
    int64_t tc = make_tc();
    define("site", ITG_ATTRIBUTE_STRING, 0);
    static const char *const keys[] = {"deviceAttributes.nothing",   "deviceAttributes.",
                                       "deviceAttributes.Site",      "deviceAttributes.site ",
                                       "deviceAttributes.site.more", "deviceAttributes.' OR 1=1 --",
                                       "deviceAttributes.\xFF"};
    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        assert_refused(set(tc, keys[i], "x"), ITG_E_INVALID_BODY);
        assert_refused(set(tc, keys[i], ""), ITG_E_INVALID_BODY);
    }
    assert_refused(set(tc, "deviceAttributes", "x"), ITG_E_NO_VALID_PROPERTY);
    assert_refused(set(tc, "deviceattributes.site", "x"), ITG_E_NO_VALID_PROPERTY);
    assert_refused(set(tc, "deviceAttributes.site", NULL), ITG_E_NO_VALID_PROPERTY);
    assert_refused(itg_attribute_report(fx.itg, tc, "nothing", "x", &fx.failure), ITG_E_INVALID_BODY);
}
END_TEST

/* server: only updates; devices: only reports; all: both. */
START_TEST(the_overwrite_rule_is_honoured)
{
    int64_t tc = make_tc();
    define("all", ITG_ATTRIBUTE_STRING, ITG_OVERWRITE_ALL);
    define("server", ITG_ATTRIBUTE_STRING, ITG_OVERWRITE_SERVER);
    define("devices", ITG_ATTRIBUTE_STRING, ITG_OVERWRITE_DEVICES);
    assert_ok(set(tc, "deviceAttributes.all", "1"));
    assert_ok(set(tc, "deviceAttributes.server", "2"));
    assert_refused(set(tc, "deviceAttributes.devices", "3"), ITG_E_INVALID_BODY);
    assert_refused(set(tc, "deviceAttributes.devices", ""), ITG_E_INVALID_BODY);
    ck_assert_str_eq(values_of(tc), "all=1;server=2;");
    assert_ok(itg_attribute_report(fx.itg, tc, "all", "4", &fx.failure));
    assert_ok(itg_attribute_report(fx.itg, tc, "devices", "5", &fx.failure));
    assert_refused(itg_attribute_report(fx.itg, tc, "server", "6", &fx.failure), ITG_E_INVALID_BODY);
    assert_refused(itg_attribute_report(fx.itg, tc, "server", "", &fx.failure), ITG_E_INVALID_BODY);
    ck_assert_str_eq(values_of(tc), "all=4;server=2;devices=5;");
    assert_ok(itg_attribute_report(fx.itg, tc, "all", "", &fx.failure));
    ck_assert_str_eq(values_of(tc), "server=2;devices=5;");
}
END_TEST

START_TEST(values_are_set_with_properties_or_not_at_all)
{
    int64_t firmware = make_firmware("1");
    char digits[24];
    snprintf(digits, sizeof digits, "%lld", (long long)firmware);
    define("site", ITG_ATTRIBUTE_STRING, 0);
    define("floor", ITG_ATTRIBUTE_NUMBER, 0);
    itg_value_t values[] = {{"mac", MAC},           {"deviceAttributes.floor", "3"},
                            {"firmwareID", digits}, {"deviceAttributes.site", "Bremen"},
                            {"site", "Augsburg"},   {"deviceAttributes.nothing", NULL}};
    int64_t tc = 0;
    assert_ok(itg_thinclient_create(fx.itg, values, COUNT_OF(values), &tc, &fx.failure));
    ck_assert_str_eq(values_of(tc), "site=Bremen;floor=3;");
    values[0].value = "00E0C5000002";
    values[1].value = "third";
    assert_refused(itg_thinclient_create(fx.itg, values, COUNT_OF(values), NULL, &fx.failure),
                   ITG_E_INVALID_BODY);
    const itg_value_t change[] = {{"comment", "c"}, {"deviceAttributes.floor", "x"}};
    assert_refused(itg_thinclient_update(fx.itg, tc, change, 2, &fx.failure), ITG_E_INVALID_BODY);
    /* Only an attribute is a change as well; a thin client in the bin takes none. */
    assert_ok(set(tc, "deviceAttributes.floor", "4"));
    assert_code(set(tc + 100, "deviceAttributes.floor", "4"), ITG_E_THINCLIENT_NOT_FOUND);
    assert_ok(itg_bin_put(fx.itg, ITG_TYPE_THINCLIENT, tc, &fx.failure));
    assert_refused(set(tc, "deviceAttributes.floor", "5"), ITG_E_THINCLIENT_IN_BIN);
    assert_refused(itg_attribute_report(fx.itg, tc, "floor", "5", &fx.failure), ITG_E_THINCLIENT_IN_BIN);
    ck_assert_str_eq(values_of(tc), "site=Bremen;floor=4;");
}
END_TEST

START_TEST(definitions_change_as_far_as_values_let_them)
{
    int64_t tc = make_tc();
    int64_t id = define("colour", ITG_ATTRIBUTE_RANGE, 0), other = define("site", ITG_ATTRIBUTE_STRING, 0);
    static const char *const without[] = {"red", "blue"}, *const more[] = {"black", "green", "red"};
    assert_ok(set(tc, "deviceAttributes.colour", "green"));
    assert_refused(itg_attribute_update(fx.itg, id, NULL, 0, without, 2, &fx.failure), ITG_E_INVALID_BODY);
    assert_ok(itg_attribute_update(fx.itg, id, "Colour", ITG_OVERWRITE_SERVER, more, 3, &fx.failure));
    char text[4096] = "";
    assert_ok(itg_attribute_choices(fx.itg, id, append_choice, text, &fx.failure));
    ck_assert_str_eq(text, "black,green,red,");
    assert_ok(set(tc, "deviceAttributes.colour", "red"));
    assert_ok(itg_attribute_update(fx.itg, id, NULL, 0, without, 2, &fx.failure));
    text[0] = '\0';
    assert_ok(itg_attribute_each(fx.itg, id - 1, append_definition, text, &fx.failure));
    ck_assert_ptr_nonnull(strstr(text, "colour 'Colour' range server;"));
    assert_refused(itg_attribute_update(fx.itg, id, NULL, 0, without, 0, &fx.failure), ITG_E_INVALID_BODY);
    assert_refused(itg_attribute_update(fx.itg, other, NULL, 0, without, 2, &fx.failure), ITG_E_INVALID_BODY);
    assert_refused(itg_attribute_update(fx.itg, id, " ", 0, NULL, 0, &fx.failure), ITG_E_INVALID_NAME);
    assert_refused(itg_attribute_update(fx.itg, id, NULL, 9, NULL, 0, &fx.failure), ITG_E_INVALID_BODY);
    assert_refused(itg_attribute_update(fx.itg, id, NULL, 0, NULL, 1, &fx.failure), ITG_E_INVALID_BODY);
    assert_code(itg_attribute_update(fx.itg, tc, "n", 0, NULL, 0, &fx.failure), ITG_E_NO_HANDLER);
}
END_TEST

START_TEST(a_deleted_definition_takes_its_values_along)
{
    int64_t tc = make_tc(), id = define("colour", ITG_ATTRIBUTE_RANGE, 0);
    define("site", ITG_ATTRIBUTE_STRING, 0);
    char *before = fixture_fingerprint(fx.itg);
    assert_ok(set(tc, "deviceAttributes.colour", "green"));
    assert_ok(set(tc, "deviceAttributes.site", "Bremen"));
    assert_ok(itg_attribute_delete(fx.itg, id, &fx.failure));
    ck_assert_str_eq(values_of(tc), "site=Bremen;");
    assert_code(itg_attribute_delete(fx.itg, id, &fx.failure), ITG_E_NO_HANDLER);
    assert_code(itg_attribute_choices(fx.itg, id, append_choice, NULL, &fx.failure), ITG_E_NO_HANDLER);
    assert_refused(set(tc, "deviceAttributes.colour", "green"), ITG_E_INVALID_BODY);
    free(before);
    /* And so does a deleted thin client: the fixture checks that nothing is left behind. */
    assert_ok(itg_thinclient_delete(fx.itg, tc, &fx.failure));
    assert_code(itg_attribute_values(fx.itg, tc, append_value, NULL, &fx.failure),
                ITG_E_THINCLIENT_NOT_FOUND);
}
END_TEST

START_TEST(viewers_read_only)
{
    int64_t tc = make_tc(), id = define("site", ITG_ATTRIBUTE_STRING, 0);
    itg_t *host = fx.itg;
    assert_ok(itg_user_create(fx.itg, "eve", ITG_ROLE_VIEWER, "a long password", NULL, &fx.failure));
    assert_ok(set(tc, "deviceAttributes.site", "Bremen"));
    assert_ok(itg_as(host, "eve", &fx.itg, &fx.failure));
    ck_assert_str_eq(values_of(tc), "site=Bremen;");
    assert_refused(set(tc, "deviceAttributes.site", "x"), ITG_E_ACCESS_DENIED);
    assert_refused(itg_attribute_report(fx.itg, tc, "site", "x", &fx.failure), ITG_E_ACCESS_DENIED);
    assert_refused(itg_attribute_update(fx.itg, id, "x", 0, NULL, 0, &fx.failure), ITG_E_ACCESS_DENIED);
    assert_refused(itg_attribute_delete(fx.itg, id, &fx.failure), ITG_E_ACCESS_DENIED);
    assert_refused(
        itg_attribute_create(fx.itg, "x", "x", ITG_ATTRIBUTE_STRING, 0, NULL, 0, NULL, &fx.failure),
        ITG_E_ACCESS_DENIED);
    itg_close(fx.itg);
    fx.itg = host;
}
END_TEST

START_TEST(missing_parameters_are_refused)
{
    itg_attribute_t *attribute = NULL;
    assert_code(itg_attribute_each(fx.itg, 0, NULL, NULL, &fx.failure), ITG_E_INVALID_BODY);
    assert_code(itg_attribute_choices(fx.itg, 1, NULL, NULL, &fx.failure), ITG_E_INVALID_BODY);
    assert_code(itg_attribute_values(fx.itg, 1, NULL, NULL, &fx.failure), ITG_E_INVALID_BODY);
    assert_code(itg_attribute_by_identifier(fx.itg, NULL, &attribute, &fx.failure), ITG_E_INVALID_BODY);
    assert_code(itg_attribute_by_identifier(fx.itg, "a", NULL, &fx.failure), ITG_E_INVALID_BODY);
    assert_code(itg_attribute_report(fx.itg, 1, NULL, "x", &fx.failure), ITG_E_INVALID_BODY);
    assert_code(itg_attribute_report(fx.itg, 1, "a", NULL, &fx.failure), ITG_E_INVALID_BODY);
    itg_attribute_free(NULL);
    ck_assert_str_eq(itg_attribute_type_name(0), "");
    ck_assert_str_eq(itg_attribute_type_name(9), "");
    ck_assert_str_eq(itg_overwrite_name(0), "");
    ck_assert_int_eq(itg_attribute_type_from_name("range"), ITG_ATTRIBUTE_RANGE);
    ck_assert_int_eq(itg_attribute_type_from_name("Range"), 0);
    ck_assert_int_eq(itg_attribute_type_from_name(NULL), 0);
    ck_assert_int_eq(itg_overwrite_from_name("devices"), ITG_OVERWRITE_DEVICES);
}
END_TEST

SUITE("attribute", fixture_memory, definitions_are_kept_and_walked, definitions_that_are_none_are_refused,
      values_fit_their_type_or_are_refused, unknown_identifiers_are_refused, the_overwrite_rule_is_honoured,
      values_are_set_with_properties_or_not_at_all, definitions_change_as_far_as_values_let_them,
      a_deleted_definition_takes_its_values_along, viewers_read_only, missing_parameters_are_refused)
