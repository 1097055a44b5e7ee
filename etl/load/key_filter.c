#include "load/key_filter.h"

#include "base/mem.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* The bits of a key are in two blocks of this size, a line of the processor's cache, because to fetch a line
 * takes longer than all else here. */
#define BLOCK_BYTES 64
#define BLOCK_BITS_LOG2 9
#define BLOCKS (KEY_FILTER_BYTES / BLOCK_BYTES)

/* Bits that each key sets in a block. With a million keys in it, about one new key in a million is a false
 * candidate. */
#define HASHES 4

struct block {
    uint64_t words[BLOCK_BYTES / sizeof(uint64_t)];
};

/* This many keys wait until their blocks are in the cache. Otherwise the program would wait for memory at
 * each key, a tenth of its time in a load. */
#define MAX_WAITING 16

struct key_filter {
    void *memory;
    struct block *blocks; /* in it, where a line of the cache begins */
    unsigned char waiting[MAX_WAITING][ROW_KEY_BYTES];
    size_t waiting_count;
    unsigned char (*candidates)[ROW_KEY_BYTES];
    size_t count; /* may exceed KEY_FILTER_MAX_CANDIDATES; only that many keys are kept */
};

struct key_filter *key_filter_make(void)
{
    struct key_filter *filter = mem_alloc(1, sizeof *filter);
    filter->memory = mem_alloc(BLOCKS + 1, BLOCK_BYTES);
    filter->blocks =
        (struct block *)(((uintptr_t)filter->memory + BLOCK_BYTES - 1) & ~(uintptr_t)(BLOCK_BYTES - 1));
    filter->candidates = mem_alloc(KEY_FILTER_MAX_CANDIDATES, sizeof *filter->candidates);
    return filter;
}

void key_filter_release(struct key_filter *filter)
{
    if (!filter)
        return;
    free(filter->memory);
    free(filter->candidates);
    free(filter);
}

static struct block *block_of(const struct key_filter *filter, uint64_t half)
{
    return &filter->blocks[(half >> HASHES * BLOCK_BITS_LOG2) % BLOCKS];
}

/* Sets the bits that half a key stands for. Returns whether all were set before. */
static bool set_bits(const struct key_filter *filter, uint64_t half)
{
    uint64_t missing = 0;
    struct block *block = block_of(filter, half);
    for (size_t i = 0; i < HASHES; i++, half >>= BLOCK_BITS_LOG2) {
        uint64_t *word = &block->words[half / 64 % (BLOCK_BYTES / sizeof *word)];
        uint64_t bit = UINT64_C(1) << half % 64;
        missing |= ~*word & bit;
        *word |= bit;
    }
    return missing == 0;
}

static void add_waiting(struct key_filter *filter)
{
    uint64_t halves[2];
    for (size_t i = 0; i < filter->waiting_count; i++) {
        memcpy(halves, filter->waiting[i], sizeof halves);
        bool first_seen = set_bits(filter, halves[0]);
        if (!set_bits(filter, halves[1]) || !first_seen)
            continue;
        if (filter->count < KEY_FILTER_MAX_CANDIDATES)
            memcpy(filter->candidates[filter->count], filter->waiting[i], ROW_KEY_BYTES);
        filter->count++;
    }
    filter->waiting_count = 0;
}

void key_filter_add(struct key_filter *filter, const unsigned char *key)
{
    uint64_t halves[2];
    memcpy(halves, key, sizeof halves);
    memcpy(filter->waiting[filter->waiting_count++], key, ROW_KEY_BYTES);
    __builtin_prefetch(block_of(filter, halves[0]), 1);
    __builtin_prefetch(block_of(filter, halves[1]), 1);
    if (filter->waiting_count == MAX_WAITING)
        add_waiting(filter);
}

bool key_filter_candidates(struct key_filter *filter, const unsigned char **keys, size_t *count)
{
    add_waiting(filter);
    *keys = (const unsigned char *)filter->candidates;
    *count = filter->count;
    return filter->count <= KEY_FILTER_MAX_CANDIDATES;
}
