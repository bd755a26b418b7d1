/* The interface of the command in one place: every subcommand and every option. Help, parsing and dispatch
 * are made from these tables. */
#include "cli/cli.h"
#include <string.h>

/* clang-format off */
#define FLAG(member, name, letter, help) \
    {name, letter, CLI_FLAG, offsetof(struct cli_values, member), 0, 0, NULL, help}
#define TEXT(member, name, letter, argument, help) \
    {name, letter, CLI_TEXT, offsetof(struct cli_values, member), 0, 0, argument, help}
#define MANY(member, name, argument, help) \
    {name, 0, CLI_MANY, offsetof(struct cli_values, member), 0, 0, argument, help}
#define NUMBER(member, name, least, most, argument, help) \
    {name, 0, CLI_NUMBER, offsetof(struct cli_values, member), least, most, argument, help}
#define END {NULL, 0, CLI_FLAG, 0, 0, 0, NULL, NULL}

#define PARENT TEXT(parent, "parent", 0, "ID", "the directory it is made in (default: root)")
#define TREE   TEXT(tree, "tree", 0, "TREE", "tc (default), profile or masterprofile")
#define PASSWORD_STDIN \
    FLAG(password_stdin, "password-stdin", 0, "read the password from the first line of standard input")
#define WAKE \
    TEXT(wake_broadcast, "wake-broadcast", 0, "ADDR", \
         "where Wake-on-LAN packets are broadcast to (default 255.255.255.255; none: nowhere)"), \
    NUMBER(wake_port, "wake-port", 1, 65535, "N", "UDP port of Wake-on-LAN packets (default 9)"), \
    FLAG(no_wake_unicast, "no-wake-unicast", 0, "do not send them to the last known address as well")

const struct cli_values cli_defaults = {
    .thinclients = 500, .seed = 1, .position = -1, .limit = -1, .wait = 55, .hook_timeout = 60,
    .seconds = 60, .events = 6, .failures = 3, .work = 700, .threads = 2};

const struct cli_option cli_common_options[] = {
    TEXT(db, "db", 0, "FILE", "the fleet (default: the environment variable ITG_DB)"),
    FLAG(json, "json", 0, "write JSON"),
    FLAG(help, "help", 'h', "explain the command"),
    FLAG(version, "version", 0, "say which version this is"),
    END,
};

static const struct cli_option serve_options[] = {
    TEXT(listen, "listen", 0, "ADDR:PORT",
         "where to serve (default 127.0.0.1:8443; 0.0.0.0:8443 opens it to the network; port 0: any free one)"),
    TEXT(tls_cert, "tls-cert", 0, "FILE", "certificate, with its chain, PEM"),
    TEXT(tls_key, "tls-key", 0, "FILE", "its private key, PEM"),
    FLAG(plain_http, "plain-http", 0, "serve without TLS; only on loopback addresses"),
    NUMBER(max_connections, "max-connections", 1, 1000000, "N",
           "how many clients may be connected at once (default 8192, or what the system allows)"),
    NUMBER(session_minutes, "session-minutes", 1, 525600, "N", "how long an idle session lives (default 30)"),
    FLAG(relaxed, "relaxed", 0, "faster changes, of which the last may be lost with the power"),
    FLAG(no_agents, "no-agents", 0, "serve no thin clients, only IMI"),
    NUMBER(interval, "interval", 1, 86400, "S", "seconds between two contacts of thin clients that do not wait (default 60)"),
    WAKE,
    END,
};
static const struct cli_option agent_options[] = {
    TEXT(server, "server", 0, "URL", "the server, https://HOST:PORT; must be given"),
    TEXT(enrolment_key, "key", 0, "KEY", "the enrolment key to register with"),
    TEXT(key_file, "key-file", 0, "FILE", "the key is the first line of FILE; -: standard input"),
    TEXT(state, "state", 0, "DIR", "where it keeps what it must not forget, mode 0700; must be given"),
    TEXT(ca, "ca", 0, "FILE", "check the server's certificate against those in FILE, PEM (default: pin it)"),
    TEXT(pin, "pin", 0, "PIN",
         "the server's public key, sha256//BASE64 (default: the first one that is seen, which is kept)"),
    MANY(hooks, "hook", "COMMAND=PATH",
         "what carries out reboot, shutdown or tcreset2facdefs; without it the command fails"),
    TEXT(settings, "settings", 0, "FILE", "write the thin client's settings into FILE, as JSON"),
    TEXT(on_settings, "on-settings", 0, "PATH", "what puts them in force once they are written"),
    NUMBER(hook_timeout, "hook-timeout", 1, 3600, "S", "how long a hook may take (default 60)"),
    NUMBER(wait, "wait", 0, 55, "S", "how long a check-in waits for work (default 55; 0: not at all)"),
    FLAG(once, "once", 0, "check in, do what there is to do, and end"),
    FLAG(stay, "stay", 0, "register again when the thin client has left the fleet"),
    TEXT(root, "root", 0, "DIR", "read DIR/sys, DIR/proc and DIR/etc instead of this computer's, for trying out"),
    END,
};
static const struct cli_option key_add_options[] = {
    TEXT(expires, "expires", 0, "TIME", "how long it is good: a number and m, h, d or w (default: for ever)"),
    NUMBER(uses, "uses", 1, INT64_MAX, "N", "how many thin clients may register with it (default: any number)"),
    FLAG(once, "once", 0, "only one may"),
    TEXT(directory, "dir", 0, "DIRECTORY", "where they are filed unless a rule says otherwise (default: root)"),
    END,
};
static const struct cli_option simulate_options[] = {
    TEXT(server, "server", 0, "URL", "the server (default https://127.0.0.1:8443)"),
    TEXT(enrolment_key, "key", 0, "KEY", "the enrolment key to register with"),
    NUMBER(thinclients, "thinclients", 1, 1000000, "N", "how many (default 500)"),
    NUMBER(seconds, "seconds", 1, 86400, "S", "for how long (default 60)"),
    NUMBER(interval, "interval", 1, 86400, "S", "seconds between two check-ins (default: what the server says)"),
    FLAG(waits, "wait", 0, "let check-ins wait for work: a connection for each thin client"),
    NUMBER(events, "events", 0, 3600, "N", "logins, USB devices, restarts and the like of each in an hour (default 6)"),
    NUMBER(work, "work", 0, 60000, "MS", "what commands take usually, some much longer (default 700)"),
    NUMBER(failures, "failures", 0, 100, "PERCENT", "how many commands fail (default 3)"),
    NUMBER(seed, "seed", INT64_MIN, INT64_MAX, "N", "another number gives other thin clients (default 1)"),
    TEXT(ca, "ca", 0, "FILE", "check the server's certificate against those in FILE, PEM (default: pin it)"),
    TEXT(pin, "pin", 0, "PIN", "the server's public key, sha256//BASE64 (default: the first one that is seen)"),
    FLAG(no_resume, "no-resume", 0, "make a new TLS session for each connection"),
    NUMBER(threads, "threads", 1, 16, "N", "threads (default 2)"),
    END,
};
static const struct cli_option help_options[] = {
    FLAG(man, "man", 0, "write all of it as the manual page itg(1)"),
    END,
};
static const struct cli_option top_options[] = {
    FLAG(once, "once", 0, "write one snapshot and end"),
    END,
};
static const struct cli_option error_options[] = {FLAG(all, "all", 'a', "list all codes"), END};
static const struct cli_option demo_options[] = {
    NUMBER(thinclients, "thinclients", 0, 1000000, "N", "how many, up to 1000000 (default 500)"),
    NUMBER(seed, "seed", INT64_MIN, INT64_MAX, "N", "another number gives another fleet (default 1)"),
    END,
};
static const struct cli_option request_options[] = {
    TEXT(body, "body", 'd', "TEXT", "the body"),
    TEXT(body_file, "body-file", 0, "FILE", "the body is the content of FILE; -: standard input"),
    TEXT(user, "user", 'u', "NAME", "ask with the rights of this user (default: all rights)"),
    FLAG(include, "include", 'i', "write status and headers as well"),
    END,
};
static const struct cli_option user_add_options[] = {
    TEXT(role, "role", 'r', "ROLE", "administrator, operator (all but users) or viewer (reads only)"),
    PASSWORD_STDIN,
    END,
};
static const struct cli_option password_options[] = {PASSWORD_STDIN, END};
#define SUBJECT \
    TREE, \
    TEXT(user, "user", 'u', "NAME", "of this user"), \
    TEXT(group, "group", 'g', "NAME", "of this group")
