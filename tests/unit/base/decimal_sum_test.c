/* base/decimal_sum: exact sums, of small numbers and of any others. */
#include "base/decimal_sum.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void add(struct decimal_sum *sum, const char *number, int64_t factor)
{
    struct decimal_number read = decimal_number_read(number, strlen(number));
    assert_true(decimal_sum_add(sum, &read, factor));
}

static void expect(const struct decimal_sum *sum, const char *expected)
{
    SCOPED(buf) struct buf text = buf_make(BUF_OWN_TEXT);
    decimal_sum_put(sum, &text);
    assert_string_equal(buf_text(&text), expected);
}

/* Numbers, ended by NULL, each once. */
static void expect_sum(const char *expected, const char *const *numbers)
{
    SCOPED(decimal_sum) struct decimal_sum *sum = decimal_sum_make();
    for (; *numbers; numbers++)
        add(sum, *numbers, 1);
    expect(sum, expected);
}
#define EXPECT_SUM(expected, ...) expect_sum(expected, (const char *const[]){__VA_ARGS__, NULL})

static void nothing_sums_up_to_0(void **state)
{
    (void)state;
    SCOPED(decimal_sum) struct decimal_sum *sum = decimal_sum_make();
    expect(sum, "0");
    assert_true(decimal_sum_is_zero(sum));
}

static void what_a_double_cannot_add_is_added(void **state)
{
    (void)state;
    EXPECT_SUM("0.3", "0.1", "0.2");
    EXPECT_SUM("9007199254740993", "9007199254740992", "1");
    EXPECT_SUM("100000000000000000000.01", "100000000000000000000", "0.01");
    EXPECT_SUM("0", "0.1", "0.2", "-0.3");
}

static void zeros_are_of_no_account(void **state)
{
    (void)state;
    EXPECT_SUM("60", "60.0");
    EXPECT_SUM("60", "59.50", "0.5");
    EXPECT_SUM("0", "0.000", "-0.0");
    EXPECT_SUM("100", "100");
    EXPECT_SUM("0.05", "0.050");
    EXPECT_SUM("-0.25", "-0.25");
    EXPECT_SUM("-1.5", "-1.5");
}

static void exponents_are_understood(void **state)
{
    (void)state;
    EXPECT_SUM("12000001.5", "1.2E7", "1.5");
    EXPECT_SUM("0.0015", "1.5e-3");
    EXPECT_SUM("1", "1e30", "-1e30", "1");
    EXPECT_SUM("-1200", "-1.2e3");
}

static void numbers_of_any_length_are_added(void **state)
{
    (void)state;
    EXPECT_SUM("123456789012345678901234567890.123456789012345678901234567891",
               "123456789012345678901234567890.123456789012345678901234567890",
               "0.000000000000000000000000000001");
    EXPECT_SUM("999999999999999999", "999999999999999998", "1");
    EXPECT_SUM("1000000000000000000", "999999999999999999", "1");
}

static void the_ends_of_64_bits_are_numbers_like_others(void **state)
{
    (void)state;
    SCOPED(decimal_sum) struct decimal_sum *sum = decimal_sum_make();
    struct decimal_number least = decimal_number_of(INT64_MIN);
    struct decimal_number most = decimal_number_of(INT64_MAX);
    assert_true(decimal_sum_add(sum, &least, 1));
    expect(sum, "-9223372036854775808");
    assert_true(decimal_sum_add(sum, &most, 1));
    expect(sum, "-1");
}

static void a_factor_multiplies(void **state)
{
    (void)state;
    SCOPED(decimal_sum) struct decimal_sum *sum = decimal_sum_make();
    add(sum, "12.5", 16777215);
    expect(sum, "209715187.5");
    add(sum, "1234567890123456789012", -2);
    expect(sum, "-2469135780246703862836.5");
}

/* 10^18 × 2^32, often enough to leave 128 bits. */
static void many_small_numbers_do_not_overflow(void **state)
{
    (void)state;
    SCOPED(decimal_sum) struct decimal_sum *sum = decimal_sum_make();
    for (int i = 0; i < 100000; i++)
        add(sum, "999999999999999999", INT64_C(4294967296));
    expect(sum, "429496729599999999570503270400000");
    for (int i = 0; i < 100000; i++)
        add(sum, "-999999999999999999", INT64_C(4294967296));
    assert_true(decimal_sum_is_zero(sum));
}

static void a_copy_is_a_sum_of_its_own(void **state)
{
    (void)state;
    SCOPED(decimal_sum) struct decimal_sum *sum = decimal_sum_make();
    SCOPED(decimal_sum) struct decimal_sum *copy = decimal_sum_make();
    add(sum, "1.5", 1);
    add(sum, "1e40", 1);
    decimal_sum_copy(copy, sum);
    add(sum, "1", 1);
    expect(copy, "10000000000000000000000000000000000000001.5");
    decimal_sum_add_sum(copy, sum);
    expect(copy, "20000000000000000000000000000000000000004");
}

static void a_copy_of_long_numbers_keeps_what_is_behind_the_point(void **state)
{
    (void)state;
    SCOPED(decimal_sum) struct decimal_sum *sum = decimal_sum_make();
    SCOPED(decimal_sum) struct decimal_sum *copy = decimal_sum_make();
    add(sum, "123456789012345678901234567890.25", 1);
    decimal_sum_copy(copy, sum);
    expect(copy, "123456789012345678901234567890.25");
}

static void a_cleared_sum_is_0_whatever_it_was(void **state)
{
    (void)state;
    SCOPED(decimal_sum) struct decimal_sum *sum = decimal_sum_make();
    add(sum, "1.5", 3);
    add(sum, "123456789012345678901234567890.5", 1);
    decimal_sum_clear(sum);
    expect(sum, "0");
    add(sum, "0.25", 1);
    expect(sum, "0.25");
}

/* Of a number between other bytes, its own alone; what is added up fast is what fits 64 bits. */
static void small_numbers_are_read_to_their_end(void **state)
{
    (void)state;
    const struct {
        const char *bytes;
        size_t length;
        int64_t mantissa;
        unsigned scale;
    } cases[] = {{"1257", 3, 125, 0}, {"-1.50", 5, -15, 1}, {"0.0401", 5, 4, 2}, {"-9", 2, -9, 0}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct decimal_number number = decimal_number_read(cases[i].bytes, cases[i].length);
        assert_true(number.is_small);
        assert_int_equal(number.mantissa, cases[i].mantissa);
        assert_int_equal(number.scale, cases[i].scale);
    }
    assert_false(decimal_number_read("1234567890123456789", 19).is_small);
    assert_true(decimal_number_read("1234567890123456789", 18).is_small);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_sums_up_to_0),
        cmocka_unit_test(a_cleared_sum_is_0_whatever_it_was),
        cmocka_unit_test(what_a_double_cannot_add_is_added),
        cmocka_unit_test(zeros_are_of_no_account),
        cmocka_unit_test(exponents_are_understood),
        cmocka_unit_test(numbers_of_any_length_are_added),
        cmocka_unit_test(the_ends_of_64_bits_are_numbers_like_others),
        cmocka_unit_test(a_factor_multiplies),
        cmocka_unit_test(many_small_numbers_do_not_overflow),
        cmocka_unit_test(small_numbers_are_read_to_their_end),
        cmocka_unit_test(a_copy_is_a_sum_of_its_own),
        cmocka_unit_test(a_copy_of_long_numbers_keeps_what_is_behind_the_point),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
