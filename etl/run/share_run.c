#include "run/share_run.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/progress.h"
#include "base/stop.h"
#include "base/text.h"
#include "run/backfill.h"
#include "run/pipeline.h"
#include "run/share_list.h"
#include "run/share_rule.h"
#include "run/skip_unchanged.h"
#include "run/source_facts.h"

#include <inttypes.h>

/* How often a waiting host checks for work. */
#define CHECK_MS 1000

/* The time limit of storing a chunk's outcome and of closing the round; that of returning a chunk after a
 * stop. */
#define CLOSE_MS 60000
#define RETURN_MS 1500

struct share_run {
    struct share share;
    int64_t *work_ids; /* by the item's place in the schedule */

    /* Guarded by the runner's mutex while workers run. */
    struct share_clock *clocks; /* by the job's place in the options */
    bool is_over;               /* no chunk of the round is left */
    struct err err;             /* why this host did not go on: the first error of a worker, or of closing */

    struct work_failures failures; /* read when the round is closed */
};

/* A chunk that a worker has taken. */
struct taken {
    struct work_claim claim;
    const char *taken_from;  /* the host from which it was taken over; NULL: it was waiting */
    const char *failed_host; /* an earlier host on which it failed; "": none */
    struct arena *arena;     /* owns both texts */
};

/* Joining. */

static bool join(struct runner *runner, struct pg *pg, struct arena *arena, struct err *err)
{
    const struct run_options *options = runner->options;
    SCOPED(buf) struct buf facts = buf_make(BUF_OWN_TEXT);
    share_put_facts(options, &facts);
    struct share_joining joining = {
        .settings = options->settings,
        .task = options->task,
        .facts = buf_text(&facts),
        .host = options->host,
        .windows_move = !options->schedule.window.given,
    };
    return share_join(&runner->shared->share, &joining, pg, arena, err);
}

/* What a host does before it takes its first chunk. */
struct beginning {
    struct share_listing *listing;
    struct session session;
    bool has_joined;
};

/* struct session_work */
static bool begin_once(void *context, struct err *err)
{
    struct beginning *beginning = context;
    struct share_listing *listing = beginning->listing;
    listing->pg = beginning->session.pg;
    beginning->has_joined = beginning->has_joined || join(listing->runner, listing->pg, listing->arena, err);
    return beginning->has_joined && share_list(listing, err);
}

/* Taking chunks. */

/* One attempt to take a chunk. */
struct take_attempt {
    struct worker *worker;
    struct taken *taken; /* output */
    enum share_next next;
    size_t steps; /* share_count_steps() */
};

static const char *failed_host_of(const struct work_rows *rows, int64_t work_id)
{
    for (size_t i = 0; i < rows->count; i++)
        if (rows->items[i].work_id == work_id)
            return rows->items[i].failed_host;
    return "";
}

/* Treats the leases of this process's chunks as valid, even if they have expired while it was paused. Whether
 * another host has taken such a chunk shows when the chunk sends a request or is loaded. */
static void keep_own(struct share *share, struct work_rows *rows)
{
    for (size_t i = 0; i < rows->count; i++)
        if (rows->items[i].lease_left_ms < 0 && share_renewal_has(share, rows->items[i].work_id))
            rows->items[i].lease_left_ms = 0;
}

/* struct session_work: reads the state of the round, and takes a chunk if it can. */
static bool take_once(void *context, struct err *err)
{
    struct work_rows rows;
    struct take_attempt *attempt = context;
    struct taken *taken = attempt->taken;
    struct share *share = &attempt->worker->runner->shared->share;
    struct pg *pg = attempt->worker->session.pg;
    size_t count;
    if (!work_read_rows(pg, &share->round, share->member.host, taken->arena, &rows, err))
        return false;
    int64_t *wanted = arena_alloc(taken->arena, rows.count + 1, sizeof *wanted);
    keep_own(share, &rows);
    attempt->next = share_next(&rows, share->member.host, wanted, &count);
    attempt->steps = share_count_steps(&rows);
    switch (attempt->next) {
    case SHARE_TAKE:
        if (!work_take(pg, &share->member, wanted, count, taken->arena, &taken->claim, &taken->taken_from,
                       err))
            return false;
        taken->failed_host = failed_host_of(&rows, taken->claim.work_id);
        return true;
    case SHARE_FAIL_WAITING:
        return work_fail_waiting(pg, &share->round, share->member.host, err);
    case SHARE_GIVEN_UP:
        return err_set(err, ERR_LATER, "another host has given up the round while this one did not answer");
    case SHARE_WAIT:
    case SHARE_FINISHED:
        break;
    }
    return true;
}

