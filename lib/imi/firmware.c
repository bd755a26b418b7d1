/* Firmwares. */
#include "imi/imi.h"

static void put_firmware(struct itg__buf *out, const itg_firmware_t *firmware)
{
    itg__imi_put_id(out, "{\"id\":", firmware->id);
    itg__imi_put_text(out, ",\"product\":", firmware->product);
    itg__imi_put_text(out, ",\"version\":", firmware->version);
    itg__imi_put_text(out, ",\"firmwareType\":", firmware->type);
    itg__buf_str(out, ",\"links\":[]}");
}

static int32_t add_row(void *ctx, const itg_firmware_t *firmware)
{
    struct itg__imi_list *list = ctx;
    itg__imi_list_row(list, firmware->id);
    put_firmware(list->out, firmware);
    return itg__imi_list_row_end(list);
}

static itg_error_t walk(struct itg__imi_list *list, itg_failure_t *failure)
{
    return itg_firmware_each(list->itg, list->after_id, add_row, list, failure);
}

itg_error_t itg__imi_get_firmwares(struct itg__imi_call *call)
{
    return itg__imi_list_start(call, "{\"FwResource\":[", "]}", walk, 0);
}

itg_error_t itg__imi_get_firmware(struct itg__imi_call *call)
{
    itg_firmware_t *firmware;
    itg_error_t err = itg_firmware_get(call->itg, call->ids[0], &firmware, &call->failure);
    if (err) {
        /* The catalogue's 400 is for a firmware named in a body. */
        call->status = err == ITG_E_FIRMWARE_NOT_FOUND ? 404 : 0;
        return err;
    }
    put_firmware(call->out, firmware);
    itg_firmware_free(firmware);
    return ITG_OK;
}
