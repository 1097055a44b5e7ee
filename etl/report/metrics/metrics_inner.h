/* What only report/metrics/metrics.c and its unit tests use. */
#ifndef REPORT_METRICS_METRICS_INNER_H
#define REPORT_METRICS_METRICS_INNER_H

#include "report/metrics/metrics.h"

/*
 * Sets the exit codes of the jobs that this run began, also of those without a row in the run table. If the
 * run could not begin at all, its selected jobs get the exit code of the run. Pure.
 */
void metrics_note_end(struct metrics *metrics, struct arena *arena, const struct run_end *end);

/* Drops the jobs that are to be left out (report/metrics/metrics.h) and sorts the others by name and
 * contract. Pure. */
void metrics_drop_stale(struct metrics *metrics, const struct jobs *defined);

/* Returns the path of NAME_run.prom for NAME.prom. It lives in arena. Pure. */
const char *metrics_run_path(const char *path, struct arena *arena);

#endif
