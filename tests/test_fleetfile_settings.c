/* Settings, template keys and what thin clients have confirmed, in fleet files. */
#include "fleetfile_fixture.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TC     ITG_TYPE_THINCLIENT
#define TC_DIR ITG_TYPE_THINCLIENT_DIRECTORY
#define P      ITG_TYPE_PROFILE

/* Everything stands in front of what it refers to. */
static const char backwards[] =
    "{\"templateAssignments\":[{\"receiver\":{\"id\":\"2\",\"type\":\"tcdirectory\"},\"templateId\":20,"
    "\"valueId\":\"22\"}],"
    "\"templates\":[{\"id\":21,\"name\":\"inner\",\"type\":\"IntegerType\",\"parentID\":\"20\","
    "\"values\":[{\"value\":\"7\"}]},"
    "{\"id\":20,\"name\":\"SITE\",\"type\":\"StringType\",\"values\":[{\"id\":22,\"value\":\"Bremen\","
    "\"description\":\"d\"}]}],"
    "\"assignments\":[{\"assignee\":{\"id\":4,\"type\":\"profile\"},\"receiver\":{\"id\":2,\"type\":"
    "\"tcdirectory\"}}],"
    "\"profiles\":[{\"id\":4,\"name\":\"p\",\"firmwareID\":1,\"settings\":{\"b\":1.50,\"a.b\":\"\\u0041${"
    "SITE}\","
    "\"s[1].x\":true}}],"
    "\"thinclients\":[{\"id\":3,\"mac\":\"00E0C5000003\",\"firmwareID\":1,\"parentID\":2,\"configChanges\":"
    "\"APPLIED\"}],"
    "\"directories\":[{\"id\":2,\"name\":\"d\",\"objectType\":\"tcdirectory\"}],"
    "\"firmwares\":[{\"id\":1,\"product\":\"OS\",\"version\":\"1\",\"firmwareType\":\"LX\"}]}";

static void assert_exported(const char *part)
{
    char *text = fixture_fingerprint(fx.itg);
    if (!strstr(text, part))
        ck_abort_msg("missing: %s\nin: %s", part, text);
    free(text);
}

START_TEST(settings_and_templates_survive)
{
    assert_ok(import(backwards));
    assert_exported(
        "\"objectType\":\"profile\",\"settings\":{\"a.b\":\"A${SITE}\",\"b\":1.5,\"s[1].x\":true}}");
    assert_exported("{\"id\":\"20\",\"name\":\"SITE\",\"type\":\"StringType\",\"parentID\":\"-15\","
                    "\"values\":[{\"id\":\"22\",\"value\":\"Bremen\",\"description\":\"d\"}]}");
    assert_exported("{\"id\":\"21\",\"name\":\"inner\",\"type\":\"IntegerType\",\"parentID\":\"20\","
                    "\"values\":[{\"id\":\"23\",\"value\":\"7\",\"description\":\"\"}]}");
    assert_exported(
        "{\"receiver\":{\"id\":\"2\",\"type\":\"tcdirectory\"},\"templateId\":\"20\",\"valueId\":\"22\"}");
    assert_exported("\"configChanges\":\"APPLIED\""); /* as the file says, although it brings an assignment */
    assert_round_trip();
    ck_assert_int_gt(make_directory(TC_DIR, "next", ITG_ROOT_THINCLIENTS), 23);
}
END_TEST

/* PENDING and APPLIED of every kind are what they were after the way through a file. */
START_TEST(what_was_confirmed_survives)
{
    int64_t revision = 0;
    assert_ok(import(backwards));
    int64_t pending = make_thinclient("00E0C5000004", 2, 1), applied = make_thinclient("00E0C5000005", 2, 1);
    make_thinclient("00E0C5000006", ITG_ROOT_THINCLIENTS, 1);
    assert_ok(itg_setting_set(fx.itg, P, 4, "b", "2", &fx.failure));
    assert_ok(itg_settings_revision(fx.itg, applied, &revision, NULL, &fx.failure));
    assert_ok(itg_settings_confirm(fx.itg, applied, revision, &fx.failure));
    assert_round_trip();
    itg_thinclient_t *tc = NULL;
    assert_ok(itg_thinclient_get(fx.itg, pending, &tc, &fx.failure));
    ck_assert_str_eq(tc->config_changes, "PENDING");
    itg_thinclient_free(tc);
    assert_ok(itg_thinclient_get(fx.itg, applied, &tc, &fx.failure));
    ck_assert_str_eq(tc->config_changes, "APPLIED");
    itg_thinclient_free(tc);
    assert_ok(itg_setting_set(fx.itg, P, 4, "b", "3", &fx.failure)); /* and changes count from there */
    assert_ok(itg_thinclient_get(fx.itg, applied, &tc, &fx.failure));
    ck_assert_str_eq(tc->config_changes, "PENDING");
    itg_thinclient_free(tc);
}
END_TEST

