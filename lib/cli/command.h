/* itg command: whom it is for, and how the commands fare. */
#ifndef ITG__CLI_COMMAND_H
#define ITG__CLI_COMMAND_H

#include "cli/cli.h"

/* A thin client that gets the command. */
struct command_target {
    int64_t id;
    char mac[16];
    int64_t command_id; /* 0: not queued */
    itg_command_state_t state;
    char *message; /* NULL: none */
    bool seen;     /* in this look */
};

/* All of them, by id; their commands have ids in a row. */
struct command_targets {
    struct command_target *items;
    size_t count;
    size_t capacity;
};

void command_targets_dispose(struct command_targets *targets);

/* Adds one. @return false: no memory */
bool command_targets_add(struct command_targets *targets, int64_t id, const char *mac);

/* Those that operands from `first` on or --where and --dir name, each once. @return an exit status */
int command_targets_find(struct cli *cli, int first, struct command_targets *targets);

bool command_ended(const struct command_target *target);
void command_end(struct command_target *target, itg_command_state_t state, const char *message);

/* Waits until all have ended, wait_ms are over or the user interrupts; then takes back what was
 * not fetched, unless the user interrupted and it is to stay. @param what  the command's name @return an exit status */
int command_follow(struct cli *cli, const char *what, struct command_targets *targets, int64_t wait_ms,
                   bool stay);

#endif
