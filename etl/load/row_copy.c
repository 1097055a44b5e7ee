#include "load/row_copy.h"

#include "wire/pg/copy_format.h"

/* Rows are sent in blocks of this size; one row may be larger. */
#define SEND_BYTES ((size_t)64 << 10)
#define MAX_BLOCK_BYTES ((size_t)256 << 20)

struct row_frame row_frame_make(void)
{
    return (struct row_frame){.before = buf_make(BUF_OWN_TEXT), .after = buf_make(BUF_OWN_TEXT)};
}

void row_frame_cleanup(struct row_frame *frame)
{
    buf_release(&frame->before);
    buf_release(&frame->after);
}

static bool put_row(const struct encoded_row *row, const struct row_frame *frame, struct buf *block)
{
    return copy_begin_row(block, row->count + frame->count) &&
           buf_append(block, frame->before.bytes, frame->before.length) &&
           buf_append(block, row->values, row->length) &&
           buf_append(block, frame->after.bytes, frame->after.length);
}

static bool send(struct pg *pg, struct buf *block, struct err *err)
{
    bool sent = pg_copy_put(pg, buf_text(block), block->length, err);
    buf_clear(block);
    return sent;
}

static bool send_rows(struct row_file *file, const struct row_frame *frame, struct pg *pg, struct err *err)
{
    struct encoded_row row;
    SCOPED(row_reader) struct row_reader *reader = row_reader_make(file);
    SCOPED(buf) struct buf block = buf_make(MAX_BLOCK_BYTES);
    bool fits = copy_begin(&block);
    while (fits) {
        if (!row_reader_next(reader, &row, err))
            return false;
        if (!row.values)
            break;
        fits = put_row(&row, frame, &block);
        if (fits && block.length >= SEND_BYTES && !send(pg, &block, err))
            return false;
    }
    if (!fits || !copy_end(&block))
        return err_set(err, ERR_BUG, "a row does not fit its buffer");
    return send(pg, &block, err);
}

bool row_copy(struct row_file *file, const struct row_frame *frame, const char *copy, struct pg *pg,
              uint64_t *rows, struct err *err)
{
    if (!pg_copy_begin(pg, copy, err))
        return false;
    if (!send_rows(file, frame, pg, err)) {
        pg_copy_abandon(pg, "the rows cannot be read");
        return false;
    }
    return pg_copy_end(pg, rows, err);
}
