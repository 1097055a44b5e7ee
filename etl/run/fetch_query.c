#include "run/fetch_query.h"

#include "api/poll_schedule.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/progress.h"
#include "base/readable.h"
#include "job/request_body.h"
#include "load/duplicate_key.h"
#include "run/query_source.h"
#include "run/staging.h"
#include "state/remote.h"

#include <inttypes.h>

static struct pg *pg_of(const struct fetch_query *fetch)
{
    return fetch->task->context->session->pg;
}

struct fetch_query fetch_query_make(const struct fetch_task *task, struct fetched *fetched)
{
    struct fetch_query fetch = {
        .task = task,
        .fetched = fetched,
        .query = query_make(task->context->api, task->chunk->contract, task->facts.page_size),
        .body = buf_make(BUF_OWN_TEXT),
    };
    fetch.query.expected_ms = task->facts.history.query_ready_ms;
    return fetch;
}

void fetch_query_cleanup(struct fetch_query *fetch)
{
    page_release(&fetch->page);
    query_cleanup(&fetch->query);
    buf_release(&fetch->body);
}

void fetch_query_begin_part(struct fetch_query *fetch, const struct window *part, uint64_t expected_rows)
{
    page_release(&fetch->page);
    buf_clear(&fetch->body);
    request_body_put(fetch->task->chunk->job, part, &fetch->body);
    fetch->part = *part;
    fetch->rows_before = fetch->fetched->rows;
    fetch->total = 0;
    fetch->query.expected_rows = expected_rows;
    if (fetch->fetched->stage)
        stage_begin_part(fetch->fetched->stage, part);
}

/* Resumes the query that an earlier run has left at the service, if there is one. */
static bool resume(struct fetch_query *fetch, struct err *err)
{
    const struct chunk *chunk = fetch->task->chunk;
    const struct api_settings *settings = &fetch->task->context->settings->api;
    struct remote_search search = {
        .job = chunk->job->name,
        .contract = chunk->contract,
        .window = &chunk->window,
        .run_id = fetch->task->run_id,
        .body = buf_text(&fetch->body),
        .deadline_ms = settings->query_deadline_ms,
        .lifetime_ms = settings->result_lifetime_ms,
        .invocation_id = chunk_resumes_only(fetch->task->context),
    };
    SCOPED(remote_work) struct remote_work left = {0};
    if (!remote_find(pg_of(fetch), &search, &left, err))
        return false;
    if (!left.query_url || !query_resume(&fetch->query, left.query_url, left.age_ms, &fetch->page))
        return true;
    fetch->resumed = true;
    log_info("query-resumed", "resuming the query submitted %.0f s ago", (double)left.age_ms / 1000);
    struct remote_query query = {
        .url = left.query_url,
        .body = buf_text(&fetch->body),
        .age_ms = left.age_ms,
        .resumed_from = left.run_id,
    };
    return remote_query_submitted(pg_of(fetch), fetch->task->run_id, &query, err);
}

static bool submit(struct fetch_query *fetch, struct err *err)
{
    if (!query_submit(&fetch->query, buf_text(&fetch->body), &fetch->page, err))
        return false;
    struct remote_query query = {
        .url = fetch->query.url.length > 0 ? buf_text(&fetch->query.url) : NULL,
        .body = buf_text(&fetch->body),
        .answer_ms = fetch->page.response.elapsed_ms,
        .was_cached = fetch->page.answer.status == QUERY_DONE,
    };
    return remote_query_submitted(pg_of(fetch), fetch->task->run_id, &query, err);
}

static bool begin(struct fetch_query *fetch, bool may_resume, struct err *err)
{
    page_release(&fetch->page);
    fetch->resumed = false;
    if (may_resume && !resume(fetch, err))
        return false;
    return fetch->resumed || submit(fetch, err);
}

static bool is_whole_window(const struct fetch_query *fetch)
{
    const struct window *window = &fetch->task->chunk->window;
    return fetch->part.from == window->from && fetch->part.to == window->to;
}

/* The time that later runs are to expect the query to take; -1: this query does not show it. */
static int64_t remembered_ms(const struct fetch_query *fetch)
{
    const struct query *query = &fetch->query;
    if (fetch->resumed || !is_whole_window(fetch))
        return -1;
    return poll_schedule_remembered_ms(query->polls, query->expected_ms, query->ready_ms);
}

static enum fetch_outcome outcome_of(enum query_status status)
{
    switch (status) {
    case QUERY_FAILED:
        return FETCH_FAILED;
    case QUERY_TIMEOUT:
        return FETCH_TIMEOUT;
    case QUERY_EXPIRED:
    case QUERY_QUEUED:
    case QUERY_PROCESSING:
        return FETCH_EXPIRED;
    case QUERY_DONE:
        break;
    }
    return FETCH_COMPLETE;
}

/* Whether the request budget pays for the pages of the result before it expires. Their number follows from
 * the first page. */
static bool check_size(const struct fetch_query *fetch, bool *can_pay, struct err *err)
{
    uint64_t pages = prefetch_pages_after(&fetch->query, &fetch->page);
    struct payment payment = {.requests = pages,
                              .span_ms = fetch->query.expires_at_ms - clock_now_ms(),
                              .reservation = &fetch->query.reservation};
    *can_pay = true;
    return pages == 0 ||
           queue_can_pay(fetch->task->context->api->queue, pg_of(fetch), &payment, can_pay, err);
}

