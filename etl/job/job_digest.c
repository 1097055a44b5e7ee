#include "job/job_digest.h"

#include <inttypes.h>

/* FNV-1a, 64 bits: it detects differences made by mistake, not by intent. */
#define FNV_BASIS UINT64_C(14695981039346656037)
#define FNV_PRIME UINT64_C(1099511628211)

static uint64_t add_byte(uint64_t hash, unsigned char byte)
{
    return (hash ^ byte) * FNV_PRIME;
}

/* Adds a text and its NUL, which no text contains. */
static uint64_t add_text(uint64_t hash, const char *text)
{
    for (; *text; text++)
        hash = add_byte(hash, (unsigned char)*text);
    return add_byte(hash, 0);
}

/* Nesting is bounded by YAML_MAX_DEPTH. */
static uint64_t add_node(uint64_t hash, const struct yaml_node *node)
{
    hash = add_byte(hash, (unsigned char)(node->kind + 1));
    if (node->kind == YAML_SCALAR)
        return add_text(hash, node->text);
    for (size_t i = 0; i < node->count; i++) {
        if (node->kind == YAML_MAPPING)
            hash = add_text(hash, node->keys[i]->text);
        hash = add_node(hash, node->items[i]);
    }
    return add_byte(hash, 0xff);
}

const char *job_digest(const struct yaml_node *root, struct arena *arena)
{
    return arena_print(arena, "%016" PRIx64, add_node(FNV_BASIS, root));
}
