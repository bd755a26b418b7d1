/* Where `itg serve` listens. */
#ifndef ITG__CLI_LISTEN_H
#define ITG__CLI_LISTEN_H

#include "cli/cli.h"

enum { CLI_HOST_SIZE = 256 };

struct cli_listen {
    char address[64];         /* as for inet_pton() */
    int port;                 /* 0: any free one */
    char host[CLI_HOST_SIZE]; /* how a client on this machine or in its network names it, brackets included */
};

/* Reads ADDR:PORT, [ADDR]:PORT, ADDR, :PORT; NULL: the default. */
int cli_listen_read(const struct cli *cli, const char *text, struct cli_listen *ret_listen);

#endif
