/* Images of rows for the audit trail: for each kind a statement, and the names of its columns. */
#include "core/attribute.h"
#include "core/audit.h"
#include "core/inventory.h"
#include "core/thinclient.h"
#include "core/time.h"
#include <string.h>

enum form {
    TEXT,
    ID, /* digits in a string, as in IMI */
    NUMBER,
    FLAG,
    TIME,
    RIGHTS, /* itg_right_t, added up */
    WORD    /* an enumeration's */
};

/* A column, by the name that IMI and fleet files give it. */
struct member {
    const char *key;
    enum form form;
    const char *(*word)(int64_t value);
};

enum { MAX_MEMBERS = 8 };

static const char *type_word(int64_t type)
{
    return itg_type_name((itg_type_t)type);
}

static const char *attribute_word(int64_t type)
{
    return itg_attribute_type_name((itg_attribute_type_t)type);
}

static const char *overwrite_word(int64_t overwrite)
{
    return itg_overwrite_name((itg_overwrite_t)overwrite);
}

static const char *template_word(int64_t type)
{
    return itg_template_type_name((itg_template_type_t)type);
}

static const char *role_word(int64_t role)
{
    return itg_role_name((itg_role_t)role);
}

static const char *logon_word(int64_t type)
{
    return itg_logon_name((itg_logon_t)type);
}

static const char *command_word(int64_t command)
{
    return itg_command_name((itg_command_t)command);
}

static const char *state_word(int64_t state)
{
    return itg_command_state_name((itg_command_state_t)state);
}

static void begin_entry(struct itg__buf *entries, const char *key)
{
    itg__buf_json(entries, key);
    itg__buf_char(entries, ':');
}

static void end_entry(struct itg__buf *entries)
{
    itg__buf_char(entries, '\0');
}

/* ---- what is not in the columns of one row */

static bool is_default(const itg_thinclient_t *tc, const itg_property_t *property)
{
    union itg__slot own = itg__property_get(tc, property);
    union itg__slot initial = itg__property_get(&itg__thinclient_defaults, property);
    switch (itg__form_of(property->kind)) {
    case ITG__FORM_TEXT:
        return strcmp(own.text, initial.text) == 0;
    case ITG__FORM_NUMBER:
        return own.number == initial.number;
    case ITG__FORM_REAL:
        return own.real == initial.real;
    case ITG__FORM_FLAG:
        return own.flag == initial.flag;
    }
    return false;
}

static itg_error_t add_attribute_values(struct itg__tx *tx, struct itg__buf *entries,
                                        const struct itg__audit_subject *subject, bool whole)
{
    struct itg__query q;
    (void)whole;
    itg__query(tx, &q,
               "SELECT a.identifier, v.value FROM attribute_value v JOIN attribute a ON a.id = v.attribute_id"
               " WHERE v.thinclient_id = $1 ORDER BY v.attribute_id",
               "i", subject->id);
    while (itg__next(&q)) {
        itg__buf_str(entries, "\"deviceAttributes.");
        itg__buf_str(entries, itg__text(&q, 0));
        itg__buf_str(entries, "\":");
        itg__buf_json(entries, itg__text(&q, 1));
        end_entry(entries);
    }
    return itg__done(&q);
}

static itg_error_t add_properties(struct itg__tx *tx, struct itg__buf *entries,
                                  const struct itg__audit_subject *subject, bool whole)
{
    struct itg__query q;
    itg_thinclient_t tc;
    itg__thinclient_query_one(tx, &q, subject->id);
    if (itg__next(&q)) {
        itg__thinclient_read(&q, ITG_EXTENT_DETAILS, &tc);
        for (size_t i = 0; i < ITG__PROPERTIES; i++) {
            const itg_property_t *property = &itg__properties[i];
            if (i == ITG__PROPERTY_id || (whole && is_default(&tc, property)))
                continue;
            itg__property_json(entries, property, &tc);
            end_entry(entries);
        }
    }
    itg_error_t err = itg__done(&q);
    return err ? err : add_attribute_values(tx, entries, subject, whole);
}

