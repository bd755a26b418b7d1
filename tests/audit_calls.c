/* Every call that writes, and what it leaves in the audit trail. */
#include "audit_calls.h"
#include "core/enrol.h"
#include "fixture.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HOUR_MS ((int64_t)3600 * 1000)

enum { ENROLMENT_KEY = 1 };

static itg_failure_t *const F = &fx.failure;

/* Entries as lines: "actor operation type id name before after". */
static int32_t print_entry(void *ctx, const itg_audit_t *e)
{
    fprintf(ctx, "%s %s %s %lld '%s' %s %s\n", *e->actor ? e->actor : "-", e->operation, e->object_type,
            (long long)e->object_id, e->object_name, e->before, e->after);
    return 0;
}

char *audit_entries(const itg_audit_filter_t *filter)
{
    char *text = NULL;
    size_t length = 0;
    FILE *stream = open_memstream(&text, &length);
    ck_assert_ptr_nonnull(stream);
    assert_ok(itg_audit_each(fx.itg, filter, print_entry, stream, F));
    ck_assert_int_eq(fclose(stream), 0);
    return text;
}

char *audit_since(int64_t id)
{
    const itg_audit_filter_t filter = {.size = sizeof filter, .after_id = id};
    return audit_entries(&filter);
}

static const itg_assignment_t assigned = {PROFILE, ITG_TYPE_PROFILE, DIR_A, ITG_TYPE_THINCLIENT_DIRECTORY};
const itg_template_assignment_t audit_filled = {TC, ITG_TYPE_THINCLIENT, KEY, VALUE};

/* Without the costly hash of a password. */
static void make_account(const char *name, itg_role_t role)
{
    struct itg__tx tx;
    int64_t id = 0;
    assert_ok(itg__begin_write(fx.itg, "account", ITG__RIGHT_USERS, &tx, F));
    itg_error_t err = itg__next_id(&tx, "account", &id);
    if (!err)
        err =
            itg__run(&tx, "INSERT INTO account(id, name, role, password, revision) VALUES($1, $2, $3, '', 1)",
                     "isi", id, name, (int64_t)role);
    assert_ok(itg__end(&tx, err));
}

