/* itg import, itg export. */
#include "cli/cli.h"
#include "cli/file.h"
#include "cli/progress.h"
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_dash(const char *path)
{
    return strcmp(path, "-") == 0;
}

/* The arrays of a fleet file, in the order in which a person is told of them. */
static const struct counted {
    const char *key, *one, *many;
    size_t offset;
} counted[] = {
#define COUNTED(key, one, many, member)                          \
    {                                                            \
        key, one, many, offsetof(itg_fleetfile_counts_t, member) \
    }
    COUNTED("thinclients", "thin client", "thin clients", thinclients),
    COUNTED("directories", "directory", "directories", directories),
    COUNTED("profiles", "profile", "profiles", profiles),
    COUNTED("firmwares", "firmware", "firmwares", firmwares),
    COUNTED("assignments", "assignment", "assignments", assignments),
    COUNTED("deviceAttributes", "device attribute", "device attributes", device_attributes),
    COUNTED("assets", "asset", "assets", assets),
    COUNTED("assethistory", "entry of their history", "entries of their history", asset_history),
    COUNTED("templates", "template key", "template keys", templates),
    COUNTED("templateAssignments", "assigned template value", "assigned template values",
            template_assignments),
    COUNTED("views", "view", "views", views),
    COUNTED("rules", "rule", "rules", rules),
#undef COUNTED
};
enum { COUNTED = sizeof counted / sizeof *counted };
_Static_assert(COUNTED * sizeof(int64_t) == sizeof(itg_fleetfile_counts_t), "every array is counted");

static int64_t count_of(const itg_fleetfile_counts_t *counts, size_t i)
{
    return *(const int64_t *)((const char *)counts + counted[i].offset);
}

static size_t find_last(const itg_fleetfile_counts_t *counts)
{
    size_t last = 0;
    for (size_t i = 0; i < COUNTED; i++)
        if (count_of(counts, i) > 0)
            last = i;
    return last;
}

/* "Imported 1 thin client, 2 directories and 1 view in 0.1 s": what there is */
static void append_sentence(struct itg__buf *buf, const char *done, const itg_fleetfile_counts_t *counts,
                            double seconds)
{
    char time[32];
    size_t last = find_last(counts);
    const char *separator = "";
    itg__buf_str(buf, done);
    for (size_t i = 0; i <= last; i++) {
        int64_t count = count_of(counts, i);
        if (count == 0 && last > 0)
            continue;
        itg__buf_str(buf, i == last && *separator ? " and " : separator);
        itg__buf_int(buf, count);
        itg__buf_char(buf, ' ');
        itg__buf_str(buf, count == 1 ? counted[i].one : counted[i].many);
        separator = ", ";
    }
    snprintf(time, sizeof time, " in %.1f s\n", seconds);
    itg__buf_str(buf, time);
}

static int print_summary(const struct cli *cli, FILE *out, const char *done,
                         const itg_fleetfile_counts_t *counts, double seconds)
{
    struct itg__buf buf = {0};
    struct cli_record record;
    char text[32];
    if (!cli->values.json) {
        append_sentence(&buf, done, counts, seconds);
        bool ok = !buf.failed && fwrite(buf.data, 1, buf.length, out) == buf.length;
        itg__buf_dispose(&buf);
        return cli_written(fflush(out) == 0 && ok);
    }
    cli_record_begin(&record, CLI_AS_JSON, out);
    for (size_t i = 0; i < COUNTED; i++)
        cli_record_member_int(&record, counted[i].key, CLI_NATIVE, count_of(counts, i));
    snprintf(text, sizeof text, "%.3f", seconds);
    cli_record_member(&record, "seconds", CLI_NATIVE, text);
    return cli_written(cli_record_end(&record));
}

/* Where a fleet file comes from. */
struct source {
    int fd;
    int error; /* errno of a failed read */
    struct cli_progress progress;
};

static int64_t read_source(void *ctx, char *buf, size_t size)
{
    struct source *source = ctx;
    ssize_t got;
    do
        got = read(source->fd, buf, size);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        source->error = errno;
    else
        cli_progress_bytes(&source->progress, got);
    return got;
}

static int open_source(const char *path, int *ret_fd, int64_t *ret_size)
{
    struct stat info;
    int fd = is_dash(path) ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &info) != 0) {
        int error = errno;
        if (fd > STDIN_FILENO)
            close(fd);
        return cli_refuse("cannot read %s: %s", path, strerror(error));
    }
    *ret_fd = fd;
    *ret_size = S_ISREG(info.st_mode) ? info.st_size : 0;
    return CLI_OK;
}

