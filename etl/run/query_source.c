#include "run/query_source.h"

#include "base/mem.h"
#include "base/progress.h"
#include "base/text.h"

#include <inttypes.h>
#include <stdlib.h>

static struct query_source *of(struct row_source *source)
{
    return (struct query_source *)source;
}

static bool same_names(const struct text_list *one, const struct text_list *other)
{
    if (one->count != other->count)
        return false;
    for (size_t i = 0; i < one->count; i++)
        if (!text_same_name(one->items[i], other->items[i]))
            return false;
    return true;
}

/* Checks that the page continues where the last one ended, within the total of the first page. */
static bool check_page(const struct query_source *source, struct err *err)
{
    const struct answer *answer = &source->page->answer;
    uint64_t offset = source->offset;
    uint64_t total = source->total;
    bool names_none = total == 0 && answer->columns.count == 0;
    if (!names_none && !same_names(&answer->columns, source->columns))
        return err_set(err, ERR_DATA, "the page at row %" PRIu64 " has other columns than the first",
                       offset + 1);
    if (answer->offset != ANSWER_UNNAMED && answer->offset != offset)
        return err_set(err, ERR_DATA, "the page at row %" PRIu64 " says that it begins at row %" PRIu64,
                       offset + 1, answer->offset + 1);
    if (answer->row_count == 0 && offset < total)
        return err_set(err, ERR_DATA,
                       "the result is incomplete: the page at row %" PRIu64
                       " is empty, the result has %" PRIu64 " rows",
                       offset + 1, total);
    if (answer->row_count > total - offset)
        return err_set(err, ERR_DATA,
                       "the pages have more rows than the %" PRIu64 " that the result says it has", total);
    return true;
}

/* Reserves the requests that this result still needs, so that other jobs and processes leave them. */
static bool reserve(struct query_source *source, uint64_t rows_left, struct err *err)
{
    source->pages_left = prefetch_pages_for(&source->prefetch, rows_left);
    return query_reserve(source->query, source->pages_left, err);
}

/* Replaces the current page by the next one. *same: it belongs to the same result as the first page. */
static bool receive_page(struct query_source *source, bool *same, struct err *err)
{
    page_release(source->page);
    if (!prefetch_receive(&source->prefetch, source->offset, source->page, err))
        return false;
    const struct answer *answer = &source->page->answer;
    *same = answer->status == QUERY_DONE && answer->has_result && answer->total == source->total;
    return true;
}

/* Makes the current page the next batch, and requests the pages after it. */
static bool take_page(struct query_source *source, struct err *err)
{
    if (!check_page(source, err))
        return false;
    source->source.batch_rows = (size_t)source->page->answer.row_count;
    source->offset += source->page->answer.row_count;
    if (!reserve(source, source->total - source->offset, err))
        return false;
    progress_page(source->pages_left);
    progress_rows(source->offset, source->total);
    return prefetch_send(&source->prefetch, source->offset, err);
}

static bool next_batch(struct row_source *base, enum row_source_state *state, struct err *err)
{
    struct query_source *source = of(base);
    bool same = true;
    *state = ROW_SOURCE_END;
    if (source->has_begun && source->offset == source->total)
        return true;
    *state = ROW_SOURCE_LOST;
    if (source->has_begun && !receive_page(source, &same, err))
        return false;
    source->has_begun = true;
    if (!same)
        return true;
    *state = ROW_SOURCE_BATCH;
    return take_page(source, err);
}

static bool next_row(struct row_source *base, struct source_row *row, struct err *err)
{
    (void)err;
    struct query_source *source = of(base);
    const struct page *page = source->page;
    if (base->next == 0)
        source->rows =
            answer_rows_begin(&page->answer, &page->response.body, source->cells, source->columns->count);
    base->next++;
    row->cells = answer_next_row(&source->rows, &row->count) ? source->cells : NULL;
    return true;
}

bool query_source_begin(struct query_source *source, struct query *query, struct page *page,
                        const struct text_list *columns, struct err *err)
{
    *source = (struct query_source){
        .source = {.next_batch = next_batch, .next_row = next_row},
        .query = query,
        .page = page,
        .total = page->answer.total,
        .columns = columns,
        .cells = mem_alloc(columns->count, sizeof *source->cells),
    };
    return prefetch_begin(&source->prefetch, query, page, err);
}

void query_source_end(struct query_source *source)
{
    prefetch_cancel(&source->prefetch);
    free(source->cells);
}
