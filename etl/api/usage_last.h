/*
 * When the service last had and processed usage, by usage and charge category. Token Flex API, "Other reads":
 * GET usage/:n/last.
 *
 * The answer is read by api/metadata, as for `query.dataset: usage_last`; here its values are checked: an
 * answer that is not understood completely is an error.
 */
#ifndef API_USAGE_LAST_H
#define API_USAGE_LAST_H

#include "api/metadata.h"
#include "state/source_change.h"

/*
 * Requests the last usage of a contract: one request, which is not repeated after a 429. Everything lives in
 * arena. Errors as api_send(), metadata_read() and usage_last_of() have them.
 */
MUST_CHECK bool usage_last_fetch(struct api *api, const char *contract, struct arena *arena,
                                 struct source_pairs *pairs, struct err *err);

#endif
