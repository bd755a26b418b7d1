/* The directories of the three trees. */
#include "imi/imi.h"

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
    itg_failure_t why = {.code = ITG_OK};
    itg__buf_str(out, "\"DirectoryChildren\":[");
    itg_error_t err = itg_directory_children(itg, directory->type, directory->id, add_child, &children, &why);
    itg__buf_str(out, "],");
    /* Deleted since it was read, so it was empty: no reason to refuse a whole list. */
    if (err == ITG_E_DIRECTORY_NOT_FOUND)
        return ITG_OK;
    if (err && failure && !failure->code)
        *failure = why;
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

/* What the body of create holds. */
enum { NAME, PARENT_ID, FIELDS };
static const struct itg__json_member members[] = {
    [NAME] = {"name", ITG__IMI_TEXT, NULL, 0},
    [PARENT_ID] = {"parentID", ITG__IMI_ID, NULL, 0},
};
static const struct itg__json_table table = {members, FIELDS};

static int64_t root_of(itg_type_t directory_type)
{
    if (directory_type == ITG_TYPE_PROFILE_DIRECTORY)
        return ITG_ROOT_PROFILES;
    return directory_type == ITG_TYPE_MASTERPROFILE_DIRECTORY ? ITG_ROOT_MASTERPROFILES
                                                              : ITG_ROOT_THINCLIENTS;
}

static void put_created(struct itg__buf *out, int64_t id, const char *name, int64_t parent_id)
{
    out->length = 0;
    itg__buf_str(out, "{\"message\":\"Directory successfully inserted.\"");
    itg__imi_put_id(out, ",\"id\":", id);
    itg__imi_put_text(out, ",\"name\":", name);
    itg__imi_put_id(out, ",\"parentID\":", parent_id);
    itg__buf_char(out, '}');
}

itg_error_t itg__imi_create_directory(struct itg__imi_call *call)
{
    struct itg__json_value fields[FIELDS] = {{0}};
    struct itg__imi_id parent = {0};
    int64_t id = 0;
    itg_error_t err = itg__imi_body_object(call, &table, fields);
    if (!err)
        err = itg__imi_id(call, &fields[PARENT_ID], &parent);
    if (err)
        return err;
    const char *name = itg__imi_text(call, &fields[NAME]);
    int64_t parent_id = parent.set ? parent.value : root_of(call->type);
    put_created(call->out, INT64_MAX, name ? name : "", parent_id);
    err = itg__imi_ready(call);
    if (!err)
        err = itg_directory_create(call->itg, call->type, name, parent_id, &id, &call->failure);
    if (!err) /* there is room: no id is longer */
        put_created(call->out, id, name, parent_id);
    return err;
}

itg_error_t itg__imi_update_directory(struct itg__imi_call *call)
{
    const char *name = NULL;
    itg_error_t err = itg__imi_body_name(call, &name);
    if (!err)
        err = itg__imi_promise(call, "Updated directory successfully.");
    if (!err)
        err = itg_directory_rename(call->itg, call->type, call->ids[0], name, &call->failure);
    return err;
}

/* A type of no tree but another: what a word that names no type is taken for, so that its entry fails alone.
 */
static itg_type_t type_of_another_tree(itg_type_t type)
{
    return type == ITG_TYPE_THINCLIENT_DIRECTORY ? ITG_TYPE_PROFILE : ITG_TYPE_THINCLIENT;
}

static itg_error_t take_entry(struct itg__imi_call *call, const struct itg__json_value *values, void *ctx)
{
    struct itg__imi_ref ref;
    itg_error_t err = itg__imi_whole_ref(call, values, &ref);
    if (err)
        return err;
    /* The preset result is the longest one. */
    itg_move_entry_t entry = {.id = ref.id.value, .result = ITG_MOVE_IN_RECYCLE_BIN};
    entry.type = ref.type ? ref.type : type_of_another_tree(call->type);
    return itg__imi_keep(call, ctx, &entry, sizeof entry);
}

static void put_results(struct itg__buf *out, const itg_move_entry_t *entries, size_t count)
{
    out->length = 0;
    itg__buf_char(out, '[');
    for (size_t i = 0; i < count; i++) {
        itg__imi_put_id(out, i ? ",{\"id\":" : "{\"id\":", entries[i].id);
        itg__imi_put_text(out, ",\"results\":", itg_move_result_name(entries[i].result));
        itg__buf_char(out, '}');
    }
    itg__buf_char(out, ']');
}

static itg_error_t move(struct itg__imi_call *call, itg_move_entry_t *entries, size_t count)
{
    put_results(call->out, entries, count);
    itg_error_t err = itg__imi_ready(call);
    if (!err)
        err = itg_move(call->itg, call->type, call->ids[0], entries, count, &call->failure);
    if (!err) /* there is room */
        put_results(call->out, entries, count);
    return err;
}

itg_error_t itg__imi_move(struct itg__imi_call *call)
{
    struct itg__buf entries = {0};
    itg_error_t err = itg__imi_body_list(call, &itg__imi_ref_table, take_entry, &entries);
    if (!err)
        err = move(call, itg__imi_kept(&entries), entries.length / sizeof(itg_move_entry_t));
    itg__buf_dispose(&entries);
    return err;
}

itg_error_t itg__imi_delete_directory(struct itg__imi_call *call)
{
    itg_error_t err = itg__imi_promise(call, "Deletion successful.");
    return err ? err : itg_directory_delete(call->itg, call->type, call->ids[0], &call->failure);
}
