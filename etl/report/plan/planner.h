/*
 * Plans a run without executing it: the same schedule as the run, and for each chunk its source, its
 * requests, the table changes, and when the request budget will let it finish. Spends no request and changes
 * nothing.
 */
#ifndef REPORT_PLAN_PLANNER_H
#define REPORT_PLAN_PLANNER_H

#include "report/plan/plan.h"

/*
 * Makes the plan; all of it lives in arena. If the database cannot be reached, notes say so and what is
 * therefore not known.
 */
MUST_CHECK bool planner_make(const struct run_options *options, struct arena *arena, struct plan *plan,
                             struct err *err);

/* The common exit code of the refused chunks (base/exit_code); 0 if every chunk would begin. */
int planner_exit_code(const struct plan *plan);

#endif
