/* The command `itg`: what its files share. The whole of its interface stands in commands.c. */
#ifndef ITG__CLI_H
#define ITG__CLI_H

#include "cli/output.h"
#include <itg/itg.h>
#include <stdbool.h>

/* Exit statuses; help.c has their meanings. */
enum { CLI_OK = 0, CLI_REFUSED = 1, CLI_USAGE = 2 };

/* The values of an option that may be given several times. */
enum { CLI_MANY_MAX = 256 };
struct cli_many {
    const char *items[CLI_MANY_MAX];
    size_t count;
};

/* The values of the options of all commands; see cli_defaults for what was not given. */
struct cli_values {
    const char *db;
    bool json;
    bool help;
    bool version;
    bool all;
    int64_t thinclients;
    int64_t seed;
    bool details;
    const char *columns;
    const char *tree;
    const char *parent;
    int64_t firmware;
    bool overrides_sessions;
    const char *overwrite;
    bool explain;
    bool man;
    bool online;
    const char *role;
    bool password_stdin;
    const char *body;
    const char *body_file;
    const char *user;
    bool include;
    const char *listen;
    const char *tls_cert;
    const char *tls_key;
    bool plain_http;
    int64_t session_minutes;
    int64_t max_connections;
    bool relaxed;
    const char *wake_broadcast;
    int64_t wake_port;
    bool no_wake_unicast;
    const char *where;
    const char *name;
    const char *target;
    int64_t below;
    int64_t position;
    bool override_membership;
    bool at_boot;
    bool leave_below;
    bool dry_run;
    const char *group;
    const char *allow;
    const char *deny;
    const char *command;
    bool queue;
    const char *expires;
    bool progress;
    const char *at;
    const char *every;
    const char *weekdays;
    const char *until;
    const char *since;
    const char *actor;
    const char *operation;
    int64_t object;
    int64_t limit;
    const char *older_than;
    bool enable;
    bool disable;
    struct cli_many tc;
    struct cli_many dir;
    const char *server;
    const char *enrolment_key;
    const char *key_file;
    const char *state;
    const char *ca;
    const char *pin;
    const char *root;
    struct cli_many hooks;
    const char *settings;
    const char *on_settings;
    int64_t wait;
    int64_t hook_timeout;
    bool once;
    bool stay;
    const char *directory;
    int64_t uses;
    bool no_agents;
    int64_t interval;
    int64_t seconds;
    int64_t events;
    int64_t failures;
    int64_t work;
    int64_t threads;
    bool waits;
    bool no_resume;
};

enum cli_kind {
    CLI_FLAG,  /* bool */
    CLI_TEXT,  /* const char * */
    CLI_MANY,  /* struct cli_many */
    CLI_NUMBER /* int64_t between least and most */
};

/* One option. A table of them ends with a zero line. */
struct cli_option {
    const char *name;
    char letter; /* 0: no short form */
    enum cli_kind kind;
    size_t offset; /* in struct cli_values */
    int64_t least;
    int64_t most;
    const char *argument; /* its name in the help */
    const char *help;
};

/* Whether a command needs a fleet. */
enum cli_fleet {
    CLI_NO_FLEET,
    CLI_FLEET,     /* one that exists: a mistyped file name must not look like an empty fleet */
    CLI_NEW_FLEET, /* the file is created on first use */
};

struct cli;

/* One line of the table of commands. */
struct cli_command {
    const char *name;
    const char *verb;      /* NULL: a command without verbs; "": heads a group of verbs */
    const char *arguments; /* usage, without the options */
    const char *summary;
    int (*run)(struct cli *cli); /* returns an exit status; of a group: what it does with a thin client; may be NULL */
    const struct cli_option *options;
    enum cli_fleet fleet;
    int least; /* operands */
    int most;  /* -1: any number */
    itg_type_t type;
    const char *notes; /* more help, NULL: none */
};

/* One run of the program. */
struct cli {
    const struct cli_command *command;
    struct cli_values values;
    char **operands;
    int count;
    itg_t *itg; /* open if the command needs a fleet */
    itg_failure_t failure;
};

