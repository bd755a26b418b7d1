/* Parts of itg agent: the protocol's client, the state directory, hooks. */
#include "cli/agent/hook.h"
#include "cli/agent/protocol.h"
#include "cli/agent/store.h"
#include "fixture.h"
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* JSON in which ' stands for ". */
static json_t *json(const char *text)
{
    char *copy = strdup(text);
    json_error_t error;
    for (char *at = copy; *at; at++)
        if (*at == '\'')
            *at = '"';
    json_t *object = json_loads(copy, JSON_DECODE_ANY, &error);
    ck_assert_msg(object != NULL, "%s: %s", error.text, copy);
    free(copy);
    return object;
}

static void assert_equal(json_t *got, const char *expected)
{
    json_t *wanted = json(expected);
    char *shown = json_dumps(got, JSON_ENCODE_ANY | JSON_SORT_KEYS);
    ck_assert_msg(json_equal(got, wanted), "got %s", shown);
    free(shown);
    json_decref(got);
    json_decref(wanted);
}

static void assert_body(char *body, const char *expected)
{
    json_error_t error;
    ck_assert_ptr_nonnull(body);
    assert_equal(json_loads(body, 0, &error), expected);
    free(body);
}

/* The protocol. */

START_TEST(bodies_of_requests)
{
    struct agent_identity who = {.key = "k", .mac = "00E0C5000001", .product = "IGEL OS", .version = "12"};
    json_t *report = json("{'boot':true}");
    assert_body(agent_register_body(&who, report), "{'key':'k','mac':'00E0C5000001','boot':true,"
                                                   "'firmware':{'product':'IGEL OS','version':'12'}}");
    who = (struct agent_identity){.mac = "00E0C5000001", .unit_id = "u", .name = "n"};
    assert_body(agent_register_body(&who, NULL), "{'mac':'00E0C5000001','unitID':'u','name':'n'}");
    assert_body(agent_checkin_body(report, 17, 55, "118"),
                "{'sequence':17,'wait':55,'boot':true,'settingsRevision':'118'}");
    assert_body(agent_checkin_body(NULL, 17, 0, NULL), "{}");
    json_decref(report);
    report = json("{}"); /* nothing to report needs no number */
    assert_body(agent_checkin_body(report, 17, 0, "0"), "{'settingsRevision':'0'}");
    json_decref(report);
}
END_TEST

START_TEST(results)
{
    json_t *list = json("[]");
    ck_assert(agent_result_add(list, 901, true, "OK"));
    ck_assert(agent_result_add(list, INT64_MAX, false, "no"));
    assert_equal(list, "[{'id':'901','state':'done','message':'OK'},"
                       "{'id':'9223372036854775807','state':'failed','message':'no'}]");
}
END_TEST

/* What is gone is sent as what stands for nothing. */
START_TEST(changes_of_the_inventory)
{
    json_t *before =
        json("{'osType':'a','memorySize':1,'batteryLevel':5,'monitorSize1':23.8,'totalUptime':'7',"
             "'monitorVendor1':'Dell','cpuSpeed':3}");
    json_t *now = json("{'osType':'a','cpuSpeed':4,'biosDate':'b'}");
    assert_equal(agent_inventory_changes(before, now),
                 "{'cpuSpeed':4,'biosDate':'b','memorySize':0,'batteryLevel':-1,'monitorSize1':0,"
                 "'totalUptime':'-1','monitorVendor1':''}");
    assert_equal(agent_inventory_changes(now, now), "{}");
    assert_equal(agent_inventory_changes(NULL, now), "{'osType':'a','cpuSpeed':4,'biosDate':'b'}");
    json_decref(before);
    json_decref(now);
}
END_TEST

START_TEST(changes_of_usb_devices)
{
    json_t *before = json("[{'uniqueId':'a'},{'uniqueId':'b'}]"), *changes = NULL;
    json_t *now = json("[{'uniqueId':'c','name':'C'},{'uniqueId':'b'}]");
    ck_assert(agent_usb_changes(before, now, &changes));
    assert_equal(changes, "{'added':[{'uniqueId':'c','name':'C'}],'removed':['a']}");
    ck_assert(agent_usb_changes(NULL, before, &changes));
    assert_equal(changes, "{'added':[{'uniqueId':'a'},{'uniqueId':'b'}],'removed':[]}");
    ck_assert(agent_usb_changes(now, now, &changes));
    ck_assert_ptr_null(changes);
    json_decref(before);
    json_decref(now);
}
END_TEST

