#include "load/row_file.h"

#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* How much is kept in memory, and how much is read at once. */
#define MEMORY_BYTES ((size_t)256 << 10)
#define READ_BYTES ((size_t)256 << 10)

/* The stage limits a row to less than this; a block holds at least one row. */
#define MAX_BLOCK_BYTES ((size_t)128 << 20)

struct row_file {
    int fd;            /* -1: no file is needed yet */
    off_t length;      /* of the file, counting whole rows only */
    struct buf memory; /* the rows after those of the file */
};

struct row_file *row_file_make(void)
{
    struct row_file *file = mem_alloc(1, sizeof *file);
    *file = (struct row_file){.fd = -1, .memory = buf_make(MAX_BLOCK_BYTES)};
    return file;
}

void row_file_release(struct row_file *file)
{
    if (!file)
        return;
    if (file->fd >= 0)
        close(file->fd);
    buf_release(&file->memory);
    free(file);
}

static bool open_file(struct row_file *file)
{
    const char *directory = getenv("TMPDIR");
    SCOPED(buf) struct buf path = buf_make(BUF_OWN_TEXT);
    buf_print(&path, "%s/tokenflex-rows.XXXXXX", directory && *directory ? directory : "/var/tmp");
    file->fd = mkostemp(path.bytes, O_CLOEXEC);
    if (file->fd >= 0)
        (void)unlink(path.bytes);
    return file->fd >= 0;
}

/* Writes all rows after the existing ones, or none. */
static bool write_whole(struct row_file *file, const struct buf *rows)
{
    size_t written = 0;
    while (written < rows->length) {
        ssize_t count =
            pwrite(file->fd, rows->bytes + written, rows->length - written, file->length + (off_t)written);
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            return false;
        written += (size_t)count;
    }
    file->length += (off_t)rows->length;
    return true;
}

bool row_file_add(struct row_file *file, const struct buf *rows)
{
    if (file->memory.length > 0 && file->memory.length + rows->length > MEMORY_BYTES) {
        if ((file->fd < 0 && !open_file(file)) || !write_whole(file, &file->memory))
            return false;
        buf_clear(&file->memory);
    }
    return buf_append(&file->memory, rows->bytes, rows->length);
}

struct row_reader row_reader_make(struct row_file *file)
{
    return (struct row_reader){.file = file, .block = buf_make(MAX_BLOCK_BYTES)};
}

void row_reader_cleanup(struct row_reader *reader)
{
    buf_release(&reader->block);
}

static bool read_memory(struct row_reader *reader)
{
    const struct buf *memory = &reader->file->memory;
    bool had = !reader->past_memory && memory->length > 0;
    reader->past_memory = true;
    return had && buf_append(&reader->block, memory->bytes, memory->length);
}

/* Appends the next bytes to the block. *any: there were some. */
static bool read_more(struct row_reader *reader, bool *any, struct err *err)
{
    struct buf *block = &reader->block;
    off_t left = reader->file->length - reader->offset;
    size_t wanted = left < (off_t)READ_BYTES ? (size_t)left : READ_BYTES;
    if (wanted == 0) {
        *any = read_memory(reader);
        return true;
    }
    if (!buf_reserve(block, wanted))
        return err_set(err, ERR_BUG, "a row does not fit its buffer");
    ssize_t count;
    do
        count = pread(reader->file->fd, block->bytes + block->length, wanted, reader->offset);
    while (count < 0 && errno == EINTR);
    if (count <= 0)
        return err_set(err, ERR_UNAVAILABLE, "cannot read the rows that were kept in a temporary file: %s",
                       count < 0 ? strerror(errno) : "it has been cut short");
    block->length += (size_t)count;
    reader->offset += count;
    *any = true;
    return true;
}

/* Reads until the block has `length` bytes of the current row. *has: there are so many. */
static bool need(struct row_reader *reader, size_t length, bool *has, struct err *err)
{
    struct buf *block = &reader->block;
    *has = true;
    if (block->length - reader->at >= length)
        return true;
    if (reader->at > 0) {
        memmove(block->bytes, block->bytes + reader->at, block->length - reader->at);
        block->length -= reader->at;
        reader->at = 0;
    }
    while (*has && block->length < length)
        if (!read_more(reader, has, err))
            return false;
    return true;
}

static uint32_t big_endian(const char *bytes, size_t count)
{
    uint32_t number = 0;
    for (size_t i = 0; i < count; i++)
        number = number << 8 | (unsigned char)bytes[i];
    return number;
}

bool row_reader_next(struct row_reader *reader, struct encoded_row *row, struct err *err)
{
    bool has;
    size_t length = 2;
    *row = (struct encoded_row){0};
    if (!need(reader, length, &has, err))
        return false;
    if (!has)
        return true;
    row->count = big_endian(reader->block.bytes + reader->at, 2);
    for (unsigned i = 0; i < row->count; i++) {
        if (!need(reader, length + 4, &has, err))
            return false;
        uint32_t value = has ? big_endian(reader->block.bytes + reader->at + length, 4) : 0;
        length += 4 + (value == UINT32_MAX ? 0 : value);
        if (has && !need(reader, length, &has, err))
            return false;
        if (!has)
            return err_set(err, ERR_BUG, "the rows that were kept end within a row");
    }
    row->values = reader->block.bytes + reader->at + 2;
    row->length = length - 2;
    reader->at += length;
    return true;
}
