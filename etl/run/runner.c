#include "run/runner.h"

#include "api/token.h"
#include "base/clock.h"
#include "base/exit_code.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/progress.h"
#include "base/stop.h"
#include "base/text.h"
#include "load/reports.h"
#include "load/unused_metrics.h"
#include "run/backfill.h"
#include "run/pipeline.h"
#include "run/prepare.h"
#include "run/refusal.h"
#include "run/share_run.h"
#include "run/skip_unchanged.h"
#include "run/workers.h"

static int64_t deadline_of(struct runner *runner, const struct job *job)
{
    size_t place = runner_job_place(runner, job);
    pthread_mutex_lock(&runner->mutex);
    if (runner->job_deadlines_ms[place] == 0)
        runner->job_deadlines_ms[place] = clock_deadline(job->timeout_ms);
    int64_t deadline_ms = runner->job_deadlines_ms[place];
    pthread_mutex_unlock(&runner->mutex);
    return deadline_ms;
}

static void fail_unit(const struct work_unit *unit, const struct err *err)
{
    struct chunk_result *result = &unit->items[0].result;
    result->err = *err;
    chunk_fail(result);
    SCOPED(log_scope)
    struct log_scope scope =
        log_enter(&(struct log_context){.job = unit->job->name, .contract = unit->contract});
    log_error("job-failed", &result->err);
}

static void refuse_unit(struct worker *worker, const struct work_unit *unit)
{
    fail_unit(unit, &unit->refused);
    if (worker->session.pg)
        refusal_record(worker->runner->options, unit, worker->session.pg);
}

/* Whether the work unit belongs to a rebuild that has failed, so that its rows would be dropped. */
static bool is_of_failed_rebuild(struct runner *runner, const struct work_unit *unit)
{
    if (!unit->rebuild)
        return false;
    pthread_mutex_lock(&runner->mutex);
    bool has_failed = unit->rebuild->has_failed;
    pthread_mutex_unlock(&runner->mutex);
    return has_failed;
}

/* Months that are loaded again do not depend on each other: if the data of one is refused, the next one may
 * still be loaded. */
static bool may_go_on(const struct run_options *options, const struct chunk_result *failed)
{
    return options->schedule.reload && failed->err.kind == ERR_DATA;
}

static void run_chunks(struct worker *worker, const struct work_unit *unit)
{
    const struct run_options *options = worker->runner->options;
    struct api api =
        service_api(&worker->runner->service, worker->session.pg, deadline_of(worker->runner, unit->job));
    struct chunk_context context = {
        .settings = options->settings,
        .api = &api,
        .session = &worker->session,
        .host = options->host,
        .invocation_id = options->invocation_id,
        .accept = options->accept,
        .is_fresh = run_wants_fresh(options),
        .window_given = schedule_window_given(&options->schedule),
    };
    for (size_t i = 0; i < unit->count && !is_of_failed_rebuild(worker->runner, unit); i++) {
        struct run_item *item = &unit->items[i];
        progress_chunk(i + 1, unit->count);
        if (!runner_skip_chunk(worker->runner, &context, item))
            pipeline_run(&context, &item->chunk, &item->result);
        if (item->result.status == CHUNK_FAILED && !may_go_on(options, &item->result))
            return;
    }
}

static void run_unit(struct worker *worker, const struct work_unit *unit)
{
    struct err err = {0};
    struct session *session = &worker->session;
    struct session_lock_of lock = {unit->job->target.table, unit->contract};
    if (unit->refused.kind != ERR_NONE) {
        refuse_unit(worker, unit);
        return;
    }
    if (is_of_failed_rebuild(worker->runner, unit))
        return;
    session_set_deadline(session, deadline_of(worker->runner, unit->job));
    if (!session_acquire(session, &lock, run_wait_ms(worker->runner->options, unit->job), &err)) {
        fail_unit(unit, &err);
        return;
    }
    run_chunks(worker, unit);
    session_unlock(session);
}

/* The next work unit that may begin; NULL if none is left or a stop was requested. The caller holds the
 * mutex. */
static struct work_unit *find_unit(struct runner *runner)
{
    struct work_unit *unit;
    while (!stop_requested() && schedule_next(&runner->schedule, &unit)) {
        if (unit)
            return unit;
        pthread_cond_wait(&runner->work_changed, &runner->mutex);
    }
    return NULL;
}

static struct work_unit *take_unit(struct runner *runner)
{
    pthread_mutex_lock(&runner->mutex);
    struct work_unit *unit = find_unit(runner);
    if (unit)
        unit->state = UNIT_RUNNING;
    pthread_mutex_unlock(&runner->mutex);
    return unit;
}

static bool has_succeeded(const struct work_unit *unit)
{
    for (size_t i = 0; i < unit->count; i++)
        if (unit->items[i].result.status != CHUNK_SUCCEEDED)
            return false;
    return true;
}

static bool has_failed(const struct work_unit *unit)
{
    for (size_t i = 0; i < unit->count; i++)
        if (unit->items[i].result.status == CHUNK_FAILED)
            return true;
    return false;
}

/* The latest deadline of the jobs that load the table. */
static int64_t deadline_of_rebuild(struct runner *runner, const struct table_rebuild *rebuild)
{
    int64_t latest_ms = 0;
    for (size_t i = 0; i < runner->schedule.unit_count; i++) {
        const struct work_unit *unit = &runner->schedule.units[i];
        int64_t deadline_ms = unit->rebuild == rebuild ? deadline_of(runner, unit->job) : 0;
        latest_ms = deadline_ms > latest_ms ? deadline_ms : latest_ms;
    }
    return latest_ms;
}

