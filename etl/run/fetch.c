#include "run/fetch.h"

#include "api/query.h"
#include "base/log.h"
#include "base/mem.h"
#include "load/run_log.h"
#include "run/flight.h"

#include <inttypes.h>
#include <stdlib.h>

void fetched_cleanup(struct fetched *fetched)
{
    stage_release(fetched->stage);
    arena_release(fetched->arena);
    *fetched = (struct fetched){0};
}

/* How an attempt to get the whole result ended, other than in an error. */
enum ending {
    ENDED_WHOLE,
    ENDED_FAILED,  /* the service says FAILED */
    ENDED_TIMEOUT, /* the query would run past five minutes */
    ENDED_EXPIRED, /* the result went away, or became another, while it was paged */
};

struct fetch {
    const struct pipeline *pipeline;
    const struct chunk *chunk;
    struct fetched *fetched;
    struct run_log_entry entry; /* of this run */
    int64_t run_id;
    const char *body;
    struct query query;
    bool taken_up;      /* the query is an earlier run's */
    int64_t owed;       /* requests that the budget keeps for this result's pages */
    struct page page;   /* the one at hand */
    struct cell *cells; /* of one row */
};

static void drop_cells(struct fetch *fetch)
{
    free(fetch->cells);
    fetch->cells = NULL;
}

/*
 * Types that neither job nor catalogue know are read off the values: off those of the first page where there
 * is no column yet, and later ones widen it. From a copy of the page, since a page is read once.
 */
static bool widen_types(struct fetch *fetch, bool *widened, struct err *err)
{
    struct target *target = &fetch->fetched->target;
    const struct buf *body = &fetch->page.response.body;
    SCOPED(buf) struct buf copy = buf_make(body->length);
    SCOPED(mem) bool *seen = mem_alloc(target->count, sizeof *seen);
    struct answer_rows rows;
    size_t count;
    bool done;
    if (!buf_append(&copy, body->bytes, body->length))
        return err_set(err, ERR_BUG, "the page does not fit its copy");
    if (!answer_rows_begin(&rows, &fetch->page.answer, &copy, fetch->cells, target->count, err))
        return false;
    for (;;) {
        if (!answer_next_row(&rows, &count, &done, err))
            return false;
        if (done)
            break;
        for (size_t i = 0; i < target->count && i < count; i++)
            *widened |= target_see_value(&target->columns[i], &fetch->cells[i], &seen[i]);
    }
    /* Rows that show no value of a column leave it text; no rows at all leave it open. */
    for (size_t i = 0; i < target->count; i++)
        target->columns[i].type_is_known |= fetch->page.answer.row_count > 0;
    return target_check_change(target, err);
}

/* Before a page's rows are staged: the columns hold what it brings. */
static bool fit_types(struct fetch *fetch, struct err *err)
{
    bool widened = false;
    struct stage *stage = fetch->fetched->stage;
    if (!target_is_open(&fetch->fetched->target))
        return true;
    if (!widen_types(fetch, &widened, err))
        return false;
    return !widened || !stage || stage_follow_types(stage, err);
}

/* From the first page's columns: the target, what there is of it, and an empty stage. */
static bool prepare(struct fetch *fetch, struct err *err)
{
    struct fetched *fetched = fetch->fetched;
    const struct settings *settings = fetch->pipeline->settings;
    struct pg *pg = fetch->pipeline->session->pg;
    fetched->rows = fetch->page.answer.total;
    if (!target_derive(fetch->chunk->job, settings->database.schema, &fetch->page.answer.columns,
                       fetched->arena, &fetched->target, err))
        return false;
    fetched->target.table = fetch->chunk->table;
    if (!target_inspect(&fetched->target, &settings->database.grant_select_to, pg, err))
        return false;
    drop_cells(fetch);
    fetch->cells = mem_alloc(fetched->target.count, sizeof *fetch->cells);
    stage_release(fetched->stage);
    fetched->stage = NULL;
    if (!fit_types(fetch, err))
        return false;
    fetched->stage = stage_make(pg, &fetched->target, fetch->chunk->contract, &fetch->chunk->window, err);
    return fetched->stage != NULL;
}

static bool stage_page(struct fetch *fetch, struct err *err)
{
    struct stage *stage = fetch->fetched->stage;
    struct answer_rows rows;
    size_t width = fetch->fetched->target.count;
    size_t count;
    bool done;
    if (fetch->page.answer.row_count == 0)
        return true;
    if (!answer_rows_begin(&rows, &fetch->page.answer, &fetch->page.response.body, fetch->cells, width,
                           err) ||
        !stage_begin_page(stage, err))
        return false;
    for (;;) {
        if (!answer_next_row(&rows, &count, &done, err))
            return false;
        if (done)
            return stage_end_page(stage, err);
        if (!stage_add_row(stage, fetch->cells, count, err))
            return false;
    }
}

