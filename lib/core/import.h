/* The parts of an import: import.c reads the file, import_firmware.c and its like make rows of the elements
 * with what import_element.c offers, import_tree.c finds each object's place below its directory. What an
 * element refers to may come after it in the file. */
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
    ITG__ARRAY_ATTRIBUTES,
    ITG__ARRAY_ASSETS,
    ITG__ARRAY_ASSET_HISTORY,
    ITG__ARRAY_TEMPLATES,
    ITG__ARRAY_FILLINGS,
    ITG__ARRAY_VIEWS,
    ITG__ARRAY_RULES,
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
    char member_text[64];     /* for members that have an index */
    int64_t highest_id;       /* of objects: given out, brought along, or referred to */
    int64_t highest_firmware; /* the same of firmwares */
    int64_t highest_history;  /* the same of the assets' history */
    bool seen[ITG__ARRAYS];
    int64_t counts[ITG__ARRAYS]; /* elements taken */
    itg_progress_fn progress;
    void *progress_ctx;
    struct itg__list promises;   /* firmwares that were referred to before they came */
    int64_t known_firmwares[64]; /* some that have rows, by the low bits of their id */
    struct itg__list waiting;    /* assignments of which an end is not there yet */
    struct itg__list attributes; /* where values of attributes stand that were not defined yet */
    struct itg__list assets;     /* assets on thin clients that were not there yet */
    struct itg__list templates;  /* template keys below others */
    struct itg__list fillings;   /* assignments of template values */
    int64_t old_id;              /* objects with higher ids are new */
    struct itg__list rules;      /* whose parent and target are to be looked at */
};

/* How the elements of an array are read. */
struct itg__array_info {
    const char *name;
    struct itg__json_table table;
    itg_error_t (*add)(struct itg__import *import, const struct itg__json_value *values);
};
extern const struct itg__array_info itg__import_firmwares, itg__import_directories, itg__import_thinclients,
    itg__import_profiles, itg__import_assignments, itg__import_attributes, itg__import_assets,
    itg__import_asset_history, itg__import_templates, itg__import_fillings;
extern const struct itg__array_info itg__import_views, itg__import_rules;

/* Most members in a table, those of inner objects counted. */
enum { ITG__MAX_VALUES = 80 };

/* For tables of members. */
#define ITG__TAKES_STRING  ITG__JSON_IS(ITG__JSON_STRING)
#define ITG__TAKES_INTEGER ITG__JSON_IS(ITG__JSON_INTEGER)
#define ITG__TAKES_NUMBER  (ITG__JSON_IS(ITG__JSON_INTEGER) | ITG__JSON_IS(ITG__JSON_REAL))
#define ITG__TAKES_ID      (ITG__TAKES_STRING | ITG__TAKES_NUMBER) /* a fraction is ITG_E_NUMBER_FORMAT */
#define ITG__TAKES_BOOL    (ITG__JSON_IS(ITG__JSON_FALSE) | ITG__JSON_IS(ITG__JSON_TRUE))
#define ITG__TAKES_ARRAY   ITG__JSON_IS(ITG__JSON_ARRAY)
#define ITG__MEMBER(key, kinds) \
    {                           \
        key, kinds, NULL, 0     \
    }
#define ITG__TABLE(members)                          \
    {                                                \
        members, sizeof(members) / sizeof *(members) \
    }

/* null is as good as absent. */
static inline bool itg__value_given(const struct itg__json_value *value)
{
    return value->kind > ITG__JSON_NULL;
}

static inline bool itg__value_true(const struct itg__json_value *value)
{
    return value->kind == ITG__JSON_TRUE;
}

/* The text of an optional string, "" if it is not there. */
const char *itg__import_text(struct itg__import *import, const struct itg__json_value *value);

/* Fail at a member of the element at hand: with ITG_E_INVALID_BODY, with ITG_E_DUPLICATE. */
itg_error_t itg__import_refuse(struct itg__import *import, const char *member, const char *why);
itg_error_t itg__import_duplicate(struct itg__import *import, const char *member, const char *what,
                                  const char *key, const char *table);

