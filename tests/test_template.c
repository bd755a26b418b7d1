/* Template keys, their values, and where these are assigned. */
#include "fixture.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TC     ITG_TYPE_THINCLIENT
#define TC_DIR ITG_TYPE_THINCLIENT_DIRECTORY
#define ROOT   ITG_ROOT_TEMPLATES

static int64_t dir, tc, key, value;

static void with_key(void)
{
    fixture_memory();
    int64_t firmware = make_firmware("11.3.100.1");
    dir = make_directory(TC_DIR, "dir", ITG_ROOT_THINCLIENTS);
    tc = make_thinclient("00E0C5000001", dir, firmware);
    assert_ok(itg_template_key_create(fx.itg, "K", ITG_TEMPLATE_STRING, ROOT, &key, &fx.failure));
    assert_ok(itg_template_value_create(fx.itg, key, "v", "described", &value, &fx.failure));
}

static itg_error_t make_key(const char *name, itg_template_type_t type, int64_t parent, int64_t *ret_id)
{
    return itg_template_key_create(fx.itg, name, type, parent, ret_id, &fx.failure);
}

static int32_t append_key(void *ctx, const itg_template_key_t *k)
{
    fprintf(ctx, "%lld %s %s %lld\n", (long long)k->id, k->name, itg_template_type_name(k->type),
            (long long)k->parent_id);
    return 0;
}

static int32_t append_value(void *ctx, const itg_template_value_t *v)
{
    fprintf(ctx, "%lld %s (%s) of %lld %s %s\n", (long long)v->id, v->value, v->description,
            (long long)v->key_id, v->key_name, itg_template_type_name(v->type));
    return 0;
}

static int32_t append_assignment(void *ctx, const itg_template_assignment_t *a)
{
    fprintf(ctx, "%lld:%s=%lld,%lld\n", (long long)a->receiver_id, itg_type_name(a->receiver_type),
            (long long)a->key_id, (long long)a->value_id);
    return 0;
}

static char text[4096];

/* Runs a walk whose rows go into the stream, and returns their text. */
#define TEXT_OF(walk)                                        \
    do {                                                     \
        memset(text, 0, sizeof text);                        \
        FILE *stream = fmemopen(text, sizeof text - 1, "w"); \
        assert_ok(walk);                                     \
        fclose(stream);                                      \
    } while (0)

static void assert_line(const char *format, long long a, long long b)
{
    char wanted[256];
    snprintf(wanted, sizeof wanted, format, a, b);
    ck_assert_str_eq(text, wanted);
}

START_TEST(keys_and_values_are_kept)
{
    TEXT_OF(itg_template_key_get(fx.itg, key, append_key, stream, &fx.failure));
    assert_line("%lld K StringType %lld\n", (long long)key, ROOT);
    TEXT_OF(itg_template_value_each(fx.itg, key, append_value, stream, &fx.failure));
    assert_line("%lld v (described) of %lld K StringType\n", (long long)value, (long long)key);
    assert_ok(itg_template_value_update(fx.itg, value, "w", NULL, &fx.failure));
    assert_ok(itg_template_value_update(fx.itg, value, NULL, "", &fx.failure));
    TEXT_OF(itg_template_value_each(fx.itg, key, append_value, stream, &fx.failure));
    assert_line("%lld w () of %lld K StringType\n", (long long)value, (long long)key);
}
END_TEST

START_TEST(ids_come_from_the_sequence_of_objects)
{
    int64_t next = make_directory(TC_DIR, "next", ITG_ROOT_THINCLIENTS);
    ck_assert_int_eq(key, tc + 1);
    ck_assert_int_eq(value, key + 1);
    ck_assert_int_eq(next, value + 1);
}
END_TEST

START_TEST(types_have_words)
{
    static const char *const words[] = {"", "StringType", "IntegerType", "FloatType", "BooleanType", ""};
    for (int i = 0; i < 6; i++)
        ck_assert_str_eq(itg_template_type_name((itg_template_type_t)i), words[i]);
    for (int i = 1; i < 5; i++)
        ck_assert_int_eq(itg_template_type_from_name(words[i]), i);
    ck_assert_int_eq(itg_template_type_from_name("stringtype"), 0);
    ck_assert_int_eq(itg_template_type_from_name(NULL), 0);
}
END_TEST