static bool same_columns(const struct text_list *names, const struct target *target)
{
    if (names->count != target->count)
        return false;
    for (size_t i = 0; i < names->count; i++)
        if (!text_same_name(names->items[i], target->columns[i].api_name))
            return false;
    return true;
}

/* A page that begins at `offset` must go on where the last one ended, within the total that the first one
 * named. */
static bool check_page(const struct fetch *fetch, uint64_t offset, struct err *err)
{
    const struct answer *answer = &fetch->page.answer;
    uint64_t total = fetch->fetched->rows;
    if (!same_columns(&answer->columns, &fetch->fetched->target))
        return err_set(err, ERR_DATA, "the page at row %" PRIu64 " has other columns than the first",
                       offset + 1);
    if (answer->offset != ANSWER_UNNAMED && answer->offset != offset)
        return err_set(err, ERR_DATA, "the page at row %" PRIu64 " says that it begins at row %" PRIu64,
                       offset + 1, answer->offset + 1);
    if (answer->row_count == 0 && offset < total)
        return err_set(err, ERR_DATA,
                       "the result stops short: the page at row %" PRIu64 " is empty, the result has %" PRIu64
                       " rows",
                       offset + 1, total);
    if (answer->row_count > total - offset)
        return err_set(err, ERR_DATA,
                       "the pages bring more rows than the %" PRIu64 " that the result says it has", total);
    return true;
}

static enum ending ending_of(enum query_status status)
{
    switch (status) {
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

/* Tells the line for the budget how many requests this result still takes. */
static void owe(struct fetch *fetch, uint64_t rows_left)
{
    int64_t pages = (int64_t)((rows_left + fetch->query.page_size - 1) / fetch->query.page_size);
    queue_owe(fetch->pipeline->api->queue, pages - fetch->owed);
    fetch->owed = pages;
}

/* The page at `offset` takes the place of the one at hand. */
static bool receive_page(struct fetch *fetch, struct flight *flight, uint64_t offset, enum ending *ending,
                         struct err *err)
{
    page_release(&fetch->page);
    if (!flight_receive(flight, offset, &fetch->page, err))
        return false;
    const struct answer *answer = &fetch->page.answer;
    *ending = ending_of(answer->status);
    bool another = !answer->has_result || answer->total != fetch->fetched->rows;
    if (*ending == ENDED_WHOLE && another)
        *ending = ENDED_EXPIRED;
    return true;
}

/* Stages the page at hand, and the others as they come: the next are on their way while one is staged. */
static bool stage_in_flight(struct fetch *fetch, struct flight *flight, enum ending *ending, struct err *err)
{
    uint64_t total = fetch->fetched->rows;
    uint64_t offset = 0;
    for (;;) {
        if (!check_page(fetch, offset, err))
            return false;
        offset += fetch->page.answer.row_count;
        owe(fetch, total - offset);
        bool is_first = offset == fetch->page.answer.row_count;
        if (!flight_send(flight, offset, err) || (!is_first && !fit_types(fetch, err)) ||
            !stage_page(fetch, err))
            return false;
        if (offset == total)
            return true;
        if (!receive_page(fetch, flight, offset, ending, err))
            return false;
        if (*ending != ENDED_WHOLE)
            return true;
    }
}

static bool stage_pages(struct fetch *fetch, enum ending *ending, struct err *err)
{
    struct flight flight;
    if (!flight_begin(&flight, &fetch->query, &fetch->page, err))
        return false;
    bool staged = stage_in_flight(fetch, &flight, ending, err);
    flight_cancel(&flight);
    if (!staged || *ending != ENDED_WHOLE)
        return staged;
    uint64_t rows = stage_rows(fetch->fetched->stage);
    if (rows != fetch->fetched->rows)
        return err_set(err, ERR_BUG, "%" PRIu64 " rows are staged, the result has %" PRIu64, rows,
                       fetch->fetched->rows);
    return true;
}

/* What past runs tell of this job. */
static bool learn(struct fetch *fetch, struct err *err)
{
    struct pg *pg = fetch->pipeline->session->pg;
    struct budget budget = budget_of(fetch->pipeline->settings);
    unsigned page_limit;
    if (!run_log_history(pg, fetch->entry.job, fetch->entry.contract, &fetch->query.expected_ms,
                         &fetch->query.expected_rows, err) ||
        !budget_page_limit(&budget, pg, &page_limit, err))
        return false;
    if (page_limit > 0 && page_limit < fetch->query.page_size)
        fetch->query.page_size = page_limit;
    return true;
}

/* The query that an earlier run left at the service, where there is one. */
static bool take_up(struct fetch *fetch, bool *taken_up, struct err *err)
{
    const struct api_settings *settings = &fetch->pipeline->settings->api;
    struct run_log_search search = {
        .entry = &fetch->entry,
        .run_id = fetch->run_id,
        .body = fetch->body,
        .deadline_ms = settings->query_deadline_ms,
        .lifetime_ms = settings->result_lifetime_ms,
    };
    SCOPED(mem) char *url = NULL;
    int64_t age_ms;
    *taken_up = false;
    if (!run_log_find_query(fetch->pipeline->session->pg, &search, &url, &age_ms, err))
        return false;
    if (!url || !query_resume(&fetch->query, url, age_ms, &fetch->page))
        return true;
    *taken_up = true;
    log_info("query-taken-up", "taking up the query submitted %.0f s ago", (double)age_ms / 1000);
    struct run_log_query query = {.url = url, .body = fetch->body, .age_ms = age_ms};
    return run_log_submitted(fetch->pipeline->session->pg, fetch->run_id, &query, err);
}

static bool submit(struct fetch *fetch, struct err *err)
{
    if (!query_submit(&fetch->query, fetch->body, &fetch->page, err))
        return false;
    struct run_log_query query = {.url = buf_text(&fetch->query.url), .body = fetch->body};
    return fetch->query.url.length == 0 ||
           run_log_submitted(fetch->pipeline->session->pg, fetch->run_id, &query, err);
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
    return fetch->taken_up ? -1 : fetch_remembered_ms(query->polls, query->expected_ms, query->ready_ms);
}

/* Waits for the query at hand, and stages its result. */
static bool collect(struct fetch *fetch, enum ending *ending, struct err *err)
{
    if (!query_await(&fetch->query, &fetch->page, err))
        return false;
    *ending = ending_of(fetch->page.answer.status);
    if (*ending != ENDED_WHOLE)
        return true;
    log_info("query-done", "query done, %" PRIu64 " rows", fetch->page.answer.total);
    return run_log_ready(fetch->pipeline->session->pg, fetch->run_id, ready_ms(fetch), err) &&
           prepare(fetch, err) && stage_pages(fetch, ending, err);
}

/* A result that cannot be loaded would not be better for a second look: the next run asks anew. */
static void forget_query(struct fetch *fetch)
{
    struct err ignored;
    stage_release(fetch->fetched->stage);
    fetch->fetched->stage = NULL;
    if (!run_log_forget_query(fetch->pipeline->session->pg, fetch->run_id, &ignored))
        log_debug("query-forget", "%s", ignored.text);
}

static bool refuse_ending(const struct fetch *fetch, enum ending ending, struct err *err)
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
    case ENDED_WHOLE:
        break;
    }
    return err_set(err, ERR_BUG, "a whole result was refused");
}

