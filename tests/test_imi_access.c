/* Rights over IMI: what lists leave out, what single objects answer, and that no request lets through what is denied. */
#include "imi_fixture.h"
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PASSWORD "correct horse"
#define TC_DIR   ITG_TYPE_THINCLIENT_DIRECTORY
#define USER     ITG_SUBJECT_USER

#define assert_denied(method, target, body) \
    assert_error(method, target, body, 403, "ITG-0B005", "Access denied.")

/* Ids. Thin client 5 lies in directory 1, profile 6 in profile directory 3, asset 8 is on 5; 4 in the root, 7 at the top;
 * 2 is an empty directory in 1. Each of the open ones has a counterpart that is hidden later. */
enum { DIR = 1, SUB = 2, PDIR = 3, OPEN_TC = 4, TC = 5, PROFILE = 6, OPEN_PROFILE = 7 };

static int64_t view, asset, key, value;

static void act_as(const char *name)
{
    static char authorization[128];
    char text[64];
    int length = snprintf(text, sizeof text, "%s:" PASSWORD, name);
    memcpy(authorization, "Basic ", 6);
    sodium_bin2base64(authorization + 6, sizeof authorization - 6, (const unsigned char *)text,
                      (size_t)length, sodium_base64_VARIANT_ORIGINAL);
    im.request.authorization = authorization;
}

static void say(int64_t directory, const char *user, uint32_t allow, uint32_t deny)
{
    assert_ok(itg_access_set(fx.itg, directory, USER, user, allow, deny, &fx.failure));
}

static void fill(void)
{
    int64_t firmware = make_firmware("11.3.100.1");
    ck_assert_int_eq(make_directory(TC_DIR, "d", ITG_ROOT_THINCLIENTS), DIR);
    ck_assert_int_eq(make_directory(TC_DIR, "sub", DIR), SUB);
    ck_assert_int_eq(make_directory(ITG_TYPE_PROFILE_DIRECTORY, "p", ITG_ROOT_PROFILES), PDIR);
    ck_assert_int_eq(make_thinclient("00E0C5000004", ITG_ROOT_THINCLIENTS, firmware), OPEN_TC);
    ck_assert_int_eq(make_thinclient("00E0C5000005", DIR, firmware), TC);
    ck_assert_int_eq(make_profile(ITG_TYPE_PROFILE, "hidden", PDIR, firmware), PROFILE);
    ck_assert_int_eq(make_profile(ITG_TYPE_PROFILE, "open", ITG_ROOT_PROFILES, firmware), OPEN_PROFILE);
    const itg_assignment_t assignments[] = {{PROFILE, ITG_TYPE_PROFILE, OPEN_TC, ITG_TYPE_THINCLIENT},
                                            {OPEN_PROFILE, ITG_TYPE_PROFILE, OPEN_TC, ITG_TYPE_THINCLIENT},
                                            {OPEN_PROFILE, ITG_TYPE_PROFILE, TC, ITG_TYPE_THINCLIENT}};
    assert_ok(itg_assignment_create(fx.itg, assignments, 3, &fx.failure));
    itg_asset_input_t input = {.size = sizeof input, .thinclient_id = TC, .name = "mouse"};
    assert_ok(itg_asset_create(fx.itg, &input, &asset, &fx.failure));
    assert_ok(itg_view_create(fx.itg, "all", "mac==00*", &view, &fx.failure));
    assert_ok(
        itg_template_key_create(fx.itg, "K", ITG_TEMPLATE_STRING, ITG_ROOT_TEMPLATES, &key, &fx.failure));
    assert_ok(itg_template_value_create(fx.itg, key, "v", "", &value, &fx.failure));
    assert_ok(itg_user_create(fx.itg, "olga", ITG_ROLE_OPERATOR, PASSWORD, NULL, &fx.failure));
    assert_ok(itg_user_create(fx.itg, "vic", ITG_ROLE_VIEWER, PASSWORD, NULL, &fx.failure));
}

/* Where a target or body wants the view, the asset, the key and the value. */
#define V "\1"
#define S "\2"
#define K "\3"
#define W "\4"

