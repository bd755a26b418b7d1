/* itg completion: shells ask `itg completion words` what may come next; the scripts only pass words on. */
#include "cli/completion.h"
#include "cli/cli.h"
#include <ctype.h>
#include <string.h>

/* Tells a script to complete the names of files. */
#define FILES ":files"

static const struct script {
    const char *shell;
    const char *text;
} scripts[] = {
    {"bash", "_itg()\n"
             "{\n"
             "    local found\n"
             "    mapfile -t found < <(\"${1/#\\~/$HOME}\" completion words -- \\\n"
             "        \"${COMP_WORDS[@]:1:COMP_CWORD}\" 2>/dev/null)\n"
             "    COMPREPLY=()\n"
             "    if [[ ${found[0]-} == " FILES " ]]; then\n"
             "        compopt -o default\n"
             "    else\n"
             "        COMPREPLY=(\"${found[@]%%$'\\t'*}\")\n"
             "    fi\n"
             "}\n"
             "complete -F _itg itg\n"},
    {"zsh", "#compdef itg\n"
            "_itg()\n"
            "{\n"
            "    local line\n"
            "    local -a found shown\n"
            "    found=(\"${(@f)$(command ${(Q)words[1]/#\\~/$HOME} completion words -- \\\n"
            "        \"${(@)words[2,CURRENT]}\" 2>/dev/null)}\")\n"
            "    if [[ $found[1] == " FILES " ]]; then\n"
            "        _files\n"
            "        return\n"
            "    fi\n"
            "    for line in $found; do\n"
            "        shown+=(\"${${line%%$'\\t'*}//:/\\\\:}:${line#*$'\\t'}\")\n"
            "    done\n"
            "    _describe itg shown\n"
            "}\n"
            "if [[ $funcstack[1] == _itg ]]; then\n"
            "    _itg \"$@\"\n"
            "else\n"
            "    compdef _itg itg\n"
            "fi\n"},
    {"fish", "function __itg_words\n"
             "    set -l words (commandline -opc)\n"
             "    set -l current (commandline -ct)\n"
             "    set -l program (string replace -r '^~' $HOME -- $words[1])\n"
             "    set -e words[1]\n"
             "    set -l found (command $program completion words -- $words \"$current\" 2>/dev/null)\n"
             "    if test \"$found[1]\" = " FILES "\n"
             "        __fish_complete_path \"$current\"\n"
             "    else if test (count $found) -gt 0\n"
             "        printf '%s\\n' $found\n"
             "    end\n"
             "end\n"
             "complete -c itg -f -a '(__itg_words)'\n"},
};

enum { SCRIPTS = sizeof scripts / sizeof *scripts };

/* What an operand or an option's value may be, by its name in the help; several words, separated by blanks. */
static const struct choice {
    const char *argument;
    const char *words;
} choices[] = {
    {"COMMAND", "reboot shutdown wakeup settings2tc tcreset2facdefs"},
    {"DIR", FILES},
    {"FILE", FILES},
    {"METHOD", "GET PUT POST DELETE"},
    {"PATH", FILES},
    {"ROLE", "administrator operator viewer"},
    {"RIGHT", "all browse read write move assign command shadow control"},
    {"SHELL", "bash zsh fish"},
    {"TREE", "tc profile masterprofile"},
};

/* The word that is being written, and what is offered for it. */
struct offer {
    FILE *out;
    const char *before; /* stands in front of each candidate: "--tree=" */
    const char *begun;
};

/* What the words before it say. */
struct place {
    const struct cli_command *command;
    const struct cli_option *option; /* its value comes next */
    int operands;
    const char *first; /* operand */
    bool only_operands;
};

static void offer(const struct offer *to, const char *word, size_t length, const char *help)
{
    size_t begun = strlen(to->begun);
    if (length < begun || strncmp(word, to->begun, begun) != 0)
        return;
    fprintf(to->out, "%s%.*s%s%s\n", to->before, (int)length, word, *help ? "\t" : "", help);
}

