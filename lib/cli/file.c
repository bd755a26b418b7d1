#include "cli/file.h"
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Reads to the end, or to `room` bytes. @return -1 and errno */
static ssize_t read_all(int fd, char *data, size_t room)
{
    size_t size = 0;
    while (size < room) {
        ssize_t got = read(fd, data + size, room - size);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -1;
        if (got == 0)
            break;
        size += (size_t)got;
    }
    return (ssize_t)size;
}

static int read_descriptor(int fd, const char *path, size_t most, char **ret_data, size_t *ret_size,
                           bool *ret_longer)
{
    char *data = malloc(most + 2);
    if (!data)
        return cli_refuse("out of memory");
    ssize_t size = read_all(fd, data, most + 1);
    int status = CLI_OK;
    if (size < 0)
        status = cli_refuse("cannot read %s: %s", path, strerror(errno));
    else if ((size_t)size > most && !ret_longer)
        status = cli_refuse("cannot read %s: it is longer than %zu bytes", path, most);
    if (status) {
        free(data);
        return status;
    }
    data[size] = '\0';
    if (ret_longer)
        *ret_longer = (size_t)size > most;
    *ret_data = data;
    *ret_size = (size_t)size;
    return CLI_OK;
}

int cli_read_file(const char *path, size_t most, char **ret_data, size_t *ret_size, bool *ret_longer)
{
    if (strcmp(path, "-") == 0)
        return read_descriptor(STDIN_FILENO, "standard input", most, ret_data, ret_size, ret_longer);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return cli_refuse("cannot read %s: %s", path, strerror(errno));
    int status = read_descriptor(fd, path, most, ret_data, ret_size, ret_longer);
    close(fd);
    return status;
}

bool cli_write_all(int fd, const char *bytes, size_t size)
{
    while (size > 0) {
        ssize_t done = write(fd, bytes, size);
        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return false;
        bytes += done;
        size -= (size_t)done;
    }
    return true;
}

void cli_sync_directory(const char *path)
{
    char *copy = strdup(path);
    if (!copy)
        return;
    int fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    free(copy);
    if (fd < 0)
        return;
    if (fsync(fd) != 0) {
        /* best effort */
    }
    close(fd);
}

int cli_open_beside(const char *path, char **ret_name)
{
    char *name = NULL;
    if (asprintf(&name, "%s.XXXXXX", path) < 0) {
        errno = ENOMEM;
        return -1;
    }
    int fd = mkostemp(name, O_CLOEXEC);
    if (fd < 0)
        free(name);
    else
        *ret_name = name;
    return fd;
}