/* commands.c */
extern const struct cli_command cli_commands[];
extern const struct cli_option cli_common_options[];
extern const struct cli_values cli_defaults;
size_t cli_command_count(void);
/* verb NULL: the command without verbs, or the head of the group. */
const struct cli_command *cli_command_find(const char *name, const char *verb);
/* The index-th name of a command, or verb of the group that is named; NULL past the end. For cli_suggest(). */
const char *cli_command_name(const void *group, size_t index);

/* options.c: Parses argv[1] and on into cli->values. @param operands  gets the operands; room for argc
 * @return CLI_OK or CLI_USAGE, which has been reported */
int cli_parse(struct cli *cli, int argc, char **argv, char **operands);
/* The same for the options in front of a command's name. *ret_rest: index of the name. */
int cli_parse_leading(struct cli *cli, int argc, char **argv, int *ret_rest);

/* help.c */
void cli_help_all(FILE *out);
void cli_help(const struct cli_command *command, FILE *out);
void cli_help_usage(const struct cli_command *command, FILE *out); /* its first line */
struct cli_exit_status {
    int status;
    const char *meaning;
};
extern const struct cli_exit_status cli_exit_statuses[]; /* the last one has no meaning */
extern const char cli_output_notes[];

/* man.c */
void cli_help_man(FILE *out);

/* suggest.c: The word of a list that `word` is most likely a slip of; NULL if none is close. `at` gives the
 * n-th word, NULL past the end. */
const char *cli_suggest(const char *word, const char *(*at)(const void *ctx, size_t index), const void *ctx);