static const struct cli_option right_options[] = {SUBJECT, END};
static const struct cli_option right_set_options[] = {
    SUBJECT,
    TEXT(allow, "allow", 0, "RIGHT,...", "rights that are given"),
    TEXT(deny, "deny", 0, "RIGHT,...", "rights that are taken, whoever gives them"),
    END,
};
#define LIST_OPTIONS \
    FLAG(details, "details", 'l', "all properties"), \
    TEXT(columns, "columns", 0, "KEY,KEY...", "these properties")
static const struct cli_option thinclient_list_options[] = {
    LIST_OPTIONS,
    TEXT(where, "where", 'w', "EXPR", "those that match an expression, such as 'name==ITC*;lastContact=lt=-7d'"),
    END,
};
static const struct cli_option view_show_options[] = {LIST_OPTIONS, END};
static const struct cli_option view_update_options[] = {
    TEXT(name, "name", 0, "NAME", "another name"),
    TEXT(where, "where", 'w', "EXPR", "another expression"),
    END,
};
static const struct cli_option rule_options[] = {
    TEXT(target, "target", 0, "DIRECTORY", "where it files thin clients (default: only its children do)"),
    NUMBER(below, "below", 0, INT64_MAX, "RULE", "the rule that it is a child of (default: none)"),
    NUMBER(position, "position", -1, INT64_MAX, "N", "among its parent's children, from 0 (default: the last)"),
    FLAG(override_membership, "override-membership", 0, "also moves thin clients that lie in a directory"),
    FLAG(at_boot, "at-boot", 0, "also moves them when they start"),
    FLAG(leave_below, "leave-below", 0, "leaves those below the target where they are"),
    END,
};
static const struct cli_option rule_apply_options[] = {
    FLAG(dry_run, "dry-run", 'n', "only list the moves"),
    FLAG(at_boot, "at-boot", 0, "apply what is applied at boot"),
    END,
};
#define JOB_OPTIONS \
    TEXT(command, "command", 0, "COMMAND", "reboot, shutdown, wakeup, settings2tc or tcreset2facdefs"), \
    MANY(tc, "tc", "TC,TC...", "these thin clients; may be given several times"), \
    MANY(dir, "dir", "ID,ID...", "all below these directories; may be given several times"), \
    TEXT(where, "where", 'w', "EXPR", "those that match an expression when it runs"), \
    TEXT(at, "at", 0, "TIME", "the first time, such as '2026-12-01 03:00'"), \
    TEXT(every, "every", 0, "TIME", "again after 90m, 12h, 1d, 2w, ..."), \
    TEXT(weekdays, "weekdays", 0, "DAYS", "again on mon-fri, sat,sun, ... at the same time of day"), \
    TEXT(until, "until", 0, "TIME", "from then on it does not run any more"), \
    FLAG(disable, "disable", 0, "keep it, but do not run it")
