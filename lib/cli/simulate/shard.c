/* One thread of simulated thin clients. libcurl's multi interface says which sockets it wants to hear of; they stand in
 * one epoll instance. A thin client that does nothing has no handle of libcurl's. */
#include "cli/agent/events.h"
#include "cli/simulate/simulate.h"
#include "core/text.h"
#include <curl/curl.h>
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

enum {
    EVENTS = 256,
    NAP_MS = 200,      /* the longest sleep: others may want it to end */
    ANSWER_MS = 30000, /* beside the time that a check-in waits */
    CONNECT_MS = 10000,
    KEPT_HANDLES = 256, /* that are free */
    LINE = 512
};

struct transfer {
    CURL *easy;
    struct curl_slist *headers;
    struct sim_client *client;
    struct sim_request request;
    struct itg__buf answer;
    int64_t begun_us;
    bool seen; /* what its handshake was */
    bool is_new, is_resumed;
    struct transfer *next; /* of those that are free, or on their way */
    struct transfer **at;  /* what points to it while it is on its way */
};

struct run {
    struct sim_shard *shard;
    CURLM *multi;
    CURLSH *share;
    int epoll;
    int64_t timer_ms;         /* when libcurl wants to be called; -1: never */
    struct sim_client **heap; /* those that are not in flight, the next one first */
    size_t heap_count;
    struct transfer *free;
    size_t free_count;
    struct transfer *busy; /* on their way */
    int64_t in_flight;
    struct sim_counts counts; /* of this thread; the shard's are a copy */
    char url[LINE];
};

static int64_t now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* ---- who is next: a heap */

static void swap(struct run *run, size_t a, size_t b)
{
    struct sim_client *held = run->heap[a];
    run->heap[a] = run->heap[b];
    run->heap[b] = held;
}

static void heap_put(struct run *run, struct sim_client *client)
{
    size_t at = run->heap_count++;
    run->heap[at] = client;
    for (; at > 0 && run->heap[at]->due_ms < run->heap[(at - 1) / 2]->due_ms; at = (at - 1) / 2)
        swap(run, at, (at - 1) / 2);
}

static struct sim_client *heap_take(struct run *run)
{
    struct sim_client *first = run->heap[0];
    run->heap[0] = run->heap[--run->heap_count];
    for (size_t at = 0, least = 0;; at = least) {
        for (size_t child = 2 * at + 1; child <= 2 * at + 2 && child < run->heap_count; child++)
            if (run->heap[child]->due_ms < run->heap[least]->due_ms)
                least = child;
        if (least == at)
            return first;
        swap(run, at, least);
    }
}

/* ---- transfers */

static size_t take_answer(char *data, size_t one, size_t size, void *ctx)
{
    struct transfer *transfer = ctx;
    (void)one;
    if (transfer->answer.length + size > AGENT_ANSWER_MAX)
        return 0;
    itg__buf_add(&transfer->answer, data, size);
    return transfer->answer.failed ? 0 : size;
}

/* Whether a TLS session was resumed. libcurl does not say; the library behind it, which is loaded then, is asked by name,
 * so that nothing has to be linked for a number in a summary. */
static bool resumed(const struct curl_tlssessioninfo *tls)
{
    static const struct {
        curl_sslbackend backend;
        const char *function;
    } ways[] = {{CURLSSLBACKEND_OPENSSL, "SSL_session_reused"},
                {CURLSSLBACKEND_GNUTLS, "gnutls_session_is_resumed"}};
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        int (*ask)(void *session) = NULL;
        void *found = tls->backend == ways[i].backend ? dlsym(RTLD_DEFAULT, ways[i].function) : NULL;
        memcpy(&ask, &found, sizeof ask);
        if (found)
            return ask(tls->internals) != 0;
    }
    return false;
}

/* While the first line of the answer is here, so is the connection. */
static size_t see_header(char *data, size_t one, size_t size, void *ctx)
{
    struct transfer *transfer = ctx;
    struct curl_tlssessioninfo *tls = NULL;
    long connects = 0;
    (void)data, (void)one;
    if (transfer->seen)
        return size;
    transfer->seen = true;
    if (curl_easy_getinfo(transfer->easy, CURLINFO_NUM_CONNECTS, &connects) != CURLE_OK || connects == 0)
        return size;
    transfer->is_new = true;
    if (curl_easy_getinfo(transfer->easy, CURLINFO_TLS_SSL_PTR, &tls) == CURLE_OK && tls && tls->internals)
        transfer->is_resumed = resumed(tls);
    return size;
}

