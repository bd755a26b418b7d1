/* Assets: where they are, where they have been; and fleet files with all that thin clients carry. */
#include "fixture.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int64_t make_tc(int n)
{
    char mac[13];
    snprintf(mac, sizeof mac, "00E0C500%04d", n);
    return make_thinclient(mac, ITG_ROOT_THINCLIENTS, n == 1 ? make_firmware("11.3.100.1") : 1);
}

static itg_asset_input_t mouse(int64_t tc)
{
    static const char *const categories[] = {"Mouse", "Input"};
    static const itg_asset_detail_t details[] = {{0, "maxPower", "100mA", "string"},
                                                 {7, "interfaces", "1", "int"}};
    return (itg_asset_input_t){.size = sizeof(itg_asset_input_t),
                               .thinclient_id = tc,
                               .name = "M105 Optical Mouse",
                               .vendor = "Logitech, Inc.",
                               .device_id = "c077",
                               .categories = categories,
                               .category_count = 2,
                               .details = details,
                               .detail_count = 2};
}

static int64_t make_mouse(int64_t tc)
{
    itg_asset_input_t input = mouse(tc);
    int64_t id = 0;
    assert_ok(itg_asset_create(fx.itg, &input, &id, &fx.failure));
    return id;
}

static int32_t append_asset(void *ctx, const itg_asset_t *asset)
{
    char *text = ctx;
    size_t length = strlen(text);
    snprintf(text + length, 4096 - length, "%lld@%lld;", (long long)asset->id,
             (long long)asset->thinclient_id);
    return 0;
}

static const char *assets_on(int64_t tc)
{
    static char text[4096];
    text[0] = '\0';
    assert_ok(itg_asset_each(fx.itg, tc, 0, append_asset, text, &fx.failure));
    return text;
}

static int32_t append_entry(void *ctx, const itg_asset_history_t *entry)
{
    char *text = ctx;
    size_t length = strlen(text);
    snprintf(text + length, 4096 - length, "%lld:%s %s;", (long long)entry->asset_id,
             itg_asset_event_name(entry->event), entry->unit_id);
    return 0;
}

static const char *history_of(int64_t asset, const char *unit_id)
{
    static char text[4096];
    text[0] = '\0';
    assert_ok(itg_asset_history_each(fx.itg, asset, unit_id, 0, append_entry, text, &fx.failure));
    return text;
}

static const char *format(const char *pattern, long long a, long long b)
{
    static char text[256];
    snprintf(text, sizeof text, pattern, a, b);
    return text;
}

static int32_t append_category(void *ctx, const itg_asset_category_t *category)
{
    strcat(strcat(ctx, category->name), ",");
    return 0;
}

static int32_t append_detail(void *ctx, const itg_asset_detail_t *detail)
{
    char *text = ctx;
    size_t length = strlen(text);
    snprintf(text + length, 4096 - length, "%lld %s=%s %s;", (long long)detail->attribute_id, detail->key,
             detail->value, detail->type);
    return 0;
}

START_TEST(assets_are_kept_with_their_parts)
{
    int64_t tc = make_tc(1), id = make_mouse(tc);
    itg_asset_t *asset = NULL;
    assert_ok(itg_asset_get(fx.itg, id, &asset, &fx.failure));
    ck_assert_int_eq(asset->thinclient_id, tc);
    ck_assert_str_eq(asset->name, "M105 Optical Mouse");
    ck_assert_str_eq(asset->vendor, "Logitech, Inc.");
    ck_assert_str_eq(asset->device_id, "c077");
    ck_assert_str_eq(asset->unique_id, "");
    ck_assert_str_eq(asset->connector, "");
    itg_asset_free(asset);
    char text[4096] = "", wanted[256];
    assert_ok(itg_asset_categories(fx.itg, id, append_category, text, &fx.failure));
    ck_assert_str_eq(text, "Mouse,Input,");
    text[0] = '\0';
    assert_ok(itg_asset_details(fx.itg, id, append_detail, text, &fx.failure));
    snprintf(wanted, sizeof wanted, "%lld maxPower=100mA string;7 interfaces=1 int;", (long long)id);
    ck_assert_str_eq(text, wanted);
    assert_code(itg_asset_get(fx.itg, tc, &asset, &fx.failure), ITG_E_NO_HANDLER);
    assert_code(itg_asset_categories(fx.itg, tc, append_category, text, &fx.failure), ITG_E_NO_HANDLER);
    assert_code(itg_asset_details(fx.itg, tc, append_detail, text, &fx.failure), ITG_E_NO_HANDLER);
}
END_TEST

