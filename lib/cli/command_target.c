/* Whom a command is for. */
#include "cli/command.h"
#include <stdlib.h>
#include <string.h>

enum { WALK_ROWS = 500 }; /* of a read transaction */

void command_targets_dispose(struct command_targets *targets)
{
    for (size_t i = 0; i < targets->count; i++)
        free(targets->items[i].message);
    free(targets->items);
}

bool command_targets_add(struct command_targets *targets, int64_t id, const char *mac)
{
    if (targets->count == targets->capacity) {
        size_t capacity = targets->capacity ? targets->capacity * 2 : 64;
        struct command_target *items = realloc(targets->items, capacity * sizeof *items);
        if (!items)
            return false;
        targets->items = items;
        targets->capacity = capacity;
    }
    struct command_target *target = &targets->items[targets->count++];
    *target = (struct command_target){.id = id};
    snprintf(target->mac, sizeof target->mac, "%s", mac);
    return true;
}

bool command_ended(const struct command_target *target)
{
    return target->state >= ITG_COMMAND_CONFIRMED;
}

void command_end(struct command_target *target, itg_command_state_t state, const char *message)
{
    target->state = state;
    free(target->message);
    target->message = *message ? strdup(message) : NULL;
}

static int compare(const void *a, const void *b)
{
    const struct command_target *x = a, *y = b;
    return x->id < y->id ? -1 : x->id > y->id;
}

static void sort_once(struct command_targets *targets)
{
    size_t kept = 0;
    if (targets->count > 1)
        qsort(targets->items, targets->count, sizeof *targets->items, compare);
    for (size_t i = 0; i < targets->count; i++)
        if (kept == 0 || targets->items[kept - 1].id != targets->items[i].id)
            targets->items[kept++] = targets->items[i];
    targets->count = kept;
}

static int add_operand(struct cli *cli, const char *operand, struct command_targets *targets)
{
    int64_t id = 0;
    itg_thinclient_t *tc = NULL;
    int status = cli_thinclient_id(cli, operand, &id);
    if (status)
        return status;
    if (itg_thinclient_get(cli->itg, id, &tc, &cli->failure))
        return cli_failed(cli);
    bool added = command_targets_add(targets, id, tc->mac);
    itg_thinclient_free(tc);
    return added ? CLI_OK : cli_refuse("out of memory");
}

/* A walk over those that match. */
struct walk {
    struct command_targets *targets;
    int64_t last_id;
    int rows;
    bool failed;
};

static int32_t add_match(void *ctx, const itg_thinclient_t *tc)
{
    struct walk *walk = ctx;
    walk->last_id = tc->id;
    walk->rows++;
    walk->failed = !tc->in_bin && !command_targets_add(walk->targets, tc->id, tc->mac);
    return walk->failed || walk->rows == WALK_ROWS;
}

static int add_matching(struct cli *cli, const char *expression, struct command_targets *targets)
{
    struct walk walk = {.targets = targets};
    itg_error_t err = ITG_OK;
    do {
        walk.rows = 0;
        err = itg_thinclient_select(cli->itg, ITG_EXTENT_SHORT, expression, walk.last_id, add_match, &walk,
                                    &cli->failure);
    } while (!err && !walk.failed && walk.rows == WALK_ROWS);
    if (walk.failed)
        return cli_refuse("out of memory");
    return err ? cli_failed(cli) : CLI_OK;
}

static int add_directories(struct cli *cli, struct itg__buf *expression)
{
    const struct cli_many *dirs = &cli->values.dir;
    int status = CLI_OK;
    for (size_t i = 0; i < dirs->count && !status; i++) {
        itg_object_t *dir = NULL;
        int64_t id = 0;
        status = cli_directory_id(cli, ITG_TYPE_THINCLIENT_DIRECTORY, dirs->items[i], &id);
        if (!status && itg_directory_get(cli->itg, ITG_TYPE_THINCLIENT_DIRECTORY, id, &dir, &cli->failure))
            status = cli_failed(cli);
        itg_object_free(dir);
        itg__buf_str(expression, i > 0 ? "," : "(");
        itg__buf_str(expression, "directory=beneath=");
        itg__buf_int(expression, id);
    }
    itg__buf_char(expression, ')');
    return status;
}

/* (those below the directories) and (those that match) */
static int find_matching(struct cli *cli, struct command_targets *targets)
{
    struct itg__buf expression = {0};
    int status = CLI_OK;
    if (cli->values.where && itg_expression_check(cli->values.where, NULL, &cli->failure))
        return cli_failed(cli);
    if (cli->values.dir.count > 0)
        status = add_directories(cli, &expression);
    if (cli->values.where) {
        itg__buf_str(&expression, expression.length > 0 ? ";(" : "(");
        itg__buf_str(&expression, cli->values.where);
        itg__buf_char(&expression, ')');
    }
    itg__buf_add(&expression, "", 1);
    if (!status)
        status =
            expression.failed ? cli_refuse("out of memory") : add_matching(cli, expression.data, targets);
    itg__buf_dispose(&expression);
    return status;
}

int command_targets_find(struct cli *cli, int first, struct command_targets *targets)
{
    bool matching = cli->values.where || cli->values.dir.count > 0;
    int status = CLI_OK;
    if (matching && cli->count > first)
        return cli_usage(cli, "thin clients are named, or chosen by --where and --dir");
    if (!matching && cli->count == first)
        return cli_usage(cli, "which thin clients? Name them, or choose them by --where or --dir");
    if (matching)
        status = find_matching(cli, targets);
    for (int i = first; i < cli->count && !status; i++)
        status = add_operand(cli, cli->operands[i], targets);
    if (!status)
        sort_once(targets);
    return status;
}
