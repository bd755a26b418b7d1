/* Thin clients over IMI: create, update, delete, read in every facet, long lists, commands. */
#include "imi_fixture.h"
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAC "00E0C514325B"

/* The device link: who is online, and what it answers. */
static struct {
    int64_t online;
    bool confirms;
    int sent;
    itg_command_t last;
} device;

static int32_t device_online(void *ctx, int64_t id)
{
    (void)ctx;
    return device.online == id;
}

static void device_send(void *ctx, itg_delivery_t *deliveries, size_t count)
{
    (void)ctx;
    for (size_t i = 0; i < count; i++) {
        device.sent++;
        device.last = deliveries[i].command;
        deliveries[i].done = device.confirms;
        snprintf(deliveries[i].message, sizeof deliveries[i].message, "%s",
                 device.confirms ? "OK" : "busy \"now\"");
    }
}

static const itg_link_t link_to_device = {
    .size = sizeof(itg_link_t), .online = device_online, .send = device_send};

/* A fleet with a device link, whose Wake-on-LAN packets go to this machine itself. */
static void setup(void)
{
    fixture_none();
    memset(&device, 0, sizeof device);
    itg_options_t options = fixture_options();
    options.link = &link_to_device;
    options.wake_broadcast = "127.0.0.1";
    assert_ok(itg_open(":memory:", &options, &fx.itg, &fx.failure));
    imi_open(&(itg_imi_options_t){.size = sizeof(itg_imi_options_t), .trusted = 1});
    make_firmware("11.3.100.1");
}

static const char *short_form(const char *id, const char *name, const char *mac)
{
    return jsonf(
        "{'unitID':'%s','mac':'%s','firmwareID':'1','lastIP':'','lastUser':'','batteryLevel':0,'id':'%s',"
        "'name':'%s','parentID':'-1','movedToBin':false,'objectType':'tc','links':[]}",
        mac, mac, id, name);
}

START_TEST(create_takes_a_mac_and_a_firmware)
{
    assert_answer("PUT", "/thinclients", json("{'mac':'00e0c514325b','firmwareID':'1'}"),
                  json("{'message':'Thin client successfully inserted.','id':'1','name':'ITC" MAC "',"
                       "'parentID':'-1'}"));
    assert_answer("GET", "/thinclients/1", NULL, short_form("1", "ITC" MAC, MAC));
}
END_TEST

START_TEST(create_takes_everything_that_can_be_set)
{
    make_directory(ITG_TYPE_THINCLIENT_DIRECTORY, "D", -1);
    assert_answer(
        "PUT", "/thinclients",
        json("{'mac':'" MAC "','firmwareID':1,'name':'My Name','parentID':1,'site':'a','department':'b',"
             "'costCenter':'c','lastIP':'172.30.92.26','comment':'d\\n\\u00e4','assetID':'e',"
             "'inserviceDate':'f','serialNumber':'g','deviceAttributes':[],'unitID':'u'}"),
        json("{'message':'Thin client successfully inserted.','id':'2','name':'My Name','parentID':'1'}"));
    ask("GET", "/thinclients/2?facets=details", NULL);
    ck_assert_ptr_nonnull(
        strstr(im.reply.body,
               json("{'unitID':'u','mac':'" MAC "','firmwareID':'1','lastIP':'172.30.92.26','networkName':'',"
                    "'site':'a','department':'b','costCenter':'c','comment':'d\\n\xC3\xA4','assetID':'e',"
                    "'inserviceDate':'f','serialNumber':'g','productId':''")));
    ck_assert_ptr_nonnull(strstr(im.reply.body, json("'id':'2','name':'My Name','parentID':'1'")));
}
END_TEST

START_TEST(create_passes_over_what_it_does_not_know)
{
    assert_answer("PUT", "/thinclients",
                  json("{'id':77,'mac':'" MAC
                       "','objectType':5,'links':[{}],'movedToBin':true,'lastUser':'x',"
                       "'cpuSpeed':'fast','nothing':{'a':[1]},'firmwareID':'1','name':null,'parentID':null,"
                       "'site':null,'unitID':null,'deviceAttributes':null}"),
                  json("{'message':'Thin client successfully inserted.','id':'1','name':'ITC" MAC "',"
                       "'parentID':'-1'}"));
    assert_answer("GET", "/thinclients/1", NULL, short_form("1", "ITC" MAC, MAC));
}
END_TEST

