/*
 * The last comparisons with the service's own totals, for status and metrics.
 */
#ifndef STATE_RECONCILIATION_LIST_H
#define STATE_RECONCILIATION_LIST_H

#include "base/arena.h"
#include "base/err.h"
#include "job/totals_rule.h"
#include "wire/pg/pg.h"

/* One figure of a table and contract. Tokens are decimal digits. */
struct reconciliation_figure {
    const char *job;
    const char *contract;
    date_t month;
    const char *category; /* NULL: all categories of the job */
    const char *loaded;
    const char *service;
    const char *difference; /* loaded - service */
    bool differs;
    const char *status;
};

struct reconciliation_list {
    struct reconciliation_figure *items; /* by job, contract and month */
    size_t count;
};

/* An older comparison is not shown. */
#define RECONCILIATION_SHOWN_DAYS 35

/*
 * The figures with the status equal, moved_on or differs of the last comparison of each table and contract.
 * None if the schema is of an older version, or the role may not read the table. Everything lives in arena.
 */
MUST_CHECK bool reconciliation_list(struct pg *pg, struct arena *arena, struct reconciliation_list *list,
                                    struct err *err);

#endif
