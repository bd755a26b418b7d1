#include "cli/agent/hook.h"
#include "cli/agent/clean.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* A hook that runs. */
struct run {
    const struct agent_hook *hook;
    struct agent_events *events;
    pid_t pid;
    int output; /* what it writes; -1: at its end */
    char text[AGENT_HOOK_OUTPUT];
    size_t length;
    int64_t term_ms; /* when it is asked to end */
    int64_t kill_ms; /* when it is ended; 0: it has not been asked yet */
    bool timed_out;
    bool ended;
    int status;
};

/* Descriptors that we were started with are none of the hook's business. */
static void keep_descriptors_back(void)
{
    enum { FIRST = 3, OLD_KERNEL_LAST = 1023 };
#ifdef CLOSE_RANGE_CLOEXEC
    if (close_range(FIRST, ~0U, CLOSE_RANGE_CLOEXEC) == 0)
        return;
#endif
    for (int fd = FIRST; fd <= OLD_KERNEL_LAST; fd++)
        fcntl(fd, F_SETFD, FD_CLOEXEC); /* most are not open */
}

/* Only async-signal-safe calls from here to execve(). */
static _Noreturn void become_hook(const struct agent_hook *hook, int output, int error)
{
    static char path[] = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                lang[] = "LANG=C.UTF-8", home[] = "HOME=/";
    char *const environment[] = {path, lang, home, NULL};
    char *const arguments[] = {(char *)hook->path, (char *)hook->word, (char *)hook->argument, NULL};
    sigset_t none;
    sigemptyset(&none);
    setpgid(0, 0);
    keep_descriptors_back();
    signal(SIGPIPE, SIG_DFL);
    int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (null >= 0 && dup2(null, STDIN_FILENO) >= 0 && dup2(output, STDOUT_FILENO) >= 0 &&
        dup2(output, STDERR_FILENO) >= 0 && chdir("/") == 0 && sigprocmask(SIG_SETMASK, &none, NULL) == 0)
        execve(hook->path, arguments, environment);
    int reason = errno;
    if (write(error, &reason, sizeof reason) != (ssize_t)sizeof reason)
        _exit(126);
    _exit(127);
}

/* Why the child could not become the hook; 0: it has. Waits for it to be decided. */
static int read_reason(int fd)
{
    int reason = 0;
    ssize_t got = read(fd, &reason, sizeof reason);
    while (got < 0 && errno == EINTR)
        got = read(fd, &reason, sizeof reason);
    return got == (ssize_t)sizeof reason ? reason : 0;
}

/* @return errno, 0: it runs */
static int start(struct run *run)
{
    int output[2], error[2];
    if (pipe2(output, O_CLOEXEC) != 0)
        return errno;
    if (pipe2(error, O_CLOEXEC) != 0) {
        int reason = errno;
        close(output[0]);
        close(output[1]);
        return reason;
    }
    run->pid = fork();
    if (run->pid == 0)
        become_hook(run->hook, output[1], error[1]);
    int reason = run->pid < 0 ? errno : 0;
    close(output[1]);
    close(error[1]);
    if (run->pid > 0) {
        setpgid(run->pid, run->pid); /* both do it, so that it is done whoever comes first */
        reason = read_reason(error[0]);
    }
    close(error[0]);
    run->output = output[0];
    if (fcntl(run->output, F_SETFL, O_NONBLOCK) != 0 && !reason)
        reason = errno;
    if (reason && run->pid > 0) {
        kill(run->pid, SIGKILL);
        waitpid(run->pid, NULL, 0);
    }
    if (reason)
        close(run->output);
    return reason;
}

/* Takes what the hook has written, a bounded part of a flood at a time. */
static void read_output(struct run *run)
{
    char waste[4096];
    for (int turn = 0; turn < 16 && run->output >= 0; turn++) {
        size_t room = sizeof run->text - run->length;
        char *to = room ? run->text + run->length : waste;
        ssize_t got = read(run->output, to, room ? room : sizeof waste);
        if (got < 0 && (errno == EAGAIN || errno == EINTR))
            return;
        if (got <= 0) {
            close(run->output);
            run->output = -1;
        } else if (room) {
            run->length += (size_t)got;
        }
    }
}

