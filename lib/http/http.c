/* The host: options, start and stop. */
#include "http/host.h"
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* TLS 1.2 and 1.3; forward secrecy and authenticated encryption only. X25519 first: it is what clients offer a key for, so
 * that another one would cost them a second hello, and the cheapest. */
static const char priorities[] =
    "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:-KX-ALL:+ECDHE-ECDSA:+ECDHE-RSA:"
    "-CIPHER-ALL:+AES-128-GCM:+AES-256-GCM:+CHACHA20-POLY1305:-MAC-ALL:+AEAD:"
    "-GROUP-ALL:+GROUP-X25519:+GROUP-SECP256R1:+GROUP-SECP384R1:+GROUP-SECP521R1:%SERVER_PRECEDENCE";

/* Beyond the headers a connection needs memory for what is made of them, and for the answer's headers. */
enum { CONNECTION_RESERVE = 16 * 1024 };

/* Every connection takes as much memory as its headers may have. */
enum { HEADER_MAX = 1024 * 1024 };

/* How often a stopping host looks whether requests are still in flight, and how long their answers may take
 * to leave once the grace period is over and nothing works on them any more. */
enum { STOP_POLL_MS = 5, LAST_ANSWERS_MS = 250 };

/* A stopping host does not wait longer for the next piece of a request that has been sent in part: many such
 * clients are gone, which libmicrohttpd may notice by its idle timeout only. */
enum { STALLED_MS = 500 };

/* ---- failures ---- */

itg_error_t itg__http_fail(itg_failure_t *failure, itg_error_t error, const char *what, const char *why)
{
    if (!failure || failure->code)
        return error;
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    failure->code = error;
    failure->time_ms = (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
    itg_error_format(error, NULL, failure->message, sizeof(failure->message));
    snprintf(failure->detail, sizeof(failure->detail), "%s%s%s", what, why ? ": " : "", why ? why : "");
    snprintf(failure->trace, sizeof(failure->trace), "[itg_http_start]");
    return error;
}

/* ---- signals ---- */

void itg__http_block_signals(sigset_t *ret_old)
{
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, ret_old);
}

void itg__http_unblock_signals(const sigset_t *old)
{
    pthread_sigmask(SIG_SETMASK, old, NULL);
}

/* ---- options ---- */

static int at_least_one(int32_t value, int standard)
{
    return value > 0 ? value : standard;
}

/* Callers built against an older header hand over a shorter struct. */
static void take_options(itg_http_options_t *to, const itg_http_options_t *from)
{
    memset(to, 0, sizeof(*to));
    if (from)
        memcpy(to, from, from->size < sizeof(*to) ? from->size : sizeof(*to));
    to->threads = at_least_one(to->threads, 2);
    to->workers = at_least_one(to->workers, 16);
    to->max_connections = at_least_one(to->max_connections, 8192);
    to->idle_timeout_s = at_least_one(to->idle_timeout_s, 60);
    if (!to->max_header)
        to->max_header = (size_t)32 << 10;
    if (to->max_header > HEADER_MAX)
        to->max_header = HEADER_MAX;
}

/* libmicrohttpd would only say that it cannot start. */
static itg_error_t check_certificate(const itg_http_options_t *options, itg_failure_t *failure)
{
    if (options->plain_http)
        return ITG_OK;
    if (!options->certificate || !options->key)
        return itg__http_fail(failure, ITG_E_INVALID_BODY, "TLS needs a certificate and its key", NULL);
    gnutls_certificate_credentials_t credentials;
    if (gnutls_certificate_allocate_credentials(&credentials) < 0)
        return itg__http_fail(failure, ITG_E_INTERNAL, "out of memory", NULL);
    const gnutls_datum_t certificate = {(unsigned char *)(uintptr_t)options->certificate,
                                        (unsigned int)strlen(options->certificate)};
    const gnutls_datum_t key = {(unsigned char *)(uintptr_t)options->key, (unsigned int)strlen(options->key)};
    int rc = gnutls_certificate_set_x509_key_mem(credentials, &certificate, &key, GNUTLS_X509_FMT_PEM);
    gnutls_certificate_free_credentials(credentials);
    if (rc < 0)
        return itg__http_fail(failure, ITG_E_INVALID_BODY, "the certificate or its key cannot be used",
                              gnutls_strerror(rc));
    return ITG_OK;
}

