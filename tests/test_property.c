/* The table of properties: IMI's order, defaults and texts. */
#include "fixture.h"
#include <stdio.h>
#include <string.h>

#define MAC "00E0C5000001"

static int64_t fresh_thinclient(void)
{
    return make_thinclient(MAC, ITG_ROOT_THINCLIENTS, make_firmware("11.3.100.1"));
}

static itg_thinclient_t *get(int64_t id)
{
    itg_thinclient_t *tc = NULL;
    assert_ok(itg_thinclient_get(fx.itg, id, &tc, &fx.failure));
    return tc;
}

static void assert_text(const itg_thinclient_t *tc, const char *key, const char *wanted)
{
    char text[64];
    ck_assert_uint_eq(itg_thinclient_text(tc, itg_property_by_key(key), text, sizeof text), strlen(wanted));
    ck_assert_msg(strcmp(text, wanted) == 0, "%s is \"%s\", expected \"%s\"", key, text, wanted);
}

/* The members of the details facet in the contract's order, and what stands there while nothing is known
 * (NULL: always known). */
static const struct {
    const char *key;
    const char *initial;
} contract[] = {
    {"unitID", NULL},
    {"mac", NULL},
    {"firmwareID", NULL},
    {"lastIP", ""},
    {"networkName", ""},
    {"site", ""},
    {"department", ""},
    {"costCenter", ""},
    {"comment", ""},
    {"assetID", ""},
    {"inserviceDate", ""},
    {"serialNumber", ""},
    {"productId", ""},
    {"umsStructuralTag", ""},
    {"cpuSpeed", "0"},
    {"cpuType", ""},
    {"deviceType", ""},
    {"deviceSerialNumber", ""},
    {"osType", ""},
    {"flashSize", "0"},
    {"memorySize", "0"},
    {"networkSpeed", "0"},
    {"duplexMode", ""},
    {"graphicsChipset0", ""},
    {"graphicsMemorySize0", "0"},
    {"graphicsChipset1", ""},
    {"graphicsMemorySize1", "0"},
    {"monitorVendor1", ""},
    {"monitorModel1", ""},
    {"monitorSerialnumber1", ""},
    {"monitorSize1", "0"},
    {"monitorNativeResolution1", ""},
    {"monitor1YearOfManufacture", ""},
    {"monitor1WeekOfManufacture", ""},
    {"monitorVendor2", ""},
    {"monitorModel2", ""},
    {"monitorSerialnumber2", ""},
    {"monitorSize2", "0"},
    {"monitorNativeResolution2", ""},
    {"monitor2YearOfManufacture", ""},
    {"monitor2WeekOfManufacture", ""},
    {"biosVendor", ""},
    {"biosVersion", ""},
    {"biosDate", ""},
    {"totalUsagetime", "-1"},
    {"totalUptime", "-1"},
    {"lastBoottime", ""},
    {"lastContact", ""},
    {"configChanges", ""},
    {"registrationDate", ""},
    {"isThinClientRegistered", "false"},
    {"isConnectedViaReverseProxy", "false"},
    {"lastUser", ""},
    {"batteryLevel", "-1"},
    {"id", NULL},
    {"name", NULL},
    {"parentID", NULL},
    {"movedToBin", "false"},
};

START_TEST(properties_stand_in_the_contracts_order)
{
    for (size_t i = 0; i < COUNT_OF(contract); i++) {
        const itg_property_t *property = itg_property_at(i);
        ck_assert_ptr_nonnull(property);
        ck_assert_str_eq(property->key, contract[i].key);
        ck_assert_ptr_eq(itg_property_by_key(property->key), property);
    }
    ck_assert_ptr_null(itg_property_at(COUNT_OF(contract)));
    ck_assert_ptr_null(itg_property_at(SIZE_MAX));
    ck_assert_ptr_null(itg_property_by_key("MAC"));
    ck_assert_ptr_null(itg_property_by_key(""));
    ck_assert_ptr_null(itg_property_by_key(NULL));
}
END_TEST

START_TEST(an_unknown_property_has_the_contracts_default)
{
    itg_thinclient_t *tc = get(fresh_thinclient());
    for (size_t i = 0; i < COUNT_OF(contract); i++)
        if (contract[i].initial)
            assert_text(tc, contract[i].key, contract[i].initial);
    itg_thinclient_free(tc);
}
END_TEST

START_TEST(text_of_a_property_is_cut_like_snprintf)
{
    itg_thinclient_t *tc = get(fresh_thinclient());
    const itg_property_t *mac = itg_property_by_key("mac");
    char buf[16] = "################";
    ck_assert_uint_eq(itg_thinclient_text(tc, mac, NULL, 0), 12);
    ck_assert_uint_eq(itg_thinclient_text(tc, mac, buf, 5), 12);
    ck_assert_str_eq(buf, "00E0");
    ck_assert_int_eq(buf[5], '#');
    itg_thinclient_free(tc);
    itg_thinclient_free(NULL);
}
END_TEST

START_TEST(times_are_written_in_imis_three_forms)
{
    const itg_thinclient_t tc = {.last_boottime = INT64_C(1500387840000), /* 2017-07-18 14:24:00 UTC */
                                 .last_contact = INT64_C(1735560381015),  /* 2024-12-30 12:06:21.015 UTC */
                                 .registration_date = INT64_C(1733913138000)}; /* 2024-12-11 10:32:18 UTC */
    assert_text(&tc, "lastBoottime", "2017-07-18 14:24");
    assert_text(&tc, "lastContact", "2024-12-30 12:06:21.015");
    assert_text(&tc, "registrationDate", "11.12.2024 10:32:18");
}
END_TEST

SUITE("property", fixture_memory, properties_stand_in_the_contracts_order,
      an_unknown_property_has_the_contracts_default, text_of_a_property_is_cut_like_snprintf,
      times_are_written_in_imis_three_forms)
