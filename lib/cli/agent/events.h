/* Signals as a descriptor that everything which waits can wait for as well: SIGTERM and SIGINT end the agent, SIGCHLD
 * says that a hook has ended. */
#ifndef ITG__CLI_AGENT_EVENTS_H
#define ITG__CLI_AGENT_EVENTS_H

#include <stdbool.h>
#include <stdint.h>

struct agent_events {
    int fd;
    bool stop; /* the agent has been told to end */
};

/* Blocks the signals for this process; before any thread is made. @return false: see errno */
bool agent_events_open(struct agent_events *events);
void agent_events_close(struct agent_events *events);
/* Takes what has come. */
void agent_events_take(struct agent_events *events);
/* Waits so long, or until the agent has been told to end. */
void agent_events_sleep(struct agent_events *events, int64_t ms);

/* A clock that nobody sets. */
int64_t agent_now_ms(void);

#endif