/* No more than what an entry can hold. */
static itg_error_t add_settings(struct itg__tx *tx, struct itg__buf *entries,
                                const struct itg__audit_subject *subject, bool whole)
{
    struct itg__query q;
    if (!whole)
        return ITG_OK;
    itg__query(tx, &q, "SELECT key, value FROM setting WHERE profile_id = $1 ORDER BY key", "i", subject->id);
    while (entries->length < (size_t)2 * ITG_LIMIT_AUDIT && itg__next(&q)) {
        itg__buf_str(entries, "\"settings.");
        itg__buf_str(entries, itg__text(&q, 0));
        itg__buf_str(entries, "\":");
        itg__buf_str(entries, itg__text(&q, 1));
        end_entry(entries);
    }
    return itg__done(&q);
}

static itg_error_t add_setting(struct itg__tx *tx, struct itg__buf *entries,
                               const struct itg__audit_subject *subject, bool whole)
{
    struct itg__query q;
    (void)whole;
    itg__query(tx, &q, "SELECT value FROM setting WHERE profile_id = $1 AND key = $2", "is", subject->id,
               subject->key);
    if (itg__next(&q)) {
        begin_entry(entries, subject->key);
        itg__buf_str(entries, itg__text(&q, 0));
        end_entry(entries);
    }
    return itg__done(&q);
}

static itg_error_t add_adapters(struct itg__tx *tx, struct itg__buf *entries,
                                const struct itg__audit_subject *subject, bool whole)
{
    (void)whole;
    itg_error_t err = itg__adapters_json(tx, entries, "\"networkAdapters\":", subject->id, true);
    end_entry(entries);
    return err;
}

static itg_error_t add_certificate(struct itg__tx *tx, struct itg__buf *entries,
                                   const struct itg__audit_subject *subject, bool whole)
{
    (void)whole;
    itg_error_t err = itg__certificate_json(tx, entries, "\"certificate\":", subject->id, true);
    end_entry(entries);
    return err;
}

static itg_error_t add_choices(struct itg__tx *tx, struct itg__buf *entries,
                               const struct itg__audit_subject *subject, bool whole)
{
    (void)whole;
    size_t before = entries->length;
    itg_error_t err = itg__choices_json(tx, entries, "\"allowedValues\":", subject->id);
    if (entries->length > before)
        end_entry(entries);
    return err;
}

static itg_error_t add_list(struct itg__tx *tx, struct itg__buf *entries, const char *key, const char *sql,
                            int64_t id)
{
    struct itg__query q;
    bool any = false;
    itg__query(tx, &q, sql, "i", id);
    for (; itg__next(&q); any = true) {
        if (!any)
            begin_entry(entries, key);
        itg__buf_char(entries, any ? ',' : '[');
        itg__buf_json(entries, itg__text(&q, 0));
    }
    if (any)
        itg__buf_add(entries, "]", sizeof "]");
    return itg__done(&q);
}

static itg_error_t add_targets(struct itg__tx *tx, struct itg__buf *entries,
                               const struct itg__audit_subject *subject, bool whole)
{
    (void)whole;
    return add_list(tx, entries, "targets",
                    "SELECT object_id FROM job_target WHERE job_id = $1 ORDER BY object_id", subject->id);
}

/* Only the place of an asset can be changed. */
static itg_error_t add_asset_parts(struct itg__tx *tx, struct itg__buf *entries,
                                   const struct itg__audit_subject *subject, bool whole)
{
    static const char categories[] =
        "SELECT c.name FROM asset_category a JOIN category c ON c.id = a.category_id WHERE a.asset_id = $1"
        " ORDER BY c.id";
    static const char details[] =
        "SELECT key || '=' || value FROM asset_detail WHERE asset_id = $1 ORDER BY position";
    if (!whole)
        return ITG_OK;
    itg_error_t err = add_list(tx, entries, "categories", categories, subject->id);
    return err ? err : add_list(tx, entries, "details", details, subject->id);
}

/* ---- the table */

_Static_assert(ITG_RULE_OVERRIDE_MEMBERSHIP == 1 && ITG_RULE_AT_BOOT == 2 && ITG_RULE_LEAVE_BELOW == 4,
               "the statement for rules tells the flags apart");

#define SELECT_OBJECT "SELECT name, type FROM object WHERE id = $1"

