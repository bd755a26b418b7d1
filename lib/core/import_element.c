/* Makes rows of the elements of a fleet file. What an element refers to may come after it: directories are
 * left to import_tree.c; a firmware gets an empty row as a promise, which its element fills; an assignment
 * waits. */
#include "core/firmware.h"
#include "core/import.h"
#include "core/object.h"
#include "core/rows.h"
#include "core/text.h"
#include "core/thinclient.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STRING  ITG__JSON_IS(ITG__JSON_STRING)
#define INTEGER ITG__JSON_IS(ITG__JSON_INTEGER)
#define NUMBER  ITG__JSON_NUMBERS
#define BOOL    ITG__JSON_BOOLS
#define ID      (STRING | NUMBER) /* a fraction is a number format error */
#define ARRAY   ITG__JSON_IS(ITG__JSON_ARRAY)
#define ANY     ITG__JSON_ANY

#define TABLE(members)                               \
    {                                                \
        members, sizeof(members) / sizeof *(members) \
    }
#define PLAIN(key, kinds)   \
    {                       \
        key, kinds, NULL, 0 \
    }

/* A firmware promised to the first element that refers to it. */
struct promise {
    int64_t id;
    struct itg__place place;
};

struct waiting {
    itg_assignment_t assignment;
    struct itg__place place;
};

static itg_failure_t *failure_of(struct itg__import *import)
{
    return import->tx->failure;
}

static bool given(const struct itg__json_value *value)
{
    return value->kind > ITG__JSON_NULL;
}

static bool is_true(const struct itg__json_value *value)
{
    return value->kind == ITG__JSON_TRUE;
}

/* The text of an optional string, "" if it is not there. */
static const char *text_of(struct itg__import *import, const struct itg__json_value *value)
{
    return given(value) ? itg__json_text(&import->json, value) : "";
}

static itg_error_t refuse(struct itg__import *import, const char *member, const char *why)
{
    import->member = member;
    return itg__fail_detail(failure_of(import), ITG_E_INVALID_BODY, "%s", why);
}

static itg_error_t duplicate(struct itg__import *import, const char *member, const char *what,
                             const char *key, const char *table)
{
    import->member = member;
    return itg__fail_duplicate(failure_of(import), what, key, table);
}

/* Reads an id; "" is none, and leaves *ret_id alone. */
static itg_error_t read_id(struct itg__import *import, const char *member,
                           const struct itg__json_value *value, int64_t *ret_id)
{
    if (!given(value))
        return ITG_OK;
    const char *text = itg__json_text(&import->json, value);
    if (*text == '\0')
        return ITG_OK;
    if (!itg__parse_int(text, ret_id))
        return ITG_OK;
    import->member = member;
    return itg__fail_detail(failure_of(import), ITG_E_NUMBER_FORMAT, "not an id");
}

/* Ids that the file names are never given out, so that a later element cannot be taken for what was meant. */
static void note_id(int64_t *highest, int64_t id)
{
    if (id > *highest && id <= ITG_LIMIT_ID)
        *highest = id;
}

/* The id of a new row, in *ret_id: the one that was brought along, or the next free one. *ret_used tells that
 * the id might be in use. */
static itg_error_t claim_id(struct itg__import *import, const struct itg__json_value *value, int64_t *highest,
                            int64_t *ret_id, bool *ret_used)
{
    int64_t id = *highest + 1;
    import->member = "id";
    *ret_used = id > *highest;
    itg_error_t err = read_id(import, "id", value, &id);
    if (err)
        return err;
    if (id < 1 || id > ITG_LIMIT_ID)
        return itg__fail_detail(failure_of(import), ITG_E_NUMBER_FORMAT, "id is out of range");
    *ret_used = id <= *highest;
    note_id(highest, id);
    *ret_id = id;
    return ITG_OK;
}

