/* The agent protocol as data: each file of tests/data/protocol is a conversation of a new fleet, a list of steps
 *
 *     {"path": "/agent/v1/checkin", "token": "$token", "body": {...}, "status": 200, "answer": {...}}
 *
 * "token" may be absent, and "body" a string, which is then sent as it is. An answer must have the members that are named,
 * and no others; "*" stands for any value, and "$name" for one that is kept under this name, or was before. A step
 * {"do": "policy open"} is one of the fleet's own, see deeds[]. */
#include "fixture.h"
#include <dirent.h>
#include <itg/agent.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static itg_agents_t *agents;
static json_t *names; /* "$name": value */
static const char *where;

static json_t *resolve(json_t *value)
{
    const char *text = json_string_value(value);
    json_t *kept = text && *text == '$' ? json_object_get(names, text) : NULL;
    return kept ? kept : value;
}

static void resolve_all(json_t *value)
{
    const char *key;
    json_t *inner;
    size_t index;
    if (json_is_object(value)) {
        json_object_foreach(value, key, inner)
        {
            resolve_all(inner);
            if (resolve(inner) != inner)
                json_object_set(value, key, resolve(inner));
        }
    }
    if (json_is_array(value)) {
        json_array_foreach(value, index, inner)
        {
            resolve_all(inner);
        }
    }
}

static bool fits(json_t *wanted, json_t *got);

static bool fits_object(json_t *wanted, json_t *got)
{
    const char *key;
    json_t *inner;
    if (!json_is_object(got) || json_object_size(wanted) != json_object_size(got))
        return false;
    json_object_foreach(wanted, key, inner)
    {
        if (!json_object_get(got, key) || !fits(inner, json_object_get(got, key)))
            return false;
    }
    return true;
}

static bool fits_array(json_t *wanted, json_t *got)
{
    size_t index;
    json_t *inner;
    if (!json_is_array(got) || json_array_size(wanted) != json_array_size(got))
        return false;
    json_array_foreach(wanted, index, inner)
    {
        if (!fits(inner, json_array_get(got, index)))
            return false;
    }
    return true;
}

static bool fits(json_t *wanted, json_t *got)
{
    const char *text = json_string_value(wanted);
    if (text && strcmp(text, "*") == 0)
        return true;
    if (text && *text == '$' && !json_object_get(names, text)) {
        json_object_set(names, text, got);
        return true;
    }
    if (json_is_object(wanted))
        return fits_object(wanted, got);
    if (json_is_array(wanted))
        return fits_array(wanted, got);
    return json_equal(resolve(wanted), got) != 0;
}

/* ---- what the fleet does between requests */

static int64_t first_thinclient(void)
{
    return strtoll(json_string_value(json_object_get(names, "$id")), NULL, 10);
}

static int32_t note_command(void *ctx, int64_t thinclient_id, int64_t command_id)
{
    char id[24];
    (void)ctx, (void)thinclient_id;
    snprintf(id, sizeof id, "%lld", (long long)command_id);
    json_object_set_new(names, "$command", json_string(id));
    return 0;
}

static void do_open(void)
{
    assert_ok(itg_enrolment_set(fx.itg, ITG_ENROLMENT_OPEN, &fx.failure));
}

static void do_closed(void)
{
    assert_ok(itg_enrolment_set(fx.itg, ITG_ENROLMENT_CLOSED, &fx.failure));
}

static void do_key(void)
{
    char key[ITG_ENROLMENT_KEY_SIZE];
    assert_ok(itg_enrolment_key_create(fx.itg, "once", 0, 1, ITG_ROOT_THINCLIENTS, key, NULL, &fx.failure));
    json_object_set_new(names, "$key", json_string(key));
}

static void do_command(void)
{
    int64_t id = first_thinclient();
    assert_ok(itg_command_queue(fx.itg, ITG_COMMAND_REBOOT, &id, 1, 0, note_command, NULL, &fx.failure));
}

static void do_settings(void)
{
    int64_t profile = make_profile(ITG_TYPE_PROFILE, "p", ITG_ROOT_PROFILES, make_firmware("9"));
    const itg_assignment_t assignment = {profile, ITG_TYPE_PROFILE, first_thinclient(), ITG_TYPE_THINCLIENT};
    assert_ok(
        itg_setting_set(fx.itg, ITG_TYPE_PROFILE, profile, "userinterface.language", "\"de\"", &fx.failure));
    assert_ok(itg_setting_set(fx.itg, ITG_TYPE_PROFILE, profile, "sessions.browser[1].url",
                              "\"https://a.example\"", &fx.failure));
    assert_ok(itg_assignment_create(fx.itg, &assignment, 1, &fx.failure));
}

