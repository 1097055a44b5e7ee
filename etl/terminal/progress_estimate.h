/*
 * What an entry of base/progress tells at a moment: whether its job waits, how fast it is, and how long it
 * will take. Moments are monotonic. Pure.
 */
#ifndef TERMINAL_PROGRESS_ESTIMATE_H
#define TERMINAL_PROGRESS_ESTIMATE_H

#include "base/progress.h"

/* Whether it waits at a moment. */
bool progress_waits(const struct progress_entry *entry, int64_t now_ms);

/* Rows a second of late; 0: none, or that cannot be told yet. */
double progress_rows_per_s(const struct progress_entry *entry, int64_t now_ms);

/*
 * Until all rows (or bytes) will have come, at the speed that they had when the last ones came, and not
 * before its wait is over; -1: that cannot be told.
 */
int64_t progress_left_ms(const struct progress_entry *entry, int64_t now_ms);

/*
 * Until the whole run will be over, at the pace of the chunks that are: `over` of totals->chunks; -1: that
 * cannot be told, as before two are over.
 */
int64_t progress_run_left_ms(const struct progress_totals *totals, size_t over, int64_t now_ms);

#endif
