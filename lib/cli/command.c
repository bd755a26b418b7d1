/* itg command: sends commands through the process that serves the fleet, or leaves them for the next contact. */
#include "cli/command.h"
#include "cli/job.h"
#include <itg/agent.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { WAIT_S = 30, QUEUE_S = 24 * 60 * 60 }; /* how long commands live, unless --expires says otherwise */

static int64_t clock_ms(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* ---- output */

static const struct cli_column target_columns[] = {{"id", CLI_ID},
                                                   {"mac", CLI_STRING},
                                                   {"commandID", CLI_ID},
                                                   {"state", CLI_STRING},
                                                   {"message", CLI_STRING}};

static void print_target(struct cli_table *table, const struct command_target *target)
{
    cli_table_cell_int(table, target->id);
    cli_table_cell(table, target->mac);
    if (target->command_id)
        cli_table_cell_int(table, target->command_id);
    else
        cli_table_cell(table, "");
    cli_table_cell(table, itg_command_state_name(target->state));
    cli_table_cell(table, target->message ? target->message : "");
}

/* After a bar, those that did as they were told are left out. */
static int print_targets(struct cli *cli, const struct command_targets *targets)
{
    struct cli_table table;
    bool all = cli->values.json || !cli->values.progress;
    cli_table_begin(&table, cli_format(cli), stdout, target_columns,
                    sizeof target_columns / sizeof *target_columns);
    for (size_t i = 0; i < targets->count && cli_table_ok(&table); i++)
        if (all || targets->items[i].state != ITG_COMMAND_CONFIRMED)
            print_target(&table, &targets->items[i]);
    return cli_table_finish(cli, &table, ITG_OK);
}

static size_t count_state(const struct command_targets *targets, itg_command_state_t state)
{
    size_t count = 0;
    for (size_t i = 0; i < targets->count; i++)
        count += targets->items[i].state == state;
    return count;
}

/* "reboot: 997 confirmed, 2 failed, 1 expired in 3.2 s" */
static void print_summary(const char *what, const struct command_targets *targets, int64_t took_ms)
{
    static const itg_command_state_t order[] = {ITG_COMMAND_CONFIRMED, ITG_COMMAND_FAILED,
                                                ITG_COMMAND_EXPIRED, ITG_COMMAND_SENT, ITG_COMMAND_QUEUED};
    fprintf(stderr, "%s:", what);
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        size_t count = count_state(targets, order[i]);
        if (i == 0 || count > 0)
            fprintf(stderr, "%s %zu %s", i > 0 ? "," : "", count, itg_command_state_name(order[i]));
    }
    fprintf(stderr, " in %.1f s\n", (double)took_ms / 1000);
}

/* ---- sending */

struct order {
    const char *what; /* the command's name */
    itg_command_t command;
    int64_t life_ms;
    bool stay; /* for the next contact */
};

/* The ids of those of whom nothing is known yet. To be freed; NULL: no memory, which has been reported. */
static int64_t *open_ids(const struct command_targets *targets, size_t *ret_count)
{
    size_t count = 0;
    int64_t *ids = calloc(targets->count + 1, sizeof *ids);
    if (!ids)
        cli_refuse("out of memory");
    for (size_t i = 0; ids && i < targets->count; i++)
        if (!targets->items[i].state)
            ids[count++] = targets->items[i].id;
    *ret_count = count;
    return ids;
}

static int32_t take_id(void *ctx, int64_t thinclient_id, int64_t command_id)
{
    struct command_target **next = ctx;
    while ((*next)->id != thinclient_id)
        ++*next;
    (*next)->command_id = command_id;
    (*next)->state = ITG_COMMAND_QUEUED;
    return 0;
}

/* The targets are in the order of their ids, and so will their commands be. */
static int enqueue(struct cli *cli, const struct order *order, struct command_targets *targets)
{
    struct command_target *next = targets->items;
    size_t count = 0;
    itg_error_t err = ITG_OK;
    int64_t *ids = open_ids(targets, &count);
    if (!ids)
        return CLI_REFUSED;
    if (count > 0)
        err = itg_command_queue(cli->itg, order->command, ids, count,
                                clock_ms(CLOCK_REALTIME) + order->life_ms, take_id, &next, &cli->failure);
    free(ids);
    return err ? cli_failed(cli) : CLI_OK;
}

/* As IMI does: who is not there gets no command that has to be taken back. */
static void leave_out_offline(struct cli *cli, struct command_targets *targets)
{
    for (size_t i = 0; i < targets->count; i++)
        if (!itg_thinclient_online(cli->itg, targets->items[i].id))
            command_end(&targets->items[i], ITG_COMMAND_FAILED, "Device is offline");
}

/* Wake-on-LAN packets go out from here; no device answers them. */
static int32_t take_result(void *ctx, const itg_command_result_t *result)
{
    struct command_target **next = ctx;
    command_end((*next)++, result->successful ? ITG_COMMAND_CONFIRMED : ITG_COMMAND_FAILED, result->message);
    return 0;
}

static int wake(struct cli *cli, struct command_targets *targets)
{
    struct command_target *next = targets->items;
    size_t count = 0;
    int64_t *ids = open_ids(targets, &count);
    if (!ids)
        return CLI_REFUSED;
    itg_error_t err =
        itg_command_send(cli->itg, ITG_COMMAND_WAKEUP, ids, count, take_result, &next, &cli->failure);
    free(ids);
    return err ? cli_failed(cli) : CLI_OK;
}

