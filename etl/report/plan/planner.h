/*
 * What a run would do: the run's own schedule, and of each chunk the way, the requests, the table changes,
 * and when the request budget will have let it through. Spends no request and changes nothing.
 */
#ifndef REPORT_PLAN_PLANNER_H
#define REPORT_PLAN_PLANNER_H

#include "report/plan/estimate.h"
#include "run/runner.h"
#include "state/work_view.h"

struct planned {
    const struct chunk *chunk;
    struct err refused;      /* why the run would not begin it; kind ERR_NONE: it would */
    bool skipped;            /* a finished chunk of a backfill, or one whose usage has not moved */
    bool is_unchanged;       /* of a skipped one: its usage has not moved, by what the service said last */
    const char *source;      /* query or export */
    const char *reason;      /* why that way, or why it is skipped */
    const char *not_skipped; /* why a chunk of window.skip_unchanged is loaded; NULL: it cannot be told */
    struct estimate estimate;
    uint64_t requests;    /* of the estimate, and those spent to find out about the job's chunks */
    struct text_list ddl; /* in order; only with the first chunk that needs it */
    int64_t done_ms;      /* from now; from report/plan/duration */
};

struct plan {
    struct planned *items; /* in the order of the run */
    size_t count;
    uint64_t requests;
    uint64_t summaries; /* requests to compare what is loaded with the service's own totals, beside those */
    uint64_t change_requests; /* to learn what has moved, beside those */
    int64_t done_ms;          /* of all, from now */
    struct budget budget;
    bool knows_level; /* the database has told what the budget holds */
    struct budget_level level;
    struct work_view share; /* the round that a run would join, and who works on what of it */
    struct text_list notes; /* what could not be known, a line each */
};

/*
 * Makes the plan; all of it lives in arena. A database that cannot be reached is a note, and so is all that
 * is not known without it.
 */
MUST_CHECK bool planner_make(const struct run_options *options, struct arena *arena, struct plan *plan,
                             struct err *err);

/* Of the refused chunks together (base/exit_code); 0 where every chunk would begin. */
int planner_exit_code(const struct plan *plan);

#endif
