#include "run/rebuild_coverage.h"

#include "base/readable.h"
#include "base/text.h"

#include <inttypes.h>

/* Collects what is missing, and the command line of a run that loads everything. */
struct gaps {
    const struct rebuild_coverage *coverage;
    struct arena *arena;
    struct buf words;      /* what is missing, for the message */
    size_t count;          /* of gaps in words */
    struct text_list jobs; /* jobs of the command */
    struct window days;    /* days of the command: all that are held or loaded; not bounded: none */
    bool lacks_job;        /* no defined job loads a contract that the table holds */
};

static bool loads_table(const struct rebuild_coverage *coverage, const struct job *job)
{
    return text_equal(job->target.table, coverage->table);
}

static void add_job(struct gaps *gaps, const struct job *job)
{
    if (!text_list_has(&gaps->jobs, job->name))
        arena_add_text(gaps->arena, &gaps->jobs, job->name);
}

static void add_days(struct gaps *gaps, const struct window *days)
{
    struct window *all = &gaps->days;
    if (!days->bounded)
        return;
    if (!all->bounded)
        *all = *days;
    all->from = days->from < all->from ? days->from : all->from;
    all->to = days->to > all->to ? days->to : all->to;
}

static bool runs(const struct gaps *gaps, const char *job)
{
    const struct schedule *schedule = gaps->coverage->schedule;
    for (size_t i = 0; i < schedule->unit_count; i++)
        if (loads_table(gaps->coverage, schedule->units[i].job) &&
            text_equal(schedule->units[i].job->name, job))
            return true;
    return false;
}

/* The end of the days that the run loads of a contract, from the start of `held` without a gap. *any: the run
 * loads the contract at all. */
static date_t loaded_until(const struct gaps *gaps, const char *contract, const struct window *held,
                           bool *any)
{
    date_t until = held->from;
    const struct schedule *schedule = gaps->coverage->schedule;
    *any = false;
    for (bool grows = true; grows;) {
        grows = false;
        for (size_t i = 0; i < schedule->item_count; i++) {
            const struct chunk *chunk = &schedule->items[i].chunk;
            if (!loads_table(gaps->coverage, chunk->job) || !text_equal(chunk->contract, contract))
                continue;
            *any = true;
            if (!chunk->window.bounded)
                return held->to;
            if (chunk->window.from > until || chunk->window.to <= until)
                continue;
            until = chunk->window.to;
            grows = true;
        }
    }
    return until;
}

/* Whether this is a window of snapshots that a window of the run replaces. */
static bool is_replaced(const struct gaps *gaps, const struct table_contents_part *part)
{
    struct snapshot held = {part->days, part->is_moving, part->as_of, part->rows};
    const struct schedule *schedule = gaps->coverage->schedule;
    for (size_t i = 0; i < schedule->item_count; i++) {
        const struct chunk *chunk = &schedule->items[i].chunk;
        struct snapshot_chunk what = {&chunk->window, &chunk->moving, chunk->today};
        struct snapshot loaded = snapshot_of_chunk(&what);
        bool may_replace = loads_table(gaps->coverage, chunk->job) &&
                           text_equal(chunk->contract, part->contract) && chunk->window.bounded &&
                           chunk->job->target.snapshots == JOB_SNAPSHOTS_LATEST;
        if (may_replace && snapshot_judge(&loaded, &held) == SNAPSHOT_REPLACED)
            return true;
    }
    return false;
}

static void add_gap(struct gaps *gaps)
{
    buf_put(&gaps->words, gaps->count++ ? "; " : "");
}

/* A defined job that is not part of the run and would load the contract; NULL: none. */
static const struct job *find_job_of(const struct gaps *gaps, const char *contract)
{
    const struct jobs *defined = gaps->coverage->defined;
    for (size_t i = 0; i < defined->count; i++) {
        const struct job *job = &defined->items[i];
        bool may_load =
            job->contracts != JOB_CONTRACTS_LISTED || text_list_has(&job->contract_numbers, contract);
        if (may_load && loads_table(gaps->coverage, job) && !runs(gaps, job->name))
            return job;
    }
    return NULL;
}

static void check_part(struct gaps *gaps, const struct table_contents_part *part)
{
    bool any;
    char held[WINDOW_TEXT];
    date_t until = loaded_until(gaps, part->contract, &part->days, &any);
    add_days(gaps, &part->days);
    if (any && (!part->days.bounded || until >= part->days.to || is_replaced(gaps, part)))
        return;
    add_gap(gaps);
    buf_print(&gaps->words, "%" PRIu64 " row%s of contract %s", part->rows, readable_plural(part->rows),
              part->contract);
    if (part->days.bounded)
        buf_print(&gaps->words, " of the days %s", window_format(&part->days, held));
    if (any) {
        buf_put(&gaps->words, ", more days than this run loads");
        return;
    }
    const struct job *job = find_job_of(gaps, part->contract);
    buf_put(&gaps->words, job ? ", which this run does not load" : ", which no job loads");
    gaps->lacks_job |= !job;
    if (job)
        add_job(gaps, job);
}

