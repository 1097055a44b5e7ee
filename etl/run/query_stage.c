#include "run/query_stage.h"

#include "base/mem.h"
#include "base/progress.h"
#include "base/text.h"
#include "run/flight.h"

#include <inttypes.h>
#include <stdlib.h>

/* One result on its way into the stage. */
struct staging {
    const struct query_staging *asked;
    struct fetched *fetched;
    struct page *page;
    uint64_t total;     /* rows of the result, as its first page tells */
    int64_t owed;       /* requests that the budget keeps for its pages */
    struct cell *cells; /* of one row */
};

/*
 * Types that neither job nor catalogue know are read off the values: off those of the first page where there
 * is no column yet, and later ones widen it. From a copy of the page, since a page is read once.
 */
static bool widen_types(struct staging *staging, bool *widened, struct err *err)
{
    struct target *target = &staging->fetched->target;
    const struct buf *body = &staging->page->response.body;
    SCOPED(buf) struct buf copy = buf_make(body->length);
    SCOPED(mem) bool *seen = mem_alloc(target->count, sizeof *seen);
    struct answer_rows rows;
    size_t count;
    bool done;
    if (!buf_append(&copy, body->bytes, body->length))
        return err_set(err, ERR_BUG, "the page does not fit its copy");
    if (!answer_rows_begin(&rows, &staging->page->answer, &copy, staging->cells, target->count, err))
        return false;
    for (;;) {
        if (!answer_next_row(&rows, &count, &done, err))
            return false;
        if (done)
            break;
        for (size_t i = 0; i < target->count && i < count; i++)
            *widened |= target_see_value(&target->columns[i], &staging->cells[i], &seen[i]);
    }
    /* Rows that show no value of a column leave it text; no rows at all leave it open. */
    for (size_t i = 0; i < target->count; i++)
        target->columns[i].type_is_known |= staging->page->answer.row_count > 0;
    return target_check_change(target, err);
}

/* Before a page's rows are staged: the columns hold what it brings. */
static bool fit_types(struct staging *staging, struct err *err)
{
    bool widened = false;
    struct stage *stage = staging->fetched->stage;
    if (!target_is_open(&staging->fetched->target))
        return true;
    if (!widen_types(staging, &widened, err))
        return false;
    return !widened || !stage || stage_follow_types(stage, err);
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

/* From the first page's columns: the target, what there is of it, and an empty stage. */
static bool prepare(struct staging *staging, struct err *err)
{
    struct fetched *fetched = staging->fetched;
    const struct chunk *chunk = staging->asked->chunk;
    const struct pipeline *pipeline = staging->asked->pipeline;
    if (!fetched_derive_target(fetched, pipeline, chunk, &staging->page->answer.columns, err))
        return false;
    staging->cells = mem_alloc(fetched->target.count, sizeof *staging->cells);
    if (!fit_types(staging, err))
        return false;
    fetched->stage =
        stage_make(pipeline->session->pg, &fetched->target, chunk->contract, &chunk->window, err);
    return fetched->stage != NULL;
}

/* The stage has rows of the window's earlier days: those at hand go there too. */
static bool prepare_to_add(struct staging *staging, struct err *err)
{
    const struct target *target = &staging->fetched->target;
    if (!same_columns(&staging->page->answer.columns, target))
        return err_set(err, ERR_DATA,
                       "the result of one part of the window has other columns than the first");
    staging->cells = mem_alloc(target->count, sizeof *staging->cells);
    return fit_types(staging, err);
}

static bool stage_page(struct staging *staging, struct err *err)
{
    struct stage *stage = staging->fetched->stage;
    struct answer_rows rows;
    size_t width = staging->fetched->target.count;
    size_t count;
    bool done;
    if (staging->page->answer.row_count == 0)
        return true;
    if (!answer_rows_begin(&rows, &staging->page->answer, &staging->page->response.body, staging->cells,
                           width, err) ||
        !stage_begin_page(stage, err))
        return false;
    for (;;) {
        if (!answer_next_row(&rows, &count, &done, err))
            return false;
        if (done)
            return stage_end_page(stage, err);
        if (!stage_add_row(stage, staging->cells, count, err))
            return false;
    }
}

/* A page that begins at `offset` must go on where the last one ended, within the total that the first one
 * named. */
static bool check_page(const struct staging *staging, uint64_t offset, struct err *err)
{
    const struct answer *answer = &staging->page->answer;
    uint64_t total = staging->total;
    if (!same_columns(&answer->columns, &staging->fetched->target))
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

/* Tells the line for the budget how many requests this result still takes. */
static void owe(struct staging *staging, uint64_t rows_left)
{
    int64_t pages =
        (int64_t)((rows_left + staging->asked->query->page_size - 1) / staging->asked->query->page_size);
    queue_owe(staging->asked->pipeline->api->queue, pages - staging->owed);
    staging->owed = pages;
}

/* The page at `offset` takes the place of the one at hand. *same: it is still of the result that we began
 * with. */
static bool receive_page(struct staging *staging, struct flight *flight, uint64_t offset, bool *same,
                         struct err *err)
{
    page_release(staging->page);
    if (!flight_receive(flight, offset, staging->page, err))
        return false;
    const struct answer *answer = &staging->page->answer;
    *same = answer->status == QUERY_DONE && answer->has_result && answer->total == staging->total;
    return true;
}

/* Stages the page at hand, and the others as they come: the next are on their way while one is staged. */
static bool stage_in_flight(struct staging *staging, struct flight *flight, bool *whole, struct err *err)
{
    uint64_t offset = 0;
    for (;;) {
        if (!check_page(staging, offset, err))
            return false;
        offset += staging->page->answer.row_count;
        owe(staging, staging->total - offset);
        progress_page(offset, staging->total, (uint64_t)staging->owed);
        bool is_first = offset == staging->page->answer.row_count;
        if (!flight_send(flight, offset, err) || (!is_first && !fit_types(staging, err)) ||
            !stage_page(staging, err))
            return false;
        *whole = offset == staging->total;
        if (*whole)
            return true;
        bool same;
        if (!receive_page(staging, flight, offset, &same, err))
            return false;
        if (!same)
            return true;
    }
}

static bool stage_pages(struct staging *staging, bool *whole, struct err *err)
{
    struct flight flight;
    uint64_t before = stage_rows(staging->fetched->stage);
    if (!flight_begin(&flight, staging->asked->query, staging->page, err))
        return false;
    bool staged = stage_in_flight(staging, &flight, whole, err);
    flight_cancel(&flight);
    if (!staged || !*whole)
        return staged;
    staging->fetched->rows = stage_rows(staging->fetched->stage);
    if (staging->fetched->rows != before + staging->total)
        return err_set(err, ERR_BUG, "%" PRIu64 " rows are staged, the result has %" PRIu64,
                       staging->fetched->rows - before, staging->total);
    return true;
}

bool query_stage(const struct query_staging *asked, bool *whole, struct err *err)
{
    struct staging staging = {
        .asked = asked,
        .fetched = asked->fetched,
        .page = asked->page,
        .total = asked->page->answer.total,
    };
    *whole = false;
    bool prepared = asked->fetched->stage ? prepare_to_add(&staging, err) : prepare(&staging, err);
    bool staged = prepared && stage_pages(&staging, whole, err);
    owe(&staging, 0);
    free(staging.cells);
    return staged;
}
