/*
 * Shared by the files of wire/csv: the reader's state, the cells of a record, reading a line by its width,
 * and the errors.
 */
#ifndef WIRE_CSV_CSV_INNER_H
#define WIRE_CSV_CSV_INNER_H

#include "base/buf.h"
#include "wire/csv/csv.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct csv_reader {
    struct buf bytes; /* those bytes of the file that are still needed */
    size_t start;     /* where the current record begins in `bytes` */
    bool is_begun;    /* it is known whether the file begins with a byte order mark */
    bool ended;       /* no block follows */
    bool line_ended;  /* the last byte of the file so far ends a line */
    bool failed;
    uint64_t line;    /* in which the record begins */
    uint64_t records; /* handed out */
    size_t max_bytes; /* the record's ceiling */

    /* The record. Offsets are counted from its first byte. */
    bool given;         /* it is the caller's until the next call */
    size_t at;          /* the next byte */
    size_t lines;       /* line ends before `at` */
    size_t count;       /* values that have ended */
    size_t *ends;       /* where each of them ended: at a comma or the line end */
    unsigned char high; /* the bitwise OR of its bytes: CSV_TOP_BIT is set if one is not ASCII */
    bool in_quotes;
    bool doubled;       /* it has a doubled quote */
    struct cell *cells; /* as handed out */

    /* Reading a line by its width. */
    size_t values;    /* that a record has; 0: not known */
    bool final_comma; /* behind the last of them */
    bool in_doubt;    /* the error is about quotes: the line may be readable by its width */
    bool loose;       /* the record's first line is being read by its width */
    bool by_width;    /* the record was read by its width */
    struct err fault; /* the error of the first reading */

    /* The first lines that show how the file has a quote inside a text; 0: none yet. */
    uint64_t doubled_line;
    uint64_t undoubled_line;
};

/* The record's bytes and those behind it, as far as they have come. */
static inline char *csv_text(const struct csv_reader *reader)
{
    return reader->bytes.bytes + reader->start;
}

static inline size_t csv_length(const struct csv_reader *reader)
{
    return reader->bytes.length - reader->start;
}

/* The bit that is set in all bytes that are not ASCII. */
#define CSV_TOP_BIT 0x80

/*
 * For tests. After csv_end(), with CSV_END or CSV_FAILED: whether the file ended with a line end. A carriage
 * return alone is not a line end.
 */
bool csv_ended_with_line_end(const struct csv_reader *reader);

/* The offset of the first byte that is not UTF-8; length if all are. */
size_t csv_utf8_end(const char *bytes, size_t length);

/*
 * Makes the cells of a record. ends: the offsets in text at which the values end (at a comma or at the
 * record's end). The cell of a value in quotes does not include the quotes.
 */
void csv_make_cells(struct cell *cells, const char *text, const size_t *ends, size_t count);

/* Replaces doubled quotes in the cells by single ones. text: the memory that the cells borrow; it is changed.
 */
void csv_undouble(struct cell *cells, size_t count, char *text);

/*
 * In how many ways a line can be read as this number of values: 0, 1, or 2 for two or more. A value either
 * begins and ends with a quote, or has no quote. If there is one way, ends has the offsets at which its
 * values end. 0 for a line of CSV_MAX_LOOSE commas or more.
 */
#define CSV_MAX_LOOSE 300
unsigned csv_split_line(const char *line, size_t length, size_t values, size_t *ends);

/*
 * False for a record with too few values and a quote: undoubled quotes may hide commas, and csv_read_short()
 * may find them. True for others. A final comma may be there or not.
 */
bool csv_fits_width(const struct csv_reader *reader);

/* For a record that has too few values: reads its line again, by the width of the other records. False if
 * that is not possible in exactly one way. */
bool csv_read_short(struct csv_reader *reader);

/*
 * In how many ways the first line of a record with line ends in quotes can be a record by itself (2: two or
 * more). It can if an undoubled quote hid its end, so that later lines were read as parts of it. 0 if the
 * width is not known, or if a value would contain a doubled quote: then the line end is inside a value.
 */
unsigned csv_first_line_readings(const struct csv_reader *reader);

/* Reads the record's first line by its width, after the error `fault`. */
enum csv_state csv_read_loose(struct csv_reader *reader, struct err *err);

/* Each fills err and returns CSV_FAILED. */

/* The next byte is not allowed there. */
enum csv_state csv_fail_byte(struct csv_reader *reader, bool is_behind_quote, struct err *err);
enum csv_state csv_fail_nul(const struct csv_reader *reader, struct err *err);

/* at: the offset of the first byte that is not UTF-8. */
enum csv_state csv_fail_no_utf8(const struct csv_reader *reader, size_t at, struct err *err);

/* The record is larger than it may be, has more values than it may have, or fewer than others. */
enum csv_state csv_fail_size(struct csv_reader *reader, struct err *err);
enum csv_state csv_fail_width(const struct csv_reader *reader, struct err *err);
enum csv_state csv_fail_short(struct csv_reader *reader, struct err *err);

/* A record of several lines whose first line can be read by itself, in several ways. */
enum csv_state csv_fail_lines(const struct csv_reader *reader, struct err *err);

/* The file doubles quotes in one line and not in another. */
enum csv_state csv_fail_mixed(const struct csv_reader *reader, struct err *err);

/* The file ends inside quotes. */
enum csv_state csv_fail_open(struct csv_reader *reader, struct err *err);

#endif
