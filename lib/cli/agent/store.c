#include "cli/agent/store.h"
#include "core/text.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define STATE_FILE  "state.json"
#define RECORD_FILE "command.json"

enum {
    VERSION = 1,
    /* What is reported is bounded (lists of 64 and 128); more is no state of ours. */
    FILE_MAX = 1 << 20,
    FILE_MODE = 0600,
    DIRECTORY_MODE = 0700
};

static bool fail(char *why, const char *what, const char *name)
{
    snprintf(why, AGENT_WHY_SIZE, "cannot %s %s: %s", what, name, strerror(errno));
    return false;
}

/* Others who may come in could put a state of theirs in place of ours. */
static bool check_directory(int dir, const char *path, char *why)
{
    struct stat info;
    if (fstat(dir, &info) != 0)
        return fail(why, "look at", path);
    if (info.st_uid != geteuid()) {
        snprintf(why, AGENT_WHY_SIZE, "the state directory %s belongs to another user", path);
        return false;
    }
    if (info.st_mode & (S_IRWXG | S_IRWXO)) {
        snprintf(why, AGENT_WHY_SIZE, "the state directory %s is open to others: chmod 700 %s", path, path);
        return false;
    }
    return true;
}

static bool lock(struct agent_store *store, const char *path, char *why)
{
    store->lock = openat(store->dir, "lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, FILE_MODE);
    if (store->lock < 0)
        return fail(why, "open the lock in", path);
    if (flock(store->lock, LOCK_EX | LOCK_NB) == 0)
        return true;
    if (errno != EWOULDBLOCK)
        return fail(why, "lock", path);
    snprintf(why, AGENT_WHY_SIZE, "another agent is running on the state directory %s", path);
    return false;
}

bool agent_store_open(struct agent_store *store, const char *path, char *why)
{
    *store = (struct agent_store){-1, -1};
    if (mkdir(path, DIRECTORY_MODE) != 0 && errno != EEXIST)
        return fail(why, "make the state directory", path);
    store->dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (store->dir < 0)
        return fail(why, "open the state directory", path);
    if (check_directory(store->dir, path, why) && lock(store, path, why))
        return true;
    agent_store_close(store);
    return false;
}

void agent_store_close(struct agent_store *store)
{
    if (store->lock >= 0)
        close(store->lock);
    if (store->dir >= 0)
        close(store->dir);
    *store = (struct agent_store){-1, -1};
}

static bool write_all(int fd, const char *text, size_t length)
{
    while (length > 0) {
        ssize_t done = write(fd, text, length);
        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return false;
        text += done;
        length -= (size_t)done;
    }
    return true;
}

bool agent_replace_file(int dir, const char *name, unsigned mode, const char *text, size_t length, char *why)
{
    char beside[NAME_MAX + 1];
    if (snprintf(beside, sizeof beside, "%s.new", name) >= (int)sizeof beside) {
        errno = ENAMETOOLONG;
        return fail(why, "write", name);
    }
    /* One that an agent left behind when it was killed. */
    if (unlinkat(dir, beside, 0) != 0 && errno != ENOENT)
        return fail(why, "remove", beside);
    int fd = openat(dir, beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, FILE_MODE);
    if (fd < 0)
        return fail(why, "make", beside);
    bool ok = fchmod(fd, mode) == 0 && write_all(fd, text, length) && fsync(fd) == 0;
    int error = errno;
    if (close(fd) != 0 && ok) {
        ok = false;
        error = errno;
    }
    if (ok && renameat(dir, beside, dir, name) == 0) {
        if (fsync(dir) != 0) {
            /* The new name is in place; not every file system can sync directories. */
        }
        return true;
    }
    errno = ok ? errno : error;
    fail(why, "write", name);
    unlinkat(dir, beside, 0);
    return false;
}

static bool save(const struct agent_store *store, const char *name, json_t *object, char *why)
{
    char *text = object ? json_dumps(object, JSON_INDENT(1) | JSON_SORT_KEYS) : NULL;
    json_decref(object);
    if (!text) {
        snprintf(why, AGENT_WHY_SIZE, "out of memory");
        return false;
    }
    bool ok = agent_replace_file(store->dir, name, FILE_MODE, text, strlen(text), why);
    explicit_bzero(text, strlen(text));
    free(text);
    return ok;
}

/* Reads a file into a buffer of FILE_MAX + 1 bytes. @return its length, -1: see errno */
static ssize_t read_whole(const struct agent_store *store, const char *name, char *buf)
{
    int fd = openat(store->dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return -1;
    size_t length = 0;
    ssize_t got = 1;
    while (got > 0 && length <= FILE_MAX) {
        got = read(fd, buf + length, FILE_MAX + 1 - length);
        length += got > 0 ? (size_t)got : 0;
    }
    int error = errno;
    close(fd);
    errno = error;
    return got < 0 ? -1 : (ssize_t)length;
}

/* Reads a file. *ret_object NULL: it is not there, or (see `why`) it is no JSON of ours. @return false: it cannot be
 * read */
static bool load(const struct agent_store *store, const char *name, json_t **ret_object, char *why)
{
    json_error_t error = {.text = "too long"};
    char *text = malloc(FILE_MAX + 1);
    *ret_object = NULL;
    why[0] = '\0';
    if (!text) {
        snprintf(why, AGENT_WHY_SIZE, "out of memory");
        return false;
    }
    ssize_t length = read_whole(store, name, text);
    if (length < 0) {
        free(text);
        return errno == ENOENT || fail(why, "read", name);
    }
    json_t *object =
        length <= FILE_MAX ? json_loadb(text, (size_t)length, JSON_REJECT_DUPLICATES, &error) : NULL;
    explicit_bzero(text, (size_t)length);
    free(text);
    if (json_is_object(object) && json_integer_value(json_object_get(object, "version")) == VERSION) {
        *ret_object = object;
        return true;
    }
    snprintf(why, AGENT_WHY_SIZE, "%s is damaged (%s)", name, object ? "not of this version" : error.text);
    json_decref(object);
    return true;
}

/* Puts a damaged file aside, for who wants to know what happened. */
static void put_aside(const struct agent_store *store, const char *name)
{
    char aside[64];
    snprintf(aside, sizeof aside, "%s.damaged", name);
    if (renameat(store->dir, name, store->dir, aside) != 0)
        unlinkat(store->dir, name, 0);
}

/* A member that must be a text that fits. */
static bool get_text(const json_t *object, const char *key, char *buf, size_t size)
{
    const json_t *value = json_object_get(object, key);
    const char *text = json_string_value(value);
    if (!text || json_string_length(value) >= size || strlen(text) != json_string_length(value))
        return false;
    memcpy(buf, text, strlen(text) + 1);
    return true;
}

static bool get_number(const json_t *object, const char *key, int64_t *ret_value)
{
    const json_t *value = json_object_get(object, key);
    if (!json_is_integer(value) || json_integer_value(value) < 0)
        return false;
    *ret_value = json_integer_value(value);
    return true;
}

void agent_state_dispose(struct agent_state *state)
{
    json_decref(state->reported);
    explicit_bzero(state, sizeof *state);
}

void agent_state_forget(struct agent_state *state)
{
    json_decref(state->reported);
    state->reported = NULL;
    explicit_bzero(state->token, sizeof state->token);
    state->id = 0;
    state->revision[0] = '\0';
}

static bool decode_state(const json_t *object, struct agent_state *state)
{
    json_t *reported = json_object_get(object, "reported");
    bool ok = get_number(object, "id", &state->id) && get_number(object, "sequence", &state->sequence) &&
              get_number(object, "uptimeBefore", &state->uptime_before_ms) &&
              get_number(object, "uptime", &state->uptime_ms);
    ok = ok && get_text(object, "token", state->token, sizeof state->token) &&
         get_text(object, "serverUUID", state->server_uuid, sizeof state->server_uuid) &&
         get_text(object, "pin", state->pin, sizeof state->pin) &&
         get_text(object, "mac", state->mac, sizeof state->mac) &&
         get_text(object, "bootId", state->boot_id, sizeof state->boot_id) &&
         get_text(object, "settingsRevision", state->revision, sizeof state->revision);
    if (!ok || (reported && !json_is_object(reported)))
        return false;
    state->reported = json_incref(reported);
    return true;
}

bool agent_state_load(const struct agent_store *store, struct agent_state *state, char *why)
{
    json_t *object = NULL;
    *state = (struct agent_state){0};
    if (!load(store, STATE_FILE, &object, why))
        return false;
    if (object && !decode_state(object, state)) {
        agent_state_dispose(state);
        snprintf(why, AGENT_WHY_SIZE, "%s is damaged (a member is missing or wrong)", STATE_FILE);
    }
    if (*why)
        put_aside(store, STATE_FILE);
    json_decref(object);
    return true;
}

bool agent_state_save(const struct agent_store *store, const struct agent_state *state, char *why)
{
    json_t *object = json_pack(
        "{si sI sI sI sI ss ss ss ss ss ss}", "version", VERSION, "id", (json_int_t)state->id, "sequence",
        (json_int_t)state->sequence, "uptimeBefore", (json_int_t)state->uptime_before_ms, "uptime",
        (json_int_t)state->uptime_ms, "token", state->token, "serverUUID", state->server_uuid, "pin",
        state->pin, "mac", state->mac, "bootId", state->boot_id, "settingsRevision", state->revision);
    if (object && state->reported && json_object_set(object, "reported", state->reported) != 0) {
        json_decref(object);
        object = NULL;
    }
    return save(store, STATE_FILE, object, why);
}

static const char *const phases[] = {
    [AGENT_PHASE_NONE] = "none", [AGENT_BEGUN] = "begun", [AGENT_DONE] = "done", [AGENT_FAILED] = "failed"};
enum { PHASES = sizeof phases / sizeof *phases };

static bool decode_record(const json_t *object, struct agent_record *record)
{
    const char *phase = json_string_value(json_object_get(object, "phase"));
    unsigned n = 0;
    while (phase && n < PHASES && strcmp(phase, phases[n]) != 0)
        n++;
    if (!phase || n == PHASES || !json_is_boolean(json_object_get(object, "reported")))
        return false;
    record->phase = (enum agent_phase)n;
    record->reported = json_is_true(json_object_get(object, "reported"));
    return get_number(object, "id", &record->id) &&
           get_text(object, "command", record->word, sizeof record->word) &&
           get_text(object, "message", record->message, sizeof record->message) &&
           get_text(object, "bootId", record->boot_id, sizeof record->boot_id);
}

bool agent_record_load(const struct agent_store *store, struct agent_record *record, char *why)
{
    json_t *object = NULL;
    *record = (struct agent_record){0};
    if (!load(store, RECORD_FILE, &object, why))
        return false;
    if (object && !decode_record(object, record)) {
        *record = (struct agent_record){0};
        snprintf(why, AGENT_WHY_SIZE, "%s is damaged (a member is missing or wrong)", RECORD_FILE);
    }
    record->lost = *why != '\0';
    json_decref(object);
    return true;
}

bool agent_record_save(const struct agent_store *store, const struct agent_record *record, char *why)
{
    json_t *object = json_pack("{si sI ss ss ss ss sb}", "version", VERSION, "id", (json_int_t)record->id,
                               "command", record->word, "phase", phases[record->phase], "message",
                               record->message, "bootId", record->boot_id, "reported", record->reported);
    return save(store, RECORD_FILE, object, why);
}
