/* Wake-on-LAN: the magic packet, over UDP. */
#ifndef ITG__WAKE_H
#define ITG__WAKE_H

#include "core/core.h"
#include <netinet/in.h>

#define ITG__WAKE_PACKET_SIZE 102 /* 6 bytes of FF and 16 times the MAC */

/* What one call sends its packets with: sockets are opened when the first packet needs them, and shared by
 * all. */
struct itg__wake {
    int ipv4, ipv6; /* -1: not open */
    struct sockaddr_in broadcast;
    bool to_broadcast;
    bool to_last_ip;
    uint16_t port;
    int patience_ms; /* left for waiting until the network takes more packets */
};

void itg__wake_init(struct itg__wake *wake, const struct itg__fleet *fleet);
void itg__wake_dispose(struct itg__wake *wake);

/* Makes the packet. @return false: the MAC is not 12 hex digits */
bool itg__wake_packet(const char *mac, unsigned char packet[ITG__WAKE_PACKET_SIZE]);

/* Sends the packet to the broadcast address and to the thin client's last address, as the fleet's options
 * say.
 * @return NULL if at least one was sent, else why not, for people; static */
const char *itg__wake_send(struct itg__wake *wake, const char *mac, const char *last_ip);

#endif
