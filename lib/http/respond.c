/* The way back: responses of imi become responses of libmicrohttpd. */
#include "http/host.h"
#include <gnutls/gnutls.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

/* A body up to this size is handed over in one piece, which saves calls and copies. */
enum { WHOLE_MAX = 256 * 1024 };

/* Buffer of a body that is sent without chunks. Chunks are made in the connection's own memory. */
enum { BLOCK_SIZE = 32 * 1024, UNUSED_BLOCK_SIZE = 1 };

/* A body that is read from imi as fast as the client takes it. */
struct stream {
    itg_imi_response_t *from;
    int abort_fd; /* socket whose end would look like the end of the body, or -1 */
};

static void free_stream(void *arg)
{
    struct stream *stream = arg;
    itg_imi_response_free(stream->from);
    free(stream);
}

/* Without a length and without chunks, closing the connection says that the body is complete. Dissolving
 * the association resets it instead. */
static void reset_connection(int fd)
{
    struct sockaddr nowhere = {.sa_family = AF_UNSPEC};
    (void)connect(fd, &nowhere, sizeof(nowhere));
}

static ssize_t read_stream(void *arg, uint64_t position, char *buf, size_t size)
{
    (void)position;
    struct stream *stream = arg;
    int64_t count = itg_imi_response_read(stream->from, buf, size);
    if (count > 0)
        return (ssize_t)count;
    if (count == 0)
        return MHD_CONTENT_READER_END_OF_STREAM;
    if (stream->abort_fd >= 0)
        reset_connection(stream->abort_fd);
    return MHD_CONTENT_READER_END_WITH_ERROR;
}

int itg__http_socket(const struct itg__request *req)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(req->connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    return info ? info->connect_fd : -1;
}

/* Reads until the buffer is full or the body ends. @return bytes read, or -1 if the rest cannot be had */
static int64_t read_full(itg_imi_response_t *from, char *buf, size_t size)
{
    size_t have = 0;
    while (have < size) {
        int64_t count = itg_imi_response_read(from, buf + have, size - have);
        if (count < 0)
            return -1;
        if (count == 0)
            break;
        have += (size_t)count;
    }
    return (int64_t)have;
}

static struct MHD_Response *convert_whole(itg_imi_response_t *from, size_t size)
{
    if (size == 0)
        return MHD_create_response_from_buffer(0, (void *)"", MHD_RESPMEM_PERSISTENT);
    char *body = malloc(size);
    if (!body)
        return NULL;
    struct MHD_Response *to = NULL;
    if (read_full(from, body, size) == (int64_t)size)
        to = MHD_create_response_from_buffer(size, body, MHD_RESPMEM_MUST_FREE);
    if (!to)
        free(body);
    return to;
}

/* On success the stream owns the response of imi. */
static struct MHD_Response *convert_stream(struct itg__request *req, itg_imi_response_t *from, int64_t size)
{
    struct stream *stream = malloc(sizeof(*stream));
    if (!stream)
        return NULL;
    bool until_close = size < 0 && req->old;
    bool chunked = size < 0 && !req->old;
    *stream = (struct stream){.from = from, .abort_fd = until_close ? itg__http_socket(req) : -1};
    struct MHD_Response *to = MHD_create_response_from_callback(size < 0 ? MHD_SIZE_UNKNOWN : (uint64_t)size,
                                                                chunked ? UNUSED_BLOCK_SIZE : BLOCK_SIZE,
                                                                read_stream, stream, free_stream);
    if (!to)
        free(stream);
    return to;
}

static ssize_t read_nothing(void *arg, uint64_t position, char *buf, size_t size)
{
    (void)arg, (void)position, (void)buf, (void)size;
    return MHD_CONTENT_READER_END_WITH_ERROR;
}

/* Says how long the body would be, and has none. If that is not known, the connection is closed: where
 * libmicrohttpd 0.9.75 says in a response to HEAD that chunks would come, it sends the last of them. */
static struct MHD_Response *convert_head(int64_t size)
{
    struct MHD_Response *to = MHD_create_response_from_callback(size < 0 ? MHD_SIZE_UNKNOWN : (uint64_t)size,
                                                                UNUSED_BLOCK_SIZE, read_nothing, NULL, NULL);
    if (to && size < 0)
        (void)MHD_set_response_options(to, MHD_RF_HTTP_1_0_COMPATIBLE_STRICT, MHD_RO_END);
    return to;
}

static bool copy_headers(struct MHD_Response *to, const itg_imi_response_t *from)
{
    const char *name, *value;
    for (size_t i = 0; itg_imi_response_header(from, i, &name, &value); i++) {
        if (MHD_add_response_header(to, name, value) != MHD_YES)
            return false;
    }
    return true;
}

/* So that connections that are kept alive come to their end while the host stops; and thin clients, of which there
 * may be more than connections, leave room to others. */
static bool ends_connection(const struct itg__request *req)
{
    itg_http_t *http = req->lane->http;
    return atomic_load(&http->stopping) || (req->agent && itg__http_is_crowded(http));
}