static struct agent_answer answer;

/* Reads an answer in which ' stands for ". */
static void read_answer(bool registration, long status, const char *text)
{
    char *copy = strdup(text);
    for (char *at = copy; *at; at++)
        if (*at == '\'')
            *at = '"';
    struct agent_response response = {.status = status, .body = copy, .length = strlen(copy)};
    agent_answer_dispose(&answer);
    if (registration)
        agent_read_registered(&response, &answer);
    else
        agent_read_checkin(&response, &answer);
    free(copy);
}

START_TEST(answers_to_registrations)
{
    read_answer(true, 200,
                "{'id':'27','token':'27.abc','name':'ITC','serverUUID':'u-1','nextCheckin':0,'more':[]}");
    ck_assert_int_eq(answer.verdict, AGENT_TAKEN);
    ck_assert_int_eq(answer.id, 27);
    ck_assert_str_eq(answer.token, "27.abc");
    ck_assert_str_eq(answer.server_uuid, "u-1");
    ck_assert_str_eq(answer.name, "ITC");
    ck_assert_int_eq(answer.next_s, 0);
}
END_TEST

/* A token goes into a header. */
START_TEST(registrations_that_are_none)
{
    static const char *const bodies[] = {"",
                                         "x",
                                         "[]",
                                         "{}",
                                         "null",
                                         "{'id':27,'token':'t','serverUUID':'u'}",
                                         "{'id':'0','token':'t','serverUUID':'u'}",
                                         "{'id':'-1','token':'t','serverUUID':'u'}",
                                         "{'id':'99999999999999999999','token':'t','serverUUID':'u'}",
                                         "{'id':'1','token':'','serverUUID':'u'}",
                                         "{'id':'1','token':'a\\r\\nX: y','serverUUID':'u'}",
                                         "{'id':'1','token':'a b','serverUUID':'u'}",
                                         "{'id':'1','token':'\xc3\xbc','serverUUID':'u'}",
                                         "{'id':'1','token':'t'}"};
    for (size_t i = 0; i < COUNT_OF(bodies); i++) {
        read_answer(true, 200, bodies[i]);
        ck_assert_msg(answer.verdict == AGENT_LATER, "%s", bodies[i]);
        ck_assert_str_ne(answer.message, "");
    }
}
END_TEST

START_TEST(answers_to_checkins)
{
    read_answer(false, 200,
                "{'commands':[{'id':'902','command':'reboot'},{'id':'903','command':'settings2tc'}],"
                "'settings':{'revision':'119','values':{'a.b':'c'}},'nextCheckin':60,'name':'N'}");
    ck_assert_int_eq(answer.verdict, AGENT_TAKEN);
    ck_assert_uint_eq(answer.command_count, 2);
    ck_assert_int_eq(answer.commands[1].id, 903);
    ck_assert_str_eq(answer.commands[1].word, "settings2tc");
    ck_assert_str_eq(json_string_value(json_object_get(answer.settings, "revision")), "119");
    ck_assert_int_eq(answer.next_s, 60);
    read_answer(false, 200, "{}");
    ck_assert_int_eq(answer.verdict, AGENT_TAKEN);
    ck_assert_uint_eq(answer.command_count, 0);
    ck_assert_ptr_null(answer.settings);
    ck_assert_int_eq(answer.next_s, 60);
    read_answer(false, 200, "{'nextCheckin':-5}");
    ck_assert_int_eq(answer.next_s, 0);
    read_answer(false, 200, "{'nextCheckin':999999999999}");
    ck_assert_int_eq(answer.next_s, AGENT_NEXT_MAX_S);
    agent_answer_dispose(&answer);
}
END_TEST

