#include "run/fetch.h"

#include "api/query.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/progress.h"
#include "job/request_body.h"
#include "run/flight.h"
#include "run/parts.h"
#include "run/query_stage.h"
#include "state/page_limit.h"
#include "state/run_record.h"

#include <inttypes.h>
#include <stdio.h>

void fetched_cleanup(struct fetched *fetched)
{
    stage_release(fetched->stage);
    arena_release(fetched->arena);
    *fetched = (struct fetched){0};
}

bool fetched_derive_target(struct fetched *fetched, const struct pipeline *pipeline,
                           const struct chunk *chunk, const struct text_list *columns, struct err *err)
{
    const struct database_settings *settings = &pipeline->settings->database;
    if (!target_derive(chunk->job, settings->schema, columns, fetched->arena, &fetched->target, err))
        return false;
    fetched->target.table = chunk->table;
    return target_inspect(&fetched->target, &settings->grant_select_to, pipeline->session->pg, err);
}

/* How an attempt to get the whole result ended, other than in an error. */
enum ending {
    ENDED_WHOLE,
    ENDED_FAILED,   /* the service says FAILED */
    ENDED_TIMEOUT,  /* the query would run past five minutes */
    ENDED_EXPIRED,  /* the result went away, or became another, while it was paged */
    ENDED_TOO_LARGE /* the result would go away before the request budget has paid for its pages */
};

struct fetch {
    const struct fetch_task *task;
    struct fetched *fetched;
    struct run_record_entry entry; /* of this run */
    struct parts parts;            /* still to be asked for, after this one */
    struct window part;            /* of the window, that is asked for now; mostly all of it */
    uint64_t rows_before;          /* of earlier parts, in the stage */
    uint64_t window_rows;          /* that past runs had for all of it; 0: they tell nothing */
    int64_t in_vain_days;          /* a query for so many days would time out; 0: none is known to */
    const char *body;              /* of the part's query */
    struct query query;
    bool taken_up;    /* the query is an earlier run's */
    struct page page; /* the one at hand */
};

static struct pg *pg_of(const struct fetch *fetch)
{
    return fetch->task->pipeline->session->pg;
}

static bool is_whole_window(const struct fetch *fetch)
{
    const struct window *window = &fetch->task->chunk->window;
    return fetch->part.from == window->from && fetch->part.to == window->to;
}

static enum ending ending_of(const struct answer *answer)
{
    switch (answer->status) {
    case QUERY_FAILED:
        return ENDED_FAILED;
    case QUERY_TIMEOUT:
        return ENDED_TIMEOUT;
    case QUERY_EXPIRED:
    case QUERY_QUEUED:
    case QUERY_PROCESSING:
        return ENDED_EXPIRED;
    case QUERY_DONE:
        break;
    }
    return ENDED_WHOLE;
}

/* What past runs tell of this job. */
static bool learn(struct fetch *fetch, struct err *err)
{
    struct budget budget = budget_of(fetch->task->pipeline->settings);
    unsigned page_limit;
    if (!run_log_history(pg_of(fetch), fetch->entry.job, fetch->entry.contract, &fetch->query.expected_ms,
                         &fetch->window_rows, err) ||
        !page_limit_known(pg_of(fetch), budget.account, &page_limit, err))
        return false;
    if (page_limit > 0 && page_limit < fetch->query.page_size)
        fetch->query.page_size = page_limit;
    return true;
}

/* The query that an earlier run left at the service, where there is one. */
static bool take_up(struct fetch *fetch, bool *taken_up, struct err *err)
{
    const struct api_settings *settings = &fetch->task->pipeline->settings->api;
    struct run_log_search search = {
        .entry = &fetch->entry,
        .run_id = fetch->task->run_id,
        .body = fetch->body,
        .deadline_ms = settings->query_deadline_ms,
        .lifetime_ms = settings->result_lifetime_ms,
    };
    SCOPED(mem) char *url = NULL;
    int64_t age_ms;
    *taken_up = false;
    if (!run_log_find_query(pg_of(fetch), &search, &url, &age_ms, err))
        return false;
    if (!url || !query_resume(&fetch->query, url, age_ms, &fetch->page))
        return true;
    *taken_up = true;
    log_info("query-taken-up", "taking up the query submitted %.0f s ago", (double)age_ms / 1000);
    struct run_log_query query = {.url = url, .body = fetch->body, .age_ms = age_ms};
    return run_log_submitted(pg_of(fetch), fetch->task->run_id, &query, err);
}

