/* The error catalogue, compared with data/errors.tsv, and the record of a failure. */
#include "core/fail.h"
#include "fixture.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct row {
    const char *code;
    int status;
    const char *argument;
    const char *text;
    const char *message;
};

static void unescape_line_feeds(char *text)
{
    for (char *at = strstr(text, "\\n"); at; at = strstr(at, "\\n")) {
        *at = '\n';
        memmove(at + 1, at + 2, strlen(at + 2) + 1);
    }
}

static bool read_row(FILE *file, char *line, size_t size, struct row *ret_row)
{
    do {
        if (!fgets(line, (int)size, file))
            return false;
    } while (line[0] == '#');
    line[strcspn(line, "\n")] = '\0';
    char *fields[5];
    for (size_t i = 0; i < COUNT_OF(fields); i++) {
        fields[i] = strsep(&line, "\t");
        ck_assert_ptr_nonnull(fields[i]);
    }
    unescape_line_feeds(fields[2]);
    *ret_row = (struct row){fields[0], (int)strtol(fields[1], NULL, 10), fields[2], fields[3], fields[4]};
    return true;
}

static void check_row(const struct row *row)
{
    itg_error_t error = itg_error_from_code(row->code);
    ck_assert_msg(error != ITG_OK, "%s is not in the catalogue", row->code);
    ck_assert_int_eq(error, strtol(row->code + 4, NULL, 16));
    ck_assert_str_eq(itg_error_code(error), row->code);
    ck_assert_str_eq(itg_error_text(error), row->text);
    ck_assert_int_eq(itg_error_http_status(error), row->status);
    char message[512];
    ck_assert_uint_eq(itg_error_format(error, row->argument, message, sizeof message), strlen(row->message));
    ck_assert_str_eq(message, row->message);
}

START_TEST(catalogue_is_the_contracts)
{
    char path[512], line[1024];
    const char *dir = getenv("ITG_TEST_DATA");
    snprintf(path, sizeof path, "%s/errors.tsv", dir ? dir : "tests/data");
    FILE *file = fopen(path, "r");
    ck_assert_ptr_nonnull(file);
    size_t rows = 0;
    itg_error_t last = ITG_OK;
    struct row row;
    for (; read_row(file, line, sizeof line, &row); rows++) {
        check_row(&row);
        ck_assert_int_eq(itg_error_at(rows), itg_error_from_code(row.code));
        ck_assert_int_gt(itg_error_at(rows), last);
        last = itg_error_at(rows);
    }
    fclose(file);
    ck_assert_uint_eq(rows, 39);
    ck_assert_uint_eq(itg_error_count(), 39);
    ck_assert_int_eq(itg_error_at(39), ITG_OK);
    ck_assert_int_eq(itg_error_at(SIZE_MAX), ITG_OK);
}
END_TEST

START_TEST(success_has_a_code_and_status_too)
{
    ck_assert_str_eq(itg_error_code(ITG_OK), "ITG-00000");
    ck_assert_int_eq(itg_error_http_status(ITG_OK), 200);
}
END_TEST

START_TEST(values_outside_the_catalogue_are_harmless)
{
    const itg_error_t strangers[] = {(itg_error_t)1,       (itg_error_t)0x0A000, (itg_error_t)0x0A025,
                                     (itg_error_t)0xFF007, (itg_error_t)-1,      (itg_error_t)INT32_MAX};
    for (size_t i = 0; i < COUNT_OF(strangers); i++) {
        char buf[8] = "before";
        ck_assert_str_eq(itg_error_code(strangers[i]), "");
        ck_assert_str_eq(itg_error_text(strangers[i]), "");
        ck_assert_int_eq(itg_error_http_status(strangers[i]), 500);
        ck_assert_uint_eq(itg_error_format(strangers[i], "x", buf, sizeof buf), 0);
        ck_assert_str_eq(buf, "");
    }
}
END_TEST

