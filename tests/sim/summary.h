/*
 * GET usage/:n/summary: what the world has by month, contract year and category. Where the rows of queries
 * are given by settings, its figures are added up from the rows of the queries that the setting
 * `summary.queries` names, as these would be answered now. `summary.add` makes the service's two ways differ
 * where a test wants it.
 */
#ifndef SIM_SUMMARY_H
#define SIM_SUMMARY_H

#include "sim.h"

void summary_read(struct sim *sim, struct request *request, struct reply *reply);

#endif
