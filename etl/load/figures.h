/*
 * The figures of rows: what the proof of a load (load/proof) compares. They are added up exactly, from the
 * text of the rows' values.
 *
 * Only columns outside the key that are numbers in the table count. Of each: how many values it has, and
 * their sum. And one weighted sum over the rows: some bits of a row's `_row_key`, times one plus the row's
 * numbers. It ties values to keys, so that values which were exchanged between rows show, and rows under
 * another key.
 */
#ifndef LOAD_FIGURES_H
#define LOAD_FIGURES_H

#include "base/buf.h"
#include "base/decimal_sum.h"
#include "load/target.h"
#include "load/value.h"

/* The bytes of a row's key, from its beginning, that are its weight: a big-endian number. */
#define FIGURES_WEIGHT_BYTES 3

struct column_figures {
    struct decimal_sum *sum;
    struct decimal_sum *weighted; /* of the values, each by its row's weight */
    uint64_t values;              /* that are not null */
};

struct figures {
    uint64_t rows;
    struct decimal_sum *weights;    /* of the rows alone */
    struct column_figures *columns; /* one a column of the target, used or not */
};

struct figures figures_make(const struct target *target);
void figures_release(struct figures *figures, const struct target *target);

/* The one becomes what the other is. Both are of this target. */
void figures_copy(struct figures *to, const struct figures *from, const struct target *target);

/* Whether a column counts. */
bool figures_has(const struct target_column *column);

/* A value of such a column that is not null. */
struct decimal_number figures_number(const struct value *value, enum column_type type);

/*
 * Adds a row: its values, one a column of the target, and its key (ROW_KEY_BYTES). False for a number that
 * cannot be added up (decimal_sum_add()); the figures must not be used after that.
 */
MUST_CHECK bool figures_add(struct figures *figures, const struct target *target, const struct value *values,
                            const unsigned char *key);

/*
 * Adds to sum the weighted sum of the rows, by the columns that count now: another load may have made text of
 * a column that was numbers when its values were added.
 */
void figures_add_weighted(const struct figures *figures, const struct target *target,
                          struct decimal_sum *sum);

/*
 * Appends the figures as lines in no order: `rows 2`, `weighted …`, and for each column its name, its sum and
 * its number of values, `tokens_consumed 7 2`. A run's row keeps them, to be compared with the table's later.
 */
void figures_put_lines(const struct figures *figures, const struct target *target, struct buf *lines);

#endif