START_TEST(an_import_that_assigns_to_what_was_there_counts)
{
    itg_thinclient_t *tc = NULL;
    make_firmware("11");
    int64_t there = make_thinclient("00E0C5000001", ITG_ROOT_THINCLIENTS, 1);
    ck_assert_int_eq(there, 1);
    assert_ok(
        import("{\"profiles\":[{\"id\":9,\"name\":\"p\",\"firmwareID\":1}],\"assignments\":[{\"assignee\":"
               "{\"id\":9,\"type\":\"profile\"},\"receiver\":{\"id\":1,\"type\":\"tc\"}}]}"));
    assert_ok(itg_thinclient_get(fx.itg, there, &tc, &fx.failure));
    ck_assert_str_eq(tc->config_changes, "PENDING");
    itg_thinclient_free(tc);
}
END_TEST

#define PROFILE(settings) "{\"profiles\":[{\"name\":\"p\",\"firmwareID\":1,\"settings\":" settings "}]}"
#define TEMPLATE(more)    "{\"templates\":[{\"name\":\"k\",\"type\":\"IntegerType\"," more "}]}"
#define FILLING(receiver, key, value) \
    "{\"templateAssignments\":[{\"receiver\":" receiver ",\"templateId\":" key ",\"valueId\":" value "}]}"

