/*
 * The run table's retention: old runs are deleted, except those that a later run or a report needs;
 * retention_apply.sql lists these. Comparisons with the service's totals of the same age are deleted too,
 * except the last one of each table and contract.
 */
#ifndef STATE_RETENTION_H
#define STATE_RETENTION_H

#include "base/err.h"
#include "wire/pg/pg.h"

#include <stdint.h>

/* The most rows deleted at a time, so that the deletion stays short: the next run deletes more. */
#define RETENTION_MAX 10000

/*
 * Deletes what is older than keep_days, which is more than 0, outside a transaction. *deleted: the number of
 * runs. ERR_AUTH if the role may not delete, and there is something old.
 */
MUST_CHECK bool retention_apply(struct pg *pg, unsigned keep_days, uint64_t *deleted, struct err *err);

#endif
