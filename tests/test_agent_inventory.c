/* What the agent reads from Linux, on small trees in data/agent. What is expected was worked out by hand from their files.
 */
#include "cli/agent/clean.h"
#include "cli/agent/edid.h"
#include "cli/agent/gather.h"
#include "cli/agent/pin.h"
#include "fixture.h"
#include <stdlib.h>
#include <string.h>

static struct agent_inventory inventory;

static void read_tree(const char *name)
{
    char root[512];
    snprintf(root, sizeof root, "%s/agent/%s", getenv("ITG_TEST_DATA"), name);
    agent_inventory_dispose(&inventory);
    ck_assert(agent_inventory_read(root, NULL, &inventory));
}

/* Compares with JSON in which ' stands for ". */
static void assert_json(const json_t *got, const char *expected)
{
    char *text = strdup(expected);
    json_error_t error;
    for (char *at = text; *at; at++)
        if (*at == '\'')
            *at = '"';
    json_t *wanted = json_loads(text, 0, &error);
    ck_assert_msg(wanted != NULL, "%s: %s", error.text, text);
    char *shown = json_dumps(got, JSON_SORT_KEYS);
    ck_assert_msg(json_equal(got, wanted), "got %s", shown);
    free(shown);
    free(text);
    json_decref(wanted);
}

START_TEST(a_desk_with_two_monitors)
{
    read_tree("desk");
    /* 62533632 sectors / 2048; 7579260 kB / 1024; btime 1709294399 is 2024-03-01 11:59:59 UTC;
     * 527 x 296 mm: 604.4 mm, 23.8 inches; 60 x 34 cm: 689.6 mm, 27.2 inches;
     * 536870912 bytes are 512 MB; the window from e0000000 to efffffff has 256 MB */
    assert_json(
        inventory.properties,
        "{'deviceType':'HP t640 Thin Client','productId':'HP t640 Thin "
        "Client','deviceSerialNumber':'8CG1234567',"
        "'biosVendor':'HP','biosVersion':'M44 v01.16','biosDate':'02/07/2023',"
        "'cpuType':'AMD Ryzen Embedded R1505G with Radeon Vega Gfx','cpuSpeed':2400,'memorySize':7401,"
        "'flashSize':30534,'osType':'IGEL OS 12','networkName':'reception-1','lastBoottime':'2024-03-01 "
        "11:59',"
        "'networkSpeed':1000,'duplexMode':'Full','lastIP':'172.30.92.26',"
        "'monitorVendor1':'Dell','monitorModel1':'DELL P2419H','monitorSerialnumber1':'CN0H123456',"
        "'monitorSize1':23.8,'monitorNativeResolution1':'1920x1080','monitor1YearOfManufacture':'2021',"
        "'monitor1WeekOfManufacture':'12',"
        "'monitorVendor2':'XYZ','monitorModel2':'12AB','monitorSerialnumber2':'4711','monitorSize2':27.2,"
        "'monitorNativeResolution2':'2560x1440','monitor2YearOfManufacture':'2019',"
        "'graphicsChipset0':'Advanced Micro Devices, Inc. [AMD/ATI] Picasso/Raven 2 [Radeon Vega Series]',"
        "'graphicsMemorySize0':512,"
        "'graphicsChipset1':'Advanced Micro Devices, Inc. [AMD/ATI] 1002:ffff','graphicsMemorySize1':256}");
    assert_json(inventory.adapters, "[{'type':'lan','mac':'00E0C500000A','name':'enp1s0','state':'up'},"
                                    "{'type':'wlan','mac':'3C5282AABBCC','name':'wlp2s0','state':'down'}]");
    /* A mouse without a serial number, and two card readers that claim to be the same. */
    assert_json(
        inventory.usb,
        "[{'uniqueId':'046d:c077@1-1.2/00E0C500000A','connector':'usb','name':'USB Optical Mouse',"
        "'vendor':'Logitech','deviceId':'c077'},"
        "{'uniqueId':'0c27:3bfa:BF01','connector':'usb','name':'pcProx Card Reader','vendor':'RFIDeas, Inc',"
        "'deviceId':'3bfa'},"
        "{'uniqueId':'0c27:3bfa:BF01@1-1.11','connector':'usb','name':'pcProx Card Reader',"
        "'vendor':'RFIDeas, Inc','deviceId':'3bfa'}]");
    ck_assert_str_eq(inventory.mac, "00E0C500000A");
    ck_assert_str_eq(inventory.product, "IGEL OS 12");
    ck_assert_str_eq(inventory.version, "12.4.1");
    ck_assert_str_eq(inventory.host_name, "reception-1");
    ck_assert_str_eq(inventory.boot_id, "11111111-2222-4333-8444-555555555555");
    ck_assert_int_eq(inventory.uptime_ms, 8000000);
}
END_TEST

