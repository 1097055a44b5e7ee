/*
 * Computes from an entry of base/progress whether its job waits, how fast it is, and how long it will take.
 * Times are monotonic. Pure.
 */
#ifndef TERMINAL_PROGRESS_ESTIMATE_H
#define TERMINAL_PROGRESS_ESTIMATE_H

#include "base/progress.h"

/* Whether the job waits at now_ms. */
bool progress_waits(const struct progress_entry *entry, int64_t now_ms);

/* The recent speed in rows a second; 0: no rows come, or the speed is not known yet. */
double progress_rows_per_s(const struct progress_entry *entry, int64_t now_ms);

/*
 * The time until all rows (or bytes) have come, at the speed measured when the last ones came. Never less
 * than the rest of the current wait. -1: not known.
 */
int64_t progress_left_ms(const struct progress_entry *entry, int64_t now_ms);

/*
 * The time until the whole run is over, at the speed of the finished chunks: `over` of totals->chunks. -1:
 * not known, as long as fewer than two chunks are finished.
 */
int64_t progress_run_left_ms(const struct progress_totals *totals, size_t over, int64_t now_ms);

#endif
