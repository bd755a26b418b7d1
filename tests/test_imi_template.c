/* Template keys and values over IMI. */
#include "imi_fixture.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NO_HANDLER "No handler is mapped for this request."
#define BODY       "Invalid request body"
#define NUMBER     "Number format error"

/* Directory 1 holds thin client 2; template key 3 has the value 4; key 5 of integers has the value 6. */
static void setup(void)
{
    imi_trusted();
    int64_t firmware = make_firmware("11.3.100.1"),
            dir = make_directory(ITG_TYPE_THINCLIENT_DIRECTORY, "A", -1);
    make_thinclient("00E0C5000002", dir, firmware);
    assert_ok(
        itg_template_key_create(fx.itg, "tk", ITG_TEMPLATE_STRING, ITG_ROOT_TEMPLATES, NULL, &fx.failure));
    assert_ok(itg_template_value_create(fx.itg, 3, "value1", NULL, NULL, &fx.failure));
    assert_ok(
        itg_template_key_create(fx.itg, "n", ITG_TEMPLATE_INTEGER, ITG_ROOT_TEMPLATES, NULL, &fx.failure));
    assert_ok(itg_template_value_create(fx.itg, 5, "7", "seven", NULL, &fx.failure));
}

START_TEST(keys_are_created)
{
    assert_answer(
        "PUT", "/template", json("{'name':'tk2','type':'StringType','parentID':3}"),
        json("{'id':'7','name':'tk2','parentID':'3','message':'Template key successfully created.'}"));
    assert_answer(
        "PUT", "/template", json("{'name':'tk3','type':'BooleanType','parentID':'7','more':[1]}"),
        json("{'id':'8','name':'tk3','parentID':'7','message':'Template key successfully created.'}"));
    assert_answer(
        "PUT", "/template", json("{'type':'FloatType','name':'\\u00e4','parentID':null}"),
        json("{'id':'9','name':'\xC3\xA4','parentID':'-15','message':'Template key successfully created.'}"));
}
END_TEST

START_TEST(values_are_created)
{
    assert_answer("PUT", "/template/3/value",
                  json("{'value':'new value','description':'d','type':'StringType'}"),
                  json("{'id':'7','value':'new value','message':'Template value successfully created.'}"));
    assert_answer("PUT", "/template/5/value", json("{'value':-12}"),
                  json("{'id':'8','value':'-12','message':'Template value successfully created.'}"));
    assert_answer("PUT", "/template/5/value", json("{'value':'9','description':null,'type':'IntegerType'}"),
                  json("{'id':'9','value':'9','message':'Template value successfully created.'}"));
    assert_answer("PUT", "/template/3/value", json("{'value':true}"),
                  json("{'id':'10','value':'true','message':'Template value successfully created.'}"));
}
END_TEST

START_TEST(values_are_read)
{
    assert_answer(
        "GET", "/template/3/read", NULL,
        json("[{'id':4,'value':'value1','name':'tk','parentId':3,'description':'','type':'StringType'}]"));
    assert_ok(itg_template_value_create(fx.itg, 5, "8", NULL, NULL, &fx.failure));
    assert_answer(
        "GET", "/template/5/read", NULL,
        json("[{'id':6,'value':'7','name':'n','parentId':5,'description':'seven','type':'IntegerType'},"
             "{'id':7,'value':'8','name':'n','parentId':5,'description':'','type':'IntegerType'}]"));
    assert_ok(itg_template_value_delete(fx.itg, 4, &fx.failure));
    assert_answer("GET", "/template/3/read", NULL, "[]");
}
END_TEST

static int32_t append(void *ctx, const itg_template_assignment_t *a)
{
    char *text = ctx;
    snprintf(text + strlen(text), 64, "%lld=%lld ", (long long)a->key_id, (long long)a->value_id);
    return 0;
}

static void assert_assigned(itg_type_t type, int64_t id, const char *wanted)
{
    char text[256] = "";
    assert_ok(itg_template_assignments(fx.itg, type, id, append, text, &fx.failure));
    ck_assert_str_eq(text, wanted);
}

START_TEST(values_are_assigned)
{
    assert_answer(
        "PUT", "/template/assign/tc",
        json("{'tcId':2,'template':[{'templateId':3,'valueId':4},{'templateId':'5','valueId':'6'}]}"),
        json("{'message':'Template value successfully assigned to device.'}"));
    assert_assigned(ITG_TYPE_THINCLIENT, 2, "3=4 5=6 ");
    assert_answer("PUT", "/template/assign/dir",
                  json("{'dirId':'1','template':[{'templateId':3,'valueId':4}]}"),
                  json("{'message':'Template value successfully assigned to device directory.'}"));
    assert_assigned(ITG_TYPE_THINCLIENT_DIRECTORY, 1, "3=4 ");
    assert_answer("PUT", "/template/assign/dir", json("{'dirId':1,'template':[]}"),
                  json("{'message':'Template value successfully assigned to device directory.'}"));
}
END_TEST

