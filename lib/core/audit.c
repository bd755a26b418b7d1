/* Entries of the audit trail: comparing images, and writing. */
#include "core/audit.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* At the end of a text that something was left out of. */
#define TRUNCATED "\"truncated\":true}"

bool itg__audit_is_on(const struct itg__fleet *fleet)
{
    return fleet->audit_keep_ms != ITG_AUDIT_OFF;
}

static bool is_told(const struct itg__tx *tx)
{
    return !tx->untold && itg__audit_is_on(tx->fleet);
}

static void image_dispose(struct itg__audit_image *image)
{
    itg__buf_dispose(&image->entries);
    *image = (struct itg__audit_image){0};
}

/* The name of the object. */
static const char *name_of(const struct itg__audit_image *image)
{
    return image->entries.length ? image->entries.data : "";
}

/* The member behind another one; the first behind the name. NULL: none */
static const char *next_entry(const struct itg__audit_image *image, const char *entry)
{
    if (image->entries.length == 0)
        return NULL;
    const char *next = entry + strlen(entry) + 1;
    return next < image->entries.data + image->entries.length ? next : NULL;
}

static const char *first_entry(const struct itg__audit_image *image)
{
    return next_entry(image, name_of(image));
}

/* Length of a member's key, quotes included. */
static size_t key_length(const char *entry)
{
    size_t length = 1;
    while (entry[length] != '"' && entry[length] != '\0')
        length += entry[length] == '\\' && entry[length + 1] ? 2 : 1;
    return length + (entry[length] == '"');
}

/* The member with the same key, looked for from *cursor on, round the image: both have mostly the same ones. */
static const char *find_entry(const struct itg__audit_image *image, const char *wanted, const char **cursor)
{
    size_t length = key_length(wanted);
    const char *first = first_entry(image), *start = *cursor ? *cursor : first;
    const char *entry = start;
    while (entry) {
        const char *next = next_entry(image, entry);
        if (strncmp(entry, wanted, length) == 0) {
            *cursor = next;
            return entry;
        }
        entry = next ? next : first;
        if (entry == start)
            return NULL;
    }
    return NULL;
}

/* Writes the members of an image that the other one has not, or has otherwise. */
static void write_difference(struct itg__buf *json, const struct itg__audit_image *image,
                             const struct itg__audit_image *other)
{
    const char *cursor = NULL, *same = NULL;
    bool truncated = false;
    itg__buf_char(json, '{');
    for (const char *entry = first_entry(image); entry; entry = next_entry(image, entry)) {
        size_t length = strlen(entry);
        same = find_entry(other, entry, &cursor);
        if (same && strcmp(same, entry) == 0)
            continue;
        if (json->length + length + sizeof TRUNCATED > ITG_LIMIT_AUDIT) {
            truncated = true;
            continue;
        }
        itg__buf_add(json, entry, length);
        itg__buf_char(json, ',');
    }
    if (truncated)
        itg__buf_str(json, TRUNCATED);
    else if (!json->failed && json->length > 1)
        json->data[json->length - 1] = '}';
    else
        itg__buf_char(json, '}');
    itg__buf_char(json, '\0');
}

/* The name stands in the entry, so that it outlives the user. */
static itg_error_t write_entry(struct itg__tx *tx, const char *word, int64_t id, const char *name,
                               const char *before, const char *after)
{
    char gone[24] = "";
    int64_t account_id = tx->itg->account_id ? tx->itg->account_id : tx->itg->behalf_id;
    const char *operation = tx->operation;
    if (account_id)
        snprintf(gone, sizeof gone, "#%" PRId64, account_id);
    if (strncmp(operation, "itg_", 4) == 0)
        operation += 4;
    return itg__run(
        tx,
        "INSERT INTO audit(time, actor, operation, object_type, object_id, object_name, before, after)"
        " VALUES($1, coalesce((SELECT name FROM account WHERE id = $2), $3), $4, $5, $6, $7, $8, $9)",
        "iisssisss", itg__now_ms(tx->fleet), account_id, gone, operation, word, id, name, before, after);
}

static itg_error_t write_change(struct itg__tx *tx, int64_t id, const struct itg__audit_image *before,
                                const struct itg__audit_image *after)
{
    struct itg__buf was = {0}, is = {0};
    const struct itg__audit_image *known = after->word ? after : before;
    itg_error_t err = ITG_OK;
    write_difference(&was, before, after);
    write_difference(&is, after, before);
    if (was.failed || is.failed)
        err = itg__fail(tx->failure, ITG_E_INTERNAL, NULL);
    else if (known->word && (strcmp(was.data, "{}") != 0 || strcmp(is.data, "{}") != 0))
        err = write_entry(tx, known->word, id, name_of(known), was.data, is.data);
    itg__buf_dispose(&was);
    itg__buf_dispose(&is);
    return err;
}

