/* What the server says about itself to anyone who asks. */
#include "imi/imi.h"
#include <sodium.h>
#include <string.h>

/* The dotted number that a version begins with: clients feed it to version parsers. */
static void put_version(struct itg__buf *out, const char *before, const char *version)
{
    size_t length = strspn(version, "0123456789.");
    itg__buf_str(out, before);
    itg__buf_json_n(out, length ? version : "0.0.0", length ? length : strlen("0.0.0"));
}

/* 0.1.0 is build 100, 2.13.4 is build 21304. */
static int64_t build_number(const char *version)
{
    int64_t parts[3] = {0};
    size_t n = 0;
    for (; *version && n < 3; version++) {
        if (*version == '.')
            n++;
        else if (*version >= '0' && *version <= '9')
            parts[n] = parts[n] * 10 + (*version - '0');
        else
            break;
    }
    return parts[0] * 10000 + parts[1] * 100 + parts[2];
}

/* A cookie that is logged in to nothing: a widely copied script takes one from here before it logs in. A
 * client that has a cookie keeps it, or its cookie jar would lose the session. */
static void add_blank_session(struct itg__imi_call *call)
{
    if (itg__imi_has_session(call->request.cookie))
        return;
    unsigned char bytes[ITG_SESSION_ID_LENGTH / 2];
    char session[ITG_SESSION_ID_LENGTH + 1];
    randombytes_buf(bytes, sizeof bytes);
    sodium_bin2hex(session, sizeof session, bytes, sizeof bytes);
    for (char *c = session; *c; c++)
        if (*c >= 'a')
            *c = (char)(*c - 'a' + 'A');
    itg__imi_set_cookie(call, session);
}

itg_error_t itg__imi_get_serverstatus(struct itg__imi_call *call)
{
    struct itg__buf *out = call->out;
    itg_t *itg = call->imi->itg;
    const char *host = call->host;
    const char *bracket = strrchr(host, ']');
    bool has_port = strchr(bracket ? bracket : host, ':') != NULL;
    put_version(out, "{\"rmGuiServerVersion\":", itg_version());
    itg__imi_put_id(out, ",\"buildNumber\":", build_number(itg_version()));
    itg__buf_str(out, ",\"activeMQVersion\":\"0.0.0\"");
    put_version(out, ",\"derbyVersion\":", itg_store_version(itg));
    itg__imi_put_text(out, ",\"serverUUID\":", itg_uuid(itg));
    itg__buf_str(out, ",\"server\":\"");
    itg__buf_str(out, host);
    if (!has_port)
        itg__buf_str(out, call->imi->plain_http ? ":80" : ":443");
    itg__buf_str(out, "\",\"links\":[]}");
    add_blank_session(call);
    return ITG_OK;
}