/* ---- lanes ---- */

static struct MHD_Daemon *start_daemon(struct itg__lane *lane, const itg_http_options_t *options)
{
    struct MHD_OptionItem items[] = {
        {MHD_OPTION_NOTIFY_COMPLETED, (intptr_t)itg__http_on_completed, lane},
        {MHD_OPTION_NOTIFY_CONNECTION, (intptr_t)itg__http_on_connection, lane},
        {MHD_OPTION_URI_LOG_CALLBACK, (intptr_t)itg__http_on_line, lane},
        {MHD_OPTION_CONNECTION_MEMORY_LIMIT, (intptr_t)(options->max_header + CONNECTION_RESERVE), NULL},
        /* Ours is kept by listen.c; libmicrohttpd deadlocks when added connections reach its own. */
        {MHD_OPTION_CONNECTION_LIMIT, INT_MAX, NULL},
        {MHD_OPTION_CONNECTION_TIMEOUT, options->idle_timeout_s, NULL},
        {MHD_OPTION_THREAD_STACK_SIZE, (intptr_t)ITG__HTTP_STACK_SIZE, NULL},
        {options->plain_http ? MHD_OPTION_END : MHD_OPTION_HTTPS_MEM_CERT, 0,
         (void *)(uintptr_t)options->certificate},
        {MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)(uintptr_t)options->key},
        {MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)(uintptr_t)priorities},
        {MHD_OPTION_END, 0, NULL},
    };
    unsigned int flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_NO_LISTEN_SOCKET;
    if (!options->plain_http)
        flags |= MHD_USE_TLS;
    return MHD_start_daemon(flags, 0, NULL, NULL, itg__http_on_request, lane, MHD_OPTION_ARRAY, items,
                            MHD_OPTION_END);
}

static itg_error_t start_lanes(itg_http_t *http, const itg_http_options_t *options, itg_failure_t *failure)
{
    http->lanes = calloc((size_t)options->threads, sizeof(*http->lanes));
    if (!http->lanes)
        return itg__http_fail(failure, ITG_E_INTERNAL, "out of memory", NULL);
    for (int i = 0; i < options->threads; i++) {
        struct itg__lane *lane = &http->lanes[i];
        lane->http = http;
        sigset_t old;
        itg__http_block_signals(&old);
        lane->daemon = start_daemon(lane, options);
        itg__http_unblock_signals(&old);
        if (!lane->daemon)
            return itg__http_fail(failure, ITG_E_NOT_AVAILABLE, "cannot start a network thread", NULL);
        http->lane_count++;
    }
    return ITG_OK;
}

/* ---- start ---- */

static void run_imi(struct itg__request *req, bool closing)
{
    itg__http_answer(req, closing);
    itg__http_resume(req);
}

static void stop_workers(itg_http_t *http)
{
    itg__http_workers_stop(&http->workers);
    itg__http_workers_stop(&http->agent_workers);
}

/* Ends a host, also one that has been started half. */
static void end(itg_http_t *http)
{
    itg__http_accept_stop(http);
    stop_workers(http);
    itg__http_upkeep_stop(&http->upkeep);
    itg__http_waiters_stop(&http->waiters);
    itg__http_handshakes_stop(&http->handshakes);
    for (int i = 0; i < http->lane_count; i++)
        MHD_stop_daemon(http->lanes[i].daemon);
    itg__http_workers_dispose(&http->workers);
    itg__http_workers_dispose(&http->agent_workers);
    itg__http_handshakes_dispose(&http->handshakes);
    itg__http_tickets_dispose(http);
    if (http->listener.wake >= 0)
        close(http->listener.wake);
    free(http->lanes);
    free(http);
}

/* What only agents need. */
static itg_error_t start_agents(itg_http_t *http, const itg_http_options_t *options, itg_failure_t *failure)
{
    if (!http->agents)
        return ITG_OK;
    int seats = options->max_connections - (options->max_connections + 3) / 4;
    if (!itg__http_workers_init(&http->agent_workers, options->workers, (size_t)seats + 1,
                                itg__http_agent_run))
        return itg__http_fail(failure, ITG_E_INTERNAL, "out of memory", NULL);
    itg_error_t err = itg__http_waiters_start(http, seats, failure);
    if (err)
        return err;
    return itg__http_upkeep_start(http, failure);
}

