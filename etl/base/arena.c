#include "base/arena.h"

#include "base/mem.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_BYTES 8192

struct block {
    struct block *next;
    size_t used;
    size_t size;
    _Alignas(max_align_t) char bytes[];
};

struct arena {
    struct block *newest;
};

struct arena *arena_make(void)
{
    return mem_alloc(1, sizeof(struct arena));
}

void arena_release(struct arena *arena)
{
    if (!arena)
        return;
    for (struct block *block = arena->newest; block;) {
        struct block *next = block->next;
        free(block);
        block = next;
    }
    free(arena);
}

void arena_cleanup(struct arena **arena)
{
    arena_release(*arena);
}

static struct block *block_add(struct arena *arena, size_t bytes)
{
    size_t size = bytes > BLOCK_BYTES ? bytes : BLOCK_BYTES;
    struct block *block = mem_alloc(1, sizeof *block + size);
    block->size = size;
    block->next = arena->newest;
    arena->newest = block;
    return block;
}

void *arena_alloc(struct arena *arena, size_t count, size_t size)
{
    if (size && count > (SIZE_MAX / 2) / size)
        abort();
    size_t align = _Alignof(max_align_t);
    size_t bytes = (count * size + align - 1) / align * align;
    struct block *block = arena->newest;
    if (!block || block->size - block->used < bytes)
        block = block_add(arena, bytes);
    void *memory = block->bytes + block->used;
    block->used += bytes;
    return memory;
}

char *arena_copy(struct arena *arena, const char *bytes, size_t length)
{
    char *copy = arena_alloc(arena, length + 1, 1);
    if (length)
        memcpy(copy, bytes, length);
    return copy;
}

char *arena_copy_text(struct arena *arena, const char *text)
{
    return arena_copy(arena, text, strlen(text));
}

char *arena_print(struct arena *arena, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    va_list again;
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (length < 0)
        abort();
    char *text = arena_alloc(arena, (size_t)length + 1, 1);
    vsnprintf(text, (size_t)length + 1, format, again);
    va_end(again);
    return text;
}

void *arena_push(struct arena *arena, void *items, size_t *count, size_t size)
{
    void *old;
    memcpy(&old, items, sizeof old);
    /* The capacity is the next power of two, so that it is not stored: the array is full when count is a
     * power of two.
     */
    if ((*count & (*count - 1)) == 0) {
        void *bigger = arena_alloc(arena, *count ? *count * 2 : 1, size);
        if (*count)
            memcpy(bigger, old, *count * size);
        memcpy(items, &bigger, sizeof bigger);
        old = bigger;
    }
    return (char *)old + (*count)++ * size;
}

void arena_add_text(struct arena *arena, struct text_list *list, const char *text)
{
    *(const char **)arena_push(arena, &list->items, &list->count, sizeof text) = text;
}
