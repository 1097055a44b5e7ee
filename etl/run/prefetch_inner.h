/*
 * What only run/prefetch.c and its unit test use.
 */
#ifndef RUN_PREFETCH_INNER_H
#define RUN_PREFETCH_INNER_H

#include "run/prefetch.h"

/* How many pages of page_bytes may be in flight. limited: there is a request budget. Pure. */
size_t prefetch_ceiling(size_t page_bytes, double requests_left, uint64_t pages_left, bool limited);

#endif
