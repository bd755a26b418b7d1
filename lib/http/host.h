/* The inside of libitg-http: one host, its network threads, its workers and its requests. */
#ifndef ITG__HTTP_HOST_H
#define ITG__HTTP_HOST_H

#include <gnutls/gnutls.h>
#include <itg/http.h>
#include <microhttpd.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>

/* Stack of every thread the host starts. jansson's recursion over its 2,048 levels needs 600 KiB of it. */
#define ITG__HTTP_STACK_SIZE ((size_t)2 << 20)

/* What upload buffers may hold in all. Without a bound, connections that each send a body of the largest size
 * and never finish it would take the memory of the machine; over it, uploads are answered with 503. */
#define ITG__HTTP_BODY_BUDGET ((size_t)256 << 20)

/* Requests of IMI that wait for a worker; more are answered with 503. Of thin clients as many may as may wait for work:
 * after a command to all of them they all come back at once. */
#define ITG__HTTP_QUEUE_MAX ((size_t)256)

/* Bytes read and thrown away after a request was refused in the middle of its body. A client that is still
 * sending when the connection is closed would see a reset in place of the answer. */
#define ITG__HTTP_DRAIN_MAX ((uint64_t)64 << 20)

/* A network thread: a daemon of libmicrohttpd without a listening socket. Several of these instead of its
 * thread pool, so that connections can be dealt out evenly. */
struct itg__lane {
    itg_http_t *http;
    struct MHD_Daemon *daemon;
    unsigned int accepted; /* connections handed to it; written by the accepting thread only */
    atomic_uint opened;    /* connections it has taken up */
    atomic_uint closed;    /* connections that have ended */
    atomic_int coming;     /* requests that are not complete yet */
    atomic_int answering;  /* requests that are, and whose answers have not been sent */
    atomic_uint pieces;    /* of requests received so far; tells whether those that come still do */
    char padding[64];      /* keeps the counters of two threads apart */
};

/* The listening socket and the thread that accepts. */
struct itg__listener {
    int fd;
    int wake; /* eventfd: a connection has ended while the host was full, or it stops */
    uint16_t port;
    atomic_bool full;
    bool running;
    pthread_t thread;
};

/* Requests in the order they came. */
struct itg__queue {
    struct itg__request *first, *last;
    size_t count;
};

/* Threads for requests that may have to wait. */
struct itg__workers {
    pthread_mutex_t lock;
    struct itg__nap *naps; /* threads without work, the last to lie down first */
    struct itg__queue fresh; /* at most `room` */
    size_t room;
    struct itg__queue due; /* promised ones that have come back; they go first */
    size_t promised;       /* requests that will come back through itg__http_workers_return() */
    int max, count;
    pthread_t *threads;
    bool closing; /* answer what waits with 503, then end */
    /* Handles a request of a suspended connection: in the end somebody must resume it. */
    void (*run)(struct itg__request *req, bool closing);
};

/* A suspended connection whose client may go away, found by its descriptor. */
struct itg__watched {
    struct itg__request *req; /* NULL: none */
    uint32_t turn;            /* tells the event of an earlier request from one of this */
};

/* Check-ins that wait. The lock is taken before that of the workers, and never while agents are called. */
struct itg__waiters {
    pthread_mutex_t lock;
    int epoll;
    int wake; /* eventfd: end */
    struct itg__watched *watched;
    size_t capacity;
    uint32_t turn;
    int seats;        /* how many may wait at once */
    atomic_int taken; /* of the seats, by those that may be about to wait as well */
    bool ready, running;
    pthread_t thread;
};

/* The thread that calls itg_agents_step(). */
struct itg__upkeep {
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool ending;
    bool running;
    pthread_t thread;
};

/* What is kept of a connection. */
struct itg__connection {
    struct itg__lane *lane;
    struct MHD_Connection *mhd;
    int fd;
    bool shaken; /* the client has done its part of the handshake; network thread only */
    /* Under the lock of the handshakes. */
    bool shaking;   /* it is in the list */
    bool suspended; /* until there is something to read */
    int64_t deadline_ms;
    struct itg__connection *before, *after;
    char peer[46]; /* address; INET6_ADDRSTRLEN */
};

