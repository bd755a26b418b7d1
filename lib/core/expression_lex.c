/* The words of an expression. */
#include "core/expression.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Characters that end an unquoted value or a selector. */
#define RESERVED "\"'()<>=!;, \t\r\n"

/* The place of an offset as people count it. */
static size_t column_of(const char *text, size_t offset)
{
    size_t column = 1;
    for (size_t i = 0; i < offset && text[i]; i++)
        column += ((unsigned char)text[i + 1] & 0xC0) != 0x80;
    return column;
}

itg_error_t itg__parser_fail(struct itg__parser *parser, size_t offset, const char *format, ...)
{
    char what[256];
    va_list args;
    va_start(args, format);
    int length = vsnprintf(what, sizeof what, format, args);
    va_end(args);
    if (length >= (int)sizeof what)
        what[itg__utf8_cut(what, sizeof what - 1)] = '\0';
    parser->fault = column_of(parser->text, offset);
    return itg__fail_detail(parser->failure, ITG_E_INVALID_BODY, "column %zu: %s", parser->fault, what);
}

char itg__lex_peek(struct itg__parser *parser)
{
    parser->at += strspn(parser->text + parser->at, " \t\r\n");
    return parser->text[parser->at];
}

bool itg__lex_take(struct itg__parser *parser, char c)
{
    if (itg__lex_peek(parser) != c)
        return false;
    parser->at++;
    return true;
}

/* The length of what stands between reserved characters here. */
static size_t word_length(const struct itg__parser *parser)
{
    return strcspn(parser->text + parser->at, RESERVED);
}

/* Each word is followed by a character that is not part of one, or by the end: there is room for its NUL. */
static void end_text(struct itg__parser *parser)
{
    *parser->out++ = '\0';
}

itg_error_t itg__lex_selector(struct itg__parser *parser, const char **ret_selector)
{
    itg__lex_peek(parser);
    size_t length = word_length(parser);
    if (length == 0)
        return itg__parser_fail(parser, parser->at, "expected a selector or '('");
    *ret_selector = parser->out;
    memcpy(parser->out, parser->text + parser->at, length);
    parser->out += length;
    parser->at += length;
    end_text(parser);
    return ITG_OK;
}

itg_error_t itg__lex_operator(struct itg__parser *parser, enum itg__operator *ret_operator)
{
    /* No operator stands behind one that it begins with. */
    static const struct {
        const char *text;
        enum itg__operator op;
    } operators[] = {
        {"==", ITG__OP_EQUAL},          {"!=", ITG__OP_UNEQUAL},
        {"<=", ITG__OP_LESS_EQUAL},     {"<", ITG__OP_LESS},
        {">=", ITG__OP_GREATER_EQUAL},  {">", ITG__OP_GREATER},
        {"=lt=", ITG__OP_LESS},         {"=le=", ITG__OP_LESS_EQUAL},
        {"=gt=", ITG__OP_GREATER},      {"=ge=", ITG__OP_GREATER_EQUAL},
        {"=in=", ITG__OP_IN},           {"=out=", ITG__OP_OUT},
        {"=beneath=", ITG__OP_BENEATH}, {"=outside=", ITG__OP_OUTSIDE},
    };
    itg__lex_peek(parser);
    for (size_t i = 0; i < sizeof operators / sizeof *operators; i++) {
        size_t length = strlen(operators[i].text);
        if (strncmp(parser->text + parser->at, operators[i].text, length) != 0)
            continue;
        parser->at += length;
        *ret_operator = operators[i].op;
        return ITG_OK;
    }
    return itg__parser_fail(parser, parser->at, "expected an operator");
}

/* Takes the character behind a backslash. */
static itg_error_t take_escape(struct itg__parser *parser)
{
    char c = parser->text[parser->at + 1];
    if (!c || !strchr("'\"\\*", c))
        return itg__parser_fail(parser, parser->at, "expected ', \", \\ or * behind the backslash");
    *parser->out++ = c;
    parser->at += 2;
    return ITG_OK;
}

static void take_character(struct itg__parser *parser, struct itg__operand *operand)
{
    char c = parser->text[parser->at++];
    operand->wild = operand->wild || c == '*';
    *parser->out++ = c == '*' ? ITG__WILDCARD : c;
}

static itg_error_t take_quoted(struct itg__parser *parser, struct itg__operand *operand)
{
    size_t begin = parser->at;
    char quote = parser->text[parser->at++];
    while (parser->text[parser->at] != quote) {
        if (parser->text[parser->at] == '\0')
            return itg__parser_fail(parser, begin, "the quote is not closed");
        if (parser->text[parser->at] != '\\') {
            take_character(parser, operand);
            continue;
        }
        itg_error_t err = take_escape(parser);
        if (err)
            return err;
    }
    parser->at++;
    return ITG_OK;
}

itg_error_t itg__lex_value(struct itg__parser *parser, struct itg__operand *ret_operand)
{
    struct itg__operand operand = {.text = parser->out};
    itg_error_t err = ITG_OK;
    char c = itg__lex_peek(parser);
    operand.offset = parser->at;
    size_t length = word_length(parser);
    if (c == '\'' || c == '"')
        err = take_quoted(parser, &operand);
    else if (length == 0)
        err = itg__parser_fail(parser, parser->at, "expected a value");
    else
        for (size_t end = parser->at + length; parser->at < end;)
            take_character(parser, &operand);
    if (err)
        return err;
    end_text(parser);
    *ret_operand = operand;
    return ITG_OK;
}
