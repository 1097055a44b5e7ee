/*
 * Memory for small things of a size the program chooses itself.
 *
 * These never return NULL: when the system has no memory for a few hundred bytes there is nothing sensible
 * left to do, and the process aborts with a line on stderr; nothing is half-loaded, since a chunk is one
 * transaction. Memory whose size the outside world chooses (bodies, rows, files) goes through struct buf,
 * which has a ceiling and reports an error.
 */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stddef.h>

/* Zeroed memory of count * size bytes; freed by free(). */
void *mem_alloc(size_t count, size_t size) __attribute__((malloc, returns_nonnull));

/* Resized to count * size bytes; what is new is not zeroed. */
void *mem_resize(void *old, size_t count, size_t size) __attribute__((returns_nonnull));

/* A copy of text; freed by free(). */
char *mem_copy_text(const char *text) __attribute__((malloc, returns_nonnull));

/* free() of *pointer, for SCOPED(mem). */
void mem_cleanup(void *pointer);

#endif