static void fill(void)
{
    static const int64_t other_tc = OTHER_TC;
    static const char *const choices[] = {"low", "high"};
    struct itg__tx tx;
    char enrolment_key[ITG_ENROLMENT_KEY_SIZE], token[ITG__TOKEN_SIZE];
    int64_t firmware = make_firmware("1"), id = 0;
    ck_assert_int_eq(make_directory(ITG_TYPE_THINCLIENT_DIRECTORY, "a", ITG_ROOT_THINCLIENTS), DIR_A);
    ck_assert_int_eq(make_directory(ITG_TYPE_THINCLIENT_DIRECTORY, "b", ITG_ROOT_THINCLIENTS), DIR_B);
    ck_assert_int_eq(make_thinclient("00E0C5000001", DIR_A, firmware), TC);
    ck_assert_int_eq(make_thinclient("00E0C5000002", ITG_ROOT_THINCLIENTS, firmware), OTHER_TC);
    ck_assert_int_eq(make_profile(ITG_TYPE_PROFILE, "p", ITG_ROOT_PROFILES, firmware), PROFILE);
    ck_assert_int_eq(make_directory(ITG_TYPE_PROFILE_DIRECTORY, "pd", ITG_ROOT_PROFILES), PROFILE_DIR);
    assert_ok(itg_template_key_create(fx.itg, "SITE", ITG_TEMPLATE_STRING, ITG_ROOT_TEMPLATES, &id, F));
    assert_ok(itg_template_value_create(fx.itg, KEY, "Bremen", "north", &id, F));
    assert_ok(itg_template_value_create(fx.itg, KEY, "Augsburg", NULL, &id, F));
    assert_ok(itg_attribute_create(fx.itg, "floor", "Floor", ITG_ATTRIBUTE_NUMBER, 0, NULL, 0, &id, F));
    assert_ok(itg_attribute_create(fx.itg, "noise", "Noise", ITG_ATTRIBUTE_RANGE, 0, choices, 2, &id, F));
    const itg_asset_input_t mouse = {.size = sizeof mouse, .name = "mouse", .thinclient_id = TC};
    assert_ok(itg_asset_create(fx.itg, &mouse, &id, F));
    assert_ok(itg_view_create(fx.itg, "v", "id>0", &id, F));
    assert_ok(itg_rule_create(fx.itg, 0, -1, "mac==00E0C5000002", DIR_B, 0, &id, F));
    assert_ok(itg_rule_create(fx.itg, RULE, -1, "site==x", 0, 0, &id, F));
    ck_assert_int_eq(id, CHILD_RULE);
    ck_assert_int_eq(make_thinclient("00E0C5000003", ITG_ROOT_THINCLIENTS, firmware), BINNED);
    assert_ok(itg_bin_put(fx.itg, ITG_TYPE_THINCLIENT, BINNED, F));
    const itg_job_spec_t job = {.size = sizeof job,
                                .name = "j",
                                .command = ITG_COMMAND_REBOOT,
                                .expression = "id>0",
                                .start_ms = FIXTURE_START_MS + HOUR_MS};
    assert_ok(itg_job_create(fx.itg, &job, &id, F));
    ck_assert_int_eq(id, JOB);
    assert_ok(itg_assignment_create(fx.itg, &assigned, 1, F));
    assert_ok(itg_template_assign(fx.itg, &audit_filled, 1, F));
    assert_ok(itg_setting_set(fx.itg, ITG_TYPE_PROFILE, PROFILE, "x.y", "1", F));
    assert_ok(itg_login_add(fx.itg, TC, "ann", ITG_LOGIN_OK, FIXTURE_START_MS, 0, ITG_LOGON_CITRIX, F));
    make_account("root", ITG_ROLE_ADMINISTRATOR);
    assert_ok(itg_command_queue(fx.itg, ITG_COMMAND_REBOOT, &other_tc, 1, 0, NULL, NULL, F));
    assert_ok(itg_group_create(fx.itg, "g", NULL, F));
    assert_ok(itg_group_add(fx.itg, "g", "root", F));
    assert_ok(itg_access_set(fx.itg, DIR_A, ITG_SUBJECT_GROUP, "g", ITG_RIGHT_READ, 0, F));
    assert_ok(itg_enrolment_key_create(fx.itg, "hall", 0, 5, ITG_ROOT_THINCLIENTS, enrolment_key, &id, F));
    ck_assert_int_eq(id, ENROLMENT_KEY);
    assert_ok(itg__begin_write(fx.itg, "fill", ITG__RIGHT_WRITE, &tx, F));
    itg_error_t err = itg__token_issue(&tx, OTHER_TC, 0, token);
    if (!err)
        err = itg__run(&tx, "UPDATE thinclient SET is_registered = 1 WHERE id = $1", "i", (int64_t)OTHER_TC);
    assert_ok(itg__end(&tx, err));
}

/* The calls act as this user. */
static itg_t *root;

static int32_t no_result(void *ctx, const itg_command_result_t *result)
{
    (void)ctx, (void)result;
    return 0;
}

#define CALL(name, expr)          \
    static itg_error_t name(void) \
    {                             \
        return expr;              \
    }

static const itg_value_t new_tc[] = {{"mac", "00E0C5000009"},
                                     {"firmwareID", "1"},
                                     {"parentID", "1"},
                                     {"name", "n"},
                                     {"deviceAttributes.floor", "3"}};
static const itg_value_t changed_tc[] = {
    {"site", "Bremen"}, {"name", "n"}, {"comment", ""}, {"deviceAttributes.noise", "low"}};
