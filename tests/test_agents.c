/* The agent protocol in process: requests in, answers out, with a clock that stands still. */
#include "fixture.h"
#include <itg/agent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static itg_agents_t *agents;
static char token[128];
static int64_t thinclient;
static char answer[65536];
static int status;
static int wakes;

static void with_agents(void)
{
    fixture_memory();
    wakes = 0;
    assert_ok(itg_agents_new(fx.itg, NULL, &agents, &fx.failure));
    assert_ok(itg_enrolment_set(fx.itg, ITG_ENROLMENT_OPEN, &fx.failure));
}

static void take_answer(itg_imi_response_t *response)
{
    int64_t n = itg_imi_response_read(response, answer, sizeof answer - 1);
    ck_assert_int_ge(n, 0);
    answer[n] = '\0';
    status = itg_imi_response_status(response);
    itg_imi_response_free(response);
}

static itg_imi_request_t request_of(const char *path, const char *bearer, const char *body)
{
    static char header[160];
    snprintf(header, sizeof header, "Bearer %s", bearer ? bearer : "");
    itg_imi_request_t request = {.size = sizeof request,
                                 .method = "POST",
                                 .target = path,
                                 .authorization = bearer ? header : NULL,
                                 .body = body,
                                 .body_size = strlen(body),
                                 .peer = "192.0.2.7"};
    return request;
}

static const char *say(const char *path, const char *bearer, const char *body)
{
    itg_imi_request_t request = request_of(path, bearer, body);
    take_answer(itg_agents_handle(agents, &request, NULL, NULL, NULL));
    return answer;
}

static const char *member(const char *name, char *buf, size_t size)
{
    char pattern[64];
    snprintf(pattern, sizeof pattern, "\"%s\":\"", name);
    const char *at = strstr(answer, pattern);
    ck_assert_msg(at != NULL, "no %s in %s", name, answer);
    at += strlen(pattern);
    snprintf(buf, size, "%.*s", (int)strcspn(at, "\""), at);
    return buf;
}

static void enrol(const char *mac)
{
    char body[200], id[32];
    snprintf(body, sizeof body, "{\"mac\":\"%s\",\"firmware\":{\"product\":\"OS\",\"version\":\"1\"}}", mac);
    say("/agent/v1/register", NULL, body);
    ck_assert_msg(status == 200, "%s", answer);
    member("token", token, sizeof token);
    thinclient = strtoll(member("id", id, sizeof id), NULL, 10);
}

static const char *checkin(const char *body)
{
    return say("/agent/v1/checkin", token, body);
}

static void done(void)
{
    itg_agents_free(agents);
}

START_TEST(registration_makes_a_thin_client_that_is_online)
{
    enrol("00E0C5000001");
    itg_thinclient_t *tc = NULL;
    assert_ok(itg_thinclient_get(fx.itg, thinclient, &tc, &fx.failure));
    ck_assert_str_eq(tc->name, "ITC00E0C5000001");
    ck_assert_str_eq(tc->last_ip, "192.0.2.7");
    ck_assert_int_eq(tc->is_registered, 1);
    ck_assert_int_eq(tc->registration_date, fx.now_ms);
    ck_assert_int_eq(tc->last_contact, fx.now_ms);
    itg_thinclient_free(tc);
    ck_assert_int_eq(itg_thinclient_online(fx.itg, thinclient), 1);
    ck_assert_str_eq(checkin("{}"), "{\"commands\":[],\"name\":\"ITC00E0C5000001\",\"nextCheckin\":60}");
    ck_assert_str_eq(checkin("{}"), "{\"commands\":[],\"nextCheckin\":60}");
    done();
}
END_TEST

/* ---- refusals */

static void assert_answer(int wanted_status, const char *code)
{
    char pattern[64];
    snprintf(pattern, sizeof pattern, "\"errorCode\":\"%s\"", code);
    ck_assert_msg(status == wanted_status && strstr(answer, pattern), "%d %s", status, answer);
}

