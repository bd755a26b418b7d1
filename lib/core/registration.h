/* A thin client registers itself: inside a write transaction. */
#ifndef ITG__REGISTRATION_H
#define ITG__REGISTRATION_H

#include "core/enrol.h"
#include "core/property.h"

struct itg__registration {
    const char *key;           /* NULL: none was shown */
    struct itg__change change; /* mac, which must be there; name, unitID */
    const char *product;       /* of the firmware; NULL: unknown */
    const char *version;
    const char *peer; /* where it comes from; NULL: unknown */

    /* out */
    int64_t id;
    bool is_new; /* it has not been registered before */
    int64_t directory_id;
    char token[ITG__TOKEN_SIZE];
};

/* Finds or makes the thin client and gives it a token. ITG_E_ACCESS_DENIED, ITG_E_DUPLICATE, ITG_E_THINCLIENT_IN_BIN, and
 * what itg_thinclient_create() says of MACs and names. */
itg_error_t itg__register(struct itg__tx *tx, struct itg__registration *registration);

/* Files a new one, when all that it reported is known: by the default directory rules, or else where its key says. */
itg_error_t itg__register_file(struct itg__tx *tx, const struct itg__registration *registration);

#endif
