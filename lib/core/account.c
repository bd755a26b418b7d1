/* Users: their roles, what these may do, and the accounts themselves. */
#include "core/access.h"
#include "core/audit.h"
#include "core/password.h"
#include "core/text.h"
#include <string.h>

static const char *const role_names[] = {
    [ITG_ROLE_VIEWER] = "viewer",
    [ITG_ROLE_OPERATOR] = "operator",
    [ITG_ROLE_ADMINISTRATOR] = "administrator",
};
enum { ROLES = sizeof role_names / sizeof *role_names };

/* The least role that has a right. */
static const itg_role_t role_needed[] = {
    [ITG__RIGHT_READ] = ITG_ROLE_VIEWER,
    [ITG__RIGHT_OBJECT] = ITG_ROLE_OPERATOR,
    [ITG__RIGHT_WRITE] = ITG_ROLE_OPERATOR,
    [ITG__RIGHT_USERS] = ITG_ROLE_ADMINISTRATOR,
};

const char *itg_role_name(itg_role_t role)
{
    return itg__name_of(role_names, ROLES, role);
}

itg_role_t itg_role_from_name(const char *name)
{
    return (itg_role_t)itg__value_of(role_names, ROLES, name, 0);
}

/* ---- rights */

static itg_error_t no_user(itg_failure_t *failure, const char *name)
{
    return itg__fail_detail(failure, ITG_E_NO_USER, "there is no user %s", name);
}

/* Looked up anew each time, so that a change counts at once, whichever process made it. */
itg_error_t itg__check_right(struct itg__tx *tx, enum itg__right right)
{
    struct itg__access *access = &tx->access;
    itg_error_t err = itg__access_load(tx, tx->itg->account_id, access);
    if (err || tx->itg->account_id == 0 || access->role >= role_needed[right])
        return err;
    if (right == ITG__RIGHT_OBJECT && access->has_entries)
        return ITG_OK;
    return itg__fail(tx->failure, ITG_E_ACCESS_DENIED, NULL);
}

static itg_error_t may(itg_t *itg, const char *operation, enum itg__right right, itg_failure_t *failure)
{
    struct itg__tx tx;
    if (itg->account_id == 0)
        return ITG_OK;
    itg_error_t err = itg__begin_read(itg, operation, right, &tx, failure);
    return err ? err : itg__end(&tx, ITG_OK);
}

itg_error_t itg__may(itg_t *itg, enum itg__right right, itg_failure_t *failure)
{
    return may(itg, "itg_check_right", right, failure);
}

itg_error_t itg_as(itg_t *itg, const char *user, itg_t **ret_itg, itg_failure_t *failure)
{
    struct itg__tx tx;
    bool found = false;
    int64_t id = 0;
    if (!itg || !user || !ret_itg)
        return itg__fail_detail(failure, ITG_E_INVALID_BODY, "a parameter is NULL");
    /* Who may act as anybody could as well set anybody's password. */
    itg_error_t err = itg__begin_read(itg, "itg_as", ITG__RIGHT_USERS, &tx, failure);
    if (err)
        return err;
    err = itg__lookup(&tx, &found, &id, "SELECT id FROM account WHERE name = $1", "s", user);
    if (!err && !found)
        err = no_user(failure, user);
    err = itg__end(&tx, err);
    return err ? err : itg__handle_new(itg->fleet, id, ret_itg, failure);
}

/* ---- accounts */

static itg_error_t invalid(itg_failure_t *failure, const char *operation, const char *detail)
{
    itg_error_t err = itg__fail_detail(failure, ITG_E_INVALID_BODY, "%s", detail);
    itg__trace(failure, operation);
    return err;
}

const char *itg__user_name_fault(const char *name)
{
    if (strnlen(name, ITG_LIMIT_USER_NAME + 1) > ITG_LIMIT_USER_NAME)
        return "a name has at most 255 bytes";
    if (!itg__name_ok(name))
        return "a name is UTF-8, not blank, and holds no control characters";
    if (strchr(name, ':'))
        return "a name holds no colon";
    return NULL;
}

