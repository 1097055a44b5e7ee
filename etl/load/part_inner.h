/* What only load/part.c and its unit tests use. */
#ifndef LOAD_PART_INNER_H
#define LOAD_PART_INNER_H

#include "load/part.h"

/* The month or year that holds the day. by: not JOB_PARTITION_NONE. */
struct part_range part_period(enum job_partition_by by, date_t day);

#endif
