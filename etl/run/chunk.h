/*
 * A chunk: one window of one contract of one job. Its rows are loaded in one transaction, and it has one row
 * in the run table.
 */
#ifndef RUN_CHUNK_H
#define RUN_CHUNK_H

#include "base/buf.h"
#include "base/err.h"
#include "job/job.h"
#include "job/window.h"
#include "load/merge.h"
#include "load/snapshots.h"

#include <stdint.h>

struct chunk {
    const struct job *job;
    const char *contract;
    const char *table; /* the table to load into: the job's own, or the successor that will replace it */
    struct window window;
    struct windows moving; /* the job's windows that move with the day, as of today; may be none */
    date_t today;
    size_t number;            /* its place among the chunks of the job and contract, from 1 */
    size_t count;             /* the number of these chunks */
    uint64_t requests_before; /* requests for the list of contracts, which are counted as this chunk's */
};

enum chunk_status {
    CHUNK_NOT_BEGUN, /* not begun, because of an earlier failure or a stop */
    CHUNK_SKIPPED,   /* finished by an earlier run, or its usage has not changed since one */
    CHUNK_SUCCEEDED,
    CHUNK_FAILED,
};

/* Room for the reason why a chunk was skipped. */
#define CHUNK_REASON 160

struct chunk_result {
    enum chunk_status status;
    int64_t run_id;     /* 0: the chunk ended before it had a row in the run table */
    const char *source; /* query, export or contract */
    uint64_t rows_read;
    struct row_counts counts;
    uint64_t requests;
    int64_t elapsed_ms;
    struct err err; /* CHUNK_FAILED */

    /* CHUNK_SKIPPED. */
    bool is_unchanged;              /* its usage has not changed, so that it counts as loaded */
    char skip_reason[CHUNK_REASON]; /* why, in words */
};

/* Marks the chunk as failed, for the reason in result->err. A missing one is a bug (err_require()). */
void chunk_fail(struct chunk_result *result);

/*
 * `skipped`, `succeeded` or `failed`: the name in the run table and in JSON. A chunk that was not begun is
 * `skipped` there, and has no run_id.
 */
const char *chunk_status_name(enum chunk_status status);

/* The same for people, with `not begun` as a separate status. */
const char *chunk_status_text(enum chunk_status status);

/* The chunk in the form that load/snapshots needs to decide about other windows of the target. */
struct snapshot_load chunk_snapshot_load(const struct chunk *chunk, const struct target *target);

/*
 * Appends the chunk's request and the renames of its columns as text. Two chunks with the same text would
 * load the same rows, whether by query or by export.
 */
void chunk_put_request(const struct chunk *chunk, struct buf *request);

/* Appends the body of the chunk's query without its window: the same for all windows of the job. */
void chunk_put_query(const struct chunk *chunk, struct buf *query);

#endif
