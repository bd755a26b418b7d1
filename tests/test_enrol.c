/* Enrolment keys, the policy, tokens. */
#include "core/core.h"
#include "fixture.h"
#include <itg/agent.h>
#include <stdio.h>
#include <string.h>

static char key[ITG_ENROLMENT_KEY_SIZE];

START_TEST(a_fleet_asks_for_a_key_until_told_otherwise)
{
    itg_enrolment_t policy = ITG_ENROLMENT_OPEN;
    assert_ok(itg_enrolment_get(fx.itg, &policy, &fx.failure));
    ck_assert_int_eq(policy, ITG_ENROLMENT_KEY);
    assert_ok(itg_enrolment_set(fx.itg, ITG_ENROLMENT_CLOSED, &fx.failure));
    assert_ok(itg_enrolment_get(fx.itg, &policy, &fx.failure));
    ck_assert_int_eq(policy, ITG_ENROLMENT_CLOSED);
    assert_refused(itg_enrolment_set(fx.itg, (itg_enrolment_t)3, &fx.failure), ITG_E_INVALID_BODY);
    assert_refused(itg_enrolment_get(fx.itg, NULL, &fx.failure), ITG_E_INVALID_BODY);
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(itg_enrolment_from_name(itg_enrolment_name((itg_enrolment_t)i)), i);
    ck_assert_int_eq(itg_enrolment_from_name("opened"), -1);
    ck_assert_int_eq(itg_enrolment_from_name(NULL), -1);
    ck_assert_str_eq(itg_enrolment_name((itg_enrolment_t)7), "");
}
END_TEST

struct keys {
    int count;
    itg_enrolment_key_t last;
    char name[64];
};

static int32_t note_key(void *ctx, const itg_enrolment_key_t *one)
{
    struct keys *keys = ctx;
    keys->count++;
    keys->last = *one;
    snprintf(keys->name, sizeof keys->name, "%s", one->name);
    return 0;
}

START_TEST(a_key_is_made_listed_and_deleted)
{
    struct keys keys = {0};
    int64_t id = 0, directory = make_directory(ITG_TYPE_THINCLIENT_DIRECTORY, "d", ITG_ROOT_THINCLIENTS);
    assert_ok(
        itg_enrolment_key_create(fx.itg, "rollout", fx.now_ms + 1, 3, directory, key, &id, &fx.failure));
    ck_assert_uint_eq(strlen(key), 43);
    assert_ok(itg_enrolment_key_each(fx.itg, note_key, &keys, &fx.failure));
    ck_assert_int_eq(keys.count, 1);
    ck_assert_str_eq(keys.name, "rollout");
    ck_assert_int_eq(keys.last.id, id);
    ck_assert_int_eq(keys.last.created_ms, fx.now_ms);
    ck_assert_int_eq(keys.last.expires_ms, fx.now_ms + 1);
    ck_assert_int_eq(keys.last.uses_left, 3);
    ck_assert_int_eq(keys.last.directory_id, directory);
    /* Without its directory it files into the root. */
    assert_ok(itg_directory_delete(fx.itg, ITG_TYPE_THINCLIENT_DIRECTORY, directory, &fx.failure));
    assert_ok(itg_enrolment_key_each(fx.itg, note_key, &keys, &fx.failure));
    ck_assert_int_eq(keys.last.directory_id, ITG_ROOT_THINCLIENTS);
    assert_ok(itg_enrolment_key_delete(fx.itg, id, &fx.failure));
    assert_refused(itg_enrolment_key_delete(fx.itg, id, &fx.failure), ITG_E_NO_HANDLER);
    assert_refused(itg_enrolment_key_each(fx.itg, NULL, NULL, &fx.failure), ITG_E_INVALID_BODY);
}
END_TEST