/* Wireless and IPv6 only; a battery; fillers in DMI; one good EDID between broken ones; files with nonsense. */
START_TEST(a_mobile_one_full_of_surprises)
{
    read_tree("mobile");
    /* 309 x 174 mm: 354.6 mm, 14.0 inches */
    assert_json(
        inventory.properties,
        "{'deviceType':'LENOVO 20U2S0AB00','productId':'20U2S0AB00','biosVendor':'LENOVO',"
        "'biosVersion':'R17ET37W (1.20 )','cpuType':'Intel(R) Core(TM) i5-10210U CPU @ "
        "1.60GHz','cpuSpeed':1601,"
        "'osType':'Arch Linux','networkName':'mobile [31m?','batteryLevel':87,'lastIP':'2001:db8::abcd',"
        "'monitorVendor1':'BOE','monitorModel1':'0868','monitorSize1':14,'monitorNativeResolution1':'"
        "1920x1080',"
        "'monitor1YearOfManufacture':'2019','monitor1WeekOfManufacture':'40'}");
    assert_json(inventory.adapters, "[{'type':'lan','mac':'6C4B90000001','name':'enp0s31f6','state':'down'},"
                                    "{'type':'wlan','mac':'6C4B90000002','name':'wlan0','state':'up'}]");
    assert_json(inventory.usb, "[]");
    ck_assert_str_eq(inventory.mac, "6C4B90000002");
    ck_assert_str_eq(inventory.product, "Arch Linux");
    ck_assert_str_eq(inventory.version, "6.1.0-18-amd64");
}
END_TEST

START_TEST(a_board_without_dmi_and_real_adapters)
{
    read_tree("board");
    assert_json(inventory.properties,
                "{'deviceType':'Raspberry Pi 4 Model B Rev 1.4','deviceSerialNumber':'10000000abcdef01',"
                "'cpuType':'Raspberry Pi 4 Model B Rev 1.4','osType':'Linux'}");
    assert_json(inventory.adapters, "[{'type':'lan','mac':'0242AC110002','name':'eth0','state':'up'}]");
    ck_assert_str_eq(inventory.mac, "0242AC110002");
    ck_assert_str_eq(inventory.version, "0");
}
END_TEST

START_TEST(nothing_at_all_is_no_failure)
{
    read_tree("missing");
    assert_json(inventory.properties, "{'osType':'Linux'}");
    assert_json(inventory.adapters, "[]");
    assert_json(inventory.usb, "[]");
    ck_assert_str_eq(inventory.mac, "");
}
END_TEST

START_TEST(a_mac_that_was_registered_stays)
{
    char root[512];
    snprintf(root, sizeof root, "%s/agent/desk", getenv("ITG_TEST_DATA"));
    ck_assert(agent_inventory_read(root, "3C5282AABBCC", &inventory));
    ck_assert_str_eq(inventory.mac, "3C5282AABBCC");
}
END_TEST

