/* Rights: what comes of roles and entries, and that every call asks for them. */
#include "fixture.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TC_DIR  ITG_TYPE_THINCLIENT_DIRECTORY
#define PRO_DIR ITG_TYPE_PROFILE_DIRECTORY

enum {
    B = ITG_RIGHT_BROWSE,
    R = ITG_RIGHT_READ,
    W = ITG_RIGHT_WRITE,
    M = ITG_RIGHT_MOVE,
    A = ITG_RIGHT_ASSIGN,
    C = ITG_RIGHT_COMMAND,
    S = ITG_RIGHT_SHADOW,
    X = ITG_RIGHT_CONTROL,
    VIEWER = B | R,
    OPERATOR = B | R | W | M | A | C | S,
    ALL = OPERATOR | X
};

static const char password[] = "correct horse";
#define PEM "-----BEGIN CERTIFICATE-----\nTUlJQg==\n-----END CERTIFICATE-----\n"

static int64_t make_user(const char *name, itg_role_t role)
{
    int64_t id = 0;
    assert_ok(itg_user_create(fx.itg, name, role, password, &id, &fx.failure));
    return id;
}

static itg_t *as(const char *name)
{
    itg_t *itg = NULL;
    assert_ok(itg_as(fx.itg, name, &itg, &fx.failure));
    return itg;
}

static void say(int64_t directory, const char *user, uint32_t allow, uint32_t deny)
{
    assert_ok(itg_access_set(fx.itg, directory, ITG_SUBJECT_USER, user, allow, deny, &fx.failure));
}

static void say_group(int64_t directory, const char *group, uint32_t allow, uint32_t deny)
{
    assert_ok(itg_access_set(fx.itg, directory, ITG_SUBJECT_GROUP, group, allow, deny, &fx.failure));
}

static uint32_t rights(const char *user, int64_t object)
{
    uint32_t got = 0xDEAD;
    assert_ok(itg_access_rights(fx.itg, user, object, &got, &fx.failure));
    return got;
}

/* The tree that most cases are about:
 *
 *   root -- t0         profile root -- p0
 *    +- a -- ta         +- pa_dir -- pa
 *    |  +- a1 -- ta1
 *    +- b -- tb */
static struct {
    int64_t firmware, a, a1, b, t0, ta, ta1, tb, pa_dir, p0, pa;
} t;

static void make_tree(void)
{
    t.firmware = make_firmware("11.1");
    t.a = make_directory(TC_DIR, "a", ITG_ROOT_THINCLIENTS);
    t.a1 = make_directory(TC_DIR, "a1", t.a);
    t.b = make_directory(TC_DIR, "b", ITG_ROOT_THINCLIENTS);
    t.t0 = make_thinclient("00E0C5000000", ITG_ROOT_THINCLIENTS, t.firmware);
    t.ta = make_thinclient("00E0C500000A", t.a, t.firmware);
    t.ta1 = make_thinclient("00E0C50000A1", t.a1, t.firmware);
    t.tb = make_thinclient("00E0C500000B", t.b, t.firmware);
    t.pa_dir = make_directory(PRO_DIR, "pa", ITG_ROOT_PROFILES);
    t.p0 = make_profile(ITG_TYPE_PROFILE, "p0", ITG_ROOT_PROFILES, t.firmware);
    t.pa = make_profile(ITG_TYPE_PROFILE, "pa", t.pa_dir, t.firmware);
}

/* ---- what comes of roles and entries */

START_TEST(rights_have_names)
{
    ck_assert_str_eq(itg_right_name(ITG_RIGHT_BROWSE), "browse");
    ck_assert_str_eq(itg_right_name(ITG_RIGHT_CONTROL), "control");
    ck_assert_str_eq(itg_right_name((itg_right_t)3), "");
    ck_assert_str_eq(itg_right_name((itg_right_t)0), "");
    for (unsigned right = 1; right < 256; right <<= 1)
        ck_assert_int_eq((int)itg_right_from_name(itg_right_name((itg_right_t)right)), (int)right);
    ck_assert_int_eq((int)itg_right_from_name("dance"), 0);
    ck_assert_int_eq((int)itg_right_from_name(NULL), 0);
    ck_assert_str_eq(itg_access_reason_text((itg_access_reason_t)0), "");
    ck_assert_str_ne(itg_access_reason_text(ITG_ACCESS_NEEDS_READ), "");
    ck_assert_str_eq(itg_access_reason_text((itg_access_reason_t)8), "");
}
END_TEST

START_TEST(roles_are_the_rights_without_entries)
{
    make_tree();
    make_user("vic", ITG_ROLE_VIEWER);
    make_user("olga", ITG_ROLE_OPERATOR);
    make_user("anna", ITG_ROLE_ADMINISTRATOR);
    const int64_t objects[] = {
        ITG_ROOT_THINCLIENTS, ITG_ROOT_PROFILES, ITG_ROOT_MASTERPROFILES, t.a, t.ta1, t.pa};
    for (size_t i = 0; i < COUNT_OF(objects); i++) {
        ck_assert_uint_eq(rights("vic", objects[i]), VIEWER);
        ck_assert_uint_eq(rights("olga", objects[i]), OPERATOR);
        ck_assert_uint_eq(rights("anna", objects[i]), ALL);
        ck_assert_uint_eq(rights(NULL, objects[i]), ALL);
    }
}
END_TEST

START_TEST(entries_reach_down_and_denials_win)
{
    make_tree();
    make_user("vic", ITG_ROLE_VIEWER);
    /* a allows write there and below, and nowhere else. */
    say(t.a, "vic", W, 0);
    ck_assert_uint_eq(rights("vic", t.a), VIEWER | W);
    ck_assert_uint_eq(rights("vic", t.ta), VIEWER | W);
    ck_assert_uint_eq(rights("vic", t.a1), VIEWER | W);
    ck_assert_uint_eq(rights("vic", t.ta1), VIEWER | W);
    ck_assert_uint_eq(rights("vic", t.b), VIEWER);
    ck_assert_uint_eq(rights("vic", t.t0), VIEWER);
    ck_assert_uint_eq(rights("vic", ITG_ROOT_THINCLIENTS), VIEWER);
    ck_assert_uint_eq(rights("vic", t.pa), VIEWER);
    /* a1 denies it again; what a1 itself allows of the same does not help. */
    say(t.a1, "vic", W | C, W);
    ck_assert_uint_eq(rights("vic", t.ta), VIEWER | W);
    ck_assert_uint_eq(rights("vic", t.a1), VIEWER | C);
    ck_assert_uint_eq(rights("vic", t.ta1), VIEWER | C);
    /* A denial at the root wins over what is allowed below. */
    say(ITG_ROOT_THINCLIENTS, "vic", 0, C);
    ck_assert_uint_eq(rights("vic", t.ta1), VIEWER);
    /* Each root is of its own tree. */
    say(ITG_ROOT_PROFILES, "vic", ALL, 0);
    ck_assert_uint_eq(rights("vic", t.pa), ALL);
    ck_assert_uint_eq(rights("vic", t.t0), VIEWER);
    /* Nothing of both is no entry. */
    say(ITG_ROOT_THINCLIENTS, "vic", 0, 0);
    say(t.a, "vic", 0, 0);
    say(t.a1, "vic", 0, 0);
    say(t.a1, "vic", 0, 0);
    ck_assert_uint_eq(rights("vic", t.ta1), VIEWER);
}
END_TEST

START_TEST(without_browse_or_read_little_remains)
{
    make_tree();
    make_user("olga", ITG_ROLE_OPERATOR);
    say(t.a, "olga", 0, R);
    ck_assert_uint_eq(rights("olga", t.a), B);
    ck_assert_uint_eq(rights("olga", t.ta1), B);
    say(t.a1, "olga", X, B);
    ck_assert_uint_eq(rights("olga", t.a1), 0);
    ck_assert_uint_eq(rights("olga", t.ta1), 0);
    ck_assert_uint_eq(rights("olga", t.tb), OPERATOR);
}
END_TEST

