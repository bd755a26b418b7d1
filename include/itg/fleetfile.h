/** @file fleetfile.h
 *  The fleet file: a whole fleet as one JSON text, in the terms of IMI.
 *
 *  A fleet file is an object with any of these arrays, in any order. Elements have these members:
 *
 *  - firmwares: id, product, version, firmwareType
 *  - directories, of all three trees: id, name, parentID, movedToBin, objectType, binItem
 *  - thinclients: every property of ITG_THINCLIENT_PROPERTIES, binItem; networkAdapters, userLoginHistory and
 *    shadowSecret {certificate} as in IMI's facets; deviceAttributes [{identifier, value}]
 *  - profiles, of both kinds: firmwareID, isMasterProfile, overridesSessions, id, name, parentID, movedToBin,
 *    objectType, binItem; settings {KEY: value, ...}, see itg/setting.h
 *  - assignments: assignee {id, type}, receiver {id, type}
 *  - deviceAttributes: id, identifier, name, type, overwrite, allowedValues, see itg/attribute.h
 *  - assets, assethistory: as in IMI's answers; what is on no thin client has tcId -1
 *  - templates: id, name, type, parentID, values [{id, value, description}], see itg/template.h
 *  - templateAssignments: receiver {id, type}, templateId, valueId
 *  - views: id, name, expression, see itg/view.h
 *  - rules: id, parentID, position, expression, targetID, overrideMembership, applyAtBoot,
 *    leaveInSubdirectory, see itg/rule.h
 *
 *  Values are written as IMI writes them, times in local time without a zone; ids may be strings or numbers.
 *  Roots are not listed. configChanges of a thin client carries what it has confirmed.
 *
 *  `"binItem":true` says that an object in the recycle bin went there by itself, although its directory is in the
 *  bin as well, so that it is restored by itself, too; without it, an object goes with its directory.
 *
 *  Members that answers of an IMI server carry beyond these are passed over (`links`, `online`,
 *  `DirectoryChildren`, `assignmentPosition`) or must agree (`objectType` of a thin client). Other arrays and
 *  members are refused. null counts as absent. */
#ifndef ITG_FLEETFILE_H
#define ITG_FLEETFILE_H

#include <itg/api.h>
#include <itg/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Largest single element of an array in a fleet file, in bytes. A larger one is ITG_E_INVALID_JSON. */
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
    int64_t device_attributes; /**< definitions */
    int64_t assets;
    int64_t asset_history;
    int64_t templates; /**< template keys */
    int64_t template_assignments;
    int64_t views;
    int64_t rules;
} itg_fleetfile_counts_t;

/** Reads a fleet file into the fleet, as one transaction: on any error nothing is imported, and the message
 *  begins with the element at fault ("thinclients[17].mac: MAC must be 12 characters long.").
 *
 *  Ids are kept; an id that is in use is ITG_E_DUPLICATE. An element without id gets the next free one. The
 * sequences go on above the highest. A thin client must have `mac` and `firmwareID`, a directory `objectType`
 * and `name`, a profile `name` and `firmwareID`, an assignment all its members; what else is missing has its
 * default. Elements may refer to ones that follow, and to what is in the fleet. Nothing that is not in the
 * recycle bin may lie in a directory that is; assignments may be to and of objects in the bin, where they
 * sleep.
 *
 *  Needs memory for the largest element, for a node of 32 bytes in a table for each directory, and for 40
 * bytes for each object or assignment that stands before what it refers to; not for the file. Other writers
 * of the fleet wait until the import is done. The callbacks must not use the fleet.
 *  @param progress    may be NULL
 *  @param ret_counts  may be NULL; untouched on failure
 *  @retval ITG_E_INVALID_JSON      not well-formed, not UTF-8, nested too deep, or the reader failed; with
 * the line and column in the file
 *  @retval ITG_E_INVALID_BODY      an unknown array or member, a value of a wrong type, or a required one
 * missing
 *  @retval ITG_E_PARENT_NOT_FOUND  also if directories form a circle or lie deeper than ITG_LIMIT_DEPTH
 *  @retval ITG_E_ACCESS_DENIED     something in the fleet is denied the user
 *  @retval others                  as the create functions of the objects */
ITG_API itg_error_t itg_import(itg_t *itg, itg_read_fn read, void *ctx, itg_progress_fn progress,
                               void *progress_ctx, itg_fleetfile_counts_t *ret_counts,
                               itg_failure_t *failure);

/** Writes the whole fleet as a fleet file, all of one moment: an element a line, by ascending ids. The same
 * fleet gives the same bytes, and so does a fleet that was imported from them.
 *  @param progress    may be NULL
 *  @param ret_counts  may be NULL; untouched on failure
 *  @retval ITG_E_ACCESS_DENIED  something in the fleet is denied the user
 *  @retval ITG_E_INTERNAL       the writer gave up */
ITG_API itg_error_t itg_export(itg_t *itg, itg_write_fn write, void *ctx, itg_progress_fn progress,
                               void *progress_ctx, itg_fleetfile_counts_t *ret_counts,
                               itg_failure_t *failure);

#ifdef __cplusplus
}
#endif

#endif
