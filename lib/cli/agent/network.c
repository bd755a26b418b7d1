/* Network adapters; which of them leads to the network, and under which address. */
#include "cli/agent/clean.h"
#include "cli/agent/gather.h"
#include <arpa/inet.h>
#include <ctype.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>

struct network {
    struct agent_gather *gather;
    char primary[IFNAMSIZ]; /* "": no default route */
    char first_mac[AGENT_MAC_SIZE];
    bool virtual_ones; /* list those that programs have made as well */
};

/* "00:e0:c5:00:00:01" becomes "00E0C5000001". @return false: no address of Ethernet's length, or none at all */
static bool read_mac(const char *root, const char *name, char mac[AGENT_MAC_SIZE])
{
    char text[AGENT_TEXT_SIZE];
    size_t length = 0;
    agent_file_text(root, text, "/sys/class/net/%s/address", name);
    for (const char *at = text; *at; at++) {
        if (*at == ':')
            continue;
        if (!isxdigit((unsigned char)*at) || length == AGENT_MAC_SIZE - 1)
            return false;
        mac[length++] = (char)toupper((unsigned char)*at);
    }
    mac[length] = '\0';
    return length == AGENT_MAC_SIZE - 1 && strcmp(mac, "000000000000") != 0;
}

static bool is_up(const char *root, const char *name)
{
    char text[AGENT_TEXT_SIZE];
    agent_file_text(root, text, "/sys/class/net/%s/operstate", name);
    /* Some drivers never tell. */
    return strcmp(text, "up") == 0 || (strcmp(text, "unknown") == 0 &&
                                       agent_file_number(root, 0, "/sys/class/net/%s/carrier", name) == 1);
}

static void put_speed(struct agent_gather *gather, const char *name)
{
    char text[AGENT_TEXT_SIZE];
    agent_put_number(gather, "networkSpeed",
                     agent_file_number(gather->root, 0, "/sys/class/net/%s/speed", name));
    agent_file_text(gather->root, text, "/sys/class/net/%s/duplex", name);
    if (strcmp(text, "full") == 0 || strcmp(text, "half") == 0)
        agent_put_text(gather, "duplexMode", *text == 'f' ? "Full" : "Half");
}

/* ARPHRD_ETHER; wireless ones are Ethernet's as well. */
enum { ETHERNET = 1 };

static void see_adapter(void *ctx, const char *name)
{
    struct network *network = ctx;
    const char *root = network->gather->root;
    json_t *list = network->gather->inventory->adapters;
    char mac[AGENT_MAC_SIZE], shown[AGENT_TEXT_SIZE];
    bool real = agent_file_exists(root, "/sys/class/net/%s/device", name);
    if (real == network->virtual_ones || json_array_size(list) == AGENT_ADAPTERS_MAX ||
        agent_file_number(root, 0, "/sys/class/net/%s/type", name) != ETHERNET || !read_mac(root, name, mac))
        return;
    bool wireless = agent_file_exists(root, "/sys/class/net/%s/wireless", name) ||
                    agent_file_exists(root, "/sys/class/net/%s/phy80211", name);
    agent_clean(shown, sizeof shown, name, strlen(name));
    agent_put_entry(network->gather, list,
                    json_pack("{ss ss ss ss}", "type", wireless ? "wlan" : "lan", "mac", mac, "name", shown,
                              "state", is_up(root, name) ? "up" : "down"));
    if (!*network->first_mac)
        memcpy(network->first_mac, mac, sizeof mac);
}

/* Routes of IPv4, the numbers as the kernel writes them: hexadecimal, in the machine's order of bytes. */
struct route {
    char name[IFNAMSIZ];
    unsigned destination, flags, metric, mask;
};

static bool next_route(FILE *file, struct route *route)
{
    char line[AGENT_LINE_SIZE];
    unsigned gateway;
    while (fgets(line, sizeof line, file))
        if (sscanf(line, "%15s %8x %8x %4x %*d %*d %u %8x", route->name, &route->destination, &gateway,
                   &route->flags, &route->metric, &route->mask) == 6)
            return true;
    return false;
}

enum { ROUTE_UP = 1, ROUTE_REJECT = 0x200 };

/* The adapter of the default route, of several the one that the kernel prefers. */
static void find_primary(struct network *network)
{
    struct route route;
    unsigned best = 0;
    FILE *file = agent_file_open(network->gather->root, "/proc/net/route");
    while (file && next_route(file, &route)) {
        if (route.destination || route.mask || !(route.flags & ROUTE_UP) || (route.flags & ROUTE_REJECT))
            continue;
        if (*network->primary && route.metric >= best)
            continue;
        best = route.metric;
        snprintf(network->primary, sizeof network->primary, "%s", route.name);
    }
    if (file)
        fclose(file);
}