START_TEST(values_read_as_their_keys_type)
{
    static const struct {
        itg_template_type_t type;
        const char *good[6], *bad[8];
    } cases[] = {
        {ITG_TEMPLATE_STRING, {"", "x", "\xC3\xA4"}, {"\xFF"}},
        {ITG_TEMPLATE_INTEGER,
         {"0", "-12", "9223372036854775807"},
         {"", "x", "1.5", " 1", "+1", "9223372036854775808", "0x10"}},
        {ITG_TEMPLATE_FLOAT, {"0", "-1.5", "1e-3"}, {"", "x", ".5", "1.", "1e999", "NaN", " 1", "\"1\""}},
        {ITG_TEMPLATE_BOOLEAN, {"true", "false"}, {"", "True", "1", "true "}},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        int64_t id = 0;
        assert_ok(make_key("T", cases[i].type, ROOT, &id));
        for (int k = 0; k < 6 && cases[i].good[k]; k++)
            assert_ok(itg_template_value_create(fx.itg, id, cases[i].good[k], NULL, NULL, &fx.failure));
        for (int k = 0; k < 8 && cases[i].bad[k]; k++)
            assert_refused(itg_template_value_create(fx.itg, id, cases[i].bad[k], NULL, NULL, &fx.failure),
                           ITG_E_INVALID_BODY);
    }
    assert_refused(
        itg_template_value_create(fx.itg, key, repeated("x", ITG_LIMIT_TEXT + 1), NULL, NULL, &fx.failure),
        ITG_E_INVALID_BODY);
    assert_refused(itg_template_value_create(fx.itg, key, "x", "\xFF", NULL, &fx.failure),
                   ITG_E_INVALID_BODY);
    assert_refused(itg_template_value_create(fx.itg, key, NULL, NULL, NULL, &fx.failure), ITG_E_INVALID_BODY);
}
END_TEST

START_TEST(what_keys_refuse)
{
    static const char *const names[] = {"",    " ",    "a}b",  "a{",  "$a",      "a\"",
                                        "a\\", "a\nb", "\xFF", "MAC", "HOSTNAME"};
    int64_t id = 77;
    for (size_t i = 0; i < COUNT_OF(names); i++)
        assert_refused(make_key(names[i], ITG_TEMPLATE_STRING, ROOT, &id), ITG_E_INVALID_BODY);
    assert_refused(make_key(NULL, ITG_TEMPLATE_STRING, ROOT, &id), ITG_E_INVALID_BODY);
    assert_refused(make_key("k", (itg_template_type_t)0, ROOT, &id), ITG_E_INVALID_BODY);
    assert_refused(make_key("k", (itg_template_type_t)5, ROOT, &id), ITG_E_INVALID_BODY);
    assert_refused(make_key("k", ITG_TEMPLATE_STRING, value, &id), ITG_E_PARENT_NOT_FOUND);
    assert_refused(make_key("k", ITG_TEMPLATE_STRING, -1, &id), ITG_E_PARENT_NOT_FOUND);
    ck_assert_int_eq(id, 77);
    assert_refused(itg_template_value_create(fx.itg, dir, "v", NULL, NULL, &fx.failure), ITG_E_NO_HANDLER);
    assert_refused(itg_template_value_update(fx.itg, key, "v", NULL, &fx.failure), ITG_E_NO_HANDLER);
    assert_refused(itg_template_value_delete(fx.itg, key, &fx.failure), ITG_E_NO_HANDLER);
    assert_refused(itg_template_key_delete(fx.itg, value, &fx.failure), ITG_E_NO_HANDLER);
    assert_code(itg_template_key_get(fx.itg, value, append_key, NULL, &fx.failure), ITG_E_NO_HANDLER);
    assert_code(itg_template_value_each(fx.itg, value, append_value, NULL, &fx.failure), ITG_E_NO_HANDLER);
    assert_code(itg_template_value_each(fx.itg, key, NULL, NULL, &fx.failure), ITG_E_INVALID_BODY);
    assert_code(itg_template_key_each(fx.itg, 0, NULL, NULL, &fx.failure), ITG_E_INVALID_BODY);
    assert_code(itg_template_key_get(fx.itg, key, NULL, NULL, &fx.failure), ITG_E_INVALID_BODY);
}
END_TEST

/* K - L - N: without L, N lies below K. */
START_TEST(keys_below_a_deleted_one_go_to_its_parent)
{
    int64_t l = 0, n = 0;
    char wanted[128];
    assert_ok(make_key("L", ITG_TEMPLATE_FLOAT, key, &l));
    assert_ok(make_key("N", ITG_TEMPLATE_BOOLEAN, l, &n));
    assert_ok(itg_template_key_delete(fx.itg, l, &fx.failure));
    TEXT_OF(itg_template_key_each(fx.itg, key, append_key, stream, &fx.failure));
    snprintf(wanted, sizeof wanted, "%lld N BooleanType %lld\n", (long long)n, (long long)key);
    ck_assert_str_eq(text, wanted);
    assert_ok(itg_template_key_delete(fx.itg, key, &fx.failure));
    TEXT_OF(itg_template_key_each(fx.itg, 0, append_key, stream, &fx.failure));
    snprintf(wanted, sizeof wanted, "%lld N BooleanType %lld\n", (long long)n, (long long)ROOT);
    ck_assert_str_eq(text, wanted);
}
END_TEST

static itg_error_t assign(int64_t receiver, itg_type_t type, int64_t of_key, int64_t of_value)
{
    const itg_template_assignment_t a = {receiver, type, of_key, of_value};
    return itg_template_assign(fx.itg, &a, 1, &fx.failure);
}