static itg_error_t claim_object_id(struct itg__import *import, const struct itg__json_value *value,
                                   const char *what, int64_t *ret_id)
{
    bool used = false;
    int64_t same = 0;
    itg_error_t err = claim_id(import, value, &import->highest_id, ret_id, &used);
    if (!err && used)
        err = itg__lookup(import->tx, &used, &same, "SELECT id FROM object WHERE id = $1", "i", *ret_id);
    return err || !used ? err : duplicate(import, "id", what, "object_id", "object");
}

/* Firmwares. A promised one has a row without product, which no real firmware has. */

enum { FW_ID, FW_PRODUCT, FW_VERSION, FW_TYPE };
static const struct itg__json_member firmware_members[] = {
    [FW_ID] = PLAIN("id", ID),
    [FW_PRODUCT] = PLAIN("product", STRING),
    [FW_VERSION] = PLAIN("version", STRING),
    [FW_TYPE] = PLAIN("firmwareType", STRING),
    PLAIN("links", ARRAY),
};

/* *ret_there: there is a row; *ret_promised: but only a promise. */
static itg_error_t find_firmware(struct itg__import *import, int64_t id, bool *ret_there, bool *ret_promised)
{
    int64_t promised = 0;
    itg_error_t err = itg__lookup(import->tx, ret_there, &promised,
                                  "SELECT product = '' FROM firmware WHERE id = $1", "i", id);
    *ret_promised = promised;
    return err;
}

static itg_error_t keep_promise(struct itg__import *import, const itg_firmware_t *firmware)
{
    bool taken = false;
    int64_t other = 0;
    itg_error_t err = itg__lookup(import->tx, &taken, &other,
                                  "SELECT id FROM firmware WHERE product = $1 AND version = $2 AND type = $3",
                                  "sss", firmware->product, firmware->version, firmware->type);
    if (err)
        return err;
    if (taken)
        return itg__fail_duplicate(failure_of(import), "Insertion of firmware", "firmware_identity",
                                   "firmware");
    return itg__run(import->tx, "UPDATE firmware SET product = $2, version = $3, type = $4 WHERE id = $1",
                    "isss", firmware->id, firmware->product, firmware->version, firmware->type);
}

static itg_error_t add_firmware(struct itg__import *import, const struct itg__json_value *values)
{
    itg_firmware_t firmware = {0, text_of(import, &values[FW_PRODUCT]), text_of(import, &values[FW_VERSION]),
                               text_of(import, &values[FW_TYPE])};
    bool there = false, promised = false;
    itg_error_t err = itg__firmware_ok(firmware.product, firmware.version, firmware.type, failure_of(import));
    if (!err)
        err = claim_id(import, &values[FW_ID], &import->highest_firmware, &firmware.id, &there);
    if (!err && there)
        err = find_firmware(import, firmware.id, &there, &promised);
    if (err)
        return err;
    if (there && !promised)
        return duplicate(import, "id", "Insertion of firmware", "firmware_id", "firmware");
    import->member = "";
    return promised ? keep_promise(import, &firmware) : itg__firmware_insert(import->tx, &firmware);
}

static itg_error_t firmware_missing(struct itg__import *import, int64_t id)
{
    import->member = "firmwareID";
    return itg__fail_id(failure_of(import), ITG_E_FIRMWARE_NOT_FOUND, id);
}

static itg_error_t promise_firmware(struct itg__import *import, int64_t id)
{
    char version[24];
    snprintf(version, sizeof version, "%" PRId64, id);
    struct promise *promise = itg__list_add(&import->promises, sizeof *promise);
    if (!promise)
        return itg__fail(failure_of(import), ITG_E_INTERNAL, NULL);
    *promise = (struct promise){id, import->at};
    return itg__run(import->tx, "INSERT INTO firmware(id, product, version, type) VALUES($1, '', $2, '')",
                    "is", id, version);
}

