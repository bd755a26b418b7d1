/* Rights on objects: roles and access entries come together here. Entries themselves: access_entry.c. */
#include "core/access.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
    NEEDED = ITG_RIGHT_BROWSE | ITG_RIGHT_READ | ITG_RIGHT_CONTROL, /* by an administrator, everywhere */
    FIRST_PLACES = 64,
    MOST_PLACES = 1 << 16 /* remembered at a time: a megabyte */
};

/* What entries say of a directory that has been asked for, those above it included. */
struct itg__place {
    int64_t id; /* 0: empty; no directory has that id */
    uint32_t allow;
    uint32_t deny;
};

static const struct {
    itg_right_t right;
    const char *name;
} names[] = {
#define NAME(name, number, word) {ITG_RIGHT_##name, word},
    ITG_RIGHTS(NAME)
#undef NAME
};
enum { NAMES = sizeof names / sizeof *names };

const char *itg_right_name(itg_right_t right)
{
    for (size_t i = 0; i < NAMES; i++)
        if (names[i].right == right)
            return names[i].name;
    return "";
}

itg_right_t itg_right_from_name(const char *name)
{
    for (size_t i = 0; name && i < NAMES; i++)
        if (strcmp(names[i].name, name) == 0)
            return names[i].right;
    return (itg_right_t)0;
}

static uint32_t rights_of(itg_role_t role)
{
    switch (role) {
    case ITG_ROLE_VIEWER:
        return ITG_RIGHT_BROWSE | ITG_RIGHT_READ;
    case ITG_ROLE_OPERATOR:
        return ITG_RIGHTS_ALL & ~(uint32_t)ITG_RIGHT_CONTROL;
    case ITG_ROLE_ADMINISTRATOR:
        return ITG_RIGHTS_ALL;
    }
    return 0;
}

uint32_t itg__rights_usable(uint32_t rights)
{
    if (!(rights & ITG_RIGHT_BROWSE))
        return 0;
    return rights & ITG_RIGHT_READ ? rights : (uint32_t)ITG_RIGHT_BROWSE;
}

/* ---- accounts */

static itg_error_t take_account(struct itg__query *q, struct itg__access *access)
{
    int64_t role = itg__int(q, 0);
    access->role = (itg_role_t)role;
    access->by_role = rights_of(access->role);
    access->has_entries = itg__int(q, 1) != 0;
    if (*itg_role_name((itg_role_t)role))
        return ITG_OK;
    return itg__fail_detail(q->tx->failure, ITG_E_OBJECT_MAPPING, "%" PRId64 " is no role", role);
}

itg_error_t itg__access_load(struct itg__tx *tx, int64_t account_id, struct itg__access *ret_access)
{
    struct itg__access access = {.account_id = account_id, .by_role = ITG_RIGHTS_ALL};
    struct itg__query q;
    itg_error_t err = ITG_OK;
    bool found = account_id == 0;
    if (!found) {
        itg__query(
            tx, &q,
            "SELECT a.role, CASE WHEN EXISTS (SELECT 1 FROM access_entry e WHERE e.subject_id = a.id)"
            " OR EXISTS (SELECT 1 FROM account_member m JOIN access_entry e ON e.subject_id = m.group_id"
            " WHERE m.account_id = a.id) THEN 1 ELSE 0 END FROM account a WHERE a.id = $1",
            "i", account_id);
        found = itg__next(&q);
        if (found)
            err = take_account(&q, &access);
        itg_error_t done = itg__done(&q);
        err = err ? err : done;
    }
    if (!err && !found)
        err = itg__fail(tx->failure, ITG_E_NO_USER, NULL);
    if (!err)
        *ret_access = access;
    return err;
}

void itg__access_dispose(struct itg__access *access)
{
    free(access->places);
    access->places = NULL;
    access->count = 0;
}

/* ---- directories that have been asked for */

/* The directory's place in the table, or where it is to be. */
static struct itg__place *place_of(const struct itg__access *access, int64_t id)
{
    uint64_t hash = (uint64_t)id * UINT64_C(0x9E3779B97F4A7C15);
    size_t i = (size_t)(hash >> 20) & access->mask;
    while (access->places[i].id != 0 && access->places[i].id != id)
        i = (i + 1) & access->mask;
    return &access->places[i];
}

/* Puts what is there into a table of another size. */
static bool resize(struct itg__access *access, size_t size)
{
    struct itg__access next = *access;
    next.places = calloc(size, sizeof *next.places);
    next.mask = size - 1;
    if (!next.places)
        return false;
    for (size_t i = 0; access->places && i <= access->mask; i++)
        if (access->places[i].id != 0)
            *place_of(&next, access->places[i].id) = access->places[i];
    free(access->places);
    *access = next;
    return true;
}