int cli_import(struct cli *cli)
{
    const char *path = cli->operands[0];
    struct source source = {.fd = -1};
    itg_fleetfile_counts_t counts;
    int64_t size = 0;
    int status = open_source(path, &source.fd, &size);
    if (status)
        return status;
    cli_progress_begin(&source.progress, "Importing", size);
    itg_error_t err = itg_import(cli->itg, read_source, &source, cli_progress_elements, &source.progress,
                                 &counts, &cli->failure);
    double seconds = cli_progress_end(&source.progress);
    if (source.fd != STDIN_FILENO)
        close(source.fd);
    if (source.error)
        return cli_refuse("cannot read %s: %s", path, strerror(source.error));
    return err ? cli_failed(cli) : print_summary(cli, stdout, "Imported ", &counts, seconds);
}

/* Where a fleet file goes. A file appears whole or not at all: it is written beside its place and renamed. */
struct target {
    int fd;
    int error;  /* errno of a failed write */
    char *path; /* NULL: written in place */
    char *beside;
    struct cli_progress progress;
};

/* True if the program was asked to end; such signals wait until the file beside is gone. */
static bool interrupted(void)
{
    sigset_t pending;
    return sigpending(&pending) == 0 &&
           (sigismember(&pending, SIGINT) == 1 || sigismember(&pending, SIGTERM) == 1 ||
            sigismember(&pending, SIGHUP) == 1);
}

static int32_t write_target(void *ctx, const char *bytes, size_t size)
{
    struct target *target = ctx;
    if (interrupted())
        target->error = EINTR;
    else if (!cli_write_all(target->fd, bytes, size))
        target->error = errno;
    return target->error != 0;
}

/* The permissions of the file that is replaced, or those that a new file would have. */
static mode_t target_mode(const struct stat *replaced)
{
    mode_t mask = umask(0);
    umask(mask);
    return replaced ? replaced->st_mode & 07777 : 0666 & ~mask;
}

/* A device or pipe is written to; renaming something over it would destroy it. */
static int open_in_place(const char *path, struct target *target)
{
    target->fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
    return target->fd < 0 ? errno : 0;
}

static int open_target(const char *path, struct target *target)
{
    struct stat info;
    bool there = stat(path, &info) == 0;
    if (there && !S_ISREG(info.st_mode))
        return open_in_place(path, target);
    /* What a link points to is replaced, and not the link. */
    target->path = there ? realpath(path, NULL) : strdup(path);
    if (!target->path)
        return errno;
    target->fd = cli_open_beside(target->path, &target->beside);
    if (target->fd < 0)
        return errno;
    return fchmod(target->fd, target_mode(there ? &info : NULL)) == 0 ? 0 : errno;
}

/* Makes the file appear. @return errno */
static int finish_target(struct target *target)
{
    if (!target->beside)
        return 0;
    if (fsync(target->fd) != 0 || rename(target->beside, target->path) != 0)
        return errno;
    free(target->beside);
    target->beside = NULL;
    cli_sync_directory(target->path);
    return 0;
}

static void dispose_target(struct target *target)
{
    if (target->beside)
        unlink(target->beside);
    if (target->fd > STDOUT_FILENO)
        close(target->fd);
    free(target->beside);
    free(target->path);
}

static int export_to(struct cli *cli, const char *path, struct target *target)
{
    itg_fleetfile_counts_t counts;
    bool dash = is_dash(path);
    target->error = dash ? 0 : open_target(path, target);
    if (target->error)
        return cli_refuse("cannot write %s: %s", path, strerror(target->error));
    cli_progress_begin(&target->progress, "Exporting", 0);
    itg_error_t err = itg_export(cli->itg, write_target, target, cli_progress_elements, &target->progress,
                                 &counts, &cli->failure);
    double seconds = cli_progress_end(&target->progress);
    if (!err)
        target->error = finish_target(target);
    if (target->error)
        return cli_refuse("cannot write %s: %s", path, strerror(target->error));
    return err ? cli_failed(cli) : print_summary(cli, dash ? stderr : stdout, "Exported ", &counts, seconds);
}

int cli_export(struct cli *cli)
{
    struct target target = {.fd = STDOUT_FILENO};
    sigset_t signals, before;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGHUP);
    sigprocmask(SIG_BLOCK, &signals, &before);
    int status = export_to(cli, cli->operands[0], &target);
    dispose_target(&target);
    sigprocmask(SIG_SETMASK, &before, NULL);
    return status;
}
