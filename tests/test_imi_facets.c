/* Facets of thin clients, device attributes in bodies, assets: the exact bytes. */
#include "imi_fixture.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PEM_JSON "-----BEGIN CERTIFICATE-----\\nTUlJQg==\\n-----END CERTIFICATE-----\\n"

/* What a short answer is made of, around the facets' keys. */
#define HEAD(id) "{'unitID':'00E0C500000" id "','mac':'00E0C500000" id "','firmwareID':'1','lastIP':''"
#define TAIL(n, id)                                                                               \
    ",'lastUser':'','batteryLevel':0,'id':'" id "','name':'ITC00E0C500000" n "','parentID':'-1'," \
    "'movedToBin':false,'objectType':'tc','links':[]}"

#define ADAPTERS                                                                            \
    ",'networkAdapters':[{'type':'lan','mac':'00E0C5ABCDEF','name':'enp1s0','state':'up'}," \
    "{'type':'wlan','mac':'','name':'wlp2s0','state':'down'}]"
#define ATTRIBUTES                                                                                  \
    ",'deviceAttributes':[{'name':'Site','identifier':'site','value':'Br\\'emen','type':'string'}," \
    "{'name':'Colour','identifier':'colour','value':'blue','type':'range','allowedValues':['red','blue']}]"
#define LOGINS                                                                                       \
    ",'userLoginHistory':[{'username':'anna','loginresult':0,'logintime':'2024-03-01 12:00:00.015'," \
    "'logofftime':'2024-03-01 13:00:00.000','logontype':'swp'},{'username':'bert','loginresult':3,"  \
    "'logintime':'2024-03-01 14:00:00.000','logofftime':'','logontype':'unknown'}]"

/* Thin client 1 has something for every facet, thin client 2 nothing. Ids: 1 and 2, attributes 3 and 4. */
static void fill(void)
{
    static const char *const colours[] = {"red", "blue"};
    const itg_adapter_t adapters[] = {{"lan", "00e0c5abcdef", "enp1s0", "up"},
                                      {"wlan", "", "wlp2s0", "down"}};
    int64_t firmware = make_firmware("11.3.100.1");
    ck_assert_int_eq(make_thinclient("00E0C5000001", ITG_ROOT_THINCLIENTS, firmware), 1);
    ck_assert_int_eq(make_thinclient("00E0C5000002", ITG_ROOT_THINCLIENTS, firmware), 2);
    assert_ok(
        itg_attribute_create(fx.itg, "site", "Site", ITG_ATTRIBUTE_STRING, 0, NULL, 0, NULL, &fx.failure));
    assert_ok(itg_attribute_create(fx.itg, "colour", "Colour", ITG_ATTRIBUTE_RANGE, 0, colours, 2, NULL,
                                   &fx.failure));
    assert_ok(itg_attribute_create(fx.itg, "byDevice", "D", ITG_ATTRIBUTE_STRING, ITG_OVERWRITE_DEVICES, NULL,
                                   0, NULL, &fx.failure));
    const itg_value_t values[] = {{"deviceAttributes.colour", "blue"}, {"deviceAttributes.site", "Br\"emen"}};
    assert_ok(itg_thinclient_update(fx.itg, 1, values, 2, &fx.failure));
    assert_ok(itg_thinclient_set_adapters(fx.itg, 1, adapters, 2, &fx.failure));
    int64_t noon = FIXTURE_START_MS, hour = 3600 * 1000;
    assert_ok(itg_login_add(fx.itg, 1, "anna", 0, noon + 15, noon + hour, ITG_LOGON_SWP, &fx.failure));
    assert_ok(itg_login_add(fx.itg, 1, "bert", 3, noon + 2 * hour, 0, 0, &fx.failure));
    assert_ok(itg_shadow_set_certificate(
        fx.itg, 1, "-----BEGIN CERTIFICATE-----\nTUlJQg==\n-----END CERTIFICATE-----\n", &fx.failure));
}