/* Nothing of an answer that is wrong in one place is done. */
START_TEST(checkins_that_are_not_understood)
{
    static const char *const bodies[] = {
        "{'commands':{}}",
        "{'commands':[1]}",
        "{'commands':[{'id':'1'}]}",
        "{'commands':[{'id':'1','command':'reboot'},{'id':'x','command':'reboot'}]}",
        "{'commands':[{'id':'1','command':'../reboot'}]}",
        "{'commands':[{'id':'1','command':'Reboot'}]}",
        "{'commands':[{'id':'1','command':''}]}",
        "{'commands':[{'id':'1','command':'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'}]}",
        "{'settings':1}",
        "{'settings':{'values':{}}}",
        "{'settings':{'revision':'1','values':[]}}",
        "{'settings':{'revision':'1 2','values':{}}}"};
    for (size_t i = 0; i < COUNT_OF(bodies); i++) {
        read_answer(false, 200, bodies[i]);
        ck_assert_msg(answer.verdict == AGENT_LATER, "%s", bodies[i]);
        ck_assert_uint_eq(answer.command_count, 0);
        ck_assert_ptr_null(answer.commands);
    }
    agent_answer_dispose(&answer);
}
END_TEST

START_TEST(refusals)
{
    static const struct {
        long status;
        const char *body;
        enum agent_verdict verdict;
        const char *message;
    } cases[] = {
        {404, "{'errorCode':'ITG-0A001','message':'gone'}", AGENT_DELETED, "ITG-0A001: gone"},
        {400, "{'errorCode':'ITG-0A018','message':'bin'}", AGENT_LATER, "ITG-0A018: bin"},
        {401, "{'errorCode':'ITG-0B004','message':'void'}", AGENT_REGISTER, "ITG-0B004: void"},
        {401, "{'errorCode':'ITG-0B003','message':'none'}", AGENT_REGISTER, "ITG-0B003: none"},
        {400, "{'errorCode':'ITG-0A004','message':'shape'}", AGENT_UNWANTED, "ITG-0A004: shape"},
        {413, "", AGENT_UNWANTED, "HTTP status 413"},
        {503, "{'errorCode':'ITG-FF004','message':'busy'}", AGENT_LATER, "ITG-FF004: busy"},
        {404, "<html>", AGENT_LATER, "HTTP status 404"}, /* some other server must not make us forget */
        {301, "{}", AGENT_LATER, "HTTP status 301"},
        {0, "", AGENT_LATER, "HTTP status 0"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        read_answer(false, cases[i].status, cases[i].body);
        ck_assert_msg(answer.verdict == cases[i].verdict, "%s", cases[i].body);
        ck_assert_str_eq(answer.message, cases[i].message);
    }
    agent_answer_dispose(&answer);
}
END_TEST

/* 1, 2, 4 ... 256 s, then 300 s for ever, between the half and the whole of it. */
START_TEST(backoff_doubles_up_to_five_minutes)
{
    struct agent_backoff low = {0}, high = {0};
    for (int i = 0; i < 40; i++) {
        int64_t whole = i < 9 ? (int64_t)1000 << i : 300000;
        ck_assert_int_eq(agent_backoff_next(&low, 0), whole / 2);
        ck_assert_int_eq(agent_backoff_next(&high, (uint32_t)(whole / 2)), whole);
    }
    for (unsigned i = 0; i < 1000; i++) {
        struct agent_backoff any = {.failures = i % 12};
        int64_t whole = any.failures < 9 ? (int64_t)1000 << any.failures : 300000;
        int64_t ms = agent_backoff_next(&any, i * 2654435761u);
        ck_assert_int_ge(ms, whole / 2);
        ck_assert_int_le(ms, whole);
    }
}
END_TEST

/* The state directory. */

static struct agent_store store;
static char why[AGENT_WHY_SIZE];
static char state_dir[128];

static void open_store(void)
{
    ck_assert_msg(agent_store_open(&store, state_dir, why), "%s", why);
}

static void write_file(const char *name, const char *text)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", state_dir, name);
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    fputs(text, file);
    fclose(file);
}

static mode_t mode_of(const char *name)
{
    char path[256];
    struct stat info;
    snprintf(path, sizeof path, "%s/%s", state_dir, name);
    ck_assert_int_eq(stat(path, &info), 0);
    return info.st_mode & 07777;
}

static bool is_there(const char *name)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", state_dir, name);
    return access(path, F_OK) == 0;
}

