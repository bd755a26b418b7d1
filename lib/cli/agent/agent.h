/* The agent: registers a thin client, keeps in touch with its server, carries commands out, puts settings in force. */
#ifndef ITG__CLI_AGENT_AGENT_H
#define ITG__CLI_AGENT_AGENT_H

#include "cli/agent/hook.h"
#include "cli/agent/http.h"
#include "cli/agent/inventory.h"
#include "cli/agent/store.h"

/* Exit status of one that the fleet has let go. */
enum { AGENT_LEFT = 3 };

enum { AGENT_HOOKS_MAX = 16 };

struct agent_config {
    const char *server;
    const char *key; /* NULL: none */
    const char *ca;  /* NULL: the certificate is pinned */
    const char *pin; /* to begin with; NULL: what the server shows first */
    const char *state;
    const char *root;
    const char *settings;    /* where settings are written; NULL: nowhere */
    const char *on_settings; /* NULL: nothing is called */
    int64_t wait_s;
    int64_t hook_limit_s;
    bool once;
    bool stay;
    struct {
        char word[AGENT_WORD_SIZE];
        const char *path;
    } hooks[AGENT_HOOKS_MAX];
    size_t hook_count;
};

/* Runs until it is told to end. @return the program's exit status */
int agent_run(const struct agent_config *config);

/* What the rest is for: the agent's own files. */

/* A report on its way, kept as it is until the server has it. */
struct agent_report {
    json_t *body;      /* what a check-in carries; NULL: there is nothing to report */
    json_t *reported;  /* what the server knows once it has it */
    int64_t result_id; /* whose result is in it; 0: none */
};

struct agent {
    const struct agent_config *config;
    struct agent_events events;
    struct agent_store store;
    struct agent_state state;
    struct agent_record record;
    struct agent_inventory inventory;
    struct agent_http *http;
    struct agent_report report;
    json_t *refusals; /* results of commands that were not begun */
    struct agent_backoff backoff;
    struct agent_backoff settings_backoff;
    int64_t settings_after_ms; /* when settings are tried again; 0: at once */
    bool fetching;             /* settings2tc has been begun: all settings are wanted */
    bool leaving;              /* the fleet lets it go as soon as it knows */
    bool left;
    char complaint[AGENT_HTTP_WHY_SIZE]; /* the last one */
};

/* report.c */
/* Reads the inventory anew. */
bool agent_look(struct agent *agent);
/* Makes a report of what the server does not know, unless one is on its way. @return false: out of memory */
bool agent_report_make(struct agent *agent);
/* The report of a thin client that nothing is known of. */
json_t *agent_report_all(const struct agent *agent);
/* What the server knows after that. */
json_t *agent_report_known(const struct agent *agent);
/* The server has it, or never will. */
void agent_report_settle(struct agent *agent);
void agent_report_dispose(struct agent_report *report);

/* talk.c: @return whether it has worked; else what is wrong has been said, and *ret_wait_ms is how long to stay away */
bool agent_register(struct agent *agent, int64_t *ret_wait_ms);
/* @param ret_busy  it brought something, or the result of something has to be told: no wait before the next one */
bool agent_checkin(struct agent *agent, int64_t *ret_wait_ms, bool *ret_busy);
void agent_bye(struct agent *agent);

/* work.c */
/* What was begun when the agent ended last. */
void agent_recover(struct agent *agent);
/* Begins the first command that was not begun yet. @return whether there was one */
bool agent_obey(struct agent *agent, const struct agent_command *commands, size_t count);
/* Takes settings, or learns that there are none to take. @return whether there were some */
bool agent_settle_settings(struct agent *agent, const json_t *settings);
/* The revision to say in a check-in; NULL: nothing is said. */
const char *agent_revision(const struct agent *agent);

/* agent.c */
void agent_say(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Says what is wrong, once as long as it stays the same. */
void agent_complain(struct agent *agent, const char *format, ...) __attribute__((format(printf, 2, 3)));
void agent_save_state(struct agent *agent);
/* @return false: it is not on the disk, which has been said */
bool agent_save_record(struct agent *agent);

#endif
