/*
 * The interface of the sources of a chunk's rows, which come in batches: the pages of a query's result, an
 * export's file, or the service's record of a contract. run/staging reads them.
 *
 * Each source has a struct row_source as its first member. The functions are called by one thread, in this
 * order:
 *
 *     next_batch → (row_source_begin → next_row …, up to twice) → next_batch → …
 *
 * After a row was refused only `repeat` may be called.
 */
#ifndef RUN_ROW_SOURCE_H
#define RUN_ROW_SOURCE_H

#include "base/err.h"
#include "wire/cell.h"

#include <stdbool.h>
#include <stddef.h>

enum row_source_state {
    ROW_SOURCE_BATCH,   /* the next batch is ready */
    ROW_SOURCE_RESTART, /* all earlier rows are void: the next batch begins with the first row */
    ROW_SOURCE_END,     /* there are no further rows, and every row was in a batch */
    ROW_SOURCE_LOST,    /* further rows exist, but the result was replaced or has expired */
};

/* The values of a row, borrowed until the next row is read. */
struct source_row {
    const struct cell *cells; /* NULL: the batch has no further row */
    size_t count;             /* values in the row; cells has at most as many as the source is wide */
};

struct row_source {
    /* Waits for the next batch, and may make API requests: the database session must be in no COPY and no
     * transaction. */
    bool (*next_batch)(struct row_source *source, enum row_source_state *state, struct err *err);

    /* Reads the next row of the batch, without waiting. */
    bool (*next_row)(struct row_source *source, struct source_row *row, struct err *err);

    /*
     * To be called if a row, or what was made of it, is refused with err. True: the source was damaged, and
     * next_batch will answer ROW_SOURCE_RESTART; err is clear. False: err is the error to report. May make
     * API requests, like next_batch. NULL: the rows of this source are never read again.
     */
    bool (*repeat)(struct row_source *source, struct err *err);

    size_t batch_rows; /* rows of the current batch */
    size_t next;       /* the row to be read next; next_row increases it */
    bool is_untyped;   /* from CSV: a text that was not in quotes and looks like a number counts as a number
                          when a type is derived */
};

/* Goes to the first row of the batch. */
static inline void row_source_begin(struct row_source *source)
{
    source->next = 0;
}

#endif