/* Refused, and nothing has changed. */
static void refused(const char *method, const char *target, const char *body, int status, const char *code,
                    const char *message)
{
    char *before = fixture_fingerprint(fx.itg);
    assert_error(method, target, body, status, code, message);
    char *after = fixture_fingerprint(fx.itg);
    ck_assert_str_eq(before, after);
    free(before);
    free(after);
}

START_TEST(what_keys_and_values_refuse)
{
    static const struct {
        const char *target, *body;
        int status;
        const char *code, *message;
    } cases[] = {
        {"/template", "{'type':'StringType'}", 400, "ITG-0A004", BODY},
        {"/template", "{'name':'k'}", 400, "ITG-0A004", BODY},
        {"/template", "{'name':'k','type':'DateType'}", 400, "ITG-0A004", BODY},
        {"/template", "{'name':'k','type':1}", 400, "ITG-0A004", BODY},
        {"/template", "{'name':'a}b','type':'StringType'}", 400, "ITG-0A004", BODY},
        {"/template", "{'name':'k','type':'StringType','parentID':'x'}", 400, "ITG-0A010", NUMBER},
        {"/template", "{'name':'k','type':'StringType','parentID':4}", 400, "ITG-0A016",
         "Parent with ID <4> does not exist."},
        {"/template", "[]", 400, "ITG-0A004", BODY},
        {"/template/5/value", "{'value':'x'}", 400, "ITG-0A004", BODY},
        {"/template/5/value", "{'value':1.5}", 400, "ITG-0A004", BODY},
        {"/template/5/value", "{'value':true}", 400, "ITG-0A004", BODY},
        {"/template/5/value", "{'value':'1','type':'StringType'}", 400, "ITG-0A004", BODY},
        {"/template/5/value", "{'description':'1'}", 400, "ITG-0A004", BODY},
        {"/template/5/value", "{'value':[1]}", 400, "ITG-0A004", BODY},
        {"/template/4/value", "{'value':'1'}", 404, "ITG-0A020", NO_HANDLER},
        {"/template/77/value", "{'value':'1'}", 404, "ITG-0A020", NO_HANDLER},
        {"/template/x/value", "{'value':'1'}", 400, "ITG-0A010", NUMBER},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        refused("PUT", cases[i].target, json(cases[i].body), cases[i].status, cases[i].code,
                cases[i].message);
    refused("GET", "/template/4/read", NULL, 404, "ITG-0A020", NO_HANDLER);
    refused("GET", "/template/3", NULL, 404, "ITG-0A020", NO_HANDLER);
    refused("GET", "/template", NULL, 400, "ITG-0A011", "Request method 'GET' not supported");
    refused("PUT", "/template/3/read", "{}", 400, "ITG-0A011", "Request method 'PUT' not supported");
}
END_TEST

START_TEST(what_assigning_refuses)
{
    static const struct {
        const char *target, *body;
        int status;
        const char *code, *message;
    } cases[] = {
        {"tc", "{'template':[]}", 400, "ITG-0A004", BODY},
        {"tc", "{'tcId':2}", 400, "ITG-0A004", BODY},
        {"tc", "{'dirId':2,'template':[]}", 400, "ITG-0A004", BODY},
        {"tc", "{'tcId':2,'template':{}}", 400, "ITG-0A004", BODY},
        {"tc", "{'tcId':2,'template':[1]}", 400, "ITG-0A004", BODY},
        {"tc", "{'tcId':2,'template':[{'templateId':3}]}", 400, "ITG-0A004", BODY},
        {"tc", "{'tcId':2,'template':[{'templateId':3,'valueId':'y'}]}", 400, "ITG-0A010", NUMBER},
        {"tc", "{'tcId':2,'template':[{'templateId':3,'valueId':4},{'templateId':3,'valueId':6}]}", 400,
         "ITG-0A004", BODY},
        {"tc", "{'tcId':2,'template':[{'templateId':99,'valueId':4}]}", 400, "ITG-0A004", BODY},
        {"tc", "{'tcId':1,'template':[{'templateId':3,'valueId':4}]}", 404, "ITG-0A001",
         "Thin client with ID <1> not found."},
        {"dir", "{'dirId':2,'template':[{'templateId':3,'valueId':4}]}", 404, "ITG-0A002",
         "No target directory with ID <2> found."},
        {"dir", "{'dirId':-1,'template':[{'templateId':3,'valueId':4}]}", 400, "ITG-0A019",
         "Invalid assignment receiver"},
    };
    char target[64];
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        snprintf(target, sizeof target, "/template/assign/%s", cases[i].target);
        refused("PUT", target, json(cases[i].body), cases[i].status, cases[i].code, cases[i].message);
    }
    assert_ok(itg_bin_put(fx.itg, ITG_TYPE_THINCLIENT, 2, &fx.failure));
    refused("PUT", "/template/assign/tc", json("{'tcId':2,'template':[{'templateId':3,'valueId':4}]}"), 400,
            "ITG-0A018", "Thin client is in Recycling Bin. In order to use it, revert it first.");
}
END_TEST

SUITE("imi_template", setup, keys_are_created, values_are_created, values_are_read, values_are_assigned,
      what_keys_and_values_refuse, what_assigning_refuses)