START_TEST(groups_add_up)
{
    make_tree();
    make_user("vic", ITG_ROLE_VIEWER);
    make_user("olga", ITG_ROLE_OPERATOR);
    assert_ok(itg_group_create(fx.itg, "night", NULL, &fx.failure));
    assert_ok(itg_group_create(fx.itg, "day", NULL, &fx.failure));
    assert_ok(itg_group_add(fx.itg, "night", "vic", &fx.failure));
    say_group(t.a, "night", C, 0);
    say_group(t.a1, "day", S, C);
    ck_assert_uint_eq(rights("vic", t.ta1), VIEWER | C);
    ck_assert_uint_eq(rights("olga", t.ta1), OPERATOR);
    /* With day: a1 allows shadow and denies command, whoever allowed it. */
    assert_ok(itg_group_add(fx.itg, "day", "vic", &fx.failure));
    ck_assert_uint_eq(rights("vic", t.ta1), VIEWER | S);
    ck_assert_uint_eq(rights("vic", t.ta), VIEWER | C);
    assert_ok(itg_group_remove(fx.itg, "day", "vic", &fx.failure));
    ck_assert_uint_eq(rights("vic", t.ta1), VIEWER | C);
    /* A group's entries go with it. */
    assert_ok(itg_group_delete(fx.itg, "night", &fx.failure));
    ck_assert_uint_eq(rights("vic", t.ta1), VIEWER);
}
END_TEST

START_TEST(in_the_bin_the_parent_still_counts)
{
    make_tree();
    make_user("olga", ITG_ROLE_OPERATOR);
    say(t.a, "olga", 0, W);
    assert_ok(itg_bin_put(fx.itg, ITG_TYPE_THINCLIENT, t.ta, &fx.failure));
    ck_assert_uint_eq(rights("olga", t.ta), OPERATOR & ~(unsigned)W);
}
END_TEST

/* ---- each call asks for its right */

/* What a deed works on. */
static struct {
    int64_t binned, asset, key, value, attribute;
    char shadow[ITG_SHADOW_PASSWORD_SIZE];
} w;

static int32_t ignore_object(void *ctx, const itg_object_t *object)
{
    (void)ctx, (void)object;
    return 0;
}

static int32_t ignore(void *ctx, const void *what)
{
    (void)ctx, (void)what;
    return 0;
}

#define IGNORE(type) ((type)(void (*)(void))ignore)
#define DEED(name, call)                                        \
    static itg_error_t name(itg_t *itg, itg_failure_t *failure) \
    {                                                           \
        return call;                                            \
    }

static const itg_value_t site[] = {{"site", "Bremen"}};
static const itg_asset_input_t no_input;

static itg_error_t create_thinclient(itg_t *itg, itg_failure_t *failure)
{
    char parent[24], firmware[24];
    snprintf(parent, sizeof parent, "%lld", (long long)t.a);
    snprintf(firmware, sizeof firmware, "%lld", (long long)t.firmware);
    const itg_value_t values[] = {{"mac", "00E0C5FFFFFF"}, {"firmwareID", firmware}, {"parentID", parent}};
    return itg_thinclient_create(itg, values, 3, NULL, failure);
}

static itg_error_t assign(itg_t *itg, itg_failure_t *failure)
{
    const itg_assignment_t assignment = {t.pa, ITG_TYPE_PROFILE, t.ta, ITG_TYPE_THINCLIENT};
    return itg_assignment_create(itg, &assignment, 1, failure);
}

static itg_error_t assign_directory(itg_t *itg, itg_failure_t *failure)
{
    const itg_assignment_t assignment = {t.pa, ITG_TYPE_PROFILE, t.a, TC_DIR};
    return itg_assignment_create(itg, &assignment, 1, failure);
}

static itg_error_t unassign(itg_t *itg, itg_failure_t *failure)
{
    const itg_assignment_t assignment = {t.pa, ITG_TYPE_PROFILE, t.ta1, ITG_TYPE_THINCLIENT};
    return itg_assignment_delete(itg, &assignment, failure);
}

static itg_error_t move_to_b(itg_t *itg, itg_failure_t *failure)
{
    itg_move_entry_t entry = {.id = t.ta};
    return itg_move(itg, TC_DIR, t.b, &entry, 1, failure);
}

static itg_error_t move_directory_to_b(itg_t *itg, itg_failure_t *failure)
{
    itg_move_entry_t entry = {.id = t.a};
    return itg_move(itg, TC_DIR, t.b, &entry, 1, failure);
}

static itg_error_t create_asset(itg_t *itg, itg_failure_t *failure)
{
    itg_asset_input_t input = no_input;
    input.size = sizeof input;
    input.thinclient_id = t.ta;
    input.name = "mouse";
    return itg_asset_create(itg, &input, NULL, failure);
}

static itg_error_t template_assign(itg_t *itg, itg_failure_t *failure)
{
    const itg_template_assignment_t assignment = {t.ta, ITG_TYPE_THINCLIENT, w.key, w.value};
    return itg_template_assign(itg, &assignment, 1, failure);
}

static itg_error_t get_thinclient(itg_t *itg, itg_failure_t *failure)
{
    itg_thinclient_t *tc = NULL;
    itg_error_t err = itg_thinclient_get(itg, t.ta, &tc, failure);
    itg_thinclient_free(tc);
    return err;
}

static itg_error_t get_by_mac(itg_t *itg, itg_failure_t *failure)
{
    itg_thinclient_t *tc = NULL;
    itg_error_t err = itg_thinclient_by_mac(itg, "00E0C500000A", &tc, failure);
    itg_thinclient_free(tc);
    return err;
}

static itg_error_t get_profile(itg_t *itg, itg_failure_t *failure)
{
    itg_profile_t *profile = NULL;
    itg_error_t err = itg_profile_get(itg, ITG_TYPE_PROFILE, t.pa, &profile, failure);
    itg_profile_free(profile);
    return err;
}

static itg_error_t get_directory(itg_t *itg, itg_failure_t *failure)
{
    itg_object_t *directory = NULL;
    itg_error_t err = itg_directory_get(itg, TC_DIR, t.a, &directory, failure);
    itg_object_free(directory);
    return err;
}

static itg_error_t get_asset(itg_t *itg, itg_failure_t *failure)
{
    itg_asset_t *asset = NULL;
    itg_error_t err = itg_asset_get(itg, w.asset, &asset, failure);
    itg_asset_free(asset);
    return err;
}

static itg_error_t get_type(itg_t *itg, itg_failure_t *failure)
{
    itg_type_t type;
    return itg_object_type(itg, t.ta, &type, failure);
}

static itg_error_t get_revision(itg_t *itg, itg_failure_t *failure)
{
    int64_t revision = 0;
    return itg_settings_revision(itg, t.ta, &revision, NULL, failure);
}

static itg_error_t get_shadow(itg_t *itg, itg_failure_t *failure)
{
    char text[ITG_SHADOW_PASSWORD_SIZE];
    return itg_shadow_password(itg, t.ta, text, failure);
}

static int32_t ignore_command(void *ctx, const itg_command_result_t *result)
{
    (void)ctx, (void)result;
    return 0;
}

DEED(update, itg_thinclient_update(itg, t.ta, site, 1, failure))
DEED(delete, itg_thinclient_delete(itg, t.ta, failure))
DEED(delete_online, itg_thinclient_delete_online(itg, t.ta, ignore_command, NULL, failure))
DEED(command, itg_command_send(itg, ITG_COMMAND_REBOOT, &t.ta, 1, ignore_command, NULL, failure))
DEED(queue, itg_command_queue(itg, ITG_COMMAND_REBOOT, &t.ta, 1, 0, NULL, NULL, failure))
DEED(commands, itg_command_history(itg, t.ta, 0, IGNORE(itg_command_entry_fn), NULL, failure))
DEED(bin_put, itg_bin_put(itg, ITG_TYPE_THINCLIENT, t.ta, failure))
DEED(bin_put_directory, itg_bin_put(itg, TC_DIR, t.a, failure))
DEED(bin_restore, itg_bin_restore(itg, ITG_TYPE_THINCLIENT, w.binned, failure))
DEED(bin_purge, itg_bin_purge(itg, ITG_TYPE_THINCLIENT, w.binned, failure))
DEED(set_adapters, itg_thinclient_set_adapters(itg, t.ta, NULL, 0, failure))
DEED(login_add, itg_login_add(itg, t.ta, "u", 0, FIXTURE_START_MS, 0, 0, failure))
DEED(login_end, itg_login_end(itg, t.ta, FIXTURE_START_MS, failure))
DEED(report, itg_attribute_report(itg, t.ta, "site", "x", failure))
DEED(confirm, itg_settings_confirm(itg, t.ta, 0, failure))
DEED(set_certificate, itg_shadow_set_certificate(itg, t.ta, PEM, failure))
DEED(verify, itg_shadow_verify(itg, t.ta, w.shadow, failure))
DEED(move_asset, itg_asset_move(itg, w.asset, t.tb, 0, failure))
DEED(delete_asset, itg_asset_delete(itg, w.asset, failure))
DEED(template_unassign, itg_template_unassign(itg, t.ta1, w.key, failure))
DEED(create_directory, itg_directory_create(itg, TC_DIR, "new", t.a, NULL, failure))
DEED(rename_directory, itg_directory_rename(itg, TC_DIR, t.a, "new", failure))
DEED(create_profile, itg_profile_create(itg, ITG_TYPE_PROFILE, "new", t.pa_dir, t.firmware, 0, NULL, failure))
DEED(rename_profile, itg_profile_rename(itg, ITG_TYPE_PROFILE, t.pa, "new", failure))
DEED(delete_profile, itg_profile_delete(itg, ITG_TYPE_PROFILE, t.pa, failure))
DEED(set, itg_setting_set(itg, ITG_TYPE_PROFILE, t.pa, "a.b", "2", failure))
DEED(unset, itg_setting_unset(itg, ITG_TYPE_PROFILE, t.pa, "a.b", failure))
DEED(control, itg_access_set(itg, t.a, ITG_SUBJECT_USER, "vic", W, 0, failure))
DEED(see_entries, itg_access_each(itg, t.a, IGNORE(itg_access_entry_fn), NULL, failure))
DEED(adapters, itg_thinclient_adapters(itg, t.ta, IGNORE(itg_adapter_fn), NULL, failure))
DEED(logins, itg_login_each(itg, t.ta, IGNORE(itg_login_fn), NULL, failure))
DEED(effective, itg_effective_each(itg, t.ta, IGNORE(itg_effective_fn), NULL, failure))
DEED(certificate, itg_shadow_certificate(itg, t.ta, NULL, 0, NULL, failure))
DEED(assets_on, itg_asset_each(itg, t.ta, 0, IGNORE(itg_asset_fn), NULL, failure))
DEED(details, itg_asset_details(itg, w.asset, IGNORE(itg_asset_detail_fn), NULL, failure))
DEED(categories, itg_asset_categories(itg, w.asset, IGNORE(itg_asset_category_fn), NULL, failure))
DEED(history_of_asset,
     itg_asset_history_each(itg, w.asset, NULL, 0, IGNORE(itg_asset_history_fn), NULL, failure))
