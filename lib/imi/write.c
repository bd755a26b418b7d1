/* What the objects of all kinds have in common in JSON: texts, ids, links. */
#include "imi/imi.h"
#include <string.h>

/* Where objects of each type are found under the base. */
static const struct place {
    itg_type_t type;
    const char *path;
} places[] = {
    {ITG_TYPE_THINCLIENT, "/thinclients"},
    {ITG_TYPE_THINCLIENT_DIRECTORY, "/directories/tcdirectories"},
    {ITG_TYPE_PROFILE, "/profiles"},
    {ITG_TYPE_PROFILE_DIRECTORY, "/directories/profiledirectories"},
    {ITG_TYPE_MASTERPROFILE, "/masterprofiles"},
    {ITG_TYPE_MASTERPROFILE_DIRECTORY, "/directories/masterprofiledirectories"},
};

void itg__imi_put_text(struct itg__buf *out, const char *before, const char *text)
{
    itg__buf_str(out, before);
    itg__buf_json(out, text);
}

void itg__imi_put_id(struct itg__buf *out, const char *before, int64_t id)
{
    itg__buf_str(out, before);
    itg__buf_char(out, '"');
    itg__buf_int(out, id);
    itg__buf_char(out, '"');
}

static const char *path_of(itg_type_t type)
{
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        if (places[i].type == type)
            return places[i].path;
    return "";
}

const char *itg__imi_type_word(itg_type_t type)
{
    const char *slash = strrchr(path_of(type), '/');
    return slash ? slash + 1 : "";
}

void itg__imi_put_href(struct itg__buf *out, const char *base, itg_type_t type, int64_t id)
{
    itg__buf_str(out, base);
    itg__buf_str(out, path_of(type));
    itg__buf_char(out, '/');
    itg__buf_int(out, id);
}

void itg__imi_put_link(struct itg__buf *out, const char *rel, const char *base, itg_type_t type, int64_t id)
{
    itg__imi_put_text(out, "{\"rel\":", rel);
    itg__buf_str(out, ",\"href\":\"");
    itg__imi_put_href(out, base, type, id);
    itg__buf_str(out, "\"}");
}

/* The directory type of the tree that a type belongs to. */
static itg_type_t directory_of(itg_type_t type)
{
    switch (type) {
    case ITG_TYPE_THINCLIENT:
    case ITG_TYPE_THINCLIENT_DIRECTORY:
        return ITG_TYPE_THINCLIENT_DIRECTORY;
    case ITG_TYPE_PROFILE:
    case ITG_TYPE_PROFILE_DIRECTORY:
        return ITG_TYPE_PROFILE_DIRECTORY;
    case ITG_TYPE_MASTERPROFILE:
    case ITG_TYPE_MASTERPROFILE_DIRECTORY:
        return ITG_TYPE_MASTERPROFILE_DIRECTORY;
    }
    return type;
}

void itg__imi_put_parent(struct itg__buf *out, const char *base, itg_type_t type, int64_t parent_id)
{
    /* Ids of objects are positive, those of roots are not. */
    if (parent_id < 0)
        itg__buf_str(out, "{\"rel\":\"Parent\",\"href\":\"root\"}");
    else
        itg__imi_put_link(out, "Parent", base, directory_of(type), parent_id);
}

void itg__imi_put_message(struct itg__buf *out, const char *message)
{
    itg__imi_put_text(out, "{\"message\":", message);
    itg__buf_char(out, '}');
}

itg_error_t itg__imi_ready(struct itg__imi_call *call)
{
    return call->out->failed ? itg__fail(&call->failure, ITG_E_INTERNAL, NULL) : ITG_OK;
}

itg_error_t itg__imi_promise(struct itg__imi_call *call, const char *message)
{
    itg__imi_put_message(call->out, message);
    return itg__imi_ready(call);
}
