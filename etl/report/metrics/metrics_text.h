/*
 * Metrics as text, in the Prometheus exposition format. Pure.
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

/* What the run table says of a job and contract. A run here is one start of `tokenflex-etl run` for them.
 * Times are milliseconds since 1970-01-01T00:00:00Z. The members are those of JOB_METRIC and JOB_ROWS in
 * report/metrics/metrics.def. exit_code is METRICS_CODE_UNKNOWN if the last run died, or its kind of failure
 * has no exit code. */
struct metrics_measure {
    const char *job;
    const char *contract;
#define METRIC(...)
#define JOB_METRIC(member, ...) int64_t member;
#define JOB_ROWS(member, ...) int64_t member;
#include "report/metrics/metrics.def"
#undef METRIC
#undef JOB_METRIC
#undef JOB_ROWS
};

/* One contract of one job. */
struct metrics_job {
    struct metrics_measure measure; /* names and exit code are always set, other members if is_measured */
    bool is_measured;               /* the run table has runs of it */
};

/* The difference between the loaded tokens and the service's own total; the largest, if several tables have
 * one. */
struct metrics_difference {
    const char *contract;
    const char *month;    /* `2026-09` */
    const char *category; /* "all" where the categories are added up */
    const char *tokens;   /* loaded - service, as decimal digits; "0" if they count as equal */
};

struct metrics {
    const char *version;
    int64_t written_ms; /* wall clock */

    /* The run that writes the file. */
    int64_t exit_code;
    int64_t elapsed_ms;
    bool database_up; /* the run table was read */

    /* The request budget of the settings, and what is left of it. */
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

/* Appends the metrics of the run that writes the file. */
void metrics_put_run(const struct metrics *metrics, struct buf *out);

/* Appends the request budget, the differences, the forecast and the budgets of tokens, and the jobs in the
 * order in which they stand there. */
void metrics_put_jobs(const struct metrics *metrics, struct buf *out);

/* Returns the metrics of a job and contract; adds them if there are none. Valid until the next one is
 * added. */
struct metrics_job *metrics_job_of(struct metrics *metrics, struct arena *arena, const char *job,
                                   const char *contract);

#endif
