/*
 * `reconcile: auto`: after a run, at most once per day (UTC) and contract, compares the loaded tokens with
 * the service's own totals. Months that differ are loaded again once.
 */
#ifndef RUN_RECONCILE_AUTO_H
#define RUN_RECONCILE_AUTO_H

#include "run/reconcile.h"

struct reconcile_auto {
    const struct run_options *run;     /* the options of the run that has ended */
    const struct run_outcome *outcome; /* its outcome */
};

/*
 * Compares the tables of a contract for which reconcile_auto_has() is true, with a summary that is newer than
 * their loads, if
 *
 * - the run has loaded one of them, or has skipped a chunk of one as unchanged;
 * - no run has requested the contract's summary on this day;
 * - one of them has a completely loaded month that is over.
 *
 * Failures are warnings in the log. Nothing is compared after a stop. Everything lives in arena.
 */
void reconcile_after_run(const struct reconcile_auto *after, struct arena *arena,
                         struct reconcile_outcome *outcome);

/* Whether the job's table is compared after a run: the job is enabled, has `reconcile: auto`, and can be
 * compared. */
bool reconcile_auto_has(const struct job *job);

/* Whether a window covers a whole month that is over. Pure. */
bool reconcile_auto_holds_month(const struct window *window, date_t today);

/*
 * For a plan: whether a run would request the contract's summary. will_hold: the run will have completely
 * loaded a month that is over.
 */
MUST_CHECK bool reconcile_auto_is_due(const struct run_options *run, const char *contract, bool will_hold,
                                      struct pg *pg, bool *is_due, struct err *err);

#endif
