/* Fleet files that are refused. Most lie in data/fleetfile/bad, NAME.json, with what bad.tsv says about it.
 */
#include "fleetfile_fixture.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Imports a text that is refused and changes nothing. */
static void assert_bad(const char *text, size_t length, itg_error_t code, const char *message,
                       const char *what)
{
    char *before = fixture_fingerprint(fx.itg);
    itg_error_t err = import_n(text, length);
    if (err != code)
        ck_abort_msg("%s is %s (%s), expected %s", what, itg_error_code(err), fx.failure.message,
                     itg_error_code(code));
    assert_message(message, what);
    ck_assert_str_eq(fx.failure.trace, "[itg_import]");
    itg_failure_clear(&fx.failure);
    fixture_assert_unchanged(before, what, __FILE__, __LINE__);
}

/* One line of bad.tsv: name, code, beginning of the message. */
static void check_bad_line(char *line)
{
    char path[256];
    size_t length = 0;
    line[strcspn(line, "\n")] = '\0';
    const char *name = strsep(&line, "\t"), *code = strsep(&line, "\t"), *message = line;
    ck_assert_ptr_nonnull(message);
    snprintf(path, sizeof path, "bad/%s.json", name);
    char *text = load(path, &length);
    assert_bad(text, length, itg_error_from_code(code), message, name);
    free(text);
}

START_TEST(every_bad_file_is_refused_and_changes_nothing)
{
    load_and_import("base.json");
    char *table = load("bad.tsv", NULL), *rest = table;
    size_t cases = 0;
    for (char *line = strsep(&rest, "\n"); line && *line; line = strsep(&rest, "\n")) {
        if (*line == '#')
            continue;
        check_bad_line(line);
        cases++;
    }
    free(table);
    ck_assert_uint_gt(cases, 200);
    ck_assert_uint_eq(cases, count_files("bad"));
    /* Nor did they use up ids: the base's highest are 31 and 1. */
    ck_assert_int_eq(make_directory(ITG_TYPE_THINCLIENT_DIRECTORY, "next", ITG_ROOT_THINCLIENTS), 32);
    ck_assert_int_eq(make_firmware("next"), 2);
}
END_TEST

START_TEST(a_file_cut_off_anywhere_is_refused)
{
    size_t length = 0;
    char *text = load("base.json", &length);
    while (length > 0 && text[length - 1] != '}')
        length--;
    char *before = fixture_fingerprint(fx.itg);
    for (size_t i = 0; i < length; i++) {
        assert_code(import_n(text, i), ITG_E_INVALID_JSON);
        if (i % 64 == 0)
            fixture_assert_unchanged(strdup(before), "cut off", __FILE__, __LINE__);
    }
    fixture_assert_unchanged(before, "cut off", __FILE__, __LINE__);
    assert_ok(import_n(text, length));
    free(text);
}
END_TEST

START_TEST(a_byte_of_noise_anywhere_does_no_harm)
{
    size_t length = 0;
    char *text = load("base.json", &length);
    static const char noise[] = {'\0', '"', '\\', '{', ']', ',', '9', '\n', '\x80', '\xFF'};
    for (size_t i = 0; i < length; i++) {
        char kept = text[i];
        text[i] = noise[i % sizeof noise];
        itg_error_t err = import_n(text, length);
        text[i] = kept;
        if (!err)
            reopen();
        else
            ck_assert(err < ITG_E_INTERNAL);
        itg_failure_clear(&fx.failure);
    }
    assert_ok(import_n(text, length));
    free(text);
}
END_TEST

START_TEST(a_reader_that_fails_ends_the_import)
{
    static const int64_t bad[] = {-1, INT64_MIN, (int64_t)1 << 40, INT64_MAX};
    char *text = load("base.json", NULL), *before = fixture_fingerprint(fx.itg);
    /* The text takes ten reads, the eleventh finds its end. */
    ck_assert_uint_eq((strlen(text) + 89) / 90, 10);
    for (size_t good = 1; good < 11; good++) {
        struct source source = {
            .text = text, .length = strlen(text), .piece = 90, .good = good, .bad = bad[good % 4]};
        assert_code(itg_import(fx.itg, read_source, &source, NULL, NULL, NULL, NULL), ITG_E_INVALID_JSON);
        source = (struct source){.text = text, .length = strlen(text), .piece = 90, .good = good, .bad = -1};
        ck_assert_int_eq(itg_import(fx.itg, read_source, &source, NULL, NULL, NULL, &fx.failure),
                         ITG_E_INVALID_JSON);
        ck_assert_ptr_nonnull(strstr(fx.failure.message, "Could not read JSON: the reader failed, line "));
        itg_failure_clear(&fx.failure);
    }
    fixture_assert_unchanged(before, "reader failed", __FILE__, __LINE__);
    free(text);
}
END_TEST

#define LINKS "{\"firmwares\":[{\"product\":\"p\",\"links\":"

