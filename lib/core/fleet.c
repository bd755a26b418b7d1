#include "core/core.h"
#include "core/inventory.h"
#include "core/presence.h"
#include "core/queue.h"
#include "core/session.h"
#include "core/thinclient.h"
#include <arpa/inet.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    DEFAULT_BUSY_TIMEOUT_MS = 10000,
    DEFAULT_SESSION_LIFETIME_MS = 30 * 60 * 1000,
    DEFAULT_WAKE_PORT = 9, /* discard: what wake-on-LAN senders use */
    LOG_LINE_SIZE = 1024
};
#define DEFAULT_AUDIT_KEEP_MS ((int64_t)365 * 24 * 3600 * 1000)

const char *itg_version(void)
{
    return ITG_VERSION;
}

static int64_t system_now_ms(void *ctx)
{
    (void)ctx;
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t itg__now_ms(struct itg__fleet *fleet)
{
    return fleet->clock.now_ms(fleet->clock.ctx);
}

void itg__log(struct itg__fleet *fleet, itg_log_level_t level, const char *format, ...)
{
    if (!fleet->log.line)
        return;
    char line[LOG_LINE_SIZE];
    va_list args;
    va_start(args, format);
    int length = vsnprintf(line, sizeof line, format, args);
    va_end(args);
    if (length >= LOG_LINE_SIZE)
        line[itg__utf8_cut(line, LOG_LINE_SIZE - 1)] = '\0';
    /* One call, one line: hostile names must not forge others. */
    for (char *c = line; *c; c++)
        if ((unsigned char)*c < 0x20 || *c == 0x7F)
            *c = '?';
    fleet->log.line(fleet->log.ctx, level, line);
}

/* Copies what the caller's version of a struct has of ours; both begin with their size. */
static void copy_struct(void *own, size_t own_size, const void *theirs, size_t their_size)
{
    memcpy(own, theirs, their_size < own_size ? their_size : own_size);
}

static void take_ports(struct itg__fleet *fleet, const itg_options_t *options)
{
    fleet->clock = (itg_clock_t){.now_ms = system_now_ms};
    if (options->clock && options->clock->now_ms)
        copy_struct(&fleet->clock, sizeof fleet->clock, options->clock, options->clock->size);
    if (options->log)
        copy_struct(&fleet->log, sizeof fleet->log, options->log, options->log->size);
    if (options->link && options->link->online && options->link->send)
        copy_struct(&fleet->link, sizeof fleet->link, options->link, options->link->size);
    if (options->licence)
        copy_struct(&fleet->licence, sizeof fleet->licence, options->licence, options->licence->size);
}

static itg_error_t check_options(const itg_options_t *options, const char *broadcast, itg_failure_t *failure)
{
    struct in_addr address;
    const char *fault = NULL;
    if (options->durability != ITG_DURABILITY_FULL && options->durability != ITG_DURABILITY_NORMAL)
        fault = "there is no such durability";
    else if (options->busy_timeout_ms < 0)
        fault = "busy_timeout_ms is no time";
    else if (options->session_lifetime_ms < 0)
        fault = "session_lifetime_ms is no time";
    else if (options->wake_port < 0 || options->wake_port > UINT16_MAX)
        fault = "wake_port is no UDP port";
    else if (strcmp(broadcast, "none") != 0 && inet_pton(AF_INET, broadcast, &address) != 1)
        fault = "wake_broadcast is no IPv4 address";
    else if (options->audit_keep_ms < ITG_AUDIT_OFF)
        fault = "audit_keep_ms is no time";
    return fault ? itg__fail_detail(failure, ITG_E_INVALID_BODY, "%s", fault) : ITG_OK;
}

static itg_error_t take_options(struct itg__fleet *fleet, const char *path, const itg_options_t *options,
                                itg_failure_t *failure)
{
    const char *broadcast = options->wake_broadcast ? options->wake_broadcast : "255.255.255.255";
    itg_error_t err = check_options(options, broadcast, failure);
    if (err)
        return err;
    fleet->path = strdup(path);
    if (!fleet->path)
        return itg__fail(failure, ITG_E_INTERNAL, NULL);
    fleet->config = (struct itg__store_config){
        .path = fleet->path,
        .durability = (itg_durability_t)options->durability,
        .busy_timeout_ms = options->busy_timeout_ms ? options->busy_timeout_ms : DEFAULT_BUSY_TIMEOUT_MS,
        .must_exist = options->must_exist != 0,
    };
    fleet->session_lifetime_ms =
        options->session_lifetime_ms ? options->session_lifetime_ms : DEFAULT_SESSION_LIFETIME_MS;
    fleet->audit_keep_ms = options->audit_keep_ms ? options->audit_keep_ms : DEFAULT_AUDIT_KEEP_MS;
    fleet->wake_port = (uint16_t)(options->wake_port ? options->wake_port : DEFAULT_WAKE_PORT);
    fleet->wake_unicast = !options->wake_no_unicast;
    memcpy(fleet->wake_broadcast, broadcast, strlen(broadcast) + 1);
    take_ports(fleet, options);
    return ITG_OK;
}

static void make_uuid(char uuid[37])
{
    unsigned char b[16];
    randombytes_buf(b, sizeof b);
    b[6] = (unsigned char)((b[6] & 0x0F) | 0x40); /* version 4: random */
    b[8] = (unsigned char)((b[8] & 0x3F) | 0x80);
    snprintf(uuid, 37, "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", b[0], b[1],
             b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13], b[14], b[15]);
}

