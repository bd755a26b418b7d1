/** @file expression.h
 *  The expression language: which thin clients are meant. Views, rules and lists are filtered with it.
 *
 *      name==ITC*;(site==Bremen,site==Augsburg);lastContact=lt=-7d
 *
 *  A comparison is SELECTOR OPERATOR VALUE. `;` means and, `,` means or and binds less tightly; parentheses
 *  group. White space between these is free. Values with white space or one of `"'()<>=!;,` are written in
 *  single or double quotes; a backslash in quotes stands in front of a quote, a backslash or an asterisk that
 *  is meant as such.
 *
 *  Operators: `==` `!=`; `<` `<=` `>` `>=`, also written `=lt=` `=le=` `=gt=` `=ge=`; `=in=(a,b)` and
 *  `=out=(a,b)`: equal to one, to none of these; `=beneath=` and `=outside=`.
 *
 *  Selectors:
 *  - Every key of the table of properties (itg_property_at()).
 *    - Texts are compared without regard to the case of ASCII letters. In `==`, `!=`, `=in=` and `=out=` an
 *      asterisk stands for any characters. `mac` is compared in upper case; a MAC may have separators
 *      (`mac==00:E0:C5:01:02:03`). `unitID` without an asterisk is compared exactly.
 *    - Numbers and ids are decimal; booleans `true` and `false`, for which there is no order.
 *    - Times are '2024-12-30 12:06', '2024-12-30 12:06:21.015', '30.12.2024 12:06:21', a day (2024-12-30),
 *      `now`, or an offset from it (-7d; w, d, h, m, s for weeks to seconds). A time stands for all of its
 *      day, minute or second: `lastContact==2024-12-30` is any time on that day, and
 *      `lastContact>2024-12-30` any after it.
 *    - What is not known is not ordered: a time that was never set (it equals ''), and counts and battery
 *      levels of -1, are neither less nor greater than anything.
 *  - `directory`: ids, or root. `directory==27` directly in it, `directory=beneath=27` anywhere below it,
 *    `directory=outside=27` not below it.
 *  - `profile`: ids. `profile==5`: reaches it, assigned to it or to a directory above it; `assigned==5`:
 *    assigned to it directly.
 *  - `online`: `true` or `false`, as the device link says.
 *  - `attribute.IDENTIFIER`: a custom attribute, compared as its type says. One that is not set, or not
 *    defined, equals '' and is not ordered; ranges are ordered as their allowed values are.
 *
 *  Functions that take an expression fail with ITG_E_INVALID_BODY if it is none; the failure's `detail` names
 *  the place: "column 17: expected a value". */
#ifndef ITG_EXPRESSION_H
#define ITG_EXPRESSION_H

#include <itg/thinclient.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Limits of an expression. */
#define ITG_LIMIT_EXPRESSION         16384 /**< bytes */
#define ITG_LIMIT_EXPRESSION_NESTING 50    /**< parentheses inside each other */
#define ITG_LIMIT_EXPRESSION_VALUES  512   /**< values; those of a list count each */
#define ITG_LIMIT_EXPRESSION_STARS   32    /**< asterisks in one value */

/** Checks whether a text is an expression. Which attributes are defined does not matter here.
 *  @param[out] ret_position  may be NULL; the place of the fault in characters, from 1, if there is one, else
 *                            untouched
 *  @retval ITG_E_INVALID_BODY  it is none, or longer or deeper than the limits */
ITG_API itg_error_t itg_expression_check(const char *expression, int64_t *ret_position,
                                         itg_failure_t *failure);

/** Walks the thin clients that match, with ids above after_id by ascending id, binned ones included. As
 *  itg_thinclient_each() otherwise. Searches by id, mac, unitID and directory use indexes.
 *  @retval ITG_E_INVALID_BODY  expression is none */
ITG_API itg_error_t itg_thinclient_select(itg_t *itg, itg_extent_t extent, const char *expression,
                                          int64_t after_id, itg_thinclient_fn fn, void *ctx,
                                          itg_failure_t *failure);

#ifdef __cplusplus
}
#endif

#endif
