/* The property table at work: reading rows, writing JSON, taking values. */
#ifndef ITG__PROPERTY_H
#define ITG__PROPERTY_H

#include "core/core.h"
#include "core/text.h"
#include <jansson.h>

/* Number of lines of ITG_THINCLIENT_PROPERTIES. */
enum {
#define ITG__COUNT(member, kind, key, facet, access, initial) ITG__PROPERTY_##member,
    ITG_THINCLIENT_PROPERTIES(ITG__COUNT)
#undef ITG__COUNT
        ITG__PROPERTIES
};

extern const itg_property_t itg__properties[ITG__PROPERTIES];

/* A thin client with each property's default. */
extern const itg_thinclient_t itg__thinclient_defaults;

/* Values to be set: a thin client of which only the marked members count. Texts belong to the giver. */
struct itg__change {
    itg_thinclient_t values;
    bool set[ITG__PROPERTIES];
};

/* Index of a property in the table. */
size_t itg__property_index(const itg_property_t *property);

/* The property with this JSON key, looked for from index `hint` on, round the table: callers that take
 * members in the table's order find each at once. NULL: none. */
const itg_property_t *itg__property_find(const char *key, size_t hint);

/* Marks and sets a property from its text form, or from a JSON value (of the JSON type that IMI writes; ids
 * and counts may be strings or numbers). ITG_E_INVALID_BODY, ITG_E_NUMBER_FORMAT for ids, ITG_E_INVALID_NAME,
 * and the MAC's errors. A MAC is checked here and its upper-case form is put into `mac`, which the change
 * then points to. */
itg_error_t itg__change_text(struct itg__change *change, const itg_property_t *property, const char *text,
                             char mac[13], itg_failure_t *failure);
itg_error_t itg__change_json(struct itg__change *change, const itg_property_t *property, const json_t *value,
                             char mac[13], itg_failure_t *failure);

/* Writes `"key":value` as IMI does. */
void itg__property_json(struct itg__buf *buf, const itg_property_t *property, const itg_thinclient_t *tc);

/* SELECT lists made from the table, in its order: "t.unit_id, ..., o.name, ...", of thinclient t and object
 * o. */
extern const char itg__sql_thinclient_short[]; /* SELECT ... FROM ... without WHERE */
/* Fills a thin client from a row of one of the selects below. Texts point into the row. */
void itg__thinclient_read(struct itg__query *q, itg_extent_t extent, itg_thinclient_t *ret_tc);

/* Adds the rows of a complete thin client. */
itg_error_t itg__thinclient_insert(struct itg__tx *tx, const itg_thinclient_t *tc, int64_t bin_id);

#endif
