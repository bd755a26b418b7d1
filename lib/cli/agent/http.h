/* One connection to a server over HTTPS, by libcurl: POST requests, one at a time, that a signal can interrupt. */
#ifndef ITG__CLI_AGENT_HTTP_H
#define ITG__CLI_AGENT_HTTP_H

#include "cli/agent/events.h"
#include "cli/agent/pin.h"
#include "cli/agent/protocol.h"

enum { AGENT_HTTP_WHY_SIZE = 512 };

struct agent_http;

struct agent_http_options {
    const char *server; /* "https://host:port" */
    const char *ca;     /* file of certificates that the server's is checked against; NULL: by its pin */
    struct agent_events *events;
};

/* @return NULL: out of memory. The options' texts must outlive it */
struct agent_http *agent_http_new(const struct agent_http_options *options);
void agent_http_free(struct agent_http *http);

enum agent_http_result {
    AGENT_HTTP_OK,
    AGENT_HTTP_FAILED,     /* see why */
    AGENT_HTTP_IMPOSTOR,   /* the server's certificate is not the expected one; nothing was sent */
    AGENT_HTTP_INTERRUPTED /* the agent has been told to end */
};

/* Asks a server for its pin, on a connection of its own over which nothing is sent. */
enum agent_http_result agent_http_learn(struct agent_http *http, char pin[AGENT_PIN_TEXT_SIZE], char *why);

/* Sends a request and waits for the answer, *response, which is valid until the next call.
 * @param pin    of the server; not looked at with a CA
 * @param token  NULL: none
 * @param why    AGENT_HTTP_WHY_SIZE bytes */
enum agent_http_result agent_http_post(struct agent_http *http, const char *pin, const char *path,
                                       const char *token, const char *body, int64_t timeout_ms,
                                       struct agent_response *response, char *why);

#endif
