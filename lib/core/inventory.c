#include "core/inventory.h"
#include "core/access.h"
#include "core/audit.h"
#include "core/property.h"
#include "core/time.h"

/* Times that have a text in every time zone which reads back: see itg__time_parse(). */
#define EARLIEST_MS ((int64_t)86400000)
#define LATEST_MS   ((int64_t)253402128000000)

static const char *const logon_names[] = {
    [ITG_LOGON_UNKNOWN] = "unknown",
    [ITG_LOGON_SWP] = "swp",
    [ITG_LOGON_KERBEROS] = "kerberos",
    [ITG_LOGON_CITRIX] = "citrix",
};
enum { LOGONS = sizeof logon_names / sizeof *logon_names };

const char *itg_logon_name(itg_logon_t type)
{
    return itg__name_of(logon_names, LOGONS, type);
}

bool itg__logon_from_name(const char *name, itg_logon_t *ret_type)
{
    int type = itg__value_of(logon_names, LOGONS, name, -1);
    if (type >= 0)
        *ret_type = (itg_logon_t)type;
    return type >= 0;
}

/* Network adapters. */

static itg_error_t check_adapter(const itg_adapter_t *adapter, char mac[13], itg_failure_t *failure)
{
    const char *const texts[] = {adapter->type, adapter->mac, adapter->name, adapter->state};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (!itg__text_fits(texts[i], ITG_LIMIT_NAME))
            return itg__fail_detail(failure, ITG_E_INVALID_BODY, "a text of a network adapter is not valid");
    mac[0] = '\0';
    return *adapter->mac ? itg__mac_parse(adapter->mac, mac, failure) : ITG_OK;
}

static itg_error_t too_many(struct itg__tx *tx, const char *what, int limit)
{
    return itg__fail_detail(tx->failure, ITG_E_INVALID_BODY, "more than %d %s", limit, what);
}

itg_error_t itg__adapter_insert(struct itg__tx *tx, int64_t id, int64_t position,
                                const itg_adapter_t *adapter)
{
    char mac[13];
    if (position > ITG_LIMIT_ADAPTERS)
        return too_many(tx, "network adapters", ITG_LIMIT_ADAPTERS);
    itg_error_t err = check_adapter(adapter, mac, tx->failure);
    if (err)
        return err;
    return itg__run(tx,
                    "INSERT INTO network_adapter(thinclient_id, position, type, mac, name, state)"
                    " VALUES($1, $2, $3, $4, $5, $6)",
                    "iissss", id, position, adapter->type, mac, adapter->name, adapter->state);
}

itg_error_t itg__adapters_set(struct itg__tx *tx, int64_t id, const itg_adapter_t *adapters, size_t count)
{
    struct itg__object object;
    struct itg__trail trail;
    itg_error_t err = itg__object_reach_live(tx, ITG_TYPE_THINCLIENT, id, ITG_RIGHT_WRITE, &object);
    if (err)
        return err;
    err = itg__audit_before(tx, &trail, ITG__AUDIT_ADAPTERS, id);
    if (!err)
        err = itg__run(tx, "DELETE FROM network_adapter WHERE thinclient_id = $1", "i", id);
    for (size_t i = 0; !err && i < count; i++)
        err = itg__adapter_insert(tx, id, (int64_t)i + 1, &adapters[i]);
    return itg__audit_after(tx, &trail, err);
}

itg_error_t itg_thinclient_set_adapters(itg_t *itg, int64_t id, const itg_adapter_t *adapters, size_t count,
                                        itg_failure_t *failure)
{
    struct itg__tx tx;
    itg_error_t err = itg__need(adapters || count == 0, "adapters", failure);
    if (!err)
        err = itg__begin_write(itg, __func__, ITG__RIGHT_OBJECT, &tx, failure);
    return err ? err : itg__end(&tx, itg__adapters_set(&tx, id, adapters, count));
}

static itg_error_t walk_adapters(struct itg__tx *tx, int64_t id, itg_adapter_fn fn, void *ctx)
{
    struct itg__query q;
    bool more = true;
    itg__query(
        tx, &q,
        "SELECT type, mac, name, state FROM network_adapter WHERE thinclient_id = $1 ORDER BY position", "i",
        id);
    while (more && itg__next(&q)) {
        itg_adapter_t adapter = {itg__text(&q, 0), itg__text(&q, 1), itg__text(&q, 2), itg__text(&q, 3)};
        more = !q.err && fn(ctx, &adapter) == 0;
    }
    return itg__done(&q);
}

