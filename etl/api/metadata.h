/*
 * The service's own records of a contract, as the rows of a dataset. Token Flex API, "Other reads": GET
 * contract/:n, contract/:n/enrichment, usage/:n/summary and usage/:n/last.
 */
#ifndef API_METADATA_H
#define API_METADATA_H

#include "api/api.h"
#include "base/arena.h"
#include "job/dataset.h"
#include "wire/cell.h"

/* Rows of as many cells as the dataset has columns, in their order. */
struct metadata {
    struct cell *cells; /* row by row */
    size_t row_count;
};

/*
 * Requests a dataset of a contract: one request. Cells and their bytes live in arena. Errors as api_send()
 * and metadata_read() have them.
 */
struct metadata_request {
    const struct dataset *dataset;
    const char *contract;
    bool is_optional; /* as in struct api_request */
};
MUST_CHECK bool metadata_fetch(struct api *api, const struct metadata_request *request, struct arena *arena,
                               struct metadata *metadata, struct err *err);

#endif
