/* What may come next on a command line. */
#ifndef ITG__CLI_COMPLETION_H
#define ITG__CLI_COMPLETION_H

#include <stdio.h>

/* Writes what the last of the words behind "itg", perhaps empty, may become: a line each, its meaning behind a
 * tab; ":files" for the name of a file. */
void cli_complete(char **words, int count, FILE *out);

#endif
