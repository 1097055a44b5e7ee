/* load/value: types read off values, wider types, and numbers in the form that equal ones share. */
#include "base/macros.h"
#include "load/value.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void expect_inferred(enum cell_kind kind, const char *bytes, enum column_type expected)
{
    enum column_type type;
    struct cell cell = {kind, bytes, strlen(bytes)};
    assert_true(value_infer(&cell, &type));
    if (type != expected)
        fail_msg("`%s` is %s, not %s", bytes, column_type_name(type), column_type_name(expected));
}

static void the_type_of_a_value_is_the_narrowest(void **state)
{
    (void)state;
    expect_inferred(CELL_TRUE, "", COLUMN_BOOLEAN);
    expect_inferred(CELL_FALSE, "", COLUMN_BOOLEAN);
    expect_inferred(CELL_NUMBER, "60", COLUMN_INTEGER);
    expect_inferred(CELL_NUMBER, "-60", COLUMN_INTEGER);
    expect_inferred(CELL_NUMBER, "9223372036854775807", COLUMN_INTEGER);
    expect_inferred(CELL_NUMBER, "-9223372036854775808", COLUMN_INTEGER);
    expect_inferred(CELL_NUMBER, "9223372036854775808", COLUMN_NUMERIC);
    expect_inferred(CELL_NUMBER, "-9223372036854775809", COLUMN_NUMERIC);
    expect_inferred(CELL_NUMBER, "60.0", COLUMN_NUMERIC);
    expect_inferred(CELL_NUMBER, "6e1", COLUMN_NUMERIC);
    expect_inferred(CELL_TEXT, "2026-11-22", COLUMN_DATE);
    expect_inferred(CELL_TEXT, "2026-11-22T03:04:05", COLUMN_TIMESTAMP);
    expect_inferred(CELL_TEXT, "2026-11-22T00:00:00", COLUMN_TIMESTAMP);
    expect_inferred(CELL_TEXT, "AutoCAD", COLUMN_TEXT);
}

/* A code of digits is no number: leading zeros would be lost on the day they come. */
static void quoted_numbers_are_text(void **state)
{
    (void)state;
    expect_inferred(CELL_TEXT, "60", COLUMN_TEXT);
    expect_inferred(CELL_TEXT, "true", COLUMN_TEXT);
    expect_inferred(CELL_TEXT, "2026-02-30", COLUMN_TEXT);
}

static void null_and_empty_text_have_no_type(void **state)
{
    (void)state;
    enum column_type type;
    assert_false(value_infer(&(struct cell){.kind = CELL_NULL}, &type));
    assert_false(value_infer(&(struct cell){CELL_TEXT, "", 0}, &type));
}

static void the_wider_of_two_types_holds_both(void **state)
{
    (void)state;
#define B COLUMN_BOOLEAN
#define I COLUMN_INTEGER
#define N COLUMN_NUMERIC
#define D COLUMN_DATE
#define T COLUMN_TIMESTAMP
#define X COLUMN_TEXT
    static const enum column_type types[] = {B, I, N, D, T, X};
    static const enum column_type wider[6][6] = {
        {B, X, X, X, X, X}, /* boolean */
        {X, I, N, X, X, X}, /* integer */
        {X, N, N, X, X, X}, /* numeric */
        {X, X, X, D, T, X}, /* date */
        {X, X, X, T, T, X}, /* timestamp */
        {X, X, X, X, X, X}, /* text */
    };
    for (size_t one = 0; one < 6; one++)
        for (size_t other = 0; other < 6; other++)
            assert_int_equal(value_widen(types[one], types[other]), wider[one][other]);
}

static void expect_canonical(const char *number, const char *expected)
{
    char out[VALUE_CANONICAL];
    size_t length;
    if (!value_canonical_number(number, strlen(number), out, &length))
        fail_msg("%s was refused", number);
    if (length != strlen(expected) || strcmp(out, expected) != 0)
        fail_msg("%s is %s, not %s", number, out, expected);
}

static void equal_numbers_have_one_form(void **state)
{
    (void)state;
    const char *const hundreds[] = {"100",  "100.0", "100.00",  "1e2",     "1E2",
                                    "1E+2", "1e02",  "1000e-1", "0.001e5", "10.0e1"};
    for (size_t i = 0; i < COUNT_OF(hundreds); i++)
        expect_canonical(hundreds[i], "100");
}

static void all_zeros_are_one_zero(void **state)
{
    (void)state;
    const char *const zeros[] = {"0",     "-0",      "0.0",      "-0.000",   "0e5",
                                 "-0e-5", "0.00e10", "0e999999", "0e-999999"};
    for (size_t i = 0; i < COUNT_OF(zeros); i++)
        expect_canonical(zeros[i], "0");
}

static void zeros_at_the_end_of_a_fraction_are_dropped(void **state)
{
    (void)state;
    expect_canonical("0.10", "0.1");
    expect_canonical("-12.340", "-12.34");
    expect_canonical("5.00000000000000000000000000000000001000", "5.00000000000000000000000000000000001");
}

static void an_exponent_moves_the_point(void **state)
{
    (void)state;
    expect_canonical("1e-3", "0.001");
    expect_canonical("-1.5e-3", "-0.0015");
    expect_canonical("12.5e1", "125");
    expect_canonical("12.5e0", "12.5");
    expect_canonical("125e-1", "12.5");
    expect_canonical("0.00125E4", "12.5");
    expect_canonical("1.0E7", "10000000");
    expect_canonical("1e20", "100000000000000000000");
}

static void digits_are_kept_however_many(void **state)
{
    (void)state;
    expect_canonical("9007199254740993", "9007199254740993");
    expect_canonical("-123456789012345678901234567890.123456789012345678901234567890",
                     "-123456789012345678901234567890.12345678901234567890123456789");
}

static void a_number_too_long_for_its_place_is_refused(void **state)
{
    (void)state;
    const char *const numbers[] = {"1e1200",    "-1e1200",   "1e-1200",    "1e999999",
                                   "1e-999999", "1e9999999", "1e-9999999", "1e99999999999999999999"};
    for (size_t i = 0; i < COUNT_OF(numbers); i++) {
        char out[VALUE_CANONICAL];
        size_t length;
        if (value_canonical_number(numbers[i], strlen(numbers[i]), out, &length))
            fail_msg("%s became %s", numbers[i], out);
    }
}

static void a_number_as_long_as_its_place_is_kept(void **state)
{
    (void)state;
    char number[VALUE_CANONICAL + 1];
    char out[VALUE_CANONICAL];
    size_t length;
    number[0] = '-';
    memset(number + 1, '7', sizeof number - 1);
    assert_true(value_canonical_number(number, VALUE_CANONICAL - 2, out, &length));
    assert_int_equal(length, VALUE_CANONICAL - 2);
    assert_memory_equal(out, number, length);
    assert_false(value_canonical_number(number, VALUE_CANONICAL, out, &length));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_type_of_a_value_is_the_narrowest),
        cmocka_unit_test(quoted_numbers_are_text),
        cmocka_unit_test(null_and_empty_text_have_no_type),
        cmocka_unit_test(the_wider_of_two_types_holds_both),
        cmocka_unit_test(equal_numbers_have_one_form),
        cmocka_unit_test(all_zeros_are_one_zero),
        cmocka_unit_test(zeros_at_the_end_of_a_fraction_are_dropped),
        cmocka_unit_test(an_exponent_moves_the_point),
        cmocka_unit_test(digits_are_kept_however_many),
        cmocka_unit_test(a_number_too_long_for_its_place_is_refused),
        cmocka_unit_test(a_number_as_long_as_its_place_is_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
