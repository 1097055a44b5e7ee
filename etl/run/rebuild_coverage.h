/*
 * Whether a run loads all that a table holds, which it is about to rebuild: every contract, every day, and
 * the jobs that have loaded it. Pure.
 */
#ifndef RUN_REBUILD_COVERAGE_H
#define RUN_REBUILD_COVERAGE_H

#include "base/arena.h"
#include "base/err.h"
#include "load/held.h"
#include "run/schedule.h"

struct rebuild_coverage {
    const struct schedule *schedule;
    const struct jobs *defined; /* every job there is, of the run or not */
    const char *schema;
    const char *table;
};

/*
 * ERR_CONFIG where the new table would lack something of `held`: what, and the command that loads all of it.
 * Windows of snapshots that the run's own would replace are not missed (load/snapshot_rule).
 *
 * A job that is no longer defined, or loads another table by now, is not waited for: its contracts and days
 * are held like all others.
 */
MUST_CHECK bool rebuild_coverage_check(const struct rebuild_coverage *coverage, const struct held *held,
                                       struct err *err);

#endif
