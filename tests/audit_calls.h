/* Every call that writes to a fleet, and what it leaves in the audit trail. For the suites about the trail. */
#ifndef ITG_TESTS_AUDIT_CALLS_H
#define ITG_TESTS_AUDIT_CALLS_H

#include <itg/itg.h>
#include <stdbool.h>

/* What the scenarios find: ids of objects are given out in this order, and so are those of firmwares. */
enum {
    DIR_A = 1,
    DIR_B,
    TC,
    OTHER_TC,
    PROFILE,
    PROFILE_DIR,
    KEY,
    VALUE,
    OTHER_VALUE,
    ATTRIBUTE,
    RANGE,
    ASSET,
    VIEW,
    RULE,
    CHILD_RULE,
    BINNED,
    JOB,
    NEXT /* the id that a scenario's own object gets */
};

struct audit_call {
    itg_error_t (*call)(void);
    const char *wanted; /* lines as audit_since() gives them */
};
extern const struct audit_call audit_calls[];
extern const size_t audit_call_count;

extern const itg_template_assignment_t audit_filled;

/* Fills fx.itg with what the calls find, and opens it as the user they act as. */
void audit_begin(void);
void audit_end(void);
bool audit_is_command(const struct audit_call *call);

/* Entries as lines "actor operation type id name before after"; to be freed. */
char *audit_entries(const itg_audit_filter_t *filter);
char *audit_since(int64_t id);

#endif
