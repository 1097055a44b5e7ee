/*
 * Decides what values without quotes are in an export's file. If the file quotes its texts, `null`, `7.10`
 * and `1E3` are a null and numbers; if it does not, they may be texts. Token Flex API, "Export": files of
 * 2018 quote texts, but not numbers and dates. It is not known whether the service still does so. A query's
 * result tells null, numbers and texts apart. If an export and a query returned a row in different forms, it
 * would be stored as two rows.
 *
 * A word (export_is_word()) needs no quotes, so it shows whether texts are quoted. The first of these that
 * has words decides for a field: its own column, all fields, the header.
 *
 * - A word is in quotes: texts are quoted, so without quotes `null` is null and a number is a number.
 * - A value other than `null`, `true` and `false` that begins with a letter, be it a word or not, is without
 * quotes: texts are not quoted, so all values are texts. `true` and `false` show nothing: booleans have no
 * quotes where texts have them.
 *
 * In the column of a metric, without quotes `null` is null and a number is a number, in every file.
 *
 * A value in quotes is a text. The decision is made for the first block of rows that needs it. If a later row
 * contradicts it, or a column that needs the decision has both kinds of words, the file is refused, because a
 * wrong guess would not be noticed.
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
    uint64_t bare_line;   /* the first value without quotes that shows that texts have none */
    uint64_t doubt_line;  /* the first `null`, or number not in canonical form (`1.0`), without quotes */
    bool is_judged;
    bool was_quoting; /* is_judged: the decision was that texts are quoted */
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

/* Notes the words and doubtful values of a row. All rows must be noted, in order. */
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
