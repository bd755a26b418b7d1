/* itg top: a fleet, watched. Reads only; on a terminal once a second, else once. */
#include "cli/cli.h"
#include "core/activity.h"
#include "core/time.h"
#include <inttypes.h>
#include <itg/agent.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

enum {
    REFRESH_MS = 1000,
    WITHIN_MS = 60000, /* "the last minute" */
    RECOUNT = 10,      /* thin clients are counted each so many times */
    EVENTS_ONCE = 20,  /* of a snapshot */
    EVENTS_MOST = 100, /* of a screen */
    HEAD_LINES = 7,    /* above the events */
    NARROWEST = 20,
    BAR = 30,
    EVENT_SIZE = 512,
    STALE_MS = 12000 /* numbers of contacts come every few seconds */
};

struct event {
    int64_t time_ms;
    char text[EVENT_SIZE];
};

struct snapshot {
    struct itg__activity activity;
    itg_presence_t presence;
    int64_t known;
    double contacts_per_s;
    struct event events[EVENTS_MOST];
    size_t event_count;
    size_t event_limit;
};

/* Between two snapshots. */
struct memory {
    int64_t contacts, contacts_ms; /* when their number changed last */
    double per_s;                  /* between the last two changes */
    bool measured;
    int64_t known;
    int age; /* of known, in snapshots */
};

/* ---- events, the newest first */

static void add_event(struct snapshot *snapshot, int64_t time_ms, struct itg__buf *text)
{
    size_t at = snapshot->event_count;
    while (at > 0 && snapshot->events[at - 1].time_ms < time_ms)
        at--;
    size_t last =
        snapshot->event_count < snapshot->event_limit ? snapshot->event_count : snapshot->event_limit - 1;
    if (at < snapshot->event_limit && !text->failed) {
        memmove(&snapshot->events[at + 1], &snapshot->events[at], (last - at) * sizeof *snapshot->events);
        snapshot->events[at].time_ms = time_ms;
        size_t length = text->length < EVENT_SIZE - 1 ? text->length : EVENT_SIZE - 1;
        memcpy(snapshot->events[at].text, text->data, length);
        snapshot->events[at].text[length] = '\0';
        snapshot->event_count = last + 1;
    }
    itg__buf_dispose(text);
}

static void append_actor(struct itg__buf *text, const char *actor)
{
    if (*actor) {
        itg__buf_str(text, "  by ");
        cli_append_shown(text, actor);
    }
}

static int32_t take_change(void *ctx, const itg_audit_t *entry)
{
    struct itg__buf text = {0};
    itg__buf_str(&text, entry->operation);
    itg__buf_str(&text, "  ");
    itg__buf_str(&text, entry->object_type);
    itg__buf_char(&text, ' ');
    if (*entry->object_name)
        cli_append_shown(&text, entry->object_name);
    else
        itg__buf_int(&text, entry->object_id);
    append_actor(&text, entry->actor);
    add_event(ctx, entry->time_ms, &text);
    return 0;
}

static void take_outcome(void *ctx, const struct itg__outcome *outcome)
{
    struct itg__buf text = {0};
    itg__buf_str(&text, itg_command_name(outcome->command));
    itg__buf_str(&text, "  ");
    cli_append_shown(&text, outcome->name);
    itg__buf_str(&text, "  ");
    itg__buf_str(&text, itg_command_state_name(outcome->state));
    if (strcmp(outcome->message, "OK") != 0 && *outcome->message) {
        itg__buf_str(&text, ": ");
        cli_append_shown(&text, outcome->message);
    }
    append_actor(&text, outcome->actor);
    add_event(ctx, outcome->ended_ms, &text);
}

static itg_error_t take_events(struct cli *cli, struct snapshot *snapshot)
{
    const itg_audit_filter_t filter = {
        .size = sizeof filter, .newest_first = 1, .limit = (int64_t)snapshot->event_limit};
    if (snapshot->event_limit == 0)
        return ITG_OK;
    itg_error_t err = itg_audit_each(cli->itg, &filter, take_change, snapshot, &cli->failure);
    return err ? err
               : itg__activity_outcomes(cli->itg, (int64_t)snapshot->event_limit, take_outcome, snapshot,
                                        &cli->failure);
}

