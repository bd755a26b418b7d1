/* Faults on purpose. A program that uses them is linked with --wrap for malloc, calloc and realloc, see
 * meson.build. */
#ifndef ITG_TESTS_FAULTS_H
#define ITG_TESTS_FAULTS_H

#include "store/store.h"
#include <stdbool.h>

/* Fails once, after `left` more chances. Not for several threads. */
struct fault {
    bool armed;
    long left;
    bool failed;
};

/* The library's allocations, the calls of its store, SQLite's allocations. Check allocates too: no assertion
 * of it may run while `memory` is armed. */
extern struct fault memory, store, engine_memory;

/* SQLite's engine whose calls are chances of `store`. */
void faults_engine(struct itg__engine *ret_engine);

/* Makes SQLite's allocations chances of `engine_memory`. Before its first use in the process. */
void faults_allocator(void);

#endif