static void end_unit(struct runner *runner, struct work_unit *unit)
{
    struct table_rebuild *rebuild = unit->rebuild;
    bool is_last = false;
    pthread_mutex_lock(&runner->mutex);
    unit->state = UNIT_OVER;
    if (rebuild) {
        rebuild->has_failed |= !has_succeeded(unit);
        is_last = --rebuild->units_left == 0;
    }
    pthread_cond_broadcast(&runner->work_changed);
    pthread_mutex_unlock(&runner->mutex);
    if (is_last)
        rebuilds_finish(rebuild, &runner->schedule, deadline_of_rebuild(runner, rebuild));
}

static void *work(void *context)
{
    struct worker *worker = context;
    struct work_unit *unit;
    if (runner_lacks_connection(worker))
        return NULL;
    while ((unit = take_unit(worker->runner))) {
        progress_begin(unit->job->name, unit->contract);
        run_unit(worker, unit);
        progress_end(unit->count, has_failed(unit));
        end_unit(worker->runner, unit);
    }
    session_close(&worker->session);
    return NULL;
}

int run_exit_code(const struct run_item *items, size_t count)
{
    int exit_code = 0;
    for (size_t i = 0; i < count; i++)
        if (items[i].result.status == CHUNK_FAILED)
            exit_code = exit_code_join(exit_code, err_kind_info(items[i].result.err.kind)->exit_code);
    return exit_code;
}

static bool is_first_of_table(const struct schedule_options *selected, size_t place)
{
    for (size_t i = 0; i < place; i++)
        if (text_equal(selected->jobs[i]->target.table, selected->jobs[place]->target.table))
            return false;
    return true;
}

static void note_unused_metrics(const struct run_options *options, struct pg *pg, struct arena *arena)
{
    const struct schedule_options *selected = &options->schedule;
    for (size_t i = 0; i < selected->job_count; i++) {
        struct err err;
        struct target_name table = {options->settings->database.schema, selected->jobs[i]->target.table};
        if (is_first_of_table(selected, i) && !unused_metrics_note(&table, options->defined, pg, arena, &err))
            log_warn("metric-unused", "%s: metrics that no job requests any more are not looked for",
                     err.text);
    }
}

static bool plan_and_work(struct runner *runner, struct arena *arena, struct err *err)
{
    struct pg *pg;
    const struct run_options *options = runner->options;
    int64_t deadline_ms = clock_deadline(runner_longest_timeout_ms(&options->schedule, false));
    session_name("process", options->host, runner->session_name);
    if (!prepare_database(options->settings, runner->session_name, deadline_ms, &pg, err))
        return false;
    if (!token_check_login(options->settings, pg, err) ||
        !reports_exist(pg, options->settings->database.schema, &runner->has_reports, err)) {
        pg_close(pg);
        refusal_record_run(options, err);
        return false;
    }
    if (options->defined_is_complete && !options->rebuild)
        note_unused_metrics(options, pg, arena);
    if (run_is_shared(options))
        return share_run(runner, pg, arena, err);
    runner_make_schedule(runner, options->schedule.today, pg, arena);
    progress_expect(runner->schedule.unit_count, runner->schedule.item_count);
    struct rebuilds_options rebuilds = {options, &runner->schedule};
    pg_set_deadline(pg, clock_deadline(runner_longest_timeout_ms(&runner->options->schedule, false)));
    if (runner->options->rebuild)
        rebuilds_begin(&rebuilds, pg, arena, &runner->rebuilds);
    runner_fetch_source_changes(runner, pg, arena);
    bool ran = runner_work(runner, pg, work, err);
    rebuilds_end(&runner->rebuilds, &runner->schedule);
    backfill_log_skipped(&runner->schedule);
    skip_unchanged_log(&runner->schedule);
    return ran;
}

static bool run_schedule(struct runner *runner, struct arena *arena, struct err *err)
{
    const struct settings *settings = runner->options->settings;
    struct http_options http = service_http_options(settings, runner->options->user_agent);
    if (!settings_check_auth(settings, err) || !token_check_login(settings, NULL, err) ||
        !service_open(settings, &http, &runner->service, err)) {
        refusal_record_run(runner->options, err);
        return false;
    }
    bool ran = plan_and_work(runner, arena, err);
    service_close(&runner->service);
    return ran;
}

/* Whether no chunk is left to do: then a stop came too late to stop anything. */
static bool is_complete(const struct run_outcome *outcome)
{
    for (size_t i = 0; i < outcome->count; i++)
        if (outcome->items[i].result.status == CHUNK_NOT_BEGUN)
            return false;
    return true;
}

bool run_jobs(const struct run_options *options, struct arena *arena, struct run_outcome *outcome,
              struct err *err)
{
    struct runner runner = {
        .options = options,
        .mutex = PTHREAD_MUTEX_INITIALIZER,
        .work_changed = PTHREAD_COND_INITIALIZER,
        .job_deadlines_ms = arena_alloc(arena, options->schedule.job_count, sizeof(int64_t)),
    };
    *outcome = (struct run_outcome){0};
    if (!run_schedule(&runner, arena, err))
        return false;
    outcome->change_requests = runner.changes.requests;
    outcome->has_reports = runner.has_reports;
    outcome->items = runner.schedule.items;
    outcome->count = runner.schedule.item_count;
    if (runner.shared) {
        share_run_sum_up(&runner, outcome);
    } else {
        outcome->exit_code = run_exit_code(outcome->items, outcome->count);
        for (size_t i = 0; i < outcome->count; i++)
            outcome->failed += outcome->items[i].result.status == CHUNK_FAILED;
    }
    if (outcome->exit_code == 0 && stop_requested() && (runner.shared || !is_complete(outcome)))
        outcome->exit_code = err_kind_info(ERR_STOPPED)->exit_code;
    return true;
}
