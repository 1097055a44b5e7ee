/*
 * A block of some thousand rows, copied from a stream that delivers them one by one, and passed to the stage
 * as a page. So a wait for the stream does not keep the database waiting, nor the other way round. Limited in
 * rows and bytes.
 */
#ifndef RUN_ROW_BLOCK_H
#define RUN_ROW_BLOCK_H

#include "base/buf.h"
#include "base/err.h"
#include "wire/cell.h"

#include <stdbool.h>
#include <stddef.h>

/* A block is full after this many cells, or this many bytes of values. */
#define ROW_BLOCK_CELLS ((size_t)1 << 16)
#define ROW_BLOCK_BYTES ((size_t)1 << 20)

struct row_block {
    struct cell *cells; /* of all rows; their bytes are valid after row_block_finish() */
    size_t width;       /* cells per row */
    size_t rows;
    size_t max_rows;
    struct buf bytes;
};

struct row_block row_block_make(size_t width);
void row_block_cleanup(struct row_block *block);

/* Copies a row of `width` cells. ERR_DATA if its values exceed the limit for one row. Not allowed if the
 * block is full. */
MUST_CHECK bool row_block_add(struct row_block *block, const struct cell *cells, struct err *err);

bool row_block_is_full(const struct row_block *block);

/* To be called after the last row: makes the cells point to their bytes. */
void row_block_finish(struct row_block *block);

/* The cells of a row, counted from 0. */
const struct cell *row_block_row(const struct row_block *block, size_t row);

/* Empties the block. */
void row_block_clear(struct row_block *block);

#endif
