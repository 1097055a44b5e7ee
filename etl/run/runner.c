#include "run/runner.h"

#include "api/token.h"
#include "base/clock.h"
#include "base/exit_code.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/progress.h"
#include "base/readable.h"
#include "base/stop.h"
#include "base/text.h"
#include "load/history.h"
#include "run/backfill.h"
#include "run/pipeline.h"
#include "run/rebuilds.h"
#include "run/service.h"
#include "run/skip_unchanged.h"
#include "run/source_changes.h"
#include "state/contracts.h"
#include "state/retention.h"
#include "state/run_record.h"
#include "state/schema.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>

struct runner {
    const struct run_options *options;
    struct service service;
    struct schedule schedule;
    struct rebuilds rebuilds;
    struct source_changes changes;
    int64_t *job_deadlines_ms; /* one per job, in the order of options; 0: not begun */
    pthread_mutex_t mutex;     /* guards the states of work units and rebuilds, and job_deadlines_ms */
    pthread_cond_t work_changed;
};

/* One thread with its own connection, kept from work unit to work unit. */
struct worker {
    struct runner *runner;
    pthread_t thread;
    struct session session;
};

static int64_t deadline_of(struct runner *runner, const struct job *job)
{
    size_t place = 0;
    while (runner->options->schedule.jobs[place] != job)
        place++;
    pthread_mutex_lock(&runner->mutex);
    if (runner->job_deadlines_ms[place] == 0)
        runner->job_deadlines_ms[place] = clock_deadline(job->timeout_ms);
    int64_t deadline_ms = runner->job_deadlines_ms[place];
    pthread_mutex_unlock(&runner->mutex);
    return deadline_ms;
}

/* The longest timeout of all jobs, or of those that need the list of contracts. */
static int64_t longest_timeout_ms(const struct schedule_options *schedule, bool of_listing)
{
    int64_t longest_ms = 1;
    for (size_t i = 0; i < schedule->job_count; i++) {
        const struct job *job = schedule->jobs[i];
        bool counts = !of_listing || job->contracts != JOB_CONTRACTS_LISTED;
        if (counts && job->timeout_ms > longest_ms)
            longest_ms = job->timeout_ms;
    }
    return longest_ms;
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

/* Whether the work unit belongs to a rebuild that has failed, so that its rows would be dropped. */
static bool is_in_vain(struct runner *runner, const struct work_unit *unit)
{
    if (!unit->rebuild)
        return false;
    pthread_mutex_lock(&runner->mutex);
    bool has_failed = unit->rebuild->has_failed;
    pthread_mutex_unlock(&runner->mutex);
    return has_failed;
}

bool run_may_skip_unchanged(const struct run_options *options)
{
    return !options->schedule.window.given && !options->schedule.reload && !options->again &&
           !options->rebuild;
}

/* Whether a chunk of a backfill must not be run: it is finished, or failed because that could not be found
 * out. */
static bool skip_finished(const struct chunk_context *context, struct run_item *item)
{
    bool skipped;
    struct chunk_result *result = &item->result;
    if (backfill_skip(context, &item->chunk, result, &skipped, &result->err))
        return skipped;
    SCOPED(log_scope)
    struct log_scope scope =
        log_enter(&(struct log_context){.job = item->chunk.job->name, .contract = item->chunk.contract});
    chunk_fail(result);
    log_error("chunk-failed", &result->err);
    return true;
}

/* Whether a chunk must not be run: skipped or failed. */
static bool skip_chunk(const struct runner *runner, const struct chunk_context *context,
                       struct run_item *item)
{
    const struct run_options *options = runner->options;
    const struct chunk *chunk = &item->chunk;
    if (options->schedule.window.given)
        return !options->again && skip_finished(context, item);
    return run_may_skip_unchanged(options) && chunk->job->window.skip_unchanged &&
           text_list_has(&runner->changes.contracts, chunk->contract) &&
           skip_unchanged(context, chunk, &item->result);
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
    };
    for (size_t i = 0; i < unit->count && !is_in_vain(worker->runner, unit); i++) {
        struct run_item *item = &unit->items[i];
        progress_chunk(i + 1, unit->count);
        if (!skip_chunk(worker->runner, &context, item))
            pipeline_run(&context, &item->chunk, &item->result);
        if (item->result.status == CHUNK_FAILED)
            return;
    }
}

