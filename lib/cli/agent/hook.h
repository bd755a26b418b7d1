/* Programs of the administrator that carry commands out. No shell, a fixed argument vector, an environment of our own,
 * and a bound on time and output. */
#ifndef ITG__CLI_AGENT_HOOK_H
#define ITG__CLI_AGENT_HOOK_H

#include "cli/agent/events.h"
#include "cli/agent/protocol.h"

enum { AGENT_HOOK_OUTPUT = 4096, AGENT_HOOK_GRACE_MS = 5000 };

struct agent_hook {
    const char *path;
    const char *word;     /* argv[1] */
    const char *argument; /* argv[2] */
    int64_t limit_ms;     /* then SIGTERM to its process group, and SIGKILL after AGENT_HOOK_GRACE_MS */
};

enum agent_hook_end {
    AGENT_HOOK_DONE,       /* it ended with status 0 */
    AGENT_HOOK_FAILED,     /* or not, or could not be started; the message says which */
    AGENT_HOOK_INTERRUPTED /* the agent was told to end, and the hook did not end in AGENT_HOOK_GRACE_MS */
};

/* Runs a hook and waits for its end. What it leaves running in the background goes on; what that writes is lost.
 * @param message  gets what became of it, UTF-8: the first line that it wrote, if it failed */
enum agent_hook_end agent_hook_run(const struct agent_hook *hook, struct agent_events *events,
                                   char message[AGENT_MESSAGE_SIZE]);

#endif
