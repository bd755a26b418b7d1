/* Commands to thin clients, and what became of them. */
#include "imi/imi.h"
#include <string.h>

/* "ID-<host>-<port>-<start>-<n>-0": the same for all entries of a request. */
static void put_exec_id(struct itg__buf *out, const struct itg__imi_call *call)
{
    const char *server = call->imi->server;
    const char *bracket = strrchr(server, ']');
    const char *colon = strrchr(bracket ? bracket : server, ':');
    itg__buf_str(out, "{\"execID\":\"ID-");
    itg__buf_add(out, server, colon ? (size_t)(colon - server) : strlen(server));
    itg__buf_char(out, '-');
    itg__buf_str(out, colon ? colon + 1 : "8443");
    itg__buf_char(out, '-');
    itg__buf_int(out, call->imi->started_ms);
    itg__buf_char(out, '-');
    itg__buf_int(out, (int64_t)call->number);
    itg__buf_str(out, "-0\"");
}

static const char *state_of(const itg_command_result_t *result)
{
    return result->successful ? "SUCCESS" : "FAILED";
}

/* ctx of the walks: the call, and whether an entry has been written. */
struct results {
    struct itg__imi_call *call;
    bool begun;
};

static int32_t add_result(void *ctx, const itg_command_result_t *result)
{
    struct results *results = ctx;
    struct itg__buf *out = results->call->out;
    if (results->begun)
        itg__buf_char(out, ',');
    results->begun = true;
    put_exec_id(out, results->call);
    itg__imi_put_id(out, ",\"id\":", result->id);
    itg__imi_put_text(out, ",\"mac\":", result->mac);
    itg__imi_put_id(out, ",\"exectime\":", result->time_ms);
    itg__imi_put_text(out, ",\"message\":", result->message);
    itg__imi_put_text(out, ",\"state\":", state_of(result));
    itg__buf_char(out, '}');
    return out->failed;
}

/* A deletion's entry has other members than a command's, and its time is a number. */
static int32_t add_deletion(void *ctx, const itg_command_result_t *result)
{
    struct itg__imi_call *call = ctx;
    struct itg__buf *out = call->out;
    put_exec_id(out, call);
    itg__imi_put_text(out, ",\"mac\":", result->mac);
    itg__imi_put_text(out, ",\"message\":", result->message);
    itg__buf_str(out, ",\"exectime\":");
    itg__buf_int(out, result->time_ms);
    itg__imi_put_text(out, ",\"state\":", state_of(result));
    itg__buf_char(out, '}');
    return 0;
}

static itg_error_t take_id(struct itg__imi_call *call, const struct itg__json_value *values, void *ctx)
{
    struct itg__imi_ref ref;
    itg_error_t err = itg__imi_whole_ref(call, values, &ref);
    if (err)
        return err;
    if (ref.type != ITG_TYPE_THINCLIENT)
        return itg__fail_detail(&call->failure, ITG_E_INVALID_BODY, "only thin clients take commands");
    return itg__imi_keep(call, ctx, &ref.id.value, sizeof ref.id.value);
}

static itg_error_t send_command(struct itg__imi_call *call, const struct itg__buf *ids)
{
    const char *word = itg__imi_query(&call->target, "command", NULL);
    itg_command_t command = word ? itg_command_from_name(word) : 0;
    if (!command)
        return itg__fail(&call->failure, ITG_E_INVALID_COMMAND, word);
    struct results results = {.call = call};
    itg__buf_str(call->out, "{\"CommandExecList\":[");
    itg_error_t err = itg_command_send(call->itg, command, itg__imi_kept(ids), ids->length / sizeof(int64_t),
                                       add_result, &results, &call->failure);
    itg__buf_str(call->out, "]}");
    return err;
}

itg_error_t itg__imi_command(struct itg__imi_call *call)
{
    struct itg__buf ids = {0};
    itg_error_t err = itg__imi_body_list(call, &itg__imi_ref_table, take_id, &ids);
    if (!err)
        err = send_command(call, &ids);
    itg__buf_dispose(&ids);
    return err;
}

itg_error_t itg__imi_delete_thinclient(struct itg__imi_call *call)
{
    /* Room for the entry, however its message has to be escaped: see itg__imi_ready(). */
    char room[ITG_DELIVERY_MESSAGE_SIZE * 6 + 2 * ITG__IMI_HOST_SIZE];
    memset(room, ' ', sizeof room);
    itg__buf_add(call->out, room, sizeof room);
    call->out->length = 0;
    itg__buf_str(call->out, "{\"CommandExecList\":[");
    itg_error_t err = itg__imi_ready(call);
    if (!err)
        err = itg_thinclient_delete_online(call->itg, call->ids[0], add_deletion, call, &call->failure);
    itg__buf_str(call->out, "]}");
    return err;
}
