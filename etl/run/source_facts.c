#include "run/source_facts.h"

#include "job/request_body.h"
#include "run/window_parts.h"
#include "state/page_limit.h"
#include "state/remote.h"

struct source_facts source_facts_of_settings(const struct chunk_context *context, const struct chunk *chunk)
{
    struct budget budget = budget_of(context->settings);
    return (struct source_facts){
        .page_size = chunk->job->page_size,
        .history = {.query_overhead = -1},
        .may_write = api_may_write(context->api),
        .budget = budget,
        .max_level = budget_full(&budget),
        .result_lifetime_ms = context->settings->api.result_lifetime_ms,
    };
}

static bool read_page_size(struct pg *pg, struct source_facts *facts, struct err *err)
{
    unsigned limit;
    if (!page_limit_known(pg, facts->budget.account, &limit, err))
        return false;
    if (limit > 0 && limit < facts->page_size)
        facts->page_size = limit;
    return true;
}

static bool read_history(struct pg *pg, const struct chunk *chunk, struct source_facts *facts,
                         struct err *err)
{
    SCOPED(buf) struct buf query = buf_make(BUF_OWN_TEXT);
    chunk_put_query(chunk, &query);
    struct job_history_key key = {
        .job = chunk->job->name,
        .contract = chunk->contract,
        .query = buf_text(&query),
        .window = &chunk->window,
        .page_size = facts->page_size,
    };
    return job_history_read(pg, &key, &facts->history, err);
}

static bool read_budget(struct pg *pg, struct source_facts *facts, struct err *err)
{
    struct budget_level level;
    if (facts->budget.per_minute <= 0)
        return true;
    if (!budget_read(&facts->budget, pg, 0, &level, err))
        return false;
    facts->max_level.requests = level.burst_ms > 0 ? level.ceiling : facts->max_level.requests;
    facts->max_level.per_minute = level.per_minute;
    return true;
}

static bool find_export(const struct chunk_context *context, const struct chunk *chunk, int64_t run_id,
                        struct source_facts *facts, struct err *err)
{
    SCOPED(buf) struct buf body = buf_make(BUF_OWN_TEXT);
    SCOPED(remote_work) struct remote_work left = {0};
    request_body_put(chunk->job, &chunk->window, &body);
    struct remote_search search = {
        .job = chunk->job->name,
        .contract = chunk->contract,
        .window = &chunk->window,
        .run_id = run_id,
        .body = buf_text(&body),
        .invocation_id = chunk_resumes_only(context),
    };
    if (!remote_find(context->session->pg, &search, &left, err))
        return false;
    facts->export_is_left = left.export_name != NULL;
    return true;
}

bool source_facts_read(const struct chunk_context *context, const struct chunk *chunk, int64_t run_id,
                       struct source_facts *facts, struct err *err)
{
    struct pg *pg = context->session->pg;
    *facts = source_facts_of_settings(context, chunk);
    return read_page_size(pg, facts, err) && read_budget(pg, facts, err) &&
           read_history(pg, chunk, facts, err) && find_export(context, chunk, run_id, facts, err);
}

/* Whether the Query API may not serve the job's fields in the usage categories that it names. An export
 * serves all fields. A field that is not in the catalogue counts as served. */
static bool needs_export(const struct job_query *query)
{
    unsigned named = usage_category_set(&query->usage_categories);
    for (size_t i = 0; i < query->fields.count; i++) {
        const struct catalogue_entry *entry = catalogue_find(query->fields.items[i]);
        bool is_detail = entry && entry->level != LEVEL_AGGREGATE;
        if (is_detail && !catalogue_is_queried(entry, named ? named : entry->categories))
            return true;
    }
    return false;
}

/* Whether all pages of a result of the expected size could be fetched before it expires, with the budget as
 * full as it gets. */
static bool can_be_paged(const struct source_facts *facts)
{
    uint64_t pages = (facts->history.rows + facts->page_size - 1) / facts->page_size;
    /* The poll that finds the result also returns its first page. */
    return pages < 2 ||
           budget_allows(&facts->budget, &facts->max_level, pages - 1, facts->result_lifetime_ms);
}

struct fallback_facts source_facts_of_part(const struct source_facts *facts, const struct chunk *chunk,
                                           const struct window *part)
{
    int64_t timed_out_days = facts->history.timed_out_days;
    return (struct fallback_facts){
        .choice = chunk->job->source,
        .export_only = needs_export(&chunk->job->query),
        .may_write = facts->may_write,
        .can_split = window_parts_can_split(chunk->job, part),
        .export_is_left = facts->export_is_left,
        .times_out = timed_out_days > 0 && window_count_days(part) >= timed_out_days,
        .cannot_be_paged = !can_be_paged(facts),
    };
}

const char *source_of_job(const struct job *job)
{
    struct fallback_facts facts = {.choice = job->source, .export_only = needs_export(&job->query)};
    return source_name(fallback_next(&facts).step);
}

const char *source_name(enum fallback_step step)
{
    switch (step) {
    case FALLBACK_EXPORT:
        return "export";
    case FALLBACK_CONTRACT:
        return "contract";
    case FALLBACK_QUERY:
    case FALLBACK_QUERY_AGAIN:
    case FALLBACK_SPLIT:
    case FALLBACK_DONE:
    case FALLBACK_FAIL:
        break;
    }
    return "query";
}
