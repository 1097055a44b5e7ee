/*
 * Keeps rows encoded for COPY (wire/pg/copy_format) until it is known where they go: the first ones in
 * memory, further ones in an unlinked file, which disappears with the process. They can be read any number of
 * times, in the order of the table's unique index: rows that come in that order are inserted about twice as
 * fast as rows in another order, where the index has rows already.
 *
 * Memory is bounded: rows are sorted in runs, which are merged when they are read, at most ROW_FILE_RUNS at
 * once. The rows of more runs come in several sorted sequences, one after the other. A thread sorts and
 * writes one run while the next one is filled.
 *
 * The file is created in $TMPDIR, or in /var/tmp, which is on a disk where /tmp may be memory.
 */
#ifndef LOAD_ROW_FILE_H
#define LOAD_ROW_FILE_H

#include "base/buf.h"
#include "base/err.h"
#include "load/row_key.h"

#include <stdint.h>
#include <sys/types.h>

struct row_file; /* opaque */

/* The usual length of a run. */
#define ROW_FILE_RUN_BYTES ((size_t)2 << 20)

/* The number of runs that are read at once. */
#define ROW_FILE_RUNS 256

/* run_bytes: about how many bytes of rows are sorted at once, in memory. */
struct row_file *row_file_make(size_t run_bytes);
void row_file_release(struct row_file *file); /* NULL is allowed */

/* A row's place in the order: by `lead`, then by the first bytes of its key. Rows that differ in neither come
 * in any order: two of the same day hardly ever do. */
struct row_order {
    int64_t lead; /* the value of the date that leads the index */
    uint64_t key; /* the first 8 bytes, as a number whose order is theirs */
};

#define ROW_ORDER_NO_LEAD INT64_MAX /* of a row without such a date, which the index puts last */

struct row_order row_order_make(int64_t lead, const unsigned char key[static ROW_KEY_BYTES]);

/*
 * Adds a row, as written by copy_begin_row() and the functions after it. Returns false, with errno, if the
 * file cannot be created, or an earlier run of rows could not be written to it: then this row is not kept,
 * and the earlier ones can still be read.
 */
MUST_CHECK bool row_file_add(struct row_file *file, const struct row_order *order, const struct buf *row);

/* Reads the rows. None may be added while it is used. */
struct row_reader; /* opaque */

struct row_reader *row_reader_make(struct row_file *file);
void row_reader_release(struct row_reader *reader);
void row_reader_cleanup(struct row_reader **reader);

/* A row as in a COPY, without its number of values. Owned by the reader until the next row is read. */
struct encoded_row {
    const char *values; /* NULL: there are no more rows */
    size_t length;
    unsigned count; /* the number of values */
};

/* Reads the next row. ERR_UNAVAILABLE if the file cannot be read. */
MUST_CHECK bool row_reader_next(struct row_reader *reader, struct encoded_row *row, struct err *err);

#endif