/* Makes sure that a firmware has a row. */
static itg_error_t need_firmware(struct itg__import *import, int64_t id)
{
    bool there = false, promised = false;
    if (id < 1 || id > ITG_LIMIT_ID)
        return firmware_missing(import, id);
    size_t known = (size_t)id % (sizeof import->known_firmwares / sizeof *import->known_firmwares);
    if (import->known_firmwares[known] == id)
        return ITG_OK;
    note_id(&import->highest_firmware, id);
    itg_error_t err = find_firmware(import, id, &there, &promised);
    if (!err && !there)
        err = promise_firmware(import, id);
    if (!err)
        import->known_firmwares[known] = id;
    return err;
}

/* Objects. */

static itg_error_t add_to_tree(struct itg__import *import, itg_type_t type, int64_t id, int64_t parent_id,
                               const struct itg__json_value *binned, const struct itg__json_value *bin_item)
{
    struct itg__newcomer newcomer = {.id = id,
                                     .parent_id = parent_id,
                                     .place = import->at,
                                     .type = (uint8_t)type,
                                     .binned = is_true(binned),
                                     .bin_item = is_true(bin_item)};
    import->member = "parentID";
    note_id(&import->highest_id, parent_id);
    return itg__tree_add(&import->tree, &newcomer);
}

/* Adds the object's row, in the bin as an item of its own or not at all, which the tree sets right. */
static itg_error_t insert_object(struct itg__import *import, int64_t id, itg_type_t type, const char *name,
                                 int64_t parent_id, const struct itg__json_value *binned)
{
    return itg__object_insert(import->tx, id, type, name, parent_id, is_true(binned) ? id : 0);
}

/* The type that an element says it has; 0: it says none. */
static itg_error_t read_type(struct itg__import *import, const struct itg__json_value *value,
                             itg_type_t *ret_type)
{
    if (!given(value))
        return ITG_OK;
    itg_type_t type = itg_type_from_name(itg__json_text(&import->json, value));
    if (!type)
        return refuse(import, "objectType", "unknown type");
    *ret_type = type;
    return ITG_OK;
}

static itg_error_t check_bin(struct itg__import *import, const struct itg__json_value *binned,
                             const struct itg__json_value *bin_item)
{
    return is_true(bin_item) && !is_true(binned)
               ? refuse(import, "binItem", "an item of the bin must be moved to it")
               : ITG_OK;
}

enum { DIR_ID, DIR_NAME, DIR_PARENT, DIR_BINNED, DIR_TYPE, DIR_ITEM };
static const struct itg__json_member directory_members[] = {
    [DIR_ID] = PLAIN("id", ID),
    [DIR_NAME] = PLAIN("name", STRING),
    [DIR_PARENT] = PLAIN("parentID", ID),
    [DIR_BINNED] = PLAIN("movedToBin", BOOL),
    [DIR_TYPE] = PLAIN("objectType", STRING),
    [DIR_ITEM] = PLAIN("binItem", BOOL),
    PLAIN("links", ARRAY),
    PLAIN("DirectoryChildren", ARRAY),
};

static itg_error_t add_directory(struct itg__import *import, const struct itg__json_value *values)
{
    const char *name = text_of(import, &values[DIR_NAME]);
    itg_type_t type = 0;
    int64_t id = 0;
    itg_error_t err = read_type(import, &values[DIR_TYPE], &type);
    if (err)
        return err;
    if (!itg__is_directory(type))
        return refuse(import, "objectType", "not the type of a directory");
    if (!itg__name_ok(name))
        return refuse(import, "name", "name is not valid");
    int64_t parent_id = itg__root_of(type);
    err = read_id(import, "parentID", &values[DIR_PARENT], &parent_id);
    if (!err)
        err = check_bin(import, &values[DIR_BINNED], &values[DIR_ITEM]);
    if (!err)
        err = claim_object_id(import, &values[DIR_ID], "Insertion of directory", &id);
    if (!err)
        err = insert_object(import, id, type, name, parent_id, &values[DIR_BINNED]);
    if (!err)
        err = itg__directory_insert(import->tx, id, type);
    if (!err)
        err = add_to_tree(import, type, id, parent_id, &values[DIR_BINNED], &values[DIR_ITEM]);
    return err;
}

