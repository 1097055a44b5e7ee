/*
 * The round of shared work that a planned run would join (run.share).
 */
#ifndef REPORT_PLAN_PLAN_SHARE_H
#define REPORT_PLAN_PLAN_SHARE_H

#include "run/run_options.h"
#include "state/work_view.h"

/* Reads who works on what of it; nothing where the run is not shared, or pg is NULL: the
 * database tells nothing. Lives in arena. */
MUST_CHECK bool plan_share_read(const struct run_options *options, struct pg *pg, struct arena *arena,
                                struct work_view *view, struct err *err);

#endif
