#include "cli/cli.h"
#include <stdlib.h>
#include <string.h>

static const struct cli_column columns[] = {
    {"id", CLI_ID},
    {"parentID", CLI_ID | CLI_SPARE},
    {"position", CLI_NATIVE | CLI_SPARE},
    {"expression", CLI_STRING},
    {"targetID", CLI_ID},
    {"overrideMembership", CLI_NATIVE},
    {"applyAtBoot", CLI_NATIVE},
    {"leaveInSubdirectory", CLI_NATIVE},
};

/* A list of rules: on a terminal children are indented below their parent. */
struct list {
    struct cli_table table;
    int64_t above[ITG_LIMIT_RULE_DEPTH + 1];
    size_t depth;
};

static void print_expression(struct list *list, const itg_rule_t *rule)
{
    struct itg__buf text = {0};
    while (list->depth > 0 && list->above[list->depth - 1] != rule->parent_id)
        list->depth--;
    for (size_t i = 0; list->table.format == CLI_AS_TABLE && i < list->depth; i++)
        itg__buf_str(&text, "  ");
    itg__buf_add(&text, rule->expression, strlen(rule->expression) + 1);
    cli_table_cell(&list->table, text.failed ? rule->expression : text.data);
    itg__buf_dispose(&text);
    if (list->depth < sizeof list->above / sizeof *list->above)
        list->above[list->depth++] = rule->id;
}

static int32_t print_row(void *ctx, const itg_rule_t *rule)
{
    struct list *list = ctx;
    struct cli_table *table = &list->table;
    cli_table_cell_int(table, rule->id);
    cli_table_cell_int(table, rule->parent_id);
    cli_table_cell_int(table, rule->position);
    print_expression(list, rule);
    cli_table_cell_int(table, rule->target_id);
    cli_table_cell_bool(table, rule->flags & ITG_RULE_OVERRIDE_MEMBERSHIP);
    cli_table_cell_bool(table, rule->flags & ITG_RULE_AT_BOOT);
    cli_table_cell_bool(table, rule->flags & ITG_RULE_LEAVE_BELOW);
    return !cli_table_ok(table);
}

int cli_rule_list(struct cli *cli)
{
    struct list list = {.depth = 0};
    cli_table_begin(&list.table, cli_format(cli), stdout, columns, sizeof columns / sizeof *columns);
    itg_error_t err = itg_rule_each(cli->itg, print_row, &list, &cli->failure);
    return cli_table_finish(cli, &list.table, err);
}

static uint32_t read_flags(const struct cli_values *values)
{
    return (values->override_membership ? (uint32_t)ITG_RULE_OVERRIDE_MEMBERSHIP : 0) |
           (values->at_boot ? (uint32_t)ITG_RULE_AT_BOOT : 0) |
           (values->leave_below ? (uint32_t)ITG_RULE_LEAVE_BELOW : 0);
}

/* The options that make up a rule. */
static int read_target(const struct cli *cli, int64_t *ret_target)
{
    const char *target = cli->values.target;
    *ret_target = 0;
    return target ? cli_directory_id(cli, ITG_TYPE_THINCLIENT_DIRECTORY, target, ret_target) : CLI_OK;
}

int cli_rule_create(struct cli *cli)
{
    const struct cli_values *values = &cli->values;
    int64_t target = 0, id = 0;
    int status = read_target(cli, &target);
    if (status)
        return status;
    if (itg_rule_create(cli->itg, values->below, values->position, cli->operands[0], target,
                        read_flags(values), &id, &cli->failure))
        return cli_failed(cli);
    return cli_print_created(cli, id);
}

int cli_rule_update(struct cli *cli)
{
    const struct cli_values *values = &cli->values;
    int64_t id = 0, target = 0;
    int status = cli_id(cli, cli->operands[0], &id);
    if (!status)
        status = read_target(cli, &target);
    if (status)
        return status;
    return itg_rule_update(cli->itg, id, values->below, values->position, cli->operands[1], target,
                           read_flags(values), &cli->failure)
               ? cli_failed(cli)
               : CLI_OK;
}

int cli_rule_delete(struct cli *cli)
{
    int64_t id = 0;
    int status = cli_id(cli, cli->operands[0], &id);
    if (status)
        return status;
    return itg_rule_delete(cli->itg, id, &cli->failure) ? cli_failed(cli) : CLI_OK;
}

static void print_move(void *ctx, const itg_rule_move_t *move)
{
    struct cli_table *table = ctx;
    cli_table_cell_int(table, move->thinclient_id);
    cli_table_cell_int(table, move->from_id);
    cli_table_cell_int(table, move->to_id);
    cli_table_cell_int(table, move->rule_id);
}

int cli_rule_apply(struct cli *cli)
{
    static const struct cli_column move_columns[] = {
        {"id", CLI_ID}, {"fromID", CLI_ID}, {"toID", CLI_ID}, {"ruleID", CLI_ID}};
    itg_rule_moment_t moment = cli->values.at_boot ? ITG_RULE_ON_BOOT : ITG_RULE_ON_DEMAND;
    struct cli_table table;
    int64_t id = 0;
    int status = cli->count > 0 ? cli_thinclient_id(cli, cli->operands[0], &id) : CLI_OK;
    if (status)
        return status;
    cli_table_begin(&table, cli_format(cli), stdout, move_columns, 4);
    itg_error_t err =
        itg_rule_apply(cli->itg, moment, id, cli->values.dry_run, print_move, &table, NULL, &cli->failure);
    return cli_table_finish(cli, &table, err);
}
