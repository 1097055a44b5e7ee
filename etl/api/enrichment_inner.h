/* What only api/enrichment.c and its unit tests use. */
#ifndef API_ENRICHMENT_INNER_H
#define API_ENRICHMENT_INNER_H

#include "api/enrichment.h"

/* Reads the enrichment fields from the service's answer: pure. Entries after the tenth are ignored. */
MUST_CHECK bool enrichment_read(const char *bytes, size_t length, struct arena *arena,
                                struct enrichment *enrichment, struct err *err);

#endif
