/* The inside of a fleet: shared state, transactions, statements. Used by the core's own files. */
#ifndef ITG__CORE_H
#define ITG__CORE_H

#include "core/fail.h"
#include "store/store.h"
#include <itg/itg.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

struct itg__connection;
struct itg__sessions;
struct itg__queue;
struct itg__presence;

/* What an operation needs of the one who asks for it. */
enum itg__right {
    ITG__RIGHT_READ,   /* every role */
    ITG__RIGHT_OBJECT, /* operators, administrators, and who has access entries: see access.h */
    ITG__RIGHT_WRITE,  /* operators and administrators */
    ITG__RIGHT_USERS   /* administrators */
};

/* Who uses the write connection, see txn.c. */
struct itg__writer {
    pthread_mutex_t lock;
    struct itg__connection *connection;
    bool owned;
    pthread_t owner;
    int depth;                     /* transactions the owner has open, one inside the other */
    bool group;                    /* the owner is between itg_begin() and its end */
    bool open;                     /* a store transaction (a batch) is open */
    bool stirred;                  /* see itg__stir() */
    int sharers;                   /* operations that wait in it to be committed */
    struct itg__turn *first;       /* threads that want the connection, in the order in which they came */
    struct itg__turn *last;
    struct itg__outcome *sleepers; /* one for each of the sharers that handed the connection on */
};

/* What the handles of one open file share. */
struct itg__fleet {
    const struct itg__engine *engine;
    struct itg__store_config config;
    char *path;
    int handles;
    bool single; /* readers use the write connection as well */
    struct itg__writer writer;
    pthread_mutex_t pool_lock;
    struct itg__connection *pool; /* idle read connections */
    int pool_size;
    itg_clock_t clock;
    itg_log_t log;
    itg_link_t link; /* the host's; online == NULL: none */
    struct itg__queue *queue;
    itg_licence_t licence; /* allows == NULL: everything */
    int64_t session_lifetime_ms;
    int64_t audit_keep_ms; /* or ITG_AUDIT_FOREVER, ITG_AUDIT_OFF */
    uint16_t wake_port;
    char wake_broadcast[64];
    bool wake_unicast;
    char uuid[37];
    unsigned char shadow_key[32]; /* of one-time passwords */
    char *thinclient_insert;      /* statements made from the property table */
    char *thinclient_update;
    struct itg__sessions *sessions;
    struct itg__presence *presence;
    atomic_uint_fast64_t stirs; /* transactions with itg__stir() that were kept */
    void (*stir)(void *ctx); /* told of each, by the thread that owns the write connection; NULL: nobody is */
    void *stir_ctx;
};

/* How far a walk goes that is made in pieces: it ends early when it has left out so many rows. */
struct itg__stride {
    int64_t left;
    int64_t last_id; /* where it ended */
    bool ended;
};

/* A handle: the fleet, and who acts. */
struct itg {
    struct itg__fleet *fleet;
    int64_t account_id; /* 0: the host itself, which may do everything */
    int64_t behalf_id;  /* of the host: the account it acts for, to be named in the audit trail; 0: none */
    struct itg__stride *stride; /* NULL: walks go to their ends */
    struct itg__connection
        *reading; /* see itg__reading_begin(); NULL: each read has a transaction of its own */
};

/* What an account may do to objects, see access.c. Directories that have been asked for are remembered. */
struct itg__access {
    int64_t account_id;
    itg_role_t role;  /* 0 for the host */
    bool has_entries; /* else the role alone tells */
    uint32_t by_role; /* rights */
    struct itg__place *places;
    size_t count;
    size_t mask; /* of the hash table */
};