/* TLS handshakes on their way. */
struct itg__handshakes {
    pthread_mutex_t lock;
    struct itg__connection *first, *last; /* by deadline */
    int limit_ms;
    int epoll;
    int wake; /* eventfd */
    bool ready, running;
    bool ending; /* nothing is suspended any more */
    pthread_t thread;
};

struct itg_http {
    itg_imi_t *imi;
    itg_agents_t *agents; /* or NULL */
    int max_connections;
    size_t max_header;
    size_t max_body;
    atomic_bool stopping;
    atomic_size_t body_bytes; /* in all upload buffers */
    struct itg__listener listener;
    struct itg__workers workers;
    struct itg__workers agent_workers; /* this and the next two only with agents */
    struct itg__waiters waiters;
    struct itg__upkeep upkeep;
    struct itg__handshakes handshakes; /* with TLS only */
    gnutls_datum_t ticket_key;         /* seals TLS sessions that clients keep; empty without TLS */
    int lane_count;
    struct itg__lane *lanes;
};

enum itg__request_state {
    ITG__REQUEST_NEW,     /* request line known */
    ITG__REQUEST_BODY,    /* headers known, body comes in */
    ITG__REQUEST_DRAINED, /* answered too early, the rest of the body is thrown away */
    ITG__REQUEST_WAITING, /* with the workers or the waiters, connection suspended */
    ITG__REQUEST_READY    /* the answer is there */
};

/* A request, from its first line until its answer is sent. */
struct itg__request {
    struct itg__lane *lane;
    struct MHD_Connection *connection;
    enum itg__request_state state;
    bool complete;  /* counts as answering, not as coming */
    bool head;      /* only the headers of the answer are wanted */
    bool old;       /* HTTP/1.0 */
    bool expecting; /* the client waits for "100 Continue" before it sends the body */
    bool chunked;   /* the body comes in chunks */
    bool out_of_memory;
    bool misframed; /* where the body ends is not certain */
    bool agent;     /* a thin client's */
    size_t max_body;
    uint64_t content_length;
    const char *length_text; /* header Content-Length */
    char *body;
    size_t body_size, body_capacity;
    uint64_t drained;
    char *cookie; /* joined from several headers, or NULL */
    struct MHD_Response *answer;
    unsigned int status;
    itg_imi_request_t imi;
    struct itg__request *next;
    /* A check-in that waits; under the lock of the waiters. */
    itg_agents_wait_t *wait;
    bool parked;     /* wake() is to hand it to the workers */
    bool woken;      /* wake() has come */
    bool abandoning; /* itg_agents_abandon() is on its way, which no finish may overtake */
    bool gone;       /* the client has gone away */
    char text[];     /* request target, and the host before it if the client sent one in it */
};

/* http.c */
/* Fails with a text for people in `detail`. libitg's own maker of failures is not exported. @return error */
itg_error_t itg__http_fail(itg_failure_t *failure, itg_error_t error, const char *what, const char *why);
/* Keeps the host program's signals away from threads started until itg__http_unblock(). */
void itg__http_block_signals(sigset_t *ret_old);
void itg__http_unblock_signals(const sigset_t *old);
/* More than half of the connections are open. */
bool itg__http_is_crowded(itg_http_t *http);

/* listen.c */
itg_error_t itg__http_listen(struct itg__listener *listener, const itg_http_options_t *options,
                             itg_failure_t *failure);
itg_error_t itg__http_accept_start(itg_http_t *http, itg_failure_t *failure);
/* Ends the thread and closes the socket; may be called twice. */
void itg__http_accept_stop(itg_http_t *http);
void itg__http_connection_closed(struct itg__lane *lane);

/* request.c: callbacks of libmicrohttpd */
void *itg__http_on_line(void *lane, const char *target, struct MHD_Connection *connection);
enum MHD_Result itg__http_on_request(void *lane, struct MHD_Connection *connection, const char *url,
                                     const char *method, const char *version, const char *data,
                                     size_t *data_size, void **context);
void itg__http_on_completed(void *lane, struct MHD_Connection *connection, void **context,
                            enum MHD_RequestTerminationCode why);
void itg__http_on_connection(void *lane, struct MHD_Connection *connection, void **context,
                             enum MHD_ConnectionNotificationCode what);

