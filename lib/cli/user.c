#include "cli/password.h"
#include <sodium.h>

static const struct cli_column columns[] = {{"id", CLI_ID}, {"name", CLI_STRING}, {"role", CLI_STRING}};

static int32_t print_row(void *ctx, const itg_user_t *user)
{
    struct cli_table *table = ctx;
    cli_table_cell_int(table, user->id);
    cli_table_cell(table, user->name);
    cli_table_cell(table, itg_role_name(user->role));
    return !cli_table_ok(table);
}

int cli_user_list(struct cli *cli)
{
    struct cli_table table;
    cli_table_begin(&table, cli_format(cli), stdout, columns, sizeof columns / sizeof *columns);
    itg_error_t err = itg_user_each(cli->itg, print_row, &table, &cli->failure);
    return cli_table_finish(cli, &table, err);
}

static const char *role_at(const void *ctx, size_t index)
{
    (void)ctx;
    const char *name = itg_role_name((itg_role_t)(index + 1));
    return *name ? name : NULL;
}

static int read_role(const struct cli *cli, itg_role_t *ret_role)
{
    const char *name = cli->values.role;
    if (!name)
        return cli_usage(cli, "--role is missing: administrator, operator or viewer");
    *ret_role = itg_role_from_name(name);
    if (*ret_role)
        return CLI_OK;
    const char *meant = cli_suggest(name, role_at, NULL);
    return cli_usage(cli, "there is no role '%s'%s%s%s", name, meant ? "; did you mean '" : "",
                     meant ? meant : "", meant ? "'?" : "");
}

int cli_user_add(struct cli *cli)
{
    char password[CLI_PASSWORD_SIZE];
    const char *name = cli->operands[0];
    itg_role_t role;
    int64_t id = 0;
    int status = read_role(cli, &role);
    if (!status)
        status = cli_new_password(cli, name, password);
    if (status)
        return status;
    itg_error_t err = itg_user_create(cli->itg, name, role, password, &id, &cli->failure);
    sodium_memzero(password, sizeof password);
    return err ? cli_failed(cli) : cli_print_created(cli, id);
}

int cli_user_password(struct cli *cli)
{
    char password[CLI_PASSWORD_SIZE];
    const char *name = cli->operands[0];
    int status = cli_new_password(cli, name, password);
    if (status)
        return status;
    itg_error_t err = itg_user_set_password(cli->itg, name, password, &cli->failure);
    sodium_memzero(password, sizeof password);
    return err ? cli_failed(cli) : CLI_OK;
}

int cli_user_delete(struct cli *cli)
{
    return itg_user_delete(cli->itg, cli->operands[0], &cli->failure) ? cli_failed(cli) : CLI_OK;
}
