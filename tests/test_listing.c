/* The ready-made short forms: whatever changes, the list says what the rows say (the fixture's itg_check() compares
 * all forms after each case), and what statements over many have emptied is filled by itg_step(). */
#include "core/core.h"
#include "imi_fixture.h"
#include <stdlib.h>
#include <string.h>

static int64_t empty_forms(void)
{
    struct itg__tx tx;
    int64_t count = -1;
    bool found = false;
    assert_ok(itg__begin_read(fx.itg, "test", ITG__RIGHT_READ, &tx, &fx.failure));
    assert_ok(itg__lookup(&tx, &found, &count, "SELECT count(*) FROM listing WHERE form = ''", ""));
    assert_ok(itg__end(&tx, ITG_OK));
    return count;
}

static void run_sql(const char *sql)
{
    struct itg__tx tx;
    assert_ok(itg__begin_write(fx.itg, "test", ITG__RIGHT_WRITE, &tx, &fx.failure));
    assert_ok(itg__end(&tx, itg__run(&tx, sql, "")));
}

static int64_t new_directory(void)
{
    return make_directory(ITG_TYPE_THINCLIENT_DIRECTORY, "Bremen", ITG_ROOT_THINCLIENTS);
}

static int64_t new_thinclient(const char *mac, int64_t parent_id)
{
    return make_thinclient(mac, parent_id, 1);
}

static void with_firmware(void)
{
    imi_trusted();
    assert_ok(itg_firmware_create(fx.itg, "OS", "1", "", NULL, &fx.failure));
}

START_TEST(a_change_of_one_is_in_the_list_at_once)
{
    int64_t dir = new_directory(), id = new_thinclient("00E0C5000001", -1);
    ck_assert_int_eq(empty_forms(), 0);
    const itg_value_t values[] = {{"name", "Till 7 \"left\""}, {"lastIP", "10.0.0.7"}};
    assert_ok(itg_thinclient_update(fx.itg, id, values, 2, &fx.failure));
    itg_move_entry_t entry = {.id = id, .type = ITG_TYPE_THINCLIENT};
    assert_ok(itg_move(fx.itg, ITG_TYPE_THINCLIENT_DIRECTORY, dir, &entry, 1, &fx.failure));
    ck_assert_int_eq(empty_forms(), 0);
    assert_answer(
        "GET", "/thinclients", NULL,
        jsonf("[{'unitID':'00E0C5000001','mac':'00E0C5000001','firmwareID':'1','lastIP':'10.0.0.7','lastUser'"
              ":'',"
              "'batteryLevel':0,'id':'%lld','name':'Till 7 \\'left\\'','parentID':'%lld','movedToBin':false,"
              "'objectType':'tc','links':[]}]",
              (long long)id, (long long)dir));
}
END_TEST

START_TEST(a_directory_in_the_bin_empties_the_forms_below_it_and_a_step_fills_them)
{
    int64_t dir = new_directory();
    new_thinclient("00E0C5000001", dir);
    new_thinclient("00E0C5000002", dir);
    new_thinclient("00E0C5000003", -1);
    assert_ok(itg_bin_put(fx.itg, ITG_TYPE_THINCLIENT_DIRECTORY, dir, &fx.failure));
    ck_assert_int_eq(empty_forms(), 2);
    ask("GET", "/thinclients", NULL);
    ck_assert_int_eq(im.reply.status, 200);
    char *emptied = strdup(im.reply.body);
    const char *first = strstr(emptied, "\"movedToBin\":true");
    ck_assert_ptr_nonnull(first);
    ck_assert_ptr_nonnull(strstr(first + 1, "\"movedToBin\":true"));
    ck_assert_ptr_nonnull(strstr(emptied, "\"movedToBin\":false"));
    assert_ok(itg_step(fx.itg, NULL, &fx.failure));
    ck_assert_int_eq(empty_forms(), 0);
    ask("GET", "/thinclients", NULL);
    ck_assert_str_eq(im.reply.body, emptied);
    free(emptied);
}
END_TEST

/* What devices report is written by other statements than updates. */
START_TEST(each_column_of_the_form_empties_it)
{
    static const char *const changes[] = {
        "UPDATE thinclient SET unit_id = 'other'",     "UPDATE thinclient SET mac = '00E0C5FFFFFF'",
        "UPDATE thinclient SET firmware_id = 2",       "UPDATE thinclient SET last_ip = '10.0.0.9'",
        "UPDATE thinclient SET last_user = 'meyer'",   "UPDATE thinclient SET battery_level = 80",
        "UPDATE object SET name = 'n' WHERE type = 1",
    };
    assert_ok(itg_firmware_create(fx.itg, "OS", "2", "", NULL, &fx.failure));
    new_thinclient("00E0C5000001", -1);
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        run_sql(changes[i]);
        ck_assert_msg(empty_forms() == 1, "%s left the form", changes[i]);
        ask("GET", "/thinclients", NULL);
        assert_ok(itg_step(fx.itg, NULL, &fx.failure));
        ck_assert_int_eq(empty_forms(), 0);
    }
    run_sql("UPDATE thinclient SET site = 'Bremen', last_contact = 1709294400000");
    ck_assert_int_eq(empty_forms(), 0);
    assert_answer(
        "GET", "/thinclients/1", NULL,
        json("{'unitID':'other','mac':'00E0C5FFFFFF','firmwareID':'2','lastIP':'10.0.0.9','lastUser':'meyer',"
             "'batteryLevel':80,'id':'1','name':'n','parentID':'-1','movedToBin':false,'objectType':'tc',"
             "'links':[]}"));
}
END_TEST

START_TEST(a_wrong_form_is_found_by_a_check)
{
    int64_t findings = 0;
    new_thinclient("00E0C5000001", -1);
    run_sql("UPDATE listing SET form = '{}'");
    assert_ok(itg_check(fx.itg, NULL, NULL, &findings, &fx.failure));
    ck_assert_int_eq(findings, 1);
    run_sql("DELETE FROM listing");
    assert_ok(itg_check(fx.itg, NULL, NULL, &findings, &fx.failure));
    ck_assert_int_eq(findings, 1);
    run_sql("INSERT INTO listing SELECT id, '' FROM thinclient");
}
END_TEST

SUITE("listing", with_firmware, a_change_of_one_is_in_the_list_at_once,
      a_directory_in_the_bin_empties_the_forms_below_it_and_a_step_fills_them,
      each_column_of_the_form_empties_it, a_wrong_form_is_found_by_a_check)
