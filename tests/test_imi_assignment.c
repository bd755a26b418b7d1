/* Profiles, master profiles, what they are assigned to, and firmwares over IMI. */
#include "imi_fixture.h"
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NO_HANDLER "No handler is mapped for this request."

/* The fleet of these cases: directory 1 holds directory 2, which holds thin client 3; thin client 4 lies in
 * the root; profiles 5 and 6, master profile 7, and profile 8 in profile directory 9; all for firmware 1. */
static void setup(void)
{
    imi_trusted();
    int64_t firmware = make_firmware("11.3.100.1");
    int64_t a = make_directory(ITG_TYPE_THINCLIENT_DIRECTORY, "A", -1);
    int64_t b = make_directory(ITG_TYPE_THINCLIENT_DIRECTORY, "B", a);
    make_thinclient("00E0C5000003", b, firmware);
    make_thinclient("00E0C5000004", -1, firmware);
    make_profile(ITG_TYPE_PROFILE, "P5", -2, firmware);
    make_profile(ITG_TYPE_PROFILE, "P6", -2, firmware);
    make_profile(ITG_TYPE_MASTERPROFILE, "M7", -14, firmware);
    assert_ok(itg_profile_create(fx.itg, ITG_TYPE_PROFILE, "P8", -2, firmware, 1, NULL, &fx.failure));
    int64_t d = make_directory(ITG_TYPE_PROFILE_DIRECTORY, "D", -2);
    itg_move_entry_t entry = {.id = 8};
    assert_ok(itg_move(fx.itg, ITG_TYPE_PROFILE_DIRECTORY, d, &entry, 1, &fx.failure));
}

#define PROFILE_5                                                                                            \
    "{'firmwareID':'1','isMasterProfile':false,'overridesSessions':false,'id':'5','name':'P5','parentID':'-" \
    "2',"                                                                                                    \
    "'movedToBin':false,'objectType':'profile','links':[{'rel':'self','href':'" BASE                         \
    "/profiles/5'},{'rel':'Parent','href':'root'},{'rel':'Firmware','href':'" BASE "/firmwares/1'}]}"
#define MASTERPROFILE_7                                                                                     \
    "{'firmwareID':'1','isMasterProfile':true,'overridesSessions':false,'id':'7','name':'M7','parentID':'-" \
    "14',"                                                                                                  \
    "'movedToBin':false,'objectType':'masterprofile','links':[{'rel':'self','href':'" BASE                  \
    "/masterprofiles/7'},{'rel':'Parent','href':'root'},{'rel':'Firmware','href':'" BASE "/firmwares/1'}]}"
#define PROFILE_8                                                                                            \
    "{'firmwareID':'1','isMasterProfile':false,'overridesSessions':true,'id':'8','name':'P8','parentID':'9'" \
    ","                                                                                                      \
    "'movedToBin':false,'objectType':'profile','links':[{'rel':'self','href':'" BASE                         \
    "/profiles/8'},{'rel':'Parent','href':'" BASE                                                            \
    "/directories/profiledirectories/9'},{'rel':'Firmware','href':'" BASE "/firmwares/1'}]}"

START_TEST(profiles_are_read)
{
    assert_answer("GET", "/profiles/5", NULL, json(PROFILE_5));
    assert_answer("GET", "/profiles/8", NULL, json(PROFILE_8));
    assert_answer("GET", "/masterprofiles/7", NULL, json(MASTERPROFILE_7));
    assert_answer("GET", "/masterprofile/7", NULL, json(MASTERPROFILE_7));
    assert_answer("GET", "/masterprofiles", NULL, json("[" MASTERPROFILE_7 "]"));
    assert_ok(itg_profile_delete(fx.itg, ITG_TYPE_PROFILE, 6, &fx.failure));
    assert_answer("GET", "/profiles", NULL, json("[" PROFILE_5 "," PROFILE_8 "]"));
    assert_ok(itg_bin_put(fx.itg, ITG_TYPE_PROFILE, 5, &fx.failure));
    ask("GET", "/profiles", NULL);
    ck_assert_ptr_nonnull(strstr(im.reply.body, json("'name':'P5','parentID':'-2','movedToBin':true")));
}
END_TEST

