/* Views: making, changing, finding, walking and deleting them, and what they select. */
#include "fixture.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int64_t make_view(const char *name, const char *expression)
{
    int64_t id = 0;
    assert_ok(itg_view_create(fx.itg, name, expression, &id, &fx.failure));
    return id;
}

static void assert_view(int64_t id, const char *name, const char *expression)
{
    itg_view_t *view = NULL;
    assert_ok(itg_view_get(fx.itg, id, &view, &fx.failure));
    ck_assert_int_eq(view->id, id);
    ck_assert_str_eq(view->name, name);
    ck_assert_str_eq(view->expression, expression);
    itg_view_free(view);
}

struct list {
    char text[512];
    int left; /* rows until the walk is to be ended; 0: never */
};

static int32_t add(struct list *list, int64_t id)
{
    size_t length = strlen(list->text);
    snprintf(list->text + length, sizeof list->text - length, "%s%lld", length ? " " : "", (long long)id);
    return list->left > 0 && --list->left == 0;
}

static int32_t add_view(void *ctx, const itg_view_t *view)
{
    ck_assert_uint_gt(strlen(view->name), 0);
    return add(ctx, view->id);
}

static int32_t add_thinclient(void *ctx, const itg_thinclient_t *tc)
{
    return add(ctx, tc->id);
}

START_TEST(a_view_is_kept)
{
    int64_t id = make_view("Größe", "name==ITC*;(site==Bremen,site==Augsburg)");
    assert_view(id, "Größe", "name==ITC*;(site==Bremen,site==Augsburg)");
    assert_ok(itg_view_create(fx.itg, "no id", "id==1", NULL, &fx.failure));
}
END_TEST

/* Directories and views draw from the same sequence. */
START_TEST(ids_come_from_the_sequence_of_objects)
{
    int64_t directory = make_directory(ITG_TYPE_THINCLIENT_DIRECTORY, "d", ITG_ROOT_THINCLIENTS);
    int64_t view = make_view("v", "id==1");
    ck_assert_int_eq(view, directory + 1);
    assert_ok(itg_view_delete(fx.itg, view, &fx.failure));
    ck_assert_int_eq(make_view("v", "id==1"), directory + 2);
}
END_TEST

START_TEST(a_view_can_be_changed_in_parts)
{
    int64_t id = make_view("v", "id==1");
    assert_ok(itg_view_update(fx.itg, id, "w", NULL, &fx.failure));
    assert_view(id, "w", "id==1");
    assert_ok(itg_view_update(fx.itg, id, NULL, "id==2", &fx.failure));
    assert_view(id, "w", "id==2");
    assert_ok(itg_view_update(fx.itg, id, "x", "id==3", &fx.failure));
    assert_view(id, "x", "id==3");
}
END_TEST

START_TEST(views_are_walked_by_id)
{
    struct list list = {.left = 0};
    assert_ok(itg_view_each(fx.itg, add_view, &list, &fx.failure));
    ck_assert_str_eq(list.text, "");
    for (int i = 0; i < 3; i++)
        make_view("same name", "id==1");
    assert_ok(itg_view_each(fx.itg, add_view, &list, &fx.failure));
    ck_assert_str_eq(list.text, "1 2 3");
    list = (struct list){.left = 2};
    assert_ok(itg_view_each(fx.itg, add_view, &list, &fx.failure));
    ck_assert_str_eq(list.text, "1 2");
}
END_TEST

START_TEST(what_is_not_there_is_not_found)
{
    itg_view_t *view = NULL;
    struct list list = {.left = 0};
    int64_t directory = make_directory(ITG_TYPE_THINCLIENT_DIRECTORY, "d", ITG_ROOT_THINCLIENTS);
    const int64_t ids[] = {0, -1, 99, directory, INT64_MAX};
    for (size_t i = 0; i < COUNT_OF(ids); i++) {
        assert_refused(itg_view_get(fx.itg, ids[i], &view, &fx.failure), ITG_E_NO_HANDLER);
        assert_refused(itg_view_update(fx.itg, ids[i], "w", "id==2", &fx.failure), ITG_E_NO_HANDLER);
        assert_refused(itg_view_delete(fx.itg, ids[i], &fx.failure), ITG_E_NO_HANDLER);
        assert_refused(
            itg_view_select(fx.itg, ids[i], ITG_EXTENT_SHORT, 0, add_thinclient, &list, &fx.failure),
            ITG_E_NO_HANDLER);
    }
    ck_assert_ptr_null(view);
    ck_assert_str_eq(list.text, "");
}
END_TEST

