/* The three trees of directories over IMI. */
#include "imi_fixture.h"
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct tree {
    const char *word;
    const char *type_name;
    itg_type_t type;
    int64_t root;
} trees[] = {
    {"tcdirectories", "tcdirectory", ITG_TYPE_THINCLIENT_DIRECTORY, -1},
    {"profiledirectories", "profiledirectory", ITG_TYPE_PROFILE_DIRECTORY, -2},
    {"masterprofiledirectories", "masterprofiledirectory", ITG_TYPE_MASTERPROFILE_DIRECTORY, -14},
};

#define BIN_TEXT "Target directory is in Recycling Bin. In order to use it revert it first."

static const char *path(const struct tree *tree, const char *format, int64_t id)
{
    static char ring[4][128];
    static size_t next;
    char *text = ring[next++ % COUNT_OF(ring)];
    int length = snprintf(text, sizeof ring[0], "/directories/%s", tree->word);
    snprintf(text + length, sizeof ring[0] - (size_t)length, format, (long long)id);
    return text;
}

/* A directory in the root, as it is answered. */
static const char *top(const struct tree *tree, int64_t id, const char *name, const char *children)
{
    return jsonf("{%s'id':'%lld','name':'%s','parentID':'%lld','movedToBin':false,'objectType':'%s','links':["
                 "{'rel':'self','href':'" BASE "/directories/%s/%lld'},{'rel':'Parent','href':'root'}]}",
                 children, (long long)id, name, (long long)tree->root, tree->type_name, tree->word,
                 (long long)id);
}

START_TEST(every_tree_answers_the_same_requests)
{
    for (size_t i = 0; i < COUNT_OF(trees); i++) {
        const struct tree *tree = &trees[i];
        int64_t a = (int64_t)i * 2 + 1, b = a + 1;
        assert_answer("GET", path(tree, "", 0), NULL, "[]");
        assert_answer(
            "PUT", path(tree, "", 0), json("{'name':'A'}"),
            jsonf("{'message':'Directory successfully inserted.','id':'%lld','name':'A','parentID':'%lld'}",
                  (long long)a, (long long)tree->root));
        assert_answer(
            "PUT", path(tree, "", 0), jsonf("{'parentID':%lld,'name':'B','id':9}", (long long)a),
            jsonf("{'message':'Directory successfully inserted.','id':'%lld','name':'B','parentID':'%lld'}",
                  (long long)b, (long long)a));
        assert_answer("GET", path(tree, "/%lld", a), NULL, top(tree, a, "A", ""));
        const char *below = jsonf(
            "{'id':'%lld','name':'B','parentID':'%lld','movedToBin':false,'objectType':'%s','links':["
            "{'rel':'self','href':'" BASE "/directories/%s/%lld'},"
            "{'rel':'Parent','href':'" BASE "/directories/%s/%lld'}]}",
            (long long)b, (long long)a, tree->type_name, tree->word, (long long)b, tree->word, (long long)a);
        assert_answer("GET", path(tree, "/%lld", b), NULL, below);
        assert_answer("GET", path(tree, "", 0), NULL, jsonf("[%s,%s]", top(tree, a, "A", ""), below));
        assert_answer("PUT", path(tree, "/%lld", b), json("{'name':'\xC3\xA4'}"),
                      json("{'message':'Updated directory successfully.'}"));
        ask("GET", path(tree, "/%lld", b), NULL);
        ck_assert_str_eq(reply_text("name"), "\xC3\xA4");
        assert_answer("DELETE", path(tree, "/%lld", b), NULL, json("{'message':'Deletion successful.'}"));
        assert_answer("DELETE", path(tree, "/%lld/", a), "null", json("{'message':'Deletion successful.'}"));
        assert_answer("GET", path(tree, "", 0), NULL, "[]");
    }
}
END_TEST

