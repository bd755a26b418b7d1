/* Commands: from a list of ids to what became of each. Everything is looked up in one read transaction; after
 * it, outside of any, commands go out over the device link or as Wake-on-LAN packets. */
#include "core/command.h"
#include "core/access.h"
#include "core/audit.h"
#include "core/queue.h"
#include "core/wake.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Commands handed to the link at once: bounds the memory of a call for a whole fleet. */
enum { MAX_DELIVERIES = 16384 };

/* How long to wait for results of thin clients that another process serves, which looks for commands once a second. */
enum { ELSEWHERE_MS = 3000 };

static const char *const command_names[] = {
    [ITG_COMMAND_REBOOT] = "reboot",
    [ITG_COMMAND_SHUTDOWN] = "shutdown",
    [ITG_COMMAND_WAKEUP] = "wakeup",
    [ITG_COMMAND_SETTINGS2TC] = "settings2tc",
    [ITG_COMMAND_TCRESET2FACDEFS] = "tcreset2facdefs",
    [ITG_COMMAND_FORGET] = "forget",
};
enum { COMMANDS = sizeof command_names / sizeof *command_names };

/* A thin client to be commanded, and the result. */
struct target {
    int64_t id;
    size_t mac, last_ip; /* places in the texts */
    int64_t time_ms;
    bool successful;
    bool recorded; /* has a row in the history already */
    const char *message;
    char *own_message; /* to be freed; NULL if `message` is one of ours */
};

/* One call. Ids asked for twice are one target. */
struct batch {
    struct itg__fleet *fleet;
    int64_t account_id; /* who asks */
    itg_command_t command;
    struct target *targets;
    size_t count;
    size_t *asked; /* for each id asked for, its target */
    size_t asked_count;
    bool lenient;   /* who cannot be commanded is left out */
    size_t refused; /* left out for lack of a right */
    size_t *places; /* hash table: target + 1, or 0 */
    size_t mask;
    struct itg__buf texts;
};

static bool is_command(int command)
{
    return command >= ITG_COMMAND_REBOOT && command < COMMANDS;
}

const char *itg_command_name(itg_command_t command)
{
    return itg__name_of(command_names, COMMANDS, command);
}

itg_command_t itg_command_from_name(const char *name)
{
    return (itg_command_t)itg__value_of(command_names, ITG_COMMAND_FORGET, name, 0);
}

/* ---- looking up */

static itg_error_t batch_init(struct batch *batch, itg_t *itg, itg_command_t command, size_t count,
                              itg_failure_t *failure)
{
    *batch = (struct batch){.fleet = itg->fleet,
                            .account_id = itg->account_id,
                            .command = command,
                            .asked_count = count,
                            .mask = 15};
    while (batch->mask / 2 < count && batch->mask < SIZE_MAX / 2)
        batch->mask = batch->mask * 2 + 1;
    batch->targets = calloc(count, sizeof *batch->targets);
    batch->asked = calloc(count, sizeof *batch->asked);
    batch->places = calloc(batch->mask + 1, sizeof *batch->places);
    if (batch->targets && batch->asked && batch->places)
        return ITG_OK;
    return itg__fail(failure, ITG_E_INTERNAL, NULL);
}

static void batch_dispose(struct batch *batch)
{
    for (size_t i = 0; i < batch->count; i++)
        free(batch->targets[i].own_message);
    free(batch->targets);
    free(batch->asked);
    free(batch->places);
    itg__buf_dispose(&batch->texts);
}

/* Only ids that exist get into the table, so that nobody can make up ids that all meet in one place. */
static size_t *place_of(struct batch *batch, int64_t id)
{
    uint64_t hash = (uint64_t)id * UINT64_C(0x9E3779B97F4A7C15);
    size_t i = (size_t)(hash >> 20) & batch->mask;
    while (batch->places[i] != 0 && batch->targets[batch->places[i] - 1].id != id)
        i = (i + 1) & batch->mask;
    return &batch->places[i];
}

static size_t keep(struct batch *batch, const char *text)
{
    size_t at = batch->texts.length;
    itg__buf_add(&batch->texts, text, strlen(text) + 1);
    return at;
}