enum { PR_ID, PR_NAME, PR_PARENT, PR_BINNED, PR_TYPE, PR_ITEM, PR_FIRMWARE, PR_MASTER, PR_OVERRIDES };
static const struct itg__json_member profile_members[] = {
    [PR_ID] = PLAIN("id", ID),
    [PR_NAME] = PLAIN("name", STRING),
    [PR_PARENT] = PLAIN("parentID", ID),
    [PR_BINNED] = PLAIN("movedToBin", BOOL),
    [PR_TYPE] = PLAIN("objectType", STRING),
    [PR_ITEM] = PLAIN("binItem", BOOL),
    [PR_FIRMWARE] = PLAIN("firmwareID", ID),
    [PR_MASTER] = PLAIN("isMasterProfile", BOOL),
    [PR_OVERRIDES] = PLAIN("overridesSessions", BOOL),
    PLAIN("links", ARRAY),
};

/* Two members tell the kind of a profile; either may be missing, but they must agree. */
static itg_error_t read_profile_type(struct itg__import *import, const struct itg__json_value *values,
                                     itg_type_t *ret_type)
{
    const struct itg__json_value *master = &values[PR_MASTER];
    itg_type_t type = is_true(master) ? ITG_TYPE_MASTERPROFILE : ITG_TYPE_PROFILE;
    itg_type_t said = type;
    itg_error_t err = read_type(import, &values[PR_TYPE], &said);
    if (err)
        return err;
    if (said != ITG_TYPE_PROFILE && said != ITG_TYPE_MASTERPROFILE)
        return refuse(import, "objectType", "not the type of a profile");
    if (given(master) && said != type)
        return refuse(import, "isMasterProfile", "contradicts objectType");
    *ret_type = said;
    return ITG_OK;
}

/* What is to be known of a profile before it gets its id. */
static itg_error_t read_profile(struct itg__import *import, const struct itg__json_value *values,
                                itg_profile_t *profile)
{
    itg_error_t err = read_profile_type(import, values, &profile->type);
    if (err)
        return err;
    if (!itg__name_ok(profile->name))
        return refuse(import, "name", "name is not valid");
    profile->parent_id = itg__root_of(profile->type);
    err = read_id(import, "parentID", &values[PR_PARENT], &profile->parent_id);
    if (!err)
        err = read_id(import, "firmwareID", &values[PR_FIRMWARE], &profile->firmware_id);
    if (!err)
        err = check_bin(import, &values[PR_BINNED], &values[PR_ITEM]);
    return err ? err : need_firmware(import, profile->firmware_id);
}

static itg_error_t add_profile(struct itg__import *import, const struct itg__json_value *values)
{
    itg_profile_t profile = {.name = text_of(import, &values[PR_NAME]),
                             .overrides_sessions = is_true(&values[PR_OVERRIDES])};
    itg_error_t err = read_profile(import, values, &profile);
    if (!err)
        err = claim_object_id(import, &values[PR_ID], "Insertion of profile", &profile.id);
    if (!err)
        err = insert_object(import, profile.id, profile.type, profile.name, profile.parent_id,
                            &values[PR_BINNED]);
    if (!err)
        err = itg__profile_insert(import->tx, &profile);
    if (!err)
        err = add_to_tree(import, profile.type, profile.id, profile.parent_id, &values[PR_BINNED],
                          &values[PR_ITEM]);
    return err;
}

/* Thin clients: the members of the property table first, so that both have the same index. */

#define ACCEPT_TEXT   STRING
#define ACCEPT_ID     ID
#define ACCEPT_COUNT  (STRING | INTEGER)
#define ACCEPT_INT    INTEGER
#define ACCEPT_REAL   NUMBER
#define ACCEPT_BOOL   BOOL
#define ACCEPT_MINUTE STRING
#define ACCEPT_MILLIS STRING
#define ACCEPT_SECOND STRING

