#include "base/date.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static date_t day(const char *text)
{
    date_t date = 0;
    assert_true(date_parse(text, strlen(text), &date));
    return date;
}

static void assert_date(date_t date, const char *expected)
{
    char text[DATE_TEXT];
    assert_string_equal(date_format(date, text), expected);
}

static void days_are_counted_from_1970(void **state)
{
    (void)state;
    assert_int_equal(day("1970-01-01"), 0);
    assert_int_equal(day("1969-12-31"), -1);
    assert_int_equal(day("2000-01-01"), 10957);
    assert_int_equal(day("2026-11-22"), 20779);
    assert_int_equal(day("0001-01-01"), -719162);
    assert_int_equal(day("9999-12-31"), 2932896);
}

static void every_day_comes_back_as_it_went(void **state)
{
    (void)state;
    date_t last = day("2401-01-01");
    for (date_t date = day("1599-12-31"); date <= last; date++) {
        int year;
        int month;
        int of_month;
        date_t again;
        date_parts(date, &year, &month, &of_month);
        assert_true(date_make(year, month, of_month, &again));
        assert_int_equal(again, date);
    }
}

static void days_that_do_not_exist_are_refused(void **state)
{
    (void)state;
    date_t date;
    assert_true(date_make(2024, 2, 29, &date));
    assert_true(date_make(2000, 2, 29, &date));
    assert_false(date_make(2023, 2, 29, &date));
    assert_false(date_make(1900, 2, 29, &date));
    assert_false(date_make(2023, 4, 31, &date));
    assert_false(date_make(2023, 13, 1, &date));
    assert_false(date_make(2023, 0, 1, &date));
    assert_false(date_make(2023, 1, 0, &date));
    assert_false(date_make(0, 1, 1, &date));
    assert_false(date_make(10000, 1, 1, &date));
}

static void a_date_is_ten_characters_and_nothing_else(void **state)
{
    (void)state;
    date_t date;
    assert_false(date_parse("2026-11-2", 9, &date));
    assert_false(date_parse("2026-11-222", 11, &date));
    assert_false(date_parse("2026/11/22", 10, &date));
    assert_false(date_parse("2026-1x-22", 10, &date));
    assert_false(date_parse("+026-11-22", 10, &date));
    assert_false(date_parse("2026-11-31", 10, &date));
    assert_true(date_parse("2026-11-22T00:00", 10, &date));
}

static void a_month_later_keeps_the_day_or_its_last(void **state)
{
    (void)state;
    assert_date(date_add_months(day("2026-11-22"), -2), "2026-09-22");
    assert_date(date_add_months(day("2026-01-31"), 1), "2026-02-28");
    assert_date(date_add_months(day("2024-01-31"), 1), "2024-02-29");
    assert_date(date_add_months(day("2026-01-15"), -1), "2025-12-15");
    assert_date(date_add_months(day("2026-12-01"), 1), "2027-01-01");
    assert_date(date_add_months(day("2026-03-31"), -13), "2025-02-28");
    assert_date(date_add_months(day("2026-03-31"), 0), "2026-03-31");
}

static void months_begin_on_their_first_day(void **state)
{
    (void)state;
    assert_date(date_month_start(day("2026-11-22")), "2026-11-01");
    assert_date(date_month_start(day("2026-11-01")), "2026-11-01");
}

static void weeks_begin_on_monday(void **state)
{
    (void)state;
    assert_date(date_week_start(day("2026-11-22")), "2026-11-16"); /* a Sunday */
    assert_date(date_week_start(day("2026-11-23")), "2026-11-23"); /* a Monday */
    assert_date(date_week_start(day("1970-01-01")), "1969-12-29"); /* a Thursday */
    assert_date(date_week_start(day("1969-12-28")), "1969-12-22"); /* a Sunday before 1970 */
}

static void the_wall_clock_falls_into_utc_days(void **state)
{
    (void)state;
    assert_int_equal(date_of_wall(0), 0);
    assert_int_equal(date_of_wall(86399999), 0);
    assert_int_equal(date_of_wall(86400000), 1);
    assert_int_equal(date_of_wall(-1), -1);
    assert_int_equal(date_of_wall(-86400000), -1);
    assert_int_equal(date_of_wall(-86400001), -2);
}

static bool is_timestamp(const char *text)
{
    int64_t moment_us;
    return date_parse_timestamp(text, strlen(text), &moment_us);
}

static void expect_moment(const char *text, int64_t expected_us)
{
    int64_t moment_us = 0;
    assert_true(date_parse_timestamp(text, strlen(text), &moment_us));
    assert_int_equal(moment_us, expected_us);
}

static void session_times_are_microseconds_since_1970(void **state)
{
    (void)state;
    expect_moment("1970-01-01T00:00:00", 0);
    expect_moment("1970-01-02 00:00:01", 86401000000);
    expect_moment("2000-01-01T00:00:00", 946684800000000);
    expect_moment("2018-03-01T16:24:53.5", 1519921493500000);
    expect_moment("2018-03-01T16:24:53.000001", 1519921493000001);
    expect_moment("1969-12-31T23:59:59.999999", -1);
}

static void session_times_are_recognised(void **state)
{
    (void)state;
    assert_true(is_timestamp("2018-03-01T16:24:53"));
    assert_true(is_timestamp("2018-03-01 16:24:53"));
    assert_true(is_timestamp("2018-03-01T16:24:53.1"));
    assert_true(is_timestamp("2018-03-01T23:59:59.123456"));
    assert_true(is_timestamp("2018-03-01T16:24:53.1234560"));
    assert_true(is_timestamp("2018-03-01T16:24:53.000000000"));
    assert_false(is_timestamp("2018-03-01T16:24"));
    assert_false(is_timestamp("2018-03-01"));
    assert_false(is_timestamp("2018-02-30T16:24:53"));
    assert_false(is_timestamp("2018-03-01T24:00:00"));
    assert_false(is_timestamp("2018-03-01T16:60:00"));
    assert_false(is_timestamp("2018-03-01T16:24:53."));
    assert_false(is_timestamp("2018-03-01T16:24:53.1234567"));
    assert_false(is_timestamp("2018-03-01T16:24:53.12345600001"));
    assert_false(is_timestamp("2018-03-01T16:24:53Z"));
    assert_false(is_timestamp("2018-03-01x16:24:53"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(days_are_counted_from_1970),
        cmocka_unit_test(every_day_comes_back_as_it_went),
        cmocka_unit_test(days_that_do_not_exist_are_refused),
        cmocka_unit_test(a_date_is_ten_characters_and_nothing_else),
        cmocka_unit_test(a_month_later_keeps_the_day_or_its_last),
        cmocka_unit_test(months_begin_on_their_first_day),
        cmocka_unit_test(weeks_begin_on_monday),
        cmocka_unit_test(the_wall_clock_falls_into_utc_days),
        cmocka_unit_test(session_times_are_recognised),
        cmocka_unit_test(session_times_are_microseconds_since_1970),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