static const itg_adapter_t adapter = {"LAN", "00E0C5000001", "eth0", "up"};
static const char *const more_choices[] = {"low", "high", "loud"};
static const char certificate[] = "-----BEGIN CERTIFICATE-----\nQQ==\n-----END CERTIFICATE-----\n";
static const char *const categories[] = {"USB"};
static const itg_asset_detail_t details[] = {{0, "cpi", "800", "int"}};
static const itg_asset_input_t keyboard = {.size = sizeof keyboard,
                                           .name = "kbd",
                                           .vendor = "V",
                                           .categories = categories,
                                           .category_count = 1,
                                           .details = details,
                                           .detail_count = 1};
static const itg_assignment_t to_other = {PROFILE, ITG_TYPE_PROFILE, OTHER_TC, ITG_TYPE_THINCLIENT};
static const itg_template_assignment_t refilled = {TC, ITG_TYPE_THINCLIENT, KEY, OTHER_VALUE};
static const int64_t both[] = {TC, OTHER_TC, TC};

CALL(tc_create, itg_thinclient_create(root, new_tc, COUNT_OF(new_tc), NULL, F))
CALL(tc_update, itg_thinclient_update(root, TC, changed_tc, COUNT_OF(changed_tc), F))
CALL(tc_delete, itg_thinclient_delete(root, TC, F))
CALL(tc_delete_online, itg_thinclient_delete_online(root, TC, no_result, NULL, F))
CALL(adapters, itg_thinclient_set_adapters(root, TC, &adapter, 1, F))
CALL(cert, itg_shadow_set_certificate(root, TC, certificate, F))
CALL(login_add, itg_login_add(root, TC, "bob", ITG_LOGIN_OK, FIXTURE_START_MS, 0, ITG_LOGON_SWP, F))
CALL(login_end, itg_login_end(root, TC, FIXTURE_START_MS + 1000, F))
CALL(report, itg_attribute_report(root, TC, "floor", "4", F))
CALL(dir_create,
     itg_directory_create(root, ITG_TYPE_MASTERPROFILE_DIRECTORY, "d", ITG_ROOT_MASTERPROFILES, NULL, F))
CALL(dir_rename, itg_directory_rename(root, ITG_TYPE_THINCLIENT_DIRECTORY, DIR_A, "z", F))
CALL(dir_delete, itg_directory_delete(root, ITG_TYPE_PROFILE_DIRECTORY, PROFILE_DIR, F))
CALL(bin_put, itg_bin_put(root, ITG_TYPE_THINCLIENT_DIRECTORY, DIR_A, F))
CALL(bin_restore, itg_bin_restore(root, ITG_TYPE_THINCLIENT, BINNED, F))
CALL(bin_purge, itg_bin_purge(root, ITG_TYPE_THINCLIENT, BINNED, F))
CALL(bin_empty, itg_bin_empty(root, NULL, F))
CALL(profile_create,
     itg_profile_create(root, ITG_TYPE_MASTERPROFILE, "m", ITG_ROOT_MASTERPROFILES, 1, 1, NULL, F))
