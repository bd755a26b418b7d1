/** @file setting.h
 *  Settings: what profiles carry, which of it wins on a thin client and why, and whether the thin client has
 * it in force.
 *
 *  A setting is a key and a value. A KEY is made of segments of letters, digits, "-" and "_" with dots
 * between them
 *  ("userinterface.language"), ITG_LIMIT_KEY bytes at most. One of its segments, but not the last, may end in
 * "[]" or in a decimal number in brackets: "sessions.browser[].url", "sessions.browser[2].url". Such a
 * setting belongs to a FREE INSTANCE of a family, which is what stands in front of the bracket:
 * "sessions.browser". All settings of one profile with the same family and the same number, or "[]", make up
 * one instance.
 *
 *  A VALUE is a JSON string, number, true or false, of ITG_LIMIT_SETTING bytes at most. It is kept in a
 * canonical form: numbers as short as they can be without losing their kind (1.50 becomes 1.5; 1.0 stays),
 * strings with no more escapes than needed.
 *
 *  WHAT WINS. The profiles that reach a thin client (see itg_assignment_reaching()) are ordered by strength;
 * one that is assigned at several places counts once, where it is strongest. A profile in the recycle bin
 * does not count.
 *
 *  1. Any master profile is stronger than any standard profile.
 *  2. Among standard profiles the nearer one is stronger: assigned to the thin client itself, then to its
 * directory, then to the one above it.
 *  3. Among master profiles the farther one is stronger.
 *  4. At the same distance the one with the higher id is stronger.
 *
 *  Of each plain key the strongest profile's value wins. Free instances of all profiles add up, unless
 * profiles that override sessions hold the family: then the strongest of these supplies all instances of that
 * family, even where a profile that does not override is stronger.
 *
 *  TEMPLATES. "${NAME}" in a string is filled with the value that the template key NAME has for the thin
 * client (see itg/template.h), or with a static key: MAC, HOSTNAME (the network name, or the name if there is
 * none), UNITID, SERIALNUMBER, DEVICENAME (the name). "$${" stands for "${" itself. Filled values are
 * strings, and what was filled in is not looked at again: there is no nesting, and so no ring. A key that has
 * no value, or an empty static one, is unfilled, and the setting is left out: the winner is found first, so
 * no weaker profile takes its place. */
#ifndef ITG_SETTING_H
#define ITG_SETTING_H

#include <itg/object.h>

