/*
 * Compares the loaded tokens with the service's own totals, and loads again what differs.
 *
 * One request per contract. Tables are compared as finely as the rows of the job that loads them allow
 * (job/totals_rule). The results are stored in tokenflex_etl.reconciliation.
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
    const struct jobs *defined; /* all jobs, selected or not */
    bool repair;                /* months that differ are loaded again, and compared once more */
    bool after_run;             /* failures are warnings, and do not make the run fail */
    date_t today;               /* UTC */
    const char *host;
    const char *invocation_id; /* a UUID of this start of the program */
    const char *user_agent;
};

struct reconcile_outcome {
    struct reconcile_item *items; /* in the order of the jobs */
    size_t count;
    size_t differences; /* the number of lines that differ, in all results */
    uint64_t requests;  /* for summaries, and for lists of contracts */
    int exit_code;
};

/*
 * Compares, and repairs if options->repair. Returns false if it could not begin at all: err says why and is
 * not logged yet; ERR_CONFIG if none of the jobs can be compared. An error of one table or contract is logged
 * and stored in its item. exit_code: 65 if a difference remains, joined with the codes of errors and of the
 * repair's loads; 75 after a stop; else 0. Everything lives in arena.
 */
MUST_CHECK bool reconcile(const struct reconcile_options *options, struct arena *arena,
                          struct reconcile_outcome *outcome, struct err *err);

#endif
