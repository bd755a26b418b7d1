/* What libmicrohttpd calls: a connection begins or ends, a request line is read, headers are there, a piece
 * of the body is there, the request is complete, the request is over. */
#include "http/host.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

/* Seconds without traffic that a refused client has left to take its answer. */
enum { DRAIN_TIMEOUT_S = 5 };

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* Not strncasecmp(): what that takes for a letter depends on the host program's locale. */
static bool same_text(const char *text, size_t size, const char *wanted)
{
    for (size_t i = 0; i < size; i++) {
        if (!wanted[i] || lower(text[i]) != lower(wanted[i]))
            return false;
    }
    return !wanted[size];
}

/* ---- connection ---- */

/* The address is written once for all requests of a connection. */
static void write_peer(char peer[INET6_ADDRSTRLEN], const struct sockaddr *address)
{
    const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)(const void *)address;
    const void *part = &((const struct sockaddr_in *)(const void *)address)->sin_addr;
    int family = address->sa_family;
    if (family == AF_INET6) {
        part = &six->sin6_addr;
        if (IN6_IS_ADDR_V4MAPPED(&six->sin6_addr)) {
            part = &six->sin6_addr.s6_addr[12];
            family = AF_INET;
        }
    }
    if (!inet_ntop(family, part, peer, INET6_ADDRSTRLEN))
        peer[0] = '\0';
}

/* Without memory its requests have no address, and its handshake is libmicrohttpd's alone. */
static struct itg__connection *new_connection(struct itg__lane *lane, struct MHD_Connection *mhd)
{
    _Static_assert(sizeof(((struct itg__connection *)NULL)->peer) >= INET6_ADDRSTRLEN, "room for an address");
    struct itg__connection *connection = calloc(1, sizeof(*connection));
    if (!connection)
        return NULL;
    connection->lane = lane;
    connection->mhd = mhd;
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD);
    connection->fd = info ? info->connect_fd : -1;
    info = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    if (info && info->client_addr)
        write_peer(connection->peer, info->client_addr);
    return connection;
}

static void prepare_tls(struct itg__lane *lane, struct MHD_Connection *mhd,
                        struct itg__connection *connection)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_GNUTLS_SESSION);
    if (!info || !info->tls_session)
        return;
    itg__http_tickets_offer(lane->http, info->tls_session);
    if (connection && connection->fd >= 0)
        itg__http_handshake_begin(connection, info->tls_session);
}

void itg__http_on_connection(void *arg, struct MHD_Connection *mhd, void **context,
                             enum MHD_ConnectionNotificationCode what)
{
    struct itg__lane *lane = arg;
    struct itg__connection *connection = *context;
    if (what == MHD_CONNECTION_NOTIFY_CLOSED) {
        if (connection)
            itg__http_handshake_end(connection);
        free(connection);
        *context = NULL;
        itg__http_connection_closed(lane);
        return;
    }
    connection = new_connection(lane, mhd);
    *context = connection;
    prepare_tls(lane, mhd, connection);
    atomic_fetch_add(&lane->opened, 1);
}

/* ---- request line ---- */

/* Where the host begins in "https://host/path"; NULL if the target is a path already. */
static const char *authority_of(const char *target)
{
    static const char *const schemes[] = {"https://", "http://"};
    for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
        size_t length = strlen(schemes[i]);
        if (strnlen(target, length) == length && same_text(target, length, schemes[i]))
            return target + length;
    }
    return NULL;
}

/* Keeps the target, and the host if it is part of it: "host\0/path?query". */
static void keep_target(struct itg__request *req, const char *target, size_t size)
{
    const char *authority = authority_of(target);
    if (!authority) {
        memcpy(req->text, target, size + 1);
        req->imi.target = req->text;
        return;
    }
    size_t length = strcspn(authority, "/?#");
    const char *rest = authority + length;
    const char *user_end = memchr(authority, '@', length);
    const char *host = user_end ? user_end + 1 : authority;
    size_t host_size = (size_t)(rest - host);
    memcpy(req->text, host, host_size);
    req->text[host_size] = '\0';
    req->imi.host = req->text;
    char *path = req->text + host_size + 1;
    req->imi.target = path;
    if (*rest != '/')
        *path++ = '/';
    memcpy(path, rest, strlen(rest) + 1);
}

void *itg__http_on_line(void *arg, const char *target, struct MHD_Connection *connection)
{
    struct itg__lane *lane = arg;
    if (!target)
        target = "";
    size_t size = strlen(target);
    /* An absolute target is longer than what is made of it, "host\0/...". */
    struct itg__request *req = malloc(sizeof(*req) + size + 1);
    if (!req)
        return NULL;
    *req = (struct itg__request){.lane = lane, .connection = connection};
    keep_target(req, target, size);
    atomic_fetch_add(&lane->coming, 1);
    atomic_fetch_add(&lane->pieces, 1);
    return req;
}