static int32_t sum_category(void *ctx, const itg_asset_category_t *category)
{
    *(int64_t *)ctx += category->id;
    return 0;
}

static int64_t categories_of(int64_t id)
{
    int64_t sum = 0;
    assert_ok(itg_asset_categories(fx.itg, id, sum_category, &sum, &fx.failure));
    return sum;
}

START_TEST(a_category_is_shared_and_goes_with_its_last_asset)
{
    int64_t first = make_mouse(0), second = make_mouse(-1);
    int64_t sum = categories_of(first);
    ck_assert_int_eq(categories_of(second), sum);
    assert_ok(itg_asset_delete(fx.itg, first, &fx.failure));
    ck_assert_int_eq(categories_of(second), sum);
    assert_ok(itg_asset_delete(fx.itg, second, &fx.failure));
    ck_assert_int_ne(categories_of(make_mouse(0)), sum);
}
END_TEST

/* Created on the first, moved to the second, to none, back at boot; each move is told. */
START_TEST(history_tells_every_move)
{
    int64_t one = make_tc(1), two = make_tc(2), id = make_mouse(one), other = make_mouse(0);
    ck_assert_str_eq(history_of(id, NULL), format("%lld:add 00E0C5000001;", id, 0));
    assert_ok(itg_asset_move(fx.itg, id, one, 0, &fx.failure));
    ck_assert_str_eq(history_of(id, NULL), format("%lld:add 00E0C5000001;", id, 0));
    assert_ok(itg_asset_move(fx.itg, id, two, 0, &fx.failure));
    assert_ok(itg_asset_move(fx.itg, id, -1, 1, &fx.failure));
    assert_ok(itg_asset_move(fx.itg, id, one, 1, &fx.failure));
    char wanted[512];
    long long n = id;
    snprintf(wanted, sizeof wanted,
             "%lld:add 00E0C5000001;%lld:remove 00E0C5000001;%lld:add 00E0C5000002;"
             "%lld:remove_on_boot 00E0C5000002;%lld:add_on_boot 00E0C5000001;",
             n, n, n, n, n);
    ck_assert_str_eq(history_of(id, NULL), wanted);
    ck_assert_str_eq(history_of(0, NULL), wanted);
    ck_assert_str_eq(history_of(0, "00E0C5000002"),
                     format("%lld:add 00E0C5000002;%lld:remove_on_boot 00E0C5000002;", id, id));
    ck_assert_str_eq(history_of(id, "00E0C5000002"),
                     format("%lld:add 00E0C5000002;%lld:remove_on_boot 00E0C5000002;", id, id));
    ck_assert_str_eq(history_of(other, NULL), "");
    ck_assert_str_eq(history_of(0, "never heard of"), "");
    ck_assert_str_eq(assets_on(one), format("%lld@%lld;", id, one));
    ck_assert_str_eq(assets_on(two), "");
    ck_assert_str_eq(assets_on(-1), format("%lld@-1;", other, 0));
}
END_TEST

START_TEST(history_outlives_asset_and_thin_client)
{
    int64_t one = make_tc(1), first = make_mouse(one), second = make_mouse(one);
    assert_ok(itg_asset_delete(fx.itg, first, &fx.failure));
    assert_code(itg_asset_delete(fx.itg, first, &fx.failure), ITG_E_NO_HANDLER);
    ck_assert_str_eq(history_of(first, NULL),
                     format("%lld:add 00E0C5000001;%lld:remove 00E0C5000001;", first, first));
    assert_ok(itg_thinclient_delete(fx.itg, one, &fx.failure));
    ck_assert_str_eq(assets_on(0), format("%lld@-1;", second, 0));
    ck_assert_str_eq(history_of(second, NULL),
                     format("%lld:add 00E0C5000001;%lld:remove 00E0C5000001;", second, second));
    assert_code(itg_asset_each(fx.itg, one, 0, append_asset, NULL, &fx.failure), ITG_E_THINCLIENT_NOT_FOUND);
}
END_TEST