/* The same with \' of the macros above as an escaped quote. */
static const char *text(const char *quoted)
{
    static char ring[4][8192];
    static size_t next;
    char *out = ring[next++ % COUNT_OF(ring)], *o = out;
    for (const char *c = quoted; *c; c++)
        *o++ = *c == '\'' ? '"' : *c;
    *o = '\0';
    return out;
}

static void assert_facets(const char *facets, const char *first, const char *second)
{
    char target[128], both[16384];
    snprintf(target, sizeof target, "/thinclients/1?facets=%s", facets);
    ask("GET", target, NULL);
    imi_assert_answer(text(first), target, __LINE__);
    snprintf(target, sizeof target, "/thinclients/2?facets=%s", facets);
    ask("GET", target, NULL);
    imi_assert_answer(text(second), target, __LINE__);
    snprintf(target, sizeof target, "/thinclients?facets=%s", facets);
    snprintf(both, sizeof both, "[%s,%s]", text(first), text(second));
    ask("GET", target, NULL);
    imi_assert_answer(both, target, __LINE__);
}

START_TEST(each_facet_adds_its_keys)
{
    fill();
    assert_facets("networkadapters", HEAD("1") ADAPTERS ",'deviceAttributes':[]" TAIL("1", "1"),
                  HEAD("2") ",'networkAdapters':[],'deviceAttributes':[]" TAIL("2", "2"));
    assert_facets("deviceattributes", HEAD("1") ATTRIBUTES TAIL("1", "1"),
                  HEAD("2") ",'deviceAttributes':[]" TAIL("2", "2"));
    assert_facets("loginhistory", HEAD("1") LOGINS TAIL("1", "1"),
                  HEAD("2") ",'userLoginHistory':[]" TAIL("2", "2"));
}
END_TEST

/* Whatever their order in the request, keys come in the contract's order, each once. */
START_TEST(facets_add_up)
{
    fill();
    static const char *const all[] = {"online,networkadapters,deviceattributes,loginhistory",
                                      "loginhistory,deviceattributes,networkadapters,online",
                                      "deviceattributes,online,short,loginhistory,networkadapters,online",
                                      "networkadapters&facets=loginhistory,online&facets=deviceattributes"};
    for (size_t i = 0; i < COUNT_OF(all); i++)
        assert_facets(
            all[i], HEAD("1") ",'online':false" ADAPTERS ATTRIBUTES LOGINS TAIL("1", "1"),
            HEAD("2") ",'online':false,'networkAdapters':[],'deviceAttributes':[],'userLoginHistory':[]" TAIL(
                "2", "2"));
    assert_facets(
        "loginhistory,networkadapters", HEAD("1") ADAPTERS ",'deviceAttributes':[]" LOGINS TAIL("1", "1"),
        HEAD("2") ",'networkAdapters':[],'deviceAttributes':[],'userLoginHistory':[]" TAIL("2", "2"));
    assert_facets("loginhistory,deviceattributes", HEAD("1") ATTRIBUTES LOGINS TAIL("1", "1"),
                  HEAD("2") ",'deviceAttributes':[],'userLoginHistory':[]" TAIL("2", "2"));
    /* After the details' keys, the last of which this is. */
    ask("GET", "/thinclients/1?facets=networkadapters,details,deviceattributes", NULL);
    ck_assert_int_eq(im.reply.status, 200);
    ck_assert_ptr_nonnull(strstr(im.reply.body, text("'isConnectedViaReverseProxy':false" ADAPTERS ATTRIBUTES
                                                     ",'lastUser':'','batteryLevel':-1,'id':'1'")));
}
END_TEST

/* The password stands in the answer's last 36 characters of the key. */
static const char *password_in_reply(void)
{
    return reply_text("password");
}

