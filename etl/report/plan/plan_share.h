/*
 * The round of shared work that a planned run would join (run.share).
 */
#ifndef REPORT_PLAN_PLAN_SHARE_H
#define REPORT_PLAN_PLAN_SHARE_H

#include "run/run_options.h"
#include "state/work_view.h"

struct plan_share {
    struct work_view view; /* who works on what of it */
    date_t today;          /* by which the run would cut its windows: the round's, or the database's */
    struct err refused;    /* why the run could not join; kind ERR_NONE: it could, or would open a round */
};

/* Where the run is not shared, or pg is NULL (the database tells nothing), the view is empty and today the
 * options'. Lives in arena. */
MUST_CHECK bool plan_share_read(const struct run_options *options, struct pg *pg, struct arena *arena,
                                struct plan_share *share, struct err *err);

#endif
