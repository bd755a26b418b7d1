/* Profiles and master profiles. */
#include "imi/imi.h"

static void put_profile(struct itg__buf *out, const char *base, const itg_profile_t *profile)
{
    bool master = profile->type == ITG_TYPE_MASTERPROFILE;
    itg__imi_put_id(out, "{\"firmwareID\":", profile->firmware_id);
    itg__buf_str(out, master ? ",\"isMasterProfile\":true" : ",\"isMasterProfile\":false");
    itg__buf_str(out, profile->overrides_sessions ? ",\"overridesSessions\":true"
                                                  : ",\"overridesSessions\":false");
    itg__imi_put_id(out, ",\"id\":", profile->id);
    itg__imi_put_text(out, ",\"name\":", profile->name);
    itg__imi_put_id(out, ",\"parentID\":", profile->parent_id);
    itg__buf_str(out, profile->in_bin ? ",\"movedToBin\":true" : ",\"movedToBin\":false");
    itg__imi_put_text(out, ",\"objectType\":", itg_type_name(profile->type));
    itg__buf_str(out, ",\"links\":[");
    itg__imi_put_link(out, "self", base, profile->type, profile->id);
    itg__buf_char(out, ',');
    itg__imi_put_parent(out, base, profile->type, profile->parent_id);
    itg__buf_str(out, ",{\"rel\":\"Firmware\",\"href\":\"");
    itg__buf_str(out, base);
    itg__buf_str(out, "/firmwares/");
    itg__buf_int(out, profile->firmware_id);
    itg__buf_str(out, "\"}]}");
}

static int32_t add_row(void *ctx, const itg_profile_t *profile)
{
    struct itg__imi_list *list = ctx;
    itg__imi_list_row(list, profile->id);
    put_profile(list->out, list->base, profile);
    return itg__imi_list_row_end(list);
}

static itg_error_t walk(struct itg__imi_list *list, itg_failure_t *failure)
{
    return itg_profile_each(list->itg, list->type, list->after_id, add_row, list, failure);
}

itg_error_t itg__imi_get_profiles(struct itg__imi_call *call)
{
    return itg__imi_list_start(call, "[", "]", walk, 0);
}

itg_error_t itg__imi_get_profile(struct itg__imi_call *call)
{
    itg_profile_t *profile;
    itg_error_t err = itg_profile_get(call->itg, call->type, call->ids[0], &profile, &call->failure);
    if (err)
        return err;
    put_profile(call->out, call->base, profile);
    itg_profile_free(profile);
    return ITG_OK;
}

itg_error_t itg__imi_update_profile(struct itg__imi_call *call)
{
    const char *name = NULL;
    itg_error_t err = itg__imi_body_name(call, &name);
    if (!err)
        err = itg__imi_promise(call, "Update successful");
    if (!err)
        err = itg_profile_rename(call->itg, call->type, call->ids[0], name, &call->failure);
    return err;
}

itg_error_t itg__imi_delete_profile(struct itg__imi_call *call)
{
    itg__buf_str(call->out, "{\"message\":\"Deleted profile with id ");
    itg__buf_int(call->out, call->ids[0]);
    itg__buf_str(call->out, "\"}");
    itg_error_t err = itg__imi_ready(call);
    return err ? err : itg_profile_delete(call->itg, call->type, call->ids[0], &call->failure);
}
