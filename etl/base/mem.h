/*
 * Memory for small things of a size the program chooses itself.
 *
 * These never return NULL. If an allocation fails, the reserve of mem_make_reserve() is freed, the allocation
 * is tried again, and the process is asked to stop gracefully (base/stop): the transaction is rolled back, a
 * login is stored, the result is written. errno stays as it was, so that the cause of an earlier failure is
 * not lost. If no reserve is left, the process ends at once with exit code 75 and a line on stderr; nothing
 * is half-loaded, since a chunk is one transaction. Memory whose size depends on external data (bodies, rows,
 * files) goes through struct buf, which has a ceiling and reports an error; what grows with such data
 * elsewhere (the places of an answer's values) checks a ceiling of its own.
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

/* Allocates the reserve, and makes GMP allocate through this module. Called once, by the command line, before
 * any thread is started. */
void mem_make_reserve(void);

/* on_shortage is called when the reserve has been freed, on the thread that needs memory. It must not
 * allocate any. */
void mem_on_shortage(void (*on_shortage)(void));

/*
 * For a library call that failed for lack of memory: frees the reserve, so that the caller can try again, or
 * ends the process if there is no reserve:
 *
 *     while (!(file = fopen(path, "re")) && errno == ENOMEM)
 *         mem_make_room();
 */
void mem_make_room(void);

#endif
