/* The parts of an import: import.c reads the file, import_element.c makes rows of its elements, import_tree.c
 * finds each object's place below its directory. */
#ifndef ITG__IMPORT_H
#define ITG__IMPORT_H

#include "core/core.h"
#include "core/jsonread.h"

/* The arrays of a fleet file. */
enum itg__array {
    ITG__ARRAY_FIRMWARES,
    ITG__ARRAY_DIRECTORIES,
    ITG__ARRAY_THINCLIENTS,
    ITG__ARRAY_PROFILES,
    ITG__ARRAY_ASSIGNMENTS,
    ITG__ARRAYS
};

/* An element of the file, for messages. */
struct itg__place {
    uint32_t array;
    uint32_t index;
};

/* A list that grows. Zero it to begin. */
struct itg__list {
    void *items;
    size_t count;
    size_t capacity;
};

/* Room for one more item, zeroed; NULL if there is no memory. Moves the items. */
void *itg__list_add(struct itg__list *list, size_t item_size);

/* An object that waits for the directory it lies in. */
struct itg__newcomer {
    int64_t id;
    int64_t parent_id;
    struct itg__place place;
    uint8_t type;
    bool binned;   /* it says that it is in the recycle bin */
    bool bin_item; /* it says that it went there by itself */
};

/* The directories that matter to an import, new ones and those of the fleet that got new children. */
struct itg__tree {
    struct itg__tx *tx;
    struct itg__place *at;   /* the element at fault, if one is */
    const char **member;     /* and its member */
    struct itg__node *nodes; /* by the hash of their id, see import_tree.c */
    size_t count;
    size_t capacity; /* a power of two */
    uint64_t seed;
    struct itg__list newcomers; /* struct itg__newcomer whose parent is not known yet */
};

/* Takes an object whose row is in the store: in the bin as an item of its own if it says that it is in the
 * bin, else not in the bin. Checks its parent and sets its item of the bin right, at once or, if its parent
 * is not there yet, in itg__tree_finish(). ITG_E_PARENT_NOT_FOUND, ITG_E_DIRECTORY_IN_BIN. */
itg_error_t itg__tree_add(struct itg__tree *tree, const struct itg__newcomer *newcomer);

/* Everything is in: places all objects that still wait. */
itg_error_t itg__tree_finish(struct itg__tree *tree);

void itg__tree_dispose(struct itg__tree *tree);

/* An import under way. */
struct itg__import {
    struct itg__tx *tx;
    struct itg__json json;
    struct itg__tree tree;
    struct itg__place at;     /* the element at hand, or at fault */
    const char *member;       /* and its member; "": none */
    int64_t highest_id;       /* of objects: given out, brought along, or referred to */
    int64_t highest_firmware; /* the same of firmwares */
    bool seen[ITG__ARRAYS];
    int64_t counts[ITG__ARRAYS]; /* elements taken */
    itg_progress_fn progress;
    void *progress_ctx;
    struct itg__list promises;   /* firmwares that were referred to before they came */
    int64_t known_firmwares[64]; /* some that have rows, by the low bits of their id */
    struct itg__list waiting;    /* assignments of which an end is not there yet */
};

/* How the elements of an array are read. */
struct itg__array_info {
    const char *name;
    const struct itg__json_table *table;
    itg_error_t (*add)(struct itg__import *import, const struct itg__json_value *values);
};
extern const struct itg__array_info itg__arrays[ITG__ARRAYS];

/* Most members in a table, those of inner objects counted. */
enum { ITG__MAX_VALUES = 72 };

/* The last array is in: adds what waited for other elements, and checks that all promised ones came. */
itg_error_t itg__import_finish(struct itg__import *import);

#endif
