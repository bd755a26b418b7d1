/* Who asks: a session's cookie, or Basic authorization. */
#include "core/session.h"
#include "imi/imi.h"
#include <sodium.h>
#include <string.h>
#include <strings.h>

#define COOKIE "JSESSIONID"
/* Clients collect cookies: the server's status page, an old login, a new one. More than these are not looked
 * at. */
#define MAX_SESSIONS 8

/* "name:password", cut in two. */
struct credentials {
    char text[ITG_LIMIT_USER_NAME + 1 + ITG_LIMIT_PASSWORD + 1];
    const char *name;
    const char *password;
};

#define SPACES " \t"

/* The next "name=value" of a Cookie header; a quoted value may hold separators. @return false at the end */
static bool next_cookie(const char **cursor, const char **ret_name, size_t *ret_name_length,
                        const char **ret_value, size_t *ret_value_length)
{
    const char *p = *cursor + strspn(*cursor, SPACES ";,");
    if (*p == '\0')
        return false;
    *ret_name = p;
    *ret_name_length = strcspn(p, SPACES "=;,");
    p += *ret_name_length;
    p += strspn(p, SPACES);
    bool has_value = *p == '=';
    p += has_value ? 1 + strspn(p + 1, SPACES) : 0;
    bool quoted = has_value && *p == '"';
    p += quoted;
    *ret_value = p;
    *ret_value_length = !has_value ? 0 : strcspn(p, quoted ? "\"" : SPACES ";,");
    p += *ret_value_length;
    *cursor = p + (quoted && *p == '"');
    return true;
}

/* Copies the next session id that is not empty. @return false if there is none */
static bool next_session(const char **cursor, char *session, size_t size)
{
    const char *name, *value;
    size_t name_length, length;
    while (next_cookie(cursor, &name, &name_length, &value, &length)) {
        if (name_length != strlen(COOKIE) || memcmp(name, COOKIE, name_length) != 0 || length == 0)
            continue;
        if (length >= size)
            length = size - 1;
        memcpy(session, value, length);
        session[length] = '\0';
        return true;
    }
    return false;
}

bool itg__imi_has_session(const char *cookie)
{
    char session[2 * ITG_SESSION_ID_LENGTH];
    return cookie && next_session(&cookie, session, sizeof session);
}

/* True for failures that leave another session id, or Basic authorization, worth a try. */
static bool is_no_good(itg_error_t err)
{
    return err == ITG_E_NO_SESSION || err == ITG_E_SESSION_NOT_FOUND || err == ITG_E_NO_USER;
}

/* Takes the first session that works. That a session's user is gone says more than that one is unknown. */
static itg_error_t use_session(struct itg__imi_call *call)
{
    /* Longer than any id, so that none becomes good by being cut. */
    char session[2 * ITG_SESSION_ID_LENGTH];
    /* A quick answer is read together with the session. */
    bool quick = itg_imi_is_quick(call->imi, &call->request);
    itg_error_t (*use)(itg_t *, const char *, itg_t **, itg_failure_t *) =
        quick ? itg__session_read : itg_session_use;
    const char *cursor = call->request.cookie ? call->request.cookie : "";
    itg_error_t err = ITG_E_NO_SESSION;
    for (int i = 0; i < MAX_SESSIONS && next_session(&cursor, session, sizeof session); i++) {
        itg_failure_t failure = {0};
        itg_error_t tried = use(call->imi->itg, session, &call->own, &failure);
        if (!tried) {
            memcpy(call->session, session, sizeof call->session);
            call->session[sizeof call->session - 1] = '\0';
            itg_failure_clear(&call->failure);
            return ITG_OK;
        }
        if (err == ITG_E_NO_SESSION || tried == ITG_E_NO_USER || !is_no_good(tried)) {
            err = tried;
            call->failure = failure;
        }
        if (!is_no_good(tried))
            return err;
    }
    return itg__fail(&call->failure, err, NULL);
}

