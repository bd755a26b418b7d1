/* Network adapters, logins, certificates and one-time passwords; and fleet files that carry them. */
#include "fixture.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define PEM "-----BEGIN CERTIFICATE-----\nTUlJQg==\n-----END CERTIFICATE-----\n"

static int64_t make_tc(void)
{
    return make_thinclient("00E0C5000001", ITG_ROOT_THINCLIENTS, make_firmware("11.3.100.1"));
}

static int32_t append_adapter(void *ctx, const itg_adapter_t *a)
{
    char *text = ctx;
    size_t length = strlen(text);
    snprintf(text + length, 4096 - length, "%s|%s|%s|%s;", a->type, a->mac, a->name, a->state);
    return 0;
}

static const char *adapters_of(int64_t tc)
{
    static char text[4096];
    text[0] = '\0';
    assert_ok(itg_thinclient_adapters(fx.itg, tc, append_adapter, text, &fx.failure));
    return text;
}

START_TEST(adapters_are_replaced_as_a_whole)
{
    int64_t tc = make_tc();
    const itg_adapter_t two[] = {{"lan", "00e0c5abcdef", "enp1s0", "up"}, {"wlan", "", "wlp2s0", "down"}};
    assert_ok(itg_thinclient_set_adapters(fx.itg, tc, two, 2, &fx.failure));
    ck_assert_str_eq(adapters_of(tc), "lan|00E0C5ABCDEF|enp1s0|up;wlan||wlp2s0|down;");
    assert_ok(itg_thinclient_set_adapters(fx.itg, tc, two + 1, 1, &fx.failure));
    ck_assert_str_eq(adapters_of(tc), "wlan||wlp2s0|down;");
    assert_ok(itg_thinclient_set_adapters(fx.itg, tc, NULL, 0, &fx.failure));
    ck_assert_str_eq(adapters_of(tc), "");
}
END_TEST

START_TEST(adapters_that_are_none_are_refused)
{
    int64_t tc = make_tc();
    const struct {
        itg_adapter_t adapter;
        itg_error_t code;
    } rows[] = {{{"lan", "00E0C5", "a", "up"}, ITG_E_MAC_LENGTH},
                {{"lan", "00:E0:C5:AB:CD:EF", "a", "up"}, ITG_E_MAC_LENGTH},
                {{"lan", "00E0C5ABCDEG", "a", "up"}, ITG_E_NUMBER_FORMAT},
                {{NULL, "", "a", "up"}, ITG_E_INVALID_BODY},
                {{"lan", NULL, "a", "up"}, ITG_E_INVALID_BODY},
                {{"lan", "", "\xFF", "up"}, ITG_E_INVALID_BODY},
                {{"lan", "", "a", repeated("x", ITG_LIMIT_NAME + 1)}, ITG_E_INVALID_BODY}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const itg_adapter_t list[] = {{"lan", "", "good", "up"}, rows[i].adapter};
        assert_refused(itg_thinclient_set_adapters(fx.itg, tc, list, 2, &fx.failure), rows[i].code);
    }
    itg_adapter_t many[ITG_LIMIT_ADAPTERS + 1];
    for (size_t i = 0; i < COUNT_OF(many); i++)
        many[i] = (itg_adapter_t){"lan", "", "a", "up"};
    assert_refused(itg_thinclient_set_adapters(fx.itg, tc, many, COUNT_OF(many), &fx.failure),
                   ITG_E_INVALID_BODY);
    assert_ok(itg_thinclient_set_adapters(fx.itg, tc, many, ITG_LIMIT_ADAPTERS, &fx.failure));
    assert_code(itg_thinclient_set_adapters(fx.itg, tc, NULL, 1, &fx.failure), ITG_E_INVALID_BODY);
    assert_code(itg_thinclient_set_adapters(fx.itg, 4711, NULL, 0, &fx.failure), ITG_E_THINCLIENT_NOT_FOUND);
    assert_code(itg_thinclient_adapters(fx.itg, 4711, append_adapter, NULL, &fx.failure),
                ITG_E_THINCLIENT_NOT_FOUND);
    assert_code(itg_thinclient_adapters(fx.itg, tc, NULL, NULL, &fx.failure), ITG_E_INVALID_BODY);
    assert_ok(itg_bin_put(fx.itg, ITG_TYPE_THINCLIENT, tc, &fx.failure));
    assert_refused(itg_thinclient_set_adapters(fx.itg, tc, many, 1, &fx.failure), ITG_E_THINCLIENT_IN_BIN);
}
END_TEST

