/*
 * What a value without quotes is in an export's file: `null`, `7.10` or `1E3` may be a null and numbers, or
 * texts of a file that does not quote its texts. Token Flex API, "Export": files of 2018 quote texts and have
 * numbers and dates bare; whether the service still does so is not known, and a query's result has null and
 * the number where they have them. Two forms of one row would be two rows.
 *
 * Each column of a field is judged by what the file has in it, else by the other columns, else by the header:
 *
 * - a word in quotes, which needs none: the column quotes its texts, so `null` is null, and a number is one;
 * - a word without quotes: the column does not, so all are texts;
 * - in a metric's column `null` is null and a number is one, in every file.
 *
 * What is in quotes is a text. The judgement is made for the first block of rows that needs it. If a later
 * row contradicts it, or one column has both words, the file is refused: nothing would show a wrong guess.
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
    uint64_t doubt_line;  /* the first null without quotes, or number that as a text is another value */
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

/* Forgets everything: the file is read from its start again. */
void export_dialect_clear(struct export_dialect *dialect);

/* Takes note of a row. */
void export_dialect_note(struct export_dialect *dialect, const struct cell *cells, uint64_t line);

/*
 * Turns values without quotes into CELL_NULL and CELL_NUMBER where they are that. Of the block's rows, which
 * are finished, all have been noted. ERR_DATA, with the lines, if it cannot be told.
 */
MUST_CHECK bool export_dialect_settle(struct export_dialect *dialect, struct row_block *block,
                                      struct err *err);

/* Whether a value begins with an ASCII letter and has no blank, comma, quote or control character: no writer
 * quotes it out of need. */
bool export_is_word(const struct cell *cell);

#endif
