#include "cli/cli.h"
#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

/* Texts are UTF-8 whatever the environment says; only the widths of characters come from the locale. */
static void use_utf8(void)
{
    if (setlocale(LC_CTYPE, "") && strcmp(nl_langinfo(CODESET), "UTF-8") == 0)
        return;
    if (!setlocale(LC_CTYPE, "C.UTF-8"))
        setlocale(LC_CTYPE, "C");
}

static int print_version(void)
{
    if (printf("itg %s\n", itg_version()) < 0)
        return cli_written(false);
    return cli_written(fflush(stdout) == 0);
}

static int print_help(const struct cli_command *command)
{
    if (command)
        cli_help(command, stdout);
    else
        cli_help_all(stdout);
    return cli_written(fflush(stdout) == 0 && !ferror(stdout));
}

/* What people call verbs that are called otherwise here. */
static const struct {
    const char *word, *verb;
} synonyms[] = {
    {"add", "create"},    {"create", "add"},  {"new", "create"},    {"new", "add"},
    {"remove", "delete"}, {"rm", "delete"},   {"ls", "list"},       {"get", "show"},
    {"set", "update"},    {"edit", "update"}, {"rename", "update"}, {"log", "list"},
};

static const char *find_synonym(const char *group, const char *word)
{
    for (size_t i = 0; i < sizeof synonyms / sizeof *synonyms; i++)
        if (strcmp(synonyms[i].word, word) == 0 && cli_command_find(group, synonyms[i].verb))
            return synonyms[i].verb;
    return NULL;
}

static int report_unknown(struct cli *cli, const char *group, const char *word)
{
    const char *meant = group ? find_synonym(group, word) : NULL;
    if (!meant)
        meant = cli_suggest(word, cli_command_name, group);
    return cli_usage(cli, "unknown command '%s%s%s'%s%s%s", group ? group : "", group ? " " : "", word,
                     meant ? "; did you mean '" : "", meant ? meant : "", meant ? "'?" : "");
}

static bool is_group(const struct cli_command *command)
{
    return command->verb && !*command->verb;
}

/* True for a word that can only be the first operand of a group's own command. */
static bool is_operand(const struct cli_command *group, const char *word)
{
    if (!group->run)
        return false;
    if (group->run == cli_command_send)
        return itg_command_from_name(word) || !cli_suggest(word, cli_command_name, group->name);
    return cli_names_thinclient(word);
}

/* Finds the command that argv[*at] and perhaps a verb behind it name; *at moves to its last word. */
static int find_command(struct cli *cli, int argc, char **argv, int *at)
{
    const char *name = argv[*at];
    const struct cli_command *command = cli_command_find(name, NULL);
    if (!command)
        return report_unknown(cli, NULL, name);
    cli->command = command;
    if (!is_group(command))
        return CLI_OK;
    int rest = 0;
    int status = cli_parse_leading(cli, argc - *at, argv + *at, &rest);
    if (status || cli->values.help || *at + rest >= argc)
        return status;
    *at += rest;
    const struct cli_command *verb = *argv[*at] ? cli_command_find(name, argv[*at]) : NULL;
    if (verb) {
        cli->command = verb;
        return CLI_OK;
    }
    if (!is_operand(command, argv[*at]))
        return report_unknown(cli, name, argv[*at]);
    --*at; /* it is the first operand */
    return CLI_OK;
}

static int check_operands(const struct cli *cli)
{
    const struct cli_command *command = cli->command;
    if (cli->count < command->least)
        return cli_usage(cli,
                         command->least - cli->count > 1 ? "operands are missing" : "an operand is missing");
    if (command->most >= 0 && cli->count > command->most)
        return cli_usage(cli, "what is '%s' for?", cli->operands[command->most]);
    return CLI_OK;
}

static int run_command(struct cli *cli)
{
    if (cli->values.help)
        return print_help(cli->command);
    if (cli->values.version)
        return print_version();
    if (!cli->command->run || (is_group(cli->command) && cli->count == 0))
        return cli_usage(cli, "a verb is missing");
    int status = check_operands(cli);
    /* A server brings its log along. */
    if (!status && cli->command->fleet != CLI_NO_FLEET && cli->command->run != cli_serve)
        status = cli_open(cli, cli->command->fleet == CLI_FLEET, NULL);
    if (!status)
        status = cli->command->run(cli);
    itg_close(cli->itg);
    return status;
}

static int run(struct cli *cli, int argc, char **argv, char **operands)
{
    int at = 0;
    int status = cli_parse_leading(cli, argc, argv, &at);
    if (status)
        return status;
    if (cli->values.version)
        return print_version();
    if (at >= argc && cli->values.help)
        return print_help(NULL);
    if (at >= argc)
        return cli_usage(cli, "a command is missing");
    status = find_command(cli, argc, argv, &at);
    if (!status)
        status = cli_parse(cli, argc - at, argv + at, operands);
    return status ? status : run_command(cli);
}

int main(int argc, char **argv)
{
    use_utf8();
    char **operands = calloc((size_t)argc + 1, sizeof *operands);
    if (!operands)
        return cli_refuse("out of memory");
    struct cli cli = {.values = cli_defaults};
    int status = run(&cli, argc, argv, operands);
    free(operands);
    return status;
}
