#include "run/runner.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/progress.h"
#include "base/stop.h"
#include "base/text.h"
#include "run/backfill.h"
#include "run/pipeline.h"
#include "run/rebuilds.h"
#include "run/service.h"
#include "state/contracts.h"
#include "state/retention.h"
#include "state/run_record.h"
#include "state/schema.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>

/* How long the list of contracts may take, budget and retries and all. */
#define LISTING_TIMEOUT_MS 3600000

struct runner {
    const struct run_options *options;
    struct service service;
    struct schedule schedule;
    struct rebuilds rebuilds;
    int64_t *job_deadlines_ms; /* by the job's place in options; 0: not begun */
    pthread_mutex_t mutex;     /* guards the states of turns and rebuilds, and job_deadlines_ms */
    pthread_cond_t turn_over;
};

/* One thread with its own connection, kept from turn to turn. */
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

static void fail_turn(const struct turn *turn, const struct err *err)
{
    struct log_context context = {.job = turn->job->name, .contract = turn->contract};
    turn->items[0].result.status = CHUNK_FAILED;
    turn->items[0].result.err = *err;
    log_set_context(&context);
    log_error("job-failed", err);
    log_set_context(&(struct log_context){0});
}

/* Whether what a turn would load is of no use any more. */
static bool is_in_vain(struct runner *runner, const struct turn *turn)
{
    if (!turn->rebuild)
        return false;
    pthread_mutex_lock(&runner->mutex);
    bool has_failed = turn->rebuild->has_failed;
    pthread_mutex_unlock(&runner->mutex);
    return has_failed;
}

/* Whether a chunk is over without being begun: finished before, or that cannot be found out. */
static bool skip_chunk(const struct run_options *options, const struct pipeline *pipeline,
                       struct run_item *item)
{
    bool skipped;
    struct chunk_result *result = &item->result;
    if (!options->schedule.window.given || options->again)
        return false;
    if (backfill_skip(pipeline, &item->chunk, result, &skipped, &result->err))
        return skipped;
    struct log_context context = {.job = item->chunk.job->name, .contract = item->chunk.contract};
    result->status = CHUNK_FAILED;
    log_set_context(&context);
    log_error("chunk-failed", &result->err);
    log_set_context(&(struct log_context){0});
    return true;
}

static void run_chunks(struct worker *worker, const struct turn *turn)
{
    const struct run_options *options = worker->runner->options;
    struct api api =
        service_api(&worker->runner->service, worker->session.pg, deadline_of(worker->runner, turn->job));
    struct pipeline pipeline = {
        .settings = options->settings,
        .api = &api,
        .session = &worker->session,
        .host = options->host,
        .invocation_id = options->invocation_id,
    };
    for (size_t i = 0; i < turn->count && !is_in_vain(worker->runner, turn); i++) {
        struct run_item *item = &turn->items[i];
        progress_chunk(i + 1, turn->count);
        if (!skip_chunk(options, &pipeline, item))
            pipeline_run(&pipeline, &item->chunk, &item->result);
        if (item->result.status == CHUNK_FAILED)
            return;
    }
}

static void run_turn(struct worker *worker, const struct turn *turn)
{
    struct err err;
    struct session *session = &worker->session;
    if (turn->refused.kind != ERR_NONE) {
        fail_turn(turn, &turn->refused);
        return;
    }
    if (is_in_vain(worker->runner, turn))
        return;
    if (!session_connect(session, &err) ||
        !session_lock(session, turn->job->target.table, turn->contract, &err)) {
        fail_turn(turn, &err);
        return;
    }
    run_chunks(worker, turn);
    session_unlock(session);
}

static bool same_target(const struct turn *one, const struct turn *other)
{
    return text_equal(one->job->target.table, other->job->target.table) &&
           text_equal(one->contract, other->contract);
}

/* Two jobs of ours that load one contract into one table take turns: they would find the lock taken. */
static bool may_begin(const struct runner *runner, const struct turn *turn)
{
    if (turn->state != TURN_WAITS)
        return false;
    for (size_t i = 0; i < runner->schedule.turn_count; i++)
        if (runner->schedule.turns[i].state == TURN_RUNS && same_target(turn, &runner->schedule.turns[i]))
            return false;
    return true;
}

/* The next turn that may begin; NULL when none is left, or a stop was asked for. */
static struct turn *find_turn(struct runner *runner)
{
    for (;;) {
        bool left = false;
        for (size_t i = 0; i < runner->schedule.turn_count && !stop_requested(); i++) {
            if (may_begin(runner, &runner->schedule.turns[i]))
                return &runner->schedule.turns[i];
            left |= runner->schedule.turns[i].state == TURN_WAITS;
        }
        if (!left)
            return NULL;
        pthread_cond_wait(&runner->turn_over, &runner->mutex);
    }
}

static struct turn *take_turn(struct runner *runner)
{
    pthread_mutex_lock(&runner->mutex);
    struct turn *turn = find_turn(runner);
    if (turn)
        turn->state = TURN_RUNS;
    pthread_mutex_unlock(&runner->mutex);
    return turn;
}

