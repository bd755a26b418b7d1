#include "core/firmware.h"
#include "core/audit.h"
#include "core/text.h"
#include <stdlib.h>

#define COLUMNS "f.id, f.product, f.version, f.type"

static itg_firmware_t read_row(struct itg__query *q)
{
    itg_firmware_t firmware = {itg__int(q, 0), itg__text(q, 1), itg__text(q, 2), itg__text(q, 3)};
    return firmware;
}

static bool has_control(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < 0x20 || *text == 0x7F)
            return true;
    return false;
}

itg_error_t itg__firmware_ok(const char *product, const char *version, const char *type,
                             itg_failure_t *failure)
{
    const struct {
        const char *name, *text;
    } members[] = {{"product", product}, {"version", version}, {"firmwareType", type}};
    for (size_t i = 0; i < sizeof members / sizeof *members; i++)
        if (!itg__text_ok(members[i].text) || has_control(members[i].text))
            return itg__fail_detail(failure, ITG_E_INVALID_BODY, "%s is not valid", members[i].name);
    return itg__name_ok(product) ? ITG_OK
                                 : itg__fail_detail(failure, ITG_E_INVALID_BODY, "product is not valid");
}

itg_error_t itg__firmware_insert(struct itg__tx *tx, const itg_firmware_t *firmware)
{
    bool added = false;
    int64_t id = 0;
    itg_error_t err = itg__lookup(tx, &added, &id,
                                  "INSERT INTO firmware(id, product, version, type) VALUES($1, $2, $3, $4)"
                                  " ON CONFLICT DO NOTHING RETURNING id",
                                  "isss", firmware->id, firmware->product, firmware->version, firmware->type);
    if (err || added)
        return err;
    return itg__fail_duplicate(tx->failure, "Insertion of firmware", "firmware_identity", "firmware");
}

itg_error_t itg_firmware_create(itg_t *itg, const char *product, const char *version, const char *type,
                                int64_t *ret_id, itg_failure_t *failure)
{
    struct itg__tx tx;
    itg_firmware_t firmware = {0, product, version, type};
    itg_error_t err = itg__firmware_ok(product, version, type, failure);
    if (!err)
        err = itg__begin_write(itg, __func__, ITG__RIGHT_WRITE, &tx, failure);
    if (err)
        return err;
    err = itg__next_id(&tx, "firmware", &firmware.id);
    if (!err)
        err = itg__firmware_insert(&tx, &firmware);
    if (!err)
        err = itg__audit_created(&tx, ITG__AUDIT_FIRMWARE, firmware.id);
    err = itg__end(&tx, err);
    if (!err && ret_id)
        *ret_id = firmware.id;
    return err;
}

itg_error_t itg__firmware_check(struct itg__tx *tx, int64_t id)
{
    bool found = false;
    int64_t same = 0;
    itg_error_t err = itg__lookup(tx, &found, &same, "SELECT id FROM firmware WHERE id = $1", "i", id);
    if (!err && !found)
        err = itg__fail_id(tx->failure, ITG_E_FIRMWARE_NOT_FOUND, id);
    return err;
}

static const struct itg__shape shape = {sizeof(itg_firmware_t), 3,
                                        (const size_t[]){offsetof(itg_firmware_t, product),
                                                         offsetof(itg_firmware_t, version),
                                                         offsetof(itg_firmware_t, type)}};

static itg_error_t get(struct itg__tx *tx, int64_t id, itg_firmware_t **ret_firmware)
{
    struct itg__query q;
    itg_firmware_t *own = NULL;
    itg__query(tx, &q, "SELECT " COLUMNS " FROM firmware f WHERE f.id = $1", "i", id);
    if (itg__next(&q)) {
        itg_firmware_t firmware = read_row(&q);
        own = itg__keep(&q, &firmware, &shape, 0);
    }
    itg_error_t err = itg__done(&q);
    if (!err && !own)
        err = itg__fail_id(tx->failure, ITG_E_FIRMWARE_NOT_FOUND, id);
    if (!err)
        *ret_firmware = own;
    return err;
}

itg_error_t itg_firmware_get(itg_t *itg, int64_t id, itg_firmware_t **ret_firmware, itg_failure_t *failure)
{
    struct itg__tx tx;
    itg_firmware_t *firmware = NULL;
    itg_error_t err = itg__need(ret_firmware != NULL, "ret_firmware", failure);
    if (!err)
        err = itg__begin_read(itg, __func__, ITG__RIGHT_READ, &tx, failure);
    if (err)
        return err;
    err = itg__end(&tx, get(&tx, id, &firmware));
    if (!err)
        *ret_firmware = firmware;
    return err;
}

void itg_firmware_free(itg_firmware_t *firmware)
{
    free(firmware);
}

itg_error_t itg_firmware_each(itg_t *itg, int64_t after_id, itg_firmware_fn fn, void *ctx,
                              itg_failure_t *failure)
{
    struct itg__tx tx;
    struct itg__query q;
    bool more = true;
    itg_error_t err = itg__need(fn != NULL, "fn", failure);
    if (!err)
        err = itg__begin_read(itg, __func__, ITG__RIGHT_READ, &tx, failure);
    if (err)
        return err;
    itg__query(&tx, &q, "SELECT " COLUMNS " FROM firmware f WHERE f.id > $1 ORDER BY f.id", "i", after_id);
    while (more && itg__next(&q)) {
        itg_firmware_t firmware = read_row(&q);
        more = !q.err && fn(ctx, &firmware) == 0;
    }
    return itg__end(&tx, itg__done(&q));
}
