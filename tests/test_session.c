/* Sessions and passwords given with each request. A second handle on the same file stands for another
 * process. */
#include "core/password.h"
#include "core/session.h"
#include "fixture.h"
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MINUTE   ((int64_t)60 * 1000)
#define LIFETIME (30 * MINUTE)

static const char password[] = "correct horse";
static itg_t *other; /* the other process */

static void make_user(const char *name)
{
    assert_ok(itg_user_create(fx.itg, name, ITG_ROLE_ADMINISTRATOR, password, NULL, &fx.failure));
}

static void setup(void)
{
    fixture_file();
    make_user("ada");
}

/* Cases with another process begin and end with these. */
static void start_other(void)
{
    itg_options_t options = fixture_options();
    assert_ok(itg_open(fx.path, &options, &other, &fx.failure));
}

static void stop_other(void)
{
    itg_close(other);
}

static char id[ITG_SESSION_ID_LENGTH + 1];

static void login(void)
{
    assert_ok(itg_login(fx.itg, "ada", password, id, &fx.failure));
}

static itg_error_t use(itg_t *itg)
{
    itg_t *user = NULL;
    itg_error_t err = itg_session_use(itg, id, &user, &fx.failure);
    ck_assert_int_eq(err == ITG_OK, user != NULL);
    itg_close(user);
    return err;
}

static itg_error_t use_password(itg_t *itg, const char *name, const char *word)
{
    itg_t *user = NULL;
    itg_error_t err = itg_password_use(itg, name, word, &user, &fx.failure);
    ck_assert_int_eq(err == ITG_OK, user != NULL);
    itg_close(user);
    return err;
}

static int64_t query(const char *sql)
{
    struct itg__tx tx;
    bool found = false;
    int64_t value = -1;
    assert_ok(itg__begin_read(fx.itg, "test", ITG__RIGHT_READ, &tx, &fx.failure));
    assert_ok(itg__end(&tx, itg__lookup(&tx, &found, &value, sql, "")));
    return found ? value : -1;
}

static void reopen(void)
{
    itg_close(fx.itg);
    fx.itg = NULL;
    fixture_open_file();
}

static int64_t hashes(void)
{
    return itg__password_hashes(fx.itg->fleet);
}

/* ---- opening and ending */

START_TEST(a_login_gives_a_fresh_id)
{
    char first[sizeof id];
    login();
    ck_assert_uint_eq(strspn(id, "0123456789ABCDEF"), ITG_SESSION_ID_LENGTH);
    ck_assert_uint_eq(strlen(id), ITG_SESSION_ID_LENGTH);
    memcpy(first, id, sizeof id);
    login();
    ck_assert_str_ne(first, id);
    assert_ok(use(fx.itg));
    memcpy(id, first, sizeof id);
    assert_ok(use(fx.itg));
}
END_TEST

START_TEST(wrong_credentials_are_all_alike)
{
    const char *const pairs[][2] = {{"ada", "correct hors"},
                                    {"ada", ""},
                                    {"Ada", password},
                                    {"bob", password},
                                    {"", ""},
                                    {"ada'--", password},
                                    {"\xFF\xFE", password},
                                    {"ada", "\xFF\xFE"},
                                    {"ada", "correct horse "}};
    for (size_t i = 0; i < COUNT_OF(pairs); i++) {
        itg_error_t err = itg_login(fx.itg, pairs[i][0], pairs[i][1], id, &fx.failure);
        ck_assert_msg(err == ITG_E_INVALID_CREDENTIALS, "pair %zu: %s", i, itg_error_code(err));
        ck_assert_str_eq(fx.failure.message, "Invalid login credentials.");
        ck_assert_str_eq(fx.failure.detail, "");
        ck_assert_str_eq(fx.failure.trace, "[itg_login]");
        itg_failure_clear(&fx.failure);
        assert_code(use_password(fx.itg, pairs[i][0], pairs[i][1]), ITG_E_INVALID_CREDENTIALS);
    }
    ck_assert_int_eq(query("SELECT count(*) FROM session"), 0);
}
END_TEST

START_TEST(a_logout_ends_the_session)
{
    login();
    assert_ok(itg_logout(fx.itg, id, &fx.failure));
    assert_code(use(fx.itg), ITG_E_SESSION_NOT_FOUND);
    assert_code(itg_logout(fx.itg, id, &fx.failure), ITG_E_SESSION_NOT_FOUND);
}
END_TEST