/* This machine, whatever it is: all keys are properties of thin clients, all texts are UTF-8 that fits. */
START_TEST(this_machine_makes_sense)
{
    const char *trees[] = {"", "/agent/desk", "/agent/mobile", "/agent/board"};
    for (size_t i = 0; i < COUNT_OF(trees); i++) {
        char root[512] = "";
        const char *key;
        json_t *value;
        if (*trees[i])
            snprintf(root, sizeof root, "%s%s", getenv("ITG_TEST_DATA"), trees[i]);
        agent_inventory_dispose(&inventory);
        ck_assert(agent_inventory_read(root, NULL, &inventory));
        json_object_foreach(inventory.properties, key, value)
        {
            const itg_property_t *property = itg_property_by_key(key);
            ck_assert_msg(property != NULL, "%s", key);
            ck_assert_msg(property->access == ITG_ACCESS_DEVICE || strcmp(key, "lastIP") == 0, "%s", key);
            bool number = property->kind == ITG_KIND_INT || property->kind == ITG_KIND_REAL;
            ck_assert_msg(number ? json_is_number(value) : json_is_string(value), "%s", key);
        }
    }
}
END_TEST

/* A well-formed block: Dell, product 1, 1990, nothing said. */
static void make_edid(uint8_t edid[AGENT_EDID_SIZE])
{
    static const uint8_t begin[] = {0, 255, 255, 255, 255, 255, 255, 0, 0x10, 0xac,
                                    1, 0,   0,   0,   0,   0,   0,   0, 1,    3};
    memset(edid, 0, AGENT_EDID_SIZE);
    memcpy(edid, begin, sizeof begin);
}

static void seal(uint8_t edid[AGENT_EDID_SIZE])
{
    unsigned sum = 0;
    for (int i = 0; i < AGENT_EDID_SIZE - 1; i++)
        sum += edid[i];
    edid[AGENT_EDID_SIZE - 1] = (uint8_t)(256 - sum % 256);
}

START_TEST(edid_that_says_little)
{
    uint8_t edid[AGENT_EDID_SIZE];
    struct agent_monitor monitor;
    make_edid(edid);
    seal(edid);
    ck_assert(agent_edid_parse(edid, sizeof edid, &monitor));
    ck_assert_str_eq(monitor.vendor, "Dell");
    ck_assert_str_eq(monitor.model, "0001");
    ck_assert_str_eq(monitor.serial, "");
    ck_assert_str_eq(monitor.resolution, "");
    ck_assert_str_eq(monitor.year, "1990");
    ck_assert_str_eq(monitor.week, "");
    ck_assert_int_eq(monitor.size_tenth, 0);
}
END_TEST

START_TEST(edid_that_is_none_changes_nothing)
{
    uint8_t edid[AGENT_EDID_SIZE];
    struct agent_monitor monitor = {.vendor = "as before"};
    make_edid(edid);
    seal(edid);
    for (size_t length = 0; length < sizeof edid; length++)
        ck_assert(!agent_edid_parse(edid, length, &monitor));
    for (size_t at = 0; at < sizeof edid; at++) { /* one bit anywhere */
        edid[at] ^= 1;
        ck_assert_msg(!agent_edid_parse(edid, sizeof edid, &monitor), "%zu", at);
        edid[at] ^= 1;
    }
    edid[8] = 0x7f; /* letters beyond Z */
    edid[9] = 0xff;
    seal(edid);
    ck_assert(!agent_edid_parse(edid, sizeof edid, &monitor));
    edid[8] = edid[9] = 0;
    seal(edid);
    ck_assert(!agent_edid_parse(edid, sizeof edid, &monitor));
    ck_assert_str_eq(monitor.vendor, "as before");
}
END_TEST

