/* The inside of the agent protocol: a request of a thin client on its way to its answer. */
#ifndef ITG__AGENT_H
#define ITG__AGENT_H

#include "core/core.h"
#include "core/enrol.h"
#include "core/jsonread.h"
#include "core/presence.h"
#include "core/text.h"
#include "imi/answer.h"
#include <itg/agent.h>

/* The largest body of a request, in bytes. */
#define ITG__AGENT_MAX_BODY ((size_t)1 << 20)

/* --- throttle.c: who asks too often --- */

enum { ITG__THROTTLE_SLOTS = 4096 };

/* Wrong attempts by where they come from; two that share a slot share their allowance. */
struct itg__throttle {
    pthread_mutex_t lock;
    unsigned char key[16];
    struct {
        uint64_t who;
        int64_t paced_ms;
    } slots[ITG__THROTTLE_SLOTS];
};

void itg__throttle_init(struct itg__throttle *throttle);
void itg__throttle_dispose(struct itg__throttle *throttle);
/* False for one who has been wrong too often of late. @param id  of the thin client that it claims to be; 0: none */
bool itg__throttle_allows(struct itg__throttle *throttle, const char *peer, int64_t id, int64_t now_ms);
void itg__throttle_blame(struct itg__throttle *throttle, const char *peer, int64_t id, int64_t now_ms);

/* Takes one contact at the pace of one a second, some more at once. False: it came too early, *ret_wait_ms. */
bool itg__pace(int64_t *paced_ms, int64_t now_ms, int64_t *ret_wait_ms);
/* Gives back what so many commands took: one contact to be handed each, and one to tell its result. */
void itg__pace_return(int64_t *paced_ms, int commands);

/* --- agents.c --- */

/* Where the fleet's numbers stand that say whether anything concerns anybody. */
struct itg__marks {
    int64_t members;
    int64_t revisions;
};

struct itg__waiters;

struct itg_agents {
    itg_t *itg;
    struct itg__fleet *fleet;
    itg_agents_options_t options; /* with the defaults filled in */
    struct itg__answers answers;
    struct itg__throttle throttle;
    struct itg__waiters *waiters;
    bool attached; /* it is the fleet's device link */
    pthread_mutex_t marks_lock;
    struct itg__marks marks;
    uint64_t marks_stirs; /* fleet->stirs when they were read */
    int64_t marks_ms;     /* and when; INT64_MIN: never */
};

/* The marks as they are now, but for what other processes did within the last second. */
itg_error_t itg__agents_marks(itg_agents_t *agents, bool anew, struct itg__marks *ret_marks,
                              itg_failure_t *failure);

/* --- call.c: a request being answered --- */

/* Members of a body. */
enum {
    BODY_KEY,
    BODY_MAC,
    BODY_UNIT_ID,
    BODY_NAME,
    BODY_FIRMWARE,
    BODY_SEQUENCE,
    BODY_WAIT,
    BODY_BOOT,
    BODY_INVENTORY,
    BODY_ADAPTERS,
    BODY_ATTRIBUTES,
    BODY_CERTIFICATE,
    BODY_USB,
    BODY_LOGINS,
    BODY_RESULTS,
    BODY_REVISION,
    BODY_MEMBERS,
    BODY_PRODUCT = BODY_MEMBERS, /* of the firmware */
    BODY_VERSION,
    BODY_ADDED, /* of usb */
    BODY_REMOVED,
    BODY_VALUES
};
enum { ADAPTER_TYPE, ADAPTER_MAC, ADAPTER_NAME, ADAPTER_STATE, ADAPTER_VALUES };
enum { ATTRIBUTE_IDENTIFIER, ATTRIBUTE_VALUE, ATTRIBUTE_VALUES };
enum { ASSET_UNIQUE, ASSET_CONNECTOR, ASSET_NAME, ASSET_VENDOR, ASSET_DEVICE, ASSET_VALUES };
enum { LOGIN_USER, LOGIN_RESULT, LOGIN_TIME, LOGIN_LOGOFF, LOGIN_TYPE, LOGIN_VALUES };
enum { RESULT_ID, RESULT_STATE, RESULT_MESSAGE, RESULT_VALUES };

struct itg__agent_call {
    itg_agents_t *agents;
    struct itg__fleet *fleet;
    itg_imi_request_t request;
    itg_imi_response_t *response;
    struct itg__buf *out; /* the response's body */
    itg_failure_t failure;
    int32_t status;   /* overrides the status of a failure; 0: does not */
    bool throttled;   /* its own doing: the log need not know */
    int64_t retry_ms; /* when it may come again; 0: as usual */
    int ended;        /* commands that ended with results it brought */
    int64_t now_ms;
    struct itg__json json; /* reads the body */
    size_t body_taken;
    struct itg__json_value values[BODY_VALUES];
    itg_agents_wake_fn wake; /* NULL: it may not wait */
    void *wake_ctx;
    itg_agents_wait_t **ret_wait;
    bool waits; /* there is no answer yet */