/* A transaction of one public call. Lives on the caller's stack from itg__begin...() to itg__end(). */
struct itg__tx {
    itg_t *itg;
    struct itg__fleet *fleet;
    struct itg__connection *connection;
    const char *operation; /* for the trace */
    itg_failure_t *failure;
    bool write;
    bool on_writer;            /* on the write connection */
    bool nested;               /* inside another transaction of this thread */
    bool saved;                /* a savepoint is set */
    bool shared;               /* part of the handle's own reading */
    bool untold;               /* the audit trail says nothing of it: a thin client reports */
    struct itg__access access; /* of the one who acts */
};

/* Begin and end a public call's transaction. `operation` is the public function's name. A failed begin needs
 * no end. Writing also fails with ITG_E_ACCESS_DENIED for an actor without the right, so does reading.
 * itg__end() keeps the changes if err is ITG_OK, else undoes them; it returns err, or why keeping failed, and
 * adds the operation to the trace. */
itg_error_t itg__begin_read(itg_t *itg, const char *operation, enum itg__right right, struct itg__tx *tx,
                            itg_failure_t *failure);
itg_error_t itg__begin_write(itg_t *itg, const char *operation, enum itg__right right, struct itg__tx *tx,
                             itg_failure_t *failure);
itg_error_t itg__end(struct itg__tx *tx, itg_error_t err);

/* As itg__begin_write(), for an operation that may take long: it does not keep others' commits waiting. */
itg_error_t itg__begin_write_long(itg_t *itg, const char *operation, enum itg__right right,
                                  struct itg__tx *tx, itg_failure_t *failure);

/* As itg__begin_write(), but fails with ITG_E_NOT_AVAILABLE at once instead of waiting for another writer. */
itg_error_t itg__begin_write_now(itg_t *itg, const char *operation, enum itg__right right, struct itg__tx *tx,
                                 itg_failure_t *failure);

/* True if the calling thread has an itg_begin() group open on this fleet. */
bool itg__in_group(struct itg__fleet *fleet);

/* Inside a write transaction: what it does concerns thin clients that are in contact. Once it is kept, fleet->stirs rises
 * and fleet->stir is called. */
void itg__stir(struct itg__tx *tx);

/* From here on all that is read on this handle, which is one thread's own, is of one moment and shares one transaction
 * of the store, until itg__reading_end() or itg_close(). For a few quick reads in a row. Not in a store with only one
 * connection, nor inside a transaction: there it changes nothing. */
itg_error_t itg__reading_begin(itg_t *itg, itg_failure_t *failure);
void itg__reading_end(itg_t *itg);

/* A statement being run. Statements are prepared once per connection and found again by the ADDRESS of their
 * text: pass string literals or texts that live as long as the fleet. Errors stick: a query that failed to
 * start has no rows and itg__done() tells.
 *
 *     struct itg__query q;
 *     itg__query(tx, &q, "SELECT name FROM object WHERE id = $1", "i", id);
 *     while (itg__next(&q))
 *         use(itg__text(&q, 0));
 *     err = itg__done(&q);
 */
struct itg__query {
    struct itg__tx *tx;
    struct itg__statement *statement;
    itg_error_t err;
};

/* types, one letter a parameter: i int64_t, s text (must stay until itg__done), d double, n NULL (no
 * argument). */
void itg__query(struct itg__tx *tx, struct itg__query *q, const char *sql, const char *types, ...);
/* The same without parameters; bind them with itg__bind_...(). */
void itg__query_start(struct itg__tx *tx, struct itg__query *q, const char *sql);
/* The same for a text that was made for this use: it is prepared now and forgotten by itg__done(). */
void itg__query_once(struct itg__tx *tx, struct itg__query *q, const char *sql);
void itg__bind_int(struct itg__query *q, int index, int64_t value);
void itg__bind_real(struct itg__query *q, int index, double value);
void itg__bind_text(struct itg__query *q, int index, const char *value);
void itg__bind_null(struct itg__query *q, int index);
/* @return true if there is a row */
bool itg__next(struct itg__query *q);
itg_error_t itg__done(struct itg__query *q);
int64_t itg__int(struct itg__query *q, int column);
/* What is stored outside of these sticks as ITG_E_OBJECT_MAPPING. */
int64_t itg__int_within(struct itg__query *q, int column, int64_t low, int64_t high);
double itg__real(struct itg__query *q, int column);
bool itg__is_null(struct itg__query *q, int column);
/* Valid until the next step. Never NULL; lack of memory sticks as an error. */
const char *itg__text(struct itg__query *q, int column);
/* The same without a NUL behind it: spares a copy. Not for columns that may be NULL. */
const char *itg__bytes(struct itg__query *q, int column, size_t *ret_length);