static itg_error_t read_uuid(struct itg__tx *tx, bool *ret_found)
{
    struct itg__query q;
    itg__query(tx, &q, "SELECT value FROM meta WHERE key = 'uuid'", "");
    *ret_found = itg__next(&q);
    if (*ret_found)
        snprintf(tx->fleet->uuid, sizeof tx->fleet->uuid, "%s", itg__text(&q, 0));
    return itg__done(&q);
}

/* Another process may be opening the same new file: what stands in it then is the fleet's. */
static itg_error_t create_uuid(itg_t *itg, itg_failure_t *failure)
{
    struct itg__tx tx;
    char uuid[37];
    bool found = false;
    make_uuid(uuid);
    itg_error_t err = itg__begin_write(itg, __func__, ITG__RIGHT_READ, &tx, failure);
    if (err)
        return err;
    err = itg__run(&tx, "INSERT INTO meta(key, value) VALUES('uuid', $1) ON CONFLICT(key) DO NOTHING", "s",
                   uuid);
    if (!err)
        err = read_uuid(&tx, &found);
    return itg__end(&tx, err);
}

static itg_error_t load_uuid(itg_t *itg, itg_failure_t *failure)
{
    struct itg__tx tx;
    bool found = false;
    itg_error_t err = itg__begin_read(itg, __func__, ITG__RIGHT_READ, &tx, failure);
    if (err)
        return err;
    err = itg__end(&tx, read_uuid(&tx, &found));
    return err || found ? err : create_uuid(itg, failure);
}

static void fleet_free(struct itg__fleet *fleet)
{
    itg__presence_close(fleet);
    itg__sessions_close(fleet);
    itg__queue_close(fleet);
    itg__writer_close(fleet);
    itg__thinclient_sql_dispose(fleet);
    free(fleet->path);
    sodium_memzero(fleet->shadow_key, sizeof fleet->shadow_key);
    free(fleet);
}

itg_error_t itg__handle_new(struct itg__fleet *fleet, int64_t account_id, itg_t **ret_itg,
                            itg_failure_t *failure)
{
    itg_t *itg = malloc(sizeof *itg);
    if (!itg)
        return itg__fail(failure, ITG_E_INTERNAL, NULL);
    *itg = (itg_t){.fleet = fleet, .account_id = account_id};
    pthread_mutex_lock(&fleet->pool_lock);
    fleet->handles++;
    pthread_mutex_unlock(&fleet->pool_lock);
    *ret_itg = itg;
    return ITG_OK;
}

itg_error_t itg__open_with(const struct itg__engine *engine, const char *path, const itg_options_t *options,
                           itg_t **ret_itg, itg_failure_t *failure)
{
    itg_options_t own = {.size = sizeof own};
    itg_t *itg = NULL;
    if (!path || !ret_itg)
        return itg__fail_detail(failure, ITG_E_INVALID_BODY, "path or ret_itg is NULL");
    if (sodium_init() < 0)
        return itg__fail_detail(failure, ITG_E_INTERNAL, "no source of random numbers");
    if (options)
        copy_struct(&own, sizeof own, options, options->size);
    struct itg__fleet *fleet = calloc(1, sizeof *fleet);
    if (!fleet)
        return itg__fail(failure, ITG_E_INTERNAL, NULL);
    fleet->engine = engine;
    fleet->single = engine->is_single(path);
    itg__writer_init(fleet);
    itg_error_t err = take_options(fleet, path, &own, failure);
    if (!err)
        err = itg__thinclient_sql(fleet, failure);
    if (!err)
        err = itg__writer_open(fleet, failure);
    if (!err)
        err = itg__sessions_open(fleet, failure);
    if (!err)
        err = itg__queue_open(fleet, failure);
    if (!err)
        err = itg__presence_open(fleet, failure);
    if (!err)
        err = itg__handle_new(fleet, 0, &itg, failure);
    if (!err)
        err = load_uuid(itg, failure);
    if (!err)
        err = itg__shadow_open(itg, failure);
    if (err) {
        itg__trace(failure, "itg_open");
        free(itg);
        fleet_free(fleet);
        return err;
    }
    *ret_itg = itg;
    return ITG_OK;
}

itg_error_t itg_open(const char *path, const itg_options_t *options, itg_t **ret_itg, itg_failure_t *failure)
{
    return itg__open_with(&itg__engine_sqlite, path, options, ret_itg, failure);
}

void itg_close(itg_t *itg)
{
    if (!itg)
        return;
    struct itg__fleet *fleet = itg->fleet;
    itg__reading_end(itg);
    free(itg);
    pthread_mutex_lock(&fleet->pool_lock);
    int left = --fleet->handles;
    pthread_mutex_unlock(&fleet->pool_lock);
    if (left == 0)
        fleet_free(fleet);
}

const char *itg_uuid(itg_t *itg)
{
    return itg->fleet->uuid;
}

const char *itg_store_version(itg_t *itg)
{
    return itg->fleet->engine->version();
}
