/*
 * Where the rows of a chunk come from: batch by batch, whether they are the pages of a query's result, an
 * export's file or what the service keeps of a contract. run/staging takes them.
 *
 * Each source has a struct row_source as its first member. The functions are called by one thread, in this
 * order:
 *
 *     next_batch → (begin → next_row …, once or twice) → next_batch → …
 */
#ifndef RUN_ROW_SOURCE_H
#define RUN_ROW_SOURCE_H

#include "base/err.h"
#include "wire/cell.h"

#include <stdbool.h>
#include <stddef.h>

enum row_source_state {
    ROW_SOURCE_BATCH,   /* the next batch is there */
    ROW_SOURCE_RESTART, /* the rows so far are void: the next batch begins with the first row */
    ROW_SOURCE_END,     /* there is no further row, and every row was in a batch */
    ROW_SOURCE_LOST,    /* there are further rows, and they can no longer be had: the result is another one or
                           gone */
};

/* A row's values, borrowed until the next one is asked for. */
struct source_row {
    const struct cell *cells; /* NULL: the batch has no further row */
    size_t count;             /* what the row has; cells has no more than the source's width of them */
};

struct row_source {
    /* Waits for the next batch, and may make API requests: the database session is in no COPY and no
     * transaction. */
    bool (*next_batch)(struct row_source *source, enum row_source_state *state, struct err *err);

    /* Goes to the first row of the batch. will_repeat: its rows will be read once more after this time. */
    bool (*begin)(struct row_source *source, bool will_repeat, struct err *err);

    /* Reads the next row of the batch. Waits for nothing. */
    bool (*next_row)(struct row_source *source, struct source_row *row, struct err *err);

    size_t batch_rows; /* of the batch at hand */
    bool is_untyped;   /* values are texts, whatever they are: one that looks like a number counts as a number
                          where a   column's type is read off it */
};

#endif