static bool has_succeeded(const struct turn *turn)
{
    for (size_t i = 0; i < turn->count; i++)
        if (turn->items[i].result.status != CHUNK_SUCCEEDED)
            return false;
    return true;
}

static bool has_failed(const struct turn *turn)
{
    for (size_t i = 0; i < turn->count; i++)
        if (turn->items[i].result.status == CHUNK_FAILED)
            return true;
    return false;
}

static void end_turn(struct runner *runner, struct turn *turn)
{
    struct table_rebuild *rebuild = turn->rebuild;
    bool is_last = false;
    pthread_mutex_lock(&runner->mutex);
    turn->state = TURN_IS_OVER;
    if (rebuild) {
        rebuild->has_failed |= !has_succeeded(turn);
        is_last = --rebuild->turns_left == 0;
    }
    pthread_cond_broadcast(&runner->turn_over);
    pthread_mutex_unlock(&runner->mutex);
    if (is_last)
        rebuilds_conclude(rebuild, &runner->schedule);
}

static void *work(void *context)
{
    struct worker *worker = context;
    struct turn *turn;
    while ((turn = take_turn(worker->runner))) {
        progress_begin(turn->job->name, turn->contract);
        run_turn(worker, turn);
        progress_end(turn->count, has_failed(turn));
        end_turn(worker->runner, turn);
    }
    session_close(&worker->session);
    return NULL;
}

/* The first worker has the connection that prepared the database; a thread that cannot be started is done
 * without. */
static bool run_workers(struct runner *runner, struct pg *first, struct err *err)
{
    unsigned wanted = runner->options->settings->run.parallel_jobs;
    size_t count = wanted < runner->schedule.turn_count ? wanted : runner->schedule.turn_count;
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
    for (size_t i = 0; i < count; i++) {
        if (items[i].result.status != CHUNK_FAILED)
            continue;
        int one = err_kind_info(items[i].result.err.kind)->exit_code;
        if (exit_code != 0 && exit_code != one)
            return 1;
        exit_code = one;
    }
    return exit_code;
}

/* Old runs are in nobody's way: that they cannot be deleted is told, and the run goes on. */
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
        log_info("runs-pruned", "%" PRIu64 " runs of more than %u days ago were deleted from the run table",
                 deleted, keep_days);
}

/* The tool's schema is there, no run is said to go on that does not, and no table lies about half made. */
static bool prepare_database(const struct run_options *options, struct pg **pg, struct err *err)
{
    struct schema_change change;
    struct session session = {.settings = options->settings};
    bool prepared = session_connect(&session, err) && schema_upgrade(session.pg, &change, err) &&
                    run_record_reap(session.pg, err) && rebuild_sweep(session.pg, err);
    *pg = session.pg;
    if (prepared)
        prune_runs(options, session.pg);
    else
        session_close(&session);
    return prepared;
}

/* struct contract_source, over the first worker's connection. */
struct listing {
    const struct runner *runner;
    struct pg *pg;
};

static bool list_contracts(void *context, struct arena *arena, struct contracts *contracts,
                           uint64_t *requests, struct err *err)
{
    const struct listing *listing = context;
    struct api api = service_api(&listing->runner->service, listing->pg, clock_deadline(LISTING_TIMEOUT_MS));
    struct err ignored;
    struct budget budget = budget_of(api.settings);
    progress_begin("contracts", NULL);
    progress_phase("listing");
    bool listed = contract_list(&api, arena, contracts, err);
    progress_leave();
    *requests = api.requests;
    if (listed && !contracts_remember(api.pg, budget.account, contracts, &ignored))
        log_warn("contracts", "%s", ignored.text);
    return listed;
}

static bool plan_and_work(struct runner *runner, struct arena *arena, struct err *err)
{
    struct pg *pg;
    if (!prepare_database(runner->options, &pg, err))
        return false;
    struct listing listing = {runner, pg};
    struct contract_source source = {list_contracts, &listing};
    schedule_make(&runner->options->schedule, &source, arena, &runner->schedule);
    progress_expect(runner->schedule.turn_count, runner->schedule.item_count);
    if (runner->options->rebuild)
        rebuilds_begin(runner->options->settings, &runner->schedule, pg, arena, &runner->rebuilds);
    bool ran = run_workers(runner, pg, err);
    rebuilds_end(&runner->rebuilds, &runner->schedule);
    backfill_tell_skipped(&runner->schedule);
    return ran;
}

static bool run_agenda(struct runner *runner, struct arena *arena, struct err *err)
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
        .turn_over = PTHREAD_COND_INITIALIZER,
        .job_deadlines_ms = arena_alloc(arena, options->schedule.job_count, sizeof(int64_t)),
    };
    *outcome = (struct run_outcome){0};
    if (!settings_check_auth(options->settings, err) || !run_agenda(&runner, arena, err))
        return false;
    outcome->items = runner.schedule.items;
    outcome->count = runner.schedule.item_count;
    outcome->exit_code = run_exit_code(outcome->items, outcome->count);
    for (size_t i = 0; i < outcome->count; i++)
        outcome->failed += outcome->items[i].result.status == CHUNK_FAILED;
    if (outcome->exit_code == 0 && stop_requested())
        outcome->exit_code = err_kind_info(ERR_STOPPED)->exit_code;
    return true;
}
