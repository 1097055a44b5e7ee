#include "report/metrics/metrics.h"

#include "base/clock.h"
#include "base/exit_code.h"
#include "base/log.h"
#include "base/stop.h"
#include "report/metrics/metrics_differences.h"
#include "report/metrics/metrics_file.h"
#include "report/metrics/metrics_inner.h"
#include "report/status/advice.h"
#include "state/budget.h"
#include "wire/pg/pooler.h"

#include <stdlib.h>
#include <string.h>

/* The time limit for the database, and for another process that writes the file. */
#define LIMIT_MS 15000
#define MIN_MS 200

/* Rows read first for each job and contract: a few nights of a job with monthly chunks. */
#define ROWS_AT_FIRST 10

#define FORGOTTEN_AFTER_MS (INT64_C(35) * 24 * 3600 * 1000)

/* After a stop request only a third of the remaining time is used: the ping follows. */
static int64_t limit_ms(void)
{
    if (!stop_requested())
        return LIMIT_MS;
    int64_t third_ms = (stop_deadline(END_AFTER_STOP_MS) - clock_now_ms()) / 3;
    return third_ms > MIN_MS ? third_ms : MIN_MS;
}

/* What fails here keeps no other metric back. */
static void read_forecast(const struct settings *settings, struct pg *pg, struct arena *arena,
                          struct metrics *metrics)
{
    struct err err = {0};
    struct token_budget_request request = {&settings->budgets, settings->database.schema,
                                           date_of_wall(clock_wall_ms())};
    if (!forecast_read(pg, settings->database.schema, arena, &metrics->forecast, &err))
        log_warn("no-forecast", "the metrics have no forecast: %s", err.text);
    err_clear(&err);
    if (!token_budget_uses_read(&request, &metrics->forecast, pg, arena, &metrics->token_budgets, &err))
        log_warn("no-budgets", "the metrics do not have all budgets: %s", err.text);
}

static bool read_database(const struct settings *settings, struct arena *arena, struct run_list *list,
                          struct metrics *metrics, struct err *err)
{
    struct budget budget = budget_of(settings);
    struct budget_level level;
    struct reconciliation_list differences;
    struct history_wanted wanted = {.rows_at_first = ROWS_AT_FIRST, .invocations = 1};
    struct pg_options options = {
        .dsn = settings->database.dsn,
        .application_name = "tokenflex-etl metrics",
        .limit_ms = limit_ms(),
        .ignores_stop = stop_requested(),
    };
    SCOPED(pg) struct pg *pg = pg_connect_session(&options, err);
    if (!pg || !pg_set_lock_timeout(pg, err) || !history_read(&wanted, pg, arena, list, err))
        return false;
    if (!list->has_table)
        return err_set(err, ERR_CREATE, "the database has no run table");
    if (!reconciliation_list(pg, arena, &differences, err))
        return false;
    metrics_take_differences(&differences, arena, metrics);
    if (budget.per_minute > 0) {
        if (!budget_read(&budget, pg, 0, &level, err))
            return false;
        metrics->level_is_known = true;
        metrics->requests_left = level.requests;
    }
    read_forecast(settings, pg, arena, metrics);
    return true;
}

static int64_t exit_code_of(const struct invocation *ended)
{
    if (ended->status == INVOCATION_SUCCEEDED)
        return 0;
    int code = ended->failure ? advice_exit_code(ended->failure->error_kind) : 0;
    return code > 0 ? code : METRICS_CODE_UNKNOWN;
}

bool metrics_measure(const struct run_list_of_job *history, struct arena *arena,
                     struct metrics_measure *measure)
{
    struct invocations invocations;
    history_fold(history, arena, &invocations);
    const struct invocation *last = invocation_find_ended(&invocations);
    const struct invocation *success = invocation_find_success(&invocations);
    const struct invocation *failure = invocation_find_standing(&invocations);
    if (!last)
        return false;
    *measure = (struct metrics_measure){
        .job = history->job,
        .contract = history->contract,
#define METRIC(...)
#define JOB_METRIC(member, name, unit, value, help) .member = (int64_t)(value),
#define JOB_ROWS(member, outcome, value) .member = (int64_t)(value),
#include "report/metrics/metrics.def"
#undef METRIC
#undef JOB_METRIC
#undef JOB_ROWS
    };
    return true;
}

static void take_measures(struct metrics *metrics, struct arena *arena, const struct run_list *list)
{
    struct metrics_measure measure;
    for (size_t i = 0; i < list->count; i++) {
        if (!metrics_measure(&list->items[i], arena, &measure))
            continue;
        struct metrics_job *job = metrics_job_of(metrics, arena, measure.job, measure.contract);
        job->measure = measure;
        job->is_measured = true;
    }
}

static bool has_begun(const struct run_item *item)
{
    return item->result.status != CHUNK_NOT_BEGUN;
}

static void set_codes(struct metrics *metrics, const char *job, int64_t code)
{
    for (size_t i = 0; i < metrics->job_count; i++)
        if (text_equal(metrics->jobs[i].measure.job, job))
            metrics->jobs[i].measure.exit_code = code;
}

