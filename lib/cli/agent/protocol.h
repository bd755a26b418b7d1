/* The device's side of /agent/v1: bodies of requests, and what answers mean. Knows no socket, no file and no
 * clock, so that one agent and thousands of simulated ones share it. The protocol stands in lib/README.md. */
#ifndef ITG__CLI_AGENT_PROTOCOL_H
#define ITG__CLI_AGENT_PROTOCOL_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#define AGENT_REGISTER_PATH "/agent/v1/register"
#define AGENT_CHECKIN_PATH  "/agent/v1/checkin"
#define AGENT_BYE_PATH      "/agent/v1/bye"

/* What a server may send; more is cut off by the transport. */
#define AGENT_ANSWER_MAX ((size_t)8 << 20)

enum {
    AGENT_WORD_SIZE = 33,
    AGENT_TOKEN_SIZE = 256,
    AGENT_REVISION_SIZE = 64,
    AGENT_MESSAGE_SIZE = 256,
    AGENT_COMMANDS_MAX = 1000,
    AGENT_NEXT_MAX_S = 86400
};

/* An HTTP answer as a transport hands it over. */
struct agent_response {
    long status;
    const char *body;
    size_t length;
    int64_t retry_after_s; /* 0: not said */
};

/* What to do after an answer. */
enum agent_verdict {
    AGENT_TAKEN,    /* 200 */
    AGENT_LATER,    /* refused or not understood; it may be different later */
    AGENT_REGISTER, /* the token is void */
    AGENT_DELETED,  /* the thin client is not in the fleet any more */
    AGENT_UNWANTED  /* the report is not accepted, and will not be if repeated */
};

struct agent_command {
    int64_t id;
    char word[AGENT_WORD_SIZE]; /* small letters and digits */
};

/* An answer, read. Zero it to begin, end with agent_answer_dispose(). */
struct agent_answer {
    enum agent_verdict verdict;
    char message[AGENT_MESSAGE_SIZE]; /* why it was not taken */
    int64_t retry_after_s;
    int64_t next_s; /* when to come again; 0: at once */
    /* after a registration */
    int64_t id;
    char token[AGENT_TOKEN_SIZE];
    char server_uuid[64];
    char name[1024]; /* what the thin client is called; also after check-ins; "": not said */
    /* after a check-in */
    struct agent_command *commands;
    size_t command_count;
    json_t *settings; /* NULL: none; an object with `revision` (a string) and `values` (an object) */
};

/* Who registers. Members may be NULL, except mac. */
struct agent_identity {
    const char *key;
    const char *mac;
    const char *unit_id;
    const char *name;
    const char *product;
    const char *version;
};

/* Bodies, as text to be freed; NULL: out of memory.
 * @param report  what a check-in may carry beside what the other arguments say; NULL: nothing */
char *agent_register_body(const struct agent_identity *who, const json_t *report);
/* @param sequence  of the report; not sent without one
 * @param wait_s    0: does not wait
 * @param revision  of the settings in force, "0": none; NULL: nothing is said about settings */
char *agent_checkin_body(const json_t *report, int64_t sequence, int64_t wait_s, const char *revision);

/* Appends a command's result to a list. @return false: out of memory */
bool agent_result_add(json_t *results, int64_t id, bool done, const char *message);

/* What is in `now` and not the same in `before`, both objects; members of `before` that `now` lacks stand in it as
 * agent_nothing(). NULL: out of memory */
json_t *agent_inventory_changes(const json_t *before, const json_t *now);

/* `"usb":{"added","removed"}` that leads from one list of USB devices to another; those with the same uniqueId are the
 * same. *ret_changes NULL: they are equal. @return false: out of memory */
bool agent_usb_changes(const json_t *before, const json_t *now, json_t **ret_changes);

/* Read answers. They never fail: what is not understood is AGENT_LATER. */
void agent_read_registered(const struct agent_response *response, struct agent_answer *answer);
void agent_read_checkin(const struct agent_response *response, struct agent_answer *answer);
void agent_answer_dispose(struct agent_answer *answer);

/* How long to stay away after failures in a row: from one second to five minutes, doubling, of which between the half
 * and the whole is waited, so that a fleet does not come back at once. Zero it after a success. */
struct agent_backoff {
    unsigned failures;
};
/* @param random  any number; @return milliseconds */
int64_t agent_backoff_next(struct agent_backoff *backoff, uint32_t random);

#endif
