/* Making failures. The message is made where the fault is found; callers pass the code up and add to the
 * trace. All of these take failure == NULL, and leave a failure alone that is there already. */
#ifndef ITG__FAIL_H
#define ITG__FAIL_H

#include <itg/error.h>
#include <stdbool.h>

/* Fails with the catalogue's message. argument: see itg_error_format(). @return error */
itg_error_t itg__fail(itg_failure_t *failure, itg_error_t error, const char *argument);

/* Fails with an id as the argument. @return error */
itg_error_t itg__fail_id(itg_failure_t *failure, itg_error_t error, int64_t id);

/* Fails without an argument and says in `detail`, for people only, what exactly was wrong. @return error */
itg_error_t itg__fail_detail(itg_failure_t *failure, itg_error_t error, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Fails with ITG_E_DUPLICATE. @return ITG_E_DUPLICATE */
itg_error_t itg__fail_duplicate(itg_failure_t *failure, const char *what, const char *key, const char *table);

/* For the public edge: ITG_E_INVALID_BODY if a parameter that is needed was not given. */
itg_error_t itg__need(bool given, const char *parameter, itg_failure_t *failure);

/* Adds an operation to the end of the trace. */
void itg__trace(itg_failure_t *failure, const char *operation);

/* Puts "where: " in front of the message and keeps it a string; for imports. */
void itg__fail_where(itg_failure_t *failure, const char *where);

/* Where to cut a text of which only the first `length` bytes are there, so that no character is broken.
 * @return the new length */
size_t itg__utf8_cut(const char *text, size_t length);

#endif