/* ---- numbers */

/* The process that serves tells its number of contacts every few seconds: a rate needs two of its words. Until then
 * the average since it began has to do. */
static void rate(struct memory *memory, struct snapshot *snapshot)
{
    int64_t now_ms = snapshot->activity.now_ms, contacts = snapshot->presence.contacts;
    int64_t since_ms = now_ms - snapshot->presence.started_ms;
    bool another = contacts < memory->contacts;
    if (memory->contacts_ms == 0 || another) {
        *memory = (struct memory){
            .contacts = contacts, .contacts_ms = now_ms, .known = memory->known, .age = memory->age};
    } else if (contacts > memory->contacts) {
        /* What was seen first may have been said long before. */
        if (memory->measured)
            memory->per_s =
                (double)(contacts - memory->contacts) * 1000 / (double)(now_ms - memory->contacts_ms + 1);
        else
            memory->per_s = -1;
        memory->measured = true;
        memory->contacts = contacts;
        memory->contacts_ms = now_ms;
    } else if (memory->measured && now_ms - memory->contacts_ms > STALE_MS) {
        memory->per_s = 0;
    }
    snapshot->contacts_per_s = memory->measured && memory->per_s >= 0 ? memory->per_s
                               : snapshot->presence.started_ms && since_ms > 0
                                   ? (double)contacts * 1000 / (double)since_ms
                                   : 0;
}

static itg_error_t take(struct cli *cli, struct memory *memory, struct snapshot *snapshot)
{
    snapshot->event_count = 0;
    snapshot->presence = (itg_presence_t){.size = sizeof snapshot->presence};
    itg_error_t err = itg__activity(cli->itg, WITHIN_MS, &snapshot->activity, &cli->failure);
    if (!err)
        err = itg_presence(cli->itg, &snapshot->presence, &cli->failure);
    if (!err && memory->age == 0)
        err = itg__activity_known(cli->itg, &memory->known, &cli->failure);
    if (!err)
        err = take_events(cli, snapshot);
    if (err)
        return err;
    memory->age = (memory->age + 1) % RECOUNT;
    if (memory->known < snapshot->presence.online)
        memory->age = 0; /* counted too long ago */
    snapshot->known = memory->known;
    rate(memory, snapshot);
    return ITG_OK;
}

static int64_t offline(const struct snapshot *snapshot)
{
    int64_t rest = snapshot->known - snapshot->presence.online;
    return rest > 0 ? rest : 0;
}

/* ---- as JSON */

static void put(struct itg__buf *out, const char *key, int64_t value)
{
    itg__buf_json(out, key);
    itg__buf_char(out, ':');
    itg__buf_int(out, value);
    itg__buf_char(out, ',');
}

static void put_time(struct itg__buf *out, const char *key, int64_t time_ms)
{
    char text[ITG__TIME_SIZE];
    itg__time_format(ITG_KIND_MILLIS, time_ms, text);
    itg__buf_json(out, key);
    itg__buf_char(out, ':');
    itg__buf_json(out, text);
    itg__buf_char(out, ',');
}

static int say_json(const struct snapshot *snapshot)
{
    struct itg__buf out = {0};
    const struct itg__activity *activity = &snapshot->activity;
    itg__buf_char(&out, '{');
    put_time(&out, "time", activity->now_ms);
    put_time(&out, "servingSince", snapshot->presence.started_ms);
    put(&out, "known", snapshot->known);
    put(&out, "online", snapshot->presence.online);
    put(&out, "offline", offline(snapshot));
    put(&out, "waiting", snapshot->presence.waiting);
    put(&out, "contacts", snapshot->presence.contacts);
    itg__buf_str(&out, "\"contactsPerSecond\":");
    itg__buf_real(&out, (double)(int64_t)(snapshot->contacts_per_s * 10) / 10);
    itg__buf_char(&out, ',');
    put(&out, "queued", activity->queued);
    put(&out, "sent", activity->sent);
    put(&out, "confirmedLastMinute", activity->confirmed);
    put(&out, "failedLastMinute", activity->failed);
    put(&out, "expiredLastMinute", activity->expired);
    itg__buf_str(&out, "\"events\":[");
    for (size_t i = 0; i < snapshot->event_count; i++) {
        itg__buf_str(&out, i ? ",{" : "{");
        put_time(&out, "time", snapshot->events[i].time_ms);
        itg__buf_str(&out, "\"text\":");
        itg__buf_json(&out, snapshot->events[i].text);
        itg__buf_char(&out, '}');
    }
    itg__buf_str(&out, "]}\n");
    bool ok = !out.failed && fwrite(out.data, 1, out.length, stdout) == out.length && fflush(stdout) == 0;
    itg__buf_dispose(&out);
    return cli_written(ok);
}

