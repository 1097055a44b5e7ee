/*
 * The run table's retention: runs that are old, and that neither a later run nor anybody who looks at the
 * history needs, are deleted. What is needed stands in retention_apply.sql. With them go the comparisons with
 * the service's totals that are as old, but for the last one of each table and contract.
 */
#ifndef STATE_RETENTION_H
#define STATE_RETENTION_H

#include "base/err.h"
#include "wire/pg/pg.h"

#include <stdint.h>

/* No more than so many are deleted at a time, so that nobody waits for it: the next run goes on. */
#define RETENTION_MOST 10000

/*
 * Deletes what is older than keep_days, which is more than 0, outside a transaction. *deleted: how many.
 * ERR_AUTH where the role may not, and there is something old.
 */
MUST_CHECK bool retention_apply(struct pg *pg, unsigned keep_days, uint64_t *deleted, struct err *err);

#endif
