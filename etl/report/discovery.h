/*
 * The contracts, fields and metrics that jobs can request: tables for people, JSON for scripts.
 */
#ifndef REPORT_DISCOVERY_H
#define REPORT_DISCOVERY_H

#include "api/contract.h"
#include "api/enrichment.h"
#include "base/buf.h"

/* One line per contract. */
void discovery_put_contracts_table(const struct contracts *contracts, struct buf *out);

/* {"contracts":[{"contract_number","name","start","end","active"}…]} and a newline. A day that the service
 * does not return is null. */
void discovery_put_contracts_json(const struct contracts *contracts, struct buf *out);

/* The catalogue of fields and, with a contract, its names for its custom fields. */
struct discovered_fields {
    const char *contract; /* NULL: no contract was requested */
    struct enrichment enrichment;
};

void discovery_put_fields_table(const struct discovered_fields *fields, struct buf *out);

/*
 * {"contract_number",
 *  "fields":[{"name","column","type","categories":[…],"level","export_only","description","custom_name"}…],
 *  "metrics":[{"name","column","type","unit","additive","description"}…]} and a newline.
 *
 * level: see catalogue_level_name(). custom_name is null if the contract has no name for the field, or no
 * contract was requested.
 */
void discovery_put_fields_json(const struct discovered_fields *fields, struct buf *out);

#endif
