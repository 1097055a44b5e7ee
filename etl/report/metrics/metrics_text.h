/*
 * Metrics as text, in Prometheus' exposition format. Pure.
 */
#ifndef REPORT_METRICS_METRICS_TEXT_H
#define REPORT_METRICS_METRICS_TEXT_H

#include "base/arena.h"
#include "base/buf.h"
#include "load/token_budget_use.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define METRICS_CODE_UNKNOWN (-1)

/* What the run table tells of a job and contract. A run here is what one invocation did of them. Moments are
 * milliseconds since 1970-01-01T00:00:00Z. */
struct metrics_measure {
    const char *job;
    const char *contract;
    int64_t success_ms; /* when the last run that succeeded ended; 0: none has */
    int64_t failures;   /* runs that have failed since */

    /* Of the last run that succeeded, failed or died. */
    int64_t ended_ms;
    int64_t elapsed_ms;
    int64_t succeeded; /* 1, else 0 */
    int64_t requests;
    int64_t rows_read;
    int64_t rows_inserted;
    int64_t rows_updated;
    int64_t rows_unchanged;
    int64_t rows_deleted;
    int64_t exit_code; /* METRICS_CODE_UNKNOWN: it died, or its failure has none */
};

/* One contract of one job. */
struct metrics_job {
    struct metrics_measure measure; /* its names and exit code always, its other numbers where is_measured */
    bool is_measured;               /* the run table has runs of it */
};

/* How far what is loaded is from the service's own total: the largest such difference of several tables. */
struct metrics_difference {
    const char *contract;
    const char *month;    /* `2026-09` */
    const char *category; /* "all" where the categories are added up */
    const char *tokens;   /* loaded - service, as decimal digits; "0" where that counts as equal */
};

struct metrics {
    const char *version;
    int64_t written_ms; /* wall clock */

    /* The run that writes. */
    int64_t exit_code;
    int64_t elapsed_ms;
    bool database_up; /* the run table was read */

    /* The request budget, as the settings have it, and what is left of it. */
    double per_minute; /* 0: no limit on our side */
    unsigned burst;
    bool level_is_known;
    double requests_left;

    struct metrics_difference *differences; /* in an arena */
    size_t difference_count;

    struct forecast forecast;
    struct token_budget_uses token_budgets;

    struct metrics_job *jobs; /* in an arena */
    size_t job_count;
};

/* Appends what is to be said of the run that writes. */
void metrics_put_run(const struct metrics *metrics, struct buf *out);

/* Appends the request budget, the differences, the forecast and the budgets of tokens, and the jobs in the
 * order in which they stand there. */
void metrics_put_jobs(const struct metrics *metrics, struct buf *out);

/* The metrics of a contract of a job, added where there are none yet. Valid until the next is added. */
struct metrics_job *metrics_job_of(struct metrics *metrics, struct arena *arena, const char *job,
                                   const char *contract);

#endif
