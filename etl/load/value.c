#include "load/value.h"

#include "base/date.h"
#include "base/text.h"
#include "wire/json_reader.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static const char midnight[] = "00:00:00";

static struct value plain(const char *bytes, size_t length)
{
    return (struct value){.is_plain = true, .bytes = bytes, .length = length};
}

static bool refuse(const char **problem, const char *why)
{
    *problem = why;
    return false;
}

static bool holds_number(const struct cell *cell)
{
    return cell->kind == CELL_NUMBER ||
           (cell->kind == CELL_TEXT && json_is_number(cell->bytes, cell->length));
}

static bool has_exponent(const struct cell *cell)
{
    return memchr(cell->bytes, 'e', cell->length) || memchr(cell->bytes, 'E', cell->length);
}

static bool read_numeric(const struct cell *cell, struct value *value, const char **problem)
{
    char canonical[VALUE_CANONICAL];
    size_t length;
    if (!holds_number(cell))
        return refuse(problem, "is no number");
    if (has_exponent(cell) && !value_canonical_number(cell->bytes, cell->length, canonical, &length))
        return refuse(problem, "is a number of more digits than can be kept");
    *value = plain(cell->bytes, cell->length);
    return true;
}

static size_t integer_length(const char *bytes, size_t length)
{
    size_t at = length > 0 && bytes[0] == '-' ? 1 : 0;
    while (at < length && isdigit((unsigned char)bytes[at]))
        at++;
    return at;
}

/* Whether digits (with a `-`) are within PostgreSQL's bigint. */
static bool fits_bigint(const char *bytes, size_t length)
{
    bool negative = bytes[0] == '-';
    const char *limit = negative ? "9223372036854775808" : "9223372036854775807";
    size_t digits = negative ? length - 1 : length;
    if (digits != strlen(limit))
        return digits < strlen(limit);
    return memcmp(bytes + (negative ? 1 : 0), limit, digits) <= 0;
}

/* `1.2E7`, as a service that keeps all numbers as doubles writes the larger ones. */
static bool read_integer_with_exponent(const struct cell *cell, struct value *value, const char **problem)
{
    char canonical[VALUE_CANONICAL];
    size_t length;
    bool fits = value_canonical_number(cell->bytes, cell->length, canonical, &length);
    if (fits && memchr(canonical, '.', length))
        return refuse(problem, "is no whole number");
    if (!fits || !fits_bigint(canonical, length))
        return refuse(problem, "is a whole number past 64 bits");
    *value = plain(value->digits, length);
    memcpy(value->digits, canonical, length);
    return true;
}

static bool read_integer(const struct cell *cell, struct value *value, const char **problem)
{
    if (!holds_number(cell))
        return refuse(problem, "is no number");
    if (has_exponent(cell))
        return read_integer_with_exponent(cell, value, problem);
    size_t whole = integer_length(cell->bytes, cell->length);
    /* `60.0` is the integer 60: the service writes all numbers so. */
    size_t rest = whole;
    if (rest < cell->length && cell->bytes[rest] == '.')
        for (rest++; rest < cell->length && cell->bytes[rest] == '0';)
            rest++;
    if (rest != cell->length)
        return refuse(problem, "is no whole number");
    if (!fits_bigint(cell->bytes, whole))
        return refuse(problem, "is a whole number past 64 bits");
    *value = plain(cell->bytes, whole);
    return true;
}

static bool read_boolean(const struct cell *cell, struct value *value, const char **problem)
{
    bool text_true = cell->kind == CELL_TEXT && cell->length == 4 && strncasecmp(cell->bytes, "true", 4) == 0;
    bool text_false =
        cell->kind == CELL_TEXT && cell->length == 5 && strncasecmp(cell->bytes, "false", 5) == 0;
    if (cell->kind == CELL_TRUE || text_true)
        *value = plain("true", 4);
    else if (cell->kind == CELL_FALSE || text_false)
        *value = plain("false", 5);
    else
        return refuse(problem, "is neither true nor false");
    return true;
}

/* A time of midnight behind a date, to the second or with zeros behind it. */
static bool is_midnight(const char *bytes, size_t length)
{
    return length >= 19 && date_is_timestamp(bytes, length) && memcmp(bytes + 11, midnight, 8) == 0 &&
           strspn(bytes + 19, ".0") >= length - 19;
}

static bool read_date(const struct cell *cell, struct value *value, const char **problem)
{
    date_t date;
    bool at_midnight = cell->kind == CELL_TEXT && cell->length >= 19 && cell->length <= 26;
    if (at_midnight) {
        char copy[32] = {0};
        memcpy(copy, cell->bytes, cell->length);
        at_midnight = is_midnight(copy, cell->length);
    }
    size_t length = at_midnight ? 10 : cell->length;
    if (cell->kind != CELL_TEXT || !date_parse(cell->bytes, length, &date))
        return refuse(problem, "is no date as 2026-11-22");
    *value = plain(cell->bytes, 10);
    return true;
}

static bool read_timestamp(const struct cell *cell, struct value *value, const char **problem)
{
    date_t date;
    bool good = cell->kind == CELL_TEXT && (date_is_timestamp(cell->bytes, cell->length) ||
                                            date_parse(cell->bytes, cell->length, &date));
    if (!good)
        return refuse(problem, "is no time as 2026-11-22T03:04:05");
    *value = plain(cell->bytes, cell->length);
    return true;
}

