#include "report/metrics/metrics_text.h"

#include "base/text.h"
#include "report/metrics/metrics_forecast.h"
#include "report/metrics/metrics_sample.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum unit { UNIT_COUNT, UNIT_SECONDS /* from milliseconds */ };

/* The samples of a job, in the order in which they are written. Those of one metric are adjacent. */
static const struct job_metric {
    enum metric_id id;
    enum unit unit;
    const char *outcome; /* the value of the third label; NULL: there is none */
    size_t at;           /* of the value in struct metrics_job */
} job_metrics[] = {
#define METRIC(...)
#define JOB_METRIC(member, name, unit, value, help)                                                          \
    {METRIC_##member, UNIT_##unit, NULL, offsetof(struct metrics_job, measure.member)},
#define JOB_ROWS(member, outcome, value)                                                                     \
    {METRIC_JOB_ROWS, UNIT_COUNT, outcome, offsetof(struct metrics_job, measure.member)},
#include "report/metrics/metrics.def"
#undef METRIC
#undef JOB_METRIC
#undef JOB_ROWS
};

static int64_t value_of(const struct metrics_job *job, const struct job_metric *metric)
{
    return *(const int64_t *)(const void *)((const char *)job + metric->at);
}

static bool is_known(const struct metrics_job *job, const struct job_metric *metric)
{
    return metric->id == METRIC_exit_code ? job->measure.exit_code != METRICS_CODE_UNKNOWN : job->is_measured;
}

static void put_job_sample(struct metric_samples *samples, const struct job_metric *metric,
                           const struct metrics_job *job)
{
    const char *labels[] = {job->measure.job, job->measure.contract, metric->outcome};
    if (metric->unit == UNIT_SECONDS)
        metric_put_seconds(samples, labels, value_of(job, metric));
    else
        metric_put_count(samples, labels, value_of(job, metric));
}

static void put_job_metrics(const struct metrics *metrics, struct buf *out)
{
    struct metric_samples samples = {.id = METRICS, .out = out};
    for (size_t i = 0; i < COUNT_OF(job_metrics); i++) {
        const struct job_metric *metric = &job_metrics[i];
        if (metric->id != samples.id)
            samples = (struct metric_samples){.id = metric->id, .out = out};
        for (size_t j = 0; j < metrics->job_count; j++)
            if (is_known(&metrics->jobs[j], metric))
                put_job_sample(&samples, metric, &metrics->jobs[j]);
    }
}

/* A metric with one sample, without labels. */
static void put_count(enum metric_id id, int64_t value, struct buf *out)
{
    metric_put_count(&(struct metric_samples){.id = id, .out = out}, NULL, value);
}

static void put_seconds(enum metric_id id, int64_t value_ms, struct buf *out)
{
    metric_put_seconds(&(struct metric_samples){.id = id, .out = out}, NULL, value_ms);
}

static void put_decimal(enum metric_id id, const char *format, double value, struct buf *out)
{
    char text[64];
    snprintf(text, sizeof text, format, value);
    metric_put(&(struct metric_samples){.id = id, .out = out}, NULL, text);
}

void metrics_put_run(const struct metrics *metrics, struct buf *out)
{
    metric_put_count(&(struct metric_samples){.id = METRIC_BUILD_INFO, .out = out}, &metrics->version, 1);
    put_seconds(METRIC_WRITTEN, metrics->written_ms, out);
    put_count(METRIC_RUN_EXIT_CODE, metrics->exit_code, out);
    put_seconds(METRIC_RUN_DURATION, metrics->elapsed_ms, out);
    put_count(METRIC_DATABASE_UP, metrics->database_up, out);
}

static void put_budget(const struct metrics *metrics, struct buf *out)
{
    put_decimal(METRIC_REQUESTS_PER_MINUTE, "%.9g", metrics->per_minute, out);
    if (metrics->per_minute > 0)
        put_count(METRIC_REQUESTS_BURST, metrics->burst, out);
    if (metrics->level_is_known)
        put_decimal(METRIC_REQUESTS_LEFT, "%.3f", metrics->requests_left, out);
}

static void put_differences(const struct metrics *metrics, struct buf *out)
{
    struct metric_samples samples = {.id = METRIC_DIFFERENCE, .out = out};
    for (size_t i = 0; i < metrics->difference_count; i++) {
        const struct metrics_difference *difference = &metrics->differences[i];
        const char *labels[] = {difference->contract, difference->month, difference->category};
        metric_put(&samples, labels, difference->tokens);
    }
}

void metrics_put_jobs(const struct metrics *metrics, struct buf *out)
{
    put_budget(metrics, out);
    put_differences(metrics, out);
    metrics_put_forecast(&metrics->forecast, out);
    metrics_put_token_budgets(&metrics->token_budgets, out);
    put_job_metrics(metrics, out);
}

struct metrics_job *metrics_job_of(struct metrics *metrics, struct arena *arena, const char *job,
                                   const char *contract)
{
    for (size_t i = 0; i < metrics->job_count; i++) {
        struct metrics_job *there = &metrics->jobs[i];
        if (text_equal(there->measure.job, job) && text_equal(there->measure.contract, contract))
            return there;
    }
    struct metrics_job *added = arena_push(arena, &metrics->jobs, &metrics->job_count, sizeof *added);
    added->measure.job = arena_copy_text(arena, job);
    added->measure.contract = arena_copy_text(arena, contract);
    added->measure.exit_code = METRICS_CODE_UNKNOWN;
    return added;
}
