/*
 * Resumes an interrupted backfill (--from, --to): finished chunks are not requested again.
 */
#ifndef RUN_BACKFILL_H
#define RUN_BACKFILL_H

#include "run/chunk_context.h"
#include "run/schedule.h"
#include "state/run_record.h"

/* Why a finished chunk is skipped, in words. */
extern const char backfill_skip_reason[];

/*
 * Whether the chunk is finished, by finish_judge(): its newest load is recorded, and the table still holds
 * the rows of that load, by their number and sums. Rows that were deleted, changed or added since, by hand or
 * by another load, make it unfinished. Values that are neither numbers nor in the key are not compared: after
 * a manual change of only those, --again repeats the chunk. Costs no request.
 */
MUST_CHECK bool backfill_is_finished(const struct chunk_context *context, const struct chunk *chunk,
                                     const struct run_record_entry *entry, bool *finished, struct err *err);

/*
 * Whether the chunk is finished (backfill_is_finished). If so, the run table has a row `skipped` for it, and
 * *result is set accordingly. Returns false if this could not be found out or recorded; err says why.
 */
MUST_CHECK bool backfill_skip(const struct chunk_context *context, const struct chunk *chunk,
                              struct chunk_result *result, bool *skipped, struct err *err);

/* Logs, once per job, how many of its chunks were skipped. */
void backfill_log_skipped(const struct schedule *schedule);

#endif