/* Keeps the first error. A stop needs no error: it has its own exit code. */
static void record_error(struct worker *worker, const struct err *err)
{
    struct runner *runner = worker->runner;
    if (err->kind == ERR_STOPPED)
        return;
    pthread_mutex_lock(&runner->mutex);
    if (runner->shared->err.kind == ERR_NONE)
        runner->shared->err = *err;
    pthread_mutex_unlock(&runner->mutex);
}

static bool try_take(struct take_attempt *attempt, struct err *err)
{
    struct session *session = &attempt->worker->session;
    arena_release(attempt->taken->arena);
    *attempt->taken = (struct taken){.arena = arena_make()};
    if (!session->pg && !session_reconnect(session, err))
        return false;
    return session_run_with_reconnect(session, (struct session_work){take_once, attempt}, err);
}

/* Takes a chunk; waits for one as long as the round makes progress. False: no chunk is left, or this host
 * cannot go on. */
static bool take(struct worker *worker, struct taken *taken)
{
    struct err err = {0};
    struct take_attempt attempt = {.worker = worker, .taken = taken};
    struct runner *runner = worker->runner;
    int64_t longest_ms = runner_longest_timeout_ms(&runner->options->schedule, false);
    struct share_wait wait = {0};
    while (!stop_requested()) {
        session_set_deadline(&worker->session, clock_deadline(longest_ms));
        if (!try_take(&attempt, &err))
            break;
        if (taken->claim.work_id > 0)
            return true;
        if (attempt.next == SHARE_FINISHED) {
            pthread_mutex_lock(&runner->mutex);
            runner->shared->is_over = true;
            pthread_mutex_unlock(&runner->mutex);
            return false;
        }
        if (share_wait_is_over(&wait, attempt.steps, longest_ms, clock_now_ms())) {
            err_set(&err, ERR_LATER,
                    "no chunk of the round was taken or has ended within the longest timeout of its jobs");
            break;
        }
        if (!stop_sleep(CHECK_MS, &err))
            break;
    }
    if (!stop_requested())
        record_error(worker, &err);
    return false;
}

/* One chunk. */

/* struct api_guard: renews the lease before every request. No request is sent for a chunk that was taken
 * over. */
static bool renew(void *context, struct pg *pg, struct err *err)
{
    return work_renew(pg, context, err);
}

struct chunk_end {
    struct worker *worker;
    struct taken *taken;
    const struct chunk_result *result;
};

/* struct session_work: stores the outcome of the chunk. A load has stored its own success. */
static bool store_outcome(void *context, struct err *err)
{
    struct chunk_end *chunk_end = context;
    struct pg *pg = chunk_end->worker->session.pg;
    struct work_claim *claim = &chunk_end->taken->claim;
    const struct chunk_result *result = chunk_end->result;
    struct work_end end = {.state = WORK_SKIPPED, .run_id = result->run_id};
    if (result->status == CHUNK_SKIPPED)
        return work_end(pg, claim, &end, err);
    if (result->status != CHUNK_FAILED)
        return true;
    if (result->err.kind == ERR_STOPPED)
        return work_return(pg, claim, NULL, NULL, err);
    if (share_other_may_try(result->err.kind, chunk_end->taken->failed_host))
        return work_return(pg, claim, chunk_end->worker->runner->options->host, &result->err, err);
    end.state = WORK_FAILED;
    end.reason = &result->err;
    return work_end(pg, claim, &end, err);
}

