/*
 * One running job as a line of a terminal:
 *
 *     daily_product_usage 2/3 11000000001  page 4 of 20  1m03s left  20,000 of 98,123 rows  1,250/s
 *
 * Its layout is fixed: the job with its chunk and contract, in a column; how far it is; what it waits for;
 * the time left; rows or bytes; their speed. What matters most stands in front, since a line ends where the
 * terminal does. Pure: entry, clock and room in, text out. All of it is ASCII, so that a byte is a column.
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
    size_t columns;     /* the line's ceiling */
    size_t label_width; /* of the column of jobs: progress_label_width() */
    bool colour;
    int64_t now_ms; /* monotonic */
};

/* Appends the line, without its end. */
void progress_line_put(struct buf *out, const struct progress_line *line);

/* Of lines of so many columns that are shown together: the widest label's width, at most half of a line. */
size_t progress_label_width(const struct progress_entry *entries, size_t count, size_t columns);

#endif