/* What comes and goes is told even if it has no member at all. */
static itg_error_t write_whole(struct itg__tx *tx, const struct itg__audit_subject *subject, bool created)
{
    struct itg__audit_image image = {0}, nothing = {0};
    struct itg__buf json = {0};
    if (!is_told(tx))
        return ITG_OK;
    itg_error_t err = itg__audit_image(tx, subject, true, &image);
    if (!err && image.word) {
        write_difference(&json, &image, &nothing);
        err = json.failed ? itg__fail(tx->failure, ITG_E_INTERNAL, NULL)
                          : write_entry(tx, image.word, subject->id, name_of(&image),
                                        created ? "{}" : json.data, created ? json.data : "{}");
    }
    itg__buf_dispose(&json);
    image_dispose(&image);
    return err;
}

itg_error_t itg__audit_created(struct itg__tx *tx, enum itg__audit_kind kind, int64_t id)
{
    return write_whole(tx, &(struct itg__audit_subject){.kind = kind, .id = id}, true);
}

itg_error_t itg__audit_deleted(struct itg__tx *tx, enum itg__audit_kind kind, int64_t id)
{
    return write_whole(tx, &(struct itg__audit_subject){.kind = kind, .id = id}, false);
}

itg_error_t itg__audit_part_created(struct itg__tx *tx, const struct itg__audit_subject *subject)
{
    return write_whole(tx, subject, true);
}

itg_error_t itg__audit_part_deleted(struct itg__tx *tx, const struct itg__audit_subject *subject)
{
    return write_whole(tx, subject, false);
}

itg_error_t itg__audit_before_part(struct itg__tx *tx, struct itg__trail *trail,
                                   const struct itg__audit_subject *subject)
{
    *trail = (struct itg__trail){.subject = *subject};
    return is_told(tx) ? itg__audit_image(tx, subject, false, &trail->before) : ITG_OK;
}

itg_error_t itg__audit_before(struct itg__tx *tx, struct itg__trail *trail, enum itg__audit_kind kind,
                              int64_t id)
{
    const struct itg__audit_subject subject = {.kind = kind, .id = id};
    return itg__audit_before_part(tx, trail, &subject);
}

itg_error_t itg__audit_after(struct itg__tx *tx, struct itg__trail *trail, itg_error_t err)
{
    struct itg__audit_image after = {0};
    if (!err && is_told(tx)) {
        err = itg__audit_image(tx, &trail->subject, false, &after);
        if (!err)
            err = write_change(tx, trail->subject.id, &trail->before, &after);
    }
    image_dispose(&after);
    image_dispose(&trail->before);
    return err;
}

itg_error_t itg__audit_note(struct itg__tx *tx, enum itg__audit_kind kind, int64_t id, const char *name,
                            const char *before, const char *after)
{
    return is_told(tx) ? write_entry(tx, itg__audit_word(kind), id, name, before, after) : ITG_OK;
}

static void write_command(struct itg__buf *json, itg_command_t command, const int64_t *ids, size_t count)
{
    const char *name = command == ITG_COMMAND_FORGET ? "forget" : itg_command_name(command);
    itg__buf_str(json, "{\"command\":");
    itg__buf_json(json, name);
    if (count > 1) {
        itg__buf_str(json, ",\"count\":");
        itg__buf_int(json, (int64_t)count);
        for (size_t i = 0; i < count && i < ITG__AUDIT_IDS; i++) {
            itg__buf_str(json, i ? ",\"" : ",\"ids\":[\"");
            itg__buf_int(json, ids[i]);
            itg__buf_char(json, '"');
        }
        itg__buf_char(json, ']');
    }
    itg__buf_add(json, "}", sizeof "}");
}

static itg_error_t write_on_thinclient(struct itg__tx *tx, int64_t id, const char *json)
{
    struct itg__query q;
    itg_error_t err = ITG_OK;
    itg__query(tx, &q, "SELECT name FROM object WHERE id = $1", "i", id);
    if (itg__next(&q))
        err = itg__audit_note(tx, ITG__AUDIT_THINCLIENT, id, itg__text(&q, 0), "{}", json);
    itg_error_t done = itg__done(&q);
    return err ? err : done;
}

itg_error_t itg__audit_command(struct itg__tx *tx, itg_command_t command, const int64_t *ids, size_t count)
{
    struct itg__buf json = {0};
    if (!is_told(tx) || count == 0)
        return ITG_OK;
    write_command(&json, command, ids, count);
    itg_error_t err = json.failed  ? itg__fail(tx->failure, ITG_E_INTERNAL, NULL)
                      : count == 1 ? write_on_thinclient(tx, ids[0], json.data)
                                   : itg__audit_note(tx, ITG__AUDIT_COMMAND, 0, "", "{}", json.data);
    itg__buf_dispose(&json);
    return err;
}