DEED(history_of_unit,
     itg_asset_history_each(itg, 0, "00E0C500000A", 0, IGNORE(itg_asset_history_fn), NULL, failure))
DEED(template_values, itg_template_assignments(itg, ITG_TYPE_THINCLIENT, t.ta,
                                               IGNORE(itg_template_assignment_fn), NULL, failure))
DEED(settings, itg_setting_each(itg, ITG_TYPE_PROFILE, t.pa, IGNORE(itg_setting_fn), NULL, failure))
DEED(children, itg_directory_children(itg, TC_DIR, t.a, ignore_object, NULL, failure))

static int32_t ignore_assignment(void *ctx, const itg_assignment_t *assignment, int32_t position)
{
    (void)ctx, (void)assignment, (void)position;
    return 0;
}

static int32_t ignore_attribute(void *ctx, const itg_attribute_t *attribute, const char *value)
{
    (void)ctx, (void)attribute, (void)value;
    return 0;
}

DEED(attributes, itg_attribute_values(itg, t.ta, ignore_attribute, NULL, failure))
DEED(reaching, itg_assignment_reaching(itg, ITG_TYPE_THINCLIENT, t.ta, ignore_assignment, NULL, failure))
DEED(reaching_directory, itg_assignment_reaching(itg, TC_DIR, t.a, ignore_assignment, NULL, failure))
DEED(receivers, itg_assignment_receivers(itg, ITG_TYPE_PROFILE, t.pa, ITG_TYPE_THINCLIENT, ignore_assignment,
                                         NULL, failure))

/* Deeds, with the rights that each needs on a and all below it, on b, and on the directory of profile pa. */
static const struct deed {
    const char *name;
    itg_error_t (*act)(itg_t *itg, itg_failure_t *failure);
    uint32_t on_a, on_b, on_profiles;
    bool alone; /* cannot be part of a group */
} deeds[] = {
    {"create thin client", create_thinclient, W, 0, 0, 0},
    {"update", update, W, 0, 0, 0},
    {"delete", delete, W, 0, 0, 0},
    {"delete online", delete_online, W, 0, 0, true},
    {"command", command, C, 0, 0, true},
    {"queue", queue, C, 0, 0, true},
    {"move", move_to_b, M, W, 0, 0},
    {"move directory", move_directory_to_b, M, W, 0, 0},
    {"assign", assign, A, 0, R, 0},
    {"assign to directory", assign_directory, A, 0, R, 0},
    {"unassign", unassign, A, 0, R, 0},
    {"bin", bin_put, W, 0, 0, 0},
    {"bin directory", bin_put_directory, W, 0, 0, 0},
    {"restore", bin_restore, W, 0, 0, 0},
    {"purge", bin_purge, W, 0, 0, 0},
    {"set adapters", set_adapters, W, 0, 0, 0},
    {"add login", login_add, W, 0, 0, 0},
    {"end login", login_end, W, 0, 0, 0},
    {"report", report, W, 0, 0, 0},
    {"confirm", confirm, W, 0, 0, 0},
    {"set certificate", set_certificate, W, 0, 0, 0},
    {"password", get_shadow, S, 0, 0, 0},
    {"verify", verify, S, 0, 0, 0},
    {"create asset", create_asset, W, 0, 0, 0},
    {"move asset", move_asset, W, W, 0, 0},
    {"delete asset", delete_asset, W, 0, 0, 0},
    {"assign value", template_assign, A, 0, 0, 0},
    {"unassign value", template_unassign, A, 0, 0, 0},
    {"create directory", create_directory, W, 0, 0, 0},
    {"rename directory", rename_directory, W, 0, 0, 0},
    {"create profile", create_profile, 0, 0, W, 0},
    {"rename profile", rename_profile, 0, 0, W, 0},
    {"delete profile", delete_profile, 0, 0, W, 0},
    {"set", set, 0, 0, W, 0},
    {"unset", unset, 0, 0, W, 0},
    {"change entries", control, X, 0, 0, 0},
    {"see entries", see_entries, X, 0, 0, 0},
    {"get", get_thinclient, R, 0, 0, 0},
    {"get by mac", get_by_mac, R, 0, 0, 0},
    {"type", get_type, R, 0, 0, 0},
    {"adapters", adapters, R, 0, 0, 0},
    {"commands", commands, R, 0, 0, 0},
    {"logins", logins, R, 0, 0, 0},
    {"attributes", attributes, R, 0, 0, 0},
    {"effective", effective, R, 0, 0, 0},
    {"revision", get_revision, R, 0, 0, 0},
    {"certificate", certificate, R, 0, 0, 0},
    {"asset", get_asset, R, 0, 0, 0},
    {"asset details", details, R, 0, 0, 0},
    {"asset categories", categories, R, 0, 0, 0},
    {"assets on it", assets_on, R, 0, 0, 0},
    {"history of asset", history_of_asset, R, 0, 0, 0},
    {"history of unit", history_of_unit, R, 0, 0, 0},
    {"template values", template_values, R, 0, 0, 0},
    {"reaching", reaching, R, 0, 0, 0},
    {"reaching a directory", reaching_directory, B, 0, 0, 0},
    {"get directory", get_directory, B, 0, 0, 0},
    {"children", children, B, 0, 0, 0},
    {"get profile", get_profile, 0, 0, R, 0},
    {"settings", settings, 0, 0, R, 0},
    {"receivers", receivers, 0, 0, R, 0},
};

static void make_works(void)
{
    make_tree();
    w.binned = make_thinclient("00E0C50000BB", t.a, t.firmware);
    assert_ok(itg_bin_put(fx.itg, ITG_TYPE_THINCLIENT, w.binned, &fx.failure));
    itg_asset_input_t input = no_input;
    input.size = sizeof input;
    input.thinclient_id = t.ta;
    input.name = "keyboard";
    assert_ok(itg_asset_create(fx.itg, &input, &w.asset, &fx.failure));
    assert_ok(itg_attribute_create(fx.itg, "site", "Site", ITG_ATTRIBUTE_STRING, ITG_OVERWRITE_ALL, NULL, 0,
                                   &w.attribute, &fx.failure));
    assert_ok(
        itg_template_key_create(fx.itg, "K", ITG_TEMPLATE_STRING, ITG_ROOT_TEMPLATES, &w.key, &fx.failure));
    assert_ok(itg_template_value_create(fx.itg, w.key, "v", "", &w.value, &fx.failure));
    const itg_template_assignment_t value = {t.ta1, ITG_TYPE_THINCLIENT, w.key, w.value};
    assert_ok(itg_template_assign(fx.itg, &value, 1, &fx.failure));
    const itg_assignment_t profile = {t.pa, ITG_TYPE_PROFILE, t.ta1, ITG_TYPE_THINCLIENT};
    assert_ok(itg_assignment_create(fx.itg, &profile, 1, &fx.failure));
    assert_ok(itg_setting_set(fx.itg, ITG_TYPE_PROFILE, t.pa, "a.b", "1", &fx.failure));
    assert_ok(itg_shadow_password(fx.itg, t.ta, w.shadow, &fx.failure));
}

