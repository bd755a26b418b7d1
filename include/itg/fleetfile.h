/** @file fleetfile.h
 *  The fleet file: a whole fleet as one JSON text, in the terms of IMI.
 *
 *  A fleet file is an object with any of the arrays `firmwares`, `directories`, `thinclients`, `profiles`,
 *  `assignments`, in any order. Unknown arrays and members are refused. */
#ifndef ITG_FLEETFILE_H
#define ITG_FLEETFILE_H

#include <itg/api.h>
#include <itg/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Largest single element of an array in a fleet file, in bytes. */
#define ITG_LIMIT_ELEMENT ((size_t)16 << 20)

/** Gives the next bytes of a fleet file.
 *  @return the number of bytes put into buf, 0 at the end, -1 on a read error */
typedef int64_t (*itg_read_fn)(void *ctx, char *buf, size_t size);

/** Takes the next bytes of a fleet file. @return 0, anything else to give up */
typedef int32_t (*itg_write_fn)(void *ctx, const char *bytes, size_t size);

/** Hears how far an import or export has come, every few thousand elements. */
typedef void (*itg_progress_fn)(void *ctx, int64_t elements);

/** How many elements an import or export handled. */
typedef struct itg_fleetfile_counts {
    int64_t firmwares;
    int64_t directories;
    int64_t thinclients;
    int64_t profiles;
    int64_t assignments;
} itg_fleetfile_counts_t;

/** Reads a fleet file into the fleet, as one transaction: on any error nothing is imported, and the message
 * begins with the element at fault ("thinclients[17].mac: MAC must be 12 characters long."). Ids are kept; an
 * id that is in use is ITG_E_DUPLICATE. An element without id gets the next free one. The sequences go on
 * above the highest. Needs memory for one element and for 8 bytes per object, not for the file.
 *  @param progress    may be NULL
 *  @param ret_counts  may be NULL; untouched on failure
 *  @retval ITG_E_INVALID_JSON  not well-formed, or the reader failed
 *  @retval others              as the create functions of the objects */
ITG_API itg_error_t itg_import(itg_t *itg, itg_read_fn read, void *ctx, itg_progress_fn progress,
                               void *progress_ctx, itg_fleetfile_counts_t *ret_counts,
                               itg_failure_t *failure);

/** Writes the whole fleet as a fleet file, all of one moment. The same fleet gives the same bytes.
 *  @retval ITG_E_INTERNAL  the writer gave up */
ITG_API itg_error_t itg_export(itg_t *itg, itg_write_fn write, void *ctx, itg_progress_fn progress,
                               void *progress_ctx, itg_fleetfile_counts_t *ret_counts,
                               itg_failure_t *failure);

#ifdef __cplusplus
}
#endif

#endif
