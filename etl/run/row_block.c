#include "run/row_block.h"

#include "base/mem.h"

#include <stdlib.h>

/* The limit for a single row that is larger than a block. */
#define MAX_BYTES ((size_t)128 << 20)

struct row_block row_block_make(size_t width)
{
    size_t max_rows = ROW_BLOCK_CELLS / width;
    struct row_block block = {
        .width = width,
        .max_rows = max_rows > 0 ? max_rows : 1,
        .bytes = buf_make(MAX_BYTES),
    };
    block.cells = mem_alloc(block.max_rows * width, sizeof *block.cells);
    return block;
}

void row_block_cleanup(struct row_block *block)
{
    free(block->cells);
    buf_release(&block->bytes);
    *block = (struct row_block){0};
}

bool row_block_add(struct row_block *block, const struct cell *cells, struct err *err)
{
    struct cell *row = block->cells + block->rows * block->width;
    for (size_t i = 0; i < block->width; i++) {
        bool has_bytes = cells[i].kind == CELL_TEXT || cells[i].kind == CELL_NUMBER;
        row[i] = (struct cell){.kind = cells[i].kind,
                               .length = has_bytes ? cells[i].length : 0,
                               .is_quoted = cells[i].is_quoted};
        if (has_bytes && !buf_append(&block->bytes, cells[i].bytes, cells[i].length))
            return err_set(err, ERR_DATA, "a row has more than %zu bytes", MAX_BYTES);
    }
    block->rows++;
    return true;
}

bool row_block_is_full(const struct row_block *block)
{
    return block->rows == block->max_rows || block->bytes.length >= ROW_BLOCK_BYTES;
}

void row_block_finish(struct row_block *block)
{
    const char *next = buf_text(&block->bytes);
    for (size_t i = 0; i < block->rows * block->width; i++) {
        block->cells[i].bytes = next;
        next += block->cells[i].length;
    }
}

const struct cell *row_block_row(const struct row_block *block, size_t row)
{
    return block->cells + row * block->width;
}

void row_block_clear(struct row_block *block)
{
    block->rows = 0;
    buf_clear(&block->bytes);
}