static void do_bin(void)
{
    assert_ok(itg_bin_put(fx.itg, ITG_TYPE_THINCLIENT, first_thinclient(), &fx.failure));
}

static void do_delete(void)
{
    assert_ok(itg_thinclient_delete(fx.itg, first_thinclient(), &fx.failure));
}

static void do_revoke(void)
{
    assert_ok(itg_token_revoke(fx.itg, first_thinclient(), &fx.failure));
}

static void do_restart(void)
{
    itg_agents_free(agents);
    assert_ok(itg_agents_new(fx.itg, NULL, &agents, &fx.failure));
}

static const struct deed {
    const char *name;
    void (*act)(void);
} deeds[] = {
    {"policy open", do_open},       {"policy closed", do_closed},     {"make a key", do_key},
    {"queue a reboot", do_command}, {"assign settings", do_settings}, {"put it into the bin", do_bin},
    {"delete it", do_delete},       {"revoke its token", do_revoke},  {"restart the server", do_restart}};

static void act(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(deeds); i++)
        if (strcmp(deeds[i].name, name) == 0) {
            deeds[i].act();
            return;
        }
    ck_abort_msg("%s: nobody knows how to %s", where, name);
}

/* ---- requests */

static json_t *ask(json_t *step, int *ret_status)
{
    static char text[65536];
    char header[200] = "";
    json_t *body = json_object_get(step, "body"), *token = json_object_get(step, "token");
    resolve_all(body);
    char *dumped = json_is_string(body) ? strdup(json_string_value(body))
                                        : json_dumps(body ? body : json_null(), JSON_ENCODE_ANY);
    if (token)
        snprintf(header, sizeof header, "Bearer %s", json_string_value(resolve(token)));
    itg_imi_request_t request = {.size = sizeof request,
                                 .method = "POST",
                                 .target = json_string_value(json_object_get(step, "path")),
                                 .authorization = token ? header : NULL,
                                 .content_type = "application/json",
                                 .body = body ? dumped : NULL,
                                 .body_size = body ? strlen(dumped) : 0,
                                 .peer = "192.0.2.7"};
    itg_imi_response_t *response = itg_agents_handle(agents, &request, NULL, NULL, NULL);
    int64_t n = itg_imi_response_read(response, text, sizeof text - 1);
    *ret_status = itg_imi_response_status(response);
    itg_imi_response_free(response);
    free(dumped);
    ck_assert_int_ge(n, 0);
    return json_loadb(text, (size_t)n, 0, NULL);
}

static void run_step(json_t *step, size_t index)
{
    int status = 0;
    json_t *deed = json_object_get(step, "do");
    if (deed) {
        act(json_string_value(deed));
        return;
    }
    json_t *got = ask(step, &status);
    char *text = json_dumps(got, 0);
    ck_assert_msg(status == json_integer_value(json_object_get(step, "status")), "%s[%zu]: %d %s", where,
                  index, status, text);
    ck_assert_msg(fits(json_object_get(step, "answer"), got), "%s[%zu]: %s", where, index, text);
    free(text);
    json_decref(got);
}

static void run_file(const char *path, const char *name)
{
    json_error_t error;
    json_t *steps = json_load_file(path, 0, &error), *step;
    size_t index;
    ck_assert_msg(json_array_size(steps) > 0, "%s: %s, line %d", path, error.text, error.line);
    where = name;
    names = json_object();
    assert_ok(itg_agents_new(fx.itg, NULL, &agents, &fx.failure));
    json_array_foreach(steps, index, step)
    {
        run_step(step, index);
    }
    itg_agents_free(agents);
    json_decref(names);
    json_decref(steps);
}

START_TEST(conversations_go_as_written)
{
    char dir[200], path[500];
    int count = 0;
    snprintf(dir, sizeof dir, "%s/protocol", getenv("ITG_TEST_DATA"));
    DIR *entries = opendir(dir);
    ck_assert_ptr_nonnull(entries);
    for (struct dirent *entry = readdir(entries); entry; entry = readdir(entries)) {
        if (!strstr(entry->d_name, ".json"))
            continue;
        snprintf(path, sizeof path, "%s/%s", dir, entry->d_name);
        fixture_end();
        fixture_memory();
        run_file(path, entry->d_name);
        count++;
    }
    closedir(entries);
    ck_assert_int_ge(count, 6);
}
END_TEST

SUITE("agent_protocol", fixture_memory, conversations_go_as_written)