START_TEST(who_shows_no_token_or_a_wrong_one_is_refused)
{
    char wrong[128];
    enrol("00E0C5000001");
    say("/agent/v1/checkin", NULL, "{}");
    assert_answer(401, "ITG-0B003");
    say("/agent/v1/checkin", "nonsense", "{}");
    assert_answer(401, "ITG-0B004");
    snprintf(wrong, sizeof wrong, "%s", token);
    wrong[strlen(wrong) - 1] = wrong[strlen(wrong) - 1] == 'A' ? 'E' : 'A';
    say("/agent/v1/checkin", wrong, "{}");
    assert_answer(401, "ITG-0B004");
    /* The secret of one with the id of another. */
    snprintf(wrong, sizeof wrong, "99%s", strchr(token, '.'));
    say("/agent/v1/checkin", wrong, "{}");
    assert_answer(401, "ITG-0B004");
    checkin("{}");
    ck_assert_int_eq(status, 200);
    done();
}
END_TEST

START_TEST(a_token_is_void_once_the_thin_client_has_a_new_one)
{
    char old[128];
    enrol("00E0C5000001");
    checkin("{}");
    memcpy(old, token, sizeof old);
    int64_t id = thinclient;
    enrol("00E0C5000001");
    ck_assert_int_eq(thinclient, id);
    say("/agent/v1/checkin", old, "{}");
    assert_answer(401, "ITG-0B004");
    checkin("{}");
    ck_assert_int_eq(status, 200);
    assert_ok(itg_token_revoke(fx.itg, id, &fx.failure));
    checkin("{}");
    assert_answer(401, "ITG-0B004");
    done();
}
END_TEST

START_TEST(a_deleted_thin_client_is_told_so_for_ninety_days)
{
    enrol("00E0C5000001");
    checkin("{}");
    assert_ok(itg_thinclient_delete(fx.itg, thinclient, &fx.failure));
    ck_assert_int_eq(itg_thinclient_online(fx.itg, thinclient), 0);
    checkin("{}");
    assert_answer(404, "ITG-0A001");
    fx.now_ms += INT64_C(89) * 86400000;
    assert_ok(itg_step(fx.itg, NULL, &fx.failure));
    checkin("{}");
    assert_answer(404, "ITG-0A001");
    fx.now_ms += INT64_C(2) * 86400000;
    assert_ok(itg_step(fx.itg, NULL, &fx.failure));
    checkin("{}");
    assert_answer(401, "ITG-0B004");
    done();
}
END_TEST

START_TEST(a_thin_client_in_the_recycle_bin_is_refused_until_it_comes_out)
{
    enrol("00E0C5000001");
    checkin("{}");
    assert_ok(itg_bin_put(fx.itg, ITG_TYPE_THINCLIENT, thinclient, &fx.failure));
    checkin("{}");
    assert_answer(400, "ITG-0A018");
    say("/agent/v1/register", NULL, "{\"mac\":\"00E0C5000001\"}");
    assert_answer(400, "ITG-0A018");
    assert_ok(itg_bin_restore(fx.itg, ITG_TYPE_THINCLIENT, thinclient, &fx.failure));
    checkin("{}");
    ck_assert_int_eq(status, 200);
    done();
}
END_TEST

START_TEST(another_device_with_the_same_mac_does_not_get_in)
{
    enrol("00E0C5000001");
    say("/agent/v1/register", NULL, "{\"mac\":\"00E0C5000001\",\"unitID\":\"other\"}");
    assert_answer(400, "ITG-0A008");
    say("/agent/v1/register", NULL, "{\"mac\":\"00E0C5000002\",\"unitID\":\"00E0C5000001\"}");
    assert_answer(400, "ITG-0A008");
    say("/agent/v1/register", NULL, "{\"mac\":\"zz\"}");
    ck_assert_int_ge(status, 400);
    say("/agent/v1/register", NULL, "{}");
    ck_assert_int_ge(status, 400);
    ck_assert_int_eq(itg_thinclient_online(fx.itg, thinclient + 1), 0);
    checkin("{}");
    ck_assert_int_eq(status, 200);
    done();
}
END_TEST

