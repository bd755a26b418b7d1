#include "core/property.h"
#include "core/time.h"
#include <inttypes.h>
#include <string.h>

const itg_property_t itg__properties[ITG__PROPERTIES] = {
#define PROPERTY(member, kind, key, facet, access, initial) \
    {key,                                                   \
     #member,                                               \
     ITG_KIND_##kind,                                       \
     ITG_FACET_##facet,                                     \
     ITG_ACCESS_##access,                                   \
     offsetof(itg_thinclient_t, member)},
    ITG_THINCLIENT_PROPERTIES(PROPERTY)
#undef PROPERTY
};

const itg_thinclient_t itg__thinclient_defaults = {
#define INITIAL(member, kind, key, facet, access, initial) .member = initial,
    ITG_THINCLIENT_PROPERTIES(INITIAL)
#undef INITIAL
};

const itg_property_t *itg_property_at(size_t index)
{
    return index < ITG__PROPERTIES ? &itg__properties[index] : NULL;
}

const itg_property_t *itg__property_find(const char *key, size_t hint)
{
    for (size_t n = 0; n < ITG__PROPERTIES; n++) {
        const itg_property_t *property = &itg__properties[(hint + n) % ITG__PROPERTIES];
        if (strcmp(property->key, key) == 0)
            return property;
    }
    return NULL;
}

const itg_property_t *itg_property_by_key(const char *key)
{
    return key ? itg__property_find(key, 0) : NULL;
}

size_t itg__property_index(const itg_property_t *property)
{
    return (size_t)(property - itg__properties);
}

enum itg__form itg__form_of(itg_kind_t kind)
{
    switch (kind) {
    case ITG_KIND_TEXT:
        return ITG__FORM_TEXT;
    case ITG_KIND_REAL:
        return ITG__FORM_REAL;
    case ITG_KIND_BOOL:
        return ITG__FORM_FLAG;
    case ITG_KIND_ID:
    case ITG_KIND_COUNT:
    case ITG_KIND_INT:
    case ITG_KIND_MINUTE:
    case ITG_KIND_MILLIS:
    case ITG_KIND_SECOND:
        break;
    }
    return ITG__FORM_NUMBER;
}

union itg__slot itg__property_get(const itg_thinclient_t *tc, const itg_property_t *property)
{
    const char *at = (const char *)tc + property->offset;
    union itg__slot slot = {NULL};
    switch (itg__form_of(property->kind)) {
    case ITG__FORM_TEXT:
        memcpy(&slot.text, at, sizeof slot.text);
        break;
    case ITG__FORM_NUMBER:
        memcpy(&slot.number, at, sizeof slot.number);
        break;
    case ITG__FORM_REAL:
        memcpy(&slot.real, at, sizeof slot.real);
        break;
    case ITG__FORM_FLAG:
        memcpy(&slot.flag, at, sizeof slot.flag);
        break;
    }
    return slot;
}

void itg__property_put(itg_thinclient_t *tc, const itg_property_t *property, union itg__slot slot)
{
    char *at = (char *)tc + property->offset;
    switch (itg__form_of(property->kind)) {
    case ITG__FORM_TEXT:
        memcpy(at, &slot.text, sizeof slot.text);
        break;
    case ITG__FORM_NUMBER:
        memcpy(at, &slot.number, sizeof slot.number);
        break;
    case ITG__FORM_REAL:
        memcpy(at, &slot.real, sizeof slot.real);
        break;
    case ITG__FORM_FLAG:
        memcpy(at, &slot.flag, sizeof slot.flag);
        break;
    }
}

static void add_time(struct itg__buf *buf, itg_kind_t kind, int64_t ms)
{
    char text[ITG__TIME_SIZE];
    itg__buf_add(buf, text, itg__time_format(kind, ms, text));
}

