/* Getting passwords from people and programs. */
#ifndef ITG__CLI_PASSWORD_H
#define ITG__CLI_PASSWORD_H

#include "cli/cli.h"

/* Room for a password, and for one byte more that tells that it was too long. */
enum { CLI_PASSWORD_SIZE = ITG_LIMIT_PASSWORD + 2 };

/* Reads a new password: from standard input with --password-stdin, else twice from the terminal, unseen.
 * Wipe it after use. @return an exit status; if not CLI_OK, nothing is in it */
int cli_new_password(const struct cli *cli, const char *user, char password[CLI_PASSWORD_SIZE]);

#endif
