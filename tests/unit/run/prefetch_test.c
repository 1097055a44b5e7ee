#include "run/prefetch_inner.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define MIB ((size_t)1 << 20)

static void small_pages_are_bounded_by_number(void **state)
{
    (void)state;
    assert_int_equal(prefetch_ceiling(1000, 0, 100, false), 12);
    assert_int_equal(prefetch_ceiling(0, 0, 100, false), 12);
}

static void large_pages_are_bounded_by_bytes(void **state)
{
    (void)state;
    assert_int_equal(prefetch_ceiling(3 * MIB, 0, 100, false), 4);
    assert_int_equal(prefetch_ceiling(12 * MIB, 0, 100, false), 1);
    assert_int_equal(prefetch_ceiling(40 * MIB, 0, 100, false), 1);
}

static void a_budget_that_has_all_the_requests_is_no_bound(void **state)
{
    (void)state;
    assert_int_equal(prefetch_ceiling(1000, 49, 49, true), 12);
}

static void a_budget_that_lacks_requests_allows_one_page_at_a_time(void **state)
{
    (void)state;
    assert_int_equal(prefetch_ceiling(1000, 48.9, 49, true), 1);
    assert_int_equal(prefetch_ceiling(1000, -3, 2, true), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(small_pages_are_bounded_by_number),
        cmocka_unit_test(large_pages_are_bounded_by_bytes),
        cmocka_unit_test(a_budget_that_has_all_the_requests_is_no_bound),
        cmocka_unit_test(a_budget_that_lacks_requests_allows_one_page_at_a_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