START_TEST(enrolment_follows_the_policy_and_the_key)
{
    char key[ITG_ENROLMENT_KEY_SIZE], body[200];
    assert_ok(itg_enrolment_set(fx.itg, ITG_ENROLMENT_KEY, &fx.failure));
    say("/agent/v1/register", NULL, "{\"mac\":\"00E0C5000001\"}");
    assert_answer(403, "ITG-0B005");
    assert_ok(itg_enrolment_key_create(fx.itg, "one", 0, 1, ITG_ROOT_THINCLIENTS, key, NULL, &fx.failure));
    snprintf(body, sizeof body, "{\"mac\":\"00E0C5000001\",\"key\":\"%s\"}", key);
    say("/agent/v1/register", NULL, body);
    ck_assert_int_eq(status, 200);
    /* The answer got lost: the same again. */
    say("/agent/v1/register", NULL, body);
    ck_assert_int_eq(status, 200);
    /* Somebody else. */
    snprintf(body, sizeof body, "{\"mac\":\"00E0C5000002\",\"key\":\"%s\"}", key);
    say("/agent/v1/register", NULL, body);
    assert_answer(403, "ITG-0B005");
    assert_ok(itg_enrolment_key_create(fx.itg, "short", fx.now_ms + 1000, -1, ITG_ROOT_THINCLIENTS, key, NULL,
                                       &fx.failure));
    fx.now_ms += 1000;
    snprintf(body, sizeof body, "{\"mac\":\"00E0C5000002\",\"key\":\"%s\"}", key);
    say("/agent/v1/register", NULL, body);
    assert_answer(403, "ITG-0B005");
    assert_ok(itg_enrolment_set(fx.itg, ITG_ENROLMENT_CLOSED, &fx.failure));
    say("/agent/v1/register", NULL, body);
    assert_answer(403, "ITG-0B005");
    done();
}
END_TEST

START_TEST(who_tries_many_keys_must_wait)
{
    assert_ok(itg_enrolment_set(fx.itg, ITG_ENROLMENT_KEY, &fx.failure));
    for (int i = 0; i < 10; i++) {
        say("/agent/v1/register", NULL, "{\"mac\":\"00E0C5000001\",\"key\":\"wrong\"}");
        assert_answer(403, "ITG-0B005");
    }
    say("/agent/v1/register", NULL, "{\"mac\":\"00E0C5000001\",\"key\":\"wrong\"}");
    assert_answer(503, "ITG-FF004");
    fx.now_ms += 30000;
    say("/agent/v1/register", NULL, "{\"mac\":\"00E0C5000001\",\"key\":\"wrong\"}");
    assert_answer(403, "ITG-0B005");
    done();
}
END_TEST

START_TEST(a_thin_client_that_floods_waits_alone)
{
    char first[128];
    enrol("00E0C5000001");
    memcpy(first, token, sizeof first);
    enrol("00E0C5000002");
    int answered = 0;
    for (int i = 0; i < 100; i++) {
        say("/agent/v1/checkin", first, "{}");
        answered += status == 200;
    }
    ck_assert_int_eq(answered, 20); /* what may come at once */
    assert_answer(503, "ITG-FF004");
    checkin("{}");
    ck_assert_int_eq(status, 200);
    fx.now_ms += 5000;
    answered = 0;
    for (int i = 0; i < 100; i++) {
        say("/agent/v1/checkin", first, "{}");
        answered += status == 200;
    }
    ck_assert_int_eq(answered, 5);
    done();
}
END_TEST

START_TEST(what_is_no_request_of_the_protocol_is_refused)
{
    enrol("00E0C5000001");
    say("/agent/v1/nothing", token, "{}");
    assert_answer(404, "ITG-0A020");
    checkin("{\"inventory\":");
    assert_answer(415, "ITG-0A005");
    checkin("[]");
    assert_answer(400, "ITG-0A004");
    checkin("{\"inventory\":[]}");
    assert_answer(400, "ITG-0A004");
    checkin("{\"inventory\":{\"memorySize\":\"many\"}}");
    assert_answer(400, "ITG-0A004");
    checkin("{\"someDay\":{\"there\":[\"will\",\"be\",\"more\"]}}");
    ck_assert_int_eq(status, 200);
    size_t size = ((size_t)1 << 20) + 1;
    char *body = malloc(size + 1);
    ck_assert_ptr_nonnull(body);
    memset(body, ' ', size);
    body[size] = '\0';
    checkin(body);
    assert_answer(413, "ITG-0A004");
    free(body);
    done();
}
END_TEST