/* Columns: the object's name, its type, then the members. $1: the id; $2, if `has_other`: the other id. */
static const struct kind {
    const char *word; /* NULL: that of the type in the second column */
    const char *sql;
    bool has_other;
    struct member members[MAX_MEMBERS];
    itg_error_t (*more)(struct itg__tx *tx, struct itg__buf *entries,
                        const struct itg__audit_subject *subject, bool whole);
} kinds[ITG__AUDIT_KINDS] = {
    [ITG__AUDIT_OBJECT] = {.sql = "SELECT name, type, name, parent_id, bin_id IS NOT NULL FROM object WHERE "
                                  "id = $1",
                           .members = {{"name", TEXT, NULL},
                                       {"parentID", ID, NULL},
                                       {"movedToBin", FLAG, NULL}}},
    [ITG__AUDIT_THINCLIENT] = {.word = "tc", .sql = SELECT_OBJECT, .more = add_properties},
    [ITG__AUDIT_PROFILE] = {.sql = "SELECT o.name, o.type, o.name, o.parent_id, p.firmware_id,"
                                   " p.overrides_sessions, o.bin_id IS NOT NULL"
                                   " FROM object o JOIN profile p ON p.id = o.id WHERE o.id = $1",
                            .members = {{"name", TEXT, NULL},
                                        {"parentID", ID, NULL},
                                        {"firmwareID", ID, NULL},
                                        {"overridesSessions", FLAG, NULL},
                                        {"movedToBin", FLAG, NULL}},
                            .more = add_settings},
    [ITG__AUDIT_ADAPTERS] = {.sql = SELECT_OBJECT, .more = add_adapters},
    [ITG__AUDIT_CERTIFICATE] = {.sql = SELECT_OBJECT, .more = add_certificate},
    [ITG__AUDIT_LAST_LOGIN] = {.sql = "SELECT o.name, o.type, l.username, l.result, l.login, l.logoff, l.type"
                                      " FROM login_history l JOIN object o ON o.id = l.thinclient_id"
                                      " WHERE l.thinclient_id = $1 ORDER BY l.position DESC LIMIT 1",
                               .members = {{"username", TEXT, NULL},
                                           {"loginresult", NUMBER, NULL},
                                           {"logintime", TIME, NULL},
                                           {"logofftime", TIME, NULL},
                                           {"logontype", WORD, logon_word}}},
    [ITG__AUDIT_ATTRIBUTE_VALUES] = {.sql = SELECT_OBJECT, .more = add_attribute_values},
    [ITG__AUDIT_SETTING] = {.sql = SELECT_OBJECT, .more = add_setting},
    [ITG__AUDIT_ASSIGNMENT] = {.sql = "SELECT r.name, r.type, p.id, p.type, p.name FROM assignment a"
                                      " JOIN object r ON r.id = a.receiver_id"
                                      " JOIN object p ON p.id = a.assignee_id"
                                      " WHERE a.receiver_id = $1 AND a.assignee_id = $2",
                               .has_other = true,
                               .members = {{"assigneeID", ID, NULL},
                                           {"assigneeType", WORD, type_word},
                                           {"assigneeName", TEXT, NULL}}},
    [ITG__AUDIT_TEMPLATE_ASSIGNMENT] = {.sql = "SELECT r.name, r.type, k.id, k.name, v.id, v.value"
                                               " FROM template_assignment a"
                                               " JOIN object r ON r.id = a.receiver_id"
                                               " JOIN template_key k ON k.id = a.key_id"
                                               " JOIN template_value v ON v.id = a.value_id"
                                               " WHERE a.receiver_id = $1 AND a.key_id = $2",
                                        .has_other = true,
                                        .members = {{"templateId", ID, NULL},
                                                    {"templateName", TEXT, NULL},
                                                    {"valueId", ID, NULL},
                                                    {"value", TEXT, NULL}}},
    [ITG__AUDIT_ATTRIBUTE] = {.word = "deviceattribute",
                              .sql = "SELECT name, 0, identifier, name, type, overwrite FROM attribute"
                                     " WHERE id = $1",
                              .members = {{"identifier", TEXT, NULL},
                                          {"name", TEXT, NULL},
                                          {"type", WORD, attribute_word},
                                          {"overwrite", WORD, overwrite_word}},
                              .more = add_choices},
    [ITG__AUDIT_ASSET] = {.word = "asset",
                          .sql = "SELECT name, 0, name, thinclient_id, unique_id, connector,"
                                 " vendor, device_id FROM asset WHERE id = $1",
                          .members = {{"assetName", TEXT, NULL},
                                      {"tcId", NUMBER, NULL},
                                      {"uniqueId", TEXT, NULL},
                                      {"connector", TEXT, NULL},
                                      {"assetVendor", TEXT, NULL},
                                      {"deviceId", TEXT, NULL}},
                          .more = add_asset_parts},
    [ITG__AUDIT_TEMPLATE_KEY] =
        {.word = "templatekey",
         .sql = "SELECT name, 0, name, type, parent_id FROM template_key WHERE id = $1",
         .members = {{"name", TEXT, NULL}, {"type", WORD, template_word}, {"parentID", ID, NULL}}},
    [ITG__AUDIT_TEMPLATE_VALUE] = {.word = "templatevalue",
                                   .sql = "SELECT k.name, 0, v.key_id, v.value, v.description"
                                          " FROM template_value v JOIN template_key k ON k.id = v.key_id"
                                          " WHERE v.id = $1",
                                   .members = {{"templateId", ID, NULL},
                                               {"value", TEXT, NULL},
                                               {"description", TEXT, NULL}}},
    [ITG__AUDIT_VIEW] = {.word = "view",
                         .sql = "SELECT name, 0, name, expression FROM view WHERE id = $1",
                         .members = {{"name", TEXT, NULL}, {"expression", TEXT, NULL}}},
    [ITG__AUDIT_RULE] =
        {.word = "rule",
         .sql = "SELECT '', 0, parent_id, position, expression, coalesce(target_id, 0), flags & 1,"
                " flags & 2, flags & 4 FROM rule WHERE id = $1",
         .members = {{"parentID", ID, NULL},
                     {"position", NUMBER, NULL},
                     {"expression", TEXT, NULL},
                     {"targetID", ID, NULL},
                     {"overrideMembership", FLAG, NULL},
                     {"applyAtBoot", FLAG, NULL},
                     {"leaveInSubdirectory", FLAG, NULL}}},
    [ITG__AUDIT_FIRMWARE] = {.word = "firmware",
                             .sql = "SELECT product, 0, product, version, type FROM firmware WHERE id = $1",
                             .members = {{"product", TEXT, NULL},
                                         {"version", TEXT, NULL},
                                         {"firmwareType", TEXT, NULL}}},
    [ITG__AUDIT_USER] = {.word = "user",
                         .sql = "SELECT name, 0, name, role, revision FROM account WHERE id = $1",
                         .members = {{"name", TEXT, NULL},
                                     {"role", WORD, role_word},
                                     {"passwordRevision", NUMBER, NULL}}},
    [ITG__AUDIT_GROUP] = {.word = "group",
                          .sql = "SELECT name, 0, name FROM account_group WHERE id = $1",
                          .members = {{"name", TEXT, NULL}}},
    [ITG__AUDIT_MEMBER] = {.word = "group",
                           .sql = "SELECT g.name, 0, a.name FROM account_member m"
                                  " JOIN account_group g ON g.id = m.group_id"
                                  " JOIN account a ON a.id = m.account_id"
                                  " WHERE m.group_id = $1 AND m.account_id = $2",
                           .has_other = true,
                           .members = {{"user", TEXT, NULL}}},
    [ITG__AUDIT_ACCESS] = {.sql = "SELECT o.name, o.type, a.name, g.name, e.allow, e.deny FROM access_entry e"
                                  " JOIN object o ON o.id = e.directory_id"
                                  " LEFT JOIN account a ON a.id = e.subject_id"
                                  " LEFT JOIN account_group g ON g.id = e.subject_id"
                                  " WHERE e.directory_id = $1 AND e.subject_id = $2",
                           .has_other = true,
                           .members = {{"user", TEXT, NULL},
                                       {"group", TEXT, NULL},
                                       {"allow", RIGHTS, NULL},
                                       {"deny", RIGHTS, NULL}}},
    [ITG__AUDIT_JOB] = {.word = "job",
                        .sql = "SELECT name, 0, name, command, disabled, expression, start, every, weekdays,"
                               " expires FROM job WHERE id = $1",
                        .members = {{"name", TEXT, NULL},
                                    {"command", WORD, command_word},
                                    {"disabled", FLAG, NULL},
                                    {"expression", TEXT, NULL},
                                    {"start", TIME, NULL},
                                    {"everySeconds", NUMBER, NULL},
                                    {"weekdays", NUMBER, NULL},
                                    {"expires", TIME, NULL}},
                        .more = add_targets},
    [ITG__AUDIT_QUEUED_COMMAND] = {.sql = "SELECT o.name, o.type, c.id, c.command, c.state FROM command c"
                                          " JOIN object o ON o.id = c.thinclient_id"
                                          " WHERE c.thinclient_id = $1 AND c.id = $2",
                                   .has_other = true,
                                   .members = {{"commandId", ID, NULL},
                                               {"command", WORD, command_word},
                                               {"state", WORD, state_word}}},
    [ITG__AUDIT_COMMAND] = {.word = "command"},
    [ITG__AUDIT_FLEET] = {.word = "fleet"},
    [ITG__AUDIT_ENROLMENT] = {.word = "enrolment"},
    [ITG__AUDIT_TRAIL] = {.word = "audit"},
};

