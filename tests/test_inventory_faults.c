/* What thin clients report, device attributes and assets, with the n-th chance to fail taken, for every n:
 * the library's allocations and the store's calls. The right code, nothing changed, nothing lost. */
#include "core/core.h"
#include "faults.h"
#include "fixture.h"
#include <stdlib.h>
#include <string.h>

#define PEM "-----BEGIN CERTIFICATE-----\nTUlJQg==\n-----END CERTIFICATE-----\n"

/* Ids of what every scenario finds; the category is 5. */
enum { TC = 1, RANGE, TEXT, ASSET };

static struct itg__engine faulty;
static itg_failure_t *const F = &fx.failure;
static const char *const colours[] = {"red", "blue"};
static const char *const categories[] = {"Mouse"};
static const itg_asset_detail_t detail = {0, "maxPower", "100mA", "string"};
static const itg_adapter_t adapter = {"lan", "00E0C5000001", "enp1s0", "up"};

static void fill(void)
{
    itg_asset_input_t input = {.size = sizeof input,
                               .thinclient_id = TC,
                               .name = "asset",
                               .categories = categories,
                               .category_count = 1,
                               .details = &detail,
                               .detail_count = 1};
    int64_t id = 0;
    ck_assert_int_eq(make_thinclient("00E0C5000001", ITG_ROOT_THINCLIENTS, make_firmware("1")), TC);
    assert_ok(itg_attribute_create(fx.itg, "colour", "c", ITG_ATTRIBUTE_RANGE, 0, colours, 2, &id, F));
    ck_assert_int_eq(id, RANGE);
    assert_ok(itg_attribute_create(fx.itg, "text", "t", ITG_ATTRIBUTE_STRING, 0, NULL, 0, NULL, F));
    assert_ok(itg_attribute_report(fx.itg, TC, "colour", "red", F));
    assert_ok(itg_asset_create(fx.itg, &input, &id, F));
    ck_assert_int_eq(id, ASSET);
    assert_ok(itg_thinclient_set_adapters(fx.itg, TC, &adapter, 1, F));
    assert_ok(itg_login_add(fx.itg, TC, "anna", 0, fx.now_ms, 0, ITG_LOGON_SWP, F));
    assert_ok(itg_shadow_set_certificate(fx.itg, TC, PEM, F));
}

static void fresh(void)
{
    itg_options_t options = fixture_options();
    itg_close(fx.itg);
    fx.itg = NULL;
    faults_engine(&faulty);
    assert_ok(itg__open_with(&faulty, ":memory:", &options, &fx.itg, F));
    fill();
}

static int32_t ignore_attribute(void *ctx, const itg_attribute_t *attribute)
{
    (void)ctx, (void)attribute;
    return 0;
}

static int32_t ignore_choice(void *ctx, const char *choice)
{
    (void)ctx, (void)choice;
    return 0;
}

static int32_t ignore_value(void *ctx, const itg_attribute_t *attribute, const char *value)
{
    (void)ctx, (void)attribute, (void)value;
    return 0;
}

static int32_t ignore_adapter(void *ctx, const itg_adapter_t *row)
{
    (void)ctx, (void)row;
    return 0;
}

static int32_t ignore_login(void *ctx, const itg_login_t *row)
{
    (void)ctx, (void)row;
    return 0;
}

static int32_t ignore_asset(void *ctx, const itg_asset_t *row)
{
    (void)ctx, (void)row;
    return 0;
}

static int32_t ignore_history(void *ctx, const itg_asset_history_t *row)
{
    (void)ctx, (void)row;
    return 0;
}

static int32_t ignore_category(void *ctx, const itg_asset_category_t *row)
{
    (void)ctx, (void)row;
    return 0;
}

static int32_t ignore_detail(void *ctx, const itg_asset_detail_t *row)
{
    (void)ctx, (void)row;
    return 0;
}

static itg_error_t attribute_create(void)
{
    return itg_attribute_create(fx.itg, "x", "x", ITG_ATTRIBUTE_RANGE, 0, colours, 2, NULL, F);
}

static itg_error_t attribute_update(void)
{
    static const char *const other[] = {"green", "red"};
    return itg_attribute_update(fx.itg, RANGE, "Colour", ITG_OVERWRITE_SERVER, other, 2, F);
}

static itg_error_t attribute_delete(void)
{
    return itg_attribute_delete(fx.itg, RANGE, F);
}

static itg_error_t attribute_by_identifier(void)
{
    itg_attribute_t *attribute = NULL;
    itg_error_t err = itg_attribute_by_identifier(fx.itg, "colour", &attribute, F);
    itg_attribute_free(attribute);
    return err;
}

static itg_error_t attribute_each(void)
{
    return itg_attribute_each(fx.itg, 0, ignore_attribute, NULL, F);
}

static itg_error_t attribute_choices(void)
{
    return itg_attribute_choices(fx.itg, RANGE, ignore_choice, NULL, F);
}

static itg_error_t attribute_values(void)
{
    return itg_attribute_values(fx.itg, TC, ignore_value, NULL, F);
}

static itg_error_t attribute_report(void)
{
    return itg_attribute_report(fx.itg, TC, "text", "x", F);
}

static itg_error_t attributes_update(void)
{
    const itg_value_t values[] = {
        {"comment", "c"}, {"deviceAttributes.colour", "blue"}, {"deviceAttributes.text", "x"}};
    return itg_thinclient_update(fx.itg, TC, values, COUNT_OF(values), F);
}

static itg_error_t set_adapters(void)
{
    const itg_adapter_t two[] = {adapter, {"wlan", "", "wlp2s0", "down"}};
    return itg_thinclient_set_adapters(fx.itg, TC, two, 2, F);
}