START_TEST(empty_texts_mean_unset)
{
    assert_answer("PUT", "/thinclients",
                  json("{'mac':'" MAC "','firmwareID':'1','name':'','parentID':'','site':'','unitID':''}"),
                  json("{'message':'Thin client successfully inserted.','id':'1','name':'ITC" MAC "',"
                       "'parentID':'-1'}"));
    assert_answer("GET", "/thinclients", NULL, jsonf("[%s]", short_form("1", "ITC" MAC, MAC)));
}
END_TEST

START_TEST(what_create_refuses)
{
    static const struct {
        const char *body;
        const char *code, *message;
        int status;
    } rows[] = {
        {"{'firmwareID':'1'}", "ITG-0A007", "No MAC defined.", 400},
        {"{}", "ITG-0A007", "No MAC defined.", 400},
        {"{'mac':null,'firmwareID':'1'}", "ITG-0A007", "No MAC defined.", 400},
        {"{'mac':'','firmwareID':'1'}", "ITG-0A007", "No MAC defined.", 400},
        {"{'mac':'00E0C5000001'}", "ITG-0A009", "No firmware defined.", 400},
        {"{'mac':'00E0C5000001','firmwareID':null}", "ITG-0A009", "No firmware defined.", 400},
        {"{'mac':'00E0C5000001','firmwareID':''}", "ITG-0A009", "No firmware defined.", 400},
        {"{'mac':'00E0C500000','firmwareID':'1'}", "ITG-0A014", "MAC must be 12 characters long.", 400},
        {"{'mac':'00:E0:C5:00:00:01','firmwareID':'1'}", "ITG-0A014", "MAC must be 12 characters long.", 400},
        {"{'mac':'00E0C500000G','firmwareID':'1'}", "ITG-0A010", "Number format error", 400},
        {"{'mac':'00E0C50000\xC3\xA4\xC3\xA4','firmwareID':'1'}", "ITG-0A010", "Number format error", 400},
        {"{'mac':'00E0C5000001','firmwareID':'99'}", "ITG-0A015", "Firmware with ID <99> does not exist.",
         400},
        {"{'mac':'00E0C5000001','firmwareID':-1}", "ITG-0A015", "Firmware with ID <-1> does not exist.", 400},
        {"{'mac':'00E0C5000001','firmwareID':1,'parentID':99}", "ITG-0A016",
         "Parent with ID <99> does not exist.", 400},
        {"{'mac':'00E0C5000001','firmwareID':1,'parentID':-2}", "ITG-0A016",
         "Parent with ID <-2> does not exist.", 400},
        {"{'mac':'00E0C5000001','firmwareID':1,'parentID':3}", "ITG-0A016",
         "Parent with ID <3> does not exist.", 400},
        {"{'mac':'00E0C5000001','firmwareID':1,'parentID':2}", "ITG-0A017",
         "Target directory is in Recycling Bin. In order to use it revert it first.", 400},
        {"{'mac':'00E0C5000001','firmwareID':1,'name':' \\t'}", "ITG-0A024", "Invalid thin client name", 400},
        {"{'mac':'00E0C5000001','firmwareID':1,'name':'  '}", "ITG-0A024", "Invalid thin client name", 400},
        {"{'mac':'00E0C5000001','firmwareID':1,'name':'a\\u0007'}", "ITG-0A024", "Invalid thin client name",
         400},
        {"{'mac':'00E0C5000001','firmwareID':1,'mac':'00E0C5000002'}", "ITG-0A004", "Invalid request body",
         400},
    };
    make_thinclient(MAC, -1, 1);
    int64_t binned = make_directory(ITG_TYPE_THINCLIENT_DIRECTORY, "B", -1);
    make_directory(ITG_TYPE_PROFILE_DIRECTORY, "P", -2);
    assert_ok(itg_bin_put(fx.itg, ITG_TYPE_THINCLIENT_DIRECTORY, binned, &fx.failure));
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        assert_error("PUT", "/thinclients", json(rows[i].body), rows[i].status, rows[i].code,
                     rows[i].message);
    assert_error("PUT", "/thinclients",
                 jsonf("{'mac':'00E0C5000001','firmwareID':1,'name':'%s'}", repeated("\xC3\xA4", 256)), 400,
                 "ITG-0A024", "Invalid thin client name");
    ask("PUT", "/thinclients",
        jsonf("{'mac':'00E0C5000001','firmwareID':1,'name':'%s'}", repeated("\xC3\xA4", 255)));
    ck_assert_int_eq(im.reply.status, 200);
}
END_TEST

