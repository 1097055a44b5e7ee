/*
 * The changes of a table that a chunk of the plan needs, beyond those of the chunks before it: run one after
 * the other, the statements of all chunks make the tables that the run makes.
 */
#ifndef REPORT_PLAN_PLAN_CHANGES_H
#define REPORT_PLAN_PLAN_CHANGES_H

#include "base/arena.h"
#include "load/target.h"
#include "report/plan/plan.h"

/* Whether an earlier chunk of the plan loads the same table. */
bool plan_changes_has_earlier(const struct plan *plan, const struct planned *planned);

/* Appends a statement to those of the chunk. */
void plan_changes_add(struct planned *planned, const char *statement, struct arena *arena);

/* Appends the statements that the chunk's target needs. Those of earlier chunks are in the plan. */
void plan_changes_find(const struct plan *plan, struct planned *planned, const struct target *target,
                       struct arena *arena);

#endif
