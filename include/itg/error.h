/** @file error.h
 *  The error catalogue, and the record of a failure.
 *
 *  Every function of libitg that can fail returns an itg_error_t. ITG_OK is 0; any other value is the
 *  hexadecimal number in the code that people see: ITG_E_DIRECTORY_NOT_EMPTY is 0x0A006 and prints as
 *  "ITG-0A006". ITG_ERROR_CATALOGUE below is the only list of codes: the enum, the texts, the HTTP statuses
 * and the table in README.md are made from it. */
#ifndef ITG_ERROR_H
#define ITG_ERROR_H

#include <itg/api.h>

#ifdef __cplusplus
extern "C" {
#endif

/** The catalogue: X(name, number, HTTP status, documented text, text of a message).
 *
 *  In the text of a message each "%" stands for one part of the argument given to itg_error_format(); a
 * message without "%" takes no argument. Texts are those of the IMI v3 contract, misspellings included:
 * clients compare them. */
#define ITG_ERROR_CATALOGUE(X)                                                                          \
    X(THINCLIENT_NOT_FOUND, 0x0A001, 404, "Thin client with ID [id] not found.",                        \
      "Thin client with ID <%> not found.")                                                             \
    X(DIRECTORY_NOT_FOUND, 0x0A002, 404, "No target directory with ID [id] found.",                     \
      "No target directory with ID <%> found.")                                                         \
    X(INVALID_COMMAND, 0x0A003, 400, "[command] is an invalid command.", "<%> is an invalid command.")  \
    X(INVALID_BODY, 0x0A004, 400, "Invalid request body", "Invalid request body")                       \
    X(INVALID_JSON, 0x0A005, 415, "\"Could not read JSON: [...]\"", "Could not read JSON: %")           \
    X(DIRECTORY_NOT_EMPTY, 0x0A006, 400, "Directory with ID [id] is not empty. Remove content first.",  \
      "Directory with ID <%> is not empty. Remove content first.")                                      \
    X(NO_MAC, 0x0A007, 400, "No MAC defined.", "No MAC defined.")                                       \
    X(DUPLICATE, 0x0A008, 400,                                                                          \
      "[...] The statement was aborted because it would have caused a duplicate key value [...]",       \
      "%: The statement was aborted because it would have caused a duplicate key value in a unique or " \
      "primary key constraint or unique index identified by '%' defined on '%'.")                       \
    X(NO_FIRMWARE, 0x0A009, 400, "No firmware defined.", "No firmware defined.")                        \
    X(NUMBER_FORMAT, 0x0A010, 400, "Number format error", "Number format error")                        \
    X(METHOD_NOT_SUPPORTED, 0x0A011, 400, "Request method [method] not supported.",                     \
      "Request method '%' not supported")                                                               \
    X(EMPTY_LIST, 0x0A012, 400, "IDList is empty.", "IDList is empty.")                                 \
    X(NO_VALID_PROPERTY, 0x0A013, 400, "No valid property in body", "No valid property in body")        \
    X(MAC_LENGTH, 0x0A014, 400, "MAC must be 12 characters long.", "MAC must be 12 characters long.")   \
    X(FIRMWARE_NOT_FOUND, 0x0A015, 400, "Firmware with ID [id] does not exist.",                        \
      "Firmware with ID <%> does not exist.")                                                           \
    X(PARENT_NOT_FOUND, 0x0A016, 400, "Parent with ID [id] does not exist.",                            \
      "Parent with ID <%> does not exist.")                                                             \
    X(DIRECTORY_IN_BIN, 0x0A017, 400,                                                                   \
      "Target directory is in Recycling Bin. In order to use it revert it first.",                      \
      "Target directory is in Recycling Bin. In order to use it revert it first.")                      \
    X(THINCLIENT_IN_BIN, 0x0A018, 400,                                                                  \
      "Thin client is in Recycling Bin. In order to use it, revert it first.",                          \
      "Thin client is in Recycling Bin. In order to use it, revert it first.")                          \
    X(INVALID_RECEIVER, 0x0A019, 400, "Invalid assignment receiver", "Invalid assignment receiver")     \
    X(NO_HANDLER, 0x0A020, 404, "No handler is mapped for this request.",                               \
      "No handler is mapped for this request.")                                                         \
    X(INVALID_ASSIGNMENT, 0x0A021, 400, "Invalid ssignment", "Invalid ssignment")                       \
    X(PROFILE_IN_BIN, 0x0A022, 400, "Profile is in Recycling Bin.", "Profile is in Recycling Bin.")     \
    X(DIRECTORY_HAS_RULE, 0x0A023, 400, "Directory has Default Directory Rule",                         \
      "Directory has Default Directory Rule")                                                           \
    X(INVALID_NAME, 0x0A024, 400, "Invalid thin client name", "Invalid thin client name")               \
    X(NO_AUTHENTICATION, 0x0B001, 401, "No authentication header found in request.",                    \
      "No authentication header found in request.")                                                     \
    X(INVALID_CREDENTIALS, 0x0B002, 401, "Invalid login credentials.", "Invalid login credentials.")    \
    X(NO_SESSION, 0x0B003, 401, "No session ID found.", "No session ID found.")                         \
    X(SESSION_NOT_FOUND, 0x0B004, 401, "No session found for requested session ID [id].",               \
      "No session found for requested session ID <%>.")                                                 \
    X(ACCESS_DENIED, 0x0B005, 403, "Access denied.", "Access denied.")                                  \
    X(API_VERSION, 0x0B006, 400, "No valid IMI API version.", "No valid IMI API version.")              \
    X(NO_USER, 0x0B007, 401, "No user found in session with sessionID",                                 \
      "No user found in session with sessionID")                                                        \
    X(LICENSE_REQUIRED, 0x0C001, 403, "License required", "License required")                           \
    X(INVALID_IMI_VERSION, 0x0C002, 403, "Invalid IMI version", "Invalid IMI version")                  \
    X(INTERNAL, 0xFF001, 500, "Internal error", "Internal error")                                       \
    X(DATABASE, 0xFF002, 500, "Database error", "Database error")                                       \
    X(CACHE, 0xFF003, 500, "Cache error", "Cache error")                                                \
    X(NOT_AVAILABLE, 0xFF004, 503, "Server not available", "Server not available")                      \
    X(OBJECT_MAPPING, 0xFF005, 500, "Object mapping error", "Object mapping error")                     \
    X(OBJECT_TYPE, 0xFF006, 500, "Invalid object type", "Invalid object type")

/** What happened. ITG_E_... values are the numbers of the catalogue's codes. */
typedef enum itg_error {
    ITG_OK = 0,
#define ITG_ERROR_ENUMERATOR(name, number, status, text, message) ITG_E_##name = number,
    ITG_ERROR_CATALOGUE(ITG_ERROR_ENUMERATOR)
#undef ITG_ERROR_ENUMERATOR
} itg_error_t;

/** Size of the texts in itg_failure_t, terminating NUL included. Longer texts are cut at a character's
 * border. */
#define ITG_FAILURE_MESSAGE_SIZE 1024
#define ITG_FAILURE_DETAIL_SIZE  512
#define ITG_FAILURE_TRACE_SIZE   256

/** The record of a failure. Owned by the caller, who zeroes it before first use (`itg_failure_t f = {0};` or
 *  itg_failure_clear()). Functions that fail fill it without allocating; one that succeeds leaves it alone.
 * It keeps the FIRST failure until it is cleared, so that a run of calls can be checked once at its end. May
 * be NULL wherever it is a parameter. */
typedef struct itg_failure {
    itg_error_t code;                       /**< ITG_OK: nothing has failed */
    int64_t time_ms;                        /**< when, milliseconds since 1970 UTC */
    char message[ITG_FAILURE_MESSAGE_SIZE]; /**< the catalogue's text with its argument, UTF-8 */
    char detail[ITG_FAILURE_DETAIL_SIZE];   /**< for people: what exactly was wrong; "" if nothing to add */
    char trace[ITG_FAILURE_TRACE_SIZE];     /**< operations that failed, innermost first: "[a, b]" */
} itg_failure_t;

/** Forgets the failure, so that the record can be used again. */
ITG_API void itg_failure_clear(itg_failure_t *failure);

/** The code as people see it, such as "ITG-0A006".
 *  @return static text; "" if the value is neither ITG_OK ("ITG-00000") nor in the catalogue. */
ITG_API const char *itg_error_code(itg_error_t error);

/** The documented text, with its placeholders in brackets: "Directory with ID [id] is not empty. ..."
 *  @return static text; "" if the value is not in the catalogue. */
ITG_API const char *itg_error_text(itg_error_t error);

/** The catalogue's value for a code as people write it.
 *  @param code  "ITG-0A006"; letters in either case; the prefix "ITG-" may be missing.
 *  @return ITG_OK if the code is NULL or not in the catalogue. */
ITG_API itg_error_t itg_error_from_code(const char *code);

/** The HTTP status that goes with an error: 200 for ITG_OK, 500 for a value that is not in the catalogue. */
ITG_API int32_t itg_error_http_status(itg_error_t error);

/** Writes the message of an error, as it goes over the wire.
 *  @param argument  what the message speaks of: an id, a command, a method, a reason. NULL counts as "". It
 * is copied as it is. ITG-0A008 takes three parts separated by line feeds: what was to be done, the key, the
 * table; a missing part counts as "".
 *  @param buf       may be NULL if size is 0
 *  @return the length needed without the terminating NUL, as snprintf() does; if it is not less than size,
 * the text was cut at a character's border. Always terminated if size is not 0. */
ITG_API size_t itg_error_format(itg_error_t error, const char *argument, char *buf, size_t size);

/** The number of errors in the catalogue, ITG_OK not counted. */
ITG_API size_t itg_error_count(void);

/** The n-th error of the catalogue, from 0, in ascending order of code; ITG_OK past the end. */
ITG_API itg_error_t itg_error_at(size_t index);

#ifdef __cplusplus
}
#endif

#endif
