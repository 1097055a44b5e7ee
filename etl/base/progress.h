/*
 * The progress of the jobs that run in this process: written by the threads that work, read by the one that
 * shows it (terminal/display).
 *
 * A thread that has called progress_begin() has an entry; its later calls update the entry. Calls of other
 * threads have no effect. Each call takes a lock: update once a page, not once a row.
 */
#ifndef BASE_PROGRESS_H
#define BASE_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A number that is not known. */
#define PROGRESS_UNKNOWN UINT64_MAX
/* The size of a name; longer names are cut. */
#define PROGRESS_NAME 128
/* The maximum number of entries: that of run.parallel_jobs. Further threads get none. */
#define PROGRESS_MAX 64

/* How much had arrived at one moment. */
struct progress_mark {
    int64_t at_ms; /* monotonic; 0: not set */
    uint64_t rows;
    uint64_t bytes;
};

/* The progress of one job. Times are monotonic. */
struct progress_entry {
    char job[PROGRESS_NAME];
    char contract[PROGRESS_NAME]; /* "": none */
    size_t chunk;                 /* the number of the current chunk, from 1; 0: none yet */
    size_t chunks;                /* the number of chunks of the job */
    const char *phase;            /* a constant, such as "submitting" */
    int64_t phase_from_ms;
    const char *wait;      /* a constant that follows "waiting", such as "for the budget"; NULL: no wait */
    int64_t wait_until_ms; /* CLOCK_NEVER: not known */

    /* Of the current phase; PROGRESS_UNKNOWN: not known, or the phase has none. */
    uint64_t pages;
    uint64_t pages_total;
    uint64_t rows;
    uint64_t rows_total;
    uint64_t bytes;
    uint64_t bytes_total;
    struct progress_mark since; /* speed is measured from this moment, 15 to 30 seconds ago */
    struct progress_mark next;  /* becomes `since` after 15 seconds */
    int64_t updated_ms;         /* when rows or bytes last arrived */
    int64_t logged_ms;          /* when they were last logged */
};

/* The progress of the run. A job with several contracts counts once for each contract. */
struct progress {
    struct progress_entry entries[PROGRESS_MAX]; /* the oldest first */
    size_t count;
    size_t jobs; /* of the whole run; 0: not known yet */
    size_t jobs_done;
    size_t jobs_failed; /* of those done */
    size_t chunks;      /* of the whole run */
    size_t chunks_done; /* of the jobs that are done */
    int64_t since_ms;   /* monotonic: when the jobs were known; 0: not yet */
    int64_t now_ms;     /* monotonic: when this was read */
};

/* Copies the current progress. */
void progress_read(struct progress *progress);

/* Sets the number of jobs and chunks of the run. */
void progress_expect(size_t jobs, size_t chunks);

/* The calling thread begins a job. contract NULL: none. Both are copied. */
void progress_begin(const char *job, const char *contract);

/* The thread's job is done: it and its chunks are counted. */
void progress_end(size_t chunks, bool failed);

/* Removes the thread's entry without counting a job. */
void progress_leave(void);

/* The job begins this chunk (from 1). */
void progress_chunk(size_t chunk, size_t chunks);

/* The job begins a phase: a constant text. This resets the numbers and the wait. */
void progress_phase(const char *phase);

/* This number of rows has arrived so far. rows_total: PROGRESS_UNKNOWN if it is not known. */
void progress_rows(uint64_t rows, uint64_t rows_total);

/* A further page has arrived, and this number of rows so far; pages_left more are expected. */
void progress_page(uint64_t rows, uint64_t rows_total, uint64_t pages_left);

/* This number of bytes has arrived so far. bytes_total: PROGRESS_UNKNOWN if it is not known. */
void progress_bytes(uint64_t bytes, uint64_t bytes_total);

/*
 * The job waits. why: a constant that follows "waiting", such as "for the budget". until_ms (monotonic): the
 * wait ends then without another call; CLOCK_NEVER: it ends with progress_wait_end() or the next phase.
 */
void progress_wait(const char *why, int64_t until_ms);
void progress_wait_end(void);

#endif
