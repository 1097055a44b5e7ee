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

/* What the next byte follows. */
enum csv_place {
    CSV_BEFORE_BOM,    /* the start of the file, or a part of a byte order mark */
    CSV_BEFORE_RECORD, /* a line end, or the start */
    CSV_IN_VALUE,      /* a comma, or bytes of a value without quotes */
    CSV_IN_QUOTES,
    CSV_BEHIND_QUOTE, /* a quote that closes the value, or is the first of two */
    CSV_BEHIND_RETURN,
};

struct csv_reader {
    const char *block;
    size_t length;
    size_t at;       /* the next byte of the block */
    size_t start;    /* of the record in the block; where it began in an earlier one, that part is in carry */
    size_t limit;    /* where the block ends, or the record would pass its ceiling */
    uint64_t offset; /* of the block's first byte in the file */

    enum csv_place place;
    bool given;      /* the record that was read last is the caller's until the next call */
    bool ended;      /* no block follows */
    bool line_ended; /* the byte before is a line's last */
    bool failed;

    uint64_t line;        /* of the next byte */
    uint64_t line_offset; /* of that line's first byte in the file */
    uint64_t records;     /* handed out */
    uint64_t record_line; /* in which the record begins */
    uint64_t quote_line;  /* in which the last quoted value begins */
    uint64_t blank_line;  /* an empty line that is a record if it is not the last one; 0: none */

    uint64_t record_line_offset; /* of the first byte of the line in which the record begins */

    /* Reading a line by its width. */
    size_t values;    /* that a record has; 0: not known */
    bool final_comma; /* behind the last of them */
    bool in_doubt;    /* the latest error is about quotes: the line may be readable by its width */
    bool loose;       /* the record's first line is being read by its width */
    struct err fault; /* the error of the first reading */
    struct buf again; /* the block, where a record had to be read again */

    /* The record being read. */
    size_t bom_length;  /* of the byte order mark, as far as it was seen */
    size_t max_bytes;   /* the record's ceiling */
    struct buf carry;   /* the record's bytes from earlier blocks; all of them where quotes are undoubled */
    unsigned char high; /* the bytes of the record, or-ed: whether it has some past ASCII */
    bool doubled;       /* it has a doubled quote */
    size_t count;       /* of its values that have ended */
    size_t *ends;       /* where they have, in bytes from the record's start: at a comma or the line end */
    const char *text;   /* of the record that was read last */
    struct cell *cells; /* as handed out */
};

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
 * values end. 0 for a line of more than CSV_MAX_LOOSE commas.
 */
#define CSV_MAX_LOOSE 300
unsigned csv_split_line(const char *line, size_t length, size_t values, size_t *ends);

/* After an error about quotes in a record whose width is known: returns to the start of the record. */
void csv_go_back(struct csv_reader *reader, const struct err *fault);

/* Reads the record's first line by its width. The reader's `loose` must be set. */
enum csv_state csv_read_loose(struct csv_reader *reader, struct err *err);

void csv_begin_line(struct csv_reader *reader, size_t at);
bool csv_carry_record(struct csv_reader *reader, struct err *err);
void csv_set_limit(struct csv_reader *reader);

/* Each fails the reader and returns false. */

/* Says `what` of the next byte, or of the byte that is `back` bytes before it in the line. */
bool csv_fail_here(struct csv_reader *reader, unsigned back, struct err *err, const char *what);
bool csv_fail_nul(struct csv_reader *reader, struct err *err);
/* After these three errors the line may still be readable by its width. */
bool csv_fail_quote(struct csv_reader *reader, struct err *err);
bool csv_fail_short(struct csv_reader *reader, struct err *err);
bool csv_fail_behind_quote(struct csv_reader *reader, struct err *err);

/* text: the record's; at: the offset of the first byte that is not UTF-8. */
bool csv_fail_no_utf8(struct csv_reader *reader, const char *text, size_t at, struct err *err);

/* The record is larger than it may be, has more values than it may have, or ends inside quotes. */
bool csv_fail_size(struct csv_reader *reader, struct err *err);
bool csv_fail_width(struct csv_reader *reader, struct err *err);
/* The file ends inside quotes. Sets in_doubt as well. */
bool csv_fail_open(struct csv_reader *reader, struct err *err);

#endif
