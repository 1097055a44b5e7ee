/*
 * One value of a row, checked against its column's type: the gate that no wrong number passes.
 *
 * What comes out is exactly the value that came. Numbers of a numeric column are never converted: it gets the
 * digits that the service wrote.
 */
#ifndef LOAD_VALUE_H
#define LOAD_VALUE_H

#include "base/decimal.h"
#include "base/err.h"
#include "job/catalogue.h"
#include "wire/cell.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct value {
    bool is_null;
    const char *bytes; /* borrowed from the cell, a constant, or `digits`: a value is read where it stays */
    size_t length;
    int64_t number;  /* boolean: 0 or 1; integer; date: days since 1970; timestamp: microseconds since 1970 */
    char digits[24]; /* of a whole number that came with an exponent */
};

/*
 * Reads a cell as a type. Empty text is null, whatever the type. Text that holds a number is a number where
 * one is wanted, in any way of writing it with one reading: `+5`, `.5`, `5.`, `007`, ` 5`, `1e3`; not `1,5`
 * nor `1 000`. 60.0 and 1.2E7 are whole; a date may carry a time of midnight, and a timestamp may be a date.
 * False: *problem says what is wrong with the value in words that follow it ("is no date as 2026-11-22").
 */
MUST_CHECK bool value_read(const struct cell *cell, enum column_type type, struct value *value,
                           const char **problem);

/* The narrowest type that a cell fits; false for null, which fits all. */
bool value_infer(const struct cell *cell, enum column_type *type);

/* The narrowest type that holds the values of both. */
enum column_type value_widen(enum column_type one, enum column_type other);

/*
 * The form of an ISO date and time that equal ones share: `T` in the middle, no zeros at the end of a
 * fraction, no time of midnight; "2018-03-01 16:24:53.500" is "2018-03-01T16:24:53.5". out holds VALUE_MOMENT
 * bytes. Returns the length.
 */
#define VALUE_MOMENT 32
size_t value_canonical_moment(const char *bytes, size_t length, char *out);

/*
 * What a cell of a text column of the key is identified by, and kept as: a number (no text that holds one)
 * has its canonical form, and where times_too is set a text that is a date and time; as they had, or would
 * have, in a column of a narrower type. room holds VALUE_ROOM bytes, in which the value may stay.
 */
#define VALUE_ROOM DECIMAL_CANONICAL
void value_canonicalise(const struct cell *cell, bool times_too, struct value *value, char *room);

#endif
