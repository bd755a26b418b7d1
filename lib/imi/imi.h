/* IMI's inside: one request on its way from itg_imi_handle() to its response. */
#ifndef ITG__IMI_H
#define ITG__IMI_H

#include "core/fail.h"
#include "core/text.h"
#include <itg/imi.h>
#include <itg/itg.h>
#include <jansson.h>
#include <stdatomic.h>

/* Bytes of a host name with its port, terminating NUL included. */
#define ITG__IMI_HOST_SIZE 272
/* Bytes of "https://<host>/umsapi/v3", terminating NUL included. */
#define ITG__IMI_BASE_SIZE (ITG__IMI_HOST_SIZE + 32)
/* Segments that the longest path of the interface has, "umsapi" and the version included. */
#define ITG__IMI_SEGMENTS 8
/* A pulled list is made in pieces of about this many bytes: each is one short read of the fleet. */
#define ITG__IMI_CHUNK ((size_t)64 << 10)

/* --- response.c: what goes out --- */

struct itg__imi_list;

struct itg__imi_header {
    const char *name; /* static */
    char value[104];
};

struct itg_imi_response {
    int32_t status;
    size_t header_count;
    struct itg__imi_header headers[4];
    struct itg__buf body;       /* what has been made and not been taken, see `taken` */
    size_t taken;               /* bytes at its beginning that the host has */
    struct itg__imi_list *list; /* makes the rest; NULL: there is none */
    bool broken;                /* the rest cannot be made */
    bool spare;                 /* one of itg_imi.spares */
    atomic_bool in_use;         /* for spares */
    char emergency[160];        /* the body, if there was no memory for another */
};

struct itg_imi {
    itg_t *itg;
    char server[ITG__IMI_HOST_SIZE]; /* "host:port" */
    bool plain_http;
    bool hide_trace;
    bool trusted; /* who says nothing acts as the host */
    size_t max_body;
    int64_t started_ms;
    atomic_uint_fast64_t requests;
    /* Answers for requests that find no memory for one of their own. */
    struct itg_imi_response spares[4];
};

