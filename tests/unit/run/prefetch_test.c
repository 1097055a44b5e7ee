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

static uint64_t pages_after(uint64_t total, uint64_t rows_of_first)
{
    const struct query query = {.page_size = 1000};
    const struct page first = {.answer = {.total = total, .row_count = rows_of_first}};
    return prefetch_pages_after(&query, &first);
}

static void the_pages_of_a_result_follow_from_those_that_are_granted(void **state)
{
    (void)state;
    assert_int_equal(pages_after(1500, 100), 14);
    assert_int_equal(pages_after(101, 100), 1);
    assert_int_equal(pages_after(1500, 0), 2);
    const struct prefetch prefetch = {.page_rows = 100};
    assert_int_equal(prefetch_pages_for(&prefetch, 1400), 14);
    assert_int_equal(prefetch_pages_for(&prefetch, 1401), 15);
    assert_int_equal(prefetch_pages_for(&prefetch, 0), 0);
}

static void a_first_page_with_more_rows_than_the_result_has_no_page_after_it(void **state)
{
    (void)state;
    assert_int_equal(pages_after(100, 100), 0);
    assert_int_equal(pages_after(90, 100), 0);
    assert_int_equal(pages_after(0, 0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(small_pages_are_bounded_by_number),
        cmocka_unit_test(large_pages_are_bounded_by_bytes),
        cmocka_unit_test(a_budget_that_has_all_the_requests_is_no_bound),
        cmocka_unit_test(a_budget_that_lacks_requests_allows_one_page_at_a_time),
        cmocka_unit_test(the_pages_of_a_result_follow_from_those_that_are_granted),
        cmocka_unit_test(a_first_page_with_more_rows_than_the_result_has_no_page_after_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