static bool submit(struct fetch *fetch, struct err *err)
{
    if (!query_submit(&fetch->query, fetch->body, &fetch->page, err))
        return false;
    struct run_log_query query = {.url = buf_text(&fetch->query.url), .body = fetch->body};
    return fetch->query.url.length == 0 || run_log_submitted(pg_of(fetch), fetch->task->run_id, &query, err);
}

/* A wait that history has set is never found to have been too long: of the longer ones a tenth is taken off,
 * so that a slow week is forgotten. */
#define LONG_WAIT_MS 10000

int64_t fetch_remembered_ms(unsigned polls, int64_t expected_ms, int64_t ready_ms)
{
    bool waited_by_history = polls == 0 && expected_ms >= LONG_WAIT_MS;
    return waited_by_history ? ready_ms - ready_ms / 10 : ready_ms;
}

/* How long later runs are to take the query for; -1: it tells nothing. */
static int64_t ready_ms(const struct fetch *fetch)
{
    const struct query *query = &fetch->query;
    if (fetch->taken_up || !is_whole_window(fetch))
        return -1;
    return fetch_remembered_ms(query->polls, query->expected_ms, query->ready_ms);
}

/* Whether there is another way than to page through this result. */
static bool has_other_way(const struct fetch *fetch)
{
    const struct job *job = fetch->task->chunk->job;
    return job->source == JOB_SOURCE_AUTO &&
           (api_may_write(fetch->task->pipeline->api) || parts_can_split(job, &fetch->part));
}

/* Whether the result goes away before its pages can be paid for: its first page has told. */
static bool check_size(const struct fetch *fetch, enum ending *ending, struct err *err)
{
    const struct api *api = fetch->task->pipeline->api;
    uint64_t pages = flight_pages_after(&fetch->query, &fetch->page);
    int64_t left_ms = fetch->query.dies_at_ms - clock_now_ms();
    bool can_pay = true;
    if (pages > 0 && has_other_way(fetch) &&
        !queue_can_pay(api->queue, pg_of(fetch), pages, left_ms, &can_pay, err))
        return false;
    *ending = can_pay ? ENDED_WHOLE : ENDED_TOO_LARGE;
    return true;
}

static bool stage_result(struct fetch *fetch, enum ending *ending, struct err *err)
{
    struct query_staging staging = {
        .pipeline = fetch->task->pipeline,
        .chunk = fetch->task->chunk,
        .query = &fetch->query,
        .page = &fetch->page,
        .fetched = fetch->fetched,
    };
    bool whole;
    if (!query_stage(&staging, &whole, err))
        return false;
    *ending = whole ? ENDED_WHOLE : ending_of(&fetch->page.answer);
    if (!whole && *ending == ENDED_WHOLE)
        *ending = ENDED_EXPIRED; /* it has become another */
    return true;
}

/* Waits for the query at hand, and stages its result. */
static bool collect(struct fetch *fetch, enum ending *ending, struct err *err)
{
    if (!query_await(&fetch->query, &fetch->page, err))
        return false;
    *ending = ending_of(&fetch->page.answer);
    if (*ending != ENDED_WHOLE)
        return true;
    log_write_numbers(LOG_INFO, "query-done", LOG_NUMBERS({"rows_read", (int64_t)fetch->page.answer.total}),
                      "query done, %" PRIu64 " rows", fetch->page.answer.total);
    progress_phase("paging");
    if (!run_log_ready(pg_of(fetch), fetch->task->run_id, ready_ms(fetch), err) ||
        !check_size(fetch, ending, err))
        return false;
    return *ending != ENDED_WHOLE || stage_result(fetch, ending, err);
}

/* A result that cannot be loaded would not be better for a second look: the next run asks anew. */
static void forget_query(const struct fetch *fetch)
{
    struct err ignored;
    if (!run_log_forget_query(pg_of(fetch), fetch->task->run_id, &ignored))
        log_debug("query-forget", "%s", ignored.text);
}

