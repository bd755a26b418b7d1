/* What the suites about fleet files share: readers that make trouble, and data/fleetfile. All work on fx.itg.
 */
#ifndef ITG_TESTS_FLEETFILE_FIXTURE_H
#define ITG_TESTS_FLEETFILE_FIXTURE_H

#include "fixture.h"

/* A text to be read in pieces, and how that goes wrong. */
struct source {
    const char *text;
    size_t length;
    size_t pos;
    size_t piece; /* most bytes at once; 0: as many as asked for */
    size_t good;  /* reads that go well before one gives `bad`; 0: all */
    int64_t bad;
    size_t reads;
};
int64_t read_source(void *ctx, char *buf, size_t size);

/* A text made up of a beginning, a part that is repeated, and an end. Long parts are read fast. */
struct repeater {
    const char *begin, *part, *end;
    size_t count;
    size_t pos; /* in all of it */
};
int64_t read_repeated(void *ctx, char *buf, size_t size);

/* Import with &fx.failure. */
itg_error_t import_n(const char *text, size_t length);
itg_error_t import(const char *text);
itg_error_t import_repeated(const char *begin, const char *part, size_t count, const char *end);

/* A writer that counts bytes into a size_t. */
int32_t swallow(void *ctx, const char *bytes, size_t size);

/* A whole file of data/fleetfile, NUL-terminated, to be freed. ret_length may be NULL. */
char *load(const char *name, size_t *ret_length);

/* How many .json files a directory of data/fleetfile has. */
size_t count_files(const char *name);

/* Imports a file of data/fleetfile; asserts success. */
void load_and_import(const char *name);

/* Puts a new fleet in memory into the place of fx.itg. */
void reopen(void);

/* A fleet made from a file, left in fx.itg, as text. To be freed. */
char *fleet_of(const char *name);

/* The fleet's text, imported into a new fleet, gives the same text. Leaves the new fleet in fx.itg. */
void assert_round_trip(void);

/* The message of fx.failure begins so. */
void assert_message(const char *beginning, const char *what);

#endif