struct logins {
    int count;
    char first[64], last[64];
    int64_t last_logoff_ms;
};

static int32_t take_login(void *ctx, const itg_login_t *login)
{
    struct logins *logins = ctx;
    char *text = logins->count++ == 0 ? logins->first : logins->last;
    snprintf(text, sizeof logins->first, "%s %d %s", login->username, login->result,
             itg_logon_name(login->type));
    if (logins->count == 1)
        memcpy(logins->last, logins->first, sizeof logins->last);
    logins->last_logoff_ms = login->logoff_ms;
    return 0;
}

static struct logins logins_of(int64_t tc)
{
    struct logins logins = {0};
    assert_ok(itg_login_each(fx.itg, tc, take_login, &logins, &fx.failure));
    return logins;
}

START_TEST(the_oldest_logins_are_forgotten)
{
    int64_t tc = make_tc();
    for (int i = 1; i <= ITG_LIMIT_LOGINS + 5; i++) {
        char name[32];
        snprintf(name, sizeof name, "user%d", i);
        assert_ok(itg_login_add(fx.itg, tc, name, i % 7, fx.now_ms, 0, i % 4, &fx.failure));
    }
    /* 105 logins: those from 6 to 105 are left; 6 % 7 = 6, 6 % 4 = 2; 105 % 7 = 0, 105 % 4 = 1. */
    struct logins logins = logins_of(tc);
    ck_assert_int_eq(logins.count, ITG_LIMIT_LOGINS);
    ck_assert_str_eq(logins.first, "user6 6 kerberos");
    ck_assert_str_eq(logins.last, "user105 0 swp");
}
END_TEST

START_TEST(the_latest_login_can_be_ended)
{
    int64_t tc = make_tc();
    assert_ok(itg_login_end(fx.itg, tc, fx.now_ms, &fx.failure));
    assert_ok(itg_login_add(fx.itg, tc, "anna", ITG_LOGIN_FAILED, fx.now_ms, 0, 0, &fx.failure));
    assert_ok(itg_login_end(fx.itg, tc, fx.now_ms + 1000, &fx.failure));
    ck_assert_int_eq(logins_of(tc).last_logoff_ms, 0);
    assert_ok(itg_login_add(fx.itg, tc, "anna", ITG_LOGIN_OK, fx.now_ms, 0, 0, &fx.failure));
    assert_ok(itg_login_end(fx.itg, tc, fx.now_ms + 1000, &fx.failure));
    assert_ok(itg_login_end(fx.itg, tc, fx.now_ms + 2000, &fx.failure));
    ck_assert_int_eq(logins_of(tc).last_logoff_ms, fx.now_ms + 1000);
}
END_TEST

