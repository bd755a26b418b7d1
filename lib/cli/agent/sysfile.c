#include "cli/agent/sysfile.h"
#include "cli/agent/clean.h"
#include "core/text.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool make_path(char path[PATH_MAX], const char *root, const char *format, va_list args)
{
    size_t length = strlen(root);
    if (length >= PATH_MAX)
        return false;
    memcpy(path, root, length);
    int rest = vsnprintf(path + length, PATH_MAX - length, format, args);
    return rest >= 0 && (size_t)rest < PATH_MAX - length;
}

FILE *agent_file_open(const char *root, const char *format, ...)
{
    char path[PATH_MAX];
    va_list args;
    va_start(args, format);
    bool made = make_path(path, root, format, args);
    va_end(args);
    return made ? fopen(path, "re") : NULL;
}

bool agent_file_exists(const char *root, const char *format, ...)
{
    char path[PATH_MAX];
    va_list args;
    va_start(args, format);
    bool made = make_path(path, root, format, args);
    va_end(args);
    return made && access(path, F_OK) == 0;
}

static ssize_t read_path(const char *path, char *buf, size_t size)
{
    /* Not blocking: a tree of one's own might hold a pipe. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    size_t length = 0;
    ssize_t got = 1;
    if (fd < 0)
        return -1;
    while (got > 0 && length < size) {
        got = read(fd, buf + length, size - length);
        if (got < 0 && errno == EINTR)
            got = 1;
        else if (got > 0)
            length += (size_t)got;
    }
    close(fd);
    return got < 0 ? -1 : (ssize_t)length;
}

static ssize_t read_formatted(const char *root, void *buf, size_t size, const char *format, va_list args)
{
    char path[PATH_MAX];
    return make_path(path, root, format, args) ? read_path(path, buf, size) : -1;
}

ssize_t agent_file_bytes(const char *root, void *buf, size_t size, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    ssize_t length = read_formatted(root, buf, size, format, args);
    va_end(args);
    return length;
}

bool agent_file_text(const char *root, char buf[AGENT_TEXT_SIZE], const char *format, ...)
{
    char raw[AGENT_LINE_SIZE];
    va_list args;
    va_start(args, format);
    ssize_t length = read_formatted(root, raw, sizeof raw, format, args);
    va_end(args);
    agent_clean(buf, AGENT_TEXT_SIZE, raw, length > 0 ? (size_t)length : 0);
    return *buf != '\0';
}

int64_t agent_file_number(const char *root, int64_t otherwise, const char *format, ...)
{
    char raw[32], text[32];
    int64_t value = 0;
    va_list args;
    va_start(args, format);
    ssize_t length = read_formatted(root, raw, sizeof raw, format, args);
    va_end(args);
    agent_clean(text, sizeof text, raw, length > 0 ? (size_t)length : 0);
    return itg__parse_int(text, &value) == ITG_OK && value >= 0 ? value : otherwise;
}

static int is_visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

void agent_file_each(const char *root, const char *path, agent_name_fn fn, void *ctx)
{
    char whole[PATH_MAX];
    struct dirent **entries = NULL;
    if (snprintf(whole, sizeof whole, "%s%s", root, path) >= (int)sizeof whole)
        return;
    int count = scandir(whole, &entries, is_visible, versionsort);
    for (int i = 0; i < count; i++) {
        if (i < AGENT_NAMES_MAX)
            fn(ctx, entries[i]->d_name);
        free(entries[i]);
    }
    free(entries);
}
