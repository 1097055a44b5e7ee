#include "base/mem.h"

#include <errno.h>
#include <gmp.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

/* Enough memory for the last statements, the result and the log of a run. */
#define RESERVE_BYTES ((size_t)1 << 20)

static _Atomic(void *) reserve;
static void (*_Atomic shortage)(void);

/* Ends the process with the exit code of ERR_LATER. No destructor and no handler at exit runs: they would
 * need memory, too. */
static _Noreturn void out_of_memory(void)
{
    static const char line[] = "tokenflex-etl: out of memory\n";
    ssize_t ignored = write(STDERR_FILENO, line, sizeof line - 1);
    (void)ignored;
    _exit(EX_TEMPFAIL);
}

static void *gmp_alloc(size_t size)
{
    return mem_resize(NULL, size, 1);
}

static void *gmp_resize(void *old, size_t old_size, size_t size)
{
    (void)old_size;
    return mem_resize(old, size, 1);
}

static void gmp_free(void *memory, size_t size)
{
    (void)size;
    free(memory);
}

/* GMP itself aborts when an allocation fails. */
void mem_make_reserve(void)
{
    mp_set_memory_functions(gmp_alloc, gmp_resize, gmp_free);
    free(atomic_exchange(&reserve, malloc(RESERVE_BYTES)));
}

void mem_on_shortage(void (*on_shortage)(void))
{
    atomic_store(&shortage, on_shortage);
}

void mem_make_room(void)
{
    void (*on_shortage)(void) = atomic_load(&shortage);
    void *room = atomic_exchange(&reserve, NULL);
    if (!room)
        out_of_memory();
    free(room);
    if (on_shortage)
        on_shortage();
}

void *mem_alloc(size_t count, size_t size)
{
    void *memory;
    int reason = errno;
    while (!(memory = calloc(count ? count : 1, size ? size : 1)))
        mem_make_room();
    errno = reason;
    return memory;
}

void *mem_resize(void *old, size_t count, size_t size)
{
    if (size && count > SIZE_MAX / size)
        out_of_memory();
    void *memory;
    int reason = errno;
    size_t bytes = count * size;
    while (!(memory = realloc(old, bytes > 0 ? bytes : 1)))
        mem_make_room();
    errno = reason;
    return memory;
}

char *mem_copy_text(const char *text)
{
    size_t size = strlen(text) + 1;
    return memcpy(mem_alloc(size, 1), text, size);
}

void mem_cleanup(void *pointer)
{
    void *memory;
    memcpy(&memory, pointer, sizeof memory);
    free(memory);
}
