/*
 * Fetches the rows of a chunk. run/fallback decides by which source and what comes next; this module executes
 * it.
 */
#ifndef RUN_FETCH_H
#define RUN_FETCH_H

#include "run/fetch_task.h"
#include "run/fetched.h"

/*
 * Fetches and stages every row of the chunk. task->facts are known before. *source is the name of the source
 * that was tried last, as in the run table: `query`, `export` or `contract`.
 *
 * With `source: auto`, if the query exceeds the service's time limit, its result is too large to be paged in
 * time, or paging fails twice (run/fallback), the rows are fetched by export. If the token does not allow
 * exports, the window is split, if its rows allow that, and its parts are fetched one after the other.
 *
 * ERR_DATA if rows are missing, too many, too wide or of the wrong type; for a job with `source: query` also
 * if the pages twice say different totals or repeat rows. ERR_UNAVAILABLE if the query fails or, for a job
 * with `source: query`, exceeds its time limit or its result twice expires while it is paged. ERR_AUTH if
 * only an export would work; ERR_LATER past the timeout; ERR_STOPPED; ERR_CONFIG and ERR_CREATE as from
 * target_inspect().
 */
MUST_CHECK bool fetch_chunk(struct fetch_task *task, struct fetched *fetched, const char **source,
                            struct err *err);

#endif
