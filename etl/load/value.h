/*
 * One value of a row, checked against its column's type: the gate that no wrong number passes.
 *
 * What comes out is text that PostgreSQL reads as exactly this value. Numbers are never converted: a numeric
 * column gets the digits that the service wrote.
 */
#ifndef LOAD_VALUE_H
#define LOAD_VALUE_H

#include "base/err.h"
#include "job/catalogue.h"
#include "wire/cell.h"

#include <stdbool.h>
#include <stddef.h>

struct value {
    bool is_null;
    bool is_plain;     /* needs no escaping in COPY */
    const char *bytes; /* borrowed from the cell, a constant, or `digits`: a value is read where it stays */
    size_t length;
    char digits[24]; /* of a whole number that came with an exponent */
};

/*
 * Reads a cell as a type. Empty text is null, whatever the type. Text that holds a number is a number where
 * one is wanted; 60.0 and 1.2E7 are whole; a date may carry a time of midnight, and a timestamp may be a
 * date. False: *problem says what is wrong with the value in words that follow it ("is no date as
 * 2026-11-22").
 */
MUST_CHECK bool value_read(const struct cell *cell, enum column_type type, struct value *value,
                           const char **problem);

/* The narrowest type that a cell fits; false for null, which fits all. */
bool value_infer(const struct cell *cell, enum column_type *type);

/* The narrowest type that holds the values of both. */
enum column_type value_widen(enum column_type one, enum column_type other);

/*
 * The digits of a number in the one form that equal numbers share: no exponent, no zero too many, no `-0`;
 * "60.0", "6e1" and "60" are "60". out holds at least VALUE_CANONICAL bytes; false when the number does not
 * fit there.
 */
#define VALUE_CANONICAL 1200
MUST_CHECK bool value_canonical_number(const char *bytes, size_t length, char *out, size_t *out_length);

#endif