START_TEST(bad_names_and_expressions_are_refused)
{
    int64_t id = make_view("v", "id==1");
    const char *const names[] = {"", " ", "a\nb", "\xff", repeated("x", 256)};
    const char *const expressions[] = {"", "id", "id==x", "nope==1"};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        assert_refused(itg_view_create(fx.itg, names[i], "id==1", NULL, &fx.failure), ITG_E_INVALID_BODY);
        assert_refused(itg_view_update(fx.itg, id, names[i], NULL, &fx.failure), ITG_E_INVALID_BODY);
    }
    for (size_t i = 0; i < COUNT_OF(expressions); i++) {
        assert_refused(itg_view_create(fx.itg, "v", expressions[i], NULL, &fx.failure), ITG_E_INVALID_BODY);
        assert_refused(itg_view_update(fx.itg, id, "w", expressions[i], &fx.failure), ITG_E_INVALID_BODY);
    }
    assert_refused(itg_view_create(fx.itg, NULL, "id==1", NULL, &fx.failure), ITG_E_INVALID_BODY);
    assert_refused(itg_view_create(fx.itg, "v", NULL, NULL, &fx.failure), ITG_E_INVALID_BODY);
    assert_refused(itg_view_update(fx.itg, id, NULL, NULL, &fx.failure), ITG_E_INVALID_BODY);
    assert_code(itg_view_get(fx.itg, id, NULL, &fx.failure), ITG_E_INVALID_BODY);
    assert_code(itg_view_each(fx.itg, NULL, NULL, &fx.failure), ITG_E_INVALID_BODY);
    assert_code(itg_view_select(fx.itg, id, ITG_EXTENT_SHORT, 0, NULL, NULL, &fx.failure),
                ITG_E_INVALID_BODY);
    assert_view(id, "v", "id==1");
}
END_TEST

START_TEST(a_view_selects_what_matches_now)
{
    int64_t firmware = make_firmware("1");
    int64_t dir = make_directory(ITG_TYPE_THINCLIENT_DIRECTORY, "d", ITG_ROOT_THINCLIENTS); /* 1 */
    int64_t inside = make_thinclient("00E0C5000001", dir, firmware);                        /* 2 */
    make_thinclient("00E0C5000002", ITG_ROOT_THINCLIENTS, firmware);                        /* 3 */
    make_thinclient("00E0C5000003", dir, firmware);                                         /* 4 */
    int64_t view = make_view("v", "directory==1");
    struct list list = {.left = 0};
    assert_ok(itg_view_select(fx.itg, view, ITG_EXTENT_SHORT, 0, add_thinclient, &list, &fx.failure));
    ck_assert_str_eq(list.text, "2 4");
    list = (struct list){.left = 1};
    assert_ok(itg_view_select(fx.itg, view, ITG_EXTENT_DETAILS, inside, add_thinclient, &list, &fx.failure));
    ck_assert_str_eq(list.text, "4");
    itg_move_entry_t entry = {.id = inside};
    assert_ok(itg_move(fx.itg, ITG_TYPE_THINCLIENT_DIRECTORY, ITG_ROOT_THINCLIENTS, &entry, 1, &fx.failure));
    list = (struct list){.left = 0};
    assert_ok(itg_view_select(fx.itg, view, ITG_EXTENT_SHORT, 0, add_thinclient, &list, &fx.failure));
    ck_assert_str_eq(list.text, "4");
}
END_TEST

