/* The directories of the three trees. */
#include "imi/imi.h"
#include <stdlib.h>
#include <string.h>

struct children {
    struct itg__buf *out;
    const char *base;
    bool begun;
};

static int32_t add_child(void *ctx, const itg_object_t *object)
{
    struct children *children = ctx;
    struct itg__buf *out = children->out;
    const char *type = itg_type_name(object->type);
    if (children->begun)
        itg__buf_char(out, ',');
    children->begun = true;
    itg__imi_put_text(out, "{\"objectType\":", type);
    itg__imi_put_id(out, ",\"id\":", object->id);
    itg__buf_str(out, ",\"link\":");
    itg__imi_put_link(out, type, children->base, object->type, object->id);
    itg__buf_char(out, '}');
    return out->failed;
}

static itg_error_t put_children(struct itg__buf *out, itg_t *itg, const char *base,
                                const itg_object_t *directory, itg_failure_t *failure)
{
    struct children children = {out, base, false};
    itg__buf_str(out, "\"DirectoryChildren\":[");
    itg_error_t err =
        itg_directory_children(itg, directory->type, directory->id, add_child, &children, failure);
    itg__buf_str(out, "],");
    return err;
}

static itg_error_t put_directory(struct itg__buf *out, itg_t *itg, const char *base,
                                 const itg_object_t *directory, unsigned facets, itg_failure_t *failure)
{
    itg_error_t err = ITG_OK;
    itg__buf_char(out, '{');
    if ((facets & ITG__IMI_FACET_CHILDREN) && !directory->in_bin)
        err = put_children(out, itg, base, directory, failure);
    itg__imi_put_id(out, "\"id\":", directory->id);
    itg__imi_put_text(out, ",\"name\":", directory->name);
    itg__imi_put_id(out, ",\"parentID\":", directory->parent_id);
    itg__buf_str(out, directory->in_bin ? ",\"movedToBin\":true" : ",\"movedToBin\":false");
    itg__imi_put_text(out, ",\"objectType\":", itg_type_name(directory->type));
    itg__buf_str(out, ",\"links\":[");
    itg__imi_put_link(out, "self", base, directory->type, directory->id);
    itg__buf_char(out, ',');
    itg__imi_put_parent(out, base, directory->type, directory->parent_id);
    itg__buf_str(out, "]}");
    return err;
}

static int32_t add_row(void *ctx, const itg_object_t *directory)
{
    struct itg__imi_list *list = ctx;
    itg__imi_list_row(list, directory->id);
    list->err = put_directory(list->out, list->itg, list->base, directory, list->facets, list->failure);
    return itg__imi_list_row_end(list);
}

static itg_error_t walk(struct itg__imi_list *list, itg_failure_t *failure)
{
    return itg_directory_each(list->itg, list->type, list->after_id, add_row, list, failure);
}

itg_error_t itg__imi_get_directories(struct itg__imi_call *call)
{
    unsigned facets;
    itg_error_t err = itg__imi_facets(call, ITG__IMI_FACET_CHILDREN, &facets);
    return err ? err : itg__imi_list_start(call, "[", "]", walk, facets);
}

itg_error_t itg__imi_get_directory(struct itg__imi_call *call)
{
    unsigned facets;
    itg_object_t *directory = NULL;
    itg_error_t err = itg__imi_facets(call, ITG__IMI_FACET_CHILDREN, &facets);
    if (!err)
        err = itg_directory_get(call->itg, call->type, call->ids[0], &directory, &call->failure);
    if (!err)
        err = put_directory(call->out, call->itg, call->base, directory, facets, &call->failure);
    itg_object_free(directory);
    return err;
}

/* What the bodies of create and update hold. */
struct fields {
    const char *name;
    struct itg__imi_id parent_id;
};
static const struct itg__imi_member members[] = {
    {"name", ITG__IMI_MEMBER_TEXT, offsetof(struct fields, name), false},
    {"parentID", ITG__IMI_MEMBER_ID, offsetof(struct fields, parent_id), false},
};

