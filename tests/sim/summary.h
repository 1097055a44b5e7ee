/*
 * GET usage/:n/summary. Its figures are added up from the rows of the queries that the setting
 * `summary.queries` names, as these would be answered now, so that the service's two ways agree; without
 * queries each month has figures of its own, which agree with nothing. `summary.add` makes the two ways
 * differ where a test wants it.
 */
#ifndef SIM_SUMMARY_H
#define SIM_SUMMARY_H

#include "sim.h"

void summary_read(struct sim *sim, struct request *request, struct reply *reply);

#endif
