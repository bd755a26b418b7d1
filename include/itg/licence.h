/** @file licence.h
 *  What the host has licensed. Without a licence port everything is. */
#ifndef ITG_LICENCE_H
#define ITG_LICENCE_H

#include <itg/api.h>

#ifdef __cplusplus
extern "C" {
#endif

/** What may be licensed: enumerator, name, meaning. */
#define ITG_LICENCE_FEATURES(X)                                              \
    X(IMI, "imi", "the interface IMI, in any version")                       \
    X(IMI_V1, "imi-v1", "requests below /umsapi/v1")                         \
    X(IMI_V2, "imi-v2", "requests below /umsapi/v2")                         \
    X(IMI_V3, "imi-v3", "requests below /umsapi/v3 and /umsapi/latest")      \
    X(ASSETS, "assets", "assets and their history")                          \
    X(RULES, "rules", "default directory rules")                             \
    X(TEMPLATES, "templates", "template keys, their values and assignments") \
    X(MASTERPROFILES, "masterprofiles", "master profiles and their directories")

/** A feature. */
typedef enum itg_feature {
    ITG_FEATURE_NONE = 0,
#define ITG_FEATURE_ENUMERATOR(feature, name, meaning) ITG_FEATURE_##feature,
    ITG_LICENCE_FEATURES(ITG_FEATURE_ENUMERATOR)
#undef ITG_FEATURE_ENUMERATOR
} itg_feature_t;

/** A feature's name, such as "assets". Static; "" for a value that is no feature. */
ITG_API const char *itg_feature_name(itg_feature_t feature);

/** The feature with this name; ITG_FEATURE_NONE if there is none. */
ITG_API itg_feature_t itg_feature_from_name(const char *name);

/** Says what is licensed. It is asked at every call that belongs to a feature, before the call does anything:
 * such a call creates, changes or reads master profiles, assets, templates or rules, and fails with
 * ITG_E_LICENSE_REQUIRED if the feature is not licensed; a request to IMI fails with ITG_E_LICENSE_REQUIRED
 * without "imi", and with ITG_E_INVALID_IMI_VERSION without its version.
 *
 * What a fleet holds of a feature stays and keeps its effect when its licence ends: settings from master
 * profiles and templates still reach thin clients, rules still file them. Fleet files are not asked about
 * either, so that a fleet can be saved and moved as a whole. */
typedef struct itg_licence {
    size_t size; /**< sizeof(itg_licence_t) */
    /** must: 1 if the feature of this name is licensed, 0 if not, negative if it cannot tell, which counts as
     * not. Any thread, several at once; must be quick and must not call this library. Names may be added in
     * later versions: decide about unknown ones. */
    int32_t (*allows)(void *ctx, const char *feature);
    void *ctx;
} itg_licence_t;

#ifdef __cplusplus
}
#endif

#endif
