/*
 * Which chunks a run would skip: finished ones of a backfill, and those whose usage has not moved.
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
    const char *source; /* as far as the job tells */
    struct arena *arena;
};

struct plan_skipped {
    bool skipped;
    bool is_unchanged;       /* of a skipped one: its usage has not moved */
    const char *reason;      /* why it is skipped */
    const char *not_skipped; /* why a chunk of window.skip_unchanged is loaded; NULL: no such chunk */
};

/*
 * What the run would do. What the service said last counts as what it will say to the run. The tool's schema
 * is of this program's level. Texts live in arena.
 */
MUST_CHECK bool plan_skip(const struct plan_skip *skip, struct plan_skipped *skipped, struct err *err);

/* How many contracts the run will ask what has moved of. Pure. */
uint64_t plan_skip_requests(const struct run_options *options, const struct schedule *schedule);

#endif