START_TEST(an_expired_session_cannot_be_ended)
{
    login();
    fx.now_ms += LIFETIME;
    assert_code(itg_logout(fx.itg, id, &fx.failure), ITG_E_SESSION_NOT_FOUND);
}
END_TEST

START_TEST(strange_ids_are_told_in_the_message)
{
    const char *const ids[][2] = {
        {"", "No session found for requested session ID <>."},
        {"0123456789ABCDEF0123456789ABCDEF", NULL},
        {"0123456789abcdef0123456789abcdef", NULL},
        {"' OR 1=1 --%s<>", NULL},
        {"\xC3\xA4", NULL},
        {"a\xFFz", "No session found for requested session ID <a?z>."},
        {"0123456789012345678901234567890123456789012345678901234567890123456789",
         "No session found for requested session ID "
         "<0123456789012345678901234567890123456789012345678901234567890123>."},
        {"012345678901234567890123456789012345678901234567890123456789012\xC3\xA4xx",
         "No session found for requested session ID "
         "<012345678901234567890123456789012345678901234567890123456789012>."},
    };
    char expected[256];
    for (size_t i = 0; i < COUNT_OF(ids); i++) {
        itg_t *user = NULL;
        snprintf(expected, sizeof expected, "No session found for requested session ID <%s>.", ids[i][0]);
        itg_error_t err = itg_session_use(fx.itg, ids[i][0], &user, &fx.failure);
        ck_assert_int_eq((int)err, (int)ITG_E_SESSION_NOT_FOUND);
        ck_assert_str_eq(fx.failure.message, ids[i][1] ? ids[i][1] : expected);
        ck_assert_str_eq(fx.failure.trace, "[itg_session_use]");
        itg_failure_clear(&fx.failure);
        assert_code(itg_logout(fx.itg, ids[i][0], &fx.failure), ITG_E_SESSION_NOT_FOUND);
    }
}
END_TEST

START_TEST(null_is_refused)
{
    itg_t *user = NULL;
    assert_code(itg_login(fx.itg, NULL, password, id, &fx.failure), ITG_E_INVALID_BODY);
    assert_code(itg_login(fx.itg, "ada", NULL, id, &fx.failure), ITG_E_INVALID_BODY);
    assert_code(itg_login(fx.itg, "ada", password, NULL, &fx.failure), ITG_E_INVALID_BODY);
    assert_code(itg_logout(fx.itg, NULL, &fx.failure), ITG_E_INVALID_BODY);
    assert_code(itg_session_use(fx.itg, NULL, &user, &fx.failure), ITG_E_INVALID_BODY);
    assert_code(itg_session_use(fx.itg, id, NULL, &fx.failure), ITG_E_INVALID_BODY);
    assert_code(itg_password_use(fx.itg, NULL, password, &user, &fx.failure), ITG_E_INVALID_BODY);
    assert_code(itg_password_use(fx.itg, "ada", NULL, &user, &fx.failure), ITG_E_INVALID_BODY);
    assert_code(itg_password_use(fx.itg, "ada", password, NULL, &fx.failure), ITG_E_INVALID_BODY);
}
END_TEST

START_TEST(a_session_acts_as_its_user)
{
    itg_t *user = NULL;
    assert_ok(itg_user_create(fx.itg, "vera", ITG_ROLE_VIEWER, password, NULL, &fx.failure));
    assert_ok(itg_login(fx.itg, "vera", password, id, &fx.failure));
    assert_ok(itg_session_use(fx.itg, id, &user, &fx.failure));
    assert_code(itg_directory_create(user, ITG_TYPE_THINCLIENT_DIRECTORY, "d", ITG_ROOT_THINCLIENTS, NULL,
                                     &fx.failure),
                ITG_E_ACCESS_DENIED);
    /* No right is needed to become somebody else, only the password. */
    assert_ok(itg_login(user, "ada", password, id, &fx.failure));
    itg_close(user);
    assert_ok(itg_session_use(fx.itg, id, &user, &fx.failure));
    assert_ok(itg_directory_create(user, ITG_TYPE_THINCLIENT_DIRECTORY, "d", ITG_ROOT_THINCLIENTS, NULL,
                                   &fx.failure));
    itg_close(user);
}
END_TEST