START_TEST(roots_are_reached_by_their_ids)
{
    for (size_t i = 0; i < COUNT_OF(trees); i++) {
        ask("GET", path(&trees[i], "/%lld", trees[i].root), NULL);
        char wanted[24];
        snprintf(wanted, sizeof wanted, "%lld", (long long)trees[i].root);
        ck_assert_int_eq(im.reply.status, 200);
        ck_assert_str_eq(reply_text("id"), wanted);
        ck_assert_str_eq(reply_text("parentID"), wanted);
        ck_assert_ptr_nonnull(strstr(im.reply.body, json("{'rel':'Parent','href':'root'}")));
        assert_error("PUT", path(&trees[i], "/%lld", trees[i].root), json("{'name':'x'}"), 403, "ITG-0B005",
                     "Access denied.");
        assert_error("DELETE", path(&trees[i], "/%lld", trees[i].root), NULL, 403, "ITG-0B005",
                     "Access denied.");
    }
    assert_answer(
        "GET", "/directories/tcdirectories/-1?facets=children", NULL,
        json("{'DirectoryChildren':[],'id':'-1','name':'Thin Clients','parentID':'-1','movedToBin':false,"
             "'objectType':'tcdirectory','links':[{'rel':'self','href':'" BASE
             "/directories/tcdirectories/-1'},{'rel':'Parent','href':'root'}]}"));
}
END_TEST

#define CHILD(type, id, place) \
    "{'objectType':'" type "','id':'" id "','link':{'rel':'" type "','href':'" BASE place "'}}"

START_TEST(children_are_shown_in_front)
{
    int64_t firmware = make_firmware("1.0");
    int64_t a = make_directory(ITG_TYPE_THINCLIENT_DIRECTORY, "A", -1);
    make_thinclient("00E0C5000001", a, firmware);
    make_directory(ITG_TYPE_THINCLIENT_DIRECTORY, "B", a);
    make_thinclient("00E0C5000002", -1, firmware);
    const char *children = "'DirectoryChildren':[" CHILD(
        "tcdirectory", "3", "/directories/tcdirectories/3") "," CHILD("tc", "2", "/thinclients/2") "],";
    assert_answer("GET", "/directories/tcdirectories/1?facets=children", NULL,
                  top(&trees[0], 1, "A", children));
    ask("GET", "/directories/tcdirectories?facets=children", NULL);
    ck_assert_int_eq(strncmp(im.reply.body, jsonf("[%s,", top(&trees[0], 1, "A", children)), 100), 0);
    ck_assert_ptr_nonnull(strstr(im.reply.body, json("{'DirectoryChildren':[],'id':'3'")));
    assert_ok(itg_bin_put(fx.itg, ITG_TYPE_THINCLIENT_DIRECTORY, 3, &fx.failure));
    ask("GET", "/directories/tcdirectories?facets=children", NULL);
    ck_assert_ptr_nonnull(
        strstr(im.reply.body, json(",{'id':'3','name':'B','parentID':'1','movedToBin':true")));
    ask("GET", "/directories/tcdirectories/3?facets=children", NULL);
    ck_assert_int_eq(strncmp(im.reply.body, json("{'id':'3'"), 9), 0);
}
END_TEST

START_TEST(children_of_the_other_trees)
{
    int64_t firmware = make_firmware("1.0");
    make_profile(ITG_TYPE_PROFILE, "P", -2, firmware);
    make_directory(ITG_TYPE_PROFILE_DIRECTORY, "D", -2);
    make_profile(ITG_TYPE_MASTERPROFILE, "M", -14, firmware);
    ask("GET", "/directories/profiledirectories/-2?facets=children", NULL);
    ck_assert_ptr_nonnull(
        strstr(im.reply.body,
               json("'DirectoryChildren':[" CHILD(
                   "profiledirectory", "2",
                   "/directories/profiledirectories/2") "," CHILD("profile", "1", "/profiles/1") "],")));
    ask("GET", "/directories/masterprofiledirectories/-14?facets=children", NULL);
    ck_assert_ptr_nonnull(strstr(
        im.reply.body, json("'DirectoryChildren':[" CHILD("masterprofile", "3", "/masterprofiles/3") "],")));
}
END_TEST

START_TEST(directories_of_another_tree_do_not_exist)
{
    make_directory(ITG_TYPE_PROFILE_DIRECTORY, "D", -2);
    make_thinclient("00E0C5000001", -1, make_firmware("1.0"));
    static const char *const targets[] = {"1", "-2", "2", "99", "0"};
    for (size_t i = 0; i < COUNT_OF(targets); i++) {
        char target[64], message[64];
        snprintf(target, sizeof target, "/directories/tcdirectories/%s", targets[i]);
        snprintf(message, sizeof message, "No target directory with ID <%s> found.", targets[i]);
        assert_error("GET", target, NULL, 404, "ITG-0A002", message);
        assert_error("PUT", target, json("{'name':'x'}"), 404, "ITG-0A002", message);
        assert_error("DELETE", target, NULL, 404, "ITG-0A002", message);
        strcat(target, "?operation=move");
        assert_error("PUT", target, json("[{'id':'2','type':'tc'}]"), 404, "ITG-0A002", message);
    }
}
END_TEST

