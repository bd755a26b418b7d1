#include "store/sqlite_schema.h"
#include "core/fail.h"
#include <itg/thinclient.h>
#include <stdbool.h>
#include <stdio.h>

/* "ITGF": tells our files from other programs' SQLite files. */
#define APPLICATION_ID 0x49544746

/* A property's column, ", site TEXT NOT NULL DEFAULT ''"; nothing for properties that stand elsewhere: in the
 * object's row (TREE) or among the keys of the thin client (CREATE). */
#define SQL_TEXT(member, initial)                         ", " #member " TEXT NOT NULL DEFAULT ''"
#define SQL_INT(member, initial)                          ", " #member " INTEGER NOT NULL DEFAULT " #initial
#define SQL_REAL(member, initial)                         ", " #member " REAL NOT NULL DEFAULT " #initial
#define SQL_ID                                            SQL_INT
#define SQL_COUNT                                         SQL_INT
#define SQL_BOOL                                          SQL_INT
#define SQL_MINUTE                                        SQL_INT
#define SQL_MILLIS                                        SQL_INT
#define SQL_SECOND                                        SQL_INT
#define COLUMN_OF_TREE(kind, member, initial)             ""
#define COLUMN_OF_CREATE(kind, member, initial)           ""
#define COLUMN_OF_UPDATE(kind, member, initial)           SQL_##kind(member, initial)
#define COLUMN_OF_DEVICE(kind, member, initial)           SQL_##kind(member, initial)
#define COLUMN(member, kind, key, facet, access, initial) COLUMN_OF_##access(kind, member, initial)

/* The schema's versions: entry n brings a file from version n to n + 1. Entries that have been released never
 * change. Columns of thinclient are made from the property table; ones that an older file lacks are added
 * after the entries, so that a new property needs a new, possibly empty, entry here. */