static const char *filled(const char *format)
{
    static char text[512];
    const int64_t ids[] = {view, asset, key, value};
    size_t length = 0;
    for (const char *c = format; c && *c; c++) {
        if (*c >= 1 && *c <= 4)
            length += (size_t)snprintf(text + length, sizeof text - length, "%" PRId64, ids[*c - 1]);
        else
            text[length++] = *c;
        ck_assert_uint_lt(length, sizeof text - 32);
    }
    text[length] = '\0';
    return format ? jsonf("%s", text) : NULL;
}

/* Every request about single objects, which are hidden. */
static const struct request {
    const char *method, *target, *body;
} singles[] = {
    {"GET", "/thinclients/5", NULL},
    {"GET", "/thinclients/5?facets=details,online,networkadapters,deviceattributes,loginhistory", NULL},
    {"GET", "/thinclients/5?facets=shadow", NULL},
    {"PUT", "/thinclients/5", "{'site':'x'}"},
    {"DELETE", "/thinclients/5", NULL},
    {"DELETE", "/thinclients/5/deletetcoffline", NULL},
    {"PUT", "/thinclients", "{'mac':'00E0C5FFFFFF','firmwareID':1,'parentID':1}"},
    {"POST", "/thinclients?command=reboot", "[{'id':5,'type':'tc'}]"},
    {"POST", "/thinclients?command=tcreset2facdefs", "[{'id':4,'type':'tc'},{'id':5,'type':'tc'}]"},
    {"GET", "/thinclients/5/assignments/profiles", NULL},
    {"PUT", "/thinclients/5/assignments/profiles",
     "[{'assignee':{'id':7,'type':'profile'},'receiver':{'id':5,'type':'tc'}}]"},
    {"PUT", "/thinclients/4/assignments/profiles",
     "[{'assignee':{'id':6,'type':'profile'},'receiver':{'id':4,'type':'tc'}}]"},
    {"GET", "/directories/tcdirectories/1", NULL},
    {"GET", "/directories/tcdirectories/1?facets=children", NULL},
    {"GET", "/directories/tcdirectories/2", NULL},
    {"PUT", "/directories/tcdirectories", "{'name':'n','parentID':1}"},
    {"PUT", "/directories/tcdirectories/1", "{'name':'n'}"},
    {"PUT", "/directories/tcdirectories/1?operation=move", "[{'id':4,'type':'tc'}]"},
    {"PUT", "/directories/tcdirectories/-1?operation=move", "[{'id':5,'type':'tc'}]"},
    {"DELETE", "/directories/tcdirectories/2", NULL},
    {"GET", "/directories/tcdirectories/1/assignments/profiles", NULL},
    {"PUT", "/directories/tcdirectories/1/assignments/profiles",
     "[{'assignee':{'id':7,'type':'profile'},'receiver':{'id':1,'type':'tcdirectory'}}]"},
    {"GET", "/directories/profiledirectories/3", NULL},
    {"PUT", "/directories/profiledirectories/3", "{'name':'n'}"},
    {"DELETE", "/directories/profiledirectories/3", NULL},
    {"GET", "/profiles/6", NULL},
    {"PUT", "/profiles/6", "{'name':'n'}"},
    {"DELETE", "/profiles/6", NULL},
    {"GET", "/profiles/6/assignments/thinclients", NULL},
    {"GET", "/profiles/6/assignments/tcdirectories", NULL},
    {"PUT", "/profiles/6/assignments/thinclients",
     "[{'assignee':{'id':6,'type':'profile'},'receiver':{'id':4,'type':'tc'}}]"},
    {"PUT", "/profiles/7/assignments/tcdirectories",
     "[{'assignee':{'id':7,'type':'profile'},'receiver':{'id':1,'type':'tcdirectory'}}]"},
    {"DELETE", "/profiles/7/assignments/thinclients/5", NULL},
    {"DELETE", "/profiles/6/assignments/thinclients/4", NULL},
    {"GET", "/assetinfo/assets/" S, NULL},
    {"GET", "/assetinfo/thinclients/5", NULL},
    {"GET", "/assethistory/assets/" S, NULL},
    {"GET", "/assethistory/thinclients/00E0C5000005", NULL},
    {"PUT", "/template/assign/tc", "{'tcId':5,'template':[{'templateId':" K ",'valueId':" W "}]}"},
    {"PUT", "/template/assign/dir", "{'dirId':1,'template':[{'templateId':" K ",'valueId':" W "}]}"},
};