static void signal_group(const struct run *run, int number)
{
    kill(-run->pid, number);
    kill(run->pid, number); /* it may have left its group */
}

/* Asks the hook to end when its time is over, and ends it when that does not help. @return false: it is given up */
static bool enforce(struct run *run, int64_t now_ms)
{
    if (!run->kill_ms && now_ms >= run->term_ms) {
        run->timed_out = !run->events->stop;
        signal_group(run, SIGTERM);
        run->kill_ms = now_ms + AGENT_HOOK_GRACE_MS;
        return true;
    }
    if (!run->kill_ms || now_ms < run->kill_ms)
        return true;
    signal_group(run, SIGKILL);
    /* Twice in vain: it hangs in the kernel. */
    return now_ms < run->kill_ms + AGENT_HOOK_GRACE_MS;
}

static void wait_for_something(struct run *run, int64_t now_ms)
{
    struct pollfd waited[] = {{.fd = run->events->fd, .events = POLLIN},
                              {.fd = run->output, .events = POLLIN}};
    int64_t left = (run->kill_ms ? run->kill_ms : run->term_ms) - now_ms;
    /* A moment at most where SIGCHLD may have been taken by somebody else's wait. */
    int most = run->kill_ms ? 100 : 1000;
    if (poll(waited, 2, (int)(left < 20 ? 20 : left < most ? left : most)) > 0 && waited[0].revents)
        agent_events_take(run->events);
}

static void attend(struct run *run)
{
    for (;;) {
        int64_t now_ms = agent_now_ms();
        read_output(run);
        run->ended = waitpid(run->pid, &run->status, WNOHANG) == run->pid;
        if (run->ended || !enforce(run, now_ms))
            break;
        if (run->events->stop && run->term_ms > now_ms + AGENT_HOOK_GRACE_MS)
            run->term_ms = now_ms + AGENT_HOOK_GRACE_MS;
        wait_for_something(run, now_ms);
    }
    read_output(run);
    if (run->output >= 0)
        close(run->output);
}

/* The first line that the hook wrote that is not blank. @return false: there is none */
static bool first_line(const struct run *run, char message[AGENT_MESSAGE_SIZE])
{
    size_t at = 0;
    while (at < run->length) {
        const char *end = memchr(run->text + at, '\n', run->length - at);
        size_t length = end ? (size_t)(end - run->text) - at : run->length - at;
        agent_clean(message, AGENT_MESSAGE_SIZE, run->text + at, length);
        if (*message)
            return true;
        at += length + 1;
    }
    return false;
}

static enum agent_hook_end judge(const struct run *run, char message[AGENT_MESSAGE_SIZE])
{
    const char *word = run->hook->word;
    if (run->ended && WIFEXITED(run->status) && WEXITSTATUS(run->status) == 0) {
        snprintf(message, AGENT_MESSAGE_SIZE, "OK");
        return AGENT_HOOK_DONE;
    }
    if (run->kill_ms && !run->timed_out)
        return AGENT_HOOK_INTERRUPTED;
    if (run->timed_out)
        snprintf(message, AGENT_MESSAGE_SIZE, "Hook for %s took longer than %lld s", word,
                 (long long)(run->hook->limit_ms / 1000));
    else if (first_line(run, message))
        return AGENT_HOOK_FAILED;
    else if (WIFSIGNALED(run->status))
        snprintf(message, AGENT_MESSAGE_SIZE, "Hook for %s was ended by signal %d", word,
                 WTERMSIG(run->status));
    else
        snprintf(message, AGENT_MESSAGE_SIZE, "Hook for %s ended with status %d", word,
                 WEXITSTATUS(run->status));
    return AGENT_HOOK_FAILED;
}

enum agent_hook_end agent_hook_run(const struct agent_hook *hook, struct agent_events *events,
                                   char message[AGENT_MESSAGE_SIZE])
{
    struct run run = {.hook = hook, .events = events, .output = -1};
    run.term_ms = agent_now_ms() + hook->limit_ms;
    int reason = start(&run);
    if (reason) {
        snprintf(message, AGENT_MESSAGE_SIZE, "Hook for %s cannot be started: %s", hook->word,
                 strerror(reason));
        return AGENT_HOOK_FAILED;
    }
    attend(&run);
    return judge(&run, message);
}
