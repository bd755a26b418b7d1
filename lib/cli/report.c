#include "cli/cli.h"
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* Writes one line to stderr, in one piece, with whatever came from outside made harmless for a terminal. */
static void write_line(const char *text)
{
    struct itg__buf line = {0};
    itg__buf_str(&line, cli_style(stderr, CLI_ALARM));
    itg__buf_str(&line, "itg:");
    itg__buf_str(&line, cli_style(stderr, CLI_PLAIN));
    itg__buf_char(&line, ' ');
    cli_append_shown(&line, text);
    itg__buf_char(&line, '\n');
    if (line.failed)
        fputs("itg: out of memory\n", stderr);
    else
        fwrite(line.data, 1, line.length, stderr);
    itg__buf_dispose(&line);
}

static void write_formatted(const char *format, va_list args)
{
    char *text = NULL;
    if (vasprintf(&text, format, args) < 0) {
        fputs("itg: out of memory\n", stderr);
        return;
    }
    write_line(text);
    free(text);
}

int cli_refuse(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    write_formatted(format, args);
    va_end(args);
    return CLI_REFUSED;
}

int cli_usage(const struct cli *cli, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    write_formatted(format, args);
    va_end(args);
    const struct cli_command *command = cli->command;
    if (!command) {
        fputs("Try 'itg help'.\n", stderr);
        return CLI_USAGE;
    }
    bool verb = command->verb && *command->verb;
    cli_help_usage(command, stderr);
    fprintf(stderr, "Try 'itg help %s%s%s'.\n", command->name, verb ? " " : "", verb ? command->verb : "");
    return CLI_USAGE;
}

int cli_report(const itg_failure_t *failure)
{
    const char *detail = failure->detail;
    return cli_refuse("%s: %s%s%s%s", itg_error_code(failure->code), failure->message, *detail ? " (" : "",
                      detail, *detail ? ")" : "");
}

int cli_failed(const struct cli *cli)
{
    return cli_report(&cli->failure);
}