static const struct cli_option job_create_options[] = {JOB_OPTIONS, END};
static const struct cli_option job_update_options[] = {
    TEXT(name, "name", 0, "NAME", "another name"),
    JOB_OPTIONS,
    FLAG(enable, "enable", 0, "run it again"),
    END,
};
static const struct cli_option thinclient_delete_options[] = {
    FLAG(online, "online", 0, "tell the thin client, and delete it only if it confirms"),
    END,
};
static const struct cli_option audit_list_options[] = {
    TEXT(since, "since", 0, "TIME", "not older than 7d, 12h, ..., or from a time such as '2026-12-01 03:00' on"),
    TEXT(until, "until", 0, "TIME", "before such a time"),
    TEXT(actor, "actor", 0, "NAME", "what this user did; -: the host itself, such as this command"),
    NUMBER(object, "object", INT64_MIN, INT64_MAX, "ID", "what was done to this object"),
    TEXT(operation, "operation", 0, "NAME", "such as thinclient_update"),
    NUMBER(limit, "limit", 0, INT64_MAX, "N", "at most so many (default 100; 0: all)"),
    END,
};
static const struct cli_option audit_prune_options[] = {
    TEXT(older_than, "older-than", 0, "AGE", "such as 90d; must be given"),
    END,
};
static const struct cli_option command_options[] = {
    TEXT(where, "where", 'w', "EXPR", "those that match an expression"),
    MANY(dir, "dir", "ID", "those below a directory; may be given several times"),
    FLAG(queue, "queue", 'q', "leave it for the next contact of each, offline or not"),
    TEXT(expires, "expires", 0, "TIME", "how long it waits, such as 90s, 2h or 1d (default 30s; with --queue 1d)"),
    FLAG(progress, "progress", 0, "a bar that fills as they answer; then only what went wrong, and a summary"),
    WAKE,
    END,
};
static const struct cli_option wake_options[] = {WAKE, END};
static const struct cli_option tree_options[] = {TREE, END};
static const struct cli_option directory_create_options[] = {TREE, PARENT, END};
static const struct cli_option profile_create_options[] = {
    NUMBER(firmware, "firmware", 1, INT64_MAX, "ID", "the firmware it is written for; must be given"),
    PARENT,
    FLAG(overrides_sessions, "overrides-sessions", 0, "its sessions replace those of weaker profiles"),
    END,
};

static const struct cli_option settings_show_options[] = {
    FLAG(explain, "explain", 'e', "those that lost as well, and why"),
    END,
};
static const struct cli_option template_key_options[] = {
    TEXT(parent, "parent", 0, "ID", "the template key it is put below (default: none)"),
    END,
};

static const struct cli_option attribute_add_options[] = {
    TEXT(overwrite, "overwrite", 0, "RULE", "who may set it: all (default), server or devices"),
    END,
};

#define THINCLIENT_WORDS "A thin client is named by its id or its MAC; a directory by its id, or root."

/* What profiles and master profiles have in common. */
#define PROFILE_COMMANDS(name, words, type) \
    {name, "", "VERB ...", "manage " words, NULL, NULL, CLI_NO_FLEET, 0, 0, type, NULL}, \
    {name, "list", "", "list them, those in the recycle bin included", \
     cli_profile_list, NULL, CLI_FLEET, 0, 0, type, NULL}, \
    {name, "show", "ID", "show one", cli_profile_show, NULL, CLI_FLEET, 1, 1, type, NULL}, \
    {name, "create", "NAME", "create one and write its id", \
     cli_profile_create, profile_create_options, CLI_NEW_FLEET, 1, 1, type, NULL}, \
    {name, "update", "ID NAME", "give one another name", \
     cli_profile_update, NULL, CLI_FLEET, 2, 2, type, NULL}, \
    {name, "move", "DIRECTORY ID...", "move them into a directory of their tree, or root", \
     cli_move, NULL, CLI_FLEET, 2, -1, type, NULL}, \
    {name, "delete", "ID...", "delete them for good, all or none, with their assignments", \
     cli_profile_delete, NULL, CLI_FLEET, 1, -1, type, NULL}, \
    {name, "bin", "ID...", "put them into the recycle bin", cli_bin, NULL, CLI_FLEET, 1, -1, type, NULL}, \
    {name, "restore", "ID...", "take them out of it", cli_restore, NULL, CLI_FLEET, 1, -1, type, NULL}, \
    {name, "assign", "ID RECEIVER...", "assign one to thin clients and thin client directories", \
     cli_assign, NULL, CLI_FLEET, 2, -1, type, NULL}, \
    {name, "unassign", "ID RECEIVER...", "take assignments away", \
     cli_unassign, NULL, CLI_FLEET, 2, -1, type, NULL}, \
    {name, "receivers", "ID", "list what one is assigned to directly", \
     cli_profile_receivers, NULL, CLI_FLEET, 1, 1, type, NULL}

