/* The counts of rows of a load, by outcome. */
#ifndef STATE_ROW_COUNTS_H
#define STATE_ROW_COUNTS_H

#include <stdint.h>

struct row_counts {
    uint64_t inserted;
    uint64_t updated;
    uint64_t unchanged;
    uint64_t deleted;
    uint64_t vanished; /* that the answer no longer has: those that were deleted, and those that were kept */
};

/* Adds the counts of one load to a sum, except `vanished`, which lists of runs do not have. */
static inline void row_counts_add(struct row_counts *sum, const struct row_counts *one)
{
    sum->inserted += one->inserted;
    sum->updated += one->updated;
    sum->unchanged += one->unchanged;
    sum->deleted += one->deleted;
}

#endif
