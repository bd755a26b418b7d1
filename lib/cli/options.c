#include "cli/cli.h"
#include <getopt.h>
#include <string.h>

enum {
    OPTIONS_MAX = 40,
    LONG_FIRST = 256 /* getopt's values of long options lie above those of letters */
};

/* The options of a command and those that all have in common. */
struct accepted {
    const struct cli_option *options[OPTIONS_MAX];
    size_t count;
    struct option longs[OPTIONS_MAX + 1];
    char letters[2 * OPTIONS_MAX + 3];
};

static void accept_table(struct accepted *accepted, const struct cli_option *table)
{
    for (const struct cli_option *option = table; option && option->name && accepted->count < OPTIONS_MAX;
         option++) {
        size_t index = accepted->count++;
        int has_argument = option->kind == CLI_FLAG ? no_argument : required_argument;
        accepted->options[index] = option;
        accepted->longs[index] = (struct option){option->name, has_argument, NULL, LONG_FIRST + (int)index};
        if (!option->letter)
            continue;
        size_t length = strlen(accepted->letters);
        accepted->letters[length++] = option->letter;
        if (has_argument)
            accepted->letters[length] = ':';
    }
}

/* order: '-' operands are handed over in their place, '+' the first operand ends the options. */
static void accept(struct accepted *accepted, char order, const struct cli_option *table)
{
    *accepted = (struct accepted){.letters = {order, ':'}}; /* ':': we report what is wrong ourselves */
    accept_table(accepted, cli_common_options);
    accept_table(accepted, table);
}

static const struct cli_option *accepted_option(const struct accepted *accepted, int value)
{
    for (size_t i = 0; i < accepted->count; i++)
        if (value == LONG_FIRST + (int)i || (value && value == accepted->options[i]->letter))
            return accepted->options[i];
    return NULL;
}

static const char *option_name_at(const void *ctx, size_t index)
{
    const struct accepted *accepted = ctx;
    return index < accepted->count ? accepted->options[index]->name : NULL;
}

static int store_number(struct cli *cli, const struct cli_option *option, const char *text)
{
    int64_t value = 0;
    if (itg__parse_int(text, &value) != ITG_OK || value < option->least || value > option->most)
        return cli_usage(cli, "--%s takes a number from %lld to %lld, not '%s'", option->name,
                         (long long)option->least, (long long)option->most, text);
    *(int64_t *)((char *)&cli->values + option->offset) = value;
    return CLI_OK;
}

static int store_another(struct cli *cli, const struct cli_option *option, struct cli_many *many,
                         const char *text)
{
    if (many->count == CLI_MANY_MAX)
        return cli_usage(cli, "--%s can be given %d times", option->name, CLI_MANY_MAX);
    many->items[many->count++] = text;
    return CLI_OK;
}

static int store(struct cli *cli, const struct cli_option *option, const char *text)
{
    char *member = (char *)&cli->values + option->offset;
    switch (option->kind) {
    case CLI_FLAG:
        *(bool *)member = true;
        return CLI_OK;
    case CLI_TEXT:
        *(const char **)member = text;
        return CLI_OK;
    case CLI_MANY:
        return store_another(cli, option, (struct cli_many *)member, text);
    case CLI_NUMBER:
        return store_number(cli, option, text);
    }
    return CLI_USAGE;
}

static int report_unknown(const struct cli *cli, const struct accepted *accepted, const char *argument)
{
    const struct cli_option *known = accepted_option(accepted, optopt);
    if (known)
        return cli_usage(cli, "--%s takes no value", known->name);
    if (optopt)
        return cli_usage(cli, "unknown option -%c", optopt);
    char name[64];
    snprintf(name, sizeof name, "%.*s", (int)strcspn(argument + 2, "="), argument + 2);
    const char *meant = cli_suggest(name, option_name_at, accepted);
    return cli_usage(cli, "unknown option --%s%s%s%s", name, meant ? "; did you mean --" : "",
                     meant ? meant : "", meant ? "?" : "");
}

/* "-1" is the root of the thin clients and no option. */
static bool is_negative_number(const char *text)
{
    return text[0] == '-' && text[1] != '\0' && text[1 + strspn(text + 1, "0123456789")] == '\0';
}

static int handle(struct cli *cli, const struct accepted *accepted, int value, const char *argument)
{
    if (value == '?')
        return report_unknown(cli, accepted, argument);
    const struct cli_option *option = accepted_option(accepted, value == ':' ? optopt : value);
    if (value == ':')
        return cli_usage(cli, "--%s needs a value: %s", option ? option->name : "?",
                         option ? option->argument : "");
    return store(cli, option, optarg);
}

/* getopt keeps what it is in the middle of in variables of its own: a scan of nothing settles them. */
static void restart_getopt(const struct accepted *accepted)
{
    static char name[] = "itg";
    char *nothing[] = {name, NULL};
    opterr = 0;
#ifdef __GLIBC__
    optind = 0;
#else
    optind = 1;
#endif
    getopt_long(1, nothing, accepted->letters, accepted->longs, NULL);
}

int cli_parse(struct cli *cli, int argc, char **argv, char **operands)
{
    struct accepted accepted;
    accept(&accepted, '-', cli->command ? cli->command->options : NULL);
    cli->operands = operands;
    restart_getopt(&accepted);
    for (;;) {
        if (optind < argc && is_negative_number(argv[optind])) {
            operands[cli->count++] = argv[optind++];
            continue;
        }
        int value = getopt_long(argc, argv, accepted.letters, accepted.longs, NULL);
        if (value == -1)
            break;
        if (value == 1) {
            operands[cli->count++] = optarg;
            continue;
        }
        int status = handle(cli, &accepted, value, argv[optind - 1]);
        if (status)
            return status;
    }
    while (optind < argc)
        operands[cli->count++] = argv[optind++];
    return CLI_OK;
}

int cli_parse_leading(struct cli *cli, int argc, char **argv, int *ret_rest)
{
    struct accepted accepted;
    accept(&accepted, '+', NULL);
    restart_getopt(&accepted);
    int value = getopt_long(argc, argv, accepted.letters, accepted.longs, NULL);
    for (; value != -1; value = getopt_long(argc, argv, accepted.letters, accepted.longs, NULL)) {
        int status = handle(cli, &accepted, value, argv[optind - 1]);
        if (status)
            return status;
    }
    *ret_rest = optind;
    return CLI_OK;
}
