/*
 * The unit of work: one window of one contract of one job. One query, one transaction, one row of the run
 * table.
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
    const char *table; /* loaded into: the job's own, or one that is to take its place */
    struct window window;
    struct windows moving; /* the job's windows that move with the day, as they are today; may be none */
    date_t today;
    size_t number;            /* its place among the chunks of the job and contract, from 1 */
    size_t count;             /* how many these are */
    uint64_t requests_before; /* spent to find out about the job's chunks, and counted to this one */
};

enum chunk_status {
    CHUNK_NOT_BEGUN, /* a failure or a stop came before */
    CHUNK_SKIPPED,   /* finished by an earlier run, or its usage has not moved since one */
    CHUNK_SUCCEEDED,
    CHUNK_FAILED,
};

/* Room for why a chunk was skipped. */
#define CHUNK_REASON 160

struct chunk_result {
    enum chunk_status status;
    int64_t run_id;     /* 0: it ended before the run table had a row of it */
    const char *source; /* query, export or contract */
    uint64_t rows_read;
    struct row_counts counts;
    uint64_t requests;
    int64_t elapsed_ms;
    struct err err; /* CHUNK_FAILED */

    /* CHUNK_SKIPPED. */
    bool is_unchanged;              /* its usage has not moved: as good as loaded */
    char skip_reason[CHUNK_REASON]; /* why, in words */
};

/* The chunk has failed, for the reason in result->err; without one that is a bug (err_require()). */
void chunk_fail(struct chunk_result *result);

/*
 * skipped, succeeded, failed: as the run table and scripts call it. A chunk that was not begun is `skipped`
 * there, and has no run_id.
 */
const char *chunk_status_name(enum chunk_status status);

/* The same for people, who are told `not begun` from `skipped`. */
const char *chunk_status_text(enum chunk_status status);

/* The chunk's window as the decision on other windows of the target wants it (load/snapshots). Borrows both.
 */
struct snapshot_load chunk_snapshot_load(const struct chunk *chunk, const struct target *target);

/*
 * What a chunk asks for and what it makes of the answer, as text: two chunks of one text would load the same,
 * whether by query or by export.
 */
void chunk_put_question(const struct chunk *chunk, struct buf *question);

/* The body of a chunk's query without its window: that of the same job over other days. */
void chunk_put_query(const struct chunk *chunk, struct buf *query);

#endif
