/*
 * Holds what is loaded against the service's own totals, and loads what differs again.
 *
 * One request a contract. Tables are compared as finely as the rows of the job that loads them allow
 * (job/totals_rule); what is found goes to tokenflex_etl.reconciliation.
 */
#ifndef RUN_RECONCILE_H
#define RUN_RECONCILE_H

#include "job/settings.h"
#include "run/reconcile_item.h"
#include "run/runner.h"

struct reconcile_options {
    const struct settings *settings;
    const struct job *const *jobs;
    size_t job_count;
    const struct jobs *defined; /* every job there is, selected or not */
    bool repair;                /* months that differ are loaded again, and compared once more */
    bool after_run;             /* what fails is a warning, and no error of the run */
    date_t today;               /* UTC */
    const char *host;
    const char *invocation_id; /* a UUID of this start of the program */
    const char *user_agent;
};

struct reconcile_outcome {
    struct reconcile_item *items; /* in the order of the jobs */
    size_t count;
    size_t differences; /* lines of all results that differ */
    uint64_t requests;  /* for summaries, and for lists of contracts */
    int exit_code;
};

/*
 * Compares, and repairs where that is asked for. False when nothing could be begun at all: err says why and
 * is not in the log yet; ERR_CONFIG when none of the jobs can be compared. What fails for one table or
 * contract is in the log, and in its item. exit_code is 65 where a difference is left, and that of what
 * failed; 0 else. Everything lives in arena.
 */
MUST_CHECK bool reconcile(const struct reconcile_options *options, struct arena *arena,
                          struct reconcile_outcome *outcome, struct err *err);

#endif