/* Deleting is none of the commands that may be sent. */
static itg_right_t right_to(itg_command_t command)
{
    return command == ITG_COMMAND_FORGET ? ITG_RIGHT_WRITE : ITG_RIGHT_COMMAND;
}

static itg_error_t load(struct itg__tx *tx, struct batch *batch, int64_t id, bool binned_too)
{
    struct target *target = &batch->targets[batch->count];
    struct itg__query q;
    itg__query(tx, &q,
               "SELECT t.mac, t.last_ip, o.bin_id, o.parent_id FROM thinclient t JOIN object o ON o.id = "
               "t.id WHERE t.id = $1",
               "i", id);
    bool found = itg__next(&q), in_bin = false;
    int64_t parent_id = 0;
    if (found) {
        parent_id = itg__int(&q, 3);
        in_bin = !itg__is_null(&q, 2);
        *target = (struct target){.id = id, .message = itg__message_no_answer};
        target->mac = keep(batch, itg__text(&q, 0));
        target->last_ip = keep(batch, itg__text(&q, 1));
    }
    itg_error_t err = itg__done(&q);
    if (err)
        return err;
    if (!found)
        return itg__fail_id(tx->failure, ITG_E_THINCLIENT_NOT_FOUND, id);
    err = itg__require_in(tx, parent_id, right_to(batch->command));
    if (err)
        return err;
    if (in_bin && !binned_too)
        return itg__fail(tx->failure, ITG_E_THINCLIENT_IN_BIN, NULL);
    batch->count++;
    return ITG_OK;
}

/* Loads one, or leaves it out: *ret_left_out. */
static itg_error_t load_lenient(struct itg__tx *tx, struct batch *batch, int64_t id, bool *ret_left_out)
{
    itg_failure_t why = {.code = ITG_OK}, *failure = tx->failure;
    tx->failure = &why;
    itg_error_t err = load(tx, batch, id, false);
    tx->failure = failure;
    *ret_left_out =
        err == ITG_E_THINCLIENT_NOT_FOUND || err == ITG_E_THINCLIENT_IN_BIN || err == ITG_E_ACCESS_DENIED;
    if (err == ITG_E_ACCESS_DENIED)
        batch->refused++;
    if (*ret_left_out)
        return ITG_OK;
    if (err && failure && failure->code == ITG_OK)
        *failure = why;
    return err;
}

static itg_error_t load_all(struct itg__tx *tx, struct batch *batch, const int64_t *ids, bool binned_too)
{
    size_t asked = 0;
    for (size_t i = 0; i < batch->asked_count; i++) {
        size_t *place = place_of(batch, ids[i]);
        bool left_out = false;
        if (*place == 0) {
            itg_error_t err = batch->lenient ? load_lenient(tx, batch, ids[i], &left_out)
                                             : load(tx, batch, ids[i], binned_too);
            if (err)
                return err;
            if (left_out)
                continue;
            *place = batch->count;
        }
        batch->asked[asked++] = *place - 1;
    }
    batch->asked_count = asked;
    return batch->texts.failed ? itg__fail(tx->failure, ITG_E_INTERNAL, NULL) : ITG_OK;
}

static itg_error_t batch_load(itg_t *itg, const char *operation, struct batch *batch, const int64_t *ids,
                              bool binned_too, itg_failure_t *failure)
{
    struct itg__tx tx;
    itg_error_t err = itg__begin_read(itg, operation, ITG__RIGHT_OBJECT, &tx, failure);
    return err ? err : itg__end(&tx, load_all(&tx, batch, ids, binned_too));
}

/* ---- the audit trail */

/* Before anything is sent, so that nothing is that the trail does not tell of. The right has been checked. */
static itg_error_t record(const struct batch *batch, const char *operation, itg_failure_t *failure)
{
    itg_t host = {.fleet = batch->fleet, .behalf_id = batch->account_id};
    struct itg__tx tx;
    int64_t ids[ITG__AUDIT_IDS];
    if (!itg__audit_is_on(batch->fleet))
        return ITG_OK;
    for (size_t i = 0; i < batch->count && i < ITG__AUDIT_IDS; i++)
        ids[i] = batch->targets[i].id;
    itg_error_t err = itg__begin_write(&host, operation, ITG__RIGHT_READ, &tx, failure);
    return err ? err : itg__end(&tx, itg__audit_command(&tx, batch->command, ids, batch->count));
}