/* Does it, and undoes it. */
static itg_error_t try_deed(const struct deed *deed, itg_t *itg)
{
    if (deed->alone)
        return deed->act(itg, &fx.failure);
    assert_ok(itg_begin(fx.itg, &fx.failure));
    itg_error_t err = deed->act(itg, &fx.failure);
    itg_failure_t failure = {0};
    ck_assert_int_eq(itg_rollback(fx.itg, &failure), ITG_OK);
    return err;
}

static void check_refused(const struct deed *deed, itg_t *itg, const char *how, itg_error_t wanted)
{
    itg_error_t err = try_deed(deed, itg);
    ck_assert_msg(err == wanted, "%s %s: %s %s", deed->name, how, itg_error_code(err), fx.failure.detail);
    itg_failure_clear(&fx.failure);
}

/* An administrator from whom one right is taken at a time. */
START_TEST(each_call_fails_without_its_right)
{
    make_works();
    make_user("ada", ITG_ROLE_ADMINISTRATOR);
    make_user("anna", ITG_ROLE_ADMINISTRATOR);
    make_user("vic", ITG_ROLE_VIEWER);
    itg_t *anna = as("anna");
    for (size_t i = 0; i < COUNT_OF(deeds); i++) {
        const struct deed *deed = &deeds[i];
        const struct {
            int64_t directory;
            uint32_t right;
        } needed[] = {{t.a, deed->on_a}, {t.b, deed->on_b}, {t.pa_dir, deed->on_profiles}};
        check_refused(deed, anna, "without entries", ITG_OK);
        for (size_t k = 0; k < COUNT_OF(needed); k++) {
            if (!needed[k].right)
                continue;
            char *before = fixture_fingerprint(fx.itg);
            say(needed[k].directory, "anna", 0, needed[k].right);
            check_refused(deed, anna, "with a denial", ITG_E_ACCESS_DENIED);
            /* Every other right can be missing, but those that all rights need. */
            say(needed[k].directory, "anna", 0, ALL & ~(needed[k].right | B | R));
            check_refused(deed, anna, "with other denials", ITG_OK);
            say(needed[k].directory, "anna", 0, 0);
            fixture_assert_unchanged(before, deed->name, __FILE__, __LINE__);
        }
    }
    itg_close(anna);
}
END_TEST

/* A viewer who is allowed just what a call needs. */
START_TEST(each_call_succeeds_with_its_right)
{
    make_works();
    make_user("ada", ITG_ROLE_ADMINISTRATOR);
    make_user("vic", ITG_ROLE_VIEWER);
    itg_t *vic = as("vic");
    for (size_t i = 0; i < COUNT_OF(deeds); i++) {
        const struct deed *deed = &deeds[i];
        bool reads = ((deed->on_a | deed->on_b | deed->on_profiles) & ~(unsigned)VIEWER) == 0;
        check_refused(deed, vic, "as a viewer", reads ? ITG_OK : ITG_E_ACCESS_DENIED);
        /* An entry that does not help is no key to everything. */
        say(ITG_ROOT_MASTERPROFILES, "vic", ALL, 0);
        check_refused(deed, vic, "with an entry elsewhere", reads ? ITG_OK : ITG_E_ACCESS_DENIED);
        say(ITG_ROOT_MASTERPROFILES, "vic", 0, 0);
        say(t.a, "vic", deed->on_a, 0);
        say(t.b, "vic", deed->on_b, 0);
        say(t.pa_dir, "vic", deed->on_profiles, 0);
        check_refused(deed, vic, "allowed it", ITG_OK);
        say(t.a, "vic", 0, 0);
        say(t.b, "vic", 0, 0);
        say(t.pa_dir, "vic", 0, 0);
    }
    itg_close(vic);
}
END_TEST

START_TEST(what_is_missing_stays_missing)
{
    make_tree();
    make_user("olga", ITG_ROLE_OPERATOR);
    say(ITG_ROOT_THINCLIENTS, "olga", 0, B);
    say(ITG_ROOT_PROFILES, "olga", 0, R);
    itg_t *olga = as("olga");
    itg_thinclient_t *tc = NULL;
    itg_object_t *directory = NULL;
    itg_profile_t *profile = NULL;
    assert_code(itg_thinclient_get(olga, 999, &tc, &fx.failure), ITG_E_THINCLIENT_NOT_FOUND);
    assert_code(itg_thinclient_get(olga, t.t0, &tc, &fx.failure), ITG_E_ACCESS_DENIED);
    assert_code(itg_directory_get(olga, TC_DIR, 999, &directory, &fx.failure), ITG_E_DIRECTORY_NOT_FOUND);
    assert_code(itg_directory_get(olga, TC_DIR, ITG_ROOT_THINCLIENTS, &directory, &fx.failure),
                ITG_E_ACCESS_DENIED);
    assert_code(itg_profile_get(olga, ITG_TYPE_PROFILE, 999, &profile, &fx.failure), ITG_E_NO_HANDLER);
    assert_code(itg_profile_get(olga, ITG_TYPE_PROFILE, t.p0, &profile, &fx.failure), ITG_E_ACCESS_DENIED);
    assert_refused(itg_thinclient_delete(olga, 999, &fx.failure), ITG_E_THINCLIENT_NOT_FOUND);
    /* Of two commands one is missing and one denied: what comes first is told, and nothing is sent. */
    const int64_t ids[] = {t.t0, 999};
    assert_code(itg_command_send(olga, ITG_COMMAND_REBOOT, ids, 2, ignore_command, NULL, &fx.failure),
                ITG_E_ACCESS_DENIED);
    itg_close(olga);
}
END_TEST

/* ---- lists */

struct seen {
    char text[512];
};

static void note(struct seen *seen, const char *word, int64_t id)
{
    size_t length = strlen(seen->text);
    snprintf(seen->text + length, sizeof seen->text - length, "%s%s%lld", length ? " " : "", word,
             (long long)id);
}

static int32_t see_thinclient(void *ctx, const itg_thinclient_t *tc)
{
    note(ctx, "", tc->id);
    return 0;
}

static int32_t see_object(void *ctx, const itg_object_t *object)
{
    note(ctx, "", object->id);
    return 0;
}

static int32_t see_profile(void *ctx, const itg_profile_t *profile)
{
    note(ctx, "", profile->id);
    return 0;
}

static int32_t see_assignment(void *ctx, const itg_assignment_t *assignment, int32_t position)
{
    note(ctx, "", position);
    note(ctx, "p", assignment->assignee_id);
    note(ctx, "r", assignment->receiver_id);
    return 0;
}

static int32_t see_asset(void *ctx, const itg_asset_t *asset)
{
    note(ctx, "", asset->id);
    return 0;
}

static int32_t see_history(void *ctx, const itg_asset_history_t *entry)
{
    note(ctx, "", entry->asset_id);
    return 0;
}

static void see_move(void *ctx, const itg_rule_move_t *move)
{
    note(ctx, "", move->thinclient_id);
}

/* Asserts the text of what a walk has seen, written as by printf. */
#define ASSERT_SEEN(call, ...)                          \
    do {                                                \
        struct seen seen = {""};                        \
        char wanted_[512];                              \
        snprintf(wanted_, sizeof wanted_, __VA_ARGS__); \
        assert_ok(call);                                \
        ck_assert_str_eq(seen.text, wanted_);           \
    } while (0)
#define L(id) ((long long)(id))

