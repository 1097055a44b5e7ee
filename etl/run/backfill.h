/*
 * A backfill (--from, --to) that goes on where an earlier one was interrupted: chunks that are finished are
 * not asked for again.
 */
#ifndef RUN_BACKFILL_H
#define RUN_BACKFILL_H

#include "run/chunk_context.h"
#include "run/schedule.h"
#include "state/run_record.h"

/* Why a finished chunk is skipped, in words. */
extern const char backfill_skip_reason[];

/*
 * Whether the chunk is finished, by finish_judge(): its newest load is remembered, and the table still holds
 * the rows that this load left, by their number and sums. Rows that somebody has deleted, changed or added
 * since, by hand or by another load, make it unfinished. Values that are no numbers, outside the key, are not
 * looked at: who changes only those by hand repeats the chunk with --again. Costs no request.
 */
MUST_CHECK bool backfill_is_finished(const struct chunk_context *context, const struct chunk *chunk,
                                     const struct run_record_entry *entry, bool *finished, struct err *err);

/*
 * Whether the chunk is finished (backfill_is_finished). If so, the run table has a row `skipped` of it by
 * now, and result says so. False: neither is known, for the reason in err.
 */
MUST_CHECK bool backfill_skip(const struct chunk_context *context, const struct chunk *chunk,
                              struct chunk_result *result, bool *skipped, struct err *err);

/* Logs once a job how many of its chunks were skipped. */
void backfill_tell_skipped(const struct schedule *schedule);

#endif