/* ---- sending */

static const char *text(const struct batch *batch, size_t at)
{
    return batch->texts.data + at;
}

static void settle(struct batch *batch, struct target *target, bool successful, const char *message)
{
    target->successful = successful;
    target->message = message;
    target->time_ms = itg__now_ms(batch->fleet);
}

static void wake_all(struct batch *batch)
{
    struct itg__wake wake;
    itg__wake_init(&wake, batch->fleet);
    for (size_t i = 0; i < batch->count; i++) {
        struct target *target = &batch->targets[i];
        const char *why = itg__wake_send(&wake, text(batch, target->mac), text(batch, target->last_ip));
        settle(batch, target, why == NULL, why ? why : itg__message_ok);
    }
    itg__wake_dispose(&wake);
}

/* What a link wrote is a stranger's text. Without memory for it, the result alone is told. */
static void settle_delivery(struct batch *batch, struct target *target, itg_delivery_t *delivery)
{
    bool done = delivery->done != 0;
    const char *usual = done ? itg__message_ok : itg__message_no_answer;
    char *message = delivery->message;
    message[ITG_DELIVERY_MESSAGE_SIZE - 1] = '\0';
    size_t length = itg__utf8_cut(message, strlen(message));
    message[length] = '\0';
    settle(batch, target, done, usual);
    if (length == 0 || strcmp(message, itg__message_no_answer) == 0 || !itg__utf8_ok(message, length))
        return;
    target->own_message = strdup(message);
    if (target->own_message)
        target->message = target->own_message;
}

/* Targets on their way to the link. */
struct outbox {
    itg_delivery_t *deliveries;
    struct target **targets;
    size_t count;
    size_t capacity;
};

static void outbox_dispose(struct outbox *outbox)
{
    free(outbox->deliveries);
    free(outbox->targets);
}

static itg_error_t outbox_init(struct outbox *outbox, size_t count, itg_failure_t *failure)
{
    *outbox = (struct outbox){.capacity = count < MAX_DELIVERIES ? count : MAX_DELIVERIES};
    outbox->deliveries = calloc(outbox->capacity, sizeof *outbox->deliveries);
    outbox->targets = calloc(outbox->capacity, sizeof *outbox->targets);
    if (outbox->deliveries && outbox->targets)
        return ITG_OK;
    outbox_dispose(outbox);
    return itg__fail(failure, ITG_E_INTERNAL, NULL);
}

static void outbox_add(struct outbox *outbox, const struct batch *batch, struct target *target)
{
    itg_delivery_t *delivery = &outbox->deliveries[outbox->count];
    *delivery = (itg_delivery_t){
        .id = target->id,
        .command = batch->command,
        .mac = text(batch, target->mac),
        .last_ip = text(batch, target->last_ip),
    };
    memcpy(delivery->message, target->message, strlen(target->message) + 1);
    outbox->targets[outbox->count++] = target;
}

static itg_error_t hand_over(struct outbox *outbox, struct batch *batch, itg_failure_t *failure)
{
    const itg_link_t *link = &batch->fleet->link;
    int32_t wait_ms = ELSEWHERE_MS;
    if (link->send) {
        link->send(link->ctx, outbox->deliveries, outbox->count);
        return ITG_OK;
    }
    itg__link_builtin(batch->fleet, &wait_ms); /* else another process serves them */
    for (size_t i = 0; i < outbox->count; i++)
        outbox->targets[i]->recorded = true;
    return itg__queue_send(batch->fleet, batch->account_id, outbox->deliveries, outbox->count, wait_ms,
                           failure);
}

static itg_error_t outbox_send(struct outbox *outbox, struct batch *batch, itg_failure_t *failure)
{
    itg_error_t err = outbox->count > 0 ? hand_over(outbox, batch, failure) : ITG_OK;
    for (size_t i = 0; i < outbox->count && !err; i++)
        settle_delivery(batch, outbox->targets[i], &outbox->deliveries[i]);
    outbox->count = 0;
    return err;
}

