#include "cli/agent/events.h"
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

bool agent_events_open(struct agent_events *events)
{
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGCHLD);
    events->stop = false;
    events->fd = -1;
    if (sigprocmask(SIG_BLOCK, &signals, NULL) != 0)
        return false;
    events->fd = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
    return events->fd >= 0;
}

void agent_events_close(struct agent_events *events)
{
    if (events->fd >= 0)
        close(events->fd);
    events->fd = -1;
}

void agent_events_take(struct agent_events *events)
{
    struct signalfd_siginfo info;
    while (read(events->fd, &info, sizeof info) == (ssize_t)sizeof info)
        if (info.ssi_signo != SIGCHLD)
            events->stop = true;
}

void agent_events_sleep(struct agent_events *events, int64_t ms)
{
    int64_t end = agent_now_ms() + ms;
    while (!events->stop) {
        struct pollfd waited = {.fd = events->fd, .events = POLLIN};
        int64_t left = end - agent_now_ms();
        if (left <= 0)
            return;
        if (poll(&waited, 1, (int)(left < 60000 ? left : 60000)) > 0)
            agent_events_take(events);
    }
}

int64_t agent_now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}