static itg_error_t start_tls(itg_http_t *http, const itg_http_options_t *options, itg_failure_t *failure)
{
    itg_error_t err = itg__http_tickets_init(http, failure);
    return err ? err : itg__http_handshakes_start(http, options->idle_timeout_s, failure);
}

static itg_error_t start(itg_http_t *http, const itg_http_options_t *options, itg_failure_t *failure)
{
    itg_error_t err = check_certificate(options, failure);
    if (err)
        return err;
    err = itg__http_listen(&http->listener, options, failure);
    if (err)
        return err;
    if (!itg__http_workers_init(&http->workers, options->workers, ITG__HTTP_QUEUE_MAX, run_imi))
        return itg__http_fail(failure, ITG_E_INTERNAL, "out of memory", NULL);
    err = start_agents(http, options, failure);
    if (err)
        return err;
    err = options->plain_http ? ITG_OK : start_tls(http, options, failure);
    if (err)
        return err;
    err = start_lanes(http, options, failure);
    if (err)
        return err;
    return itg__http_accept_start(http, failure);
}

itg_error_t itg_http_start(itg_imi_t *imi, const itg_http_options_t *options, itg_http_t **ret_http,
                           itg_failure_t *failure)
{
    if (!imi || !ret_http)
        return itg__http_fail(failure, ITG_E_INVALID_BODY, "itg_http_start: an argument is NULL", NULL);
    itg_http_options_t all;
    take_options(&all, options);
    itg_http_t *http = calloc(1, sizeof(*http));
    if (!http)
        return itg__http_fail(failure, ITG_E_INTERNAL, "out of memory", NULL);
    http->imi = imi;
    http->agents = all.agents;
    http->max_connections = all.max_connections;
    http->max_header = all.max_header;
    http->max_body = itg_imi_max_body(imi);
    http->listener.fd = -1;
    http->listener.wake = -1;
    itg_error_t err = start(http, &all, failure);
    if (err) {
        end(http);
        return err;
    }
    *ret_http = http;
    return ITG_OK;
}

uint16_t itg_http_port(const itg_http_t *http)
{
    return http ? http->listener.port : 0;
}

/* ---- stop ---- */

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* What is still to be done. */
struct load {
    int coming, answering;
    unsigned int pieces;
};

static struct load load_of(itg_http_t *http)
{
    struct load load = {0};
    for (int i = 0; i < http->lane_count; i++) {
        load.coming += atomic_load(&http->lanes[i].coming);
        load.answering += atomic_load(&http->lanes[i].answering);
        load.pieces += atomic_load(&http->lanes[i].pieces);
    }
    return load;
}

bool itg__http_is_crowded(itg_http_t *http)
{
    unsigned int open = 0;
    for (int i = 0; i < http->lane_count; i++)
        open += atomic_load(&http->lanes[i].opened) - atomic_load(&http->lanes[i].closed);
    return open > (unsigned int)http->max_connections / 2;
}

/* @return true if all requests have been answered, but for those that do not come in completely */
static bool wait_for_requests(itg_http_t *http, int64_t limit_ms)
{
    const struct timespec pause = {.tv_nsec = STOP_POLL_MS * 1000000L};
    int64_t now = now_ms(), deadline = now + limit_ms, stalled = now + STALLED_MS;
    struct load before = load_of(http);
    for (;;) {
        struct load load = load_of(http);
        now = now_ms();
        if (load.pieces != before.pieces)
            stalled = now + STALLED_MS;
        if (load.answering == 0 && (load.coming == 0 || now >= stalled))
            return true;
        if (now >= deadline)
            return false;
        before = load;
        nanosleep(&pause, NULL);
    }
}

void itg_http_stop(itg_http_t *http, int32_t grace_ms)
{
    if (!http)
        return;
    atomic_store(&http->stopping, true);
    itg__http_accept_stop(http);
    if (http->agents)
        itg_agents_wake_all(http->agents);
    if (!wait_for_requests(http, grace_ms)) {
        stop_workers(http);
        (void)wait_for_requests(http, LAST_ANSWERS_MS);
    }
    end(http);
}
