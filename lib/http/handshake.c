/* TLS handshakes that wait for their client.
 *
 * In its epoll mode libmicrohttpd asks GnuTLS again and again until the client's part has come, with all of a processor: it
 * forgets to note that the socket was empty (0.9.75). A client that stops in the middle would take a network thread for as
 * long as the idle timeout is, and every one costs as much as it is far away. So GnuTLS reads through a function of ours
 * here, which suspends the connection when there is nothing to read, and a thread that resumes it when there is.
 *
 * Suspended connections have no idle timeout, hence one for the handshake: it must be over DEADLINE_S after its begin. */
#include "http/host.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { DEADLINE_S = 15, EVENTS = 64 };

#define READABLE ((uint32_t)(EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR | EPOLLONESHOT))

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* ---- the list, by begin; under the lock ---- */

static void add(struct itg__handshakes *all, struct itg__connection *connection)
{
    connection->before = all->last;
    if (all->last)
        all->last->after = connection;
    else
        all->first = connection;
    all->last = connection;
    connection->shaking = true;
}

static void take_out(struct itg__handshakes *all, struct itg__connection *connection)
{
    if (!connection->shaking)
        return;
    *(connection->before ? &connection->before->after : &all->first) = connection->after;
    *(connection->after ? &connection->after->before : &all->last) = connection->before;
    connection->before = connection->after = NULL;
    connection->shaking = false;
}

/* ---- on the network threads ---- */

/* What is suspended here is resumed by our thread only, so that no event of a connection outlives it. */
static void suspend(struct itg__connection *connection)
{
    struct itg__handshakes *all = &connection->lane->http->handshakes;
    struct epoll_event event = {.events = READABLE, .data.ptr = connection};
    pthread_mutex_lock(&all->lock);
    if (connection->shaking && !connection->suspended && !all->ending &&
        epoll_ctl(all->epoll, EPOLL_CTL_ADD, connection->fd, &event) == 0) {
        connection->suspended = true;
        MHD_suspend_connection(connection->mhd);
    }
    pthread_mutex_unlock(&all->lock);
}

/* `shaking` is changed by others only when the deadline is over; then nothing is suspended any more. */
static ssize_t pull(gnutls_transport_ptr_t ptr, void *buf, size_t size)
{
    struct itg__connection *connection = ptr;
    ssize_t count = recv(connection->fd, buf, size, 0);
    if (count < 0 && !connection->shaken && (errno == EAGAIN || errno == EWOULDBLOCK)) {
        suspend(connection);
        errno = EAGAIN;
    }
    return count;
}

/* The client's last message: nothing more is read before the handshake is over. */
static int on_finished(gnutls_session_t session, unsigned int type, unsigned int when, unsigned int incoming,
                       const gnutls_datum_t *message)
{
    (void)type, (void)when, (void)message;
    struct itg__connection *connection = gnutls_session_get_ptr(session);
    if (!incoming || !connection)
        return 0;
    connection->shaken = true;
    itg__http_handshake_end(connection);
    return 0;
}

void itg__http_handshake_begin(struct itg__connection *connection, gnutls_session_t session)
{
    struct itg__handshakes *all = &connection->lane->http->handshakes;
    connection->deadline_ms = now_ms() + all->limit_ms;
    pthread_mutex_lock(&all->lock);
    bool first = !all->first;
    add(all, connection);
    pthread_mutex_unlock(&all->lock);
    gnutls_session_set_ptr(session, connection);
    gnutls_transport_set_ptr2(session, connection, (gnutls_transport_ptr_t)(intptr_t)connection->fd);
    gnutls_transport_set_pull_function(session, pull);
    gnutls_handshake_set_hook_function(session, GNUTLS_HANDSHAKE_FINISHED, GNUTLS_HOOK_POST, on_finished);
    const uint64_t one = 1;
    if (first) /* the thread sleeps without a limit */
        (void)!write(all->wake, &one, sizeof(one));
}