START_TEST(keys_that_make_no_sense_are_refused)
{
    int64_t root = ITG_ROOT_THINCLIENTS, id = 5;
    strcpy(key, "untouched");
    assert_refused(itg_enrolment_key_create(fx.itg, "", 0, -1, root, key, &id, &fx.failure),
                   ITG_E_INVALID_NAME);
    assert_refused(itg_enrolment_key_create(fx.itg, NULL, 0, -1, root, key, &id, &fx.failure),
                   ITG_E_INVALID_NAME);
    assert_refused(itg_enrolment_key_create(fx.itg, "k", fx.now_ms, -1, root, key, &id, &fx.failure),
                   ITG_E_INVALID_BODY);
    assert_refused(itg_enrolment_key_create(fx.itg, "k", 0, 0, root, key, &id, &fx.failure),
                   ITG_E_INVALID_BODY);
    assert_refused(itg_enrolment_key_create(fx.itg, "k", 0, -2, root, key, &id, &fx.failure),
                   ITG_E_INVALID_BODY);
    assert_refused(itg_enrolment_key_create(fx.itg, "k", 0, 1, 99, key, &id, &fx.failure),
                   ITG_E_DIRECTORY_NOT_FOUND);
    assert_refused(itg_enrolment_key_create(fx.itg, "k", 0, 1, root, NULL, &id, &fx.failure),
                   ITG_E_INVALID_BODY);
    int64_t directory = make_directory(ITG_TYPE_THINCLIENT_DIRECTORY, "d", root);
    assert_ok(itg_bin_put(fx.itg, ITG_TYPE_THINCLIENT_DIRECTORY, directory, &fx.failure));
    assert_refused(itg_enrolment_key_create(fx.itg, "k", 0, 1, directory, key, &id, &fx.failure),
                   ITG_E_DIRECTORY_IN_BIN);
    ck_assert_str_eq(key, "untouched");
    ck_assert_int_eq(id, 5);
}
END_TEST

START_TEST(keys_and_the_policy_are_for_administrators)
{
    itg_t *own = NULL;
    int64_t id = 0;
    assert_ok(itg_user_create(fx.itg, "op", ITG_ROLE_OPERATOR, "correct horse", NULL, &fx.failure));
    assert_ok(itg_as(fx.itg, "op", &own, &fx.failure));
    assert_refused(itg_enrolment_set(own, ITG_ENROLMENT_OPEN, &fx.failure), ITG_E_ACCESS_DENIED);
    assert_refused(itg_enrolment_key_create(own, "k", 0, 1, ITG_ROOT_THINCLIENTS, key, &id, &fx.failure),
                   ITG_E_ACCESS_DENIED);
    assert_refused(itg_enrolment_key_delete(own, 1, &fx.failure), ITG_E_ACCESS_DENIED);
    assert_refused(itg_enrolment_key_each(own, note_key, NULL, &fx.failure), ITG_E_ACCESS_DENIED);
    itg_close(own);
}
END_TEST

/* What is in the file tells nobody a key. */
START_TEST(only_hashes_are_kept)
{
    struct itg__tx tx;
    bool found = true;
    int64_t id = 0;
    assert_ok(itg_enrolment_key_create(fx.itg, "k", 0, -1, ITG_ROOT_THINCLIENTS, key, NULL, &fx.failure));
    assert_ok(itg__begin_read(fx.itg, "test", ITG__RIGHT_READ, &tx, &fx.failure));
    assert_ok(itg__end(&tx, itg__lookup(&tx, &found, &id,
                                        "SELECT id FROM enrolment_key WHERE hash = $1 OR name = $1"
                                        " OR length(hash) <> 64",
                                        "s", key)));
    ck_assert(!found);
}
END_TEST

START_TEST(a_token_of_nobody_cannot_be_revoked)
{
    assert_refused(itg_token_revoke(fx.itg, 12, &fx.failure), ITG_E_THINCLIENT_NOT_FOUND);
    int64_t id = make_thinclient("00E0C5000001", ITG_ROOT_THINCLIENTS, make_firmware("1"));
    assert_ok(itg_token_revoke(fx.itg, id, &fx.failure));
}
END_TEST

SUITE("enrol", fixture_memory, a_fleet_asks_for_a_key_until_told_otherwise, a_key_is_made_listed_and_deleted,
      keys_that_make_no_sense_are_refused, keys_and_the_policy_are_for_administrators, only_hashes_are_kept,
      a_token_of_nobody_cannot_be_revoked)