START_TEST(what_create_and_update_refuse)
{
    int64_t binned = make_directory(ITG_TYPE_THINCLIENT_DIRECTORY, "B", -1);
    make_directory(ITG_TYPE_PROFILE_DIRECTORY, "P", -2);
    assert_ok(itg_bin_put(fx.itg, ITG_TYPE_THINCLIENT_DIRECTORY, binned, &fx.failure));
    make_directory(ITG_TYPE_THINCLIENT_DIRECTORY, "D", -1);
    static const struct {
        const char *target, *body;
        const char *code, *message;
    } rows[] = {
        {"/directories/tcdirectories", "{'parentID':'-1'}", "ITG-0A004", "Invalid request body"},
        {"/directories/tcdirectories", "{'name':' '}", "ITG-0A004", "Invalid request body"},
        {"/directories/tcdirectories", "{'name':'a\\nb'}", "ITG-0A004", "Invalid request body"},
        {"/directories/tcdirectories", "{'name':'D','parentID':'99'}", "ITG-0A016",
         "Parent with ID <99> does not exist."},
        {"/directories/tcdirectories", "{'name':'D','parentID':2}", "ITG-0A016",
         "Parent with ID <2> does not exist."},
        {"/directories/tcdirectories", "{'name':'D','parentID':-2}", "ITG-0A016",
         "Parent with ID <-2> does not exist."},
        {"/directories/profiledirectories", "{'name':'D','parentID':-1}", "ITG-0A016",
         "Parent with ID <-1> does not exist."},
        {"/directories/tcdirectories", "{'name':'D','parentID':1}", "ITG-0A017", BIN_TEXT},
        {"/directories/tcdirectories/1", "{'name':'D'}", "ITG-0A017", BIN_TEXT},
        {"/directories/tcdirectories/3", "{}", "ITG-0A013", "No valid property in body"},
        {"/directories/tcdirectories/3", "{'name':null,'parentID':1}", "ITG-0A013",
         "No valid property in body"},
        {"/directories/tcdirectories/3", "{'name':''}", "ITG-0A004", "Invalid request body"},
        {"/directories/tcdirectories/3", "{'name':'\\u007f'}", "ITG-0A004", "Invalid request body"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        assert_error("PUT", rows[i].target, json(rows[i].body), 400, rows[i].code, rows[i].message);
    char *body = malloc(1024);
    snprintf(body, 1024, "{\"name\":\"%s\"}", repeated("x", 256));
    assert_error("PUT", "/directories/tcdirectories", body, 400, "ITG-0A004", "Invalid request body");
    free(body);
}
END_TEST

START_TEST(only_empty_directories_are_deleted)
{
    int64_t a = make_directory(ITG_TYPE_THINCLIENT_DIRECTORY, "A", -1);
    int64_t tc = make_thinclient("00E0C5000001", a, make_firmware("1.0"));
    assert_error("DELETE", "/directories/tcdirectories/1", NULL, 400, "ITG-0A006",
                 "Directory with ID <1> is not empty. Remove content first.");
    ck_assert_str_eq(reply_text("stackTrace"), "[itg_directory_delete, imi_delete_directory]");
    assert_ok(itg_bin_put(fx.itg, ITG_TYPE_THINCLIENT, tc, &fx.failure));
    assert_error("DELETE", "/directories/tcdirectories/1", NULL, 400, "ITG-0A006",
                 "Directory with ID <1> is not empty. Remove content first.");
}
END_TEST

START_TEST(each_entry_of_a_move_succeeds_or_fails_alone)
{
    int64_t firmware = make_firmware("1.0");
    int64_t a = make_directory(ITG_TYPE_THINCLIENT_DIRECTORY, "A", -1);
    int64_t b = make_directory(ITG_TYPE_THINCLIENT_DIRECTORY, "B", a);
    int64_t tc = make_thinclient("00E0C5000001", -1, firmware);
    int64_t binned = make_thinclient("00E0C5000002", -1, firmware);
    make_profile(ITG_TYPE_PROFILE, "P", -2, firmware);
    assert_ok(itg_bin_put(fx.itg, ITG_TYPE_THINCLIENT, binned, &fx.failure));
    assert_answer(
        "PUT", "/directories/tcdirectories/2?operation=move",
        json("[{'id':'3','type':'tc'},{'id':99,'type':'tc'},{'id':'4','type':'tc'},{'id':'5','type':'profile'"
             "},"
             "{'id':'5','type':'tc'},{'id':'1','type':'tcdirectory'},{'id':'2','type':'tcdirectory'},"
             "{'id':'1','type':'tc'},{'id':'3','type':'nonsense'},{'id':'-1','type':'tcdirectory'}]"),
        json("[{'id':'3','results':'successful'},{'id':'99','results':'does_not_exist'},"
             "{'id':'4','results':'in_recycle_bin'},{'id':'5','results':'wrong_type'},"
             "{'id':'5','results':'wrong_type'},{'id':'1','results':'into_itself'},"
             "{'id':'2','results':'into_itself'},{'id':'1','results':'wrong_type'},"
             "{'id':'3','results':'wrong_type'},{'id':'-1','results':'into_itself'}]"));
    itg_thinclient_t *moved = NULL;
    assert_ok(itg_thinclient_get(fx.itg, tc, &moved, &fx.failure));
    ck_assert_int_eq(moved->parent_id, b);
    itg_thinclient_free(moved);
    /* Out again, to the root. */
    assert_answer("PUT", "/directories/tcdirectories/-1?operation=move",
                  json("[{'id':'2','type':'tcdirectory'},{'id':'3','type':'tc'}]"),
                  json("[{'id':'2','results':'successful'},{'id':'3','results':'successful'}]"));
}
END_TEST

START_TEST(what_move_refuses)
{
    int64_t binned = make_directory(ITG_TYPE_THINCLIENT_DIRECTORY, "B", -1);
    make_directory(ITG_TYPE_THINCLIENT_DIRECTORY, "D", -1);
    make_thinclient("00E0C5000001", -1, make_firmware("1.0"));
    assert_ok(itg_bin_put(fx.itg, ITG_TYPE_THINCLIENT_DIRECTORY, binned, &fx.failure));
    assert_error("PUT", "/directories/tcdirectories/2?operation=move", "[]", 400, "ITG-0A012",
                 "IDList is empty.");
    assert_error("PUT", "/directories/tcdirectories/1?operation=move", json("[{'id':'3','type':'tc'}]"), 400,
                 "ITG-0A017", BIN_TEXT);
    assert_error("PUT", "/directories/tcdirectories/2?operation=move",
                 json("[{'id':'3','type':'tc'},{'id':[]}]"), 400, "ITG-0A004", "Invalid request body");
}
END_TEST

START_TEST(long_lists_are_pulled_whole)
{
    assert_ok(itg_begin(fx.itg, &fx.failure));
    int64_t parent = -1;
    for (int i = 0; i < 1500; i++)
        parent = make_directory(ITG_TYPE_THINCLIENT_DIRECTORY, "D", i % 50 ? parent : -1);
    assert_ok(itg_commit(fx.itg, &fx.failure));
    ask("GET", "/directories/tcdirectories?facets=children", NULL);
    ck_assert_int_eq(im.reply.announced, -1);
    json_t *list = json_loadb(im.reply.body, im.reply.length, 0, NULL);
    ck_assert_uint_eq(json_array_size(list), 1500);
    for (size_t i = 0; i < 1500; i++) {
        const json_t *row = json_array_get(list, i);
        ck_assert_uint_eq((size_t)strtoll(json_string_value(json_object_get(row, "id")), NULL, 10), i + 1);
        ck_assert_uint_eq(json_array_size(json_object_get(row, "DirectoryChildren")), i % 50 == 49 ? 0 : 1);
    }
    json_decref(list);
}
END_TEST

SUITE("imi_directory", imi_trusted, every_tree_answers_the_same_requests, roots_are_reached_by_their_ids,
      children_are_shown_in_front, children_of_the_other_trees, directories_of_another_tree_do_not_exist,
      what_create_and_update_refuse, only_empty_directories_are_deleted,
      each_entry_of_a_move_succeeds_or_fails_alone, what_move_refuses, long_lists_are_pulled_whole)
