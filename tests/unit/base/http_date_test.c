#include "base/http_date.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* 1994-11-06T08:49:37Z, the moment of RFC 9110's example. */
#define EXAMPLE_MS INT64_C(784111777000)
/* 2026-11-28T00:00:00Z */
#define NOW_MS INT64_C(1795824000000)

static int64_t read_date(const char *text)
{
    int64_t wall_ms = -1;
    return http_date_parse(text, NOW_MS, &wall_ms) ? wall_ms : -1;
}

static void the_three_forms_of_http_are_one_moment(void **state)
{
    (void)state;
    assert_int_equal(read_date("Sun, 06 Nov 1994 08:49:37 GMT"), EXAMPLE_MS);
    assert_int_equal(read_date("Sunday, 06-Nov-94 08:49:37 GMT"), EXAMPLE_MS);
    assert_int_equal(read_date("Sun Nov  6 08:49:37 1994"), EXAMPLE_MS);
}

static void their_relatives_are_read_too(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "sun, 06 nov 1994 08:49:37 gmt",   "Sun, 6 Nov 1994 08:49:37 GMT",  "06 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 08:49:37 UTC",   "Sun, 06-Nov-1994 08:49:37 GMT", "Sun Nov 06 08:49:37 1994",
        "Sun, 06 Nov 1994 09:49:37 +0100",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        assert_int_equal(read_date(texts[i]), EXAMPLE_MS);
}

static void iso_dates_are_read_with_any_offset(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "1994-11-06T08:49:37Z",      "1994-11-06t08:49:37z",      "1994-11-06T08:49:37",
        "1994-11-06 08:49:37",       "1994-11-06T08:49:37+00:00", "1994-11-06T10:49:37+02:00",
        "1994-11-06T03:19:37-05:30", "1994-11-06T10:49:37+0200",  "1994-11-06T10:49:37+02",
        "1994-11-06 08:49:37 UTC",   "19941106T084937Z",          "1994-11-06T08:49:37.000000Z",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        assert_int_equal(read_date(texts[i]), EXAMPLE_MS);
    assert_int_equal(read_date("1994-11-06T08:49Z"), EXAMPLE_MS - 37000);
    assert_int_equal(read_date("1994-11-06"), EXAMPLE_MS - 31777000);
}

static void a_fraction_of_a_millisecond_is_rounded_up(void **state)
{
    (void)state;
    assert_int_equal(read_date("1994-11-06T08:49:37.25Z"), EXAMPLE_MS + 250);
    assert_int_equal(read_date("1994-11-06T08:49:37,25Z"), EXAMPLE_MS + 250);
    assert_int_equal(read_date("1994-11-06T08:49:37.2500001Z"), EXAMPLE_MS + 251);
}

static void a_short_year_is_at_most_fifty_years_to_come(void **state)
{
    (void)state;
    assert_int_equal(read_date("Tuesday, 01-Dec-26 00:00:00 GMT"), INT64_C(1796083200000));
    assert_int_equal(read_date("Wednesday, 01-Jan-76 00:00:00 GMT"), INT64_C(3345062400000));
    assert_int_equal(read_date("Saturday, 01-Jan-77 00:00:00 GMT"), INT64_C(220924800000));
}

static void a_leap_second_is_the_next_second(void **state)
{
    (void)state;
    assert_int_equal(read_date("Sat, 31 Dec 2016 23:59:60 GMT"), INT64_C(1483228800000));
}

static void nothing_else_is_a_date(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",
        "now",
        "784111777",
        "Sun, 06 Nov 1994 08:49:37",
        "Sun, 06 Nov 1994 08:49:37 CET",
        "Sun, 06 Nov 1994 08:49:37 GMT tomorrow",
        "Sun, 06 ovD 1994 08:49:37 GMT",
        "Sun, 31 Feb 2027 08:49:37 GMT",
        "Sun, 00 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 24:49:37 GMT",
        "Sun, 06 Nov 1994 08:60:37 GMT",
        "Sun, 06 Nov 1994 08:49:61 GMT",
        "Sun Nov  6 08:49:37 1994 GMT",
        "1994-13-06T08:49:37Z",
        "1994-02-30",
        "1994-11-06T08:49:37CET",
        "1994-11-06T08:49:37+1",
        "1994-11-06T08",
        "1994-11",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        assert_int_equal(read_date(texts[i]), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_three_forms_of_http_are_one_moment),
        cmocka_unit_test(their_relatives_are_read_too),
        cmocka_unit_test(iso_dates_are_read_with_any_offset),
        cmocka_unit_test(a_fraction_of_a_millisecond_is_rounded_up),
        cmocka_unit_test(a_short_year_is_at_most_fifty_years_to_come),
        cmocka_unit_test(a_leap_second_is_the_next_second),
        cmocka_unit_test(nothing_else_is_a_date),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