START_TEST(profiles_are_renamed_and_deleted)
{
    assert_answer("PUT", "/profiles/5", json("{'name':'\\'x\\' \xC3\xA4','firmwareID':'7'}"),
                  json("{'message':'Update successful'}"));
    itg_profile_t *profile = NULL;
    assert_ok(itg_profile_get(fx.itg, ITG_TYPE_PROFILE, 5, &profile, &fx.failure));
    ck_assert_str_eq(profile->name, "\"x\" \xC3\xA4");
    itg_profile_free(profile);
    assert_answer("PUT", "/masterprofile/7", json("{'name':'M'}"), json("{'message':'Update successful'}"));
    assert_answer("DELETE", "/profiles/5", NULL, json("{'message':'Deleted profile with id 5'}"));
    assert_answer("DELETE", "/masterprofiles/7", NULL, json("{'message':'Deleted profile with id 7'}"));
    assert_error("DELETE", "/profiles/5", NULL, 404, "ITG-0A020", NO_HANDLER);
}
END_TEST

START_TEST(unknown_profiles_have_no_handler)
{
    static const char *const targets[] = {"/profiles/99",      "/profiles/7", "/profiles/3",
                                          "/profiles/-2",      "/profiles/0", "/masterprofiles/5",
                                          "/masterprofile/-14"};
    for (size_t i = 0; i < COUNT_OF(targets); i++) {
        char target[128];
        assert_error("GET", targets[i], NULL, 404, "ITG-0A020", NO_HANDLER);
        assert_error("PUT", targets[i], json("{'name':'x'}"), 404, "ITG-0A020", NO_HANDLER);
        assert_error("DELETE", targets[i], NULL, 404, "ITG-0A020", NO_HANDLER);
        snprintf(target, sizeof target, "%s/assignments/thinclients", targets[i]);
        assert_error("GET", target, NULL, 404, "ITG-0A020", NO_HANDLER);
        assert_error("PUT", target, "[]", 404, "ITG-0A020", NO_HANDLER);
        assert_error("PUT", target, json("[{}]"), 404, "ITG-0A020", NO_HANDLER);
        strcat(target, "/3");
        assert_error("DELETE", target, NULL, 404, "ITG-0A020", NO_HANDLER);
    }
}
END_TEST

START_TEST(what_renaming_refuses)
{
    static const char *const bodies[] = {"{'name':''}", "{'name':'\\u0001'}", "{'name':7}", "{'name':'  '}"};
    for (size_t i = 0; i < COUNT_OF(bodies); i++)
        assert_error("PUT", "/profiles/5", json(bodies[i]), 400, "ITG-0A004", "Invalid request body");
    assert_error("PUT", "/profiles/5", "{}", 400, "ITG-0A013", "No valid property in body");
    assert_error("PUT", "/profiles/5", json("{'name':null}"), 400, "ITG-0A013", "No valid property in body");
    assert_ok(itg_bin_put(fx.itg, ITG_TYPE_PROFILE, 5, &fx.failure));
    assert_error("PUT", "/profiles/5", json("{'name':'x'}"), 400, "ITG-0A022",
                 "Profile is in Recycling Bin.");
}
END_TEST

#define PAIR(profile_type, profile_id, type, id)                                                            \
    "{'assignee':{'id':'" profile_id "','type':'" profile_type "'},'receiver':{'id':'" id "','type':'" type \
    "'}"
