#include "core/listing.h"
#include "core/access.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* ---- writing a form */

/* The table of properties is in IMI's order: first the head, then the details, then the tail. */
#define IS_HEAD(member, kind, key, facet, access, initial)   +(ITG_FACET_##facet == ITG_FACET_HEAD)
#define IS_DETAIL(member, kind, key, facet, access, initial) +(ITG_FACET_##facet == ITG_FACET_DETAIL)
enum {
    HEAD_END = 0 ITG_THINCLIENT_PROPERTIES(IS_HEAD),
    DETAIL_END = HEAD_END ITG_THINCLIENT_PROPERTIES(IS_DETAIL)
};

static void put_properties(struct itg__buf *out, const itg_thinclient_t *tc, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++) {
        itg__buf_char(out, i > 0 ? ',' : '{');
        itg__property_json(out, &itg__properties[i], tc);
    }
}

void itg__thinclient_head_json(struct itg__buf *out, const itg_thinclient_t *tc)
{
    put_properties(out, tc, 0, HEAD_END);
}

void itg__thinclient_details_json(struct itg__buf *out, const itg_thinclient_t *tc)
{
    put_properties(out, tc, HEAD_END, DETAIL_END);
}

void itg__thinclient_tail_json(struct itg__buf *out, const itg_thinclient_t *tc, bool details)
{
    if (details || tc->battery_level >= 0) {
        put_properties(out, tc, DETAIL_END, ITG__PROPERTIES);
    } else { /* only the details say that it is not known */
        put_properties(out, tc, DETAIL_END, ITG__PROPERTY_battery_level);
        itg__buf_str(out, ",\"batteryLevel\":0");
        put_properties(out, tc, ITG__PROPERTY_battery_level + 1, ITG__PROPERTIES);
    }
    itg__buf_str(out, ",\"objectType\":\"tc\",\"links\":[]}");
}

static void put_form(struct itg__buf *out, const itg_thinclient_t *tc)
{
    out->length = 0;
    itg__thinclient_head_json(out, tc);
    itg__thinclient_tail_json(out, tc, false);
}

/* Makes the form of one from its rows, as a text with a NUL behind it. */
static itg_error_t make_form(struct itg__tx *tx, int64_t id, struct itg__buf *form)
{
    struct itg__query q;
    itg_thinclient_t tc = {.id = 0};
    form->length = 0;
    itg__thinclient_query(tx, &q, ITG_EXTENT_SHORT, id - 1);
    if (itg__next(&q))
        itg__thinclient_read(&q, ITG_EXTENT_SHORT, &tc);
    if (!q.err && tc.id == id)
        put_form(form, &tc);
    itg_error_t err = itg__done(&q);
    if (!err && tc.id != id)
        return itg__fail_id(tx->failure, ITG_E_THINCLIENT_NOT_FOUND, id);
    itg__buf_char(form, '\0');
    return !err && form->failed ? itg__fail(tx->failure, ITG_E_INTERNAL, NULL) : err;
}

/* ---- keeping them */

itg_error_t itg__listing_insert(struct itg__tx *tx, const itg_thinclient_t *tc)
{
    struct itg__buf form = {0};
    put_form(&form, tc);
    itg__buf_char(&form, '\0');
    itg_error_t err = form.failed ? itg__fail(tx->failure, ITG_E_INTERNAL, NULL)
                                  : itg__run(tx, "INSERT INTO listing(id, form) VALUES($1, $2)", "is", tc->id,
                                             (const char *)form.data);
    itg__buf_dispose(&form);
    return err;
}

static itg_error_t refresh(struct itg__tx *tx, int64_t id, struct itg__buf *form)
{
    itg_error_t err = make_form(tx, id, form);
    return err ? err
               : itg__run(tx, "UPDATE listing SET form = $2 WHERE id = $1", "is", id,
                          (const char *)form->data);
}

itg_error_t itg__listing_refresh(struct itg__tx *tx, int64_t id)
{
    struct itg__buf form = {0};
    itg_error_t err = refresh(tx, id, &form);
    itg__buf_dispose(&form);
    return err;
}

itg_error_t itg__listing_due(struct itg__tx *tx, bool *ret_found, int64_t *ret_due_ms)
{
    int64_t id = 0;
    itg_error_t err = itg__lookup(tx, ret_found, &id, "SELECT id FROM listing WHERE form = '' LIMIT 1", "");
    if (!err && *ret_found)
        *ret_due_ms = 0;
    return err;
}

itg_error_t itg__listing_fill(struct itg__tx *tx, int64_t limit)
{
    struct itg__buf form = {0};
    bool found = true;
    itg_error_t err = ITG_OK;
    while (!err && found && limit-- > 0) {
        int64_t id = 0;
        err = itg__lookup(tx, &found, &id, "SELECT id FROM listing WHERE form = '' LIMIT 1", "");
        if (!err && found)
            err = refresh(tx, id, &form);
    }
    itg__buf_dispose(&form);
    return err;
}

/* ---- reading them */

/* One walk. */
struct listing {
    struct itg__tx tx;
    itg__listing_fn fn;
    void *ctx;
    struct itg__buf made; /* forms that are not there */
};

