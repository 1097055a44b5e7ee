/*
 * By which filter (`where`, usageCategory) the rows of a table and contract are asked for. It is remembered
 * when the first rows are loaded, and never changed while the table lives: rows by two filters in one table
 * are the answer to no question.
 */
#ifndef LOAD_CONTRACT_FILTER_H
#define LOAD_CONTRACT_FILTER_H

#include "base/err.h"
#include "load/held.h"
#include "load/target.h"
#include "wire/pg/pg.h"

/* A job's question to a table, for one contract. */
struct contract_question {
    const struct job *job;
    const char *schema;
    const char *table;
    const char *contract;
};

/* Whether another filter than the job's is remembered. False where none is. */
MUST_CHECK bool contract_filter_has_changed(const struct contract_question *question, struct pg *pg,
                                            bool *changed, struct err *err);

/* ERR_CONFIG where another filter is remembered: both are shown, and what a rebuild would cost. */
MUST_CHECK bool contract_filter_check(const struct contract_question *question, struct pg *pg,
                                      struct err *err);

/* Within the load's transaction: remembers the job's filter, unless one is remembered. */
MUST_CHECK bool contract_filter_remember(const struct contract_question *question, struct pg *pg,
                                         struct err *err);

/*
 * How many requests it takes to load again what a table holds: by query, a submit for each chunk of the days
 * held and the pages of the rows held, at least one a chunk; by export, three for each chunk. Pure.
 */
uint64_t contract_filter_rebuild_requests(const struct job *job, const struct held *held);

#endif