static itg_error_t deliver_all(struct batch *batch, itg_failure_t *failure)
{
    struct outbox outbox;
    itg_error_t err = outbox_init(&outbox, batch->count, failure);
    if (err)
        return err;
    for (size_t i = 0; i < batch->count && !err; i++) {
        struct target *target = &batch->targets[i];
        if (!itg__link_online(batch->fleet, target->id)) {
            settle(batch, target, false,
                   *text(batch, target->last_ip) ? itg__message_offline : itg__message_no_address);
            continue;
        }
        outbox_add(&outbox, batch, target);
        if (outbox.count == outbox.capacity)
            err = outbox_send(&outbox, batch, failure);
    }
    if (!err)
        err = outbox_send(&outbox, batch, failure);
    outbox_dispose(&outbox);
    return err;
}

/* ---- history */

static itg_error_t outbox_record(struct outbox *outbox, struct batch *batch, itg_failure_t *failure)
{
    itg_error_t err = outbox->count == 0 ? ITG_OK
                                         : itg__queue_record(batch->fleet, batch->account_id,
                                                             outbox->deliveries, outbox->count, failure);
    outbox->count = 0;
    return err;
}

static itg_error_t record_all(struct batch *batch, itg_failure_t *failure)
{
    struct outbox outbox;
    itg_error_t err = outbox_init(&outbox, batch->count, failure);
    if (err)
        return err;
    for (size_t i = 0; i < batch->count && !err; i++) {
        struct target *target = &batch->targets[i];
        if (target->recorded)
            continue;
        outbox_add(&outbox, batch, target);
        outbox.deliveries[outbox.count - 1].done = target->successful;
        if (outbox.count == outbox.capacity)
            err = outbox_record(&outbox, batch, failure);
    }
    if (!err)
        err = outbox_record(&outbox, batch, failure);
    outbox_dispose(&outbox);
    return err;
}

/* What the built-in link did not queue is history all the same. Whoever asked hears what happened, even if it cannot
 * be written down. */
static void keep_history(struct batch *batch)
{
    itg_failure_t why = {.code = ITG_OK};
    int32_t wait_ms = 0;
    if (itg__link_builtin(batch->fleet, &wait_ms) && record_all(batch, &why))
        itg__log(batch->fleet, ITG_LOG_ERROR, "commands are missing in the history: %s", why.message);
}

/* ---- what follows from the answers */

/* One that another call deleted meanwhile has left as well. */
static itg_error_t leave(struct itg__tx *tx, int64_t id)
{
    struct itg__object object;
    bool found = false;
    itg_error_t err = itg__object_find(tx, id, &object, &found);
    return err || !found ? err : itg__object_delete(tx, ITG_TYPE_THINCLIENT, id);
}

static bool any_successful(const struct batch *batch)
{
    for (size_t i = 0; i < batch->count; i++)
        if (batch->targets[i].successful)
            return true;
    return false;
}

/* The thin clients that confirmed leave the fleet, together. The right was checked before the command was
 * sent. */
static itg_error_t leave_all(struct batch *batch, const char *operation, itg_failure_t *failure)
{
    itg_t host = {.fleet = batch->fleet, .behalf_id = batch->account_id};
    struct itg__tx tx;
    if (!any_successful(batch))
        return ITG_OK;
    itg_error_t err = itg__begin_write_long(&host, operation, ITG__RIGHT_WRITE, &tx, failure);
    if (err)
        return err;
    for (size_t i = 0; i < batch->count && !err; i++)
        if (batch->targets[i].successful)
            err = leave(&tx, batch->targets[i].id);
    return itg__end(&tx, err);
}

static void report(const struct batch *batch, itg_command_fn fn, void *ctx)
{
    for (size_t i = 0; i < batch->asked_count; i++) {
        const struct target *target = &batch->targets[batch->asked[i]];
        const itg_command_result_t result = {
            .id = target->id,
            .mac = text(batch, target->mac),
            .time_ms = target->time_ms,
            .successful = target->successful,
            .message = target->message,
        };
        if (fn(ctx, &result) != 0)
            return;
    }
}

