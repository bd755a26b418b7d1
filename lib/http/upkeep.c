/* The thread that keeps the thin clients' side in order. It may wait for the writer of the database; who watches
 * for clients that go away must not, which is why this is not the same thread. */
#include "http/host.h"
#include <string.h>
#include <time.h>

/* Whatever a step says, the next one comes no earlier and no later. After a failure it comes late. */
enum { SOONEST_MS = 10, LATEST_MS = 1000 };

static int64_t step(itg_agents_t *agents)
{
    int64_t next_ms = LATEST_MS;
    if (itg_agents_step(agents, &next_ms, NULL) || next_ms > LATEST_MS)
        return LATEST_MS;
    return next_ms < SOONEST_MS ? SOONEST_MS : next_ms;
}

static struct timespec later(int64_t ms)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    int64_t ns = time.tv_nsec + ms % 1000 * 1000000;
    time.tv_sec += (time_t)(ms / 1000 + ns / 1000000000);
    time.tv_nsec = (long)(ns % 1000000000);
    return time;
}

static void *keep_up(void *arg)
{
    itg_http_t *http = arg;
    struct itg__upkeep *upkeep = &http->upkeep;
    pthread_mutex_lock(&upkeep->lock);
    while (!upkeep->ending) {
        pthread_mutex_unlock(&upkeep->lock);
        struct timespec next = later(step(http->agents));
        pthread_mutex_lock(&upkeep->lock);
        while (!upkeep->ending && pthread_cond_timedwait(&upkeep->wake, &upkeep->lock, &next) == 0)
            ;
    }
    pthread_mutex_unlock(&upkeep->lock);
    return NULL;
}

static void init(struct itg__upkeep *upkeep)
{
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&upkeep->wake, &attr);
    pthread_condattr_destroy(&attr);
    pthread_mutex_init(&upkeep->lock, NULL);
}

static void dispose(struct itg__upkeep *upkeep)
{
    pthread_cond_destroy(&upkeep->wake);
    pthread_mutex_destroy(&upkeep->lock);
}

static int start_thread(itg_http_t *http)
{
    pthread_attr_t attr;
    int rc = pthread_attr_init(&attr);
    if (rc)
        return rc;
    sigset_t old;
    itg__http_block_signals(&old);
    rc = pthread_attr_setstacksize(&attr, ITG__HTTP_STACK_SIZE);
    if (!rc)
        rc = pthread_create(&http->upkeep.thread, &attr, keep_up, http);
    itg__http_unblock_signals(&old);
    pthread_attr_destroy(&attr);
    return rc;
}

itg_error_t itg__http_upkeep_start(itg_http_t *http, itg_failure_t *failure)
{
    init(&http->upkeep);
    int rc = start_thread(http);
    if (rc) {
        dispose(&http->upkeep);
        return itg__http_fail(failure, ITG_E_NOT_AVAILABLE, "cannot start a thread", strerror(rc));
    }
    http->upkeep.running = true;
    return ITG_OK;
}

void itg__http_upkeep_stop(struct itg__upkeep *upkeep)
{
    if (!upkeep->running)
        return;
    pthread_mutex_lock(&upkeep->lock);
    upkeep->ending = true;
    pthread_cond_signal(&upkeep->wake);
    pthread_mutex_unlock(&upkeep->lock);
    pthread_join(upkeep->thread, NULL);
    upkeep->running = false;
    dispose(upkeep);
}
