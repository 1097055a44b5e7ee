/*
 * Decides what a value without quotes is in an export's file: `null`, `7.10` or `1E3` may be a null and
 * numbers, or texts of a file that does not quote its texts. Token Flex API, "Export": files of 2018 quote
 * texts, but not numbers and dates. It is not known whether the service still does so. A query's result has
 * null and numbers in their place. If the same row came in two forms, it would be stored as two rows.
 *
 * For a field, its own column decides if it has a word, else the other columns, else the header:
 *
 * - there is a word in quotes, which it does not need (export_is_word()): texts are quoted, so without quotes
 *   `null` is null and a number is a number;
 * - there is a word without quotes, other than `null`: texts are not quoted, so all values are texts.
 *
 * In the column of a metric, without quotes `null` is null and a number is a number, in every file.
 *
 * A value in quotes is a text. The decision is made for the first block of rows that needs it. If a later row
 * contradicts it, or one column has both kinds of words, the file is refused, because a wrong guess would not
 * be noticed.
 *
 * Pure.
 */
#ifndef RUN_EXPORT_DIALECT_H
#define RUN_EXPORT_DIALECT_H

#include "base/err.h"
#include "base/text.h"
#include "run/row_block.h"
#include "wire/cell.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Lines of the file, counted from 1; 0: none yet. */
struct export_column_dialect {
    uint64_t quoted_line; /* the first word in quotes */
    uint64_t bare_line;   /* the first word without */
    uint64_t doubt_line;  /* without quotes: the first null, or number that is another value as a text */
    bool is_judged;
    bool was_quoting; /* is_judged: what the judgement was */
};

struct export_dialect {
    const struct text_list *names; /* of the columns, fields first */
    size_t fields;
    bool header_is_quoted;
    bool has_quoted_words; /* in any column */
    bool has_bare_words;
    struct export_column_dialect *columns;
};

/* names is borrowed: the API's names, as in run/export_rows. */
struct export_dialect export_dialect_make(const struct text_list *names, size_t fields);
void export_dialect_cleanup(struct export_dialect *dialect);

/* Clears everything noted: the file is read from its start again. */
void export_dialect_clear(struct export_dialect *dialect);

/* Takes note of a row. */
void export_dialect_note(struct export_dialect *dialect, const struct cell *cells, uint64_t line);

/*
 * Turns values of the block without quotes that are null or a number into CELL_NULL and CELL_NUMBER. All rows
 * of the block have been noted, and row_block_finish() was called. ERR_DATA, with the lines, if it cannot be
 * decided what the values are.
 */
MUST_CHECK bool export_dialect_convert(struct export_dialect *dialect, struct row_block *block,
                                       struct err *err);

/* Whether a value begins with an ASCII letter and has no blank, comma, quote or control character: CSV does
 * not require quotes for it. */
bool export_is_word(const struct cell *cell);

#endif