#define DUPLICATE_TAIL                                                                             \
    "The statement was aborted because it would have caused a duplicate key value in a unique or " \
    "primary key constraint or unique index identified by '"

START_TEST(a_mac_or_unit_id_is_given_once)
{
    make_thinclient(MAC, -1, 1);
    assert_error("PUT", "/thinclients", json("{'mac':'00e0c514325b','firmwareID':1,'unitID':'other'}"), 400,
                 "ITG-0A008",
                 "Insertion of thin client: " DUPLICATE_TAIL "thinclient_mac' defined on 'thinclient'.");
    assert_error("PUT", "/thinclients", json("{'mac':'00E0C5000001','firmwareID':1,'unitID':'" MAC "'}"), 400,
                 "ITG-0A008",
                 "Insertion of thin client: " DUPLICATE_TAIL "thinclient_unit_id' defined on 'thinclient'.");
}
END_TEST

START_TEST(hostile_texts_survive_a_round_trip)
{
    static const char *const texts[] = {
        "\"quoted\" \\back\\ /slash/",
        "'; DROP TABLE thinclient;--",
        "%s%n%x $1 ?1 :a {id}",
        "<script>&amp;</script>",
        "\xE2\x80\xAE right to left",
        "\xF0\x9F\x92\xA3 \xC3\xA4 \xE2\x80\xA8 \xEF\xBF\xBF",
        "..\\../etc",
        "\x7E{}[],:",
        "{\"id\":1}",
        "null",
        "-1",
        "\\u0041\\n",
    };
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        char mac[13], target[64];
        snprintf(mac, sizeof mac, "00E0C500%04X", (unsigned)i);
        json_t *body =
            json_pack("{ssssssss}", "mac", mac, "firmwareID", "1", "name", texts[i], "comment", texts[i]);
        char *text = json_dumps(body, i % 2 ? JSON_ENSURE_ASCII : 0);
        ask("PUT", "/thinclients", text);
        ck_assert_msg(im.reply.status == 200, "%s", im.reply.body);
        json_t *answer = json_loads(im.reply.body, 0, NULL);
        ck_assert_str_eq(json_string_value(json_object_get(answer, "name")), texts[i]);
        snprintf(target, sizeof target, "/thinclients/%s?facets=details", reply_text("id"));
        ask("GET", target, NULL);
        json_t *read = json_loads(im.reply.body, 0, NULL);
        ck_assert_str_eq(json_string_value(json_object_get(read, "name")), texts[i]);
        ck_assert_str_eq(json_string_value(json_object_get(read, "comment")), texts[i]);
        json_decref(body);
        json_decref(answer);
        json_decref(read);
        free(text);
    }
}
END_TEST

START_TEST(update_changes_what_it_names)
{
    make_thinclient(MAC, -1, 1);
    assert_answer("PUT", "/thinclients/1", json("{'name':'N','site':'S','lastIP':'10.0.0.1','comment':'C'}"),
                  json("{'message':'Update successful'}"));
    assert_answer("PUT", "/thinclients/1", json("{'site':null,'comment':'','department':'D'}"),
                  json("{'message':'Update successful'}"));
    ask("GET", "/thinclients/1?facets=details", NULL);
    ck_assert_ptr_nonnull(strstr(im.reply.body, json("'lastIP':'10.0.0.1','networkName':'','site':'S',"
                                                     "'department':'D','costCenter':'','comment':''")));
    ck_assert_str_eq(reply_text("name"), "N");
}
END_TEST

START_TEST(update_passes_over_what_it_cannot_change)
{
    make_thinclient(MAC, -1, 1);
    ask("PUT", "/thinclients/1",
        json("{'mac':'00E0C5999999','unitID':9,'firmwareID':'x','parentID':'99','id':{},'cpuSpeed':'1','site'"
             ":'S'}"));
    imi_assert_answer(json("{'message':'Update successful'}"), __FILE__, __LINE__);
    assert_answer("GET", "/thinclients/1", NULL, short_form("1", "ITC" MAC, MAC));
}
END_TEST

