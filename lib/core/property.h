/* The property table at work: reading rows, writing JSON, taking values. */
#ifndef ITG__PROPERTY_H
#define ITG__PROPERTY_H

#include "core/core.h"
#include "core/text.h"
#include <jansson.h>

/* ITG__PROPERTY_mac, ...: indexes into the table; ITG__PROPERTIES: its length. */
enum {
#define ITG__INDEX(member, kind, key, facet, access, initial) ITG__PROPERTY_##member,
    ITG_THINCLIENT_PROPERTIES(ITG__INDEX)
#undef ITG__INDEX
        ITG__PROPERTIES
};

extern const itg_property_t itg__properties[ITG__PROPERTIES];

/* A thin client with each property's default. */
extern const itg_thinclient_t itg__thinclient_defaults;

/* Index of a property in the table. */
size_t itg__property_index(const itg_property_t *property);

/* The property with this JSON key, looked for from index `hint` on, round the table: a caller that takes
 * members in the table's order finds each at once. NULL: none. */
const itg_property_t *itg__property_find(const char *key, size_t hint);

/* How a kind is held in the struct, and what it holds. */
enum itg__form { ITG__FORM_TEXT, ITG__FORM_NUMBER, ITG__FORM_REAL, ITG__FORM_FLAG };
union itg__slot {
    const char *text;
    int64_t number;
    double real;
    int32_t flag;
};
enum itg__form itg__form_of(itg_kind_t kind);
union itg__slot itg__property_get(const itg_thinclient_t *tc, const itg_property_t *property);
void itg__property_put(itg_thinclient_t *tc, const itg_property_t *property, union itg__slot slot);

/* Writes a property as IMI does: `"key":value`, or the value alone without quotes. */
void itg__property_json(struct itg__buf *buf, const itg_property_t *property, const itg_thinclient_t *tc);
void itg__property_text(struct itg__buf *buf, const itg_property_t *property, const itg_thinclient_t *tc);

/* Values to be set: a thin client of which only the marked members count; the others have their defaults.
 * Texts belong to the giver, but for the MAC, which is kept here in upper case. */
struct itg__change {
    itg_thinclient_t values;
    bool set[ITG__PROPERTIES];
    char mac[13];
};

void itg__change_init(struct itg__change *change);

/* Checks a MAC and writes its upper-case form. */
itg_error_t itg__mac_parse(const char *text, char mac[13], itg_failure_t *failure);

/* Marks and sets a property, from its text form or from a JSON value of the type that IMI writes (ids and
 * counts as strings or numbers). "" sets the default, but leaves an id unset; JSON null leaves anything
 * unset. Fails with ITG_E_INVALID_BODY, ITG_E_NUMBER_FORMAT, ITG_E_INVALID_NAME, ITG_E_NO_MAC,
 * ITG_E_MAC_LENGTH. An empty name is for the caller to judge. */
itg_error_t itg__change_text(struct itg__change *change, const itg_property_t *property, const char *text,
                             itg_failure_t *failure);
itg_error_t itg__change_json(struct itg__change *change, const itg_property_t *property, const json_t *value,
                             itg_failure_t *failure);

#endif
