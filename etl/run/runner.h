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

#include "job/settings.h"
#include "run/schedule.h"
#include "state/work.h"

struct run_options {
    const struct settings *settings;
    struct schedule_options schedule;
    const struct jobs *defined; /* every job there is, selected or not */
    bool rebuild;               /* tables that hold the answer to another question are loaded again */
    bool again;                 /* finished chunks of a backfill are repeated */
    bool accept;                /* what checks.max_vanished refuses is loaded, with a warning */
    int64_t wait_ms;            /* so long a lock that another runner holds is waited for; 0: not at all */
    const char *task; /* the options and jobs of the command line, as a round of a share is told by */
    const char *host;
    const char *invocation_id; /* a UUID of this start of the program; NULL for a plan, which writes no run */
    const char *user_agent;
};

/* Of a run whose work hosts share (run.share). */
struct run_share {
    const char *name; /* NULL: none */
    int64_t round;
    bool is_over;                  /* nothing of the round is left to do */
    struct work_failures failures; /* is_over: chunks that failed, on whichever host */
    struct err err;                /* why this host could not go on to the end; kind ERR_NONE: it did */
};

struct run_outcome {
    struct run_item *items; /* in the order of the plan; of a share: those that this host has begun */
    size_t count;
    size_t failed;            /* of a share: of the round */
    uint64_t change_requests; /* to learn what has moved: counted to no item */
    int exit_code;
    struct run_share share;
};

/* Whether hosts share the work of a run with these options: not with --rebuild, and not to load days again.
 */
bool run_is_shared(const struct run_options *options);

/* Whether a run with these options skips what has not moved: not with --from, --again or --rebuild, and not
 * to load days again. */
bool run_may_skip_unchanged(const struct run_options *options);

/*
 * Runs. False when nothing could be begun at all (no database, no tool schema, settings that cannot be used):
 * err says why and is not in the log yet. Items live in arena.
 */
MUST_CHECK bool run_jobs(const struct run_options *options, struct arena *arena, struct run_outcome *outcome,
                         struct err *err);

/* 0 when all succeeded; the failures' common exit code; 1 where they differ. A stop is 75. Pure. */
int run_exit_code(const struct run_item *items, size_t count);

#endif
