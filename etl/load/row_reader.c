/* row_file.h, the part that reads. */
#include "base/log.h"
#include "base/mem.h"
#include "load/row_file_inner.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* How much of a run is read at once. */
#define READ_BYTES ((size_t)8 << 10)

/* `written`, which is empty unless it could not be written, and `last`. */
#define RUNS_IN_MEMORY 2

/* A position in a run. */
struct cursor {
    struct row_record head; /* of the current record */
    const char *row;        /* its bytes */
    off_t offset;           /* where the next read of the file begins */
    off_t end;
    const struct row_run *memory; /* the run, if it is in memory; else NULL */
    struct buf block;             /* of a run in the file */
    size_t at; /* where the next record begins: in the block, or in the places of the run in memory */
};

struct row_reader {
    struct row_file *file;
    size_t next_run; /* the first run that has not been opened; those in memory come last */
    struct cursor *cursors;
    size_t cursor_count;
    struct cursor **heap; /* the cursor with the first row is at the top */
    size_t count;         /* of the heap */
    bool has_read;        /* the row at the top has been handed out */
};

static size_t count_runs(const struct row_file *file)
{
    return file->run_count + RUNS_IN_MEMORY;
}

struct row_reader *row_reader_make(struct row_file *file)
{
    struct row_reader *reader = mem_alloc(1, sizeof *reader);
    if (!row_file_settle(file))
        log_debug("rows-in-memory", "%s", strerror(errno));
    size_t runs = count_runs(file);
    reader->file = file;
    reader->cursor_count = runs < ROW_FILE_RUNS ? runs : ROW_FILE_RUNS;
    reader->cursors = mem_alloc(reader->cursor_count, sizeof *reader->cursors);
    reader->heap = mem_alloc(reader->cursor_count, sizeof(struct cursor *));
    for (size_t i = 0; i < reader->cursor_count; i++)
        reader->cursors[i].block = buf_make(ROW_FILE_MAX_BUFFER);
    row_run_sort(&file->last);
    return reader;
}

void row_reader_release(struct row_reader *reader)
{
    if (!reader)
        return;
    for (size_t i = 0; i < reader->cursor_count; i++)
        buf_release(&reader->cursors[i].block);
    free(reader->cursors);
    free(reader->heap);
    free(reader);
}

void row_reader_cleanup(struct row_reader **reader)
{
    row_reader_release(*reader);
}

/* Appends the next bytes of the run to the block. */
static bool read_more(const struct row_file *file, struct cursor *cursor, struct err *err)
{
    struct buf *block = &cursor->block;
    off_t left = cursor->end - cursor->offset;
    size_t wanted = left < (off_t)READ_BYTES ? (size_t)left : READ_BYTES;
    if (wanted == 0)
        return err_set(err, ERR_BUG, "the rows that were kept end within a row");
    if (!buf_reserve(block, wanted))
        return err_set(err, ERR_BUG, "a row does not fit its buffer");
    ssize_t count;
    do
        count = pread(file->fd, block->bytes + block->length, wanted, cursor->offset);
    while (count < 0 && errno == EINTR);
    if (count <= 0)
        return err_set(err, ERR_UNAVAILABLE, "cannot read the rows that were kept in a temporary file: %s",
                       count < 0 ? strerror(errno) : "it has been cut short");
    block->length += (size_t)count;
    cursor->offset += count;
    return true;
}

/* Reads until the block has at least `length` bytes of the next record. */
static bool read_at_least(const struct row_file *file, struct cursor *cursor, size_t length, struct err *err)
{
    struct buf *block = &cursor->block;
    if (block->length - cursor->at >= length)
        return true;
    if (cursor->at > 0) {
        memmove(block->bytes, block->bytes + cursor->at, block->length - cursor->at);
        block->length -= cursor->at;
        cursor->at = 0;
    }
    while (block->length < length)
        if (!read_more(file, cursor, err))
            return false;
    return true;
}

