/*
 * Shows one running job as one line of a terminal:
 *
 *     daily_product_usage 2/3 11000000001  page 4 of 20  1m03s left  20,000 of 98,123 rows  1,250/s
 *
 * The order is fixed: the job with its chunk and contract, in a column; the phase; what the job waits for;
 * the time left; rows or bytes; their speed. The most important parts come first, because the line is cut at
 * the terminal's width. Pure: the functions take entry, clock and width, and return text. All of it is ASCII,
 * so that one byte is one column.
 */
#ifndef TERMINAL_PROGRESS_LINE_H
#define TERMINAL_PROGRESS_LINE_H

#include "base/buf.h"
#include "base/progress.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct progress_line {
    const struct progress_entry *entry;
    size_t columns;     /* the maximum length of the line */
    size_t label_width; /* the width of the column of labels: progress_label_width() */
    bool colour;
    int64_t now_ms; /* monotonic */
};

/* Appends the line, without a newline. */
void progress_line_put(struct buf *out, const struct progress_line *line);

/* The width of the widest label among the entries, which are shown together; at most half of `columns`. */
size_t progress_label_width(const struct progress_entry *entries, size_t count, size_t columns);

#endif
