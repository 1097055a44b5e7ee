#include "report/status/status.h"

#include "base/clock.h"
#include "report/status/history.h"

#include <stdlib.h>
#include <string.h>

/* Runs closer together than this were probably manual and do not show a regular interval. */
#define SHORTEST_RHYTHM_MS 3600000

/* Fewer runs do not show an interval that is shorter than a day: jobs are expected to run every night. */
#define RHYTHM_RUNS 3
#define ASSUMED_RHYTHM_MS (INT64_C(24) * 3600000)

/* A run is overdue after this many times the longest usual interval. */
#define OVERDUE_FACTOR 2

static const struct invocation *find_judged(const struct invocations *invocations)
{
    const struct invocation *failure = invocation_find_standing(invocations);
    for (size_t i = 0; i < invocations->count; i++) {
        const struct invocation *invocation = &invocations->items[i];
        if (invocation->status == INVOCATION_SUCCEEDED && failure)
            return failure;
        if (invocation->status != INVOCATION_SKIPPED)
            return invocation;
    }
    return NULL;
}

static int64_t longest_gap_ms(const struct status_job *job)
{
    int64_t longest_ms = 0;
    for (size_t i = 1; i < job->trend_count; i++) {
        int64_t gap_ms = job->trend[i - 1].started_ms - job->trend[i].started_ms;
        longest_ms = gap_ms > longest_ms ? gap_ms : longest_ms;
    }
    return longest_ms;
}

static void find_usual_gap(struct status_job *job)
{
    job->usual_gap_ms = longest_gap_ms(job);
    job->gap_is_assumed = job->trend_count < RHYTHM_RUNS && job->usual_gap_ms < ASSUMED_RHYTHM_MS;
    if (job->gap_is_assumed)
        job->usual_gap_ms = ASSUMED_RHYTHM_MS;
}

static bool is_overdue(const struct status_job *job, int64_t now_ms)
{
    return job->usual_gap_ms >= SHORTEST_RHYTHM_MS &&
           now_ms - job->last->started_ms > OVERDUE_FACTOR * job->usual_gap_ms;
}

static enum status_problem find_problem(const struct status_job *job, bool has_errors, int64_t now_ms)
{
    if (!job->configured || !job->enabled)
        return STATUS_OK;
    if (has_errors)
        return STATUS_BROKEN;
    if (!job->last)
        return STATUS_OK;
    switch (job->judged ? job->judged->status : INVOCATION_SKIPPED) {
    case INVOCATION_RUNNING:
        return STATUS_OK;
    case INVOCATION_DIED:
        return STATUS_DIED;
    case INVOCATION_FAILED:
        return STATUS_FAILED;
    case INVOCATION_SUCCEEDED:
    case INVOCATION_SKIPPED:
        break;
    }
    return is_overdue(job, now_ms) ? STATUS_OVERDUE : STATUS_OK;
}

static const struct status_definition *find_definition(const struct status_options *options, const char *name)
{
    for (size_t i = 0; i < options->definition_count; i++)
        if (text_equal(options->definitions[i].job->name, name))
            return &options->definitions[i];
    return NULL;
}

static bool is_requested(const struct status_options *options, const char *name)
{
    return !options->names || text_list_has(options->names, name);
}

/* Sets the members that depend on the definition. */
static void finish_job(const struct status_options *options, int64_t now_ms, struct status_job *job)
{
    const struct status_definition *definition = find_definition(options, job->job);
    bool lists_contract = definition && (definition->has_errors || !job->contract ||
                                         definition->job->contracts != JOB_CONTRACTS_LISTED ||
                                         text_list_has(&definition->job->contract_numbers, job->contract));
    job->configured = lists_contract || !options->definitions_known;
    job->enabled = definition ? definition->job->enabled : job->configured;
    job->problem = find_problem(job, definition && definition->has_errors, now_ms);
}

static void add_history(const struct status_options *options, const struct run_list_of_job *history,
                        struct arena *arena, struct status *status)
{
    struct invocations invocations;
    history_fold(history, arena, &invocations);
    struct status_job *job = arena_push(arena, &status->jobs, &status->job_count, sizeof *job);
    *job = (struct status_job){
        .job = history->job,
        .contract = history->contract,
        .has_data = history->has_data,
        .data_through = history->data_through,
        .last = invocations.count > 0 ? invocations.items : NULL,
        .judged = find_judged(&invocations),
        .success = invocation_find_success(&invocations),
        .loaded = invocation_find_loaded(&invocations),
        .trend = invocations.items,
        .trend_count = invocations.count < STATUS_TREND ? invocations.count : STATUS_TREND,
        .failures_in_a_row = invocation_count_failures(&invocations),
    };
    find_usual_gap(job);
    finish_job(options, status->now_ms, job);
}