START_TEST(a_new_state_directory)
{
    struct agent_state state;
    struct agent_record record;
    snprintf(state_dir, sizeof state_dir, "%s/new", fx.dir);
    open_store();
    ck_assert_int_eq(mode_of("."), 0700);
    ck_assert(agent_state_load(&store, &state, why));
    ck_assert_str_eq(why, "");
    ck_assert_int_eq(state.id, 0);
    ck_assert(agent_record_load(&store, &record, why));
    ck_assert_str_eq(why, "");
    ck_assert(!record.lost);
    ck_assert_int_eq(record.phase, AGENT_PHASE_NONE);
    agent_state_dispose(&state);
    ck_assert_int_eq(unlinkat(store.dir, "lock", 0), 0);
    ck_assert_int_eq(rmdir(state_dir), 0);
}
END_TEST

START_TEST(what_is_kept)
{
    struct agent_state state = {.id = 27,
                                .token = "27.t",
                                .server_uuid = "u",
                                .pin = "sha256//x",
                                .mac = "00E0C5000001",
                                .sequence = 18,
                                .boot_id = "b",
                                .revision = "118",
                                .uptime_before_ms = 5,
                                .uptime_ms = 6};
    struct agent_record record = {.phase = AGENT_BEGUN,
                                  .id = 901,
                                  .word = "reboot",
                                  .message = "\xc3\xbc",
                                  .boot_id = "c",
                                  .reported = true};
    state.reported = json("{'inventory':{'a':1}}");
    open_store();
    ck_assert(agent_state_save(&store, &state, why));
    ck_assert(agent_record_save(&store, &record, why));
    ck_assert_int_eq(mode_of("state.json"), 0600);
    ck_assert_int_eq(mode_of("command.json"), 0600);
    ck_assert(!is_there("state.json.new"));
    agent_state_dispose(&state);
    agent_store_close(&store);
    open_store();
    ck_assert(agent_state_load(&store, &state, why));
    ck_assert(agent_record_load(&store, &record, why));
    ck_assert_int_eq(state.id, 27);
    ck_assert_str_eq(state.token, "27.t");
    ck_assert_str_eq(state.server_uuid, "u");
    ck_assert_str_eq(state.pin, "sha256//x");
    ck_assert_str_eq(state.mac, "00E0C5000001");
    ck_assert_int_eq(state.sequence, 18);
    ck_assert_str_eq(state.boot_id, "b");
    ck_assert_str_eq(state.revision, "118");
    ck_assert_int_eq(state.uptime_before_ms, 5);
    ck_assert_int_eq(state.uptime_ms, 6);
    assert_equal(json_incref(state.reported), "{'inventory':{'a':1}}");
    ck_assert_int_eq(record.phase, AGENT_BEGUN);
    ck_assert_int_eq(record.id, 901);
    ck_assert_str_eq(record.word, "reboot");
    ck_assert_str_eq(record.message, "\xc3\xbc");
    ck_assert_str_eq(record.boot_id, "c");
    ck_assert(record.reported);
    agent_state_forget(&state);
    ck_assert_int_eq(state.id, 0);
    ck_assert_str_eq(state.token, "");
    ck_assert_str_eq(state.revision, "");
    ck_assert_ptr_null(state.reported);
    ck_assert_str_eq(state.mac, "00E0C5000001");
    ck_assert_str_eq(state.pin, "sha256//x");
    agent_state_dispose(&state);
}
END_TEST

START_TEST(a_second_agent_is_refused)
{
    struct agent_store second;
    open_store();
    ck_assert(!agent_store_open(&second, state_dir, why));
    ck_assert_ptr_nonnull(strstr(why, "another agent is running on the state directory"));
    ck_assert_int_eq(second.dir, -1);
    agent_store_close(&store);
    open_store();
}
END_TEST

START_TEST(a_directory_open_to_others_is_refused)
{
    ck_assert_int_eq(chmod(state_dir, 0750), 0);
    ck_assert(!agent_store_open(&store, state_dir, why));
    ck_assert_ptr_nonnull(strstr(why, "is open to others"));
    ck_assert_int_eq(mode_of("."), 0750); /* it may be somebody else's: nothing is changed */
    ck_assert_int_eq(chmod(state_dir, 0700), 0);
    write_file("not-a-directory", "");
    snprintf(state_dir, sizeof state_dir, "%s/not-a-directory", fx.dir);
    ck_assert(!agent_store_open(&store, state_dir, why));
}
END_TEST

