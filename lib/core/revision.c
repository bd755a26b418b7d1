#include "core/revision.h"
#include "core/access.h"
#include <string.h>

itg_error_t itg__revision_touch(struct itg__tx *tx, int64_t object_id)
{
    int64_t revision = 0;
    itg__stir(tx);
    itg_error_t err = itg__next_id(tx, "revision", &revision);
    return err ? err
               : itg__run(tx,
                          "INSERT INTO revision(object_id, value) VALUES($1, $2)"
                          " ON CONFLICT(object_id) DO UPDATE SET value = excluded.value",
                          "ii", object_id, revision);
}

/* Touches the objects whose ids a statement of this form gives for $1. */
#define TOUCH(with, select_receivers)                                \
    with " INSERT INTO revision(object_id, value) " select_receivers \
         " ON CONFLICT(object_id) DO UPDATE SET value = excluded.value"

static itg_error_t touch_all(struct itg__tx *tx, const char *sql, int64_t id)
{
    int64_t revision = 0;
    itg__stir(tx);
    itg_error_t err = itg__next_id(tx, "revision", &revision);
    return err ? err : itg__run(tx, sql, "ii", id, revision);
}

itg_error_t itg__revision_touch_receivers(struct itg__tx *tx, int64_t profile_id)
{
    static const char sql[] =
        TOUCH("", "SELECT a.receiver_id, $2 FROM object p JOIN assignment a ON a.assignee_id = p.id"
                  " WHERE p.id = $1 AND p.bin_id IS NULL");
    return touch_all(tx, sql, profile_id);
}

itg_error_t itg__revision_touch_below(struct itg__tx *tx, itg_type_t type, int64_t object_id)
{
    static const char sql[] =
        TOUCH("WITH RECURSIVE down(id) AS (SELECT id FROM object WHERE id = $1 AND bin_id IS NULL UNION"
              " SELECT o.id FROM down JOIN object o ON o.parent_id = down.id WHERE o.bin_id IS NULL)",
              "SELECT DISTINCT a.receiver_id, $2 FROM down JOIN assignment a ON a.assignee_id = down.id"
              " WHERE true");
    return itg__directory_type(type) == ITG_TYPE_THINCLIENT_DIRECTORY ? ITG_OK
                                                                      : touch_all(tx, sql, object_id);
}

itg_error_t itg__revision_touch_template(struct itg__tx *tx, int64_t value_id)
{
    static const char sql[] =
        TOUCH("", "SELECT receiver_id, $2 FROM template_assignment WHERE value_id = $1");
    return touch_all(tx, sql, value_id);
}

itg_error_t itg__revision_touch_template_key(struct itg__tx *tx, int64_t key_id)
{
    static const char sql[] = TOUCH("", "SELECT receiver_id, $2 FROM template_assignment WHERE key_id = $1");
    return touch_all(tx, sql, key_id);
}

itg_error_t itg__revision_touch_reached(struct itg__tx *tx, int64_t thinclient_id)
{
    bool found = false;
    int64_t receiver = 0;
    itg_error_t err =
        itg__lookup(tx, &found, &receiver,
                    "WITH RECURSIVE up(id, distance) AS (SELECT $1, 0 UNION ALL"
                    " SELECT o.parent_id, up.distance + 1 FROM up JOIN object o ON o.id = up.id"
                    " WHERE o.parent_id IS NOT NULL AND up.distance <= $2)"
                    " SELECT a.receiver_id FROM up JOIN assignment a ON a.receiver_id = up.id LIMIT 1",
                    "ii", thinclient_id, (int64_t)ITG_LIMIT_DEPTH);
    return err || !found ? err : itg__revision_touch(tx, thinclient_id);
}

static itg_error_t begin(struct itg__revisions *revisions)
{
    bool found = false;
    if (revisions->begun)
        return ITG_OK;
    revisions->begun = true;
    return itg__lookup(revisions->tx, &found, &revisions->highest,
                       "SELECT value FROM sequence WHERE name = 'revision'", "");
}

static size_t slot_of(int64_t id)
{
    return (size_t)(uint64_t)id % ITG__REVISIONS_KEPT;
}

static bool find_kept(const struct itg__revisions *revisions, int64_t id, int64_t *ret_value)
{
    size_t slot = slot_of(id);
    if (revisions->kept[slot].id != id)
        return false;
    *ret_value = revisions->kept[slot].value;
    return true;
}

/* A directory's own revision (0: none) and the directory above it (0: it is a root, or is not there). */
static itg_error_t load(struct itg__tx *tx, int64_t id, int64_t *ret_own, int64_t *ret_parent_id)
{
    struct itg__query q;
    *ret_own = *ret_parent_id = 0;
    itg__query(tx, &q,
               "SELECT r.value, o.parent_id FROM object o LEFT JOIN revision r ON r.object_id = o.id"
               " WHERE o.id = $1",
               "i", id);
    if (itg__next(&q)) {
        *ret_own = itg__int(&q, 0);
        *ret_parent_id = itg__int(&q, 1);
    }
    return itg__done(&q);
}

/* The highest revision of a directory and those above it. Goes up to the first one that is kept, and keeps
 * those on the way. */