static void add_never_run(const struct status_options *options, const char *name, const char *contract,
                          struct arena *arena, struct status *status)
{
    for (size_t i = 0; i < status->job_count; i++) {
        const struct status_job *known = &status->jobs[i];
        if (text_equal(known->job, name) && (!contract || text_equal(known->contract, contract)))
            return;
    }
    struct status_job *job = arena_push(arena, &status->jobs, &status->job_count, sizeof *job);
    *job = (struct status_job){.job = name, .contract = contract};
    finish_job(options, status->now_ms, job);
}

static void add_definition(const struct status_options *options, const struct job *job, struct arena *arena,
                           struct status *status)
{
    if (job->contracts != JOB_CONTRACTS_LISTED || job->contract_numbers.count == 0) {
        add_never_run(options, job->name, NULL, arena, status);
        return;
    }
    for (size_t i = 0; i < job->contract_numbers.count; i++)
        add_never_run(options, job->name, job->contract_numbers.items[i], arena, status);
}

static int by_name_and_contract(const void *left, const void *right)
{
    const struct status_job *one = left;
    const struct status_job *other = right;
    int order = strcmp(one->job, other->job);
    if (order != 0)
        return order;
    return strcmp(one->contract ? one->contract : "", other->contract ? other->contract : "");
}

/* A requested name must be that of a definition or of a job that has run. */
static bool check_names(const struct status_options *options, const struct run_list *histories,
                        struct arena *arena, struct err *err)
{
    struct text_list known = {0};
    for (size_t i = 0; i < options->definition_count; i++)
        arena_add_text(arena, &known, options->definitions[i].job->name);
    for (size_t i = 0; i < histories->count; i++)
        arena_add_text(arena, &known, histories->items[i].job);
    for (size_t i = 0; options->names && i < options->names->count; i++) {
        const char *name = options->names->items[i];
        if (text_list_has(&known, name))
            continue;
        err_set(err, ERR_USAGE, "there is no job `%s`, and no job of that name has run", name);
        const char *nearest = text_nearest(name, known.items, known.count);
        return nearest ? err_hint(err, "did you mean `%s`?", nearest)
                       : err_hint(err, "--jobs names the directory of job definitions");
    }
    return true;
}

bool status_make(const struct status_options *options, const struct run_list *histories, struct arena *arena,
                 struct status *status, struct err *err)
{
    *status = (struct status){
        .has_table = histories->has_table,
        .definitions_known = options->definitions_known,
        .now_ms = histories->now_ms,
        .budget = budget_of(options->settings),
    };
    status->level = budget_full(&status->budget);
    if (!check_names(options, histories, arena, err))
        return false;
    for (size_t i = 0; i < histories->count; i++)
        if (is_requested(options, histories->items[i].job))
            add_history(options, &histories->items[i], arena, status);
    for (size_t i = 0; i < options->definition_count; i++)
        if (is_requested(options, options->definitions[i].job->name))
            add_definition(options, options->definitions[i].job, arena, status);
    if (status->job_count > 0)
        qsort(status->jobs, status->job_count, sizeof *status->jobs, by_name_and_contract);
    return true;
}

void status_take_differences(const struct reconciliation_list *list, struct status *status)
{
    for (size_t i = 0; i < status->job_count; i++) {
        struct status_job *job = &status->jobs[i];
        for (size_t k = 0; k < list->count; k++) {
            const struct reconciliation_figure *figure = &list->items[k];
            if (!figure->differs || !job->contract || !text_equal(figure->job, job->job) ||
                !text_equal(figure->contract, job->contract))
                continue;
            job->difference = job->difference ? job->difference : figure;
            job->differences++;
        }
        if (job->differences > 0 && job->problem == STATUS_OK && job->configured && job->enabled)
            job->problem = STATUS_DIFFERS;
    }
}

void status_take_source(const struct status_options *options, const struct source_through_list *list,
                        struct status *status)
{
    for (size_t i = 0; i < status->job_count; i++) {
        struct status_job *job = &status->jobs[i];
        const struct status_definition *definition = find_definition(options, job->job);
        unsigned categories = definition ? usage_category_set(&definition->job->query.usage_categories) : 0;
        if (!job->contract || (definition && definition->job->source == JOB_SOURCE_CONTRACT))
            continue;
        for (size_t k = 0; k < list->count; k++) {
            const struct source_through *through = &list->items[k];
            if (!text_equal(through->contract, job->contract) ||
                (categories > 0 && !(categories & 1u << through->category)))
                continue;
            if (!job->has_service_data || through->day > job->service_data_through)
                job->service_data_through = through->day;
            job->has_service_data = true;
        }
    }
}

int64_t status_full_at_ms(const struct status *status)
{
    if (status->budget.per_minute <= 0)
        return status->now_ms;
    return status->now_ms + budget_fill_ms(&status->budget, &status->level, budget_capacity(&status->budget));
}

uint64_t status_available(const struct status *status)
{
    return status->level.requests > 0 ? (uint64_t)status->level.requests : 0;
}