/* A query that will not bring the rows: an export may, where the job leaves the choice to us. */
static bool give_up(struct fetch *fetch, enum ending ending, struct err *err)
{
    const char **reason = &fetch->fetched->turn_to_export;
    if (fetch->chunk->job->source == JOB_SOURCE_AUTO && ending == ENDED_TIMEOUT)
        *reason = "the query runs past the service's time limit";
    else if (fetch->chunk->job->source == JOB_SOURCE_AUTO && ending == ENDED_EXPIRED)
        *reason = "the query's result expired while it was being paged, twice";
    return *reason || refuse_ending(fetch, ending, err);
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
    case ENDED_WHOLE:
        break;
    }
    return "is done";
}

static bool fetch_result(struct fetch *fetch, struct err *err)
{
    enum ending ending = ENDED_FAILED;
    if (!learn(fetch, err) || !take_up(fetch, &fetch->taken_up, err))
        return false;
    for (unsigned submits = 0;;) {
        if (!fetch->taken_up && !submit(fetch, err))
            return false;
        submits += !fetch->taken_up;
        bool collected = collect(fetch, &ending, err);
        owe(fetch, 0);
        if (collected && ending == ENDED_WHOLE)
            return true;
        if (collected || err->kind == ERR_DATA)
            forget_query(fetch);
        if (!collected)
            return false;
        if (submits == 2 || (ending == ENDED_TIMEOUT && !fetch->taken_up))
            return give_up(fetch, ending, err);
        log_warn("query-again", "the query %s; submitting it again", ending_text(ending));
        fetch->taken_up = false;
        page_release(&fetch->page);
    }
}

bool fetch_by_query(const struct pipeline *pipeline, const struct chunk *chunk, int64_t run_id,
                    struct fetched *fetched, struct err *err)
{
    SCOPED(buf) struct buf body = buf_make(BUF_OWN_TEXT);
    plan_put_body(chunk->job, &chunk->window, &body);
    struct fetch fetch = {
        .pipeline = pipeline,
        .chunk = chunk,
        .fetched = fetched,
        .entry = {.job = chunk->job->name, .contract = chunk->contract, .window = &chunk->window},
        .run_id = run_id,
        .body = buf_text(&body),
        .query = query_make(pipeline->api, chunk->contract, chunk->job->page_size),
    };
    *fetched = (struct fetched){.arena = arena_make()};
    bool whole = fetch_result(&fetch, err);
    page_release(&fetch.page);
    query_cleanup(&fetch.query);
    drop_cells(&fetch);
    return whole;
}
