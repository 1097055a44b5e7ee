#include "load/key_filter.h"

#include "base/mem.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define BITS (KEY_FILTER_BYTES * 8)

/* Bits that each key sets. With a million keys in it, about one new key in a million is a false candidate. */
#define HASHES 8

struct key_filter {
    uint64_t *words;
    unsigned char (*candidates)[ROW_KEY_BYTES];
    size_t count; /* may exceed KEY_FILTER_MAX_CANDIDATES; only that many keys are kept */
};

struct key_filter *key_filter_make(void)
{
    struct key_filter *filter = mem_alloc(1, sizeof *filter);
    filter->words = mem_alloc(BITS / 64, sizeof *filter->words);
    filter->candidates = mem_alloc(KEY_FILTER_MAX_CANDIDATES, sizeof *filter->candidates);
    return filter;
}

void key_filter_release(struct key_filter *filter)
{
    if (!filter)
        return;
    free(filter->words);
    free(filter->candidates);
    free(filter);
}

void key_filter_add(struct key_filter *filter, const unsigned char *key)
{
    bool seen = true;
    uint64_t hash[2];
    memcpy(hash, key, sizeof hash);
    for (size_t i = 0; i < HASHES; i++) {
        uint64_t place = (hash[0] + i * hash[1]) % BITS;
        uint64_t bit = UINT64_C(1) << (place % 64);
        uint64_t *word = &filter->words[place / 64];
        seen = seen && (*word & bit) != 0;
        *word |= bit;
    }
    if (!seen)
        return;
    if (filter->count < KEY_FILTER_MAX_CANDIDATES)
        memcpy(filter->candidates[filter->count], key, ROW_KEY_BYTES);
    filter->count++;
}

bool key_filter_candidates(const struct key_filter *filter, const unsigned char **keys, size_t *count)
{
    *keys = (const unsigned char *)filter->candidates;
    *count = filter->count;
    return filter->count <= KEY_FILTER_MAX_CANDIDATES;
}
