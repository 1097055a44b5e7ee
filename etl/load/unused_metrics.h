/*
 * Metrics that were taken out of the jobs of a table. Their columns stay, but no load writes them any more:
 * new rows have null there, and the other rows keep the values of an earlier load.
 */
#ifndef LOAD_UNUSED_METRICS_H
#define LOAD_UNUSED_METRICS_H

#include "base/arena.h"
#include "base/err.h"
#include "job/job.h"
#include "state/target_record.h"
#include "wire/pg/pg.h"

/*
 * Looks for metrics that the table has had and that none of the jobs requests for it. defined: all jobs, also
 * those of other tables. If the table has the column, a warning is logged. If its owner has dropped it, the
 * metric is forgotten: a job that requests it again gets a new column.
 *
 * A table that keeps the rows of every run (mode append) is left out: its rows do not change.
 */
MUST_CHECK bool unused_metrics_note(const struct target_name *table, const struct jobs *defined,
                                    struct pg *pg, struct arena *arena, struct err *err);

#endif
