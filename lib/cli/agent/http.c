#include "cli/agent/http.h"
#include "core/text.h"
#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

enum { CONNECT_MS = 10000, POLL_MS = 1000, IDLE_S = 30, IDLE_STEP_S = 10, RETRY_MAX_S = 3600 };

struct agent_http {
    struct agent_http_options options;
    CURLM *multi;  /* keeps the connection */
    CURLSH *share; /* keeps the TLS session, which spares the next connection half the handshake */
    struct itg__buf body;
    char error[CURL_ERROR_SIZE];
};

struct agent_http *agent_http_new(const struct agent_http_options *options)
{
    struct agent_http *http = calloc(1, sizeof *http);
    if (!http)
        return NULL;
    http->options = *options;
    bool ready = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
    http->multi = ready ? curl_multi_init() : NULL;
    http->share = ready ? curl_share_init() : NULL;
    if (http->multi && http->share &&
        curl_share_setopt(http->share, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION) == CURLSHE_OK)
        return http;
    agent_http_free(http);
    return NULL;
}

void agent_http_free(struct agent_http *http)
{
    if (!http)
        return;
    if (http->multi)
        curl_multi_cleanup(http->multi);
    if (http->share)
        curl_share_cleanup(http->share);
    curl_global_cleanup();
    if (http->body.data)
        explicit_bzero(http->body.data, http->body.length);
    itg__buf_dispose(&http->body);
    free(http);
}

/* Less than `size` is an error for libcurl. */
static size_t take_body(char *data, size_t one, size_t size, void *ctx)
{
    struct itg__buf *body = ctx;
    (void)one; /* always 1 */
    if (body->length + size > AGENT_ANSWER_MAX)
        return 0;
    itg__buf_add(body, data, size);
    return body->failed ? 0 : size;
}

/* What all requests have in common. An option that this libcurl does not know is an error. */
static CURLcode set_common(CURL *easy, struct agent_http *http)
{
    const struct agent_http_options *options = &http->options;
    CURLcode rc = curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, http->error);
#if LIBCURL_VERSION_NUM >= 0x075500
    rc = rc ? rc : curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "https");
#else
    rc = rc ? rc : curl_easy_setopt(easy, CURLOPT_PROTOCOLS, (long)CURLPROTO_HTTPS);
#endif
    /* The token goes to the server and to nobody in between. */
    rc = rc ? rc : curl_easy_setopt(easy, CURLOPT_PROXY, "");
    rc = rc ? rc : curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    rc = rc ? rc : curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    rc = rc ? rc : curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    rc = rc ? rc : curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
    /* A server that has lost its power says nothing more. */
    rc = rc ? rc : curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
    rc = rc ? rc : curl_easy_setopt(easy, CURLOPT_TCP_KEEPIDLE, (long)IDLE_S);
    rc = rc ? rc : curl_easy_setopt(easy, CURLOPT_TCP_KEEPINTVL, (long)IDLE_STEP_S);
    rc = rc ? rc : curl_easy_setopt(easy, CURLOPT_SHARE, http->share);
    /* Without a file of ours: none. libcurl would read the system's for each connection, though nobody asks it. */
    rc = rc ? rc : curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
    return rc ? rc : curl_easy_setopt(easy, CURLOPT_CAINFO, options->ca);
}

/* Whom to believe that he is the server. */
static CURLcode set_trust(CURL *easy, const struct agent_http *http, const char *pin)
{
    if (http->options.ca)
        return CURLE_OK; /* libcurl's defaults: signed by a CA, made out to this host, valid now */
    CURLcode rc = curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 0L);
    rc = rc ? rc : curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L);
    return rc ? rc : curl_easy_setopt(easy, CURLOPT_PINNEDPUBLICKEY, pin);
}

static enum agent_http_result fail(char *why, const char *text)
{
    snprintf(why, AGENT_HTTP_WHY_SIZE, "%s", text);
    return AGENT_HTTP_FAILED;
}

static enum agent_http_result judge(const struct agent_http *http, CURLcode rc, char *why)
{
    if (rc == CURLE_OK)
        return AGENT_HTTP_OK;
    if (rc == CURLE_SSL_PINNEDPUBKEYNOTMATCH || rc == CURLE_PEER_FAILED_VERIFICATION) {
        snprintf(why, AGENT_HTTP_WHY_SIZE, "%s",
                 http->options.ca ? http->error : "it shows another certificate than the pinned one");
        return AGENT_HTTP_IMPOSTOR;
    }
    if (rc == CURLE_WRITE_ERROR)
        return fail(why, "the answer is too long");
    return fail(why, *http->error ? http->error : curl_easy_strerror(rc));
}

/* Carries a transfer out until it is done or the agent is to end. @return false: interrupted */
static bool perform(struct agent_http *http, CURL *easy, CURLcode *ret_rc)
{
    struct agent_events *events = http->options.events;
    int running = 1, left;
    if (curl_multi_add_handle(http->multi, easy) != CURLM_OK) {
        *ret_rc = CURLE_FAILED_INIT;
        return true;
    }
    while (running && !events->stop) {
        struct curl_waitfd waited = {.fd = events->fd, .events = CURL_WAIT_POLLIN};
        CURLMcode rc = curl_multi_perform(http->multi, &running);
        if (rc == CURLM_OK && running)
            rc = curl_multi_poll(http->multi, &waited, 1, POLL_MS, NULL);
        if (rc != CURLM_OK)
            break;
        if (waited.revents)
            agent_events_take(events);
    }
    CURLMsg *message = curl_multi_info_read(http->multi, &left);
    bool done = message && message->msg == CURLMSG_DONE;
    *ret_rc = done ? message->data.result : CURLE_FAILED_INIT;
    curl_multi_remove_handle(http->multi, easy);
    return done || !events->stop;
}

