/*
 * The figures of rows that the proof of a load (load/proof) compares. They are added up exactly, from the
 * text of the rows' values.
 *
 * Only columns outside the key that are numeric in the table count. For each of them: how many values it has,
 * and their sum. And one weighted sum over the rows: some bits of a row's `_row_key`, times one plus the
 * row's numbers. It ties values to keys, so that it shows values that were exchanged between rows, and rows
 * with another key.
 */
#ifndef LOAD_FIGURES_H
#define LOAD_FIGURES_H

#include "base/buf.h"
#include "base/decimal_sum.h"
#include "load/target.h"
#include "load/value.h"

/* How many of the first bytes of a row's key are its weight, a big-endian number. */
#define FIGURES_WEIGHT_BYTES 3

struct column_figures {
    struct decimal_sum *sum;
    struct decimal_sum *weighted; /* of the values, each multiplied by its row's weight */
    uint64_t values;              /* values that are not null */
};

struct figures {
    uint64_t rows;
    struct decimal_sum *weights;    /* the sum of the rows' weights */
    struct column_figures *columns; /* one per column of the target, used or not */
};

struct figures figures_make(const struct target *target);
void figures_release(struct figures *figures, const struct target *target);

/* Copies the figures. Both must be made for this target. */
void figures_copy(struct figures *to, const struct figures *from, const struct target *target);

/* Whether a column counts in the figures. */
bool figures_has(const struct target_column *column);

/* The number in a value of such a column, which must not be null. */
struct decimal_number figures_number(const struct value *value, enum column_type type);

/*
 * Adds a row: its values, one per column of the target, and its key (ROW_KEY_BYTES). False for a number that
 * cannot be added up (decimal_sum_add()); then the figures must not be used any more.
 */
MUST_CHECK bool figures_add(struct figures *figures, const struct target *target, const struct value *values,
                            const unsigned char *key);

/*
 * Adds the weighted sum of the rows to sum, for the columns that count now: another load may have made a
 * column text that was numeric when its values were added.
 */
void figures_add_weighted(const struct figures *figures, const struct target *target,
                          struct decimal_sum *sum);

/*
 * Appends the figures as lines in no defined order: `rows 2`, `weighted …`, and for each column its name, its
 * sum and its number of values, `tokens_consumed 7 2`. A run row stores them, to be compared with the table's
 * figures later.
 */
void figures_put_lines(const struct figures *figures, const struct target *target, struct buf *lines);

#endif
