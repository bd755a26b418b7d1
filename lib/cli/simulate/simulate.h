/* Simulated thin clients: many in one process, each with a life of its own.
 *
 *     simulate.c  options, threads, the line a second, the summary
 *     shard.c     one thread: who is due, transfers (libcurl's multi interface, epoll)
 *     client.c    what one thin client does next, and what it makes of an answer
 *     device.c    what it is and what happens to it, the same for the same seed
 *     count.c     numbers
 */
#ifndef ITG__CLI_SIMULATE_H
#define ITG__CLI_SIMULATE_H

#include "cli/agent/pin.h"
#include "cli/agent/protocol.h"
#include "cli/demo.h"
#include <pthread.h>
#include <stdatomic.h>

struct sim_config {
    const char *server; /* "https://host:port" */
    const char *key;    /* NULL: none */
    const char *ca;     /* NULL: the server is known by its pin */
    char pin[AGENT_PIN_TEXT_SIZE];
    int64_t thinclients;
    int64_t ramp_ms;     /* they come within this time */
    int64_t settled_ms;  /* when the last one has come: from then on check-ins are timed */
    int64_t interval_ms; /* between check-ins; 0: what the server says */
    int64_t wait_s;      /* 0: they do not wait */
    int64_t events;      /* that happen to one thin client in an hour */
    int64_t failures;    /* of 100 commands */
    int64_t work_ms;     /* what a command takes usually */
    int64_t seed;
    bool fresh; /* TLS sessions are not resumed */
};

/* ---- numbers */

enum { SIM_CAUSES = 24, SIM_CAUSE_SIZE = 64, SIM_BUCKETS = 512 };

/* How long things took: buckets that grow by an eighth of an octave. */
struct sim_times {
    int64_t buckets[SIM_BUCKETS];
    int64_t count;
    int64_t max_us;
};

struct sim_counts {
    int64_t online; /* now */
    int64_t in_flight;
    int64_t registered;
    int64_t checkins;
    int64_t waited; /* of them, those that may have waited for work */
    int64_t reports;
    int64_t byes;
    int64_t left; /* the fleet let them go */
    int64_t commands;
    int64_t confirmed;
    int64_t failed; /* commands that were answered so */
    int64_t settings;
    int64_t full; /* handshakes, by kind */
    int64_t resumed;
    int64_t late_ms; /* how much later than meant the latest check-in began */
    struct sim_times registrations;
    struct sim_times answers; /* of check-ins that did not wait */
    struct {
        char cause[SIM_CAUSE_SIZE];
        int64_t count;
    } causes[SIM_CAUSES]; /* of failures */
};

void sim_times_add(struct sim_times *times, int64_t us);
/* The time that so many of a thousand stay below, in milliseconds. */
double sim_times_at(const struct sim_times *times, int per_mille);
/* Counts a failure by what stands before the first colon of a message. */
void sim_counts_fail(struct sim_counts *counts, const char *message);
int64_t sim_counts_failures(const struct sim_counts *counts);
void sim_counts_merge(struct sim_counts *sum, const struct sim_counts *counts);

/* ---- one thin client */

enum sim_state {
    SIM_NEW,     /* has no token */
    SIM_UP,      /* in touch */
    SIM_LEAVING, /* says goodbye next */
    SIM_OFF,
    SIM_GONE /* the fleet let it go: it does not come again */
};

/* Some 150 bytes, and the token. */
struct sim_client {
    int64_t index; /* among all of the process */
    enum sim_state state;
    bool boot; /* it has started, and not told so */
    bool logged_in;
    bool forgets;       /* it will have lost what it knew when it comes again */
    bool counted;       /* as one that is online */
    bool quick;         /* its next check-in comes at once */
    uint8_t usb;        /* what is plugged in, by bits */
    int8_t battery;     /* percent; -1: none */
    itg_command_t word; /* of the command at work */
    bool succeeds;
    int64_t running;  /* its id; 0: none */
    int64_t began;    /* the highest id it has begun */
    int64_t due_ms;   /* its next act */
    int64_t seen_ms;  /* up to when events have happened */
    int64_t off_ms;   /* how long it will be off */
    int64_t login_ms; /* of its user, wall clock */
    int64_t sequence;
    int64_t result; /* the id that stands in its report; 0: none */
    char *token;    /* NULL: none */
    char *report;   /* JSON, on its way until the server has it; NULL: none */
    char revision[24];
    struct agent_backoff backoff;
    struct demo_random random;
};

/* What it sends. */
struct sim_request {
    const char *path;
    char *body; /* to be freed */
    int64_t wait_s;
    bool has_token;
    bool waits; /* the answer may be held back */
};

void sim_client_init(struct sim_client *client, const struct sim_config *config, int64_t index,
                     int64_t now_ms);
void sim_client_dispose(struct sim_client *client);
/* What to send now; body NULL: out of memory. */
struct sim_request sim_client_act(struct sim_client *client, const struct sim_config *config, int64_t now_ms);
/* An answer has come to what it sent. Sets when it acts again.
 * @param waited  it may have been held back */
void sim_client_hear(struct sim_client *client, const struct sim_config *config, const char *path,
                     bool waited, const struct agent_response *response, int64_t now_ms,
                     struct sim_counts *counts);
/* None came. */
void sim_client_miss(struct sim_client *client, int64_t now_ms);
/* True while its time to act has a meaning. */
bool sim_client_lives(const struct sim_client *client);

/* ---- what it is: device.c. Objects are new; NULL: out of memory */

char *sim_device_register(const struct sim_client *client, const struct sim_config *config);
/* What has happened since it last looked; an empty object: nothing. May make it leave. */
json_t *sim_device_events(struct sim_client *client, const struct sim_config *config, int64_t now_ms);
/* What a thin client that has started says. */
json_t *sim_device_boot(struct sim_client *client, const struct sim_config *config);
/* Made up once. */
void sim_device_begin(struct sim_client *client, const struct sim_config *config);

/* ---- one thread */

struct sim_shard {
    const struct sim_config *config;
    struct sim_client *clients;
    int64_t first; /* index of its first thin client */
    int64_t count;
    int64_t in_flight_max;
    atomic_bool *stop;
    pthread_t thread;
    pthread_mutex_t lock; /* of counts */
    struct sim_counts counts;
    const char *fault; /* why it ended by itself; NULL: it did not */
};

/* Runs until *stop. A pthread's function. */
void *sim_shard_run(void *shard);

#endif
