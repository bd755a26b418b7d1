/** @file imi.h
 *  IMI v3 without a socket: a request goes in, a response comes out.
 *
 *  Any host can serve the interface with this: an HTTP server, a test, the command `itg request`, a binding.
 */
#ifndef ITG_IMI_H
#define ITG_IMI_H

#include <itg/api.h>
#include <itg/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/** The IMI interface of a fleet. Any number of threads may use it at once. */
typedef struct itg_imi itg_imi_t;

/** An answer. To be used by one thread at a time. */
typedef struct itg_imi_response itg_imi_response_t;

/** Default of itg_imi_options_t.max_body, in bytes. */
#define ITG_IMI_MAX_BODY ((size_t)8 << 20)

/** Options of itg_imi_new(). Zero every member that is not set; zero means the default. Texts are copied. */
typedef struct itg_imi_options {
    size_t size; /**< sizeof(itg_imi_options_t) */
    const char
        *server_name;   /**< "host:port" for links and `server` without a Host header; "localhost:8443" */
    int32_t plain_http; /**< 1: links begin with http:// and cookies lack Secure */
    int32_t hide_trace; /**< 1: `stackTrace` in errors is empty */
    size_t max_body;    /**< longer bodies are answered with 413; default ITG_IMI_MAX_BODY */
    /** 1: a request without cookie and without Authorization acts as the handle given to itg_imi_new()
     * itself. For use inside a process, where who calls may do so anyway; never for a host that listens on a
     * network.
     */
    int32_t trusted;
} itg_imi_options_t;

/** A request. Every text may be NULL if it was not sent. The body need not be NUL-terminated. */
typedef struct itg_imi_request {
    size_t size;               /**< sizeof(itg_imi_request_t) */
    const char *method;        /**< "GET", "PUT", "POST", "DELETE", ... */
    const char *target;        /**< as in the request line: "/umsapi/v3/thinclients/27?facets=details" */
    const char *host;          /**< header Host */
    const char *authorization; /**< header Authorization */
    const char *cookie;        /**< header Cookie; several are joined by "; " */
    const char *content_type;  /**< header Content-Type */
    const char *body;
    size_t body_size;
    const char *peer; /**< the client's address, for the log */
} itg_imi_request_t;

/** Makes the IMI interface of a fleet.
 *  @param itg  must outlive it
 *  @param options  NULL: all defaults
 *  @param[out] ret_imi  end with itg_imi_free(); untouched on failure */
ITG_API itg_error_t itg_imi_new(itg_t *itg, const itg_imi_options_t *options, itg_imi_t **ret_imi,
                                itg_failure_t *failure);

/** Ends the interface. NULL is allowed. No response of it may be left. */
ITG_API void itg_imi_free(itg_imi_t *imi);

/** The largest body it takes, in bytes. */
ITG_API size_t itg_imi_max_body(const itg_imi_t *imi);

/** 1 if the request would be answered without waiting for a writer, a device or a password hash (a GET with a
 *  session, but not of a view, for which all of the fleet may have to be looked at): a host may then handle it on
 *  the thread that does its network input. Looks only at method, target and authorization. */
ITG_API int32_t itg_imi_is_quick(const itg_imi_t *imi, const itg_imi_request_t *request);

/** Answers a request. The request is not needed any more once it returned.
 *  @return never NULL, errors included; end with itg_imi_response_free() */
ITG_API itg_imi_response_t *itg_imi_handle(itg_imi_t *imi, const itg_imi_request_t *request);

/** Answers a request whose body is larger than itg_imi_max_body(), without the body: 413 with ITG-0A004.
 *  @return as itg_imi_handle() */
ITG_API itg_imi_response_t *itg_imi_refuse_body(itg_imi_t *imi);

/** Answers for a host that is shutting down or overloaded: 503 with ITG-FF004 and Retry-After.
 *  @return as itg_imi_handle() */
ITG_API itg_imi_response_t *itg_imi_refuse_busy(itg_imi_t *imi);

/** The HTTP status. */
ITG_API int32_t itg_imi_response_status(const itg_imi_response_t *response);

/** The n-th header, from 0. Valid as long as the response. @return 1, or 0 past the last header */
ITG_API int32_t itg_imi_response_header(const itg_imi_response_t *response, size_t index,
                                        const char **ret_name, const char **ret_value);

/** The length of the body in bytes, or -1 if it is not known before it has been read (long lists). */
ITG_API int64_t itg_imi_response_size(const itg_imi_response_t *response);

/** Takes the next bytes of the body.
 *  @return the number of bytes put into buf (at most size), 0 at the end, -1 if the rest cannot be had: the
 * host must then break the connection off, so that the client sees a broken answer */
ITG_API int64_t itg_imi_response_read(itg_imi_response_t *response, char *buf, size_t size);

/** Ends a response, read to its end or not. NULL is allowed. */
ITG_API void itg_imi_response_free(itg_imi_response_t *response);

#ifdef __cplusplus
}
#endif

#endif
