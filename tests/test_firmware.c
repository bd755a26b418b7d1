/* Firmwares: registering, finding and walking them. */
#include "fixture.h"
#include <string.h>

static itg_error_t create(const char *product, const char *version, const char *type)
{
    int64_t id = -77;
    itg_error_t err = itg_firmware_create(fx.itg, product, version, type, &id, &fx.failure);
    if (err)
        ck_assert_int_eq(id, -77);
    return err;
}

START_TEST(create_and_get_gives_back_what_was_given)
{
    int64_t id = 0;
    assert_ok(itg_firmware_create(fx.itg, "IGEL OS 11", "11.3.100.1", "LX", &id, &fx.failure));
    ck_assert_int_ge(id, 1);
    itg_firmware_t *firmware = NULL;
    assert_ok(itg_firmware_get(fx.itg, id, &firmware, &fx.failure));
    ck_assert_int_eq(firmware->id, id);
    ck_assert_str_eq(firmware->product, "IGEL OS 11");
    ck_assert_str_eq(firmware->version, "11.3.100.1");
    ck_assert_str_eq(firmware->type, "LX");
    itg_firmware_free(firmware);
    itg_firmware_free(NULL);
}
END_TEST

START_TEST(ids_come_from_a_sequence_of_their_own)
{
    int64_t first = make_firmware("1");
    make_directory(ITG_TYPE_THINCLIENT_DIRECTORY, "d", ITG_ROOT_THINCLIENTS);
    ck_assert_int_eq(make_firmware("2"), first + 1);
    ck_assert_int_eq(make_firmware("3"), first + 2);
}
END_TEST

START_TEST(ret_id_may_be_missing)
{
    assert_ok(itg_firmware_create(fx.itg, "p", "v", "t", NULL, &fx.failure));
}
END_TEST

START_TEST(version_and_type_may_be_empty)
{
    assert_ok(create("p", "", ""));
}
END_TEST

START_TEST(same_product_version_and_type_is_a_duplicate)
{
    assert_ok(create("p", "v", "t"));
    assert_refused(create("p", "v", "t"), ITG_E_DUPLICATE);
    assert_ok(create("p", "v", "T"));
    assert_ok(create("p", "w", "t"));
    assert_ok(create("q", "v", "t"));
}
END_TEST

START_TEST(bad_texts_are_refused)
{
    const char *bad[] = {NULL,  "a\nb", "\x01", "\xC3\x28", "\xED\xA0\x80", "\xC0\x80", "\xF4\x90\x80\x80",
                         "\x7F"};
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        assert_refused(create(bad[i], "v", "t"), ITG_E_INVALID_BODY);
        assert_refused(create("p", bad[i], "t"), ITG_E_INVALID_BODY);
        assert_refused(create("p", "v", bad[i]), ITG_E_INVALID_BODY);
    }
    assert_refused(create("", "v", "t"), ITG_E_INVALID_BODY);
    assert_refused(create("   ", "v", "t"), ITG_E_INVALID_BODY);
    assert_refused(create(repeated("x", 5000), "v", "t"), ITG_E_INVALID_BODY);
}
END_TEST

START_TEST(hostile_texts_survive_unchanged)
{
    const char *hostile = "'; DROP TABLE firmware; -- \"%n%s\\ \xF0\x9F\x98\x80";
    int64_t id = 0;
    assert_ok(itg_firmware_create(fx.itg, hostile, hostile, hostile, &id, &fx.failure));
    itg_firmware_t *firmware = NULL;
    assert_ok(itg_firmware_get(fx.itg, id, &firmware, &fx.failure));
    ck_assert_str_eq(firmware->product, hostile);
    ck_assert_str_eq(firmware->version, hostile);
    ck_assert_str_eq(firmware->type, hostile);
    itg_firmware_free(firmware);
}
END_TEST

START_TEST(unknown_ids_are_not_found)
{
    const int64_t ids[] = {0, -1, 99, INT64_MAX, INT64_MIN};
    make_firmware("1");
    for (size_t i = 0; i < COUNT_OF(ids); i++) {
        itg_firmware_t *firmware = NULL;
        assert_code(itg_firmware_get(fx.itg, ids[i], &firmware, &fx.failure), ITG_E_FIRMWARE_NOT_FOUND);
        ck_assert_ptr_null(firmware);
    }
}
END_TEST

struct walk {
    int64_t ids[8];
    size_t count;
    size_t stop_after;
};

static int32_t collect(void *ctx, const itg_firmware_t *firmware)
{
    struct walk *walk = ctx;
    walk->ids[walk->count++] = firmware->id;
    return walk->count == walk->stop_after;
}

START_TEST(walk_is_by_ascending_id_and_goes_on_after_one)
{
    int64_t a = make_firmware("1"), b = make_firmware("3"), c = make_firmware("2");
    struct walk all = {.stop_after = 0}, rest = {.stop_after = 0}, two = {.stop_after = 2};
    assert_ok(itg_firmware_each(fx.itg, 0, collect, &all, &fx.failure));
    ck_assert_uint_eq(all.count, 3);
    ck_assert(all.ids[0] == a && all.ids[1] == b && all.ids[2] == c);
    assert_ok(itg_firmware_each(fx.itg, a, collect, &rest, &fx.failure));
    ck_assert(rest.count == 2 && rest.ids[0] == b && rest.ids[1] == c);
    assert_ok(itg_firmware_each(fx.itg, 0, collect, &two, &fx.failure));
    ck_assert_uint_eq(two.count, 2);
}
END_TEST

START_TEST(walk_of_none_calls_nobody)
{
    struct walk none = {.stop_after = 0};
    assert_ok(itg_firmware_each(fx.itg, 0, collect, &none, &fx.failure));
    make_firmware("1");
    assert_ok(itg_firmware_each(fx.itg, INT64_MAX, collect, &none, &fx.failure));
    ck_assert_uint_eq(none.count, 0);
}
END_TEST

START_TEST(missing_parameters_are_refused)
{
    itg_firmware_t *firmware = NULL;
    assert_code(itg_firmware_create(NULL, "p", "v", "t", NULL, &fx.failure), ITG_E_INVALID_BODY);
    assert_code(itg_firmware_get(NULL, 1, &firmware, &fx.failure), ITG_E_INVALID_BODY);
    assert_code(itg_firmware_get(fx.itg, 1, NULL, &fx.failure), ITG_E_INVALID_BODY);
    assert_code(itg_firmware_each(fx.itg, 0, NULL, NULL, &fx.failure), ITG_E_INVALID_BODY);
}
END_TEST

SUITE("firmware", fixture_memory, create_and_get_gives_back_what_was_given,
      ids_come_from_a_sequence_of_their_own, ret_id_may_be_missing, version_and_type_may_be_empty,
      same_product_version_and_type_is_a_duplicate, bad_texts_are_refused, hostile_texts_survive_unchanged,
      unknown_ids_are_not_found, walk_is_by_ascending_id_and_goes_on_after_one, walk_of_none_calls_nobody,
      missing_parameters_are_refused)
