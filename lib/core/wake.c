#include "core/wake.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* How long all the packets of one call may wait for the network, together. */
enum { PATIENCE_MS = 2000 };

void itg__wake_init(struct itg__wake *wake, const struct itg__fleet *fleet)
{
    *wake = (struct itg__wake){
        .ipv4 = -1,
        .ipv6 = -1,
        .broadcast = {.sin_family = AF_INET, .sin_port = htons(fleet->wake_port)},
        .to_last_ip = fleet->wake_unicast,
        .port = fleet->wake_port,
        .patience_ms = PATIENCE_MS,
    };
    wake->to_broadcast = inet_pton(AF_INET, fleet->wake_broadcast, &wake->broadcast.sin_addr) == 1;
}

void itg__wake_dispose(struct itg__wake *wake)
{
    if (wake->ipv4 >= 0)
        close(wake->ipv4);
    if (wake->ipv6 >= 0)
        close(wake->ipv6);
    wake->ipv4 = wake->ipv6 = -1;
}

static int digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool itg__wake_packet(const char *mac, unsigned char packet[ITG__WAKE_PACKET_SIZE])
{
    unsigned char address[6];
    if (strlen(mac) != 12)
        return false;
    for (int i = 0; i < 6; i++) {
        int high = digit(mac[i * 2]), low = digit(mac[i * 2 + 1]);
        if (high < 0 || low < 0)
            return false;
        address[i] = (unsigned char)(high << 4 | low);
    }
    memset(packet, 0xFF, 6);
    for (int i = 1; i <= 16; i++)
        memcpy(packet + i * 6, address, 6);
    return true;
}

/* @return 0 or an errno */
static int open_socket(int family, int *fd)
{
    int on = 1;
    if (*fd >= 0)
        return 0;
    int opened = socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (opened < 0)
        return errno;
    if (family == AF_INET && setsockopt(opened, SOL_SOCKET, SO_BROADCAST, &on, sizeof on) < 0) {
        int why = errno;
        close(opened);
        return why;
    }
    *fd = opened;
    return 0;
}

/* Waits until a full send buffer has drained, as far as the call's patience reaches. */
static bool wait_for_room(struct itg__wake *wake, int fd)
{
    enum { PAUSE_MS = 20 };
    struct pollfd ready = {.fd = fd, .events = POLLOUT};
    if (wake->patience_ms <= 0)
        return false;
    wake->patience_ms -= PAUSE_MS;
    return poll(&ready, 1, PAUSE_MS) >= 0 || errno == EINTR;
}

/* @return 0 or an errno */
static int send_to(struct itg__wake *wake, const unsigned char *packet, const struct sockaddr *to,
                   socklen_t to_size)
{
    int *fd = to->sa_family == AF_INET6 ? &wake->ipv6 : &wake->ipv4;
    int why = open_socket(to->sa_family, fd);
    while (!why) {
        if (sendto(*fd, packet, ITG__WAKE_PACKET_SIZE, MSG_DONTWAIT | MSG_NOSIGNAL, to, to_size) >= 0)
            return 0;
        bool full = errno == EAGAIN || errno == EWOULDBLOCK || errno == ENOBUFS;
        if (errno == EINTR || (full && wait_for_room(wake, *fd)))
            continue;
        why = errno ? errno : EIO;
    }
    return why;
}

/* An address of either kind, scopes of IPv6 included; names are not looked up.
 * @return 0 or an errno */
static int send_to_ip(struct itg__wake *wake, const unsigned char *packet, const char *ip)
{
    const struct addrinfo hints = {.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV, .ai_socktype = SOCK_DGRAM};
    struct addrinfo *to = NULL;
    char port[8];
    snprintf(port, sizeof port, "%u", (unsigned)wake->port);
    if (getaddrinfo(ip, port, &hints, &to) != 0)
        return EDESTADDRREQ;
    int why = send_to(wake, packet, to->ai_addr, to->ai_addrlen);
    freeaddrinfo(to);
    return why;
}

static const char *reason(int why)
{
    static const struct {
        int why;
        const char *text;
    } reasons[] = {
        {EDESTADDRREQ, "Found no IP address for device"},
        {ENETUNREACH, "Network is unreachable"},
        {ENETDOWN, "Network is down"},
        {EHOSTUNREACH, "No route to device"},
        {EACCES, "Sending the Wake-on-LAN packet is not permitted"},
        {EPERM, "Sending the Wake-on-LAN packet is not permitted"},
    };
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
        if (reasons[i].why == why)
            return reasons[i].text;
    return "The Wake-on-LAN packet could not be sent";
}

const char *itg__wake_send(struct itg__wake *wake, const char *mac, const char *last_ip)
{
    unsigned char packet[ITG__WAKE_PACKET_SIZE];
    const struct sockaddr *broadcast = (const struct sockaddr *)&wake->broadcast;
    int wide = EDESTADDRREQ, direct = EDESTADDRREQ;
    if (!itg__wake_packet(mac, packet))
        return "The device's MAC is no MAC";
    if (wake->to_broadcast)
        wide = send_to(wake, packet, broadcast, sizeof wake->broadcast);
    if (wake->to_last_ip && last_ip[0])
        direct = send_to_ip(wake, packet, last_ip);
    if (wide == 0 || direct == 0)
        return NULL;
    return reason(wake->to_broadcast ? wide : direct);
}