START_TEST(deep_nesting_is_refused)
{
    assert_refused(import_repeated(LINKS, "[", 100000, ""), ITG_E_INVALID_JSON);
    assert_refused(import_repeated(LINKS "[", "{\"a\":", 100000, ""), ITG_E_INVALID_JSON);
    assert_refused(import_repeated("", "[", 100000, ""), ITG_E_INVALID_JSON);
    assert_refused(import_repeated("", "{\"firmwares\":", 100000, ""), ITG_E_INVALID_JSON);
    assert_refused(import_repeated("{\"x\":", "[", 100000, ""), ITG_E_INVALID_BODY);
    assert_refused(import_repeated(LINKS, "[", 129, repeated("]", 129)), ITG_E_INVALID_JSON);
    char end[200];
    snprintf(end, sizeof end, "%s}]}", repeated("]", 128));
    assert_ok(import_repeated(LINKS, "[", 128, end));
}
END_TEST

enum { LONG = 1024 };

START_TEST(an_element_may_be_large_but_not_endless)
{
    static const char begin[] = "{\"product\":\"p\",\"links\":[\"", end[] = "\"]}";
    const char *part = repeated("x", LONG);
    size_t room = ITG_LIMIT_ELEMENT - strlen(begin) - strlen(end);
    char head[80], rest[LONG + 16];
    snprintf(head, sizeof head, "{\"firmwares\":[ %s", begin);
    snprintf(rest, sizeof rest, "%.*s\"]}]}", (int)(room % LONG) + 1, part);
    assert_refused(import_repeated(head, part, room / LONG, rest), ITG_E_INVALID_JSON);
    assert_ok(import_repeated(head, part, room / LONG, rest + 1));
}
END_TEST

START_TEST(what_never_ends_is_refused)
{
    const size_t endless = SIZE_MAX;
    ck_assert_int_eq(import_repeated("{\"", repeated("x", LONG), endless, ""), ITG_E_INVALID_JSON);
    assert_message("Could not read JSON: element is too large, line 1, column 16777218", "an endless name");
    itg_failure_clear(&fx.failure);
    assert_refused(import_repeated("", repeated("9", LONG), endless, ""), ITG_E_INVALID_JSON);
    assert_refused(import_repeated(LINKS "[", repeated("1,", LONG), endless, ""), ITG_E_INVALID_JSON);
}
END_TEST

START_TEST(white_space_between_elements_costs_nothing)
{
    const size_t lines = ITG_LIMIT_ELEMENT / 2 / LONG + 1;
    assert_ok(import_repeated("{\"firmwares\":[{\"product\":\"p\"},", repeated(" \n", LONG), lines,
                              "{\"product\":\"q\"}]}"));
    ck_assert_int_eq(import_repeated("{\"firmwares\":[", repeated(" \n", LONG), lines, "?]}"),
                     ITG_E_INVALID_JSON);
    assert_message("firmwares[0]: Could not read JSON: unexpected character, line 8389633, column 1",
                   "far down");
    itg_failure_clear(&fx.failure);
}
END_TEST

START_TEST(columns_count_characters_and_lines_count_from_the_start)
{
    static const char text[] = "{\"firmwares\":[\n{\"product\":\"M\xC3\xBCnchen \xF0\x9F\x98\x80\" ?}]}";
    for (size_t piece = 1; piece < 40; piece++) {
        struct source source = {.text = text, .length = strlen(text), .piece = piece};
        ck_assert_int_eq(itg_import(fx.itg, read_source, &source, NULL, NULL, NULL, &fx.failure),
                         ITG_E_INVALID_JSON);
        assert_message("firmwares[0]: Could not read JSON: expected ',' or '}', line 2, column 24", "column");
        itg_failure_clear(&fx.failure);
    }
}
END_TEST

START_TEST(missing_parameters_are_refused)
{
    struct source source = {.text = "{}", .length = 2};
    size_t size = 0;
    assert_code(itg_import(NULL, read_source, &source, NULL, NULL, NULL, &fx.failure), ITG_E_INVALID_BODY);
    assert_code(itg_import(fx.itg, NULL, NULL, NULL, NULL, NULL, &fx.failure), ITG_E_INVALID_BODY);
    assert_code(itg_export(NULL, swallow, &size, NULL, NULL, NULL, &fx.failure), ITG_E_INVALID_BODY);
    assert_code(itg_export(fx.itg, NULL, NULL, NULL, NULL, NULL, &fx.failure), ITG_E_INVALID_BODY);
}
END_TEST

SUITE_LONG("fleetfile_bad", fixture_memory, 240, every_bad_file_is_refused_and_changes_nothing,
           a_file_cut_off_anywhere_is_refused, a_byte_of_noise_anywhere_does_no_harm,
           a_reader_that_fails_ends_the_import, deep_nesting_is_refused,
           an_element_may_be_large_but_not_endless, what_never_ends_is_refused,
           white_space_between_elements_costs_nothing,
           columns_count_characters_and_lines_count_from_the_start, missing_parameters_are_refused)
