/*
 * window.skip_unchanged: a chunk whose usage has not moved is skipped, at no request of its own.
 * run/unchanged decides, by what the service said last (run/source_changes), the run history, and the table.
 */
#ifndef RUN_SKIP_UNCHANGED_H
#define RUN_SKIP_UNCHANGED_H

#include "run/chunk_context.h"
#include "run/schedule.h"
#include "run/unchanged.h"

/*
 * Whether the chunk may be skipped, and why. What is found lives in arena. Asks the service nothing: what it
 * said last counts as what it would say now.
 */
MUST_CHECK bool skip_unchanged_judge(const struct chunk_context *context, const struct chunk *chunk,
                                     struct arena *arena, struct unchanged *unchanged, struct err *err);

/*
 * Skips the chunk where it may be skipped: the run table has a row `skipped` of it then, with the reason, and
 * result says so. False: it is to be loaded. What cannot be found out is a warning in the log, and no reason
 * to skip.
 */
MUST_CHECK bool skip_unchanged(const struct chunk_context *context, const struct chunk *chunk,
                               struct chunk_result *result);

/* Logs once a job how many of its chunks were skipped so. */
void skip_unchanged_tell(const struct schedule *schedule);

#endif
