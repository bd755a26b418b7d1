/* What the elements of all arrays have in common: optional members, ids, places in the tree. */
#include "core/import.h"
#include "core/object.h"
#include "core/text.h"

const char *itg__import_text(struct itg__import *import, const struct itg__json_value *value)
{
    return itg__value_given(value) ? itg__json_text(&import->json, value) : "";
}

itg_error_t itg__import_refuse(struct itg__import *import, const char *member, const char *why)
{
    import->member = member;
    return itg__fail_detail(import->tx->failure, ITG_E_INVALID_BODY, "%s", why);
}

itg_error_t itg__import_duplicate(struct itg__import *import, const char *member, const char *what,
                                  const char *key, const char *table)
{
    import->member = member;
    return itg__fail_duplicate(import->tx->failure, what, key, table);
}

itg_error_t itg__import_id(struct itg__import *import, const char *member,
                           const struct itg__json_value *value, int64_t *ret_id)
{
    if (!itg__value_given(value))
        return ITG_OK;
    const char *text = itg__json_text(&import->json, value);
    if (*text == '\0')
        return ITG_OK;
    if (!itg__parse_int(text, ret_id))
        return ITG_OK;
    import->member = member;
    return itg__fail_detail(import->tx->failure, ITG_E_NUMBER_FORMAT, "not an id");
}

void itg__import_note_id(int64_t *highest, int64_t id)
{
    if (id > *highest && id <= ITG_LIMIT_ID)
        *highest = id;
}

itg_error_t itg__import_parent(struct itg__import *import, const struct itg__json_value *value,
                               int64_t *ret_id)
{
    itg_error_t err = itg__import_id(import, "parentID", value, ret_id);
    if (!err)
        itg__import_note_id(&import->highest_id, *ret_id);
    return err;
}

itg_error_t itg__import_claim_id(struct itg__import *import, const struct itg__json_value *value,
                                 int64_t *highest, int64_t *ret_id, bool *ret_used)
{
    int64_t id = *highest + 1;
    import->member = "id";
    itg_error_t err = itg__import_id(import, "id", value, &id);
    if (err)
        return err;
    if (id < 1 || id > ITG_LIMIT_ID)
        return itg__fail_detail(import->tx->failure, ITG_E_NUMBER_FORMAT, "id is out of range");
    *ret_used = id <= *highest;
    itg__import_note_id(highest, id);
    *ret_id = id;
    return ITG_OK;
}

itg_error_t itg__import_id_used(struct itg__import *import, int64_t id, bool *ret_used)
{
    int64_t same = 0;
    return itg__lookup(
        import->tx, ret_used, &same,
        "SELECT id FROM object WHERE id = $1 UNION ALL SELECT id FROM attribute WHERE id = $1"
        " UNION ALL SELECT id FROM asset WHERE id = $1"
        " UNION ALL SELECT id FROM category WHERE id = $1"
        " UNION ALL SELECT id FROM template_key WHERE id = $1"
        " UNION ALL SELECT id FROM template_value WHERE id = $1 UNION ALL SELECT id FROM view WHERE id = $1"
        " UNION ALL SELECT id FROM rule WHERE id = $1",
        "i", id);
}

itg_error_t itg__import_claim_object_id(struct itg__import *import, const struct itg__json_value *value,
                                        const char *what, int64_t *ret_id)
{
    bool used = false;
    itg_error_t err = itg__import_claim_id(import, value, &import->highest_id, ret_id, &used);
    if (!err && used)
        err = itg__import_id_used(import, *ret_id, &used);
    return err || !used ? err : itg__import_duplicate(import, "id", what, "object_id", "object");
}

itg_error_t itg__import_place(struct itg__import *import, itg_type_t type, int64_t id, int64_t parent_id,
                              const struct itg__json_value *binned, const struct itg__json_value *bin_item)
{
    struct itg__newcomer newcomer = {.id = id,
                                     .parent_id = parent_id,
                                     .place = import->at,
                                     .type = (uint8_t)type,
                                     .binned = itg__value_true(binned),
                                     .bin_item = itg__value_true(bin_item)};
    import->member = "parentID";
    return itg__tree_add(&import->tree, &newcomer);
}

itg_error_t itg__import_insert_object(struct itg__import *import, int64_t id, itg_type_t type,
                                      const char *name, int64_t parent_id,
                                      const struct itg__json_value *binned)
{
    return itg__object_insert(import->tx, id, type, name, parent_id, itg__value_true(binned) ? id : 0);
}

itg_error_t itg__import_type(struct itg__import *import, const struct itg__json_value *value,
                             itg_type_t *ret_type)
{
    if (!itg__value_given(value))
        return ITG_OK;
    itg_type_t type = itg_type_from_name(itg__json_text(&import->json, value));
    if (!type)
        return itg__import_refuse(import, "objectType", "unknown type");
    *ret_type = type;
    return ITG_OK;
}

itg_error_t itg__import_check_bin(struct itg__import *import, const struct itg__json_value *binned,
                                  const struct itg__json_value *bin_item)
{
    return itg__value_true(bin_item) && !itg__value_true(binned)
               ? itg__import_refuse(import, "binItem", "an item of the bin must be moved to it")
               : ITG_OK;
}