static bool file_holds(const char *path, const char *text)
{
    static char buf[1 << 20];
    FILE *file = fopen(path, "rb");
    if (!file)
        return false;
    size_t length = fread(buf, 1, sizeof buf, file);
    fclose(file);
    return memmem(buf, length, text, strlen(text)) != NULL;
}

START_TEST(secrets_are_not_in_the_file)
{
    char wal[sizeof fx.path + 8];
    login();
    snprintf(wal, sizeof wal, "%s-wal", fx.path);
    ck_assert(file_holds(fx.path, "ada") || file_holds(wal, "ada"));
    ck_assert(!file_holds(fx.path, id) && !file_holds(wal, id));
    ck_assert(!file_holds(fx.path, password) && !file_holds(wal, password));
}
END_TEST

/* ---- how long */

START_TEST(a_session_lasts_its_lifetime_to_the_millisecond)
{
    login();
    fx.now_ms += LIFETIME - 1;
    assert_ok(use(fx.itg));
    fx.now_ms += LIFETIME - 1;
    assert_ok(use(fx.itg));
    fx.now_ms += LIFETIME;
    assert_code(use(fx.itg), ITG_E_SESSION_NOT_FOUND);
    fx.now_ms -= 1;
    assert_ok(use(fx.itg));
}
END_TEST

START_TEST(every_use_restarts_the_lifetime)
{
    login();
    for (int i = 0; i < 400; i++) {
        fx.now_ms += 13 * 1000;
        assert_ok(use(fx.itg));
    }
    fx.now_ms += LIFETIME - 1;
    ck_assert_int_ge(fx.now_ms, FIXTURE_START_MS + 400 * 13 * 1000 + LIFETIME - 1);
    assert_ok(use(fx.itg));
    fx.now_ms += LIFETIME;
    assert_code(use(fx.itg), ITG_E_SESSION_NOT_FOUND);
}
END_TEST

START_TEST(rows_are_written_once_a_step)
{
    int writes = 0;
    login();
    int64_t row = query("SELECT expires FROM session");
    ck_assert_int_eq(row, FIXTURE_START_MS + LIFETIME);
    for (int i = 0; i < 600; i++) {
        fx.now_ms += 1000;
        assert_ok(use(fx.itg));
        int64_t now = query("SELECT expires FROM session");
        writes += now != row;
        row = now;
        ck_assert_int_ge(row, fx.now_ms + LIFETIME - MINUTE);
    }
    ck_assert_int_ge(writes, 9);
    ck_assert_int_le(writes, 10);
}
END_TEST

START_TEST(a_session_lasts_over_a_restart)
{
    login();
    fx.now_ms += MINUTE / 2; /* too little for its row to be written at once */
    assert_ok(use(fx.itg));
    ck_assert_int_eq(query("SELECT expires FROM session"), FIXTURE_START_MS + LIFETIME);
    reopen();
    ck_assert_int_eq(query("SELECT expires FROM session"), fx.now_ms + LIFETIME);
    fx.now_ms += LIFETIME - 1;
    assert_ok(use(fx.itg));
    reopen();
    fx.now_ms += LIFETIME;
    assert_code(use(fx.itg), ITG_E_SESSION_NOT_FOUND);
}
END_TEST

START_TEST(a_clock_set_back_harms_nobody)
{
    login();
    fx.now_ms += 10 * MINUTE;
    assert_ok(use(fx.itg));
    fx.now_ms -= 60 * MINUTE;
    assert_ok(use(fx.itg));
    assert_ok(use_password(fx.itg, "ada", password));
}
END_TEST

START_TEST(a_lifetime_can_be_endless)
{
    itg_close(fx.itg);
    fx.itg = NULL;
    itg_options_t options = fixture_options();
    options.session_lifetime_ms = INT64_MAX;
    assert_ok(itg_open(fx.path, &options, &fx.itg, &fx.failure));
    login();
    login(); /* sweeps */
    fx.now_ms += (int64_t)1 << 50;
    assert_ok(use(fx.itg));
    assert_ok(use_password(fx.itg, "ada", password));
}
END_TEST

