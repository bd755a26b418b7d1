/* The inside of the agent protocol: a request of a thin client on its way to its answer. */
#ifndef ITG__AGENT_H
#define ITG__AGENT_H

#include "core/core.h"
#include "core/text.h"
#include "imi/answer.h"
#include <itg/agent.h>

/* The largest body of a request, in bytes. */
#define ITG__AGENT_MAX_BODY ((size_t)1 << 20)

struct itg_agents {
    itg_t *itg;
    itg_agents_options_t options; /* with the defaults filled in */
    struct itg__answers answers;
};

#endif
