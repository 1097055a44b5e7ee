/* What only api/usage_last.c and its unit tests use. */
#ifndef API_USAGE_LAST_INNER_H
#define API_USAGE_LAST_INNER_H

#include "api/usage_last.h"

/*
 * From rows of the dataset usage_last: pure. A date may be null, and may be followed by a time. ERR_DATA
 * names the line for: a usage category that is not documented, a charge category that is neither text nor
 * null, an invalid date, and a second line of the same pair. Categories get the names that the service uses
 * now: a line with an old name and one with the new name are of the same pair.
 */
MUST_CHECK bool usage_last_of(const struct metadata *metadata, const char *contract, struct arena *arena,
                              struct source_pairs *pairs, struct err *err);

#endif