static CURLcode set_transport(CURL *easy, const struct sim_config *config, CURLSH *share)
{
    CURLcode rc = curl_easy_setopt(easy, CURLOPT_PROXY, "");
    rc = rc ? rc : curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    rc = rc ? rc : curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    rc = rc ? rc : curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    rc = rc ? rc : curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
    rc = rc ? rc : curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, 4096L);
    /* Without waiting each contact is a connection of its own, as between devices. */
    if (config->wait_s == 0) {
        rc = rc ? rc : curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
        rc = rc ? rc : curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
    }
    if (config->fresh)
        return rc ? rc : curl_easy_setopt(easy, CURLOPT_SSL_SESSIONID_CACHE, 0L);
    return rc ? rc : curl_easy_setopt(easy, CURLOPT_SHARE, share);
}

static CURLcode set_trust(CURL *easy, const struct sim_config *config)
{
    CURLcode rc = curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
    /* NULL: libcurl would read the system's, megabytes of text for each connection, though nobody asks it. */
    rc = rc ? rc : curl_easy_setopt(easy, CURLOPT_CAINFO, config->ca);
    if (config->ca)
        return rc;
    rc = rc ? rc : curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 0L);
    rc = rc ? rc : curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L);
    return rc ? rc : curl_easy_setopt(easy, CURLOPT_PINNEDPUBLICKEY, config->pin);
}

static struct transfer *transfer_new(struct run *run)
{
    struct transfer *transfer = calloc(1, sizeof *transfer);
    CURL *easy = transfer ? curl_easy_init() : NULL;
    CURLcode rc = easy ? set_transport(easy, run->shard->config, run->share) : CURLE_OUT_OF_MEMORY;
    rc = rc ? rc : set_trust(easy, run->shard->config);
    rc = rc ? rc : curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_answer);
    rc = rc ? rc : curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer);
    rc = rc ? rc : curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, see_header);
    rc = rc ? rc : curl_easy_setopt(easy, CURLOPT_HEADERDATA, transfer);
    rc = rc ? rc : curl_easy_setopt(easy, CURLOPT_PRIVATE, transfer);
    if (!rc) {
        transfer->easy = easy;
        return transfer;
    }
    curl_easy_cleanup(easy);
    free(transfer);
    return NULL;
}

static void transfer_free(struct transfer *transfer)
{
    curl_easy_cleanup(transfer->easy);
    curl_slist_free_all(transfer->headers);
    free(transfer->request.body);
    itg__buf_dispose(&transfer->answer);
    free(transfer);
}

static struct transfer *transfer_take(struct run *run)
{
    struct transfer *transfer = run->free;
    if (!transfer)
        return transfer_new(run);
    run->free = transfer->next;
    run->free_count--;
    return transfer;
}

static void transfer_give(struct run *run, struct transfer *transfer)
{
    curl_slist_free_all(transfer->headers);
    free(transfer->request.body);
    itg__buf_dispose(&transfer->answer);
    transfer->headers = NULL;
    transfer->request.body = NULL;
    transfer->answer = (struct itg__buf){0};
    transfer->seen = transfer->is_new = transfer->is_resumed = false;
    if (run->free_count >= KEPT_HANDLES) {
        transfer_free(transfer);
        return;
    }
    transfer->next = run->free;
    run->free = transfer;
    run->free_count++;
}

static bool add_header(struct curl_slist **headers, const char *line)
{
    struct curl_slist *longer = curl_slist_append(*headers, line);
    if (longer)
        *headers = longer;
    return longer != NULL;
}

static CURLcode set_request(struct run *run, struct transfer *transfer)
{
    CURL *easy = transfer->easy;
    const struct sim_request *request = &transfer->request;
    char line[LINE];
    bool ok = request->body && add_header(&transfer->headers, "Content-Type: application/json") &&
              add_header(&transfer->headers, "Expect:");
    if (request->has_token) {
        snprintf(line, sizeof line, "Authorization: Bearer %s", transfer->client->token);
        ok = ok && add_header(&transfer->headers, line);
    }
    CURLcode rc = ok ? CURLE_OK : CURLE_OUT_OF_MEMORY;
    snprintf(run->url, sizeof run->url, "%s%s", run->shard->config->server, request->path);
    rc = rc ? rc : curl_easy_setopt(easy, CURLOPT_URL, run->url);
    rc = rc ? rc : curl_easy_setopt(easy, CURLOPT_HTTPHEADER, transfer->headers);
    rc = rc ? rc : curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)strlen(request->body));
    rc = rc ? rc : curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request->body);
    return rc ? rc : curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)(request->wait_s * 1000 + ANSWER_MS));
}

