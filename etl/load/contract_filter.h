/*
 * The filter (`where`, usageCategory) by which the rows of a table and contract are requested. It is stored
 * when the first rows are loaded, and does not change while the table exists: a mix of rows by two filters
 * would be of no use.
 */
#ifndef LOAD_CONTRACT_FILTER_H
#define LOAD_CONTRACT_FILTER_H

#include "base/err.h"
#include "load/table_contents.h"
#include "load/target.h"
#include "wire/pg/pg.h"

/* A job that loads one contract into a table. Borrowed. */
struct contract_load {
    const struct job *job;
    const char *schema;
    const char *table;
    const char *contract;
};

/* Whether another filter than the job's is stored. *changed is false if none is stored. */
MUST_CHECK bool contract_filter_has_changed(const struct contract_load *load, struct pg *pg, bool *changed,
                                            struct err *err);

/* ERR_CONFIG if another filter is stored. The error shows both, the hint what a rebuild would cost. */
MUST_CHECK bool contract_filter_check(const struct contract_load *load, struct pg *pg, struct err *err);

/* To be called in the load's transaction: stores the job's filter, unless one is stored. */
MUST_CHECK bool contract_filter_remember(const struct contract_load *load, struct pg *pg, struct err *err);

#endif