START_TEST(damaged_state)
{
    static const char *const damages[] = {
        "",
        "{",
        "[]",
        "null",
        "{}",
        "{\"version\":2}",
        "{\"version\":1}",
        "{\"version\":1,\"id\":\"27\",\"sequence\":1}",
        "\xff\xfe",
        "{\"version\":1,\"version\":1}",
        "{\"version\":1,\"id\":1,\"sequence\":1,\"uptimeBefore\":0,\"uptime\":0,\"token\":1,\"serverUUID\":"
        "\"\","
        "\"pin\":\"\",\"mac\":\"\",\"bootId\":\"\",\"settingsRevision\":\"\"}",
        "{\"version\":1,\"id\":-1,\"sequence\":1,\"uptimeBefore\":0,\"uptime\":0,\"token\":\"\","
        "\"serverUUID\":\"\","
        "\"pin\":\"\",\"mac\":\"\",\"bootId\":\"\",\"settingsRevision\":\"\"}",
        "{\"version\":1,\"id\":1,\"sequence\":1,\"uptimeBefore\":0,\"uptime\":0,\"token\":\"\","
        "\"serverUUID\":\"\","
        "\"pin\":\"\",\"mac\":\"00E0C5000001 and more than "
        "fits\",\"bootId\":\"\",\"settingsRevision\":\"\"}"};
    for (size_t i = 0; i < COUNT_OF(damages); i++) {
        struct agent_state state;
        struct agent_record record;
        open_store();
        write_file("state.json", damages[i]);
        write_file("command.json", damages[i]);
        ck_assert(agent_state_load(&store, &state, why));
        ck_assert_msg(strstr(why, "state.json is damaged"), "%zu: %s", i, why);
        ck_assert_int_eq(state.id, 0);
        ck_assert_str_eq(state.token, "");
        ck_assert(!is_there("state.json"));
        ck_assert(is_there("state.json.damaged"));
        ck_assert(agent_record_load(&store, &record, why));
        ck_assert(record.lost);
        ck_assert_int_eq(record.id, 0);
        ck_assert(is_there("command.json")); /* until the server has been asked, it stays lost */
        agent_state_dispose(&state);
        agent_store_close(&store);
    }
}
END_TEST

/* Too large, no file, and one that is a link to somebody else's. */
START_TEST(files_that_are_none)
{
    char path[256];
    struct agent_state state;
    open_store();
    snprintf(path, sizeof path, "%s/state.json", state_dir);
    ck_assert_int_eq(symlink("/etc/passwd", path), 0);
    ck_assert(!agent_state_load(&store, &state, why));
    ck_assert_ptr_nonnull(strstr(why, "cannot read state.json"));
    unlink(path);
    ck_assert_int_eq(mkdir(path, 0700), 0);
    ck_assert(!agent_state_load(&store, &state, why));
    ck_assert(!agent_state_save(&store, &state, why));
    ck_assert_ptr_nonnull(strstr(why, "cannot write state.json"));
    ck_assert(!is_there("state.json.new"));
    rmdir(path);
    FILE *file = fopen(path, "w");
    for (int i = 0; i < 20000; i++)
        fputs("                                                                ", file);
    fclose(file);
    ck_assert(agent_state_load(&store, &state, why));
    ck_assert_ptr_nonnull(strstr(why, "too long"));
}
END_TEST

/* What an agent that was killed left half written does not disturb. */
START_TEST(a_temporary_file_that_was_left)
{
    struct agent_state state = {.id = 5};
    open_store();
    write_file("state.json.new", "half");
    ck_assert(agent_state_save(&store, &state, why));
    ck_assert(agent_state_load(&store, &state, why));
    ck_assert_int_eq(state.id, 5);
    agent_state_dispose(&state);
}
END_TEST

/* Hooks. */

static struct agent_events events = {.fd = -1};
static char hook_path[160];
static char message[AGENT_MESSAGE_SIZE];

static const char *write_hook(const char *text)
{
    snprintf(hook_path, sizeof hook_path, "%s/hook", fx.dir);
    FILE *file = fopen(hook_path, "w");
    ck_assert_ptr_nonnull(file);
    fputs(text, file);
    fclose(file);
    ck_assert_int_eq(chmod(hook_path, 0700), 0);
    return hook_path;
}