itg_error_t itg_thinclient_adapters(itg_t *itg, int64_t id, itg_adapter_fn fn, void *ctx,
                                    itg_failure_t *failure)
{
    struct itg__tx tx;
    struct itg__object object;
    itg_error_t err = itg__need(fn != NULL, "fn", failure);
    if (!err)
        err = itg__begin_read(itg, __func__, ITG__RIGHT_READ, &tx, failure);
    if (err)
        return err;
    err = itg__object_reach(&tx, ITG_TYPE_THINCLIENT, id, ITG_RIGHT_READ, &object);
    return itg__end(&tx, err ? err : walk_adapters(&tx, id, fn, ctx));
}

/* Logins. */

static bool time_ok(int64_t ms)
{
    return ms == 0 || (ms >= EARLIEST_MS && ms <= LATEST_MS);
}

static itg_error_t check_login(const itg_login_t *login, itg_failure_t *failure)
{
    const char *wrong = NULL;
    if (!itg__text_fits(login->username, ITG_LIMIT_NAME))
        wrong = "username";
    else if ((unsigned)login->result > ITG_LOGIN_THINCLIENT_UNKNOWN)
        wrong = "loginresult";
    else if (!time_ok(login->login_ms))
        wrong = "logintime";
    else if (!time_ok(login->logoff_ms))
        wrong = "logofftime";
    else if ((unsigned)login->type >= LOGONS)
        wrong = "logontype";
    return wrong ? itg__fail_detail(failure, ITG_E_INVALID_BODY, "%s is not valid", wrong) : ITG_OK;
}

static itg_error_t insert_login(struct itg__tx *tx, int64_t id, int64_t position, const itg_login_t *login)
{
    itg_error_t err = check_login(login, tx->failure);
    if (err)
        return err;
    return itg__run(
        tx,
        "INSERT INTO login_history(thinclient_id, position, username, result, login, logoff, type)"
        " VALUES($1, $2, $3, $4, $5, $6, $7)",
        "iisiiii", id, position, login->username, (int64_t)login->result, login->login_ms, login->logoff_ms,
        (int64_t)login->type);
}

itg_error_t itg__login_insert(struct itg__tx *tx, int64_t id, int64_t position, const itg_login_t *login)
{
    return position > ITG_LIMIT_LOGINS ? too_many(tx, "logins", ITG_LIMIT_LOGINS)
                                       : insert_login(tx, id, position, login);
}

static itg_error_t last_login(struct itg__tx *tx, int64_t id, int64_t *ret_position)
{
    bool found = false;
    return itg__lookup(tx, &found, ret_position,
                       "SELECT coalesce(max(position), 0) FROM login_history WHERE thinclient_id = $1", "i",
                       id);
}

itg_error_t itg__login_add(struct itg__tx *tx, int64_t id, const itg_login_t *login)
{
    struct itg__object object;
    int64_t position = 0;
    itg_error_t err = itg__object_reach_live(tx, ITG_TYPE_THINCLIENT, id, ITG_RIGHT_WRITE, &object);
    if (!err)
        err = last_login(tx, id, &position);
    if (!err)
        err = insert_login(tx, id, position + 1, login);
    if (!err)
        err = itg__audit_created(tx, ITG__AUDIT_LAST_LOGIN, id);
    if (err)
        return err;
    return itg__run(tx, "DELETE FROM login_history WHERE thinclient_id = $1 AND position <= $2", "ii", id,
                    position + 1 - ITG_LIMIT_LOGINS);
}

itg_error_t itg_login_add(itg_t *itg, int64_t id, const char *username, itg_login_result_t result,
                          int64_t login_ms, int64_t logoff_ms, itg_logon_t type, itg_failure_t *failure)
{
    struct itg__tx tx;
    itg_login_t login = {username, result, login_ms, logoff_ms, type};
    itg_error_t err = itg__begin_write(itg, __func__, ITG__RIGHT_OBJECT, &tx, failure);
    return err ? err : itg__end(&tx, itg__login_add(&tx, id, &login));
}

static itg_error_t end_login(struct itg__tx *tx, int64_t id, int64_t logoff_ms)
{
    struct itg__object object;
    struct itg__trail trail;
    int64_t position = 0;
    itg_error_t err = itg__object_reach_live(tx, ITG_TYPE_THINCLIENT, id, ITG_RIGHT_WRITE, &object);
    if (!err && !time_ok(logoff_ms))
        err = itg__fail_detail(tx->failure, ITG_E_INVALID_BODY, "logofftime is not valid");
    if (!err)
        err = last_login(tx, id, &position);
    if (err)
        return err;
    err = itg__audit_before(tx, &trail, ITG__AUDIT_LAST_LOGIN, id);
    if (!err)
        err = itg__run(tx,
                       "UPDATE login_history SET logoff = $3"
                       " WHERE thinclient_id = $1 AND position = $2 AND result = 0 AND logoff = 0",
                       "iii", id, position, logoff_ms);
    return itg__audit_after(tx, &trail, err);
}