START_TEST(the_shadow_facet_gives_a_certificate_and_a_password)
{
    fill();
    static const char *const certificates[] = {PEM_JSON, ""};
    for (int i = 0; i < 2; i++) {
        char target[64], wanted[1024], password[64];
        snprintf(target, sizeof target, "/thinclients/%d?facets=shadow", i + 1);
        ask("GET", target, NULL);
        snprintf(password, sizeof password, "%s", password_in_reply());
        snprintf(wanted, sizeof wanted, "%s,'shadowSecret':{'certificate':'%s','password':'%s'}%s",
                 i ? HEAD("2") : HEAD("1"), certificates[i], password, i ? TAIL("2", "2") : TAIL("1", "1"));
        imi_assert_answer(text(wanted), __FILE__, __LINE__);
        assert_ok(itg_shadow_verify(fx.itg, i + 1, password, &fx.failure));
        assert_code(itg_shadow_verify(fx.itg, i + 1, password, &fx.failure), ITG_E_INVALID_CREDENTIALS);
    }
    ask("GET", "/thinclients/1?facets=loginhistory,shadow,online", NULL);
    const char *online =
        strstr(im.reply.body, "\"online\":false,\"shadowSecret\":{\"certificate\":\"-----BEGIN");
    ck_assert_ptr_nonnull(online);
    ck_assert_ptr_nonnull(strstr(online, "\"},\"userLoginHistory\":["));
    /* Each answer brings another one, and none is kept. */
    char first[64];
    char *before = fixture_fingerprint(fx.itg);
    ask("GET", "/thinclients?facets=shadow", NULL);
    snprintf(first, sizeof first, "%s", password_in_reply());
    ask("GET", "/thinclients?facets=shadow", NULL);
    ck_assert_str_ne(first, password_in_reply());
    fixture_assert_unchanged(before, "shadow", __FILE__, __LINE__);
}
END_TEST

START_TEST(viewers_do_not_see_the_shadow_facet)
{
    fill();
    imi_open(NULL);
    assert_ok(itg_user_create(fx.itg, "eve", ITG_ROLE_VIEWER, "a long password", NULL, &fx.failure));
    assert_ok(itg_user_create(fx.itg, "otto", ITG_ROLE_OPERATOR, "a long password", NULL, &fx.failure));
    im.request.authorization = "Basic ZXZlOmEgbG9uZyBwYXNzd29yZA=="; /* eve:a long password */
    static const char *const targets[] = {"/thinclients?facets=shadow", "/thinclients/1?facets=shadow",
                                          "/thinclients/1?facets=online,shadow",
                                          "/thinclients/77?facets=shadow"};
    for (size_t i = 0; i < COUNT_OF(targets); i++)
        assert_error("GET", targets[i], NULL, 403, "ITG-0B005", "Access denied.");
    assert_answer("GET", "/thinclients/1?facets=loginhistory", NULL, text(HEAD("1") LOGINS TAIL("1", "1")));
    im.request.authorization = "Basic b3R0bzphIGxvbmcgcGFzc3dvcmQ="; /* otto:a long password */
    ask("GET", "/thinclients/1?facets=shadow", NULL);
    ck_assert_int_eq(im.reply.status, 200);
    ck_assert_uint_eq(strlen(password_in_reply()), 36);
}
END_TEST

START_TEST(facets_of_what_is_not_there)
{
    fill();
    assert_error("GET", "/thinclients/77?facets=networkadapters", NULL, 404, "ITG-0A001",
                 "Thin client with ID <77> not found.");
    assert_error("GET", "/thinclients/-1?facets=shadow", NULL, 404, "ITG-0A001",
                 "Thin client with ID <-1> not found.");
    assert_error("GET", "/thinclients/1?facets=networkAdapters", NULL, 404, "ITG-0A020",
                 "No handler is mapped for this request.");
    assert_error("GET", "/directories/tcdirectories?facets=shadow", NULL, 404, "ITG-0A020",
                 "No handler is mapped for this request.");
    assert_error("GET", "/thinclients?facets=deviceattributes,nothing", NULL, 404, "ITG-0A020",
                 "No handler is mapped for this request.");
}
END_TEST