static itg_error_t remember(struct itg__tx *tx, struct itg__access *access, const struct itg__place *place)
{
    size_t size = access->places ? access->mask + 1 : 0;
    bool room = access->count < size / 2;
    if (!room && size / 2 == MOST_PLACES) {
        memset(access->places, 0, size * sizeof *access->places);
        access->count = 0;
    } else if (!room && !resize(access, size ? size * 2 : FIRST_PLACES)) {
        return itg__fail(tx->failure, ITG_E_INTERNAL, NULL);
    }
    *place_of(access, place->id) = *place;
    access->count++;
    return ITG_OK;
}

/* What the entries of the account and its groups say on one directory, and where it lies. *ret_parent 0: it is a
 * root */
static itg_error_t read_place(struct itg__tx *tx, const struct itg__access *access, int64_t id,
                              struct itg__place *ret_place, int64_t *ret_parent)
{
    struct itg__query q;
    bool found = false;
    *ret_place = (struct itg__place){.id = id};
    itg__query(tx, &q,
               "SELECT o.parent_id, e.allow, e.deny FROM object o LEFT JOIN access_entry e"
               " ON e.directory_id = o.id AND (e.subject_id = $2"
               " OR e.subject_id IN (SELECT m.group_id FROM account_member m WHERE m.account_id = $2))"
               " WHERE o.id = $1",
               "ii", id, access->account_id);
    while (itg__next(&q)) {
        found = true;
        *ret_parent = itg__is_null(&q, 0) ? 0 : itg__int(&q, 0);
        ret_place->allow |= (uint32_t)itg__int(&q, 1);
        ret_place->deny |= (uint32_t)itg__int(&q, 2);
    }
    itg_error_t err = itg__done(&q);
    if (!err && !found)
        err = itg__fail_detail(tx->failure, ITG_E_OBJECT_MAPPING, "directory %" PRId64 " is not there", id);
    return err;
}

/* Goes up to a directory that is known, or a root, then down again, adding up. */
static itg_error_t find_place(struct itg__tx *tx, struct itg__access *access, int64_t id,
                              struct itg__place *ret_place)
{
    struct itg__place chain[ITG_LIMIT_DEPTH + 2], above = {.id = 0};
    size_t count = 0;
    itg_error_t err = ITG_OK;
    while (!err && id != 0) {
        const struct itg__place *known = access->places ? place_of(access, id) : NULL;
        if (known && known->id == id) {
            above = *known;
            break;
        }
        if (count == sizeof chain / sizeof *chain)
            return itg__fail_detail(tx->failure, ITG_E_OBJECT_MAPPING, "directory %" PRId64 " has no root",
                                    id);
        err = read_place(tx, access, id, &chain[count++], &id);
    }
    while (!err && count > 0) {
        struct itg__place *place = &chain[--count];
        place->allow |= above.allow;
        place->deny |= above.deny;
        above = *place;
        err = remember(tx, access, place);
    }
    if (!err)
        *ret_place = above;
    return err;
}

itg_error_t itg__access_in(struct itg__tx *tx, struct itg__access *access, int64_t directory_id,
                           uint32_t *ret_rights)
{
    struct itg__place place = {.id = 0};
    itg_error_t err = access->has_entries ? find_place(tx, access, directory_id, &place) : ITG_OK;
    if (!err)
        *ret_rights = itg__rights_usable((access->by_role | place.allow) & ~place.deny);
    return err;
}

/* ---- who acts */

itg_right_t itg__right_to_see(itg_type_t type)
{
    return itg__is_directory(type) ? ITG_RIGHT_BROWSE : ITG_RIGHT_READ;
}

itg_error_t itg__rights_in(struct itg__tx *tx, int64_t directory_id, uint32_t *ret_rights)
{
    return itg__access_in(tx, &tx->access, directory_id, ret_rights);
}

itg_error_t itg__rights_on(struct itg__tx *tx, const struct itg__object *object, uint32_t *ret_rights)
{
    return itg__rights_in(tx, itg__is_directory(object->type) ? object->id : object->parent_id, ret_rights);
}

static itg_error_t denied(struct itg__tx *tx, itg_right_t right, const char *where, int64_t id)
{
    return itg__fail_detail(tx->failure, ITG_E_ACCESS_DENIED, "the right to %s %s%" PRId64 " is missing",
                            itg_right_name(right), where, id);
}

itg_error_t itg__require(struct itg__tx *tx, const struct itg__object *object, itg_right_t right)
{
    uint32_t rights = 0;
    itg_error_t err = itg__rights_on(tx, object, &rights);
    return err || (rights & right) ? err : denied(tx, right, "", object->id);
}