START_TEST(what_was_read_can_be_sent_back)
{
    make_thinclient(MAC, -1, 1);
    ask("GET", "/thinclients/1?facets=details,online", NULL);
    char *read = strdup(im.reply.body);
    char *before = fixture_fingerprint(fx.itg);
    assert_answer("PUT", "/thinclients/1", read, json("{'message':'Update successful'}"));
    fixture_assert_unchanged(before, "sent back", __FILE__, __LINE__);
    free(read);
}
END_TEST

START_TEST(what_update_refuses)
{
    static const struct {
        const char *target, *body;
        int status;
        const char *code, *message;
    } rows[] = {
        {"/thinclients/1", "{}", 400, "ITG-0A013", "No valid property in body"},
        {"/thinclients/1", "{'mac':'00E0C5000001'}", 400, "ITG-0A013", "No valid property in body"},
        {"/thinclients/1", "{'nothing':1,'Site':'x'}", 400, "ITG-0A013", "No valid property in body"},
        {"/thinclients/1", "{'cpuType':'x'}", 400, "ITG-0A013", "No valid property in body"},
        {"/thinclients/1", "{'name':''}", 400, "ITG-0A024", "Invalid thin client name"},
        {"/thinclients/1", "{'name':'\\u0080'}", 400, "ITG-0A024", "Invalid thin client name"},
        {"/thinclients/1", "{'site':'x','comment':[]}", 400, "ITG-0A004", "Invalid request body"},
        {"/thinclients/99", "{'site':'x'}", 404, "ITG-0A001", "Thin client with ID <99> not found."},
        {"/thinclients/-1", "{'site':'x'}", 404, "ITG-0A001", "Thin client with ID <-1> not found."},
        {"/thinclients/3", "{'site':'x'}", 404, "ITG-0A001", "Thin client with ID <3> not found."},
        {"/thinclients/2", "{'site':'x'}", 400, "ITG-0A018",
         "Thin client is in Recycling Bin. In order to use it, revert it first."},
    };
    make_thinclient(MAC, -1, 1);
    make_thinclient("00E0C5000002", -1, 1);
    make_directory(ITG_TYPE_THINCLIENT_DIRECTORY, "D", -1);
    assert_ok(itg_bin_put(fx.itg, ITG_TYPE_THINCLIENT, 2, &fx.failure));
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        assert_error("PUT", rows[i].target, json(rows[i].body), rows[i].status, rows[i].code,
                     rows[i].message);
    char *body = malloc(5000);
    snprintf(body, 5000, "{\"site\":\"%s\"}", repeated("x", 4001));
    assert_error("PUT", "/thinclients/1", body, 400, "ITG-0A004", "Invalid request body");
    free(body);
}
END_TEST

START_TEST(delete_offline_deletes_regardless)
{
    make_thinclient(MAC, -1, 1);
    make_thinclient("00E0C5000002", -1, 1);
    device.online = 1;
    assert_ok(itg_bin_put(fx.itg, ITG_TYPE_THINCLIENT, 2, &fx.failure));
    assert_answer("DELETE", "/thinclients/1/deletetcoffline", NULL,
                  json("{'message':'Offline deletion successful'}"));
    assert_answer("DELETE", "/thinclients/2/deletetcoffline/", NULL,
                  json("{'message':'Offline deletion successful'}"));
    assert_answer("GET", "/thinclients", NULL, "[]");
    assert_error("DELETE", "/thinclients/1/deletetcoffline", NULL, 404, "ITG-0A001",
                 "Thin client with ID <1> not found.");
    ck_assert_int_eq(device.sent, 0);
}
END_TEST

static void assert_deletion(const char *message, const char *state)
{
    char exec_id[128];
    snprintf(exec_id, sizeof exec_id, "%s", reply_text("execID"));
    imi_assert_answer(jsonf("{'CommandExecList':[{'execID':'%s','mac':'" MAC
                            "','message':'%s','exectime':%lld,"
                            "'state':'%s'}]}",
                            exec_id, message, (long long)fx.now_ms, state),
                      __FILE__, __LINE__);
}