START_TEST(many_sessions_are_all_exact)
{
    enum { MANY = 300 };
    static char ids[MANY][sizeof id];
    for (int i = 0; i < MANY; i++)
        assert_ok(itg_login(fx.itg, "ada", password, ids[i], &fx.failure));
    fx.now_ms += MINUTE / 2;
    for (int i = 0; i < MANY; i++) {
        memcpy(id, ids[i], sizeof id);
        assert_ok(use(fx.itg));
    }
    fx.now_ms += LIFETIME - 1;
    for (int i = 0; i < MANY; i += 2) {
        memcpy(id, ids[i], sizeof id);
        assert_ok(use(fx.itg));
    }
    fx.now_ms += 1;
    for (int i = 0; i < MANY; i++) {
        memcpy(id, ids[i], sizeof id);
        assert_code(use(fx.itg), i % 2 == 0 ? ITG_OK : ITG_E_SESSION_NOT_FOUND);
    }
}
END_TEST

/* ---- how many */

START_TEST(old_rows_are_swept_by_logins)
{
    login();
    login();
    fx.now_ms += LIFETIME;
    login();
    /* Another process may still know of a later use. */
    ck_assert_int_eq(query("SELECT count(*) FROM session"), 3);
    fx.now_ms += LIFETIME;
    login();
    ck_assert_int_eq(query("SELECT count(*) FROM session"), 2);
}
END_TEST

START_TEST(a_user_has_so_many_sessions)
{
    char first[sizeof id], second[sizeof id], bobs[sizeof id];
    make_user("bob");
    assert_ok(itg_login(fx.itg, "bob", password, bobs, &fx.failure));
    login();
    memcpy(first, id, sizeof id);
    fx.now_ms += 1;
    login();
    memcpy(second, id, sizeof id);
    fx.now_ms += 1;
    assert_ok(itg_begin(fx.itg, &fx.failure)); /* one sync of the disk for all */
    for (int i = 2; i < ITG__LIMIT_SESSIONS; i++)
        login();
    assert_ok(itg_commit(fx.itg, &fx.failure));
    fx.now_ms += 2 * MINUTE;
    memcpy(id, first, sizeof id);
    assert_ok(use(fx.itg)); /* now it is the second that was not used for longest */
    login();
    ck_assert_int_eq(query("SELECT count(*) FROM session WHERE account_id = 1"), ITG__LIMIT_SESSIONS);
    memcpy(id, second, sizeof id);
    assert_code(use(fx.itg), ITG_E_SESSION_NOT_FOUND);
    memcpy(id, first, sizeof id);
    assert_ok(use(fx.itg));
    memcpy(id, bobs, sizeof id);
    assert_ok(use(fx.itg));
}
END_TEST

/* ---- changes to the user */

START_TEST(a_new_password_ends_the_sessions)
{
    login();
    make_user("bob");
    char bobs[sizeof id];
    assert_ok(itg_login(fx.itg, "bob", password, bobs, &fx.failure));
    assert_ok(use(fx.itg));
    assert_ok(itg_user_set_password(fx.itg, "ada", "another password", &fx.failure));
    assert_code(use(fx.itg), ITG_E_SESSION_NOT_FOUND);
    assert_code(itg_login(fx.itg, "ada", password, id, &fx.failure), ITG_E_INVALID_CREDENTIALS);
    assert_ok(itg_login(fx.itg, "ada", "another password", id, &fx.failure));
    memcpy(id, bobs, sizeof id);
    assert_ok(use(fx.itg));
}
END_TEST

START_TEST(sessions_of_a_deleted_user_say_so_until_they_expire)
{
    make_user("bob");
    assert_ok(itg_login(fx.itg, "bob", password, id, &fx.failure));
    fx.now_ms += MINUTE / 2;
    assert_ok(use(fx.itg));
    assert_ok(itg_user_delete(fx.itg, "bob", &fx.failure));
    fx.now_ms += LIFETIME - 1;
    assert_code(use(fx.itg), ITG_E_NO_USER);
    assert_code(use(fx.itg), ITG_E_NO_USER);
    fx.now_ms += 1; /* asking did not prolong it */
    assert_code(use(fx.itg), ITG_E_SESSION_NOT_FOUND);
    /* A new user of that name has nothing to do with it. */
    fx.now_ms -= 1;
    make_user("bob");
    assert_code(use(fx.itg), ITG_E_NO_USER);
}
END_TEST

/* ---- another process */

START_TEST(another_process_knows_the_session)
{
    start_other();
    login();
    assert_ok(use(other));
    assert_ok(itg_logout(other, id, &fx.failure));
    assert_code(use(fx.itg), ITG_E_SESSION_NOT_FOUND);
    stop_other();
}
END_TEST

