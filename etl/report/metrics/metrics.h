/*
 * run.metrics_file: the metrics that alerts need, for the textfile collector of the Prometheus node exporter.
 *
 * There are two files, so that neither has to be read back. NAME.prom, which the settings name, has what the
 * database knows of jobs, budget and comparisons. NAME_run.prom beside it has the run that wrote it. The
 * metrics of jobs come from the run table, so that they include jobs of other tags and runs on other hosts. A
 * job that has not run for 35 days and that no enabled definition names is left out.
 *
 * NAME_run.prom is replaced after every run, even a failed one. If the run table cannot be read, NAME.prom
 * stays as it is and `database_up` is 0: the last success gets older, so that an alert on `time() -
 * last_success > 26h` still fires instead of having no data.
 *
 * The files describe one database. Two databases used on one host need two pairs of files.
 */
#ifndef REPORT_METRICS_METRICS_H
#define REPORT_METRICS_METRICS_H

#include "job/settings.h"
#include "report/metrics/metrics_text.h"
#include "report/run_end.h"
#include "report/status/history.h"

/* Writes both files if the settings name one. A failure is logged as a warning. */
void metrics_write(const struct settings *settings, const struct run_end *end);

/* Measures a job and contract, by the same invocations as `status`. Returns false if no invocation has ended.
 * measure borrows the names from history. Pure. */
bool metrics_measure(const struct run_list_of_job *history, struct arena *arena,
                     struct metrics_measure *measure);

#endif
