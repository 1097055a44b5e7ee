/*
 * From a query's pages to its staged rows.
 */
#ifndef RUN_QUERY_STAGE_H
#define RUN_QUERY_STAGE_H

#include "api/query.h"
#include "run/fetch.h"

/* One result to stage. Everything is borrowed. */
struct query_staging {
    const struct pipeline *pipeline;
    const struct chunk *chunk;
    struct query *query;     /* DONE */
    struct page *page;       /* its first page; released and replaced as the others come */
    struct fetched *fetched; /* with its arena; target, stage and rows are set */
};

/*
 * Stages a result: derives the target from its columns, makes the stage, and fetches the other pages while
 * one is staged. Where fetched has a stage, with the rows of other days of the window, these rows join them.
 *
 * *whole: every row is staged. Not so, and true, when the result went away while it was paged (page holds the
 * answer that says so) or became another (page says DONE): then some of its rows are in the stage.
 *
 * ERR_DATA when rows are missing, too many, too wide or of the wrong type.
 */
MUST_CHECK bool query_stage(const struct query_staging *asked, bool *whole, struct err *err);

#endif