/* ---- reports */

static itg_thinclient_t *get(void)
{
    itg_thinclient_t *tc = NULL;
    assert_ok(itg_thinclient_get(fx.itg, thinclient, &tc, &fx.failure));
    return tc;
}

static int32_t count_any(void *ctx)
{
    ++*(int *)ctx;
    return 0;
}

static int32_t count_login(void *ctx, const itg_login_t *login)
{
    (void)login;
    return count_any(ctx);
}

static int logins(void)
{
    int count = 0;
    assert_ok(itg_login_each(fx.itg, thinclient, count_login, &count, &fx.failure));
    return count;
}

START_TEST(a_report_is_kept_whole)
{
    enrol("00E0C5000001");
    assert_ok(itg_attribute_create(fx.itg, "room", "Room", ITG_ATTRIBUTE_STRING, ITG_OVERWRITE_ALL, NULL, 0,
                                   NULL, &fx.failure));
    checkin(
        "{\"sequence\":1,\"inventory\":{\"osType\":\"OS\",\"memorySize\":4096,\"totalUptime\":\"77\","
        "\"batteryLevel\":80,\"lastBoottime\":\"2024-02-29 08:00\",\"lastIP\":\"10.0.0.9\",\"site\":\"no\"},"
        "\"networkAdapters\":[{\"type\":\"lan\",\"mac\":\"00e0c5000001\",\"name\":\"eth0\",\"state\":\"up\"}]"
        ","
        "\"attributes\":[{\"identifier\":\"room\",\"value\":\"12\"},{\"identifier\":\"none\",\"value\":\"1\"}"
        "],"
        "\"logins\":[{\"username\":\"ann\",\"loginresult\":0,\"logintime\":\"2024-03-01 08:00:00.000\","
        "\"logontype\":\"swp\"}]}");
    ck_assert_msg(status == 200, "%s", answer);
    itg_thinclient_t *tc = get();
    ck_assert_str_eq(tc->os_type, "OS");
    ck_assert_int_eq(tc->memory_size, 4096);
    ck_assert_int_eq(tc->total_uptime, 77);
    ck_assert_int_eq(tc->battery_level, 80);
    ck_assert_str_eq(tc->last_ip, "10.0.0.9");
    ck_assert_str_eq(tc->site, "");
    ck_assert_str_eq(tc->last_user, "ann");
    itg_thinclient_free(tc);
    ck_assert_int_eq(logins(), 1);
    /* The same again: the answer got lost. */
    checkin("{\"sequence\":1,\"inventory\":{\"osType\":\"no\"},\"logins\":[{\"username\":\"bob\"}]}");
    ck_assert_int_eq(status, 200);
    ck_assert_int_eq(logins(), 1);
    /* Ann logs off, in the future; Bob fails. */
    checkin("{\"sequence\":2,\"logins\":[{\"username\":\"ann\",\"logintime\":\"2024-03-01 08:00:00.000\","
            "\"logofftime\":\"2039-01-01 00:00:00.000\"},{\"username\":\"bob\",\"loginresult\":3}]}");
    ck_assert_msg(status == 200, "%s", answer);
    ck_assert_int_eq(logins(), 2);
    tc = get();
    ck_assert_str_eq(tc->os_type, "OS");
    ck_assert_str_eq(tc->last_user, "ann");
    itg_thinclient_free(tc);
    done();
}
END_TEST

START_TEST(a_report_with_a_fault_is_not_kept_at_all)
{
    enrol("00E0C5000001");
    checkin("{\"sequence\":1,\"inventory\":{\"osType\":\"OS\"},\"logins\":[{\"username\":\"ann\","
            "\"loginresult\":9}]}");
    assert_answer(400, "ITG-0A004");
    itg_thinclient_t *tc = get();
    ck_assert_str_eq(tc->os_type, "");
    itg_thinclient_free(tc);
    checkin("{\"sequence\":1,\"inventory\":{\"osType\":\"OS\"}}");
    ck_assert_int_eq(status, 200);
    tc = get();
    ck_assert_str_eq(tc->os_type, "OS");
    itg_thinclient_free(tc);
    done();
}
END_TEST

