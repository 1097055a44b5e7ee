/*
 * The progress of the jobs that run in this process: written by the threads that work, read by the one that
 * shows it (terminal/display).
 *
 * A thread that has called progress_begin() has an entry; its later calls update the entry. Calls of other
 * threads have no effect. Each call takes a lock: update once a page, not once a row.
 */
#ifndef BASE_PROGRESS_H
#define BASE_PROGRESS_H

#include "base/buf.h"

#include <stdint.h>

/* The size of a label; longer labels are cut. */
#define PROGRESS_LABEL 256
/* The maximum number of entries: that of run.parallel_jobs. Further threads get none. */
#define PROGRESS_MAX 64

/* How much has arrived. 0 as a total: the total is not known. */
struct progress_amount {
    uint64_t rows;
    uint64_t rows_total;
    uint64_t bytes;
    uint64_t bytes_total;
};

/* The progress of one job. Times are monotonic. */
struct progress_entry {
    char label[PROGRESS_LABEL]; /* job and contract; "": the entry is free */
    size_t chunk;               /* the number of the current chunk, from 1; 0: none yet */
    size_t chunks;              /* the number of chunks of the job */
    size_t chunks_done;         /* by this thread, since progress_begin() */
    const char *phase;          /* a constant, such as "submitting" */
    int64_t phase_from_ms;
    const char *wait;      /* a constant that follows "waiting", such as "for the budget"; NULL: no wait */
    int64_t wait_until_ms; /* CLOCK_NEVER: not known */

    /* Of the current phase. */
    uint64_t page; /* the number of pages that have arrived */
    uint64_t pages;
    struct progress_amount amount;
    struct progress_amount first; /* what had arrived at first_ms, from which the speed is measured */
    int64_t first_ms;             /* 0: nothing has arrived */
    int64_t updated_ms;           /* when rows or bytes last arrived */
    int64_t logged_ms;            /* when they were last logged */
};

/* The progress of the run. A job with several contracts counts once for each contract. */
struct progress {
    struct progress_entry entries[PROGRESS_MAX];
    size_t count;
    size_t jobs; /* of the whole run; 0: not known yet */
    size_t jobs_done;
    size_t jobs_failed; /* of those done */
    size_t chunks;      /* of the whole run */
    size_t chunks_done;
    int64_t since_ms; /* monotonic: when the jobs were known; 0: not yet */
    int64_t now_ms;   /* monotonic: when this was read */
};

/* Copies the current progress. */
void progress_read(struct progress *progress);

/* Sets the number of jobs and chunks of the run. */
void progress_expect(size_t jobs, size_t chunks);

/* The calling thread begins a job. contract NULL: none. Both are copied. */
void progress_begin(const char *job, const char *contract);

/* The thread's job is done. chunks: the number of its chunks. Counts the job, and those of its chunks that
 * have not been counted yet. */
void progress_end(size_t chunks, bool failed);

/* Removes the thread's entry without counting a job. */
void progress_leave(void);

/* The job begins this chunk (from 1), and is done with the one before. */
void progress_chunk(size_t chunk, size_t chunks);

/* The job begins a phase: a constant text. This resets the numbers and the wait. */
void progress_phase(const char *phase);

/* A further page has arrived; pages_left more are expected. */
void progress_page(uint64_t pages_left);

/* This number of rows, or bytes, has arrived so far. */
void progress_rows(uint64_t rows, uint64_t rows_total);
void progress_bytes(uint64_t bytes, uint64_t bytes_total);

/*
 * The job waits. why: a constant that follows "waiting", such as "for the budget". until_ms (monotonic): the
 * wait ends then without another call; CLOCK_NEVER: it ends with the next progress_wait(), progress_phase()
 * or progress_chunk(). why NULL: it ends now.
 */
void progress_wait(const char *why, int64_t until_ms);

/* Appends what is known of "  chunk 2 of 3  page 4 of 20  10 of 40 MB  20,000 of 98,123 rows". */
void progress_put_amount(struct buf *out, const struct progress_entry *entry);

#endif