static enum agent_hook_end run(const char *text, int64_t limit_ms)
{
    if (events.fd < 0)
        ck_assert(agent_events_open(&events));
    struct agent_hook hook = {.path = *text ? write_hook(text) : hook_path,
                              .word = "reboot",
                              .argument = "901",
                              .limit_ms = limit_ms};
    return agent_hook_run(&hook, &events, message);
}

static void read_out(char *text, size_t size)
{
    char path[160];
    snprintf(path, sizeof path, "%s/out", fx.dir);
    FILE *file = fopen(path, "r");
    size_t length = file ? fread(text, 1, size - 1, file) : 0;
    text[length] = '\0';
    if (file)
        fclose(file);
}

START_TEST(a_hook_gets_its_arguments_and_nothing_else)
{
    char script[512], out[1024], wanted[1024];
    setenv("ITG_TEST_SECRET", "x", 1);
    snprintf(script, sizeof script,
             "#!/bin/sh\nexec >%s/out\necho \"$0|$#|$1|$2\"\npwd\nreadlink /proc/self/fd/0\n"
             "env | grep -v ^PWD= | grep -v ^_= | grep -v ^SHLVL= | grep -v ^OLDPWD= | sort\nls "
             "/proc/self/fd | wc -l\n",
             fx.dir);
    int secret = open("/dev/null", O_RDONLY | O_CLOEXEC);
    ck_assert_int_eq(run(script, 10000), AGENT_HOOK_DONE);
    ck_assert_str_eq(message, "OK");
    close(secret);
    read_out(out, sizeof out);
    /* ls has its own directory open: 0, 1, 2 and that. */
    snprintf(wanted, sizeof wanted,
             "%s/hook|2|reboot|901\n/\n/dev/null\nHOME=/\nLANG=C.UTF-8\n"
             "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\n4\n",
             fx.dir);
    ck_assert_str_eq(out, wanted);
}
END_TEST