#define ROW(profile_type, profile_id, profiles, type, id, receivers, word, position)           \
    PAIR(profile_type, profile_id, type, id)                                                   \
    ",'assignmentPosition':" position ",'links':[{'rel':'assigned','href':'" BASE "/" profiles \
    "/" profile_id "'},{'rel':'receiver','href':'" BASE "/" receivers "/" id                   \
    "'},{'rel':'self','href':'" BASE "/" profiles "/" profile_id "/assignments/" word "/" id "'}]}"
#define TC(profile, id, position) \
    ROW("profile", profile, "profiles", "tc", id, "thinclients", "thinclients", position)
#define DIR(profile, id, position)                                                                       \
    ROW("profile", profile, "profiles", "tcdirectory", id, "directories/tcdirectories", "tcdirectories", \
        position)
#define MASTER_DIR(profile, id, position)                                                           \
    ROW("masterprofile", profile, "masterprofiles", "tcdirectory", id, "directories/tcdirectories", \
        "tcdirectories", position)

START_TEST(assignments_are_made_and_seen_from_both_ends)
{
    assert_answer("PUT", "/thinclients/3/assignments/profiles",
                  json("[" PAIR("profile", "6", "tc", "3") "}," PAIR("profile", "5", "tc", "3") "}]"),
                  json("{'message':'2 asssignments successfully assigned to thinclient <3>'}"));
    assert_answer(
        "PUT", "/directories/tcdirectories/1/assignments/profiles",
        json("[{'receiver':{'type':'tcdirectory','id':1},'assignee':{'type':'profile','id':8}},"
             "{'receiver':{'type':'tcdirectory','id':1},'assignee':{'type':'masterprofile','id':7}}]"),
        json("{'message':'2 asssignments successfully assigned to thinclient directory <1>'}"));
    assert_answer("PUT", "/profiles/6/assignments/thinclients",
                  json("[" PAIR("profile", "6", "tc", "4") "}]"),
                  json("{'message':'1 asssignments successfully assigned to thinclient <4>'}"));
    assert_answer(
        "PUT", "/profiles/6/assignments/tcdirectories",
        json("[" PAIR("profile", "6", "tcdirectory", "2") "}," PAIR("profile", "6", "tcdirectory", "1") "}]"),
        json("{'message':'2 asssignments successfully assigned to thinclient directory <2,1>'}"));
    assert_answer("GET", "/thinclients/3/assignments/profiles", NULL,
                  json("[" TC("5", "3", "0") "," TC("6", "3", "1") "," DIR("6", "2", "2") "," DIR(
                      "6", "1", "3") "," DIR("8", "1", "4") "," MASTER_DIR("7", "1", "5") "]"));
    assert_answer("GET", "/directories/tcdirectories/2/assignments/profiles", NULL,
                  json("[" DIR("6", "2", "0") "," DIR("6", "1", "1") "," DIR("8", "1", "2") "," MASTER_DIR(
                      "7", "1", "3") "]"));
    assert_answer("GET", "/profiles/6/assignments/thinclients", NULL,
                  json("[" TC("6", "3", "0") "," TC("6", "4", "1") "]"));
    assert_answer("GET", "/profiles/6/assignments/tcdirectories", NULL,
                  json("[" DIR("6", "1", "0") "," DIR("6", "2", "1") "]"));
    assert_answer("GET", "/masterprofiles/7/assignments/tcdirectories", NULL,
                  json("[" MASTER_DIR("7", "1", "0") "]"));
    assert_answer("GET", "/masterprofiles/7/assignments/thinclients", NULL, "[]");
    assert_ok(itg_bin_put(fx.itg, ITG_TYPE_PROFILE, 6, &fx.failure));
    assert_answer("GET", "/thinclients/3/assignments/profiles", NULL,
                  json("[" TC("5", "3", "0") "," DIR("8", "1", "1") "," MASTER_DIR("7", "1", "2") "]"));
}
END_TEST