static bool read_text(const struct cell *cell, struct value *value)
{
    if (cell->kind == CELL_TRUE)
        *value = plain("true", 4);
    else if (cell->kind == CELL_FALSE)
        *value = plain("false", 5);
    else
        *value = (struct value){.bytes = cell->bytes, .length = cell->length};
    return true;
}

bool value_read(const struct cell *cell, enum column_type type, struct value *value, const char **problem)
{
    bool empty = cell->kind == CELL_TEXT && cell->length == 0;
    if (cell->kind == CELL_NULL || empty) {
        *value = (struct value){.is_null = true};
        return true;
    }
    switch (type) {
    case COLUMN_BOOLEAN:
        return read_boolean(cell, value, problem);
    case COLUMN_INTEGER:
        return read_integer(cell, value, problem);
    case COLUMN_NUMERIC:
        return read_numeric(cell, value, problem);
    case COLUMN_DATE:
        return read_date(cell, value, problem);
    case COLUMN_TIMESTAMP:
        return read_timestamp(cell, value, problem);
    case COLUMN_TEXT:
        return read_text(cell, value);
    }
    return refuse(problem, "has a type that is none");
}

bool value_infer(const struct cell *cell, enum column_type *type)
{
    struct value value;
    const char *problem;
    switch (cell->kind) {
    case CELL_NULL:
        return false;
    case CELL_TRUE:
    case CELL_FALSE:
        *type = COLUMN_BOOLEAN;
        return true;
    case CELL_NUMBER:
        /* Only digits are an integer here: a column that shows 60.0 once will show 60.5 some day. */
        *type = integer_length(cell->bytes, cell->length) == cell->length &&
                        fits_bigint(cell->bytes, cell->length)
                    ? COLUMN_INTEGER
                    : COLUMN_NUMERIC;
        return true;
    case CELL_TEXT:
        if (cell->length == 0)
            return false;
        if (cell->length == 10 && read_date(cell, &value, &problem))
            *type = COLUMN_DATE;
        else if (read_timestamp(cell, &value, &problem))
            *type = COLUMN_TIMESTAMP;
        else
            *type = COLUMN_TEXT;
        return true;
    }
    return false;
}

enum column_type value_widen(enum column_type one, enum column_type other)
{
    if (one == other)
        return one;
    enum column_type low = one < other ? one : other;
    enum column_type high = one < other ? other : one;
    if (low == COLUMN_INTEGER && high == COLUMN_NUMERIC)
        return COLUMN_NUMERIC;
    if (low == COLUMN_DATE && high == COLUMN_TIMESTAMP)
        return COLUMN_TIMESTAMP;
    return COLUMN_TEXT;
}

struct digits {
    bool negative;
    const char *whole;
    size_t whole_length;
    const char *fraction;
    size_t fraction_length;
    long exponent;
};

/* Splits a number that json_is_number() has accepted. False when the exponent is past all use. */
static bool split_number(const char *bytes, size_t length, struct digits *digits)
{
    const char *end = bytes + length;
    *digits = (struct digits){.negative = *bytes == '-'};
    const char *at = bytes + (digits->negative ? 1 : 0);
    digits->whole = at;
    while (at < end && isdigit((unsigned char)*at))
        at++;
    digits->whole_length = (size_t)(at - digits->whole);
    digits->fraction = at;
    if (at < end && *at == '.') {
        digits->fraction = ++at;
        while (at < end && isdigit((unsigned char)*at))
            at++;
        digits->fraction_length = (size_t)(at - digits->fraction);
    }
    if (at == end)
        return true;
    char exponent[8] = {0};
    at++;
    if ((size_t)(end - at) >= sizeof exponent)
        return false;
    memcpy(exponent, at, (size_t)(end - at));
    digits->exponent = strtol(exponent, NULL, 10);
    return true;
}

/* The digit `place` positions left of the decimal point (0: ones; negative: behind the point). */
static char digit_at(const struct digits *digits, long place)
{
    long shifted = place - digits->exponent;
    if (shifted >= 0)
        return shifted < (long)digits->whole_length ? digits->whole[(long)digits->whole_length - 1 - shifted]
                                                    : '0';
    long behind = -shifted - 1;
    return behind < (long)digits->fraction_length ? digits->fraction[behind] : '0';
}

static bool is_zero(const struct digits *digits)
{
    for (size_t i = 0; i < digits->whole_length; i++)
        if (digits->whole[i] != '0')
            return false;
    for (size_t i = 0; i < digits->fraction_length; i++)
        if (digits->fraction[i] != '0')
            return false;
    return true;
}

bool value_canonical_number(const char *bytes, size_t length, char *out, size_t *out_length)
{
    struct digits digits;
    if (!split_number(bytes, length, &digits))
        return false;
    bool zero = is_zero(&digits);
    long highest = zero ? 0 : (long)digits.whole_length - 1 + digits.exponent;
    long lowest = zero ? 0 : digits.exponent - (long)digits.fraction_length;
    while (highest > 0 && digit_at(&digits, highest) == '0')
        highest--;
    if (highest < 0)
        highest = 0;
    while (lowest < 0 && digit_at(&digits, lowest) == '0')
        lowest++;
    if (lowest > 0)
        lowest = 0;
    if (highest - lowest + 4 > VALUE_CANONICAL)
        return false;

    size_t at = 0;
    if (digits.negative && !zero)
        out[at++] = '-';
    for (long place = highest; place >= lowest; place--) {
        if (place == -1)
            out[at++] = '.';
        out[at++] = digit_at(&digits, place);
    }
    out[at] = '\0';
    *out_length = at;
    return true;
}
