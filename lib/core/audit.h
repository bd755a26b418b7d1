/* Writing the audit trail, in the transaction of the change and in the name of its operation.
 *
 * A change of what has a row is told by two images of the row, which the table in audit_image.c says how to
 * take; only members that differ are written, and nothing if none does:
 *
 *     struct itg__trail trail;
 *     itg_error_t err = itg__audit_before(tx, &trail, ITG__AUDIT_VIEW, id);
 *     if (!err)
 *         err = change(tx, id);
 *     return itg__audit_after(tx, &trail, err);
 *
 * Who adds a table that calls can change gives it a kind. */
#ifndef ITG__AUDIT_H
#define ITG__AUDIT_H

#include "core/core.h"
#include "core/text.h"

enum itg__audit_kind {
    ITG__AUDIT_OBJECT,     /* name, place and bin of an object of a tree */
    ITG__AUDIT_THINCLIENT, /* all of one, with its values of attributes */
    ITG__AUDIT_PROFILE,    /* all of one; of a deleted one the settings, too */
    /* Of a thin client. */
    ITG__AUDIT_ADAPTERS,
    ITG__AUDIT_CERTIFICATE,
    ITG__AUDIT_LAST_LOGIN,
    ITG__AUDIT_ATTRIBUTE_VALUES,
    /* Parts of an object, with a key of their own. */
    ITG__AUDIT_SETTING,             /* of a profile; key */
    ITG__AUDIT_ASSIGNMENT,          /* of a receiver; other_id: the assignee */
    ITG__AUDIT_TEMPLATE_ASSIGNMENT, /* of a receiver; other_id: the template key */
    ITG__AUDIT_ATTRIBUTE,
    ITG__AUDIT_ASSET,
    ITG__AUDIT_TEMPLATE_KEY,
    ITG__AUDIT_TEMPLATE_VALUE,
    ITG__AUDIT_VIEW,
    ITG__AUDIT_RULE,
    ITG__AUDIT_FIRMWARE,
    ITG__AUDIT_USER,
    ITG__AUDIT_GROUP,
    ITG__AUDIT_MEMBER, /* of a group; other_id: the user */
    ITG__AUDIT_ACCESS, /* an entry of a directory; other_id: the user or group */
    ITG__AUDIT_JOB,
    ITG__AUDIT_QUEUED_COMMAND, /* of a thin client; other_id: the command */
    /* Told by itg__audit_note() only. */
    ITG__AUDIT_COMMAND,
    ITG__AUDIT_FLEET,
    ITG__AUDIT_ENROLMENT,
    ITG__AUDIT_TRAIL,
    ITG__AUDIT_KINDS
};

/* What an image is of. */
struct itg__audit_subject {
    enum itg__audit_kind kind;
    int64_t id;
    int64_t other_id; /* of parts */
    const char *key;  /* of parts */
};

/* What a row says: its name, then its members as JSON ("site":"Bremen"), each ended by a NUL; empty if the row is
 * not there. */
struct itg__audit_image {
    const char *word; /* of the object's type; static */
    struct itg__buf entries;
};

struct itg__trail {
    struct itg__audit_subject subject;
    struct itg__audit_image before;
};

/* False if the fleet keeps no trail. */
bool itg__audit_is_on(const struct itg__fleet *fleet);

/* A row has been added. */
itg_error_t itg__audit_created(struct itg__tx *tx, enum itg__audit_kind kind, int64_t id);
/* A row is about to be deleted. */
itg_error_t itg__audit_deleted(struct itg__tx *tx, enum itg__audit_kind kind, int64_t id);

/* The same for parts; nothing is told of one that is not there. */
itg_error_t itg__audit_part_created(struct itg__tx *tx, const struct itg__audit_subject *subject);
itg_error_t itg__audit_part_deleted(struct itg__tx *tx, const struct itg__audit_subject *subject);

/* A row is about to be changed, and has been. The second call is due whatever the first returned: it ends the
 * trail, and returns err if there is one. A part's row may also come or go in between. */
itg_error_t itg__audit_before(struct itg__tx *tx, struct itg__trail *trail, enum itg__audit_kind kind,
                              int64_t id);
itg_error_t itg__audit_before_part(struct itg__tx *tx, struct itg__trail *trail,
                                   const struct itg__audit_subject *subject);
itg_error_t itg__audit_after(struct itg__tx *tx, struct itg__trail *trail, itg_error_t err);

/* Something that no row tells. `before` and `after` are JSON objects. */
itg_error_t itg__audit_note(struct itg__tx *tx, enum itg__audit_kind kind, int64_t id, const char *name,
                            const char *before, const char *after);

/* A command is about to be sent to so many thin clients: one entry, on the thin client if it is only one.
 * @param ids  the first ITG__AUDIT_IDS of them */
enum { ITG__AUDIT_IDS = 100 };
itg_error_t itg__audit_command(struct itg__tx *tx, itg_command_t command, const int64_t *ids, size_t count);

/* audit_image.c: Takes an image; `whole`: of a row that comes or goes, members that say nothing are left out. */
itg_error_t itg__audit_image(struct itg__tx *tx, const struct itg__audit_subject *subject, bool whole,
                             struct itg__audit_image *image);
/* The word for a kind; "" if it depends on the row. */
const char *itg__audit_word(enum itg__audit_kind kind);

/* audit_trail.c: Removes entries that have been kept long enough, up to a number of them. */
itg_error_t itg__audit_sweep(struct itg__tx *tx, int64_t limit);
/* When the next of them is. *ret_found false: none will be */
itg_error_t itg__audit_due(struct itg__tx *tx, bool *ret_found, int64_t *ret_due_ms);

#endif
