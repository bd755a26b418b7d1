#include "cli/listen.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DEFAULT_ADDRESS "127.0.0.1"
enum { DEFAULT_PORT = 8443 };

/* Cuts text into address and port, either of which may be NULL. @return false: neither form fits */
static bool cut(char *text, const char **ret_address, const char **ret_port)
{
    char *colon = strrchr(text, ':');
    *ret_address = text;
    *ret_port = NULL;
    if (*text == '[') {
        char *bracket = strchr(text, ']');
        if (!bracket || (bracket[1] != '\0' && bracket[1] != ':'))
            return false;
        *ret_address = text + 1;
        *ret_port = bracket[1] == ':' ? bracket + 2 : NULL;
        *bracket = '\0';
    } else if (colon && strchr(text, ':') == colon) {
        *ret_port = colon + 1;
        *colon = '\0';
    }
    return !*ret_port || **ret_port != '\0';
}

static bool is_loopback(const char *address)
{
    return strncmp(address, "127.", 4) == 0 || strcmp(address, "::1") == 0;
}

static bool is_any(const char *address)
{
    return strcmp(address, "0.0.0.0") == 0 || strcmp(address, "::") == 0;
}

static void name_host(struct cli_listen *listen)
{
    if (is_loopback(listen->address) ||
        (is_any(listen->address) && gethostname(listen->host, sizeof listen->host) != 0))
        snprintf(listen->host, sizeof listen->host, "localhost");
    else if (!is_any(listen->address))
        snprintf(listen->host, sizeof listen->host, strchr(listen->address, ':') ? "[%s]" : "%s",
                 listen->address);
    listen->host[sizeof listen->host - 1] = '\0';
}

static bool is_address(const char *text)
{
    unsigned char address[sizeof(struct in6_addr)];
    return inet_pton(AF_INET, text, address) == 1 || inet_pton(AF_INET6, text, address) == 1;
}

static bool read_parts(char *text, struct cli_listen *listen)
{
    const char *address, *port;
    int64_t number = DEFAULT_PORT;
    if (!cut(text, &address, &port))
        return false;
    if (*address == '\0' || strcmp(address, "localhost") == 0)
        address = DEFAULT_ADDRESS;
    if (!is_address(address) || (port && itg__parse_int(port, &number) != ITG_OK) || number < 0 ||
        number > 65535)
        return false;
    snprintf(listen->address, sizeof listen->address, "%s", address);
    listen->port = (int)number;
    return true;
}

int cli_listen_read(const struct cli *cli, const char *text, struct cli_listen *ret_listen)
{
    struct cli_listen listen = {.port = 0};
    char *copy = strdup(text ? text : DEFAULT_ADDRESS);
    if (!copy)
        return cli_refuse("out of memory");
    bool ok = read_parts(copy, &listen);
    free(copy);
    if (!ok)
        return cli_usage(
            cli, "--listen takes ADDR:PORT, [ADDR]:PORT or :PORT with a numeric address, not '%s'", text);
    name_host(&listen);
    *ret_listen = listen;
    return CLI_OK;
}
