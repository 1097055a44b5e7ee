/*
 * What became of the rows of a load.
 */
#ifndef STATE_ROW_COUNTS_H
#define STATE_ROW_COUNTS_H

#include <stdint.h>

struct row_counts {
    uint64_t inserted;
    uint64_t updated;
    uint64_t unchanged;
    uint64_t deleted;
};

#endif