/* Never NULL: without memory it is a spare, and when these are out a constant answer without a body. */
itg_imi_response_t *itg__imi_response_new(itg_imi_t *imi);
/* True if nothing can be added to it: there was no memory for a real one. */
bool itg__imi_response_is_last_resort(const itg_imi_response_t *response);
void itg__imi_response_header_add(itg_imi_response_t *response, const char *name, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Makes it the answer to a failure, whatever it was before. @param status  0: the catalogue's */
void itg__imi_response_fail(itg_imi_t *imi, itg_imi_response_t *response, const itg_failure_t *failure,
                            int32_t status);
/* Tells the host's log about failures that are the server's own. */
void itg__imi_log(itg_t *itg, const char *operation, const itg_failure_t *failure);
/* Leaves the status and headers only. */
void itg__imi_response_drop_body(itg_imi_response_t *response);

/* --- target.c: method, path and query --- */

struct itg__imi_target {
    char *storage;                           /* what the rest points into */
    const char *segments[ITG__IMI_SEGMENTS]; /* decoded, empty ones left out */
    size_t count;                            /* of segments in the path; may be more than fit */
    const char *query;                       /* name NUL value NUL ..., decoded */
    const char *query_end;
};

/* @param text  NULL counts as "". @return false without memory */
bool itg__imi_target_init(struct itg__imi_target *target, const char *text);
void itg__imi_target_dispose(struct itg__imi_target *target);
/* The next value of a query parameter. @param after  the last value that was found; NULL: from the first */
const char *itg__imi_query(const struct itg__imi_target *target, const char *name, const char *after);
/* True if the path names a version of the interface that is answered. */
bool itg__imi_version_ok(const struct itg__imi_target *target);

/* --- route.c: who answers --- */

struct itg__imi_call;
typedef itg_error_t (*itg__imi_handler)(struct itg__imi_call *call);

enum itg__imi_right {
    ITG__IMI_PUBLIC,  /* no login needed */
    ITG__IMI_SESSION, /* any user, whatever the role */
    ITG__IMI_READ,
    ITG__IMI_WRITE
};

enum itg__imi_body { ITG__IMI_NO_BODY, ITG__IMI_OBJECT, ITG__IMI_LIST };

struct itg__imi_route {
    const char *method;
    const char *path;      /* after the version; "{id}" and other placeholders, see route.c */
    const char *operation; /* wanted ?operation=; "": only without one; NULL: does not look */
    enum itg__imi_right right;
    enum itg__imi_body body;
    itg__imi_handler handler;
    const char *name; /* of the handler, for traces */
};

/* --- handle.c: a request being answered --- */

struct itg__imi_call {
    itg_imi_t *imi;
    itg_imi_request_t request;
    const char *method; /* "GET" for HEAD */
    struct itg__imi_target target;
    itg_failure_t failure;
    itg_imi_response_t *response;
    struct itg__buf *out; /* the response's body */
    int32_t status;       /* overrides the status of a failure; 0: does not */
    uint64_t number;      /* of the request */

    /* found by route.c */
    const struct itg__imi_route *route; /* NULL: none */
    bool path_known;
    bool method_known; /* the path has a route with the method, but not with the operation */
    bool is_public;
    const char *id_texts[2];
    int64_t ids[2];           /* of the path, in its order */
    itg_type_t type;          /* that the path's first words name */
    itg_type_t receiver_type; /* that the end of .../assignments/... names */

    /* found by auth.c */
    itg_t *itg;                              /* acts as the user; NULL for public requests */
    itg_t *own;                              /* the same if it is to be closed, NULL for the host's */
    char session[ITG_SESSION_ID_LENGTH + 1]; /* "" for a user without one */

    json_t *body;
    char host[ITG__IMI_HOST_SIZE];
    char base[ITG__IMI_BASE_SIZE]; /* how links begin */
};

/* Finds what the path and method name. Only looks; itg__imi_route_check() complains. */
void itg__imi_route_find(struct itg__imi_call *call);
itg_error_t itg__imi_route_check(struct itg__imi_call *call);
/* Reads the ids of the path. */
itg_error_t itg__imi_route_ids(struct itg__imi_call *call);

/* --- auth.c: who asks --- */

/* Finds the user by session cookie or Basic authorization. */
itg_error_t itg__imi_authenticate(struct itg__imi_call *call);
/* True if the header is Basic authorization, well-formed or not. */
bool itg__imi_is_basic(const char *authorization);
/* True if a Cookie header brings a session id, good or not. */
bool itg__imi_has_session(const char *cookie);

/* Sets the session cookie of the client. */
void itg__imi_set_cookie(struct itg__imi_call *call, const char *session);

/* --- body.c: what came in --- */

/* Decodes the request's body into call->body. */
itg_error_t itg__imi_body_load(struct itg__imi_call *call);

/* An id in a body. */
struct itg__imi_id {
    int64_t value;
    bool set;
};

/* A member of a JSON object: unknown ones are ignored, null counts as absent. */
enum itg__imi_member_kind {
    ITG__IMI_MEMBER_TEXT,  /* const char *, NULL if absent; belongs to the body */
    ITG__IMI_MEMBER_ID,    /* struct itg__imi_id; "27" or 27 */
    ITG__IMI_MEMBER_OBJECT /* const json_t *, NULL if absent */
};
struct itg__imi_member {
    const char *key;
    enum itg__imi_member_kind kind;
    size_t offset; /* in the struct that is filled */
    bool required;
};

/* Fills a struct that is zeroed from an object. @param object  anything but an object is ITG_E_INVALID_BODY
 */
itg_error_t itg__imi_members(const json_t *object, const struct itg__imi_member *members, size_t count,
                             void *ret, itg_failure_t *failure);

/* Reads an id: ITG_E_NUMBER_FORMAT if it is none, ITG_E_INVALID_BODY for another type; "" and null: not set.
 */
itg_error_t itg__imi_member_id(const json_t *value, const char *key, struct itg__imi_id *ret_id,
                               itg_failure_t *failure);

/* IMI's reference to an object: {"id":"27","type":"tc"}. */
struct itg__imi_ref {
    struct itg__imi_id id;
    const char *type; /* NULL if absent */
};
/* @param strict  both members must be there */
itg_error_t itg__imi_ref(const json_t *object, bool strict, struct itg__imi_ref *ret_ref,
                         itg_failure_t *failure);

/* --- write.c: objects as JSON --- */

enum { ITG__IMI_FACET_DETAILS = 1u << 0, ITG__IMI_FACET_ONLINE = 1u << 1, ITG__IMI_FACET_CHILDREN = 1u << 2 };

/* Reads ?facets= of a request. @param allowed  others, and unknown ones, are ITG_E_NO_HANDLER */
itg_error_t itg__imi_facets(struct itg__imi_call *call, unsigned allowed, unsigned *ret_facets);

/* before, then the value as a JSON string. */
void itg__imi_put_text(struct itg__buf *out, const char *before, const char *text);
/* before, then the id as IMI writes it, a string. */
void itg__imi_put_id(struct itg__buf *out, const char *before, int64_t id);
/* The path of an object, as in links: "<base>/thinclients/27". */
void itg__imi_put_href(struct itg__buf *out, const char *base, itg_type_t type, int64_t id);
/* {"rel":rel,"href":"<base>/thinclients/27"} */
void itg__imi_put_link(struct itg__buf *out, const char *rel, const char *base, itg_type_t type, int64_t id);
/* The same for the directory an object lies in; "root" for a child of the root. */
void itg__imi_put_parent(struct itg__buf *out, const char *base, itg_type_t type, int64_t parent_id);
/* {"message":message} */
void itg__imi_put_message(struct itg__buf *out, const char *message);

/* The last word of the path under which objects of a type are found: "thinclients", "tcdirectories". */
const char *itg__imi_type_word(itg_type_t type);

/* --- list.c: lists that are pulled --- */

/* A list being pulled: every piece is one walk that begins after the last row of the one before. */
struct itg__imi_list {
    itg_t *itg; /* acts as the user */
    itg_t *own; /* the same if it is to be closed with the list */
    itg_error_t (*walk)(struct itg__imi_list *list, itg_failure_t *failure);
    const char *tail; /* closes the JSON */
    struct itg__buf *out;
    int64_t after_id;
    bool begun; /* a row has been written */
    bool full;  /* the piece is large enough: the walk was ended before its end */
    itg_error_t err;
    itg_failure_t *failure; /* of the walk that runs, for the rows */
    itg_type_t type;
    unsigned facets;
    char base[ITG__IMI_BASE_SIZE];
};

/* Makes the answer a list, and its first piece. */
itg_error_t itg__imi_list_start(struct itg__imi_call *call, const char *head, const char *tail,
                                itg_error_t (*walk)(struct itg__imi_list *list, itg_failure_t *failure),
                                unsigned facets);
/* Makes the next piece in response->body; without any left response->list becomes NULL. */
itg_error_t itg__imi_list_fill(itg_imi_response_t *response, itg_failure_t *failure);
void itg__imi_list_free(struct itg__imi_list *list);
/* Around each row. */
void itg__imi_list_row(struct itg__imi_list *list, int64_t id);
/* @return what a walk's callback returns: not 0 to end the walk */
int32_t itg__imi_list_row_end(struct itg__imi_list *list);

/* --- the handlers --- */

itg_error_t itg__imi_get_serverstatus(struct itg__imi_call *call);
itg_error_t itg__imi_login(struct itg__imi_call *call);
itg_error_t itg__imi_logout(struct itg__imi_call *call);

itg_error_t itg__imi_get_thinclients(struct itg__imi_call *call);
itg_error_t itg__imi_get_thinclient(struct itg__imi_call *call);
itg_error_t itg__imi_create_thinclient(struct itg__imi_call *call);
itg_error_t itg__imi_update_thinclient(struct itg__imi_call *call);
itg_error_t itg__imi_delete_thinclient(struct itg__imi_call *call);
itg_error_t itg__imi_delete_thinclient_offline(struct itg__imi_call *call);
itg_error_t itg__imi_command(struct itg__imi_call *call);

itg_error_t itg__imi_get_directories(struct itg__imi_call *call);
itg_error_t itg__imi_get_directory(struct itg__imi_call *call);
itg_error_t itg__imi_create_directory(struct itg__imi_call *call);
itg_error_t itg__imi_update_directory(struct itg__imi_call *call);
itg_error_t itg__imi_move(struct itg__imi_call *call);
itg_error_t itg__imi_delete_directory(struct itg__imi_call *call);

itg_error_t itg__imi_get_profiles(struct itg__imi_call *call);
itg_error_t itg__imi_get_profile(struct itg__imi_call *call);
itg_error_t itg__imi_update_profile(struct itg__imi_call *call);
itg_error_t itg__imi_delete_profile(struct itg__imi_call *call);

itg_error_t itg__imi_get_reaching(struct itg__imi_call *call);
itg_error_t itg__imi_assign_to_receiver(struct itg__imi_call *call);
itg_error_t itg__imi_get_receivers(struct itg__imi_call *call);
itg_error_t itg__imi_assign_profile(struct itg__imi_call *call);
itg_error_t itg__imi_delete_assignment(struct itg__imi_call *call);

itg_error_t itg__imi_get_firmwares(struct itg__imi_call *call);
itg_error_t itg__imi_get_firmware(struct itg__imi_call *call);

#endif