/* For a round the run table has the chunks of all hosts; chunks without a row are in the round. */
static void note_failures(struct metrics *metrics, struct arena *arena, const struct work_failures *failures)
{
    for (size_t i = 0; i < failures->count; i++) {
        const struct work_failure *failure = &failures->items[i];
        struct metrics_job *job = metrics_job_of(metrics, arena, failure->job, failure->contract);
        job->measure.exit_code = err_kind_info(failure->kind)->exit_code;
    }
}

void metrics_note_end(struct metrics *metrics, struct arena *arena, const struct run_end *end)
{
    const struct run_outcome *outcome = end->outcome;
    if (end->err->kind != ERR_NONE)
        for (size_t i = 0; i < end->selected_count; i++)
            set_codes(metrics, end->selected[i]->name, end->exit_code);
    if (outcome->share.name) {
        note_failures(metrics, arena, &outcome->share.failures);
        return;
    }
    for (size_t i = 0; i < outcome->count; i++)
        if (has_begun(&outcome->items[i]))
            set_codes(metrics, outcome->items[i].chunk.job->name, METRICS_CODE_UNKNOWN);
    for (size_t i = 0; i < outcome->count; i++) {
        const struct run_item *item = &outcome->items[i];
        if (!has_begun(item))
            continue;
        struct metrics_job *job = metrics_job_of(metrics, arena, item->chunk.job->name, item->chunk.contract);
        int64_t *joined = &job->measure.exit_code;
        int code = run_exit_code(item, 1);
        *joined = *joined == METRICS_CODE_UNKNOWN ? code : exit_code_join((int)*joined, code);
    }
}

static bool is_defined(const struct metrics_job *job, const struct jobs *defined)
{
    const struct job *definition = job_find(defined, job->measure.job);
    return definition && definition->enabled &&
           (definition->contracts != JOB_CONTRACTS_LISTED ||
            text_list_has(&definition->contract_numbers, job->measure.contract));
}

static int by_name(const void *left, const void *right)
{
    const struct metrics_measure *one = &((const struct metrics_job *)left)->measure;
    const struct metrics_measure *other = &((const struct metrics_job *)right)->measure;
    int jobs = strcmp(one->job, other->job);
    return jobs ? jobs : strcmp(one->contract, other->contract);
}

void metrics_drop_stale(struct metrics *metrics, const struct jobs *defined)
{
    size_t kept = 0;
    for (size_t i = 0; i < metrics->job_count; i++) {
        const struct metrics_job *job = &metrics->jobs[i];
        bool is_recent = job->is_measured && metrics->written_ms - job->measure.ended_ms < FORGOTTEN_AFTER_MS;
        if (is_recent || is_defined(job, defined))
            metrics->jobs[kept++] = *job;
    }
    metrics->job_count = kept;
    if (kept > 0)
        qsort(metrics->jobs, kept, sizeof *metrics->jobs, by_name);
}

const char *metrics_run_path(const char *path, struct arena *arena)
{
    const char *name = strrchr(path, '/');
    const char *suffix = strrchr(name ? name : path, '.');
    if (!suffix)
        suffix = path + strlen(path);
    return arena_print(arena, "%.*s_run%s", (int)(suffix - path), path, suffix);
}

static bool write_file(const char *path, const struct metrics *metrics,
                       void (*put)(const struct metrics *metrics, struct buf *out), struct err *err)
{
    SCOPED(buf) struct buf text = buf_make_result();
    put(metrics, &text);
    if (text.is_past)
        return err_set(err, ERR_CONFIG, "they take more than %zu MiB", BUF_OWN_TEXT >> 20);
    return metrics_file_replace(path, &text, err);
}

static bool write_under_lock(const struct settings *settings, const struct run_end *end, struct err *err)
{
    const char *path = settings->run.metrics_file;
    struct run_list list;
    SCOPED(arena) struct arena *arena = arena_make();
    struct metrics metrics = {
        .version = end->version,
        .exit_code = end->exit_code,
        .elapsed_ms = end->elapsed_ms,
        .per_minute = settings->api.per_minute,
        .burst = settings->api.burst,
    };
    metrics.database_up = read_database(settings, arena, &list, &metrics, err);
    if (!metrics.database_up)
        log_warn("metrics-old", "what %s says of jobs stays as it was: %s", path, err->text);
    metrics.written_ms = clock_wall_ms();
    if (!write_file(metrics_run_path(path, arena), &metrics, metrics_put_run, err))
        return false;
    if (!metrics.database_up)
        return true;
    take_measures(&metrics, arena, &list);
    metrics_note_end(&metrics, arena, end);
    metrics_drop_stale(&metrics, end->defined);
    return write_file(path, &metrics, metrics_put_jobs, err);
}

void metrics_write(const struct settings *settings, const struct run_end *end)
{
    struct err err;
    const char *path = settings->run.metrics_file;
    if (!*path)
        return;
    SCOPED(file_lock) struct file_lock lock = FILE_LOCK_NONE;
    if (!metrics_file_lock(path, clock_deadline(limit_ms()), &lock, &err) ||
        !write_under_lock(settings, end, &err))
        log_warn("metrics-failed", "the metrics are not written: %s", err.text);
}
