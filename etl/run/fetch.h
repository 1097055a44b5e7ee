/*
 * From a chunk's query to its staged rows.
 */
#ifndef RUN_FETCH_H
#define RUN_FETCH_H

#include "base/arena.h"
#include "load/stage.h"
#include "load/target.h"
#include "run/pipeline.h"
#include "run/source.h"

/* What has been fetched. Owned by the caller: fetched_cleanup(). */
struct fetched {
    struct arena *arena; /* the target lives in it */
    struct target target;
    struct stage *stage;
    uint64_t rows; /* of the result, or of the results of all parts; all of them are in the stage */

    char turn_to_export[SOURCE_REASON]; /* by query: why the rows have to come by export instead; "" : they
                                           are here */
    const char *export_key;             /* by export: of the request, to be deleted after the load */
};

void fetched_cleanup(struct fetched *fetched);

/* The target of a result with these columns, and what there is of it in the database. */
MUST_CHECK bool fetched_derive_target(struct fetched *fetched, const struct pipeline *pipeline,
                                      const struct chunk *chunk, const struct text_list *columns,
                                      struct err *err);

/* What is to be fetched, and how. */
struct fetch_task {
    const struct pipeline *pipeline; /* borrowed, like chunk */
    const struct chunk *chunk;
    int64_t run_id;
    unsigned page_size;            /* rows that a page can have, as far as is known */
    struct source_history history; /* where choice is SOURCE_PARTS, or may become so */
    struct source_choice choice;
};

/*
 * Submits the chunk's query, or takes up the one that an earlier run of it left at the service; waits for it,
 * and stages every row. A result that goes away while it is paged, or a query that fails, is asked for once
 * more, from the start: rows of two results are never mixed.
 *
 * Where the job leaves the choice to us, and a query runs past its time limit, or its result expires twice or
 * is seen to be too large to be paged in time: true with turn_to_export set, and nothing staged. Where the
 * token may not make exports, the window is halved instead, as far as that is sound, and its parts are
 * fetched one after the other; so they are from the start where the choice is SOURCE_PARTS.
 *
 * ERR_DATA when rows are missing, too many, too wide or of the wrong type; ERR_UNAVAILABLE when the query
 * fails or, for a job that insists on it, runs past its time limit; ERR_AUTH when only an export would do.
 */
MUST_CHECK bool fetch_by_query(const struct fetch_task *task, struct fetched *fetched, struct err *err);

/*
 * What later runs are to expect, after ready_ms from request to result: polls tells how many were answered
 * `not yet`, expected_ms what past runs told. Pure.
 */
int64_t fetch_remembered_ms(unsigned polls, int64_t expected_ms, int64_t ready_ms);

#endif
