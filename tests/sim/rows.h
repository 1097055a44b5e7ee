/*
 * The rows of a plan, one after the other, written straight into a buffer as JSON arrays or CSV lines.
 * Everything about a row follows from its plan and its number: two cursors on one plan give the same bytes.
 */
#ifndef SIM_ROWS_H
#define SIM_ROWS_H

#include "plan.h"

/* A column of a CSV file that no one asked for. */
#define ROWS_EXTRA_COLUMN SIZE_MAX

struct cursor {
    struct plan *plan; /* not held */
    enum format format;
    const char *null_text;
    const size_t *order; /* columns to write, in this order; not owned */
    size_t order_count;
    struct groups *groups; /* of the period that the row is in, where the plan has an answer */
    uint64_t row;          /* the next one */
    uint64_t period;       /* index of its period */
    uint64_t in_period;
    uint32_t digits[PLAN_MAX_COLUMNS];
    uint32_t step[PLAN_MAX_COLUMNS];
};

/* Puts the cursor before row `row`. order (order_count columns) outlives it. */
void cursor_start(struct cursor *cursor, struct plan *plan, enum format format, const char *null_text,
                  const size_t *order, size_t order_count, uint64_t row);

/* Adds the next row, a JSON array or CSV values without a line end, and moves on. Not past plan->total. */
void cursor_write(struct cursor *cursor, struct buf *out);

/* Ends the use of a cursor that was started. */
void cursor_end(struct cursor *cursor);

#endif