/* Texts from a cable are shown in lists. */
START_TEST(edid_texts_are_made_harmless)
{
    static const uint8_t name[18] = {0,    0,    0,   0xfc, 0,   ' ', 'A', 0x1b, '[',
                                     '\t', 0xff, 'Z', ' ',  ' ', ' ', ' ', ' ',  ' '};
    static const uint8_t serial[18] = {0, 0, 0, 0xff, 0, 'S', 0, 'X', '\n'};
    uint8_t edid[AGENT_EDID_SIZE];
    struct agent_monitor monitor;
    make_edid(edid);
    memcpy(edid + 72, name, sizeof name);
    memcpy(edid + 90, serial, sizeof serial);
    seal(edid);
    ck_assert(agent_edid_parse(edid, sizeof edid, &monitor));
    ck_assert_str_eq(monitor.model, "A [ ?Z");
    ck_assert_str_eq(monitor.serial, "S");
}
END_TEST

/* Whatever the bytes: what comes out is short printable ASCII. */
START_TEST(edid_of_random_bytes)
{
    unsigned seed = 1;
    for (int turn = 0; turn < 20000; turn++) {
        uint8_t edid[AGENT_EDID_SIZE];
        struct agent_monitor monitor;
        make_edid(edid);
        for (int i = 10; i < AGENT_EDID_SIZE; i++) {
            seed = seed * 1664525 + 1013904223;
            edid[i] = (uint8_t)(seed >> 24);
        }
        edid[18] = 1;
        if (turn % 2)
            edid[54] = edid[55] = edid[72] = edid[73] = 0;
        seal(edid);
        ck_assert(agent_edid_parse(edid, sizeof edid, &monitor));
        const char *texts[] = {monitor.model, monitor.serial, monitor.resolution, monitor.year, monitor.week};
        for (size_t i = 0; i < COUNT_OF(texts); i++)
            for (const char *at = texts[i]; *at; at++)
                ck_assert(*at >= ' ' && *at <= '~');
        ck_assert_int_ge(monitor.size_tenth, 0);
        ck_assert_int_lt(monitor.size_tenth, 2300); /* the diagonal of 4095 x 4095 mm */
    }
}
END_TEST

static const char *cleaned(const char *text, size_t size)
{
    static char buf[64];
    memset(buf, 'x', sizeof buf);
    agent_clean(buf, size, text, strlen(text));
    return buf;
}

START_TEST(texts_are_cleaned)
{
    ck_assert_str_eq(cleaned("", 64), "");
    ck_assert_str_eq(cleaned(" \n\t ", 64), "");
    ck_assert_str_eq(cleaned("  a \r\n b  ", 64), "a b");
    ck_assert_str_eq(cleaned("\xc3\xbc\xc3", 64), "\xc3\xbc?");
    ck_assert_str_eq(cleaned("\xff\xfe", 64), "??");
    ck_assert_str_eq(cleaned("a\xc2\x9b"
                             "31m",
                             64),
                     "a 31m"); /* a terminal's CSI in one character */
    ck_assert_str_eq(cleaned("abcdef", 4), "abc");
    ck_assert_str_eq(cleaned("ab\xc3\xbc", 4), "ab"); /* not half a character */
    ck_assert_str_eq(cleaned("ab cd", 4), "ab");
    ck_assert_str_eq(cleaned("abc", 1), "");
}
END_TEST

/* From `openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256`, and
 * `openssl x509 -pubkey | openssl pkey -pubin -outform der | openssl dgst -sha256 -binary | base64`. */
