#include "cli/cli.h"
#include <string.h>

enum {
    INDENT = 2,
    LINE = 78 /* longest line; help goes into windows of 80 */
};

/* Writes a text from column `at` on, later lines below its beginning. */
static void write_wrapped(FILE *out, const char *text, int at)
{
    int room = LINE - at;
    while (cli_width(text) > room) {
        size_t length = cli_fit(text, room);
        size_t cut = length;
        while (cut > 0 && text[cut] != ' ')
            cut--;
        if (cut == 0)
            cut = length;
        fprintf(out, "%.*s\n%*s", (int)cut, text, at, "");
        text += cut + (text[cut] == ' ');
    }
    fprintf(out, "%s\n", text);
}

static void write_heading(FILE *out, const char *heading)
{
    fprintf(out, "\n%s%s%s\n", cli_style(out, CLI_HEADING), heading, cli_style(out, CLI_PLAIN));
}

/* One line of a list: what, and what it means from column `at` on. */
static void write_item(FILE *out, const char *item, const char *text, int at)
{
    int width = INDENT + cli_width(item);
    fprintf(out, "%*s%s", INDENT, "", item);
    if (width + 2 > at)
        fprintf(out, "\n%*s", at, "");
    else
        fprintf(out, "%*s", at - width, "");
    write_wrapped(out, text, at);
}

static void write_options(FILE *out, const struct cli_option *options)
{
    for (const struct cli_option *option = options; option && option->name; option++) {
        char item[80], letter[8] = "";
        if (option->letter)
            snprintf(letter, sizeof letter, "-%c, ", option->letter);
        snprintf(item, sizeof item, "%s--%s%s%s", letter, option->name, option->argument ? " " : "",
                 option->argument ? option->argument : "");
        write_item(out, item, option->help, 26);
    }
}

void cli_help_usage(const struct cli_command *command, FILE *out)
{
    bool verb = command->verb && *command->verb;
    fprintf(out, "Usage: itg %s%s%s%s%s%s\n", command->name, verb ? " " : "", verb ? command->verb : "",
            *command->arguments ? " " : "", command->arguments, verb || !command->verb ? " [OPTION]..." : "");
}

/* "Manage thin clients." from the table's "manage thin clients". */
static void write_sentence(FILE *out, const char *text)
{
    char sentence[160];
    snprintf(sentence, sizeof sentence, "%s.", text);
    if (sentence[0] >= 'a' && sentence[0] <= 'z')
        sentence[0] = (char)(sentence[0] - 'a' + 'A');
    write_wrapped(out, sentence, 0);
}

static void write_verbs(const struct cli_command *group, FILE *out)
{
    write_heading(out, "Verbs:");
    for (size_t i = 0; i < cli_command_count(); i++) {
        const struct cli_command *command = &cli_commands[i];
        char item[80];
        if (command == group || strcmp(command->name, group->name) != 0)
            continue;
        snprintf(item, sizeof item, "%s %s", command->verb, command->arguments);
        write_item(out, item, command->summary, 26);
    }
    fprintf(out, "'itg help %s VERB' tells a verb's options.\n", group->name);
}

void cli_help(const struct cli_command *command, FILE *out)
{
    cli_help_usage(command, out);
    write_sentence(out, command->summary);
    if (command->verb && !*command->verb)
        write_verbs(command, out);
    if (command->options) {
        write_heading(out, "Options:");
        write_options(out, command->options);
    }
    write_heading(out, "Common options:");
    write_options(out, cli_common_options);
    if (command->notes)
        fprintf(out, "\n%s\n", command->notes);
}

const struct cli_exit_status cli_exit_statuses[] = {
    {CLI_OK, "done"},
    {CLI_REFUSED, "refused, or failed; standard error says why, with a code such as ITG-0A006"},
    {CLI_USAGE, "wrong usage: nothing was looked at"},
    {0, NULL},
};

const char cli_output_notes[] =
    "Lists are tables on a terminal. Elsewhere they are tab-separated lines without a\n"
    "header, in which \\t, \\n, \\r and \\\\ stand for the characters themselves.";

void cli_help_all(FILE *out)
{
    fputs("Usage: itg COMMAND [OPTION]...\nManages fleets of thin clients, each in one file.\n", out);
    write_heading(out, "Commands:");
    for (size_t i = 0; i < cli_command_count(); i++)
        if (!cli_commands[i].verb || !*cli_commands[i].verb)
            write_item(out, cli_commands[i].name, cli_commands[i].summary, 18);
    write_heading(out, "Common options:");
    write_options(out, cli_common_options);
    write_heading(out, "Exit status:");
    for (const struct cli_exit_status *status = cli_exit_statuses; status->meaning; status++) {
        char number[8];
        snprintf(number, sizeof number, "%d", status->status);
        write_item(out, number, status->meaning, 6);
    }
    fprintf(out, "\n%s\n'itg help COMMAND' explains a command.\n", cli_output_notes);
}

static int report_unknown(struct cli *cli, const char *name, const char *verb)
{
    bool known = cli_command_find(name, NULL);
    const char *meant =
        known ? cli_suggest(verb, cli_command_name, name) : cli_suggest(name, cli_command_name, NULL);
    return cli_usage(cli, "there is no command '%s%s%s'%s%s%s%s%s", name, verb ? " " : "", verb ? verb : "",
                     meant ? "; did you mean '" : "", meant && known ? name : "", meant && known ? " " : "",
                     meant ? meant : "", meant ? "'?" : "");
}

int cli_help_command(struct cli *cli)
{
    if (cli->values.man && cli->count > 0)
        return cli_usage(cli, "--man is of all commands");
    if (cli->count == 0) {
        cli->values.man ? cli_help_man(stdout) : cli_help_all(stdout);
        return cli_written(fflush(stdout) == 0);
    }
    const char *verb = cli->count > 1 ? cli->operands[1] : NULL;
    const struct cli_command *command = cli_command_find(cli->operands[0], verb);
    if (!command)
        return report_unknown(cli, cli->operands[0], verb);
    cli_help(command, stdout);
    return cli_written(fflush(stdout) == 0);
}
