#include "run/share_list.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/stop.h"
#include "base/text.h"
#include "run/refusal.h"
#include "run/share_rule.h"
#include "run/source_facts.h"
#include "state/budget.h"

/* How often a waiting host checks whether the chunks are listed; the time limit for writing the list. */
#define CHECK_MS 1000
#define FILL_MS 60000

/* api.base_url is not among the facts: it may differ between hosts. */
void share_put_facts(const struct run_options *options, struct buf *facts)
{
    const struct settings *settings = options->settings;
    struct budget budget = budget_of(settings);
    buf_print(facts, "the program\t%s\nthe account of the request budget\t%s\ndatabase.schema\t%s",
              options->version, budget.account, settings->database.schema);
    for (size_t i = 0; i < options->schedule.job_count; i++)
        buf_print(facts, "\njob %s\t%s", options->schedule.jobs[i]->name, options->schedule.jobs[i]->digest);
}

/* Why this host could not read the service's list of contracts, if another host may be able to. NULL: it
 * could, or no other host could either. */
static const struct err *find_list_error(const struct schedule *schedule)
{
    for (size_t i = 0; i < schedule->unit_count; i++) {
        const struct work_unit *unit = &schedule->units[i];
        if (unit->job->contracts != JOB_CONTRACTS_LISTED && share_other_may_try(unit->refused.kind, ""))
            return &unit->refused;
    }
    return NULL;
}

/* *handed_on: this host could not read the list of contracts, so another host lists the chunks. */
static bool make_schedule(const struct share_listing *listing, bool *handed_on, struct err *err)
{
    struct runner *runner = listing->runner;
    const struct share *share = listing->share;
    *handed_on = false;
    runner_make_schedule(runner, share->round.today, listing->pg, listing->arena);
    const struct err *list_error = find_list_error(&runner->schedule);
    if (list_error) {
        pg_set_deadline(listing->pg, clock_deadline(FILL_MS));
        if (!work_hand_on(listing->pg, &share->round, &share->member, handed_on, err))
            return false;
    }
    if (*handed_on)
        log_warn("list-handed-on", "%s; another host lists what there is to do", list_error->text);
    else
        runner_fetch_source_changes(runner, listing->pg, listing->arena);
    return true;
}

static void add_lines(const struct work_unit *unit, struct work_lines *lines)
{
    const struct err none = {0};
    for (size_t i = 0; i < unit->count; i++) {
        const struct chunk *chunk = &unit->items[i].chunk;
        work_lines_add(lines, &(struct work_line){
                                  .job = unit->job->name,
                                  .contract = unit->contract,
                                  .window = &chunk->window,
                                  .number = chunk->number,
                                  .count = chunk->count,
                                  .requests_before = chunk->requests_before,
                                  .refused = i == 0 ? &unit->refused : &none,
                              });
    }
}

static void record_refusals(const struct share_listing *listing)
{
    struct run_options of_round = *listing->runner->options;
    const struct schedule *schedule = &listing->runner->schedule;
    of_round.invocation_id = listing->share->round.invocation_id;
    for (size_t i = 0; i < schedule->unit_count; i++)
        if (schedule->units[i].refused.kind != ERR_NONE)
            refusal_record(&of_round, &schedule->units[i], listing->pg);
}

/* Lists the chunks, or lets another host do it. */
static bool fill(const struct share_listing *listing, struct err *err)
{
    bool filled;
    bool handed_on;
    struct runner *runner = listing->runner;
    const struct share *share = listing->share;
    if (!make_schedule(listing, &handed_on, err) || handed_on)
        return handed_on;
    pg_set_deadline(listing->pg, clock_deadline(FILL_MS));
    SCOPED(work_lines) struct work_lines lines = work_lines_make();
    for (size_t i = 0; i < runner->schedule.unit_count; i++)
        add_lines(&runner->schedule.units[i], &lines);
    if (stop_requested())
        return stop_error(err);
    if (!work_fill(listing->pg, &share->round, &share->member, &lines, &runner->changes.contracts, &filled,
                   err))
        return false;
    if (filled)
        record_refusals(listing);
    return true;
}

