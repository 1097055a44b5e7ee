/*
 * Memory with one lifetime: everything taken from an arena lives until the arena is released, all at once.
 * Settings and job definitions are allocated this way; nothing inside them is freed separately.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include "base/macros.h"
#include "base/text.h"

#include <stddef.h>

struct arena; /* opaque */

struct arena *arena_make(void);

/* Frees the arena and all that was taken from it. NULL is allowed. */
void arena_release(struct arena *arena);
void arena_cleanup(struct arena **arena);

/* Zeroed, aligned for any type; never NULL (see base/mem.h). */
void *arena_alloc(struct arena *arena, size_t count, size_t size) __attribute__((returns_nonnull));

/* Copies, with a NUL behind them. */
char *arena_copy(struct arena *arena, const char *bytes, size_t length) __attribute__((returns_nonnull));
char *arena_copy_text(struct arena *arena, const char *text) __attribute__((returns_nonnull));
char *arena_print(struct arena *arena, const char *format, ...) PRINTF_LIKE(2, 3)
    __attribute__((returns_nonnull));

/*
 * Appends one zeroed item of `size` bytes to a growing array in an arena, and returns it. items: the address
 * of the pointer to the first item, which changes when the array moves. *count grows by one.
 */
void *arena_push(struct arena *arena, void *items, size_t *count, size_t size)
    __attribute__((returns_nonnull));

/* Appends a text to a list whose array is in the arena. The text itself is not copied. */
void arena_add_text(struct arena *arena, struct text_list *list, const char *text);

#endif
