/* Check-ins that wait: their connections are suspended, nobody but the system looks at them, and what it tells
 * is when a client goes away.
 *
 * A request is parked from the moment its handler has returned without an answer until wake() comes. Then it goes
 * back to the workers. That a client has gone makes no difference to this: abandoning it only makes wake() come.
 * libmicrohttpd takes the sockets of suspended connections out of its own epoll, hence ours. */
#include "http/host.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

/* A client that has ended its sending half counts as gone as well (EPOLLRDHUP): nobody who still wants an answer
 * does that. */
#define GONE ((uint32_t)(EPOLLRDHUP | EPOLLHUP | EPOLLERR | EPOLLONESHOT))

/* Of the descriptors' table, at first; and how many events are taken at once. */
enum { FIRST_CAPACITY = 256, EVENTS = 64 };

/* The eventfd's data; a descriptor is never that large. */
#define END UINT64_MAX

/* ---- who is watched; under the lock ---- */

static bool make_room(struct itg__waiters *waiters, size_t fd)
{
    size_t capacity = waiters->capacity ? waiters->capacity : FIRST_CAPACITY;
    while (capacity <= fd)
        capacity *= 2;
    if (capacity == waiters->capacity)
        return true;
    struct itg__watched *watched = realloc(waiters->watched, capacity * sizeof(*watched));
    if (!watched)
        return false;
    memset(watched + waiters->capacity, 0, (capacity - waiters->capacity) * sizeof(*watched));
    waiters->watched = watched;
    waiters->capacity = capacity;
    return true;
}

/* Without memory its going is noticed when its time to wait is over. */
static void watch(struct itg__waiters *waiters, struct itg__request *req)
{
    int fd = itg__http_socket(req);
    if (fd < 0 || !make_room(waiters, (size_t)fd))
        return;
    uint32_t turn = ++waiters->turn;
    struct epoll_event event = {.events = GONE, .data.u64 = (uint64_t)turn << 32 | (uint32_t)fd};
    if (epoll_ctl(waiters->epoll, EPOLL_CTL_ADD, fd, &event) == 0)
        waiters->watched[fd] = (struct itg__watched){.req = req, .turn = turn};
}

/* Before the connection is resumed: then its descriptor may be another's at any moment. */
static void unwatch(struct itg__waiters *waiters, struct itg__request *req)
{
    int fd = itg__http_socket(req);
    if (fd < 0 || (size_t)fd >= waiters->capacity || waiters->watched[fd].req != req)
        return;
    waiters->watched[fd].req = NULL;
    (void)epoll_ctl(waiters->epoll, EPOLL_CTL_DEL, fd, NULL);
}

static void release(struct itg__waiters *waiters, struct itg__request *req)
{
    unwatch(waiters, req);
    req->parked = false;
    itg__http_workers_return(&req->lane->http->agent_workers, req);
}

/* ---- waiting ---- */

bool itg__http_waiters_sit(struct itg__waiters *waiters)
{
    if (atomic_fetch_add(&waiters->taken, 1) < waiters->seats)
        return true;
    atomic_fetch_sub(&waiters->taken, 1);
    return false;
}

void itg__http_waiters_leave(struct itg__waiters *waiters)
{
    atomic_fetch_sub(&waiters->taken, 1);
}

bool itg__http_waiters_park(struct itg__request *req, itg_agents_wait_t *wait)
{
    itg_http_t *http = req->lane->http;
    struct itg__waiters *waiters = &http->waiters;
    pthread_mutex_lock(&waiters->lock);
    req->wait = wait;
    bool waits = !req->woken;
    if (waits) {
        itg__http_workers_promise(&http->agent_workers);
        req->parked = true;
        watch(waiters, req);
    }
    pthread_mutex_unlock(&waiters->lock);
    return waits;
}

void itg__http_waiters_wake(void *ctx)
{
    struct itg__request *req = ctx;
    struct itg__waiters *waiters = &req->lane->http->waiters;
    pthread_mutex_lock(&waiters->lock);
    req->woken = true;
    if (req->parked && !req->abandoning)
        release(waiters, req);
    pthread_mutex_unlock(&waiters->lock);
}

/* ---- going away ---- */

/* @return the request whose client this was, if it still waits */
static struct itg__request *begin_abandoning(struct itg__waiters *waiters, uint64_t data)
{
    uint32_t fd = (uint32_t)data, turn = (uint32_t)(data >> 32);
    struct itg__request *req = NULL;
    pthread_mutex_lock(&waiters->lock);
    if (fd < waiters->capacity && waiters->watched[fd].turn == turn)
        req = waiters->watched[fd].req;
    if (req) {
        req->gone = true;
        req->abandoning = true;
    }
    pthread_mutex_unlock(&waiters->lock);
    return req;
}

static void abandon(itg_http_t *http, uint64_t data)
{
    struct itg__waiters *waiters = &http->waiters;
    struct itg__request *req = begin_abandoning(waiters, data);
    if (!req)
        return;
    itg_agents_abandon(http->agents, req->wait);
    pthread_mutex_lock(&waiters->lock);
    req->abandoning = false;
    if (req->woken)
        release(waiters, req);
    pthread_mutex_unlock(&waiters->lock);
}

static void *watch_clients(void *arg)
{
    itg_http_t *http = arg;
    struct epoll_event events[EVENTS];
    for (;;) {
        int count = epoll_wait(http->waiters.epoll, events, EVENTS, -1);
        for (int i = 0; i < count; i++) {
            if (events[i].data.u64 == END)
                return NULL;
            abandon(http, events[i].data.u64);
        }
    }
}

/* ---- start and stop ---- */

static bool open_descriptors(struct itg__waiters *waiters)
{
    waiters->epoll = epoll_create1(EPOLL_CLOEXEC);
    waiters->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    struct epoll_event event = {.events = EPOLLIN, .data.u64 = END};
    return waiters->epoll >= 0 && waiters->wake >= 0 &&
           epoll_ctl(waiters->epoll, EPOLL_CTL_ADD, waiters->wake, &event) == 0;
}

itg_error_t itg__http_waiters_start(itg_http_t *http, int seats, itg_failure_t *failure)
{
    struct itg__waiters *waiters = &http->waiters;
    pthread_mutex_init(&waiters->lock, NULL);
    waiters->ready = true;
    waiters->seats = seats;
    if (!open_descriptors(waiters))
        return itg__http_fail(failure, ITG_E_NOT_AVAILABLE, "epoll", strerror(errno));
    sigset_t old;
    itg__http_block_signals(&old);
    int rc = pthread_create(&waiters->thread, NULL, watch_clients, http);
    itg__http_unblock_signals(&old);
    if (rc)
        return itg__http_fail(failure, ITG_E_NOT_AVAILABLE, "cannot start a thread", strerror(rc));
    waiters->running = true;
    return ITG_OK;
}

void itg__http_waiters_stop(struct itg__waiters *waiters)
{
    const uint64_t one = 1;
    if (!waiters->ready)
        return;
    if (waiters->running) {
        (void)!write(waiters->wake, &one, sizeof(one));
        pthread_join(waiters->thread, NULL);
    }
    if (waiters->epoll >= 0)
        close(waiters->epoll);
    if (waiters->wake >= 0)
        close(waiters->wake);
    free(waiters->watched);
    pthread_mutex_destroy(&waiters->lock);
    waiters->ready = false;
}