START_TEST(logins_that_are_none_are_refused)
{
    int64_t tc = make_tc(), now = fx.now_ms;
    assert_refused(itg_login_add(fx.itg, tc, NULL, 0, now, 0, 0, &fx.failure), ITG_E_INVALID_BODY);
    assert_refused(itg_login_add(fx.itg, tc, "\xC0", 0, now, 0, 0, &fx.failure), ITG_E_INVALID_BODY);
    assert_refused(itg_login_add(fx.itg, tc, repeated("x", 256), 0, now, 0, 0, &fx.failure),
                   ITG_E_INVALID_BODY);
    assert_refused(itg_login_add(fx.itg, tc, "a", 7, now, 0, 0, &fx.failure), ITG_E_INVALID_BODY);
    assert_refused(itg_login_add(fx.itg, tc, "a", -1, now, 0, 0, &fx.failure), ITG_E_INVALID_BODY);
    assert_refused(itg_login_add(fx.itg, tc, "a", 0, now, 0, 4, &fx.failure), ITG_E_INVALID_BODY);
    assert_refused(itg_login_add(fx.itg, tc, "a", 0, -1, 0, 0, &fx.failure), ITG_E_INVALID_BODY);
    assert_refused(itg_login_add(fx.itg, tc, "a", 0, 1, 0, 0, &fx.failure), ITG_E_INVALID_BODY);
    assert_refused(itg_login_add(fx.itg, tc, "a", 0, now, INT64_MAX, 0, &fx.failure), ITG_E_INVALID_BODY);
    assert_refused(itg_login_end(fx.itg, tc, -5, &fx.failure), ITG_E_INVALID_BODY);
    assert_code(itg_login_add(fx.itg, 4711, "a", 0, now, 0, 0, &fx.failure), ITG_E_THINCLIENT_NOT_FOUND);
    assert_code(itg_login_end(fx.itg, 4711, now, &fx.failure), ITG_E_THINCLIENT_NOT_FOUND);
    assert_code(itg_login_each(fx.itg, 4711, take_login, NULL, &fx.failure), ITG_E_THINCLIENT_NOT_FOUND);
    assert_code(itg_login_each(fx.itg, tc, NULL, NULL, &fx.failure), ITG_E_INVALID_BODY);
    ck_assert_str_eq(itg_logon_name(9), "");
}
END_TEST

START_TEST(certificates_are_pem_or_refused)
{
    int64_t tc = make_tc();
    char buf[ITG_LIMIT_CERTIFICATE + 1] = "x";
    size_t length = 99;
    assert_ok(itg_shadow_certificate(fx.itg, tc, buf, sizeof buf, &length, &fx.failure));
    ck_assert_str_eq(buf, "");
    ck_assert_uint_eq(length, 0);
    assert_ok(itg_shadow_set_certificate(fx.itg, tc, PEM, &fx.failure));
    assert_ok(itg_shadow_certificate(fx.itg, tc, buf, sizeof buf, &length, &fx.failure));
    ck_assert_str_eq(buf, PEM);
    ck_assert_uint_eq(length, strlen(PEM));
    assert_ok(itg_shadow_certificate(fx.itg, tc, buf, 6, &length, &fx.failure));
    ck_assert_str_eq(buf, "-----");
    assert_ok(itg_shadow_certificate(fx.itg, tc, NULL, 0, NULL, &fx.failure));
    assert_ok(itg_shadow_set_certificate(fx.itg, tc, PEM PEM, &fx.failure));
    static const char *const bad[] = {"x",
                                      "-----BEGIN CERTIFICATE-----",
                                      "-----END CERTIFICATE-----",
                                      " " PEM,
                                      PEM "x",
                                      "-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----",
                                      "-----BEGIN CERTIFICATE-----\n\x01\n-----END CERTIFICATE-----",
                                      "-----BEGIN CERTIFICATE-----\n\xC3\xA4\n-----END CERTIFICATE-----"};
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        assert_refused(itg_shadow_set_certificate(fx.itg, tc, bad[i], &fx.failure), ITG_E_INVALID_BODY);
    char *large = calloc(1, ITG_LIMIT_CERTIFICATE + 100);
    strcpy(large, "-----BEGIN CERTIFICATE-----\n");
    memset(large + strlen(large), 'A', ITG_LIMIT_CERTIFICATE - strlen(large) - 26);
    strcat(large, "\n-----END CERTIFICATE-----");
    ck_assert_uint_eq(strlen(large), ITG_LIMIT_CERTIFICATE);
    assert_ok(itg_shadow_set_certificate(fx.itg, tc, large, &fx.failure));
    strcat(large, "\n");
    assert_refused(itg_shadow_set_certificate(fx.itg, tc, large, &fx.failure), ITG_E_INVALID_BODY);
    free(large);
    assert_ok(itg_shadow_set_certificate(fx.itg, tc, "", &fx.failure));
    assert_ok(itg_shadow_certificate(fx.itg, tc, buf, sizeof buf, &length, &fx.failure));
    ck_assert_uint_eq(length, 0);
    assert_code(itg_shadow_set_certificate(fx.itg, tc, NULL, &fx.failure), ITG_E_INVALID_BODY);
    assert_code(itg_shadow_set_certificate(fx.itg, 4711, PEM, &fx.failure), ITG_E_THINCLIENT_NOT_FOUND);
    assert_code(itg_shadow_certificate(fx.itg, 4711, buf, 1, NULL, &fx.failure), ITG_E_THINCLIENT_NOT_FOUND);
    assert_code(itg_shadow_certificate(fx.itg, tc, NULL, 1, NULL, &fx.failure), ITG_E_INVALID_BODY);
}
END_TEST