static void enlist(struct run *run, struct transfer *transfer)
{
    transfer->next = run->busy;
    transfer->at = &run->busy;
    if (run->busy)
        run->busy->at = &transfer->next;
    run->busy = transfer;
    run->in_flight++;
}

static void delist(struct run *run, struct transfer *transfer)
{
    *transfer->at = transfer->next;
    if (transfer->next)
        transfer->next->at = transfer->at;
    curl_multi_remove_handle(run->multi, transfer->easy);
    run->in_flight--;
}

/* What a thin client wants to say is on its way. It is in the heap again if that cannot be. */
static void begin(struct run *run, struct sim_client *client)
{
    int64_t now_ms = agent_now_ms();
    struct transfer *transfer = transfer_take(run);
    if (now_ms - client->due_ms > run->counts.late_ms)
        run->counts.late_ms = now_ms - client->due_ms;
    bool ok = transfer != NULL;
    if (ok) {
        transfer->client = client;
        transfer->begun_us = now_us();
        transfer->request = sim_client_act(client, run->shard->config, now_ms);
        ok = !set_request(run, transfer) && curl_multi_add_handle(run->multi, transfer->easy) == CURLM_OK;
    }
    if (ok) {
        enlist(run, transfer);
        return;
    }
    sim_counts_fail(&run->counts, "out of memory");
    if (transfer)
        transfer_give(run, transfer);
    sim_client_miss(client, now_ms);
    heap_put(run, client);
}

static void count_answer(struct run *run, const struct transfer *transfer)
{
    int64_t took_us = now_us() - transfer->begun_us;
    if (strcmp(transfer->request.path, AGENT_REGISTER_PATH) == 0)
        sim_times_add(&run->counts.registrations, took_us);
    else if (!transfer->request.waits && transfer->begun_us / 1000 > run->shard->config->settled_ms)
        sim_times_add(&run->counts.answers, took_us);
    run->counts.full += transfer->is_new && !transfer->is_resumed;
    run->counts.resumed += transfer->is_new && transfer->is_resumed;
}

static void hear(struct run *run, struct transfer *transfer, CURLcode result)
{
    struct sim_client *client = transfer->client;
    struct agent_response response = {.body = transfer->answer.data, .length = transfer->answer.length};
    curl_off_t retry_s = 0;
    if (result) {
        sim_counts_fail(&run->counts, curl_easy_strerror(result));
        sim_client_miss(client, agent_now_ms());
        return;
    }
    count_answer(run, transfer);
    if (curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &response.status) ||
        curl_easy_getinfo(transfer->easy, CURLINFO_RETRY_AFTER, &retry_s))
        response.status = 0;
    response.retry_after_s = retry_s;
    sim_client_hear(client, run->shard->config, transfer->request.path, transfer->request.wait_s > 0,
                    &response, agent_now_ms(), &run->counts);
}

static void end(struct run *run, struct transfer *transfer, CURLcode result)
{
    struct sim_client *client = transfer->client;
    delist(run, transfer);
    hear(run, transfer, result);
    bool up = client->state == SIM_UP || client->state == SIM_LEAVING;
    run->counts.online += up - client->counted;
    client->counted = up;
    transfer_give(run, transfer);
    if (sim_client_lives(client))
        heap_put(run, client);
}

static void end_all_done(struct run *run)
{
    int left;
    for (CURLMsg *message; (message = curl_multi_info_read(run->multi, &left));) {
        struct transfer *transfer = NULL;
        CURLcode result = message->data.result;
        if (message->msg == CURLMSG_DONE &&
            curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&transfer) == CURLE_OK)
            end(run, transfer, result);
    }
}

/* ---- what libcurl wants */

static int want_socket(CURL *easy, curl_socket_t fd, int what, void *ctx, void *known)
{
    struct run *run = ctx;
    struct epoll_event event = {.data.fd = fd};
    (void)easy;
    if (what == CURL_POLL_REMOVE) {
        if (epoll_ctl(run->epoll, EPOLL_CTL_DEL, fd, NULL)) {
            /* It is closed already. */
        }
        return 0;
    }
    event.events = (what & CURL_POLL_IN ? EPOLLIN : 0u) | (what & CURL_POLL_OUT ? EPOLLOUT : 0u);
    int op = known ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;
    if (epoll_ctl(run->epoll, op, fd, &event) != 0)
        return -1;
    return curl_multi_assign(run->multi, fd, run) == CURLM_OK ? 0 : -1;
}

