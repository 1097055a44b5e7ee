/*
 * window.skip_unchanged: a chunk whose usage has not changed is skipped, without a request of its own.
 * run/unchanged decides, from the service's last answer (run/source_changes), the run history, and the table.
 */
#ifndef RUN_SKIP_UNCHANGED_H
#define RUN_SKIP_UNCHANGED_H

#include "run/chunk_context.h"
#include "run/schedule.h"
#include "run/unchanged.h"

/*
 * Judges whether the chunk may be skipped, and why. The result lives in arena. Makes no request: the
 * service's last answer counts as its current one.
 */
MUST_CHECK bool skip_unchanged_judge(const struct chunk_context *context, const struct chunk *chunk,
                                     struct arena *arena, struct unchanged *unchanged, struct err *err);

/*
 * Skips the chunk if it may be skipped: the run table then has a row `skipped` for it, with the reason, and
 * *result is set accordingly. Returns false if the chunk must be loaded. An error is a warning in the log and
 * returns false.
 */
MUST_CHECK bool skip_unchanged(const struct chunk_context *context, const struct chunk *chunk,
                               struct chunk_result *result);

/* Logs, once per work unit, how many of its chunks were skipped as unchanged. */
void skip_unchanged_log(const struct schedule *schedule);

#endif
