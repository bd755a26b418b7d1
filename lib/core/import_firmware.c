/* Firmwares of a fleet file. One that is referred to before it came is promised: it gets a row without a
 * product, which no real firmware has, for its element to fill. (References that are left to be checked at
 * the commit would make the store look through all thin clients for each firmware that comes after them.) */
#include "core/firmware.h"
#include "core/import.h"
#include <inttypes.h>
#include <stdio.h>

/* A promised firmware, and the first element that refers to it. */
struct promise {
    int64_t id;
    struct itg__place place;
};

enum { FW_ID, FW_PRODUCT, FW_VERSION, FW_TYPE };
static const struct itg__json_member firmware_members[] = {
    [FW_ID] = ITG__MEMBER("id", ITG__TAKES_ID),
    [FW_PRODUCT] = ITG__MEMBER("product", ITG__TAKES_STRING),
    [FW_VERSION] = ITG__MEMBER("version", ITG__TAKES_STRING),
    [FW_TYPE] = ITG__MEMBER("firmwareType", ITG__TAKES_STRING),
    ITG__MEMBER("links", ITG__TAKES_ARRAY),
};

/* *ret_there: there is a row; *ret_promised: but only a promise. */
static itg_error_t find_firmware(struct itg__import *import, int64_t id, bool *ret_there, bool *ret_promised)
{
    int64_t promised = 0;
    itg_error_t err = itg__lookup(import->tx, ret_there, &promised,
                                  "SELECT product = '' FROM firmware WHERE id = $1", "i", id);
    *ret_promised = promised;
    return err;
}

static itg_error_t keep_promise(struct itg__import *import, const itg_firmware_t *firmware)
{
    bool taken = false;
    int64_t other = 0;
    itg_error_t err = itg__lookup(import->tx, &taken, &other,
                                  "SELECT id FROM firmware WHERE product = $1 AND version = $2 AND type = $3",
                                  "sss", firmware->product, firmware->version, firmware->type);
    if (err)
        return err;
    if (taken)
        return itg__fail_duplicate(import->tx->failure, "Insertion of firmware", "firmware_identity",
                                   "firmware");
    return itg__run(import->tx, "UPDATE firmware SET product = $2, version = $3, type = $4 WHERE id = $1",
                    "isss", firmware->id, firmware->product, firmware->version, firmware->type);
}

static itg_error_t add_firmware(struct itg__import *import, const struct itg__json_value *values)
{
    itg_firmware_t firmware = {0, itg__import_text(import, &values[FW_PRODUCT]),
                               itg__import_text(import, &values[FW_VERSION]),
                               itg__import_text(import, &values[FW_TYPE])};
    bool there = false, promised = false;
    itg_error_t err =
        itg__firmware_ok(firmware.product, firmware.version, firmware.type, import->tx->failure);
    if (!err)
        err = itg__import_claim_id(import, &values[FW_ID], &import->highest_firmware, &firmware.id, &there);
    if (!err && there)
        err = find_firmware(import, firmware.id, &there, &promised);
    if (err)
        return err;
    if (there && !promised)
        return itg__import_duplicate(import, "id", "Insertion of firmware", "firmware_id", "firmware");
    import->member = "";
    return promised ? keep_promise(import, &firmware) : itg__firmware_insert(import->tx, &firmware);
}

static itg_error_t firmware_missing(struct itg__import *import, int64_t id)
{
    import->member = "firmwareID";
    return itg__fail_id(import->tx->failure, ITG_E_FIRMWARE_NOT_FOUND, id);
}

static itg_error_t promise_firmware(struct itg__import *import, int64_t id)
{
    char version[24];
    snprintf(version, sizeof version, "%" PRId64, id);
    struct promise *promise = itg__list_add(&import->promises, sizeof *promise);
    if (!promise)
        return itg__fail(import->tx->failure, ITG_E_INTERNAL, NULL);
    *promise = (struct promise){id, import->at};
    return itg__run(import->tx, "INSERT INTO firmware(id, product, version, type) VALUES($1, '', $2, '')",
                    "is", id, version);
}

itg_error_t itg__import_need_firmware(struct itg__import *import, int64_t id)
{
    bool there = false, promised = false;
    import->member = "firmwareID";
    if (id < 1 || id > ITG_LIMIT_ID)
        return firmware_missing(import, id);
    size_t known = (size_t)id % (sizeof import->known_firmwares / sizeof *import->known_firmwares);
    if (import->known_firmwares[known] == id)
        return ITG_OK;
    itg__import_note_id(&import->highest_firmware, id);
    itg_error_t err = find_firmware(import, id, &there, &promised);
    if (!err && !there)
        err = promise_firmware(import, id);
    if (!err)
        import->known_firmwares[known] = id;
    return err;
}

const struct itg__array_info itg__import_firmwares = {"firmwares", ITG__TABLE(firmware_members),
                                                      add_firmware};

static itg_error_t check_promise(struct itg__import *import, const struct promise *promise)
{
    bool there = false, promised = false;
    import->at = promise->place;
    itg_error_t err = find_firmware(import, promise->id, &there, &promised);
    return err || !promised ? err : firmware_missing(import, promise->id);
}

itg_error_t itg__import_check_promises(struct itg__import *import)
{
    itg_error_t err = ITG_OK;
    const struct promise *promises = import->promises.items;
    for (size_t i = 0; !err && i < import->promises.count; i++)
        err = check_promise(import, &promises[i]);
    return err;
}