static void hide(void)
{
    say(DIR, "olga", 0, ITG_RIGHT_BROWSE);
    say(PDIR, "olga", 0, ITG_RIGHT_BROWSE);
}

START_TEST(single_objects_answer_access_denied)
{
    fill();
    hide();
    act_as("olga");
    for (size_t i = 0; i < COUNT_OF(singles); i++)
        assert_denied(singles[i].method, filled(singles[i].target), filled(singles[i].body));
    /* What is not there is still not there. */
    assert_error("GET", "/thinclients/99", NULL, 404, "ITG-0A001", "Thin client with ID <99> not found.");
    assert_error("GET", "/directories/tcdirectories/99", NULL, 404, "ITG-0A002",
                 "No target directory with ID <99> found.");
    assert_error("PUT", "/thinclients/99", json("{'site':'x'}"), 404, "ITG-0A001",
                 "Thin client with ID <99> not found.");
}
END_TEST

/* A viewer without any entry is refused whatever the body; with one, the body is read. */
START_TEST(viewers_are_refused_before_the_body_is_read)
{
    fill();
    act_as("vic");
    assert_denied("PUT", "/thinclients/5", "no JSON");
    say(DIR, "vic", ITG_RIGHT_WRITE, 0);
    ask("PUT", "/thinclients/5", "no JSON");
    ck_assert_int_eq(im.reply.status, 415);
    assert_answer("PUT", "/thinclients/5", json("{'site':'x'}"), json("{'message':'Update successful'}"));
    assert_denied("PUT", "/thinclients/4", json("{'site':'x'}"));
    assert_denied("POST", "/thinclients?command=reboot", json("[{'id':5,'type':'tc'}]"));
    /* What is in no tree goes by the role. */
    assert_denied("PUT", "/template", json("{'name':'t','type':'StringType'}"));
}
END_TEST

static const char *ids_in(const char *lead)
{
    static char ids[256];
    ids[0] = '\0';
    ck_assert_int_eq(im.reply.status, 200);
    for (const char *p = im.reply.body; (p = strstr(p, lead)) != NULL;) {
        p += strlen(lead);
        size_t length = strlen(ids);
        snprintf(ids + length, sizeof ids - length, "%s%.*s", length ? " " : "",
                 (int)strspn(p, "-0123456789"), p);
    }
    return ids;
}

#define ASSERT_IDS(target, lead, wanted)          \
    do {                                          \
        ask("GET", (target), NULL);               \
        ck_assert_str_eq(ids_in(lead), (wanted)); \
    } while (0)
#define ID ",\"id\":\""

START_TEST(lists_leave_out)
{
    fill();
    act_as("olga");
    ASSERT_IDS("/thinclients", ID, "4 5");
    ASSERT_IDS(filled("/thinclientview/" V), ID, "4 5");
    ASSERT_IDS("/directories/tcdirectories", "{\"id\":\"", "1 2");
    ASSERT_IDS("/profiles", ID, "6 7");
    ASSERT_IDS("/assetinfo", "\"tcId\":", "5");
    ASSERT_IDS("/assethistory", "\"historyId\":", "1");
    hide();
    ASSERT_IDS("/thinclients", ID, "4");
    ASSERT_IDS("/thinclients?facets=details", ID, "4");
    ASSERT_IDS(filled("/thinclientview/" V), ID, "4");
    ASSERT_IDS("/directories/tcdirectories", "{\"id\":\"", "");
    ASSERT_IDS("/directories/profiledirectories", "{\"id\":\"", "");
    ASSERT_IDS("/directories/tcdirectories/-1?facets=children", "\"id\":\"", "4 -1");
    ASSERT_IDS("/profiles", ID, "7");
    ASSERT_IDS("/assetinfo", "\"tcId\":", "");
    ASSERT_IDS("/assethistory", "\"historyId\":", "");
    /* Positions count what is listed. */
    ASSERT_IDS("/thinclients/4/assignments/profiles", "\"assignee\":{\"id\":\"", "7");
    ASSERT_IDS("/thinclients/4/assignments/profiles", "\"assignmentPosition\":", "0");
    ASSERT_IDS("/profiles/7/assignments/thinclients", "\"receiver\":{\"id\":\"", "4");
    /* Browse alone shows directories, not what is in them. */
    say(DIR, "olga", 0, ITG_RIGHT_READ);
    ASSERT_IDS("/directories/tcdirectories?facets=children", "\"id\":\"", "2 1 2");
    ASSERT_IDS("/thinclients", ID, "4");
}
END_TEST