itg_error_t itg__require_in(struct itg__tx *tx, int64_t directory_id, itg_right_t right)
{
    uint32_t rights = 0;
    itg_error_t err = itg__rights_in(tx, directory_id, &rights);
    return err || (rights & right) ? err : denied(tx, right, "in directory ", directory_id);
}

itg_error_t itg__object_reach(struct itg__tx *tx, itg_type_t type, int64_t id, itg_right_t right,
                              struct itg__object *ret_object)
{
    struct itg__object object;
    itg_error_t err = itg__object_load(tx, type, id, &object);
    if (!err)
        err = itg__require(tx, &object, right);
    if (!err)
        *ret_object = object;
    return err;
}

itg_error_t itg__object_reach_live(struct itg__tx *tx, itg_type_t type, int64_t id, itg_right_t right,
                                   struct itg__object *ret_object)
{
    struct itg__object object;
    itg_error_t err = itg__object_reach(tx, type, id, right, &object);
    if (!err && object.in_bin)
        err = itg__fail(tx->failure, itg__binned_code(type), NULL);
    if (!err)
        *ret_object = object;
    return err;
}

itg_error_t itg__may_on(struct itg__tx *tx, int64_t object_id, itg_right_t right, bool *ret_may)
{
    struct itg__object object;
    bool found = false;
    uint32_t rights = tx->access.by_role;
    itg_error_t err = tx->access.has_entries ? itg__object_find(tx, object_id, &object, &found) : ITG_OK;
    if (!err && found)
        err = itg__rights_on(tx, &object, &rights);
    if (!err)
        *ret_may = (rights & right) != 0 || (tx->access.has_entries && !found);
    return err;
}

bool itg__shows(struct itg__query *q, itg_type_t type, int64_t id, int64_t parent_id)
{
    const struct itg__object object = {.id = id, .type = type, .parent_id = parent_id};
    uint32_t rights = 0;
    if (!q->tx->access.has_entries)
        return true;
    itg_error_t err = itg__rights_on(q->tx, &object, &rights);
    if (err && !q->err)
        q->err = err;
    return !err && (rights & itg__right_to_see(type));
}

bool itg__passes(struct itg__tx *tx, int64_t id)
{
    struct itg__stride *stride = tx->itg->stride;
    if (!stride)
        return true;
    stride->last_id = id;
    stride->ended = --stride->left <= 0;
    return !stride->ended;
}

itg_error_t itg__require_all(struct itg__tx *tx)
{
    bool found = false;
    int64_t deny = 0;
    if (!tx->access.has_entries)
        return ITG_OK;
    itg_error_t err =
        itg__lookup(tx, &found, &deny,
                    "SELECT e.deny FROM access_entry e WHERE e.subject_id = $1 AND e.deny <> 0 UNION ALL"
                    " SELECT e.deny FROM account_member m JOIN access_entry e ON e.subject_id = m.group_id"
                    " WHERE m.account_id = $1 AND e.deny <> 0",
                    "i", tx->access.account_id);
    if (err || !found)
        return err;
    return itg__fail_detail(tx->failure, ITG_E_ACCESS_DENIED,
                            "this is about all of the fleet, of which something is denied");
}

itg_error_t itg__require_role(struct itg__tx *tx, itg_role_t least)
{
    return tx->access.account_id == 0 || tx->access.role >= least
               ? ITG_OK
               : itg__fail(tx->failure, ITG_E_ACCESS_DENIED, NULL);
}

/* ---- the last administrator */

itg_error_t itg__access_has_administrator(struct itg__tx *tx, bool *ret_has)
{
    int64_t id = 0;
    return itg__lookup(
        tx, ret_has, &id,
        "SELECT a.id FROM account a WHERE a.role = $1 AND NOT EXISTS"
        " (SELECT 1 FROM access_entry e WHERE e.subject_id = a.id AND (e.deny & $2) <> 0)"
        " AND NOT EXISTS (SELECT 1 FROM account_member m JOIN access_entry e ON e.subject_id = m.group_id"
        " WHERE m.account_id = a.id AND (e.deny & $2) <> 0) LIMIT 1",
        "ii", (int64_t)ITG_ROLE_ADMINISTRATOR, (int64_t)NEEDED);
}

itg_error_t itg__access_keep_administrator(struct itg__tx *tx, bool before)
{
    bool after = true;
    itg_error_t err = before ? itg__access_has_administrator(tx, &after) : ITG_OK;
    if (err || after)
        return err;
    return itg__fail_detail(tx->failure, ITG_E_ACCESS_DENIED,
                            "no administrator would be left to whom nothing denies browse, read or control");
}
