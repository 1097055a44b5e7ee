/*
 * Keeps rows encoded for COPY (wire/pg/copy_format) until it is known where they go: the first ones in
 * memory, further ones in an unlinked file, which disappears with the process. They can be read any number of
 * times.
 *
 * The file is created in $TMPDIR, or in /var/tmp, which is on a disk where /tmp may be memory.
 */
#ifndef LOAD_ROW_FILE_H
#define LOAD_ROW_FILE_H

#include "base/buf.h"
#include "base/err.h"

#include <stdint.h>
#include <sys/types.h>

struct row_file; /* opaque */

struct row_file *row_file_make(void);
void row_file_release(struct row_file *file); /* NULL is allowed */

/*
 * Adds whole rows, as written by copy_begin_row() and the functions after it. Returns false, with errno, if
 * the file cannot be created or written: then these rows are not kept, and the earlier ones can still be
 * read.
 */
MUST_CHECK bool row_file_add(struct row_file *file, const struct buf *rows);

/* A reader's position in the rows. No rows may be added while it is used. */
struct row_reader {
    struct row_file *file;
    off_t offset;     /* where the next read of the file begins */
    bool past_memory; /* the rows in memory have been read too */
    struct buf block;
    size_t at; /* where the next row begins in the block */
};

struct row_reader row_reader_make(struct row_file *file);
void row_reader_cleanup(struct row_reader *reader);

/* A row as in a COPY, without its number of values. Owned by the reader until the next row is read. */
struct encoded_row {
    const char *values; /* NULL: there are no more rows */
    size_t length;
    unsigned count; /* the number of values */
};

/* Reads the next row. ERR_UNAVAILABLE if the file cannot be read. */
MUST_CHECK bool row_reader_next(struct row_reader *reader, struct encoded_row *row, struct err *err);

#endif
