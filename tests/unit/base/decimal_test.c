#include "base/decimal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void expect_canonical(const char *number, const char *expected)
{
    char out[DECIMAL_CANONICAL];
    size_t length;
    if (!decimal_canonical(number, strlen(number), out, &length))
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
        char out[DECIMAL_CANONICAL];
        size_t length;
        if (decimal_canonical(numbers[i], strlen(numbers[i]), out, &length))
            fail_msg("%s became %s", numbers[i], out);
    }
}

static void a_number_as_long_as_its_place_is_kept(void **state)
{
    (void)state;
    char number[DECIMAL_CANONICAL + 1];
    char out[DECIMAL_CANONICAL];
    size_t length;
    number[0] = '-';
    memset(number + 1, '7', sizeof number - 1);
    assert_true(decimal_canonical(number, DECIMAL_CANONICAL - 2, out, &length));
    assert_int_equal(length, DECIMAL_CANONICAL - 2);
    assert_memory_equal(out, number, length);
    assert_false(decimal_canonical(number, DECIMAL_CANONICAL, out, &length));
}

/* A numeric of PostgreSQL may be NaN or infinite; a sum that has one is no sum. */
static void what_is_no_number_is_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {"NaN",       "Infinity",   "-Infinity", "",     "-",  "e5",
                                        "1e",        "1e+",        "1x5",       "1e5x", "1-", ".",
                                        "1e1000000", "1e-1000000", "1e0x",      "1e--5"};
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        struct decimal decimal;
        if (decimal_split(texts[i], strlen(texts[i]), &decimal))
            fail_msg("`%s` was taken for a number", texts[i]);
    }
}

static void a_whole_number_is_read_in_any_form(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint64_t value;
    } numbers[] = {{"0", 0}, {"60", 60}, {"60.0", 60}, {"6E1", 60}, {"600e-1", 60}, {"-0", 0}, {"100", 100}};
    for (size_t i = 0; i < COUNT_OF(numbers); i++) {
        uint64_t value = 7;
        assert_true(decimal_to_uint(numbers[i].text, strlen(numbers[i].text), 100, &value));
        assert_int_equal(value, numbers[i].value);
    }
    static const char *const others[] = {"101", "-1", "0.5", "1e-1", "1e3", "1e1200", "", "NaN", "0x1"};
    for (size_t i = 0; i < COUNT_OF(others); i++) {
        uint64_t value = 7;
        assert_false(decimal_to_uint(others[i], strlen(others[i]), 100, &value));
        assert_int_equal(value, 7);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_numbers_have_one_form),
        cmocka_unit_test(all_zeros_are_one_zero),
        cmocka_unit_test(zeros_at_the_end_of_a_fraction_are_dropped),
        cmocka_unit_test(an_exponent_moves_the_point),
        cmocka_unit_test(what_is_no_number_is_refused),
        cmocka_unit_test(digits_are_kept_however_many),
        cmocka_unit_test(a_number_too_long_for_its_place_is_refused),
        cmocka_unit_test(a_number_as_long_as_its_place_is_kept),
        cmocka_unit_test(a_whole_number_is_read_in_any_form),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