START_TEST(assignments_are_taken_away)
{
    const itg_assignment_t list[] = {{5, ITG_TYPE_PROFILE, 3, ITG_TYPE_THINCLIENT},
                                     {7, ITG_TYPE_MASTERPROFILE, 1, ITG_TYPE_THINCLIENT_DIRECTORY}};
    assert_ok(itg_assignment_create(fx.itg, list, 2, &fx.failure));
    assert_answer("DELETE", "/profiles/5/assignments/thinclients/3", NULL,
                  json("{'message':'deleted profile assignment'}"));
    assert_answer("DELETE", "/masterprofile/7/assignments/tcdirectories/1", NULL,
                  json("{'message':'deleted profile assignment'}"));
    assert_answer("GET", "/thinclients/3/assignments/profiles", NULL, "[]");
    assert_error("DELETE", "/profiles/5/assignments/thinclients/3", NULL, 400, "ITG-0A021",
                 "Invalid ssignment");
    assert_error("DELETE", "/profiles/5/assignments/tcdirectories/-1", NULL, 400, "ITG-0A021",
                 "Invalid ssignment");
    assert_error("DELETE", "/profiles/5/assignments/thinclients/99", NULL, 404, "ITG-0A001",
                 "Thin client with ID <99> not found.");
    assert_error("DELETE", "/profiles/5/assignments/thinclients/1", NULL, 404, "ITG-0A001",
                 "Thin client with ID <1> not found.");
    assert_error("DELETE", "/profiles/5/assignments/tcdirectories/99", NULL, 404, "ITG-0A002",
                 "No target directory with ID <99> found.");
}
END_TEST

START_TEST(an_empty_list_assigns_nothing)
{
    assert_answer("PUT", "/thinclients/3/assignments/profiles", "[]",
                  json("{'message':'0 asssignments successfully assigned to thinclient <3>'}"));
    assert_answer("PUT", "/directories/tcdirectories/2/assignments/profiles", "[]",
                  json("{'message':'0 asssignments successfully assigned to thinclient directory <2>'}"));
    assert_answer("PUT", "/profiles/5/assignments/thinclients", "[]",
                  json("{'message':'0 asssignments successfully assigned to thinclient <>'}"));
}
END_TEST

#define RECEIVER   "ITG-0A019", "Invalid assignment receiver"
#define ASSIGNMENT "ITG-0A021", "Invalid ssignment"

