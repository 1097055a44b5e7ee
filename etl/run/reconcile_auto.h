/*
 * `reconcile: auto`: after a run, at most once a day (UTC) and contract, what is loaded is held against the
 * service's own totals; months that differ are loaded again once.
 */
#ifndef RUN_RECONCILE_AUTO_H
#define RUN_RECONCILE_AUTO_H

#include "run/reconcile.h"

struct reconcile_auto {
    const struct run_options *run;     /* of the run that has ended */
    const struct run_outcome *outcome; /* what has become of it */
};

/*
 * Compares the tables of a contract of all enabled jobs that may be compared, where the run has loaded one of
 * them, no run has asked for the contract's summary on this day, and one of the tables holds a month whole
 * that is over. A summary is younger than every load that it is compared with. What cannot be done is a
 * warning in the log. Nothing is compared after a stop. Everything lives in arena.
 */
void reconcile_after_run(const struct reconcile_auto *after, struct arena *arena,
                         struct reconcile_outcome *outcome);

/* Whether the job's tables are compared after a run. */
bool reconcile_auto_has(const struct job *job);

/* Whether a window holds a month whole that is over. Pure. */
bool reconcile_auto_holds_month(const struct window *window, date_t today);

/*
 * Of a plan: whether a run would ask for the contract's summary; will_hold: it will have loaded a month whole
 * that is over.
 */
MUST_CHECK bool reconcile_auto_is_due(const struct run_options *run, const char *contract, bool will_hold,
                                      struct pg *pg, bool *is_due, struct err *err);

#endif