START_TEST(a_clock_years_ahead_counts_as_now)
{
    enrol("00E0C5000001");
    checkin("{\"inventory\":{\"lastBoottime\":\"2040-02-29 08:00\"}}");
    itg_thinclient_t *tc = get();
    ck_assert_int_eq(tc->last_boottime, fx.now_ms);
    itg_thinclient_free(tc);
    done();
}
END_TEST

static int32_t note_event(void *ctx, const itg_asset_history_t *entry)
{
    char *events = ctx;
    strcat(events, itg_asset_event_name(entry->event));
    strcat(events, " ");
    return 0;
}

START_TEST(what_is_plugged_in_and_out_makes_history)
{
    char events[200] = "", first[128];
    enrol("00E0C5000001");
    memcpy(first, token, sizeof first);
    const char *added = "{\"boot\":true,\"usb\":{\"added\":[{\"uniqueId\":\"u1\",\"name\":\"Mouse\"}]}}";
    checkin(added);
    checkin(added);
    checkin("{\"usb\":{\"removed\":[\"u1\",\"u1\",\"never\"]}}");
    checkin("{\"usb\":{\"added\":[{\"uniqueId\":\"u1\",\"name\":\"Mouse\"}]}}");
    /* Another one says that it has it, or that it has gone: that is about another one's. */
    enrol("00E0C5000002");
    checkin("{\"usb\":{\"removed\":[\"u1\"]}}");
    assert_ok(itg_asset_history_each(fx.itg, 0, "00E0C5000001", 0, note_event, events, &fx.failure));
    ck_assert_str_eq(events, "add_on_boot remove add ");
    done();
}
END_TEST

/* ---- commands */

static int64_t command_id;
static int32_t take_command(void *ctx, int64_t thinclient_id, int64_t id)
{
    (void)ctx, (void)thinclient_id;
    command_id = id;
    return 0;
}

static void queue(itg_command_t command)
{
    assert_ok(itg_command_queue(fx.itg, command, &thinclient, 1, 0, take_command, NULL, &fx.failure));
}

START_TEST(a_command_comes_until_its_result_has_been_heard)
{
    char wanted[200], body[200], first[128];
    int64_t one;
    enrol("00E0C5000001");
    checkin("{}");
    memcpy(first, token, sizeof first);
    one = thinclient;
    queue(ITG_COMMAND_REBOOT);
    snprintf(wanted, sizeof wanted,
             "{\"commands\":[{\"id\":\"%lld\",\"command\":\"reboot\"}],\"nextCheckin\":0}",
             (long long)command_id);
    ck_assert_str_eq(checkin("{}"), wanted);
    ck_assert_str_eq(checkin("{}"), wanted);
    /* Another one's result for it, and one for a command that never was. */
    enrol("00E0C5000002");
    snprintf(body, sizeof body,
             "{\"results\":[{\"id\":\"%lld\",\"state\":\"done\"},{\"id\":\"999\",\"state\":\"done\"}]}",
             (long long)command_id);
    checkin(body);
    ck_assert_int_eq(status, 200);
    memcpy(token, first, sizeof first);
    thinclient = one;
    ck_assert_str_eq(checkin("{}"), wanted);
    /* Results are taken even if the rest is no good. */
    snprintf(body, sizeof body, "{\"inventory\":[],\"results\":[{\"id\":\"%lld\",\"state\":\"done\"}]}",
             (long long)command_id);
    checkin(body);
    assert_answer(400, "ITG-0A004");
    ck_assert_str_eq(checkin("{}"), "{\"commands\":[],\"nextCheckin\":60}");
    done();
}
END_TEST

/* Two contacts each, all in one moment: five times what may come at once by itself. */
START_TEST(commands_do_not_count_as_a_flood)
{
    char body[200];
    enrol("00E0C5000001");
    for (int i = 0; i < 50; i++) {
        queue(ITG_COMMAND_REBOOT);
        checkin("{}");
        ck_assert_int_eq(status, 200);
        snprintf(body, sizeof body, "{\"sequence\":%d,\"results\":[{\"id\":\"%lld\",\"state\":\"done\"}]}",
                 i + 1, (long long)command_id);
        checkin(body);
        ck_assert_int_eq(status, 200);
    }
    /* A result that is told again is worth nothing. */
    int answered = 0;
    for (int i = 0; i < 100; i++) {
        snprintf(body, sizeof body, "{\"sequence\":%d,\"results\":[{\"id\":\"%lld\",\"state\":\"done\"}]}",
                 i + 100, (long long)command_id);
        checkin(body);
        answered += status == 200;
    }
    ck_assert_int_le(answered, 20);
    done();
}
END_TEST

