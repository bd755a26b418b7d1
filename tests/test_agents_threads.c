/* Many thin clients at once, while commands are queued for them, settings change, and some are deleted. */
#include "fixture.h"
#include <itg/agent.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { THREADS = 6, DEVICES = 12, CHECKINS = 18 };

static itg_agents_t *agents;
static atomic_int refused, commanded, deleted, waited;
static atomic_bool over;

struct device {
    char token[128];
    int64_t id;
    int sequence;
    bool gone;
};
static struct device devices[THREADS][DEVICES];

/* What a host does: sleeps until the wake. */
struct sleeper {
    pthread_mutex_t lock;
    pthread_cond_t woken;
    bool awake;
};

static void wake(void *ctx)
{
    struct sleeper *sleeper = ctx;
    pthread_mutex_lock(&sleeper->lock);
    sleeper->awake = true;
    pthread_cond_signal(&sleeper->woken);
    pthread_mutex_unlock(&sleeper->lock);
}

static int talk(const char *path, const char *token, const char *body, char *answer, size_t size)
{
    char header[160];
    struct sleeper sleeper = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, false};
    itg_agents_wait_t *wait = NULL;
    snprintf(header, sizeof header, "Bearer %s", token ? token : "");
    itg_imi_request_t request = {.size = sizeof request,
                                 .method = "POST",
                                 .target = path,
                                 .authorization = token ? header : NULL,
                                 .body = body,
                                 .body_size = strlen(body),
                                 .peer = "192.0.2.1"};
    itg_imi_response_t *response = itg_agents_handle(agents, &request, wake, &sleeper, &wait);
    if (!response) {
        pthread_mutex_lock(&sleeper.lock);
        while (!sleeper.awake)
            pthread_cond_wait(&sleeper.woken, &sleeper.lock);
        pthread_mutex_unlock(&sleeper.lock);
        response = itg_agents_finish(agents, wait);
        waited++;
    }
    int64_t n = itg_imi_response_read(response, answer, size - 1);
    answer[n > 0 ? n : 0] = '\0';
    int status = itg_imi_response_status(response);
    itg_imi_response_free(response);
    return status;
}

static void enrol(struct device *device, int thread, int number)
{
    char body[100], answer[1000];
    snprintf(body, sizeof body, "{\"mac\":\"00E0C5%02X%04X\"}", (unsigned)thread, (unsigned)number);
    ck_assert_int_eq(talk("/agent/v1/register", NULL, body, answer, sizeof answer), 200);
    const char *token = strstr(answer, "\"token\":\"");
    ck_assert_ptr_nonnull(token);
    token += strlen("\"token\":\"");
    snprintf(device->token, sizeof device->token, "%.*s", (int)strcspn(token, "\""), token);
    device->id = strtoll(device->token, NULL, 10);
}

/* The result of the first command in the last answer, if there is one. */
static void make_body(struct device *device, const char *answer, char *body, size_t size)
{
    const char *id = strstr(answer, "\"commands\":[{\"id\":\"");
    if (id) {
        commanded++;
        id += strlen("\"commands\":[{\"id\":\"");
        snprintf(body, size, "{\"sequence\":%d,\"results\":[{\"id\":\"%.*s\",\"state\":\"done\"}]}",
                 ++device->sequence, (int)strcspn(id, "\""), id);
    } else if (device->sequence % 3 == 0) {
        snprintf(body, size,
                 "{\"sequence\":%d,\"inventory\":{\"memorySize\":%d},\"logins\":[{\"username\":\"u\"}]}",
                 device->sequence + 1, device->sequence);
        device->sequence++;
    } else {
        snprintf(body, size, "{\"wait\":30,\"settingsRevision\":\"0\"}");
        device->sequence++;
    }
}

static void *work(void *ctx)
{
    struct device *own = ctx;
    char answer[DEVICES][4000] = {{0}}, body[300];
    for (int i = 0; i < CHECKINS; i++)
        for (int d = 0; d < DEVICES; d++) {
            if (own[d].gone)
                continue;
            make_body(&own[d], answer[d], body, sizeof body);
            int status = talk("/agent/v1/checkin", own[d].token, body, answer[d], sizeof answer[d]);
            own[d].gone = status == 404;
            deleted += status == 404;
            refused += status != 200 && status != 404;
        }
    return NULL;
}

static int32_t hear(void *ctx, const itg_command_result_t *result)
{
    (void)ctx, (void)result;
    return 0;
}

/* Commands, settings, deletions. */
static void *administer(void *ctx)
{
    int64_t firmware = *(int64_t *)ctx;
    int64_t profile = make_profile(ITG_TYPE_PROFILE, "p", ITG_ROOT_PROFILES, firmware);
    for (int round = 0; !atomic_load(&over); round++) {
        char value[20];
        int64_t id = devices[round % THREADS][round / THREADS % DEVICES].id;
        snprintf(value, sizeof value, "%d", round);
        itg_command_queue(fx.itg, ITG_COMMAND_REBOOT, &id, 1, 0, NULL, NULL, NULL);
        itg_setting_set(fx.itg, ITG_TYPE_PROFILE, profile, "round", value, NULL);
        const itg_assignment_t assignment = {profile, ITG_TYPE_PROFILE, id, ITG_TYPE_THINCLIENT};
        itg_assignment_create(fx.itg, &assignment, 1, NULL);
        if (round % 8 == 0)
            itg_command_send(fx.itg, ITG_COMMAND_SETTINGS2TC, &id, 1, hear, NULL, NULL);
        if (round % 16 == 5)
            itg_thinclient_delete(fx.itg, id, NULL);
        itg_thinclient_online(fx.itg, id);
    }
    return NULL;
}

static void *look_after(void *ctx)
{
    (void)ctx;
    while (!atomic_load(&over)) {
        int64_t next_ms = 0;
        struct timespec pause = {.tv_nsec = 2000000};
        itg_agents_step(agents, &next_ms, NULL);
        nanosleep(&pause, NULL);
    }
    return NULL;
}

START_TEST(many_threads_leave_a_sound_fleet)
{
    pthread_t workers[THREADS], admin, upkeep;
    itg_agents_options_t options = {.size = sizeof options, .max_waiting = 3, .confirm_ms = 20};
    int64_t firmware = make_firmware("1");
    assert_ok(itg_agents_new(fx.itg, &options, &agents, &fx.failure));
    assert_ok(itg_enrolment_set(fx.itg, ITG_ENROLMENT_OPEN, &fx.failure));
    for (int t = 0; t < THREADS; t++)
        for (int d = 0; d < DEVICES; d++)
            enrol(&devices[t][d], t, d);
    ck_assert_int_eq(pthread_create(&admin, NULL, administer, &firmware), 0);
    ck_assert_int_eq(pthread_create(&upkeep, NULL, look_after, NULL), 0);
    for (int t = 0; t < THREADS; t++)
        ck_assert_int_eq(pthread_create(&workers[t], NULL, work, devices[t]), 0);
    for (int t = 0; t < THREADS; t++)
        pthread_join(workers[t], NULL);
    atomic_store(&over, true);
    pthread_join(admin, NULL);
    pthread_join(upkeep, NULL);
    ck_assert_int_eq(refused, 0);
    ck_assert_int_gt(commanded, 0);
    ck_assert_int_gt(waited, 0);
    itg_agents_wake_all(agents);
    itg_agents_free(agents);
}
END_TEST

SUITE("agents_threads", fixture_file, many_threads_leave_a_sound_fleet)