static void offer_choice(const struct offer *to, const char *words)
{
    if (strcmp(words, FILES) == 0) {
        fputs(FILES "\n", to->out);
        return;
    }
    while (*words) {
        size_t length = strcspn(words, " ");
        offer(to, words, length, "");
        words += length + (words[length] == ' ');
    }
}

static void offer_codes(const struct offer *to)
{
#define ENTRY(name, number, status, text, message)                                \
    offer(to, itg_error_code(ITG_E_##name), strlen(itg_error_code(ITG_E_##name)), \
          itg_error_text(ITG_E_##name));
    ITG_ERROR_CATALOGUE(ENTRY)
#undef ENTRY
}

/* @param argument  as the help names it, such as "[TC]..." */
static void offer_argument(const struct offer *to, const char *argument)
{
    argument += *argument == '[';
    size_t length = 0;
    while (isupper((unsigned char)argument[length]))
        length++;
    if (strncmp(argument, "CODE", 4) == 0)
        offer_codes(to);
    for (size_t i = 0; i < sizeof choices / sizeof *choices; i++)
        if (strlen(choices[i].argument) == length && strncmp(choices[i].argument, argument, length) == 0 &&
            argument[length] != '=')
            offer_choice(to, choices[i].words);
}

static void offer_names(const struct offer *to)
{
    for (size_t i = 0; i < cli_command_count(); i++) {
        const struct cli_command *command = &cli_commands[i];
        if (!command->verb || !*command->verb)
            offer(to, command->name, strlen(command->name), command->summary);
    }
}

static void offer_verbs(const struct offer *to, const char *group)
{
    for (size_t i = 0; i < cli_command_count(); i++) {
        const struct cli_command *command = &cli_commands[i];
        if (command->verb && *command->verb && strcmp(command->name, group) == 0)
            offer(to, command->verb, strlen(command->verb), command->summary);
    }
}

static void offer_options(const struct offer *to, const struct cli_option *options)
{
    for (const struct cli_option *option = options; option && option->name; option++) {
        char text[64];
        int length = snprintf(text, sizeof text, "--%s", option->name);
        offer(to, text, (size_t)length, option->help);
    }
}

/* The operand that the usage names at a place; the last one stands for all behind it. */
static const char *operand_name(const struct cli_command *command, int index)
{
    const char *name = command->arguments;
    for (const char *next = strchr(name, ' '); index > 0 && next; next = strchr(name, ' ')) {
        name = next + 1;
        index--;
    }
    bool again = strstr(name, "...") && !strchr(name, ' ');
    return index == 0 || again ? name : "";
}

static void offer_operand(const struct offer *to, const struct place *place)
{
    const struct cli_command *command = place->command;
    bool group = command->verb && !*command->verb;
    if (command->run == cli_help_command && place->operands == 0)
        offer_names(to);
    else if (command->run == cli_help_command && place->operands == 1)
        offer_verbs(to, place->first);
    else if (group && place->operands == 0)
        offer_verbs(to, command->name);
    else if (!group)
        offer_argument(to, operand_name(command, place->operands));
}

static const struct cli_option *find_option(const struct cli_option *options, const char *word)
{
    size_t length = strcspn(word, "=");
    for (const struct cli_option *option = options; option && option->name; option++) {
        if (word[1] == option->letter && word[1] && word[2] == '\0')
            return option;
        if (word[1] == '-' && strlen(option->name) == length - 2 &&
            strncmp(option->name, word + 2, length - 2) == 0)
            return option;
    }
    return NULL;
}

static const struct cli_option *option_of(const struct place *place, const char *word)
{
    const struct cli_option *option = find_option(cli_common_options, word);
    return option || !place->command ? option : find_option(place->command->options, word);
}

static bool is_option(const struct place *place, const char *word)
{
    return word[0] == '-' && word[1] && !isdigit((unsigned char)word[1]) && !place->only_operands;
}

/* @return false: nothing is known behind this word */
static bool pass_operand(struct place *place, const char *word)
{
    const struct cli_command *command = place->command;
    if (!command) {
        place->command = cli_command_find(word, NULL);
        return place->command;
    }
    bool group = command->verb && !*command->verb;
    const struct cli_command *verb =
        group && place->operands == 0 && *word ? cli_command_find(command->name, word) : NULL;
    if (verb) {
        place->command = verb;
        return true;
    }
    if (place->operands++ == 0)
        place->first = word;
    return true;
}

static bool pass(struct place *place, const char *word)
{
    const struct cli_option *awaited = place->option;
    if (awaited && strcmp(word, "=") == 0) /* bash makes words of their own of --name, = and value */
        return true;
    place->option = NULL;
    if (awaited)
        return true;
    if (!is_option(place, word))
        return pass_operand(place, word);
    if (strcmp(word, "--") == 0) {
        place->only_operands = true;
        return true;
    }
    const struct cli_option *option = option_of(place, word);
    if (option && option->kind != CLI_FLAG && !strchr(word, '='))
        place->option = option;
    return true;
}

/* A list "a,b" is gone on with behind its last comma. */
static void skip_list(struct offer *to, char before[], size_t size)
{
    const char *comma = strrchr(to->begun, ',');
    if (!comma)
        return;
    snprintf(before, size, "%s%.*s", to->before, (int)(comma + 1 - to->begun), to->begun);
    to->before = before;
    to->begun = comma + 1;
}

static void offer_value(struct offer *to, const struct cli_option *option)
{
    char before[256];
    if (strstr(option->argument, ",..."))
        skip_list(to, before, sizeof before);
    offer_argument(to, option->argument);
}

void cli_complete(char **words, int count, FILE *out)
{
    struct place place = {0};
    struct offer to = {.out = out, .before = "", .begun = count > 0 ? words[count - 1] : ""};
    for (int i = 0; i < count - 1; i++)
        if (!pass(&place, words[i]))
            return;
    if (place.option) {
        to.begun += strcmp(to.begun, "=") == 0;
        offer_value(&to, place.option);
        return;
    }
    const char *equals = strchr(to.begun, '=');
    char before[64];
    if (!is_option(&place, to.begun) && strcmp(to.begun, "-") != 0) {
        place.command ? offer_operand(&to, &place) : offer_names(&to);
    } else if (equals) {
        const struct cli_option *option = option_of(&place, to.begun);
        snprintf(before, sizeof before, "%.*s", (int)(equals + 1 - to.begun), to.begun);
        to.before = before;
        to.begun = equals + 1;
        if (option && option->kind != CLI_FLAG)
            offer_value(&to, option);
    } else {
        offer_options(&to, place.command ? place.command->options : NULL);
        offer_options(&to, cli_common_options);
    }
}

static const char *shell_at(const void *ctx, size_t index)
{
    (void)ctx;
    return index < SCRIPTS ? scripts[index].shell : NULL;
}

int cli_completion(struct cli *cli)
{
    const char *shell = cli->operands[0];
    if (strcmp(shell, "words") == 0) {
        cli_complete(cli->operands + 1, cli->count - 1, stdout);
        return cli_written(fflush(stdout) == 0 && !ferror(stdout));
    }
    if (cli->count > 1)
        return cli_usage(cli, "what is '%s' for?", cli->operands[1]);
    for (size_t i = 0; i < SCRIPTS; i++)
        if (strcmp(scripts[i].shell, shell) == 0)
            return cli_written(fputs(scripts[i].text, stdout) >= 0 && fflush(stdout) == 0);
    const char *meant = cli_suggest(shell, shell_at, NULL);
    return cli_usage(cli, "there is no completion for '%s'%s%s%s", shell, meant ? "; did you mean '" : "",
                     meant ? meant : "", meant ? "'?" : "");
}