/* Reads an id, ITG_E_NUMBER_FORMAT. One that is absent or "" leaves *ret_id alone. */
itg_error_t itg__import_id(struct itg__import *import, const char *member,
                           const struct itg__json_value *value, int64_t *ret_id);

/* Ids that the file names are never given out, so that nothing else can be taken for what was meant. */
void itg__import_note_id(int64_t *highest, int64_t id);

/* Reads the id of the parent, before the object gets its own. One that is absent leaves *ret_id alone. */
itg_error_t itg__import_parent(struct itg__import *import, const struct itg__json_value *value,
                               int64_t *ret_id);

/* The id of a new row: the one that was brought along, or the next free one. *ret_used tells that it may be
 * in use already. The second one makes sure that it is not: ITG_E_DUPLICATE. */
itg_error_t itg__import_claim_id(struct itg__import *import, const struct itg__json_value *value,
                                 int64_t *highest, int64_t *ret_id, bool *ret_used);
itg_error_t itg__import_claim_object_id(struct itg__import *import, const struct itg__json_value *value,
                                        const char *what, int64_t *ret_id);

/* Reads an object's type; one that is absent leaves *ret_type alone. */
itg_error_t itg__import_type(struct itg__import *import, const struct itg__json_value *value,
                             itg_type_t *ret_type);

/* Refuses an item of the bin that is not in the bin. */
itg_error_t itg__import_check_bin(struct itg__import *import, const struct itg__json_value *binned,
                                  const struct itg__json_value *bin_item);

/* Adds an object's row, in the bin as an item of its own or not at all: itg__import_place() sets that right
 * when the other rows of the object are there. */
itg_error_t itg__import_insert_object(struct itg__import *import, int64_t id, itg_type_t type,
                                      const char *name, int64_t parent_id,
                                      const struct itg__json_value *binned);
itg_error_t itg__import_place(struct itg__import *import, itg_type_t type, int64_t id, int64_t parent_id,
                              const struct itg__json_value *binned, const struct itg__json_value *bin_item);

/* Makes sure that a firmware has a row, if only a promised one. ITG_E_NO_FIRMWARE, ITG_E_FIRMWARE_NOT_FOUND.
 */
itg_error_t itg__import_need_firmware(struct itg__import *import, int64_t id);

/* True if something of any kind has this id, of those that share the objects' sequence. */
itg_error_t itg__import_id_used(struct itg__import *import, int64_t id, bool *ret_used);

/* Sets the value of a device attribute, which may be defined later. */
itg_error_t itg__import_attribute_value(struct itg__import *import, int64_t thinclient_id,
                                        const char *identifier, const char *value);

/* What a thin client brings beside its properties: the tables of the members' lists and objects, and the
 * values of such members. */
enum { ITG__SECRET_CERTIFICATE, ITG__SECRET_PASSWORD, ITG__SECRET_VALUES };
extern const struct itg__json_table itg__import_adapter_table, itg__import_login_table,
    itg__import_value_table, itg__import_secret_table;
struct itg__inventory_values {
    const struct itg__json_value *adapters;
    const struct itg__json_value *logins;
    const struct itg__json_value *attributes;
    const struct itg__json_value *certificate;
};
itg_error_t itg__import_inventory(struct itg__import *import, int64_t id,
                                  const struct itg__inventory_values *values);

/* The last array is in: all that was promised must be there, and what waited is done. */
itg_error_t itg__import_check_promises(struct itg__import *import);
itg_error_t itg__import_check_attributes(struct itg__import *import);
itg_error_t itg__import_check_assets(struct itg__import *import);
itg_error_t itg__import_assign_waiting(struct itg__import *import);
itg_error_t itg__import_finish_templates(struct itg__import *import);

/* What an object receives has changed; one that the file brought keeps the state that the file says. */
itg_error_t itg__import_touch(struct itg__import *import, int64_t receiver_id);

/* Adds the settings of a profile. @param pairs  see itg__json_pairs */
itg_error_t itg__import_settings(struct itg__import *import, int64_t profile_id,
                                 const struct itg__json_value *pairs);

/* All is in: checks what rules refer to, and puts them in order. */
itg_error_t itg__import_finish_rules(struct itg__import *import);

#endif
