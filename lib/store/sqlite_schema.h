#ifndef ITG__SQLITE_SCHEMA_H
#define ITG__SQLITE_SCHEMA_H

#include <itg/error.h>
#include <sqlite3.h>

/* What the current schema has in its files. */
extern const int itg__sqlite_schema_version;

/* Brings the file of an open connection to the current schema, in one transaction: creates it in an empty
 * file, migrates an older one, refuses a newer one, another program's, or none. */
itg_error_t itg__sqlite_migrate(sqlite3 *db, itg_failure_t *failure);

/* Translates a result of SQLite and fails with it. The detail is SQLite's own message. */
itg_error_t itg__sqlite_fail(sqlite3 *db, int rc, itg_failure_t *failure);

#endif