static itg_error_t highest_above(struct itg__revisions *revisions, int64_t id, int64_t *ret_value)
{
    int64_t ids[ITG_LIMIT_DEPTH + 2], own[ITG_LIMIT_DEPTH + 2], value = 0;
    size_t count = 0;
    while (id != 0 && count < ITG_LIMIT_DEPTH + 2 && !find_kept(revisions, id, &value)) {
        ids[count] = id;
        itg_error_t err = load(revisions->tx, id, &own[count], &id);
        if (err)
            return err;
        count++;
    }
    while (count-- > 0) {
        value = own[count] > value ? own[count] : value;
        revisions->kept[slot_of(ids[count])].id = ids[count];
        revisions->kept[slot_of(ids[count])].value = value;
    }
    *ret_value = value;
    return ITG_OK;
}

itg_error_t itg__revision_current(struct itg__revisions *revisions, int64_t own, int64_t parent_id,
                                  int64_t *ret_revision)
{
    int64_t above = 0;
    itg_error_t err = highest_above(revisions, parent_id, &above);
    if (!err)
        *ret_revision = own > above ? own : above;
    return err;
}

itg_error_t itg__revision_state(struct itg__revisions *revisions, int64_t own, int64_t confirmed,
                                int64_t parent_id, const char *stored, const char **ret_state)
{
    int64_t current = own;
    itg_error_t err = begin(revisions);
    /* Most thin clients are judged without a look at their directories. */
    bool pending = own > 0 && own > confirmed;
    if (!err && !pending && confirmed < revisions->highest)
        err = itg__revision_current(revisions, own, parent_id, &current);
    if (err)
        return err;
    if (confirmed < 0 && current == 0)
        *ret_state = stored;
    else
        *ret_state = current > confirmed ? "PENDING" : "APPLIED";
    return ITG_OK;
}

/* What is known of a thin client's revisions. */
struct revisions_of {
    int64_t current;
    int64_t confirmed;
};

static itg_error_t load_thinclient(struct itg__tx *tx, int64_t id, struct revisions_of *ret)
{
    struct itg__query q;
    struct itg__revisions revisions = {.tx = tx};
    int64_t own = 0, parent_id = 0;
    itg__query(
        tx, &q,
        "SELECT r.value, o.parent_id, coalesce(c.value, -1) FROM object o"
        " LEFT JOIN revision r ON r.object_id = o.id LEFT JOIN confirmation c ON c.thinclient_id = o.id"
        " WHERE o.id = $1 AND o.type = $2",
        "ii", id, (int64_t)ITG_TYPE_THINCLIENT);
    bool found = itg__next(&q);
    if (found) {
        own = itg__int(&q, 0);
        parent_id = itg__int(&q, 1);
        ret->confirmed = itg__int(&q, 2);
    }
    itg_error_t err = itg__done(&q);
    if (!err && !found)
        err = itg__fail_id(tx->failure, ITG_E_THINCLIENT_NOT_FOUND, id);
    if (!err)
        err = itg__require_in(tx, parent_id, ITG_RIGHT_READ);
    return err ? err : itg__revision_current(&revisions, own, parent_id, &ret->current);
}

itg_error_t itg_settings_revision(itg_t *itg, int64_t thinclient_id, int64_t *ret_revision,
                                  int64_t *ret_confirmed, itg_failure_t *failure)
{
    struct itg__tx tx;
    struct revisions_of of = {0};
    itg_error_t err = itg__need(ret_revision != NULL, "ret_revision", failure);
    if (!err)
        err = itg__begin_read(itg, __func__, ITG__RIGHT_READ, &tx, failure);
    if (!err)
        err = itg__end(&tx, load_thinclient(&tx, thinclient_id, &of));
    if (err)
        return err;
    *ret_revision = of.current;
    if (ret_confirmed)
        *ret_confirmed = of.confirmed;
    return ITG_OK;
}

itg_error_t itg__revision_confirm(struct itg__tx *tx, int64_t thinclient_id, int64_t revision)
{
    struct itg__object thinclient;
    struct revisions_of of = {0};
    itg_error_t err =
        itg__object_reach_live(tx, ITG_TYPE_THINCLIENT, thinclient_id, ITG_RIGHT_WRITE, &thinclient);
    if (!err)
        err = load_thinclient(tx, thinclient_id, &of);
    if (!err && (revision < 0 || revision > of.current))
        err = itg__fail_detail(tx->failure, ITG_E_INVALID_BODY, "revision: there has not been such a one");
    if (err || revision <= of.confirmed)
        return err;
    return itg__run(tx,
                    "INSERT INTO confirmation(thinclient_id, value) VALUES($1, $2)"
                    " ON CONFLICT(thinclient_id) DO UPDATE SET value = excluded.value",
                    "ii", thinclient_id, revision);
}

itg_error_t itg_settings_confirm(itg_t *itg, int64_t thinclient_id, int64_t revision, itg_failure_t *failure)
{
    struct itg__tx tx;
    itg_error_t err = itg__begin_write(itg, __func__, ITG__RIGHT_OBJECT, &tx, failure);
    return err ? err : itg__end(&tx, itg__revision_confirm(&tx, thinclient_id, revision));
}