START_TEST(what_assigning_refuses)
{
    static const struct {
        const char *target, *body;
        int status;
        const char *code, *message;
    } rows[] = {
        /* the path */
        {"/thinclients/99/assignments/profiles", "[" PAIR("profile", "5", "tc", "99") "}]", 404, "ITG-0A001",
         "Thin client with ID <99> not found."},
        {"/thinclients/1/assignments/profiles", "[]", 404, "ITG-0A001", "Thin client with ID <1> not found."},
        {"/directories/tcdirectories/99/assignments/profiles", "[]", 404, "ITG-0A002",
         "No target directory with ID <99> found."},
        {"/directories/tcdirectories/-1/assignments/profiles", "[]", 400, RECEIVER},
        {"/directories/tcdirectories/-1/assignments/profiles",
         "[" PAIR("profile", "5", "tcdirectory", "-1") "}]", 400, RECEIVER},
        /* the receiver */
        {"/thinclients/3/assignments/profiles", "[" PAIR("profile", "5", "tc", "4") "}]", 400, RECEIVER},
        {"/thinclients/3/assignments/profiles", "[" PAIR("profile", "5", "tcdirectory", "3") "}]", 400,
         RECEIVER},
        {"/thinclients/3/assignments/profiles", "[{'assignee':{'id':'5','type':'profile'}}]", 400, RECEIVER},
        {"/thinclients/3/assignments/profiles", "[{'assignee':{'id':'5','type':'profile'},'receiver':null}]",
         400, RECEIVER},
        {"/thinclients/3/assignments/profiles",
         "[{'assignee':{'id':'5','type':'profile'},'receiver':{'id':3}}]", 400, RECEIVER},
        {"/profiles/5/assignments/thinclients", "[" PAIR("profile", "5", "tc", "99") "}]", 400, RECEIVER},
        {"/profiles/5/assignments/thinclients", "[" PAIR("profile", "5", "tc", "1") "}]", 400, RECEIVER},
        {"/profiles/5/assignments/thinclients", "[" PAIR("profile", "5", "tcdirectory", "1") "}]", 400,
         RECEIVER},
        {"/profiles/5/assignments/tcdirectories", "[" PAIR("profile", "5", "tcdirectory", "-1") "}]", 400,
         RECEIVER},
        {"/profiles/5/assignments/tcdirectories", "[" PAIR("profile", "5", "profiledirectory", "9") "}]", 400,
         RECEIVER},
        /* the assignee */
        {"/thinclients/3/assignments/profiles", "[" PAIR("profile", "99", "tc", "3") "}]", 400, ASSIGNMENT},
        {"/thinclients/3/assignments/profiles", "[" PAIR("profile", "7", "tc", "3") "}]", 400, ASSIGNMENT},
        {"/thinclients/3/assignments/profiles", "[" PAIR("masterprofile", "5", "tc", "3") "}]", 400,
         ASSIGNMENT},
        {"/thinclients/3/assignments/profiles", "[" PAIR("tc", "4", "tc", "3") "}]", 400, ASSIGNMENT},
        {"/thinclients/3/assignments/profiles", "[" PAIR("x", "5", "tc", "3") "}]", 400, ASSIGNMENT},
        {"/thinclients/3/assignments/profiles", "[{'receiver':{'id':'3','type':'tc'}}]", 400, ASSIGNMENT},
        {"/thinclients/3/assignments/profiles", "[{}]", 400, ASSIGNMENT},
        {"/profiles/5/assignments/thinclients", "[" PAIR("profile", "6", "tc", "3") "}]", 400, ASSIGNMENT},
        {"/profiles/5/assignments/thinclients", "[" PAIR("masterprofile", "5", "tc", "3") "}]", 400,
         ASSIGNMENT},
        {"/masterprofiles/7/assignments/thinclients", "[" PAIR("profile", "7", "tc", "3") "}]", 400,
         ASSIGNMENT},
        /* the second of two */
        {"/thinclients/3/assignments/profiles",
         "[" PAIR("profile", "5", "tc", "3") "}," PAIR("profile", "99", "tc", "3") "}]", 400, ASSIGNMENT},
        {"/profiles/5/assignments/thinclients",
         "[" PAIR("profile", "5", "tc", "3") "}," PAIR("profile", "5", "tc", "99") "}]", 400, RECEIVER},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        assert_error("PUT", rows[i].target, json(rows[i].body), rows[i].status, rows[i].code,
                     rows[i].message);
}
END_TEST

START_TEST(binned_ends_are_refused)
{
    assert_ok(itg_bin_put(fx.itg, ITG_TYPE_PROFILE, 6, &fx.failure));
    assert_ok(itg_bin_put(fx.itg, ITG_TYPE_THINCLIENT, 4, &fx.failure));
    assert_ok(itg_bin_put(fx.itg, ITG_TYPE_THINCLIENT_DIRECTORY, 2, &fx.failure));
    assert_error("PUT", "/profiles/6/assignments/tcdirectories",
                 json("[" PAIR("profile", "6", "tcdirectory", "1") "}]"), 400, "ITG-0A022",
                 "Profile is in Recycling Bin.");
    assert_error("PUT", "/thinclients/4/assignments/profiles", json("[" PAIR("profile", "5", "tc", "4") "}]"),
                 400, "ITG-0A018", "Thin client is in Recycling Bin. In order to use it, revert it first.");
    assert_error("PUT", "/directories/tcdirectories/2/assignments/profiles",
                 json("[" PAIR("profile", "5", "tcdirectory", "2") "}]"), 400, "ITG-0A017",
                 "Target directory is in Recycling Bin. In order to use it revert it first.");
}
END_TEST

START_TEST(an_assignment_is_made_once)
{
    const char *taken =
        "The statement was aborted because it would have caused a duplicate key value in a unique or "
        "primary key constraint or unique index identified by 'assignment_primary_key' defined on "
        "'assignment'.";
    char *before = fixture_fingerprint(fx.itg);
    ask("PUT", "/thinclients/3/assignments/profiles",
        json("[" PAIR("profile", "6", "tc", "3") "}," PAIR("profile", "6", "tc", "3") "}]"));
    ck_assert_str_eq(reply_text("errorCode"), "ITG-0A008");
    fixture_assert_unchanged(before, "twice in a list", __FILE__, __LINE__);
    ask("PUT", "/thinclients/3/assignments/profiles", json("[" PAIR("profile", "6", "tc", "3") "}]"));
    ck_assert_int_eq(im.reply.status, 200);
    before = fixture_fingerprint(fx.itg);
    ask("PUT", "/thinclients/3/assignments/profiles",
        json("[" PAIR("profile", "5", "tc", "3") "}," PAIR("profile", "6", "tc", "3") "}]"));
    ck_assert_str_eq(reply_text("errorCode"), "ITG-0A008");
    ck_assert_int_eq(im.reply.status, 400);
    ck_assert_ptr_nonnull(strstr(reply_text("message"), taken));
    fixture_assert_unchanged(before, "there already", __FILE__, __LINE__);
}
END_TEST

START_TEST(assignments_of_unknown_receivers_are_not_found)
{
    assert_error("GET", "/thinclients/99/assignments/profiles", NULL, 404, "ITG-0A001",
                 "Thin client with ID <99> not found.");
    assert_error("GET", "/directories/tcdirectories/99/assignments/profiles", NULL, 404, "ITG-0A002",
                 "No target directory with ID <99> found.");
    assert_error("GET", "/directories/tcdirectories/9/assignments/profiles", NULL, 404, "ITG-0A002",
                 "No target directory with ID <9> found.");
    assert_error("GET", "/directories/tcdirectories/-1/assignments/profiles", NULL, 400, "ITG-0A019",
                 "Invalid assignment receiver");
}
END_TEST

START_TEST(firmwares_are_read)
{
    assert_answer(
        "GET", "/firmwares/1", NULL,
        json("{'id':'1','product':'IGEL OS 11','version':'11.3.100.1','firmwareType':'LX','links':[]}"));
    assert_ok(itg_firmware_create(fx.itg, "\"OS\"", "1", "", NULL, &fx.failure));
    assert_answer(
        "GET", "/firmwares", NULL,
        json("{'FwResource':[{'id':'1','product':'IGEL OS 11','version':'11.3.100.1','firmwareType':'LX',"
             "'links':[]},{'id':'2','product':'\\'OS\\'','version':'1','firmwareType':'','links':[]}]}"));
    assert_error("GET", "/firmwares/3", NULL, 404, "ITG-0A015", "Firmware with ID <3> does not exist.");
    assert_error("GET", "/firmwares/-1", NULL, 404, "ITG-0A015", "Firmware with ID <-1> does not exist.");
}
END_TEST

START_TEST(without_firmwares_the_list_is_empty)
{
    fixture_end();
    imi_trusted();
    assert_answer("GET", "/firmwares", NULL, json("{'FwResource':[]}"));
}
END_TEST

SUITE("imi_assignment", setup, profiles_are_read, profiles_are_renamed_and_deleted,
      unknown_profiles_have_no_handler, what_renaming_refuses, assignments_are_made_and_seen_from_both_ends,
      assignments_are_taken_away, an_empty_list_assigns_nothing, what_assigning_refuses,
      binned_ends_are_refused, an_assignment_is_made_once, assignments_of_unknown_receivers_are_not_found,
      firmwares_are_read, without_firmwares_the_list_is_empty)
