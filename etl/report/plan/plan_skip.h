/*
 * Which chunks a run would skip: finished ones of a backfill, and those whose usage has not moved.
 */
#ifndef REPORT_PLAN_PLAN_SKIP_H
#define REPORT_PLAN_PLAN_SKIP_H

#include "report/plan/planner.h"
#include "run/chunk_context.h"

/* Everything is borrowed. */
struct plan_skip {
    const struct run_options *options;
    const struct chunk_context *context;
    struct arena *arena;
};

/*
 * Fills planned->skipped, is_unchanged and reason, and planned->not_skipped where the chunk's job skips what
 * has not moved. What the service said last counts as what it will say to the run. The tool's schema is of
 * this program's level.
 */
MUST_CHECK bool plan_skip(const struct plan_skip *skip, struct planned *planned, struct err *err);

/* How many contracts the run will ask what has moved of. Pure. */
uint64_t plan_skip_requests(const struct run_options *options, const struct schedule *schedule);

#endif
