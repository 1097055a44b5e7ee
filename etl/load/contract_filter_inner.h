/* What only load/contract_filter.c and its unit tests use. */
#ifndef LOAD_CONTRACT_FILTER_INNER_H
#define LOAD_CONTRACT_FILTER_INNER_H

#include "load/contract_filter.h"

/*
 * How many requests are needed to load again what a table holds. By query: a submit for each chunk of the
 * days held, and the pages of the rows held, at least one per chunk. By export: four for each chunk. Pure.
 */
uint64_t contract_filter_rebuild_requests(const struct job *job, const struct table_contents *contents);

#endif