START_TEST(a_thin_client_that_resets_itself_leaves)
{
    char body[200];
    enrol("00E0C5000001");
    queue(ITG_COMMAND_TCRESET2FACDEFS);
    checkin("{}");
    snprintf(body, sizeof body, "{\"results\":[{\"id\":\"%lld\",\"state\":\"done\"}]}",
             (long long)command_id);
    checkin(body);
    checkin("{}");
    assert_answer(404, "ITG-0A001");
    done();
}
END_TEST

/* ---- waiting */

static void wake(void *ctx)
{
    (void)ctx;
    wakes++;
}

static itg_agents_wait_t *hang(const char *body)
{
    itg_agents_wait_t *wait = NULL;
    itg_imi_request_t request = request_of("/agent/v1/checkin", token, body);
    itg_imi_response_t *response = itg_agents_handle(agents, &request, wake, NULL, &wait);
    ck_assert_ptr_null(response);
    ck_assert_ptr_nonnull(wait);
    return wait;
}

static void step(void)
{
    int64_t next_ms = -1;
    assert_ok(itg_agents_step(agents, &next_ms, &fx.failure));
    ck_assert_int_ge(next_ms, 0);
    ck_assert_int_le(next_ms, 1000);
}

START_TEST(a_check_in_waits_for_a_command)
{
    enrol("00E0C5000001");
    checkin("{}");
    itg_agents_wait_t *wait = hang("{\"wait\":55}");
    step();
    ck_assert_int_eq(wakes, 0);
    fx.now_ms += 54000;
    step();
    ck_assert_int_eq(wakes, 0);
    ck_assert_int_eq(itg_thinclient_online(fx.itg, thinclient), 1);
    queue(ITG_COMMAND_SHUTDOWN);
    ck_assert_int_eq(wakes, 1);
    take_answer(itg_agents_finish(agents, wait));
    ck_assert_ptr_nonnull(strstr(answer, "\"command\":\"shutdown\""));
    done();
}
END_TEST

START_TEST(a_wait_ends_with_its_time_a_second_check_in_or_the_host)
{
    enrol("00E0C5000001");
    checkin("{}");
    itg_agents_wait_t *wait = hang("{\"wait\":3}");
    fx.now_ms += 3000;
    step();
    ck_assert_int_eq(wakes, 1);
    take_answer(itg_agents_finish(agents, wait));
    ck_assert_str_eq(answer, "{\"commands\":[],\"nextCheckin\":0}");
    wait = hang("{\"wait\":9999}"); /* as long as is allowed: 55 seconds */
    itg_agents_wait_t *second = hang("{\"wait\":50}");
    ck_assert_int_eq(wakes, 2);
    take_answer(itg_agents_finish(agents, wait));
    ck_assert_int_eq(status, 200);
    ck_assert_int_eq(itg_thinclient_online(fx.itg, thinclient), 1);
    itg_agents_wake_all(agents);
    ck_assert_int_eq(wakes, 3);
    take_answer(itg_agents_finish(agents, second));
    ck_assert_str_eq(checkin("{\"wait\":50}"), "{\"commands\":[],\"nextCheckin\":60}");
    done();
}
END_TEST

START_TEST(one_that_goes_away_while_it_waits_is_offline_at_once)
{
    enrol("00E0C5000001");
    checkin("{}");
    itg_agents_wait_t *wait = hang("{\"wait\":55}");
    itg_agents_abandon(agents, wait);
    ck_assert_int_eq(wakes, 1);
    ck_assert_int_eq(itg_thinclient_online(fx.itg, thinclient), 0);
    queue(ITG_COMMAND_REBOOT);
    itg_imi_response_free(itg_agents_finish(agents, wait));
    checkin("{}");
    ck_assert_ptr_nonnull(strstr(answer, "reboot"));
    say("/agent/v1/bye", token, "");
    ck_assert_str_eq(answer, "{}");
    ck_assert_int_eq(itg_thinclient_online(fx.itg, thinclient), 0);
    done();
}
END_TEST

