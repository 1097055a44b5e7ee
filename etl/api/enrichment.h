/*
 * What a contract calls its custom fields. Token Flex API, "Other reads": GET contract/:n/enrichment.
 */
#ifndef API_ENRICHMENT_H
#define API_ENRICHMENT_H

#include "api/api.h"
#include "base/arena.h"
#include "job/catalogue.h"

/*
 * The contract's names of customField1 to customField10, by their place; NULL for one that it does not name.
 * They are text from outside: in any script, possibly repeated, with line ends and control characters.
 */
struct enrichment {
    const char *names[CATALOGUE_CUSTOM_FIELDS];
};

/*
 * Requests them: one request. Texts live in arena. The error for an unknown contract (403, 404) has the hint
 * to run `discover contracts`.
 */
MUST_CHECK bool enrichment_fetch(struct api *api, const char *contract, struct arena *arena,
                                 struct enrichment *enrichment, struct err *err);

#endif
