/* Rows of what thin clients report beside their properties, inside a transaction. */
#ifndef ITG__INVENTORY_H
#define ITG__INVENTORY_H

#include "core/core.h"
#include "core/text.h"

/* Add a row at a position, counted from 1, after checking it; the thin client is there. For imports. */
itg_error_t itg__adapter_insert(struct itg__tx *tx, int64_t id, int64_t position,
                                const itg_adapter_t *adapter);
itg_error_t itg__login_insert(struct itg__tx *tx, int64_t id, int64_t position, const itg_login_t *login);

/* Replace the adapters of a thin client, add a login and forget the oldest beyond ITG_LIMIT_LOGINS. */
itg_error_t itg__adapters_set(struct itg__tx *tx, int64_t id, const itg_adapter_t *adapters, size_t count);
itg_error_t itg__login_add(struct itg__tx *tx, int64_t id, const itg_login_t *login);

/* Keeps a certificate, after checking it. "" forgets it. */
itg_error_t itg__certificate_set(struct itg__tx *tx, int64_t id, const char *certificate);

/* The word's logon; false if it is none. */
bool itg__logon_from_name(const char *name, itg_logon_t *ret_type);

/* `before` and then a list of a thin client in IMI's form, [{"type":...},...]. Without rows nothing at all is
 * written, or, if `always`, an empty list. */
itg_error_t itg__adapters_json(struct itg__tx *tx, struct itg__buf *buf, const char *before, int64_t id,
                               bool always);
itg_error_t itg__logins_json(struct itg__tx *tx, struct itg__buf *buf, const char *before, int64_t id,
                             bool always);
/* The certificate as a JSON string; "" only if `always`. */
itg_error_t itg__certificate_json(struct itg__tx *tx, struct itg__buf *buf, const char *before, int64_t id,
                                  bool always);

/* Loads the key of one-time passwords, or makes it in a file that has none. */
itg_error_t itg__shadow_open(itg_t *itg, itg_failure_t *failure);

/* Makes a one-time password for a thin client that is there. */
void itg__shadow_make(struct itg__fleet *fleet, int64_t id, char password[ITG_SHADOW_PASSWORD_SIZE]);

/* Forgets used passwords that have expired, up to a number of them. */
itg_error_t itg__shadow_prune(struct itg__tx *tx, int64_t limit);
/* When the first of them expires. *ret_found false: there is none */
itg_error_t itg__shadow_due(struct itg__tx *tx, bool *ret_found, int64_t *ret_due_ms);

#endif