START_TEST(delete_online_needs_the_devices_word)
{
    make_thinclient(MAC, -1, 1);
    char *before = fixture_fingerprint(fx.itg);
    ask("DELETE", "/thinclients/1", NULL);
    assert_deletion("Found no IP address for device", "FAILED");
    device.online = 1;
    ask("DELETE", "/thinclients/1", NULL);
    assert_deletion("busy \\'now\\'", "FAILED");
    fixture_assert_unchanged(before, "not confirmed", __FILE__, __LINE__);
    device.confirms = true;
    ask("DELETE", "/thinclients/1", "null");
    assert_deletion("OK", "SUCCESS");
    ck_assert_int_eq(device.last, ITG_COMMAND_FORGET);
    assert_answer("GET", "/thinclients", NULL, "[]");
    assert_error("DELETE", "/thinclients/1", NULL, 404, "ITG-0A001", "Thin client with ID <1> not found.");
}
END_TEST

static int64_t read_text(void *ctx, char *buf, size_t size)
{
    const char **rest = ctx;
    size_t length = strlen(*rest) < size ? strlen(*rest) : size;
    memcpy(buf, *rest, length);
    *rest += length;
    return (int64_t)length;
}

#define DETAILS_1                                                                                            \
    "{'unitID':'U','mac':'00E0C5611111','firmwareID':'1','lastIP':'172.30.92.26','networkName':'net','site'" \
    ":'si',"                                                                                                 \
    "'department':'de','costCenter':'co','comment':'com','assetID':'as','inserviceDate':'in','serialNumber'" \
    ":'se',"                                                                                                 \
    "'productId':'pr','umsStructuralTag':'um','cpuSpeed':2419,'cpuType':'cpu','deviceType':'dev',"           \
    "'deviceSerialNumber':'ds','osType':'os','flashSize':3552,'memorySize':3873,'networkSpeed':1000,"        \
    "'duplexMode':'Full','graphicsChipset0':'g0','graphicsMemorySize0':1,'graphicsChipset1':'g1',"           \
    "'graphicsMemorySize1':2,'monitorVendor1':'v1','monitorModel1':'m1','monitorSerialnumber1':'s1',"        \
    "'monitorSize1':24.1,'monitorNativeResolution1':'n1','monitor1YearOfManufacture':'2016',"                \
    "'monitor1WeekOfManufacture':'17','monitorVendor2':'v2','monitorModel2':'m2','monitorSerialnumber2':'"   \
    "s2',"                                                                                                   \
    "'monitorSize2':19,'monitorNativeResolution2':'n2','monitor2YearOfManufacture':'2017',"                  \
    "'monitor2WeekOfManufacture':'18','biosVendor':'bv','biosVersion':'bi','biosDate':'bd',"                 \
    "'totalUsagetime':'72','totalUptime':'1440','lastBoottime':'2017-07-18 14:25',"                          \
    "'lastContact':'2024-12-30 12:06:21.015','configChanges':'PENDING','registrationDate':'11.12.2024 "      \
    "10:32:18',"                                                                                             \
    "'isThinClientRegistered':true,'isConnectedViaReverseProxy':true,"
#define DETAILS_2                                                                                    \
    "'lastUser':'alice','batteryLevel':55,'id':'95','name':'N','parentID':'-1','movedToBin':false,'" \
    "objectType':'tc',"                                                                              \
    "'links':[]}"

static void import(const char *text)
{
    assert_ok(itg_import(fx.itg, read_text, &text, NULL, NULL, NULL, &fx.failure));
}

START_TEST(every_detail_is_shown_in_its_place)
{
    import(jsonf("{'thinclients':[%s%s]}", DETAILS_1,
                 "'lastUser':'alice','batteryLevel':55,'id':'95','name':'N',"
                 "'parentID':'-1'}"));
    assert_answer("GET", "/thinclients/95?facets=details", NULL, json(DETAILS_1 DETAILS_2));
    device.online = 95;
    assert_answer("GET", "/thinclients?facets=online,details", NULL,
                  json("[" DETAILS_1 "'online':true," DETAILS_2 "]"));
    assert_answer("GET", "/thinclients/95?facets=details&facets=online", NULL,
                  json(DETAILS_1 "'online':true," DETAILS_2));
    assert_answer(
        "GET", "/thinclients/95?facets=short", NULL,
        json("{'unitID':'U','mac':'00E0C5611111','firmwareID':'1','lastIP':'172.30.92.26'," DETAILS_2));
}
END_TEST

