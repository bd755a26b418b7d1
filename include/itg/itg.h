/** @file itg.h
 *  libitg: managing fleets of thin clients, in a library and one file.
 *
 *  This header pulls in all of the core. itg/imi.h adds the IMI v3 interface, itg/http.h (libitg-http) serves
 * it.
 *
 *  Unless a declaration says otherwise: texts are UTF-8, NUL-terminated and copied; times are milliseconds
 * since 1970 UTC; ids are int64_t; a parameter that is NULL without being allowed to is ITG_E_INVALID_BODY.
 * One call is one transaction and is on disk when it returns; itg_begin() groups several. Output parameters
 * are untouched on failure. Any function may be called from any thread. Every function that touches the file
 * may also fail with ITG_E_DATABASE (disk full, input/output error, damaged file), ITG_E_NOT_AVAILABLE
 * (locked past the timeout), ITG_E_INTERNAL (out of memory) and, on a handle that acts as a user,
 * ITG_E_ACCESS_DENIED and ITG_E_NO_USER. */
#ifndef ITG_ITG_H
#define ITG_ITG_H

#include <itg/access.h>
#include <itg/api.h>
#include <itg/asset.h>
#include <itg/assignment.h>
#include <itg/attribute.h>
#include <itg/audit.h>
#include <itg/bin.h>
#include <itg/command.h>
#include <itg/directory.h>
#include <itg/error.h>
#include <itg/expression.h>
#include <itg/firmware.h>
#include <itg/fleet.h>
#include <itg/fleetfile.h>
#include <itg/inventory.h>
#include <itg/job.h>
#include <itg/licence.h>
#include <itg/link.h>
#include <itg/object.h>
#include <itg/profile.h>
#include <itg/rule.h>
#include <itg/setting.h>
#include <itg/template.h>
#include <itg/thinclient.h>
#include <itg/user.h>
#include <itg/view.h>

#endif
