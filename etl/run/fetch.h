/*
 * From a chunk's query to its staged rows.
 */
#ifndef RUN_FETCH_H
#define RUN_FETCH_H

#include "base/arena.h"
#include "load/stage.h"
#include "load/target.h"
#include "run/pipeline.h"

/* What has been fetched. Owned by the caller: fetched_cleanup(). */
struct fetched {
    struct arena *arena; /* the target lives in it */
    struct target target;
    struct stage *stage;
    uint64_t rows; /* the result's total; all of them are in the stage */

    const char
        *turn_to_export;    /* by query: why the rows have to come by export instead; NULL: they are here */
    const char *export_key; /* by export: of the request, to be deleted after the load */
};

void fetched_cleanup(struct fetched *fetched);

/*
 * Submits the chunk's query, or takes up the one that an earlier run of it left at the service; waits for it,
 * and stages every row. A result that goes away while it is paged, or a query that fails, is asked for once
 * more, from the start: rows of two results are never mixed.
 *
 * Where the query runs past its time limit, or its result expires twice, and the job leaves the choice to us:
 * true with turn_to_export set, and nothing staged.
 *
 * ERR_DATA when rows are missing, too many, too wide or of the wrong type; ERR_UNAVAILABLE when the query
 * fails or runs past its time limit.
 */
MUST_CHECK bool fetch_by_query(const struct pipeline *pipeline, const struct chunk *chunk, int64_t run_id,
                               struct fetched *fetched, struct err *err);

/*
 * What later runs are to expect, after ready_ms from request to result: polls tells how many were answered
 * `not yet`, expected_ms what past runs told. Pure.
 */
int64_t fetch_remembered_ms(unsigned polls, int64_t expected_ms, int64_t ready_ms);

#endif