static const char *const migrations[] = {
    "CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;"
    /* value: the last id given out */
    "CREATE TABLE sequence(name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
    "INSERT INTO sequence VALUES('object', 0), ('firmware', 0), ('account', 0);"

    "CREATE TABLE firmware("
    " id INTEGER PRIMARY KEY, product TEXT NOT NULL, version TEXT NOT NULL, type TEXT NOT NULL,"
    " CONSTRAINT firmware_identity UNIQUE(product, version, type)) STRICT;"

    /* bin_id: the item in the recycle bin that this object went in with, itself or a directory above it */
    "CREATE TABLE object("
    " id INTEGER PRIMARY KEY, type INTEGER NOT NULL, name TEXT NOT NULL,"
    " parent_id INTEGER REFERENCES object(id) DEFERRABLE INITIALLY DEFERRED,"
    " bin_id INTEGER) STRICT;"
    "CREATE INDEX object_parent ON object(parent_id, type DESC);" /* directories first, as they are listed */
    "CREATE INDEX object_bin ON object(bin_id) WHERE bin_id IS NOT NULL;"

    "CREATE TABLE directory("
    " id INTEGER PRIMARY KEY REFERENCES object(id) DEFERRABLE INITIALLY DEFERRED,"
    " type INTEGER NOT NULL) STRICT;"
    "CREATE INDEX directory_type ON directory(type);"
    "INSERT INTO object VALUES(-1, 2, 'Thin Clients', NULL, NULL), (-2, 4, 'Profiles', NULL, NULL),"
    " (-14, 6, 'Master Profiles', NULL, NULL);",

    "CREATE TABLE thinclient("
    " id INTEGER PRIMARY KEY REFERENCES object(id) DEFERRABLE INITIALLY DEFERRED,"
    " mac TEXT NOT NULL CONSTRAINT thinclient_mac UNIQUE,"
    " unit_id TEXT NOT NULL CONSTRAINT thinclient_unit_id UNIQUE,"
    " firmware_id INTEGER NOT NULL REFERENCES firmware(id) DEFERRABLE INITIALLY "
    "DEFERRED" ITG_THINCLIENT_PROPERTIES(COLUMN) ") STRICT;",

    "CREATE TABLE profile("
    " id INTEGER PRIMARY KEY REFERENCES object(id) DEFERRABLE INITIALLY DEFERRED,"
    " type INTEGER NOT NULL,"
    " firmware_id INTEGER NOT NULL REFERENCES firmware(id) DEFERRABLE INITIALLY DEFERRED,"
    " overrides_sessions INTEGER NOT NULL) STRICT;"
    "CREATE INDEX profile_type ON profile(type);"

    "CREATE TABLE assignment("
    " assignee_id INTEGER NOT NULL REFERENCES profile(id) DEFERRABLE INITIALLY DEFERRED,"
    " receiver_id INTEGER NOT NULL REFERENCES object(id) DEFERRABLE INITIALLY DEFERRED,"
    " PRIMARY KEY(assignee_id, receiver_id)) STRICT, WITHOUT ROWID;"
    "CREATE INDEX assignment_receiver ON assignment(receiver_id);"

    /* revision: rises with every new password */
    "CREATE TABLE account("
    " id INTEGER PRIMARY KEY, name TEXT NOT NULL CONSTRAINT account_name UNIQUE,"
    " role INTEGER NOT NULL, password TEXT NOT NULL, revision INTEGER NOT NULL) STRICT;"
    /* No reference to account: the session of a deleted user must still be told from an unknown
       one. */
    "CREATE TABLE session("
    " hash TEXT PRIMARY KEY, account_id INTEGER NOT NULL, expires INTEGER NOT NULL) STRICT, "
    "WITHOUT ROWID;"
    "CREATE INDEX session_expires ON session(expires);"
    "CREATE INDEX session_account ON session(account_id);",

    /* key: dotted, see itg/setting.h; value: a JSON scalar in its canonical form */
    "CREATE TABLE setting("
    " profile_id INTEGER NOT NULL REFERENCES profile(id) DEFERRABLE INITIALLY DEFERRED,"
    " key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY(profile_id, key)) STRICT, WITHOUT ROWID;"
    /* When what an object receives last changed, by the sequence 'revision'; no row: never. */
    "CREATE TABLE revision("
    " object_id INTEGER PRIMARY KEY REFERENCES object(id) DEFERRABLE INITIALLY DEFERRED,"
    " value INTEGER NOT NULL) STRICT;"
    /* value: the revision that the thin client has in force */
    "CREATE TABLE confirmation("
    " thinclient_id INTEGER PRIMARY KEY REFERENCES thinclient(id) DEFERRABLE INITIALLY DEFERRED,"
    " value INTEGER NOT NULL) STRICT;"
    "INSERT INTO sequence VALUES('revision', 0);"
    /* Template keys and values draw their ids from the sequence of objects. parent_id: another key, or the
       root. */
    "CREATE TABLE template_key("
    " id INTEGER PRIMARY KEY, name TEXT NOT NULL, type INTEGER NOT NULL, parent_id INTEGER NOT NULL) STRICT;"
    "CREATE INDEX template_key_parent ON template_key(parent_id);"
    "CREATE TABLE template_value("
    " id INTEGER PRIMARY KEY, key_id INTEGER NOT NULL REFERENCES template_key(id) DEFERRABLE INITIALLY "
    "DEFERRED,"
    " value TEXT NOT NULL, description TEXT NOT NULL) STRICT;"
    "CREATE INDEX template_value_key ON template_value(key_id);"
    "CREATE TABLE template_assignment("
    " receiver_id INTEGER NOT NULL REFERENCES object(id) DEFERRABLE INITIALLY DEFERRED,"
    " key_id INTEGER NOT NULL REFERENCES template_key(id) DEFERRABLE INITIALLY DEFERRED,"
    " value_id INTEGER NOT NULL REFERENCES template_value(id) DEFERRABLE INITIALLY DEFERRED,"
    " PRIMARY KEY(receiver_id, key_id)) STRICT, WITHOUT ROWID;"
    "CREATE INDEX template_assignment_key ON template_assignment(key_id);"
    "CREATE INDEX template_assignment_value ON template_assignment(value_id);",

    /* What a thin client reports beside its properties. Positions only order. */
    "CREATE TABLE network_adapter("
    " thinclient_id INTEGER NOT NULL REFERENCES thinclient(id) DEFERRABLE INITIALLY DEFERRED,"
    " position INTEGER NOT NULL, type TEXT NOT NULL, mac TEXT NOT NULL, name TEXT NOT NULL,"
    " state TEXT NOT NULL, PRIMARY KEY(thinclient_id, position)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE login_history("
    " thinclient_id INTEGER NOT NULL REFERENCES thinclient(id) DEFERRABLE INITIALLY DEFERRED,"
    " position INTEGER NOT NULL, username TEXT NOT NULL, result INTEGER NOT NULL, login INTEGER NOT NULL,"
    " logoff INTEGER NOT NULL, type INTEGER NOT NULL,"
    " PRIMARY KEY(thinclient_id, position)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE shadow_certificate("
    " thinclient_id INTEGER PRIMARY KEY REFERENCES thinclient(id) DEFERRABLE INITIALLY DEFERRED,"
    " certificate TEXT NOT NULL) STRICT;"
    /* One-time passwords that have been used, by a keyed hash, until they expire by themselves; in seconds.
     */
    "CREATE TABLE shadow_used(hash TEXT PRIMARY KEY, expires INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
    "CREATE INDEX shadow_used_expires ON shadow_used(expires);"

    /* Device attributes draw their ids from the sequence of objects. */
    "CREATE TABLE attribute("
    " id INTEGER PRIMARY KEY, identifier TEXT NOT NULL CONSTRAINT attribute_identifier UNIQUE,"
    " name TEXT NOT NULL, type INTEGER NOT NULL, overwrite INTEGER NOT NULL) STRICT;"
    "CREATE TABLE attribute_choice("
    " attribute_id INTEGER NOT NULL REFERENCES attribute(id) DEFERRABLE INITIALLY DEFERRED,"
    " position INTEGER NOT NULL, value TEXT NOT NULL, PRIMARY KEY(attribute_id, position),"
    " UNIQUE(attribute_id, value)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE attribute_value("
    " thinclient_id INTEGER NOT NULL REFERENCES thinclient(id) DEFERRABLE INITIALLY DEFERRED,"
    " attribute_id INTEGER NOT NULL REFERENCES attribute(id) DEFERRABLE INITIALLY DEFERRED,"
    " value TEXT NOT NULL, PRIMARY KEY(thinclient_id, attribute_id)) STRICT, WITHOUT ROWID;"
    "CREATE INDEX attribute_value_attribute ON attribute_value(attribute_id, value);"

    /* Assets and their categories draw their ids from the sequence of objects. thinclient_id -1: on none. */
    "CREATE TABLE asset("
    " id INTEGER PRIMARY KEY, thinclient_id INTEGER NOT NULL, unique_id TEXT NOT NULL, connector TEXT NOT "
    "NULL,"
    " name TEXT NOT NULL, vendor TEXT NOT NULL, device_id TEXT NOT NULL) STRICT;"
    "CREATE INDEX asset_thinclient ON asset(thinclient_id);"
    "CREATE TABLE category(id INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT;"
    "CREATE INDEX category_name ON category(name);"
    "CREATE TABLE asset_category("
    " asset_id INTEGER NOT NULL REFERENCES asset(id) DEFERRABLE INITIALLY DEFERRED,"
    " category_id INTEGER NOT NULL REFERENCES category(id) DEFERRABLE INITIALLY DEFERRED,"
    " PRIMARY KEY(asset_id, category_id)) STRICT, WITHOUT ROWID;"
    "CREATE INDEX asset_category_category ON asset_category(category_id);"
    "CREATE TABLE asset_detail("
    " asset_id INTEGER NOT NULL REFERENCES asset(id) DEFERRABLE INITIALLY DEFERRED,"
    " position INTEGER NOT NULL, attribute_id INTEGER NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL,"
    " type TEXT NOT NULL, PRIMARY KEY(asset_id, position)) STRICT, WITHOUT ROWID;"
    /* No references: history outlives what it tells of. */
    "CREATE TABLE asset_history("
    " id INTEGER PRIMARY KEY, asset_id INTEGER NOT NULL, unit_id TEXT NOT NULL, time INTEGER NOT NULL,"
    " event INTEGER NOT NULL) STRICT;"
    "CREATE INDEX asset_history_asset ON asset_history(asset_id);"
    "CREATE INDEX asset_history_unit ON asset_history(unit_id);"
    "INSERT INTO sequence VALUES('assethistory', 0);",

    /* Views and rules draw their ids from the sequence of objects. */
    "CREATE TABLE view(id INTEGER PRIMARY KEY, name TEXT NOT NULL, expression TEXT NOT NULL) STRICT;"
    /* parent_id: 0 for a rule at the top; target_id: NULL if only its children file; flags: itg_rule_flag_t
     */
    "CREATE TABLE rule("
    " id INTEGER PRIMARY KEY, parent_id INTEGER NOT NULL, position INTEGER NOT NULL, expression TEXT NOT "
    "NULL,"
    " target_id INTEGER REFERENCES object(id) DEFERRABLE INITIALLY DEFERRED, flags INTEGER NOT NULL) STRICT;"
    "CREATE INDEX rule_parent ON rule(parent_id, position);"
    "CREATE INDEX rule_target ON rule(target_id);",

    /* Jobs draw their ids from the sequence of objects. Times in milliseconds; every in seconds, weekdays as bits from
       Monday, 0: none. owner: an account, that may be gone, or 0. due: when it runs next; NULL: not again. */
    "CREATE TABLE job("
    " id INTEGER PRIMARY KEY, name TEXT NOT NULL, command INTEGER NOT NULL, disabled INTEGER NOT NULL,"
    " expression TEXT NOT NULL, start INTEGER NOT NULL, every INTEGER NOT NULL, weekdays INTEGER NOT NULL,"
    " expires INTEGER NOT NULL, owner INTEGER NOT NULL, due INTEGER) STRICT;"
    "CREATE INDEX job_due ON job(due);"
    /* object_id: a thin client or a directory of theirs */
    "CREATE TABLE job_target("
    " job_id INTEGER NOT NULL REFERENCES job(id) DEFERRABLE INITIALLY DEFERRED,"
    " object_id INTEGER NOT NULL REFERENCES object(id) DEFERRABLE INITIALLY DEFERRED,"
    " PRIMARY KEY(job_id, object_id)) STRICT, WITHOUT ROWID;"
    "CREATE INDEX job_target_object ON job_target(object_id);"
    /* state: itg_run_state_t; actor: as owner; ended: NULL while nobody has told its end */
    "CREATE TABLE job_run("
    " id INTEGER PRIMARY KEY, job_id INTEGER NOT NULL REFERENCES job(id) DEFERRABLE INITIALLY DEFERRED,"
    " state INTEGER NOT NULL, due INTEGER NOT NULL, started INTEGER NOT NULL, ended INTEGER,"
    " actor INTEGER NOT NULL, missed INTEGER NOT NULL, total INTEGER NOT NULL, succeeded INTEGER NOT NULL,"
    " failed INTEGER NOT NULL, refused INTEGER NOT NULL, error INTEGER NOT NULL, message TEXT NOT NULL) "
    "STRICT;"
    "CREATE INDEX job_run_job ON job_run(job_id, id);"
    "CREATE INDEX job_run_state ON job_run(state, started);"
    /* No reference to the thin client: it may have left. */
    "CREATE TABLE job_result("
    " run_id INTEGER NOT NULL REFERENCES job_run(id) DEFERRABLE INITIALLY DEFERRED,"
    " thinclient_id INTEGER NOT NULL, mac TEXT NOT NULL, time INTEGER NOT NULL, message TEXT NOT NULL,"
    " PRIMARY KEY(run_id, thinclient_id)) STRICT, WITHOUT ROWID;"
    "INSERT INTO sequence VALUES('jobrun', 0);",

    /* Groups draw their ids from the sequence of accounts: subject_id names one of both. allow, deny: itg_right_t */
    "CREATE TABLE account_group("
    " id INTEGER PRIMARY KEY, name TEXT NOT NULL CONSTRAINT account_group_name UNIQUE) STRICT;"
    "CREATE TABLE account_member("
    " group_id INTEGER NOT NULL REFERENCES account_group(id) DEFERRABLE INITIALLY DEFERRED,"
    " account_id INTEGER NOT NULL REFERENCES account(id) DEFERRABLE INITIALLY DEFERRED,"
    " PRIMARY KEY(group_id, account_id)) STRICT, WITHOUT ROWID;"
    "CREATE INDEX account_member_account ON account_member(account_id);"
    "CREATE INDEX account_role ON account(role);"
    "CREATE TABLE access_entry("
    " directory_id INTEGER NOT NULL REFERENCES object(id) DEFERRABLE INITIALLY DEFERRED,"
    " subject_id INTEGER NOT NULL, allow INTEGER NOT NULL, deny INTEGER NOT NULL,"
    " PRIMARY KEY(directory_id, subject_id)) STRICT, WITHOUT ROWID;"
    "CREATE INDEX access_entry_subject ON access_entry(subject_id);",

    /* What thin clients were asked to do. state: itg_command_state_t; times in milliseconds, 0: not yet; ended rows are
       history. Of those in command_leave the thin client is about to be deleted, and they with it. */
    "INSERT INTO sequence VALUES('command', 0);"
    "CREATE TABLE command("
    " id INTEGER PRIMARY KEY,"
    " thinclient_id INTEGER NOT NULL REFERENCES thinclient(id) DEFERRABLE INITIALLY DEFERRED,"
    " command INTEGER NOT NULL, state INTEGER NOT NULL, queued INTEGER NOT NULL, sent INTEGER NOT NULL,"
    " ended INTEGER NOT NULL, expires INTEGER NOT NULL, message TEXT NOT NULL, actor TEXT NOT NULL) STRICT;"
    "CREATE INDEX command_thinclient ON command(thinclient_id, id);"
    "CREATE INDEX command_open ON command(thinclient_id, id) WHERE ended = 0;"
    "CREATE INDEX command_expires ON command(expires) WHERE ended = 0;"
    "CREATE INDEX command_ended ON command(ended) WHERE ended > 0;"
    "CREATE INDEX command_leave ON command(thinclient_id) WHERE state = 3 AND command >= 5;",

    /* No references: the trail outlives what it tells of. before, after: JSON objects */
    "CREATE TABLE audit("
    " id INTEGER PRIMARY KEY, time INTEGER NOT NULL, actor TEXT NOT NULL, operation TEXT NOT NULL,"
    " object_type TEXT NOT NULL, object_id INTEGER NOT NULL, object_name TEXT NOT NULL,"
    " before TEXT NOT NULL, after TEXT NOT NULL) STRICT;"
    "CREATE INDEX audit_time ON audit(time);"
    "CREATE INDEX audit_object ON audit(object_id);",

    /* The short form of each thin client as JSON, see core/listing.h; empty: its rows have changed since. The columns
       are those of the form. */
    "CREATE TABLE listing(id INTEGER PRIMARY KEY, form TEXT NOT NULL) STRICT;"
    "CREATE INDEX listing_empty ON listing(id) WHERE form = '';"
    "INSERT INTO listing SELECT id, '' FROM thinclient;"
    "CREATE TRIGGER listing_object AFTER UPDATE OF name, parent_id, bin_id ON object WHEN NEW.type = 1"
    " BEGIN UPDATE listing SET form = '' WHERE id = NEW.id; END;"
    "CREATE TRIGGER listing_thinclient"
    " AFTER UPDATE OF unit_id, mac, firmware_id, last_ip, last_user, battery_level ON thinclient"
    " WHEN OLD.unit_id <> NEW.unit_id OR OLD.mac <> NEW.mac OR OLD.firmware_id <> NEW.firmware_id"
    " OR OLD.last_ip <> NEW.last_ip OR OLD.last_user <> NEW.last_user OR OLD.battery_level <> "
    "NEW.battery_level"
    " BEGIN UPDATE listing SET form = '' WHERE id = NEW.id; END;",

    /* Thin clients that enrol. uses_left: -1 for any number. */
    "CREATE TABLE enrolment_key("
    " id INTEGER PRIMARY KEY, hash TEXT NOT NULL UNIQUE, name TEXT NOT NULL, created INTEGER NOT NULL,"
    " expires INTEGER NOT NULL, uses_left INTEGER NOT NULL, directory_id INTEGER NOT NULL) STRICT;"
    "CREATE INDEX enrolment_key_directory ON enrolment_key(directory_id);"
    /* No reference: what is left of a token outlives its thin client. deleted: when that was, or 0. */
    "CREATE TABLE agent_token("
    " thinclient_id INTEGER PRIMARY KEY, hash TEXT NOT NULL, created INTEGER NOT NULL, key_id INTEGER NOT NULL,"
    " sequence INTEGER NOT NULL, deleted INTEGER NOT NULL) STRICT;"
    "CREATE INDEX agent_token_deleted ON agent_token(deleted) WHERE deleted > 0;"
    /* Those that are online, for processes that do not serve them. */
    "CREATE TABLE presence("
    " thinclient_id INTEGER PRIMARY KEY REFERENCES thinclient(id) DEFERRABLE INITIALLY DEFERRED) STRICT;"
    "CREATE INDEX asset_unique ON asset(unique_id);"
    "INSERT INTO sequence VALUES('enrolment', 0);"
    "INSERT INTO sequence VALUES('membership', 0);",
};

