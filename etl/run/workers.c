#include "run/workers.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/progress.h"
#include "base/text.h"
#include "run/backfill.h"
#include "run/skip_unchanged.h"
#include "state/contracts.h"
#include "state/source_change.h"

#include <string.h>

size_t runner_job_place(const struct runner *runner, const struct job *job)
{
    size_t place = 0;
    while (runner->options->schedule.jobs[place] != job)
        place++;
    return place;
}

int64_t runner_longest_timeout_ms(const struct schedule_options *schedule, bool of_listing)
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

struct skipping {
    const struct chunk_context *context;
    struct run_item *item;
    bool skipped;
};

static bool skip_once(void *context, struct err *err)
{
    struct skipping *skipping = context;
    struct run_item *item = skipping->item;
    return backfill_skip(skipping->context, &item->chunk, &item->result, &skipping->skipped, err);
}

/* Whether a chunk of a backfill is not to be run: it is finished; or whether it is cannot be found out, and
 * then it has failed. */
static bool skip_finished(const struct chunk_context *context, struct run_item *item)
{
    struct chunk_result *result = &item->result;
    struct skipping skipping = {context, item, false};
    if (session_run_with_reconnect(context->session, (struct session_work){skip_once, &skipping},
                                   &result->err))
        return skipping.skipped;
    SCOPED(log_scope)
    struct log_scope scope =
        log_enter(&(struct log_context){.job = item->chunk.job->name, .contract = item->chunk.contract});
    chunk_fail(result);
    log_error("chunk-failed", &result->err);
    return true;
}

bool runner_skip_chunk(const struct runner *runner, const struct chunk_context *context,
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

bool runner_lacks_connection(struct worker *worker)
{
    struct err err;
    const struct schedule_options *schedule = &worker->runner->options->schedule;
    session_set_deadline(&worker->session, clock_deadline(runner_longest_timeout_ms(schedule, false)));
    if (worker->is_first || session_connect(&worker->session, &err) || !pg_is_too_many(&err))
        return false;
    log_warn("fewer-jobs-at-once", "fewer jobs run at once than run.parallel_jobs says: %s", err.text);
    return true;
}

bool runner_work(struct runner *runner, struct pg *first, void *(*thread)(void *), struct err *err)
{
    unsigned wanted = runner->options->settings->run.parallel_jobs;
    size_t most = runner->shared ? runner->schedule.item_count : runner->schedule.unit_count;
    size_t count = wanted < most ? wanted : most;
    SCOPED(mem) struct worker *workers = mem_alloc(count, sizeof *workers);
    size_t started = 0;
    int failed = 0;
    for (; started < count; started++) {
        workers[started] = (struct worker){
            .runner = runner,
            .is_first = started == 0,
            .session = {.settings = runner->options->settings,
                        .name = runner->session_name,
                        .pg = started == 0 ? first : NULL},
        };
        failed = pthread_create(&workers[started].thread, NULL, thread, &workers[started]);
        if (failed)
            break;
    }
    for (size_t i = 0; i < started; i++)
        pthread_join(workers[i].thread, NULL);
    if (started == 0)
        pg_close(first);
    return started > 0 || count == 0 ||
           err_set(err, ERR_LATER, "cannot start a thread: %s", strerror(failed));
}

/* The context of list_contracts() and find_first_skipped(), which use the first worker's connection. */
struct listing {
    const struct runner *runner;
    struct pg *pg;
};

/* struct contract_lister */
static bool list_contracts(void *context, struct arena *arena, struct contracts *contracts,
                           uint64_t *requests, struct err *err)
{
    const struct listing *listing = context;
    int64_t deadline_ms =
        clock_deadline(runner_longest_timeout_ms(&listing->runner->options->schedule, true));
    struct api api = service_api(&listing->runner->service, listing->pg, deadline_ms);
    struct err ignored;
    struct budget budget = budget_of(api.settings);
    progress_begin("contracts", NULL);
    progress_phase("listing");
    pg_set_deadline(listing->pg, deadline_ms);
    bool listed = contract_list(&api, arena, contracts, err);
    progress_leave();
    *requests = api.requests;
    if (listed ? !contracts_remember(api.pg, budget.account, contracts, &ignored)
               : !contracts_known(api.pg, budget.account, arena, contracts, &ignored))
        log_warn("contracts", "%s", ignored.text);
    return listed;
}

/* struct window_begin. If the skipped chunks cannot be read, the window begins where the job says. */
static bool find_first_skipped(void *context, const struct job *job, const char *contract, date_t *first_day)
{
    struct err err;
    bool found;
    const struct listing *listing = context;
    struct source_job of = {job->name, contract};
    if (source_change_first_skipped(listing->pg, &of, &found, first_day, &err))
        return found;
    log_warn("skips-unknown", "cannot read which chunks of job %s and contract %s were skipped: %s",
             job->name, contract, err.text);
    return false;
}

void runner_make_schedule(struct runner *runner, date_t today, struct pg *pg, struct arena *arena)
{
    struct listing listing = {runner, pg};
    struct contract_lister source = {list_contracts, &listing};
    struct window_begin begin = {find_first_skipped, &listing};
    struct schedule_options options = runner->options->schedule;
    options.begin = &begin;
    options.today = today;
    schedule_make(&options, &source, arena, &runner->schedule);
}

void runner_fetch_source_changes(struct runner *runner, struct pg *pg, struct arena *arena)
{
    struct api api = service_api(&runner->service, pg, 0);
    if (run_may_skip_unchanged(runner->options))
        source_changes_ask(&api, &runner->schedule, arena, &runner->changes);
}
