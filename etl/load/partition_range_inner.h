/* What only load/partition_range.c and its unit tests use. */
#ifndef LOAD_PARTITION_RANGE_INNER_H
#define LOAD_PARTITION_RANGE_INNER_H

#include "load/partition_range.h"

/* The month or year that holds the day. by: not JOB_PARTITION_NONE. */
struct partition_range partition_range_around(enum job_partition_by by, date_t day);

#endif
