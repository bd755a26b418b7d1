/* Upkeep: what itg_step() removes, and when it wants to be called again. */
#include "core/core.h"
#include "fixture.h"
#include <stdio.h>

#define MINUTE   ((int64_t)60 * 1000)
#define LONGEST  ((int64_t)10 * 1000) /* between calls */
#define LIFETIME (30 * MINUTE)        /* of a session */

static void with_user(void)
{
    fixture_memory();
    assert_ok(itg_user_create(fx.itg, "ada", ITG_ROLE_VIEWER, "correct horse", NULL, &fx.failure));
}

static int64_t count(const char *sql)
{
    struct itg__tx tx;
    bool found = false;
    int64_t rows = -1;
    assert_ok(itg__begin_read(fx.itg, "count", ITG__RIGHT_READ, &tx, &fx.failure));
    assert_ok(itg__end(&tx, itg__lookup(&tx, &found, &rows, sql, "")));
    return rows;
}

static int64_t sessions(void)
{
    return count("SELECT count(*) FROM session");
}

static int64_t used_passwords(void)
{
    return count("SELECT count(*) FROM shadow_used");
}

/* Returns what is left to wait. */
static int64_t step(void)
{
    int64_t next_ms = 0;
    assert_ok(itg_step(fx.itg, &next_ms, &fx.failure));
    return next_ms - fx.now_ms;
}

static void login(void)
{
    char id[ITG_SESSION_ID_LENGTH + 1];
    assert_ok(itg_login(fx.itg, "ada", "correct horse", id, &fx.failure));
}

static void use_password(void)
{
    char password[ITG_SHADOW_PASSWORD_SIZE];
    assert_ok(itg_shadow_password(fx.itg, 1, password, &fx.failure));
    assert_ok(itg_shadow_verify(fx.itg, 1, password, &fx.failure));
}

START_TEST(nothing_to_do_is_asked_for_again_in_ten_seconds)
{
    ck_assert_int_eq(step(), LONGEST);
    assert_ok(itg_step(fx.itg, NULL, &fx.failure));
    login();
    ck_assert_int_eq(step(), LONGEST);
    assert_code(itg_step(NULL, NULL, &fx.failure), ITG_E_INVALID_BODY);
}
END_TEST

/* Opened at 0, a session expires after one lifetime; its row goes a lifetime later, at 60 minutes exactly. */
START_TEST(sessions_go_a_lifetime_after_their_end)
{
    login();
    fx.now_ms += 10 * MINUTE;
    login();
    fx.now_ms += 2 * LIFETIME - 10 * MINUTE - 1;
    ck_assert_int_eq(step(), 1);
    ck_assert_int_eq(sessions(), 2);
    fx.now_ms += 1;
    ck_assert_int_eq(step(), LONGEST);
    ck_assert_int_eq(sessions(), 1);
    fx.now_ms += 10 * MINUTE;
    step();
    ck_assert_int_eq(sessions(), 0);
}
END_TEST

START_TEST(a_session_that_is_used_stays)
{
    char id[ITG_SESSION_ID_LENGTH + 1];
    assert_ok(itg_login(fx.itg, "ada", "correct horse", id, &fx.failure));
    for (int i = 0; i < 200; i++) {
        itg_t *user = NULL;
        fx.now_ms += MINUTE;
        step();
        assert_ok(itg_session_use(fx.itg, id, &user, &fx.failure));
        itg_close(user);
    }
    ck_assert_int_eq(sessions(), 1);
}
END_TEST

/* Made at 12:00:00, a password lives for 300 seconds; until then it has to be known as used. */
START_TEST(used_passwords_go_when_they_expire)
{
    make_firmware("1");
    ck_assert_int_eq(make_thinclient("00E0C5000001", -1, 1), 1);
    use_password();
    ck_assert_int_eq(step(), LONGEST);
    fx.now_ms += 5 * MINUTE - 1500;
    ck_assert_int_eq(step(), 1500);
    ck_assert_int_eq(used_passwords(), 1);
    fx.now_ms += 1499;
    ck_assert_int_eq(step(), 1);
    ck_assert_int_eq(used_passwords(), 1);
    fx.now_ms += 1;
    ck_assert_int_eq(step(), LONGEST);
    ck_assert_int_eq(used_passwords(), 0);
}
END_TEST

/* 2,500 rows that are long due: 1,000 a call, and the next one at once until they are gone. */
START_TEST(a_call_does_a_bounded_amount_of_work)
{
    struct itg__tx tx;
    assert_ok(itg__begin_write(fx.itg, "fill", ITG__RIGHT_WRITE, &tx, &fx.failure));
    assert_ok(itg__end(
        &tx, itg__run(&tx,
                      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2500)"
                      " INSERT INTO session(hash, account_id, expires) SELECT 'h' || i, 1, i FROM n",
                      "")));
    ck_assert_int_lt(step(), 0);
    ck_assert_int_eq(sessions(), 1500);
    ck_assert_int_lt(step(), 0);
    ck_assert_int_eq(sessions(), 500);
    ck_assert_int_eq(step(), LONGEST);
    ck_assert_int_eq(sessions(), 0);
}
END_TEST

START_TEST(whoever_calls_it_does_it)
{
    itg_t *viewer = NULL;
    login();
    assert_ok(itg_as(fx.itg, "ada", &viewer, &fx.failure));
    fx.now_ms += 2 * LIFETIME;
    assert_ok(itg_step(viewer, NULL, &fx.failure));
    ck_assert_int_eq(sessions(), 0);
    itg_close(viewer);
}
END_TEST

START_TEST(it_joins_a_group)
{
    login();
    fx.now_ms += 2 * LIFETIME;
    assert_ok(itg_begin(fx.itg, &fx.failure));
    step();
    ck_assert_int_eq(sessions(), 0);
    assert_ok(itg_rollback(fx.itg, &fx.failure));
    ck_assert_int_eq(sessions(), 1);
}
END_TEST

SUITE("step", with_user, nothing_to_do_is_asked_for_again_in_ten_seconds,
      sessions_go_a_lifetime_after_their_end, a_session_that_is_used_stays,
      used_passwords_go_when_they_expire, a_call_does_a_bounded_amount_of_work, whoever_calls_it_does_it,
      it_joins_a_group)