static void end_chunk(struct chunk_end *end)
{
    struct err err = {0};
    struct session *session = &end->worker->session;
    struct work_claim *claim = &end->taken->claim;
    if (claim->is_lost)
        return;
    session_set_deadline(session, clock_deadline(CLOSE_MS));
    if (session->pg && stop_requested())
        pg_ignore_stop(session->pg, RETURN_MS);
    bool is_connected = session->pg || (!stop_requested() && session_reconnect(session, &err));
    if (is_connected && session_run_with_reconnect(session, (struct session_work){store_outcome, end}, &err))
        return;
    if (claim->is_lost)
        log_warn("chunk-taken-over", "%s", err.text);
    else
        record_error(end->worker, &err);
}

static int64_t begin_clock(struct runner *runner, const struct job *job)
{
    pthread_mutex_lock(&runner->mutex);
    int64_t deadline_ms = share_clock_begin(&runner->shared->clocks[runner_job_place(runner, job)],
                                            job->timeout_ms, clock_now_ms());
    pthread_mutex_unlock(&runner->mutex);
    return deadline_ms;
}

static void end_clock(struct runner *runner, const struct job *job)
{
    pthread_mutex_lock(&runner->mutex);
    share_clock_end(&runner->shared->clocks[runner_job_place(runner, job)], clock_now_ms());
    pthread_mutex_unlock(&runner->mutex);
}

static struct run_item *item_of(struct runner *runner, int64_t work_id)
{
    size_t at = 0;
    while (runner->shared->work_ids[at] != work_id)
        at++;
    return &runner->schedule.items[at];
}

static void do_chunk(struct worker *worker, struct taken *taken, struct run_item *item)
{
    struct runner *runner = worker->runner;
    const struct run_options *options = runner->options;
    int64_t deadline_ms = begin_clock(runner, item->chunk.job);
    session_set_deadline(&worker->session, deadline_ms);
    struct api api = service_api(&runner->service, worker->session.pg, deadline_ms);
    api.guard = (struct api_guard){renew, &taken->claim};
    struct chunk_context context = {
        .settings = options->settings,
        .api = &api,
        .session = &worker->session,
        .claim = &taken->claim,
        .host = options->host,
        .invocation_id = runner->shared->share.round.invocation_id,
        .accept = options->accept,
        .is_fresh = run_wants_fresh(options),
        .window_given = schedule_window_given(&options->schedule),
    };
    if (!runner_skip_chunk(runner, &context, item))
        pipeline_run(&context, &item->chunk, &item->result);
    end_clock(runner, item->chunk.job);
}

static void work_on(struct worker *worker, struct taken *taken)
{
    struct runner *runner = worker->runner;
    struct run_item *item = item_of(runner, taken->claim.work_id);
    struct chunk_end end = {worker, taken, &item->result};
    const struct chunk *chunk = &item->chunk;
    item->result = (struct chunk_result){.source = source_of_job(chunk->job)};
    share_renewal_add(&runner->shared->share, &taken->claim);
    progress_begin(chunk->job->name, chunk->contract);
    progress_chunk(chunk->number, chunk->count);
    if (taken->taken_from) {
        SCOPED(log_scope)
        struct log_scope scope =
            log_enter(&(struct log_context){.job = chunk->job->name, .contract = chunk->contract});
        log_warn("chunk-taken-over", "chunk %zu of %zu is taken over from host %s, whose lease has expired",
                 chunk->number, chunk->count, taken->taken_from);
    }
    do_chunk(worker, taken, item);
    end_chunk(&end);
    share_renewal_remove(&runner->shared->share, &taken->claim);
    progress_end(1, item->result.status == CHUNK_FAILED);
}

static void *work(void *context)
{
    struct worker *worker = context;
    struct taken taken = {0};
    if (runner_lacks_connection(worker))
        return NULL;
    while (take(worker, &taken))
        work_on(worker, &taken);
    arena_release(taken.arena);
    session_close(&worker->session);
    return NULL;
}

/* The end. */

/* Logs chunks that failed on another host, or before a host had taken them. This host's own failures are
 * logged already. */