static void check_loader(struct gaps *gaps, const char *name)
{
    const struct job *job = job_find(gaps->coverage->defined, name);
    if (!job || !loads_table(gaps->coverage, job) || runs(gaps, name))
        return;
    add_gap(gaps);
    buf_print(&gaps->words, "rows that the job %s has loaded, which is not part of this run", name);
    add_job(gaps, job);
}

static void start_command(struct gaps *gaps)
{
    const struct schedule *schedule = gaps->coverage->schedule;
    for (size_t i = 0; i < schedule->item_count; i++) {
        const struct chunk *chunk = &schedule->items[i].chunk;
        if (!loads_table(gaps->coverage, chunk->job))
            continue;
        add_job(gaps, chunk->job);
        add_days(gaps, &chunk->window);
    }
}

/* --from and --to are refused for a job without a window. */
static bool takes_days(const struct gaps *gaps)
{
    for (size_t i = 0; i < gaps->jobs.count; i++) {
        const struct job *job = job_find(gaps->coverage->defined, gaps->jobs.items[i]);
        if (!job || !job->window.present)
            return false;
    }
    return gaps->days.bounded;
}

/* Whether the job would refuse the days of the command: one of their chunks overlaps its moving window of
 * today. */
static bool job_refuses_days(const struct gaps *gaps, const struct job *job)
{
    struct err ignored;
    struct windows chunks;
    struct windows moving;
    struct snapshot_decision decision;
    const struct schedule *schedule = gaps->coverage->schedule;
    const struct snapshots nothing = {0};
    struct window_override days = {true, gaps->days.from, gaps->days.to};
    date_t today = schedule->item_count > 0 ? schedule->items[0].chunk.today : 0;
    if (job_rows_are_dated(job) || job->target.snapshots != JOB_SNAPSHOTS_LATEST ||
        !window_plan(job, &days, today, gaps->arena, &chunks, &ignored))
        return false;
    window_plan_moving(job, today, gaps->arena, &moving);
    for (size_t i = 0; i < chunks.count; i++) {
        struct snapshot_chunk chunk = {&chunks.items[i], &moving, today};
        snapshot_decide(&chunk, &nothing, gaps->arena, &decision);
        if (decision.is_refused)
            return true;
    }
    return false;
}

static bool days_are_refused(const struct gaps *gaps)
{
    for (size_t i = 0; i < gaps->jobs.count; i++)
        if (job_refuses_days(gaps, job_find(gaps->coverage->defined, gaps->jobs.items[i])))
            return true;
    return false;
}

static void put_command(const struct gaps *gaps, bool with_days, struct buf *command)
{
    char from[DATE_TEXT];
    char to[DATE_TEXT];
    buf_put(command, "tokenflex-etl run");
    for (size_t i = 0; i < gaps->jobs.count; i++)
        buf_print(command, " %s", gaps->jobs.items[i]);
    buf_put(command, " --rebuild");
    if (with_days)
        buf_print(command, " --from %s --to %s", date_format(gaps->days.from, from),
                  date_format(gaps->days.to, to));
}

static bool refuse(const struct gaps *gaps, struct err *err)
{
    bool with_days = takes_days(gaps);
    bool days_refused = with_days && days_are_refused(gaps);
    SCOPED(buf) struct buf command = buf_make(BUF_OWN_TEXT);
    put_command(gaps, with_days && !days_refused, &command);
    err_set(err, ERR_CONFIG, "table %s.%s is not rebuilt, since the new table would lack %s",
            gaps->coverage->schema, gaps->coverage->table, buf_text(&gaps->words));
    if (days_refused)
        return err_hint(err,
                        "no run loads these windows together with the job's moving window: delete their "
                        "rows; then: %s; then load them again with --from and --to",
                        buf_text(&command));
    return err_hint(
        err, "%s%s",
        gaps->lacks_job ? "add the contract to a job that loads the table, or delete its rows; then: " : "",
        buf_text(&command));
}

bool rebuild_coverage_check(const struct rebuild_coverage *coverage, const struct table_contents *contents,
                            struct err *err)
{
    SCOPED(arena) struct arena *arena = arena_make();
    struct gaps gaps = {.coverage = coverage, .arena = arena, .words = buf_make(BUF_OWN_TEXT)};
    start_command(&gaps);
    for (size_t i = 0; i < contents->count; i++)
        check_part(&gaps, &contents->items[i]);
    for (size_t i = 0; i < contents->jobs.count; i++)
        check_loader(&gaps, contents->jobs.items[i]);
    bool is_complete = gaps.count == 0 || refuse(&gaps, err);
    buf_release(&gaps.words);
    return is_complete;
}
