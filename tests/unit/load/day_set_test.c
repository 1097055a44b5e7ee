#include "job/job.h"
#include "load/day_set.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void expect_next(const struct day_set *set, date_t from, date_t expected)
{
    date_t day;
    assert_true(day_set_next(set, from, &day));
    assert_int_equal(day, expected);
}

static void days_come_in_their_order_each_once(void **state)
{
    (void)state;
    SCOPED(day_set) struct day_set *set = day_set_make();
    date_t day;
    day_set_add(set, 20800);
    day_set_add(set, 20783);
    day_set_add(set, 20783);
    expect_next(set, 0, 20783);
    expect_next(set, 20783, 20783);
    expect_next(set, 20784, 20800);
    assert_false(day_set_next(set, 20801, &day));
}

static void the_first_and_the_last_day_of_all_are_days(void **state)
{
    (void)state;
    SCOPED(day_set) struct day_set *set = day_set_make();
    day_set_add(set, JOB_FIRST_DAY);
    day_set_add(set, JOB_END_DAY - 1);
    expect_next(set, JOB_FIRST_DAY, JOB_FIRST_DAY);
    expect_next(set, JOB_FIRST_DAY + 1, JOB_END_DAY - 1);
}

static void days_that_no_window_names_are_left_out(void **state)
{
    (void)state;
    SCOPED(day_set) struct day_set *set = day_set_make();
    date_t day;
    day_set_add(set, JOB_FIRST_DAY - 1);
    day_set_add(set, JOB_END_DAY);
    day_set_add(set, INT32_MIN);
    day_set_add(set, INT32_MAX);
    assert_false(day_set_next(set, INT32_MIN, &day));
    assert_false(day_set_next(set, INT32_MAX, &day));
}

static void every_day_of_three_months_is_found(void **state)
{
    (void)state;
    SCOPED(day_set) struct day_set *set = day_set_make();
    for (date_t day = 20700; day < 20792; day++)
        day_set_add(set, day);
    for (date_t day = 20700; day < 20792; day++)
        expect_next(set, day, day);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(days_come_in_their_order_each_once),
        cmocka_unit_test(the_first_and_the_last_day_of_all_are_days),
        cmocka_unit_test(days_that_no_window_names_are_left_out),
        cmocka_unit_test(every_day_of_three_months_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
