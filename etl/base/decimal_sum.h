/*
 * Exact sums of decimal numbers: no digit is rounded, however many numbers of whatever size are added.
 * Numbers are read from their text, never through a double.
 */
#ifndef BASE_DECIMAL_SUM_H
#define BASE_DECIMAL_SUM_H

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A number to add. Most numbers are small and take only a few instructions. */
struct decimal_number {
    bool is_small;
    int64_t mantissa; /* is_small: the number is mantissa / 10^scale */
    unsigned scale;
    const char *bytes; /* else the JSON number's text, borrowed */
    size_t length;
};

/* Reads a JSON number, which bytes must hold (wire/json). Trailing zeros of its fraction are ignored. */
struct decimal_number decimal_number_read(const char *bytes, size_t length);
struct decimal_number decimal_number_of(int64_t value);

struct decimal_sum; /* opaque; used by one thread */

struct decimal_sum *decimal_sum_make(void);
void decimal_sum_release(struct decimal_sum *sum); /* NULL is allowed */
void decimal_sum_cleanup(struct decimal_sum **sum);

/* Sets the sum to 0. */
void decimal_sum_clear(struct decimal_sum *sum);

/* Copies the second sum to the first. */
void decimal_sum_copy(struct decimal_sum *sum, const struct decimal_sum *other);

/* Adds factor × number. The factor's absolute value is at most 2^32. False for a number whose exponent has
 * more than six digits.
 */
MUST_CHECK bool decimal_sum_add(struct decimal_sum *sum, const struct decimal_number *number, int64_t factor);

/* Adds another sum. */
void decimal_sum_add_sum(struct decimal_sum *sum, const struct decimal_sum *other);

bool decimal_sum_is_zero(const struct decimal_sum *sum);

/* Appends the sum: no exponent, no redundant zeros, no `-0`: "60", "-0.25". */
void decimal_sum_put(const struct decimal_sum *sum, struct buf *text);

#endif
