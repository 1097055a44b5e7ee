/*
 * Checks that a run loads all that a table holds before it rebuilds the table: every contract, every day, and
 * the jobs that have loaded it. Pure.
 */
#ifndef RUN_REBUILD_COVERAGE_H
#define RUN_REBUILD_COVERAGE_H

#include "base/arena.h"
#include "base/err.h"
#include "load/table_contents.h"
#include "run/schedule.h"

struct rebuild_coverage {
    const struct schedule *schedule;
    const struct jobs *defined; /* all jobs, of the run or not */
    const char *schema;
    const char *table;
};

/*
 * ERR_CONFIG if the new table would lack something of `held`. The error names what is missing and the command
 * that loads all of it. Windows of snapshots that the run's own windows would replace are not required
 * (load/snapshot_rule).
 *
 * A job that is no longer defined, or that now loads another table, is not required; its contracts and days
 * are.
 */
MUST_CHECK bool rebuild_coverage_check(const struct rebuild_coverage *coverage,
                                       const struct table_contents *contents, struct err *err);

#endif
