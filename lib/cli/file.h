/* Files as a whole: read into memory, made beside others. All report what goes wrong. */
#ifndef ITG__CLI_FILE_H
#define ITG__CLI_FILE_H

#include "cli/cli.h"
#include <sys/types.h>

/* Reads a file, "-": standard input, NUL added. *ret_data is the caller's to free.
 * @param ret_longer  may be NULL: a file longer than `most` is refused; else says so and gives what was read
 */
int cli_read_file(const char *path, size_t most, char **ret_data, size_t *ret_size, bool *ret_longer);

/* Writes all of it. @return false: see errno */
bool cli_write_all(int fd, const char *bytes, size_t size);

/* Puts what is in a file's directory on the disk: new names, not contents. Best effort: not every file system
 * can. */
void cli_sync_directory(const char *path);

/* "PATH.XXXXXX": a new file beside another, open for writing, mode 0600. *ret_name is the caller's to free.
 * @return -1 and errno */
int cli_open_beside(const char *path, char **ret_name);

#endif