/* Where there is no route of IPv4: destination, length of its prefix, ..., metric, ..., flags, name. */
static void find_primary6(struct network *network)
{
    char line[AGENT_LINE_SIZE], destination[33], name[IFNAMSIZ];
    unsigned prefix, metric, flags, best = 0;
    FILE *file = agent_file_open(network->gather->root, "/proc/net/ipv6_route");
    while (file && fgets(line, sizeof line, file)) {
        if (sscanf(line, "%32s %2x %*s %*s %*s %8x %*s %*s %8x %15s", destination, &prefix, &metric, &flags,
                   name) != 5 ||
            prefix || strspn(destination, "0") != 32 || !(flags & ROUTE_UP) || (flags & ROUTE_REJECT))
            continue;
        if (*network->primary && metric >= best)
            continue;
        best = metric;
        snprintf(network->primary, sizeof network->primary, "%s", name);
    }
    if (file)
        fclose(file);
}

/* Whether an address lies in a net that the primary adapter is connected to directly. */
static bool is_primarys(const struct network *network, struct in_addr address)
{
    struct route route;
    bool found = false;
    FILE *file = agent_file_open(network->gather->root, "/proc/net/route");
    while (!found && file && next_route(file, &route))
        found = route.mask && strcmp(route.name, network->primary) == 0 &&
                (address.s_addr & route.mask) == route.destination;
    if (file)
        fclose(file);
    return found;
}

/* Own addresses stand in the kernel's table of routes as leaves: "|-- 10.0.0.5", and below it "/32 host LOCAL". */
static bool find_address(const struct network *network, char text[INET6_ADDRSTRLEN])
{
    char line[AGENT_LINE_SIZE], leaf[16] = "";
    struct in_addr address;
    bool found = false;
    FILE *file = agent_file_open(network->gather->root, "/proc/net/fib_trie");
    while (!found && file && fgets(line, sizeof line, file)) {
        if (sscanf(line, " |-- %15s", leaf) == 1 || !strstr(line, "/32 host LOCAL"))
            continue;
        found = inet_pton(AF_INET, leaf, &address) == 1 && is_primarys(network, address);
    }
    if (file)
        fclose(file);
    if (found)
        inet_ntop(AF_INET, &address, text, INET6_ADDRSTRLEN);
    return found;
}

/* Address in 32 hex digits, index, prefix, scope (0: global), flags, name. */
static bool find_address6(const struct network *network, char text[INET6_ADDRSTRLEN])
{
    char line[AGENT_LINE_SIZE], digits[33], name[IFNAMSIZ];
    unsigned scope;
    struct in6_addr address;
    bool found = false;
    FILE *file = agent_file_open(network->gather->root, "/proc/net/if_inet6");
    while (!found && file && fgets(line, sizeof line, file))
        found = sscanf(line, "%32[0-9a-f] %*x %*x %2x %*x %15s", digits, &scope, name) == 3 && scope == 0 &&
                strlen(digits) == 32 && strcmp(name, network->primary) == 0;
    if (file)
        fclose(file);
    for (size_t i = 0; found && i < sizeof address.s6_addr; i++) {
        unsigned byte = 0;
        sscanf(digits + 2 * i, "%2x", &byte);
        address.s6_addr[i] = (uint8_t)byte;
    }
    return found && inet_ntop(AF_INET6, &address, text, INET6_ADDRSTRLEN);
}

void agent_gather_network(struct agent_gather *gather)
{
    struct network network = {.gather = gather};
    struct agent_inventory *inventory = gather->inventory;
    char address[INET6_ADDRSTRLEN] = "";
    agent_file_each(gather->root, "/sys/class/net", see_adapter, &network);
    network.virtual_ones = json_array_size(inventory->adapters) == 0; /* a container has no others */
    if (network.virtual_ones)
        agent_file_each(gather->root, "/sys/class/net", see_adapter, &network);
    find_primary(&network);
    if (!*network.primary)
        find_primary6(&network);
    if (!*network.primary || !read_mac(gather->root, network.primary, inventory->mac))
        memcpy(inventory->mac, network.first_mac, sizeof inventory->mac);
    if (!*network.primary)
        return;
    put_speed(gather, network.primary);
    if (find_address(&network, address) || find_address6(&network, address))
        agent_put_text(gather, "lastIP", address);
}