/* ---- as a screen */

struct screen {
    struct itg__buf out;
    int columns; /* 0: any number */
    bool live;   /* a terminal that is drawn again and again */
};

/* A line that fits. The text is shown as it is. */
static void line(struct screen *screen, const char *text)
{
    size_t length = screen->columns ? cli_fit(text, screen->columns) : strlen(text);
    itg__buf_add(&screen->out, text, length);
    itg__buf_str(&screen->out, screen->live ? "\033[K\r\n" : "\n");
}

static void bar(char *text, size_t size, int64_t part, int64_t whole)
{
    size_t filled = whole > 0 ? (size_t)(part * BAR / whole) : 0;
    size_t at = 0;
    if (filled > BAR)
        filled = BAR;
    for (; at < BAR && at + 1 < size; at++)
        text[at] = at < filled ? '#' : '.';
    text[at] = '\0';
}

static void draw_title(struct screen *screen, const struct cli *cli, const struct snapshot *snapshot)
{
    char text[300], now[ITG__TIME_SIZE], since[ITG__TIME_SIZE];
    struct itg__buf db = {0};
    itg__time_format(ITG_KIND_MILLIS, snapshot->activity.now_ms, now);
    itg__time_format(ITG_KIND_MILLIS, snapshot->presence.started_ms, since);
    cli_append_shown(&db, cli->values.db);
    itg__buf_char(&db, '\0');
    snprintf(text, sizeof text, "itg top  %.100s  %.19s  %s%.19s", db.failed ? "" : db.data, now,
             *since ? "thin clients are served since " : "nobody serves the thin clients", since);
    if (screen->live)
        itg__buf_str(&screen->out, "\033[1m");
    line(screen, text);
    if (screen->live)
        itg__buf_str(&screen->out, "\033[0m");
    itg__buf_dispose(&db);
}

static void draw_numbers(struct screen *screen, const struct snapshot *snapshot)
{
    const struct itg__activity *activity = &snapshot->activity;
    const itg_presence_t *presence = &snapshot->presence;
    char text[300], online[BAR + 1];
    bar(online, sizeof online, presence->online, snapshot->known);
    snprintf(text, sizeof text,
             "thin clients  %8" PRId64 " known  %8" PRId64 " online  %8" PRId64 " offline  [%s]",
             snapshot->known, presence->online, offline(snapshot), online);
    line(screen, text);
    snprintf(text, sizeof text, "contacts      %8.1f a second  %" PRId64 " in all  %" PRId64 " wait for work",
             snapshot->contacts_per_s, presence->contacts, presence->waiting);
    line(screen, text);
    snprintf(text, sizeof text, "commands      %8" PRId64 " queued %8" PRId64 " sent", activity->queued,
             activity->sent);
    line(screen, text);
    snprintf(text, sizeof text,
             "last minute   %8" PRId64 " confirmed %5" PRId64 " failed  %8" PRId64 " expired",
             activity->confirmed, activity->failed, activity->expired);
    line(screen, text);
}

static void draw_events(struct screen *screen, const struct snapshot *snapshot)
{
    for (size_t i = 0; i < snapshot->event_count; i++) {
        char now[ITG__TIME_SIZE], text[EVENT_SIZE + ITG__TIME_SIZE];
        itg__time_format(ITG_KIND_MILLIS, snapshot->events[i].time_ms, now);
        snprintf(text, sizeof text, "%.19s  %s", now, snapshot->events[i].text);
        line(screen, text);
    }
}