START_TEST(what_import_refuses)
{
    static const struct {
        const char *file, *message;
        itg_error_t code;
    } cases[] = {
        {PROFILE("[]"), "profiles[0].settings: Invalid", ITG_E_INVALID_BODY},
        {PROFILE("{\"a b\":1}"), "profiles[0].settings: Invalid", ITG_E_INVALID_BODY},
        {PROFILE("{\"a\":null}"), "profiles[0].settings.a: Invalid", ITG_E_INVALID_BODY},
        {PROFILE("{\"a\":[1]}"), "profiles[0].settings.a: Invalid", ITG_E_INVALID_BODY},
        {PROFILE("{\"a\":{\"b\":1}}"), "profiles[0].settings.a: Invalid", ITG_E_INVALID_BODY},
        {PROFILE("{\"a\":1e999}"), "profiles[0].settings.a: Invalid", ITG_E_INVALID_BODY},
        {PROFILE("{\"a\":\"${\"}"), "profiles[0].settings.a: Invalid", ITG_E_INVALID_BODY},
        {PROFILE("{\"a\":1,\"a\":2}"), "profiles[0].settings.a: Invalid", ITG_E_INVALID_BODY},
        {PROFILE("{\"a\":1,}"), "profiles[0]", ITG_E_INVALID_JSON},
        {"{\"templates\":[{\"name\":\"k\"}]}", "templates[0].type: Invalid", ITG_E_INVALID_BODY},
        {"{\"templates\":[{\"type\":\"FloatType\"}]}", "templates[0].name: Invalid", ITG_E_INVALID_BODY},
        {TEMPLATE("\"id\":1"), "templates[0].id: Insertion of template key", ITG_E_DUPLICATE},
        {TEMPLATE("\"parentID\":77"), "templates[0].parentID: Parent with ID <77>", ITG_E_PARENT_NOT_FOUND},
        {TEMPLATE("\"id\":8,\"parentID\":8"), "templates[0].parentID: Parent with ID <8>",
         ITG_E_PARENT_NOT_FOUND},
        {TEMPLATE("\"values\":[{\"value\":\"1\"},{\"value\":\"x\"}]"),
         "templates[0].values[1].value: Invalid", ITG_E_INVALID_BODY},
        {TEMPLATE("\"values\":[{\"value\":\"1\",\"id\":1}]"), "templates[0].values[0].id: Insertion",
         ITG_E_DUPLICATE},
        {TEMPLATE("\"values\":[{\"value\":1}]"), "templates[0]", ITG_E_INVALID_BODY},
        {FILLING("{\"id\":1,\"type\":\"tc\"}", "2", "4711"), "templateAssignments[0].valueId: Invalid",
         ITG_E_INVALID_BODY},
        {FILLING("{\"id\":1,\"type\":\"tcdirectory\"}", "2", "3"), "templateAssignments[0].receiver: Invalid",
         ITG_E_INVALID_RECEIVER},
        {FILLING("{\"id\":-1,\"type\":\"tcdirectory\"}", "2", "3"),
         "templateAssignments[0].receiver: Invalid", ITG_E_INVALID_RECEIVER},
        {FILLING("{\"id\":1,\"type\":\"profile\"}", "2", "3"), "templateAssignments[0].receiver: Invalid",
         ITG_E_INVALID_RECEIVER},
        {FILLING("{\"id\":1,\"type\":\"tc\"}", "2", "3"),
         "templateAssignments[0]: Assignment of template value", ITG_E_DUPLICATE},
        {FILLING("{\"id\":1,\"type\":\"tc\"}", "2", "\"x\""), "templateAssignments[0].valueId: Number",
         ITG_E_NUMBER_FORMAT},
    };
    const itg_template_assignment_t there = {1, TC, 2, 3};
    make_firmware("11");
    make_thinclient("00E0C5000001", ITG_ROOT_THINCLIENTS, 1);
    assert_ok(
        itg_template_key_create(fx.itg, "K", ITG_TEMPLATE_STRING, ITG_ROOT_TEMPLATES, NULL, &fx.failure));
    assert_ok(itg_template_value_create(fx.itg, 2, "v", NULL, NULL, &fx.failure));
    assert_ok(itg_template_assign(fx.itg, &there, 1, &fx.failure));
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char *before = fixture_fingerprint(fx.itg);
        itg_error_t err = import(cases[i].file);
        assert_message(cases[i].message, cases[i].file);
        assert_code(err, cases[i].code);
        fixture_assert_unchanged(before, cases[i].file, __FILE__, __LINE__);
    }
}
END_TEST

/* 8 - 9 - 10 - 8: nobody hangs on the root. */
START_TEST(rings_of_template_keys_are_refused)
{
    static const char ring[] =
        "{\"templates\":[{\"id\":8,\"name\":\"a\",\"type\":\"StringType\",\"parentID\":9},"
        "{\"id\":9,\"name\":\"b\",\"type\":\"StringType\",\"parentID\":10},"
        "{\"id\":10,\"name\":\"c\",\"type\":\"StringType\",\"parentID\":8}]}";
    itg_error_t err = import(ring);
    ck_assert_ptr_nonnull(strstr(fx.failure.message, "].parentID: Parent with ID <"));
    assert_code(err, ITG_E_PARENT_NOT_FOUND);
    assert_refused(import(ring), ITG_E_PARENT_NOT_FOUND);
}
END_TEST

START_TEST(long_rows_of_template_keys_are_fine)
{
    char *text = NULL;
    size_t length = 0;
    FILE *stream = open_memstream(&text, &length);
    fputs("{\"templates\":[", stream);
    for (int i = 1; i <= 2000; i++)
        fprintf(stream, "%s{\"id\":%d,\"name\":\"k\",\"type\":\"StringType\",\"parentID\":%d}",
                i > 1 ? "," : "", i, i < 2000 ? i + 1 : -15);
    fputs("]}", stream);
    fclose(stream);
    assert_ok(import(text));
    free(text);
    fixture_assert_sound(fx.itg);
}
END_TEST

SUITE("fleetfile_settings", fixture_memory, settings_and_templates_survive, what_was_confirmed_survives,
      an_import_that_assigns_to_what_was_there_counts, what_import_refuses,
      rings_of_template_keys_are_refused, long_rows_of_template_keys_are_fine)