struct MHD_Response *itg__http_convert(struct itg__request *req, itg_imi_response_t *from)
{
    int64_t size = itg_imi_response_size(from);
    bool whole = size >= 0 && size <= WHOLE_MAX;
    struct MHD_Response *to;
    if (req->head)
        to = convert_head(size);
    else if (whole)
        to = convert_whole(from, (size_t)size);
    else
        to = convert_stream(req, from, size);
    bool taken = to && !req->head && !whole;
    bool ok = to && copy_headers(to, from);
    if (ok && ends_connection(req))
        ok = MHD_add_response_header(to, MHD_HTTP_HEADER_CONNECTION, "close") == MHD_YES;
    if (!taken)
        itg_imi_response_free(from);
    if (to && !ok) {
        MHD_destroy_response(to);
        to = NULL;
    }
    return to;
}

itg_imi_response_t *itg__http_busy(const struct itg__request *req)
{
    itg_http_t *http = req->lane->http;
    return req->agent ? itg_agents_refuse_busy(http->agents) : itg_imi_refuse_busy(http->imi);
}

void itg__http_answer(struct itg__request *req, bool busy)
{
    itg_imi_t *imi = req->lane->http->imi;
    req->imi.body = req->body;
    req->imi.body_size = req->body_size;
    itg_imi_response_t *response = busy ? itg__http_busy(req) : itg_imi_handle(imi, &req->imi);
    itg__http_body_free(req);
    itg__http_keep(req, response);
}

void itg__http_keep(struct itg__request *req, itg_imi_response_t *response)
{
    req->status = (unsigned int)itg_imi_response_status(response);
    req->answer = itg__http_convert(req, response);
}

void itg__http_resume(struct itg__request *req)
{
    struct MHD_Connection *connection = req->connection;
    req->state = ITG__REQUEST_READY;
    MHD_resume_connection(connection);
}

/* A response as it goes over the wire. Only short ones are written by hand: refusals. */
struct wire {
    char text[4096];
    size_t size;
};

static bool add(struct wire *wire, const char *format, const char *a, const char *b)
{
    size_t room = sizeof(wire->text) - wire->size;
    int count = snprintf(wire->text + wire->size, room, format, a, b);
    if (count < 0 || (size_t)count >= room)
        return false;
    wire->size += (size_t)count;
    return true;
}

/* "Sun, 06 Nov 1994 08:49:37 GMT"; strftime() would ask the host program's locale for names. */
static bool add_date(struct wire *wire)
{
    static const char days[] = "SunMonTueWedThuFriSat", months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    time_t now = time(NULL);
    struct tm tm;
    char day[32], clock[32];
    if (!gmtime_r(&now, &tm))
        return true;
    snprintf(day, sizeof(day), "%.3s, %02d %.3s %d", days + (size_t)3 * tm.tm_wday, tm.tm_mday,
             months + (size_t)3 * tm.tm_mon, tm.tm_year + 1900);
    snprintf(clock, sizeof(clock), "%02d:%02d:%02d", tm.tm_hour, tm.tm_min, tm.tm_sec);
    return add(wire, "Date: %s %s GMT\r\n", day, clock);
}

static bool write_wire(struct wire *wire, itg_imi_response_t *from, unsigned int status, bool head)
{
    char number[24], length[24];
    snprintf(number, sizeof(number), "%u", status);
    snprintf(length, sizeof(length), "%lld", (long long)itg_imi_response_size(from));
    bool ok = add(wire, "HTTP/1.1 %s %s\r\n", number, MHD_get_reason_phrase_for(status));
    ok = ok && add_date(wire);
    const char *name, *value;
    for (size_t i = 0; ok && itg_imi_response_header(from, i, &name, &value); i++)
        ok = add(wire, "%s: %s\r\n", name, value);
    ok = ok && add(wire, "Content-Length: %s\r\nConnection: %s\r\n\r\n", length, "close");
    if (!ok || head)
        return ok;
    size_t size = (size_t)itg_imi_response_size(from);
    if (size > sizeof(wire->text) - wire->size)
        return false;
    if (read_full(from, wire->text + wire->size, size) != (int64_t)size)
        return false;
    wire->size += size;
    return true;
}

/* The answer before this one has been taken by the system completely, so that a short text finds room in the
 * socket; if it does not, the client does not read, and gets no answer. */
static bool send_wire(struct itg__request *req, const struct wire *wire)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(req->connection, MHD_CONNECTION_INFO_GNUTLS_SESSION);
    int fd = itg__http_socket(req);
    if (info && info->tls_session) {
        gnutls_session_t session = info->tls_session;
        if (gnutls_record_send(session, wire->text, wire->size) != (ssize_t)wire->size)
            return false;
        (void)gnutls_bye(session, GNUTLS_SHUT_WR);
    } else if (send(fd, wire->text, wire->size, MSG_NOSIGNAL) != (ssize_t)wire->size) {
        return false;
    }
    (void)shutdown(fd, SHUT_WR);
    return true;
}

bool itg__http_send_now(struct itg__request *req, itg_imi_response_t *response, unsigned int status)
{
    struct wire wire = {.size = 0};
    bool ok = itg_imi_response_size(response) >= 0 && write_wire(&wire, response, status, req->head) &&
              send_wire(req, &wire);
    itg_imi_response_free(response);
    return ok;
}
