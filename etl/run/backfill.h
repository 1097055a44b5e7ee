/*
 * A backfill (--from, --to) that goes on where an earlier one was interrupted: chunks that are finished are
 * not asked for again.
 */
#ifndef RUN_BACKFILL_H
#define RUN_BACKFILL_H

#include "run/chunk_context.h"
#include "run/schedule.h"

/*
 * Whether the chunk is finished (run_record_is_finished). If so, the run table has a row `skipped` of it by
 * now, and result says so. False: neither is known, for the reason in err.
 */
MUST_CHECK bool backfill_skip(const struct chunk_context *context, const struct chunk *chunk,
                              struct chunk_result *result, bool *skipped, struct err *err);

/* Logs once a job how many of its chunks were skipped. */
void backfill_tell_skipped(const struct schedule *schedule);

#endif