static bool is_uuid(const char *text)
{
    for (int i = 0; i < 36; i++) {
        bool hyphen = i == 8 || i == 13 || i == 18 || i == 23;
        if (hyphen ? text[i] != '-' : !strchr("0123456789abcdef", text[i]))
            return false;
    }
    return text[36] == '\0' && text[14] == '4' && strchr("89ab", text[19]);
}

START_TEST(a_password_opens_once)
{
    int64_t tc = make_tc();
    char one[ITG_SHADOW_PASSWORD_SIZE], two[ITG_SHADOW_PASSWORD_SIZE];
    assert_ok(itg_shadow_password(fx.itg, tc, one, &fx.failure));
    assert_ok(itg_shadow_password(fx.itg, tc, two, &fx.failure));
    ck_assert(is_uuid(one) && is_uuid(two));
    ck_assert_str_ne(one, two);
    assert_ok(itg_shadow_verify(fx.itg, tc, one, &fx.failure));
    assert_code(itg_shadow_verify(fx.itg, tc, one, &fx.failure), ITG_E_INVALID_CREDENTIALS);
    /* The other one is not used up by that; hex digits of either case are the same. */
    for (char *c = two; *c; c++)
        *c = *c >= 'a' ? (char)(*c - 32) : *c;
    assert_ok(itg_shadow_verify(fx.itg, tc, two, &fx.failure));
    assert_code(itg_shadow_verify(fx.itg, tc, two, &fx.failure), ITG_E_INVALID_CREDENTIALS);
}
END_TEST

START_TEST(a_password_lives_five_minutes)
{
    int64_t tc = make_tc();
    char one[ITG_SHADOW_PASSWORD_SIZE], two[ITG_SHADOW_PASSWORD_SIZE];
    assert_ok(itg_shadow_password(fx.itg, tc, one, &fx.failure));
    assert_ok(itg_shadow_password(fx.itg, tc, two, &fx.failure));
    fx.now_ms += 5 * 60 * 1000 - 1;
    assert_ok(itg_shadow_verify(fx.itg, tc, one, &fx.failure));
    fx.now_ms += 1;
    assert_code(itg_shadow_verify(fx.itg, tc, two, &fx.failure), ITG_E_INVALID_CREDENTIALS);
    fx.now_ms += (int64_t)1 << 40;
    assert_code(itg_shadow_verify(fx.itg, tc, two, &fx.failure), ITG_E_INVALID_CREDENTIALS);
    /* Nor before it was made, after a clock was set back. */
    fx.now_ms = FIXTURE_START_MS - 1000;
    assert_code(itg_shadow_verify(fx.itg, tc, two, &fx.failure), ITG_E_INVALID_CREDENTIALS);
    fx.now_ms = FIXTURE_START_MS;
    assert_ok(itg_shadow_verify(fx.itg, tc, two, &fx.failure));
}
END_TEST

