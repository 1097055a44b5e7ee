/*
 * run.metrics_file: what operators' alerts need to know, for the textfile collector of Prometheus' node
 * exporter.
 *
 * There are two files, so that none is ever read back: NAME.prom, which the settings name, has what the
 * database tells of jobs, budget and comparisons; NAME_run.prom beside it has the run that wrote it. What is
 * said of jobs is read from the run table, so that jobs of other tags and runs of other hosts are in it too.
 * Of a job that has not run for 35 days and that no enabled definition names any more, nothing is said.
 *
 * NAME_run.prom is replaced after every run, however it went. Where the run table cannot be read, NAME.prom
 * stays as it is, and `database_up` is 0: a last success grows old then, as it should, and
 * `time() - last_success > 26h` comes true in time instead of having nothing to look at.
 *
 * The files are one database's: those of two of them on one host are two sources of the same metrics.
 */
#ifndef REPORT_METRICS_METRICS_H
#define REPORT_METRICS_METRICS_H

#include "job/settings.h"
#include "report/metrics/metrics_text.h"
#include "report/run_ending.h"
#include "report/status/history.h"

/* Writes both files where the settings name one. A failure is a warning. */
void metrics_write(const struct settings *settings, const struct run_ending *ending);

/* What there is to measure of a job and contract, by the same invocations as `status` tells of. False: no run
 * of it is over. The names are the history's. Pure. */
bool metrics_measure(const struct run_list_of_job *history, struct arena *arena,
                     struct metrics_measure *measure);

/*
 * Exit codes of the jobs that this run took up, also of those that have no row of it; those of the jobs that
 * could not begin, since nothing could, are the run's. Pure.
 */
void metrics_note_ending(struct metrics *metrics, struct arena *arena, const struct run_ending *ending);

/* Drops jobs that are gone: see above. Orders the others by name and contract. Pure. */
void metrics_tidy(struct metrics *metrics, const struct jobs *defined);

/* The path of NAME_run.prom, for NAME.prom. Lives in arena. Pure. */
const char *metrics_run_path(const char *path, struct arena *arena);

#endif
