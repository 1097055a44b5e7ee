/*
 * Allocations, of every library of the process. With a sanitizer, whose functions come first, none is seen.
 */
#include "fault.h"

#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <malloc.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* The C library's own, under the names that it has for the likes of this one. */
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *old, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);
extern void __libc_free(void *memory);

#define MAX_FRAMES 24
#define MAX_PLACES (1U << 16)

static atomic_bool is_watching;
static bool is_permanent;
static int places = -1; /* FAULT_PLACES, open for writing */
static const char *stack_file;
static atomic_bool is_full;
static atomic_long room; /* once it is full: the bytes that were freed since */
static _Atomic uint64_t known[MAX_PLACES];
static __thread bool is_inside __attribute__((tls_model("initial-exec")));

void fault_memory_begin(void)
{
    void *frames[MAX_FRAMES];
    const char *file = getenv("FAULT_PLACES");
    if (!fault_is_about("memory"))
        return;
    stack_file = getenv("FAULT_STACK");
    is_permanent = getenv("FAULT_LASTING") != NULL;
    if (file)
        places = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    (void)backtrace(frames, MAX_FRAMES); /* it loads a library the first time */
    atomic_store(&is_watching, true);
}

/* Whether no allocation before came from where this one does. */
static bool is_new_place(void)
{
    void *frames[MAX_FRAMES];
    uint64_t hash = 14695981039346656037U;
    int count = backtrace(frames, MAX_FRAMES);
    for (int i = 0; i < count; i++)
        hash = (hash ^ (uintptr_t)frames[i]) * 1099511628211U;
    hash |= 1;
    for (uint64_t at = hash;; at++) {
        uint64_t free_slot = 0;
        if (atomic_compare_exchange_strong(&known[at % MAX_PLACES], &free_slot, hash))
            return true;
        if (free_slot == hash)
            return false;
    }
}

static void write_stack(void)
{
    void *frames[MAX_FRAMES];
    int file = open(stack_file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    backtrace_symbols_fd(frames, backtrace(frames, MAX_FRAMES), file);
    close(file);
}

static void note_place(long number)
{
    char line[32];
    if (is_new_place()) {
        ssize_t ignored = write(places, line, (size_t)snprintf(line, sizeof line, "%ld\n", number));
        (void)ignored;
    }
}

/* Takes what is asked for out of what was freed. */
static bool has_room(size_t size)
{
    long left = atomic_fetch_sub(&room, (long)size) - (long)size;
    if (left < 0)
        atomic_fetch_add(&room, (long)size);
    return left >= 0;
}

/* Whether this allocation fails; errno is set then. */
static bool fails(size_t size)
{
    static atomic_long number;
    if (!atomic_load(&is_watching) || is_inside)
        return false;
    is_inside = true;
    bool is_due = fault_is_due("memory");
    if (places >= 0)
        note_place(atomic_fetch_add(&number, 1) + 1);
    if (is_due && stack_file)
        write_stack();
    is_inside = false;
    bool failed = is_due || (atomic_load(&is_full) && !has_room(size));
    if (is_due && is_permanent)
        atomic_store(&is_full, true);
    if (failed)
        errno = ENOMEM;
    return failed;
}

static void give_back(void *memory)
{
    if (memory && atomic_load(&is_full))
        atomic_fetch_add(&room, (long)malloc_usable_size(memory));
}

void *malloc(size_t size)
{
    return fails(size) ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    return fails(count * size) ? NULL : __libc_calloc(count, size);
}

void *realloc(void *old, size_t size)
{
    if (size > 0 && fails(size))
        return NULL;
    give_back(old);
    return __libc_realloc(old, size);
}

void *memalign(size_t alignment, size_t size)
{
    return fails(size) ? NULL : __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size)
{
    return memalign(alignment, size);
}

int posix_memalign(void **memory, size_t alignment, size_t size)
{
    *memory = memalign(alignment, size);
    return *memory ? 0 : ENOMEM;
}

void free(void *memory)
{
    give_back(memory);
    __libc_free(memory);
}
