/** @file thinclient.h
 *  Thin clients and their properties.
 *
 *  config_changes says whether a thin client has the settings in force that are meant for it: PENDING or APPLIED, see
 *  itg_settings_confirm() in itg/setting.h. As long as nothing that it receives has changed and it has confirmed nothing,
 *  it is what an import said; "" if none did.
 *
 *  ITG_THINCLIENT_PROPERTIES below is the only list of properties: the struct, the database's columns, the
 * JSON members of IMI and of fleet files, and the texts of the command are made from it. */
#ifndef ITG_THINCLIENT_H
#define ITG_THINCLIENT_H

#include <itg/object.h>

#ifdef __cplusplus
extern "C" {
#endif

/* How a property is held in C. The time kinds are int64_t milliseconds since 1970 UTC, 0 if unknown; they
 * differ in how they are written, in local time: "2017-07-18 14:25", "2024-12-30 12:06:21.015", "11.12.2024
 * 10:32:18". */
typedef const char *itg_as_TEXT;
typedef int64_t itg_as_ID;     /**< in JSON a string of digits */
typedef int64_t itg_as_COUNT;  /**< in JSON a string of digits, "-1" if unknown */
typedef int64_t itg_as_INT;    /**< in JSON a number */
typedef double itg_as_REAL;    /**< in JSON a number */
typedef int32_t itg_as_BOOL;   /**< 0 or 1; in JSON false or true */
typedef int64_t itg_as_MINUTE; /**< time, to the minute */
typedef int64_t itg_as_MILLIS; /**< time, to the millisecond */
typedef int64_t itg_as_SECOND; /**< time, to the second, day first */

/** The properties in the order of IMI's answers:
 *  X(member, kind, JSON key, facet, access, default).
 *
 *  Facet: HEAD and TAIL make up the short form, DETAIL stands between them in the details facet.
 *  Access, who sets it: TREE the object's place in its tree; CREATE only when the thin client is made; UPDATE
 * at any time; DEVICE the thin client itself (and an import). */
#define ITG_THINCLIENT_PROPERTIES(X)                                                       \
    X(unit_id, TEXT, "unitID", HEAD, CREATE, "")                                           \
    X(mac, TEXT, "mac", HEAD, CREATE, "")                                                  \
    X(firmware_id, ID, "firmwareID", HEAD, CREATE, 0)                                      \
    X(last_ip, TEXT, "lastIP", HEAD, UPDATE, "")                                           \
    X(network_name, TEXT, "networkName", DETAIL, DEVICE, "")                               \
    X(site, TEXT, "site", DETAIL, UPDATE, "")                                              \
    X(department, TEXT, "department", DETAIL, UPDATE, "")                                  \
    X(cost_center, TEXT, "costCenter", DETAIL, UPDATE, "")                                 \
    X(comment, TEXT, "comment", DETAIL, UPDATE, "")                                        \
    X(asset_id, TEXT, "assetID", DETAIL, UPDATE, "")                                       \
    X(inservice_date, TEXT, "inserviceDate", DETAIL, UPDATE, "")                           \
    X(serial_number, TEXT, "serialNumber", DETAIL, UPDATE, "")                             \
    X(product_id, TEXT, "productId", DETAIL, DEVICE, "")                                   \
    X(ums_structural_tag, TEXT, "umsStructuralTag", DETAIL, DEVICE, "")                    \
    X(cpu_speed, INT, "cpuSpeed", DETAIL, DEVICE, 0)                                       \
    X(cpu_type, TEXT, "cpuType", DETAIL, DEVICE, "")                                       \
    X(device_type, TEXT, "deviceType", DETAIL, DEVICE, "")                                 \
    X(device_serial_number, TEXT, "deviceSerialNumber", DETAIL, DEVICE, "")                \
    X(os_type, TEXT, "osType", DETAIL, DEVICE, "")                                         \
    X(flash_size, INT, "flashSize", DETAIL, DEVICE, 0)                                     \
    X(memory_size, INT, "memorySize", DETAIL, DEVICE, 0)                                   \
    X(network_speed, INT, "networkSpeed", DETAIL, DEVICE, 0)                               \
    X(duplex_mode, TEXT, "duplexMode", DETAIL, DEVICE, "")                                 \
    X(graphics_chipset0, TEXT, "graphicsChipset0", DETAIL, DEVICE, "")                     \
    X(graphics_memory_size0, INT, "graphicsMemorySize0", DETAIL, DEVICE, 0)                \
    X(graphics_chipset1, TEXT, "graphicsChipset1", DETAIL, DEVICE, "")                     \
    X(graphics_memory_size1, INT, "graphicsMemorySize1", DETAIL, DEVICE, 0)                \
    X(monitor_vendor1, TEXT, "monitorVendor1", DETAIL, DEVICE, "")                         \
    X(monitor_model1, TEXT, "monitorModel1", DETAIL, DEVICE, "")                           \
    X(monitor_serialnumber1, TEXT, "monitorSerialnumber1", DETAIL, DEVICE, "")             \
    X(monitor_size1, REAL, "monitorSize1", DETAIL, DEVICE, 0)                              \
    X(monitor_native_resolution1, TEXT, "monitorNativeResolution1", DETAIL, DEVICE, "")    \
    X(monitor1_year_of_manufacture, TEXT, "monitor1YearOfManufacture", DETAIL, DEVICE, "") \
    X(monitor1_week_of_manufacture, TEXT, "monitor1WeekOfManufacture", DETAIL, DEVICE, "") \
    X(monitor_vendor2, TEXT, "monitorVendor2", DETAIL, DEVICE, "")                         \
    X(monitor_model2, TEXT, "monitorModel2", DETAIL, DEVICE, "")                           \
    X(monitor_serialnumber2, TEXT, "monitorSerialnumber2", DETAIL, DEVICE, "")             \
    X(monitor_size2, REAL, "monitorSize2", DETAIL, DEVICE, 0)                              \
    X(monitor_native_resolution2, TEXT, "monitorNativeResolution2", DETAIL, DEVICE, "")    \
    X(monitor2_year_of_manufacture, TEXT, "monitor2YearOfManufacture", DETAIL, DEVICE, "") \
    X(monitor2_week_of_manufacture, TEXT, "monitor2WeekOfManufacture", DETAIL, DEVICE, "") \
    X(bios_vendor, TEXT, "biosVendor", DETAIL, DEVICE, "")                                 \
    X(bios_version, TEXT, "biosVersion", DETAIL, DEVICE, "")                               \
    X(bios_date, TEXT, "biosDate", DETAIL, DEVICE, "")                                     \
    X(total_usagetime, COUNT, "totalUsagetime", DETAIL, DEVICE, -1)                        \
    X(total_uptime, COUNT, "totalUptime", DETAIL, DEVICE, -1)                              \
    X(last_boottime, MINUTE, "lastBoottime", DETAIL, DEVICE, 0)                            \
    X(last_contact, MILLIS, "lastContact", DETAIL, DEVICE, 0)                              \
    X(config_changes, TEXT, "configChanges", DETAIL, DEVICE, "")                           \
    X(registration_date, SECOND, "registrationDate", DETAIL, DEVICE, 0)                    \
    X(is_registered, BOOL, "isThinClientRegistered", DETAIL, DEVICE, 0)                    \
    X(is_via_proxy, BOOL, "isConnectedViaReverseProxy", DETAIL, DEVICE, 0)                 \
    X(last_user, TEXT, "lastUser", TAIL, DEVICE, "")                                       \
    X(battery_level, INT, "batteryLevel", TAIL, DEVICE, -1)                                \
    X(id, ID, "id", TAIL, TREE, 0)                                                         \
    X(name, TEXT, "name", TAIL, TREE, "")                                                  \
    X(parent_id, ID, "parentID", TAIL, TREE, -1)                                           \
    X(in_bin, BOOL, "movedToBin", TAIL, TREE, 0)

/** A thin client. One given to a callback is valid only during the call. The struct may grow at its end. */
typedef struct itg_thinclient {
#define ITG_THINCLIENT_MEMBER(member, kind, key, facet, access, initial) itg_as_##kind member;
    ITG_THINCLIENT_PROPERTIES(ITG_THINCLIENT_MEMBER)
#undef ITG_THINCLIENT_MEMBER
} itg_thinclient_t;

/** Kinds of property, see the typedefs above. */
typedef enum itg_kind {
    ITG_KIND_TEXT = 0,
    ITG_KIND_ID = 1,
    ITG_KIND_COUNT = 2,
    ITG_KIND_INT = 3,
    ITG_KIND_REAL = 4,
    ITG_KIND_BOOL = 5,
    ITG_KIND_MINUTE = 6,
    ITG_KIND_MILLIS = 7,
    ITG_KIND_SECOND = 8
} itg_kind_t;

/** Facets and access rights of properties, as in the table. */
typedef enum itg_facet { ITG_FACET_HEAD = 0, ITG_FACET_DETAIL = 1, ITG_FACET_TAIL = 2 } itg_facet_t;
typedef enum itg_access {
    ITG_ACCESS_TREE = 0,
    ITG_ACCESS_CREATE = 1,
    ITG_ACCESS_UPDATE = 2,
    ITG_ACCESS_DEVICE = 3
} itg_access_t;

/** One line of the table, for bindings and generic hosts. Static. */
typedef struct itg_property {
    const char *key;    /**< JSON key */
    const char *column; /**< C member and database column */
    itg_kind_t kind;
    itg_facet_t facet;
    itg_access_t access;
    size_t offset; /**< of the member in itg_thinclient_t */
} itg_property_t;

/** The n-th property in IMI's order, from 0; NULL past the end. */
ITG_API const itg_property_t *itg_property_at(size_t index);

/** The property with this JSON key; NULL if there is none. */
ITG_API const itg_property_t *itg_property_by_key(const char *key);

/** Writes a property of a thin client as IMI writes it, without JSON's quotes.
 *  @return the length needed without the terminating NUL, as snprintf() does */
ITG_API size_t itg_thinclient_text(const itg_thinclient_t *tc, const itg_property_t *property, char *buf,
                                   size_t size);

/** A property and its value as text, the way IMI writes it: {"site", "Bremen"}, {"firmwareID", "6"}. */
typedef struct itg_value {
    const char *key;
    const char *value; /**< "": unset; NULL: leave alone, as if the entry were not there */
} itg_value_t;

/** How much of a thin client a walk reads; the rest of the struct has its defaults. */
typedef enum itg_extent { ITG_EXTENT_SHORT = 0, ITG_EXTENT_DETAILS = 1 } itg_extent_t;

/** Gets one thin client of a walk. @return 0 to go on, anything else to end the walk (which then succeeds) */
typedef int32_t (*itg_thinclient_fn)(void *ctx, const itg_thinclient_t *tc);

/** Creates a thin client.
 *  @param values  `mac` and `firmwareID` are mandatory; optional are `name` (default: "ITC" and the MAC),
 *                 `parentID` (default: the root), `unitID` (default: the MAC), every UPDATE property, and
 *                 `deviceAttributes.<identifier>` for every device attribute, see itg/attribute.h
 *  @param[out] ret_id  may be NULL; untouched on failure
 *  @retval ITG_E_NO_MAC, ITG_E_MAC_LENGTH, ITG_E_NUMBER_FORMAT  about the MAC: missing, not 12 characters,
 * not hex
 *  @retval ITG_E_NO_FIRMWARE, ITG_E_FIRMWARE_NOT_FOUND
 *  @retval ITG_E_PARENT_NOT_FOUND  no thin client directory has that id
 *  @retval ITG_E_DIRECTORY_IN_BIN  the parent is in the recycle bin
 *  @retval ITG_E_INVALID_NAME      blank, longer than ITG_LIMIT_NAME, not UTF-8, or with a control character
 *  @retval ITG_E_DUPLICATE         the MAC or the unit id is taken
 *  @retval ITG_E_INVALID_BODY      a key that cannot be set here, a text too long or not UTF-8, or a device
 * attribute that is not defined, that only devices set, or that does not take the value */
ITG_API itg_error_t itg_thinclient_create(itg_t *itg, const itg_value_t *values, size_t count,
                                          int64_t *ret_id, itg_failure_t *failure);

/** Changes `name`, UPDATE properties and device attributes of a thin client.
 *  @retval ITG_E_THINCLIENT_NOT_FOUND
 *  @retval ITG_E_THINCLIENT_IN_BIN
 *  @retval ITG_E_NO_VALID_PROPERTY  no entry names a property that can be changed
 *  @retval ITG_E_INVALID_NAME, ITG_E_INVALID_BODY  as itg_thinclient_create() */
ITG_API itg_error_t itg_thinclient_update(itg_t *itg, int64_t id, const itg_value_t *values, size_t count,
                                          itg_failure_t *failure);

/** Looks a thin client up.
 *  @param[out] ret_tc  owned by the caller, end with itg_thinclient_free(); untouched on failure
 *  @retval ITG_E_THINCLIENT_NOT_FOUND */
ITG_API itg_error_t itg_thinclient_get(itg_t *itg, int64_t id, itg_thinclient_t **ret_tc,
                                       itg_failure_t *failure);

/** Looks a thin client up by its MAC (either case). Otherwise as itg_thinclient_get(); the id in the message
 * is 0.
 *  @retval ITG_E_NO_MAC, ITG_E_MAC_LENGTH, ITG_E_NUMBER_FORMAT  the text is no MAC */
ITG_API itg_error_t itg_thinclient_by_mac(itg_t *itg, const char *mac, itg_thinclient_t **ret_tc,
                                          itg_failure_t *failure);

/** Frees a thin client that a function of this library returned. NULL is allowed. */
ITG_API void itg_thinclient_free(itg_thinclient_t *tc);

/** Walks thin clients with ids above after_id by ascending id, binned ones included. Reads while it walks:
 * stop and go on later with the last id to keep read transactions short. */
ITG_API itg_error_t itg_thinclient_each(itg_t *itg, itg_extent_t extent, int64_t after_id,
                                        itg_thinclient_fn fn, void *ctx, itg_failure_t *failure);

/** 1 if the device link says that the thin client is online, else 0. Does not touch the file. */
ITG_API int32_t itg_thinclient_online(itg_t *itg, int64_t id);

/** Deletes a thin client for good, with its assignments, whether it is online or not, in the recycle bin or
 * not.
 *  @retval ITG_E_THINCLIENT_NOT_FOUND */
ITG_API itg_error_t itg_thinclient_delete(itg_t *itg, int64_t id, itg_failure_t *failure);

#ifdef __cplusplus
}
#endif

#endif
