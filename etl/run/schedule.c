#include "run/schedule.h"

#include "base/text.h"
#include "run/source_facts.h"

struct making {
    const struct schedule_options *options;
    const struct contract_lister *source;
    struct arena *arena;
    struct schedule *schedule;

    struct windows moving; /* windows of the job that is being added */

    /* The service's list of contracts. */
    bool asked;
    struct contracts contracts;
    struct err refused;
    uint64_t requests; /* requests for the list that are not yet counted to a chunk */
};

static void add_unit(struct making *making, const struct job *job, const char *contract,
                     const struct windows *windows, const struct err *refused)
{
    struct schedule *schedule = making->schedule;
    struct work_unit *unit = arena_push(making->arena, &schedule->units, &schedule->unit_count, sizeof *unit);
    *unit =
        (struct work_unit){.job = job, .contract = contract, .count = windows->count, .refused = *refused};
    for (size_t i = 0; i < windows->count; i++) {
        struct run_item *item =
            arena_push(making->arena, &schedule->items, &schedule->item_count, sizeof *item);
        item->chunk = (struct chunk){
            .job = job,
            .contract = contract,
            .table = job->target.table,
            .window = windows->items[i],
            .moving = making->moving,
            .today = making->options->today,
            .number = i + 1,
            .count = windows->count,
            .requests_before = making->requests,
        };
        item->result = (struct chunk_result){.source = source_of_job(job)};
        making->requests = 0;
    }
}

bool schedule_window_given(const struct schedule_options *options)
{
    return options->window.given || options->reload;
}

/* Rows without a date belong to their window as a whole, so that it must not be changed. */
static bool may_begin_earlier(const struct making *making, const struct job *job)
{
    const struct schedule_options *options = making->options;
    return options->begin && !schedule_window_given(options) && job->window.present &&
           job_rows_are_dated(job);
}

static void add_contract(struct making *making, const struct job *job, const char *contract,
                         const struct windows *windows)
{
    struct err refused = {0};
    struct windows own = *windows;
    date_t first_day;
    const struct window_begin *begin = making->options->begin;
    if (may_begin_earlier(making, job) && begin->find(begin->context, job, contract, &first_day) &&
        first_day < windows->items[0].from &&
        !window_plan_since(job, first_day, making->options->today, making->arena, &own, &refused))
        own = *windows;
    add_unit(making, job, contract, &own, &refused);
}

/* The word shown instead of contracts that are not known. */
static const char *contracts_in_words(const struct job *job)
{
    return job->contracts == JOB_CONTRACTS_ACTIVE ? "active" : "all";
}

static void refuse_job(struct making *making, const struct job *job, const struct err *refused)
{
    static struct window none;
    struct windows one = {&none, 1};
    const char *contract =
        job->contract_numbers.count > 0 ? job->contract_numbers.items[0] : contracts_in_words(job);
    add_unit(making, job, contract, &one, refused);
}

static void list_contracts(struct making *making)
{
    const struct contract_lister *source = making->source;
    if (!making->asked &&
        source->list(source->context, making->arena, &making->contracts, &making->requests, &making->refused))
        making->refused = (struct err){0};
    making->asked = true;
}

static void add_listed_contracts(struct making *making, const struct job *job, const struct windows *windows)
{
    struct err none = {0};
    size_t added = 0;
    list_contracts(making);
    for (size_t i = 0; i < making->contracts.count; i++) {
        const struct contract *contract = &making->contracts.items[i];
        if (job->contracts == JOB_CONTRACTS_ACTIVE && !contract->is_active)
            continue;
        if (making->refused.kind == ERR_NONE)
            add_contract(making, job, contract->number, windows);
        else
            add_unit(making, job, contract->number, windows, &making->refused);
        added++;
    }
    if (added == 0 && making->refused.kind != ERR_NONE)
        refuse_job(making, job, &making->refused);
    else if (added == 0) {
        err_set(&none, ERR_CONFIG, "none of the %zu contracts that the service lists is active",
                making->contracts.count);
        err_hint(&none, "name a contract, or use contract: all");
        refuse_job(making, job, &none);
    }
}

/* Plans the chunks of the days to load again instead of the job's window. A job without a window has one
 * chunk. */
static bool plan_reload(struct making *making, const struct job *job, const struct windows *reload,
                        struct windows *windows, struct err *err)
{
    date_t today = making->options->today;
    if (!job->window.present)
        return window_plan(job, NULL, today, making->arena, windows, err);
    for (size_t i = 0; i < reload->count; i++) {
        struct windows chunks = {0};
        struct window_override days = {true, reload->items[i].from, reload->items[i].to};
        if (!window_plan(job, &days, today, making->arena, &chunks, err))
            return false;
        for (size_t k = 0; k < chunks.count; k++)
            *(struct window *)arena_push(making->arena, &windows->items, &windows->count,
                                         sizeof(struct window)) = chunks.items[k];
    }
    return true;
}

static void add_job(struct making *making, size_t place)
{
    struct err refused = {0};
    struct windows windows = {0};
    const struct schedule_options *options = making->options;
    const struct job *job = options->jobs[place];
    bool planned = options->reload ? plan_reload(making, job, &options->reload[place], &windows, &refused)
                                   : window_plan(job, &options->window, options->today, making->arena,
                                                 &windows, &refused);
    if (!planned) {
        refuse_job(making, job, &refused);
        return;
    }
    window_plan_moving(job, options->today, making->arena, &making->moving);
    if (job->contracts != JOB_CONTRACTS_LISTED)
        add_listed_contracts(making, job, &windows);
    for (size_t i = 0; i < job->contract_numbers.count; i++)
        add_contract(making, job, job->contract_numbers.items[i], &windows);
}

void schedule_make(const struct schedule_options *options, const struct contract_lister *source,
                   struct arena *arena, struct schedule *schedule)
{
    struct making making = {.options = options, .source = source, .arena = arena, .schedule = schedule};
    *schedule = (struct schedule){0};
    for (size_t i = 0; i < options->job_count; i++)
        add_job(&making, i);
    /* The pointers are set after all items are added, because adding an item may move the array. */
    struct run_item *next = schedule->items;
    for (size_t i = 0; i < schedule->unit_count; i++) {
        schedule->units[i].items = next;
        next += schedule->units[i].count;
    }
}

static bool same_target(const struct work_unit *one, const struct work_unit *other)
{
    return text_equal(one->job->target.table, other->job->target.table) &&
           text_equal(one->contract, other->contract);
}

/* Two jobs of this run that load the same contract into the same table must run one after the other: the
 * second would find the lock taken. */
static bool may_begin(const struct schedule *schedule, const struct work_unit *unit)
{
    for (size_t i = 0; i < schedule->unit_count; i++)
        if (schedule->units[i].state == UNIT_RUNNING && same_target(unit, &schedule->units[i]))
            return false;
    return true;
}

bool schedule_next(const struct schedule *schedule, struct work_unit **unit)
{
    bool is_left = false;
    *unit = NULL;
    for (size_t i = 0; i < schedule->unit_count && !*unit; i++) {
        struct work_unit *candidate = &schedule->units[i];
        if (candidate->state != UNIT_WAITING)
            continue;
        is_left = true;
        if (may_begin(schedule, candidate))
            *unit = candidate;
    }
    return is_left;
}
