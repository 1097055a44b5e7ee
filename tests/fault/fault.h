/*
 * A library for LD_PRELOAD that lets one call of the program fail:
 *
 * - FAULT_CALL=fsync: what fails. A call to the system: open, read, write (these two also at an offset),
 * fsync, truncate, rename, mkdir, unlink, status (of a file), realpath, lock (of a file), random, thread,
 * socket (also eventfd), connect, poll, recv, send. memory: an allocation, whoever makes it. Of the
 * statements that are sent to PostgreSQL: refused (the server answers with an error), lost (the connection
 * breaks before the server has it), unanswered (it breaks after that).
 * - FAULT_NTH=3: the third one of the process fails. 0: none does.
 * - FAULT_COUNT=FILE: how many there were of each, but for memory, is written there at the end: `fsync 3`,
 * a line each.
 * - FAULT_LASTING=1: of memory. From then on there is no more of it than what is freed.
 * - FAULT_PLACES=FILE: of memory. The numbers of those that are the first of their place in the program, a
 * line each.
 * - FAULT_STACK=FILE: of memory. Where the one that fails is made.
 *
 * Calls that a library makes within itself, such as those of stdio, are seen of memory alone.
 */
#ifndef FAULT_H
#define FAULT_H

#include <dlfcn.h>
#include <stdbool.h>
#include <string.h>

/* Counts a call of this name; whether it is the one that fails. */
bool fault_is_due(const char *call);

/* Whether FAULT_CALL is this. */
bool fault_is_about(const char *call);

/* Reads FAULT_LASTING and FAULT_PLACES; before any allocation is counted. */
void fault_memory_begin(void);

/* The function of this name that the program would have without this library. */
#define REAL(function)                                                                                       \
    __typeof__(function) *real;                                                                              \
    do {                                                                                                     \
        void *symbol = dlsym(RTLD_NEXT, #function);                                                          \
        memcpy(&real, &symbol, sizeof real);                                                                 \
    } while (0)

#endif
