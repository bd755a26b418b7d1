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

static void with_agents(void)
{
    fixture_memory();
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

SUITE("agents", with_agents, registration_makes_a_thin_client_that_is_online)