static void add_columns(const struct text_list *names, struct arena *arena, struct text_list *columns)
{
    for (size_t i = 0; i < names->count; i++)
        arena_add_text(arena, columns, arena_copy_text(arena, names->items[i]));
}

/* The result's columns. An empty result that names none has those that were requested. */
static struct text_list list_columns(const struct fetch_query *fetch)
{
    struct text_list columns = {0};
    struct arena *arena = fetch->fetched->arena;
    const struct job_query *query = &fetch->task->chunk->job->query;
    const struct answer *answer = &fetch->page.answer;
    add_columns(&answer->columns, arena, &columns);
    if (answer->columns.count > 0 || answer->total > 0)
        return columns;
    add_columns(&query->fields, arena, &columns);
    add_columns(&query->metrics, arena, &columns);
    return columns;
}

/* If the service does not keep the order of rows between pages, it returns some rows twice and others
 * never. */
static bool check_repetition(const struct fetch_query *fetch, uint64_t pages_after,
                             enum fetch_outcome *outcome, struct err *err)
{
    bool repeats = false;
    if (pages_after > 0 && !duplicate_key_is_repetition(fetch->fetched->stage, pg_of(fetch), &repeats, err))
        return false;
    if (repeats)
        *outcome = FETCH_REPEATED;
    return true;
}

static bool stage_result(struct fetch_query *fetch, enum fetch_outcome *outcome, struct err *err)
{
    bool complete = false;
    struct query_source source;
    struct text_list columns = list_columns(fetch);
    struct staging staging = {fetch->task->context, fetch->task->chunk, &fetch->part, &columns,
                              fetch->fetched};
    uint64_t pages_after = prefetch_pages_after(&fetch->query, &fetch->page);
    progress_phase("paging");
    bool staged = query_source_begin(&source, &fetch->query, &fetch->page, &columns, err) &&
                  staging_run(&staging, &source.source, &complete, err);
    query_source_end(&source);
    *outcome = complete ? FETCH_COMPLETE : outcome_of(fetch->page.answer.status);
    if (!complete && *outcome == FETCH_COMPLETE)
        *outcome = fetch->page.answer.has_result ? FETCH_REPLACED : FETCH_EXPIRED;
    return staged && (!complete || check_repetition(fetch, pages_after, outcome, err));
}

/* Waits for the current query and stages its result. */
static bool collect(struct fetch_query *fetch, bool has_other_way, enum fetch_outcome *outcome,
                    struct err *err)
{
    bool can_pay = true;
    if (!query_await(&fetch->query, &fetch->page, err))
        return false;
    *outcome = outcome_of(fetch->page.answer.status);
    if (*outcome != FETCH_COMPLETE)
        return true;
    fetch->total = fetch->page.answer.total;
    log_write_numbers(LOG_INFO, "query-done", LOG_NUMBERS({"rows_read", (int64_t)fetch->total}),
                      "query done, %" PRIu64 " row%s", fetch->total, readable_plural(fetch->total));
    if (!remote_ready(pg_of(fetch), fetch->task->run_id, remembered_ms(fetch), err) ||
        (has_other_way && !check_size(fetch, &can_pay, err)))
        return false;
    *outcome = can_pay ? *outcome : FETCH_TOO_LARGE;
    return !can_pay || stage_result(fetch, outcome, err);
}

/* Drops the rows of the current part; rows of earlier parts stay. */
static bool drop_rows(struct fetch_query *fetch, struct err *err)
{
    struct fetched *fetched = fetch->fetched;
    if (fetched->stage && fetch->rows_before > 0)
        return stage_remove_part(fetched->stage, fetch->task->chunk->job->window.field, &fetch->part,
                                 fetch->rows_before, err);
    stage_release(fetched->stage);
    fetched->stage = NULL;
    return true;
}

void fetch_query_forget(const struct fetch_task *task)
{
    struct err ignored;
    if (!remote_query_forget(task->context->session->pg, task->run_id, &ignored))
        log_debug("query-forget", "%s", ignored.text);
}

/* Releases the stage and ends a COPY that may be open, so that the session can be used again. */
static void release_stage(struct fetch_query *fetch, const struct err *err)
{
    stage_release(fetch->fetched->stage);
    fetch->fetched->stage = NULL;
    if (err->kind == ERR_DATA)
        fetch_query_forget(fetch->task);
}

bool fetch_query_try(struct fetch_query *fetch, const struct fetch_query_attempt *attempt,
                     enum fetch_outcome *outcome, struct err *err)
{
    bool begun = begin(fetch, attempt->may_resume, err);
    bool collected = begun && collect(fetch, attempt->has_other_way, outcome, err);
    if (begun && !collected)
        release_stage(fetch, err);
    queue_release_reservation(&fetch->query.reservation, pg_of(fetch));
    if (!collected)
        return false;
    if (*outcome == FETCH_COMPLETE)
        return true;
    fetch_query_forget(fetch->task);
    return drop_rows(fetch, err);
}