/* With a COPY that may be under way: the session is free again. */
static void give_up_stage(struct fetched *fetched)
{
    stage_release(fetched->stage);
    fetched->stage = NULL;
}

/* What an unfinished result has left in the stage goes; rows of earlier parts stay. */
static bool drop_rows(struct fetch *fetch, struct err *err)
{
    struct stage **stage = &fetch->fetched->stage;
    if (*stage && fetch->rows_before > 0)
        return stage_take_back(*stage, fetch->task->chunk->job->window.field, &fetch->part,
                               fetch->rows_before, err);
    give_up_stage(fetch->fetched);
    return true;
}

static const char *ending_text(enum ending ending)
{
    switch (ending) {
    case ENDED_FAILED:
        return "failed";
    case ENDED_TIMEOUT:
        return "ran past its time limit";
    case ENDED_EXPIRED:
        return "has no result any more";
    case ENDED_TOO_LARGE:
    case ENDED_WHOLE:
        break;
    }
    return "is done";
}

/* One query of the part, and where that fails, or its result goes away, a second one. */
static bool fetch_result(struct fetch *fetch, enum ending *ending, struct err *err)
{
    if (!take_up(fetch, &fetch->taken_up, err))
        return false;
    for (unsigned submits = 0;;) {
        if (!fetch->taken_up && !submit(fetch, err))
            return false;
        submits += !fetch->taken_up;
        if (!collect(fetch, ending, err)) {
            give_up_stage(fetch->fetched);
            if (err->kind == ERR_DATA)
                forget_query(fetch);
            return false;
        }
        if (*ending == ENDED_WHOLE)
            return true;
        forget_query(fetch);
        if (!drop_rows(fetch, err))
            return false;
        bool in_vain = *ending == ENDED_TOO_LARGE || (*ending == ENDED_TIMEOUT && !fetch->taken_up);
        if (submits == 2 || in_vain)
            return true;
        log_warn("query-again", "the query %s; submitting it again", ending_text(*ending));
        fetch->taken_up = false;
        page_release(&fetch->page);
    }
}

/* The job insists on the query, or nothing else would do better. */
static bool refuse(const struct fetch *fetch, enum ending ending, struct err *err)
{
    const char *message = fetch->page.answer.message ? fetch->page.answer.message : "no reason given";
    switch (ending) {
    case ENDED_FAILED:
        return err_set(err, ERR_UNAVAILABLE, "the service says FAILED, twice: %s", message);
    case ENDED_EXPIRED:
        err_set(err, ERR_UNAVAILABLE, "the result expired while it was being paged, twice");
        return err_hint(
            err, "let it go on by export (source: auto), or ask for less at a time (window.chunk) or for "
                 "larger pages (page_size)");
    case ENDED_TIMEOUT:
        err_set(err, ERR_UNAVAILABLE, "the query runs past the service's time limit");
        return err_hint(
            err, "let it go on by export (source: auto), or ask for less at a time: window.chunk, fewer "
                 "fields");
    case ENDED_TOO_LARGE:
    case ENDED_WHOLE:
        break;
    }
    return err_set(err, ERR_BUG, "a result that could be loaded was refused");
}

/* Why one query for the part will not do. Returns out. */
static const char *put_reason(const struct fetch *fetch, enum ending ending, char out[SOURCE_REASON])
{
    switch (ending) {
    case ENDED_TIMEOUT:
        snprintf(out, SOURCE_REASON, "the query runs past the service's time limit");
        break;
    case ENDED_EXPIRED:
        snprintf(out, SOURCE_REASON, "the query's result expired while it was being paged, twice");
        break;
    case ENDED_TOO_LARGE:
        snprintf(out, SOURCE_REASON,
                 "the result has %" PRIu64
                 " rows, and the request budget does not pay for their pages before they expire",
                 fetch->page.answer.total);
        break;
    case ENDED_FAILED:
    case ENDED_WHOLE:
        out[0] = '\0';
        break;
    }
    return out;
}