const char *itg__audit_word(enum itg__audit_kind kind)
{
    return kinds[kind].word ? kinds[kind].word : "";
}

static bool says_nothing(struct itg__query *q, int column, const struct member *member)
{
    switch (member->form) {
    case TEXT:
        return *itg__text(q, column) == '\0';
    case ID:
    case FLAG:
    case TIME:
    case RIGHTS:
        return itg__int(q, column) == 0;
    case NUMBER:
    case WORD:
        break;
    }
    return false;
}

static void add_rights(struct itg__buf *entries, uint32_t rights)
{
    bool any = false;
    for (uint32_t right = 1; right & ITG_RIGHTS_ALL; right <<= 1) {
        if (!(rights & right))
            continue;
        itg__buf_char(entries, any ? ',' : '[');
        itg__buf_json(entries, itg_right_name((itg_right_t)right));
        any = true;
    }
    itg__buf_str(entries, any ? "]" : "[]");
}

static void add_value(struct itg__buf *entries, struct itg__query *q, int column, const struct member *member)
{
    char text[ITG__TIME_SIZE];
    switch (member->form) {
    case TEXT:
        itg__buf_json(entries, itg__text(q, column));
        break;
    case ID:
        itg__buf_char(entries, '"');
        itg__buf_int(entries, itg__int(q, column));
        itg__buf_char(entries, '"');
        break;
    case NUMBER:
        itg__buf_int(entries, itg__int(q, column));
        break;
    case FLAG:
        itg__buf_str(entries, itg__int(q, column) ? "true" : "false");
        break;
    case TIME:
        itg__buf_json_n(entries, text, itg__time_format(ITG_KIND_MILLIS, itg__int(q, column), text));
        break;
    case RIGHTS:
        add_rights(entries, (uint32_t)itg__int(q, column));
        break;
    case WORD:
        itg__buf_json(entries, member->word(itg__int(q, column)));
        break;
    }
}

