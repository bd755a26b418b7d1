/* The certificate that `itg serve` uses. */
#ifndef ITG__CLI_CERTIFICATE_H
#define ITG__CLI_CERTIFICATE_H

#include "cli/cli.h"

/* PEM texts; end with cli_certificate_dispose(). */
struct cli_certificate {
    char *certificate;
    char *key;
};

/* Reads the two files that the options name. */
int cli_certificate_read(const char *certificate_path, const char *key_path, struct cli_certificate *ret);

/* The self-signed one beside a database, DATABASE.crt and DATABASE.key, made if there is none. Call it with
 * the database's write lock held, so that two servers do not make one each. A database in memory gets one in
 * memory. @param host  a name to make it for besides localhost */
int cli_certificate_own(struct cli *cli, const char *host, struct cli_certificate *ret);

/* Wipes the key. */
void cli_certificate_dispose(struct cli_certificate *certificate);

#endif