itg_error_t itg_login_end(itg_t *itg, int64_t id, int64_t logoff_ms, itg_failure_t *failure)
{
    struct itg__tx tx;
    itg_error_t err = itg__begin_write(itg, __func__, ITG__RIGHT_OBJECT, &tx, failure);
    return err ? err : itg__end(&tx, end_login(&tx, id, logoff_ms));
}

static itg_error_t walk_logins(struct itg__tx *tx, int64_t id, itg_login_fn fn, void *ctx)
{
    struct itg__query q;
    bool more = true;
    itg__query(tx, &q,
               "SELECT username, result, login, logoff, type FROM login_history WHERE thinclient_id = $1"
               " ORDER BY position",
               "i", id);
    while (more && itg__next(&q)) {
        itg_login_t login = {
            itg__text(&q, 0),
            (itg_login_result_t)itg__int_within(&q, 1, ITG_LOGIN_OK, ITG_LOGIN_THINCLIENT_UNKNOWN),
            itg__int(&q, 2), itg__int(&q, 3),
            (itg_logon_t)itg__int_within(&q, 4, ITG_LOGON_UNKNOWN, ITG_LOGON_CITRIX)};
        more = !q.err && fn(ctx, &login) == 0;
    }
    return itg__done(&q);
}

itg_error_t itg_login_each(itg_t *itg, int64_t id, itg_login_fn fn, void *ctx, itg_failure_t *failure)
{
    struct itg__tx tx;
    struct itg__object object;
    itg_error_t err = itg__need(fn != NULL, "fn", failure);
    if (!err)
        err = itg__begin_read(itg, __func__, ITG__RIGHT_READ, &tx, failure);
    if (err)
        return err;
    err = itg__object_reach(&tx, ITG_TYPE_THINCLIENT, id, ITG_RIGHT_READ, &object);
    return itg__end(&tx, err ? err : walk_logins(&tx, id, fn, ctx));
}

/* Both as JSON. */

struct json_list {
    struct itg__buf *buf;
    const char *before;
    bool begun;
};

static void put_text(struct itg__buf *buf, const char *lead, const char *text)
{
    itg__buf_str(buf, lead);
    itg__buf_json(buf, text);
}

static void begin_item(struct json_list *list)
{
    if (list->begun)
        itg__buf_char(list->buf, ',');
    else {
        itg__buf_str(list->buf, list->before);
        itg__buf_char(list->buf, '[');
    }
    list->begun = true;
}

static itg_error_t end_list(struct json_list *list, bool always, itg_error_t err)
{
    if (!list->begun && always)
        itg__buf_str(list->buf, list->before);
    if (list->begun || always)
        itg__buf_str(list->buf, list->begun ? "]" : "[]");
    return err;
}

static int32_t put_adapter(void *ctx, const itg_adapter_t *adapter)
{
    struct json_list *list = ctx;
    begin_item(list);
    put_text(list->buf, "{\"type\":", adapter->type);
    put_text(list->buf, ",\"mac\":", adapter->mac);
    put_text(list->buf, ",\"name\":", adapter->name);
    put_text(list->buf, ",\"state\":", adapter->state);
    itg__buf_char(list->buf, '}');
    return 0;
}

itg_error_t itg__adapters_json(struct itg__tx *tx, struct itg__buf *buf, const char *before, int64_t id,
                               bool always)
{
    struct json_list list = {buf, before, false};
    return end_list(&list, always, walk_adapters(tx, id, put_adapter, &list));
}

static void put_time(struct itg__buf *buf, const char *lead, int64_t ms)
{
    char text[ITG__TIME_SIZE];
    itg__time_format(ITG_KIND_MILLIS, ms, text);
    put_text(buf, lead, text);
}

static int32_t put_login(void *ctx, const itg_login_t *login)
{
    struct json_list *list = ctx;
    begin_item(list);
    put_text(list->buf, "{\"username\":", login->username);
    itg__buf_str(list->buf, ",\"loginresult\":");
    itg__buf_int(list->buf, login->result);
    put_time(list->buf, ",\"logintime\":", login->login_ms);
    put_time(list->buf, ",\"logofftime\":", login->logoff_ms);
    put_text(list->buf, ",\"logontype\":", itg_logon_name(login->type));
    itg__buf_char(list->buf, '}');
    return 0;
}

itg_error_t itg__logins_json(struct itg__tx *tx, struct itg__buf *buf, const char *before, int64_t id,
                             bool always)
{
    struct json_list list = {buf, before, false};
    return end_list(&list, always, walk_logins(tx, id, put_login, &list));
}