static const char *password_fault(const char *password)
{
    size_t length = strnlen(password, ITG_LIMIT_PASSWORD + 1);
    if (length < ITG_LIMIT_PASSWORD_MIN)
        return "a password has at least 8 bytes";
    if (length > ITG_LIMIT_PASSWORD)
        return "a password has at most 1024 bytes";
    if (!itg__utf8_ok(password, length))
        return "a password is UTF-8";
    return NULL;
}

static itg_error_t insert(struct itg__tx *tx, const char *name, itg_role_t role, const char *hash,
                          int64_t *ret_id)
{
    bool taken = false;
    int64_t id = 0;
    itg_error_t err = itg__lookup(tx, &taken, &id, "SELECT id FROM account WHERE name = $1", "s", name);
    if (!err && taken)
        err = itg__fail_duplicate(tx->failure, "Inserting the user failed", "account_name", "account");
    if (!err)
        err = itg__next_id(tx, "account", &id);
    if (!err)
        err =
            itg__run(tx, "INSERT INTO account(id, name, role, password, revision) VALUES($1, $2, $3, $4, 1)",
                     "isis", id, name, (int64_t)role, hash);
    if (!err)
        err = itg__audit_created(tx, ITG__AUDIT_USER, id);
    if (!err)
        *ret_id = id;
    return err;
}

static itg_error_t hash_for(itg_t *itg, const char *operation, const char *password,
                            char ret_hash[crypto_pwhash_STRBYTES], itg_failure_t *failure)
{
    itg_error_t err = itg__password_hash(itg->fleet, password, ret_hash, failure);
    if (err)
        itg__trace(failure, operation);
    return err;
}

itg_error_t itg_user_create(itg_t *itg, const char *name, itg_role_t role, const char *password,
                            int64_t *ret_id, itg_failure_t *failure)
{
    static const char operation[] = "itg_user_create";
    struct itg__tx tx;
    char hash[crypto_pwhash_STRBYTES];
    int64_t id = 0;
    if (!itg || !name || !password)
        return invalid(failure, operation, "a parameter is NULL");
    /* Asked before the password is hashed: that is not for everybody to cause. */
    itg_error_t err = may(itg, operation, ITG__RIGHT_USERS, failure);
    if (err)
        return err;
    const char *fault = itg__user_name_fault(name);
    if (!fault)
        fault = password_fault(password);
    if (!fault && !*itg_role_name(role))
        fault = "there is no such role";
    if (fault)
        return invalid(failure, operation, fault);
    err = hash_for(itg, operation, password, hash, failure);
    if (err)
        return err;
    err = itg__begin_write(itg, operation, ITG__RIGHT_USERS, &tx, failure);
    if (!err)
        err = itg__end(&tx, insert(&tx, name, role, hash, &id));
    sodium_memzero(hash, sizeof hash);
    if (!err && ret_id)
        *ret_id = id;
    return err;
}

itg_error_t itg__user_find(struct itg__tx *tx, const char *name, int64_t *ret_id)
{
    bool found = false;
    itg_error_t err = itg__lookup(tx, &found, ret_id, "SELECT id FROM account WHERE name = $1", "s", name);
    return err || found ? err : no_user(tx->failure, name);
}

static itg_error_t replace_password(struct itg__tx *tx, const char *name, const char *hash)
{
    struct itg__trail trail;
    int64_t id = 0;
    itg_error_t err = itg__user_find(tx, name, &id);
    if (err)
        return err;
    err = itg__audit_before(tx, &trail, ITG__AUDIT_USER, id);
    if (!err)
        err = itg__run(tx, "UPDATE account SET password = $2, revision = revision + 1 WHERE id = $1", "is",
                       id, hash);
    if (!err)
        err = itg__run(tx, "DELETE FROM session WHERE account_id = $1", "i", id);
    return itg__audit_after(tx, &trail, err);
}