START_TEST(codes_are_read_as_people_write_them)
{
    const char *good[] = {"ITG-0A006", "itg-0a006", "ItG-0a006", "0A006", "0a006"};
    const char *bad[] = {"",           "ITG-",      "ITG-0A0066", "ITG-0A06",     " ITG-0A006",
                         "ITG-0A006 ", "ITG-00000", "ITG_0A006",  "ITG-0A00G",    "A006",
                         "0x0A006",    "-0A006",    "+0A006",     "ITG-ITG-0A006"};
    for (size_t i = 0; i < COUNT_OF(good); i++)
        ck_assert_msg(itg_error_from_code(good[i]) == ITG_E_DIRECTORY_NOT_EMPTY, "%s", good[i]);
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        ck_assert_msg(itg_error_from_code(bad[i]) == ITG_OK, "\"%s\"", bad[i]);
    ck_assert_int_eq(itg_error_from_code(NULL), ITG_OK);
}
END_TEST

START_TEST(format_tells_the_length_and_cuts_like_snprintf)
{
    const char *whole = "Thin client with ID <27> not found.";
    char buf[64];
    ck_assert_uint_eq(itg_error_format(ITG_E_THINCLIENT_NOT_FOUND, "27", NULL, 0), strlen(whole));
    for (size_t size = 1; size < sizeof buf; size++) {
        memset(buf, '#', sizeof buf);
        ck_assert_uint_eq(itg_error_format(ITG_E_THINCLIENT_NOT_FOUND, "27", buf, size), strlen(whole));
        size_t kept = size - 1 < strlen(whole) ? size - 1 : strlen(whole);
        ck_assert_uint_eq(strlen(buf), kept);
        ck_assert_int_eq(strncmp(buf, whole, kept), 0);
        ck_assert_int_eq(buf[size], '#');
    }
}
END_TEST

START_TEST(format_cuts_at_the_border_of_a_character)
{
    char buf[32];
    /* "<" and then characters of two, three and four bytes: */
    const char *arguments[] = {"\xC3\xA4\xC3\xA4\xC3\xA4", "\xE2\x82\xAC\xE2\x82\xAC",
                               "\xF0\x9F\x98\x80\xF0\x9F\x98\x80"};
    for (size_t i = 0; i < COUNT_OF(arguments); i++) {
        size_t width = i + 2;
        for (size_t size = 2; size < 1 + strlen(arguments[i]); size++) {
            itg_error_format(ITG_E_INVALID_COMMAND, arguments[i], buf, size);
            ck_assert_uint_eq(strlen(buf), 1 + (size - 2) / width * width);
        }
    }
}
END_TEST

START_TEST(format_copies_hostile_arguments_as_they_are)
{
    char buf[128];
    itg_error_format(ITG_E_INVALID_COMMAND, "%s%n%p\"'<script>", buf, sizeof buf);
    ck_assert_str_eq(buf, "<%s%n%p\"'<script>> is an invalid command.");
    itg_error_format(ITG_E_INVALID_COMMAND, NULL, buf, sizeof buf);
    ck_assert_str_eq(buf, "<> is an invalid command.");
    itg_error_format(ITG_E_NO_MAC, "ignored", buf, sizeof buf);
    ck_assert_str_eq(buf, "No MAC defined.");
}
END_TEST

START_TEST(format_of_a_duplicate_takes_three_parts)
{
    struct {
        const char *argument, *start, *end;
    } cases[] = {
        {"a\nb\nc", "a: The statement", "identified by 'b' defined on 'c'."},
        {"a\nb", "a: The statement", "identified by 'b' defined on ''."},
        {"a", "a: The statement", "identified by '' defined on ''."},
        {"", ": The statement", "identified by '' defined on ''."},
        {NULL, ": The statement", "identified by '' defined on ''."},
        {"\n%s\n%", ": The statement", "identified by '%s' defined on '%'."},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char buf[512];
        itg_error_format(ITG_E_DUPLICATE, cases[i].argument, buf, sizeof buf);
        ck_assert_int_eq(strncmp(buf, cases[i].start, strlen(cases[i].start)), 0);
        ck_assert_str_eq(buf + strlen(buf) - strlen(cases[i].end), cases[i].end);
    }
}
END_TEST