static void run_unit(struct worker *worker, const struct work_unit *unit)
{
    struct err err = {0};
    struct session *session = &worker->session;
    if (unit->refused.kind != ERR_NONE) {
        fail_unit(unit, &unit->refused);
        return;
    }
    if (is_in_vain(worker->runner, unit))
        return;
    session_set_deadline(session, deadline_of(worker->runner, unit->job));
    if (!session_connect(session, &err) ||
        !session_lock(session, unit->job->target.table, unit->contract, &err)) {
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
        unit->state = WORK_RUNS;
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
    unit->state = WORK_IS_OVER;
    if (rebuild) {
        rebuild->has_failed |= !has_succeeded(unit);
        is_last = --rebuild->units_left == 0;
    }
    pthread_cond_broadcast(&runner->work_changed);
    pthread_mutex_unlock(&runner->mutex);
    if (is_last)
        rebuilds_conclude(rebuild, &runner->schedule, deadline_of_rebuild(runner, rebuild));
}

/*
 * Whether this worker ends at once because server, role or pooler allow no more connections. Its work is left
 * to the other workers; the first one always has a connection. Any other error is left for the work units to
 * report.
 */
static bool is_done_without(struct worker *worker)
{
    struct err err;
    const struct schedule_options *schedule = &worker->runner->options->schedule;
    session_set_deadline(&worker->session, clock_deadline(longest_timeout_ms(schedule, false)));
    if (session_connect(&worker->session, &err) || !pg_is_too_many(&err))
        return false;
    log_warn("fewer-jobs-at-once", "fewer jobs run at once than run.parallel_jobs says: %s", err.text);
    return true;
}

static void *work(void *context)
{
    struct worker *worker = context;
    struct work_unit *unit;
    if (is_done_without(worker))
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

/* The first worker takes over the connection that prepared the database. If a thread cannot be started, the
 * run goes on with fewer threads. */
static bool run_workers(struct runner *runner, struct pg *first, struct err *err)
{
    unsigned wanted = runner->options->settings->run.parallel_jobs;
    size_t count = wanted < runner->schedule.unit_count ? wanted : runner->schedule.unit_count;
    SCOPED(mem) struct worker *workers = mem_alloc(count, sizeof *workers);
    size_t started = 0;
    for (; started < count; started++) {
        workers[started] = (struct worker){
            .runner = runner,
            .session = {.settings = runner->options->settings, .pg = started == 0 ? first : NULL},
        };
        if (pthread_create(&workers[started].thread, NULL, work, &workers[started]) != 0)
            break;
    }
    for (size_t i = 0; i < started; i++)
        pthread_join(workers[i].thread, NULL);
    if (started == 0)
        pg_close(first);
    return started > 0 || count == 0 || err_set(err, ERR_BUG, "cannot start a thread");
}

int run_exit_code(const struct run_item *items, size_t count)
{
    int exit_code = 0;
    for (size_t i = 0; i < count; i++)
        if (items[i].result.status == CHUNK_FAILED)
            exit_code = exit_code_join(exit_code, err_kind_info(items[i].result.err.kind)->exit_code);
    return exit_code;
}

/* Deletes old runs. A failure is only a warning: old runs do no harm. */
static void prune_runs(const struct run_options *options, struct pg *pg)
{
    struct err err;
    uint64_t deleted;
    unsigned keep_days = options->settings->run.keep_runs_days;
    if (keep_days == 0)
        return;
    if (!retention_apply(pg, keep_days, &deleted, &err))
        log_warn("runs-kept", "%s: run.keep_runs has no effect", err.text);
    else if (deleted > 0)
        log_info("runs-pruned", "%" PRIu64 " run%s of more than %u day%s ago were deleted from the run table",
                 deleted, readable_plural(deleted), keep_days, readable_plural(keep_days));
}

static void prune_history(const struct run_options *options, struct pg *pg)
{
    struct err err;
    uint64_t deleted;
    unsigned keep_days = options->settings->run.keep_history_days;
    if (keep_days == 0)
        return;
    if (!history_prune(pg, keep_days, &deleted, &err))
        log_warn("history-kept", "%s: run.keep_history has no effect", err.text);
    else if (deleted > 0)
        log_info("history-pruned",
                 "%" PRIu64 " version%s of rows that ended more than %u day%s ago were deleted", deleted,
                 readable_plural(deleted), keep_days, readable_plural(keep_days));
}

/* Creates or upgrades the tool's schema, marks runs whose runner is gone as failed, and drops half-built
 * tables that runners have left. */
static bool prepare_database(const struct run_options *options, struct pg **pg, struct err *err)
{
    struct schema_change change;
    struct session session = {.settings = options->settings};
    session_set_deadline(&session, clock_deadline(longest_timeout_ms(&options->schedule, false)));
    bool prepared = session_connect_first(&session, err) && schema_upgrade(session.pg, &change, err) &&
                    run_record_reap(session.pg, err) && rebuild_sweep(session.pg, err);
    if (prepared) {
        prune_runs(options, session.pg);
        prune_history(options, session.pg);
    } else
        session_close(&session);
    *pg = session.pg;
    return prepared;
}

/* The context of struct contract_source and struct window_begin: the first worker's connection. */
struct listing {
    const struct runner *runner;
    struct pg *pg;
};

static bool list_contracts(void *context, struct arena *arena, struct contracts *contracts,
                           uint64_t *requests, struct err *err)
{
    const struct listing *listing = context;
    int64_t deadline_ms = clock_deadline(longest_timeout_ms(&listing->runner->options->schedule, true));
    struct api api = service_api(&listing->runner->service, listing->pg, deadline_ms);
    struct err ignored;
    struct budget budget = budget_of(api.settings);
    progress_begin("contracts", NULL);
    progress_phase("listing");
    pg_set_deadline(listing->pg, deadline_ms);
    bool listed = contract_list(&api, arena, contracts, err);
    progress_leave();
    *requests = api.requests;
    if (listed && !contracts_remember(api.pg, budget.account, contracts, &ignored))
        log_warn("contracts", "%s", ignored.text);
    return listed;
}

/* struct window_begin. After an error the window begins where its job says; the next run tries again. */
static bool find_first_skipped(void *context, const struct job *job, const char *contract, date_t *first_day)
{
    struct err err;
    bool found;
    const struct listing *listing = context;
    struct source_job of = {job->name, contract};
    if (source_change_first_skipped(listing->pg, &of, &found, first_day, &err))
        return found;
    log_warn("skips-unknown", "which chunks of job %s and contract %s were skipped cannot be told: %s",
             job->name, contract, err.text);
    return false;
}

static void make_schedule(struct runner *runner, struct pg *pg, struct arena *arena)
{
    struct listing listing = {runner, pg};
    struct contract_source source = {list_contracts, &listing};
    struct window_begin begin = {find_first_skipped, &listing};
    struct schedule_options options = runner->options->schedule;
    options.begin = &begin;
    schedule_make(&options, &source, arena, &runner->schedule);
}

static void ask_what_has_moved(struct runner *runner, struct pg *pg, struct arena *arena)
{
    struct api api = service_api(&runner->service, pg, 0);
    if (run_may_skip_unchanged(runner->options))
        source_changes_ask(&api, &runner->schedule, arena, &runner->changes);
}

static bool plan_and_work(struct runner *runner, struct arena *arena, struct err *err)
{
    struct pg *pg;
    if (!prepare_database(runner->options, &pg, err))
        return false;
    if (!token_check_login(runner->options->settings, pg, err)) {
        pg_close(pg);
        return false;
    }
    make_schedule(runner, pg, arena);
    progress_expect(runner->schedule.unit_count, runner->schedule.item_count);
    struct rebuilds_options rebuilds = {runner->options->settings, &runner->schedule,
                                        runner->options->defined};
    pg_set_deadline(pg, clock_deadline(longest_timeout_ms(&runner->options->schedule, false)));
    if (runner->options->rebuild)
        rebuilds_begin(&rebuilds, pg, arena, &runner->rebuilds);
    ask_what_has_moved(runner, pg, arena);
    bool ran = run_workers(runner, pg, err);
    rebuilds_end(&runner->rebuilds, &runner->schedule);
    backfill_tell_skipped(&runner->schedule);
    skip_unchanged_tell(&runner->schedule);
    return ran;
}

static bool run_schedule(struct runner *runner, struct arena *arena, struct err *err)
{
    const struct settings *settings = runner->options->settings;
    struct http_options http = service_http_options(settings, runner->options->user_agent);
    if (!service_open(settings, &http, &runner->service, err))
        return false;
    bool ran = plan_and_work(runner, arena, err);
    service_close(&runner->service);
    return ran;
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
    if (!settings_check_auth(options->settings, err) || !token_check_login(options->settings, NULL, err) ||
        !run_schedule(&runner, arena, err))
        return false;
    outcome->change_requests = runner.changes.requests;
    outcome->items = runner.schedule.items;
    outcome->count = runner.schedule.item_count;
    outcome->exit_code = run_exit_code(outcome->items, outcome->count);
    for (size_t i = 0; i < outcome->count; i++)
        outcome->failed += outcome->items[i].result.status == CHUNK_FAILED;
    if (outcome->exit_code == 0 && stop_requested())
        outcome->exit_code = err_kind_info(ERR_STOPPED)->exit_code;
    return true;
}
