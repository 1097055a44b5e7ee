#include "report/metrics/metrics_text.h"

#include "base/text.h"
#include "report/metrics/metrics_forecast.h"
#include "report/metrics/metrics_sample.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define PREFIX METRICS_PREFIX

enum unit { UNIT_NONE, UNIT_SECONDS /* from milliseconds */ };

/*
 * The metrics of a job. The label is `job_name`: Prometheus has a label `job` of its own and would rename
 * ours. Entries with the same name must be adjacent.
 */
static const struct job_metric {
    const char *name;
    const char *help;
    const char *outcome; /* the label's value; NULL: no such label */
    enum unit unit;
    size_t at;
} job_metrics[] = {
#define MEASURE(member) offsetof(struct metrics_job, measure.member)
#define ROWS(outcome, member)                                                                                \
    {                                                                                                        \
        "job_last_run_rows", "Rows of the last run: those of the result (read), and what became of them.",   \
            outcome, UNIT_NONE, MEASURE(member)                                                              \
    }
    {"job_last_success_timestamp_seconds", "When the last run that succeeded ended; 0: none has.", NULL,
     UNIT_SECONDS, MEASURE(success_ms)},
    {"job_last_run_timestamp_seconds", "When the last run ended, whether it succeeded or failed.", NULL,
     UNIT_SECONDS, MEASURE(ended_ms)},
    {"job_last_run_succeeded", "Whether the last run succeeded, each of its chunks: 1, else 0.", NULL,
     UNIT_NONE, MEASURE(succeeded)},
    {"job_last_run_duration_seconds", "How long the last run took.", NULL, UNIT_SECONDS, MEASURE(elapsed_ms)},
    ROWS("read", rows_read),
    ROWS("inserted", rows_inserted),
    ROWS("updated", rows_updated),
    ROWS("unchanged", rows_unchanged),
    ROWS("deleted", rows_deleted),
    {"job_last_run_requests", "Requests to the API that the last run spent.", NULL, UNIT_NONE,
     MEASURE(requests)},
    {"job_consecutive_failures", "Runs that have failed since the last one that succeeded.", NULL, UNIT_NONE,
     MEASURE(failures)},
    {"job_last_exit_code",
     "Exit code of the job's part in its last run; of the run that wrote this, also where it could not "
     "begin.",
     NULL, UNIT_NONE, MEASURE(exit_code)},
#undef ROWS
#undef MEASURE
};

static int64_t value_of(const struct metrics_job *job, const struct job_metric *metric)
{
    return *(const int64_t *)(const void *)((const char *)job + metric->at);
}

static bool is_known(const struct metrics_job *job, const struct job_metric *metric)
{
    bool is_code = metric->at == offsetof(struct metrics_job, measure.exit_code);
    return is_code ? job->measure.exit_code != METRICS_CODE_UNKNOWN : job->is_measured;
}

/* Writing. */

static void put_value(struct buf *out, enum unit unit, int64_t value)
{
    if (unit == UNIT_SECONDS)
        buf_print(out, " %" PRId64 ".%03d\n", value / 1000, (int)(value % 1000));
    else
        buf_print(out, " %" PRId64 "\n", value);
}

static void put_job_sample(struct buf *out, const struct job_metric *metric, const struct metrics_job *job)
{
    buf_print(out, PREFIX "%s{job_name=\"", metric->name);
    metrics_put_label_value(out, job->measure.job);
    buf_put(out, "\",contract_number=\"");
    metrics_put_label_value(out, job->measure.contract);
    if (metric->outcome)
        buf_print(out, "\",outcome=\"%s", metric->outcome);
    buf_put(out, "\"}");
    put_value(out, metric->unit, value_of(job, metric));
}

static void put_job_metrics(const struct metrics *metrics, struct buf *out)
{
    const char *last = "";
    for (size_t i = 0; i < COUNT_OF(job_metrics); i++) {
        const struct job_metric *metric = &job_metrics[i];
        for (size_t j = 0; j < metrics->job_count; j++) {
            if (!is_known(&metrics->jobs[j], metric))
                continue;
            if (!text_equal(last, metric->name))
                metrics_put_head(out, metric->name, metric->help);
            last = metric->name;
            put_job_sample(out, metric, &metrics->jobs[j]);
        }
    }
}

static void put_number(struct buf *out, const char *name, const char *help, enum unit unit, int64_t value)
{
    metrics_put_head(out, name, help);
    buf_print(out, PREFIX "%s", name);
    put_value(out, unit, value);
}

void metrics_put_run(const struct metrics *metrics, struct buf *out)
{
    metrics_put_head(out, "build_info", "1, with the version that wrote this file as a label.");
    buf_put(out, PREFIX "build_info{version=\"");
    metrics_put_label_value(out, metrics->version);
    buf_put(out, "\"} 1\n");
    put_number(out, "written_timestamp_seconds", "When this file was written: at the end of a run.",
               UNIT_SECONDS, metrics->written_ms);
    put_number(out, "last_run_exit_code", "Exit code of the run that wrote this file.", UNIT_NONE,
               metrics->exit_code);
    put_number(out, "last_run_duration_seconds", "How long the run that wrote this file took.", UNIT_SECONDS,
               metrics->elapsed_ms);
    put_number(out, "database_up", "Whether the run table could be read; 0: the figures of jobs are older.",
               UNIT_NONE, metrics->database_up);
}

static void put_budget(const struct metrics *metrics, struct buf *out)
{
    metrics_put_head(out, "request_budget_per_minute",
                     "Requests that the budget regains a minute; 0: no limit.");
    buf_print(out, PREFIX "request_budget_per_minute %.9g\n", metrics->per_minute);
    if (metrics->per_minute > 0)
        put_number(out, "request_budget_burst", "Requests that the API grants at once.", UNIT_NONE,
                   metrics->burst);
    if (!metrics->level_is_known)
        return;
    metrics_put_head(out, "request_budget_left",
                     "Requests that could be sent now; below zero: the number that waiting runs still need.");
    buf_print(out, PREFIX "request_budget_left %.3f\n", metrics->requests_left);
}

static void put_differences(const struct metrics *metrics, struct buf *out)
{
    if (metrics->difference_count > 0)
        metrics_put_head(
            out, "reconciliation_difference_tokens",
            "Tokens loaded minus the service's own total, as last compared; of several tables the "
            "largest.");
    for (size_t i = 0; i < metrics->difference_count; i++) {
        const struct metrics_difference *difference = &metrics->differences[i];
        buf_put(out, PREFIX "reconciliation_difference_tokens{contract=\"");
        metrics_put_label_value(out, difference->contract);
        buf_print(out, "\",month=\"%s\",category=\"", difference->month);
        metrics_put_label_value(out, difference->category);
        buf_print(out, "\"} %s\n", difference->tokens);
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
