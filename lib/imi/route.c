/* The one table of what IMI answers. */
#include "imi/imi.h"
#include <stdio.h>
#include <string.h>

#define ROUTE(method, path, operation, right, has_body, name)                              \
    {                                                                                      \
        method, path, operation, ITG__IMI_##right, has_body, itg__imi_##name, "imi_" #name \
    }

static const struct itg__imi_route routes[] = {
    ROUTE("GET", "/serverstatus", NULL, PUBLIC, false, get_serverstatus),
    ROUTE("POST", "/login", NULL, PUBLIC, false, login),
    ROUTE("POST", "/logout", NULL, SESSION, false, logout),

    ROUTE("GET", "/thinclients/{id}", NULL, READ, false, get_thinclient),
    ROUTE("PUT", "/thinclients/{id}", NULL, WRITE, true, update_thinclient),
    ROUTE("DELETE", "/thinclients/{id}", NULL, WRITE, false, delete_thinclient),
    ROUTE("DELETE", "/thinclients/{id}/deletetcoffline", NULL, WRITE, false, delete_thinclient_offline),
    ROUTE("GET", "/thinclients", NULL, READ, false, get_thinclients),
    ROUTE("PUT", "/thinclients", NULL, WRITE, true, create_thinclient),
    ROUTE("POST", "/thinclients", NULL, WRITE, true, command),
    ROUTE("GET", "/thinclientview/{id}", NULL, READ, false, get_view),
    ROUTE("GET", "/{thinclients}/{id}/assignments/profiles", NULL, READ, false, get_reaching),
    ROUTE("PUT", "/{thinclients}/{id}/assignments/profiles", NULL, WRITE, true, assign_to_receiver),

    ROUTE("GET", "/directories/{tree}", NULL, READ, false, get_directories),
    ROUTE("PUT", "/directories/{tree}", NULL, WRITE, true, create_directory),
    ROUTE("GET", "/directories/{tree}/{id}", NULL, READ, false, get_directory),
    ROUTE("PUT", "/directories/{tree}/{id}", "", WRITE, true, update_directory),
    ROUTE("PUT", "/directories/{tree}/{id}", "move", WRITE, true, move),
    ROUTE("DELETE", "/directories/{tree}/{id}", NULL, WRITE, false, delete_directory),
    ROUTE("GET", "/directories/{tctree}/{id}/assignments/profiles", NULL, READ, false, get_reaching),
    ROUTE("PUT", "/directories/{tctree}/{id}/assignments/profiles", NULL, WRITE, true, assign_to_receiver),

    ROUTE("GET", "/{profiles}", NULL, READ, false, get_profiles),
    ROUTE("GET", "/{profiles}/{id}", NULL, READ, false, get_profile),
    ROUTE("PUT", "/{profiles}/{id}", NULL, WRITE, true, update_profile),
    ROUTE("DELETE", "/{profiles}/{id}", NULL, WRITE, false, delete_profile),
    ROUTE("GET", "/{profiles}/{id}/assignments/{receivers}", NULL, READ, false, get_receivers),
    ROUTE("PUT", "/{profiles}/{id}/assignments/{receivers}", NULL, WRITE, true, assign_profile),
    ROUTE("DELETE", "/{profiles}/{id}/assignments/{receivers}/{id}", NULL, WRITE, false, delete_assignment),

    ROUTE("GET", "/assetinfo", NULL, READ, false, get_assets),
    ROUTE("GET", "/assetinfo/assets/{id}", NULL, READ, false, get_asset),
    ROUTE("GET", "/assetinfo/thinclients/{id}", NULL, READ, false, get_thinclient_assets),
    ROUTE("GET", "/assethistory", NULL, READ, false, get_asset_history),
    ROUTE("GET", "/assethistory/assets/{id}", NULL, READ, false, get_asset_history_of),
    ROUTE("GET", "/assethistory/thinclients/{text}", NULL, READ, false, get_asset_history),

    ROUTE("PUT", "/template", NULL, WRITE, true, create_template_key),
    ROUTE("PUT", "/template/{id}/value", NULL, WRITE, true, create_template_value),
    ROUTE("GET", "/template/{id}/read", NULL, READ, false, get_template_values),
    ROUTE("PUT", "/template/assign/tc", NULL, WRITE, true, assign_template_tc),
    ROUTE("PUT", "/template/assign/dir", NULL, WRITE, true, assign_template_dir),

    ROUTE("GET", "/firmwares", NULL, READ, false, get_firmwares),
    ROUTE("GET", "/firmwares/{id}", NULL, READ, false, get_firmware),
};

enum { ROUTES = sizeof routes / sizeof *routes };