static const char certificate[] = "-----BEGIN CERTIFICATE-----\n"
                                  "MIIBczCCARmgAwIBAgIUcxZaY8FcdrxmzbkpcjbNqJLQUsswCgYIKoZIzj0EAwIw\n"
                                  "DzENMAsGA1UEAwwEdGVzdDAeFw0yNjExMjIxOTEyNDlaFw0zNjExMTkxOTEyNDla\n"
                                  "MA8xDTALBgNVBAMMBHRlc3QwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAT7cYv8\n"
                                  "7BbEFS1loeRvE1i+1LcQsl+mcT7u3IDdOIOAj4Gb3lnWUI66vqiGVDgchVZpRBPl\n"
                                  "t0I8v3W3Vl4TavFso1MwUTAdBgNVHQ4EFgQUTZHm3zIySYDZPV5mvt5dBafz9uQw\n"
                                  "HwYDVR0jBBgwFoAUTZHm3zIySYDZPV5mvt5dBafz9uQwDwYDVR0TAQH/BAUwAwEB\n"
                                  "/zAKBggqhkjOPQQDAgNIADBFAiAaKmxZZXNRgs8UcSaMOY2gzxh+Nm6C58VSmLU/\n"
                                  "Lzj+kQIhAIy4vDl9UyPygN3c9m/RDnV/4nEzbKWF6F14OTXx/p1e\n"
                                  "-----END CERTIFICATE-----\n";
static const char expected_pin[] = "sha256//VpyMxmMtSZL8q+cfr4KlGqWM/UO2PO4ybNxzyiG4nQM=";

START_TEST(the_pin_of_a_certificate)
{
    char pin[AGENT_PIN_TEXT_SIZE] = "untouched";
    ck_assert(agent_pin_of(certificate, pin));
    ck_assert_str_eq(pin, expected_pin);
    ck_assert(agent_pin_ok(pin));
}
END_TEST

START_TEST(what_is_no_certificate_has_no_pin)
{
    static const char *const wrong[] = {"",
                                        "text",
                                        "-----BEGIN CERTIFICATE-----",
                                        "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n",
                                        "-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----\n",
                                        "-----BEGIN CERTIFICATE-----\nMIID\n-----END CERTIFICATE-----\n",
                                        "-----BEGIN CERTIFICATE-----\nMIAAAA==\n-----END CERTIFICATE-----\n"};
    char pin[AGENT_PIN_TEXT_SIZE] = "untouched";
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        ck_assert_msg(!agent_pin_of(wrong[i], pin), "%zu", i);
    ck_assert_str_eq(pin, "untouched");
    ck_assert(!agent_pin_ok(""));
    ck_assert(!agent_pin_ok("sha256//"));
    ck_assert(!agent_pin_ok("sha1//nHFJ9UIyVbNcXnMr0M1BYWXu7iBnUdyzEYMTdlSgFTI="));
    ck_assert(!agent_pin_ok("sha256//nHFJ9UIyVbNcXnMr0M1BYWXu7iBnUdyzEYMTdlSgFT"));
    ck_assert(!agent_pin_ok("sha256//nHFJ9UIyVbNcXnMr0M1BYWXu7iBnUdyzEYMTdlSgFTI=;sha256//x"));
}
END_TEST

/* Any character of the certificate lost or changed: another pin, or none; never a crash. */
START_TEST(a_damaged_certificate)
{
    for (size_t at = 28; certificate[at]; at++) {
        char *copy = strdup(certificate), pin[AGENT_PIN_TEXT_SIZE];
        copy[at] = copy[at] == 'A' ? 'B' : 'A';
        agent_pin_of(copy, pin);
        copy[at] = '\0';
        agent_pin_of(copy, pin);
        free(copy);
    }
}
END_TEST

static void setup(void)
{
    fixture_none();
    memset(&inventory, 0, sizeof inventory);
}

SUITE("agent inventory", setup, a_desk_with_two_monitors, a_mobile_one_full_of_surprises,
      a_board_without_dmi_and_real_adapters, nothing_at_all_is_no_failure, a_mac_that_was_registered_stays,
      this_machine_makes_sense, edid_that_says_little, edid_that_is_none_changes_nothing,
      edid_texts_are_made_harmless, edid_of_random_bytes, texts_are_cleaned, the_pin_of_a_certificate,
      what_is_no_certificate_has_no_pin, a_damaged_certificate)
