/* What only api/summary.c and its unit tests use. */
#ifndef API_SUMMARY_INNER_H
#define API_SUMMARY_INNER_H

#include "api/summary.h"

/*
 * From rows of the dataset usage_summary: pure. ERR_DATA names the line for: a usage category that is not
 * documented, a month that is no first day of a month, a contract year that is not a whole number from 1 to
 * 1000 (a number written as text is one), tokens that are no number, and a second line of the same month,
 * year and category.
 */
MUST_CHECK bool summary_of(const struct metadata *metadata, const char *contract, struct arena *arena,
                           struct summary *summary, struct err *err);

#endif
