/* What only api/metadata.c and its unit tests use. */
#ifndef API_METADATA_INNER_H
#define API_METADATA_INNER_H

#include "api/metadata.h"

struct metadata_body {
    const char *bytes;
    size_t length;
};

/*
 * Reads the rows from the service's answer: pure. Numbers are taken by their source text. A member that an
 * entry lacks is null.
 *
 * ERR_UNAVAILABLE for what is not JSON: asking again may help. ERR_DATA for an answer that names another
 * contract (contracts, contract_years), for one that lacks required members, or a value that is a list or an
 * object. A usage category gets the name that the service uses now, and a usageMonth `2026-11` its first day.
 */
MUST_CHECK bool metadata_read(const struct metadata_request *request, struct metadata_body body,
                              struct arena *arena, struct metadata *metadata, struct err *err);

#endif