/* ---- headers ---- */

/* Browsers may send several Cookie headers; imi takes one. */
static void on_cookie(struct itg__request *req, const char *value, size_t size)
{
    if (!req->imi.cookie) {
        req->imi.cookie = value;
        return;
    }
    size_t before = strlen(req->imi.cookie);
    char *joined = malloc(before + 2 + size + 1);
    if (!joined) {
        req->out_of_memory = true;
        return;
    }
    memcpy(joined, req->imi.cookie, before);
    memcpy(joined + before, "; ", 2);
    memcpy(joined + before + 2, value, size);
    joined[before + 2 + size] = '\0';
    free(req->cookie);
    req->cookie = joined;
    req->imi.cookie = joined;
}

static void on_expect(struct itg__request *req, const char *value, size_t size)
{
    req->expecting = same_text(value, size, "100-continue");
}

/* libmicrohttpd has checked that it is a number. It believes the first of several; another server on the way
 * may believe the last, and see two requests where we see one. */
static void on_content_length(struct itg__request *req, const char *value, size_t size)
{
    (void)size;
    if (req->length_text && strcmp(req->length_text, value) != 0)
        req->misframed = true;
    if (!req->length_text) {
        req->length_text = value;
        req->content_length = strtoull(value, NULL, 10);
    }
}

static void on_transfer_encoding(struct itg__request *req, const char *value, size_t size)
{
    req->chunked = !req->chunked && same_text(value, size, "chunked");
    if (!req->chunked)
        req->misframed = true;
}

/* The first one of a name is kept at `offset` of the request, unless a function takes it. */
static const struct header {
    const char *name;
    size_t offset;
    void (*take)(struct itg__request *req, const char *value, size_t size);
} headers[] = {
    {"Host", offsetof(struct itg__request, imi.host), NULL},
    {"Authorization", offsetof(struct itg__request, imi.authorization), NULL},
    {"Content-Type", offsetof(struct itg__request, imi.content_type), NULL},
    {"Cookie", 0, on_cookie},
    {"Content-Length", 0, on_content_length},
    {"Transfer-Encoding", 0, on_transfer_encoding},
    {"Expect", 0, on_expect},
};

/* libmicrohttpd leaves the blanks that may end a value. The text lies in the connection's receive buffer. */
static void trim(const char *value, size_t size)
{
    while (size > 0 && (value[size - 1] == ' ' || value[size - 1] == '\t'))
        size--;
    if (value[size])
        ((char *)(uintptr_t)value)[size] = '\0';
}

static void take_header(struct itg__request *req, const struct header *header, const char *value, size_t size)
{
    if (header->take) {
        header->take(req, value, size);
        return;
    }
    const char **member = (const char **)(void *)((char *)req + header->offset);
    if (*member)
        return;
    trim(value, size);
    *member = value;
}

static enum MHD_Result on_header(void *req, enum MHD_ValueKind kind, const char *name, size_t name_size,
                                 const char *value, size_t value_size)
{
    (void)kind;
    for (size_t i = 0; value && i < sizeof(headers) / sizeof(headers[0]); i++) {
        if (same_text(name, name_size, headers[i].name)) {
            take_header(req, &headers[i], value, value_size);
            break;
        }
    }
    return MHD_YES;
}

static void take_headers(struct itg__request *req, const char *method, const char *version)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(req->connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    req->head = strcmp(method, MHD_HTTP_METHOD_HEAD) == 0;
    req->old = strcmp(version, MHD_HTTP_VERSION_1_0) == 0;
    req->imi.size = sizeof(req->imi);
    /* So that the length of the body is known. It is left out here, see respond.c. */
    req->imi.method = req->head ? MHD_HTTP_METHOD_GET : method;
    const struct itg__connection *connection = info ? info->socket_context : NULL;
    req->imi.peer = connection && connection->peer[0] ? connection->peer : NULL;
    (void)MHD_get_connection_values_n(req->connection, MHD_HEADER_KIND, on_header, req);
    if (req->chunked && req->length_text)
        req->misframed = true;
}

/* ---- answers ---- */

static enum MHD_Result queue(struct itg__request *req)
{
    if (!req->answer || req->gone)
        return MHD_NO;
    enum MHD_Result result = MHD_queue_response(req->connection, req->status, req->answer);
    MHD_destroy_response(req->answer);
    req->answer = NULL;
    return result;
}

