/*
 * Totals lines: a row without any value of the key, beside at least two others, whose additive metrics it
 * sums up. Loaded, it would count everything twice.
 */
#ifndef LOAD_TOTALS_LINE_H
#define LOAD_TOTALS_LINE_H

#include "base/err.h"
#include "load/figures.h"

/* The row without any value of the key; of several, the last that was noted. */
struct totals_line {
    bool found;
    uint64_t row;                /* its number in the result, from 1 */
    struct decimal_sum **values; /* its numbers, one a column of the target */
};

struct totals_line totals_line_make(const struct target *target);
void totals_line_release(struct totals_line *line, const struct target *target);

/* Notes a row if it is one. False for a number that cannot be added up. */
MUST_CHECK bool totals_line_note(struct totals_line *line, const struct target *target,
                                 const struct value *values, uint64_t row);

/* Forgets it where it is behind the first `rows` rows, which alone are kept. */
void totals_line_take_back(struct totals_line *line, uint64_t rows);

/* ERR_DATA where it sums up the other rows; all are the figures of all rows. */
MUST_CHECK bool totals_line_refuse(const struct totals_line *line, const struct target *target,
                                   const struct figures *all, struct err *err);

#endif