START_TEST(nothing_known_looks_like_this)
{
    make_thinclient(MAC, -1, 1);
    ask("GET", "/thinclients/1?facets=details", NULL);
    ck_assert_ptr_nonnull(
        strstr(im.reply.body, json("'totalUsagetime':'-1','totalUptime':'-1','lastBoottime':'',"
                                   "'lastContact':'','configChanges':'','registrationDate':'',"
                                   "'isThinClientRegistered':false,'isConnectedViaReverseProxy':"
                                   "false,'lastUser':'','batteryLevel':-1,'id':'1'")));
    ck_assert_ptr_nonnull(strstr(im.reply.body, json("'cpuSpeed':0,'cpuType':''")));
    ck_assert_ptr_nonnull(strstr(im.reply.body, json("'monitorSize1':0,'monitorNativeResolution1':''")));
    assert_answer("GET", "/thinclients/1?facets=online", NULL,
                  json("{'unitID':'" MAC "','mac':'" MAC
                       "','firmwareID':'1','lastIP':'','online':false,'lastUser':'',"
                       "'batteryLevel':0,'id':'1','name':'ITC" MAC "','parentID':'-1','movedToBin':false,"
                       "'objectType':'tc','links':[]}"));
}
END_TEST

START_TEST(binned_ones_are_listed_as_such)
{
    make_thinclient("00E0C5000002", -1, 1);
    make_thinclient(MAC, -1, 1);
    assert_ok(itg_bin_put(fx.itg, ITG_TYPE_THINCLIENT, 1, &fx.failure));
    ask("GET", "/thinclients/1", NULL);
    ck_assert_ptr_nonnull(strstr(im.reply.body, "\"movedToBin\":true"));
    ask("GET", "/thinclients", NULL);
    const char *first = strstr(im.reply.body, json("'id':'1'")),
               *second = strstr(im.reply.body, json("'id':'2'"));
    ck_assert(first && second && first < second);
}
END_TEST

START_TEST(unknown_ones_are_not_found)
{
    static const int64_t ids[] = {0, -1, 1, 3, 99};
    make_directory(ITG_TYPE_THINCLIENT_DIRECTORY, "D", -1);
    make_thinclient(MAC, -1, 1);
    make_profile(ITG_TYPE_PROFILE, "P", -2, 1);
    for (size_t i = 0; i < COUNT_OF(ids); i++) {
        char target[64], message[64];
        snprintf(target, sizeof target, "/thinclients/%lld", (long long)ids[i]);
        snprintf(message, sizeof message, "Thin client with ID <%lld> not found.", (long long)ids[i]);
        assert_error("GET", target, NULL, 404, "ITG-0A001", message);
    }
}
END_TEST

static void make_many(int from, int to)
{
    assert_ok(itg_begin(fx.itg, &fx.failure));
    for (int i = from; i < to; i++) {
        char mac[13];
        snprintf(mac, sizeof mac, "00E0C5%06X", (unsigned)i);
        make_thinclient(mac, -1, 1);
    }
    assert_ok(itg_commit(fx.itg, &fx.failure));
}

/* The answer is a list of these ids and no others, in ascending order. */
static void assert_ids(int64_t from, int64_t to, int64_t without)
{
    json_t *list = json_loadb(im.reply.body, im.reply.length, 0, NULL);
    ck_assert_ptr_nonnull(list);
    size_t next = 0;
    for (int64_t id = from; id < to; id++) {
        if (id == without)
            continue;
        const char *text = json_string_value(json_object_get(json_array_get(list, next++), "id"));
        ck_assert_msg(text && strtoll(text, NULL, 10) == id, "entry %zu is %s", next,
                      text ? text : "missing");
    }
    ck_assert_uint_eq(json_array_size(list), next);
    json_decref(list);
}

START_TEST(long_lists_are_pulled_whole)
{
    make_many(0, 2000);
    ask("GET", "/thinclients", NULL);
    ck_assert_int_eq(im.reply.announced, -1);
    assert_ids(1, 2001, 0);
    ask("GET", "/thinclients?facets=details,online", NULL);
    assert_ids(1, 2001, 0);
    /* A list that just fits one piece, and those next to it, end well too. */
    for (int64_t id = 1; id <= 1700; id++)
        assert_ok(itg_thinclient_delete(fx.itg, id, &fx.failure));
    for (int64_t id = 1701; id < 1730; id++) {
        ask("GET", "/thinclients", NULL);
        assert_ids(id, 2001, 0);
        assert_ok(itg_thinclient_delete(fx.itg, id, &fx.failure));
    }
}
END_TEST

static itg_imi_response_t *start(const char *target)
{
    return itg_imi_handle(
        im.imi, &(itg_imi_request_t){.size = sizeof(itg_imi_request_t), .method = "GET", .target = target});
}