enum { SCHEMA_VERSION = sizeof migrations / sizeof *migrations };
const int itg__sqlite_schema_version = SCHEMA_VERSION;

static itg_error_t pragma_int(sqlite3 *db, const char *sql, int64_t *ret_value, itg_failure_t *failure)
{
    sqlite3_stmt *stmt = NULL;
    int rc = sqlite3_prepare_v2(db, sql, -1, &stmt, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_step(stmt);
    if (rc == SQLITE_ROW)
        *ret_value = sqlite3_column_int64(stmt, 0);
    sqlite3_finalize(stmt);
    return rc == SQLITE_ROW ? ITG_OK : itg__sqlite_fail(db, rc, failure);
}

static itg_error_t run(sqlite3 *db, const char *sql, itg_failure_t *failure)
{
    int rc = sqlite3_exec(db, sql, NULL, NULL, NULL);
    return rc == SQLITE_OK ? ITG_OK : itg__sqlite_fail(db, rc, failure);
}

/* Adds a column to the table of thin clients unless it is there. */
static itg_error_t add_column(sqlite3 *db, const char *name, const char *declaration, itg_failure_t *failure)
{
    char sql[256];
    int64_t there = 0;
    snprintf(sql, sizeof sql, "SELECT count(*) FROM pragma_table_info('thinclient') WHERE name = '%s'", name);
    itg_error_t err = pragma_int(db, sql, &there, failure);
    if (err || there)
        return err;
    /* The declaration begins with the comma that separates columns. */
    snprintf(sql, sizeof sql, "ALTER TABLE thinclient ADD COLUMN %s", declaration + 2);
    return run(db, sql, failure);
}

static itg_error_t add_columns(sqlite3 *db, itg_failure_t *failure)
{
    static const struct {
        const char *name, *declaration;
    } columns[] = {
#define LINE(member, kind, key, facet, access, initial) \
    {#member, COLUMN(member, kind, key, facet, access, initial)},
        ITG_THINCLIENT_PROPERTIES(LINE)
#undef LINE
    };
    itg_error_t err = ITG_OK;
    for (size_t i = 0; !err && i < sizeof columns / sizeof *columns; i++)
        if (columns[i].declaration[0])
            err = add_column(db, columns[i].name, columns[i].declaration, failure);
    return err;
}

static itg_error_t create_identity(sqlite3 *db, itg_failure_t *failure)
{
    char sql[64];
    snprintf(sql, sizeof sql, "PRAGMA application_id = %d", APPLICATION_ID);
    return run(db, sql, failure);
}

/* Inside a write transaction, so that of two programs that open a new file at once only one creates it. */
static itg_error_t migrate_locked(sqlite3 *db, itg_failure_t *failure)
{
    int64_t version = 0, application = 0, tables = 0;
    itg_error_t err = pragma_int(db, "PRAGMA user_version", &version, failure);
    if (!err)
        err = pragma_int(db, "PRAGMA application_id", &application, failure);
    if (!err)
        err = pragma_int(db, "SELECT count(*) FROM sqlite_schema", &tables, failure);
    if (err)
        return err;
    bool fresh = tables == 0 && version == 0 && application == 0;
    if (!fresh && application != APPLICATION_ID)
        return itg__fail_detail(failure, ITG_E_DATABASE, "the file is another program's database");
    if (version > SCHEMA_VERSION)
        return itg__fail_detail(failure, ITG_E_DATABASE,
                                "the file has schema version %d, this program knows versions up to %d",
                                (int)version, (int)SCHEMA_VERSION);
    if (version == SCHEMA_VERSION)
        return ITG_OK;
    if (fresh)
        err = create_identity(db, failure);
    for (int64_t i = version; !err && i < SCHEMA_VERSION; i++)
        err = run(db, migrations[i], failure);
    if (!err && !fresh)
        err = add_columns(db, failure);
    if (err)
        return err;
    char sql[64];
    snprintf(sql, sizeof sql, "PRAGMA user_version = %d", (int)SCHEMA_VERSION);
    return run(db, sql, failure);
}

itg_error_t itg__sqlite_migrate(sqlite3 *db, itg_failure_t *failure)
{
    int64_t version = 0, application = 0;
    itg_error_t err = pragma_int(db, "PRAGMA user_version", &version, failure);
    if (!err)
        err = pragma_int(db, "PRAGMA application_id", &application, failure);
    if (err)
        return err;
    if (version == SCHEMA_VERSION && application == APPLICATION_ID)
        return ITG_OK;
    err = run(db, "BEGIN IMMEDIATE", failure);
    if (err)
        return err;
    err = migrate_locked(db, failure);
    if (!err)
        err = run(db, "COMMIT", failure);
    if (err)
        sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
    return err;
}