START_TEST(lists_leave_out_what_may_not_be_read)
{
    make_works();
    make_user("olga", ITG_ROLE_OPERATOR);
    int64_t view = 0, nowhere = 0;
    assert_ok(itg_view_create(fx.itg, "all", "mac==00*", &view, &fx.failure));
    itg_asset_input_t input = no_input;
    input.size = sizeof input;
    input.name = "spare";
    assert_ok(itg_asset_create(fx.itg, &input, &nowhere, &fx.failure));
    const itg_assignment_t more[] = {{t.pa, ITG_TYPE_PROFILE, t.tb, ITG_TYPE_THINCLIENT},
                                     {t.p0, ITG_TYPE_PROFILE, t.tb, ITG_TYPE_THINCLIENT},
                                     {t.p0, ITG_TYPE_PROFILE, t.ta1, ITG_TYPE_THINCLIENT}};
    assert_ok(itg_assignment_create(fx.itg, more, 3, &fx.failure));
    /* Of a nothing but a itself may be seen: ta, ta1 and the binned one are hidden; profile pa is. */
    say(t.a, "olga", 0, R);
    say(t.pa_dir, "olga", 0, R);
    itg_t *olga = as("olga");
    ASSERT_SEEN(itg_thinclient_each(olga, ITG_EXTENT_SHORT, 0, see_thinclient, &seen, &fx.failure),
                "%lld %lld", L(t.t0), L(t.tb));
    ASSERT_SEEN(itg_thinclient_each(olga, ITG_EXTENT_DETAILS, t.t0, see_thinclient, &seen, &fx.failure),
                "%lld", L(t.tb));
    ASSERT_SEEN(
        itg_thinclient_select(olga, ITG_EXTENT_SHORT, "mac==00*", 0, see_thinclient, &seen, &fx.failure),
        "%lld %lld", L(t.t0), L(t.tb));
    ASSERT_SEEN(itg_view_select(olga, view, ITG_EXTENT_SHORT, 0, see_thinclient, &seen, &fx.failure),
                "%lld %lld", L(t.t0), L(t.tb));
    ASSERT_SEEN(itg_directory_each(olga, TC_DIR, 0, see_object, &seen, &fx.failure), "%lld %lld %lld", L(t.a),
                L(t.a1), L(t.b));
    /* Sub-directories are browsed, thin clients read. */
    ASSERT_SEEN(itg_directory_children(olga, TC_DIR, t.a, see_object, &seen, &fx.failure), "%lld", L(t.a1));
    ASSERT_SEEN(itg_profile_each(olga, ITG_TYPE_PROFILE, 0, see_profile, &seen, &fx.failure), "%lld",
                L(t.p0));
    ASSERT_SEEN(itg_assignment_reaching(olga, ITG_TYPE_THINCLIENT, t.tb, see_assignment, &seen, &fx.failure),
                "0 p%lld r%lld", L(t.p0), L(t.tb));
    ASSERT_SEEN(itg_assignment_receivers(olga, ITG_TYPE_PROFILE, t.p0, ITG_TYPE_THINCLIENT, see_assignment,
                                         &seen, &fx.failure),
                "0 p%lld r%lld", L(t.p0), L(t.tb));
    ASSERT_SEEN(itg_bin_each(olga, 0, see_object, &seen, &fx.failure), "%s", "");
    ASSERT_SEEN(itg_asset_each(olga, 0, 0, see_asset, &seen, &fx.failure), "%lld", L(nowhere));
    ASSERT_SEEN(itg_asset_history_each(olga, 0, NULL, 0, see_history, &seen, &fx.failure), "%s", "");
    /* The history of what is gone is nobody's secret. */
    assert_ok(itg_thinclient_delete(fx.itg, t.ta, &fx.failure));
    ASSERT_SEEN(itg_asset_history_each(olga, 0, NULL, 0, see_history, &seen, &fx.failure), "%lld %lld",
                L(w.asset), L(w.asset));
    /* Without browse the directories are gone as well. */
    say(t.a, "olga", 0, B);
    ASSERT_SEEN(itg_directory_each(olga, TC_DIR, 0, see_object, &seen, &fx.failure), "%lld", L(t.b));
    ASSERT_SEEN(itg_directory_children(olga, TC_DIR, ITG_ROOT_THINCLIENTS, see_object, &seen, &fx.failure),
                "%lld %lld", L(t.b), L(t.t0));
    itg_close(olga);
}
END_TEST

START_TEST(emptying_the_bin_spares_what_may_not_be_written)
{
    int64_t objects = 0;
    make_tree();
    make_user("olga", ITG_ROLE_OPERATOR);
    assert_ok(itg_bin_put(fx.itg, ITG_TYPE_THINCLIENT, t.ta, &fx.failure));
    assert_ok(itg_bin_put(fx.itg, ITG_TYPE_THINCLIENT, t.tb, &fx.failure));
    say(t.a, "olga", 0, W);
    itg_t *olga = as("olga");
    assert_ok(itg_bin_empty(olga, &objects, &fx.failure));
    ck_assert_int_eq(objects, 1);
    ASSERT_SEEN(itg_bin_each(fx.itg, 0, see_object, &seen, &fx.failure), "%lld", L(t.ta));
    itg_close(olga);
}
END_TEST

/* b is in the bin with tb in it, an item of its own: tb restored goes to the root, where one must be able to write. */
START_TEST(restoring_to_the_root_needs_write_there)
{
    make_tree();
    make_user("vic", ITG_ROLE_VIEWER);
    say(t.b, "vic", W, 0);
    itg_t *vic = as("vic");
    assert_ok(itg_bin_put(vic, ITG_TYPE_THINCLIENT, t.tb, &fx.failure));
    assert_ok(itg_bin_restore(vic, ITG_TYPE_THINCLIENT, t.tb, &fx.failure));
    assert_ok(itg_bin_put(vic, ITG_TYPE_THINCLIENT, t.tb, &fx.failure));
    assert_ok(itg_bin_put(vic, TC_DIR, t.b, &fx.failure));
    assert_refused(itg_bin_restore(vic, ITG_TYPE_THINCLIENT, t.tb, &fx.failure), ITG_E_ACCESS_DENIED);
    say(ITG_ROOT_THINCLIENTS, "vic", W, 0);
    assert_ok(itg_bin_restore(vic, ITG_TYPE_THINCLIENT, t.tb, &fx.failure));
    itg_close(vic);
}
END_TEST

/* Both in b and in a; a1's may not be moved. The rule wants all of them in b. */
START_TEST(rules_move_what_may_be_moved)
{
    int64_t count = 0;
    make_tree();
    make_user("olga", ITG_ROLE_OPERATOR);
    assert_ok(
        itg_rule_create(fx.itg, 0, -1, "mac==00*", t.b, ITG_RULE_OVERRIDE_MEMBERSHIP, NULL, &fx.failure));
    say(t.a1, "olga", 0, M);
    itg_t *olga = as("olga");
    ASSERT_SEEN(itg_rule_apply(olga, ITG_RULE_ON_DEMAND, 0, 1, see_move, &seen, &count, &fx.failure),
                "%lld %lld", L(t.t0), L(t.ta));
    /* Into what one may not write nothing goes. */
    say(t.b, "olga", 0, W);
    ASSERT_SEEN(itg_rule_apply(olga, ITG_RULE_ON_DEMAND, 0, 0, see_move, &seen, &count, &fx.failure), "%s",
                "");
    say(t.b, "olga", 0, 0);
    ASSERT_SEEN(itg_rule_apply(olga, ITG_RULE_ON_DEMAND, 0, 0, see_move, &seen, &count, &fx.failure),
                "%lld %lld", L(t.t0), L(t.ta));
    ck_assert_int_eq(count, 2);
    say(t.a1, "olga", 0, R);
    assert_refused(itg_rule_apply(olga, ITG_RULE_ON_DEMAND, t.ta1, 0, NULL, NULL, NULL, &fx.failure),
                   ITG_E_ACCESS_DENIED);
    itg_close(olga);
}
END_TEST

/* All or nothing: one of three may not be moved. And rights are those before the call: a1 goes into b, where all may be
 * moved; ta1, in a1, may not. */
START_TEST(moving_asks_for_all_before_any_moves)
{
    make_tree();
    make_user("olga", ITG_ROLE_OPERATOR);
    say(t.a, "olga", 0, M);
    itg_t *olga = as("olga");
    itg_move_entry_t entries[] = {{.id = t.t0}, {.id = t.ta}, {.id = t.tb}};
    assert_refused(itg_move(olga, TC_DIR, t.b, entries, 3, &fx.failure), ITG_E_ACCESS_DENIED);
    /* One that is not there fails alone, as ever. */
    itg_move_entry_t others[] = {{.id = t.t0}, {.id = 999}, {.id = t.pa}};
    assert_ok(itg_move(olga, TC_DIR, t.b, others, 3, &fx.failure));
    ck_assert_int_eq((int)others[0].result, ITG_MOVE_SUCCESSFUL);
    ck_assert_int_eq((int)others[1].result, ITG_MOVE_DOES_NOT_EXIST);
    ck_assert_int_eq((int)others[2].result, ITG_MOVE_WRONG_TYPE);
    itg_close(olga);
}
END_TEST

static int32_t write_nothing(void *ctx, const char *bytes, size_t size)
{
    (void)ctx, (void)bytes, (void)size;
    return 0;
}

static int64_t read_empty(void *ctx, char *buf, size_t size)
{
    bool *done = ctx;
    if (*done || size < 2)
        return 0;
    *done = true;
    memcpy(buf, "{}", 2);
    return 2;
}

