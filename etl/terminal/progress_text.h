/*
 * The progress of a run as text: one line a running job and one for the run. Pure.
 *
 *     daily_product_usage 2/3 11000000001  page 4 of 20  1m03s left  20,000 of 98,123 rows  1,250/s
 *     monthly_users 11000000002            polling  for 12s  waiting 35s for the budget
 *     3 of 7 jobs done, 7 of 15 chunks, about 1m40s left
 *
 * A job's line has a fixed order: job, chunk and contract; the phase; the wait; the time left; rows or bytes;
 * the speed. What is not known is left out. All of it is ASCII.
 */
#ifndef TERMINAL_PROGRESS_TEXT_H
#define TERMINAL_PROGRESS_TEXT_H

#include "base/buf.h"
#include "base/progress.h"

#include <stddef.h>
#include <stdint.h>

/*
 * Appends lines with '\n' between them, for a terminal of this size: each is shorter than the terminal is
 * wide, and they are fewer than it has rows, so that nothing wraps or scrolls. The last line counts the jobs
 * for which there is no room. Returns the number of lines; 0: no job runs, or the terminal is too small.
 */
size_t progress_put_lines(struct buf *out, const struct progress *progress, size_t columns, size_t rows);

/* Appends the status for a service manager, in one line: "3 of 7 jobs done, 1 failed; LINE; LINE". */
void progress_put_status(struct buf *out, const struct progress *progress);

/* The speed of the last seconds; 0: no rows arrive, or it is not known yet. */
double progress_rows_per_s(const struct progress_entry *entry, int64_t now_ms);

/*
 * The time until all rows or bytes of the phase have arrived, at the speed of the last seconds; at least the
 * rest of the current wait. -1: not known.
 */
int64_t progress_left_ms(const struct progress_entry *entry, int64_t now_ms);

/* The time until the run ends, at the speed of its finished chunks. -1: fewer than two are finished. */
int64_t progress_run_left_ms(const struct progress *progress);

#endif
