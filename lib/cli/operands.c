#include "cli/cli.h"
#include <stdlib.h>
#include <string.h>

enum { MAC_DIGITS = 12 };

int cli_id(const struct cli *cli, const char *text, int64_t *ret_id)
{
    if (itg__parse_int(text, ret_id) == ITG_OK)
        return CLI_OK;
    return cli_usage(cli, "'%s' is no id", text);
}

static int64_t *new_ids(int count)
{
    int64_t *ids = calloc((size_t)count + 1, sizeof *ids);
    if (!ids)
        cli_refuse("out of memory");
    return ids;
}

int cli_ids(const struct cli *cli, int first, int64_t **ret_ids)
{
    int64_t *ids = new_ids(cli->count - first);
    int status = ids ? CLI_OK : CLI_REFUSED;
    for (int i = first; i < cli->count && !status; i++)
        status = cli_id(cli, cli->operands[i], &ids[i - first]);
    if (status)
        free(ids);
    else
        *ret_ids = ids;
    return status;
}

static int64_t root_of(itg_type_t type)
{
    switch (type) {
    case ITG_TYPE_THINCLIENT:
    case ITG_TYPE_THINCLIENT_DIRECTORY:
        return ITG_ROOT_THINCLIENTS;
    case ITG_TYPE_PROFILE:
    case ITG_TYPE_PROFILE_DIRECTORY:
        return ITG_ROOT_PROFILES;
    case ITG_TYPE_MASTERPROFILE:
    case ITG_TYPE_MASTERPROFILE_DIRECTORY:
        return ITG_ROOT_MASTERPROFILES;
    }
    return ITG_ROOT_THINCLIENTS;
}

int cli_directory_id(const struct cli *cli, itg_type_t type, const char *text, int64_t *ret_id)
{
    if (text && strcmp(text, "root") != 0)
        return cli_id(cli, text, ret_id);
    *ret_id = root_of(type);
    return CLI_OK;
}

/* The digits of something written like a MAC: "00E0C514325B", "00:e0:c5:14:32:5b", "00-E0-...". */
static bool read_mac(const char *text, char mac[MAC_DIGITS + 1])
{
    size_t digits = 0;
    for (; *text; text++) {
        if ((*text == ':' || *text == '-') && digits > 0)
            continue;
        if (digits == MAC_DIGITS || !strchr("0123456789abcdefABCDEF", *text))
            return false;
        mac[digits++] = *text;
    }
    mac[digits] = '\0';
    return digits == MAC_DIGITS;
}

bool cli_names_thinclient(const char *text)
{
    char mac[MAC_DIGITS + 1];
    int64_t id;
    return read_mac(text, mac) || itg__parse_int(text, &id) == ITG_OK;
}

int cli_thinclient_id(struct cli *cli, const char *text, int64_t *ret_id)
{
    char mac[MAC_DIGITS + 1];
    itg_thinclient_t *tc = NULL;
    if (!read_mac(text, mac))
        return cli_id(cli, text, ret_id);
    itg_error_t err = itg_thinclient_by_mac(cli->itg, mac, &tc, &cli->failure);
    if (err == ITG_E_THINCLIENT_NOT_FOUND && itg__parse_int(text, ret_id) == ITG_OK) {
        itg_failure_clear(&cli->failure); /* twelve decimal digits may be an id as well */
        return CLI_OK;
    }
    if (err == ITG_E_THINCLIENT_NOT_FOUND)
        itg_error_format(err, text, cli->failure.message, sizeof cli->failure.message);
    if (err)
        return cli_failed(cli);
    *ret_id = tc->id;
    itg_thinclient_free(tc);
    return CLI_OK;
}

int cli_thinclient_ids(struct cli *cli, int first, int64_t **ret_ids)
{
    int64_t *ids = new_ids(cli->count - first);
    int status = ids ? CLI_OK : CLI_REFUSED;
    for (int i = first; i < cli->count && !status; i++)
        status = cli_thinclient_id(cli, cli->operands[i], &ids[i - first]);
    if (status)
        free(ids);
    else
        *ret_ids = ids;
    return status;
}

static const char *tree_at(const void *ctx, size_t index)
{
    static const char *const trees[] = {"tc", "profile", "masterprofile"};
    (void)ctx;
    return index < sizeof trees / sizeof *trees ? trees[index] : NULL;
}

int cli_tree(const struct cli *cli, itg_type_t *ret_type)
{
    static const itg_type_t types[] = {ITG_TYPE_THINCLIENT_DIRECTORY, ITG_TYPE_PROFILE_DIRECTORY,
                                       ITG_TYPE_MASTERPROFILE_DIRECTORY};
    const char *tree = cli->values.tree ? cli->values.tree : "tc";
    for (size_t i = 0; tree_at(NULL, i); i++)
        if (strcmp(tree, tree_at(NULL, i)) == 0) {
            *ret_type = types[i];
            return CLI_OK;
        }
    const char *meant = cli_suggest(tree, tree_at, NULL);
    return cli_usage(cli, "there is no tree '%s'%s%s%s", tree, meant ? "; did you mean '" : "",
                     meant ? meant : "", meant ? "'?" : "");
}
