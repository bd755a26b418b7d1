/** @file audit.h
 *  The audit trail: who changed what, when, and how it was before and afterwards.
 *
 *  Every change through this library is recorded in the transaction that makes it: what was refused or rolled back leaves
 *  nothing, and a call that changes nothing neither. A call that changes several objects leaves an entry for each, but
 *  - a directory moves, and goes into the recycle bin and out of it, as one object with all below it;
 *  - what goes with a deleted object (its assignments, the values of a template key) is part of that deletion;
 *  - itg_import() leaves one entry with the numbers of what it added, for the object 0 of type "fleet";
 *  - itg_command_send() leaves one entry before it sends, on the thin client if it is only one, else for the object 0 of
 *    type "command", with their number and up to 100 of their ids. What the thin clients answered is not in it.
 *
 *  Not recorded: sessions and their ends, one-time passwords, what a thin client confirms (itg_settings_confirm()) and
 *  reports through a protocol of its own, and what itg_step() removes because its time is over. No password, and no hash
 *  of one, is ever in an entry: that it was changed shows as another passwordRevision.
 *
 *  Fleet files do not carry the audit trail. Entries are kept for itg_options_t.audit_keep_ms. */
#ifndef ITG_AUDIT_H
#define ITG_AUDIT_H

#include <itg/fleet.h>

#ifdef __cplusplus
extern "C" {
#endif

/** The most bytes of `before` and of `after`. Members that do not fit are left out, and "truncated":true says so. */
#define ITG_LIMIT_AUDIT 65536

/** Values of itg_options_t.audit_keep_ms beside the default and a time. */
#define ITG_AUDIT_FOREVER (-1) /**< nothing is removed by itself */
#define ITG_AUDIT_OFF     (-2) /**< nothing is recorded; what is there stays */

/** An entry of the audit trail. Valid only during the callback. The struct may grow at its end. */
typedef struct itg_audit {
    int64_t id; /**< rises from entry to entry; never used again */
    int64_t time_ms;
    const char *actor;     /**< the user's name at that time; "" for the host itself */
    const char *operation; /**< the function that was called, without itg_: "thinclient_update" */
    const char *
        object_type; /**< "tc", "tcdirectory", ..., see itg_type_name(); "deviceattribute", "asset", "templatekey",
                                "templatevalue", "view", "rule", "firmware", "user", "command", "fleet", "audit" */
    int64_t object_id;
    const char *object_name; /**< at that time; "" if it has none */
    const char *
        before; /**< the members that changed, as a JSON object; {} if there was none of them: the object is new */
    const char *after; /**< the same members afterwards; {} if it was deleted */
} itg_audit_t;

/** Which entries a walk meets: those that fit all that is set. Zero every member that is not set. */
typedef struct itg_audit_filter {
    size_t size;           /**< sizeof(itg_audit_filter_t) */
    int64_t from_ms;       /**< at this time or later */
    int64_t until_ms;      /**< before this time */
    const char *actor;     /**< by this user; "": by the host itself */
    int64_t object_id;     /**< of this object */
    const char *operation; /**< such as "thinclient_update" */
    int64_t after_id;      /**< to go on with: behind this entry, in the order of the walk */
    int32_t newest_first;  /**< 1: from the newest entry back */
    int64_t limit;         /**< at most so many entries */
} itg_audit_filter_t;

/** Gets one entry of a walk. @return 0 to go on, anything else to end the walk (which then succeeds) */
typedef int32_t (*itg_audit_fn)(void *ctx, const itg_audit_t *entry);

/** Walks the audit trail by ascending id. For administrators, and the host itself.
 *  @param filter               NULL: all entries
 *  @retval ITG_E_INVALID_BODY  the limit is negative */
ITG_API itg_error_t itg_audit_each(itg_t *itg, const itg_audit_filter_t *filter, itg_audit_fn fn, void *ctx,
                                   itg_failure_t *failure);

/** Removes entries by their age. For administrators, and the host itself. If there were any, that is recorded in turn.
 *  The newest entry stays, so that its id is not used again.
 *  @param older_than_ms        how old an entry must be at least, in milliseconds
 *  @param[out] ret_removed     how many were removed; may be NULL
 *  @retval ITG_E_INVALID_BODY  older_than_ms is negative */
ITG_API itg_error_t itg_audit_prune(itg_t *itg, int64_t older_than_ms, int64_t *ret_removed,
                                    itg_failure_t *failure);

#ifdef __cplusplus
}
#endif

#endif