START_TEST(lists_go_on_while_the_fleet_changes)
{
    make_many(0, 2000);
    itg_imi_response_t *response = start("/umsapi/v3/thinclients");
    char *text = malloc(1 << 20);
    size_t length = 0;
    int64_t count = itg_imi_response_read(response, text, 1000);
    /* Neither the rows it stopped at nor what came later disturbs it. */
    for (int64_t id = 200; id < 1000; id++)
        assert_ok(itg_thinclient_delete(fx.itg, id, &fx.failure));
    make_many(2000, 2100);
    for (; count > 0; count = itg_imi_response_read(response, text + length, 4096))
        length += (size_t)count;
    ck_assert_int_eq(count, 0);
    json_t *list = json_loadb(text, length, 0, NULL);
    size_t rows = json_array_size(list);
    const char *last = json_string_value(json_object_get(json_array_get(list, rows - 1), "id"));
    ck_assert_str_eq(last, "2100");
    ck_assert_uint_ge(rows, 1300);
    ck_assert_uint_lt(rows, 2100);
    json_decref(list);
    free(text);
    itg_imi_response_free(response);
}
END_TEST

START_TEST(a_list_need_not_be_read_to_its_end)
{
    char piece[10];
    make_many(0, 1000);
    itg_imi_response_t *response = start("/umsapi/v3/thinclients");
    ck_assert_int_eq(itg_imi_response_read(response, piece, sizeof piece), sizeof piece);
    itg_imi_response_free(response);
    response = start("/umsapi/v3/thinclients");
    itg_imi_response_free(response);
    /* What no one reads any more holds up no writer. */
    make_many(1000, 1001);
}
END_TEST

static void assert_command(const char *id, const char *mac, const char *message, const char *state)
{
    char exec_id[128];
    snprintf(exec_id, sizeof exec_id, "%s", reply_text("execID"));
    imi_assert_answer(jsonf("{'CommandExecList':[{'execID':'%s','id':'%s','mac':'%s','exectime':'%lld',"
                            "'message':'%s','state':'%s'}]}",
                            exec_id, id, mac, (long long)fx.now_ms, message, state),
                      __FILE__, __LINE__);
}

START_TEST(commands_reach_who_is_online)
{
    static const char *const words[] = {"reboot", "shutdown", "settings2tc", "tcreset2facdefs"};
    make_thinclient(MAC, -1, 1);
    device.online = 1;
    for (size_t i = 0; i < COUNT_OF(words); i++) {
        char target[64];
        snprintf(target, sizeof target, "/thinclients?command=%s", words[i]);
        device.confirms = false;
        ask("POST", target, json("[{'id':'1','type':'tc'}]"));
        assert_command("1", MAC, "busy \\'now\\'", "FAILED");
        ck_assert_int_eq(device.last, itg_command_from_name(words[i]));
        device.confirms = true;
        ask("POST", target, json("[{'type':'tc','id':1,'more':[]}]"));
        assert_command("1", MAC, "OK", "SUCCESS");
    }
    /* The last one made it leave. */
    assert_answer("GET", "/thinclients", NULL, "[]");
}
END_TEST

START_TEST(commands_without_an_address_fail)
{
    make_thinclient(MAC, -1, 1);
    ask("POST", "/thinclients?command=reboot", json("[{'id':'1','type':'tc'}]"));
    assert_command("1", MAC, "Found no IP address for device", "FAILED");
    ask("POST", "/thinclients?command=wakeup", json("[{'id':'1','type':'tc'}]"));
    assert_command("1", MAC, "OK", "SUCCESS");
    ck_assert_int_eq(device.sent, 0);
}
END_TEST

/* "ID-<host>-<port>-<start>-<n>-0" */
static long exec_number(const char *exec_id)
{
    const char *prefix = "ID-localhost-8443-";
    char *end;
    ck_assert_int_eq(strncmp(exec_id, prefix, strlen(prefix)), 0);
    long long start_ms = strtoll(exec_id + strlen(prefix), &end, 10);
    ck_assert_int_gt(start_ms, FIXTURE_START_MS);
    ck_assert_int_eq(*end, '-');
    long number = strtol(end + 1, &end, 10);
    ck_assert_str_eq(end, "-0");
    return number;
}