START_TEST(failures_and_their_messages)
{
    static const struct {
        const char *script;
        const char *message;
    } cases[] = {
        {"#!/bin/sh\nexit 3\n", "Hook for reboot ended with status 3"},
        {"#!/bin/sh\nkill -9 $$\n", "Hook for reboot was ended by signal 9"},
        {"#!/bin/sh\necho 'no power' >&2\necho more\nexit 1\n", "no power"},
        {"#!/bin/sh\nprintf '\\n \\n  not\\tnow\\033[31m\\377\\nx'\nexit 1\n", "not now [31m?"},
        {"#!/bin/sh\nprintf 'no end'\nexit 1\n", "no end"},
        {"#!/nowhere/interpreter\n", "Hook for reboot cannot be started: No such file or directory"},
        {"no magic\n", "Hook for reboot cannot be started: Exec format error"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        ck_assert_int_eq(run(cases[i].script, 10000), AGENT_HOOK_FAILED);
        ck_assert_str_eq(message, cases[i].message);
    }
    ck_assert_int_eq(run("#!/bin/sh\necho fine\n", 10000), AGENT_HOOK_DONE);
    ck_assert_str_eq(message, "OK");
}
END_TEST

START_TEST(hooks_that_cannot_be_started)
{
    snprintf(hook_path, sizeof hook_path, "%s/none", fx.dir);
    ck_assert_int_eq(run("", 10000), AGENT_HOOK_FAILED);
    ck_assert_str_eq(message, "Hook for reboot cannot be started: No such file or directory");
    write_hook("#!/bin/sh\n");
    ck_assert_int_eq(chmod(hook_path, 0600), 0);
    ck_assert_int_eq(run("", 10000), AGENT_HOOK_FAILED);
    ck_assert_str_eq(message, "Hook for reboot cannot be started: Permission denied");
    snprintf(hook_path, sizeof hook_path, "%s", fx.dir);
    ck_assert_int_eq(run("", 10000), AGENT_HOOK_FAILED);
    ck_assert_str_eq(message, "Hook for reboot cannot be started: Permission denied");
}
END_TEST

START_TEST(a_hook_that_hangs_is_ended)
{
    ck_assert_int_eq(run("#!/bin/sh\nexec sleep 600\n", 1000), AGENT_HOOK_FAILED);
    ck_assert_str_eq(message, "Hook for reboot took longer than 1 s");
}
END_TEST

/* Dead are also those that whoever inherited them has not buried yet. */
static bool is_alive(pid_t pid)
{
    char path[64], status[512] = "";
    snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    FILE *file = fopen(path, "r");
    if (!file)
        return false;
    size_t length = fread(status, 1, sizeof status - 1, file);
    status[length] = '\0';
    fclose(file);
    return length > 0 && !strstr(status, "(zombie)") && !strstr(status, "(dead)");
}

/* Its children are in its group; SIGTERM does not impress them. */
START_TEST(a_hook_that_will_not_end_is_killed)
{
    char script[256], out[64];
    snprintf(script, sizeof script,
             "#!/bin/sh\ntrap '' TERM\n(sleep 600; :) &\necho $! >%s/out\nwhile :; do sleep 1; done\n",
             fx.dir);
    ck_assert_int_eq(run(script, 1000), AGENT_HOOK_FAILED);
    ck_assert_str_eq(message, "Hook for reboot took longer than 1 s");
    read_out(out, sizeof out);
    char *end;
    pid_t child = (pid_t)strtol(out, &end, 10);
    ck_assert_int_gt(child, 1);
    for (int i = 0; i < 500 && is_alive(child); i++)
        usleep(20000);
    ck_assert(!is_alive(child));
}
END_TEST

START_TEST(a_hook_that_floods)
{
    ck_assert_int_eq(run("#!/bin/sh\necho first\nhead -c 20000000 /dev/zero\nexit 1\n", 30000),
                     AGENT_HOOK_FAILED);
    ck_assert_str_eq(message, "first");
    ck_assert_int_eq(run("#!/bin/sh\nexec yes\n", 1000), AGENT_HOOK_FAILED);
    ck_assert_str_eq(message, "Hook for reboot took longer than 1 s");
    ck_assert_int_eq(run("#!/bin/sh\nhead -c 5000 /dev/zero | tr '\\0' a\nexit 1\n", 10000),
                     AGENT_HOOK_FAILED);
    ck_assert_uint_eq(strlen(message), AGENT_MESSAGE_SIZE - 1);
}
END_TEST

/* Who leaves something running has done his work: reboot in a minute. */
START_TEST(a_hook_may_leave_something_in_the_background)
{
    char script[256], out[64] = "";
    snprintf(script, sizeof script, "#!/bin/sh\n(sleep 1; echo later >%s/out) &\nexit 0\n", fx.dir);
    ck_assert_int_eq(run(script, 60000), AGENT_HOOK_DONE);
    for (int i = 0; i < 300 && strcmp(out, "later\n") != 0; i++) {
        usleep(50000);
        read_out(out, sizeof out);
    }
    ck_assert_str_eq(out, "later\n");
}
END_TEST

/* A hook that ends what started it, as reboots do: it may finish, but not hang on. */
START_TEST(an_agent_that_is_told_to_end_waits_a_little)
{
    ck_assert_int_eq(run("#!/bin/sh\nkill -TERM $PPID\nsleep 1\necho no\nexit 1\n", 60000),
                     AGENT_HOOK_FAILED);
    ck_assert_str_eq(message, "no");
    ck_assert(events.stop);
    events.stop = false;
    ck_assert_int_eq(run("#!/bin/sh\nkill -TERM $PPID\nexec sleep 600\n", 60000), AGENT_HOOK_INTERRUPTED);
    ck_assert(events.stop);
}
END_TEST

static void setup(void)
{
    fixture_dir();
    store = (struct agent_store){-1, -1};
    snprintf(state_dir, sizeof state_dir, "%s", fx.dir); /* mode 0700 as well */
}

SUITE("agent", setup, bodies_of_requests, results, changes_of_the_inventory, changes_of_usb_devices,
      answers_to_registrations, registrations_that_are_none, answers_to_checkins,
      checkins_that_are_not_understood, refusals, backoff_doubles_up_to_five_minutes, a_new_state_directory,
      what_is_kept, a_second_agent_is_refused, a_directory_open_to_others_is_refused, damaged_state,
      files_that_are_none, a_temporary_file_that_was_left, a_hook_gets_its_arguments_and_nothing_else,
      failures_and_their_messages, hooks_that_cannot_be_started, a_hook_that_hangs_is_ended,
      a_hook_that_will_not_end_is_killed, a_hook_that_floods, a_hook_may_leave_something_in_the_background,
      an_agent_that_is_told_to_end_waits_a_little)