/* @return false: the walk ends */
static bool give_made(struct listing *listing, int64_t id, itg_error_t *err)
{
    *err = make_form(&listing->tx, id, &listing->made);
    return !*err && listing->fn(listing->ctx, id, listing->made.data, listing->made.length - 1) == 0;
}

static itg_error_t walk_forms(struct listing *listing, int64_t after_id)
{
    struct itg__query q;
    bool more = true;
    itg_error_t err = ITG_OK;
    itg__query(&listing->tx, &q, "SELECT id, form FROM listing WHERE id > $1 ORDER BY id", "i", after_id);
    while (more && itg__next(&q)) {
        size_t length = 0;
        int64_t id = itg__int(&q, 0);
        const char *form = itg__bytes(&q, 1, &length);
        if (q.err)
            break;
        more = length > 0 ? listing->fn(listing->ctx, id, form, length) == 0 : give_made(listing, id, &err);
    }
    itg_error_t done = itg__done(&q);
    return err ? err : done;
}

/* What may be read depends on where each one lies. */
static itg_error_t walk_rows(struct listing *listing, int64_t after_id)
{
    struct itg__query q;
    bool more = true;
    itg__thinclient_query(&listing->tx, &q, ITG_EXTENT_SHORT, after_id);
    while (more && itg__next(&q)) {
        itg_thinclient_t tc;
        itg__thinclient_read(&q, ITG_EXTENT_SHORT, &tc);
        if (!itg__shows(&q, ITG_TYPE_THINCLIENT, tc.id, tc.parent_id)) {
            more = itg__passes(&listing->tx, tc.id);
            continue;
        }
        put_form(&listing->made, &tc);
        more = !q.err && !listing->made.failed &&
               listing->fn(listing->ctx, tc.id, listing->made.data, listing->made.length) == 0;
    }
    itg_error_t err = itg__done(&q);
    return !err && listing->made.failed ? itg__fail(listing->tx.failure, ITG_E_INTERNAL, NULL) : err;
}

itg_error_t itg__listing_each(itg_t *itg, int64_t after_id, itg__listing_fn fn, void *ctx,
                              itg_failure_t *failure)
{
    struct listing listing = {.fn = fn, .ctx = ctx};
    itg_error_t err = itg__begin_read(itg, "itg_thinclient_each", ITG__RIGHT_READ, &listing.tx, failure);
    if (err)
        return err;
    err = listing.tx.access.has_entries ? walk_rows(&listing, after_id) : walk_forms(&listing, after_id);
    itg__buf_dispose(&listing.made);
    return itg__end(&listing.tx, err);
}

static itg_error_t visit(struct listing *listing, int64_t id)
{
    struct itg__object object;
    struct itg__query q;
    bool found = false, empty = false;
    itg_error_t err = ITG_OK;
    if (listing->tx.access.has_entries)
        err = itg__object_reach(&listing->tx, ITG_TYPE_THINCLIENT, id, ITG_RIGHT_READ, &object);
    if (err)
        return err;
    itg__query(&listing->tx, &q, "SELECT form FROM listing WHERE id = $1", "i", id);
    if (itg__next(&q)) {
        size_t length = 0;
        const char *form = itg__bytes(&q, 0, &length);
        found = true;
        empty = length == 0;
        if (!q.err && !empty)
            listing->fn(listing->ctx, id, form, length);
    }
    err = itg__done(&q);
    if (!err && !found)
        err = itg__fail_id(listing->tx.failure, ITG_E_THINCLIENT_NOT_FOUND, id);
    if (!err && empty)
        give_made(listing, id, &err);
    return err;
}

itg_error_t itg__listing_visit(itg_t *itg, int64_t id, itg__listing_fn fn, void *ctx, itg_failure_t *failure)
{
    struct listing listing = {.fn = fn, .ctx = ctx};
    itg_error_t err = itg__begin_read(itg, "itg_thinclient_get", ITG__RIGHT_READ, &listing.tx, failure);
    if (err)
        return err;
    err = visit(&listing, id);
    itg__buf_dispose(&listing.made);
    return itg__end(&listing.tx, err);
}

/* ---- checking them */

itg_error_t itg__listing_check(struct itg__tx *tx, itg_finding_fn finding, void *ctx, int64_t *findings)
{
    struct itg__query q;
    struct itg__buf form = {0};
    itg_error_t err = ITG_OK;
    itg__query(tx, &q,
               "SELECT l.id, l.form FROM listing l JOIN thinclient t ON t.id = l.id"
               " JOIN object o ON o.id = l.id WHERE l.form <> ''",
               "");
    while (!err && itg__next(&q)) {
        char text[96];
        int64_t id = itg__int(&q, 0);
        err = make_form(tx, id, &form);
        if (err || strcmp(itg__text(&q, 1), form.data) == 0)
            continue;
        (*findings)++;
        snprintf(text, sizeof text, "object %" PRId64 ": its short form is not what its rows say", id);
        if (finding)
            finding(ctx, text);
    }
    itg_error_t done = itg__done(&q);
    itg__buf_dispose(&form);
    return err ? err : done;
}