CALL(profile_rename, itg_profile_rename(root, ITG_TYPE_PROFILE, PROFILE, "q", F))
CALL(profile_delete, itg_profile_delete(root, ITG_TYPE_PROFILE, PROFILE, F))
CALL(setting_set, itg_setting_set(root, ITG_TYPE_PROFILE, PROFILE, "x.y", "\"a\"", F))
CALL(setting_unset, itg_setting_unset(root, ITG_TYPE_PROFILE, PROFILE, "x.y", F))
CALL(assign, itg_assignment_create(root, &to_other, 1, F))
CALL(unassign, itg_assignment_delete(root, &assigned, F))
CALL(key_create, itg_template_key_create(root, "K", ITG_TEMPLATE_BOOLEAN, KEY, NULL, F))
CALL(key_delete, itg_template_key_delete(root, KEY, F))
CALL(value_create, itg_template_value_create(root, KEY, "Kiel", NULL, NULL, F))
CALL(value_update, itg_template_value_update(root, VALUE, "Husum", NULL, F))
CALL(value_delete, itg_template_value_delete(root, OTHER_VALUE, F))
CALL(template_assign, itg_template_assign(root, &refilled, 1, F))
CALL(template_unassign, itg_template_unassign(root, TC, KEY, F))
CALL(attribute_create, itg_attribute_create(root, "x", "X", ITG_ATTRIBUTE_RANGE, 0, more_choices, 1, NULL, F))
CALL(attribute_update, itg_attribute_update(root, RANGE, "N", ITG_OVERWRITE_SERVER, more_choices, 3, F))
CALL(attribute_delete, itg_attribute_delete(root, ATTRIBUTE, F))
CALL(asset_create, itg_asset_create(root, &keyboard, NULL, F))
CALL(asset_move, itg_asset_move(root, ASSET, OTHER_TC, 0, F))
CALL(asset_delete, itg_asset_delete(root, ASSET, F))
CALL(view_create, itg_view_create(root, "w", "site==x", NULL, F))
CALL(view_update, itg_view_update(root, VIEW, NULL, "id>1", F))
CALL(view_delete, itg_view_delete(root, VIEW, F))
CALL(rule_create, itg_rule_create(root, 0, 0, "id>0", DIR_A, ITG_RULE_AT_BOOT, NULL, F))
CALL(rule_update, itg_rule_update(root, CHILD_RULE, RULE, 0, "id>5", DIR_A, ITG_RULE_LEAVE_BELOW, F))
CALL(rule_delete, itg_rule_delete(root, RULE, F))
CALL(rule_apply, itg_rule_apply(root, ITG_RULE_ON_DEMAND, 0, 0, NULL, NULL, NULL, F))
CALL(firmware_create, itg_firmware_create(root, "OS", "12", "LX", NULL, F))
CALL(user_create, itg_user_create(root, "ann", ITG_ROLE_VIEWER, "a long password", NULL, F))
CALL(user_set_password, itg_user_set_password(root, "root", "another password", F))
CALL(user_delete, itg_user_delete(root, "old", F))
CALL(command_send, itg_command_send(root, ITG_COMMAND_REBOOT, both, 1, no_result, NULL, F))
CALL(command_send_many, itg_command_send(root, ITG_COMMAND_SHUTDOWN, both, 3, no_result, NULL, F))

CALL(group_create, itg_group_create(root, "h", NULL, F))
CALL(group_delete, itg_group_delete(root, "g", F))
CALL(group_add, itg_group_add(root, "g", "old", F))
CALL(group_remove, itg_group_remove(root, "g", "root", F))
CALL(access_set, itg_access_set(root, DIR_A, ITG_SUBJECT_GROUP, "g", ITG_RIGHT_READ | ITG_RIGHT_MOVE, 0, F))
CALL(access_new, itg_access_set(root, DIR_B, ITG_SUBJECT_USER, "old", 0, ITG_RIGHT_SHADOW, F))
CALL(access_end, itg_access_set(root, DIR_A, ITG_SUBJECT_GROUP, "g", 0, 0, F))
CALL(job_delete, itg_job_delete(root, JOB, F))
CALL(command_queue, itg_command_queue(root, ITG_COMMAND_REBOOT, both, 1, 0, NULL, NULL, F))
CALL(command_cancel, itg_command_cancel(root, 1, F))

CALL(enrolment_set, itg_enrolment_set(root, ITG_ENROLMENT_OPEN, F))
CALL(enrolment_key_delete, itg_enrolment_key_delete(root, ENROLMENT_KEY, F))
CALL(token_revoke, itg_token_revoke(root, OTHER_TC, F))
CALL(job_run, itg_job_run(root, JOB, NULL, F))

static itg_error_t enrolment_key_create(void)
{
    char key[ITG_ENROLMENT_KEY_SIZE];
    return itg_enrolment_key_create(root, "yard", 0, -1, DIR_B, key, NULL, F);
}