void itg__property_text(struct itg__buf *buf, const itg_property_t *property, const itg_thinclient_t *tc)
{
    union itg__slot slot = itg__property_get(tc, property);
    switch (property->kind) {
    case ITG_KIND_TEXT:
        itg__buf_str(buf, slot.text);
        break;
    case ITG_KIND_ID:
    case ITG_KIND_COUNT:
    case ITG_KIND_INT:
        itg__buf_int(buf, slot.number);
        break;
    case ITG_KIND_REAL:
        itg__buf_real(buf, slot.real);
        break;
    case ITG_KIND_BOOL:
        itg__buf_str(buf, slot.flag ? "true" : "false");
        break;
    case ITG_KIND_MINUTE:
    case ITG_KIND_MILLIS:
    case ITG_KIND_SECOND:
        add_time(buf, property->kind, slot.number);
        break;
    }
}

static bool is_quoted(itg_kind_t kind)
{
    return kind != ITG_KIND_INT && kind != ITG_KIND_REAL && kind != ITG_KIND_BOOL;
}

/* `"key":` of each property */
static const struct prefix {
    const char *text;
    size_t length;
} prefixes[ITG__PROPERTIES] = {
#define PREFIX(member, kind, key, facet, access, initial) {"\"" key "\":", sizeof "\"" key "\":" - 1},
    ITG_THINCLIENT_PROPERTIES(PREFIX)
#undef PREFIX
};

void itg__property_json(struct itg__buf *buf, const itg_property_t *property, const itg_thinclient_t *tc)
{
    const struct prefix *prefix = &prefixes[itg__property_index(property)];
    itg__buf_add(buf, prefix->text, prefix->length);
    if (property->kind == ITG_KIND_TEXT) {
        itg__buf_json(buf, itg__property_get(tc, property).text);
        return;
    }
    /* What the other kinds write needs no escaping. */
    bool quoted = is_quoted(property->kind);
    if (quoted)
        itg__buf_char(buf, '"');
    itg__property_text(buf, property, tc);
    if (quoted)
        itg__buf_char(buf, '"');
}

size_t itg_thinclient_text(const itg_thinclient_t *tc, const itg_property_t *property, char *buf, size_t size)
{
    struct itg__buf text = {0};
    itg__property_text(&text, property, tc);
    size_t length = text.length;
    if (buf && size) {
        size_t part = length < size ? length : itg__utf8_cut(text.data, size - 1);
        if (part)
            memcpy(buf, text.data, part);
        buf[part] = '\0';
    }
    itg__buf_dispose(&text);
    return length;
}

void itg__change_init(struct itg__change *change)
{
    memset(change, 0, sizeof *change);
    change->values = itg__thinclient_defaults;
}

static void set(struct itg__change *change, const itg_property_t *property, union itg__slot slot)
{
    itg__property_put(&change->values, property, slot);
    change->set[itg__property_index(property)] = true;
}

static itg_error_t invalid(const itg_property_t *property, itg_failure_t *failure)
{
    return itg__fail_detail(failure, ITG_E_INVALID_BODY, "%s", property->key);
}

/* The number of characters; more than any limit for a text that is not UTF-8. */
static size_t characters(const char *text)
{
    size_t length = strlen(text), count = 0;
    if (!itg__utf8_ok(text, length))
        return SIZE_MAX;
    for (size_t i = 0; i < length; i++)
        count += ((unsigned char)text[i] & 0xC0) != 0x80;
    return count;
}

/* Not toupper(): its answer depends on the locale. */
static char upper_hex(char c)
{
    return c >= 'a' && c <= 'f' ? (char)(c - 'a' + 'A') : c;
}

itg_error_t itg__mac_parse(const char *text, char mac[13], itg_failure_t *failure)
{
    if (*text == '\0')
        return itg__fail(failure, ITG_E_NO_MAC, NULL);
    if (characters(text) != 12)
        return itg__fail(failure, ITG_E_MAC_LENGTH, NULL);
    if (strlen(text) != 12 || text[strspn(text, "0123456789abcdefABCDEF")] != '\0')
        return itg__fail_detail(failure, ITG_E_NUMBER_FORMAT, "mac");
    for (int i = 0; i < 13; i++)
        mac[i] = upper_hex(text[i]);
    return ITG_OK;
}

