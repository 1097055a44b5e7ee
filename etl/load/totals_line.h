/*
 * Detects a totals line: a row whose key has no values, with at least two other rows, and whose additive
 * metrics are the sums of theirs. If it were loaded, everything would count twice.
 */
#ifndef LOAD_TOTALS_LINE_H
#define LOAD_TOTALS_LINE_H

#include "base/err.h"
#include "load/figures.h"

/* The row whose key has no values; if there are several, the last one. */
struct totals_line {
    bool found;
    uint64_t row;                /* its number in the result, from 1 */
    struct decimal_sum **values; /* its numbers, one per column of the target */
};

struct totals_line totals_line_make(const struct target *target);
void totals_line_release(struct totals_line *line, const struct target *target);

/* Keeps a row if its key has no values. False for a number that cannot be added up. */
MUST_CHECK bool totals_line_note(struct totals_line *line, const struct target *target,
                                 const struct value *values, uint64_t row);

/* Forgets the kept row if it is not among the first `rows` rows, when later ones are removed. */
void totals_line_remove_part(struct totals_line *line, uint64_t rows);

/* ERR_DATA if the kept row is a totals line; all: the figures of all rows. */
MUST_CHECK bool totals_line_refuse(const struct totals_line *line, const struct target *target,
                                   const struct figures *all, struct err *err);

#endif