static void step_in_memory(struct cursor *cursor, bool *any)
{
    const struct row_run *run = cursor->memory;
    *any = cursor->at < run->count;
    if (!*any)
        return;
    const char *record = run->records.bytes + run->places[cursor->at++].at;
    memcpy(&cursor->head, record, sizeof cursor->head);
    cursor->row = record + sizeof cursor->head;
}

/* Goes on to the next record. *any: there was one. */
static bool step(const struct row_file *file, struct cursor *cursor, bool *any, struct err *err)
{
    if (cursor->memory) {
        step_in_memory(cursor, any);
        return true;
    }
    *any = cursor->at < cursor->block.length || cursor->offset < cursor->end;
    if (!*any)
        return true;
    if (!read_at_least(file, cursor, sizeof cursor->head, err))
        return false;
    memcpy(&cursor->head, cursor->block.bytes + cursor->at, sizeof cursor->head);
    if (!read_at_least(file, cursor, sizeof cursor->head + cursor->head.length, err))
        return false;
    cursor->row = cursor->block.bytes + cursor->at + sizeof cursor->head;
    cursor->at += sizeof cursor->head + cursor->head.length;
    return true;
}

static bool is_before(const struct cursor *one, const struct cursor *other)
{
    return row_order_compare(&one->head.order, &other->head.order) < 0;
}

/* Moves a cursor down the heap until no cursor below it has an earlier row. */
static void sift_down(struct row_reader *reader, size_t at)
{
    struct cursor **heap = reader->heap;
    struct cursor *cursor = heap[at];
    for (;;) {
        size_t child = 2 * at + 1;
        if (child + 1 < reader->count && is_before(heap[child + 1], heap[child]))
            child++;
        if (child >= reader->count || !is_before(heap[child], cursor))
            break;
        heap[at] = heap[child];
        at = child;
    }
    heap[at] = cursor;
}

/* Places the cursor before the first record of a run. */
static void open_run(const struct row_file *file, size_t run, struct cursor *cursor)
{
    buf_clear(&cursor->block);
    cursor->at = 0;
    cursor->memory = NULL;
    if (run >= file->run_count) {
        cursor->memory = run == file->run_count ? &file->written : &file->last;
        return;
    }
    cursor->offset = run > 0 ? file->run_ends[run - 1] : 0;
    cursor->end = file->run_ends[run];
}

/* Opens the next runs, as many as are read at once. */
static bool open_runs(struct row_reader *reader, struct err *err)
{
    const struct row_file *file = reader->file;
    reader->count = 0;
    for (size_t i = 0; i < reader->cursor_count && reader->next_run < count_runs(reader->file); i++) {
        bool any;
        struct cursor *cursor = &reader->cursors[i];
        open_run(file, reader->next_run++, cursor);
        if (!step(file, cursor, &any, err))
            return false;
        if (any)
            reader->heap[reader->count++] = cursor;
    }
    for (size_t at = reader->count / 2; at-- > 0;)
        sift_down(reader, at);
    return true;
}

/* Leaves the row that has been handed out. */
static bool step_to_next_row(struct row_reader *reader, struct err *err)
{
    bool any;
    reader->has_read = false;
    if (!step(reader->file, reader->heap[0], &any, err))
        return false;
    if (!any)
        reader->heap[0] = reader->heap[--reader->count];
    if (reader->count > 0)
        sift_down(reader, 0);
    return true;
}

bool row_reader_next(struct row_reader *reader, struct encoded_row *row, struct err *err)
{
    *row = (struct encoded_row){0};
    if (reader->has_read && !step_to_next_row(reader, err))
        return false;
    while (reader->count == 0 && reader->next_run < count_runs(reader->file))
        if (!open_runs(reader, err))
            return false;
    if (reader->count == 0)
        return true;
    const struct cursor *cursor = reader->heap[0];
    const unsigned char *count = (const unsigned char *)cursor->row;
    *row = (struct encoded_row){
        .values = cursor->row + 2,
        .length = cursor->head.length - 2,
        .count = (unsigned)count[0] << 8 | count[1],
    };
    reader->has_read = true;
    return true;
}