static void add_row(struct itg__buf *entries, struct itg__query *q, const struct kind *kind, bool whole)
{
    const char *name = itg__text(q, 0);
    itg__buf_add(entries, name, strlen(name) + 1);
    for (int i = 0; i < MAX_MEMBERS && kind->members[i].key; i++) {
        const struct member *member = &kind->members[i];
        if (itg__is_null(q, i + 2) || (whole && says_nothing(q, i + 2, member)))
            continue;
        begin_entry(entries, member->key);
        add_value(entries, q, i + 2, member);
        end_entry(entries);
    }
}

itg_error_t itg__audit_image(struct itg__tx *tx, const struct itg__audit_subject *subject, bool whole,
                             struct itg__audit_image *image)
{
    const struct kind *kind = &kinds[subject->kind];
    struct itg__query q;
    itg__query_start(tx, &q, kind->sql);
    itg__bind_int(&q, 1, subject->id);
    if (kind->has_other)
        itg__bind_int(&q, 2, subject->other_id);
    bool found = itg__next(&q);
    if (found) {
        image->word = kind->word ? kind->word : itg_type_name((itg_type_t)itg__int(&q, 1));
        add_row(&image->entries, &q, kind, whole);
    }
    itg_error_t err = itg__done(&q);
    if (!err && found && kind->more)
        err = kind->more(tx, &image->entries, subject, whole);
    return !err && image->entries.failed ? itg__fail(tx->failure, ITG_E_INTERNAL, NULL) : err;
}