START_TEST(record_keeps_the_first_failure)
{
    itg_failure_t failure = {0};
    ck_assert_int_eq(itg_directory_delete(fx.itg, ITG_TYPE_THINCLIENT_DIRECTORY, 77, &failure),
                     ITG_E_DIRECTORY_NOT_FOUND);
    ck_assert_int_eq(itg_thinclient_delete(fx.itg, 78, &failure), ITG_E_THINCLIENT_NOT_FOUND);
    ck_assert_int_eq(failure.code, ITG_E_DIRECTORY_NOT_FOUND);
    ck_assert_str_eq(failure.message, "No target directory with ID <77> found.");
    ck_assert_str_eq(failure.trace, "[itg_directory_delete]");
}
END_TEST

START_TEST(record_is_left_alone_by_success_and_usable_after_clear)
{
    itg_failure_t failure = {0};
    itg_thinclient_delete(fx.itg, 78, &failure);
    int64_t id = 0;
    ck_assert_int_eq(itg_firmware_create(fx.itg, "p", "v", "t", &id, &failure), ITG_OK);
    ck_assert_int_eq(failure.code, ITG_E_THINCLIENT_NOT_FOUND);
    itg_failure_clear(&failure);
    ck_assert_int_eq(failure.code, ITG_OK);
    ck_assert_str_eq(failure.message, "");
    itg_directory_delete(fx.itg, ITG_TYPE_THINCLIENT_DIRECTORY, 77, &failure);
    ck_assert_int_eq(failure.code, ITG_E_DIRECTORY_NOT_FOUND);
    itg_failure_clear(NULL);
}
END_TEST

START_TEST(record_may_be_missing_everywhere)
{
    ck_assert_int_eq(itg_thinclient_delete(fx.itg, 78, NULL), ITG_E_THINCLIENT_NOT_FOUND);
    ck_assert_int_eq(itg_open("/nonexistent/fleet.db", NULL, &(itg_t *){NULL}, NULL), ITG_E_DATABASE);
}
END_TEST

START_TEST(record_tells_the_time)
{
    itg_failure_t failure = {0};
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    itg_thinclient_delete(fx.itg, 78, &failure);
    int64_t off = failure.time_ms - ((int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000);
    ck_assert_msg(off >= 0 && off < 60000, "%lld ms off", (long long)off);
}
END_TEST

START_TEST(record_cuts_long_texts_at_a_character)
{
    itg_failure_t failure = {0};
    itg__fail(&failure, ITG_E_INVALID_COMMAND, repeated("\xE2\x82\xAC", 1000));
    ck_assert_uint_lt(strlen(failure.message), sizeof failure.message);
    ck_assert_uint_ge(strlen(failure.message), sizeof failure.message - 3);
    ck_assert_uint_eq((strlen(failure.message) - 1) % 3, 0);
    for (int i = 0; i < 100; i++)
        itg__trace(&failure, "itg_some_operation");
    size_t length = strlen(failure.trace);
    ck_assert_uint_lt(length, sizeof failure.trace);
    ck_assert_int_eq(failure.trace[length - 1], ']');
}
END_TEST

SUITE("error", fixture_memory, catalogue_is_the_contracts, success_has_a_code_and_status_too,
      values_outside_the_catalogue_are_harmless, codes_are_read_as_people_write_them,
      format_tells_the_length_and_cuts_like_snprintf, format_cuts_at_the_border_of_a_character,
      format_copies_hostile_arguments_as_they_are, format_of_a_duplicate_takes_three_parts,
      record_keeps_the_first_failure, record_is_left_alone_by_success_and_usable_after_clear,
      record_may_be_missing_everywhere, record_tells_the_time, record_cuts_long_texts_at_a_character)