START_TEST(the_whole_fleet_is_for_whom_nothing_is_denied)
{
    bool done = false;
    make_tree();
    make_user("olga", ITG_ROLE_OPERATOR);
    itg_t *olga = as("olga");
    say(t.a, "olga", X, 0);
    assert_ok(itg_export(olga, write_nothing, NULL, NULL, NULL, NULL, &fx.failure));
    assert_ok(itg_import(olga, read_empty, &done, NULL, NULL, NULL, &fx.failure));
    assert_ok(itg_group_create(fx.itg, "g", NULL, &fx.failure));
    assert_ok(itg_group_add(fx.itg, "g", "olga", &fx.failure));
    say_group(t.a1, "g", 0, X);
    assert_code(itg_export(olga, write_nothing, NULL, NULL, NULL, NULL, &fx.failure), ITG_E_ACCESS_DENIED);
    done = false;
    assert_refused(itg_import(olga, read_empty, &done, NULL, NULL, NULL, &fx.failure), ITG_E_ACCESS_DENIED);
    itg_close(olga);
}
END_TEST

/* ---- entries and groups */

static int32_t see_entry(void *ctx, const itg_access_entry_t *entry)
{
    struct seen *seen = ctx;
    size_t length = strlen(seen->text);
    snprintf(seen->text + length, sizeof seen->text - length, "%lld:%s%s+%u-%u ", L(entry->directory_id),
             entry->kind == ITG_SUBJECT_GROUP ? "@" : "", entry->subject, entry->allow, entry->deny);
    return 0;
}

static int32_t see_group(void *ctx, const itg_group_t *group)
{
    note(ctx, group->name, group->members);
    return 0;
}

static int32_t see_user(void *ctx, const itg_user_t *user)
{
    note(ctx, user->name, user->role);
    return 0;
}

START_TEST(entries_are_listed)
{
    make_tree();
    make_user("zoe", ITG_ROLE_OPERATOR);
    make_user("bob", ITG_ROLE_VIEWER);
    make_user("anna", ITG_ROLE_ADMINISTRATOR);
    assert_ok(itg_group_create(fx.itg, "bob", NULL, &fx.failure)); /* a group may be called like a user */
    say_group(t.a, "bob", C, 0);
    say(t.a, "bob", W, M);
    say(t.a, "zoe", X, 0);
    say(t.b, "zoe", 0, W);
    ASSERT_SEEN(itg_access_each(fx.itg, t.a, see_entry, &seen, &fx.failure),
                "%lld:zoe+128-0 %lld:bob+4-8 %lld:@bob+32-0 ", L(t.a), L(t.a), L(t.a));
    ASSERT_SEEN(itg_access_of(fx.itg, ITG_SUBJECT_USER, "zoe", see_entry, &seen, &fx.failure),
                "%lld:zoe+128-0 %lld:zoe+0-4 ", L(t.a), L(t.b));
    ASSERT_SEEN(itg_access_of(fx.itg, ITG_SUBJECT_GROUP, "bob", see_entry, &seen, &fx.failure),
                "%lld:@bob+32-0 ", L(t.a));
    /* zoe controls a, not b. */
    itg_t *zoe = as("zoe");
    ASSERT_SEEN(itg_access_of(zoe, ITG_SUBJECT_USER, "zoe", see_entry, &seen, &fx.failure), "%lld:zoe+128-0 ",
                L(t.a));
    assert_ok(itg_access_set(zoe, t.a1, ITG_SUBJECT_USER, "bob", S, 0, &fx.failure));
    assert_refused(itg_access_set(zoe, t.b, ITG_SUBJECT_USER, "bob", S, 0, &fx.failure), ITG_E_ACCESS_DENIED);
    assert_code(itg_access_each(zoe, t.b, see_entry, &(struct seen){""}, &fx.failure), ITG_E_ACCESS_DENIED);
    /* Of others one may only ask where one controls; of oneself everywhere. */
    uint32_t got = 0;
    assert_ok(itg_access_rights(zoe, "bob", t.ta1, &got, &fx.failure));
    ck_assert_uint_eq(got, VIEWER | W | S);
    assert_code(itg_access_rights(zoe, "bob", t.tb, &got, &fx.failure), ITG_E_ACCESS_DENIED);
    assert_ok(itg_access_rights(zoe, "zoe", t.tb, &got, &fx.failure));
    ck_assert_uint_eq(got, OPERATOR & ~(unsigned)W);
    assert_ok(itg_access_rights(zoe, NULL, t.ta, &got, &fx.failure));
    ck_assert_uint_eq(got, ALL);
    itg_close(zoe);
    /* Entries go with their directory, and with their user. */
    assert_ok(itg_user_delete(fx.itg, "zoe", &fx.failure));
    ASSERT_SEEN(itg_access_each(fx.itg, t.b, see_entry, &seen, &fx.failure), "%s", "");
    assert_ok(itg_thinclient_delete(fx.itg, t.ta1, &fx.failure));
    assert_ok(itg_directory_delete(fx.itg, TC_DIR, t.a1, &fx.failure));
    ASSERT_SEEN(itg_access_of(fx.itg, ITG_SUBJECT_USER, "bob", see_entry, &seen, &fx.failure),
                "%lld:bob+4-8 ", L(t.a));
}
END_TEST

START_TEST(groups_have_members)
{
    make_user("bob", ITG_ROLE_VIEWER);
    make_user("ada", ITG_ROLE_ADMINISTRATOR);
    int64_t id = 0, other = 0;
    assert_ok(itg_group_create(fx.itg, "night", &id, &fx.failure));
    assert_ok(itg_group_create(fx.itg, "day", &other, &fx.failure));
    ck_assert_int_gt(other, id);
    assert_ok(itg_group_add(fx.itg, "night", "bob", &fx.failure));
    assert_ok(itg_group_add(fx.itg, "night", "ada", &fx.failure));
    ASSERT_SEEN(itg_group_each(fx.itg, see_group, &seen, &fx.failure), "day0 night2");
    ASSERT_SEEN(itg_group_members(fx.itg, "night", see_user, &seen, &fx.failure), "ada3 bob1");
    assert_code(itg_group_add(fx.itg, "night", "bob", &fx.failure), ITG_E_DUPLICATE);
    assert_code(itg_group_add(fx.itg, "noon", "bob", &fx.failure), ITG_E_NO_HANDLER);
    assert_code(itg_group_add(fx.itg, "night", "eve", &fx.failure), ITG_E_NO_USER);
    assert_code(itg_group_remove(fx.itg, "day", "bob", &fx.failure), ITG_E_NO_HANDLER);
    assert_code(itg_group_remove(fx.itg, "noon", "bob", &fx.failure), ITG_E_NO_HANDLER);
    assert_code(itg_group_remove(fx.itg, "day", "eve", &fx.failure), ITG_E_NO_USER);
    assert_code(itg_group_create(fx.itg, "day", NULL, &fx.failure), ITG_E_DUPLICATE);
    assert_code(itg_group_create(fx.itg, " ", NULL, &fx.failure), ITG_E_INVALID_BODY);
    assert_code(itg_group_create(fx.itg, "\xFF", NULL, &fx.failure), ITG_E_INVALID_BODY);
    assert_code(itg_group_create(fx.itg, repeated("x", 256), NULL, &fx.failure), ITG_E_INVALID_BODY);
    assert_code(itg_group_delete(fx.itg, "noon", &fx.failure), ITG_E_NO_HANDLER);
    assert_code(itg_group_members(fx.itg, "noon", see_user, NULL, &fx.failure), ITG_E_NO_HANDLER);
    /* A deleted user is in no group; a user made later by that name neither. */
    assert_ok(itg_user_delete(fx.itg, "bob", &fx.failure));
    make_user("bob", ITG_ROLE_VIEWER);
    ASSERT_SEEN(itg_group_members(fx.itg, "night", see_user, &seen, &fx.failure), "ada3");
    assert_ok(itg_group_delete(fx.itg, "night", &fx.failure));
    ASSERT_SEEN(itg_group_each(fx.itg, see_group, &seen, &fx.failure), "day0");
    itg_t *bob = as("bob");
    assert_code(itg_group_each(bob, see_group, NULL, &fx.failure), ITG_E_ACCESS_DENIED);
    assert_code(itg_group_create(bob, "own", NULL, &fx.failure), ITG_E_ACCESS_DENIED);
    itg_close(bob);
}
END_TEST

