#include "base/readable.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void expect_age(int64_t age_ms, const char *expected)
{
    char text[READABLE_TEXT];
    assert_string_equal(readable_age(age_ms, text), expected);
}

static void ages_are_told_in_the_unit_that_fits(void **state)
{
    (void)state;
    expect_age(-5000, "0 s");
    expect_age(119999, "119 s");
    expect_age(120000, "2 min");
    expect_age(7199000, "119 min");
    expect_age(7200000, "2 h");
    expect_age(172799000, "47 h");
    expect_age(172800000, "2 days");
    expect_age(INT64_C(400) * 24 * 3600 * 1000, "400 days");
}

static void expect_number(uint64_t number, const char *expected)
{
    char text[READABLE_TEXT];
    assert_string_equal(readable_short_number(number, text), expected);
}

static void one_is_not_many(void **state)
{
    (void)state;
    assert_string_equal(readable_plural(0), "s");
    assert_string_equal(readable_plural(1), "");
    assert_string_equal(readable_plural(2), "s");
}

static void numbers_are_short(void **state)
{
    (void)state;
    expect_number(0, "0");
    expect_number(9999, "9999");
    expect_number(10000, "10.0k");
    expect_number(12345, "12.3k");
    expect_number(123456, "123k");
    expect_number(999999, "999k");
    expect_number(1050000, "1.05M");
    expect_number(9999999, "9.99M");
    expect_number(1234567890, "1.23G");
    expect_number(UINT64_MAX, "18.4E");
}

static void spans_are_told_in_the_two_units_that_matter(void **state)
{
    (void)state;
    char text[READABLE_TEXT];
    assert_string_equal(readable_span(0, text), "0 s");
    assert_string_equal(readable_span(1, text), "1 s");
    assert_string_equal(readable_span(59000, text), "59 s");
    assert_string_equal(readable_span(200000, text), "3 min 20 s");
    assert_string_equal(readable_span(7500000, text), "2 h 5 min");
    assert_string_equal(readable_span(273600000, text), "3 d 4 h");
}

static void numbers_are_grouped(void **state)
{
    (void)state;
    char text[READABLE_TEXT];
    assert_string_equal(readable_number(0, text), "0");
    assert_string_equal(readable_number(999, text), "999");
    assert_string_equal(readable_number(1000, text), "1,000");
    assert_string_equal(readable_number(UINT64_MAX, text), "18,446,744,073,709,551,615");
}

static void differences_are_rounded_and_have_no_sign(void **state)
{
    (void)state;
    char text[READABLE_TEXT];
    assert_string_equal(readable_difference(-45400, text), "45 s");
    assert_string_equal(readable_difference(45400, text), "45 s");
    assert_string_equal(readable_difference(120000, text), "2 minutes");
    assert_string_equal(readable_difference(-5400000, text), "90 minutes");
    assert_string_equal(readable_difference(9000000, text), "2.5 hours");
    assert_string_equal(readable_difference(172800000, text), "2 days");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ages_are_told_in_the_unit_that_fits),
        cmocka_unit_test(one_is_not_many),
        cmocka_unit_test(numbers_are_short),
        cmocka_unit_test(spans_are_told_in_the_two_units_that_matter),
        cmocka_unit_test(numbers_are_grouped),
        cmocka_unit_test(differences_are_rounded_and_have_no_sign),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