/* Without the scope for an export, the part is halved, as far as that is sound. */
static bool halve(struct fetch *fetch, enum ending ending, const char *reason, struct err *err)
{
    char window[WINDOW_TEXT];
    const struct job *job = fetch->task->chunk->job;
    if (!parts_can_split(job, &fetch->part)) {
        err_set(err, ERR_AUTH, "%s, and an export needs the scope data:write, which the token lacks", reason);
        return err_hint(err, "add data:write to auth.scopes, then run `tokenflex-etl auth login`");
    }
    window_format(&fetch->part, window);
    log_warn("query-halved",
             "%s: %s; an export would need the scope data:write, so it is asked for in halves", window,
             reason);
    parts_split(&fetch->parts, job, &fetch->part);
    int64_t days = window_count_days(&fetch->part);
    if (ending == ENDED_TIMEOUT)
        fetch->in_vain_days = days;
    else /* so that the next submits wait until the budget can pay for their pages too */
        fetch->window_rows = fetch->page.answer.total *
                             (uint64_t)window_count_days(&fetch->task->chunk->window) / (uint64_t)days;
    return source_log_in_parts(pg_of(fetch), fetch->task->run_id, reason, err);
}

/* What became of a part whose query did not bring its rows. */
static bool turn(struct fetch *fetch, enum ending ending, struct err *err)
{
    char reason[SOURCE_REASON];
    if (ending == ENDED_TIMEOUT &&
        !source_log_timed_out(pg_of(fetch), fetch->task->run_id, &fetch->part, err))
        return false;
    if (fetch->task->chunk->job->source != JOB_SOURCE_AUTO || ending == ENDED_FAILED)
        return refuse(fetch, ending, err);
    put_reason(fetch, ending, reason);
    if (!api_may_write(fetch->task->pipeline->api))
        return halve(fetch, ending, reason, err);
    snprintf(fetch->fetched->turn_to_export, SOURCE_REASON, "%s", reason);
    return true;
}

/* Whether it is known, from this run or past ones, that a query for so many days will not do. */
static bool is_in_vain(const struct fetch *fetch)
{
    return fetch->in_vain_days > 0 && window_count_days(&fetch->part) >= fetch->in_vain_days &&
           parts_can_split(fetch->task->chunk->job, &fetch->part);
}

/* The rows that the part is expected to have, for as much as the window's tell. */
static uint64_t expected_rows(const struct fetch *fetch)
{
    int64_t days = window_count_days(&fetch->part);
    return fetch->window_rows * (uint64_t)days / (uint64_t)window_count_days(&fetch->task->chunk->window);
}

static bool fetch_part(struct fetch *fetch, struct err *err)
{
    SCOPED(buf) struct buf body = buf_make(BUF_OWN_TEXT);
    enum ending ending = ENDED_FAILED;
    request_body_put(fetch->task->chunk->job, &fetch->part, &body);
    fetch->body = buf_text(&body);
    fetch->query.expected_rows = expected_rows(fetch);
    fetch->rows_before = fetch->fetched->rows;
    bool fetched = fetch_result(fetch, &ending, err) && (ending == ENDED_WHOLE || turn(fetch, ending, err));
    page_release(&fetch->page);
    return fetched;
}

static bool fetch_parts(struct fetch *fetch, struct err *err)
{
    if (fetch->task->choice.way == SOURCE_PARTS &&
        !source_log_in_parts(pg_of(fetch), fetch->task->run_id, fetch->task->choice.reason, err))
        return false;
    while (!*fetch->fetched->turn_to_export && parts_take(&fetch->parts, &fetch->part)) {
        if (is_in_vain(fetch))
            parts_split(&fetch->parts, fetch->task->chunk->job, &fetch->part);
        else if (!fetch_part(fetch, err))
            return false;
    }
    return true;
}

bool fetch_by_query(const struct fetch_task *task, struct fetched *fetched, struct err *err)
{
    const struct chunk *chunk = task->chunk;
    struct fetch fetch = {
        .task = task,
        .fetched = fetched,
        .entry = {.job = chunk->job->name, .contract = chunk->contract, .window = &chunk->window},
        .parts = parts_of(&chunk->window),
        .in_vain_days = task->choice.way == SOURCE_PARTS ? task->history.timed_out_days : 0,
        .query = query_make(task->pipeline->api, chunk->contract, chunk->job->page_size),
    };
    *fetched = (struct fetched){.arena = arena_make()};
    bool whole = learn(&fetch, err) && fetch_parts(&fetch, err);
    query_cleanup(&fetch.query);
    return whole;
}