START_TEST(assets_that_are_none_are_refused)
{
    int64_t tc = make_tc(1), id = make_mouse(tc);
    itg_asset_input_t input = mouse(tc);
    static const char *const twice[] = {"Mouse", "Mouse"}, *const blank[] = {" "}, *const null[] = {NULL};
    const itg_asset_detail_t no_key = {0, NULL, "", ""}, broken = {0, "k", "\xFF", ""};
    const itg_asset_detail_t no_type = {0, "k", "v", NULL};
    static const char *const names[] = {NULL, "", " ", "a\tb", "\xFF"};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        input.name = names[i];
        assert_refused(itg_asset_create(fx.itg, &input, NULL, &fx.failure), ITG_E_INVALID_NAME);
    }
    input = mouse(tc);
    input.connector = repeated("x", ITG_LIMIT_NAME + 1);
    assert_refused(itg_asset_create(fx.itg, &input, NULL, &fx.failure), ITG_E_INVALID_BODY);
    const struct {
        const char *const *categories;
        size_t category_count;
        const itg_asset_detail_t *details;
        size_t detail_count;
        itg_error_t code;
    } rows[] = {{twice, 2, NULL, 0, ITG_E_INVALID_BODY},
                {blank, 1, NULL, 0, ITG_E_INVALID_NAME},
                {null, 1, NULL, 0, ITG_E_INVALID_NAME},
                {NULL, 1, NULL, 0, ITG_E_INVALID_BODY},
                {NULL, 0, NULL, 1, ITG_E_INVALID_BODY},
                {NULL, 0, &no_key, 1, ITG_E_INVALID_BODY},
                {NULL, 0, &broken, 1, ITG_E_INVALID_BODY},
                {NULL, 0, &no_type, 1, ITG_E_INVALID_BODY},
                {twice, ITG_LIMIT_ASSET_PARTS + 1, NULL, 0, ITG_E_INVALID_BODY}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        input = mouse(tc);
        input.categories = rows[i].categories;
        input.category_count = rows[i].category_count;
        input.details = rows[i].details;
        input.detail_count = rows[i].detail_count;
        assert_refused(itg_asset_create(fx.itg, &input, NULL, &fx.failure), rows[i].code);
    }
    input = mouse(4711);
    assert_refused(itg_asset_create(fx.itg, &input, NULL, &fx.failure), ITG_E_THINCLIENT_NOT_FOUND);
    assert_refused(itg_asset_create(fx.itg, NULL, NULL, &fx.failure), ITG_E_INVALID_BODY);
    assert_refused(itg_asset_move(fx.itg, id, 4711, 0, &fx.failure), ITG_E_THINCLIENT_NOT_FOUND);
    assert_refused(itg_asset_move(fx.itg, tc, tc, 0, &fx.failure), ITG_E_NO_HANDLER);
    int64_t binned = make_tc(2);
    assert_ok(itg_bin_put(fx.itg, ITG_TYPE_THINCLIENT, binned, &fx.failure));
    assert_refused(itg_asset_move(fx.itg, id, binned, 0, &fx.failure), ITG_E_THINCLIENT_IN_BIN);
    /* A caller of an older, shorter struct has no details. */
    input = mouse(0);
    input.size = offsetof(itg_asset_input_t, details);
    assert_ok(itg_asset_create(fx.itg, &input, &id, &fx.failure));
    char text[4096] = "";
    assert_ok(itg_asset_details(fx.itg, id, append_detail, text, &fx.failure));
    ck_assert_str_eq(text, "");
}
END_TEST

