/* itg serve: the fleet over HTTPS. */
#include "cli/certificate.h"
#include "cli/cli.h"
#include "cli/listen.h"
#include <itg/agent.h>
#include <itg/http.h>
#include <itg/imi.h>
#include <signal.h>
#include <sodium.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum {
    GRACE_MS = 10000,   /* requests in flight may take so long when the server ends */
    CONNECTIONS = 8192, /* at once, unless the user or the system says otherwise */
    DESCRIPTORS = 512,  /* for all but connections: the database, each reader of it, epoll */
    STEP_MS = 10000,    /* due work is looked for at least so often */
    PASSWORD_LENGTH = 24
};

#define FIRST_USER "admin"

/* One line in one piece; any thread. */
static void log_line(void *ctx, itg_log_level_t level, const char *text)
{
    struct itg__buf line = {0};
    struct timespec now;
    struct tm local;
    char time[64];
    (void)ctx;
    if (level > ITG_LOG_WARNING)
        return;
    clock_gettime(CLOCK_REALTIME, &now);
    size_t length = localtime_r(&now.tv_sec, &local) ? strftime(time, 32, "%Y-%m-%dT%H:%M:%S", &local) : 0;
    snprintf(time + length, sizeof time - length, ".%03d %s: ", (int)(now.tv_nsec / 1000000),
             level == ITG_LOG_ERROR ? "error" : "warning");
    itg__buf_str(&line, time);
    cli_append_shown(&line, text);
    itg__buf_char(&line, '\n');
    if (!line.failed)
        fwrite(line.data, 1, line.length, stderr);
    itg__buf_dispose(&line);
}

static int32_t count_user(void *ctx, const itg_user_t *user)
{
    (void)user;
    ++*(int *)ctx;
    return 1;
}

/* Without letters and digits that look alike. */
static void make_password(char password[PASSWORD_LENGTH + 1])
{
    static const char alphabet[] = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    for (int i = 0; i < PASSWORD_LENGTH; i++)
        password[i] = alphabet[randombytes_uniform(sizeof alphabet - 1)];
    password[PASSWORD_LENGTH] = '\0';
}

/* Makes the first user. *ret_created says whether one was needed. */
static int make_admin(struct cli *cli, char password[PASSWORD_LENGTH + 1], bool *ret_created)
{
    int users = 0;
    if (itg_user_each(cli->itg, count_user, &users, &cli->failure))
        return cli_failed(cli);
    if (users > 0)
        return CLI_OK;
    make_password(password);
    if (itg_user_create(cli->itg, FIRST_USER, ITG_ROLE_ADMINISTRATOR, password, NULL, &cli->failure))
        return cli_failed(cli);
    *ret_created = true;
    return CLI_OK;
}

static int get_certificate(struct cli *cli, struct cli_certificate *certificate)
{
    const struct cli_values *values = &cli->values;
    char host[CLI_HOST_SIZE] = "";
    if (values->plain_http)
        return CLI_OK;
    if (values->tls_cert)
        return cli_certificate_read(values->tls_cert, values->tls_key, certificate);
    if (gethostname(host, sizeof host - 1) != 0)
        host[0] = '\0';
    return cli_certificate_own(cli, host, certificate);
}

/* What the first start makes. The database's write lock is held, so that of two servers starting at once only
 * one makes it. */
static int prepare(struct cli *cli, struct cli_certificate *certificate)
{
    char password[PASSWORD_LENGTH + 1] = "";
    bool created = false;
    if (itg_begin(cli->itg, &cli->failure))
        return cli_failed(cli);
    int status = make_admin(cli, password, &created);
    if (!status)
        status = get_certificate(cli, certificate);
    if (status)
        itg_rollback(cli->itg, NULL);
    else if (itg_commit(cli->itg, &cli->failure))
        status = cli_failed(cli);
    if (!status && created) {
        printf("Created user %s with password %s (shown only now)\n", FIRST_USER, password);
        status = cli_written(fflush(stdout) == 0);
    }
    sodium_memzero(password, sizeof password);
    return status;
}

static void end_signals(sigset_t *signals)
{
    sigemptyset(signals);
    sigaddset(signals, SIGTERM);
    sigaddset(signals, SIGINT);
    sigaddset(signals, SIGHUP);
}