itg_error_t itg_user_set_password(itg_t *itg, const char *name, const char *password, itg_failure_t *failure)
{
    static const char operation[] = "itg_user_set_password";
    struct itg__tx tx;
    char hash[crypto_pwhash_STRBYTES];
    int64_t id = 0;
    if (!itg || !name || !password)
        return invalid(failure, operation, "a parameter is NULL");
    itg_error_t err = itg__begin_read(itg, operation, ITG__RIGHT_USERS, &tx, failure);
    if (!err)
        err = itg__end(&tx, itg__user_find(&tx, name, &id));
    if (err)
        return err;
    const char *fault = password_fault(password);
    if (fault)
        return invalid(failure, operation, fault);
    err = hash_for(itg, operation, password, hash, failure);
    if (err)
        return err;
    err = itg__begin_write(itg, operation, ITG__RIGHT_USERS, &tx, failure);
    if (!err)
        err = itg__end(&tx, replace_password(&tx, name, hash));
    sodium_memzero(hash, sizeof hash);
    return err;
}

/* Without an administrator nobody could make one any more, but for the host itself. */
static itg_error_t keep_an_administrator(struct itg__tx *tx, int64_t id)
{
    bool found = false;
    int64_t other = 0;
    itg_error_t err = itg__lookup(tx, &found, &other,
                                  "SELECT a.id FROM account a WHERE a.id = $1 AND a.role = $2 AND NOT EXISTS"
                                  " (SELECT 1 FROM account b WHERE b.role = $2 AND b.id <> $1)",
                                  "ii", id, (int64_t)ITG_ROLE_ADMINISTRATOR);
    if (err || !found)
        return err;
    return itg__fail_detail(tx->failure, ITG_E_ACCESS_DENIED, "the last administrator stays");
}

static itg_error_t remove_account(struct itg__tx *tx, const char *name)
{
    static const char *const rows[] = {
        "DELETE FROM account_member WHERE account_id = $1",
        "DELETE FROM access_entry WHERE subject_id = $1",
        /* Its sessions stay until they expire: they answer that their user is gone. */
        "DELETE FROM account WHERE id = $1",
    };
    int64_t id = 0;
    bool had_administrator = false;
    itg_error_t err = itg__user_find(tx, name, &id);
    if (!err)
        err = keep_an_administrator(tx, id);
    if (!err)
        err = itg__audit_deleted(tx, ITG__AUDIT_USER, id);
    if (!err)
        err = itg__access_has_administrator(tx, &had_administrator);
    for (size_t i = 0; !err && i < sizeof rows / sizeof *rows; i++)
        err = itg__run(tx, rows[i], "i", id);
    return err ? err : itg__access_keep_administrator(tx, had_administrator);
}

itg_error_t itg_user_delete(itg_t *itg, const char *name, itg_failure_t *failure)
{
    struct itg__tx tx;
    if (!itg || !name)
        return invalid(failure, "itg_user_delete", "a parameter is NULL");
    itg_error_t err = itg__begin_write(itg, "itg_user_delete", ITG__RIGHT_USERS, &tx, failure);
    return err ? err : itg__end(&tx, remove_account(&tx, name));
}

static itg_error_t walk(struct itg__tx *tx, itg_user_fn fn, void *ctx)
{
    struct itg__query q;
    bool more = true;
    itg__query(tx, &q, "SELECT id, name, role FROM account ORDER BY name", "");
    while (more && itg__next(&q)) {
        itg_user_t user = {.id = itg__int(&q, 0), .role = (itg_role_t)itg__int(&q, 2)};
        user.name = itg__text(&q, 1);
        more = !q.err && fn(ctx, &user) == 0;
    }
    return itg__done(&q);
}

itg_error_t itg_user_each(itg_t *itg, itg_user_fn fn, void *ctx, itg_failure_t *failure)
{
    struct itg__tx tx;
    if (!itg || !fn)
        return invalid(failure, "itg_user_each", "a parameter is NULL");
    itg_error_t err = itg__begin_read(itg, "itg_user_each", ITG__RIGHT_USERS, &tx, failure);
    return err ? err : itg__end(&tx, walk(&tx, fn, ctx));
}
