/* Following commands that another process carries out: their states are looked up again and again, all in one walk. */
#include "cli/command.h"
#include "cli/progress.h"
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <time.h>

enum {
    LOOK_MS = 100,      /* between two looks */
    LOOK_SHARE = 10,    /* a look takes at most one tenth of the time */
    TAKEN_AT_ONCE = 500 /* taken back in a transaction */
};

static volatile sig_atomic_t interrupted;

static void interrupt(int signal)
{
    (void)signal;
    interrupted = 1;
}

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* A signal ends it early. */
static void sleep_ms(int64_t ms)
{
    struct timespec left = {.tv_sec = ms / 1000, .tv_nsec = (ms % 1000) * 1000000};
    nanosleep(&left, NULL);
}

struct following {
    struct cli *cli;
    const char *what;
    struct command_targets *targets;
    int64_t first; /* command ids */
    int64_t last;
    size_t ended;
};

static void take(struct following *following, struct command_target *target, itg_command_state_t state,
                 const char *message)
{
    following->ended += state >= ITG_COMMAND_CONFIRMED;
    if (state != target->state)
        command_end(target, state, message);
}

static struct command_target *find(const struct command_targets *targets, int64_t command_id)
{
    size_t low = 0, high = targets->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (targets->items[middle].command_id < command_id)
            low = middle + 1;
        else
            high = middle;
    }
    return low < targets->count && targets->items[low].command_id == command_id ? &targets->items[low] : NULL;
}

static int32_t see(void *ctx, const itg_command_entry_t *entry)
{
    struct following *following = ctx;
    if (entry->id < following->first)
        return 1;
    struct command_target *target = find(following->targets, entry->id);
    if (!target)
        return 0;
    target->seen = true;
    if (!command_ended(target))
        take(following, target, entry->state, entry->message);
    return 0;
}

/* A command is gone with its thin client: one that has left, or was deleted. */
static void end_gone(struct following *following)
{
    bool leaves = strcmp(following->what, itg_command_name(ITG_COMMAND_TCRESET2FACDEFS)) == 0;
    for (size_t i = 0; i < following->targets->count; i++) {
        struct command_target *target = &following->targets->items[i];
        if (target->command_id && !target->seen && !command_ended(target))
            take(following, target, leaves ? ITG_COMMAND_CONFIRMED : ITG_COMMAND_FAILED,
                 leaves ? "OK" : "Thin client was deleted");
        target->seen = false;
    }
}

static itg_error_t look(struct following *following)
{
    struct cli *cli = following->cli;
    itg_error_t err = itg_command_history(cli->itg, 0, following->last + 1, see, following, &cli->failure);
    if (!err)
        end_gone(following);
    return err;
}

static itg_error_t watch(struct following *following, int64_t wait_ms, struct cli_progress *progress)
{
    int64_t end_ms = now_ms() + wait_ms;
    size_t total = following->targets->count;
    itg_error_t err = ITG_OK;
    while (!err && !interrupted) {
        int64_t begun_ms = now_ms();
        size_t before = following->ended;
        err = look(following);
        if (progress)
            cli_progress_elements(progress, (int64_t)following->ended);
        if (progress)
            cli_progress_bytes(progress, (int64_t)(following->ended - before));
        int64_t took_ms = now_ms() - begun_ms, pause_ms = took_ms * LOOK_SHARE;
        if (following->ended == total || now_ms() >= end_ms)
            break;
        sleep_ms(pause_ms > LOOK_MS ? pause_ms : LOOK_MS);
    }
    return err;
}

/* What was fetched meanwhile stays: it is being done. */
static itg_error_t cancel(struct cli *cli, int64_t command_id)
{
    itg_failure_t why = {.code = ITG_OK};
    itg_error_t err = itg_command_cancel(cli->itg, command_id, &why);
    if (err == ITG_OK || err == ITG_E_INVALID_COMMAND || err == ITG_E_NO_HANDLER)
        return ITG_OK;
    cli->failure = why;
    return err;
}

static itg_error_t take_some_back(struct cli *cli, const struct command_targets *targets, size_t first,
                                  size_t last)
{
    itg_error_t err = itg_begin(cli->itg, &cli->failure);
    if (err)
        return err;
    for (size_t i = first; i < last && !err; i++)
        if (targets->items[i].state == ITG_COMMAND_QUEUED && targets->items[i].command_id)
            err = cancel(cli, targets->items[i].command_id);
    return cli_end_group(cli, err);
}

static itg_error_t take_back(struct following *following)
{
    struct command_targets *targets = following->targets;
    itg_error_t err = ITG_OK;
    for (size_t i = 0; i < targets->count && !err; i += TAKEN_AT_ONCE) {
        size_t last = i + TAKEN_AT_ONCE < targets->count ? i + TAKEN_AT_ONCE : targets->count;
        err = take_some_back(following->cli, targets, i, last);
    }
    return err ? err : look(following);
}

static void catch_signals(struct sigaction old[2])
{
    struct sigaction action = {.sa_handler = interrupt};
    sigaction(SIGINT, &action, &old[0]);
    sigaction(SIGTERM, &action, &old[1]);
}

static void release_signals(const struct sigaction old[2])
{
    sigaction(SIGINT, &old[0], NULL);
    sigaction(SIGTERM, &old[1], NULL);
}

static void begin(struct following *following)
{
    struct command_targets *targets = following->targets;
    for (size_t i = 0; i < targets->count; i++) {
        int64_t id = targets->items[i].command_id;
        following->ended += command_ended(&targets->items[i]);
        if (id && (!following->first || id < following->first))
            following->first = id;
        if (id > following->last)
            following->last = id;
    }
}

int command_follow(struct cli *cli, const char *what, struct command_targets *targets, int64_t wait_ms,
                   bool stay)
{
    struct following following = {.cli = cli, .what = what, .targets = targets};
    struct cli_progress progress;
    struct sigaction old[2];
    begin(&following);
    cli_progress_begin(&progress, what, (int64_t)targets->count);
    progress.unit = "answered";
    catch_signals(old);
    itg_error_t err = watch(&following, wait_ms, cli->values.progress ? &progress : NULL);
    if (!err && !(stay && interrupted) && following.ended < targets->count)
        err = take_back(&following);
    release_signals(old);
    cli_progress_end(&progress);
    return err ? cli_failed(cli) : CLI_OK;
}
