/* Files of /sys, /proc and /etc, below a root of one's choice. What cannot be read is as if it were not there. */
#ifndef ITG__CLI_AGENT_SYSFILE_H
#define ITG__CLI_AGENT_SYSFILE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

enum { AGENT_TEXT_SIZE = 256, AGENT_NAMES_MAX = 512, AGENT_LINE_SIZE = 1024 };

/* @return NULL: it cannot be opened */
FILE *agent_file_open(const char *root, const char *format, ...) __attribute__((format(printf, 2, 3)));
bool agent_file_exists(const char *root, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Reads the beginning of a file. @return bytes, -1: it cannot be read */
ssize_t agent_file_bytes(const char *root, void *buf, size_t size, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* Reads a file as one clean line. @return false, and "": there is nothing in it */
bool agent_file_text(const char *root, char buf[AGENT_TEXT_SIZE], const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Reads a whole number that is not negative. @return `otherwise` if there is none */
int64_t agent_file_number(const char *root, int64_t otherwise, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Calls a function with each name in a directory, in the order of versionsort(), at most AGENT_NAMES_MAX of them. */
typedef void (*agent_name_fn)(void *ctx, const char *name);
void agent_file_each(const char *root, const char *path, agent_name_fn fn, void *ctx);

#endif