/* Every bit of a password counts. */
START_TEST(changed_passwords_are_wrong)
{
    int64_t tc = make_tc();
    char good[ITG_SHADOW_PASSWORD_SIZE];
    assert_ok(itg_shadow_password(fx.itg, tc, good, &fx.failure));
    static const char digits[] = "0123456789abcdef";
    for (int i = 0; i < 36; i++) {
        for (int bit = 0; bit < 4 && good[i] != '-'; bit++) {
            char bad[ITG_SHADOW_PASSWORD_SIZE];
            memcpy(bad, good, sizeof bad);
            bad[i] = digits[(strchr(digits, good[i]) - digits) ^ (1 << bit)];
            assert_code(itg_shadow_verify(fx.itg, tc, bad, &fx.failure), ITG_E_INVALID_CREDENTIALS);
        }
    }
    static const char *const texts[] = {"",
                                        "x",
                                        "00000000-0000-4000-8000-000000000000",
                                        "00000000000000000000000000000000",
                                        "--------0000000000000000000000000000",
                                        "zzzzzzzz-0000-4000-8000-000000000000",
                                        "00000000-0000-4000-8000-0000000000000"};
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        assert_code(itg_shadow_verify(fx.itg, tc, texts[i], &fx.failure), ITG_E_INVALID_CREDENTIALS);
    assert_code(itg_shadow_verify(fx.itg, tc, NULL, &fx.failure), ITG_E_INVALID_BODY);
    assert_code(itg_shadow_verify(fx.itg, 4711, good, &fx.failure), ITG_E_THINCLIENT_NOT_FOUND);
    int64_t other = make_thinclient("00E0C5000002", ITG_ROOT_THINCLIENTS, 1);
    assert_code(itg_shadow_verify(fx.itg, other, good, &fx.failure), ITG_E_INVALID_CREDENTIALS);
    assert_ok(itg_bin_put(fx.itg, ITG_TYPE_THINCLIENT, tc, &fx.failure));
    assert_code(itg_shadow_verify(fx.itg, tc, good, &fx.failure), ITG_E_THINCLIENT_IN_BIN);
    assert_ok(itg_bin_restore(fx.itg, ITG_TYPE_THINCLIENT, tc, &fx.failure));
    assert_ok(itg_shadow_verify(fx.itg, tc, good, &fx.failure));
}
END_TEST

START_TEST(viewers_get_no_password)
{
    int64_t tc = make_tc();
    itg_t *eve = NULL, *otto = NULL;
    char password[ITG_SHADOW_PASSWORD_SIZE] = "untouched";
    assert_ok(itg_user_create(fx.itg, "eve", ITG_ROLE_VIEWER, "a long password", NULL, &fx.failure));
    assert_ok(itg_user_create(fx.itg, "otto", ITG_ROLE_OPERATOR, "a long password", NULL, &fx.failure));
    assert_ok(itg_as(fx.itg, "eve", &eve, &fx.failure));
    assert_ok(itg_as(fx.itg, "otto", &otto, &fx.failure));
    assert_code(itg_shadow_password(eve, tc, password, &fx.failure), ITG_E_ACCESS_DENIED);
    ck_assert_str_eq(password, "untouched");
    assert_code(itg_shadow_password(otto, 4711, password, &fx.failure), ITG_E_THINCLIENT_NOT_FOUND);
    assert_ok(itg_shadow_password(otto, tc, password, &fx.failure));
    assert_code(itg_shadow_verify(eve, tc, password, &fx.failure), ITG_E_ACCESS_DENIED);
    assert_ok(itg_shadow_verify(otto, tc, password, &fx.failure));
    assert_code(itg_shadow_set_certificate(eve, tc, PEM, &fx.failure), ITG_E_ACCESS_DENIED);
    assert_code(itg_thinclient_set_adapters(eve, tc, NULL, 0, &fx.failure), ITG_E_ACCESS_DENIED);
    assert_code(itg_login_add(eve, tc, "a", 0, 0, 0, 0, &fx.failure), ITG_E_ACCESS_DENIED);
    assert_code(itg_login_end(eve, tc, 0, &fx.failure), ITG_E_ACCESS_DENIED);
    itg_close(eve);
    itg_close(otto);
}
END_TEST

