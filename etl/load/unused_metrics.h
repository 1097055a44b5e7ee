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
 * Logs a warning for each metric that the table has a column for, and that none of the jobs requests for it.
 * defined: all jobs, also those of other tables. A table that keeps the rows of every run (mode append) is
 * left out: its rows do not change.
 */
MUST_CHECK bool unused_metrics_warn(const struct target_name *table, const struct jobs *defined,
                                    struct pg *pg, struct arena *arena, struct err *err);

#endif
