/* Commands, for those who send them by themselves. */
#ifndef ITG__COMMAND_H
#define ITG__COMMAND_H

#include "core/core.h"

/* As itg_command_send(), but ids that no thin client has, or that lie in the recycle bin, are left out, and so are
 * those that the handle's user may not command. @param ret_refused  how many of the latter; untouched on failure */
itg_error_t itg__command_send_some(itg_t *itg, const char *operation, itg_command_t command,
                                   const int64_t *ids, size_t count, itg_command_fn fn, void *ctx,
                                   size_t *ret_refused, itg_failure_t *failure);

#endif
