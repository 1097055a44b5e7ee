/* run/reconcile_auto: which windows hold a month that can be compared. */
#include "run/reconcile_auto.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* Days of 2026: January begins with 0. */
static bool holds_month(int from, int to, int today)
{
    date_t january;
    assert_true(date_parse("2026-01-01", 10, &january));
    struct window window = {.bounded = true, .from = january + from, .to = january + to};
    return reconcile_auto_holds_month(&window, january + today);
}

static void a_whole_month_that_is_over_is_held(void **state)
{
    (void)state;
    assert_true(holds_month(0, 31, 31));
    assert_true(holds_month(-5, 40, 60));
    assert_true(holds_month(5, 59, 59));
}

static void a_month_that_is_not_over_or_not_whole_is_not(void **state)
{
    (void)state;
    assert_false(holds_month(0, 31, 30));
    assert_false(holds_month(0, 30, 60));
    assert_false(holds_month(1, 58, 90));
}

static void a_job_without_a_window_may_hold_every_month(void **state)
{
    (void)state;
    assert_true(reconcile_auto_holds_month(&(struct window){0}, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_whole_month_that_is_over_is_held),
        cmocka_unit_test(a_month_that_is_not_over_or_not_whole_is_not),
        cmocka_unit_test(a_job_without_a_window_may_hold_every_month),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