static itg_imi_response_t *refusal(struct itg__request *req, unsigned int status)
{
    itg_http_t *http = req->lane->http;
    if (status == MHD_HTTP_SERVICE_UNAVAILABLE)
        return itg__http_busy(req);
    return req->agent ? itg_agents_refuse_body(http->agents) : itg_imi_refuse_body(http->imi);
}

/* Refuses before the body is in. Whatever of it still comes is read and thrown away, see ITG__HTTP_DRAIN_MAX;
 * a client that asked before it sends needs none of that. */
static enum MHD_Result refuse(struct itg__request *req, unsigned int status)
{
    if (req->state == ITG__REQUEST_NEW && req->expecting) {
        req->status = status;
        req->answer = itg__http_convert(req, refusal(req, status));
        return queue(req);
    }
    itg__http_body_free(req);
    if (!itg__http_send_now(req, refusal(req, status), status))
        return MHD_NO;
    req->state = ITG__REQUEST_DRAINED;
    (void)MHD_set_connection_option(req->connection, MHD_CONNECTION_OPTION_TIMEOUT,
                                    (unsigned int)DRAIN_TIMEOUT_S);
    return MHD_YES;
}

static size_t header_size(struct itg__request *req)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(req->connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
    return info ? info->header_size : 0;
}

static enum MHD_Result begin(struct itg__request *req, const char *method, const char *version)
{
    itg_http_t *http = req->lane->http;
    take_headers(req, method, version);
    if (req->out_of_memory)
        return MHD_NO;
    req->agent = http->agents && itg_agents_wants(http->agents, req->imi.target);
    req->max_body = req->agent ? itg_agents_max_body(http->agents) : http->max_body;
    if (header_size(req) > http->max_header)
        return refuse(req, MHD_HTTP_REQUEST_HEADER_FIELDS_TOO_LARGE);
    if (req->misframed)
        return refuse(req, MHD_HTTP_BAD_REQUEST);
    if (req->content_length > req->max_body)
        return refuse(req, MHD_HTTP_CONTENT_TOO_LARGE);
    req->state = ITG__REQUEST_BODY;
    return MHD_YES;
}

static enum MHD_Result take_body(struct itg__request *req, const char *data, size_t *size)
{
    atomic_fetch_add(&req->lane->pieces, 1);
    unsigned int status = itg__http_body_add(req, data, *size);
    *size = 0;
    return status ? refuse(req, status) : MHD_YES;
}

/* The answer is sent already; when the body ends, or is too long even for this, so does the connection. */
static enum MHD_Result drain(struct itg__request *req, size_t *size)
{
    req->drained += *size;
    if (*size == 0 || req->drained > ITG__HTTP_DRAIN_MAX)
        return MHD_NO;
    *size = 0;
    return MHD_YES;
}

static enum MHD_Result run(struct itg__request *req)
{
    itg_http_t *http = req->lane->http;
    req->complete = true;
    atomic_fetch_add(&req->lane->answering, 1);
    atomic_fetch_sub(&req->lane->coming, 1);
    bool quick = !req->agent && itg_imi_is_quick(http->imi, &req->imi);
    if (!quick && itg__http_workers_submit(req->agent ? &http->agent_workers : &http->workers, req))
        return MHD_YES;
    itg__http_answer(req, !quick);
    return queue(req);
}

enum MHD_Result itg__http_on_request(void *lane, struct MHD_Connection *connection, const char *url,
                                     const char *method, const char *version, const char *data,
                                     size_t *data_size, void **context)
{
    (void)lane, (void)connection, (void)url;
    struct itg__request *req = *context;
    if (!req)
        return MHD_NO;
    switch (req->state) {
    case ITG__REQUEST_NEW:
        return begin(req, method, version);
    case ITG__REQUEST_BODY:
        return *data_size ? take_body(req, data, data_size) : run(req);
    case ITG__REQUEST_DRAINED:
        return drain(req, data_size);
    case ITG__REQUEST_WAITING:
        return MHD_YES;
    case ITG__REQUEST_READY:
        return queue(req);
    }
    return MHD_NO;
}

void itg__http_on_completed(void *arg, struct MHD_Connection *connection, void **context,
                            enum MHD_RequestTerminationCode why)
{
    (void)connection, (void)why;
    struct itg__lane *lane = arg;
    struct itg__request *req = *context;
    if (!req)
        return;
    itg__http_body_free(req);
    if (req->answer)
        MHD_destroy_response(req->answer);
    atomic_fetch_sub(req->complete ? &lane->answering : &lane->coming, 1);
    free(req->cookie);
    free(req);
    *context = NULL;
}
