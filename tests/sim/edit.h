/* What a rule does to rows that are otherwise right: values and widths changed in the rendered text of a row.
 */
#ifndef SIM_EDIT_H
#define SIM_EDIT_H

#include "rows.h"
#include "script.h"

/* Writes rows of a cursor with a rule's changes; row numbers of rules count from where the writer started. */
struct row_writer {
    struct cursor *cursor;
    const struct rule *rule; /* may be NULL */
    uint64_t row;
    struct buf last; /* text of the row before, kept while a duplicate is asked for */
};

/* Adds the next row's text. */
void row_writer_write(struct row_writer *writer, struct buf *out);
void row_writer_free(struct row_writer *writer);

/* The index of a rule's value column in a plan's columns. */
size_t edit_value_column(const struct rule *rule, const struct plan *plan);

#endif
