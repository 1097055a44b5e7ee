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
 * They are other people's text: any script, repeated, with line ends and control characters in it.
 */
struct enrichment {
    const char *names[CATALOGUE_CUSTOM_FIELDS];
};

/*
 * Asks for them: one request. Texts live in arena. What the service makes of a contract that is none (403,
 * 404) has `discover contracts` for its hint.
 */
MUST_CHECK bool enrichment_fetch(struct api *api, const char *contract, struct arena *arena,
                                 struct enrichment *enrichment, struct err *err);

/* Reads them from the service's answer: pure. What stands behind the tenth is left out. */
MUST_CHECK bool enrichment_read(const char *bytes, size_t length, struct arena *arena,
                                struct enrichment *enrichment, struct err *err);

#endif
