/*
 * Rows encoded for COPY (wire/pg/copy_format), kept until it is clear where they go: the first ones in
 * memory, what is more in a file without a name, which is gone with the process. They can be read as often as
 * wanted.
 *
 * The file is made in $TMPDIR, or in /var/tmp, which is on a disk where /tmp may be memory.
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
 * Adds whole rows, as copy_begin_row() and what follows it have written them. False, with errno, when the
 * file cannot be made or written: these rows are not in it then, those before them can still be read.
 */
MUST_CHECK bool row_file_add(struct row_file *file, const struct buf *rows);

/* One reader's way through the rows; nothing may be added meanwhile. */
struct row_reader {
    struct row_file *file;
    off_t offset;     /* in the file, of what is read next */
    bool past_memory; /* the rows that are kept in memory have been read, too */
    struct buf block;
    size_t at; /* in the block, of the next row */
};

struct row_reader row_reader_make(struct row_file *file);
void row_reader_cleanup(struct row_reader *reader);

/* A row without its number of values, as it stands in a COPY: owned by the reader until the next is read. */
struct encoded_row {
    const char *values; /* NULL behind the last row */
    size_t length;
    unsigned count; /* of values */
};

/* ERR_UNAVAILABLE when the file cannot be read. */
MUST_CHECK bool row_reader_next(struct row_reader *reader, struct encoded_row *row, struct err *err);

#endif
