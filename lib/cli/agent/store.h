/* The state directory: who this thin client is in the fleet, and what it has begun. Only one agent uses it at a time.
 *
 * state.json    id, token, the server's pin, the sequence of reports, what was reported
 * command.json  the newest command that was begun: a file of its own, written before a hook starts
 *
 * Each file is replaced as a whole, and is on the disk when the call returns. One that is damaged is put aside. */
#ifndef ITG__CLI_AGENT_STORE_H
#define ITG__CLI_AGENT_STORE_H

#include "cli/agent/inventory.h"
#include "cli/agent/pin.h"
#include "cli/agent/protocol.h"
#include <stddef.h>

enum { AGENT_WHY_SIZE = 512 };

struct agent_store {
    int dir;  /* -1: closed */
    int lock; /* a descriptor whose end is the lock's */
};

/* Opens the directory, which is made if it is not there, and locks it. @param why  says why not, AGENT_WHY_SIZE bytes
 */
bool agent_store_open(struct agent_store *store, const char *path, char *why);
void agent_store_close(struct agent_store *store);

/* What state.json holds. Zero it to begin, end with agent_state_dispose(). */
struct agent_state {
    int64_t id; /* 0: not registered */
    char token[AGENT_TOKEN_SIZE];
    char server_uuid[64];
    char pin[AGENT_PIN_TEXT_SIZE];      /* "sha256//..."; "": none */
    char mac[16];                       /* under which it registered; "": not yet */
    int64_t sequence;                   /* of the last report that was made */
    char boot_id[AGENT_BOOT_ID_SIZE];   /* of the start that was reported last */
    char revision[AGENT_REVISION_SIZE]; /* of the settings in force; "": none */
    int64_t uptime_before_ms;           /* of earlier starts, together */
    int64_t uptime_ms;                  /* of this one, when it was written */
    json_t *reported;                   /* object: inventory, networkAdapters, usb, as the server has them */
};

void agent_state_dispose(struct agent_state *state);
/* Forgets who it is in the fleet; what belongs to the device stays. */
void agent_state_forget(struct agent_state *state);

/* A damaged file is put aside, the state is then that of a new device, and `why` says so; else `why` is "".
 * @return false: it cannot be read, `why` says why */
bool agent_state_load(const struct agent_store *store, struct agent_state *state, char *why);
bool agent_state_save(const struct agent_store *store, const struct agent_state *state, char *why);

/* What became of the newest command. */
enum agent_phase { AGENT_PHASE_NONE = 0, AGENT_BEGUN = 1, AGENT_DONE = 2, AGENT_FAILED = 3 };

struct agent_record {
    enum agent_phase phase;
    int64_t id; /* all commands up to this one have been begun or refused */
    char word[AGENT_WORD_SIZE];
    char message[AGENT_MESSAGE_SIZE];
    char boot_id[AGENT_BOOT_ID_SIZE]; /* during which it was begun */
    bool reported;                    /* the server has its result */
    bool lost;                        /* the file was damaged: nobody knows what was begun. Not in the file */
};

/* As agent_state_load(). */
bool agent_record_load(const struct agent_store *store, struct agent_record *record, char *why);
bool agent_record_save(const struct agent_store *store, const struct agent_record *record, char *why);

/* Replaces a file by a text, through a temporary file beside it. Also for files outside of the state directory.
 * @param dir  a directory's descriptor; name: in it */
bool agent_replace_file(int dir, const char *name, unsigned mode, const char *text, size_t length, char *why);

#endif