START_TEST(viewers_read_only)
{
    int64_t tc = make_tc(1), id = make_mouse(tc);
    itg_t *host = fx.itg;
    itg_asset_input_t input = mouse(tc);
    assert_ok(itg_user_create(fx.itg, "eve", ITG_ROLE_VIEWER, "a long password", NULL, &fx.failure));
    assert_ok(itg_as(host, "eve", &fx.itg, &fx.failure));
    ck_assert_str_eq(assets_on(tc), format("%lld@%lld;", id, tc));
    assert_refused(itg_asset_create(fx.itg, &input, NULL, &fx.failure), ITG_E_ACCESS_DENIED);
    assert_refused(itg_asset_move(fx.itg, id, -1, 0, &fx.failure), ITG_E_ACCESS_DENIED);
    assert_refused(itg_asset_delete(fx.itg, id, &fx.failure), ITG_E_ACCESS_DENIED);
    itg_close(fx.itg);
    fx.itg = host;
}
END_TEST

START_TEST(missing_parameters_are_refused)
{
    assert_code(itg_asset_get(fx.itg, 1, NULL, &fx.failure), ITG_E_INVALID_BODY);
    assert_code(itg_asset_each(fx.itg, 0, 0, NULL, NULL, &fx.failure), ITG_E_INVALID_BODY);
    assert_code(itg_asset_categories(fx.itg, 1, NULL, NULL, &fx.failure), ITG_E_INVALID_BODY);
    assert_code(itg_asset_details(fx.itg, 1, NULL, NULL, &fx.failure), ITG_E_INVALID_BODY);
    assert_code(itg_asset_history_each(fx.itg, 0, NULL, 0, NULL, NULL, &fx.failure), ITG_E_INVALID_BODY);
    itg_asset_free(NULL);
    ck_assert_str_eq(itg_asset_event_name(0), "");
    ck_assert_str_eq(itg_asset_event_name(5), "");
    ck_assert_int_eq(itg_asset_event_from_name("remove_on_boot"), ITG_ASSET_REMOVED_ON_BOOT);
    ck_assert_int_eq(itg_asset_event_from_name("Add"), 0);
    ck_assert_int_eq(itg_asset_event_from_name(NULL), 0);
}
END_TEST

/* Fleet files. Texts are written with ' for ". */

struct source {
    char *text;
    size_t length, taken;
};

static int64_t read_source(void *ctx, char *buf, size_t size)
{
    struct source *source = ctx;
    size_t n = source->length - source->taken < size ? source->length - source->taken : size;
    memcpy(buf, source->text + source->taken, n);
    source->taken += n;
    return (int64_t)n;
}

static itg_error_t import(const char *text)
{
    struct source source = {strdup(text), strlen(text), 0};
    for (char *c = source.text; *c; c++)
        *c = *c == '\'' ? '"' : *c;
    itg_error_t err = itg_import(fx.itg, read_source, &source, NULL, NULL, NULL, &fx.failure);
    free(source.text);
    return err;
}

#define FIRMWARE "'firmwares':[{'id':1,'product':'IGEL OS 11','version':'11.3','firmwareType':'LX'}]"
#define SITE     "{'id':10,'identifier':'site','name':'Site','type':'string','overwrite':'devices'}"
#define COLOUR   "{'id':11,'identifier':'colour','name':'Colour','type':'range','allowedValues':['red','blue']}"
#define THINCLIENT                                                                                       \
    "{'mac':'00E0C5000001','firmwareID':'1','id':'20','networkAdapters':[{'type':'lan','mac':"           \
    "'00e0c5000001','name':'enp1s0','state':'up'},{'name':'wlp2s0'}],'deviceAttributes':[{'identifier':" \
    "'site','value':'Bremen','name':'ignored','type':'string'},{'identifier':'colour','value':'blue',"   \
    "'allowedValues':['x']}],'userLoginHistory':[{'username':'anna','loginresult':3,'logintime':"        \
    "'2024-12-30 12:06:21.015','logofftime':'','logontype':'kerberos'}],'shadowSecret':{'certificate':"  \
    "'-----BEGIN CERTIFICATE-----\\nTUlJQg==\\n-----END CERTIFICATE-----','password':'x'}}"
#define ASSET                                                                                               \
    "{'tcId':20,'assetId':30,'uniqueId':'u','connector':'usb','assetName':'M105','assetVendor':'Logitech'," \
    "'deviceId':'c077','categoryList':{'categoryList':[{'categoryId':31,'categoryName':'Mouse'}]},"         \
    "'detailList':{'detailList':[{'attrId':30,'detailKey':'k','detailValue':'v','detailType':'string'}]}}"
