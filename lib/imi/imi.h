/* IMI's inside: one request on its way from itg_imi_handle() to its response. */
#ifndef ITG__IMI_H
#define ITG__IMI_H

#include "core/core.h"
#include "core/jsonread.h"
#include "core/text.h"
#include "imi/answer.h"
#include <itg/imi.h>
#include <itg/itg.h>
#include <stdatomic.h>

/* Bytes of a host name with its port, terminating NUL included. */
#define ITG__IMI_HOST_SIZE 272
/* Bytes of "https://<host>/umsapi/v3", terminating NUL included. */
#define ITG__IMI_BASE_SIZE (ITG__IMI_HOST_SIZE + 32)
/* Segments that the longest path of the interface has, "umsapi" and the version included. */
#define ITG__IMI_SEGMENTS 8
/* A pulled list is made in pieces of about this many bytes: each is one short read of the fleet. */
#define ITG__IMI_CHUNK ((size_t)64 << 10)

struct itg_imi {
    itg_t *itg;
    char server[ITG__IMI_HOST_SIZE]; /* "host:port" */
    bool plain_http;
    bool trusted; /* who says nothing acts as the host */
    size_t max_body;
    int64_t started_ms;
    atomic_uint_fast64_t requests;
    struct itg__answers answers;
};

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

struct itg__imi_route {
    const char *method;
    const char *path;      /* after the version; "{id}" and other placeholders, see route.c */
    const char *operation; /* wanted ?operation=; "": only without one; NULL: does not look */
    enum itg__imi_right right;
    bool has_body; /* others' bodies are ignored */
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
    const char *text;         /* of the path, NULL: none */
    itg_type_t type;          /* that the path's first words name */
    itg_type_t receiver_type; /* that the end of .../assignments/... names */

    /* found by auth.c */
    itg_t *itg;                              /* acts as the user; NULL for public requests */
    itg_t *own;                              /* the same if it is to be closed, NULL for the host's */
    char session[ITG_SESSION_ID_LENGTH + 1]; /* "" for a user without one */

