/* What selectors, operators and values of an expression mean. */
#include "core/expression.h"
#include "core/property.h"
#include "core/time.h"
#include <string.h>

#define BIT(op)  (1u << ITG__OP_##op)
#define EQUALITY (BIT(EQUAL) | BIT(UNEQUAL) | BIT(IN) | BIT(OUT))
#define ORDER    (BIT(LESS) | BIT(LESS_EQUAL) | BIT(GREATER) | BIT(GREATER_EQUAL))

/* Selectors beside the properties, and the operators that go with each subject. */
static const struct {
    const char *selector;
    unsigned operators;
} subjects[] = {
    [ITG__SUBJECT_PROPERTY] = {"", EQUALITY | ORDER},
    [ITG__SUBJECT_DIRECTORY] = {"directory", EQUALITY | BIT(BENEATH) | BIT(OUTSIDE)},
    [ITG__SUBJECT_PROFILE] = {"profile", EQUALITY},
    [ITG__SUBJECT_ASSIGNED] = {"assigned", EQUALITY},
    [ITG__SUBJECT_ONLINE] = {"online", EQUALITY},
    [ITG__SUBJECT_ATTRIBUTE] = {"", EQUALITY | ORDER},
};

static const char attribute_prefix[] = "attribute.";

static bool is_identifier(const char *text)
{
    static const char others[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    return *text >= 'a' && *text <= 'z' && text[strspn(text, others)] == '\0';
}

itg_error_t itg__selector_resolve(struct itg__parser *parser, struct itg__node *node, const char *selector)
{
    size_t prefix = sizeof attribute_prefix - 1;
    node->property = itg_property_by_key(selector);
    if (node->property) {
        node->subject = ITG__SUBJECT_PROPERTY;
        return ITG_OK;
    }
    for (size_t i = 0; i < sizeof subjects / sizeof *subjects; i++)
        if (*subjects[i].selector && strcmp(selector, subjects[i].selector) == 0) {
            node->subject = (enum itg__subject)i;
            return ITG_OK;
        }
    if (strncmp(selector, attribute_prefix, prefix) != 0 || !is_identifier(selector + prefix))
        return itg__parser_fail(parser, node->offset, "'%s' is no selector", selector);
    node->subject = ITG__SUBJECT_ATTRIBUTE;
    node->identifier = selector + prefix;
    return ITG_OK;
}

itg_error_t itg__operator_check(struct itg__parser *parser, const struct itg__node *node, size_t offset)
{
    unsigned allowed = subjects[node->subject].operators;
    if (node->property && node->property->kind == ITG_KIND_BOOL)
        allowed = EQUALITY;
    if (allowed & 1u << node->op)
        return ITG_OK;
    return itg__parser_fail(parser, offset, "the operator does not go with this selector");
}

bool itg__is_time(itg_kind_t kind)
{
    return kind == ITG_KIND_MINUTE || kind == ITG_KIND_MILLIS || kind == ITG_KIND_SECOND;
}

bool itg__property_unknown(const itg_property_t *property, int64_t *ret_unknown)
{
    bool counts = property->kind == ITG_KIND_COUNT || property->kind == ITG_KIND_INT;
    if (!counts && !itg__is_time(property->kind))
        return false;
    *ret_unknown = itg__property_get(&itg__thinclient_defaults, property).number;
    return !counts || *ret_unknown == -1;
}

static bool is_order(enum itg__operator op)
{
    return ORDER & 1u << op;
}

static itg_error_t check_stars(struct itg__parser *parser, const struct itg__operand *operand)
{
    int count = 0;
    for (const char *c = operand->text; *c; c++)
        count += *c == ITG__WILDCARD;
    if (count <= ITG_LIMIT_EXPRESSION_STARS)
        return ITG_OK;
    return itg__parser_fail(parser, operand->offset, "more than %d asterisks", ITG_LIMIT_EXPRESSION_STARS);
}

/* The value as a pattern for LIKE with the backslash as its escape. */
static void make_pattern(struct itg__parser *parser, struct itg__operand *operand)
{
    operand->pattern = parser->out_pattern;
    for (const char *c = operand->text; *c; c++) {
        if (*c == '%' || *c == '_' || *c == '\\')
            *parser->out_pattern++ = '\\';
        *parser->out_pattern++ = *c == ITG__WILDCARD ? '%' : *c;
    }
    *parser->out_pattern++ = '\0';
}

/* A MAC as it is stored: upper case, no separators. */
static void settle_mac(char *text)
{
    char *to = text;
    for (const char *from = text; *from; from++) {
        if (*from == ':' || *from == '-')
            continue;
        *to++ = *from >= 'a' && *from <= 'f' ? (char)(*from - 'a' + 'A') : *from;
    }
    *to = '\0';
}

static itg_error_t read_whole(struct itg__parser *parser, struct itg__operand *operand)
{
    if (itg__parse_int(operand->text, &operand->first))
        return itg__parser_fail(parser, operand->offset, "expected a whole number");
    operand->last = operand->first;
    return ITG_OK;
}

static itg_error_t read_directory(struct itg__parser *parser, struct itg__operand *operand)
{
    if (strcmp(operand->text, "root") != 0)
        return read_whole(parser, operand);
    operand->first = operand->last = ITG_ROOT_THINCLIENTS;
    return ITG_OK;
}

/* JSON's numbers: whatever the locale, the decimal point is a point. */
static bool is_real(const char *text, double *ret_value)
{
    json_t *value = json_loads(text, JSON_DECODE_ANY, NULL);
    bool number = json_is_number(value);
    *ret_value = number ? json_number_value(value) : 0;
    json_decref(value);
    return number;
}

static itg_error_t read_real(struct itg__parser *parser, struct itg__operand *operand)
{
    bool number = is_real(operand->text, &operand->real);
    return number ? ITG_OK : itg__parser_fail(parser, operand->offset, "expected a number");
}

static itg_error_t read_bool(struct itg__parser *parser, struct itg__operand *operand)
{
    bool yes = strcmp(operand->text, "true") == 0;
    if (!yes && strcmp(operand->text, "false") != 0)
        return itg__parser_fail(parser, operand->offset, "expected true or false");
    operand->first = operand->last = yes;
    return ITG_OK;
}

/* "-7d" */
static bool read_relative(struct itg__operand *operand)
{
    static const struct {
        char unit;
        int64_t ms;
    } units[] = {{'s', 1000}, {'m', 60000}, {'h', 3600000}, {'d', 86400000}, {'w', 7 * 86400000}};
    enum { MAX_DIGITS = 8 };
    const char *text = operand->text;
    if (strcmp(text, "now") == 0) {
        operand->relative = true;
        return true;
    }
    if (*text != '-' && *text != '+')
        return false;
    size_t digits = strspn(text + 1, "0123456789");
    if (digits == 0 || digits > MAX_DIGITS || text[1 + digits] == '\0' || text[2 + digits] != '\0')
        return false;
    int64_t count = 0;
    for (size_t i = 1; i <= digits; i++)
        count = count * 10 + (text[i] - '0');
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (units[i].unit == text[1 + digits]) {
            operand->relative = true;
            operand->first = operand->last = (*text == '-' ? -count : count) * units[i].ms;
            return true;
        }
    return false;
}

static bool parse_day(const char *day, int64_t *ret_ms)
{
    enum { DAY_LENGTH = sizeof "YYYY-MM-DD" - 1 };
    char text[ITG__TIME_SIZE];
    memcpy(text, day, DAY_LENGTH);
    memcpy(text + DAY_LENGTH, " 00:00", sizeof " 00:00");
    return itg__time_parse(ITG_KIND_MINUTE, text, ret_ms);
}

/* "2024-12-30". A day has 23 to 25 hours: 36 hours after its beginning the next one is half over. */
static bool read_day(struct itg__operand *operand)
{
    char next[ITG__TIME_SIZE];
    int64_t end = 0;
    if (strlen(operand->text) != sizeof "YYYY-MM-DD" - 1 || !parse_day(operand->text, &operand->first))
        return false;
    itg__time_format(ITG_KIND_MINUTE, operand->first + 36 * INT64_C(3600000), next);
    if (!parse_day(next, &end))
        return false;
    operand->last = end - 1;
    return true;
}

static bool read_absolute(struct itg__operand *operand)
{
    static const struct {
        itg_kind_t kind;
        int64_t ms;
    } forms[] = {{ITG_KIND_MINUTE, 60000}, {ITG_KIND_MILLIS, 1}, {ITG_KIND_SECOND, 1000}};
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (itg__time_parse(forms[i].kind, operand->text, &operand->first)) {
            operand->last = operand->first + forms[i].ms - 1;
            return true;
        }
    return read_day(operand);
}

static itg_error_t read_time(struct itg__parser *parser, const struct itg__node *node,
                             struct itg__operand *operand)
{
    bool unknown = *operand->text == '\0' && !is_order(node->op);
    if (unknown || read_relative(operand) || read_absolute(operand))
        return ITG_OK;
    return itg__parser_fail(parser, operand->offset,
                            "expected a time such as 2024-12-30, '2024-12-30 12:06', -7d or now");
}

static itg_error_t read_text(struct itg__parser *parser, const struct itg__node *node,
                             struct itg__operand *operand)
{
    if (operand->wild && is_order(node->op))
        return itg__parser_fail(parser, operand->offset, "an asterisk has no order");
    if (node->property && itg__property_index(node->property) == ITG__PROPERTY_mac)
        settle_mac(operand->text);
    if (operand->wild)
        make_pattern(parser, operand);
    return check_stars(parser, operand);
}

static itg_error_t read_property(struct itg__parser *parser, const struct itg__node *node,
                                 struct itg__operand *operand)
{
    switch (node->property->kind) {
    case ITG_KIND_TEXT:
        return read_text(parser, node, operand);
    case ITG_KIND_ID:
    case ITG_KIND_COUNT:
    case ITG_KIND_INT:
        return read_whole(parser, operand);
    case ITG_KIND_REAL:
        return read_real(parser, operand);
    case ITG_KIND_BOOL:
        return read_bool(parser, operand);
    case ITG_KIND_MINUTE:
    case ITG_KIND_MILLIS:
    case ITG_KIND_SECOND:
        break;
    }
    return read_time(parser, node, operand);
}

itg_error_t itg__operand_read(struct itg__parser *parser, const struct itg__node *node,
                              struct itg__operand *operand)
{
    switch (node->subject) {
    case ITG__SUBJECT_PROPERTY:
        return read_property(parser, node, operand);
    case ITG__SUBJECT_DIRECTORY:
        return read_directory(parser, operand);
    case ITG__SUBJECT_PROFILE:
    case ITG__SUBJECT_ASSIGNED:
        return read_whole(parser, operand);
    case ITG__SUBJECT_ONLINE:
        return read_bool(parser, operand);
    case ITG__SUBJECT_ATTRIBUTE:
        operand->is_number = is_real(operand->text, &operand->real);
        break;
    }
    return read_text(parser, node, operand);
}