#define HISTORY                                                                               \
    "{'historyId':26,'unitId':'000BCA050027','assetId':49070,'eventTimeStamp':1500372856000," \
    "'event':{'identifier':'remove'}}"

static void assert_same_again(const char *file)
{
    char *once = fixture_fingerprint(fx.itg);
    itg_t *own = fx.itg;
    itg_options_t options = fixture_options();
    assert_ok(itg_open(":memory:", &options, &fx.itg, &fx.failure));
    struct source source = {once, strlen(once), 0};
    assert_ok(itg_import(fx.itg, read_source, &source, NULL, NULL, NULL, &fx.failure));
    char *twice = fixture_fingerprint(fx.itg);
    ck_assert_msg(strcmp(once, twice) == 0, "%s\nonce: %s\ntwice: %s", file, once, twice);
    fixture_assert_sound(fx.itg);
    itg_close(fx.itg);
    fx.itg = own;
    free(once);
    free(twice);
}

START_TEST(everything_survives_a_fleet_file)
{
    assert_ok(import("{" FIRMWARE ",'deviceAttributes':[" SITE "," COLOUR "],'thinclients':[" THINCLIENT
                     "],'assets':[" ASSET "],'assethistory':[" HISTORY "]}"));
    char *text = fixture_fingerprint(fx.itg);
    static const char *const parts[] = {"\"deviceAttributes\":[\n{\"id\":\"10\",\"identifier\":\"site\","
                                        "\"name\":\"Site\",\"type\":\"string\","
                                        "\"overwrite\":\"devices\"},\n{\"id\":\"11\",\"identifier\":"
                                        "\"colour\",\"name\":\"Colour\",\"type\":\"range\","
                                        "\"overwrite\":\"all\",\"allowedValues\":[\"red\",\"blue\"]}\n]",
                                        ",\"networkAdapters\":[{\"type\":\"lan\",\"mac\":\"00E0C5000001\","
                                        "\"name\":\"enp1s0\",\"state\":\"up\"},"
                                        "{\"type\":\"\",\"mac\":\"\",\"name\":\"wlp2s0\",\"state\":\"\"}],"
                                        "\"deviceAttributes\":[{\"identifier\":\"site\","
                                        "\"value\":\"Bremen\"},{\"identifier\":\"colour\",\"value\":\"blue\"}"
                                        "],\"userLoginHistory\":[{\"username\":"
                                        "\"anna\",\"loginresult\":3,\"logintime\":\"2024-12-30 "
                                        "12:06:21.015\",\"logofftime\":\"\",\"logontype\":"
                                        "\"kerberos\"}],\"shadowSecret\":{\"certificate\":\"-----BEGIN "
                                        "CERTIFICATE-----\\nTUlJQg==\\n-----END "
                                        "CERTIFICATE-----\"}}",
                                        "{\"tcId\":20,\"assetId\":30,\"uniqueId\":\"u\",\"connector\":"
                                        "\"usb\",\"assetName\":\"M105\",\"assetVendor\":"
                                        "\"Logitech\",\"deviceId\":\"c077\",\"categoryList\":{"
                                        "\"categoryList\":[{\"categoryId\":31,\"categoryName\":"
                                        "\"Mouse\"}]},\"detailList\":{\"detailList\":[{\"attrId\":30,"
                                        "\"detailKey\":\"k\",\"detailValue\":\"v\","
                                        "\"detailType\":\"string\"}]}}",
                                        "{\"historyId\":26,\"unitId\":\"000BCA050027\",\"assetId\":49070,"
                                        "\"eventTimeStamp\":1500372856000,\"event\":"
                                        "{\"identifier\":\"remove\"}}"};
    for (size_t i = 0; i < COUNT_OF(parts); i++)
        ck_assert_msg(strstr(text, parts[i]) != NULL, "%s\nis not in\n%s", parts[i], text);
    free(text);
    assert_same_again("in order");
    /* The sequences go on above what was imported, the asset that only history knows included. */
    ck_assert_int_gt(make_mouse(20), 49070);
    ck_assert_ptr_nonnull(strstr(history_of(0, NULL), "49070:remove 000BCA050027;"));
    assert_same_again("with one more");
}
END_TEST

