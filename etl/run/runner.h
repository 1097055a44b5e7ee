/*
 * Runs the chunks of the jobs. Several threads work at the same time, each on one contract of one job.
 *
 * A failing job never stops the others. Chunks of one contract of one job are run one after the other, oldest
 * first, under the lock of their table. The first one that fails ends the work unit, because the next would
 * probably fail too. With --from and --to, finished chunks are skipped; otherwise, for jobs with
 * window.skip_unchanged, chunks whose usage has not changed.
 */
#ifndef RUN_RUNNER_H
#define RUN_RUNNER_H

#include "run/run_options.h"

/*
 * Runs the jobs. Returns false if nothing could begin at all (no database, no tool schema, unusable
 * settings): err says why and is not logged yet. Items live in arena.
 */
MUST_CHECK bool run_jobs(const struct run_options *options, struct arena *arena, struct run_outcome *outcome,
                         struct err *err);

/* 0 if no item has failed; else the exit code of the failures, or 1 if they differ. Pure. */
int run_exit_code(const struct run_item *items, size_t count);

#endif