START_TEST(viewers_read_and_do_not_write)
{
    itg_t *viewer = NULL;
    itg_view_t *view = NULL;
    int64_t id = make_view("v", "id==1");
    assert_ok(
        itg_user_create(fx.itg, "eve", ITG_ROLE_VIEWER, "a password of some length", NULL, &fx.failure));
    assert_ok(itg_as(fx.itg, "eve", &viewer, &fx.failure));
    assert_ok(itg_view_get(viewer, id, &view, &fx.failure));
    itg_view_free(view);
    assert_refused(itg_view_create(viewer, "w", "id==1", NULL, &fx.failure), ITG_E_ACCESS_DENIED);
    assert_refused(itg_view_update(viewer, id, "w", NULL, &fx.failure), ITG_E_ACCESS_DENIED);
    assert_refused(itg_view_delete(viewer, id, &fx.failure), ITG_E_ACCESS_DENIED);
    itg_close(viewer);
}
END_TEST

/* A text that is read from memory. */
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

START_TEST(fleet_files_carry_views)
{
    itg_fleetfile_counts_t counts;
    make_view("v \"quoted\"", "name=='a\\\\b'");
    make_view("w", "id==1");
    char *before = fixture_fingerprint(fx.itg);
    itg_close(fx.itg);
    fixture_memory();
    assert_ok(import(before, &counts));
    ck_assert_int_eq(counts.views, 2);
    char *after = fixture_fingerprint(fx.itg);
    ck_assert_str_eq(after, before);
    free(before);
    free(after);
    assert_view(1, "v \"quoted\"", "name=='a\\\\b'");
    /* The sequence goes on above the highest id. */
    assert_ok(import("{\"views\":[{\"id\":\"70\",\"name\":\"x\",\"expression\":\"id==1\"}]}", NULL));
    ck_assert_int_eq(make_view("y", "id==1"), 71);
}
END_TEST

START_TEST(bad_views_of_fleet_files_are_refused)
{
    static const struct {
        const char *text;
        itg_error_t error;
        const char *where;
    } cases[] = {
        {"{\"views\":[{\"expression\":\"id==1\"}]}", ITG_E_INVALID_BODY, "views[0].name: "},
        {"{\"views\":[{\"name\":\"x\"}]}", ITG_E_INVALID_BODY, "views[0].expression: "},
        {"{\"views\":[{\"name\":\"x\",\"expression\":\"id==1\"},{\"name\":\"x\",\"expression\":\"id=\"}]}",
         ITG_E_INVALID_BODY, "views[1].expression: "},
        {"{\"views\":[{\"id\":\"1\",\"name\":\"x\",\"expression\":\"id==1\"}]}", ITG_E_DUPLICATE,
         "views[0].id: "},
        {"{\"views\":[{\"id\":\"x\",\"name\":\"x\",\"expression\":\"id==1\"}]}", ITG_E_NUMBER_FORMAT,
         "views[0].id: "},
        {"{\"views\":[{\"nmae\":\"x\"}]}", ITG_E_INVALID_BODY, "views[0].nmae: "},
    };
    make_view("v", "id==1");
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char *before = fixture_fingerprint(fx.itg);
        itg_error_t err = import(cases[i].text, NULL);
        ck_assert_msg(err == cases[i].error, "%s: %s", cases[i].text, itg_error_code(err));
        ck_assert_msg(strncmp(fx.failure.message, cases[i].where, strlen(cases[i].where)) == 0, "%s: %s",
                      cases[i].text, fx.failure.message);
        itg_failure_clear(&fx.failure);
        fixture_assert_unchanged(before, cases[i].text, __FILE__, __LINE__);
    }
}
END_TEST

SUITE("view", fixture_memory, a_view_is_kept, ids_come_from_the_sequence_of_objects,
      a_view_can_be_changed_in_parts, views_are_walked_by_id, what_is_not_there_is_not_found,
      bad_names_and_expressions_are_refused, a_view_selects_what_matches_now, viewers_read_and_do_not_write,
      fleet_files_carry_views, bad_views_of_fleet_files_are_refused)
