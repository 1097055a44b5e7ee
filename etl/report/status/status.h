/*
 * How the jobs are doing: what the run table tells of each job and contract, beside what is configured, and
 * what is left of the request budget.
 */
#ifndef REPORT_STATUS_STATUS_H
#define REPORT_STATUS_STATUS_H

#include "job/job.h"
#include "load/token_budget_use.h"
#include "report/status/invocation.h"
#include "state/budget.h"
#include "state/reconciliation_list.h"
#include "state/remote.h"
#include "state/run_list.h"
#include "state/source_change.h"

/* So many invocations make the trend. */
#define STATUS_TREND 5

/* A job that is defined. */
struct status_definition {
    const struct job *job;
    bool has_errors; /* its file: it is not run */
};

struct status_options {
    const struct settings *settings;
    const struct status_definition *definitions; /* of every job there is */
    size_t definition_count;
    bool definitions_known;        /* false: the directory of jobs cannot be read */
    const struct text_list *names; /* the jobs asked for; NULL: all */
};

/* What is wrong with a job that is to be run. */
enum status_problem {
    STATUS_WELL,
    STATUS_BROKEN,  /* its definition has errors */
    STATUS_FAILED,  /* its last run did */
    STATUS_DIED,    /* its last run's runner is gone */
    STATUS_OVERDUE, /* its last run is longer ago than they used to be apart */
    STATUS_DIFFERS, /* its table differs from the service's own totals */
};

/* A job and a contract of it. */
struct status_job {
    const char *job;
    const char *contract; /* NULL: not known yet, since the job never ran */
    enum status_problem problem;
    bool configured; /* job and contract; true where definitions are not known */
    bool enabled;
    bool has_data; /* data_through is known */
    date_t data_through;
    const struct invocation *last; /* NULL: it never ran */
    const struct invocation
        *judged; /* the newest that was not skipped: what `problem` is about; NULL: none */
    const struct invocation *success; /* the newest that succeeded; NULL: none */
    const struct invocation *loaded;  /* the newest of these that has loaded a chunk; NULL: none */
    bool has_service_data;            /* service_data_through is known */
    date_t service_data_through;    /* the latest day with usage that the service tells (GET usage/:n/last) */
    const struct invocation *trend; /* newest first */
    size_t trend_count;
    size_t failures_in_a_row; /* invocations that failed or died since `success` */
    size_t differences;       /* figures that the last comparison with the service's totals found different */
    const struct reconciliation_figure *difference; /* the first of them */
    int64_t usual_gap_ms; /* STATUS_OVERDUE: the longest time between the starts of its last runs */
};

struct status {
    bool has_table;         /* false: `init` never ran in this database */
    bool definitions_known; /* false: `configured` and `enabled` are guesses */
    int64_t now_ms;         /* the database's clock */
    struct status_job *jobs;
    size_t job_count;
    struct budget budget;
    struct budget_level level;
    struct token_budget_uses token_budgets; /* none if only some jobs were asked for */
    struct kept_export *kept_exports;       /* at the service, though nobody needs them */
    size_t kept_export_count;
};

/*
 * Reads run table and budget, in a transaction that may only read; nothing is locked, spent or changed. Texts
 * live in arena and in options. ERR_USAGE for a name that neither a definition nor the run table has.
 */
MUST_CHECK bool status_read(const struct status_options *options, struct pg *pg, struct arena *arena,
                            struct status *status, struct err *err);

/* The same from histories that have been read: jobs by name and contract. Pure. */
MUST_CHECK bool status_make(const struct status_options *options, const struct run_list *histories,
                            struct arena *arena, struct status *status, struct err *err);

/* Tells the jobs what the last comparisons with the service's totals have found. Borrows the list. Pure. */
void status_take_differences(const struct reconciliation_list *list, struct status *status);

/* Tells the jobs how far the service's data goes, each for the usage categories of its definition. Pure. */
void status_take_source(const struct status_options *options, const struct source_through_list *list,
                        struct status *status);

/* When the budget will be full, in milliseconds since 1970; now_ms where it is. Pure. */
int64_t status_full_at_ms(const struct status *status);

/* What the budget has for requests that are to be made now, as a whole number. Pure. */
uint64_t status_available(const struct status *status);

#endif