static int is_served(struct cli *cli, bool *ret_served)
{
    itg_presence_t presence = {.size = sizeof presence};
    if (itg_presence(cli->itg, &presence, &cli->failure))
        return cli_failed(cli);
    *ret_served = presence.started_ms != 0;
    return CLI_OK;
}

static int send_all(struct cli *cli, const struct order *order, struct command_targets *targets)
{
    bool served = false;
    int status = is_served(cli, &served);
    if (status)
        return status;
    if (!served && !order->stay)
        return cli_refuse(
            "no 'itg serve' serves this fleet, so that nobody fetches commands; with --queue they wait");
    if (!order->stay)
        leave_out_offline(cli, targets);
    status = enqueue(cli, order, targets);
    if (!status && !served)
        fputs("itg: no 'itg serve' serves this fleet now; the commands wait until one does\n", stderr);
    if (!status && (!order->stay || cli->values.progress))
        status = command_follow(cli, order->what, targets, order->life_ms, order->stay);
    return status;
}

static int read_order(struct cli *cli, struct order *order)
{
    int64_t seconds = 0;
    order->what = cli->operands[0];
    order->stay = cli->values.queue;
    int status = cli_command_word(cli, order->what, &order->command);
    if (!status && cli->values.expires)
        status = cli_job_duration(cli, "expires", cli->values.expires, &seconds);
    if (!status && order->command == ITG_COMMAND_WAKEUP && (order->stay || cli->values.expires))
        return cli_usage(cli, "wakeup is a packet that goes out now; it cannot wait");
    order->life_ms = (seconds ? seconds : order->stay ? QUEUE_S : WAIT_S) * 1000;
    return status;
}

static bool is_well(const struct order *order, const struct command_targets *targets)
{
    size_t well = count_state(targets, ITG_COMMAND_CONFIRMED);
    if (order->stay)
        well += count_state(targets, ITG_COMMAND_QUEUED) + count_state(targets, ITG_COMMAND_SENT);
    return well == targets->count;
}

int cli_command_send(struct cli *cli)
{
    struct command_targets targets = {0};
    struct order order = {0};
    int64_t begun_ms = clock_ms(CLOCK_MONOTONIC);
    int status = read_order(cli, &order);
    if (!status)
        status = command_targets_find(cli, 1, &targets);
    if (!status && targets.count > 0)
        status = order.command == ITG_COMMAND_WAKEUP ? wake(cli, &targets) : send_all(cli, &order, &targets);
    if (!status)
        status = print_targets(cli, &targets);
    if (!status && cli->values.progress)
        print_summary(order.what, &targets, clock_ms(CLOCK_MONOTONIC) - begun_ms);
    if (!status && !is_well(&order, &targets))
        status = CLI_REFUSED;
    command_targets_dispose(&targets);
    return status;
}

/* ---- history */

static void print_time(struct cli_table *table, int64_t ms)
{
    char text[CLI_JOB_WORDS_SIZE];
    cli_job_time_text(ms, true, text);
    cli_table_cell(table, text);
}

/* What a read transaction gave: the terminal may be slow. */
struct page {
    struct cli_table table;
    int64_t last_id;
    int rows;
};

enum { PAGE_ROWS = 500 };

static int32_t print_entry(void *ctx, const itg_command_entry_t *entry)
{
    struct page *page = ctx;
    cli_table_cell_int(&page->table, entry->id);
    cli_table_cell_int(&page->table, entry->thinclient_id);
    cli_table_cell(&page->table, itg_command_name(entry->command));
    cli_table_cell(&page->table, itg_command_state_name(entry->state));
    print_time(&page->table, entry->queued_ms);
    print_time(&page->table, entry->sent_ms);
    print_time(&page->table, entry->ended_ms);
    cli_table_cell(&page->table, entry->actor);
    cli_table_cell(&page->table, entry->message);
    page->last_id = entry->id;
    return ++page->rows == PAGE_ROWS || !cli_table_ok(&page->table);
}

int cli_command_history(struct cli *cli)
{
    static const struct cli_column columns[] = {{"commandID", CLI_ID},
                                                {"id", CLI_ID},
                                                {"command", CLI_STRING},
                                                {"state", CLI_STRING},
                                                {"queued", CLI_STRING},
                                                {"sent", CLI_STRING | CLI_SPARE},
                                                {"ended", CLI_STRING | CLI_SPARE},
                                                {"actor", CLI_STRING},
                                                {"message", CLI_LONG}};
    struct page page = {.last_id = 0};
    itg_error_t err = ITG_OK;
    int64_t id = 0;
    int status = cli->count > 0 ? cli_thinclient_id(cli, cli->operands[0], &id) : CLI_OK;
    if (status)
        return status;
    cli_table_begin(&page.table, cli_format(cli), stdout, columns, sizeof columns / sizeof *columns);
    do {
        page.rows = 0;
        err = itg_command_history(cli->itg, id, page.last_id, print_entry, &page, &cli->failure);
    } while (!err && page.rows == PAGE_ROWS && cli_table_ok(&page.table));
    return cli_table_finish(cli, &page.table, err);
}

static itg_error_t cancel(itg_t *itg, itg_type_t type, int64_t id, itg_failure_t *failure)
{
    (void)type;
    return itg_command_cancel(itg, id, failure);
}

int cli_command_cancel(struct cli *cli)
{
    return cli_for_operands(cli, cancel);
}