START_TEST(another_process_prolongs_the_session)
{
    start_other();
    login();
    assert_ok(use(fx.itg));
    fx.now_ms += 20 * MINUTE;
    assert_ok(use(other));
    fx.now_ms += 20 * MINUTE;
    assert_ok(use(fx.itg));
    fx.now_ms += 20 * MINUTE;
    assert_ok(use(other));
    stop_other();
}
END_TEST

START_TEST(another_process_changes_the_user)
{
    start_other();
    login();
    assert_ok(use(fx.itg));
    assert_ok(use_password(fx.itg, "ada", password));
    assert_ok(itg_user_set_password(other, "ada", "another password", &fx.failure));
    assert_code(use(fx.itg), ITG_E_SESSION_NOT_FOUND);
    assert_code(use_password(fx.itg, "ada", password), ITG_E_INVALID_CREDENTIALS);
    assert_ok(use_password(fx.itg, "ada", "another password"));
    stop_other();
}
END_TEST

/* A clock that has the other process change the password when it is read for the first time. */
static int64_t changing_now(void *ctx)
{
    bool *changed = ctx;
    if (!*changed) {
        *changed = true;
        assert_ok(itg_user_set_password(other, "ada", "another password", &fx.failure));
    }
    return fx.now_ms;
}

START_TEST(a_password_changed_during_the_login_counts)
{
    bool changed = false;
    itg_clock_t clock = {.size = sizeof clock, .now_ms = changing_now, .ctx = &changed};
    itg_options_t options = fixture_options();
    itg_t *itg = NULL;
    start_other();
    options.clock = &clock;
    assert_ok(itg_open(fx.path, &options, &itg, &fx.failure));
    assert_code(itg_login(itg, "ada", password, id, &fx.failure), ITG_E_INVALID_CREDENTIALS);
    ck_assert(changed);
    assert_ok(itg_login(itg, "ada", "another password", id, &fx.failure));
    itg_close(itg);
    stop_other();
}
END_TEST

static int64_t monotonic_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

START_TEST(a_busy_writer_does_not_hold_requests_up)
{
    start_other();
    login();
    assert_ok(itg_begin(other, &fx.failure));
    int64_t started = monotonic_ms();
    fx.now_ms += 10 * MINUTE;
    for (int i = 0; i < 100; i++)
        assert_ok(use(fx.itg));
    ck_assert_int_lt(monotonic_ms() - started, 5000); /* the busy timeout is 10,000 */
    assert_ok(itg_rollback(other, &fx.failure));
    /* The row follows with the first use a step later. */
    assert_ok(use(fx.itg));
    ck_assert_int_eq(query("SELECT expires FROM session"), FIXTURE_START_MS + LIFETIME);
    fx.now_ms += MINUTE;
    assert_ok(use(fx.itg));
    ck_assert_int_eq(query("SELECT expires FROM session"), fx.now_ms + LIFETIME);
    stop_other();
}
END_TEST

/* ---- passwords given with each request */

START_TEST(a_password_is_hashed_once_a_lifetime)
{
    int64_t before = hashes();
    for (int i = 0; i < 20; i++) {
        assert_ok(use_password(fx.itg, "ada", password));
        fx.now_ms += MINUTE;
    }
    ck_assert_int_eq(hashes(), before + 1);
    fx.now_ms += 10 * MINUTE - 1;
    assert_ok(use_password(fx.itg, "ada", password));
    ck_assert_int_eq(hashes(), before + 1);
    fx.now_ms += 1;
    assert_ok(use_password(fx.itg, "ada", password));
    ck_assert_int_eq(hashes(), before + 2);
}
END_TEST

START_TEST(wrong_passwords_are_not_remembered)
{
    int64_t before = hashes();
    assert_ok(use_password(fx.itg, "ada", password));
    for (int i = 0; i < 3; i++)
        assert_code(use_password(fx.itg, "ada", "wrong password"), ITG_E_INVALID_CREDENTIALS);
    assert_code(use_password(fx.itg, "adac", "orrect horse"), ITG_E_INVALID_CREDENTIALS);
    assert_code(use_password(fx.itg, "bob", password), ITG_E_INVALID_CREDENTIALS);
    ck_assert_int_eq(hashes(), before + 6);
}
END_TEST