enum { TC_TYPE = ITG__PROPERTIES, TC_ITEM };
static const struct itg__json_member thinclient_members[] = {
#define MEMBER(member, kind, key, facet, access, initial) \
    [ITG__PROPERTY_##member] = PLAIN(key, ACCEPT_##kind),
    ITG_THINCLIENT_PROPERTIES(MEMBER)
#undef MEMBER
        [TC_TYPE] = PLAIN("objectType", STRING),
    [TC_ITEM] = PLAIN("binItem", BOOL),
    PLAIN("links", ARRAY),
    PLAIN("online", BOOL),
};
_Static_assert(sizeof thinclient_members / sizeof *thinclient_members <= ITG__MAX_VALUES, "they fit");

/* Sets a number or boolean straight from its token: the way through a text form costs as much as the rest. */
static itg_error_t set_number(struct itg__import *import, struct itg__change *change,
                              const itg_property_t *property, const struct itg__json_value *value)
{
    char *member = (char *)&change->values + property->offset;
    const char *text = itg__json_text(&import->json, value);
    int64_t number = 0;
    bool whole = !itg__parse_int(text, &number);
    if (property->kind == ITG_KIND_REAL && !whole)
        return itg__change_text(change, property, text, failure_of(import));
    if (!whole)
        return refuse(import, property->key, "not a whole number, or out of range");
    double real = (double)number;
    if (property->kind == ITG_KIND_REAL)
        memcpy(member, &real, sizeof real);
    else
        memcpy(member, &number, sizeof number);
    return ITG_OK;
}

static itg_error_t set_property(struct itg__import *import, struct itg__change *change,
                                const itg_property_t *property, const struct itg__json_value *value)
{
    int32_t flag = is_true(value);
    import->member = property->key;
    switch (property->kind) {
    case ITG_KIND_BOOL:
        memcpy((char *)&change->values + property->offset, &flag, sizeof flag);
        return ITG_OK;
    case ITG_KIND_COUNT:
    case ITG_KIND_INT:
    case ITG_KIND_REAL:
        if (value->length > 0)
            return set_number(import, change, property, value);
        break;
    case ITG_KIND_TEXT:
    case ITG_KIND_ID:
    case ITG_KIND_MINUTE:
    case ITG_KIND_MILLIS:
    case ITG_KIND_SECOND:
        break;
    }
    return itg__change_text(change, property, itg__json_text(&import->json, value), failure_of(import));
}

/* Properties, but not the place in the tree, which is checked when all else is well. */
static itg_error_t read_properties(struct itg__import *import, const struct itg__json_value *values,
                                   struct itg__change *change)
{
    itg_error_t err = ITG_OK;
    itg__change_init(change);
    for (size_t i = 0; !err && i < ITG__PROPERTIES; i++)
        if (given(&values[i]) && (itg__properties[i].access != ITG_ACCESS_TREE || i == ITG__PROPERTY_name))
            err = set_property(import, change, &itg__properties[i], &values[i]);
    return err;
}

static itg_error_t complete(struct itg__import *import, struct itg__change *change,
                            char name[ITG__MADE_NAME_SIZE])
{
    itg_error_t err = itg__thinclient_complete(change, name, failure_of(import));
    import->member = err == ITG_E_NO_MAC ? "mac" : "firmwareID";
    return err ? err : need_firmware(import, change->values.firmware_id);
}

/* Rows are looked for only after the index could not tell: most files bring what is new. */
static itg_error_t check_unique(struct itg__import *import, const itg_thinclient_t *tc)
{
    import->member = "";
    return itg__thinclient_unique(import->tx, tc);
}

static itg_error_t read_thinclient(struct itg__import *import, const struct itg__json_value *values,
                                   struct itg__change *change, char name[ITG__MADE_NAME_SIZE])
{
    itg_type_t type = ITG_TYPE_THINCLIENT;
    itg_error_t err = read_type(import, &values[TC_TYPE], &type);
    if (!err && type != ITG_TYPE_THINCLIENT)
        return refuse(import, "objectType", "not the type of a thin client");
    if (!err)
        err = read_properties(import, values, change);
    if (!err)
        err = complete(import, change, name);
    if (!err)
        err = read_id(import, "parentID", &values[ITG__PROPERTY_parent_id], &change->values.parent_id);
    if (!err)
        err = check_bin(import, &values[ITG__PROPERTY_in_bin], &values[TC_ITEM]);
    return err;
}

static itg_error_t add_thinclient(struct itg__import *import, const struct itg__json_value *values)
{
    struct itg__change change;
    char name[ITG__MADE_NAME_SIZE];
    itg_thinclient_t *tc = &change.values;
    const struct itg__json_value *binned = &values[ITG__PROPERTY_in_bin];
    itg_error_t err = read_thinclient(import, values, &change, name);
    if (!err)
        err = check_unique(import, tc);
    if (!err)
        err = claim_object_id(import, &values[ITG__PROPERTY_id], "Insertion of thin client", &tc->id);
    if (!err)
        err = insert_object(import, tc->id, ITG_TYPE_THINCLIENT, tc->name, tc->parent_id, binned);
    if (!err)
        err = itg__thinclient_insert(import->tx, tc);
    if (!err)
        err = add_to_tree(import, ITG_TYPE_THINCLIENT, tc->id, tc->parent_id, binned, &values[TC_ITEM]);
    return err;
}

/* Assignments. */

enum { AS_ASSIGNEE, AS_RECEIVER, AS_OWN = 4, AS_ASSIGNEE_END = AS_OWN, AS_RECEIVER_END = AS_OWN + 2 };
enum { END_ID, END_TYPE, END_MEMBERS };
static const struct itg__json_member end_members[] = {
    [END_ID] = PLAIN("id", ID),
    [END_TYPE] = PLAIN("type", STRING),
};
static const struct itg__json_table end_table = TABLE(end_members);
static const struct itg__json_member assignment_members[AS_OWN] = {
    [AS_ASSIGNEE] = {"assignee", ITG__JSON_IS(ITG__JSON_OBJECT), &end_table, AS_ASSIGNEE_END},
    [AS_RECEIVER] = {"receiver", ITG__JSON_IS(ITG__JSON_OBJECT), &end_table, AS_RECEIVER_END},
    PLAIN("assignmentPosition", INTEGER),
    PLAIN("links", ARRAY),
};

/* Reads an end of an assignment. A word that is no type, or the type of something else, is for the caller. */
static itg_error_t read_end(struct itg__import *import, const char *member, const struct itg__json_value *end,
                            int64_t *ret_id, itg_type_t *ret_type)
{
    if (!given(&end[END_ID]) || !given(&end[END_TYPE]))
        return refuse(import, member, "id or type is missing");
    *ret_id = 0;
    *ret_type = itg_type_from_name(itg__json_text(&import->json, &end[END_TYPE]));
    return read_id(import, member, &end[END_ID], ret_id);
}

/* Looks at an end: *ret_found false if nothing has its id so far. */
static itg_error_t check_end(struct itg__import *import, const char *member, int64_t id, itg_type_t type,
                             itg_error_t otherwise, bool *ret_found)
{
    struct itg__object object;
    itg_error_t err = itg__object_find(import->tx, id, &object, ret_found);
    if (err || !*ret_found || (object.type == type && !object.is_root))
        return err;
    import->member = member;
    return itg__fail_detail(failure_of(import), otherwise, "%s %" PRId64, itg_type_name(type), id);
}

/* Adds an assignment if both ends are there; *ret_waits if one of them is not. */
static itg_error_t assign(struct itg__import *import, const itg_assignment_t *a, bool *ret_waits)
{
    bool assignee = false, receiver = false;
    itg_error_t err =
        check_end(import, "assignee", a->assignee_id, a->assignee_type, ITG_E_INVALID_ASSIGNMENT, &assignee);
    if (!err)
        err = check_end(import, "receiver", a->receiver_id, a->receiver_type, ITG_E_INVALID_RECEIVER,
                        &receiver);
    *ret_waits = !assignee || !receiver;
    import->member = err ? import->member : !assignee ? "assignee" : !receiver ? "receiver" : "";
    return err || *ret_waits ? err : itg__assignment_insert(import->tx, a);
}

static itg_error_t check_types(struct itg__import *import, const itg_assignment_t *a)
{
    import->member = "assignee";
    if (a->assignee_type != ITG_TYPE_PROFILE && a->assignee_type != ITG_TYPE_MASTERPROFILE)
        return itg__fail(failure_of(import), ITG_E_INVALID_ASSIGNMENT, NULL);
    import->member = "receiver";
    if (a->receiver_type != ITG_TYPE_THINCLIENT && a->receiver_type != ITG_TYPE_THINCLIENT_DIRECTORY)
        return itg__fail(failure_of(import), ITG_E_INVALID_RECEIVER, NULL);
    return ITG_OK;
}

static itg_error_t add_assignment(struct itg__import *import, const struct itg__json_value *values)
{
    itg_assignment_t a = {0};
    bool waits = false;
    itg_error_t err =
        read_end(import, "assignee", &values[AS_ASSIGNEE_END], &a.assignee_id, &a.assignee_type);
    if (!err)
        err = read_end(import, "receiver", &values[AS_RECEIVER_END], &a.receiver_id, &a.receiver_type);
    if (!err)
        err = check_types(import, &a);
    if (!err)
        err = assign(import, &a, &waits);
    if (err || !waits)
        return err;
    note_id(&import->highest_id, a.assignee_id);
    note_id(&import->highest_id, a.receiver_id);
    struct waiting *waiting = itg__list_add(&import->waiting, sizeof *waiting);
    if (!waiting)
        return itg__fail(failure_of(import), ITG_E_INTERNAL, NULL);
    *waiting = (struct waiting){a, import->at};
    return ITG_OK;
}

const struct itg__array_info itg__arrays[ITG__ARRAYS] = {
    [ITG__ARRAY_FIRMWARES] = {"firmwares", &(const struct itg__json_table)TABLE(firmware_members),
                              add_firmware},
    [ITG__ARRAY_DIRECTORIES] = {"directories", &(const struct itg__json_table)TABLE(directory_members),
                                add_directory},
    [ITG__ARRAY_THINCLIENTS] = {"thinclients", &(const struct itg__json_table)TABLE(thinclient_members),
                                add_thinclient},
    [ITG__ARRAY_PROFILES] = {"profiles", &(const struct itg__json_table)TABLE(profile_members), add_profile},
    [ITG__ARRAY_ASSIGNMENTS] = {"assignments", &(const struct itg__json_table)TABLE(assignment_members),
                                add_assignment},
};

static itg_error_t check_promise(struct itg__import *import, const struct promise *promise)
{
    bool there = false, promised = false;
    import->at = promise->place;
    itg_error_t err = find_firmware(import, promise->id, &there, &promised);
    return err || !promised ? err : firmware_missing(import, promise->id);
}

static itg_error_t assign_waiting(struct itg__import *import, const struct waiting *waiting)
{
    bool missing = false;
    import->at = waiting->place;
    itg_error_t err = assign(import, &waiting->assignment, &missing);
    if (err || !missing)
        return err;
    bool assignee = strcmp(import->member, "assignee") == 0;
    return itg__fail(failure_of(import), assignee ? ITG_E_INVALID_ASSIGNMENT : ITG_E_INVALID_RECEIVER, NULL);
}

itg_error_t itg__import_finish(struct itg__import *import)
{
    itg_error_t err = ITG_OK;
    const struct promise *promises = import->promises.items;
    for (size_t i = 0; !err && i < import->promises.count; i++)
        err = check_promise(import, &promises[i]);
    if (!err)
        err = itg__tree_finish(&import->tree);
    const struct waiting *waiting = import->waiting.items;
    for (size_t i = 0; !err && i < import->waiting.count; i++)
        err = assign_waiting(import, &waiting[i]);
    return err;
}
