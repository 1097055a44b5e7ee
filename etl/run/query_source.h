/*
 * The rows of a query's result, page by page: the next pages are on their way while one is staged.
 */
#ifndef RUN_QUERY_SOURCE_H
#define RUN_QUERY_SOURCE_H

#include "api/query.h"
#include "run/prefetch.h"
#include "run/row_source.h"

struct query_source {
    struct row_source source; /* the first member */

    /* Inside. */
    struct query *query;
    struct page *page;
    struct prefetch prefetch;
    const struct text_list *columns; /* of the first page */
    uint64_t offset;                 /* behind the page at hand */
    uint64_t total;                  /* rows of the result, as its first page tells */
    uint64_t pages_left;             /* that its rows still take */
    bool has_begun;
    struct cell *cells;      /* of one row */
    struct buf copy;         /* of a page that is read twice */
    struct answer_rows rows; /* of the page at hand */
};

/*
 * Makes the source of a query that is DONE, with its first page; page is released and replaced as the others
 * come; columns are those of that page, in memory that outlives it. All are borrowed. Asks the budget for
 * what it has.
 *
 * It is lost when the result goes away (page then holds the answer that says so) or becomes another (page
 * says DONE). ERR_DATA where pages bring too many rows or too few, other columns, or other places of the
 * result than were asked for.
 */
MUST_CHECK bool query_source_begin(struct query_source *source, struct query *query, struct page *page,
                                   const struct text_list *columns, struct err *err);

/* Gives up what is on its way. After query_source_begin(), whatever it answered. */
void query_source_end(struct query_source *source);

#endif
