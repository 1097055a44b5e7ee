/*
 * A strict reader of CSV (RFC 4180), for files of any size that arrive in blocks of any size:
 *
 *     struct csv_reader *reader = csv_reader_make(CSV_MAX_RECORD_BYTES);
 *     for each block:  csv_feed(), then csv_next() until CSV_MORE
 *     then:            csv_end(), then csv_next() until CSV_END
 *
 * A block may end anywhere: in a byte order mark, between carriage return and line feed, in a doubled quote,
 * in a character. The records depend on the bytes only, not on where the blocks end.
 *
 * A record ends at a line feed, with or without a carriage return before it. Every byte of a value is kept,
 * also blanks and control characters. A value in quotes may contain commas, line ends of any kind, and
 * doubled quotes. An empty value is CELL_NULL, quoted or not; every other value is CELL_TEXT. A byte order
 * mark at the start of the file is skipped.
 *
 * An empty line is a record with one null value. An empty last line of the file is ignored.
 *
 * CSV readers differ in what they accept. This one refuses whatever can be read in two ways, with one
 * exception: csv_expect(). These are errors:
 *
 * - a quote in a value that does not begin with a quote;
 * - anything but a comma or a line end after a closing quote;
 * - a carriage return outside quotes without a line feed after it;
 * - NUL, and bytes that are not UTF-8;
 * - the end of the file inside quotes;
 * - a record that is too large, or has more than CSV_MAX_VALUES values.
 *
 * An error names the record (the header is record 1) and the line (line feeds inside quotes count), and if it
 * is about one byte, that byte of the line; all are counted from 1. It shows at most one byte of the file.
 */
#ifndef WIRE_CSV_CSV_H
#define WIRE_CSV_CSV_H

#include "base/err.h"
#include "wire/cell.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct csv_reader; /* opaque */

enum csv_state {
    CSV_FAILED, /* err is filled; the reader stays failed */
    CSV_RECORD, /* a record was read */
    CSV_MORE,   /* the block is used up: csv_feed() or csv_end() */
    CSV_END,    /* after csv_end(): there is no further record */
};

/*
 * A record of the file. The reader does not check that all records are equally wide: the caller does. The
 * cells and their bytes are borrowed from the reader until the next call.
 */
struct csv_record {
    const struct cell *cells;
    size_t count;  /* at least 1, at most CSV_MAX_VALUES */
    uint64_t line; /* in which it begins, counted from 1 */
};

/* The maximum number of values in a record: a table of PostgreSQL has no more columns. */
#define CSV_MAX_VALUES 1600

/* The usual ceiling for csv_reader_make(), far above any real record: 64 MiB. */
#define CSV_MAX_RECORD_BYTES ((size_t)64 << 20)

/*
 * Makes a reader at the start of a file; csv_reader_release() frees it. A record of more than
 * max_record_bytes (quotes, commas and line end included) is an error. The reader's memory is limited to
 * about max_record_bytes and one block.
 */
struct csv_reader *csv_reader_make(size_t max_record_bytes);

/* NULL is allowed. */
void csv_reader_release(struct csv_reader *reader);
void csv_reader_cleanup(struct csv_reader **reader);

/*
 * Passes the next block, which may be empty, to the reader. Only at the start and after CSV_MORE. The block
 * is copied.
 */
void csv_feed(struct csv_reader *reader, const char *bytes, size_t length);

/* Says that there are no further blocks. Only at the start and after CSV_MORE. */
void csv_end(struct csv_reader *reader);

/*
 * Tells the reader how wide the records are (how many values each has), so that it can read a value in quotes
 * that contains an undoubled quote (`"Screen 24" LT",`). Such a line is read if it can be split into that
 * many values in exactly one way, where a value in quotes begins with a quote, ends with a quote before a
 * comma or the line end, and does not contain `","`. If no split or several splits are possible, or if the
 * line also has doubled quotes, or a value has a line end in it, the error is the same as without
 * csv_expect().
 *
 * An undoubled quote at the end of a value in quotes looks like a doubled one to a strict reader. The value
 * then goes on in the next lines, until another such quote, and several rows become one record of the right
 * width. So a record with line ends in quotes is accepted only if its first line alone cannot be split into
 * that many values, or only with a doubled quote in one of them. If the first line can be split in one way,
 * it is the record; if in several ways, this is an error. A file that doubles quotes in one line and not in
 * another is an error, too.
 *
 * values: the number of values. final_comma: a comma follows the last value. To be called between records.
 */
void csv_expect(struct csv_reader *reader, size_t values, bool final_comma);

/*
 * Whether the bytes so far end inside quotes, or inside a line that is being read by its width
 * (csv_expect()). False also if they end inside quotes, but the record's first line can be read by itself in
 * exactly one way. After CSV_MORE only.
 */
bool csv_is_in_quotes(const struct csv_reader *reader);

/*
 * Reads the next record. CSV_FAILED comes with ERR_DATA; all records before the error have been returned by
 * then.
 */
MUST_CHECK enum csv_state csv_next(struct csv_reader *reader, struct csv_record *record, struct err *err);

#endif