START_TEST(a_remembered_password_ends_with_its_user)
{
    make_user("bob");
    assert_ok(use_password(fx.itg, "bob", password));
    assert_ok(itg_user_delete(fx.itg, "bob", &fx.failure));
    assert_code(use_password(fx.itg, "bob", password), ITG_E_INVALID_CREDENTIALS);
    assert_ok(itg_user_create(fx.itg, "bob", ITG_ROLE_VIEWER, "another password", NULL, &fx.failure));
    assert_code(use_password(fx.itg, "bob", password), ITG_E_INVALID_CREDENTIALS);
    assert_ok(use_password(fx.itg, "bob", "another password"));
}
END_TEST

START_TEST(many_passwords_are_remembered)
{
    enum { MANY = 16 };
    char name[16];
    int64_t before;
    for (int i = 0; i < MANY; i++) {
        snprintf(name, sizeof name, "user%d", i);
        make_user(name);
    }
    before = hashes();
    for (int round = 0; round < 3; round++)
        for (int i = 0; i < MANY; i++) {
            snprintf(name, sizeof name, "user%d", i);
            assert_ok(use_password(fx.itg, name, password));
        }
    ck_assert_int_eq(hashes(), before + MANY);
}
END_TEST

static void *use_password_at_once(void *ctx)
{
    pthread_barrier_t *start = ctx;
    itg_t *user = NULL;
    pthread_barrier_wait(start);
    itg_error_t err = itg_password_use(fx.itg, "ada", password, &user, NULL);
    itg_close(user);
    return err ? ctx : NULL;
}

START_TEST(first_uses_at_once_are_hashed_once)
{
    enum { THREADS = 8 };
    pthread_t threads[THREADS];
    pthread_barrier_t start;
    int64_t before = hashes();
    pthread_barrier_init(&start, NULL, THREADS);
    for (int i = 0; i < THREADS; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, use_password_at_once, &start), 0);
    for (int i = 0; i < THREADS; i++) {
        void *failed = NULL;
        pthread_join(threads[i], &failed);
        ck_assert_ptr_null(failed);
    }
    pthread_barrier_destroy(&start);
    ck_assert_int_eq(hashes(), before + 1);
}
END_TEST

static void *use_often(void *ctx)
{
    for (int i = 0; i < 200; i++) {
        itg_t *user = NULL;
        if (itg_session_use(fx.itg, id, &user, NULL) != ITG_OK)
            return ctx;
        itg_close(user);
        __atomic_add_fetch(&fx.now_ms, 997, __ATOMIC_RELAXED);
    }
    return NULL;
}

START_TEST(many_threads_use_one_session)
{
    enum { THREADS = 4 };
    pthread_t threads[THREADS];
    login();
    for (int i = 0; i < THREADS; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, use_often, &fx), 0);
    for (int i = 0; i < THREADS; i++) {
        void *failed = NULL;
        pthread_join(threads[i], &failed);
        ck_assert_ptr_null(failed);
    }
    ck_assert_int_ge(query("SELECT expires FROM session"), fx.now_ms + LIFETIME - 2 * MINUTE);
}
END_TEST

SUITE("session", setup, a_login_gives_a_fresh_id, wrong_credentials_are_all_alike, a_logout_ends_the_session,
      an_expired_session_cannot_be_ended, strange_ids_are_told_in_the_message, null_is_refused,
      a_session_acts_as_its_user, secrets_are_not_in_the_file,
      a_session_lasts_its_lifetime_to_the_millisecond, every_use_restarts_the_lifetime,
      rows_are_written_once_a_step, a_session_lasts_over_a_restart, a_clock_set_back_harms_nobody,
      a_lifetime_can_be_endless, many_sessions_are_all_exact, old_rows_are_swept_by_logins,
      a_user_has_so_many_sessions, a_new_password_ends_the_sessions,
      sessions_of_a_deleted_user_say_so_until_they_expire, another_process_knows_the_session,
      another_process_prolongs_the_session, another_process_changes_the_user,
      a_password_changed_during_the_login_counts, a_busy_writer_does_not_hold_requests_up,
      a_password_is_hashed_once_a_lifetime, wrong_passwords_are_not_remembered,
      a_remembered_password_ends_with_its_user, many_passwords_are_remembered,
      first_uses_at_once_are_hashed_once, many_threads_use_one_session)
