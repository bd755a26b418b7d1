/* The target of a request line: clients are sloppy about slashes and escapes. */
#include "imi/imi.h"
#include <stdlib.h>
#include <string.h>

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The byte that "%XX" at text stands for; 0 if it is none, or a NUL, which no name or number can hold. */
static char escaped_byte(const char *text, size_t length)
{
    if (length < 3 || text[0] != '%')
        return 0;
    int high = hex_digit(text[1]), low = hex_digit(text[2]);
    return high < 0 || low < 0 ? 0 : (char)(high << 4 | low);
}

/* Appends a decoded, NUL-terminated piece. Escapes that are none stand for themselves. @return the end */
static char *decode(char *out, const char *text, size_t length, bool plus_is_space)
{
    for (size_t i = 0; i < length; i++) {
        char c = escaped_byte(text + i, length - i);
        if (c)
            i += 2;
        else
            c = text[i] == '+' && plus_is_space ? ' ' : text[i];
        *out++ = c;
    }
    *out++ = '\0';
    return out;
}

static char *add_path(struct itg__imi_target *target, char *out, const char *path, size_t length)
{
    const char *end = path + length;
    while (path < end) {
        size_t segment = strcspn(path, "/?#");
        if (segment > 0) {
            if (target->count < ITG__IMI_SEGMENTS)
                target->segments[target->count] = out;
            target->count++;
            out = decode(out, path, segment, false);
        }
        path += segment + 1;
    }
    return out;
}

static char *add_query(char *out, const char *query, size_t length)
{
    const char *end = query + length;
    while (query < end) {
        size_t pair = strcspn(query, "&#");
        size_t name = strcspn(query, "=&#");
        if (name > 0) {
            out = decode(out, query, name, true);
            out = decode(out, query + name + 1, name < pair ? pair - name - 1 : 0, true);
        }
        query += pair + 1;
    }
    return out;
}

/* Proxies send "https://host:8443/umsapi/..."; @return the path behind the host */
static const char *skip_authority(const char *text)
{
    if (*text == '/')
        return text;
    const char *authority = strstr(text, "://");
    if (!authority || authority > text + strcspn(text, "/?#"))
        return text;
    authority += strlen("://");
    return authority + strcspn(authority, "/?#");
}

bool itg__imi_target_init(struct itg__imi_target *target, const char *text)
{
    *target = (struct itg__imi_target){0};
    text = skip_authority(text ? text : "");
    /* A pair "a&" of two bytes becomes "a", NUL, NUL; the last one of a query has no "&". */
    char *out = malloc(2 * strlen(text) + 4);
    if (!out)
        return false;
    target->storage = out;
    size_t path = strcspn(text, "?#");
    out = add_path(target, out, text, path);
    target->query = out;
    if (text[path] == '?')
        out = add_query(out, text + path + 1, strcspn(text + path + 1, "#"));
    target->query_end = out;
    return true;
}

void itg__imi_target_dispose(struct itg__imi_target *target)
{
    free(target->storage);
    *target = (struct itg__imi_target){0};
}

const char *itg__imi_query(const struct itg__imi_target *target, const char *name, const char *after)
{
    const char *p = after ? after + strlen(after) + 1 : target->query;
    while (p < target->query_end) {
        const char *value = p + strlen(p) + 1;
        if (strcmp(p, name) == 0)
            return value;
        p = value + strlen(value) + 1;
    }
    return NULL;
}

bool itg__imi_version_ok(const struct itg__imi_target *target)
{
    static const char *const versions[] = {"v1", "v2", "v3", "latest"};
    if (target->count < 2)
        return false;
    for (size_t i = 0; i < sizeof versions / sizeof *versions; i++)
        if (strcmp(target->segments[1], versions[i]) == 0)
            return true;
    return false;
}
