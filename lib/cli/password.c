#include "cli/password.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sodium.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

/* Reads up to a line feed, or up to and with the interrupt key, byte by byte: what is behind the line is not
 * ours, and no buffer keeps a copy. interrupt '\0': there is no such key. */
static int read_line(int fd, char interrupt, char line[CLI_PASSWORD_SIZE])
{
    size_t length = 0;
    while (length < CLI_PASSWORD_SIZE) {
        char c;
        ssize_t got = read(fd, &c, 1);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return cli_refuse("cannot read the password: %s", strerror(errno));
        if (got == 0 || c == '\n')
            break;
        if (c == '\0')
            return cli_refuse("the password holds a NUL byte");
        line[length++] = c;
        if (c == interrupt)
            break;
    }
    if (length == CLI_PASSWORD_SIZE)
        return cli_refuse("the password is longer than %d bytes", ITG_LIMIT_PASSWORD);
    if (length > 0 && line[length - 1] == '\r')
        length--;
    line[length] = '\0';
    return CLI_OK;
}

/* A terminal that does not show what is typed. */
struct silence {
    int fd;
    struct termios before;
    sigset_t signals_before;
};

/* The interrupt key ends the line instead of the program: nothing then can leave the terminal silent. */
static int begin_silence(struct silence *silence, int fd)
{
    struct termios silent;
    sigset_t signals;
    silence->fd = fd;
    if (tcgetattr(fd, &silence->before) != 0)
        return cli_refuse("cannot silence the terminal: %s", strerror(errno));
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGHUP);
    sigprocmask(SIG_BLOCK, &signals, &silence->signals_before);
    silent = silence->before;
    silent.c_lflag &= ~(tcflag_t)(ECHO | ISIG);
    silent.c_lflag |= ECHONL;
    silent.c_cc[VEOL] = silent.c_cc[VINTR];
    if (tcsetattr(fd, TCSAFLUSH, &silent) == 0)
        return CLI_OK;
    sigprocmask(SIG_SETMASK, &silence->signals_before, NULL);
    return cli_refuse("cannot silence the terminal: %s", strerror(errno));
}

static void end_silence(const struct silence *silence)
{
    tcsetattr(silence->fd, TCSAFLUSH, &silence->before);
    sigprocmask(SIG_SETMASK, &silence->signals_before, NULL);
}

/* True if the text holds the interrupt key. */
static bool is_interrupted(const struct silence *silence, const char *text)
{
    char key = (char)silence->before.c_cc[VINTR];
    return key != '\0' && strchr(text, key) != NULL;
}

static int prompt(int fd, const char *text, const char *user, char line[CLI_PASSWORD_SIZE])
{
    struct silence silence;
    struct itg__buf shown = {0};
    cli_append_shown(&shown, user);
    itg__buf_char(&shown, '\0');
    dprintf(fd, "%s %s: ", text, shown.failed ? "?" : shown.data);
    itg__buf_dispose(&shown);
    int status = begin_silence(&silence, fd);
    if (status)
        return status;
    status = read_line(fd, (char)silence.before.c_cc[VINTR], line);
    end_silence(&silence);
    if (!status && is_interrupted(&silence, line)) {
        dprintf(fd, "\n");
        raise(SIGINT);
        return CLI_REFUSED;
    }
    return status;
}

static int ask_twice(int fd, const char *user, char password[CLI_PASSWORD_SIZE])
{
    char again[CLI_PASSWORD_SIZE];
    int status = prompt(fd, "Password for", user, password);
    if (!status)
        status = prompt(fd, "Again, password for", user, again);
    if (!status && strcmp(password, again) != 0)
        status = cli_refuse("the passwords differ");
    sodium_memzero(again, sizeof again);
    return status;
}

int cli_new_password(const struct cli *cli, const char *user, char password[CLI_PASSWORD_SIZE])
{
    int status;
    if (cli->values.password_stdin) {
        status = read_line(STDIN_FILENO, '\0', password);
    } else {
        int fd = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
        if (fd < 0)
            return cli_refuse("there is no terminal to ask for a password; use --password-stdin");
        status = ask_twice(fd, user, password);
        close(fd);
    }
    if (status)
        sodium_memzero(password, CLI_PASSWORD_SIZE);
    return status;
}