static itg_error_t job_create(void)
{
    const itg_job_spec_t job = {.size = sizeof job,
                                .name = "k",
                                .command = ITG_COMMAND_SHUTDOWN,
                                .thinclients = both,
                                .thinclient_count = 2,
                                .every_s = 3600,
                                .start_ms = FIXTURE_START_MS + HOUR_MS};
    return itg_job_create(root, &job, NULL, F);
}

static itg_error_t job_update(void)
{
    const itg_job_spec_t job = {.size = sizeof job,
                                .name = "j",
                                .command = ITG_COMMAND_SHUTDOWN,
                                .expression = "id>0",
                                .start_ms = FIXTURE_START_MS + 2 * HOUR_MS};
    return itg_job_update(root, JOB, &job, F);
}

static itg_error_t move_tc(void)
{
    itg_move_entry_t entry = {.id = TC};
    return itg_move(root, ITG_TYPE_THINCLIENT_DIRECTORY, DIR_B, &entry, 1, F);
}

struct text {
    const char *at;
};

static int64_t read_text(void *ctx, char *buf, size_t size)
{
    struct text *text = ctx;
    size_t length = strlen(text->at) < size ? strlen(text->at) : size;
    memcpy(buf, text->at, length);
    text->at += length;
    return (int64_t)length;
}

static itg_error_t import(void)
{
    struct text text = {
        "{\"firmwares\":[{\"id\":\"7\",\"product\":\"p\",\"version\":\"7\",\"firmwareType\":\"LX\"}],"
        "\"views\":[{\"id\":\"100\",\"name\":\"w\",\"expression\":\"id>0\"},"
        "{\"id\":\"101\",\"name\":\"w\",\"expression\":\"id>0\"}]}"};
    return itg_import(root, read_text, &text, NULL, NULL, NULL, F);
}

#define NEW_TC "ITC00E0C5000001"
#define UNIT   "\"unitID\":\"00E0C5000001\",\"mac\":\"00E0C5000001\",\"firmwareID\":\"1\""
#define THIRD  "\"unitID\":\"00E0C5000003\",\"mac\":\"00E0C5000003\",\"firmwareID\":\"1\""