static void log_failures(const struct share_run *shared)
{
    for (size_t i = 0; i < shared->failures.count; i++) {
        struct err err = {0};
        char window[WINDOW_TEXT];
        const struct work_failure *failure = &shared->failures.items[i];
        if (text_equal(failure->host, shared->share.member.host))
            continue;
        SCOPED(log_scope)
        struct log_scope scope = log_enter(&(struct log_context){
            .job = failure->job,
            .contract = failure->contract,
            .window = failure->window.bounded ? window_format(&failure->window, window) : NULL,
        });
        err_set(&err, failure->kind, "%s", failure->error);
        if (*failure->host)
            err_wrap(&err, "on host %s", failure->host);
        log_error("chunk-failed", &err);
    }
}

struct closing {
    struct share_run *shared;
    struct arena *arena;
};

/* struct session_work: stores that the round is over, and reads which chunks of it have failed. */
static bool close_once(void *context, struct err *err)
{
    struct closing *closing = context;
    struct share_run *shared = closing->shared;
    struct pg *pg = shared->share.session.pg;
    return work_close(pg, &shared->share.round, err) &&
           work_failures(pg, &shared->share.round, closing->arena, &shared->failures, err);
}

static bool close_round(struct share_run *shared, struct arena *arena, struct err *err)
{
    struct closing closing = {shared, arena};
    struct session *session = &shared->share.session;
    session_set_deadline(session, clock_deadline(CLOSE_MS));
    return (session->pg || session_reconnect(session, err)) &&
           session_run_with_reconnect(session, (struct session_work){close_once, &closing}, err);
}

static void end_round(struct share_run *shared, struct arena *arena)
{
    struct err err = {0};
    share_renewal_stop(&shared->share);
    if (shared->is_over && !stop_requested()) {
        shared->is_over = close_round(shared, arena, &err);
        if (!shared->is_over)
            shared->err = err;
        log_failures(shared);
    }
    share_leave(&shared->share);
}

/* Keeps only those chunks of the round that this host has begun. */
static void keep_begun(struct schedule *schedule)
{
    size_t kept = 0;
    for (size_t i = 0; i < schedule->item_count; i++)
        if (schedule->items[i].result.status != CHUNK_NOT_BEGUN)
            schedule->items[kept++] = schedule->items[i];
    schedule->item_count = kept;
    schedule->unit_count = 0;
}

bool share_run(struct runner *runner, struct pg *pg, struct arena *arena, struct err *err)
{
    struct share_run *shared = arena_alloc(arena, 1, sizeof *shared);
    shared->clocks = arena_alloc(arena, runner->options->schedule.job_count + 1, sizeof *shared->clocks);
    runner->shared = shared;
    struct share_listing listing = {.runner = runner, .share = &shared->share, .arena = arena};
    struct beginning beginning = {
        .listing = &listing,
        .session = {.settings = runner->options->settings, .name = runner->session_name, .pg = pg},
    };
    struct session *session = &beginning.session;
    session_set_deadline(session,
                         clock_deadline(runner_longest_timeout_ms(&runner->options->schedule, false)));
    bool begun = session_run_with_reconnect(session, (struct session_work){begin_once, &beginning}, err);
    shared->work_ids = listing.work_ids;
    if (begun) {
        progress_expect(runner->schedule.item_count, runner->schedule.item_count);
        begun = runner_work(runner, session->pg, work, err);
    } else
        session_close(session);
    end_round(shared, arena);
    backfill_log_skipped(&runner->schedule);
    skip_unchanged_log(&runner->schedule);
    keep_begun(&runner->schedule);
    return begun;
}

void share_run_sum_up(const struct runner *runner, struct run_outcome *outcome)
{
    struct share_run *shared = runner->shared;
    const struct share *share = &shared->share;
    if (!shared->is_over && !stop_requested()) {
        err_require(&shared->err);
        log_error("share-left", &shared->err);
    }
    outcome->share = (struct share_outcome){
        .name = share->round.share,
        .round = share->round.round,
        .is_over = shared->is_over,
        .failures = shared->failures,
        .err = shared->err,
    };
    outcome->failed = shared->failures.count;
    outcome->exit_code = share_exit_code(&shared->failures, shared->is_over ? ERR_NONE : shared->err.kind);
}
