/*
 * The report views after a run: a view of `init --reports` reads the tables that existed when it was made. A
 * run may have made another one that it would read (cloud_usage, TABLE_history), or replaced one.
 */
#ifndef RUN_REPORT_VIEWS_H
#define RUN_REPORT_VIEWS_H

#include "run/run_options.h"
#include "run/runner.h"

/*
 * Updates the views that would read other tables now, if there were views when the run began and it has
 * loaded anything. It makes no view that is missing. A failure is a warning; if the
 * update itself fails, the warning names the command for the owner of the views, `init --reports`.
 */
void report_views_after_run(const struct settings *settings, const struct run_outcome *outcome);

#endif
