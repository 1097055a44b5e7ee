/*
 * Decimal numbers as JSON writes them, split into their digits without conversion to a binary number, so that
 * they stay exact.
 */
#ifndef BASE_DECIMAL_H
#define BASE_DECIMAL_H

#include "base/macros.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The number is whole.fraction × 10^exponent. The digits are borrowed. A number that equals zero may have any
 * number of digits. */
struct decimal {
    bool negative;
    const char *whole;
    size_t whole_length;
    const char *fraction;
    size_t fraction_length;
    long exponent;
};

/*
 * Splits a number: an optional `-`, digits, an optional point with digits, an optional exponent. These are
 * all JSON numbers, and also `.5`, `5.` and `05`. False for anything else, such as `NaN`, and when the
 * exponent has more than six digits.
 */
MUST_CHECK bool decimal_split(const char *bytes, size_t length, struct decimal *decimal);

/*
 * The digits of a JSON number in the one form that equal numbers share: no exponent, no redundant zeros, no
 * `-0`; "60.0", "6e1" and "60" are "60". out holds at least DECIMAL_CANONICAL bytes. A NUL follows the
 * digits; *out_length does not count it. False when the number does not fit there.
 */
#define DECIMAL_CANONICAL 1200
MUST_CHECK bool decimal_canonical(const char *bytes, size_t length, char *out, size_t *out_length);

/* Reads a JSON number that is a whole one, from 0 to `most`, in any form: "60.0" and "6e1" are 60. False,
 * with *value untouched, for any other. */
MUST_CHECK bool decimal_to_uint(const char *bytes, size_t length, uint64_t most, uint64_t *value);

#endif