/* The words that may stand for a placeholder, and the type that each names. */
static const struct word {
    const char *placeholder;
    const char *text;
    itg_type_t type;
} words[] = {
    {"{thinclients}", "thinclients", ITG_TYPE_THINCLIENT},
    {"{tree}", "tcdirectories", ITG_TYPE_THINCLIENT_DIRECTORY},
    {"{tree}", "profiledirectories", ITG_TYPE_PROFILE_DIRECTORY},
    {"{tree}", "masterprofiledirectories", ITG_TYPE_MASTERPROFILE_DIRECTORY},
    {"{tctree}", "tcdirectories", ITG_TYPE_THINCLIENT_DIRECTORY},
    {"{profiles}", "profiles", ITG_TYPE_PROFILE},
    {"{profiles}", "masterprofiles", ITG_TYPE_MASTERPROFILE},
    {"{profiles}", "masterprofile", ITG_TYPE_MASTERPROFILE}, /* old clients' spelling */
    {"{receivers}", "thinclients", ITG_TYPE_THINCLIENT},
    {"{receivers}", "tcdirectories", ITG_TYPE_THINCLIENT_DIRECTORY},
};

/* What a path says, by the pattern that it fits. */
struct match {
    const char *id_texts[2];
    size_t ids;
    const char *text;
    itg_type_t type;
    itg_type_t receiver_type;
};

static bool same(const char *part, size_t length, const char *text)
{
    return strncmp(part, text, length) == 0 && text[length] == '\0';
}

static bool match_part(const char *part, size_t length, const char *segment, struct match *match)
{
    if (*part != '{')
        return same(part, length, segment);
    if (same(part, length, "{id}")) {
        match->id_texts[match->ids++] = segment;
        return true;
    }
    if (same(part, length, "{text}")) {
        match->text = segment;
        return true;
    }
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (!same(part, length, words[i].placeholder) || strcmp(words[i].text, segment) != 0)
            continue;
        *(same(part, length, "{receivers}") ? &match->receiver_type : &match->type) = words[i].type;
        return true;
    }
    return false;
}

static bool match_path(const char *pattern, const struct itg__imi_target *target, struct match *ret_match)
{
    struct match match = {0};
    size_t next = 2;
    while (*pattern) {
        const char *part = pattern + 1;
        size_t length = strcspn(part, "/");
        if (next == target->count || !match_part(part, length, target->segments[next], &match))
            return false;
        next++;
        pattern = part + length;
    }
    *ret_match = match;
    return next == target->count;
}

static bool operation_fits(const struct itg__imi_route *route, const char *operation)
{
    if (!route->operation)
        return true;
    return operation ? *operation && strcmp(route->operation, operation) == 0 : *route->operation == '\0';
}

void itg__imi_route_find(struct itg__imi_call *call)
{
    const struct itg__imi_target *target = &call->target;
    if (target->count < 3 || target->count > ITG__IMI_SEGMENTS || strcmp(target->segments[0], "umsapi") != 0)
        return;
    const char *operation = itg__imi_query(target, "operation", NULL);
    struct match match;
    for (size_t i = 0; i < ROUTES && !call->route; i++) {
        const struct itg__imi_route *route = &routes[i];
        if (!match_path(route->path, target, &match))
            continue;
        call->path_known = true;
        call->is_public = route->right == ITG__IMI_PUBLIC;
        memcpy(call->id_texts, match.id_texts, sizeof call->id_texts);
        call->text = match.text;
        call->type = match.type;
        call->receiver_type = match.receiver_type;
        if (strcmp(route->method, call->method) != 0)
            continue;
        call->method_known = true;
        if (operation_fits(route, operation))
            call->route = route;
    }
}

/* The methods that a path has, "GET, PUT". */
static void list_methods(const struct itg__imi_target *target, char *list, size_t size)
{
    struct match match;
    size_t length = 0;
    list[0] = '\0';
    for (size_t i = 0; i < ROUTES; i++) {
        const char *method = routes[i].method;
        if (!match_path(routes[i].path, target, &match) || strstr(list, method))
            continue;
        if (length + strlen(method) + sizeof ", " > size)
            return;
        length += (size_t)snprintf(list + length, size - length, "%s%s", length ? ", " : "", method);
    }
}

itg_error_t itg__imi_route_check(struct itg__imi_call *call)
{
    if (call->route)
        return ITG_OK;
    if (!call->path_known || call->method_known)
        return itg__fail(&call->failure, ITG_E_NO_HANDLER, NULL);
    char methods[64];
    list_methods(&call->target, methods, sizeof methods);
    itg__imi_response_header_add(call->response, "Allow", "%s", methods);
    return itg__fail(&call->failure, ITG_E_METHOD_NOT_SUPPORTED, call->request.method);
}

itg_error_t itg__imi_route_ids(struct itg__imi_call *call)
{
    for (size_t i = 0; i < 2; i++) {
        if (call->id_texts[i] && itg__parse_int(call->id_texts[i], &call->ids[i]))
            return itg__fail(&call->failure, ITG_E_NUMBER_FORMAT, NULL);
    }
    return ITG_OK;
}