START_TEST(a_user_is_in_so_many_groups_at_most)
{
    char name[16];
    make_user("bob", ITG_ROLE_VIEWER);
    for (int i = 0; i <= ITG_LIMIT_GROUPS; i++) {
        snprintf(name, sizeof name, "g%d", i);
        assert_ok(itg_group_create(fx.itg, name, NULL, &fx.failure));
        assert_code(itg_group_add(fx.itg, name, "bob", &fx.failure),
                    i < ITG_LIMIT_GROUPS ? ITG_OK : ITG_E_INVALID_BODY);
    }
    ASSERT_SEEN(itg_group_members(fx.itg, name, see_user, &seen, &fx.failure), "%s", "");
}
END_TEST

START_TEST(bad_entries_are_refused)
{
    uint32_t got = 7;
    make_tree();
    make_user("bob", ITG_ROLE_VIEWER);
    const itg_subject_t user = ITG_SUBJECT_USER;
    assert_code(itg_access_set(fx.itg, 999, user, "bob", W, 0, &fx.failure), ITG_E_DIRECTORY_NOT_FOUND);
    assert_code(itg_access_set(fx.itg, t.ta, user, "bob", W, 0, &fx.failure), ITG_E_DIRECTORY_NOT_FOUND);
    assert_code(itg_access_set(fx.itg, t.pa, user, "bob", W, 0, &fx.failure), ITG_E_DIRECTORY_NOT_FOUND);
    assert_code(itg_access_set(fx.itg, t.a, user, "eve", W, 0, &fx.failure), ITG_E_NO_USER);
    assert_code(itg_access_set(fx.itg, t.a, ITG_SUBJECT_GROUP, "bob", W, 0, &fx.failure), ITG_E_NO_HANDLER);
    assert_code(itg_access_set(fx.itg, t.a, user, "bob", 0x100, 0, &fx.failure), ITG_E_INVALID_BODY);
    assert_code(itg_access_set(fx.itg, t.a, user, "bob", 0, 1u << 31, &fx.failure), ITG_E_INVALID_BODY);
    assert_code(itg_access_set(fx.itg, t.a, (itg_subject_t)3, "bob", W, 0, &fx.failure), ITG_E_INVALID_BODY);
    assert_code(itg_access_set(fx.itg, t.a, user, NULL, W, 0, &fx.failure), ITG_E_INVALID_BODY);
    assert_code(itg_access_set(NULL, t.a, user, "bob", W, 0, &fx.failure), ITG_E_INVALID_BODY);
    assert_code(itg_access_each(fx.itg, 999, see_entry, NULL, &fx.failure), ITG_E_DIRECTORY_NOT_FOUND);
    assert_code(itg_access_each(fx.itg, t.a, NULL, NULL, &fx.failure), ITG_E_INVALID_BODY);
    assert_code(itg_access_of(fx.itg, user, "eve", see_entry, NULL, &fx.failure), ITG_E_NO_USER);
    assert_code(itg_access_of(fx.itg, user, "bob", NULL, NULL, &fx.failure), ITG_E_INVALID_BODY);
    assert_code(itg_access_rights(fx.itg, "bob", 999, &got, &fx.failure), ITG_E_NO_HANDLER);
    assert_code(itg_access_rights(fx.itg, "eve", t.a, &got, &fx.failure), ITG_E_NO_USER);
    assert_code(itg_access_rights(fx.itg, "bob", t.a, NULL, &fx.failure), ITG_E_INVALID_BODY);
    assert_code(itg_access_explain(fx.itg, "bob", t.a, NULL, NULL, &fx.failure), ITG_E_INVALID_BODY);
    assert_code(itg_group_create(fx.itg, NULL, NULL, &fx.failure), ITG_E_INVALID_BODY);
    assert_code(itg_group_delete(fx.itg, NULL, &fx.failure), ITG_E_INVALID_BODY);
    assert_code(itg_group_each(fx.itg, NULL, NULL, &fx.failure), ITG_E_INVALID_BODY);
    assert_code(itg_group_add(fx.itg, NULL, "bob", &fx.failure), ITG_E_INVALID_BODY);
    assert_code(itg_group_remove(fx.itg, "g", NULL, &fx.failure), ITG_E_INVALID_BODY);
    assert_code(itg_group_members(NULL, "g", see_user, NULL, &fx.failure), ITG_E_INVALID_BODY);
    ck_assert_uint_eq(got, 7);
    ASSERT_SEEN(itg_access_each(fx.itg, t.a, see_entry, &seen, &fx.failure), "%s", "");
}
END_TEST

/* ---- the last administrator */

START_TEST(the_last_administrator_cannot_be_locked_out)
{
    make_tree();
    make_user("ada", ITG_ROLE_ADMINISTRATOR);
    make_user("bob", ITG_ROLE_ADMINISTRATOR);
    assert_ok(itg_group_create(fx.itg, "g", NULL, &fx.failure));
    assert_ok(itg_group_add(fx.itg, "g", "ada", &fx.failure));
    const itg_subject_t user = ITG_SUBJECT_USER, group = ITG_SUBJECT_GROUP;
    /* bob may be denied things while ada is left. */
    say(t.a1, "bob", 0, R);
    assert_code(itg_access_set(fx.itg, t.a, user, "ada", 0, R, &fx.failure), ITG_E_ACCESS_DENIED);
    ck_assert_uint_eq(rights("ada", t.a), ALL);
    assert_code(itg_access_set(fx.itg, ITG_ROOT_PROFILES, user, "ada", ALL, B, &fx.failure),
                ITG_E_ACCESS_DENIED);
    assert_code(itg_access_set(fx.itg, t.a, group, "g", 0, X, &fx.failure), ITG_E_ACCESS_DENIED);
    assert_code(itg_user_delete(fx.itg, "ada", &fx.failure), ITG_E_ACCESS_DENIED);
    /* What an administrator can do without may be denied the last one as well. */
    say(t.a, "ada", 0, W | C);
    /* A group that is denied something takes no last administrator. */
    assert_ok(itg_group_create(fx.itg, "outside", NULL, &fx.failure));
    say_group(t.b, "outside", 0, X);
    assert_code(itg_group_add(fx.itg, "outside", "ada", &fx.failure), ITG_E_ACCESS_DENIED);
    ASSERT_SEEN(itg_group_members(fx.itg, "outside", see_user, &seen, &fx.failure), "%s", "");
    /* With bob's denial gone, ada may go. */
    say(t.a1, "bob", 0, 0);
    assert_ok(itg_access_set(fx.itg, t.a, user, "ada", 0, R, &fx.failure));
    assert_code(itg_access_set(fx.itg, t.a, user, "bob", 0, R, &fx.failure), ITG_E_ACCESS_DENIED);
    assert_ok(itg_user_delete(fx.itg, "ada", &fx.failure));
    assert_code(itg_user_delete(fx.itg, "bob", &fx.failure), ITG_E_ACCESS_DENIED);
}
END_TEST

/* A fleet whose only users are the host's operators has nobody to lock out. */
START_TEST(without_administrators_nobody_is_locked_out)
{
    make_tree();
    make_user("olga", ITG_ROLE_OPERATOR);
    say(ITG_ROOT_THINCLIENTS, "olga", 0, ALL);
    ck_assert_uint_eq(rights("olga", t.ta), 0);
    assert_ok(itg_user_delete(fx.itg, "olga", &fx.failure));
}
END_TEST

/* ---- explaining */

static int32_t see_verdict(void *ctx, const itg_access_verdict_t *verdict)
{
    struct seen *seen = ctx;
    size_t length = strlen(seen->text);
    snprintf(seen->text + length, sizeof seen->text - length, "%s%s%d", length ? " " : "",
             verdict->allowed ? "+" : "-", (int)verdict->reason);
    if (verdict->directory_id) {
        note(seen, verdict->kind == ITG_SUBJECT_GROUP ? "@" : "", verdict->directory_id);
        length = strlen(seen->text);
        snprintf(seen->text + length, sizeof seen->text - length, "%s", verdict->subject);
    } else {
        ck_assert_str_eq(verdict->subject, "");
    }
    return 0;
}