START_TEST(attributes_are_set_by_create_and_update)
{
    fill();
    assert_answer("PUT", "/thinclients",
                  json("{'mac':'00E0C5000003','deviceAttributes':[{'identifier':'colour','value':'red'},"
                       "{'identifier':'site','value':'A','name':'ignored','type':'string','x':1}],"
                       "'firmwareID':1}"),
                  json("{'message':'Thin client successfully inserted.','id':'6','name':'ITC00E0C5000003',"
                       "'parentID':'-1'}"));
    assert_answer(
        "GET", "/thinclients/6?facets=deviceattributes", NULL,
        text(HEAD("3") ",'deviceAttributes':[{'name':'Site','identifier':'site','value':'A','type':'string'},"
                       "{'name':'Colour','identifier':'colour','value':'red','type':'range',"
                       "'allowedValues':['red','blue']}]" TAIL("3", "6")));
    assert_answer(
        "PUT", "/thinclients/6",
        json("{'deviceAttributes':[{'identifier':'colour','value':''},{'identifier':'site','value':null},"
             "{'identifier':'byDevice'}],'site':null}"),
        json("{'message':'Update successful'}"));
    assert_answer("GET", "/thinclients/6?facets=deviceattributes", NULL,
                  text(HEAD("3") ",'deviceAttributes':[{'name':'Site','identifier':'site','value':'A','type':"
                                 "'string'}]" TAIL("3", "6")));
    assert_answer("PUT", "/thinclients/6", json("{'deviceAttributes':[],'comment':'c'}"),
                  json("{'message':'Update successful'}"));
    assert_answer("PUT", "/thinclients/6", json("{'deviceAttributes':null,'comment':'c'}"),
                  json("{'message':'Update successful'}"));
}
END_TEST

START_TEST(attributes_that_do_not_fit_are_refused)
{
    fill();
    static const char *const lists[] = {
        "{}",
        "'x'",
        "1",
        "[1]",
        "[null]",
        "[[]]",
        "['site']",
        "[{}]",
        "[{'value':'x'}]",
        "[{'identifier':null,'value':'x'}]",
        "[{'identifier':1,'value':'x'}]",
        "[{'identifier':'site','value':1}]",
        "[{'identifier':'site','value':true}]",
        "[{'identifier':'site','value':['x']}]",
        "[{'identifier':'site','value':'x','value':'y'}]",
        "[{'identifier':'nothing','value':'x'}]",
        "[{'identifier':'','value':'x'}]",
        "[{'identifier':'colour','value':'green'}]",
        "[{'identifier':'byDevice','value':'x'}]",
        "[{'identifier':'byDevice','value':''}]",
        "[{'identifier':'site','value':'good'},{'identifier':'colour','value':'bad'}]",
    };
    for (size_t i = 0; i < COUNT_OF(lists); i++) {
        assert_error("PUT", "/thinclients/1", jsonf("{'comment':'c','deviceAttributes':%s}", lists[i]), 400,
                     "ITG-0A004", "Invalid request body");
        assert_error("PUT", "/thinclients",
                     jsonf("{'mac':'00E0C5000009','firmwareID':1,'deviceAttributes':%s}", lists[i]), 400,
                     "ITG-0A004", "Invalid request body");
    }
    char long_value[128];
    snprintf(long_value, sizeof long_value, "%s", repeated("x", 101));
    assert_error("PUT", "/thinclients/1",
                 jsonf("{'deviceAttributes':[{'identifier':'site','value':'%s'}]}", long_value), 400,
                 "ITG-0A004", "Invalid request body");
    assert_error("PUT", "/thinclients/1", json("{'deviceAttributes':[]}"), 400, "ITG-0A013",
                 "No valid property in body");
    assert_error("PUT", "/thinclients/1", json("{'deviceAttributes':[{'identifier':'site'}]}"), 400,
                 "ITG-0A013", "No valid property in body");
    ask("PUT", "/thinclients/1", json("{'deviceAttributes':[{'identifier':'site','value':'x'}"));
    ck_assert_int_eq(im.reply.status, 415);
    ck_assert_str_eq(reply_text("errorCode"), "ITG-0A005");
}
END_TEST