static itg_error_t adapters(void)
{
    return itg_thinclient_adapters(fx.itg, TC, ignore_adapter, NULL, F);
}

static itg_error_t login_add(void)
{
    return itg_login_add(fx.itg, TC, "bert", 0, fx.now_ms, 0, 0, F);
}

static itg_error_t login_end(void)
{
    return itg_login_end(fx.itg, TC, fx.now_ms, F);
}

static itg_error_t login_each(void)
{
    return itg_login_each(fx.itg, TC, ignore_login, NULL, F);
}

static itg_error_t set_certificate(void)
{
    return itg_shadow_set_certificate(fx.itg, TC, PEM PEM, F);
}

static itg_error_t certificate(void)
{
    char buf[256];
    return itg_shadow_certificate(fx.itg, TC, buf, sizeof buf, NULL, F);
}

/* Wrong or not, a password that could not be recorded as used has not opened anything. */
static itg_error_t verify(void)
{
    char password[ITG_SHADOW_PASSWORD_SIZE];
    itg_error_t err = itg_shadow_password(fx.itg, TC, password, F);
    return err ? err : itg_shadow_verify(fx.itg, TC, password, F);
}

static itg_error_t asset_create(void)
{
    itg_asset_input_t input = {.size = sizeof input,
                               .thinclient_id = TC,
                               .name = "another",
                               .categories = colours,
                               .category_count = 2,
                               .details = &detail,
                               .detail_count = 1};
    return itg_asset_create(fx.itg, &input, NULL, F);
}

static itg_error_t asset_move(void)
{
    return itg_asset_move(fx.itg, ASSET, -1, 1, F);
}

static itg_error_t asset_delete(void)
{
    return itg_asset_delete(fx.itg, ASSET, F);
}

static itg_error_t asset_get(void)
{
    itg_asset_t *asset = NULL;
    itg_error_t err = itg_asset_get(fx.itg, ASSET, &asset, F);
    itg_asset_free(asset);
    return err;
}

static itg_error_t asset_each(void)
{
    return itg_asset_each(fx.itg, TC, 0, ignore_asset, NULL, F);
}

static itg_error_t asset_categories(void)
{
    return itg_asset_categories(fx.itg, ASSET, ignore_category, NULL, F);
}

static itg_error_t asset_details(void)
{
    return itg_asset_details(fx.itg, ASSET, ignore_detail, NULL, F);
}

static itg_error_t asset_history(void)
{
    return itg_asset_history_each(fx.itg, 0, "00E0C5000001", 0, ignore_history, NULL, F);
}

static itg_error_t thinclient_delete(void)
{
    return itg_thinclient_delete(fx.itg, TC, F);
}

#define SCENARIO(name) \
    {                  \
#name, name    \
    }
static const struct scenario {
    const char *name;
    itg_error_t (*run)(void);
} scenarios[] = {
    SCENARIO(attribute_create),
    SCENARIO(attribute_update),
    SCENARIO(attribute_delete),
    SCENARIO(attribute_each),
    SCENARIO(attribute_by_identifier),
    SCENARIO(attribute_choices),
    SCENARIO(attribute_values),
    SCENARIO(attribute_report),
    SCENARIO(attributes_update),
    SCENARIO(set_adapters),
    SCENARIO(adapters),
    SCENARIO(login_add),
    SCENARIO(login_end),
    SCENARIO(login_each),
    SCENARIO(set_certificate),
    SCENARIO(certificate),
    SCENARIO(verify),
    SCENARIO(asset_create),
    SCENARIO(asset_move),
    SCENARIO(asset_delete),
    SCENARIO(asset_get),
    SCENARIO(asset_each),
    SCENARIO(asset_categories),
    SCENARIO(asset_details),
    SCENARIO(asset_history),
    SCENARIO(thinclient_delete),
};

/* @return whether the call failed */
static bool attempt(const struct scenario *scenario, struct fault *fault, long n, itg_error_t code,
                    const char *before)
{
    fresh();
    *fault = (struct fault){.armed = true, .left = n};
    itg_error_t err = scenario->run();
    fault->armed = false;
    if (!err)
        return false;
    if (err != code)
        ck_abort_msg("%s, %ld: %s, expected %s", scenario->name, n, itg_error_code(err),
                     itg_error_code(code));
    itg_failure_clear(F);
    fixture_assert_unchanged(strdup(before), scenario->name, __FILE__, __LINE__);
    fixture_assert_sound(fx.itg);
    return true;
}

static void run_all(struct fault *fault, itg_error_t code)
{
    fresh();
    char *before = fixture_fingerprint(fx.itg);
    long refused = 0;
    for (size_t i = 0; i < COUNT_OF(scenarios); i++) {
        bool succeeded = false;
        for (long n = 0; !succeeded; n++) {
            bool failed = attempt(&scenarios[i], fault, n, code, before);
            /* Some calls allocate nothing when their statements have been prepared before. */
            ck_assert_msg(failed || n > 0 || fault == &memory, "%s had no chance to fail", scenarios[i].name);
            refused += failed;
            succeeded = !failed && !fault->failed;
            ck_assert_msg(n < 2000, "%s never succeeds", scenarios[i].name);
        }
    }
    ck_assert_int_gt(refused, 10);
    free(before);
}

START_TEST(want_of_memory)
{
    run_all(&memory, ITG_E_INTERNAL);
}
END_TEST

START_TEST(a_store_that_fails)
{
    run_all(&store, ITG_E_DATABASE);
}
END_TEST

SUITE_LONG("inventory_faults", fixture_none, 240, want_of_memory, a_store_that_fails)