START_TEST(rights_are_explained)
{
    make_tree();
    make_user("vic", ITG_ROLE_VIEWER);
    assert_ok(itg_group_create(fx.itg, "g", NULL, &fx.failure));
    assert_ok(itg_group_add(fx.itg, "g", "vic", &fx.failure));
    /* In the order of rights: browse, read by role (3); the others by nobody (1). */
    ASSERT_SEEN(itg_access_explain(fx.itg, "vic", t.ta1, see_verdict, &seen, &fx.failure),
                "+3 +3 -1 -1 -1 -1 -1 -1");
    ASSERT_SEEN(itg_access_explain(fx.itg, NULL, t.ta1, see_verdict, &seen, &fx.failure),
                "+2 +2 +2 +2 +2 +2 +2 +2");
    /* write: the nearer of two that allow it (4); move: denied (5) at the root, though allowed near; command: by the
     * group. */
    say(ITG_ROOT_THINCLIENTS, "vic", W, M);
    say(t.a, "vic", W | M, 0);
    say_group(t.a1, "g", C, 0);
    ASSERT_SEEN(itg_access_explain(fx.itg, "vic", t.ta1, see_verdict, &seen, &fx.failure),
                "+3 +3 +4 %lldvic -5 -1vic -1 +4 @%lldg -1 -1", L(t.a), L(t.a1));
    /* Without read the rest is missing for that (7), without browse for that (6). */
    say_group(t.a1, "g", C, R);
    ASSERT_SEEN(itg_access_explain(fx.itg, "vic", t.ta1, see_verdict, &seen, &fx.failure),
                "+3 -5 @%lldg -7 -5 -1vic -1 -7 -1 -1", L(t.a1));
    say_group(t.a1, "g", C, B);
    ASSERT_SEEN(itg_access_explain(fx.itg, "vic", t.ta1, see_verdict, &seen, &fx.failure),
                "-5 @%lldg -6 -6 -5 -1vic -1 -6 -1 -1", L(t.a1));
}
END_TEST

/* ---- random trees against the obvious way */

enum { DIRECTORIES = 40, USERS = 4, GROUPS = 3, ENTRIES = 60, ROUNDS = 4 };

static uint32_t state = 1;

static uint32_t random_below(uint32_t bound)
{
    state = state * 1664525u + 1013904223u;
    return (state >> 8) % bound;
}

static struct {
    int64_t id[DIRECTORIES]; /* 0: the root */
    int parent[DIRECTORIES];
    int64_t tc[DIRECTORIES]; /* one in each */
    bool member[GROUPS][USERS];
    uint32_t allow[USERS + GROUPS][DIRECTORIES], deny[USERS + GROUPS][DIRECTORIES];
} model;

static const char *const user_names[USERS] = {"vic", "olga", "anna", "ada"};
static const char *const group_names[GROUPS] = {"g0", "g1", "g2"};
static const uint32_t role_rights[USERS] = {VIEWER, OPERATOR, ALL, ALL};

static bool is_subject(int subject, int user)
{
    return subject < USERS ? subject == user : model.member[subject - USERS][user];
}

static uint32_t slow_rights(int user, int directory)
{
    uint32_t allow = role_rights[user], deny = 0;
    for (int d = directory; d >= 0; d = d == 0 ? -1 : model.parent[d])
        for (int s = 0; s < USERS + GROUPS; s++)
            if (is_subject(s, user)) {
                allow |= model.allow[s][d];
                deny |= model.deny[s][d];
            }
    uint32_t all = allow & ~deny;
    if (!(all & B))
        return 0;
    return all & R ? all : (uint32_t)B;
}

static void make_random_tree(void)
{
    char mac[13];
    memset(&model, 0, sizeof model);
    model.id[0] = ITG_ROOT_THINCLIENTS;
    for (int d = 0; d < DIRECTORIES; d++) {
        model.parent[d] = d ? (int)random_below((uint32_t)d) : -1;
        if (d)
            model.id[d] = make_directory(TC_DIR, "d", model.id[model.parent[d]]);
        snprintf(mac, sizeof mac, "00E0C5%06X", (unsigned)(state & 0xFFFF) << 8 | (unsigned)d);
        model.tc[d] = make_thinclient(mac, model.id[d], t.firmware);
    }
}

/* ada stays out of it, so that an administrator is left. */
static void make_random_entries(void)
{
    for (int i = 0; i < ENTRIES; i++) {
        int subject = (int)random_below(USERS + GROUPS), d = (int)random_below(DIRECTORIES);
        uint32_t allow = random_below(256) & random_below(256), deny = random_below(256) & random_below(256);
        if (random_below(3))
            deny &= random_below(256) & ~(uint32_t)(random_below(2) ? B : 0);
        if (subject == 3)
            continue;
        model.allow[subject][d] = allow;
        model.deny[subject][d] = deny;
        if (subject < USERS)
            say(model.id[d], user_names[subject], allow, deny);
        else
            say_group(model.id[d], group_names[subject - USERS], allow, deny);
    }
}

static void change_members(void)
{
    for (int g = 0; g < GROUPS; g++)
        for (int u = 0; u < USERS - 1; u++) {
            bool in = random_below(2);
            if (in == model.member[g][u])
                continue;
            assert_ok(
                (in ? itg_group_add : itg_group_remove)(fx.itg, group_names[g], user_names[u], &fx.failure));
            model.member[g][u] = in;
        }
}

static int32_t count_thinclient(void *ctx, const itg_thinclient_t *tc)
{
    uint8_t *met = ctx;
    for (int d = 0; d < DIRECTORIES; d++)
        if (model.tc[d] == tc->id)
            met[d]++;
    return 0;
}

static int32_t count_directory(void *ctx, const itg_object_t *object)
{
    uint8_t *met = ctx;
    for (int d = 1; d < DIRECTORIES; d++)
        if (model.id[d] == object->id)
            met[d]++;
    return 0;
}

static int32_t check_verdict(void *ctx, const itg_access_verdict_t *verdict)
{
    const uint32_t *wanted = ctx;
    ck_assert_int_eq(verdict->allowed != 0, (*wanted & (uint32_t)verdict->right) != 0);
    return 0;
}

static void compare_user(int user)
{
    itg_t *itg = as(user_names[user]);
    uint8_t thinclients[DIRECTORIES] = {0}, directories[DIRECTORIES] = {0};
    assert_ok(itg_thinclient_each(itg, ITG_EXTENT_SHORT, 0, count_thinclient, thinclients, &fx.failure));
    assert_ok(itg_directory_each(itg, TC_DIR, 0, count_directory, directories, &fx.failure));
    for (int d = 0; d < DIRECTORIES; d++) {
        uint32_t wanted = slow_rights(user, d), own = 0;
        ck_assert_uint_eq(rights(user_names[user], model.id[d]), wanted);
        ck_assert_uint_eq(rights(user_names[user], model.tc[d]), wanted);
        assert_ok(itg_access_rights(itg, NULL, model.tc[d], &own, &fx.failure));
        ck_assert_uint_eq(own, wanted);
        assert_ok(itg_access_explain(itg, NULL, model.tc[d], check_verdict, &wanted, &fx.failure));
        ck_assert_int_eq(thinclients[d], (wanted & R) != 0);
        ck_assert_int_eq(directories[d], d > 0 && (wanted & B));
    }
    itg_close(itg);
}

START_TEST(random_trees_agree_with_the_obvious_way)
{
    t.firmware = make_firmware("11.1");
    make_user("vic", ITG_ROLE_VIEWER);
    make_user("olga", ITG_ROLE_OPERATOR);
    make_user("anna", ITG_ROLE_ADMINISTRATOR);
    make_user("ada", ITG_ROLE_ADMINISTRATOR);
    for (int g = 0; g < GROUPS; g++)
        assert_ok(itg_group_create(fx.itg, group_names[g], NULL, &fx.failure));
    for (int round = 0; round < ROUNDS; round++) {
        for (int g = 0; g < GROUPS; g++) {
            assert_ok(itg_group_delete(fx.itg, group_names[g], &fx.failure));
            assert_ok(itg_group_create(fx.itg, group_names[g], NULL, &fx.failure));
        }
        for (int d = 0; round > 0 && d < DIRECTORIES; d++)
            for (int u = 0; u < USERS; u++)
                say(model.id[d], user_names[u], 0, 0);
        make_random_tree();
        make_random_entries();
        for (int change = 0; change < 3; change++) {
            change_members();
            for (int user = 0; user < USERS; user++)
                compare_user(user);
        }
    }
}
END_TEST

SUITE("access", fixture_memory, rights_have_names, roles_are_the_rights_without_entries,
      entries_reach_down_and_denials_win, without_browse_or_read_little_remains, groups_add_up,
      in_the_bin_the_parent_still_counts, each_call_fails_without_its_right,
      each_call_succeeds_with_its_right, what_is_missing_stays_missing, lists_leave_out_what_may_not_be_read,
      emptying_the_bin_spares_what_may_not_be_written, restoring_to_the_root_needs_write_there,
      rules_move_what_may_be_moved, moving_asks_for_all_before_any_moves,
      the_whole_fleet_is_for_whom_nothing_is_denied, entries_are_listed, groups_have_members,
      a_user_is_in_so_many_groups_at_most, bad_entries_are_refused,
      the_last_administrator_cannot_be_locked_out, without_administrators_nobody_is_locked_out,
      rights_are_explained, random_trees_agree_with_the_obvious_way)
