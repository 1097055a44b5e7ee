/*
 * Checks one value of a row against its column's type, so that no wrong number is loaded.
 *
 * The value is not changed, except by value_canonicalise(). Numbers of a numeric column are not converted:
 * the column gets the digits that the service wrote.
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
    const char *bytes; /* in the cell, a constant, or `digits`: so a value must not be copied or moved */
    size_t length;
    int64_t number;  /* boolean: 0 or 1; integer; date: days since 1970; timestamp: microseconds since 1970 */
    char digits[24]; /* the digits of a whole number that had an exponent */
};

/*
 * Reads a cell as a type. Empty text is null for every type. Text that holds a number is accepted where a
 * number is needed, in any notation with only one reading: `+5`, `.5`, `5.`, `007`, ` 5`, `1e3`; not `1,5`
 * nor `1 000`. 60.0 and 1.2E7 are whole numbers. A date may have a time of midnight, and a timestamp may be a
 * date. False: *problem says what is wrong, in words that follow the value ("is not a date such as
 * 2026-11-22").
 */
MUST_CHECK bool value_read(const struct cell *cell, enum column_type type, struct value *value,
                           const char **problem);

/* The type that a cell shows: a number of digits only is an integer, any other number (60.0) numeric; a text
 * is a date, a timestamp or text, never a number or boolean. False for null and empty text, which fit every
 * type. */
bool value_infer(const struct cell *cell, enum column_type *type);

/* Whether a text of a field may be taken for a number. False for a text with an exponent, such as the cost
 * centre `1E3`, and for one such as `7.10`, a version. */
bool value_looks_like_number(const struct cell *cell);

/* The narrowest type that holds the values of both types. */
enum column_type value_widen(enum column_type one, enum column_type other);

/*
 * The canonical form of an ISO date and time: `T` in the middle, no trailing zeros of a fraction, no time of
 * midnight; "2018-03-01 16:24:53.500" becomes "2018-03-01T16:24:53.5". out holds VALUE_MOMENT bytes. Returns
 * the length.
 */
#define VALUE_MOMENT 32
size_t value_canonical_moment(const char *bytes, size_t length, char *out);

/*
 * Gives a value of a text column of the key its canonical form: a number (a cell of kind CELL_NUMBER), and,
 * if times_too, text that is a date and time. So it equals the same value in a column of a narrower type.
 * Other values stay as they are. room holds VALUE_ROOM bytes; the value may point into it.
 */
#define VALUE_ROOM DECIMAL_CANONICAL
void value_canonicalise(const struct cell *cell, bool times_too, struct value *value, char *room);

#endif