/* body.c */
/* Takes a piece of the body. @return 0, or the status to refuse the request with: 413, 503 */
unsigned int itg__http_body_add(struct itg__request *req, const char *data, size_t size);
void itg__http_body_free(struct itg__request *req);

/* respond.c */
/* The socket of the request's connection, or -1. */
int itg__http_socket(const struct itg__request *req);
/* What refuses the request because the host is overloaded or ends. */
itg_imi_response_t *itg__http_busy(const struct itg__request *req);
/* Answers the request through imi, or with 503, and leaves the answer in req->answer (NULL: no memory). */
void itg__http_answer(struct itg__request *req, bool busy);
/* Leaves a response, which it takes over, in req->answer (NULL: no memory). */
void itg__http_keep(struct itg__request *req, itg_imi_response_t *response);
/* Of a worker: resumes the connection, whose own thread may then end the request at any moment. */
void itg__http_resume(struct itg__request *req);
/* Turns a response of imi, which it takes over, into one of libmicrohttpd. @return NULL without memory */
struct MHD_Response *itg__http_convert(struct itg__request *req, itg_imi_response_t *response);
/* Writes a response, which it takes over, to the client right now, past libmicrohttpd, which sends nothing
 * before the whole body is in. Then ends the sending half of the connection. @return false if it was not sent
 */
bool itg__http_send_now(struct itg__request *req, itg_imi_response_t *response, unsigned int status);

/* workers.c */
bool itg__http_workers_init(struct itg__workers *workers, int max, size_t room,
                            void (*run)(struct itg__request *req, bool closing));
/* Suspends the connection and hands the request over. @return false, and nothing done, if too many wait */
bool itg__http_workers_submit(struct itg__workers *workers, struct itg__request *req);
/* Of a worker: the request it handles will be returned, by whatever thread. The workers do not end before. */
void itg__http_workers_promise(struct itg__workers *workers);
void itg__http_workers_return(struct itg__workers *workers, struct itg__request *req);
/* Answers everything that waits and ends the threads once they have finished what they do. */
void itg__http_workers_stop(struct itg__workers *workers);
/* Once nothing can be submitted any more. */
void itg__http_workers_dispose(struct itg__workers *workers);

/* agents.c */
/* Handles a thin client's request on a worker. Called again for one that has waited. */
void itg__http_agent_run(struct itg__request *req, bool closing);

/* waiters.c */
itg_error_t itg__http_waiters_start(itg_http_t *http, int seats, itg_failure_t *failure);
/* Once nobody waits any more; may be called twice. */
void itg__http_waiters_stop(struct itg__waiters *waiters);
/* A seat for a check-in that may wait. @return false if all are taken */
bool itg__http_waiters_sit(struct itg__waiters *waiters);
void itg__http_waiters_leave(struct itg__waiters *waiters);
/* Lets a request wait for itg__http_waiters_wake(). @return false, and nothing done, if that has come already */
bool itg__http_waiters_park(struct itg__request *req, itg_agents_wait_t *wait);
/* An itg_agents_wake_fn; ctx is the request. */
void itg__http_waiters_wake(void *ctx);

/* upkeep.c */
itg_error_t itg__http_upkeep_start(itg_http_t *http, itg_failure_t *failure);
void itg__http_upkeep_stop(struct itg__upkeep *upkeep);

/* handshake.c */
itg_error_t itg__http_handshakes_start(itg_http_t *http, int idle_timeout_s, itg_failure_t *failure);
/* Breaks off all of them; later ones are libmicrohttpd's alone. */
void itg__http_handshakes_stop(struct itg__handshakes *all);
/* Once there are no connections any more. */
void itg__http_handshakes_dispose(struct itg__handshakes *all);
/* For a new connection with TLS. */
void itg__http_handshake_begin(struct itg__connection *connection, gnutls_session_t session);
/* For each connection that ends. */
void itg__http_handshake_end(struct itg__connection *connection);

/* tickets.c */
itg_error_t itg__http_tickets_init(itg_http_t *http, itg_failure_t *failure);
/* Lets the client of a new connection resume its TLS session later. */
void itg__http_tickets_offer(itg_http_t *http, gnutls_session_t session);
void itg__http_tickets_dispose(itg_http_t *http);

#endif
