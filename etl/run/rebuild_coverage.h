/*
 * Checks, before a run rebuilds a table, that the run loads all that the table holds: every contract, every
 * day, and the rows of every job that has loaded the table. Pure.
 */
#ifndef RUN_REBUILD_COVERAGE_H
#define RUN_REBUILD_COVERAGE_H

#include "base/arena.h"
#include "base/err.h"
#include "load/table_contents.h"
#include "run/schedule.h"

struct rebuild_coverage {
    const struct schedule *schedule;
    const struct jobs *defined; /* all jobs, also those that are not part of the run */
    const char *schema;
    const char *table;
};

/*
 * ERR_CONFIG if the new table would lack something of `contents`. The error names what is missing and the
 * command that loads all of it. Windows of snapshots that the run's own windows replace need not be loaded
 * (load/snapshot_rule).
 *
 * A job that is no longer defined, or that now loads another table, need not be part of the run; but its
 * contracts and days must be loaded.
 */
MUST_CHECK bool rebuild_coverage_check(const struct rebuild_coverage *coverage,
                                       const struct table_contents *contents, struct err *err);

#endif
