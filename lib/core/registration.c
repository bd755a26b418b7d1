#include "core/registration.h"
#include "core/listing.h"
#include "core/object.h"
#include "core/report.h"
#include "core/revision.h"
#include "core/thinclient.h"
#include <string.h>

/* The thin client that this MAC and unit id belong to, which must be the same one. 0: a new one. */
static itg_error_t find(struct itg__tx *tx, const itg_thinclient_t *tc, int64_t *ret_id)
{
    bool by_mac = false, by_unit = false;
    int64_t mac_id = 0, unit_id = 0;
    itg_error_t err =
        itg__lookup(tx, &by_mac, &mac_id, "SELECT id FROM thinclient WHERE mac = $1", "s", tc->mac);
    if (!err)
        err = itg__lookup(tx, &by_unit, &unit_id, "SELECT id FROM thinclient WHERE unit_id = $1", "s",
                          tc->unit_id);
    if (err)
        return err;
    if (mac_id != unit_id)
        return itg__fail_duplicate(tx->failure, "Registration of thin client",
                                   by_mac ? "thinclient_mac" : "thinclient_unit_id", "thinclient");
    *ret_id = mac_id;
    return ITG_OK;
}

static itg_error_t make(struct itg__tx *tx, struct itg__registration *registration, char *name)
{
    itg_thinclient_t *tc = &registration->change.values;
    itg_error_t err =
        itg__report_firmware(tx, registration->product, registration->version, &tc->firmware_id);
    registration->change.set[ITG__PROPERTY_firmware_id] = true;
    if (!err)
        err = itg__thinclient_complete(&registration->change, name, tx->failure);
    if (err)
        return err;
    tc->parent_id = ITG_ROOT_THINCLIENTS;
    tc->is_registered = 1;
    tc->registration_date = tc->last_contact = itg__now_ms(tx->fleet);
    if (registration->peer && itg__text_ok(registration->peer))
        tc->last_ip = registration->peer;
    err = itg__object_create(tx, ITG_TYPE_THINCLIENT, tc->name, tc->parent_id, &tc->id);
    if (!err)
        err = itg__thinclient_insert(tx, tc);
    if (!err)
        err = itg__revision_touch_reached(tx, tc->id);
    registration->id = tc->id;
    registration->is_new = true;
    return err;
}

static itg_error_t was_registered(struct itg__tx *tx, int64_t id, bool *ret_registered)
{
    bool found = false;
    int64_t registered = 0;
    itg_error_t err =
        itg__lookup(tx, &found, &registered, "SELECT is_registered FROM thinclient WHERE id = $1", "i", id);
    *ret_registered = registered != 0;
    return err;
}

/* One that is there: made by hand, imported, or registered before. Its name and place are the fleet's. */
static itg_error_t renew(struct itg__tx *tx, struct itg__registration *registration)
{
    struct itg__object object;
    bool registered = false;
    int64_t firmware_id = 0, id = registration->id;
    itg_error_t err = itg__object_load_live(tx, ITG_TYPE_THINCLIENT, id, &object);
    if (!err)
        err = was_registered(tx, id, &registered);
    if (!err && registration->product)
        err = itg__report_firmware(tx, registration->product, registration->version, &firmware_id);
    if (!err && firmware_id)
        err = itg__report_set_firmware(tx, id, firmware_id);
    registration->is_new = !registered;
    if (err)
        return err;
    const char *peer = registration->peer && itg__text_ok(registration->peer) ? registration->peer : "";
    err = itg__run(tx,
                   "UPDATE thinclient SET is_registered = 1, registration_date = $2, last_contact = $2,"
                   " last_ip = coalesce(nullif($3, ''), last_ip) WHERE id = $1",
                   "iis", id, itg__now_ms(tx->fleet), peer);
    return err ? err : itg__listing_refresh(tx, id);
}

itg_error_t itg__register(struct itg__tx *tx, struct itg__registration *registration)
{
    struct itg__change *change = &registration->change;
    struct itg__admission admission;
    char name[ITG__MADE_NAME_SIZE];
    if (!change->set[ITG__PROPERTY_mac])
        return itg__fail(tx->failure, ITG_E_NO_MAC, NULL);
    if (*change->values.unit_id == '\0')
        change->values.unit_id = change->values.mac;
    itg_failure_t held = {0};
    struct itg__tx quiet = *tx;
    quiet.failure = &held;
    itg_error_t found = find(&quiet, &change->values, &registration->id);
    /* Strangers hear nothing of who is in the fleet. */
    itg_error_t err = itg__enrolment_admit(tx, registration->key, registration->id, &admission);
    if (!err && found && tx->failure && !tx->failure->code)
        *tx->failure = held;
    if (!err)
        err = found;
    if (!err)
        err = registration->id ? renew(tx, registration) : make(tx, registration, name);
    /* The name was the caller's, or ours for as long as it was needed. */
    change->values.name = "";
    if (err)
        return err;
    registration->directory_id = admission.directory_id;
    return itg__token_issue(tx, registration->id, admission.key_id, registration->token);
}

static itg_error_t put(struct itg__tx *tx, int64_t id, int64_t directory_id)
{
    struct itg__object directory;
    bool found = false;
    itg_error_t err = itg__object_find(tx, directory_id, &directory, &found);
    if (err || !found || directory.in_bin)
        return err;
    err = itg__object_put(tx, ITG_TYPE_THINCLIENT, id, directory_id);
    return err ? err : itg__revision_touch(tx, id);
}

itg_error_t itg__register_file(struct itg__tx *tx, const struct itg__registration *registration)
{
    itg_t host = {.fleet = tx->fleet};
    struct itg__object object;
    int64_t id = registration->id;
    if (!registration->is_new)
        return ITG_OK;
    itg_error_t err = itg_rule_apply(&host, ITG_RULE_AT_REGISTRATION, id, 0, NULL, NULL, NULL, tx->failure);
    if (!err)
        err = itg__object_load(tx, ITG_TYPE_THINCLIENT, id, &object);
    if (err || object.parent_id != ITG_ROOT_THINCLIENTS || registration->directory_id == ITG_ROOT_THINCLIENTS)
        return err;
    return put(tx, id, registration->directory_id);
}