/* What is kept of rows of a kind: a struct, and where its texts stand in it. */
#define ITG__NOWHERE SIZE_MAX
struct itg__shape {
    size_t size;
    size_t count;
    const size_t *texts;
};

/* A copy of the row being read, in one block: the struct, so many bytes of room, the texts. Ends with free().
 * @return NULL after an error, which itg__done() tells */
void *itg__keep(struct itg__query *q, const void *row, const struct itg__shape *shape, size_t room);

/* Runs a statement to its end. types as itg__query(). */
itg_error_t itg__run(struct itg__tx *tx, const char *sql, const char *types, ...);

/* Runs a query and gives the first column of its first row. @param ret_found false: no row, *ret_value
 * untouched */
itg_error_t itg__lookup(struct itg__tx *tx, bool *ret_found, int64_t *ret_value, const char *sql,
                        const char *types, ...);

/* For chores: when the earliest time that a query finds, and so much more, will have passed. */
itg_error_t itg__due(struct itg__tx *tx, const char *sql, int64_t after_ms, bool *ret_found,
                     int64_t *ret_due_ms);

/* The next id of a sequence ("object", "firmware", "account"). */
itg_error_t itg__next_id(struct itg__tx *tx, const char *sequence, int64_t *ret_id);

/* Makes sure that a sequence goes on above an id that was brought along. */
itg_error_t itg__raise_sequence(struct itg__tx *tx, const char *sequence, int64_t id);

/* The fleet's time. */
int64_t itg__now_ms(struct itg__fleet *fleet);

/* Writes a line to the host's log. Never hand it secrets. */
void itg__log(struct itg__fleet *fleet, itg_log_level_t level, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Opens with another engine than SQLite; for tests. */
itg_error_t itg__open_with(const struct itg__engine *engine, const char *path, const itg_options_t *options,
                           itg_t **ret_itg, itg_failure_t *failure);

/* txn.c: a condition whose time limits are those of the monotonic clock. One thread waits at each: see there. */
void itg__condition_init(pthread_cond_t *condition);

/* txn.c: the write connection. Closing takes a writer that was only initialised. */
void itg__writer_init(struct itg__fleet *fleet);
itg_error_t itg__writer_open(struct itg__fleet *fleet, itg_failure_t *failure);
void itg__writer_close(struct itg__fleet *fleet);

/* query.c: a connection and its prepared statements. */
struct itg__connection {
    const struct itg__engine *engine;
    void *handle;
    struct itg__connection *next;          /* in the pool */
    struct itg__statement *statements[64]; /* by the hash of their text's address */
};
itg_error_t itg__connection_open(struct itg__fleet *fleet, bool writer,
                                 struct itg__connection **ret_connection, itg_failure_t *failure);
void itg__connection_close(struct itg__connection *connection);

/* fleet.c: another handle on an open fleet; ended by itg_close(). */
itg_error_t itg__handle_new(struct itg__fleet *fleet, int64_t account_id, itg_t **ret_itg,
                            itg_failure_t *failure);

/* account.c: who acts may do it? Called inside the transaction. */
itg_error_t itg__check_right(struct itg__tx *tx, enum itg__right right);

/* The same for a caller without a transaction, before it begins with something costly: ITG_E_ACCESS_DENIED,
 * ITG_E_NO_USER. */
itg_error_t itg__may(itg_t *itg, enum itg__right right, itg_failure_t *failure);

#endif