static int want_timer(CURLM *multi, long ms, void *ctx)
{
    struct run *run = ctx;
    (void)multi;
    run->timer_ms = ms < 0 ? -1 : agent_now_ms() + ms;
    return 0;
}

static void serve_timer(struct run *run)
{
    int running;
    if (run->timer_ms < 0 || agent_now_ms() < run->timer_ms)
        return;
    run->timer_ms = -1;
    curl_multi_socket_action(run->multi, CURL_SOCKET_TIMEOUT, 0, &running);
}

static void serve_socket(struct run *run, const struct epoll_event *event)
{
    int running, what = 0;
    if (event->events & (EPOLLIN | EPOLLHUP))
        what |= CURL_CSELECT_IN;
    if (event->events & EPOLLOUT)
        what |= CURL_CSELECT_OUT;
    if (event->events & EPOLLERR)
        what |= CURL_CSELECT_ERR;
    curl_multi_socket_action(run->multi, event->data.fd, what, &running);
}

/* ---- the loop */

static void begin_all_due(struct run *run)
{
    while (run->heap_count > 0 && run->in_flight < run->shard->in_flight_max &&
           run->heap[0]->due_ms <= agent_now_ms())
        begin(run, heap_take(run));
}

static int sleep_ms(const struct run *run)
{
    int64_t until_ms = agent_now_ms() + NAP_MS, now_ms = agent_now_ms();
    if (run->timer_ms >= 0 && run->timer_ms < until_ms)
        until_ms = run->timer_ms;
    if (run->heap_count > 0 && run->in_flight < run->shard->in_flight_max && run->heap[0]->due_ms < until_ms)
        until_ms = run->heap[0]->due_ms;
    return until_ms > now_ms ? (int)(until_ms - now_ms) : 0;
}

static void publish(struct run *run)
{
    run->counts.in_flight = run->in_flight;
    pthread_mutex_lock(&run->shard->lock);
    run->shard->counts = run->counts;
    pthread_mutex_unlock(&run->shard->lock);
}

static void loop(struct run *run)
{
    struct epoll_event events[EVENTS];
    int64_t published_ms = 0;
    while (!atomic_load(run->shard->stop)) {
        begin_all_due(run);
        int count = epoll_wait(run->epoll, events, EVENTS, sleep_ms(run));
        for (int i = 0; i < count; i++)
            serve_socket(run, &events[i]);
        serve_timer(run);
        end_all_done(run);
        if (agent_now_ms() - published_ms >= NAP_MS) {
            publish(run);
            published_ms = agent_now_ms();
        }
    }
    publish(run);
}

static bool open_run(struct run *run)
{
    struct sim_shard *shard = run->shard;
    run->timer_ms = -1;
    run->epoll = epoll_create1(EPOLL_CLOEXEC);
    run->multi = curl_multi_init();
    run->share = curl_share_init();
    run->heap = calloc((size_t)shard->count + 1, sizeof(struct sim_client *));
    if (run->epoll < 0 || !run->multi || !run->share || !run->heap)
        return false;
    for (int64_t i = 0; i < shard->count; i++)
        heap_put(run, &shard->clients[i]);
    return curl_multi_setopt(run->multi, CURLMOPT_SOCKETFUNCTION, want_socket) == CURLM_OK &&
           curl_multi_setopt(run->multi, CURLMOPT_SOCKETDATA, run) == CURLM_OK &&
           curl_multi_setopt(run->multi, CURLMOPT_TIMERFUNCTION, want_timer) == CURLM_OK &&
           curl_multi_setopt(run->multi, CURLMOPT_TIMERDATA, run) == CURLM_OK &&
           curl_multi_setopt(run->multi, CURLMOPT_MAXCONNECTS, (long)shard->in_flight_max) == CURLM_OK &&
           curl_share_setopt(run->share, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION) == CURLSHE_OK;
}

static void close_run(struct run *run)
{
    while (run->busy) {
        struct transfer *transfer = run->busy;
        delist(run, transfer);
        transfer_free(transfer);
    }
    while (run->free) {
        struct transfer *transfer = run->free;
        run->free = transfer->next;
        transfer_free(transfer);
    }
    if (run->multi)
        curl_multi_cleanup(run->multi);
    if (run->share)
        curl_share_cleanup(run->share);
    if (run->epoll >= 0)
        close(run->epoll);
    free(run->heap);
}

void *sim_shard_run(void *arg)
{
    struct sim_shard *shard = arg;
    struct run run = {.shard = shard};
    if (open_run(&run))
        loop(&run);
    else
        shard->fault = "out of memory or descriptors";
    close_run(&run);
    return NULL;
}
