/*
 * The run table's retention: runs that are old, and that neither a later run nor anybody who looks at the
 * history needs, are deleted. What is needed stands in run_prune.sql.
 */
#ifndef LOAD_RUN_PRUNE_H
#define LOAD_RUN_PRUNE_H

#include "base/err.h"
#include "wire/pg/pg.h"

#include <stdint.h>

/* No more than so many are deleted at a time, so that nobody waits for it: the next run goes on. */
#define RUN_PRUNE_MOST 10000

/*
 * Deletes what is older than keep_days, which is more than 0, outside a transaction. *deleted: how many.
 * ERR_AUTH where the role may not, and there is something old.
 */
MUST_CHECK bool run_prune(struct pg *pg, unsigned keep_days, uint64_t *deleted, struct err *err);

#endif