/* report.c: Errors, on stderr. Each returns the exit status that goes with it. */
int cli_failed(const struct cli *cli); /* cli->failure */
int cli_report(const itg_failure_t *failure);
int cli_refuse(const char *format, ...) __attribute__((format(printf, 1, 2)));
int cli_usage(const struct cli *cli, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* fleet.c: Opens the fleet as the options say. @param log  NULL: silence. @return an exit status */
int cli_open(struct cli *cli, bool must_exist, const itg_log_t *log);
/* Ends a group that itg_begin() began: keeps it if err is ITG_OK. @return err, or why keeping failed */
itg_error_t cli_end_group(struct cli *cli, itg_error_t err);

/* operands.c: Turn operands into values; a wrong one is reported. @return an exit status */
int cli_id(const struct cli *cli, const char *text, int64_t *ret_id);
/* Several, from operand `first` on; *ret_ids is the caller's to free. */
int cli_ids(const struct cli *cli, int first, int64_t **ret_ids);
/* A directory: an id, or "root" for the root of the tree of a type. */
int cli_directory_id(const struct cli *cli, itg_type_t type, const char *text, int64_t *ret_id);
/* Thin clients: ids or MACs, with or without separators. */
/* True for a MAC or an id. */
bool cli_names_thinclient(const char *text);
int cli_thinclient_id(struct cli *cli, const char *text, int64_t *ret_id);
int cli_thinclient_ids(struct cli *cli, int first, int64_t **ret_ids);
/* The directory type that --tree names. */
int cli_tree(const struct cli *cli, itg_type_t *ret_type);

/* object.c: Does one thing to each object that the operands name, to all or to none. */
typedef itg_error_t (*cli_object_fn)(itg_t *itg, itg_type_t type, int64_t id, itg_failure_t *failure);
int cli_for_operands(struct cli *cli, cli_object_fn one);

/* thinclient.c: The command that a word means; a wrong one is reported. @return an exit status */
int cli_command_word(struct cli *cli, const char *word, itg_command_t *ret_command);
/* Lists the thin clients that match an expression, NULL: all, as the options of `tc list` say.
 */
int cli_thinclients_where(struct cli *cli, const char *expression);

/* How output is to be written. */
enum cli_format cli_format(const struct cli *cli);
/* Ends a table that a call has filled. If the call failed, what is there of the table stays without an end:
 * no JSON then looks whole. @return an exit status */
int cli_table_finish(struct cli *cli, struct cli_table *table, itg_error_t err);
/* Writes the id of something created. */
int cli_print_created(const struct cli *cli, int64_t id);

/* The handlers. */
int cli_agent(struct cli *cli);
int cli_asset_history(struct cli *cli);
int cli_asset_list(struct cli *cli);
int cli_asset_show(struct cli *cli);
int cli_assign(struct cli *cli);
int cli_assignments(struct cli *cli);
int cli_attribute_add(struct cli *cli);
int cli_attribute_delete(struct cli *cli);
int cli_attribute_list(struct cli *cli);
int cli_attribute_set(struct cli *cli);
int cli_attribute_values(struct cli *cli);
int cli_audit_list(struct cli *cli);
int cli_audit_prune(struct cli *cli);
int cli_bin(struct cli *cli);
int cli_bin_empty(struct cli *cli);
int cli_bin_list(struct cli *cli);
int cli_bin_purge(struct cli *cli);
int cli_bin_put(struct cli *cli);
int cli_bin_restore(struct cli *cli);
int cli_check(struct cli *cli);
int cli_completion(struct cli *cli);
int cli_command_cancel(struct cli *cli);
int cli_command_history(struct cli *cli);
int cli_command_send(struct cli *cli);
int cli_demo(struct cli *cli);
int cli_directory_children(struct cli *cli);
int cli_directory_create(struct cli *cli);
int cli_directory_delete(struct cli *cli);
int cli_directory_list(struct cli *cli);
int cli_directory_show(struct cli *cli);
int cli_directory_update(struct cli *cli);
int cli_error(struct cli *cli);
int cli_export(struct cli *cli);
int cli_firmware_create(struct cli *cli);
int cli_firmware_list(struct cli *cli);
int cli_firmware_show(struct cli *cli);
int cli_group_add(struct cli *cli);
int cli_group_create(struct cli *cli);
int cli_group_delete(struct cli *cli);
int cli_group_list(struct cli *cli);
int cli_group_remove(struct cli *cli);
int cli_help_command(struct cli *cli);
int cli_import(struct cli *cli);
int cli_job_create(struct cli *cli);
int cli_job_delete(struct cli *cli);
int cli_job_list(struct cli *cli);
int cli_job_log(struct cli *cli);
int cli_job_run(struct cli *cli);
int cli_job_show(struct cli *cli);
int cli_job_update(struct cli *cli);
int cli_key_add(struct cli *cli);
int cli_key_delete(struct cli *cli);
int cli_key_list(struct cli *cli);
int cli_key_policy(struct cli *cli);
int cli_key_revoke(struct cli *cli);
int cli_move(struct cli *cli);
int cli_profile_create(struct cli *cli);
int cli_profile_delete(struct cli *cli);
int cli_profile_list(struct cli *cli);
int cli_profile_receivers(struct cli *cli);
int cli_profile_show(struct cli *cli);
int cli_profile_update(struct cli *cli);
int cli_request(struct cli *cli);
int cli_restore(struct cli *cli);
int cli_right_list(struct cli *cli);
int cli_right_remove(struct cli *cli);
int cli_right_set(struct cli *cli);
int cli_right_show(struct cli *cli);
int cli_rule_apply(struct cli *cli);
int cli_rule_create(struct cli *cli);
int cli_rule_delete(struct cli *cli);
int cli_rule_list(struct cli *cli);
int cli_rule_update(struct cli *cli);
int cli_serve(struct cli *cli);
int cli_settings_list(struct cli *cli);
int cli_settings_set(struct cli *cli);
int cli_settings_show(struct cli *cli);
int cli_settings_unset(struct cli *cli);
int cli_simulate(struct cli *cli);
int cli_template_assign(struct cli *cli);
int cli_template_assignments(struct cli *cli);
int cli_template_delete(struct cli *cli);
int cli_template_key(struct cli *cli);
int cli_template_list(struct cli *cli);
int cli_template_unassign(struct cli *cli);
int cli_template_update(struct cli *cli);
int cli_template_value(struct cli *cli);
int cli_thinclient_create(struct cli *cli);
int cli_thinclient_delete(struct cli *cli);
int cli_thinclient_list(struct cli *cli);
int cli_thinclient_show(struct cli *cli);
int cli_thinclient_update(struct cli *cli);
int cli_top(struct cli *cli);
int cli_unassign(struct cli *cli);
int cli_user_add(struct cli *cli);
int cli_user_delete(struct cli *cli);
int cli_user_list(struct cli *cli);
int cli_user_password(struct cli *cli);
int cli_view_create(struct cli *cli);
int cli_view_delete(struct cli *cli);
int cli_view_list(struct cli *cli);
int cli_view_show(struct cli *cli);
int cli_view_update(struct cli *cli);

#endif