static itg_error_t dispatch(struct batch *batch, const char *operation, itg_failure_t *failure)
{
    itg_error_t err = record(batch, operation, failure);
    if (!err && batch->command == ITG_COMMAND_WAKEUP)
        wake_all(batch);
    else if (!err)
        err = deliver_all(batch, failure);
    if (!err)
        keep_history(batch);
    if (!err && itg__makes_leave(batch->command))
        err = leave_all(batch, operation, failure);
    return err;
}

static itg_error_t run(itg_t *itg, const char *operation, itg_command_t command, const int64_t *ids,
                       size_t count, itg_command_fn fn, void *ctx, itg_failure_t *failure)
{
    struct batch batch;
    itg_error_t err = batch_init(&batch, itg, command, count, failure);
    if (err)
        goto out;
    err = batch_load(itg, operation, &batch, ids, command == ITG_COMMAND_FORGET, failure);
    if (!err)
        err = dispatch(&batch, operation, failure);
    if (!err)
        report(&batch, fn, ctx);
out:
    batch_dispose(&batch);
    return err;
}

itg_error_t itg__command_send_some(itg_t *itg, const char *operation, itg_command_t command,
                                   const int64_t *ids, size_t count, itg_command_fn fn, void *ctx,
                                   size_t *ret_refused, itg_failure_t *failure)
{
    struct batch batch;
    itg_error_t err = batch_init(&batch, itg, command, count, failure);
    batch.lenient = true;
    if (!err)
        err = batch_load(itg, operation, &batch, ids, false, failure);
    if (!err && batch.count > 0)
        err = dispatch(&batch, operation, failure);
    if (!err) {
        *ret_refused = batch.refused;
        report(&batch, fn, ctx);
    }
    batch_dispose(&batch);
    return err;
}

static itg_error_t refuse(itg_failure_t *failure, itg_error_t err, const char *detail, const char *operation)
{
    itg__fail_detail(failure, err, "%s", detail);
    itg__trace(failure, operation);
    return err;
}

static itg_error_t refuse_command(itg_failure_t *failure, itg_command_t command)
{
    char number[16];
    const char *name = itg_command_name(command);
    snprintf(number, sizeof number, "%d", (int)command);
    itg_error_t err = itg__fail(failure, ITG_E_INVALID_COMMAND, *name ? name : number);
    itg__trace(failure, "itg_command_send");
    return err;
}

itg_error_t itg_command_send(itg_t *itg, itg_command_t command, const int64_t *ids, size_t count,
                             itg_command_fn fn, void *ctx, itg_failure_t *failure)
{
    static const char operation[] = "itg_command_send";
    if (!itg || !fn || (!ids && count > 0))
        return refuse(failure, ITG_E_INVALID_BODY, "a parameter is NULL", operation);
    if (!is_command((int)command) || command == ITG_COMMAND_FORGET)
        return refuse_command(failure, command);
    if (count == 0)
        return refuse(failure, ITG_E_EMPTY_LIST, "", operation);
    if (itg__in_group(itg->fleet))
        return refuse(failure, ITG_E_INTERNAL, "a command cannot be part of a group", operation);
    return run(itg, operation, command, ids, count, fn, ctx, failure);
}

itg_error_t itg_thinclient_delete_online(itg_t *itg, int64_t id, itg_command_fn fn, void *ctx,
                                         itg_failure_t *failure)
{
    static const char operation[] = "itg_thinclient_delete_online";
    if (!itg || !fn)
        return refuse(failure, ITG_E_INVALID_BODY, "a parameter is NULL", operation);
    if (itg__in_group(itg->fleet))
        return refuse(failure, ITG_E_INTERNAL, "a command cannot be part of a group", operation);
    return run(itg, operation, ITG_COMMAND_FORGET, &id, 1, fn, ctx, failure);
}

int32_t itg_thinclient_online(itg_t *itg, int64_t id)
{
    return itg && itg__link_online(itg->fleet, id);
}
