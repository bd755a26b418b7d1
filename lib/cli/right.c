/* itg right: what users and groups are allowed and denied on directories, and what comes of it. */
#include "cli/cli.h"
#include <stdlib.h>
#include <string.h>

/* ---- words */

static const itg_right_t rights[] = {
#define RIGHT(name, number, word) ITG_RIGHT_##name,
    ITG_RIGHTS(RIGHT)
#undef RIGHT
};
enum { RIGHTS = sizeof rights / sizeof *rights };

static const char *right_at(const void *ctx, size_t index)
{
    (void)ctx;
    return index < RIGHTS ? itg_right_name(rights[index]) : index == RIGHTS ? "all" : NULL;
}

static int read_right(const struct cli *cli, const char *word, uint32_t *set)
{
    uint32_t right = strcmp(word, "all") == 0 ? ITG_RIGHTS_ALL : (uint32_t)itg_right_from_name(word);
    *set |= right;
    if (right)
        return CLI_OK;
    const char *meant = cli_suggest(word, right_at, NULL);
    return cli_usage(cli, "there is no right '%s'%s%s%s", word, meant ? "; did you mean '" : "",
                     meant ? meant : "", meant ? "'?" : "");
}

/* "read,write", "all"; NULL: none. */
static int read_rights(const struct cli *cli, const char *list, uint32_t *ret_rights)
{
    uint32_t set = 0;
    int status = CLI_OK;
    char *copy = list ? strdup(list) : NULL, *rest = copy;
    if (list && !copy)
        return cli_refuse("out of memory");
    while (!status && rest) {
        char *word = rest;
        rest = strchr(rest, ',');
        if (rest)
            *rest++ = '\0';
        status = read_right(cli, word, &set);
    }
    free(copy);
    *ret_rights = set;
    return status;
}

static void print_rights(struct cli_table *table, uint32_t set)
{
    char text[128] = "";
    for (size_t i = 0; i < RIGHTS; i++) {
        size_t length = strlen(text);
        if (set & (uint32_t)rights[i])
            snprintf(text + length, sizeof text - length, "%s%s", length ? "," : "",
                     itg_right_name(rights[i]));
    }
    cli_table_cell(table, text);
}

/* ---- whom and where */

static int read_subject(const struct cli *cli, itg_subject_t *ret_kind, const char **ret_name)
{
    const char *user = cli->values.user, *group = cli->values.group;
    if ((user != NULL) == (group != NULL))
        return cli_usage(cli, user ? "--user or --group, not both" : "--user or --group is missing");
    *ret_kind = user ? ITG_SUBJECT_USER : ITG_SUBJECT_GROUP;
    *ret_name = user ? user : group;
    return CLI_OK;
}

static int read_directory(const struct cli *cli, const char *text, int64_t *ret_id)
{
    itg_type_t type;
    int status = cli_tree(cli, &type);
    return status ? status : cli_directory_id(cli, type, text, ret_id);
}

/* ---- the verbs */

static int32_t print_entry(void *ctx, const itg_access_entry_t *entry)
{
    struct cli_table *table = ctx;
    cli_table_cell_int(table, entry->directory_id);
    cli_table_cell(table, entry->kind == ITG_SUBJECT_GROUP ? "group" : "user");
    cli_table_cell(table, entry->subject);
    print_rights(table, entry->allow);
    print_rights(table, entry->deny);
    return !cli_table_ok(table);
}

int cli_right_list(struct cli *cli)
{
    static const struct cli_column columns[] = {{"directory", CLI_ID},
                                                {"kind", CLI_STRING},
                                                {"name", CLI_STRING},
                                                {"allow", CLI_STRING},
                                                {"deny", CLI_STRING}};
    struct cli_table table;
    itg_subject_t kind = ITG_SUBJECT_USER;
    const char *name = NULL;
    int64_t directory_id = 0;
    itg_error_t err;
    bool by_subject = cli->values.user || cli->values.group;
    if (by_subject == (cli->count > 0))
        return cli_usage(cli, "either a directory, or --user or --group");
    int status =
        by_subject ? read_subject(cli, &kind, &name) : read_directory(cli, cli->operands[0], &directory_id);
    if (status)
        return status;
    cli_table_begin(&table, cli_format(cli), stdout, columns, sizeof columns / sizeof *columns);
    if (by_subject)
        err = itg_access_of(cli->itg, kind, name, print_entry, &table, &cli->failure);
    else
        err = itg_access_each(cli->itg, directory_id, print_entry, &table, &cli->failure);
    return cli_table_finish(cli, &table, err);
}

static int set(struct cli *cli, uint32_t allow, uint32_t deny)
{
    itg_subject_t kind = ITG_SUBJECT_USER;
    const char *name = NULL;
    int64_t directory_id = 0;
    int status = read_subject(cli, &kind, &name);
    if (!status)
        status = read_directory(cli, cli->operands[0], &directory_id);
    if (!status && itg_access_set(cli->itg, directory_id, kind, name, allow, deny, &cli->failure))
        status = cli_failed(cli);
    return status;
}

int cli_right_set(struct cli *cli)
{
    uint32_t allow = 0, deny = 0;
    if (!cli->values.allow && !cli->values.deny)
        return cli_usage(cli, "--allow or --deny is missing");
    int status = read_rights(cli, cli->values.allow, &allow);
    if (!status)
        status = read_rights(cli, cli->values.deny, &deny);
    return status ? status : set(cli, allow, deny);
}

int cli_right_remove(struct cli *cli)
{
    return set(cli, 0, 0);
}

static int32_t print_verdict(void *ctx, const itg_access_verdict_t *verdict)
{
    struct cli_table *table = ctx;
    char directory[24] = "";
    if (verdict->directory_id)
        snprintf(directory, sizeof directory, "%lld", (long long)verdict->directory_id);
    cli_table_cell(table, itg_right_name(verdict->right));
    cli_table_cell_bool(table, verdict->allowed);
    cli_table_cell(table, itg_access_reason_text(verdict->reason));
    cli_table_cell(table, directory);
    cli_table_cell(table, !verdict->directory_id               ? ""
                          : verdict->kind == ITG_SUBJECT_GROUP ? "group"
                                                               : "user");
    cli_table_cell(table, verdict->subject);
    return !cli_table_ok(table);
}

int cli_right_show(struct cli *cli)
{
    static const struct cli_column columns[] = {{"right", CLI_STRING},  {"allowed", CLI_NATIVE},
                                                {"reason", CLI_STRING}, {"directory", CLI_STRING},
                                                {"kind", CLI_STRING},   {"name", CLI_STRING}};
    struct cli_table table;
    int64_t id = 0;
    const char *object = cli->operands[1];
    int status =
        strcmp(object, "root") == 0 ? read_directory(cli, object, &id) : cli_thinclient_id(cli, object, &id);
    if (status)
        return status;
    cli_table_begin(&table, cli_format(cli), stdout, columns, sizeof columns / sizeof *columns);
    itg_error_t err =
        itg_access_explain(cli->itg, cli->operands[0], id, print_verdict, &table, &cli->failure);
    return cli_table_finish(cli, &table, err);
}