static const struct job *find_job(const struct runner *runner, const char *name)
{
    const struct schedule_options *options = &runner->options->schedule;
    for (size_t i = 0; i < options->job_count; i++)
        if (text_equal(options->jobs[i]->name, name))
            return options->jobs[i];
    return NULL;
}

static struct run_item make_item(const struct share_listing *listing, const struct job *job,
                                 const struct work_chunk *listed, const struct windows *moving)
{
    return (struct run_item){
        .chunk =
            {
                .job = job,
                .contract = listed->contract,
                .table = job->target.table,
                .window = listed->window,
                .moving = *moving,
                .today = listing->share->round.today,
                .number = listed->number,
                .count = listed->count,
                .requests_before = listed->requests_before,
            },
        .result = {.source = source_of_job(job)},
    };
}

static bool starts_unit(const struct work_chunks *chunks, size_t at)
{
    const struct work_chunk *chunk = &chunks->items[at];
    return at == 0 || !text_equal(chunk->job, chunk[-1].job) ||
           !text_equal(chunk->contract, chunk[-1].contract);
}

/* Adds the chunk to its unit. */
static void add_to_unit(const struct share_listing *listing, const struct work_chunks *chunks, size_t at,
                        const struct job *job)
{
    struct schedule *schedule = &listing->runner->schedule;
    if (starts_unit(chunks, at)) {
        struct work_unit *unit =
            arena_push(listing->arena, &schedule->units, &schedule->unit_count, sizeof *unit);
        *unit = (struct work_unit){
            .job = job, .contract = chunks->items[at].contract, .items = &schedule->items[at]};
    }
    schedule->units[schedule->unit_count - 1].count++;
}

/* The schedule of the round, which is the same on all hosts. */
static bool read_schedule(struct share_listing *listing, struct err *err)
{
    struct work_chunks chunks;
    struct windows moving = {0};
    struct arena *arena = listing->arena;
    struct schedule *schedule = &listing->runner->schedule;
    if (!work_list(listing->pg, &listing->share->round, arena, &chunks, err))
        return false;
    *schedule = (struct schedule){.items = arena_alloc(arena, chunks.count + 1, sizeof *schedule->items),
                                  .item_count = chunks.count};
    listing->work_ids = arena_alloc(arena, chunks.count + 1, sizeof *listing->work_ids);
    for (size_t i = 0; i < chunks.count; i++) {
        const struct work_chunk *listed = &chunks.items[i];
        const struct job *job = find_job(listing->runner, listed->job);
        if (!job)
            return err_set(err, ERR_BUG, "the round has a job %s, which this host was not started with",
                           listed->job);
        if (starts_unit(&chunks, i)) {
            moving = (struct windows){0};
            window_plan_moving(job, listing->share->round.today, arena, &moving);
        }
        add_to_unit(listing, &chunks, i, job);
        schedule->items[i] = make_item(listing, job, listed, &moving);
        listing->work_ids[i] = listed->work_id;
    }
    return true;
}

bool share_list(struct share_listing *listing, struct err *err)
{
    struct runner *runner = listing->runner;
    const struct share *share = listing->share;
    for (;;) {
        struct work_filling filling;
        pg_set_deadline(listing->pg,
                        clock_deadline(runner_longest_timeout_ms(&runner->options->schedule, false)));
        if (!work_filling(listing->pg, &share->round, &share->member, listing->arena, &filling, err))
            return false;
        if (filling.is_over && !filling.is_filled)
            return err_set(err, ERR_LATER, "another host has given up the round");
        if (filling.is_filled) {
            runner->changes.contracts = filling.asked;
            return read_schedule(listing, err);
        }
        if (filling.is_ours ? !fill(listing, err) : !stop_sleep(CHECK_MS, err))
            return false;
    }
}
