/*
 * A chunk's rows, whichever way they come: run/fallback says which, and what comes next; this carries it out.
 */
#ifndef RUN_FETCH_H
#define RUN_FETCH_H

#include "run/fetch_task.h"
#include "run/fetched.h"

/*
 * Fetches and stages every row of the chunk. task->facts are what is known before; *source is what the run
 * table calls the way that is tried last: `query`, `export` or `contract`.
 *
 * Where the job leaves the choice to us, and its query runs past the time limit, or its result expires twice
 * or is too large to be paged in time, the rows come by export; where the token may not make one, the window
 * is split, as far as that is sound, and its parts are fetched one after the other.
 *
 * ERR_DATA when rows are missing, too many, too wide or of the wrong type; ERR_UNAVAILABLE when the query
 * fails or, for a job that insists on it, runs past its time limit; ERR_AUTH when only an export would do;
 * ERR_LATER past the timeout.
 */
MUST_CHECK bool fetch_chunk(struct fetch_task *task, struct fetched *fetched, const char **source,
                            struct err *err);

#endif
