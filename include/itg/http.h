/** @file http.h
 *  libitg-http: an HTTPS host for an IMI interface, on libmicrohttpd and GnuTLS. Link with itg-http. */
#ifndef ITG_HTTP_H
#define ITG_HTTP_H

#include <itg/agent.h>
#include <itg/imi.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A running host. */
typedef struct itg_http itg_http_t;

/** Options of itg_http_start(). Zero every member that is not set; zero means the default. */
typedef struct itg_http_options {
    size_t size;             /**< sizeof(itg_http_options_t) */
    const char *address;     /**< IPv4 or IPv6 address to listen on; default "127.0.0.1" */
    uint16_t port;           /**< TCP port; default 8443; see any_port */
    int32_t any_port;        /**< 1: a free port of the system's choice; itg_http_port() tells which */
    const char *certificate; /**< PEM text, the chain included; required unless plain_http */
    const char *key;         /**< PEM text of its private key; required unless plain_http */
    int32_t plain_http;      /**< 1: no TLS; refused unless the address is a loopback address */
    int32_t threads;         /**< threads that do network input and output; default 2 */
    int32_t workers;         /**< most threads for requests that may have to wait; default 16; see agents */
    int32_t max_connections; /**< at once; default 8,192; more are not accepted until others end */
    int32_t idle_timeout_s;  /**< a connection without traffic is closed after it; default 60 */
    size_t max_header;       /**< bytes of request line and headers together; default 32 KiB; over it: 431 */
    /** The fleet's thin clients, or NULL: only IMI is served. Must outlive the host, which wakes it for good
     * when it stops: another host needs another one. Requests of thin clients have as many workers of their
     * own, so that neither they nor IMI's can starve the others. Check-ins that wait take a connection but no
     * thread; they take at most three quarters of max_connections, whatever itg_agents_options_t.max_waiting
     * says, and over either bound the answer comes at once. Once half of the connections are open, those of thin
     * clients are closed after each answer. */
    itg_agents_t *agents;
} itg_http_options_t;

/** Starts to serve. Returns once the port is open.
 *  @param imi  must outlive the host
 *  @param[out] ret_http  end with itg_http_stop(); untouched on failure
 *  @retval ITG_E_NOT_AVAILABLE  the port cannot be opened (`detail` says why), or plain HTTP off loopback
 *  @retval ITG_E_INVALID_BODY   the certificate or key cannot be used, the address is none, or imi or ret_http is
 * NULL */
ITG_API itg_error_t itg_http_start(itg_imi_t *imi, const itg_http_options_t *options, itg_http_t **ret_http,
                                   itg_failure_t *failure);

/** The port it listens on. */
ITG_API uint16_t itg_http_port(const itg_http_t *http);

/** Stops: no new connections, requests in flight are answered, then all is closed.
 *  @param grace_ms  how long requests in flight may take before they are broken off; NULL http is allowed */
ITG_API void itg_http_stop(itg_http_t *http, int32_t grace_ms);

/** Makes a self-signed certificate: ECDSA P-256, ten years, for localhost, 127.0.0.1, ::1 and `host`.
 *  @param host  one more name or address; may be NULL
 *  @param[out] ret_certificate, ret_key  PEM texts; end each with itg_http_free(); untouched on failure */
ITG_API itg_error_t itg_http_make_certificate(const char *host, char **ret_certificate, char **ret_key,
                                              itg_failure_t *failure);

/** Wipes and frees a text that itg_http_make_certificate() returned. NULL is allowed. */
ITG_API void itg_http_free(char *text);

#ifdef __cplusplus
}
#endif

#endif