/* Each call, and what it leaves, worked out by hand from what fill() made and what the call says. */
const struct audit_call audit_calls[] = {
    {tc_create, "root thinclient_create tc 18 'n' {} {\"unitID\":\"00E0C5000009\",\"mac\":\"00E0C5000009\","
                "\"firmwareID\":\"1\",\"name\":\"n\",\"parentID\":\"1\",\"deviceAttributes.floor\":\"3\"}\n"},
    /* comment was empty and stays so */
    {tc_update, "root thinclient_update tc 3 'n' {\"site\":\"\",\"name\":\"" NEW_TC "\"}"
                " {\"site\":\"Bremen\",\"name\":\"n\",\"deviceAttributes.noise\":\"low\"}\n"},
    {tc_delete,
     "root thinclient_delete tc 3 '" NEW_TC "' {" UNIT ",\"name\":\"" NEW_TC "\",\"parentID\":\"1\"} {}\n"
     "root thinclient_delete asset 12 'mouse' {\"tcId\":3} {\"tcId\":-1}\n"},
    /* offline: the command is told, nothing follows */
    {tc_delete_online, "root thinclient_delete_online tc 3 '" NEW_TC "' {} {\"command\":\"forget\"}\n"},
    {adapters, "root thinclient_set_adapters tc 3 '" NEW_TC "' {\"networkAdapters\":[]} {\"networkAdapters\":"
               "[{\"type\":\"LAN\",\"mac\":\"00E0C5000001\",\"name\":\"eth0\",\"state\":\"up\"}]}\n"},
    {cert, "root shadow_set_certificate tc 3 '" NEW_TC "' {\"certificate\":\"\"} {\"certificate\":"
           "\"-----BEGIN CERTIFICATE-----\\nQQ==\\n-----END CERTIFICATE-----\\n\"}\n"},
    {login_add, "root login_add tc 3 '" NEW_TC "' {} {\"username\":\"bob\",\"loginresult\":0,"
                "\"logintime\":\"2024-03-01 12:00:00.000\",\"logontype\":\"swp\"}\n"},
    {login_end, "root login_end tc 3 '" NEW_TC "' {\"logofftime\":\"\"}"
                " {\"logofftime\":\"2024-03-01 12:00:01.000\"}\n"},
    {report, "root attribute_report tc 3 '" NEW_TC "' {} {\"deviceAttributes.floor\":\"4\"}\n"},
    {dir_create,
     "root directory_create masterprofiledirectory 18 'd' {} {\"name\":\"d\",\"parentID\":\"-14\"}\n"},
    {dir_rename, "root directory_rename tcdirectory 1 'z' {\"name\":\"a\"} {\"name\":\"z\"}\n"},
    {dir_delete, "root directory_delete profiledirectory 6 'pd' {\"name\":\"pd\",\"parentID\":\"-2\"} {}\n"},
    {move_tc, "root move tc 3 '" NEW_TC "' {\"parentID\":\"1\"} {\"parentID\":\"2\"}\n"},
    /* the directory and the thin client in it are one item */
    {bin_put, "root bin_put tcdirectory 1 'a' {\"movedToBin\":false} {\"movedToBin\":true}\n"},
    {bin_restore, "root bin_restore tc 16 'ITC00E0C5000003' {\"movedToBin\":true} {\"movedToBin\":false}\n"},
    {bin_purge, "root bin_purge tc 16 'ITC00E0C5000003' {" THIRD ",\"name\":\"ITC00E0C5000003\","
                "\"movedToBin\":true} {}\n"},
    {bin_empty, "root bin_empty tc 16 'ITC00E0C5000003' {" THIRD ",\"name\":\"ITC00E0C5000003\","
                "\"movedToBin\":true} {}\n"},
    {profile_create, "root profile_create masterprofile 18 'm' {} {\"name\":\"m\",\"parentID\":\"-14\","
                     "\"firmwareID\":\"1\",\"overridesSessions\":true}\n"},
    {profile_rename, "root profile_rename profile 5 'q' {\"name\":\"p\"} {\"name\":\"q\"}\n"},
    {profile_delete,
     "root profile_delete profile 5 'p' {\"name\":\"p\",\"parentID\":\"-2\",\"firmwareID\":\"1\","
     "\"settings.x.y\":1} {}\n"},
    {setting_set, "root setting_set profile 5 'p' {\"x.y\":1} {\"x.y\":\"a\"}\n"},
    {setting_unset, "root setting_unset profile 5 'p' {\"x.y\":1} {}\n"},
    {assign, "root assignment_create tc 4 'ITC00E0C5000002' {} {\"assigneeID\":\"5\","
             "\"assigneeType\":\"profile\",\"assigneeName\":\"p\"}\n"},
    {unassign, "root assignment_delete tcdirectory 1 'a' {\"assigneeID\":\"5\",\"assigneeType\":\"profile\","
               "\"assigneeName\":\"p\"} {}\n"},
    {key_create, "root template_key_create templatekey 18 'K' {} {\"name\":\"K\",\"type\":\"BooleanType\","
                 "\"parentID\":\"7\"}\n"},
    {key_delete, "root template_key_delete templatekey 7 'SITE' {\"name\":\"SITE\",\"type\":\"StringType\","
                 "\"parentID\":\"-15\"} {}\n"},
    {value_create, "root template_value_create templatevalue 18 'SITE' {} {\"templateId\":\"7\","
                   "\"value\":\"Kiel\"}\n"},
    {value_update,
     "root template_value_update templatevalue 8 'SITE' {\"value\":\"Bremen\"} {\"value\":\"Husum\"}\n"},
    {value_delete, "root template_value_delete templatevalue 9 'SITE' {\"templateId\":\"7\","
                   "\"value\":\"Augsburg\"} {}\n"},
    {template_assign, "root template_assign tc 3 '" NEW_TC "' {\"valueId\":\"8\",\"value\":\"Bremen\"}"
                      " {\"valueId\":\"9\",\"value\":\"Augsburg\"}\n"},
    {template_unassign,
     "root template_unassign tc 3 '" NEW_TC "' {\"templateId\":\"7\",\"templateName\":\"SITE\","
     "\"valueId\":\"8\",\"value\":\"Bremen\"} {}\n"},
    {attribute_create, "root attribute_create deviceattribute 18 'X' {} {\"identifier\":\"x\",\"name\":\"X\","
                       "\"type\":\"range\",\"overwrite\":\"all\",\"allowedValues\":[\"low\"]}\n"},
    {attribute_update,
     "root attribute_update deviceattribute 11 'N' {\"name\":\"Noise\",\"overwrite\":\"all\","
     "\"allowedValues\":[\"low\",\"high\"]} {\"name\":\"N\",\"overwrite\":\"server\","
     "\"allowedValues\":[\"low\",\"high\",\"loud\"]}\n"},
    {attribute_delete, "root attribute_delete deviceattribute 10 'Floor' {\"identifier\":\"floor\","
                       "\"name\":\"Floor\",\"type\":\"number\",\"overwrite\":\"all\"} {}\n"},
    {asset_create, "root asset_create asset 18 'kbd' {} {\"assetName\":\"kbd\",\"tcId\":-1,"
                   "\"assetVendor\":\"V\",\"categories\":[\"USB\"],\"details\":[\"cpi=800\"]}\n"},
    {asset_move, "root asset_move asset 12 'mouse' {\"tcId\":3} {\"tcId\":4}\n"},
    {asset_delete, "root asset_delete asset 12 'mouse' {\"assetName\":\"mouse\",\"tcId\":3} {}\n"},
    {view_create, "root view_create view 18 'w' {} {\"name\":\"w\",\"expression\":\"site==x\"}\n"},
    {view_update, "root view_update view 13 'v' {\"expression\":\"id>0\"} {\"expression\":\"id>1\"}\n"},
    {view_delete, "root view_delete view 13 'v' {\"name\":\"v\",\"expression\":\"id>0\"} {}\n"},
    {rule_create, "root rule_create rule 18 '' {} {\"position\":0,\"expression\":\"id>0\",\"targetID\":\"1\","
                  "\"applyAtBoot\":true}\n"},
    {rule_update, "root rule_update rule 15 '' {\"expression\":\"site==x\",\"targetID\":\"0\","
                  "\"leaveInSubdirectory\":false} {\"expression\":\"id>5\",\"targetID\":\"1\","
                  "\"leaveInSubdirectory\":true}\n"},
    {rule_delete,
     "root rule_delete rule 14 '' {\"position\":0,\"expression\":\"mac==00E0C5000002\","
     "\"targetID\":\"2\"} {}\n"
     "root rule_delete rule 15 '' {\"parentID\":\"14\",\"position\":0,\"expression\":\"site==x\"} {}\n"},
    {rule_apply, "root rule_apply tc 4 'ITC00E0C5000002' {\"parentID\":\"-1\"} {\"parentID\":\"2\"}\n"},
    {firmware_create, "root firmware_create firmware 2 'OS' {} {\"product\":\"OS\",\"version\":\"12\","
                      "\"firmwareType\":\"LX\"}\n"},
    {user_create, "root user_create user 4 'ann' {} {\"name\":\"ann\",\"role\":\"viewer\","
                  "\"passwordRevision\":1}\n"},
    {user_set_password,
     "root user_set_password user 1 'root' {\"passwordRevision\":1} {\"passwordRevision\":2}\n"},
    {user_delete, "root user_delete user 3 'old' {\"name\":\"old\",\"role\":\"operator\","
                  "\"passwordRevision\":1} {}\n"},
    {group_create, "root group_create group 4 'h' {} {\"name\":\"h\"}\n"},
    {group_delete, "root group_delete group 2 'g' {\"name\":\"g\"} {}\n"},
    {group_add, "root group_add group 2 'g' {} {\"user\":\"old\"}\n"},
    {group_remove, "root group_remove group 2 'g' {\"user\":\"root\"} {}\n"},
    {access_set,
     "root access_set tcdirectory 1 'a' {\"allow\":[\"read\"]} {\"allow\":[\"read\",\"move\"]}\n"},
    {access_new,
     "root access_set tcdirectory 2 'b' {} {\"user\":\"old\",\"allow\":[],\"deny\":[\"shadow\"]}\n"},
    {access_end, "root access_set tcdirectory 1 'a' {\"group\":\"g\",\"allow\":[\"read\"],\"deny\":[]} {}\n"},
    {job_create, "root job_create job 18 'k' {} {\"name\":\"k\",\"command\":\"shutdown\","
                 "\"start\":\"2024-03-01 13:00:00.000\",\"everySeconds\":3600,\"weekdays\":0,"
                 "\"targets\":[\"3\",\"4\"]}\n"},
    {job_update, "root job_update job 17 'j' {\"command\":\"reboot\",\"start\":\"2024-03-01 13:00:00.000\"}"
                 " {\"command\":\"shutdown\",\"start\":\"2024-03-01 14:00:00.000\"}\n"},
    {job_delete, "root job_delete job 17 'j' {\"name\":\"j\",\"command\":\"reboot\","
                 "\"expression\":\"id>0\",\"start\":\"2024-03-01 13:00:00.000\",\"everySeconds\":0,"
                 "\"weekdays\":0} {}\n"},
    {command_queue, "root command_queue tc 3 '" NEW_TC "' {} {\"command\":\"reboot\"}\n"},
    {command_cancel,
     "root command_cancel tc 4 'ITC00E0C5000002' {\"state\":\"queued\"} {\"state\":\"expired\"}\n"},
    {command_send, "root command_send tc 3 '" NEW_TC "' {} {\"command\":\"reboot\"}\n"},
    {command_send_many, "root command_send command 0 '' {} {\"command\":\"shutdown\",\"count\":2,"
                        "\"ids\":[\"3\",\"4\"]}\n"},
    {enrolment_set, "root enrolment_set enrolment 0 '' {\"policy\":\"key\"} {\"policy\":\"open\"}\n"},
    {enrolment_key_create, "root enrolment_key_create enrolment 2 'yard' {} "
                           "{\"expires\":0,\"usesLeft\":-1,\"directoryID\":\"2\"}\n"},
    {enrolment_key_delete, "root enrolment_key_delete enrolment 1 'hall' "
                           "{\"expires\":0,\"usesLeft\":5,\"directoryID\":\"-1\"} {}\n"},
    {token_revoke, "root token_revoke tc 4 'ITC00E0C5000002' {\"isThinClientRegistered\":true}"
                   " {\"isThinClientRegistered\":false}\n"},
    {job_run, "root job_run command 0 '' {} {\"command\":\"reboot\",\"count\":2,\"ids\":[\"3\",\"4\"]}\n"},
    {import, "root import fleet 0 '' {} {\"firmwares\":1,\"views\":2}\n"},
};

const size_t audit_call_count = COUNT_OF(audit_calls);

/* A command goes out of the house and cannot be part of a group. */
bool audit_is_command(const struct audit_call *call)
{
    return call->call == command_send || call->call == command_send_many || call->call == tc_delete_online ||
           call->call == job_run;
}

void audit_begin(void)
{
    fill();
    make_account("old", ITG_ROLE_OPERATOR);
    assert_ok(itg_as(fx.itg, "root", &root, F));
}

void audit_end(void)
{
    itg_close(root);
    root = NULL;
}