void itg__http_handshake_end(struct itg__connection *connection)
{
    struct itg__handshakes *all = &connection->lane->http->handshakes;
    if (!all->ready)
        return;
    pthread_mutex_lock(&all->lock);
    take_out(all, connection);
    pthread_mutex_unlock(&all->lock);
}

/* ---- the thread ---- */

/* Under the lock. */
static void resume(struct itg__handshakes *all, struct itg__connection *connection)
{
    if (!connection->suspended)
        return;
    (void)epoll_ctl(all->epoll, EPOLL_CTL_DEL, connection->fd, NULL);
    connection->suspended = false;
    MHD_resume_connection(connection->mhd);
}

/* Breaks off those whose time is over; all of them at the end. @return milliseconds until the next one, or -1 */
static int end_late_ones(struct itg__handshakes *all)
{
    int64_t now = now_ms();
    struct itg__connection *first;
    pthread_mutex_lock(&all->lock);
    while ((first = all->first) != NULL && (all->ending || first->deadline_ms <= now)) {
        take_out(all, first);
        (void)shutdown(first->fd, SHUT_RDWR);
        resume(all, first);
    }
    int wait_ms = first ? (int)(first->deadline_ms - now) : -1;
    pthread_mutex_unlock(&all->lock);
    return wait_ms;
}

static void take_event(struct itg__handshakes *all, const struct epoll_event *event)
{
    uint64_t ignored;
    if (!event->data.ptr) {
        (void)!read(all->wake, &ignored, sizeof(ignored));
        return;
    }
    pthread_mutex_lock(&all->lock);
    resume(all, event->data.ptr);
    pthread_mutex_unlock(&all->lock);
}

static bool is_ending(struct itg__handshakes *all)
{
    pthread_mutex_lock(&all->lock);
    bool ending = all->ending;
    pthread_mutex_unlock(&all->lock);
    return ending;
}

static void *watch_handshakes(void *arg)
{
    struct itg__handshakes *all = arg;
    struct epoll_event events[EVENTS];
    for (;;) {
        int count = epoll_wait(all->epoll, events, EVENTS, end_late_ones(all));
        for (int i = 0; i < count; i++)
            take_event(all, &events[i]);
        if (is_ending(all))
            break;
    }
    (void)end_late_ones(all);
    return NULL;
}

/* ---- start and stop ---- */

itg_error_t itg__http_handshakes_start(itg_http_t *http, int idle_timeout_s, itg_failure_t *failure)
{
    struct itg__handshakes *all = &http->handshakes;
    pthread_mutex_init(&all->lock, NULL);
    all->ready = true;
    all->limit_ms = (idle_timeout_s < DEADLINE_S ? idle_timeout_s : DEADLINE_S) * 1000;
    all->epoll = epoll_create1(EPOLL_CLOEXEC);
    all->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};
    if (all->epoll < 0 || all->wake < 0 || epoll_ctl(all->epoll, EPOLL_CTL_ADD, all->wake, &event) != 0)
        return itg__http_fail(failure, ITG_E_NOT_AVAILABLE, "epoll", strerror(errno));
    sigset_t old;
    itg__http_block_signals(&old);
    int rc = pthread_create(&all->thread, NULL, watch_handshakes, all);
    itg__http_unblock_signals(&old);
    if (rc)
        return itg__http_fail(failure, ITG_E_NOT_AVAILABLE, "cannot start a thread", strerror(rc));
    all->running = true;
    return ITG_OK;
}

void itg__http_handshakes_stop(struct itg__handshakes *all)
{
    const uint64_t one = 1;
    if (!all->running)
        return;
    pthread_mutex_lock(&all->lock);
    all->ending = true;
    pthread_mutex_unlock(&all->lock);
    (void)!write(all->wake, &one, sizeof(one));
    pthread_join(all->thread, NULL);
    all->running = false;
}

void itg__http_handshakes_dispose(struct itg__handshakes *all)
{
    if (!all->ready)
        return;
    if (all->epoll >= 0)
        close(all->epoll);
    if (all->wake >= 0)
        close(all->wake);
    pthread_mutex_destroy(&all->lock);
}