static int draw(const struct cli *cli, const struct snapshot *snapshot, int columns, bool live)
{
    struct screen screen = {.columns = columns, .live = live};
    if (live)
        itg__buf_str(&screen.out, "\033[H");
    draw_title(&screen, cli, snapshot);
    line(&screen, "");
    draw_numbers(&screen, snapshot);
    line(&screen, "");
    draw_events(&screen, snapshot);
    /* Not behind the last line's end: a full screen would scroll. */
    if (live && screen.out.length > 2)
        screen.out.length -= 2;
    if (live)
        itg__buf_str(&screen.out, "\033[J");
    bool ok = !screen.out.failed &&
              fwrite(screen.out.data, 1, screen.out.length, stdout) == screen.out.length &&
              fflush(stdout) == 0;
    itg__buf_dispose(&screen.out);
    return cli_written(ok);
}

/* ---- the terminal */

static volatile sig_atomic_t told_to_end;

static void on_signal(int number)
{
    if (number != SIGWINCH)
        told_to_end = 1;
}

/* Interrupts poll(), unlike signal(). */
static void catch_signals(void)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP, SIGWINCH};
    struct sigaction action = {.sa_handler = on_signal};
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        sigaction(numbers[i], &action, NULL);
}

/* Keys come one by one and are not shown. @return whether there is a keyboard */
static bool keys_begin(struct termios *before)
{
    if (tcgetattr(STDIN_FILENO, before) != 0)
        return false;
    struct termios keys = *before;
    keys.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
    keys.c_cc[VMIN] = 0;
    keys.c_cc[VTIME] = 0;
    return tcsetattr(STDIN_FILENO, TCSANOW, &keys) == 0;
}

/* @return false: it is to end */
static bool wait_a_moment(bool keyboard)
{
    struct pollfd input = {.fd = keyboard ? STDIN_FILENO : -1, .events = POLLIN};
    char key = 0;
    if (poll(&input, 1, REFRESH_MS) > 0 && (read(STDIN_FILENO, &key, 1) <= 0 || key == 'q' || key == 'Q'))
        return false;
    return !told_to_end;
}

static int lines_of_terminal(void)
{
    struct winsize size;
    return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 0 ? size.ws_row : 24;
}

static int show(struct cli *cli, struct memory *memory, struct snapshot *snapshot)
{
    int columns = cli_terminal_width(stdout), room = lines_of_terminal() - HEAD_LINES;
    snapshot->event_limit = room < 0 ? 0 : room > EVENTS_MOST ? EVENTS_MOST : (size_t)room;
    if (take(cli, memory, snapshot))
        return cli_failed(cli);
    return draw(cli, snapshot, columns < NARROWEST ? NARROWEST : columns, true);
}

static int watch(struct cli *cli, struct memory *memory, struct snapshot *snapshot)
{
    struct termios before;
    catch_signals();
    bool keyboard = isatty(STDIN_FILENO) && keys_begin(&before);
    fputs("\033[?1049h\033[?25l", stdout); /* another screen, no cursor */
    int status = CLI_OK;
    do
        status = show(cli, memory, snapshot);
    while (!status && wait_a_moment(keyboard));
    fputs("\033[?25h\033[?1049l", stdout);
    fflush(stdout);
    if (keyboard)
        tcsetattr(STDIN_FILENO, TCSANOW, &before);
    return status;
}

int cli_top(struct cli *cli)
{
    struct memory memory = {0};
    struct snapshot *snapshot = calloc(1, sizeof *snapshot);
    if (!snapshot)
        return cli_refuse("out of memory");
    bool once = cli->values.once || cli->values.json || !isatty(STDOUT_FILENO);
    int status;
    snapshot->event_limit = EVENTS_ONCE;
    if (!once)
        status = watch(cli, &memory, snapshot);
    else if (take(cli, &memory, snapshot))
        status = cli_failed(cli);
    else
        status =
            cli->values.json ? say_json(snapshot) : draw(cli, snapshot, cli_terminal_width(stdout), false);
    free(snapshot);
    return status;
}