#ifdef __cplusplus
extern "C" {
#endif

#define ITG_LIMIT_KEY      255                /**< bytes in a setting's key */
#define ITG_LIMIT_SETTING  65536              /**< bytes in a setting's value, filled or not */
#define ITG_LIMIT_SETTINGS 10000              /**< settings in one profile */
#define ITG_LIMIT_CONTENT  ((int64_t)2 << 20) /**< characters in all keys and values of one profile */

/** A setting of a profile. Valid only during the call that gets it. */
typedef struct itg_setting {
    const char *key;
    const char *value; /**< JSON */
} itg_setting_t;

/** Gets one setting of a walk. @return 0 to go on, anything else to end the walk (which then succeeds) */
typedef int32_t (*itg_setting_fn)(void *ctx, const itg_setting_t *setting);

/** Gives a profile a setting, or the setting another value.
 *  @param type   ITG_TYPE_PROFILE or ITG_TYPE_MASTERPROFILE
 *  @param value  JSON text
 *  @retval ITG_E_NO_HANDLER      no such profile
 *  @retval ITG_E_PROFILE_IN_BIN
 *  @retval ITG_E_INVALID_BODY    the key or the value is none, or too long, or the profile would hold too
 * much; `detail` says which */
ITG_API itg_error_t itg_setting_set(itg_t *itg, itg_type_t type, int64_t profile_id, const char *key,
                                    const char *value, itg_failure_t *failure);

/** Takes a setting away.
 *  @retval ITG_E_NO_VALID_PROPERTY  the profile has no such setting
 *  @retval others                   as itg_setting_set() */
ITG_API itg_error_t itg_setting_unset(itg_t *itg, itg_type_t type, int64_t profile_id, const char *key,
                                      itg_failure_t *failure);

/** Walks the settings of a profile, in the recycle bin or not, by key (in the order of bytes).
 *  @retval ITG_E_NO_HANDLER  no such profile */
ITG_API itg_error_t itg_setting_each(itg_t *itg, itg_type_t type, int64_t profile_id, itg_setting_fn fn,
                                     void *ctx, itg_failure_t *failure);

/** What became of a setting on a thin client: X(name, number, text). */
#define ITG_VERDICTS(X)                                                        \
    X(APPLIES, 0, "in force")                                                  \
    X(MASTER, 1, "a master profile wins over standard profiles")               \
    X(FARTHER, 2, "a nearer standard profile wins")                            \
    X(NEARER, 3, "among master profiles the farther one wins")                 \
    X(LOWER_ID, 4, "at the same distance the profile with the higher id wins") \
    X(REPLACED, 5, "a profile that overrides sessions replaces this instance") \
    X(UNFILLED, 6, "left out: a template key has no value here")               \
    X(TOO_LONG, 7, "left out: it is too long with its template keys filled in")

/** See ITG_VERDICTS. ITG_VERDICT_UNFILLED and ITG_VERDICT_TOO_LONG are of settings that won. */
typedef enum itg_verdict {
#define ITG_VERDICT_ENUMERATOR(name, number, text) ITG_VERDICT_##name = number,
    ITG_VERDICTS(ITG_VERDICT_ENUMERATOR)
#undef ITG_VERDICT_ENUMERATOR
} itg_verdict_t;

/** The text of a verdict. Static; "" for a value that is none. */
ITG_API const char *itg_verdict_text(itg_verdict_t verdict);

/** A setting as a thin client gets it. Valid only during the call that gets it. */
typedef struct itg_effective {
    const char *key;    /**< as the profile has it */
    const char *value;  /**< JSON; filled if the verdict is ITG_VERDICT_APPLIES, else as the profile has it */
    int64_t profile_id; /**< where it comes from */
    itg_type_t profile_type;
    int64_t receiver_id; /**< what that profile is assigned to */
    itg_type_t receiver_type;
    int32_t distance; /**< 0: the thin client itself, 1: its directory, ... */
    int32_t instance; /**< of free instances that were not replaced: the number of its instance among those of
                       * its family on this thin client, from 0, the strongest profile's first; else -1 */
    itg_verdict_t verdict;
    int64_t winner_id; /**< the profile it lost to; 0 if it did not lose */
    const char
        *unfilled; /**< ITG_VERDICT_UNFILLED: the name of the first template key without a value; else "" */
} itg_effective_t;

/** Gets one setting. No transaction is open. @return 0 to go on, anything else to end (the call then
 * succeeds) */
typedef int32_t (*itg_effective_fn)(void *ctx, const itg_effective_t *setting);

/** Gives every setting that is in force on a thin client, by key; free instances by family, instance and key.
 * A thin client in the recycle bin is answered like any other.
 *  @retval ITG_E_THINCLIENT_NOT_FOUND */
ITG_API itg_error_t itg_effective_each(itg_t *itg, int64_t thinclient_id, itg_effective_fn fn, void *ctx,
                                       itg_failure_t *failure);

/** The same with every setting of every profile that reaches the thin client: those that lost follow the one
 * that won, the stronger first. */
ITG_API itg_error_t itg_effective_explain(itg_t *itg, int64_t thinclient_id, itg_effective_fn fn, void *ctx,
                                          itg_failure_t *failure);

/** The revision of what a thin client receives. It rises, by no fixed step, with every change that may
 * concern it: of settings, assignments, template values, of its place in the tree, its name and serial
 * number. 0: nothing of that has ever happened.
 *  @param[out] ret_revision   the current one
 *  @param[out] ret_confirmed  the one that the thin client has in force; -1: it has confirmed none. May be
 * NULL
 *  @retval ITG_E_THINCLIENT_NOT_FOUND */
ITG_API itg_error_t itg_settings_revision(itg_t *itg, int64_t thinclient_id, int64_t *ret_revision,
                                          int64_t *ret_confirmed, itg_failure_t *failure);

/** A thin client has a revision in force: to be called with what itg_settings_revision() said BEFORE the
 * settings were read that it was given. Its configChanges is APPLIED if that is the current revision, else
 * PENDING. One that is older than what it has confirmed already changes nothing.
 *  @retval ITG_E_THINCLIENT_NOT_FOUND, ITG_E_THINCLIENT_IN_BIN
 *  @retval ITG_E_INVALID_BODY  there has not been such a revision */
ITG_API itg_error_t itg_settings_confirm(itg_t *itg, int64_t thinclient_id, int64_t revision,
                                         itg_failure_t *failure);

#ifdef __cplusplus
}
#endif

#endif