    struct itg__json json; /* reads the body */
    size_t body_taken;
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

/* Checks type and size of the body, and makes call->json ready to read it. */
itg_error_t itg__imi_body_open(struct itg__imi_call *call);

/* What members of a body may be; null counts as absent everywhere, and unknown members are passed over. */
#define ITG__IMI_TEXT ITG__JSON_IS(ITG__JSON_STRING)
#define ITG__IMI_ID \
    (ITG__JSON_IS(ITG__JSON_STRING) | ITG__JSON_IS(ITG__JSON_INTEGER) | ITG__JSON_IS(ITG__JSON_REAL))

/* Reads a body that is one object. Values stay readable as long as the call.
 * @param values  as many as the table needs, inner ones included; zeroed by the caller */
itg_error_t itg__imi_body_object(struct itg__imi_call *call, const struct itg__json_table *table,
                                 struct itg__json_value *values);

/* Most values that the table of a list's entries may need. */
#define ITG__IMI_ENTRY_VALUES 8

/* Takes an entry. Texts of its values are gone after the call. */
typedef itg_error_t (*itg__imi_entry_fn)(struct itg__imi_call *call, const struct itg__json_value *values,
                                         void *ctx);

/* Reads a body that is a list of objects. Nothing is kept of it but what fn keeps. What is wrong with an
 * entry is reported only after the whole body has proved to be JSON. */
itg_error_t itg__imi_body_list(struct itg__imi_call *call, const struct itg__json_table *table,
                               itg__imi_entry_fn fn, void *ctx);

/* Appends an entry to an array of them. */
itg_error_t itg__imi_keep(struct itg__imi_call *call, struct itg__buf *array, const void *entry, size_t size);
/* The array; never NULL. */
void *itg__imi_kept(const struct itg__buf *array);

/* The text of a member; NULL if it is absent. */
const char *itg__imi_text(struct itg__imi_call *call, const struct itg__json_value *value);

/* An id in a body. */
struct itg__imi_id {
    int64_t value;
    bool set;
};

/* Reads an id, "27" or 27. "": not set. ITG_E_NUMBER_FORMAT if it is none. */
itg_error_t itg__imi_id(struct itg__imi_call *call, const struct itg__json_value *value,
                        struct itg__imi_id *ret_id);

/* Reads a body that renames something, {"name":...}: ITG_E_NO_VALID_PROPERTY without one. */
itg_error_t itg__imi_body_name(struct itg__imi_call *call, const char **ret_name);

/* IMI's reference to an object: {"id":"27","type":"tc"}. */
enum { ITG__IMI_REF_ID, ITG__IMI_REF_TYPE, ITG__IMI_REF_VALUES };
extern const struct itg__json_table itg__imi_ref_table;

struct itg__imi_ref {
    struct itg__imi_id id;
    bool has_type;
    itg_type_t type; /* 0: absent, or no type's name */
};
/* @param values  ITG__IMI_REF_VALUES of them */
itg_error_t itg__imi_ref(struct itg__imi_call *call, const struct itg__json_value *values,
                         struct itg__imi_ref *ret_ref);
/* The same for one of which both members must be there. */
itg_error_t itg__imi_whole_ref(struct itg__imi_call *call, const struct itg__json_value *values,
                               struct itg__imi_ref *ret_ref);

/* --- facet.c: facets, and thin clients with theirs --- */

enum {
    ITG__IMI_FACET_DETAILS = 1u << 0,
    ITG__IMI_FACET_ONLINE = 1u << 1,
    ITG__IMI_FACET_CHILDREN = 1u << 2,
    ITG__IMI_FACET_SHADOW = 1u << 3,
    ITG__IMI_FACET_ADAPTERS = 1u << 4,
    ITG__IMI_FACET_ATTRIBUTES = 1u << 5,
    ITG__IMI_FACET_LOGINS = 1u << 6
};

/* Reads ?facets= of a request. @param allowed  others, and unknown ones, are ITG_E_NO_HANDLER */
itg_error_t itg__imi_facets(struct itg__imi_call *call, unsigned allowed, unsigned *ret_facets);

/* How much of a thin client facets need. */
itg_extent_t itg__imi_facets_extent(unsigned facets);

/* Thin clients being written. What stands in tables of its own is read in a transaction beside the walk over
 * the thin clients, one for all of them. */
struct itg__imi_facets {
    itg_t *itg;
    unsigned bits;
    bool reads; /* the transaction is open */
    bool one;   /* a single thin client: refuse what a list leaves empty */
    struct itg__tx tx;
};

/* ITG_E_ACCESS_DENIED for a facet that the actor may not see. A failed begin needs no end. */
itg_error_t itg__imi_facets_begin(struct itg__imi_facets *facets, itg_t *itg, unsigned bits,
                                  itg_failure_t *failure);
itg_error_t itg__imi_put_thinclient(struct itg__imi_facets *facets, struct itg__buf *out,
                                    const itg_thinclient_t *tc);
/* @return err, or why ending failed */
itg_error_t itg__imi_facets_end(struct itg__imi_facets *facets, itg_error_t err);

/* --- write.c: objects as JSON --- */

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
/* An answer is written before the change that it tells of is made, so that want of memory refuses the request
 * and not what has happened already. @return ITG_E_INTERNAL if the answer so far could not be kept */
itg_error_t itg__imi_ready(struct itg__imi_call *call);
/* The same after putting the whole answer, {"message":message}. */
itg_error_t itg__imi_promise(struct itg__imi_call *call, const char *message);

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
    int64_t id; /* the first of the path */
    char *text; /* of the path, NULL: none; the list's own */
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

/* --- thinclient.c: thin clients of a list --- */

/* A piece of a list being written. */
struct itg__imi_piece {
    struct itg__imi_list *list;
    struct itg__imi_facets facets;
};
/* Adds one to the list of a piece, as the callback of a walk. */
int32_t itg__imi_add_thinclient(void *ctx, const itg_thinclient_t *tc);

/* --- the handlers --- */

itg_error_t itg__imi_get_serverstatus(struct itg__imi_call *call);
itg_error_t itg__imi_login(struct itg__imi_call *call);
itg_error_t itg__imi_logout(struct itg__imi_call *call);

itg_error_t itg__imi_get_thinclients(struct itg__imi_call *call);
itg_error_t itg__imi_get_thinclient(struct itg__imi_call *call);
itg_error_t itg__imi_get_view(struct itg__imi_call *call);
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

itg_error_t itg__imi_get_assets(struct itg__imi_call *call);
itg_error_t itg__imi_get_asset(struct itg__imi_call *call);
itg_error_t itg__imi_get_thinclient_assets(struct itg__imi_call *call);
itg_error_t itg__imi_get_asset_history(struct itg__imi_call *call);
itg_error_t itg__imi_get_asset_history_of(struct itg__imi_call *call);

itg_error_t itg__imi_create_template_key(struct itg__imi_call *call);
itg_error_t itg__imi_create_template_value(struct itg__imi_call *call);
itg_error_t itg__imi_get_template_values(struct itg__imi_call *call);
itg_error_t itg__imi_assign_template_tc(struct itg__imi_call *call);
itg_error_t itg__imi_assign_template_dir(struct itg__imi_call *call);

itg_error_t itg__imi_get_firmwares(struct itg__imi_call *call);
itg_error_t itg__imi_get_firmware(struct itg__imi_call *call);

#endif
