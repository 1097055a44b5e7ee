#include "run/fetch.h"

#include "api/query.h"
#include "base/log.h"
#include "base/mem.h"

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
    struct query query;
    struct page page;   /* the one at hand */
    struct cell *cells; /* of one row */
};

static void drop_cells(struct fetch *fetch)
{
    free(fetch->cells);
    fetch->cells = NULL;
}

/* Types that neither job nor catalogue nor table knows are read off the first page, from a copy of it. */
static bool infer_types(struct fetch *fetch, struct err *err)
{
    struct target *target = &fetch->fetched->target;
    const struct buf *body = &fetch->page.response.body;
    SCOPED(buf) struct buf copy = buf_make(body->length);
    SCOPED(mem) bool *seen = mem_alloc(target->count, sizeof *seen);
    struct answer_rows rows;
    size_t count;
    bool done;
    if (!buf_append(&copy, body->bytes, body->length))
        return err_set(err, ERR_BUG, "the first page does not fit its copy");
    if (!answer_rows_begin(&rows, &fetch->page.answer, &copy, fetch->cells, target->count, err))
        return false;
    for (;;) {
        if (!answer_next_row(&rows, &count, &done, err))
            return false;
        if (done)
            break;
        for (size_t i = 0; i < target->count && i < count; i++) {
            enum column_type type;
            if (target->columns[i].type_is_known || !value_infer(&fetch->cells[i], &type))
                continue;
            target->columns[i].type = seen[i] ? value_widen(target->columns[i].type, type) : type;
            seen[i] = true;
        }
    }
    return true;
}

static bool all_types_known(const struct target *target)
{
    for (size_t i = 0; i < target->count; i++)
        if (!target->columns[i].type_is_known)
            return false;
    return true;
}

/* From the first page's columns: the target, what there is of it, and an empty stage. */
static bool prepare(struct fetch *fetch, struct err *err)
{
    struct fetched *fetched = fetch->fetched;
    const struct settings *settings = fetch->pipeline->settings;
    struct pg *pg = fetch->pipeline->pg;
    fetched->rows = fetch->page.answer.total;
    if (!target_derive(fetch->chunk->job, settings->database.schema, &fetch->page.answer.columns,
                       fetched->arena, &fetched->target, err) ||
        !target_inspect(&fetched->target, &settings->database.grant_select_to, pg, err))
        return false;
    drop_cells(fetch);
    fetch->cells = mem_alloc(fetched->target.count, sizeof *fetch->cells);
    if (!all_types_known(&fetched->target) && !infer_types(fetch, err))
        return false;
    stage_release(fetched->stage);
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

/* Stages the page at hand, and the others as they come: each is asked for before the one before it is staged.
 */
static bool stage_pages(struct fetch *fetch, enum ending *ending, struct err *err)
{
    uint64_t total = fetch->fetched->rows;
    uint64_t offset = 0;
    *ending = ENDED_WHOLE;
    for (;;) {
        if (!check_page(fetch, offset, err))
            return false;
        offset += fetch->page.answer.row_count;
        struct api_call *next = NULL;
        if (offset < total && !(next = query_start_page(&fetch->query, offset, err)))
            return false;
        if (!stage_page(fetch, err)) {
            api_cancel(next);
            return false;
        }
        if (!next)
            break;
        page_release(&fetch->page);
        if (!query_finish_page(&fetch->query, next, offset, &fetch->page, err))
            return false;
        *ending = ending_of(fetch->page.answer.status);
        bool another = fetch->page.answer.has_result && fetch->page.answer.total != total;
        if (*ending == ENDED_WHOLE && (another || !fetch->page.answer.has_result))
            *ending = ENDED_EXPIRED;
        if (*ending != ENDED_WHOLE)
            return true;
    }
    if (stage_rows(fetch->fetched->stage) != total)
        return err_set(err, ERR_BUG, "%" PRIu64 " rows are staged, the result has %" PRIu64,
                       stage_rows(fetch->fetched->stage), total);
    return true;
}

static bool try_once(struct fetch *fetch, const char *body, enum ending *ending, struct err *err)
{
    page_release(&fetch->page);
    if (!query_submit(&fetch->query, body, &fetch->page, err) ||
        !query_await(&fetch->query, &fetch->page, err))
        return false;
    *ending = ending_of(fetch->page.answer.status);
    if (*ending != ENDED_WHOLE)
        return true;
    log_info("query-done", "query done, %" PRIu64 " rows", fetch->page.answer.total);
    return prepare(fetch, err) && stage_pages(fetch, ending, err);
}

static bool refuse_ending(const struct fetch *fetch, enum ending ending, struct err *err)
{
    const char *message = fetch->page.answer.message ? fetch->page.answer.message : "no reason given";
    switch (ending) {
    case ENDED_FAILED:
        return err_set(err, ERR_UNAVAILABLE, "the service says FAILED, twice: %s", message);
    case ENDED_EXPIRED:
        err_set(err, ERR_UNAVAILABLE, "the result expired while it was being paged, twice");
        return err_hint(err, "ask for less at a time (window.chunk), or for larger pages (page_size)");
    case ENDED_TIMEOUT:
        err_set(err, ERR_UNAVAILABLE, "the query runs past the service's time limit");
        return err_hint(err, "ask for less at a time: window.chunk, fewer fields");
    case ENDED_WHOLE:
        break;
    }
    return err_set(err, ERR_BUG, "a whole result was refused");
}

static bool fetch_result(struct fetch *fetch, struct err *err)
{
    SCOPED(buf) struct buf body = buf_make(BUF_OWN_TEXT);
    plan_put_body(fetch->chunk->job, &fetch->chunk->window, &body);
    enum ending ending = ENDED_FAILED;
    for (unsigned attempt = 0; attempt < 2; attempt++) {
        if (!try_once(fetch, buf_text(&body), &ending, err))
            return false;
        if (ending == ENDED_WHOLE)
            return true;
        if (ending == ENDED_TIMEOUT)
            break;
        if (attempt == 0)
            log_warn("query-again", "the query %s; submitting it again",
                     ending == ENDED_FAILED ? "failed" : "result expired while it was being paged");
    }
    return refuse_ending(fetch, ending, err);
}

bool fetch_by_query(const struct pipeline *pipeline, const struct chunk *chunk, struct fetched *fetched,
                    struct err *err)
{
    struct fetch fetch = {
        .pipeline = pipeline,
        .chunk = chunk,
        .fetched = fetched,
        .query = query_make(pipeline->api, chunk->contract, chunk->job->page_size),
    };
    *fetched = (struct fetched){.arena = arena_make()};
    bool whole = fetch_result(&fetch, err);
    page_release(&fetch.page);
    query_cleanup(&fetch.query);
    drop_cells(&fetch);
    return whole;
}
