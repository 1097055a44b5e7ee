/*
 * The rows of a query's result, page by page: the next pages are being fetched while one is staged.
 */
#ifndef RUN_QUERY_SOURCE_H
#define RUN_QUERY_SOURCE_H

#include "api/query.h"
#include "run/prefetch.h"
#include "run/row_source.h"

struct query_source {
    struct row_source source; /* the first member */

    /* Private. */
    struct query *query;
    struct page *page;
    struct prefetch prefetch;
    const struct text_list *columns; /* of the first page */
    uint64_t offset;                 /* of the row after the current page */
    uint64_t total;                  /* rows of the result, from its first page */
    uint64_t pages_left;             /* pages still to be fetched */
    bool has_begun;
    struct cell *cells;      /* for one row */
    struct answer_rows rows; /* of the current page */
};

/*
 * Makes the source of a query that is DONE, with its first page. page is released and replaced by the
 * following ones. columns are those of that page, in memory that outlives it. All are borrowed. Reads the
 * level of the budget.
 *
 * The source is lost if the result disappears (page then holds the answer that says so) or is replaced by
 * another (page then says DONE). ERR_DATA if pages have too many or too few rows, other columns, or another
 * offset than requested.
 */
MUST_CHECK bool query_source_begin(struct query_source *source, struct query *query, struct page *page,
                                   const struct text_list *columns, struct err *err);

/* Cancels the pages that are being fetched. To be called after query_source_begin(), even if that has
 * failed. */
void query_source_end(struct query_source *source);

#endif
