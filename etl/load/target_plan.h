/*
 * What a load would do for its table: the statements of load/target and load/partitions in their order.
 */
#ifndef LOAD_TARGET_PLAN_H
#define LOAD_TARGET_PLAN_H

#include "job/window.h"
#include "load/target.h"

/* One statement an item, or a comment, which begins with `--`. All types must be known by now. Pure. */
void target_plan(const struct target *target, const struct window *window, struct arena *arena,
                 struct text_list *statements);

#endif
