/** @file api.h
 *  What every public header of libitg needs: the export mark and the fixed-width types. */
#ifndef ITG_API_H
#define ITG_API_H

#include <stddef.h>
#include <stdint.h>

/** Marks a declaration as part of the exported surface. All other symbols of the library are hidden. */
#if defined(_WIN32)
#define ITG_API
#elif defined(__GNUC__)
#define ITG_API __attribute__((visibility("default")))
#else
#define ITG_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

/** A fleet: one open database file. Opaque; made by itg_open() or itg_as(), ended by itg_close().
 *  Any number of threads may use one handle at once. */
typedef struct itg itg_t;

#ifdef __cplusplus
}
#endif

#endif