bool itg__imi_is_basic(const char *authorization)
{
    return authorization && strncasecmp(authorization, "Basic", 5) == 0 &&
           (authorization[5] == '\0' || strchr(SPACES, authorization[5]));
}

/* @return false for a header that is not Basic authorization, or malformed */
static bool decode_credentials(const char *authorization, struct credentials *ret_credentials)
{
    if (!itg__imi_is_basic(authorization))
        return false;
    const char *token = authorization + 5;
    token += strspn(token, SPACES);
    size_t token_length = strcspn(token, SPACES), length = 0;
    char *text = ret_credentials->text;
    size_t room = sizeof ret_credentials->text - 1;
    if (token[token_length + strspn(token + token_length, SPACES)] != '\0')
        return false;
    if (sodium_base642bin((unsigned char *)text, room, token, token_length, NULL, &length, NULL,
                          sodium_base64_VARIANT_ORIGINAL) != 0 &&
        sodium_base642bin((unsigned char *)text, room, token, token_length, NULL, &length, NULL,
                          sodium_base64_VARIANT_ORIGINAL_NO_PADDING) != 0)
        return false;
    text[length] = '\0';
    char *colon = memchr(text, ':', length);
    if (!colon || memchr(text, '\0', length))
        return false;
    *colon = '\0';
    ret_credentials->name = text;
    ret_credentials->password = colon + 1;
    return true;
}

static itg_error_t use_password(struct itg__imi_call *call)
{
    struct credentials credentials;
    itg_error_t err = ITG_E_INVALID_CREDENTIALS;
    itg_failure_clear(&call->failure);
    if (decode_credentials(call->request.authorization, &credentials))
        err = itg_password_use(call->imi->itg, credentials.name, credentials.password, &call->own,
                               &call->failure);
    sodium_memzero(&credentials, sizeof credentials);
    return err ? itg__fail(&call->failure, err, NULL) : ITG_OK;
}

itg_error_t itg__imi_authenticate(struct itg__imi_call *call)
{
    itg_error_t err = use_session(call);
    if (err == ITG_E_NO_SESSION && !call->request.authorization && call->imi->trusted) {
        itg_failure_clear(&call->failure);
        call->itg = call->imi->itg;
        return ITG_OK;
    }
    if (is_no_good(err) && itg__imi_is_basic(call->request.authorization))
        err = use_password(call);
    call->itg = call->own;
    return err;
}

void itg__imi_set_cookie(struct itg__imi_call *call, const char *session)
{
    itg__imi_response_header_add(call->response, "Set-Cookie", COOKIE "=%s; Path=/umsapi/; %sHttpOnly",
                                 session, call->imi->plain_http ? "" : "Secure; ");
}

itg_error_t itg__imi_login(struct itg__imi_call *call)
{
    const char *authorization = call->request.authorization;
    if (!authorization || authorization[strspn(authorization, SPACES)] == '\0')
        return itg__fail(&call->failure, ITG_E_NO_AUTHENTICATION, NULL);
    struct credentials credentials;
    char session[ITG_SESSION_ID_LENGTH + 1];
    itg_error_t err = ITG_E_INVALID_CREDENTIALS;
    if (decode_credentials(authorization, &credentials))
        err = itg_login(call->imi->itg, credentials.name, credentials.password, session, &call->failure);
    sodium_memzero(&credentials, sizeof credentials);
    if (err)
        return itg__fail(&call->failure, err, NULL);
    itg__imi_set_cookie(call, session);
    itg__buf_str(call->out, "{\"message\":\"" COOKIE "=");
    itg__buf_str(call->out, session);
    itg__buf_str(call->out, "\"}");
    return ITG_OK;
}

itg_error_t itg__imi_logout(struct itg__imi_call *call)
{
    /* Someone who gives the password with every request has no session to end. */
    itg_error_t err = ITG_OK;
    if (call->session[0])
        err = itg_logout(call->imi->itg, call->session, &call->failure);
    if (!err)
        itg__imi_put_message(call->out, "Logout successful");
    return err;
}