/* In a list, who may not be shadowed has an empty secret; alone, it is refused. */
START_TEST(secrets_are_for_whom_may_shadow)
{
    fill();
    act_as("vic");
    assert_denied("GET", "/thinclients?facets=shadow", NULL);
    say(DIR, "vic", ITG_RIGHT_SHADOW, 0);
    ask("GET", "/thinclients?facets=shadow", NULL);
    ck_assert_int_eq(im.reply.status, 200);
    const char *closed = json("'shadowSecret':{'certificate':'','password':''}");
    const char *first = strstr(im.reply.body, "\"shadowSecret\"");
    ck_assert_ptr_nonnull(first);
    ck_assert_int_eq(strncmp(first, closed, strlen(closed)), 0);
    const char *second = strstr(first + 1, "\"shadowSecret\"");
    ck_assert_ptr_nonnull(second);
    ck_assert_int_ne(strncmp(second, closed, strlen(closed)), 0);
    ask("GET", "/thinclients/5?facets=shadow", NULL);
    ck_assert_int_eq(im.reply.status, 200);
    assert_denied("GET", "/thinclients/4?facets=shadow", NULL);
    ask("GET", "/thinclients/4", NULL);
    ck_assert_int_eq(im.reply.status, 200);
}
END_TEST

static int64_t read_import(void *ctx, char *buf, size_t size)
{
    size_t count = fread(buf, 1, size, ctx);
    return (int64_t)count;
}

/* More thin clients than a piece leaves out, all hidden but the last: the list goes on over the pieces. */
START_TEST(long_lists_go_on_behind_what_is_left_out)
{
    enum { COUNT = 20000 };
    assert_ok(itg_user_create(fx.itg, "olga", ITG_ROLE_OPERATOR, PASSWORD, NULL, &fx.failure));
    FILE *file = tmpfile();
    ck_assert_ptr_nonnull(file);
    fputs(
        "{\"firmwares\":[{\"id\":\"1\",\"product\":\"OS\",\"version\":\"11\",\"firmwareType\":\"LX\"}],"
        "\"directories\":[{\"id\":\"1\",\"name\":\"d\",\"parentID\":\"-1\",\"objectType\":\"tcdirectory\"}],"
        "\"thinclients\":[",
        file);
    for (int i = 0; i < COUNT; i++)
        fprintf(file,
                "%s{\"id\":\"%d\",\"name\":\"t\",\"mac\":\"00E0C5%06X\",\"firmwareID\":\"1\",\"parentID\":\"%"
                "d\"}",
                i ? "," : "", i + 10, (unsigned)i, i == COUNT - 1 ? -1 : 1);
    fputs("]}", file);
    rewind(file);
    assert_ok(itg_import(fx.itg, read_import, file, NULL, NULL, NULL, &fx.failure));
    fclose(file);
    say(1, "olga", 0, ITG_RIGHT_READ);
    act_as("olga");
    ASSERT_IDS("/thinclients", ID, "20009");
    ASSERT_IDS("/thinclients?facets=shadow", ID, "20009");
    /* Behind the last that is shown there may be more that is not. */
    say(ITG_ROOT_THINCLIENTS, "olga", 0, ITG_RIGHT_READ);
    assert_answer("GET", "/thinclients", NULL, "[]");
}
END_TEST

SUITE("imi_access", imi_memory, single_objects_answer_access_denied,
      viewers_are_refused_before_the_body_is_read, lists_leave_out, secrets_are_for_whom_may_shadow,
      long_lists_go_on_behind_what_is_left_out)