#define MOUSE(tc, id)                                                                                   \
    "{'tcId':" tc ",'assetId':" id ",'uniqueId':'','connector':'','assetName':'M105 Optical Mouse',"    \
    "'assetVendor':'Logitech, Inc.','deviceId':'c077','categoryList':{'categoryList':[{'categoryId':7," \
    "'categoryName':'Mouse'}]},'detailList':{'detailList':[{'attrId':" id ",'detailKey':'maxPower',"    \
    "'detailValue':'100mA','detailType':'string'}]}}"
#define BARE                                                                                                 \
    "{'tcId':-1,'assetId':8,'uniqueId':'u','connector':'usb','assetName':'Bare','assetVendor':'','deviceId'" \
    ":"                                                                                                      \
    "'','categoryList':{'categoryList':[]},'detailList':{'detailList':[]}}"
#define EVENT(n, unit, id, time, word)                                               \
    "{'historyId':" n ",'unitId':'" unit "','assetId':" id ",'eventTimeStamp':" time \
    ",'event':{'identifier':'" word "'}}"

static void plug_in(void)
{
    static const char *const categories[] = {"Mouse"};
    static const itg_asset_detail_t detail = {0, "maxPower", "100mA", "string"};
    itg_asset_input_t input = {.size = sizeof input,
                               .thinclient_id = 1,
                               .name = "M105 Optical Mouse",
                               .vendor = "Logitech, Inc.",
                               .device_id = "c077",
                               .categories = categories,
                               .category_count = 1,
                               .details = &detail,
                               .detail_count = 1};
    int64_t id = 0;
    assert_ok(itg_asset_create(fx.itg, &input, &id, &fx.failure));
    ck_assert_int_eq(id, 6);
    input = (itg_asset_input_t){.size = sizeof input, .name = "Bare", .unique_id = "u", .connector = "usb"};
    assert_ok(itg_asset_create(fx.itg, &input, &id, &fx.failure));
    ck_assert_int_eq(id, 8);
}

START_TEST(assets_are_listed)
{
    assert_answer("GET", "/assetinfo", NULL, json("{'assetinfos':[],'links':[]}"));
    fill();
    plug_in();
    assert_answer("GET", "/assetinfo", NULL,
                  json("{'assetinfos':[" MOUSE("1", "6") "," BARE "],'links':[]}"));
    assert_answer("GET", "/assetinfo/assets/6", NULL,
                  json("{'assetinfos':[" MOUSE("1", "6") "],'links':[]}"));
    assert_answer("GET", "/assetinfo/assets/8", NULL, json("{'assetinfos':[" BARE "],'links':[]}"));
    assert_answer("GET", "/assetinfo/thinclients/1", NULL,
                  json("{'assetinfos':[" MOUSE("1", "6") "],'links':[]}"));
    assert_answer("GET", "/assetinfo/thinclients/2", NULL, json("{'assetinfos':[],'links':[]}"));
    assert_error("GET", "/assetinfo/assets/1", NULL, 404, "ITG-0A020",
                 "No handler is mapped for this request.");
    assert_error("GET", "/assetinfo/assets/x", NULL, 400, "ITG-0A010", "Number format error");
    assert_error("GET", "/assetinfo/thinclients/6", NULL, 404, "ITG-0A001",
                 "Thin client with ID <6> not found.");
    assert_error("GET", "/assetinfo/thinclients/-1", NULL, 404, "ITG-0A001",
                 "Thin client with ID <-1> not found.");
    assert_error("GET", "/assetinfo/thinclients/0", NULL, 404, "ITG-0A001",
                 "Thin client with ID <0> not found.");
    assert_error("PUT", "/assetinfo", "{}", 400, "ITG-0A011", "Request method 'PUT' not supported");
}
END_TEST

