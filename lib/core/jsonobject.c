/* Objects decoded by a table of their members: unknown, repeated and mistyped ones are dealt with here, once.
 */
#include "core/fail.h"
#include "core/jsonread.h"
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void itg__json_blame(struct itg__json *json, const char *outer, const char *key)
{
    if (json->path[0])
        return;
    int length = snprintf(json->path, sizeof json->path, "%s%s%s", outer, *outer ? "." : "", key);
    if (length >= (int)sizeof json->path)
        json->path[itg__utf8_cut(json->path, sizeof json->path - 1)] = '\0';
    for (char *c = json->path; *c; c++)
        if ((unsigned char)*c < 0x20 || *c == 0x7F)
            *c = '?';
}

static void fault(struct itg__json *json, const char *outer, const char *key, const char *reason)
{
    if (json->fault)
        return;
    json->fault = reason;
    itg__json_blame(json, outer, key);
}

/* Index of a key, looked for from hint on; members mostly come in the table's order. table->count: none. */
static size_t find(const struct itg__json_table *table, size_t hint, const char *key)
{
    size_t i = hint;
    for (size_t n = 0; n < table->count; n++, i++) {
        if (i >= table->count)
            i = 0;
        if (strcmp(table->members[i].key, key) == 0)
            return i;
    }
    return table->count;
}

static bool read_object(struct itg__json *json, const struct itg__json_table *table, const char *outer,
                        struct itg__json_value *values, size_t first);

static bool read_ignored(struct itg__json *json)
{
    struct itg__json_value ignored;
    return !itg__json_expect(json, ':') && !itg__json_value(json, &ignored);
}

/* A member that has been there before. */
static bool read_again(struct itg__json *json, const char *outer, const char *key)
{
    static const char reason[] = "member is there twice";
    if (json->lenient) {
        fault(json, outer, key, reason);
        return read_ignored(json);
    }
    itg__json_blame(json, outer, key);
    itg__json_fail(json, reason);
    return false;
}

const struct itg__json_table itg__json_strings = {NULL, 1};
const struct itg__json_table itg__json_pairs = {NULL, 2};

const struct itg__json_value *itg__json_elements(const struct itg__json *json,
                                                 const struct itg__json_value *list)
{
    return json->elements + list->offset;
}

size_t itg__json_count(const struct itg__json_value *list)
{
    return list->kind == ITG__JSON_ARRAY || list->kind == ITG__JSON_OBJECT ? list->length : 0;
}

static bool append_element(struct itg__json *json, const struct itg__json_value *values, size_t count)
{
    if (json->element_capacity - json->element_values < count) {
        size_t capacity = json->element_capacity ? json->element_capacity * 2 : 64;
        struct itg__json_value *elements = capacity > SIZE_MAX / 2 / sizeof *elements
                                               ? NULL
                                               : realloc(json->elements, capacity * sizeof *elements);
        if (!elements) {
            json->err = itg__fail(json->failure, ITG_E_INTERNAL, NULL);
            return false;
        }
        json->elements = elements;
        json->element_capacity = capacity;
    }
    memcpy(json->elements + json->element_values, values, count * sizeof *values);
    json->element_values += count;
    return true;
}

static bool read_element(struct itg__json *json, const struct itg__json_member *member)
{
    const struct itg__json_table *table = member->inner;
    struct itg__json_value values[ITG__JSON_ELEMENT_VALUES] = {{0}};
    assert(table->count <= ITG__JSON_ELEMENT_VALUES);
    bool is_object = itg__json_peek(json) == '{';
    if (is_object && table->members) {
        if (!read_object(json, table, member->key, values, 0))
            return false;
    } else {
        if (itg__json_value(json, &values[0]))
            return false;
        if (table->members || values[0].kind != ITG__JSON_STRING)
            fault(json, "", member->key, "an element is of a wrong type");
    }
    return append_element(json, values, table->count);
}

static bool read_list(struct itg__json *json, const struct itg__json_member *member,
                      struct itg__json_value *value)
{
    size_t first = json->element_values, count = 0;
    bool go_on = itg__json_enter(json, ']');
    while (go_on && read_element(json, member)) {
        count++;
        go_on = itg__json_another(json, ']');
    }
    *value = (struct itg__json_value){ITG__JSON_ARRAY, first, count};
    return !json->err;
}

static bool read_pair(struct itg__json *json)
{
    struct itg__json_value pair[2] = {{0}};
    if (itg__json_key(json, &pair[0]))
        return false;
    itg__json_text(json, &pair[0]);
    return !itg__json_expect(json, ':') && !itg__json_value(json, &pair[1]) && append_element(json, pair, 2);
}

static bool read_pairs(struct itg__json *json, struct itg__json_value *value)
{
    size_t first = json->element_values, count = 0;
    bool go_on = itg__json_enter(json, '}');
    while (go_on && read_pair(json)) {
        count++;
        go_on = itg__json_another(json, '}');
    }
    *value = (struct itg__json_value){ITG__JSON_OBJECT, first, count};
    return !json->err;
}

/* Reads the value of a member that the table knows. */
static bool read_known(struct itg__json *json, const struct itg__json_member *member, const char *outer,
                       struct itg__json_value *values, size_t index)
{
    struct itg__json_value *value = &values[index];
    if (value->kind != ITG__JSON_ABSENT)
        return read_again(json, outer, member->key);
    if (itg__json_expect(json, ':'))
        return false;
    int c = itg__json_peek(json);
    if (member->inner == &itg__json_pairs && c == '{')
        return read_pairs(json, value);
    if (member->inner && c == '{' && (member->accepts & ITG__JSON_IS(ITG__JSON_OBJECT))) {
        value->kind = ITG__JSON_OBJECT;
        return read_object(json, member->inner, member->key, values, member->first);
    }
    if (member->inner && c == '[' && (member->accepts & ITG__JSON_IS(ITG__JSON_ARRAY)))
        return read_list(json, member, value);
    if (itg__json_value(json, value))
        return false;
    if (!((member->accepts | ITG__JSON_IS(ITG__JSON_NULL)) & ITG__JSON_IS(value->kind)))
        fault(json, outer, member->key, "value is of a wrong type");
    return true;
}

static bool read_unknown(struct itg__json *json, const char *outer, const char *key)
{
    if (!json->lenient)
        fault(json, outer, key, "unknown member");
    return read_ignored(json);
}

static bool read_object(struct itg__json *json, const struct itg__json_table *table, const char *outer,
                        struct itg__json_value *values, size_t first)
{
    struct itg__json_value key;
    size_t hint = 0;
    bool go_on = itg__json_enter(json, '}');
    while (go_on && !itg__json_key(json, &key)) {
        const char *text = itg__json_text(json, &key);
        size_t i = find(table, hint, text);
        bool ok = i < table->count ? read_known(json, &table->members[i], outer, values, first + i)
                                   : read_unknown(json, outer, text);
        hint = i + 1;
        go_on = ok && itg__json_another(json, '}');
    }
    return !json->err;
}

itg_error_t itg__json_object(struct itg__json *json, const struct itg__json_table *table,
                             struct itg__json_value *values)
{
    struct itg__json_value other;
    if (itg__json_peek(json) == '{')
        read_object(json, table, "", values, 0);
    else if (!itg__json_value(json, &other))
        fault(json, "", "", "not an object");
    if (!json->err && json->fault)
        json->err = itg__fail_detail(json->failure, ITG_E_INVALID_BODY, "%s", json->fault);
    return json->err;
}
