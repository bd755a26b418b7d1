/* Reading JSON as a stream: a window over the bytes of a read callback, strict like RFC 8259, and objects
 * that are decoded by a table of their members. Nothing is allocated but the window, and nothing recurses
 * deeper than ITG__JSON_DEPTH: an element of a fleet file costs less than a tenth of what a tree of values
 * would. */
#ifndef ITG__JSONREAD_H
#define ITG__JSONREAD_H

#include <itg/error.h>
#include <itg/fleetfile.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Arrays and objects inside each other. Fleet files need five. */
#define ITG__JSON_DEPTH 128

enum itg__json_kind {
    ITG__JSON_ABSENT = 0,
    ITG__JSON_NULL,
    ITG__JSON_FALSE,
    ITG__JSON_TRUE,
    ITG__JSON_INTEGER,
    ITG__JSON_REAL, /* a number with a fraction or an exponent */
    ITG__JSON_STRING,
    ITG__JSON_ARRAY,
    ITG__JSON_OBJECT
};

/* Sets of kinds are made of these. */
#define ITG__JSON_IS(kind) (1u << (kind))

/* A value of the item being read. Its text is got by itg__json_text(); for a list that was read by a table
 * see itg__json_elements(). */
struct itg__json_value {
    enum itg__json_kind kind;
    size_t offset;
    size_t length;
};

struct itg__json_table;

/* A member of an object. null is accepted everywhere. */
struct itg__json_member {
    const char *key;
    unsigned accepts; /* kinds */
    /* An object whose members count or, if arrays are accepted, the objects in them; NULL: the value is taken
     * as it is. */
    const struct itg__json_table *inner;
    size_t first; /* of an object within: index of its first member's value */
};

/* The members of a kind of object. Values that are read by a table stand at the index of their member. */
struct itg__json_table {
    const struct itg__json_member *members;
    size_t count;
};

/* What the elements of an array may be that is a list of strings. */
extern const struct itg__json_table itg__json_strings;

/* What an object is that has no members but pairs: two values each, the name and what it stands for. It is taken for a
 * list of such pairs. */
extern const struct itg__json_table itg__json_pairs;

/* Most members of an object in a list. */
#define ITG__JSON_ELEMENT_VALUES 8

struct itg__json {
    itg_read_fn read;
    void *ctx;
    itg_failure_t *failure;
    itg_error_t err; /* sticks */
    char *data;      /* data[length] is NUL */
    size_t capacity;
    size_t length;
    size_t pos;
    size_t mark;    /* where the item being read begins; what is before is done with */
    bool ended;     /* the reader has no more */
    bool lenient;   /* unknown members are passed over, one that is there twice is only a fault */
    int64_t line;   /* of data[0], from 1 */
    int64_t column; /* characters in front of data[0] in its line */
    struct itg__json_value *elements; /* of the lists in the item */
    size_t element_values;            /* that are there */
    size_t element_capacity;
    const char *fault; /* what is wrong with the item's shape; NULL: nothing so far */
    char path[96];     /* the member at fault, "assignee.id"; "" if none is */
};

itg_error_t itg__json_init(struct itg__json *json, itg_read_fn read, void *ctx, itg_failure_t *failure);
void itg__json_dispose(struct itg__json *json);

/* Begins an item: what was read before is forgotten. */
void itg__json_begin(struct itg__json *json);

/* Skips white space; what stands in front of an item is no part of it. @return the next byte, which stays; -1
 * at the end or after an error */
int itg__json_peek(struct itg__json *json);

/* Skips white space and takes one byte, if it is this one. @return json->err */
itg_error_t itg__json_expect(struct itg__json *json, char c);

/* Takes the bracket that opens an array or object, which itg__json_peek() has found. @return true if it has
 * any content; false after its end, or with json->err set */
bool itg__json_enter(struct itg__json *json, char close);

/* After a value in an array or object. @return true if another one follows; false after its end, or with
 * json->err set */
bool itg__json_another(struct itg__json *json, char close);

/* Reads the name of a member. @return json->err */
itg_error_t itg__json_key(struct itg__json *json, struct itg__json_value *ret_key);

/* Reads any value. What is inside an array or an object is checked and passed over. @return json->err */
itg_error_t itg__json_value(struct itg__json *json, struct itg__json_value *ret_value);

/* Reads an object by its table into values[], which the caller zeroes. A member that is unknown, or of a kind
 * that its line does not accept, is ITG_E_INVALID_BODY, but only after the whole object has proved to be
 * JSON; one that stands there twice is ITG_E_INVALID_JSON. See json->lenient. @return json->err */
itg_error_t itg__json_object(struct itg__json *json, const struct itg__json_table *table,
                             struct itg__json_value *values);

/* The values of the elements of a list, one after the other, as many for each as its table has members, or
 * one for each string. Valid until the next item begins. */
const struct itg__json_value *itg__json_elements(const struct itg__json *json,
                                                 const struct itg__json_value *list);

/* The number of elements; 0 for what is no list. */
size_t itg__json_count(const struct itg__json_value *list);

/* The text of a string, or of a number in an object that was read to its end, NUL-terminated in place. Valid,
 * and writable, until the next call that reads. */
char *itg__json_text(struct itg__json *json, const struct itg__json_value *value);

/* Says which member is at fault, in json->path, in a form that can be shown. The first one of an item counts.
 */
void itg__json_blame(struct itg__json *json, const char *outer, const char *key);

/* Fails with ITG_E_INVALID_JSON at the current place. @return ITG_E_INVALID_JSON */
itg_error_t itg__json_fail(struct itg__json *json, const char *reason);

#endif
