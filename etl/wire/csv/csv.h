/*
 * A strict reader of CSV as RFC 4180 has it, for files of any size that arrive in blocks of any size:
 *
 *     struct csv_reader *reader = csv_reader_make(CSV_MAX_RECORD_BYTES);
 *     for each block:  csv_feed(), then csv_next() until CSV_MORE
 *     then:            csv_end(), then csv_next() until CSV_END
 *
 * A block may end anywhere: in a byte order mark, between carriage return and line feed, in a doubled quote,
 * in a character. What comes out depends on the bytes alone, never on where they were cut.
 *
 * A record ends at a line feed, with or without a carriage return in front. A value is taken byte for byte,
 * so blanks and control characters stay; between quotes it may hold commas, line ends of any kind, and
 * quotes, doubled. An empty value is CELL_NULL, quoted or not; every other one is CELL_TEXT. A byte order
 * mark at the start of the file is skipped.
 *
 * A line with nothing in it is a record of one null value, unless it is the last one of the file: then it is
 * none.
 *
 * Where readers of CSV differ from each other, the file is refused rather than guessed at: money is counted
 * from it. (One exception is csv_expect().) So an error is a quote inside a value that does not begin with
 * one (elsewhere literal text, or the start of a quoted part), anything but a comma or line end behind a
 * closing quote, and a carriage return that is neither quoted nor followed by a line feed (elsewhere a line
 * end, or text). And so are NUL and bytes that are not UTF-8, which text cannot hold.
 *
 * An error names the record (counted from 1, the header too), the line (counted from 1, at line feeds, those
 * inside quotes too) and the byte of the line (counted from 1). It shows one byte of the file at most.
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
 * A record as the file has it: whether it is as wide as the others is for the caller to see. The cells, and
 * their bytes, are borrowed from the reader and the block until the next call.
 */
struct csv_record {
    const struct cell *cells;
    size_t count;  /* at least 1, at most CSV_MAX_VALUES */
    uint64_t line; /* in which it begins, counted from 1 */
    /* For csv_is_quoted(). */
    const char *text;
    const size_t *ends;
};

/* Whether a value of the record stands in quotes. */
bool csv_is_quoted(const struct csv_record *record, size_t value);

/* The most values a record may have: no table has more columns (PostgreSQL's limit). */
#define CSV_MAX_VALUES 1600

/* A ceiling for csv_reader_make() that no honest record meets: 64 MiB. */
#define CSV_MAX_RECORD_BYTES ((size_t)64 << 20)

/*
 * A reader at the start of a file. A record of more than max_record_bytes, with its quotes, commas and line
 * end, is an error; the reader itself takes no more memory than about that, and that only for records that
 * have a doubled quote or lie across blocks.
 */
struct csv_reader *csv_reader_make(size_t max_record_bytes);

/* NULL is allowed. */
void csv_reader_release(struct csv_reader *reader);
void csv_reader_cleanup(struct csv_reader **reader);

/*
 * The next block, which may be empty. Only at the start and after CSV_MORE. It is borrowed until csv_next()
 * answers CSV_MORE.
 */
void csv_feed(struct csv_reader *reader, const char *bytes, size_t length);

/* There are no further blocks. Only at the start and after CSV_MORE. */
void csv_end(struct csv_reader *reader);

/*
 * What a record of the file has, once that is known. Then a line with a quote inside a text that is not
 * doubled is read where its width allows one reading only: each text begins with a quote and ends with one at
 * a comma or the line end, and `","` is inside of none. A line that allows none, or several, or that has
 * doubled quotes beside it, is the error that it is without this. So is a text that holds a line end.
 *
 * values: the record has so many. final_comma: and a comma behind the last one. Between records only.
 */
void csv_expect(struct csv_reader *reader, size_t values, bool final_comma);

/*
 * Whether the bytes so far end inside quotes, or inside a line that has to be read as csv_expect() has it.
 * After CSV_MORE only.
 */
bool csv_is_in_quotes(const struct csv_reader *reader);

/*
 * The next record. CSV_FAILED comes with ERR_DATA; the records before the fault have been handed out by then.
 */
MUST_CHECK enum csv_state csv_next(struct csv_reader *reader, struct csv_record *record, struct err *err);

#endif
