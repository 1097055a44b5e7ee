/* run/rebuilds, the half that decides: which days a new table would lack. */
#include "run/rebuilds.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct window days(date_t from, date_t to)
{
    return (struct window){true, from, to};
}

static void expect_lost(struct window held, struct window loaded, date_t from, date_t to)
{
    struct window all;
    assert_true(rebuilds_lose_days(&held, &loaded, &all));
    assert_true(all.bounded);
    assert_int_equal(all.from, from);
    assert_int_equal(all.to, to);
}

static void expect_none_lost(struct window held, struct window loaded)
{
    struct window all;
    assert_false(rebuilds_lose_days(&held, &loaded, &all));
}

static void days_before_the_window_are_lost(void **state)
{
    (void)state;
    expect_lost(days(99, 200), days(100, 200), 99, 200);
}

static void days_behind_the_window_are_lost(void **state)
{
    (void)state;
    expect_lost(days(100, 201), days(100, 200), 100, 201);
}

static void all_days_are_those_of_both(void **state)
{
    (void)state;
    expect_lost(days(10, 20), days(100, 200), 10, 200);
    expect_lost(days(300, 400), days(100, 200), 100, 400);
    expect_lost(days(10, 400), days(100, 200), 10, 400);
}

static void days_of_the_window_are_not_lost(void **state)
{
    (void)state;
    expect_none_lost(days(100, 200), days(100, 200));
    expect_none_lost(days(150, 151), days(100, 200));
}

static void a_job_without_a_window_loses_nothing(void **state)
{
    (void)state;
    expect_none_lost(days(100, 200), (struct window){0});
}

static void rows_that_tell_no_days_lose_none(void **state)
{
    (void)state;
    expect_none_lost((struct window){0}, days(100, 200));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(days_before_the_window_are_lost),
        cmocka_unit_test(days_behind_the_window_are_lost),
        cmocka_unit_test(all_days_are_those_of_both),
        cmocka_unit_test(days_of_the_window_are_not_lost),
        cmocka_unit_test(a_job_without_a_window_loses_nothing),
        cmocka_unit_test(rows_that_tell_no_days_lose_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