    /* of who has shown a token */
    int64_t id;
    struct itg__marks marks;
    struct itg__client client; /* as it was when it came */
    bool is_first;             /* nothing was remembered of it */
};

/* Shape errors are told after the whole body was read: what is right of it can still be taken. */
itg_error_t itg__agent_body(struct itg__agent_call *call);
/* NULL for a member that is absent, null or of a wrong kind. */
const char *itg__agent_text(struct itg__agent_call *call, const struct itg__json_value *value);
bool itg__agent_given(const struct itg__json_value *value);
/* A number, in quotes or not. False if it is absent or none. */
bool itg__agent_number(struct itg__agent_call *call, const struct itg__json_value *value,
                       int64_t *ret_number);

void itg__agent_call_init(struct itg__agent_call *call, itg_agents_t *agents);
/* @return the answer; NULL if it waits */
itg_imi_response_t *itg__agent_call_end(struct itg__agent_call *call, itg_error_t err);

/* --- auth.c: who asks --- */

itg_error_t itg__agent_authenticate(struct itg__agent_call *call);

/* Looks again whether a thin client that proved itself by this belongs to the fleet; its client is remembered anew.
 * ITG_E_SESSION_NOT_FOUND, ITG_E_THINCLIENT_NOT_FOUND, ITG_E_THINCLIENT_IN_BIN. */
itg_error_t itg__agent_judge(struct itg__agent_call *call, const unsigned char proof[ITG__PROOF]);

/* Fails with ITG_E_NOT_AVAILABLE: whoever asks has asked too often. */
itg_error_t itg__agent_throttle(struct itg__agent_call *call, const char *why);

/* It is in contact, and counts as online. `paced`: ITG_E_NOT_AVAILABLE, with a Retry-After, if it comes too often. */
itg_error_t itg__agent_contact(struct itg__agent_call *call, bool paced);

/* --- report.c: what it says of itself --- */

bool itg__agent_reports(const struct itg__agent_call *call);
/* Inside a write transaction. */
itg_error_t itg__agent_report(struct itg__agent_call *call, struct itg__tx *tx, int64_t id);
itg_error_t itg__agent_results(struct itg__agent_call *call, struct itg__tx *tx, int64_t id);

/* --- register.c, checkin.c: the handlers --- */

itg_error_t itg__agent_register(struct itg__agent_call *call);
itg_error_t itg__agent_checkin(struct itg__agent_call *call);
itg_error_t itg__agent_bye(struct itg__agent_call *call);

/* --- work.c: what there is to do --- */

/* What a check-in says about settings. */
struct itg__settings_said {
    bool given;
    int64_t revision; /* 0: none in force */
};

/* Writes the answer but for its end. *ret_due: there is something to do in it. */
itg_error_t itg__agent_work(struct itg__agent_call *call, struct itg__settings_said said, bool *ret_due);
/* Its end. @param next_s  when it is to come again */
void itg__agent_work_end(struct itg__agent_call *call, int32_t next_s, bool due);

/* True if settings that were in force at a revision are out of date. */
bool itg__settings_differ(struct itg__settings_said said, int64_t current);

/* --- wait.c: check-ins that wait --- */

itg_error_t itg__waiters_open(itg_agents_t *agents, itg_failure_t *failure);
void itg__waiters_close(itg_agents_t *agents);
/* Lets the call wait; false if there is no room. It may have been woken, and even finished, when this returns. */
bool itg__waiters_add(struct itg__agent_call *call, struct itg__settings_said said, int64_t seconds);
/* Wakes the check-in of a thin client that waits, if there is one. `replaced`: another contact takes its place. */
void itg__waiters_wake(itg_agents_t *agents, int64_t id, bool replaced);
/* Wakes those whose time is over, or whom something new concerns. */
itg_error_t itg__waiters_step(itg_agents_t *agents, bool *ret_any, itg_failure_t *failure);
/* Work has come for thin clients; see struct itg__builtin_link. */
void itg__agents_work(void *ctx, const int64_t *thinclient_ids, size_t count);
/* Wakes those that were deleted. Any thread, inside or outside of transactions. */
void itg__waiters_wake_doomed(itg_agents_t *agents);

#endif