START_TEST(entries_of_a_request_share_its_id)
{
    make_thinclient(MAC, -1, 1);
    make_thinclient("00E0C5000002", -1, 1);
    ask("POST", "/thinclients?command=reboot",
        json("[{'id':'2','type':'tc'},{'id':'1','type':'tc'},{'id':'2','type':'tc'}]"));
    json_t *answer = json_loads(im.reply.body, 0, NULL);
    const json_t *list = json_object_get(answer, "CommandExecList");
    static const char *const ids[] = {"2", "1", "2"};
    ck_assert_uint_eq(json_array_size(list), 3);
    const char *exec_id = json_string_value(json_object_get(json_array_get(list, 0), "execID"));
    for (size_t i = 0; i < 3; i++) {
        const json_t *entry = json_array_get(list, i);
        ck_assert_str_eq(json_string_value(json_object_get(entry, "id")), ids[i]);
        ck_assert_str_eq(json_string_value(json_object_get(entry, "execID")), exec_id);
    }
    long first = exec_number(exec_id);
    json_decref(answer);
    ask("POST", "/thinclients?command=reboot", json("[{'id':'2','type':'tc'}]"));
    ck_assert_int_gt(exec_number(reply_text("execID")), first);
}
END_TEST

START_TEST(what_command_refuses)
{
    static const struct {
        const char *target, *body;
        int status;
        const char *code, *message;
    } rows[] = {
        {"/thinclients?command=dance", "[{'id':1,'type':'tc'}]", 400, "ITG-0A003",
         "<dance> is an invalid command."},
        {"/thinclients?command=forget", "[{'id':1,'type':'tc'}]", 400, "ITG-0A003",
         "<forget> is an invalid command."},
        {"/thinclients?command=Reboot", "[{'id':1,'type':'tc'}]", 400, "ITG-0A003",
         "<Reboot> is an invalid command."},
        {"/thinclients?command=", "[{'id':1,'type':'tc'}]", 400, "ITG-0A003", "<> is an invalid command."},
        {"/thinclients", "[{'id':1,'type':'tc'}]", 400, "ITG-0A003", "<> is an invalid command."},
        {"/thinclients?command=reboot", "[]", 400, "ITG-0A012", "IDList is empty."},
        {"/thinclients?command=reboot", "[{'id':1,'type':'tc'},{'id':9,'type':'tc'}]", 404, "ITG-0A001",
         "Thin client with ID <9> not found."},
        {"/thinclients?command=reboot", "[{'id':1,'type':'tc'},{'id':2,'type':'tc'}]", 400, "ITG-0A018",
         "Thin client is in Recycling Bin. In order to use it, revert it first."},
        {"/thinclients?command=reboot", "[{'id':1,'type':'tc'},{'id':'-1','type':'tc'}]", 404, "ITG-0A001",
         "Thin client with ID <-1> not found."},
        {"/thinclients?command=reboot", "[{'id':1,'type':'tc'},7]", 400, "ITG-0A004", "Invalid request body"},
    };
    make_thinclient(MAC, -1, 1);
    make_thinclient("00E0C5000002", -1, 1);
    assert_ok(itg_bin_put(fx.itg, ITG_TYPE_THINCLIENT, 2, &fx.failure));
    device.online = 1;
    device.confirms = true;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        assert_error("POST", rows[i].target, json(rows[i].body), rows[i].status, rows[i].code,
                     rows[i].message);
    ck_assert_int_eq(device.sent, 0);
}
END_TEST

SUITE("imi_thinclient", setup, create_takes_a_mac_and_a_firmware, create_takes_everything_that_can_be_set,
      create_passes_over_what_it_does_not_know, empty_texts_mean_unset, what_create_refuses,
      a_mac_or_unit_id_is_given_once, hostile_texts_survive_a_round_trip, update_changes_what_it_names,
      update_passes_over_what_it_cannot_change, what_was_read_can_be_sent_back, what_update_refuses,
      delete_offline_deletes_regardless, delete_online_needs_the_devices_word,
      every_detail_is_shown_in_its_place, nothing_known_looks_like_this, binned_ones_are_listed_as_such,
      unknown_ones_are_not_found, long_lists_are_pulled_whole, lists_go_on_while_the_fleet_changes,
      a_list_need_not_be_read_to_its_end, commands_reach_who_is_online, commands_without_an_address_fail,
      entries_of_a_request_share_its_id, what_command_refuses)
