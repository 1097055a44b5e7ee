#include "load/value.h"

#include "base/date.h"
#include "base/decimal.h"
#include "base/text.h"
#include "wire/json/json_reader.h"
#include "wire/pg/copy_format.h"

#include <ctype.h>
#include <string.h>

static struct value whole(const char *bytes, size_t length, int64_t number)
{
    return (struct value){.bytes = bytes, .length = length, .number = number};
}

static bool refuse(const char **problem, const char *why)
{
    *problem = why;
    return false;
}

static size_t count_digits(const char *bytes, size_t length)
{
    size_t count = 0;
    while (count < length && isdigit((unsigned char)bytes[count]))
        count++;
    return count;
}

/* Whether these are digits, at least one, with or without a decimal point and an exponent. */
static bool is_unsigned_number(const char *bytes, size_t length)
{
    size_t whole = count_digits(bytes, length);
    size_t at = whole;
    size_t fraction = 0;
    if (at < length && bytes[at] == '.') {
        fraction = count_digits(bytes + at + 1, length - at - 1);
        at += 1 + fraction;
    }
    if (at == length || whole + fraction == 0 || (bytes[at] | 0x20) != 'e')
        return at == length && whole + fraction > 0;
    at++;
    at += at < length && (bytes[at] == '+' || bytes[at] == '-');
    size_t exponent = count_digits(bytes + at, length - at);
    return exponent > 0 && at + exponent == length;
}

/*
 * Finds the number in a text, in any notation that has only one reading: `+5`, `.5`, `5.`, `007`, with blanks
 * around it. Not `1,5`, because the comma may be a decimal point or a thousands separator. *number is a part
 * of the text, without blanks, plus sign and final point.
 */
static bool find_number(const struct cell *cell, struct cell *number)
{
    const char *bytes = cell->bytes;
    size_t length = cell->length;
    for (; length > 0 && (*bytes == ' ' || *bytes == '\t'); length--)
        bytes++;
    while (length > 0 && (bytes[length - 1] == ' ' || bytes[length - 1] == '\t'))
        length--;
    if (length > 0 && *bytes == '+' && length > 1 && bytes[1] != '-') {
        bytes++;
        length--;
    }
    size_t sign = length > 0 && *bytes == '-';
    if (!is_unsigned_number(bytes + sign, length - sign))
        return false;
    length -= bytes[length - 1] == '.';
    *number = (struct cell){.kind = CELL_TEXT, .bytes = bytes, .length = length};
    return true;
}

static bool number_of(const struct cell *cell, struct cell *number, const char **problem)
{
    *number = *cell;
    bool is_number = cell->kind == CELL_NUMBER;
    bool is_text = cell->kind == CELL_TEXT;
    if (is_number || (is_text && (json_is_number(cell->bytes, cell->length) || find_number(cell, number))))
        return true;
    return refuse(problem, is_text && memchr(cell->bytes, ',', cell->length)
                               ? "is not a number: its comma may separate decimals or thousands"
                               : "is not a number");
}

static bool has_exponent(const struct cell *cell)
{
    return memchr(cell->bytes, 'e', cell->length) || memchr(cell->bytes, 'E', cell->length);
}

static bool read_numeric(const struct cell *given, struct value *value, const char **problem)
{
    struct cell number;
    const struct cell *cell = &number;
    if (!number_of(given, &number, problem))
        return false;
    if (!copy_numeric_fits(cell->bytes, cell->length))
        return refuse(problem, "is a number of more digits than can be stored");
    *value = (struct value){.bytes = cell->bytes, .length = cell->length};
    return true;
}

static size_t integer_length(const char *bytes, size_t length)
{
    size_t at = length > 0 && bytes[0] == '-' ? 1 : 0;
    while (at < length && isdigit((unsigned char)bytes[at]))
        at++;
    return at;
}

/* Converts digits (with an optional `-`); false if the number is outside PostgreSQL's bigint. */
static bool to_bigint(const char *bytes, size_t length, int64_t *number)
{
    bool negative = bytes[0] == '-';
    uint64_t limit = (uint64_t)INT64_MAX + negative;
    uint64_t value = 0;
    for (size_t i = negative; i < length; i++) {
        uint64_t digit = (uint64_t)(bytes[i] - '0');
        if (value > (limit - digit) / 10)
            return false;
        value = value * 10 + digit;
    }
    *number = (int64_t)(negative ? 0 - value : value);
    return true;
}

/* `1.2E7`: a service that keeps all numbers as doubles writes large ones in this form. */
static bool read_integer_with_exponent(const struct cell *cell, struct value *value, const char **problem)
{
    char canonical[DECIMAL_CANONICAL];
    size_t length;
    int64_t number;
    bool fits = decimal_canonical(cell->bytes, cell->length, canonical, &length);
    if (fits && memchr(canonical, '.', length))
        return refuse(problem, "is not a whole number");
    if (!fits || !to_bigint(canonical, length, &number))
        return refuse(problem, "is a whole number of more than 64 bits");
    *value = whole(value->digits, length, number);
    memcpy(value->digits, canonical, length);
    return true;
}