START_TEST(a_receiver_has_one_value_of_a_key)
{
    int64_t other = 0;
    assert_ok(itg_template_value_create(fx.itg, key, "w", NULL, &other, &fx.failure));
    assert_ok(assign(tc, TC, key, value));
    assert_ok(assign(tc, TC, key, other));
    TEXT_OF(itg_template_assignments(fx.itg, TC, tc, append_assignment, stream, &fx.failure));
    ck_assert_ptr_nonnull(strchr(text, '\n'));
    ck_assert_str_eq(strchr(text, '\n'), "\n");
    char wanted[64];
    snprintf(wanted, sizeof wanted, "%lld:tc=%lld,%lld\n", (long long)tc, (long long)key, (long long)other);
    ck_assert_str_eq(text, wanted);
    assert_ok(itg_template_unassign(fx.itg, tc, key, &fx.failure));
    assert_refused(itg_template_unassign(fx.itg, tc, key, &fx.failure), ITG_E_INVALID_ASSIGNMENT);
}
END_TEST

START_TEST(what_assign_refuses)
{
    int64_t other_key = 0, other_value = 0,
            profile = make_profile(ITG_TYPE_PROFILE, "p", ITG_ROOT_PROFILES, 1);
    assert_ok(make_key("L", ITG_TEMPLATE_STRING, ROOT, &other_key));
    assert_ok(itg_template_value_create(fx.itg, other_key, "v", NULL, &other_value, &fx.failure));
    assert_refused(assign(tc, TC, key, other_value), ITG_E_INVALID_BODY);
    assert_refused(assign(tc, TC, key, 4711), ITG_E_INVALID_BODY);
    assert_refused(assign(tc, TC, 4711, value), ITG_E_INVALID_BODY);
    assert_refused(assign(4711, TC, key, value), ITG_E_THINCLIENT_NOT_FOUND);
    assert_refused(assign(dir, TC, key, value), ITG_E_THINCLIENT_NOT_FOUND);
    assert_refused(assign(tc, TC_DIR, key, value), ITG_E_DIRECTORY_NOT_FOUND);
    assert_refused(assign(ITG_ROOT_THINCLIENTS, TC_DIR, key, value), ITG_E_INVALID_RECEIVER);
    assert_refused(assign(profile, ITG_TYPE_PROFILE, key, value), ITG_E_INVALID_RECEIVER);
    assert_refused(itg_template_assign(fx.itg, NULL, 1, &fx.failure), ITG_E_INVALID_BODY);
    assert_ok(itg_template_assign(fx.itg, NULL, 0, &fx.failure));
    const itg_template_assignment_t half[] = {{tc, TC, key, value}, {tc, TC, key, 4711}};
    assert_refused(itg_template_assign(fx.itg, half, 2, &fx.failure), ITG_E_INVALID_BODY);
    assert_ok(itg_bin_put(fx.itg, TC_DIR, dir, &fx.failure));
    assert_refused(assign(tc, TC, key, value), ITG_E_THINCLIENT_IN_BIN);
    assert_refused(assign(dir, TC_DIR, key, value), ITG_E_DIRECTORY_IN_BIN);
    assert_code(itg_template_assignments(fx.itg, TC, dir, append_assignment, NULL, &fx.failure),
                ITG_E_THINCLIENT_NOT_FOUND);
    assert_code(
        itg_template_assignments(fx.itg, ITG_TYPE_PROFILE, profile, append_assignment, NULL, &fx.failure),
        ITG_E_OBJECT_TYPE);
}
END_TEST

START_TEST(what_is_deleted_takes_its_assignments_along)
{
    assert_ok(assign(tc, TC, key, value));
    assert_ok(assign(dir, TC_DIR, key, value));
    assert_ok(itg_template_value_delete(fx.itg, value, &fx.failure));
    TEXT_OF(itg_template_assignments(fx.itg, TC, tc, append_assignment, stream, &fx.failure));
    ck_assert_str_eq(text, "");
    assert_ok(itg_template_value_create(fx.itg, key, "again", NULL, &value, &fx.failure));
    assert_ok(assign(tc, TC, key, value));
    assert_ok(assign(dir, TC_DIR, key, value));
    assert_ok(itg_thinclient_delete(fx.itg, tc, &fx.failure));
    assert_ok(itg_directory_delete(fx.itg, TC_DIR, dir, &fx.failure));
    assert_ok(itg_template_key_delete(fx.itg, key, &fx.failure));
}
END_TEST

SUITE("template", with_key, keys_and_values_are_kept, ids_come_from_the_sequence_of_objects, types_have_words,
      values_read_as_their_keys_type, what_keys_refuse, keys_below_a_deleted_one_go_to_its_parent,
      a_receiver_has_one_value_of_a_key, what_assign_refuses, what_is_deleted_takes_its_assignments_along)
