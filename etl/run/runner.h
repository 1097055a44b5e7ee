/*
 * A run: the chunks of many jobs, several jobs at once, each in a thread that reads as straight-line code.
 *
 * A failing job never stops the others. Chunks of one contract of one job are run one after the other, oldest
 * first, under the lock of their table; the first one that fails ends that work unit, since the next
 * would fail alike. With --from and --to, chunks that are finished already are skipped; else those of jobs
 * with window.skip_unchanged whose usage has not moved.
 */
#ifndef RUN_RUNNER_H
#define RUN_RUNNER_H

#include "run/run_options.h"

/*
 * Runs. False when nothing could be begun at all (no database, no tool schema, settings that cannot be used):
 * err says why and is not in the log yet. Items live in arena.
 */
MUST_CHECK bool run_jobs(const struct run_options *options, struct arena *arena, struct run_outcome *outcome,
                         struct err *err);

/* 0 when all succeeded; the failures' common exit code; 1 where they differ. A stop is 75. Pure. */
int run_exit_code(const struct run_item *items, size_t count);

#endif
