/* itg help --man: the page itg(1), of the tables that the help is made of. */
#include "cli/cli.h"
#include <string.h>

/* Text as man takes it: backslashes doubled, hyphens that can be copied, no line mistaken for a request. */
static void write_text(FILE *out, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if ((i == 0 || text[i - 1] == '\n') && (text[i] == '.' || text[i] == '\''))
            fputs("\\&", out);
        if (text[i] == '\\')
            fputs("\\e", out);
        else if (text[i] == '-')
            fputs("\\-", out);
        else if (text[i] == '\'')
            fputs("\\(aq", out);
        else
            fputc(text[i], out);
    }
}

static void write_all(FILE *out, const char *text)
{
    write_text(out, text, strlen(text));
}

/* A sentence of its own: "list them" becomes "List them." */
static void write_sentence(FILE *out, const char *text)
{
    fputc(text[0] >= 'a' && text[0] <= 'z' ? text[0] - 'a' + 'A' : text[0], out);
    write_all(out, text + 1);
    fputs(".\n", out);
}

/* Notes are lines; those that are set in stay as they are. */
static void write_notes(FILE *out, const char *notes)
{
    bool example = false;
    fputs(".P\n", out);
    while (*notes) {
        size_t length = strcspn(notes, "\n");
        bool set_in = strncmp(notes, "    ", 4) == 0;
        if (set_in != example && length > 0) {
            fputs(set_in ? ".P\n.nf\n" : ".fi\n.P\n", out);
            example = set_in;
        }
        if (length == 0)
            fputs(example ? "\n" : ".P\n", out);
        else
            write_text(out, notes, length);
        if (length > 0)
            fputc('\n', out);
        notes += length + (notes[length] == '\n');
    }
    if (example)
        fputs(".fi\n", out);
}

static void write_options(FILE *out, const struct cli_option *options)
{
    for (const struct cli_option *option = options; option && option->name; option++) {
        fputs(".TP\n", out);
        if (option->letter)
            fprintf(out, "\\fB\\-%c\\fR, ", option->letter);
        fputs("\\fB\\-\\-", out);
        write_all(out, option->name);
        fputs("\\fR", out);
        if (option->argument) {
            fputs(" \\fI", out);
            write_all(out, option->argument);
            fputs("\\fR", out);
        }
        fputc('\n', out);
        write_all(out, option->help);
        fputc('\n', out);
    }
}

static void write_command(FILE *out, const struct cli_command *command)
{
    bool verb = command->verb && *command->verb;
    bool group = command->verb && !verb;
    fprintf(out, group ? ".SS itg %s" : ".SS itg %s%s%s", command->name, verb ? " " : "",
            verb ? command->verb : "");
    if (*command->arguments) {
        fputc(' ', out);
        write_all(out, command->arguments);
    }
    fputc('\n', out);
    write_sentence(out, command->summary);
    if (command->notes)
        write_notes(out, command->notes);
    write_options(out, command->options);
}

static void write_exit_statuses(FILE *out)
{
    for (const struct cli_exit_status *status = cli_exit_statuses; status->meaning; status++) {
        fprintf(out, ".TP\n.B %d\n", status->status);
        write_sentence(out, status->meaning);
    }
}

void cli_help_man(FILE *out)
{
    fprintf(
        out,
        ".TH ITG 1 \"\" \"libitg %s\" \"User Commands\"\n"
        ".SH NAME\nitg \\- manage fleets of thin clients, each in one file\n"
        ".SH SYNOPSIS\n.B itg\n.I COMMAND\n.RI [ VERB ]\n.RI [ OPTION ]...\\&\n.RI [ OPERAND ]...\\&\n"
        ".SH DESCRIPTION\n"
        "A fleet is a file of thin clients, directories, profiles and users. The command looks into it and\n"
        "changes it in its own process, while a server\n.RB ( \"itg serve\" )\nserves it or not.\n"
        ".P\nEach call is done as a whole or not at all.\n.SH COMMON OPTIONS\n",
        itg_version());
    write_options(out, cli_common_options);
    fputs(".SH COMMANDS\n", out);
    for (size_t i = 0; i < cli_command_count(); i++)
        write_command(out, &cli_commands[i]);
    fputs(".SH OUTPUT\n", out);
    write_notes(out, cli_output_notes);
    fputs(".SH EXIT STATUS\n", out);
    write_exit_statuses(out);
    fputs(".SH ENVIRONMENT\n"
          ".TP\n.B ITG_DB\nThe fleet, if there is no\n.BR \\-\\-db .\n"
          ".TP\n.B NO_COLOR\nIf it is set and not empty, nothing is written in colour or bold.\n"
          ".TP\n.B TERM\nIf it is missing or\n.BR dumb ,\nthe same.\n"
          ".SH SEE ALSO\n.BR libitg (3)\n",
          out);
}
