/* The listening socket, and the thread that accepts connections and deals them out to the network threads.
 *
 * libmicrohttpd could listen itself. Its way to stop that (MHD_quiesce_daemon) races with its own threads and
 * then ends the program, its threads take very uneven shares of the connections, and a limit for all threads
 * together is not among its options. */
#include "http/host.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

/* How long to wait for a connection to end while the host is full, and before another try when the system has
 * no more descriptors or memory. */
enum { FULL_PAUSE_MS = 1000, SHORTAGE_PAUSE_MS = 100 };

union address {
    struct sockaddr any;
    struct sockaddr_in four;
    struct sockaddr_in6 six;
    struct sockaddr_storage storage;
};

static bool is_loopback(const union address *address)
{
    if (address->any.sa_family == AF_INET)
        return ntohl(address->four.sin_addr.s_addr) >> 24 == 127;
    const struct in6_addr *six = &address->six.sin6_addr;
    return IN6_IS_ADDR_LOOPBACK(six) || (IN6_IS_ADDR_V4MAPPED(six) && six->s6_addr[12] == 127);
}

static itg_error_t parse_address(const itg_http_options_t *options, union address *ret_address,
                                 socklen_t *ret_size, itg_failure_t *failure)
{
    const char *text = options->address ? options->address : "127.0.0.1";
    char port[8];
    snprintf(port, sizeof(port), "%u", options->any_port ? 0u : options->port ? options->port : 8443u);
    const struct addrinfo hints = {.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE,
                                   .ai_socktype = SOCK_STREAM};
    struct addrinfo *found;
    int rc = getaddrinfo(text, port, &hints, &found);
    if (rc)
        return itg__http_fail(failure, ITG_E_INVALID_BODY, "not an IPv4 or IPv6 address", text);
    memcpy(ret_address, found->ai_addr, found->ai_addrlen);
    *ret_size = found->ai_addrlen;
    freeaddrinfo(found);
    if (options->plain_http && !is_loopback(ret_address))
        return itg__http_fail(failure, ITG_E_NOT_AVAILABLE,
                              "HTTP without TLS is served on loopback addresses only", text);
    return ITG_OK;
}

/* An IPv6 socket takes IPv4 connections as well, if the address covers them. */
static int open_socket(const union address *address, socklen_t size, const char **ret_step)
{
    const int on = 1, off = 0;
    *ret_step = "socket";
    int fd = socket(address->any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -1;
    *ret_step = "setsockopt";
    int rc = setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    if (!rc && address->any.sa_family == AF_INET6)
        rc = setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off));
    if (!rc) {
        *ret_step = "bind";
        rc = bind(fd, &address->any, size);
    }
    if (!rc) {
        *ret_step = "listen";
        rc = listen(fd, SOMAXCONN);
    }
    if (!rc)
        return fd;
    int error = errno;
    close(fd);
    errno = error;
    return -1;
}

itg_error_t itg__http_listen(struct itg__listener *listener, const itg_http_options_t *options,
                             itg_failure_t *failure)
{
    union address address;
    socklen_t size;
    itg_error_t err = parse_address(options, &address, &size, failure);
    if (err)
        return err;
    const char *step;
    listener->fd = open_socket(&address, size, &step);
    if (listener->fd < 0)
        return itg__http_fail(failure, ITG_E_NOT_AVAILABLE, step, strerror(errno));
    size = sizeof(address);
    if (getsockname(listener->fd, &address.any, &size))
        return itg__http_fail(failure, ITG_E_NOT_AVAILABLE, "getsockname", strerror(errno));
    listener->port = ntohs(address.any.sa_family == AF_INET ? address.four.sin_port : address.six.sin6_port);
    return ITG_OK;
}

static int open_connections(struct itg__lane *lane)
{
    return (int)(lane->accepted - atomic_load(&lane->closed));
}

static struct itg__lane *idlest_lane(itg_http_t *http, int *ret_total)
{
    struct itg__lane *best = &http->lanes[0];
    int total = 0, fewest = INT32_MAX;
    for (int i = 0; i < http->lane_count; i++) {
        int open = open_connections(&http->lanes[i]);
        total += open;
        if (open < fewest) {
            fewest = open;
            best = &http->lanes[i];
        }
    }
    *ret_total = total;
    return best;
}

