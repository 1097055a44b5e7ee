/*
 * Which chunks a run would skip: chunks of a backfill that are finished, and chunks whose usage has not
 * changed.
 */
#ifndef REPORT_PLAN_PLAN_SKIP_H
#define REPORT_PLAN_PLAN_SKIP_H

#include "run/chunk_context.h"
#include "run/runner.h"

/* Everything is borrowed. */
struct plan_skip {
    const struct run_options *options;
    const struct chunk_context *context;
    const struct chunk *chunk;
    const char *source; /* source_of_job(): from the job's definition alone */
    struct arena *arena;
};

struct plan_skipped {
    bool skipped;
    bool is_unchanged;       /* skipped because its usage has not changed */
    const char *reason;      /* why it is skipped */
    const char *not_skipped; /* why a chunk of a job with window.skip_unchanged is loaded; NULL: none of
                              * these, or skipped */
};

/*
 * What the run would do with a chunk, on the assumption that the service will return to the run what it
 * returned last. The tool's schema must be at the level of this program. Texts live in arena.
 */
MUST_CHECK bool plan_skip(const struct plan_skip *skip, struct plan_skipped *skipped, struct err *err);

/* For how many contracts the run will ask the service what has changed, one request each. Pure. */
uint64_t plan_skip_requests(const struct run_options *options, const struct schedule *schedule);

#endif