/* The pin of the certificate that a connection has shown. */
static bool read_pin(CURL *easy, char pin[AGENT_PIN_TEXT_SIZE])
{
    struct curl_certinfo *chain = NULL;
    if (curl_easy_getinfo(easy, CURLINFO_CERTINFO, &chain) != CURLE_OK || !chain || chain->num_of_certs < 1)
        return false;
    for (const struct curl_slist *field = chain->certinfo[0]; field; field = field->next)
        if (strncmp(field->data, "Cert:", 5) == 0)
            return agent_pin_of(field->data, pin);
    return false;
}

enum agent_http_result agent_http_learn(struct agent_http *http, char pin[AGENT_PIN_TEXT_SIZE], char *why)
{
    CURL *easy = curl_easy_init();
    if (!easy)
        return fail(why, "out of memory");
    http->error[0] = '\0';
    CURLcode rc = set_common(easy, http);
    rc = rc ? rc : curl_easy_setopt(easy, CURLOPT_URL, http->options.server);
    rc = rc ? rc : curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 0L);
    rc = rc ? rc : curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L);
    rc = rc ? rc : curl_easy_setopt(easy, CURLOPT_CERTINFO, 1L);
    rc = rc ? rc : curl_easy_setopt(easy, CURLOPT_CONNECT_ONLY, 1L);
    enum agent_http_result result = AGENT_HTTP_INTERRUPTED;
    if (rc || perform(http, easy, &rc))
        result = judge(http, rc, why);
    if (result == AGENT_HTTP_OK && !read_pin(easy, pin))
        result = fail(why, "cannot read its certificate");
    curl_easy_cleanup(easy);
    return result;
}

static bool add_header(struct curl_slist **headers, const char *line)
{
    struct curl_slist *longer = curl_slist_append(*headers, line);
    if (longer)
        *headers = longer;
    return longer != NULL;
}

/* NULL: out of memory */
static struct curl_slist *make_headers(const char *token)
{
    struct curl_slist *headers = NULL;
    char line[AGENT_TOKEN_SIZE + 32];
    /* "Expect:" takes libcurl's own away, for which the server would have to answer first. */
    bool ok = add_header(&headers, "Content-Type: application/json") && add_header(&headers, "Expect:");
    if (token) {
        snprintf(line, sizeof line, "Authorization: Bearer %s", token);
        ok = ok && add_header(&headers, line);
        explicit_bzero(line, sizeof line);
    }
    if (ok)
        return headers;
    curl_slist_free_all(headers);
    return NULL;
}

static CURLcode set_request(CURL *easy, struct agent_http *http, const char *url,
                            const struct curl_slist *headers, const char *body, int64_t timeout_ms)
{
    CURLcode rc = set_common(easy, http);
    rc = rc ? rc : curl_easy_setopt(easy, CURLOPT_URL, url);
    rc = rc ? rc : curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
    rc = rc ? rc : curl_easy_setopt(easy, CURLOPT_POSTFIELDS, body);
    rc = rc ? rc : curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)strlen(body));
    rc = rc ? rc : curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)timeout_ms);
    rc = rc ? rc : curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
    return rc ? rc : curl_easy_setopt(easy, CURLOPT_WRITEDATA, &http->body);
}

static void read_response(struct agent_http *http, CURL *easy, struct agent_response *response)
{
    curl_off_t retry = 0;
    *response = (struct agent_response){.body = http->body.data, .length = http->body.length};
    if (curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &response->status) != CURLE_OK)
        response->status = 0;
    if (curl_easy_getinfo(easy, CURLINFO_RETRY_AFTER, &retry) == CURLE_OK && retry > 0)
        response->retry_after_s = retry < RETRY_MAX_S ? (int64_t)retry : RETRY_MAX_S;
}

enum agent_http_result agent_http_post(struct agent_http *http, const char *pin, const char *path,
                                       const char *token, const char *body, int64_t timeout_ms,
                                       struct agent_response *response, char *why)
{
    char url[1024];
    CURL *easy = curl_easy_init();
    struct curl_slist *headers = make_headers(token);
    enum agent_http_result result = AGENT_HTTP_INTERRUPTED;
    CURLcode rc = easy && headers ? CURLE_OK : CURLE_OUT_OF_MEMORY;
    snprintf(url, sizeof url, "%s%s", http->options.server, path);
    http->error[0] = '\0';
    itg__buf_dispose(&http->body);
    http->body = (struct itg__buf){0};
    rc = rc ? rc : set_request(easy, http, url, headers, body, timeout_ms);
    rc = rc ? rc : set_trust(easy, http, pin);
    if (rc || perform(http, easy, &rc))
        result = judge(http, rc, why);
    if (result == AGENT_HTTP_OK)
        read_response(http, easy, response);
    curl_easy_cleanup(easy);
    curl_slist_free_all(headers);
    return result;
}