static int64_t root_of(itg_type_t directory_type)
{
    if (directory_type == ITG_TYPE_PROFILE_DIRECTORY)
        return ITG_ROOT_PROFILES;
    return directory_type == ITG_TYPE_MASTERPROFILE_DIRECTORY ? ITG_ROOT_MASTERPROFILES
                                                              : ITG_ROOT_THINCLIENTS;
}

itg_error_t itg__imi_create_directory(struct itg__imi_call *call)
{
    struct fields fields = {0};
    int64_t id = 0;
    itg_error_t err = itg__imi_members(call->body, members, 2, &fields, &call->failure);
    if (err)
        return err;
    int64_t parent_id = fields.parent_id.set ? fields.parent_id.value : root_of(call->type);
    err = itg_directory_create(call->itg, call->type, fields.name, parent_id, &id, &call->failure);
    if (err)
        return err;
    itg__buf_str(call->out, "{\"message\":\"Directory successfully inserted.\"");
    itg__imi_put_id(call->out, ",\"id\":", id);
    itg__imi_put_text(call->out, ",\"name\":", fields.name);
    itg__imi_put_id(call->out, ",\"parentID\":", parent_id);
    itg__buf_char(call->out, '}');
    return ITG_OK;
}

itg_error_t itg__imi_update_directory(struct itg__imi_call *call)
{
    struct fields fields = {0};
    itg_error_t err = itg__imi_members(call->body, members, 1, &fields, &call->failure);
    if (!err && !fields.name)
        err = itg__fail(&call->failure, ITG_E_NO_VALID_PROPERTY, NULL);
    if (!err)
        err = itg_directory_rename(call->itg, call->type, call->ids[0], fields.name, &call->failure);
    if (!err)
        itg__imi_put_message(call->out, "Updated directory successfully.");
    return err;
}

/* A type of no tree but another: what a word that names no type is taken for, so that its entry fails alone.
 */
static itg_type_t type_of_another_tree(itg_type_t type)
{
    return type == ITG_TYPE_THINCLIENT_DIRECTORY ? ITG_TYPE_PROFILE : ITG_TYPE_THINCLIENT;
}

static itg_error_t load_entries(const struct itg__imi_call *call, itg_move_entry_t *entries,
                                itg_failure_t *failure)
{
    for (size_t i = 0; i < json_array_size(call->body); i++) {
        struct itg__imi_ref ref;
        itg_error_t err = itg__imi_ref(json_array_get(call->body, i), true, &ref, failure);
        if (err)
            return err;
        itg_type_t type = itg_type_from_name(ref.type);
        entries[i].id = ref.id.value;
        entries[i].type = type ? type : type_of_another_tree(call->type);
    }
    return ITG_OK;
}

static void put_results(struct itg__buf *out, const itg_move_entry_t *entries, size_t count)
{
    itg__buf_char(out, '[');
    for (size_t i = 0; i < count; i++) {
        itg__imi_put_id(out, i ? ",{\"id\":" : "{\"id\":", entries[i].id);
        itg__imi_put_text(out, ",\"results\":", itg_move_result_name(entries[i].result));
        itg__buf_char(out, '}');
    }
    itg__buf_char(out, ']');
}

itg_error_t itg__imi_move(struct itg__imi_call *call)
{
    size_t count = json_array_size(call->body);
    itg_move_entry_t *entries = calloc(count + 1, sizeof *entries);
    if (!entries)
        return itg__fail(&call->failure, ITG_E_INTERNAL, NULL);
    itg_error_t err = load_entries(call, entries, &call->failure);
    if (!err)
        err = itg_move(call->itg, call->type, call->ids[0], entries, count, &call->failure);
    if (!err)
        put_results(call->out, entries, count);
    free(entries);
    return err;
}

itg_error_t itg__imi_delete_directory(struct itg__imi_call *call)
{
    itg_error_t err = itg_directory_delete(call->itg, call->type, call->ids[0], &call->failure);
    if (!err)
        itg__imi_put_message(call->out, "Deletion successful.");
    return err;
}
