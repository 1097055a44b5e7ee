/*
 * The state of the jobs: what the run table says of each job and contract, compared with the definitions, and
 * the request budget.
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
#include "state/work_view.h"

/* The number of invocations in a trend. */
#define STATUS_TREND 5

/* A job definition. */
struct status_definition {
    const struct job *job;
    bool has_errors; /* in its file; the job is not run */
};

struct status_options {
    const struct settings *settings;
    const struct status_definition *definitions; /* of all jobs */
    size_t definition_count;
    bool definitions_known;        /* false: the directory of jobs cannot be read */
    const struct text_list *names; /* the requested jobs; NULL: all */
};

/* What is wrong with an enabled job. */
enum status_problem {
    STATUS_OK,
    STATUS_BROKEN,  /* its definition has errors */
    STATUS_FAILED,  /* its last run failed */
    STATUS_DIED,    /* the process of its last run is gone */
    STATUS_OVERDUE, /* its last run is much longer ago than the usual interval */
    STATUS_DIFFERS, /* its table differs from the service's own totals */
};

/* One job and contract. */
struct status_job {
    const char *job;
    const char *contract; /* NULL: not known yet, because the job never ran */
    enum status_problem problem;
    bool configured; /* the definition exists and includes the contract; true if definitions are not known */
    bool enabled;
    bool has_data; /* data_through is known */
    date_t data_through;
    const struct invocation *last; /* NULL: it never ran */
    const struct invocation
        *judged;                      /* the newest that was not skipped; but if it succeeded and a failure
                                       * still stands, that failure. `problem` is derived from it. NULL: none */
    const struct invocation *success; /* invocation_find_success() */
    const struct invocation *loaded;  /* the newest that succeeded and has loaded a chunk; NULL: none */
    bool has_service_data;            /* service_data_through is known */
    date_t service_data_through;      /* the service's latest day with usage (GET usage/:n/last) */
    const struct invocation *trend;   /* newest first */
    size_t trend_count;
    size_t failures_in_a_row; /* invocations that failed or died since `success` */
    size_t differences;       /* figures that the last comparison with the service's totals found different */
    const struct reconciliation_figure *difference; /* the first of them */
    int64_t usual_gap_ms;                           /* the longest time between the starts of its last runs */
    bool gap_is_assumed;                            /* there are too few runs to show it: a day */
};

struct status {
    bool has_table;         /* false: `init` never ran in this database */
    bool definitions_known; /* false: `configured` and `enabled` are guesses */
    int64_t now_ms;         /* the database's clock */
    struct status_job *jobs;
    size_t job_count;
    struct budget budget;
    struct budget_level level;
    struct token_budget_uses token_budgets; /* none if only some jobs were requested */
    struct undeleted_export *kept_exports;  /* at the service, and not needed any more */
    size_t kept_export_count;
    struct text_list stale_views; /* of load/reports.h; none if only some jobs were requested */
    struct work_view share;       /* who works on what, where hosts share the work */
};

/*
 * Reads the run table and the budget in a read-only transaction: nothing is locked, spent or changed. Texts
 * live in arena and in options. ERR_USAGE for a name that is neither defined nor in the run table.
 */
MUST_CHECK bool status_read(const struct status_options *options, struct pg *pg, struct arena *arena,
                            struct status *status, struct err *err);

/* The same from histories that have been read. Sorts the jobs by name and contract. Pure. */
MUST_CHECK bool status_make(const struct status_options *options, const struct run_list *histories,
                            struct arena *arena, struct status *status, struct err *err);

/* Adds to each job what the last comparison with the service's totals has found. Borrows the list. Pure. */
void status_take_differences(const struct reconciliation_list *list, struct status *status);

/* Adds to each job how far the service's data goes, for the usage categories of its definition. Pure. */
void status_take_source(const struct status_options *options, const struct source_through_list *list,
                        struct status *status);

/* When the budget will be full, in milliseconds since 1970; now_ms if it is full. Pure. */
int64_t status_full_at_ms(const struct status *status);

/* How many requests the budget allows now, rounded down. Pure. */
uint64_t status_available(const struct status *status);

#endif
