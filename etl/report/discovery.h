/*
 * What there is to ask for, as people and as scripts read it: contracts, fields, metrics.
 */
#ifndef REPORT_DISCOVERY_H
#define REPORT_DISCOVERY_H

#include "api/contract.h"
#include "api/enrichment.h"
#include "base/buf.h"

/* A line a contract. */
void discovery_put_contracts_table(const struct contracts *contracts, struct buf *out);

/* {"contracts":[{"contract_number","name","start","end","active"}…]} and a newline; a day that the service
 * does not tell is null. */
void discovery_put_contracts_json(const struct contracts *contracts, struct buf *out);

/* The catalogue; with a contract beside it what that calls its custom fields. */
struct discovered_fields {
    const char *contract; /* NULL: none was asked */
    struct enrichment enrichment;
};

void discovery_put_fields_table(const struct discovered_fields *fields, struct buf *out);

/*
 * {"contract_number",
 *  "fields":[{"name","column","type","categories":[…],"level","export_only","description","custom_name"}…],
 *  "metrics":[{"name","column","type","unit","additive","description"}…]} and a newline.
 *
 * level is `aggregate` or `session`; custom_name is null where the contract names none or none was asked.
 */
void discovery_put_fields_json(const struct discovered_fields *fields, struct buf *out);

#endif
