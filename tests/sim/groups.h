/*
 * Records of usage added up by some of their values: each combination of these once, in the order in which it
 * was first seen. Counted by reference, and not changed once it is shared.
 */
#ifndef SIM_GROUPS_H
#define SIM_GROUPS_H

#include "usage.h"

#include <stdatomic.h>

/* More than a body may ask for. */
#define GROUPS_MAX 64

struct grouping {
    int places[GROUPS_MAX]; /* of the values to group by */
    size_t place_count;
    enum metric metrics[GROUPS_MAX];
    size_t metric_count;
};

struct groups {
    atomic_uint references;
    const struct grouping *grouping; /* not owned */
    size_t count;
    uint64_t *values; /* place_count of each group */
    int64_t *amounts; /* metric_count of each: thousandths, those of uniqueUsers and uniqueProducts too; or
                         USAGE_NONE */
    size_t capacity;
    uint64_t *slots; /* hash table of 1 + number of the group; 0 is free */
    size_t slot_count;
    uint64_t *seen; /* hash set of what the unique metrics have counted */
    size_t seen_count, seen_slots;
};

struct groups *groups_make(const struct grouping *grouping);
void groups_add(struct groups *groups, const struct usage *usage);

struct groups *groups_hold(struct groups *groups);
void groups_release(struct groups *groups); /* NULL too */

#endif