START_TEST(the_order_of_arrays_does_not_matter)
{
    assert_ok(import("{'assethistory':[" HISTORY "],'assets':[" ASSET "],'thinclients':[" THINCLIENT
                     "],'deviceAttributes':[" COLOUR "," SITE "]," FIRMWARE "}"));
    assert_same_again("backwards");
    char *backwards = fixture_fingerprint(fx.itg);
    itg_close(fx.itg);
    fixture_memory();
    assert_ok(import("{" FIRMWARE ",'deviceAttributes':[" SITE "," COLOUR "],'thinclients':[" THINCLIENT
                     "],'assets':[" ASSET "],'assethistory':[" HISTORY "]}"));
    fixture_assert_unchanged(backwards, "forwards", __FILE__, __LINE__);
}
END_TEST

#define TC(members) "{" FIRMWARE ",'thinclients':[{'mac':'00E0C5000001','firmwareID':1,'id':20," members "}]}"

/* What is wrong, where it is, and the code. */
static const struct {
    const char *file;
    itg_error_t code;
    const char *where;
} bad_files[] = {
    {TC("'networkAdapters':[{'mac':''},{'mac':'x'}]"), ITG_E_MAC_LENGTH,
     "thinclients[0].networkAdapters[1]: "},
    {TC("'networkAdapters':[{'speed':1}]"), ITG_E_INVALID_BODY, "thinclients[0].networkAdapters.speed: "},
    {TC("'networkAdapters':[1]"), ITG_E_INVALID_BODY, "thinclients[0].networkAdapters: "},
    {TC("'networkAdapters':{}"), ITG_E_INVALID_BODY, "thinclients[0].networkAdapters: "},
    {TC("'networkAdapters':[[]]"), ITG_E_INVALID_BODY, "thinclients[0].networkAdapters: "},
    {TC("'networkAdapters':[{'name':'a','name':'b'}]"), ITG_E_INVALID_JSON,
     "thinclients[0].networkAdapters.name: "},
    {TC("'networkAdapters':[{'name':'a'},]"), ITG_E_INVALID_JSON, "thinclients[0]"},
    {TC("'userLoginHistory':[{'loginresult':7}]"), ITG_E_INVALID_BODY,
     "thinclients[0].userLoginHistory[0]: "},
    {TC("'userLoginHistory':[{'logontype':'x'}]"), ITG_E_INVALID_BODY,
     "thinclients[0].userLoginHistory[0]: "},
    {TC("'userLoginHistory':[{'logintime':'2024-02-30 00:00:00.000'}]"), ITG_E_INVALID_BODY,
     "thinclients[0].userLoginHistory[0]: "},
    {TC("'deviceAttributes':[{'identifier':'site','value':'x'}]"), ITG_E_INVALID_BODY,
     "thinclients[0].deviceAttributes: "},
    {TC("'deviceAttributes':[{'identifier':'no one','value':'x'}]"), ITG_E_INVALID_BODY,
     "thinclients[0].deviceAttributes[0]: "},
    {TC("'shadowSecret':{'certificate':'x'}"), ITG_E_INVALID_BODY,
     "thinclients[0].shadowSecret.certificate: "},
    {TC("'shadowSecret':'x'"), ITG_E_INVALID_BODY, "thinclients[0].shadowSecret: "},
    {"{'deviceAttributes':[" SITE ",{'identifier':'site','name':'n','type':'date'}]}", ITG_E_DUPLICATE,
     "deviceAttributes[1].identifier: "},
    {"{'deviceAttributes':[" SITE ",{'id':10,'identifier':'b','name':'n','type':'date'}]}", ITG_E_DUPLICATE,
     "deviceAttributes[1].id: "},
    {"{'deviceAttributes':[{'identifier':'a','name':'n','type':'range'}]}", ITG_E_INVALID_BODY,
     "deviceAttributes[0].allowedValues: "},
    {"{'deviceAttributes':[{'identifier':'a','name':'n','type':'range','allowedValues':[1]}]}",
     ITG_E_INVALID_BODY, "deviceAttributes[0].allowedValues: "},
    {"{'deviceAttributes':[{'identifier':'a','name':'n','type':'text'}]}", ITG_E_INVALID_BODY,
     "deviceAttributes[0]: "},
    {"{'deviceAttributes':[{'identifier':'a','name':'n','type':'date','overwrite':'x'}]}", ITG_E_INVALID_BODY,
     "deviceAttributes[0]: "},
    {"{" FIRMWARE ",'thinclients':[" THINCLIENT "],'deviceAttributes':[" SITE
     ",{'identifier':'colour','name':'n','type':'number'}]}",
     ITG_E_INVALID_BODY, "deviceAttributes[1]"},
    {"{'assets':[" ASSET "]}", ITG_E_THINCLIENT_NOT_FOUND, "assets[0].tcId: "},
    {"{'assets':[{'tcId':0,'assetName':'a'}]}", ITG_E_THINCLIENT_NOT_FOUND, "assets[0].tcId: "},
    {"{'assets':[{'assetId':-5,'assetName':'a'}]}", ITG_E_NUMBER_FORMAT, "assets[0].assetId: "},
    {"{'assets':[{'assetId':5,'assetName':'a'},{'assetId':'5','assetName':'a'}]}", ITG_E_DUPLICATE,
     "assets[1].assetId: "},
    {"{'assets':[{'assetId':5}]}", ITG_E_INVALID_NAME, "assets[0]: "},
    {"{'assets':[{'assetName':'a','categoryList':{'categoryList':[{'categoryId':9,'categoryName':'a'}]}},"
     "{'assetName':'a','categoryList':{'categoryList':[{'categoryId':9,'categoryName':'b'}]}}]}",
     ITG_E_DUPLICATE, "assets[1].categoryList[0]: "},
    {"{'assets':[{'assetId':5,'assetName':'a','categoryList':{'categoryList':[{'categoryId':5,"
     "'categoryName':'a'}]}}]}",
     ITG_E_DUPLICATE, "assets[0].categoryList[0]: "},
    {"{'assets':[{'assetName':'a','categoryList':[]}]}", ITG_E_INVALID_BODY, "assets[0].categoryList: "},
    {"{'assethistory':[" HISTORY "," HISTORY "]}", ITG_E_DUPLICATE, "assethistory[1].historyId: "},
    {"{'assethistory':[{'assetId':1,'event':{'identifier':'x'}}]}", ITG_E_INVALID_BODY,
     "assethistory[0].event.identifier: "},
    {"{'assethistory':[{'event':{'identifier':'add'}}]}", ITG_E_INVALID_BODY, "assethistory[0].assetId: "},
    {"{'assethistory':[{'assetId':1,'eventTimeStamp':-1,'event':{'identifier':'add'}}]}", ITG_E_INVALID_BODY,
     "assethistory[0].eventTimeStamp: "},
};

START_TEST(bad_files_name_the_element)
{
    for (size_t i = 0; i < COUNT_OF(bad_files); i++) {
        char *before = fixture_fingerprint(fx.itg);
        itg_error_t err = import(bad_files[i].file);
        char message[sizeof fx.failure.message];
        memcpy(message, fx.failure.message, sizeof message);
        fixture_assert_code(err, bad_files[i].code, bad_files[i].file, __FILE__, __LINE__);
        ck_assert_msg(strncmp(message, bad_files[i].where, strlen(bad_files[i].where)) == 0,
                      "%s\n  says %s\n  expected %s", bad_files[i].file, message, bad_files[i].where);
        fixture_assert_unchanged(before, bad_files[i].file, __FILE__, __LINE__);
    }
}
END_TEST

SUITE("asset", fixture_memory, assets_are_kept_with_their_parts,
      a_category_is_shared_and_goes_with_its_last_asset, history_tells_every_move,
      history_outlives_asset_and_thin_client, assets_that_are_none_are_refused, viewers_read_only,
      missing_parameters_are_refused, everything_survives_a_fleet_file, the_order_of_arrays_does_not_matter,
      bad_files_name_the_element)
