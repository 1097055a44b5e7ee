/*
 * The largest page that the service grants an account, as learnt from its refusals. Token Flex API, "Query:
 * submit, poll, page": the largest `limit` is not documented. What was learnt is forgotten after a month.
 */
#ifndef STATE_PAGE_LIMIT_H
#define STATE_PAGE_LIMIT_H

#include "base/err.h"
#include "state/budget.h"
#include "wire/pg/pg.h"

/* Rows; 0: no limit is known. */
MUST_CHECK bool page_limit_known(struct pg *pg, const char *account, unsigned *rows, struct err *err);

/* Committed, outside a transaction. ERR_LATER if the account's row was used and is not there any more. */
MUST_CHECK bool page_limit_learn(struct pg *pg, const struct budget *budget, unsigned rows, struct err *err);

#endif