static itg_error_t set_text(struct itg__change *change, const itg_property_t *property, const char *text,
                            itg_failure_t *failure)
{
    union itg__slot slot = {.text = text};
    size_t index = itg__property_index(property);
    if (index == ITG__PROPERTY_mac) {
        itg_error_t err = itg__mac_parse(text, change->mac, failure);
        if (err)
            return err;
        slot.text = change->mac;
    } else if (index == ITG__PROPERTY_name) {
        if (*text && !itg__name_ok(text))
            return itg__fail(failure, ITG_E_INVALID_NAME, NULL);
    } else if (!itg__text_ok(text)) {
        return invalid(property, failure);
    }
    set(change, property, slot);
    return ITG_OK;
}

static itg_error_t set_id(struct itg__change *change, const itg_property_t *property, const char *text,
                          itg_failure_t *failure)
{
    union itg__slot slot = {NULL};
    if (*text == '\0')
        return ITG_OK;
    if (itg__parse_int(text, &slot.number))
        return itg__fail_detail(failure, ITG_E_NUMBER_FORMAT, "%s", property->key);
    set(change, property, slot);
    return ITG_OK;
}

static itg_error_t set_time(struct itg__change *change, const itg_property_t *property, const char *text,
                            itg_failure_t *failure)
{
    union itg__slot slot = {NULL};
    if (*text && !itg__time_parse(property->kind, text, &slot.number))
        return invalid(property, failure);
    set(change, property, slot);
    return ITG_OK;
}

/* Numbers and booleans in their text form are JSON. */
static itg_error_t set_literal(struct itg__change *change, const itg_property_t *property, const char *text,
                               itg_failure_t *failure)
{
    if (*text == '\0') {
        set(change, property, itg__property_get(&itg__thinclient_defaults, property));
        return ITG_OK;
    }
    json_t *value = json_loads(text, JSON_DECODE_ANY, NULL);
    itg_error_t err = json_is_string(value) || json_is_null(value) || !value
                          ? invalid(property, failure)
                          : itg__change_json(change, property, value, failure);
    json_decref(value);
    return err;
}

itg_error_t itg__change_text(struct itg__change *change, const itg_property_t *property, const char *text,
                             itg_failure_t *failure)
{
    switch (property->kind) {
    case ITG_KIND_TEXT:
        return set_text(change, property, text, failure);
    case ITG_KIND_ID:
        return set_id(change, property, text, failure);
    case ITG_KIND_COUNT:
    case ITG_KIND_INT:
    case ITG_KIND_REAL:
    case ITG_KIND_BOOL:
        return set_literal(change, property, text, failure);
    case ITG_KIND_MINUTE:
    case ITG_KIND_MILLIS:
    case ITG_KIND_SECOND:
        return set_time(change, property, text, failure);
    }
    return invalid(property, failure);
}

static itg_error_t set_count(struct itg__change *change, const itg_property_t *property, const json_t *value,
                             itg_failure_t *failure)
{
    union itg__slot slot = {.number = json_integer_value(value)};
    if (json_is_string(value) && itg__parse_int(json_string_value(value), &slot.number))
        return invalid(property, failure);
    set(change, property, slot);
    return ITG_OK;
}

itg_error_t itg__change_json(struct itg__change *change, const itg_property_t *property, const json_t *value,
                             itg_failure_t *failure)
{
    union itg__slot slot = {NULL};
    itg_kind_t kind = property->kind;
    if (json_is_null(value))
        return ITG_OK;
    if (kind == ITG_KIND_COUNT && (json_is_integer(value) || json_is_string(value)))
        return set_count(change, property, value, failure);
    if (kind == ITG_KIND_ID && json_is_real(value))
        return itg__fail_detail(failure, ITG_E_NUMBER_FORMAT, "%s", property->key);
    if (is_quoted(kind) && json_is_string(value))
        return itg__change_text(change, property, json_string_value(value), failure);
    if ((kind == ITG_KIND_ID || kind == ITG_KIND_INT) && json_is_integer(value))
        slot.number = json_integer_value(value);
    else if (kind == ITG_KIND_REAL && json_is_number(value))
        slot.real = json_number_value(value);
    else if (kind == ITG_KIND_BOOL && json_is_boolean(value))
        slot.flag = json_is_true(value);
    else
        return invalid(property, failure);
    set(change, property, slot);
    return ITG_OK;
}
