/*
 * The progress of this process's threads, shared between the threads that work and the one that shows it.
 *
 * A thread that has called progress_begin() has its own entry and updates it. Other threads may call the same
 * functions without effect. progress_look() copies all entries for display. An update takes an uncontended
 * lock: make one a page, not one a row.
 */
#ifndef BASE_PROGRESS_H
#define BASE_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A number that is not known. */
#define PROGRESS_UNKNOWN UINT64_MAX

/* How much of a name is kept. */
#define PROGRESS_NAME 128

/* The progress at one moment. */
struct progress_mark {
    int64_t at_ms; /* monotonic; 0: there is none */
    uint64_t rows;
    uint64_t bytes;
};

/* The progress of one thread. Times are monotonic. */
struct progress_entry {
    char job[PROGRESS_NAME];
    char contract[PROGRESS_NAME]; /* "": none */
    char window[PROGRESS_NAME];   /* "": none */
    size_t chunk;                 /* the number of the current chunk, from 1; 0: none yet */
    size_t chunks;                /* of how many */

    const char *phase;     /* a constant, as in "submitting" */
    int64_t phase_from_ms; /* when it began */
    const char *wait;      /* a constant, as in "for the budget"; NULL: it waits for nothing */
    int64_t wait_until_ms; /* end of the wait; CLOCK_NEVER: not known */

    /* Within the phase; what is not known, or of no concern, is PROGRESS_UNKNOWN. */
    uint64_t pages;
    uint64_t pages_total;
    uint64_t rows;
    uint64_t rows_total;
    uint64_t bytes;
    uint64_t bytes_total;
    struct progress_mark since; /* an earlier moment, from which the speed is computed */
    struct progress_mark last;  /* where the next `since` will be */
    int64_t updated_ms;         /* when numbers last came */
    int64_t told_ms;            /* when progress was last logged */
};

/* The whole run. A job with several contracts counts once for each. */
struct progress_totals {
    size_t jobs;
    size_t jobs_over;
    size_t jobs_failed;
    size_t chunks;
    size_t chunks_over; /* of jobs that are over */
    size_t running;     /* entries there are, also those that found no room */
    int64_t since_ms;   /* monotonic: when progress_expect() was called; 0: it was not */
};

/* Of the run as a whole. */

/* Sets how much there is to do; nothing is done yet. */
void progress_expect(size_t jobs, size_t chunks);

/* Copies the entries, at most `room` of them, those that began first first. Returns how many. */
size_t progress_look(struct progress_entry *entries, size_t room, struct progress_totals *totals);

/* Of the calling thread. Texts that are no constants are copied. */

/* It begins a job. contract: NULL: none. */
void progress_begin(const char *job, const char *contract);

/* Its job is over, and was one of those expected; `chunks` went with it. */
void progress_end(size_t chunks, bool failed);

/* Removes the thread's entry without counting a job as done. */
void progress_leave(void);

/* It begins the chunk-th (from 1) of its job's chunks. */
void progress_chunk(size_t chunk, size_t chunks);
void progress_window(const char *window);

/* It enters a phase: a constant text. Numbers of the phase before, and its wait, are gone. */
void progress_phase(const char *phase);

/* `rows` of rows_total (PROGRESS_UNKNOWN where that is so) have come. */
void progress_rows(uint64_t rows, uint64_t rows_total);

/* Another page has come, and with it `rows` of rows_total; pages_left more are expected. */
void progress_page(uint64_t rows, uint64_t rows_total, uint64_t pages_left);

/* `bytes` of bytes_total (PROGRESS_UNKNOWN where that is so) have come. */
void progress_bytes(uint64_t bytes, uint64_t bytes_total);

/*
 * It waits: `why` is a constant that goes on from "waiting", as in "for the budget". until_ms is
 * monotonic; the wait is over then, without another call. CLOCK_NEVER: until progress_wait_end().
 */
void progress_wait(const char *why, int64_t until_ms);
void progress_wait_end(void);

#endif
