#include "groups.h"

#include "buf.h"
#include "text.h"

#include <stdlib.h>
#include <string.h>

struct groups *groups_make(const struct grouping *grouping)
{
    struct groups *groups = mem_zero(1, sizeof *groups);

    atomic_init(&groups->references, 1);
    groups->grouping = grouping;
    groups->slot_count = groups->seen_slots = 64;
    groups->slots = mem_zero(groups->slot_count, sizeof *groups->slots);
    groups->seen = mem_zero(groups->seen_slots, sizeof *groups->seen);
    return groups;
}

struct groups *groups_hold(struct groups *groups)
{
    atomic_fetch_add(&groups->references, 1);
    return groups;
}

void groups_release(struct groups *groups)
{
    if (groups == NULL || atomic_fetch_sub(&groups->references, 1) != 1)
        return;
    free(groups->values);
    free(groups->amounts);
    free(groups->slots);
    free(groups->seen);
    free(groups);
}

static uint64_t hash_of(const uint64_t *values, size_t count)
{
    uint64_t hash = 0;

    for (size_t i = 0; i < count; i++)
        hash = text_mix(hash ^ values[i]);
    return hash;
}

/* The slot of the group with these values, or the free one where it belongs. */
static uint64_t *find_slot(const struct groups *groups, const uint64_t *values)
{
    size_t width = groups->grouping->place_count;
    size_t at = (size_t)hash_of(values, width) & (groups->slot_count - 1);

    while (groups->slots[at] != 0 &&
           memcmp(groups->values + (groups->slots[at] - 1) * width, values, width * sizeof *values) != 0)
        at = (at + 1) & (groups->slot_count - 1);
    return &groups->slots[at];
}

static void grow_slots(struct groups *groups)
{
    free(groups->slots);
    groups->slot_count *= 2;
    groups->slots = mem_zero(groups->slot_count, sizeof *groups->slots);
    for (size_t i = 0; i < groups->count; i++)
        *find_slot(groups, groups->values + i * groups->grouping->place_count) = i + 1;
}

static size_t add_group(struct groups *groups, const uint64_t *values)
{
    const struct grouping *grouping = groups->grouping;

    if (groups->count == groups->capacity) {
        groups->capacity = groups->capacity * 2 + 16;
        groups->values =
            mem_grow(groups->values, groups->capacity * grouping->place_count, sizeof *groups->values);
        groups->amounts =
            mem_grow(groups->amounts, groups->capacity * grouping->metric_count, sizeof *groups->amounts);
    }
    memcpy(groups->values + groups->count * grouping->place_count, values,
           grouping->place_count * sizeof *values);
    for (size_t i = 0; i < grouping->metric_count; i++)
        groups->amounts[groups->count * grouping->metric_count + i] = USAGE_NONE;
    return groups->count++;
}

static size_t find_group(struct groups *groups, const uint64_t *values)
{
    if (groups->count * 2 >= groups->slot_count)
        grow_slots(groups);
    uint64_t *slot = find_slot(groups, values);
    if (*slot == 0)
        *slot = add_group(groups, values) + 1;
    return *slot - 1;
}

/* Puts a number other than 0 into the set, which has room; false when it was there. */
static bool put(uint64_t *seen, size_t slots, uint64_t number)
{
    size_t at = (size_t)number & (slots - 1);

    while (seen[at] != 0 && seen[at] != number)
        at = (at + 1) & (slots - 1);
    if (seen[at] == number)
        return false;
    seen[at] = number;
    return true;
}

/* Whether a group meets this value for the first time. What is kept of the three is a hash of 64 bits. */
static bool is_new(struct groups *groups, size_t group, enum metric metric, uint64_t value)
{
    uint64_t key[] = {group, (uint64_t)metric, value};
    uint64_t hash = hash_of(key, 3);

    if (groups->seen_count * 2 >= groups->seen_slots) {
        uint64_t *larger = mem_zero(groups->seen_slots * 2, sizeof *larger);

        for (size_t i = 0; i < groups->seen_slots; i++)
            if (groups->seen[i] != 0)
                put(larger, groups->seen_slots * 2, groups->seen[i]);
        free(groups->seen);
        groups->seen = larger;
        groups->seen_slots *= 2;
    }
    bool new = put(groups->seen, groups->seen_slots, hash + (hash == 0));
    groups->seen_count += new;
    return new;
}

static int64_t amount_of(struct groups *groups, size_t group, enum metric metric, const struct usage *usage)
{
    if (metric == METRIC_USERS)
        return is_new(groups, group, metric, usage->values[VALUE_USER]) ? 1000 : 0;
    if (metric == METRIC_PRODUCTS)
        return is_new(groups, group, metric, usage->values[VALUE_PRODUCT_NAME]) ? 1000 : 0;
    return usage->amounts[metric];
}

void groups_add(struct groups *groups, const struct usage *usage)
{
    const struct grouping *grouping = groups->grouping;
    uint64_t values[GROUPS_MAX];

    for (size_t i = 0; i < grouping->place_count; i++)
        values[i] = usage->values[grouping->places[i]];
    size_t group = find_group(groups, values);
    for (size_t i = 0; i < grouping->metric_count; i++) {
        int64_t more = amount_of(groups, group, grouping->metrics[i], usage);
        int64_t *amount = &groups->amounts[group * grouping->metric_count + i];

        if (more != USAGE_NONE)
            *amount = (*amount == USAGE_NONE ? 0 : *amount) + more;
    }
}