/* Does what has become due. What fails is tried again. @return milliseconds until the next time */
static int64_t step(itg_t *itg)
{
    struct timespec now;
    itg_failure_t failure = {0};
    int64_t next_ms = 0;
    if (itg_step(itg, &next_ms, &failure)) {
        cli_report(&failure);
        return STEP_MS;
    }
    clock_gettime(CLOCK_REALTIME, &now);
    int64_t wait_ms = next_ms - ((int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000);
    return wait_ms < 0 ? 0 : wait_ms > STEP_MS ? STEP_MS : wait_ms;
}

/* Waits for a signal to end, and keeps the fleet in order meanwhile. From then on a second signal ends the
 * program at once. */
static void wait_for_end(itg_t *itg)
{
    sigset_t signals;
    struct timespec wait;
    end_signals(&signals);
    do {
        int64_t wait_ms = step(itg);
        wait = (struct timespec){.tv_sec = wait_ms / 1000, .tv_nsec = (long)(wait_ms % 1000) * 1000000};
    } while (sigtimedwait(&signals, NULL, &wait) < 0);
    pthread_sigmask(SIG_UNBLOCK, &signals, NULL);
}

static int announce(const struct cli *cli, const struct cli_listen *listen, uint16_t port)
{
    printf("Serving IMI v3 on %s://%s:%u/umsapi/v3 (database %s)\n",
           cli->values.plain_http ? "http" : "https", listen->host, port, cli->values.db);
    return cli_written(fflush(stdout) == 0);
}

static int serve(struct cli *cli, itg_imi_t *imi, itg_agents_t *agents, const struct cli_listen *listen,
                 const struct cli_certificate *certificate)
{
    itg_http_t *http = NULL;
    itg_http_options_t options = {
        .size = sizeof options,
        .address = listen->address,
        .port = (uint16_t)listen->port,
        .any_port = listen->port == 0,
        .certificate = certificate->certificate,
        .key = certificate->key,
        .plain_http = cli->values.plain_http,
        .max_connections = (int32_t)cli->values.max_connections,
        .agents = agents,
    };
    if (itg_http_start(imi, &options, &http, &cli->failure))
        return cli_failed(cli);
    int status = announce(cli, listen, itg_http_port(http));
    if (!status)
        wait_for_end(cli->itg);
    itg_http_stop(http, GRACE_MS);
    return status;
}

static int make_agents(struct cli *cli, itg_agents_t **ret_agents)
{
    itg_agents_options_t options = {.size = sizeof options, .interval_s = (int32_t)cli->values.interval};
    if (cli->values.no_agents)
        return CLI_OK;
    return itg_agents_new(cli->itg, &options, ret_agents, &cli->failure) ? cli_failed(cli) : CLI_OK;
}

static int serve_fleet(struct cli *cli, const struct cli_listen *listen)
{
    struct cli_certificate certificate = {0};
    itg_imi_t *imi = NULL;
    itg_agents_t *agents = NULL;
    char server[CLI_HOST_SIZE + 8];
    itg_imi_options_t options = {
        .size = sizeof options, .server_name = server, .plain_http = cli->values.plain_http};
    /* With any free port only clients know it, by their Host header. */
    snprintf(server, sizeof server, listen->port ? "%s:%d" : "%s", listen->host, listen->port);
    int status = prepare(cli, &certificate);
    if (!status && itg_imi_new(cli->itg, &options, &imi, &cli->failure))
        status = cli_failed(cli);
    if (!status)
        status = make_agents(cli, &agents);
    if (!status)
        status = serve(cli, imi, agents, listen, &certificate);
    itg_agents_free(agents);
    itg_imi_free(imi);
    cli_certificate_dispose(&certificate);
    return status;
}

/* @return how many descriptors there may be, as many as are wanted if the system allows it */
static int64_t raise_descriptors(int64_t wanted)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return wanted;
    rlim_t target = (rlim_t)wanted < limit.rlim_max ? (rlim_t)wanted : limit.rlim_max;
    if (limit.rlim_cur < target) {
        const struct rlimit raised = {.rlim_cur = target, .rlim_max = limit.rlim_max};
        if (setrlimit(RLIMIT_NOFILE, &raised) == 0)
            limit.rlim_cur = target;
    }
    return limit.rlim_cur < (rlim_t)wanted ? (int64_t)limit.rlim_cur : wanted;
}

/* Each connection takes a descriptor. Fewer than usual are no error; fewer than asked for are. */
static int settle_connections(struct cli *cli)
{
    bool asked = cli->values.max_connections > 0;
    if (!asked)
        cli->values.max_connections = CONNECTIONS;
    int64_t needed = cli->values.max_connections + DESCRIPTORS;
    int64_t allowed = raise_descriptors(needed);
    if (allowed >= needed)
        return CLI_OK;
    if (asked)
        return cli_refuse(
            "--max-connections %lld takes %lld descriptors, the system allows %lld (ulimit -Hn)",
            (long long)cli->values.max_connections, (long long)needed, (long long)allowed);
    cli->values.max_connections = allowed > 2 * DESCRIPTORS ? allowed - DESCRIPTORS : allowed / 2;
    return CLI_OK;
}

int cli_serve(struct cli *cli)
{
    static const itg_log_t log = {.size = sizeof log, .line = log_line};
    const struct cli_values *values = &cli->values;
    struct cli_listen listen;
    sigset_t signals;
    if (!values->tls_cert != !values->tls_key)
        return cli_usage(cli, "--tls-cert and --tls-key belong together");
    if (values->tls_cert && values->plain_http)
        return cli_usage(cli, "either --plain-http or a certificate");
    int status = cli_listen_read(cli, values->listen, &listen);
    if (status)
        return status;
    if (sodium_init() < 0)
        return cli_refuse("no source of random numbers");
    /* Before any thread is made, so that all of them inherit it. */
    end_signals(&signals);
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
    signal(SIGPIPE, SIG_IGN);
    status = settle_connections(cli);
    if (status)
        return status;
    status = cli_open(cli, false, &log);
    return status ? status : serve_fleet(cli, &listen);
}