/* The flag is set before the count is looked at, and read after it is changed: one of both sides notices. */
static bool is_full(itg_http_t *http)
{
    int total;
    idlest_lane(http, &total);
    if (total < http->max_connections)
        return false;
    atomic_store(&http->listener.full, true);
    idlest_lane(http, &total);
    if (total >= http->max_connections)
        return true;
    atomic_store(&http->listener.full, false);
    return false;
}

static void wake(struct itg__listener *listener)
{
    const uint64_t one = 1;
    /* Fails only if the thread has been woken 2^64 times without noticing. */
    (void)!write(listener->wake, &one, sizeof(one));
}

void itg__http_connection_closed(struct itg__lane *lane)
{
    atomic_fetch_add(&lane->closed, 1);
    if (atomic_exchange(&lane->http->listener.full, false))
        wake(&lane->http->listener);
}

/* Short of memory, a lane drops a connection without telling. Those would count as open for ever. */
static void forget_lost_connections(itg_http_t *http)
{
    for (int i = 0; i < http->lane_count; i++)
        http->lanes[i].accepted = atomic_load(&http->lanes[i].opened);
}

/* @return false if there is nothing to accept now; *ret_pause_ms is set if the system is short of something
 */
static bool accept_one(itg_http_t *http, int *ret_pause_ms)
{
    union address peer;
    socklen_t size = sizeof(peer);
    int fd = accept4(http->listener.fd, &peer.any, &size, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd < 0) {
        if (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS)
            *ret_pause_ms = SHORTAGE_PAUSE_MS;
        return errno == ECONNABORTED || errno == EINTR;
    }
    int total;
    struct itg__lane *lane = idlest_lane(http, &total);
    lane->accepted++;
    if (MHD_add_connection(lane->daemon, fd, &peer.any, size) != MHD_YES)
        lane->accepted--; /* it has closed the socket */
    return true;
}

/* @return false if the host stops */
static bool wait_for_clients(itg_http_t *http, int pause_ms)
{
    struct itg__listener *listener = &http->listener;
    bool full = is_full(http);
    struct pollfd fds[2] = {{.fd = listener->wake, .events = POLLIN},
                            {.fd = full || pause_ms ? -1 : listener->fd, .events = POLLIN}};
    int count = poll(fds, 2, pause_ms ? pause_ms : full ? FULL_PAUSE_MS : -1);
    if (fds[0].revents) {
        uint64_t ignored;
        (void)!read(listener->wake, &ignored, sizeof(ignored));
    }
    if (full && count == 0)
        forget_lost_connections(http);
    return !atomic_load(&http->stopping);
}

static void *accept_connections(void *arg)
{
    itg_http_t *http = arg;
    int pause_ms = 0;
    while (wait_for_clients(http, pause_ms)) {
        pause_ms = 0;
        while (!is_full(http) && !atomic_load(&http->stopping) && accept_one(http, &pause_ms))
            ;
    }
    return NULL;
}

itg_error_t itg__http_accept_start(itg_http_t *http, itg_failure_t *failure)
{
    struct itg__listener *listener = &http->listener;
    listener->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (listener->wake < 0)
        return itg__http_fail(failure, ITG_E_NOT_AVAILABLE, "eventfd", strerror(errno));
    sigset_t old;
    itg__http_block_signals(&old);
    int rc = pthread_create(&listener->thread, NULL, accept_connections, http);
    itg__http_unblock_signals(&old);
    if (rc)
        return itg__http_fail(failure, ITG_E_NOT_AVAILABLE, "cannot start a thread", strerror(rc));
    listener->running = true;
    return ITG_OK;
}

void itg__http_accept_stop(itg_http_t *http)
{
    struct itg__listener *listener = &http->listener;
    if (listener->running) {
        wake(listener);
        pthread_join(listener->thread, NULL);
        listener->running = false;
    }
    if (listener->fd >= 0)
        close(listener->fd);
    listener->fd = -1;
}
