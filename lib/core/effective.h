/* Effective settings being worked out: effective.c loads what reaches the thin client, effective_judge.c
 * decides. */
#ifndef ITG__EFFECTIVE_H
#define ITG__EFFECTIVE_H

#include "core/core.h"
#include "core/setting.h"
#include "core/template.h"
#include "core/text.h"

/* A profile that reaches the thin client, at the place where it is strongest. */
struct itg__reach {
    int64_t profile_id;
    int64_t receiver_id;
    int32_t distance;
    bool is_master;
    bool overrides;
};

/* A setting of such a profile. */
struct itg__entry {
    size_t key; /* offsets in the texts */
    size_t value;
    uint32_t base_length; /* of the family, or of the whole key */
    int32_t index;
    bool is_instance;
    uint32_t rank; /* of its profile: 0 is the strongest */
    itg_verdict_t verdict;
    int32_t instance;
    uint32_t winner; /* rank of the profile it lost to */
    size_t unfilled; /* offset of a name; 0: none */
};

/* A value that a template key has for the thin client. */
struct itg__filling {
    size_t name; /* offsets in the texts */
    size_t value;
};

struct itg__effective {
    struct itg__tx *tx;
    int64_t thinclient_id;
    struct itg__reach *reach; /* the strongest first */
    size_t reach_count, reach_capacity;
    struct itg__entry *entries;
    size_t count, capacity;
    struct itg__filling *fillings; /* by name, the one that counts first */
    size_t filling_count, filling_capacity;
    size_t filled_bytes;
    bool filled;                            /* fillings and statics are loaded */
    size_t statics[ITG__STATIC_KEYS_COUNT]; /* offsets in the texts */
    struct itg__buf texts;                  /* NUL-terminated; begins with "" */
};

/* Room for one more item; NULL if there is no memory. */
void *itg__effective_add(void **items, size_t *count, size_t *capacity, size_t size);

/* Appends a text. @return its offset */
size_t itg__effective_text(struct itg__effective *effective, const char *text);

/* Loads what the template keys stand for on this thin client. */
itg_error_t itg__effective_fillings(struct itg__effective *effective);

/* Sorts the entries by group, and each group so that those in force come first; gives each its verdict; fills
 * the template keys of those in force. */
itg_error_t itg__effective_judge(struct itg__effective *effective);

#endif