/* Plugged into 1 at noon, moved to 2 a second later, 2 deleted another second later. */
START_TEST(asset_history_is_listed)
{
    assert_answer("GET", "/assethistory", NULL, json("{'assethistories':[],'links':[]}"));
    fill();
    plug_in();
    fx.now_ms += 1000;
    assert_ok(itg_asset_move(fx.itg, 6, 2, 1, &fx.failure));
    fx.now_ms += 1000;
    assert_ok(itg_thinclient_delete(fx.itg, 2, &fx.failure));
#define FIRST  EVENT("1", "00E0C5000001", "6", "1709294400000", "add")
#define SECOND EVENT("2", "00E0C5000001", "6", "1709294401000", "remove_on_boot")
#define THIRD  EVENT("3", "00E0C5000002", "6", "1709294401000", "add_on_boot")
#define FOURTH EVENT("4", "00E0C5000002", "6", "1709294402000", "remove")
    const char *all = "{'assethistories':[" FIRST "," SECOND "," THIRD "," FOURTH "],'links':[]}";
    assert_answer("GET", "/assethistory", NULL, json(all));
    assert_answer("GET", "/assethistory/assets/6", NULL, json(all));
    assert_answer("GET", "/assethistory/assets/8", NULL, json("{'assethistories':[],'links':[]}"));
    assert_answer("GET", "/assethistory/thinclients/00E0C5000001", NULL,
                  json("{'assethistories':[" FIRST "," SECOND "],'links':[]}"));
    assert_answer("GET", "/assethistory/thinclients/00E0C5000002", NULL,
                  json("{'assethistories':[" THIRD "," FOURTH "],'links':[]}"));
    assert_answer("GET", "/assetinfo/assets/6", NULL,
                  json("{'assetinfos':[" MOUSE("-1", "6") "],'links':[]}"));
    /* History knows assets that are gone; nobody knows thin client 1 as an asset. */
    assert_ok(itg_asset_delete(fx.itg, 6, &fx.failure));
    assert_answer("GET", "/assethistory/assets/6", NULL, json(all));
    assert_error("GET", "/assethistory/assets/1", NULL, 404, "ITG-0A020",
                 "No handler is mapped for this request.");
    assert_error("GET", "/assethistory/assets/six", NULL, 400, "ITG-0A010", "Number format error");
    static const char *const strangers[] = {
        "/assethistory/thinclients/unknown", "/assethistory/thinclients/1",
        "/assethistory/thinclients/%27%20OR%201=1%20--", "/assethistory/thinclients/00e0c5000001"};
    for (size_t i = 0; i < COUNT_OF(strangers); i++)
        assert_answer("GET", strangers[i], NULL, json("{'assethistories':[],'links':[]}"));
}
END_TEST

/* Longer than a piece of an answer: every asset once, in order, for one thin client as for all. */
START_TEST(long_lists_of_assets_are_complete)
{
    fill();
    for (int i = 0; i < 700; i++) {
        char name[32];
        snprintf(name, sizeof name, "asset %d", i);
        itg_asset_input_t input = {.size = sizeof input, .name = name, .thinclient_id = 1};
        assert_ok(itg_asset_create(fx.itg, &input, NULL, &fx.failure));
    }
    static const char *const targets[] = {"/assetinfo", "/assetinfo/thinclients/1", "/assethistory",
                                          "/assethistory/thinclients/00E0C5000001"};
    for (size_t i = 0; i < COUNT_OF(targets); i++) {
        ask("GET", targets[i], NULL);
        ck_assert_int_eq(im.reply.announced, -1);
        int64_t last = 0;
        int count = 0;
        for (const char *at = im.reply.body; (at = strstr(at, "\"assetId\":")) != NULL; count++) {
            at += strlen("\"assetId\":");
            ck_assert_int_gt(atoll(at), last);
            last = atoll(at);
        }
        ck_assert_int_eq(count, 700);
        ck_assert_str_eq(im.reply.body + im.reply.length - strlen("],\"links\":[]}"), "],\"links\":[]}");
    }
}
END_TEST

SUITE("imi_facets", imi_trusted, each_facet_adds_its_keys, facets_add_up,
      the_shadow_facet_gives_a_certificate_and_a_password, viewers_do_not_see_the_shadow_facet,
      facets_of_what_is_not_there, attributes_are_set_by_create_and_update,
      attributes_that_do_not_fit_are_refused, assets_are_listed, asset_history_is_listed,
      long_lists_of_assets_are_complete)