START_TEST(a_deletion_wakes_at_once)
{
    enrol("00E0C5000001");
    checkin("{}");
    itg_agents_wait_t *wait = hang("{\"wait\":55}");
    assert_ok(itg_thinclient_delete(fx.itg, thinclient, &fx.failure));
    ck_assert_int_eq(wakes, 1);
    take_answer(itg_agents_finish(agents, wait));
    assert_answer(404, "ITG-0A001");
    step();
    step();
    done();
}
END_TEST

START_TEST(a_full_house_lets_nobody_wait)
{
    itg_agents_free(agents);
    itg_agents_options_t options = {.size = sizeof options, .max_waiting = 1, .interval_s = 30};
    assert_ok(itg_agents_new(fx.itg, &options, &agents, &fx.failure));
    enrol("00E0C5000001");
    checkin("{}");
    itg_agents_wait_t *wait = hang("{\"wait\":55}");
    enrol("00E0C5000002");
    checkin("{}");
    itg_agents_wait_t *none = NULL;
    itg_imi_request_t request = request_of("/agent/v1/checkin", token, "{\"wait\":55}");
    take_answer(itg_agents_handle(agents, &request, wake, NULL, &none));
    ck_assert_ptr_null(none);
    ck_assert_str_eq(answer, "{\"commands\":[],\"nextCheckin\":30}");
    itg_agents_wake_all(agents);
    itg_imi_response_free(itg_agents_finish(agents, wait));
    done();
}
END_TEST

/* ---- settings */

static int64_t give_settings(void)
{
    int64_t firmware = make_firmware("1");
    int64_t profile = make_profile(ITG_TYPE_PROFILE, "p", ITG_ROOT_PROFILES, firmware);
    assert_ok(itg_setting_set(fx.itg, ITG_TYPE_PROFILE, profile, "language", "\"de\"", &fx.failure));
    assert_ok(itg_setting_set(fx.itg, ITG_TYPE_PROFILE, profile, "browser[1].url", "\"a\"", &fx.failure));
    assert_ok(itg_setting_set(fx.itg, ITG_TYPE_PROFILE, profile, "browser[1].zoom", "2", &fx.failure));
    assert_ok(itg_setting_set(fx.itg, ITG_TYPE_PROFILE, profile, "browser[2].url", "\"b\"", &fx.failure));
    assert_ok(itg_setting_set(fx.itg, ITG_TYPE_PROFILE, profile, "zoo[].x", "true", &fx.failure));
    return profile;
}

START_TEST(settings_come_when_they_have_changed)
{
    char revision[32], body[100], wanted[400];
    enrol("00E0C5000001");
    ck_assert_ptr_null(strstr(checkin("{\"settingsRevision\":\"0\"}"), "settings"));
    itg_agents_wait_t *wait = hang("{\"wait\":55,\"settingsRevision\":\"0\"}");
    int64_t profile = give_settings();
    step();
    ck_assert_int_eq(wakes, 0); /* nobody has them yet */
    const itg_assignment_t assignment = {profile, ITG_TYPE_PROFILE, thinclient, ITG_TYPE_THINCLIENT};
    assert_ok(itg_assignment_create(fx.itg, &assignment, 1, &fx.failure));
    step();
    ck_assert_int_eq(wakes, 1);
    take_answer(itg_agents_finish(agents, wait));
    member("revision", revision, sizeof revision);
    snprintf(
        wanted, sizeof wanted,
        "{\"commands\":[],\"settings\":{\"revision\":\"%s\",\"values\":{\"language\":\"de\"},\"instances\":{"
        "\"browser\":[{\"url\":\"a\",\"zoom\":2},{\"url\":\"b\"}],\"zoo\":[{\"x\":true}]}},\"nextCheckin\":"
        "0}",
        revision);
    ck_assert_str_eq(answer, wanted);
    /* Who says nothing of settings gets none. */
    ck_assert_ptr_null(strstr(checkin("{}"), "settings"));
    snprintf(body, sizeof body, "{\"settingsRevision\":\"%s\"}", revision);
    ck_assert_str_eq(checkin(body), "{\"commands\":[],\"nextCheckin\":60}");
    itg_thinclient_t *tc = get();
    ck_assert_str_eq(tc->config_changes, "APPLIED");
    itg_thinclient_free(tc);
    ck_assert_ptr_nonnull(strstr(checkin("{\"settingsRevision\":\"0\"}"), "\"de\""));
    ck_assert_ptr_nonnull(strstr(checkin("{\"settingsRevision\":\"987654\"}"), "\"de\""));
    ck_assert_ptr_nonnull(strstr(checkin("{\"settingsRevision\":\"-3\"}"), "\"de\""));
    done();
}
END_TEST

