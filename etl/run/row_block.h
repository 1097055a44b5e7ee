/*
 * Copies of some thousand rows, between a stream that brings them one by one and a stage that takes them by
 * the page: while the stream is waited for, the database is not, and the other way round. Bounded by rows and
 * by bytes.
 */
#ifndef RUN_ROW_BLOCK_H
#define RUN_ROW_BLOCK_H

#include "base/buf.h"
#include "base/err.h"
#include "wire/cell.h"

#include <stdbool.h>
#include <stddef.h>

/* Full after so many cells, or so many bytes of values. */
#define ROW_BLOCK_CELLS ((size_t)1 << 17)
#define ROW_BLOCK_BYTES ((size_t)2 << 20)

struct row_block {
    struct cell *cells; /* of all rows; their bytes are valid after row_block_settle() */
    size_t width;       /* cells a row */
    size_t rows;
    size_t most_rows;
    struct buf bytes;
};

struct row_block row_block_make(size_t width);
void row_block_cleanup(struct row_block *block);

/* Copies a row of `width` cells. ERR_DATA when its values are past any size. Not when the block is full. */
MUST_CHECK bool row_block_add(struct row_block *block, const struct cell *cells, struct err *err);

bool row_block_is_full(const struct row_block *block);

/* After the last row: makes the cells point to their bytes. */
void row_block_settle(struct row_block *block);

/* The cells of a row, counted from 0. */
const struct cell *row_block_row(const struct row_block *block, size_t row);

/* Empties it. */
void row_block_clear(struct row_block *block);

#endif
