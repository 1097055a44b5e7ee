/* The plain reads: contracts, enrichment, values of a field, last usage. */
#ifndef SIM_READS_H
#define SIM_READS_H

#include "sim.h"

void reads_contracts(struct sim *sim, struct request *request, struct reply *reply);
void reads_contract(struct sim *sim, struct request *request, struct reply *reply);
void reads_enrichment(struct sim *sim, struct request *request, struct reply *reply);
void reads_enrichment_values(struct sim *sim, struct request *request, struct reply *reply);
void reads_field_values(struct sim *sim, struct request *request, struct reply *reply);
void reads_last(struct sim *sim, struct request *request, struct reply *reply);

#endif
