/* Enrolment inside a transaction: who may register, and the tokens of those who have. */
#ifndef ITG__ENROL_H
#define ITG__ENROL_H

#include "core/core.h"
#include <itg/agent.h>

enum {
    ITG__TOKEN_HASH = 32,              /* bytes */
    ITG__TOKEN_SIZE = 20 + 1 + 43 + 1, /* "<id>.<secret>", terminating NUL included */
};

/* What a token says: whose it claims to be, and what it is known by. */
struct itg__token {
    int64_t id;
    unsigned char hash[ITG__TOKEN_HASH];
};

/* False for a text that cannot be a token. */
bool itg__token_read(const char *text, struct itg__token *ret_token);

/* What the store knows of a thin client that shows a token. */
struct itg__member {
    bool found;   /* there is, or was, a token */
    bool deleted; /* the thin client was deleted */
    bool in_bin;
    unsigned char hash[ITG__TOKEN_HASH];
    int64_t sequence;  /* of the last report that was kept */
    int64_t confirmed; /* revision; -1: none */
    int64_t own;       /* its own revision, without the directories above it */
    int64_t parent_id;
};
itg_error_t itg__member_load(struct itg__tx *tx, int64_t thinclient_id, struct itg__member *ret_member);

/* Is a thin client with this key, or without one (NULL), let in? Counts a use of the key, unless `thinclient_id` (0: a
 * new one) has just registered with it: then the answer got lost. ITG_E_ACCESS_DENIED. */
struct itg__admission {
    int64_t key_id;       /* 0: none was needed */
    int64_t directory_id; /* where new thin clients are filed */
};
itg_error_t itg__enrolment_admit(struct itg__tx *tx, const char *key, int64_t thinclient_id,
                                 struct itg__admission *ret_admission);

/* Gives a thin client a new token; an old one is void from now on. */
itg_error_t itg__token_issue(struct itg__tx *tx, int64_t thinclient_id, int64_t key_id,
                             char token[ITG__TOKEN_SIZE]);

/* The thin client is deleted: what is kept of its token tells it so when it comes. */
itg_error_t itg__token_bury(struct itg__tx *tx, int64_t thinclient_id);

/* The last report that was kept. */
itg_error_t itg__token_sequence(struct itg__tx *tx, int64_t thinclient_id, int64_t sequence);

/* Who belongs to the fleet has changed: a token became void, a thin client was deleted, or went into the recycle bin or
 * came out of it. Each time, the sequence "membership" takes its next number. */
itg_error_t itg__membership_touch(struct itg__tx *tx);

/* Chores: what is left of tokens of thin clients long deleted. */
itg_error_t itg__token_prune(struct itg__tx *tx, int64_t limit);
itg_error_t itg__token_due(struct itg__tx *tx, bool *ret_found, int64_t *ret_due_ms);

#endif