static bool read_integer(const struct cell *given, struct value *value, const char **problem)
{
    struct cell digits;
    const struct cell *cell = &digits;
    if (!number_of(given, &digits, problem))
        return false;
    if (has_exponent(cell))
        return read_integer_with_exponent(cell, value, problem);
    int64_t number;
    size_t length = integer_length(cell->bytes, cell->length);
    /* `60.0` is the integer 60: the service writes all numbers in this form. */
    size_t rest = length;
    if (rest < cell->length && cell->bytes[rest] == '.')
        for (rest++; rest < cell->length && cell->bytes[rest] == '0';)
            rest++;
    if (rest != cell->length)
        return refuse(problem, "is not a whole number");
    if (!to_bigint(cell->bytes, length, &number))
        return refuse(problem, "is a whole number of more than 64 bits");
    bool has_digit = length > 0 && isdigit((unsigned char)cell->bytes[length - 1]);
    *value = has_digit ? whole(cell->bytes, length, number) : whole("0", 1, 0); /* `.0` */
    return true;
}

static bool read_boolean(const struct cell *cell, struct value *value, const char **problem)
{
    bool text_true = cell->kind == CELL_TEXT && cell->length == 4 && strncasecmp(cell->bytes, "true", 4) == 0;
    bool text_false =
        cell->kind == CELL_TEXT && cell->length == 5 && strncasecmp(cell->bytes, "false", 5) == 0;
    if (cell->kind == CELL_TRUE || text_true)
        *value = whole("true", 4, true);
    else if (cell->kind == CELL_FALSE || text_false)
        *value = whole("false", 5, false);
    else
        return refuse(problem, "is neither true nor false");
    return true;
}

static bool read_date(const struct cell *cell, struct value *value, const char **problem)
{
    date_t date;
    if (cell->kind != CELL_TEXT || !date_parse_day(cell->bytes, cell->length, &date))
        return refuse(problem, "is not a date such as 2026-11-22");
    *value = whole(cell->bytes, 10, date);
    return true;
}

/* The documentation shows times without a time zone. UTC is left out; a time with another zone is refused. */
static bool read_timestamp(const struct cell *cell, struct value *value, const char **problem)
{
    date_t date;
    int64_t moment_us = 0;
    size_t length = cell->kind == CELL_TEXT ? date_without_utc(cell->bytes, cell->length) : 0;
    bool good = cell->kind == CELL_TEXT && date_parse_timestamp(cell->bytes, length, &moment_us);
    if (!good && cell->kind == CELL_TEXT && date_parse(cell->bytes, cell->length, &date)) {
        moment_us = date * DATE_DAY_US;
        good = true;
    }
    if (!good)
        return refuse(problem, "is not a time such as 2026-11-22T03:04:05");
    *value = whole(cell->bytes, length, moment_us);
    return true;
}

static bool read_text(const struct cell *cell, struct value *value)
{
    if (cell->kind == CELL_TRUE)
        *value = whole("true", 4, true);
    else if (cell->kind == CELL_FALSE)
        *value = whole("false", 5, false);
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
    return refuse(problem, "has an unknown type");
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
        /* Only digits count as an integer here: a column that has 60.0 now may have 60.5 later. */
        *type = integer_length(cell->bytes, cell->length) == cell->length &&
                        to_bigint(cell->bytes, cell->length, &value.number)
                    ? COLUMN_INTEGER
                    : COLUMN_NUMERIC;
        return true;
    case CELL_TEXT:
        if (cell->length == 0)
            return false;
        if (cell->length == 10 && read_date(cell, &value, &problem))
            *type = COLUMN_DATE;
        else if (date_without_utc(cell->bytes, cell->length) == cell->length &&
                 read_timestamp(cell, &value, &problem))
            *type = COLUMN_TIMESTAMP;
        else
            *type = COLUMN_TEXT;
        return true;
    }
    return false;
}

/* `7.10`: a version, which is not `7.1`. The service's own numbers end in `.0` if they are whole. */
static bool ends_in_more_than_a_zero(const struct cell *cell)
{
    const char *point = memchr(cell->bytes, '.', cell->length);
    size_t fraction = point ? cell->length - (size_t)(point - cell->bytes) - 1 : 0;
    return fraction > 1 && cell->bytes[cell->length - 1] == '0';
}

bool value_looks_like_number(const struct cell *cell)
{
    return json_is_number(cell->bytes, cell->length) && !memchr(cell->bytes, 'E', cell->length) &&
           !memchr(cell->bytes, 'e', cell->length) && !ends_in_more_than_a_zero(cell);
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

size_t value_canonical_moment(const char *bytes, size_t length, char *out)
{
    length = length < VALUE_MOMENT ? length : VALUE_MOMENT;
    memcpy(out, bytes, length);
    if (length > 19) {
        while (out[length - 1] == '0')
            length--;
        if (out[length - 1] == '.')
            length--;
    }
    if (length > 10)
        out[10] = 'T';
    return length == 19 && memcmp(out + 10, "T00:00:00", 9) == 0 ? 10 : length;
}

void value_canonicalise(const struct cell *cell, bool times_too, struct value *value, char *room)
{
    int64_t moment_us;
    size_t length;
    if (cell->kind == CELL_NUMBER && decimal_canonical(cell->bytes, cell->length, room, &length))
        *value = (struct value){.bytes = room, .length = length};
    else if (times_too && cell->kind == CELL_TEXT &&
             date_parse_timestamp(cell->bytes, cell->length, &moment_us))
        *value =
            (struct value){.bytes = room, .length = value_canonical_moment(cell->bytes, cell->length, room)};
}