/* The key stands in the file: what one process made another one checks, and what one used is used. */
START_TEST(passwords_are_good_in_every_process)
{
    itg_close(fx.itg);
    fx.itg = NULL;
    fixture_open_file();
    int64_t tc = make_tc();
    char one[ITG_SHADOW_PASSWORD_SIZE], two[ITG_SHADOW_PASSWORD_SIZE];
    assert_ok(itg_shadow_password(fx.itg, tc, one, &fx.failure));
    assert_ok(itg_shadow_password(fx.itg, tc, two, &fx.failure));
    itg_close(fx.itg);
    fx.itg = NULL;
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        fixture_open_file();
        itg_error_t err = itg_shadow_verify(fx.itg, tc, one, NULL);
        itg_close(fx.itg);
        _exit(err ? 1 : 0);
    }
    int status = -1;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(status, 0);
    fixture_open_file();
    assert_code(itg_shadow_verify(fx.itg, tc, one, &fx.failure), ITG_E_INVALID_CREDENTIALS);
    assert_ok(itg_shadow_verify(fx.itg, tc, two, &fx.failure));
    /* Another fleet has another key. */
    itg_options_t options = fixture_options();
    itg_t *other = NULL;
    char three[ITG_SHADOW_PASSWORD_SIZE];
    assert_ok(itg_shadow_password(fx.itg, tc, three, &fx.failure));
    assert_ok(itg_open(":memory:", &options, &other, &fx.failure));
    itg_t *own = fx.itg;
    fx.itg = other;
    int64_t same = make_tc();
    fx.itg = own;
    ck_assert_int_eq(same, tc);
    assert_code(itg_shadow_verify(other, tc, three, &fx.failure), ITG_E_INVALID_CREDENTIALS);
    itg_close(other);
}
END_TEST

START_TEST(a_deleted_thin_client_leaves_nothing_behind)
{
    int64_t tc = make_tc();
    char *before = fixture_fingerprint(fx.itg);
    const itg_adapter_t adapter = {"lan", "", "a", "up"};
    int64_t doomed = make_thinclient("00E0C5000002", ITG_ROOT_THINCLIENTS, 1);
    assert_ok(itg_thinclient_set_adapters(fx.itg, doomed, &adapter, 1, &fx.failure));
    assert_ok(itg_login_add(fx.itg, doomed, "a", 0, 0, 0, 0, &fx.failure));
    assert_ok(itg_shadow_set_certificate(fx.itg, doomed, PEM, &fx.failure));
    assert_ok(itg_thinclient_delete(fx.itg, doomed, &fx.failure));
    fixture_assert_unchanged(before, "deleted", __FILE__, __LINE__);
    ck_assert_str_eq(adapters_of(tc), "");
}
END_TEST

SUITE("inventory", fixture_memory, adapters_are_replaced_as_a_whole, adapters_that_are_none_are_refused,
      the_oldest_logins_are_forgotten, the_latest_login_can_be_ended, logins_that_are_none_are_refused,
      certificates_are_pem_or_refused, a_password_opens_once, a_password_lives_five_minutes,
      changed_passwords_are_wrong, viewers_get_no_password, passwords_are_good_in_every_process,
      a_deleted_thin_client_leaves_nothing_behind)
