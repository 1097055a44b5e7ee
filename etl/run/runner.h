/*
 * Runs the chunks of many jobs, several jobs at once, each in a thread of its own.
 *
 * A failing job never stops the others. Chunks of one contract of one job are run one after the other, oldest
 * first, under the lock of their table. The first one that fails ends the work unit, because the next would
 * probably fail too. With --from and --to, finished chunks are skipped; otherwise, for jobs with
 * window.skip_unchanged, chunks whose usage has not changed.
 */
#ifndef RUN_RUNNER_H
#define RUN_RUNNER_H

#include "job/settings.h"
#include "run/schedule.h"

struct run_options {
    const struct settings *settings;
    struct schedule_options schedule;
    const struct jobs *defined; /* all jobs, selected or not */
    bool rebuild;               /* tables whose grain has changed (load/grain) are loaded again */
    bool again;                 /* finished chunks of a backfill are repeated */
    bool accept;                /* a result that checks.max_vanished refuses is loaded, with a warning */
    const char *host;
    const char *invocation_id; /* a UUID of this start of the program; NULL for a plan, which writes no run */
    const char *user_agent;
};

struct run_outcome {
    struct run_item *items; /* in the order of the plan */
    size_t count;
    size_t failed;
    uint64_t change_requests; /* requests that asked the service what has changed: counted to no item */
    int exit_code;
};

/* Whether a run with these options skips what has not changed: not with --from, --again or --rebuild, and not
 * if it loads given days again. */
bool run_may_skip_unchanged(const struct run_options *options);

/*
 * Runs the jobs. Returns false if nothing could begin at all (no database, no tool schema, unusable
 * settings): err says why and is not logged yet. Items live in arena.
 */
MUST_CHECK bool run_jobs(const struct run_options *options, struct arena *arena, struct run_outcome *outcome,
                         struct err *err);

/* 0 if no item has failed; else the exit code of the failures, or 1 if they differ. Pure. */
int run_exit_code(const struct run_item *items, size_t count);

#endif