/* ---- the server ends and begins again */

START_TEST(nothing_is_forgotten_with_the_server)
{
    enrol("00E0C5000001");
    checkin("{\"sequence\":5,\"logins\":[{\"username\":\"ann\"}]}");
    queue(ITG_COMMAND_REBOOT);
    checkin("{}");
    fx.now_ms += 1000;
    checkin("{}");
    itg_agents_free(agents);
    assert_ok(itg_agents_new(fx.itg, NULL, &agents, &fx.failure));
    itg_thinclient_t *tc = get();
    ck_assert_int_eq(tc->last_contact, fx.now_ms);
    itg_thinclient_free(tc);
    checkin("{\"sequence\":5,\"logins\":[{\"username\":\"bob\"}]}");
    ck_assert_int_eq(logins(), 1);
    ck_assert_ptr_nonnull(strstr(answer, "reboot"));
    done();
}
END_TEST

START_TEST(there_is_one_device_side)
{
    itg_agents_t *second = NULL;
    assert_code(itg_agents_new(fx.itg, NULL, &second, &fx.failure), ITG_E_INTERNAL);
    ck_assert_ptr_null(second);
    itg_agents_free(agents);
    itg_agents_options_t options = {.size = sizeof options, .interval_s = -1};
    assert_code(itg_agents_new(fx.itg, &options, &agents, &fx.failure), ITG_E_INVALID_BODY);
    assert_code(itg_agents_new(NULL, NULL, &agents, &fx.failure), ITG_E_INVALID_BODY);
    assert_ok(itg_agents_new(fx.itg, NULL, &agents, &fx.failure));
    ck_assert_int_eq(itg_agents_wants(agents, "/agent/v1/checkin"), 1);
    ck_assert_int_eq(itg_agents_wants(agents, "/agents"), 0);
    ck_assert_int_eq(itg_agents_wants(agents, "/umsapi/v3"), 0);
    take_answer(itg_agents_refuse_busy(agents));
    assert_answer(503, "ITG-FF004");
    take_answer(itg_agents_refuse_body(agents));
    assert_answer(413, "ITG-0A004");
    done();
}
END_TEST

SUITE("agents", with_agents, registration_makes_a_thin_client_that_is_online,
      who_shows_no_token_or_a_wrong_one_is_refused, a_token_is_void_once_the_thin_client_has_a_new_one,
      a_deleted_thin_client_is_told_so_for_ninety_days,
      a_thin_client_in_the_recycle_bin_is_refused_until_it_comes_out,
      another_device_with_the_same_mac_does_not_get_in, enrolment_follows_the_policy_and_the_key,
      who_tries_many_keys_must_wait, a_thin_client_that_floods_waits_alone,
      what_is_no_request_of_the_protocol_is_refused, a_report_is_kept_whole,
      a_report_with_a_fault_is_not_kept_at_all, a_clock_years_ahead_counts_as_now,
      what_is_plugged_in_and_out_makes_history, a_command_comes_until_its_result_has_been_heard,
      commands_do_not_count_as_a_flood, a_thin_client_that_resets_itself_leaves,
      a_check_in_waits_for_a_command, a_wait_ends_with_its_time_a_second_check_in_or_the_host,
      one_that_goes_away_while_it_waits_is_offline_at_once, a_deletion_wakes_at_once,
      a_full_house_lets_nobody_wait, settings_come_when_they_have_changed,
      nothing_is_forgotten_with_the_server, there_is_one_device_side)