const struct cli_command cli_commands[] = {
    {"serve", NULL, "", "serve IMI v3 over HTTPS until SIGTERM",
     cli_serve, serve_options, CLI_NEW_FLEET, 0, 0, 0,
     "The first start makes a self-signed certificate, FILE.crt and FILE.key beside\n"
     "the fleet FILE, and, if there are no users, a user admin, whose random password\n"
     "it writes once. SIGTERM or SIGINT ends the server when the requests in flight\n"
     "are answered; a second one ends it at once."},
    {"agent", NULL, "", "be a thin client: register, report, obey, get settings",
     cli_agent, agent_options, CLI_NO_FLEET, 0, 0, 0,
     "Runs on the thin client until SIGTERM. It reports what Linux tells of the device,\n"
     "asks for work, and comes back after failures of 1 s to 5 min.\n"
     "\n"
     "Hooks are programs of yours. They are started without a shell as\n"
     "    PATH COMMAND ID        (--hook)\n"
     "    PATH settings REVISION (--on-settings)\n"
     "in / with PATH, LANG and HOME only and no input. Status 0 is success; else the\n"
     "first line of their output (of which 4 KiB are read) is the failure's message.\n"
     "After --hook-timeout their process group gets SIGTERM, 5 s later SIGKILL. A\n"
     "command that was begun is never begun again, whatever crashes: it has failed then\n"
     "as 'interrupted', unless it is a reboot or shutdown and the device has restarted.\n"
     "\n"
     "The first contact pins the server's public key and prints it; another one is\n"
     "refused from then on. To change servers or keys give --pin, or --ca.\n"
     "\n"
     "Exit status: 0 told to end, 1 refused (with --once also: no contact), 2 wrong\n"
     "usage, 3 the thin client was deleted from the fleet or reset, and has forgotten\n"
     "its token; the next start registers it anew.\n"
     "\n"
     "Example:\n"
     "    itg agent --server https://itg.example:8443 --key-file /etc/itg/key \\\n"
     "        --state /var/lib/itg-agent --hook reboot=/usr/lib/itg/reboot \\\n"
     "        --settings /run/itg/settings.json --on-settings /usr/lib/itg/apply"},
    {"simulate", NULL, "", "be many thin clients, for demonstrations, tests and load",
     cli_simulate, simulate_options, CLI_NO_FLEET, 0, 0, 0,
     "Thin clients register and check in, start, restart and vanish, people log in and out\n"
     "and plug things in, commands take their time and some fail. They come within\n"
     "one interval (or half the time), each with the same MAC for the same seed; those that\n"
     "are there already get new tokens. Ends after --seconds, or at Ctrl-C, with a summary;\n"
     "a terminal sees a line each second. The thin clients stay in the fleet:\n"
     "    itg simulate --key KEY --thinclients 2000 --seconds 300 --interval 10"},
    {"top", NULL, "", "watch the fleet: who is online, contacts, commands, the last events",
     cli_top, top_options, CLI_FLEET, 0, 0, 0,
     "Beside itg serve on the same file; reads only. Drawn anew each second on a terminal,\n"
     "until q or Ctrl-C; else, and with --json, one snapshot:\n"
     "    itg top --db fleet.db --json | jq .online\n"
     "Contacts are what the server tells every 5 seconds; a snapshot gives the average\n"
     "since the server began."},
    {"import", NULL, "FILE", "read a fleet file (-: standard input), all or nothing",
     cli_import, NULL, CLI_NEW_FLEET, 1, 1, 0, NULL},
    {"export", NULL, "FILE", "write the fleet as a fleet file (-: standard output)",
     cli_export, NULL, CLI_FLEET, 1, 1, 0, NULL},

    {"tc", "", "VERB ...", "manage thin clients", NULL, NULL, CLI_NO_FLEET, 0, 0, 0, THINCLIENT_WORDS},
    {"tc", "list", "", "list them, those in the recycle bin included",
     cli_thinclient_list, thinclient_list_options, CLI_FLEET, 0, 0, ITG_TYPE_THINCLIENT, NULL},
    {"tc", "show", "TC", "show all properties of one",
     cli_thinclient_show, NULL, CLI_FLEET, 1, 1, ITG_TYPE_THINCLIENT, NULL},
    {"tc", "create", "mac=MAC firmwareID=ID [KEY=VALUE]...", "create one and write its id",
     cli_thinclient_create, NULL, CLI_FLEET, 1, -1, ITG_TYPE_THINCLIENT, NULL},
    {"tc", "update", "TC KEY=VALUE...", "change properties; an empty value clears",
     cli_thinclient_update, NULL, CLI_FLEET, 2, -1, ITG_TYPE_THINCLIENT, NULL},
    {"tc", "move", "DIRECTORY TC...", "move them into a directory, or root",
     cli_move, NULL, CLI_FLEET, 2, -1, ITG_TYPE_THINCLIENT, NULL},
    {"tc", "delete", "TC...", "delete them for good, all or none, online or not",
     cli_thinclient_delete, thinclient_delete_options, CLI_FLEET, 1, -1, ITG_TYPE_THINCLIENT, NULL},
    {"tc", "bin", "TC...", "put them into the recycle bin",
     cli_bin, NULL, CLI_FLEET, 1, -1, ITG_TYPE_THINCLIENT, NULL},
    {"tc", "restore", "TC...", "take them out of it",
     cli_restore, NULL, CLI_FLEET, 1, -1, ITG_TYPE_THINCLIENT, NULL},
    {"tc", "assign", "TC PROFILE...", "assign profiles to one",
     cli_assign, NULL, CLI_FLEET, 2, -1, ITG_TYPE_THINCLIENT, NULL},
    {"tc", "unassign", "TC PROFILE...", "take assignments away",
     cli_unassign, NULL, CLI_FLEET, 2, -1, ITG_TYPE_THINCLIENT, NULL},
    {"tc", "assignments", "TC", "list the profiles that reach one, the strongest first",
     cli_assignments, NULL, CLI_FLEET, 1, 1, ITG_TYPE_THINCLIENT, NULL},
    {"tc", "command", "COMMAND TC...", "send reboot, shutdown, wakeup, settings2tc or tcreset2facdefs",
     cli_command_send, command_options, CLI_FLEET, 1, -1, 0, "The same as 'itg command send'."},

    {"dir", "", "VERB ...", "manage directories of the three trees", NULL, NULL, CLI_NO_FLEET, 0, 0, 0,
     "A directory is named by its id, or root. --tree says which tree is meant."},
    {"dir", "list", "", "list them, those in the recycle bin included",
     cli_directory_list, tree_options, CLI_FLEET, 0, 0, ITG_TYPE_THINCLIENT_DIRECTORY, NULL},
    {"dir", "show", "ID", "show one",
     cli_directory_show, tree_options, CLI_FLEET, 1, 1, ITG_TYPE_THINCLIENT_DIRECTORY, NULL},
    {"dir", "children", "ID", "list what lies directly in one",
     cli_directory_children, tree_options, CLI_FLEET, 1, 1, ITG_TYPE_THINCLIENT_DIRECTORY, NULL},
    {"dir", "create", "NAME", "create one and write its id",
     cli_directory_create, directory_create_options, CLI_NEW_FLEET, 1, 1, ITG_TYPE_THINCLIENT_DIRECTORY, NULL},
    {"dir", "update", "ID NAME", "give one another name",
     cli_directory_update, tree_options, CLI_FLEET, 2, 2, ITG_TYPE_THINCLIENT_DIRECTORY, NULL},
    {"dir", "move", "DIRECTORY ID...", "move them, with all below them, into another directory, or root",
     cli_move, tree_options, CLI_FLEET, 2, -1, ITG_TYPE_THINCLIENT_DIRECTORY, NULL},
    {"dir", "delete", "ID...", "delete empty directories, all or none",
     cli_directory_delete, tree_options, CLI_FLEET, 1, -1, ITG_TYPE_THINCLIENT_DIRECTORY, NULL},
    {"dir", "bin", "ID...", "put them, with all below them, into the recycle bin",
     cli_bin, tree_options, CLI_FLEET, 1, -1, ITG_TYPE_THINCLIENT_DIRECTORY, NULL},
    {"dir", "restore", "ID...", "take them out of it",
     cli_restore, tree_options, CLI_FLEET, 1, -1, ITG_TYPE_THINCLIENT_DIRECTORY, NULL},
    {"dir", "assign", "ID PROFILE...", "assign profiles to a thin client directory",
     cli_assign, NULL, CLI_FLEET, 2, -1, ITG_TYPE_THINCLIENT_DIRECTORY, NULL},
    {"dir", "unassign", "ID PROFILE...", "take assignments away",
     cli_unassign, NULL, CLI_FLEET, 2, -1, ITG_TYPE_THINCLIENT_DIRECTORY, NULL},
    {"dir", "assignments", "ID", "list the profiles that reach a thin client directory, the strongest first",
     cli_assignments, NULL, CLI_FLEET, 1, 1, ITG_TYPE_THINCLIENT_DIRECTORY, NULL},

    PROFILE_COMMANDS("profile", "profiles", ITG_TYPE_PROFILE),
    PROFILE_COMMANDS("masterprofile", "master profiles, which win over profiles", ITG_TYPE_MASTERPROFILE),

    {"bin", "", "VERB ...", "look into the recycle bin, and empty it", NULL, NULL, CLI_NO_FLEET, 0, 0, 0,
     "Objects are named by their ids, thin clients by their MACs as well."},
    {"bin", "list", "", "list the items in it; what lies below a directory is part of its item",
     cli_bin_list, NULL, CLI_FLEET, 0, 0, 0, NULL},
    {"bin", "put", "ID...", "put objects of any tree into it", cli_bin_put, NULL, CLI_FLEET, 1, -1, 0, NULL},
    {"bin", "restore", "ID...", "take them out of it", cli_bin_restore, NULL, CLI_FLEET, 1, -1, 0, NULL},
    {"bin", "purge", "ID...", "delete items for good, all or none, with all below them",
     cli_bin_purge, NULL, CLI_FLEET, 1, -1, 0, NULL},
    {"bin", "empty", "", "delete all items for good", cli_bin_empty, NULL, CLI_FLEET, 0, 0, 0, NULL},

    {"settings", "", "VERB ...", "manage the settings of profiles, and see which ones win",
     cli_settings_show, settings_show_options, CLI_FLEET, 1, 1, 0,
     "A profile of either kind is named by its id, a thin client by its id or its MAC.\n"
     "'itg settings TC --explain' is short for 'itg settings show TC --explain'."},
    {"settings", "show", "TC", "list the settings in force on a thin client, and where they come from",
     cli_settings_show, settings_show_options, CLI_FLEET, 1, 1, 0, NULL},
    {"settings", "list", "PROFILE", "list the settings of a profile",
     cli_settings_list, NULL, CLI_FLEET, 1, 1, 0, NULL},
    {"settings", "set", "PROFILE KEY VALUE", "give a profile a setting",
     cli_settings_set, NULL, CLI_FLEET, 3, 3, 0,
     "VALUE is JSON (true, 5, 1.5, '\"text\"'); a word that is no JSON is a string. ${NAME} in\n"
     "it is filled from template keys, and from MAC, HOSTNAME, UNITID, SERIALNUMBER and\n"
     "DEVICENAME; $${ stands for ${."},
    {"settings", "unset", "PROFILE KEY...", "take settings away, all or none",
     cli_settings_unset, NULL, CLI_FLEET, 2, -1, 0, NULL},

    {"template", "", "VERB ...", "manage template keys, which settings are filled from", NULL, NULL,
     CLI_NO_FLEET, 0, 0, 0, "Keys and values are named by their ids, as are directories."},
    {"template", "list", "[KEY]", "list the keys, or the values of one",
     cli_template_list, NULL, CLI_FLEET, 0, 1, 0, NULL},
    {"template", "key", "NAME TYPE", "create a key and write its id",
     cli_template_key, template_key_options, CLI_NEW_FLEET, 2, 2, 0,
     "TYPE is StringType, IntegerType, FloatType or BooleanType."},
    {"template", "value", "KEY VALUE [DESCRIPTION]", "add a value to a key and write its id",
     cli_template_value, NULL, CLI_FLEET, 2, 3, 0, NULL},
    {"template", "update", "VALUE-ID VALUE [DESCRIPTION]", "change a value",
     cli_template_update, NULL, CLI_FLEET, 2, 3, 0, NULL},
    {"template", "delete", "ID...", "delete keys, with their values, or values, all or none",
     cli_template_delete, NULL, CLI_FLEET, 1, -1, 0, NULL},
    {"template", "assign", "RECEIVER KEY VALUE-ID", "give a thin client or a directory a value of a key",
     cli_template_assign, NULL, CLI_FLEET, 3, 3, 0, NULL},
    {"template", "unassign", "RECEIVER KEY", "take it away",
     cli_template_unassign, NULL, CLI_FLEET, 2, 2, 0, NULL},
    {"template", "assignments", "RECEIVER", "list what a thin client or a directory has itself",
     cli_template_assignments, NULL, CLI_FLEET, 1, 1, 0, NULL},

    {"attribute", "", "VERB ...", "manage custom device attributes", NULL, NULL, CLI_NO_FLEET, 0, 0, 0,
     "An attribute is named by its identifier, a thin client by its id or its MAC."},
    {"attribute", "list", "", "list the definitions", cli_attribute_list, NULL, CLI_FLEET, 0, 0, 0, NULL},
    {"attribute", "add", "IDENTIFIER NAME TYPE [ALLOWED-VALUE]...", "define one and write its id",
     cli_attribute_add, attribute_add_options, CLI_NEW_FLEET, 3, -1, 0,
     "TYPE is string, number, date (yyyy-mm-dd) or range, whose allowed values follow."},
    {"attribute", "delete", "IDENTIFIER...", "delete definitions and all their values, all or none",
     cli_attribute_delete, NULL, CLI_FLEET, 1, -1, 0, NULL},
    {"attribute", "set", "TC IDENTIFIER VALUE", "set a value of a thin client; an empty one clears it",
     cli_attribute_set, NULL, CLI_FLEET, 3, 3, 0, NULL},
    {"attribute", "values", "TC", "list the values of a thin client",
     cli_attribute_values, NULL, CLI_FLEET, 1, 1, 0, NULL},

    {"asset", "", "VERB ...", "look at what is plugged into thin clients", NULL, NULL, CLI_NO_FLEET, 0, 0, 0,
     THINCLIENT_WORDS},
    {"asset", "list", "[TC]", "list all, or those on a thin client",
     cli_asset_list, NULL, CLI_FLEET, 0, 1, 0, NULL},
    {"asset", "show", "ID", "show one", cli_asset_show, NULL, CLI_FLEET, 1, 1, 0, NULL},
    {"asset", "history", "[ID]", "list where all, or one, have been",
     cli_asset_history, NULL, CLI_FLEET, 0, 1, 0, NULL},

    {"firmware", "", "VERB ...", "manage firmwares", NULL, NULL, CLI_NO_FLEET, 0, 0, 0, NULL},
    {"firmware", "list", "", "list them", cli_firmware_list, NULL, CLI_FLEET, 0, 0, 0, NULL},
    {"firmware", "show", "ID", "show one", cli_firmware_show, NULL, CLI_FLEET, 1, 1, 0, NULL},
    {"firmware", "create", "PRODUCT VERSION TYPE", "register one and write its id",
     cli_firmware_create, NULL, CLI_NEW_FLEET, 3, 3, 0, NULL},

    {"view", "", "VERB ...", "manage views: expressions with a name", NULL, NULL, CLI_NO_FLEET, 0, 0, 0, NULL},
    {"view", "list", "", "list them", cli_view_list, NULL, CLI_FLEET, 0, 0, 0, NULL},
    {"view", "show", "ID", "list the thin clients that match one",
     cli_view_show, view_show_options, CLI_FLEET, 1, 1, 0, NULL},
    {"view", "create", "NAME EXPR", "create one and write its id",
     cli_view_create, NULL, CLI_NEW_FLEET, 2, 2, 0, NULL},
    {"view", "update", "ID", "give one another name or expression",
     cli_view_update, view_update_options, CLI_FLEET, 1, 1, 0, NULL},
    {"view", "delete", "ID...", "delete them, all or none", cli_view_delete, NULL, CLI_FLEET, 1, -1, 0, NULL},

    {"rule", "", "VERB ...", "manage default directory rules", NULL, NULL, CLI_NO_FLEET, 0, 0, 0,
     "The first rule whose expression matches, and that has a target, files a thin client;\n"
     "a matching rule's children are tried before its own target."},
    {"rule", "list", "", "list them, children behind their parent",
     cli_rule_list, NULL, CLI_FLEET, 0, 0, 0, NULL},
    {"rule", "create", "EXPR", "create one and write its id",
     cli_rule_create, rule_options, CLI_NEW_FLEET, 1, 1, 0, NULL},
    {"rule", "update", "ID EXPR", "make one anew, as create would",
     cli_rule_update, rule_options, CLI_FLEET, 2, 2, 0, NULL},
    {"rule", "delete", "ID", "delete one and its children", cli_rule_delete, NULL, CLI_FLEET, 1, 1, 0, NULL},
    {"rule", "apply", "[TC]", "file one thin client, or all, and list the moves",
     cli_rule_apply, rule_apply_options, CLI_FLEET, 0, 1, 0, NULL},

    {"command", "", "VERB ...", "send commands to thin clients, and see what became of them",
     cli_command_send, command_options, CLI_FLEET, 1, -1, 0,
     "'itg command reboot ...' is short for 'itg command send reboot ...'. Commands go out\n"
     "through the 'itg serve' that serves the fleet:\n"
     "    itg command reboot --where 'site==Bremen' --progress\n"
     "    itg command settings2tc --dir 12 --queue --expires 3d"},
    {"command", "send", "COMMAND [TC]...", "send reboot, shutdown, wakeup, settings2tc or tcreset2facdefs",
     cli_command_send, command_options, CLI_FLEET, 1, -1, 0,
     "What nobody fetched in time is taken back, unless --queue leaves it. The exit status\n"
     "is 1 if any thin client failed."},
    {"command", "history", "[TC]", "list what became of commands, the newest first",
     cli_command_history, NULL, CLI_FLEET, 0, 1, 0, NULL},
    {"command", "cancel", "COMMAND-ID...", "take back commands that have not been sent yet, all or none",
     cli_command_cancel, NULL, CLI_FLEET, 1, -1, 0, NULL},

    {"job", "", "VERB ...", "manage jobs: commands that are sent when their time has come",
     NULL, NULL, CLI_NO_FLEET, 0, 0, 0,
     "Jobs run while itg serve runs, with the rights of who made them. Times are local:\n"
     "    itg job create 'Nightly restart' --command reboot --where 'site==Bremen' \\\n"
     "        --at '2026-12-01 03:00' --weekdays mon-fri"},
    {"job", "list", "", "list them", cli_job_list, NULL, CLI_FLEET, 0, 0, 0, NULL},
    {"job", "show", "ID", "show one", cli_job_show, NULL, CLI_FLEET, 1, 1, 0, NULL},
    {"job", "create", "NAME", "create one and write its id",
     cli_job_create, job_create_options, CLI_FLEET, 1, 1, 0,
     "--command and --at must be given, and at least one of --tc, --dir and --where;\n"
     "they add up:\n"
     "    itg job create 'Wake the hall' --command wakeup --dir 27 --at '2026-12-01 06:45' --every 1d"},
    {"job", "update", "ID", "change what the options say",
     cli_job_update, job_update_options, CLI_FLEET, 1, 1, 0,
     "The word none takes away --tc, --dir, --every, --weekdays and --until, an empty\n"
     "text --where."},
    {"job", "delete", "ID...", "delete them and what is told of them, all or none",
     cli_job_delete, NULL, CLI_FLEET, 1, -1, 0, NULL},
    {"job", "run", "ID", "run one now, whatever its times", cli_job_run, wake_options, CLI_FLEET, 1, 1, 0, NULL},
    {"job", "log", "ID [RUN]", "list what one did, or where a run failed",
     cli_job_log, NULL, CLI_FLEET, 1, 2, 0, NULL},

    {"audit", "", "VERB ...", "see who changed what, and when", NULL, NULL, CLI_NO_FLEET, 0, 0, 0, NULL},
    {"audit", "list", "", "list changes, the newest first",
     cli_audit_list, audit_list_options, CLI_FLEET, 0, 0, 0,
     "A change is written site: \"\" -> \"Bremen\"; + is what came, - is what went:\n"
     "    itg audit list --since 7d --actor ann --object 27"},
    {"audit", "prune", "--older-than AGE", "remove old entries, and write how many",
     cli_audit_prune, audit_prune_options, CLI_FLEET, 0, 0, 0,
     "The newest entry stays. A year is kept otherwise:\n"
     "    itg audit prune --older-than 90d"},

    {"key", "", "VERB ...", "say which thin clients may join", NULL, NULL, CLI_NO_FLEET, 0, 0, 0,
     "An enrolment key is shown once, when it is made; the fleet keeps only a hash."},
    {"key", "add", "NAME", "make an enrolment key and write it",
     cli_key_add, key_add_options, CLI_NEW_FLEET, 1, 1, 0,
     "A key for the hundred thin clients that are set up this month:\n"
     "    itg key add rollout --uses 100 --expires 30d --dir 27"},
    {"key", "list", "", "list them, without the keys themselves", cli_key_list, NULL, CLI_FLEET, 0, 0, 0, NULL},
    {"key", "delete", "ID...", "delete them; who registered with one stays",
     cli_key_delete, NULL, CLI_FLEET, 1, -1, 0, NULL},
    {"key", "policy", "[key|closed|open]", "show or set who may register: with a key, none, all",
     cli_key_policy, NULL, CLI_NEW_FLEET, 0, 1, 0, NULL},
    {"key", "revoke", "TC", "make a thin client register again", cli_key_revoke, NULL, CLI_FLEET, 1, 1, 0, NULL},

    {"user", "", "VERB ...", "manage users of IMI", NULL, NULL, CLI_NO_FLEET, 0, 0, 0,
     "Without --password-stdin the password is asked for on the terminal."},
    {"user", "list", "", "list them", cli_user_list, NULL, CLI_FLEET, 0, 0, 0, NULL},
    {"user", "add", "NAME --role ROLE", "add one",
     cli_user_add, user_add_options, CLI_NEW_FLEET, 1, 1, 0, NULL},
    {"user", "password", "NAME", "give one another password, which ends the user's sessions",
     cli_user_password, password_options, CLI_FLEET, 1, 1, 0, NULL},
    {"user", "delete", "NAME", "delete one", cli_user_delete, NULL, CLI_FLEET, 1, 1, 0, NULL},

    {"group", "", "VERB ...", "manage groups of users", NULL, NULL, CLI_NO_FLEET, 0, 0, 0,
     "What a group is allowed or denied, see 'itg right', counts for each of its users."},
    {"group", "list", "[GROUP]", "list them, or the users of one",
     cli_group_list, NULL, CLI_FLEET, 0, 1, 0, NULL},
    {"group", "create", "NAME", "create one and write its id",
     cli_group_create, NULL, CLI_FLEET, 1, 1, 0, NULL},
    {"group", "delete", "NAME", "delete one, with its rights",
     cli_group_delete, NULL, CLI_FLEET, 1, 1, 0, NULL},
    {"group", "add", "GROUP USER...", "put users into one, all or none",
     cli_group_add, NULL, CLI_FLEET, 2, -1, 0, NULL},
    {"group", "remove", "GROUP USER...", "take users out of one, all or none",
     cli_group_remove, NULL, CLI_FLEET, 2, -1, 0, NULL},

    {"right", "", "VERB ...", "say what users and groups may do where", NULL, NULL, CLI_NO_FLEET, 0, 0, 0,
     "Rights are browse, read, write, move, assign, command, shadow and control; all is\n"
     "all of them. They count on a directory and all below it, beside those of the role;\n"
     "one that is denied on the way to an object is missing there, whoever allows it.\n"
     "A directory is named by its id, or root."},
    {"right", "list", "[DIRECTORY]", "list what is said of a directory, or of a user or group",
     cli_right_list, right_options, CLI_FLEET, 0, 1, 0, NULL},
    {"right", "set", "DIRECTORY --user NAME --allow RIGHTS", "say what a user or group is allowed and denied, in place of before",
     cli_right_set, right_set_options, CLI_FLEET, 1, 1, 0,
     "A viewer may restart the thin clients below directory 27, but no operator of the\n"
     "night shift may:\n"
     "    itg right set 27 --user anna --allow command\n"
     "    itg right set 27 --group night --deny command"},
    {"right", "remove", "DIRECTORY --user NAME", "say nothing of a user or group any more",
     cli_right_remove, right_options, CLI_FLEET, 1, 1, 0, NULL},
    {"right", "show", "USER OBJECT", "list what a user may do to an object, and why",
     cli_right_show, tree_options, CLI_FLEET, 2, 2, 0,
     "OBJECT is the id of a thin client, a profile or a directory, a MAC, or root:\n"
     "    itg right show anna 00E0C514325B"},

    {"request", NULL, "METHOD TARGET", "ask IMI v3 without a server",
     cli_request, request_options, CLI_FLEET, 2, 2, 0,
     "A TARGET that does not begin with /umsapi is taken below /umsapi/v3:\n"
     "    itg request GET '/thinclients?facets=details'"},
    {"error", NULL, "CODE...", "explain error codes such as ITG-0A006",
     cli_error, error_options, CLI_NO_FLEET, 0, -1, 0, NULL},
    {"demo", NULL, "", "write a fleet file of made-up thin clients, the same each time",
     cli_demo, demo_options, CLI_NO_FLEET, 0, 0, 0, NULL},
    {"check", NULL, "", "look for damage in the file and contradictions in the fleet",
     cli_check, NULL, CLI_FLEET, 0, 0, 0, NULL},
    {"help", NULL, "[COMMAND [VERB]]", "explain a command",
     cli_help_command, help_options, CLI_NO_FLEET, 0, 2, 0, NULL},
    {"completion", NULL, "SHELL", "write what makes bash, zsh or fish complete this command",
     cli_completion, NULL, CLI_NO_FLEET, 1, -1, 0,
     "    source <(itg completion bash)\n"
     "    source <(itg completion zsh)\n"
     "    itg completion fish | source"},
};
/* clang-format on */

size_t cli_command_count(void)
{
    return sizeof cli_commands / sizeof *cli_commands;
}

static bool is_verb(const struct cli_command *command, const char *verb)
{
    if (!verb || !*verb)
        return !command->verb || !*command->verb;
    return command->verb && strcmp(command->verb, verb) == 0;
}

const struct cli_command *cli_command_find(const char *name, const char *verb)
{
    for (size_t i = 0; i < cli_command_count(); i++)
        if (strcmp(cli_commands[i].name, name) == 0 && is_verb(&cli_commands[i], verb))
            return &cli_commands[i];
    return NULL;
}

const char *cli_command_name(const void *group, size_t index)
{
    for (size_t i = 0; i < cli_command_count(); i++) {
        const struct cli_command *command = &cli_commands[i];
        bool verb = command->verb && *command->verb;
        if (group ? !verb || strcmp(command->name, group) != 0 : verb)
            continue;
        if (index-- == 0)
            return group ? command->verb : command->name;
    }
    return NULL;
}
